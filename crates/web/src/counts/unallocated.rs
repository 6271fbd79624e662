//! Children with nobody allocated at the end of each month, and why (R-REP-01, R-PPL-11).

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use casework::counting;
use govuk::Html;
use store::Month;

use super::{
    Top, children, extract,
    measure::{Fill, bar},
    month_in_words, page,
};
use crate::{App, session::SignedIn};

#[derive(Template)]
#[template(path = "counts/unallocated.html")]
struct Unallocated {
    top: Top,
    reasons: Vec<String>,
    months: Vec<MonthRow>,
    latest: Vec<(String, String, Html)>,
}

struct MonthRow {
    month: String,
    all: Cell,
    cells: Vec<Cell>,
    bar: Html,
}

struct Cell {
    label: String,
    number: String,
    list: String,
}

/// `GET /counts/unallocated`
pub async fn show(app: App, who: SignedIn) -> Response {
    let counted = counting::unallocated(&who.desk, &extract(&app)).await;
    let pack = app.db().pack();
    page(&app, &who, "/counts/unallocated", counted, |top, counts| {
        let label = |code: &str| match code {
            "" => "No reason given".to_owned(),
            code => pack.label("unallocated-reason", code).to_owned(),
        };
        let mut reasons: BTreeMap<&str, i64> = BTreeMap::new();
        for month in &counts.of {
            for (reason, number) in &month.unallocated {
                *reasons.entry(reason).or_default() += number;
            }
        }
        let mut reasons: Vec<_> = reasons.into_keys().collect();
        reasons.sort_by_key(|code| (code.is_empty(), label(code)));
        let all = |month: &Month| month.unallocated.values().sum::<i64>();
        let most = counts.of.iter().map(all).max().unwrap_or(0);
        let cell = |month: &Month, name: String, number: i64, reason: Option<&str>| Cell {
            label: name,
            number: children(number, counts.exactly),
            list: if number > 0 && counts.exactly {
                let reason = reason.map(|code| format!("&reason={}", if code.is_empty() { "none" } else { code }));
                format!("/counts/list?of=unallocated&end={}{}", month.end, reason.unwrap_or_default())
            } else {
                String::new()
            },
        };
        let picture = |number: i64, most: i64| {
            // A picture would give away what the numbers hold back.
            if counts.exactly { bar(&[(number, Fill::Full)], most) } else { Html::default() }
        };
        let of = |month: &Month, code: &str| month.unallocated.get(code).copied().unwrap_or(0);
        let months = counts.of.iter().rev().map(|month| MonthRow {
            month: month_in_words(month.end),
            all: cell(month, "All".to_owned(), all(month), None),
            cells: reasons.iter().map(|code| cell(month, label(code), of(month, code), Some(code))).collect(),
            bar: picture(all(month), most),
        });
        let latest = counts.of.last().map_or_else(Vec::new, |month| {
            let most = month.unallocated.values().copied().max().unwrap_or(0);
            let one = |(code, number): (&String, &i64)| {
                (label(code), children(*number, counts.exactly), picture(*number, most))
            };
            month.unallocated.iter().map(one).collect()
        });
        Unallocated { top, reasons: reasons.iter().map(|code| label(code)).collect(), months: months.collect(), latest }
            .to_string()
    })
}
