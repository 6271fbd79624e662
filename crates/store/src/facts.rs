//! Facts: kept in their lines as entries assert them, read as they hold on a day.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::PoisonError,
};

use jiff::civil::Date;
use record::{
    PersonId, RecordId,
    fact::{Assertion, Fact, Line, Place, Subject, insert},
    known,
};

use crate::{
    door::{Action, Grant, Tx, Write},
    engine::{Arg, Piece, Row, Statement, StoreError, among, args, as_json, placeholder_list},
    keys::{Binding, RecordKey},
    same::{ONE_PERSON, once_each},
};

pub(crate) const COLUMNS: &str = "record, subject, kind, key, place, value, sealed, other, from_day, until_day, said_until, entry, version, ended_by";

impl Tx {
    /// Puts assertions of this record's entries into their lines.
    pub(crate) async fn assert(&self, grant: &Grant<'_, Write>, assertions: Vec<Assertion>) -> Result<(), StoreError> {
        if assertions.is_empty() {
            return Ok(());
        }
        let assertions = self.in_lines_of_firsts(assertions).await?;
        let neighbours = self.neighbours(grant, &assertions).await?;
        // What this act itself puts into a line counts as well, in the order in which it does.
        let mut lines: BTreeMap<Line, Vec<Assertion>> = BTreeMap::new();
        for fact in neighbours {
            lines.entry(fact.said.line.clone()).or_default().push(fact.said);
        }
        // And what earlier entries of this transaction put there, which the snapshot does not show.
        for said in self.asserted.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if let Some(line) = assertions.iter().find(|new| new.line == said.line) {
                lines.entry(line.line.clone()).or_default().push(said.clone());
            }
        }
        self.rekey(grant, &[], &assertions).await?;
        self.regroup(&assertions).await?;
        let step = {
            let mut asserted = self.asserted.lock().unwrap_or_else(PoisonError::into_inner);
            asserted.extend(assertions.iter().cloned());
            asserted.len()
        };
        // What is shortened here and what is put in have other places in their lines.
        let piece = Piece { of: grant.record, step };
        let mut kept: BTreeMap<(Line, Place), Fact> = BTreeMap::new();
        let mut shortened: BTreeMap<(Line, Place), Fact> = BTreeMap::new();
        for new in assertions {
            let line = lines.entry(new.line.clone()).or_default();
            line.sort_by(|a, b| a.place.cmp(&b.place));
            let at = line.partition_point(|said| said.place < new.place);
            let before = at.checked_sub(1).map(|at| line[at].clone());
            let (fact, earlier) = insert(before, new.clone(), line.get(at));
            line.insert(at, new);
            if let Some(earlier) = earlier {
                let id = (earlier.said.line.clone(), earlier.said.place.clone());
                if let Some(of_this_act) = kept.get_mut(&id) {
                    *of_this_act = earlier;
                } else {
                    shortened.insert(id, earlier);
                }
            }
            kept.insert((fact.said.line.clone(), fact.said.place.clone()), fact);
        }
        for fact in shortened.values().chain(kept.values()) {
            self.touch_fact(grant, fact, true);
        }
        for earlier in shortened.into_values() {
            let said = &earlier.said;
            self.then(
                Statement::one_row(
                    "update fact set until_day = $6, ended_by = $7
                 where record = $1 and subject = $2 and kind = $3 and key = $4 and place = $5",
                    args![
                        said.line.record,
                        said.line.subject,
                        &said.line.kind,
                        &said.line.key,
                        said.place.as_text(),
                        earlier.until,
                        earlier.ended_by
                    ],
                )
                .of(piece),
            );
        }
        let rows = kept.into_values().map(|fact| self.fact_row(&grant.key, &fact)).collect::<Result<Vec<_>, _>>()?;
        self.then(Statement::insert(fact_insert(), rows).of(piece));
        Ok(())
    }

    pub(crate) fn fact_row(&self, key: &RecordKey, fact: &Fact) -> Result<Vec<Arg>, StoreError> {
        let said = &fact.said;
        // Of a kind that the pack in force no longer has, as a draft from before may still say, nothing stands in plain
        // rows.
        let sealed = self.db.pack().fact(&said.line.kind).is_none_or(|kind| kind.sealed);
        let (value, seal) = if sealed {
            (None, Some(key.seal(binding(said.line.record, said), said.value.as_bytes())?))
        } else {
            (Some(said.value.clone()), None)
        };
        let line = &said.line;
        Ok(args![
            line.record,
            line.subject,
            &line.kind,
            &line.key,
            said.place.as_text(),
            value,
            seal,
            said.other,
            said.from,
            fact.until,
            said.said_until,
            said.entry,
            said.version,
            fact.ended_by
        ])
    }

    /// For each assertion, the fact before its place in its line and the one after.
    async fn neighbours(&self, grant: &Grant<'_, Write>, assertions: &[Assertion]) -> Result<Vec<Fact>, StoreError> {
        let (mut sql, mut args) = (String::new(), Vec::new());
        for said in assertions {
            for (compare, order) in [("<", "desc"), (">", "asc")] {
                let at = args.len();
                if at > 0 {
                    sql.push_str(" union ");
                }
                let [record, subject, kind, key, place] = std::array::from_fn(|n| format!("${}", at + n + 1));
                // Writing to a string cannot fail.
                let _ = write!(
                    sql,
                    "select * from (select {COLUMNS} from fact where record = {record} and subject = {subject} and kind = {kind}
                     and key = {key} and place {compare} {place} order by place {order} limit 1) as n{at}"
                );
                args.extend(args![
                    said.line.record,
                    said.line.subject,
                    &said.line.kind,
                    &said.line.key,
                    said.place.as_text()
                ]);
            }
        }
        self.query(sql, args).await?.iter().map(|row| read_fact(&grant.key, row)).collect()
    }

    /// The facts that hold on the day of the transaction, as they are and not as they were: of this record, and of
    /// others of the same child that are read with it.
    pub async fn current_facts<A: Action>(&self, grant: &Grant<'_, A>) -> Result<Vec<Fact>, StoreError> {
        let mut args = args![self.now().day()];
        let read = grant.is_read("record", &mut args);
        let rows = self
            .query(
                format!(
                    // Two halves, since neither engine finds what has no end and what ends later by one index at once; a child's
                    // long past is many times what holds today, and by the day from which it holds all of it would be read.
                    "select {COLUMNS}, s.one as subject_one, o.one as other_one from fact {ONE_PERSON} where {read} and from_day || '' <= $1 and until_day is null
                     union all
                     select {COLUMNS}, s.one as subject_one, o.one as other_one from fact {ONE_PERSON} where {read} and from_day || '' <= $1 and until_day > $1
                     order by kind, place"
                ),
                args,
            )
            .await?;
        let facts = rows.iter().map(|row| grant.shown(self.db.pack(), row)).collect::<Result<Vec<_>, _>>()?;
        Ok(if grant.row.one.is_some() { once_each(facts) } else { facts })
    }

    /// Those of these kinds that hold on the day of the transaction, as they are and not as they were.
    pub async fn current_of<A: Action>(&self, grant: &Grant<'_, A>, kinds: &[&str]) -> Result<Vec<Fact>, StoreError> {
        let mut args = args![self.now().day()];
        let read = grant.is_read("record", &mut args);
        // By one kind after the other: a list of them is no way to the rows for PostgreSQL, where it expects few of each
        // record.
        let kinds: BTreeSet<&str> = kinds.iter().copied().collect();
        let arms: Vec<String> = kinds
            .into_iter()
            .map(|kind| {
                args.extend(args![kind]);
                format!(
                    "select {COLUMNS}, s.one as subject_one, o.one as other_one from fact {ONE_PERSON}
                     where {read} and kind = ${} and from_day <= $1 and (until_day is null or until_day > $1)",
                    args.len()
                )
            })
            .collect();
        if arms.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("select * from ({}) as known order by kind, place", arms.join(" union all "));
        let rows = self.query(sql, args).await?;
        let facts = rows.iter().map(|row| grant.shown(self.db.pack(), row)).collect::<Result<Vec<_>, _>>()?;
        Ok(if grant.row.one.is_some() { once_each(facts) } else { facts })
    }

    /// Every fact of one kind that entries of the records that are read ever asserted, in the order of their days.
    pub async fn history<A: Action>(&self, grant: &Grant<'_, A>, kind: &str) -> Result<Vec<Fact>, StoreError> {
        let mut args = args![kind];
        let read = grant.is_read("record", &mut args);
        self.query(
            format!("select {COLUMNS}, s.one, o.one from fact {ONE_PERSON} where {read} and kind = $1 order by place"),
            args,
        )
        .await?
        .iter()
        .map(|row| grant.shown(self.db.pack(), row))
        .collect()
    }

    /// The facts about the child and the record that make rows of the chronology: the newest of each kind until a day, and
    /// all of those that say a day themselves (a birth), since that day and not the day of recording is their place.
    pub async fn facts_for_chronology<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        until: Option<Date>,
        most: u32,
    ) -> Result<Vec<Fact>, StoreError> {
        let of_chronology = self.db.pack().facts().filter(|kind| kind.chronology.is_some());
        let (dated, lasting): (Vec<_>, Vec<_>) = of_chronology.partition(|kind| kind.says == policy::fact::Says::Date);
        let mut args = Vec::new();
        let read = grant.is_read("record", &mut args);
        let twins = grant.twins.iter().flat_map(|twin| [Subject::Record(twin.record), Subject::Person(twin.holder)]);
        let own = [Some(Subject::Record(grant.record)), grant.holder().map(Subject::Person)];
        let subjects: Vec<_> = own.into_iter().flatten().chain(twins).collect();
        let about = placeholder_list(args.len() + 1, subjects.len());
        args.extend(args_of(subjects));
        let mut arms = Vec::new();
        // Of a day that was corrected only the right one stands.
        for (kinds, until, most, holds) in
            [(lasting, until.unwrap_or(Date::MAX), most, Date::MIN), (dated, Date::MAX, 1_000, self.now().day())]
        {
            args.extend(args![until, holds, i64::from(most)]);
            let at = args.len() - 2;
            for kind in kinds {
                args.extend(args![&kind.id]);
                let n = args.len();
                // By its kind alone: a child's record says nearly all of the child.
                arms.push(format!(
                    "select * from (select {COLUMNS}, s.one as subject_one, o.one as other_one from fact {ONE_PERSON}
                     where {read} and kind = ${n} and from_day <= ${at} and subject || '' in ({about})
                     and (until_day is null or (until_day > from_day and until_day > ${}))
                     order by from_day desc, place desc limit ${}) as arm{n}",
                    at + 1,
                    at + 2
                ));
            }
        }
        if arms.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.query(arms.join(" union all "), args).await?;
        let mut facts = rows.iter().map(|row| grant.shown(self.db.pack(), row)).collect::<Result<Vec<_>, _>>()?;
        if grant.row.one.is_some() {
            // A birth that two records say is one.
            let mut seen = BTreeSet::new();
            facts.retain(|fact| {
                let dated =
                    self.db.pack().fact(&fact.said.line.kind).is_some_and(|kind| kind.says == policy::fact::Says::Date);
                !dated || seen.insert((fact.said.line.kind.clone(), fact.said.value.clone()))
            });
        }
        Ok(facts)
    }

    /// What is known everywhere of these people: name, preferred name, birth, death, sex. Only for people whom the
    /// records that this transaction was granted name, or staff; whoever calls got their identifiers from there.
    pub async fn who<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        people: &[PersonId],
    ) -> Result<BTreeMap<PersonId, Person>, StoreError> {
        let mut found = self.people_by_id(people, Scope::AsSaidIn(grant.record)).await?;
        // What only the other record of the same child says of the child.
        if let Some(holder) = grant.row.holder
            && let Some(one) = found.get_mut(&holder)
        {
            for twin in &grant.twins {
                let there = self.people_by_id(&[twin.holder], Scope::AsSaidIn(twin.record)).await?;
                if let Some(other) = there.into_values().next() {
                    one.fill_from(other);
                }
            }
        }
        Ok(found)
    }

    /// The same, for lists that were themselves filtered by the door.
    pub(crate) async fn people_by_id(
        &self,
        people: &[PersonId],
        scope: Scope,
    ) -> Result<BTreeMap<PersonId, Person>, StoreError> {
        let mut found: BTreeMap<PersonId, Person> = BTreeMap::new();
        for some in people.chunks(400) {
            let mut args = args![self.now().day()];
            // What somebody's own record says of them stands before all others, then what this record says: nobody is
            // renamed from a record that has nothing to do with them.
            let here = if matches!(scope, Scope::AsSaidIn(_)) { "record = $2" } else { "1 = 0" };
            let more = match scope {
                Scope::Shared => "1 = 0",
                Scope::OwnRecords => {
                    "exists (select 1 from record r where r.id = fact.record and 'p' || r.holder = fact.subject)"
                }
                Scope::AsSaidIn(_) => "record = $2",
            };
            if let Scope::AsSaidIn(record) = scope {
                args.extend(args![record]);
            }
            args.extend(args![as_json(some.iter().map(|person| Subject::Person(*person))), as_json(some)]);
            let (subjects, ones) = (among(self.db.engine(), args.len() - 1), among(self.db.engine(), args.len()));
            // By one kind after the other: a child's past has thousands of other facts, and a list of kinds is no way to the
            // rows for PostgreSQL, where it expects few of each person.
            let mut said: Vec<String> = NAMED_BY
                .into_iter()
                .map(|(kind, everywhere)| {
                    let where_said = if everywhere { "1 = 1" } else { more };
                    args.extend(args![kind]);
                    format!(
                        "select subject, kind, value, place,
                             case when exists (select 1 from record o where o.id = fact.record and 'p' || o.holder = fact.subject) then 2
                             when {here} then 1 else 0 end as weight
                         from fact where subject {subjects} and kind = ${} and {where_said}
                         and from_day <= $1 and (until_day is null or until_day > $1)",
                        args.len()
                    )
                })
                .collect();
            if scope == Scope::Shared {
                let number = "select 'p' || id, 'number', cast(number as text), '', 0 from person";
                said.push(format!("{number} where id {ones}"));
            }
            let rows = self
                .query(
                    format!(
                        // Of somebody who was made twice, what is said of the other one fills what is not said of them.
                        "select subject, kind, value from ({}
                         union all
                         select 'p' || s.one, f.kind, f.value, f.place, -1 from same_person s join fact f on f.subject = 'p' || s.person
                         where s.one {ones} and s.person <> s.one and f.kind in ('name', 'birth', 'sex')
                         and f.from_day <= $1 and (f.until_day is null or f.until_day > $1)) as said
                         order by weight, place",
                        said.join(" union all ")
                    ),
                    args,
                )
                .await?;
            for row in rows {
                let Subject::Person(person) = row.parsed(0, "fact", "subject")? else { continue };
                let about = found.entry(person).or_default();
                let value = row.opt_text(2)?.unwrap_or_default();
                match row.text(1)?.as_str() {
                    known::NAME => about.name = Some(value),
                    known::PREFERRED_NAME => about.preferred = Some(value),
                    known::BIRTH => about.born = value.parse().ok(),
                    known::EXPECTED_BIRTH => about.expected = value.parse().ok(),
                    known::DEATH => about.died = value.parse().ok(),
                    "number" => about.number = value.parse().ok(),
                    _ => about.sex = Some(value),
                }
            }
        }
        Ok(found)
    }
}

/// The kinds of fact that say who somebody is, and whether each is known everywhere.
const NAMED_BY: [(&str, bool); 6] = [
    (known::NAME, true),
    (known::BIRTH, true),
    (known::SEX, true),
    (known::PREFERRED_NAME, false),
    (known::EXPECTED_BIRTH, false),
    (known::DEATH, false),
];

/// How much of a person is known where: name, birth and sex everywhere, the rest only where a record says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Name, birth and sex alone, and their number: search.
    Shared,
    /// And what the person's own record says: lists of records that are open to whoever asks.
    OwnRecords,
    /// And what this record says.
    AsSaidIn(RecordId),
}

/// What is shown of a person wherever they are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Full name.
    pub name: Option<String>,
    /// What they like to be called.
    pub preferred: Option<String>,
    /// Date of birth.
    pub born: Option<Date>,
    /// Expected date of birth.
    pub expected: Option<Date>,
    /// Date of death.
    pub died: Option<Date>,
    /// Code of sex.
    pub sex: Option<String>,
    /// The number that tells them from others of the same name, where they are searched for.
    pub number: Option<i64>,
}

impl Person {
    /// Takes what is not known here from somebody who is the same person.
    fn fill_from(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        self.preferred = self.preferred.take().or(other.preferred);
        self.born = self.born.or(other.born);
        self.expected = self.expected.or(other.expected);
        self.died = self.died.or(other.died);
        self.sex = self.sex.take().or(other.sex);
        self.number = self.number.or(other.number);
    }
}

/// The fact table with all its columns, for inserting.
pub(crate) const fn fact_insert() -> &'static str {
    "fact (record, subject, kind, key, place, value, sealed, other, from_day, until_day, said_until, entry, version, ended_by)"
}

pub(crate) fn args_of<T: crate::engine::IntoArg>(values: impl IntoIterator<Item = T>) -> Vec<Arg> {
    values.into_iter().map(crate::engine::IntoArg::arg).collect()
}

fn binding(record: RecordId, said: &Assertion) -> Binding<'_> {
    Binding { record, thing: said.place.as_text(), version: said.version, part: &said.line.kind }
}

/// What a row says; its value is blank where it is sealed.
pub(crate) fn read_said(row: &Row) -> Result<Assertion, StoreError> {
    let line = Line {
        record: row.parsed(0, "fact", "record")?,
        subject: row.parsed(1, "fact", "subject")?,
        kind: row.text(2)?,
        key: row.text(3)?,
    };
    Ok(Assertion {
        line,
        place: Place::from_text(row.text(4)?),
        value: row.opt_text(5)?.unwrap_or_default(),
        other: row.opt_parsed(7, "fact", "other")?,
        from: row.parsed(8, "fact", "from_day")?,
        said_until: row.opt_parsed(10, "fact", "said_until")?,
        entry: row.parsed(11, "fact", "entry")?,
        version: u32::try_from(row.int(12)?).unwrap_or_default(),
    })
}

pub(crate) fn read_fact(key: &RecordKey, row: &Row) -> Result<Fact, StoreError> {
    let mut said = read_said(row)?;
    if let Some(sealed) = row.opt_blob(6)? {
        let open = key.open(binding(said.line.record, &said), &sealed).and_then(|plain| String::from_utf8(plain).ok());
        said.value = open.ok_or(StoreError::Inconsistent { table: "fact", column: "sealed" })?;
    }
    Ok(Fact { said, until: row.opt_parsed(9, "fact", "until_day")?, ended_by: row.opt_parsed(13, "fact", "ended_by")? })
}
