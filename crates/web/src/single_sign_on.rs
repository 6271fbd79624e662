//! Single sign-on: to the identity provider and back; the link with one's account there, on the page of the account.
//!
//! The way there begins with a post, so that nobody is sent by a link on another site, and leads over a page of ours that
//! goes on by itself: a form that were answered by the provider's address would be stopped by our content security policy,
//! and so would the provider's own way to the next (`form-action`).

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Request},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{CaseError, organisation};
use govuk::{Html, Input, InputWidth};
use openid::{Answer, Failed, LONGEST_SUBJECT, Provider};
use policy::sign_in::Way;
use record::{PersonId, Typed, read::FieldProblem, typed::Name};
use store::{
    StoreError,
    single_sign_on::{Brought, Came, GoOn, NotSent, Purpose},
};

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    organisation::staff_as_they_are,
    password,
    posted::{Pairs, Posted, TOKEN},
    recent::Recent,
    routes,
    session::{Ended, SignedIn, away, set_away, set_cookie},
    sign_in, words,
};

/// The identity provider: none where none was named, or where the pack has no such way.
pub(crate) fn provider(app: &App) -> Option<&Arc<Provider>> {
    app.config().provider.as_ref().filter(|_| app.db().pack().sign_in().allows(Way::SingleSignOn))
}

/// The part of the page for signing in.
#[derive(Template)]
#[template(path = "single_sign_on/sign_in.html")]
pub(crate) struct UseIt<'a> {
    name: &'a str,
    /// Whether it stands above the password, which lets nobody in by itself.
    pub(crate) first: bool,
}

impl<'a> UseIt<'a> {
    /// For a page, where there is a provider.
    pub(crate) fn of(app: &'a App) -> Option<Self> {
        let rules = app.db().pack().sign_in();
        let first = !rules.allows(Way::Password) && !rules.allows(Way::PasswordAndCode);
        provider(app).map(|provider| Self { name: provider.name(), first })
    }
}

#[derive(Template)]
#[template(path = "single_sign_on/away.html")]
struct Away<'a> {
    name: &'a str,
    address: &'a str,
}

/// `POST /sign-in/single-sign-on`
pub async fn begin(app: App) -> Response {
    send(&app, None, Purpose::SignIn).await
}

/// The page that leads to the provider.
pub(crate) async fn send(app: &App, who: Option<&SignedIn>, purpose: Purpose) -> Response {
    let Some(provider) = provider(app) else { return WebError::NotFound.response(app, who) };
    let sent = match app.db().send_to_provider(provider, purpose, app.db().now()).await {
        Ok(sent) => sent,
        Err(NotSent::Provider(failed)) => return failure(app, who, provider.name(), failed),
        Err(NotSent::Store(error)) => return WebError::from(error).response(app, who),
    };
    let Ok(on) = HeaderValue::from_str(&format!("0; url={}", sent.address)) else {
        return failure(app, who, provider.name(), Failed::Doubtful("its address is none"));
    };
    let main = Away { name: provider.name(), address: &sent.address };
    let mut response = frame(app, who, "Go on to sign in").page(&main);
    response.headers_mut().insert(header::REFRESH, on);
    response.headers_mut().append(header::SET_COOKIE, set_away(app, Some(&sent.browser)));
    response
}

fn frame<'a>(app: &'a App, who: Option<&'a SignedIn>, title: &str) -> Frame<'a> {
    match who {
        Some(who) => Frame::new(app, who, title),
        None => Frame::of_nobody(app, title),
    }
}

/// `GET /sign-in/single-sign-on/back`: what the browser brings back. What it was asked for, its question says; whether
/// somebody is signed in, its session.
pub async fn back(app: App, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let who = match SignedIn::of(&mut parts, &app).await {
        Ok(who) => Some(who),
        Err(Ended { failed: Some(error), .. }) => return error.response(&app, None),
        Err(Ended { .. }) => None,
    };
    let who = who.as_ref();
    let Some(provider) = provider(&app) else { return WebError::NotFound.response(&app, who) };
    let pairs = Pairs::read(parts.uri.query().unwrap_or_default().as_bytes());
    let given = |name: &str| Some(pairs.get(name)).filter(|value| !value.is_empty());
    let brought = Brought {
        state: pairs.get("state"),
        answer: Answer { code: pairs.get("code"), issuer: given("iss"), error: given("error") },
        browser: away(&parts.headers, &app),
    };
    let session = who.map(|who| (&who.name, who.person()));
    let came = match app.db().take_from_provider(provider, brought, session, app.db().now()).await {
        Ok(came) => came,
        Err(error) => return WebError::from(error).response(&app, who),
    };
    let name = provider.name();
    let mut response = match came {
        Came::In(session) => sign_in::let_in(&app, &parts.headers, &session).await,
        Came::Again(session, go_on) => match who {
            Some(who) => confirmed(&app, who, &session, &go_on),
            None => told(&app, who, name, &Told::Over),
        },
        Came::Linked => Redirect::to("/account").into_response(),
        Came::NotLinked => told(&app, who, name, &Told::NotLinked),
        Came::Unknown => told(&app, None, name, &Told::Unknown),
        Came::Another => told(&app, who, name, &Told::Another),
        Came::Over => told(&app, who, name, &Told::Over),
        Came::OtherBrowser => told(&app, who, name, &Told::OtherBrowser),
        Came::Failed(failed) => failure(&app, who, name, failed),
    };
    response.headers_mut().append(header::SET_COOKIE, set_away(&app, None));
    response
}

#[derive(Template)]
#[template(path = "single_sign_on/go_on.html")]
struct Confirmed<'a> {
    to: &'a str,
    carried: &'a [(String, String)],
    token: Html,
}

/// Goes on with what somebody was about to do, under their session's new name. What was sent by a form is sent again by one:
/// no answer makes a browser that comes from elsewhere post here.
fn confirmed(app: &App, who: &SignedIn, session: &store::SessionName, go_on: &GoOn) -> Response {
    let method = if go_on.post { Method::POST } else { Method::GET };
    // It was asked when it was sent as well, and lay sealed since.
    if !routes::asks_again(&method, &go_on.to) {
        return WebError::NotFound.response(app, Some(who));
    }
    let mut response = if go_on.post {
        let main = Confirmed { to: &go_on.to, carried: &go_on.pairs, token: layout::token(who) };
        Frame::new(app, who, "You confirmed that it is you").page(&main)
    } else {
        Redirect::to(&go_on.to).into_response()
    };
    response.headers_mut().append(header::SET_COOKIE, set_cookie(app, session));
    response
}

/// What is told of something that did not come to a good end.
enum Told {
    Unknown,
    Another,
    NotLinked,
    Over,
    OtherBrowser,
    Failed(Failed),
}

#[derive(Template)]
#[template(path = "single_sign_on/message.html")]
struct Message<'a> {
    title: &'a str,
    text: &'a str,
    href: &'a str,
    link: &'a str,
}

fn failure(app: &App, who: Option<&SignedIn>, name: &str, failed: Failed) -> Response {
    // The rest is nothing that whoever runs the program could mend.
    if matches!(failed, Failed::Clock | Failed::NotAnew | Failed::Settings | Failed::Doubtful(_)) {
        tracing::warn!(%failed, "single sign-on failed");
    }
    told(app, who, name, &Told::Failed(failed))
}

/// The page that says what became of it, and what one can do. It names nobody.
fn told(app: &App, who: Option<&SignedIn>, name: &str, told: &Told) -> Response {
    let run = "the people who run the system";
    let (status, title, text) = match told {
        Told::Unknown => (
            StatusCode::FORBIDDEN,
            "You cannot sign in here with this account",
            format!(
                "You signed in with {name}, but that account opens nothing here. Sign in another way and link it on the page My account. If you have no other way, ask the person who manages accounts."
            ),
        ),
        Told::Another => (
            StatusCode::FORBIDDEN,
            "This is not your account",
            format!(
                "You signed in with {name}, but it is another one than the one that is linked with your account here. Sign out there, and try again."
            ),
        ),
        Told::NotLinked => (
            StatusCode::CONFLICT,
            "The accounts were not linked",
            "Either your account here is linked with another one already, or this one is linked with somebody else’s account here. If it is yours, ask the person who manages accounts.".to_owned(),
        ),
        Told::Over | Told::Failed(Failed::Over) => (
            StatusCode::GONE,
            "This sign-in is over",
            "It was used already, took longer than ten minutes, or your session here ended meanwhile. Nothing was changed. Begin again.".to_owned(),
        ),
        Told::OtherBrowser => (
            StatusCode::FORBIDDEN,
            "This sign-in was begun in another browser",
            "It counts only in the browser in which it was begun, so nobody was signed in here. If somebody sent you the link, do not use it. Begin again here.".to_owned(),
        ),
        Told::Failed(Failed::NotReached) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The other system cannot be reached",
            format!("There is no answer from {name} at the moment. Try again in some minutes, or sign in another way."),
        ),
        Told::Failed(Failed::Cancelled) => (
            StatusCode::FORBIDDEN,
            "You did not sign in",
            format!(
                "You turned back before you had signed in with {name}, or you were not let in there. Begin again, or sign in another way."
            ),
        ),
        Told::Failed(Failed::Clock) => (
            StatusCode::BAD_GATEWAY,
            "The clocks do not agree",
            format!(
                "The clock here and the one of the system behind {name} differ by more than a minute, so nobody was signed in. Tell {run}; until it is put right, sign in another way."
            ),
        ),
        Told::Failed(Failed::NotAnew) => (
            StatusCode::BAD_GATEWAY,
            "It was not confirmed that it is you",
            format!(
                "What came from {name} does not say that you have just signed in there. Try again; if it happens again, tell {run}, and confirm another way."
            ),
        ),
        Told::Failed(Failed::Settings | Failed::Doubtful(_)) => (
            StatusCode::BAD_GATEWAY,
            "The other system’s answer cannot be trusted",
            format!(
                "What came from {name} is not what it should be, so nobody was signed in. Try again; if it happens again, tell {run}, and sign in another way."
            ),
        ),
    };
    let (href, link) = if who.is_some() { ("/account", "Go to My account") } else { ("/sign-in", "Go to Sign in") };
    let main = Message { title, text: &text, href, link };
    (status, frame(app, who, title).page(&main)).into_response()
}

#[derive(Template)]
#[template(path = "single_sign_on/section.html")]
struct Section<'a> {
    name: &'a str,
    made: String,
    used: String,
    token: Html,
}

/// The section on the page of one's account. Support has no account of the authority's.
pub(crate) async fn section(app: &App, who: &SignedIn) -> Result<Html, StoreError> {
    let Some(provider) = provider(app).filter(|_| !who.session.support) else { return Ok(Html::default()) };
    let linked = app.db().linked_with(who.person(), provider.issuer()).await?;
    let section = Section {
        name: provider.name(),
        made: linked.map(|linked| words::moment(linked.made)).unwrap_or_default(),
        used: linked.and_then(|linked| linked.used).map(words::moment).unwrap_or_default(),
        token: layout::token(who),
    };
    Ok(Html::trusted(section.to_string()))
}

/// `POST /account/single-sign-on`
pub async fn link(app: App, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    if who.session.support {
        return WebError::NotFound.response(&app, Some(who));
    }
    send(&app, Some(who), Purpose::Link(who.person())).await
}

/// `POST /account/single-sign-on/removal`
pub async fn unlink(app: App, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    match app.db().unlink_identity(&who.name, who.person(), app.db().now()).await {
        Ok(true) => Redirect::to("/account").into_response(),
        Ok(false) => {
            let message = "You have no other way of signing in. Add a passkey or a code first, and then unlink this";
            let problem = FieldProblem { at: Name::of("single-sign-on"), message: message.to_owned() };
            password::page_of_account(&app, who, None, &[problem]).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// What somebody was about to do, as it waits while they are at the provider.
pub(crate) fn go_on(post: bool, to: String, sent: &Pairs, own: &str) -> GoOn {
    let pairs = sent.iter().filter(|(name, _)| *name != TOKEN && !name.starts_with(own));
    GoOn { post, to, pairs: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
}

/// By which name the provider knows somebody.
const SUBJECT: &str = "subject";

/// The box for that, on the page of a member of staff.
pub(crate) fn subject_box(typed: &Typed, problems: &[FieldProblem]) -> Html {
    let problem = problems.iter().find(|problem| problem.at.field == SUBJECT);
    Html::of(&Input {
        name: SUBJECT.to_owned(),
        label: "Name at the identity provider (subject)".into(),
        value: typed.get(&Name::of(SUBJECT)).unwrap_or_default().to_owned(),
        error: problem.map(|problem| problem.message.as_str().into()),
        width: InputWidth::Chars30,
        autocomplete: "off".to_owned(),
        spellcheck: Some(false),
        ..Input::default()
    })
}

/// `POST /organisation/staff/{person}/identity`: links somebody's account with theirs at the provider.
pub async fn set(app: App, Path(person): Path<String>, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    let all = match organisation::overview(&who.desk).await {
        Ok(all) => all,
        Err(error) => return WebError::from(error).response(&app, Some(who)),
    };
    if !all.accounts.iter().any(|account| account.person == person) {
        return WebError::Closed.response(&app, Some(who));
    }
    let Some(provider) = provider(&app) else { return WebError::NotFound.response(&app, Some(who)) };
    let subject = posted.pairs.get(SUBJECT);
    let why = if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
        "Enter the name by which the identity provider knows this person, of up to 255 characters. Whoever runs the provider can tell it"
    } else {
        match organisation::set_identity(&who.desk, person, provider.issuer(), subject).await {
            Ok(()) => return Redirect::to(&format!("/organisation/staff/{person}")).into_response(),
            Err(CaseError::Store(StoreError::Conflict)) => {
                "Nothing was changed: either this person has an account there already, or that one is linked with somebody else’s account here"
            }
            Err(error) => return WebError::from(error).response(&app, Some(who)),
        }
    };
    if all.colleagues.support.contains_key(&person) {
        // They have a page of their own, and there no such box.
        let page = layout::message(&app, Some(who), "The accounts were not linked", &format!("{why}."));
        return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
    }
    let problem = FieldProblem { at: Name::of(SUBJECT), message: why.to_owned() };
    staff_as_they_are(&app, who, person, Typed::default().with(SUBJECT, subject), &[problem]).await
}

/// `POST /organisation/staff/{person}/identity/removal`
pub async fn remove(app: App, Path(person): Path<String>, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    match organisation::remove_identity(&who.desk, person).await {
        Ok(()) => Redirect::to(&format!("/organisation/staff/{person}")).into_response(),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
