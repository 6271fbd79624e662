//! How soon is written what happened (R-REP-02).

use askama::Template;
use axum::response::Response;
use casework::counting;
use govuk::Html;
use jiff::civil::Date;

use super::{
    Period, Query, Top, extract,
    measure::{Fill, bar, key},
    month_in_words, page, team_name,
};
use crate::{App, session::SignedIn};

#[derive(Template)]
#[template(path = "counts/recording.html")]
struct Recording {
    top: Top,
    period: Period,
    key: Html,
    rows: Vec<Row>,
    months: Vec<Row>,
    limits: Vec<(String, String)>,
}

struct Row {
    team: String,
    what: String,
    entries: i64,
    in_time: i64,
    late: i64,
    median: String,
    list: String,
    bar: Html,
}

/// `GET /counts`
pub async fn show(app: App, query: Query, who: SignedIn) -> Response {
    let period = Period::of(&app, &query);
    let counted = counting::recording(&who.desk, &extract(&app), period.from, period.to).await;
    let pack = app.db().pack();
    page(&app, &who, "/counts", counted, |top, counts| {
        let title = |form: &str| pack.form(form).map_or_else(|| form.to_owned(), |form| form.title.clone());
        let bars = |entries: i64, late: i64, most: i64| bar(&[(entries - late, Fill::Full), (late, Fill::Empty)], most);
        let most = counts.of.timeliness.iter().map(|row| row.entries).max().unwrap_or(0);
        let rows = counts.of.timeliness.iter().map(|row| Row {
            team: team_name(&counts.colleagues, row.team),
            what: title(&row.form),
            entries: row.entries,
            in_time: row.entries - row.late,
            late: row.late,
            median: days(row.median_days),
            list: if row.late > 0 && counts.exactly {
                let team = row.team.map_or_else(String::new, |team| team.to_string());
                format!("/counts/list?of=late&team={team}&form={}&from={}&to={}", row.form, period.from, period.to)
            } else {
                String::new()
            },
            bar: bars(row.entries, row.late, most),
        });
        let mut rows: Vec<_> = rows.collect();
        rows.sort_by(|a, b| (&a.team, &a.what).cmp(&(&b.team, &b.what)));
        let most = counts.of.months.iter().map(|month| month.entries).max().unwrap_or(0);
        let months = counts.of.months.iter().rev().map(|month| Row {
            team: String::new(),
            what: format!("{}-01", month.month).parse::<Date>().map_or_else(|_| month.month.clone(), month_in_words),
            entries: month.entries,
            in_time: month.entries - month.late,
            late: month.late,
            median: String::new(),
            list: String::new(),
            bar: bars(month.entries, month.late, most),
        });
        let limits = pack.forms().filter_map(|form| Some((form.title.clone(), form.limit_in_words()?))).collect();
        Recording {
            key: key(&[(Fill::Full, "written in time"), (Fill::Empty, "written late")]),
            months: months.collect(),
            top,
            period,
            rows,
            limits,
        }
        .to_string()
    })
}

fn days(days: i64) -> String {
    match days {
        0 => "same day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}
