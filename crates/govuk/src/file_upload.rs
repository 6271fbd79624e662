//! A file to send.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::filters;
use crate::form_group::{Described, FormGroup, first};
use crate::hint::Hint;
use crate::label::Label;
use crate::markup::Attributes;

/// A file to send, with the browser's own control or, by script, a place to drop it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "file_upload.html")]
pub struct FileUpload {
    /// Its id: the name unless given.
    pub id: String,
    /// The name that is sent with the form.
    pub name: String,
    /// What it asks for.
    pub label: Label,
    /// Help before answering.
    pub hint: Option<Hint>,
    /// What is wrong with the answer.
    pub error: Option<ErrorMessage>,
    /// Whether several files may be sent at once.
    pub multiple: bool,
    /// Whether a script makes a place to drop files.
    pub drop_zone: bool,
    /// Further classes of the drop zone.
    pub drop_zone_classes: String,
    /// Further attributes of the drop zone; its words are `data-i18n.*` attributes.
    pub drop_zone_attributes: Attributes,
    /// Whether it cannot be used.
    pub disabled: bool,
    /// Ids of further elements that describe it.
    pub described_by: String,
    /// The block around it.
    pub form_group: FormGroup,
    /// Further classes.
    pub classes: String,
    /// Further attributes, such as `accept`.
    pub attributes: Attributes,
}

impl HtmlSafe for FileUpload {}

impl FileUpload {
    fn own_id(&self) -> &str {
        first(&self.id, &self.name)
    }

    fn described(&self) -> Described {
        Described::new(self.own_id(), &self.described_by, self.hint.as_ref(), self.error.as_ref())
    }
}
