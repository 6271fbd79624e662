//! My work: the page after signing in.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::caseload::{
    self, Family, MyWork, Planned, Show,
    owed::{Due, When},
};
use jiff::civil::Date;
use policy::{Capability, Pack};
use record::{
    known,
    time::{day_in_words, time_in_words, weekday_in_words},
};

use super::{
    child::{Child, case},
    lists::not_for_long,
    owed::{Line, Teller, day_and_weekday},
};
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
    words,
};

/// `GET /`
pub async fn start(_who: SignedIn) -> Response {
    Redirect::to("/my-work").into_response()
}

/// Children who live together, under one heading.
struct Group {
    title: String,
    children: Vec<Child>,
}

/// A planned visit of today or before.
struct Visit {
    words: String,
    note: String,
    /// Where it is recorded, and where it is moved or cancelled.
    record: String,
    plan: String,
}

/// What a colleague wrote.
struct News {
    words: String,
    /// For whoever hears the link alone: in whose record, and what it is.
    what: String,
    href: String,
    entry: String,
}

#[derive(Template)]
#[template(path = "caseload/my_work.html")]
struct Page {
    /// How many texts wait that were typed when a session ended.
    held: usize,
    greeting: String,
    today: String,
    /// Each number with the list that it opens.
    counts: Vec<(String, String)>,
    visits: Vec<Visit>,
    /// What is late, or due today or tomorrow; and what is coming up.
    pressing: Vec<Line>,
    coming: Vec<Line>,
    /// How many there are beside those that are named, and all that is owed.
    more_pressing: usize,
    owed: usize,
    drafts: Vec<(String, String, String, String)>,
    /// What others wait for: each with where it is seen to.
    waiting: Vec<(String, String)>,
    /// What waits in the teams that this person sees to.
    of_team: Vec<(String, String)>,
    /// What this person wrote that waits to be authorised: what, and where it is.
    unauthorised: Vec<(String, String)>,
    /// Protected addresses that were shown to colleagues: who saw which, and where why stands.
    revealed: Vec<(String, String)>,
    /// Records that were opened to support: to whom, and where why stands.
    support: Vec<(String, String)>,
    /// What this person asked to be put right: what, where it is, and what came of it.
    asked: Vec<(String, String, &'static str)>,
    many: usize,
    groups: Vec<Group>,
    /// The children of colleagues for whom this person stands in, by colleague.
    covered: Vec<Group>,
    news: Vec<News>,
    /// How many there are beside those that are named.
    more_news: usize,
    links: Vec<(&'static str, &'static str)>,
    token: govuk::Html,
}

/// `GET /my-work`
pub async fn my_work(app: App, who: SignedIn) -> Response {
    if who.session.support {
        return crate::support::mine(&app, &who).await;
    }
    match page(&app, &who).await {
        Ok(page) => Frame::new(&app, &who, "My work").at("/my-work").page(&page),
        Err(error) => error.response(&app, Some(&who)),
    }
}

async fn page(app: &App, who: &SignedIn) -> Result<Page, WebError> {
    let work = caseload::my_work(&who.desk).await?;
    let held = app.db().held_texts(who.person()).await?.len();
    let (pack, now) = (app.db().pack(), app.db().now());
    let title = |form: &str| pack.form(form).map_or_else(|| form.to_owned(), |form| form.title.clone());
    let name = work.colleagues.staff.get(&who.person()).map_or_else(String::new, |one| one.name.clone());
    let first = name.split(' ').next().unwrap_or_default().to_owned();
    let greeting = match now.london().hour() {
        0..12 => "Good morning",
        12..18 => "Good afternoon",
        _ => "Good evening",
    };
    let draft = |(draft, name): &(store::Draft, String)| {
        (draft.id.to_string(), title(&draft.form), name.clone(), words::ago(draft.touched, now))
    };
    let teller = Teller::new(pack, &work.colleagues, now.london(), who);
    let (mut pressing, mut coming): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    for due in work.owed.iter().filter(|due| due.presses(now.day())) {
        if due.when(now.day()) == When::Coming { coming.push(due) } else { pressing.push(due) }
    }
    let lines = |some: &[&Due]| some.iter().take(OWED).map(|due| teller.line(due, false)).collect();
    Ok(Page {
        held,
        more_pressing: pressing.len().saturating_sub(OWED) + coming.len().saturating_sub(OWED),
        owed: work.owed.len(),
        pressing: lines(&pressing),
        coming: lines(&coming),
        greeting: if first.is_empty() { greeting.to_owned() } else { format!("{greeting}, {first}") },
        today: weekday_in_words(now.day()),
        counts: counts(&work, &who.desk),
        visits: work.visits.iter().map(|visit| planned(pack, visit, now.day())).collect(),
        drafts: work.drafts.iter().map(draft).collect(),
        waiting: waiting(app, &work),
        of_team: super::team::waiting(who).await?,
        unauthorised: unauthorised(app, &work),
        revealed: revealed(app, &work),
        support: let_in(app, &work),
        asked: asked(app, &work),
        many: work.children.len(),
        groups: work.families.iter().map(|family| group(pack, &work, family, now.day())).collect(),
        covered: covered(pack, &work, now.day()),
        more_news: work.unread.len().saturating_sub(NEWS),
        news: news(app, &work),
        links: links(who),
        token: layout::token(who),
    })
}

/// Openings in an emergency, what is to be authorised or was returned, amendments of what this person wrote, and requests
/// of colleagues.
fn waiting(app: &App, work: &MyWork) -> Vec<(String, String)> {
    let (pack, now) = (app.db().pack(), app.db().now());
    let title = |form: &str| pack.form(form).map_or_else(|| form.to_owned(), |form| form.title.clone());
    let staff =
        |person| work.colleagues.staff.get(&person).map_or_else(|| "A colleague".to_owned(), |one| one.name.clone());
    let amendment = |(one, child): &(store::Waiting, String)| {
        let what = title(&one.form).to_lowercase();
        let text = format!("{} wants to put right a {what} of yours, {child}", staff(one.by));
        (text, format!("/records/{}/entries/{}", one.record, one.entry))
    };
    let requests = work.to_answer.iter().map(|one| {
        let request = &one.request;
        let when = words::ago(request.at, now);
        let text = format!("{} asked {when} for something to be put right, {}", staff(request.by), one.child);
        (text, format!("/records/{}/entries/{}", request.record, request.entry))
    });
    let openings = work.to_review.iter().map(|one| {
        let opening = &one.opening;
        let whose =
            one.child.as_ref().map_or_else(|| "a restricted record".to_owned(), |child| format!("{child}’s record"));
        let text = format!("{} opened {whose} in an emergency {}", staff(opening.by), words::ago(opening.at, now));
        (text, format!("/records/{}/emergencies/{}", opening.record, opening.entry))
    });
    let written = |one: &casework::authorising::Listed| {
        let what = title(&one.one.form);
        let text = if one.one.returned_by.is_some() {
            format!("“{what}” was returned to you, {}", one.child)
        } else {
            format!(
                "{} wrote “{what}” {}, to be authorised, {}",
                staff(one.one.by),
                words::ago(one.one.written, now),
                one.child
            )
        };
        (text, format!("/records/{}/entries/{}", one.one.record, one.one.entry))
    };
    let returned = work.own_to_authorise.iter().filter(|one| one.one.returned_by.is_some());
    let to_authorise = work.to_authorise.iter().chain(returned).map(written);
    openings.chain(to_authorise).chain(work.waiting.iter().map(amendment)).chain(requests).collect()
}

/// Protected addresses that were shown to colleagues.
fn revealed(app: &App, work: &MyWork) -> Vec<(String, String)> {
    let now = app.db().now();
    let line = |(one, child): &(store::Revealed, String)| {
        let who = work.colleagues.staff.get(&one.by).map_or("A colleague", |one| &one.name);
        let text = format!("{who} was shown the protected addresses, {child}, {}", words::ago(one.at, now));
        (text, format!("/records/{}/entries/{}", one.record, one.entry))
    };
    work.revealed.iter().map(line).collect()
}

/// Records that were opened to support, of which whoever answers for them has not read why.
fn let_in(app: &App, work: &MyWork) -> Vec<(String, String)> {
    let now = app.db().now();
    let line = |(one, child): &(store::OpenToSupport, String)| {
        let by = work.colleagues.staff.get(&one.by).map_or("A colleague", |one| &one.name);
        let to = work.colleagues.of_support(one.to).unwrap_or_else(|| "support".to_owned());
        let text = format!("{by} opened the record to {to}, {child}, {}", words::ago(one.at, now));
        (text, format!("/records/{}/entries/{}", one.record, one.entry))
    };
    work.support.iter().map(line).collect()
}

/// What this person wrote that waits to be authorised (R-OBS-18).
fn unauthorised(app: &App, work: &MyWork) -> Vec<(String, String)> {
    let (pack, now) = (app.db().pack(), app.db().now());
    let waits = work.own_to_authorise.iter().filter(|one| one.one.returned_by.is_none());
    let line = |one: &casework::authorising::Listed| {
        let what = pack.form(&one.one.form).map_or(one.one.form.as_str(), |form| &form.title);
        let text = format!("{what}, {}, completed {}", one.child, words::ago(one.one.written, now));
        (text, format!("/records/{}/entries/{}", one.one.record, one.one.entry))
    };
    waits.map(line).collect()
}

/// What this person asked to be put right, and what came of it.
fn asked(app: &App, work: &MyWork) -> Vec<(String, String, &'static str)> {
    let now = app.db().now();
    let line = |one: &casework::right::asking::Listed| {
        let request = &one.request;
        let text = format!("Asked {}, {}", words::ago(request.at, now), one.child);
        let (entry, state) = match request.answer {
            Some(answer) => (answer, "answered"),
            None => (request.entry, "waits for an answer"),
        };
        (text, format!("/records/{}/entries/{entry}", request.record), state)
    };
    work.asked.iter().map(line).collect()
}

fn links(who: &SignedIn) -> Vec<(&'static str, &'static str)> {
    [
        (Capability::ReadRecord, "Search inside entries", "/search/words"),
        (Capability::SeeTeam, "My team", "/team"),
        (Capability::SeeTeam, "Files read by a manager", "/team/files"),
        (Capability::DecideConflict, "Staff who might know a family", "/team/conflicts"),
        (Capability::Allocate, "Children with nobody allocated", "/team/unallocated"),
        (Capability::OpenRecord, "Find or open a record", "/people"),
        (Capability::JoinPeople, "Likely duplicates", "/people/twice"),
        (Capability::SendObservation, "Send an observation to a child’s record", "/people"),
        (Capability::SeeReadings, "Readings to ask about", "/looked"),
        (Capability::RestrictRecord, "Restricted records", "/restricted"),
        (Capability::GrantSupport, "Records that are open to support", "/support"),
        (Capability::PlanDuty, "Duty out of hours", "/duty"),
        (Capability::SeeCounts, "Counts: recording in time, visits, children with nobody", "/counts"),
        (Capability::ManageStaff, "Staff, teams and accounts", "/organisation"),
    ]
    .into_iter()
    .filter(|(capability, ..)| who.may.contains(capability))
    .map(|(_, text, href)| (text, href))
    .collect()
}

/// The numbers at the top; each opens its list, and what is nought is not said.
fn counts(work: &MyWork, desk: &casework::Desk) -> Vec<(String, String)> {
    let list = |show: Show| format!("/my-work/children?show={show}");
    let many = |show: Show| work.children.iter().filter(|case| case.belongs(show, desk)).count();
    let children = |number: usize, what: &str| format!("{} {what}", words::count(number, "child", "children"));
    let mut counts = Vec::new();
    let today = work.visits.len();
    if today > 0 {
        counts.push((format!("{} today or overdue", words::count(today, "visit", "visits")), "#today".to_owned()));
    }
    for (show, what) in [
        (Show::NotSeen, not_for_long(desk.pack(), known::LAST_SEEN, "not seen")),
        (Show::NotAlone, not_for_long(desk.pack(), known::LAST_SEEN_ALONE, "not seen alone")),
        (Show::NoPlan, "without a planned visit".to_owned()),
    ] {
        let number = many(show);
        if number > 0 {
            counts.push((children(number, &what), list(show)));
        }
    }
    if !work.unread.is_empty() {
        let number = words::count(work.unread.len(), "entry", "entries");
        counts.push((format!("{number} by others to read"), "#news".to_owned()));
    }
    counts
}

/// «Visit to Amira and Bilal, planned 15:30, home».
fn planned(pack: &Pack, visit: &Planned, today: Date) -> Visit {
    let (day, time) = (visit.day().unwrap_or(today), visit.time());
    let first = &visit.plans[0];
    let place = pack.fact(known::PLANNED_VISIT).map(|_| pack.label("place", &first.place).to_lowercase());
    let place = place.filter(|place| !place.is_empty()).map(|place| format!(", {place}")).unwrap_or_default();
    let when = match (day == today, time) {
        (true, Some(time)) => format!("planned {}", time_in_words(time)),
        (true, None) => "planned for today".to_owned(),
        (false, Some(time)) => format!("planned for {}, {}", day_in_words(day), time_in_words(time)),
        (false, None) => format!("planned for {}", day_in_words(day)),
    };
    let form = caseload::visit_form(pack);
    let record = form
        .map_or_else(String::new, |form| format!("/records/{}/new/{}?entry={}", first.record, form.id, first.entry));
    Visit {
        words: format!("Visit to {}, {when}{place}", words::list(&visit.names)),
        note: if day < today { to_be_recorded(pack, form, visit, today) } else { String::new() },
        record,
        plan: format!("/records/{}/entries/{}", first.record, first.entry),
    }
}

fn group(pack: &Pack, work: &MyWork, family: &Family, today: Date) -> Group {
    let of = |at: &usize| {
        let case_of = &work.children[*at];
        let mut child = case(pack, &work.colleagues, case_of, today);
        child.owed.extend(owed_of(work, case_of.record, today));
        child
    };
    Group { title: family_title(pack, family), children: family.children.iter().map(of).collect() }
}

/// That a visit whose day has passed is not recorded yet, and by when it is to be (R-OBS-18, R-TIME-26).
fn to_be_recorded(pack: &Pack, form: Option<&policy::Form>, visit: &Planned, today: Date) -> String {
    // What hangs on the answers is not known before they are given.
    let limits = form.into_iter().flat_map(|form| &form.limits).filter(|limit| limit.when.is_empty());
    let due =
        visit.day().and_then(|day| limits.map(|limit| limit.due(day, visit.time(), pack.calendar()).date()).min());
    match due {
        None => "not recorded yet".to_owned(),
        Some(due) if due < today => format!("not recorded yet; it was to be by {}", day_and_weekday(due, today)),
        Some(due) => format!("not recorded yet; to be by {}", day_and_weekday(due, today)),
    }
}

/// How much of a child's presses: each line of a caseload stays short, and the list has the rest.
fn owed_of(work: &MyWork, record: record::RecordId, today: Date) -> Vec<String> {
    let many = |which: &[When]| {
        let of = work.owed.iter().filter(|due| due.owed.id.record == record);
        of.filter(|due| which.contains(&due.when(today))).count()
    };
    let parts = [(many(&[When::Late]), "late"), (many(&[When::Today, When::Tomorrow, When::Coming]), "due soon")];
    parts.into_iter().filter(|(many, _)| *many > 0).map(|(many, what)| format!("{many} {what}")).collect()
}

/// «The Ali family, 12 Fern Road».
pub(super) fn family_title(pack: &Pack, family: &Family) -> String {
    let names = match family.names.as_slice() {
        [] => "Family name not known".to_owned(),
        [one] => format!("The {one} family"),
        several => format!("The {} family", words::list(several)),
    };
    let placement = family.placement.as_ref().and_then(|code| {
        let list = pack.fact(known::PLACEMENT)?.list.as_ref()?;
        Some(format!(" ({})", pack.label(list, code)))
    });
    let at = match (&family.address, family.protected) {
        (_, true) => ", address protected".to_owned(),
        (Some(address), false) => format!(", {}", short_address(address)),
        (None, false) => String::new(),
    };
    format!("{names}{at}{}", placement.unwrap_or_default())
}

/// House and street: enough to know it by.
fn short_address(address: &str) -> String {
    let mut lines = address.split(',').map(str::trim);
    let first = lines.next().unwrap_or_default();
    let flat = first.to_lowercase().starts_with("flat") || first.chars().all(|c| c.is_ascii_digit());
    match lines.next().filter(|_| flat) {
        Some(street) => format!("{first}, {street}"),
        None => first.to_owned(),
    }
}

/// The children for whom this person stands in, by the colleague who is away: «Ali Khan, back on 10 March 2026».
fn covered(pack: &Pack, work: &MyWork, today: Date) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in &work.covered {
        let name =
            one.worker.and_then(|worker| work.colleagues.staff.get(&worker)).map_or("a colleague", |one| &one.name);
        let until = one.listed.covered.and_then(|(_, until)| until).map(day_in_words).unwrap_or_default();
        let title = format!("{name}, back on {until}");
        let child = case(pack, &work.colleagues, one, today);
        match groups.iter_mut().find(|known| known.title == title) {
            Some(group) => group.children.push(child),
            None => groups.push(Group { title, children: vec![child] }),
        }
    }
    groups
}

/// How many of what is owed the page names one by one.
const OWED: usize = 6;
/// How many entries by others the page names one by one.
const NEWS: usize = 20;

fn news(app: &App, work: &MyWork) -> Vec<News> {
    let (pack, now) = (app.db().pack(), app.db().now());
    let staff =
        |person| work.colleagues.staff.get(&person).map_or_else(|| "A colleague".to_owned(), |one| one.name.clone());
    work.unread
        .iter()
        .take(NEWS)
        .map(|one| {
            let name = work.names.get(&one.record).cloned().unwrap_or_default();
            let title = pack.form(&one.form).map_or(one.form.as_str(), |form| &form.title);
            News {
                words: format!(
                    "{} wrote “{title}” in {name}’s record {}",
                    staff(one.author),
                    words::ago(one.written, now)
                ),
                what: format!("{name}, {title}"),
                href: format!("/records/{}/entries/{}", one.record, one.entry),
                entry: one.entry.to_string(),
            }
        })
        .collect()
}

/// `POST /my-work/read`: what the page named is read; what came since stays.
pub async fn mark_seen(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    let entries: Vec<_> = posted.pairs.all("_entry").filter_map(|entry| entry.parse().ok()).collect();
    match caseload::mark_seen(&who.desk, &entries).await {
        Ok(_) => Redirect::to("/my-work").into_response(),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
