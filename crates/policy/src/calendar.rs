//! The days on which an authority works.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

/// Weekends and bank holidays, and an authority's own closures (R-TIME-X02).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    closed: BTreeSet<Date>,
    half_terms: Vec<(Date, Date)>,
    days_are_working: bool,
}

impl Calendar {
    /// A calendar closed on these days beside every Saturday and Sunday.
    pub fn new(closed: impl IntoIterator<Item = Date>) -> Self {
        Self { closed: closed.into_iter().collect(), ..Self::default() }
    }

    /// The same with these half terms, each from its first to its last day, in order.
    #[must_use]
    pub fn with_half_terms(self, half_terms: Vec<(Date, Date)>) -> Self {
        Self { half_terms, ..self }
    }

    /// The same, with days of which a source does not say which read as working days or not (R-TIME-X03).
    #[must_use]
    pub fn with_days_as_working(self, days_are_working: bool) -> Self {
        Self { days_are_working, ..self }
    }

    /// The half terms, each from its first to its last day, in order.
    pub fn half_terms(&self) -> &[(Date, Date)] {
        &self.half_terms
    }

    /// Whether days with no qualifier are read as working days; else they are days of the calendar (R-TIME-X03).
    pub const fn reads_days_as_working(&self) -> bool {
        self.days_are_working
    }

    /// The last closed day that the pack names: after it, bank holidays are not known and due dates may come too early.
    pub fn known_until(&self) -> Option<Date> {
        self.closed.last().copied()
    }

    /// Every closed day that the pack names, in order.
    pub fn closed(&self) -> impl Iterator<Item = Date> {
        self.closed.iter().copied()
    }

    /// Whether the authority works on this day.
    pub fn is_working(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.closed.contains(&day)
    }

    /// The `count`-th working day after this day; the day itself does not count.
    pub fn after(&self, day: Date, count: u32) -> Date {
        let (mut day, mut left) = (day, count);
        while left > 0 {
            let Ok(next) = day.tomorrow() else { return day };
            day = next;
            if self.is_working(day) {
                left -= 1;
            }
        }
        day
    }

    /// The `count`-th working day before this day; the day itself does not count.
    pub fn before(&self, day: Date, count: u32) -> Date {
        let (mut day, mut left) = (day, count);
        while left > 0 {
            let Ok(earlier) = day.yesterday() else { return day };
            day = earlier;
            if self.is_working(day) {
                left -= 1;
            }
        }
        day
    }

    /// The last day of the `count`-th half term that begins after this day; none where it is not known yet.
    pub fn half_term_after(&self, day: Date, count: u32) -> Option<Date> {
        let begins_later = self.half_terms.partition_point(|(first, _)| *first <= day);
        let place = begins_later + usize::try_from(count).ok()?.checked_sub(1)?;
        self.half_terms.get(place).map(|(_, last)| *last)
    }

    /// The last day of the `count`-th half term that is over before this day; none where it is not known.
    pub fn half_term_before(&self, day: Date, count: u32) -> Option<Date> {
        let over = self.half_terms.partition_point(|(_, last)| *last < day);
        self.half_terms.get(over.checked_sub(usize::try_from(count).ok()?)?).map(|(_, last)| *last)
    }

    /// How many working days lie after `from`, up to and with `to`; none when `to` is not later.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let (mut day, mut count) = (from, 0);
        while day < to {
            let Ok(next) = day.tomorrow() else { return count };
            day = next;
            count += u32::from(self.is_working(day));
        }
        count
    }
}
