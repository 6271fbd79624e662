//! Proving again who one is, before something leaves: printing, an export, a protected address.
//!
//! A handler that does such a thing asks for a [`Recent`], which nothing but a request makes, and only for somebody who
//! proved who they are within the minutes of the pack. A route of the table that says so takes no other handler
//! ([`AsksAgain`]). Everybody else gets the page «Confirm that it is you» in its place; what they sent goes with it, and
//! is sent on once they have confirmed.

use askama::Template;
use axum::{
    extract::{FromRequest, FromRequestParts as _, Request},
    http::{Method, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use govuk::{Html, PasswordInput};
use record::{read::FieldProblem, typed::Name};
use store::{StoreError, single_sign_on::Purpose};

use crate::{
    App,
    app::Site,
    codes,
    error::WebError,
    layout::{self, Frame},
    passkeys,
    posted::{Pairs, Posted, TOKEN},
    routes,
    session::{SignedIn, set_cookie},
    single_sign_on,
};

/// What somebody sent, or who they are, where they proved lately who that is.
pub struct Recent<T>(T);

impl<T> Recent<T> {
    /// What they sent, or who they are.
    pub fn get(self) -> T {
        self.0
    }
}

/// A handler that asks for a [`Recent`] as its last argument, by the types that it asks for.
pub trait AsksAgain {}
impl<M, T> AsksAgain for (M, Recent<T>) {}
impl<M, A, T> AsksAgain for (M, A, Recent<T>) {}
impl<M, A, B, T> AsksAgain for (M, A, B, Recent<T>) {}
impl<M, A, B, C, T> AsksAgain for (M, A, B, C, Recent<T>) {}

impl FromRequest<Site> for Recent<Posted> {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let app = App::from_request_parts(&mut parts, site).await?;
        let path = parts.uri.path().to_owned();
        let posted = Posted::from_request(Request::from_parts(parts, body), site).await?;
        if is_recent(&app, &posted.who) {
            return Ok(Self(posted));
        }
        let wanted = Wanted { post: true, to: path, pairs: &posted.pairs };
        Err((StatusCode::FORBIDDEN, page(&app, &posted.who, &wanted, &[]).await).into_response())
    }
}

impl FromRequest<Site> for Recent<SignedIn> {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, _) = request.into_parts();
        let app = App::from_request_parts(&mut parts, site).await?;
        let who = SignedIn::from_request_parts(&mut parts, site).await?;
        if is_recent(&app, &who) {
            return Ok(Self(who));
        }
        let to = parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), ToString::to_string);
        let wanted = Wanted { post: false, to, pairs: &Pairs::default() };
        Err((StatusCode::FORBIDDEN, page(&app, &who, &wanted, &[]).await).into_response())
    }
}

fn is_recent(app: &App, who: &SignedIn) -> bool {
    let minutes = app.db().pack().sign_in().again_after_minutes;
    // Where the pack asks each time, a moment must be left in which what was confirmed is done.
    let seconds = i64::from(minutes) * 60;
    app.db().now().seconds_since(who.session.proved) <= seconds.max(JUST_NOW)
}

/// How many seconds it may take from confirming to what was confirmed.
const JUST_NOW: i64 = 10;

/// What somebody was about to do.
struct Wanted<'a> {
    post: bool,
    to: String,
    pairs: &'a Pairs,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    carried: Vec<(String, String)>,
    token: Html,
    passkeys: bool,
    /// What the account at the identity provider is called that is linked with theirs; blank where none is.
    single: String,
    password: Html,
    code: Html,
}

/// Names of the page's own boxes; what begins so is not carried.
const OWN: &str = "_confirm";

async fn page(app: &App, who: &SignedIn, wanted: &Wanted<'_>, problems: &[FieldProblem]) -> Response {
    let has_code = match app.db().code_of(who.person()).await {
        Ok(code) => code.is_some(),
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let single = match linked(app, who).await {
        Ok(single) => single,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let error = |field: &str| {
        problems.iter().find(|problem| problem.at.field == field).map(|problem| problem.message.as_str().into())
    };
    let own = |name: &str, value: &str| (format!("{OWN}_{name}"), value.to_owned());
    let sent = wanted.pairs.iter().filter(|(name, _)| *name != TOKEN && !name.starts_with(OWN));
    let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let code = || codes::code_box((&format!("{OWN}_code"), "confirm-code"), codes::FROM_THE_APP, problems);
    let main = Confirm {
        carried: sent.chain([own("to", &wanted.to), own("method", if wanted.post { "post" } else { "get" })]).collect(),
        token: layout::token(who),
        passkeys: passkeys::site(app).is_some(),
        single,
        password: Html::of(&PasswordInput {
            name: format!("{OWN}_password"),
            id: "confirm-password".to_owned(),
            label: "Password".into(),
            autocomplete: "current-password".to_owned(),
            error: error("confirm-password"),
            ..PasswordInput::default()
        }),
        code: if has_code { code() } else { Html::default() },
    };
    let frame = Frame::new(app, who, "Confirm that it is you").problems(problems);
    if main.passkeys { frame.passkeys() } else { frame }.page(&main)
}

async fn linked(app: &App, who: &SignedIn) -> Result<String, StoreError> {
    let Some(provider) = single_sign_on::provider(app) else { return Ok(String::new()) };
    let linked = app.db().linked_with(who.person(), provider.issuer()).await?;
    Ok(linked.map_or_else(String::new, |_| provider.name().to_owned()))
}

/// `POST /confirm/single-sign-on`: proves it at the identity provider. What was sent waits here, and is gone on with when the
/// browser comes back.
pub async fn elsewhere(app: App, posted: Posted) -> Response {
    let (who, pairs) = (&posted.who, &posted.pairs);
    let own = |name: &str| pairs.get(&format!("{OWN}_{name}")).to_owned();
    let (post, to) = (own("method") == "post", own("to"));
    if !routes::asks_again(if post { &Method::POST } else { &Method::GET }, &to) {
        return WebError::NotFound.response(&app, Some(who));
    }
    let go_on = single_sign_on::go_on(post, to, pairs, OWN);
    single_sign_on::send(&app, Some(who), Purpose::Again(who.person(), go_on)).await
}

/// `POST /confirm/options`: asks the browser for a passkey, by the page's script.
pub async fn ask(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    match passkeys::site(&app) {
        Some(site) => {
            let question = app.db().ask_for_own_passkey(site, who.person(), app.db().now()).await;
            passkeys::asked(&app, Some(who), question)
        }
        None => WebError::NotFound.response(&app, Some(who)),
    }
}

/// `POST /confirm`: proves who it is, and goes on with what was sent.
pub async fn confirm(app: App, posted: Posted) -> Response {
    let (who, pairs) = (&posted.who, &posted.pairs);
    let own = |name: &str| pairs.get(&format!("{OWN}_{name}")).to_owned();
    let wanted = Wanted { post: own("method") == "post", to: own("to"), pairs };
    // Only what asks for it is gone on with: nobody is sent elsewhere by this page.
    if !routes::asks_again(if wanted.post { &Method::POST } else { &Method::GET }, &wanted.to) {
        return WebError::NotFound.response(&app, Some(who));
    }
    let now = app.db().now();
    let (answer, site) = (pairs.get("_confirm_answer"), passkeys::site(&app));
    let (proved, message) = if let Some(site) = site.filter(|_| !answer.is_empty()) {
        let shown = (pairs.get("_confirm_ceremony"), answer);
        let proved = app.db().prove_again_with_passkey(site, (&who.name, who.person()), shown, now).await;
        (proved, "This passkey is not yours, or it is not known here. Try another, or your password")
    } else {
        let typed = (pairs.exact("_confirm_password"), pairs.get("_confirm_code"));
        let proved = app.db().prove_again(&who.name, who.person(), typed, now).await;
        (
            proved,
            "The password or the code is not right. After several wrong ones you are signed out, and for some minutes none is taken",
        )
    };
    match proved {
        // The browser sends the same again, under the session's new name, and loses nothing of it.
        Ok(Some(name)) => {
            let on = if wanted.post { Redirect::temporary(&wanted.to) } else { Redirect::to(&wanted.to) };
            let mut response = on.into_response();
            response.headers_mut().insert(header::SET_COOKIE, set_cookie(&app, &name));
            response
        }
        Ok(None) => {
            let problem = FieldProblem { at: Name::of("confirm-password"), message: message.to_owned() };
            page(&app, who, &wanted, &[problem]).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
