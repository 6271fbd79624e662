//! What one child's record owes, what came of it, and what a manager decides about one of these.

use askama::Template;
use axum::{
    extract::Path,
    http::Uri,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    caseload::owed::{self, Closed, Due, OfRecord, boxes},
};
use govuk::{Button, Html, Select, SelectItem, Textarea};
use record::{
    EntryId, PersonId, RecordId,
    obligation::{ObligationId, Standing},
    read::FieldProblem,
    time::day_in_words,
};

use crate::{
    App,
    caseload::{
        asked,
        owed::{Line, Teller, decision_of},
    },
    error::WebError,
    form::label,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
    words,
};

/// What is no longer owed: in words, the entry because of which, and the reason that it gives.
struct Told {
    words: String,
    entry: String,
    why: String,
}

#[derive(Template)]
#[template(path = "record/owed.html")]
struct Page {
    name: String,
    open: Vec<Line>,
    waived: Vec<Told>,
    closed: Vec<Told>,
    back: String,
}

#[derive(Template)]
#[template(path = "record/decide.html")]
struct DecidePage {
    /// «First review, by Thursday 3 December · Sam Okafor».
    what: String,
    waive: Html,
    give: Html,
    /// Whether there is a colleague to whom it could be given.
    may_give: bool,
    action: String,
    back: String,
    token: Html,
}

/// `GET /records/{record}/owed`
pub async fn show(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match owed::of_record(&who.desk, record).await {
        Ok(found) => {
            let page = page(&app, &who, &found);
            Frame::new(&app, &who, "What is due").in_record(&found.header, "").page(&page)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(app: &App, who: &SignedIn, found: &OfRecord) -> Page {
    let teller = Teller::new(app.db().pack(), &found.colleagues, app.db().now().london(), who);
    let open = |due: &Due| {
        let mut line = teller.line(due, true);
        if !found.may_decide {
            line.doors.retain(|(_, href)| *href != decision_of(&due.owed.id));
        }
        let why = due.decided.and_then(|decided| found.why.get(&decided.entry));
        line.notes.extend(why.map(|why| format!("why: {why}")));
        line
    };
    let waived = |due: &Due| {
        let decided = due.decided?;
        let words = format!("{}: no longer asked for, by {}", due.what, teller.name(decided.by));
        Some(told(words, due.owed.id.record, Some(decided.entry), found.why.get(&decided.entry)))
    };
    let came =
        |one: &Closed| told(of_closed(one), one.owed.id.record, one.owed.met.map(|met| met.entry), one.why.as_ref());
    Page {
        name: found.header.called().to_owned(),
        open: found.open.iter().map(open).collect(),
        waived: found.waived.iter().filter_map(waived).collect(),
        closed: found.closed.iter().map(came).collect(),
        back: format!("/records/{}", found.header.record),
    }
}

fn told(words: String, record: RecordId, entry: Option<EntryId>, why: Option<&String>) -> Told {
    let entry = entry.map_or_else(String::new, |entry| format!("/records/{record}/entries/{entry}"));
    Told { words, entry, why: why.cloned().unwrap_or_default() }
}

/// «First review, done on 3 March 2026, 1 day late»: for ever (R-TIME-X07).
fn of_closed(one: &Closed) -> String {
    let (owed, what) = (&one.owed, &one.what);
    match (owed.met, owed.ended) {
        (Some(met), _) => {
            let day = met.acted.day();
            let days = owed.due.and_then(|due| due.due.date().until(day).ok()).map_or(0, |span| span.get_days());
            let how = match one.standing {
                Standing::DoneLate if days > 0 => {
                    format!(", {} late", words::count(days.unsigned_abs() as usize, "day", "days"))
                }
                Standing::DoneLate => ", late".to_owned(),
                Standing::CutShort => ", before its time was over".to_owned(),
                _ => String::new(),
            };
            let before = match one.before {
                0 => String::new(),
                times => format!(", and {} in time before that", words::count(times, "time", "times")),
            };
            format!("{what}, done on {}{how}{before}", day_in_words(day))
        }
        (None, Some(ended)) => {
            let late = if one.standing == Standing::EndedLate { "; it was late and was never done" } else { "" };
            format!("{what}, not due any more since {}{late}", day_in_words(ended.date()))
        }
        (None, None) => format!("{what}, done"),
    }
}

fn named(record: &str, of: &str) -> Option<ObligationId> {
    format!("{record}/{of}").parse().ok()
}

/// `GET /records/{record}/owed/decision?of=`
pub async fn ask(app: App, Path(record): Path<String>, uri: Uri, who: SignedIn) -> Response {
    let Some(id) = asked(&uri).get("of").and_then(|of| named(&record, of)) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    draw(&app, &who, &id, (Typed::default(), &[])).await
}

/// What was typed into the page before it was refused.
#[derive(Default)]
struct Typed {
    giving: bool,
    reason: String,
    to: String,
}

async fn draw(app: &App, who: &SignedIn, id: &ObligationId, (typed, problems): (Typed, &[FieldProblem])) -> Response {
    let found = match owed::of_record(&who.desk, id.record).await {
        Ok(found) => found,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let due = found.open.iter().chain(&found.waived).find(|due| due.owed.id == *id);
    let Some(due) = due.filter(|_| found.may_decide) else { return WebError::Closed.response(app, Some(who)) };
    let teller = Teller::new(app.db().pack(), &found.colleagues, app.db().now().london(), who);
    let act: record::ActId = who.desk.new_id();
    let error = |name: &str| {
        problems.iter().find(|problem| problem.at.field == name).map(|problem| problem.message.as_str().into())
    };
    let hidden = |decision: &str| {
        Html::trusted(format!(
            "<input type=\"hidden\" name=\"_act\" value=\"{act}\"><input type=\"hidden\" name=\"_decision\" value=\"{decision}\"><input type=\"hidden\" name=\"_of\" value=\"{}/{}/{}\">",
            id.clock, id.set_off, id.occurrence
        ))
    };
    // Two forms on one page: what was typed and what is wrong with it belong to the one that was sent.
    let reason = |box_id: &str, mine: bool| Textarea {
        id: box_id.to_owned(),
        name: boxes::REASON.to_owned(),
        label: label("Why?", "govuk-label--s"),
        hint: Some("It stands in the child’s record with your name.".into()),
        error: if mine { error(boxes::REASON) } else { None },
        value: if mine { typed.reason.clone() } else { String::new() },
        rows: Some(3),
        ..Textarea::default()
    };
    let (waiving_id, giving_id) =
        if typed.giving { ("reason-waive", boxes::REASON) } else { (boxes::REASON, "reason-give") };
    let mut waive = hidden("waive");
    waive.push(&reason(waiving_id, !typed.giving));
    waive.push(&Button::submit("It need not be done"));
    let mut give = hidden("give");
    let name = |person: &PersonId| SelectItem::new(person.to_string(), teller.name(*person));
    give.push(&Select {
        id: boxes::TO.to_owned(),
        name: boxes::TO.to_owned(),
        label: label("Who does it now?", "govuk-label--s"),
        hint: Some("Colleagues who may write in this record.".into()),
        error: error(boxes::TO),
        value: typed.to.clone(),
        items: std::iter::once(SelectItem::new("", "Choose a colleague"))
            .chain(found.may_be_given.iter().map(name))
            .collect(),
        ..Select::default()
    });
    give.push(&reason(giving_id, typed.giving));
    give.push(&Button::submit("Give it to them"));
    let main = DecidePage {
        what: teller.sentence(due),
        waive,
        give,
        may_give: !found.may_be_given.is_empty(),
        action: format!("/records/{}/owed/decision", id.record),
        back: format!("/records/{}/owed", id.record),
        token: layout::token(who),
    };
    Frame::new(app, who, "Decide about what is due").in_record(&found.header, "").problems(problems).page(&main)
}

/// `POST /records/{record}/owed/decision`
pub async fn decide(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let pairs = &posted.pairs;
    let (Some(id), Ok(act)) = (named(&record, pairs.get("_of")), pairs.get("_act").parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let giving = pairs.get("_decision") == "give";
    let typed = Typed { giving, reason: pairs.get(boxes::REASON).to_owned(), to: pairs.get(boxes::TO).to_owned() };
    let to = match typed.to.parse() {
        _ if !giving => None,
        Ok(to) => Some(to),
        Err(_) => {
            let problem =
                |at: &str, message: &str| FieldProblem { at: record::typed::Name::of(at), message: message.to_owned() };
            let mut problems = vec![problem(boxes::TO, "Choose who does it now")];
            if typed.reason.is_empty() {
                problems.push(problem(boxes::REASON, "Say why"));
            }
            return draw(&app, who, &id, (typed, &problems)).await;
        }
    };
    match owed::decide(&who.desk, act, &id, to, &typed.reason).await {
        Ok(()) => Redirect::to(&format!("/records/{}/owed", id.record)).into_response(),
        Err(CaseError::Problems(problems)) => draw(&app, who, &id, (typed, &problems)).await,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
