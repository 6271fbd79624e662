//! What beside roles decides who sees a record: to whom a restricted one is open, and how long an opening in an emergency
//! lasts (R-ACC-03 to R-ACC-07, D-55). Who may restrict, open and review is said by roles.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::capability::Relation;

/// The list whose codes are the kinds of restriction.
pub const KINDS: &str = "restriction-kind";

/// The longest that an opening in an emergency may last.
pub const MOST_MINUTES: u32 = 60;

/// What a pack says of restricted records and of emergencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessRules {
    /// How many minutes a record stays open that was opened in an emergency. None where the pack knows no such opening.
    pub emergency_minutes: u32,
    /// What each kind of restriction leaves open, by its code.
    pub restrictions: BTreeMap<String, Restriction>,
    /// Which readings somebody is asked about.
    pub questions: Questions,
    /// Where it comes from.
    pub source: Vec<String>,
}

/// What one kind of restriction leaves open beside those whom the decision names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restriction {
    /// Roles, each with the relations under which what it may do holds still.
    pub open_to: BTreeMap<String, BTreeSet<Relation>>,
    /// Whether the record can be opened in an emergency.
    pub in_emergency: bool,
    /// Where it comes from.
    pub source: Vec<String>,
}

impl Restriction {
    /// Whether it leaves the record open to this role under this relation.
    pub fn leaves_open(&self, role: &str, relation: Relation) -> bool {
        match relation {
            Relation::Emergency => self.in_emergency,
            relation => self.open_to.get(role).is_some_and(|relations| relations.contains(&relation)),
        }
    }
}

/// What is known of a reading that may deserve a question: each kind is told by one rule of the program
/// (`record::looked::questions`), and by the pack from how much on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// Was refused at a restricted record. Counts attempts.
    Restricted,
    /// Was refused at a record of a family that they know in their own life. Counts attempts.
    Conflict,
    /// Was refused at a record that is not theirs. Counts attempts.
    Refused,
    /// Opened a record to which nothing ties them but a role that opens every record. Counts pages.
    NoTie,
    /// Looked for a child again and again to whom nothing ties them. Counts days.
    Searched,
    /// Came back to a child whom they worked with until some time ago. Counts days.
    Former,
    /// Came back to a child of a colleague in their team, and never recorded anything there. Counts days.
    Colleague,
    /// Has the family name of somebody in the record, or is somebody in it. Counts pages.
    Family,
    /// Is one of many who looked at one child to whom nothing ties them. Counts people.
    Many,
    /// Opened a record that is not theirs at night, and was not on duty. Counts nights.
    Night,
    /// Opened many records in one day that are not theirs. Counts records.
    Bulk,
    /// Printed or took out many records in one day. Counts records.
    TakenOut,
}

impl Pattern {
    /// Every pattern, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::Restricted,
        Self::Conflict,
        Self::Refused,
        Self::NoTie,
        Self::Searched,
        Self::Former,
        Self::Colleague,
        Self::Family,
        Self::Many,
        Self::Night,
        Self::Bulk,
        Self::TakenOut,
    ];

    /// The name that packs use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Conflict => "conflict",
            Self::Refused => "refused",
            Self::NoTie => "no-tie",
            Self::Searched => "searched",
            Self::Former => "former",
            Self::Colleague => "colleague",
            Self::Family => "family",
            Self::Many => "many",
            Self::Night => "night",
            Self::Bulk => "bulk",
            Self::TakenOut => "taken-out",
        }
    }
}

/// From how much on a pattern deserves a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// From how many on; what is counted, the pattern says.
    pub at_least: u32,
    /// Within how many days.
    pub within_days: u32,
    /// Where it comes from.
    pub source: Vec<String>,
}

/// Which readings deserve a question. None are asked about where the pack has none of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Questions {
    /// How many days are looked back on.
    pub days: u32,
    /// What counts as night, like `2300-0530`.
    pub night: String,
    /// A search that shows at most so many was for one of them.
    pub search_shows: u32,
    /// Whoever wrote in the record within so many days of a reading, before or after, had work there.
    pub work_days: u32,
    /// Whoever worked with the child until so many days ago, or from so many days ahead on, hands over.
    pub handover_days: u32,
    /// A family name that so many records have says nothing.
    pub common_name: u32,
    /// The patterns that are asked about.
    pub patterns: BTreeMap<Pattern, Threshold>,
    /// Where it comes from.
    pub source: Vec<String>,
}
