//! What managers decided about single obligations: that one need not be done, or that somebody else does it. A fact like
//! any other, set by an entry of the record, so it follows an amendment and outlives a change of pack: its value is the
//! obligation's name, which does too.

use std::collections::{BTreeMap, BTreeSet};

use record::{EntryId, PersonId, RecordId, known, obligation::ObligationId};

use super::name;
use crate::{
    door::Tx,
    engine::{StoreError, among, args, as_json},
};

/// What was decided about one obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The entry that says so.
    pub entry: EntryId,
    /// Who decided.
    pub by: PersonId,
    /// Who does it now; none where it need not be done.
    pub to: Option<PersonId>,
}

/// What was decided about the obligations of some records.
#[derive(Clone, Debug, Default)]
pub struct Decisions(BTreeMap<(RecordId, String), Decided>);

impl Decisions {
    /// What was decided about this one last.
    pub fn of(&self, id: &ObligationId) -> Option<Decided> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(id.record, name(&id.clock, id.set_off, id.occurrence))).copied()
    }

    /// What need not be done: in whose record, and the obligation's name.
    pub(super) fn waived(&self) -> impl Iterator<Item = (RecordId, &str)> {
        let waived = self.0.iter().filter(|(_, decided)| decided.to.is_none());
        waived.map(|((record, name), _)| (*record, name.as_str()))
    }
}

impl Tx {
    /// What was decided about the obligations of these records. The records come from a list that the door has filtered.
    pub async fn decided(&self, records: &[RecordId]) -> Result<Decisions, StoreError> {
        if records.is_empty() { Ok(Decisions::default()) } else { self.decided_in(as_json(records)).await }
    }

    /// The same of the records of a JSON array.
    pub(super) async fn decided_in(&self, records: String) -> Result<Decisions, StoreError> {
        let mut decisions = Decisions::default();
        let sql = format!(
            "select f.record, f.value, f.other, f.entry, e.author from fact f join entry e on e.id = f.entry
             where f.record {} and f.subject = 'r' || f.record and f.kind = 'obligation-decided'
             and f.from_day <= $2 and (f.until_day is null or f.until_day > $2) order by f.place",
            among(self.db.engine(), 1)
        );
        for row in self.query(sql, args![records, self.now().day()]).await? {
            let of = (row.parsed(0, "fact", "record")?, row.opt_text(1)?.unwrap_or_default());
            let decided = Decided {
                entry: row.parsed(3, "fact", "entry")?,
                by: row.parsed(4, "entry", "author")?,
                to: row.opt_parsed(2, "fact", "other")?,
            };
            // In the order in which they were decided: the last stands.
            decisions.0.insert(of, decided);
        }
        Ok(decisions)
    }

    /// The records in which something was given to this person, and those in which they gave something to somebody, as
    /// far as they may read those.
    pub async fn given(&self) -> Result<BTreeSet<RecordId>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(BTreeSet::new()) };
        let sql = "select f.record from fact f join entry e on e.id = f.entry
            where f.kind = $1 and f.other is not null and (f.other = $2 or e.author = $2)
            and f.from_day <= $3 and (f.until_day is null or f.until_day > $3)";
        let rows = self.query(sql, args![known::OBLIGATION_DECIDED, me, self.now().day()]).await?;
        let records = rows.iter().map(|row| row.parsed(0, "fact", "record")).collect::<Result<Vec<RecordId>, _>>()?;
        Ok(self.readable(&records).await?.into_iter().collect())
    }
}
