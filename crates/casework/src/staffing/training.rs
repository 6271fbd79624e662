//! What a member of staff has learned and read, recorded by whoever answers for them (R-GOV-11).

use std::sync::Arc;

use record::{
    ActId, PersonId, Typed,
    fact::{Fact, Subject},
    known,
};
use store::{Colleagues, StoredEntry, Write};

use crate::desk::{Around, CaseError, Desk, retried, write};

/// The form with which it is recorded.
pub const TRAINING_FORM: &str = "training";
/// Its question that nobody is asked: it is whoever's page it is.
pub const PERSON: &str = "person";

/// What somebody has learned and read.
#[derive(Clone, Debug)]
pub struct Training {
    /// Who.
    pub person: PersonId,
    /// Each with the entry that says so, the latest first.
    pub done: Vec<(Fact, Option<StoredEntry>)>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// What a member of staff has learned and read.
///
/// # Errors
/// [`CaseError::Closed`] for somebody of whom this reader has nothing to say.
pub async fn training(desk: &Desk, person: PersonId) -> Result<Training, CaseError> {
    let form = desk.form(TRAINING_FORM)?;
    let tx = desk.begin().await?;
    tx.permit(form.may_complete).await?;
    let colleagues = tx.colleagues().await?;
    if !colleagues.staff.contains_key(&person) {
        return Err(CaseError::Closed);
    }
    let staff = tx.authorise_staff(Write(form.may_complete), person).await?;
    let mut facts = tx.current_of(&staff.grant, &[known::TRAINED]).await?;
    facts.retain(|fact| fact.said.line.subject == Subject::Person(person) && !fact.said.value.is_empty());
    facts.sort_by_key(|fact| std::cmp::Reverse((fact.said.from, fact.said.entry)));
    let mut entries =
        tx.entries_named(&staff.grant, &facts.iter().map(|fact| fact.said.entry).collect::<Vec<_>>()).await?;
    let of = |entries: &mut Vec<StoredEntry>, fact: &Fact| {
        let at = entries.iter().position(|stored| stored.entry == fact.said.entry)?;
        Some(entries.swap_remove(at))
    };
    let done = facts
        .into_iter()
        .map(|fact| {
            let stored = of(&mut entries, &fact);
            (fact, stored)
        })
        .collect();
    drop(staff);
    tx.commit().await?;
    Ok(Training { person, done, colleagues })
}

/// Records that they learned or read something.
///
/// # Errors
/// [`CaseError::Problems`] for what must be put right; [`CaseError::Closed`] as [`training`].
pub async fn record_training(desk: &Desk, act: ActId, person: PersonId, typed: &Typed) -> Result<(), CaseError> {
    let typed = typed.clone().with(PERSON, person.to_string());
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let form = desk.form(TRAINING_FORM)?;
        tx.permit(form.may_complete).await?;
        let staff = tx.authorise_staff(Write(form.may_complete), person).await?;
        tx.begin_act(act);
        let around = Around::of(&tx, form, &typed).await?;
        let organisation = staff.grant.record();
        write(desk, &tx, act, form, &typed, &around, &[(organisation, staff.grant)].into()).await?;
        tx.commit().await?;
        Ok(())
    })
}
