//! Where the children of a list live, and with whom: what a caseload is grouped by, and what falls due about them.

use std::collections::BTreeMap;

use jiff::civil::Date;
use record::{
    EntryId, PersonId, RecordId,
    fact::{Fact, Subject},
    homes::Living,
    known,
};

use crate::{
    door::Tx,
    engine::{StoreError, args, placeholder_list},
    facts::{COLUMNS, args_of, read_fact},
};

/// How a child lives, as their record says today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The child's family name.
    pub family: Option<String>,
    /// With whom and where.
    pub living: Living,
    /// Days by which something is to be done, by the kind of fact that says so.
    pub due: Vec<(String, Date)>,
}

/// What says by when something about a child is to be done.
const DUE: [&str; 2] = ["risk-review-due", "next-review"];

impl Tx {
    /// How the children of these records live. The records come from a list that the door has filtered and whose leaf
    /// names them. A protected address is not among it.
    pub async fn homes(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, Home>, StoreError> {
        let kinds = [
            "family-name",
            known::HOUSEHOLD_MEMBER,
            known::ADDRESS,
            known::ADDRESS_PROTECTED,
            known::PLACEMENT,
            known::PLACEMENT_ADDRESS,
        ];
        let mut homes: BTreeMap<RecordId, Home> = BTreeMap::new();
        for some in records.chunks(400) {
            let mut args = args![self.now().day()];
            let list = placeholder_list(2, some.len());
            args.extend(args_of(some.iter().copied()));
            let kinds_at = placeholder_list(args.len() + 1, kinds.len() + DUE.len());
            args.extend(args_of(kinds.into_iter().chain(DUE)));
            let columns = COLUMNS.split(", ").map(|column| format!("f.{column}")).collect::<Vec<_>>().join(", ");
            let rows = self
                .query(
                    format!(
                        "select {columns}, r.holder, r.wrapped_key from fact f join record r on r.id = f.record
                         where f.record in ({list}) and f.kind in ({kinds_at}) and f.from_day <= $1
                         and (f.until_day is null or f.until_day > $1) order by f.record, f.place"
                    ),
                    args,
                )
                .await?;
            let mut key = None;
            for row in &rows {
                let record: RecordId = row.parsed(0, "fact", "record")?;
                let holder: PersonId = row.parsed(14, "record", "holder")?;
                let key = match &key {
                    Some((of, key)) if *of == record => key,
                    _ => &key.insert((record, self.db.keys().unwrap(record, &row.blob(15)?)?)).1,
                };
                homes.entry(record).or_default().take(&read_fact(key, row)?, holder);
            }
        }
        for home in homes.values_mut() {
            home.living.hide_what_is_protected();
        }
        Ok(homes)
    }
}

impl Tx {
    /// Those of these records that were brought in from elsewhere with something to check, each with the entry that says
    /// so. The records come from a list that the door has filtered.
    pub async fn to_check(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, EntryId>, StoreError> {
        let mut found = BTreeMap::new();
        for some in records.chunks(400) {
            let mut args = args![self.now().day()];
            args.extend(args_of(some.iter().copied()));
            let rows = self
                .query(
                    format!(
                        "select record, entry from fact where record in ({}) and kind = 'to-check' and value = 'yes'
                         and from_day <= $1 and (until_day is null or until_day > $1)",
                        placeholder_list(2, some.len())
                    ),
                    args,
                )
                .await?;
            for row in rows {
                found.insert(row.parsed(0, "fact", "record")?, row.parsed(1, "fact", "entry")?);
            }
        }
        Ok(found)
    }
}

impl Home {
    fn take(&mut self, fact: &Fact, holder: PersonId) {
        let said = &fact.said;
        let own = said.line.subject == Subject::Person(holder);
        let value = Some(said.value.clone()).filter(|value| !value.is_empty());
        match said.line.kind.as_str() {
            known::HOUSEHOLD_MEMBER if said.value == "yes" => self.living.with.extend(said.other),
            // Whoever of this record it is about: what is shown on a list is seen over a shoulder.
            known::ADDRESS_PROTECTED => self.living.protected |= said.value == "yes",
            "family-name" if own => self.family = value,
            known::ADDRESS if own => self.living.address = value,
            known::PLACEMENT if own => self.living.placement = value,
            known::PLACEMENT_ADDRESS if own => self.living.placement_address = value,
            kind if own && DUE.contains(&kind) => {
                if let Ok(day) = said.value.parse() {
                    self.due.push((kind.to_owned(), day));
                }
            }
            _ => {}
        }
    }
}
