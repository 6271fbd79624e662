//! Counts for managers, each from the extract: how fresh it is stands on every page, and a number opens its list where
//! the reader may open the records.

mod census;
mod list;
mod measure;
mod readings;
mod recording;
mod unallocated;
mod visits;

pub use census::show as census;
pub use list::show as list;
pub use readings::show as readings;
pub use recording::show as recording;
pub use unallocated::show as unallocated;
pub use visits::show as visits;

use std::collections::BTreeMap;

use axum::response::Response;
use casework::{CaseError, counting::Counts};
use jiff::{ToSpan as _, civil::Date};
use record::{
    TeamId,
    count::{Shown, shown},
    time::day_in_words,
};
use store::{Colleagues, extract::Extract};

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    session::SignedIn,
    words,
};

type Query = axum::extract::Query<BTreeMap<String, String>>;

/// Pages of counts: address, what the link says.
const PAGES: [(&str, &str); 5] = [
    ("/counts", "Recording in time"),
    ("/counts/visits", "Visits, and children seen"),
    ("/counts/unallocated", "Children with nobody allocated"),
    ("/counts/census", "What the census lacks"),
    ("/counts/readings", "Readings, and refusals"),
];

/// Above every page of counts.
struct Top {
    title: &'static str,
    current: &'static str,
    pages: &'static [(&'static str, &'static str)],
    fresh: String,
}

impl Top {
    fn new<T>(current: &'static str, counts: &Counts<T>) -> Self {
        let title = PAGES.iter().find(|(path, _)| *path == current).map_or("Counts", |(_, title)| *title);
        let about = counts.about;
        let fresh = format!(
            "As of {}: {} and {}. Counted anew every day.",
            words::moment(about.as_of),
            number(about.children, "child", "children"),
            number(about.entries, "entry", "entries"),
        );
        Self { title, current, pages: &PAGES, fresh }
    }
}

fn number(number: i64, one: &str, many: &str) -> String {
    words::count(usize::try_from(number).unwrap_or(0), one, many)
}

/// A page of counts, or why there is none.
fn page<T>(
    app: &App,
    who: &SignedIn,
    current: &'static str,
    counted: Result<Option<Counts<T>>, CaseError>,
    draw: impl FnOnce(Top, Counts<T>) -> String,
) -> Response {
    match counted {
        Ok(Some(counts)) => {
            let top = Top::new(current, &counts);
            let title = top.title;
            Frame::new(app, who, title).page(&draw(top, counts))
        }
        Ok(None) => not_yet(app, who),
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

/// There is nothing to count from yet.
fn not_yet(app: &App, who: &SignedIn) -> Response {
    layout::message(
        app,
        Some(who),
        "Nothing has been counted yet",
        "Counts are made from an extract of the record, once a day and when the program starts. The first is being made, \
         or the people who run the system have switched it off. Try again in some minutes.",
    )
}

/// Where the extract is. Without one nothing is counted.
fn extract(app: &App) -> Extract {
    app.config().extract.clone().unwrap_or_else(|| Extract::at(""))
}

/// The time that is looked at: so many months back from today.
struct Period {
    months: i32,
    from: Date,
    to: Date,
}

/// How far back one may look, in months.
const CHOICES: [i32; 5] = [1, 3, 6, 12, 36];

impl Period {
    fn of(app: &App, query: &Query) -> Self {
        let months = query.get("months").and_then(|months| months.parse().ok());
        let months = months.filter(|months| (1..=120).contains(months)).unwrap_or(3);
        let to = app.db().now().day();
        Self { months, from: to.saturating_sub(months.months()), to }
    }

    fn in_words(&self) -> String {
        format!("{} to {}", day_in_words(self.from), day_in_words(self.to))
    }

    /// What can be chosen: the months, what it says, whether it is chosen.
    fn choices(&self) -> Vec<(i32, String, bool)> {
        let say = |months: i32| number(months.into(), "month", "months");
        CHOICES.iter().map(|months| (*months, say(*months), *months == self.months)).collect()
    }
}

/// A number of children as this person may see it.
fn children(number: i64, exactly: bool) -> String {
    match shown(number, exactly) {
        Shown::Exactly(number) => number.to_string(),
        Shown::Few => "fewer than 5".to_owned(),
        Shown::About(number) => format!("about {number}"),
    }
}

fn team_name(colleagues: &Colleagues, team: Option<TeamId>) -> String {
    match team {
        None => "No team".to_owned(),
        Some(team) => colleagues.teams.get(&team).map_or_else(|| "A former team".to_owned(), |team| team.name.clone()),
    }
}

/// «March 2026».
fn month_in_words(day: Date) -> String {
    let whole = day_in_words(day);
    whole.split_once(' ').map_or_else(String::new, |(_, month)| month.to_owned())
}
