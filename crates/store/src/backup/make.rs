//! Making a backup: one snapshot's rows, then the files that it names, as a stream.

use std::io::{self, Read as _, Write};

use record::id::Id;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::{
    BackupError, End, Head, LogThen,
    frames::{FrameWriter, PORTION, What, put_row},
    manifest::{hex, tables_of},
    tables::Kind,
};
use crate::{
    Actor, Db,
    engine::{Conn, StoreError, args},
    files::{LiveFile, Piece, Vault, live_files},
    keys::{KeyRing, SystemChance},
    log::{CHANGES, unsigned},
    migrate::STEPS,
};

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its beginning.
    pub head: Head,
    /// Its end.
    pub end: End,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// This table is being copied.
    Table(String),
    /// So many files have been copied.
    Files(u64),
}

/// How many files are asked for at once.
const PAGE: u32 = 500;

/// Writes a backup of this moment, and gives back where it was written to.
///
/// A leaf says first that it is made, and `for_whom`: whoever copies the whole record leaves a trace. The stream is in
/// the clear but for what is sealed in the record itself: the caller seals it.
///
/// # Errors
/// A database that is not at this program's step, one that is lost, a disk that fails; what was written is then no
/// backup.
pub async fn make<W: Write + Send + 'static>(
    db: &Db,
    to: W,
    for_whom: &str,
    mut progress: impl FnMut(Progress),
) -> Result<(W, Made), BackupError> {
    at_this_step(&mut db.engine().begin_reading().await?).await?;
    let backup = Id::new(db.now(), &mut SystemChance).to_string();
    let tx = db.begin(Actor::System("backup"), db.now()).await?;
    tx.leave("backup-made", None, Some(backup.clone()), for_whom, &[], true);
    tx.commit().await?;
    db.number_now().await?;

    let mut conn = db.engine().begin_reading().await?;
    let (head, tables) = head(db, &mut conn, backup).await?;
    let (parts, taken) = mpsc::channel(8);
    let (vault, keys, first) = (db.vault().clone(), db.shared_keys(), head.clone());
    let writing = tokio::task::spawn_blocking(move || write(to, &first, taken, &vault, &keys));
    let read = read(&mut conn, &tables, &parts, &mut progress).await;
    // Without its end the writer stops: what it wrote is then no backup.
    if read.is_ok() {
        parts.send(Part::End).await.ok();
    }
    drop(parts);
    let written = writing.await.map_err(|error| StoreError::Engine(error.to_string()))?;
    conn.rollback().await?;
    // Where the writer failed, the reader only saw that nobody took what it read.
    match (written, read) {
        (Ok((to, end)), Ok(())) => Ok((to, Made { head, end })),
        (Err(error), Err(BackupError::Io(_)) | Ok(())) | (_, Err(error)) => Err(error),
    }
}

type Tables = Vec<(String, Vec<(String, Kind)>)>;

/// The database's step, which must be this program's.
async fn at_this_step(conn: &mut Conn) -> Result<i64, BackupError> {
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let found = crate::migrate::at(conn).await?;
    if found == known { Ok(found) } else { Err(BackupError::NotForward { found, known }) }
}

async fn head(db: &Db, conn: &mut Conn, backup: String) -> Result<(Head, Tables), BackupError> {
    let step = at_this_step(conn).await?;
    let organisation = conn.query_opt("select id from record where kind = 'organisation'", args![]).await?;
    let organisation = organisation.ok_or(StoreError::Inconsistent { table: "record", column: "kind" })?.text(0)?;
    // The snapshot began with the first of these.
    let taken = db.now();
    let mut logs = Vec::new();
    for row in conn.query("select name, size, checkpoint, at from log order by name", args![]).await? {
        logs.push(LogThen {
            name: row.text(0)?,
            size: unsigned(row.int(1)?)?,
            waiting: 0,
            signed: row.text(3)?,
            checkpoint: row.text(2)?,
        });
    }
    for row in conn.query("select log, count(*) from leaf where seq is null group by log", args![]).await? {
        let (name, waiting) = (row.text(0)?, unsigned(row.int(1)?)?);
        if let Some(log) = logs.iter_mut().find(|log| log.name == name) {
            log.waiting = waiting;
        }
    }
    let tables = tables_of(step).await?;
    let columns = |columns: &[(String, Kind)]| {
        columns.iter().map(|(name, kind)| (name.clone(), kind.name().to_owned())).collect::<Vec<_>>()
    };
    let head = Head {
        backup,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        engine: db.engine_name().to_owned(),
        step,
        step_name: STEPS.last().map_or_else(String::new, |step| step.name.to_owned()),
        organisation,
        taken: taken.to_string(),
        log_key: db.keys().signer(CHANGES)?.verifier(ledger::note::KeyKind::Ed25519).to_string(),
        logs,
        tables: tables.iter().map(|(table, of)| (table.clone(), columns(of))).collect(),
    };
    Ok((head, tables))
}

/// What the reader hands to the writer.
enum Part {
    Table(String),
    Rows(Vec<u8>, u64),
    File(LiveFile),
    End,
}

async fn read(
    conn: &mut Conn,
    tables: &Tables,
    parts: &mpsc::Sender<Part>,
    progress: &mut impl FnMut(Progress),
) -> Result<(), BackupError> {
    let gone = |_| BackupError::Io(io::Error::other("the backup is not written any more"));
    for (table, columns) in tables {
        progress(Progress::Table(table.clone()));
        parts.send(Part::Table(table.clone())).await.map_err(gone)?;
        let names: Vec<_> = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let kinds: Vec<_> = columns.iter().map(|(_, kind)| *kind).collect();
        let mut rows = conn.stream(format!("select {} from \"{table}\"", names.join(", ")));
        let (mut frame, mut count) = (Vec::with_capacity(PORTION + PORTION / 8), 0);
        while let Some(row) = rows.next().await? {
            put_row(&mut frame, &row, &kinds)?;
            count += 1;
            if frame.len() >= PORTION {
                parts.send(Part::Rows(std::mem::take(&mut frame), count)).await.map_err(gone)?;
                count = 0;
            }
        }
        if count > 0 {
            parts.send(Part::Rows(frame, count)).await.map_err(gone)?;
        }
    }
    let (mut after, mut count) = (None, 0);
    loop {
        let files = live_files(conn, after, PAGE).await?;
        let Some(last) = files.last() else { return Ok(()) };
        after = Some(last.file);
        for file in files {
            parts.send(Part::File(file)).await.map_err(gone)?;
            count += 1;
        }
        progress(Progress::Files(count));
    }
}

/// Writes what it is given. On a thread that may wait for the disk.
fn write<W: Write>(
    to: W,
    head: &Head,
    mut parts: mpsc::Receiver<Part>,
    vault: &Vault,
    keys: &KeyRing,
) -> Result<(W, End), BackupError> {
    let mut frames = FrameWriter::begin(to)?;
    let text = serde_json::to_vec(head).map_err(io::Error::other)?;
    frames.frame(What::Head, &text)?;
    let mut end = End {
        backup: head.backup.clone(),
        tables: Vec::new(),
        pieces: 0,
        piece_bytes: 0,
        pieces_hash: String::new(),
        lacking: Vec::new(),
        hash: String::new(),
    };
    let (mut of_table, mut of_pieces) = (Sha256::new(), Sha256::new());
    let mut ended = false;
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::Table(name) => {
                close_table(&mut end, &mut of_table);
                frames.frame(What::Table, name.as_bytes())?;
                end.tables.push((name, 0, String::new()));
            }
            Part::Rows(rows, count) => {
                of_table.update(&rows);
                if let Some((_, so_far, _)) = end.tables.last_mut() {
                    *so_far += count;
                }
                frames.frame(What::Rows, &rows)?;
            }
            Part::File(file) => write_file(&mut frames, file, vault, &mut end, &mut of_pieces)?,
            Part::End => {
                ended = true;
                break;
            }
        }
    }
    if !ended {
        return Err(io::Error::other("the record could not be read to its end").into());
    }
    close_table(&mut end, &mut of_table);
    end.pieces_hash = hex(of_pieces.finalize());
    end.hash = hex(frames.hash());
    frames.frame(What::End, end.sign(keys)?.as_bytes())?;
    Ok((frames.finish()?, end))
}

fn close_table(end: &mut End, hash: &mut Sha256) {
    if let Some((_, _, of)) = end.tables.last_mut().filter(|(_, _, of)| of.is_empty()) {
        *of = hex(hash.finalize_reset());
    }
}

fn write_file<W: Write>(
    frames: &mut FrameWriter<W>,
    file: LiveFile,
    vault: &Vault,
    end: &mut End,
    hash: &mut Sha256,
) -> Result<(), BackupError> {
    for (piece, bytes) in file.pieces() {
        let found = vault.open(file.file, piece)?;
        let whole = found.filter(|found| found.metadata().is_ok_and(|about| about.len() == bytes));
        let Some(mut from) = whole else {
            // A file that was only sent for a draft may have been swept away since the snapshot. One that an entry has
            // is damage: the rest is worth having all the same, and whoever asked for the backup is told.
            if file.of_entry {
                end.lacking.push(name_of(file, piece));
            }
            continue;
        };
        frames.frame(What::File, name_of(file, piece).as_bytes())?;
        let mut portion = vec![0; PORTION];
        let mut left = bytes;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(PORTION).min(PORTION);
            let got = from.read(&mut portion[..most])?;
            if got == 0 {
                return Err(io::Error::other("a file became shorter while it was copied").into());
            }
            hash.update(&portion[..got]);
            frames.frame(What::Bytes, &portion[..got])?;
            left -= got as u64;
        }
        end.pieces += 1;
        end.piece_bytes += bytes;
    }
    Ok(())
}

fn name_of(file: LiveFile, piece: Piece) -> String {
    format!("{}.{}", file.file, piece.name())
}
