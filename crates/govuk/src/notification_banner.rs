//! Something that the page's reader should know first.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// A notice over the main part of a page: what just happened, or what matters beyond the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "notification_banner.html")]
pub struct NotificationBanner {
    /// Whether it tells of a success.
    pub kind: NotificationKind,
    /// The words. Text becomes a heading; markup stands as it is.
    pub content: Content,
    /// The title: "Important" or "Success" unless given.
    pub title: Content,
    /// The title's id: `govuk-notification-banner-title` unless given.
    pub title_id: String,
    /// The title's level: 2 unless given.
    pub heading_level: Option<u8>,
    /// An ARIA role: `region`, or `alert` for a success, unless given.
    pub role: String,
    /// Whether the script leaves the focus where it was when the page opens.
    pub disable_auto_focus: Option<bool>,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for NotificationBanner {}

impl NotificationBanner {
    /// What was just done.
    pub fn success(content: impl Into<Content>) -> Self {
        Self { kind: NotificationKind::Success, content: content.into(), ..Self::default() }
    }

    /// What the reader should know.
    pub fn important(content: impl Into<Content>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

/// What a [`NotificationBanner`] tells of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NotificationKind {
    /// Something to know.
    #[default]
    Important,
    /// Something that was done.
    Success,
}

impl NotificationKind {
    fn class(self) -> &'static str {
        match self {
            Self::Important => "",
            Self::Success => "govuk-notification-banner--success",
        }
    }

    fn role(self) -> &'static str {
        match self {
            Self::Important => "region",
            Self::Success => "alert",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Important => "Important",
            Self::Success => "Success",
        }
    }
}
