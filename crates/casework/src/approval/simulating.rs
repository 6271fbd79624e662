//! Another policy on a real record: what it would owe then, beside what it owes now. Nothing of it is kept.
//!
//! Both sides are worked out here from the same moment of the record, by the same rules that `store` keeps obligations
//! by, so that what is shown differs because the policies do. It is a reading of that record, and has its leaf.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::{DateTime, Time};
use policy::{
    Capability, Pack,
    clock::{Clock, Due, Owner},
};
use record::{
    obligation::{DueAt, ObligationId, Standing},
    time::{day_in_words, time_in_words},
};
use store::{Owed, ReadOn};

use crate::{
    desk::{CaseError, Desk},
    reading::plain_header,
};

/// A record by two policies.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The record's number.
    pub number: i64,
    /// Whether the record is closed.
    pub closed: bool,
    /// What is to be done by one of the two, or would be: what differs before what does not, then by date.
    pub lines: Vec<Line>,
    /// What was done, and how much of it in time: counted for each rule, limits on recording among them.
    pub done: Vec<Done>,
}

/// Something that is owed by one of the two policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What must be done, in the words of the policy that would be.
    pub what: String,
    /// By the policy in force.
    pub now: Option<Side>,
    /// By the other one.
    pub then: Option<Side>,
}

/// How something is owed by one policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// By when, where a date can be given.
    pub due: Option<DueAt>,
    /// The policy's own words, where it gives no number.
    pub stated: Option<String>,
    /// How it stands at the moment of the reading.
    pub standing: Standing,
    /// Whose task it is.
    pub whose: String,
}

/// What differs between the two sides of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Differs {
    /// Owed by both, on another date.
    Date,
    /// Owed by the other policy alone.
    OnlyThen,
    /// Owed by the policy in force alone.
    OnlyNow,
    /// Owed by both on one date, and somebody else's task or otherwise satisfied.
    Otherwise,
    /// The same by both.
    Not,
}

impl Differs {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Date, Self::OnlyThen, Self::OnlyNow, Self::Otherwise, Self::Not];

    /// As a heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Date => "Another date",
            Self::OnlyThen => "Asked for only under the new one",
            Self::OnlyNow => "Asked for only under the one in force",
            Self::Otherwise => "The same date, and another person or state",
            Self::Not => "The same",
        }
    }
}

impl Line {
    /// What differs.
    pub fn differs(&self) -> Differs {
        match (&self.now, &self.then) {
            (None, _) => Differs::OnlyThen,
            (_, None) => Differs::OnlyNow,
            (Some(now), Some(then)) if now.due != then.due || now.stated != then.stated => Differs::Date,
            (Some(now), Some(then)) if now != then => Differs::Otherwise,
            _ => Differs::Not,
        }
    }

    fn order(&self) -> (Differs, Option<DateTime>, String) {
        let side = self.then.as_ref().or(self.now.as_ref());
        let due = side.and_then(|side| side.due).map_or(DateTime::MAX, |due| due.due);
        (self.differs(), Some(due), self.what.clone())
    }
}

impl Side {
    fn of(pack: &Pack, clock: &Clock, owed: &Owed, standing: Standing) -> Self {
        let stated = match &clock.due {
            Due::NoNumber(words) => Some(words.clone()),
            _ => None,
        };
        Self { due: owed.due, stated, standing, whose: whose(pack, clock) }
    }

    /// «by 9 March 2026; late; the allocated worker».
    pub fn in_words(&self) -> String {
        let by = match (&self.stated, self.due) {
            (Some(stated), _) => format!("“{stated}”"),
            (None, None) => "no date can be given yet".to_owned(),
            (None, Some(due)) => format!("by {}", moment(due.due)),
        };
        let standing = match self.standing {
            Standing::Late => "; late",
            Standing::NotBegun => "; not yet begun",
            Standing::Soon | Standing::Ahead | Standing::Open => "",
            Standing::Done => "; done in time",
            Standing::DoneLate => "; done late",
            Standing::CutShort => "; ended too soon",
            Standing::Ended => "; no longer due",
            Standing::EndedLate => "; never done",
        };
        format!("{by}{standing}; {}", self.whose)
    }
}

/// Whose task something is, with a role by its title.
fn whose(pack: &Pack, clock: &Clock) -> String {
    match &clock.owner {
        Owner::Role(role) => pack.role(role).map_or_else(|| clock.owner_in_words(), |role| role.title.clone()),
        Owner::Named(_) => "whoever is named there".to_owned(),
        _ => clock.owner_in_words(),
    }
}

/// A day; with its time where it is not the whole day that counts.
fn moment(at: DateTime) -> String {
    let day = day_in_words(at.date());
    let whole_day = at.time() == Time::midnight() || at.time() == Time::MAX;
    if whole_day { day } else { format!("{day}, {}", time_in_words(at.time())) }
}

/// How often something was done by one rule, under each policy that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What must be done.
    pub what: String,
    /// By the policy in force.
    pub now: Option<Count>,
    /// By the other one.
    pub then: Option<Count>,
}

/// What was done by a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The rule, in words.
    pub rule: String,
    /// How often it was set off and is settled.
    pub all: usize,
    /// How often it was late, or never done.
    pub late: usize,
}

impl Count {
    /// «3, of which 1 late: within 3 working days after …».
    pub fn in_words(&self) -> String {
        let late = match self.late {
            0 => "none late".to_owned(),
            late => format!("{late} late"),
        };
        format!("{}, {late}: {}", self.all, self.rule)
    }
}

/// What a record would owe under a policy, beside what it owes under the one in force: each by its own rules alone, also
/// of what began before and would keep its rule.
///
/// # Errors
/// [`CaseError::Closed`] for a number that no record has, or one that is closed to this person; [`CaseError::NoRight`]
/// for somebody who may not read the organisation's policy.
pub async fn simulate(desk: &Desk, then: &Arc<Pack>, number: i64) -> Result<Simulation, CaseError> {
    let tx = desk.begin().await?;
    tx.permit(Capability::ReadOrganisation).await?;
    let record = tx.record_numbered(number).await?.ok_or(CaseError::Closed)?;
    let why = format!("under {} version {}", then.id(), then.version());
    let grant = tx.authorise(ReadOn("simulate-policy"), record, &why).await?;
    let now = desk.db.pack();
    let owed_now = tx.would_owe_under(&grant, now).await?;
    let owed_then = tx.would_owe_under(&grant, then).await?;
    let closed = plain_header(desk, &tx, &grant).await?.closed;
    let number = grant.number();
    drop(grant);
    tx.commit().await?;
    let at = desk.now.london();
    let (lines, done) = beside((now, &told(now, owed_now, at)), (then, &told(then, owed_then, at)));
    Ok(Simulation { number, closed, lines, done })
}

type Told = BTreeMap<ObligationId, (Owed, Standing)>;

fn told(pack: &Pack, owed: Vec<Owed>, at: DateTime) -> Told {
    let told = |owed: Owed| Some((owed.id.clone(), (owed.standing(pack, at).map(|standing| (owed, standing)))?));
    owed.into_iter().filter_map(told).collect()
}

/// What is owed by each, side by side; and what is settled by both, counted by rule.
fn beside((now, told_now): (&Pack, &Told), (then, told_then): (&Pack, &Told)) -> (Vec<Line>, Vec<Done>) {
    let side = |pack: &Pack, told: &Told, id: &ObligationId| {
        let (owed, standing) = told.get(id)?;
        Some(Side::of(pack, owed.clock(pack)?, owed, *standing))
    };
    let what = |id: &ObligationId| {
        let clock = then.clocks().get(&id.clock).or_else(|| now.clocks().get(&id.clock));
        clock.map_or_else(|| id.clock.clone(), |clock| clock.what.clone())
    };
    let ids: BTreeSet<&ObligationId> = told_now.keys().chain(told_then.keys()).collect();
    let is_open = |told: &Told, id: &ObligationId| told.get(id).is_some_and(|(_, standing)| standing.is_open());
    let (open, settled): (Vec<_>, Vec<_>) =
        ids.into_iter().partition(|id| is_open(told_now, id) || is_open(told_then, id));
    let line =
        |id: &ObligationId| Line { what: what(id), now: side(now, told_now, id), then: side(then, told_then, id) };
    let mut lines: Vec<Line> = open.into_iter().map(line).collect();
    lines.sort_by_cached_key(Line::order);
    let mut done: BTreeMap<&str, Done> = BTreeMap::new();
    for id in settled {
        let one = done.entry(&id.clock).or_insert_with(|| Done { what: what(id), now: None, then: None });
        count(&mut one.now, now, told_now, id);
        count(&mut one.then, then, told_then, id);
    }
    let mut done: Vec<Done> = done.into_values().filter(|one| one.now.is_some() || one.then.is_some()).collect();
    done.sort_by(|a, b| a.what.cmp(&b.what));
    (lines, done)
}

fn count(count: &mut Option<Count>, pack: &Pack, told: &Told, id: &ObligationId) {
    let Some((_, standing)) = told.get(id) else { return };
    let Some(clock) = pack.clocks().get(&id.clock) else { return };
    // What ended before it was late was asked of nobody any more: it says nothing of how a limit is kept.
    if *standing == Standing::Ended {
        return;
    }
    let count = count.get_or_insert_with(|| Count { rule: clock.in_words(), all: 0, late: 0 });
    count.all += 1;
    count.late += usize::from(matches!(standing, Standing::Late | Standing::DoneLate | Standing::EndedLate));
}

impl Simulation {
    /// The lines that differ like this.
    pub fn that(&self, differ: Differs) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.differs() == differ)
    }

    /// «2 on another date, 1 only then, 3 the same».
    pub fn in_short(&self) -> String {
        let counted = Differs::ALL.map(|differs| (self.that(differs).count(), differs));
        let said: Vec<String> = counted
            .into_iter()
            .filter(|(many, _)| *many > 0)
            .map(|(many, differs)| match differs {
                Differs::Date => format!("{many} on another date"),
                Differs::OnlyThen => format!("{many} only then"),
                Differs::OnlyNow => format!("{many} only now"),
                Differs::Otherwise => format!("{many} with another person or state"),
                Differs::Not => format!("{many} the same"),
            })
            .collect();
        if said.is_empty() { "nothing is to be done by either".to_owned() } else { said.join(", ") }
    }
}
