//! Where a page stands below others.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// The pages above this one, topmost first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "breadcrumbs.html")]
pub struct Breadcrumbs {
    /// The pages; one without an address is the current page.
    pub items: Vec<Breadcrumb>,
    /// Whether to show only the first and last on a small screen.
    pub collapse_on_mobile: bool,
    /// The landmark's name: "Breadcrumb" unless given.
    pub label: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Breadcrumbs {}

/// One page of [`Breadcrumbs`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breadcrumb {
    /// The page's name.
    pub content: Content,
    /// Its address; empty for the current page.
    pub href: String,
    /// Further attributes of the link.
    pub attributes: Attributes,
}

impl Breadcrumb {
    /// A page with its address; empty for the current page.
    pub fn new(content: impl Into<Content>, href: impl Into<String>) -> Self {
        Self { content: content.into(), href: href.into(), attributes: Attributes::new() }
    }
}
