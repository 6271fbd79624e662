//! What waits for somebody beside their own children: what a team's manager is asked to see to.

use policy::{Capability, Relation};
use store::ListOf;

use super::MOST;
use crate::desk::{CaseError, Desk};

/// Something that waits, with how many of it there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// Children with nobody allocated, or with somebody only until there is.
    Unallocated(usize),
    /// Children who were brought in from another system with something to check.
    ToCheck(usize),
}

/// What waits for this person; nothing of which there is none. Whoever sees every team is not asked to see to one.
pub async fn waiting(desk: &Desk) -> Result<Vec<Waiting>, CaseError> {
    let tx = desk.begin().await?;
    let reach = tx.reach(Capability::SeeTeam).await?;
    if reach.is_empty() || reach.contains(&Relation::Any) {
        return Ok(Vec::new());
    }
    let children = tx.list(ListOf::Team, MOST * 5).await?;
    let to_check = tx.to_check(&children.iter().map(|child| child.record).collect::<Vec<_>>()).await?.len();
    let may_allocate = !tx.reach(Capability::Allocate).await?.is_empty();
    let nobody = children.iter().filter(|child| child.worker.is_none() || child.until_allocated).count();
    tx.commit().await?;
    let all = [(may_allocate, nobody, Waiting::Unallocated(nobody)), (true, to_check, Waiting::ToCheck(to_check))];
    Ok(all.into_iter().filter(|(asked, many, _)| *asked && *many > 0).map(|(.., waiting)| waiting).collect())
}
