//! Where the text of packs comes from: a folder, the program itself, or what was kept of a pack that was loaded.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, path::PathBuf};

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

    /// Whether there is a pack of this name here, readable or not.
    fn has(&self, pack: &str) -> bool {
        !matches!(self.files(pack), Err(Unreadable::Absent(_)))
    }

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

    fn has(&self, pack: &str) -> bool {
        self.0.join(pack).is_dir()
    }

    fn place(&self, pack: &str, path: &str) -> String {
        self.0.join(pack).join(path).display().to_string()
    }
}

/// The packs of one place, and those of another where the first has none of that name: an authority's own folder over
/// what the program carries.
#[derive(Clone, Debug)]
pub struct Over<A, B>(pub A, pub B);

impl<A: Sources, B: Sources> Sources for Over<A, B> {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        if self.0.has(pack) { self.0.files(pack) } else { self.1.files(pack) }
    }

    fn has(&self, pack: &str) -> bool {
        self.0.has(pack) || self.1.has(pack)
    }

    fn place(&self, pack: &str, path: &str) -> String {
        if self.0.has(pack) { self.0.place(pack, path) } else { self.1.place(pack, path) }
    }
}

/// A place that may not be given at all.
impl<S: Sources> Sources for Option<S> {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        self.as_ref().map_or_else(|| Err(Unreadable::Absent(pack.to_owned())), |sources| sources.files(pack))
    }

    fn has(&self, pack: &str) -> bool {
        self.as_ref().is_some_and(|sources| sources.has(pack))
    }

    fn place(&self, pack: &str, path: &str) -> String {
        self.as_ref().map_or_else(|| format!("{pack}/{path}"), |sources| sources.place(pack, path))
    }
}

/// Everything that one pack was loaded from: its own files and those of the packs that it extends, word for word. A
/// pack that was approved is kept like this, so that it can be loaded again whatever became of the folder or of the
/// program that carried it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle(BTreeMap<String, Vec<SourceFile>>);

impl Bundle {
    /// Takes in one pack's files.
    pub(super) fn put(&mut self, pack: &str, mut files: Vec<SourceFile>) {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        self.0.insert(pack.to_owned(), files);
    }

    /// The same with one file of one pack as this says: for whoever derives a version from another.
    #[must_use]
    pub fn with(mut self, pack: &str, path: &str, text: &str) -> Self {
        let mut files = self.0.remove(pack).unwrap_or_default();
        files.retain(|file| file.path != path);
        files.push(SourceFile { path: path.to_owned(), text: text.to_owned() });
        self.put(pack, files);
        self
    }

    /// What one file of one pack says.
    pub fn text(&self, pack: &str, path: &str) -> Option<&str> {
        self.0.get(pack)?.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// As one text: for each file a line with its pack, its path and the number of its bytes, then the file.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (pack, files) in &self.0 {
            for SourceFile { path, text: file } in files {
                writeln!(text, "{pack}/{path} {}", file.len()).expect("a String takes all that is written to it");
                text.push_str(file);
                text.push('\n');
            }
        }
        text
    }

    /// Reads such a text back; nothing where it is none, to its last letter.
    pub fn from_text(mut text: &str) -> Option<Self> {
        let mut bundle = Self::default();
        while !text.is_empty() {
            let (line, rest) = text.split_once('\n')?;
            let (name, length) = line.rsplit_once(' ')?;
            let (pack, path) = name.split_once('/')?;
            let file = rest.get(..length.parse().ok()?)?;
            text = rest[file.len()..].strip_prefix('\n')?;
            let file = SourceFile { path: path.to_owned(), text: file.to_owned() };
            bundle.0.entry(pack.to_owned()).or_default().push(file);
        }
        Some(bundle)
    }
}

impl Sources for Bundle {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        self.0.get(pack).cloned().ok_or_else(|| Unreadable::Absent(pack.to_owned()))
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
