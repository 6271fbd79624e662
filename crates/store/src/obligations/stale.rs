//! Records whose rows were worked out by other rules than those in force: since these are new, or since an act that began
//! before they were was committed after. Their rows are read by nobody; what they owe is worked out where it is asked for.

use std::collections::BTreeMap;

use record::{PersonId, RecordId};

use super::{Owed, told};
use crate::{
    door::Tx,
    engine::{StoreError, args, as_json, texts_of},
};

/// How many records are read together.
const TOGETHER: usize = 500;

impl Tx {
    /// Those of these records whose rows are not by the rules in force, with whose each is.
    pub(super) async fn stale(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, PersonId>, StoreError> {
        let sql = format!(
            "select id, holder from record where id in ({}) and kind = 'child' and (owed_under is null or owed_under <> $2)",
            texts_of(self.db.engine(), 1)
        );
        let rows = self.query(sql, args![as_json(records), self.db.rules().key()]).await?;
        let mut stale = BTreeMap::new();
        for row in rows {
            if let Some(holder) = row.opt_parsed(1, "record", "holder")? {
                stale.insert(row.parsed(0, "record", "id")?, holder);
            }
        }
        Ok(stale)
    }

    /// Everything that these records owe or that was done, worked out here and now.
    pub(super) async fn worked_out(&self, records: &BTreeMap<RecordId, PersonId>) -> Result<Vec<Owed>, StoreError> {
        let rules = self.db.rules();
        let (mut all, ids): (_, Vec<RecordId>) = (Vec::new(), records.keys().copied().collect());
        let clocks = rules.clocks();
        let looked_at = rules.looked_at(&clocks);
        for some in ids.chunks(TOGETHER) {
            let among = format!("in ({})", texts_of(self.db.engine(), 1));
            let rows = self.query(told::query(&looked_at, &among), args![as_json(some)]).await?;
            for (record, one) in told::read(&looked_at, &rows, |record| records.get(&record).copied())? {
                all.extend(one.owed(rules, record, &clocks));
            }
        }
        Ok(all)
    }
}
