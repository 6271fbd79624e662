//! Whole records with a past that was made elsewhere: imported from another system, or invented for a demonstration
//! or a measurement. The same rows, seals, leaves and facts as acts one by one, in few statements.

use std::collections::{BTreeMap, BTreeSet};

use policy::Capability;
use record::{
    ActId, EntryId, Moment, PersonId, RecordId,
    entry::Change,
    fact::{Assertion, Line, project},
    right::{Bearing, Fate, fates, firsts, to_authorise},
};

use crate::{
    door::{Refused, Tx},
    engine::{Arg, Statement, StoreError, args},
    entries::{completed_leaf, entry_rows},
    facts::fact_insert,
    obligations::{Owed, Record, Said, Told},
};

/// A child's record that does not exist yet, with everything that stands in it.
#[derive(Clone, Debug)]
pub struct Past {
    /// The record.
    pub record: RecordId,
    /// Whose.
    pub holder: PersonId,
    /// Everybody whom its entries name; those who exist already are left as they are.
    pub people: Vec<PersonId>,
    /// What follows from each act, in any order.
    pub changes: Vec<(ActId, Change)>,
    /// Outside keys of what was taken in, so that it is taken once (`903/566910/…`).
    pub sources: Vec<(String, EntryId)>,
}

/// The most arguments of one statement. Both engines take more, but a longer text costs more than it saves.
const MOST_ARGS: usize = 3_000;

impl Tx {
    /// Takes whole records in. All of them are kept with this transaction, or none.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not import.
    pub async fn load(&self, pasts: &[Past]) -> Result<(), Refused> {
        self.permit(Capability::Import).await?;
        let keys = self.db.keys();
        let numbers = self
            .query("select (select coalesce(max(number), 10000) from person), (select coalesce(max(number), 10000) from record)", args![])
            .await?;
        let (mut person_number, mut record_number) = match numbers.first() {
            Some(row) => (row.int(0)?, row.int(1)?),
            None => (10_000, 10_000),
        };
        let named: Vec<PersonId> =
            pasts.iter().flat_map(|past| past.people.iter().copied().chain([past.holder])).collect();
        let mut known = BTreeSet::new();
        for some in named.chunks(10_000) {
            known.extend(self.known_people(some).await?);
        }
        let mut rows: BTreeMap<Table, Vec<Vec<Arg>>> = BTreeMap::new();
        let mut acts: BTreeMap<ActId, Moment> = BTreeMap::new();
        let mut leaves = Vec::new();
        for person in named {
            if known.insert(person) {
                person_number += 1;
                rows.entry(Table::Person).or_default().push(args![person, person_number]);
            }
        }
        let clocks = self.db.rules().clocks();
        for past in pasts {
            let (key, wrapped) = keys.make_record_key(past.record)?;
            record_number += 1;
            rows.entry(Table::Record).or_default().push(args![
                past.record,
                record_number,
                "child",
                past.holder,
                wrapped,
                keys.epoch(),
                1_i64,
                self.db.rules().key()
            ]);
            leaves.push(self.leaf("record-opened", Some(past.record), None, "", &[], true));
            let fates = standing(past, &mut rows);
            let said = past.changes.iter().filter_map(|(_, change)| match change {
                Change::FactAsserted(said) => Some(&**said),
                Change::EntryCompleted(_) => None,
            });
            for (person, keys) in crate::looking::keys_of_record(keys, said) {
                let row = |key| args![past.record, person, key];
                rows.entry(Table::Key).or_default().extend(keys.into_iter().map(row));
            }
            for (act, change) in &past.changes {
                match change {
                    Change::EntryCompleted(done) => {
                        acts.insert(*act, done.content.written);
                        let made = entry_rows(&key, *act, done)?;
                        rows.entry(Table::Entry).or_default().push(made.entry);
                        rows.entry(Table::Version).or_default().push(made.version);
                        rows.entry(Table::Answer).or_default().extend(made.answers);
                        leaves.push(self.new_leaf(&completed_leaf(self.blank_leaf(), done, made.commitment), true));
                    }
                    Change::FactAsserted(_) => {}
                }
            }
            let lines = in_lines(past, &firsts(&fates));
            let mut looked_at = Record { fates, ..Record::default() };
            for fact in lines.into_values().flat_map(project) {
                rows.entry(Table::Fact).or_default().push(self.fact_row(&key, &fact)?);
                looked_at.said.extend(Said::of(self.db.rules(), &fact, past.holder));
            }
            for (_, change) in &past.changes {
                if let Change::EntryCompleted(done) = change {
                    looked_at.add(self.db.rules(), Told::of(self.db.rules(), done.entry, &done.content, &done.coded));
                }
            }
            let owed = looked_at.owed(self.db.rules(), past.record, &clocks);
            rows.entry(Table::Owed).or_default().extend(owed.iter().map(Owed::row));
            for (source, entry) in &past.sources {
                rows.entry(Table::Source).or_default().push(args![source, past.record, *entry]);
            }
        }
        let same: Vec<_> = pasts
            .iter()
            .flat_map(|past| &past.changes)
            .filter_map(|(_, change)| match change {
                Change::FactAsserted(said) if said.line.kind == record::known::SAME_PERSON => Some((**said).clone()),
                _ => None,
            })
            .collect();
        let actor = self.actor_name();
        rows.insert(Table::Act, acts.into_iter().map(|(act, at)| args![act, &actor, at]).collect());
        for (table, rows) in rows {
            let width = rows.first().map_or(1, Vec::len);
            for some in rows.chunks(MOST_ARGS / width) {
                self.then(Statement::insert(table.columns(), some.to_vec()));
            }
        }
        self.plan().leaves.append(&mut leaves);
        self.regroup(&same).await?;
        Ok(())
    }

    /// Which of these outside keys were taken in before, and into which record and entry.
    pub async fn taken_before(&self, sources: &[String]) -> Result<BTreeMap<String, (RecordId, EntryId)>, StoreError> {
        let mut found = BTreeMap::new();
        for some in sources.chunks(10_000) {
            let list = crate::engine::placeholder_list(1, some.len());
            let args = crate::facts::args_of(some.iter());
            for row in
                self.query(format!("select key, record, entry from import_source where key in ({list})"), args).await?
            {
                found.insert(
                    row.text(0)?,
                    (row.parsed(1, "import_source", "record")?, row.parsed(2, "import_source", "entry")?),
                );
            }
        }
        Ok(found)
    }

    /// Remembers the outside keys of what an act has taken in.
    pub fn took(&self, record: RecordId, sources: &[(String, EntryId)]) {
        if !sources.is_empty() {
            let rows = sources.iter().map(|(key, entry)| args![key, record, *entry]).collect();
            self.then(Statement::insert(Table::Source.columns(), rows));
        }
    }
}

/// What the entries of a past assert, in its lines.
fn in_lines(past: &Past, firsts: &BTreeMap<EntryId, EntryId>) -> BTreeMap<Line, Vec<Assertion>> {
    let mut lines: BTreeMap<Line, Vec<Assertion>> = BTreeMap::new();
    for (_, change) in &past.changes {
        if let Change::FactAsserted(said) = change {
            let said = (**said).clone().in_line_of_first(firsts);
            lines.entry(said.line.clone()).or_default().push(said);
        }
    }
    lines
}

/// Which entries of a past do not stand, with the rows that say so, and those that somebody must still authorise.
fn standing(past: &Past, rows: &mut BTreeMap<Table, Vec<Vec<Arg>>>) -> BTreeMap<EntryId, (Fate, EntryId)> {
    let bearings: Vec<Bearing> = past
        .changes
        .iter()
        .filter_map(|(_, change)| match change {
            Change::EntryCompleted(done) => Bearing::of(done.entry, &done.content),
            Change::FactAsserted(_) => None,
        })
        .collect();
    let fates = fates(&bearings);
    for (entry, (how, because_of)) in &fates {
        rows.entry(Table::NotStanding).or_default().push(args![*entry, past.record, how.name(), *because_of]);
    }
    for (entry, returned_by) in to_authorise(&bearings) {
        rows.entry(Table::ToAuthorise).or_default().push(args![entry, past.record, returned_by]);
    }
    fates
}

/// Tables in the order in which their rows may refer to each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Table {
    Person,
    Record,
    Act,
    Entry,
    Version,
    Answer,
    NotStanding,
    ToAuthorise,
    Fact,
    Key,
    Source,
    Owed,
}

impl Table {
    const fn columns(self) -> &'static str {
        match self {
            Self::Person => "person (id, number)",
            Self::Record => "record (id, number, kind, holder, wrapped_key, epoch, version, owed_under)",
            Self::Act => "act (id, actor, at)",
            Self::Entry => crate::entries::ENTRY_COLUMNS,
            Self::Version => crate::entries::VERSION_COLUMNS,
            Self::Answer => crate::entries::ANSWER_COLUMNS,
            Self::NotStanding => "not_standing (entry, record, how, because_of)",
            Self::ToAuthorise => "to_authorise (entry, record, returned_by)",
            Self::Fact => fact_insert(),
            Self::Key => crate::looking::KEY_COLUMNS,
            Self::Source => "import_source (key, record, entry)",
            Self::Owed => crate::obligations::TABLE,
        }
    }
}
