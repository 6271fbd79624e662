//! What is given from a record to somebody outside: which entries, what is left out of each, and what must never be in it.
//!
//! What is left out stays visible as left out, with the reason: whoever reads it one day knows that something is missing,
//! and why.

use std::{fmt, str::FromStr};

use crate::{
    answer::{Answer, Answered},
    content::Content,
    id::EntryId,
    known,
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
    /// In what capacity.
    pub const CAPACITY: &str = "as";
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
            answer => texts.push((whole(field), said(answer))),
        }
        texts.extend(answered.reason.iter().map(|reason| (whole(field), reason.clone())));
    }
    texts
}

/// All that an answer says in words, whoever is meant with it too.
fn said(answer: &Answer) -> String {
    match answer {
        Answer::People(people) => {
            people.iter().map(|named| format!("{}, {}", named.name, named.role)).collect::<Vec<_>>().join("; ")
        }
        Answer::Actions(actions) => {
            actions.iter().map(|action| format!("{}, {}", action.what, action.who)).collect::<Vec<_>>().join("; ")
        }
        answer => answer.stated(),
    }
}

/// The answers that are addresses: where one is protected, none is given, however it is shown to whoever makes the paper.
pub fn addresses(content: &Content) -> impl Iterator<Item = Out> {
    let address = |answered: &Answered| matches!(answered.answer, Answer::Address(_));
    let all = content.answers.iter().filter(move |(_, answered)| address(answered));
    all.map(|(field, _)| Out { field: field.clone(), row: None })
}

/// Which of these name nothing of an entry: what is not there cannot be left out.
pub fn not_there<'a>(content: &Content, out: &'a [Out]) -> Vec<&'a Out> {
    let names: Vec<Out> = texts(content).into_iter().map(|(name, _)| name).collect();
    let answered = |out: &Out| out.row.is_none() && content.answers.contains_key(&out.field);
    out.iter().filter(|out| !names.contains(out) && !answered(out)).collect()
}

/// Kinds of fact about who may know what: an entry that sets one tells somebody what is kept from them, and is not given.
pub const GUARDING: [&str; 10] = [
    known::MUST_NEVER_LEARN,
    known::ADDRESSES_SHOWN,
    known::KEPT_CONFIDENTIAL,
    known::MAY_BE_GIVEN,
    known::RESTRICTION,
    known::RESTRICTED_TO,
    known::CONFLICT,
    known::NO_CONFLICT,
    known::OPENED_IN_EMERGENCY,
    known::OPENED_TO_SUPPORT,
];

/// The code for «they must never learn anything of the child».
pub const ANYTHING: &str = "anything";
/// The code for «where the child lives or goes to school».
pub const WHERE: &str = "where";

/// Words that must not be in what somebody is given: addresses that must be kept from them, old ones too. Who holds this
/// learns whether a text tells one, and not what they are.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

/// Shorter than this, letters and digits in a row say nothing: «1 Ash» stands in too many texts.
const TELLING: usize = 5;

/// What streets end in, as people write it long and short.
const STREETS: [(&str, &str); 12] = [
    ("street", "st"),
    ("road", "rd"),
    ("lane", "ln"),
    ("avenue", "ave"),
    ("close", "cl"),
    ("court", "ct"),
    ("drive", "dr"),
    ("place", "pl"),
    ("square", "sq"),
    ("terrace", "ter"),
    ("gardens", "gdns"),
    ("crescent", "cres"),
];

impl Secrets {
    /// Of these addresses and names of places, as facts say them: house and street, town, postcode.
    pub fn of<'a>(places: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = Vec::new();
        for place in places {
            let postcode = postcode_in(&words_of(place));
            let mut parts: Vec<Vec<String>> = place
                .split([',', '\n', ';'])
                .map(words_of)
                .filter(|part| !part.is_empty() && postcode_in(part).is_none_or(|found| found != part.concat()))
                .collect();
            // A town alone tells nothing: it is what stands last, where anything stands before it.
            if parts.len() > 1 {
                parts.pop();
            }
            all.extend(postcode);
            for mut part in parts {
                // Up to the street's own word: what comes behind it in one line is the town.
                if let Some(end) = part.iter().rposition(|word| STREETS.iter().any(|(_, short)| word == short)) {
                    part.truncate(end + 1);
                }
                let whole = part.concat();
                let numbered = part.first().is_some_and(|word| word.starts_with(|one: char| one.is_ascii_digit()));
                if numbered && part.len() > 1 {
                    all.push(part[1..].concat());
                }
                let room = ["flat", "apartment", "apt", "unit", "room"];
                let is_room = part.len() <= 2 && part.first().is_some_and(|word| room.contains(&word.as_str()));
                if !is_room {
                    all.push(whole);
                }
            }
        }
        all.retain(|secret| secret.chars().count() >= TELLING);
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    /// Whether a text tells one of them, however it is spaced and spelled with capitals, in full or short.
    pub fn told_in(&self, text: &str) -> bool {
        let text = words_of(text).concat();
        self.0.iter().any(|secret| {
            // «Flat 2» is not told by «Flat 20».
            text.match_indices(secret.as_str()).any(|(at, found)| {
                let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
                let before = digit(found.chars().next()) && digit(text[..at].chars().next_back());
                let after = digit(found.chars().next_back()) && digit(text[at + found.len()..].chars().next());
                !before && !after
            })
        })
    }
}

/// What it holds is written nowhere.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

/// The words of a text in small letters and digits alone, streets in short.
fn words_of(text: &str) -> Vec<String> {
    let bare =
        |word: &str| word.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let short = |word: String| match STREETS.iter().find(|(long, _)| *long == word) {
        Some((_, short)) => (*short).to_owned(),
        None if word == "saint" => "st".to_owned(),
        None => word,
    };
    // An apostrophe parts no word; everything else that is no letter does.
    let parted = text.replace(['\'', '’'], "");
    let words = parted.split(|one: char| !one.is_alphanumeric());
    words.map(bare).filter(|word| !word.is_empty()).map(short).collect()
}

/// The postcode that words end in or hold: `ol161aa`.
fn postcode_in(words: &[String]) -> Option<String> {
    let one = words.iter().find(|word| is_postcode(word)).cloned();
    let two = words.windows(2).map(<[String]>::concat).find(|both| is_postcode(both));
    one.or(two)
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
        let secrets = Secrets::of([
            "7 Quillwort Lane, Rochdale, OL16 1AA",
            "Flat 2, 11 Ash St, Bury, BL9 0AA",
            "12, Elm Road, Bury",
            "The Cottage, Mill Drive, Bury, BL9 0AB",
            "7a Saint Mary’s Close, Bury",
            "9 Brook Avenue Bury BL9 0AC",
        ]);
        for told in [
            "They moved to 7, Quillwort lane last week.",
            "somewhere on QUILLWORT Ln.",
            "ol161aa",
            "the flat at BL9  0AA",
            "They live at 11 Ash Street",
            "in Elm Rd, number twelve",
            "that cottage: the cottage",
            "down mill drive",
            "St Marys Cl",
            "near Brook Avenue",
            "BL9 0AC",
        ] {
            assert!(secrets.told_in(told), "{told}");
        }
        for untold in [
            "Rochdale",
            "They moved.",
            "The lane was wet",
            "quill",
            "OL16",
            "an ash tree",
            "flat 20",
            "in Bury",
            "111 Ashton",
        ] {
            assert!(!secrets.told_in(untold), "{untold}");
        }
        assert!(!Secrets::of(["12345"]).told_in("a 123456 b"));
        assert!(!Secrets::of(["", "1 A", ", , "]).told_in("1 a"));
        assert!(!format!("{secrets:?}").contains("quill"));
    }

    /// R-SHR-08: who was there is told with what they are, and what is asked for must be there.
    #[test]
    fn r_shr_08_everything_that_an_answer_says_is_looked_at() {
        let people = Answer::People(vec![crate::answer::Named {
            person: None,
            name: "Nan".to_owned(),
            role: "next door, 7 Quillwort Lane".to_owned(),
        }]);
        assert!(Secrets::of(["7 Quillwort Lane, Rochdale"]).told_in(&said(&people)));
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
