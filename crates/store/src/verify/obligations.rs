//! What records owe: worked out again from their entries and facts, and compared with what is kept.

use std::collections::{BTreeMap, BTreeSet};

use record::{EntryId, RecordId, obligation::ObligationId};

use super::{
    Walk,
    finding::{Finding, ObligationProblem},
    records::Checked,
};
use crate::{
    engine::{Row, StoreError, placeholder_list},
    facts::args_of,
    obligations::{COLUMNS, Owed, Record, name},
};

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    pub(super) async fn check_obligations(
        &mut self,
        group: &[Checked],
        looked_at: &BTreeMap<RecordId, Record>,
        spoilt: &BTreeSet<EntryId>,
    ) -> Result<(), StoreError> {
        // Of a record of which an entry does not open it is not known what sets clocks off; that entry was named.
        let spoilt = !spoilt.is_empty();
        let list = placeholder_list(1, group.len());
        let sql = format!("select {COLUMNS} from owed where record in ({list})");
        let mut kept: BTreeMap<ObligationId, Owed> = BTreeMap::new();
        for row in self.conn.query(sql, args_of(group.iter().map(|one| one.id))).await? {
            match Owed::read(&row) {
                Ok(owed) => drop(kept.insert(owed.id.clone(), owed)),
                Err(StoreError::Inconsistent { .. }) => {
                    let number = group.iter().find(|one| row.text(0).is_ok_and(|id| id == one.id.to_string()));
                    self.obligation_finding(number.map(|one| one.number), in_row(&row)?, ObligationProblem::Changed);
                }
                Err(error) => return Err(error),
            }
        }
        if spoilt {
            return Ok(());
        }
        let rules = self.db.rules();
        let clocks = rules.clocks();
        for one in group.iter().filter(|one| one.key.is_some()) {
            let looked_at = looked_at.get(&one.id).filter(|_| one.holder.is_some());
            let expected = looked_at.map(|record| record.owed(rules, one.id, &clocks)).unwrap_or_default();
            for owed in expected {
                let problem = match kept.remove(&owed.id) {
                    Some(same) if same == owed => continue,
                    Some(_) => ObligationProblem::Changed,
                    None => ObligationProblem::Missing,
                };
                self.obligation_finding(Some(one.number), in_words(&owed.id), problem);
            }
        }
        for id in kept.into_keys() {
            let of = group.iter().find(|one| one.id == id.record && one.key.is_some());
            if let Some(number) = of.map(|one| one.number) {
                self.obligation_finding(Some(number), in_words(&id), ObligationProblem::Extra);
            }
        }
        Ok(())
    }

    fn obligation_finding(&mut self, number: Option<i64>, obligation: String, problem: ObligationProblem) {
        self.found(Finding::Obligation { number, obligation, problem });
    }
}

fn in_words(id: &ObligationId) -> String {
    name(&id.clock, id.set_off, id.occurrence)
}

/// The name that a row has which cannot be read.
fn in_row(row: &Row) -> Result<String, StoreError> {
    Ok(format!("{}/{}/{}", row.text(1)?, row.text(2)?, row.int(3)?))
}
