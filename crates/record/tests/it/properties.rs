//! What holds of every timescale: due dates do not run backwards, the order of arrival does not matter, and what is in
//! time under a limit is in time under each longer one.

use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time, date},
};
use policy::clock::{Amount, Unit};
use proptest::prelude::*;
use record::obligation::{Obligation, Point, Standing, obligations};

use crate::{
    obligations::{ENGLAND, Story},
    world::PACK,
};

/// A moment within the years for which closed days are known.
fn moment() -> impl Strategy<Value = DateTime> {
    (0..1_000_i64, 0..24_i8, 0..60_i8).prop_map(|(days, hour, minute)| {
        date(2026, 1, 1).saturating_add(days.days()).to_datetime(Time::constant(hour, minute, 0, 0))
    })
}

fn unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![
        Unit::Hours,
        Unit::WorkingDays,
        Unit::Days,
        Unit::CalendarDays,
        Unit::Weeks,
        Unit::Months,
        Unit::Years,
    ])
}

proptest! {
    /// What happens later is not due sooner, counted forwards or backwards.
    #[test]
    fn due_dates_are_monotone_in_the_event(a in moment(), b in moment(), count in 1..60_u32, unit in unit()) {
        let (first, second) = if a <= b { (a, b) } else { (b, a) };
        let (amount, calendar) = (Amount { count, unit }, PACK.calendar());
        prop_assert!(amount.after(first, calendar) <= amount.after(second, calendar));
        prop_assert!(amount.before(first, calendar) <= amount.before(second, calendar));
        prop_assert!(amount.after(first, calendar).is_some_and(|due| due >= first));
        prop_assert!(amount.before(first, calendar).is_some_and(|due| due.date() <= first.date()));
    }

    /// Whoever keeps a limit keeps each longer one.
    #[test]
    fn in_time_is_in_time_under_every_longer_limit(
        event in moment(), acted in moment(), count in 1..30_u32, more in 0..30_u32, unit in unit(), timed: bool,
    ) {
        let calendar = PACK.calendar();
        let due = |count| Amount { count, unit }.after(event, calendar).expect("the calendar reaches so far");
        let acted = if timed { Point::at(acted) } else { Point::on(acted.date()) };
        prop_assert!(!acted.is_within(due(count)) || acted.is_within(due(count + more)));
    }

    /// The same is owed whatever order things arrived in, and an obligation is never both met and ended.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        steps in prop::collection::vec((0..7_u8, 0..500_i64), 1..40),
        order in any::<u64>(),
        now in moment(),
    ) {
        let story = told(&steps);
        let mut life = story.life().clone();
        shuffle(&mut life.entries, order);
        shuffle(&mut life.facts, order.rotate_left(17));
        for pack in [&*PACK, &*ENGLAND] {
            let owed = obligations(pack, story.life());
            prop_assert_eq!(&obligations(pack, &life), &owed);
            for one in &owed {
                prop_assert!(one.met.is_none() || one.ended.is_none());
                prop_assert!(is_told_once(one, &owed), "{} stands twice", one.id(life.record));
                prop_assert!(one.remind_at.is_none_or(|at| one.due.is_some_and(|due| at <= due.due)));
                // Late once is late for ever: nothing that is done becomes undone by waiting.
                let later = one.standing(now.saturating_add(400.days()));
                match one.standing(now) {
                    Standing::Late => prop_assert!(matches!(later, Standing::Late | Standing::EndedLate)),
                    Standing::DoneLate | Standing::Done | Standing::EndedLate => prop_assert_eq!(later, one.standing(now)),
                    _ => {}
                }
            }
        }
    }
}

fn is_told_once(one: &Obligation<'_>, all: &[Obligation<'_>]) -> bool {
    let name = |other: &Obligation<'_>| (other.place, other.set_off, other.occurrence);
    all.iter().filter(|other| name(other) == name(one)).count() == 1
}

/// A life made of steps: visits, reviews, placements, changes of legal status, notes, plans.
fn told(steps: &[(u8, i64)]) -> Story {
    let mut story = Story::new();
    let mut steps = steps.to_vec();
    steps.sort_by_key(|(_, day)| *day);
    for (kind, days) in steps {
        let on: Date = date(2026, 1, 5).saturating_add(days.days());
        let (at, written, day) = (format!("{on} 10:00"), format!("{on} 17:30"), on.to_string());
        let form = match kind {
            0 => {
                story.fact("legal-status", if days % 5 == 0 { "" } else { "C2" }, &day);
                continue;
            }
            1 => {
                story.fact("placement", if days % 4 == 0 { "" } else { "U6" }, &day);
                continue;
            }
            2 => "review",
            3 => "case-note",
            4 => "planned-visit",
            _ => "visit",
        };
        story.entry(form, &at, &written, &[("kind", "cic"), ("result", "took-place"), ("seen", "yes")]);
    }
    story
}

/// Another order, by a number.
fn shuffle<T>(items: &mut [T], mut by: u64) {
    for place in (1..items.len()).rev() {
        by = by.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(by >> 33).unwrap_or(0) % (place + 1);
        items.swap(place, other);
    }
}
