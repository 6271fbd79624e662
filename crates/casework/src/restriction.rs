//! Records that are open to few: restricted, with whom the decision names, and lifted again. Who decides that need not be
//! among the few: what they see here is who they are, and nothing of what the record says.

use std::sync::Arc;

use jiff::civil::Date;
use policy::Capability;
use record::{ActId, EntryId, PersonId, RecordId, Typed, answer::Answer, known};
use store::{Colleagues, ReadUnder, RestrictedRecord, Tx, Write};

use crate::desk::{Around, CaseError, Desk, retried, write};

/// A step that changes to whom a record is open, each with its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is restricted.
    Restrict,
    /// Somebody is named who may open it.
    Name,
    /// It is lifted.
    Lift,
    /// Somebody is named no more, whom this entry named.
    EndName(EntryId),
}

impl Step {
    /// The form with which it is recorded.
    pub const fn form(self) -> &'static str {
        match self {
            Self::Restrict => "restriction",
            Self::Name => "restricted-to",
            Self::Lift => "restriction-lifted",
            Self::EndName(_) => "restricted-to-ended",
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

impl OpenTo {
    /// Whether a step can be taken from here.
    pub fn fits(&self, step: Step) -> bool {
        match step {
            Step::Restrict => self.restriction.is_none(),
            Step::Name | Step::Lift => self.restriction.is_some(),
            Step::EndName(entry) => self.named.iter().any(|one| one.entry == entry),
        }
    }
}

/// To whom a record is open, for whoever decides that.
///
/// # Errors
/// [`CaseError::Closed`] for anybody else.
pub async fn look(desk: &Desk, record: RecordId) -> Result<OpenTo, CaseError> {
    let tx = desk.begin().await?;
    let open = open_to(&tx, record).await?;
    tx.commit().await?;
    Ok(open)
}

async fn open_to(tx: &Tx, record: RecordId) -> Result<OpenTo, CaseError> {
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
    Ok(OpenTo { number: grant.number(), restriction, named, colleagues: tx.colleagues().await? })
}

/// Takes a step.
///
/// # Errors
/// [`CaseError::Problems`] for one that says too little; [`CaseError::Closed`] for whoever may not;
/// [`CaseError::CannotBePutRight`] for one that somebody else has taken since.
pub async fn step(desk: &Desk, act: ActId, record: RecordId, step: Step, typed: &Typed) -> Result<(), CaseError> {
    let mut typed = desk.happening_now(typed);
    if let Step::EndName(entry) = step {
        typed = typed.with(NAMED, entry.to_string());
    }
    retried!({
        let form = desk.form(step.form())?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let grant = tx.authorise(Write(form.may_complete), record, "record").await?;
        if let Step::EndName(entry) = step
            && tx.entry(&grant, entry).await?.is_none_or(|stored| stored.content.form != Step::Name.form())
        {
            return Err(CaseError::Closed);
        }
        if !open_to(&tx, record).await?.fits(step) {
            let message = "Somebody has changed who may open this record. Look at it again before you decide.";
            return Err(CaseError::CannotBePutRight(message.to_owned()));
        }
        tx.begin_act(act);
        let around = Around::of(&tx, form, &typed).await?;
        write(desk, &tx, act, form, &typed, &around, &[(record, grant)].into()).await?;
        tx.commit().await?;
        Ok(())
    })
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
