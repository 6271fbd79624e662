//! When something is due: the arithmetic of one clock, over one event.

use jiff::{
    Unit as Of,
    civil::{Date, DateTime, Time},
};
use policy::{
    calendar::Calendar,
    clock::{Amount, Due, Test, Unit},
    form::Condition,
};

use super::{DueAt, Happening, Held, Point};

/// What the due date of one event can depend on.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The days on which the authority works.
    pub calendar: &'a Calendar,
    /// The child's date of birth, where it is known.
    pub birth: Option<Date>,
    /// The entry that set it off.
    pub entry: Option<&'a Happening<'a>>,
    /// The facts.
    pub facts: &'a [Held<'a>],
    /// The times at which a form's kind of thing happened after the event, in order: for «the second review».
    pub times_of: &'a dyn Fn(&str) -> Vec<Point>,
    /// When all this began: for what repeats, what set it off the first time.
    pub began: Point,
}

/// The end of a day.
fn end_of(day: Date) -> DateTime {
    day.to_datetime(Time::MAX)
}

impl DueAt {
    const fn by(due: DateTime) -> Self {
        Self { due, late_after: due }
    }
}

/// When something is due that is counted from an event.
pub fn due(due: &Due, event: Point, around: &Around<'_>) -> Option<DueAt> {
    let calendar = around.calendar;
    match due {
        Due::Within(amount) | Due::AtLeast(amount) => amount.after(event.when, calendar).map(DueAt::by),
        Due::AtOnce { grace } => {
            // Of an event of which only the day is known, «at once» is that day.
            let at_once = if event.timed { event.when } else { end_of(event.day()) };
            let late_after = grace.and_then(|grace| grace.after(at_once, calendar)).unwrap_or(at_once);
            Some(DueAt { due: at_once, late_after })
        }
        Due::Before(amount) => amount.before(event.when, calendar).map(DueAt::by),
        Due::BeforeIt => Some(DueAt::by(just_before(event))),
        Due::OnTheDay => Some(DueAt::by(end_of(event.day()))),
        Due::ByAge(age) | Due::AtLeastToAge(age) => Some(DueAt::by(end_of(age.reached(around.birth?)))),
        Due::BeforeAge(age) => Some(DueAt::by(just_before(Point::on(age.reached(around.birth?))))),
        Due::AtNth { form, nth, before, planned } => {
            let times = (around.times_of)(form);
            let wanted = usize::try_from(*nth).ok()?;
            let next_is_it = times.len() + 1 == wanted;
            let on = times.get(wanted - 1).copied().or_else(|| {
                let agreed = agreed(around.facts, planned.as_deref()?)?;
                (next_is_it && agreed.is_not_before(event)).then_some(agreed)
            })?;
            Some(DueAt::by(if *before { just_before(on) } else { end_of(on.day()) }))
        }
        Due::Either(choices) => {
            let choice =
                choices.iter().find(|choice| choice.when.as_ref().is_none_or(|test| holds(test, event, around)))?;
            self::due(&choice.due, event, around)
        }
        Due::LaterOf(all) => {
            let mut latest: Option<DueAt> = None;
            for one in all {
                let one = self::due(one, event, around)?;
                latest = Some(latest.map_or(one, |latest| latest.max(one)));
            }
            latest
        }
        Due::NoNumber(_) => None,
    }
}

/// The last moment before something; of a day, the end of the day before.
fn just_before(event: Point) -> DateTime {
    if event.timed { event.when } else { end_of(event.day().yesterday().unwrap_or(event.day())) }
}

/// The day that a fact says now: what was said last.
pub(super) fn agreed(facts: &[Held<'_>], kind: &str) -> Option<Point> {
    let current = facts.iter().filter(|fact| fact.kind == kind && fact.until.is_none());
    let said = current.max_by_key(|fact| (fact.from, fact.entry))?;
    said.value.parse().ok().map(Point::on)
}

/// Whether what decides between two ways to count holds on the day.
fn holds(test: &Test, event: Point, around: &Around<'_>) -> bool {
    match test {
        Test::Answer(condition) => around.entry.is_some_and(|entry| is_so(entry, condition)),
        Test::Holds { fact, any_of } => around.facts.iter().any(|held| {
            held.kind == fact.as_str()
                && held.holds_on(event.day())
                && (any_of.is_empty() || any_of.iter().any(|value| held.value == value.as_str()))
        }),
        Test::YoungerThan(age) => around.birth.is_some_and(|birth| event.day() < age.reached(birth)),
        Test::InFirst(amount) => {
            let over = amount.after(around.began.when, around.calendar);
            over.is_none_or(|over| event.day() < over.date())
        }
    }
}

/// Whether all conditions hold of an entry's coded answers.
pub(super) fn answers(entry: &Happening<'_>, all: &[Condition]) -> bool {
    all.iter().all(|condition| is_so(entry, condition))
}

fn is_so(entry: &Happening<'_>, condition: &Condition) -> bool {
    let any = |answer: &str, codes: &[String]| answer.split(' ').any(|one| codes.iter().any(|code| code == one));
    match condition {
        Condition::Answered { field } => entry.answer(field).is_some(),
        Condition::Is { field, any_of } => entry.answer(field).is_some_and(|answer| any(answer, any_of)),
        Condition::IsNot { field, none_of } => entry.answer(field).is_none_or(|answer| !any(answer, none_of)),
    }
}

/// Whether something is to go on at least so long, rather than to be done by then.
pub fn lasts(due: &Due) -> bool {
    match due {
        Due::AtLeast(_) | Due::AtLeastToAge(_) => true,
        Due::Either(choices) => choices.iter().any(|choice| lasts(&choice.due)),
        Due::LaterOf(all) => all.iter().any(lasts),
        _ => false,
    }
}

/// Whether somebody can be asked for it as soon as the event is known, before it comes.
pub(super) fn is_known_before(due: &Due) -> bool {
    match due {
        Due::Before(_) | Due::BeforeIt | Due::OnTheDay => true,
        Due::Either(choices) => choices.iter().any(|choice| is_known_before(&choice.due)),
        Due::LaterOf(all) => all.iter().any(is_known_before),
        _ => false,
    }
}

/// Whether it may be done before the event: what is counted backwards, or to a day.
pub(super) fn looks_back(due: &Due) -> bool {
    match due {
        Due::Before(_) | Due::BeforeIt | Due::OnTheDay | Due::ByAge(_) | Due::BeforeAge(_) => true,
        Due::AtNth { before, .. } => *before,
        Due::Either(choices) => choices.iter().any(|choice| looks_back(&choice.due)),
        Due::LaterOf(all) => all.iter().any(looks_back),
        _ => false,
    }
}

/// When somebody is reminded: so long before it is due, or halfway where that would be before it began (R-TIME-X09).
pub(super) fn reminder(
    remind: Option<Amount>,
    began: DateTime,
    due: DateTime,
    calendar: &Calendar,
) -> Option<DateTime> {
    let before = remind?.before(due, calendar)?;
    let before = if remind.is_some_and(|amount| amount.unit == Unit::Hours) {
        before
    } else {
        before.date().to_datetime(Time::midnight())
    };
    if before > began {
        return Some(before);
    }
    if began >= due {
        return Some(due);
    }
    let minutes = began.until((Of::Minute, due)).ok()?.get_minutes();
    began.checked_add(jiff::Span::new().minutes(minutes / 2)).ok()
}
