//! Recording: begin, save as it is typed, complete. One act about several children writes one entry in each child's
//! record.
//!
//! Here is the draft; `filling` is what it begins with, `completing` what becomes of it.

mod completing;
mod filling;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use policy::{Form, form::About};
use record::{
    ActId, DraftId, EntryId, FileId, Moment, PersonId, RecordId, Typed, fact::Fact, read::standing, referring,
    typed::Name,
};
use store::{Brief, Colleagues, Draft, Grant, Person, SentFile, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, retried},
    reading::{Header, header},
    right::amending::{self, Amended},
};

pub use completing::{Check, Completed, OTHER_TEXTS, Upcoming, check, complete, complete_checked, record_now};
pub(crate) use completing::{as_named, done_late, resting, rests_on_the_wrong};
pub(crate) use filling::unfit;
use filling::{carried, carry_on, choices, fill_from, filled, refer, same_act};

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
    /// Its headline, where it has one; otherwise how its first text begins.
    pub headline: Option<String>,
    /// Questions of the form that ask for an entry made with its form and of which it does not say what they ask.
    pub unfit: Vec<String>,
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
    filled_in(desk, start, Reader::Somebody).await
}

/// Who reads a form that is filled in with what the system knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Whoever asked for it: that it was shown goes into the ledger.
    Somebody,
    /// It is compared, or kept as a draft that is opened later: there is nothing to say of who looked.
    Nobody,
}

impl Reader {
    pub(crate) async fn end(self, tx: Tx) -> Result<(), store::StoreError> {
        match self {
            Self::Somebody => tx.commit().await,
            Self::Nobody => Ok(()),
        }
    }
}

/// The record in which a form would be written that somebody is about to open.
///
/// # Errors
/// [`CaseError::Closed`] when the record or the form is not open to this person.
pub async fn record_to_write_in(desk: &Desk, start: &Start) -> Result<RecordId, CaseError> {
    let form = form_to_write(desk, &start.form)?;
    let tx = desk.begin().await?;
    let record = record_in_front(&tx, form, start).await?;
    let front = tx.authorise(Write(form.may_complete), record, "record").await?;
    drop(front);
    tx.commit().await?;
    Ok(record)
}

/// What refers to an entry is written where that entry stands; anything else about a child who was made twice, in the
/// record that is in front.
async fn record_in_front(tx: &Tx, form: &Form, start: &Start) -> Result<RecordId, CaseError> {
    Ok(match start.entry {
        Some(_) => start.record,
        None => tx.in_front(Write(form.may_complete), start.record).await?,
    })
}

async fn filled_in(desk: &Desk, start: &Start, reader: Reader) -> Result<OpenDraft, CaseError> {
    if let Some(entry) = start.amends {
        return amending::blank(desk, start, entry, reader).await;
    }
    let desk = &as_shown(desk, start);
    let form = form_to_write(desk, &start.form)?;
    let tx = desk.begin().await?;
    let record = record_in_front(&tx, form, start).await?;
    let front = tx.authorise(Write(form.may_complete), record, "record").await?;
    tx.shows_form(&front);
    let facts = facts_for(&tx, &front).await?;
    let mut typed = filled(desk, form, &facts, front.holder(), start.person.or(start.made))
        .with(standing::ABOUT, record.to_string());
    if let Some(entry) = start.entry {
        let mut records: BTreeSet<RecordId> = [record].into();
        let mut no_answer = BTreeSet::new();
        if tx.may(policy::Capability::ReadRecord, &front).await?
            && let Some(stored) = tx.entry(&front, entry).await?
        {
            fill_from(desk, form, (&front, &stored), &mut typed);
            let held = tx.lasting(&front, &referring::held(form), std::slice::from_ref(&stored)).await?;
            no_answer = unfit(desk, form, &stored, &held);
        }
        for (other, entry, made_with) in same_act(&tx, form, &front, entry).await? {
            refer(&mut typed, form, (other, entry, &made_with), &no_answer);
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
    reader.end(tx).await?;
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

/// A form with which people write. What has a page of its own comes only from the act of that page, which sees to what must
/// be so before and to what follows.
fn form_to_write<'a>(desk: &'a Desk, form: &str) -> Result<&'a Form, CaseError> {
    use record::right::{APPROVAL_FORM, AUTHORISATION_FORM, AWAY_FORM};
    let own_acts = [
        APPROVAL_FORM,
        AUTHORISATION_FORM,
        AWAY_FORM,
        record::adoption::ORDER_FORM,
        record::adoption::AFTER_FORM,
        record::adoption::LINK_FORM,
        crate::conflict::DECLARED_FORM,
        crate::emergency::OPENING_FORM,
        crate::emergency::REVIEW_FORM,
        crate::support::OPENING_FORM,
        crate::support::END_FORM,
        record::disclosure::FORM,
        record::protected::REVEAL_FORM,
    ];
    if own_acts.contains(&form) {
        return Err(CaseError::Closed);
    }
    desk.form(form)
}

/// What somebody needs to write with this form: to write it in the place of another entry, what that one asks for.
pub(crate) async fn needed(tx: &Tx, form: &Form, amends: Option<EntryId>) -> Result<Write, CaseError> {
    match amends {
        Some(entry) => amending::needed(tx, form, entry).await,
        None => Ok(Write(form.may_complete)),
    }
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
        let grants = open_grants(&tx, needed(&tx, form, start.amends).await?, &records, start.record).await?;
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
    let blank = filled_in(desk, start, Reader::Nobody).await?;
    Ok(blank.texts.first().is_some_and(|text| same(&text.typed, typed)))
}

/// Begins a draft at once, filled with what the system knows already.
///
/// # Errors
/// [`CaseError::Closed`] when the record or the form is not open to this person.
pub async fn begin(desk: &Desk, record: RecordId, form: &str, person: Option<PersonId>) -> Result<DraftId, CaseError> {
    let start = Start { record, form: form.to_owned(), person, made: None, entry: None, amends: None, version: None };
    let open = filled_in(desk, &start, Reader::Nobody).await?;
    let typed = open.texts.into_iter().next().map(|text| text.typed).unwrap_or_default();
    let start = Start { record: open.draft.front, ..start };
    save_first(desk, open.draft.id, &start, (0, &typed, false)).await?;
    Ok(open.draft.id)
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
    let needed = needed(&tx, form, draft.amends).await?;
    let front = tx.authorise(needed, draft.front, "record").await?;
    tx.shows_form(&front);
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
    let colleagues = tx.colleagues().await?;
    let mut named: Vec<PersonId> = people_of(facts);
    // Whoever works with the child is none of those in the child's life, unless they are that too.
    named.retain(|person| !colleagues.knows(*person) || is_in_life(facts, *person));
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
    let entries = choices(desk, tx, form, &children, &texts).await?;
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
    // Whoever is of support is in nobody's life.
    let in_life = facts.iter().filter(|fact| fact.said.line.kind != record::known::OPENED_TO_SUPPORT);
    subjects.chain(in_life.filter_map(|fact| fact.said.other)).filter(|person| seen.insert(*person)).collect()
}

/// Whether the record says something of this person that is not about their work with the child. Facts about the record,
/// and who will visit, are about that work.
fn is_in_life(facts: &[Fact], person: PersonId) -> bool {
    facts.iter().any(|fact| match fact.said.line.subject {
        record::fact::Subject::Person(subject) => {
            subject == person || fact.said.other == Some(person) && fact.said.line.kind != record::known::PLANNED_VISIT
        }
        record::fact::Subject::Record(_) | record::fact::Subject::Team(_) => false,
    })
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
        let grants = open_grants(&tx, needed(&tx, form, draft.amends).await?, &records, draft.front).await?;
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
        let grants = open_grants(&tx, needed(&tx, form, draft.amends).await?, &records, draft.front).await?;
        let n = tx.save_draft(&draft, &grants, 0, typed, true)?;
        for head in &draft.heads {
            tx.join_heads(&draft, head.n, n);
        }
        drop(grants);
        tx.commit().await?;
        Ok(Saved { n, at: desk.now, others: Vec::new() })
    })
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
