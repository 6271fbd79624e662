//! One person who was made twice: read as one, by whom the entry says, and parted again with nothing lost.

use jiff::civil::date;
use policy::Capability;
use record::{
    ActId, PersonId, RecordId,
    answer::Answer,
    likeness::LookedFor,
    same::{APART, SHARED},
};
use store::{Actor, ListOf, Read, Refused, SearchFor, StoreError, Write, verify::Finding};

use crate::{
    cast::{Answers, Cast, Child, JOB, code, text},
    test_db::{TestDb, in_words},
};

/// Says something of two people in each of their records, in one act.
async fn say(t: &TestDb, form: &str, alias: PersonId, one: PersonId, answers: Answers) -> Result<(), StoreError> {
    let tx = t.begin(JOB).await;
    put(t, &tx, form, alias, one, answers).await;
    tx.commit().await
}

async fn put(t: &TestDb, tx: &store::Tx, form: &str, alias: PersonId, one: PersonId, answers: Answers) {
    let act: ActId = t.id();
    tx.begin_act(act);
    let mut all = vec![
        ("alias", Answer::Person(alias)),
        ("one", Answer::Person(one)),
        ("reason", text("the same birth certificate")),
    ];
    all.extend(answers);
    for record in tx.records_to_join_in(&[alias, one]).await.unwrap().unwrap() {
        let grant = tx.authorise(Write(Capability::JoinPeople), record, "join").await.unwrap();
        t.write(tx, &grant, act, form, date(2026, 3, 3), all.clone()).await.unwrap();
    }
}

pub async fn join(t: &TestDb, alias: Child, one: Child, access: &str) {
    say(t, "same-person", alias.person, one.person, vec![("access", code(access))]).await.unwrap();
}

async fn part(t: &TestDb, alias: Child, one: Child) {
    say(t, "not-same-person", alias.person, one.person, Vec::new()).await.unwrap();
}

/// The entries that somebody reads from a record, with the records in which they stand; none where it is closed.
async fn read(t: &TestDb, person: PersonId, record: RecordId) -> Option<(RecordId, Vec<RecordId>, usize)> {
    let tx = t.begin(Actor::Person(person)).await;
    let grant = match tx.authorise(Read("story"), record, "").await {
        Ok(grant) => grant,
        Err(Refused::Closed) => return None,
        Err(error) => panic!("{error}"),
    };
    let entries = tx.entries(&grant, false, None, 50).await.unwrap();
    let notes = entries.iter().filter(|entry| entry.content.form == "case-note").map(|entry| entry.record).collect();
    let (front, closed) = (grant.record(), grant.closed_twins());
    drop(grant);
    tx.commit().await.unwrap();
    Some((front, notes, closed))
}

/// The same child made in the east and in the west, with a note in each record.
async fn twice(t: &TestDb) -> (Cast, Child, Child) {
    let cast = t.cast("amy ben mona").await;
    let east = t.child("Catherine", cast.east, Some(cast.amy)).await;
    let west = t.child("Kathryn", cast.west, Some(cast.ben)).await;
    t.note(JOB, east, "in the east").await;
    t.note(JOB, west, "in the west").await;
    (cast, east, west)
}

both_engines! {
    /// R-BAS-01, R-BAS-02, R-INT-01: both records are read as one, old links lead to the one, nothing is moved, and
    /// parted again each has what was written in it, also in between.
    async fn r_bas_01_r_bas_02_two_are_read_as_one_and_parted_again(t: TestDb) {
        let (cast, east, west) = twice(&t).await;
        join(&t, west, east, SHARED).await;
        t.assert_sound().await;
        for (reader, asked) in [(cast.amy, east), (cast.amy, west), (cast.ben, east), (cast.ben, west)] {
            let (front, mut notes, closed) = read(&t, reader, asked.record).await.unwrap();
            notes.sort_unstable();
            let mut both = vec![east.record, west.record];
            both.sort_unstable();
            assert_eq!((front, notes, closed), (east.record, both, 0), "the one is in front, and each entry says where it stands");
        }
        let leaves = t.leaves("story").await;
        assert!(leaves.iter().filter(|leaf| leaf.record == Some(west.record.to_string())).count() >= 4, "each record has its leaf");
        // Facts of both are of the one.
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let grant = tx.authorise(Read("front-page"), west.record, "").await.unwrap();
        let facts = tx.current_facts(&grant).await.unwrap();
        assert!(facts.iter().filter(|fact| fact.said.line.kind == "birth").count() == 1, "what both say is said once");
        assert!(facts.iter().all(|fact| fact.said.line.subject != record::fact::Subject::Person(west.person)));
        assert_eq!(facts.iter().filter(|fact| fact.said.line.kind == "allocated-worker").count(), 2);
        assert_eq!(tx.in_front(Write(Capability::RecordEntry), west.record).await.unwrap(), east.record);
        drop(grant);
        // Lists, counts and the search show one child.
        for person in [cast.amy, cast.ben] {
            let tx = t.begin(Actor::Person(person)).await;
            let listed: Vec<_> = tx.list(ListOf::Caseload, 50).await.unwrap().into_iter().map(|child| child.record).collect();
            assert_eq!(listed, [east.record]);
            let found = tx.find_people(&LookedFor::new("Kathryn Okafor", None), SearchFor::Record, 9).await.unwrap();
            assert_eq!(found.iter().map(|one| (one.person, one.record)).collect::<Vec<_>>(), [(east.person, Some(east.record))]);
        }
        drop(tx);
        // Work in between, then parted: it stays where it was written.
        t.wait(60);
        t.note(JOB, west, "after they were joined").await;
        t.wait(60);
        part(&t, west, east).await;
        assert_eq!(read(&t, cast.amy, east.record).await, Some((east.record, vec![east.record], 0)));
        assert_eq!(read(&t, cast.amy, west.record).await, None, "closed again to whoever could not read it before");
        assert_eq!(read(&t, cast.ben, west.record).await, Some((west.record, vec![west.record; 2], 0)));
        assert_eq!(t.cell("select count(*) from same_person").await, "0");
        // And joined once more.
        t.wait(60);
        join(&t, east, west, SHARED).await;
        assert_eq!(read(&t, cast.amy, east.record).await.unwrap().0, west.record);
        t.assert_sound().await;
    }

    /// R-ACC-01: nobody gains sight of a record unless the entry says so.
    async fn r_acc_01_readers_stay_apart_unless_the_entry_says_otherwise(t: TestDb) {
        let (cast, east, west) = twice(&t).await;
        join(&t, west, east, APART).await;
        assert_eq!(read(&t, cast.amy, east.record).await, Some((east.record, vec![east.record], 1)), "that there is another is said");
        assert_eq!(read(&t, cast.amy, west.record).await, None);
        assert_eq!(read(&t, cast.ben, west.record).await, Some((west.record, vec![west.record], 1)));
        assert_eq!(read(&t, cast.ben, east.record).await, None);
        let tx = t.begin(Actor::Person(cast.ben)).await;
        let grant = tx.authorise(Read("front-page"), west.record, "").await.unwrap();
        let facts = tx.current_facts(&grant).await.unwrap();
        let own = record::fact::Subject::Person(west.person);
        assert!(facts.iter().any(|fact| fact.said.line.kind == "name" && fact.said.line.subject == own));
        drop(grant);
        assert_eq!(tx.in_front(Write(Capability::RecordEntry), west.record).await.unwrap(), west.record);
        assert!(matches!(tx.authorise(Write(Capability::RecordEntry), east.record, "record").await, Err(Refused::Closed)));
        drop(tx);
        t.assert_sound().await;
    }

    /// Two who join at once: one begins again, and then finds that it is done.
    /// ASVS 2.3.4, 15.4.2
    async fn of_two_who_join_at_once_one_begins_again(t: TestDb) {
        let (_, east, west) = twice(&t).await;
        // Two mothers of whom no record is their own, so that no version of a record holds the acts apart.
        let [mother, other]: [PersonId; 2] = [t.id(), t.id()];
        for (child, person) in [(east, mother), (west, other)] {
            let tx = t.begin(JOB).await;
            tx.make_person(person);
            tx.commit().await.unwrap();
            let answers = vec![("person", Answer::Person(person)), ("kind", code("mother"))];
            t.record(JOB, child.record, t.id(), "relationship", date(2026, 2, 2), answers).await.unwrap();
        }
        for (one, another) in [(east.person, west.person), (mother, other)] {
            let (first, second) = (t.begin(JOB).await, t.begin(JOB).await);
            put(&t, &first, "same-person", one, another, vec![("access", code(SHARED))]).await;
            put(&t, &second, "same-person", another, one, vec![("access", code(SHARED))]).await;
            first.commit().await.unwrap();
            assert!(matches!(second.commit().await, Err(StoreError::Conflict)), "no circle");
        }
        assert_eq!(t.cell("select count(*) from same_person").await, "4");
        t.assert_sound().await;
    }

    /// R-INT-01: who stands for whom follows from the entries.
    async fn r_int_01_who_stands_for_whom_is_worked_out_again(t: TestDb) {
        let (_, east, west) = twice(&t).await;
        join(&t, west, east, APART).await;
        t.tamper(&format!("update same_person set opens = '{}'", east.person)).await;
        let report = t.verify().await;
        assert_eq!(report.findings.len(), 2, "{:?}", in_words(&report));
        assert!(report.findings.iter().all(|finding| matches!(finding, Finding::SamePerson { .. })));
        t.tamper("delete from same_person").await;
        assert_eq!(t.verify().await.findings.len(), 2);
    }

    /// R-BAS-01: the list of likely duplicates, and what has been said is not asked again.
    async fn r_bas_01_likely_duplicates_are_listed_until_something_is_said(t: TestDb) {
        let (cast, east, west) = twice(&t).await;
        let pairs = async |actor| {
            let tx = t.begin(actor).await;
            let (pairs, _) = tx.likely_pairs(50).await?;
            Ok::<_, Refused>(pairs.into_iter().map(|pair| (pair.a.min(pair.b), pair.like.in_words())).collect::<Vec<_>>())
        };
        let expected = vec![(east.person.min(west.person), "name sounds alike, same date of birth".to_owned())];
        assert_eq!(pairs(JOB).await.unwrap(), expected);
        assert!(matches!(pairs(Actor::Person(cast.amy)).await, Err(Refused::NoRight)));
        assert_eq!(pairs(Actor::Person(cast.mona)).await.unwrap(), [], "one of them is of another team");
        join(&t, west, east, SHARED).await;
        assert_eq!(pairs(JOB).await.unwrap(), []);
        t.wait(60);
        part(&t, west, east).await;
        assert_eq!(pairs(JOB).await.unwrap(), [], "not asked again");
        t.assert_sound().await;
    }
}
