//! My work, my team, children with nobody allocated.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    caseload::{self, MyTeam, MyWork},
    recording::called,
    records,
};
use jiff::civil::Date;
use policy::{Capability, Pack};
use record::{
    RecordId, Typed,
    read::FieldProblem,
    time::{day_in_words, weekday_in_words},
};
use store::{Colleagues, Listed};

use crate::{
    App,
    error::WebError,
    form::Drawing,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
    words,
};

/// A child on a list, ready to be read.
pub(crate) struct Child {
    pub record: RecordId,
    pub number: i64,
    pub name: String,
    pub age: String,
    pub worker: String,
    pub worker_id: String,
    /// Who stands in for the worker, and until when.
    pub covered: String,
    pub status: String,
    pub seen: String,
    pub seen_note: String,
    pub alone: String,
    pub alone_note: String,
}

/// From how many days not seen (alone) a list says so in words. Calm, and never by colour alone.
const LONG_DAYS: i32 = 28;

pub(crate) fn child(pack: &Pack, colleagues: &Colleagues, listed: &Listed, today: Date) -> Child {
    let day = |day: Option<Date>| day.map_or_else(|| "never recorded".to_owned(), |day| words::short_day(day, today));
    let note = |day: Option<Date>, what: &str| {
        let days = day.and_then(|day| day.until(today).ok()).map(|span| span.get_days());
        days.filter(|days| *days > LONG_DAYS).map(|days| format!("not {what} for {days} days")).unwrap_or_default()
    };
    let status = listed.legal_status.as_ref().and_then(|code| {
        let list = pack.fact(record::known::LEGAL_STATUS)?.list.as_ref()?;
        Some(pack.label(list, code).to_owned())
    });
    Child {
        record: listed.record,
        number: listed.number,
        name: called(&listed.who),
        age: match (listed.who.born, listed.who.expected) {
            (Some(born), _) => words::age(born, today),
            (None, Some(_)) => "not yet born".to_owned(),
            _ => String::new(),
        },
        worker: listed.worker.and_then(|worker| colleagues.staff.get(&worker)).map_or_else(
            || "nobody".to_owned(),
            |one| {
                let meanwhile = if listed.until_allocated { ", until somebody is allocated" } else { "" };
                format!("{}{meanwhile}", one.name)
            },
        ),
        worker_id: listed.worker.map(|worker| worker.to_string()).unwrap_or_default(),
        covered: listed.covered.map_or_else(String::new, |(deputy, until)| {
            let name = colleagues.staff.get(&deputy).map_or_else(|| "a colleague".to_owned(), |one| one.name.clone());
            let until = until.map(|until| format!(" until {}", words::short_day(until, today))).unwrap_or_default();
            format!("{name}{until}")
        }),
        status: status.unwrap_or_default(),
        seen: day(listed.seen),
        seen_note: note(listed.seen, "seen"),
        alone: day(listed.seen_alone),
        alone_note: note(listed.seen_alone, "seen alone"),
    }
}

/// `GET /`
pub async fn start(_who: SignedIn) -> Response {
    Redirect::to("/my-work").into_response()
}

#[derive(Template)]
#[template(path = "my_work.html")]
struct MyWorkPage {
    /// How many texts wait that were typed when a session ended.
    held: usize,
    greeting: String,
    today: String,
    drafts: Vec<(String, String, String, String)>,
    children: Vec<Child>,
    /// The children of colleagues for whom this person stands in, by colleague.
    covered: Vec<(String, Vec<Child>)>,
    by_others: Vec<(String, RecordId, String, String)>,
    /// Amendments of what this person wrote, and requests of colleagues, which wait for their answer.
    waiting: Vec<(String, String)>,
    /// What this person asked to be put right: what, where it is, and what came of it.
    asked: Vec<(String, String, &'static str)>,
    links: Vec<(&'static str, &'static str)>,
}

/// `GET /my-work`
pub async fn my_work(State(app): State<App>, who: SignedIn) -> Response {
    match caseload::my_work(&who.desk).await {
        Ok(work) => {
            let held = match app.db().held_texts(who.person()).await {
                Ok(held) => held.len(),
                Err(error) => return WebError::from(error).response(&app, Some(&who)),
            };
            let main = MyWorkPage { held, ..my_work_page(&app, &who, &work) };
            Frame::new(&app, &who, "My work").at("/my-work").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn my_work_page(app: &App, who: &SignedIn, work: &MyWork) -> MyWorkPage {
    let (pack, now) = (app.db().pack(), app.db().now());
    let title = |form: &str| pack.form(form).map_or_else(|| form.to_owned(), |form| form.title.clone());
    let staff =
        |person| work.colleagues.staff.get(&person).map_or_else(|| "A colleague".to_owned(), |one| one.name.clone());
    let name = work.colleagues.staff.get(&who.person()).map_or_else(String::new, |one| one.name.clone());
    let first = name.split(' ').next().unwrap_or_default().to_owned();
    let hour = now.london().hour();
    let greeting = if hour < 12 {
        "Good morning"
    } else if hour < 18 {
        "Good afternoon"
    } else {
        "Good evening"
    };
    let mut links = Vec::new();
    for (capability, text, href) in [
        (Capability::ReadRecord, "Search inside entries", "/search/words"),
        (Capability::SeeTeam, "My team", "/team"),
        (Capability::SeeTeam, "Files read by a manager", "/team/files"),
        (Capability::Allocate, "Children with nobody allocated", "/team/unallocated"),
        (Capability::OpenRecord, "Find or open a record", "/people"),
        (Capability::JoinPeople, "Likely duplicates", "/people/twice"),
        (Capability::SendObservation, "Send an observation to a child’s record", "/people"),
        (Capability::PlanDuty, "Duty out of hours", "/duty"),
        (Capability::SeeCounts, "Counts: recording in time, visits, children with nobody", "/counts"),
        (Capability::ManageStaff, "Staff, teams and accounts", "/organisation"),
    ] {
        if who.may.contains(&capability) {
            links.push((text, href));
        }
    }
    MyWorkPage {
        held: 0,
        greeting: if first.is_empty() { greeting.to_owned() } else { format!("{greeting}, {first}") },
        today: weekday_in_words(now.day()),
        drafts: work
            .drafts
            .iter()
            .map(|(draft, name)| {
                (draft.id.to_string(), title(&draft.form), name.clone(), words::ago(draft.touched, now))
            })
            .collect(),
        children: work.children.iter().map(|listed| child(pack, &work.colleagues, listed, now.day())).collect(),
        covered: covered(pack, work, now.day()),
        by_others: work
            .by_others
            .iter()
            .map(|one| {
                let child = work
                    .children
                    .iter()
                    .chain(&work.covered)
                    .find(|child| child.record == one.record)
                    .map_or_else(String::new, |child| called(&child.who));
                let text = format!(
                    "{} wrote a {} in {child}’s record {}",
                    staff(one.author),
                    title(&one.form).to_lowercase(),
                    words::ago(one.written, now)
                );
                (text, one.record, one.entry.to_string(), child)
            })
            .collect(),
        waiting: work
            .waiting
            .iter()
            .map(|(one, child)| {
                let text = format!(
                    "{} wants to put right a {} of yours, {child}",
                    staff(one.by),
                    title(&one.form).to_lowercase()
                );
                (text, format!("/records/{}/entries/{}", one.record, one.entry))
            })
            .chain(work.to_answer.iter().map(|one| {
                let request = &one.request;
                let when = words::ago(request.at, now);
                let text = format!("{} asked {when} for something to be put right, {}", staff(request.by), one.child);
                (text, format!("/records/{}/entries/{}", request.record, request.entry))
            }))
            .collect(),
        asked: work
            .asked
            .iter()
            .map(|one| {
                let request = &one.request;
                let text = format!("Asked {}, {}", words::ago(request.at, now), one.child);
                let (entry, state) = match request.answer {
                    Some(answer) => (answer, "answered"),
                    None => (request.entry, "waits for an answer"),
                };
                (text, format!("/records/{}/entries/{entry}", request.record), state)
            })
            .collect(),
        links,
    }
}

/// The children for whom this person stands in, by the colleague who is away: «Ali Khan, back on 10 March 2026».
fn covered(pack: &Pack, work: &MyWork, today: Date) -> Vec<(String, Vec<Child>)> {
    let mut groups: Vec<(String, Vec<Child>)> = Vec::new();
    for listed in &work.covered {
        let name =
            listed.worker.and_then(|worker| work.colleagues.staff.get(&worker)).map_or("a colleague", |one| &one.name);
        let until = listed.covered.and_then(|(_, until)| until).map(day_in_words).unwrap_or_default();
        let title = format!("{name}, back on {until}");
        let child = child(pack, &work.colleagues, listed, today);
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, children)) => children.push(child),
            None => groups.push((title, vec![child])),
        }
    }
    groups
}

#[derive(Template)]
#[template(path = "my_team.html")]
struct MyTeamPage {
    title: &'static str,
    children: Vec<Child>,
    summary: String,
    may_allocate: bool,
    /// Whether a worker's name leads to what they carry.
    links: bool,
    allocating: bool,
    token: govuk::Html,
    act: String,
    fields: govuk::Html,
    ticked: Vec<String>,
}

impl MyTeamPage {
    fn is_ticked(&self, record: &RecordId) -> bool {
        self.ticked.contains(&record.to_string())
    }
}

/// `GET /team`
pub async fn team(State(app): State<App>, who: SignedIn) -> Response {
    match caseload::my_team(&who.desk).await {
        Ok(team) => team_page(&app, &who, &team, None, &[], &[]),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `GET /team/unallocated`
pub async fn unallocated(State(app): State<App>, who: SignedIn) -> Response {
    let today = app.db().now().day();
    let typed = Typed::default()
        .with("happened.day", today.day().to_string())
        .with("happened.month", today.month().to_string())
        .with("happened.year", today.year().to_string())
        .with("has-worker", "yes");
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
        Ok(team) => team_page(app, who, &team, Some(typed), problems, ticked),
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

fn team_page(
    app: &App,
    who: &SignedIn,
    team: &MyTeam,
    allocating: Option<&Typed>,
    problems: &[FieldProblem],
    ticked: &[String],
) -> Response {
    let (pack, today) = (app.db().pack(), app.db().now().day());
    let children: Vec<_> = team.children.iter().map(|listed| child(pack, &team.colleagues, listed, today)).collect();
    let long = children.iter().filter(|child| !child.seen_note.is_empty()).count();
    let alone = children.iter().filter(|child| !child.alone_note.is_empty()).count();
    let title = if allocating.is_some() { "Children with nobody allocated" } else { "My team" };
    let fields = match (allocating, pack.form("allocation")) {
        (Some(typed), Some(form)) => {
            let drawing = Drawing {
                pack,
                form,
                typed,
                problems,
                children: &[],
                people: &[],
                colleagues: &team.colleagues,
                entries: &[],
                files: None,
            };
            drawing.draw()
        }
        _ => govuk::Html::default(),
    };
    let act: record::ActId = who.desk.new_id();
    let main = MyTeamPage {
        title,
        summary: format!(
            "{}; {long} not seen for more than {LONG_DAYS} days; {alone} not seen alone for more than {LONG_DAYS} days",
            words::count(children.len(), "child", "children")
        ),
        children,
        may_allocate: team.may_allocate,
        links: who.may.contains(&Capability::ChangeStaff),
        allocating: allocating.is_some(),
        token: layout::token(who),
        act: act.to_string(),
        fields,
        ticked: ticked.to_vec(),
    };
    let response = Frame::new(app, who, title).at("/team").writing().problems(problems).page(&main);
    if problems.is_empty() { response } else { (StatusCode::UNPROCESSABLE_ENTITY, response).into_response() }
}

/// `POST /team/allocation`: many children at once.
pub async fn allocate(State(app): State<App>, posted: Posted) -> Response {
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
