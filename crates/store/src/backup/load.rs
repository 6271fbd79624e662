//! Filling an empty place from a backup: rows into the tables of its own step, files where files lie.

use std::{
    fs::File,
    io::{Read, Write as _},
};

use record::FileId;
use tokio::sync::mpsc;

use super::{
    BackupError, End, Head, Step,
    check::{Part, begin, walk},
    frames::{damaged, read_rows},
    tables::Kind,
};
use crate::{
    engine::{Arg, Engine, Statement, StoreError, args},
    files::{Incoming, Piece, Vault, failed},
    keys::KeyRing,
    log::{Numbering, unsigned},
};

/// How many rows are committed together.
const ROWS: usize = 20_000;
/// The most arguments of one statement that adds rows.
const ARGUMENTS: usize = 2_000;

/// What the reading thread hands over.
enum Loaded {
    Table(String),
    Rows(Vec<u8>),
}

/// Loads all of it; gives its end. The tables are there and empty.
pub(super) async fn load(
    engine: &Engine,
    from: Box<dyn Read + Send>,
    head: &Head,
    tables: &[(String, Vec<Kind>)],
    keys: std::sync::Arc<KeyRing>,
    vault: &Vault,
    progress: &mut impl FnMut(Step),
) -> Result<End, BackupError> {
    let (parts, mut taken) = mpsc::channel(8);
    let (vault, of, expected) = (vault.clone(), tables.to_vec(), head.clone());
    let reading = tokio::task::spawn_blocking(move || read(from, &expected, &of, &keys, &vault, &parts));
    let filled = fill(engine, tables, &mut taken, progress).await;
    drop(taken);
    let end = reading.await.map_err(std::io::Error::other)?;
    // Where filling failed, the reader only saw that nobody took what it read.
    filled.and(end)
}

fn read(
    from: Box<dyn Read + Send>,
    expected: &Head,
    tables: &[(String, Vec<Kind>)],
    keys: &KeyRing,
    vault: &Vault,
    parts: &mpsc::Sender<Loaded>,
) -> Result<End, BackupError> {
    let (frames, head) = begin(from)?;
    if head != *expected {
        return Err(damaged("it changed while it was read"));
    }
    let gone = |_| BackupError::Io(std::io::Error::other("the restore has stopped"));
    let mut piece: Option<(Incoming, File)> = None;
    let end = walk(frames, &head, tables, Some(keys), &mut |part| {
        match part {
            Part::Table(name) => parts.blocking_send(Loaded::Table(name.to_owned())).map_err(gone)?,
            Part::Rows(rows) => parts.blocking_send(Loaded::Rows(rows)).map_err(gone)?,
            Part::File(name) => {
                keep(piece.take())?;
                let (file, of) = name_of(name).ok_or_else(|| damaged("a file of it has no name"))?;
                piece = Some(vault.begin(file, of)?);
            }
            Part::Bytes(bytes) => {
                if let Some((_, to)) = &mut piece {
                    to.write_all(bytes).map_err(|error| failed(&error))?;
                }
            }
        }
        Ok(())
    })?;
    keep(piece)?;
    Ok(end)
}

fn keep(piece: Option<(Incoming, File)>) -> Result<(), StoreError> {
    if let Some((incoming, file)) = piece {
        file.sync_all().map_err(|error| failed(&error))?;
        incoming.keep()?;
    }
    Ok(())
}

fn name_of(name: &str) -> Option<(FileId, Piece)> {
    let (file, piece) = name.split_once('.')?;
    let piece = [Piece::Original, Piece::Shown].into_iter().find(|known| known.name() == piece)?;
    Some((file.parse().ok()?, piece))
}

async fn fill(
    engine: &Engine,
    tables: &[(String, Vec<Kind>)],
    taken: &mut mpsc::Receiver<Loaded>,
    progress: &mut impl FnMut(Step),
) -> Result<(), BackupError> {
    let mut conn = engine.begin_writing().await?;
    let (mut table, mut kinds, mut since) = (String::new(), &[][..], 0);
    while let Some(part) = taken.recv().await {
        match part {
            Loaded::Table(name) => {
                progress(Step::Table(name.clone()));
                kinds = tables.iter().find(|(known, _)| *known == name).map_or(&[], |(_, kinds)| kinds);
                table = name;
            }
            Loaded::Rows(rows) => {
                let mut all: Vec<Vec<Arg>> = Vec::new();
                read_rows(&rows, kinds, |row| all.push(row))?;
                since += all.len();
                let into = format!("\"{table}\"");
                let most = (ARGUMENTS / kinds.len().max(1)).max(1);
                while !all.is_empty() {
                    let rest = all.split_off(all.len().min(most));
                    conn.run(Statement::insert(&into, all)).await?;
                    all = rest;
                }
                if since >= ROWS {
                    conn.commit().await?;
                    conn = engine.begin_writing().await?;
                    since = 0;
                }
            }
        }
    }
    Ok(conn.commit().await?)
}

/// Numbers the leaves that were committed and not numbered yet when the backup was made: on PostgreSQL there are some
/// at any moment, and SQLite has none ever.
pub(super) async fn number_waiting(engine: &Engine, keys: &KeyRing, now: record::Moment) -> Result<(), StoreError> {
    let mut conn = engine.begin_writing().await?;
    let mut numbering = Numbering::default();
    for row in conn.query("select distinct log from leaf where seq is null", args![]).await? {
        let log = row.text(0)?;
        loop {
            let sql = "select id, body from leaf where seq is null and log = $1 order by id limit 1000";
            let rows = conn.query(sql, args![&log]).await?;
            if rows.is_empty() {
                break;
            }
            let bodies = rows.iter().map(|row| row.blob(1)).collect::<Result<Vec<_>, _>>()?;
            let bodies: Vec<_> = bodies.iter().map(Vec::as_slice).collect();
            let (first, statements) = numbering.number(&mut conn, &log, &bodies, now, keys).await?;
            for (row, seq) in rows.iter().zip(first..) {
                let args = args![crate::log::signed(seq), row.text(0)?];
                conn.run(Statement::one_row("update leaf set seq = $1 where id = $2", args)).await?;
            }
            conn.run_all(statements).await?;
        }
    }
    conn.commit().await
}

/// The size that each log has now.
pub(super) async fn sizes(engine: &Engine) -> Result<Vec<(String, u64)>, StoreError> {
    let mut conn = engine.begin_reading().await?;
    let rows = conn.query("select name, size from log", args![]).await?;
    conn.rollback().await?;
    rows.iter().map(|row| Ok((row.text(0)?, unsigned(row.int(1)?)?))).collect()
}
