//! Whose desk an act is done at: the person, the moment, the database. And what every form may refer to.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use policy::{Form, Pack};
use record::{
    ActId, EntryId, FileId, Moment, PersonId, RecordId, TeamId, Typed,
    answer::Sent,
    content::{Author, Colleague},
    entry::{About, complete, mark_on_behalf, self_authorised},
    id::Id,
    read::{Act, Directory, FieldProblem, SAY_WHY_LATE, read, standing},
    typed::Name,
};
use store::{Actor, Colleagues, Db, Grant, Refused, SentFile, SessionName, StoreError, SystemChance, Tx, Write};

use crate::{
    authorising,
    recording::{done_late, rests_on_the_wrong},
};

/// Somebody at work, at one moment.
#[derive(Clone)]
pub struct Desk {
    /// The database.
    pub db: Db,
    /// Who.
    pub actor: Actor,
    /// When.
    pub now: Moment,
    /// The moment that new identifiers have in them.
    ids_of: Moment,
    /// By which pack its forms are read and written: the one in force, but for a draft that began under another.
    pack: Arc<Pack>,
    /// The session in which they sit here: what is read is shown only while it goes on.
    session: Option<SessionName>,
    /// Why what is done here in one step is late, where that was asked and said.
    why_late: Option<Arc<str>>,
}

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// Closed to this person, or not there; nobody learns which.
    #[error("closed or absent")]
    Closed,
    /// Not among this person's rights, on any record.
    #[error("not among this person's rights")]
    NoRight,
    /// What was typed must be put right first.
    #[error("{} things to put right", .0.len())]
    Problems(Vec<FieldProblem>),
    /// What is done in one step is late, and why was not said: each that is late, in a sentence. Nothing else is wrong with
    /// it, and nothing was kept yet (R-TIME-X07).
    #[error("{} things that are late without a reason", .0.len())]
    SayWhyLate(Vec<String>),
    /// Before a new person is made, somebody must look at these, who are likely the same.
    #[error("{} people are likely the same", .0.len())]
    LikelyKnown(Vec<store::Found>),
    /// The entry cannot be amended or moved as it stands; why, in a sentence for whoever asked.
    #[error("cannot be put right")]
    CannotBePutRight(String),
    /// The draft was completed or put aside already.
    #[error("this draft is no longer open")]
    DraftEnded,
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for CaseError {
    fn from(error: StoreError) -> Self {
        match error {
            // It was open when it was asked for, and is no longer: the same answer as for what never was.
            StoreError::Withdrawn => Self::Closed,
            error => Self::Store(error),
        }
    }
}

impl From<Refused> for CaseError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Closed => Self::Closed,
            Refused::NoRight => Self::NoRight,
            Refused::Store(error) => error.into(),
        }
    }
}

/// How often an act is begun again when somebody else changed the same record in between.
pub(crate) const TRIES: u32 = 8;

/// Does an act, beginning again where somebody else was faster. The act must be repeatable: its identifier is.
///
/// A macro, since a function over an async closure cannot promise that its future may move between threads.
macro_rules! retried {
    ($act:block) => {{
        let mut tries = 1;
        loop {
            let done: Result<_, $crate::desk::CaseError> = async { $act }.await;
            match done {
                Err($crate::desk::CaseError::Store(store::StoreError::Conflict)) if tries < $crate::desk::TRIES => {
                    tokio::time::sleep(std::time::Duration::from_millis(u64::from(tries * tries))).await;
                    tries += 1;
                }
                done => break done,
            }
        }
    }};
}
pub(crate) use retried;

impl Desk {
    /// A desk, at which the pack is used that the database is seen with.
    pub fn new(db: Db, actor: Actor, now: Moment) -> Self {
        let pack = db.pack().clone();
        Self { db, actor, now, ids_of: now, pack, session: None, why_late: None }
    }

    /// The same desk, within a session.
    #[must_use]
    pub fn within(self, session: SessionName) -> Self {
        Self { session: Some(session), ..self }
    }

    /// The same desk, at which what is late is late for this reason. A draft has a box of its own for it; an act in one step
    /// has none, however many entries it writes, and takes it from here.
    #[must_use]
    pub fn late_because(self, why: &str) -> Self {
        let why = why.trim();
        Self { why_late: (!why.is_empty()).then(|| why.into()), ..self }
    }

    /// The pack by which forms are read and written here. Who may do what is decided by the door, by the pack in force.
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The same desk, for something that was begun with this version of a form: with the pack to which that belongs.
    #[must_use]
    pub fn in_version(&self, form: Option<&[u8; 32]>) -> Self {
        let pack = form.and_then(|hash| self.db.packs().of_form(hash)).unwrap_or(&self.pack);
        Self { pack: pack.clone(), ..self.clone() }
    }

    /// The same desk, for a draft: it is finished in the version in which it began.
    #[must_use]
    pub fn for_draft(&self, draft: &store::Draft) -> Self {
        self.in_version(draft.form_hash.as_ref())
    }

    /// What was typed, as having happened at this moment.
    pub(crate) fn happening_now(&self, typed: &Typed) -> Typed {
        let now = self.now.london();
        let mut typed = typed.clone().on_day(standing::HAPPENED, now.date());
        typed.set(Name::of(standing::HAPPENED).part("time"), record::time::time_in_words(now.time()));
        typed
    }

    /// A new identifier of any kind.
    #[expect(clippy::missing_panics_doc, reason = "it cannot: every identifier has the same text form")]
    pub fn new_id<T: std::str::FromStr>(&self) -> T
    where
        T::Err: std::fmt::Debug,
    {
        Id::new(self.ids_of, &mut SystemChance)
            .to_string()
            .parse()
            .expect("an identifier reads back as any kind of identifier")
    }

    /// The same desk, at which identifiers do not say when they were made: that of an address in some log does not say of
    /// another that both were made in one moment.
    pub(crate) fn with_undated_ids(&self) -> Self {
        const YEAR: u64 = 365 * 86_400;
        let mut random = [0_u8; 8];
        record::Chance::fill(&mut SystemChance, &mut random);
        let before = i64::try_from(u64::from_le_bytes(random) % YEAR).unwrap_or_default();
        Self { ids_of: self.now.plus_seconds(-before), ..self.clone() }
    }

    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        match &self.session {
            Some(session) => self.db.begin_within(self.actor, self.now, session).await,
            None => self.db.begin(self.actor, self.now).await,
        }
    }

    /// What was typed, with why it is late where that was said.
    pub(crate) fn explained(&self, typed: &Typed) -> Typed {
        let mut typed = typed.clone();
        let at = Name::of(standing::LATE_REASON);
        if let Some(why) = self.why_late.as_deref().filter(|_| typed.get(&at).is_none()) {
            typed.put(at, why);
        }
        typed
    }

    /// Reads a form that is done in one step: the page on which it was typed has no box for why it is late, so that is
    /// asked apart, and only once all else is right.
    pub(crate) fn read(
        &self,
        form: &Form,
        typed: &Typed,
        about: &[RecordId],
        around: &Around,
    ) -> Result<Act, CaseError> {
        read(self.pack(), form, typed, about, around, self.now).map_err(|problems| {
            let (late, problems): (Vec<_>, Vec<_>) =
                problems.into_iter().partition(|problem| problem.at.field == standing::LATE_REASON);
            if problems.is_empty() {
                let how = |problem: FieldProblem| problem.message.trim_end_matches(SAY_WHY_LATE).trim_end().to_owned();
                CaseError::SayWhyLate(late.into_iter().map(how).collect())
            } else {
                CaseError::Problems(problems)
            }
        })
    }

    pub(crate) fn form(&self, id: &str) -> Result<&Form, CaseError> {
        self.pack().form(id).ok_or(CaseError::Closed)
    }
}

/// What a form may refer to here: the staff and teams of the organisation, known people, entries of the record.
#[derive(Default)]
pub(crate) struct Around {
    pub colleagues: Arc<Colleagues>,
    pub people: BTreeSet<PersonId>,
    pub teams: BTreeSet<TeamId>,
    pub entries: BTreeMap<EntryId, (RecordId, String)>,
    /// Whose the records are that the act is about.
    pub holders: BTreeMap<RecordId, PersonId>,
    /// The files that were sent for this draft.
    pub files: BTreeMap<FileId, SentFile>,
    /// The record under whose key what is sent for all lies.
    pub front: Option<RecordId>,
}

impl Directory for Around {
    fn knows_person(&self, person: PersonId) -> bool {
        self.people.contains(&person)
    }
    fn knows_staff(&self, person: PersonId) -> bool {
        self.colleagues.staff.contains_key(&person)
    }
    fn knows_team(&self, team: TeamId) -> bool {
        self.teams.contains(&team) || self.colleagues.teams.contains_key(&team)
    }
    fn form_of_entry(&self, record: RecordId, entry: EntryId) -> Option<&str> {
        self.entries.get(&entry).filter(|(stands_in, _)| *stands_in == record).map(|(_, form)| form.as_str())
    }
    fn holder(&self, record: RecordId) -> Option<PersonId> {
        self.holders.get(&record).copied()
    }
    fn sent(&self, file: FileId, part: Option<RecordId>) -> Option<&Sent> {
        // A file goes only where it was sent: one child's never into what stands for all.
        let found = self.files.get(&file).filter(|found| Some(found.record) == part.or(self.front))?;
        Some(&found.sent)
    }
}

impl Around {
    /// With whose records these are.
    pub fn about(mut self, grants: &BTreeMap<RecordId, Grant<'_, Write>>) -> Self {
        self.holders = grants.iter().filter_map(|(record, grant)| Some((*record, grant.holder()?))).collect();
        self
    }

    /// Everybody whom what was typed refers to and who exists.
    pub async fn of(tx: &Tx, form: &Form, typed: &Typed) -> Result<Self, StoreError> {
        let colleagues = tx.colleagues().await?;
        let people: Vec<PersonId> =
            named(form, typed, |kind| matches!(kind, policy::FieldKind::Person | policy::FieldKind::People));
        let entries: Vec<EntryId> = named(form, typed, |kind| matches!(kind, policy::FieldKind::Entry { .. }));
        let (people, entries) = (tx.known_people(&people).await?, tx.known_entries(&entries).await?);
        Ok(Self { colleagues, people, entries, ..Self::default() })
    }
}

/// What was typed into fields of such a kind, where it is an identifier at all.
fn named<T: std::str::FromStr>(form: &Form, typed: &Typed, kind: impl Fn(&policy::FieldKind) -> bool) -> Vec<T> {
    let fields: BTreeSet<_> = form.fields().filter(|field| kind(&field.kind)).map(|field| field.id.as_str()).collect();
    typed
        .pairs()
        .filter(|(name, _)| name.part.is_none() && fields.contains(name.field.as_str()))
        .filter_map(|(_, value)| value.trim().parse().ok())
        .collect()
}

/// The author as they are now: name, designation and team (R-OBS-06).
pub(crate) fn author(actor: Actor, colleagues: &Colleagues) -> Result<Author, CaseError> {
    let person = actor.person().ok_or(CaseError::NoRight)?;
    let one = colleagues.staff.get(&person).ok_or(CaseError::NoRight)?;
    let team = one.team.and_then(|team| colleagues.teams.get(&team)).map_or_else(String::new, |team| team.name.clone());
    Ok(Author { person, name: one.name.clone(), designation: one.designation.clone(), team })
}

/// One entry of an act that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// In which record.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
}

/// Reads a form and keeps what follows from it in each record that it is about: what is done in one step, without a draft.
///
/// # Errors
/// [`CaseError::Problems`] with each box that must be put right; [`CaseError::SayWhyLate`] where it is late and the desk has
/// no reason.
pub(crate) async fn write(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    form: &Form,
    typed: &Typed,
    around: &Around,
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<Vec<Written>, CaseError> {
    let about: Vec<RecordId> = grants.keys().copied().collect();
    let typed = &desk.explained(typed);
    let mut read = desk.read(form, typed, &about, around)?;
    let wrong = rests_on_the_wrong(desk, tx, form, &read, grants, &BTreeMap::new()).await?;
    if !wrong.is_empty() {
        return Err(CaseError::Problems(wrong));
    }
    let author = author(desk.actor, &around.colleagues)?;
    let late = done_late(desk, tx, form, (&mut read, typed, &author), grants).await?;
    if !late.is_empty() {
        return Err(CaseError::SayWhyLate(late));
    }
    keep(desk, tx, act, form, &read, (&author, &around.colleagues), grants).await
}

/// Keeps what follows from an act in each record that it is about.
pub(crate) async fn keep(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    form: &Form,
    read: &Act,
    (author, colleagues): (&Author, &Colleagues),
    grants: &BTreeMap<RecordId, Grant<'_, Write>>,
) -> Result<Vec<Written>, CaseError> {
    tx.keep_form(&form.hash, &form.id, form.version, || desk.pack().canonical_form(form)).await?;
    let mut written = Vec::new();
    for (record, grant) in grants {
        let about = About { record: *record, holder: grant.holder(), entry: desk.new_id() };
        let mut changes = complete(desk.pack(), form, read, author, &[about], desk.now);
        if authorising::needs_nobody(tx, form, *record).await? {
            changes = self_authorised(desk.pack(), form, changes, about);
        }
        if let Some(worker) = grant.stands_in_for() {
            let name = colleagues.staff.get(&worker).map_or_else(String::new, |one| one.name.clone());
            mark_on_behalf(&mut changes, &Colleague { person: worker, name });
        }
        tx.keep(grant, act, changes).await?;
        written.push(Written { record: *record, entry: about.entry });
    }
    Ok(written)
}

/// Of an act that writes with several forms: all that must be put right is said first, and then once what is late.
pub(crate) fn nothing_in_the_way(problems: Vec<FieldProblem>, mut late: Vec<String>) -> Result<(), CaseError> {
    if !problems.is_empty() {
        return Err(CaseError::Problems(problems));
    }
    late.sort();
    late.dedup();
    if late.is_empty() { Ok(()) } else { Err(CaseError::SayWhyLate(late)) }
}
