//! Pages of one child's record.

pub mod chronologies;
pub mod chronology;
pub(crate) mod compare;
pub mod confidential;
pub mod contents;
pub mod entry;
pub mod family;
pub mod front_page;
pub mod owed;
pub mod person;
pub mod print;
pub mod readings;
pub mod register;
pub mod story;
pub(crate) mod view;

use std::collections::BTreeMap;

use record::RecordId;
use store::After;

/// Where the next page begins, from the address: a day, a time and an entry, none of which says who anybody is.
fn after(query: &BTreeMap<String, String>) -> Option<After> {
    let get = |name: &str| query.get(name).cloned().unwrap_or_default();
    let entry = get("entry");
    entry.parse::<record::EntryId>().ok()?;
    Some(After { day: get("day").parse().ok()?, time: get("time"), entry })
}

/// The address of the next page.
fn next(record: RecordId, page: &str, next: Option<&After>) -> String {
    next.map_or_else(String::new, |next| {
        format!("/records/{record}/{page}?day={}&time={}&entry={}", next.day, next.time, next.entry)
    })
}
