//! The confidential section of a record, and what is kept there.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::confidential::{self, Item, Section};
use govuk::Html;
use policy::Pack;
use record::{
    RecordId, Typed,
    confidential::{REASONS, REVIEW_FORM},
    time::day_in_words,
};

use super::entry;
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "record/confidential.html")]
struct Page {
    record: RecordId,
    name: String,
    rows: Vec<Row>,
    /// The form with which it is looked at again, for whoever may.
    review: Option<(&'static str, String)>,
    token: Html,
}

/// Something that is kept there.
struct Row {
    /// What it is, and where it is read.
    what: String,
    href: String,
    /// The entry that put it there.
    by: String,
    /// Who put it there, and when.
    since: String,
    reason: String,
    because: String,
    originator: String,
}

/// `GET /records/{record}/confidential`
pub async fn show(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match confidential::section(&who.desk, record).await {
        Ok(section) => page(&app, &who, &section),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(app: &App, who: &SignedIn, section: &Section) -> Response {
    let pack = app.db().pack();
    let review = pack.form(REVIEW_FORM).filter(|_| section.may_review);
    let main = Page {
        record: section.header.record,
        name: section.header.called().to_owned(),
        rows: section.items.iter().map(|item| row(pack, section.header.record, item)).collect(),
        review: review.map(|form| (REVIEW_FORM, form.title.clone())),
        token: layout::token(who),
    };
    Frame::new(app, who, "Confidential section").in_record(&section.header, "").page(&main)
}

fn row(pack: &Pack, record: RecordId, item: &Item) -> Row {
    Row {
        what: words::entry(pack, &item.what),
        href: format!("/records/{record}/confidential/{}", item.what.entry),
        by: item.by.entry.to_string(),
        since: format!("put here by {} on {}", item.who, day_in_words(item.by.happened_on)),
        reason: pack.label(REASONS, &item.reason).to_owned(),
        because: item.because.clone(),
        originator: item.originator.clone(),
    }
}

/// `GET /records/{record}/confidential/{entry}`
pub async fn one(app: App, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(entry)) = (record.parse(), entry.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    match confidential::entry(&who.desk, record, entry).await {
        Ok(page) => entry::shown(&app, &who, &page, (&Typed::default(), &[])),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
