//! Looking for people before a new one is made: the keys under which each is kept, and the search by them.
//!
//! `person_key` has a row for each key of each person in each record that says something of them. It follows from the
//! facts alone ([`record::likeness::keys`]): an act that asserts such facts puts it right, `verify` works it out again,
//! and a start that finds it empty fills it. Who is likely the same, and why, is the pure rule's to say.
//!
//! A search shows name, birth and number, nothing else. An address finds somebody only together with a name, only by
//! what records say that the searcher may read, and never where it is protected.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    fmt::Write as _,
};

use policy::Capability;
use record::{
    PersonId, RecordId,
    access::finds_anybody,
    fact::{Assertion, Subject},
    known,
    likeness::{
        Described, Likeness, LookedFor, Reason, compare,
        keys::{COMPARED, KINDS, Key, Wanted, described, kept, recognised, wanted},
        look,
    },
};

use crate::{
    door::{Grant, Refused, Tx, Write},
    engine::{
        Arg, Engine, Piece, Statement, StoreError, among, among_found, args, as_json, placeholder_list, texts_of,
    },
    facts::{COLUMNS, Person, Scope, args_of, read_fact},
    keys::KeyRing,
    people::{CLOSED_TO_MOST, OwnRecord},
};

pub(crate) const KEY_COLUMNS: &str = "person_key (record, person, key)";

/// Somebody who may be the one that is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The person.
    pub person: PersonId,
    /// Their number.
    pub number: i64,
    /// What is known of them everywhere.
    pub who: Person,
    /// Their own record, when there is one and this person may read it.
    pub record: Option<RecordId>,
    /// How like they are, and why.
    pub like: Likeness,
    /// Whether their own record is kept from this person: then nothing is said of them.
    pub kept: bool,
}

/// What somebody is looked for: what decides whom a search shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchFor {
    /// To find a record: people whom the searcher may know.
    Record,
    /// To name somebody in a record: whoever is known somewhere, so that nobody is made twice.
    Naming,
}

/// Two people who are likely one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikelyPair {
    /// One of them.
    pub a: PersonId,
    /// The other.
    pub b: PersonId,
    /// How like they are, and why.
    pub like: Likeness,
}

/// How many keys of a kind that several share are looked at for the list of likely duplicates.
const MOST_KEYS: i64 = 5_000;
/// A name that more have is no reason to compare each with each.
const MOST_OF_ONE_NAME: usize = 12;

/// How many each group of keys finds at most: enough for whoever is meant to be among them, few enough to compare.
const BY_NUMBER: u32 = 40;
const BY_BIRTH: u32 = 120;
const BY_ADDRESS: u32 = 60;
const BY_PAIR: u32 = 120;
const BY_BEGINNING: u32 = 80;
const BY_ONE: u32 = 80;
const BY_DAY: u32 = 120;

impl Tx {
    /// People who may be the one that is looked for, the likest first: the search before a new person is made.
    ///
    /// The answer shows name and birth alone, and why each is in it. Nobody is shown whose own record is kept from this
    /// person; and of others, whoever this person may know, by what the search is for.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not search people.
    pub async fn find_people(
        &self,
        looked_for: &LookedFor,
        what_for: SearchFor,
        most: u32,
    ) -> Result<Vec<Found>, Refused> {
        self.permit(Capability::SearchPeople).await?;
        let mut likely = self.likely(looked_for).await?;
        let people: Vec<PersonId> = likely.iter().map(|(person, _)| *person).collect();
        let own = self.own_records(&people).await?;
        let mut closed = self.kept_from(&people, &own).await?;
        let anybody = what_for == SearchFor::Naming
            || self.actor().person().is_none()
            || finds_anybody(self.db.pack(), self.standing().await?);
        if !anybody {
            closed.extend(self.unknown_to(&people, &own).await?);
        }
        likely.retain(|(person, _)| !closed.contains(person));
        Ok(self.show(likely, own, most).await?)
    }

    /// Those of these people who are kept from this person: their own record is restricted to few of whom they are none, or
    /// closed by a conflict; or they have none, and every record that names them is so. A search answers as if there were
    /// nobody: the name of an adoptive mother would lead to the child.
    async fn kept_from(&self, people: &[PersonId], own: &[OwnRecord]) -> Result<BTreeSet<PersonId>, StoreError> {
        if self.actor().person().is_none() {
            return Ok(BTreeSet::new());
        }
        let have: BTreeSet<PersonId> = own.iter().map(|own| own.person).collect();
        let others: Vec<PersonId> = people.iter().copied().filter(|person| !have.contains(person)).collect();
        let named = self.named_in(&others).await?;
        let few = self.closed_to_most(&named.iter().map(|(record, _)| *record).collect()).await?;
        let open = self.readable(&few.iter().copied().collect::<Vec<_>>()).await?;
        let shut = |record: &RecordId| few.contains(record) && !open.contains(record);
        let known: BTreeSet<PersonId> =
            named.iter().filter(|(record, _)| !shut(record)).map(|(_, person)| *person).collect();
        let only_there = named.iter().map(|(_, person)| *person).filter(|person| !known.contains(person));
        let own_shut = own.iter().filter(|own| own.closed_to_most && !own.open).map(|own| own.person);
        Ok(own_shut.chain(only_there).collect())
    }

    /// Those of these records that are restricted, or closed to this person by a conflict.
    async fn closed_to_most(&self, records: &BTreeSet<RecordId>) -> Result<BTreeSet<RecordId>, StoreError> {
        if records.is_empty() {
            return Ok(BTreeSet::new());
        }
        let sql =
            format!("select r.id from record r where r.id in ({}) and {CLOSED_TO_MOST}", texts_of(self.db.engine(), 3));
        let rows = self.query(sql, args![self.now().day(), self.actor().person(), as_json(records)]).await?;
        rows.iter().map(|row| row.parsed(0, "record", "id")).collect()
    }

    /// Which records say something of these people by which somebody is found. By the facts, which have an index by their
    /// subject: the keys have none by the person, and all of them would be read for each search.
    async fn named_in(&self, people: &[PersonId]) -> Result<Vec<(RecordId, PersonId)>, StoreError> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let mut args = args![as_json(people.iter().map(|person| Subject::Person(*person)))];
        args.extend(args_of(KINDS));
        let sql = format!(
            "select distinct record, subject from fact where subject {} and kind in ({}) and (value is null or value <> '')",
            among(self.db.engine(), 1),
            placeholder_list(2, KINDS.len())
        );
        let mut named = Vec::new();
        for row in self.query(sql, args).await? {
            if let Subject::Person(person) = row.parsed(1, "fact", "subject")? {
                named.push((row.parsed(0, "fact", "record")?, person));
            }
        }
        Ok(named)
    }

    /// Those of these people whose own record is not open to this person, and whom no record that is open to them names.
    async fn unknown_to(&self, people: &[PersonId], own: &[OwnRecord]) -> Result<BTreeSet<PersonId>, StoreError> {
        let mut named = self.named_in(people).await?;
        let sql = format!(
            "select distinct record, other from fact where other {} and kind = 'relationship'
             and from_day <= $2 and (until_day is null or until_day > $2)",
            among(self.db.engine(), 1)
        );
        for row in self.query(sql, args![as_json(people), self.now().day()]).await? {
            named.push((row.parsed(0, "fact", "record")?, row.parsed(1, "fact", "other")?));
        }
        let records: BTreeSet<RecordId> = named.iter().map(|(record, _)| *record).collect();
        let open = self.readable(&records.into_iter().collect::<Vec<_>>()).await?;
        let named = named.into_iter().filter(|(record, _)| open.contains(record)).map(|(_, person)| person);
        let known: BTreeSet<PersonId> = own.iter().filter(|own| own.open).map(|own| own.person).chain(named).collect();
        Ok(people.iter().copied().filter(|person| !known.contains(person)).collect())
    }

    /// People who are likely the one for whom a record is about to be opened, and are not among these.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not open records.
    pub async fn likely_known(&self, looked_for: &LookedFor, others: &[PersonId]) -> Result<Vec<Found>, Refused> {
        self.permit(Capability::OpenRecord).await?;
        let mut likely = self.likely(looked_for).await?;
        likely.retain(|(_, like)| like.is_likely());
        let people: Vec<PersonId> = likely.iter().map(|(person, _)| *person).collect();
        let own = self.own_records(&people).await?;
        let closed = self.kept_from(&people, &own).await?;
        // That the child of a record that is open here is like somebody in a closed one would tell of an adoption.
        for (a, b) in self.adopted_pairs(&own).await? {
            let untold = if closed.contains(&b) { b } else { a };
            if closed.contains(&untold) {
                likely.retain(|(person, _)| *person != untold);
            }
        }
        likely.retain(|(person, _)| !others.contains(person));
        let mut found = self.show(likely, own, 20).await?;
        for one in found.iter_mut().filter(|one| closed.contains(&one.person)) {
            // That there is somebody must be said, or the child is made twice; who it is, and why they are like, is not.
            (one.who, one.kept) = (Person::default(), true);
            (one.like.why, one.like.against) = (Vec::new(), Vec::new());
        }
        Ok(found)
    }

    /// Of each of these who are brought in from elsewhere, the likeliest whom somebody knows already: their number, and
    /// what speaks for it. Only who is likely by the one rule; nothing follows from it but that somebody looks. Nobody is
    /// among them who was adopted: a return has the child before, and the number of the record after would tell of it.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not import.
    pub async fn likely_brought_in(&self, all: &[LookedFor]) -> Result<Vec<Option<(i64, Likeness)>>, Refused> {
        self.permit(Capability::Import).await?;
        let mut found = Vec::new();
        for looked_for in all {
            // With no number there is a birth alone, which many share.
            let likely = if looked_for.who.numbers.is_empty() { Vec::new() } else { self.likely(looked_for).await? };
            let likely: Vec<_> = likely.into_iter().filter(|(_, like)| like.is_likely()).collect();
            let people: Vec<PersonId> = likely.iter().map(|(person, _)| *person).collect();
            let adopted = self.adopted(&self.own_records(&people).await?).await?;
            let likely = likely.into_iter().find(|(person, _)| !adopted.contains(person));
            found.push(match likely {
                Some((person, like)) => self.record_number_of(person).await?.map(|number| (number, like)),
                None => None,
            });
        }
        if found.iter().any(Option::is_some) {
            self.leave("search-people", None, None, "import", &[], false);
        }
        Ok(found)
    }

    /// The number of a child's record, whoever may read it: a number says nothing of whose it is.
    async fn record_number_of(&self, person: PersonId) -> Result<Option<i64>, StoreError> {
        let sql = "select r.number from record r where r.kind = 'child' and r.holder = $1
             union all select r.number from same_person s join same_person t on t.one = s.one
             join record r on r.holder = t.person and r.kind = 'child' where s.person = $1 order by 1 limit 1";
        let rows = self.query(sql, args![person]).await?;
        rows.first().map(|row| row.int(0)).transpose()
    }

    /// The first of these, with their names and, where that is open to this person, their own record. One leaf says who
    /// they are.
    async fn show(
        &self,
        likely: Vec<(PersonId, Likeness)>,
        mut own: Vec<OwnRecord>,
        most: u32,
    ) -> Result<Vec<Found>, StoreError> {
        if likely.is_empty() {
            self.leave("search-people", None, None, "", &[], false);
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let likely: Vec<_> = likely.into_iter().take(most as usize).collect();
        let people: Vec<_> = likely.iter().map(|(person, _)| *person).collect();
        let mut who = self.people_by_id(&people, Scope::Shared).await?;
        own.retain(|own| people.contains(&own.person));
        let records = self.open_of(own);
        for (person, like) in likely {
            let who = who.remove(&person).unwrap_or_default();
            let number = who.number.ok_or(StoreError::Inconsistent { table: "person", column: "number" })?;
            let record = records.iter().find(|(_, of, _)| *of == person).map(|(record, ..)| *record);
            found.push(Found { person, number, who, record, like, kept: false });
        }
        let shown: Vec<_> = found.iter().map(|one| one.person.to_string()).collect();
        self.leave("search-people", None, None, "", &shown, false);
        Ok(found)
    }

    /// Everybody whom the rule shows for this, the likest first, and of those who are as like whoever is known longest.
    /// Decides nothing on who may know.
    pub(crate) async fn likely(&self, looked_for: &LookedFor) -> Result<Vec<(PersonId, Likeness)>, StoreError> {
        let wanted = wanted(&looked_for.who, looked_for.address.as_slice());
        let near = self.near(&wanted).await?;
        let mut known: BTreeMap<PersonId, Alike> = BTreeMap::new();
        for alike in self.alike(&wanted, &near).await? {
            match known.entry(alike.one) {
                Entry::Vacant(new) => drop(new.insert(alike)),
                Entry::Occupied(mut one) => one.get_mut().extend(alike),
            }
        }
        let mut likely = Vec::new();
        for (person, alike) in known {
            let Some(mut like) = look(&looked_for.who, &alike.known) else { continue };
            if !alike.protected && alike.near {
                like.why.push(Reason::Address);
                like.score += ADDRESS_POINTS;
            }
            likely.push((person, like));
        }
        likely.sort_by_key(|(person, like)| (std::cmp::Reverse(like.score), *person));
        Ok(likely)
    }

    /// Those who live at the address that is looked for, by what this person may read.
    async fn near(&self, wanted: &Wanted) -> Result<BTreeSet<PersonId>, StoreError> {
        if wanted.addresses.is_empty() {
            return Ok(BTreeSet::new());
        }
        let keys = as_json(wanted.addresses.iter().map(|key| as_kept(self.db.keys(), key)));
        let among = among(self.db.engine(), 1);
        let sql = format!("select record, person from person_key where key {among} limit {BY_ADDRESS}");
        let mut at_address: Vec<(RecordId, PersonId)> = Vec::new();
        for row in self.query(sql, args![keys]).await? {
            at_address.push((row.parsed(0, "person_key", "record")?, row.parsed(1, "person_key", "person")?));
        }
        let open = self.readable(&at_address.iter().map(|(record, _)| *record).collect::<Vec<_>>()).await?;
        Ok(at_address.into_iter().filter(|(record, _)| open.contains(record)).map(|(_, person)| person).collect())
    }

    /// Whoever shares a key with what is looked for, and these who live at its address, with what all records together say
    /// of them as far as it helps to recognise them. Somebody who was made twice is found by what either record says.
    async fn alike(&self, wanted: &Wanted, near: &BTreeSet<PersonId>) -> Result<Vec<Alike>, StoreError> {
        let (mut arms, mut args) = self.with_keys(wanted);
        if !near.is_empty() {
            args.extend(args![as_json(near)]);
            arms.push(texts_of(self.db.engine(), args.len()));
        }
        if arms.is_empty() {
            return Ok(Vec::new());
        }
        let arms: Vec<_> =
            arms.into_iter().enumerate().map(|(n, arm)| format!("select * from ({arm}) as a{n}")).collect();
        let kinds = placeholder_list(args.len() + 1, COMPARED.len());
        args.extend(args_of(COMPARED));
        // A search compares some hundred people: nothing is read of each that does not help to, and all in one question.
        let sql = format!(
            "with found (person) as ({}),
             everybody (person, one) as (select k.person, k.person from found k
                 where not exists (select 1 from same_person s where s.person = k.person)
                 union select t.person, t.one from found k join same_person s on s.person = k.person
                 join same_person t on t.one = s.one)
             select 'said', subject, kind, value from fact where subject {} and kind in ({kinds}) and value <> ''
             union all select 'one', person, one, '' from everybody where person <> one",
            arms.join(" union "),
            among_found(self.db.engine(), "select 'p' || person from everybody"),
        );
        let mut said: BTreeMap<PersonId, Vec<(String, String)>> = BTreeMap::new();
        let mut ones: BTreeMap<PersonId, PersonId> = BTreeMap::new();
        for row in self.query(sql, args).await? {
            match row.text(0)?.as_str() {
                "one" => {
                    ones.insert(row.parsed(1, "same_person", "person")?, row.parsed(2, "same_person", "one")?);
                }
                _ => {
                    if let Subject::Person(person) = row.parsed(1, "fact", "subject")? {
                        said.entry(person).or_default().push((row.text(2)?, row.text(3)?));
                    }
                }
            }
        }
        let each = said.into_iter().map(|(person, said)| {
            let (known, protected) = as_described(&said);
            let one = ones.get(&person).copied().unwrap_or(person);
            Alike { one, known, protected, near: near.contains(&person) }
        });
        Ok(each.collect())
    }

    /// The parts of a query for whoever has a key of what is looked for, one for each group of keys and for so many at
    /// most, and their arguments.
    fn with_keys(&self, wanted: &Wanted) -> (Vec<String>, Vec<Arg>) {
        let (mut arms, mut args): (Vec<String>, Vec<Arg>) = (Vec::new(), Vec::new());
        for (group, most) in [
            (&wanted.numbers, BY_NUMBER),
            (&wanted.births, BY_BIRTH),
            (&wanted.pairs, BY_PAIR),
            (&wanted.alone, BY_ONE),
            // Whose birth is known is compared with everybody born then, whatever their name and whichever record says so:
            // they are few, and those whose name begins so are thousands.
            (&wanted.born, BY_DAY),
        ] {
            if group.is_empty() {
                continue;
            }
            args.extend(args![as_json(group.iter().map(|key| as_kept(self.db.keys(), key)))]);
            let among = among(self.db.engine(), args.len());
            arms.push(format!("select person from person_key where key {among} limit {most}"));
        }
        if let (Some((first, rest)), true) = (wanted.begins.split_first(), wanted.born.is_empty()) {
            let between = |args: &mut Vec<Arg>, word: &str| {
                args.extend(args![format!("w{word}"), format!("w{word}\u{10ffff}")]);
                (args.len() - 1, args.len())
            };
            let (from, to) = between(&mut args, first);
            let mut arm = format!("select k.person from person_key k where k.key >= ${from} and k.key < ${to}");
            for word in rest {
                let (from, to) = between(&mut args, word);
                // Writing to a string cannot fail.
                let _ = write!(
                    arm,
                    " and exists (select 1 from person_key o where o.record = k.record and o.person = k.person and o.key >= ${from} and o.key < ${to})"
                );
            }
            arms.push(format!("{arm} limit {BY_BEGINNING}"));
        }
        (arms, args)
    }

    /// What all records together say of these people, as far as it helps to recognise them, and whether an address of
    /// theirs is protected anywhere. For comparing alone: it is never shown as it is.
    pub(crate) async fn described(
        &self,
        people: &[PersonId],
    ) -> Result<BTreeMap<PersonId, (Described, bool)>, StoreError> {
        let mut args = args![as_json(people.iter().map(|person| Subject::Person(*person)))];
        args.extend(args_of(COMPARED));
        let sql = format!(
            "select subject, kind, value from fact where subject {} and kind in ({}) and value <> ''",
            among(self.db.engine(), 1),
            placeholder_list(2, COMPARED.len())
        );
        let mut said: BTreeMap<PersonId, Vec<(String, String)>> = BTreeMap::new();
        for row in self.query(sql, args).await? {
            if let Subject::Person(person) = row.parsed(0, "fact", "subject")? {
                said.entry(person).or_default().push((row.text(1)?, row.text(2)?));
            }
        }
        Ok(said.into_iter().map(|(person, said)| (person, as_described(&said))).collect())
    }

    /// How like these two are by everything that any record says of them, and how they are linked: for somebody who
    /// compares them. The address of neither is in it.
    pub async fn likeness(&self, a: PersonId, b: PersonId) -> Result<Likeness, StoreError> {
        let known = self.described(&[a, b]).await?;
        let of = |person| known.get(&person).map(|(known, _)| known.clone()).unwrap_or_default();
        Ok(compare(&of(a), &of(b)))
    }

    /// Likely duplicates in the whole database, the likest first, and whether there may be more. Nobody is in it who is
    /// joined already, no pair of whom it is said that they are two, none who are one child before and after an adoption, and
    /// none of whom a record is not within this person's reach.
    ///
    /// It meets those who share a number, those who were born on one day with names that sound alike, and those of one
    /// name that few have.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not join people.
    pub async fn likely_pairs(&self, most: usize) -> Result<(Vec<LikelyPair>, bool), Refused> {
        self.permit(Capability::JoinPeople).await?;
        let mut pairs: BTreeSet<(PersonId, PersonId)> = BTreeSet::new();
        let mut more = false;
        for class in ["i", "m", "n"] {
            let next = char::from(class.as_bytes()[0] + 1).to_string();
            let keys = self
                .query(
                    "select key from person_key where key >= $1 and key < $2 group by key having min(person) <> max(person) order by key limit $3",
                    args![class, next, MOST_KEYS],
                )
                .await?
                .iter()
                .map(|row| row.text(0))
                .collect::<Result<Vec<_>, _>>()?;
            more |= i64::try_from(keys.len()) == Ok(MOST_KEYS);
            for some in keys.chunks(400) {
                let among = among(self.db.engine(), 1);
                let sql = format!("select distinct key, person from person_key where key {among} order by key, person");
                let mut by_key: BTreeMap<String, Vec<PersonId>> = BTreeMap::new();
                for row in self.query(sql, args![as_json(some.iter().cloned())]).await? {
                    by_key.entry(row.text(0)?).or_default().push(row.parsed(1, "person_key", "person")?);
                }
                for people in by_key.into_values().filter(|people| people.len() <= MOST_OF_ONE_NAME) {
                    for (at, a) in people.iter().enumerate() {
                        pairs.extend(people[at + 1..].iter().map(|b| (*a, *b)));
                    }
                }
            }
        }
        let everybody: Vec<PersonId> =
            pairs.iter().flat_map(|(a, b)| [*a, *b]).collect::<BTreeSet<_>>().into_iter().collect();
        let known = self.described(&everybody).await?;
        let mut likely: Vec<LikelyPair> = pairs
            .into_iter()
            .filter_map(|(a, b)| {
                let like = compare(&known.get(&a)?.0, &known.get(&b)?.0);
                like.is_likely().then_some(LikelyPair { a, b, like })
            })
            .collect();
        let people: BTreeSet<PersonId> = likely.iter().flat_map(|pair| [pair.a, pair.b]).collect();
        let people: Vec<PersonId> = people.into_iter().collect();
        let places = self.places_of(&people).await?;
        let (_, two) = self.links_near(&people).await?;
        let closed = self.closed_to_joining(&people).await?;
        let adopted = self.adopted_pairs(&self.own_records(&people).await?).await?;
        likely.retain(|pair| {
            let together = places.get(&pair.a).is_some_and(|one| places.get(&pair.b) == Some(one));
            let said = two.contains(&(pair.a.min(pair.b), pair.a.max(pair.b)));
            let adopted = adopted.contains(&(pair.a.min(pair.b), pair.a.max(pair.b)));
            !together && !said && !adopted && !closed.contains(&pair.a) && !closed.contains(&pair.b)
        });
        likely.sort_by_key(|pair| (std::cmp::Reverse(pair.like.score), pair.a, pair.b));
        more |= likely.len() > most;
        likely.truncate(most);
        let shown: BTreeSet<_> = likely.iter().flat_map(|pair| [pair.a, pair.b]).map(|one| one.to_string()).collect();
        self.leave("list-likely-duplicates", None, None, "", &shown.into_iter().collect::<Vec<_>>(), false);
        Ok((likely, more))
    }

    /// Those of these people who have a record for which this person may not say that two are one.
    async fn closed_to_joining(&self, people: &[PersonId]) -> Result<BTreeSet<PersonId>, StoreError> {
        let mut all: Vec<(RecordId, PersonId)> = Vec::new();
        for some in people.chunks(400) {
            let list = placeholder_list(1, some.len());
            let sql = format!("select id, holder from record where kind = 'child' and holder in ({list})");
            for row in self.query(sql, args_of(some.iter().copied())).await? {
                all.push((row.parsed(0, "record", "id")?, row.parsed(1, "record", "holder")?));
            }
        }
        let mut open = BTreeSet::new();
        for some in all.chunks(400) {
            let records: Vec<_> = some.iter().map(|(record, _)| *record).collect();
            open.extend(self.may_in(Capability::JoinPeople, &records).await?);
        }
        Ok(all.into_iter().filter(|(record, _)| !open.contains(record)).map(|(_, person)| person).collect())
    }

    /// Name, birth, sex and number of these people, for somebody who compares them.
    pub async fn compared(&self, people: &[PersonId]) -> Result<BTreeMap<PersonId, (Person, i64)>, Refused> {
        self.permit(Capability::JoinPeople).await?;
        let who = self.people_by_id(people, Scope::Shared).await?;
        Ok(who
            .into_iter()
            .filter_map(|(person, who)| {
                let number = who.number?;
                Some((person, (who, number)))
            })
            .collect())
    }

    /// Puts the keys right of whom these new assertions are about.
    pub(crate) async fn rekey(
        &self,
        grant: &Grant<'_, Write>,
        gone: &[Assertion],
        new: &[Assertion],
    ) -> Result<(), StoreError> {
        let about: BTreeSet<Subject> = new
            .iter()
            .chain(gone)
            .filter(|said| KINDS.contains(&said.line.kind.as_str()))
            .map(|said| said.line.subject)
            .filter(|subject| matches!(subject, Subject::Person(_)))
            .collect();
        if about.is_empty() {
            return Ok(());
        }
        let mut before = Vec::new();
        // A record made by this very transaction has nothing yet.
        if grant.row.number != 0 {
            let mut args = args![grant.record];
            args.extend(args_of(KINDS));
            args.extend(args_of(about.iter().copied()));
            let sql = format!(
                "select {COLUMNS} from fact where record = $1 and kind in ({}) and subject in ({})",
                placeholder_list(2, KINDS.len()),
                placeholder_list(2 + KINDS.len(), about.len())
            );
            for row in self.query(sql, args).await? {
                before.push(read_fact(&grant.key, &row)?.said);
            }
        }
        let asserted = self.asserted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let concerns = |said: &&Assertion| said.line.record == grant.record && about.contains(&said.line.subject);
        before.extend(asserted.iter().filter(concerns).cloned());
        let keys = self.db.keys();
        let old = keys_of_record(keys, &before);
        let stays = before.iter().filter(|said| !gone.iter().any(|one| one.entry == said.entry));
        let all = keys_of_record(keys, stays.chain(new.iter().filter(concerns)));
        let rows = |these: &BTreeMap<PersonId, BTreeSet<String>>, without: &BTreeMap<PersonId, BTreeSet<String>>| {
            let known = |person: &PersonId, key: &String| without.get(person).is_some_and(|keys| keys.contains(key));
            let each = these.iter().flat_map(|(person, keys)| keys.iter().map(move |key| (person, key)));
            each.filter(|(person, key)| !known(person, key))
                .map(|(person, key)| args![grant.record, *person, key])
                .collect::<Vec<_>>()
        };
        // What is taken away here and what is put in are other rows.
        let piece = Piece { of: grant.record, step: asserted.len() };
        for gone in rows(&old, &all) {
            let sql = "delete from person_key where record = $1 and person = $2 and key = $3";
            self.then(Statement::new(sql, gone).of(piece));
        }
        let new = rows(&all, &old);
        if !new.is_empty() {
            self.then(Statement::insert(KEY_COLUMNS, new).of(piece));
        }
        Ok(())
    }
}

/// Whoever is compared with somebody who is looked for.
struct Alike {
    /// Who stands for them: they themselves, unless they were made twice.
    one: PersonId,
    /// What is known of them.
    known: Described,
    /// Whether an address of theirs is protected anywhere.
    protected: bool,
    /// Whether they live at the address that is looked for.
    near: bool,
}

impl Alike {
    /// The same with what is known of another who is one with them.
    fn extend(&mut self, other: Self) {
        self.known.extend(other.known);
        self.protected |= other.protected;
        self.near |= other.near;
    }
}

/// What is known of somebody by these kinds of fact and their values, and whether an address of theirs is protected.
fn as_described(said: &[(String, String)]) -> (Described, bool) {
    let protected = said.iter().any(|(kind, value)| kind == known::ADDRESS_PROTECTED && value == "yes");
    (recognised(said.iter().map(|(kind, value)| (kind.as_str(), value.as_str()))), protected)
}

/// What an address adds, as `record::likeness` counts it.
const ADDRESS_POINTS: i32 = 15;

/// The keys of everybody whom a record's assertions are about.
pub(crate) fn keys_of_record<'a>(
    keys: &KeyRing,
    said: impl IntoIterator<Item = &'a Assertion>,
) -> BTreeMap<PersonId, BTreeSet<String>> {
    let mut of: BTreeMap<PersonId, Vec<&Assertion>> = BTreeMap::new();
    for one in said {
        if let Subject::Person(person) = one.line.subject
            && KINDS.contains(&one.line.kind.as_str())
        {
            of.entry(person).or_default().push(one);
        }
    }
    of.into_iter()
        .map(|(person, said)| {
            let (known, addresses) = described(said);
            (person, kept(&known, &addresses).iter().map(|key| as_kept(keys, key)).collect())
        })
        .collect()
}

fn as_kept(keys: &KeyRing, key: &Key) -> String {
    match key {
        Key::Plain(key) => key.clone(),
        Key::Address(address) => keys.hide_address(address),
    }
}

/// Fills the keys of a database that has none yet, all of them or none.
pub(crate) async fn fill_if_empty(engine: &Engine, keys: &KeyRing) -> Result<(), StoreError> {
    let mut conn = engine.begin_reading().await?;
    let filled = conn.query_opt("select 1 from person_key limit 1", args![]).await?.is_some();
    let nobody = conn.query_opt("select 1 from fact where kind = $1 limit 1", args![known::NAME]).await?.is_none();
    conn.rollback().await?;
    if filled || nobody {
        return Ok(());
    }
    let mut conn = engine.begin_writing().await?;
    let mut last = String::new();
    loop {
        let records =
            conn.query("select id, wrapped_key from record where id > $1 order by id limit 100", args![&last]).await?;
        let Some(end) = records.last() else { break };
        last = end.text(0)?;
        for row in &records {
            let record: RecordId = row.parsed(0, "record", "id")?;
            let key = keys.unwrap(record, &row.blob(1)?)?;
            let mut args = args![record];
            args.extend(args_of(KINDS));
            let sql = format!(
                "select {COLUMNS} from fact where record = $1 and kind in ({})",
                placeholder_list(2, KINDS.len())
            );
            let facts = conn.query(sql, args).await?;
            let said =
                facts.iter().map(|row| Ok(read_fact(&key, row)?.said)).collect::<Result<Vec<_>, StoreError>>()?;
            let rows: Vec<_> = keys_of_record(keys, &said)
                .into_iter()
                .flat_map(|(person, keys)| keys.into_iter().map(move |key| args![record, person, key]))
                .collect();
            for some in rows.chunks(1_000) {
                conn.run_all(vec![Statement::insert(KEY_COLUMNS, some.to_vec())]).await?;
            }
        }
    }
    conn.commit().await
}
