//! A member of staff, what they carry, and what can be arranged about it.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::staffing::{self, WorkerPage};
use policy::Capability;
use record::time::day_in_words;

use super::name_of;
use crate::{
    App,
    caseload::{Child, child},
    error::WebError,
    layout::{self, Frame},
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "staffing/worker.html")]
#[expect(clippy::struct_excessive_bools, reason = "what this reader may do here, one for each button")]
struct Worker {
    person: String,
    name: String,
    designation: String,
    team: String,
    leaves: String,
    gone: bool,
    children: Vec<Child>,
    others: usize,
    drafts: Vec<(String, String, String)>,
    covers: Vec<String>,
    covered_now: bool,
    may_allocate: bool,
    may_cover: bool,
    token: govuk::Html,
    act: String,
    problem: String,
}

/// `GET /team/staff/{person}`
pub async fn show(app: App, Path(person): Path<String>, who: SignedIn) -> Response {
    let Ok(person) = person.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    if let Err(error) = casework::records::permit(&who.desk, Capability::ChangeStaff).await {
        return WebError::from(error).response(&app, Some(&who));
    }
    match staffing::worker(&who.desk, person).await {
        Ok(page) => draw(&app, &who, &page, &[]),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// The page, with what must be put right to end cover.
pub(super) fn draw(app: &App, who: &SignedIn, page: &WorkerPage, problems: &[record::read::FieldProblem]) -> Response {
    let (pack, now) = (app.db().pack(), app.db().now());
    let today = now.day();
    let one = page.colleagues.staff.get(&page.person);
    let team = one.and_then(|one| one.team).and_then(|team| page.colleagues.teams.get(&team));
    let name = name_of(&page.colleagues, page.person);
    let covers = page.covers.iter().map(|cover| {
        let begun = if cover.from <= today { String::new() } else { format!(" from {}", day_in_words(cover.from)) };
        let until = day_in_words(cover.until);
        if cover.worker == page.person {
            format!("{} stands in{begun} until {name} is back on {until}", name_of(&page.colleagues, cover.deputy))
        } else {
            format!("{name} stands in for {}{begun} until {until}", name_of(&page.colleagues, cover.worker))
        }
    });
    let title = |form: &str| pack.form(form).map_or_else(|| form.to_owned(), |form| form.title.clone());
    let main = Worker {
        person: page.person.to_string(),
        designation: one.map_or_else(String::new, |one| one.designation.clone()),
        team: team.map_or_else(String::new, |team| team.name.clone()),
        leaves: one.and_then(|one| one.leaves).map(day_in_words).unwrap_or_default(),
        gone: one.is_some_and(|one| one.left),
        children: page.children.iter().map(|listed| child(pack, &page.colleagues, listed, today)).collect(),
        others: page.others,
        drafts: page
            .drafts
            .iter()
            .map(|draft| {
                let child = page.children.iter().find(|child| child.record == draft.front);
                let child = child.map_or_else(String::new, |child| casework::recording::called(&child.who));
                (title(&draft.form), child, words::ago(draft.touched, now))
            })
            .collect(),
        covers: covers.collect(),
        covered_now: page.children.iter().any(|child| child.covered.is_some()),
        may_allocate: page.may_allocate && !page.children.is_empty(),
        may_cover: page.may_cover && !page.children.is_empty(),
        token: layout::token(who),
        act: who.desk.new_id::<record::ActId>().to_string(),
        problem: problems.first().map(|problem| problem.message.clone()).unwrap_or_default(),
        name,
    };
    Frame::new(app, who, "A member of staff").at("/team").problems(problems).page(&main)
}
