//! Files that may be kept with an entry: the kinds that questions take, how large they may be, what happens to macros.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A kind of file, as people think of it. What a file really is, its content says, never its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// A photograph, a drawing, a scan: PNG, JPEG, WebP, GIF.
    Picture,
    /// PDF.
    Pdf,
    /// A text, a table, slides: Microsoft's formats since 2007 and `OpenDocument`.
    Office,
    /// A recording of voices.
    Sound,
    /// A film.
    Video,
}

impl FileKind {
    /// Every kind, in the order in which they are named to people.
    pub const ALL: [Self; 5] = [Self::Picture, Self::Pdf, Self::Office, Self::Sound, Self::Video];

    /// The name that packs and stored entries use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Pdf => "pdf",
            Self::Office => "office",
            Self::Sound => "sound",
            Self::Video => "video",
        }
    }

    /// What people call it.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Picture => "a picture",
            Self::Pdf => "a PDF",
            Self::Office => "an office document",
            Self::Sound => "a sound recording",
            Self::Video => "a video",
        }
    }
}

/// What becomes of a document with macros: programs inside a text or a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Macros {
    /// It is not taken.
    Refused,
    /// It is taken like any other, and downloaded only.
    Taken,
}

/// What a pack says about files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRules {
    /// The largest file of each kind, in megabytes (a million bytes).
    pub largest: BTreeMap<FileKind, u32>,
    /// What becomes of a document with macros.
    pub macros: Macros,
    /// After how many days a file that was sent and never became part of an entry is swept away.
    pub swept_after_days: u32,
}

impl Default for FileRules {
    /// For a pack that says nothing: what fits an ordinary office, and no macros.
    fn default() -> Self {
        let largest = [25, 50, 50, 250, 250];
        Self { largest: FileKind::ALL.into_iter().zip(largest).collect(), macros: Macros::Refused, swept_after_days: 7 }
    }
}

impl FileRules {
    /// The most bytes that a file of this kind may have.
    pub fn most_bytes(&self, kind: FileKind) -> u64 {
        self.largest.get(&kind).map_or(0, |megabytes| u64::from(*megabytes) * 1_000_000)
    }
}
