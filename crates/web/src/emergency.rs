//! A record opened in an emergency, and the page on which somebody asks about that. Whether there is a record, and whether
//! it is closed, nobody learns here: the search has the same words for both, and so has the answer.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{CaseError, emergency, records};
use govuk::Html;
use policy::Capability;
use record::{ActId, EntryId, RecordId, Typed, answer::Answer, read::FieldProblem, typed::Name};
use store::Wanted;

use crate::{
    App,
    error::WebError,
    form::draw_alone,
    layout::{self, Frame},
    open_record::{looked_for, search_box},
    posted::{Pairs, Posted},
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "emergency/ask.html")]
struct Ask {
    intro: String,
    minutes: u32,
    which: Html,
    fields: Html,
    token: Html,
    act: String,
}

/// `GET /people/emergency`
pub async fn ask(app: App, who: SignedIn) -> Response {
    if let Err(error) = records::permit(&who.desk, Capability::OpenInEmergency).await {
        return WebError::from(error).response(&app, Some(&who));
    }
    page(&app, &who, &Pairs::default(), &[])
}

fn page(app: &App, who: &SignedIn, pairs: &Pairs, problems: &[FieldProblem]) -> Response {
    let pack = app.db().pack();
    let Some(form) = pack.form(emergency::OPENING_FORM) else { return WebError::Closed.response(app, Some(who)) };
    let main = Ask {
        intro: form.intro.clone().unwrap_or_default(),
        minutes: pack.access().emergency_minutes,
        which: search_box("Record number, or the child’s name", pairs, problems),
        fields: draw_alone(pack, form, &[emergency::WORKER], (&pairs.typed(), problems), &store::Colleagues::default()),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "Open a record in an emergency").at("/people").problems(problems).page(&main)
}

/// `POST /people/emergency`
pub async fn open(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    if let Err(error) = records::permit(&who.desk, Capability::OpenInEmergency).await {
        return WebError::from(error).response(&app, Some(who));
    }
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let wanted = match wanted(&app, &posted.pairs) {
        Ok(wanted) => wanted,
        Err(problems) => return page(&app, who, &posted.pairs, &problems),
    };
    match emergency::open(&who.desk, act, &wanted, &posted.pairs.typed()).await {
        Ok(record) => Redirect::to(&format!("/records/{record}")).into_response(),
        Err(CaseError::Problems(problems)) => page(&app, who, &posted.pairs, &problems),
        Err(CaseError::Closed) => WebError::NotOpened.response(&app, Some(who)),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// A number, or a name with the date of birth.
fn wanted(app: &App, pairs: &Pairs) -> Result<Wanted, Vec<FieldProblem>> {
    let name = pairs.get("name");
    if let Some(number) = records::number_typed(name) {
        return Ok(Wanted::Number(number));
    }
    let looked_for = looked_for(app, pairs)?;
    if looked_for.who.births.is_empty() || name.trim().is_empty() {
        let message = "Enter the record number, or the child’s name and date of birth".to_owned();
        return Err(vec![FieldProblem { at: Name::of("name"), message }]);
    }
    Ok(Wanted::Child(looked_for))
}

#[derive(Template)]
#[template(path = "emergency/review.html")]
struct Review {
    /// «Sam Okafor (Social worker) opened R-10482, Amira Ali, on Tuesday …».
    opened: String,
    reason: String,
    more: String,
    action: String,
    fields: Html,
    token: Html,
    act: String,
}

/// `GET /records/{record}/emergencies/{entry}`
pub async fn look(app: App, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(entry)) = (record.parse(), entry.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    reviewed(&app, &who, (record, entry), &Typed::default(), &[]).await
}

async fn reviewed(
    app: &App,
    who: &SignedIn,
    (record, entry): (RecordId, EntryId),
    typed: &Typed,
    problems: &[FieldProblem],
) -> Response {
    let found = match emergency::look(&who.desk, record, entry).await {
        Ok(found) => found,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let Some(form) = pack.form(emergency::REVIEW_FORM) else { return WebError::Closed.response(app, Some(who)) };
    let content = &found.opening.content;
    let child = found.child.map(|child| format!(", {child},")).unwrap_or_default();
    let said = |field: &str| content.answer(field).map(Answer::stated).unwrap_or_default();
    let main = Review {
        opened: format!(
            "{} ({}) opened record R-{}{child} in an emergency on {}",
            content.author.name,
            content.author.designation,
            found.number,
            words::moment(content.written)
        ),
        reason: pack.label("emergency-reason", &said("reason")).to_owned(),
        more: said("more"),
        action: format!("/records/{record}/emergencies/{entry}"),
        fields: draw_alone(pack, form, &[emergency::OPENING], (typed, problems), &store::Colleagues::default()),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "Opened in an emergency").at("/my-work").problems(problems).page(&main)
}

/// `POST /records/{record}/emergencies/{entry}`
pub async fn review(app: App, Path((record, entry)): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let (Ok(record), Ok(entry)) = (record.parse(), entry.parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    match emergency::review(&who.desk, act, record, entry, &typed).await {
        Ok(()) => Redirect::to("/my-work").into_response(),
        Err(CaseError::Problems(problems)) => reviewed(&app, who, (record, entry), &typed, &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
