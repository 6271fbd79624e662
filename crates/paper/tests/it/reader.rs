//! A small reader of PDFs: what the pages say, and how the document is tagged. It knows what our papers need, no more.

use std::collections::BTreeMap;

use hayro_syntax::{
    Pdf,
    content::ops::TypedInstruction,
    object::{Dict, Name, Object, Stream},
};

/// A paper as it is read.
pub struct Read {
    /// The text of each page, in the order in which it is drawn, without most of its spaces.
    pub pages: Vec<String>,
    /// How often each kind of tag comes: `H1`, `TH`, `P` …
    pub tags: BTreeMap<String, usize>,
    /// The language of the document.
    pub language: String,
    /// Whether it says that it is tagged, and has an outline.
    pub marked: bool,
    pub outline: bool,
    /// Everything that is said about it in XML.
    pub metadata: String,
}

impl Read {
    /// Reads a file; one that is none is a failed test.
    pub fn of(bytes: &[u8]) -> Self {
        assert!(bytes.starts_with(b"%PDF-"), "it begins as a PDF does");
        let pdf = Pdf::new(bytes.to_vec()).expect("it is a PDF");
        let root: Dict<'_> = pdf.xref().get(pdf.xref().root_id()).expect("it has a catalogue");
        let mut tags = BTreeMap::new();
        for object in pdf.objects() {
            if let Object::Dict(dict) = object
                && let Some(tag) = dict.get::<Name<'_>>("S")
                && dict.contains_key("P")
            {
                *tags.entry(tag.as_str().to_owned()).or_default() += 1;
            }
        }
        let language = root.get::<hayro_syntax::object::String<'_>>("Lang");
        let metadata = root.get::<Stream<'_>>("Metadata").and_then(|stream| Some(stream.decoded().ok()?.to_vec()));
        Self {
            pages: pdf.pages().iter().map(text).collect(),
            tags,
            language: language.map_or_else(String::new, |text| String::from_utf8_lossy(text.as_bytes()).into_owned()),
            marked: root.get::<Dict<'_>>("MarkInfo").and_then(|mark| mark.get::<bool>("Marked")).unwrap_or(false),
            outline: root.contains_key("Outlines"),
            metadata: String::from_utf8_lossy(&metadata.unwrap_or_default()).into_owned(),
        }
    }

    /// All that is written, without spaces: what is looked for must be without them as well.
    pub fn text(&self) -> String {
        squeezed(&self.pages.concat())
    }

    /// Whether these words stand anywhere.
    pub fn says(&self, words: &str) -> bool {
        self.text().contains(&squeezed(words))
    }

    /// How many tags of this kind there are.
    pub fn tag(&self, name: &str) -> usize {
        self.tags.get(name).copied().unwrap_or(0)
    }
}

/// Without white space: a PDF has positions where a text has spaces.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{ad}').collect()
}

fn text(page: &hayro_syntax::page::Page<'_>) -> String {
    let mut said = String::new();
    let mut letters = BTreeMap::new();
    let mut instructions = page.typed_operations();
    while let Some(instruction) = instructions.next() {
        match instruction {
            TypedInstruction::TextFont(font) => {
                let font = page.resources().get_font(font.0);
                let map = font.and_then(|font| font.get::<Stream<'_>>("ToUnicode"));
                letters = map.and_then(|map| Some(letters_of(&map.decoded().ok()?))).unwrap_or_default();
            }
            TypedInstruction::ShowText(shown) => say(&letters, shown.0.as_bytes(), &mut said),
            TypedInstruction::ShowTexts(shown) => {
                for text in shown.0.iter::<Object<'_>>() {
                    if let Object::String(text) = text {
                        say(&letters, text.as_bytes(), &mut said);
                    }
                }
            }
            _ => {}
        }
    }
    said
}

fn say(letters: &BTreeMap<u16, String>, codes: &[u8], said: &mut String) {
    for code in codes.chunks_exact(2) {
        said.push_str(letters.get(&u16::from_be_bytes([code[0], code[1]])).map_or("", String::as_str));
    }
}

/// What the glyphs of a font mean, from its map to Unicode.
fn letters_of(map: &[u8]) -> BTreeMap<u16, String> {
    let map = String::from_utf8_lossy(map);
    let mut letters = BTreeMap::new();
    let (mut chars, mut ranges) = (false, false);
    for line in map.lines() {
        if line.contains("beginbfchar") {
            chars = true;
        } else if line.contains("beginbfrange") {
            ranges = true;
        } else if line.contains("endbf") {
            (chars, ranges) = (false, false);
        } else if chars || ranges {
            let hex: Vec<&str> = line.split(['<', '>']).skip(1).step_by(2).collect();
            let number = |at: usize| hex.get(at).and_then(|hex| u16::from_str_radix(hex, 16).ok());
            let words = |at: usize| -> Vec<u16> {
                let bytes = hex.get(at).map_or(&b""[..], |hex| hex.as_bytes());
                bytes
                    .chunks(4)
                    .filter_map(|four| u16::from_str_radix(std::str::from_utf8(four).ok()?, 16).ok())
                    .collect()
            };
            match (chars, number(0), number(1)) {
                (true, Some(code), _) => {
                    letters.insert(code, String::from_utf16_lossy(&words(1)));
                }
                (false, Some(from), Some(to)) => {
                    for (n, code) in (from..=to).enumerate() {
                        let mut letter = words(2);
                        if let (Some(last), Ok(n)) = (letter.last_mut(), u16::try_from(n)) {
                            *last += n;
                        }
                        letters.insert(code, String::from_utf16_lossy(&letter));
                    }
                }
                _ => {}
            }
        }
    }
    letters
}
