//! The children with nobody allocated, and allocating many of them at once.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::{
    CaseError,
    caseload::{self, MyTeam},
    records,
};
use policy::Capability;
use record::{
    RecordId, Typed, known,
    read::{FieldProblem, standing},
};

use super::{
    child::{Child, child},
    lists::not_for_long,
};
use crate::{
    App,
    error::WebError,
    form::Drawing,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "caseload/unallocated.html")]
struct UnallocatedPage {
    children: Vec<Child>,
    summary: String,
    /// Whether a worker's name leads to what they carry.
    links: bool,
    token: govuk::Html,
    act: String,
    fields: govuk::Html,
    ticked: Vec<String>,
}

impl UnallocatedPage {
    fn is_ticked(&self, record: &RecordId) -> bool {
        self.ticked.contains(&record.to_string())
    }
}

/// `GET /team/unallocated`
pub async fn unallocated(app: App, who: SignedIn) -> Response {
    let today = app.db().now().day();
    let typed = Typed::default().on_day(standing::HAPPENED, today).with("has-worker", "yes");
    allocation_page(&app, &who, &typed, &[], &[]).await
}

async fn allocation_page(
    app: &App,
    who: &SignedIn,
    typed: &Typed,
    problems: &[FieldProblem],
    ticked: &[String],
) -> Response {
    match caseload::unallocated(&who.desk).await {
        Ok(team) => draw(app, who, &team, typed, problems, ticked),
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

fn draw(
    app: &App,
    who: &SignedIn,
    team: &MyTeam,
    typed: &Typed,
    problems: &[FieldProblem],
    ticked: &[String],
) -> Response {
    let (pack, today) = (app.db().pack(), app.db().now().day());
    let children: Vec<_> = team.children.iter().map(|listed| child(pack, &team.colleagues, listed, today)).collect();
    let long = children.iter().filter(|child| !child.seen_note.is_empty()).count();
    let alone = children.iter().filter(|child| !child.alone_note.is_empty()).count();
    let fields = pack.form("allocation").map_or_else(govuk::Html::default, |form| {
        let drawing = Drawing {
            pack,
            form,
            typed,
            problems,
            carried: &crate::form::NOTHING_CARRIED,
            children: &[],
            people: &[],
            colleagues: &team.colleagues,
            entries: &[],
            files: None,
        };
        drawing.draw()
    });
    let act: record::ActId = who.desk.new_id();
    let main = UnallocatedPage {
        summary: format!(
            "{}; {long} {}; {alone} {}",
            words::count(children.len(), "child", "children"),
            not_for_long(pack, known::LAST_SEEN, "not seen"),
            not_for_long(pack, known::LAST_SEEN_ALONE, "not seen alone")
        ),
        children,
        links: who.may.contains(&Capability::ChangeStaff),
        token: layout::token(who),
        act: act.to_string(),
        fields,
        ticked: ticked.to_vec(),
    };
    Frame::new(app, who, "Children with nobody allocated").at("/team").writing().problems(problems).page(&main)
}

/// `POST /team/allocation`: many children at once.
pub async fn allocate(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let ticked: Vec<String> = posted.pairs.all("_child").map(str::to_owned).collect();
    let records: Vec<RecordId> = ticked.iter().filter_map(|record| record.parse().ok()).collect();
    let typed = posted.pairs.typed();
    match records::allocate(&who.desk, act, &records, &typed).await {
        Ok(_) => Redirect::to("/team").into_response(),
        Err(CaseError::Problems(problems)) => allocation_page(&app, who, &typed, &problems, &ticked).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
