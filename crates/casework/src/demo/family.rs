//! Families: who belongs to them, where they live, who works with them.

use jiff::{Span, civil::Date};
use record::{PersonId, RecordId, time::age_on};

use super::{
    cast::Team,
    course::{Phase, Spell},
    numbers::Home,
};

/// What brings a family to children's services.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Neglect,
    Abuse,
    Disability,
    Mind,
    Stress,
    Exploitation,
    Uasc,
    Care,
}

impl Need {
    /// The name of its sections in the banks.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Neglect => "neglect",
            Self::Abuse => "abuse",
            Self::Disability => "disability",
            Self::Mind => "mind",
            Self::Stress => "stress",
            Self::Exploitation => "exploitation",
            Self::Uasc => "uasc",
            Self::Care => "care",
        }
    }
}

/// A child with a record.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub record: RecordId,
    pub person: PersonId,
    pub given: &'static str,
    pub family: &'static str,
    pub preferred: Option<&'static str>,
    /// The date of birth, or when the baby is expected.
    pub birth: Date,
    pub unborn: bool,
    pub sex: &'static str,
    pub need: &'static str,
    pub ethnicity: &'static str,
    pub religion: &'static str,
    pub language: &'static str,
    pub disability: Vec<&'static str>,
    /// Does not use speech.
    pub signs: bool,
    pub nhs: String,
    pub upn: String,
    pub primary: (&'static str, &'static str),
    pub secondary: (&'static str, &'static str),
    /// When the record was opened.
    pub opened: Date,
    /// Where the child was placed, when looked after.
    pub spells: Vec<Spell>,
    /// The place of the child's other father among the adults, for a half-brother or half-sister.
    pub other_father: bool,
}

impl Child {
    /// Whole years on a day; 0 before birth.
    pub fn age(&self, day: Date) -> u16 {
        age_on(self.birth, day).unwrap_or(0)
    }
    pub fn born_by(&self, day: Date) -> bool {
        !self.unborn && self.birth <= day
    }
    /// The band of the banks of moments.
    pub fn stage(&self, day: Date) -> &'static str {
        match self.age(day) {
            0 => "baby",
            1..=3 => "toddler",
            4..=10 => "primary",
            _ => "teen",
        }
    }
    /// School and teacher on a day.
    pub fn school(&self, day: Date) -> Option<(&'static str, &'static str)> {
        match self.age(day) {
            4..=10 => Some(self.primary),
            11..=17 => Some(self.secondary),
            _ => None,
        }
    }
    /// The placement on a day.
    pub fn spell(&self, day: Date) -> Option<&Spell> {
        self.spells.iter().rev().find(|spell| spell.from <= day && spell.until.is_none_or(|until| day < until))
    }
}

/// A grown-up of the family, or a foster carer.
#[derive(Clone, Debug)]
pub(super) struct Adult {
    pub person: PersonId,
    pub given: &'static str,
    pub family: &'static str,
    /// How the children call them in the record: «Gran».
    pub called: Option<&'static str>,
    pub sex: &'static str,
    pub birth: Option<Date>,
    pub died: Option<Date>,
    pub phone: Option<String>,
    /// What they are to each child, in the order of the children.
    pub is: Vec<Option<&'static str>>,
    pub responsible: bool,
    pub at_home: bool,
}

impl Adult {
    pub fn short(&self) -> &'static str {
        self.called.unwrap_or(self.given)
    }
}

/// A family with everything that is decided about its story before it is told.
#[derive(Clone, Debug)]
pub(super) struct Family {
    pub number: usize,
    pub need: Need,
    pub children: Vec<Child>,
    pub adults: Vec<Adult>,
    /// The place of the adult who mostly cares for the children.
    pub carer: Option<usize>,
    pub home: Home,
    pub phases: Vec<Phase>,
    /// The place in the cast, and since when, of each worker.
    pub workers: Vec<(usize, Team, Date)>,
    pub health: &'static str,
    pub referred_by: &'static str,
    /// Much more is written about this one.
    pub dense: bool,
    pub interpreter: Option<&'static str>,
}

impl Family {
    pub fn mother(&self) -> Option<&Adult> {
        self.adults.iter().find(|adult| adult.is.contains(&Some("mother")))
    }
    pub fn father(&self) -> Option<&Adult> {
        self.adults.iter().find(|adult| adult.is.contains(&Some("father")))
    }
    pub fn gran(&self) -> Option<&Adult> {
        self.adults.iter().find(|adult| adult.is.contains(&Some("grandparent")) && adult.died.is_none())
    }
    pub fn opened(&self) -> Date {
        self.phases.first().map_or(Date::MIN, |phase| phase.from)
    }
    pub fn worker(&self, day: Date) -> (usize, Team) {
        let at = self.workers.iter().rev().find(|(_, _, from)| *from <= day).or(self.workers.first());
        at.map_or((0, Team::North), |(worker, team, _)| (*worker, *team))
    }
    pub fn phase(&self, day: Date) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.from <= day && phase.until.is_none_or(|until| day < until))
    }
}

/// So many days later (earlier when negative).
pub(super) fn plus(day: Date, days: i32) -> Date {
    day.saturating_add(Span::new().days(days))
}

/// Days from one day to another.
pub(super) fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}
