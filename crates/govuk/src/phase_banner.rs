//! How finished the service is.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};
use crate::tag::Tag;

/// A line under the header which says that the service is still being made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "phase_banner.html")]
pub struct PhaseBanner {
    /// The phase: "Beta".
    pub tag: Tag,
    /// What that means for the reader.
    pub content: Content,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for PhaseBanner {}

impl PhaseBanner {
    fn own_tag(&self) -> Tag {
        Tag {
            classes: crate::form_group::classes(&["govuk-phase-banner__content__tag", &self.tag.classes]),
            ..self.tag.clone()
        }
    }
}
