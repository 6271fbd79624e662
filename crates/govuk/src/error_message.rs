//! What is wrong with an answer, said beside it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// One problem, beside the control that has it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "error_message.html")]
pub struct ErrorMessage {
    /// The words.
    pub content: Content,
    /// Its id; a control sets it for its own message.
    pub id: String,
    /// What a screen reader says before the words: "Error" unless changed; nothing if empty.
    pub visually_hidden_text: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for ErrorMessage {}

impl Default for ErrorMessage {
    fn default() -> Self {
        Self {
            content: Content::default(),
            id: String::new(),
            visually_hidden_text: "Error".to_owned(),
            classes: String::new(),
            attributes: Attributes::new(),
        }
    }
}

impl<T: Into<Content>> From<T> for ErrorMessage {
    fn from(content: T) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}
