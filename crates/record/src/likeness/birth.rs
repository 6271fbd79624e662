//! Dates of birth as they are misheard and mistyped.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// How like two dates of birth are, the likest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Birth {
    /// More than two years apart.
    Apart,
    /// Other days.
    Other,
    /// One digit is another, or two neighbours are exchanged.
    Digit,
    /// Day and month are exchanged.
    Turned,
    /// The same.
    Same,
}

/// Compares two dates of birth.
pub fn compare(a: Date, b: Date) -> Birth {
    if a == b {
        Birth::Same
    } else if turned(a) == Some(b) {
        Birth::Turned
    } else if one_digit(&digits(a), &digits(b)) {
        Birth::Digit
    } else if a.year().abs_diff(b.year()) > 2 {
        Birth::Apart
    } else {
        Birth::Other
    }
}

/// Every other day that one slip makes of this one.
pub fn slips(day: Date) -> BTreeSet<Date> {
    let right = digits(day);
    let mut days: BTreeSet<Date> = turned(day).into_iter().collect();
    for at in 0..right.len() {
        for digit in b'0'..=b'9' {
            let mut wrong = right.clone();
            wrong[at] = digit;
            days.extend(read(&wrong));
        }
        if at + 1 < right.len() {
            let mut wrong = right.clone();
            wrong.swap(at, at + 1);
            days.extend(read(&wrong));
        }
    }
    // Nobody is looked for who was born in another century by a slip of its first digits.
    days.retain(|other| *other != day && other.year().abs_diff(day.year()) <= 100);
    days
}

/// The same with day and month exchanged, where that is another day.
pub fn turned(day: Date) -> Option<Date> {
    Date::new(day.year(), day.day(), day.month()).ok().filter(|turned| *turned != day)
}

fn digits(day: Date) -> Vec<u8> {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day()).into_bytes()
}

fn read(digits: &[u8]) -> Option<Date> {
    let number = |from: usize, to: usize| std::str::from_utf8(&digits[from..to]).ok()?.parse::<i16>().ok();
    let small = |from, to| number(from, to).and_then(|number| i8::try_from(number).ok());
    Date::new(number(0, 4)?, small(4, 6)?, small(6, 8)?).ok()
}

fn one_digit(a: &[u8], b: &[u8]) -> bool {
    let other: Vec<usize> = (0..a.len().min(b.len())).filter(|at| a[*at] != b[*at]).collect();
    match other[..] {
        [_] => true,
        [one, two] => two == one + 1 && a[one] == b[two] && a[two] == b[one],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn slips_are_known_for_what_they_are() {
        let born = date(2016, 5, 14);
        for (other, like) in [
            (date(2016, 5, 14), Birth::Same),
            (date(2016, 5, 15), Birth::Digit),
            (date(2016, 5, 24), Birth::Digit),
            (date(2019, 5, 14), Birth::Digit),
            (date(2061, 5, 14), Birth::Digit),
            (date(2016, 6, 13), Birth::Other),
            (date(2011, 6, 13), Birth::Apart),
        ] {
            assert_eq!(compare(born, other), like, "{other}");
            assert_eq!(compare(other, born), like, "{other}");
        }
        assert_eq!(compare(date(2016, 5, 4), date(2016, 4, 5)), Birth::Turned);
        assert_eq!(compare(date(2016, 4, 4), date(2016, 4, 4)), Birth::Same);
    }

    #[test]
    fn every_slip_that_is_compared_is_looked_for() {
        let born = date(2016, 5, 4);
        let slips = slips(born);
        assert!(!slips.contains(&born));
        assert!(slips.len() < 80, "{}", slips.len());
        for slip in &slips {
            assert!(matches!(compare(born, *slip), Birth::Digit | Birth::Turned), "{slip}");
        }
        for other in [date(2016, 4, 5), date(2016, 5, 5), date(2016, 5, 14), date(2006, 5, 4), date(2061, 5, 4)] {
            assert!(slips.contains(&other), "{other}");
        }
    }
}
