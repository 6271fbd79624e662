//! What is expected of a case, and what of it is there: each thing with the way to its entries.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::contents::{self, Found};
use policy::Pack;
use record::{RecordId, time::day_in_words};

use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

#[derive(Template)]
#[template(path = "record/contents.html")]
struct Contents {
    title: String,
    there: usize,
    rows: Vec<Row>,
}

/// One thing that is expected.
struct Row {
    title: String,
    there: bool,
    /// What shows it: the words, and the page that has it; blank where that is not open to the reader.
    shown_by: Vec<(String, String)>,
    /// Where there is nothing: the forms with which it would be recorded.
    recorded_with: String,
}

/// `GET /records/{record}/contents`
pub async fn show(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match contents::of(&who.desk, record).await {
        Ok(page) => {
            let pack = app.db().pack();
            let rows: Vec<_> = page.found.iter().map(|one| row(pack, record, one, page.may_see_readings)).collect();
            let there = rows.iter().filter(|row| row.there).count();
            let title = format!("What the record of {} has", page.header.called());
            let main = Contents { title, there, rows };
            Frame::new(&app, &who, "What this record has").in_record(&page.header, "").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// More forms than these are no help.
const MOST_NAMED: usize = 4;

fn row(pack: &Pack, record: RecordId, found: &Found, may_see_readings: bool) -> Row {
    let titled = |form: &String| pack.form(form).map_or_else(|| form.clone(), |form| form.title.clone());
    let entries = found.entries.iter().map(|(form, number, last)| {
        let last = day_in_words(*last);
        let words = if *number == 1 {
            format!("{}, {last}", titled(form))
        } else {
            format!("{}: {number}, the last of {last}", titled(form))
        };
        (words, format!("/records/{record}/story?kind={form}"))
    });
    let facts = found.facts.iter().map(|fact| {
        let kind = pack.fact(&fact.said.line.kind).map_or(fact.said.line.kind.as_str(), |kind| &kind.title);
        let words = format!("{kind}, {}", day_in_words(fact.said.from));
        (words, format!("/records/{}/entries/{}", fact.said.line.record, fact.said.entry))
    });
    // What an entry shows is not shown again by the fact that it set.
    let mut shown_by: Vec<(String, String)> = entries.collect();
    for (words, href) in facts {
        if !shown_by.iter().any(|(shown, _)| *shown == words) {
            shown_by.push((words, href));
        }
    }
    let readings = found.expected.readings.then(|| {
        let href = if may_see_readings { format!("/records/{record}/readings") } else { String::new() };
        ("Kept of itself, each time".to_owned(), href)
    });
    // Where there is nothing, a reader is told with what it would be recorded: the forms named, and those offered that
    // set such a fact.
    let expected = &found.expected;
    let setting = |form: &&policy::Form| form.sets.iter().any(|sets| expected.facts.contains(&sets.fact));
    let also = pack.offered().into_iter().filter(setting).map(|form| form.id.clone());
    let mut ids: Vec<String> = expected.forms.iter().cloned().chain(also).collect();
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    let forms: Vec<_> = ids.iter().take(MOST_NAMED).map(titled).collect();
    Row {
        title: found.expected.title.clone(),
        there: found.is_there(),
        shown_by: shown_by.into_iter().chain(readings).collect(),
        recorded_with: words::list(&forms),
    }
}
