//! A record that is not somebody's, opened for a short time because it is needed now; and that somebody asks about each
//! such opening. What is opened closes by itself.

use std::collections::BTreeMap;

use policy::Capability;
use record::{ActId, EntryId, PersonId, RecordId, Typed, known};
use store::{Opening, ReadUnder, StoredEntry, Wanted, Write};

use crate::desk::{Around, CaseError, Desk, retried, write};

/// The form with which a record is opened.
pub const OPENING_FORM: &str = "emergency-opening";
/// The form with which an opening is reviewed.
pub const REVIEW_FORM: &str = "emergency-review";
/// The question of the opening that nobody is asked: it is whoever is on the page.
pub const WORKER: &str = "worker";
/// The question of the review that nobody is asked: it is the opening that is on the page.
pub const OPENING: &str = "opening";

/// Opens a record to this person for the time that the pack says: an entry in it says who and why.
///
/// What was typed is looked at before the record is, so that whoever asks learns nothing of records from what there is
/// to put right; and what is not there is asked for at the door like what is closed.
///
/// # Errors
/// [`CaseError::Problems`] without a reason; [`CaseError::Closed`] for a record that is not there and for one that does
/// not open in an emergency.
pub async fn open(desk: &Desk, act: ActId, wanted: &Wanted, typed: &Typed) -> Result<RecordId, CaseError> {
    let person = desk.actor.person().ok_or(CaseError::NoRight)?;
    let typed = desk.happening_now(typed).with(WORKER, person.to_string());
    retried!({
        let form = desk.form(OPENING_FORM)?;
        let tx = desk.begin().await?;
        let found = tx.record_in_emergency(wanted).await?;
        let record = found.unwrap_or_else(|| desk.new_id());
        let around = Around::of(&tx, form, &typed).await?;
        desk.read(form, &desk.explained(&typed), &[record], &around)?;
        let grant = tx.authorise(Write(form.may_complete), record, "emergency").await?;
        let grants: BTreeMap<_, _> = [(record, grant)].into();
        if tx.done(act).await?.is_empty() {
            tx.begin_act(act);
            write(desk, &tx, act, form, &typed, &around, &grants).await?;
        }
        drop(grants);
        tx.commit().await?;
        Ok(record)
    })
}

/// An opening on a list, with what the child is called where that is open to the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The opening.
    pub opening: Opening,
    /// The child; none where the record is open to few.
    pub child: Option<String>,
}

/// The openings that wait for this person's review.
pub(crate) async fn to_review(tx: &store::Tx) -> Result<Vec<Listed>, CaseError> {
    let all = tx.openings_to_review().await?;
    let records: Vec<_> = all.iter().map(|one| one.record).collect();
    let names = tx.listed_by_name("list-my-work", &records).await?;
    Ok(all.into_iter().map(|opening| Listed { child: names.get(&opening.record).cloned(), opening }).collect())
}

/// An opening, for the page on which it is reviewed.
#[derive(Clone, Debug)]
pub struct ToReview {
    /// The number of the record.
    pub number: i64,
    /// The child; none where the record is open to few.
    pub child: Option<String>,
    /// The entry that opened it.
    pub opening: StoredEntry,
}

/// The page on which an opening is reviewed.
///
/// # Errors
/// [`CaseError::Closed`] for somebody who may not review it; [`CaseError::CannotBePutRight`] for one that has its
/// review, and for one's own.
pub async fn look(desk: &Desk, record: RecordId, opening: EntryId) -> Result<ToReview, CaseError> {
    let tx = desk.begin().await?;
    let action = ReadUnder(Capability::ReviewEmergency, "read-emergency");
    let grant = tx.authorise(action, record, "").await?;
    let opening = reviewable(desk, &tx, &grant, opening).await?;
    let child = tx.names_of_records(&[record]).await?.remove(&record);
    let number = grant.number();
    drop(grant);
    tx.commit().await?;
    Ok(ToReview { number, child, opening })
}

/// The opening that waits for a review by somebody else than whoever opened.
async fn reviewable<A: store::Action>(
    desk: &Desk,
    tx: &store::Tx,
    grant: &store::Grant<'_, A>,
    opening: EntryId,
) -> Result<StoredEntry, CaseError> {
    let stored = tx.entry(grant, opening).await?.filter(|stored| stored.content.form == OPENING_FORM);
    let stored = stored.ok_or(CaseError::Closed)?;
    let today = tx.now().day();
    let facts = tx.history(grant, known::OPENED_IN_EMERGENCY).await?;
    if !facts.iter().any(|fact| fact.said.entry == stored.entry && fact.holds_on(today)) {
        return Err(CaseError::CannotBePutRight("This opening was reviewed already.".to_owned()));
    }
    let own: Option<PersonId> = desk.actor.person();
    if own == Some(stored.content.author.person) {
        return Err(CaseError::CannotBePutRight("Somebody else reviews what you opened yourself.".to_owned()));
    }
    Ok(stored)
}

/// Says of an opening whether it was right. Were it open still, it ends.
///
/// # Errors
/// As [`look`]; [`CaseError::Problems`] for a review that says too little.
pub async fn review(
    desk: &Desk,
    act: ActId,
    record: RecordId,
    opening: EntryId,
    typed: &Typed,
) -> Result<(), CaseError> {
    let typed = desk.happening_now(typed).with(OPENING, opening.to_string());
    retried!({
        let form = desk.form(REVIEW_FORM)?;
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(());
        }
        let grant = tx.authorise(Write(form.may_complete), record, "review").await?;
        reviewable(desk, &tx, &grant, opening).await?;
        tx.begin_act(act);
        let around = Around::of(&tx, form, &typed).await?;
        write(desk, &tx, act, form, &typed, &around, &[(record, grant)].into()).await?;
        tx.commit().await?;
        Ok(())
    })
}
