//! Text that opens when wanted.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// A line that opens into more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "details.html")]
pub struct Details {
    /// The line.
    pub summary: Content,
    /// What it opens into.
    pub content: Content,
    /// Whether it starts open.
    pub open: bool,
    /// Its id.
    pub id: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Details {}
