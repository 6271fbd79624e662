//! Pages and sign-in: turns requests into acts and acts into pages; decides nothing.
//!
//! [`serve`] takes a listener and an [`App`]; [`routes::all`] is the table of every route with what it needs.

mod adoption;
mod app;
mod approval;
mod assets;
mod attaching;
mod caseload;
mod checking;
mod codes;
mod conflict;
mod counts;
mod digest;
mod disclosing;
mod emergency;
mod error;
mod file_reading;
mod form;
mod help;
mod late;
mod layout;
mod looked;
mod notices;
mod open_record;
mod organisation;
mod passkeys;
mod password;
mod posted;
mod printer;
mod protecting;
mod recent;
mod record;
mod recording;
mod restriction;
mod right;
pub mod routes;
mod searching;
mod security;
mod session;
mod sessions;
mod sign_in;
mod single_sign_on;
mod staffing;
mod support;
mod twice;
mod words;

pub use app::{App, Config};
pub use routes::{Needs, router};

/// Serves pages until the signal comes; requests that are under way are answered first.
///
/// # Errors
/// The listener's.
pub async fn serve(
    listener: tokio::net::TcpListener,
    app: App,
    until: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(app)).with_graceful_shutdown(until).await
}
