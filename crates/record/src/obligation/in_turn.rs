//! What a record owes when one policy followed another: what began in the days of a pack goes by that one's clocks, and
//! what follows from it goes on by those of the next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use policy::{Pack, clock::Clock};

use super::{Life, Obligation, SetOff, work::Work};

/// A pack that was in force, and what goes on by it.
#[derive(Clone, Debug)]
pub struct Before<'p> {
    /// The pack.
    pub pack: &'p Pack,
    /// Those of its clocks that go on for what began in its days: places in its own.
    pub clocks: Vec<usize>,
    /// From which day it was in force.
    pub from: Date,
    /// Until which day, that day no longer included.
    pub until: Date,
}

/// Which obligation of one record.
type Name<'p> = (&'p str, SetOff, u32);

/// What is held by the rule under which it began.
pub(super) type HeldBefore<'p> = BTreeMap<Name<'p>, Obligation<'p>>;

pub(super) fn name(clock: &Clock, set_off: SetOff, occurrence: u32) -> Name<'_> {
    (&clock.id, set_off, occurrence)
}

/// What a record owes or has done by these clocks of a pack, after others were in force (the oldest first): each by the
/// rule under which it began. One that an earlier rule holds is as that rule has it, so what repeats goes on from when
/// *it* was met, and what is counted from it too. Nothing is owed twice, and nothing open is lost, whatever a new version
/// changes of what satisfies a clock.
///
/// What began before any pack had a clock goes by the first that has it.
pub fn obligations_in_turn<'p>(
    before: &[Before<'p>],
    pack: &'p Pack,
    life: &Life<'_>,
    clocks: &[usize],
) -> Vec<Obligation<'p>> {
    let mut held = HeldBefore::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for one in before {
        let all = one.pack.clocks();
        let going_on: BTreeSet<usize> = one.clocks.iter().copied().collect();
        let began_by_it = |obligation: &Obligation<'_>| {
            let (clock, began) = (obligation.clock, obligation.begins.date());
            began < one.until && (clock.open_work_too || one.from <= began || !known.contains(clock.id.as_str()))
        };
        let mut by_it = Work::new(one.pack, life).after(&held).all(&all.with_those_before(&one.clocks));
        by_it.retain(|obligation| going_on.contains(&obligation.place) && began_by_it(obligation));
        let own = || going_on.iter().map(|place| &all.all()[*place]);
        let for_open_work: BTreeSet<&str> =
            own().filter(|clock| clock.open_work_too).map(|clock| clock.id.as_str()).collect();
        held.retain(|(clock, ..), _| !for_open_work.contains(clock));
        for obligation in by_it {
            held.entry(name(obligation.clock, obligation.set_off, obligation.occurrence)).or_insert(obligation);
        }
        known.extend(own().map(|clock| clock.id.as_str()));
    }
    let mut all = Work::new(pack, life).after(&held).all(&pack.clocks().with_those_before(clocks));
    all.retain(|one| !held.contains_key(&name(one.clock, one.set_off, one.occurrence)));
    all.extend(held.into_values());
    all.sort_by(|a, b| name(a.clock, a.set_off, a.occurrence).cmp(&name(b.clock, b.set_off, b.occurrence)));
    all
}
