//! The decision whether somebody may do something: pure, from facts.
//!
//! The door in `store` loads the facts, asks here, and keeps the leaf. Nothing else decides.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};
use policy::{Capability, Pack, Relation};

use crate::id::{PersonId, TeamId};

/// What is known of the person who asks, at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Their roles now.
    pub roles: BTreeSet<String>,
    /// The teams that they are in now.
    pub teams: BTreeSet<TeamId>,
    /// The teams that they manage now.
    pub manages: BTreeSet<TeamId>,
    /// Whether their account is open.
    pub active: bool,
    /// The day on which the shift began that they are on now, if they are on duty out of hours.
    pub on_duty_since: Option<Date>,
}

/// What is known of the record that is asked for, at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// Who it is allocated to.
    pub workers: BTreeSet<PersonId>,
    /// The teams that it is allocated to.
    pub teams: BTreeSet<TeamId>,
    /// Who stands in today, and for whom.
    pub covers: BTreeSet<(PersonId, PersonId)>,
    /// Who opened it while on duty, saying why, and on which day.
    pub opened_on_duty: BTreeSet<(PersonId, Date)>,
    /// Whether it is the organisation's own record, which relations to children do not open.
    pub organisation: bool,
}

/// What was decided, and through which relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes, because of this.
    Allow(Relation),
    /// No. Why is for the ledger; the person is told the same whatever the reason.
    Refuse(Refusal),
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account is closed.
    AccountClosed,
    /// No role of theirs has this capability at all.
    NoRole,
    /// A role has it, but not for this record.
    NoRelation,
}

impl Refusal {
    /// The word for the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountClosed => "account-closed",
            Self::NoRole => "no-role",
            Self::NoRelation => "no-relation",
        }
    }
}

/// The relations under which this person has a capability: what lists filter by.
pub fn reach(pack: &Pack, person: &Standing, capability: Capability) -> BTreeSet<Relation> {
    if !person.active {
        return BTreeSet::new();
    }
    person
        .roles
        .iter()
        .filter_map(|role| pack.role(role))
        .flat_map(|role| &role.may)
        .filter(|(held, _)| *held == capability)
        .map(|(_, relation)| *relation)
        // A role of the night is nobody's by day.
        .filter(|relation| *relation != Relation::Duty || person.on_duty_since.is_some())
        .collect()
}

/// Whether `who`, standing so, may do this to a record in this situation (none for acts on no record at all).
pub fn decide(
    pack: &Pack,
    who: PersonId,
    person: &Standing,
    capability: Capability,
    record: Option<&Situation>,
) -> Decision {
    if !person.active {
        return Decision::Refuse(Refusal::AccountClosed);
    }
    let reach = reach(pack, person, capability);
    if reach.is_empty() {
        return Decision::Refuse(Refusal::NoRole);
    }
    let holds = |relation: &Relation| match record {
        None => true,
        Some(_) if *relation == Relation::Any => true,
        Some(record) if record.organisation => false,
        Some(_) if *relation == Relation::Duty && capability == Capability::OpenOnDuty => true,
        Some(record) => stands_so(who, person, record, *relation),
    };
    reach.into_iter().find(holds).map_or(Decision::Refuse(Refusal::NoRelation), Decision::Allow)
}

/// Whether somebody stands to a child's record in this way now.
pub fn stands_so(who: PersonId, person: &Standing, record: &Situation, relation: Relation) -> bool {
    match relation {
        Relation::Any => true,
        Relation::Allocated => record.workers.contains(&who),
        Relation::Covers => stands_in_for(who, record).is_some(),
        Relation::Team => !record.teams.is_disjoint(&person.teams),
        Relation::Manages => !record.teams.is_disjoint(&person.manages),
        Relation::Duty => person
            .on_duty_since
            .is_some_and(|since| record.opened_on_duty.iter().any(|(opened_by, on)| *opened_by == who && *on >= since)),
    }
}

/// For whom this person stands in here: the worker to whom the record is allocated still. When somebody else is given
/// the child, the cover has nothing left to cover.
pub fn stands_in_for(who: PersonId, record: &Situation) -> Option<PersonId> {
    let covered = record.covers.iter().filter(|(deputy, _)| *deputy == who).map(|(_, worker)| *worker);
    covered.into_iter().find(|worker| record.workers.contains(worker))
}

/// The hours of a shift that begins on a day, from a code of the pack like `1700-0830`: what ends before it begins ends
/// on the next day. None for a code that says no hours.
pub fn shift(day: Date, code: &str) -> Option<(DateTime, DateTime)> {
    let time = |text: &str| {
        let (hour, minute) = text.split_at_checked(2)?;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    let (from, to) = code.split_once('-')?;
    let (from, to) = (time(from)?, time(to)?);
    let last = if to <= from { day.tomorrow().ok()? } else { day };
    Some((day.to_datetime(from), last.to_datetime(to)))
}
