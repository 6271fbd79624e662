//! Records and their entries: keys, words, plain rows, leaves.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{
    hash::Hash,
    leaf::{Actor, ActorKind, Leaf},
};
use policy::{Form, form::RecordKind};
use record::{
    EntryId, PersonId, RecordId,
    content::Content,
    entry::{EntryCompleted, coded},
};

use super::{
    Walk,
    files::FileKeys,
    finding::{EntryProblem, Finding, RecordProblem},
    index::{Index, Share, print},
};
use crate::{
    engine::{Row, StoreError, args, placeholder_list},
    entries::{completed_leaf, happened_at},
    facts::args_of,
    keys::{Binding, RecordKey},
};

/// About how many entries are held in memory at once; a record's own are taken together.
const GROUP: i64 = 2_000;
/// In which kind of record a form is written, as its row says it.
const fn kept_in(form: &Form) -> &'static str {
    match form.record {
        RecordKind::Child => "child",
        RecordKind::Organisation => "organisation",
    }
}

/// The most contents or keys that are tried against each other to say which were exchanged.
const MOST_STRAYS: usize = 200;

/// A record that is being checked.
pub(super) struct Checked {
    pub id: RecordId,
    pub number: i64,
    pub kind: String,
    pub holder: Option<PersonId>,
    entries: i64,
    pub key: Option<RecordKey>,
}

/// Keys and contents that did not open where they stand.
#[derive(Default)]
pub(super) struct Strays {
    keys: Vec<(RecordId, i64, Vec<u8>)>,
    contents: Vec<Stray>,
}

struct Stray {
    record: RecordId,
    number: i64,
    entry: String,
    version: u32,
    key: RecordKey,
    sealed: Vec<u8>,
}

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    /// Checks every record of a share, with its entries and facts.
    pub(super) async fn check_records(&mut self, share: Share, index: &mut Index) -> Result<(), StoreError> {
        let mut last = String::new();
        let mut opened = index.opened.clone();
        loop {
            let sql = "select r.id, r.number, r.kind, r.holder, r.wrapped_key, r.epoch, (select count(*) from entry e where e.record = r.id)
                       from record r where r.id > $1 order by r.id limit 500";
            let rows = self.conn.query(sql, args![&last]).await?;
            let Some(end) = rows.last() else { break };
            last = end.text(0)?;
            let mut group: Vec<Checked> = Vec::new();
            let mut held = 0;
            for row in &rows {
                if !share.holds(&row.text(0)?) {
                    continue;
                }
                let Some(one) = self.take_record(row, &mut opened)? else { continue };
                if held + one.entries > GROUP && !group.is_empty() {
                    self.check_group(&group, index).await?;
                    group.clear();
                    held = 0;
                }
                held += one.entries;
                group.push(one);
            }
            if !group.is_empty() {
                self.check_group(&group, index).await?;
            }
        }
        for (record, _) in opened {
            self.record_finding(None, &record.to_string(), RecordProblem::Gone);
        }
        let removed: Vec<_> = index.unmet().map(|one| (one.entry, one.record)).collect();
        for (entry, record) in removed {
            let number = self.number_of(record).await?;
            self.entry_finding(number, &entry.to_string(), EntryProblem::Removed);
        }
        Ok(())
    }

    fn take_record(&mut self, row: &Row, opened: &mut BTreeMap<RecordId, u32>) -> Result<Option<Checked>, StoreError> {
        let (text, number) = (row.text(0)?, row.int(1)?);
        self.report.records += 1;
        let Ok(id) = text.parse::<RecordId>() else {
            self.record_finding(Some(number), &text, RecordProblem::Row("identifier"));
            return Ok(None);
        };
        match opened.remove(&id) {
            None => self.record_finding(Some(number), &text, RecordProblem::NeverOpened),
            Some(1) => {}
            Some(_) => self.record_finding(Some(number), &text, RecordProblem::OpenedTwice),
        }
        let kind = row.text(2)?;
        let holder = row.opt_text(3)?;
        let named = holder.is_some();
        let holder: Option<PersonId> = holder.and_then(|holder| holder.parse().ok());
        if named && holder.is_none() {
            self.record_finding(Some(number), &text, RecordProblem::Row("holder"));
        }
        let fits = match kind.as_str() {
            "organisation" => holder.is_none(),
            "child" => holder.is_some(),
            _ => false,
        };
        if !fits {
            self.record_finding(Some(number), &text, RecordProblem::Row("kind"));
        }
        let wrapped = row.blob(4)?;
        let key = self.db.keys().unwrap(id, &wrapped).ok();
        if key.is_none() {
            if self.strays.keys.len() < MOST_STRAYS {
                self.strays.keys.push((id, number, wrapped));
            } else {
                self.record_finding(Some(number), &text, RecordProblem::Key);
            }
        }
        if row.int(5)? != i64::from(self.db.keys().epoch()) {
            self.record_finding(Some(number), &text, RecordProblem::Row("epoch"));
        }
        Ok(Some(Checked { id, number, kind, holder, entries: row.int(6)?, key }))
    }

    async fn check_group(&mut self, group: &[Checked], index: &mut Index) -> Result<(), StoreError> {
        let ids = || args_of(group.iter().map(|one| one.id));
        let list = placeholder_list(1, group.len());
        let answers = self
            .conn
            .query(format!("select a.entry, a.version, a.field, a.value from answer a join entry e on e.id = a.entry where e.record in ({list})"), ids())
            .await?;
        let mut coded_rows: BTreeMap<(String, i64), BTreeMap<String, String>> = BTreeMap::new();
        for row in answers {
            coded_rows.entry((row.text(0)?, row.int(1)?)).or_default().insert(row.text(2)?, row.text(3)?);
        }
        let rows = self
            .conn
            .query(
                format!(
                    "select e.id, e.record, e.form, e.author, e.happened_on, e.happened_at, e.written, e.version, e.in_chronology, e.late,
                            a.actor, a.at, v.version, v.form_version, v.form_hash, v.sealed
                     from entry e left join act a on a.id = e.act left join entry_version v on v.entry = e.id
                     where e.record in ({list})"
                ),
                ids(),
            )
            .await?;
        let mut said = super::facts::Said::default();
        let mut files = self.file_keys(group).await?;
        let by_id: BTreeMap<String, &Checked> = group.iter().map(|one| (one.id.to_string(), one)).collect();
        for row in &rows {
            let record = row.text(1)?;
            let Some(of) = by_id.get(&record) else { continue };
            self.check_entry(of, row, &mut coded_rows, index, &mut said, &mut files).await?;
        }
        self.step(rows.len() as u64);
        self.check_stray_files(group, &files);
        self.check_facts(group, said).await
    }

    async fn check_entry(
        &mut self,
        of: &Checked,
        row: &Row,
        coded_rows: &mut BTreeMap<(String, i64), BTreeMap<String, String>>,
        index: &mut Index,
        said: &mut super::facts::Said,
        files: &mut FileKeys,
    ) -> Result<(), StoreError> {
        let entry = row.text(0)?;
        let Ok(id) = entry.parse::<EntryId>() else {
            self.entry_finding(Some(of.number), &entry, EntryProblem::Column("identifier"));
            return Ok(());
        };
        let version = row.opt_int(12)?.and_then(|version| u32::try_from(version).ok());
        let Some(version) = version else {
            let lost = u32::try_from(row.int(7)?).unwrap_or_default();
            index.meet(id, lost);
            said.spoilt.insert(id);
            self.entry_finding(Some(of.number), &entry, EntryProblem::NoVersion(lost));
            return Ok(());
        };
        self.report.entries += 1;
        let leaves: Vec<(String, Hash)> =
            index.meet(id, version).iter().map(|one| (one.leaf.clone(), one.print)).collect();
        let Some(key) = &of.key else {
            // Named once, for the whole record.
            return Ok(());
        };
        let mut problems = Vec::new();
        let sealed = row.opt_blob(15)?.unwrap_or_default();
        let binding = Binding { record: of.id, thing: &entry, version, part: "content" };
        let Some(bytes) = key.open(binding, &sealed) else {
            said.spoilt.insert(id);
            if self.strays.contents.len() < MOST_STRAYS {
                let stray = Stray { record: of.id, number: of.number, entry, version, key: key.clone(), sealed };
                self.strays.contents.push(stray);
            } else {
                self.entry_finding(Some(of.number), &entry, EntryProblem::Sealed);
            }
            return Ok(());
        };
        let Ok(content) = Content::from_bytes(&bytes) else {
            said.spoilt.insert(id);
            self.entry_finding(Some(of.number), &entry, EntryProblem::Unreadable);
            return Ok(());
        };
        let hash: Option<[u8; 32]> = row.opt_blob(14)?.and_then(|hash| hash.try_into().ok());
        let made_with = hash.and_then(|hash| self.forms.get(&hash)).cloned();
        let form = made_with.as_ref().map(|(_, form)| form);
        let text = |at: usize| row.opt_text(at).ok().flatten().unwrap_or_default();
        let number = |at: usize| row.opt_int(at).ok().flatten();
        let columns = [
            ("form", text(2) == content.form && form.is_none_or(|form| form.id == content.form)),
            ("author", text(3) == content.author.person.to_string()),
            ("day", text(4) == content.happened_on.to_string()),
            ("time of day", text(5) == happened_at(&content)),
            ("time of writing", text(6) == content.written.to_string()),
            ("mark for the chronology", number(8) == Some(i64::from(content.headline.is_some()))),
            ("mark as late", number(9) == Some(i64::from(content.was_written_late()))),
            (
                "form's version",
                number(13) == Some(i64::from(content.form_version))
                    && form.is_none_or(|form| form.version == content.form_version),
            ),
        ];
        problems
            .extend(columns.into_iter().filter(|(_, right)| !right).map(|(column, _)| EntryProblem::Column(column)));
        match row.opt_text(11)? {
            None => problems.push(EntryProblem::NoAct),
            Some(at) if at != content.kept_at().to_string() => problems.push(EntryProblem::Column("act")),
            Some(_) => {}
        }
        if !hash.is_some_and(|hash| self.kept_forms.contains_key(&hash)) {
            problems.push(EntryProblem::NoForm);
        }
        let rows = coded_rows.remove(&(entry.clone(), i64::from(version))).unwrap_or_default();
        let expected: Option<BTreeMap<String, String>> = form.map(|form| coded(form, &content).into_iter().collect());
        problems.extend(wrong_answers(&content, &rows, expected.as_ref()));
        problems.extend(form.filter(|form| kept_in(form) != of.kind).map(|_| EntryProblem::WrongRecord));
        if row.int(7)? == i64::from(version) {
            // By the pack that the form belongs to: another one may no longer know what it says.
            let made_with = made_with.as_ref().map(|(pack, form)| (pack.as_ref(), form.as_ref()));
            said.take(made_with, &content, (id, version), of);
            said.look_at(self.db.rules(), &content, expected.as_ref().unwrap_or(&rows), (id, of.id));
            self.moves.take(of.id, id, &content);
            self.report.older_forms += u64::from(form.is_none());
        }
        problems.extend(self.check_files(of.id, key, &content, files).await?);
        let commitment = Hash::new(key.commit(binding, &bytes));
        let done = EntryCompleted {
            record: of.id,
            entry: id,
            version,
            form_hash: hash.unwrap_or_default(),
            content,
            coded: Vec::new(),
        };
        let expected = completed_leaf(actor_leaf(row.opt_text(10)?.unwrap_or_default()), &done, commitment);
        problems.extend(self.compare_leaf(&leaves, &expected).await?);
        for problem in problems {
            self.entry_finding(Some(of.number), &entry, problem);
        }
        Ok(())
    }

    /// An entry has exactly one leaf, and it says what follows from the entry.
    async fn compare_leaf(
        &mut self,
        leaves: &[(String, Hash)],
        expected: &Leaf,
    ) -> Result<Option<EntryProblem>, StoreError> {
        Ok(match leaves {
            [] => Some(EntryProblem::NoLeaf),
            [(_, found)] if *found == print(expected) => None,
            [(leaf, _)] => {
                let part = self.leaf(leaf).await?.map_or("leaf", |leaf| which_part(&leaf, expected));
                Some(EntryProblem::Leaf(part))
            }
            _ => Some(EntryProblem::TwoLeaves),
        })
    }

    /// Says of keys and contents that did not open whether they belong to each other's places.
    pub(super) fn name_exchanges(&mut self) {
        let strays = std::mem::take(&mut self.strays);
        for (record, number, wrapped) in &strays.keys {
            let other = strays
                .keys
                .iter()
                .find(|(other, ..)| other != record && self.db.keys().unwrap(*other, wrapped).is_ok());
            let problem = other.map_or(RecordProblem::Key, |(_, other, _)| RecordProblem::KeyOf(*other));
            self.record_finding(Some(*number), &record.to_string(), problem);
        }
        for stray in &strays.contents {
            let other = strays.contents.iter().find(|other| {
                let binding =
                    Binding { record: other.record, thing: &other.entry, version: other.version, part: "content" };
                other.entry != stray.entry && other.key.open(binding, &stray.sealed).is_some()
            });
            let problem = other.map_or(EntryProblem::Sealed, |other| EntryProblem::ContentOf(other.entry.clone()));
            self.entry_finding(Some(stray.number), &stray.entry, problem);
        }
    }

    pub(super) async fn number_of(&mut self, record: Option<RecordId>) -> Result<Option<i64>, StoreError> {
        let Some(record) = record else { return Ok(None) };
        let row = self.conn.query_opt("select number from record where id = $1", args![record]).await?;
        row.map(|row| row.int(0)).transpose()
    }

    pub(super) fn record_finding(&mut self, number: Option<i64>, record: &str, problem: RecordProblem) {
        self.found(Finding::Record { number, record: record.to_owned(), problem });
    }

    pub(super) fn entry_finding(&mut self, number: Option<i64>, entry: &str, problem: EntryProblem) {
        self.found(Finding::Entry { number, entry: entry.to_owned(), problem });
    }
}

/// The questions whose coded rows are not what the content says. Without the form it cannot be known which answers
/// are sealed, so a row too few is not found then.
fn wrong_answers(
    content: &Content,
    rows: &BTreeMap<String, String>,
    expected: Option<&BTreeMap<String, String>>,
) -> Vec<EntryProblem> {
    let fields: BTreeSet<&String> = match expected {
        Some(expected) => {
            rows.keys().chain(expected.keys()).filter(|field| rows.get(*field) != expected.get(*field)).collect()
        }
        None => rows
            .iter()
            .filter(|(field, value)| {
                content.answer(field).and_then(record::answer::Answer::coded).as_ref() != Some(value)
            })
            .map(|(field, _)| field)
            .collect(),
    };
    fields.into_iter().map(|field| EntryProblem::Answer(field.clone())).collect()
}

/// A leaf by whoever did the act.
fn actor_leaf(id: String) -> Leaf {
    let kind = if id.parse::<PersonId>().is_ok() { ActorKind::Person } else { ActorKind::System };
    Leaf {
        at: String::new(),
        actor: Actor { kind, id },
        act: String::new(),
        record: None,
        thing: None,
        version: None,
        form: None,
        purpose: String::new(),
        commitment: None,
        shown: Vec::new(),
    }
}

fn which_part(leaf: &Leaf, expected: &Leaf) -> &'static str {
    if leaf.record != expected.record {
        "record"
    } else if leaf.commitment != expected.commitment {
        "content"
    } else if leaf.form != expected.form {
        "form"
    } else if leaf.actor != expected.actor {
        "actor"
    } else {
        "leaf"
    }
}
