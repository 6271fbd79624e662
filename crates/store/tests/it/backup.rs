//! Backup and restore: everything of one moment, whole or refused, never over what is there.

use std::{
    fs,
    io::{Cursor, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use record::{EntryId, FileId};
use store::{
    Actor, Piece, Read as Reading, StoreError,
    backup::{self, BackupError, Made, Restored, Step, Target, Wanted, keys::Keys},
};

use crate::{
    cast::{Cast, Child, JOB, PASSWORD, WORDS},
    drafts::begun,
    files::{complete, drawing, on_disk, read, send},
    test_db::{EmptyPlace, PACK, TestDb, in_words},
};

/// Two children, words, a file in both records, a draft with a file of its own, and somebody who is signed in.
struct Story {
    cast: Cast,
    amira: Child,
    note: EntryId,
    with_file: EntryId,
    file: FileId,
}

async fn story(t: &TestDb) -> Story {
    let cast = t.cast("amy").await;
    let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
    let bilal = t.child("Bilal", cast.east, Some(cast.amy)).await;
    let note = t.note(Actor::Person(cast.amy), amira, WORDS).await;
    let draft = begun(t, &cast, amira).await;
    let sent = send(t, &cast, draft, &drawing()).await.unwrap();
    let with_file = complete(t, &cast, draft, &[amira, bilal], std::slice::from_ref(&sent)).await[0];
    let waiting = begun(t, &cast, amira).await;
    send(t, &cast, waiting, b"a drawing that is not part of anything yet").await.unwrap();
    t.db.sign_in("amy", PASSWORD, t.now()).await.unwrap();
    Story { cast, amira, note, with_file, file: sent.file }
}

/// A backup in memory.
async fn taken(t: &TestDb) -> (Vec<u8>, Made) {
    backup::make(&t.db, Vec::new(), "the tests", |_| {}).await.unwrap()
}

/// The record's keys, as they come out of their own file.
async fn keys(t: &TestDb) -> Keys {
    let mut file = Vec::new();
    backup::keys::make(&t.db, &t.keys(), &mut file, "the tests").await.unwrap();
    Keys::read(file.as_slice()).unwrap()
}

async fn target(t: &TestDb, empty: &EmptyPlace) -> Target {
    Target {
        place: empty.place.clone(),
        keys: empty.keys(),
        bring: Some(keys(t).await),
        files: empty.files(),
        pack: Some(PACK.clone()),
        clock: t.clock(),
    }
}

async fn restore(target: &Target, bytes: &[u8], wanted: &Wanted) -> Result<Restored, BackupError> {
    let bytes = bytes.to_vec();
    let open = || Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn Read + Send>);
    backup::restore(target, open, wanted, |_| {}).await
}

/// Nothing was made there.
fn assert_untouched(empty: &EmptyPlace) {
    assert!(!empty.keys().exists() && !empty.files().exists());
    if let store::Place::Folder(folder) = &empty.place {
        assert!(!folder.exists(), "{} was made", folder.display());
    }
}

async fn assert_restored(t: &TestDb, story: &Story, there: &TestDb) {
    there.assert_sound().await;
    assert_eq!(there.db.self_check().await.unwrap(), []);
    let tx = there.db.begin(Actor::Person(story.cast.amy), there.now()).await.unwrap();
    let grant = tx.authorise(Reading("read-entry-page"), story.amira.record, "").await.unwrap();
    let entry = tx.entry(&grant, story.note).await.unwrap().unwrap();
    assert!(format!("{:?}", entry.content).contains(WORDS), "the words are back");
    drop(grant);
    tx.commit().await.unwrap();
    let picture = read(there, &story.cast, story.amira, story.with_file, story.file, Piece::Original).await;
    assert!(picture.is_some_and(|bytes| bytes == drawing()), "the file is back");
    assert_ne!(t.cell("select count(*) from session").await, "0");
    assert_eq!(there.cell("select count(*) from session").await, "0", "nobody is signed in from the past");
    assert_eq!(there.cell("select count(*) from sent_file").await, "1", "the draft's file is waiting still");
    let restored = there.leaves("restored").await;
    assert_eq!(restored.len(), 1);
    assert_eq!(restored[0].actor.id, "restore");
}

both_engines! {
    /// INT-06: what was backed up while others wrote is whole, and is restored into either engine and proved there.
    async fn r_int_06_a_backup_taken_under_load_restores_and_proves(t: TestDb) {
        let story = story(&t).await;
        let (goes_on, written) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let t = Arc::new(t);
        let writer = {
            let (t, goes_on, written, child) = (t.clone(), goes_on.clone(), written.clone(), story.amira);
            tokio::spawn(async move {
                while goes_on.load(Ordering::Relaxed) {
                    t.note(JOB, child, "written meanwhile").await;
                    written.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        while written.load(Ordering::Relaxed) < 5 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let (bytes, made) = taken(&t).await;
        let during = written.load(Ordering::Relaxed);
        while written.load(Ordering::Relaxed) < during + 3 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        goes_on.store(false, Ordering::Relaxed);
        writer.await.unwrap();
        assert_eq!(made.end.lacking, Vec::<String>::new());
        assert!(!bytes.windows(WORDS.len()).any(|some| some == WORDS.as_bytes()), "narrative stays sealed within");
        t.assert_sound().await;

        let mut places = vec![t.empty_place().await];
        places.extend(t.empty_place_elsewhere().await);
        for empty in places {
            let restored = restore(&target(&t, &empty).await, &bytes, &Wanted::default()).await.unwrap();
            assert_eq!(restored.head, made.head);
            let there = empty.opened(&t).await.unwrap();
            let [before, after] = [t.cell("select count(*) from entry").await, there.cell("select count(*) from entry").await];
            assert!(after.parse::<u32>().unwrap() < before.parse().unwrap(), "of one moment: {after} of {before}");
            assert_restored(&t, &story, &there).await;
            // It goes on from there, and can be backed up again.
            there.note(JOB, story.amira, "afterwards").await;
            there.assert_sound().await;
            taken(&there).await;
        }
    }

    async fn what_was_altered_or_cut_off_is_refused_and_nothing_is_made(t: TestDb) {
        story(&t).await;
        let (bytes, _) = taken(&t).await;
        let empty = t.empty_place().await;
        let target = target(&t, &empty).await;
        let places = (0..bytes.len()).step_by(bytes.len() / 60).chain([bytes.len() - 1]);
        for at in places {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let refused = restore(&target, &altered, &Wanted::default()).await;
            assert!(refused.is_err(), "altered at {at}");
            let cut = restore(&target, &bytes[..at], &Wanted::default()).await.unwrap_err();
            assert!(matches!(cut, BackupError::CutShort(_) | BackupError::Damaged(_)), "cut at {at}: {cut}");
            assert_untouched(&empty);
        }
        let more = [bytes.as_slice(), b"more"].concat();
        assert!(matches!(restore(&target, &more, &Wanted::default()).await, Err(BackupError::Damaged(_))));
        assert!(matches!(restore(&target, b"", &Wanted::default()).await, Err(BackupError::CutShort(_))));
        assert!(matches!(restore(&target, b"something else entirely", &Wanted::default()).await, Err(BackupError::Damaged(_))));
        assert_untouched(&empty);
        assert!(backup::check(Cursor::new(bytes), Some(&t.keys())).await.is_ok());
    }

    async fn a_foreign_an_older_and_a_newer_backup_are_refused_by_name(t: TestDb) {
        story(&t).await;
        let (bytes, made) = taken(&t).await;
        t.wait(3_600);
        let empty = t.empty_place().await;
        let mut target = target(&t, &empty).await;

        let expect = Wanted { organisation: Some("01h00000000000000000000000".to_owned()), ..Wanted::default() };
        let refused = restore(&target, &bytes, &expect).await.unwrap_err();
        assert!(refused.to_string().contains("backup of another record") && refused.to_string().contains(&made.head.organisation), "{refused}");

        let not_before = Wanted { not_before: Some(t.now()), ..Wanted::default() };
        let refused = restore(&target, &bytes, &not_before).await.unwrap_err();
        assert!(refused.to_string().contains("older than what you hold") && refused.to_string().contains("--go-back"), "{refused}");

        let child = t.child("Carys", "01h00000000000000000000000".parse().unwrap(), None).await;
        t.note(JOB, child, "after the backup").await;
        t.settle().await;
        let checkpoint = Wanted { checkpoint: Some(t.db.checkpoint().await.unwrap()), ..Wanted::default() };
        let refused = restore(&target, &bytes, &checkpoint).await.unwrap_err();
        assert!(matches!(refused, BackupError::Older { .. }) && refused.to_string().contains("your checkpoint has"), "{refused}");

        let mut newer = bytes.clone();
        newer[8] = 2;
        let refused = restore(&target, &newer, &Wanted::default()).await.unwrap_err();
        assert!(refused.to_string().contains("newer version of Lifestory (format 2)"), "{refused}");
        let step = format!("\"step\":{}", made.head.step);
        let at = bytes.windows(step.len()).position(|some| some == step.as_bytes()).unwrap();
        let mut newer = bytes.clone();
        newer[at + step.len() - 1] = b'9';
        let length = u32::from_be_bytes(newer[10..14].try_into().unwrap()) + 1;
        newer[10..14].copy_from_slice(&length.to_be_bytes());
        newer.insert(at + step.len(), b'9');
        let refused = restore(&target, &newer, &Wanted::default()).await.unwrap_err();
        assert!(matches!(&refused, BackupError::Newer(found) if found.contains("99")), "{refused}");

        // Another record's keys.
        let other = TestDb::sqlite().await;
        other.cast("").await;
        target.bring = Some(keys(&other).await);
        let refused = restore(&target, &bytes, &Wanted::default()).await.unwrap_err();
        assert!(matches!(refused, BackupError::OtherKeys(_)), "{refused}");
        assert_untouched(&empty);
        // Another record's checkpoint.
        target.bring = Some(keys(&t).await);
        let foreign = Wanted { checkpoint: Some(other.db.checkpoint().await.unwrap()), ..Wanted::default() };
        let refused = restore(&target, &bytes, &foreign).await.unwrap_err();
        assert!(matches!(refused, BackupError::Checkpoint(_)), "{refused}");
        assert_untouched(&empty);

        // Knowingly.
        let go_back = Wanted { go_back: true, ..checkpoint };
        restore(&target, &bytes, &go_back).await.unwrap();
        empty.opened(&t).await.unwrap().assert_sound().await;
    }

    async fn a_checkpoint_that_is_kept_elsewhere_must_be_continued(t: TestDb) {
        let story = story(&t).await;
        t.settle().await;
        let kept = t.db.checkpoint().await.unwrap();
        t.note(JOB, story.amira, "after the checkpoint").await;
        let (bytes, _) = taken(&t).await;
        let empty = t.empty_place().await;
        let wanted = Wanted { checkpoint: Some(kept), organisation: Some(story.cast.organisation.to_string()), ..Wanted::default() };
        restore(&target(&t, &empty).await, &bytes, &wanted).await.unwrap();
        empty.opened(&t).await.unwrap().assert_sound().await;
    }

    async fn nothing_is_ever_restored_over_what_is_there(t: TestDb) {
        let story = story(&t).await;
        let (bytes, _) = taken(&t).await;
        let living = Target {
            place: t.place.clone(), keys: t.keys(), bring: None, files: t.files(), pack: Some(PACK.clone()), clock: t.clock(),
        };
        let before = (t.cell("select count(*) from leaf").await, on_disk(&t).len());
        let refused = restore(&living, &bytes, &Wanted::default()).await.unwrap_err();
        assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
        // Nor where only the files are in the way, or other keys.
        let empty = t.empty_place().await;
        fs::create_dir_all(empty.files().join("ab")).unwrap();
        let refused = restore(&target(&t, &empty).await, &bytes, &Wanted::default()).await.unwrap_err();
        assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
        let empty = t.empty_place().await;
        fs::create_dir_all(empty.keys()).unwrap();
        fs::write(empty.keys().join("epoch-1.key"), [1; 32]).unwrap();
        let refused = restore(&target(&t, &empty).await, &bytes, &Wanted::default()).await.unwrap_err();
        assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
        if !t.is_sqlite() {
            // A database with anything in it, ours or not.
            let empty = t.empty_place().await;
            let store::Place::Postgres(url) = &empty.place else { unreachable!() };
            let mut raw = <sqlx::PgConnection as sqlx::Connection>::connect(url).await.unwrap();
            sqlx::Executor::execute(&mut raw, "create table somebody_else (id bigint)").await.unwrap();
            let refused = restore(&target(&t, &empty).await, &bytes, &Wanted::default()).await.unwrap_err();
            assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
        }
        t.note(JOB, story.amira, "life goes on").await;
        assert!(t.cell("select count(*) from leaf").await > before.0);
        assert_eq!(on_disk(&t).len(), before.1);
        t.assert_sound().await;
    }

    /// A restore that ends anywhere leaves a place that is opened by nothing and says why; or one that is whole.
    async fn a_restore_cut_short_leaves_a_place_that_says_so(t: TestDb) {
        story(&t).await;
        let (bytes, _) = taken(&t).await;
        let steps = Arc::new(std::sync::Mutex::new(Vec::new()));
        let empty = t.empty_place().await;
        let noted = steps.clone();
        let open = || Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn Read + Send>);
        let all = target(&t, &empty).await;
        backup::restore(&all, open, &Wanted::default(), move |step| noted.lock().unwrap().push(step)).await.unwrap();
        let steps = steps.lock().unwrap().clone();
        let kinds = ["Checking", "Beginning", "Table(\"record\")", "Table(\"leaf\")", "Table(\"file_key\")", "Forward", "Proving", "Ending"];
        for kind in kinds {
            let at = steps.iter().position(|step| format!("{step:?}").starts_with(kind)).unwrap();
            let empty = t.empty_place().await;
            let target = target(&t, &empty).await;
            let bytes = bytes.clone();
            // The process that restores is gone at this moment: nothing of it runs on.
            let stopped = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
                let (mut told, stop) = (0, Arc::new(tokio::sync::Notify::new()));
                let heard = stop.clone();
                let open = move || Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn Read + Send>);
                let wanted = Wanted::default();
                runtime.block_on(async {
                    let restoring = backup::restore(&target, open, &wanted, |_: Step| {
                        if told == at {
                            heard.notify_one();
                            std::thread::sleep(std::time::Duration::from_millis(20));
                        }
                        told += 1;
                    });
                    tokio::select! {
                        biased;
                        () = stop.notified() => true,
                        done = restoring => done.is_err(),
                    }
                })
            });
            let stopped = stopped.join().unwrap();
            match empty.try_to_open(&t).await {
                Err(StoreError::Restoring(what)) => {
                    assert!(kind != "Checking", "the place was marked before anything was changed");
                    assert!(what.contains("from the backup"), "{what}");
                    let refused = restore(&self::target(&t, &empty).await, b"", &Wanted::default()).await.unwrap_err();
                    assert!(matches!(refused, BackupError::NotEmpty(_) | BackupError::CutShort(_)), "{kind}: {refused}");
                }
                Ok(db) => {
                    // Nothing had begun, or all of it had been done: the last commit may have been under way, and
                    // PostgreSQL ends it without the process that asked for it.
                    let begun = db.organisation().await.unwrap().is_some();
                    assert!(!begun || !stopped || kind == "Ending", "{kind}: half a record was opened");
                    assert!(!begun || store::verify::verify(&db, |_, _| {}).await.unwrap().is_sound(), "{kind}");
                    db.close().await;
                }
                // The keys are put in place before the database is begun: a place with keys and nothing else.
                Err(StoreError::Lost { .. }) => assert_eq!(kind, "Beginning"),
                Err(other) => panic!("{kind}: {other}"),
            }
        }
        empty.opened(&t).await.unwrap().assert_sound().await;
    }

    /// What was changed behind the program's back is found when it is restored, and is served only knowingly.
    async fn what_does_not_prove_right_is_not_served(t: TestDb) {
        let story = story(&t).await;
        t.settle().await;
        let file = on_disk(&t).into_iter().find(|path| path.to_string_lossy().contains(&story.file.to_string())).unwrap();
        fs::remove_file(&file).unwrap();
        t.tamper(&format!("delete from answer where entry = '{}'", story.note)).await;
        let (bytes, made) = taken(&t).await;
        assert_eq!(made.end.lacking.len(), 1, "{:?}", made.end.lacking);
        let empty = t.empty_place().await;
        let refused = restore(&target(&t, &empty).await, &bytes, &Wanted::default()).await.unwrap_err();
        let BackupError::Unsound(report) = refused else { panic!("{refused}") };
        assert!(in_words(&report).iter().any(|line| line.contains(&story.note.to_string())), "{:?}", in_words(&report));
        assert!(matches!(empty.try_to_open(&t).await, Err(StoreError::Restoring(_))));
        let empty = t.empty_place().await;
        let wanted = Wanted { accepts: report.findings.len(), ..Wanted::default() };
        let restored = restore(&target(&t, &empty).await, &bytes, &wanted).await.unwrap();
        assert_eq!(restored.report.findings.len(), report.findings.len());
        let there = empty.opened(&t).await.unwrap();
        assert!(there.leaves("restored").await[0].purpose.contains("found wrong in it and accepted"));
    }

    /// Somebody who has the public key alone can seal a backup and cannot sign one.
    async fn a_backup_that_the_record_did_not_sign_is_refused(t: TestDb) {
        story(&t).await;
        let (bytes, made) = taken(&t).await;
        // Another key's signature under the same words.
        let at = bytes.windows(4).rposition(|some| some == "\n\u{2014}".as_bytes()).unwrap();
        let mut forged = bytes.clone();
        let last = forged.len() - 20;
        forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
        assert!(at < last);
        let refused = backup::check(Cursor::new(forged.clone()), Some(&t.keys())).await.unwrap_err();
        assert!(matches!(refused, BackupError::Forged | BackupError::Damaged(_)), "{refused}");
        // Whoever keeps backups without the record's keys sees at least that it is whole.
        assert_eq!(backup::check(Cursor::new(bytes), None).await.unwrap().end, made.end);
    }

    async fn keys_come_out_of_their_own_file_and_nowhere_else(t: TestDb) {
        story(&t).await;
        let (bytes, _) = taken(&t).await;
        for name in ["epoch-1.key", "log.key"] {
            let key = fs::read(t.keys().join(name)).unwrap();
            assert!(!bytes.windows(32).any(|some| some == key), "{name} is in the backup");
            let digits = key.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            assert!(!bytes.windows(64).any(|some| some == digits.as_bytes()), "{name} is in the backup");
        }
        let mut file = Vec::new();
        let about = backup::keys::make(&t.db, &t.keys(), &mut file, "the tests").await.unwrap();
        assert_eq!(Keys::read(file.as_slice()).unwrap().about, about);
        assert!(Keys::read(&file[..file.len() / 2]).is_err());
        assert!(Keys::read(bytes.as_slice()).is_err(), "a backup is no file of keys");
        assert_eq!(t.leaves("keys-copied").await.len(), 1);
        assert_eq!(t.leaves("backup-made").await.len(), 1);
    }
}

/// SQLite: a second process writes leaves too (a backup, an import) and the one that serves goes on undisturbed.
#[tokio::test]
async fn two_processes_number_one_ledger() {
    let t = TestDb::sqlite().await;
    let cast = t.cast("").await;
    let child = t.child("Amira", cast.east, None).await;
    let other = t.again().await.unwrap();
    for n in 0..6 {
        t.note(JOB, child, "one").await;
        let tx = other.begin(JOB, other.now()).await.unwrap();
        tx.declare(&format!("another process, {n}"));
        tx.commit().await.unwrap();
    }
    t.assert_sound().await;
    other.close().await;
}
