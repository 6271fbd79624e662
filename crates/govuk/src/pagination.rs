//! The other pages of a long list.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// Ways to the page before, the next, and others by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "pagination.html")]
pub struct Pagination {
    /// The page before.
    pub previous: Option<PaginationLink>,
    /// The page after.
    pub next: Option<PaginationLink>,
    /// Pages by number; without any, the links become blocks.
    pub items: Vec<PaginationItem>,
    /// The landmark's name: "Pagination" unless given.
    pub landmark_label: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Pagination {}

impl Pagination {
    fn is_block(&self) -> bool {
        self.items.is_empty() && (self.previous.is_some() || self.next.is_some())
    }
}

/// The page before or after.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaginationLink {
    /// Its address.
    pub href: String,
    /// The words: "Previous page" or "Next page" unless given.
    pub content: Content,
    /// The page's title, shown where the links are blocks.
    pub label: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl PaginationLink {
    /// A link with the usual words.
    pub fn to(href: impl Into<String>) -> Self {
        Self { href: href.into(), ..Self::default() }
    }
}

/// An entry between the page before and the page after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaginationItem {
    /// A page by its number.
    Page(PaginationPage),
    /// Pages left out.
    Ellipsis,
}

/// A page by its number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaginationPage {
    /// The number, or a word for it.
    pub number: String,
    /// Its address.
    pub href: String,
    /// Whether it is this page.
    pub current: bool,
    /// What a screen reader says: "Page" and the number unless given.
    pub label: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl From<PaginationPage> for PaginationItem {
    fn from(page: PaginationPage) -> Self {
        Self::Page(page)
    }
}
