//! A state in a word.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// A short word for a state. Its colour never says what the word does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "tag.html")]
pub struct Tag {
    /// The word.
    pub content: Content,
    /// The colour.
    pub colour: TagColour,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Tag {}

impl Tag {
    /// A word in a colour.
    pub fn new(content: impl Into<Content>, colour: TagColour) -> Self {
        Self { content: content.into(), colour, ..Self::default() }
    }
}

/// The colours that a [`Tag`] may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TagColour {
    /// The design system's own.
    #[default]
    Blue,
    /// Grey.
    Grey,
    /// Green.
    Green,
    /// Teal.
    Teal,
    /// Purple.
    Purple,
    /// Magenta.
    Magenta,
    /// Red.
    Red,
    /// Orange.
    Orange,
    /// Yellow.
    Yellow,
}

impl TagColour {
    fn class(self) -> &'static str {
        match self {
            Self::Blue => "",
            Self::Grey => "govuk-tag--grey",
            Self::Green => "govuk-tag--green",
            Self::Teal => "govuk-tag--teal",
            Self::Purple => "govuk-tag--purple",
            Self::Magenta => "govuk-tag--magenta",
            Self::Red => "govuk-tag--red",
            Self::Orange => "govuk-tag--orange",
            Self::Yellow => "govuk-tag--yellow",
        }
    }
}
