//! What stood in other systems: children brought in, each into a record of their own.
//!
//! [`ssda903`] reads the yearly sets of the collection on looked-after children and knows no record; [`bring_in`]
//! takes what it read into records. Entries are made with the pack's own forms and facts come from them alone. They are
//! not read as typed forms are: nobody can be asked today what a return of 2017 left out, so an answer that the sets do
//! not give stays blank, and a code that no list has is kept as received. Each entry says in which file and line it
//! stood; one entry for each child holds the rows word for word, and what somebody should look at.
//!
//! Absent on purpose: putting anything right, and taking anything back. A row that is no longer in a later set may have
//! been left out by mistake.

mod checking;
mod entries;
mod known;
pub mod ssda903;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
    sync::Arc,
};

use policy::{Capability, Pack};
use record::{
    ActId, EntryId, PersonId, RecordId, TeamId,
    content::Author,
    entry::{About, Change, complete},
    likeness::{LookedFor, Number},
};
use store::{Actor, Past, Tx, Write};

pub use checking::{Doubtful, ToCheck, to_check};

use crate::desk::{CaseError, Desk};
use entries::Made;
use ssda903::{Child, Codes, Known, Provenance, Remark, Report, Severity};

/// How many outside keys are asked for at once, for the same reason.
const ASKED_AT_ONCE: usize = 500;

/// How the import is named in the ledger.
pub const JOB: &str = "import";

/// How many children go into one transaction. SQLite finds the numbered arguments of a statement by looking through
/// them, so the time that a statement takes grows with their square.
const AT_ONCE: usize = 25;

/// What came of an import. Its report shows no value where it is displayed.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// Children for whom a record was opened.
    pub children_new: usize,
    /// Children who had a record from an earlier import.
    pub children_known: usize,
    /// Legal statuses, placements, reviews, times missing and asylum statuses that were taken in.
    pub items_new: usize,
    /// Those that had been taken in before.
    pub items_known: usize,
    /// Of the known, those of which something else is said now: mostly an end that was not known before.
    pub items_changed: usize,
    /// Of the known, those of which an older year says something else than the year last taken in, which was kept.
    pub items_kept: usize,
    /// Children who are likely known already: listed, and taken in as they came. Who is one is for people to say.
    pub likely: Vec<LikelyKnown>,
    /// What became of every row.
    pub report: Report,
}

/// A child who was brought in and is likely somebody who has a record already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikelyKnown {
    /// Where the child stood.
    pub at: Provenance,
    /// The number of the record that there is already.
    pub record: i64,
    /// What speaks for it.
    pub why: String,
}

impl fmt::Display for LikelyKnown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, record, why } = self;
        write!(
            f,
            "{at}: likely the child of record R-{record} ({why}). Taken in all the same: compare the two, and say whether they are one"
        )
    }
}

impl Imported {
    fn add(&mut self, more: &Self) {
        self.children_new += more.children_new;
        self.children_known += more.children_known;
        self.items_new += more.items_new;
        self.items_known += more.items_known;
        self.items_changed += more.items_changed;
        self.items_kept += more.items_kept;
        self.likely.extend(more.likely.iter().cloned());
    }
}

/// A desk for an import that nobody signed in for: from the command line, by whoever runs the server.
pub fn desk(db: store::Db, now: record::Moment) -> Desk {
    Desk::new(db, Actor::System(JOB), now)
}

/// The team of this name, however it is capitalised; none where no team, or more than one, is called so.
pub async fn team_named(desk: &Desk, name: &str) -> Result<Option<TeamId>, CaseError> {
    let tx = desk.begin().await?;
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    let mut called = colleagues.teams.iter().filter(|(_, team)| team.name.trim().eq_ignore_ascii_case(name.trim()));
    let team = called.next().map(|(team, _)| *team);
    Ok(team.filter(|_| called.next().is_none()))
}

/// Takes yearly SSDA903 sets into records: files by name and bytes, those of one folder and year being one set.
///
/// A child who is not known gets a record with this team and no worker; a child known by the number gets what is new.
/// `progress` is told how many children are done, of how many. A failure leaves whole children only, and running again
/// goes on from there; running again at the end changes nothing.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who may not import; [`CaseError::Closed`] for a team that does not exist.
pub async fn bring_in(
    desk: &Desk,
    files: &[(String, Vec<u8>)],
    team: TeamId,
    mut progress: impl FnMut(usize, usize),
) -> Result<Imported, CaseError> {
    let tx = desk.begin().await?;
    tx.permit(Capability::Import).await?;
    let knows_team = tx.colleagues().await?.teams.contains_key(&team);
    tx.commit().await?;
    if !knows_team {
        return Err(CaseError::Closed);
    }
    let named: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let reading = ssda903::read(&named, &Lists(desk.pack()), desk.now.day(), |_| ());
    let run = Run::new(team, &reading.report);
    let of = reading.children.len();
    let mut all = Imported::default();
    for (nth, children) in reading.children.chunks(AT_ONCE).enumerate() {
        all.add(&crate::desk::retried!({ run.take(desk, children).await })?);
        progress(nth * AT_ONCE + children.len(), of);
    }
    all.report = reading.report;
    Ok(all)
}

/// The pack's lists of codes, as the reader asks of them.
struct Lists<'a>(&'a Pack);

impl Codes for Lists<'_> {
    fn knows(&self, list: &str, code: &str) -> Known {
        match self.0.list(list).and_then(|list| list.item(code)) {
            None => Known::Unknown,
            Some(item) if item.withdrawn => Known::Withdrawn,
            Some(_) => Known::Current,
        }
    }
}

/// The importer signs what it brings in: the ledger says at whose desk it was done.
fn author() -> Author {
    Author {
        person: importer(),
        name: "SSDA903 import".to_owned(),
        designation: "Import".to_owned(),
        team: String::new(),
    }
}

/// The same in every database, so that what was brought in can be told from what people wrote.
fn importer() -> PersonId {
    "0000000000000000000ssda903".parse().expect("26 characters of the alphabet of identifiers")
}

/// One run over all files.
struct Run<'a> {
    team: TeamId,
    /// What somebody should look at, by file and line.
    remarks: HashMap<Provenance, Vec<&'a Remark>>,
    years: HashMap<Arc<str>, i16>,
    earliest: i16,
}

impl<'a> Run<'a> {
    fn new(team: TeamId, report: &'a Report) -> Self {
        let mut remarks: HashMap<_, Vec<_>> = HashMap::new();
        for remark in report.remarks.iter().filter(|remark| remark.severity == Severity::ToCheck) {
            if let Some(line) = remark.line {
                remarks.entry(Provenance { file: Arc::clone(&remark.file), line }).or_default().push(remark);
            }
        }
        let years: HashMap<_, _> =
            report.files.iter().filter_map(|file| Some((Arc::clone(&file.name), file.year?))).collect();
        let earliest = years.values().min().copied().unwrap_or_default();
        Self { team, remarks, years, earliest }
    }

    /// The latest year that says so.
    fn year(&self, said_by: &[Provenance]) -> Option<i16> {
        said_by.iter().filter_map(|at| self.years.get(&at.file)).max().copied()
    }

    fn year_of(&self, child: &Child) -> Option<i16> {
        child.rows.iter().filter_map(|row| self.years.get(&row.at.file)).max().copied()
    }

    /// Takes some children in, all of them or none.
    async fn take(&self, desk: &Desk, children: &[Child]) -> Result<Imported, CaseError> {
        let mut done = Imported::default();
        let tx = desk.begin().await?;
        let years: Vec<i16> = (self.earliest..=desk.now.day().year()).collect();
        let sources: Vec<String> = children
            .iter()
            .flat_map(|child| {
                let items = entries::items(child).into_iter().flat_map(|item| item.keys_and_next(child));
                let years = years.iter().map(|year| year_key(child, *year));
                items.chain(years).chain([child.key()]).collect::<Vec<_>>()
            })
            .collect();
        let mut known = BTreeMap::new();
        for some in sources.chunks(ASKED_AT_ONCE) {
            known.extend(tx.taken_before(some).await?);
        }
        let mut pasts = Vec::new();
        let likely = likely_known(&tx, children, &known).await?;
        done.likely.extend(likely.values().cloned());
        for child in children {
            if let Some((record, first)) = known.get(&child.key()) {
                done.children_known += 1;
                let last_year = years.iter().rev().find(|year| known.contains_key(&year_key(child, **year))).copied();
                let before = known::Before { sources: &known, record: *record, first: *first, last_year };
                self.catch_up(desk, &tx, child, &before, &mut done).await?;
            } else {
                done.children_new += 1;
                pasts.push(self.past(desk, child, likely.get(&child.key()), &mut done)?);
            }
        }
        if !pasts.is_empty() {
            tx.load(&pasts).await?;
        }
        for form in desk.pack().forms().filter(|form| entries::FORMS.contains(&form.id.as_str())) {
            tx.keep_form(&form.hash, &form.id, form.version, || desk.pack().canonical_form(form)).await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    /// The record of a child who is not known yet.
    fn past(
        &self,
        desk: &Desk,
        child: &Child,
        likely: Option<&LikelyKnown>,
        done: &mut Imported,
    ) -> Result<Past, CaseError> {
        let (record, holder): (RecordId, PersonId) = (desk.new_id(), desk.new_id());
        let act: ActId = desk.new_id();
        let items = entries::items(child);
        done.items_new += items.len();
        let mut made = vec![
            entries::arrival(child, &self.remarks, likely.map(ToString::to_string).as_slice(), desk.now.day()),
            entries::opening(self.team, desk.now.day()),
        ];
        made.extend(items.iter().map(|item| item.entry(item.from(), item.until())));
        let year = self.year_of(child).map(|year| year_key(child, year));
        made[0].keys.extend([child.key()].into_iter().chain(year));
        let (changes, sources) = written(desk, record, Some(holder), made)?;
        let changes = changes.into_iter().map(|change| (act, change)).collect();
        Ok(Past { record, holder, people: vec![importer()], changes, sources })
    }

    /// Adds to the record of a child who is known what these sets say beyond it.
    async fn catch_up(
        &self,
        desk: &Desk,
        tx: &Tx,
        child: &Child,
        before: &known::Before<'_>,
        done: &mut Imported,
    ) -> Result<(), CaseError> {
        let grant = tx.authorise(Write(Capability::Import), before.record, JOB).await?;
        let mut made = known::news(self, tx, &grant, child, before, done).await?;
        let year = self.year_of(child).filter(|year| before.last_year.is_none_or(|last| *year > last));
        let year = year.map(|year| year_key(child, year));
        if made.is_empty() {
            // Nothing new, but from now on older years know that they are older.
            tx.took(before.record, &year.map(|year| (year, before.first)).into_iter().collect::<Vec<_>>());
            return Ok(());
        }
        made[0].keys.extend(year);
        let act: ActId = desk.new_id();
        tx.begin_act(act);
        let (changes, sources) = written(desk, before.record, grant.holder(), made)?;
        tx.keep(&grant, act, changes).await?;
        tx.took(before.record, &sources);
        Ok(())
    }
}

/// Those of the children who have no record from an earlier import and are likely known all the same.
async fn likely_known(
    tx: &Tx,
    children: &[Child],
    known: &BTreeMap<String, (RecordId, EntryId)>,
) -> Result<BTreeMap<String, LikelyKnown>, CaseError> {
    let new: Vec<&Child> = children.iter().filter(|child| !known.contains_key(&child.key())).collect();
    let looked_for: Vec<LookedFor> = new
        .iter()
        .map(|child| {
            let upn = entries::details(child).into_iter().find(|(field, _)| *field == "upn").and_then(|(_, upn)| upn);
            let by_birth = LookedFor::new("", Some(child.born));
            upn.map_or(by_birth.clone(), |upn| by_birth.with_number(Number::Upn, upn))
        })
        .collect();
    let found = tx.likely_brought_in(&looked_for).await?;
    let likely = new.into_iter().zip(found).filter_map(|(child, found)| {
        let (record, like) = found?;
        let at = child.said_by.last().or(child.rows.first().map(|row| &row.at))?.clone();
        let why: Vec<_> = like.why.iter().map(ToString::to_string).collect();
        Some((child.key(), LikelyKnown { at, record, why: why.join(", ") }))
    });
    Ok(likely.collect())
}

/// Known when this year of a child was taken in, so that an older year read later changes nothing that it said.
fn year_key(child: &Child, year: i16) -> String {
    format!("{}/year/{year}", child.key())
}

type WrittenDown = (Vec<Change>, Vec<(String, EntryId)>);

/// What follows from entries of one record, in their order, and the keys by which each is known again.
fn written(desk: &Desk, record: RecordId, holder: Option<PersonId>, made: Vec<Made>) -> Result<WrittenDown, CaseError> {
    // Of two facts that begin on one day the later entry holds, and all of these are written at one moment.
    let ids: BTreeSet<EntryId> = std::iter::repeat_with(|| desk.new_id()).take(made.len()).collect();
    let author = author();
    let (mut changes, mut sources) = (Vec::new(), Vec::new());
    for (made, entry) in made.into_iter().zip(ids) {
        let form = desk.form(made.form)?;
        changes.extend(complete(desk.pack(), form, &made.act, &author, &[About { record, holder, entry }], desk.now));
        sources.extend(made.keys.into_iter().map(|key| (key, entry)));
    }
    // A thing said twice in one file has one key.
    let sources: BTreeMap<_, _> = sources.into_iter().collect();
    Ok((changes, sources.into_iter().collect()))
}
