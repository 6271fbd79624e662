//! What every control of a form has around it: the group, the hint, the error message.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::hint::Hint;
use crate::markup::{Attributes, Content};

/// The block around a control.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormGroup {
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
    /// What stands before the control, after label, hint and error message.
    pub before: Content,
    /// What stands after the control.
    pub after: Content,
}

/// A control's hint and error message with their ids, and the `aria-describedby` that names them.
#[derive(Template)]
#[template(path = "described.html")]
pub(crate) struct Described {
    hint: Option<Hint>,
    error: Option<ErrorMessage>,
    pub(crate) by: String,
}

impl HtmlSafe for Described {}

impl Described {
    /// Gives hint and message the ids that follow from the control's; `by` starts with its own.
    pub(crate) fn new(id: &str, own: &str, hint: Option<&Hint>, error: Option<&ErrorMessage>) -> Self {
        let hint = hint.map(|hint| Hint { id: format!("{id}-hint"), ..hint.clone() });
        let error = error.map(|error| ErrorMessage { id: format!("{id}-error"), ..error.clone() });
        let by = [Some(own), hint.as_ref().map(|hint| hint.id.as_str()), error.as_ref().map(|error| error.id.as_str())];
        let by: Vec<&str> = by.into_iter().flatten().filter(|id| !id.is_empty()).collect();
        Self { by: by.join(" "), hint, error }
    }
}

/// The first that is not empty: a control's id falls back to its name.
pub(crate) fn first<'a>(wanted: &'a str, otherwise: &'a str) -> &'a str {
    if wanted.is_empty() { otherwise } else { wanted }
}

/// Classes in order, parted by single spaces; empty ones leave no trace.
pub(crate) fn classes(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}
