//! Support: people of the supplier or of the authority's IT, who look at a record to mend a fault. Which records are open
//! to them, and who is told of it.

use policy::Capability;
use record::{EntryId, Moment, PersonId, RecordId, known};

use crate::{
    door::{Actor, Refused, Tx},
    engine::{Row, StoreError, args},
    reach::Looks,
};

/// The kind of an account of support, as the database has it.
pub(crate) const SUPPORT: &str = "support";

/// Of which kind an account is, from its making and for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// Of a member of staff.
    Staff,
    /// Of somebody of support.
    Support,
}

/// That a record is, or was, open to somebody of support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenToSupport {
    /// Which record.
    pub record: RecordId,
    /// Its number.
    pub number: i64,
    /// The entry that says why.
    pub entry: EntryId,
    /// To whom.
    pub to: PersonId,
    /// Until when, were it not ended before.
    pub until: Moment,
    /// Who opened it.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

const COLUMNS: &str = "f.record, r.number, f.entry, f.other, f.value, e.author, e.written";

/// For how long whoever answers for a child is told of it who has not looked at the entry.
const TOLD_FOR_SECONDS: i64 = 60 * 86_400;

fn read(row: &Row) -> Result<OpenToSupport, StoreError> {
    let to = row.opt_parsed(3, "fact", "other")?;
    Ok(OpenToSupport {
        record: row.parsed(0, "fact", "record")?,
        number: row.int(1)?,
        entry: row.parsed(2, "fact", "entry")?,
        to: to.ok_or(StoreError::Inconsistent { table: "fact", column: "other" })?,
        until: row.parsed(4, "fact", "value")?,
        by: row.parsed(5, "entry", "author")?,
        at: row.parsed(6, "entry", "written")?,
    })
}

impl Tx {
    /// The records that are open now to this person of support, by number; one leaf says which.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for anybody else.
    pub async fn opened_to_me(&self) -> Result<Vec<OpenToSupport>, Refused> {
        let Actor::Support(me) = self.actor() else { return Err(Refused::NoRight) };
        let mut args = args![self.now().day(), known::OPENED_TO_SUPPORT, me, self.now()];
        let open = self.is_open(Capability::ReadRecord, Looks::AtFew, &mut args).await?;
        let sql = format!(
            "select {COLUMNS} from fact f join record r on r.id = f.record join entry e on e.id = f.entry
             where f.kind = $2 and f.other = $3 and f.value > $4 and (f.until_day is null or f.until_day > $1)
             and {open} order by f.value, f.entry"
        );
        let all = self.query(sql, args).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let shown: Vec<_> = all.iter().map(|one| one.record.to_string()).collect();
        self.lists(Capability::ReadRecord, all.iter().map(|one| (one.record, None)));
        self.leave("list-opened-to-me", None, None, "", &shown, false);
        Ok(all)
    }

    /// The records that are open to support now, of those that this person opens to it; one leaf says which.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who opens none.
    pub async fn open_to_support(&self) -> Result<Vec<OpenToSupport>, Refused> {
        self.permit(Capability::GrantSupport).await?;
        let mut args = args![self.now().day(), known::OPENED_TO_SUPPORT, self.now()];
        let open = self.is_open(Capability::GrantSupport, Looks::AtFew, &mut args).await?;
        let sql = format!(
            "select {COLUMNS} from fact f join record r on r.id = f.record join entry e on e.id = f.entry
             where f.kind = $2 and f.value > $3 and (f.until_day is null or f.until_day > $1)
             and {open} order by f.value, f.entry"
        );
        let all = self.query(sql, args).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let shown: Vec<_> = all.iter().map(|one| one.record.to_string()).collect();
        self.lists(Capability::GrantSupport, all.iter().map(|one| (one.record, None)));
        self.leave("list-support", None, None, "", &shown, false);
        Ok(all)
    }

    /// The openings to support of which this person has not read why, in records in which they may see who has looked; the
    /// oldest first.
    pub async fn support_let_in(&self) -> Result<Vec<OpenToSupport>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(Vec::new()) };
        if self.reach(Capability::SeeReadings).await?.is_empty() {
            return Ok(Vec::new());
        }
        let since = self.now().plus_seconds(-TOLD_FOR_SECONDS);
        let mut args = args![self.now().day(), known::OPENED_TO_SUPPORT, since.day(), me];
        let open = self.is_open(Capability::SeeReadings, Looks::AtFew, &mut args).await?;
        let sql = format!(
            "select {COLUMNS} from fact f join record r on r.id = f.record join entry e on e.id = f.entry
             where f.kind = $2 and f.other is not null and f.from_day >= $3 and e.author <> $4
             and not exists (select 1 from seen_entry s where s.person = $4 and s.entry = f.entry)
             and {open} order by e.written, e.id limit 200"
        );
        self.query(sql, args).await?.iter().map(read).collect()
    }
}
