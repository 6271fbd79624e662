//! `clocks.toml`: what it says, before it is checked against forms and facts.
//!
//! A clock is replaced whole by one of the same name in a pack that extends; so is a period. What is read as words
//! («3 working days», «immediately») is read here, so that a misspelling is named at its place.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use jiff::civil::Date;
use serde::{
    Deserialize, Deserializer,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, StrDeserializer},
    },
};
use toml::Spanned;

use super::{
    draft::{ConditionDraft, one_or_many},
    form::read_condition,
    mistake::{At, FileId, Known, Mistakes, Places},
    tables::{Names, put},
};
use crate::{
    clock::{Age, Amount, Choice, Clock, Due, MetBy, Of, Owner, Period, Planned, Starts, Test},
    form::Condition,
};

/// What `clocks.toml` of all packs say together.
#[derive(Default)]
pub(super) struct ClockLayers {
    pub(super) clocks: Vec<(Clock, Places)>,
    pub(super) periods: BTreeMap<String, (Period, Places)>,
    pub(super) half_terms: Vec<(Date, Date)>,
    pub(super) days_as_working: bool,
    pub(super) remind: Option<Amount>,
    pub(super) grace: Option<Amount>,
    pub(super) over_when: Option<(String, At)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ClocksDraft {
    #[serde(default)]
    clock: Vec<ClockDraft>,
    #[serde(default)]
    period: Vec<PeriodDraft>,
    #[serde(default)]
    half_term: Vec<HalfTermDraft>,
    reading: Option<ReadingDraft>,
}

/// `[reading]`: how the pack reads what its sources leave open.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ReadingDraft {
    days: Option<Spanned<Known<Days>>>,
    remind: Option<Spanned<String>>,
    grace: Option<Spanned<String>>,
    over_when: Option<Spanned<String>>,
    source: Spanned<Vec<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Days {
    Calendar,
    Working,
}

/// `[[half-term]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HalfTermDraft {
    first: Spanned<String>,
    last: Spanned<String>,
}

/// `[[period]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PeriodDraft {
    id: Spanned<String>,
    title: String,
    fact: Spanned<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    is: Option<Vec<String>>,
    #[serde(default)]
    each: bool,
    source: Spanned<Vec<String>>,
}

/// `[[clock]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ClockDraft {
    id: Spanned<String>,
    what: String,
    source: Spanned<Vec<String>>,
    in_force: Option<Spanned<bool>>,
    why: Option<String>,
    starts: Option<Spanned<StartsDraft>>,
    during: Option<Spanned<String>>,
    due: Spanned<DueDraft>,
    grace: Option<Spanned<String>>,
    repeats: Option<Spanned<bool>>,
    met_by: Spanned<MetDrafts>,
    planned: Option<Spanned<PlannedDraft>>,
    owner: Spanned<OwnerDraft>,
    remind: Option<Spanned<String>>,
    beside: Option<Spanned<String>>,
    #[serde(default)]
    only_prompts: bool,
    #[serde(default)]
    open_work_too: bool,
}

/// `starts = { form = "visit" }`, `{ plan = "…" }`, `{ begins = "looked-after" }`, `{ waits-for = "…" }` …
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StartsDraft {
    #[serde(default, deserialize_with = "one_or_many")]
    form: Option<Vec<String>>,
    of: Option<OfDraft>,
    #[serde(default)]
    when: Conditions,
    plan: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    called_off_by: Option<Vec<String>>,
    begins: Option<String>,
    ends: Option<String>,
    says: Option<String>,
    reaches: Option<String>,
    met: Option<String>,
    record: Option<RecordWord>,
    waits_for: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RecordWord {
    Begins,
}

/// `of = "completed"`, or `{ field = "received" }`
type OfDraft = WordOrTable<OfWord, FieldDraft>;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OfWord {
    Happened,
    Started,
    Completed,
    Authorised,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldDraft {
    field: String,
}

/// `met-by = { this = "completed" }`, `{ form = "review" }`, `{ waits-for = "…" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct MetDraft {
    this: Option<OfDraft>,
    #[serde(default, deserialize_with = "one_or_many")]
    form: Option<Vec<String>>,
    #[serde(default)]
    when: Conditions,
    of: Option<OfDraft>,
    names: Option<String>,
    in_chronology: Option<OfDraft>,
    waits_for: Option<String>,
}

/// One way to be met, or a list of them.
type MetDrafts = OneOrMany<MetDraft>;

/// One condition, or a list of which all must hold.
type Conditions = OneOrMany<ConditionDraft>;

/// One table, or a list of them.
struct OneOrMany<T>(Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// `due = "3 working days"`, or a table.
type DueDraft = WordOrTable<String, Box<DueTable>>;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DueTable {
    before: Option<String>,
    by_age: Option<String>,
    before_age: Option<String>,
    at_the: Option<u32>,
    before_the: Option<u32>,
    form: Option<String>,
    planned: Option<String>,
    at_least: Option<String>,
    at_least_to_age: Option<String>,
    either: Option<Vec<ChoiceDraft>>,
    later_of: Option<Vec<DueDraft>>,
    no_number: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChoiceDraft {
    when: Option<TestDraft>,
    due: DueDraft,
}

/// `{ field = "…", is = "…" }`, `{ fact = "…", is = "…" }`, `{ younger-than = "16" }`, `{ in-first = "1 year" }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct TestDraft {
    field: Option<String>,
    fact: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    is: Option<Vec<String>>,
    #[serde(default, deserialize_with = "one_or_many")]
    is_not: Option<Vec<String>>,
    answered: Option<bool>,
    younger_than: Option<String>,
    in_first: Option<String>,
}

/// `planned = { fact = "next-review" }`, `{ plan = "planned-visit", when = { … } }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlannedDraft {
    fact: Option<String>,
    plan: Option<String>,
    #[serde(default)]
    when: Conditions,
}

/// `owner = "author"`, or `{ role = "…" }`, `{ field = "…" }`, `{ other = "the school" }`
type OwnerDraft = WordOrTable<OwnerWord, OwnerTable>;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum OwnerWord {
    Author,
    AllocatedWorker,
    Manager,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnerTable {
    role: Option<String>,
    field: Option<String>,
    other: Option<String>,
}

/// A value that is a word or a table, each with the mistakes of its own kind.
enum WordOrTable<W, T> {
    Word(W),
    Table(T),
}

impl<'de, W: Deserialize<'de>, T: Deserialize<'de>> Deserialize<'de> for WordOrTable<W, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<W, T>(PhantomData<(W, T)>);
        impl<'de, W: Deserialize<'de>, T: Deserialize<'de>> Visitor<'de> for Either<W, T> {
            type Value = WordOrTable<W, T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("words in quotes or a table in curly brackets")
            }
            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Self::Value, E> {
                W::deserialize(StrDeserializer::new(word)).map(WordOrTable::Word)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(WordOrTable::Table)
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tables<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Tables<T> {
            type Value = OneOrMany<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table in curly brackets or a list of them")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OneOrMany<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|one| OneOrMany(vec![one]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = seq.next_element()? {
                    all.push(one);
                }
                Ok(OneOrMany(all))
            }
        }
        deserializer.deserialize_any(Tables(PhantomData))
    }
}

/// Lays `clocks.toml` over what was said so far.
pub(super) fn lay(layers: &mut ClockLayers, file: FileId, mistakes: &mut Mistakes) {
    let Some(draft) = mistakes.parse::<ClocksDraft>(file) else { return };
    let ClocksDraft { clock, period, half_term, reading } = draft;
    if let Some(reading) = reading {
        lay_reading(layers, reading, file, mistakes);
    }
    lay_half_terms(layers, half_term, file, mistakes);
    let mut names = Names::default();
    for draft in period {
        let mut places = Places::new(file.at(&draft.id));
        names.take(draft.id.get_ref(), places.whole, mistakes);
        places.keep(file, "fact", Some(&draft.fact));
        sourced(&draft.source, file, mistakes);
        let period = Period {
            id: draft.id.into_inner(),
            title: draft.title,
            fact: draft.fact.into_inner(),
            any_of: draft.is.unwrap_or_default(),
            each: draft.each,
            source: draft.source.into_inner(),
        };
        layers.periods.insert(period.id.clone(), (period, places));
    }
    let mut names = Names::default();
    for draft in clock {
        names.take(draft.id.get_ref(), file.at(&draft.id), mistakes);
        if let Some(clock) = (Reader { file, mistakes }).clock(draft) {
            put(&mut layers.clocks, clock, |(a, _), (b, _)| a.id == b.id);
        }
    }
}

fn lay_reading(layers: &mut ClockLayers, draft: ReadingDraft, file: FileId, mistakes: &mut Mistakes) {
    sourced(&draft.source, file, mistakes);
    if let Some(days) = mistakes.known(file, draft.days) {
        layers.days_as_working = matches!(days, Days::Working);
    }
    let mut reader = Reader { file, mistakes };
    if let Some(remind) = draft.remind {
        layers.remind = reader.amount(remind.get_ref(), file.at(&remind));
    }
    if let Some(grace) = draft.grace {
        layers.grace = reader.amount(grace.get_ref(), file.at(&grace));
    }
    if let Some(period) = draft.over_when {
        layers.over_when = Some((period.get_ref().clone(), file.at(&period)));
    }
}

fn lay_half_terms(layers: &mut ClockLayers, drafts: Vec<HalfTermDraft>, file: FileId, mistakes: &mut Mistakes) {
    let mut own: Vec<(Date, Date)> = Vec::new();
    for HalfTermDraft { first, last } in drafts {
        let mut day = |text: &Spanned<String>| {
            let day = text.get_ref().parse::<Date>();
            day.map_err(|_| mistakes.add(file.at(text), "this is no date; days are written 2026-09-02")).ok()
        };
        let (Some(begins), Some(ends)) = (day(&first), day(&last)) else { continue };
        if ends < begins {
            mistakes.add(file.at(&last), "this half term is over before it begins; correct one of its days");
        } else if own.last().is_some_and(|(_, before)| begins <= *before) {
            mistakes.add(file.at(&first), "half terms stand in order and do not overlap; correct its days or move it");
        } else {
            own.push((begins, ends));
        }
    }
    if !own.is_empty() {
        layers.half_terms = own;
    }
}

fn sourced(source: &Spanned<Vec<String>>, file: FileId, mistakes: &mut Mistakes) {
    if source.get_ref().is_empty() {
        mistakes.add(file.at(source), "name at least one requirement that this comes from");
    }
}

/// Reads the words of one file.
struct Reader<'m> {
    file: FileId,
    mistakes: &'m mut Mistakes,
}

impl Reader<'_> {
    fn clock(&mut self, draft: ClockDraft) -> Option<(Clock, Places)> {
        let file = self.file;
        let mut places = Places::new(file.at(&draft.id));
        let id = draft.id.into_inner();
        sourced(&draft.source, file, self.mistakes);
        places.keep(file, "in-force", draft.in_force.as_ref());
        places.keep(file, "starts", draft.starts.as_ref());
        places.keep(file, "during", draft.during.as_ref());
        places.keep(file, "due", Some(&draft.due));
        places.keep(file, "grace", draft.grace.as_ref());
        places.keep(file, "repeats", draft.repeats.as_ref());
        places.keep(file, "met-by", Some(&draft.met_by));
        places.keep(file, "planned", draft.planned.as_ref());
        places.keep(file, "owner", Some(&draft.owner));
        places.keep(file, "remind", draft.remind.as_ref());
        places.keep(file, "beside", draft.beside.as_ref());
        let whole = places.whole;
        if draft.what.trim().is_empty() {
            self.mistakes.add(whole, format!("the clock `{id}` does not say what must be done; say it in `what`"));
        }
        let repeats = draft.repeats.is_some_and(Spanned::into_inner);
        let starts = match draft.starts {
            Some(starts) => {
                let at = file.at(&starts);
                self.starts(starts.into_inner(), at)
            }
            None if repeats => {
                self.mistakes.add(
                    whole,
                    format!("the clock `{id}` repeats and has nothing that sets it off the first time; add `starts`"),
                );
                None
            }
            None => {
                self.mistakes.add(whole, format!("nothing sets the clock `{id}` off; add `starts`"));
                None
            }
        };
        let at = file.at(&draft.due);
        let due = self.due(draft.due.into_inner(), at);
        let grace = draft.grace.and_then(|grace| self.amount(grace.get_ref(), file.at(&grace)));
        let due = match (due, grace) {
            (Some(Due::AtOnce { .. }), Some(grace)) => Some(Due::AtOnce { grace: Some(grace) }),
            (Some(due), Some(_)) => {
                let message = "grace belongs to due = \"immediately\" alone; every other limit is its own";
                self.mistakes.add(places.of("grace"), message);
                Some(due)
            }
            (due, None) => due,
            (None, Some(_)) => None,
        };
        let at = file.at(&draft.met_by);
        let met_by: Vec<_> = draft.met_by.into_inner().0.into_iter().filter_map(|met| self.met(met, at)).collect();
        if met_by.is_empty() {
            self.mistakes.add(at, "say what satisfies it: `this`, `form`, `in-chronology` or `waits-for`");
        }
        let planned = draft.planned.and_then(|planned| {
            let at = file.at(&planned);
            self.planned(planned.into_inner(), at)
        });
        let at = file.at(&draft.owner);
        let owner = self.owner(draft.owner.into_inner(), at);
        let clock = Clock {
            what: draft.what,
            source: draft.source.into_inner(),
            in_force: draft.in_force.is_none_or(Spanned::into_inner),
            why: draft.why,
            starts: starts?,
            during: draft.during.map(Spanned::into_inner),
            due: due?,
            repeats,
            met_by,
            planned,
            owner: owner?,
            remind: draft.remind.and_then(|remind| self.amount(remind.get_ref(), file.at(&remind))),
            beside: draft.beside.map(Spanned::into_inner),
            only_prompts: draft.only_prompts,
            open_work_too: draft.open_work_too,
            id,
        };
        Some((clock, places))
    }

    fn starts(&mut self, draft: StartsDraft, at: At) -> Option<Starts> {
        let StartsDraft { form, of, when, plan, called_off_by, begins, ends, says, reaches, met, record, waits_for } =
            draft;
        let (has_of, has_when, has_off) = (of.is_some(), !when.0.is_empty(), called_off_by.is_some());
        let when = self.conditions(when, at);
        let mut found: Vec<Starts> = Vec::new();
        if let Some(forms) = form {
            found.push(Starts::Entry { forms, when: when.clone(), of: of.map_or(Of::Happened, read_of) });
        }
        if let Some(form) = plan {
            found.push(Starts::Plan { form, when, off: called_off_by.unwrap_or_default() });
        }
        found.extend(begins.map(Starts::Begins));
        found.extend(ends.map(Starts::Ends));
        found.extend(says.map(Starts::Says));
        if let Some(age) = reaches {
            found.push(Starts::Reaches(self.age(&age, at)?));
        }
        found.extend(met.map(Starts::Met));
        found.extend(record.map(|RecordWord::Begins| Starts::Record));
        found.extend(waits_for.map(Starts::Waits));
        let only_one = found.len() == 1;
        let starts = found.into_iter().next().filter(|_| only_one);
        let Some(starts) = starts else {
            self.mistakes.add(
                at,
                "one thing sets a clock off: `form`, `plan`, `begins`, `ends`, `says`, `reaches`, `met`, `record` or `waits-for`",
            );
            return None;
        };
        let (entry, plan) = (matches!(starts, Starts::Entry { .. }), matches!(starts, Starts::Plan { .. }));
        if (has_of && !entry) || (has_when && !entry && !plan) || (has_off && !plan) {
            self.mistakes
                .add(at, "`of` belongs to a form, `when` to a form or a plan, `called-off-by` to a plan; take it out");
        }
        Some(starts)
    }

    fn conditions(&mut self, drafts: Conditions, at: At) -> Vec<Condition> {
        drafts.0.into_iter().map(|when| read_condition(when, at, self.mistakes)).collect()
    }

    fn met(&mut self, draft: MetDraft, at: At) -> Option<MetBy> {
        let MetDraft { this, form, when, of, names, in_chronology, waits_for } = draft;
        let beside_form = !when.0.is_empty() || of.is_some() || names.is_some();
        match (this, form, in_chronology, waits_for) {
            (None, Some(forms), None, None) => {
                let when = self.conditions(when, at);
                return Some(MetBy::Entry { forms, when, of: of.map_or(Of::Happened, read_of), names });
            }
            (Some(of), None, None, None) if !beside_form => return Some(MetBy::This(read_of(of))),
            (None, None, Some(of), None) if !beside_form => return Some(MetBy::InChronology(read_of(of))),
            (None, None, None, Some(act)) if !beside_form => return Some(MetBy::Waits(act)),
            _ => {}
        }
        self.mistakes.add(
            at,
            "what satisfies it is one of `this`, `form`, `in-chronology` or `waits-for`; `when`, `of` and `names` belong to a form",
        );
        None
    }

    fn due(&mut self, draft: DueDraft, at: At) -> Option<Due> {
        let table = match draft {
            DueDraft::Word(words) => {
                return match words.as_str() {
                    "immediately" => Some(Due::AtOnce { grace: None }),
                    "before" => Some(Due::BeforeIt),
                    "on the day" => Some(Due::OnTheDay),
                    _ => self.amount(&words, at).map(Due::Within),
                };
            }
            DueDraft::Table(table) => *table,
        };
        let DueTable {
            before,
            by_age,
            before_age,
            at_the,
            before_the,
            form,
            planned,
            at_least,
            at_least_to_age,
            either,
            later_of,
            no_number,
        } = table;
        let mut found = Vec::new();
        let of_nth = form.is_some() || planned.is_some();
        if let Some(amount) = before {
            found.push(Due::Before(self.amount(&amount, at)?));
        }
        if let Some(age) = by_age {
            found.push(Due::ByAge(self.age(&age, at)?));
        }
        if let Some(age) = before_age {
            found.push(Due::BeforeAge(self.age(&age, at)?));
        }
        if let Some((nth, before)) = at_the.map(|nth| (nth, false)).or_else(|| before_the.map(|nth| (nth, true))) {
            match form {
                Some(form) if nth > 0 => found.push(Due::AtNth { form, nth, before, planned }),
                _ => {
                    self.mistakes.add(at, "say which time, from 1, and of what: { at-the = 2, form = \"review\" }");
                    return None;
                }
            }
        } else if of_nth {
            self.mistakes.add(at, "`form` and `planned` belong to `at-the` or `before-the`; take them out");
            return None;
        }
        if let Some(amount) = at_least {
            found.push(Due::AtLeast(self.amount(&amount, at)?));
        }
        if let Some(age) = at_least_to_age {
            found.push(Due::AtLeastToAge(self.age(&age, at)?));
        }
        if let Some(choices) = either {
            let choices: Option<Vec<_>> = choices.into_iter().map(|choice| self.choice(choice, at)).collect();
            found.push(Due::Either(choices?));
        }
        if let Some(all) = later_of {
            let all: Option<Vec<_>> = all.into_iter().map(|due| self.due(due, at)).collect();
            found.push(Due::LaterOf(all?));
        }
        found.extend(no_number.map(Due::NoNumber));
        let only_one = found.len() == 1;
        let due = found.into_iter().next().filter(|_| only_one);
        if due.is_none() {
            self.mistakes.add(
                at,
                "say one of these: `before`, `by-age`, `before-age`, `at-the`, `before-the`, `at-least`, `at-least-to-age`, \
                 `either`, `later-of`, `no-number`; or in words \"3 working days\", \"immediately\", \"before\", \"on the day\"",
            );
        }
        due
    }

    fn choice(&mut self, draft: ChoiceDraft, at: At) -> Option<Choice> {
        let when = match draft.when {
            Some(test) => Some(self.test(test, at)?),
            None => None,
        };
        Some(Choice { when, due: self.due(draft.due, at)? })
    }

    fn test(&mut self, draft: TestDraft, at: At) -> Option<Test> {
        let TestDraft { field, fact, is, is_not, answered, younger_than, in_first } = draft;
        match (field, fact, younger_than, in_first) {
            (Some(field), None, None, None) => {
                let draft = ConditionDraft { field, is, is_not, answered };
                Some(Test::Answer(read_condition(draft, at, self.mistakes)))
            }
            (None, Some(fact), None, None) if is_not.is_none() && answered.is_none() => {
                Some(Test::Holds { fact, any_of: is.unwrap_or_default() })
            }
            (None, None, Some(age), None) => Some(Test::YoungerThan(self.age(&age, at)?)),
            (None, None, None, Some(amount)) => Some(Test::InFirst(self.amount(&amount, at)?)),
            _ => {
                let message =
                    "a test is one of these: `field` with an answer, `fact` with `is`, `younger-than`, `in-first`";
                self.mistakes.add(at, message);
                None
            }
        }
    }

    fn planned(&mut self, draft: PlannedDraft, at: At) -> Option<Planned> {
        match (draft.fact, draft.plan) {
            (Some(fact), None) if draft.when.0.is_empty() => Some(Planned::Fact(fact)),
            (None, Some(form)) => {
                let when = self.conditions(draft.when, at);
                Some(Planned::Plan { form, when })
            }
            _ => {
                self.mistakes.add(at, "what is planned is seen in a `fact`, or in a `plan` and perhaps `when`");
                None
            }
        }
    }

    fn owner(&mut self, draft: OwnerDraft, at: At) -> Option<Owner> {
        let table = match draft {
            OwnerDraft::Word(OwnerWord::Author) => return Some(Owner::Author),
            OwnerDraft::Word(OwnerWord::AllocatedWorker) => return Some(Owner::AllocatedWorker),
            OwnerDraft::Word(OwnerWord::Manager) => return Some(Owner::Manager),
            OwnerDraft::Table(table) => table,
        };
        match (table.role, table.field, table.other) {
            (Some(role), None, None) => Some(Owner::Role(role)),
            (None, Some(field), None) => Some(Owner::Named(field)),
            (None, None, Some(words)) => Some(Owner::Other(words)),
            _ => {
                self.mistakes.add(
                    at,
                    "whose task it is: \"author\", \"allocated-worker\", \"manager\", { role = \"…\" }, { field = \"…\" } or { other = \"…\" }",
                );
                None
            }
        }
    }

    pub(super) fn amount(&mut self, words: &str, at: At) -> Option<Amount> {
        let amount = Amount::parse(words);
        match amount {
            None => self.mistakes.add(
                at,
                format!(
                    "`{words}` is no limit; write a number and hours, working days, days, calendar days, weeks, months, years or \
                     half terms, as in \"3 working days\""
                ),
            ),
            Some(amount) if amount.count == 0 => {
                self.mistakes.add(at, "nothing is done in no time; write \"immediately\", or \"on the day\"");
            }
            Some(_) => {}
        }
        amount
    }

    fn age(&mut self, words: &str, at: At) -> Option<Age> {
        let age = Age::parse(words);
        if age.is_none() {
            self.mistakes
                .add(at, format!("`{words}` is no age; write years and perhaps a quarter, as in \"16\" or \"16¼\""));
        }
        age
    }
}

fn read_of(draft: OfDraft) -> Of {
    match draft {
        OfDraft::Word(OfWord::Happened) => Of::Happened,
        OfDraft::Word(OfWord::Started) => Of::Started,
        OfDraft::Word(OfWord::Completed) => Of::Completed,
        OfDraft::Word(OfWord::Authorised) => Of::Authorised,
        OfDraft::Table(FieldDraft { field }) => Of::Field(field),
    }
}
