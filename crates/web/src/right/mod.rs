//! Pages on which something in a record is put right.

pub mod amending;
pub mod asking;
pub mod authorising;
pub mod moving;

use record::{EntryId, RecordId};

/// The record and the entry of an address.
fn parsed(record: &str, entry: &str) -> Option<(RecordId, EntryId)> {
    Some((record.parse().ok()?, entry.parse().ok()?))
}
