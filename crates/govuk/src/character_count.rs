//! A block to write in that says how much room is left.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::error_message::ErrorMessage;
use crate::form_group::{FormGroup, classes, first};
use crate::hint::Hint;
use crate::label::Label;
use crate::markup::{Attributes, Html};
use crate::textarea::Textarea;

/// A block to write in, with a limit that is told and, by script, counted.
///
/// The script's words can be changed by `data-i18n.*` attributes of the form group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "character_count.html")]
pub struct CharacterCount {
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
    /// The answer so far.
    pub value: String,
    /// How many lines it shows: 5 unless given.
    pub rows: Option<u32>,
    /// The limit, in what `count` names.
    pub maxlength: Option<u32>,
    /// The limit in words; an older way to say `maxlength` with [`CountType::Words`].
    pub maxwords: Option<u32>,
    /// What is counted.
    pub count: Option<CountType>,
    /// From what share of the limit, in per cent, the count is shown.
    pub threshold: Option<u32>,
    /// The sentence that tells the limit, with `%{count}` for the number.
    pub description: String,
    /// Further classes of that sentence.
    pub count_classes: String,
    /// Whether the browser checks the spelling.
    pub spellcheck: Option<bool>,
    /// The block around it. What comes after the control stands after the sentence.
    pub form_group: FormGroup,
    /// Further classes.
    pub classes: String,
    /// Further attributes.
    pub attributes: Attributes,
}

impl HtmlSafe for CharacterCount {}

/// What a [`CharacterCount`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountType {
    /// Code units, as the script's language counts them.
    Length,
    /// Characters, as people count them.
    Characters,
    /// Words.
    Words,
}

impl CountType {
    fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Characters => "characters",
            Self::Words => "words",
        }
    }
}

impl CharacterCount {
    /// The block to write in that this is.
    fn textarea(&self) -> Textarea {
        let id = first(&self.id, &self.name).to_owned();
        let mut after = Html::of(&self.message(&id));
        after.push(&self.form_group.after);
        Textarea {
            name: self.name.clone(),
            label: self.label.clone(),
            hint: self.hint.clone(),
            error: self.error.clone(),
            value: self.value.clone(),
            rows: self.rows,
            spellcheck: self.spellcheck,
            described_by: format!("{id}-info"),
            form_group: FormGroup {
                classes: classes(&["govuk-character-count", &self.form_group.classes]),
                attributes: self.group_attributes(),
                before: self.form_group.before.clone(),
                after: after.into(),
            },
            classes: classes(&["govuk-js-character-count", &self.classes]),
            attributes: self.attributes.clone(),
            id,
            ..Textarea::default()
        }
    }

    fn limit(&self) -> Option<u32> {
        self.maxwords.or(self.maxlength)
    }

    fn count_type(&self) -> Option<CountType> {
        self.count.or(self.maxwords.map(|_| CountType::Words))
    }

    /// The sentence that tells the limit; empty where only a script knows it.
    fn message(&self, id: &str) -> Hint {
        let unit = match self.count_type() {
            Some(CountType::Words) => "words",
            _ => "characters",
        };
        let usual = format!("You can enter up to %{{count}} {unit}");
        let text = self.limit().map(|limit| first(&self.description, &usual).replace("%{count}", &limit.to_string()));
        Hint {
            content: text.unwrap_or_default().into(),
            id: format!("{id}-info"),
            classes: classes(&["govuk-character-count__message", &self.count_classes]),
            ..Hint::default()
        }
    }

    fn group_attributes(&self) -> Attributes {
        let number = |value: Option<u32>| value.map(|value| value.to_string());
        let description =
            Some(self.description.clone()).filter(|description| self.limit().is_none() && !description.is_empty());
        let known = [
            ("data-module", Some("govuk-character-count".to_owned())),
            ("data-maxlength", number(self.maxlength)),
            ("data-maxwords", number(self.maxwords)),
            ("data-threshold", number(self.threshold)),
            ("data-count-type", self.count_type().map(|count| count.name().to_owned())),
            ("data-i18n.textarea-description.other", description),
        ];
        known
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .chain(self.form_group.attributes.iter().cloned())
            .collect()
    }
}
