//! Where somebody is signed in, on the page of their account.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use govuk::Html;
use store::{How, OpenSession, StoreError};

use crate::{App, error::WebError, layout, posted::Posted, recent::Recent, session::SignedIn, words};

#[derive(Template)]
#[template(path = "sessions/section.html")]
struct Section {
    sessions: Vec<Row>,
    token: Html,
}

struct Row {
    key: String,
    started: String,
    seen: String,
    how: &'static str,
    this: bool,
}

/// The section, with the button that ends all of them.
pub(crate) async fn section(app: &App, who: &SignedIn) -> Result<Html, StoreError> {
    let row = |OpenSession { key, started, seen, how, this }: OpenSession| Row {
        key,
        started: words::moment(started),
        seen: words::moment(seen),
        how: match how {
            How::Password => "A password",
            How::Code => "A password and a code",
            How::Passkey => "A passkey",
            How::SingleSignOn => "Single sign-on",
        },
        this,
    };
    let sessions = app.db().sessions(who.person(), &who.name, app.config().session, app.db().now()).await?;
    let main = Section { sessions: sessions.into_iter().map(row).collect(), token: layout::token(who) };
    Ok(Html::trusted(main.to_string()))
}

/// `POST /account/sessions/end`
pub async fn end(app: App, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    match app.db().end_session(posted.who.person(), posted.pairs.get("_session"), app.db().now()).await {
        Ok(()) => Redirect::to("/account").into_response(),
        Err(error) => WebError::from(error).response(&app, Some(&posted.who)),
    }
}
