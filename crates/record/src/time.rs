//! Moments and days: UTC text of fixed width in the database, Europe/London before people.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

/// An instant to the microsecond, which is what both engines and the ledger keep.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// Microseconds since 1970, clamped to what a calendar can show.
    pub fn from_microsecond(microsecond: i64) -> Self {
        Self(microsecond.clamp(Timestamp::MIN.as_microsecond(), Timestamp::MAX.as_microsecond()))
    }

    /// This instant, cut to the microsecond.
    pub fn new(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }

    /// A day and time of day in Europe/London; of a time that happens twice in October, the first.
    pub fn of_london(day: Date, time: Time) -> Self {
        let local = day.to_datetime(time);
        london().to_ambiguous_timestamp(local).compatible().map_or_else(|_| Self::from_microsecond(0), Self::new)
    }

    /// Milliseconds since 1970.
    pub const fn millisecond(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Microseconds since 1970.
    pub const fn microsecond(self) -> i64 {
        self.0
    }

    /// Later by so many seconds (earlier when negative).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_microsecond(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Seconds from `earlier` to this moment.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1_000_000
    }

    /// What a clock on the wall in England shows.
    pub fn london(self) -> DateTime {
        london().to_datetime(self.timestamp())
    }

    /// What a clock in UTC shows.
    pub fn utc(self) -> DateTime {
        jiff::tz::TimeZone::UTC.to_datetime(self.timestamp())
    }

    /// The day in England.
    pub fn day(self) -> Date {
        self.london().date()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

fn london() -> TimeZone {
    // The time zone database is compiled in, so the name is always known.
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = TimeZone::UTC.to_datetime(self.timestamp());
        let micro = self.0.rem_euclid(1_000_000);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{micro:06}Z",
            utc.year(),
            utc.month(),
            utc.day(),
            utc.hour(),
            utc.minute(),
            utc.second()
        )
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a moment as this system writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a moment")]
pub struct NotAMoment;

impl FromStr for Moment {
    type Err = NotAMoment;
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        text.parse().map(Self::new).map_err(|_| NotAMoment)
    }
}

/// Days as people say them: `3 March 2026`.
pub fn day_in_words(day: Date) -> String {
    format!("{} {} {}", day.day(), MONTHS[usize::from(day.month().unsigned_abs() - 1)], day.year())
}

/// Days with their weekday: `Tuesday 3 March 2026`.
pub fn weekday_in_words(day: Date) -> String {
    let weekday = match day.weekday() {
        jiff::civil::Weekday::Monday => "Monday",
        jiff::civil::Weekday::Tuesday => "Tuesday",
        jiff::civil::Weekday::Wednesday => "Wednesday",
        jiff::civil::Weekday::Thursday => "Thursday",
        jiff::civil::Weekday::Friday => "Friday",
        jiff::civil::Weekday::Saturday => "Saturday",
        jiff::civil::Weekday::Sunday => "Sunday",
    };
    format!("{weekday} {}", day_in_words(day))
}

/// The time of day: `15:20`.
pub fn time_in_words(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Whole years from birth to a day; none when the day is before.
pub fn age_on(birth: Date, day: Date) -> Option<u16> {
    let years = day.year() - birth.year() - i16::from((day.month(), day.day()) < (birth.month(), birth.day()));
    u16::try_from(years).ok()
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    /// ASVS 16.2.2
    #[test]
    fn moments_are_written_with_one_width_and_read_back() {
        for text in ["2026-03-29T00:59:59.000001Z", "1970-01-01T00:00:00.000000Z", "1968-12-31T23:59:59.999999Z"] {
            let moment: Moment = text.parse().unwrap();
            assert_eq!(moment.to_string(), text);
        }
    }

    #[test]
    fn a_day_is_a_day_in_london() {
        let late = "2026-06-30T23:30:00.000000Z".parse::<Moment>().unwrap();
        assert_eq!(late.day(), date(2026, 7, 1), "summer time");
        assert_eq!(Moment::of_london(date(2026, 7, 1), time(0, 30, 0, 0)), late);
    }

    #[test]
    fn ages_turn_on_the_birthday_and_on_1_march_for_a_leap_day() {
        assert_eq!(age_on(date(2016, 5, 14), date(2026, 5, 13)), Some(9));
        assert_eq!(age_on(date(2016, 5, 14), date(2026, 5, 14)), Some(10));
        assert_eq!(age_on(date(2016, 2, 29), date(2025, 2, 28)), Some(8));
        assert_eq!(age_on(date(2016, 2, 29), date(2025, 3, 1)), Some(9));
        assert_eq!(age_on(date(2026, 5, 14), date(2025, 5, 14)), None);
    }
}
