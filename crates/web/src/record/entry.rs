//! One entry.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use casework::reading;
use record::RecordId;

use super::view::{EntryView, Reader, tie};
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "record/entry.html")]
struct Entry {
    record: RecordId,
    view: EntryView,
    tied: Vec<(RecordId, String, String)>,
    /// An entry of the import with something to check: the form that ends it is one press away.
    to_check: bool,
    token: govuk::Html,
}

/// `GET /records/{record}/entries/{entry}`
pub async fn show(State(app): State<App>, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(entry)) = (record.parse(), entry.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    match reading::entry(&who.desk, record, entry).await {
        Ok(page) => {
            let reader = Reader { pack: app.db().pack(), people: &page.people, colleagues: &page.colleagues };
            let answered =
                |field: &str| page.stored.content.answer(field).is_some_and(|answer| answer.codes().contains(&"yes"));
            let main = Entry {
                record,
                view: reader.entry(&page.stored),
                tied: tie(&page.tied),
                to_check: page.stored.content.form == "import" && answered("check"),
                token: layout::token(&who),
            };
            let title = main.view.title.clone();
            Frame::new(&app, &who, &title).in_record(&page.header, "story").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
