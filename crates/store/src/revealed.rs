//! Who was shown protected addresses, for whoever is told of it.

use policy::Capability;
use record::{EntryId, Moment, PersonId, RecordId, known};

use crate::{
    door::Tx,
    engine::{StoreError, args},
    reach::Looks,
};

/// That somebody was shown the protected addresses of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revealed {
    /// Of which record.
    pub record: RecordId,
    /// The entry that says why.
    pub entry: EntryId,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

/// For how long somebody is told of it who has not looked at the entry.
const TOLD_FOR_SECONDS: i64 = 60 * 86_400;

impl Tx {
    /// The showings to others of which this person has not read why, in records in which they may see who has looked; the
    /// oldest first.
    pub async fn revealed_to_others(&self) -> Result<Vec<Revealed>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(Vec::new()) };
        if self.reach(Capability::SeeReadings).await?.is_empty() {
            return Ok(Vec::new());
        }
        let since = self.now().plus_seconds(-TOLD_FOR_SECONDS);
        let mut args = args![self.now().day(), known::ADDRESSES_SHOWN, since.day(), me];
        let open = self.is_open(Capability::SeeReadings, Looks::AtFew, &mut args).await?;
        let sql = format!(
            "select f.record, f.entry, e.author, e.written from fact f join entry e on e.id = f.entry join record r on r.id = f.record
             where f.kind = $2 and f.from_day >= $3 and e.author <> $4
             and not exists (select 1 from seen_entry s where s.person = $4 and s.entry = f.entry)
             and {open} order by e.written, e.id limit 200"
        );
        let rows = self.query(sql, args).await?;
        let mut all = Vec::new();
        for row in &rows {
            all.push(Revealed {
                record: row.parsed(0, "fact", "record")?,
                entry: row.parsed(1, "fact", "entry")?,
                by: row.parsed(2, "entry", "author")?,
                at: row.parsed(3, "entry", "written")?,
            });
        }
        Ok(all)
    }
}
