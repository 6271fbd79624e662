//! One entry.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use casework::reading;
use policy::Pack;
use record::RecordId;
use store::{Brief, Link};

use super::view::{EntryView, Reader, tie};
use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "record/entry.html")]
struct Entry {
    record: RecordId,
    /// The number of the child's other record, where it stands in that.
    stands_in: Option<i64>,
    view: EntryView,
    tied: Vec<(RecordId, String, String)>,
    /// Entries that refer to this one: the address, what each is, and the question that it answers with this one.
    referred_by: Vec<(String, String, String)>,
    /// Forms that ask for an entry like this one: name and title.
    leads_on: Vec<(String, String)>,
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
            let reader = Reader {
                record,
                pack: app.db().pack(),
                people: &page.people,
                colleagues: &page.colleagues,
                refers_to: &page.refers_to,
            };
            let answered =
                |field: &str| page.stored.content.answer(field).is_some_and(|answer| answer.codes().contains(&"yes"));
            let main = Entry {
                // What refers to it is written where it stands.
                record: page.stored.record,
                stands_in: page.header.stands_in(page.stored.record),
                view: reader.entry(&page.stored),
                tied: tie(&page.tied),
                referred_by: page.referred_by.iter().map(|link| refers(app.db().pack(), link)).collect(),
                leads_on: page.leads_on.iter().map(|form| (form.id.clone(), form.title.clone())).collect(),
                to_check: page.stored.content.form == "import" && answered("check"),
                token: layout::token(&who),
            };
            let title = main.view.title.clone();
            Frame::new(&app, &who, &title).in_record(&page.header, "story").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// An entry that refers to this one: where it is, what it is, and why it refers.
fn refers(pack: &Pack, link: &Link) -> (String, String, String) {
    let Brief { record, entry, form, .. } = &link.from;
    let field = pack.form(form).and_then(|form| form.field(&link.field));
    let why = field.map_or_else(String::new, |field| field.label.clone());
    (format!("/records/{record}/entries/{entry}"), words::entry(pack, &link.from), why)
}
