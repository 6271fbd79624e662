//! The bar at the top of every page, with the product's name.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// The bar at the top of every page.
///
/// This is the design system's generic header. The one with the crown belongs to GOV.UK alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "header.html")]
pub struct Header {
    /// The product's name, or its logo as markup.
    pub product: Content,
    /// Where the name leads: `/` unless given.
    pub href: String,
    /// Classes of the block that sets the width: `govuk-width-container` unless given.
    pub container_classes: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Header {}
