//! Clocks against forms, facts, roles and each other.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    layers::Layers,
    mistake::{At, Mistakes, Places},
};
use crate::{
    calendar::Calendar,
    clock::{Amount, BIRTH, Clock, Clocks, Due, Limit, MetBy, Of, Owner, Planned, Starts, Test, Unit},
    fact::{Holds, Says},
    form::{Condition, Field, FieldKind, Form, Happens, InChronology, SetValue},
};

/// Checks all clocks and makes the set of them; gives each form the limits on recording that are in force.
pub(super) fn clocks(
    layers: &Layers,
    forms: &mut BTreeMap<String, Form>,
    calendar: &Calendar,
    mistakes: &mut Mistakes,
) -> Clocks {
    let parts = &layers.clocks;
    let mut check = Checker { layers, forms, calendar, mistakes };
    check.periods();
    for (clock, places) in &parts.clocks {
        check.clock(clock, places);
    }
    check.circles();
    check.twice();
    let grace = parts.grace;
    let all: Vec<Clock> = parts.clocks.iter().map(|(clock, _)| with_grace(clock, grace)).collect();
    for clock in all.iter().filter(|clock| clock.runs() && clock.is_recording()) {
        limit_forms(clock, forms);
    }
    for form in forms.values_mut() {
        form.limits.sort_by_key(|limit| limit.within.map_or(0, Amount::rough_hours));
    }
    let periods = parts.periods.iter().map(|(id, (period, _))| (id.clone(), period.clone())).collect();
    Clocks::new(all, periods, parts.remind, parts.over_when.as_ref().map(|(id, _)| id.clone()), forms)
}

/// «Immediately» takes the pack's own grace where the clock has none (R-TIME-X10).
fn with_grace(clock: &Clock, grace: Option<Amount>) -> Clock {
    let due = match &clock.due {
        Due::AtOnce { grace: None } => Due::AtOnce { grace },
        other => other.clone(),
    };
    Clock { due, ..clock.clone() }
}

/// Puts a limit on recording on the forms that it is for.
fn limit_forms(clock: &Clock, forms: &mut BTreeMap<String, Form>) {
    let Starts::Entry { forms: limited, when, of } = &clock.starts else { return };
    let (within, grace) = match &clock.due {
        Due::Within(amount) => (Some(*amount), None),
        Due::AtOnce { grace } => (None, *grace),
        _ => return,
    };
    let after = match of {
        Of::Field(field) => Some(field.clone()),
        _ => None,
    };
    let limit =
        Limit { clock: clock.id.clone(), within, grace, source: clock.source.clone(), after, when: when.clone() };
    for id in limited {
        forms.entry(id.clone()).and_modify(|form| form.limits.push(limit.clone()));
    }
}

struct Checker<'a, 'm> {
    layers: &'a Layers,
    forms: &'a BTreeMap<String, Form>,
    calendar: &'a Calendar,
    mistakes: &'m mut Mistakes,
}

impl<'a> Checker<'a, '_> {
    fn periods(&mut self) {
        for (period, places) in self.layers.clocks.periods.values() {
            let at = places.of("fact");
            let Some((fact, _)) = self.layers.facts.get(&period.fact) else {
                self.mistakes.add(
                    at,
                    format!("there is no fact `{}`; add it to facts.toml, or name one that exists", period.fact),
                );
                continue;
            };
            if fact.holds != Holds::One && !period.each {
                self.mistakes.add(
                    at,
                    format!("`{}` holds many at once, so it makes no one time; name a fact that holds one, or say each = true", fact.id),
                );
            }
            self.values(&period.fact, &period.any_of, at);
        }
        if let Some((id, at)) = &self.layers.clocks.over_when {
            self.period(id, *at);
        }
    }

    /// Values that a fact is to have are values that it can have.
    fn values(&mut self, fact: &str, any_of: &[String], at: At) {
        let Some((fact, _)) = self.layers.facts.get(fact) else { return };
        match (fact.says, fact.list.as_ref().and_then(|list| self.layers.lists.get(list))) {
            (Says::Code | Says::Codes, Some((list, places))) => {
                for code in any_of.iter().filter(|code| list.item(code).is_none()) {
                    let message = format!(
                        "`{code}` is no code of the list `{}`, which the fact `{}` is told in",
                        list.id, fact.id
                    );
                    self.mistakes.no_code(at, code, (&list.id, places.whole), message);
                }
            }
            (Says::YesNo, _) => {
                for code in any_of.iter().filter(|code| !matches!(code.as_str(), "yes" | "no")) {
                    self.mistakes.add(at, format!("the fact `{}` is yes or no, not `{code}`", fact.id));
                }
            }
            _ => {}
        }
    }

    fn period(&mut self, id: &str, at: At) {
        if !self.layers.clocks.periods.contains_key(id) {
            self.mistakes
                .add(at, format!("there is no period `{id}`; add [[period]] with this id, or name one that exists"));
        }
    }

    fn clock(&mut self, clock: &Clock, places: &Places) {
        if !clock.in_force && clock.why.as_ref().is_none_or(|why| why.trim().is_empty()) {
            let message = format!("`{}` is kept and not in force; say in `why` which one is, and why", clock.id);
            self.mistakes.add(places.of("in-force"), message);
        }
        self.starts(clock, places.of("starts"));
        if let Some(period) = &clock.during {
            self.period(period, places.of("during"));
        }
        let at = places.of("due");
        self.due(&clock.due, clock, at);
        self.never(clock, at);
        for met in &clock.met_by {
            self.met(met, clock, places.of("met-by"));
        }
        self.planned(clock, places.of("planned"));
        self.owner(clock, places.of("owner"));
        self.reminder(clock, places.of("remind"));
        if clock.repeats && !repeatable(&clock.due) {
            let message = "what repeats is counted anew from the last time, so it is due within an amount of time; \
                           give one, or take `repeats` out";
            self.mistakes.add(places.of("repeats"), message);
        }
        if clock.repeats && clock.met_by.iter().any(|met| matches!(met, MetBy::This(_))) {
            let message = "what is met by the entry that sets it off cannot be met a second time; take `repeats` out";
            self.mistakes.add(places.of("repeats"), message);
        }
        if let Some(beside) = &clock.beside {
            self.beside(clock, beside, places.of("beside"));
        }
    }

    fn starts(&mut self, clock: &Clock, at: At) {
        match &clock.starts {
            Starts::Entry { forms, when, of } => {
                for form in self.existing(forms, at) {
                    self.conditions(form, when, at);
                    self.of(form, of, at);
                }
            }
            Starts::Plan { form, when, off } => {
                self.existing(off, at);
                for form in self.existing(std::slice::from_ref(form), at) {
                    self.conditions(form, when, at);
                    self.ahead(form, at);
                }
            }
            Starts::Begins(period) | Starts::Ends(period) => self.period(period, at),
            Starts::Says(fact) => self.date_fact(fact, at),
            Starts::Reaches(_) => self.birth(at),
            Starts::Met(before) => match self.layers.clocks.clocks.iter().find(|(other, _)| other.id == *before) {
                None => self.mistakes.add(at, format!("there is no clock `{before}` to be counted from")),
                Some((other, _)) if clock.runs() && !other.runs() => {
                    let message =
                        format!("`{before}` sets nothing off itself, so this would never begin; let it wait too");
                    self.mistakes.add(at, message);
                }
                Some((other, _)) if clock.repeats && other.repeats => {
                    let message = format!(
                        "`{before}` repeats already, so this would begin anew each time; take `repeats` out of one"
                    );
                    self.mistakes.add(at, message);
                }
                Some(_) => {}
            },
            Starts::Record | Starts::Waits(_) => {}
        }
    }

    /// The forms of these names; a mistake for each that does not exist.
    fn existing(&mut self, names: &[String], at: At) -> Vec<&'a Form> {
        let mut found = Vec::new();
        for name in names {
            match self.forms.get(name) {
                Some(form) => found.push(form),
                None => self.mistakes.add(
                    at,
                    format!("there is no form `{name}`; name one that exists, or say in words what it waits for: waits-for = \"…\""),
                ),
            }
        }
        found
    }

    fn ahead(&mut self, form: &Form, at: At) {
        if form.happens != Happens::Ahead {
            self.mistakes.add(at, format!("the form `{}` plans nothing: it has no happens = \"ahead\"", form.id));
        }
    }

    fn field(&mut self, form: &'a Form, id: &str, at: At) -> Option<&'a Field> {
        let field = form.field(id);
        if field.is_none() {
            self.mistakes
                .add(at, format!("the form `{}` asks no `{id}`; ask it there, or name one of its questions", form.id));
        }
        field
    }

    fn of(&mut self, form: &'a Form, of: &Of, at: At) {
        let Of::Field(id) = of else { return };
        let field = self.field(form, id, at);
        if field.is_some_and(|field| !matches!(field.kind, FieldKind::Date { .. })) {
            self.mistakes.add(at, format!("`{id}` of the form `{}` is no date to count from", form.id));
        }
    }

    fn conditions(&mut self, form: &'a Form, all: &[Condition], at: At) {
        for when in all {
            self.condition(form, when, at);
        }
    }

    fn condition(&mut self, form: &'a Form, when: &Condition, at: At) {
        let Some(field) = self.field(form, when.field(), at) else { return };
        if field.sealed || field.kind.is_narrative() {
            self.mistakes.add(at, format!("`{}` is sealed, so no clock can look at it", field.id));
        }
        let answers = match when {
            Condition::Is { any_of, .. } => any_of.as_slice(),
            Condition::IsNot { none_of, .. } => none_of.as_slice(),
            Condition::Answered { .. } => &[],
        };
        for answer in answers {
            let possible = match &field.kind {
                FieldKind::YesNo => matches!(answer.as_str(), "yes" | "no"),
                FieldKind::Choice { list } | FieldKind::Choices { list } => {
                    self.layers.lists.get(list).is_none_or(|(list, _)| list.item(answer).is_some())
                }
                _ => false,
            };
            if !possible {
                let message = format!("`{answer}` is no answer that `{}` of the form `{}` can have", field.id, form.id);
                match field.kind.list().and_then(|list| self.layers.lists.get(list)) {
                    Some((list, places)) => self.mistakes.no_code(at, answer, (&list.id, places.whole), message),
                    None => self.mistakes.add(at, message),
                }
            }
        }
    }

    fn date_fact(&mut self, fact: &str, at: At) {
        match self.layers.facts.get(fact) {
            None => self
                .mistakes
                .add(at, format!("there is no fact `{fact}`; add it to facts.toml, or name one that exists")),
            Some((kind, _)) if kind.says != Says::Date => {
                self.mistakes.add(at, format!("the fact `{fact}` says no date; name one that does"));
            }
            Some(_) => {}
        }
    }

    fn birth(&mut self, at: At) {
        if self.layers.facts.get(BIRTH).is_none_or(|(kind, _)| kind.says != Says::Date) {
            self.mistakes
                .add(at, format!("ages are counted from the fact `{BIRTH}`, which says a date; add it to facts.toml"));
        }
    }

    fn due(&mut self, due: &Due, clock: &Clock, at: At) {
        match due {
            Due::Within(amount) | Due::Before(amount) | Due::AtLeast(amount) | Due::AtOnce { grace: Some(amount) } => {
                self.amount(*amount, at);
            }
            Due::ByAge(_) | Due::BeforeAge(_) | Due::AtLeastToAge(_) => self.birth(at),
            Due::AtNth { form, planned, .. } => {
                self.existing(std::slice::from_ref(form), at);
                if let Some(fact) = planned {
                    self.date_fact(fact, at);
                }
            }
            Due::LaterOf(all) if all.len() < 2 => {
                self.mistakes.add(at, "the later of what? Give two limits");
            }
            Due::LaterOf(all) => all.iter().for_each(|due| self.due(due, clock, at)),
            Due::Either(choices) => {
                let last = choices.len().saturating_sub(1);
                if choices.len() < 2
                    || choices.iter().enumerate().any(|(place, one)| one.when.is_none() != (place == last))
                {
                    self.mistakes.add(
                        at,
                        "each choice but the last needs a `when`, and the last has none, so that one always holds",
                    );
                }
                for choice in choices {
                    self.test(choice.when.as_ref(), clock, at);
                    self.due(&choice.due, clock, at);
                }
            }
            Due::AtOnce { grace: None } | Due::BeforeIt | Due::OnTheDay | Due::NoNumber(_) => {}
        }
    }

    fn amount(&mut self, amount: Amount, at: At) {
        if amount.unit == Unit::HalfTerms && self.calendar.half_terms().is_empty() {
            self.mistakes
                .add(at, "no half terms are known; add them to clocks.toml as [[half-term]] with first and last");
        }
    }

    fn test(&mut self, test: Option<&Test>, clock: &Clock, at: At) {
        match test {
            Some(Test::Answer(when)) => match &clock.starts {
                Starts::Entry { forms, .. } => {
                    for form in forms.iter().filter_map(|form| self.forms.get(form)) {
                        self.condition(form, when, at);
                    }
                }
                Starts::Plan { form, .. } => {
                    if let Some(form) = self.forms.get(form) {
                        self.condition(form, when, at);
                    }
                }
                Starts::Waits(_) => {}
                _ => self.mistakes.add(at, "no entry sets this off whose answer could be asked; ask for a fact"),
            },
            Some(Test::Holds { fact, any_of }) => {
                if self.layers.facts.contains_key(fact) {
                    self.values(fact, any_of, at);
                } else {
                    self.mistakes
                        .add(at, format!("there is no fact `{fact}`; add it to facts.toml, or name one that exists"));
                }
            }
            Some(Test::YoungerThan(_)) => self.birth(at),
            Some(Test::InFirst(_)) | None => {}
        }
    }

    /// What can never be done in time, or is over before it begins.
    fn never(&mut self, clock: &Clock, at: At) {
        let same_entry = clock.met_by.iter().any(|met| matches!(met, MetBy::This(Of::Completed | Of::Authorised)));
        match (&clock.starts, &clock.due) {
            (Starts::Entry { forms, of, .. }, Due::Before(_) | Due::BeforeIt)
                if same_entry && !matches!(of, Of::Field(_)) =>
            {
                let past = |form: &&String| {
                    self.forms.get(*form).is_some_and(|form| matches!(form.happens, Happens::DateTime | Happens::Date))
                };
                if let Some(form) = forms.iter().find(past) {
                    let message = format!(
                        "this can never be met: what `{form}` tells has happened when it is written, and it would be due before; \
                         count from something that is planned"
                    );
                    self.mistakes.add(at, message);
                }
            }
            (Starts::Met(_) | Starts::Record, Due::Before(_) | Due::BeforeIt) => {
                self.mistakes.add(
                    at,
                    "this can never be met: nobody knows of it before it has happened; count backwards from a plan, from a date \
                     that a fact says, or from a period",
                );
            }
            (Starts::Reaches(from), Due::ByAge(to)) if to < from => self.too_young(*from, *to, at),
            (Starts::Reaches(from), Due::BeforeAge(to)) if to <= from => self.too_young(*from, *to, at),
            _ => {}
        }
    }

    fn too_young(&mut self, from: crate::clock::Age, to: crate::clock::Age, at: At) {
        self.mistakes.add(
            at,
            format!("this can never be met: it begins at {from} and would be due at {to}; correct one of the ages"),
        );
    }

    fn met(&mut self, met: &MetBy, clock: &Clock, at: At) {
        match met {
            MetBy::This(of) => match &clock.starts {
                Starts::Entry { forms, .. } => {
                    for form in forms.iter().filter_map(|form| self.forms.get(form)) {
                        self.of(form, of, at);
                    }
                    if *of == Of::Completed
                        && !matches!(clock.due, Due::Within(_) | Due::AtOnce { .. } | Due::Before(_) | Due::NoNumber(_))
                    {
                        let message = "how soon an entry is to be complete is one amount of time; for different cases make two \
                                       clocks, each with a `when` in `starts`";
                        self.mistakes.add(at, message);
                    }
                }
                Starts::Waits(_) => {}
                _ => self.mistakes.add(at, "no entry sets this off that could be complete; name a form"),
            },
            MetBy::Entry { forms, when, of, names } => {
                let forms = self.existing(forms, at);
                for form in &forms {
                    self.conditions(form, when, at);
                    self.of(form, of, at);
                    if let Some(id) = names
                        && let Some(field) = self.field(form, id, at)
                    {
                        self.names(field, clock, at);
                    }
                }
            }
            MetBy::InChronology(_) => {
                if self.forms.values().all(|form| form.chronology == InChronology::Never) {
                    self.mistakes.add(at, "no form stands in the chronology, so this can never be met");
                }
            }
            MetBy::Waits(words) if words.trim().is_empty() => {
                self.mistakes.add(at, "say in plain words which act is waited for");
            }
            MetBy::Waits(_) => {}
        }
    }

    /// The field in which an entry names what set the clock off can hold such an entry.
    fn names(&mut self, field: &Field, clock: &Clock, at: At) {
        let Some(named) = self.set_off_by(clock) else {
            self.mistakes.add(at, "no entry sets this off that could be named; take `names` out");
            return;
        };
        for form in named {
            if !field.kind.takes_entry_of(form) {
                self.mistakes
                    .add(at, format!("`{}` refers to no entry made with `{form}`, which sets this off", field.id));
            }
        }
    }

    /// The forms of the entries that set a clock off, where each does by itself; none where none does.
    fn set_off_by(&self, clock: &'a Clock) -> Option<Vec<&'a String>> {
        let (clocks, mut clock) = (&self.layers.clocks, clock);
        // What is counted from another was set off by what set that one off. A circle is a mistake of its own.
        for _ in 0..clocks.clocks.len() {
            let Starts::Met(before) = &clock.starts else { break };
            clock = clocks.clocks.iter().find(|(other, _)| other.id == *before).map(|(other, _)| other)?;
        }
        match &clock.starts {
            Starts::Entry { forms, .. } => Some(forms.iter().collect()),
            Starts::Plan { form, .. } => Some(vec![form]),
            Starts::Waits(_) => Some(Vec::new()),
            // Each time begins with an entry that says so.
            Starts::Begins(period) => {
                let (period, _) = clocks.periods.get(period).filter(|(period, _)| period.each)?;
                let sets = |form: &&Form| {
                    form.sets.iter().any(|sets| sets.fact == period.fact && sets.value != SetValue::Nothing)
                };
                Some(self.forms.values().filter(sets).map(|form| &form.id).collect())
            }
            _ => None,
        }
    }

    fn planned(&mut self, clock: &Clock, at: At) {
        match &clock.planned {
            Some(Planned::Fact(fact)) => self.date_fact(fact, at),
            Some(Planned::Plan { form, when }) => {
                for form in self.existing(std::slice::from_ref(form), at) {
                    self.ahead(form, at);
                    self.conditions(form, when, at);
                }
            }
            None => {}
        }
    }

    fn owner(&mut self, clock: &Clock, at: At) {
        match &clock.owner {
            Owner::Role(role) if !self.layers.roles.contains_key(role) => {
                let message = format!(
                    "there is no role `{role}`; name one that exists, or say who it is in words: {{ other = \"…\" }}"
                );
                self.mistakes.add(at, message);
            }
            Owner::Named(id) => {
                let forms: &[String] = match &clock.starts {
                    Starts::Entry { forms, .. } => forms,
                    Starts::Plan { form, .. } => std::slice::from_ref(form),
                    _ => &[],
                };
                if forms.is_empty() {
                    self.mistakes
                        .add(at, "no entry sets this off that could name somebody; say whose task it is otherwise");
                }
                for form in forms.iter().filter_map(|form| self.forms.get(form)) {
                    if self.field(form, id, at).is_some_and(|field| field.kind != FieldKind::Staff) {
                        self.mistakes.add(at, format!("`{id}` of the form `{}` names no member of staff", form.id));
                    }
                }
            }
            Owner::Author if !matches!(clock.starts, Starts::Entry { .. } | Starts::Plan { .. } | Starts::Waits(_)) => {
                self.mistakes.add(at, "no entry sets this off, so it has no author; say whose task it is otherwise");
            }
            _ => {}
        }
    }

    /// A reminder comes before the limit and after what set it off.
    fn reminder(&mut self, clock: &Clock, at: At) {
        let (Some(remind), Due::Within(amount)) = (clock.remind, &clock.due) else { return };
        if remind.rough_hours() >= amount.rough_hours() {
            let message = format!(
                "the reminder {remind} before would come before it begins: the limit is {amount}; give a shorter one"
            );
            self.mistakes.add(at, message);
        }
    }

    fn beside(&mut self, clock: &Clock, beside: &str, at: At) {
        let other = self.layers.clocks.clocks.iter().find(|(other, _)| other.id == beside);
        match other {
            None => self.mistakes.add(at, format!("there is no clock `{beside}` to stand beside")),
            Some((other, _)) if other.id == clock.id => {
                self.mistakes.add(at, "a clock does not stand beside itself; name the other limit of the same act");
            }
            Some((other, _)) if !same_start(&other.starts, &clock.starts) => {
                self.mistakes.add(
                    at,
                    format!("`{beside}` is set off by something else, so it is no other limit of the same act"),
                );
            }
            Some(_) => {}
        }
    }

    /// Clocks that are each counted from the other would never begin.
    fn circles(&mut self) {
        let clocks = &self.layers.clocks.clocks;
        let before = |id: &str| {
            let (clock, _) = clocks.iter().find(|(clock, _)| clock.id == id)?;
            match &clock.starts {
                Starts::Met(before) => Some(before.as_str()),
                _ => None,
            }
        };
        let mut named = BTreeSet::new();
        for (clock, places) in clocks {
            let mut way = vec![clock.id.as_str()];
            while let Some(next) = before(way[way.len() - 1]) {
                if next == clock.id {
                    if named.is_disjoint(&way.iter().copied().collect()) {
                        let message = format!(
                            "these clocks are each counted from the one before and never begin: {}, and again {}; let one of them be \
                             set off by something else",
                            way.join(", "),
                            clock.id
                        );
                        self.mistakes.add(places.of("starts"), message);
                    }
                    named.extend(way);
                    break;
                }
                if way.contains(&next) {
                    break;
                }
                way.push(next);
            }
        }
    }

    /// Two clocks in force that count the same act from the same thing: which one would be right?
    fn twice(&mut self) {
        let clocks = &self.layers.clocks.clocks;
        for (place, (clock, places)) in clocks.iter().enumerate().filter(|(_, (clock, _))| clock.in_force) {
            let same = clocks[..place].iter().map(|(other, _)| other).find(|other| {
                other.in_force
                    && clock.beside.as_ref() != Some(&other.id)
                    && other.beside.as_ref() != Some(&clock.id)
                    && other.during == clock.during
                    && count_the_same(other, clock)
            });
            if let Some(other) = same {
                let message = format!(
                    "`{}` and `{}` are both in force and count the same; let one be in-force = false, or say beside = \"{}\" if both are meant",
                    other.id, clock.id, other.id
                );
                self.mistakes.add(places.whole, message);
            }
        }
    }
}

fn repeatable(due: &Due) -> bool {
    match due {
        Due::Within(_) => true,
        Due::Either(choices) => choices.iter().all(|choice| repeatable(&choice.due)),
        Due::LaterOf(all) => all.iter().all(repeatable),
        _ => false,
    }
}

/// Whether two clocks are set off by the same thing and met by the same act.
fn count_the_same(one: &Clock, other: &Clock) -> bool {
    same_start(&one.starts, &other.starts) && one.met_by.iter().any(|a| other.met_by.iter().any(|b| same_act(a, b)))
}

/// Whether one thing can set off both.
fn same_start(one: &Starts, other: &Starts) -> bool {
    match (one, other) {
        (Starts::Entry { forms: a, when: when_a, of: of_a }, Starts::Entry { forms: b, when: when_b, of: of_b }) => {
            of_a == of_b && a.iter().any(|form| b.contains(form)) && overlap(when_a, when_b)
        }
        (a, b) => a == b,
    }
}

fn same_act(one: &MetBy, other: &MetBy) -> bool {
    match (one, other) {
        (
            MetBy::Entry { forms: a, when: when_a, of: of_a, names: _ },
            MetBy::Entry { forms: b, when: when_b, of: of_b, names: _ },
        ) => of_a == of_b && a.iter().any(|form| b.contains(form)) && overlap(when_a, when_b),
        (a, b) => a == b,
    }
}

/// Whether all of both can hold of one entry.
fn overlap(some: &[Condition], others: &[Condition]) -> bool {
    some.iter().all(|one| others.iter().all(|other| go_together(one, other)))
}

fn go_together(one: &Condition, other: &Condition) -> bool {
    if one.field() != other.field() {
        return true;
    }
    match (one, other) {
        (Condition::Is { any_of: a, .. }, Condition::Is { any_of: b, .. }) => a.iter().any(|code| b.contains(code)),
        (Condition::Is { any_of, .. }, Condition::IsNot { none_of, .. })
        | (Condition::IsNot { none_of, .. }, Condition::Is { any_of, .. }) => {
            any_of.iter().any(|code| !none_of.contains(code))
        }
        _ => true,
    }
}
