//! Facts: projected again from standing entries, and compared with their rows.

use std::collections::{BTreeMap, BTreeSet};

use policy::{Form, Pack};
use record::{
    EntryId, RecordId,
    content::Content,
    fact::{Assertion, Fact, Line, Place, assertions, project},
    right::{Bearing, Says, fates, firsts},
};

use super::{
    Walk,
    finding::{FactProblem, Finding, KeysProblem},
    records::Checked,
};
use crate::{
    engine::{Row, StoreError, placeholder_list},
    facts::{COLUMNS, args_of, read_fact},
    obligations::{Record, Rules, Said as SaidSo, Told},
};

/// What the entries of a few records say is so.
#[derive(Default)]
pub(super) struct Said {
    /// By the entry that says so, whether it stands or not.
    by: BTreeMap<EntryId, Vec<Assertion>>,
    lines: BTreeMap<Line, Vec<Assertion>>,
    /// What bears on which entries stand, by record.
    pub bearings: BTreeMap<RecordId, Vec<Bearing>>,
    /// Entries of forms that no pack has that was ever in force: what they assert is taken from their rows.
    older: BTreeSet<EntryId>,
    /// Entries whose words do not open; they are findings themselves, and their facts are taken as they stand.
    pub spoilt: BTreeSet<EntryId>,
    /// What clocks look at, by record.
    pub looked_at: BTreeMap<RecordId, Record>,
}

impl Said {
    /// Takes what clocks look at of one entry, with the coded answers of its rows.
    pub fn look_at(
        &mut self,
        rules: &Rules,
        content: &Content,
        coded: &BTreeMap<String, String>,
        at: (EntryId, RecordId),
    ) {
        let coded: Vec<_> = coded.clone().into_iter().collect();
        self.looked_at.entry(at.1).or_default().add(rules, Told::of(rules, at.0, content, &coded));
    }

    /// Takes what one entry asserts where it stands.
    pub fn take(&mut self, made_with: Option<(&Pack, &Form)>, content: &Content, entry: (EntryId, u32), of: &Checked) {
        match made_with {
            Some((pack, form)) => {
                self.by.insert(entry.0, assertions(pack, form, content, entry, of.id, of.holder));
            }
            None => {
                self.older.insert(entry.0);
            }
        }
        self.bearings.entry(of.id).or_default().extend(Bearing::of(entry.0, content));
    }

    /// Leaves only what standing entries say.
    pub fn keep_standing(&mut self, gone: &BTreeSet<EntryId>) {
        // What speaks of an entry that went to another record afterwards stays in the line in which it was put.
        let stayed = |bearings: &Vec<Bearing>| -> Vec<Bearing> {
            bearings.iter().filter(|one| !matches!(one.says, Says::Took(_))).cloned().collect()
        };
        let firsts: BTreeMap<EntryId, EntryId> =
            self.bearings.values().flat_map(|bearings| firsts(&fates(&stayed(bearings)))).collect();
        for said in std::mem::take(&mut self.by).into_iter().filter(|(entry, _)| !gone.contains(entry)) {
            for one in said.1 {
                let one = one.in_line_of_first(&firsts);
                self.lines.entry(one.line.clone()).or_default().push(one);
            }
        }
    }
}

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    pub(super) async fn check_facts(&mut self, group: &[Checked], mut said: Said) -> Result<(), StoreError> {
        let gone = self.check_standing(group, &said).await?;
        said.keep_standing(&gone);
        let list = placeholder_list(1, group.len());
        let rows = self
            .conn
            .query(
                format!("select {COLUMNS} from fact where record in ({list})"),
                args_of(group.iter().map(|one| one.id)),
            )
            .await?;
        let by_id: BTreeMap<String, &Checked> = group.iter().map(|one| (one.id.to_string(), one)).collect();
        let holder = |record| group.iter().find(|one| one.id == record).and_then(|one| one.holder);
        let mut kept: BTreeMap<(Line, Place), Fact> = BTreeMap::new();
        for row in &rows {
            let record = row.text(0)?;
            let Some(of) = by_id.get(&record) else { continue };
            self.report.facts += 1;
            // A record whose key does not open is named once.
            let Some(key) = &of.key else { continue };
            match read_fact(key, row) {
                Ok(fact) if self.sealed_as_it_should(&fact, row)? => {
                    if said.older.contains(&fact.said.entry) || said.spoilt.contains(&fact.said.entry) {
                        said.lines.entry(fact.said.line.clone()).or_default().push(fact.said.clone());
                    }
                    kept.insert((fact.said.line.clone(), fact.said.place.clone()), fact);
                }
                Ok(_) | Err(StoreError::Inconsistent { .. }) => {
                    let (entry, kind) = (row.text(11)?, row.text(2)?);
                    self.fact_finding(Some(of.number), entry, kind, FactProblem::Unreadable);
                }
                Err(error) => return Err(error),
            }
        }
        let mut looked_at = std::mem::take(&mut said.looked_at);
        let number = |record: RecordId| group.iter().find(|one| one.id == record).map(|one| one.number);
        self.check_keys(group, said.lines.values().flatten()).await?;
        for expected in std::mem::take(&mut said.lines).into_values().flat_map(project) {
            let name = (expected.said.line.clone(), expected.said.place.clone());
            if let (Some(record), Some(holder)) = (looked_at.get_mut(&name.0.record), holder(name.0.record)) {
                record.said.extend(SaidSo::of(self.db.rules(), &expected, holder));
            }
            let problem = match kept.remove(&name) {
                Some(fact) if fact == expected => continue,
                Some(_) => FactProblem::Changed,
                None => FactProblem::Missing,
            };
            self.fact_finding(number(name.0.record), expected.said.entry.to_string(), name.0.kind, problem);
        }
        for ((line, _), fact) in kept {
            self.fact_finding(number(line.record), fact.said.entry.to_string(), line.kind, FactProblem::Extra);
        }
        for (record, looked_at) in &mut looked_at {
            looked_at.fates = said.bearings.get(record).map(|bearings| fates(bearings)).unwrap_or_default();
        }
        self.check_obligations(group, &looked_at, &said.spoilt).await
    }

    /// The keys under which people are looked for, worked out again from what the entries assert.
    async fn check_keys<'s>(
        &mut self,
        group: &[Checked],
        said: impl Iterator<Item = &'s Assertion>,
    ) -> Result<(), StoreError> {
        let mut by_record: BTreeMap<RecordId, Vec<&Assertion>> = BTreeMap::new();
        for one in said {
            by_record.entry(one.line.record).or_default().push(one);
        }
        let list = placeholder_list(1, group.len());
        let rows = self
            .conn
            .query(
                format!("select record, person, key from person_key where record in ({list})"),
                args_of(group.iter().map(|one| one.id)),
            )
            .await?;
        let mut kept: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for row in &rows {
            kept.entry(row.text(0)?).or_default().entry(row.text(1)?).or_default().insert(row.text(2)?);
        }
        for one in group {
            let mut here = kept.remove(&one.id.to_string()).unwrap_or_default();
            // Of a record that does not open nothing can be said.
            if one.key.is_none() {
                continue;
            }
            let said = by_record.remove(&one.id).unwrap_or_default();
            for (person, keys) in crate::looking::keys_of_record(self.db.keys(), said) {
                let person = person.to_string();
                let found = here.remove(&person).unwrap_or_default();
                if !keys.is_subset(&found) {
                    self.keys_finding(one.number, &person, KeysProblem::Missing);
                }
                if !found.is_subset(&keys) {
                    self.keys_finding(one.number, &person, KeysProblem::Extra);
                }
            }
            for person in here.into_keys() {
                self.keys_finding(one.number, &person, KeysProblem::Extra);
            }
        }
        Ok(())
    }

    fn keys_finding(&mut self, number: i64, person: &str, problem: KeysProblem) {
        self.found(Finding::Keys { number: Some(number), person: person.to_owned(), problem });
    }

    /// Whether the value is sealed where the pack says so, and plain where it does not.
    fn sealed_as_it_should(&self, fact: &Fact, row: &Row) -> Result<bool, StoreError> {
        let sealed = row.opt_blob(6)?.is_some();
        let plain = row.opt_text(5)?.is_some();
        let wanted = self.db.pack().fact(&fact.said.line.kind).is_none_or(|kind| kind.sealed == sealed);
        Ok(wanted && sealed != plain)
    }

    fn fact_finding(&mut self, number: Option<i64>, entry: String, kind: String, problem: FactProblem) {
        self.found(Finding::Fact { number, entry, kind, problem });
    }
}
