//! What a record owes: what must be done by when, and whether it was.
//!
//! [`obligations`] works it all out from one record's standing entries and facts, by the clocks of the pack. It is a pure
//! projection, like the facts: the same whatever order things arrived in, so it may be worked out again at any time, and
//! «late» is asked of the answer with the time of the reading ([`Obligation::standing`]).
//!
//! **What the caller hands in** ([`Life`]): of one record, every standing entry made with a form that the pack's clocks
//! look at ([`policy::clock::Clocks::fields`]), each with the coded answers named there; if
//! [`policy::clock::Clocks::wants_chronology`], also every other entry that stands in the chronology; the facts of the
//! kinds [`policy::clock::Clocks::facts`] whose subject is the record or the child whose record it is, no longer holding
//! ones too; and when the record's first entry was written. Entries that were amended, moved away or are not authorised
//! yet, where their form stands only then, are not standing and not handed in.
//!
//! **What comes back**: an [`Obligation`] for each thing that set a clock off and each occurrence, met ones too. Its
//! [`ObligationId`] does not change when the pack, a planned date or an amendment does, so what people decided about it
//! can hang on it. After an entry made with one form, only the obligations of the clocks that
//! [`policy::clock::Clocks::concerned_by`] names can be others: [`obligations_of`] works out those alone.
//!
//! All times in it are local civil time: days are days in England, and hours run by the clock on the wall.

mod due;
mod identity;
mod in_turn;
mod plans;
mod work;

use std::borrow::Cow;

use jiff::civil::{Date, DateTime, Time};
use policy::{Pack, clock::Clock};

use crate::{
    content::Content,
    id::{EntryId, PersonId, RecordId},
    time::Moment,
};

pub use due::{Around, due, lasts};
pub use identity::{NotAnObligation, ObligationId, SetOff};
pub use in_turn::{Before, obligations_in_turn};

/// One record's standing entries and facts, as clocks look at them. In any order.
#[derive(Clone, Debug)]
pub struct Life<'a> {
    /// The record.
    pub record: RecordId,
    /// Standing entries.
    pub entries: Vec<Happening<'a>>,
    /// Facts of the record and of the child whose it is.
    pub facts: Vec<Held<'a>>,
    /// When the record's first entry was written, of whatever form.
    pub first_written: Option<Moment>,
}

/// A standing entry, as clocks look at it.
#[derive(Clone, Debug)]
pub struct Happening<'a> {
    /// The entry that stands.
    pub entry: EntryId,
    /// The entry that was written first, where this one stands in its place (an amendment); else the same.
    pub first: EntryId,
    /// The form.
    pub form: Cow<'a, str>,
    /// The day it happened.
    pub happened_on: Date,
    /// The time of day, where known.
    pub happened_at: Option<Time>,
    /// When somebody began to write it, where that is kept.
    pub started: Option<Moment>,
    /// When it was complete; of what was amended, when it was complete first.
    pub completed: Moment,
    /// When somebody with the authority agreed it, where somebody has.
    pub authorised: Option<Moment>,
    /// Whether it stands in the chronology.
    pub in_chronology: bool,
    /// Who wrote it.
    pub author: PersonId,
    /// Coded answers by field, as they stand in rows. One that names another entry names the first of its chain, where
    /// that one was amended.
    pub answers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Happening<'a> {
    /// From what an entry says.
    pub fn of(entry: EntryId, first: EntryId, content: &'a Content) -> Self {
        let coded = |(field, answered): (&'a String, &'a crate::answer::Answered)| {
            answered.answer.coded().map(|coded| (Cow::Borrowed(field.as_str()), Cow::Owned(coded)))
        };
        Self {
            entry,
            first,
            form: Cow::Borrowed(&content.form),
            happened_on: content.happened_on,
            happened_at: content.happened_at,
            started: None,
            completed: content.first_written(),
            authorised: None,
            in_chronology: content.headline.is_some(),
            author: content.author.person,
            answers: content.answers.iter().filter_map(coded).collect(),
        }
    }

    /// The coded answer to a field.
    pub fn answer(&self, field: &str) -> Option<&str> {
        self.answers.iter().find(|(id, _)| id == field).map(|(_, answer)| answer.as_ref())
    }
}

/// A fact, as clocks look at it.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Which kind.
    pub kind: Cow<'a, str>,
    /// What it says; blank where it only ended another.
    pub value: Cow<'a, str>,
    /// From which day.
    pub from: Date,
    /// Until which day (that day no longer included).
    pub until: Option<Date>,
    /// The entry that says so; the first of its chain, where that one was amended.
    pub entry: EntryId,
}

impl Held<'_> {
    fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// When something happened: a moment of local civil time, or a day of which the time is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The moment; midnight where only the day is known.
    pub when: DateTime,
    /// Whether the time of day is known.
    pub timed: bool,
}

impl Point {
    /// A moment.
    pub const fn at(when: DateTime) -> Self {
        Self { when, timed: true }
    }

    /// A day.
    pub fn on(day: Date) -> Self {
        Self { when: day.to_datetime(Time::midnight()), timed: false }
    }

    /// A day, and its time where that is known.
    pub fn new(day: Date, time: Option<Time>) -> Self {
        time.map_or_else(|| Self::on(day), |time| Self::at(day.to_datetime(time)))
    }

    /// The day.
    pub fn day(self) -> Date {
        self.when.date()
    }

    /// Whether this is not before another; of two on one day, one without a time of day is not before the other.
    pub fn is_not_before(self, other: Self) -> bool {
        if self.timed && other.timed { self.when >= other.when } else { self.day() >= other.day() }
    }

    /// Whether this is within a limit: a day without a time is, until that day is over.
    pub fn is_within(self, limit: DateTime) -> bool {
        if self.timed { self.when <= limit } else { self.day() <= limit.date() }
    }
}

/// When something is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueAt {
    /// The last moment of the limit.
    pub due: DateTime,
    /// After this it is late; later than the limit only where the policy gives «immediately» a grace (R-TIME-X10).
    pub late_after: DateTime,
}

/// Something that a record owes, or that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation<'p> {
    /// Its place in [`policy::clock::Clocks::all`].
    pub place: usize,
    /// The rule.
    pub clock: &'p Clock,
    /// What set it off.
    pub set_off: SetOff,
    /// Which occurrence, from 1.
    pub occurrence: u32,
    /// When that was, from which it is counted (R-TIME-X08); for what is counted backwards, when that will be.
    pub event: Point,
    /// From when somebody can be asked for it: the event; for what is counted backwards, when the event became known.
    pub begins: DateTime,
    /// When it is due; none where the source gives no number, or the date cannot be known yet (the second review is not
    /// planned; a date of birth or a calendar is missing).
    pub due: Option<DueAt>,
    /// When somebody is to be reminded again; at once, when it begins, everybody is (R-TIME-X09).
    pub remind_at: Option<DateTime>,
    /// For when it is planned, where a plan or a fact says so.
    pub planned: Option<Point>,
    /// The entry that set it off, as it now stands, and who wrote that.
    pub entry: Option<(EntryId, PersonId)>,
    /// The staff named in that entry whose task it is, where the rule says so.
    pub named: Option<PersonId>,
    /// What satisfied it.
    pub met: Option<Met>,
    /// When it ended without being met: the child is no longer looked after, the meeting was called off.
    pub ended: Option<DateTime>,
}

/// What satisfied an obligation, with its times (R-TIME-X08).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// The entry.
    pub entry: EntryId,
    /// Who wrote it.
    pub by: PersonId,
    /// The time that counts: when it happened, or when it was complete, as the rule says.
    pub acted: Point,
    /// When it was begun, where that is kept.
    pub started: Option<Moment>,
    /// When it was complete.
    pub completed: Moment,
    /// When it was agreed, where it was.
    pub authorised: Option<Moment>,
}

/// How an obligation stands at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Due, and over its limit.
    Late,
    /// To be done, and the reminder's time has come. A prompt that nobody followed stays here: it is never late.
    Soon,
    /// To be done.
    Ahead,
    /// What sets it off is known and lies ahead: a birthday, a placement from Monday.
    NotBegun,
    /// To be done, with no date: none is stated, or it cannot be known yet.
    Open,
    /// Done, and in time.
    Done,
    /// Done, and late for ever (R-TIME-X07).
    DoneLate,
    /// What was to go on for at least so long was ended before.
    CutShort,
    /// No longer due, and it was not late when it ended.
    Ended,
    /// No longer due, and late when it ended: it was never done.
    EndedLate,
}

impl Standing {
    /// Whether somebody still has to do it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Late | Self::Soon | Self::Ahead | Self::NotBegun | Self::Open)
    }
}

impl Obligation<'_> {
    /// Its name for ever.
    pub fn id(&self, record: RecordId) -> ObligationId {
        ObligationId { record, clock: self.clock.id.clone(), set_off: self.set_off, occurrence: self.occurrence }
    }

    /// How it stands when it is read.
    pub fn standing(&self, now: DateTime) -> Standing {
        let lasts = due::lasts(&self.clock.due);
        let is_late_on = |moment: Point| match self.due {
            Some(due) if !self.clock.only_prompts && !lasts => !moment.is_within(due.late_after),
            _ => false,
        };
        if let Some(met) = &self.met {
            return match self.due {
                Some(due) if lasts && met.acted.day() < due.due.date() => Standing::CutShort,
                _ if is_late_on(met.acted) => Standing::DoneLate,
                _ => Standing::Done,
            };
        }
        if let Some(ended) = self.ended.filter(|ended| *ended <= now) {
            return if is_late_on(Point::at(ended)) { Standing::EndedLate } else { Standing::Ended };
        }
        if self.begins > now {
            return Standing::NotBegun;
        }
        match self.due {
            None => Standing::Open,
            Some(due) if lasts && now > due.due => Standing::Done,
            Some(_) if is_late_on(Point::at(now)) => Standing::Late,
            Some(_) if self.remind_at.is_some_and(|at| at <= now) => Standing::Soon,
            Some(_) => Standing::Ahead,
        }
    }
}

/// Everything that a record owes or has done, by every clock of the pack that runs: in the order of the clocks, and
/// for each clock in the order of time.
pub fn obligations<'p>(pack: &'p Pack, life: &Life<'_>) -> Vec<Obligation<'p>> {
    work::Work::new(pack, life).all(pack.clocks().order())
}

/// The same for these clocks alone (places in [`policy::clock::Clocks::all`], as
/// [`policy::clock::Clocks::concerned_by`] gives them). A clock that is counted from another is worked out with that
/// one, so the answer may have obligations of clocks that were not asked for; they are as they were.
pub fn obligations_of<'p>(pack: &'p Pack, life: &Life<'_>, clocks: &[usize]) -> Vec<Obligation<'p>> {
    work::Work::new(pack, life).all(&pack.clocks().with_those_before(clocks))
}
