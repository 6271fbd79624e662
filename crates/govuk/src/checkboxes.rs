//! Any of a few.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::fieldset::Fieldset;
use crate::filters;
use crate::form_group::{Described, FormGroup, first};
use crate::hint::Hint;
use crate::label::Label;
use crate::markup::{Attributes, Content, Html};

/// Any of a few.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "checkboxes.html")]
pub struct Checkboxes {
    /// The name that is sent with the form.
    pub name: String,
    /// What the ids begin with: the name unless given. The first checkbox has this very id, so that
    /// an error summary can link to it.
    pub id_prefix: String,
    /// The question.
    pub fieldset: Option<Fieldset>,
    /// Help before answering.
    pub hint: Option<Hint>,
    /// What is wrong with the answer.
    pub error: Option<ErrorMessage>,
    /// The values of the checkboxes that are ticked.
    pub values: Vec<String>,
    /// What there is to tick.
    pub items: Vec<CheckboxItem>,
    /// Whether they are small.
    pub small: bool,
    /// Ids of further elements that describe each checkbox, where there is no fieldset.
    pub described_by: String,
    /// The block around them.
    pub form_group: FormGroup,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for Checkboxes {}

impl Checkboxes {
    fn prefix(&self) -> &str {
        first(&self.id_prefix, &self.name)
    }

    fn described(&self) -> Described {
        let own = self.fieldset.as_ref().map_or("", |fieldset| &fieldset.described_by);
        let own = first(own, &self.described_by);
        Described::new(self.prefix(), own, self.hint.as_ref(), self.error.as_ref())
    }

    fn item_id(&self, checkbox: &Checkbox, position: usize) -> String {
        match (checkbox.id.as_str(), position) {
            ("", 1) => self.prefix().to_owned(),
            ("", _) => format!("{}-{position}", self.prefix()),
            (id, _) => id.to_owned(),
        }
    }

    fn is_checked(&self, checkbox: &Checkbox) -> bool {
        checkbox.checked.unwrap_or_else(|| self.values.contains(&checkbox.value))
    }

    /// What describes one checkbox: what describes all, where no fieldset says it, and its own hint.
    fn described_by_item(&self, all: &str, hint: Option<&Hint>) -> String {
        let all = if self.fieldset.is_some() { "" } else { all };
        crate::form_group::classes(&[all, hint.map_or("", |hint| &hint.id)])
    }
}

/// An entry of [`Checkboxes`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "a question has a handful, made and written at once")]
pub enum CheckboxItem {
    /// Something to tick.
    Checkbox(Checkbox),
    /// A word between: "or".
    Divider(String),
}

impl From<Checkbox> for CheckboxItem {
    fn from(checkbox: Checkbox) -> Self {
        Self::Checkbox(checkbox)
    }
}

impl CheckboxItem {
    /// A value and its words.
    pub fn new(value: impl Into<String>, content: impl Into<Content>) -> Self {
        Self::Checkbox(Checkbox { value: value.into(), content: content.into(), ..Checkbox::default() })
    }

    /// "None of these": ticking it unticks the others, and the other way round.
    pub fn exclusive(value: impl Into<String>, content: impl Into<Content>) -> Self {
        Self::Checkbox(Checkbox {
            value: value.into(),
            content: content.into(),
            exclusive: true,
            ..Checkbox::default()
        })
    }

    /// A word between.
    pub fn divider(word: impl Into<String>) -> Self {
        Self::Divider(word.into())
    }
}

/// One thing to tick.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checkbox {
    /// The value that is sent with the form.
    pub value: String,
    /// The words.
    pub content: Content,
    /// Its id; follows from its place unless given.
    pub id: String,
    /// Its name; the group's unless given.
    pub name: String,
    /// Help below the words.
    pub hint: Option<Hint>,
    /// Whether it is ticked, over what the group's values say.
    pub checked: Option<bool>,
    /// Whether it cannot be ticked.
    pub disabled: bool,
    /// Whether ticking it unticks the others: "none of these".
    pub exclusive: bool,
    /// What is asked further if it is ticked.
    pub conditional: Html,
    /// Further classes of the label.
    pub label_classes: String,
    /// Further attributes of the label.
    pub label_attributes: Attributes,
    /// Further attributes.
    pub attributes: Attributes,
}

impl Checkbox {
    fn label(&self, id: &str) -> Label {
        Label {
            content: self.content.clone(),
            target: id.to_owned(),
            classes: crate::form_group::classes(&["govuk-checkboxes__label", &self.label_classes]),
            attributes: self.label_attributes.clone(),
            page_heading: false,
        }
    }

    fn own_hint(&self, id: &str) -> Option<Hint> {
        self.hint.as_ref().map(|hint| Hint {
            id: format!("{id}-item-hint"),
            classes: crate::form_group::classes(&["govuk-checkboxes__hint", &hint.classes]),
            ..hint.clone()
        })
    }
}
