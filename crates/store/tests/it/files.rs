//! Files: sealed outside the database, part of the record when their entry is, found when anything happens to them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::civil::date;
use policy::FileKind;
use record::{
    DraftId, EntryId, FileId, RecordId,
    answer::{Answer, Document, Sent},
};
use store::{
    Actor, Draft, Grant, Kept, Piece, Read, StoreError, Swept, Tx, Write,
    verify::{EntryProblem, FileProblem, Finding, RecordProblem},
};

use crate::{
    cast::{Cast, Child, WORDS, WRITE, note},
    drafts::begun,
    test_db::{TestDb, in_words},
};

/// A file whose words must be nowhere on the disk, of several sealed pieces.
pub fn drawing() -> Vec<u8> {
    format!("{WORDS} ").repeat(5_000).into_bytes()
}

async fn opened(tx: &Tx, id: DraftId) -> (Draft, BTreeMap<RecordId, Grant<'_, Write>>) {
    let draft = tx.own_draft(id).await.unwrap().unwrap();
    let grant = tx.authorise(WRITE, draft.front, "record").await.unwrap();
    (draft.clone(), [(draft.front, grant)].into())
}

/// Takes a file in, as it would come over a network, and gives it its name.
async fn kept(t: &TestDb, bytes: &[u8], shown: Option<&[u8]>) -> Kept {
    let mut upload = t.db.receive(t.id());
    for portion in bytes.chunks(10_007) {
        upload.take(bytes::Bytes::copy_from_slice(portion)).await.unwrap();
    }
    let mut received = upload.end().await.unwrap();
    assert_eq!(received.bytes(), bytes.len() as u64);
    if let Some(shown) = shown {
        received.add_shown(shown).unwrap();
    }
    received.keep().unwrap()
}

fn sent(kept: &Kept, picture: bool) -> Sent {
    kept.sent("our house.png".to_owned(), (FileKind::Picture, "image/png"), picture.then_some((4, 3)), false)
}

/// Sends a file for a draft of Amy's.
pub async fn send(t: &TestDb, cast: &Cast, draft: DraftId, bytes: &[u8]) -> Result<Sent, StoreError> {
    let kept = kept(t, bytes, Some(b"a small picture")).await;
    let sent = sent(&kept, true);
    let tx = t.begin(Actor::Person(cast.amy)).await;
    let (draft, grants) = opened(&tx, draft).await;
    tx.keep_sent(&grants[&draft.front], &draft, &kept, &sent, "")?;
    drop(grants);
    tx.commit().await?;
    Ok(sent)
}

/// Completes a note with these files from a draft, in these records.
pub async fn complete(t: &TestDb, cast: &Cast, draft: DraftId, about: &[Child], files: &[Sent]) -> Vec<EntryId> {
    let tx = t.begin(Actor::Person(cast.amy)).await;
    let (draft, mut grants) = opened(&tx, draft).await;
    for child in about {
        let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
        grants.insert(child.record, grant);
    }
    tx.sent_files(draft.id, &grants).await.unwrap();
    let act = draft.id.to_string().parse().unwrap();
    tx.begin_act(act);
    tx.complete_draft(&draft, &grants, draft.heads[0].n, &record::Typed::default()).unwrap();
    let mut entries = Vec::new();
    for child in about {
        let documents =
            files.iter().map(|sent| Document { sent: sent.clone(), says: "A house with four people".to_owned() });
        let mut answers = note("a call");
        answers.push(("papers", Answer::Documents(documents.collect())));
        let grant = &grants[&child.record];
        entries.push(t.write(&tx, grant, act, "case-note", date(2026, 3, 2), answers).await.unwrap());
    }
    drop(grants);
    tx.commit().await.unwrap();
    entries
}

/// What somebody who opens the file of an entry gets.
pub async fn read(
    t: &TestDb,
    cast: &Cast,
    child: Child,
    entry: EntryId,
    file: FileId,
    piece: Piece,
) -> Option<Vec<u8>> {
    let tx = t.begin(Actor::Person(cast.amy)).await;
    let grant = tx.authorise(Read("read-entry-page"), child.record, "").await.unwrap();
    let open = tx.open_file(&grant, entry, file, piece).await.unwrap();
    drop(grant);
    tx.commit().await.unwrap();
    let mut bytes = Vec::new();
    open?.open().unwrap().ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Everything below the folder where sealed bytes lie.
pub fn on_disk(t: &TestDb) -> Vec<PathBuf> {
    fn below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() { below(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    below(&t.files(), &mut found);
    found.sort();
    found
}

fn piece(t: &TestDb, file: FileId, piece: &str) -> PathBuf {
    let name = format!("{file}.{piece}");
    on_disk(t).into_iter().find(|path| path.file_name().is_some_and(|found| *found == *name)).unwrap()
}

struct Story {
    cast: Cast,
    amira: Child,
    bilal: Child,
    files: [Sent; 2],
    /// Amira's note with the first file, Bilal's with the second.
    notes: [EntryId; 2],
}

async fn story(t: &TestDb) -> Story {
    let cast = t.cast("amy").await;
    let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
    let bilal = t.child("Bilal", cast.east, Some(cast.amy)).await;
    let (mut files, mut notes) = (Vec::new(), Vec::new());
    for child in [amira, bilal] {
        let draft = begun(t, &cast, child).await;
        let sent = send(t, &cast, draft, &drawing()).await.unwrap();
        notes.extend(complete(t, &cast, draft, &[child], std::slice::from_ref(&sent)).await);
        files.push(sent);
    }
    t.assert_sound().await;
    Story { cast, amira, bilal, files: files.try_into().unwrap(), notes: notes.try_into().unwrap() }
}

/// What is wrong with the files of an entry; nothing else is found.
async fn problems(t: &TestDb, entry: EntryId) -> Vec<FileProblem> {
    let report = t.verify().await;
    let about = |finding: &Finding| match finding {
        Finding::Entry { entry: found, problem: EntryProblem::File(_, problem), .. } if *found == entry.to_string() => {
            *problem
        }
        _ => panic!("{:?}", in_words(&report)),
    };
    report.findings.iter().map(about).collect()
}

both_engines! {
    /// R-BAS-18: a file is kept with the entry about it, sealed, and is what was sent.
    async fn r_bas_18_a_file_stands_with_its_entry(t: TestDb) {
        let s = story(&t).await;
        let [file, _] = &s.files;
        assert_eq!(read(&t, &s.cast, s.amira, s.notes[0], file.file, Piece::Original).await, Some(drawing()));
        assert_eq!(read(&t, &s.cast, s.amira, s.notes[0], file.file, Piece::Shown).await.unwrap(), b"a small picture");
        assert_eq!(read(&t, &s.cast, s.bilal, s.notes[1], file.file, Piece::Original).await, None, "another child's entry has it not");
        for path in on_disk(&t) {
            let bytes = fs::read(&path).unwrap();
            for word in WORDS.split(' ').chain(["small picture"]) {
                assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word} in clear");
            }
            assert!(path.extension().is_some_and(|end| end == "original" || end == "shown"));
        }
        let readings = t.leaves("read-file").await;
        assert!(readings.iter().any(|leaf| leaf.thing.as_deref() == Some(&file.file.to_string())), "its reading has its leaf");
    }

    /// R-BAS-18: what happens to a file behind the program's back is found, and its entry named.
    async fn r_bas_18_a_file_that_is_missing_changed_or_exchanged_is_found(t: TestDb) {
        let s = story(&t).await;
        let [mine, other] = [0, 1].map(|nth: usize| piece(&t, s.files[nth].file, "original"));
        let whole = fs::read(&mine).unwrap();
        let mut changed = whole.clone();
        changed[70_000] ^= 1;
        for (how, bytes) in [
            ("changed", changed),
            ("cut short", whole[..whole.len() - 1].to_vec()),
            ("a whole piece cut off", whole[..27 + 65_552].to_vec()),
            ("another file in its place", fs::read(&other).unwrap()),
            ("emptied", Vec::new()),
        ] {
            fs::write(&mine, bytes).unwrap();
            assert_eq!(problems(&t, s.notes[0]).await, [FileProblem::Changed], "{how}");
        }
        assert_eq!(read(&t, &s.cast, s.amira, s.notes[0], s.files[0].file, Piece::Original).await, None, "nothing of it is given out");
        fs::remove_file(&mine).unwrap();
        assert_eq!(problems(&t, s.notes[0]).await, [FileProblem::Missing]);
        fs::write(&mine, &whole).unwrap();
        t.assert_sound().await;
        fs::remove_file(piece(&t, s.files[0].file, "shown")).unwrap();
        assert_eq!(problems(&t, s.notes[0]).await, [FileProblem::Missing], "the picture that is shown of it");
    }

    async fn r_bas_18_rows_of_files_that_do_not_follow_are_found(t: TestDb) {
        let s = story(&t).await;
        let file = s.files[0].file;
        let sealed = t.blob(&format!("select sealed from file_key where file = '{file}'")).await;
        let (amira, bilal) = (s.amira.record, s.bilal.record);
        t.tamper_with(&format!("insert into file_key (record, file, sealed) values ('{bilal}', '{file}', $1)"), &[&sealed]).await;
        let report = t.verify().await;
        assert!(
            matches!(&report.findings[..], [Finding::Record { record, problem: RecordProblem::StrayFile(_), .. }] if *record == bilal.to_string()),
            "{:?}", in_words(&report)
        );
        t.tamper(&format!("delete from file_key where record = '{bilal}' and file = '{file}'")).await;
        t.assert_sound().await;
        t.tamper(&format!("update file set bytes = bytes + 1 where id = '{file}'")).await;
        assert_eq!(problems(&t, s.notes[0]).await, [FileProblem::Row]);
        t.tamper(&format!("update file set bytes = bytes - 1 where id = '{file}'")).await;
        t.tamper(&format!("delete from file_key where record = '{amira}'")).await;
        assert_eq!(problems(&t, s.notes[0]).await, [FileProblem::Key]);
        assert!(t.plain(&format!("update file set bytes = 1 where id = '{file}'")).await.is_err(), "a row that is frozen");
        assert!(t.plain(&format!("delete from file_key where record = '{bilal}'")).await.is_err(), "a key that is kept");
    }

    /// R-BAS-12: what is for all stands in each record by that record's own key, its bytes once.
    async fn r_bas_12_a_file_for_all_is_in_each_record_under_its_own_key(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let bilal = t.child("Bilal", cast.east, Some(cast.amy)).await;
        let noor = t.child("Noor", cast.east, Some(cast.amy)).await;
        let draft = begun(&t, &cast, amira).await;
        let sent = send(&t, &cast, draft, &drawing()).await.unwrap();
        // Sent from Amira's record, and in the end about her brother and sister alone.
        let entries = complete(&t, &cast, draft, &[bilal, noor], std::slice::from_ref(&sent)).await;
        for (child, entry) in [bilal, noor].into_iter().zip(&entries) {
            assert_eq!(read(&t, &cast, child, *entry, sent.file, Piece::Original).await, Some(drawing()));
        }
        assert_eq!(t.cell("select count(*) from file_key").await, "2");
        assert_eq!(t.cell(&format!("select count(*) from file_key where record = '{}'", amira.record)).await, "0");
        assert_eq!(t.cell("select count(*) from sent_file").await, "0");
        assert_eq!(on_disk(&t).len(), 2, "its bytes and its picture lie there once");
        t.assert_sound().await;
        // Where one record's own way to it has gone, the other's stays.
        t.tamper(&format!("delete from file_key where record = '{}'", noor.record)).await;
        assert_eq!(read(&t, &cast, bilal, entries[0], sent.file, Piece::Original).await, Some(drawing()));
        assert_eq!(problems(&t, entries[1]).await, [FileProblem::Key]);
    }

    /// R-INT-06: an upload is whole or not there, wherever it stops.
    async fn r_int_06_an_upload_that_stops_at_any_step_leaves_nothing(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let draft = begun(&t, &cast, amira).await;
        let gone = async || {
            // The thread that seals may still be closing its file.
            for _ in 0..100 {
                if on_disk(&t).is_empty() {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            false
        };
        let mut upload = t.db.receive(t.id());
        upload.take(bytes::Bytes::from(drawing())).await.unwrap();
        drop(upload);
        assert!(gone().await, "the connection broke");
        let mut upload = t.db.receive(t.id());
        upload.take(bytes::Bytes::from(drawing())).await.unwrap();
        let mut received = upload.end().await.unwrap();
        received.add_shown(b"a picture").unwrap();
        drop(received);
        assert!(gone().await, "it was looked at, and refused");
        // A kill after it has its name and before its row: only a kill leaves it there.
        let left = kept(&t, &drawing(), None).await;
        assert_eq!(on_disk(&t).len(), 1);
        t.assert_sound().await;
        assert_eq!(t.db.sweep_files(t.now()).await.unwrap(), Swept::default(), "too new: it may be on its way");
        let day_before = File::open(&on_disk(&t)[0]).unwrap().metadata().unwrap().modified().unwrap() - Duration::from_hours(25);
        File::options().append(true).open(&on_disk(&t)[0]).unwrap().set_modified(day_before).unwrap();
        assert_eq!(t.db.sweep_files(t.now()).await.unwrap(), Swept { unused: 0, left_over: 1 });
        assert!(on_disk(&t).is_empty());
        drop(left);
        // A kill in the middle of writing.
        fs::write(t.files().join("coming").join("half"), b"half").unwrap();
        File::options().append(true).open(&on_disk(&t)[0]).unwrap().set_modified(day_before).unwrap();
        assert_eq!(t.db.sweep_files(t.now()).await.unwrap(), Swept { unused: 0, left_over: 1 });
        // The draft ended while the file was on its way: no row, and the act takes its bytes away.
        let late = kept(&t, &drawing(), None).await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let (open, grants) = opened(&tx, draft).await;
        tx.keep_sent(&grants[&open.front], &open, &late, &sent(&late, false), "").unwrap();
        drop(grants);
        let aside = t.begin(Actor::Person(cast.amy)).await;
        aside.put_draft_aside(&open);
        aside.commit().await.unwrap();
        assert!(matches!(tx.commit().await, Err(StoreError::Conflict)));
        t.db.discard(&late).await;
        assert!(on_disk(&t).is_empty());
        assert_eq!(t.cell("select count(*) from file").await, "0");
        t.assert_sound().await;
    }

    async fn files_that_became_part_of_nothing_are_swept_away_and_no_others(t: TestDb) {
        let s = story(&t).await;
        let open = begun(&t, &s.cast, s.amira).await;
        let waits = send(&t, &s.cast, open, &drawing()).await.unwrap();
        let aside = begun(&t, &s.cast, s.amira).await;
        let unused = send(&t, &s.cast, aside, &drawing()).await.unwrap();
        let tx = t.begin(Actor::Person(s.cast.amy)).await;
        let (draft, grants) = opened(&tx, aside).await;
        tx.put_draft_aside(&draft);
        drop(grants);
        tx.commit().await.unwrap();
        let before = t.now();
        t.wait(60);
        assert_eq!(t.db.sweep_files(before.plus_seconds(-1)).await.unwrap(), Swept::default(), "not yet");
        assert_eq!(t.db.sweep_files(before.plus_seconds(1)).await.unwrap(), Swept { unused: 1, left_over: 0 });
        assert_eq!(t.db.sweep_files(before.plus_seconds(1)).await.unwrap(), Swept::default(), "once");
        let live = t.db.live_files(None, 10).await.unwrap();
        let of_entries: BTreeSet<_> = live.iter().filter(|file| file.of_entry).map(|file| file.file).collect();
        assert_eq!(of_entries, s.files.iter().map(|sent| sent.file).collect());
        assert!(live.iter().any(|file| file.file == waits.file) && !live.iter().any(|file| file.file == unused.file));
        // What a backup copies is there, and as long as its row says.
        for file in &live {
            for (piece, bytes) in file.pieces() {
                let found = t.db.sealed_piece(file.file, piece).unwrap().unwrap();
                assert_eq!(found.metadata().unwrap().len(), bytes);
            }
        }
        assert_eq!(t.db.live_files(live.first().map(|file| file.file), 1).await.unwrap(), live[1..2]);
        t.assert_sound().await;
    }

    async fn an_entry_that_stands_gives_its_files_to_another(t: TestDb) {
        let s = story(&t).await;
        let tx = t.begin(Actor::Person(s.cast.amy)).await;
        let from = tx.authorise(Read("read-entry"), s.amira.record, "").await.unwrap();
        let stored = tx.entry(&from, s.notes[0]).await.unwrap().unwrap();
        tx.take_up_files(&from, &stored.content).await.unwrap();
        let act = t.id();
        tx.begin_act(act);
        let mut moved = Vec::new();
        for child in [s.amira, s.bilal] {
            let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
            let document = Document { sent: s.files[0].clone(), says: "put right".to_owned() };
            let mut answers = note("a call");
            answers.push(("papers", Answer::Documents(vec![document])));
            moved.push(t.write(&tx, &grant, act, "case-note", date(2026, 3, 2), answers).await.unwrap());
        }
        drop(from);
        tx.commit().await.unwrap();
        for (child, entry) in [s.amira, s.bilal].into_iter().zip(moved) {
            assert_eq!(read(&t, &s.cast, child, entry, s.files[0].file, Piece::Original).await, Some(drawing()));
        }
        t.assert_sound().await;
    }

    async fn only_files_that_were_sent_for_the_draft_become_part_of_an_entry(t: TestDb) {
        let s = story(&t).await;
        let tx = t.begin(Actor::Person(s.cast.amy)).await;
        let grant = tx.authorise(WRITE, s.bilal.record, "record").await.unwrap();
        let act = t.id();
        tx.begin_act(act);
        let document = Document { sent: s.files[0].clone(), says: "not mine".to_owned() };
        let mut answers = note("a call");
        answers.push(("papers", Answer::Documents(vec![document])));
        let kept = t.write(&tx, &grant, act, "case-note", date(2026, 3, 2), answers).await;
        assert!(matches!(kept, Err(StoreError::Inconsistent { table: "sent_file", .. })), "another entry's file");
    }
}

/// A draft that names a file opens again with what was said of it.
#[tokio::test]
async fn what_was_sent_is_known_to_its_author_alone() {
    let t = TestDb::sqlite().await;
    let cast = t.cast("amy mona").await;
    let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
    let draft = begun(&t, &cast, amira).await;
    let sent = send(&t, &cast, draft, &drawing()).await.unwrap();
    let tx = t.begin(Actor::Person(cast.amy)).await;
    let (open, grants) = opened(&tx, draft).await;
    assert_eq!(tx.sent_files(open.id, &grants).await.unwrap()[&sent.file].sent, sent);
    assert_eq!(tx.sent_files(open.id, &BTreeMap::new()).await.unwrap(), BTreeMap::new(), "not without the grant");
    assert!(tx.open_sent(open.id, &grants, sent.file, Piece::Original).await.unwrap().is_some());
    assert!(tx.open_sent(open.id, &grants, t.id(), Piece::Original).await.unwrap().is_none());
    let mona = t.begin(Actor::Person(cast.mona)).await;
    assert!(mona.own_draft(draft).await.unwrap().is_none(), "a manager does not read it");
}
