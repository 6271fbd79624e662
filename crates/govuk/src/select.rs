//! One of a list that stays closed until it is wanted.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::filters;
use crate::form_group::{Described, FormGroup, first};
use crate::hint::Hint;
use crate::label::Label;
use crate::markup::Attributes;

/// A closed list. Radios are the better choice wherever there is room for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "select.html")]
pub struct Select {
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
    /// The value of the item that is chosen.
    pub value: String,
    /// What there is to choose from.
    pub items: Vec<SelectItem>,
    /// Whether it cannot be used.
    pub disabled: bool,
    /// Ids of further elements that describe it.
    pub described_by: String,
    /// The block around it.
    pub form_group: FormGroup,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Select {}

impl Select {
    fn own_id(&self) -> &str {
        first(&self.id, &self.name)
    }

    fn described(&self) -> Described {
        Described::new(self.own_id(), &self.described_by, self.hint.as_ref(), self.error.as_ref())
    }

    fn is_selected(&self, item: &SelectItem) -> bool {
        item.selected
            .unwrap_or_else(|| !self.value.is_empty() && *item.value.as_ref().unwrap_or(&item.text) == self.value)
    }
}

/// One thing to choose from a [`Select`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelectItem {
    /// The value that is sent with the form; the words themselves if there is none.
    pub value: Option<String>,
    /// The words.
    pub text: String,
    /// Whether it is chosen, over what the list's value says.
    pub selected: Option<bool>,
    /// Whether it cannot be chosen.
    pub disabled: bool,
    /// Further attributes.
    pub attributes: Attributes,
}

impl SelectItem {
    /// A value and its words.
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: Some(value.into()), text: text.into(), ..Self::default() }
    }
}
