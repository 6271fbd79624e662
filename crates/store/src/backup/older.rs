//! A backup of an older program: loaded into the tables of its own step, then brought forward.

use std::{collections::BTreeMap, io::Cursor, io::Read, sync::Arc};

use policy::Pack;
use sha2::{Digest as _, Sha256};

use super::{
    End, Head, Target, Wanted,
    check::begin,
    frames::{FrameWriter, What, read_rows},
    manifest::hex,
    tables::{GONE, Kind, shapes},
};
use crate::{Actor, Db, Place, engine::Arg, keys::KeyRing, migrate::STEPS, verify::verify, writer::Clock};

fn put(frame: &mut Vec<u8>, value: &Arg) {
    let mut bytes = |tag: u8, bytes: &[u8]| {
        frame.push(tag);
        frame.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
        frame.extend_from_slice(bytes);
    };
    match value {
        Arg::Text(Some(text)) => bytes(2, text.as_bytes()),
        Arg::Blob(Some(blob)) => bytes(3, blob),
        Arg::Int(Some(number)) => {
            frame.push(1);
            frame.extend_from_slice(&number.to_be_bytes());
        }
        _ => frame.push(0),
    }
}

impl Kind {
    fn some(self) -> Arg {
        match self {
            Self::Text => Arg::Text(Some("some".into())),
            Self::Number => Arg::Int(Some(1)),
            Self::Bytes => Arg::Blob(Some(vec![1])),
        }
    }
}

/// The same backup as the program of an earlier step would have made it: without the tables and columns that came later.
async fn as_of_step(bytes: &[u8], step: i64, keys: &KeyRing) -> Vec<u8> {
    let (mut frames, head) = begin(bytes).unwrap();
    let model = shapes(step).await.unwrap();
    let mut older = Head { step, step_name: STEPS[usize::try_from(step).unwrap() - 1].name.to_owned(), ..head.clone() };
    older.tables.retain(|(table, _)| model.contains_key(table));
    // What is no more was there then.
    let gone: Vec<_> =
        GONE.iter().filter(|table| model.contains_key(**table)).map(|table| (*table).to_owned()).collect();
    older.tables.extend(gone.iter().map(|table| (table.clone(), Vec::new())));
    for (table, columns) in &mut older.tables {
        *columns = model[table].iter().map(|(name, kind)| (name.clone(), kind.name().to_owned())).collect();
    }
    let mut to = FrameWriter::begin(Vec::new()).unwrap();
    to.frame(What::Head, &serde_json::to_vec(&older).unwrap()).unwrap();
    let mut rows_of: BTreeMap<String, (u64, Sha256)> = BTreeMap::new();
    let mut table = String::new();
    loop {
        let (what, bytes) = frames.frame().unwrap();
        match what {
            What::Table => {
                table = String::from_utf8(bytes).unwrap();
                if model.contains_key(&table) {
                    rows_of.insert(table.clone(), (0, Sha256::new()));
                    to.frame(What::Table, table.as_bytes()).unwrap();
                }
            }
            What::Rows if model.contains_key(&table) => {
                let now = &head.tables.iter().find(|(name, _)| *name == table).unwrap().1;
                let kinds: Vec<_> = now.iter().map(|(_, kind)| Kind::named(kind).unwrap()).collect();
                let kept: Vec<_> = model[&table]
                    .iter()
                    .map(|(name, _)| now.iter().position(|(known, _)| known == name).unwrap())
                    .collect();
                let (count, hash) = rows_of.get_mut(&table).unwrap();
                let mut frame = Vec::new();
                read_rows(&bytes, &kinds, |row| {
                    *count += 1;
                    for at in &kept {
                        put(&mut frame, &row[*at]);
                    }
                })
                .unwrap();
                hash.update(&frame);
                to.frame(What::Rows, &frame).unwrap();
            }
            What::End => {
                for table in &gone {
                    let mut frame = Vec::new();
                    for (_, kind) in &model[table] {
                        put(&mut frame, &kind.some());
                    }
                    to.frame(What::Table, table.as_bytes()).unwrap();
                    to.frame(What::Rows, &frame).unwrap();
                    rows_of.insert(table.clone(), (1, Sha256::new_with_prefix(&frame)));
                }
                let mut end = End::read(&bytes, Some(keys)).unwrap();
                let tables = older.tables.iter().map(|(table, _)| {
                    let (count, hash) = &rows_of[table];
                    (table.clone(), *count, hex(hash.clone().finalize()))
                });
                end.tables = tables.collect();
                end.hash = hex(to.hash());
                to.frame(What::End, end.sign(keys).unwrap().as_bytes()).unwrap();
                return to.finish().unwrap();
            }
            What::Rows => {}
            other => to.frame(other, &bytes).unwrap(),
        }
    }
}

/// INT-06: each step that a released program was at, with a row in each table that there is no more.
#[tokio::test]
async fn a_backup_of_every_older_step_is_brought_forward() {
    let folder = tempfile::tempdir().unwrap();
    let pack: Arc<Pack> = Arc::new(policy::load(&policy::embedded(), "rochdale").unwrap());
    let clock: Clock = Arc::new(|| "2026-03-03T15:20:00.000000Z".parse().unwrap());
    let keys = folder.path().join("keys");
    let db = Db::open(&Place::Folder(folder.path().join("data")), &keys, pack.clone(), clock.clone()).await.unwrap();
    let tx = db.begin(Actor::System("tests"), db.now()).await.unwrap();
    let record = record::id::Id::new(db.now(), &mut crate::SystemChance).to_string().parse().unwrap();
    drop(tx.open_record(record, policy::form::RecordKind::Organisation, None).await.unwrap());
    tx.make_person(record::PersonId::new(db.now(), &mut crate::SystemChance));
    tx.commit().await.unwrap();
    let (bytes, _) = super::make(&db, Vec::new(), "the tests", |_| {}).await.unwrap();
    let ring = KeyRing::open(&keys, false).unwrap();
    for step in 1..=i64::try_from(STEPS.len()).unwrap() {
        let older = as_of_step(&bytes, step, &ring).await;
        let place = folder.path().join(format!("step-{step}"));
        let target = Target {
            place: Place::Folder(place.clone()),
            keys: keys.clone(),
            bring: None,
            files: place.join("files"),
            pack: Some(pack.clone()),
            clock: clock.clone(),
        };
        let open = || Ok(Box::new(Cursor::new(older.clone())) as Box<dyn Read + Send>);
        let restored = super::restore(&target, open, &Wanted::default(), |_| {}).await;
        let restored = restored.unwrap_or_else(|error| panic!("step {step}: {error}"));
        assert_eq!(restored.head.step, step);
        let there =
            Db::open_with_files(&target.place, &keys, &target.files, pack.clone(), clock.clone()).await.unwrap();
        assert!(verify(&there, |_, _| {}).await.unwrap().is_sound());
        there.close().await;
    }
}
