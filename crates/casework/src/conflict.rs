//! A member of staff knows a child or their family in their own life: they say so, and the record is closed to them.

use std::sync::Arc;

use policy::Capability;
use record::{ActId, RecordId, Typed};
use store::{Colleagues, LikelyConflict, ReadUnder};

use crate::{
    desk::{CaseError, Desk},
    recording,
};

/// The form with which somebody declares a conflict of their own.
pub const DECLARED_FORM: &str = "conflict-declared";
/// Its question that nobody is asked: it is whoever is on the page.
pub const WHO: &str = "who";

/// Whether this person may say it of this record: of one that is open to them.
///
/// # Errors
/// [`CaseError::Closed`] for any other.
pub async fn may_declare(desk: &Desk, record: RecordId) -> Result<(), CaseError> {
    let tx = desk.begin().await?;
    drop(tx.authorise(ReadUnder(Capability::DeclareConflict, "read-conflict-page"), record, "").await?);
    Ok(tx.commit().await?)
}

/// Says it: from then on the record is closed to whoever said it, in an emergency too.
///
/// # Errors
/// [`CaseError::Problems`] without how they know the family.
pub async fn declare(desk: &Desk, act: ActId, record: RecordId, typed: &Typed) -> Result<(), CaseError> {
    let person = desk.actor.person().ok_or(CaseError::NoRight)?;
    let typed = desk.happening_now(typed).with(WHO, person.to_string());
    recording::record_now(desk, act, record, DECLARED_FORM, &typed).await?;
    Ok(())
}

/// Members of staff who may know the family of a child whom they work with.
#[derive(Clone, Debug)]
pub struct Likely {
    /// Each with the child, and what speaks for it.
    pub rows: Vec<LikelyConflict>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// Who may know a family, for whoever decides that to ask about.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who decides no conflicts.
pub async fn likely(desk: &Desk) -> Result<Likely, CaseError> {
    let tx = desk.begin().await?;
    let rows = tx.likely_conflicts().await?;
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    Ok(Likely { rows, colleagues })
}
