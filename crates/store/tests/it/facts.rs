//! Facts kept one entry at a time are the projection that the check works out from all of them.

use jiff::civil::{Date, date};
use record::answer::{Address, Answer};
use store::{Read, Reveal};

use crate::{
    cast::{Answers, Cast, JOB, code, text},
    dice::Dice,
    test_db::TestDb,
};

fn day(dice: &mut Dice) -> Date {
    let month = i8::try_from(dice.below(9)).unwrap() + 1;
    date(2025, month, i8::try_from(dice.below(28)).unwrap() + 1)
}

/// Entries that end, shorten and stand beside each other, with days in any order.
fn entry(dice: &mut Dice, cast: &Cast) -> (&'static str, Date, Answers) {
    let on = day(dice);
    let until = (dice.below(3) == 0).then(|| ("until", Answer::Date(day(dice))));
    match dice.below(4) {
        0 => {
            let status = ["C2", "E1", "V2", "V3"][dice.below(4)];
            ("legal-status", on, [("status", code(status))].into_iter().chain(until).collect())
        }
        1 => {
            let worker = [cast.amy, cast.ben][dice.below(2)];
            let none = dice.below(3) == 0;
            let mut answers = vec![
                ("team", Answer::Team([cast.east, cast.west][dice.below(2)])),
                ("has-worker", Answer::YesNo(!none)),
            ];
            if !none {
                answers
                    .extend([("worker", Answer::Person(worker)), ("file-holder", Answer::YesNo(dice.below(2) == 0))]);
            }
            ("allocation", on, answers.into_iter().chain(until).collect())
        }
        2 => {
            let address = Address {
                lines: format!("{} Mill Lane", dice.below(90)),
                town: "Rochdale".to_owned(),
                postcode: "OL16 1XU".to_owned(),
            };
            let answers = [("address", Answer::Address(address)), ("protected", Answer::YesNo(dice.below(2) == 0))];
            ("address", on, answers.into_iter().chain(until).collect())
        }
        _ => {
            let other = [cast.mona, cast.ivy][dice.below(2)];
            let kind = ["parent", "grandparent"][dice.below(2)];
            let answers = [
                ("person", Answer::Person(other)),
                ("kind", code(kind)),
                ("from", Answer::Date(day(dice))),
                ("organisation", text("none")),
            ];
            ("relationship", on, answers.into_iter().chain(until).collect())
        }
    }
}

both_engines! {
    async fn facts_are_the_same_in_whatever_order_entries_arrive(t: TestDb) {
        let cast = t.cast("").await;
        for seed in 1..=3 {
            let mut dice = Dice(seed);
            let child = t.child(&format!("Child {seed}"), cast.east, None).await;
            for _ in 0..25 {
                t.wait(1);
                let (form, on, answers) = entry(&mut dice, &cast);
                t.record(JOB, child.record, t.id(), form, on, answers).await.unwrap();
            }
        }
        let report = t.assert_sound().await;
        assert!(report.facts > 150, "{}", report.facts);
    }

    async fn several_entries_of_one_act_stand_in_one_line(t: TestDb) {
        let cast = t.cast("").await;
        let child = t.child("Amira", cast.east, None).await;
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(store::Write(policy::Capability::Allocate), child.record, "allocate").await.unwrap();
        let act = t.id();
        tx.begin_act(act);
        for (worker, on) in [(cast.amy, date(2026, 2, 1)), (cast.ben, date(2026, 1, 20)), (cast.amy, date(2026, 1, 25))] {
            let answers = vec![("team", Answer::Team(cast.east)), ("has-worker", Answer::YesNo(true)), ("worker", Answer::Person(worker)), ("file-holder", Answer::YesNo(true))];
            t.write(&tx, &grant, act, "allocation", on, answers).await.unwrap();
        }
        drop(grant);
        tx.commit().await.unwrap();
        t.assert_sound().await;
    }

    async fn a_sealed_fact_reads_back_and_is_no_plain_row(t: TestDb) {
        let cast = t.cast("").await;
        let child = t.child("Amira", cast.east, None).await;
        let address = Address { lines: "7 Mill Lane".to_owned(), town: "Rochdale".to_owned(), postcode: "OL16 1XU".to_owned() };
        let answers = vec![("address", Answer::Address(address)), ("protected", Answer::YesNo(true))];
        t.record(JOB, child.record, t.id(), "address", date(2026, 2, 1), answers).await.unwrap();
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(Read("front-page"), child.record, "").await.unwrap();
        let history = tx.history(&grant, record::known::ADDRESS).await.unwrap();
        assert_eq!(history[0].said.value, record::protected::HIDDEN, "it is protected");
        let grant = tx.authorise(Reveal, child.record, "The visit").await.unwrap();
        let history = tx.history(&grant, record::known::ADDRESS).await.unwrap();
        assert_eq!(history[0].said.value, "7 Mill Lane, Rochdale, OL16 1XU");
        assert_eq!(t.cell("select count(*) from fact where kind = 'address' and value is null and sealed is not null").await, "1");
    }
}
