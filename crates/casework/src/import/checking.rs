//! What was taken in as it was received and somebody should look at: which value, where it stood, and why.

use record::{EntryId, RecordId};
use store::{ListOf, ReadOn};

use crate::{
    desk::{CaseError, Desk},
    recording::called,
};

/// Some of the children of this person's teams whose record has something to check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToCheck {
    /// The children, by the number of their record.
    pub children: Vec<Doubtful>,
    /// How many there are in all.
    pub all: usize,
    /// Whether there are more behind these.
    pub more: bool,
}

/// A child with what is doubtful.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubtful {
    /// The record.
    pub record: RecordId,
    /// Its number.
    pub number: i64,
    /// What the child is called.
    pub name: String,
    /// The entry that says so, with every row word for word.
    pub entry: EntryId,
    /// File, line and column, the reason, and what was received.
    pub doubts: Vec<String>,
}

/// How many children a page has: each is read, and has its leaf.
const ON_PAGE: usize = 25;

/// The children to check, behind the record of this number.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who sees no team.
pub async fn to_check(desk: &Desk, after: Option<i64>) -> Result<ToCheck, CaseError> {
    let tx = desk.begin().await?;
    let mut listed = tx.list(ListOf::Team, 5_000).await?;
    let records: Vec<RecordId> = listed.iter().map(|child| child.record).collect();
    let entries = tx.to_check(&records).await?;
    listed.retain(|child| entries.contains_key(&child.record));
    listed.sort_by_key(|child| child.number);
    let all = listed.len();
    listed.retain(|child| after.is_none_or(|after| child.number > after));
    let more = listed.len() > ON_PAGE;
    let mut children = Vec::new();
    for child in listed.into_iter().take(ON_PAGE) {
        let entry = entries[&child.record];
        let grant = match tx.authorise(ReadOn("read-to-check"), child.record, "").await {
            Ok(grant) => grant,
            Err(store::Refused::Closed) => continue,
            Err(refused) => return Err(refused.into()),
        };
        let doubts = tx.entry(&grant, entry).await?.and_then(|stored| {
            let reason = stored.content.answers.get("check")?.reason.clone()?;
            Some(reason.lines().map(str::to_owned).collect())
        });
        let name = called(&child.who);
        children.push(Doubtful {
            record: child.record,
            number: child.number,
            name,
            entry,
            doubts: doubts.unwrap_or_default(),
        });
    }
    tx.commit().await?;
    Ok(ToCheck { children, all, more })
}
