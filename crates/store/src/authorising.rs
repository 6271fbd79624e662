//! What waits to be authorised: the table `to_authorise`, beside the rows of what does not stand before that.
//!
//! An entry of a form with `authorised-by` is on the table until somebody has authorised it, and while it is returned and
//! not written again. The table follows from what the entries of a record say ([`record::right::to_authorise`]); `verify`
//! works it out again.

use std::collections::BTreeSet;

use policy::Capability;
use record::{
    EntryId, Moment, PersonId, RecordId,
    access::{Decision, by_roles, decide},
    entry::EntryCompleted,
    fact::Assertion,
    right::Fate,
};

use crate::{
    door::{Grant, Refused, Tx, Write},
    engine::{Row, Statement, StoreError, args, as_json, texts_of},
    entries::StoredEntry,
    reach::Looks,
};

/// An entry that must be seen to before it is authorised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToAuthorise {
    /// In which record.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
    /// Its form.
    pub form: String,
    /// The form as it was.
    pub form_hash: Option<[u8; 32]>,
    /// Who wrote it.
    pub by: PersonId,
    /// When.
    pub written: Moment,
    /// The answer with which it was returned, if it was.
    pub returned_by: Option<EntryId>,
}

const COLUMNS: &str = "t.record, t.entry, e.form, v.form_hash, e.author, e.written, t.returned_by";
const FROM: &str =
    "to_authorise t join entry e on e.id = t.entry join entry_version v on v.entry = e.id and v.version = e.version";

fn read(row: &Row) -> Result<ToAuthorise, StoreError> {
    Ok(ToAuthorise {
        record: row.parsed(0, "to_authorise", "record")?,
        entry: row.parsed(1, "to_authorise", "entry")?,
        form: row.text(2)?,
        form_hash: row.opt_blob(3)?.and_then(|hash| hash.try_into().ok()),
        by: row.parsed(4, "entry", "author")?,
        written: row.parsed(5, "entry", "written")?,
        returned_by: row.opt_parsed(6, "to_authorise", "returned_by")?,
    })
}

impl Tx {
    /// What colleagues have written with these forms that waits for an answer, in records in which this person may authorise
    /// anything, the oldest first. Whether it is theirs to authorise is asked of each ([`Tx::may_by`]).
    pub async fn to_authorise(&self, forms: &BTreeSet<String>, most: u32) -> Result<Vec<ToAuthorise>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(Vec::new()) };
        if self.reach(Capability::AuthoriseEntry).await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut args = args![self.now().day(), me, i64::from(most), as_json(forms)];
        let among = texts_of(self.db.engine(), 4);
        let open = self.is_open(Capability::AuthoriseEntry, Looks::AtFew, &mut args).await?;
        let sql = format!(
            "select {COLUMNS} from {FROM} join record r on r.id = t.record
             where t.returned_by is null and e.author <> $2 and e.form in ({among}) and {open} order by e.written, e.id limit $3"
        );
        self.query(sql, args).await?.iter().map(read).collect()
    }

    /// What this person wrote that waits to be authorised, or was returned to them, in records that are open to them.
    pub async fn own_to_authorise(&self) -> Result<Vec<ToAuthorise>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(Vec::new()) };
        let sql = format!("select {COLUMNS} from {FROM} where e.author = $1 order by e.written, e.id");
        let mut own: Vec<_> = self.query(sql, args![me]).await?.iter().map(read).collect::<Result<_, _>>()?;
        let open = self.readable(&own.iter().map(|one| one.record).collect::<Vec<_>>()).await?;
        own.retain(|one| open.contains(&one.record));
        Ok(own)
    }

    /// What was written in the records of this person's teams that waits to be authorised, or was returned and not written
    /// again; the oldest first.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who sees no team.
    pub async fn to_authorise_of_teams(&self, most: u32) -> Result<Vec<ToAuthorise>, Refused> {
        self.permit(Capability::SeeTeam).await?;
        let mut args = args![self.now().day(), i64::from(most)];
        let open = self.is_open(Capability::SeeTeam, Looks::AtMany, &mut args).await?;
        let sql = format!(
            "select {COLUMNS} from {FROM} join record r on r.id = t.record where {open} order by e.written, e.id limit $2"
        );
        Ok(self.query(sql, args).await?.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// What must be seen to of one entry, if anything must.
    pub async fn is_to_be_authorised(&self, entry: EntryId) -> Result<Option<ToAuthorise>, StoreError> {
        let sql = format!("select {COLUMNS} from {FROM} where t.entry = $1");
        self.query(sql, args![entry]).await?.first().map(read).transpose()
    }

    /// Whether this person may do something in a record by these of their roles alone.
    pub async fn may_by(&self, roles: &[String], capability: Capability, record: RecordId) -> Result<bool, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(true) };
        let (Some(row), _) = self.row_in_group(record).await? else { return Ok(false) };
        let standing = by_roles(self.standing().await?, roles);
        Ok(matches!(decide(self.db.pack(), me, &standing, capability, Some(&row.situation)), Decision::Allow(_)))
    }

    /// Answers what waits to be authorised: it is, with what it asserts where it did not stand before; or it goes back to
    /// whoever wrote it.
    pub async fn answer_authorisation(
        &self,
        grant: &Grant<'_, Write>,
        (of, answer): (&StoredEntry, EntryId),
        authorised: Option<Vec<Assertion>>,
    ) -> Result<(), StoreError> {
        self.hold_unchanged(grant);
        let waits = of.content.waits();
        if waits {
            let sql = "delete from not_standing where entry = $1 and how = 'unauthorised'";
            self.then(Statement::one_row(sql, args![of.entry]));
            self.touch_fate(grant.record, of.entry, None);
        }
        let Some(new) = authorised else {
            let sql = "update to_authorise set returned_by = $2 where entry = $1 and returned_by is null";
            self.then(Statement::one_row(sql, args![of.entry, answer]));
            if waits {
                self.does_not_stand(grant.record, of.entry, Fate::Returned, answer);
            }
            return Ok(());
        };
        let sql = "delete from to_authorise where entry = $1 and returned_by is null";
        self.then(Statement::one_row(sql, args![of.entry]));
        match &of.content.right.amends {
            _ if !waits => Ok(()),
            Some(amends) => self.takes_the_place(grant, (of.entry, amends.entry), new).await,
            None => self.reassert(grant, &[], new).await,
        }
    }

    /// Of an entry that was just completed: that somebody must authorise it, where the form says so.
    pub(crate) fn needs_authorising(&self, completed: &EntryCompleted) {
        if completed.content.needs.is_some() {
            self.is_to_authorise(completed.record, completed.entry, None);
        }
    }

    pub(crate) fn is_to_authorise(&self, record: RecordId, entry: EntryId, returned_by: Option<EntryId>) {
        self.then(Statement::new(
            "insert into to_authorise (entry, record, returned_by) values ($1, $2, $3)",
            args![entry, record, returned_by],
        ));
    }

    /// That nobody need see to it any more: another entry has its place, or will have, or it was moved away.
    pub(crate) fn is_seen_to(&self, entry: EntryId) {
        self.then(Statement::new("delete from to_authorise where entry = $1", args![entry]));
    }
}
