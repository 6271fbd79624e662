//! Every entry of the record, newest first by the date of the event; gaps are shown.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use casework::reading;
use record::{RecordId, time::day_in_words};

use super::view::{EntryView, MarkView, Reader, mark};
use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

#[derive(Template)]
#[template(path = "record/story.html")]
struct Story {
    record: RecordId,
    entries: Vec<Told>,
    next: String,
    extent: String,
}

struct Told {
    view: EntryView,
    /// Why it does not stand, where it does not.
    mark: Option<MarkView>,
    /// The number of the child's other record, where it stands in that.
    stands_in: Option<i64>,
    /// «No entry for 71 days» between this entry and the one before it.
    gap: String,
}

/// From how many days without an entry a gap is said.
const GAP_DAYS: i32 = 42;

/// `GET /records/{record}/story`
pub async fn show(
    State(app): State<App>,
    Path(record): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    who: SignedIn,
) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::story(&who.desk, record, super::after(&query).as_ref()).await {
        Ok(page) => {
            let reader = Reader {
                record,
                pack: app.db().pack(),
                people: &page.people,
                colleagues: &page.colleagues,
                refers_to: &page.refers_to,
            };
            let days: Vec<_> = page.entries.iter().map(|stored| stored.content.happened_on).collect();
            let entries = page.entries.iter().enumerate().map(|(at, stored)| {
                let earlier = days.get(at + 1);
                let days = earlier
                    .map_or(0, |earlier| earlier.until(stored.content.happened_on).map_or(0, |span| span.get_days()));
                Told {
                    view: reader.told(stored),
                    mark: page.marks.get(&stored.entry).map(|one| mark(record, one)),
                    stands_in: page.header.stands_in(stored.record),
                    gap: if days >= GAP_DAYS { format!("No entry for {days} days") } else { String::new() },
                }
            });
            let (count, first) = page.extent;
            let extent = match first {
                Some(first) => format!(
                    "{} since {}",
                    words::count(usize::try_from(count).unwrap_or(0), "entry", "entries"),
                    day_in_words(first)
                ),
                None => "Nothing has been recorded yet".to_owned(),
            };
            let main = Story {
                record,
                entries: entries.collect(),
                next: super::next(record, "story", page.next.as_ref()),
                extent,
            };
            Frame::new(&app, &who, "Story").in_record(&page.header, "story").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
