//! The one door. A transaction belongs to somebody; [`Tx::authorise`] asks `record::access`, writes the leaf and
//! gives a [`Grant`], which cannot be made elsewhere and ends with the transaction. Every function of this crate that
//! touches a record's content wants one.

use std::{
    collections::{BTreeMap, BTreeSet},
    marker::PhantomData,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::civil::Date;
use ledger::leaf::{Actor as LeafActor, ActorKind, Leaf};
use policy::{Capability, Relation};
use record::{
    EntryId, Moment, PersonId, RecordId,
    access::{
        Decision, Refusal, Restricted, Situation, Standing, decide, emergency_since, reach, shift, stands_in_for,
    },
    fact::{Assertion, Subject},
    id::Id,
    known,
    looked::Why,
};
use tokio::sync::OnceCell;

use crate::{
    Db,
    engine::{Conn, Piece, Row, Statement, StoreError, args},
    files::FilesAtHand,
    keys::{RecordKey, SystemChance},
    log::{CHANGES, NewLeaf, readings_of},
    obligations::Touched,
    same::{GroupRow, Twin},
    still::{self, Opened},
    support::SUPPORT,
    writer::Plan,
};

/// The code of an account, and of somebody's work here, that goes on.
pub(crate) const OPEN: &str = "open";

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Person(PersonId),
    /// A signed-in person of support. Whoever is of the other kind than their account is nobody here.
    Support(PersonId),
    /// The program itself, on a job with this name: greppable, and in the ledger as what it is.
    System(&'static str),
}

impl Actor {
    /// The person, if it is one.
    pub const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) | Self::Support(person) => Some(person),
            Self::System(_) => None,
        }
    }
}

/// Why somebody may not, or why nobody could tell.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Closed to this person, or not there: the same answer for both.
    #[error("closed or absent")]
    Closed,
    /// Their role has no such right at all, on any record; it gives nothing away to say so.
    #[error("not among this person's rights")]
    NoRight,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Something done to one record.
pub trait Action: Copy {
    /// The capability that it needs.
    fn capability(&self) -> Capability;
    /// Its name in the ledger.
    fn name(&self) -> &'static str;
    /// What in the record it is done to, for the ledger, where that is known before it is read.
    fn thing(&self) -> Option<String> {
        None
    }
    /// Whether it changes the record; a reading otherwise.
    const CHANGES: bool;
    /// Whether a reading reads every record of a child who has several.
    const FOLLOWS: bool = !Self::CHANGES;
    /// Whether it shows addresses that must be kept from somebody.
    const REVEALS: bool = false;
    /// Whether support may do it in a record that was opened to them. Nothing is, that does not say so itself: to print, to
    /// search, to have a file is more than to look.
    const BY_SUPPORT: bool = false;
    /// Whether it reads what is kept in the confidential section.
    const OPENS_SECTION: bool = false;
}

/// Reading: the front page, the chronology, an entry.
#[derive(Clone, Copy, Debug)]
pub struct Read(pub &'static str);
impl Action for Read {
    fn capability(&self) -> Capability {
        Capability::ReadRecord
    }
    fn name(&self) -> &'static str {
        self.0
    }
    const CHANGES: bool = false;
    const BY_SUPPORT: bool = true;
}

/// Reading in order to do more than to look: to search, to choose a form, to have a file.
#[derive(Clone, Copy, Debug)]
pub struct ReadOn(pub &'static str);
impl Action for ReadOn {
    fn capability(&self) -> Capability {
        Capability::ReadRecord
    }
    fn name(&self) -> &'static str {
        self.0
    }
    const CHANGES: bool = false;
}

/// Reading something to put it on paper: whoever may read may print, and the ledger tells the two apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// The file front sheet.
    FrontSheet,
    /// The chronology.
    Chronology,
    /// A chronology made for a purpose: the entry that it is.
    MadeChronology(EntryId),
    /// One entry.
    Entry(EntryId),
}
impl Action for Print {
    fn capability(&self) -> Capability {
        Capability::ReadRecord
    }
    fn name(&self) -> &'static str {
        "printed"
    }
    fn thing(&self) -> Option<String> {
        Some(match self {
            Self::FrontSheet => "front-sheet".to_owned(),
            Self::Chronology => "chronology".to_owned(),
            Self::MadeChronology(made) => format!("chronology {made}"),
            Self::Entry(entry) => entry.to_string(),
        })
    }
    const CHANGES: bool = false;
}

/// Writing an entry with a form that needs this capability.
#[derive(Clone, Copy, Debug)]
pub struct Write(pub Capability);
impl Action for Write {
    fn capability(&self) -> Capability {
        self.0
    }
    fn name(&self) -> &'static str {
        match self.0 {
            // Whoever is refused this did not try to write.
            Capability::OpenInEmergency => "open-in-emergency",
            _ => "write",
        }
    }
    const CHANGES: bool = true;
}

/// Reading one record under another capability than reading a child's: the organisation's own, who looked.
#[derive(Clone, Copy, Debug)]
pub struct ReadUnder(pub Capability, pub &'static str);
impl Action for ReadUnder {
    fn capability(&self) -> Capability {
        self.0
    }
    fn name(&self) -> &'static str {
        self.1
    }
    const CHANGES: bool = false;
}

/// Comparing what each of two records says of a person who may be one: names, numbers, facts, and no entry.
#[derive(Clone, Copy, Debug)]
pub struct Compare;
impl Action for Compare {
    fn capability(&self) -> Capability {
        Capability::JoinPeople
    }
    fn name(&self) -> &'static str {
        "compare-people"
    }
    const CHANGES: bool = false;
    const FOLLOWS: bool = false;
}

/// Reading the addresses of a record that must be kept from somebody, by whoever has just said why.
#[derive(Clone, Copy, Debug)]
pub struct Reveal;
impl Action for Reveal {
    fn capability(&self) -> Capability {
        Capability::RevealAddress
    }
    fn name(&self) -> &'static str {
        "reveal-addresses"
    }
    const CHANGES: bool = false;
    const REVEALS: bool = true;
}

/// Permission to do one thing to one record, within one transaction.
pub struct Grant<'tx, A> {
    pub(crate) record: RecordId,
    pub(crate) row: RecordRow,
    pub(crate) key: RecordKey,
    action: A,
    relation: Relation,
    actor: Option<PersonId>,
    /// Other records of the same child that a reading reads as well.
    pub(crate) twins: Vec<Twin>,
    /// How many more there are that are not open to this reader.
    pub(crate) closed_twins: usize,
    /// What is kept in the confidential section, and whether this reader may open that.
    pub(crate) kept: BTreeSet<EntryId>,
    pub(crate) may_open_section: bool,
    _ends_with: PhantomData<&'tx Tx>,
}

impl<A> Grant<'_, A> {
    /// To write the first entries of a record that this same transaction makes.
    pub(crate) fn new(record: RecordId, holder: Option<PersonId>, key: RecordKey, action: A) -> Self {
        let row = RecordRow {
            number: 0,
            holder,
            version: 0,
            wrapped_key: Vec::new(),
            situation: Situation::default(),
            one: None,
            owed_under: None,
            first_written: None,
        };
        let (relation, twins) = (Relation::Any, Vec::new());
        let kept = BTreeSet::new();
        Self {
            record,
            row,
            key,
            action,
            relation,
            actor: None,
            twins,
            closed_twins: 0,
            kept,
            may_open_section: false,
            _ends_with: PhantomData,
        }
    }
}

impl<'tx, A: Action> Grant<'tx, A> {
    /// What the door gives. Only for this crate's own doors; who may have it has been decided.
    pub(crate) fn given(
        tx: &'tx Tx,
        record: RecordId,
        row: RecordRow,
        action: A,
        relation: Relation,
    ) -> Result<Self, StoreError> {
        let key = tx.db.keys().unwrap(record, &row.wrapped_key)?;
        let (actor, twins) = (tx.actor().person(), Vec::new());
        let kept = BTreeSet::new();
        Ok(Self {
            record,
            row,
            key,
            action,
            relation,
            actor,
            twins,
            closed_twins: 0,
            kept,
            may_open_section: false,
            _ends_with: PhantomData,
        })
    }
    /// The record.
    pub const fn record(&self) -> RecordId {
        self.record
    }
    /// Whose record it is; none for the organisation's own.
    pub const fn holder(&self) -> Option<PersonId> {
        self.row.holder
    }
    /// The record's number, shown to people as `R-10482`.
    pub const fn number(&self) -> i64 {
        self.row.number
    }
    /// What for.
    pub const fn action(&self) -> A {
        self.action
    }
    /// Through which relation it was given.
    pub const fn relation(&self) -> Relation {
        self.relation
    }
    /// For whom this person stands in here, where that is how the permission was given.
    pub fn stands_in_for(&self) -> Option<PersonId> {
        if self.relation != Relation::Covers {
            return None;
        }
        self.actor.and_then(|actor| stands_in_for(actor, &self.row.situation))
    }
    /// Whether facts that it reads hide addresses: what a form is filled with, too.
    pub(crate) const fn hides_addresses(&self) -> bool {
        self.row.situation.protected && !A::REVEALS
    }
    /// Who the record is allocated to, and which teams.
    pub const fn situation(&self) -> &Situation {
        &self.row.situation
    }
}

/// Permission of one of the program's own jobs to open sealed narrative of any record, within one transaction. Whoever
/// looks for who may do so finds every place by this name, and every time in the ledger.
pub(crate) struct SystemGrant<'tx> {
    _ends_with: PhantomData<&'tx Tx>,
}

impl<'tx> SystemGrant<'tx> {
    /// Leaves the leaf: which job, and what it opens.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for a person: no role has this.
    pub fn for_job(tx: &'tx Tx, act: &'static str, thing: &str) -> Result<Self, Refused> {
        match tx.actor {
            Actor::Person(_) | Actor::Support(_) => Err(Refused::NoRight),
            Actor::System(_) => {
                tx.leave(act, None, Some(thing.to_owned()), "", &[], false);
                Ok(Self { _ends_with: PhantomData })
            }
        }
    }
}

/// What the door reads of a record.
pub(crate) struct RecordRow {
    pub number: i64,
    pub holder: Option<PersonId>,
    pub version: i64,
    wrapped_key: Vec<u8>,
    pub situation: Situation,
    /// Who stands for its child, where the child was made twice.
    pub one: Option<PersonId>,
    /// By which rules what it owes was worked out.
    owed_under: Option<String>,
    /// When its first entry was written.
    pub first_written: Option<Moment>,
}

/// A transaction: one moment of the database, for one actor, and what they are about to change.
pub struct Tx {
    pub(crate) db: Db,
    conn: tokio::sync::Mutex<Conn>,
    actor: Actor,
    now: Moment,
    /// How the person stands, and the version of the organisation's record that says so.
    standing: OnceCell<(Standing, i64)>,
    plan: Mutex<Plan>,
    changed: Mutex<BTreeSet<RecordId>>,
    /// What this transaction has put into lines of facts so far: the snapshot does not show it.
    pub(crate) asserted: Mutex<Vec<Assertion>>,
    files: Mutex<FilesAtHand>,
    /// Whom this transaction has joined or parted so far.
    pub(crate) regrouped: Mutex<BTreeSet<PersonId>>,
    /// What it has changed of what children's records owe.
    touched: Mutex<BTreeMap<RecordId, Touched>>,
    /// The session in which somebody asks, by its hash.
    session: Option<Vec<u8>>,
    /// The records of which a reading shows something.
    opened: Mutex<BTreeSet<Opened>>,
}

impl Tx {
    pub(crate) fn new(db: Db, conn: Conn, (actor, now, session): (Actor, Moment, Option<Vec<u8>>)) -> Self {
        Self {
            db,
            conn: tokio::sync::Mutex::new(conn),
            actor,
            now,
            standing: OnceCell::new(),
            plan: Mutex::default(),
            changed: Mutex::default(),
            asserted: Mutex::default(),
            files: Mutex::default(),
            regrouped: Mutex::default(),
            touched: Mutex::default(),
            session,
            opened: Mutex::default(),
        }
    }

    /// Who acts.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// The moment of this transaction.
    pub const fn now(&self) -> Moment {
        self.now
    }

    /// A new identifier's randomness.
    pub fn chance(&self) -> SystemChance {
        SystemChance
    }

    /// The same transaction, as somebody of support.
    pub(crate) fn of_support(mut self, person: PersonId) -> Self {
        self.actor = Actor::Support(person);
        self
    }

    pub(crate) async fn conn(&self) -> tokio::sync::MutexGuard<'_, Conn> {
        self.conn.lock().await
    }

    pub(crate) async fn query(
        &self,
        sql: impl Into<std::borrow::Cow<'static, str>>,
        args: Vec<crate::engine::Arg>,
    ) -> Result<Vec<Row>, StoreError> {
        self.conn.lock().await.query(sql, args).await
    }

    pub(crate) fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn files_at_hand(&self) -> MutexGuard<'_, FilesAtHand> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn opened(&self) -> MutexGuard<'_, BTreeSet<Opened>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn session(&self) -> Option<Vec<u8>> {
        self.session.clone()
    }

    /// The version of the organisation's record by which something was decided here.
    pub(crate) fn organisation_seen(&self) -> Option<i64> {
        self.standing.get().map(|(_, version)| *version)
    }

    pub(crate) fn touched(&self) -> MutexGuard<'_, BTreeMap<RecordId, Touched>> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn then(&self, statement: Statement) {
        self.plan().statements.push(statement);
    }

    /// The organisation's own record, asked on this transaction's connection: whoever holds one must never wait for
    /// another.
    pub(crate) async fn organisation(&self) -> Result<Option<RecordId>, StoreError> {
        if let Some(known) = self.db.known_organisation() {
            return Ok(Some(known));
        }
        let rows = self.query("select id from record where kind = 'organisation'", args![]).await?;
        let found = rows.first().map(|row| row.parsed(0, "record", "id")).transpose()?;
        if let Some(found) = found {
            self.db.know_organisation(found);
        }
        Ok(found)
    }

    /// How this transaction's person stands: roles, teams, account.
    pub async fn standing(&self) -> Result<&Standing, StoreError> {
        let (standing, _) = self
            .standing
            .get_or_try_init(|| async {
                let (Some(person), Some(organisation)) = (self.actor.person(), self.organisation().await?) else {
                    return Ok::<_, StoreError>((Standing::default(), 0));
                };
                let day = self.now.day();
                let yesterday = day.yesterday().unwrap_or(day);
                let rows = self
                    .query(
                        "select 'account', kind, state from account where person = $1
                         union all
                         select 'version', '', cast(version as text) from record where id = $2
                         union all
                         select kind, subject, value from fact
                         where record = $2 and subject = $3 and kind in ('staff-role', 'staff-team', 'account-status')
                           and from_day <= $4 and (until_day is null or until_day > $4)
                         union all
                         select kind, subject, value from fact
                         where record = $2 and kind = 'team-manager' and value = $1
                           and from_day <= $4 and (until_day is null or until_day > $4)
                         union all
                         select kind, from_day, value from fact
                         where record = $2 and subject = $3 and kind = 'duty-shift'
                           and from_day <= $4 and from_day >= $5 and (until_day is null or until_day > from_day)",
                        args![person, organisation, Subject::Person(person), day, yesterday],
                    )
                    .await?;
                let emergency_since = emergency_since(self.db.pack(), self.now);
                let (mut standing, mut version, mut ended) =
                    (Standing { emergency_since, ..Standing::default() }, 0, false);
                for row in rows {
                    let value = row.text(2)?;
                    match row.text(0)?.as_str() {
                        "account" => {
                            let support = matches!(self.actor, Actor::Support(_));
                            standing.support_at = support.then_some(self.now);
                            standing.active = value == OPEN && support == (row.text(1)? == SUPPORT);
                        }
                        "version" => version = row.parsed(2, "record", "version")?,
                        // Whoever leaves on a day is out on that day, whether or not anybody closed the account.
                        known::ACCOUNT_STATUS => ended |= value != OPEN,
                        known::DUTY_SHIFT => {
                            let begins: Date = row.parsed(1, "fact", "from_day")?;
                            let now = self.now.london();
                            if shift(begins, &value).is_some_and(|(from, to)| from <= now && now < to) {
                                standing.on_duty_since = Some(begins);
                            }
                        }
                        known::STAFF_ROLE => standing.roles.extend(value.split(' ').map(str::to_owned)),
                        known::STAFF_TEAM => {
                            let teams =
                                value.split(' ').map(str::parse::<record::TeamId>).collect::<Result<Vec<_>, _>>();
                            standing.teams.extend(
                                teams.map_err(|_| StoreError::Inconsistent { table: "fact", column: "value" })?,
                            );
                        }
                        _ => {
                            if let Subject::Team(team) = row.parsed(1, "fact", "subject")? {
                                standing.manages.insert(team);
                            }
                        }
                    }
                }
                standing.active &= !ended;
                Ok((standing, version))
            })
            .await?;
        Ok(standing)
    }

    /// The version of the organisation's record that this transaction sees; none for the system's own jobs.
    pub(crate) async fn organisation_version(&self) -> Result<Option<i64>, StoreError> {
        self.standing().await?;
        Ok(self.standing.get().map(|(_, version)| *version).filter(|version| *version > 0))
    }

    /// The relations under which this person has a capability: what lists filter by.
    pub async fn reach(&self, capability: Capability) -> Result<BTreeSet<Relation>, StoreError> {
        match self.actor {
            Actor::System(_) => Ok([Relation::Any].into()),
            Actor::Person(_) | Actor::Support(_) => Ok(reach(self.db.pack(), self.standing().await?, capability)),
        }
    }

    /// May this be done to this record? Writes the leaf, of a yes and of a no.
    ///
    /// # Errors
    /// [`Refused::Closed`] for what is closed to this person and for what is not there, with no way to tell which.
    pub async fn authorise<A: Action>(&self, action: A, record: RecordId, why: &str) -> Result<Grant<'_, A>, Refused> {
        let (row, group) = self.row_in_group(record).await?;
        let situation = row.as_ref().map(|row| &row.situation);
        let decision = match self.decide(action.capability(), situation).await? {
            _ if row.is_none() => Decision::Refuse(Refusal::NoRelation),
            Decision::Allow(Relation::Support) if !A::BY_SUPPORT => Decision::Refuse(Refusal::NoRole),
            decision => decision,
        };
        match (decision, row) {
            (Decision::Allow(relation), Some(row)) => {
                let grant = Grant::given(self, record, row, action, relation)?;
                if !A::CHANGES {
                    let why = self.purpose(relation, &grant.row.situation, why);
                    self.leave(action.name(), Some(record), action.thing(), &why, &[], false);
                    let version = Some(grant.row.version);
                    let capability = action.capability();
                    self.opens(Opened { capability, record, version, through: Some(relation) });
                }
                let keeps = grant.row.situation.confidential || group.iter().any(|other| other.situation.confidential);
                let mut grant =
                    if group.len() > 1 && A::FOLLOWS { self.with_twins(grant, group, why).await? } else { grant };
                if keeps && !A::OPENS_SECTION {
                    grant.kept = self.kept_in(&grant.records()).await?;
                    grant.may_open_section = self.may(Capability::ReadConfidential, &grant).await?;
                }
                Ok(grant)
            }
            (decision, row) => {
                let word = match decision {
                    Decision::Refuse(refusal) => refusal.name(),
                    Decision::Allow(_) => "absent",
                };
                self.refuse(action.name(), row.map(|_| record), word).await?;
                Err(Refused::Closed)
            }
        }
    }

    /// The record in which something new about this child is written: that of who stands for all, where it is open.
    pub async fn in_front<A: Action>(&self, action: A, record: RecordId) -> Result<RecordId, StoreError> {
        let Some(one) = self.record_row(record).await?.and_then(|row| row.one) else { return Ok(record) };
        for other in self.group_rows(one).await? {
            if other.holder == one
                && matches!(self.decide(action.capability(), Some(&other.situation)).await?, Decision::Allow(_))
            {
                return Ok(other.record);
            }
        }
        Ok(record)
    }

    /// A reading reads every record of the child that is open to this reader, the one of who stands for all in front.
    async fn with_twins<'tx, A: Action>(
        &'tx self,
        mut grant: Grant<'tx, A>,
        group: Vec<GroupRow>,
        why: &str,
    ) -> Result<Grant<'tx, A>, Refused> {
        let action = grant.action;
        for other in group {
            if other.record == grant.record || grant.twins.iter().any(|twin| twin.record == other.record) {
                continue;
            }
            let Decision::Allow(relation) = self.decide(action.capability(), Some(&other.situation)).await? else {
                grant.closed_twins += 1;
                continue;
            };
            let why = self.purpose(relation, &other.situation, why);
            self.leave(action.name(), Some(other.record), None, &why, &[], false);
            let capability = action.capability();
            self.opens(Opened { capability, record: other.record, version: None, through: Some(relation) });
            let key = self.db.keys().unwrap(other.record, &other.wrapped_key)?;
            let mut twin = Twin { record: other.record, number: other.number, holder: other.holder, key };
            if Some(other.holder) == grant.row.one {
                // Old links lead to the one who stands for all.
                if let Some(row) = self.record_row(other.record).await? {
                    let behind = std::mem::replace(&mut grant.record, other.record);
                    std::mem::swap(&mut grant.key, &mut twin.key);
                    let row = std::mem::replace(&mut grant.row, RecordRow { situation: other.situation, ..row });
                    grant.relation = relation;
                    let holder = row.holder.unwrap_or(other.holder);
                    twin = Twin { record: behind, number: row.number, holder, key: twin.key };
                }
            }
            grant.twins.push(twin);
        }
        Ok(grant)
    }

    /// May this be done at all, where it is about no record: searching people, managing staff?
    pub async fn permit(&self, capability: Capability) -> Result<(), Refused> {
        match self.decide(capability, None).await? {
            Decision::Allow(_) => Ok(()),
            Decision::Refuse(refusal) => {
                self.refuse(capability.name(), None, refusal.name()).await?;
                Err(Refused::NoRight)
            }
        }
    }

    /// Whether something else could be done to a record that is already open here: what a page offers. Decides
    /// nothing; the act itself asks the door again.
    pub async fn may<A: Action>(&self, capability: Capability, grant: &Grant<'_, A>) -> Result<bool, StoreError> {
        Ok(matches!(self.decide(capability, Some(grant.situation())).await?, Decision::Allow(_)))
    }

    /// What a leaf says of why: through which relation and in whose place, and what the caller gave.
    fn purpose(&self, relation: Relation, situation: &Situation, why: &str) -> String {
        // The program's own jobs stand to nobody.
        let through = self.actor.person().map(|_| relation);
        let for_whom = self.actor.person().and_then(|actor| stands_in_for(actor, situation));
        Why { through, for_whom, said: why.to_owned() }.to_string()
    }

    /// The same of what is read under a permission that was given already.
    pub(crate) fn purpose_of<A: Action>(&self, grant: &Grant<'_, A>) -> String {
        self.purpose(grant.relation, &grant.row.situation, "")
    }

    /// Says something about the whole database in a leaf of its own: that its past is invented.
    pub fn declare(&self, what: &str) {
        self.leave("declared", None, None, what, &[], true);
    }

    pub(crate) async fn decide(
        &self,
        capability: Capability,
        situation: Option<&Situation>,
    ) -> Result<Decision, StoreError> {
        Ok(match self.actor {
            Actor::System(_) => Decision::Allow(Relation::Any),
            Actor::Person(person) | Actor::Support(person) => {
                decide(self.db.pack(), person, self.standing().await?, capability, situation)
            }
        })
    }

    pub(crate) async fn refuse(&self, what: &str, record: Option<RecordId>, why: &str) -> Result<(), StoreError> {
        let leaf = self.leaf("refused", record, Some(what.to_owned()), why, &[], false);
        self.db.apply(Plan { statements: Vec::new(), leaves: vec![leaf] }).await
    }

    /// A record as the door sees it: where its child was made twice, with what the child's other records say of who may read
    /// them, and those records.
    pub(crate) async fn row_in_group(
        &self,
        record: RecordId,
    ) -> Result<(Option<RecordRow>, Vec<GroupRow>), StoreError> {
        let mut row = self.record_row(record).await?;
        let mut group = Vec::new();
        if let Some(row) = &mut row
            && let Some(one) = row.one
        {
            group = self.group_rows(one).await?;
            if let Some(own) = group.iter().find(|own| own.record == record) {
                row.situation = own.situation.clone();
            }
        }
        Ok((row, group))
    }

    pub(crate) async fn record_row(&self, record: RecordId) -> Result<Option<RecordRow>, StoreError> {
        let kinds = situation_kinds();
        let rows = self
            .query(
                format!("select r.number, r.kind, r.holder, r.wrapped_key, r.version, s.one, r.owed_under, f.kind, f.value, f.other, f.from_day,
                 {PROTECTED}, (select min(e.written) from entry e where e.record = r.id)
                 from record r left join same_person s on s.person = r.holder left join fact f on f.record = r.id and f.subject = $2
                   and f.kind in ({kinds})
                   and f.from_day <= $3 and (f.until_day is null or f.until_day > $3)
                 where r.id = $1"),
                args![record, Subject::Record(record), self.now.day()],
            )
            .await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut situation = Situation {
            organisation: first.text(1)? == "organisation",
            protected: first.int(11)? > 0,
            ..Situation::default()
        };
        for row in &rows {
            situate(&mut situation, row, 7)?;
        }
        Ok(Some(RecordRow {
            number: first.int(0)?,
            holder: first.opt_parsed(2, "record", "holder")?,
            wrapped_key: first.blob(3)?,
            version: first.int(4)?,
            situation,
            one: first.opt_parsed(5, "same_person", "one")?,
            owed_under: first.opt_text(6)?,
            first_written: first.opt_parsed(12, "entry", "written")?,
        }))
    }

    /// Adds a leaf to what will be committed.
    pub(crate) fn leave(
        &self,
        act: &str,
        record: Option<RecordId>,
        thing: Option<String>,
        why: &str,
        shown: &[String],
        change: bool,
    ) {
        let leaf = self.leaf(act, record, thing, why, shown, change);
        self.plan().leaves.push(leaf);
    }

    pub(crate) fn leaf(
        &self,
        act: &str,
        record: Option<RecordId>,
        thing: Option<String>,
        why: &str,
        shown: &[String],
        change: bool,
    ) -> NewLeaf {
        let leaf = Leaf {
            act: act.to_owned(),
            record: record.map(|record| record.to_string()),
            thing,
            purpose: why.to_owned(),
            shown: shown.to_vec(),
            ..self.blank_leaf()
        };
        self.new_leaf(&leaf, change)
    }

    pub(crate) fn actor_name(&self) -> String {
        match self.actor {
            Actor::Person(person) | Actor::Support(person) => person.to_string(),
            Actor::System(job) => job.to_owned(),
        }
    }

    pub(crate) fn blank_leaf(&self) -> Leaf {
        let actor = match self.actor {
            Actor::Person(person) => LeafActor { kind: ActorKind::Person, id: person.to_string() },
            Actor::Support(person) => LeafActor { kind: ActorKind::Support, id: person.to_string() },
            Actor::System(job) => LeafActor { kind: ActorKind::System, id: job.to_owned() },
        };
        Leaf {
            at: self.now.to_string(),
            actor,
            act: String::new(),
            record: None,
            thing: None,
            version: None,
            form: None,
            purpose: String::new(),
            commitment: None,
            shown: Vec::new(),
        }
    }

    pub(crate) fn new_leaf(&self, leaf: &Leaf, change: bool) -> NewLeaf {
        let id = next_leaf_id(self.now).to_string();
        let (log, looked) = if change {
            (CHANGES.to_owned(), Vec::new())
        } else {
            (readings_of(self.now), crate::looked::rows(&id, leaf))
        };
        NewLeaf { id, log, body: leaf.to_bytes(), looked }
    }

    /// Whether what this record owes was worked out by other rules than those in force.
    pub(crate) fn is_stale(&self, row: &RecordRow) -> bool {
        // One that was opened in this very act has no row yet.
        row.version > 0 && row.owed_under.as_deref() != Some(self.db.rules().key())
    }

    /// Holds the act to this record being as it was read: nobody changed it in between, its allocation included.
    pub(crate) fn hold_unchanged<A>(&self, grant: &Grant<'_, A>) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        if changed.insert(grant.record) {
            // What is owed is laid over rows by these rules, or all of it is written anew; never over rows that somebody
            // else's rules have put there since they were read.
            let held = if self.is_stale(&grant.row) {
                self.touch_stale(grant);
                "update record set version = version + 1, owed_under = $3 where id = $1 and version = $2"
            } else {
                "update record set version = version + 1, owed_under = $3
                 where id = $1 and version = $2 and coalesce(owed_under, $3) = $3"
            };
            self.then(
                Statement::one_row(held, args![grant.record, grant.row.version, self.db.rules().key()])
                    .of(Piece { of: grant.record, step: 0 }),
            );
        }
    }

    /// Ends the transaction and makes everything durable: what changed, and the leaves of what was read.
    ///
    /// Only after this may anything that was read be shown. It runs to its end even if the caller goes away.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody else changed the same record in between: begin again.
    /// [`StoreError::Withdrawn`] when what was read has been closed to its reader in between.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.owe().await?;
        let mut opened = std::mem::take(&mut *self.opened());
        let reads = self.plan().statements.is_empty();
        if !reads {
            // What an act changes is held to its version already, and it shows no list.
            let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner).clone();
            opened.retain(|one| one.through.is_some() && !changed.contains(&one.record));
        }
        let shows = !self.plan().leaves.is_empty();
        let guards = match self.actor {
            Actor::Person(_) | Actor::Support(_) if shows && reads => self.as_it_was_read(&opened).await?,
            Actor::Person(_) | Actor::Support(_) if shows => self.records_as_read(&opened).await?,
            _ => Vec::new(),
        };
        let asker = (self.actor, self.now, self.session);
        let mut plan = self.plan.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let (Some(person), Some((_, version)), false) =
            (self.actor.person(), self.standing.get(), plan.statements.is_empty())
        {
            // A change stands only if the person's account is still open when it is written, and nothing was entered
            // about staff, teams and roles since the door decided.
            let still_so = "select 1 from account a, record o
                where a.person = $1 and a.state = 'open' and o.id = $3 and o.version = $2";
            let args = args![person, *version, self.db.known_organisation()];
            plan.statements.insert(0, Statement::something(still_so, args));
        }
        let snapshot = self.conn.into_inner();
        if plan.is_empty() {
            return snapshot.rollback().await;
        }
        let db = self.db;
        let write = async move {
            if reads {
                return still::show(db, asker, (guards, opened), plan.leaves).await;
            }
            let statements = guards.into_iter().chain(plan.statements).collect();
            db.apply(Plan { statements, leaves: plan.leaves }).await
        };
        // What was read needs its snapshot no more, and nobody waits for it to end: what counts is the act.
        tokio::spawn(async move {
            if let Err(error) = snapshot.rollback().await {
                tracing::warn!(%error, "a reading connection was lost after its work");
            }
        });
        // It runs to its end even if the caller goes away.
        tokio::spawn(write).await.map_err(|error| StoreError::Engine(error.to_string()))?
    }
}

/// The kinds of fact that say how a record stands: [`situate`] knows each.
const SITUATION: [&str; 10] = [
    known::ALLOCATED_WORKER,
    known::ALLOCATED_TEAM,
    known::COVERED_BY,
    known::OPENED_ON_DUTY,
    known::OPENED_IN_EMERGENCY,
    known::OPENED_TO_SUPPORT,
    known::RESTRICTION,
    known::RESTRICTED_TO,
    known::CONFLICT,
    known::KEPT_CONFIDENTIAL,
];

/// Whether an address in a record `r` must be kept from somebody, on the day that is the third argument of the query.
pub(crate) const PROTECTED: &str = "(select count(*) from fact p where p.record = r.id and p.kind = 'address-protected'
    and p.value = 'yes' and p.from_day <= $3 and (p.until_day is null or p.until_day > $3))";

/// The same, as a query lists them.
pub(crate) fn situation_kinds() -> String {
    SITUATION.map(|kind| format!("'{kind}'")).join(", ")
}

/// Adds to how a record stands what one of its facts says: its kind, value, other person and first day, from this
/// column on.
pub(crate) fn situate(situation: &mut Situation, row: &Row, at: usize) -> Result<(), StoreError> {
    match row.opt_text(at)?.as_deref() {
        Some(known::ALLOCATED_WORKER) => {
            situation.workers.insert(row.parsed(at + 1, "fact", "value")?);
        }
        Some(known::COVERED_BY) => {
            if let Some(worker) = row.opt_parsed(at + 2, "fact", "other")? {
                situation.covers.insert((row.parsed(at + 1, "fact", "value")?, worker));
            }
        }
        Some(known::OPENED_ON_DUTY) => {
            let opened = (row.parsed(at + 1, "fact", "value")?, row.parsed(at + 3, "fact", "from_day")?);
            situation.opened_on_duty.insert(opened);
        }
        Some(known::OPENED_IN_EMERGENCY) => {
            if let Some(opened_by) = row.opt_parsed(at + 2, "fact", "other")? {
                situation.opened_in_emergency.insert((opened_by, row.parsed(at + 1, "fact", "value")?));
            }
        }
        Some(known::OPENED_TO_SUPPORT) => {
            if let Some(whom) = row.opt_parsed(at + 2, "fact", "other")? {
                situation.opened_to_support.insert((whom, row.parsed(at + 1, "fact", "value")?));
            }
        }
        Some(known::RESTRICTION) => {
            situation.restriction =
                Some(Restricted { kind: row.text(at + 1)?, since: row.parsed(at + 3, "fact", "from_day")? });
        }
        Some(known::RESTRICTED_TO) => {
            let named = (row.parsed(at + 1, "fact", "value")?, row.parsed(at + 3, "fact", "from_day")?);
            situation.named.insert(named);
        }
        Some(known::CONFLICT) => {
            situation.conflicts.insert(row.parsed(at + 1, "fact", "value")?);
        }
        Some(known::KEPT_CONFIDENTIAL) => situation.confidential |= !row.text(at + 1)?.is_empty(),
        Some(known::ALLOCATED_TEAM) => {
            situation.teams.insert(row.parsed(at + 1, "fact", "value")?);
        }
        // One that is asked for and not known here would open or close a record by chance.
        Some(_) => return Err(StoreError::Inconsistent { table: "fact", column: "kind" }),
        None => {}
    }
    Ok(())
}

/// Identifiers of leaves made by one process follow each other, so that leaves of the same millisecond are numbered in
/// the order in which they were made.
fn next_leaf_id(now: Moment) -> Id {
    static LAST: Mutex<Option<Id>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let fresh = Id::new(now, &mut SystemChance);
    // A clock that was set back, or a past that is invented, begins a row of its own.
    let id = last.filter(|last| last.same_millisecond(fresh)).map_or(fresh, |last| fresh.after(last));
    *last = Some(id);
    id
}
