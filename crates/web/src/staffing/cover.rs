//! Cover while a worker is away.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    staffing::{self, WorkerPage},
};
use govuk::Html;
use policy::Capability;
use record::{
    ActId, PersonId, RecordId, Typed,
    read::{FieldProblem, standing},
};

use super::{name_of, worker};
use crate::{
    App,
    error::WebError,
    form::Drawing,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "staffing/cover.html")]
struct Cover {
    person: String,
    name: String,
    /// Record, number, name, whether ticked, who covers now.
    children: Vec<(RecordId, i64, String, bool, String)>,
    fields: Html,
    token: Html,
    act: String,
    error: String,
}

/// `GET /team/staff/{person}/cover`
pub async fn form(app: App, Path(person): Path<String>, who: SignedIn) -> Response {
    let Ok(person) = person.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    let typed = Typed::default().on_day(standing::HAPPENED, app.db().now().day());
    draw(&app, &who, person, &typed, None, &[]).await
}

async fn page(who: &SignedIn, person: PersonId) -> Result<WorkerPage, CaseError> {
    casework::records::permit(&who.desk, Capability::ArrangeCover).await?;
    staffing::worker(&who.desk, person).await
}

async fn draw(
    app: &App,
    who: &SignedIn,
    person: PersonId,
    typed: &Typed,
    ticked: Option<&[String]>,
    problems: &[FieldProblem],
) -> Response {
    let page = match page(who, person).await {
        Ok(page) => page,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let Some(form) = pack.form("cover") else { return WebError::Closed.response(app, Some(who)) };
    let mut asked = form.clone();
    for section in &mut asked.sections {
        // Who is away is the person whose page this is.
        section.fields.retain(|field| field.id != "worker");
    }
    let mut colleagues = (*page.colleagues).clone();
    colleagues.staff.retain(|one, _| *one != person);
    let drawing = Drawing {
        pack,
        form: &asked,
        typed,
        problems,
        carried: &crate::form::NOTHING_CARRIED,
        children: &[],
        people: &[],
        colleagues: &colleagues,
        entries: &[],
        files: None,
    };
    let main = Cover {
        person: person.to_string(),
        name: name_of(&page.colleagues, person),
        children: page
            .children
            .iter()
            .map(|child| {
                let id = child.record.to_string();
                let ticked = ticked.is_none_or(|ticked| ticked.contains(&id));
                let now = child.covered.map(|(deputy, _)| name_of(&page.colleagues, deputy)).unwrap_or_default();
                (child.record, child.number, casework::recording::called(&child.who), ticked, now)
            })
            .collect(),
        fields: drawing.draw(),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
        error: problems
            .iter()
            .find(|problem| problem.at.field == "about")
            .map(|problem| problem.message.clone())
            .unwrap_or_default(),
    };
    Frame::new(app, who, "Arrange cover").at("/team").problems(problems).page(&main)
}

/// `POST /team/staff/{person}/cover`
pub async fn arrange(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    if let Err(error) = page(who, person).await {
        return WebError::from(error).response(&app, Some(who));
    }
    let ticked: Vec<String> = posted.pairs.all("_child").map(str::to_owned).collect();
    let records: Vec<RecordId> = ticked.iter().filter_map(|record| record.parse().ok()).collect();
    let typed = posted.pairs.typed();
    match staffing::arrange_cover(&who.desk, act, person, &records, &typed).await {
        Ok(_) => Redirect::to(&format!("/team/staff/{person}")).into_response(),
        Err(CaseError::Problems(problems)) => draw(&app, who, person, &typed, Some(&ticked), &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `POST /team/staff/{person}/cover/end`
pub async fn end(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let page = match page(who, person).await {
        Ok(page) => page,
        Err(error) => return WebError::from(error).response(&app, Some(who)),
    };
    match staffing::end_cover(&who.desk, act, person, &posted.pairs.typed()).await {
        Ok(_) => Redirect::to(&format!("/team/staff/{person}")).into_response(),
        Err(CaseError::Problems(problems)) => worker::draw(&app, who, &page, &problems),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
