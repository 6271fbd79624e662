//! Putting right: what an entry says of another one that it stands in the place of, and what follows for both.
//!
//! Nothing frozen changes. An amendment is an entry in the same record that stands in the place of the one that it
//! amends. An entry that was on the wrong child stands whole in the right record, and a marker where it was says which
//! entries went. Which entries of a record no longer stand follows from what its entries say, in whatever order they
//! came: [`fates`] works it out, `store` keeps it as a table, and `verify` works it out again.

use std::{collections::BTreeMap, fmt, str::FromStr};

use policy::{FieldKind, Form, form::SetSubject};

use crate::{
    answer::Answer,
    content::{Author, Content},
    id::{EntryId, PersonId, RecordId},
    time::Moment,
};

/// What an entry has to do with another one that was wrong. Blank for nearly all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Right {
    /// It stands in the place of another entry of the same record.
    pub amends: Option<Amends>,
    /// It stood in another record, on the wrong child, and was moved here.
    pub moved: Option<Moved>,
    /// It is the marker of entries that stood here and were moved away.
    pub away: Option<Away>,
}

impl Right {
    /// Whether it has to do with no other entry.
    pub const fn is_blank(&self) -> bool {
        self.amends.is_none() && self.moved.is_none() && self.away.is_none()
    }
}

/// That an entry stands in the place of another one, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amends {
    /// The one that it amends.
    pub entry: EntryId,
    /// When the first of them was written: what the amendment asserts has the place of what that one asserted.
    pub first: Moment,
    /// What was wrong.
    pub why: String,
    /// Who must approve it before it stands; none where it stands at once.
    pub approval_of: Option<PersonId>,
}

/// That an entry was moved here from the record of another child. Its author, day and time of writing are those of the
/// entry that was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The record where it stood.
    pub from: RecordId,
    /// What it was there.
    pub entry: EntryId,
    /// Who moved it.
    pub by: Author,
    /// When.
    pub at: Moment,
    /// Why.
    pub why: String,
}

/// That entries stood here and were moved to the record of another child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Away {
    /// The record where they stand now.
    pub to: RecordId,
    /// Each of them with what it is there.
    pub took: Vec<(EntryId, EntryId)>,
    /// The form that the entry was made with.
    pub form: String,
    /// Why.
    pub why: String,
}

/// Why an entry does not stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// An amendment stands in its place.
    Amended,
    /// It was moved to another record.
    Moved,
    /// It is an amendment that waits for its approval.
    Waiting,
    /// It is an amendment that was not approved.
    Refused,
}

impl Fate {
    /// The word of a row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amended => "amended",
            Self::Moved => "moved",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
        }
    }
}

/// A word that is none of the fates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fate of an entry")]
pub struct NotAFate;

impl FromStr for Fate {
    type Err = NotAFate;
    fn from_str(text: &str) -> Result<Self, NotAFate> {
        [Self::Amended, Self::Moved, Self::Waiting, Self::Refused]
            .into_iter()
            .find(|fate| fate.name() == text)
            .ok_or(NotAFate)
    }
}

/// The form with which somebody answers an amendment that waits for their approval.
pub const APPROVAL_FORM: &str = "amendment-approval";
/// Its question which amendment it is.
pub const APPROVAL_OF: &str = "entry";
/// Its question whether it may stand.
pub const APPROVED: &str = "approved";
/// The form with which somebody asks for an entry to be put right.
pub const REQUEST_FORM: &str = "correction-request";
/// The form with which such a request is answered.
pub const ANSWER_FORM: &str = "correction-answer";
/// The form of the marker where an entry was.
pub const AWAY_FORM: &str = "moved-away";

/// What an entry says that bears on which entries stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearing {
    /// The entry.
    pub entry: EntryId,
    /// Who wrote it.
    pub author: PersonId,
    /// What it says of others.
    pub says: Says,
}

/// What an entry says of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// It amends this one, once this person approves, where one must.
    Amends(EntryId, Option<PersonId>),
    /// It answers this amendment: yes or no.
    Answers(EntryId, bool),
    /// These have gone to another record.
    Took(Vec<EntryId>),
}

impl Bearing {
    /// What this entry says that bears on which entries stand: none for nearly all.
    pub fn of(entry: EntryId, content: &Content) -> Option<Self> {
        let says = if let Some(away) = &content.right.away {
            Says::Took(away.took.iter().map(|(here, _)| *here).collect())
        } else if let Some(amends) = &content.right.amends {
            Says::Amends(amends.entry, amends.approval_of)
        } else if content.form == APPROVAL_FORM {
            match (content.answer(APPROVAL_OF), content.answer(APPROVED)) {
                (Some(Answer::Entry(of)), Some(Answer::YesNo(yes))) => Says::Answers(*of, *yes),
                _ => return None,
            }
        } else {
            return None;
        };
        Some(Self { entry, author: content.author.person, says })
    }
}

/// Which entries of one record do not stand, why, and because of which entry: a pure projection of what its entries
/// say, the same in whatever order they came.
pub fn fates(bearings: &[Bearing]) -> BTreeMap<EntryId, (Fate, EntryId)> {
    let mut all: Vec<&Bearing> = bearings.iter().collect();
    all.sort_by_key(|one| one.entry);
    let mut fates = BTreeMap::new();
    for one in &all {
        let Says::Amends(entry, approval) = &one.says else { continue };
        let answer = approval.and_then(|by| {
            let answers = |other: &&&Bearing| match &other.says {
                Says::Answers(of, yes) if *of == one.entry && other.author == by => Some((*yes, other.entry)),
                _ => None,
            };
            all.iter().find_map(|other| answers(&other))
        });
        match (approval, answer) {
            (None, _) | (Some(_), Some((true, _))) => {
                // One entry has one amendment; the acts see to it.
                fates.entry(*entry).or_insert((Fate::Amended, one.entry));
            }
            (Some(_), Some((false, answer))) => drop(fates.insert(one.entry, (Fate::Refused, answer))),
            (Some(_), None) => drop(fates.insert(one.entry, (Fate::Waiting, *entry))),
        }
    }
    for one in &all {
        if let Says::Took(took) = &one.says {
            fates.extend(took.iter().map(|entry| (*entry, (Fate::Moved, one.entry))));
        }
    }
    fates
}

/// Why an entry cannot be moved as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CannotMove {
    /// It must refer to another entry of the record: the label of the question.
    Refers(String),
}

impl fmt::Display for CannotMove {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refers(label) => write!(f, "it must refer to another entry of this record (“{label}”)"),
        }
    }
}

/// A record, and whose it is.
pub type Place = (RecordId, Option<PersonId>);

/// What an entry says when it stands in another record: the same, with its author and times. Its own child is the
/// other one now, and a reference to an entry that stays behind is left out.
///
/// `there` says what other entries that are moved with it are there.
///
/// # Errors
/// An entry that is nothing without the one to which it refers.
pub fn moved(
    form: Option<&Form>,
    content: &Content,
    ((from, child), (to, other)): (Place, Place),
    there: &BTreeMap<EntryId, EntryId>,
    moved: Moved,
) -> Result<Content, CannotMove> {
    let mut content = content.clone();
    // Of whom the form says something: of the child whose record it is, so of the other one there.
    let subjects: Vec<&String> = form
        .into_iter()
        .flat_map(|form| &form.sets)
        .filter_map(|sets| match &sets.subject {
            SetSubject::Person(field) => Some(field),
            _ => None,
        })
        .collect();
    for field in subjects {
        if let Some(Answer::Person(person)) = content.answers.get_mut(field).map(|answered| &mut answered.answer)
            && Some(*person) == child
            && let Some(other) = other
        {
            *person = other;
        }
    }
    let mut left_behind = Vec::new();
    for (field, answered) in &mut content.answers {
        match &mut answered.answer {
            Answer::Passages(passages) => {
                for passage in passages.iter_mut().filter(|passage| passage.only_for == Some(from)) {
                    passage.only_for = Some(to);
                }
            }
            Answer::Entry(entry) => match there.get(entry) {
                Some(other) => *entry = *other,
                None => left_behind.push(field.clone()),
            },
            _ => {}
        }
    }
    for field in left_behind {
        let needed = form
            .and_then(|form| form.field(&field))
            .filter(|field| field.required && matches!(field.kind, FieldKind::Entry { .. }));
        if let Some(field) = needed {
            return Err(CannotMove::Refers(field.label.clone()));
        }
        content.answers.remove(&field);
    }
    if let Some(amends) = &mut content.right.amends
        && let Some(other) = there.get(&amends.entry)
    {
        amends.entry = *other;
    }
    content.right.moved = Some(moved);
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u8) -> EntryId {
        format!("02h000000000000000000000{n:02}").parse().unwrap()
    }
    fn person(n: u8) -> PersonId {
        format!("01h000000000000000000000{n:02}").parse().unwrap()
    }
    fn says(n: u8, author: u8, says: Says) -> Bearing {
        Bearing { entry: entry(n), author: person(author), says }
    }

    #[test]
    fn r_int_05_an_amendment_takes_the_place_and_a_chain_has_no_fork() {
        let amends = |n, of| says(n, 1, Says::Amends(entry(of), None));
        let all = [amends(3, 2), amends(2, 1)];
        let expected = [(entry(1), (Fate::Amended, entry(2))), (entry(2), (Fate::Amended, entry(3)))];
        assert_eq!(fates(&all), expected.into());
        let turned: Vec<_> = all.iter().rev().cloned().collect();
        assert_eq!(fates(&turned), expected.into());
    }

    /// R-INT-04: without the author's yes nothing is amended, and nobody else can say it for them.
    #[test]
    fn r_int_04_an_amendment_waits_for_the_author() {
        let proposal = says(2, 9, Says::Amends(entry(1), Some(person(1))));
        assert_eq!(fates(std::slice::from_ref(&proposal)), [(entry(2), (Fate::Waiting, entry(1)))].into());
        let by_another = says(3, 9, Says::Answers(entry(2), true));
        assert_eq!(fates(&[proposal.clone(), by_another]), [(entry(2), (Fate::Waiting, entry(1)))].into());
        let no = says(3, 1, Says::Answers(entry(2), false));
        assert_eq!(fates(&[no, proposal.clone()]), [(entry(2), (Fate::Refused, entry(3)))].into());
        let yes = says(3, 1, Says::Answers(entry(2), true));
        assert_eq!(fates(&[proposal, yes]), [(entry(1), (Fate::Amended, entry(2)))].into());
    }

    #[test]
    fn what_was_moved_is_moved_whatever_else_was_said_of_it() {
        let all = [says(2, 1, Says::Amends(entry(1), None)), says(3, 1, Says::Took(vec![entry(1), entry(2)]))];
        let expected = [(entry(1), (Fate::Moved, entry(3))), (entry(2), (Fate::Moved, entry(3)))];
        assert_eq!(fates(&all), expected.into());
    }
}
