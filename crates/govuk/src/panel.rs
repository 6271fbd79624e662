//! A page's whole message, in a coloured block.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::button::{Button, ButtonKind, ButtonVariant};
use crate::filters;
use crate::markup::{Attributes, Content, Html};

/// The confirmation at the end of a task, or an interruption before one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "panel.html")]
pub struct Panel {
    /// The heading.
    pub title: Content,
    /// The heading's level: 1 unless given.
    pub heading_level: Option<u8>,
    /// The words below it.
    pub content: Content,
    /// Whether it interrupts a task, rather than confirming one.
    pub interruption: bool,
    /// What an interrupted person can do; shown only where it interrupts.
    pub actions: Option<PanelActions>,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Panel {}

/// What can be done from a [`Panel`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PanelActions {
    /// The buttons and links, in order.
    pub items: Vec<PanelAction>,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

/// One of [`PanelActions`]: a link where it has an address and no kind, otherwise a button.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PanelAction {
    /// The words.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// What kind of button it is; with an address, a link that looks like a button.
    pub kind: Option<ButtonKind>,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl PanelAction {
    fn markup(&self) -> Html {
        if self.kind.is_none() && !self.href.is_empty() {
            return Html::of(&PanelLink { action: self });
        }
        Html::of(&Button {
            content: self.text.as_str().into(),
            variant: ButtonVariant::Inverse,
            kind: self.kind.unwrap_or(ButtonKind::Button),
            href: self.href.clone(),
            classes: self.classes.clone(),
            attributes: self.attributes.clone(),
            ..Button::default()
        })
    }
}

#[derive(Template)]
#[template(path = "panel_link.html")]
struct PanelLink<'a> {
    action: &'a PanelAction,
}

impl HtmlSafe for PanelLink<'_> {}
