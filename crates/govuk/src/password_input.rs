//! A password, hidden until its owner wants to see it.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::button::{Button, ButtonKind, ButtonVariant};
use crate::error_message::ErrorMessage;
use crate::form_group::{FormGroup, classes, first};
use crate::hint::Hint;
use crate::input::Input;
use crate::label::Label;
use crate::markup::{Attributes, Html};

/// A password, with a button that shows it where there is script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "password_input.html")]
pub struct PasswordInput {
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
    /// The answer so far. A password is not normally sent back.
    pub value: String,
    /// What the browser may fill in: `current-password` unless given; `new-password` for a new one.
    pub autocomplete: String,
    /// Whether it cannot be used.
    pub disabled: bool,
    /// The button's words: "Show" unless given.
    pub show_text: String,
    /// The button's words while the password is seen.
    pub hide_text: String,
    /// The button's name for a screen reader: "Show password" unless given.
    pub show_label: String,
    /// That name while the password is seen.
    pub hide_label: String,
    /// What a screen reader says when the password is shown.
    pub shown_announcement: String,
    /// What a screen reader says when the password is hidden.
    pub hidden_announcement: String,
    /// Further classes of the button.
    pub button_classes: String,
    /// Ids of further elements that describe it.
    pub described_by: String,
    /// The block around it.
    pub form_group: FormGroup,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for PasswordInput {}

impl PasswordInput {
    /// The line to type in that this is.
    fn input(&self) -> Input {
        let mut after = Html::of(&self.button());
        after.push(&self.form_group.after);
        Input {
            id: first(&self.id, &self.name).to_owned(),
            name: self.name.clone(),
            label: self.label.clone(),
            hint: self.hint.clone(),
            error: self.error.clone(),
            value: self.value.clone(),
            kind: "password".to_owned(),
            spellcheck: Some(false),
            autocapitalize: "none".to_owned(),
            autocomplete: first(&self.autocomplete, "current-password").to_owned(),
            disabled: self.disabled,
            described_by: self.described_by.clone(),
            form_group: FormGroup {
                classes: classes(&["govuk-password-input", &self.form_group.classes]),
                attributes: self.group_attributes(),
                before: self.form_group.before.clone(),
                after: after.into(),
            },
            wrapper_classes: "govuk-password-input__wrapper".to_owned(),
            classes: classes(&["govuk-password-input__input govuk-js-password-input-input", &self.classes]),
            attributes: self.attributes.clone(),
            ..Input::default()
        }
    }

    fn button(&self) -> Button {
        Button {
            kind: ButtonKind::Button,
            variant: ButtonVariant::Secondary,
            content: first(&self.show_text, "Show").into(),
            classes: classes(&["govuk-password-input__toggle govuk-js-password-input-toggle", &self.button_classes]),
            attributes: vec![
                ("aria-controls".to_owned(), first(&self.id, &self.name).to_owned()),
                ("aria-label".to_owned(), first(&self.show_label, "Show password").to_owned()),
                ("hidden".to_owned(), String::new()),
            ],
            ..Button::default()
        }
    }

    fn group_attributes(&self) -> Attributes {
        let texts = [
            ("show-password", &self.show_text),
            ("hide-password", &self.hide_text),
            ("show-password-aria-label", &self.show_label),
            ("hide-password-aria-label", &self.hide_label),
            ("password-shown-announcement", &self.shown_announcement),
            ("password-hidden-announcement", &self.hidden_announcement),
        ];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
        std::iter::once(("data-module".to_owned(), "govuk-password-input".to_owned()))
            .chain(texts.map(|(key, text)| (format!("data-i18n.{key}"), text.clone())))
            .chain(self.form_group.attributes.iter().cloned())
            .collect()
    }
}
