//! The service's name and its main parts, under the header.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::form_group::first;
use crate::markup::{Attributes, Content, Html};

/// The service's name and links to its main parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "service_navigation.html")]
pub struct ServiceNavigation {
    /// The service's name.
    pub service_name: String,
    /// Where the name leads.
    pub service_href: String,
    /// The main parts.
    pub items: Vec<NavigationItem>,
    /// Whether the links fold into a menu on a small screen: if there are several, unless given.
    pub collapse_on_mobile: Option<bool>,
    /// The menu button's words: "Menu" unless given.
    pub menu_button_text: String,
    /// The menu button's name for a screen reader, if it is not its words.
    pub menu_button_label: String,
    /// The landmark's name: the menu button's words unless given.
    pub navigation_label: String,
    /// The id of the list: `navigation` unless given.
    pub navigation_id: String,
    /// Further classes of the landmark.
    pub navigation_classes: String,
    /// The name of the whole: "Service information" unless given.
    pub label: String,
    /// Markup at the places where the design system lets there be some.
    pub slots: NavigationSlots,
    /// Further classes, such as `govuk-service-navigation--inverse`.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for ServiceNavigation {}

/// Further markup in a [`ServiceNavigation`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NavigationSlots {
    /// Before everything.
    pub start: Html,
    /// After everything.
    pub end: Html,
    /// Whether what comes after everything stands beside it, at the right.
    pub end_inline: bool,
    /// List items before the links.
    pub navigation_start: Html,
    /// List items after the links.
    pub navigation_end: Html,
}

/// One link of a [`ServiceNavigation`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NavigationItem {
    /// The words.
    pub content: Content,
    /// Where it leads.
    pub href: String,
    /// Whether it is this very page.
    pub current: bool,
    /// Whether this page is somewhere below it.
    pub active: bool,
    /// Further attributes of the link.
    pub attributes: Attributes,
}

impl NavigationItem {
    /// Words and where they lead.
    pub fn new(content: impl Into<Content>, href: impl Into<String>) -> Self {
        Self { content: content.into(), href: href.into(), ..Self::default() }
    }

    fn aria_current(&self) -> &'static str {
        match (self.current, self.active) {
            (true, _) => "page",
            (false, true) => "true",
            (false, false) => "",
        }
    }
}

impl ServiceNavigation {
    fn collapses(&self) -> bool {
        self.collapse_on_mobile.unwrap_or(self.items.len() > 1)
    }

    fn has_navigation(&self) -> bool {
        !self.items.is_empty() || !self.slots.navigation_start.is_empty() || !self.slots.navigation_end.is_empty()
    }

    /// With more than links in it, it is a region with a name of its own.
    fn is_section(&self) -> bool {
        !self.service_name.is_empty() || !self.slots.start.is_empty() || !self.slots.end.is_empty()
    }

    fn menu_text(&self) -> &str {
        first(&self.menu_button_text, "Menu")
    }

    /// The button's name for a screen reader, where it is not its words.
    fn menu_label(&self) -> &str {
        if self.menu_button_label == self.menu_text() { "" } else { &self.menu_button_label }
    }
}
