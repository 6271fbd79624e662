//! Entries that refer to each other by an answer.

use jiff::civil::date;
use record::{EntryId, answer::Answer};
use store::{
    Actor, Read,
    verify::{EntryProblem, Finding},
};

use crate::{
    cast::{Answers, Cast, Child, code, text},
    test_db::TestDb,
};

fn request(entry: EntryId) -> Answers {
    vec![("entry", Answer::Entry(entry)), ("matter", code("wrong")), ("wrong", text("it was the aunt"))]
}

async fn asked(t: &TestDb, cast: &Cast, child: Child, about: EntryId) -> EntryId {
    let amy = Actor::Person(cast.amy);
    t.record(amy, child.record, t.id(), "correction-request", date(2026, 3, 3), request(about)).await.unwrap().unwrap()
}

both_engines! {
    async fn an_entry_is_found_from_the_one_that_it_refers_to_within_its_record(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let bilal = t.child("Bilal", cast.east, None).await;
        let amy = Actor::Person(cast.amy);
        let note = t.note(amy, amira, "a call").await;
        let other = t.note(amy, amira, "another call").await;
        let request = asked(&t, &cast, amira, note).await;
        let tx = t.begin(amy).await;
        let grant = tx.authorise(Read("read-entry-page"), amira.record, "").await.unwrap();
        let links = tx.linked_from(&grant, &[note, other]).await.unwrap();
        let found: Vec<_> = links.iter().map(|link| (link.from.entry, link.from.form.as_str(), link.field.as_str(), link.to)).collect();
        assert_eq!(found, [(request, "correction-request", "entry", note)]);
        assert_eq!(links[0].from.happened_on, date(2026, 3, 3));
        assert_eq!(tx.briefs(&grant, &[note]).await.unwrap()[&note].form, "case-note");
        // Not from another child's record, whatever is asked.
        let bilals = tx.authorise(Read("read-entry-page"), bilal.record, "").await.unwrap();
        assert_eq!(tx.linked_from(&bilals, &[note]).await.unwrap(), []);
        assert!(tx.briefs(&bilals, &[note]).await.unwrap().is_empty());
        drop((grant, bilals));
        tx.commit().await.unwrap();
        t.assert_sound().await;
    }

    /// Class 27: the plain row of a link is cut, or leads elsewhere. It follows from the sealed words.
    async fn r_int_05_class_27_a_link_cut_is_found(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let amy = Actor::Person(cast.amy);
        let (note, other) = (t.note(amy, amira, "a call").await, t.note(amy, amira, "another").await);
        let (cut, turned) = (asked(&t, &cast, amira, note).await, asked(&t, &cast, amira, note).await);
        t.assert_sound().await;
        t.tamper(&format!("delete from answer where entry = '{cut}' and field = 'entry'")).await;
        t.tamper(&format!("update answer set value = '{other}' where entry = '{turned}' and field = 'entry'")).await;
        let report = t.verify().await;
        for entry in [cut, turned] {
            let found: Vec<_> = report.findings.iter().filter(|one| one.entry() == Some(entry.to_string().as_str())).collect();
            assert!(
                matches!(found[..], [Finding::Entry { problem: EntryProblem::Answer(field), .. }] if field == "entry"),
                "{found:?}"
            );
        }
    }
}
