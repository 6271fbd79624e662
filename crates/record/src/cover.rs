//! Cover while a worker is away: who may stand in for whom, from when to when.
//!
//! Cover is one step deep and has an end. Somebody who is away themselves cannot stand in, and whoever stands in for a
//! colleague is not covered for in turn: otherwise nobody could tell who reads a child's record and why.

use jiff::civil::Date;

use crate::id::PersonId;

/// Somebody stands in for a worker from one day until another, on which the worker is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cover {
    /// Who is away.
    pub worker: PersonId,
    /// Who stands in.
    pub deputy: PersonId,
    /// The first day.
    pub from: Date,
    /// The day on which the worker is back.
    pub until: Date,
}

impl Cover {
    fn overlaps(&self, other: &Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

/// Why somebody cannot stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody stands in for themselves.
    Oneself,
    /// Whoever would stand in has left, or leaves on this day.
    DeputyLeaves(Date),
    /// The worker has left or leaves before the cover begins: what they carry is handed over, not covered.
    WorkerLeaves(Date),
    /// Each would stand in for the other.
    Loop(Cover),
    /// Whoever would stand in is away themselves then.
    DeputyAway(Cover),
    /// The worker stands in for somebody else then, who would be left with nobody.
    WorkerCovers(Cover),
}

/// What stands against a cover, given every other one and the days on which people leave.
pub fn trouble(new: &Cover, others: &[Cover], leaves: impl Fn(PersonId) -> Option<Date>) -> Option<Trouble> {
    if new.worker == new.deputy {
        return Some(Trouble::Oneself);
    }
    if let Some(day) = leaves(new.deputy).filter(|day| *day < new.until) {
        return Some(Trouble::DeputyLeaves(day));
    }
    if let Some(day) = leaves(new.worker).filter(|day| *day <= new.from) {
        return Some(Trouble::WorkerLeaves(day));
    }
    let mut at_the_time = others.iter().filter(|other| other.overlaps(new));
    at_the_time.find_map(|other| {
        if other.worker == new.deputy && other.deputy == new.worker {
            Some(Trouble::Loop(*other))
        } else if other.worker == new.deputy {
            Some(Trouble::DeputyAway(*other))
        } else if other.deputy == new.worker {
            Some(Trouble::WorkerCovers(*other))
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn person(n: u8) -> PersonId {
        format!("01h000000000000000000000{n:02}").parse().unwrap()
    }

    fn cover(worker: u8, deputy: u8, from: i8, until: i8) -> Cover {
        Cover { worker: person(worker), deputy: person(deputy), from: date(2026, 3, from), until: date(2026, 3, until) }
    }

    /// R-SUP-09
    #[test]
    fn cover_is_one_step_deep() {
        let nobody_leaves = |_| None;
        let new = cover(1, 2, 5, 10);
        for (others, expected) in [
            (vec![], None),
            (vec![cover(3, 2, 5, 10)], None),
            (vec![cover(2, 1, 5, 10)], Some(Trouble::Loop(cover(2, 1, 5, 10)))),
            (vec![cover(2, 3, 9, 20)], Some(Trouble::DeputyAway(cover(2, 3, 9, 20)))),
            (vec![cover(3, 1, 1, 6)], Some(Trouble::WorkerCovers(cover(3, 1, 1, 6)))),
            // One day after the other is no overlap.
            (vec![cover(2, 3, 10, 20), cover(3, 1, 1, 5)], None),
        ] {
            assert_eq!(trouble(&new, &others, nobody_leaves), expected, "{others:?}");
        }
        assert_eq!(trouble(&cover(1, 1, 5, 10), &[], nobody_leaves), Some(Trouble::Oneself));
    }

    /// R-ACC-02
    #[test]
    fn whoever_leaves_does_not_stand_in() {
        let leaves = |who: u8, day: i8| move |person_: PersonId| (person_ == person(who)).then(|| date(2026, 3, day));
        let new = cover(1, 2, 5, 10);
        assert_eq!(trouble(&new, &[], leaves(2, 1)), Some(Trouble::DeputyLeaves(date(2026, 3, 1))));
        assert_eq!(trouble(&new, &[], leaves(2, 9)), Some(Trouble::DeputyLeaves(date(2026, 3, 9))));
        assert_eq!(trouble(&new, &[], leaves(2, 10)), None);
        assert_eq!(trouble(&new, &[], leaves(1, 5)), Some(Trouble::WorkerLeaves(date(2026, 3, 5))));
        assert_eq!(trouble(&new, &[], leaves(1, 8)), None);
    }
}
