//! The days on which an authority works.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

/// Weekends and bank holidays, and an authority's own closures (R-TIME-X02).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    closed: BTreeSet<Date>,
}

impl Calendar {
    /// A calendar closed on these days beside every Saturday and Sunday.
    pub fn new(closed: impl IntoIterator<Item = Date>) -> Self {
        Self { closed: closed.into_iter().collect() }
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
