//! Searching inside entries: everywhere one may read, or in one child's record alone.

use policy::Capability;
use record::{RecordId, words::WordsWanted};
use store::{Db, Freshness, Grant, Indexed, ReadOn, StoreError, WordsFound};

use crate::{
    desk::{CaseError, Desk},
    reading::{Header, plain_header},
};

/// How many hits a page shows.
pub const HITS_ON_PAGE: usize = 20;

/// What is asked of a search.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The words.
    pub wanted: WordsWanted,
    /// The record that is searched; every one that is open to the reader when none.
    pub within: Option<RecordId>,
    /// Hits before this place in the order of the index: the next page.
    pub before: Option<i64>,
    /// Whether they are counted as well.
    pub count: bool,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Searched {
    /// Whose record it was in, where it was in one.
    pub header: Option<Header>,
    /// The hits.
    pub found: WordsFound,
    /// How many there are, where somebody asked: none within when there are too many to count.
    pub count: Option<Option<i64>>,
    /// How fresh the index is.
    pub fresh: Freshness,
}

/// Searches. Whoever goes away while it runs stops it.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who reads no record, [`CaseError::Closed`] for a record that is closed.
pub async fn words(desk: &Desk, asked: &Asked) -> Result<Searched, CaseError> {
    let fresh = desk.db.words_freshness().await?;
    let tx = desk.begin().await?;
    let grant = match asked.within {
        Some(record) => Some(tx.authorise(ReadOn("search-record"), record, "").await?),
        None => None,
    };
    let header = match &grant {
        Some(grant) => Some(plain_header(desk, &tx, grant).await?),
        None => None,
    };
    let found = tx.find_words(&asked.wanted, grant.as_ref(), asked.before, HITS_ON_PAGE).await?;
    let count = if asked.count { Some(tx.count_words(&asked.wanted, grant.as_ref()).await?) } else { None };
    drop::<Option<Grant<'_, ReadOn>>>(grant);
    tx.commit().await?;
    Ok(Searched { header, found, count, fresh })
}

/// What the page needs on which nothing has been searched for yet.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who reads no record, [`CaseError::Closed`] for a record that is closed.
pub async fn ready(desk: &Desk, within: Option<RecordId>) -> Result<(Option<Header>, Freshness), CaseError> {
    let fresh = desk.db.words_freshness().await?;
    let tx = desk.begin().await?;
    let header = if let Some(record) = within {
        let grant = tx.authorise(ReadOn("search-record"), record, "").await?;
        Some(plain_header(desk, &tx, &grant).await?)
    } else {
        tx.permit(Capability::ReadRecord).await?;
        None
    };
    tx.commit().await?;
    Ok((header, fresh))
}

/// One round of filling the index, for the task that does it while the pages are served.
pub async fn fill(db: &Db) -> Result<Indexed, StoreError> {
    db.index_words().await
}
