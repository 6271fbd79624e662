//! The body: ChaCha20-Poly1305 over pieces of 64 KiB in the STREAM construction, the last one marked as such.

use std::io::{self, BufRead, BufReader, Read, Write};

use aead_stream::{NewStream as _, Nonce, StreamBE32, StreamPrimitive as _};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _};

use crate::{
    Chance, Identity, Recipient, Unopened,
    header::{self, FileKey, derive},
};

const CHUNK: usize = 64 * 1_024;
const TAG: usize = 16;
const NONCE: usize = 16;

/// Seals what is written to it. Without [`finish`](Self::finish) the file has no end and does not open.
pub struct Sealing<W: Write> {
    to: W,
    stream: StreamBE32<ChaCha20Poly1305>,
    at: u32,
    chunk: Vec<u8>,
}

/// Opens what is read through it.
///
/// Reading fails with [`InvalidData`](io::ErrorKind::InvalidData) where bytes were altered or the end was cut off.
pub struct Opening<R: Read> {
    from: BufReader<R>,
    stream: StreamBE32<ChaCha20Poly1305>,
    at: u32,
    chunk: Vec<u8>,
    given: usize,
    ended: bool,
    /// Something follows the piece that is marked as the last.
    followed: bool,
}

/// The counter has 11 bytes in age and 4 here, behind 7 that are zero: 256 TiB.
fn stream(key: &FileKey, nonce: &[u8; NONCE]) -> StreamBE32<ChaCha20Poly1305> {
    let key = derive(Some(nonce), key.as_slice(), b"payload");
    let prefix = Nonce::<ChaCha20Poly1305, StreamBE32<ChaCha20Poly1305>>::from([0; 7]);
    StreamBE32::from_aead(ChaCha20Poly1305::new((&*key).into()), &prefix)
}

impl<W: Write> Sealing<W> {
    /// Begins a file that each of these may open.
    ///
    /// # Errors
    /// No recipient, or where it is written to fails.
    pub fn new(mut to: W, recipients: &[Recipient], chance: Chance<'_>) -> io::Result<Self> {
        if recipients.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a file that nobody may open"));
        }
        let key = header::write(&mut to, recipients, chance)?;
        let mut nonce = [0; NONCE];
        chance(&mut nonce);
        to.write_all(&nonce)?;
        Ok(Self { to, stream: stream(&key, &nonce), at: 0, chunk: Vec::with_capacity(CHUNK + TAG) })
    }

    /// Ends the file; gives back where it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        let sealed = self.stream.encrypt_in_place(self.at, last, &[], &mut self.chunk);
        sealed.map_err(|_| io::Error::other("sealing failed"))?;
        self.to.write_all(&self.chunk)?;
        self.chunk.clear();
        self.at = self.at.checked_add(1).ok_or_else(|| io::Error::other("too large to be sealed"))?;
        Ok(())
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full one waits: whether it is the last is known when more comes.
        if self.chunk.len() == CHUNK && !bytes.is_empty() {
            self.seal(false)?;
        }
        let now = bytes.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&bytes[..now]);
        Ok(now)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl<R: Read> Opening<R> {
    /// Opens a file with whichever of these keys fits.
    ///
    /// # Errors
    /// Not such a file, a head that is damaged, or sealed for other keys.
    pub fn new(from: R, identities: &[Identity]) -> Result<Self, Unopened> {
        let mut from = BufReader::with_capacity(CHUNK + TAG, from);
        let key = header::read(&mut from, identities)?;
        let mut nonce = [0; NONCE];
        from.read_exact(&mut nonce).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Unopened::Damaged,
            _ => Unopened::Io(error),
        })?;
        let stream = stream(&key, &nonce);
        Ok(Self {
            from,
            stream,
            at: 0,
            chunk: Vec::with_capacity(CHUNK + TAG),
            given: 0,
            ended: false,
            followed: false,
        })
    }

    fn next_chunk(&mut self) -> io::Result<()> {
        self.chunk.clear();
        self.given = 0;
        Read::by_ref(&mut self.from).take((CHUNK + TAG) as u64).read_to_end(&mut self.chunk)?;
        // An end that holds nothing is there only in a file that holds nothing.
        let holds_nothing = self.chunk.len() <= TAG && self.at > 0;
        let full = self.chunk.len() == CHUNK + TAG;
        let mut opened = self.stream.decrypt_in_place(self.at, !full, &[], &mut self.chunk);
        let mut last = !full;
        if opened.is_err() && full {
            // A full piece may be the last one too; what does not open is as it was.
            last = true;
            opened = self.stream.decrypt_in_place(self.at, last, &[], &mut self.chunk);
            self.followed = opened.is_ok() && !self.from.fill_buf()?.is_empty();
        }
        if opened.is_err() || holds_nothing {
            self.chunk.clear();
            return Err(altered());
        }
        self.ended = last;
        self.at = self.at.checked_add(1).ok_or_else(altered)?;
        Ok(())
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.chunk.len() {
            if self.ended {
                return if self.followed { Err(altered()) } else { Ok(0) };
            }
            self.next_chunk()?;
        }
        let now = into.len().min(self.chunk.len() - self.given);
        into[..now].copy_from_slice(&self.chunk[self.given..self.given + now]);
        self.given += now;
        Ok(now)
    }
}

fn altered() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "cut short or altered: these bytes are not what was sealed")
}
