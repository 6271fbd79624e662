//! Where the text of packs comes from: a folder, or the program itself.

use std::{fs, io, path::PathBuf};

/// One file of a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path inside the pack's folder, with `/`: `forms/visit.toml`.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// A pack that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No pack has this name.
    #[error("there is no pack `{0}`; a pack is a folder of this name with a pack.toml in it")]
    Absent(String),
    /// The folder or a file in it cannot be read.
    #[error("cannot be read: {0}")]
    Disk(#[from] io::Error),
}

/// Gives the files of packs.
pub trait Sources {
    /// Every file of the pack with this name.
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable>;

    /// How a file is called when a mistake in it is shown.
    fn place(&self, pack: &str, path: &str) -> String {
        format!("packs/{pack}/{path}")
    }
}

/// Packs in a folder on disk, one folder a pack.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Sources for Folder {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        let root = self.0.join(pack);
        if !root.is_dir() {
            return Err(Unreadable::Absent(pack.to_owned()));
        }
        let mut files = Vec::new();
        let mut folders = vec![(root, String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    folders.push((entry.path(), format!("{path}/")));
                } else if is_data(&path) {
                    files.push(SourceFile { text: fs::read_to_string(entry.path())?, path });
                }
            }
        }
        Ok(files)
    }

    fn place(&self, pack: &str, path: &str) -> String {
        self.0.join(pack).join(path).display().to_string()
    }
}

/// The packs that were compiled into the program.
#[derive(Clone, Copy, Debug)]
pub struct Embedded;

/// The packs that were compiled into the program.
pub const fn embedded() -> Embedded {
    Embedded
}

impl Sources for Embedded {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        let files: Vec<_> = packs::FILES
            .iter()
            .filter_map(|(path, text)| {
                let path = path.strip_prefix(pack)?.strip_prefix('/')?;
                Some(SourceFile { path: path.to_owned(), text: (*text).to_owned() })
            })
            .collect();
        if files.is_empty() { Err(Unreadable::Absent(pack.to_owned())) } else { Ok(files) }
    }
}

/// Whether a file is part of the policy; a README beside it is not.
fn is_data(path: &str) -> bool {
    [".toml", ".csv"].iter().any(|end| path.ends_with(end))
}

/// Written by `build.rs`.
mod packs {
    include!(concat!(env!("OUT_DIR"), "/packs.rs"));
}
