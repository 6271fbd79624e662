//! Who looked: what one leaf of the readings says of each person and each record that it showed.
//!
//! A leaf is one line for a page, however many children the page showed. Whoever asks who looked at one child asks from the
//! other side, so a leaf is taken apart here into a [`Look`] for each of them: how, and through what. It is worked out from
//! the leaf alone, without the database, so that anybody can work it out again.

pub mod questions;

use std::{collections::BTreeSet, fmt};

use ledger::leaf::Leaf;
use policy::Relation;

use crate::id::PersonId;

/// In what way a leaf says that somebody came to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// Opened a page that says what is in it.
    Opened,
    /// Looked at who may see it, or who has: nothing of the child.
    SawTo,
    /// A search showed the child.
    Found,
    /// A list showed the child.
    Listed,
    /// Took it onto paper.
    Printed,
    /// Took it out of the system.
    Exported,
    /// Was refused.
    Refused,
}

impl How {
    /// Every way.
    pub const ALL: [Self; 7] =
        [Self::Opened, Self::SawTo, Self::Found, Self::Listed, Self::Printed, Self::Exported, Self::Refused];

    /// The code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::SawTo => "saw-to",
            Self::Found => "found",
            Self::Listed => "listed",
            Self::Printed => "printed",
            Self::Exported => "exported",
            Self::Refused => "refused",
        }
    }

    /// By its code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.code() == code)
    }

    /// Whether somebody had before them what the record says.
    pub const fn shows_the_record(self) -> bool {
        matches!(self, Self::Opened | Self::Printed | Self::Exported)
    }

    /// By the name of an act in the log of readings.
    fn of(act: &str) -> Self {
        match act {
            "refused" => Self::Refused,
            "printed" => Self::Printed,
            "read-readings" | "read-restriction" | "read-support" | "read-emergency" | "read-conflict-page"
            | "read-adoption-page" | "read-question" | "list-restricted" | "list-support" | "list-questions" => {
                Self::SawTo
            }
            "read-count-list" | "compare-people" => Self::Listed,
            act if act.starts_with("exported") => Self::Exported,
            act if act.starts_with("list-") => Self::Listed,
            // A search within one record opens it, and one that shows entries shows what they say.
            "search-people" => Self::Found,
            _ => Self::Opened,
        }
    }
}

/// What one leaf says of one person or record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The record, or the person whom a search showed, by identifier.
    pub about: String,
    /// In what way.
    pub how: How,
    /// The relation through which it was open, or the word for why it was refused; blank where the leaf does not say.
    pub because: String,
    /// How many the leaf showed.
    pub among: u32,
}

/// The looks of a leaf of the readings: one for the record that it is about and each that it showed.
pub fn looks(leaf: &Leaf) -> Vec<Look> {
    let how = How::of(&leaf.act);
    let because = match how {
        How::Refused => leaf.purpose.split(' ').next().unwrap_or_default(),
        _ => Why::of(&leaf.purpose).through.map_or("", Relation::name),
    };
    let about: BTreeSet<&String> = leaf.record.iter().chain(&leaf.shown).collect();
    let among = u32::try_from(about.len()).unwrap_or(u32::MAX);
    about.into_iter().map(|about| Look { about: about.clone(), how, because: because.to_owned(), among }).collect()
}

/// The word of a leaf for what is done out of hours; the reason stands in the entry that opened the record.
const ON_DUTY: &str = "on-duty";
/// That for a record that was opened in an emergency; the reason stands in the entry that opened it.
const IN_EMERGENCY: &str = "in-emergency";

/// What a leaf says of why: through which relation, in whose place, and what was said beside that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The relation through which the record was open.
    pub through: Option<Relation>,
    /// In whose place it was done.
    pub for_whom: Option<PersonId>,
    /// What the page or the person gave as the purpose.
    pub said: String,
}

impl Why {
    /// What is done in the place of a colleague.
    pub const fn in_place_of(worker: PersonId) -> Self {
        Self { through: Some(Relation::Covers), for_whom: Some(worker), said: String::new() }
    }

    /// Reads what [`Display`](fmt::Display) writes. Leaves from before a relation was written say none.
    pub fn of(purpose: &str) -> Self {
        let (first, rest) = purpose.split_once(' ').unwrap_or((purpose, ""));
        let (through, for_whom) = match first {
            ON_DUTY => (Some(Relation::Duty), None),
            IN_EMERGENCY => (Some(Relation::Emergency), None),
            word => match (word.strip_prefix("for:"), word.strip_prefix("as:")) {
                (Some(worker), _) => (Some(Relation::Covers), worker.parse().ok()),
                (_, Some(name)) => (Relation::ALL.into_iter().find(|relation| relation.name() == name), None),
                _ => (None, None),
            },
        };
        let said = if through.is_some() { rest } else { purpose };
        Self { through, for_whom, said: said.to_owned() }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.through, self.for_whom) {
            (None, _) => return f.write_str(&self.said),
            (Some(Relation::Covers), Some(worker)) => write!(f, "for:{worker}")?,
            (Some(Relation::Duty), _) => f.write_str(ON_DUTY)?,
            (Some(Relation::Emergency), _) => f.write_str(IN_EMERGENCY)?,
            (Some(relation), _) => write!(f, "as:{}", relation.name())?,
        }
        if self.said.is_empty() { Ok(()) } else { write!(f, " {}", self.said) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::leaf::{Actor, ActorKind};

    fn leaf(act: &str, record: Option<&str>, purpose: &str, shown: &[&str]) -> Leaf {
        Leaf {
            at: "2026-03-03T15:20:00.000000Z".to_owned(),
            actor: Actor { kind: ActorKind::Person, id: "p".to_owned() },
            act: act.to_owned(),
            record: record.map(str::to_owned),
            thing: None,
            version: None,
            form: None,
            purpose: purpose.to_owned(),
            commitment: None,
            shown: shown.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn a_leaf_says_of_each_that_it_showed_how_and_through_what() {
        let said = |leaf: &Leaf| {
            looks(leaf).into_iter().map(|one| (one.about, one.how, one.because, one.among)).collect::<Vec<_>>()
        };
        let of = |about: &str, how, because: &str, among| (about.to_owned(), how, because.to_owned(), among);
        let opened = leaf("read-front-page", Some("a"), "as:team", &[]);
        assert_eq!(said(&opened), [of("a", How::Opened, "team", 1)]);
        let list = leaf("list-team", None, "", &["b", "a", "b"]);
        assert_eq!(said(&list), [of("a", How::Listed, "", 2), of("b", How::Listed, "", 2)]);
        let words = leaf("search-words", Some("a"), "", &["a", "entry"]);
        assert_eq!(said(&words).len(), 2);
        assert_eq!(said(&leaf("search-people", None, "", &["who"])), [of("who", How::Found, "", 1)]);
        assert_eq!(said(&leaf("refused", Some("a"), "restricted", &[])), [of("a", How::Refused, "restricted", 1)]);
        assert_eq!(said(&leaf("refused", None, "absent", &[])), []);
        assert_eq!(said(&leaf("printed", Some("a"), "on-duty court", &[])), [of("a", How::Printed, "duty", 1)]);
    }

    #[test]
    fn why_reads_back_as_it_is_written() {
        let worker: PersonId = "0123456789abcdefghjkmnpqrs".parse().unwrap();
        for through in [None].into_iter().chain(Relation::ALL.map(Some)) {
            for said in ["", "court", "two words"] {
                let for_whom = (through == Some(Relation::Covers)).then_some(worker);
                let why = Why { through, for_whom, said: said.to_owned() };
                assert_eq!(Why::of(&why.to_string()), why);
            }
        }
        // What older leaves say.
        assert_eq!(Why::of("import"), Why { through: None, for_whom: None, said: "import".to_owned() });
        assert_eq!(Why::of("in-emergency record").said, "record");
    }
}
