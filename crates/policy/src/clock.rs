//! Limits of time: how soon after an event something must be done.
//!
//! Only the limits on recording are here so far: forward from the event to the completed entry. Lateness never
//! blocks an act (R-TIME-X07).

use jiff::civil::{Date, DateTime};

use crate::calendar::Calendar;

/// How long after the event an entry may be completed before it is late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
    /// The requirement that it comes from, for example `R-TIME-26`.
    pub source: Vec<String>,
    /// A date that the form asks and from which it runs (when we learned of it); the day of the event where that is
    /// not answered, or not asked.
    pub after: Option<String>,
}

/// A limit as a source states it for a kind of entry. Where one document states two for the same act, both are kept
/// and one is in force (R-TIME-X13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedLimit {
    /// The form whose entries it is for.
    pub form: String,
    /// How long.
    pub limit: Limit,
    /// Whether lateness is judged by it; the form's own [`Form::limit`](crate::form::Form::limit) is then this one.
    pub in_force: bool,
    /// Why this one is in force or is not, where the pack says.
    pub why: Option<String>,
}

/// How often something that goes on is to be brought up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upkeep {
    /// At least every so many months.
    pub months: u32,
    /// The requirements that it comes from.
    pub source: Vec<String>,
}

/// Units of limits, each kept as its source has it (R-TIME-X01).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// By the clock, through nights and weekends (R-TIME-X11).
    Hours,
    /// Days on which the authority works (R-TIME-X02).
    WorkingDays,
    /// Days with no qualifier, read as calendar days (R-TIME-X03).
    Days,
}

impl Limit {
    /// The last moment, in local civil time, at which completing is not late.
    ///
    /// Days end at midnight: an event on Tuesday with a limit of 3 days may be completed until Friday's last second.
    pub fn due(&self, event: DateTime, calendar: &Calendar) -> DateTime {
        let end_of = |day: Date| day.at(23, 59, 59, 999_999_999);
        match self.unit {
            Unit::Hours => event.saturating_add(jiff::Span::new().hours(i64::from(self.count))),
            Unit::Days => end_of(event.date().saturating_add(jiff::Span::new().days(i64::from(self.count)))),
            Unit::WorkingDays => end_of(calendar.after(event.date(), self.count)),
        }
    }

    /// In words: «3 working days».
    pub fn in_words(&self) -> String {
        let unit = match (self.unit, self.count) {
            (Unit::Hours, 1) => "hour",
            (Unit::Hours, _) => "hours",
            (Unit::WorkingDays, 1) => "working day",
            (Unit::WorkingDays, _) => "working days",
            (Unit::Days, 1) => "day",
            (Unit::Days, _) => "days",
        };
        format!("{} {unit}", self.count)
    }
}
