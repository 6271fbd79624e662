//! What is given from a record to somebody outside: which entries, what is left out of each, and what must never be in it.
//!
//! What is left out stays visible as left out, with the reason: whoever reads it one day knows that something is missing,
//! and why.

use std::{fmt, str::FromStr};

use crate::{
    answer::Answer,
    content::Content,
    id::EntryId,
    read::standing::{HEADLINE, INFORMANT},
};

/// The form that says who gets what.
pub const FORM: &str = "disclosure";

/// Its questions that the program reads or fills in.
pub mod field {
    /// The decision to share.
    pub const DECISION: &str = "decision";
    /// Who gets it.
    pub const RECIPIENT: &str = "recipient";
    /// Which entries, and what is left out of each.
    pub const PARTS: &str = "parts";
    /// The document itself.
    pub const GIVEN: &str = "given";
}

/// The columns of [`field::PARTS`].
pub mod column {
    /// The entry in words.
    pub const WHAT: &str = "what";
    /// What is left out of it, and why, in words.
    pub const LEFT_OUT: &str = "left-out";
    /// The entry.
    pub const ENTRY: &str = "entry";
    /// Which answers are left out.
    pub const OUT: &str = "out";
}

/// One entry of what is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The entry.
    pub entry: EntryId,
    /// What is left out of it.
    pub out: Vec<Out>,
}

/// What is left out: a whole answer, or one paragraph of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Out {
    /// The question.
    pub field: String,
    /// Which of its paragraphs, where it is narrative in paragraphs.
    pub row: Option<usize>,
}

impl fmt::Display for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        self.row.map_or(Ok(()), |row| write!(f, ".{row}"))
    }
}

/// A text that names nothing that could be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("names no answer of an entry")]
pub struct NotAnAnswer;

impl FromStr for Out {
    type Err = NotAnAnswer;
    fn from_str(text: &str) -> Result<Self, NotAnAnswer> {
        let (field, row) = match text.split_once('.') {
            Some((field, row)) => (field, Some(row.parse().map_err(|_| NotAnAnswer)?)),
            None => (text, None),
        };
        if field.is_empty() { Err(NotAnAnswer) } else { Ok(Self { field: field.to_owned(), row }) }
    }
}

/// The parts as the answer to [`field::PARTS`] has them; nothing for an answer that cannot be read so.
pub fn parts(content: &Content) -> Option<Vec<Part>> {
    let Some(Answer::Table(rows)) = content.answer(field::PARTS) else { return None };
    let part = |row: &Vec<(String, String)>| {
        let cell = |name: &str| row.iter().find(|(column, _)| column == name).map_or("", |(_, cell)| cell.as_str());
        let out = cell(column::OUT).split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        Some(Part { entry: cell(column::ENTRY).parse().ok()?, out })
    };
    rows.iter().map(part).collect()
}

/// An entry as it is given: without what is left out, in whose place stand these words, and without what the service says
/// to itself of its own work (why it was late, why it was put right, from whose record it came).
#[must_use]
pub fn given(content: &Content, out: &[Out], words: &str) -> Content {
    let mut given = content.clone();
    given.late = None;
    given.second_because = None;
    given.right = crate::right::Right::default();
    for out in out {
        match out.field.as_str() {
            HEADLINE => given.headline = Some(words.to_owned()),
            INFORMANT => given.informant = Some(words.to_owned()),
            field => {
                let Some(answered) = given.answers.get_mut(field) else { continue };
                if let (Answer::Passages(passages), Some(row)) = (&mut answered.answer, out.row) {
                    if let Some(passage) = passages.get_mut(row) {
                        words.clone_into(&mut passage.text);
                        (passage.nature, passage.who) = (None, None);
                    }
                } else {
                    answered.answer = Answer::Text(words.to_owned());
                    answered.reason = None;
                }
            }
        }
    }
    given
}

/// Every text of an entry, with the name by which it can be left out.
pub fn texts(content: &Content) -> Vec<(Out, String)> {
    let whole = |field: &str| Out { field: field.to_owned(), row: None };
    let mut texts = Vec::new();
    texts.extend(content.headline.iter().map(|text| (whole(HEADLINE), text.clone())));
    texts.extend(content.informant.iter().map(|text| (whole(INFORMANT), text.clone())));
    for (field, answered) in &content.answers {
        match &answered.answer {
            Answer::Passages(passages) => {
                for (row, passage) in passages.iter().enumerate() {
                    let who = passage.who.as_deref().unwrap_or_default();
                    texts.push((Out { field: field.clone(), row: Some(row) }, format!("{} {who}", passage.text)));
                }
            }
            answer => texts.push((whole(field), answer.stated())),
        }
        texts.extend(answered.reason.iter().map(|reason| (whole(field), reason.clone())));
    }
    texts
}

/// Words that must not be in what somebody is given: addresses that must be kept from them, old ones too. Who holds this
/// learns whether a text tells one, and not what they are.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

/// Shorter than this, letters and digits in a row say nothing: «1 Ash» stands in too many texts.
const TELLING: usize = 5;

impl Secrets {
    /// Of these addresses and names of places, as facts say them.
    pub fn of<'a>(places: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Vec::new();
        for place in places {
            let parts: Vec<String> = place.split([',', '\n']).map(bare).filter(|part| !part.is_empty()).collect();
            // The street with its number and without, and the postcode; a town alone tells nothing.
            if let Some(first) = parts.first() {
                all.push(first.clone());
                all.push(first.trim_start_matches(|letter: char| letter.is_ascii_digit()).to_owned());
            }
            let postcodes = parts.iter().skip(1).filter(|part| is_postcode(part));
            all.extend(postcodes.cloned());
        }
        all.retain(|secret| secret.chars().count() >= TELLING);
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// Whether a text tells one of them, however it is spaced and spelled with capitals.
    pub fn told_in(&self, text: &str) -> bool {
        let text = bare(text);
        self.0.iter().any(|secret| text.contains(secret.as_str()))
    }
}

/// What it holds is written nowhere.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

fn bare(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether bare letters and digits are a whole postcode: `ol161aa`.
fn is_postcode(bare: &str) -> bool {
    let letters: Vec<char> = bare.chars().collect();
    let [outward @ .., digit, one, two] = letters.as_slice() else { return false };
    (2..=4).contains(&outward.len())
        && outward[0].is_ascii_alphabetic()
        && outward.iter().any(char::is_ascii_digit)
        && digit.is_ascii_digit()
        && one.is_ascii_alphabetic()
        && two.is_ascii_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-SHR-08: however it is written, in a sentence, without its number, by its postcode alone.
    #[test]
    fn r_shr_08_an_address_is_found_however_it_is_written() {
        let secrets = Secrets::of(["7 Quillwort Lane, Rochdale, OL16 1AA", "Flat 2\n11 Ash St\nBury\nBL9 0AA"]);
        for told in [
            "They moved to 7, Quillwort lane last week.",
            "somewhere on QUILLWORT LANE",
            "ol161aa",
            "the flat at BL9  0AA",
            "Flat 2 is theirs",
        ] {
            assert!(secrets.told_in(told), "{told}");
        }
        for untold in ["Rochdale", "They moved.", "The lane was wet", "quill", "OL16", "an ash tree"] {
            assert!(!secrets.told_in(untold), "{untold}");
        }
        assert!(!Secrets::of(["", "1 A", ", , "]).told_in("1 a"));
        assert_eq!(format!("{secrets:?}"), "Secrets(5)");
    }

    #[test]
    fn what_is_left_out_is_named_and_read_again() {
        for text in ["account.2", "outcome", "headline"] {
            assert_eq!(text.parse::<Out>().unwrap().to_string(), text);
        }
        for wrong in ["", ".2", "account.x"] {
            assert!(wrong.parse::<Out>().is_err(), "{wrong}");
        }
    }
}
