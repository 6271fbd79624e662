//! My team as a table that fits a screen: each worker with what they carry and what waits.

use std::{collections::BTreeMap, sync::Arc};

use policy::Capability;
use record::{PersonId, RecordId, TeamId};
use store::{Colleagues, Draft, ListOf};

use super::{
    Case, Counted, MOST, Show, is_worker,
    lists::belongs,
    owed::{self, Asked, Due, When},
};
use crate::desk::{CaseError, Desk};

/// The teams of whoever asks.
#[derive(Clone, Debug)]
pub struct TeamTable {
    /// A row for each worker; children with nobody come last.
    pub workers: Vec<WorkerRow>,
    /// All of them together.
    pub all: WorkerRow,
    /// Whether this person sees that drafts exist.
    pub sees_drafts: bool,
    /// Whether this person may allocate.
    pub may_allocate: bool,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// One worker's numbers. Each opens its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerRow {
    /// Who; none for children with nobody.
    pub worker: Option<PersonId>,
    /// Their team.
    pub team: Option<TeamId>,
    /// Children of these teams whom they have.
    pub children: usize,
    /// Of those, not seen for long.
    pub not_seen: usize,
    /// Of those, not seen alone for long.
    pub not_alone: usize,
    /// Of those, without a planned visit.
    pub no_plan: usize,
    /// Entries by others that they have not seen.
    pub unread: usize,
    /// Drafts that wait.
    pub drafts: usize,
    /// What they owe that is late.
    pub late: usize,
    /// What they owe that is due soon: today, tomorrow, or so soon that they are reminded.
    pub soon: usize,
}

impl WorkerRow {
    fn count(&mut self, case: &Case, desk: &Desk) {
        let one = |show| usize::from(belongs(case, show, desk));
        self.children += 1;
        self.not_seen += one(Show::NotSeen);
        self.not_alone += one(Show::NotAlone);
        self.no_plan += one(Show::NoPlan);
        self.unread += case.unread;
    }

    fn owes(&mut self, due: &Due, desk: &Desk) {
        match due.when(desk.now.day()) {
            When::Late => self.late += 1,
            When::Today | When::Tomorrow | When::Coming => self.soon += 1,
            When::Later | When::NoDate => {}
        }
    }
}

/// My team as numbers.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who sees no team.
pub async fn team_table(desk: &Desk) -> Result<TeamTable, CaseError> {
    let tx = desk.begin().await?;
    let children = tx.list(ListOf::Team, MOST * 5).await?;
    let records: Vec<RecordId> = children.iter().map(|child| child.record).collect();
    let unread = tx.unread_by_workers(&records).await?;
    let plans = tx.plans(&records).await?;
    let sees_drafts = !tx.reach(Capability::SeeDrafts).await?.is_empty();
    let drafts: Vec<Draft> = if sees_drafts { tx.drafts_in(&records).await? } else { Vec::new() };
    let may_allocate = !tx.reach(Capability::Allocate).await?.is_empty();
    let owed = owed::of_children(desk, &tx, &children).await?;
    let standing = tx.standing().await?.clone();
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;

    let counted =
        Counted { plans: &plans, drafts: &[], unread: &unread, homes: &BTreeMap::new(), today: desk.now.day() };
    let mut rows: BTreeMap<Option<PersonId>, WorkerRow> = BTreeMap::new();
    let mut all = WorkerRow::default();
    // Whoever works in these teams has a row, with no child too.
    for (person, one) in &colleagues.staff {
        let here = one.team.is_some_and(|team| standing.teams.contains(&team) || standing.manages.contains(&team));
        if here && is_worker(desk.pack(), &colleagues, *person) {
            rows.entry(Some(*person)).or_default();
        }
    }
    for child in children {
        let case = counted.case(child);
        rows.entry(case.worker).or_default().count(&case, desk);
        all.count(&case, desk);
    }
    for draft in &drafts {
        rows.entry(Some(draft.author)).or_default().drafts += 1;
        all.drafts += 1;
    }
    for due in &owed {
        let whose = match due.asked {
            Asked::Person(person) | Asked::Other(_, Some(person)) => Some(person),
            // What a role owes is nobody's row; it is among the team's.
            Asked::Role(_) => {
                all.owes(due, desk);
                continue;
            }
            Asked::Nobody | Asked::Other(_, None) => None,
        };
        rows.entry(whose).or_default().owes(due, desk);
        all.owes(due, desk);
    }
    let name = |worker: Option<PersonId>| {
        let one = worker.and_then(|worker| colleagues.staff.get(&worker));
        let team = one.and_then(|one| one.team).and_then(|team| colleagues.teams.get(&team));
        (team.map(|team| team.name.clone()), one.map(|one| one.name.clone()))
    };
    let mut workers: Vec<WorkerRow> = rows
        .into_iter()
        .map(|(worker, row)| {
            let team = worker.and_then(|worker| colleagues.staff.get(&worker)).and_then(|one| one.team);
            WorkerRow { worker, team, ..row }
        })
        .collect();
    workers.sort_by_key(|row| (row.worker.is_none(), name(row.worker)));
    Ok(TeamTable { workers, all, sees_drafts, may_allocate, colleagues })
}
