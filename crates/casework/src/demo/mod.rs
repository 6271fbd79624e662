//! The demonstration: an authority that does not exist, with children who do not exist, and years of their history.
//!
//! Nothing here is anybody's. Every name is put together at random, every number is from a range that is kept for
//! tests or drama, every text was written for this. The proportions are those of children in need in England
//! ([`tables`]). The same seed and the same day give the same children, texts, dates and record numbers; only keys,
//! seals and passwords differ. Every invented entry goes through the forms of the pack like any other: what a form
//! would not take is not in the demonstration.

mod adopted;
mod ahead;
mod ali_story;
mod alis;
mod brought_in;
mod care;
mod cast;
mod census;
mod course;
mod court;
mod crew;
mod dice;
mod family;
mod kept_back;
mod looked;
mod managing;
mod names;
mod notes;
mod numbers;
mod opening;
mod papers;
mod plot;
mod policies;
mod righted;
mod sheet;
pub mod tables;
mod teller;
mod twins;
mod visits;
mod words;

use std::collections::BTreeSet;

use jiff::civil::Date;
use policy::Pack;
use record::{
    Moment, PersonId, TeamId,
    read::{Directory, FieldProblem},
};
use store::{Actor, Db, Past};

use crate::{
    desk::{CaseError, Desk},
    organisation::{First, found_with},
    past::{Deed, NewChild, pasts, take_in},
};

pub use cast::{Cast, Staff, Team};
pub use numbers::AUTHORITY;

/// What is said in the first leaf of the ledger.
pub const DECLARED: &str = "This is a demonstration. The authority, its staff, the families and everything in the past of their records are invented.";

/// An account that a visitor may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Username.
    pub username: String,
    /// Password, made anew at each start.
    pub password: String,
    /// Whose account it is.
    pub name: String,
    /// What they are at work.
    pub role_title: String,
    /// What this person can show.
    pub what_to_try: String,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// Accounts, the social worker of the Ali family first.
    pub sign_ins: Vec<SignIn>,
    /// How many children have a record.
    pub children: usize,
    /// How many entries stand in those records.
    pub entries: usize,
}

/// One invented family as others see it: its children, and what was done, in order.
#[derive(Clone, Debug)]
pub struct Story {
    /// Children with a record each.
    pub children: Vec<NewChild>,
    /// What is true of each, for counts.
    pub facets: Vec<Facets>,
    /// Everybody whom the deeds name, staff apart.
    pub people: BTreeSet<PersonId>,
    /// What was done.
    pub deeds: Vec<Deed>,
    seed: (u64, u64),
}

/// What counts are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facets {
    /// First name.
    pub given: &'static str,
    /// Date of birth, or expected.
    pub birth: Date,
    /// Sex.
    pub sex: &'static str,
    /// Primary need.
    pub need: &'static str,
    /// Ethnicity.
    pub ethnicity: &'static str,
    /// Looked after today.
    pub looked_after: bool,
}

/// Everything, before any of it is kept.
#[derive(Clone, Debug)]
pub struct Invented {
    /// Who works there.
    pub cast: Cast,
    /// The families, the Alis first.
    pub stories: Vec<Story>,
}

/// Invents an authority as it would be on a day. Keeps nothing; the same for the same seed and day.
pub fn invent(pack: &Pack, today: Date, seed: u64, children: usize) -> Invented {
    let cast = Cast::new(today, &mut dice::Dice::new(seed, 1));
    let stories = census::families(&cast, today, seed, children)
        .into_iter()
        .map(|family| {
            let number = u64::try_from(family.number).unwrap_or(0);
            let dice = dice::Dice::new(seed, 1_000_000 + number);
            let deeds = plot::tell(teller::Teller::new(pack, &cast, &family, today, dice));
            let looked_after = |child: &family::Child| {
                child.spell(today).is_some() && family.phases.last().is_some_and(|last| last.kind == course::Kind::Care)
            };
            Story {
                children: family
                    .children
                    .iter()
                    .map(|child| NewChild { record: child.record, person: child.person })
                    .collect(),
                facets: family
                    .children
                    .iter()
                    .map(|child| Facets {
                        given: child.given,
                        birth: child.birth,
                        sex: child.sex,
                        need: child.need,
                        ethnicity: child.ethnicity,
                        looked_after: looked_after(child),
                    })
                    .collect(),
                people: family
                    .adults
                    .iter()
                    .map(|adult| adult.person)
                    .chain(family.children.iter().map(|child| child.person))
                    .collect(),
                deeds,
                seed: (seed, 2_000_000 + number),
            }
        })
        .collect();
    Invented { cast, stories }
}

/// Whom an invented form may name.
struct Known<'a> {
    people: &'a BTreeSet<PersonId>,
    cast: &'a Cast,
}

impl Directory for Known<'_> {
    fn knows_person(&self, person: PersonId) -> bool {
        self.people.contains(&person)
    }
    fn knows_staff(&self, person: PersonId) -> bool {
        self.cast.staff.iter().any(|staff| staff.person == person)
    }
    fn knows_team(&self, team: TeamId) -> bool {
        self.cast.teams.iter().any(|(_, known)| *known == team)
    }
}

impl Story {
    /// The records that follow from the deeds, by the forms' own rules.
    ///
    /// # Errors
    /// The deed that a form does not take, with each problem: a fault of the demonstration.
    pub fn pasts(&self, pack: &Pack, cast: &Cast) -> Result<Vec<Past>, (usize, Vec<FieldProblem>)> {
        let known = Known { people: &self.people, cast };
        pasts(pack, &self.children, &self.deeds, &known, &mut dice::Dice::new(self.seed.0, self.seed.1))
    }
}

/// How many families are taken in at once.
const AT_ONCE: usize = 50;

/// Makes the demonstration in an empty database. `passwords` gives a new password each time it is asked.
///
/// # Errors
/// A database that is not empty, or that fails. [`CaseError::Problems`] would be a fault of the demonstration.
pub async fn make(
    db: &Db,
    now: Moment,
    seed: u64,
    children: usize,
    passwords: &mut (dyn FnMut() -> String + Send),
) -> Result<Demo, CaseError> {
    let invented = invent(db.pack(), now.day(), seed, children);
    let (name, username, try_it) = cast::ADMINISTRATOR;
    let (first, password) = (passwords(), passwords());
    let desk = crate::organisation::job(db.clone(), "demonstration", now);
    let begun = (&policies::before(db.pack()), policies::beginning(&invented.cast, now.day()));
    let administrator = found_with(&desk, &First { name, username, password: &first }, DECLARED, begun).await?;
    crew::own_password(db, administrator, (username, &first, &password), now).await?;
    let desk = Desk::new(db.clone(), Actor::Person(administrator), now);
    let mut sign_ins = crew::engage(&desk, &invented.cast, passwords).await?;
    policies::approve(db, &invented, now).await?;
    let role_title = db.pack().role("administrator").map_or_else(String::new, |role| role.title.clone());
    sign_ins.push(SignIn {
        username: username.to_owned(),
        password,
        name: name.to_owned(),
        role_title,
        what_to_try: try_it.to_owned(),
    });
    let importer = invented.cast.staff.iter().find(|staff| staff.role == "records-manager");
    let desk = Desk::new(
        db.clone(),
        importer.map_or(Actor::System("demonstration"), |staff| Actor::Person(staff.person)),
        now,
    );
    let (mut made, mut entries) = (0, 0);
    for some in invented.stories.chunks(AT_ONCE) {
        let mut all = Vec::new();
        for story in some {
            all.extend(story.pasts(db.pack(), &invented.cast).map_err(|(_, problems)| CaseError::Problems(problems))?);
            entries += story.deeds.iter().map(|deed| deed.about.len()).sum::<usize>();
        }
        made += all.len();
        take_in(&desk, &all).await?;
    }
    papers::attach(db, &invented, now).await?;
    twins::make(db, &invented, now).await?;
    righted::make(db, &invented, now).await?;
    brought_in::bring_in(db, &invented, now).await?;
    ahead::begin_a_draft(db, &invented, now).await?;
    ahead::read_the_rest(db, now).await?;
    looked::make(db, &invented, now).await?;
    kept_back::make(db, &invented, now).await?;
    let court = court::make(db, &invented, now).await?;
    let adopted = if adopted::make(db, &invented, now).await? { adopted::ENTRIES } else { 0 };
    Ok(Demo {
        sign_ins,
        children: made,
        entries: entries + papers::ENTRIES + righted::ENTRIES + looked::ENTRIES + kept_back::ENTRIES + court + adopted,
    })
}
