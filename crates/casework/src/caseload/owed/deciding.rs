//! What a manager decides about one thing that is due: that it need not be done, or that a colleague does it. Each is an
//! entry of the record, with the reason.

use policy::{Form, Relation, clock::Clock};
use record::{
    ActId, PersonId, Typed,
    access::{Decision, Situation, Standing as StandsSo, decide as may},
    obligation::{ObligationId, Standing},
    read::{FieldProblem, standing},
    time::weekday_in_words,
    typed::Name,
};
use store::{Colleagues, Owed, Write};

use super::without_number;
use crate::desk::{Around, CaseError, Desk, retried, write};

/// The form in which it stands that something need not be done.
const WAIVED: &str = "obligation-waived";
/// The form in which it stands that a colleague does it.
const GIVEN: &str = "obligation-given";

/// The questions of these forms.
pub mod boxes {
    /// Which obligation: its name, which the program fills in.
    pub const OBLIGATION: &str = "obligation";
    /// What was to be done.
    pub const WHAT: &str = "what";
    /// By when.
    pub const BY_WHEN: &str = "by-when";
    /// Who does it now.
    pub const TO: &str = "to";
    /// Why.
    pub const REASON: &str = "reason";
}

/// Whether the pack in force has the forms for it: one that was put in force before there were any has none.
pub(super) fn may_be_decided(desk: &Desk) -> bool {
    desk.pack().form(WAIVED).is_some() && desk.pack().form(GIVEN).is_some()
}

/// The colleagues who may open a record that stands so: what is given to anybody else would be seen by nobody.
pub(super) fn may_open(desk: &Desk, colleagues: &Colleagues, situation: &Situation) -> Vec<PersonId> {
    let reads = |person: PersonId, one: &store::Colleague| {
        let stands = StandsSo {
            roles: one.roles.iter().cloned().collect(),
            teams: one.team.into_iter().collect(),
            manages: colleagues
                .teams
                .iter()
                .filter(|(_, team)| team.manager == Some(person))
                .map(|(id, _)| *id)
                .collect(),
            active: !one.left,
            on_duty_since: None,
            // What somebody opened for an hour is not theirs to be given work in.
            emergency_since: None,
            support_at: None,
        };
        let decided = may(desk.pack(), person, &stands, policy::Capability::RecordEntry, Some(situation));
        matches!(decided, Decision::Allow(through) if through != Relation::Duty)
    };
    let mut all: Vec<_> = colleagues.staff.iter().filter(|(person, one)| reads(**person, one)).collect();
    all.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    all.into_iter().map(|(person, _)| *person).collect()
}

/// By when it was to be done, for an entry that is read in years: with the year.
fn by_when(owed: &Owed, clock: &Clock) -> String {
    match (owed.due, without_number(clock)) {
        (Some(due), _) => weekday_in_words(due.due.date()),
        (None, Some(words)) => words.to_owned(),
        (None, None) => "No date could be given yet".to_owned(),
    }
}

/// Decides that something which is due is done by this colleague, or, with none, that it need not be done: an entry of
/// the record, with the reason. Of two managers at once the second is told what the first has decided.
///
/// # Errors
/// [`CaseError::Closed`] for an obligation that is not there or not this person's to decide about, with no way to tell
/// which; [`CaseError::Problems`] where no reason is given, the colleague may not open the record, or it is no longer
/// asked for.
pub async fn decide(
    desk: &Desk,
    act: ActId,
    id: &ObligationId,
    to: Option<PersonId>,
    reason: &str,
) -> Result<(), CaseError> {
    let problem =
        |at: &str, message: String| Err(CaseError::Problems(vec![FieldProblem { at: Name::of(at), message }]));
    retried!({
        let form: &Form = desk.form(if to.is_some() { GIVEN } else { WAIVED })?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let grant = tx.authorise(Write(form.may_complete), id.record, "record").await?;
        let owed = tx.obligations(&grant).await?.into_iter().find(|owed| owed.id == *id).ok_or(CaseError::Closed)?;
        let clock = owed.clock(desk.pack()).ok_or(CaseError::Closed)?;
        let decided = tx.decided(&[id.record]).await?.of(id);
        let now = owed.standing(desk.pack(), desk.now.london());
        if decided.is_some_and(|decided| decided.to.is_none()) || !now.is_some_and(Standing::is_open) {
            let what = &clock.what;
            let message =
                format!("“{what}” is no longer asked for. Look at the record before you decide anything else");
            return problem(boxes::REASON, message);
        }
        if let Some(to) = to
            && !may_open(desk, &*tx.colleagues().await?, grant.situation()).contains(&to)
        {
            return problem(boxes::TO, "Choose a colleague who works with this record".to_owned());
        }
        let mut typed = Typed::default()
            .with(boxes::OBLIGATION, format!("{}/{}/{}", id.clock, id.set_off, id.occurrence))
            .with(boxes::WHAT, clock.what.clone())
            .with(boxes::BY_WHEN, by_when(&owed, clock))
            .with(boxes::REASON, reason.to_owned())
            .on_day(standing::HAPPENED, desk.now.day());
        if let Some(to) = to {
            typed = typed.with(boxes::TO, to.to_string());
        }
        tx.begin_act(act);
        let around = Around::of(&tx, form, &typed).await?;
        write(desk, &tx, act, form, &typed, &around, &[(id.record, grant)].into()).await?;
        tx.commit().await?;
        Ok(())
    })
}
