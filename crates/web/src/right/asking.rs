//! The answer to a request: by an amendment, by a move, or with the reason why it stays as it is.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    right::asking::{self, ToAnswer, boxes},
};
use govuk::{Button, Html, Radio, RadioItem, Radios, Textarea};
use policy::FieldKind;
use record::{EntryId, RecordId, Typed, answer::Answer, read::FieldProblem, right::ANSWER_FORM, typed::Name};

use super::parsed;
use crate::{
    App,
    error::WebError,
    form::{label, legend},
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "right/answer.html")]
struct AnswerPage {
    asked: String,
    /// What is wrong, and what is right, in the words of whoever asked.
    says: Vec<String>,
    /// The entry that it is about: what it is, and where.
    what: String,
    about: String,
    may_move: bool,
    fields: Html,
    action: String,
    back: String,
    token: Html,
}

/// `GET /records/{record}/entries/{entry}/answer`
pub async fn ask(app: App, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let Some(at) = parsed(&record, &entry) else { return WebError::Closed.response(&app, Some(&who)) };
    asked(&app, &who, at, (&Typed::default(), &[])).await
}

async fn asked(
    app: &App,
    who: &SignedIn,
    at: (RecordId, EntryId),
    (typed, problems): (&Typed, &[FieldProblem]),
) -> Response {
    match asking::look(&who.desk, at.0, at.1).await {
        Ok(found) => page(app, who, at, &found, (typed, problems)),
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

fn page(
    app: &App,
    who: &SignedIn,
    (record, entry): (RecordId, EntryId),
    found: &ToAnswer,
    (typed, problems): (&Typed, &[FieldProblem]),
) -> Response {
    let pack = app.db().pack();
    let content = &found.request.content;
    let said = |field: &str| content.answer(field).map(Answer::stated).filter(|text| !text.is_empty());
    let back = format!("/records/{record}/entries/{entry}");
    let main = AnswerPage {
        asked: content.author.name.clone(),
        says: ["wrong", "right"].into_iter().filter_map(said).collect(),
        what: found.about.as_ref().map_or_else(String::new, |about| words::entry(pack, about)),
        about: found
            .about
            .as_ref()
            .map_or_else(String::new, |about| format!("/records/{}/entries/{}", about.record, about.entry)),
        may_move: found.may_move,
        fields: fields(app, who, typed, problems),
        action: format!("{back}/answer"),
        back,
        token: layout::token(who),
    };
    Frame::new(app, who, "Answer a request").in_record(&found.header, "story").problems(problems).page(&main)
}

fn fields(app: &App, who: &SignedIn, typed: &Typed, problems: &[FieldProblem]) -> Html {
    let pack = app.db().pack();
    let act: record::ActId = who.desk.new_id();
    let error = |name: &str| {
        problems.iter().find(|problem| problem.at.field == name).map(|problem| problem.message.as_str().into())
    };
    let value = |name: &str| typed.get(&Name::of(name)).unwrap_or_default().to_owned();
    let list = pack.form(ANSWER_FORM).and_then(|form| match &form.field(boxes::RESULT)?.kind {
        FieldKind::Choice { list } => pack.list(list),
        _ => None,
    });
    // A move answers by itself.
    let items = list.map(|list| list.items.as_slice()).unwrap_or_default().iter().filter(|item| item.code != "moved");
    let mut html = Html::trusted(format!("<input type=\"hidden\" name=\"_act\" value=\"{act}\">"));
    html.push(&Radios {
        name: boxes::RESULT.to_owned(),
        fieldset: Some(legend("What was done?", "govuk-fieldset__legend--s")),
        error: error(boxes::RESULT),
        value: value(boxes::RESULT),
        items: items
            .map(|item| {
                let (value, content) = (item.code.clone(), item.label.as_str().into());
                RadioItem::Radio(Radio { value, content, ..Radio::default() })
            })
            .collect(),
        ..Radios::default()
    });
    html.push(&Textarea {
        id: boxes::REASON.to_owned(),
        name: boxes::REASON.to_owned(),
        label: label("Why?", "govuk-label--s"),
        hint: Some("Whoever asked reads this.".into()),
        error: error(boxes::REASON),
        value: value(boxes::REASON),
        rows: Some(3),
        ..Textarea::default()
    });
    html.push(&Button::submit("Answer"));
    html
}

/// `POST /records/{record}/entries/{entry}/answer`
pub async fn answer(app: App, Path((record, entry)): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let (Some(at), Ok(act)) = (parsed(&record, &entry), posted.pairs.get("_act").parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let typed = posted.pairs.typed();
    match asking::answer(&who.desk, act, at.0, at.1, &typed).await {
        Ok(()) => Redirect::to(&format!("/records/{record}/entries/{entry}")).into_response(),
        Err(CaseError::Problems(problems)) => asked(&app, who, at, (&typed, &problems)).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
