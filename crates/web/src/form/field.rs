//! One question of a form.

use govuk::{
    CheckboxItem, Checkboxes, Hint, Html, Input, InputWidth, Radio, RadioItem, Radios, Select, SelectItem, Textarea,
};
use policy::{Condition, Field, FieldKind, list::List};
use record::{
    RecordId, identifier, referring,
    typed::{Name, REASON},
};

use super::{Drawing, box_id, label, legend};
use crate::words;

/// Up to this many choices are shown all at once; more go into a list to open.
const MOST_RADIOS: usize = 7;

impl Drawing<'_> {
    pub(super) fn field(&self, field: &Field, record: Option<RecordId>) -> Html {
        let name = Name::of(&field.id).in_part_of(record);
        let asked = field.when.as_ref().map(|when| self.condition(when, record)).unwrap_or_default();
        let voice = match field.voice {
            Some(policy::form::Voice::Child | policy::form::Voice::Family) => " ls-voice",
            _ => "",
        };
        let answer = self.answer_box(field, &name);
        if answer.is_empty() {
            return answer;
        }
        let mut html = Html::trusted(format!("<div class=\"ls-field{voice}\"{asked}>"));
        html.push(&answer);
        if let Some(said) = self.carried.get(&field.id).filter(|_| record.is_none_or(|record| self.is_front(record))) {
            let said = Html::escaped(said);
            html.push(&Html::trusted(format!("<p class=\"govuk-body-s ls-quiet ls-carried\">{said}</p>")));
        }
        if field.may_differ {
            html.push(&self.differing(&name, &field.label, field.kind == FieldKind::LongText));
        }
        html.push(&Html::trusted("</div>"));
        html
    }

    /// When something is asked, for the script.
    pub(super) fn condition(&self, when: &Condition, record: Option<RecordId>) -> String {
        match when {
            Condition::Answered { field } => format!(" data-when=\"{}\"", self.looked_at(field, record)),
            Condition::IsNot { field, none_of } => {
                format!(" data-when=\"{}\" data-is-not=\"{}\"", self.looked_at(field, record), none_of.join(" "))
            }
            Condition::Is { field, any_of } => {
                format!(" data-when=\"{}\" data-is=\"{}\"", self.looked_at(field, record), any_of.join(" "))
            }
        }
    }

    /// The box that a condition looks at: in the same child's part where the question is asked for each child.
    fn looked_at(&self, field: &str, record: Option<RecordId>) -> Name {
        let each = self
            .form
            .sections
            .iter()
            .any(|section| section.for_each_child && section.fields.iter().any(|one| one.id == field));
        Name::of(field).in_part_of(record.filter(|_| each))
    }

    fn answer_box(&self, field: &Field, name: &Name) -> Html {
        let question = question(field);
        match &field.kind {
            FieldKind::Text => self.input(field, name, &question, InputWidth::TwoThirds, ""),
            FieldKind::Telephone => self.input(field, name, &question, InputWidth::Chars20, "tel"),
            FieldKind::Number { .. } => self.input(field, name, &question, InputWidth::Chars5, "numeric"),
            FieldKind::NhsNumber => {
                let mut html = self.input(field, name, &question, InputWidth::Chars20, "");
                self.check(
                    &mut html,
                    name,
                    identifier::nhs_number_is_right,
                    "This NHS number has a wrong check digit. Look at it again; it can be kept as it is.",
                );
                html
            }
            FieldKind::Upn => {
                let mut html = self.input(field, name, &question, InputWidth::Chars20, "");
                self.check(
                    &mut html,
                    name,
                    identifier::upn_is_right,
                    "This pupil number has a wrong check letter. Look at it again; it can be kept as it is.",
                );
                html
            }
            FieldKind::LongText => self.textarea(field, name, &question),
            FieldKind::Passages => self.passages(field, name, &question),
            FieldKind::Date { .. } => {
                self.date_input(name, &question, field.hint.as_deref().unwrap_or_default(), "govuk-fieldset__legend--s")
            }
            FieldKind::YesNo => self.radios(
                field,
                name,
                &question,
                &[("yes".to_owned(), "Yes".to_owned()), ("no".to_owned(), "No".to_owned())],
                true,
            ),
            FieldKind::Choice { list } => match self.pack.list(list) {
                Some(list) => self.choice(field, name, &question, list),
                None => Html::default(),
            },
            FieldKind::Choices { list } => {
                let items = self.pack.list(list).map(offered).unwrap_or_default();
                self.checkboxes(field, name, &question, items)
            }
            FieldKind::Roles => self.checkboxes(
                field,
                name,
                &question,
                self.pack.roles().map(|role| (role.id.clone(), role.title.clone())).collect(),
            ),
            FieldKind::Person => {
                let mut known: Vec<_> = self.named().into_iter().map(|(id, name)| (id.to_string(), name)).collect();
                // Somebody made for this very draft has no name yet, and stays chosen all the same.
                let chosen = self.value(name);
                if !chosen.is_empty() && !known.iter().any(|(id, _)| *id == chosen) {
                    known.push((chosen, "The person you are adding".to_owned()));
                }
                self.select(field, name, &question, known)
            }
            FieldKind::Staff => self.select(field, name, &question, self.staff(&[self.value(name)])),
            FieldKind::Team => self.select(
                field,
                name,
                &question,
                self.colleagues.teams.iter().map(|(id, team)| (id.to_string(), team.name.clone())).collect(),
            ),
            FieldKind::People => self.people_box(field, name, &question),
            FieldKind::Address => self.address(field, name, &question),
            FieldKind::Actions => self.actions(field, name, &question),
            FieldKind::Entry { .. } => self.entry(field, name, &question),
            FieldKind::Document { .. } => self.documents(field, name, &question),
            FieldKind::Time => self.input(field, name, &question, InputWidth::Chars5, ""),
            FieldKind::Table { columns } => self.table(field, columns, name, &question),
            FieldKind::Signature { list } => self.signatures(field, list, name, &question),
        }
    }

    fn input(&self, field: &Field, name: &Name, question: &str, width: InputWidth, inputmode: &str) -> Html {
        Html::of(&Input {
            id: box_id(name),
            name: name.to_string(),
            label: label(question, "govuk-label--s"),
            hint: hint(field),
            error: self.error(name),
            value: self.value(name),
            width,
            inputmode: inputmode.to_owned(),
            autocomplete: "off".to_owned(),
            ..Input::default()
        })
    }

    /// A word beside a number that does not check: never a refusal.
    fn check(&self, html: &mut Html, name: &Name, right: fn(&str) -> bool, wrong: &str) {
        let Some(value) = self.typed.get(name) else { return };
        let (tag, text) = if right(value) { ("ls-right", "The check digit is right.") } else { ("ls-wrong", wrong) };
        html.push(&Html::trusted(format!("<p class=\"govuk-body-s {tag}\">{}</p>", Html::escaped(text))));
    }

    pub(super) fn textarea(&self, field: &Field, name: &Name, question: &str) -> Html {
        Html::of(&Textarea {
            id: box_id(name),
            name: name.to_string(),
            label: label(question, "govuk-label--s"),
            hint: hint(field),
            error: self.error(name),
            value: self.value(name),
            rows: Some(3),
            spellcheck: Some(true),
            classes: "ls-grows".to_owned(),
            ..Textarea::default()
        })
    }

    fn choice(&self, field: &Field, name: &Name, question: &str, list: &List) -> Html {
        let items = offered(list);
        if items.len() <= MOST_RADIOS {
            self.radios(field, name, question, &items, false)
        } else {
            self.select(field, name, question, items)
        }
    }

    fn radios(&self, field: &Field, name: &Name, question: &str, items: &[(String, String)], inline: bool) -> Html {
        let radio = |(code, text): &(String, String)| {
            RadioItem::Radio(Radio { value: code.clone(), content: text.as_str().into(), ..Radio::default() })
        };
        let mut html = Html::of(&Radios {
            name: name.to_string(),
            id_prefix: box_id(name),
            fieldset: Some(legend(question, "govuk-fieldset__legend--s")),
            hint: hint(field),
            error: self.error(name),
            value: self.value(name),
            items: items.iter().map(radio).collect(),
            inline,
            small: true,
            ..Radios::default()
        });
        if let Some(code) = &field.reason_if {
            // Shown by our own script like every other question that depends on an answer: the design system's way
            // puts aria-expanded on a radio, where it is not allowed.
            let reason = name.clone().part(REASON);
            html.push(&Html::trusted(format!(
                "<div class=\"ls-field ls-reason\" data-when=\"{name}\" data-is=\"{code}\">"
            )));
            html.push(&Textarea {
                id: box_id(&reason),
                name: reason.to_string(),
                label: label(field.reason_label.as_deref().unwrap_or("Why?"), ""),
                error: self.error(&reason),
                value: self.value(&reason),
                rows: Some(2),
                ..Textarea::default()
            });
            html.push(&Html::trusted("</div>"));
        }
        html
    }

    fn select(&self, field: &Field, name: &Name, question: &str, items: Vec<(String, String)>) -> Html {
        let blank = SelectItem::new("", "Choose");
        let value = self.value(name);
        Html::of(&Select {
            id: box_id(name),
            name: name.to_string(),
            label: label(question, "govuk-label--s"),
            hint: hint(field),
            error: self.error(name),
            value,
            items: std::iter::once(blank)
                .chain(items.into_iter().map(|(code, text)| SelectItem::new(code, text)))
                .collect(),
            ..Select::default()
        })
    }

    /// Another entry of the record, by its day and kind: one that stands is shown ready to be left or changed.
    fn entry(&self, field: &Field, name: &Name, question: &str) -> Html {
        let record = name.record.or_else(|| self.children.first().map(|(record, _)| *record));
        let chosen = self.value(name);
        let suitable = self.entries.iter().filter(|choice| {
            let stays = choice.brief.entry.to_string() == chosen;
            let fits = field.kind.takes_entry_of(&choice.brief.form) && (stays || !choice.unfit.contains(&field.id));
            Some(choice.brief.record) == record && fits
        });
        let mut items: Vec<_> = suitable
            .map(|choice| {
                let time = Some(&choice.brief.happened_at).filter(|time| !time.is_empty());
                let time = time.map(|time| format!(", {time}")).unwrap_or_default();
                let named = format!("{}{time}", words::entry(self.pack, &choice.brief));
                let text = choice.headline.as_ref().map_or_else(|| named.clone(), |words| format!("{named}: {words}"));
                (choice.brief.entry.to_string(), text)
            })
            .collect();
        // One older than those that are offered, from whose own page this was begun, stays chosen.
        if !chosen.is_empty() && !items.iter().any(|(entry, _)| *entry == chosen) {
            items.push((chosen, "The entry from which you came".to_owned()));
        }
        // Where nothing is planned, nobody is asked which plan it was.
        if items.is_empty() && !field.required && self.form.ends(&field.id).is_some() {
            return Html::default();
        }
        if items.is_empty() {
            let none = match (referring::asks_for(self.pack, field), field.kind.holding()) {
                (Some(says), holds) => {
                    let holds = if holds.is_some() { " that holds and" } else { "" };
                    format!("This record has no entry{holds} in which {says}. Save this draft, then record it.")
                }
                (None, Some(_)) => "This record has no entry of that kind that holds.".to_owned(),
                (None, None) => "This record has no entry of that kind yet.".to_owned(),
            };
            let none = Html::escaped(&none);
            return Html::trusted(format!("<p class=\"govuk-body\"><strong>{question}</strong> {none}</p>"));
        }
        self.select(field, name, question, items)
    }

    fn checkboxes(&self, field: &Field, name: &Name, question: &str, items: Vec<(String, String)>) -> Html {
        Html::of(&Checkboxes {
            name: name.to_string(),
            id_prefix: box_id(name),
            fieldset: Some(legend(question, "govuk-fieldset__legend--s")),
            hint: hint(field),
            error: self.error(name),
            values: self.typed.all(name).map(str::to_owned).collect(),
            items: items.into_iter().map(|(code, text)| CheckboxItem::new(code, text)).collect(),
            small: true,
            ..Checkboxes::default()
        })
    }

    fn address(&self, field: &Field, name: &Name, question: &str) -> Html {
        let part = |part: &str, words: &str, width| {
            let at = name.clone().part(part);
            Input {
                id: box_id(&at),
                name: at.to_string(),
                label: words.into(),
                error: self.error(&at),
                value: self.value(&at),
                width,
                autocomplete: "off".to_owned(),
                ..Input::default()
            }
        };
        let mut content = Html::default();
        if let Some(hint) = hint(field) {
            content.push(&hint);
        }
        content.push(&part("lines", "House and street", InputWidth::TwoThirds));
        content.push(&part("town", "Town or city", InputWidth::OneHalf));
        content.push(&part("postcode", "Postcode", InputWidth::Chars10));
        Html::of(&govuk::Fieldset { content, ..legend(question, "govuk-fieldset__legend--s") })
    }
}

/// Codes that can be chosen today: withdrawn ones are understood and no longer offered.
pub(super) fn offered(list: &List) -> Vec<(String, String)> {
    list.items.iter().filter(|item| !item.withdrawn).map(|item| (item.code.clone(), item.label.clone())).collect()
}

fn hint(field: &Field) -> Option<Hint> {
    field.hint.as_deref().map(Hint::from)
}

fn question(field: &Field) -> String {
    if field.required || field.label.contains("(if") {
        field.label.clone()
    } else {
        format!("{} (optional)", field.label)
    }
}
