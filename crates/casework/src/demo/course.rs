//! The course of a family's story: assessment, plan, protection, care, leaving; and how it goes.

use jiff::civil::Date;

use super::{
    dice::Dice,
    family::{days_between, plus},
};

/// What kind of work is going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Assessment,
    InNeed,
    Protection,
    Care,
    Leaving,
    Closed,
}

/// Some time of one kind of work; the last has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Phase {
    pub kind: Kind,
    pub from: Date,
    pub until: Option<Date>,
}

/// Some time in one placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spell {
    pub from: Date,
    pub until: Option<Date>,
    /// Code of the kind of placement and of its provider.
    pub kind: (&'static str, &'static str),
    /// The place of the carer among the family's adults.
    pub carer: usize,
    pub home: super::numbers::Home,
    /// Why the one before ended.
    pub because: Option<&'static str>,
}

/// Where a story stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Now {
    InNeed,
    Protected,
    LookedAfter,
    /// Came alone: looked after from the first day.
    AloneHere,
    Left,
    Closed,
}

/// The phases of a story of so many days that ends in this way. `grown_up` is when a care leaver was 18.
pub(super) fn phases(now: Now, today: Date, days: i32, grown_up: Option<Date>, dice: &mut Dice) -> Vec<Phase> {
    use Kind::{Assessment, Care, Closed, InNeed, Leaving, Protection};
    let end = if now == Now::Closed { plus(today, -dice.between(20, 420)) } else { today };
    let opened = plus(end, -days);
    let assessed = plus(opened, dice.between(26, 44));
    let mut starts = if now == Now::AloneHere { vec![(Care, opened)] } else { vec![(Assessment, opened)] };
    let part = |hundredths: i32| plus(opened, days / 100 * hundredths + days % 100 * hundredths / 100);
    match now {
        Now::InNeed | Now::Closed if days > 540 && dice.percent(55) => {
            let worse = dice.between(15, 55);
            starts.extend([
                (InNeed, assessed),
                (Protection, part(worse)),
                (InNeed, part(worse + dice.between(20, 30))),
            ]);
        }
        Now::InNeed | Now::Closed => starts.push((InNeed, assessed)),
        Now::Protected if days > 200 => {
            let since = [(60, 100), (100, 182), (182, 364), (364, 560)];
            let (from, to) = since[dice.weighted(&[30, 25, 28, 17])];
            starts.extend([(InNeed, assessed), (Protection, plus(today, -dice.between(from, to).min(days - 60)))]);
        }
        Now::Protected => starts.push((Protection, plus(assessed, 6))),
        Now::LookedAfter | Now::Left => {
            let care = part(dice.between(18, 45));
            let care = grown_up.map_or(care, |day| care.min(plus(day, -300))).max(plus(assessed, 40));
            if days_between(assessed, care) > 260 {
                starts.extend([(InNeed, assessed), (Protection, plus(care, -dice.between(100, 200)))]);
            } else {
                starts.push((Protection, assessed));
            }
            starts.push((Care, care));
        }
        Now::AloneHere => {}
    }
    if let (Now::Left | Now::AloneHere, Some(day)) = (now, grown_up)
        && day < today
    {
        starts.push((Leaving, day));
    }
    if now == Now::Closed {
        starts.push((Closed, end));
    }
    // A phase that could not be told apart from the one before gives way to the next.
    starts.retain(|(kind, from)| *from < today && (*kind == Assessment || *from > opened || now == Now::AloneHere));
    let ends: Vec<_> = starts.iter().skip(1).map(|(_, from)| Some(*from)).chain([None]).collect();
    starts.into_iter().zip(ends).map(|((kind, from), until)| Phase { kind, from, until }).collect()
}

/// How things look at one time: the part of the banks to draw from.
pub(super) fn tone(phases: &[Phase], day: Date, today: Date, dice: &mut Dice) -> &'static str {
    let at = phases.iter().rposition(|phase| phase.from <= day).unwrap_or(0);
    let Some(phase) = phases.get(at) else { return "mixed" };
    let length = days_between(phase.from, phase.until.unwrap_or(today)).max(1);
    let through = (days_between(phase.from, day) * 100 / length).clamp(0, 100).unsigned_abs();
    let next = phases.get(at + 1).map(|phase| phase.kind);
    let (worry, good) = match (phase.kind, next) {
        (Kind::Assessment, _) => (65, 5),
        (Kind::InNeed, Some(Kind::Protection | Kind::Care)) => (30 + through / 2, 20 - through / 5),
        (Kind::Protection, Some(Kind::Care)) => (60 + through / 4, 5),
        (Kind::Protection, Some(_)) => (60 - through / 2, 10 + through / 2),
        (Kind::Protection, None) => (65 - through / 3, 10 + through / 4),
        (Kind::InNeed, _) => (30 - through / 4, 25 + through * 6 / 10),
        (Kind::Care | Kind::Leaving, _) => (30 - through / 6, 30 + through / 4),
        (Kind::Closed, _) => (0, 90),
    };
    ["worry", "good", "mixed"][dice.weighted(&[worry, good, 100_u32.saturating_sub(worry + good)])]
}
