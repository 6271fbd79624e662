//! Searching the index for somebody: only in what they may read, newest first.
//!
//! The records that are open to the reader are worked out first, by the same condition as every list, and the index is
//! asked for hits in those alone: nothing else is counted, ranked or looked at. Where a hit stands is asked of
//! the record and not of the index, and one leaf names every entry that was shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use policy::Capability;
use record::{EntryId, PersonId, RecordId, words::WordsWanted};

use super::index::{Among, Hit};
use crate::{
    door::{Grant, ReadOn, Refused, Tx},
    engine::StoreError,
    entries::StoredEntry,
    reach::Reachable,
    right::HERE,
};

/// More hits than this are not counted.
pub const MOST_COUNTED: i64 = 10_000;
/// How long a search may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often hits that turn out to be closed are made up for.
const ROUNDS: usize = 5;

/// An entry that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordHit {
    /// Its place in the order of the index: where the next page goes on.
    pub at: i64,
    /// The entry.
    pub stored: StoredEntry,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordsFound {
    /// Hits, newest first.
    pub hits: Vec<WordHit>,
    /// Whether there are older ones.
    pub more: bool,
    /// Whether it was broken off because it took too long.
    pub broken_off: bool,
    /// What the children are called in whose records they stand.
    pub names: BTreeMap<RecordId, String>,
}

impl Tx {
    /// Entries that say these words, in the records that this person may read or, with a grant, in that one alone:
    /// those before `before` in the order of the index, up to so many.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who reads no record.
    pub async fn find_words(
        &self,
        wanted: &WordsWanted,
        within: Option<&Grant<'_, ReadOn>>,
        before: Option<i64>,
        most: usize,
    ) -> Result<WordsFound, Refused> {
        let records = self.searched(within).await?;
        let found = self.newest_hits(wanted, &records, before.unwrap_or(i64::MAX), most);
        let found = match tokio::time::timeout(PATIENCE, found).await {
            Ok(found) => found?,
            Err(_) => WordsFound { broken_off: true, ..WordsFound::default() },
        };
        let mut shown: Vec<String> = found.hits.iter().map(|hit| hit.stored.record.to_string()).collect();
        shown.sort_unstable();
        shown.dedup();
        shown.extend(found.hits.iter().map(|hit| hit.stored.entry.to_string()));
        self.leave("search-words", within.map(Grant::record), None, "", &shown, false);
        Ok(found)
    }

    /// How many entries there are that say these words, as far as this person may read them, and none above
    /// [`MOST_COUNTED`] or where it takes too long.
    pub async fn count_words(
        &self,
        wanted: &WordsWanted,
        within: Option<&Grant<'_, ReadOn>>,
    ) -> Result<Option<i64>, Refused> {
        let records = self.searched(within).await?;
        let index = self.db.words().await?;
        let among = among(&records);
        self.leave("count-words", within.map(Grant::record), None, "", &[], false);
        match tokio::time::timeout(PATIENCE, index.count(wanted, &among, MOST_COUNTED)).await {
            Ok(count) => Ok(Some(count?).filter(|count| *count <= MOST_COUNTED)),
            Err(_) => Ok(None),
        }
    }

    /// The records in which somebody searches.
    async fn searched(&self, within: Option<&Grant<'_, ReadOn>>) -> Result<Reachable, Refused> {
        if let Some(grant) = within {
            return Ok(Reachable::Only(grant.records()));
        }
        self.permit(Capability::ReadRecord).await?;
        Ok(self.reachable(Capability::ReadRecord).await?)
    }

    async fn newest_hits(
        &self,
        wanted: &WordsWanted,
        records: &Reachable,
        before: i64,
        most: usize,
    ) -> Result<WordsFound, StoreError> {
        if matches!(records, Reachable::Only(records) if records.is_empty()) {
            return Ok(WordsFound::default());
        }
        let index = self.db.words().await?;
        let among = among(records);
        let (mut found, mut before, mut holders) = (WordsFound::default(), before, BTreeMap::new());
        let wants = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
        for _ in 0..ROUNDS {
            let hits = index.newest(wanted, &among, before, wants).await?;
            let mut open = self.open_entries(&hits, records, &mut holders).await?;
            for hit in &hits {
                before = hit.at;
                if let Some(stored) = open.remove(&hit.entry)
                    && !found.hits.iter().any(|known| known.stored.entry == stored.entry)
                {
                    found.hits.push(WordHit { at: hit.at, stored });
                }
            }
            if found.hits.len() > most {
                found.hits.truncate(most);
                found.more = true;
                break;
            }
            if hits.len() < usize::try_from(wants).unwrap_or(usize::MAX) {
                break;
            }
        }
        let shown: BTreeSet<RecordId> = found.hits.iter().map(|hit| hit.stored.record).collect();
        holders.retain(|record, _| shown.contains(record));
        found.names = self.called(&holders).await?;
        Ok(found)
    }

    /// Those of these entries that this person may read. Which records are open was worked out in this transaction, by
    /// the one condition of every list; where an entry stands is asked of the record, never of the index.
    async fn open_entries(
        &self,
        hits: &[Hit],
        records: &Reachable,
        holders: &mut BTreeMap<RecordId, PersonId>,
    ) -> Result<BTreeMap<EntryId, StoredEntry>, StoreError> {
        let mut entries: Vec<EntryId> = hits.iter().map(|hit| hit.entry).collect();
        entries.dedup();
        if entries.is_empty() {
            return Ok(BTreeMap::new());
        }
        let open = |record| records.has(record);
        let which = format!("v.version = e.version and {HERE}");
        let mut versions = BTreeMap::new();
        let stored = self.unsealed(&which, &entries, open, |record, holder, version| {
            holders.insert(record, holder);
            versions.insert(record, version);
        });
        let stored = self.in_the_open(stored.await?).await?;
        let shown = stored.iter().map(|one| (one.record, versions.get(&one.record).copied()));
        self.lists(Capability::ReadRecord, shown);
        Ok(stored.into_iter().map(|stored| (stored.entry, stored)).collect())
    }
}

fn among(records: &Reachable) -> Among<'_> {
    match records {
        Reachable::AllBut(closed) if closed.is_empty() => Among::All,
        Reachable::AllBut(closed) => Among::AllBut(closed),
        Reachable::Only(records) => Among::These(records),
    }
}
