//! The decision whether somebody may do something: pure, from facts.
//!
//! The door in `store` loads the facts, asks here, and keeps the leaf. Nothing else decides.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time};
use policy::{Capability, Pack, Relation};

use crate::{
    id::{PersonId, TeamId},
    time::Moment,
};

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
    /// What was opened in an emergency since this moment is open still ([`emergency_since`]); none where the pack knows
    /// no such opening.
    pub emergency_since: Option<Moment>,
    /// For somebody of support, the moment at which they ask. They hold no role; what was opened to them until later is
    /// open to be read, and nothing else.
    pub support_at: Option<Moment>,
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
    /// Who opened it in an emergency, saying why, and when, where nobody has reviewed that yet.
    pub opened_in_emergency: BTreeSet<(PersonId, Moment)>,
    /// To whom of support it was opened, and until when.
    pub opened_to_support: BTreeSet<(PersonId, Moment)>,
    /// Whether it is restricted to few.
    pub restriction: Option<Restricted>,
    /// Whom a decision named for it as a restricted record, and since which day.
    pub named: BTreeSet<(PersonId, Date)>,
    /// Who must not see it, whatever else opens it to them.
    pub conflicts: BTreeSet<PersonId>,
    /// Whether an address in it must be kept from somebody. It decides nothing; what is read hides addresses.
    pub protected: bool,
    /// Whether something of it is kept in the confidential section. It decides nothing; what is read leaves it out.
    pub confidential: bool,
    /// Whether it is the organisation's own record, which relations to children do not open.
    pub organisation: bool,
}

/// That a record is restricted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restricted {
    /// The code of its kind.
    pub kind: String,
    /// Since which day. A name that was given under an earlier restriction does not open this one.
    pub since: Date,
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
    /// They know the family in their own life.
    Conflict,
    /// The record is restricted, and they are not among the few.
    Restricted,
    /// A role has it, but not for this record.
    NoRelation,
}

impl Refusal {
    /// The word for the ledger.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccountClosed => "account-closed",
            Self::NoRole => "no-role",
            Self::Conflict => "conflict",
            Self::Restricted => "restricted",
            Self::NoRelation => "no-relation",
        }
    }
}

/// Since when an opening in an emergency is open still, by the pack's minutes.
pub fn emergency_since(pack: &Pack, now: Moment) -> Option<Moment> {
    let minutes = i64::from(pack.access().emergency_minutes);
    // One microsecond later, so that an opening ends when its last minute does.
    (minutes > 0).then(|| Moment::from_microsecond(now.plus_seconds(-60 * minutes).microsecond().saturating_add(1)))
}

/// The relations under which this person has a capability: what lists filter by.
pub fn reach(pack: &Pack, person: &Standing, capability: Capability) -> BTreeSet<Relation> {
    if person.support_at.is_some() {
        return (capability == Capability::ReadRecord).then_some(Relation::Support).into_iter().collect();
    }
    held(pack, person, capability).map(|(_, relation)| relation).collect()
}

/// Those that a restriction of this kind leaves them. Whom the decision names may do there what their roles may do at
/// all; who looks after restrictions sees to them as before, and reads nothing by it. To support
/// it leaves nothing.
pub fn reach_restricted(pack: &Pack, person: &Standing, capability: Capability, kind: &str) -> BTreeSet<Relation> {
    let restriction = pack.access().restrictions.get(kind);
    let left_open = |role: &str, relation| match capability {
        guard if guard.guards() => true,
        Capability::OpenInEmergency => restriction.is_some_and(|one| one.in_emergency),
        _ => restriction.is_some_and(|one| one.leaves_open(role, relation)),
    };
    let mut reach = BTreeSet::new();
    for (role, relation) in held(pack, person, capability) {
        if !capability.guards() {
            reach.insert(Relation::Named);
        }
        if left_open(role, relation) {
            reach.insert(relation);
        }
    }
    reach
}

/// How somebody stands by these of their roles alone: what a form leaves to some roles.
pub fn by_roles(person: &Standing, roles: &[String]) -> Standing {
    let roles = person.roles.iter().filter(|role| roles.contains(role)).cloned().collect();
    Standing { roles, ..person.clone() }
}

/// Whether a search shows somebody everybody: they have something to do with people whom nobody has given to them yet.
/// They open records, join people, are on duty, or take calls without reading any record. Everybody else finds whom a
/// record names that is open to them.
pub fn finds_anybody(pack: &Pack, person: &Standing) -> bool {
    const FINDS: [Capability; 4] =
        [Capability::OpenRecord, Capability::JoinPeople, Capability::OpenOnDuty, Capability::SendObservation];
    let has = |capability| !reach(pack, person, capability).is_empty();
    FINDS.into_iter().any(has) || !has(Capability::ReadRecord)
}

/// What each of their roles says of this capability.
fn held<'a>(pack: &'a Pack, person: &'a Standing, capability: Capability) -> impl Iterator<Item = (&'a str, Relation)> {
    let emergencies = person.emergency_since.is_some();
    person
        .roles
        .iter()
        // Whatever else is said of somebody of support, they hold no role.
        .filter(move |_| {
            person.active && person.support_at.is_none() && (emergencies || capability != Capability::OpenInEmergency)
        })
        .filter_map(|role| pack.role(role))
        .flat_map(|role| role.may.iter().map(move |(held, relation)| (role.id.as_str(), *held, *relation)))
        .filter(move |(_, held, _)| *held == capability)
        .map(|(role, _, relation)| (role, relation))
        // A role of the night is nobody's by day.
        .filter(|(_, relation)| *relation != Relation::Duty || person.on_duty_since.is_some())
        .filter(move |(_, relation)| *relation != Relation::Emergency || emergencies)
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
    let Some(nearest) = reach.first() else { return Decision::Refuse(Refusal::NoRole) };
    let Some(record) = record else {
        // Support is let into a record that was opened to it, and has no business beside that.
        return if person.support_at.is_some() { Decision::Refuse(Refusal::NoRole) } else { Decision::Allow(*nearest) };
    };
    // Whoever reads, writes or closes any child's record does nothing of that to the organisation's.
    if record.organisation && !capability.is_of_the_organisation() {
        return Decision::Refuse(Refusal::NoRelation);
    }
    if record.conflicts.contains(&who) {
        return Decision::Refuse(Refusal::Conflict);
    }
    // Nobody can shut the organisation out of its own record.
    let (reach, refusal) = match record.restriction.as_ref().filter(|_| !record.organisation) {
        None => (reach, Refusal::NoRelation),
        Some(restricted) => (reach_restricted(pack, person, capability, &restricted.kind), Refusal::Restricted),
    };
    let holds = |relation: &Relation| match relation {
        Relation::Any => true,
        _ if record.organisation => false,
        Relation::Duty if capability == Capability::OpenOnDuty => true,
        relation => stands_so(who, person, record, *relation),
    };
    reach.into_iter().find(holds).map_or(Decision::Refuse(refusal), Decision::Allow)
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
        Relation::Emergency => person.emergency_since.is_some_and(|since| {
            record.opened_in_emergency.iter().any(|(opened_by, at)| *opened_by == who && *at >= since)
        }),
        Relation::Support => person
            .support_at
            .is_some_and(|now| record.opened_to_support.iter().any(|(whom, until)| *whom == who && *until > now)),
        Relation::Named => record.restriction.as_ref().is_some_and(|restricted| {
            record.named.iter().any(|(named, since)| *named == who && *since >= restricted.since)
        }),
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
