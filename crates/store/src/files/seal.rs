//! Sealed bytes: XChaCha20-Poly1305 over pieces of 64 KiB in the STREAM construction, under a key of the file's own.
//!
//! Each piece is bound to its place and to whether it is the last, so bytes that were cut off, put in, put elsewhere or
//! taken from another file do not open. Any piece opens alone: a reader can be wound back without a second copy.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
};

use aead_stream::{NewStream as _, Nonce, StreamBE32, StreamPrimitive as _};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use hmac::{Hmac, Mac as _};
use ledger::encode::Writer;
use record::FileId;
use sha2::Sha256;
use zeroize::ZeroizeOnDrop;

use super::vault::Piece;
use crate::keys::{derive, fill};

/// How many bytes are sealed at once.
const CHUNK: usize = 64 * 1_024;
/// What sealing adds to each.
const TAG: usize = 16;
/// How a sealed file begins; the last byte is the version of this format.
const MAGIC: &[u8; 8] = b"LSFILE\0\x01";
/// The random part of the nonce; the rest is the place and whether it is the last.
const PREFIX: usize = 19;
const HEADER: usize = MAGIC.len() + PREFIX;

/// The key of one file.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub(crate) struct FileKey(pub(crate) [u8; 32]);

impl FileKey {
    pub fn fresh() -> Self {
        let mut key = [0; 32];
        fill(&mut key);
        Self(key)
    }

    fn stream(&self, prefix: &[u8; PREFIX]) -> StreamBE32<XChaCha20Poly1305> {
        let cipher = XChaCha20Poly1305::new(&derive(&self.0, b"file").into());
        StreamBE32::from_aead(cipher, &Nonce::<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>::from(*prefix))
    }

    fn print(&self) -> Hmac<Sha256> {
        Hmac::new_from_slice(&derive(&self.0, b"print")).expect("HMAC takes keys of any length")
    }
}

/// What the bytes of a piece are bound to. The record is bound where the file's key is sealed: one file may stand in
/// several children's records, each with the key sealed anew.
fn bound_to(file: FileId, piece: Piece) -> Vec<u8> {
    let mut writer = Writer::new("file piece", 1);
    writer.put_text(&file.to_string()).put_text(piece.name());
    writer.finish()
}

/// Seals what is written to it.
pub(crate) struct Sealer<W: Write> {
    to: W,
    stream: StreamBE32<XChaCha20Poly1305>,
    bound_to: Vec<u8>,
    at: u32,
    chunk: Vec<u8>,
    print: Hmac<Sha256>,
    bytes: u64,
}

/// What was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// How many bytes before sealing.
    pub bytes: u64,
    /// Their keyed print.
    pub print: [u8; 32],
    /// How many bytes there are when sealed.
    pub on_disk: u64,
}

impl<W: Write> Sealer<W> {
    pub fn new(mut to: W, key: &FileKey, file: FileId, piece: Piece) -> io::Result<Self> {
        let mut prefix = [0; PREFIX];
        fill(&mut prefix);
        to.write_all(MAGIC)?;
        to.write_all(&prefix)?;
        Ok(Self {
            to,
            stream: key.stream(&prefix),
            bound_to: bound_to(file, piece),
            at: 0,
            chunk: Vec::with_capacity(CHUNK + TAG),
            print: key.print(),
            bytes: 0,
        })
    }

    pub fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.print.update(bytes);
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            // A full one waits: whether it is the last is known when more comes.
            if self.chunk.len() == CHUNK {
                self.seal(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len()));
            self.chunk.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<(W, Sealed)> {
        self.seal(true)?;
        let chunks = u64::from(self.at);
        let on_disk = HEADER as u64 + self.bytes + chunks * TAG as u64;
        Ok((self.to, Sealed { bytes: self.bytes, print: self.print.finalize().into_bytes().into(), on_disk }))
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        self.stream
            .encrypt_in_place(self.at, last, &self.bound_to, &mut self.chunk)
            .map_err(|_| io::Error::other("sealing failed"))?;
        self.to.write_all(&self.chunk)?;
        self.chunk.clear();
        self.at = self.at.checked_add(1).ok_or_else(|| io::Error::other("too large to be sealed"))?;
        Ok(())
    }
}

/// Opens a sealed file, from any place in it.
pub struct Opener {
    from: File,
    stream: StreamBE32<XChaCha20Poly1305>,
    bound_to: Vec<u8>,
    chunks: u32,
    bytes: u64,
    at: u64,
    /// Which chunk is open, and what it says.
    open: Option<u32>,
    chunk: Vec<u8>,
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "these bytes are not what was sealed here")
}

impl Opener {
    pub(crate) fn new(mut from: File, key: &FileKey, file: FileId, piece: Piece) -> io::Result<Self> {
        let sealed = from.metadata()?.len();
        let mut magic = [0; MAGIC.len()];
        let mut prefix = [0; PREFIX];
        from.read_exact(&mut magic).and_then(|()| from.read_exact(&mut prefix)).map_err(|_| changed())?;
        let body = sealed - HEADER as u64;
        let chunks = body.div_ceil((CHUNK + TAG) as u64);
        let bytes = body.checked_sub(chunks * TAG as u64).ok_or_else(changed)?;
        if magic != *MAGIC || chunks == 0 {
            return Err(changed());
        }
        Ok(Self {
            from,
            stream: key.stream(&prefix),
            bound_to: bound_to(file, piece),
            chunks: u32::try_from(chunks).map_err(|_| changed())?,
            bytes,
            at: 0,
            open: None,
            chunk: Vec::with_capacity(CHUNK + TAG),
        })
    }

    /// How many bytes there are, opened.
    pub const fn length(&self) -> u64 {
        self.bytes
    }

    /// The next bytes, as many as open at once; none at the end.
    ///
    /// # Errors
    /// Bytes that are not what was sealed here, or a disk that fails.
    pub fn next_bytes(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.bytes {
            return Ok(&[]);
        }
        let (nth, within) = self.place()?;
        self.open_chunk(nth)?;
        let rest = self.chunk.get(within..).unwrap_or_default();
        self.at += rest.len() as u64;
        Ok(rest)
    }

    fn place(&self) -> io::Result<(u32, usize)> {
        let nth = u32::try_from(self.at / CHUNK as u64).map_err(|_| changed())?;
        let within = usize::try_from(self.at % CHUNK as u64).map_err(|_| changed())?;
        Ok((nth, within))
    }

    fn open_chunk(&mut self, nth: u32) -> io::Result<()> {
        if self.open == Some(nth) {
            return Ok(());
        }
        if nth == 0 || self.open != Some(nth - 1) {
            self.from.seek(SeekFrom::Start(HEADER as u64 + u64::from(nth) * (CHUNK + TAG) as u64))?;
        }
        self.open = None;
        self.chunk.clear();
        Read::by_ref(&mut self.from).take((CHUNK + TAG) as u64).read_to_end(&mut self.chunk)?;
        self.stream
            .decrypt_in_place(nth, nth + 1 == self.chunks, &self.bound_to, &mut self.chunk)
            .map_err(|_| changed())?;
        self.open = Some(nth);
        Ok(())
    }

    /// The keyed print of everything.
    pub(crate) fn print(&mut self, key: &FileKey) -> io::Result<[u8; 32]> {
        self.rewind()?;
        let mut print = key.print();
        // An empty file has one sealed piece all the same, which must open.
        self.open_chunk(0)?;
        loop {
            let bytes = self.next_bytes()?;
            if bytes.is_empty() {
                return Ok(print.finalize().into_bytes().into());
            }
            print.update(bytes);
        }
    }
}

impl Read for Opener {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.bytes {
            return Ok(0);
        }
        let (nth, within) = self.place()?;
        self.open_chunk(nth)?;
        let rest = self.chunk.get(within..).unwrap_or_default();
        let now = rest.len().min(into.len());
        into[..now].copy_from_slice(&rest[..now]);
        self.at += now as u64;
        Ok(now)
    }
}

impl Seek for Opener {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "04h00000000000000000000000";

    fn sealed(key: &FileKey, bytes: &[u8]) -> (Vec<u8>, Sealed) {
        let mut sealer = Sealer::new(Vec::new(), key, FILE.parse().unwrap(), Piece::Original).unwrap();
        // In odd portions, as a network brings them.
        for portion in bytes.chunks(40_961) {
            sealer.write(portion).unwrap();
        }
        sealer.finish().unwrap()
    }

    fn opened(key: &FileKey, file: &str, piece: Piece, sealed: &[u8]) -> io::Result<Vec<u8>> {
        let mut place = tempfile::tempfile().unwrap();
        place.write_all(sealed).unwrap();
        place.rewind().unwrap();
        let mut bytes = Vec::new();
        let mut opener = Opener::new(place, key, file.parse().unwrap(), piece)?;
        opener.read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            opener.print(key)?;
        }
        Ok(bytes)
    }

    #[test]
    fn what_was_sealed_opens_whatever_its_length_and_from_any_place() {
        let key = FileKey::fresh();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 200_000] {
            let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
            let (secret, about) = sealed(&key, &bytes);
            assert_eq!((about.bytes, about.on_disk), (length as u64, secret.len() as u64));
            assert_eq!(opened(&key, FILE, Piece::Original, &secret).unwrap(), bytes, "{length}");
            let mut place = tempfile::tempfile().unwrap();
            place.write_all(&secret).unwrap();
            place.rewind().unwrap();
            let mut opener = Opener::new(place, &key, FILE.parse().unwrap(), Piece::Original).unwrap();
            assert_eq!(opener.length(), length as u64);
            assert_eq!(opener.print(&key).unwrap(), about.print, "{length}");
            let mut end = Vec::new();
            let from = opener.seek(SeekFrom::Start(length as u64 / 2)).unwrap();
            opener.read_to_end(&mut end).unwrap();
            assert_eq!(end, bytes[usize::try_from(from).unwrap()..]);
        }
    }

    /// ASVS 11.2.5, 11.3.3
    #[test]
    fn what_was_cut_moved_exchanged_or_changed_does_not_open() {
        let key = FileKey::fresh();
        let bytes = vec![7; 3 * CHUNK];
        let (secret, about) = sealed(&key, &bytes);
        let fails = |secret: &[u8]| opened(&key, FILE, Piece::Original, secret).is_err();
        let part = CHUNK + TAG;
        assert!(fails(&secret[..secret.len() - part]), "the last piece cut off");
        assert!(fails(&secret[..secret.len() - 1]), "a byte cut off");
        assert!(fails(&secret[..HEADER]) && fails(&secret[..4]) && fails(&[]), "nearly everything cut off");
        let moved = [
            &secret[..HEADER],
            &secret[HEADER + part..HEADER + 2 * part],
            &secret[HEADER..HEADER + part],
            &secret[HEADER + 2 * part..],
        ];
        assert!(fails(&moved.concat()), "pieces in another order");
        assert!(fails(&[&secret[..], &secret[HEADER..HEADER + part]].concat()), "a piece put in");
        for at in [0, MAGIC.len(), HEADER, secret.len() - 1] {
            let mut other = secret.clone();
            other[at] ^= 1;
            assert!(fails(&other), "byte {at} changed");
        }
        assert!(opened(&key, "05h00000000000000000000000", Piece::Original, &secret).is_err(), "another file's");
        assert!(opened(&key, FILE, Piece::Shown, &secret).is_err(), "another piece of it");
        assert!(opened(&FileKey::fresh(), FILE, Piece::Original, &secret).is_err(), "another key");
        let (other, _) = sealed(&key, &bytes);
        assert_ne!(secret, other, "never the same twice");
        assert_eq!(sealed(&key, &bytes).1.print, about.print);
        assert_ne!(sealed(&FileKey::fresh(), &bytes).1.print, about.print, "the print says nothing without the key");
    }
}
