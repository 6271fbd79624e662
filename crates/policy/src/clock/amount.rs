//! Amounts of time, and ages: each kept in the unit of its source (R-TIME-X01).
//!
//! All is counted in local civil time. Hours run by the clock on the wall: through nights, weekends and holidays, and
//! when the clocks change, 24 hours end at the same time next day (R-TIME-X11). All other units end with a day: three
//! days from Tuesday are over when Friday is.

use std::fmt;

use jiff::{
    Span, ToSpan,
    civil::{Date, DateTime},
};

use crate::calendar::Calendar;

/// So many of a unit: `3 working days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// Units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// By the clock, through everything (R-TIME-X11).
    Hours,
    /// Days on which the authority works (R-TIME-X02).
    WorkingDays,
    /// Days of which the source does not say which: read as the pack says (R-TIME-X03).
    Days,
    /// Days of the calendar, said so.
    CalendarDays,
    /// Seven days.
    Weeks,
    /// To the same day of a later month, or its last.
    Months,
    /// To the same day of a later year.
    Years,
    /// To the end of a half term that begins later: of the next one, for one.
    HalfTerms,
}

/// The last moment of a day.
pub(super) fn end_of(day: Date) -> DateTime {
    day.at(23, 59, 59, 999_999_999)
}

impl Amount {
    /// Reads `3 working days`.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, unit) = text.split_once(' ')?;
        let unit = match unit {
            "hour" | "hours" => Unit::Hours,
            "day" | "days" => Unit::Days,
            "working day" | "working days" => Unit::WorkingDays,
            "calendar day" | "calendar days" => Unit::CalendarDays,
            "week" | "weeks" => Unit::Weeks,
            "month" | "months" => Unit::Months,
            "year" | "years" => Unit::Years,
            "half term" | "half terms" => Unit::HalfTerms,
            _ => return None,
        };
        Some(Self { count: count.parse().ok()?, unit })
    }

    /// The last moment that is within this much after an event; none where the calendar does not reach so far (half
    /// terms are known only for the years that the pack names).
    pub fn after(self, event: DateTime, calendar: &Calendar) -> Option<DateTime> {
        let day = event.date();
        Some(match self.unit {
            Unit::Hours => event.saturating_add(Span::new().hours(i64::from(self.count))),
            Unit::WorkingDays => end_of(calendar.after(day, self.count)),
            Unit::Days if calendar.reads_days_as_working() => end_of(calendar.after(day, self.count)),
            Unit::HalfTerms => end_of(calendar.half_term_after(day, self.count)?),
            _ => end_of(day.saturating_add(self.span())),
        })
    }

    /// The last moment that is at least this much before an event.
    pub fn before(self, event: DateTime, calendar: &Calendar) -> Option<DateTime> {
        let day = event.date();
        Some(match self.unit {
            Unit::Hours => event.saturating_sub(Span::new().hours(i64::from(self.count))),
            Unit::WorkingDays => end_of(calendar.before(day, self.count)),
            Unit::Days if calendar.reads_days_as_working() => end_of(calendar.before(day, self.count)),
            Unit::HalfTerms => end_of(calendar.half_term_before(day, self.count)?),
            _ => end_of(day.saturating_sub(self.span())),
        })
    }

    /// The same as a length of the calendar, for units that have one.
    fn span(self) -> Span {
        let count = i64::from(self.count);
        match self.unit {
            Unit::Hours => Span::new().hours(count),
            Unit::WorkingDays | Unit::Days | Unit::CalendarDays => count.days(),
            Unit::Weeks => count.weeks(),
            Unit::Months => count.months(),
            Unit::Years => count.years(),
            Unit::HalfTerms => (count * 7).weeks(),
        }
    }

    /// Roughly how many hours, to compare one amount with another.
    pub(crate) fn rough_hours(self) -> u64 {
        let hours = match self.unit {
            Unit::Hours => 1,
            Unit::Days | Unit::CalendarDays => 24,
            Unit::WorkingDays => 34,
            Unit::Weeks => 7 * 24,
            Unit::Months => 730,
            Unit::Years => 8_766,
            Unit::HalfTerms => 7 * 7 * 24,
        };
        hours * u64::from(self.count)
    }

    /// In words: «3 working days».
    pub fn in_words(self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Hours => "hour",
            Unit::WorkingDays => "working day",
            Unit::Days => "day",
            Unit::CalendarDays => "calendar day",
            Unit::Weeks => "week",
            Unit::Months => "month",
            Unit::Years => "year",
            Unit::HalfTerms => "half term",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

/// An age in quarters of a year: 16¼ (R-TIME-X01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age {
    /// How many quarters.
    pub quarters: u16,
}

impl Age {
    /// Whole years.
    pub const fn years(years: u16) -> Self {
        Self { quarters: years * 4 }
    }

    /// Reads `16`, `16¼`, `16½`, `16¾`; `16 1/4` and `16.25` for whoever lacks the sign.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let whole = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let quarters = match text[whole..].trim() {
            "" => 0,
            "¼" | "1/4" | ".25" => 1,
            "½" | "1/2" | ".5" | ".50" => 2,
            "¾" | "3/4" | ".75" => 3,
            _ => return None,
        };
        let years: u16 = text[..whole].parse().ok().filter(|years| *years < 120)?;
        Some(Self { quarters: years * 4 + quarters })
    }

    /// The day on which somebody born then reaches it. Where a month lacks the day (29 February), the first of the next,
    /// as for birthdays.
    pub fn reached(self, birth: Date) -> Date {
        let day = birth.saturating_add(Span::new().months(i64::from(self.quarters) * 3));
        if day.day() < birth.day() { day.tomorrow().unwrap_or(day) } else { day }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = ["", "¼", "½", "¾"][usize::from(self.quarters % 4)];
        write!(f, "{}{part}", self.quarters / 4)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn amounts_are_read_and_said() {
        for text in
            ["24 hours", "1 working day", "3 days", "2 calendar days", "6 weeks", "1 month", "2 years", "1 half term"]
        {
            assert_eq!(Amount::parse(text).map(Amount::in_words).as_deref(), Some(text));
        }
        for text in ["", "three days", "3", "3 moons", "-1 days", "3  days", "days"] {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
    }

    /// R-TIME-X01: ages in quarter years.
    #[test]
    fn r_time_x01_an_age_has_quarters() {
        for (text, said) in
            [("16", "16"), ("16¼", "16¼"), ("16 1/4", "16¼"), ("16.25", "16¼"), ("17½", "17½"), ("18 3/4", "18¾")]
        {
            assert_eq!(Age::parse(text).map(|age| age.to_string()).as_deref(), Some(said), "{text}");
        }
        for text in ["", "¼", "16⅓", "16.3", "old", "400"] {
            assert_eq!(Age::parse(text), None, "{text}");
        }
        for (birth, age, on) in [
            (date(2010, 5, 14), "16¼", date(2026, 8, 14)),
            (date(2010, 11, 30), "16¼", date(2027, 3, 1)),
            (date(2012, 2, 29), "16", date(2028, 2, 29)),
            (date(2012, 2, 29), "15", date(2027, 3, 1)),
            (date(2012, 2, 29), "15½", date(2027, 8, 29)),
            (date(2010, 8, 31), "16½", date(2027, 3, 1)),
        ] {
            assert_eq!(Age::parse(age).expect("it is one").reached(birth), on, "{age} of {birth}");
        }
    }
}
