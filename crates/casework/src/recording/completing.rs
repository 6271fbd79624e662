//! Completing a draft: what it would become, shown once, and the one act that freezes it into an entry for each child.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use policy::{
    Field, Form,
    form::{About as FormAbout, FieldId},
};
use record::{
    ActId, DraftId, EntryId, Moment, PersonId, RecordId, Typed,
    answer::Answer,
    content::{Author, Content, Late},
    entry::{About, Change},
    read::{Act, FieldProblem, SAY_WHY_LATE, standing},
    referring::{self, Named, Resting},
    typed::Name,
};
use store::{Brief, Colleagues, Draft, Grant, InSection, Lasting, Person, ReadOn, StoredEntry, Tx, Write};

use super::{Child, called, names_files, needed, open_grants};
use crate::{
    desk::{Around, CaseError, Desk, Written, author, keep, retried, write},
    reading::{Header, plain_header},
    right::amending,
};

/// What came of completing.
#[derive(Clone, Debug)]
pub struct Completed {
    /// The entries that stand now, one in each child's record.
    pub written: Vec<Written>,
    /// The record from which it was written.
    pub front: RecordId,
}

/// Where a page shows the texts that were saved elsewhere: what a refusal to complete leads to.
pub const OTHER_TEXTS: &str = "other-texts";

/// Completes a draft: freezes it into one entry for each child that it is about.
///
/// Pressing twice completes once. What was typed is saved whatever happens.
///
/// # Errors
/// [`CaseError::Problems`] with each box that must be put right.
pub async fn complete(desk: &Desk, id: DraftId, on: i64, typed: &Typed) -> Result<Completed, CaseError> {
    let act: ActId = id.to_string().parse().map_err(|_| CaseError::DraftEnded)?;
    retried!({
        let tx = desk.begin().await?;
        let Some(draft) = tx.own_draft(id).await? else { return receipt(&tx, act).await };
        let desk = &desk.for_draft(&draft);
        let form = desk.form(&draft.form)?;
        let about = about(form, &draft, typed)?;
        let mut records = typed.records();
        records.insert(draft.front);
        records.extend(&about);
        let mut grants = open_grants(&tx, needed(&tx, form, draft.amends).await?, &records, draft.front).await?;
        if let Some(head) = draft.heads.iter().find(|head| head.n != on) {
            return Err(saved_elsewhere(Some(head)));
        }
        if about.iter().any(|record| !grants.contains_key(record)) {
            return Err(CaseError::Closed);
        }
        tx.complete_draft(&draft, &grants, on, typed)?;
        tx.begin_act(act);
        let files = if names_files([typed]) { tx.sent_files(id, &grants).await? } else { BTreeMap::new() };
        grants.retain(|record, _| about.contains(record));
        let mut around =
            Around { files, front: Some(draft.front), ..Around::of(&tx, form, typed).await?.about(&grants) };
        if let Some(entry) = draft.amends {
            let prepared = amending::prepare(desk, &tx, form, (&draft, entry), typed, &mut around, &grants).await?;
            let written = amending::keep(desk, &tx, act, form, &prepared, &around, &grants).await?;
            drop(grants);
            tx.commit().await?;
            return Ok(Completed { written, front: draft.front });
        }
        let (said, author) = ready(desk, &tx, form, typed, &around, &grants).await?;
        let written = keep(desk, &tx, act, form, &said, (&author, &around.colleagues), &grants).await?;
        drop(grants);
        tx.commit().await?;
        Ok(Completed { written, front: draft.front })
    })
}

/// What a draft that is open no more became: somebody pressed twice.
async fn receipt(tx: &Tx, act: ActId) -> Result<Completed, CaseError> {
    let done = tx.done(act).await?;
    let (front, _) = *done.first().ok_or(CaseError::DraftEnded)?;
    // Only somebody who may read what was written learns that it was.
    if tx.actor().person() != tx.author_of(act).await? {
        tx.authorise(ReadOn("receipt"), front, "record").await?;
    }
    Ok(Completed { written: done.into_iter().map(|(record, entry)| Written { record, entry }).collect(), front })
}

/// What a draft would become, shown once before it is frozen.
#[derive(Clone, Debug)]
pub struct Check {
    /// The draft.
    pub draft: Draft,
    /// The version that was looked at: what is recorded is this one.
    pub on: i64,
    /// Whose record it was opened from.
    pub header: Header,
    /// What would stand in each child's record, the one in front first.
    pub entries: Vec<Upcoming>,
    /// Everybody whom the entries name.
    pub people: BTreeMap<PersonId, Person>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// The entries to which they refer.
    pub refers_to: BTreeMap<EntryId, Brief>,
}

/// An entry as it would stand.
#[derive(Clone, Debug)]
pub struct Upcoming {
    /// In whose record.
    pub child: Child,
    /// What it would say.
    pub content: Content,
    /// In whose place it would stand.
    pub before: Option<StoredEntry>,
    /// The other children of this act whom it names, and where.
    pub names: Vec<(String, Vec<String>)>,
}

/// Looks at what a draft would become, without freezing anything.
///
/// # Errors
/// [`CaseError::Problems`] with each box that must be put right first.
pub async fn check(desk: &Desk, id: DraftId) -> Result<Check, CaseError> {
    let tx = desk.begin().await?;
    let draft = tx.own_draft(id).await?.ok_or(CaseError::DraftEnded)?;
    let desk = &desk.for_draft(&draft);
    let form = desk.form(&draft.form)?;
    let [head] = &draft.heads[..] else { return Err(saved_elsewhere(draft.heads.first())) };
    let on = head.n;
    let mut records: BTreeSet<RecordId> = tx.draft_records(&draft, on).await?.into_iter().collect();
    records.insert(draft.front);
    let mut grants = open_grants(&tx, needed(&tx, form, draft.amends).await?, &records, draft.front).await?;
    let typed = tx.typed(&draft, &grants, on).await?;
    let about = about(form, &draft, &typed)?;
    for record in &about {
        if !grants.contains_key(record) {
            grants.insert(*record, tx.authorise(needed(&tx, form, draft.amends).await?, *record, "record").await?);
        }
    }
    grants.retain(|record, _| about.contains(record) || *record == draft.front);
    let header = plain_header(desk, &tx, &grants[&draft.front]).await?;
    let files = if names_files([&typed]) { tx.sent_files(id, &grants).await? } else { BTreeMap::new() };
    grants.retain(|record, _| about.contains(record));
    let mut around = Around { files, front: Some(draft.front), ..Around::of(&tx, form, &typed).await?.about(&grants) };
    let upcoming = upcoming(desk, &tx, form, (&draft, &typed), &mut around, &grants).await?;
    let named: Vec<PersonId> = around.people.iter().copied().chain(grants.values().filter_map(Grant::holder)).collect();
    let mut people = BTreeMap::new();
    let mut entries = Vec::new();
    let mut refers_to = BTreeMap::new();
    let referred: Vec<EntryId> = around.entries.keys().copied().collect();
    for (record, grant) in &grants {
        refers_to.extend(tx.briefs(grant, &referred).await?);
        for (person, who) in tx.who(grant, &named).await? {
            // What a child likes to be called is said in their own record.
            if Some(person) == grant.holder() || !people.contains_key(&person) {
                people.insert(person, who);
            }
        }
        let Some((content, before)) = upcoming.get(record).cloned() else { continue };
        let who = grant.holder().and_then(|person| people.get(&person)).map(called).unwrap_or_default();
        entries.push((
            grant.holder(),
            Upcoming { child: Child { record: *record, name: who }, content, before, names: Vec::new() },
        ));
    }
    name_others(form, &mut entries, &people);
    let mut entries: Vec<_> = entries.into_iter().map(|(_, entry)| entry).collect();
    entries.sort_by_key(|entry| entry.child.record != draft.front);
    let colleagues = around.colleagues;
    drop(grants);
    tx.commit().await?;
    Ok(Check { draft, on, header, entries, people, colleagues, refers_to })
}

/// What would stand in each record, and what stands there now where that is to be amended.
async fn upcoming(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    (draft, typed): (&Draft, &Typed),
    around: &mut Around,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<BTreeMap<RecordId, (Content, Option<StoredEntry>)>, CaseError> {
    let said = |changes: Vec<record::entry::Change>| {
        changes.into_iter().find_map(|change| match change {
            record::entry::Change::EntryCompleted(entry) => Some(entry.content),
            record::entry::Change::FactAsserted(_) => None,
        })
    };
    let mut found = BTreeMap::new();
    if let Some(entry) = draft.amends {
        let prepared = amending::prepare(desk, tx, form, (draft, entry), typed, around, grants).await?;
        for (record, grant) in grants {
            let (_, changes) = prepared.changes(desk, form, around, grant)?;
            let before = prepared.targets.get(record).cloned();
            found.extend(said(changes).map(|content| (*record, (content, before))));
        }
        return Ok(found);
    }
    let (act, author) = ready(desk, tx, form, typed, around, grants).await?;
    for (record, grant) in grants {
        let about = record::entry::About { record: *record, holder: grant.holder(), entry: desk.new_id() };
        let changes = record::entry::complete(desk.pack(), form, &act, &author, &[about], desk.now);
        found.extend(said(changes).map(|content| (*record, (content, None))));
    }
    Ok(found)
}

/// What was typed, as it can be recorded.
///
/// # Errors
/// [`CaseError::Problems`] with everything that must be put right or explained first.
async fn ready(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    typed: &Typed,
    around: &Around,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<(Act, Author), CaseError> {
    let mut problems = second_record(tx, form, typed, grants, desk.now).await?;
    let about: Vec<RecordId> = grants.keys().copied().collect();
    let mut act = match record::read::read(desk.pack(), form, typed, &about, around, desk.now) {
        Ok(act) => act,
        Err(more) => {
            problems.extend(more);
            return Err(CaseError::Problems(problems));
        }
    };
    problems.extend(not_theirs(desk, tx, form, &act, around, grants).await?);
    problems.extend(rests_on_the_wrong(desk, tx, form, &act, grants, &BTreeMap::new()).await?);
    let author = author(desk.actor, &around.colleagues)?;
    let late = done_late(desk, tx, form, (&mut act, typed, &author), grants).await?;
    if !late.is_empty() {
        let message = format!("{}. {SAY_WHY_LATE}", late.join("; "));
        problems.push(FieldProblem { at: Name::of(standing::LATE_REASON), message });
    }
    if problems.is_empty() { Ok((act, author)) } else { Err(CaseError::Problems(problems)) }
}

/// An entry that another one names, with what it began.
pub(crate) fn as_named<'a>(stored: &'a StoredEntry, held: &'a [Lasting]) -> Named<'a> {
    let of_it = held.iter().filter(|held| held.entry == stored.entry);
    let held = of_it.map(|held| (held.kind.as_str(), held.from, held.until)).collect();
    Named { content: &stored.content, kept: stored.in_section != InSection::No, held }
}

/// What is wrong with the entries on which this act rests, at their boxes: a consent that was not given in writing. What
/// puts an entry right rests on what that rested on, as long as it is about the same person.
pub(crate) async fn rests_on_the_wrong(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    act: &Act,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
    put_right: &BTreeMap<RecordId, StoredEntry>,
) -> Result<Vec<FieldProblem>, CaseError> {
    let mut problems = Vec::new();
    for (record, grant) in grants {
        let mut named = referring::named(form, act, *record);
        if let Some(before) = put_right.get(record) {
            let about_another = |field: &Field| {
                let of = field.kind.whose().map(|whose| &whose.of);
                of.is_some_and(|of| before.content.answer(of) != referring::answered(act, *record, of))
            };
            named.retain(|(field, entry)| {
                about_another(field) || before.content.answer(&field.id) != Some(&Answer::Entry(*entry))
            });
        }
        if named.is_empty() {
            continue;
        }
        let ids: Vec<EntryId> = named.iter().map(|(_, entry)| *entry).collect();
        let read = tx.entries_named(grant, &ids).await?;
        let held = tx.lasting(grant, &referring::held(form), &read).await?;
        let read = read.iter().map(|stored| (stored.entry, as_named(stored, &held))).collect();
        let about = referring::about(form, |field| referring::answered(act, *record, field));
        let resting = resting(tx, grant.holder(), act.happened_on, about).await?;
        problems.extend(referring::unfit(desk.pack(), form, &named, (*record, &resting), &read));
    }
    Ok(problems)
}

/// An act of this day in the record of this child that is about these people.
pub(crate) async fn resting(
    tx: &Tx,
    child: Option<PersonId>,
    day: Date,
    people: Vec<(&FieldId, PersonId)>,
) -> Result<Resting, CaseError> {
    let mut about = BTreeMap::new();
    for (field, person) in people {
        let known = tx.known_as(person).await?;
        if !child.is_some_and(|child| known.contains(&child)) {
            about.insert(field.clone(), known);
        }
    }
    Ok(Resting { day, about })
}

/// Marks in each child's record what this act does there after the day by which it was due. Lateness never stands in the
/// way of the act; why is asked, once for all (R-TIME-X07), and each that is late is named (R-TIME-X12): what this gives, in
/// a sentence each, is late and has no reason yet. Drafts and what is done in one step are asked here alike.
pub(crate) async fn done_late<'g, 't: 'g>(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    (act, typed, author): (&mut Act, &Typed, &Author),
    grants: impl IntoIterator<Item = (&'g RecordId, &'g Grant<'t, Write>)>,
) -> Result<Vec<String>, CaseError> {
    let reason = typed.get(&Name::of(standing::LATE_REASON)).map(str::trim).filter(|reason| !reason.is_empty());
    let mut unexplained: Vec<String> = Vec::new();
    for (record, grant) in grants {
        let about = About { record: *record, holder: grant.holder(), entry: desk.new_id() };
        let changes = record::entry::complete(desk.pack(), form, act, author, &[about], desk.now);
        let Some(Change::EntryCompleted(entry)) = changes.into_iter().next() else { continue };
        let words: Vec<String> =
            tx.would_meet_late(grant, &entry).await?.iter().map(|owed| was_due(desk, owed)).collect();
        let Some(reason) = reason.filter(|_| !words.is_empty()) else {
            unexplained.extend(words);
            continue;
        };
        // Of what is written late as well, both are said and why is said once.
        let written = act.late.as_ref();
        let limits = written.map(|late| late.limit.clone()).into_iter().chain(words).collect::<Vec<_>>();
        let taken = written.map(|late| late.taken.clone()).unwrap_or_default();
        act.late_here.insert(*record, Late { limit: limits.join("; "), taken, reason: reason.to_owned() });
    }
    unexplained.sort();
    unexplained.dedup();
    Ok(unexplained)
}

/// «“First review” was due by Monday 2 March 2026».
fn was_due(desk: &Desk, owed: &store::Owed) -> String {
    let what = owed.clock(desk.pack()).map_or("This", |clock| clock.what.as_str());
    let day = owed.due.map(|due| record::time::weekday_in_words(due.due.date())).unwrap_or_default();
    format!("“{what}” was due by {day}")
}

/// Notes where an entry names another child of the same act.
fn name_others(form: &Form, entries: &mut [(Option<PersonId>, Upcoming)], people: &BTreeMap<PersonId, Person>) {
    let words = |person: Option<PersonId>, own: &BTreeSet<String>| {
        let who = person.and_then(|person| people.get(&person));
        who.map(|who| record::others::called(who.name.as_deref(), who.preferred.as_deref(), own)).unwrap_or_default()
    };
    let holders: Vec<_> = entries.iter().map(|(holder, entry)| (*holder, entry.child.clone())).collect();
    for (holder, entry) in entries {
        let own = words(*holder, &BTreeSet::new());
        for (other, child) in holders.iter().filter(|(other, _)| other != holder) {
            let places = record::others::naming(form, &entry.content, &words(*other, &own));
            if !places.is_empty() {
                entry.names.push((child.name.clone(), places));
            }
        }
    }
}

/// Completes what was looked at: exactly this version of the draft, and only if no other text was saved since.
pub async fn complete_checked(desk: &Desk, id: DraftId, on: i64) -> Result<Completed, CaseError> {
    let typed = {
        let tx = desk.begin().await?;
        match tx.own_draft(id).await? {
            // Pressed twice: what was completed answers for itself.
            None => Typed::default(),
            Some(draft) => {
                let desk = &desk.for_draft(&draft);
                let form = desk.form(&draft.form)?;
                let mut records: BTreeSet<RecordId> = tx.draft_records(&draft, on).await?.into_iter().collect();
                records.insert(draft.front);
                let grants = open_grants(&tx, needed(&tx, form, draft.amends).await?, &records, draft.front).await?;
                let typed = tx.typed(&draft, &grants, on).await?;
                drop(grants);
                tx.commit().await?;
                typed
            }
        }
    };
    complete(desk, id, on, &typed).await
}

/// Another text was saved in between: one must be chosen before anything else.
fn saved_elsewhere(head: Option<&store::Head>) -> CaseError {
    let at = head.map(|head| record::time::time_in_words(head.at.london().time())).unwrap_or_default();
    let message = format!("Another window saved this at {at}. Choose which text to keep first");
    CaseError::Problems(vec![FieldProblem { at: Name::of(OTHER_TEXTS), message }])
}

/// The records that the act is about: those ticked, or the one in front for a form about one child.
fn about(form: &Form, draft: &Draft, typed: &Typed) -> Result<BTreeSet<RecordId>, CaseError> {
    if form.about == FormAbout::One {
        return Ok([draft.front].into());
    }
    let name = Name::of(standing::ABOUT);
    let ticked: BTreeSet<RecordId> = typed.all(&name).filter_map(|record| record.parse().ok()).collect();
    if ticked.is_empty() {
        let message = "Tick the children whom this is about".to_owned();
        return Err(CaseError::Problems(vec![FieldProblem { at: name, message }]));
    }
    Ok(ticked)
}

/// One contact has one record (R-VIS-12): a second one at the same time needs a reason.
async fn second_record(
    tx: &Tx,
    form: &Form,
    typed: &Typed,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
    now: Moment,
) -> Result<Vec<FieldProblem>, CaseError> {
    let at = Name::of(standing::SECOND_BECAUSE);
    let may_stand = form.second == policy::form::Second::MayStand;
    if may_stand || form.happens != policy::form::Happens::DateTime || typed.get(&at).is_some() {
        return Ok(Vec::new());
    }
    let part = |part: &str| typed.get(&Name::of(standing::HAPPENED).part(part)).map(str::to_owned);
    let (Some(day), Some(month), Some(year), Some(time)) = (part("day"), part("month"), part("year"), part("time"))
    else {
        return Ok(Vec::new());
    };
    let day = record::read::day_from_text(&format!("{day}/{month}/{year}"), now.day());
    let (Some(day), Ok(time)) = (day, record::content::parse_time(&time)) else { return Ok(Vec::new()) };
    for grant in grants.values() {
        if tx.same_contact(grant, &form.id, day, Some(time)).await?.is_some() {
            let message = format!(
                "There is already a {} at that day and time on this record. If this is another one, or a second account is really needed, say why",
                form.title.to_lowercase()
            );
            return Ok(vec![FieldProblem { at, message }]);
        }
    }
    Ok(Vec::new())
}

/// What was agreed about the entries of a record.
struct Agreed<'a> {
    begun: Vec<store::Begun>,
    colleagues: &'a Colleagues,
}

impl record::recorder::Agreements for Agreed<'_> {
    fn agreed(&self, fact: &str, entry: EntryId) -> Option<PersonId> {
        self.begun.iter().find(|begun| begun.kind == fact && begun.is_of(entry))?.value.parse().ok()
    }
    fn is_open(&self, fact: &str, entry: EntryId) -> bool {
        self.begun.iter().any(|begun| begun.kind == fact && begun.is_of(entry))
    }
    fn name(&self, person: PersonId) -> String {
        self.colleagues.staff.get(&person).map_or_else(|| "a colleague".to_owned(), |one| one.name.clone())
    }
}

/// Where the pack says whose task the recording is, and it is not this person's (R-VIS-11, R-VIS-13).
async fn not_theirs(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    act: &Act,
    around: &Around,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<Vec<FieldProblem>, CaseError> {
    let Some(me) = desk.actor.person().filter(|_| !form.recorded_by.is_empty()) else { return Ok(Vec::new()) };
    let kinds: Vec<&str> = form
        .recorded_by
        .iter()
        .filter_map(|rule| match &rule.by {
            policy::form::Recorder::Agreed { fact, open, .. } => Some([Some(fact), open.as_ref()]),
            policy::form::Recorder::Related(_) => None,
        })
        .flatten()
        .flatten()
        .map(String::as_str)
        .collect();
    let standing = tx.standing().await?;
    let mut problems: Vec<FieldProblem> = Vec::new();
    for (record, grant) in grants {
        let agreed = Agreed { begun: tx.begun(grant, &kinds).await?, colleagues: &around.colleagues };
        let here = (*record, grant.situation());
        let more = record::recorder::not_theirs(form, act, here, (me, standing), &agreed);
        // What is answered once for all is said once.
        problems.extend(more.into_iter().filter(|problem| !problems.contains(problem)).collect::<Vec<_>>());
    }
    Ok(problems)
}

/// Records something at once, without a draft, in a record that exists: short forms of the organisation.
///
/// # Errors
/// [`CaseError::Problems`] with each box that must be put right; [`CaseError::SayWhyLate`] where it is late and why was not said.
pub async fn record_now(
    desk: &Desk,
    act: ActId,
    record: RecordId,
    form: &str,
    typed: &Typed,
) -> Result<Vec<Written>, CaseError> {
    retried!({
        let form = desk.form(form)?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(Vec::new());
        }
        let grant = tx.authorise(Write(form.may_complete), record, "record").await?;
        tx.begin_act(act);
        let around = Around::of(&tx, form, typed).await?;
        let written = write(desk, &tx, act, form, typed, &around, &[(record, grant)].into()).await?;
        tx.commit().await?;
        Ok(written)
    })
}
