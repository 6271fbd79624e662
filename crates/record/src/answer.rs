//! Answers: what was said to a question, once it makes sense.

use jiff::civil::Date;

use policy::FileKind;

use crate::id::{EntryId, FileId, PersonId, RecordId, TeamId};

/// An answer, with the reason where the form asked for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What was answered.
    pub answer: Answer,
    /// Why, where this answer needs a reason (R-VIS-04: not seen; R-VIS-06: no interpreter).
    pub reason: Option<String>,
}

impl Answered {
    /// An answer that needs no reason.
    pub const fn plain(answer: Answer) -> Self {
        Self { answer, reason: None }
    }
}

/// The kinds of answer, as `policy::FieldKind` asks for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One or several lines.
    Text(String),
    /// Paragraphs with their natures.
    Passages(Vec<Passage>),
    /// A day.
    Date(Date),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    YesNo(bool),
    /// One code of a list, one role, an identifier or telephone number as given.
    Code(String),
    /// Several codes, in the order of the form.
    Codes(Vec<String>),
    /// One person.
    Person(PersonId),
    /// People, known or described.
    People(Vec<Named>),
    /// A postal address.
    Address(Address),
    /// A team.
    Team(TeamId),
    /// What will be done.
    Actions(Vec<Action>),
    /// Another entry of the same record.
    Entry(EntryId),
    /// Files.
    Documents(Vec<Document>),
    /// Rows of a table: what stands in each column, by the column's name.
    Table(Vec<Vec<(String, String)>>),
    /// Who signed.
    Signatures(Vec<Signed>),
}

impl Answer {
    /// The codes by which a condition can be judged: `yes`, `no`, a choice, each of several choices.
    pub fn codes(&self) -> Vec<&str> {
        match self {
            Self::YesNo(true) => vec!["yes"],
            Self::YesNo(false) => vec!["no"],
            Self::Code(code) => vec![code],
            Self::Codes(codes) => codes.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The answer as the plain text of a coded row or a fact; none for narrative.
    pub fn coded(&self) -> Option<String> {
        Some(match self {
            Self::Date(day) => day.to_string(),
            Self::Number(number) => number.to_string(),
            Self::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Self::Code(code) => code.clone(),
            Self::Codes(codes) => codes.join(" "),
            Self::Person(person) => person.to_string(),
            Self::Team(team) => team.to_string(),
            Self::Entry(entry) => entry.to_string(),
            Self::Text(_)
            | Self::Passages(_)
            | Self::People(_)
            | Self::Address(_)
            | Self::Actions(_)
            | Self::Documents(_)
            | Self::Table(_)
            | Self::Signatures(_) => return None,
        })
    }

    /// The answer as text for a fact: coded answers as they are, texts whole, an address on one line.
    pub fn stated(&self) -> String {
        self.coded().unwrap_or_else(|| match self {
            Self::Text(text) => text.clone(),
            Self::Address(address) => address.on_one_line(),
            Self::Passages(passages) => {
                passages.iter().map(|passage| passage.text.as_str()).collect::<Vec<_>>().join("\n")
            }
            Self::People(people) => people.iter().map(|named| named.name.as_str()).collect::<Vec<_>>().join(", "),
            Self::Actions(actions) => actions.iter().map(|action| action.what.as_str()).collect::<Vec<_>>().join("; "),
            Self::Documents(documents) => {
                documents.iter().map(|document| document.says.as_str()).collect::<Vec<_>>().join("; ")
            }
            Self::Table(rows) => rows
                .iter()
                .map(|row| row.iter().map(|(_, cell)| cell.as_str()).collect::<Vec<_>>().join(", "))
                .collect::<Vec<_>>()
                .join("; "),
            Self::Signatures(signed) => signed.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", "),
            _ => String::new(),
        })
    }
}

/// One paragraph of narrative.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// The pack's nature code (fact seen, told by, opinion, child's words); unmarked is allowed.
    pub nature: Option<String>,
    /// Who said it, where the nature asks.
    pub who: Option<String>,
    /// The paragraph.
    pub text: String,
    /// Only for this child's record; for all the act's children when none.
    pub only_for: Option<RecordId>,
}

/// Somebody who was there or is spoken of: known to the system, or explained so that a stranger knows who they are
/// (R-PPL-14).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The person, if known.
    pub person: Option<PersonId>,
    /// Their name as written.
    pub name: String,
    /// Who they are: title, relationship, agency.
    pub role: String,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// House and street, one or more lines.
    pub lines: String,
    /// Town or city.
    pub town: String,
    /// Postcode in capitals with one space; may be blank abroad or unknown.
    pub postcode: String,
}

impl Address {
    /// Commas instead of line breaks.
    pub fn on_one_line(&self) -> String {
        let lines = self.lines.lines().map(str::trim).filter(|line| !line.is_empty());
        lines
            .chain([self.town.trim(), self.postcode.trim()])
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// Something that will be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Action {
    /// What.
    pub what: String,
    /// By whom.
    pub who: String,
    /// By when, where it was agreed.
    pub by: Option<Date>,
}

/// That somebody signed (R-STD-08).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Who, as they are called and what they are.
    pub name: String,
    /// On which day.
    pub on: Date,
    /// How: a code of the list that the question names.
    pub how: String,
}

/// A file as it was sent: what it is by its content, and a print of every byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The file: the name of its bytes, wherever they lie.
    pub file: FileId,
    /// Its name, cleaned, ending in what it is.
    pub name: String,
    /// What kind of file it is.
    pub kind: FileKind,
    /// Its media type, for whoever downloads it.
    pub media: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// A keyed print of its bytes: what finds a file that was changed or exchanged.
    pub print: [u8; 32],
    /// The picture that is shown of it.
    pub shown: Option<Shown>,
    /// Whether a virus scanner looked at it and found nothing.
    pub scanned: bool,
}

/// A picture made anew from the one that was sent, without what a camera adds to it: place, time, device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// How many bytes it has.
    pub bytes: u64,
    /// A keyed print of its bytes.
    pub print: [u8; 32],
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// A file that an entry has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file.
    pub sent: Sent,
    /// What it shows or says, in words, for somebody who cannot see or hear it.
    pub says: String,
}
