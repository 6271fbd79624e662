//! Printing: what goes on paper, who asked for it and why. Each has a leaf of its own kind, «printed», before a byte
//! leaves (R-ACC-10).

use record::{EntryId, RecordId, content::Author, read::FieldProblem, typed::Name};
use store::{Print, ReadOn};

use crate::{
    chronologies::{self, Made},
    desk::{CaseError, Desk, author},
    reading::{self, ChronologyRow, EntryPage, FrontPage, Header},
};

/// The pack's list of what paper may be needed for.
pub const REASONS: &str = "print-reason";
/// The name of the box in which one is chosen.
pub const WHY: &str = "why";

/// The most rows of a chronology that are printed, over all its parts.
pub const MOST_ROWS: usize = 20_000;

/// Somebody has something printed.
#[derive(Clone, Debug)]
pub struct Order {
    /// Who, as they are now.
    pub by: Author,
    /// The code of what it is needed for, in the pack's list.
    pub why: String,
}

/// The order of whoever sits at this desk.
///
/// # Errors
/// [`CaseError::Problems`] when `why` is no code of the pack's list.
pub async fn order(desk: &Desk, why: &str) -> Result<Order, CaseError> {
    if desk.pack().list(REASONS).and_then(|list| list.item(why)).is_none() {
        let message = "Choose what the paper is needed for".to_owned();
        return Err(CaseError::Problems(vec![FieldProblem { at: Name::of(WHY), message }]));
    }
    let tx = desk.begin().await?;
    let colleagues = tx.colleagues().await?;
    let by = author(desk.actor, &colleagues)?;
    tx.commit().await?;
    Ok(Order { by, why: why.to_owned() })
}

/// A look at what would be printed, for the page that asks what the paper is needed for.
const LOOK: ReadOn = ReadOn("read-print-page");

/// The front sheet, for paper; without an order, for the page that asks.
///
/// # Errors
/// [`CaseError::Closed`] as for reading.
pub async fn front_sheet(desk: &Desk, record: RecordId, order: Option<&Order>) -> Result<FrontPage, CaseError> {
    match order {
        Some(order) => {
            reading::front_page_for(desk, Print::FrontSheet, record, &order.why, reading::ROWS_COUNTED).await
        }
        None => reading::front_page_for(desk, LOOK, record, "", reading::ROWS_COUNTED).await,
    }
}

/// A chronology made for a purpose, for paper; without an order, for the page that asks.
///
/// # Errors
/// [`CaseError::Closed`] as for reading.
pub async fn made_chronology(
    desk: &Desk,
    record: RecordId,
    made: EntryId,
    order: Option<&Order>,
) -> Result<Made, CaseError> {
    match order {
        Some(order) => chronologies::one_for(desk, Print::MadeChronology(made), record, made, &order.why).await,
        None => chronologies::one_for(desk, LOOK, record, made, "").await,
    }
}

/// One entry, for paper; without an order, for the page that asks.
///
/// # Errors
/// [`CaseError::Closed`] as for reading.
pub async fn entry(
    desk: &Desk,
    record: RecordId,
    entry: EntryId,
    order: Option<&Order>,
) -> Result<EntryPage, CaseError> {
    match order {
        Some(order) => reading::entry_for(desk, Print::Entry(entry), record, entry, &order.why).await,
        None => reading::entry_for(desk, LOOK, record, entry, "").await,
    }
}

/// A chronology from past to present.
#[derive(Clone, Debug)]
pub struct WholeChronology {
    /// Whose.
    pub header: Header,
    /// Its rows, oldest first.
    pub rows: Vec<ChronologyRow>,
    /// Whether there are older rows than the [`MOST_ROWS`] here.
    pub older_left_out: bool,
}

/// The chronology, for paper; without an order, for the page that asks.
///
/// # Errors
/// [`CaseError::Closed`] as for reading.
pub async fn chronology(desk: &Desk, record: RecordId, order: Option<&Order>) -> Result<WholeChronology, CaseError> {
    let (header, rows, older_left_out) = match order {
        Some(order) => reading::whole_chronology(desk, Print::Chronology, record, &order.why, MOST_ROWS).await?,
        None => reading::whole_chronology(desk, LOOK, record, "", MOST_ROWS).await?,
    };
    Ok(WholeChronology { header, rows, older_left_out })
}
