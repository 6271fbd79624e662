//! Which entries stand: worked out again from what the entries of each record say, and compared with the table.

use std::collections::{BTreeMap, BTreeSet};

use record::{
    EntryId, RecordId,
    adoption::Link,
    content::Content,
    right::{Fate, fates, to_authorise},
};

use super::{
    Walk,
    facts::Said,
    finding::{Finding, StandingProblem},
    records::Checked,
};
use crate::{
    engine::{StoreError, placeholder_list},
    facts::args_of,
};

/// Both sides of moves from one record to another, and of the links of adoptions, as they say it themselves: each side has
/// the other.
#[derive(Default)]
pub(super) struct Moves {
    /// From the marker where an entry was: the record, the entry there, the entry where it is now.
    away: BTreeSet<(RecordId, EntryId, RecordId, EntryId)>,
    /// From the entry where it is now.
    here: BTreeSet<(RecordId, EntryId, RecordId, EntryId)>,
    /// The links of adoptions, each with the entry that says so.
    links: BTreeMap<(RecordId, Link), EntryId>,
}

impl Moves {
    /// Takes what one entry says of a move or an adoption.
    pub fn take(&mut self, record: RecordId, entry: EntryId, content: &Content) {
        if let Some(away) = &content.right.away {
            self.away.extend(away.took.iter().map(|(was, is)| (record, *was, away.to, *is)));
        }
        if let Some(moved) = &content.right.moved {
            self.here.insert((moved.from, moved.entry, record, entry));
        }
        if let Some(link) = Link::of(content) {
            self.links.insert((record, link), entry);
        }
    }
}

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    /// Compares the table with what the entries say; gives the entries that do not stand.
    pub(super) async fn check_standing(
        &mut self,
        group: &[Checked],
        said: &Said,
    ) -> Result<BTreeSet<EntryId>, StoreError> {
        let list = placeholder_list(1, group.len());
        let sql = format!("select record, entry, how, because_of from not_standing where record in ({list})");
        let mut kept: BTreeMap<RecordId, BTreeMap<String, (String, String)>> = BTreeMap::new();
        for row in self.conn.query(sql, args_of(group.iter().map(|one| one.id))).await? {
            let rows = kept.entry(row.parsed(0, "not_standing", "record")?).or_default();
            rows.insert(row.text(1)?, (row.text(2)?, row.text(3)?));
        }
        let mut gone = BTreeSet::new();
        for one in group.iter().filter(|one| one.key.is_some()) {
            let mut rows = kept.remove(&one.id).unwrap_or_default();
            let expected = said.bearings.get(&one.id).map(|bearings| fates(bearings)).unwrap_or_default();
            for (entry, (how, because_of)) in &expected {
                gone.insert(*entry);
                let problem = match rows.remove(&entry.to_string()) {
                    Some(row) if row == (how.name().to_owned(), because_of.to_string()) => continue,
                    Some(_) => StandingProblem::Changed,
                    None => StandingProblem::Missing,
                };
                self.standing_finding(Some(one.number), entry.to_string(), problem);
            }
            for (entry, (how, because_of)) in rows {
                // What an entry says that does not open is not known: that was said, and its row is taken as it stands.
                let unread = because_of.parse().is_ok_and(|by| said.spoilt.contains(&by))
                    || how == Fate::Waiting.name() && entry.parse().is_ok_and(|own| said.spoilt.contains(&own));
                match entry.parse() {
                    Ok(id) if unread => drop(gone.insert(id)),
                    _ => self.standing_finding(Some(one.number), entry, StandingProblem::Extra),
                }
            }
        }
        self.check_to_authorise(group, said).await?;
        Ok(gone)
    }

    /// Compares what waits to be authorised with what the entries say.
    async fn check_to_authorise(&mut self, group: &[Checked], said: &Said) -> Result<(), StoreError> {
        let list = placeholder_list(1, group.len());
        let sql = format!("select record, entry, coalesce(returned_by, '') from to_authorise where record in ({list})");
        let mut kept: BTreeMap<RecordId, BTreeMap<String, String>> = BTreeMap::new();
        for row in self.conn.query(sql, args_of(group.iter().map(|one| one.id))).await? {
            let rows = kept.entry(row.parsed(0, "to_authorise", "record")?).or_default();
            rows.insert(row.text(1)?, row.text(2)?);
        }
        for one in group.iter().filter(|one| one.key.is_some()) {
            let mut rows = kept.remove(&one.id).unwrap_or_default();
            let expected = said.bearings.get(&one.id).map(|bearings| to_authorise(bearings)).unwrap_or_default();
            for (entry, returned_by) in expected {
                let returned_by = returned_by.map(|answer| answer.to_string()).unwrap_or_default();
                let row = rows.remove(&entry.to_string());
                if row.as_ref() != Some(&returned_by) {
                    self.standing_finding(Some(one.number), entry.to_string(), StandingProblem::Authorising);
                }
            }
            // What an entry says that does not open is a finding itself.
            rows.retain(|entry, _| entry.parse().is_ok_and(|entry| !said.spoilt.contains(&entry)));
            for entry in rows.into_keys() {
                self.standing_finding(Some(one.number), entry, StandingProblem::Authorising);
            }
        }
        Ok(())
    }

    /// Each move has its two sides, and so has each link of an adoption. Of one that lacks the other it is said which it is,
    /// and not to which record it would lead.
    pub(super) async fn check_moves(&mut self) -> Result<(), StoreError> {
        let moves = std::mem::take(&mut self.moves);
        for ((record, link), entry) in &moves.links {
            let back = Link { other: *record, other_is: link.other_is.opposite() };
            if !moves.links.contains_key(&(link.other, back)) {
                let number = self.number_of(Some(*record)).await?;
                self.standing_finding(number, entry.to_string(), StandingProblem::Unlinked);
            }
        }
        let unpaired: Vec<_> = moves
            .away
            .symmetric_difference(&moves.here)
            .map(|one| if moves.here.contains(one) { (one.2, one.3) } else { (one.0, one.1) })
            .collect();
        for (record, entry) in unpaired {
            let number = self.number_of(Some(record)).await?;
            self.standing_finding(number, entry.to_string(), StandingProblem::Unpaired);
        }
        Ok(())
    }

    fn standing_finding(&mut self, number: Option<i64>, entry: String, problem: StandingProblem) {
        self.found(Finding::Standing { number, entry, problem });
    }
}
