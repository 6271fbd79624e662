//! What a version would change, next to what is in force; and approving it.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    approval::{self, Version},
};
use govuk::{Html, Textarea};
use policy::diff::{Concern, Fate, Point, Weight};
use record::{
    ActId, Typed,
    read::{FieldProblem, standing},
    typed::Name,
};
use store::Colleagues;

use super::{AT, named};
use crate::{
    App,
    error::WebError,
    form::{Drawing, box_id, label},
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "approval/changes.html")]
struct Changes {
    href: String,
    title: String,
    now: String,
    short: String,
    refused: Vec<Concern>,
    warned: Vec<Concern>,
    parts: Vec<(&'static str, Vec<Thing>)>,
    /// The boxes to approve it, for whoever may where nothing is in the way.
    approval: Option<Approval>,
    may_approve: bool,
    in_force: bool,
}

/// One thing that differs.
struct Thing {
    title: String,
    word: &'static str,
    points: Vec<Point>,
}

struct Approval {
    act: String,
    token: Html,
    when: Html,
    why: Html,
}

/// `GET /organisation/policy/{version}/changes`
pub async fn show(app: App, Path(version): Path<String>, who: SignedIn) -> Response {
    let Some(hash) = policy::from_hex(&version) else { return WebError::Closed.response(&app, Some(&who)) };
    match approval::version(&who.desk, &hash).await {
        Ok(version) => {
            let next = first_of_next_month(app.db().now().day());
            let typed = Typed::default().on_day(standing::HAPPENED, next);
            page(&app, &who, &version, &typed, &[])
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// The day that is offered: policies change with a month.
fn first_of_next_month(today: jiff::civil::Date) -> jiff::civil::Date {
    today.last_of_month().tomorrow().unwrap_or(today)
}

fn page(app: &App, who: &SignedIn, version: &Version, typed: &Typed, problems: &[FieldProblem]) -> Response {
    let pack = app.db().pack();
    let change = version.change.as_ref();
    let of = |weight| -> Vec<Concern> {
        change.iter().flat_map(|change| &change.concerns).filter(|one| one.weight == weight).cloned().collect()
    };
    let parts = change.map(|change| change.between.parts()).unwrap_or_default();
    let parts = parts.into_iter().map(|(part, things)| {
        let things = things.into_iter().map(|thing| match &thing.fate {
            Fate::New => Thing { title: thing.title.clone(), word: "New", points: Vec::new() },
            Fate::Gone => Thing { title: thing.title.clone(), word: "Gone", points: Vec::new() },
            Fate::Changed(points) => Thing { title: thing.title.clone(), word: "", points: points.clone() },
        });
        (part.title(), things.collect())
    });
    let open = version.may_approve && change.is_some_and(|change| !change.is_refused());
    let form = pack.form("policy-in-force").filter(|_| open);
    let approval = form.map(|form| {
        let colleagues = Colleagues::default();
        let drawing = Drawing {
            pack,
            form,
            typed,
            problems,
            children: &[],
            people: &[],
            colleagues: &colleagues,
            entries: &[],
            files: None,
            carried: &crate::form::NOTHING_CARRIED,
        };
        let name = Name::of(approval::WHY);
        let why = Textarea {
            id: box_id(&name),
            name: name.to_string(),
            label: label("Why is it approved?", "govuk-label--s"),
            hint: Some("Who agreed to it, and when. It stands in the organisation’s record for ever.".into()),
            error: problems.iter().find(|problem| problem.at == name).map(|problem| problem.message.as_str().into()),
            value: typed.get(&name).unwrap_or_default().to_owned(),
            rows: Some(3),
            ..Textarea::default()
        };
        Approval {
            act: who.desk.new_id::<ActId>().to_string(),
            token: layout::token(who),
            when: drawing.draw_when(),
            why: Html::of(&why),
        }
    });
    let main = Changes {
        href: format!("{AT}/{}", policy::in_hex(&version.hash)),
        title: named(version.pack.title(), i64::from(version.pack.version())),
        now: named(pack.title(), i64::from(pack.version())),
        short: change.map_or_else(String::new, |change| change.between.in_short()),
        refused: of(Weight::Refused),
        warned: of(Weight::Warned),
        parts: parts.collect(),
        approval,
        may_approve: version.may_approve,
        in_force: change.is_none(),
    };
    Frame::new(app, who, "What would change").at(AT).problems(problems).page(&main)
}

/// `POST /organisation/policy/{version}/approval`
pub async fn approve(app: App, Path(version): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Some(hash) = policy::from_hex(&version) else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    match approval::approve(&who.desk, act, &hash, &typed).await {
        Ok(()) => Redirect::to(AT).into_response(),
        Err(CaseError::Problems(problems)) => match approval::version(&who.desk, &hash).await {
            Ok(version) => page(&app, who, &version, &typed, &problems),
            Err(error) => WebError::from(error).response(&app, Some(who)),
        },
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
