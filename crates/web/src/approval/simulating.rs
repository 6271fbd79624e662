//! A version of the policy on a real record: what it would owe then, beside what it owes now.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::{
    CaseError,
    approval::{
        self,
        simulating::{self, Count, Differs, Side, Simulation},
    },
    records,
};
use govuk::{Html, Input, InputWidth};
use record::{read::FieldProblem, typed::Name};

use super::{AT, named};
use crate::{
    App,
    error::WebError,
    form::label,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
};

/// The box for the record's number.
const NUMBER: &str = "number";

#[derive(Template)]
#[template(path = "approval/simulation.html")]
struct Page {
    href: String,
    title: String,
    now: String,
    number: Html,
    token: Html,
    shown: Option<Shown>,
}

/// A record by two policies, in words.
struct Shown {
    number: i64,
    closed: bool,
    short: String,
    parts: Vec<(&'static str, Vec<Row>)>,
    done: Vec<Row>,
}

struct Row {
    what: String,
    now: String,
    then: String,
}

/// `GET /organisation/policy/{version}/simulation`
pub async fn ask(app: App, Path(version): Path<String>, who: SignedIn) -> Response {
    draw(&app, &who, &version, "").await
}

/// `POST /organisation/policy/{version}/simulation`: sent so that whatever is typed stands in no address and no log.
pub async fn show(app: App, Path(version): Path<String>, posted: Posted) -> Response {
    draw(&app, &posted.who, &version, posted.pairs.get(NUMBER)).await
}

async fn draw(app: &App, who: &SignedIn, version: &str, typed: &str) -> Response {
    let Some(hash) = policy::from_hex(version) else { return WebError::Closed.response(app, Some(who)) };
    let version = match approval::version(&who.desk, &hash).await {
        Ok(version) => version,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let simulated = match records::number_typed(typed) {
        None if typed.is_empty() => Ok(None),
        None => Err(CaseError::Closed),
        Some(number) => simulating::simulate(&who.desk, &version.pack, number).await.map(Some),
    };
    let (shown, problem) = match simulated {
        Ok(simulation) => (simulation.as_ref().map(shown), None),
        // What is closed to this person and what is not there are one answer.
        Err(CaseError::Closed) => (None, Some("There is no record with this number that is open to you")),
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let problems: Vec<FieldProblem> =
        problem.into_iter().map(|message| FieldProblem { at: Name::of(NUMBER), message: message.to_owned() }).collect();
    let pack = app.db().pack();
    let main = Page {
        href: format!("{AT}/{}", policy::in_hex(&version.hash)),
        title: named(version.pack.title(), i64::from(version.pack.version())),
        now: named(pack.title(), i64::from(pack.version())),
        number: Html::of(&Input {
            id: NUMBER.to_owned(),
            name: NUMBER.to_owned(),
            label: label("Number of the record", "govuk-label--s"),
            hint: Some(
                "For example R-10482. That you looked at this record is kept with it, as for every reading.".into(),
            ),
            error: problem.map(Into::into),
            value: typed.chars().take(20).collect(),
            width: InputWidth::Chars10,
            autocomplete: "off".to_owned(),
            ..Input::default()
        }),
        shown,
        token: layout::token(who),
    };
    Frame::new(app, who, "Try it on a record").at(AT).problems(&problems).page(&main)
}

fn shown(simulation: &Simulation) -> Shown {
    let parts = Differs::ALL.map(|differs| {
        let rows = simulation.that(differs).map(|line| Row {
            what: line.what.clone(),
            now: line.now.as_ref().map(Side::in_words).unwrap_or_default(),
            then: line.then.as_ref().map(Side::in_words).unwrap_or_default(),
        });
        (differs.title(), rows.collect::<Vec<_>>())
    });
    let done = simulation.done.iter().map(|done| Row {
        what: done.what.clone(),
        now: done.now.as_ref().map(Count::in_words).unwrap_or_default(),
        then: done.then.as_ref().map(Count::in_words).unwrap_or_default(),
    });
    Shown {
        number: simulation.number,
        closed: simulation.closed,
        short: simulation.in_short(),
        parts: parts.into_iter().filter(|(_, rows)| !rows.is_empty()).collect(),
        done: done.collect(),
    }
}
