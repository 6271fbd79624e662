//! The team at work: who stands in while somebody is away, who takes the children of one who moves or leaves, who is on
//! duty out of hours.

mod cover;
mod duty;
mod handover;
mod training;

pub use cover::{arrange_cover, end_cover};
pub use duty::{Duties, for_duty, off_duty, open_on_duty, plan_duty, shifts};
pub use handover::{ALL, HandOver, NEXT_MANAGER, REASON, To, hand_over, leave, move_to, works_with_children};
pub use training::{PERSON, TRAINING_FORM, Training, record_training, training};

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use policy::Capability;
use record::{PersonId, RecordId, Typed, read::FieldProblem, typed::Name};
use store::{Colleagues, Draft, ListOf, Listed, Tx, Write};

use crate::desk::{CaseError, Desk};

/// A member of staff and what they carry, for those who see to it.
#[derive(Clone, Debug)]
pub struct WorkerPage {
    /// Who.
    pub person: PersonId,
    /// Their children, as far as they are of this reader's teams.
    pub children: Vec<Listed>,
    /// How many more they have, in other teams: the reader learns no more of them.
    pub others: usize,
    /// Their drafts in records of these children: that they exist and how old they are.
    pub drafts: Vec<Draft>,
    /// When they are away and who stands in, and for whom they do.
    pub covers: Vec<record::cover::Cover>,
    /// How many children each worker has, for whoever shares children out; nobody where the reader sees no team.
    pub loads: BTreeMap<PersonId, i64>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// Whether the reader may allocate.
    pub may_allocate: bool,
    /// Whether the reader may arrange cover.
    pub may_cover: bool,
}

/// The most children on one list.
const MOST: u32 = 1_000;

/// A member of staff and what they carry.
///
/// # Errors
/// [`CaseError::Closed`] for somebody of whom this reader has nothing to say.
pub async fn worker(desk: &Desk, person: PersonId) -> Result<WorkerPage, CaseError> {
    let tx = desk.begin().await?;
    let colleagues = tx.colleagues().await?;
    if !colleagues.staff.contains_key(&person) {
        return Err(CaseError::Closed);
    }
    let staff = tx.authorise_staff(Write(Capability::ChangeStaff), person).await?;
    let carried = tx.carried(&staff, desk.now.day()).await?;
    let children = listed(&tx, person).await?;
    let records: Vec<RecordId> = children.iter().map(|child| child.record).collect();
    let others = carried.iter().filter(|one| !records.contains(&one.record)).count();
    let drafts = if tx.reach(Capability::SeeDrafts).await?.is_empty() {
        Vec::new()
    } else {
        tx.drafts_of(person, &records).await?
    };
    let mut covers = tx.covers_between(desk.now.day(), Date::MAX).await?;
    covers.retain(|cover| cover.worker == person || cover.deputy == person);
    let loads = if tx.reach(Capability::SeeTeam).await?.is_empty() { BTreeMap::new() } else { tx.caseloads().await? };
    let may_allocate = !tx.reach(Capability::Allocate).await?.is_empty();
    let may_cover = !tx.reach(Capability::ArrangeCover).await?.is_empty();
    drop(staff);
    tx.commit().await?;
    Ok(WorkerPage { person, children, others, drafts, covers, loads, colleagues, may_allocate, may_cover })
}

/// A worker's children, as far as this person sees the team; none for one who sees no team.
async fn listed(tx: &Tx, worker: PersonId) -> Result<Vec<Listed>, CaseError> {
    if tx.reach(Capability::SeeTeam).await?.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx.list(ListOf::Worker(worker), MOST).await?)
}

/// A problem at a box, alone.
fn problem(at: Name, message: impl Into<String>) -> CaseError {
    CaseError::Problems(vec![FieldProblem { at, message: message.into() }])
}

/// What somebody is called on pages for colleagues.
fn name_of(colleagues: &Colleagues, person: PersonId) -> String {
    colleagues.staff.get(&person).map_or_else(|| "This person".to_owned(), |one| one.name.clone())
}

/// The day that was typed into the boxes of a field, where it is one.
pub(crate) fn day_typed(typed: &Typed, field: &str, today: Date) -> Option<Date> {
    let part = |part: &str| typed.get(&Name::of(field).part(part));
    let (day, month, year) = (part("day")?, part("month")?, part("year")?);
    record::read::day_from_text(&format!("{day}/{month}/{year}"), today)
}
