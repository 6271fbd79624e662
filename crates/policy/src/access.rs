//! What beside roles decides who sees a record: to whom a restricted one is open, and how long an opening in an emergency
//! lasts (R-ACC-03 to R-ACC-07, D-55). Who may restrict, open and review is said by roles.

use std::collections::{BTreeMap, BTreeSet};

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
