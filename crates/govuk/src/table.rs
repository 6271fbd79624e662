//! Rows and columns.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::filters;
use crate::markup::{Attributes, Content};

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "table.html")]
pub struct Table {
    /// What the table holds.
    pub caption: String,
    /// Further classes of the caption, such as `govuk-table__caption--m`.
    pub caption_classes: String,
    /// The columns' names.
    pub head: Vec<Cell>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// Whether the first cell of each row names the row.
    pub first_cell_is_header: bool,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Table {}

/// One cell of a [`Table`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// What it holds.
    pub content: Content,
    /// Whether it is a number, set to the right.
    pub numeric: bool,
    /// How many columns it spans.
    pub colspan: Option<u32>,
    /// How many rows it spans.
    pub rowspan: Option<u32>,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl Cell {
    /// A number.
    pub fn numeric(content: impl Into<Content>) -> Self {
        Self { content: content.into(), numeric: true, ..Self::default() }
    }
}

impl<T: Into<Content>> From<T> for Cell {
    fn from(content: T) -> Self {
        Self { content: content.into(), ..Self::default() }
    }
}
