//! Who may know a family in their own life, as far as the record and the staff's names show it: for a manager to ask.

use std::collections::{BTreeMap, BTreeSet};

use policy::Capability;
use record::{
    PersonId, RecordId, known,
    looked::questions::{Known, Near},
};

use crate::{
    door::{Refused, Tx},
    engine::{StoreError, args, as_json, texts_of},
    reach::Looks,
};

/// Somebody who may know the family of a child whom they work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikelyConflict {
    /// The child's record.
    pub record: RecordId,
    /// Its number.
    pub number: i64,
    /// What the child is called.
    pub child: String,
    /// The worker.
    pub worker: PersonId,
    /// What speaks for it.
    pub near: Near,
}

impl Tx {
    /// The children whose worker has a family name that stands in the record and that few have, or is named there as
    /// somebody in the child's life: of those about whom this person decides conflicts. About whom somebody has said already
    /// whether they know the family, nobody is asked again. Where staff live is not known, so no address is compared.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who decides no conflicts.
    pub async fn likely_conflicts(&self) -> Result<Vec<LikelyConflict>, Refused> {
        self.permit(Capability::DecideConflict).await?;
        let mut args = args![self.now().day()];
        let open = self.is_open(Capability::DecideConflict, Looks::AtMany, &mut args).await?;
        let sql = format!(
            "select r.id, r.number, w.value from record r join fact w on w.record = r.id and w.subject = 'r' || r.id
             where r.kind = 'child' and w.kind = '{}' and w.value <> '' and w.from_day <= $1
             and (w.until_day is null or w.until_day > $1) and {open} order by r.number",
            known::ALLOCATED_WORKER
        );
        let mut works: BTreeMap<(RecordId, PersonId), i64> = BTreeMap::new();
        for row in self.query(sql, args).await? {
            works.insert((row.parsed(0, "record", "id")?, row.parsed(2, "fact", "value")?), row.int(1)?);
        }
        let pairs: BTreeSet<(RecordId, PersonId)> = works.keys().copied().collect();
        let mut known = Known::default();
        let names = self.staff_of(&mut known).await?;
        self.near_of(&pairs, &names, &mut known).await?;
        let near: Vec<RecordId> = known.near.keys().map(|(record, _)| *record).collect();
        let said = self.said_of_conflicts(&near).await?;
        let called = self.listed_by_name("list-conflicts", &near).await?;
        // Nobody decides of themselves.
        let me = self.actor().person();
        let asked = known.near.into_iter().filter(|(pair, _)| !said.contains(pair) && Some(pair.1) != me);
        let likely = asked.filter_map(|(pair, near)| {
            let child = called.get(&pair.0)?.clone();
            Some(LikelyConflict { record: pair.0, number: *works.get(&pair)?, child, worker: pair.1, near })
        });
        Ok(likely.collect())
    }

    /// Of whom it was ever said in these records that they know the family, or do not.
    async fn said_of_conflicts(&self, records: &[RecordId]) -> Result<BTreeSet<(RecordId, PersonId)>, StoreError> {
        let among = texts_of(self.db.engine(), 1);
        let sql = format!(
            "select record, value from fact where record in ({among}) and kind in ('{}', '{}') and value <> ''",
            known::CONFLICT,
            known::NO_CONFLICT
        );
        let rows = self.query(sql, args![as_json(records)]).await?;
        rows.iter().map(|row| Ok((row.parsed(0, "fact", "record")?, row.parsed(1, "fact", "value")?))).collect()
    }
}
