//! What is known, as names and values.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// Names and values, with links to change them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "summary_list.html")]
pub struct SummaryList {
    /// The rows.
    pub rows: Vec<SummaryRow>,
    /// A frame with a title around the list.
    pub card: Option<SummaryCard>,
    /// Further classes, such as `govuk-summary-list--no-border`.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for SummaryList {}

impl SummaryList {
    fn any_row_has_actions(&self) -> bool {
        self.rows.iter().any(|row| !row.actions.is_empty())
    }

    fn link<'a>(&'a self, action: &'a SummaryAction) -> SummaryActionLink<'a> {
        let title = self.card.as_ref().map(|card| &card.title);
        SummaryActionLink { action, card_title: title.filter(|title| !title.is_empty()) }
    }
}

/// One name and value of a [`SummaryList`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SummaryRow {
    /// The name.
    pub key: Content,
    /// The value.
    pub value: Content,
    /// What can be done with it.
    pub actions: Vec<SummaryAction>,
    /// Further classes of the name.
    pub key_classes: String,
    /// Further classes of the value.
    pub value_classes: String,
    /// Further classes of the links.
    pub actions_classes: String,
    /// Further classes.
    pub classes: String,
}

impl SummaryRow {
    /// A name and a value that cannot be changed here.
    pub fn new(key: impl Into<Content>, value: impl Into<Content>) -> Self {
        Self { key: key.into(), value: value.into(), ..Self::default() }
    }
}

/// A link beside a row or in a card's title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SummaryAction {
    /// The words: "Change".
    pub content: Content,
    /// Where it leads.
    pub href: String,
    /// What a screen reader adds, so that the link makes sense alone: "date of birth".
    pub visually_hidden_text: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl SummaryAction {
    /// A link that makes sense alone: `SummaryAction::new("Change", "/dob", "date of birth")`.
    pub fn new(content: impl Into<Content>, href: impl Into<String>, visually_hidden_text: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            href: href.into(),
            visually_hidden_text: visually_hidden_text.into(),
            ..Self::default()
        }
    }
}

/// A frame with a title around a [`SummaryList`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SummaryCard {
    /// The title.
    pub title: Content,
    /// The title's level: 2 unless given.
    pub heading_level: Option<u8>,
    /// What can be done with the whole.
    pub actions: Vec<SummaryAction>,
    /// Further classes of the title.
    pub title_classes: String,
    /// Further classes of the links.
    pub actions_classes: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

#[derive(Template)]
#[template(path = "summary_action.html")]
struct SummaryActionLink<'a> {
    action: &'a SummaryAction,
    card_title: Option<&'a Content>,
}

impl HtmlSafe for SummaryActionLink<'_> {}
