//! Cover: somebody stands in for a worker who is away, for all or some of their children, until a day.

use std::collections::BTreeMap;

use policy::{Capability, Pack, Relation};
use record::{
    ActId, PersonId, RecordId, Typed,
    cover::{Cover, Trouble, trouble},
    read::standing,
    time::day_in_words,
    typed::Name,
};
use store::{Colleagues, ListOf, Write};

use super::{MOST, day_typed, name_of, problem};
use crate::desk::{Around, CaseError, Desk, Written, retried, write};

/// Lets somebody stand in for a worker, for these of the worker's children: one entry in each child's record.
///
/// # Errors
/// [`CaseError::Problems`] with the reason where they cannot; [`CaseError::Closed`] where one of the children is not
/// this person's to arrange for, or not the worker's: then nothing is arranged.
pub async fn arrange_cover(
    desk: &Desk,
    act: ActId,
    worker: PersonId,
    records: &[RecordId],
    typed: &Typed,
) -> Result<Vec<Written>, CaseError> {
    retried!({
        let form = desk.form("cover")?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut grants = BTreeMap::new();
        for record in records {
            let grant = tx.authorise(Write(form.may_complete), *record, "cover").await?;
            if !grant.situation().workers.contains(&worker) {
                return Err(CaseError::Closed);
            }
            grants.insert(*record, grant);
        }
        if grants.is_empty() {
            return Err(problem(Name::of(standing::ABOUT), "Tick the children to be covered"));
        }
        let typed = typed.clone().with("worker", worker.to_string());
        let around = Around::of(&tx, form, &typed).await?;
        // The end first: without one there is nothing to hold the others against, and the form says what is wrong.
        let (from, until) =
            (day_typed(&typed, standing::HAPPENED, desk.now.day()), day_typed(&typed, "until", desk.now.day()));
        let deputy = typed.get(&Name::of("deputy")).and_then(|deputy| deputy.parse().ok());
        if let (Some(from), Some(until), Some(deputy)) = (from, until, deputy) {
            let new = Cover { worker, deputy, from, until };
            let mut others = tx.covers_between(from, until).await?;
            // What is arranged anew for the same worker takes the place of what was.
            others.retain(|other| other.worker != worker);
            let leaves = |person| around.colleagues.staff.get(&person).and_then(|one| one.leaves);
            if let Some(found) = trouble(&new, &others, leaves) {
                return Err(problem(Name::of("deputy"), told(found, &new, &around.colleagues)));
            }
            if !can_stand_in(desk.pack(), &around.colleagues, deputy) {
                let name = name_of(&around.colleagues, deputy);
                return Err(problem(
                    Name::of("deputy"),
                    format!("{name}’s role does not include standing in. Choose somebody else"),
                ));
            }
        }
        tx.begin_act(act);
        let written = write(desk, &tx, act, form, &typed, &around, &grants).await?;
        drop(grants);
        tx.commit().await?;
        Ok(written)
    })
}

/// Whether a role of theirs lets cover open a record.
fn can_stand_in(pack: &Pack, colleagues: &Colleagues, person: PersonId) -> bool {
    let roles = colleagues.staff.get(&person).map(|one| one.roles.as_slice()).unwrap_or_default();
    roles.iter().filter_map(|role| pack.role(role)).any(|role| {
        role.may.contains(&(Capability::RecordEntry, Relation::Covers))
            && role.may.contains(&(Capability::ReadRecord, Relation::Covers))
    })
}

fn told(found: Trouble, new: &Cover, colleagues: &Colleagues) -> String {
    let (worker, deputy) = (name_of(colleagues, new.worker), name_of(colleagues, new.deputy));
    let span = |cover: Cover| format!("from {} until {}", day_in_words(cover.from), day_in_words(cover.until));
    match found {
        Trouble::Oneself => format!("{worker} cannot stand in for themselves. Choose somebody else"),
        Trouble::DeputyLeaves(day) if day <= new.from => {
            format!("{deputy} left on {}. Choose somebody else", day_in_words(day))
        }
        Trouble::DeputyLeaves(day) => {
            format!("{deputy} leaves on {}. Choose somebody else, or an earlier end", day_in_words(day))
        }
        Trouble::WorkerLeaves(day) => {
            format!("{worker} leaves on {}: hand the children over instead", day_in_words(day))
        }
        Trouble::Loop(other) => format!(
            "{worker} stands in for {deputy} {}: they cannot stand in for each other. Choose somebody else",
            span(other)
        ),
        Trouble::DeputyAway(other) => format!(
            "{deputy} is away {}, and {} stands in for them. Choose somebody who is there",
            span(other),
            name_of(colleagues, other.deputy)
        ),
        Trouble::WorkerCovers(other) => format!(
            "{worker} stands in for {} {}. First let somebody else do that",
            name_of(colleagues, other.worker),
            span(other)
        ),
    }
}

/// Ends the cover of a worker's children before its time, as far as this person may arrange it.
///
/// # Errors
/// [`CaseError::Problems`] where nobody stands in, or without a reason.
pub async fn end_cover(desk: &Desk, act: ActId, worker: PersonId, typed: &Typed) -> Result<Vec<Written>, CaseError> {
    retried!({
        let form = desk.form("cover-end")?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(Vec::new());
        }
        let children = tx.list(ListOf::Worker(worker), MOST).await?;
        let mut by_deputy: BTreeMap<PersonId, BTreeMap<_, _>> = BTreeMap::new();
        for child in children {
            let Some((deputy, _)) = child.covered else { continue };
            let grant = tx.authorise(Write(form.may_complete), child.record, "cover").await?;
            by_deputy.entry(deputy).or_default().insert(child.record, grant);
        }
        if by_deputy.is_empty() {
            return Err(problem(Name::of("reason"), "Nobody stands in for this worker today"));
        }
        tx.begin_act(act);
        let mut written = Vec::new();
        for (deputy, grants) in &by_deputy {
            let typed = typed.clone().on_day(standing::HAPPENED, desk.now.day()).with("deputy", deputy.to_string());
            let around = Around::of(&tx, form, &typed).await?;
            written.extend(write(desk, &tx, act, form, &typed, &around, grants).await?);
        }
        drop(by_deputy);
        tx.commit().await?;
        Ok(written)
    })
}
