//! Duty out of hours: who is on, and the page on which a record is opened on duty.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{CaseError, staffing};
use govuk::Html;
use policy::Capability;
use record::{
    ActId, RecordId, Typed,
    read::{FieldProblem, standing},
    time::weekday_in_words,
    typed::Name,
};

use super::{Boxes, name_of};
use crate::{
    App,
    error::WebError,
    form::draw_alone,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "staffing/duty.html")]
struct Duty {
    /// Person, day as posted, day and hours in words, name.
    shifts: Vec<(String, [String; 3], String, String)>,
    boxes: Html,
    nobody: bool,
    token: Html,
    act: String,
}

/// `GET /duty`
pub async fn show(app: App, who: SignedIn) -> Response {
    let typed = Typed::default().on_day(standing::HAPPENED, app.db().now().day());
    draw(&app, &who, &typed, &[]).await
}

async fn draw(app: &App, who: &SignedIn, typed: &Typed, problems: &[FieldProblem]) -> Response {
    let duties = match staffing::shifts(&who.desk).await {
        Ok(duties) => duties,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let boxes = Boxes { typed, problems };
    let blank = |text: &str| vec![(String::new(), text.to_owned())];
    let mut people = blank("Choose");
    people.extend(duties.people.iter().map(|person| (person.to_string(), name_of(&duties.colleagues, *person))));
    let mut hours = blank("Choose");
    let list = pack.list("duty-shift").map(|list| list.items.as_slice()).unwrap_or_default();
    hours.extend(list.iter().map(|item| (item.code.clone(), item.label.clone())));
    let mut html = boxes.select(&Name::of("person"), "Who is on duty?", false, "", &people);
    html.push(&boxes.day("happened", "On which day does the shift begin?", ""));
    html.push(&boxes.select(&Name::of("shift"), "Which hours?", false, "", &hours));
    let main = Duty {
        shifts: duties
            .shifts
            .iter()
            .map(|(day, person, code)| {
                let parts = [day.day().to_string(), day.month().to_string(), day.year().to_string()];
                let text = format!("{}: {}", weekday_in_words(*day), pack.label("duty-shift", code));
                (person.to_string(), parts, text, name_of(&duties.colleagues, *person))
            })
            .collect(),
        boxes: html,
        nobody: duties.people.is_empty(),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "Duty out of hours").at("/duty").problems(problems).page(&main)
}

/// `POST /duty`
pub async fn plan(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    if let Err(error) = casework::records::permit(&who.desk, Capability::PlanDuty).await {
        return WebError::from(error).response(&app, Some(who));
    }
    let typed = posted.pairs.typed();
    match staffing::plan_duty(&who.desk, act, &typed).await {
        Ok(()) => Redirect::to("/duty").into_response(),
        Err(CaseError::Problems(problems)) => draw(&app, who, &typed, &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `POST /duty/off`
pub async fn off(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    if let Err(error) = casework::records::permit(&who.desk, Capability::PlanDuty).await {
        return WebError::from(error).response(&app, Some(who));
    }
    let typed = posted.pairs.typed();
    match staffing::off_duty(&who.desk, act, &typed).await {
        Ok(()) => Redirect::to("/duty").into_response(),
        Err(CaseError::Problems(problems)) => draw(&app, who, &typed, &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

#[derive(Template)]
#[template(path = "staffing/duty_opening.html")]
struct Opening {
    record: RecordId,
    intro: String,
    fields: Html,
    token: Html,
    act: String,
}

/// `POST /people/duty`: the page on which somebody on duty says why they open a record that the search has found.
pub async fn found(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    if let Err(error) = casework::records::permit(&who.desk, Capability::OpenOnDuty).await {
        return WebError::from(error).response(&app, Some(who));
    }
    let Ok(person) = posted.pairs.get("person").parse() else { return WebError::Closed.response(&app, Some(who)) };
    match staffing::for_duty(&who.desk, person).await {
        Ok(record) => opening(&app, who, record, &Typed::default(), &[]),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

fn opening(app: &App, who: &SignedIn, record: RecordId, typed: &Typed, problems: &[FieldProblem]) -> Response {
    let pack = app.db().pack();
    let Some(form) = pack.form("duty-opening") else { return WebError::Closed.response(app, Some(who)) };
    let main = Opening {
        record,
        intro: form.intro.clone().unwrap_or_default(),
        // It is whoever is on the page, now.
        fields: draw_alone(pack, form, &["worker"], (typed, problems), &store::Colleagues::default()),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "Open a record on duty").at("/people").problems(problems).page(&main)
}

/// `POST /records/{record}/duty`
pub async fn open(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(record) = record.parse::<RecordId>() else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    match staffing::open_on_duty(&who.desk, act, record, &typed).await {
        Ok(_) => Redirect::to(&format!("/records/{record}")).into_response(),
        Err(CaseError::Problems(problems)) => opening(&app, who, record, &typed, &problems),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
