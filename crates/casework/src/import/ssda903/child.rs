//! A child as all the years together tell it. Codes are those received; the caller gives them their meaning.
//!
//! No type here has `Debug`: it would be a child's record in a log.

use std::sync::Arc;

use jiff::civil::Date;

use super::files::Kind;
use super::report::{Provenance, Value};

/// A child, by the number that the authority gave.
#[derive(Clone)]
pub struct Child {
    /// CHILD: the same for life, but that an adoption starts another, never linked to this one.
    pub number: String,
    /// Date of birth, as the latest header says it.
    pub born: Date,
    /// `M`, `F` or `U`; none where no header row was taken.
    pub sex: Option<String>,
    /// Ethnicity.
    pub ethnicity: Option<String>,
    /// Unique pupil number, or the code of the reason why there is none.
    pub upn: Option<String>,
    /// Whether she is a mother.
    pub mother: Option<bool>,
    /// When her first child was born.
    pub own_child_born: Option<Date>,
    /// What earlier rows said of the above where they differ.
    pub earlier: Vec<Earlier>,
    /// Status as an unaccompanied asylum-seeking child.
    pub uasc: Option<Uasc>,
    /// Legal statuses, in order.
    pub legal_statuses: Vec<Span>,
    /// Placements, in order.
    pub placements: Vec<Placement>,
    /// Reviews, in order.
    pub reviews: Vec<Review>,
    /// Missing and away without authorisation, in order.
    pub missing: Vec<Missing>,
    /// The header rows, first to last.
    pub said_by: Vec<Provenance>,
    /// Every row that says something, as received.
    pub rows: Vec<Received>,
}

impl Child {
    /// Known again by this, however often the sets are read.
    pub fn key(&self) -> String {
        child_key(&self.number)
    }

    /// The key of something about this child that began on a day.
    pub fn key_at(&self, kind: &str, from: Date, code: Option<&str>) -> String {
        item_key(&self.number, kind, from, code)
    }
}

/// No number can be mistaken for the key of something about another child.
pub(super) fn child_key(number: &str) -> String {
    format!("903/{}", number.replace('%', "%25").replace('/', "%2F"))
}

pub(super) fn item_key(number: &str, kind: &str, from: Date, code: Option<&str>) -> String {
    format!("{}/{kind}/{from}/{}", child_key(number), code.unwrap_or("-"))
}

/// A row as it was received.
#[derive(Clone)]
pub struct Received {
    /// Where.
    pub at: Provenance,
    pub(super) kind: Kind,
    pub(super) cells: Arc<[String]>,
}

impl Received {
    /// File, line, and each value under its column; blank ones are left out.
    pub fn in_words(&self) -> String {
        let said = self.kind.columns().iter().zip(self.cells.iter()).filter(|(_, value)| !value.is_empty());
        let said: Vec<_> = said.map(|(column, value)| format!("{column} {value}")).collect();
        format!("{}: {}", self.at, said.join(", "))
    }
}

/// Where an item came from, and how it is known again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// One for each episode, review or absence in the item, in order of date, and one for each code that an earlier
    /// year gave it. An item any of whose keys is known has been imported before.
    pub keys: Vec<String>,
    /// Every row that says it.
    pub said_by: Vec<Provenance>,
}

impl Origin {
    /// The first key.
    pub fn key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }

    pub(super) fn add(&mut self, keys: Vec<String>, said_by: &[Provenance]) {
        self.keys.extend(keys);
        self.said_by.extend_from_slice(said_by);
    }
}

/// What an earlier row said of a child, before a later one said otherwise.
#[derive(Clone)]
pub struct Earlier {
    /// The column.
    pub column: &'static str,
    /// Its value then.
    pub value: Value,
    /// The row.
    pub said_by: Provenance,
}

/// Status as an unaccompanied asylum-seeking child.
#[derive(Clone)]
pub struct Uasc {
    /// When the status ceased or will cease.
    pub until: Option<Date>,
    /// Where from.
    pub origin: Origin,
}

/// A legal status, over one or more episodes without a break.
#[derive(Clone)]
pub struct Span {
    /// LS.
    pub code: String,
    /// RNE, of its first episode.
    pub reason_new: Option<String>,
    /// CIN, of its first episode.
    pub need: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day; none while it goes on.
    pub until: Option<Date>,
    /// No set gives the last day; it is the first day of the episode after.
    pub until_assumed: bool,
    /// Where from.
    pub origin: Origin,
}

/// A placement, over one or more episodes without a break.
#[derive(Clone)]
pub struct Placement {
    /// PLACE.
    pub kind: String,
    /// `PLACE_PROVIDER`.
    pub provider: Option<String>,
    /// `PL_POST`: protected, since it says where the child lives.
    pub postcode: Option<String>,
    /// Ofsted's number of the provision.
    pub urn: Option<String>,
    /// `HOME_POST`, of its first episode.
    pub home_postcode: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day; none while it goes on.
    pub until: Option<Date>,
    /// No set gives the last day; it is the first day of the episode after.
    pub until_assumed: bool,
    /// RNE, of its first episode.
    pub reason_new: Option<String>,
    /// REC, of its last episode.
    pub reason_ceased: Option<String>,
    /// `REASON_PLACE_CHANGE`, of its last episode.
    pub reason_change: Option<String>,
    /// Where from.
    pub origin: Origin,
}

/// A review of a looked-after child.
#[derive(Clone)]
pub struct Review {
    /// The day.
    pub on: Date,
    /// How the child took part.
    pub participation: Option<String>,
    /// Where from.
    pub origin: Origin,
}

/// A time missing, or away without authorisation.
#[derive(Clone)]
pub struct Missing {
    /// MISSING.
    pub kind: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day; none while it goes on.
    pub until: Option<Date>,
    /// Where from.
    pub origin: Origin,
}
