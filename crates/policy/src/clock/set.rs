//! All clocks of a pack, with what each of them looks at.

use std::collections::{BTreeMap, BTreeSet};

use super::{Amount, Clock, ClockId, Due, MetBy, Of, Owner, Period, PeriodId, Planned, Starts, Test};
use crate::{
    fact::FactId,
    form::{Condition, FieldId, Form, FormId, Happens, RecordKind, SetKey, SetValue},
};

/// The clocks of a pack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    all: Vec<Clock>,
    places: BTreeMap<ClockId, usize>,
    /// Those that run, each after the one that it is counted from.
    order: Vec<usize>,
    periods: BTreeMap<PeriodId, Period>,
    remind: Option<Amount>,
    over_when: Option<PeriodId>,
    plans: BTreeMap<FormId, PlanWays>,
    concerned: BTreeMap<FormId, Vec<usize>>,
    /// Those that every record begins.
    begun_by_records: Vec<usize>,
    /// Those that any entry can meet that stands in the chronology.
    met_in_chronology: Vec<usize>,
    fields: BTreeMap<FormId, BTreeSet<FieldId>>,
    facts: BTreeSet<FactId>,
}

/// How a planned thing is moved and how it comes to its end, read from the forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanWays {
    /// Forms that move it, each with the field that names the plan.
    pub moved_by: Vec<(FormId, FieldId)>,
    /// Forms that end it, each with the field that names the plan: it took place, or it was called off.
    pub ended_by: Vec<(FormId, FieldId)>,
}

/// What some clocks look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// The forms whose entries they look at, each with the coded answers that they do.
    pub fields: BTreeMap<FormId, BTreeSet<FieldId>>,
    /// The kinds of fact.
    pub facts: BTreeSet<FactId>,
    /// Whether every entry that stands in the chronology, whatever its form.
    pub chronology: bool,
}

/// What one clock looks at.
#[derive(Default)]
struct Reads<'a> {
    forms: BTreeSet<&'a str>,
    facts: BTreeSet<&'a str>,
    fields: BTreeSet<(&'a str, &'a str)>,
    /// The first entry of a record, whatever its form.
    first_entry: bool,
    /// Any entry that can stand in the chronology.
    chronology: bool,
}

impl Clocks {
    /// Clocks that were checked, over the forms that they name.
    pub(crate) fn new(
        all: Vec<Clock>,
        periods: BTreeMap<PeriodId, Period>,
        remind: Option<Amount>,
        over_when: Option<PeriodId>,
        forms: &BTreeMap<FormId, Form>,
    ) -> Self {
        let places = all.iter().enumerate().map(|(place, clock)| (clock.id.clone(), place)).collect();
        let mut clocks = Self { all, places, periods, remind, over_when, ..Self::default() };
        clocks.order = clocks.in_order();
        let plan_forms = clocks.all.iter().flat_map(|clock| {
            let starts = match &clock.starts {
                Starts::Plan { form, .. } => Some(form),
                _ => None,
            };
            let planned = match &clock.planned {
                Some(Planned::Plan { form, .. }) => Some(form),
                _ => None,
            };
            starts.into_iter().chain(planned)
        });
        clocks.plans = plan_forms.map(|form| (form.clone(), plan_ways(form, forms))).collect();
        let mut concerned: BTreeMap<FormId, Vec<usize>> = BTreeMap::new();
        let mut fields: BTreeMap<FormId, BTreeSet<FieldId>> = BTreeMap::new();
        let mut facts = BTreeSet::new();
        let (mut begun_by_records, mut met_in_chronology) = (Vec::new(), Vec::new());
        for place in &clocks.order {
            let reads = clocks.reads(&clocks.all[*place]);
            for form in forms.values() {
                if reads.touched_by(form) {
                    concerned.entry(form.id.clone()).or_default().push(*place);
                }
            }
            if reads.first_entry {
                begun_by_records.push(*place);
            }
            if reads.chronology {
                met_in_chronology.push(*place);
            }
            for form in &reads.forms {
                fields.entry((*form).to_owned()).or_default();
            }
            for (form, field) in &reads.fields {
                fields.entry((*form).to_owned()).or_default().insert((*field).to_owned());
            }
            facts.extend(reads.facts.iter().map(|fact| (*fact).to_owned()));
        }
        (clocks.concerned, clocks.fields, clocks.facts) = (concerned, fields, facts);
        (clocks.begun_by_records, clocks.met_in_chronology) = (begun_by_records, met_in_chronology);
        clocks
    }

    /// Every clock, those that are not in force or wait for a form too, in the pack's order.
    pub fn all(&self) -> &[Clock] {
        &self.all
    }

    /// The clock of this name.
    pub fn get(&self, id: &str) -> Option<&Clock> {
        self.place(id).map(|place| &self.all[place])
    }

    /// The clocks that run, each after the one that it is counted from.
    pub fn running(&self) -> impl Iterator<Item = &Clock> {
        self.order.iter().map(|place| &self.all[*place])
    }

    /// Places in [`all`](Self::all) of the clocks that run, each after the one that it is counted from.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// The clocks whose obligations an entry made with this form can change, by what it says, by the facts that it sets,
    /// or by standing in the chronology: places in [`all`](Self::all), each after the one that it is counted from. After
    /// such an entry, those of the record's other clocks stand as they were; but for the first entry of a record, which
    /// concerns [`begun_by_records`](Self::begun_by_records) as well.
    pub fn concerned_by(&self, form: &str, in_chronology: bool) -> Vec<usize> {
        let of_form = self.concerned.get(form).map_or(&[][..], Vec::as_slice);
        let of_chronology = if in_chronology { &self.met_in_chronology[..] } else { &[] };
        self.order.iter().copied().filter(|place| of_form.contains(place) || of_chronology.contains(place)).collect()
    }

    /// The clocks that every record begins with its first entry, whatever its form, and those counted from them.
    pub fn begun_by_records(&self) -> &[usize] {
        &self.begun_by_records
    }

    /// The forms whose entries are looked at, each with the coded answers that are.
    pub const fn fields(&self) -> &BTreeMap<FormId, BTreeSet<FieldId>> {
        &self.fields
    }

    /// Whether every entry that stands in the chronology is looked at, whatever its form.
    pub const fn wants_chronology(&self) -> bool {
        !self.met_in_chronology.is_empty()
    }

    /// What these clocks look at, those that they are counted from included.
    pub fn looked_at(&self, places: &[usize]) -> LookedAt {
        let mut all = LookedAt::default();
        for place in places {
            let reads = self.reads(&self.all[*place]);
            all.chronology |= reads.chronology;
            for form in &reads.forms {
                all.fields.entry((*form).to_owned()).or_default();
            }
            for (form, field) in &reads.fields {
                all.fields.entry((*form).to_owned()).or_default().insert((*field).to_owned());
            }
            all.facts.extend(reads.facts.iter().map(|fact| (*fact).to_owned()));
        }
        all
    }

    /// These clocks with those that they are counted from, in an order in which each comes after those.
    pub fn with_those_before(&self, places: &[usize]) -> Vec<usize> {
        let mut wanted: BTreeSet<usize> = BTreeSet::new();
        for place in places {
            let mut next = Some(*place);
            while let Some(place) = next.filter(|place| wanted.insert(*place)) {
                next = match &self.all[place].starts {
                    Starts::Met(before) => self.place(before),
                    _ => None,
                };
            }
        }
        self.order.iter().copied().filter(|place| wanted.contains(place)).collect()
    }

    /// The kinds of fact that are looked at.
    pub const fn facts(&self) -> &BTreeSet<FactId> {
        &self.facts
    }

    /// The place in [`all`](Self::all) of the clock of this name.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// The time of this name.
    pub fn period(&self, id: &str) -> Option<&Period> {
        self.periods.get(id)
    }

    /// Every named time.
    pub fn periods(&self) -> impl Iterator<Item = &Period> {
        self.periods.values()
    }

    /// The time whose beginning ends every obligation that is still open: the record is closed.
    pub fn over_when(&self) -> Option<&Period> {
        self.over_when.as_deref().and_then(|id| self.periods.get(id))
    }

    /// How long before something is due somebody is reminded, unless the clock says otherwise (R-TIME-X09).
    pub const fn remind(&self) -> Option<Amount> {
        self.remind
    }

    /// How a plan made with this form is moved and ended.
    pub fn plan(&self, form: &str) -> Option<&PlanWays> {
        self.plans.get(form)
    }

    /// Which clocks run, each after the one that it is counted from. Whoever is counted from one that does not run does
    /// not run either. (That they form no circle was checked.)
    fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::new();
        let mut left: Vec<usize> = (0..self.all.len()).filter(|place| self.all[*place].runs()).collect();
        loop {
            let ready = |place: &usize| match &self.all[*place].starts {
                Starts::Met(before) => order.iter().any(|done| self.all[*done].id == *before),
                _ => true,
            };
            let (now, later): (Vec<usize>, Vec<usize>) = left.into_iter().partition(ready);
            if now.is_empty() {
                return order;
            }
            order.extend(now);
            left = later;
        }
    }

    fn reads<'a>(&'a self, clock: &'a Clock) -> Reads<'a> {
        let mut reads = Reads::default();
        let mut next = Some(clock);
        let mut most = self.all.len();
        while let Some(clock) = next.take() {
            reads.of_clock(clock, self);
            if let Starts::Met(before) = &clock.starts
                && most > 0
            {
                most -= 1;
                next = self.get(before);
            }
        }
        reads.facts.extend(self.over_when().map(|period| period.fact.as_str()));
        reads
    }
}

/// How a plan of this form is moved and ended: by forms that end the fact which it begins.
fn plan_ways(plan: &str, forms: &BTreeMap<FormId, Form>) -> PlanWays {
    let kinds: BTreeSet<&str> = forms.get(plan).into_iter().flat_map(begins).collect();
    let mut ways = PlanWays::default();
    for form in forms.values() {
        for field in form.fields() {
            if form.ends(&field.id).is_some_and(|kind| kinds.contains(kind)) {
                let moves = form.happens == Happens::Ahead && begins(form).any(|kind| kinds.contains(kind));
                let way = (form.id.clone(), field.id.clone());
                if moves { ways.moved_by.push(way) } else { ways.ended_by.push(way) }
            }
        }
    }
    ways
}

/// The kinds of fact that an entry of this form begins under its own name.
fn begins(form: &Form) -> impl Iterator<Item = &str> {
    let own = form.sets.iter().filter(|sets| sets.key == Some(SetKey::This) && sets.value != SetValue::Nothing);
    own.map(|sets| sets.fact.as_str())
}

impl<'a> Reads<'a> {
    fn touched_by(&self, form: &Form) -> bool {
        form.record == RecordKind::Child
            && (self.forms.contains(form.id.as_str())
                || form.sets.iter().any(|sets| self.facts.contains(sets.fact.as_str())))
    }

    fn of_clock(&mut self, clock: &'a Clock, clocks: &'a Clocks) {
        match &clock.starts {
            Starts::Entry { forms, when, of } => self.entries(forms, when, of),
            Starts::Plan { form, when, off } => {
                self.plan(form, when, clocks);
                self.forms.extend(off.iter().map(String::as_str));
            }
            Starts::Begins(period) | Starts::Ends(period) => self.period(period, clocks),
            Starts::Says(fact) => drop(self.facts.insert(fact)),
            Starts::Reaches(_) => drop(self.facts.insert(BIRTH)),
            Starts::Record => self.first_entry = true,
            Starts::Met(_) | Starts::Waits(_) => {}
        }
        if let Some(period) = &clock.during {
            self.period(period, clocks);
        }
        self.due(&clock.due, &clock.starts);
        for met in &clock.met_by {
            match met {
                MetBy::Entry { forms, when, of, names } => {
                    self.entries(forms, when, of);
                    if let Some(name) = names {
                        self.fields.extend(forms.iter().map(|form| (form.as_str(), name.as_str())));
                    }
                }
                MetBy::InChronology(_) => self.chronology = true,
                MetBy::This(Of::Field(field)) => self.answers_of(&clock.starts, field),
                MetBy::This(_) | MetBy::Waits(_) => {}
            }
        }
        match &clock.planned {
            Some(Planned::Fact(fact)) => drop(self.facts.insert(fact)),
            Some(Planned::Plan { form, when }) => self.plan(form, when, clocks),
            None => {}
        }
        if let Owner::Named(field) = &clock.owner {
            self.answers_of(&clock.starts, field);
        }
    }

    fn due(&mut self, due: &'a Due, starts: &'a Starts) {
        match due {
            Due::ByAge(_) | Due::BeforeAge(_) | Due::AtLeastToAge(_) => drop(self.facts.insert(BIRTH)),
            Due::AtNth { form, planned, .. } => {
                self.forms.insert(form);
                self.facts.extend(planned.as_deref());
            }
            Due::LaterOf(all) => all.iter().for_each(|due| self.due(due, starts)),
            Due::Either(choices) => {
                for choice in choices {
                    match &choice.when {
                        Some(Test::Answer(when)) => self.answers_of(starts, when.field()),
                        Some(Test::Holds { fact, .. }) => drop(self.facts.insert(fact)),
                        Some(Test::YoungerThan(_)) => drop(self.facts.insert(BIRTH)),
                        Some(Test::InFirst(_)) | None => {}
                    }
                    self.due(&choice.due, starts);
                }
            }
            _ => {}
        }
    }

    fn entries(&mut self, forms: &'a [FormId], when: &'a [Condition], of: &'a Of) {
        for form in forms {
            self.forms.insert(form);
            self.fields.extend(when.iter().map(|when| (form.as_str(), when.field())));
            if let Of::Field(field) = of {
                self.fields.insert((form, field));
            }
        }
    }

    fn plan(&mut self, form: &'a str, when: &'a [Condition], clocks: &'a Clocks) {
        self.forms.insert(form);
        self.fields.extend(when.iter().map(|when| (form, when.field())));
        for (way, field) in clocks.plan(form).into_iter().flat_map(|ways| ways.moved_by.iter().chain(&ways.ended_by)) {
            self.forms.insert(way);
            self.fields.insert((way, field));
            self.fields.extend(when.iter().map(|when| (way.as_str(), when.field())));
        }
    }

    fn period(&mut self, id: &str, clocks: &'a Clocks) {
        self.facts.extend(clocks.period(id).map(|period| period.fact.as_str()));
    }

    fn answers_of(&mut self, starts: &'a Starts, field: &'a str) {
        match starts {
            Starts::Entry { forms, .. } => self.fields.extend(forms.iter().map(|form| (form.as_str(), field))),
            Starts::Plan { form, .. } => drop(self.fields.insert((form, field))),
            _ => {}
        }
    }
}

/// The kind of fact that ages are counted from; a pack must have it to use one.
pub(crate) const BIRTH: &str = "birth";
