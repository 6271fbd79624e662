//! Access to records by purpose, and refused attempts on restricted ones, month by month (R-REP-09).

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use casework::counting;
use record::looked::How;

use super::{Top, extract, page};
use crate::{App, session::SignedIn};

#[derive(Template)]
#[template(path = "counts/readings.html")]
struct Readings {
    top: Top,
    of_all: bool,
    relations: Vec<&'static str>,
    refusals: Vec<&'static str>,
    months: Vec<(String, Vec<i64>, Vec<i64>)>,
    uses: Vec<(String, String, i64)>,
}

/// How somebody stood to the child, as the leaves say it, in the order in which it is told.
const RELATIONS: [(&str, &str); 10] = [
    ("allocated", "The child’s worker"),
    ("covers", "Standing in"),
    ("team", "The child’s team"),
    ("manages", "Its manager"),
    ("duty", "On duty"),
    ("emergency", "In an emergency"),
    ("named", "Named for it"),
    ("support", "Support"),
    ("any", "Any record"),
    ("", "Not said"),
];
const REFUSALS: [(&str, &str); 4] = [
    ("restricted", "Restricted"),
    ("conflict", "Family known"),
    ("no-relation", "Not theirs"),
    ("no-role", "Not their role"),
];

/// How often, by the code of a relation or of a reason.
type HowOften = BTreeMap<String, i64>;

/// `GET /counts/readings`
pub async fn show(app: App, who: SignedIn) -> Response {
    let counted = counting::access(&who.desk, &extract(&app)).await;
    let pack = app.db().pack().clone();
    page(&app, &who, "/counts/readings", counted, move |top, counts| {
        let mut months: BTreeMap<String, (HowOften, HowOften)> = BTreeMap::new();
        for one in &counts.of.looks {
            let (shown, refused) = months.entry(one.month.clone()).or_default();
            let of = if one.how == How::Refused { refused } else { shown };
            *of.entry(one.because.clone()).or_default() += one.looks;
        }
        let numbers = |columns: &[(&str, &str)], of: &HowOften| {
            columns.iter().map(|(code, _)| of.get(*code).copied().unwrap_or_default()).collect::<Vec<_>>()
        };
        let in_words = |month: &str| {
            format!("{month}-01").parse().map_or_else(
                |_| month.to_owned(),
                |day| record::time::day_in_words(day).trim_start_matches("1 ").to_owned(),
            )
        };
        let main = Readings {
            top,
            of_all: counts.of.of_all,
            relations: RELATIONS.iter().map(|(_, title)| *title).collect(),
            refusals: REFUSALS.iter().map(|(_, title)| *title).collect(),
            months: months
                .iter()
                .rev()
                .map(|(month, (shown, refused))| {
                    (in_words(month), numbers(&RELATIONS, shown), numbers(&REFUSALS, refused))
                })
                .collect(),
            uses: counts
                .of
                .uses
                .iter()
                .map(|(month, purpose, many)| {
                    (in_words(month), pack.label("record-use-purpose", purpose).to_owned(), *many)
                })
                .collect(),
        };
        main.to_string()
    })
}
