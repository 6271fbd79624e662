//! My work and my team: lists that start from the person who asks.

use std::sync::Arc;

use policy::Capability;
use record::{EntryId, Moment, PersonId, RecordId};
use store::{Colleagues, Draft, ListOf, Listed, Waiting};

use crate::{
    desk::{CaseError, Desk},
    right::asking,
};

/// The page after signing in.
#[derive(Clone, Debug)]
pub struct MyWork {
    /// My children.
    pub children: Vec<Listed>,
    /// The children of colleagues for whom I stand in.
    pub covered: Vec<Listed>,
    /// My open drafts.
    pub drafts: Vec<(Draft, String)>,
    /// What colleagues wrote in my children's records lately (R-OBS-17, R-BAS-13).
    pub by_others: Vec<ByOther>,
    /// Amendments of what I wrote that wait for my answer (R-INT-04), with what the child is called.
    pub waiting: Vec<(Waiting, String)>,
    /// Requests of colleagues to put something right, which wait for my answer (R-INT-07).
    pub to_answer: Vec<asking::Listed>,
    /// What I asked to be put right lately, with the answers.
    pub asked: Vec<asking::Listed>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// An entry that a colleague wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByOther {
    /// In which record.
    pub record: RecordId,
    /// The entry.
    pub entry: EntryId,
    /// Its form.
    pub form: String,
    /// Who wrote it.
    pub author: PersonId,
    /// When.
    pub written: Moment,
}

/// The most children on one list.
const MOST: u32 = 1_000;
/// How far back «while you were away» looks.
const LATELY_SECONDS: i64 = 14 * 86_400;

/// What this person may do, on some record or at large: what menus offer. Each act asks the door again.
pub async fn rights(desk: &Desk) -> Result<Vec<Capability>, CaseError> {
    let tx = desk.begin().await?;
    let mut may = Vec::new();
    for capability in Capability::ALL {
        if !tx.reach(capability).await?.is_empty() {
            may.push(capability);
        }
    }
    Ok(may)
}

/// My work.
pub async fn my_work(desk: &Desk) -> Result<MyWork, CaseError> {
    let tx = desk.begin().await?;
    let children = match tx.list(ListOf::Caseload, MOST).await {
        Ok(children) => children,
        Err(store::Refused::NoRight) => Vec::new(),
        Err(refused) => return Err(refused.into()),
    };
    let covered = match tx.list(ListOf::Covered, MOST).await {
        Ok(children) => children,
        Err(store::Refused::NoRight) => Vec::new(),
        Err(refused) => return Err(refused.into()),
    };
    let records: Vec<_> = children.iter().chain(&covered).map(|child| child.record).collect();
    let by_others = tx
        .written_by_others(&records, desk.now.plus_seconds(-LATELY_SECONDS), 20)
        .await?
        .into_iter()
        .map(|(record, entry, form, author, written)| ByOther { record, entry, form, author, written })
        .collect();
    let drafts = tx.own_drafts().await?;
    let names = tx.names_of_records(&drafts.iter().map(|draft| draft.front).collect::<Vec<_>>()).await?;
    let drafts = drafts
        .into_iter()
        .map(|draft| {
            let name = names.get(&draft.front).cloned().unwrap_or_default();
            (draft, name)
        })
        .collect();
    let (to_answer, asked) = asking::lists(&tx).await?;
    let waiting = tx.waiting_for_me().await?;
    let names = tx.names_of_records(&waiting.iter().map(|one| one.record).collect::<Vec<_>>()).await?;
    let waiting = waiting
        .into_iter()
        .map(|one| {
            let name = names.get(&one.record).cloned().unwrap_or_default();
            (one, name)
        })
        .collect();
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    Ok(MyWork { children, covered, drafts, by_others, waiting, to_answer, asked, colleagues })
}

/// A team's children with who works with each.
#[derive(Clone, Debug)]
pub struct MyTeam {
    /// The children.
    pub children: Vec<Listed>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// Whether this person may allocate.
    pub may_allocate: bool,
}

/// My team.
pub async fn my_team(desk: &Desk) -> Result<MyTeam, CaseError> {
    team(desk, ListOf::Team).await
}

/// The team's children with nobody allocated.
pub async fn unallocated(desk: &Desk) -> Result<MyTeam, CaseError> {
    team(desk, ListOf::Unallocated).await
}

async fn team(desk: &Desk, of: ListOf) -> Result<MyTeam, CaseError> {
    let tx = desk.begin().await?;
    let children = tx.list(of, MOST * 5).await?;
    let colleagues = tx.colleagues().await?;
    let may_allocate = !tx.reach(Capability::Allocate).await?.is_empty();
    tx.commit().await?;
    Ok(MyTeam { children, colleagues, may_allocate })
}
