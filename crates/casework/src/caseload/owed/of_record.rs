//! What one child's record owes, and what came of what it owed: for ever.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use policy::{
    Capability,
    clock::{ClockId, MetBy},
};
use record::{EntryId, PersonId, RecordId, answer::Answer, obligation::Standing, right::AUTHORISATION_FORM};
use store::{Action, Colleagues, Grant, Owed, Read, Tx};

use super::{Due, boxes, due};
use crate::{
    desk::{CaseError, Desk},
    reading::{Header, plain_header},
};

/// What one record owes, and what came of what it owed.
#[derive(Clone, Debug)]
pub struct OfRecord {
    /// Whose record it is.
    pub header: Header,
    /// What is to be done, the most pressing first; nothing where the record is closed.
    pub open: Vec<Due>,
    /// What need not be done, a manager has decided.
    pub waived: Vec<Due>,
    /// What was done or has ended, the newest first; what is done in time again and again is named once.
    pub closed: Vec<Closed>,
    /// Why something need not be done or is a colleague's now, by the entry that says so.
    pub why: BTreeMap<EntryId, String>,
    /// Whether this reader may decide about what is due.
    pub may_decide: bool,
    /// To whom it may be given: colleagues who may open this record.
    pub may_be_given: Vec<PersonId>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// Something that was owed and is no more.
#[derive(Clone, Debug)]
pub struct Closed {
    /// The obligation.
    pub owed: Owed,
    /// What was to be done, in the words of the policy.
    pub what: String,
    /// How it stands for ever.
    pub standing: Standing,
    /// How often the same was done in time before, and is not named by itself.
    pub before: usize,
    /// Why it was done late, in the words of whoever did it.
    pub why: Option<String>,
}

/// What one record owes.
///
/// # Errors
/// [`CaseError::Closed`] for a record that is closed to this reader or is not there.
pub async fn of_record(desk: &Desk, record: RecordId) -> Result<OfRecord, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(Read("read-owed"), record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let colleagues = tx.colleagues().await?;
    let decisions = tx.decided(&grant.records()).await?;
    let situation = grant.situation();
    let worker = situation.workers.iter().next().copied();
    let team = situation.teams.iter().next().and_then(|team| colleagues.teams.get(team));
    let manager = team.and_then(|team| team.manager);
    let now = desk.now.london();
    let (mut open, mut waived, mut closed) = (Vec::new(), Vec::new(), Vec::new());
    for owed in tx.obligations(&grant).await? {
        let Some(standing) = owed.standing(desk.pack(), now) else { continue };
        if !standing.is_open() {
            let what = owed.clock(desk.pack()).map_or_else(String::new, |clock| clock.what.clone());
            closed.push(Closed { owed, what, standing, before: 0, why: None });
        } else if standing != Standing::NotBegun
            && let Some(due) = due(desk, owed, (header.called().to_owned(), worker, manager), &decisions)
        {
            if due.is_waived() { waived.push(due) } else { open.push(due) }
        }
    }
    if header.closed {
        open.clear();
    }
    let today = desk.now.day();
    open.sort_by_cached_key(|due| due.order(today));
    let mut closed = in_short(closed);
    for one in closed.iter_mut().filter(|one| one.standing == Standing::DoneLate) {
        one.why = why_late(desk, &tx, &grant, &one.owed).await?;
    }
    let decided = open.iter().chain(&waived).filter_map(|due| Some(due.decided?.entry));
    let why = reasons(&tx, &grant, decided).await?;
    let may_decide = super::may_be_decided(desk) && tx.may(Capability::RecordDecision, &grant).await?;
    let may_be_given = if may_decide { super::may_open(desk, &colleagues, situation) } else { Vec::new() };
    drop(grant);
    tx.commit().await?;
    Ok(OfRecord { header, open, waived, closed, why, may_decide, may_be_given, colleagues })
}

/// The newest first. Of what was done in time by one rule the newest is named, with how often it was before that; what
/// was late or never done stands for itself, however long ago (R-TIME-X07).
fn in_short(mut closed: Vec<Closed>) -> Vec<Closed> {
    let ended = |one: &Closed| one.owed.met.map(|met| met.completed.london()).or(one.owed.ended);
    closed.sort_by_key(|one| Reverse(ended(one)));
    let mut all: Vec<Closed> = Vec::new();
    let mut in_time: BTreeMap<ClockId, usize> = BTreeMap::new();
    for one in closed {
        match in_time.get(&one.owed.id.clock) {
            Some(newest) if one.standing == Standing::Done => all[*newest].before += 1,
            _ => {
                if one.standing == Standing::Done {
                    in_time.insert(one.owed.id.clock.clone(), all.len());
                }
                all.push(one);
            }
        }
    }
    all
}

/// The reasons that these entries give for what they decide, in their own words.
async fn reasons<A: Action>(
    tx: &Tx,
    grant: &Grant<'_, A>,
    entries: impl Iterator<Item = EntryId>,
) -> Result<BTreeMap<EntryId, String>, CaseError> {
    let mut found = BTreeMap::new();
    for entry in entries {
        if found.contains_key(&entry) {
            continue;
        }
        let Some(stored) = tx.entry(grant, entry).await? else { continue };
        let why = stored.content.answer(boxes::REASON).map(Answer::stated);
        found.extend(why.map(|why| (entry, why)));
    }
    Ok(found)
}

/// Why something was done late: where it was done by authorising an entry, what whoever did that says; else what the entry
/// says that did it.
async fn why_late<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    owed: &Owed,
) -> Result<Option<String>, CaseError> {
    let Some(met) = owed.met else { return Ok(None) };
    let mut entries = Vec::new();
    if owed.clock(desk.pack()).is_some_and(|clock| clock.met_by.iter().any(MetBy::is_by_authorising)) {
        let links = tx.linked_from(grant, &[met.entry]).await?;
        entries.extend(links.iter().filter(|link| link.from.form == AUTHORISATION_FORM).map(|link| link.from.entry));
    }
    entries.push(met.entry);
    for entry in entries {
        let stored = tx.entry(grant, entry).await?;
        if let Some(late) = stored.and_then(|stored| stored.content.late.clone()) {
            return Ok(Some(late.reason));
        }
    }
    Ok(None)
}
