//! Kinds of fact: what lists, front pages and returns read.

use jiff::civil::Date;
use serde::Deserialize;

/// The name of a kind of fact, for example `legal-status`.
pub type FactId = String;

/// A kind of fact that standing entries may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactKind {
    /// Stable name.
    pub id: FactId,
    /// What people call it.
    pub title: String,
    /// Whether a later one takes the place of the one before.
    pub holds: Holds,
    /// What its values are, so that a page knows how to show them.
    pub says: Says,
    /// The list that its values are codes of, where they are.
    pub list: Option<String>,
    /// Whether its value is sealed in the database.
    pub sealed: bool,
    /// Shown in every record that names the person, whoever recorded it (name, birth, sex: `design.md`, Facts).
    pub shared: bool,
    /// Makes a row of the chronology when it begins, with this headline; `{value}` and `{other}` are filled in.
    pub chronology: Option<String>,
    /// What the top of every page of the record says while it holds, since it must be known before anything else (R-BAS-21);
    /// `{value}` and `{other}` are filled in. Of a yes or no: while it is yes.
    pub warns: Option<String>,
    /// After how many days without a newer one a date is shown as too long ago.
    pub too_long_after: Option<u32>,
}

impl FactKind {
    /// For how many days there was no newer one, where that is longer than the policy finds right.
    pub fn too_long_ago(&self, last: Date, today: Date) -> Option<u32> {
        let days = u32::try_from(last.until(today).ok()?.get_days()).ok()?;
        (days > self.too_long_after?).then_some(days)
    }
}

/// How several assertions of one kind about one subject live together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// One at a time: the next one ends the one before (legal status, placement, name).
    One,
    /// One for each other person or value: a new assertion about the same one takes its place (relationships,
    /// telephone numbers).
    Many,
}

/// What the values of a kind of fact are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Says {
    /// Words, shown as they stand.
    Text,
    /// One code of the fact's list.
    Code,
    /// Any number of codes of the fact's list.
    Codes,
    /// `yes` or `no`.
    YesNo,
    /// A civil date.
    Date,
    /// A whole number.
    Number,
    /// A postal address.
    Address,
    /// A telephone number.
    Telephone,
    /// A person known to the system.
    Person,
    /// A member of staff.
    Staff,
    /// A team.
    Team,
    /// Roles of the pack.
    Roles,
}
