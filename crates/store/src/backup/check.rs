//! Reading a backup through without changing anything: is it whole, and is it what it says?

use std::{io::Read, sync::Arc};

use sha2::{Digest as _, Sha256};

use super::{
    BackupError, End, Head,
    frames::{FrameReader, What, damaged, read_rows},
    manifest::hex,
    tables::Kind,
};
use crate::keys::KeyRing;

/// What a backup says of itself, found to be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its beginning.
    pub head: Head,
    /// Its end.
    pub end: End,
}

/// The beginning alone: what it says it is. Nothing is known to be true of it yet.
pub fn read_head(from: impl Read) -> Result<Head, BackupError> {
    Ok(begin(from)?.1)
}

/// Reads a backup to its end: every row, every byte of every file, the counts, the hashes, and with the keys of its
/// record the signature. For a thread that may wait.
///
/// # Errors
/// What is wrong with it.
pub async fn check<R: Read + Send + 'static>(from: R, keys: Option<&std::path::Path>) -> Result<Checked, BackupError> {
    let under = keys
        .map(|folder| Ok::<_, BackupError>((Arc::new(KeyRing::open(folder, false)?), folder.display().to_string())));
    check_under(from, under.transpose()?).await
}

/// The same with keys at hand, and what to call them.
pub(super) async fn check_under<R: Read + Send + 'static>(
    from: R,
    keys: Option<(Arc<KeyRing>, String)>,
) -> Result<Checked, BackupError> {
    let waiting = tokio::task::spawn_blocking(move || begin(from));
    let (frames, head) = waiting.await.map_err(std::io::Error::other)??;
    let tables = head.understand().await?;
    if let Some((keys, folder)) = &keys
        && !head.is_under(keys)?
    {
        return Err(BackupError::OtherKeys(folder.clone()));
    }
    let of = head.clone();
    let walking = tokio::task::spawn_blocking(move || {
        walk(frames, &of, &tables, keys.as_ref().map(|(keys, _)| keys.as_ref()), &mut |_| Ok(()))
    });
    let end = walking.await.map_err(std::io::Error::other)??;
    Ok(Checked { head, end })
}

/// The parts of a backup as they come.
pub(super) enum Part<'a> {
    Table(&'a str),
    Rows(Vec<u8>),
    File(&'a str),
    Bytes(&'a [u8]),
}

pub(super) fn begin<R: Read>(from: R) -> Result<(FrameReader<R>, Head), BackupError> {
    let mut frames = FrameReader::begin(from)?;
    match frames.frame()? {
        (What::Head, text) => {
            let head = serde_json::from_slice(&text).map_err(|_| damaged("its beginning cannot be read"))?;
            Ok((frames, head))
        }
        _ => Err(damaged("it does not begin with what it is")),
    }
}

/// Walks through a backup whose head was read, gives each part, and holds all of it to its end.
pub(super) fn walk<R: Read>(
    mut frames: FrameReader<R>,
    head: &Head,
    tables: &[(String, Vec<Kind>)],
    keys: Option<&KeyRing>,
    take: &mut dyn FnMut(Part<'_>) -> Result<(), BackupError>,
) -> Result<End, BackupError> {
    let mut found = Found::default();
    let mut tables = tables.iter();
    let mut kinds: Option<&[Kind]> = None;
    let mut in_file = false;
    loop {
        let before = frames.hash();
        let (what, bytes) = frames.frame()?;
        match what {
            What::Table if !in_file => {
                let (name, of) = tables.next().ok_or_else(|| damaged("it has a table too many"))?;
                if name.as_bytes() != bytes {
                    return Err(damaged("its tables are not in their order"));
                }
                found.close_table();
                found.tables.push((name.clone(), 0, String::new()));
                kinds = Some(of);
                take(Part::Table(name))?;
            }
            What::Rows if !in_file => {
                let kinds = kinds.ok_or_else(|| damaged("it has rows of no table"))?;
                let mut count = 0;
                read_rows(&bytes, kinds, |_| count += 1)?;
                found.of_table.update(&bytes);
                if let Some((_, so_far, _)) = found.tables.last_mut() {
                    *so_far += count;
                }
                take(Part::Rows(bytes))?;
            }
            What::File => {
                in_file = true;
                found.pieces += 1;
                let name = std::str::from_utf8(&bytes).map_err(|_| damaged("a file of it has no name"))?;
                take(Part::File(name))?;
            }
            What::Bytes if in_file => {
                found.piece_bytes += bytes.len() as u64;
                found.of_pieces.update(&bytes);
                take(Part::Bytes(&bytes))?;
            }
            What::End => {
                let end = End::read(&bytes, keys)?;
                found.close_table();
                found.compare(&end, head, before)?;
                frames.finish()?;
                return Ok(end);
            }
            _ => return Err(damaged("its parts are not in their order")),
        }
    }
}

#[derive(Default)]
struct Found {
    tables: Vec<(String, u64, String)>,
    of_table: Sha256,
    pieces: u64,
    piece_bytes: u64,
    of_pieces: Sha256,
}

impl Found {
    fn close_table(&mut self) {
        if let Some((_, _, hash)) = self.tables.last_mut().filter(|(_, _, hash)| hash.is_empty()) {
            *hash = hex(self.of_table.finalize_reset());
        }
    }

    fn compare(self, end: &End, head: &Head, before: [u8; 32]) -> Result<(), BackupError> {
        let same = end.hash == hex(before)
            && end.backup == head.backup
            && end.tables == self.tables
            && self.tables.len() == head.tables.len()
            && (end.pieces, end.piece_bytes) == (self.pieces, self.piece_bytes)
            && end.pieces_hash == hex(self.of_pieces.finalize());
        if same { Ok(()) } else { Err(damaged("its counts and hashes are not those of what is in it")) }
    }
}
