//! What the log of changes says was done to the records of one share, in few bytes a leaf.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{hash::Hash, leaf::Leaf};
use record::{DraftId, EntryId, PersonId, RecordId};

use super::Walk;
use crate::{
    engine::{StoreError, args},
    log::{CHANGES, signed},
    packs::PACK_KEPT,
};

/// How many leaves are read at once.
const PAGE: i64 = 2_000;

/// One share of the records: those whose identifiers fall into it. All shares together are all records.
#[derive(Clone, Copy)]
pub(super) struct Share {
    pub of: u64,
    pub this: u64,
}

impl Share {
    pub fn holds(self, record: &str) -> bool {
        self.of == 1
            || record.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte))) % self.of
                == self.this
    }
}

/// A leaf that says that a version of an entry was completed.
#[derive(Clone)]
pub(super) struct Completed {
    pub entry: EntryId,
    pub version: u32,
    /// The row of the leaf.
    pub leaf: String,
    /// The leaf's hash but for its moment, which an import's leaf has of its own.
    pub print: Hash,
    pub record: Option<RecordId>,
    pub met: bool,
}

/// The leaves of one share.
#[derive(Default)]
pub(super) struct Index {
    completed: Vec<Completed>,
    pub opened: BTreeMap<RecordId, u32>,
    pub drafts: BTreeMap<DraftId, (Option<RecordId>, String)>,
    /// Of the whole log, whatever the share: accounts by person, and whether they are open.
    pub accounts: BTreeMap<PersonId, bool>,
    pub accounts_made: BTreeSet<PersonId>,
    /// Whose accounts are linked with one at an identity provider.
    pub linked: BTreeSet<PersonId>,
    /// Of the whole log too: policy packs by their hash, and the print of the files that they were kept with.
    pub packs: BTreeMap<String, String>,
}

/// A leaf's hash without its moment.
pub(super) fn print(leaf: &Leaf) -> Hash {
    Leaf { at: String::new(), ..leaf.clone() }.hash()
}

impl Index {
    fn take(&mut self, share: Share, row: String, leaf: Leaf) {
        let thing = leaf.thing.as_deref().unwrap_or_default();
        match leaf.act.as_str() {
            "account-made" | "account-opened" | "account-closed" => {
                if let Ok(person) = thing.parse() {
                    self.accounts.insert(person, leaf.act != "account-closed");
                    if leaf.act == "account-made" {
                        self.accounts_made.insert(person);
                    }
                }
            }
            "identity-linked" | "identity-set" => self.linked.extend(thing.parse::<PersonId>()),
            "identity-unlinked" | "identity-removed" => {
                if let Ok(person) = thing.parse() {
                    self.linked.remove(&person);
                }
            }
            PACK_KEPT => {
                self.packs.insert(thing.to_owned(), leaf.purpose);
            }
            _ if !leaf.record.as_deref().is_some_and(|record| share.holds(record)) => {}
            "entry-completed" => {
                if let (Ok(entry), Some(version)) = (thing.parse(), leaf.version) {
                    let record = leaf.record.as_deref().and_then(|record| record.parse().ok());
                    self.completed.push(Completed {
                        entry,
                        version,
                        leaf: row,
                        print: print(&leaf),
                        record,
                        met: false,
                    });
                }
            }
            "record-opened" => {
                if let Some(record) = leaf.record.as_deref().and_then(|record| record.parse().ok()) {
                    *self.opened.entry(record).or_default() += 1;
                }
            }
            "draft-begun" => {
                if let Ok(draft) = thing.parse() {
                    let record = leaf.record.as_deref().and_then(|record| record.parse().ok());
                    self.drafts.insert(draft, (record, leaf.actor.id));
                }
            }
            _ => {}
        }
    }

    /// The leaves that say that this version was completed; they count as met from now on.
    pub fn meet(&mut self, entry: EntryId, version: u32) -> &[Completed] {
        let key = (entry, version);
        let from = self.completed.partition_point(|one| (one.entry, one.version) < key);
        let to = self.completed.partition_point(|one| (one.entry, one.version) <= key);
        let found = &mut self.completed[from..to];
        for one in found.iter_mut() {
            one.met = true;
        }
        found
    }

    /// Leaves whose entries nobody met.
    pub fn unmet(&self) -> impl Iterator<Item = &Completed> {
        self.completed.iter().filter(|one| !one.met)
    }
}

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    /// Reads the log of changes for the records of one share.
    pub(super) async fn index(&mut self, share: Share) -> Result<Index, StoreError> {
        let mut index = Index::default();
        let mut next = 0;
        loop {
            let sql = "select seq, id, body from leaf where log = $1 and seq >= $2 order by seq limit $3";
            let rows = self.conn.query(sql, args![CHANGES, signed(next), PAGE]).await?;
            let Some(last) = rows.last() else { break };
            next = crate::log::unsigned(last.int(0)?)? + 1;
            for row in &rows {
                // What cannot be read was named by the log's own check.
                if let Ok(leaf) = Leaf::from_bytes(&row.blob(2)?) {
                    index.take(share, row.text(1)?, leaf);
                }
            }
        }
        let mut last = String::new();
        loop {
            let sql = "select id, body from leaf where seq is null and log = $1 and id > $2 order by id limit $3";
            let rows = self.conn.query(sql, args![CHANGES, &last, PAGE]).await?;
            let Some(end) = rows.last() else { break };
            last = end.text(0)?;
            for row in &rows {
                if let Ok(leaf) = Leaf::from_bytes(&row.blob(1)?) {
                    index.take(share, row.text(0)?, leaf);
                }
            }
        }
        index.completed.sort_unstable_by(|a, b| (a.entry, a.version, &a.leaf).cmp(&(b.entry, b.version, &b.leaf)));
        Ok(index)
    }

    /// The leaf of a row.
    pub(super) async fn leaf(&mut self, id: &str) -> Result<Option<Leaf>, StoreError> {
        let row = self.conn.query_opt("select body from leaf where id = $1", args![id]).await?;
        Ok(row.map(|row| row.blob(0)).transpose()?.and_then(|body| Leaf::from_bytes(&body).ok()))
    }
}
