//! The child's family and the other people in their life; the search before a new person is made.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::{reading, records};
use record::{RecordId, read::FieldProblem};

use super::front_page;
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    open_record::{Match, NAME, looked_for, search_box},
    posted::{Pairs, Posted},
    recording,
    session::SignedIn,
};

/// Somebody in the child's life.
pub struct Member {
    /// Their identifier.
    pub person: String,
    /// What they are called.
    pub name: String,
    /// Their full name.
    pub full: String,
    /// Age and birth, or death.
    pub age: String,
    /// What they are to the child.
    pub relation: String,
    /// Whether they live in the household.
    pub lives_here: bool,
    /// Whether they have parental responsibility.
    pub decides: bool,
    /// Whether they are particularly close.
    pub close: bool,
    /// The contact arrangement with the child, and the entry that says so (R-BAS-07).
    pub contact: Option<(String, String)>,
    /// What else the record says of the child and them: consents, who must never learn what; each with its entry.
    pub also: Vec<(String, String, String)>,
    /// Ethnicity, religion, language, disability, telephone.
    pub details: Vec<String>,
    /// Their own record, where this reader may open it.
    pub record: Option<RecordId>,
}

#[derive(Template)]
#[template(path = "record/family.html")]
struct Family {
    record: RecordId,
    members: Vec<Member>,
    /// People whom only another child's record connects with this child: what they are, and where that is said.
    others: Vec<(String, String, RecordId)>,
    token: govuk::Html,
    search: govuk::Html,
    found: Option<Vec<Match>>,
    looked_for: String,
    may_record: bool,
}

/// `GET /records/{record}/family`
pub async fn show(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    page(&app, &who, &record, None, &Pairs::default(), &[]).await
}

/// `POST /records/{record}/family`: looks for somebody before a new person is made.
pub async fn found(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let looked_for = match looked_for(&app, &posted.pairs) {
        Ok(looked_for) => looked_for,
        Err(problems) => return page(&app, who, &record, None, &posted.pairs, &problems).await,
    };
    match records::search_to_name(&who.desk, &looked_for).await {
        Ok(found) => {
            let found = found.into_iter().map(|one| Match::new(&one, app.db().now().day())).collect();
            page(&app, who, &record, Some(found), &posted.pairs, &[]).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// Whom other records connect with this child and this record does not name: for a reader who may read those.
fn others(app: &App, family: &reading::Family) -> Vec<(String, String, RecordId)> {
    let Some(child) = family.page.header.person else { return Vec::new() };
    let mut others: Vec<(String, String, RecordId)> = Vec::new();
    for one in &family.elsewhere {
        let (person, inverse) = if one.other == child { (one.subject, true) } else { (one.other, false) };
        if (one.other != child && one.subject != child) || family.page.people.contains_key(&person) {
            continue;
        }
        let name = family.names.get(&person).cloned().unwrap_or_default();
        let line = (name, front_page::connection(app.db().pack(), &one.kind, inverse), one.record);
        if !others.contains(&line) {
            others.push(line);
        }
    }
    others
}

async fn page(
    app: &App,
    who: &SignedIn,
    record: &str,
    found: Option<Vec<Match>>,
    pairs: &Pairs,
    problems: &[FieldProblem],
) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(app, Some(who)) };
    match reading::family(&who.desk, record).await {
        Ok(family) => {
            let page = &family.page;
            let main = Family {
                record,
                members: front_page::family(app.db().pack(), &family, app.db().now().day()),
                others: others(app, &family),
                token: layout::token(who),
                search: search_box(NAME, pairs, problems),
                found,
                looked_for: pairs.get("name").to_owned(),
                may_record: page.may_record,
            };
            Frame::new(app, who, "Family and people").in_record(&page.header, "family").problems(problems).page(&main)
        }
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

/// `POST /records/{record}/people`: nobody found is the one, so the form for a new person is opened.
pub async fn new_person(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(who)) };
    match records::new_person(&who.desk, record, posted.pairs.get("name")).await {
        Ok((start, open)) => recording::first_page(&app, who, &start, &open),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
