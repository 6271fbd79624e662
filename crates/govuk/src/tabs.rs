//! Parts of a page behind labels.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// Parts of a page of which a script shows one at a time; without script, all, under a list of links.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "tabs.html")]
pub struct Tabs {
    /// The parts.
    pub items: Vec<Tab>,
    /// The heading seen without script: "Contents" unless given.
    pub title: String,
    /// Its id.
    pub id: String,
    /// What starts the id of a part that has none of its own.
    pub id_prefix: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Tabs {}

impl Tabs {
    fn panel_id(&self, tab: &Tab, position: usize) -> String {
        if tab.id.is_empty() { format!("{}-{position}", self.id_prefix) } else { tab.id.clone() }
    }
}

/// One part of [`Tabs`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tab {
    /// The words on the tab.
    pub label: String,
    /// The part's id.
    pub id: String,
    /// What the part holds. Text becomes a paragraph.
    pub content: Content,
    /// Further attributes of the link.
    pub attributes: Attributes,
    /// Further attributes of the part.
    pub panel_attributes: Attributes,
}
