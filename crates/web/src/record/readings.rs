//! Who has looked at this record, when and how: from the ledger.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::reading;

use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

#[derive(Template)]
#[template(path = "record/readings.html")]
struct Readings {
    rows: Vec<(String, String, String)>,
}

/// What a leaf says of how somebody came to the record: in a colleague's place, or on duty.
fn through(purpose: &str, colleagues: &store::Colleagues) -> String {
    let first = purpose.split(' ').next().unwrap_or_default();
    if first == "on-duty" {
        return ", on duty out of hours".to_owned();
    }
    if first == "in-emergency" {
        return ", in an emergency".to_owned();
    }
    let worker = first.strip_prefix("for:").and_then(|worker| worker.parse().ok());
    let worker = worker.map(|worker| colleagues.staff.get(&worker).map_or("a former colleague", |one| &one.name));
    worker.map(|worker| format!(", in the place of {worker}")).unwrap_or_default()
}

/// «printed the chronology: for a court or tribunal».
fn printed(pack: &policy::Pack, leaf: &store::Leaf) -> String {
    let what = match leaf.thing.as_deref() {
        Some("front-sheet") => "the front sheet",
        Some("chronology") => "the chronology",
        Some(made) if made.starts_with("chronology ") => "a chronology made for a purpose",
        _ => "an entry",
    };
    format!(
        "printed {what}: {}",
        pack.label(casework::printing::REASONS, leaf.purpose.split(' ').next_back().unwrap_or_default()).to_lowercase()
    )
}

/// `GET /records/{record}/readings`
pub async fn show(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::readings(&who.desk, record).await {
        Ok(page) => {
            let rows = page.leaves.iter().map(|leaf| {
                let at = leaf.at.parse().map_or_else(|_| leaf.at.clone(), words::moment);
                let person = leaf.actor.id.parse().ok().and_then(|person| page.colleagues.staff.get(&person));
                let by =
                    person.map_or_else(|| leaf.actor.id.clone(), |one| format!("{} ({})", one.name, one.designation));
                let what = match leaf.act.as_str() {
                    "refused" => format!(
                        "was refused{}: {}",
                        why_in_words(&leaf.purpose),
                        attempt(leaf.thing.as_deref().unwrap_or_default())
                    ),
                    "printed" => printed(app.db().pack(), leaf),
                    act => act_in_words(act).map_or_else(|| act.replace('-', " "), str::to_owned),
                };
                (at, by, format!("{what}{}", through(&leaf.purpose, &page.colleagues)))
            });
            let main = Readings { rows: rows.collect() };
            Frame::new(&app, &who, "Who has looked").in_record(&page.header, "readings").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// What somebody did, as a person would say it.
fn act_in_words(act: &str) -> Option<&'static str> {
    Some(match act {
        "read-front-page" => "opened the front page",
        "read-front-sheet" => "printed or looked at the front sheet",
        "read-family" => "opened family and people",
        "read-chronology" => "read the chronology",
        "read-entry" | "read-entry-page" => "read an entry",
        "read-story" => "read the story",
        "read-chronologies" => "looked at the chronologies",
        "read-made-chronology" => "read a chronology made for a purpose",
        "read-forms" => "looked at what can be recorded",
        "read-receipt" | "receipt" => "saw what they had just recorded",
        "read-tie" => "came from another child’s entry of the same act",
        "read-moved-trace" => "read what an entry said here before it was moved away",
        "read-print-page" => "looked at what could be printed",
        "read-count-list" => "saw the child in the list behind a count",
        "read-owed" => "looked at what is due, and what came of it",
        "read-restriction" => "looked at who may open the record",
        "list-restricted" => "saw its number among the restricted records",
        "read-emergency" => "asked about an opening in an emergency",
        "read-conflict-page" => "looked at how to say that they know the family",
        "read-readings" => "looked at who has looked",
        "simulate-policy" => "looked at what the child would be owed under another version of the policy",
        "read-decisions" => "read the decisions",
        "read-words" => "read the child’s own words",
        "read-workers" => "looked at who has worked with the child",
        "list-caseload" => "saw the child in My work",
        "list-my-work" => "saw the child by name in My work",
        "list-owed" => "saw what they are to do for the child",
        "list-team" => "saw the child in My team",
        "list-unallocated" => "saw the child among those with nobody allocated",
        "search-people" => "found the child by searching",
        "search-words" => "found an entry by searching for words",
        "count-words" => "counted the entries that have some words",
        "search-record" => "searched inside entries",
        _ => return None,
    })
}

/// What somebody tried to do and was refused.
fn attempt(action: &str) -> String {
    match action {
        "open-in-emergency" => "tried to open the record in an emergency".to_owned(),
        "write" | "record" => "tried to write in the record".to_owned(),
        "allocate" => "tried to allocate the child".to_owned(),
        action => match act_in_words(action) {
            Some(words) => format!("would have {words}"),
            None => format!("tried to {}", action.replace('-', " ")),
        },
    }
}

fn why_in_words(why: &str) -> &'static str {
    match why {
        "account-closed" => " (their account is closed)",
        "no-role" => " (their role does not include it)",
        "no-relation" => " (the child is not theirs)",
        "restricted" => " (the record is restricted)",
        "conflict" => " (they know the family in their own life)",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_said_as_people_would() {
        assert_eq!(act_in_words("read-entry-page"), Some("read an entry"));
        assert_eq!(attempt("read-story"), "would have read the story");
        assert_eq!(attempt("close-record"), "tried to close record");
        assert_eq!(why_in_words("no-relation"), " (the child is not theirs)");
    }
}
