//! My team as a table of workers.

use askama::Template;
use axum::response::Response;
use casework::caseload::{self, Show, TeamTable, Waiting, Whose, WorkerRow};
use policy::Capability;

use super::lists::in_words;
use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

/// A worker's row: each number with the list that it opens, blank where there is none.
struct Row {
    name: String,
    team: String,
    /// The page of the worker, for those who arrange things about staff.
    href: String,
    numbers: Vec<(usize, String)>,
}

#[derive(Template)]
#[template(path = "caseload/team.html")]
struct TeamPage {
    summary: String,
    heads: Vec<String>,
    rows: Vec<Row>,
    all: Row,
    waiting: Vec<(String, String)>,
    several_teams: bool,
    may_allocate: bool,
    /// Whether the reader decides who must not see a record.
    may_decide: bool,
}

/// `GET /team`
pub async fn team(app: App, who: SignedIn) -> Response {
    let page = async {
        let table = caseload::team_table(&who.desk).await?;
        Ok::<_, WebError>(team_page(&who, &table, waiting(&who).await?))
    };
    match page.await {
        Ok(page) => Frame::new(&app, &who, "My team").at("/team").page(&page),
        Err(error) => error.response(&app, Some(&who)),
    }
}

fn team_page(who: &SignedIn, table: &TeamTable, waiting: Vec<(String, String)>) -> TeamPage {
    let pack = who.desk.pack();
    let mut heads = vec![
        "Children".to_owned(),
        in_words(pack, Show::NotSeen),
        in_words(pack, Show::NotAlone),
        "No visit planned".to_owned(),
        "Entries by others not read".to_owned(),
        "Late".to_owned(),
        "Due soon".to_owned(),
    ];
    if table.sees_drafts {
        heads.push("Drafts waiting".to_owned());
    }
    let links = who.may.contains(&Capability::ChangeStaff);
    let row = |of: &WorkerRow, name: Option<&str>| {
        let one = of.worker.and_then(|worker| table.colleagues.staff.get(&worker));
        let whose = match (of.worker, name) {
            (Some(worker), _) => Whose::Worker(worker),
            (None, Some(_)) => Whose::Team,
            (None, None) => Whose::Nobody,
        };
        let list = |number: usize, show: Show| {
            let href = if number == 0 { String::new() } else { format!("/team/children?whose={whose}&show={show}") };
            (number, href)
        };
        let owed = |number: usize| {
            let whose = of.worker.map(|worker| format!("?worker={worker}")).unwrap_or_default();
            (number, if number == 0 { String::new() } else { format!("/team/owed{whose}") })
        };
        let mut numbers = vec![
            list(of.children, Show::All),
            list(of.not_seen, Show::NotSeen),
            list(of.not_alone, Show::NotAlone),
            list(of.no_plan, Show::NoPlan),
            list(of.unread, Show::Unread),
            owed(of.late),
            owed(of.soon),
        ];
        if table.sees_drafts {
            numbers.push(list(of.drafts, Show::Drafts));
        }
        let team = of.team.and_then(|team| table.colleagues.teams.get(&team));
        Row {
            name: name
                .map(str::to_owned)
                .or_else(|| one.map(|one| one.name.clone()))
                .unwrap_or_else(|| "Nobody allocated".to_owned()),
            team: team.map_or_else(String::new, |team| team.name.clone()),
            href: of.worker.filter(|_| links).map_or_else(String::new, |worker| format!("/team/staff/{worker}")),
            numbers,
        }
    };
    let rows: Vec<Row> = table.workers.iter().map(|worker| row(worker, None)).collect();
    let several_teams = rows.iter().any(|other| !other.team.is_empty() && other.team != rows[0].team);
    TeamPage {
        summary: format!(
            "{} with {}",
            words::count(table.all.children, "child", "children"),
            words::count(table.workers.iter().filter(|row| row.worker.is_some()).count(), "worker", "workers")
        ),
        all: row(&table.all, Some("All together")),
        heads,
        rows,
        waiting,
        several_teams,
        may_allocate: table.may_allocate,
        may_decide: who.may.contains(&policy::Capability::DecideConflict),
    }
}

/// What waits, each in words with where it is seen to.
pub(super) async fn waiting(who: &SignedIn) -> Result<Vec<(String, String)>, WebError> {
    let in_words = |waiting: Waiting| match waiting {
        Waiting::Unallocated(many) => (
            format!("{} nobody allocated", words::count(many, "child has", "children have")),
            "/team/unallocated".to_owned(),
        ),
        Waiting::ToCheck(many) => {
            let children = words::count(many, "child was", "children were");
            (format!("{children} brought in from another system with something to check"), "/team/to-check".to_owned())
        }
    };
    Ok(caseload::waiting(&who.desk).await?.into_iter().map(in_words).collect())
}
