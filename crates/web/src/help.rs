//! Writing help, from the pack; and whether the program is well.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use policy::Pack;

use crate::{App, app::WithoutData, layout::Frame, session::SignedIn};

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
pub async fn show(app: App, who: SignedIn) -> Response {
    let pack = app.db().pack();
    let before = Some(pack.word(SYSTEM_BEFORE)).filter(|said| *said != SYSTEM_BEFORE);
    let main = Help { pack, system_before: before }.to_string();
    Frame::new(&app, &who, "Help").at("/help").page(&main)
}

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility;

/// `GET /help/accessibility`
pub async fn accessibility(WithoutData(app): WithoutData) -> Response {
    Frame::of_nobody(&app, "Accessibility").page(&Accessibility.to_string())
}

/// `GET /health`: for whoever watches the program. Says nothing about what it keeps.
pub async fn health(WithoutData(app): WithoutData) -> Response {
    match app.db().organisation().await {
        Ok(_) => "well\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not well");
            (axum::http::StatusCode::SERVICE_UNAVAILABLE, "not well\n").into_response()
        }
    }
}
