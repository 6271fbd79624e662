//! The page on which somebody says that they know a child's family in their own life, and the list of those who may.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{CaseError, conflict};
use govuk::Html;
use record::{ActId, RecordId, Typed, looked::questions::Near, read::FieldProblem};

use crate::{
    App,
    error::WebError,
    form::draw_alone,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "conflict/declare.html")]
struct Conflict {
    record: RecordId,
    intro: String,
    fields: Html,
    token: Html,
    act: String,
}

/// `GET /records/{record}/conflict`: the page on which somebody says that they know the family in their own life.
pub async fn ask(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match conflict::may_declare(&who.desk, record).await {
        Ok(()) => page(&app, &who, record, &Typed::default(), &[]),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(app: &App, who: &SignedIn, record: RecordId, typed: &Typed, problems: &[FieldProblem]) -> Response {
    let pack = app.db().pack();
    let Some(form) = pack.form(conflict::DECLARED_FORM) else { return WebError::Closed.response(app, Some(who)) };
    let main = Conflict {
        record,
        intro: form.intro.clone().unwrap_or_default(),
        fields: draw_alone(pack, form, &[conflict::WHO], (typed, problems), &store::Colleagues::default()),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "You know this family").problems(problems).page(&main)
}

/// `POST /records/{record}/conflict`
pub async fn declare(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(record) = record.parse::<RecordId>() else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    match conflict::declare(&who.desk, act, record, &typed).await {
        Ok(()) => Redirect::to("/my-work").into_response(),
        Err(CaseError::Problems(problems)) => page(&app, who, record, &typed, &problems),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

#[derive(Template)]
#[template(path = "conflict/likely.html")]
struct Likely {
    rows: Vec<Row>,
}

/// A child, and who may know the family.
struct Row {
    record: RecordId,
    number: i64,
    child: String,
    worker: String,
    why: String,
}

/// `GET /team/conflicts`: who of the team may know a family.
pub async fn likely(app: App, who: SignedIn) -> Response {
    match conflict::likely(&who.desk).await {
        Ok(likely) => {
            let row = |one: &store::LikelyConflict| {
                let colleague = likely.colleagues.staff.get(&one.worker);
                let worker = colleague.map_or_else(|| "A former colleague".to_owned(), |one| one.name.clone());
                let why = match &one.near {
                    Near::Name(name) => format!("{worker} works with them, and {name} is a family name in the record"),
                    Near::Named => {
                        format!("{worker} works with them, and the record names them as somebody in the child’s life")
                    }
                };
                Row { record: one.record, number: one.number, child: one.child.clone(), worker, why }
            };
            let main = Likely { rows: likely.rows.iter().map(row).collect() };
            Frame::new(&app, &who, "Staff who might know a family").at("/team").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
