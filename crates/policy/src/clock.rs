//! Clocks: what must be done by when, counted from what, as an authority's policy states it.
//!
//! A clock says what sets it off ([`Starts`]), how its due date is counted ([`Due`]), what satisfies it ([`MetBy`]) and
//! whose task it is ([`Owner`]). It is data: what a child's record then owes is worked out in `record::obligation`.
//! A limit on recording is a clock like any other: set off by what an entry says happened, met when that same entry is
//! complete; [`Limit`] is such a clock as a form carries it.
//!
//! Two things are kept apart for the sake of honesty. A clock that is not in force is one that the source states beside
//! another for the same act (R-TIME-X13): kept and shown, and never counted. A clock that waits ([`Clock::waits_for`])
//! speaks of an act that no form records yet: kept, shown and tested for its dates, and sets nothing off.

mod amount;
mod limit;
mod set;
pub(crate) mod words;

use crate::{
    fact::FactId,
    form::{Condition, FieldId, FormId},
};

pub use amount::{Age, Amount, Unit};
pub use limit::Limit;
pub(crate) use set::BIRTH;
pub use set::{Clocks, LookedAt, PlanWays};

/// The name of a clock, for example `visit-recorded`. What people said about an obligation (waived, given to somebody
/// else, why it is late) hangs on this name, so it stays when a pack changes.
pub type ClockId = String;
/// The name of a time during which something holds, for example `looked-after`.
pub type PeriodId = String;

/// One timescale of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own that a pack may set")]
pub struct Clock {
    /// Stable name.
    pub id: ClockId,
    /// What must be done, in words: «Record of the visit».
    pub what: String,
    /// The requirements or law that it comes from, for example `R-TIME-26`.
    pub source: Vec<String>,
    /// Whether it counts. Of two that one document states for the same act, one does (R-TIME-X13).
    pub in_force: bool,
    /// Why it is in force or is not, and how the source was read, where that needs saying.
    pub why: Option<String>,
    /// What sets it off.
    pub starts: Starts,
    /// Only what sets it off during this time does, and the obligation ends when the time ends.
    pub during: Option<PeriodId>,
    /// When it is due.
    pub due: Due,
    /// Whether it begins again each time that it is met, counted from then (R-TIME-X05).
    pub repeats: bool,
    /// What satisfies it: any of these.
    pub met_by: Vec<MetBy>,
    /// Where the day on which it is to be done can be seen before it is done.
    pub planned: Option<Planned>,
    /// Whose task it is.
    pub owner: Owner,
    /// How long before it is due somebody is reminded; where not given, the pack's own ([`Clocks::remind`]).
    pub remind: Option<Amount>,
    /// The other limit of the same act that this one stands beside on purpose (R-TIME-X12).
    pub beside: Option<ClockId>,
    /// A prompt alone: what it asks for is never late.
    pub only_prompts: bool,
    /// Whether it goes for open work too: for what began under an earlier version of the policy, which otherwise keeps
    /// the rule that it began under.
    pub open_work_too: bool,
}

impl Clock {
    /// What it waits for, in words: acts that no form records yet.
    pub fn waits_for(&self) -> impl Iterator<Item = &str> {
        let starts = match &self.starts {
            Starts::Waits(act) => Some(act.as_str()),
            _ => None,
        };
        let met = self.met_by.iter().filter_map(|met| match met {
            MetBy::Waits(act) => Some(act.as_str()),
            _ => None,
        });
        starts.into_iter().chain(met)
    }

    /// Whether it sets anything off: in force, and each of its sides has a form that records it.
    pub fn runs(&self) -> bool {
        self.in_force
            && !matches!(self.starts, Starts::Waits(_))
            && self.met_by.iter().any(|met| !matches!(met, MetBy::Waits(_)))
    }

    /// Whether it is a limit on recording: met by the completion of the entry that set it off.
    pub fn is_recording(&self) -> bool {
        matches!(self.starts, Starts::Entry { .. })
            && self.met_by.iter().any(|met| matches!(met, MetBy::This(Of::Completed)))
    }
}

/// What sets a clock off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Starts {
    /// An entry made with one of these forms: each sets it off once.
    Entry {
        /// The forms.
        forms: Vec<FormId>,
        /// Only when all of these hold of its answers.
        when: Vec<Condition>,
        /// Which of its times counts.
        of: Of,
    },
    /// Something planned for a day ahead. When it is moved, the obligation moves with it (R-TIME-X04).
    Plan {
        /// The form of the plan, which happens ahead.
        form: FormId,
        /// Only when all of these hold of its answers.
        when: Vec<Condition>,
        /// The forms by which it is called off.
        off: Vec<FormId>,
    },
    /// A time begins: the child becomes looked after.
    Begins(PeriodId),
    /// A time ends: the child is no longer looked after.
    Ends(PeriodId),
    /// The date that a fact says: the day agreed for the next review.
    Says(FactId),
    /// The child reaches an age.
    Reaches(Age),
    /// Another clock was met: counted from what met it.
    Met(ClockId),
    /// The record has its first entry: counted from when that was written.
    Record,
    /// An act that no form records yet, in words.
    Waits(String),
}

/// Which time of an entry counts (R-TIME-X08).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// When what it tells happened.
    Happened,
    /// When it was begun.
    Started,
    /// When it was complete: the policies' «recorded».
    Completed,
    /// When somebody with the authority agreed it.
    Authorised,
    /// The date answered in this field; when it happened, where that is not answered.
    Field(FieldId),
}

/// When something is due, counted from what set it off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Within so long after it.
    Within(Amount),
    /// At once; late once the grace has passed (R-TIME-X10).
    AtOnce {
        /// How long after it is not yet called late.
        grace: Option<Amount>,
    },
    /// So long before it.
    Before(Amount),
    /// Before it, by however little.
    BeforeIt,
    /// On that day at the latest.
    OnTheDay,
    /// By the day on which the child reaches an age.
    ByAge(Age),
    /// Before that day.
    BeforeAge(Age),
    /// When something happens for the nth time after it: by the second review.
    AtNth {
        /// The form of that.
        form: FormId,
        /// Which time.
        nth: u32,
        /// Whether it must be done before that, not only by that day.
        before: bool,
        /// The fact that says for which day the next is agreed.
        planned: Option<FactId>,
    },
    /// It goes on for at least so long: to end it earlier is what is reported.
    AtLeast(Amount),
    /// It goes on at least until the child reaches an age.
    AtLeastToAge(Age),
    /// The first of these whose test holds (R-TIME-X06). The last one has no test.
    Either(Vec<Choice>),
    /// The later of these.
    LaterOf(Vec<Due>),
    /// The source gives no number; its own words are shown, and nothing is ever late.
    NoNumber(String),
}

/// One of several ways to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// When this one is taken.
    pub when: Option<Test>,
    /// When it is due then.
    pub due: Due,
}

/// What decides between two ways to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// What the entry that set it off answers.
    Answer(Condition),
    /// A fact that holds on the day.
    Holds {
        /// The kind.
        fact: FactId,
        /// Any of these values; any at all when empty.
        any_of: Vec<String>,
    },
    /// The child is younger than this on the day.
    YoungerThan(Age),
    /// It is less than so long since all this began: in the first year of a placement.
    InFirst(Amount),
}

/// What satisfies a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetBy {
    /// The same entry that set it off.
    This(Of),
    /// An entry made with one of these forms, after it was set off.
    Entry {
        /// The forms.
        forms: Vec<FormId>,
        /// Only when all of these hold of its answers.
        when: Vec<Condition>,
        /// Which of its times counts.
        of: Of,
        /// The field in which it names the entry that set the clock off, where only such a one will do.
        names: Option<FieldId>,
    },
    /// Any entry that stands in the chronology.
    InChronology(Of),
    /// An act that no form records yet, in words.
    Waits(String),
}

impl MetBy {
    /// Whether it is satisfied when somebody authorises the entry.
    pub const fn is_by_authorising(&self) -> bool {
        matches!(
            self,
            Self::This(Of::Authorised) | Self::Entry { of: Of::Authorised, .. } | Self::InChronology(Of::Authorised)
        )
    }
}

/// Where it can be seen for which day something is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Planned {
    /// The date that this fact says.
    Fact(FactId),
    /// An open plan made with this form.
    Plan {
        /// The form, which happens ahead.
        form: FormId,
        /// Only when all of these hold of its answers.
        when: Vec<Condition>,
    },
}

/// Whose task something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Whoever wrote the entry that set it off.
    Author,
    /// The child's allocated worker.
    AllocatedWorker,
    /// The manager of the child's team.
    Manager,
    /// The member of staff named in this field of the entry that set it off.
    Named(FieldId),
    /// Whoever has this role of the pack.
    Role(String),
    /// Somebody who does not write here, in words: the school.
    Other(String),
}

/// A time during which something holds of the child, named once and used by clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Stable name.
    pub id: PeriodId,
    /// In words: «looked after».
    pub title: String,
    /// The kind of fact.
    pub fact: FactId,
    /// Its values; any value when empty. Facts with one of these that follow each other without a gap are one time.
    pub any_of: Vec<String>,
    /// Whether each fact is a time of its own: each placement, though one follows the other.
    pub each: bool,
    /// The requirements or law that it comes from.
    pub source: Vec<String>,
}
