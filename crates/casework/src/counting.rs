//! Counts for managers, from the extract: each says how fresh it is, and opens its list through the door.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{ToSpan as _, civil::Date};
use record::{Moment, RecordId};
use store::{
    Colleagues, CountBy, Counted, ListOfCount, LooksCount, Month, Timeliness, VisitCount, Written,
    extract::{About, Extract},
};

use crate::desk::{CaseError, Desk};

/// Something counted, with what is needed to name it.
#[derive(Clone, Debug)]
pub struct Counts<T> {
    /// What was counted.
    pub of: T,
    /// What the extract is as of.
    pub about: About,
    /// Whether small numbers may be shown as they are to this person.
    pub exactly: bool,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
    /// What the children of these records are called, as far as this person may read them.
    pub names: BTreeMap<RecordId, String>,
}

/// How soon is written what happened.
#[derive(Clone, Debug)]
pub struct Recording {
    /// By the writers' team and by kind.
    pub timeliness: Vec<Timeliness>,
    /// By the month of writing, of the last thirteen.
    pub months: Vec<Written>,
}

/// Visits, and who was seen.
#[derive(Clone, Debug)]
pub struct Visits {
    /// Rows, the most visits first.
    pub rows: Vec<VisitCount>,
    /// Children seen and seen alone, month by month.
    pub months: Vec<Month>,
}

/// Counts something, within one transaction: the permission, the leaf and the names are of one moment. None where
/// there is no extract yet.
macro_rules! counted {
    ($desk:expr, $extract:expr, $leaf:literal, |$counting:ident| $of:expr, |$value:ident| $records:expr) => {{
        let tx = $desk.begin().await?;
        let Some(mut $counting) = tx.count($extract, $leaf).await? else { return Ok(None) };
        let $value = $of;
        let records: Vec<RecordId> = $records;
        let names = tx.names_of_records(&records).await?;
        let colleagues = tx.colleagues().await?;
        let (about, exactly) = ($counting.about(), $counting.may_read);
        tx.commit().await?;
        Ok(Some(Counts { of: $value, about, exactly, colleagues, names }))
    }};
}

/// How soon entries were written between two days (R-REP-02).
pub async fn recording(
    desk: &Desk,
    extract: &Extract,
    from: Date,
    to: Date,
) -> Result<Option<Counts<Recording>>, CaseError> {
    let since = desk.now.day().first_of_month().saturating_sub(12.months());
    counted!(
        desk,
        extract,
        "count-recording",
        |counting| Recording {
            timeliness: counting.timeliness(from, to).await?,
            months: counting.written(since).await?
        },
        |value| Vec::new()
    )
}

/// Visits from one day to another, and the children seen in each month (R-VIS-16, R-REP-11).
pub async fn visits(
    desk: &Desk,
    extract: &Extract,
    by: CountBy,
    from: Date,
    to: Date,
) -> Result<Option<Counts<Visits>>, CaseError> {
    counted!(
        desk,
        extract,
        "count-visits",
        |counting| Visits { rows: counting.visits(by, from, to).await?, months: counting.months().await? },
        |value| value.rows.iter().filter_map(|count| count.of.parse().ok()).collect()
    )
}

/// Children with nobody allocated at the end of each month, and why (R-REP-01).
pub async fn unallocated(desk: &Desk, extract: &Extract) -> Result<Option<Counts<Vec<Month>>>, CaseError> {
    counted!(desk, extract, "count-unallocated", |counting| counting.months().await?, |value| Vec::new())
}

/// How often records were read and refused (R-REP-09).
#[derive(Clone, Debug)]
pub struct Access {
    /// Whether this person counts all teams: a reading is of no team, so for others there is nothing to count.
    pub of_all: bool,
    /// By month, way, and relation or reason.
    pub looks: Vec<LooksCount>,
    /// What they were used for beside the work with the child: month, code of the purpose, how often.
    pub uses: Vec<(String, String, i64)>,
}

/// Access to records by purpose, and refused attempts (R-REP-09).
pub async fn access(desk: &Desk, extract: &Extract) -> Result<Option<Counts<Access>>, CaseError> {
    counted!(
        desk,
        extract,
        "count-readings",
        |counting| {
            if counting.is_of_all() {
                Access { of_all: true, looks: counting.looked().await?, uses: counting.used().await? }
            } else {
                Access { of_all: false, looks: Vec::new(), uses: Vec::new() }
            }
        },
        |value| Vec::new()
    )
}

/// How many records that lack something are named on a page.
const MOST_NAMED: usize = 300;

/// Open records that lack what the census of children in need must have (R-PPL-02).
pub async fn lacking(
    desk: &Desk,
    extract: &Extract,
) -> Result<Option<Counts<Vec<(RecordId, Vec<String>)>>>, CaseError> {
    counted!(desk, extract, "count-lacking", |counting| counting.lacking().await?, |value| value
        .iter()
        .map(|(record, _)| *record)
        .take(MOST_NAMED)
        .collect())
}

/// The most lines of a list behind a number.
const MOST_LISTED: i64 = 500;

/// What stands behind a number: only what this person may read; of the rest, how many.
#[derive(Clone, Debug)]
pub struct Behind {
    /// Lines that are open to this person.
    pub lines: Vec<Counted>,
    /// How many more there are that are not, or that do not fit.
    pub not_shown: usize,
}

/// The list behind a number.
pub async fn list(desk: &Desk, extract: &Extract, of: &ListOfCount) -> Result<Option<Counts<Behind>>, CaseError> {
    let tx = desk.begin().await?;
    let Some(mut counting) = tx.count(extract, "count-list").await? else { return Ok(None) };
    let mut lines = counting.list(of, MOST_LISTED).await?;
    let all = lines.len();
    let records: BTreeSet<RecordId> = lines.iter().map(|line| line.record).collect();
    let records: Vec<RecordId> = records.into_iter().collect();
    let names = tx.names_of_records(&records).await?;
    lines.retain(|line| names.contains_key(&line.record));
    tx.listed(&names.keys().copied().collect::<Vec<_>>());
    let colleagues = tx.colleagues().await?;
    let (about, exactly) = (counting.about(), counting.may_read);
    tx.commit().await?;
    let behind = Behind { not_shown: all - lines.len(), lines };
    Ok(Some(Counts { of: behind, about, exactly, colleagues, names }))
}

/// How old an extract may get before it is made anew.
const FRESH_FOR_SECONDS: i64 = 24 * 3_600;

/// Whether it is time for a new extract: there is none, or it is a day old.
///
/// # Errors
/// A file that cannot be read.
pub async fn is_due(extract: &Extract, now: Moment) -> Result<bool, CaseError> {
    let about = extract.about().await?;
    Ok(about.is_none_or(|about| now.seconds_since(about.as_of) >= FRESH_FOR_SECONDS))
}
