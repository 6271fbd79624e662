//! What a draft begins with, so that nothing is typed that the record knows already: the facts that stand, the entry that
//! it refers to, what the last entry of its form said, and what may be chosen.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Form, form::About};
use record::{
    EntryId, Moment, PersonId, RecordId, Typed, answer::Answer, confidential::KEPT, fact::Fact, known,
    protected::HIDDEN, read::standing, referring, typed::Name,
};
use store::{Brief, Grant, Lasting, ReadOn, StoredEntry, Tx, Write};

use super::{Carried, Child, Choice, Text, completing::as_named};
use crate::desk::{CaseError, Desk};

/// The entry, and for a form about several children those of the same act in other children's records that this
/// person may read; each with the form that it was made with.
pub(super) async fn same_act(
    tx: &Tx,
    form: &Form,
    grant: &Grant<'_, Write>,
    entry: EntryId,
) -> Result<Vec<(RecordId, EntryId, String)>, CaseError> {
    let mut found = vec![(grant.record(), entry)];
    if form.about == About::Children
        && let Some(act) = tx.act_of(grant, entry).await?
    {
        found.extend(tx.tied(grant, act).await?);
    }
    let known = tx.known_entries(&found.iter().map(|(_, entry)| *entry).collect::<Vec<_>>()).await?;
    let of_record = |(record, entry): (RecordId, EntryId)| {
        let (stands_in, form) = known.get(&entry)?;
        (*stands_in == record).then(|| (record, entry, form.clone()))
    };
    Ok(found.into_iter().filter_map(of_record).collect())
}

/// Types a reference into every question that this entry can answer.
pub(super) fn refer(
    typed: &mut Typed,
    form: &Form,
    (record, entry, made_with): (RecordId, EntryId, &str),
    unfit: &BTreeSet<&str>,
) {
    for section in &form.sections {
        let takes = |field: &&policy::Field| field.kind.takes_entry_of(made_with) && !unfit.contains(field.id.as_str());
        for field in section.fields.iter().filter(takes) {
            let part = section.for_each_child.then_some(record);
            typed.put(Name::of(&field.id).in_part_of(part), entry.to_string());
        }
    }
}

/// What another entry says already that a form was opened from: what a planned visit says of the one that fulfils it.
pub(super) fn fill_from(
    desk: &Desk,
    form: &Form,
    (front, stored): (&Grant<'_, Write>, &store::StoredEntry),
    typed: &mut Typed,
) {
    use policy::form::Happens;
    let hidden = |field: &&policy::Field| front.situation().protected && field.kind == policy::FieldKind::Address;
    for field in form.fields().filter(|field| !hidden(field)) {
        let refers = field.same_as.as_ref().and_then(|entry| form.field(entry));
        if refers.is_some_and(|entry| entry.kind.takes_entry_of(&stored.content.form))
            && let Some(answer) = stored.content.answer(&field.id)
        {
            typed.clear(&field.id);
            type_in(typed, field, &answer.stated());
        }
    }
    let planned = desk.pack().form(&stored.content.form).is_some_and(|made| made.happens == Happens::Ahead);
    // What was planned for a day that lies ahead still is recorded on the day on which it was.
    let when = (stored.content.happened_on, stored.content.happened_at);
    if planned && (form.happens == Happens::Ahead || (form.happens == Happens::DateTime && when.0 <= desk.now.day())) {
        typed.clear(standing::HAPPENED);
        typed.set_day(standing::HAPPENED, when.0);
        if let Some(time) = when.1 {
            typed.put(Name::of(standing::HAPPENED).part("time"), record::time::time_in_words(time));
        }
    }
}

/// What the system knows already, as if it had been typed (R-GOV-12): today, and the facts that the form carries.
pub(super) fn filled(
    desk: &Desk,
    form: &Form,
    facts: &[Fact],
    holder: Option<PersonId>,
    person: Option<PersonId>,
) -> Typed {
    let mut typed = Typed::default();
    // What is planned is hardly ever for today.
    if form.happens != policy::form::Happens::Ahead {
        typed.set_day(standing::HAPPENED, desk.now.day());
    }
    let subject = person.or(holder);
    for field in form.fields() {
        if let (policy::FieldKind::Person, Some(person)) = (&field.kind, person) {
            typed.put(Name::of(&field.id), person.to_string());
        }
        let Some(kind) = &field.carry else { continue };
        let of_whom = |fact: &&Fact| match fact.said.line.subject {
            record::fact::Subject::Person(one) => Some(one) == subject,
            record::fact::Subject::Record(_) => true,
            record::fact::Subject::Team(_) => false,
        };
        let known = facts
            .iter()
            .filter(|fact| fact.said.line.kind == *kind && ![HIDDEN, KEPT].contains(&fact.said.value.as_str()));
        for fact in known.filter(of_whom) {
            type_in(&mut typed, field, &fact.said.value);
        }
    }
    if form.field("born").is_some() && subject == holder && facts.iter().any(|fact| fact.said.line.kind == known::BIRTH)
    {
        typed.put(Name::of("born"), "yes");
    }
    typed
}

/// The newest entry of those that this field goes on from, written by this moment.
fn last_before<'a>(
    desk: &Desk,
    field: &policy::Field,
    before: Moment,
    known: &'a [store::StoredEntry],
) -> Option<&'a store::StoredEntry> {
    let same_question = |stored: &&store::StoredEntry| {
        let made = desk.pack().form(&stored.content.form).and_then(|form| form.field(&field.id));
        made.is_some_and(|made| made.kind == field.kind) && stored.content.answer(&field.id).is_some()
    };
    known
        .iter()
        .filter(|stored| field.carry_last.contains(&stored.content.form) && stored.content.written <= before)
        .find(same_question)
}

/// The entries that fields of this form go on from, newest first; none for somebody who may not read them.
async fn to_carry_on(tx: &Tx, form: &Form, front: &Grant<'_, Write>) -> Result<Vec<store::StoredEntry>, CaseError> {
    let forms: BTreeSet<String> = form.fields().flat_map(|field| field.carry_last.iter().cloned()).collect();
    if forms.is_empty() || !tx.may(policy::Capability::ReadRecord, front).await? {
        return Ok(Vec::new());
    }
    Ok(tx.entries_of_forms(front, &forms.into_iter().collect::<Vec<_>>(), 10).await?)
}

/// Fills what goes on from an earlier entry with what was answered there: actions of the last core group.
pub(super) async fn carry_on(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    front: &Grant<'_, Write>,
    typed: &mut Typed,
) -> Result<(), CaseError> {
    let known = to_carry_on(tx, form, front).await?;
    for section in &form.sections {
        for field in &section.fields {
            let Some(stored) = last_before(desk, field, desk.now, &known) else { continue };
            let part = section.for_each_child.then_some(front.record());
            // An address that must be kept from somebody is typed by whoever knows it.
            let hidden = front.situation().protected && field.kind == policy::FieldKind::Address;
            if let Some(answered) = stored.content.answers.get(&field.id).filter(|_| !hidden) {
                record::retyped::put_answered(typed, &Name::of(&field.id).in_part_of(part), field, answered);
            }
        }
    }
    Ok(())
}

/// Where each question that was filled in has it from.
pub(super) async fn carried(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    front: &Grant<'_, Write>,
    facts: &[Fact],
    opened: Moment,
) -> Result<BTreeMap<String, Carried>, CaseError> {
    let holder = front.holder();
    let of_holder = |fact: &&Fact| match fact.said.line.subject {
        record::fact::Subject::Person(one) => Some(one) == holder,
        record::fact::Subject::Record(_) => true,
        record::fact::Subject::Team(_) => false,
    };
    let known = to_carry_on(tx, form, front).await?;
    let mut carried = BTreeMap::new();
    for field in form.fields() {
        let stands = field.carry.as_ref().and_then(|kind| {
            let known =
                |fact: &&Fact| fact.said.line.kind == *kind && ![HIDDEN, KEPT].contains(&fact.said.value.as_str());
            facts.iter().filter(of_holder).find(known).map(|fact| fact.said.from)
        });
        let from = match last_before(desk, field, opened, &known) {
            Some(stored) => Some((Some(stored.content.form.clone()), stored.content.happened_on)),
            None => stands.map(|day| (None, day)),
        };
        if let Some((form, day)) = from {
            carried.insert(field.id.clone(), Carried { form, day });
        }
    }
    Ok(carried)
}

/// Types a fact's value into the boxes of a field.
fn type_in(typed: &mut Typed, field: &policy::Field, value: &str) {
    let name = Name::of(&field.id);
    match field.kind {
        policy::FieldKind::Date { .. } => {
            if let Ok(day) = value.parse::<jiff::civil::Date>() {
                typed.set_day(&field.id, day);
            }
        }
        policy::FieldKind::Choices { .. } | policy::FieldKind::Roles => {
            for code in value.split(' ') {
                typed.put(name.clone(), code);
            }
        }
        _ => typed.put(name, value),
    }
}

/// The most entries of one child that a form offers to refer to.
const CHOICES: u32 = 60;

/// What a form may refer to in each child's record, newest first. Nothing is read for a form that refers to nothing, or
/// from a record that this person may write in and not read.
pub(super) async fn choices(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    children: &[Child],
    texts: &[Text],
) -> Result<Vec<Choice>, CaseError> {
    let mut of: BTreeSet<String> = BTreeSet::new();
    let mut any = false;
    // What the form ends is offered while it holds: of the planned visits those that are still to come.
    let ends = form.fields().filter(|field| matches!(field.kind, policy::FieldKind::Entry { .. }));
    let ends: Vec<Option<&str>> = ends.map(|field| form.ends(&field.id)).collect();
    if let Some(kinds) = ends.into_iter().collect::<Option<Vec<_>>>().filter(|kinds| !kinds.is_empty()) {
        return open_choices(tx, form, children, &kinds, texts).await;
    }
    for field in form.fields() {
        if let policy::FieldKind::Entry { of: forms, .. } = &field.kind {
            any |= forms.is_empty();
            of.extend(forms.iter().cloned());
        }
    }
    if of.is_empty() && !any {
        return Ok(Vec::new());
    }
    let of: Vec<String> = if any { Vec::new() } else { of.into_iter().collect() };
    let mut choices = Vec::new();
    for child in children {
        let Some(grant) = to_choose_from(tx, child).await? else { continue };
        let all = tx.entries_of_forms(&grant, &of, CHOICES).await?;
        let held = tx.lasting(&grant, &referring::held(form), &all).await?;
        for stored in all {
            let unfit = unfit(desk, form, &stored, &held).into_iter().map(str::to_owned).collect();
            let headline = stored.content.headline.clone().or_else(|| begins(desk, &stored));
            choices.push(Choice { brief: Brief::of(child.record, &stored), headline, unfit });
        }
    }
    Ok(choices)
}

/// The questions that ask for entries of this kind and to which this one is no answer, whichever day is written about.
pub(crate) fn unfit<'f>(desk: &Desk, form: &'f Form, stored: &StoredEntry, held: &[Lasting]) -> BTreeSet<&'f str> {
    let named = as_named(stored, held);
    let asking = form.fields().filter(|field| field.kind.takes_entry_of(&stored.content.form));
    let unfit = asking.filter(|field| referring::why_unfit((desk.pack(), form), field, &named, None).is_some());
    unfit.map(|field| field.id.as_str()).collect()
}

/// How the first text of an entry begins, in the order in which its form asks: of several consents, which one it is.
fn begins(desk: &Desk, stored: &StoredEntry) -> Option<String> {
    const SHOWN: usize = 80;
    let made_with = desk.in_version(Some(&stored.form_hash));
    let mut fields = made_with.pack().form(&stored.content.form)?.fields();
    let text = fields.find_map(|field| match stored.content.answer(&field.id)? {
        Answer::Text(text) => Some(text.clone()),
        _ => None,
    })?;
    let line = text.lines().next().unwrap_or_default();
    let cut: String = line.chars().take(SHOWN).collect();
    Some(if cut.len() < text.len() { format!("{}…", cut.trim_end()) } else { cut })
}

/// A child's record, to choose from what stands in it; none where this person may write in it and not read.
async fn to_choose_from<'t>(tx: &'t Tx, child: &Child) -> Result<Option<Grant<'t, ReadOn>>, CaseError> {
    match tx.authorise(ReadOn("read-choices"), child.record, "").await {
        Ok(grant) => Ok(Some(grant)),
        Err(store::Refused::Closed) => Ok(None),
        Err(refused) => Err(refused.into()),
    }
}

/// What is open in each child's record of what this form ends, and what these texts name already.
async fn open_choices(
    tx: &Tx,
    form: &Form,
    children: &[Child],
    kinds: &[&str],
    texts: &[Text],
) -> Result<Vec<Choice>, CaseError> {
    let mut choices = Vec::new();
    for child in children {
        let Some(grant) = to_choose_from(tx, child).await? else { continue };
        let begun = tx.begun(&grant, kinds).await?;
        let mut open: BTreeSet<EntryId> = BTreeSet::new();
        for field in form.fields().filter(|field| form.ends(&field.id).is_some()) {
            let typed = texts.iter().flat_map(|text| text.typed.pairs());
            let named = typed.filter(|(name, _)| name.field == field.id).filter_map(|(_, value)| value.parse().ok());
            open.extend(named.collect::<Vec<EntryId>>());
        }
        // A draft may name it as it was before it was put right: then it is offered as that.
        let others = begun.into_iter().filter(|begun| !open.iter().any(|entry| begun.is_of(*entry)));
        open.extend(others.map(|begun| begun.entry).collect::<Vec<_>>());
        let briefs = tx.briefs(&grant, &open.into_iter().collect::<Vec<_>>()).await?;
        let mut briefs: Vec<Brief> = briefs.into_values().filter(|brief| brief.record == child.record).collect();
        briefs.sort_by(|a, b| (a.happened_on, &a.happened_at).cmp(&(b.happened_on, &b.happened_at)));
        choices.extend(briefs.into_iter().map(|brief| Choice { brief, headline: None, unfit: Vec::new() }));
    }
    Ok(choices)
}
