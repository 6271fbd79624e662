//! What waits to be authorised, kept with the act and worked out again.

use jiff::civil::date;
use record::{EntryId, answer::Answer};
use store::{
    Actor,
    verify::{Finding, StandingProblem},
};

use crate::{
    cast::{Child, JOB, code, text},
    test_db::TestDb,
};

async fn alert(t: &TestDb, child: Child) -> EntryId {
    let answers = vec![
        ("kind", code("animal")),
        ("since", Answer::Date(date(2026, 3, 1))),
        ("risk", text("The dog bites.")),
        ("based-on", text("Case note of 2 March 2026.")),
    ];
    t.record(JOB, child.record, t.id(), "risk-alert", date(2026, 3, 2), answers).await.unwrap().unwrap()
}

both_engines! {
    /// R-ALR-02, R-OBS-18, R-INT-06: an entry that waits asserts nothing and is on the list of whoever may authorise it,
    /// never of who wrote it; whoever takes it off the list behind the program's back is found.
    async fn r_obs_18_what_waits_is_listed_and_verified(t: TestDb) {
        let cast = t.cast("amy mona").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let entry = alert(&t, amira).await;
        assert_eq!(t.cell("select count(*) from fact where kind = 'risk-alert'").await, "0");
        for (who, sees) in [(cast.mona, true), (cast.amy, false)] {
            let tx = t.begin(Actor::Person(who)).await;
            let listed = tx.to_authorise(&["risk-alert".to_owned()].into(), 9).await.unwrap();
            assert_eq!(listed.iter().any(|one| one.entry == entry), sees, "{who}");
            assert!(tx.to_authorise(&["visit".to_owned()].into(), 9).await.unwrap().is_empty(), "others crowd none out");
        }
        t.assert_sound().await;
        t.tamper(&format!("delete from to_authorise where entry = '{entry}'")).await;
        let found = t.verify().await.findings;
        let expected = |one: &Finding| matches!(one, Finding::Standing { entry: of, problem: StandingProblem::Authorising, .. } if *of == entry.to_string());
        assert!(found.iter().any(expected), "{found:?}");
    }
}
