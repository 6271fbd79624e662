//! Entries that are put right: what stands, what counts, what stays to be read, and tampering with the ties.

use jiff::civil::date;
use record::{
    ActId, EntryId, PersonId,
    answer::Answer,
    entry::{About, Change, changes},
    known,
    right::{Amends, Fate, Right},
};
use store::{
    Actor, Read, StoreError, Write,
    extract::Extract,
    verify::{EntryProblem, Finding, StandingProblem},
};

use crate::{
    cast::{Answers, Cast, Child, code, content, note, status},
    test_db::{PACK, TestDb, in_words},
};

/// An amendment of an entry of this child's, with these answers.
pub async fn amend(
    t: &TestDb,
    by: PersonId,
    child: Child,
    (of, form, on): (EntryId, &str, jiff::civil::Date),
    answers: Answers,
    approval_of: Option<PersonId>,
) -> Result<EntryId, StoreError> {
    let form = PACK.form(form).unwrap();
    let tx = t.begin(Actor::Person(by)).await;
    let grant = tx.authorise(Write(policy::Capability::AmendEntry), child.record, "amend").await.unwrap();
    let act: ActId = t.id();
    tx.begin_act(act);
    tx.keep_form(&form.hash, &form.id, form.version, || PACK.canonical_form(form)).await?;
    let stored = tx.entry(&grant, of).await?.unwrap();
    let first = stored.content.first_written();
    let amends = Amends { entry: of, first, why: "it was the aunt".into(), approval_of };
    let mut says = content(form, by, on, tx.now(), answers);
    says.right = Right { amends: Some(amends), ..Right::default() };
    let entry: EntryId = t.id();
    let about = About { record: child.record, holder: Some(child.person), entry };
    let mut changes = changes(&PACK, form, says, about);
    if approval_of.is_some() {
        changes.retain(|change| matches!(change, Change::EntryCompleted(_)));
    }
    tx.keep_amendment(&grant, act, of, changes).await?;
    drop(grant);
    tx.commit().await.map(|()| entry)
}

/// A child of the tests, with a worker.
pub async fn family(t: &TestDb) -> (Cast, Child) {
    let cast = t.cast("amy mona").await;
    let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
    (cast, amira)
}

/// The legal statuses that the record says, with the day on which each ends.
async fn statuses(t: &TestDb, by: PersonId, child: Child) -> Vec<(String, String, Option<String>)> {
    let tx = t.begin(Actor::Person(by)).await;
    let grant = tx.authorise(Read("tests"), child.record, "").await.unwrap();
    let facts = tx.history(&grant, known::LEGAL_STATUS).await.unwrap();
    let told = |fact: &record::fact::Fact| {
        (fact.said.value.clone(), fact.said.from.to_string(), fact.until.map(|day| day.to_string()))
    };
    facts.iter().map(told).collect()
}

both_engines! {
    /// R-INT-05, R-INT-01: the amendment's facts take the place of the original's in the middle of their line, and the
    /// original can still be read.
    async fn r_int_05_facts_of_an_amendment_take_the_place(t: TestDb) {
        let (cast, amira) = family(&t).await;
        status(&t, amira, "V2", date(2026, 1, 10)).await;
        let wrong = status(&t, amira, "C1", date(2026, 1, 20)).await;
        status(&t, amira, "C2", date(2026, 2, 10)).await;
        t.wait(86_400);
        let amends = (wrong, "legal-status", date(2026, 1, 25));
        let right = amend(&t, cast.mona, amira, amends, vec![("status", code("E1"))], None).await.unwrap();
        let day = |text: &str| Some(text.to_owned());
        assert_eq!(statuses(&t, cast.amy, amira).await, [
            ("V2".to_owned(), "2026-01-10".to_owned(), day("2026-01-25")),
            ("E1".to_owned(), "2026-01-25".to_owned(), day("2026-02-10")),
            ("C2".to_owned(), "2026-02-10".to_owned(), None),
        ]);
        t.assert_sound().await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let grant = tx.authorise(Read("tests"), amira.record, "").await.unwrap();
        let original = tx.entry(&grant, wrong).await.unwrap().unwrap();
        assert_eq!(original.content.answer("status"), Some(&code("C1")));
        let put_right = tx.put_right(&grant, &[wrong, right]).await.unwrap();
        assert_eq!(put_right.keys().collect::<Vec<_>>(), [&wrong]);
        assert_eq!((put_right[&wrong].how, put_right[&wrong].by.entry), (Fate::Amended, right));
        assert_eq!(tx.amended_before(right).await.unwrap(), [wrong, right]);
        assert_eq!(tx.standing_now(wrong).await.unwrap(), Some(right));
        // It is counted once, and offered for reference as it stands.
        let offered = tx.entries_of_forms(&grant, &["legal-status".to_owned()], 60).await.unwrap();
        assert!(offered.iter().all(|one| one.entry != wrong) && offered.iter().any(|one| one.entry == right));
        let story = tx.entries(&grant, false, None, 60).await.unwrap();
        assert_eq!(i64::try_from(story.len()).unwrap(), tx.extent(&grant).await.unwrap().0 + 1);
    }

    /// A chain has no fork: the second of two who amend the same entry is refused whole, and the amendment can be amended.
    async fn r_int_05_a_chain_without_a_fork(t: TestDb) {
        let (cast, amira) = family(&t).await;
        let first = status(&t, amira, "C1", date(2026, 1, 20)).await;
        let to = |code_of: &'static str| vec![("status", code(code_of))];
        let at = |of: EntryId| (of, "legal-status", date(2026, 1, 20));
        let second = amend(&t, cast.mona, amira, at(first), to("C2"), None).await.unwrap();
        let fork = amend(&t, cast.mona, amira, at(first), to("V2"), None).await;
        assert!(fork.is_err(), "{fork:?}");
        let third = amend(&t, cast.mona, amira, at(second), to("E1"), None).await.unwrap();
        let held: Vec<_> = statuses(&t, cast.amy, amira).await.into_iter().map(|(value, ..)| value).collect();
        assert_eq!(held, ["E1"]);
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert_eq!(tx.amended_before(third).await.unwrap(), [first, second, third]);
        drop(tx);
        t.assert_sound().await;
    }

    /// What people are found under goes with the words that were wrong.
    async fn r_ppl_01_keys_follow_an_amended_name(t: TestDb) {
        let (cast, amira) = family(&t).await;
        let named = |family: &str| -> Answers {
            vec![
                ("given-names", Answer::Text("Amira".to_owned())),
                ("family-name", Answer::Text(family.to_owned())),
                ("born", Answer::YesNo(true)),
                ("birth", Answer::Date(date(2016, 5, 14))),
                ("confirmed", Answer::YesNo(false)),
            ]
        };
        let wrong = t.record(crate::cast::JOB, amira.record, t.id(), "person", date(2026, 2, 1), named("Quagmire")).await.unwrap().unwrap();
        let before = t.cell(&format!("select count(*) from person_key where record = '{}'", amira.record)).await;
        amend(&t, cast.mona, amira, (wrong, "person", date(2026, 2, 1)), named("Okafor"), None).await.unwrap();
        assert_ne!(t.cell(&format!("select count(*) from person_key where record = '{}'", amira.record)).await, before);
        t.assert_sound().await;
    }

    /// R-INT-04: what waits for its author sets nothing; a yes lets it stand, a no never.
    async fn r_int_04_an_amendment_waits_for_its_author(t: TestDb) {
        let (cast, amira) = family(&t).await;
        let amy = Actor::Person(cast.amy);
        let on = date(2026, 1, 20);
        let mut wrongs = Vec::new();
        for _ in 0..2 {
            let answers = vec![("status", code("C1"))];
            wrongs.push(t.record(amy, amira.record, t.id(), "legal-status", on, answers).await.unwrap().unwrap());
        }
        let first = amend(&t, cast.mona, amira, (wrongs[1], "legal-status", on), vec![("status", code("C2"))], Some(cast.amy)).await.unwrap();
        t.assert_sound().await;
        let values = |all: Vec<(String, String, Option<String>)>| all.into_iter().map(|(value, ..)| value).collect::<Vec<_>>();
        assert_eq!(values(statuses(&t, cast.amy, amira).await), ["C1", "C1"]);
        let tx = t.begin(amy).await;
        let waiting = tx.waiting_for_me().await.unwrap();
        assert_eq!(waiting.iter().map(|one| (one.entry, one.by)).collect::<Vec<_>>(), [(first, cast.mona)]);
        drop(tx);
        let mona = t.begin(Actor::Person(cast.mona)).await;
        assert_eq!(mona.waiting_for_me().await.unwrap(), []);
        drop(mona);

        let answer = |yes: bool, of: EntryId| vec![("entry", Answer::Entry(of)), ("approved", Answer::YesNo(yes))];
        let form = PACK.form("amendment-approval").unwrap();
        {
            let amendment = first;
            let tx = t.begin(amy).await;
            let grant = tx.authorise(Write(form.may_complete), amira.record, "approve").await.unwrap();
            let act: ActId = t.id();
            tx.begin_act(act);
            let entry = t.write(&tx, &grant, act, "amendment-approval", date(2026, 3, 3), answer(true, amendment)).await.unwrap();
            let stored = tx.entry(&grant, amendment).await.unwrap().unwrap();
            let of = PACK.form("legal-status").unwrap();
            let said = record::fact::assertions(&PACK, of, &stored.content, (amendment, 1), amira.record, Some(amira.person));
            tx.answer_amendment(&grant, (wrongs[1], amendment, entry), Some(said)).await.unwrap();
            drop(grant);
            tx.commit().await.unwrap();
        }
        t.assert_sound().await;
        assert!(values(statuses(&t, cast.amy, amira).await).contains(&"C2".to_owned()));
        // And a no.
        let second = amend(&t, cast.mona, amira, (wrongs[0], "legal-status", on), vec![("status", code("E1"))], Some(cast.amy)).await.unwrap();
        let tx = t.begin(amy).await;
        let grant = tx.authorise(Write(form.may_complete), amira.record, "approve").await.unwrap();
        let act: ActId = t.id();
        tx.begin_act(act);
        let entry = t.write(&tx, &grant, act, "amendment-approval", date(2026, 3, 3), answer(false, second)).await.unwrap();
        tx.answer_amendment(&grant, (wrongs[0], second, entry), None).await.unwrap();
        drop(grant);
        tx.commit().await.unwrap();
        t.assert_sound().await;
        assert!(!values(statuses(&t, cast.amy, amira).await).contains(&"E1".to_owned()));
    }

    /// R-REP-02: an amended entry is counted once, by its amendment's answers and the first writing's day.
    async fn r_rep_02_an_amended_entry_is_counted_once(t: TestDb) {
        let (cast, amira) = family(&t).await;
        let amy = Actor::Person(cast.amy);
        let wrong = t.note(amy, amira, "a call").await;
        t.wait(20 * 86_400);
        amend(&t, cast.mona, amira, (wrong, "case-note", date(2026, 3, 1)), note("another call"), None).await.unwrap();
        let extract = Extract::at(t.keys().parent().unwrap().join("counts").join("extract.db"));
        extract.make(&t.db).await.unwrap();
        let tx = t.begin(Actor::Person(cast.mona)).await;
        let mut counting = tx.count(&extract, "count-tests").await.unwrap().unwrap();
        let notes = counting.timeliness(date(2026, 3, 1), date(2026, 3, 31)).await.unwrap();
        let of: Vec<_> = notes.iter().filter(|one| one.form == "case-note").map(|one| (one.entries, one.median_days)).collect();
        assert_eq!(of, [(1, 2)], "written on 3 March, by the amendment about 1 March");
    }

    /// Class 27: the link from an amended entry to its amendment is cut, or leads elsewhere, or was never made.
    async fn r_int_05_class_27_a_cut_link_of_an_amendment_is_found(t: TestDb) {
        let (cast, amira) = family(&t).await;
        let amy = Actor::Person(cast.amy);
        let [wrong, other] = [t.note(amy, amira, "a call").await, t.note(amy, amira, "another").await];
        let right = amend(&t, cast.mona, amira, (wrong, "case-note", date(2026, 3, 2)), note("the aunt rang"), None).await.unwrap();
        t.assert_sound().await;
        let standing = async |sql: String| {
            t.tamper(&sql).await;
            let found = t.verify().await.findings;
            let standing = found.iter().filter_map(|one| match one {
                Finding::Standing { entry, problem, number: Some(_) } => Some((entry.clone(), *problem)),
                _ => None,
            });
            standing.collect::<Vec<_>>()
        };
        let changed = standing(format!("update not_standing set because_of = '{other}' where entry = '{wrong}'")).await;
        assert_eq!(changed, [(wrong.to_string(), StandingProblem::Changed)]);
        let cut = standing(format!("delete from not_standing where entry = '{wrong}'")).await;
        assert_eq!(cut, [(wrong.to_string(), StandingProblem::Missing)]);
        t.tamper(&format!("insert into not_standing values ('{wrong}', '{}', 'amended', '{right}')", amira.record)).await;
        t.assert_sound().await;
        let put_in = standing(format!("insert into not_standing values ('{other}', '{}', 'amended', '{right}')", amira.record)).await;
        assert_eq!(put_in, [(other.to_string(), StandingProblem::Extra)]);
        t.tamper(&format!("delete from not_standing where entry = '{other}'")).await;
        // What the amendment says of the original is sealed with its words.
        let mut sealed = t.blob(&format!("select sealed from entry_version where entry = '{right}'")).await;
        let last = sealed.len() - 1;
        sealed[last] ^= 1;
        t.tamper_with(&format!("update entry_version set sealed = $1 where entry = '{right}'"), &[&sealed]).await;
        let report = t.verify().await;
        let about: Vec<_> = report.findings.iter().filter(|one| one.entry() == Some(right.to_string().as_str())).collect();
        assert!(matches!(about[..], [Finding::Entry { problem: EntryProblem::Sealed, .. }]), "{:?}", in_words(&report));
    }
}
