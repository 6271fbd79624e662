//! A sentence of help above a control.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// Help that most people need before they answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "hint.html")]
pub struct Hint {
    /// The words.
    pub content: Content,
    /// Its id; a control sets it for its own hint.
    pub id: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Hint {}

impl<T: Into<Content>> From<T> for Hint {
    fn from(content: T) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}
