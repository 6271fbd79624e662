//! Entries moved from the wrong child's record to the right one: whole or not at all, and tampering with either side.

use std::collections::BTreeMap;

use jiff::civil::date;
use policy::Capability;
use record::{
    ActId, EntryId, PersonId,
    answer::Answer,
    content::Content,
    entry::{About, changes},
    known,
    right::{AWAY_FORM, Away, Moved, Right, moved},
};
use store::{
    Actor, Read, ReadUnder, StoreError, Tx, Write,
    extract::Extract,
    verify::{EntryProblem, Finding, StandingProblem},
};

use crate::{
    cast::{Cast, Child, WORDS, code, content, text},
    test_db::{PACK, TestDb, in_words},
};

const MOVE: Write = Write(Capability::MoveEntry);

struct Sides {
    marker: EntryId,
    there: EntryId,
}

/// Puts a move into a transaction.
async fn put(
    t: &TestDb,
    tx: &Tx,
    (from, to): (Child, Child),
    entry: EntryId,
    by: PersonId,
) -> Result<Sides, StoreError> {
    let (a, b) = (tx.authorise(MOVE, from.record, "").await.unwrap(), tx.authorise(MOVE, to.record, "").await.unwrap());
    let act: ActId = t.id();
    tx.begin_act(act);
    let stored = tx.entry(&a, entry).await?.unwrap();
    let (marker, there): (EntryId, EntryId) = (t.id(), t.id());
    let form = PACK.form(&stored.content.form).unwrap();
    let author = content(form, by, date(2026, 3, 2), tx.now(), Vec::new()).author;
    let origin = Moved { from: from.record, entry, by: author, at: tx.now(), why: "the brother".into() };
    let places = ((from.record, Some(from.person)), (to.record, Some(to.person)));
    let says = moved(Some(form), &stored.content, places, &BTreeMap::from([(entry, there)]), origin).unwrap();
    let away = PACK.form(AWAY_FORM).unwrap();
    let answers = vec![("kind", text("Case note")), ("why", text("the brother"))];
    let gone = Away { to: to.record, took: vec![(entry, there)], form: form.id.clone(), why: "the brother".into() };
    let right = Right { away: Some(gone), ..Right::default() };
    let left = Content { right, headline: None, ..content(away, by, stored.content.happened_on, tx.now(), answers) };
    tx.keep_form(&away.hash, &away.id, away.version, || PACK.canonical_form(away)).await?;
    let here = About { record: from.record, holder: Some(from.person), entry: marker };
    let mut left = changes(&PACK, away, left, here);
    tx.take_up_files(&a, &stored.content).await?;
    tx.keep_marker(&a, act, left.remove(0)).await?;
    let at = About { record: to.record, holder: Some(to.person), entry: there };
    tx.keep_moved(&b, act, changes(&PACK, form, says, at)).await?;
    Ok(Sides { marker, there })
}

async fn go(t: &TestDb, children: (Child, Child), entry: EntryId, by: PersonId) -> Result<Sides, StoreError> {
    let tx = t.begin(Actor::Person(by)).await;
    let sides = put(t, &tx, children, entry, by).await?;
    tx.commit().await.map(|()| sides)
}

async fn siblings(t: &TestDb) -> (Cast, Child, Child) {
    let cast = t.cast("amy mona ivy").await;
    let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
    let bilal = t.child("Bilal", cast.east, Some(cast.amy)).await;
    (cast, amira, bilal)
}

async fn status(t: &TestDb, child: Child) -> Vec<String> {
    let tx = t.begin(crate::cast::JOB).await;
    let grant = tx.authorise(Read("tests"), child.record, "").await.unwrap();
    let facts = tx.history(&grant, known::LEGAL_STATUS).await.unwrap();
    facts.into_iter().map(|fact| fact.said.value).collect()
}

both_engines! {
    /// R-INT-05, R-INT-01: facts, counts and words go; the frozen rows stay for the trace, and both sides are sound.
    async fn r_int_05_what_is_moved_counts_and_asserts_where_it_belongs(t: TestDb) {
        let (cast, amira, bilal) = siblings(&t).await;
        let amy = Actor::Person(cast.amy);
        let answers = || vec![("status", code("C2"))];
        let wrong = t.record(amy, amira.record, t.id(), "legal-status", date(2026, 2, 1), answers()).await.unwrap().unwrap();
        t.wait(86_400);
        let sides = go(&t, (amira, bilal), wrong, cast.mona).await.unwrap();
        assert_eq!((status(&t, amira).await, status(&t, bilal).await), (vec![], vec!["C2".to_owned()]));
        t.assert_sound().await;
        let tx = t.begin(amy).await;
        let (a, b) = (tx.authorise(Read("tests"), amira.record, "").await.unwrap(), tx.authorise(Read("tests"), bilal.record, "").await.unwrap());
        assert_eq!(tx.entry(&a, wrong).await.unwrap(), None, "it is read there no more");
        assert!(tx.entry(&a, sides.marker).await.unwrap().is_some());
        let there = tx.entry(&b, sides.there).await.unwrap().unwrap().content;
        assert_eq!((there.author.person, there.happened_on), (cast.amy, date(2026, 2, 1)));
        assert!(there.written < t.now(), "the day of writing is the first one");
        let story = tx.entries(&a, false, None, 60).await.unwrap();
        assert!(story.iter().all(|one| one.entry != wrong) && story.iter().any(|one| one.entry == sides.marker));
        drop((a, b));
        drop(tx);
        // The trace: for whoever may read it, and nobody else.
        let tx = t.begin(Actor::Person(cast.ivy)).await;
        let trace = tx.authorise(ReadUnder(Capability::ReadMoved, "read-moved-trace"), amira.record, "").await.unwrap();
        assert_eq!(tx.entry(&trace, wrong).await.unwrap().unwrap().content.answer("status"), Some(&code("C2")));
        drop(trace);
        drop(tx);
        let tx = t.begin(amy).await;
        assert!(tx.authorise(ReadUnder(Capability::ReadMoved, "read-moved-trace"), amira.record, "").await.is_err());
        drop(tx);
        // Counted once, in the record where it belongs.
        let extract = Extract::at(t.keys().parent().unwrap().join("counts").join("extract.db"));
        let counted = extract.make(&t.db).await.unwrap().entries;
        let standing: i64 = t.cell("select count(*) from entry e join record r on r.id = e.record and r.kind = 'child' where not exists (select 1 from not_standing n where n.entry = e.id)").await.parse().unwrap();
        assert_eq!(counted, standing);
    }

    /// A move that is overtaken, or that a kill ends before its commit, leaves both records as they were.
    async fn r_int_05_a_move_is_whole_or_not_at_all(t: TestDb) {
        let (cast, amira, bilal) = siblings(&t).await;
        let amy = Actor::Person(cast.amy);
        let wrong = t.note(amy, amira, WORDS).await;
        let before = t.cell("select count(*) from entry").await;
        // Killed: nothing was committed.
        let tx = t.begin(Actor::Person(cast.mona)).await;
        put(&t, &tx, (amira, bilal), wrong, cast.mona).await.unwrap();
        drop(tx);
        // Overtaken in the record where it goes, and in the one where it was.
        for child in [bilal, amira] {
            let tx = t.begin(Actor::Person(cast.mona)).await;
            put(&t, &tx, (amira, bilal), wrong, cast.mona).await.unwrap();
            t.note(amy, child, "somebody was faster").await;
            assert!(matches!(tx.commit().await, Err(StoreError::Conflict)));
        }
        let after: i64 = t.cell("select count(*) from entry").await.parse().unwrap();
        assert_eq!(after, before.parse::<i64>().unwrap() + 2, "only what was written in between");
        assert_eq!(t.cell("select count(*) from not_standing").await, "0");
        t.assert_sound().await;
        go(&t, (amira, bilal), wrong, cast.mona).await.unwrap();
        t.assert_sound().await;
        // Twice is refused whole: it is read there no more.
        let tx = t.begin(Actor::Person(cast.mona)).await;
        let grant = tx.authorise(MOVE, amira.record, "").await.unwrap();
        assert_eq!(tx.entry(&grant, wrong).await.unwrap(), None);
    }

    /// R-INT-05: the words of what was moved are found where it stands, and no longer where it was.
    async fn r_int_05_words_are_found_where_it_stands(t: TestDb) {
        let (cast, amira, bilal) = siblings(&t).await;
        let wrong = t.note(Actor::Person(cast.amy), amira, WORDS).await;
        let gather = async || {
            t.settle().await;
            while t.db.index_words().await.unwrap().more {}
        };
        let found = async || {
            let tx = t.begin(Actor::Person(cast.amy)).await;
            let wanted = record::words::WordsWanted::read("marmalade").unwrap();
            let found = tx.find_words(&wanted, None, None, 50).await.unwrap();
            let count = tx.count_words(&wanted, None).await.unwrap();
            tx.commit().await.unwrap();
            (found.hits.iter().map(|hit| hit.stored.entry).collect::<Vec<_>>(), count)
        };
        gather().await;
        assert_eq!(found().await, (vec![wrong], Some(1)));
        let sides = go(&t, (amira, bilal), wrong, cast.mona).await.unwrap();
        // Before the index has heard of it as well.
        assert_eq!(found().await.0, Vec::<EntryId>::new());
        gather().await;
        assert_eq!(found().await, (vec![sides.there], Some(1)));
        // And where it is made anew.
        t.db.drop_words().await.unwrap();
        gather().await;
        assert_eq!(found().await, (vec![sides.there], Some(1)));
    }

    /// Class 27: a marker removed, a cut tie, and words altered on either side of a move.
    async fn r_int_05_class_27_tampering_with_a_move_is_found(t: TestDb) {
        let (cast, amira, bilal) = siblings(&t).await;
        let amy = Actor::Person(cast.amy);
        let mut moves = Vec::new();
        for words in ["one", "two", "three"] {
            let wrong = t.note(amy, amira, words).await;
            moves.push((wrong, go(&t, (amira, bilal), wrong, cast.mona).await.unwrap()));
        }
        t.assert_sound().await;
        let of = async |entry: EntryId| -> Vec<Finding> {
            let report = t.verify().await;
            report.findings.into_iter().filter(|one| one.entry() == Some(entry.to_string().as_str())).collect()
        };
        // The old place shown again.
        let (wrong, _) = &moves[0];
        t.tamper(&format!("delete from not_standing where entry = '{wrong}'")).await;
        let found = of(*wrong).await;
        assert!(found.iter().any(|one| matches!(one, Finding::Standing { problem: StandingProblem::Missing, .. })), "{found:?}");
        // The marker removed.
        let (wrong, sides) = &moves[1];
        let marker = sides.marker;
        t.tamper(&format!(
            "delete from not_standing where entry = '{wrong}'; delete from answer where entry = '{marker}';
             delete from entry_version where entry = '{marker}'; delete from entry where id = '{marker}'"
        )).await;
        let report = t.verify().await;
        assert!(of(marker).await.iter().any(|one| matches!(one, Finding::Entry { problem: EntryProblem::Removed, .. })));
        let unpaired = of(sides.there).await;
        assert!(unpaired.iter().any(|one| matches!(one, Finding::Standing { problem: StandingProblem::Unpaired, .. })), "{:?}", in_words(&report));
        // Words altered where it was, which nobody reads any more, and where it stands.
        let (wrong, sides) = &moves[2];
        for entry in [*wrong, sides.there] {
            let mut sealed = t.blob(&format!("select sealed from entry_version where entry = '{entry}'")).await;
            let middle = sealed.len() / 2;
            sealed[middle] ^= 1;
            t.tamper_with(&format!("update entry_version set sealed = $1 where entry = '{entry}'"), &[&sealed]).await;
            let found = of(entry).await;
            assert!(found.iter().any(|one| matches!(one, Finding::Entry { problem: EntryProblem::Sealed, .. })), "{found:?}");
        }
    }

    /// Whose the fact is follows the record: details about the wrong child become details about the right one.
    async fn r_int_05_facts_are_of_the_child_whose_record_it_is(t: TestDb) {
        let (cast, amira, bilal) = siblings(&t).await;
        let details = vec![
            ("person", Answer::Person(amira.person)),
            ("given-names", text("Bilal")),
            ("family-name", text("Okafor")),
            ("born", Answer::YesNo(true)),
            ("birth", Answer::Date(date(2018, 5, 14))),
            ("confirmed", Answer::YesNo(false)),
        ];
        let wrong = t.record(Actor::Person(cast.amy), amira.record, t.id(), "person", date(2026, 2, 1), details).await.unwrap().unwrap();
        let sides = go(&t, (amira, bilal), wrong, cast.mona).await.unwrap();
        let whose = t.cell(&format!("select subject from fact where entry = '{}' and kind = 'birth'", sides.there)).await;
        assert_eq!(whose, format!("p{}", bilal.person));
        t.assert_sound().await;
    }
}
