//! The one place where papers are laid out: off the request's thread, one at a time, so that a long chronology slows
//! nobody's page.

use std::{sync::Arc, time::Duration};

use paper::Document;
use tokio::sync::Semaphore;

use crate::error::WebError;

/// How long somebody waits for those before them.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many papers are laid out at once.
const AT_ONCE: usize = 1;

/// Lays out one paper at a time.
pub struct Printer(Arc<Semaphore>);

impl Default for Printer {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Printer {
    /// The document as PDF.
    pub async fn print(&self, document: Document) -> Result<Vec<u8>, WebError> {
        let turn = tokio::time::timeout(PATIENCE, self.0.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(WebError::PrinterBusy) };
        let laid = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, even if whoever asked has gone.
            let _turn = turn;
            paper::render(&document)
        });
        match laid.await {
            Ok(Ok(paper)) => Ok(paper.pdf),
            Ok(Err(error)) => Err(WebError::NoPaper(error)),
            Err(_) => Err(WebError::NoPaper(paper::PaperError::Layout("it did not come to its end".to_owned()))),
        }
    }
}
