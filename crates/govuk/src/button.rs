//! A button, or a link that looks like one.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// Something that a person can do. A page has at most one primary button.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "button.html")]
pub struct Button {
    /// The words.
    pub content: Content,
    /// How much weight it has.
    pub variant: ButtonVariant,
    /// Whether it starts a service; it gets an arrow.
    pub start: bool,
    /// An address makes it a link; empty leaves it a button.
    pub href: String,
    /// What pressing it does.
    pub kind: ButtonKind,
    /// The name that is sent with the form.
    pub name: String,
    /// The value that is sent with the form.
    pub value: String,
    /// Whether it cannot be pressed.
    pub disabled: bool,
    /// Whether the script ignores a second press within a second.
    pub prevent_double_click: Option<bool>,
    /// Its id.
    pub id: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Button {}

impl Button {
    /// A primary button that sends the form.
    pub fn submit(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// A link that looks like a primary button.
    pub fn link(content: impl Into<Content>, href: impl Into<String>) -> Self {
        Self { content: content.into(), href: href.into(), ..Self::default() }
    }
}

/// How much weight a [`Button`] has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonVariant {
    /// The page's main act.
    #[default]
    Primary,
    /// Another act.
    Secondary,
    /// An act that is hard to undo.
    Warning,
    /// An act on a dark ground.
    Inverse,
}

impl ButtonVariant {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "",
            Self::Secondary => "govuk-button--secondary",
            Self::Warning => "govuk-button--warning",
            Self::Inverse => "govuk-button--inverse",
        }
    }
}

/// What pressing a [`Button`] does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// Sends the form.
    #[default]
    Submit,
    /// Nothing of itself; a script acts on it.
    Button,
    /// Puts the form back as it was.
    Reset,
}

impl ButtonKind {
    fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Button => "button",
            Self::Reset => "reset",
        }
    }
}
