//! Who has looked at this record, when and how: from the ledger.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use casework::reading;

use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

#[derive(Template)]
#[template(path = "record/readings.html")]
struct Readings {
    rows: Vec<(String, String, String)>,
}

/// `GET /records/{record}/readings`
pub async fn show(State(app): State<App>, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::readings(&who.desk, record).await {
        Ok(page) => {
            let rows = page.leaves.iter().map(|leaf| {
                let at = leaf.at.parse().map_or_else(|_| leaf.at.clone(), words::moment);
                let person = leaf.actor.id.parse().ok().and_then(|person| page.colleagues.staff.get(&person));
                let by =
                    person.map_or_else(|| leaf.actor.id.clone(), |one| format!("{} ({})", one.name, one.designation));
                let what = match leaf.act.as_str() {
                    "refused" => {
                        format!("was refused: {}", leaf.thing.as_deref().unwrap_or_default().replace('-', " "))
                    }
                    act => act.replace('-', " "),
                };
                (at, by, what)
            });
            let main = Readings { rows: rows.collect() };
            Frame::new(&app, &who, "Who has looked").in_record(&page.header, "readings").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
