//! Signing in and out. Signing in says nothing about who exists.

use askama::Template;
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, Uri, header},
    response::{IntoResponse as _, Redirect, Response},
};
use govuk::{Button, Html, Input, InputWidth, PasswordInput};
use record::{read::FieldProblem, typed::Name};
use store::{SessionName, SignIn};

use crate::{
    App,
    app::WithoutData,
    codes,
    error::WebError,
    layout::{self, Frame},
    passkeys,
    posted::{Pairs, Posted},
    session::{SignedIn, cookie, set_cookie},
    single_sign_on, words,
};

/// `GET /sign-in`
pub async fn show(WithoutData(app): WithoutData, uri: Uri) -> Response {
    let note = match uri.query() {
        Some("held") => "Your session has ended. What you typed is safe: sign in to go on where you were.",
        Some("ended") => "Your session has ended. Sign in to go on.",
        Some("out") => "You have signed out.",
        Some("out-here") => return page_after_single_sign_on(&app),
        _ => "",
    };
    page(&app, "", note, &[])
}

/// Who came by the identity provider is still signed in there, and the next who sits down could come in by that.
fn page_after_single_sign_on(app: &App) -> Response {
    let Some(provider) = single_sign_on::provider(app) else { return page(app, "", "You have signed out.", &[]) };
    let name = Html::escaped(provider.name());
    let there = provider.sign_out().map_or_else(
        || format!("sign out there too ({name})"),
        |address| format!("<a class=\"govuk-link\" href=\"{}\">sign out of {name}</a> too", Html::escaped(&address)),
    );
    let note = format!(
        "You have signed out here. You are still signed in with {name}: on a computer that others use, {there}."
    );
    page_saying(app, "", govuk::Content::Html(Html::trusted(note)), &[])
}

pub(crate) fn page(app: &App, username: &str, note: &str, problems: &[FieldProblem]) -> Response {
    page_saying(app, username, note.into(), problems)
}

fn page_saying(app: &App, username: &str, note: govuk::Content, problems: &[FieldProblem]) -> Response {
    let error = problems.iter().find(|problem| problem.at.field == "username");
    let error = error.map(|problem| problem.message.as_str().into());
    let mut main = Html::trusted(
        "<div class=\"govuk-grid-row\"><div class=\"govuk-grid-column-two-thirds\"><h1 class=\"govuk-heading-l\">Sign in</h1>",
    );
    if !note.is_empty() {
        main.push(&govuk::InsetText { content: note, ..govuk::InsetText::default() });
    }
    let with_passkeys = passkeys::site(app).is_some();
    if with_passkeys {
        main.push(&Html::trusted(passkeys::UseOne.to_string()));
    }
    let single = single_sign_on::UseIt::of(app);
    let button = |first: bool| single.as_ref().filter(|single| single.first == first).map(ToString::to_string);
    main.push(&Html::trusted(button(true).unwrap_or_default()));
    main.push(&Html::trusted("<form method=\"post\" action=\"/sign-in\" novalidate>"));
    main.push(&Input {
        name: "username".to_owned(),
        label: "Username".into(),
        value: username.to_owned(),
        autocomplete: "username".to_owned(),
        autocapitalize: "none".to_owned(),
        spellcheck: Some(false),
        width: InputWidth::Chars20,
        error,
        ..Input::default()
    });
    main.push(&PasswordInput {
        name: "password".to_owned(),
        label: "Password".into(),
        autocomplete: "current-password".to_owned(),
        ..PasswordInput::default()
    });
    main.push(&Button::submit("Sign in"));
    main.push(&Html::trusted("</form>"));
    main.push(&Html::trusted(button(false).unwrap_or_default()));
    main.push(&Html::trusted("</div></div>"));
    let frame = Frame::of_nobody(app, "Sign in").problems(problems);
    if with_passkeys { frame.passkeys() } else { frame }.page(&main)
}

/// `POST /sign-in`
pub async fn enter(app: App, headers: HeaderMap, body: Bytes) -> Response {
    let pairs = Pairs::read(&body);
    let (username, password) = (pairs.get("username"), pairs.exact("password"));
    let now = app.db().now();
    let tried = if password.len() > store::LONGEST_PASSWORD {
        Ok(SignIn::No)
    } else {
        app.db().sign_in(username, password, now).await
    };
    match tried {
        Ok(SignIn::In(name)) => let_in(&app, &headers, &name).await,
        Ok(SignIn::AskCode(ceremony)) => codes::page_that_asks(&app, ceremony, &[]),
        Ok(SignIn::CodeStopped) => codes::stopped(&app),
        Ok(SignIn::No) => {
            let message = "The username or the password is not right, or the account is closed, or locked for some minutes after several tries. Try again, or ask the person who manages accounts";
            let problem = FieldProblem { at: Name::of("username"), message: message.to_owned() };
            page(&app, username, "", &[problem])
        }
        Err(error) => WebError::from(error).response(&app, None),
    }
}

/// Gives the browser its session, and leads on to what was being written. The session that it brought, if one went on there,
/// is over: a computer that several use keeps nobody signed in behind the one who is.
pub(crate) async fn let_in(app: &App, headers: &HeaderMap, name: &SessionName) -> Response {
    if let Some(brought) = cookie(headers, app)
        && let Err(error) = app.db().leave_behind(&brought, app.db().now()).await
    {
        return WebError::from(error).response(app, None);
    }
    let mut response = Redirect::to("/welcome-back").into_response();
    response.headers_mut().insert(header::SET_COOKIE, set_cookie(app, name));
    response
}

#[derive(Template)]
#[template(path = "welcome_back.html")]
struct WelcomeBack {
    texts: Vec<HeldText>,
    token: Html,
}

/// A text that waits to be put back.
struct HeldText {
    key: String,
    action: String,
    when: String,
    form: String,
    /// The boxes as they were posted.
    boxes: Vec<(String, String)>,
    /// What was written in words, so that it can be read and copied here too.
    words: Vec<String>,
}

/// `GET /welcome-back`: gives back what was typed when a session ended, or goes to My work.
pub async fn welcome_back(app: App, who: SignedIn) -> Response {
    let held = match app.db().held_texts(who.person()).await {
        Ok(held) => held,
        Err(error) => return WebError::from(error).response(&app, Some(&who)),
    };
    let texts: Vec<_> =
        held.iter().filter(|one| one.path.starts_with("/drafts/")).map(|one| held_text(&app, one)).collect();
    if texts.is_empty() {
        return Redirect::to("/my-work").into_response();
    }
    let main = WelcomeBack { texts, token: layout::token(&who) };
    Frame::new(&app, &who, "Your text is safe").page(&main)
}

fn held_text(app: &App, held: &store::Held) -> HeldText {
    let pairs = Pairs::read(&held.body);
    let form = app.db().pack().form(pairs.get("_form"));
    let carried = ["_on", "_record", "_form", "_person", "_made", "_entry"]
        .into_iter()
        .filter(|name| !pairs.get(name).is_empty())
        .map(|name| (name, pairs.get(name)));
    let written = |value: &str| value.trim().contains(char::is_whitespace).then(|| value.trim().to_owned());
    HeldText {
        key: held.key.clone(),
        action: held.path.trim_end_matches("/autosave").to_owned(),
        when: words::moment(held.at),
        form: form.map_or_else(|| "What you wrote".to_owned(), |form| form.title.clone()),
        words: pairs.answers().filter_map(|(_, value)| written(value)).collect(),
        boxes: pairs.answers().chain(carried).map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

/// `POST /welcome-back`: a text is not wanted any more.
pub async fn throw_away(app: App, posted: Posted) -> Response {
    match app.db().let_go(posted.who.person(), posted.pairs.get("_held")).await {
        Ok(()) => Redirect::to("/welcome-back").into_response(),
        Err(error) => WebError::from(error).response(&app, Some(&posted.who)),
    }
}

/// `POST /sign-out`
pub async fn leave(app: App, posted: Posted) -> Response {
    end(&app, &posted.who, false).await
}

/// `POST /sign-out-everywhere`
pub async fn leave_everywhere(app: App, posted: Posted) -> Response {
    end(&app, &posted.who, true).await
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

async fn end(app: &App, who: &SignedIn, everywhere: bool) -> Response {
    if let Err(error) = app.db().sign_out(&who.name, who.person(), everywhere, app.db().now()).await {
        return WebError::from(error).response(app, Some(who));
    }
    // The browser keeps the name of the ended session. It opens nothing; it lets what another window still sends be
    // held for this very person.
    // Nothing is stored there; a browser that had something all the same throws it away.
    let to = if who.session.how == store::How::SingleSignOn { "/sign-in?out-here" } else { "/sign-in?out" };
    ([(CLEAR_SITE_DATA, "\"storage\"")], Redirect::to(to)).into_response()
}
