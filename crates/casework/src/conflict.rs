//! A member of staff knows a child or their family in their own life: they say so, and the record is closed to them.

use policy::Capability;
use record::{ActId, RecordId, Typed};
use store::ReadUnder;

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
