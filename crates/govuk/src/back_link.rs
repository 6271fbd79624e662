//! The way back to the page before.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// A link to the page before, at the top of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "back_link.html")]
pub struct BackLink {
    /// The words: "Back" unless given.
    pub content: Content,
    /// Where it leads: `#` unless given.
    pub href: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for BackLink {}

impl BackLink {
    /// "Back", to this address.
    pub fn to(href: impl Into<String>) -> Self {
        Self { href: href.into(), ..Self::default() }
    }
}
