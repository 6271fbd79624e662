//! The list behind each number of My work and My team, and how it is worked through from one child to the next.

use std::{fmt, str::FromStr, sync::Arc};

use jiff::civil::Date;
use policy::Capability;
use record::{PersonId, RecordId, known};
use store::{Colleagues, Draft, ListOf, Unread};

use super::{Case, Counted, MOST, listed};
use crate::{
    desk::{CaseError, Desk},
    recording::called,
};

/// Whose children a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The reader's own.
    Mine,
    /// Their teams'.
    Team,
    /// One worker's, as far as they are of the reader's teams.
    Worker(PersonId),
    /// Those of their teams with nobody.
    Nobody,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// All.
    All,
    /// Not seen for long.
    NotSeen,
    /// Not seen alone for long.
    NotAlone,
    /// Without a planned visit.
    NoPlan,
    /// With entries by others that the worker has not seen.
    Unread,
    /// With drafts that wait.
    Drafts,
}

impl Show {
    /// Each, by its word in an address.
    pub const ALL: [(&'static str, Self); 6] = [
        ("all", Self::All),
        ("not-seen", Self::NotSeen),
        ("not-seen-alone", Self::NotAlone),
        ("no-visit-planned", Self::NoPlan),
        ("unread", Self::Unread),
        ("drafts", Self::Drafts),
    ];
}

impl fmt::Display for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(_, show)| show == self).map_or("all", |(word, _)| word))
    }
}

impl FromStr for Show {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.iter().find(|(word, _)| *word == text).map(|(_, show)| *show).ok_or(())
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mine => f.write_str("mine"),
            Self::Team => f.write_str("team"),
            Self::Nobody => f.write_str("nobody"),
            Self::Worker(worker) => write!(f, "{worker}"),
        }
    }
}

impl FromStr for Whose {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "mine" => Ok(Self::Mine),
            "team" => Ok(Self::Team),
            "nobody" => Ok(Self::Nobody),
            worker => worker.parse().map(Self::Worker).map_err(|_| ()),
        }
    }
}

/// A list, by the number of the record, so that working through it keeps its place when a child drops out of it.
#[derive(Clone, Debug)]
pub struct CaseList {
    /// The children.
    pub cases: Vec<Case>,
    /// The entries that nobody has seen to, where the list is of those.
    pub unread: Vec<Unread>,
    /// The drafts that wait, where the list is of those.
    pub drafts: Vec<Draft>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// The children of a list.
///
/// # Errors
/// [`CaseError::NoRight`] for a list that this person does not have.
pub async fn cases(desk: &Desk, whose: Whose, show: Show) -> Result<CaseList, CaseError> {
    let tx = desk.begin().await?;
    let mut children = match whose {
        Whose::Mine => listed(&tx, ListOf::Caseload).await?,
        // A worker's drafts may be about a colleague's child.
        Whose::Worker(worker) if show != Show::Drafts => tx.list(ListOf::Worker(worker), MOST).await?,
        Whose::Team | Whose::Nobody | Whose::Worker(_) => tx.list(ListOf::Team, MOST * 5).await?,
    };
    if whose == Whose::Nobody {
        children.retain(|child| child.worker.is_none());
    }
    let records: Vec<RecordId> = children.iter().map(|child| child.record).collect();
    let unread = match whose {
        Whose::Mine => tx.unread(&records).await?,
        Whose::Team | Whose::Nobody | Whose::Worker(_) => tx.unread_by_workers(&records).await?,
    };
    let mut drafts = match whose {
        Whose::Mine => tx.own_drafts().await?,
        _ if tx.reach(Capability::SeeDrafts).await?.is_empty() => Vec::new(),
        Whose::Team | Whose::Nobody | Whose::Worker(_) => tx.drafts_in(&records).await?,
    };
    if let Whose::Worker(worker) = whose {
        drafts.retain(|draft| draft.author == worker);
    }
    let plans = tx.plans(&records).await?;
    let homes = tx.homes(&records).await?;
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    let counted = Counted { plans: &plans, drafts: &drafts, unread: &unread, homes: &homes, today: desk.now.day() };
    let mut cases: Vec<Case> = children.into_iter().map(|child| counted.case(child)).collect();
    cases.retain(|case| belongs(case, show, desk));
    cases.sort_by_key(|case| case.number);
    Ok(CaseList { cases, unread, drafts, colleagues })
}

/// Whether a child stands on such a list.
pub(super) fn belongs(case: &Case, show: Show, desk: &Desk) -> bool {
    let today = desk.now.day();
    let long =
        |kind: &str, day: Date| desk.pack().fact(kind).is_some_and(|kind| kind.too_long_ago(day, today).is_some());
    let born = case.who.born.is_some() || case.who.expected.is_none();
    match show {
        Show::All => true,
        Show::NotSeen => born && case.seen.is_none_or(|day| long(known::LAST_SEEN, day)),
        Show::NotAlone => case.seen_alone.is_some_and(|day| long(known::LAST_SEEN_ALONE, day)),
        Show::NoPlan => case.next.is_none(),
        Show::Unread => case.unread > 0,
        Show::Drafts => case.drafts > 0,
    }
}

/// Where somebody is who works through a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    /// Of whose children.
    pub whose: Whose,
    /// Which of them.
    pub show: Show,
    /// The next child, with what they are called; none at the end.
    pub next: Option<(RecordId, String)>,
    /// How many children of the list come after this one.
    pub left: usize,
}

/// What comes after this record in a list.
///
/// # Errors
/// As for [`cases`].
pub async fn through(desk: &Desk, whose: Whose, show: Show, number: i64) -> Result<Through, CaseError> {
    let list = cases(desk, whose, show).await?;
    let after: Vec<_> = list.cases.iter().filter(|case| case.number > number).collect();
    let next = after.first().map(|case| (case.record, called(&case.who)));
    Ok(Through { whose, show, next, left: after.len() })
}
