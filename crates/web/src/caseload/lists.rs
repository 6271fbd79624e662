//! The list behind a number, and the way through it from one child to the next.

use askama::Template;
use axum::{http::Uri, response::Response};
use casework::{
    CaseError,
    caseload::{self, CaseList, Show, Whose},
};
use policy::{Capability, Pack};
use record::known;

use super::{
    asked,
    child::{Child, case},
};
use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

/// One entry or draft of a child, in words; an entry has a page.
struct Line {
    child: String,
    words: String,
    href: String,
}

#[derive(Template)]
#[template(path = "caseload/list.html")]
struct Page {
    title: String,
    whose: String,
    back: (&'static str, &'static str),
    children: Vec<Child>,
    /// Behind each child's link: that this list is worked through.
    through: String,
    lines: Vec<Line>,
    of_team: bool,
}

/// `GET /my-work/children`
pub async fn mine(app: App, uri: Uri, who: SignedIn) -> Response {
    draw(&app, &who, &uri, Whose::Mine).await
}

/// `GET /team/children`
pub async fn of_team(app: App, uri: Uri, who: SignedIn) -> Response {
    let whose = asked(&uri).get("whose").and_then(|whose| whose.parse().ok()).unwrap_or(Whose::Team);
    let whose = if whose == Whose::Mine { Whose::Team } else { whose };
    draw(&app, &who, &uri, whose).await
}

async fn draw(app: &App, who: &SignedIn, uri: &Uri, whose: Whose) -> Response {
    let show = asked(uri).get("show").and_then(|show| show.parse().ok()).unwrap_or(Show::All);
    match caseload::cases(&who.desk, whose, show).await {
        Ok(list) => {
            let page = page(app, who, &list, whose, show);
            let at = if whose == Whose::Mine { "/my-work" } else { "/team" };
            Frame::new(app, who, "Children").at(at).page(&page)
        }
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

fn page(app: &App, who: &SignedIn, list: &CaseList, whose: Whose, show: Show) -> Page {
    let (pack, now) = (app.db().pack(), app.db().now());
    let staff = |person| list.colleagues.staff.get(&person).map_or("A colleague", |one| one.name.as_str());
    let called = |record| {
        let child = list.cases.iter().find(|case| case.record == record);
        child.map_or_else(String::new, |case| casework::recording::called(&case.who))
    };
    let title = |form: &str| pack.form(form).map_or_else(|| form.to_owned(), |form| form.title.clone());
    let lines = match show {
        Show::Unread => list
            .unread
            .iter()
            .filter(|one| list.cases.iter().any(|case| case.record == one.record))
            .map(|one| Line {
                child: called(one.record),
                words: format!(
                    "{} by {}, {}, not opened yet by {}",
                    title(&one.form),
                    staff(one.author),
                    words::ago(one.written, now),
                    staff(one.whose)
                ),
                href: format!("/records/{}/entries/{}", one.record, one.entry),
            })
            .collect(),
        Show::Drafts => list
            .drafts
            .iter()
            .filter(|draft| list.cases.iter().any(|case| case.record == draft.front))
            .map(|draft| Line {
                child: called(draft.front),
                words: format!(
                    "{} by {}, last saved {}",
                    title(&draft.form),
                    staff(draft.author),
                    words::ago(draft.touched, now)
                ),
                // Nobody but its author opens a draft.
                href: if draft.author == who.person() { format!("/drafts/{}", draft.id) } else { String::new() },
            })
            .collect(),
        _ => Vec::new(),
    };
    let whose_words = match whose {
        Whose::Mine => "My children".to_owned(),
        Whose::Team => "My team".to_owned(),
        Whose::Nobody => "Nobody allocated".to_owned(),
        Whose::Worker(worker) => staff(worker).to_owned(),
    };
    Page {
        title: in_words(pack, show),
        whose: whose_words,
        back: if whose == Whose::Mine { ("/my-work", "Back to My work") } else { ("/team", "Back to My team") },
        children: list.cases.iter().map(|one| case(pack, &list.colleagues, one, now.day())).collect(),
        // All of them is a list to look in; any other is one to work through.
        through: if show == Show::All { String::new() } else { format!("?through={whose}.{show}") },
        lines,
        of_team: whose != Whose::Mine,
    }
}

/// What a list is of. How long is too long is the policy's to say.
pub(super) fn in_words(pack: &Pack, show: Show) -> String {
    match show {
        Show::All => "Children".to_owned(),
        Show::NotSeen => not_for_long(pack, known::LAST_SEEN, "Not seen"),
        Show::NotAlone => not_for_long(pack, known::LAST_SEEN_ALONE, "Not seen alone"),
        Show::NoPlan => "Without a planned visit".to_owned(),
        Show::Unread => "Entries by others that are not read yet".to_owned(),
        Show::Drafts => "Drafts that wait".to_owned(),
    }
}

/// «Not seen for more than 28 days»; without a number where the policy sets none.
pub(super) fn not_for_long(pack: &Pack, kind: &str, what: &str) -> String {
    let limit = pack.fact(kind).and_then(|kind| kind.too_long_after);
    limit.map_or_else(|| what.to_owned(), |days| format!("{what} for more than {days} days"))
}

/// Where somebody is who works through a list.
pub(crate) struct Step {
    pub title: String,
    pub list: String,
    pub next: Option<(String, String)>,
    pub left: usize,
}

/// Where this page stands in the list that it was opened from; none where it was opened from no list.
pub(crate) async fn step(who: &SignedIn, uri: &Uri, number: i64) -> Result<Option<Step>, CaseError> {
    let asked = asked(uri);
    let parsed = asked.get("through").and_then(|through| {
        let (whose, show) = through.split_once('.')?;
        Some((whose.parse::<Whose>().ok()?, show.parse::<Show>().ok()?))
    });
    let Some((whose, show)) = parsed else { return Ok(None) };
    if whose != Whose::Mine && !who.may.contains(&Capability::SeeTeam) {
        return Ok(None);
    }
    let through = caseload::through(&who.desk, whose, show, number).await?;
    let list = match whose {
        Whose::Mine => format!("/my-work/children?show={show}"),
        _ => format!("/team/children?whose={whose}&show={show}"),
    };
    Ok(Some(Step {
        title: in_words(who.desk.pack(), show),
        list,
        next: through.next.map(|(record, name)| (format!("/records/{record}?through={whose}.{show}"), name)),
        left: through.left,
    }))
}
