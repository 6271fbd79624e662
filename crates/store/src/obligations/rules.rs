//! By which rules it is worked out what records owe: those of the pack in force, and for what began before it, those under
//! which that began. Open work keeps the rule it began under, unless a pack says of a clock that it goes for open work
//! too.
//!
//! What began is asked of the obligation itself: the day from which somebody could be asked for it ([`Obligation::begins`]),
//! whenever that was written down. So all of it follows from facts, and is the same whoever works it out, and when.
//!
//! [`Obligation::begins`]: record::obligation::Obligation::begins

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::Date;
use policy::{
    Pack,
    clock::{Clock, Clocks, LookedAt, MetBy, Of, Starts},
};
use record::obligation;
use sha2::{Digest as _, Sha256};

use super::told::kept;
use crate::packs::InForce;

/// The pack in force, and those before it that date things in another way.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    now: Arc<Pack>,
    before: Vec<Before>,
    key: String,
}

/// A pack that was in force, and what began in its days.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    pub pack: Arc<Pack>,
    from: Date,
    until: Date,
}

impl Before {
    /// The clocks of this pack that go on in the place of the same ones of the pack in force: places in this one's.
    pub fn clocks(&self, now: &Pack, places: &[usize]) -> Vec<usize> {
        let (old, new) = (self.pack.clocks(), now.clocks());
        let goes_on = |place: &&usize| {
            let clock = &old.all()[**place];
            let same = places.iter().map(|place| &new.all()[*place]).find(|one| one.id == clock.id);
            kept(clock) && same.is_some_and(|same| !same.open_work_too)
        };
        old.order().iter().filter(goes_on).copied().collect()
    }

    /// The same with its days, as rules look at it.
    pub fn in_turn(&self, now: &Pack, places: &[usize]) -> obligation::Before<'_> {
        obligation::Before { pack: &self.pack, clocks: self.clocks(now, places), from: self.from, until: self.until }
    }
}

/// How several packs are asked in turn: another number where that becomes another way, so that what was worked out by the
/// way before is worked out again.
const IN_TURN: u32 = 2;

impl Rules {
    /// Of a place in which nothing was put in force yet.
    pub fn only(pack: &Arc<Pack>) -> Self {
        Self { now: pack.clone(), before: Vec::new(), key: policy::in_hex(&pack.hash()) }
    }

    /// Of this pack, after all that was in force before this day.
    pub fn of(now: &Arc<Pack>, lines: &[InForce], today: Date) -> Self {
        let over = |line: &InForce| line.until.filter(|until| line.from < *until && *until <= today);
        let before = |line: &InForce| Some(Before { pack: line.pack.clone(), from: line.from, until: over(line)? });
        let mut before: Vec<Before> = lines.iter().filter_map(before).collect();
        before.sort_by_key(|before| before.from);
        // Most new versions date nothing anew: what began under those goes by the pack in force.
        while before.last().is_some_and(|last| last.pack.clocks() == now.clocks()) {
            before.pop();
        }
        let mut key = policy::in_hex(&now.hash());
        if !before.is_empty() {
            let one = |one: &Before| format!("\n{} {} {}", one.from, one.until, policy::in_hex(&one.pack.hash()));
            let text = format!("{IN_TURN}\n{key}{}", before.iter().map(one).collect::<String>());
            key = policy::in_hex(&Sha256::digest(text.as_bytes()).into());
        }
        Self { now: now.clone(), before, key }
    }

    /// The pack in force.
    pub const fn pack(&self) -> &Arc<Pack> {
        &self.now
    }

    /// Those before it, the oldest first.
    pub fn before(&self) -> &[Before] {
        &self.before
    }

    /// What says of rows by which rules they were worked out. Other rules have another.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The clocks of the pack in force whose obligations are kept: places, each after the one that it is counted from.
    pub fn clocks(&self) -> Vec<usize> {
        let clocks = self.now.clocks();
        clocks.order().iter().copied().filter(|place| kept(&clocks.all()[*place])).collect()
    }

    /// Those of them whose obligations an entry of this form can change, by the rule of any time.
    pub fn concerned_by(&self, form: &str, in_chronology: bool) -> BTreeSet<usize> {
        self.with_those_after(&self.in_force(|clocks| clocks.concerned_by(form, in_chronology)))
    }

    /// Those of them that a record begins with its first entry, by the rule of any time.
    pub fn begun_by_records(&self) -> BTreeSet<usize> {
        self.with_those_after(&self.in_force(|clocks| clocks.begun_by_records().to_vec()))
    }

    /// Those of them that are met by name by an entry of this form, by the rule of any time.
    pub fn named_by(&self, form: &str) -> BTreeSet<usize> {
        let names = |met: &MetBy| matches!(met, MetBy::Entry { forms, .. } if forms.iter().any(|one| one == form));
        self.in_force(|clocks| {
            let named = clocks.order().iter().filter(|place| clocks.all()[**place].met_by.iter().any(names));
            named.copied().collect()
        })
    }

    /// Those of them that are met when an entry of this form is authorised, by the rule of any time.
    pub fn met_by_agreeing_to(&self, form: &str) -> BTreeSet<usize> {
        let has = |forms: &[String]| forms.iter().any(|one| one == form);
        let agrees = |clock: &Clock| {
            clock.met_by.iter().any(|met| match (met, &clock.starts) {
                (MetBy::Entry { forms, of: Of::Authorised, .. }, _)
                | (MetBy::This(Of::Authorised), Starts::Entry { forms, .. }) => has(forms),
                _ => false,
            })
        };
        self.in_force(|clocks| clocks.order().iter().copied().filter(|place| agrees(&clocks.all()[*place])).collect())
    }

    /// Of clocks of each pack, the same ones of the pack in force.
    fn in_force(&self, of: impl Fn(&Clocks) -> Vec<usize>) -> BTreeSet<usize> {
        let now = self.now.clocks();
        let same = |pack: &Arc<Pack>| {
            let clocks = pack.clocks();
            of(clocks).into_iter().filter_map(|place| now.place(&clocks.all()[place].id)).collect::<Vec<_>>()
        };
        self.packs().flat_map(same).collect()
    }

    /// The same and those that are counted from them by the rule of any time: what is counted from another goes on from
    /// what an earlier rule holds of that one.
    fn with_those_after(&self, concerned: &BTreeSet<usize>) -> BTreeSet<usize> {
        let now = self.now.clocks();
        let mut ids: BTreeSet<&str> = concerned.iter().map(|place| now.all()[*place].id.as_str()).collect();
        for pack in self.before.iter().map(|before| &before.pack).chain([&self.now]) {
            for clock in pack.clocks().running() {
                if matches!(&clock.starts, Starts::Met(before) if ids.contains(before.as_str())) {
                    ids.insert(&clock.id);
                }
            }
        }
        ids.into_iter().filter_map(|id| now.place(id)).collect()
    }

    /// What these clocks look at, by the rules of every time.
    pub fn looked_at(&self, places: &[usize]) -> LookedAt {
        let clocks = self.now.clocks();
        let mut all = clocks.looked_at(&clocks.with_those_before(places));
        for before in &self.before {
            let old = before.pack.clocks();
            let more = old.looked_at(&old.with_those_before(&before.clocks(&self.now, places)));
            all.chronology |= more.chronology;
            all.facts.extend(more.facts);
            for (form, fields) in more.fields {
                all.fields.entry(form).or_default().extend(fields);
            }
        }
        all
    }

    fn packs(&self) -> impl Iterator<Item = &Arc<Pack>> {
        std::iter::once(&self.now).chain(self.before.iter().map(|before| &before.pack))
    }

    /// Whether any clock looks at entries of this form; at every one that stands in the chronology.
    pub fn looks_at(&self, form: &str, in_chronology: bool) -> bool {
        self.packs().any(|pack| {
            let clocks = pack.clocks();
            clocks.fields().contains_key(form) || in_chronology && clocks.wants_chronology()
        })
    }

    /// Whether any clock looks at this answer of a form.
    pub fn looks_at_answer(&self, form: &str, field: &str) -> bool {
        self.packs().any(|pack| pack.clocks().fields().get(form).is_some_and(|fields| fields.contains(field)))
    }

    /// Whether any clock looks at facts of this kind.
    pub fn looks_at_fact(&self, kind: &str) -> bool {
        self.packs().any(|pack| pack.clocks().facts().contains(kind))
    }
}
