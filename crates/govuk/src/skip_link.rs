//! The way past the header for those who use a keyboard.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// A link to the main part of a page, seen when it has the focus.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "skip_link.html")]
pub struct SkipLink {
    /// The words.
    pub content: Content,
    /// Where it leads: `#content` unless given. [`Page`](crate::Page) has its main part at `#main-content`.
    pub href: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for SkipLink {}
