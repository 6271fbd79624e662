//! What is owed: by me, and by my team. Worked out with the entries and facts of each record and kept there; whose it is,
//! and whether it is late, is asked here and now.

mod deciding;
mod of_record;

pub use deciding::{boxes, decide};
pub use of_record::{Closed, OfRecord, of_record};

use deciding::{may_be_decided, may_open};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::civil::{Date, DateTime};
use policy::{
    Pack,
    clock::{Clock, ClockId, Due as DueRule, MetBy, Owner, Planned},
};
use record::{PersonId, RecordId, obligation::Standing};
use store::{Colleagues, Decided, Decisions, Home, HowMany, InTurn, ListOf, Listed, Owed, OwnedBy, Page, Tx};

pub use store::When;

use super::{Family, families, listed};
use crate::{
    desk::{CaseError, Desk},
    recording::called,
};

/// Something that is owed and not done.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// The obligation.
    pub owed: Owed,
    /// What must be done, in the words of the policy.
    pub what: String,
    /// How it stands now.
    pub standing: Standing,
    /// What the child is called.
    pub name: String,
    /// The child's allocated worker.
    pub worker: Option<PersonId>,
    /// Who is asked for it.
    pub asked: Asked,
    /// What a manager decided about it, if anything.
    pub decided: Option<Decided>,
}

/// Who is asked for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A member of staff.
    Person(PersonId),
    /// Nobody is allocated to the child.
    Nobody,
    /// Whoever has this role, by its name in the pack.
    Role(String),
    /// Somebody who does not write here, in words, and the worker who sees to it that they do.
    Other(String, Option<PersonId>),
}

impl Due {
    /// In which part of a list it stands.
    pub fn when(&self, today: Date) -> When {
        self.owed.when(self.standing, today)
    }

    /// Whether somebody is to be told of it without being asked: late, or its reminder's time has come.
    pub fn presses(&self, today: Date) -> bool {
        self.when(today).presses()
    }

    /// Whether a manager has decided that it need not be done.
    pub fn is_waived(&self) -> bool {
        self.decided.is_some_and(|decided| decided.to.is_none())
    }

    /// What lists go by: late first, then by the date; what has none comes last.
    pub(super) fn order(&self, today: Date) -> (When, Option<DateTime>, ClockId, RecordId) {
        (self.when(today), self.owed.due.map(|due| due.due), self.owed.id.clock.clone(), self.owed.id.record)
    }
}

/// A page of a list of what is owed, the most pressing first.
#[derive(Clone, Debug)]
pub struct Tray {
    /// How many there are in the whole list.
    pub many: HowMany,
    /// How many come before this page.
    pub from: usize,
    /// What is owed, as far as it is on this page.
    pub shown: Vec<Due>,
    /// What the person who asks gave to colleagues and is not done yet: what others owe them.
    pub given: Vec<Due>,
    /// How the children live, where that was asked for: what the list may be grouped by.
    pub homes: BTreeMap<RecordId, Home>,
    /// The children by household, and which records those are.
    pub families: Vec<(Family, Vec<RecordId>)>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// The form with which somebody does what a clock asks for, of those that are offered.
pub fn form_of<'p>(pack: &'p Pack, clock: &Clock) -> Option<&'p policy::Form> {
    let forms = clock.met_by.iter().flat_map(|met| match met {
        MetBy::Entry { forms, .. } => forms.as_slice(),
        _ => &[],
    });
    forms.filter_map(|form| pack.form(form)).find(|form| form.offered.is_some())
}

/// The form with which it is planned, where it is one that can be.
pub fn plan_of<'p>(pack: &'p Pack, clock: &Clock) -> Option<&'p policy::Form> {
    match &clock.planned {
        Some(Planned::Plan { form, .. }) => pack.form(form).filter(|form| form.offered.is_some()),
        _ => None,
    }
}

/// Whether it is done by bringing the chronology up to date.
pub fn is_of_chronology(clock: &Clock) -> bool {
    clock.met_by.iter().any(|met| matches!(met, MetBy::InChronology(_)))
}

/// The source's own words, where it gives no number.
pub fn without_number(clock: &Clock) -> Option<&str> {
    match &clock.due {
        DueRule::NoNumber(words) => Some(words),
        _ => None,
    }
}

/// A page of what I owe; with how the children live where the list is grouped by that.
pub async fn mine(desk: &Desk, with_homes: bool, page: Page) -> Result<Tray, CaseError> {
    let tx = desk.begin().await?;
    let children = listed(&tx, ListOf::Caseload).await?;
    let covered = listed(&tx, ListOf::Covered).await?;
    let (all, given) = mine_and_given(desk, &tx, &children, &covered).await?;
    let known: Vec<Listed> = children.into_iter().chain(covered).collect();
    let (many, page, shown) = cut(desk, all, page);
    let tray = Tray { given, ..tray(&tx, (many, page, shown), &known, with_homes).await? };
    tx.commit().await?;
    Ok(tray)
}

/// A page of what my team owes, or one worker of it; with how the children live where the list is grouped by that.
///
/// The ledger says whom the page shows, and nobody else of the team.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who sees no team.
pub async fn of_team(desk: &Desk, worker: Option<PersonId>, with_homes: bool, page: Page) -> Result<Tray, CaseError> {
    let tx = desk.begin().await?;
    let ((many, page, mut shown), mut children) = match worker {
        None if with_homes => page_of_all(desk, &tx, page).await?,
        None => page_of_team(desk, &tx, page).await?,
        // What one worker owes is chosen from what everybody does.
        Some(worker) => {
            let children = tx.unnamed(ListOf::Team, MOST_OF_TEAM).await?;
            let mut all = of_children(desk, &tx, &children).await?;
            all.retain(|due| due.is_asked_of(worker));
            (cut(desk, all, page), children)
        }
    };
    // Who lives with whom is seen from all of them.
    if !with_homes {
        let on_page: BTreeSet<RecordId> = shown.iter().map(|due| due.owed.id.record).collect();
        children.retain(|child| on_page.contains(&child.record));
    }
    tx.name_on(ListOf::Team, &mut children).await?;
    let names: BTreeMap<RecordId, String> = children.iter().map(|child| (child.record, called(&child.who))).collect();
    for due in &mut shown {
        due.name = names.get(&due.owed.id.record).cloned().unwrap_or_default();
    }
    let tray = tray(&tx, (many, page, shown), &children, with_homes).await?;
    tx.commit().await?;
    Ok(tray)
}

/// Of how many children a team's list is, at the most.
const MOST_OF_TEAM: u32 = 5_000;

/// A page of a list: how many there are in the whole, which part it is, and what stands on it.
type Part = (HowMany, Page, Vec<Due>);

/// A page of what a team owes, whoever is asked for it, and the children who stand on it: of the others nothing is read.
async fn page_of_team(desk: &Desk, tx: &Tx, page: Page) -> Result<(Part, Vec<Listed>), CaseError> {
    let Some(records) = tx.records_of_team(MOST_OF_TEAM).await? else { return page_of_all(desk, tx, page).await };
    let Some(found) = tx.owed_in_turn(&records, page).await? else { return page_of_all(desk, tx, page).await };
    let on_page: BTreeSet<RecordId> = found.owed.iter().map(|owed| owed.id.record).collect();
    let children = tx.of_team_among(&on_page.into_iter().collect::<Vec<_>>()).await?;
    Ok((part(desk, tx, &children, (found, page)).await?, children))
}

/// The same, and all of the team's children.
async fn page_of_all(desk: &Desk, tx: &Tx, page: Page) -> Result<(Part, Vec<Listed>), CaseError> {
    let children = tx.unnamed(ListOf::Team, MOST_OF_TEAM).await?;
    let records = tx.records_of_list(&children).await?;
    let part = match tx.owed_in_turn(&records, page).await? {
        Some(found) => part(desk, tx, &children, (found, page)).await?,
        None => cut(desk, of_children(desk, tx, &children).await?, page),
    };
    Ok((part, children))
}

async fn part(desk: &Desk, tx: &Tx, children: &[Listed], (found, page): (InTurn, Page)) -> Result<Part, CaseError> {
    let shown = asked(desk, tx, children, found.owed, &found.decisions).await?;
    Ok((found.many, Page { from: found.from, ..page }, shown))
}

/// The page of a list of which all is at hand; one behind the end is the first.
fn cut(desk: &Desk, mut all: Vec<Due>, page: Page) -> Part {
    let today = desk.now.day();
    all.sort_by_cached_key(|due| due.order(today));
    let mut many = HowMany::default();
    for due in &all {
        many.add(due.when(today), 1);
    }
    let page = Page { from: if page.from < all.len() { page.from } else { 0 }, ..page };
    let shown = all.into_iter().skip(page.from).take(page.most).collect();
    (many, page, shown)
}

impl Due {
    /// Whether it is this person who is asked, or who sees to it.
    pub fn is_asked_of(&self, person: PersonId) -> bool {
        match &self.asked {
            Asked::Person(asked) => *asked == person,
            Asked::Other(_, worker) => *worker == Some(person),
            Asked::Nobody | Asked::Role(_) => false,
        }
    }
}

async fn tray(tx: &Tx, (many, page, shown): Part, children: &[Listed], with_homes: bool) -> Result<Tray, CaseError> {
    // Addresses are sealed: they are opened only for a list that is grouped by them.
    let children = if with_homes { children } else { &[] };
    let homes = tx.homes(&children.iter().map(|child| child.record).collect::<Vec<_>>()).await?;
    let colleagues = tx.colleagues().await?;
    let families = families(children, &homes).into_iter().map(|family| {
        let records = family.children.iter().map(|at| children[*at].record).collect();
        (family, records)
    });
    let families = families.collect();
    Ok(Tray { many, from: page.from, shown, given: Vec::new(), homes, families, colleagues })
}

/// Who is asked for what, of the children of a list.
pub(super) async fn of_children(desk: &Desk, tx: &Tx, children: &[Listed]) -> Result<Vec<Due>, CaseError> {
    let records: Vec<RecordId> = children.iter().map(|child| child.record).collect();
    let owed = tx.owed(&records).await?;
    let decisions = tx.decided(&records).await?;
    asked(desk, tx, children, owed, &decisions).await
}

/// Who is asked for each of these obligations of the children of a list.
async fn asked(
    desk: &Desk,
    tx: &Tx,
    children: &[Listed],
    owed: Vec<Owed>,
    decisions: &Decisions,
) -> Result<Vec<Due>, CaseError> {
    let colleagues = tx.colleagues().await?;
    let by_record: BTreeMap<RecordId, &Listed> = children.iter().map(|child| (child.record, child)).collect();
    let manager = |child: &Listed| {
        let team = child.team.and_then(|team| colleagues.teams.get(&team));
        team.and_then(|team| team.manager)
    };
    let of = |owed: Owed| {
        let child = by_record.get(&owed.id.record)?;
        due(desk, owed, (called(&child.who), child.worker, manager(child)), decisions)
    };
    Ok(owed.into_iter().filter_map(of).filter(|due| !due.is_waived()).collect())
}

/// What somebody owes of the children on their lists, and by their name of any that is open to them.
pub(crate) async fn of_mine(
    desk: &Desk,
    tx: &Tx,
    children: &[Listed],
    covered: &[Listed],
) -> Result<Vec<Due>, CaseError> {
    Ok(mine_and_given(desk, tx, children, covered).await?.0)
}

/// The same, and beside it what they gave to a colleague and is not done yet: what others owe them.
async fn mine_and_given(
    desk: &Desk,
    tx: &Tx,
    children: &[Listed],
    covered: &[Listed],
) -> Result<(Vec<Due>, Vec<Due>), CaseError> {
    let Some(me) = desk.actor.person() else { return Ok((Vec::new(), Vec::new())) };
    let roles = tx.standing().await?.roles.clone();
    let known: BTreeSet<RecordId> = children.iter().chain(covered).map(|child| child.record).collect();
    let gave = |due: &Due| !due.is_asked_of(me) && due.decided.is_some_and(|decided| decided.by == me);
    let (mut given, mut all): (Vec<Due>, Vec<Due>) = of_children(desk, tx, children).await?.into_iter().partition(gave);
    all.retain(|due| match &due.asked {
        Asked::Role(role) => roles.contains(role),
        Asked::Nobody => false,
        Asked::Person(_) | Asked::Other(..) => due.is_asked_of(me),
    });
    // Whoever stands in for a colleague is asked for what that one owes.
    for due in of_children(desk, tx, covered).await? {
        if gave(&due) {
            given.push(due);
        } else if due.is_asked_of(me) || due.worker.is_some_and(|worker| due.is_asked_of(worker)) {
            all.push(due);
        }
    }
    let mut elsewhere = tx.owed_by_me().await?;
    for record in tx.given().await? {
        elsewhere.entry(record).or_default();
    }
    elsewhere.retain(|record, _| !known.contains(record));
    let records: Vec<RecordId> = elsewhere.keys().copied().collect();
    let decisions = tx.decided(&records).await?;
    let mut theirs = Vec::new();
    for owed in tx.owed(&records).await? {
        let manager = elsewhere.get(&owed.id.record).is_some_and(|manages| *manages).then_some(me);
        let one = due(desk, owed, (String::new(), None, manager), &decisions);
        theirs.extend(one.filter(|due| !due.is_waived() && (due.is_asked_of(me) || gave(due))));
    }
    // Whose name is shown is said in the ledger: of those alone that stand in the list.
    let named: BTreeSet<RecordId> = theirs.iter().map(|due| due.owed.id.record).collect();
    let names = tx.listed_by_name("list-owed", &named.into_iter().collect::<Vec<_>>()).await?;
    for mut due in theirs {
        due.name = names.get(&due.owed.id.record).cloned().unwrap_or_default();
        if gave(&due) { given.push(due) } else { all.push(due) }
    }
    let today = desk.now.day();
    all.sort_by_cached_key(|due| due.order(today));
    given.sort_by_cached_key(|due| due.order(today));
    Ok((all, given))
}

/// With who is asked for it; nothing where the pack in force knows the rule no more.
pub(crate) fn due(
    desk: &Desk,
    owed: Owed,
    (name, worker, manager): (String, Option<PersonId>, Option<PersonId>),
    decisions: &Decisions,
) -> Option<Due> {
    let clock = owed.clock(desk.pack())?;
    let standing = owed.standing(desk.pack(), desk.now.london())?;
    let decided = decisions.of(&owed.id);
    let one = |person: Option<PersonId>| person.map_or(Asked::Nobody, Asked::Person);
    let asked = match (owed.owner, &clock.owner) {
        _ if decided.is_some_and(|decided| decided.to.is_some()) => one(decided.and_then(|decided| decided.to)),
        (OwnedBy::Person(person), _) => Asked::Person(person),
        (OwnedBy::Manager, _) => one(manager),
        (OwnedBy::Role, Owner::Role(role)) => Asked::Role(role.clone()),
        (OwnedBy::Other, Owner::Other(words)) => Asked::Other(words.clone(), worker),
        _ => one(worker),
    };
    let what = clock.what.clone();
    standing.is_open().then_some(Due { owed, what, standing, name, worker, asked, decided })
}
