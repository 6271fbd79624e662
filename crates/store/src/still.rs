//! Whether what was read may still be shown: asked where its leaf is written.
//!
//! A reading sees one moment of the database, and its leaf is written a little later. In between somebody may have taken
//! away what let the reader in: the child was given to somebody else, a role ended, their session was. So the leaf stands
//! only while session, account, organisation and each record that was opened are as they were read. Where one of them is
//! not, the door is asked anew; what is open no longer is not shown, and has no leaf. On PostgreSQL those rows are held
//! until the leaf is on disk, so that whoever takes something away waits for it; of the records of a list they are not,
//! which would write to each of them.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Capability, Relation};
use record::{Moment, RecordId, access::Decision};

use crate::{
    Db,
    door::{Actor, Tx},
    engine::{Statement, StoreError, among, args, as_json},
    log::NewLeaf,
    writer::Plan,
};

/// A record of which a reading shows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Opened {
    /// Under what.
    pub capability: Capability,
    /// Which.
    pub record: RecordId,
    /// Its version, where that was read with it.
    pub version: Option<i64>,
    /// Through which relation, as the leaf says; none for what a list shows.
    pub through: Option<Relation>,
}

/// How often the door is asked anew before whoever reads is told to load the page again.
const TRIES: u32 = 8;

impl Tx {
    /// That something of a record will be shown.
    pub(crate) fn opens(&self, opened: Opened) {
        self.opened().insert(opened);
    }

    /// The same of each record of a list, and its version where that was read with it.
    pub(crate) fn lists(&self, capability: Capability, records: impl Iterator<Item = (RecordId, Option<i64>)>) {
        let each = records.map(|(record, version)| Opened { capability, record, version, through: None });
        self.opened().extend(each);
    }

    /// What must still be so when the leaf is written: what this transaction saw.
    pub(crate) async fn as_it_was_read(&self, opened: &BTreeSet<Opened>) -> Result<Vec<Statement>, StoreError> {
        let held = self.db.engine().held();
        let mut guards = Vec::new();
        if let Some(session) = self.session() {
            let sql = format!("select 1 from session where hash = $1 and ended is null{held}");
            guards.push(Statement::something(sql, args![session]));
        }
        if let (Some(person), Some(version), Some(organisation)) =
            (self.actor().person(), self.organisation_seen(), self.organisation().await?)
        {
            let sql = format!("select 1 from account where person = $1 and state = 'open'{held}");
            guards.push(Statement::something(sql, args![person]));
            let sql = format!("select 1 from record where id = $1 and version = $2{held}");
            guards.push(Statement::something(sql, args![organisation, version]));
        }
        guards.extend(self.records_as_read(opened).await?);
        Ok(guards)
    }

    /// The same of the records alone.
    pub(crate) async fn records_as_read(&self, opened: &BTreeSet<Opened>) -> Result<Vec<Statement>, StoreError> {
        let mut versions: BTreeMap<RecordId, i64> =
            opened.iter().filter_map(|one| Some((one.record, one.version?))).collect();
        let mut unknown: Vec<RecordId> =
            opened.iter().map(|one| one.record).filter(|record| !versions.contains_key(record)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        if !unknown.is_empty() {
            let sql = format!("select id, version from record where id {}", among(self.db.engine(), 1));
            for row in self.query(sql, args![as_json(&unknown)]).await? {
                versions.insert(row.parsed(0, "record", "id")?, row.int(1)?);
            }
        }
        let given: BTreeSet<RecordId> =
            opened.iter().filter(|one| one.through.is_some()).map(|one| one.record).collect();
        let (given, listed): (Vec<_>, Vec<_>) = versions.into_iter().partition(|(record, _)| given.contains(record));
        let held = self.db.engine().held();
        let mut guards = Vec::new();
        for (record, version) in given {
            let sql = format!("select 1 from record where id = $1 and version = $2{held}");
            guards.push(Statement::something(sql, args![record, version]));
        }
        if !listed.is_empty() {
            let (ids, pairs): (Vec<RecordId>, Vec<String>) =
                listed.iter().map(|(record, version)| (*record, format!("{record} {version}"))).unzip();
            let (ids_of, pairs_of) = (among(self.db.engine(), 1), among(self.db.engine(), 2));
            let sql = format!(
                "select 1 where {} = (select count(*) from record where id {ids_of}
                 and id || ' ' || cast(version as text) {pairs_of})",
                ids.len()
            );
            guards.push(Statement::something(sql, args![as_json(&ids), as_json(&pairs)]));
        }
        Ok(guards)
    }

    /// Whether all of it is open to this person as it was: the door, asked anew. What was open to them otherwise has a
    /// leaf that says so only when it is loaded again.
    async fn is_open_as_before(&self, opened: &BTreeSet<Opened>) -> Result<(), StoreError> {
        if let Some(session) = self.session() {
            let going_on =
                self.query("select 1 from session where hash = $1 and ended is null", args![session]).await?;
            if going_on.is_empty() {
                return Err(StoreError::Withdrawn);
            }
        }
        if !self.standing().await?.active {
            return Err(StoreError::Withdrawn);
        }
        let mut lists: BTreeMap<Capability, BTreeSet<RecordId>> = BTreeMap::new();
        for one in opened {
            let Some(before) = one.through else {
                lists.entry(one.capability).or_default().insert(one.record);
                continue;
            };
            let Some(row) = self.row_in_group(one.record).await?.0 else { return Err(StoreError::Withdrawn) };
            match self.decide(one.capability, Some(&row.situation)).await? {
                Decision::Allow(now) if now == before => {}
                Decision::Allow(_) => return Err(StoreError::Conflict),
                Decision::Refuse(_) => return Err(StoreError::Withdrawn),
            }
        }
        for (capability, records) in lists {
            let records: Vec<RecordId> = records.into_iter().collect();
            if self.may_in(capability, &records).await?.len() < records.len() {
                return Err(StoreError::Conflict);
            }
        }
        Ok(())
    }
}

/// Writes the leaves of a reading, if it may still be shown.
pub(crate) async fn show(
    db: Db,
    (actor, now, session): (Actor, Moment, Option<Vec<u8>>),
    (mut guards, opened): (Vec<Statement>, BTreeSet<Opened>),
    leaves: Vec<NewLeaf>,
) -> Result<(), StoreError> {
    let mut tries = 1;
    loop {
        let plan = Plan { statements: guards, leaves: leaves.clone() };
        match db.apply(plan).await {
            Err(StoreError::Conflict) if tries < TRIES => {
                let tx = db.begin_in(actor, now, session.clone()).await?;
                tx.is_open_as_before(&opened).await?;
                let anew: BTreeSet<_> = opened.iter().map(|one| Opened { version: None, ..*one }).collect();
                guards = tx.as_it_was_read(&anew).await?;
                tries += 1;
            }
            done => return done,
        }
    }
}
