//! Reading: the front page, the chronology, an entry, the story. Each reading has its leaf before a byte is shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::Date;
use policy::{Form, fact::Says, form::Stands};
use record::{
    EntryId, PersonId, RecordId,
    answer::Answer,
    confidential::{KEEP_FORM, NOTE_FORM, REVIEW_FORM},
    fact::{Fact, Subject},
    known,
    right::Fate,
};
use store::{
    Action, Actor, After, Brief, Colleagues, Connection, Draft, Grant, InSection, Link, Person, Read, ReadOn,
    StoredEntry, Tx,
};

use crate::{
    adoption,
    caseload::owed::{Due, due},
    desk::{CaseError, Desk, Written},
    disclosing,
    recording::{called, people_of, unfit},
    right::showing::{self, Shown},
};

/// Whose record it is: shown on every page of it.
#[derive(Clone, Debug)]
pub struct Header {
    /// The record.
    pub record: RecordId,
    /// Its number.
    pub number: i64,
    /// The child; none for the organisation's own record.
    pub person: Option<PersonId>,
    /// What is known of the child everywhere.
    pub who: Person,
    /// Whether the record is closed.
    pub closed: bool,
    /// What must be known before anything else (R-BAS-21).
    pub warnings: Vec<Warning>,
    /// Other records of the same child that are read with this one, with their numbers.
    pub twins: Vec<(RecordId, i64)>,
    /// How many more there are that are not open to this reader.
    pub closed_twins: usize,
}

/// What must be known before anything else, with the entry that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// In the pack's words: «Risk alert: dangerous animal».
    pub text: String,
    /// The record in which the entry stands.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
}

/// What the facts of a record warn of, in the pack's words.
fn warnings(desk: &Desk, facts: &[Fact], holder: Option<PersonId>, who: &BTreeMap<PersonId, Person>) -> Vec<Warning> {
    let (pack, day) = (desk.db.pack(), desk.now.day());
    let name = |person: PersonId| who.get(&person).map_or_else(|| "somebody else".to_owned(), called);
    let warning = |fact: &Fact| {
        let line = &fact.said.line;
        let kind = pack.fact(&line.kind)?;
        let says = kind.warns.as_ref().filter(|_| fact.holds_on(day))?;
        let value = match kind.says {
            Says::YesNo if fact.said.value != "yes" => return None,
            _ => kind.list.as_ref().map_or(fact.said.value.as_str(), |list| pack.label(list, &fact.said.value)),
        };
        // Of anybody but the child, it says of whom.
        let of = match line.subject {
            Subject::Person(person) if Some(person) != holder => {
                format!(" ({})", name(person))
            }
            _ => String::new(),
        };
        let other = fact.said.other.map_or_else(String::new, name);
        let text = format!("{}{of}", says.replace("{value}", value).replace("{other}", &other));
        Some(Warning { text, record: line.record, entry: fact.said.entry })
    };
    facts.iter().filter(|fact| !fact.said.value.is_empty()).filter_map(warning).collect()
}

impl Header {
    /// What the child is called: preferred name first; «Child 10482» where no name is known.
    pub fn called(&self) -> &str {
        self.who.preferred.as_deref().or(self.who.name.as_deref()).unwrap_or("This child")
    }

    /// What whoever may see who looked, and may not read, sees of whose record it is: its number.
    pub(crate) fn of_a_closed_record(self) -> Self {
        Self {
            person: None,
            who: Person::default(),
            closed: false,
            warnings: Vec::new(),
            twins: Vec::new(),
            closed_twins: 0,
            ..self
        }
    }

    /// The number of the record in which an entry stands, where it is another one of the same child.
    pub fn stands_in(&self, record: RecordId) -> Option<i64> {
        self.twins.iter().find(|(twin, _)| *twin == record).map(|(_, number)| *number)
    }
}

pub(crate) async fn header<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    facts: &[Fact],
) -> Result<Header, CaseError> {
    let subjects =
        facts.iter().filter(|fact| desk.db.pack().fact(&fact.said.line.kind).is_some_and(|kind| kind.warns.is_some()));
    let subjects = subjects.flat_map(|fact| {
        let subject = match fact.said.line.subject {
            Subject::Person(person) => Some(person),
            _ => None,
        };
        subject.into_iter().chain(fact.said.other)
    });
    let mut named: Vec<PersonId> = grant.holder().into_iter().chain(subjects).collect();
    named.sort_unstable();
    named.dedup();
    let mut people = if named.is_empty() { BTreeMap::new() } else { tx.who(grant, &named).await? };
    let warnings = warnings(desk, facts, grant.holder(), &people);
    let who = grant.holder().and_then(|person| people.remove(&person)).unwrap_or_default();
    let day = desk.now.day();
    // Of several records of one child, one that is open is enough.
    let closed = |record: &RecordId| {
        facts.iter().any(|fact| {
            let line = &fact.said.line;
            line.kind == known::RECORD_STATUS
                && line.record == *record
                && fact.said.value == "closed"
                && fact.holds_on(day)
        })
    };
    let closed = grant.records().iter().all(closed);
    Ok(Header {
        record: grant.record(),
        number: grant.number(),
        person: grant.holder(),
        who,
        closed,
        warnings,
        twins: grant.twins(),
        closed_twins: grant.closed_twins(),
    })
}

/// The header of a page that needs no other fact: whether the record is closed, and what must be known, is one small question.
pub(crate) async fn plain_header<A: Action>(desk: &Desk, tx: &Tx, grant: &Grant<'_, A>) -> Result<Header, CaseError> {
    let warns = desk.db.pack().facts().filter(|kind| kind.warns.is_some()).map(|kind| kind.id.as_str());
    let kinds: Vec<&str> = warns.chain([known::RECORD_STATUS]).collect();
    let facts = tx.current_of(grant, &kinds).await?;
    header(desk, tx, grant, &facts).await
}

/// A row of the chronology, which opens what it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChronologyRow {
    /// The day of the event.
    pub day: Date,
    /// The time, blank when not known.
    pub time: String,
    /// The headline.
    pub headline: String,
    /// The entry that says so.
    pub entry: EntryId,
    /// The form of that entry, where the row comes from an entry marked significant; none for a dated fact.
    pub form: Option<String>,
    /// Whether that entry stands in the place of another one.
    pub amends: bool,
}

/// The front page of a child's record.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each says of one thing whether it is so")]
pub struct FrontPage {
    /// Whose.
    pub header: Header,
    /// Everything that holds today.
    pub facts: Vec<Fact>,
    /// Everybody whom the facts name.
    pub people: BTreeMap<PersonId, Person>,
    /// The records of those people that this reader may open.
    pub records: Vec<(RecordId, PersonId, i64)>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// The newest rows of the chronology.
    pub chronology: Vec<ChronologyRow>,
    /// What is to be done for the child, the most pressing first.
    pub owed: Vec<Due>,
    /// Drafts that this reader has open here.
    pub drafts: Vec<Draft>,
    /// Whether this reader may see who has looked.
    pub may_see_readings: bool,
    /// Whether this person may say that they know the family in their own life.
    pub may_declare: bool,
    /// Whether this person decides to whom the record is open.
    pub may_restrict: bool,
    /// Whether this person opens the record to support.
    pub may_grant_support: bool,
    /// What there is to do about an adoption, for the few.
    pub adoption: adoption::Offered,
    /// Whether addresses are hidden that this reader may have shown, saying why.
    pub may_reveal: bool,
    /// Whether something is kept in the confidential section that this reader may open.
    pub may_open_section: bool,
    /// Whether this reader may write here.
    pub may_record: bool,
    /// Whether this reader may say that this child was made twice, and part two again.
    pub may_join: bool,
    /// The numbers of the child's other records that are read here, with the person whose each was.
    pub twins: Vec<(i64, PersonId)>,
}

impl FrontPage {
    /// The facts of a kind that hold about the child.
    pub fn of_child<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Fact> {
        let child = self.header.person.map(Subject::Person);
        self.facts.iter().filter(move |fact| fact.said.line.kind == kind && Some(fact.said.line.subject) == child)
    }
    /// The facts of a kind that hold about the record itself.
    pub fn of_record<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Fact> {
        let record = Subject::Record(self.header.record);
        self.facts.iter().filter(move |fact| fact.said.line.kind == kind && fact.said.line.subject == record)
    }
}

/// How many rows of the chronology the front page shows.
const ROWS_IN_FRONT: u32 = 12;

/// The front page, as this reader may see it.
///
/// # Errors
/// [`CaseError::Closed`] for a record that is closed to this reader or is not there.
pub async fn front_page(desk: &Desk, record: RecordId) -> Result<FrontPage, CaseError> {
    front_page_for(desk, Read("read-front-page"), record, "", ROWS_IN_FRONT).await
}

/// The most rows of a chronology that a front sheet counts: more than any childhood has.
pub(crate) const ROWS_COUNTED: u32 = 2_000;

/// The same for the front sheet, with the whole of the short chronology.
///
/// # Errors
/// [`CaseError::Closed`] for a record that is closed to this reader or is not there.
pub async fn front_sheet(desk: &Desk, record: RecordId) -> Result<FrontPage, CaseError> {
    front_page_for(desk, Read("read-front-sheet"), record, "", ROWS_COUNTED).await
}

pub(crate) async fn front_page_for<A: Action>(
    desk: &Desk,
    action: A,
    record: RecordId,
    why: &str,
    most: u32,
) -> Result<FrontPage, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(action, record, why).await?;
    let facts = tx.current_facts(&grant).await?;
    let header = header(desk, &tx, &grant, &facts).await?;
    let named = people_of(&facts);
    let people = tx.who(&grant, &named).await?;
    let records = tx.records_of(&named).await?.into_iter().filter(|(other, ..)| *other != grant.record()).collect();
    let colleagues = tx.colleagues().await?;
    let (chronology, _) = rows(desk, &tx, &grant, None, most).await?;
    let owed = owed(desk, &tx, &grant, &header, &facts, &colleagues).await?;
    let mut drafts = tx.own_drafts().await?;
    drafts.retain(|draft| grant.records().contains(&draft.front));
    let may_see_readings = tx.may(policy::Capability::SeeReadings, &grant).await?;
    let may_restrict = tx.may(policy::Capability::RestrictRecord, &grant).await?;
    let may_grant_support = tx.may(policy::Capability::GrantSupport, &grant).await?;
    let may_declare = tx.may(policy::Capability::DeclareConflict, &grant).await?;
    let adoption = adoption::offered(&tx, &grant).await?;
    let may_open_section = grant.may_open_section();
    let may_reveal = grant.situation().protected && tx.may(policy::Capability::RevealAddress, &grant).await?;
    let may_record = tx.may(policy::Capability::RecordEntry, &grant).await?;
    let may_join = tx.may(policy::Capability::JoinPeople, &grant).await?;
    let twins = grant.twin_holders();
    drop(grant);
    tx.commit().await?;
    Ok(FrontPage {
        header,
        facts,
        people,
        records,
        colleagues,
        chronology,
        owed,
        drafts,
        may_see_readings,
        may_declare,
        may_restrict,
        may_grant_support,
        adoption,
        may_reveal,
        may_open_section,
        may_record,
        may_join,
        twins,
    })
}

/// What is to be done for a child; nothing in a record that is closed.
async fn owed<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    header: &Header,
    facts: &[Fact],
    colleagues: &Colleagues,
) -> Result<Vec<Due>, CaseError> {
    if header.closed {
        return Ok(Vec::new());
    }
    let fact = |kind: &str| facts.iter().rfind(|fact| fact.said.line.kind == kind).map(|fact| &fact.said.value);
    let worker = fact(known::ALLOCATED_WORKER).and_then(|worker| worker.parse().ok());
    let team = fact(known::ALLOCATED_TEAM).and_then(|team| team.parse().ok());
    let manager = team.and_then(|team| colleagues.teams.get(&team)).and_then(|team| team.manager);
    let all = tx.owed(&grant.records()).await?.into_iter();
    let decisions = tx.decided(&grant.records()).await?;
    let of = |owed| due(desk, owed, (header.called().to_owned(), worker, manager), &decisions);
    let mut all: Vec<Due> = all.filter_map(of).filter(|due| !due.is_waived()).collect();
    all.sort_by_key(|due| (due.when(desk.now.day()), due.owed.due));
    Ok(all)
}

/// The child's family and the other people in their life, with what other records say of the same people.
#[derive(Clone, Debug)]
pub struct Family {
    /// What this record says.
    pub page: FrontPage,
    /// What other records say that this reader may read.
    pub elsewhere: Vec<Connection>,
    /// What the people are called whom those name, by their own records.
    pub names: BTreeMap<PersonId, String>,
}

/// The family and people of a child's record. A connection that was said in a brother's record is here too for a
/// reader who may read both, from this child's side.
///
/// # Errors
/// [`CaseError::Closed`] for a record that is closed to this reader or is not there.
pub async fn family(desk: &Desk, record: RecordId) -> Result<Family, CaseError> {
    let page = front_page(desk, record).await?;
    let tx = desk.begin().await?;
    let grant = tx.authorise(Read("read-family"), record, "").await?;
    let people: Vec<PersonId> = page.people.keys().copied().collect();
    let elsewhere = tx.connections_elsewhere(&grant, &people).await?;
    let named: Vec<PersonId> = elsewhere.iter().flat_map(|one| [one.subject, one.other]).collect();
    let who = tx.who(&grant, &named).await?;
    let mut names: BTreeMap<PersonId, String> = who.iter().map(|(person, who)| (*person, called(who))).collect();
    // A child is called what their own record calls them.
    let records = tx.records_of(&named).await?;
    let own = tx.names_of_records(&records.iter().map(|(record, ..)| *record).collect::<Vec<_>>()).await?;
    for (record, person, _) in &records {
        names.extend(own.get(record).map(|name| (*person, name.clone())));
    }
    drop(grant);
    tx.commit().await?;
    Ok(Family { page, elsewhere, names })
}

/// A page of the chronology.
#[derive(Clone, Debug)]
pub struct Chronology {
    /// Whose.
    pub header: Header,
    /// Rows, newest first.
    pub rows: Vec<ChronologyRow>,
    /// Where the next page begins, if there is one.
    pub next: Option<After>,
}

/// How many rows a page of the chronology has.
const ROWS_ON_PAGE: u32 = 50;

/// The chronology: headlines of significant events and changes, in the order of their dates (R-CHR-01).
pub async fn chronology(desk: &Desk, record: RecordId, after: Option<&After>) -> Result<Chronology, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(Read("read-chronology"), record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let (rows, next) = rows(desk, &tx, &grant, after, ROWS_ON_PAGE).await?;
    drop(grant);
    tx.commit().await?;
    Ok(Chronology { header, rows, next })
}

async fn rows<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    after: Option<&After>,
    most: u32,
) -> Result<(Vec<ChronologyRow>, Option<After>), CaseError> {
    let entries = tx.entries(grant, true, after, most + 1).await?;
    let facts = tx.facts_for_chronology(grant, after.map(|after| after.day), most + 1).await?;
    let mut rows: Vec<ChronologyRow> = entries
        .into_iter()
        .map(|stored| ChronologyRow {
            day: stored.content.happened_on,
            time: stored.content.happened_at.map(record::time::time_in_words).unwrap_or_default(),
            headline: stored.content.headline.clone().unwrap_or_default(),
            entry: stored.entry,
            amends: stored.content.right.amends.is_some(),
            form: Some(stored.content.form),
        })
        .collect();
    let named: Vec<_> = facts.iter().filter_map(|fact| fact.said.other).collect();
    let people = tx.who(grant, &named).await?;
    for fact in &facts {
        // A birth or a death stands on its own day, whenever it was written down.
        let says_day = desk.pack().fact(&fact.said.line.kind).is_some_and(|kind| kind.says == policy::fact::Says::Date);
        let day = says_day.then(|| fact.said.value.parse().ok()).flatten().unwrap_or(fact.said.from);
        if day > desk.now.day() {
            continue;
        }
        if let Some(headline) = headline(desk.pack(), fact, &people) {
            rows.push(ChronologyRow {
                day,
                time: String::new(),
                headline,
                entry: fact.said.entry,
                form: None,
                amends: false,
            });
        }
    }
    let key = |row: &ChronologyRow| (row.day, row.time.clone(), row.entry.to_string());
    rows.sort_by_key(|row| std::cmp::Reverse(key(row)));
    if let Some(after) = after {
        rows.retain(|row| key(row) < (after.day, after.time.clone(), after.entry.clone()));
    }
    let more = rows.len() > most as usize;
    rows.truncate(most as usize);
    let next = if more {
        rows.last().map(|row| After { day: row.day, time: row.time.clone(), entry: row.entry.to_string() })
    } else {
        None
    };
    Ok((rows, next))
}

/// The whole chronology from past to present, up to so many rows, the newest of them; whether older ones were left out.
pub(crate) async fn whole_chronology<A: Action>(
    desk: &Desk,
    action: A,
    record: RecordId,
    why: &str,
    most: usize,
) -> Result<(Header, Vec<ChronologyRow>, bool), CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(action, record, why).await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let (mut all, mut after) = (Vec::new(), None);
    while all.len() < most {
        let (some, next) = rows(desk, &tx, &grant, after.as_ref(), ROWS_AT_ONCE).await?;
        all.extend(some);
        after = next;
        if after.is_none() {
            break;
        }
    }
    drop(grant);
    tx.commit().await?;
    let more = after.is_some() || all.len() > most;
    all.truncate(most);
    all.reverse();
    Ok((header, all, more))
}

/// How many rows are read at once where all are wanted.
const ROWS_AT_ONCE: u32 = 500;

/// The headline of a dated fact: «Legal status: full care order».
fn headline(pack: &policy::Pack, fact: &Fact, people: &BTreeMap<PersonId, Person>) -> Option<String> {
    let kind = pack.fact(&fact.said.line.kind)?;
    let value = kind.list.as_ref().map_or(fact.said.value.as_str(), |list| pack.label(list, &fact.said.value));
    let other = fact.said.other.and_then(|person| people.get(&person)).map(called).unwrap_or_default();
    Some(kind.chronology.as_ref()?.replace("{value}", value).replace("{other}", &other))
}

/// An entry as it is shown.
#[derive(Clone, Debug)]
pub struct EntryPage {
    /// Whose record.
    pub header: Header,
    /// The entry.
    pub stored: StoredEntry,
    /// The same act's entries in other children's records, as far as this reader may read those.
    pub tied: Vec<(Written, String)>,
    /// Everybody whom the entry names by identifier.
    pub people: BTreeMap<PersonId, Person>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// The entries to which it refers.
    pub refers_to: BTreeMap<EntryId, Brief>,
    /// The entries of this record that refer to it, in the order in which they happened.
    pub referred_by: Vec<Link>,
    /// The forms that ask for an entry like this one and that this reader may complete here: the visit that fulfils
    /// what was planned.
    pub leads_on: Vec<Form>,
    /// What was put right, and what this reader may do about it.
    pub right: Shown,
    /// Whether it is read in the confidential section.
    pub in_section: bool,
    /// Whether this reader may put it into the confidential section.
    pub may_keep: bool,
    /// Whether this reader may have its files.
    pub may_have_files: bool,
}

/// One entry.
///
/// # Errors
/// [`CaseError::Closed`] when the record is closed to this reader or has no such entry.
pub async fn entry(desk: &Desk, record: RecordId, entry: EntryId) -> Result<EntryPage, CaseError> {
    let page = entry_for(desk, Read("read-entry-page"), record, entry, "").await?;
    crate::caseload::saw(desk, &[&page.stored]).await;
    Ok(page)
}

pub(crate) async fn entry_for<A: Action>(
    desk: &Desk,
    action: A,
    record: RecordId,
    entry: EntryId,
    why: &str,
) -> Result<EntryPage, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(action, record, why).await?;
    let stored = match tx.entry(&grant, entry).await? {
        Some(stored) => stored,
        // What was moved away leads to the marker that stands where it was.
        None => match tx.fates(&[entry]).await?.get(&entry) {
            Some((Fate::Moved, marker)) => tx.entry(&grant, *marker).await?.ok_or(CaseError::Closed)?,
            _ => return Err(CaseError::Closed),
        },
    };
    let entry = stored.entry;
    let header = plain_header(desk, &tx, &grant).await?;
    let colleagues = tx.colleagues().await?;
    let referred_by = tx.linked_from(&grant, &[entry]).await?;
    let right = showing::shown(desk, &tx, &grant, &stored).await?;
    let both = || std::iter::once(&stored).chain(&right.before);
    let people = tx.who(&grant, &both().flat_map(people_in).collect::<Vec<_>>()).await?;
    let refers_to = tx.briefs(&grant, &both().flat_map(entries_in).collect::<Vec<_>>()).await?;
    // What does not stand leads on to nothing.
    let leads_on = if right.mark.is_none() { leads_on(desk, &tx, &grant, &stored).await? } else { Vec::new() };
    let mut tied = Vec::new();
    // The two sides of a move are shown as what they are.
    let moved = stored.content.right.moved.is_some() || stored.content.right.away.is_some();
    let act = if moved { Vec::new() } else { tx.tied(&grant, stored.act).await? };
    for (record, entry) in act {
        let name = match tx.authorise(Read("read-tie"), record, "").await {
            Ok(other) => crate::reading::header(desk, &tx, &other, &[]).await?.called().to_owned(),
            Err(_) => continue,
        };
        tied.push((Written { record, entry }, name));
    }
    let may_keep = may_keep(desk, &tx, &grant, &stored).await?;
    // To have a file is more than to look.
    let of_support = matches!(desk.actor, Actor::Support(_));
    let may_have_files = !of_support && disclosing::may_have_files_of(desk, &tx, &grant, &stored).await?;
    drop(grant);
    tx.commit().await?;
    let in_section = A::OPENS_SECTION;
    Ok(EntryPage {
        header,
        stored,
        tied,
        people,
        colleagues,
        refers_to,
        referred_by,
        leads_on,
        right,
        in_section,
        may_keep,
        may_have_files,
    })
}

/// Whether this reader may put an entry into the confidential section: one that is not there, and is not about it.
async fn may_keep<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    stored: &StoredEntry,
) -> Result<bool, CaseError> {
    let about_it = [KEEP_FORM, NOTE_FORM, REVIEW_FORM].contains(&stored.content.form.as_str());
    match desk.pack().form(KEEP_FORM) {
        Some(form) if !about_it && !A::OPENS_SECTION && stored.in_section == InSection::No => {
            Ok(tx.may(form.may_complete, grant).await?)
        }
        _ => Ok(false),
    }
}

/// The forms that ask by name for an entry like this one and that may be completed here. What ends something that this
/// entry began is there only while that holds: a visit that was recorded is not recorded again from its plan.
async fn leads_on<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    stored: &StoredEntry,
) -> Result<Vec<Form>, CaseError> {
    let mut found = Vec::new();
    for form in desk.pack().forms().filter(|form| asks_for(form, &stored.content.form)) {
        if !tx.may(form.may_complete, grant).await? {
            continue;
        }
        let held = tx.lasting(grant, &record::referring::held(form), std::slice::from_ref(stored)).await?;
        let unfit = unfit(desk, form, stored, &held);
        if form
            .fields()
            .filter(|field| asks_in(field, &stored.content.form))
            .all(|field| unfit.contains(field.id.as_str()))
        {
            continue;
        }
        let ends: Vec<&str> = form.fields().filter_map(|field| form.ends(&field.id)).collect();
        let open = tx.begun(grant, &ends).await?;
        if ends.is_empty() || open.iter().any(|begun| begun.entry == stored.entry) {
            found.push(form.clone());
        }
    }
    found.sort_by_key(|form| form.offered.unwrap_or(u32::MAX));
    Ok(found)
}

/// Whether a form asks by name for an entry made with this one.
fn asks_for(form: &Form, made_with: &str) -> bool {
    form.fields().any(|field| asks_in(field, made_with))
}

fn asks_in(field: &policy::Field, made_with: &str) -> bool {
    matches!(&field.kind, policy::FieldKind::Entry { of, .. } if of.iter().any(|one| one == made_with))
}

pub(crate) fn entries_in(stored: &StoredEntry) -> Vec<EntryId> {
    let entry = |answered: &record::answer::Answered| match answered.answer {
        Answer::Entry(entry) => Some(entry),
        _ => None,
    };
    stored.content.answers.values().filter_map(entry).collect()
}

pub(crate) fn people_in(stored: &StoredEntry) -> Vec<PersonId> {
    let mut people = Vec::new();
    for answered in stored.content.answers.values() {
        match &answered.answer {
            Answer::Person(person) => people.push(*person),
            Answer::People(named) => people.extend(named.iter().filter_map(|named| named.person)),
            _ => {}
        }
    }
    people
}

/// What may be recorded in this record by this person: the forms of the pack that are offered.
pub async fn offered(desk: &Desk, record: RecordId) -> Result<(Header, Vec<Form>), CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(ReadOn("read-forms"), record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let mut forms = Vec::new();
    for form in desk.pack().offered() {
        if tx.may(form.may_complete, &grant).await? {
            forms.push(form.clone());
        }
    }
    drop(grant);
    tx.commit().await?;
    Ok((header, forms))
}

/// What an act has written, for the person who has just completed it.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The record from which it was written.
    pub header: Header,
    /// The form.
    pub form: String,
    /// Whether somebody must authorise it, and whether it stands before that.
    pub needs: Option<Stands>,
    /// The entries with what each child is called.
    pub entries: Vec<(Written, String)>,
    /// Who is told of it on their page: who works with these children or holds their files, beside the writer.
    pub told: Vec<String>,
    /// What the answers lead to: a sentence, and forms to think of now (R-PPL-13).
    pub leads_to: Vec<policy::form::LeadsTo>,
}

/// What a completed draft has written, as far as this person may read it.
pub async fn receipt(desk: &Desk, draft: record::DraftId) -> Result<Receipt, CaseError> {
    let act = draft.to_string().parse().map_err(|_| CaseError::Closed)?;
    let tx = desk.begin().await?;
    let mut entries = Vec::new();
    let mut front = None;
    let begun_in = tx.front_of(draft).await?;
    let mut told: BTreeSet<PersonId> = BTreeSet::new();
    let mut done = tx.done(act).await?;
    done.sort_by_key(|(record, _)| Some(*record) != begun_in);
    for (record, entry) in done {
        let Ok(grant) = tx.authorise(ReadOn("read-receipt"), record, "").await else { continue };
        let header = plain_header(desk, &tx, &grant).await?;
        if front.is_none()
            && let Some(stored) = tx.entry(&grant, entry).await?
        {
            let leads = desk.pack().form(&stored.content.form).map(|form| leads(form, &stored)).unwrap_or_default();
            front = Some((header.clone(), (stored.content.form, stored.content.needs), leads));
        }
        told.extend(&grant.situation().workers);
        let day = desk.now.day();
        let holders = tx.history(&grant, known::FILE_HOLDER).await?;
        told.extend(
            holders
                .iter()
                .filter(|fact| fact.holds_on(day))
                .filter_map(|fact| fact.said.value.parse::<PersonId>().ok()),
        );
        entries.push((Written { record, entry }, header.called().to_owned()));
    }
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    let told = told.into_iter().filter(|person| Some(*person) != desk.actor.person());
    let told = told.filter_map(|person| Some(colleagues.staff.get(&person)?.name.clone())).collect();
    let (header, (form, needs), leads_to) = front.ok_or(CaseError::Closed)?;
    Ok(Receipt { header, form, needs, entries, told, leads_to })
}

/// What the answers of an entry lead to.
fn leads(form: &Form, stored: &StoredEntry) -> Vec<policy::form::LeadsTo> {
    let answered = |field: &policy::Field| {
        let leads = field.leads_to.clone()?;
        let answer = stored.content.answer(&field.id)?;
        answer.codes().iter().any(|code| leads.is.iter().any(|is| is == code)).then_some(leads)
    };
    form.fields().filter_map(answered).collect()
}

/// Some entries of a record that belong together, or the history of some facts.
#[derive(Clone, Debug)]
pub struct Register {
    /// Whose.
    pub header: Header,
    /// Entries, newest first.
    pub entries: Vec<StoredEntry>,
    /// Facts with their history, newest first.
    pub facts: Vec<Fact>,
    /// Everybody whom they name.
    pub people: BTreeMap<PersonId, Person>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// The entries to which they refer.
    pub refers_to: BTreeMap<EntryId, Brief>,
}

/// The most lines of a register.
const LINES: u32 = 500;

/// The register of managers' decisions with their reasons (R-BAS-06).
pub async fn decisions(desk: &Desk, record: RecordId) -> Result<Register, CaseError> {
    register(desk, record, "read-decisions", Some("decision"), &[]).await
}

/// The child's own words, each with the entry where it stands (R-VOI-04).
pub async fn words(desk: &Desk, record: RecordId) -> Result<Register, CaseError> {
    register(desk, record, "read-words", None, &[known::CHILD_WORDS]).await
}

/// Who has worked with the child and from when to when (R-PPL-11).
pub async fn workers(desk: &Desk, record: RecordId) -> Result<Register, CaseError> {
    register(
        desk,
        record,
        "read-workers",
        None,
        &[known::ALLOCATED_WORKER, known::ALLOCATED_TEAM, known::FILE_HOLDER, known::COVERED_BY],
    )
    .await
}

async fn register(
    desk: &Desk,
    record: RecordId,
    act: &'static str,
    form: Option<&str>,
    kinds: &[&str],
) -> Result<Register, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(Read(act), record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let entries = match form {
        Some(form) => tx.entries_of_form(&grant, form, LINES).await?,
        None => Vec::new(),
    };
    let mut facts = Vec::new();
    for kind in kinds {
        facts.extend(tx.history(&grant, kind).await?);
    }
    facts.retain(|fact| fact.until != Some(fact.said.from));
    facts.sort_by(|a, b| b.said.place.cmp(&a.said.place));
    let named: Vec<_> = entries.iter().flat_map(people_in).collect();
    let people = tx.who(&grant, &named).await?;
    let colleagues = tx.colleagues().await?;
    let refers_to = tx.briefs(&grant, &entries.iter().flat_map(entries_in).collect::<Vec<_>>()).await?;
    drop(grant);
    tx.commit().await?;
    Ok(Register { header, entries, facts, people, colleagues, refers_to })
}
