//! The words that name a control.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// What a control asks for. Nothing is written where the content is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "label.html")]
pub struct Label {
    /// The words.
    pub content: Content,
    /// The control's id; a control sets it for its own label.
    pub target: String,
    /// Whether the label is also the page's `h1`, for a page with one question.
    pub page_heading: bool,
    /// Further classes, such as `govuk-label--l`.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Label {}

impl Label {
    /// The same label for the control with this id.
    pub(crate) fn aimed_at(&self, target: &str) -> Self {
        Self { target: target.to_owned(), ..self.clone() }
    }
}

impl<T: Into<Content>> From<T> for Label {
    fn from(content: T) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}
