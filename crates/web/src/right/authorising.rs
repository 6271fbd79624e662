//! Authorising an entry, or returning it to whoever wrote it.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    authorising::{self, ALSO, Authorising},
    recording::Child,
};
use govuk::{Button, Checkbox, CheckboxItem, Checkboxes, Html};
use record::{ActId, Typed, read::FieldProblem, right::AUTHORISED, time::day_in_words};

use super::{YesOrNo, parsed};
use crate::{
    App, error::WebError, form::legend, layout::Frame, posted::Posted, record::entry, session::SignedIn, words,
};

/// How it stands with it, in a sentence: «To be authorised by: Team manager. It counts meanwhile.»
pub fn in_words(one: &Authorising) -> String {
    let Some(answer) = &one.answer else {
        // That it does not count before is said above it.
        let counts = if one.stands { " It counts meanwhile." } else { "" };
        return format!("To be authorised by: {}.{counts}", words::list(&one.by));
    };
    let what = if answer.authorised { "Authorised" } else { "Returned" };
    let by = [&answer.author.name, &answer.author.designation];
    let by = by.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ");
    let why = if answer.why.is_empty() { String::new() } else { format!(": {}", answer.why) };
    format!("{what} on {} by {by}{why}", day_in_words(answer.at.day()))
}

/// Is it authorised? Yes, or no with the reason; and for the other children of the same act too.
pub fn question(act: ActId, also: &[Child], typed: &Typed, problems: &[FieldProblem]) -> Html {
    let ask = YesOrNo {
        of: AUTHORISED,
        question: "Do you authorise it?",
        no: "No, return it",
        why: "If not: what must be changed?",
        hint: Some("Whoever wrote it reads this."),
    };
    let mut html = ask.boxes(act, typed, problems);
    if !also.is_empty() {
        let item = |child: &Child| {
            CheckboxItem::Checkbox(Checkbox {
                value: child.record.to_string(),
                content: child.name.as_str().into(),
                checked: Some(true),
                ..Checkbox::default()
            })
        };
        html.push(&Checkboxes {
            name: ALSO.to_owned(),
            fieldset: Some(legend(
                "It was written for other children too. Answer there as well?",
                "govuk-fieldset__legend--s",
            )),
            items: also.iter().map(item).collect(),
            ..Checkboxes::default()
        });
    }
    html.push(&Button::submit("Answer"));
    html
}

/// `POST /records/{record}/entries/{entry}/authorisation`
pub async fn answer(app: App, Path((record, of)): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let (Some(at), Ok(act)) = (parsed(&record, &of), posted.pairs.get("_act").parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let typed = posted.pairs.typed();
    let also: Vec<_> = posted.pairs.all(ALSO).filter_map(|record| record.parse().ok()).collect();
    match authorising::answer(&who.desk, act, at.0, at.1, (&typed, &also)).await {
        Ok(()) => Redirect::to(&format!("/records/{record}/entries/{of}")).into_response(),
        Err(CaseError::Problems(problems)) => entry::page(&app, who, at.0, at.1, (&typed, &problems)).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

#[derive(Template)]
#[template(path = "right/to_authorise.html")]
struct ToAuthorise {
    rows: Vec<Row>,
}

/// Something that waits to be authorised.
struct Row {
    href: String,
    what: String,
    child: String,
    by: String,
    since: String,
    state: &'static str,
}

/// `GET /team/to-authorise`: what waits in the team, whoever may authorise it.
pub async fn of_teams(app: App, who: SignedIn) -> Response {
    let (listed, colleagues) = match authorising::of_teams(&who.desk).await {
        Ok(found) => found,
        Err(error) => return WebError::from(error).response(&app, Some(&who)),
    };
    let pack = app.db().pack();
    let row = |listed: &authorising::Listed| {
        let one = &listed.one;
        let by = colleagues.staff.get(&one.by);
        Row {
            href: format!("/records/{}/entries/{}", one.record, one.entry),
            what: pack.form(&one.form).map_or_else(|| one.form.clone(), |form| form.title.clone()),
            child: listed.child.clone(),
            by: by.map_or_else(|| "A former colleague".to_owned(), |by| by.name.clone()),
            since: words::ago(one.written, app.db().now()),
            state: if one.returned_by.is_some() { "Returned to its writer" } else { "Waits" },
        }
    };
    let main = ToAuthorise { rows: listed.iter().map(row).collect() };
    Frame::new(&app, &who, "What waits to be authorised").at("/team").page(&main)
}
