//! What every request has at hand.

use std::sync::Arc;

use casework::{Desk, Scanner};
use record::PersonId;
use store::{Actor, Db, SessionLimits, extract::Extract};

use crate::{error::WebError, printer::Printer};

/// How the pages are served.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether the browser reaches us by HTTPS: the session's cookie is then for HTTPS alone.
    pub https: bool,
    /// Shown on every page, for a demonstration: that nothing here is real.
    pub banner: Option<String>,
    /// The extract that counts are made from; without one nothing is counted.
    pub extract: Option<Extract>,
    /// How long sessions last.
    pub session: SessionLimits,
    /// The virus scanner that looks at every file; without one, files say that they were not scanned.
    pub scanner: Option<Scanner>,
    /// The largest file that is taken here, in bytes, where that is less than the pack says.
    pub largest_file: Option<u64>,
}

impl Default for Config {
    /// Half an hour without a request, twelve hours in all.
    fn default() -> Self {
        Self {
            https: false,
            banner: None,
            extract: None,
            session: SessionLimits { idle: 30 * 60, absolute: 12 * 3_600 },
            scanner: None,
            largest_file: None,
        }
    }
}

/// The application: cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    config: Config,
    printer: Printer,
}

impl App {
    /// Pages over this database.
    pub fn new(db: Db, config: Config) -> Self {
        Self(Arc::new(Inner { db, config, printer: Printer::default() }))
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// How the pages are served.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Lays a document out as PDF.
    pub(crate) async fn print(&self, document: paper::Document) -> Result<Vec<u8>, WebError> {
        self.0.printer.print(document).await
    }

    /// A person's desk, now.
    pub(crate) fn desk(&self, person: PersonId) -> Desk {
        Desk::new(self.db().clone(), Actor::Person(person), self.db().now())
    }
}
