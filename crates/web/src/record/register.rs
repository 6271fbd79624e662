//! Registers of a record: managers' decisions, the child's own words, who has worked with the child.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::reading::{self, Register};
use record::{RecordId, known, time::day_in_words};

use super::view::{EntryView, Reader, VoiceView};
use crate::{App, error::WebError, layout::Frame, session::SignedIn};

#[derive(Template)]
#[template(path = "record/decisions.html")]
struct Decisions {
    record: RecordId,
    /// What the authority calls them.
    title: String,
    entries: Vec<EntryView>,
}

/// `GET /records/{record}/decisions`
pub async fn decisions(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::decisions(&who.desk, record).await {
        Ok(page) => {
            let reader = Reader {
                record,
                pack: app.db().pack(),
                packs: app.db().packs(),
                people: &page.people,
                colleagues: &page.colleagues,
                refers_to: &page.refers_to,
            };
            let title = app.db().pack().word("decisions").to_owned();
            let entries = page.entries.iter().map(|stored| reader.told(stored)).collect();
            let main = Decisions { record, title: title.clone(), entries };
            Frame::new(&app, &who, &title).in_record(&page.header, "").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

#[derive(Template)]
#[template(path = "record/words.html")]
struct Words {
    record: RecordId,
    voice: Option<VoiceView>,
    said: Vec<(String, String, String)>,
    name: String,
}

/// `GET /records/{record}/words`
pub async fn words(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::words(&who.desk, record).await {
        Ok(page) => {
            let reader = Reader {
                record,
                pack: app.db().pack(),
                packs: app.db().packs(),
                people: &page.people,
                colleagues: &page.colleagues,
                refers_to: &page.refers_to,
            };
            let words = page
                .facts
                .iter()
                .map(|fact| (day_in_words(fact.said.from), fact.said.value.clone(), fact.said.entry.to_string()));
            let main = Words {
                record,
                voice: reader.voice(policy::form::Voice::Child),
                said: words.collect(),
                name: page.header.called().to_owned(),
            };
            Frame::new(&app, &who, "The child’s words").in_record(&page.header, "").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

#[derive(Template)]
#[template(path = "record/workers.html")]
struct Workers {
    record: RecordId,
    rows: Vec<(String, String, String, String, String)>,
}

/// `GET /records/{record}/workers`
pub async fn workers(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::workers(&who.desk, record).await {
        Ok(page) => {
            let main = Workers { record, rows: rows(&app, &page) };
            Frame::new(&app, &who, "Who has worked with this child").in_record(&page.header, "").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn rows(app: &App, page: &Register) -> Vec<(String, String, String, String, String)> {
    let reader = Reader {
        record: page.header.record,
        pack: app.db().pack(),
        packs: app.db().packs(),
        people: &page.people,
        colleagues: &page.colleagues,
        refers_to: &page.refers_to,
    };
    let name = |value: &str, kind: &str| match kind {
        known::ALLOCATED_TEAM => value
            .parse()
            .ok()
            .and_then(|team| page.colleagues.teams.get(&team))
            .map_or_else(|| "a former team".to_owned(), |team| team.name.clone()),
        _ => value.parse().map_or_else(|_| String::new(), |person| reader.person(person)),
    };
    page.facts
        .iter()
        .filter(|fact| !fact.said.value.is_empty())
        .map(|fact| {
            let kind = &fact.said.line.kind;
            let what = app.db().pack().fact(kind).map_or_else(|| kind.clone(), |kind| kind.title.clone());
            let until = fact.until.map_or_else(|| "now".to_owned(), day_in_words);
            (what, name(&fact.said.value, kind), day_in_words(fact.said.from), until, fact.said.entry.to_string())
        })
        .collect()
}
