//! Words inside entries: found by whoever may read them, newest first, and by nobody else.

use jiff::civil::{Date, date};
use record::{EntryId, PersonId, RecordId, answer::Answer, words::WordsWanted};
use store::{Actor, ReadOn, Refused};

use crate::{
    cast::{Child, JOB, code, note, text},
    test_db::{TestDb, sqlite},
};

/// Puts everything that was committed into the index.
async fn gather(t: &TestDb) {
    t.settle().await;
    while t.db.index_words().await.unwrap().more {}
}

fn wanted(words: &str) -> WordsWanted {
    WordsWanted::read(words).unwrap()
}

/// The entries that somebody finds, newest first.
async fn found(t: &TestDb, who: PersonId, words: &str) -> Vec<EntryId> {
    let tx = t.begin(Actor::Person(who)).await;
    let found = tx.find_words(&wanted(words), None, None, 50).await.unwrap();
    tx.commit().await.unwrap();
    found.hits.iter().map(|hit| hit.stored.entry).collect()
}

async fn count(t: &TestDb, who: PersonId, words: &str) -> Option<i64> {
    let tx = t.begin(Actor::Person(who)).await;
    let count = tx.count_words(&wanted(words), None).await.unwrap();
    tx.commit().await.unwrap();
    count
}

async fn note_on(t: &TestDb, child: Child, day: Date, words: &str) -> EntryId {
    t.record(JOB, child.record, t.id(), "case-note", day, note(words)).await.unwrap().unwrap()
}

/// A statement about the index, as somebody with every right on it.
async fn tamper(t: &TestDb, sql: &str) {
    if t.is_sqlite() {
        let mut raw = sqlite(&t.file().with_file_name("words.db")).await;
        sqlx::Executor::execute(&mut raw, sqlx::AssertSqlSafe(sql.to_owned())).await.unwrap();
    } else {
        t.plain(sql).await.unwrap();
    }
}

both_engines! {
    /// R-ACC-01: a search finds what its reader may read, whichever way they come to read it, and nothing of the rest.
    async fn r_acc_01_words_are_found_where_one_may_read(t: TestDb) {
        let cast = t.cast("amy ben mona ivy ada").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let zara = t.child("Zara", cast.west, Some(cast.ben)).await;
        let old = note_on(&t, amira, date(2026, 1, 20), "The marmalade was on the floor.").await;
        let new = note_on(&t, amira, date(2026, 3, 2), "Marmalade, again.").await;
        let other = note_on(&t, zara, date(2026, 2, 10), "No marmalade for Zara.").await;
        assert_eq!(found(&t, cast.amy, "marmalade").await, [], "nothing is found before it is gathered");
        gather(&t).await;
        assert_eq!(found(&t, cast.amy, "marmalade").await, [new, old]);
        assert_eq!(found(&t, cast.mona, "marmalade").await, [new, old]);
        assert_eq!(found(&t, cast.ben, "marmalade").await, [other]);
        assert_eq!((count(&t, cast.amy, "marmalade").await, count(&t, cast.ben, "zebra").await), (Some(2), Some(0)));
        for (nobody, words) in [(cast.amy, "zara"), (cast.ben, "floor"), (cast.ben, "flo*")] {
            assert_eq!(found(&t, nobody, words).await, [], "{words}");
            assert_eq!(count(&t, nobody, words).await, Some(0));
        }
        // Who reads no record searches none.
        let tx = t.begin(Actor::Person(cast.ada)).await;
        assert!(matches!(tx.find_words(&wanted("marmalade"), None, None, 5).await, Err(Refused::NoRight)));
        drop(tx);
        // Cover opens the record, and with it its words, until it ends.
        let cover = vec![("worker", Answer::Person(cast.amy)), ("deputy", Answer::Person(cast.ben)), ("until", Answer::Date(date(2026, 3, 9))), ("why", code("leave"))];
        t.record(JOB, amira.record, t.id(), "cover", date(2026, 3, 3), cover).await.unwrap();
        assert_eq!(found(&t, cast.ben, "marmalade").await, [new, other, old]);
        t.wait(7 * 86_400);
        assert_eq!(found(&t, cast.ben, "marmalade").await, [other]);
        // And so does a new allocation, and nothing is indexed anew for it.
        t.allocate(amira.record, cast.west, Some(cast.ben), date(2026, 3, 10)).await;
        assert_eq!(found(&t, cast.ben, "marmalade").await, [new, other, old]);
        assert_eq!(found(&t, cast.amy, "marmalade").await, []);
        t.assert_sound().await;
    }

    /// R-ACC-08: what a search showed stands in the ledger, and the words that were looked for stand nowhere.
    async fn r_acc_08_a_search_leaves_a_leaf_with_what_it_showed(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let entry = note_on(&t, amira, date(2026, 3, 2), "A quillwort in the kitchen.").await;
        gather(&t).await;
        let gathered = t.leaves("indexed-words").await.pop().unwrap();
        assert_eq!(gathered.actor.id, "index-words");
        found(&t, cast.amy, "quillwort").await;
        let leaf = t.leaves("search-words").await.pop().unwrap();
        assert_eq!((leaf.shown, leaf.record), (vec![amira.record.to_string(), entry.to_string()], None));
        assert!(!leaf.purpose.contains("quillwort"));
        // In one record alone.
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let grant = tx.authorise(ReadOn("search-record"), amira.record, "").await.unwrap();
        let hits = tx.find_words(&wanted("kitchen"), Some(&grant), None, 5).await.unwrap();
        assert_eq!(hits.hits.len(), 1);
        drop(grant);
        tx.commit().await.unwrap();
        assert_eq!(t.leaves("search-words").await.pop().unwrap().record, Some(amira.record.to_string()));
        t.assert_sound().await;
    }

    async fn what_is_typed_finds_what_was_meant(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let entry = note_on(&t, amira, date(2026, 3, 2), "José visited. The cupboards were empty. Gran’s tea.").await;
        gather(&t).await;
        for words in ["jose", "JOSÉ", "visits", "visiting cupboard", "\"cupboards were empty\"", "cupb*", "visit*", "gran", "“tea”", "AND tea"] {
            assert_eq!(found(&t, cast.amy, words).await, [entry], "{words}");
        }
        // One that is asked of two pieces of an entry is no phrase, and signs of an engine are only signs.
        for words in ["\"empty cupboards\"", "\"visited gran\"", "cup", "tea:zebra", "(zebra)", "tea -zebra", "'zebra' | tea"] {
            let read = WordsWanted::read(words);
            if read.is_ok() {
                assert_eq!(found(&t, cast.amy, words).await, [], "{words}");
            }
        }
    }

    async fn pages_go_on_where_the_last_one_ended(t: TestDb) {
        let cast = t.cast("amy mona").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let mut all = Vec::new();
        for n in 1..=25 {
            // Several of one minute, written in any order.
            all.push(note_on(&t, amira, date(2026, 2, 1 + n % 5), "marmalade").await);
            t.wait(1);
        }
        gather(&t).await;
        let (mut before, mut seen, mut pages) = (None, Vec::new(), 0);
        loop {
            let tx = t.begin(Actor::Person(cast.amy)).await;
            let page = tx.find_words(&wanted("marmalade"), None, before, 10).await.unwrap();
            pages += 1;
            before = page.hits.last().map(|hit| hit.at);
            seen.extend(page.hits.iter().map(|hit| (hit.stored.content.happened_on, hit.stored.entry)));
            if !page.more {
                break;
            }
        }
        assert_eq!((pages, seen.len()), (3, 25));
        assert!(seen.is_sorted_by(|a, b| a.0 >= b.0), "{seen:?}");
        let mut once: Vec<_> = seen.iter().map(|(_, entry)| *entry).collect();
        once.sort_unstable();
        all.sort_unstable();
        assert_eq!(once, all);
        assert_eq!(count(&t, cast.mona, "marmalade").await, Some(25));
    }

    /// R-ACC-01: nothing that stands in the index opens anything, whatever is written into it.
    async fn r_acc_01_an_index_that_was_changed_shows_nothing_closed(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let zara = t.child("Zara", cast.west, Some(cast.ben)).await;
        let mine = note_on(&t, amira, date(2026, 3, 2), "marmalade").await;
        let other = note_on(&t, zara, date(2026, 3, 2), "marmalade").await;
        gather(&t).await;
        tamper(&t, &format!("update words_entry set entry = '{other}', record = '{}' where entry = '{mine}'", amira.record)).await;
        assert_eq!(found(&t, cast.amy, "marmalade").await, []);
        t.db.drop_words().await.unwrap();
        gather(&t).await;
        assert_eq!(found(&t, cast.amy, "marmalade").await, [mine]);
        t.assert_sound().await;
    }

    async fn it_is_dropped_and_gathered_again_and_says_how_far_it_is(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        assert_eq!(t.db.words_freshness().await.unwrap().until, None);
        let entry = note_on(&t, amira, date(2026, 3, 2), "marmalade").await;
        gather(&t).await;
        let fresh = t.db.words_freshness().await.unwrap();
        assert_eq!((fresh.until, fresh.hundredths), (Some(t.now()), 100));
        t.wait(60);
        gather(&t).await;
        assert_eq!(t.db.words_freshness().await.unwrap().until, Some(t.now()), "fresh though nothing happened");
        t.db.drop_words().await.unwrap();
        let fresh = t.db.words_freshness().await.unwrap();
        assert_eq!((fresh.until, fresh.hundredths), (None, 0));
        assert_eq!(found(&t, cast.amy, "marmalade").await, []);
        gather(&t).await;
        assert_eq!(found(&t, cast.amy, "marmalade").await, [entry]);
        // Of another database, or from before a restore: it begins anew by itself.
        tamper(&t, "update words_state set leaf = 'another'").await;
        let third = note_on(&t, amira, date(2026, 3, 3), "marmalade").await;
        gather(&t).await;
        gather(&t).await;
        assert_eq!(found(&t, cast.amy, "marmalade").await, [third, entry]);
        // Emptied by a crash of PostgreSQL, state and all.
        if !t.is_sqlite() {
            tamper(&t, "truncate words_state, words_entry").await;
            gather(&t).await;
            assert_eq!(found(&t, cast.amy, "marmalade").await, [third, entry]);
        }
        t.assert_sound().await;
    }

    async fn half_gathered_it_finds_what_is_there_and_another_process_goes_on(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let first = note_on(&t, amira, date(2026, 3, 2), "marmalade").await;
        let tx = t.begin(JOB).await;
        for _ in 0..150 {
            tx.declare("one of many changes");
        }
        tx.commit().await.unwrap();
        let last = note_on(&t, amira, date(2026, 3, 3), "marmalade").await;
        t.settle().await;
        assert!(t.db.index_words().await.unwrap().more);
        let fresh = t.db.words_freshness().await.unwrap();
        assert!(fresh.until.is_none() && (1..100).contains(&fresh.hundredths), "{fresh:?}");
        assert_eq!(found(&t, cast.amy, "marmalade").await, [first]);
        let again = t.again().await.unwrap();
        assert_eq!(again.index_words().await.unwrap().entries, 0, "one process at a time");
        t.wait(40);
        assert_eq!(again.index_words().await.unwrap().entries, 1, "after a while another takes over");
        // By that process: of an embedded database one alone writes.
        let tx = again.begin(Actor::Person(cast.amy), t.now()).await.unwrap();
        let hits = tx.find_words(&wanted("marmalade"), None, None, 5).await.unwrap().hits;
        tx.commit().await.unwrap();
        assert_eq!(hits.iter().map(|hit| hit.stored.entry).collect::<Vec<_>>(), [last, first]);
        again.close().await;
    }

    async fn a_child_made_twice_is_searched_as_one(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let (east, west) = (t.child("Catherine", cast.east, Some(cast.amy)).await, t.child("Kathryn", cast.west, Some(cast.ben)).await);
        let (one, two) = (note_on(&t, east, date(2026, 3, 1), "marmalade").await, note_on(&t, west, date(2026, 3, 2), "marmalade").await);
        gather(&t).await;
        assert_eq!(found(&t, cast.amy, "marmalade").await, [one]);
        let act = t.id();
        let tx = t.begin(JOB).await;
        tx.begin_act(act);
        for record in tx.records_to_join_in(&[west.person, east.person]).await.unwrap().unwrap() {
            let grant = tx.authorise(store::Write(policy::Capability::JoinPeople), record, "join").await.unwrap();
            let answers = vec![("alias", Answer::Person(west.person)), ("one", Answer::Person(east.person)), ("reason", text("the same")), ("access", code(record::same::SHARED))];
            t.write(&tx, &grant, act, "same-person", date(2026, 3, 3), answers).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(found(&t, cast.amy, "marmalade").await, [two, one]);
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let grant = tx.authorise(ReadOn("search-record"), east.record, "").await.unwrap();
        let hits = tx.find_words(&wanted("marmalade"), Some(&grant), None, 5).await.unwrap();
        let records: Vec<RecordId> = hits.hits.iter().map(|hit| hit.stored.record).collect();
        assert_eq!(records, [west.record, east.record]);
    }
}

/// The index holds the words of sealed narrative: its file is its owner's alone.
/// ASVS 11.7.2, 13.3.2
#[cfg(unix)]
#[tokio::test]
async fn nobody_but_the_owner_opens_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let t = TestDb::sqlite().await;
    let cast = t.cast("amy").await;
    let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
    t.note(JOB, amira, "quillwort").await;
    gather(&t).await;
    for end in ["", "-wal", "-shm"] {
        let file = t.file().with_file_name(format!("words.db{end}"));
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    // A file that is no database is no loss.
    let again = TestDb::sqlite().await;
    std::fs::write(again.file().with_file_name("words.db"), "not a database at all, but long enough to be read as one")
        .unwrap();
    gather(&again).await;
    assert_eq!(again.db.words_freshness().await.unwrap().hundredths, 100);
}
