//! From a document to a PDF.

use serde::Serialize;
use typst::{
    diag::{SourceDiagnostic, Warned},
    foundations::{Datetime, Smart},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::{Document, letters::printable, world::Desk};

/// The most pages of one piece of paper. Memory grows with the pages, and nobody staples more.
pub const MOST_PAGES: usize = 200;

/// A PDF.
#[derive(Clone, Debug)]
pub struct Paper {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Whether it keeps every rule of PDF/UA-1. Tagged it always is; a rare writing can break a rule of the standard.
    pub accessible: bool,
}

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// More pages than one piece may have: print [`pieces`](crate::pieces) of it.
    #[error("{0} pages are more than one piece of paper may have")]
    TooLong(usize),
    /// The template or the program is at fault. It says nothing of what the document says.
    #[error("the paper could not be laid out: {0}")]
    Layout(String),
}

/// What the template reads.
#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    document: &'a Document,
    /// How many signs are shown as □.
    without: usize,
}

/// Lays a document out.
///
/// # Errors
/// [`PaperError::TooLong`] for a document of more than [`MOST_PAGES`] pages.
pub fn render(document: &Document) -> Result<Paper, PaperError> {
    let laid = lay_out(document);
    // What Typst remembers for a second try would grow with every document; there is no second try.
    typst::comemo::evict(0);
    laid
}

fn lay_out(document: &Document) -> Result<Paper, PaperError> {
    let mut document = document.clone();
    let without = printable(&mut document);
    let data = serde_json::to_vec(&Data { document: &document, without })
        .map_err(|error| PaperError::Layout(error.to_string()))?;
    let Warned { output, warnings: _ } = typst::compile::<PagedDocument>(&Desk::new(data));
    let laid = output.map_err(|wrong| said(&wrong))?;
    let pages = laid.pages().len();
    if pages > MOST_PAGES {
        return Err(PaperError::TooLong(pages));
    }
    let by_rule = typst_pdf::pdf(&laid, &options(&document, &[PdfStandard::Ua_1])?);
    let (pdf, accessible) = match by_rule {
        Ok(pdf) => (pdf, true),
        Err(_) => (typst_pdf::pdf(&laid, &options(&document, &[])?).map_err(|wrong| said(&wrong))?, false),
    };
    Ok(Paper { pdf, pages, accessible })
}

fn options(document: &Document, standards: &[PdfStandard]) -> Result<PdfOptions, PaperError> {
    let made = document.made;
    let part = |n: i8| u8::try_from(n).unwrap_or(0);
    let at = Datetime::from_ymd_hms(
        made.year().into(),
        part(made.month()),
        part(made.day()),
        part(made.hour()),
        part(made.minute()),
        part(made.second()),
    );
    Ok(PdfOptions {
        creator: Smart::Custom(Some("Lifestory".to_owned())),
        timestamp: at.map(Timestamp::new_utc),
        standards: PdfStandards::new(standards).map_err(|wrong| PaperError::Layout(wrong.message().to_string()))?,
        ..PdfOptions::default()
    })
}

/// What Typst complains of, without what the document says: its messages may quote a text.
fn said(wrong: &[SourceDiagnostic]) -> PaperError {
    let without_quotations = |one: &SourceDiagnostic| one.message.split('`').step_by(2).collect::<Vec<_>>().join("…");
    PaperError::Layout(wrong.iter().map(without_quotations).collect::<Vec<_>>().join("; "))
}
