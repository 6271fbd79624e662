//! Who may do what to which record: the roles of the pack and their relations.

use policy::{Capability, Relation};
use record::access::{Decision, Refusal, Situation, Standing, decide, reach};

use crate::world::{PACK, person, team};

fn standing(role: &str) -> Standing {
    Standing { roles: [role.to_owned()].into(), teams: [team(1)].into(), manages: [].into(), active: true }
}

fn of_team(n: u8) -> Situation {
    Situation { workers: [].into(), teams: [team(n)].into(), organisation: false }
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

/// Every role with every capability in every situation: an allowed act always has a role that says so, and a refused
/// one none whose relation holds.
#[test]
fn the_decision_follows_the_roles_and_nothing_else() {
    let situations = [of_team(1), of_team(2), Situation { workers: [person(7)].into(), ..of_team(2) }];
    for role in PACK.roles() {
        for capability in Capability::ALL {
            for situation in &situations {
                let standing = Standing { manages: [team(2)].into(), ..standing(&role.id) };
                let holds = |relation: &Relation| match relation {
                    Relation::Any => true,
                    Relation::Allocated => situation.workers.contains(&person(7)),
                    Relation::Team => situation.teams.contains(&team(1)),
                    Relation::Manages => situation.teams.contains(&team(2)),
                };
                let expected = role.may.iter().any(|(held, relation)| *held == capability && holds(relation));
                let allowed =
                    matches!(decide(&PACK, person(7), &standing, capability, Some(situation)), Decision::Allow(_));
                assert_eq!(allowed, expected, "{} {}", role.id, capability.name());
            }
        }
    }
}
