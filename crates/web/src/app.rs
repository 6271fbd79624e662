//! What every request has at hand.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};
use casework::{Desk, Scanner};
use openid::Provider;
use store::{Actor, Db, Session, SessionLimits, extract::Extract, passkeys::RelyingParty};

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
    /// The site at whose address passkeys are made and used; without one nobody is offered any.
    pub passkeys: Option<RelyingParty>,
    /// The identity provider at which people have accounts of the authority's own; without one nobody is offered it.
    pub provider: Option<Arc<Provider>>,
}

/// After how many seconds without a request a session ends, and after how many in all: the walk from one room to the next,
/// and a shift (docs/security.md).
const IDLE_SECONDS: i64 = 30 * 60;
const WHOLE_SECONDS: i64 = 12 * 3_600;

impl Default for Config {
    /// As long as sessions last, and nothing else that needs to be said.
    fn default() -> Self {
        Self {
            https: false,
            banner: None,
            extract: None,
            session: SessionLimits { idle: IDLE_SECONDS, absolute: WHOLE_SECONDS },
            scanner: None,
            largest_file: None,
            passkeys: None,
            provider: None,
        }
    }
}

/// The application, over a database that is seen with one pack: cheap to clone.
#[derive(Clone)]
pub struct App {
    db: Db,
    shared: Arc<Shared>,
}

struct Shared {
    config: Config,
    printer: Printer,
}

/// The application as the router keeps it between requests. A page is made with an [`App`] that sees the pack in force at
/// the moment of its request, and the request is the only way to one: no page can show what was in force when the program
/// was started.
#[derive(Clone)]
pub(crate) struct Site(pub(crate) App);

/// The application for the few pages that are there without a database: they show nobody's data and nothing of any pack.
pub(crate) struct WithoutData(pub(crate) App);

impl FromRequestParts<Site> for WithoutData {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, site: &Site) -> Result<Self, Self::Rejection> {
        Ok(Self(site.0.clone()))
    }
}

impl FromRequestParts<Site> for App {
    type Rejection = Response;

    /// Asked once for each request, whoever asks first.
    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Response> {
        if let Some(app) = parts.extensions.get::<Self>() {
            return Ok(app.clone());
        }
        match site.0.db.at_this_moment().await {
            Ok(db) => {
                let app = Self { db, shared: site.0.shared.clone() };
                parts.extensions.insert(app.clone());
                Ok(app)
            }
            Err(error) => Err(WebError::from(error).response(&site.0, None)),
        }
    }
}

impl App {
    /// Pages over this database.
    pub fn new(db: Db, config: Config) -> Self {
        Self { db, shared: Arc::new(Shared { config, printer: Printer::default() }) }
    }

    /// The database.
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// How the pages are served.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Lays a document out as PDF.
    pub(crate) async fn print(&self, document: paper::Document) -> Result<Vec<u8>, WebError> {
        self.shared.printer.print(document).await
    }

    /// The desk of whoever sits in a session, now.
    pub(crate) fn desk(&self, session: &Session) -> Desk {
        let actor = if session.support { Actor::Support(session.person) } else { Actor::Person(session.person) };
        Desk::new(self.db().clone(), actor, self.db().now())
    }
}
