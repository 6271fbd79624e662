//! Moving an entry that is on the wrong child: where to and why, a last look, and the trace for those who may read it.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    right::moving::{self, Choice, ToMove, boxes},
};
use govuk::{Button, Html, Input, InputWidth, Radio, RadioItem, Radios, Textarea};
use record::{EntryId, RecordId, Typed, read::FieldProblem};

use super::parsed;
use crate::{
    App,
    error::WebError,
    form::{label, legend},
    layout::{self, Frame},
    posted::Posted,
    record::entry,
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "right/move.html")]
struct Move {
    what: String,
    from: String,
    /// Whose record was chosen: the name, and number, age and birth.
    chosen: Option<(String, String)>,
    with_it: usize,
    choice: Choice,
    fields: Html,
    act: String,
    action: String,
    back: String,
    token: Html,
}

/// `GET /records/{record}/entries/{entry}/move`
pub async fn ask(app: App, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let Some(at) = parsed(&record, &entry) else { return WebError::Closed.response(&app, Some(&who)) };
    asked(&app, &who, at, &Choice::default(), &[]).await
}

async fn asked(
    app: &App,
    who: &SignedIn,
    at: (RecordId, EntryId),
    choice: &Choice,
    problems: &[FieldProblem],
) -> Response {
    match moving::look(&who.desk, at.0, at.1, None).await {
        Ok(to_move) => page(app, who, at, &to_move, choice, problems),
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

fn page(
    app: &App,
    who: &SignedIn,
    (record, entry): (RecordId, EntryId),
    to_move: &ToMove,
    choice: &Choice,
    problems: &[FieldProblem],
) -> Response {
    let (pack, today) = (app.db().pack(), app.db().now().day());
    let act: record::ActId = who.desk.new_id();
    let back = format!("/records/{record}/entries/{entry}");
    let chosen = to_move.chosen.as_ref().map(|(_, number, known)| {
        let name = known.name.clone().or_else(|| known.preferred.clone()).unwrap_or_else(|| "A child".to_owned());
        (name, format!("R-{number} · {}", words::age_and_birth(known, today)))
    });
    let main = Move {
        what: words::entry(pack, &to_move.brief),
        from: format!("{} · R-{}", to_move.header.called(), to_move.header.number),
        chosen,
        with_it: to_move.with_it,
        choice: choice.clone(),
        fields: fields(to_move, choice, problems),
        act: act.to_string(),
        action: format!("{back}/move"),
        back,
        token: layout::token(who),
    };
    let title = "Move to another child’s record";
    Frame::new(app, who, title).in_record(&to_move.header, "story").problems(problems).page(&main)
}

fn fields(to_move: &ToMove, choice: &Choice, problems: &[FieldProblem]) -> Html {
    let error = |name: &str| {
        problems.iter().find(|problem| problem.at.field == name).map(|problem| problem.message.as_str().into())
    };
    let radio = |value: String, words: &str, conditional: Html| {
        RadioItem::Radio(Radio { value, content: words.into(), conditional, ..Radio::default() })
    };
    let number = Html::of(&Input {
        id: boxes::NUMBER.to_owned(),
        name: boxes::NUMBER.to_owned(),
        label: label("Number of the record", ""),
        hint: Some("For example R-10482. It stands at the top of each page of a record.".into()),
        error: error(boxes::NUMBER),
        value: choice.number.clone(),
        width: InputWidth::Chars10,
        autocomplete: "off".to_owned(),
        ..Input::default()
    });
    let mut items: Vec<_> =
        to_move.children.iter().map(|child| radio(child.record.to_string(), &child.name, Html::default())).collect();
    items.push(radio(boxes::OTHER.to_owned(), "Another child’s record", number));
    let mut html = Html::of(&Radios {
        name: boxes::TO.to_owned(),
        fieldset: Some(legend("Whose record does it belong to?", "govuk-fieldset__legend--s")),
        error: error(boxes::TO),
        value: choice.to.clone(),
        items,
        ..Radios::default()
    });
    html.push(&Textarea {
        id: boxes::WHY.to_owned(),
        name: boxes::WHY.to_owned(),
        label: label("Why is it moved?", "govuk-label--s"),
        hint: Some(
            "It is read in both records, by people who may read only one of them. Name neither child here.".into(),
        ),
        error: error(boxes::WHY),
        value: choice.why.clone(),
        rows: Some(2),
        ..Textarea::default()
    });
    html.push(&Button::submit("Go on"));
    html
}

/// `POST /records/{record}/entries/{entry}/move`: a last look, and then the move.
pub async fn go(app: App, Path((record, entry)): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let Some(at) = parsed(&record, &entry) else { return WebError::Closed.response(&app, Some(who)) };
    let pairs = &posted.pairs;
    let choice = Choice {
        to: pairs.get(boxes::TO).to_owned(),
        number: pairs.get(boxes::NUMBER).to_owned(),
        why: pairs.get(boxes::WHY).to_owned(),
    };
    let act = pairs.get("_act").parse();
    let done = match act {
        Ok(act) if pairs.get("_sure") == "yes" => {
            moving::move_entry(&who.desk, act, at.0, at.1, &choice).await.map(|_| None)
        }
        _ => moving::look(&who.desk, at.0, at.1, Some(&choice)).await.map(Some),
    };
    match done {
        Ok(Some(to_move)) => page(&app, who, at, &to_move, &choice, &[]),
        // The old address leads to the marker.
        Ok(None) => Redirect::to(&format!("/records/{record}/entries/{entry}")).into_response(),
        Err(CaseError::Problems(problems)) => asked(&app, who, at, &choice, &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `GET /records/{record}/entries/{entry}/trace`: what it said where it is read no more.
pub async fn trace(app: App, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let Some((record, entry)) = parsed(&record, &entry) else { return WebError::Closed.response(&app, Some(&who)) };
    match moving::trace(&who.desk, record, entry).await {
        Ok(page) => entry::shown(&app, &who, &page, (&Typed::default(), &[])),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
