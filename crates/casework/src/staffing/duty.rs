//! Duty out of hours: who is on, and a record opened on duty with its reason. What a shift opens closes by itself when
//! the shift ends.

use std::sync::Arc;

use jiff::civil::Date;
use policy::{Capability, Relation};
use record::{ActId, PersonId, RecordId, Typed, read::standing, typed::Name};
use store::{Colleagues, Write};

use super::{day_typed, problem};
use crate::{
    desk::{Around, CaseError, Desk, Written, retried, write},
    recording,
};

/// Who is on duty when.
#[derive(Clone, Debug)]
pub struct Duties {
    /// The day on which a shift begins, the person, the code of its hours; the next first.
    pub shifts: Vec<(Date, PersonId, String)>,
    /// Those whose role can be on duty.
    pub people: Vec<PersonId>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// The shifts of last night, today and later.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who plans no duty.
pub async fn shifts(desk: &Desk) -> Result<Duties, CaseError> {
    let tx = desk.begin().await?;
    tx.permit(Capability::PlanDuty).await?;
    let shifts = tx.duty_shifts().await?;
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    let people = colleagues.staff.iter().filter(|(_, one)| one.works_on(desk.now.day()) && can_be_on(desk, &one.roles));
    Ok(Duties { shifts, people: people.map(|(person, _)| *person).collect(), colleagues })
}

fn can_be_on(desk: &Desk, roles: &[String]) -> bool {
    let opens = (Capability::OpenOnDuty, Relation::Duty);
    roles.iter().filter_map(|role| desk.pack().role(role)).any(|role| role.may.contains(&opens))
}

/// Says who is on duty, from which day on, during which hours.
///
/// # Errors
/// [`CaseError::Problems`] for somebody whose role has no duty, or who has left by then.
pub async fn plan_duty(desk: &Desk, act: ActId, typed: &Typed) -> Result<(), CaseError> {
    change(desk, act, "duty", typed).await
}

/// Takes somebody off the shift that begins on a day.
///
/// # Errors
/// As [`plan_duty`].
pub async fn off_duty(desk: &Desk, act: ActId, typed: &Typed) -> Result<(), CaseError> {
    change(desk, act, "duty-off", typed).await
}

async fn change(desk: &Desk, act: ActId, form: &str, typed: &Typed) -> Result<(), CaseError> {
    retried!({
        let form = desk.form(form)?;
        let organisation = desk.db.organisation().await?.ok_or(CaseError::Closed)?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let grant = tx.authorise(Write(form.may_complete), organisation, "duty").await?;
        let mut around = Around::of(&tx, form, typed).await?;
        let at = Name::of("person");
        let person: Option<PersonId> = typed.get(&at).and_then(|person| person.parse().ok());
        let day = day_typed(typed, standing::HAPPENED, desk.now.day());
        if let Some((person, one)) = person.and_then(|person| Some((person, around.colleagues.staff.get(&person)?))) {
            if !can_be_on(desk, &one.roles) {
                let message = format!("{}’s role has no duty out of hours. Choose somebody else", one.name);
                return Err(problem(at, message));
            }
            if day.is_some_and(|day| !one.works_on(day)) {
                return Err(problem(at, format!("{} has left by then. Choose somebody else", one.name)));
            }
            around.people.insert(person);
        }
        if day.is_some_and(|day| day < desk.now.day()) {
            return Err(problem(Name::of(standing::HAPPENED).part("day"), "The day must be today or later"));
        }
        tx.begin_act(act);
        write(desk, &tx, act, form, typed, &around, &[(organisation, grant)].into()).await?;
        tx.commit().await?;
        Ok(())
    })
}

/// The record of somebody whom the search has found, for whoever is on duty now.
///
/// # Errors
/// [`CaseError::NoRight`] for everybody else.
pub async fn for_duty(desk: &Desk, person: PersonId) -> Result<RecordId, CaseError> {
    let tx = desk.begin().await?;
    let record = tx.record_for_duty(person).await?.ok_or(CaseError::Closed)?;
    tx.commit().await?;
    Ok(record)
}

/// Opens a record to whoever is on duty now: an entry in it says who and why.
///
/// # Errors
/// [`CaseError::Problems`] without a reason; [`CaseError::Closed`] off duty.
pub async fn open_on_duty(desk: &Desk, act: ActId, record: RecordId, typed: &Typed) -> Result<Vec<Written>, CaseError> {
    let person = desk.actor.person().ok_or(CaseError::NoRight)?;
    let typed = desk.happening_now(typed).with("worker", person.to_string());
    recording::record_now(desk, act, record, "duty-opening", &typed).await
}
