//! Numbers about many children: the middle of them, and how small ones are shown.

use std::collections::BTreeMap;

/// Under this, a number of children may point at one of them.
pub const SMALL: i64 = 5;

/// A number as it may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// As it is.
    Exactly(i64),
    /// From 1 to 4: no more is said.
    Few,
    /// To the nearest 5.
    About(i64),
}

/// How a number of children may be shown: exactly to whoever may read their records anyway; to others so that no
/// number, and no difference of two, points at one child.
pub const fn shown(number: i64, may_read: bool) -> Shown {
    match number {
        _ if may_read => Shown::Exactly(number),
        0 => Shown::Exactly(0),
        1..SMALL => Shown::Few,
        _ => Shown::About((number + SMALL / 2) / SMALL * SMALL),
    }
}

/// The middle one of numbers that are given as how often each comes; between two, the lower.
pub fn median(often: &BTreeMap<i64, i64>) -> Option<i64> {
    let all: i64 = often.values().sum();
    let mut passed = 0;
    often.iter().find_map(|(number, times)| {
        passed += times;
        (passed * 2 >= all && all > 0).then_some(*number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        let of = |numbers: &[i64]| {
            let mut often = BTreeMap::new();
            for number in numbers {
                *often.entry(*number).or_default() += 1;
            }
            median(&often)
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3]), Some(3));
        assert_eq!(of(&[0, 0, 9]), Some(0));
        assert_eq!(of(&[1, 2, 3, 40]), Some(2));
        assert_eq!(of(&[1, 5, 5, 7, 90]), Some(5));
    }

    #[test]
    fn small_numbers_point_at_nobody() {
        assert_eq!(shown(3, true), Shown::Exactly(3));
        assert_eq!(shown(0, false), Shown::Exactly(0));
        for few in 1..5 {
            assert_eq!(shown(few, false), Shown::Few);
        }
        for (number, about) in [(5, 5), (7, 5), (8, 10), (12, 10), (13, 15)] {
            assert_eq!(shown(number, false), Shown::About(about));
        }
    }
}
