//! Visits counted by worker, child or kind (R-VIS-16); children seen and seen alone in each month (R-REP-11).

use askama::Template;
use axum::response::Response;
use casework::counting::{self, Counts};
use govuk::Html;
use policy::Pack;
use record::RecordId;
use store::{CountBy, Month, VisitCount};

use super::{
    Period, Query, Top, children, extract,
    measure::{Fill, bar, key},
    month_in_words, page,
};
use crate::{App, session::SignedIn};

#[derive(Template)]
#[template(path = "counts/visits.html")]
struct Visits {
    top: Top,
    by: &'static str,
    period: Period,
    rows: Vec<Row>,
    total: Row,
    key: Html,
    months: Vec<MonthRow>,
}

#[derive(Default)]
struct Row {
    name: String,
    record: Option<RecordId>,
    visits: i64,
    failed: i64,
    seen: i64,
    alone: i64,
}

impl Row {
    fn add(&mut self, count: &VisitCount) {
        self.visits += count.visits;
        self.failed += count.failed;
        self.seen += count.seen;
        self.alone += count.seen_alone;
    }
}

struct MonthRow {
    month: String,
    children: String,
    seen: String,
    alone: String,
    not_seen: String,
    not_seen_list: String,
    not_alone_list: String,
    bar: Html,
}

/// `GET /counts/visits`
pub async fn show(app: App, query: Query, who: SignedIn) -> Response {
    let (by, word) = match query.get("by").map(String::as_str) {
        Some("child") => (CountBy::Child, "child"),
        Some("kind") => (CountBy::Kind, "kind"),
        _ => (CountBy::Worker, "worker"),
    };
    let period = Period::of(&app, &query);
    let counted = counting::visits(&who.desk, &extract(&app), by, period.from, period.to).await;
    page(&app, &who, "/counts/visits", counted, |top, counts| {
        let mut total = Row { name: "All".to_owned(), ..Row::default() };
        counts.of.rows.iter().for_each(|count| total.add(count));
        let most = counts.of.months.iter().map(|month| month.children).max().unwrap_or(0);
        let months = counts.of.months.iter().rev().map(|month| month_row(month, most, counts.exactly));
        Visits {
            top,
            by: word,
            period,
            rows: rows(app.db().pack(), by, &counts),
            total,
            key: key(&[(Fill::Full, "seen alone"), (Fill::Half, "seen, not alone"), (Fill::Empty, "not seen")]),
            months: months.collect(),
        }
        .to_string()
    })
}

/// Rows with what they are called. Children whose record this person may not read are one row together.
fn rows(pack: &Pack, by: CountBy, counts: &Counts<counting::Visits>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut others = Row { name: "Children whose records are not open to you".to_owned(), ..Row::default() };
    for count in &counts.of.rows {
        let (name, record) = match by {
            CountBy::Child => {
                let record: Option<RecordId> = count.of.parse().ok();
                let Some(name) = record.and_then(|record| counts.names.get(&record)) else {
                    others.add(count);
                    continue;
                };
                (name.clone(), record)
            }
            CountBy::Worker => {
                let one = count.of.parse().ok().and_then(|person| counts.colleagues.staff.get(&person));
                (one.map_or_else(|| "Somebody who has left".to_owned(), |one| one.name.clone()), None)
            }
            CountBy::Kind if count.of.is_empty() => ("not said".to_owned(), None),
            CountBy::Kind => (pack.label("visit-kind", &count.of).to_owned(), None),
        };
        let mut row = Row { name, record, ..Row::default() };
        row.add(count);
        rows.push(row);
    }
    if others.visits > 0 {
        rows.push(others);
    }
    rows
}

fn month_row(month: &Month, most: i64, exactly: bool) -> MonthRow {
    let say = |number| children(number, exactly);
    let not_seen = month.children - month.seen;
    let list = |of: &str, number: i64| {
        if exactly && number > 0 { format!("/counts/list?of={of}&end={}", month.end) } else { String::new() }
    };
    let seen_only = month.seen - month.seen_alone;
    // A picture would give away what the numbers hold back.
    let parts = [(month.seen_alone, Fill::Full), (seen_only, Fill::Half), (not_seen, Fill::Empty)];
    MonthRow {
        month: month_in_words(month.end),
        children: say(month.children),
        seen: say(month.seen),
        alone: say(month.seen_alone),
        not_seen: say(not_seen),
        not_seen_list: list("not-seen", not_seen),
        not_alone_list: list("not-seen-alone", month.children - month.seen_alone),
        bar: if exactly { bar(&parts, most) } else { Html::default() },
    }
}
