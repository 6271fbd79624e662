//! Dates as the sets write them.

use jiff::civil::Date;

/// What a column of dates holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    Blank,
    /// A date; `usual` where it is written dd/mm/yyyy.
    On {
        date: Date,
        usual: bool,
    },
    /// Something else.
    Not,
}

/// Reads dd/mm/yyyy, and the yyyy-mm-dd into which a spreadsheet may have turned it.
pub(super) fn read(text: &str) -> Day {
    if text.is_empty() {
        return Day::Blank;
    }
    let usual = text.contains('/');
    let mut parts = text.split(if usual { '/' } else { '-' });
    let (Some(first), Some(month), Some(last), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Day::Not;
    };
    let (day, year) = if usual { (first, last) } else { (last, first) };
    let date = (year.len() == 4)
        .then(|| Date::new(number(year)?, i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?).ok())
        .flatten();
    date.map_or(Day::Not, |date| Day::On { date, usual })
}

/// Digits only: `parse` alone would take a sign.
fn number(text: &str) -> Option<i16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{Day, read};
    use jiff::civil::date;

    #[test]
    fn dates_as_sets_write_them() {
        assert_eq!(read("29/02/2016"), Day::On { date: date(2016, 2, 29), usual: true });
        assert_eq!(read("1/4/2017"), Day::On { date: date(2017, 4, 1), usual: true });
        assert_eq!(read("2017-04-01"), Day::On { date: date(2017, 4, 1), usual: false });
        assert_eq!(read(""), Day::Blank);
        for not in [
            "29/02/2017",
            "31/04/2017",
            "04/13/2017",
            "1/4/17",
            "01/04/2017 00:00",
            "+1/4/2017",
            "43191",
            "/",
            "é/1/2017",
        ] {
            assert_eq!(read(not), Day::Not, "{not}");
        }
    }
}
