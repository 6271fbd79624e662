//! The confidential section of a record: what is kept there, why, and whose information it is.

use record::{
    EntryId, FileId, RecordId,
    answer::Answer,
    confidential::{BECAUSE, ENTRY, ORIGINATOR, REVIEW_FORM},
    content::Content,
    known,
};
use store::{Brief, OpenFile, OpenSection, Piece};

use crate::{
    attaching,
    desk::{CaseError, Desk},
    reading::{EntryPage, Header, entry_for, plain_header},
};

/// Something that is kept there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is kept: a note, or an entry that was put there.
    pub what: Brief,
    /// The entry that put it there: the note itself, where it was written there at once.
    pub by: Brief,
    /// Why it must not be shared, by the pack's list.
    pub reason: String,
    /// What makes that so.
    pub because: String,
    /// Whose information it is, and how they are asked.
    pub originator: String,
    /// Who put it there.
    pub who: String,
}

/// What is kept in the confidential section of a record.
#[derive(Clone, Debug)]
pub struct Section {
    /// Whose record.
    pub header: Header,
    /// What is there, the newest first.
    pub items: Vec<Item>,
    /// Whether this reader may look at it again and let it go.
    pub may_review: bool,
}

/// The section, for whoever may open it.
///
/// # Errors
/// [`CaseError::Closed`] for anybody else.
pub async fn section(desk: &Desk, record: RecordId) -> Result<Section, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(OpenSection(None), record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let facts = tx.current_of(&grant, &[known::KEPT_CONFIDENTIAL]).await?;
    let facts: Vec<_> = facts.into_iter().filter(|fact| !fact.said.value.is_empty()).collect();
    let by = tx.entries_named(&grant, &facts.iter().map(|fact| fact.said.entry).collect::<Vec<_>>()).await?;
    let what = |content: &Content, entry: EntryId| match content.answer(ENTRY) {
        Some(Answer::Entry(named)) => *named,
        _ => entry,
    };
    let named: Vec<EntryId> =
        by.iter().flat_map(|stored| [stored.entry, what(&stored.content, stored.entry)]).collect();
    let briefs = tx.briefs(&grant, &named).await?;
    let item = |stored: &store::StoredEntry| {
        let said = |field: &str| stored.content.answer(field).map(Answer::stated).unwrap_or_default();
        let reason = facts.iter().find(|fact| fact.said.entry == stored.entry)?;
        Some(Item {
            what: briefs.get(&what(&stored.content, stored.entry))?.clone(),
            by: briefs.get(&stored.entry)?.clone(),
            reason: reason.said.value.clone(),
            because: said(BECAUSE),
            originator: said(ORIGINATOR),
            who: stored.content.author.name.clone(),
        })
    };
    let items = by.iter().rev().filter_map(item).collect();
    let may_review = match desk.pack().form(REVIEW_FORM) {
        Some(form) => tx.may(form.may_complete, &grant).await?,
        None => false,
    };
    drop(grant);
    tx.commit().await?;
    Ok(Section { header, items, may_review })
}

/// One entry as it is read in the section.
///
/// # Errors
/// [`CaseError::Closed`] as [`section`], and where the record has no such entry.
pub async fn entry(desk: &Desk, record: RecordId, entry: EntryId) -> Result<EntryPage, CaseError> {
    entry_for(desk, OpenSection(Some(entry)), record, entry, "").await
}

/// A file of such an entry.
///
/// # Errors
/// [`CaseError::Closed`] as [`entry`].
pub async fn file(
    desk: &Desk,
    record: RecordId,
    entry: EntryId,
    file: FileId,
    piece: Piece,
) -> Result<OpenFile, CaseError> {
    attaching::of_entry_for(desk, OpenSection(Some(entry)), record, entry, file, piece).await
}
