//! The stream: frames of one kind each, with their length; and rows within them.
//!
//! ```text
//! LSBACKUP 0x01
//! H head                       the manifest's beginning, JSON
//! T name R rows R rows …       each table, as many frames of rows as it needs
//! F file piece B bytes B …     each piece of a file, sealed as it lies
//! E end                        the manifest's end, JSON in a signed note
//! ```
//! A frame is its letter, its length in four bytes, and its bytes. A row is its columns in the order of the head: 0 for
//! nothing, 1 and a number of eight bytes, 2 or 3 with the length in four bytes and a text or bytes.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

use super::{BackupError, tables::Kind};
use crate::engine::{Arg, Row, StoreError};

/// How the stream begins; the last byte is the version of this format.
const MAGIC: &[u8; 8] = b"LSBACKUP";
const FORMAT: u8 = 1;
/// Rows are gathered to about so many bytes, and files are cut into so many.
pub(super) const PORTION: usize = 128 * 1_024;
/// No frame is longer: a row is at most what one page may send.
const LONGEST: u32 = 256 * 1_024 * 1_024;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Head,
    Table,
    Rows,
    File,
    Bytes,
    End,
}

const LETTERS: [(What, u8); 6] = [
    (What::Head, b'H'),
    (What::Table, b'T'),
    (What::Rows, b'R'),
    (What::File, b'F'),
    (What::Bytes, b'B'),
    (What::End, b'E'),
];

/// Writes frames and remembers the hash of all that it wrote.
pub(super) struct FrameWriter<W> {
    to: W,
    hash: Sha256,
}

impl<W: Write> FrameWriter<W> {
    pub fn begin(to: W) -> io::Result<Self> {
        let mut writer = Self { to, hash: Sha256::new() };
        writer.put(MAGIC)?;
        writer.put(&[FORMAT])?;
        Ok(writer)
    }

    pub fn frame(&mut self, what: What, bytes: &[u8]) -> io::Result<()> {
        let letter = LETTERS.iter().find(|(known, _)| *known == what).map_or(0, |(_, letter)| *letter);
        let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= LONGEST);
        let length = length.ok_or_else(|| io::Error::other("a row is too large for a backup"))?;
        self.put(&[letter])?;
        self.put(&length.to_be_bytes())?;
        self.put(bytes)
    }

    /// The hash of everything written so far.
    pub fn hash(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    pub fn finish(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.to.write_all(bytes)
    }
}

/// Reads frames and remembers the hash of all that it read.
pub(super) struct FrameReader<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> FrameReader<R> {
    pub fn begin(from: R) -> Result<Self, BackupError> {
        let mut reader = Self { from, hash: Sha256::new() };
        let mut magic = [0; 9];
        reader.take(&mut magic, "it has no beginning")?;
        match magic.split_last() {
            Some((&FORMAT, begins)) if begins == MAGIC => Ok(reader),
            Some((format, begins)) if begins == MAGIC => Err(BackupError::Newer(format!("format {format}"))),
            _ => Err(BackupError::Damaged("it does not begin like a backup".to_owned())),
        }
    }

    /// The next frame.
    pub fn frame(&mut self) -> Result<(What, Vec<u8>), BackupError> {
        let mut head = [0; 5];
        self.take(&mut head, "its end is missing")?;
        let [letter, length @ ..] = head;
        let what = LETTERS.iter().find(|(_, known)| *known == letter).map(|(what, _)| *what);
        let length = u32::from_be_bytes(length);
        let what = what.filter(|_| length <= LONGEST).ok_or_else(|| damaged("a part of it is of no known kind"))?;
        let mut bytes = Vec::new();
        // Not made large on the word of a length alone.
        Read::by_ref(&mut self.from).take(u64::from(length)).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() < length as usize {
            return Err(BackupError::CutShort("a part of it has no end".to_owned()));
        }
        self.hash.update(&bytes);
        Ok((what, bytes))
    }

    /// The hash of everything read so far.
    pub fn hash(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }

    /// Nothing may follow.
    pub fn finish(mut self) -> Result<(), BackupError> {
        let mut more = [0];
        match self.from.read(&mut more).map_err(failed)? {
            0 => Ok(()),
            _ => Err(damaged("there is more behind its end")),
        }
    }

    fn take(&mut self, bytes: &mut [u8], missing: &str) -> Result<(), BackupError> {
        self.from.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => BackupError::CutShort(missing.to_owned()),
            _ => failed(error),
        })?;
        self.hash.update(bytes);
        Ok(())
    }
}

pub(super) fn damaged(what: &str) -> BackupError {
    BackupError::Damaged(what.to_owned())
}

/// What its seal finds wrong comes as invalid data.
fn failed(error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::InvalidData => BackupError::Damaged(error.to_string()),
        _ => BackupError::Io(error),
    }
}

/// Adds a row of the database to a frame.
pub(super) fn put_row(frame: &mut Vec<u8>, row: &Row, kinds: &[Kind]) -> Result<(), StoreError> {
    fn put_bytes(frame: &mut Vec<u8>, tag: u8, bytes: &[u8]) -> Result<(), StoreError> {
        let length = u32::try_from(bytes.len()).map_err(|_| StoreError::Engine("a row is too large".to_owned()))?;
        frame.push(tag);
        frame.extend_from_slice(&length.to_be_bytes());
        frame.extend_from_slice(bytes);
        Ok(())
    }
    for (at, kind) in kinds.iter().enumerate() {
        match kind {
            Kind::Text => match row.opt_text(at)? {
                Some(text) => put_bytes(frame, 2, text.as_bytes())?,
                None => frame.push(0),
            },
            Kind::Number => match row.opt_int(at)? {
                Some(number) => {
                    frame.push(1);
                    frame.extend_from_slice(&number.to_be_bytes());
                }
                None => frame.push(0),
            },
            Kind::Bytes => match row.opt_blob(at)? {
                Some(bytes) => put_bytes(frame, 3, &bytes)?,
                None => frame.push(0),
            },
        }
    }
    Ok(())
}

/// Takes the rows of a frame apart: as many values as the kinds, again and again.
pub(super) fn read_rows(mut frame: &[u8], kinds: &[Kind], mut take: impl FnMut(Vec<Arg>)) -> Result<(), BackupError> {
    let wrong = || damaged("a row of it cannot be read");
    let bytes = |from: &mut &[u8]| -> Option<Vec<u8>> {
        let (length, rest) = from.split_first_chunk::<4>()?;
        let (value, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        *from = rest;
        Some(value.to_vec())
    };
    while !frame.is_empty() {
        let mut row = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let (tag, rest) = frame.split_first().ok_or_else(wrong)?;
            frame = rest;
            row.push(match (tag, kind) {
                (0, Kind::Text) => Arg::Text(None),
                (0, Kind::Number) => Arg::Int(None),
                (0, Kind::Bytes) => Arg::Blob(None),
                (1, Kind::Number) => {
                    let (number, rest) = frame.split_first_chunk().ok_or_else(wrong)?;
                    frame = rest;
                    Arg::Int(Some(i64::from_be_bytes(*number)))
                }
                (2, Kind::Text) => {
                    let text = bytes(&mut frame).and_then(|text| String::from_utf8(text).ok());
                    Arg::Text(Some(text.ok_or_else(wrong)?))
                }
                (3, Kind::Bytes) => Arg::Blob(Some(bytes(&mut frame).ok_or_else(wrong)?)),
                _ => return Err(wrong()),
            });
        }
        take(row);
    }
    Ok(())
}
