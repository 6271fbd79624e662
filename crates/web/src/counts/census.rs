//! Records that lack what the census of children in need must have (R-PPL-02, R-REP-03).

use askama::Template;
use axum::response::Response;
use casework::counting;
use record::RecordId;

use super::{Top, children, extract, page};
use crate::{App, session::SignedIn, words};

#[derive(Template)]
#[template(path = "counts/census.html")]
struct Census {
    top: Top,
    lacking: Vec<(RecordId, String, String)>,
    not_shown: String,
}

/// `GET /counts/census`
pub async fn show(app: App, who: SignedIn) -> Response {
    let counted = counting::lacking(&who.desk, &extract(&app)).await;
    let pack = app.db().pack();
    page(&app, &who, "/counts/census", counted, |top, counts| {
        let title = |kind: &String| pack.fact(kind).map_or_else(|| kind.clone(), |kind| kind.title.to_lowercase());
        let line = |(record, kinds): &(RecordId, Vec<String>)| {
            let name = counts.names.get(record)?.clone();
            Some((*record, name, words::list(&kinds.iter().map(title).collect::<Vec<_>>())))
        };
        let lacking: Vec<_> = counts.of.iter().filter_map(line).collect();
        let rest = i64::try_from(counts.of.len() - lacking.len()).unwrap_or(0);
        let not_shown = if rest > 0 { children(rest, counts.exactly) } else { String::new() };
        Census { top, lacking, not_shown }.to_string()
    })
}
