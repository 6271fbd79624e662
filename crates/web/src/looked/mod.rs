//! Who looked, in words that a young person can be told from; and the readings that somebody is asked about.

pub mod said;

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    looked::{self, Line},
};
use govuk::Html;
use record::{ActId, Moment, PersonId, RecordId, Typed, read::FieldProblem};
use store::Colleagues;

use crate::{
    App,
    error::WebError,
    form::draw_alone,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "looked/all.html")]
struct All {
    days: u32,
    rows: Vec<Row>,
    may_count: bool,
}

/// A question on the list.
struct Row {
    who: String,
    about: String,
    reasons: Vec<String>,
    last: String,
    href: String,
}

/// `GET /looked`
pub async fn all(app: App, who: SignedIn) -> Response {
    match looked::to_ask(&who.desk).await {
        Ok(waiting) => {
            let rows = waiting.lines.iter().map(|line| Row {
                who: named(line.question.reader, &waiting.colleagues),
                about: about(line),
                reasons: reasons(line),
                last: words::ago(line.question.last, who.desk.now),
                href: way(line),
            });
            let main = All {
                days: app.db().pack().access().questions.days,
                rows: rows.collect(),
                may_count: who.may.contains(&policy::Capability::SeeCounts),
            };
            Frame::new(&app, &who, "Readings to ask about").at("/my-work").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn named(person: PersonId, colleagues: &Colleagues) -> String {
    let one = colleagues.staff.get(&person);
    one.map_or_else(|| "A former colleague".to_owned(), |one| format!("{} ({})", one.name, one.designation))
}

/// «R-10482, Amira Ali»; «23 records».
fn about(line: &Line) -> String {
    match (line.number, &line.child) {
        (Some(number), Some(child)) => format!("R-{number}, {child}"),
        (Some(number), None) => format!("R-{number}"),
        (None, _) => words::count(line.question.records.len(), "record", "records"),
    }
}

fn reasons(line: &Line) -> Vec<String> {
    line.question.reasons.iter().map(|reason| words::capital(&reason.to_string())).collect()
}

fn way(line: &Line) -> String {
    let about = line.question.record.map_or_else(|| store::MANY.to_owned(), |record| record.to_string());
    format!("/looked/{}/{about}", line.question.reader)
}

#[derive(Template)]
#[template(path = "looked/question.html")]
struct Question {
    who: String,
    about: String,
    /// «North team; Grace Obi manages it».
    team: String,
    reasons: Vec<String>,
    since: String,
    lines: Vec<(String, String)>,
    action: String,
    fields: Html,
    token: Html,
    act: String,
    /// The last of what it is about.
    last: String,
}

type Of = (PersonId, Option<RecordId>);

/// Whom and what the address names.
fn of(reader: &str, about: &str) -> Option<Of> {
    let record = if about == store::MANY { None } else { Some(about.parse().ok()?) };
    Some((reader.parse().ok()?, record))
}

/// `GET /looked/{reader}/{about}`
pub async fn show(app: App, Path((reader, about)): Path<(String, String)>, who: SignedIn) -> Response {
    let Some(of) = of(&reader, &about) else { return WebError::Closed.response(&app, Some(&who)) };
    page(&app, &who, of, &Typed::default(), &[]).await
}

async fn page(app: &App, who: &SignedIn, (reader, record): Of, typed: &Typed, problems: &[FieldProblem]) -> Response {
    let found = match looked::question(&who.desk, reader, record).await {
        Ok(found) => found,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let Some(form) = pack.form(looked::ASKED_FORM) else { return WebError::Closed.response(app, Some(who)) };
    let team = found.line.team.and_then(|team| found.colleagues.teams.get(&team));
    let manager = team.and_then(|team| found.colleagues.staff.get(&team.manager?));
    let lines = found.looks.iter().map(|one| {
        let at = one.leaf.at.parse::<Moment>().map(words::moment).unwrap_or_default();
        let (what, through) = (said::what(pack, one), said::through(&one.leaf, &found.colleagues));
        (at, if through.is_empty() { what } else { format!("{what}, {through}") })
    });
    let main = Question {
        who: named(reader, &found.colleagues),
        about: self::about(&found.line),
        team: match (team, manager) {
            (Some(team), Some(manager)) => format!("{}, which {} manages", team.name, manager.name),
            (Some(team), None) => team.name.clone(),
            (None, _) => String::new(),
        },
        reasons: reasons(&found.line),
        last: found.line.question.last.to_string(),
        since: words::moment(found.line.question.first),
        lines: lines.collect(),
        action: way(&found.line),
        fields: draw_alone(pack, form, &looked::NOT_ASKED, (typed, problems), &found.colleagues),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "A reading to ask about").at("/my-work").problems(problems).page(&main)
}

/// `POST /looked/{reader}/{about}`
pub async fn answer(app: App, Path((reader, about)): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let Some((reader, record)) = of(&reader, &about) else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    let Ok(last) = posted.pairs.get("_last").parse() else { return WebError::Closed.response(&app, Some(who)) };
    match looked::answer(&who.desk, act, reader, record, (last, &typed)).await {
        Ok(()) => Redirect::to("/looked").into_response(),
        Err(CaseError::Problems(problems)) => page(&app, who, (reader, record), &typed, &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
