//! Chronologies made by hand for a purpose: chosen from the events of the record, each row with why it matters and what
//! it did to the child, and each opening what it comes from (R-CHR-02).

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::chronologies::{self, Age, RowFrom};
use jiff::civil::Date;
use policy::Pack;
use record::{
    EntryId, RecordId,
    answer::Answer,
    chronology::{CHRONOLOGY, field},
    content::Content,
    time::day_in_words,
};

use super::chronology::{Row as Event, rows as events};
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    posted::Posted,
    recording,
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "record/chronologies.html")]
struct All {
    record: RecordId,
    token: govuk::Html,
    age: String,
    is_overdue: bool,
    made: Vec<Line>,
    may_record: bool,
    begin: &'static str,
}

struct Line {
    entry: EntryId,
    name: String,
    purpose: String,
    rows: String,
    written: String,
}

#[derive(Template)]
#[template(path = "record/made_chronology.html")]
struct One {
    record: RecordId,
    made: EntryId,
    token: govuk::Html,
    name: String,
    purpose: String,
    question: String,
    rows: Vec<Row>,
    may_record: bool,
}

struct Row {
    entry: EntryId,
    day: String,
    headline: String,
    significance: String,
    effect_now: String,
    effect_together: String,
    /// What it comes from, and the way there.
    source: Option<(String, String)>,
    known_from: String,
    /// Whether all that it says is kept in the confidential section.
    kept: bool,
}

#[derive(Template)]
#[template(path = "record/choose_events.html")]
struct Choose {
    record: RecordId,
    made: EntryId,
    token: govuk::Html,
    name: String,
    events: Vec<Event>,
}

pub(super) fn text(content: &Content, field: &str) -> String {
    match content.answer(field) {
        Some(Answer::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

pub(super) fn purpose(pack: &Pack, content: &Content) -> String {
    match content.answer(field::PURPOSE) {
        Some(Answer::Code(code)) => pack.label("chronology-purpose", code).to_owned(),
        _ => String::new(),
    }
}

/// «Brought up to date 3 March 2026, 12 days ago. It is fresh for 2 months.»
pub(crate) fn age_in_words(age: Age, today: Date) -> String {
    let days = age.updated.until(today).map_or(0, |span| span.get_days());
    let since = match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    };
    let until = match age.fresh_until {
        Some(until) if age.is_overdue => format!(" It was to be brought up to date by {}.", day_in_words(until)),
        Some(until) => format!(" It is to be brought up to date by {}.", day_in_words(until)),
        None => String::new(),
    };
    format!("Last brought up to date {}, {since}.{until}", day_in_words(age.updated))
}

/// `GET /records/{record}/chronologies`
pub async fn all(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match chronologies::all(&who.desk, record).await {
        Ok(page) => {
            let made = page.made.iter().map(|(stored, rows)| Line {
                entry: stored.entry,
                name: text(&stored.content, field::NAME),
                purpose: purpose(app.db().pack(), &stored.content),
                rows: words::count(*rows, "row", "rows"),
                written: format!(
                    "begun {} by {}",
                    day_in_words(stored.content.written.day()),
                    stored.content.author.name
                ),
            });
            let main = All {
                record,
                token: layout::token(&who),
                age: page.age.map_or_else(String::new, |age| age_in_words(age, app.db().now().day())),
                is_overdue: page.age.is_some_and(|age| age.is_overdue),
                made: made.collect(),
                may_record: page.may_record,
                begin: CHRONOLOGY,
            };
            Frame::new(&app, &who, "Chronologies").in_record(&page.header, "chronology").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `GET /records/{record}/chronologies/{entry}`
pub async fn show(app: App, Path((record, made)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(made)) = (record.parse::<RecordId>(), made.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    match chronologies::one(&who.desk, record, made, false).await {
        Ok(page) => {
            let rows = page.rows.iter().map(|row| {
                let brief = row.source.and_then(|source| page.sources.get(&source));
                Row {
                    entry: row.entry,
                    day: day_in_words(row.day),
                    headline: row.headline.clone(),
                    significance: row.significance.clone(),
                    effect_now: row.effect_now.clone(),
                    effect_together: row.effect_together.clone(),
                    source: brief.map(|brief| {
                        let href = format!("/records/{}/entries/{}", brief.record, brief.entry);
                        (words::entry(app.db().pack(), brief), href)
                    }),
                    known_from: row.known_from.clone(),
                    kept: row.kept,
                }
            });
            let main = One {
                record,
                made,
                token: layout::token(&who),
                name: text(&page.stored.content, field::NAME),
                purpose: purpose(app.db().pack(), &page.stored.content),
                question: text(&page.stored.content, field::QUESTION),
                rows: rows.collect(),
                may_record: page.may_record,
            };
            Frame::new(&app, &who, "Chronology for a purpose").in_record(&page.header, "chronology").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `GET /records/{record}/chronologies/{entry}/events`: what may go into it.
pub async fn choose(app: App, Path((record, made)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(made)) = (record.parse::<RecordId>(), made.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    match chronologies::one(&who.desk, record, made, true).await {
        Ok(page) => {
            let main = Choose {
                record,
                made,
                token: layout::token(&who),
                name: text(&page.stored.content, field::NAME),
                events: events(app.db().pack(), &page.to_choose),
            };
            Frame::new(&app, &who, "Choose events").in_record(&page.header, "chronology").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `POST /records/{record}/chronologies/{entry}/rows`: the form of a row, filled with what is known of its event.
pub async fn row(app: App, Path((record, made)): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let (Ok(record), Ok(made)) = (record.parse::<RecordId>(), made.parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let from = match (posted.pairs.get("source").parse(), posted.pairs.get("row").parse()) {
        (Ok(source), _) => RowFrom::Entry(source),
        (_, Ok(row)) => RowFrom::Row(row),
        _ => RowFrom::Nothing,
    };
    match chronologies::row(&who.desk, record, made, from).await {
        Ok((start, open)) => recording::first_page(&app, who, &start, &open),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

#[derive(Template)]
#[template(path = "overdue_chronologies.html")]
struct Overdue {
    months: Option<u32>,
    children: Vec<OverdueChild>,
    of: String,
}

struct OverdueChild {
    record: RecordId,
    number: i64,
    name: String,
    worker: String,
    updated: String,
    until: String,
}

/// `GET /team/chronologies`: children of my teams whose chronology is to be brought up to date (R-CHR-03).
pub async fn overdue(app: App, who: SignedIn) -> Response {
    match chronologies::overdue(&who.desk).await {
        Ok(page) => {
            let (pack, today) = (app.db().pack(), app.db().now().day());
            let children = page.children.iter().map(|(listed, age)| {
                let child = crate::caseload::child(pack, &page.colleagues, listed, today);
                OverdueChild {
                    record: child.record,
                    number: child.number,
                    name: child.name,
                    worker: child.worker,
                    updated: words::short_day(age.updated, today),
                    until: age.fresh_until.map_or_else(String::new, |until| words::short_day(until, today)),
                }
            });
            let main = Overdue {
                months: page.months,
                children: children.collect(),
                of: words::count(page.of, "child", "children"),
            };
            Frame::new(&app, &who, "Chronologies to bring up to date").at("/team").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
