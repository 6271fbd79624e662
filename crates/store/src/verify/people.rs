//! What stands beside the records: drafts and accounts, and rows whose owners are gone.

use std::collections::{BTreeMap, BTreeSet};

use record::{
    DraftId, PersonId, RecordId, known,
    same::{links, places},
};

use super::{
    Walk,
    finding::{AccountProblem, DraftProblem, EntryProblem, Finding},
    index::{Index, Share},
};
use crate::{
    engine::{StoreError, args},
    facts::{COLUMNS, read_said},
    keys::{Binding, RecordKey},
    single_sign_on::is_whole,
};

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    /// Drafts: begun by their authors, and their parts open.
    pub(super) async fn check_drafts(&mut self, share: Share, index: &Index) -> Result<(), StoreError> {
        let mut last = String::new();
        let mut begun = index.drafts.clone();
        loop {
            let rows = self
                .conn
                .query(
                    "select d.id, d.author, d.front, r.number from draft d join record r on r.id = d.front where d.id > $1 order by d.id limit 500",
                    args![&last],
                )
                .await?;
            let Some(end) = rows.last() else { break };
            last = end.text(0)?;
            for row in &rows {
                if !share.holds(&row.text(2)?) {
                    continue;
                }
                let (draft, number) = (row.text(0)?, row.opt_int(3)?);
                let id = draft.parse::<DraftId>().ok();
                match id.and_then(|id| begun.remove(&id)) {
                    None => self.draft_finding(number, &draft, DraftProblem::NeverBegun),
                    Some((record, author)) => {
                        if author != row.text(1)? || record.map(|record| record.to_string()) != Some(row.text(2)?) {
                            self.draft_finding(number, &draft, DraftProblem::Author);
                        }
                    }
                }
            }
        }
        for (draft, _) in begun {
            self.draft_finding(None, &draft.to_string(), DraftProblem::Gone);
        }
        self.check_parts(share).await
    }

    async fn check_parts(&mut self, share: Share) -> Result<(), StoreError> {
        let mut keys: BTreeMap<String, Option<(RecordId, RecordKey)>> = BTreeMap::new();
        let mut last = (String::new(), 0, String::new(), String::new());
        loop {
            let rows = self
                .conn
                .query(
                    "select p.draft, p.n, p.record, p.part, p.sealed, r.wrapped_key, r.number from draft_part p join record r on r.id = p.record
                     where (p.draft, p.n, p.record, p.part) > ($1, $2, $3, $4) order by p.draft, p.n, p.record, p.part limit 500",
                    args![&last.0, last.1, &last.2, &last.3],
                )
                .await?;
            let Some(end) = rows.last() else { return Ok(()) };
            last = (end.text(0)?, end.int(1)?, end.text(2)?, end.text(3)?);
            keys.clear();
            for row in &rows {
                let record = row.text(2)?;
                if !share.holds(&record) {
                    continue;
                }
                if !keys.contains_key(&record) {
                    let wrapped = row.blob(5)?;
                    let key = record.parse().ok().and_then(|id| Some((id, self.db.keys().unwrap(id, &wrapped).ok()?)));
                    keys.insert(record.clone(), key);
                }
                // A key that does not open is the record's own finding.
                let Some(Some((record, key))) = keys.get(&record) else { continue };
                let (draft, part) = (row.text(0)?, row.text(3)?);
                let version = u32::try_from(row.int(1)?).unwrap_or_default();
                let binding = Binding { record: *record, thing: &draft, version, part: &part };
                if key.open(binding, &row.blob(4)?).is_none() {
                    let number = row.opt_int(6)?;
                    self.draft_finding(number, &draft, DraftProblem::Sealed);
                }
            }
        }
    }

    /// Accounts: made by somebody who may, and open or closed as the ledger says.
    pub(super) async fn check_accounts(&mut self, index: &Index) -> Result<(), StoreError> {
        let mut made = index.accounts_made.clone();
        for row in self.conn.query("select person, state from account order by person", args![]).await? {
            let name = row.text(0)?;
            let person = name.parse::<PersonId>().ok();
            let open = row.text(1)? == "open";
            let problem = match person.filter(|person| made.remove(person)) {
                None => Some(AccountProblem::NeverMade),
                Some(person) => (index.accounts.get(&person) != Some(&open)).then_some(AccountProblem::State),
            };
            if let Some(problem) = problem {
                self.found(Finding::Account { person: name, problem });
            }
        }
        for person in made {
            self.found(Finding::Account { person: person.to_string(), problem: AccountProblem::Gone });
        }
        Ok(())
    }

    /// Who people are at an identity provider: linked as the ledger says, sealed for that very person, and found by what the
    /// seal says.
    pub(super) async fn check_identities(&mut self, index: &Index) -> Result<(), StoreError> {
        let mut linked = index.linked.clone();
        let mut seen = BTreeSet::new();
        for row in
            self.conn.query("select person, issuer, lookup, sealed from identity order by person", args![]).await?
        {
            let (name, issuer) = (row.text(0)?, row.text(1)?);
            let (lookup, seal) = (row.blob(2)?, row.blob(3)?);
            let right = name.parse::<PersonId>().is_ok_and(|person| {
                let said = linked.remove(&person) || seen.contains(&person);
                seen.insert(person);
                said && is_whole(self.db.keys(), person, (&issuer, &lookup, &seal))
            });
            if !right {
                self.found(Finding::Account { person: name, problem: AccountProblem::Identity });
            }
        }
        for person in linked {
            self.found(Finding::Account { person: person.to_string(), problem: AccountProblem::Identity });
        }
        Ok(())
    }

    /// Rows whose owners are gone, which the walk by records does not meet.
    pub(super) async fn check_orphans(&mut self) -> Result<(), StoreError> {
        let sql = "select e.id from entry e where not exists (select 1 from record r where r.id = e.record) order by e.id limit 10000";
        for row in self.conn.query(sql, args![]).await? {
            self.found(Finding::Entry { number: None, entry: row.text(0)?, problem: EntryProblem::NoRecord });
        }
        let sql = "select v.entry from entry_version v where not exists (select 1 from entry e where e.id = v.entry) order by 1 limit 10000";
        for row in self.conn.query(sql, args![]).await? {
            self.found(Finding::Entry { number: None, entry: row.text(0)?, problem: EntryProblem::Column("row") });
        }
        let sql = "select distinct a.entry, a.field from answer a
                   where not exists (select 1 from entry_version v where v.entry = a.entry and v.version = a.version) order by 1, 2 limit 10000";
        for row in self.conn.query(sql, args![]).await? {
            self.found(Finding::Entry {
                number: None,
                entry: row.text(0)?,
                problem: EntryProblem::Answer(row.text(1)?),
            });
        }
        let sql = "select f.entry, f.kind from fact f where not exists (select 1 from record r where r.id = f.record) order by 1, 2 limit 10000";
        for row in self.conn.query(sql, args![]).await? {
            self.found(Finding::Fact {
                number: None,
                entry: row.text(0)?,
                kind: row.text(1)?,
                problem: super::FactProblem::Extra,
            });
        }
        let sql = "select distinct k.person from person_key k where not exists (select 1 from record r where r.id = k.record) order by 1 limit 10000";
        for row in self.conn.query(sql, args![]).await? {
            self.found(Finding::Keys { number: None, person: row.text(0)?, problem: super::KeysProblem::Extra });
        }
        let sql = "select clock, set_off, occurrence from owed o where not exists (select 1 from record r where r.id = o.record) order by 1, 2, 3 limit 10000";
        for row in self.conn.query(sql, args![]).await? {
            let obligation = format!("{}/{}/{}", row.text(0)?, row.text(1)?, row.int(2)?);
            self.found(Finding::Obligation { number: None, obligation, problem: super::ObligationProblem::Extra });
        }
        Ok(())
    }

    /// Who stands for whom, worked out again from the facts, which are checked against their entries elsewhere.
    pub(super) async fn check_same(&mut self) -> Result<(), StoreError> {
        let sql = format!("select {COLUMNS} from fact where kind = $1");
        let said = self.conn.query(sql, args![known::SAME_PERSON]).await?;
        let said = said.iter().map(read_said).collect::<Result<Vec<_>, _>>()?;
        let mut expected: BTreeMap<String, (String, String)> = places(&links(said).0)
            .into_iter()
            .map(|(person, place)| {
                let shares = place.shares.map_or_else(String::new, |shares| shares.to_string());
                (person.to_string(), (place.one.to_string(), shares))
            })
            .collect();
        for row in self.conn.query("select person, one, opens from same_person order by person", args![]).await? {
            let person = row.text(0)?;
            if expected.remove(&person) != Some((row.text(1)?, row.text(2)?)) {
                self.found(Finding::SamePerson { person });
            }
        }
        for person in expected.into_keys() {
            self.found(Finding::SamePerson { person });
        }
        Ok(())
    }

    fn draft_finding(&mut self, number: Option<i64>, draft: &str, problem: DraftProblem) {
        self.found(Finding::Draft { number, draft: draft.to_owned(), problem });
    }
}
