//! Passkeys: signing in with one, and one's own on the page of the account.

use askama::Template;
use axum::{
    body::Bytes,
    extract::Path,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Redirect, Response},
};
use govuk::{Html, Input, InputWidth};
use policy::sign_in::Way;
use record::{PasskeyId, read::FieldProblem, typed::Name};
use store::{
    SignIn, StoreError,
    passkeys::{LONGEST_NAME, Passkey, RelyingParty},
};

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    posted::{Pairs, Posted},
    recent::Recent,
    session::SignedIn,
    sign_in, words,
};

/// The part of the page for signing in. Where no address was given, no browser could use one.
#[derive(Template)]
#[template(path = "passkeys/sign_in.html")]
pub(crate) struct UseOne;

/// `POST /sign-in/passkey/options`: asks the browser, by the page's script.
pub async fn ask(app: App) -> Response {
    match site(&app) {
        Some(site) => asked(&app, None, app.db().ask_for_passkey(site, app.db().now()).await),
        None => WebError::NotFound.response(&app, None),
    }
}

/// `POST /sign-in/passkey`
pub async fn enter(app: App, headers: HeaderMap, body: Bytes) -> Response {
    let pairs = Pairs::read(&body);
    let tried = match site(&app) {
        Some(site) => {
            let (ceremony, answer) = (pairs.get("_ceremony"), pairs.get("_answer"));
            app.db().sign_in_with_passkey(site, ceremony, answer, app.db().now()).await
        }
        None => Ok(SignIn::No),
    };
    match tried {
        Ok(SignIn::In(name)) => sign_in::let_in(&app, &headers, &name).await,
        Ok(_) => {
            let message = "This passkey is not known here, or its account is closed. Try another passkey or your password, or ask the person who manages accounts";
            sign_in::page(&app, "", "", &problem("passkey", message))
        }
        Err(error) => WebError::from(error).response(&app, None),
    }
}

#[derive(Template)]
#[template(path = "passkeys/section.html")]
struct Section {
    passkeys: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    made: String,
    used: String,
    stopped: String,
}

/// The section of one's own on the page of the account.
pub(crate) async fn section(app: &App, who: &SignedIn) -> Result<Html, StoreError> {
    if site(app).is_none() {
        return Ok(Html::default());
    }
    let row = |one: Passkey| Row {
        id: one.id.to_string(),
        name: one.name,
        made: words::moment(one.made),
        used: one.used.map_or_else(|| "Not yet".to_owned(), words::moment),
        stopped: one.stopped.map(words::moment).unwrap_or_default(),
    };
    let passkeys = app.db().passkeys(who.person()).await?.into_iter().map(row).collect();
    Ok(Html::trusted(Section { passkeys }.to_string()))
}

#[derive(Template)]
#[template(path = "passkeys/add.html")]
struct Add {
    token: Html,
    name: Html,
}

/// `GET /account/passkeys/new`
pub async fn new(app: App, who: Recent<SignedIn>) -> Response {
    page_to_add(&app, &who.get(), "", &[])
}

fn page_to_add(app: &App, who: &SignedIn, name: &str, problems: &[FieldProblem]) -> Response {
    if site(app).is_none() {
        return WebError::NotFound.response(app, Some(who));
    }
    let hint = "So that you know it again, such as My telephone";
    let main = Add { token: layout::token(who), name: name_box(name, hint, problems) };
    Frame::new(app, who, "Add a passkey").passkeys().problems(problems).page(&main)
}

/// `POST /account/passkeys/options`: asks the browser for a new one, by the page's script.
pub async fn ask_for_new(app: App, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    match site(&app) {
        Some(site) => {
            let question = app.db().ask_for_new_passkey(site, who.person(), app.db().now()).await;
            asked(&app, Some(who), question)
        }
        None => WebError::NotFound.response(&app, Some(who)),
    }
}

/// `POST /account/passkeys`
pub async fn add(app: App, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let (who, pairs) = (&posted.who, &posted.pairs);
    let Some(site) = site(&app) else { return WebError::NotFound.response(&app, Some(who)) };
    let name = match named(pairs) {
        Ok(name) => name,
        Err(problems) => return page_to_add(&app, who, pairs.get("name"), &problems),
    };
    let answer = (pairs.get("_ceremony"), pairs.get("_answer"));
    match app.db().add_passkey(site, (&who.name, who.person()), answer, name, app.db().now()).await {
        Ok(true) => Redirect::to("/account").into_response(),
        Ok(false) => {
            let message =
                "The passkey was not added. Try again; if it was added before, it is in the list on your account";
            page_to_add(&app, who, name, &problem("add", message))
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

#[derive(Template)]
#[template(path = "passkeys/one.html")]
struct One {
    id: String,
    token: Html,
    name: Html,
}

/// `GET /account/passkeys/{passkey}`
pub async fn show(app: App, Path(id): Path<String>, who: SignedIn) -> Response {
    match own(&app, &who, &id).await {
        Ok(one) => page_of_one(&app, &who, &one, &one.name, &[]),
        Err(error) => error.response(&app, Some(&who)),
    }
}

fn page_of_one(app: &App, who: &SignedIn, one: &Passkey, name: &str, problems: &[FieldProblem]) -> Response {
    let main = One { id: one.id.to_string(), token: layout::token(who), name: name_box(name, "", problems) };
    Frame::new(app, who, "Your passkey").problems(problems).page(&main)
}

/// `POST /account/passkeys/{passkey}`
pub async fn rename(app: App, Path(id): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let one = match own(&app, who, &id).await {
        Ok(one) => one,
        Err(error) => return error.response(&app, Some(who)),
    };
    match named(&posted.pairs) {
        Ok(name) => match app.db().name_passkey(who.person(), one.id, name).await {
            Ok(()) => Redirect::to("/account").into_response(),
            Err(error) => WebError::from(error).response(&app, Some(who)),
        },
        Err(problems) => page_of_one(&app, who, &one, posted.pairs.get("name"), &problems),
    }
}

/// `POST /account/passkeys/{passkey}/removal`
pub async fn remove(app: App, Path(id): Path<String>, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    let one = match own(&app, who, &id).await {
        Ok(one) => one,
        Err(error) => return error.response(&app, Some(who)),
    };
    match app.db().remove_passkey(&who.name, who.person(), one.id, app.db().now()).await {
        Ok(()) => Redirect::to("/account").into_response(),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// One of their own.
async fn own(app: &App, who: &SignedIn, id: &str) -> Result<Passkey, WebError> {
    let id: PasskeyId = id.parse().map_err(|_| WebError::Closed)?;
    let all = app.db().passkeys(who.person()).await?;
    all.into_iter().find(|one| one.id == id).ok_or(WebError::Closed)
}

/// Where passkeys are made and used: none where no address was given, or where the pack has no such way.
pub(crate) fn site(app: &App) -> Option<&RelyingParty> {
    app.config().passkeys.as_ref().filter(|_| app.db().pack().sign_in().allows(Way::Passkey))
}

/// The question to a browser, for the page's script.
pub(crate) fn asked(app: &App, who: Option<&SignedIn>, question: Result<String, StoreError>) -> Response {
    match question {
        Ok(question) => ([(header::CONTENT_TYPE, "application/json")], question).into_response(),
        Err(error) => WebError::from(error).response(app, who),
    }
}

/// What the owner calls it; who writes nothing gets a name all the same.
fn named(pairs: &Pairs) -> Result<&str, Vec<FieldProblem>> {
    match pairs.get("name") {
        "" => Ok("Passkey"),
        name if name.chars().count() > LONGEST_NAME => Err(problem("name", "The name must have 60 letters or fewer")),
        name => Ok(name),
    }
}

fn name_box(name: &str, hint: &str, problems: &[FieldProblem]) -> Html {
    let error = problems.iter().find(|problem| problem.at.field == "name");
    Html::of(&Input {
        name: "name".to_owned(),
        id: "name".to_owned(),
        label: "Name".into(),
        hint: (!hint.is_empty()).then(|| hint.into()),
        value: name.to_owned(),
        width: InputWidth::Chars20,
        autocomplete: "off".to_owned(),
        error: error.map(|problem| problem.message.as_str().into()),
        ..Input::default()
    })
}

fn problem(at: &str, message: &str) -> Vec<FieldProblem> {
    vec![FieldProblem { at: Name::of(at), message: message.to_owned() }]
}
