//! A group of controls that answer one question.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content, Html};

/// Controls that belong together, under a legend.
///
/// Radios, checkboxes and date inputs take one as a frame and ignore its `content`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "fieldset.html")]
pub struct Fieldset {
    /// The question.
    pub legend: Option<Legend>,
    /// The controls.
    pub content: Html,
    /// Ids of elements that describe the group.
    pub described_by: String,
    /// An ARIA role.
    pub role: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Fieldset {}

impl<T: Into<Legend>> From<T> for Fieldset {
    fn from(legend: T) -> Self {
        Self { legend: Some(legend.into()), ..Self::default() }
    }
}

/// The words over a [`Fieldset`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Legend {
    /// The words.
    pub content: Content,
    /// Whether the legend is also the page's `h1`, for a page with one question.
    pub page_heading: bool,
    /// Further classes, such as `govuk-fieldset__legend--m`.
    pub classes: String,
}

impl<T: Into<Content>> From<T> for Legend {
    fn from(content: T) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}

/// The opening tag and the legend, for components that write their controls themselves.
#[derive(Template)]
#[template(path = "fieldset_open.html")]
pub(crate) struct FieldsetOpen<'a> {
    legend: Option<&'a Legend>,
    described_by: &'a str,
    role: &'a str,
    classes: &'a str,
    attributes: &'a Attributes,
}

impl HtmlSafe for FieldsetOpen<'_> {}

impl Fieldset {
    /// Opens the fieldset; the caller closes it.
    pub(crate) fn open<'a>(&'a self, described_by: &'a str, role: &'a str) -> FieldsetOpen<'a> {
        FieldsetOpen {
            legend: self.legend.as_ref().filter(|legend| !legend.content.is_empty()),
            described_by,
            role,
            classes: &self.classes,
            attributes: &self.attributes,
        }
    }
}
