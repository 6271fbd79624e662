//! One of a few.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::fieldset::Fieldset;
use crate::filters;
use crate::form_group::{Described, FormGroup, first};
use crate::hint::Hint;
use crate::label::Label;
use crate::markup::{Attributes, Content, Html};

/// One of a few.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "radios.html")]
pub struct Radios {
    /// The name that is sent with the form.
    pub name: String,
    /// What the ids begin with: the name unless given. The first radio has this very id, so that an
    /// error summary can link to it.
    pub id_prefix: String,
    /// The question.
    pub fieldset: Option<Fieldset>,
    /// Help before answering.
    pub hint: Option<Hint>,
    /// What is wrong with the answer.
    pub error: Option<ErrorMessage>,
    /// The value of the radio that is chosen.
    pub value: String,
    /// What there is to choose from.
    pub items: Vec<RadioItem>,
    /// Whether they stand beside each other; for two short ones.
    pub inline: bool,
    /// Whether they are small.
    pub small: bool,
    /// The block around them.
    pub form_group: FormGroup,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Radios {}

impl Radios {
    fn prefix(&self) -> &str {
        first(&self.id_prefix, &self.name)
    }

    fn described(&self) -> Described {
        let own = self.fieldset.as_ref().map_or("", |fieldset| &fieldset.described_by);
        Described::new(self.prefix(), own, self.hint.as_ref(), self.error.as_ref())
    }

    fn item_id(&self, radio: &Radio, position: usize) -> String {
        match (radio.id.as_str(), position) {
            ("", 1) => self.prefix().to_owned(),
            ("", _) => format!("{}-{position}", self.prefix()),
            (id, _) => id.to_owned(),
        }
    }

    fn is_checked(&self, radio: &Radio) -> bool {
        radio.checked.unwrap_or(!self.value.is_empty() && radio.value == self.value)
    }
}

/// An entry of [`Radios`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a question has a handful, made and written at once")]
pub enum RadioItem {
    /// Something to choose.
    Radio(Radio),
    /// A word between: "or".
    Divider(String),
}

impl From<Radio> for RadioItem {
    fn from(radio: Radio) -> Self {
        Self::Radio(radio)
    }
}

impl RadioItem {
    /// A value and its words.
    pub fn new(value: impl Into<String>, content: impl Into<Content>) -> Self {
        Self::Radio(Radio { value: value.into(), content: content.into(), ..Radio::default() })
    }

    /// A word between.
    pub fn divider(word: impl Into<String>) -> Self {
        Self::Divider(word.into())
    }
}

/// One thing to choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Radio {
    /// The value that is sent with the form.
    pub value: String,
    /// The words.
    pub content: Content,
    /// Its id; follows from its place unless given.
    pub id: String,
    /// Help below the words.
    pub hint: Option<Hint>,
    /// Whether it is chosen, over what the group's value says.
    pub checked: Option<bool>,
    /// Whether it cannot be chosen.
    pub disabled: bool,
    /// What is asked further if it is chosen.
    pub conditional: Html,
    /// Further classes of the label.
    pub label_classes: String,
    /// Further attributes of the label.
    pub label_attributes: Attributes,
    /// Further attributes.
    pub attributes: Attributes,
}

impl Radio {
    fn label(&self, id: &str) -> Label {
        Label {
            content: self.content.clone(),
            target: id.to_owned(),
            classes: crate::form_group::classes(&["govuk-radios__label", &self.label_classes]),
            attributes: self.label_attributes.clone(),
            page_heading: false,
        }
    }

    fn own_hint(&self, id: &str) -> Option<Hint> {
        self.hint.as_ref().map(|hint| Hint {
            id: format!("{id}-item-hint"),
            classes: crate::form_group::classes(&["govuk-radios__hint", &hint.classes]),
            ..hint.clone()
        })
    }
}
