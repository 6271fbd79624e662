//! A limit on recording, as the form carries it.

use jiff::civil::{Date, DateTime, Time};

use super::{Amount, ClockId, Unit, amount::end_of};
use crate::{
    calendar::Calendar,
    form::{Condition, FieldId},
};

/// How long after the event an entry may be completed before it is late. Lateness never blocks it (R-TIME-X07).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The clock that says so.
    pub clock: ClockId,
    /// How long; none for «immediately».
    pub within: Option<Amount>,
    /// For «immediately»: how long after the event it is not yet called late (R-TIME-X10).
    pub grace: Option<Amount>,
    /// The requirement that it comes from, for example `R-TIME-26`.
    pub source: Vec<String>,
    /// A date that the form asks and from which it runs (when we learned of it); the day of the event where that is
    /// not answered, or not asked.
    pub after: Option<FieldId>,
    /// Only when all of these hold of the answers.
    pub when: Vec<Condition>,
}

impl Limit {
    /// The last moment, in local civil time, at which completing is not late.
    ///
    /// Days end at midnight: an event on Tuesday with a limit of 3 days may be completed until Friday's last second.
    /// Hours run from midnight where the time of day is not known; «immediately» is that day then.
    pub fn due(&self, day: Date, time: Option<Time>, calendar: &Calendar) -> DateTime {
        let Some(within) = self.within else {
            let at_once = time.map_or_else(|| end_of(day), |time| day.to_datetime(time));
            return self.grace.and_then(|grace| grace.after(at_once, calendar)).unwrap_or(at_once);
        };
        let event = day.to_datetime(time.unwrap_or(Time::midnight()));
        within.after(event, calendar).unwrap_or(event)
    }

    /// Whether it is counted in the days on which the authority works, so that how late something is can be said so.
    pub fn counts_working_days(&self) -> bool {
        self.within.or(self.grace).is_some_and(|amount| amount.unit == Unit::WorkingDays)
    }

    /// In words: «3 working days».
    pub fn in_words(&self) -> String {
        self.within.map_or_else(|| "immediately".to_owned(), Amount::in_words)
    }
}
