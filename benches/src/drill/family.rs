//! Three siblings, and what an act about them says.

use std::{fmt, str::FromStr};

use record::{DraftId, Moment, RecordId, Typed};

use crate::service::{Child, at, note};

/// The records of three siblings.
#[derive(Clone, Debug)]
pub struct Family {
    /// Ascending.
    pub records: Vec<RecordId>,
}

impl Family {
    /// Of these children.
    pub fn of(children: &[Child]) -> Self {
        let mut records: Vec<_> = children.iter().map(|child| child.record).collect();
        records.sort_unstable();
        Self { records }
    }

    /// What is typed into an act about all three: the same however often it is done.
    pub fn typed(&self, draft: DraftId, now: Moment) -> Typed {
        let yesterday = now.plus_seconds(-86_400).day();
        let typed = note(at(yesterday, jiff::civil::time(10, 0, 0, 0)), &common_words(draft))
            .with("second-because", "Each drill is a contact of its own.");
        self.records.iter().fold(typed, |typed, record| {
            typed
                .also("about", record.to_string())
                .with(&format!("child-views@{record}"), own_words(draft, *record))
                .with(&format!("views-how@{record}"), "said")
        })
    }
}

/// What stands in every child's entry.
pub fn common_words(draft: DraftId) -> String {
    format!("about all of {draft}")
}

/// What stands in this child's entry alone.
pub fn own_words(draft: DraftId, record: RecordId) -> String {
    format!("only in {draft} for {record}")
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records: Vec<_> = self.records.iter().map(ToString::to_string).collect();
        f.write_str(&records.join(","))
    }
}

impl FromStr for Family {
    type Err = record::id::NotAnId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self { records: text.split(',').map(str::parse).collect::<Result<_, _>>()? })
    }
}
