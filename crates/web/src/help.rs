//! Writing help, from the pack; and whether the program is well.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use policy::Pack;

use crate::{App, layout::Frame, session::SignedIn};

#[derive(Template)]
#[template(path = "help.html")]
struct Help<'a> {
    pack: &'a Pack,
    /// Where older records were kept, where the pack says (D-69).
    system_before: Option<&'a str>,
}

/// The word of the pack for the system that was used before.
const SYSTEM_BEFORE: &str = "system-before";

/// `GET /help`
pub async fn show(State(app): State<App>, who: SignedIn) -> Response {
    let pack = app.db().pack();
    let before = Some(pack.word(SYSTEM_BEFORE)).filter(|said| *said != SYSTEM_BEFORE);
    let main = Help { pack, system_before: before }.to_string();
    Frame::new(&app, &who, "Help").at("/help").page(&main)
}

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility;

/// `GET /help/accessibility`
pub async fn accessibility(State(app): State<App>) -> Response {
    Frame::of_nobody(&app, "Accessibility").page(&Accessibility.to_string())
}

/// `GET /health`: for whoever watches the program. Says nothing about what it keeps.
pub async fn health(State(app): State<App>) -> Response {
    match app.db().organisation().await {
        Ok(_) => "well\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not well");
            (axum::http::StatusCode::SERVICE_UNAVAILABLE, "not well\n").into_response()
        }
    }
}
