//! Entries: kept as the exact bytes that were committed to, sealed under their record's key.

use jiff::civil::{Date, Time};
use ledger::{
    hash::Hash,
    leaf::{FormStamp, Leaf},
};
use policy::form::RecordKind;
use record::{
    ActId, EntryId, PersonId, RecordId, adoption,
    confidential::withhold,
    content::Content,
    entry::{Change, EntryCompleted},
    fact::Fact,
    looked::Why,
    protected::hide_in_entry,
    right::Fate,
    time::time_in_words,
};

use crate::{
    confidential::InSection,
    door::{Action, Grant, Refused, Tx, Write},
    engine::{Arg, Row, Statement, StoreError, args, placeholder_list},
    facts::args_of,
    keys::{Binding, RecordKey},
    right::{HERE, NOT_APART, STANDS},
};

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// The record that it stands in: the one that is read, or another of the same child.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
    /// The act that wrote it, which may have written others in other children's records.
    pub act: ActId,
    /// Its version.
    pub version: u32,
    /// The hash of the form that it was made with.
    pub form_hash: [u8; 32],
    /// What it says.
    pub content: Content,
    /// Whether what it says was left out, because it is kept in the confidential section.
    pub in_section: InSection,
}

/// Where a page of a record's story begins: after this entry, which was the last one shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its day.
    pub day: Date,
    /// Its time, blank when not known.
    pub time: String,
    /// The entry.
    pub entry: String,
}

impl Tx {
    pub(crate) fn new_record(
        &self,
        record: RecordId,
        kind: RecordKind,
        holder: Option<PersonId>,
        action: Write,
    ) -> Result<Grant<'_, Write>, StoreError> {
        let kind = match kind {
            RecordKind::Child => "child",
            RecordKind::Organisation => "organisation",
        };
        let (key, wrapped) = self.db.keys().make_record_key(record)?;
        self.then(Statement::new(
            "insert into record (id, number, kind, holder, wrapped_key, epoch, version)
             values ($1, (select coalesce(max(number), 10000) + 1 from record), $2, $3, $4, $5, 0)",
            args![record, kind, holder, wrapped, self.db.keys().epoch()],
        ));
        self.leave("record-opened", Some(record), None, "", &[], true);
        Ok(Grant::new(record, holder, key, action))
    }

    /// Opens a record: for a child who has none, or the organisation's own. The grant is to write its first entries.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not open records.
    pub async fn open_record(
        &self,
        record: RecordId,
        kind: RecordKind,
        holder: Option<PersonId>,
    ) -> Result<Grant<'_, Write>, Refused> {
        let capability = match kind {
            RecordKind::Child => policy::Capability::OpenRecord,
            RecordKind::Organisation => policy::Capability::ManageStaff,
        };
        self.permit(capability).await?;
        Ok(self.new_record(record, kind, holder, Write(capability))?)
    }

    /// Makes a person: the number under which everybody can find them. What is known of them comes from entries.
    pub fn make_person(&self, person: PersonId) {
        self.then(Statement::new(
            "insert into person (id, number) values ($1, (select coalesce(max(number), 10000) + 1 from person))",
            args![person],
        ));
    }

    /// Begins an act: its identifier makes pressing twice record once.
    pub fn begin_act(&self, act: ActId) {
        self.then(Statement::new(
            "insert into act (id, actor, at) values ($1, $2, $3)",
            args![act, self.actor_name(), self.now()],
        ));
    }

    /// The entries that this act has already written; none when it has not been done.
    pub async fn done(&self, act: ActId) -> Result<Vec<(RecordId, EntryId)>, StoreError> {
        self.query("select record, id from entry where act = $1 order by id", args![act])
            .await?
            .iter()
            .map(|row| Ok((row.parsed(0, "entry", "record")?, row.parsed(1, "entry", "id")?)))
            .collect()
    }

    /// The act that wrote an entry of this record.
    pub async fn act_of<A: Action>(&self, grant: &Grant<'_, A>, entry: EntryId) -> Result<Option<ActId>, StoreError> {
        let rows =
            self.query("select act from entry where id = $1 and record = $2", args![entry, grant.record]).await?;
        rows.first().map(|row| row.parsed(0, "entry", "act")).transpose()
    }

    /// Who did an act, if a person did.
    pub async fn author_of(&self, act: ActId) -> Result<Option<PersonId>, StoreError> {
        let rows = self.query("select actor from act where id = $1", args![act]).await?;
        Ok(rows.first().map(|row| row.text(0)).transpose()?.and_then(|actor| actor.parse().ok()))
    }

    /// Keeps what follows from an act in one record: its entry with its leaf, and its facts.
    ///
    /// # Errors
    /// A change of another record than the grant's is a fault of the program and refused.
    pub async fn keep(&self, grant: &Grant<'_, Write>, act: ActId, changes: Vec<Change>) -> Result<(), StoreError> {
        self.hold_unchanged(grant);
        let mut assertions = Vec::new();
        for change in changes {
            match change {
                Change::EntryCompleted(completed) if completed.record == grant.record => {
                    self.keep_entry(grant, act, &completed)?;
                    self.needs_authorising(&completed);
                    if completed.content.waits() {
                        self.does_not_stand(grant.record, completed.entry, Fate::Unauthorised, completed.entry);
                    }
                    if completed.content.form == adoption::LINK_FORM {
                        self.does_not_stand(grant.record, completed.entry, Fate::Apart, completed.entry);
                    }
                }
                Change::FactAsserted(said) if said.line.record == grant.record => assertions.push(*said),
                _ => return Err(StoreError::Inconsistent { table: "entry", column: "record" }),
            }
        }
        self.assert(grant, assertions).await
    }

    pub(crate) fn keep_entry(
        &self,
        grant: &Grant<'_, Write>,
        act: ActId,
        done: &EntryCompleted,
    ) -> Result<(), StoreError> {
        self.place_files(grant, &done.content)?;
        let made = entry_rows(&grant.key, act, done)?;
        self.then(Statement::insert(ENTRY_COLUMNS, vec![made.entry]));
        self.then(Statement::insert(VERSION_COLUMNS, vec![made.version]));
        if !made.answers.is_empty() {
            self.then(Statement::insert(ANSWER_COLUMNS, made.answers));
        }
        let leaf = self.new_leaf(&completed_leaf(self.blank_leaf(), done, made.commitment), true);
        self.plan().leaves.push(leaf);
        self.touch_entry(grant, done);
        Ok(())
    }

    /// One entry of this record. One that was moved away is read only by whoever may read the trace.
    pub async fn entry<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        entry: EntryId,
    ) -> Result<Option<StoredEntry>, StoreError> {
        let mut args = args![entry];
        let read = grant.is_read("e.record", &mut args);
        let here = if grant.action().capability() == policy::Capability::ReadMoved { NOT_APART } else { HERE };
        let rows = self
            .query(
                format!(
                    "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record from entry e
                     join entry_version v on v.entry = e.id and v.version = e.version
                     where e.id = $1 and {read} and {here}"
                ),
                args,
            )
            .await?;
        let stored = rows.first().map(|row| read_of(grant, row)).transpose()?;
        let stands_in = stored.as_ref().map_or(grant.record, |stored| stored.record);
        self.leave("read-entry", Some(stands_in), Some(entry.to_string()), &self.purpose_of(grant), &[], false);
        Ok(stored)
    }

    /// A page of this record's entries, newest first by the date of the event, those too in whose place another one
    /// stands; only those that stand and are marked for the chronology when `chronology` says so.
    pub async fn entries<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        chronology: bool,
        after: Option<&After>,
        most: u32,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let only = if chronology { format!("and e.in_chronology = 1 and {STANDS}") } else { format!("and {HERE}") };
        let mut args = args![i64::from(most)];
        let from = match after {
            None => "",
            Some(after) => {
                args.extend(args![after.day, &after.time, &after.entry]);
                "and (e.happened_on, e.happened_at, e.id) < ($2, $3, $4)"
            }
        };
        let read = grant.is_read("e.record", &mut args);
        self.query(
            format!(
                "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record from (
                     select e.id, e.act, e.version, e.record, e.happened_on, e.happened_at from entry e where {read} {only} {from}
                     order by e.happened_on desc, e.happened_at desc, e.id desc limit $1) e
                 join entry_version v on v.entry = e.id and v.version = e.version
                 order by e.happened_on desc, e.happened_at desc, e.id desc"
            ),
            args,
        )
        .await?
        .iter()
        .map(|row| read_of(grant, row))
        .collect()
    }

    /// The entries of this record made with one form, newest first: the register of managers' decisions (R-BAS-06).
    pub async fn entries_of_form<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        form: &str,
        most: u32,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let mut args = args![form, i64::from(most)];
        let read = grant.is_read("e.record", &mut args);
        self.query(
            format!(
                "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record from entry e
                 join entry_version v on v.entry = e.id and v.version = e.version
                 where {read} and e.form = $1 and {STANDS} order by e.happened_on desc, e.happened_at desc, e.id desc limit $2"
            ),
            args,
        )
        .await?
        .iter()
        .map(|row| read_of(grant, row))
        .collect()
    }

    /// The entries of this record made with one of these forms (any form when there are none), newest first: what
    /// another entry may refer to.
    pub async fn entries_of_forms<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        forms: &[String],
        most: u32,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let only = if forms.is_empty() {
            String::new()
        } else {
            format!("and e.form in ({})", placeholder_list(3, forms.len()))
        };
        let mut args = args![grant.record, i64::from(most)];
        args.extend(args_of(forms));
        self.query(
            format!(
                "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record from entry e
                 join entry_version v on v.entry = e.id and v.version = e.version
                 where e.record = $1 {only} and {STANDS} order by e.happened_on desc, e.happened_at desc, e.id desc limit $2"
            ),
            args,
        )
        .await?
        .iter()
        .map(|row| read_of(grant, row))
        .collect()
    }

    /// How many entries stand in this record, and the day of the first event.
    pub async fn extent<A: Action>(&self, grant: &Grant<'_, A>) -> Result<(i64, Option<Date>), StoreError> {
        let mut args = Vec::new();
        let read = grant.is_read("e.record", &mut args);
        let sql = format!("select count(*), min(e.happened_on) from entry e where {read} and {STANDS}");
        let rows = self.query(sql, args).await?;
        rows.first().map_or(Ok((0, None)), |row| Ok((row.int(0)?, row.opt_parsed(1, "entry", "happened_on")?)))
    }

    /// With which forms the entries of the records that are read were made: how many stand, and the day of the newest
    /// event.
    pub async fn forms_that_stand<A: Action>(
        &self,
        grant: &Grant<'_, A>,
    ) -> Result<Vec<(String, i64, Date)>, StoreError> {
        let mut args = Vec::new();
        let read = grant.is_read("e.record", &mut args);
        let sql = format!(
            "select e.form, count(*), max(e.happened_on) from entry e where {read} and {STANDS} group by e.form order by e.form"
        );
        self.query(sql, args)
            .await?
            .iter()
            .map(|row| Ok((row.text(0)?, row.int(1)?, row.parsed(2, "entry", "happened_on")?)))
            .collect()
    }

    /// Entries of this form in this record at the same day and time: another record of the same contact (R-VIS-12).
    pub async fn same_contact<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        form: &str,
        day: Date,
        time: Option<Time>,
    ) -> Result<Option<EntryId>, StoreError> {
        let rows = self
            .query(
                format!(
                    "select e.id from entry e where e.record = $1 and e.form = $2 and e.happened_on = $3 and e.happened_at = $4
                     and {STANDS} limit 1"
                ),
                args![grant.record, form, day, time.map(time_in_words).unwrap_or_default()],
            )
            .await?;
        rows.first().map(|row| row.parsed(0, "entry", "id")).transpose()
    }

    /// The records in which an act wrote, among those that this person may read: the tie is shown only between them.
    pub async fn tied<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        act: ActId,
    ) -> Result<Vec<(RecordId, EntryId)>, StoreError> {
        let all = self.done(act).await?;
        let others: Vec<_> = all.into_iter().filter(|(record, _)| *record != grant.record).collect();
        let open = self.readable(&others.iter().map(|(record, _)| *record).collect::<Vec<_>>()).await?;
        let fates = self.fates(&others.iter().map(|(_, entry)| *entry).collect::<Vec<_>>()).await?;
        let moved = |entry: &EntryId| fates.get(entry).is_some_and(|(how, _)| *how == record::right::Fate::Moved);
        Ok(others.into_iter().filter(|(record, entry)| open.contains(record) && !moved(entry)).collect())
    }

    /// Keeps a form as it was when it was first used, for ever, under its hash. `text` is asked for only then.
    pub async fn keep_form(
        &self,
        hash: &[u8; 32],
        form: &str,
        version: u32,
        text: impl FnOnce() -> String,
    ) -> Result<(), StoreError> {
        if self.db.has_kept(hash) {
            return Ok(());
        }
        let known = self.query("select 1 from form_used where hash = $1", args![hash.as_slice()]).await?;
        if known.is_empty() {
            self.then(Statement::new(
                "insert into form_used (hash, form, version, text) values ($1, $2, $3, $4) on conflict (hash) do nothing",
                args![hash.as_slice(), form, version, text()],
            ));
        } else {
            self.db.remember_kept(*hash);
        }
        Ok(())
    }

    /// The names of the facts of entries, for rows of the chronology that come from facts.
    pub async fn opened_by<A: Action>(
        &self,
        _grant: &Grant<'_, A>,
        facts: &[Fact],
    ) -> Result<Vec<(EntryId, String)>, StoreError> {
        if facts.is_empty() {
            return Ok(Vec::new());
        }
        let args = args_of(facts.iter().map(|fact| fact.said.entry));
        self.query(format!("select id, form from entry where id in ({})", placeholder_list(1, facts.len())), args)
            .await?
            .iter()
            .map(|row| Ok((row.parsed(0, "entry", "id")?, row.text(1)?)))
            .collect()
    }
}

pub(crate) const ENTRY_COLUMNS: &str =
    "entry (id, record, act, form, author, happened_on, happened_at, written, version, in_chronology, late)";
pub(crate) const VERSION_COLUMNS: &str = "entry_version (entry, version, form_version, form_hash, sealed)";
pub(crate) const ANSWER_COLUMNS: &str = "answer (entry, version, field, value)";

/// The rows of a completed version, and the commitment to what it says.
pub(crate) struct EntryRows {
    pub entry: Vec<Arg>,
    pub version: Vec<Arg>,
    pub answers: Vec<Vec<Arg>>,
    pub commitment: Hash,
}

pub(crate) fn entry_rows(key: &RecordKey, act: ActId, done: &EntryCompleted) -> Result<EntryRows, StoreError> {
    let content = &done.content;
    let bytes = content.to_bytes();
    let thing = done.entry.to_string();
    let binding = Binding { record: done.record, thing: &thing, version: done.version, part: "content" };
    Ok(EntryRows {
        entry: args![
            done.entry,
            done.record,
            act,
            &content.form,
            content.author.person,
            content.happened_on,
            happened_at(content),
            content.written,
            done.version,
            content.headline.is_some(),
            content.was_written_late()
        ],
        version: args![
            done.entry,
            done.version,
            content.form_version,
            done.form_hash.as_slice(),
            key.seal(binding, &bytes)?
        ],
        answers: done.coded.iter().map(|(field, value)| args![done.entry, done.version, field, value]).collect(),
        commitment: Hash::new(key.commit(binding, &bytes)),
    })
}

/// The leaf of a completed version, from a leaf that says who and when.
pub(crate) fn completed_leaf(blank: Leaf, done: &EntryCompleted, commitment: Hash) -> Leaf {
    Leaf {
        act: "entry-completed".to_owned(),
        record: Some(done.record.to_string()),
        thing: Some(done.entry.to_string()),
        version: Some(done.version),
        form: Some(FormStamp {
            id: done.content.form.clone(),
            version: done.content.form_version,
            hash: Hash::new(done.form_hash),
        }),
        commitment: Some(commitment),
        purpose: done
            .content
            .on_behalf_of
            .as_ref()
            .map_or_else(String::new, |one| Why::in_place_of(one.person).to_string()),
        ..blank
    }
}

pub(crate) fn happened_at(content: &Content) -> String {
    content.happened_at.map(time_in_words).unwrap_or_default()
}

/// Reads an entry with its record as the last column: under that record's key. A reading shows no address that must be kept
/// from somebody, and nothing that is kept in the confidential section; an act that takes the entry further has it whole.
pub(crate) fn read_of<A: Action>(grant: &Grant<'_, A>, row: &Row) -> Result<StoredEntry, StoreError> {
    let record = row.parsed(5, "entry", "record")?;
    let mut stored = read_entry(grant.key_of(record), record, row)?;
    if grant.hides_addresses() && !A::CHANGES {
        hide_in_entry(&mut stored.content);
    }
    stored.in_section = grant.in_section(stored.entry);
    // No query has the link of an adoption; were one to have it, it would say nothing.
    if stored.in_section != InSection::No || stored.content.form == adoption::LINK_FORM {
        withhold(&mut stored.content);
    }
    Ok(stored)
}

pub(crate) fn read_entry(key: &RecordKey, record: RecordId, row: &Row) -> Result<StoredEntry, StoreError> {
    let wrong = StoreError::Inconsistent { table: "entry_version", column: "sealed" };
    let thing = row.text(0)?;
    let version = u32::try_from(row.int(2)?)
        .map_err(|_| StoreError::Inconsistent { table: "entry_version", column: "version" })?;
    let binding = Binding { record, thing: &thing, version, part: "content" };
    let Some(bytes) = key.open(binding, &row.blob(4)?) else { return Err(wrong) };
    Ok(StoredEntry {
        record,
        entry: row.parsed(0, "entry", "id")?,
        act: row.parsed(1, "entry", "act")?,
        version,
        form_hash: row
            .blob(3)?
            .try_into()
            .map_err(|_| StoreError::Inconsistent { table: "entry_version", column: "form_hash" })?,
        content: Content::from_bytes(&bytes).map_err(|_| wrong)?,
        in_section: InSection::No,
    })
}
