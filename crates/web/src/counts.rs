//! Visits counted by child, worker or kind, and records that lack what the census needs.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use casework::counting;
use record::{RecordId, time::day_in_words};
use store::CountBy;

use crate::{App, error::WebError, layout::Frame, session::SignedIn};

#[derive(Template)]
#[template(path = "counts.html")]
struct Counts {
    by: &'static str,
    months: i32,
    period: String,
    rows: Vec<(String, Option<RecordId>, i64, i64, i64, i64)>,
    total: (i64, i64, i64, i64),
    lacking: Vec<(RecordId, String, String)>,
    not_shown: usize,
}

/// `GET /counts`
pub async fn show(State(app): State<App>, Query(query): Query<BTreeMap<String, String>>, who: SignedIn) -> Response {
    let (by, word) = match query.get("by").map(String::as_str) {
        Some("child") => (CountBy::Child, "child"),
        Some("kind") => (CountBy::Kind, "kind"),
        _ => (CountBy::Worker, "worker"),
    };
    let months = query
        .get("months")
        .and_then(|months| months.parse().ok())
        .filter(|months| (1..=120).contains(months))
        .unwrap_or(3);
    let pack = app.db().pack();
    let to = app.db().now().day();
    let from = to.saturating_sub(jiff::Span::new().months(months));
    let counts = match counting::counts(&who.desk, by, from, to).await {
        Ok(counts) => counts,
        Err(error) => return WebError::from(error).response(&app, Some(&who)),
    };
    let called = |of: &str| match by {
        CountBy::Child => {
            let record = of.parse().ok();
            (
                record.and_then(|record| counts.names.get(&record)).cloned().unwrap_or_else(|| "A child".to_owned()),
                record,
            )
        }
        CountBy::Worker => {
            let one = of.parse().ok().and_then(|person| counts.colleagues.staff.get(&person));
            (one.map_or_else(|| "Somebody who has left".to_owned(), |one| one.name.clone()), None)
        }
        CountBy::Kind => {
            (if of.is_empty() { "not said".to_owned() } else { pack.label("visit-kind", of).to_owned() }, None)
        }
    };
    let rows: Vec<_> = counts
        .visits
        .iter()
        .map(|count| {
            let (name, record) = called(&count.of);
            (name, record, count.visits, count.failed, count.seen, count.seen_alone)
        })
        .collect();
    let sum = |of: fn(&store::VisitCount) -> i64| counts.visits.iter().map(of).sum();
    let title = |kind: &String| pack.fact(kind).map_or_else(|| kind.clone(), |kind| kind.title.to_lowercase());
    let lacking: Vec<_> = counts
        .lacking
        .iter()
        .filter_map(|(record, kinds)| {
            Some((
                *record,
                counts.names.get(record)?.clone(),
                crate::words::list(&kinds.iter().map(title).collect::<Vec<_>>()),
            ))
        })
        .collect();
    let main = Counts {
        by: word,
        months,
        period: format!("{} to {}", day_in_words(from), day_in_words(to)),
        rows,
        total: (sum(|c| c.visits), sum(|c| c.failed), sum(|c| c.seen), sum(|c| c.seen_alone)),
        not_shown: counts.lacking.len() - lacking.len(),
        lacking,
    };
    Frame::new(&app, &who, "Counts").page(&main)
}
