//! Counts for managers.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use record::{RecordId, known};
use store::{Colleagues, CountBy, VisitCount};

use crate::desk::{CaseError, Desk};

/// What the census of children in need must have (R-PPL-02).
pub const NEEDED: [&str; 3] = [known::BIRTH, known::ETHNICITY, "category-of-need"];

/// Visits counted, and records that lack something.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Rows, the most visits first.
    pub visits: Vec<VisitCount>,
    /// What the children of these records are called, as far as this person may read them.
    pub names: BTreeMap<RecordId, String>,
    /// Open records that lack what the census needs.
    pub lacking: Vec<(RecordId, Vec<String>)>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// Counts visits from one day to another.
pub async fn counts(desk: &Desk, by: CountBy, from: Date, to: Date) -> Result<Counts, CaseError> {
    let tx = desk.begin().await?;
    let visits = tx.count_visits(by, from, to).await?;
    let lacking: Vec<_> = tx.lacking(&NEEDED).await?.into_iter().map(|(record, _, kinds)| (record, kinds)).collect();
    let mut records: Vec<RecordId> = lacking.iter().map(|(record, _)| *record).take(300).collect();
    records.extend(visits.iter().filter_map(|count| count.of.parse::<RecordId>().ok()));
    let names = tx.names_of_records(&records).await?;
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    Ok(Counts { visits, names, lacking, colleagues })
}
