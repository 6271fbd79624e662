//! Mistakes in a pack, and where they stand.

use std::{collections::BTreeMap, ops::Range};

use serde::Deserialize;
use toml::Spanned;

/// Something in a pack that does not fit, said so that the person who wrote it can put it right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct Mistake {
    /// The file, as a person would find it: `packs/north/forms/visit.toml`.
    pub file: String,
    /// The line, the first being 1.
    pub line: usize,
    /// The character in the line, the first being 1.
    pub column: usize,
    /// What is wrong, and what to do about it.
    pub message: String,
}

/// A place in one of the files that are being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    file: FileId,
    offset: usize,
}

impl At {
    /// Whether this is in a pack that the other's pack extends: whoever writes the other's cannot change this.
    pub(super) const fn is_below(self, other: Self) -> bool {
        self.file.layer > other.file.layer
    }
}

/// One of the files that are being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    place: usize,
    /// How many packs down: 0 for the pack itself, 1 for the one that it extends.
    layer: usize,
}

impl FileId {
    /// The start of the file.
    pub(super) const fn start(self) -> At {
        At { file: self, offset: 0 }
    }

    /// Where a value of this file begins.
    pub(super) fn at<T>(self, value: &Spanned<T>) -> At {
        self.within(value.span())
    }

    /// Where a range of bytes of this file begins.
    pub(super) const fn within(self, span: Range<usize>) -> At {
        At { file: self, offset: span.start }
    }
}

/// Where the keys of one thing stand, so that a later check can point at the right one.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// The thing itself.
    pub(super) whole: At,
    keys: BTreeMap<&'static str, At>,
}

impl Places {
    /// Of a thing that begins here.
    pub(super) const fn new(whole: At) -> Self {
        Self { whole, keys: BTreeMap::new() }
    }

    /// Keeps where a key stands, if it was given.
    pub(super) fn keep<T>(&mut self, file: FileId, key: &'static str, value: Option<&Spanned<T>>) {
        self.keys.extend(value.map(|value| (key, file.at(value))));
    }

    /// Where this key stands; the whole thing where it was not given.
    pub(super) fn of(&self, key: &str) -> At {
        self.keys.get(key).copied().unwrap_or(self.whole)
    }
}

/// A word of a closed list, or what is wrong with it. Keeps one unknown word from hiding the rest of the file.
#[derive(Debug)]
pub(super) struct Known<T>(Result<T, String>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Known<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::value::{Error, StringDeserializer};
        let word = String::deserialize(deserializer)?;
        let known = T::deserialize(StringDeserializer::<Error>::new(word));
        Ok(Self(known.map_err(|wrong| in_plain_words(&wrong.to_string()))))
    }
}

/// Everything found wrong so far, and the files that it can be in.
#[derive(Default)]
pub(super) struct Mistakes {
    files: Vec<(String, String)>,
    found: Vec<Mistake>,
    unreadable: bool,
    layer: usize,
}

impl Mistakes {
    /// Takes in a file, under the name that people know it by.
    pub(super) fn file(&mut self, place: String, text: String) -> FileId {
        self.files.push((place, text));
        FileId { place: self.files.len() - 1, layer: self.layer }
    }

    /// The files from here on are of the pack that the one before extends.
    pub(super) const fn one_pack_down(&mut self) {
        self.layer += 1;
    }

    /// A code that somebody names and a list has not. Where the list took the place of another one that had it, the
    /// mistake is the list's: what names the code stands in a pack that its writer only extends.
    pub(super) fn no_code(&mut self, named: At, code: &str, list: (&str, At), otherwise: impl Into<String>) {
        let (list, at) = list;
        if named.is_below(at) {
            let place = self.files[named.file.place].0.clone();
            self.add(
                at,
                format!(
                    "the list `{list}` leaves out `{code}`, which {place} names; keep the code, with a label of your own, or \
                     with withdrawn = true where nobody is to choose it"
                ),
            );
        } else {
            self.add(named, otherwise);
        }
    }

    /// Adds a mistake.
    pub(super) fn add(&mut self, at: At, message: impl Into<String>) {
        let (place, text) = &self.files[at.file.place];
        let before = text.get(..at.offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.found.push(Mistake {
            file: place.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        });
    }

    /// Adds a mistake about a whole file that gave nothing to go on with.
    pub(super) fn add_unreadable(&mut self, at: At, message: impl Into<String>) {
        self.add(at, message);
        self.unreadable = true;
    }

    /// The word, or nothing and a mistake.
    pub(super) fn known<T>(&mut self, file: FileId, word: Option<Spanned<Known<T>>>) -> Option<T> {
        let word = word?;
        let at = file.at(&word);
        word.into_inner().0.map_err(|message| self.add(at, message)).ok()
    }

    /// Reads a file as TOML into a draft.
    pub(super) fn parse<T: serde::de::DeserializeOwned>(&mut self, file: FileId) -> Option<T> {
        match toml::from_str(&self.files[file.place].1) {
            Ok(draft) => Some(draft),
            Err(wrong) => {
                let at = file.within(wrong.span().unwrap_or_default());
                self.add_unreadable(at, in_plain_words(wrong.message()));
                None
            }
        }
    }

    /// The text of a file.
    pub(super) fn text(&self, file: FileId) -> &str {
        &self.files[file.place].1
    }

    /// Whether nothing is wrong so far.
    pub(super) const fn none(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether a file could not be read at all.
    pub(super) const fn unreadable(&self) -> bool {
        self.unreadable
    }

    /// All of them, in order of file and line, each once.
    pub(super) fn into_list(self) -> Vec<Mistake> {
        let mut found = self.found;
        found.sort();
        found.dedup();
        found
    }
}

/// What the TOML reader says, in the words of somebody who writes policy and not programs.
pub(super) fn in_plain_words(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let (said, choice) = message.split_once(", expected ").unwrap_or((message, ""));
    let choice = choice.replace("one of ", "").replace("` or `", "`, `");
    if let Some(key) = said.strip_prefix("unknown field ") {
        format!("there is no key {key} here; the keys are {choice}")
    } else if let Some(word) = said.strip_prefix("unknown variant ") {
        format!("{word} is not known here; use one of {choice}")
    } else if let Some(key) = said.strip_prefix("missing field ") {
        format!("the key {key} is missing; add it")
    } else if let Some(found) = said.strip_prefix("invalid type: ") {
        let wanted = match choice.as_str() {
            "u32" | "i64" => "a whole number",
            "a string" | "string" => "text in quotes",
            "a boolean" => "true or false",
            "a sequence" => "a list in square brackets",
            other => other,
        };
        format!("this should be {wanted}, and is {found}")
    } else {
        format!("this is not TOML as expected: {message}")
    }
}
