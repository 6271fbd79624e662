//! Recording: begin, save as it is typed, complete. One act about several children writes one entry in each child's
//! record.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use policy::{Form, form::About};
use record::{
    ActId, DraftId, EntryId, FileId, Moment, PersonId, RecordId, Typed,
    content::Content,
    fact::Fact,
    known,
    read::{FieldProblem, standing},
    typed::Name,
};
use store::{Brief, Colleagues, Draft, Grant, Person, Read, SentFile, StoredEntry, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, Written, author, retried, write},
    reading::{Header, header},
    right::amending::{self, Amended},
};

/// A draft, open on somebody's desk.
#[derive(Clone, Debug)]
pub struct OpenDraft {
    /// The draft.
    pub draft: Draft,
    /// Whose record it was opened from.
    pub header: Header,
    /// The texts: one for each head, the latest last.
    pub texts: Vec<Text>,
    /// Children whom the act may be about: the one in front first.
    pub children: Vec<Child>,
    /// People known in this record, who may be named by picking them.
    pub people: Vec<(PersonId, Person)>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// The entries that the form may refer to, newest first.
    pub entries: Vec<Choice>,
    /// For a form that was only opened: a draft of the same in the same record, begun before.
    pub earlier: Option<Draft>,
    /// The files that were sent for this draft.
    pub files: BTreeMap<FileId, SentFile>,
    /// What it is to amend, where it is not to be written anew.
    pub amended: Option<Amended>,
    /// The questions that were filled in, each with where that comes from (R-GOV-12).
    pub carried: BTreeMap<String, Carried>,
}

/// Where what a question was filled in with comes from: whoever writes looks at it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The form of the entry that said it; none for a fact that stands.
    pub form: Option<String>,
    /// The day of that entry, or since which the fact stands.
    pub day: jiff::civil::Date,
}

/// What one head of a draft says.
#[derive(Clone, Debug)]
pub struct Text {
    /// The version's number.
    pub n: i64,
    /// When it was saved.
    pub at: Moment,
    /// What was typed.
    pub typed: Typed,
}

/// A child whom an act may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The record.
    pub record: RecordId,
    /// What the child is called.
    pub name: String,
}

/// An entry that a form may refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What names it, and in whose record it stands.
    pub brief: Brief,
    /// Its headline, where it has one.
    pub headline: Option<String>,
}

/// What came of saving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The version that holds what was typed.
    pub n: i64,
    /// When.
    pub at: Moment,
    /// The other heads, when another tab or computer saved in between: both texts are kept.
    pub others: Vec<(i64, Moment)>,
}

/// What a page carries until its first save: a form that was opened is nothing yet.
#[derive(Clone, Debug)]
pub struct Start {
    /// In this record.
    pub record: RecordId,
    /// With this form.
    pub form: String,
    /// Whom it is about, where that is chosen already.
    pub person: Option<PersonId>,
    /// Somebody who is made with the first save.
    pub made: Option<PersonId>,
    /// Another entry to which it refers: the visit that fulfils what was planned. Where that one was written for several
    /// children in one act, the new one is about the same children, as far as this person may read their records, and
    /// each child's part refers to that child's own entry.
    pub entry: Option<EntryId>,
    /// The entry that it is to amend.
    pub amends: Option<EntryId>,
    /// The version of the form that was opened, where it was opened already: a page that was shown before another pack came
    /// into force begins its draft as it was shown.
    pub version: Option<[u8; 32]>,
}

/// A form as it is opened: filled with what the system knows, and nothing of it kept. It becomes a draft with the first
/// save ([`save_first`]), by the identifier that it has already.
///
/// # Errors
/// [`CaseError::Closed`] when the record or the form is not open to this person.
pub async fn blank(desk: &Desk, start: &Start) -> Result<OpenDraft, CaseError> {
    if let Some(entry) = start.amends {
        return amending::blank(desk, start, entry).await;
    }
    let desk = &as_shown(desk, start);
    let form = form_to_write(desk, &start.form)?;
    let tx = desk.begin().await?;
    // What refers to an entry is written where that entry stands; anything else about a child who was made twice, in
    // the record that is in front: the draft says which.
    let record = match start.entry {
        Some(_) => start.record,
        None => tx.in_front(Write(form.may_complete), start.record).await?,
    };
    let front = tx.authorise(Write(form.may_complete), record, "record").await?;
    let facts = facts_for(&tx, &front).await?;
    let mut typed = filled(desk, form, &facts, front.holder(), start.person.or(start.made))
        .with(standing::ABOUT, record.to_string());
    if let Some(entry) = start.entry {
        let mut records: BTreeSet<RecordId> = [record].into();
        if tx.may(policy::Capability::ReadRecord, &front).await?
            && let Some(stored) = tx.entry(&front, entry).await?
        {
            fill_from(desk, form, &stored, &mut typed);
        }
        for (other, entry, made_with) in same_act(&tx, form, &front, entry).await? {
            refer(&mut typed, form, other, entry, &made_with);
            if records.insert(other) {
                typed.put(Name::of(standing::ABOUT), other.to_string());
            }
        }
    }
    if start.entry.is_none() {
        carry_on(desk, &tx, form, &front, &mut typed).await?;
    }
    let draft = new_draft(desk, desk.new_id(), form, record, None)?;
    let mut earlier = tx.own_drafts().await?;
    earlier.retain(|one| one.front == record && one.form == form.id);
    let text = Text { n: 0, at: desk.now, typed };
    let mut open = laid_out(desk, &tx, form, &front, &facts, draft, vec![text]).await?;
    open.earlier = earlier.into_iter().next();
    drop(front);
    tx.commit().await?;
    Ok(open)
}

/// The desk for a form that was opened already: in the version that was shown, where that was in force today or
/// yesterday. Nobody begins anything in an older one.
fn as_shown(desk: &Desk, start: &Start) -> Desk {
    let today = desk.now.day();
    let lately = [Some(today), today.yesterday().ok()].into_iter().flatten();
    let shown = start.version.filter(|hash| {
        let has = |pack: &policy::Pack| pack.form(&start.form).is_some_and(|form| form.hash == *hash);
        lately.clone().any(|day| has(desk.db.packs().on(day)))
    });
    desk.in_version(shown.as_ref())
}

/// A form with which people write. Answers to amendments and markers of moves come only from acts of their own, which
/// see to what follows from them.
fn form_to_write<'a>(desk: &'a Desk, form: &str) -> Result<&'a Form, CaseError> {
    if [record::right::APPROVAL_FORM, record::right::AWAY_FORM].contains(&form) {
        return Err(CaseError::Closed);
    }
    desk.form(form)
}

/// What somebody needs to write with this form: to amend, whatever the form, what the pack asks for amending.
pub(crate) const fn needed(form: &Form, amends: Option<EntryId>) -> Write {
    if amends.is_some() { amending::AMEND } else { Write(form.may_complete) }
}

pub(crate) fn new_draft(
    desk: &Desk,
    id: DraftId,
    form: &Form,
    record: RecordId,
    amends: Option<EntryId>,
) -> Result<Draft, CaseError> {
    Ok(Draft {
        id,
        form: form.id.clone(),
        form_version: form.version,
        form_hash: Some(form.hash),
        author: desk.actor.person().ok_or(CaseError::NoRight)?,
        front: record,
        amends,
        opened: desk.now,
        touched: desk.now,
        heads: Vec::new(),
        last: 0,
    })
}

/// What a form may be filled with: nothing for somebody who may write here and not read.
pub(crate) async fn facts_for(tx: &Tx, grant: &Grant<'_, Write>) -> Result<Vec<Fact>, CaseError> {
    if tx.may(policy::Capability::ReadRecord, grant).await? {
        Ok(tx.current_facts(grant).await?)
    } else {
        Ok(Vec::new())
    }
}

/// Keeps what was typed into a form that was only opened so far: the draft begins here. Later saves are like any other.
///
/// # Errors
/// [`CaseError::DraftEnded`] when the draft was completed or put aside in the meantime.
pub async fn save_first(
    desk: &Desk,
    id: DraftId,
    start: &Start,
    (on, typed, keep): (i64, &Typed, bool),
) -> Result<Saved, CaseError> {
    let begun = desk.begin().await?.front_of(id).await?.is_some();
    if begun {
        return save(desk, id, on, typed, keep).await;
    }
    retried!({
        let desk = &as_shown(desk, start);
        let form = form_to_write(desk, &start.form)?;
        let tx = desk.begin().await?;
        if tx.front_of(id).await?.is_some() {
            return save(desk, id, on, typed, keep).await;
        }
        if let Some(person) = start.made
            && tx.known_people(&[person]).await?.is_empty()
        {
            tx.permit(policy::Capability::SearchPeople).await?;
            tx.make_person(person);
        }
        let mut records = typed.records();
        records.insert(start.record);
        let grants = open_grants(&tx, needed(form, start.amends), &records, start.record).await?;
        let mut draft = new_draft(desk, id, form, start.record, start.amends)?;
        if let Some(entry) = start.amends {
            draft.form_hash = Some(amending::may_begin(desk, &tx, &grants[&start.record], entry).await?);
        }
        tx.begin_draft(&grants[&start.record], &draft);
        let n = tx.save_draft(&draft, &grants, 0, typed, keep)?;
        drop(grants);
        tx.commit().await?;
        Ok(Saved { n, at: desk.now, others: Vec::new() })
    })
}

/// Whether a form that was opened holds nothing but what the system filled in: then there is nothing to keep.
pub async fn untouched(desk: &Desk, id: DraftId, start: &Start, typed: &Typed) -> Result<bool, CaseError> {
    if desk.begin().await?.front_of(id).await?.is_some() {
        return Ok(false);
    }
    let blank = blank(desk, start).await?;
    Ok(blank.texts.first().is_some_and(|text| same(&text.typed, typed)))
}

/// Begins a draft at once, filled with what the system knows already.
///
/// # Errors
/// [`CaseError::Closed`] when the record or the form is not open to this person.
pub async fn begin(desk: &Desk, record: RecordId, form: &str, person: Option<PersonId>) -> Result<DraftId, CaseError> {
    let start = Start { record, form: form.to_owned(), person, made: None, entry: None, amends: None, version: None };
    let open = blank(desk, &start).await?;
    let typed = open.texts.into_iter().next().map(|text| text.typed).unwrap_or_default();
    let start = Start { record: open.draft.front, ..start };
    save_first(desk, open.draft.id, &start, (0, &typed, false)).await?;
    Ok(open.draft.id)
}

/// The entry, and for a form about several children those of the same act in other children's records that this
/// person may read; each with the form that it was made with.
async fn same_act(
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
fn refer(typed: &mut Typed, form: &Form, record: RecordId, entry: EntryId, made_with: &str) {
    for section in &form.sections {
        for field in section.fields.iter().filter(|field| field.kind.takes_entry_of(made_with)) {
            let part = section.for_each_child.then_some(record);
            typed.put(Name::of(&field.id).in_part_of(part), entry.to_string());
        }
    }
}

/// What another entry says already that a form was opened from: what a planned visit says of the one that fulfils it.
fn fill_from(desk: &Desk, form: &Form, stored: &store::StoredEntry, typed: &mut Typed) {
    use policy::form::Happens;
    for field in form.fields() {
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
        let at = Name::of(standing::HAPPENED);
        typed.clear(standing::HAPPENED);
        type_day(typed, &at, when.0);
        if let Some(time) = when.1 {
            typed.put(at.part("time"), record::time::time_in_words(time));
        }
    }
}

fn type_day(typed: &mut Typed, at: &Name, day: jiff::civil::Date) {
    typed.put(at.clone().part("day"), day.day().to_string());
    typed.put(at.clone().part("month"), day.month().to_string());
    typed.put(at.clone().part("year"), day.year().to_string());
}

/// What the system knows already, as if it had been typed (R-GOV-12): today, and the facts that the form carries.
fn filled(desk: &Desk, form: &Form, facts: &[Fact], holder: Option<PersonId>, person: Option<PersonId>) -> Typed {
    let mut typed = Typed::default();
    // What is planned is hardly ever for today.
    if form.happens != policy::form::Happens::Ahead {
        type_day(&mut typed, &Name::of(standing::HAPPENED), desk.now.day());
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
        for fact in facts.iter().filter(|fact| fact.said.line.kind == *kind).filter(of_whom) {
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
async fn carry_on(
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
            if let Some(answered) = stored.content.answers.get(&field.id) {
                record::retyped::put_answered(typed, &Name::of(&field.id).in_part_of(part), field, answered);
            }
        }
    }
    Ok(())
}

/// Where each question that was filled in has it from.
async fn carried(
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
            facts.iter().filter(of_holder).find(|fact| fact.said.line.kind == *kind).map(|fact| fact.said.from)
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
                type_day(typed, &name, day);
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

/// Opens a draft where it was left.
///
/// # Errors
/// [`CaseError::Closed`] for another person's draft; [`CaseError::DraftEnded`] for one that has ended.
pub async fn open(desk: &Desk, draft: DraftId) -> Result<OpenDraft, CaseError> {
    let tx = desk.begin().await?;
    let draft = tx.own_draft(draft).await?.ok_or(CaseError::DraftEnded)?;
    let desk = &desk.for_draft(&draft);
    let form = desk.form(&draft.form)?;
    let needed = needed(form, draft.amends);
    let front = tx.authorise(needed, draft.front, "record").await?;
    // Somebody who may write here and not read (a provider service) is shown nobody but the child.
    let facts = facts_for(&tx, &front).await?;
    let mut records: BTreeSet<RecordId> = [draft.front].into();
    for head in &draft.heads {
        records.extend(tx.draft_records(&draft, head.n).await?);
    }
    let grants = open_grants(&tx, needed, &records, draft.front).await?;
    let mut texts = Vec::new();
    for head in &draft.heads {
        texts.push(Text { n: head.n, at: head.at, typed: tx.typed(&draft, &grants, head.n).await? });
    }
    let named = names_files(texts.iter().map(|text| &text.typed));
    let files = if named { tx.sent_files(draft.id, &grants).await? } else { BTreeMap::new() };
    drop(grants);
    let mut open = laid_out(desk, &tx, form, &front, &facts, draft, texts).await?;
    open.files.extend(files);
    drop(front);
    tx.commit().await?;
    Ok(open)
}

/// What a form may refer to, beside what has been typed into it.
pub(crate) async fn laid_out(
    desk: &Desk,
    tx: &Tx,
    form: &Form,
    front: &Grant<'_, Write>,
    facts: &[Fact],
    draft: Draft,
    texts: Vec<Text>,
) -> Result<OpenDraft, CaseError> {
    let header = header(desk, tx, front, facts).await?;
    let mut named: Vec<PersonId> = people_of(facts);
    // Somebody who was found by the search, or made for this very draft, is in no fact of the record yet.
    for text in &texts {
        let around = Around::of(tx, form, &text.typed).await?;
        named.extend(around.people.into_iter().filter(|person| !named.contains(person)).collect::<Vec<_>>());
    }
    let who = tx.who(front, &named).await?;
    let mut children = vec![Child { record: draft.front, name: header.called().to_owned() }];
    let mut files = BTreeMap::new();
    let mut amended = None;
    if let Some(entry) = draft.amends {
        let found = amending::amended(desk, tx, front, entry, header.called()).await?;
        let copies: Vec<_> = found.copies.iter().map(|(child, stored)| (child.record, stored.clone())).collect();
        files = amending::files_of(form, draft.front, &copies);
        if !found.copies.is_empty() {
            children = amending::children(&found);
        }
        amended = Some(found);
    } else if form.about == About::Children {
        for (record, person, _) in tx.records_of(&named).await? {
            if record != draft.front {
                let name = who.get(&person).map_or_else(String::new, called);
                children.push(Child { record, name });
            }
        }
    }
    let people = named.iter().map(|person| (*person, who.get(person).cloned().unwrap_or_default())).collect();
    let colleagues = tx.colleagues().await?;
    let entries = choices(tx, form, &children, &texts).await?;
    let carried = match draft.amends {
        Some(_) => BTreeMap::new(),
        None => carried(desk, tx, form, front, facts, draft.opened).await?,
    };
    Ok(OpenDraft {
        draft,
        header,
        texts,
        children,
        people,
        colleagues,
        entries,
        earlier: None,
        files,
        amended,
        carried,
    })
}

/// The most entries of one child that a form offers to refer to.
const CHOICES: u32 = 60;

/// What a form may refer to in each child's record, newest first. Nothing is read for a form that refers to nothing, or
/// from a record that this person may write in and not read.
async fn choices(tx: &Tx, form: &Form, children: &[Child], texts: &[Text]) -> Result<Vec<Choice>, CaseError> {
    let mut of: BTreeSet<String> = BTreeSet::new();
    let mut any = false;
    // What the form ends is offered while it holds: of the planned visits those that are still to come.
    let ends = form.fields().filter(|field| matches!(field.kind, policy::FieldKind::Entry { .. }));
    let ends: Vec<Option<&str>> = ends.map(|field| form.ends(&field.id)).collect();
    if let Some(kinds) = ends.into_iter().collect::<Option<Vec<_>>>().filter(|kinds| !kinds.is_empty()) {
        return open_choices(tx, form, children, &kinds, texts).await;
    }
    for field in form.fields() {
        if let policy::FieldKind::Entry { of: forms } = &field.kind {
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
        let grant = match tx.authorise(Read("read-choices"), child.record, "").await {
            Ok(grant) => grant,
            Err(store::Refused::Closed) => continue,
            Err(refused) => return Err(refused.into()),
        };
        for stored in tx.entries_of_forms(&grant, &of, CHOICES).await? {
            let headline = stored.content.headline.clone();
            choices.push(Choice { brief: Brief::of(child.record, &stored), headline });
        }
    }
    Ok(choices)
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
        let grant = match tx.authorise(Read("read-choices"), child.record, "").await {
            Ok(grant) => grant,
            Err(store::Refused::Closed) => continue,
            Err(refused) => return Err(refused.into()),
        };
        let begun = tx.begun(&grant, kinds).await?;
        let mut open: BTreeSet<EntryId> = begun.into_iter().map(|begun| begun.entry).collect();
        for field in form.fields().filter(|field| form.ends(&field.id).is_some()) {
            let typed = texts.iter().flat_map(|text| text.typed.pairs());
            let named = typed.filter(|(name, _)| name.field == field.id).filter_map(|(_, value)| value.parse().ok());
            open.extend(named.collect::<Vec<EntryId>>());
        }
        let briefs = tx.briefs(&grant, &open.into_iter().collect::<Vec<_>>()).await?;
        let mut briefs: Vec<Brief> = briefs.into_values().filter(|brief| brief.record == child.record).collect();
        briefs.sort_by(|a, b| (a.happened_on, &a.happened_at).cmp(&(b.happened_on, &b.happened_at)));
        choices.extend(briefs.into_iter().map(|brief| Choice { brief, headline: None }));
    }
    Ok(choices)
}

/// Whether any of these texts names a file: most drafts have none, and nothing needs to be asked.
fn names_files<'a>(texts: impl IntoIterator<Item = &'a Typed>) -> bool {
    texts.into_iter().flat_map(Typed::pairs).any(|(name, _)| name.part.as_deref() == Some(standing::FILE))
}

/// What somebody is called: preferred name first.
pub fn called(person: &Person) -> String {
    person.preferred.clone().or_else(|| person.name.clone()).unwrap_or_default()
}

/// Everybody whom these facts name, the record's own child first.
pub(crate) fn people_of(facts: &[Fact]) -> Vec<PersonId> {
    let mut seen = BTreeSet::new();
    let subjects = facts.iter().filter_map(|fact| match fact.said.line.subject {
        record::fact::Subject::Person(person) => Some(person),
        _ => None,
    });
    subjects.chain(facts.iter().filter_map(|fact| fact.said.other)).filter(|person| seen.insert(*person)).collect()
}

/// Grants to write in each of these records; those that are closed to this person now are left out,
/// except the one in front, without which there is no draft.
pub(crate) async fn open_grants<'tx>(
    tx: &'tx Tx,
    needed: Write,
    records: &BTreeSet<RecordId>,
    front: RecordId,
) -> Result<BTreeMap<RecordId, Grant<'tx, Write>>, CaseError> {
    let mut grants = BTreeMap::new();
    for record in records {
        match tx.authorise(needed, *record, "record").await {
            Ok(grant) => {
                grants.insert(*record, grant);
            }
            Err(store::Refused::Closed) if *record != front => {}
            Err(refused) => return Err(refused.into()),
        }
    }
    Ok(grants)
}

/// Saves what has been typed, valid or not, on top of version `on`. `keep` for the Save button: that version stays.
///
/// # Errors
/// [`CaseError::DraftEnded`] when the draft was completed or put aside in the meantime.
pub async fn save(desk: &Desk, draft: DraftId, on: i64, typed: &Typed, keep: bool) -> Result<Saved, CaseError> {
    retried!({
        let tx = desk.begin().await?;
        let draft = tx.own_draft(draft).await?.ok_or(CaseError::DraftEnded)?;
        let desk = &desk.for_draft(&draft);
        let form = desk.form(&draft.form)?;
        let mut records = typed.records();
        records.insert(draft.front);
        let grants = open_grants(&tx, needed(form, draft.amends), &records, draft.front).await?;
        // A text that stands as a head already (pressed twice, sent twice) makes no second one.
        if draft.heads.iter().all(|head| head.n != on) {
            for head in &draft.heads {
                if same(&tx.typed(&draft, &grants, head.n).await?, typed) {
                    let others = draft.heads.iter().filter(|other| other.n != head.n);
                    return Ok(Saved {
                        n: head.n,
                        at: head.at,
                        others: others.map(|head| (head.n, head.at)).collect(),
                    });
                }
            }
        }
        let n = tx.save_draft(&draft, &grants, on, typed, keep)?;
        let others = draft.heads.iter().filter(|head| head.n != on).map(|head| (head.n, head.at)).collect();
        drop(grants);
        tx.commit().await?;
        Ok(Saved { n, at: desk.now, others })
    })
}

/// Whether two texts answer every box alike, in whatever order they were posted.
fn same(one: &Typed, other: &Typed) -> bool {
    let sorted = |typed: &Typed| {
        let mut pairs: Vec<_> = typed.pairs().map(|(name, value)| (name.clone(), value.to_owned())).collect();
        pairs.retain(|(_, value)| !value.trim().is_empty());
        pairs.sort();
        pairs
    };
    sorted(one) == sorted(other)
}

/// Chooses or joins: what is typed now takes the place of all heads; the others stay as versions.
pub async fn join(desk: &Desk, draft: DraftId, typed: &Typed) -> Result<Saved, CaseError> {
    retried!({
        let tx = desk.begin().await?;
        let draft = tx.own_draft(draft).await?.ok_or(CaseError::DraftEnded)?;
        let desk = &desk.for_draft(&draft);
        let form = desk.form(&draft.form)?;
        let mut records = typed.records();
        records.insert(draft.front);
        let grants = open_grants(&tx, needed(form, draft.amends), &records, draft.front).await?;
        let n = tx.save_draft(&draft, &grants, 0, typed, true)?;
        for head in &draft.heads {
            tx.join_heads(&draft, head.n, n);
        }
        drop(grants);
        tx.commit().await?;
        Ok(Saved { n, at: desk.now, others: Vec::new() })
    })
}

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
        let mut grants = open_grants(&tx, needed(form, draft.amends), &records, draft.front).await?;
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
        let mut problems = second_record(&tx, form, typed, &grants, desk.now).await?;
        problems.extend(not_theirs(desk, &tx, form, typed, &around, &grants).await?);
        let written = match write(desk, &tx, act, form, typed, &around, &grants).await {
            Ok(written) if problems.is_empty() => written,
            Err(CaseError::Problems(more)) => {
                problems.extend(more);
                return Err(CaseError::Problems(problems));
            }
            Err(error) => return Err(error),
            Ok(_) => return Err(CaseError::Problems(problems)),
        };
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
        tx.authorise(Read("receipt"), front, "record").await?;
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
    let mut grants = open_grants(&tx, needed(form, draft.amends), &records, draft.front).await?;
    let typed = tx.typed(&draft, &grants, on).await?;
    let about = about(form, &draft, &typed)?;
    for record in &about {
        if !grants.contains_key(record) {
            grants.insert(*record, tx.authorise(needed(form, draft.amends), *record, "record").await?);
        }
    }
    grants.retain(|record, _| about.contains(record) || *record == draft.front);
    let header = header(desk, &tx, &grants[&draft.front], &[]).await?;
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
    let mut problems = second_record(tx, form, typed, grants, desk.now).await?;
    problems.extend(not_theirs(desk, tx, form, typed, around, grants).await?);
    let about: Vec<RecordId> = grants.keys().copied().collect();
    let act = match record::read::read(desk.pack(), form, typed, &about, around, desk.now) {
        Ok(act) if problems.is_empty() => act,
        Ok(_) => return Err(CaseError::Problems(problems)),
        Err(more) => {
            problems.extend(more);
            return Err(CaseError::Problems(problems));
        }
    };
    let author = author(desk.actor, &around.colleagues)?;
    for (record, grant) in grants {
        let about = record::entry::About { record: *record, holder: grant.holder(), entry: desk.new_id() };
        let changes = record::entry::complete(desk.pack(), form, &act, &author, &[about], desk.now);
        found.extend(said(changes).map(|content| (*record, (content, None))));
    }
    Ok(found)
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
                let grants = open_grants(&tx, needed(form, draft.amends), &records, draft.front).await?;
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
    if form.about == About::One {
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
        self.begun.iter().find(|begun| begun.kind == fact && begun.entry == entry)?.value.parse().ok()
    }
    fn is_open(&self, fact: &str, entry: EntryId) -> bool {
        self.begun.iter().any(|begun| begun.kind == fact && begun.entry == entry)
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
    typed: &Typed,
    around: &Around,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<Vec<FieldProblem>, CaseError> {
    let Some(me) = desk.actor.person().filter(|_| !form.recorded_by.is_empty()) else { return Ok(Vec::new()) };
    let about: Vec<RecordId> = grants.keys().copied().collect();
    // What cannot be read yet is named by its own problems first.
    let Ok(act) = record::read::read(desk.pack(), form, typed, &about, around, desk.now) else { return Ok(Vec::new()) };
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
        let more = record::recorder::not_theirs(form, &act, here, (me, standing), &agreed);
        // What is answered once for all is said once.
        problems.extend(more.into_iter().filter(|problem| !problems.contains(problem)).collect::<Vec<_>>());
    }
    Ok(problems)
}

/// Whether this person did the act that a draft became.
pub async fn is_own_act(desk: &Desk, draft: DraftId) -> Result<bool, CaseError> {
    let act: ActId = draft.to_string().parse().map_err(|_| CaseError::DraftEnded)?;
    let tx = desk.begin().await?;
    Ok(tx.author_of(act).await?.is_some_and(|author| Some(author) == desk.actor.person()))
}

/// Puts a draft aside: it never was a record, and its versions stay with its author's name.
pub async fn put_aside(desk: &Desk, draft: DraftId) -> Result<RecordId, CaseError> {
    retried!({
        let tx = desk.begin().await?;
        let draft = tx.own_draft(draft).await?.ok_or(CaseError::DraftEnded)?;
        tx.put_draft_aside(&draft);
        tx.commit().await?;
        Ok(draft.front)
    })
}

/// Records something at once, without a draft, in a record that exists: short forms of the organisation.
///
/// # Errors
/// [`CaseError::Problems`] with each box that must be put right.
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
