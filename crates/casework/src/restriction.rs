//! Records that are open to few: restricted, with whom the decision names, and lifted again. Who decides that need not be
//! among the few: what they see here is who they are, and nothing of what the record says.

use std::sync::Arc;

use jiff::civil::Date;
use policy::Capability;
use record::{ActId, EntryId, PersonId, RecordId, Typed, answer::Answer, known};
use store::{Colleagues, ReadUnder, RestrictedRecord};

use crate::{
    desk::{CaseError, Desk},
    recording,
};

/// A step that changes to whom a record is open, each with its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is restricted.
    Restrict,
    /// Somebody is named who may open it.
    Name,
    /// It is lifted.
    Lift,
    /// Somebody who was named is so no more.
    EndName,
}

impl Step {
    /// The form with which it is recorded.
    pub const fn form(self) -> &'static str {
        match self {
            Self::Restrict => "restriction",
            Self::Name => "restricted-to",
            Self::Lift => "restriction-lifted",
            Self::EndName => "restricted-to-ended",
        }
    }
}

/// The question of [`Step::EndName`] that nobody is asked: it is the naming that is on the page.
pub const NAMED: &str = "named";

/// Somebody whom the decision names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The entry that says so.
    pub entry: EntryId,
    /// Who.
    pub person: PersonId,
    /// As what.
    pub as_what: String,
    /// Until which day, where it has an end.
    pub until: Option<Date>,
}

/// To whom a record is open.
#[derive(Clone, Debug)]
pub struct OpenTo {
    /// Its number.
    pub number: i64,
    /// The kind of restriction and since which day; none for a record that is open as any other.
    pub restriction: Option<(String, Date)>,
    /// Whom the decision names.
    pub named: Vec<Named>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// To whom a record is open, for whoever decides that.
///
/// # Errors
/// [`CaseError::Closed`] for anybody else.
pub async fn look(desk: &Desk, record: RecordId) -> Result<OpenTo, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(ReadUnder(Capability::RestrictRecord, "read-restriction"), record, "").await?;
    let facts = tx.current_facts(&grant).await?;
    let of = |kind: &'static str| {
        facts.iter().filter(move |fact| fact.said.line.record == record && fact.said.line.kind == kind)
    };
    let restriction = of(known::RESTRICTION).map(|fact| (fact.said.value.clone(), fact.said.from)).next_back();
    let mut named = Vec::new();
    for fact in of(known::RESTRICTED_TO) {
        // A name of an earlier restriction opens nothing.
        let holds = restriction.as_ref().is_some_and(|(_, since)| fact.said.from >= *since);
        let Some(person) = fact.said.value.parse().ok().filter(|_| holds) else { continue };
        let stored = tx.entry(&grant, fact.said.entry).await?;
        let as_what = stored.and_then(|stored| stored.content.answer("as").map(Answer::stated)).unwrap_or_default();
        named.push(Named { entry: fact.said.entry, person, as_what, until: fact.until });
    }
    let (number, colleagues) = (grant.number(), tx.colleagues().await?);
    drop(grant);
    tx.commit().await?;
    Ok(OpenTo { number, restriction, named, colleagues })
}

/// Takes a step.
///
/// # Errors
/// [`CaseError::Problems`] for one that says too little; [`CaseError::Closed`] for whoever may not.
pub async fn step(desk: &Desk, act: ActId, record: RecordId, step: Step, typed: &Typed) -> Result<(), CaseError> {
    recording::record_now(desk, act, record, step.form(), &desk.happening_now(typed)).await?;
    Ok(())
}

/// The restricted records, by number alone.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who restricts none.
pub async fn all(desk: &Desk) -> Result<Vec<RestrictedRecord>, CaseError> {
    let tx = desk.begin().await?;
    let all = tx.restricted_records().await?;
    tx.commit().await?;
    Ok(all)
}
