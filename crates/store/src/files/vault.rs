//! Where sealed bytes lie: a folder beside the database. It holds no key and knows no record.
//!
//! A piece is written under another name, made durable, and only then given its own, file and folder both: what has
//! its name is whole. The row that names it is committed after that. So a kill leaves a piece without a row at the
//! worst, which is swept away, and never a row without its piece.
//!
//! [`Vault`] is the interface for what comes later: S3, for many machines, is another kind of it.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use record::{FileId, id::Id};

use crate::{engine::StoreError, keys::SystemChance};

/// A piece of a file: as it was sent, or the picture that is shown of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// As it was sent.
    Original,
    /// The picture that was made of it.
    Shown,
}

impl Piece {
    /// Its name, in the seal and in the name of its bytes.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Shown => "shown",
        }
    }
}

/// Where sealed bytes lie.
#[derive(Clone, Debug)]
pub(crate) enum Vault {
    /// A folder on a disk of this machine, or one that all machines share.
    Folder(PathBuf),
}

/// A piece that has not its name yet. Dropped, it is gone.
pub(crate) struct Incoming {
    path: PathBuf,
    to: PathBuf,
    named: bool,
}

/// Bytes without a name in a folder that nobody writes any more.
const COMING: &str = "coming";

impl Vault {
    /// Whether pieces can be written and read here.
    pub fn check(&self) -> Result<(), StoreError> {
        let Self::Folder(folder) = self;
        let unusable = |error: io::Error| {
            StoreError::Files(format!(
                "the folder {} cannot be used by this user: {error}. Whoever runs Lifestory must own it and everything in it",
                folder.display()
            ))
        };
        if !folder.exists() {
            return Ok(());
        }
        fs::read_dir(folder).map_err(unusable)?;
        let coming = folder.join(COMING);
        if coming.exists() {
            let tried = coming.join(format!("tried.{}", std::process::id()));
            File::create(&tried).and_then(|_| fs::remove_file(&tried)).map_err(unusable)?;
        }
        // One piece speaks for all: a folder that was copied by another user is that user's to its last file.
        let mut shelves = fs::read_dir(folder).map_err(unusable)?.filter_map(Result::ok).map(|entry| entry.path());
        if let Some(shelf) = shelves.find(|shelf| *shelf != coming && shelf.is_dir())
            && let Some(Ok(piece)) = fs::read_dir(&shelf).map_err(unusable)?.next()
        {
            File::open(piece.path()).map_err(unusable)?;
        }
        Ok(())
    }

    /// Begins a piece: where to write it.
    pub fn begin(&self, file: FileId, piece: Piece) -> Result<(Incoming, File), StoreError> {
        let Self::Folder(folder) = self;
        let coming = folder.join(COMING);
        make_folder(&coming)?;
        // The same file may come twice when an act begins again; each has a name of its own until it is kept.
        let own = Id::new(record::Moment::from_microsecond(0), &mut SystemChance);
        let path = coming.join(format!("{file}.{}.{own}", piece.name()));
        let mut options = fs::OpenOptions::new();
        options.write(true).read(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let opened = options.open(&path).map_err(|error| failed(&error))?;
        Ok((Incoming { path, to: self.path(file, piece), named: false }, opened))
    }

    /// Opens a piece; none where there is none.
    pub fn open(&self, file: FileId, piece: Piece) -> Result<Option<File>, StoreError> {
        match File::open(self.path(file, piece)) {
            Ok(opened) => Ok(Some(opened)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Takes a piece away; nothing happens where there is none.
    pub fn remove(&self, file: FileId, piece: Piece) -> Result<(), StoreError> {
        match fs::remove_file(self.path(file, piece)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(()),
        }
    }

    /// The pieces that were last written before this moment, and what never got a name.
    pub fn older_than(&self, before: SystemTime) -> Result<Old, StoreError> {
        let Self::Folder(folder) = self;
        let mut old = Old::default();
        for shelf in entries(folder)? {
            let coming = shelf.file_name().is_some_and(|name| name == COMING);
            for path in entries(&shelf)? {
                let written = fs::metadata(&path).and_then(|about| about.modified());
                if !written.is_ok_and(|written| written < before) {
                    continue;
                }
                if coming {
                    old.coming.push(path);
                } else if let Some(piece) = piece_of(&path) {
                    old.pieces.push(piece);
                }
            }
        }
        Ok(old)
    }

    /// Takes away what never got a name.
    pub fn forget_coming(paths: &[PathBuf]) {
        for path in paths {
            if let Err(error) = fs::remove_file(path) {
                tracing::warn!(%error, "a file that was never finished could not be taken away");
            }
        }
    }

    fn path(&self, file: FileId, piece: Piece) -> PathBuf {
        let Self::Folder(folder) = self;
        let name = file.to_string();
        // The end of an identifier is chance; its beginning is the time, and would put a month into one folder.
        folder.join(&name[name.len() - 2..]).join(format!("{name}.{}", piece.name()))
    }
}

/// What lies there since long ago.
#[derive(Debug, Default)]
pub(crate) struct Old {
    /// Pieces with a name.
    pub pieces: Vec<(FileId, Piece)>,
    /// What never got one.
    pub coming: Vec<PathBuf>,
}

impl Incoming {
    /// Where it lies as long as it has no name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it its name, durably. Its bytes must be durable already.
    pub fn keep(mut self) -> Result<(), StoreError> {
        let shelf = self.to.parent().unwrap_or(Path::new("."));
        make_folder(shelf)?;
        fs::rename(&self.path, &self.to).and_then(|()| sync_folder(shelf)).map_err(|error| failed(&error))?;
        self.named = true;
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.named {
            // Where it cannot be taken away now, the sweeping does it.
            fs::remove_file(&self.path).ok();
        }
    }
}

fn piece_of(path: &Path) -> Option<(FileId, Piece)> {
    let (file, piece) = path.file_name()?.to_str()?.split_once('.')?;
    let piece = [Piece::Original, Piece::Shown].into_iter().find(|known| known.name() == piece)?;
    Some((file.parse().ok()?, piece))
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let listed = match fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(failed(&error)),
    };
    listed.map(|entry| entry.map(|entry| entry.path()).map_err(|error| failed(&error))).collect()
}

/// Makes a folder where there is none, durably.
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    if folder.is_dir() {
        return Ok(());
    }
    let made = fs::create_dir_all(folder).and_then(|()| folder.parent().map_or(Ok(()), sync_folder));
    made.map_err(|error| failed(&error))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// What went wrong with a file, as the store says it.
pub(crate) fn failed(error: &io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        _ => StoreError::Files(error.to_string()),
    }
}

/// This long ago, by the clock of the disk.
pub(crate) fn ago(long: Duration) -> SystemTime {
    #[expect(clippy::disallowed_methods, reason = "compared with the times that the disk itself gave to files")]
    let now = SystemTime::now();
    now.checked_sub(long).unwrap_or(SystemTime::UNIX_EPOCH)
}
