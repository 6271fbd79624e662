//! Chronologies made by hand: their rows, and when a child's chronology was last brought up to date.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use record::{EntryId, Moment, RecordId, chronology};

use crate::{
    door::{Action, Grant, Refused, Tx},
    engine::{StoreError, args, placeholder_list},
    entries::{StoredEntry, read_of},
    facts::args_of,
    right::STANDS,
};

impl Tx {
    /// The rows of a chronology that stand, in the order of their days.
    pub async fn rows_of_chronology<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        made: EntryId,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        use chronology::{OUT, ROW, field};
        let links = self.linked_from(grant, &[made]).await?;
        let is_row = |form: &str, of: &str| form == ROW && of == field::CHRONOLOGY;
        let rows: Vec<EntryId> =
            links.iter().filter(|link| is_row(&link.from.form, &link.field)).map(|link| link.from.entry).collect();
        let mut gone: BTreeSet<EntryId> = BTreeSet::new();
        for some in rows.chunks(400) {
            let ends = |form: &str, of: &str| form == OUT && of == field::ROW || form == ROW && of == field::INSTEAD_OF;
            let links = self.linked_from(grant, some).await?;
            gone.extend(links.iter().filter(|link| ends(&link.from.form, &link.field)).map(|link| link.to));
        }
        self.entries_named(grant, &chronology::standing(&rows, &gone)).await
    }

    /// These entries, as far as they stand in the records that are read, in the order of their days.
    pub async fn entries_named<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        entries: &[EntryId],
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let mut all = Vec::new();
        for some in entries.chunks(400) {
            let mut args = args_of(some.iter().copied());
            let list = placeholder_list(1, some.len());
            let read = grant.is_read("e.record", &mut args);
            let sql = format!(
                "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record from entry e
                 join entry_version v on v.entry = e.id and v.version = e.version where e.id in ({list}) and {read} and {STANDS}"
            );
            for row in self.query(sql, args).await? {
                all.push(read_of(grant, &row)?);
            }
        }
        all.sort_by_key(|stored: &StoredEntry| (stored.content.happened_on, stored.content.happened_at, stored.entry));
        Ok(all)
    }

    /// When the chronology of this child was last brought up to date: an event was added, one made for a purpose was
    /// worked on, or somebody said that it was gone through. Of a record without any of these, the day on which its
    /// first entry was written (R-CHR-03).
    pub async fn chronology_updated<A: Action>(&self, grant: &Grant<'_, A>) -> Result<Option<Date>, StoreError> {
        let updated = self.updated(&grant.records()).await?;
        Ok(updated.into_values().max())
    }

    /// The same for the children of a list of this person's, which the door has filtered.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who sees no team.
    pub async fn chronologies_updated(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, Date>, Refused> {
        self.permit(policy::Capability::SeeTeam).await?;
        let open: Vec<_> = self.may_in(policy::Capability::SeeTeam, records).await?.into_iter().collect();
        Ok(self.updated(&open).await?)
    }

    async fn updated(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, Date>, StoreError> {
        let mut all = BTreeMap::new();
        for some in records.chunks(400) {
            let list = placeholder_list(5, some.len());
            let mut args = args![chronology::CHRONOLOGY, chronology::ROW, chronology::OUT, chronology::CHECKED];
            args.extend(args_of(some.iter().copied()));
            let sql = format!(
                "select e.record, max(case when e.in_chronology = 1 or e.form in ($1, $2, $3, $4) then e.written else '' end), min(e.written)
                 from entry e where e.record in ({list}) group by e.record"
            );
            for row in self.query(sql, args).await? {
                let updated = row.text(1)?;
                let moment: Moment = if updated.is_empty() {
                    row.parsed(2, "entry", "written")?
                } else {
                    row.parsed(1, "entry", "written")?
                };
                all.insert(row.parsed(0, "entry", "record")?, moment.day());
            }
        }
        Ok(all)
    }
}
