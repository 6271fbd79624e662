//! What a record owes, kept with the act that changes it, and worked out again.

use jiff::civil::{Date, date};
use policy::clock::Owner;
use record::obligation::Standing;
use store::{
    Actor, Owed, OwnedBy, Read, StoreError,
    verify::{Finding, ObligationProblem},
};

use crate::{
    cast::{Cast, Child, JOB, WRITE, code, note, status},
    right::{amend, family},
    test_db::{PACK, TestDb},
};

async fn owed(t: &TestDb, cast: &Cast, child: Child) -> Vec<Owed> {
    let tx = t.begin(Actor::Person(cast.amy)).await;
    let grant = tx.authorise(Read("tests"), child.record, "").await.unwrap();
    tx.obligations(&grant).await.unwrap()
}

/// The obligation of one rule that is there once.
async fn one(t: &TestDb, cast: &Cast, child: Child, clock: &str) -> Owed {
    let all: Vec<_> = owed(t, cast, child).await.into_iter().filter(|owed| owed.id.clock == clock).collect();
    assert_eq!(all.len(), 1, "{clock}: {all:?}");
    all.into_iter().next().unwrap()
}

fn due(owed: &Owed) -> Option<Date> {
    owed.due.map(|due| due.due.date())
}

fn standing(t: &TestDb, owed: &Owed) -> Standing {
    owed.standing(&PACK, t.now().london()).unwrap()
}

both_engines! {
    /// R-TIME-X08, R-REV-01: what a child becoming looked after sets off is there with the act that says so, moves with
    /// an amendment under the same name, and goes when the status was never so.
    async fn r_time_x08_an_obligation_follows_the_act_that_sets_it_off(t: TestDb) {
        let (cast, amira) = family(&t).await;
        assert!(owed(&t, &cast, amira).await.iter().all(|owed| owed.id.clock != "review-first"));
        let looked_after = status(&t, amira, "C2", date(2026, 2, 2)).await;
        let first = one(&t, &cast, amira, "review-first").await;
        assert_eq!((due(&first), first.owner), (Some(date(2026, 3, 2)), OwnedBy::Worker));
        assert_eq!(first.event.day(), date(2026, 2, 2));
        assert!(matches!(first.clock(&PACK).unwrap().owner, Owner::AllocatedWorker));
        // Read on Tuesday 3 March it is late, by the time of reading alone.
        assert_eq!(standing(&t, &first), Standing::Late);
        t.assert_sound().await;

        t.wait(3_600);
        let amends = (looked_after, "legal-status", date(2026, 2, 9));
        let amendment = amend(&t, cast.mona, amira, amends, vec![("status", code("C2"))], None).await.unwrap();
        let moved = one(&t, &cast, amira, "review-first").await;
        assert_eq!((due(&moved), &moved.id), (Some(date(2026, 3, 9)), &first.id));
        assert_eq!(standing(&t, &moved), Standing::Ahead);
        t.wait(3 * 86_400);
        assert_eq!(standing(&t, &moved), Standing::Soon, "on the working day before it somebody is reminded");
        t.assert_sound().await;

        t.wait(3_600);
        let amends = (amendment, "legal-status", date(2026, 2, 9));
        amend(&t, cast.mona, amira, amends, vec![("status", code("V4"))], None).await.unwrap();
        assert!(owed(&t, &cast, amira).await.iter().all(|owed| owed.id.clock != "review-first"));
        t.assert_sound().await;
    }

    /// R-TIME-X03: what begins in the record's own life: the chronology is due two months after the first entry.
    async fn r_time_x03_the_record_itself_sets_a_clock_off(t: TestDb) {
        let (cast, amira) = family(&t).await;
        let chronology = one(&t, &cast, amira, "chronology-updated").await;
        assert_eq!(due(&chronology), Some(date(2026, 5, 3)));
        t.assert_sound().await;
    }

    /// Everything that a database owes is worked out when it is opened under another pack than before, and nothing else
    /// is then there than what acts had kept one by one.
    async fn what_was_kept_act_by_act_is_what_is_worked_out_for_all(t: TestDb) {
        let (cast, amira) = family(&t).await;
        let bilal = t.child("Bilal", cast.east, Some(cast.amy)).await;
        status(&t, amira, "C2", date(2026, 1, 5)).await;
        status(&t, bilal, "V2", date(2026, 2, 2)).await;
        t.wait(86_400);
        status(&t, amira, "V4", date(2026, 3, 1)).await;
        let before = [owed(&t, &cast, amira).await, owed(&t, &cast, bilal).await];
        assert!(before.iter().all(|owed| owed.len() > 1), "{before:?}");
        t.tamper("delete from owed").await;
        assert_eq!(owed(&t, &cast, amira).await, []);
        // Whose rows are by other rules is worked out where it is asked for, and behind everybody's back.
        t.tamper("update record set owed_under = 'others'").await;
        assert_eq!([owed(&t, &cast, amira).await, owed(&t, &cast, bilal).await], before);
        assert_eq!(t.cell("select cast(count(*) as text) from owed").await, "0");
        let again = t.again().await.unwrap();
        again.work_out_owed().await.unwrap();
        again.close().await;
        assert_ne!(t.cell("select cast(count(*) as text) from owed").await, "0");
        assert_eq!([owed(&t, &cast, amira).await, owed(&t, &cast, bilal).await], before);
        t.assert_sound().await;
    }

    /// R-GOV-03, R-INT-06: an act that was begun by these rules is not laid over rows that other rules have put there since:
    /// it begins again, and then puts all of the record's in their place.
    async fn r_gov_03_an_act_is_not_laid_over_rows_by_other_rules(t: TestDb) {
        let (cast, amira) = family(&t).await;
        status(&t, amira, "C2", date(2026, 2, 2)).await;
        let before = one(&t, &cast, amira, "review-first").await;
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(WRITE, amira.record, "record").await.unwrap();
        let act = t.id();
        tx.begin_act(act);
        t.write(&tx, &grant, act, "case-note", date(2026, 3, 2), note("slow")).await.unwrap();
        drop(grant);
        t.tamper("update owed set due = '2026-09-01T23:59:59' where clock = 'review-first'").await;
        t.tamper("update record set owed_under = 'others' where kind = 'child'").await;
        assert!(matches!(tx.commit().await, Err(StoreError::Conflict)));
        t.note(JOB, amira, "begun again").await;
        assert_eq!(one(&t, &cast, amira, "review-first").await, before);
        t.assert_sound().await;
    }

    /// R-INT-06: whoever changes a limit behind the program's back is found, with the record and the rule.
    async fn r_int_06_an_obligation_that_does_not_follow_is_named(t: TestDb) {
        let (_, amira) = family(&t).await;
        status(&t, amira, "C2", date(2026, 2, 2)).await;
        t.assert_sound().await;
        let problems = async || -> Vec<(String, ObligationProblem)> {
            let findings = t.verify().await.findings;
            findings.into_iter().filter_map(|found| match found {
                Finding::Obligation { obligation, problem, .. } => {
                    Some((obligation.split('/').next().unwrap().to_owned(), problem))
                }
                _ => None,
            }).collect()
        };
        t.tamper("update owed set due = '2026-09-01T23:59:59' where clock = 'review-first'").await;
        assert_eq!(problems().await, [("review-first".to_owned(), ObligationProblem::Changed)]);
        t.tamper("update owed set owner = 'whoever' where clock = 'review-first'").await;
        let found = problems().await;
        assert!(found.contains(&("review-first".to_owned(), ObligationProblem::Changed)), "{found:?}");
        t.tamper("delete from owed where clock = 'review-first'").await;
        assert_eq!(problems().await, [("review-first".to_owned(), ObligationProblem::Missing)]);
        t.tamper("update owed set clock = 'review-second' where clock = 'chronology-updated'").await;
        let found = problems().await;
        assert!(found.contains(&("review-second".to_owned(), ObligationProblem::Extra)), "{found:?}");
        // Nobody reads what a record owes that is not there.
        let stranger: record::RecordId = t.id();
        t.tamper(&format!("update owed set record = '{stranger}' where clock = 'review-second'")).await;
        let found = problems().await;
        assert!(found.contains(&("review-second".to_owned(), ObligationProblem::Extra)), "{found:?}");
    }

    /// What somebody owes by name, in a record that is closed to them, is not told them.
    async fn what_is_owed_in_a_closed_record_is_not_listed(t: TestDb) {
        let (cast, amira) = family(&t).await;
        status(&t, amira, "C2", date(2026, 2, 2)).await;
        t.tamper(&format!("update owed set owner = 'person', person = '{}' where clock = 'review-first'", cast.amy)).await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert_eq!(tx.owed_by_me().await.unwrap(), [(amira.record, false)].into());
        // A list that shows somebody by name leaves its line.
        assert_eq!(tx.listed_by_name("list-owed", &[amira.record]).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        assert_eq!(t.leaves("list-owed").await[0].shown, [amira.record.to_string()]);
        t.allocate(amira.record, cast.west, Some(cast.ben), date(2026, 3, 3)).await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert!(tx.owed_by_me().await.unwrap().is_empty());
        // The list of what is open leaves out what is met and what has ended.
        let open = tx.owed(&[amira.record]).await.unwrap();
        assert!(open.iter().all(|owed| owed.met.is_none() && owed.ended.is_none()));
    }
}
