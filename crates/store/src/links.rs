//! Entries that refer to each other. A reference is an answer of the kind `entry`, so its plain row in `answer` follows
//! from the sealed words, and `verify` derives it again: there is no other table of links.

use std::collections::BTreeMap;

use jiff::civil::Date;
use record::{EntryId, PersonId, RecordId};

use crate::{
    door::{Action, Grant, Tx},
    engine::{Row, StoreError, placeholder_list},
    entries::{StoredEntry, happened_at},
    facts::args_of,
    right::HERE,
};

/// What names an entry to a reader of its record, without opening what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// The record that it stands in.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
    /// The form that it was made with.
    pub form: String,
    /// The day it happened.
    pub happened_on: Date,
    /// The time of day as `15:20`; blank when not known.
    pub happened_at: String,
    /// Who wrote it.
    pub author: PersonId,
}

impl Brief {
    /// What names an entry that has been read.
    pub fn of(record: RecordId, stored: &StoredEntry) -> Self {
        Self {
            record,
            entry: stored.entry,
            form: stored.content.form.clone(),
            happened_on: stored.content.happened_on,
            happened_at: happened_at(&stored.content),
            author: stored.content.author.person,
        }
    }
}

/// An entry that refers to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The one that refers.
    pub from: Brief,
    /// The question whose answer the other one is.
    pub field: String,
    /// The one that is referred to.
    pub to: EntryId,
}

impl Tx {
    /// In which record each of these entries stands and with which form it was made; those that do not exist are left
    /// out. Tells no words: what a form may refer to is checked by it.
    pub async fn known_entries(
        &self,
        entries: &[EntryId],
    ) -> Result<BTreeMap<EntryId, (RecordId, String)>, StoreError> {
        if entries.is_empty() {
            return Ok(BTreeMap::new());
        }
        let list = placeholder_list(1, entries.len());
        let sql = format!("select e.id, e.record, e.form from entry e where e.id in ({list}) and {HERE}");
        self.query(sql, args_of(entries.iter().copied()))
            .await?
            .iter()
            .map(|row| Ok((row.parsed(0, "entry", "id")?, (row.parsed(1, "entry", "record")?, row.text(2)?))))
            .collect()
    }

    /// What names these entries, as far as they stand in this record.
    pub async fn briefs<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        entries: &[EntryId],
    ) -> Result<BTreeMap<EntryId, Brief>, StoreError> {
        if entries.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut args = args_of(entries.iter().copied());
        let list = placeholder_list(1, entries.len());
        let read = grant.is_read("record", &mut args);
        self.query(
            format!(
                "select id, form, happened_on, happened_at, author, record from entry where {read} and id in ({list})"
            ),
            args,
        )
        .await?
        .iter()
        .map(|row| read_brief(row.parsed(5, "entry", "record")?, row).map(|brief| (brief.entry, brief)))
        .collect()
    }

    /// The entries of this record whose answers refer to one of these, in the order in which they happened.
    pub async fn linked_from<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        entries: &[EntryId],
    ) -> Result<Vec<Link>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut args = args_of(entries.iter().copied());
        let read = grant.is_read("e.record", &mut args);
        // The length is what the index is over: only answers that are identifiers.
        let sql = format!(
            "select e.id, e.form, e.happened_on, e.happened_at, e.author, e.record, a.field, a.value from answer a
             join entry e on e.id = a.entry and e.version = a.version
             where length(a.value) = 26 and a.value in ({}) and {read} and {HERE}
             order by e.happened_on, e.happened_at, e.id",
            placeholder_list(1, entries.len())
        );
        self.query(sql, args)
            .await?
            .iter()
            .map(|row| {
                Ok(Link {
                    from: read_brief(row.parsed(5, "entry", "record")?, row)?,
                    field: row.text(6)?,
                    to: row.parsed(7, "answer", "value")?,
                })
            })
            .collect()
    }
}

fn read_brief(record: RecordId, row: &Row) -> Result<Brief, StoreError> {
    Ok(Brief {
        record,
        entry: row.parsed(0, "entry", "id")?,
        form: row.text(1)?,
        happened_on: row.parsed(2, "entry", "happened_on")?,
        happened_at: row.text(3)?,
        author: row.parsed(4, "entry", "author")?,
    })
}
