//! What the page of an entry shows of what was put right: why it does not stand, what it stands in the place of, and what
//! whoever reads it may do about it.

use policy::Capability;
use record::{
    EntryId,
    right::{Fate, REQUEST_FORM},
};
use store::{Action, Grant, StoredEntry, Tx};

use super::{
    Mark,
    amending::form_to_amend,
    asking,
    moving::{self, OtherSide},
};
use crate::{
    authorising::{self, Authorising},
    desk::{CaseError, Desk},
};

/// What a page of an entry shows of it, beside what it says.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Why it does not stand, where it does not.
    pub mark: Option<Mark>,
    /// What it stands in the place of, or would, as that one says it.
    pub before: Option<StoredEntry>,
    /// An amendment that waits to stand in its place.
    pub waiting: Option<EntryId>,
    /// Whether this reader may put it right.
    pub may_amend: bool,
    /// Whether this reader may move it to another child's record.
    pub may_move: bool,
    /// How it stands with its authorising, where it needs that.
    pub authorising: Option<Authorising>,
    /// What waits for this reader's answer here.
    pub may_answer: Option<Answerable>,
    /// Where it came from or went, where it was moved and this reader may read that record too.
    pub other_side: Option<OtherSide>,
    /// What went from here, where this is the marker of it and this reader may read the trace.
    pub traces: Vec<EntryId>,
}

/// What an entry asks of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answerable {
    /// It would amend what this person wrote.
    Amendment,
    /// It asks for another entry to be put right.
    Request,
}

/// Of an entry that this reader reads.
pub(crate) async fn shown<A: Action>(
    desk: &Desk,
    tx: &Tx,
    grant: &Grant<'_, A>,
    stored: &StoredEntry,
) -> Result<Shown, CaseError> {
    let entry = stored.entry;
    let mark = tx.put_right(grant, &[entry]).await?.get(&entry).map(Mark::of);
    let amends = stored.content.right.amends.as_ref();
    let before = match amends {
        Some(amends) => tx.entry(grant, amends.entry).await?,
        None => None,
    };
    let waiting = tx.waiting_for(entry).await?;
    let authorising = authorising::told(desk, tx, grant, stored).await?;
    let to_move = mark.as_ref().is_none_or(|mark| matches!(mark.how, Fate::Unauthorised | Fate::Returned));
    let whole =
        waiting.is_none() && form_to_amend(&desk.in_version(Some(&stored.form_hash)), &stored.content).is_some();
    let may_amend = whole && mark.is_none() && may(tx, Capability::AmendEntry, stored).await?;
    let may_move = whole && to_move && may(tx, Capability::MoveEntry, stored).await?;
    let approver = amends.and_then(|amends| amends.approval_of);
    let waits = mark.as_ref().is_some_and(|mark| mark.how == Fate::Waiting);
    let may_answer = if waits && approver.is_some() && approver == desk.actor.person() {
        Some(Answerable::Amendment)
    } else if stored.content.form == REQUEST_FORM
        && asking::is_open(tx, grant, entry).await?
        && may(tx, Capability::AmendEntry, stored).await?
    {
        Some(Answerable::Request)
    } else {
        None
    };
    let other_side = moving::other_side(desk, tx, grant, stored).await?;
    let mut traces = Vec::new();
    if let Some(away) = &stored.content.right.away
        && tx.may(Capability::ReadMoved, grant).await?
    {
        traces.extend(away.took.iter().map(|(here, _)| *here));
    }
    Ok(Shown { mark, before, waiting, may_amend, may_move, authorising, may_answer, other_side, traces })
}

/// Whether this could be done in the record where the entry stands, which may be another one of the same child.
async fn may(tx: &Tx, capability: Capability, stored: &StoredEntry) -> Result<bool, CaseError> {
    Ok(!tx.may_in(capability, &[stored.record]).await?.is_empty())
}
