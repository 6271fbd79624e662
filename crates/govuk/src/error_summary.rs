//! All that is wrong with a page, at its top.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// Every problem of a page, each with a link to the control that has it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "error_summary.html")]
pub struct ErrorSummary {
    /// The heading: "There is a problem" unless changed.
    pub title: Content,
    /// A sentence before the list.
    pub description: Content,
    /// The problems, in the order of the page.
    pub items: Vec<ErrorLink>,
    /// Whether the script leaves the focus where it was when the page opens.
    pub disable_auto_focus: Option<bool>,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for ErrorSummary {}

impl Default for ErrorSummary {
    fn default() -> Self {
        Self {
            title: "There is a problem".into(),
            description: Content::default(),
            items: Vec::new(),
            disable_auto_focus: None,
            classes: String::new(),
            attributes: Attributes::new(),
        }
    }
}

/// One problem in an [`ErrorSummary`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorLink {
    /// The words, the same as beside the control.
    pub content: Content,
    /// `#` and the control's id; empty for a problem that no control has.
    pub href: String,
    /// Further attributes of the link.
    pub attributes: Attributes,
}

impl ErrorLink {
    /// A problem of the control with this id.
    pub fn new(content: impl Into<Content>, id: &str) -> Self {
        Self { content: content.into(), href: format!("#{id}"), attributes: Attributes::new() }
    }
}
