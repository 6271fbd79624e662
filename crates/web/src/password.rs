//! One's own account: password, passkeys, sessions.

use axum::response::{IntoResponse as _, Redirect, Response};
use casework::organisation;
use govuk::{Button, Html, PasswordInput};
use record::{read::FieldProblem, typed::Name};
use store::{StoreError, passwords};

use crate::{
    App, codes, digest,
    error::WebError,
    layout::{self, Frame},
    notices, passkeys,
    posted::Posted,
    session::SignedIn,
    sessions, single_sign_on,
};

/// `GET /account`
pub async fn account(app: App, who: SignedIn) -> Response {
    page_of_account(&app, &who, None, &[]).await
}

/// The page, with what was typed into the section on the daily e-mail.
pub(crate) async fn page_of_account(
    app: &App,
    who: &SignedIn,
    typed: Option<&str>,
    problems: &[FieldProblem],
) -> Response {
    let asked = match casework::digest::own(&who.desk).await {
        Ok(asked) => asked,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let mut main = Html::trusted(
        "<h1 class=\"govuk-heading-l\">My account</h1><p class=\"govuk-body\"><a class=\"govuk-link\" href=\"/password\">Change my password</a></p>",
    );
    let sections = async {
        Ok::<_, StoreError>([
            passkeys::section(app, who).await?,
            codes::section(app, who).await?,
            single_sign_on::section(app, who).await?,
            sessions::section(app, who).await?,
            notices::section(app, who).await?,
        ])
    };
    match sections.await {
        Ok(sections) => sections.iter().for_each(|section| main.push(section)),
        Err(error) => return WebError::from(error).response(app, Some(who)),
    }
    main.push(&digest::section(who, asked.as_ref(), typed, problems));
    Frame::new(app, who, "My account").at("/account").problems(problems).page(&main)
}

/// `GET /password`. A person with a first password comes here before anything else.
pub async fn show(app: App, who: SignedIn) -> Response {
    page(&app, &who, &[])
}

fn page(app: &App, who: &SignedIn, problems: &[FieldProblem]) -> Response {
    let error = |name: &str| {
        problems.iter().find(|problem| problem.at.field == name).map(|problem| problem.message.as_str().into())
    };
    let mut main = Html::trusted("<h1 class=\"govuk-heading-l\">Choose a new password</h1>");
    if who.session.must_change {
        main.push(&Html::trusted(
            "<p class=\"govuk-body\">The password you were given is for the first time only.</p>",
        ));
    }
    main.push(&Html::trusted(format!("<form method=\"post\" action=\"/password\" novalidate>{}", layout::token(who))));
    let field = |name: &str, label: &str, autocomplete: &str, hint: &str| PasswordInput {
        name: name.to_owned(),
        label: label.into(),
        hint: (!hint.is_empty()).then(|| hint.into()),
        autocomplete: autocomplete.to_owned(),
        error: error(name),
        ..PasswordInput::default()
    };
    main.push(&field("old", "Your password now", "current-password", ""));
    main.push(&field("new", "New password", "new-password", "At least 12 characters. Three words that have nothing to do with each other are easy to remember and hard to guess."));
    main.push(&Button::submit("Change password"));
    main.push(&Html::trusted("</form>"));
    Frame::new(app, who, "Choose a new password").problems(problems).page(&main)
}

/// `POST /password`
pub async fn change(app: App, posted: Posted) -> Response {
    let (old, new) = (posted.pairs.exact("old"), posted.pairs.exact("new"));
    let problem = |field: &str, message: &str| vec![FieldProblem { at: Name::of(field), message: message.to_owned() }];
    let names = match organisation::own_names(&posted.who.desk).await {
        Ok(names) => names,
        Err(error) => return WebError::from(error).response(&app, Some(&posted.who)),
    };
    let problems = if let Some(weakness) = passwords::weakness(new, &names.each_ref().map(String::as_str)) {
        problem("new", weakness)
    } else if new == old {
        problem("new", "The new password must be another one than the old")
    } else {
        match app.db().change_password(&posted.who.name, posted.who.person(), old, new, app.db().now()).await {
            Ok(true) => return Redirect::to("/my-work").into_response(),
            Ok(false) => problem("old", "This is not your password now"),
            Err(error) => return WebError::from(error).response(&app, Some(&posted.who)),
        }
    };
    page(&app, &posted.who, &problems)
}
