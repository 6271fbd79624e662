//! Support: which records are open to somebody of support, opening one and closing it again; the page on which somebody of
//! support begins; and their accounts.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    organisation::{self as staff, NewAccount},
    support::{self, END_FORM, OPENING, OPENING_FORM, OfRecord, STAFF_FORM, WHO},
};
use govuk::{Html, Select, SelectItem};
use record::{ActId, EntryId, PersonId, RecordId, Typed, read::FieldProblem, typed::Name};
use store::{AccountState, Colleagues, StoreError};

use crate::{
    App,
    error::WebError,
    form::draw_alone,
    layout::{self, Frame},
    organisation::{AccountTyped, account_boxes, account_problems, dated, form_page, hand_over, name_in, taken},
    posted::Posted,
    session::SignedIn,
    words,
};

fn called(colleagues: &Colleagues, person: PersonId) -> String {
    colleagues.of_support(person).unwrap_or_else(|| "Support".to_owned())
}

#[derive(Template)]
#[template(path = "support/mine.html")]
struct Mine {
    /// Record, number, until when.
    opened: Vec<(RecordId, i64, String)>,
}

/// `GET /my-work`, for somebody of support.
pub async fn mine(app: &App, who: &SignedIn) -> Response {
    match support::mine(&who.desk).await {
        Ok(all) => {
            let line = |one: &store::OpenToSupport| (one.record, one.number, words::moment(one.until));
            let main = Mine { opened: all.opened.iter().map(line).collect() };
            Frame::new(app, who, "Records that are open to you").at("/my-work").page(&main)
        }
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

#[derive(Template)]
#[template(path = "support/all.html")]
struct All {
    /// Record, number, to whom, until when.
    opened: Vec<(RecordId, i64, String, String)>,
}

/// `GET /support`
pub async fn all(app: App, who: SignedIn) -> Response {
    match support::all(&who.desk).await {
        Ok(all) => {
            let line = |one: &store::OpenToSupport| {
                (one.record, one.number, called(&all.colleagues, one.to), words::moment(one.until))
            };
            let main = All { opened: all.opened.iter().map(line).collect() };
            Frame::new(&app, &who, "Records that are open to support").at("/my-work").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

#[derive(Template)]
#[template(path = "support/record.html")]
struct Page {
    record: RecordId,
    number: i64,
    restricted: bool,
    /// Whether there is nobody to whom it could be opened.
    nobody: bool,
    opened: Vec<Opened>,
    intro: String,
    who: Html,
    fields: Html,
    token: Html,
    act: String,
}

/// An opening that goes on.
struct Opened {
    entry: EntryId,
    to: String,
    until: String,
    reason: String,
    /// The questions of its end. Where several go on they are asked of the one that was chosen: a page has each box once.
    fields: Option<Html>,
    act: String,
}

/// What was typed into one of the boxes of the page, and what is wrong with it: to open the record, or to end an opening.
struct Sent<'a> {
    ending: Option<EntryId>,
    typed: &'a Typed,
    problems: &'a [FieldProblem],
}

/// `GET /records/{record}/support`
pub async fn show(
    app: App,
    Path(record): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    who: SignedIn,
) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    let ending = query.get("end").and_then(|entry| entry.parse().ok());
    page(&app, &who, record, &Sent { ending, typed: &Typed::default(), problems: &[] }).await
}

async fn page(app: &App, who: &SignedIn, record: RecordId, sent: &Sent<'_>) -> Response {
    let found = match support::look(&who.desk, record).await {
        Ok(found) => found,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let (Some(opening), Some(ending)) = (pack.form(OPENING_FORM), pack.form(END_FORM)) else {
        return WebError::Closed.response(app, Some(who));
    };
    let nothing = (&Typed::default(), &[][..]);
    let said = (sent.typed, sent.problems);
    let colleagues = &found.colleagues;
    let end = |one: &support::Opened| Opened {
        entry: one.entry,
        to: called(colleagues, one.to),
        until: words::moment(one.until),
        reason: one.reason.clone(),
        fields: (sent.ending == Some(one.entry) || found.opened.len() == 1).then(|| {
            let said = if sent.ending.is_some() { said } else { nothing };
            draw_alone(pack, ending, &[OPENING], said, colleagues)
        }),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    let said = if sent.ending.is_none() { said } else { nothing };
    let main = Page {
        record,
        number: found.number,
        restricted: found.restricted,
        nobody: found.colleagues.support.values().all(|one| one.left),
        opened: found.opened.iter().map(end).collect(),
        intro: opening.intro.clone().unwrap_or_default(),
        who: whom(pack, &found, said),
        fields: draw_alone(pack, opening, &[WHO], said, colleagues),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "Open to support").at("/my-work").problems(sent.problems).page(&main)
}

/// The list of those who are of support. No other question of the program offers them.
fn whom(pack: &policy::Pack, found: &OfRecord, (typed, problems): (&Typed, &[FieldProblem])) -> Html {
    let form = pack.form(OPENING_FORM);
    let label = form.and_then(|form| form.fields().find(|field| field.id == WHO)).map(|field| field.label.clone());
    let mut items = vec![SelectItem::new("", "Choose")];
    let now = found.colleagues.support.iter().filter(|(_, one)| !one.left);
    items.extend(now.map(|(person, _)| SelectItem::new(person.to_string(), called(&found.colleagues, *person))));
    Html::of(&Select {
        id: WHO.to_owned(),
        name: WHO.to_owned(),
        label: label.unwrap_or_default().as_str().into(),
        value: typed.get(&Name::of(WHO)).unwrap_or_default().to_owned(),
        items,
        error: problems.iter().find(|one| one.at.field == WHO).map(|one| one.message.as_str().into()),
        ..Select::default()
    })
}

/// `POST /records/{record}/support`
pub async fn open(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(record) = record.parse::<RecordId>() else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    match support::open(&who.desk, act, record, &typed).await {
        Ok(()) => Redirect::to(&format!("/records/{record}/support")).into_response(),
        Err(CaseError::Problems(problems)) => {
            page(&app, who, record, &Sent { ending: None, typed: &typed, problems: &problems }).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `POST /records/{record}/support/{entry}`
pub async fn end(app: App, Path((record, entry)): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let (Ok(record), Ok(entry)) = (record.parse::<RecordId>(), entry.parse::<EntryId>()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    match support::end(&who.desk, act, record, entry, &typed).await {
        Ok(()) => Redirect::to(&format!("/records/{record}/support")).into_response(),
        Err(CaseError::Problems(problems)) => {
            page(&app, who, record, &Sent { ending: Some(entry), typed: &typed, problems: &problems }).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `GET /organisation/support/new`
pub async fn new_person(app: App, who: SignedIn) -> Response {
    let typed = dated(&app).with("account-status", "open");
    person_page(&app, &who, None, &typed, &AccountTyped { username: "", problems: &[], has_account: false }).await
}

async fn person_page(
    app: &App,
    who: &SignedIn,
    person: Option<PersonId>,
    typed: &Typed,
    account: &AccountTyped<'_>,
) -> Response {
    let (title, action, boxes, reset) = match person {
        Some(person) => (
            "Change a person of support",
            format!("/organisation/support/{person}"),
            Html::default(),
            format!("/organisation/staff/{person}/password"),
        ),
        None => ("Add a person of support", "/organisation/support".to_owned(), account_boxes(account), String::new()),
    };
    form_page(app, who, STAFF_FORM, title, action, typed, account.problems, boxes, reset, person).await
}

/// `POST /organisation/support`
pub async fn save_new(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    let username = posted.pairs.get("_username");
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    let mut problems = account_problems(username);
    if problems.is_empty() {
        let password = staff::first_password();
        let account = NewAccount { username, password: &password, must_change: true };
        match support::record_person(&who.desk, act, None, &typed, Some(&account)).await {
            Ok(_) => return hand_over(&app, who, (name_in(&typed), username), &password),
            Err(CaseError::Problems(more)) => problems = more,
            Err(CaseError::Store(StoreError::Conflict)) => problems = vec![taken()],
            Err(error) => return WebError::from(error).response(&app, Some(who)),
        }
    }
    person_page(&app, who, None, &typed, &AccountTyped { username, problems: &problems, has_account: false }).await
}

/// `GET /organisation/support/{person}`
pub async fn edit_person(app: App, Path(person): Path<String>, who: SignedIn) -> Response {
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(&who)) };
    let all = match staff::overview(&who.desk).await {
        Ok(all) => all,
        Err(error) => return WebError::from(error).response(&app, Some(&who)),
    };
    let Some(one) = all.colleagues.support.get(&person) else { return WebError::Closed.response(&app, Some(&who)) };
    let account = all.accounts.iter().find(|account| account.person == person);
    let open = account.is_some_and(|one| matches!(one.state, AccountState::Open | AccountState::Dormant));
    let typed = dated(&app)
        .with("name", one.name.as_str())
        .with("works-for", one.works_for.as_str())
        .with("account-status", if one.left || !open { "ended" } else { "open" });
    person_page(&app, &who, Some(person), &typed, &AccountTyped { username: "", problems: &[], has_account: true })
        .await
}

/// `POST /organisation/support/{person}`
pub async fn save_person(app: App, Path(person): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(person) = person.parse::<PersonId>() else { return WebError::Closed.response(&app, Some(who)) };
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    match support::record_person(&who.desk, act, Some(person), &typed, None).await {
        Ok(_) => Redirect::to("/organisation").into_response(),
        Err(CaseError::Problems(problems)) => {
            let account = AccountTyped { username: "", problems: &problems, has_account: true };
            person_page(&app, who, Some(person), &typed, &account).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
