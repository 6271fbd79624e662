//! Something that must not be missed.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// A warning in words, with a mark beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "warning_text.html")]
pub struct WarningText {
    /// The words.
    pub content: Content,
    /// What a screen reader says for the mark: "Warning" unless given.
    pub icon_text: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for WarningText {}

impl<T: Into<Content>> From<T> for WarningText {
    fn from(content: T) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}
