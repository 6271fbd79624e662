//! What a form sets: that each fact can say what it is given, and of whom.

use super::{
    super::{
        form::{FormPart, SetsPart},
        mistake::At,
    },
    form::Checker,
};
use crate::{
    fact::{FactKind, Holds, Says},
    form::{FieldKind, SetFrom, SetKey, SetSubject, SetValue, Sets},
};

/// The longest that something may last which is told in hours: three days. What lasts longer is told in days.
const MOST_HOURS: i64 = 72;

impl Checker<'_, '_> {
    /// Checks one fact that a form sets.
    pub(super) fn sets(&mut self, form: &FormPart, part: &SetsPart) {
        let SetsPart { sets, places } = part;
        let Sets { fact, when, subject, value: _, other, from, until, key } = sets;
        if let Some(when) = when
            && let Some(field) = self.named(form, when.field(), places.of("when"))
        {
            self.condition(field, when, places.of("when"));
        }
        let is_date = |kind: &FieldKind| matches!(kind, FieldKind::Date { .. });
        let is_person = |kind: &FieldKind| *kind == FieldKind::Person;
        match subject {
            SetSubject::Person(field) => self.of_kind(form, field, places.of("subject"), "a person", is_person),
            SetSubject::Team(field) => {
                self.of_kind(form, field, places.of("subject"), "a team", |kind| *kind == FieldKind::Team);
            }
            SetSubject::Holder | SetSubject::Record => {}
        }
        let from = match from {
            SetFrom::Field(field) => Some(field),
            SetFrom::Happened | SetFrom::Written => None,
        };
        for (word, field) in [("from", from), ("until", until.as_ref())] {
            if let Some(field) = field {
                self.of_kind(form, field, places.of(word), "a date", is_date);
            }
        }
        if let Some(field) = other {
            let person = |kind: &FieldKind| is_person(kind) || *kind == FieldKind::Staff;
            self.of_kind(form, field, places.of("other"), "a person", person);
        }
        match self.fact(fact) {
            Some(fact) => {
                self.value(form, fact, sets, places.of("value"));
                if key.is_some() && fact.holds == Holds::One {
                    let message = format!("the fact `{}` holds one at a time, so nothing tells several apart", fact.id);
                    self.mistakes.add(places.of("key"), message);
                }
            }
            None => self.no_fact(fact, places.whole),
        }
    }

    /// What a form says of a fact is what the fact can say.
    fn value(&mut self, form: &FormPart, fact: &FactKind, sets: &Sets, at: At) {
        match &sets.value {
            SetValue::Field(id) => {
                let Some(field) = self.named(form, id, at) else { return };
                if !fits(&field.kind, fact) {
                    let (answer, says) = (answer_in_words(&field.kind), fact_in_words(fact));
                    self.mistakes
                        .add(at, format!("the answer to `{id}` is {answer}, and the fact `{}` says {says}", fact.id));
                }
                let narrative = matches!(field.kind, FieldKind::LongText | FieldKind::Passages);
                if (field.sealed || narrative) && !fact.sealed {
                    self.mistakes
                        .add(at, format!("the answer to `{id}` is sealed, so `{}` must be sealed too", fact.id));
                }
            }
            SetValue::Joined(ids) => {
                for id in ids {
                    self.of_kind(form, id, at, "one line of text", |kind| *kind == FieldKind::Text);
                }
                if fact.says != Says::Text {
                    self.mistakes.add(
                        at,
                        format!("joined answers are words, and the fact `{}` says {}", fact.id, fact_in_words(fact)),
                    );
                }
            }
            SetValue::Happened => {
                if fact.says != Says::Date {
                    self.mistakes.add(
                        at,
                        format!(
                            "the day it happened is a date, and the fact `{}` says {}",
                            fact.id,
                            fact_in_words(fact)
                        ),
                    );
                }
            }
            SetValue::Moment | SetValue::Written => {
                if fact.says != Says::Text {
                    let says = fact_in_words(fact);
                    self.mistakes.add(at, format!("a day and time are words, and the fact `{}` says {says}", fact.id));
                }
            }
            SetValue::HoursAfter(id) => {
                let message = format!("this must be a number of hours, from 1 to at most {MOST_HOURS}");
                if let Some(field) = self.named(form, id, at)
                    && !matches!(field.kind, FieldKind::Number { min: 1.., max: ..=MOST_HOURS })
                {
                    self.mistakes.add(at, message);
                }
                if fact.says != Says::Text {
                    let says = fact_in_words(fact);
                    self.mistakes.add(at, format!("a day and time are words, and the fact `{}` says {says}", fact.id));
                }
            }
            SetValue::Nothing if fact.holds == Holds::Many && !matches!(sets.key, Some(SetKey::Entry(_))) => {
                self.mistakes.add(
                    at,
                    format!("`nothing` ends what stood before, and the fact `{}` holds many at once: say which by an `until`", fact.id),
                );
            }
            SetValue::Nothing => {}
            SetValue::Text(text) => {
                let fits = match (fact.says, &fact.list) {
                    (Says::Code | Says::Codes, Some(list)) => {
                        self.layers.lists.get(list).is_none_or(|(list, _)| list.item(text).is_some())
                    }
                    (Says::YesNo, _) => matches!(text.as_str(), "yes" | "no"),
                    (says, _) => says == Says::Text,
                };
                if !fits {
                    let says = fact_in_words(fact);
                    self.mistakes.add(at, format!("the fact `{}` says {says}, and `{text}` is none", fact.id));
                }
            }
        }
    }

    fn of_kind(&mut self, form: &FormPart, id: &str, at: At, what: &str, is: impl Fn(&FieldKind) -> bool) {
        if self.named(form, id, at).is_some_and(|field| !is(&field.kind)) {
            self.mistakes.add(at, format!("this must be {what}, and the answer to `{id}` is something else"));
        }
    }
}

/// Whether the answer to a question of this kind can be what the fact says.
pub(super) fn fits(kind: &FieldKind, fact: &FactKind) -> bool {
    match (kind, fact.says) {
        (FieldKind::Choice { list }, Says::Code) | (FieldKind::Choices { list }, Says::Codes) => {
            fact.list.as_ref() == Some(list)
        }
        (
            FieldKind::Text | FieldKind::LongText | FieldKind::Passages | FieldKind::NhsNumber | FieldKind::Upn,
            Says::Text,
        )
        | (FieldKind::Date { .. }, Says::Date)
        | (FieldKind::Number { .. }, Says::Number)
        | (FieldKind::YesNo, Says::YesNo)
        | (FieldKind::Person, Says::Person)
        | (FieldKind::Address, Says::Address)
        | (FieldKind::Telephone, Says::Telephone)
        | (FieldKind::Staff, Says::Staff)
        | (FieldKind::Team, Says::Team)
        | (FieldKind::Roles, Says::Roles) => true,
        _ => false,
    }
}

/// What a fact says, for a message.
pub(super) fn fact_in_words(fact: &FactKind) -> String {
    let list = fact.list.as_deref().unwrap_or_default();
    match fact.says {
        Says::Text => "words".to_owned(),
        Says::Code => format!("a code of the list `{list}`"),
        Says::Codes => format!("codes of the list `{list}`"),
        Says::YesNo => "yes or no".to_owned(),
        Says::Date => "a date".to_owned(),
        Says::Number => "a number".to_owned(),
        Says::Address => "an address".to_owned(),
        Says::Telephone => "a telephone number".to_owned(),
        Says::Person => "a person".to_owned(),
        Says::Staff => "a member of staff".to_owned(),
        Says::Team => "a team".to_owned(),
        Says::Roles => "roles".to_owned(),
    }
}

/// What a question is answered with, for a message.
pub(super) fn answer_in_words(kind: &FieldKind) -> String {
    match kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Passages => "words".to_owned(),
        FieldKind::Date { .. } => "a date".to_owned(),
        FieldKind::Number { .. } => "a number".to_owned(),
        FieldKind::YesNo => "yes or no".to_owned(),
        FieldKind::Choice { list } => format!("a code of the list `{list}`"),
        FieldKind::Choices { list } => format!("codes of the list `{list}`"),
        FieldKind::Person => "a person".to_owned(),
        FieldKind::People => "people by name".to_owned(),
        FieldKind::Address => "an address".to_owned(),
        FieldKind::Telephone => "a telephone number".to_owned(),
        FieldKind::NhsNumber => "an NHS number".to_owned(),
        FieldKind::Upn => "a unique pupil number".to_owned(),
        FieldKind::Staff => "a member of staff".to_owned(),
        FieldKind::Team => "a team".to_owned(),
        FieldKind::Roles => "roles".to_owned(),
        FieldKind::Actions => "actions".to_owned(),
        FieldKind::Entry { .. } => "another entry".to_owned(),
        FieldKind::Document { .. } => "files".to_owned(),
        FieldKind::Time => "a time of day".to_owned(),
        FieldKind::Table { .. } => "a table".to_owned(),
        FieldKind::Signature { .. } => "signatures".to_owned(),
    }
}
