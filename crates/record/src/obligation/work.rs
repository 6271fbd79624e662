//! Working out the obligations of one record: clock by clock, each over an index of the record's entries by form.

use std::ops::Range;

use jiff::civil::{Date, DateTime, Time};
use policy::{
    Pack,
    calendar::Calendar,
    clock::{Clock, Clocks, MetBy, Of, Owner, Period, Planned, Starts},
    form::{Condition, FormId},
};

use super::{
    Happening, Life, Met, Obligation, Point, SetOff,
    due::{self, Around, agreed, answers, is_known_before, looks_back},
    in_turn::{self, HeldBefore},
    plans::{Plan, plans},
};
use crate::{
    id::{EntryId, PersonId},
    known,
    time::Moment,
};

/// One record's entries, in the order in which clocks look at them.
pub(super) struct Work<'p, 'a> {
    clocks: &'p Clocks,
    /// What an earlier rule holds.
    held: Option<&'a HeldBefore<'p>>,
    calendar: &'p Calendar,
    life: &'a Life<'a>,
    /// Places of entries, by form and then by time.
    by_form: Vec<usize>,
    /// Entries that stand in the place of another.
    amended: Vec<(EntryId, EntryId)>,
    birth: Option<Date>,
    periods: Vec<(&'p str, Vec<Stretch>)>,
}

/// A time during which something held.
#[derive(Clone, Copy)]
struct Stretch {
    from: Date,
    until: Option<Date>,
    entry: EntryId,
}

/// Something that set a clock off.
struct Start {
    set_off: SetOff,
    occurrence: u32,
    event: Point,
    /// What was done before this does not count.
    since: Point,
    /// The entry, by its place.
    entry: Option<usize>,
    /// When all this began.
    began: Point,
    /// When it ends of itself.
    ends: Option<DateTime>,
    /// Only what comes after this act counts.
    after: Option<Key>,
    /// The entry that met the occurrence before: none meets two, though another rule may date it later.
    last: Option<EntryId>,
    /// Other entries by which an act may name what set this off: a plan that was moved.
    known_as: Vec<EntryId>,
}

/// The order of acts: by time, then by when they were written.
type Key = (DateTime, Moment, EntryId);

/// Something done that could satisfy a clock.
#[derive(Clone, Copy)]
struct Act<'p> {
    key: Key,
    acted: Point,
    entry: usize,
    /// The field in which it must name what set the clock off.
    names: Option<&'p str>,
}

/// What a clock that is counted from another needs to know of that one's obligations.
struct Behind {
    began: Point,
    ends: Option<DateTime>,
    act: Option<Key>,
}

const EVER: Point = Point { when: DateTime::MIN, timed: false };

impl<'p, 'a> Work<'p, 'a> {
    pub(super) fn new(pack: &'p Pack, life: &'a Life<'a>) -> Self {
        let clocks = pack.clocks();
        let mut by_form: Vec<usize> = (0..life.entries.len()).collect();
        by_form.sort_unstable_by(|a, b| {
            let (a, b) = (&life.entries[*a], &life.entries[*b]);
            let key = |entry: &Happening<'_>| (entry.happened_on, entry.happened_at, entry.completed, entry.entry);
            a.form.cmp(&b.form).then_with(|| key(a).cmp(&key(b)))
        });
        let amended = life.entries.iter().filter(|entry| entry.entry != entry.first);
        let births = life.facts.iter().filter(|fact| fact.kind == known::BIRTH && fact.until.is_none());
        let birth = births.max_by_key(|fact| (fact.from, fact.entry)).and_then(|fact| fact.value.parse().ok());
        let periods = clocks.periods().map(|period| (period.id.as_str(), stretches(life, period))).collect();
        Self {
            clocks,
            held: None,
            calendar: pack.calendar(),
            life,
            by_form,
            amended: amended.map(|entry| (entry.entry, entry.first)).collect(),
            birth,
            periods,
        }
    }

    /// Goes on from what began under an earlier rule.
    pub(super) fn after(self, held: &'a HeldBefore<'p>) -> Self {
        Self { held: Some(held), ..self }
    }

    /// The obligations of these clocks, each of which comes after the one that it is counted from.
    pub(super) fn all(&self, places: &[usize]) -> Vec<Obligation<'p>> {
        let mut out = Vec::new();
        let mut behind: Vec<Behind> = Vec::new();
        let mut ranges: Vec<(usize, Range<usize>)> = Vec::with_capacity(places.len());
        let mut acts = Vec::new();
        for place in places {
            let clock = &self.clocks.all()[*place];
            let mut starts = match &clock.starts {
                Starts::Met(before) => {
                    let range = ranges.iter().find(|(done, _)| self.clocks.all()[*done].id == *before);
                    let range = range.map_or(0..0, |(_, range)| range.clone());
                    met_starts(&out[range.clone()], &behind[range])
                }
                _ => self.starts(clock),
            };
            let from = out.len();
            if !starts.is_empty() {
                self.bound(clock, &mut starts);
                starts.sort_by_key(|start| (start.event.when, start.set_off, start.occurrence));
                self.acts(clock, &mut acts);
                let planned = self.planned(clock);
                for start in starts {
                    self.run(*place, clock, start, &acts, &planned, (&mut out, &mut behind));
                }
            }
            ranges.push((*place, from..out.len()));
        }
        out
    }

    fn of_form(&self, form: &str) -> &[usize] {
        let form_of = |place: &usize| self.life.entries[*place].form.as_ref();
        let from = self.by_form.partition_point(|place| form_of(place) < form);
        let count = self.by_form[from..].partition_point(|place| form_of(place) == form);
        &self.by_form[from..from + count]
    }

    fn entries_of<'s>(
        &'s self,
        forms: &'s [FormId],
        when: &'s [Condition],
    ) -> impl Iterator<Item = (usize, &'a Happening<'a>)> + 's {
        let places = forms.iter().flat_map(|form| self.of_form(form));
        places.map(|place| (*place, &self.life.entries[*place])).filter(move |(_, entry)| answers(entry, when))
    }

    fn stretches_of(&self, period: &str) -> &[Stretch] {
        self.periods.iter().find(|(id, _)| *id == period).map_or(&[], |(_, stretches)| stretches)
    }

    /// What set a clock off that is not counted from another.
    fn starts(&self, clock: &Clock) -> Vec<Start> {
        let back = looks_back(&clock.due);
        match &clock.starts {
            Starts::Entry { forms, when, of } => self
                .entries_of(forms, when)
                .filter_map(|(place, entry)| {
                    let mut event = time_of(entry, of)?;
                    let happened = Point::new(entry.happened_on, entry.happened_at);
                    // Recording late is counted from when it was learned, if that was later than it happened.
                    if clock.is_recording() && happened.day() >= event.day() {
                        event = happened;
                    }
                    let since = if back && happened.when < event.when { Point::on(happened.day()) } else { event };
                    Some(Start { since, entry: Some(place), ..Start::new(SetOff::Entry(entry.first), event) })
                })
                .collect(),
            Starts::Plan { form, when, off } => plans(self.life, self.clocks, form)
                .into_iter()
                .filter(|plan| answers(&self.life.entries[plan.now], when))
                .map(|plan| self.planned_start(plan, off))
                .collect(),
            Starts::Begins(period) => {
                let stretches = self.stretches_of(period);
                let before =
                    std::iter::once(EVER).chain(stretches.iter().map(|stretch| stretch.until.map_or(EVER, Point::on)));
                stretches
                    .iter()
                    .zip(before)
                    .map(|(stretch, before)| {
                        let event = Point::on(stretch.from);
                        let since = if back { before } else { event };
                        let ends = stretch.until.map(start_of);
                        Start { since, ends, ..Start::new(SetOff::Entry(stretch.entry), event) }
                    })
                    .collect()
            }
            Starts::Ends(period) => self
                .stretches_of(period)
                .iter()
                .filter_map(|stretch| Some(Start::new(SetOff::Entry(stretch.entry), Point::on(stretch.until?))))
                .collect(),
            Starts::Says(kind) => self
                .life
                .facts
                .iter()
                .filter(|fact| fact.kind == kind.as_str())
                .filter_map(|fact| {
                    let event = Point::on(fact.value.parse().ok()?);
                    // Said anew before the day came: what is owed is owed for the new day.
                    let ends = fact.until.filter(|until| *until <= event.day()).map(start_of);
                    let since = if back { Point::on(fact.from) } else { event };
                    Some(Start { since, ends, ..Start::new(SetOff::Entry(fact.entry), event) })
                })
                .collect(),
            Starts::Reaches(age) => {
                let event = self.birth.map(|birth| Point::on(age.reached(birth)));
                let since = |event| if back { EVER } else { event };
                event
                    .into_iter()
                    .map(|event| Start { since: since(event), ..Start::new(SetOff::Birth, event) })
                    .collect()
            }
            Starts::Record => {
                let first = self.life.first_written.map(|moment| Point::at(moment.london()));
                first.into_iter().map(|event| Start::new(SetOff::Record, event)).collect()
            }
            Starts::Met(_) | Starts::Waits(_) => Vec::new(),
        }
    }

    fn planned_start(&self, plan: Plan, off: &[FormId]) -> Start {
        let now = &self.life.entries[plan.now];
        let event = Point::new(now.happened_on, now.happened_at);
        let called_off = plan.ended_by.map(|place| &self.life.entries[place]);
        let called_off = called_off.filter(|entry| off.iter().any(|form| entry.form == form.as_str()));
        let ends = called_off.map(|entry| entry.completed.london());
        let known_as = plan.known_as;
        Start { since: plan.made, entry: Some(plan.now), ends, known_as, ..Start::new(SetOff::Entry(plan.root), event) }
    }

    /// Leaves out what was set off at another time than the clock's, and ends what ends with a time.
    fn bound(&self, clock: &Clock, starts: &mut Vec<Start>) {
        if let Some(period) = &clock.during {
            let stretches = self.stretches_of(period);
            starts.retain_mut(|start| {
                let day = start.event.day();
                let holds = |stretch: &&Stretch| stretch.from <= day && stretch.until.is_none_or(|until| day < until);
                let Some(stretch) = stretches.iter().find(holds) else { return false };
                start.end(stretch.until.map(start_of));
                true
            });
        }
        let Some(over) = self.clocks.over_when() else { return };
        for stretch in self.stretches_of(&over.id) {
            for start in &mut *starts {
                // What was written down in a closed record is owed all the same; an age that is reached in one is not.
                let over = match start.entry {
                    Some(_) => stretch.from >= start.event.day(),
                    None => stretch.until.is_none_or(|until| start.event.day() < until),
                };
                if over && start.set_off != SetOff::Entry(stretch.entry) {
                    start.end(Some(start_of(stretch.from)));
                }
            }
        }
    }

    /// Everything done that could satisfy a clock, in order of time.
    fn acts(&self, clock: &'p Clock, acts: &mut Vec<Act<'p>>) {
        acts.clear();
        for met in &clock.met_by {
            match met {
                MetBy::Entry { forms, when, of, names } => {
                    let found = self.entries_of(forms, when).filter_map(|(place, entry)| Act::of(place, entry, of));
                    acts.extend(found.map(|act| Act { names: names.as_deref(), ..act }));
                }
                MetBy::InChronology(of) => {
                    let all = self.life.entries.iter().enumerate().filter(|(_, entry)| entry.in_chronology);
                    acts.extend(all.filter_map(|(place, entry)| Act::of(place, entry, of)));
                }
                MetBy::This(_) | MetBy::Waits(_) => {}
            }
        }
        acts.sort_unstable_by_key(|act| act.key);
    }

    /// The obligation that something set off, and where it repeats those that follow from it.
    fn run(
        &self,
        place: usize,
        clock: &'p Clock,
        mut start: Start,
        acts: &[Act<'p>],
        planned: &[Point],
        (out, behind): (&mut Vec<Obligation<'p>>, &mut Vec<Behind>),
    ) {
        loop {
            let one = match self.held_before(clock, &start) {
                Some(held) => Obligation { place, clock, ..held.clone() },
                None => self.one(place, clock, &start, acts, planned),
            };
            let met = one.met;
            out.push(one);
            behind.push(Behind { began: start.began, ends: start.ends, act: met.as_ref().map(Met::key) });
            let Some(met) = met.filter(|_| clock.repeats) else { return };
            if start.ends.is_some_and(|ends| ends.date() <= met.acted.day()) {
                return;
            }
            start.goes_on(&met);
        }
    }

    /// What an earlier rule holds of it, unless this clock goes for open work too.
    fn held_before(&self, clock: &'p Clock, start: &Start) -> Option<&'a Obligation<'p>> {
        let held = self.held.filter(|held| !held.is_empty() && !clock.open_work_too)?;
        held.get(&in_turn::name(clock, start.set_off, start.occurrence))
    }

    /// The obligation that something set off.
    fn one(
        &self,
        place: usize,
        clock: &'p Clock,
        start: &Start,
        acts: &[Act<'p>],
        planned: &[Point],
    ) -> Obligation<'p> {
        let due = self.due(clock, start);
        let act = self.satisfied(clock, start, acts);
        let event = start.event;
        let began = if is_known_before(&clock.due) { start.since } else { event };
        let remind = clock.remind.or(self.clocks.remind());
        let entry = start.entry.map(|entry| &self.life.entries[entry]);
        let next_planned = || planned.iter().find(|planned| planned.is_not_before(event)).copied();
        Obligation {
            place,
            clock,
            set_off: start.set_off,
            occurrence: start.occurrence,
            event,
            begins: began.when,
            due,
            remind_at: due.and_then(|due| due::reminder(remind, began.when, due.due, self.calendar)),
            planned: if act.is_none() { next_planned() } else { None },
            entry: entry.map(|entry| (entry.entry, entry.author)),
            named: entry.and_then(|entry| named(clock, entry)),
            met: act.as_ref().map(|act| self.met(act)),
            ended: start.ends.filter(|_| act.is_none()),
        }
    }

    fn due(&self, clock: &Clock, start: &Start) -> Option<super::DueAt> {
        let times_of = |form: &str| -> Vec<Point> {
            let places = self.of_form(form).iter().filter(|place| Some(**place) != start.entry);
            let times = places.map(|place| &self.life.entries[*place]);
            let times = times.map(|entry| Point::new(entry.happened_on, entry.happened_at));
            times.filter(|time| time.is_not_before(start.event) && start.is_open_on(time.day())).collect()
        };
        let around = Around {
            calendar: self.calendar,
            birth: self.birth,
            entry: start.entry.map(|entry| &self.life.entries[entry]),
            facts: &self.life.facts,
            times_of: &times_of,
            began: start.began,
        };
        due::due(&clock.due, start.event, &around)
    }

    /// The first act that satisfies what was set off here.
    fn satisfied(&self, clock: &Clock, start: &Start, acts: &[Act<'p>]) -> Option<Act<'p>> {
        let this = clock.met_by.iter().find_map(|met| match met {
            MetBy::This(of) => Some(of),
            _ => None,
        });
        if let (Some(of), Some(entry)) = (this, start.entry)
            && let Some(act) = Act::of(entry, &self.life.entries[entry], of)
        {
            return Some(act);
        }
        // What was done on the day counts, though its time of day may not be known.
        let from = acts.partition_point(|act| act.key.0.date() < start.since.day());
        let at_once = matches!(clock.due, policy::clock::Due::AtOnce { .. });
        let found = acts[from..].iter().find(|act| {
            (at_once || act.acted.is_not_before(start.since))
                && start.after.is_none_or(|after| act.key > after)
                && Some(act.entry) != start.entry
                && start.last != Some(self.life.entries[act.entry].entry)
                && act.names.is_none_or(|field| self.names(act.entry, field, start))
        })?;
        start.is_open_on(found.acted.day()).then_some(*found)
    }

    /// Whether an entry names in this field what set a clock off.
    fn names(&self, entry: usize, field: &str, start: &Start) -> bool {
        let Some(named) = self.life.entries[entry].answer(field).and_then(|named| named.parse::<EntryId>().ok()) else {
            return false;
        };
        let first = self.amended.iter().find(|(entry, _)| *entry == named).map_or(named, |(_, first)| *first);
        start.set_off == SetOff::Entry(first) || start.known_as.contains(&first)
    }

    /// The days for which what a clock asks for is planned, in order.
    fn planned(&self, clock: &Clock) -> Vec<Point> {
        match &clock.planned {
            None => Vec::new(),
            Some(Planned::Fact(kind)) => agreed(&self.life.facts, kind).into_iter().collect(),
            Some(Planned::Plan { form, when }) => {
                let open = plans(self.life, self.clocks, form).into_iter().filter(|plan| plan.ended_by.is_none());
                let now = open.map(|plan| &self.life.entries[plan.now]).filter(|entry| answers(entry, when));
                let mut days: Vec<_> = now.map(|entry| Point::new(entry.happened_on, entry.happened_at)).collect();
                days.sort_unstable_by_key(|day| day.when);
                days
            }
        }
    }

    fn met(&self, act: &Act<'_>) -> Met {
        let entry = &self.life.entries[act.entry];
        Met {
            entry: entry.entry,
            by: entry.author,
            acted: act.acted,
            started: entry.started,
            completed: entry.completed,
            authorised: entry.authorised,
        }
    }
}

impl Start {
    const fn new(set_off: SetOff, event: Point) -> Self {
        Self {
            set_off,
            occurrence: 1,
            event,
            since: event,
            entry: None,
            began: event,
            ends: None,
            after: None,
            last: None,
            known_as: Vec::new(),
        }
    }

    /// Ends here too, if that is sooner.
    fn end(&mut self, ends: Option<DateTime>) {
        self.ends = [self.ends, ends].into_iter().flatten().min();
    }

    /// Begins again, from what met the occurrence before.
    fn goes_on(&mut self, met: &Met) {
        self.event = met.acted;
        self.since = met.acted;
        self.after = Some(met.key());
        self.last = Some(met.entry);
        self.occurrence += 1;
    }

    /// Whether it had not ended before this day.
    fn is_open_on(&self, day: Date) -> bool {
        self.ends.is_none_or(|ends| day <= ends.date())
    }
}

impl Met {
    /// Its place in the order of acts.
    const fn key(&self) -> Key {
        (self.acted.when, self.completed, self.entry)
    }
}

impl Act<'_> {
    fn of(place: usize, entry: &Happening<'_>, of: &Of) -> Option<Self> {
        let acted = time_of(entry, of)?;
        Some(Self { key: (acted.when, entry.completed, entry.entry), acted, entry: place, names: None })
    }
}

/// What begins when another clock is met: once for each time.
fn met_starts(before: &[Obligation<'_>], behind: &[Behind]) -> Vec<Start> {
    let met = before.iter().zip(behind).filter_map(|(obligation, behind)| Some((obligation, obligation.met?, behind)));
    met.map(|(obligation, met, behind)| Start {
        occurrence: obligation.occurrence,
        began: behind.began,
        ends: behind.ends,
        after: behind.act,
        ..Start::new(obligation.set_off, met.acted)
    })
    .collect()
}

/// The times during which something held, in order.
fn stretches(life: &Life<'_>, period: &Period) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = life
        .facts
        .iter()
        .filter(|fact| fact.kind == period.fact.as_str() && !fact.value.is_empty())
        .filter(|fact| period.any_of.is_empty() || period.any_of.iter().any(|value| fact.value == value.as_str()))
        .filter(|fact| fact.until.is_none_or(|until| until > fact.from))
        .map(|fact| Stretch { from: fact.from, until: fact.until, entry: fact.entry })
        .collect();
    all.sort_unstable_by_key(|stretch| (stretch.from, stretch.until, stretch.entry));
    if !period.each {
        all.dedup_by(|next, before| {
            let follows = before.until.is_none_or(|until| next.from <= until);
            if follows {
                before.until = before.until.and_then(|until| next.until.map(|next| next.max(until)));
            }
            follows
        });
    }
    all
}

/// A time of an entry; of a date that was not answered, when it happened.
fn time_of(entry: &Happening<'_>, of: &Of) -> Option<Point> {
    let happened = Point::new(entry.happened_on, entry.happened_at);
    Some(match of {
        Of::Happened => happened,
        Of::Started => Point::at(entry.started?.london()),
        Of::Completed => Point::at(entry.completed.london()),
        Of::Authorised => Point::at(entry.authorised?.london()),
        Of::Field(field) => entry.answer(field).and_then(|day| day.parse().ok()).map_or(happened, Point::on),
    })
}

/// The member of staff whom the entry names.
fn named(clock: &Clock, entry: &Happening<'_>) -> Option<PersonId> {
    match &clock.owner {
        Owner::Named(field) => entry.answer(field)?.parse().ok(),
        _ => None,
    }
}

fn start_of(day: Date) -> DateTime {
    day.to_datetime(Time::midnight())
}
