//! Completing: from an act that makes sense to the entries that stand in each child's record.

use std::collections::BTreeMap;

use policy::{Form, Pack};

use crate::{
    answer::{Answer, Answered},
    content::{Author, Colleague, Content},
    fact::{Assertion, assertions},
    id::{EntryId, PersonId, RecordId},
    read::Act,
    right::{Amends, Right},
    time::Moment,
};

/// The first version of an entry. What is returned before it is authorised is written again as an entry of its own, in its
/// place; so there is no other.
pub const FIRST: u32 = 1;

/// A record that an act is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The record.
    pub record: RecordId,
    /// Whose it is; none for the organisation's own.
    pub holder: Option<PersonId>,
    /// The entry that will stand in it.
    pub entry: EntryId,
}

/// One thing that follows from an act. `store` applies them; nothing else changes a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An entry stands completed in a record.
    EntryCompleted(Box<EntryCompleted>),
    /// A fact is asserted.
    FactAsserted(Box<Assertion>),
}

/// A completed version of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryCompleted {
    /// The record that it stands in.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
    /// Its version.
    pub version: u32,
    /// The hash of the form as it was.
    pub form_hash: [u8; 32],
    /// What it says.
    pub content: Content,
    /// Its coded answers, for counts and returns: narrative is not among them.
    pub coded: Vec<(String, String)>,
}

/// What follows from completing an act: one entry in each child's record, whole in itself, and its facts.
///
/// Another child's part is not there: passages for one child alone and answers given for one child go into that
/// child's entry only (R-BAS-12).
pub fn complete(pack: &Pack, form: &Form, act: &Act, author: &Author, about: &[About], now: Moment) -> Vec<Change> {
    about
        .iter()
        .flat_map(|about| {
            let mut answers: BTreeMap<String, Answered> = act
                .common
                .iter()
                .filter_map(|(id, answered)| Some((id.clone(), part_of(answered, about.record)?)))
                .collect();
            answers.extend(act.each.get(&about.record).cloned().unwrap_or_default());
            let content = Content {
                form: form.id.clone(),
                form_version: form.version,
                author: author.clone(),
                happened_on: act.happened_on,
                happened_at: act.happened_at,
                written: now,
                informant: act.informant.clone(),
                headline: act.headlines.get(&about.record).or(act.headline.as_ref()).cloned(),
                late: act.late_here.get(&about.record).or(act.late.as_ref()).cloned(),
                second_because: act.second_because.clone(),
                on_behalf_of: None,
                right: Right::default(),
                needs: form.needs(),
                answers,
            };
            changes(pack, form, content, *about)
        })
        .collect()
}

/// Marks the entries among these changes as written on behalf of a colleague. Neither facts nor coded answers depend on
/// it.
pub fn mark_on_behalf(changes: &mut [Change], colleague: &Colleague) {
    for change in changes {
        if let Change::EntryCompleted(completed) = change {
            completed.content.on_behalf_of = Some(colleague.clone());
        }
    }
}

/// The same, written by somebody who may authorise such entries themselves, where the form says that this is enough: it
/// needs nobody else.
pub fn self_authorised(pack: &Pack, form: &Form, all: Vec<Change>, about: About) -> Vec<Change> {
    let entry = all.into_iter().find_map(|change| match change {
        Change::EntryCompleted(completed) => Some(completed.content),
        Change::FactAsserted(_) => None,
    });
    entry.map_or_else(Vec::new, |content| changes(pack, form, Content { needs: None, ..content }, about))
}

/// What follows from an act that amends entries instead of adding to them: each entry stands in the place of the one of
/// its record. How late the first was written stays as it was; what an entry asserts has the place of what it amends.
pub fn amend(
    pack: &Pack,
    form: &Form,
    act: &Act,
    author: &Author,
    (about, amended, amends): (About, &Content, Amends),
    now: Moment,
) -> Vec<Change> {
    let agreed = amends.approval_of.is_none();
    let content = complete(pack, form, act, author, &[about], now).into_iter().find_map(|change| match change {
        Change::EntryCompleted(completed) => Some(completed.content),
        Change::FactAsserted(_) => None,
    });
    let Some(content) = content else { return Vec::new() };
    let right = Right { amends: Some(amends), ..Right::default() };
    let mut changes = changes(pack, form, Content { late: amended.late.clone(), right, ..content }, about);
    if !agreed {
        changes.retain(|change| matches!(change, Change::EntryCompleted(_)));
    }
    changes
}

/// What follows from one entry: itself, and the facts that it asserts where it stands at once.
pub fn changes(pack: &Pack, form: &Form, content: Content, about: About) -> Vec<Change> {
    let waits = content.waits();
    let mut all = standing(pack, form, content, about);
    if waits {
        all.retain(|change| matches!(change, Change::EntryCompleted(_)));
    }
    all
}

/// The same of an entry that stands: itself, and the facts that it asserts, whether or not it had to wait for somebody.
pub fn standing(pack: &Pack, form: &Form, content: Content, about: About) -> Vec<Change> {
    let facts = assertions(pack, form, &content, (about.entry, FIRST), about.record, about.holder);
    let coded = coded(form, &content);
    let entry = EntryCompleted {
        record: about.record,
        entry: about.entry,
        version: FIRST,
        form_hash: form.hash,
        content,
        coded,
    };
    let facts = facts.into_iter().map(|fact| Change::FactAsserted(Box::new(fact)));
    std::iter::once(Change::EntryCompleted(Box::new(entry))).chain(facts).collect()
}

/// The coded answers of an entry that are plain rows: those that the form does not seal.
pub fn coded(form: &Form, content: &Content) -> Vec<(String, String)> {
    form.fields()
        .filter(|field| !field.sealed && !field.kind.is_narrative())
        .filter_map(|field| Some((field.id.clone(), content.answer(&field.id)?.coded()?)))
        .collect()
}

/// The part of an answer that belongs in this child's record; none when nothing of it does.
fn part_of(answered: &Answered, record: RecordId) -> Option<Answered> {
    let Answer::Passages(passages) = &answered.answer else { return Some(answered.clone()) };
    let own: Vec<_> =
        passages.iter().filter(|passage| passage.only_for.is_none_or(|only| only == record)).cloned().collect();
    (!own.is_empty()).then(|| Answered { answer: Answer::Passages(own), reason: answered.reason.clone() })
}
