//! What an entry must say for another one to rest on it: a consent that was given in writing, by the day on which somebody
//! was asked, and not taken back (R-SHR-03, R-SHR-16). With which form it was made is looked at while the form is read; this
//! is asked once the named entries are read too.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use policy::{Field, FieldKind, Form, Pack, words};

use crate::{
    answer::{Answer, Answered},
    content::Content,
    id::{EntryId, RecordId},
    read::{Act, FieldProblem, NOT_OFFERED, asked},
    time::day_in_words,
    typed::Name,
};

/// The entries of this child's record that an act names where more is asked of them than their form, by the question.
pub fn named<'f>(form: &'f Form, act: &Act, record: RecordId) -> Vec<(&'f Field, EntryId)> {
    let answered = |field: &Field| -> Option<EntryId> {
        let own = act.each.get(&record).and_then(|answers| answers.get(&field.id));
        match own.or_else(|| act.common.get(&field.id)) {
            Some(Answered { answer: Answer::Entry(entry), .. }) => Some(*entry),
            _ => None,
        }
    };
    let asking = form.fields().filter(|field| field.kind.asks_of_entry());
    asking.filter_map(|field| Some((field, answered(field)?))).collect()
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

/// What is wrong with the entries that an act of this day names in this record, at their boxes. One that is not among those
/// that were read is none that could be relied on.
pub fn unfit(
    pack: &Pack,
    form: &Form,
    named: &[(&Field, EntryId)],
    (record, day): (RecordId, Date),
    read: &BTreeMap<EntryId, Named<'_>>,
) -> Vec<FieldProblem> {
    let wrong = |(field, entry): &(&Field, EntryId)| {
        let message = match read.get(entry) {
            Some(named) => why_unfit(pack, field, named, Some(day))?,
            None => "This entry does not stand in the record any more. Choose another one".to_owned(),
        };
        let each = form.sections.iter().any(|section| section.for_each_child && section.fields.contains(field));
        let at = Name::of(&field.id).in_part_of(each.then_some(record));
        Some(FieldProblem { at, message })
    };
    named.iter().filter_map(wrong).collect()
}

/// Why an entry cannot be the answer to this question, in a sentence: it does not say what is asked of it, or what it began
/// did not hold on this day. Without a day, whether it ever did.
pub fn why_unfit(pack: &Pack, field: &Field, named: &Named<'_>, day: Option<Date>) -> Option<String> {
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
    let kind = field.kind.holding()?;
    let Some((_, from, until)) = named.held.iter().find(|(held, ..)| *held == kind) else {
        return Some("This never held, so nothing can rest on it. Choose another one".to_owned());
    };
    let day = day.unwrap_or(*from);
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
