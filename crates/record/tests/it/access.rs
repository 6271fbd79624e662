//! Who may do what to which record: the roles of the pack and their relations.

use jiff::civil::{DateTime, date};
use policy::{Capability, Relation};
use record::access::{Decision, Refusal, Situation, Standing, decide, finds_anybody, reach, shift, stands_in_for};

use crate::world::{PACK, now, person, team};

fn standing(role: &str) -> Standing {
    Standing {
        roles: [role.to_owned()].into(),
        teams: [team(1)].into(),
        active: true,
        emergency_since: Some(now()),
        ..Standing::default()
    }
}

fn of_team(n: u8) -> Situation {
    Situation { teams: [team(n)].into(), ..Situation::default() }
}

#[test]
fn a_worker_reads_and_writes_their_caseload_and_team_and_nothing_else() {
    let worker = standing("worker");
    let mine = Situation { workers: [person(7)].into(), ..of_team(2) };
    for capability in [Capability::ReadRecord, Capability::RecordEntry] {
        assert_eq!(decide(&PACK, person(7), &worker, capability, Some(&mine)), Decision::Allow(Relation::Allocated));
        assert_eq!(decide(&PACK, person(7), &worker, capability, Some(&of_team(1))), Decision::Allow(Relation::Team));
        assert_eq!(
            decide(&PACK, person(7), &worker, capability, Some(&of_team(2))),
            Decision::Refuse(Refusal::NoRelation)
        );
    }
    for capability in
        [Capability::RecordDecision, Capability::Allocate, Capability::ManageStaff, Capability::SeeReadings]
    {
        assert_eq!(decide(&PACK, person(7), &worker, capability, Some(&mine)), Decision::Refuse(Refusal::NoRole));
    }
}

#[test]
fn a_manager_reaches_the_teams_they_manage() {
    let manager = Standing { teams: [].into(), manages: [team(2)].into(), ..standing("team-manager") };
    assert_eq!(
        decide(&PACK, person(7), &manager, Capability::Allocate, Some(&of_team(2))),
        Decision::Allow(Relation::Manages)
    );
    assert_eq!(
        decide(&PACK, person(7), &manager, Capability::Allocate, Some(&of_team(1))),
        Decision::Refuse(Refusal::NoRelation)
    );
}

#[test]
fn an_administrator_reads_no_child_and_a_closed_account_does_nothing() {
    let administrator = standing("administrator");
    assert_eq!(
        decide(&PACK, person(7), &administrator, Capability::ReadRecord, Some(&of_team(1))),
        Decision::Refuse(Refusal::NoRole)
    );
    let gone = Standing { active: false, ..standing("head-of-service") };
    assert_eq!(
        decide(&PACK, person(7), &gone, Capability::ReadRecord, Some(&of_team(1))),
        Decision::Refuse(Refusal::AccountClosed)
    );
    assert!(reach(&PACK, &gone, Capability::ReadRecord).is_empty());
}

#[test]
fn relations_to_children_do_not_open_the_organisations_own_record() {
    let organisation = Situation { organisation: true, ..of_team(1) };
    let worker = standing("worker");
    assert_eq!(
        decide(&PACK, person(7), &worker, Capability::ReadRecord, Some(&organisation)),
        Decision::Refuse(Refusal::NoRelation)
    );
}

/// Whom a search shows whoever they are: those who have to do with people whom nobody has given to them yet.
#[test]
fn who_opens_records_is_on_duty_or_reads_none_finds_anybody() {
    for (role, finds) in [
        ("worker", false),
        ("senior-practitioner", false),
        ("head-of-service", false),
        ("information-governance", false),
        // Opens records, and joins people.
        ("team-manager", true),
        ("records-manager", true),
        // Sends observations.
        ("provider-worker", true),
        // Reads no child's record.
        ("administrator", true),
    ] {
        assert_eq!(finds_anybody(&PACK, &standing(role)), finds, "{role}");
    }
    // A role of the night is nobody's by day, beside the one of the day.
    let night = |since| Standing {
        roles: ["worker".to_owned(), "out-of-hours".to_owned()].into(),
        on_duty_since: since,
        ..standing("worker")
    };
    assert!(!finds_anybody(&PACK, &night(None)));
    assert!(finds_anybody(&PACK, &night(Some(date(2026, 3, 5)))));
}

/// Every role with every capability in every situation: an allowed act always has a role that says so, and a refused
/// one none whose relation holds.
#[test]
fn the_decision_follows_the_roles_and_nothing_else() {
    let covered =
        Situation { workers: [person(8)].into(), covers: [(person(7), person(8))].into(), ..Situation::default() };
    let situations = [of_team(1), of_team(2), Situation { workers: [person(7)].into(), ..of_team(2) }, covered];
    for role in PACK.roles() {
        for capability in Capability::ALL {
            for situation in &situations {
                let standing = Standing { manages: [team(2)].into(), ..standing(&role.id) };
                let holds = |relation: &Relation| match relation {
                    Relation::Any => true,
                    Relation::Allocated => situation.workers.contains(&person(7)),
                    Relation::Team => situation.teams.contains(&team(1)),
                    Relation::Manages => situation.teams.contains(&team(2)),
                    Relation::Covers => stands_in_for(person(7), situation).is_some(),
                    Relation::Duty | Relation::Emergency | Relation::Named | Relation::Support => false,
                };
                let expected = role.may.iter().any(|(held, relation)| *held == capability && holds(relation));
                let allowed =
                    matches!(decide(&PACK, person(7), &standing, capability, Some(situation)), Decision::Allow(_));
                assert_eq!(allowed, expected, "{} {}", role.id, capability.name());
            }
        }
    }
}

/// R-SUP-09: whoever stands in reads and writes as the worker could, in the records that are the worker's still.
#[test]
fn r_sup_09_cover_opens_the_workers_children_and_no_others() {
    let deputy = standing("worker");
    let mut record = Situation { workers: [person(8)].into(), covers: [(person(7), person(8))].into(), ..of_team(2) };
    for capability in [Capability::ReadRecord, Capability::RecordEntry] {
        assert_eq!(decide(&PACK, person(7), &deputy, capability, Some(&record)), Decision::Allow(Relation::Covers));
    }
    assert_eq!(stands_in_for(person(7), &record), Some(person(8)));
    assert_eq!(
        decide(&PACK, person(9), &deputy, Capability::ReadRecord, Some(&record)),
        Decision::Refuse(Refusal::NoRelation)
    );
    // What the team's own see as a team, they do for the colleague whom they cover.
    record.teams = [team(1)].into();
    let decision = decide(&PACK, person(7), &deputy, Capability::RecordEntry, Some(&record));
    assert_eq!(decision, Decision::Allow(Relation::Covers));
    // Given to somebody else, it is no longer the colleague's to be covered.
    let given_away = Situation { workers: [person(6)].into(), teams: [team(2)].into(), ..record };
    assert_eq!(stands_in_for(person(7), &given_away), None);
    assert_eq!(
        decide(&PACK, person(7), &deputy, Capability::ReadRecord, Some(&given_away)),
        Decision::Refuse(Refusal::NoRelation)
    );
}

/// R-ACC-08: out of hours a record opens to whoever is on duty and has said why, during that shift.
#[test]
fn r_acc_08_duty_opens_what_a_reason_was_given_for_and_ends_with_the_shift() {
    let tonight = date(2026, 3, 3);
    let on = Standing { on_duty_since: Some(tonight), teams: [].into(), ..standing("out-of-hours") };
    let off = Standing { on_duty_since: None, ..on.clone() };
    let closed = of_team(2);
    let opened = Situation { opened_on_duty: [(person(7), tonight)].into(), ..of_team(2) };
    let ask = |who: &Standing, capability, record: &Situation| decide(&PACK, person(7), who, capability, Some(record));
    assert_eq!(ask(&on, Capability::OpenOnDuty, &closed), Decision::Allow(Relation::Duty));
    assert_eq!(ask(&on, Capability::ReadRecord, &closed), Decision::Refuse(Refusal::NoRelation));
    for capability in [Capability::ReadRecord, Capability::RecordEntry] {
        assert_eq!(ask(&on, capability, &opened), Decision::Allow(Relation::Duty));
        assert_eq!(ask(&off, capability, &opened), Decision::Refuse(Refusal::NoRole));
        // A reason of last night does not open it tonight, and a colleague's never does.
        let earlier = Situation { opened_on_duty: [(person(7), date(2026, 3, 2))].into(), ..of_team(2) };
        assert_eq!(ask(&on, capability, &earlier), Decision::Refuse(Refusal::NoRelation));
        let colleagues = Situation { opened_on_duty: [(person(8), tonight)].into(), ..of_team(2) };
        assert_eq!(ask(&on, capability, &colleagues), Decision::Refuse(Refusal::NoRelation));
    }
    assert_eq!(ask(&off, Capability::OpenOnDuty, &closed), Decision::Refuse(Refusal::NoRole));
    let organisation = Situation { organisation: true, ..opened };
    assert_eq!(ask(&on, Capability::OpenOnDuty, &organisation), Decision::Refuse(Refusal::NoRelation));
    assert!(decide(&PACK, person(7), &off, Capability::SearchPeople, None) == Decision::Refuse(Refusal::NoRole));
}

#[test]
fn a_shift_that_ends_before_it_begins_ends_on_the_next_day() {
    let day = date(2026, 3, 3);
    let hours = |from: DateTime, to: DateTime| Some((from, to));
    assert_eq!(shift(day, "1700-0830"), hours(day.at(17, 0, 0, 0), date(2026, 3, 4).at(8, 30, 0, 0)));
    assert_eq!(shift(day, "0830-1700"), hours(day.at(8, 30, 0, 0), day.at(17, 0, 0, 0)));
    assert_eq!(shift(day, "0830-0830"), hours(day.at(8, 30, 0, 0), date(2026, 3, 4).at(8, 30, 0, 0)));
    for code in ["", "night", "2500-0800", "1700", "17é0-0830"] {
        assert_eq!(shift(day, code), None, "{code}");
    }
}
