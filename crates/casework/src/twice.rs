//! One person who was made twice: found, compared, joined, and parted again with nothing lost.
//!
//! Nothing is moved. An entry in each record of the two says that they are one, why, and who may read both; reading
//! follows it. Another entry parts them, and each record has what was written in it.

use std::{collections::BTreeMap, sync::Arc};

use record::{
    ActId, EntryId, Moment, PersonId, RecordId, Typed,
    fact::{Fact, Subject},
    known,
    likeness::Likeness,
    read::{FieldProblem, standing},
    same::{self, Link},
    typed::Name,
};
use store::{Colleagues, Compare, LikelyPair, Person, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, retried, write},
    recording::people_of,
};

/// The most pairs that the list shows.
pub const MOST: usize = 100;
/// The box that must be filled where something certain speaks against one person.
pub const DESPITE: &str = "despite";

/// Likely duplicates in the whole database.
#[derive(Clone, Debug)]
pub struct LikelyPairs {
    /// The pairs, the likest first.
    pub pairs: Vec<LikelyPair>,
    /// Name, birth and number of everybody in them.
    pub people: BTreeMap<PersonId, (Person, i64)>,
    /// Whether there may be more when these are settled.
    pub more: bool,
}

/// The list of likely duplicates.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who may not join people.
pub async fn likely(desk: &Desk) -> Result<LikelyPairs, CaseError> {
    let tx = desk.begin().await?;
    let (pairs, more) = tx.likely_pairs(MOST).await?;
    let people: Vec<_> = pairs.iter().flat_map(|pair| [pair.a, pair.b]).collect();
    let people = tx.compared(&people).await?;
    tx.commit().await?;
    Ok(LikelyPairs { pairs, people, more })
}

/// One of two who are compared.
#[derive(Clone, Debug)]
pub struct Side {
    /// The person.
    pub person: PersonId,
    /// Their number.
    pub number: i64,
    /// Name and birth.
    pub who: Person,
    /// Their own record and its number.
    pub record: Option<(RecordId, i64)>,
    /// What holds today of the person, and of their record.
    pub facts: Vec<Fact>,
    /// How many entries their record has, and since when.
    pub entries: (i64, Option<jiff::civil::Date>),
    /// What was written in it since the two were joined.
    pub since: Vec<(EntryId, String, PersonId, Moment)>,
}

/// Two people side by side.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The two; who would stand for both first.
    pub sides: [Side; 2],
    /// How like they are.
    pub like: Likeness,
    /// The entry that joins them, where they are joined, and in which record it stands.
    pub joined: Option<Joined>,
    /// Why they cannot be joined, where they cannot.
    pub refused: Option<same::NotJoined>,
    /// Whether it has been said that they are two.
    pub said_two: bool,
    /// Everybody whom the facts name.
    pub people: BTreeMap<PersonId, Person>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// That two are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Whether whoever may read one record may read the other.
    pub shared: bool,
    /// The record in which it was said.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
}

/// Two people side by side, with every difference between what is known of them: before they are joined or parted.
///
/// It reads facts, of each record on its own, and no entry. Who may join people may compare them; each record's ledger
/// says that it was done.
///
/// # Errors
/// [`CaseError::Closed`] when one of their records is not this person's to join, or one of them does not exist.
pub async fn compare(desk: &Desk, a: PersonId, b: PersonId) -> Result<Comparison, CaseError> {
    let tx = desk.begin().await?;
    let numbers = tx.compared(&[a, b]).await?;
    if a != b && numbers.len() < 2 || numbers.is_empty() {
        return Err(CaseError::Closed);
    }
    let records = tx.records_to_join_in(&[a, b]).await?.ok_or(CaseError::Closed)?;
    let (links, two) = tx.links_near(&[a, b]).await?;
    let link = links.iter().copied().find(|link| joins(link, a, b));
    let (one, alias) = in_order(&numbers, link, a, b);
    let joined_at = match link {
        Some(link) => tx.joined_at(link.alias, link.one).await?,
        None => None,
    };
    let mut people = BTreeMap::new();
    let mut joined = None;
    let mut sides = [side(&numbers, one), side(&numbers, alias)];
    for record in records {
        let grant = tx.authorise(Compare, record, "compare").await?;
        let facts = tx.current_facts(&grant).await?;
        people.extend(tx.who(&grant, &people_of(&facts)).await?);
        for fact in tx.history(&grant, known::SAME_PERSON).await? {
            if let Some(link) = link
                && fact.until.is_none()
                && fact.said.value != same::TWO
                && joined.is_none()
            {
                joined = Some(Joined { shared: link.shared, record, entry: fact.said.entry });
            }
        }
        for side in &mut sides {
            if grant.holder() == Some(side.person) {
                side.record = Some((record, grant.number()));
                side.entries = tx.extent(&grant).await?;
                side.facts = facts.iter().filter(|fact| is_of_holder(fact, record, side.person)).cloned().collect();
                if let Some(at) = joined_at {
                    side.since = tx.written_since(&grant, at).await?;
                }
            } else if grant.holder().is_none_or(|holder| ![one, alias].contains(&holder)) {
                let about = facts.iter().filter(|fact| {
                    fact.said.line.subject == Subject::Person(side.person) || fact.said.other == Some(side.person)
                });
                side.facts.extend(about.cloned());
            }
        }
    }
    let like = tx.likeness(a, b).await?;
    let refused = same::may_join(&links, alias, one).err();
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    let said_two = two.contains(&(a.min(b), a.max(b)));
    Ok(Comparison { sides, like, joined, refused, said_two, people, colleagues })
}

fn joins(link: &Link, a: PersonId, b: PersonId) -> bool {
    (link.alias, link.one) == (a, b) || (link.alias, link.one) == (b, a)
}

/// Who stands for both first: as it was said, or else who was known first.
fn in_order(
    numbers: &BTreeMap<PersonId, (Person, i64)>,
    link: Option<Link>,
    a: PersonId,
    b: PersonId,
) -> (PersonId, PersonId) {
    if let Some(link) = link {
        return (link.one, link.alias);
    }
    let number = |person: &PersonId| numbers.get(person).map_or(i64::MAX, |(_, number)| *number);
    if number(&a) <= number(&b) { (a, b) } else { (b, a) }
}

fn side(numbers: &BTreeMap<PersonId, (Person, i64)>, person: PersonId) -> Side {
    let (who, number) = numbers.get(&person).cloned().unwrap_or_default();
    Side { person, number, who, record: None, facts: Vec::new(), entries: (0, None), since: Vec::new() }
}

/// What a record says of its own child and of itself; relationships the other way round included.
fn is_of_holder(fact: &Fact, record: RecordId, holder: PersonId) -> bool {
    fact.said.line.kind != known::SAME_PERSON
        && (fact.said.line.subject == Subject::Person(holder)
            || fact.said.line.subject == Subject::Record(record)
            || fact.said.other == Some(holder))
}

/// Says that two are one: an entry in each of their records, in one act.
///
/// # Errors
/// [`CaseError::Problems`] with why they cannot be joined, or what must be looked at first; [`CaseError::Closed`] when
/// one of their records is not this person's to join.
pub async fn join(desk: &Desk, act: ActId, alias: PersonId, one: PersonId, typed: &Typed) -> Result<(), CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let (links, _) = tx.links_near(&[alias, one]).await?;
        if let Err(refused) = same::may_join(&links, alias, one) {
            return Err(problem("one", &refused.to_string()));
        }
        let access = Name::of("access");
        if typed.get(&access).is_some_and(|access| ![same::SHARED, same::APART].contains(&access)) {
            return Err(problem("access", "Choose who may read both records"));
        }
        let like = tx.likeness(alias, one).await?;
        if like.is_contradicted() && typed.get(&Name::of(DESPITE)).is_none() {
            let against: Vec<_> = like.against.iter().map(ToString::to_string).collect();
            let message = format!("Say how you know in spite of this: {}", against.join(", "));
            return Err(problem(DESPITE, &message));
        }
        say(desk, &tx, act, "same-person", (alias, one), typed, &[]).await?;
        tx.commit().await?;
        Ok(())
    })
}

/// Says that two are two: parts those who were joined, or remembers of two who look alike that they are not one.
///
/// # Errors
/// [`CaseError::Problems`] when there is nothing to say; [`CaseError::Closed`] as for joining.
pub async fn part(desk: &Desk, act: ActId, a: PersonId, b: PersonId, typed: &Typed) -> Result<(), CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        if a == b {
            return Err(problem("reason", &same::NotJoined::Oneself.to_string()));
        }
        let (links, two) = tx.links_near(&[a, b]).await?;
        let link = links.iter().find(|link| joins(link, a, b));
        if link.is_none() && two.contains(&(a.min(b), a.max(b))) {
            return Err(problem("reason", "It has been said already that these are two people"));
        }
        let places = same::places(&links);
        if link.is_none() && places.get(&a).is_some_and(|a| places.get(&b).is_some_and(|b| a.one == b.one)) {
            return Err(problem("reason", "These two were each joined with somebody else. Part them from that person"));
        }
        let pair = link.map_or((a.max(b), a.min(b)), |link| (link.alias, link.one));
        let also: Vec<_> = tx.records_that_link(a, b).await?.into_iter().collect();
        say(desk, &tx, act, "not-same-person", pair, typed, &also).await?;
        tx.commit().await?;
        Ok(())
    })
}

/// Writes an entry about two people into each of their records, and into these.
async fn say(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    form: &str,
    (alias, one): (PersonId, PersonId),
    typed: &Typed,
    also: &[RecordId],
) -> Result<(), CaseError> {
    let form = desk.form(form)?;
    let records = tx.records_to_join_in(&[alias, one]).await?.ok_or(CaseError::Closed)?;
    let mut grants = BTreeMap::new();
    for record in records.iter().chain(also) {
        if !grants.contains_key(record) {
            grants.insert(*record, tx.authorise(Write(form.may_complete), *record, "join").await?);
        }
    }
    tx.begin_act(act);
    let mut said = Typed::default().on_day(standing::HAPPENED, desk.now.day());
    said.put(Name::of("alias"), alias.to_string());
    said.put(Name::of("one"), one.to_string());
    for field in ["access", "reason", DESPITE] {
        if let Some(text) = typed.get(&Name::of(field)) {
            said.put(Name::of(field), text);
        }
    }
    let around = Around::of(tx, form, &said).await?;
    write(desk, tx, act, form, &said, &around, &grants).await?;
    Ok(())
}

fn problem(field: &str, message: &str) -> CaseError {
    CaseError::Problems(vec![FieldProblem { at: Name::of(field), message: message.to_owned() }])
}
