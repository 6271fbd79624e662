//! What colleagues wrote: seen by being opened, or by being marked as read.

use std::collections::BTreeSet;

use record::{EntryId, RecordId, protected::REVEAL_FORM};
use store::{ListOf, StoredEntry, Tx, Unread};

use crate::desk::{CaseError, Desk, retried};

/// What colleagues wrote in the records of children whom this person has, stands in for or holds the file of.
pub async fn unread(desk: &Desk) -> Result<Vec<Unread>, CaseError> {
    let tx = desk.begin().await?;
    let mut records = BTreeSet::new();
    for of in [ListOf::Caseload, ListOf::Covered] {
        records.extend(super::listed(&tx, of).await?.iter().map(|child| child.record));
    }
    let unread = of(&tx, &mut records).await?;
    tx.commit().await?;
    Ok(unread)
}

/// The same, from the lists of whoever asks; adds the records whose file they hold beside.
pub(crate) async fn of(tx: &Tx, records: &mut BTreeSet<RecordId>) -> Result<Vec<Unread>, CaseError> {
    records.extend(tx.file_held().await?);
    Ok(tx.unread(&records.iter().copied().collect::<Vec<_>>()).await?)
}

/// Marks entries as read that this person was shown on their page: those among them that are news to them.
pub async fn mark_seen(desk: &Desk, entries: &[EntryId]) -> Result<usize, CaseError> {
    let news: Vec<EntryId> =
        unread(desk).await?.iter().map(|one| one.entry).filter(|entry| entries.contains(entry)).collect();
    keep(desk, &news).await?;
    Ok(news.len())
}

/// Keeps that this person has opened these entries, where a colleague wrote them and they were news. Called once they
/// have been read; what it cannot keep stays news, so nothing is lost with it.
pub async fn saw(desk: &Desk, entries: &[&StoredEntry]) {
    let me = desk.actor.person();
    let by_others: Vec<_> = entries.iter().filter(|stored| Some(stored.content.author.person) != me).collect();
    let mut records: Vec<RecordId> = by_others.iter().map(|stored| stored.record).collect();
    records.dedup();
    let opened: Vec<EntryId> = by_others.iter().map(|stored| stored.entry).collect();
    if opened.is_empty() {
        return;
    }
    let news = async {
        let tx = desk.begin().await?;
        let unread = tx.unread(&records).await?.into_iter().map(|one| one.entry);
        // Of whoever was shown protected addresses, others are told than those who are told of what colleagues write.
        let shown = by_others.iter().any(|stored| stored.content.form == REVEAL_FORM);
        let revealed = if shown { tx.revealed_to_others().await? } else { Vec::new() };
        let news = unread.chain(revealed.into_iter().map(|one| one.entry));
        Ok::<_, CaseError>(news.filter(|entry| opened.contains(entry)).collect())
    };
    let news: Vec<EntryId> = news.await.unwrap_or_default();
    keep(desk, &news).await.ok();
}

async fn keep(desk: &Desk, news: &[EntryId]) -> Result<(), CaseError> {
    if news.is_empty() {
        return Ok(());
    }
    retried!({
        let tx = desk.begin().await?;
        tx.saw(news);
        Ok(tx.commit().await?)
    })
}
