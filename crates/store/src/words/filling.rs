//! Filling the index: what the log of changes says, from where it stopped.
//!
//! The words come from sealed narrative. Whoever fills opens it under a [`SystemGrant`], whose leaf is durable before
//! a word leaves the seal.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use ledger::leaf::Leaf;
use record::{EntryId, PersonId, RecordId, words::passages};

use super::index::{Standing, State, Worded};
use crate::{
    Db,
    door::{Actor, Refused, SystemGrant, Tx},
    engine::{StoreError, args, as_json, texts_of},
    entries::{StoredEntry, read_entry},
    log::CHANGES,
    right::HERE,
};

/// The name of this job in the ledger.
const JOB: &str = "index-words";
/// How many leaves are followed at once: so few that what they say never fills the memory.
const AT_ONCE: i64 = 100;
/// How long a process that fills keeps the others out.
const TURN_SECONDS: i64 = 30;
/// How old «searchable until» may grow while nothing happens.
const OLD_SECONDS: i64 = 20;

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    /// How many entries were put in or taken out.
    pub entries: usize,
    /// Whether there is more to do now.
    pub more: bool,
}

/// What a change means for the index.
enum Meaning {
    /// This entry is to be found as its newest version says.
    Put(EntryId),
}

/// The one place that says which changes touch the index. An act that takes an entry's content away from where it
/// stood is named here, and the round takes the entry out: see [`Tx::readable_words`], which decides what stands.
fn meaning(leaf: &Leaf) -> Option<Meaning> {
    match leaf.act.as_str() {
        "entry-completed" => leaf.thing.as_deref()?.parse().ok().map(Meaning::Put),
        _ => None,
    }
}

impl Db {
    /// Puts into the index what has been committed since the last round, up to some hundred changes at once.
    ///
    /// For the background task of the program and for tests. It may be broken off at any moment and called by several
    /// processes: a round counts whole or not at all.
    pub async fn index_words(&self) -> Result<Indexed, StoreError> {
        let (index, now) = (self.words().await?, self.now());
        let Some(before) = index.take_turn(now, TURN_SECONDS).await? else { return Ok(Indexed::default()) };
        let tx = self.begin(Actor::System(JOB), now).await?;
        if before.next > 0 && tx.change_before(before.next).await?.as_deref() != Some(&before.leaf) {
            tracing::warn!("the index of words belongs to another database and is made anew");
            index.begin_anew().await?;
            return Ok(Indexed { entries: 0, more: true });
        }
        let leaves = tx.changes_from(before.next).await?;
        let waiting = tx.query("select 1 from leaf where seq is null and log = $1 limit 1", args![CHANGES]).await?;
        let more = i64::try_from(leaves.len()) == Ok(AT_ONCE);
        let is_whole = !more && waiting.is_empty();
        let is_old = before.until.is_none_or(|until| now.seconds_since(until) >= OLD_SECONDS);
        let mut after = State { until: if is_whole { Some(now) } else { before.until }, ..before.clone() };
        let Some((id, _)) = leaves.last() else {
            if is_whole && is_old {
                kept(index.change(&before, &[], &[], &after).await)?;
            }
            return Ok(Indexed::default());
        };
        after.next += i64::try_from(leaves.len()).unwrap_or(0);
        after.leaf.clone_from(id);
        let mut entries: Vec<EntryId> = Vec::new();
        for (_, leaf) in &leaves {
            match meaning(leaf) {
                Some(Meaning::Put(entry)) if !entries.contains(&entry) => entries.push(entry),
                _ => {}
            }
        }
        // What went to another record with a marker is taken out where it was.
        for gone in tx.went_with(&entries).await? {
            if !entries.contains(&gone) {
                entries.push(gone);
            }
        }
        // What went into a confidential section is taken out; what came out of one is found again.
        for moved in tx.kept_or_let_go_by(&entries).await? {
            if !entries.contains(&moved) {
                entries.push(moved);
            }
        }
        let standing = index.standing(&entries).await?;
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        if !entries.is_empty() {
            let grant = SystemGrant::for_job(&tx, "indexed-words", &format!("changes {}-{}", before.next, after.next))
                .map_err(no_job)?;
            new = tx.readable_words(&grant, &entries).await?;
            gone = tx.words_as_they_stand(&grant, standing).await?;
        }
        // The leaf first; only then do words leave the seal.
        tx.commit().await?;
        let (gone, new) = tokio::task::spawn_blocking(move || {
            let gone: Vec<_> = gone.into_iter().map(|(standing, stored)| (standing, worded(&stored))).collect();
            let new: Vec<_> = new.iter().map(worded).collect();
            (gone, new)
        })
        .await
        .map_err(|error| StoreError::Engine(error.to_string()))?;
        kept(index.change(&before, &gone, &new, &after).await)?;
        if is_whole && !new.is_empty() {
            index.tidy().await?;
        }
        Ok(Indexed { entries: gone.len().max(new.len()), more })
    }
}

/// Somebody else was faster: what they did is as good.
fn kept(done: Result<(), StoreError>) -> Result<(), StoreError> {
    match done {
        Err(StoreError::Conflict) => Ok(()),
        done => done,
    }
}

fn no_job(refused: Refused) -> StoreError {
    match refused {
        Refused::Store(error) => error,
        refused => StoreError::Engine(refused.to_string()),
    }
}

fn worded(stored: &StoredEntry) -> Worded {
    Worded {
        entry: stored.entry,
        record: stored.record,
        version: stored.version,
        day: stored.content.happened_on,
        time: stored.content.happened_at,
        said: passages(&stored.content),
    }
}

impl Tx {
    async fn change_before(&self, next: i64) -> Result<Option<String>, StoreError> {
        let rows = self.query("select id from leaf where log = $1 and seq = $2", args![CHANGES, next - 1]).await?;
        rows.first().map(|row| row.text(0)).transpose()
    }

    async fn changes_from(&self, next: i64) -> Result<Vec<(String, Leaf)>, StoreError> {
        let sql = "select id, body from leaf where log = $1 and seq >= $2 order by seq limit $3";
        let rows = self.query(sql, args![CHANGES, next, AT_ONCE]).await?;
        rows.iter()
            .map(|row| {
                let leaf = Leaf::from_bytes(&row.blob(1)?);
                Ok((row.text(0)?, leaf.map_err(|_| StoreError::Inconsistent { table: "leaf", column: "body" })?))
            })
            .collect()
    }

    /// The newest versions of these entries as they are to be found: those of children's records alone, none that was
    /// moved away, and none that is kept in a confidential section. What is left out here is taken out of the index.
    async fn readable_words(&self, _: &SystemGrant<'_>, entries: &[EntryId]) -> Result<Vec<StoredEntry>, StoreError> {
        let here = format!("v.version = e.version and {HERE}");
        self.in_the_open(self.unsealed(&here, entries, |_| true, |_, _, _| {}).await?).await
    }

    /// Those of these entries that are not kept in the confidential section of their record.
    pub(super) async fn in_the_open(&self, mut entries: Vec<StoredEntry>) -> Result<Vec<StoredEntry>, StoreError> {
        let records: BTreeSet<RecordId> = entries.iter().map(|stored| stored.record).collect();
        let kept = self.kept_in(&records.into_iter().collect::<Vec<_>>()).await?;
        entries.retain(|stored| !kept.contains(&stored.entry));
        Ok(entries)
    }

    /// The versions under which entries stand in the index, as they were put in.
    async fn words_as_they_stand(
        &self,
        _: &SystemGrant<'_>,
        standing: Vec<Standing>,
    ) -> Result<Vec<(Standing, StoredEntry)>, StoreError> {
        let entries: Vec<_> = standing.iter().map(|one| one.entry).collect();
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut all: BTreeMap<(EntryId, u32), StoredEntry> = BTreeMap::new();
        for stored in self.unsealed("1 = 1", &entries, |_| true, |_, _, _| {}).await? {
            all.insert((stored.entry, stored.version), stored);
        }
        Ok(standing
            .into_iter()
            .filter_map(|one| all.remove(&(one.entry, one.version)).map(|stored| (one, stored)))
            .collect())
    }

    /// Versions of these entries that stand in records of which `open` holds; `of` hears whose records those are, and at
    /// which version. Whoever calls this has asked the door, by a system grant or by the rule of lists.
    pub(super) async fn unsealed(
        &self,
        which: &str,
        entries: &[EntryId],
        open: impl Fn(RecordId) -> bool,
        mut of: impl FnMut(RecordId, PersonId, i64),
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let list = texts_of(self.db.engine(), 1);
        let sql = format!(
            "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record, r.wrapped_key, r.holder, r.version from entry e
             join record r on r.id = e.record and r.kind = 'child' join entry_version v on v.entry = e.id and {which}
             where e.id in ({list}) order by e.id, v.version"
        );
        let mut keys = BTreeMap::new();
        let mut all = Vec::new();
        for row in self.query(sql, args![as_json(entries)]).await? {
            let record: RecordId = row.parsed(5, "entry", "record")?;
            if !open(record) {
                continue;
            }
            let key = match keys.entry(record) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    if let Some(holder) = row.opt_parsed(7, "record", "holder")? {
                        of(record, holder, row.int(8)?);
                    }
                    new.insert(self.db.keys().unwrap(record, &row.blob(6)?)?)
                }
            };
            all.push(read_entry(key, record, &row)?);
        }
        Ok(all)
    }
}
