//! Codes beside a password: asked at signing in, added and removed on the page of one's account.

use askama::Template;
use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
};
use govuk::{Html, Input, InputWidth};
use policy::sign_in::Way;
use qrcodegen::{QrCode, QrCodeEcc};
use record::{read::FieldProblem, typed::Name};
use store::{NewCode, SignIn, StoreError};

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    passkeys,
    posted::{Pairs, Posted},
    recent::Recent,
    session::SignedIn,
    sign_in, single_sign_on, words,
};

#[derive(Template)]
#[template(path = "codes/ask.html")]
struct Ask {
    ceremony: String,
    code: Html,
}

/// What the box for a code is called.
pub(crate) const FROM_THE_APP: &str = "Code from the app on your telephone";

/// The page that asks for the code of somebody whose password was right.
pub(crate) fn page_that_asks(app: &App, ceremony: String, problems: &[FieldProblem]) -> Response {
    let main = Ask { ceremony, code: code_box(("code", "code"), FROM_THE_APP, problems) };
    Frame::of_nobody(app, "Enter your code").problems(problems).page(&main)
}

/// The page for whoever sent a wrong code too often.
pub(crate) fn stopped(app: &App) -> Response {
    let text = "The code was wrong too often, so it is not taken any more. Ask the person who manages accounts to remove it. Then sign in with your password and add a new one.";
    (StatusCode::FORBIDDEN, layout::message(app, None, "Your code was stopped", text)).into_response()
}

/// `POST /sign-in/code`
pub async fn enter(app: App, headers: HeaderMap, body: Bytes) -> Response {
    let pairs = Pairs::read(&body);
    match app.db().sign_in_with_code(pairs.get("_ceremony"), pairs.get("code"), app.db().now()).await {
        Ok(SignIn::In(name)) => sign_in::let_in(&app, &headers, &name).await,
        Ok(SignIn::AskCode(ceremony)) => page_that_asks(&app, ceremony, &wrong()),
        Ok(SignIn::CodeStopped) => stopped(&app),
        Ok(SignIn::No) => {
            let message = "The time for the code is over. Enter your username and your password again";
            let problem = FieldProblem { at: Name::of("username"), message: message.to_owned() };
            sign_in::page(&app, "", "", &[problem])
        }
        Err(error) => WebError::from(error).response(&app, None),
    }
}

#[derive(Template)]
#[template(path = "codes/section.html")]
struct Section {
    made: String,
    stopped: bool,
    allowed: bool,
    passkeys: bool,
    token: Html,
}

/// The section on the page of one's account.
pub(crate) async fn section(app: &App, who: &SignedIn) -> Result<Html, StoreError> {
    let allowed = allowed(app);
    let code = app.db().code_of(who.person()).await?;
    if code.is_none() && !allowed {
        return Ok(Html::default());
    }
    let section = Section {
        made: code.map(|code| words::moment(code.made)).unwrap_or_default(),
        stopped: code.is_some_and(|code| code.stopped),
        allowed,
        passkeys: passkeys::site(app).is_some(),
        token: layout::token(who),
    };
    Ok(Html::trusted(section.to_string()))
}

#[derive(Template)]
#[template(path = "codes/new.html")]
struct New {
    size: i32,
    path: String,
    secret: String,
    ceremony: String,
    token: Html,
    code: Html,
}

/// `GET /account/code/new`
pub async fn new(app: App, who: Recent<SignedIn>) -> Response {
    let who = who.get();
    if !allowed(&app) {
        return WebError::NotFound.response(&app, Some(&who));
    }
    match app.db().new_code(who.person(), app.db().now()).await {
        Ok(code) => page_to_add(&app, &who, &code, &[]),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page_to_add(app: &App, who: &SignedIn, code: &NewCode, problems: &[FieldProblem]) -> Response {
    let picture = QrCode::encode_text(&code.address, QrCodeEcc::Medium).expect("a short address fits into a picture");
    // With the four quiet squares around it that cameras need.
    let size = picture.size();
    let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y))).filter(|(x, y)| picture.get_module(*x, *y));
    let groups: Vec<String> =
        code.secret.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).into_owned()).collect();
    let main = New {
        size: size + 8,
        path: dark.fold(String::new(), |path, (x, y)| path + &format!("M{} {}h1v1h-1z", x + 4, y + 4)),
        secret: groups.join(" "),
        ceremony: code.ceremony.clone(),
        token: layout::token(who),
        code: code_box(("code", "code"), "The six figures", problems),
    };
    Frame::new(app, who, "Add a code").problems(problems).page(&main)
}

/// `POST /account/code`
pub async fn add(app: App, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let (who, pairs) = (&posted.who, &posted.pairs);
    if !allowed(&app) {
        return WebError::NotFound.response(&app, Some(who));
    }
    let answer = (pairs.get("_ceremony"), pairs.get("code"));
    match app.db().add_code(&who.name, who.person(), answer, app.db().now()).await {
        Ok(None) => Redirect::to("/account").into_response(),
        Ok(Some(again)) => page_to_add(&app, who, &again, &wrong()),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `POST /account/code/removal`
pub async fn remove(app: App, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    match app.db().remove_code(&posted.who.name, posted.who.person(), app.db().now()).await {
        Ok(()) => Redirect::to("/account").into_response(),
        Err(error) => WebError::from(error).response(&app, Some(&posted.who)),
    }
}

#[derive(Template)]
#[template(path = "codes/ways.html")]
struct Ways {
    passkey: bool,
    code: bool,
    /// What the account at the identity provider is called; blank where there is none.
    single: String,
    token: Html,
}

/// `GET /account/ways`: for whoever must add another way of signing in before anything else.
pub async fn ways(app: App, who: SignedIn) -> Response {
    let single = single_sign_on::provider(&app).filter(|_| !who.session.support);
    let main = Ways {
        passkey: passkeys::site(&app).is_some(),
        code: allowed(&app),
        single: single.map_or_else(String::new, |provider| provider.name().to_owned()),
        token: layout::token(&who),
    };
    Frame::new(&app, &who, "Add another way of signing in").page(&main)
}

fn allowed(app: &App) -> bool {
    app.db().pack().sign_in().allows(Way::PasswordAndCode)
}

fn wrong() -> Vec<FieldProblem> {
    let message = "This is not the code that the app shows now, or it was used already. Wait for the next one, and look whether the telephone's clock is right";
    vec![FieldProblem { at: Name::of("code"), message: message.to_owned() }]
}

/// The box for a code, by its name and its place on the page.
pub(crate) fn code_box((name, id): (&str, &str), label: &str, problems: &[FieldProblem]) -> Html {
    let error = problems.iter().find(|problem| problem.at.field == id);
    Html::of(&Input {
        name: name.to_owned(),
        id: id.to_owned(),
        label: label.into(),
        width: InputWidth::Chars10,
        inputmode: "numeric".to_owned(),
        autocomplete: "one-time-code".to_owned(),
        spellcheck: Some(false),
        error: error.map(|problem| problem.message.as_str().into()),
        ..Input::default()
    })
}
