//! What a person has typed so far, valid or not: the raw answers of a form as the page posts them.
//!
//! A draft keeps exactly this, so that nothing typed is ever lost or cleared. A name says which question it answers:
//! `seen-alone@0k3…​.reason` is the reason for the answer to `seen-alone` in the part of the child whose record is
//! `0k3…`; `discussion.2.text` is the text of the third passage.

use std::{collections::BTreeSet, fmt, str::FromStr};

use jiff::civil::Date;
use ledger::encode::{Reader, Writer};

use crate::id::RecordId;

/// The name of one box of a form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// The field.
    pub field: String,
    /// In whose part, for questions asked for each child.
    pub record: Option<RecordId>,
    /// Which row, for answers that repeat.
    pub row: Option<usize>,
    /// Which part of the answer: `day`, `text`, `who`, `reason`.
    pub part: Option<String>,
}

impl Name {
    /// The whole answer to a question asked once.
    pub fn of(field: &str) -> Self {
        Self { field: field.to_owned(), record: None, row: None, part: None }
    }
    /// In this child's part, when there is one.
    #[must_use]
    pub const fn in_part_of(mut self, record: Option<RecordId>) -> Self {
        self.record = record;
        self
    }
    /// This part of the answer.
    #[must_use]
    pub fn part(mut self, part: &str) -> Self {
        self.part = Some(part.to_owned());
        self
    }
    /// This row.
    #[must_use]
    pub const fn row(mut self, row: usize) -> Self {
        self.row = Some(row);
        self
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        if let Some(record) = self.record {
            write!(f, "@{record}")?;
        }
        if let Some(row) = self.row {
            write!(f, ".{row}")?;
        }
        if let Some(part) = &self.part {
            write!(f, ".{part}")?;
        }
        Ok(())
    }
}

/// A text that is not the name of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a question")]
pub struct NotAName;

impl FromStr for Name {
    type Err = NotAName;
    fn from_str(text: &str) -> Result<Self, NotAName> {
        let mut parts = text.split('.');
        let head = parts.next().ok_or(NotAName)?;
        let (field, record) = match head.split_once('@') {
            Some((field, record)) => (field, Some(record.parse().map_err(|_| NotAName)?)),
            None => (head, None),
        };
        if field.is_empty() {
            return Err(NotAName);
        }
        let mut name = Self { field: field.to_owned(), record, row: None, part: None };
        if let Some(next) = parts.next() {
            match next.parse() {
                Ok(row) => {
                    name.row = Some(row);
                    name.part = parts.next().map(str::to_owned);
                }
                Err(_) => name.part = Some(next.to_owned()),
            }
        }
        if parts.next().is_some() { Err(NotAName) } else { Ok(name) }
    }
}

/// Names and what was typed, in the order of the page. A name may come several times (boxes that are ticked).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed(Vec<(Name, String)>);

impl Typed {
    /// From what a page posted; names that are not names of questions are left out.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(
            pairs
                .into_iter()
                .filter_map(|(name, value)| Some((name.parse().ok()?, value.replace("\r\n", "\n"))))
                .collect(),
        )
    }

    /// Adds one answer.
    pub fn put(&mut self, name: Name, value: impl Into<String>) {
        self.0.push((name, value.into()));
    }

    /// Takes out every answer to a question that is asked once for all.
    pub fn clear(&mut self, field: &str) {
        self.0.retain(|(name, _)| name.field != field || name.record.is_some());
    }

    /// Types an answer in the place of whatever was typed there.
    pub fn set(&mut self, name: Name, value: impl Into<String>) {
        self.0.retain(|(known, _)| *known != name);
        self.put(name, value);
    }

    /// With this answer, in the place of whatever was typed there: what the program fills in for somebody is never what
    /// they posted under that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Ok(name) = name.parse() {
            self.set(name, value);
        }
        self
    }

    /// With one more answer beside those that are there: one of several boxes that are ticked.
    #[must_use]
    pub fn also(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Ok(name) = name.parse() {
            self.put(name, value);
        }
        self
    }

    /// Types a day into the boxes of a field, in the place of whatever was typed there.
    pub fn set_day(&mut self, field: &str, day: Date) {
        for (part, number) in [("day", i16::from(day.day())), ("month", i16::from(day.month())), ("year", day.year())] {
            self.set(Name::of(field).part(part), number.to_string());
        }
    }

    /// The same, of a text that is being made.
    #[must_use]
    pub fn on_day(mut self, field: &str, day: Date) -> Self {
        self.set_day(field, day);
        self
    }

    /// The first value under this name, trimmed; none when blank or absent.
    pub fn get(&self, name: &Name) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Every value under this name that is not blank, trimmed.
    pub fn all<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
    }

    /// The rows that a repeating answer has, ascending.
    pub fn rows(&self, field: &str, record: Option<RecordId>) -> BTreeSet<usize> {
        self.0
            .iter()
            .filter(|(name, _)| name.field == field && name.record == record)
            .filter_map(|(name, _)| name.row)
            .collect()
    }

    /// All pairs in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.0.iter().map(|(name, value)| (name, value.as_str()))
    }

    /// Whether anything at all was typed.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|(_, value)| value.trim().is_empty())
    }

    /// Parts the whole into what concerns all and what concerns one child, so that each child's part can be sealed
    /// under that child's own key. `rows_for` names the box that says for whom a row is (`for`).
    #[must_use]
    pub fn part_for(&self, record: Option<RecordId>) -> Self {
        Self(self.0.iter().filter(|(name, _)| self.belongs_to(name) == record).cloned().collect())
    }

    /// The children that have a part of their own.
    pub fn records(&self) -> BTreeSet<RecordId> {
        self.0.iter().filter_map(|(name, _)| self.belongs_to(name)).collect()
    }

    /// Puts parts together again.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    fn belongs_to(&self, name: &Name) -> Option<RecordId> {
        if name.record.is_some() {
            return name.record;
        }
        let row = name.row?;
        let whose = Name { field: name.field.clone(), record: None, row: Some(row), part: Some(FOR.to_owned()) };
        self.get(&whose)?.parse().ok()
    }

    /// Canonical bytes: what a draft seals.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new("typed", 1);
        writer.put_list(&self.0, |w, (name, value)| {
            w.put_text(&name.to_string()).put_text(value);
        });
        writer.finish()
    }

    /// Reads the canonical bytes back; none when they are not such bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::open(bytes, "typed").ok().filter(|reader| reader.version() == 1)?;
        let pairs = reader.list(|r| Ok((r.text()?, r.text()?))).ok()?;
        reader.finish().ok()?;
        pairs
            .into_iter()
            .map(|(name, value)| Some((name.parse().ok()?, value.to_owned())))
            .collect::<Option<_>>()
            .map(Self)
    }
}

/// The part of a row that says which child it is for.
pub const FOR: &str = "for";
/// The part of an answer that holds its reason.
pub const REASON: &str = "reason";

#[cfg(test)]
mod tests {
    use super::*;

    const AMIRA: &str = "01h00000000000000000000000";
    const BILAL: &str = "02h00000000000000000000000";

    #[test]
    fn names_read_back() {
        for text in ["venue", "seen@01h00000000000000000000000.reason", "discussion.2.text", "happened.day"] {
            assert_eq!(text.parse::<Name>().unwrap().to_string(), text);
        }
        for text in ["", "@", "a.1.b.c", "seen@nobody"] {
            assert_eq!(text.parse::<Name>(), Err(NotAName), "{text}");
        }
    }

    /// R-BAS-12
    #[test]
    fn each_child_has_only_its_own_part() {
        let typed = Typed::default()
            .with("venue", "home")
            .with(&format!("seen@{AMIRA}"), "yes")
            .with("discussion.0.text", "for both")
            .with("discussion.1.text", "for Bilal")
            .with("discussion.1.for", BILAL);
        let bilal = typed.part_for(Some(BILAL.parse().unwrap()));
        assert_eq!(bilal.pairs().map(|(_, value)| value).collect::<Vec<_>>(), ["for Bilal", BILAL]);
        let common = typed.part_for(None);
        assert_eq!(common.pairs().map(|(_, value)| value).collect::<Vec<_>>(), ["home", "for both"]);
        assert_eq!(typed.records().len(), 2);
    }

    #[test]
    fn what_was_typed_reads_back_byte_for_byte() {
        let typed = Typed::default().with("happened.day", "31").with("happened.month", "Feb?").with("venue", "  ");
        assert_eq!(Typed::from_bytes(&typed.to_bytes()), Some(typed.clone()));
        assert_eq!(Typed::from_bytes(&typed.to_bytes()[1..]), None);
    }
}
