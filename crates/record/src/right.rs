//! Putting right: what an entry says of another one that it stands in the place of, and what follows for both.
//!
//! Nothing frozen changes. An amendment is an entry in the same record that stands in the place of the one that it
//! amends. An entry that was on the wrong child stands whole in the right record, and a marker where it was says which
//! entries went. Which entries of a record no longer stand follows from what its entries say, in whatever order they
//! came: [`fates`] works it out, `store` keeps it as a table, and `verify` works it out again.

use std::{collections::BTreeMap, fmt, str::FromStr};

use policy::{
    FieldKind, Form,
    form::{SetSubject, Stands},
};

use crate::{
    adoption,
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
    /// Another entry stands in its place.
    Amended,
    /// It was moved to another record.
    Moved,
    /// It is an amendment that waits for its approval.
    Waiting,
    /// It is an amendment that was not approved.
    Refused,
    /// It waits to be authorised.
    Unauthorised,
    /// It was returned to whoever wrote it, instead of being authorised.
    Returned,
    /// It is the link between the records before and after an adoption: out of the way of every reading, list and count.
    Apart,
}

impl Fate {
    const ALL: [Self; 7] =
        [Self::Amended, Self::Moved, Self::Waiting, Self::Refused, Self::Unauthorised, Self::Returned, Self::Apart];

    /// The word of a row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amended => "amended",
            Self::Moved => "moved",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::Unauthorised => "unauthorised",
            Self::Returned => "returned",
            Self::Apart => "apart",
        }
    }

    /// Whether it waits still for somebody's answer.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Waiting | Self::Unauthorised)
    }
}

/// A word that is none of the fates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fate of an entry")]
pub struct NotAFate;

impl FromStr for Fate {
    type Err = NotAFate;
    fn from_str(text: &str) -> Result<Self, NotAFate> {
        Self::ALL.into_iter().find(|fate| fate.name() == text).ok_or(NotAFate)
    }
}

/// The form with which somebody answers an amendment that waits for their approval.
pub const APPROVAL_FORM: &str = "amendment-approval";
/// Its question which amendment it is.
pub const APPROVAL_OF: &str = "entry";
/// Its question whether it may stand.
pub const APPROVED: &str = "approved";
/// The form with which an entry is authorised, or returned to whoever wrote it.
pub const AUTHORISATION_FORM: &str = "authorisation";
/// Its question which entry it is.
pub const AUTHORISATION_OF: &str = "entry";
/// Its question whether it is authorised.
pub const AUTHORISED: &str = "authorised";
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
    /// Whether it must be authorised, and whether it stands before that.
    pub needs: Option<Stands>,
    /// What it says of others.
    pub says: Says,
}

/// What an entry says of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Nothing.
    Nothing,
    /// It amends this one, once this person approves, where one must.
    Amends(EntryId, Option<PersonId>),
    /// It answers this amendment: yes or no.
    Answers(EntryId, bool),
    /// It authorises this one, or returns it.
    Authorises(EntryId, bool),
    /// These have gone to another record.
    Took(Vec<EntryId>),
    /// It links this record with the one before or after an adoption.
    LinksAdoption,
}

impl Bearing {
    /// What this entry says that bears on which entries stand: none for nearly all.
    pub fn of(entry: EntryId, content: &Content) -> Option<Self> {
        let answer = |of, whether| match (content.answer(of), content.answer(whether)) {
            (Some(Answer::Entry(of)), Some(Answer::YesNo(yes))) => Some((*of, *yes)),
            _ => None,
        };
        let says = if let Some(away) = &content.right.away {
            Says::Took(away.took.iter().map(|(here, _)| *here).collect())
        } else if let Some(amends) = &content.right.amends {
            Says::Amends(amends.entry, amends.approval_of)
        } else if content.form == adoption::LINK_FORM {
            Says::LinksAdoption
        } else if content.form == APPROVAL_FORM {
            answer(APPROVAL_OF, APPROVED).map_or(Says::Nothing, |(of, yes)| Says::Answers(of, yes))
        } else if content.form == AUTHORISATION_FORM {
            answer(AUTHORISATION_OF, AUTHORISED).map_or(Says::Nothing, |(of, yes)| Says::Authorises(of, yes))
        } else {
            Says::Nothing
        };
        let needs = content.needs;
        (needs.is_some() || says != Says::Nothing).then_some(Self { entry, author: content.author.person, needs, says })
    }
}

/// What the entries of one record say of each other, looked up by the one of which something is said.
struct Bearings<'a> {
    all: BTreeMap<EntryId, &'a Bearing>,
    /// The amendments of an entry, in the order of their writing.
    amendments: BTreeMap<EntryId, Vec<&'a Bearing>>,
    /// Whether it was authorised, and by which entry: the first that says so.
    authorised: BTreeMap<EntryId, (bool, EntryId)>,
}

impl<'a> Bearings<'a> {
    fn of(bearings: &'a [Bearing]) -> Self {
        let all: BTreeMap<EntryId, &Bearing> = bearings.iter().map(|one| (one.entry, one)).collect();
        let (mut amendments, mut authorised) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::new());
        for one in all.values() {
            match &one.says {
                Says::Amends(of, _) => amendments.entry(*of).or_default().push(*one),
                // Nobody authorises what they wrote themselves.
                Says::Authorises(of, yes) if all.get(of).is_none_or(|wrote| wrote.author != one.author) => {
                    authorised.entry(*of).or_insert((*yes, one.entry));
                }
                _ => {}
            }
        }
        Self { all, amendments, authorised }
    }

    /// What stands between this entry and standing; none where nothing does.
    fn held_up(&self, one: &Bearing) -> Option<(Fate, EntryId)> {
        let approval = match &one.says {
            Says::Amends(of, Some(by)) => Some((*of, *by)),
            _ => None,
        };
        if let Some((of, by)) = approval {
            let answers = |other: &&&Bearing| match &other.says {
                Says::Answers(of, yes) if *of == one.entry && other.author == by => Some((*yes, other.entry)),
                _ => None,
            };
            match self.all.values().find_map(|other| answers(&other)) {
                Some((true, _)) => {}
                Some((false, answer)) => return Some((Fate::Refused, answer)),
                None => return Some((Fate::Waiting, of)),
            }
        }
        if one.needs != Some(Stands::Authorised) {
            return None;
        }
        match self.authorised.get(&one.entry) {
            Some((true, _)) => None,
            Some((false, answer)) => Some((Fate::Returned, *answer)),
            None => Some((
                Fate::Unauthorised,
                match &one.says {
                    Says::Amends(of, _) => *of,
                    _ => one.entry,
                },
            )),
        }
    }

    /// The amendment that stands in the place of an entry, directly or by what stands in its own place: what was returned
    /// and written again has its place once that is authorised.
    fn in_its_place(&self, entry: EntryId, left: usize) -> Option<EntryId> {
        let amendments = self.amendments.get(&entry)?;
        let stands = |one: &&&Bearing| {
            self.held_up(one).is_none() || left > 0 && self.in_its_place(one.entry, left - 1).is_some()
        };
        // One entry has one amendment; the acts see to it.
        amendments.iter().find(stands).map(|one| one.entry)
    }
}

/// Which entries of one record do not stand, why, and because of which entry: a pure projection of what its entries
/// say, the same in whatever order they came.
pub fn fates(bearings: &[Bearing]) -> BTreeMap<EntryId, (Fate, EntryId)> {
    let known = Bearings::of(bearings);
    // A chain has no circle; one that somebody made behind the program's back is cut.
    let longest = known.amendments.len();
    let mut fates: BTreeMap<EntryId, (Fate, EntryId)> =
        known.all.values().filter_map(|one| Some((one.entry, known.held_up(one)?))).collect();
    for entry in known.amendments.keys() {
        if let Some(by) = known.in_its_place(*entry, longest) {
            fates.insert(*entry, (Fate::Amended, by));
        }
    }
    for one in known.all.values() {
        match &one.says {
            Says::Took(took) => fates.extend(took.iter().map(|entry| (*entry, (Fate::Moved, one.entry)))),
            // Whatever else is said of it: nobody comes to read it by putting it right.
            Says::LinksAdoption => drop(fates.insert(one.entry, (Fate::Apart, one.entry))),
            _ => {}
        }
    }
    fates
}

/// By each entry that takes the place of another one: the first of them. What an entry begins (a planned visit, a risk
/// alert) is told apart by the entry, and goes on under the name of the first: what had ended it ends it still once a word
/// of it was put right.
pub fn firsts(fates: &BTreeMap<EntryId, (Fate, EntryId)>) -> BTreeMap<EntryId, EntryId> {
    let amended = fates.iter().filter(|(_, (how, _))| *how == Fate::Amended);
    let before: BTreeMap<EntryId, EntryId> = amended.map(|(entry, (_, by))| (*by, *entry)).collect();
    let first = |entry: EntryId| {
        // A circle that somebody made behind the program's back has no first.
        std::iter::successors(Some(entry), |one| before.get(one).copied()).take(before.len() + 1).last()
    };
    before.keys().filter_map(|entry| Some((*entry, first(*entry)?))).collect()
}

/// Which entries of one record somebody must still see to before they are authorised, whether they stand already or not:
/// none for what waits for its answer; the answer for what was returned and nobody has written again.
pub fn to_authorise(bearings: &[Bearing]) -> BTreeMap<EntryId, Option<EntryId>> {
    let (known, fates) = (Bearings::of(bearings), fates(bearings));
    let past = |entry: &EntryId| matches!(fates.get(entry), Some((Fate::Amended | Fate::Moved, _)));
    let open = known.all.values().filter(|one| one.needs.is_some() && !past(&one.entry));
    open.filter_map(|one| match known.authorised.get(&one.entry) {
        Some((true, _)) => None,
        Some((false, _)) if known.amendments.contains_key(&one.entry) => None,
        Some((false, answer)) => Some((one.entry, Some(*answer))),
        None => Some((one.entry, None)),
    })
    .collect()
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
        Bearing { entry: entry(n), author: person(author), needs: None, says }
    }
    fn waits(n: u8, author: u8, what: Says) -> Bearing {
        Bearing { needs: Some(Stands::Authorised), ..says(n, author, what) }
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

    #[test]
    fn r_int_05_whatever_was_put_right_goes_on_under_the_name_of_the_first() {
        let amended = |of, by| (entry(of), (Fate::Amended, entry(by)));
        let all = [amended(1, 2), amended(2, 3), amended(5, 6), (entry(8), (Fate::Waiting, entry(3)))];
        assert_eq!(
            firsts(&all.into()),
            [(entry(2), entry(1)), (entry(3), entry(1)), (entry(6), entry(5))].into(),
            "one that waits has taken nobody's place"
        );
        let in_a_circle = firsts(&[amended(1, 2), amended(2, 1)].into());
        assert_eq!(in_a_circle.len(), 2, "it comes to an end");
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

    /// R-TIME-X08: it waits until somebody else has authorised it; what was returned and written again has its place once
    /// that is.
    #[test]
    fn r_time_x08_what_must_be_authorised_waits_for_somebody_else() {
        let first = waits(1, 1, Says::Nothing);
        let alone = [(entry(1), (Fate::Unauthorised, entry(1)))].into();
        assert_eq!(fates(std::slice::from_ref(&first)), alone);
        assert_eq!(to_authorise(std::slice::from_ref(&first)), [(entry(1), None)].into());
        assert_eq!(fates(&[first.clone(), says(2, 1, Says::Authorises(entry(1), true))]), alone, "nobody their own");
        assert_eq!(fates(&[first.clone(), says(2, 9, Says::Authorises(entry(1), true))]), BTreeMap::new());
        let returned = says(2, 9, Says::Authorises(entry(1), false));
        let again = waits(3, 1, Says::Amends(entry(1), None));
        let agreed = says(4, 9, Says::Authorises(entry(3), true));
        let mut story = vec![first, returned];
        assert_eq!(fates(&story), [(entry(1), (Fate::Returned, entry(2)))].into());
        assert_eq!(to_authorise(&story), [(entry(1), Some(entry(2)))].into());
        story.push(again);
        let so_far = [(entry(1), (Fate::Returned, entry(2))), (entry(3), (Fate::Unauthorised, entry(1)))];
        assert_eq!(fates(&story), so_far.into());
        assert_eq!(to_authorise(&story), [(entry(3), None)].into());
        story.push(agreed);
        assert_eq!(to_authorise(&story), BTreeMap::new());
        assert_eq!(fates(&story), [(entry(1), (Fate::Amended, entry(3)))].into());
        story.reverse();
        assert_eq!(fates(&story), [(entry(1), (Fate::Amended, entry(3)))].into(), "in whatever order");
    }

    /// R-INT-01, R-TIME-X08: what stands goes on standing while what would take its place waits, is returned, and is
    /// written again.
    #[test]
    fn r_int_01_what_was_authorised_stands_until_its_amendment_is() {
        let mut story = vec![
            waits(1, 1, Says::Nothing),
            says(2, 9, Says::Authorises(entry(1), true)),
            waits(3, 1, Says::Amends(entry(1), None)),
            says(4, 9, Says::Authorises(entry(3), false)),
            waits(5, 1, Says::Amends(entry(3), None)),
        ];
        let so_far = [(entry(3), (Fate::Returned, entry(4))), (entry(5), (Fate::Unauthorised, entry(3)))];
        assert_eq!(fates(&story), so_far.into(), "the first stands");
        story.push(says(6, 9, Says::Authorises(entry(5), true)));
        let now = [(entry(1), (Fate::Amended, entry(3))), (entry(3), (Fate::Amended, entry(5)))];
        assert_eq!(fates(&story), now.into());
    }

    /// R-OBS-18: what stands when it is completed is waited for as well.
    #[test]
    fn r_obs_18_what_stands_at_once_is_to_be_authorised_too() {
        let visit = Bearing { needs: Some(Stands::Completed), ..says(1, 1, Says::Nothing) };
        let no = says(2, 9, Says::Authorises(entry(1), false));
        let yes = says(2, 9, Says::Authorises(entry(1), true));
        assert_eq!(fates(&[visit.clone(), no.clone()]), BTreeMap::new(), "it stands all the time");
        assert_eq!(to_authorise(std::slice::from_ref(&visit)), [(entry(1), None)].into());
        assert_eq!(to_authorise(&[visit.clone(), no]), [(entry(1), Some(entry(2)))].into());
        assert_eq!(to_authorise(&[visit.clone(), yes]), BTreeMap::new());
        let moved = says(2, 9, Says::Took(vec![entry(1)]));
        assert_eq!(to_authorise(&[visit, moved]), BTreeMap::new());
    }

    /// R-ACC-04: the link of an adoption is apart from the first moment, and stays so.
    #[test]
    fn r_acc_04_the_link_of_an_adoption_is_apart_whatever_else_is_said() {
        let link = says(1, 1, Says::LinksAdoption);
        let alone = [(entry(1), (Fate::Apart, entry(1)))];
        assert_eq!(fates(std::slice::from_ref(&link)), alone.into());
        let amended = [link, says(2, 1, Says::Amends(entry(1), None))];
        assert_eq!(fates(&amended), alone.into());
    }

    #[test]
    fn what_was_moved_is_moved_whatever_else_was_said_of_it() {
        let all = [says(2, 1, Says::Amends(entry(1), None)), says(3, 1, Says::Took(vec![entry(1), entry(2)]))];
        let expected = [(entry(1), (Fate::Moved, entry(3))), (entry(2), (Fate::Moved, entry(3)))];
        assert_eq!(fates(&all), expected.into());
    }
}
