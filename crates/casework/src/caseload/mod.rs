//! My work and my team: lists that start from the person who asks.

mod lists;
pub(crate) mod news;
pub mod owed;
mod team;
mod waiting;

pub use lists::{CaseList, Show, Through, Whose, cases, through};
pub use news::{mark_seen, saw, unread};
pub use team::{TeamTable, WorkerRow, team_table};
pub use waiting::{Waiting, waiting};

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Deref,
    sync::Arc,
};

use jiff::civil::{Date, Time};
use policy::{Capability, Pack, form::About};
use record::{EntryId, PersonId, RecordId, homes::together, known};
use store::{Colleagues, Draft, Home, ListOf, Listed, Plan, Tx, Unread};

use crate::{
    authorising,
    desk::{CaseError, Desk},
    emergency,
    recording::called,
    right::asking,
};

/// The page after signing in.
#[derive(Clone, Debug)]
pub struct MyWork {
    /// My children.
    pub children: Vec<Case>,
    /// The same by household: each with the places of its children in the list.
    pub families: Vec<Family>,
    /// The children of colleagues for whom I stand in.
    pub covered: Vec<Case>,
    /// My open drafts.
    pub drafts: Vec<(Draft, String)>,
    /// The visits of today that are mine, and those before that nobody has recorded.
    pub visits: Vec<Planned>,
    /// What colleagues wrote in my children's records and I have not seen (R-OBS-17, R-BAS-13).
    pub unread: Vec<Unread>,
    /// Amendments of what I wrote that wait for my answer (R-INT-04), with what the child is called.
    pub waiting: Vec<(store::Waiting, String)>,
    /// Requests of colleagues to put something right, which wait for my answer (R-INT-07).
    pub to_answer: Vec<asking::Listed>,
    /// Openings in an emergency that wait for my review (R-ACC-07).
    pub to_review: Vec<emergency::Listed>,
    /// Protected addresses that were shown to others, of which I have not read why.
    pub revealed: Vec<(store::Revealed, String)>,
    /// Records that were opened to support, of which I have not read why.
    pub support: Vec<(store::OpenToSupport, String)>,
    /// What colleagues wrote that waits for me to authorise it (R-OBS-18).
    pub to_authorise: Vec<authorising::Listed>,
    /// What I wrote that waits to be authorised, or was returned to me (R-OBS-18).
    pub own_to_authorise: Vec<authorising::Listed>,
    /// What I asked to be put right lately, with the answers.
    pub asked: Vec<asking::Listed>,
    /// What the children are called of whom those speak.
    pub names: BTreeMap<RecordId, String>,
    /// What I owe, the most pressing first.
    pub owed: Vec<owed::Due>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// A child on a list, with what is coming up.
#[derive(Clone, Debug)]
pub struct Case {
    /// The child.
    pub listed: Listed,
    /// The next planned visit, which may be overdue.
    pub next: Option<Plan>,
    /// How many drafts about the child wait to be completed: mine on my own list, anybody's for those who see them.
    pub drafts: usize,
    /// How many entries by others its worker has not seen.
    pub unread: usize,
    /// Days by which something was to be done and was not, by the kind of fact that says so.
    pub overdue: Vec<(String, Date)>,
}

impl Case {
    /// Whether the child stands on such a list.
    pub fn belongs(&self, show: Show, desk: &Desk) -> bool {
        lists::belongs(self, show, desk)
    }
}

impl Deref for Case {
    type Target = Listed;
    fn deref(&self) -> &Listed {
        &self.listed
    }
}

/// Children who live together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Their family names.
    pub names: Vec<String>,
    /// Where; none where no address is known or it must be kept from somebody.
    pub address: Option<String>,
    /// Whether an address of theirs must be kept from somebody.
    pub protected: bool,
    /// The placement in which they live: a code.
    pub placement: Option<String>,
    /// Their places in the list.
    pub children: Vec<usize>,
}

/// One planned visit, to one child or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The plan in each child's record, the first in front.
    pub plans: Vec<Plan>,
    /// What the children are called.
    pub names: Vec<String>,
}

impl Planned {
    /// On which day.
    pub fn day(&self) -> Option<Date> {
        self.plans.first().map(|plan| plan.day)
    }
    /// At what time.
    pub fn time(&self) -> Option<Time> {
        self.plans.first().and_then(|plan| plan.time)
    }
}

/// The most children on one list.
const MOST: u32 = 1_000;

/// What this person may do, on some record or at large: what menus offer. Each act asks the door again.
pub async fn rights(desk: &Desk) -> Result<Vec<Capability>, CaseError> {
    let tx = desk.begin().await?;
    let mut may = Vec::new();
    for capability in Capability::ALL {
        if !tx.reach(capability).await?.is_empty() {
            may.push(capability);
        }
    }
    Ok(may)
}

/// The form with which what is planned is recorded once it has been: the first that ends a planned visit and is offered.
pub fn visit_form(pack: &Pack) -> Option<&policy::Form> {
    let fulfils = |form: &&policy::Form| {
        form.happens != policy::form::Happens::Ahead
            && form.about == About::Children
            && form.fields().any(|field| form.ends(&field.id) == Some(known::PLANNED_VISIT))
    };
    pack.offered().into_iter().find(fulfils)
}

/// My work.
pub async fn my_work(desk: &Desk) -> Result<MyWork, CaseError> {
    let tx = desk.begin().await?;
    let children = listed(&tx, ListOf::Caseload).await?;
    let covered = listed(&tx, ListOf::Covered).await?;
    let mine: BTreeSet<RecordId> = children.iter().chain(&covered).map(|child| child.record).collect();
    let mut records: BTreeSet<RecordId> = mine.clone();
    let unread = news::of(&tx, &mut records).await?;
    let drafts = tx.own_drafts().await?;
    records.extend(tx.to_visit().await?);
    let plans = tx.plans(&records.iter().copied().collect::<Vec<_>>()).await?;
    let homes = tx.homes(&mine.iter().copied().collect::<Vec<_>>()).await?;
    let mut names: BTreeMap<RecordId, String> =
        children.iter().chain(&covered).map(|child| (child.record, called(&child.who))).collect();
    let (to_answer, asked) = asking::lists(&tx).await?;
    let to_review = emergency::to_review(&tx).await?;
    let (to_authorise, own_to_authorise) = authorising::lists(desk, &tx).await?;
    let waiting = tx.waiting_for_me().await?;
    let revealed = tx.revealed_to_others().await?;
    let support = tx.support_let_in().await?;
    let others = drafts.iter().map(|draft| draft.front).chain(records.iter().copied());
    let others = others.chain(waiting.iter().map(|one| one.record)).chain(revealed.iter().map(|one| one.record));
    let others = others.chain(support.iter().map(|one| one.record));
    let others: Vec<_> = others.filter(|record| !names.contains_key(record)).collect();
    names.extend(tx.listed_by_name("list-my-work", &others).await?);
    let owed = owed::of_mine(desk, &tx, &children, &covered).await?;
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;

    let order: BTreeMap<RecordId, i64> =
        children.iter().chain(&covered).map(|child| (child.record, child.number)).collect();
    let visits = today(desk, plans.clone(), (&mine, &order), &names);
    let counted = Counted { plans: &plans, drafts: &drafts, unread: &unread, homes: &homes, today: desk.now.day() };
    let families = families(&children, &homes);
    let waiting = waiting.into_iter().map(|one| {
        let name = names.get(&one.record).cloned().unwrap_or_default();
        (one, name)
    });
    let waiting = waiting.collect();
    let revealed = revealed.into_iter().map(|one| {
        let name = names.get(&one.record).cloned().unwrap_or_default();
        (one, name)
    });
    let revealed = revealed.collect();
    let support = support.into_iter().map(|one| {
        let name = names.get(&one.record).cloned().unwrap_or_default();
        (one, name)
    });
    let support = support.collect();
    let drafts = drafts.iter().map(|draft| (draft.clone(), names.get(&draft.front).cloned().unwrap_or_default()));
    Ok(MyWork {
        families,
        children: children.into_iter().map(|child| counted.case(child)).collect(),
        covered: covered.into_iter().map(|child| counted.case(child)).collect(),
        drafts: drafts.collect(),
        visits,
        unread,
        waiting,
        to_answer,
        to_review,
        revealed,
        support,
        to_authorise,
        own_to_authorise,
        asked,
        names,
        owed,
        colleagues,
    })
}

/// Children on a list of this person; none for a role without such a list.
pub(crate) async fn listed(tx: &Tx, of: ListOf) -> Result<Vec<Listed>, CaseError> {
    match tx.list(of, MOST).await {
        Ok(children) => Ok(children),
        Err(store::Refused::NoRight) => Ok(Vec::new()),
        Err(refused) => Err(refused.into()),
    }
}

/// What is counted for each child of a list.
struct Counted<'a> {
    plans: &'a [Plan],
    drafts: &'a [Draft],
    unread: &'a [Unread],
    homes: &'a BTreeMap<RecordId, Home>,
    today: Date,
}

impl Counted<'_> {
    fn case(&self, listed: Listed) -> Case {
        let record = listed.record;
        let seen: BTreeSet<EntryId> =
            self.unread.iter().filter(|one| one.record == record).map(|one| one.entry).collect();
        let due = self.homes.get(&record).into_iter().flat_map(|home| &home.due);
        Case {
            next: self.plans.iter().find(|plan| plan.record == record).cloned(),
            drafts: self.drafts.iter().filter(|draft| draft.front == record).count(),
            unread: seen.len(),
            overdue: due.filter(|(_, day)| *day < self.today).cloned().collect(),
            listed,
        }
    }
}

/// The planned visits of today and before that this person is to make, siblings together.
fn today(
    desk: &Desk,
    mut plans: Vec<Plan>,
    (mine, order): (&BTreeSet<RecordId>, &BTreeMap<RecordId, i64>),
    names: &BTreeMap<RecordId, String>,
) -> Vec<Planned> {
    let me = desk.actor.person();
    // Siblings in the order of their records, as everywhere.
    plans.sort_by_key(|plan| (plan.day, plan.time, order.get(&plan.record).copied(), plan.record));
    // Whose visit it is was said with the plan; whoever left it to nobody left it to the child's worker.
    let is_mine = |plan: &&Plan| match plan.visitor {
        Some(visitor) => Some(visitor) == me,
        None => mine.contains(&plan.record),
    };
    let mut visits: Vec<Planned> = Vec::new();
    for plan in plans.iter().filter(|plan| plan.day <= desk.now.day()).filter(is_mine) {
        let name = names.get(&plan.record).cloned().unwrap_or_default();
        let same = |visit: &&mut Planned| {
            let first = &visit.plans[0];
            (first.day, first.time, &first.place) == (plan.day, plan.time, &plan.place)
                && first.time.is_some()
                && visit.plans.iter().all(|other| other.record != plan.record)
        };
        match visits.iter_mut().find(same) {
            Some(visit) => {
                visit.plans.push(plan.clone());
                visit.names.push(name);
            }
            None => visits.push(Planned { plans: vec![plan.clone()], names: vec![name] }),
        }
    }
    visits
}

/// The children of a list by household, by family name.
fn families(children: &[Listed], homes: &BTreeMap<RecordId, Home>) -> Vec<Family> {
    let home = |child: &Listed| homes.get(&child.record).cloned().unwrap_or_default();
    let living: Vec<_> = children.iter().map(|child| (child.person, home(child).living)).collect();
    let family = |places: Vec<usize>| {
        let homes: Vec<Home> = places.iter().map(|at| home(&children[*at])).collect();
        let mut names: Vec<String> = homes.iter().filter_map(|home| home.family.clone()).collect();
        names.sort();
        names.dedup();
        let protected = homes.iter().any(|home| home.living.protected);
        let at = |home: &Home| home.living.at().map(str::to_owned);
        Family {
            names,
            address: homes.iter().find_map(at).filter(|_| !protected),
            protected,
            placement: homes.iter().find_map(|home| home.living.placement.clone()),
            children: places,
        }
    };
    let mut families: Vec<Family> = together(&living).into_iter().map(family).collect();
    families.sort_by_key(|family| (family.names.is_empty(), family.names.clone()));
    for family in &mut families {
        // The eldest first, as a family would say it.
        family.children.sort_by_key(|at| (children[*at].who.born.is_none(), children[*at].who.born));
    }
    families
}

/// A team's children with who works with each.
#[derive(Clone, Debug)]
pub struct MyTeam {
    /// The children.
    pub children: Vec<Listed>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// Whether this person may allocate.
    pub may_allocate: bool,
}

/// My team.
pub async fn my_team(desk: &Desk) -> Result<MyTeam, CaseError> {
    team_of(desk, ListOf::Team).await
}

/// The team's children with nobody allocated.
pub async fn unallocated(desk: &Desk) -> Result<MyTeam, CaseError> {
    team_of(desk, ListOf::Unallocated).await
}

async fn team_of(desk: &Desk, of: ListOf) -> Result<MyTeam, CaseError> {
    let tx = desk.begin().await?;
    let children = tx.list(of, MOST * 5).await?;
    let colleagues = tx.colleagues().await?;
    let may_allocate = !tx.reach(Capability::Allocate).await?.is_empty();
    tx.commit().await?;
    Ok(MyTeam { children, colleagues, may_allocate })
}

/// Whether somebody works with children at all: for whom a row of a team stands even when they carry none.
fn is_worker(pack: &Pack, colleagues: &Colleagues, person: PersonId) -> bool {
    colleagues.staff.get(&person).is_some_and(|one| !one.left && crate::staffing::works_with_children(pack, &one.roles))
}
