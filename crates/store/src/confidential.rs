//! The confidential section: which entries are out of the way where a record is read.
//!
//! An entry of the form `confidential` puts another one there, one of `confidential-note` is there from the first moment;
//! the fact that they set says until when. With an entry go all that stand in its place or stood there before, what was
//! asked and answered about putting it right, why it was put there, what managers wrote when they looked at it again, and the
//! rows of chronologies that were made of it by hand: the reason alone may tell it.

use std::collections::BTreeSet;

use policy::Capability;
use record::{
    EntryId, RecordId,
    chronology::{
        OUT, ROW,
        field::{INSTEAD_OF, ROW as OF_ROW, SOURCE},
    },
    confidential::{ENTRY, KEEP_FORM, KEPT_BY, REVIEW_FORM},
    known,
    right::{ANSWER_FORM, APPROVAL_FORM, AUTHORISATION_FORM, REQUEST_FORM},
};

use crate::{
    door::{Action, Grant, Tx},
    engine::{StoreError, among, args, as_json, texts_of},
};

/// Reading what is kept in the confidential section of a record: the section, or one entry of it.
#[derive(Clone, Copy, Debug)]
pub struct OpenSection(pub Option<EntryId>);
impl Action for OpenSection {
    fn capability(&self) -> Capability {
        Capability::ReadConfidential
    }
    fn name(&self) -> &'static str {
        "read-confidential"
    }
    fn thing(&self) -> Option<String> {
        self.0.map(|entry| entry.to_string())
    }
    const CHANGES: bool = false;
    const OPENS_SECTION: bool = true;
}

/// How an entry stands to the confidential section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InSection {
    /// It is not there, or was read there.
    #[default]
    No,
    /// It is there; what it says was left out, and this reader may open the section.
    Opens,
    /// It is there, and this reader may not.
    Closed,
}

impl<A: Action> Grant<'_, A> {
    /// Whether something is kept in the confidential section that this reader may open.
    pub const fn may_open_section(&self) -> bool {
        self.may_open_section
    }

    /// Whether this entry is kept in the confidential section, whatever of it this grant may read.
    pub fn keeps(&self, entry: EntryId) -> bool {
        self.kept.contains(&entry)
    }

    /// What may be read of an entry. Whoever puts it right, moves or authorises it has it whole.
    pub(crate) fn in_section(&self, entry: EntryId) -> InSection {
        let whole = [Capability::AmendEntry, Capability::MoveEntry, Capability::AuthoriseEntry];
        if A::OPENS_SECTION || whole.contains(&self.action().capability()) || !self.kept.contains(&entry) {
            InSection::No
        } else if self.may_open_section {
            InSection::Opens
        } else {
            InSection::Closed
        }
    }
}

impl Tx {
    /// What is kept in the confidential sections of these records now.
    pub(crate) async fn kept_in(&self, records: &[RecordId]) -> Result<BTreeSet<EntryId>, StoreError> {
        let sql = format!(
            "select entry from fact where kind = '{}' and value <> '' and from_day <= $1
             and (until_day is null or until_day > $1) and record {}",
            known::KEPT_CONFIDENTIAL,
            among(self.db.engine(), 2)
        );
        let rows = self.query(sql, args![self.now().day(), as_json(records)]).await?;
        let by = rows.iter().map(|row| row.parsed(0, "fact", "entry")).collect::<Result<_, _>>()?;
        self.kept_by(by).await
    }

    /// What these entries put into the section, themselves among them.
    async fn kept_by(&self, mut kept: BTreeSet<EntryId>) -> Result<BTreeSet<EntryId>, StoreError> {
        let list = texts_of(self.db.engine(), 1);
        let about_it =
            [REQUEST_FORM, ANSWER_FORM, APPROVAL_FORM, AUTHORISATION_FORM].map(|form| format!("'{form}'")).join(", ");
        // Each step follows one way between entries; a chain of amendments is as long as there are amendments.
        let sql = format!(
            "select a.value from answer a join entry e on e.id = a.entry
             where a.entry in ({list}) and a.field = '{ENTRY}' and e.form = '{KEEP_FORM}'
             union select a.entry from answer a join entry e on e.id = a.entry
             where length(a.value) = 26 and a.value in ({list}) and (a.field = '{KEPT_BY}' and e.form = '{REVIEW_FORM}'
                 or a.field in ('{SOURCE}', '{INSTEAD_OF}') and e.form = '{ROW}' or a.field = '{OF_ROW}' and e.form = '{OUT}' or e.form in ({about_it}))
             union select entry from not_standing where because_of in ({list}) and how <> 'moved'
             union select because_of from not_standing where entry in ({list}) and how <> 'moved'"
        );
        let mut new = kept.clone();
        while !new.is_empty() {
            let rows = self.query(sql.clone(), args![as_json(new.iter().collect::<Vec<_>>())]).await?;
            let found = rows.iter().map(|row| row.parsed(0, "answer", "entry")).collect::<Result<BTreeSet<_>, _>>()?;
            new = found.difference(&kept).copied().collect();
            kept.extend(&new);
        }
        Ok(kept)
    }

    /// Of entries that were just written, what they put into a section or take out of one.
    pub(crate) async fn kept_or_let_go_by(&self, written: &[EntryId]) -> Result<BTreeSet<EntryId>, StoreError> {
        let list = texts_of(self.db.engine(), 1);
        let sql = format!(
            "select e.id from entry e where e.id in ({list}) and e.form = '{KEEP_FORM}'
             union select a.value from answer a join entry e on e.id = a.entry
             where a.entry in ({list}) and a.field = '{KEPT_BY}' and e.form = '{REVIEW_FORM}'"
        );
        let rows = self.query(sql, args![as_json(written)]).await?;
        let by = rows.iter().map(|row| row.parsed(0, "entry", "id")).collect::<Result<_, _>>()?;
        self.kept_by(by).await
    }
}
