//! The chronology: headlines of significant events and changes in the order of their dates.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use casework::reading::{self, ChronologyRow};
use policy::Pack;
use record::{RecordId, time::day_in_words};

use crate::{App, error::WebError, layout::Frame, session::SignedIn};

#[derive(Template)]
#[template(path = "record/chronology.html")]
struct Chronology {
    record: RecordId,
    rows: Vec<Row>,
    next: String,
}

/// A row as it is read.
pub struct Row {
    /// The day in words.
    pub day: String,
    /// The time of day, where known.
    pub time: String,
    /// The headline.
    pub headline: String,
    /// The entry that it opens.
    pub entry: String,
    /// What that entry is.
    pub source: String,
}

/// Rows as they are read.
pub fn rows(pack: &Pack, rows: &[ChronologyRow]) -> Vec<Row> {
    rows.iter()
        .map(|row| Row {
            day: day_in_words(row.day),
            time: row.time.clone(),
            headline: row.headline.clone(),
            entry: row.entry.to_string(),
            source: row
                .form
                .as_ref()
                .and_then(|form| pack.form(form))
                .map_or_else(|| "entry".to_owned(), |form| form.title.to_lowercase())
                + if row.amends { ", put right" } else { "" },
        })
        .collect()
}

/// `GET /records/{record}/chronology`
pub async fn show(
    app: App,
    Path(record): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    who: SignedIn,
) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::chronology(&who.desk, record, super::after(&query).as_ref()).await {
        Ok(page) => {
            let main = Chronology {
                record,
                rows: rows(app.db().pack(), &page.rows),
                next: super::next(record, "chronology", page.next.as_ref()),
            };
            Frame::new(&app, &who, "Chronology").in_record(&page.header, "chronology").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
