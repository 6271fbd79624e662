//! A line to type in.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::filters;
use crate::form_group::{Described, FormGroup, first};
use crate::hint::Hint;
use crate::label::Label;
use crate::markup::{Attributes, Content};

/// A line to type in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "input.html")]
pub struct Input {
    /// Its id: the name unless given.
    pub id: String,
    /// The name that is sent with the form.
    pub name: String,
    /// What it asks for.
    pub label: Label,
    /// Help before answering.
    pub hint: Option<Hint>,
    /// What is wrong with the answer.
    pub error: Option<ErrorMessage>,
    /// The answer so far.
    pub value: String,
    /// How wide it is, to show how much is expected.
    pub width: InputWidth,
    /// The HTML type: `text` unless given.
    pub kind: String,
    /// What keyboard a telephone shows: `numeric`.
    pub inputmode: String,
    /// What the browser may fill in: `postal-code`, `off`.
    pub autocomplete: String,
    /// Which letters a telephone makes capitals: `none`.
    pub autocapitalize: String,
    /// A pattern that an answer has.
    pub pattern: String,
    /// Whether the browser checks the spelling.
    pub spellcheck: Option<bool>,
    /// Whether it cannot be used.
    pub disabled: bool,
    /// What stands at its start: "£".
    pub prefix: Option<Affix>,
    /// What stands at its end: "per week".
    pub suffix: Option<Affix>,
    /// Ids of further elements that describe it.
    pub described_by: String,
    /// The block around it.
    pub form_group: FormGroup,
    /// Further classes of the wrapper that holds prefix and suffix.
    pub wrapper_classes: String,
    /// Further attributes of that wrapper.
    pub wrapper_attributes: Attributes,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Input {}

impl Input {
    fn own_id(&self) -> &str {
        first(&self.id, &self.name)
    }

    fn described(&self) -> Described {
        Described::new(self.own_id(), &self.described_by, self.hint.as_ref(), self.error.as_ref())
    }

    fn wrapped(&self) -> bool {
        self.prefix.is_some()
            || self.suffix.is_some()
            || !self.form_group.before.is_empty()
            || !self.form_group.after.is_empty()
    }
}

/// What stands at one end of an [`Input`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Affix {
    /// The words. A screen reader does not say them: the label or hint must.
    pub content: Content,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl<T: Into<Content>> From<T> for Affix {
    fn from(content: T) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

/// How wide an [`Input`] is: a number of characters, or a share of the column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InputWidth {
    /// As wide as its column.
    #[default]
    Full,
    /// Two characters.
    Chars2,
    /// Three characters.
    Chars3,
    /// Four characters.
    Chars4,
    /// Five characters.
    Chars5,
    /// Ten characters.
    Chars10,
    /// Twenty characters.
    Chars20,
    /// Thirty characters.
    Chars30,
    /// Three quarters of the column.
    ThreeQuarters,
    /// Two thirds of the column.
    TwoThirds,
    /// Half the column.
    OneHalf,
    /// A third of the column.
    OneThird,
    /// A quarter of the column.
    OneQuarter,
}

impl InputWidth {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Full => "",
            Self::Chars2 => "govuk-input--width-2",
            Self::Chars3 => "govuk-input--width-3",
            Self::Chars4 => "govuk-input--width-4",
            Self::Chars5 => "govuk-input--width-5",
            Self::Chars10 => "govuk-input--width-10",
            Self::Chars20 => "govuk-input--width-20",
            Self::Chars30 => "govuk-input--width-30",
            Self::ThreeQuarters => "govuk-!-width-three-quarters",
            Self::TwoThirds => "govuk-!-width-two-thirds",
            Self::OneHalf => "govuk-!-width-one-half",
            Self::OneThird => "govuk-!-width-one-third",
            Self::OneQuarter => "govuk-!-width-one-quarter",
        }
    }
}
