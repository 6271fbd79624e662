//! Handing children over: some of them, or all because the worker leaves or moves. One page for the three, since the
//! question is the same: who takes each child.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    staffing::{self, NEXT_MANAGER, WorkerPage},
};
use govuk::Html;
use policy::Capability;
use record::{
    ActId, PersonId, Typed,
    read::{FieldProblem, standing},
    typed::Name,
};

use super::{Boxes, name_of, takers};
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
    words,
};

/// Which of the three.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    HandOver,
    Leaves,
    Moves,
}

impl Why {
    const fn title(self) -> &'static str {
        match self {
            Self::HandOver => "Hand children over",
            Self::Leaves => "Somebody leaves",
            Self::Moves => "Somebody moves to another team",
        }
    }
    const fn path(self) -> &'static str {
        match self {
            Self::HandOver => "handover",
            Self::Leaves => "leaving",
            Self::Moves => "move",
        }
    }
    const fn needs(self) -> Capability {
        match self {
            Self::HandOver => Capability::Allocate,
            Self::Leaves | Self::Moves => Capability::ChangeStaff,
        }
    }
}

#[derive(Template)]
#[template(path = "staffing/handover.html")]
struct Page {
    heading: String,
    person: String,
    path: &'static str,
    lead: String,
    drafts: Vec<(String, String)>,
    name: String,
    boxes: Html,
    all: Html,
    /// Number, name, record, what is known, the box.
    children: Vec<(i64, String, record::RecordId, String, Html)>,
    others: usize,
    button: &'static str,
    token: Html,
    act: String,
}

/// `GET /team/staff/{person}/handover`
pub async fn form(app: App, Path(person): Path<String>, who: SignedIn) -> Response {
    open(&app, &who, &person, Why::HandOver).await
}

/// `GET /team/staff/{person}/leaving`
pub async fn leaving_form(app: App, Path(person): Path<String>, who: SignedIn) -> Response {
    open(&app, &who, &person, Why::Leaves).await
}

/// `GET /team/staff/{person}/move`
pub async fn move_form(app: App, Path(person): Path<String>, who: SignedIn) -> Response {
    open(&app, &who, &person, Why::Moves).await
}

async fn open(app: &App, who: &SignedIn, person: &str, why: Why) -> Response {
    let Ok(person) = person.parse() else { return WebError::Closed.response(app, Some(who)) };
    let mut typed = Typed::default();
    if why == Why::HandOver {
        typed = typed.on_day(standing::HAPPENED, app.db().now().day());
    }
    draw(app, who, person, why, &typed, &[]).await
}

async fn page(who: &SignedIn, person: PersonId, why: Why) -> Result<WorkerPage, CaseError> {
    casework::records::permit(&who.desk, why.needs()).await?;
    staffing::worker(&who.desk, person).await
}

#[expect(clippy::too_many_lines, reason = "the parts of one page, in their order")]
async fn draw(
    app: &App,
    who: &SignedIn,
    person: PersonId,
    why: Why,
    typed: &Typed,
    problems: &[FieldProblem],
) -> Response {
    let page = match page(who, person, why).await {
        Ok(page) => page,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let (pack, now) = (app.db().pack(), app.db().now());
    let boxes = Boxes { typed, problems };
    let name = name_of(&page.colleagues, person);
    let mut choices =
        vec![("manager".to_owned(), "The manager of the child’s team, until somebody is allocated".to_owned())];
    match why {
        Why::HandOver => choices.insert(0, ("stays".to_owned(), format!("Stays with {name}"))),
        Why::Moves => choices.insert(0, ("stays".to_owned(), format!("Stays with {name}, and comes to the new team"))),
        Why::Leaves => {}
    }
    choices.extend(takers(pack, &page));
    let with_blank = |blank: &str| {
        let mut items = vec![(String::new(), blank.to_owned())];
        items.extend(choices.iter().cloned());
        items
    };
    let mut top = boxes.day(
        "happened",
        match why {
            Why::HandOver => "From which day?",
            Why::Leaves => "What is the first day on which they no longer work here?",
            Why::Moves => "From which day are they in the other team?",
        },
        if why == Why::Leaves { "The account is closed from that day on, and every session ends." } else { "" },
    );
    if why == Why::Moves {
        let own = page.colleagues.staff.get(&person).and_then(|one| one.team);
        let mut teams = vec![(String::new(), "Choose".to_owned())];
        let others = page.colleagues.teams.iter().filter(|(id, _)| Some(**id) != own);
        teams.extend(others.map(|(id, team)| (id.to_string(), team.name.clone())));
        top.push(&boxes.select(&Name::of("team"), "To which team?", false, "", &teams));
    }
    let manages: Vec<_> = page.colleagues.teams.values().filter(|team| team.manager == Some(person)).collect();
    if why != Why::HandOver && !manages.is_empty() {
        let names: Vec<_> = manages.iter().map(|team| team.name.clone()).collect();
        let mut items = vec![(String::new(), "Choose".to_owned())];
        items.extend(takers(pack, &page));
        let question = format!("Who manages {} from then on?", words::list(&names));
        top.push(&boxes.select(&Name::of(NEXT_MANAGER), &question, false, "", &items));
    }
    if why == Why::HandOver {
        top.push(&boxes.line("reason", "Why?", "It stands in each child’s record with the new allocation."));
    }
    let children = page.children.iter().map(|child| {
        let called = casework::recording::called(&child.who);
        let at = Name::of("to").in_part_of(Some(child.record));
        let select = boxes.select(&at, &format!("Who takes {called}?"), true, "", &with_blank("As chosen above"));
        let seen = child.seen.map_or_else(
            || "no visit recorded".to_owned(),
            |day| format!("last seen {}", words::short_day(day, now.day())),
        );
        (child.number, called, child.record, seen, select)
    });
    let title = |form: &str| pack.form(form).map_or_else(|| form.to_owned(), |form| form.title.clone());
    let main = Page {
        heading: match why {
            Why::HandOver => format!("Hand over children of {name}"),
            Why::Leaves => format!("{name} leaves"),
            Why::Moves => format!("{name} moves to another team"),
        },
        person: person.to_string(),
        path: why.path(),
        lead: match (why, page.children.len()) {
            (_, 0) => String::new(),
            (Why::HandOver, many) => format!("{name} works with {}.", words::count(many, "child", "children")),
            (_, many) => format!(
                "{name} works with {}. Say for each who takes it: nothing is recorded before each has somebody.",
                words::count(many, "child", "children")
            ),
        },
        drafts: page
            .drafts
            .iter()
            .map(|draft| {
                let child = page.children.iter().find(|child| child.record == draft.front);
                let child = child.map_or_else(String::new, |child| casework::recording::called(&child.who));
                (format!("{}, {child}", title(&draft.form)), words::ago(draft.touched, now))
            })
            .collect(),
        boxes: top,
        all: boxes.select(
            &Name::of("to"),
            "Who takes the children?",
            false,
            "For all but those for whom you choose somebody else below.",
            &with_blank("Choose"),
        ),
        children: children.collect(),
        others: page.others,
        button: match why {
            Why::HandOver => "Hand over",
            Why::Leaves => "Record that they leave",
            Why::Moves => "Record that they move",
        },
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
        name,
    };
    Frame::new(app, who, why.title()).at("/team").problems(problems).page(&main)
}

/// `POST /team/staff/{person}/handover`
pub async fn hand_over(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    send(&app, &person, &posted, Why::HandOver).await
}

/// `POST /team/staff/{person}/leaving`
pub async fn leave(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    send(&app, &person, &posted, Why::Leaves).await
}

/// `POST /team/staff/{person}/move`
pub async fn move_to(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    send(&app, &person, &posted, Why::Moves).await
}

async fn send(app: &App, person: &str, posted: &Posted, why: Why) -> Response {
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(app, Some(who)) };
    if let Err(error) = page(who, person, why).await {
        return WebError::from(error).response(app, Some(who));
    }
    let typed = posted.pairs.typed();
    let done = match why {
        Why::HandOver => staffing::hand_over(&who.desk, act, person, &typed).await,
        Why::Leaves => staffing::leave(&who.desk, act, person, &typed).await,
        Why::Moves => staffing::move_to(&who.desk, act, person, &typed).await,
    };
    match done {
        Ok(_) => Redirect::to(&format!("/team/staff/{person}")).into_response(),
        Err(CaseError::Problems(problems)) => draw(app, who, person, why, &typed, &problems).await,
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}
