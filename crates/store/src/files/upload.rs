//! A file on its way in: sealed as it comes, a few pieces in memory, never in the clear on the disk.

use std::{
    fs::File,
    io::{self, BufWriter, Seek as _},
    sync::mpsc::{SyncSender, sync_channel},
};

use bytes::Bytes;
use record::{
    FileId,
    answer::{Sent, Shown},
};
use tokio::{sync::mpsc, task::JoinHandle};

use super::{
    seal::{FileKey, Opener, Sealed, Sealer},
    vault::{Incoming, Piece, Vault, failed},
};
use crate::{Db, engine::StoreError};

/// How many portions wait to be sealed.
const WAITING: usize = 4;
/// After so many bytes the disk is asked to begin writing, so that not all of it waits for the end.
const FLUSH_EVERY: u64 = 8 * 1_024 * 1_024;

/// A file that is coming. Dropped, what has come is gone.
pub struct Upload {
    feed: mpsc::Sender<Bytes>,
    sealing: JoinHandle<Result<Received, StoreError>>,
}

/// A file that has come whole and lies sealed, without a name. Dropped, it is gone.
pub struct Received {
    file: FileId,
    key: FileKey,
    vault: Vault,
    original: (Incoming, Sealed),
    shown: Option<(Incoming, Sealed)>,
}

/// A file that lies durably under its name and is in no row yet.
#[derive(Clone)]
pub struct Kept {
    pub(super) file: FileId,
    pub(super) key: FileKey,
    pub(super) original: Sealed,
    pub(super) shown: Option<Sealed>,
}

impl Db {
    /// Takes a file in.
    pub fn receive(&self, file: FileId) -> Upload {
        let vault = self.vault().clone();
        let (feed, portions) = mpsc::channel(WAITING);
        let sealing = tokio::task::spawn_blocking(move || seal_all(vault, file, portions));
        Upload { feed, sealing }
    }

    /// Takes away a file that lies under its name and will be in no row: its act failed.
    pub async fn discard(&self, kept: &Kept) {
        let (vault, file) = (self.vault().clone(), kept.file);
        let removed = tokio::task::spawn_blocking(move || {
            vault.remove(file, Piece::Shown).and_then(|()| vault.remove(file, Piece::Original))
        });
        if !matches!(removed.await, Ok(Ok(()))) {
            tracing::warn!("a file that was not kept could not be taken away; the sweeping will do it");
        }
    }
}

impl Upload {
    /// Takes the next bytes; waits while earlier ones are being sealed.
    ///
    /// # Errors
    /// The disk's: it is full, or fails.
    pub async fn take(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        if self.feed.send(bytes).await.is_ok() {
            return Ok(());
        }
        // Sealing has stopped; it says why.
        match (&mut self.sealing).await {
            Ok(Err(error)) => Err(error),
            _ => Err(StoreError::Files("sealing stopped".to_owned())),
        }
    }

    /// Everything has come; when this returns it is durable, though without a name.
    ///
    /// # Errors
    /// The disk's.
    pub async fn end(self) -> Result<Received, StoreError> {
        drop(self.feed);
        self.sealing.await.map_err(|error| StoreError::Files(error.to_string()))?
    }
}

fn seal_all(vault: Vault, file: FileId, mut portions: mpsc::Receiver<Bytes>) -> Result<Received, StoreError> {
    let key = FileKey::fresh();
    let (incoming, to) = vault.begin(file, Piece::Original)?;
    let sealed = durably(&to, |to, flush| {
        let mut sealer = Sealer::new(BufWriter::with_capacity(256 * 1_024, to), &key, file, Piece::Original)?;
        let mut since = 0;
        while let Some(portion) = portions.blocking_recv() {
            sealer.write(&portion)?;
            since += portion.len() as u64;
            if since >= FLUSH_EVERY {
                since = 0;
                flush.try_send(()).ok();
            }
        }
        let (to, sealed) = sealer.finish()?;
        to.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(sealed)
    });
    let sealed = sealed.map_err(|error| failed(&error))?;
    Ok(Received { file, key, vault, original: (incoming, sealed), shown: None })
}

/// Writes to a file, and waits until the disk has it; meanwhile the disk is kept busy with what has come already.
fn durably<T>(to: &File, write: impl FnOnce(&File, &SyncSender<()>) -> io::Result<T>) -> io::Result<T> {
    let disk = to.try_clone()?;
    let (flush, flushes) = sync_channel(1);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // What the disk refuses here it refuses again at the end.
            while flushes.recv().is_ok() {
                disk.sync_data().ok();
            }
        });
        let written = write(to, &flush);
        drop(flush);
        written
    })
    .and_then(|written| to.sync_all().map(|()| written))
}

impl Received {
    /// How many bytes have come.
    pub const fn bytes(&self) -> u64 {
        self.original.1.bytes
    }

    /// Opens what has come, to look into it. For a thread that may wait.
    ///
    /// # Errors
    /// The disk's.
    pub fn open(&self) -> Result<Opener, StoreError> {
        let from = File::open(self.original.0.path()).map_err(|error| failed(&error))?;
        Opener::new(from, &self.key, self.file, Piece::Original).map_err(|error| failed(&error))
    }

    /// Adds the picture that is shown of it. For a thread that may wait.
    ///
    /// # Errors
    /// The disk's.
    pub fn add_shown(&mut self, picture: &[u8]) -> Result<(), StoreError> {
        let (incoming, to) = self.vault.begin(self.file, Piece::Shown)?;
        let sealed = durably(&to, |mut to, _| {
            let mut sealer = Sealer::new(&mut to, &self.key, self.file, Piece::Shown)?;
            sealer.write(picture)?;
            Ok(sealer.finish()?.1)
        });
        self.shown = Some((incoming, sealed.map_err(|error| failed(&error))?));
        Ok(())
    }

    /// Gives it its name, durably. For a thread that may wait.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep(self) -> Result<Kept, StoreError> {
        let Self { file, key, original: (incoming, original), shown, .. } = self;
        let shown = match shown {
            Some((incoming, sealed)) => {
                incoming.keep()?;
                Some(sealed)
            }
            None => None,
        };
        incoming.keep()?;
        Ok(Kept { file, key, original, shown })
    }
}

impl Kept {
    /// What an entry will say of it.
    pub fn sent(
        &self,
        name: String,
        format: (policy::FileKind, &str),
        size: Option<(u32, u32)>,
        scanned: bool,
    ) -> Sent {
        Sent {
            file: self.file,
            name,
            kind: format.0,
            media: format.1.to_owned(),
            bytes: self.original.bytes,
            print: self.original.print,
            shown: self.shown.zip(size).map(|(sealed, (width, height))| Shown {
                bytes: sealed.bytes,
                print: sealed.print,
                width,
                height,
            }),
            scanned,
        }
    }
}

/// Opens a piece of a file, checking that it is there and as long as it must be.
pub(super) fn open_piece(
    vault: &Vault,
    key: &FileKey,
    sent: &Sent,
    piece: Piece,
) -> Result<Result<Opener, NotWhole>, StoreError> {
    let Some(from) = vault.open(sent.file, piece)? else { return Ok(Err(NotWhole::Missing)) };
    let bytes = match piece {
        Piece::Original => Some(sent.bytes),
        Piece::Shown => sent.shown.map(|shown| shown.bytes),
    };
    match Opener::new(from, key, sent.file, piece) {
        Ok(mut opener) if Some(opener.length()) == bytes => {
            // The first piece is opened now: what is not what was sealed is found before anything is sent.
            match opener.next_bytes().map(<[u8]>::is_empty) {
                Ok(_) => {
                    opener.rewind().map_err(|error| failed(&error))?;
                    Ok(Ok(opener))
                }
                Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Err(NotWhole::Changed)),
                Err(error) => Err(failed(&error)),
            }
        }
        Ok(_) => Ok(Err(NotWhole::Changed)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Err(NotWhole::Changed)),
        Err(error) => Err(failed(&error)),
    }
}

/// Why a piece of a file is not what it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotWhole {
    /// It is not there.
    Missing,
    /// It is there, and is not what was sealed.
    Changed,
}
