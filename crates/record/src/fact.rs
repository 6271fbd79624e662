//! Facts: what lists, front pages, obligations and returns read.
//!
//! A pure projection of standing entries. Each entry asserts; assertions of one kind about one subject in one record
//! stand in a line, in the order of the day from which they hold, and each ends where the next begins. The line is
//! the same whatever order the entries arrived in: [`project`] says what it is, [`insert`] keeps it when one more
//! arrives, and a property test holds the two together.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use policy::{
    Form, Pack,
    fact::Holds,
    form::{SetFrom, SetKey, SetSubject, SetValue, Sets},
};

use crate::{
    answer::Answer,
    content::Content,
    id::{EntryId, PersonId, RecordId, TeamId},
    read::asked,
};

/// Of whom or what a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A person.
    Person(PersonId),
    /// A record: allocation, opening, closing.
    Record(RecordId),
    /// A team.
    Team(TeamId),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "p{person}"),
            Self::Record(record) => write!(f, "r{record}"),
            Self::Team(team) => write!(f, "t{team}"),
        }
    }
}

impl std::str::FromStr for Subject {
    type Err = crate::id::NotAnId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = text.get(1..).ok_or(crate::id::NotAnId)?;
        match text.as_bytes().first() {
            Some(b'p') => id.parse().map(Self::Person),
            Some(b'r') => id.parse().map(Self::Record),
            Some(b't') => id.parse().map(Self::Team),
            _ => Err(crate::id::NotAnId),
        }
    }
}

/// Which line of facts: one record's, about one subject, of one kind (and, for kinds that hold many at once, about
/// one other person or value).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// The record whose entries assert it.
    pub record: RecordId,
    /// Of whom.
    pub subject: Subject,
    /// The kind of fact.
    pub kind: String,
    /// The other person or value for kinds that hold many; blank otherwise.
    pub key: String,
}

/// The place in a line: by the day from which it holds, then when it was written, then the entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(String);

impl Place {
    /// The place of what an entry asserts, by the number of its rule in the form.
    pub fn new(from: Date, content: &Content, entry: EntryId, rule: usize) -> Self {
        Self(format!("{from} {} {entry} {rule:03}", content.first_written()))
    }
    /// From the text of a row.
    pub fn from_text(text: String) -> Self {
        Self(text)
    }
    /// The text of a row; sorts as places do.
    pub fn as_text(&self) -> &str {
        &self.0
    }
}

/// What one entry says is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// The line that it stands in.
    pub line: Line,
    /// Its place there.
    pub place: Place,
    /// What is said.
    pub value: String,
    /// The other person of a fact between two.
    pub other: Option<PersonId>,
    /// From which day.
    pub from: Date,
    /// Until which day, where the entry itself says so.
    pub said_until: Option<Date>,
    /// The entry that says so.
    pub entry: EntryId,
    /// The version of that entry.
    pub version: u32,
}

impl Assertion {
    /// The other entry by which it is told apart from others of its kind, or which it ends.
    pub fn told_apart_by(&self) -> Option<EntryId> {
        let key = &self.line.key;
        key.parse().ok().filter(|_| self.other.is_none_or(|other| other.to_string() != *key))
    }

    /// The same in the line of the first entry, where what tells it apart has taken the place of another one
    /// ([`crate::right::firsts`]).
    #[must_use]
    pub fn in_line_of_first(mut self, firsts: &BTreeMap<EntryId, EntryId>) -> Self {
        if let Some(first) = self.told_apart_by().and_then(|entry| firsts.get(&entry)) {
            self.line.key = first.to_string();
        }
        self
    }
}

/// An assertion in its line: with the day on which it stops holding, and because of which entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What was said.
    pub said: Assertion,
    /// Until which day (that day no longer included).
    pub until: Option<Date>,
    /// The entry after which it no longer holds, when it was another one that ended it.
    pub ended_by: Option<EntryId>,
}

impl Fact {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.said.from <= day && self.until.is_none_or(|until| day < until)
    }

    fn followed_by(said: Assertion, next: Option<&Assertion>) -> Self {
        let (until, ended_by) = match (said.said_until, next) {
            (Some(until), Some(next)) if until <= next.from => (Some(until), None),
            (until, None) => (until, None),
            (_, Some(next)) => (Some(next.from), Some(next.entry)),
        };
        Self { said, until, ended_by }
    }
}

/// The facts of a whole line, from its assertions in any order.
pub fn project(mut line: Vec<Assertion>) -> Vec<Fact> {
    line.sort_by(|a, b| a.place.cmp(&b.place));
    let next: Vec<_> = line.iter().skip(1).cloned().map(Some).chain([None]).collect();
    line.into_iter().zip(next).map(|(said, next)| Fact::followed_by(said, next.as_ref())).collect()
}

/// One more assertion in a line, between its neighbours: the new fact, and the earlier neighbour as it now is.
pub fn insert(before: Option<Assertion>, new: Assertion, after: Option<&Assertion>) -> (Fact, Option<Fact>) {
    let earlier = before.map(|said| Fact::followed_by(said, Some(&new)));
    (Fact::followed_by(new, after), earlier)
}

/// Everything that a standing entry asserts.
///
/// `holder` is the person whose record it is (none for the organisation's own); `made_team` is the team that an
/// entry made with the form `team` stands for.
pub fn assertions(
    pack: &Pack,
    form: &Form,
    content: &Content,
    entry: (EntryId, u32),
    record: RecordId,
    holder: Option<PersonId>,
) -> Vec<Assertion> {
    form.sets
        .iter()
        .enumerate()
        .filter(|(_, sets)| asked(sets.when.as_ref(), |field| content.answer(field).cloned()))
        .filter_map(|(rule, sets)| assertion(pack, sets, rule, content, entry, record, holder))
        .flatten()
        .collect()
}

fn assertion(
    pack: &Pack,
    sets: &Sets,
    rule: usize,
    content: &Content,
    (entry, version): (EntryId, u32),
    record: RecordId,
    holder: Option<PersonId>,
) -> Option<Vec<Assertion>> {
    let kind = pack.fact(&sets.fact)?;
    let subject = match &sets.subject {
        SetSubject::Record => Subject::Record(record),
        SetSubject::Holder => Subject::Person(holder?),
        SetSubject::Person(field) => match content.answer(field) {
            Some(Answer::Person(person)) => Subject::Person(*person),
            _ => Subject::Person(holder?),
        },
        SetSubject::Team(field) => match content.answer(field) {
            Some(Answer::Team(team)) => Subject::Team(*team),
            _ => return None,
        },
    };
    let day = |field: &str| match content.answer(field) {
        Some(Answer::Date(day)) => Some(*day),
        _ => None,
    };
    let other = match sets.other.as_ref().and_then(|field| content.answer(field)) {
        Some(Answer::Person(person)) => Some(*person),
        _ if sets.other.is_some() => return None,
        _ => None,
    };
    // Which of several, where an entry tells them apart; what speaks of no entry says nothing.
    let named = match &sets.key {
        None => None,
        Some(SetKey::This) => Some(entry.to_string()),
        Some(SetKey::Entry(field)) => Some(content.answer(field)?.coded()?),
    };
    let values = match &sets.value {
        SetValue::Text(text) => vec![text.clone()],
        SetValue::Nothing => vec![String::new()],
        SetValue::Happened => vec![content.happened_on.to_string()],
        SetValue::Moment => vec![moment_in_row(content)],
        SetValue::Written => vec![content.first_written().to_string()],
        SetValue::HoursAfter(field) => match content.answer(field)? {
            Answer::Number(hours) => {
                vec![content.first_written().plus_seconds(hours.saturating_mul(3_600)).to_string()]
            }
            _ => return None,
        },
        SetValue::Field(field) => match content.answer(field)? {
            // A kind that holds many takes each code as a fact of its own.
            Answer::Codes(codes) if kind.holds == Holds::Many => codes.clone(),
            answer => vec![answer.stated()],
        },
        SetValue::Joined(fields) => {
            let parts: Vec<_> = fields.iter().filter_map(|field| content.answer(field)).map(Answer::stated).collect();
            if parts.is_empty() {
                return None;
            }
            vec![parts.join(" ")]
        }
    };
    let from = match &sets.from {
        SetFrom::Happened => content.happened_on,
        SetFrom::Field(field) => day(field).unwrap_or(content.happened_on),
        SetFrom::Written => content.first_written().day(),
    };
    // What says «nothing» holds on no day: it only ends what stood before it in its line.
    let said_until = if sets.value == SetValue::Nothing { Some(from) } else { sets.until.as_deref().and_then(day) };
    let assertions = values.into_iter().enumerate().map(|(nth, value)| {
        let key = match (kind.holds, other) {
            (Holds::One, _) => String::new(),
            (Holds::Many, _) if named.is_some() => named.clone().unwrap_or_default(),
            (Holds::Many, Some(other)) => other.to_string(),
            (Holds::Many, None) => value.clone(),
        };
        Assertion {
            line: Line { record, subject, kind: kind.id.clone(), key },
            place: Place::new(from, content, entry, rule * 10 + nth.min(9)),
            value,
            other,
            from,
            said_until,
            entry,
            version,
        }
    });
    Some(assertions.collect())
}

/// `2026-03-10 15:30`, or the day alone: sorts as moments do.
fn moment_in_row(content: &Content) -> String {
    match content.happened_at {
        Some(time) => format!("{} {}", content.happened_on, crate::time::time_in_words(time)),
        None => content.happened_on.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn said(n: u8, from: i8, until: Option<i8>) -> Assertion {
        let record: RecordId = "01h00000000000000000000000".parse().unwrap();
        let entry: EntryId = format!("02h000000000000000000000{n:02}").parse().unwrap();
        let from = date(2026, 1, from);
        Assertion {
            line: Line { record, subject: Subject::Record(record), kind: "legal-status".into(), key: String::new() },
            place: Place(format!("{from} {n:02}")),
            value: n.to_string(),
            other: None,
            from,
            said_until: until.map(|day| date(2026, 1, day)),
            entry,
            version: 1,
        }
    }

    #[test]
    fn the_next_ends_the_one_before_and_an_end_that_was_said_stands() {
        let facts = project(vec![said(2, 10, Some(12)), said(1, 3, None), said(3, 20, None)]);
        let ends: Vec<_> = facts.iter().map(|fact| fact.until.map(Date::day)).collect();
        assert_eq!(ends, [Some(10), Some(12), None]);
        assert!(facts[0].ended_by.is_some() && facts[1].ended_by.is_none());
        assert!(facts[0].holds_on(date(2026, 1, 9)) && !facts[0].holds_on(date(2026, 1, 10)));
    }

    proptest! {
        /// Facts are the same in whatever order the entries arrive.
        #[test]
        fn inserting_one_by_one_gives_the_projection(
            days in prop::collection::vec((1_i8..28, prop::option::of(1_i8..28)), 1..12),
            seed in any::<u64>(),
        ) {
            let mut all: Vec<_> = (0..).zip(&days).map(|(n, (from, until))| said(n, *from, *until)).collect();
            let whole = project(all.clone());
            // A shuffle that needs no library: order by a hash of place and seed.
            all.sort_by_key(|a| a.place.0.bytes().fold(seed, |h, b| h.wrapping_mul(0x100_0000_01b3) ^ u64::from(b)));
            let mut line: Vec<Fact> = Vec::new();
            for new in all {
                let at = line.partition_point(|fact| fact.said.place < new.place);
                let before = at.checked_sub(1).map(|i| line[i].said.clone());
                let after = line.get(at).map(|fact| fact.said.clone());
                let (fact, earlier) = insert(before, new, after.as_ref());
                if let Some(earlier) = earlier {
                    line[at - 1] = earlier;
                }
                line.insert(at, fact);
            }
            prop_assert_eq!(line, whole);
        }
    }
}
