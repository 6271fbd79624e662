//! Backup and restore: the whole record of one moment as a stream of bytes, and back into an empty place.
//!
//! **One moment.** [`make()`] reads every table in one snapshot (a reading transaction of SQLite, `repeatable read` of
//! PostgreSQL) while others go on writing, and then every file that the snapshot's rows name. It writes rows in a form
//! of its own and not the engine's: copies of SQLite's file would lie on the disk in the clear before they could be
//! sealed, its online copy begins again each time that another process writes, and PostgreSQL's own programs need not
//! be here. So memory holds some rows and nothing else is written anywhere, and what was kept on one engine can be
//! restored into the other.
//!
//! **What is in it** is said in `tables`: no session, so that nobody is still signed in after a restore, and nothing
//! that can be worked out again. Never a key: they are a file of their own ([`keys`]).
//!
//! **Whole or refused.** The stream ends with the count and hash of everything before it, signed with the log's key
//! ([`End`]). Sealing the stream for a recipient is the caller's. [`check()`] reads all of it and changes nothing;
//! [`restore()`] does that first, loads it into an empty place that is marked as unfinished from its first statement on,
//! then verifies the whole record there against the ledger as it was signed in the backup, and only then takes the mark
//! away. A place with the mark is opened by no command.

mod check;
mod frames;
pub mod keys;
mod load;
mod make;
mod manifest;
#[cfg(test)]
mod older;
mod restore;
mod tables;

pub use check::{Checked, check, read_head};
pub use make::{Made, Progress, make};
pub use manifest::{End, Head, LogThen};
pub use restore::{Restored, Step, Target, Wanted, restore};

use crate::{engine::StoreError, verify::VerifyReport};

/// Why a backup is not made, not good, or not restored. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Not a backup, or not as it was made.
    #[error("this backup is damaged: {0}. Nothing was changed. Take another copy of it, or the backup before it")]
    Damaged(String),
    /// The end is not there.
    #[error(
        "this backup is cut short: {0}. Nothing was changed. It was not finished or not copied to its end; take another copy of it, or the backup before it"
    )]
    CutShort(String),
    /// Made by a newer program.
    #[error(
        "this backup was made by a newer version of Lifestory ({0}). Nothing was changed. Use that version, or a newer one"
    )]
    Newer(String),
    /// Another organisation's.
    #[error(
        "this is a backup of another record: of {found}, not of {expected}. Nothing was changed. Look for the right file"
    )]
    Foreign {
        /// Whose record was expected.
        expected: String,
        /// Whose record it is.
        found: String,
    },
    /// The keys are not those of this record.
    #[error(
        "the keys in {0} are not the keys of the record in this backup. Nothing was changed. Look for the key file that was made for this record"
    )]
    OtherKeys(String),
    /// Its last signature is not that of the record's own key.
    #[error(
        "this backup was not made by the record that it says: its signature is false. Nothing was changed. Do not use it; find out where it came from"
    )]
    Forged,
    /// Older than what is known to have been there.
    #[error(
        "this backup is older than what you hold: it is of {taken}, and {than}. Nothing was changed. Look for a newer backup; if this is the newest that is left, say --go-back: everything written after {taken} is then lost"
    )]
    Older {
        /// When the backup was taken.
        taken: String,
        /// What is newer.
        than: String,
    },
    /// The checkpoint that was given is no use.
    #[error("the checkpoint that you gave is not one of this record's ledger: {0}. Nothing was changed")]
    Checkpoint(String),
    /// The place is not empty.
    #[error(
        "{0} is not empty: a restore begins in an empty place and never over a record that is there. Nothing was changed. Choose another place; if a restore was cut short there, take away what it left and start again"
    )]
    NotEmpty(String),
    /// A backup never changes the record's shape.
    #[error(
        "this database is at step {found} and this program is at step {known}. Take the backup with the version that serves it, or start `lifestory serve` of this version first, which brings it forward"
    )]
    NotForward {
        /// The step that the database is at.
        found: i64,
        /// The step of this program.
        known: i64,
    },
    /// What was restored is not sound.
    #[error("what was restored does not prove right: {} things are wrong. The place is marked and will not be served", .0.findings.len())]
    Unsound(Box<VerifyReport>),
    /// The database or the disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Where the backup is written to or read from.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
