//! The extract: a file of its own from which everything is counted, so that no count ever waits for an act or holds
//! one up. It is made anew each time, can be dropped at any moment, is no part of the record and needs no backup.
//!
//! It holds coded facts and coded answers; no narrative, no name. Whoever has the file can count but not read.

mod finish;
mod make;
mod once;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use record::Moment;
use sqlx::{
    ConnectOptions as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::engine::{Conn, StoreError, args};

/// Which form of the file this program makes and reads.
const FORM: i64 = 3;

/// The extract of one authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract(PathBuf);

/// What is known of an extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The moment that it is as of.
    pub as_of: Moment,
    /// Children with a record.
    pub children: i64,
    /// Entries in their records.
    pub entries: i64,
}

impl Extract {
    /// The extract in this file, whether it is there yet or not.
    pub fn at(file: impl Into<PathBuf>) -> Self {
        Self(file.into())
    }

    /// Where it is.
    pub fn file(&self) -> &Path {
        &self.0
    }

    /// What is there; none where there is no extract, or one of another program's form.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub async fn about(&self) -> Result<Option<About>, StoreError> {
        Ok(match self.open().await? {
            Some(open) => Some(open.about),
            None => None,
        })
    }

    /// Opens it for counting: one state of the file throughout, even when another takes its place meanwhile.
    pub(crate) async fn open(&self) -> Result<Option<Open>, StoreError> {
        if !self.0.exists() {
            return Ok(None);
        }
        let options = SqliteConnectOptions::new().filename(&self.0).read_only(true).disable_statement_logging();
        let mut conn = begin(options).await?;
        let about = match conn.query_opt("select form, as_of, children, entries from report_about", args![]).await {
            Ok(Some(row)) if row.int(0)? == FORM => {
                About { as_of: row.parsed(1, "report_about", "as_of")?, children: row.int(2)?, entries: row.int(3)? }
            }
            // Another form, or not one of these files at all: it is made anew.
            Ok(_) | Err(StoreError::Engine(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(Some(Open { conn, about }))
    }
}

/// An extract being counted from.
pub(crate) struct Open {
    pub conn: Conn,
    pub about: About,
}

/// A transaction on a file of its own.
async fn begin(options: SqliteConnectOptions) -> Result<Conn, StoreError> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let tx = pool.begin().await?;
    Ok(Conn::Sqlite(tx))
}

/// A new file to be filled. Nothing of it counts until it takes the old one's place, so it is not kept safe on the way.
async fn new_file(file: &Path) -> Result<Conn, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .busy_timeout(Duration::from_secs(1))
        .pragma("cache_size", "-4000")
        // The last statement of a kind adds fewer rows than the others, each time another number.
        .statement_cache_capacity(16)
        .disable_statement_logging();
    begin(options).await
}

/// The engine's own word for a file that could not be made.
fn not_made(file: &Path, error: &std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return StoreError::DiskFull;
    }
    StoreError::Unreachable(format!("the extract {} cannot be made: {error}", file.display()))
}
