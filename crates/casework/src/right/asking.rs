//! Asking for something to be put right: whoever may do it finds the request, and answers it by an amendment, by a move,
//! or with the reason why it stays as it is. Whoever asked sees the answer (R-INT-07).

use policy::Capability;
use record::{
    ActId, EntryId, RecordId, Typed,
    entry::{About, complete},
    known,
    read::{FieldProblem, standing},
    right::{ANSWER_FORM, REQUEST_FORM},
    typed::Name,
};
use store::{Action, Brief, Grant, Read, Request, StoredEntry, Tx, Write};

use crate::{
    desk::{Around, CaseError, Desk, author, retried},
    reading::{Header, plain_header},
    recording::done_late,
};

/// What was done about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// This amendment stands now.
    PutRight(EntryId),
    /// It was moved, by this marker.
    Moved(EntryId),
}

impl Outcome {
    const fn code(self) -> &'static str {
        match self {
            Self::PutRight(_) => PUT_RIGHT,
            Self::Moved(_) => "moved",
        }
    }
    const fn entry(self) -> EntryId {
        match self {
            Self::PutRight(entry) | Self::Moved(entry) => entry,
        }
    }
}

/// The code of a request that was answered by putting right what it is about.
const PUT_RIGHT: &str = "put-right";

/// The questions of the answer's form.
pub mod boxes {
    /// Which request.
    pub const REQUEST: &str = "request";
    /// What was done: a code of the pack's list.
    pub const RESULT: &str = "result";
    /// By which entry.
    pub const WITH: &str = "with";
    /// Why.
    pub const REASON: &str = "reason";
}

/// The requests about these entries that have no answer yet.
pub(crate) async fn about<A: Action>(
    tx: &Tx,
    grant: &Grant<'_, A>,
    entries: &[EntryId],
) -> Result<Vec<StoredEntry>, CaseError> {
    let mut requests = Vec::new();
    for link in tx.linked_from(grant, entries).await? {
        if link.from.form == REQUEST_FORM && is_open(tx, grant, link.from.entry).await? {
            requests.extend(tx.entry(grant, link.from.entry).await?);
        }
    }
    Ok(requests)
}

/// Whether a request has no answer yet.
pub(crate) async fn is_open<A: Action>(tx: &Tx, grant: &Grant<'_, A>, request: EntryId) -> Result<bool, CaseError> {
    let today = tx.now().day();
    let facts = tx.history(grant, known::CORRECTION_ASKED).await?;
    Ok(facts.iter().any(|fact| fact.said.entry == request && fact.holds_on(today)))
}

/// The answer's form with the day filled in.
fn answering(desk: &Desk, request: EntryId) -> Typed {
    Typed::default().with(boxes::REQUEST, request.to_string()).on_day(standing::HAPPENED, desk.now.day())
}

/// Keeps an answer in the record of its request.
async fn keep(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    grant: &Grant<'_, Write>,
    typed: &Typed,
    around: &Around,
) -> Result<(), CaseError> {
    let form = desk.form(ANSWER_FORM)?;
    let (record, typed) = (grant.record(), &desk.explained(typed));
    let mut read = desk.read(form, typed, &[record], around)?;
    let author = author(desk.actor, &around.colleagues)?;
    let late = done_late(desk, tx, form, (&mut read, typed, &author), [(&record, grant)]).await?;
    if !late.is_empty() {
        return Err(CaseError::SayWhyLate(late));
    }
    tx.keep_form(&form.hash, &form.id, form.version, || desk.pack().canonical_form(form)).await?;
    let about = About { record: grant.record(), holder: grant.holder(), entry: desk.new_id() };
    Ok(tx.keep(grant, act, complete(desk.pack(), form, &read, &author, &[about], desk.now)).await?)
}

/// Answers the requests about what was just put right or moved, within the same act.
pub(crate) async fn answered(
    desk: &Desk,
    tx: &Tx,
    act: ActId,
    grant: &Grant<'_, Write>,
    (requests, outcome, made_with): (&[StoredEntry], Outcome, &str),
) -> Result<(), CaseError> {
    for request in requests {
        let typed = answering(desk, request.entry)
            .with(boxes::RESULT, outcome.code())
            .with(boxes::WITH, outcome.entry().to_string());
        let mut around = Around::of(tx, desk.form(ANSWER_FORM)?, &typed).await?;
        // It may be of this very act, so that the snapshot does not have it.
        around.entries.insert(outcome.entry(), (grant.record(), made_with.to_owned()));
        keep(desk, tx, act, grant, &typed, &around).await?;
    }
    Ok(())
}

/// A request, for the page on which it is answered.
#[derive(Clone, Debug)]
pub struct ToAnswer {
    /// In whose record.
    pub header: Header,
    /// The request.
    pub request: StoredEntry,
    /// The entry that it is about, where it is there still.
    pub about: Option<Brief>,
    /// Whether whoever reads this may move entries here.
    pub may_move: bool,
}

/// The page on which a request is answered.
///
/// # Errors
/// [`CaseError::Closed`] for somebody who may not answer; [`CaseError::CannotBePutRight`] for one that has its answer.
pub async fn look(desk: &Desk, record: RecordId, request: EntryId) -> Result<ToAnswer, CaseError> {
    let tx = desk.begin().await?;
    let writes = tx.authorise(Write(Capability::AmendEntry), record, "answer").await?;
    let grant = tx.authorise(Read("read-entry-page"), record, "").await?;
    let stored = tx.entry(&grant, request).await?.filter(|stored| stored.content.form == REQUEST_FORM);
    let request = stored.ok_or(CaseError::Closed)?;
    if !is_open(&tx, &writes, request.entry).await? {
        return Err(CaseError::CannotBePutRight("This request was answered already.".to_owned()));
    }
    let of = match request.content.answer("entry") {
        Some(record::answer::Answer::Entry(entry)) => tx.standing_now(*entry).await?,
        _ => None,
    };
    let about = match of {
        Some(entry) => tx.briefs(&grant, &[entry]).await?.remove(&entry),
        None => None,
    };
    let header = plain_header(desk, &tx, &grant).await?;
    let may_move = tx.may(Capability::MoveEntry, &writes).await?;
    drop((grant, writes));
    tx.commit().await?;
    Ok(ToAnswer { header, request, about, may_move })
}

/// Answers a request by hand: that it stays as it is, with the reason; or that it was put right some other way.
///
/// # Errors
/// As [`look`]; [`CaseError::Problems`] for an answer that says too little.
pub async fn answer(
    desk: &Desk,
    act: ActId,
    record: RecordId,
    request: EntryId,
    typed: &Typed,
) -> Result<(), CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let form = desk.form(ANSWER_FORM)?;
        let grant = tx.authorise(Write(form.may_complete), record, "answer").await?;
        let stored = tx.entry(&grant, request).await?.filter(|stored| stored.content.form == REQUEST_FORM);
        stored.ok_or(CaseError::Closed)?;
        if !is_open(&tx, &grant, request).await? {
            return Err(CaseError::CannotBePutRight("This request was answered already.".to_owned()));
        }
        let mut said = answering(desk, request);
        let mut given = |field: &str| {
            let text = typed.get(&Name::of(field)).map(str::to_owned);
            if let Some(text) = &text {
                said.put(Name::of(field), text.as_str());
            }
            text
        };
        let (result, reason) = (given(boxes::RESULT), given(boxes::REASON));
        if reason.is_none() {
            let at = Name::of(boxes::REASON);
            let message = match result.as_deref() {
                Some(PUT_RIGHT) => "Say how it was put right: whoever asked will read it",
                _ => "Say why: whoever asked will read it",
            };
            return Err(CaseError::Problems(vec![FieldProblem { at, message: message.to_owned() }]));
        }
        let around = Around::of(&tx, form, &said).await?;
        tx.begin_act(act);
        keep(desk, &tx, act, &grant, &said, &around).await?;
        drop(grant);
        tx.commit().await?;
        Ok(())
    })
}

/// A request on a list, with what the child is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The request.
    pub request: Request,
    /// The child.
    pub child: String,
}

/// How far back one's own requests are shown.
const LATELY_SECONDS: i64 = 60 * 86_400;

/// The requests that wait for this person's answer, and those that they made lately.
pub(crate) async fn lists(tx: &Tx) -> Result<(Vec<Listed>, Vec<Listed>), CaseError> {
    let to_answer = tx.requests_to_answer().await?;
    let own = tx.own_requests(tx.now().plus_seconds(-LATELY_SECONDS)).await?;
    let records: Vec<_> = to_answer.iter().chain(&own).map(|one| one.record).collect();
    let names = tx.listed_by_name("list-my-work", &records).await?;
    let named = |all: Vec<Request>| {
        all.into_iter()
            .map(|request| Listed { child: names.get(&request.record).cloned().unwrap_or_default(), request })
            .collect()
    };
    Ok((named(to_answer), named(own)))
}
