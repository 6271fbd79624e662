//! Text set apart from what is around it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// A passage with a bar at its edge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "inset_text.html")]
pub struct InsetText {
    /// The words.
    pub content: Content,
    /// Its id.
    pub id: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for InsetText {}

impl<T: Into<Content>> From<T> for InsetText {
    fn from(content: T) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}
