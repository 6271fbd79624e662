//! What colleagues wrote in somebody's children's records and that person has not looked at yet (R-OBS-17, R-BAS-13).
//!
//! Worked out from the entries themselves; `seen_entry` keeps only which of them somebody has seen. It says no more than
//! the ledger of readings does, but of one person and one entry it can be asked at once, which a ledger cannot. What was
//! written before somebody was given the child is no news to them (a fact's place says when it was written), and neither is what is older than [`LATELY_DAYS`].

use record::{EntryId, Moment, PersonId, RecordId};

use crate::{
    door::Tx,
    engine::{Row, Statement, StoreError, args, placeholder_list},
    facts::args_of,
    right::HERE,
};

/// How far back what others wrote is news.
pub const LATELY_DAYS: i64 = 60;

/// An entry that somebody has not seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// In which record.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
    /// Its form.
    pub form: String,
    /// Who wrote it.
    pub author: PersonId,
    /// When.
    pub written: Moment,
    /// Whose news it is: the worker of the child, who holds the file, or who stands in.
    pub whose: PersonId,
}

/// To whom an entry in a record is news: who works with the child, who holds the file, who stands in.
const CONCERNED: &str = "c.record = e.record and c.subject = 'r' || e.record
    and c.kind in ('allocated-worker', 'file-holder', 'covered-by') and c.from_day <= $1
    and (c.until_day is null or c.until_day > $1)";

impl Tx {
    /// What others wrote in these records and the person who asks has not seen, newest first. The records come from a
    /// list that the door has filtered.
    pub async fn unread(&self, records: &[RecordId]) -> Result<Vec<Unread>, StoreError> {
        match self.actor().person() {
            Some(me) => self.unread_by(records, Some(me)).await,
            None => Ok(Vec::new()),
        }
    }

    /// The same for everybody who works with these children: what their manager sees of it.
    pub async fn unread_by_workers(&self, records: &[RecordId]) -> Result<Vec<Unread>, StoreError> {
        let mut all = self.unread_by(records, None).await?;
        all.sort_by_key(|one| (std::cmp::Reverse((one.written, one.entry)), one.whose));
        all.dedup_by(|a, b| (a.entry, a.whose) == (b.entry, b.whose));
        Ok(all)
    }

    async fn unread_by(&self, records: &[RecordId], whose: Option<PersonId>) -> Result<Vec<Unread>, StoreError> {
        let mut all = Vec::new();
        let since = self.now().plus_seconds(-LATELY_DAYS * 86_400);
        for some in records.chunks(400) {
            let mut args = args![self.now().day(), since];
            let list = placeholder_list(3, some.len());
            args.extend(args_of(some.iter().copied()));
            let only = if let Some(whose) = whose {
                args.extend(args![whose]);
                format!("and c.value = ${}", args.len())
            } else {
                "and c.kind = 'allocated-worker' and c.value <> ''".to_owned()
            };
            let rows = self
                .query(
                    format!(
                        "select distinct e.record, e.id, e.form, e.author, e.written, c.value from entry e
                         join fact c on {CONCERNED}
                         where e.record in ({list}) and e.written >= $2 and e.written >= c.from_day and e.written > substr(c.place, 12, 27) and e.author <> c.value {only}
                         and {HERE} and not exists (select 1 from seen_entry m where m.person = c.value and m.entry = e.id)
                         order by e.written desc, e.id desc"
                    ),
                    args,
                )
                .await?;
            for row in &rows {
                all.push(read_unread(row)?);
            }
        }
        all.sort_by_key(|one| std::cmp::Reverse((one.written, one.entry)));
        Ok(all)
    }

    /// The open records of children whose file the person who asks holds, whoever works with the child, as far as they may
    /// read them.
    pub async fn file_held(&self) -> Result<Vec<RecordId>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(Vec::new()) };
        let rows = self
            .query(
                "select distinct f.record from fact f where f.kind = 'file-holder' and f.value = $1 and f.from_day <= $2
                 and (f.until_day is null or f.until_day > $2)
                 and not exists (select 1 from fact c where c.record = f.record and c.subject = f.subject
                     and c.kind = 'record-status' and c.value = 'closed' and c.from_day <= $2 and (c.until_day is null or c.until_day > $2))",
                args![me, self.now().day()],
            )
            .await?;
        let records = rows.iter().map(|row| row.parsed(0, "fact", "record")).collect::<Result<Vec<RecordId>, _>>()?;
        Ok(self.readable(&records).await?.into_iter().collect())
    }

    /// Keeps that the person who asks has seen these entries. Twice does no harm.
    pub fn saw(&self, entries: &[EntryId]) {
        let Some(me) = self.actor().person() else { return };
        for entry in entries {
            let sql = "insert into seen_entry (person, entry, at) values ($1, $2, $3) on conflict do nothing";
            self.then(Statement::new(sql, args![me, *entry, self.now()]));
        }
    }

    /// Keeps who has seen what in an invented past.
    pub fn invent_seen(&self, seen: &[(PersonId, EntryId)]) {
        for some in seen.chunks(2_000) {
            let rows = some.iter().map(|(person, entry)| args![*person, *entry, self.now()]).collect();
            self.then(Statement::insert("seen_entry (person, entry, at)", rows));
        }
    }
}

fn read_unread(row: &Row) -> Result<Unread, StoreError> {
    Ok(Unread {
        record: row.parsed(0, "entry", "record")?,
        entry: row.parsed(1, "entry", "id")?,
        form: row.text(2)?,
        author: row.parsed(3, "entry", "author")?,
        written: row.parsed(4, "entry", "written")?,
        whose: row.parsed(5, "fact", "value")?,
    })
}
