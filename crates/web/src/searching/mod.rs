//! Search inside entries. Words are posted, never in an address; each hit shows the passage with the words marked.

mod passage;

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::searching::{self, Asked, Searched};
use govuk::{Hint, Html, Input, InputWidth};
use record::{
    RecordId,
    read::FieldProblem,
    time::{time_in_words, weekday_in_words},
    typed::Name,
    words::WordsWanted,
};
use store::{Freshness, MOST_COUNTED};

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    posted::{Pairs, Posted},
    session::SignedIn,
    words,
};
use passage::Passage;

/// The box with the words.
const WORDS: &str = "words";

#[derive(Template)]
#[template(path = "searching/words.html")]
struct Page {
    /// Where the search is posted.
    at: String,
    token: Html,
    boxes: Html,
    /// Where it searches: «this record», «every record that is open to you».
    scope: &'static str,
    fresh: String,
    typed: String,
    found: Option<Found>,
    /// The way to a search everywhere, from within a record.
    wider: bool,
}

struct Found {
    hits: Vec<Hit>,
    /// Where the next page goes on.
    next: Option<i64>,
    later_page: bool,
    broken_off: bool,
    counted: String,
    may_count: bool,
}

struct Hit {
    href: String,
    day: String,
    kind: String,
    name: String,
    by: String,
    passages: Vec<Passage>,
}

/// `GET /search/words`
pub async fn show(app: App, who: SignedIn) -> Response {
    blank(&app, &who, None, &Pairs::default(), None).await
}

/// `POST /search/words`
pub async fn find(app: App, posted: Posted) -> Response {
    found(&app, &posted, None).await
}

/// `GET /records/{record}/search`
pub async fn show_in_record(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    blank(&app, &who, Some(record), &Pairs::default(), None).await
}

/// `POST /records/{record}/search`
pub async fn find_in_record(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&posted.who)) };
    found(&app, &posted, Some(record)).await
}

async fn blank(
    app: &App,
    who: &SignedIn,
    within: Option<RecordId>,
    pairs: &Pairs,
    problem: Option<FieldProblem>,
) -> Response {
    let (header, fresh) = match searching::ready(&who.desk, within).await {
        Ok(ready) => ready,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let main = page(app, who, within, pairs, fresh, None, problem.as_ref());
    let mut frame = Frame::new(app, who, "Search inside entries").at("/search/words");
    if let Some(header) = &header {
        frame = frame.in_record(header, "search");
    }
    frame.problems(&problem.into_iter().collect::<Vec<_>>()).page(&main)
}

async fn found(app: &App, posted: &Posted, within: Option<RecordId>) -> Response {
    let (who, pairs) = (&posted.who, &posted.pairs);
    let wanted = match WordsWanted::read(pairs.get(WORDS)) {
        Ok(wanted) => wanted,
        Err(trouble) => {
            let problem = FieldProblem { at: Name::of(WORDS), message: trouble.in_words() };
            return blank(app, who, within, pairs, Some(problem)).await;
        }
    };
    let asked = Asked { wanted, within, before: pairs.get("before").parse().ok(), count: pairs.get("count") == "yes" };
    match searching::words(&who.desk, &asked).await {
        Ok(searched) => {
            let found = Found::new(app, &asked, &searched);
            let main = page(app, who, within, pairs, searched.fresh, Some(found), None);
            let mut frame = Frame::new(app, who, "Search inside entries").at("/search/words");
            if let Some(header) = &searched.header {
                frame = frame.in_record(header, "search");
            }
            frame.page(&main)
        }
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

impl Found {
    fn new(app: &App, asked: &Asked, searched: &Searched) -> Self {
        let pack = app.db().pack();
        let hits = searched.found.hits.iter().map(|hit| {
            let content = &hit.stored.content;
            let time = content.happened_at.map(|time| format!(", {}", time_in_words(time))).unwrap_or_default();
            let in_front = searched.header.as_ref().map(|header| header.record);
            Hit {
                // A record that is read as one with another is opened by that one.
                href: format!("/records/{}/entries/{}", in_front.unwrap_or(hit.stored.record), hit.stored.entry),
                day: format!("{}{time}", weekday_in_words(content.happened_on)),
                kind: pack.form(&content.form).map_or_else(|| content.form.clone(), |form| form.title.clone()),
                name: match asked.within {
                    Some(_) => String::new(),
                    None => {
                        searched.found.names.get(&hit.stored.record).cloned().unwrap_or_else(|| "This child".to_owned())
                    }
                },
                by: content.author.name.clone(),
                passages: passage::shown(pack, content, &asked.wanted),
            }
        });
        let counted = match searched.count {
            None => String::new(),
            Some(Some(count)) => {
                words::count(usize::try_from(count).unwrap_or(0), "entry says", "entries say") + " this"
            }
            Some(None) => format!("More than {MOST_COUNTED} entries say this, or too many to count quickly"),
        };
        let hits: Vec<Hit> = hits.collect();
        Self {
            next: searched.found.hits.last().filter(|_| searched.found.more).map(|hit| hit.at),
            later_page: asked.before.is_some(),
            broken_off: searched.found.broken_off,
            may_count: counted.is_empty() && searched.found.more,
            counted,
            hits,
        }
    }
}

fn page(
    app: &App,
    who: &SignedIn,
    within: Option<RecordId>,
    pairs: &Pairs,
    fresh: Freshness,
    found: Option<Found>,
    problem: Option<&FieldProblem>,
) -> Page {
    let hint = "Entries that have all of the words. Put a phrase in “quotation marks”; famil* finds every word that begins so.";
    let input = Input {
        name: WORDS.to_owned(),
        label: "Words to look for".into(),
        hint: Some(Hint { content: hint.into(), ..Hint::default() }),
        value: pairs.get(WORDS).chars().take(record::words::looked_for::MOST_CHARACTERS).collect(),
        error: problem.map(|problem| problem.message.as_str().into()),
        width: InputWidth::Chars30,
        autocomplete: "off".to_owned(),
        spellcheck: Some(false),
        ..Input::default()
    };
    Page {
        at: within.map_or_else(|| "/search/words".to_owned(), |record| format!("/records/{record}/search")),
        token: layout::token(who),
        boxes: Html::of(&input),
        scope: if within.is_some() { "this child’s record" } else { "every record that is open to you" },
        fresh: fresh_in_words(fresh, app),
        typed: pairs.get(WORDS).to_owned(),
        found,
        wider: within.is_some(),
    }
}

/// «Searchable to 14:02.»
fn fresh_in_words(fresh: Freshness, app: &App) -> String {
    let now = app.db().now();
    let until = fresh.until.map(|until| {
        let time = time_in_words(until.london().time());
        if until.day() == now.day() {
            format!("Searchable to {time}.")
        } else {
            format!("Searchable to {}.", words::moment(until))
        }
    });
    match until {
        Some(until) => until,
        None if fresh.hundredths == 0 => {
            "The words are being gathered for the first time: nothing can be found yet. Entries themselves are all there.".to_owned()
        }
        None => format!(
            "The words are being gathered: {} of 100 parts are done, the oldest first. What is not found yet may still be there.",
            fresh.hundredths
        ),
    }
}
