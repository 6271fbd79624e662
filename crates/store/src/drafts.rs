//! Drafts: what somebody is writing, kept as they type, valid or not. Not yet a record.
//!
//! Only the author reads a draft; a manager sees that it exists and how old it is. What concerns one child is sealed
//! under that child's key, the rest under the key of the record from which the draft was opened. A save on a version
//! that is no longer a head makes a second head: two tabs never overwrite each other.

use std::collections::BTreeMap;

use record::{DraftId, EntryId, Moment, PersonId, RecordId, Typed};

use crate::{
    door::{Action, Grant, Tx, Write},
    engine::{Piece, Statement, StoreError, args},
    keys::Binding,
};

/// A draft and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The draft.
    pub id: DraftId,
    /// The form's name.
    pub form: String,
    /// The form's version when it was begun.
    pub form_version: u32,
    /// The hash of that version: a draft is finished in the form in which it began. None for one from before this was
    /// kept.
    pub form_hash: Option<[u8; 32]>,
    /// Who writes it.
    pub author: PersonId,
    /// The record from which it was opened.
    pub front: RecordId,
    /// The entry that it is to amend, in that record; none for what is written anew.
    pub amends: Option<EntryId>,
    /// When it was begun.
    pub opened: Moment,
    /// When it was last saved.
    pub touched: Moment,
    /// Its heads: one, or several when two tabs or computers wrote at once.
    pub heads: Vec<Head>,
    /// The number of its newest version, 0 when nothing was saved yet.
    pub last: i64,
}

/// A text that nothing was saved on top of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number: what a page says it was written on.
    pub n: i64,
    /// When it was saved.
    pub at: Moment,
    /// Whether it stays when the next one comes.
    pub kept: bool,
}

/// After how long without typing the next autosave keeps the version before it.
const QUIET_SECONDS: i64 = 600;

impl Tx {
    /// That a form was shown to write in this record, with what the record says already.
    pub fn shows_form(&self, grant: &Grant<'_, Write>) {
        self.leave("read-to-write", Some(grant.record), None, &self.purpose_of(grant), &[], false);
    }

    /// Begins a draft.
    pub fn begin_draft(&self, grant: &Grant<'_, Write>, draft: &Draft) {
        self.then(Statement::new(
            "insert into draft (id, form, form_version, author, front, opened, touched, state, form_hash)
             values ($1, $2, $3, $4, $5, $6, $6, 'open', $7)",
            args![
                draft.id,
                &draft.form,
                draft.form_version,
                draft.author,
                grant.record(),
                self.now(),
                draft.form_hash.map(Vec::from)
            ],
        ));
        if let Some(entry) = draft.amends {
            self.mark_amending(draft.id, entry);
        }
        self.leave("draft-begun", Some(grant.record()), Some(draft.id.to_string()), "", &[], true);
    }

    /// An open draft of this actor; none for anybody else's.
    pub async fn own_draft(&self, draft: DraftId) -> Result<Option<Draft>, StoreError> {
        let Some(author) = self.actor().person() else { return Ok(None) };
        Ok(self.drafts("d.id = $1 and d.author = $2", args![draft, author]).await?.pop())
    }

    /// Every open draft of this actor, the latest first.
    pub async fn own_drafts(&self) -> Result<Vec<Draft>, StoreError> {
        let Some(author) = self.actor().person() else { return Ok(Vec::new()) };
        self.drafts("d.author = $1", args![author]).await
    }

    /// The open drafts opened from this record: that they exist, whose they are and how old; never what they say.
    pub async fn drafts_of_record<A: Action>(&self, grant: &Grant<'_, A>) -> Result<Vec<Draft>, StoreError> {
        self.drafts("d.front = $1", args![grant.record()]).await
    }

    pub(crate) async fn drafts(&self, which: &str, args: Vec<crate::engine::Arg>) -> Result<Vec<Draft>, StoreError> {
        let rows = self
            .query(
                format!(
                    "select d.id, d.form, d.form_version, d.author, d.front, d.opened, d.touched, v.n, v.at, v.kept,
                     (select coalesce(max(n), 0) from draft_version l where l.draft = d.id), a.entry, d.form_hash
                     from draft d left join amending a on a.draft = d.id left join draft_version v on v.draft = d.id and v.head = 1
                     where {which} and d.state = 'open' order by d.touched desc, d.id, v.n"
                ),
                args,
            )
            .await?;
        let mut drafts: Vec<Draft> = Vec::new();
        for row in rows {
            let id = row.parsed(0, "draft", "id")?;
            if drafts.last().is_none_or(|last| last.id != id) {
                drafts.push(Draft {
                    id,
                    form: row.text(1)?,
                    form_version: u32::try_from(row.int(2)?).unwrap_or_default(),
                    form_hash: row.opt_blob(12)?.and_then(|hash| hash.try_into().ok()),
                    author: row.parsed(3, "draft", "author")?,
                    front: row.parsed(4, "draft", "front")?,
                    amends: row.opt_parsed(11, "amending", "entry")?,
                    opened: row.parsed(5, "draft", "opened")?,
                    touched: row.parsed(6, "draft", "touched")?,
                    heads: Vec::new(),
                    last: row.int(10)?,
                });
            }
            if let (Some(draft), Some(n), Some(at)) =
                (drafts.last_mut(), row.opt_int(7)?, row.opt_parsed(8, "draft_version", "at")?)
            {
                draft.heads.push(Head { n, at, kept: row.opt_int(9)? == Some(1) });
            }
        }
        Ok(drafts)
    }

    /// Keeps what was typed on top of version `on` (0 for the first). Gives the number of the new version.
    ///
    /// `grants` are to write in the draft's front record and in every record that has a part of its own. `keep` says
    /// that the version stays when the next one comes (Save, sign-out); an autosave otherwise replaces its head.
    pub fn save_draft(
        &self,
        draft: &Draft,
        grants: &BTreeMap<RecordId, Grant<'_, Write>>,
        on: i64,
        typed: &Typed,
        keep: bool,
    ) -> Result<i64, StoreError> {
        let saved =
            self.add_version(draft, grants, on, typed, if keep { Version::Kept } else { Version::Autosaved })?;
        self.then(Statement::one_row(
            "update draft set touched = $2 where id = $1 and state = 'open'",
            args![draft.id, self.now()],
        ));
        Ok(saved)
    }

    /// Completes a draft: what is typed now becomes its last version, on top of `on`, and the draft ends with its one
    /// head (two must have been joined before).
    pub fn complete_draft(
        &self,
        draft: &Draft,
        grants: &BTreeMap<RecordId, Grant<'_, Write>>,
        on: i64,
        typed: &Typed,
    ) -> Result<(), StoreError> {
        self.add_version(draft, grants, on, typed, Version::Last)?;
        self.close_draft(draft, DraftEnd::Completed);
        Ok(())
    }

    fn add_version(
        &self,
        draft: &Draft,
        grants: &BTreeMap<RecordId, Grant<'_, Write>>,
        on: i64,
        typed: &Typed,
        as_what: Version,
    ) -> Result<i64, StoreError> {
        let next = draft.last + 1;
        // The version before and this one are rows of their own.
        let piece = Piece { of: draft.front, step: 0 };
        if let Some(before) = draft.heads.iter().find(|head| head.n == on) {
            let quiet = self.now().seconds_since(before.at) > QUIET_SECONDS;
            if before.kept || quiet {
                let keep = "update draft_version set head = 0, kept = 1 where draft = $1 and n = $2 and head = 1";
                self.then(Statement::one_row(keep, args![draft.id, on]).of(piece));
            } else {
                let part = "delete from draft_part where draft = $1 and n = $2";
                self.then(Statement::new(part, args![draft.id, on]).of(piece));
                let version = "delete from draft_version where draft = $1 and n = $2 and head = 1";
                self.then(Statement::one_row(version, args![draft.id, on]).of(piece));
            }
        }
        let (kept, head) = (as_what != Version::Autosaved, as_what != Version::Last);
        let row = args![draft.id, next, on, 0_i64, self.now(), kept, head];
        self.then(Statement::insert("draft_version (draft, n, parent, joined, at, kept, head)", vec![row]).of(piece));
        let thing = draft.id.to_string();
        let version = u32::try_from(next).unwrap_or(u32::MAX);
        let mut parts = Vec::new();
        for (record, grant) in grants {
            let own = typed.part_for(Some(*record));
            let common = (*record == draft.front).then(|| typed.part_for(None));
            for (part, typed) in [("common", common), ("own", Some(own))] {
                let Some(typed) = typed.filter(|typed| typed.pairs().next().is_some()) else { continue };
                let binding = Binding { record: *record, thing: &thing, version, part };
                parts.push(args![draft.id, next, record.to_owned(), part, grant.key.seal(binding, &typed.to_bytes())?]);
            }
        }
        if !parts.is_empty() {
            self.then(Statement::insert("draft_part (draft, n, record, part, sealed)", parts).of(piece));
        }
        Ok(next)
    }

    /// The record from which a draft was opened.
    pub async fn front_of(&self, draft: DraftId) -> Result<Option<RecordId>, StoreError> {
        let rows = self.query("select front from draft where id = $1", args![draft]).await?;
        rows.first().map(|row| row.parsed(0, "draft", "front")).transpose()
    }

    /// The records that a version of a draft has parts in.
    pub async fn draft_records(&self, draft: &Draft, n: i64) -> Result<Vec<RecordId>, StoreError> {
        self.query("select distinct record from draft_part where draft = $1 and n = $2", args![draft.id, n])
            .await?
            .iter()
            .map(|row| row.parsed(0, "draft_part", "record"))
            .collect()
    }

    /// What a version of a draft says, as far as the grants reach: a part in a record that is closed by now stays shut.
    pub async fn typed(
        &self,
        draft: &Draft,
        grants: &BTreeMap<RecordId, Grant<'_, Write>>,
        n: i64,
    ) -> Result<Typed, StoreError> {
        let rows = self
            .query(
                "select record, part, sealed from draft_part where draft = $1 and n = $2 order by part, record",
                args![draft.id, n],
            )
            .await?;
        let thing = draft.id.to_string();
        let version = u32::try_from(n).unwrap_or(u32::MAX);
        let mut whole = Typed::default();
        for row in rows {
            let record: RecordId = row.parsed(0, "draft_part", "record")?;
            let Some(grant) = grants.get(&record) else { continue };
            let part = row.text(1)?;
            let open = grant.key.open(Binding { record, thing: &thing, version, part: &part }, &row.blob(2)?);
            let typed = open.and_then(|bytes| Typed::from_bytes(&bytes));
            whole = whole.join(typed.ok_or(StoreError::Inconsistent { table: "draft_part", column: "sealed" })?);
        }
        Ok(whole)
    }

    /// Joins two heads into the one that was just saved on top of `kept`: the other stays as a version.
    pub fn join_heads(&self, draft: &Draft, other: i64, into: i64) {
        self.then(Statement::one_row(
            "update draft_version set head = 0, kept = 1, joined = $3 where draft = $1 and n = $2 and head = 1",
            args![draft.id, other, into],
        ));
    }

    /// Puts a draft aside. Its versions stay (R-INT-06).
    pub fn put_draft_aside(&self, draft: &Draft) {
        self.then(Statement::new(
            "update draft_version set kept = 1, head = 0 where draft = $1 and head = 1",
            args![draft.id],
        ));
        self.close_draft(draft, DraftEnd::PutAside);
    }

    fn close_draft(&self, draft: &Draft, end: DraftEnd) {
        let (word, act) = match end {
            DraftEnd::Completed => ("completed", "draft-completed"),
            DraftEnd::PutAside => ("put-aside", "draft-put-aside"),
        };
        self.then(Statement::one_row(
            "update draft set state = $2, touched = $3 where id = $1 and state = 'open'",
            args![draft.id, word, self.now()],
        ));
        self.leave(act, Some(draft.front), Some(draft.id.to_string()), "", &[], true);
    }

    /// How many earlier versions of its author's draft are kept.
    pub async fn kept_versions(&self, draft: &Draft) -> Result<Vec<Head>, StoreError> {
        self.query("select n, at from draft_version where draft = $1 order by n desc", args![draft.id])
            .await?
            .iter()
            .map(|row| Ok(Head { n: row.int(0)?, at: row.parsed(1, "draft_version", "at")?, kept: true }))
            .collect()
    }
}

/// How a draft ends.
#[derive(Clone, Copy)]
enum DraftEnd {
    /// It became entries.
    Completed,
    /// Its author put it aside; nothing of it stands in a record.
    PutAside,
}

/// What a new version of a draft is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    /// A head that the next one replaces.
    Autosaved,
    /// A head that stays as a version.
    Kept,
    /// The one that was completed.
    Last,
}
