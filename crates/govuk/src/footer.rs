//! The foot of every page.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// The foot of every page, without crown, crest or the government's copyright: they are not ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "footer.html")]
pub struct Footer {
    /// Lists of links, in columns.
    pub navigation: Vec<FooterSection>,
    /// Links that every page needs, and a line about the service.
    pub meta: Option<FooterMeta>,
    /// Further classes of the block that sets the width.
    pub container_classes: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Footer {}

/// A list of links in a [`Footer`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FooterSection {
    /// Its heading.
    pub title: String,
    /// The links.
    pub items: Vec<FooterLink>,
    /// Into how many columns the links are set.
    pub columns: Option<u32>,
    /// The share of the width that it takes: `full` unless given; `two-thirds`.
    pub width: String,
}

/// Links that every page needs, and a line about the service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FooterMeta {
    /// The heading that a screen reader says: "Support links" unless given.
    pub title: String,
    /// The links.
    pub items: Vec<FooterLink>,
    /// A line about the service.
    pub content: Content,
}

/// One link of a [`Footer`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FooterLink {
    /// The words.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl FooterLink {
    /// Words and where they lead.
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into(), attributes: Attributes::new() }
    }
}
