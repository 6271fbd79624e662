//! Signing in and out. Signing in says nothing about who exists.

use axum::{
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse as _, Redirect, Response},
};
use govuk::{Button, Html, Input, InputWidth, PasswordInput};
use record::{read::FieldProblem, typed::Name};
use store::SignIn;

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    posted::{Pairs, Posted},
    session::{SignedIn, set_cookie},
};

/// `GET /sign-in`
pub async fn show(State(app): State<App>, uri: Uri) -> Response {
    let note = match uri.query() {
        Some("held") => "Your session has ended. What you typed is safe: sign in to go on where you were.",
        Some("ended") => "Your session has ended. Sign in to go on.",
        Some("out") => "You have signed out.",
        _ => "",
    };
    page(&app, "", note, &[])
}

fn page(app: &App, username: &str, note: &str, problems: &[FieldProblem]) -> Response {
    let error = problems.first().map(|problem| problem.message.as_str().into());
    let mut main = Html::trusted(
        "<div class=\"govuk-grid-row\"><div class=\"govuk-grid-column-two-thirds\"><h1 class=\"govuk-heading-l\">Sign in</h1>",
    );
    if !note.is_empty() {
        main.push(&govuk::InsetText { content: note.into(), ..govuk::InsetText::default() });
    }
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
    main.push(&Html::trusted("</form></div></div>"));
    Frame::of_nobody(app, "Sign in").problems(problems).page(&main)
}

/// `POST /sign-in`
pub async fn enter(State(app): State<App>, body: Bytes) -> Response {
    let pairs = Pairs::read(&body);
    let (username, password) = (pairs.get("username"), pairs.exact("password"));
    let now = app.db().now();
    let tried = if password.len() > store::LONGEST_PASSWORD {
        Ok(SignIn::No)
    } else {
        app.db().sign_in(username, password, now).await
    };
    match tried {
        Ok(SignIn::In(name)) => {
            let mut response = Redirect::to("/welcome-back").into_response();
            response.headers_mut().insert(header::SET_COOKIE, set_cookie(&app, &name));
            response
        }
        Ok(SignIn::No) => {
            let message = "The username or the password is not right, or the account is locked for some minutes after several tries. Try again, or ask the person who manages accounts";
            let problem = FieldProblem { at: Name::of("username"), message: message.to_owned() };
            (StatusCode::UNPROCESSABLE_ENTITY, page(&app, username, "", &[problem])).into_response()
        }
        Err(error) => WebError::from(error).response(&app, None),
    }
}

/// `GET /welcome-back`: gives back what was typed when the last session ended, or goes to My work.
pub async fn welcome_back(State(app): State<App>, who: SignedIn) -> Response {
    let held = match app.db().take_held_post(who.person()).await {
        Ok(held) => held,
        Err(error) => return WebError::from(error).response(&app, Some(&who)),
    };
    let Some((path, body)) = held.filter(|(path, _)| path.starts_with("/drafts/")) else {
        return Redirect::to("/my-work").into_response();
    };
    let path = path.trim_end_matches("/autosave");
    let pairs = Pairs::read(&body);
    let mut main = Html::trusted(format!(
        "<h1 class=\"govuk-heading-l\">Your text is safe</h1>\
         <p class=\"govuk-body\">Your last session ended while you were writing. Go on to put what you had typed back into the draft.</p>\
         <form method=\"post\" action=\"{}\">{}",
        Html::escaped(path),
        layout::token(&who)
    ));
    let hidden = |name: &str, value: &str| {
        Html::trusted(format!(
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            Html::escaped(name),
            Html::escaped(value)
        ))
    };
    for (name, value) in pairs.answers() {
        main.push(&hidden(name, value));
    }
    main.push(&hidden("_on", pairs.get("_on")));
    main.push(&Button { name: "_do".to_owned(), value: "go-on".to_owned(), ..Button::submit("Go on where I was") });
    main.push(&Html::trusted("</form>"));
    Frame::new(&app, &who, "Your text is safe").page(&main)
}

/// `POST /sign-out`
pub async fn leave(State(app): State<App>, posted: Posted) -> Response {
    end(&app, &posted.who, false).await
}

/// `POST /sign-out-everywhere`
pub async fn leave_everywhere(State(app): State<App>, posted: Posted) -> Response {
    end(&app, &posted.who, true).await
}

async fn end(app: &App, who: &SignedIn, everywhere: bool) -> Response {
    if let Err(error) = app.db().sign_out(&who.name, who.person(), everywhere, app.db().now()).await {
        return WebError::from(error).response(app, Some(who));
    }
    // The browser keeps the name of the ended session. It opens nothing; it lets what another window still sends be
    // held for this very person.
    Redirect::to("/sign-in?out").into_response()
}
