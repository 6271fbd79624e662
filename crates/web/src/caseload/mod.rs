//! My work, my team, and the lists behind their numbers.

mod child;
mod lists;
mod my_work;
pub mod owed;
mod team;
mod to_check;
mod unallocated;

pub(crate) use child::{Child, child};
pub(crate) use lists::{Step, step};
pub use lists::{mine, of_team};
pub use my_work::{mark_seen, my_work, start};
pub use team::team;
pub use to_check::to_check;
pub use unallocated::{allocate, unallocated};

use std::collections::BTreeMap;

/// The pairs of a query, for pages that are asked for something. Only words and identifiers are.
pub(crate) fn asked(uri: &axum::http::Uri) -> BTreeMap<String, String> {
    let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
