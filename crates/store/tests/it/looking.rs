//! Looking for people: who is found by what slip, what the keys follow from, and what an address never gives away.

use jiff::civil::date;
use record::{
    answer::{Address, Answer},
    likeness::{LookedFor, Number},
};
use store::{
    Actor, SearchFor,
    verify::{Finding, KeysProblem},
};

use crate::{
    cast::{Child, JOB, text},
    test_db::{TestDb, in_words},
};

async fn details(t: &TestDb, child: Child, more: Vec<(&'static str, Answer)>) {
    let mut answers = vec![("born", Answer::YesNo(true)), ("confirmed", Answer::YesNo(false))];
    answers.extend(more);
    t.record(JOB, child.record, t.id(), "person", date(2026, 2, 2), answers).await.unwrap();
}

async fn lives(t: &TestDb, child: Child, protected: bool) {
    let address =
        Address { lines: "12 Fern Road".to_owned(), town: "Harrowdale".to_owned(), postcode: "ZZ1 4FR".to_owned() };
    let answers = vec![("address", Answer::Address(address)), ("protected", Answer::YesNo(protected))];
    t.record(JOB, child.record, t.id(), "address", date(2026, 2, 2), answers).await.unwrap();
}

/// Who is found, by number in the order shown, with why.
async fn found(t: &TestDb, actor: Actor, looked_for: &LookedFor) -> Vec<(record::PersonId, String)> {
    let tx = t.begin(actor).await;
    let found = tx.find_people(looked_for, SearchFor::Record, 20).await.unwrap();
    tx.commit().await.unwrap();
    found.into_iter().map(|one| (one.person, one.like.in_words())).collect()
}

both_engines! {
    /// R-BAS-01, R-PPL-03: before a person is made they are found by every likely slip, the likest first.
    async fn r_bas_01_people_are_found_by_likely_slips(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Catherine", cast.east, Some(cast.amy)).await;
        t.child("Bilal", cast.west, None).await;
        let amy = Actor::Person(cast.amy);
        for (name, born, why) in [
            ("Kathryn Okafor", Some(date(2016, 5, 14)), "name sounds alike, same date of birth"),
            ("Okafor Catherine", Some(date(2016, 5, 14)), "same names in another order, same date of birth"),
            ("Catherine Okafor", Some(date(2016, 5, 15)), "same name, date of birth differs in one digit"),
            ("Catherine O'Kafor", None, "same name"),
            ("Cath", None, "name begins so"),
            ("Cath", Some(date(2016, 5, 14)), "name begins so, same date of birth"),
            ("Cath Ok", Some(date(2016, 5, 14)), "name begins so, same date of birth"),
        ] {
            let all = found(&t, amy, &LookedFor::new(name, born)).await;
            assert_eq!(all.first(), Some(&(amira.person, why.to_owned())), "{name}: {all:?}");
        }
        // A part of the name and another day are somebody else's.
        assert_eq!(found(&t, amy, &LookedFor::new("Cath", Some(date(2014, 8, 2)))).await, []);
        // What they were once called, and what they like to be called.
        details(&t, amira, vec![("given-names", text("Catherine")), ("family-name", text("Moss")), ("preferred-name", text("Kit")), ("nhs-number", Answer::Code("943 476 5919".to_owned()))]).await;
        for (name, why) in [
            ("Catherine Moss", "same name, same date of birth"),
            ("Catherine Okafor", "same name, same date of birth"),
            ("Kit Moss", "same name, same date of birth, by the name they prefer"),
        ] {
            assert_eq!(found(&t, amy, &LookedFor::new(name, Some(date(2016, 5, 14)))).await[0], (amira.person, why.to_owned()));
        }
        let by_number = LookedFor::new("", None).with_number(Number::Any, "9434765919");
        assert_eq!(found(&t, amy, &by_number).await, [(amira.person, "same NHS number".to_owned())]);
        assert_eq!(found(&t, amy, &LookedFor::new("Nobody Here", Some(date(1999, 1, 1)))).await, []);
        let leaf = t.leaves("search-people").await.pop().unwrap();
        assert!(leaf.record.is_none(), "a search is of no record");
        t.assert_sound().await;
    }

    /// R-ALR-01: an address finds nobody alone, nobody for whom the record is closed, and nobody where it is protected.
    async fn r_alr_01_an_address_gives_nobody_away(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let (amy, ben) = (Actor::Person(cast.amy), Actor::Person(cast.ben));
        lives(&t, amira, false).await;
        let near = LookedFor::new("Okafor", None).with_address("12", "ZZ1 4FR");
        let far = LookedFor::new("Okafor", None);
        assert_eq!(found(&t, amy, &near).await, [(amira.person, "same or like family name, same address".to_owned())]);
        assert_eq!(found(&t, ben, &near).await, found(&t, ben, &far).await, "who may not read the record learns nothing");
        assert_eq!(found(&t, amy, &LookedFor::new("", None).with_address("12", "ZZ1 4FR")).await, []);
        assert_eq!(t.cell("select count(*) from person_key where key like '%FERN%' or key like '%ZZ1%' or key like '%zz1%'").await, "0");
        assert_ne!(t.cell("select count(*) from person_key where key like 'a%'").await, "0");
        // Protected from now on: not even the hidden key stays.
        t.wait(60);
        lives(&t, amira, true).await;
        assert_eq!(found(&t, amy, &near).await, found(&t, amy, &far).await);
        assert_eq!(t.cell("select count(*) from person_key where key like 'a%'").await, "0");
        t.assert_sound().await;
    }

    /// R-INT-01: the keys follow from the facts; what was put beside them or taken away is named.
    async fn r_int_01_keys_are_worked_out_again(t: TestDb) {
        let cast = t.cast("").await;
        let amira = t.child("Amira", cast.east, None).await;
        t.tamper(&format!("delete from person_key where person = '{}' and key like 'b%'", amira.person)).await;
        let report = t.verify().await;
        assert!(matches!(report.findings.as_slice(), [Finding::Keys { problem: KeysProblem::Missing, .. }]), "{:?}", in_words(&report));
        t.tamper(&format!("insert into person_key (record, person, key) values ('{}', '{}', 'wsomebody')", amira.record, cast.amy)).await;
        let report = t.verify().await;
        assert_eq!(report.findings.len(), 2, "{:?}", in_words(&report));
        // A database without any is filled at its start.
        t.tamper("delete from person_key").await;
        let again = t.again().await.unwrap();
        again.close().await;
        t.assert_sound().await;
    }
}
