//! Records whose rows were worked out by other rules than those in force: since these are new, or since an act that began
//! before they were was committed after. What they owe is worked out where it is asked for, and their rows are not read; but that
//! somebody owes anything there by name, in a record that is on none of their lists, is asked of the rows that there are
//! ([`Tx::owed_by_me`]): to work it out for everybody's records would be to wait for all of them.

use std::collections::BTreeMap;

use record::{PersonId, RecordId};

use super::{Owed, fill::work_out};
use crate::{
    door::Tx,
    engine::{StoreError, among, args, as_json},
};

/// How many records are read together.
const TOGETHER: usize = 500;

impl Tx {
    /// Those of these records whose rows are not by the rules in force, with whose each is.
    pub(crate) async fn stale(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, PersonId>, StoreError> {
        let sql = format!(
            "select id, holder from record where id {} and kind = 'child' and (owed_under is null or owed_under <> $2)",
            among(self.db.engine(), 1)
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
        let (mut all, records): (_, Vec<_>) = (Vec::new(), records.iter().collect());
        for some in records.chunks(TOGETHER) {
            let some = some.iter().map(|(record, holder)| (**record, **holder)).collect();
            let mut conn = self.conn().await;
            all.extend(work_out(self.db.engine(), &mut conn, self.db.rules(), &some).await?);
        }
        Ok(all)
    }
}
