//! One person who was made twice, in one place: the table of who stands for whom, and what follows for reading.
//!
//! `same_person` has a row for everybody whom a standing entry joins with somebody: who stands for them, and with whom
//! they share their readers. It follows from facts of the kind `same-person` alone ([`record::same`]); the act that
//! asserts such a fact puts it right, and `verify` works it out again. Entries and facts stay where they were written.
//! A reading of one record is a reading of all that stand for the same child and are open to the reader; facts of all
//! of them are of the one, whoever of them they name.

use std::collections::{BTreeMap, BTreeSet};

use policy::Capability;
use record::{
    EntryId, Moment, PersonId, RecordId,
    access::Situation,
    confidential::withhold_fact,
    fact::{Assertion, Fact, Subject, project},
    known,
    protected::hide_in_fact,
    same::{Link, Place, TWO, links, places},
};

use crate::{
    confidential::InSection,
    door::{Action, Grant, PROTECTED, Tx, situate, situation_kinds},
    engine::{Arg, Row, Statement, StoreError, args, as_json, placeholder_list, texts_of},
    facts::{COLUMNS, args_of, read_fact, read_said},
    keys::RecordKey,
    right::HERE,
};

/// Beside the columns of a fact: who stands for its subject and for its other person.
pub(crate) const ONE_PERSON: &str =
    "left join same_person s on s.person = substr(subject, 2) left join same_person o on o.person = other";

/// Another record of the same child, open to the same reader.
pub(crate) struct Twin {
    pub record: RecordId,
    pub number: i64,
    pub holder: PersonId,
    pub key: RecordKey,
}

/// A record of a child who has several.
pub(crate) struct GroupRow {
    pub record: RecordId,
    pub number: i64,
    pub holder: PersonId,
    pub wrapped_key: Vec<u8>,
    pub shares: String,
    pub situation: Situation,
}

impl<A> Grant<'_, A> {
    /// Every record that is read with this grant: the record, and others of the same child.
    pub fn records(&self) -> Vec<RecordId> {
        std::iter::once(self.record).chain(self.twins.iter().map(|twin| twin.record)).collect()
    }

    /// The other records of the same child that are read with it, with their numbers.
    pub fn twins(&self) -> Vec<(RecordId, i64)> {
        self.twins.iter().map(|twin| (twin.record, twin.number)).collect()
    }

    /// The numbers of the other records of the same child, with the person whose each was.
    pub fn twin_holders(&self) -> Vec<(i64, PersonId)> {
        self.twins.iter().map(|twin| (twin.number, twin.holder)).collect()
    }

    /// How many more records of the same child are not open to this reader.
    pub const fn closed_twins(&self) -> usize {
        self.closed_twins
    }

    /// The key of one of the records that are read.
    pub(crate) fn key_of(&self, record: RecordId) -> &RecordKey {
        self.twins.iter().find(|twin| twin.record == record).map_or(&self.key, |twin| &twin.key)
    }

    /// The condition that a column names one of the records that are read; its arguments are added behind the others.
    pub(crate) fn is_read(&self, column: &str, args: &mut Vec<Arg>) -> String {
        let from = args.len() + 1;
        args.extend(args_of(self.records()));
        if self.twins.is_empty() {
            format!("{column} = ${from}")
        } else {
            format!("{column} in ({})", placeholder_list(from, self.twins.len() + 1))
        }
    }

    /// Reads a fact with [`ONE_PERSON`] behind its columns: of whoever stands for those whom it names.
    pub(crate) fn read_as_one(&self, row: &Row) -> Result<Fact, StoreError> {
        let record = row.parsed(0, "fact", "record")?;
        let mut fact = read_fact(self.key_of(record), row)?;
        let stands_for = |at: usize| -> Result<Option<PersonId>, StoreError> {
            let one: Option<PersonId> = row.opt_parsed(at, "same_person", "one")?;
            // In the record that is in front, its own child stands for all.
            Ok(if one.is_some() && one == self.row.one { self.row.holder } else { one })
        };
        match fact.said.line.subject {
            Subject::Person(_) => {
                if let Some(one) = stands_for(COLUMN_COUNT)? {
                    fact.said.line.subject = Subject::Person(one);
                }
            }
            Subject::Record(record) if record != self.record && self.twins.iter().any(|twin| twin.record == record) => {
                fact.said.line.subject = Subject::Record(self.record);
            }
            Subject::Record(_) | Subject::Team(_) => {}
        }
        if let (Some(other), Some(one)) = (fact.said.other, stands_for(COLUMN_COUNT + 1)?) {
            if fact.said.line.key == other.to_string() {
                fact.said.line.key = one.to_string();
            }
            fact.said.other = Some(one);
        }
        Ok(fact)
    }
}

impl<A: Action> Grant<'_, A> {
    /// The same as it is shown: without addresses that must be kept from somebody, and without words that are kept in the
    /// confidential section.
    pub(crate) fn shown(&self, pack: &policy::Pack, row: &Row) -> Result<Fact, StoreError> {
        let mut fact = self.read_as_one(row)?;
        if self.hides_addresses() {
            hide_in_fact(pack, &mut fact);
        }
        if self.in_section(fact.said.entry) != InSection::No {
            withhold_fact(pack, &mut fact);
        }
        Ok(fact)
    }
}

/// How many columns a fact has.
const COLUMN_COUNT: usize = 14;

/// Leaves out what two records say alike of one person; the later one stays.
pub(crate) fn once_each(facts: Vec<Fact>) -> Vec<Fact> {
    let mut seen = BTreeSet::new();
    let mut once: Vec<Fact> = facts
        .into_iter()
        .rev()
        .filter(|fact| {
            let line = &fact.said.line;
            seen.insert((line.subject, line.kind.clone(), line.key.clone(), fact.said.value.clone()))
        })
        .collect();
    once.reverse();
    once
}

impl Tx {
    /// The children's records of everybody for whom this person stands.
    pub(crate) async fn group_rows(&self, one: PersonId) -> Result<Vec<GroupRow>, StoreError> {
        let kinds = situation_kinds();
        let rows = self
            .query(
                format!(
                    "select r.id, r.number, r.holder, r.wrapped_key, s.opens, f.kind, f.value, f.other, f.from_day, {PROTECTED}
                 from same_person s join record r on r.holder = s.person and r.kind = 'child'
                 left join fact f on f.record = r.id and f.subject = 'r' || r.id
                   and f.kind in ({kinds})
                   and f.from_day <= $3 and (f.until_day is null or f.until_day > $3)
                 where s.one = $1 and r.kind = $2 order by r.number"
                ),
                args![one, "child", self.now().day()],
            )
            .await?;
        let mut group: Vec<GroupRow> = Vec::new();
        for row in &rows {
            let record = row.parsed(0, "record", "id")?;
            if group.last().is_none_or(|last| last.record != record) {
                group.push(GroupRow {
                    record,
                    number: row.int(1)?,
                    holder: row.parsed(2, "record", "holder")?,
                    wrapped_key: row.blob(3)?,
                    shares: row.text(4)?,
                    situation: Situation { protected: row.int(9)? > 0, ..Situation::default() },
                });
            }
            let Some(last) = group.last_mut() else { continue };
            situate(&mut last.situation, row, 5)?;
        }
        let all: Vec<_> = group.iter().map(|one| (one.shares.clone(), one.situation.clone())).collect();
        // Whoever must not see one record of the child must see none; a restriction is of one record alone.
        // What one record of a child keeps from somebody, another must not give away.
        for one in &mut group {
            one.situation.protected = all.iter().any(|(_, other)| other.protected);
            one.situation.conflicts.extend(all.iter().flat_map(|(_, other)| &other.conflicts));
        }
        // Whoever may read one record may read those that share their readers with it, unless they are restricted.
        for one in group.iter_mut().filter(|one| !one.shares.is_empty() && one.situation.restriction.is_none()) {
            for (_, other) in all.iter().filter(|(shares, _)| *shares == one.shares) {
                one.situation.workers.extend(&other.workers);
                one.situation.teams.extend(&other.teams);
                one.situation.covers.extend(&other.covers);
                one.situation.opened_on_duty.extend(&other.opened_on_duty);
                one.situation.opened_in_emergency.extend(&other.opened_in_emergency);
            }
        }
        Ok(group)
    }

    /// Who stands for these people, and everybody for whom those stand: only of people who were made twice.
    pub(crate) async fn places_of(&self, people: &[PersonId]) -> Result<BTreeMap<PersonId, PersonId>, StoreError> {
        let sql = format!(
            "select t.person, t.one from same_person s join same_person t on t.one = s.one where s.person in ({})",
            texts_of(self.db.engine(), 1)
        );
        let rows = self.query(sql, args![as_json(people)]).await?;
        rows.iter()
            .map(|row| Ok((row.parsed(0, "same_person", "person")?, row.parsed(1, "same_person", "one")?)))
            .collect()
    }

    /// How these people and everybody linked with them are linked, and of which pairs it is said that they are two.
    ///
    /// For acts that join and part, and for the list of likely duplicates; it says nothing of anybody's record.
    pub async fn links_near(
        &self,
        people: &[PersonId],
    ) -> Result<(Vec<Link>, BTreeSet<(PersonId, PersonId)>), StoreError> {
        Ok(links(self.said_near(people.iter().copied().collect()).await?))
    }

    /// The records in which an entry says that these two are one, or that they are two.
    pub async fn records_that_link(&self, a: PersonId, b: PersonId) -> Result<BTreeSet<RecordId>, StoreError> {
        let between = |said: &Assertion| matches!(said.line.subject, Subject::Person(alias) if (alias, said.other) == (a, Some(b)) || (alias, said.other) == (b, Some(a)));
        let said = self.said_near([a, b].into()).await?;
        Ok(said.iter().filter(|said| between(said)).map(|said| said.line.record).collect())
    }

    /// When the first entry was written that now says that these two are one.
    pub async fn joined_at(&self, alias: PersonId, one: PersonId) -> Result<Option<Moment>, StoreError> {
        let mut lines: BTreeMap<RecordId, Vec<Assertion>> = BTreeMap::new();
        for said in self.said_near([alias, one].into()).await? {
            if said.line.subject == Subject::Person(alias) && said.other == Some(one) {
                lines.entry(said.line.record).or_default().push(said);
            }
        }
        let standing =
            lines.into_values().flat_map(project).filter(|fact| fact.until.is_none() && fact.said.value != TWO);
        let entries: Vec<_> = standing.map(|fact| fact.said.entry).collect();
        if entries.is_empty() {
            return Ok(None);
        }
        let sql = format!("select min(written) from entry where id in ({})", placeholder_list(1, entries.len()));
        let rows = self.query(sql, args_of(entries)).await?;
        rows.first().map_or(Ok(None), |row| row.opt_parsed(0, "entry", "written"))
    }

    /// The records for which this person may join people, and which are these people's own or, where none of them has
    /// one, say something of them; none where one of their own is closed to this person, and none where they, or those for
    /// whom they stand, are one child before and after an adoption: nothing is to say so, or that they are two.
    pub async fn records_to_join_in(&self, people: &[PersonId]) -> Result<Option<Vec<RecordId>>, StoreError> {
        if !self.adopted_pairs(&self.own_records(people).await?).await?.is_empty() {
            return Ok(None);
        }
        let list = placeholder_list(1, people.len());
        let records =
            |rows: Vec<Row>| rows.iter().map(|row| row.parsed(0, "record", "id")).collect::<Result<Vec<RecordId>, _>>();
        let sql = format!("select id from record where kind = 'child' and holder in ({list}) order by number");
        let own = records(self.query(sql, args_of(people.iter().copied())).await?)?;
        if !own.is_empty() {
            let open = self.may_in(Capability::JoinPeople, &own).await?;
            return Ok((open.len() == own.len()).then_some(own));
        }
        let subjects = placeholder_list(1 + people.len(), people.len());
        let mut args = args_of(people.iter().copied());
        args.extend(args_of(people.iter().map(|person| Subject::Person(*person))));
        let sql = format!(
            "select record from fact where other in ({list}) union select record from fact where subject in ({subjects}) order by 1 limit 200"
        );
        let naming = records(self.query(sql, args).await?)?;
        let open = self.may_in(Capability::JoinPeople, &naming).await?;
        Ok((!open.is_empty()).then(|| naming.into_iter().filter(|record| open.contains(record)).collect()))
    }

    /// The entries written in this record since a moment, oldest first, without what they say: what to look at when
    /// two are parted.
    pub async fn written_since<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        since: Moment,
    ) -> Result<Vec<(EntryId, String, PersonId, Moment)>, StoreError> {
        self.query(
            format!(
                "select e.id, e.form, e.author, e.written from entry e where e.record = $1 and e.written > $2 and {HERE}
                 order by e.written, e.id limit 500"
            ),
            args![grant.record, since],
        )
        .await?
        .iter()
        .map(|row| {
            Ok((
                row.parsed(0, "entry", "id")?,
                row.text(1)?,
                row.parsed(2, "entry", "author")?,
                row.parsed(3, "entry", "written")?,
            ))
        })
        .collect()
    }

    /// Every assertion that links these people, however far.
    async fn said_near(&self, mut people: BTreeSet<PersonId>) -> Result<Vec<Assertion>, StoreError> {
        let mut said: BTreeMap<(String, String), Assertion> = BTreeMap::new();
        let mut asked: BTreeSet<PersonId> = BTreeSet::new();
        loop {
            let next: Vec<_> = people.difference(&asked).copied().take(200).collect();
            if next.is_empty() {
                break;
            }
            asked.extend(&next);
            let mut args = args![known::SAME_PERSON];
            args.extend(args_of(next.iter().map(|person| Subject::Person(*person))));
            args.extend(args_of(next.iter().copied()));
            let sql = format!(
                "select {COLUMNS} from fact where kind = $1 and subject in ({})
                 union all select {COLUMNS} from fact where kind = $1 and other in ({})",
                placeholder_list(2, next.len()),
                placeholder_list(2 + next.len(), next.len())
            );
            for row in self.query(sql, args).await? {
                let one = read_said(&row)?;
                if let Subject::Person(alias) = one.line.subject {
                    people.extend([alias].into_iter().chain(one.other));
                }
                said.insert((format!("{:?}", one.line), one.place.as_text().to_owned()), one);
            }
        }
        Ok(said.into_values().collect())
    }

    /// Puts the table right for those whom these new assertions join or part. Everybody near them is held unchanged, so
    /// that of two who join at once one begins again.
    pub(crate) async fn regroup(&self, new: &[Assertion]) -> Result<(), StoreError> {
        let asserted = self.asserted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let concerns = |said: &&Assertion| said.line.kind == known::SAME_PERSON;
        if !new.iter().any(|said| concerns(&said)) {
            return Ok(());
        }
        let of_now: Vec<_> = asserted.iter().chain(new).filter(concerns).cloned().collect();
        let mut people: BTreeSet<PersonId> = BTreeSet::new();
        for said in &of_now {
            if let Subject::Person(alias) = said.line.subject {
                people.extend([alias].into_iter().chain(said.other));
            }
        }
        let mut said = self.said_near(people.clone()).await?;
        said.extend(of_now);
        for one in &said {
            if let Subject::Person(alias) = one.line.subject {
                people.extend([alias].into_iter().chain(one.other));
            }
        }
        let places = places(&links(said).0);
        let people: Vec<_> = people.into_iter().collect();
        let mut rows = BTreeMap::new();
        for some in people.chunks(400) {
            let sql = format!(
                "select person, changes from same_person where person in ({})",
                placeholder_list(1, some.len())
            );
            for row in self.query(sql, args_of(some.iter().copied())).await? {
                rows.insert(row.parsed::<PersonId>(0, "same_person", "person")?, row.int(1)?);
            }
        }
        for person in people {
            let again = !self.regrouped.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(person);
            if let Some(statement) = put_right(person, places.get(&person), rows.get(&person).copied(), again) {
                self.then(statement);
            }
        }
        Ok(())
    }
}

/// What puts one row right; `again` where this act has touched it before, so that it is as the act left it.
fn put_right(person: PersonId, place: Option<&Place>, row: Option<i64>, again: bool) -> Option<Statement> {
    let values = |place: &Place| {
        let shares = place.shares.map_or_else(String::new, |shares| shares.to_string());
        args![person, place.one, shares]
    };
    Some(match (place, row) {
        (Some(place), _) if again => Statement::new(
            "insert into same_person (person, one, opens, changes) values ($1, $2, $3, 1)
             on conflict (person) do update set one = excluded.one, opens = excluded.opens",
            values(place),
        ),
        (None, _) if again => Statement::new("delete from same_person where person = $1", args![person]),
        (Some(place), None) => Statement::new(
            "insert into same_person (person, one, opens, changes) values ($1, $2, $3, 1)",
            values(place),
        ),
        (Some(place), Some(changes)) => {
            let mut args = values(place);
            args.extend(args![changes]);
            Statement::one_row(
                "update same_person set one = $2, opens = $3, changes = changes + 1 where person = $1 and changes = $4",
                args,
            )
        }
        (None, Some(changes)) => {
            Statement::one_row("delete from same_person where person = $1 and changes = $2", args![person, changes])
        }
        (None, None) => return None,
    })
}
