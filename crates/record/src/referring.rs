//! What an entry must say for another one to rest on it: a consent that was given in writing, by the day on which somebody
//! was asked, and not taken back (R-SHR-03, R-SHR-16). With which form it was made is looked at while the form is read; this
//! is asked once the named entries are read too.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use policy::{Field, FieldKind, Form, Pack, form::FieldId, words};

use crate::{
    answer::{Answer, Answered},
    content::Content,
    id::{EntryId, PersonId, RecordId},
    read::{Act, FieldProblem, NOT_OFFERED, asked},
    time::day_in_words,
    typed::Name,
};

/// The entries of this child's record that an act names where more is asked of them than their form, by the question.
pub fn named<'f>(form: &'f Form, act: &Act, record: RecordId) -> Vec<(&'f Field, EntryId)> {
    let asking = form.fields().filter(|field| field.kind.asks_of_entry());
    asking
        .filter_map(|field| match answered(act, record, &field.id)? {
            Answer::Entry(entry) => Some((field, *entry)),
            _ => None,
        })
        .collect()
}

/// What an act answers to a question in this child's record.
pub fn answered<'a>(act: &'a Act, record: RecordId, field: &str) -> Option<&'a Answer> {
    let own = act.each.get(&record).and_then(|answers| answers.get(field));
    own.or_else(|| act.common.get(field)).map(|answered: &Answered| &answered.answer)
}

/// Whom an act is about by the questions that decide whose an entry must be.
pub fn about<'f, 'a>(form: &'f Form, find: impl Fn(&str) -> Option<&'a Answer>) -> Vec<(&'f FieldId, PersonId)> {
    let asked = form.fields().filter_map(|field| field.kind.whose());
    asked
        .filter_map(|whose| match find(&whose.of)? {
            Answer::Person(person) => Some((&whose.of, *person)),
            _ => None,
        })
        .collect()
}

/// An entry that another one names.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    /// What it says.
    pub content: &'a Content,
    /// Whether it is kept in the confidential section.
    pub kept: bool,
    /// The kinds of fact that it began, each with the days on which it holds: from, and until where it has ended.
    pub held: Vec<(&'a str, Date, Option<Date>)>,
}

/// The kinds of fact that entries must hold for this form, each once.
pub fn held(form: &Form) -> Vec<&str> {
    let kinds: BTreeSet<_> = form.fields().filter_map(|field| field.kind.holding()).collect();
    kinds.into_iter().collect()
}

/// An act that rests on another entry.
#[derive(Clone, Debug)]
pub struct Resting {
    /// The day that it is about.
    pub day: Date,
    /// Whom it is about by each question that asks it, by every identifier that they have; none about the child whose record it
    /// is, for whom others may speak.
    pub about: BTreeMap<FieldId, Vec<PersonId>>,
}

/// What is wrong with the entries that an act names in this record, at their boxes. One that is not among those that were read
/// is none that could be relied on.
pub fn unfit(
    pack: &Pack,
    form: &Form,
    named: &[(&Field, EntryId)],
    (record, act): (RecordId, &Resting),
    read: &BTreeMap<EntryId, Named<'_>>,
) -> Vec<FieldProblem> {
    let wrong = |(field, entry): &(&Field, EntryId)| {
        let message = match read.get(entry) {
            Some(named) => why_unfit((pack, form), field, named, Some(act))?,
            None => "This entry does not stand in the record any more. Choose another one".to_owned(),
        };
        let each = form.sections.iter().any(|section| section.for_each_child && section.fields.contains(field));
        let at = Name::of(&field.id).in_part_of(each.then_some(record));
        Some(FieldProblem { at, message })
    };
    named.iter().filter_map(wrong).collect()
}

/// Why an entry cannot be the answer to this question, in a sentence: it does not say what is asked of it, is somebody
/// else's, or what it began did not hold on the day of the act. Without an act, whether it could be for any.
pub fn why_unfit(
    (pack, form): (&Pack, &Form),
    field: &Field,
    named: &Named<'_>,
    act: Option<&Resting>,
) -> Option<String> {
    if !field.kind.asks_of_entry() {
        return None;
    }
    if named.kept {
        return Some(
            "This is kept in the confidential section, so nothing can rest on it. Choose another one".to_owned(),
        );
    }
    let find = |id: &str| named.content.answer(id).cloned();
    if !field.kind.having().iter().all(|when| asked(Some(when), find)) {
        return Some(match asks_for(pack, field) {
            Some(says) => format!("Choose an entry in which {says}"),
            None => NOT_OFFERED.to_owned(),
        });
    }
    if let (Some(whose), Some(act)) = (field.kind.whose(), act)
        && let Some(about) = act.about.get(&whose.of)
        && !matches!(find(&whose.field), Some(Answer::Person(person)) if about.contains(&person))
    {
        let asked = form.field(&whose.of).map_or(whose.of.as_str(), |field| field.label.as_str());
        return Some(format!("This is somebody else’s. Choose one of whom you named under «{asked}»"));
    }
    let kind = field.kind.holding()?;
    let Some((_, from, until)) = named.held.iter().find(|(held, ..)| *held == kind) else {
        return Some("This never held, so nothing can rest on it. Choose another one".to_owned());
    };
    let day = act.map_or(*from, |act| act.day);
    match until {
        _ if day < *from => {
            Some(format!("This holds from {}, after the day of this entry. Choose another one", day_in_words(*from)))
        }
        Some(until) if *until <= day => {
            Some(format!("This holds no more since {}. Choose another one", day_in_words(*until)))
        }
        _ => None,
    }
}

/// What an entry must say to be the answer to this question, in the words of the form with which it is made; nothing where
/// nothing is asked.
pub fn asks_for(pack: &Pack, field: &Field) -> Option<String> {
    let FieldKind::Entry { of, having, .. } = &field.kind else { return None };
    let form = of.iter().find_map(|form| pack.form(form)).filter(|_| !having.is_empty())?;
    Some(words::having(having, form, pack))
}
