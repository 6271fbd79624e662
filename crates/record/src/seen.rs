//! When a child was seen, for lists: from when on it is said in words.

use jiff::civil::Date;

/// From how many days not seen (alone) a list says so.
pub const LONG_DAYS: i32 = 28;

/// For how many days not, where that is long.
pub fn long_ago(day: Option<Date>, today: Date) -> Option<i32> {
    let days = day?.until(today).ok()?.get_days();
    (days > LONG_DAYS).then_some(days)
}
