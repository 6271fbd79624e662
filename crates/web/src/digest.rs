//! The daily e-mail, on the page of one's own account: asked for, changed, stopped.

use axum::response::{IntoResponse as _, Redirect, Response};
use casework::{CaseError, digest};
use govuk::{Button, ButtonVariant, Html, Input, InputWidth};
use record::{
    read::FieldProblem,
    time::{day_in_words, time_in_words},
};
use store::Digest;

use crate::{App, error::WebError, form::label, layout, password, posted::Posted, session::SignedIn};

/// The section of the page.
pub(crate) fn section(who: &SignedIn, asked: Option<&Digest>, typed: Option<&str>, problems: &[FieldProblem]) -> Html {
    let token = layout::token(who);
    let mut html = Html::trusted(
        "<h2 class=\"govuk-heading-m\">A daily e-mail of what you owe</h2>\
         <p class=\"govuk-body\">It says how much is late or due, and of what kind, and where to look. No child is named in it, and nothing is said from a record. On a day with nothing to say there is none.</p>",
    );
    if let Some(asked) = asked {
        let sent = asked.sent.map(|sent| {
            let at = sent.london();
            format!("Last sent on {} at {}.", day_in_words(at.date()), time_in_words(at.time()))
        });
        let failed = asked.failed.as_ref().map(|why| format!("The last one was not sent. {why}."));
        for said in sent.iter().chain(&failed) {
            html.push(&Html::trusted("<p class=\"govuk-body\">"));
            html.push(&Html::escaped(said));
            html.push(&Html::trusted("</p>"));
        }
    }
    html.push(&Html::trusted(format!("<form method=\"post\" action=\"/account/digest\" novalidate>{token}")));
    let error = problems.iter().find(|problem| problem.at.field == digest::ADDRESS);
    html.push(&Input {
        id: digest::ADDRESS.to_owned(),
        name: digest::ADDRESS.to_owned(),
        label: label("Your e-mail address at work", "govuk-label--s"),
        kind: "email".to_owned(),
        error: error.map(|problem| problem.message.as_str().into()),
        value: typed.or(asked.map(|asked| asked.address.as_str())).unwrap_or_default().to_owned(),
        width: InputWidth::TwoThirds,
        autocomplete: "email".to_owned(),
        ..Input::default()
    });
    html.push(&Button {
        variant: ButtonVariant::Secondary,
        ..Button::submit(if asked.is_some() { "Send it to this address" } else { "Send it to me" })
    });
    html.push(&Html::trusted("</form>"));
    if asked.is_some() {
        html.push(&Html::trusted(format!(
            "<form method=\"post\" action=\"/account/digest\">{token}<input type=\"hidden\" name=\"_stop\" value=\"yes\">"
        )));
        html.push(&Button { variant: ButtonVariant::Secondary, ..Button::submit("Stop sending it") });
        html.push(&Html::trusted("</form>"));
    }
    html
}

/// `POST /account/digest`
pub async fn change(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    let address = posted.pairs.get(digest::ADDRESS);
    let done = match posted.pairs.get("_stop") {
        "yes" => digest::stop(&who.desk).await,
        _ => digest::ask(&who.desk, address).await,
    };
    match done {
        Ok(()) => Redirect::to("/account").into_response(),
        Err(CaseError::Problems(problems)) => password::page_of_account(&app, who, Some(address), &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
