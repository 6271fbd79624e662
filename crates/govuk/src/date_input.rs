//! A date that people know, typed in three parts.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::fieldset::Fieldset;
use crate::filters;
use crate::form_group::{Described, FormGroup, classes, first};
use crate::hint::Hint;
use crate::input::{Input, InputWidth};
use crate::markup::Attributes;

/// A date in three parts, or some of them.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "date_input.html")]
pub struct DateInput {
    /// Its id, which the parts' ids begin with.
    pub id: String,
    /// What the parts' names begin with.
    pub name_prefix: String,
    /// The question.
    pub fieldset: Option<Fieldset>,
    /// Help before answering.
    pub hint: Option<Hint>,
    /// What is wrong with the answer. Every part is marked, unless some part says that it is the one.
    pub error: Option<ErrorMessage>,
    /// Day, month and year, unless changed.
    pub parts: Vec<DatePart>,
    /// The block around it.
    pub form_group: FormGroup,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for DateInput {}

impl Default for DateInput {
    fn default() -> Self {
        Self {
            id: String::new(),
            name_prefix: String::new(),
            fieldset: None,
            hint: None,
            error: None,
            parts: DatePart::day_month_year("", "", ""),
            form_group: FormGroup::default(),
            classes: String::new(),
            attributes: Attributes::new(),
        }
    }
}

impl DateInput {
    fn described(&self) -> Described {
        let own = self.fieldset.as_ref().map_or("", |fieldset| &fieldset.described_by);
        Described::new(&self.id, own, self.hint.as_ref(), self.error.as_ref())
    }

    fn input(&self, part: &DatePart) -> Input {
        let some_part_has_it = self.parts.iter().any(|part| part.error == Some(true));
        let wrong = part.error.unwrap_or(self.error.is_some() && !some_part_has_it);
        let id = format!("{}-{}", self.id, part.name);
        let name = match self.name_prefix.as_str() {
            "" => part.name.clone(),
            prefix => format!("{prefix}-{}", part.name),
        };
        Input {
            label: crate::label::Label {
                content: first(&part.label, &capitalised(&part.name)).into(),
                classes: "govuk-date-input__label".to_owned(),
                ..crate::label::Label::default()
            },
            id: first(&part.id, &id).to_owned(),
            name,
            value: part.value.clone(),
            inputmode: first(&part.inputmode, "numeric").to_owned(),
            autocomplete: part.autocomplete.clone(),
            pattern: part.pattern.clone(),
            classes: classes(&[
                "govuk-date-input__input",
                if wrong { "govuk-input--error" } else { "" },
                part.width.class(),
                &part.classes,
            ]),
            attributes: part.attributes.clone(),
            ..Input::default()
        }
    }
}

/// One part of a [`DateInput`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatePart {
    /// Its name, after the date's prefix: `day`.
    pub name: String,
    /// The words over it: the name with a capital unless given.
    pub label: String,
    /// The answer so far.
    pub value: String,
    /// How wide it is.
    pub width: InputWidth,
    /// Whether it is the part that is wrong; `None` follows the date's error message.
    pub error: Option<bool>,
    /// Its id; follows from the date's unless given.
    pub id: String,
    /// What the browser may fill in: `bday-day`.
    pub autocomplete: String,
    /// What keyboard a telephone shows: `numeric` unless given.
    pub inputmode: String,
    /// A pattern that an answer has.
    pub pattern: String,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl DatePart {
    /// A part two characters wide, or four for a year.
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
            width: if name == "year" { InputWidth::Chars4 } else { InputWidth::Chars2 },
            ..Self::default()
        }
    }

    /// The usual three, with the answers so far.
    pub fn day_month_year(day: impl Into<String>, month: impl Into<String>, year: impl Into<String>) -> Vec<Self> {
        vec![Self::new("day", day), Self::new("month", month), Self::new("year", year)]
    }
}

/// The word with its first letter a capital and the others small.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |initial| {
        initial.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
    })
}
