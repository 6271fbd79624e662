//! The one place that knows which engine is running: pools, transactions, arguments, rows and errors.
//!
//! SQL is written once, in the dialect that both speak. What truly differs has a name at the end of this file, with
//! both versions side by side.

mod together;

use std::{borrow::Cow, future::poll_fn, path::Path, pin::Pin, str::FromStr, time::Duration};

use futures_core::Stream;
use sqlx::{
    Acquire, AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Postgres, Row as _, Sqlite,
    Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};

use together::{DIVISION_BY_ZERO, all_in_one, all_or_nothing, groups, one_after_another};

/// What went wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the same thing in between; the act may be tried again from its beginning.
    #[error("changed by somebody else in the meantime")]
    Conflict,
    /// What was read has been closed to its reader since: nothing of it is shown.
    #[error("no longer open to whoever reads")]
    Withdrawn,
    /// A row that cannot be understood: never guessed at.
    #[error("row cannot be understood: {table}.{column}")]
    Inconsistent {
        /// Where.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
    /// No room on the disk. Nothing of the act was kept.
    #[error("the disk is full: nothing was saved. Make room, then try again")]
    DiskFull,
    /// The database is not there or does not answer.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The database's file is not one, or was damaged.
    #[error(
        "{0} is not a database, or it is damaged. Do not take it away: somebody may be able to read what is left of it. Restore the last backup into another, empty folder (`lifestory restore`; docs/operations.md)"
    )]
    Damaged(String),
    /// There are keys, and the database that they belong to is gone.
    #[error(
        "{database} is empty, but there are keys in {keys}: a record has been kept with them, and it is not here. Nothing new is begun over it. Look whether this is the right place; otherwise restore the last backup into an empty place (`lifestory restore`; docs/operations.md)"
    )]
    Lost {
        /// What is empty.
        database: String,
        /// The folder of the keys.
        keys: String,
    },
    /// A restore was begun here and not finished.
    #[error(
        "a restore was begun here and not finished ({0}): what is here is not whole, so it is not opened. Take it away, or empty it, and start the restore again in an empty place"
    )]
    Restoring(String),
    /// Written by a newer program than this one.
    #[error(
        "this database is at step {found}, made by a newer version of Lifestory; this program knows steps up to {known}. Start the newer program"
    )]
    Newer {
        /// The step that the database is at.
        found: i64,
        /// The last step that this program knows.
        known: i64,
    },
    /// A key file is missing, unreadable or another one than the database was made with.
    #[error("{0}")]
    Keys(String),
    /// The ledger has not been numbered for too long; nothing more is written until it is.
    #[error("the ledger stands still: nothing can be written until its numbering runs again")]
    LedgerStands,
    /// The place where the bytes of files lie fails.
    #[error("files: {0}")]
    Files(String),
    /// Nothing says which policy pack is in force, and the program was started with none.
    #[error("no policy pack is in force here yet, and none was given: name one with --pack")]
    NoPack,
    /// A policy pack that was kept cannot be read by this program.
    #[error(
        "the policy pack «{pack}», version {version}, was put in force here and cannot be read by this version of the program:\n{why}\nStart the version of the program under which it was approved, and approve there a version that both can read"
    )]
    Pack {
        /// Its name.
        pack: String,
        /// Its version.
        version: i64,
        /// What is wrong with it.
        why: String,
    },
    /// Anything else from the engine.
    #[error("database: {0}")]
    Engine(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // SQLite: FULL, and IOERR_SHMSIZE where not even the index of the write-ahead log fits any more;
                // PostgreSQL: disk_full.
                Some("13" | "4874" | "53100") => Self::DiskFull,
                // PostgreSQL: serialization_failure, deadlock_detected, unique_violation; SQLite: BUSY and its
                // snapshot form, and unique and primary key violations.
                Some("40001" | "40P01" | "23505" | "5" | "517" | "2067" | "1555") => Self::Conflict,
                _ => Self::Engine(database.message().to_owned()),
            },
            sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::StorageFull => Self::DiskFull,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unreachable(error.to_string())
            }
            _ => Self::Engine(error.to_string()),
        }
    }
}

/// An argument of a statement. Text, whole number or bytes: the three types that both engines share.
#[derive(Clone, Debug)]
pub(crate) enum Arg {
    Text(Option<String>),
    Int(Option<i64>),
    Blob(Option<Vec<u8>>),
}

/// Arguments from what the code has at hand.
pub(crate) trait IntoArg {
    fn arg(self) -> Arg;
}

macro_rules! text_args {
    ($($type:ty),*) => {$(
        impl IntoArg for $type { fn arg(self) -> Arg { Arg::Text(Some(self.to_string())) } }
        impl IntoArg for Option<$type> { fn arg(self) -> Arg { Arg::Text(self.map(|it| it.to_string())) } }
    )*};
}
text_args!(
    &str,
    String,
    &String,
    record::PersonId,
    record::RecordId,
    record::EntryId,
    record::ActId,
    record::DraftId,
    record::TeamId,
    record::FileId,
    record::PasskeyId,
    record::Moment,
    record::fact::Subject,
    jiff::civil::Date
);
impl IntoArg for i64 {
    fn arg(self) -> Arg {
        Arg::Int(Some(self))
    }
}
impl IntoArg for u32 {
    fn arg(self) -> Arg {
        Arg::Int(Some(i64::from(self)))
    }
}
impl IntoArg for bool {
    fn arg(self) -> Arg {
        Arg::Int(Some(i64::from(self)))
    }
}
impl IntoArg for Option<i64> {
    fn arg(self) -> Arg {
        Arg::Int(self)
    }
}
impl IntoArg for Vec<u8> {
    fn arg(self) -> Arg {
        Arg::Blob(Some(self))
    }
}
impl IntoArg for &[u8] {
    fn arg(self) -> Arg {
        Arg::Blob(Some(self.to_vec()))
    }
}
impl IntoArg for Option<Vec<u8>> {
    fn arg(self) -> Arg {
        Arg::Blob(self)
    }
}
impl IntoArg for Arg {
    fn arg(self) -> Arg {
        self
    }
}

/// The arguments of a statement, of mixed types: `args![record, kind, 3_i64]`.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$(crate::engine::IntoArg::arg($value)),*] };
}
pub(crate) use args;

/// A statement with its arguments, and how many rows it must touch for the act to stand.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub sql: Cow<'static, str>,
    pub args: Vec<Arg>,
    pub expects: Expects,
    /// Whose rows it touches, where that is known: what lets it go together with others of its table.
    pub piece: Option<Piece>,
}

/// Rows that statements of one table touch: those of one thing, in one step of the act. Of different things, and of the
/// same step, no two statements touch the same row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The record whose rows they are.
    pub of: record::RecordId,
    /// Which step of the act.
    pub step: usize,
}

impl Piece {
    fn is_apart_from(self, other: Self) -> bool {
        self.of != other.of || self.step == other.step
    }
}

/// What a statement must find; otherwise somebody else was faster and the act is a [`StoreError::Conflict`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expects {
    Anything,
    /// Exactly one row changed.
    OneRow,
    /// The select finds something.
    Something,
}

impl Statement {
    pub fn new(sql: impl Into<Cow<'static, str>>, args: Vec<Arg>) -> Self {
        Self { sql: sql.into(), args, expects: Expects::Anything, piece: None }
    }
    pub fn one_row(sql: &'static str, args: Vec<Arg>) -> Self {
        Self { expects: Expects::OneRow, ..Self::new(sql, args) }
    }
    pub fn something(sql: impl Into<Cow<'static, str>>, args: Vec<Arg>) -> Self {
        Self { expects: Expects::Something, ..Self::new(sql, args) }
    }
    /// Says whose rows it touches.
    pub fn of(self, piece: Piece) -> Self {
        Self { piece: Some(piece), ..self }
    }
    /// One statement that inserts all rows.
    pub fn insert(table_and_columns: &str, rows: Vec<Vec<Arg>>) -> Self {
        let width = rows.first().map_or(0, Vec::len);
        Self::new(
            format!("insert into {table_and_columns} values {}", placeholders(rows.len(), width)),
            rows.into_iter().flatten().collect(),
        )
    }
}

/// `($1,$2),($3,$4)` for so many rows of so many columns.
pub(crate) fn placeholders(rows: usize, width: usize) -> String {
    let mut text = String::new();
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..width {
            if column > 0 {
                text.push(',');
            }
            text.push('$');
            text.push_str(&(row * width + column + 1).to_string());
        }
        text.push(')');
    }
    text
}

/// `$3,$4,$5`: so many placeholders from a number on.
pub(crate) fn placeholder_list(from: usize, count: usize) -> String {
    (from..from + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}

/// The statement with `?` for its arguments, if they stand in it in their order and once each.
fn without_numbers(sql: &str, args: usize) -> Option<String> {
    let mut parts = sql.split('$');
    let mut text = parts.next()?.to_owned();
    let mut next = 1_usize;
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        if part[..part.len() - rest.len()].parse() != Ok(next) {
            return None;
        }
        next += 1;
        text.push('?');
        text.push_str(rest);
    }
    (next == args + 1).then_some(text)
}

type BoxStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! getter {
    ($name:ident, $type:ty) => {
        pub fn $name(&self, at: usize) -> Result<$type, StoreError> {
            let value = match self {
                Row::Sqlite(row) => row.try_get(at),
                Row::Postgres(row) => row.try_get(at),
            };
            value.map_err(StoreError::from)
        }
    };
}

impl Row {
    getter!(text, String);
    getter!(opt_text, Option<String>);
    getter!(int, i64);
    getter!(opt_int, Option<i64>);
    getter!(blob, Vec<u8>);
    getter!(opt_blob, Option<Vec<u8>>);

    /// A text that must read as a typed thing.
    pub fn parsed<T: FromStr>(&self, at: usize, table: &'static str, column: &'static str) -> Result<T, StoreError> {
        self.text(at)?.parse().map_err(|_| StoreError::Inconsistent { table, column })
    }

    /// A text that may be absent but must read as a typed thing when it is there.
    pub fn opt_parsed<T: FromStr>(
        &self,
        at: usize,
        table: &'static str,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        self.opt_text(at)?.map(|text| text.parse().map_err(|_| StoreError::Inconsistent { table, column })).transpose()
    }
}

/// Rows on their way.
pub(crate) enum Rows<'a> {
    Sqlite(BoxStream<'a, Result<SqliteRow, sqlx::Error>>),
    Postgres(BoxStream<'a, Result<PgRow, sqlx::Error>>),
}

impl Rows<'_> {
    /// The next row; none at the end.
    pub async fn next(&mut self) -> Result<Option<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(rows) => poll_fn(|cx| rows.as_mut().poll_next(cx)).await.transpose()?.map(Row::Sqlite),
            Self::Postgres(rows) => poll_fn(|cx| rows.as_mut().poll_next(cx)).await.transpose()?.map(Row::Postgres),
        })
    }
}

/// An open transaction of either engine; rolled back when dropped.
pub(crate) enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Text(value) => query.bind(value),
                Arg::Int(value) => query.bind(value),
                Arg::Blob(value) => query.bind(value),
            };
        }
        query
    }};
}

pub(crate) use bound;

impl Conn {
    /// SQLite looks numbered arguments up by name, one after the other: in a statement of thousands that costs more
    /// than the rows. Where they simply follow each other they need no names.
    fn text(&self, sql: Cow<'static, str>, args: usize) -> AssertSqlSafe<String> {
        let plain = if matches!(self, Self::Sqlite(_)) && args > 64 { without_numbers(&sql, args) } else { None };
        AssertSqlSafe(plain.unwrap_or_else(|| sql.into_owned()))
    }

    /// The rows that a query finds.
    pub async fn query(&mut self, sql: impl Into<Cow<'static, str>>, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        let sql = self.text(sql.into(), args.len());
        Ok(match self {
            Self::Sqlite(tx) => {
                let rows = bound!(sqlx::query(sql), args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx) => {
                let rows = bound!(sqlx::query(sql), args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The rows that a query finds, one after the other: memory holds some of them, however many there are.
    pub fn stream(&mut self, sql: String) -> Rows<'_> {
        match self {
            Self::Sqlite(tx) => Rows::Sqlite(sqlx::query(AssertSqlSafe(sql)).fetch(&mut **tx)),
            Self::Postgres(tx) => Rows::Postgres(sqlx::query(AssertSqlSafe(sql)).fetch(&mut **tx)),
        }
    }

    /// The one row that a query finds, if it finds one.
    pub async fn query_opt(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        args: Vec<Arg>,
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, args).await?.into_iter().next())
    }

    /// Runs a statement; gives how many rows it changed.
    pub async fn execute(&mut self, sql: impl Into<Cow<'static, str>>, args: Vec<Arg>) -> Result<u64, StoreError> {
        let sql = self.text(sql.into(), args.len());
        Ok(match self {
            Self::Sqlite(tx) => bound!(sqlx::query(sql), args).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => bound!(sqlx::query(sql), args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Runs a statement of an act and holds it to what it expects.
    pub async fn run(&mut self, statement: Statement) -> Result<(), StoreError> {
        let kept = match statement.expects {
            Expects::Anything => self.execute(statement.sql, statement.args).await.map(|_| true)?,
            Expects::OneRow => self.execute(statement.sql, statement.args).await? == 1,
            Expects::Something => self.query_opt(statement.sql, statement.args).await?.is_some(),
        };
        if kept { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Runs the statements of an act in order, each held to what it expects, in as few messages as the engine allows:
    /// the way to it and back costs more than most statements do.
    pub async fn run_all(&mut self, statements: Vec<Statement>) -> Result<(), StoreError> {
        self.run_groups(groups(statements, matches!(self, Self::Postgres(_)))).await
    }

    async fn run_groups(&mut self, groups: Vec<Vec<Statement>>) -> Result<(), StoreError> {
        for mut group in groups {
            match (group.pop(), group.is_empty()) {
                (Some(alone), true) => self.run(alone).await?,
                (Some(last), false) => {
                    group.push(last);
                    self.run_together(group).await?;
                }
                (None, _) => {}
            }
        }
        Ok(())
    }

    async fn run_together(&mut self, group: Vec<Statement>) -> Result<(), StoreError> {
        let (sql, args, expected) = match self {
            Self::Sqlite(_) => one_after_another(group),
            Self::Postgres(_) => all_in_one(group),
        };
        let mut found: Vec<i64> =
            self.query(sql, args).await?.iter().map(|row| row.int(0)).collect::<Result<_, _>>()?;
        found.sort_unstable();
        if found == expected { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Several statements in one text, without arguments (migrations).
    pub async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
            Self::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(|_| ())?,
        }
        Ok(())
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}

/// The pools of the engine that is running.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    /// Many readers; the one writing connection belongs to the writer task.
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    /// Whoever reads may have to write before it is done (a refusal's leaf): writers have a pool of their own, so that
    /// nobody waits for a connection while holding the last one.
    Postgres { readers: PgPool, writers: PgPool },
}

/// What each reading connection of SQLite keeps of the file, in kilobytes: the system keeps the rest for all of them.
const CACHE_OF_READERS: &str = "-4000";
/// How many connections read a file of SQLite at once, and how many write it.
const SQLITE_READERS: u32 = 8;
const SQLITE_WRITERS: u32 = 1;
/// How many connections one program has to PostgreSQL: those that read, those that write, those of searches.
const READERS: u32 = 32;
const WRITERS: u32 = 16;
const SEARCHERS: u32 = 4;
/// How long an act waits for a connection, or for the file of SQLite. Then its person is told that the record is not
/// reached.
const PATIENCE: Duration = Duration::from_secs(10);
/// After which time PostgreSQL ends a search.
const LONGEST_SEARCH: &str = "15s";
/// After which time a reading connection that nobody uses is closed, with what it keeps.
const QUIET: Duration = Duration::from_secs(30);

/// The oldest SQLite that is safe: before it, a race in resetting the write-ahead log could corrupt the file.
const SAFE_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Whether this version of SQLite is safe to keep a record in.
pub(crate) fn is_safe_sqlite(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= SAFE_SQLITE
}

impl Engine {
    /// An empty SQLite in memory: a model of what the migrations make.
    pub async fn in_memory() -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new().in_memory(true);
        // Each connection to memory would have a database of its own.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        Ok(Self::Sqlite { readers: writer.clone(), writer })
    }

    /// Opens the file, making it where it is missing, for its owner alone.
    pub async fn sqlite(file: &Path) -> Result<Self, StoreError> {
        for_its_owner_alone(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::PermissionDenied => of_another_user(file, error),
            _ => StoreError::Unreachable(format!("{}: {error}", file.display())),
        })?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("secure_delete", "ON")
            .pragma("cache_size", "-16000")
            .statement_cache_capacity(256)
            .disable_statement_logging();
        // One that a full disk has made useless is replaced where it is begun on.
        let writer = SqlitePoolOptions::new().max_connections(SQLITE_WRITERS).test_before_acquire(false);
        let writer = writer.connect_with(options.clone()).await.map_err(|error| unopened(file, error))?;
        let version: String = sqlx::query_scalar("select sqlite_version()").fetch_one(&writer).await?;
        if !is_safe_sqlite(&version) {
            return Err(StoreError::Engine(format!(
                "SQLite {version} is older than 3.51.3, which is the first safe one"
            )));
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .min_connections(1)
            .idle_timeout(QUIET)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON").pragma("cache_size", CACHE_OF_READERS))
            .await
            .map_err(|error| unopened(file, error))?;
        Ok(Self::Sqlite { readers, writer })
    }

    /// A file beside the record, of what can be worked out again: its commits need not outlive a power cut.
    pub async fn sqlite_beside(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(PATIENCE)
            .pragma("secure_delete", "ON")
            .pragma("cache_size", "-4000")
            .statement_cache_capacity(32)
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new().max_connections(SQLITE_WRITERS).connect_with(options.clone()).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SEARCHERS)
            .idle_timeout(QUIET)
            .test_before_acquire(false)
            .connect_lazy_with(options.pragma("query_only", "ON").pragma("cache_size", CACHE_OF_READERS));
        Ok(Self::Sqlite { readers, writer })
    }

    /// The same PostgreSQL with a few reading connections apart, for searches: they never take all of the others', and
    /// their plans hang on what is looked for.
    pub fn with_few_readers(&self) -> Self {
        match self {
            Self::Postgres { readers, writers } => {
                let options = readers.connect_options().as_ref().clone().options([
                    ("plan_cache_mode", "force_custom_plan"),
                    ("statement_timeout", LONGEST_SEARCH),
                    // One search is not to take the cores from those who write.
                    ("max_parallel_workers_per_gather", "0"),
                ]);
                let readers = PgPoolOptions::new()
                    .max_connections(SEARCHERS)
                    .acquire_timeout(PATIENCE)
                    .connect_lazy_with(options);
                Self::Postgres { readers, writers: writers.clone() }
            }
            Self::Sqlite { .. } => self.clone(),
        }
    }

    /// Connects to PostgreSQL.
    pub async fn postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Unreachable(format!("not a connection string for PostgreSQL ({error})")))?
            .statement_cache_capacity(256)
            .application_name("lifestory")
            // Every query here goes by keys and its plan does not hang on the values: without this PostgreSQL would
            // work many of them out anew each time, which costs more than running them.
            .options([("plan_cache_mode", "force_generic_plan")])
            .disable_statement_logging();
        let pool = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
        // Not by the pool, which would try for ten seconds and then only say that it had waited.
        let first = PgConnection::connect_with(&options).await.map_err(|error| {
            StoreError::Unreachable(format!("{error}. Check that PostgreSQL is running there, and the address"))
        })?;
        first.close().await?;
        let readers = pool(READERS).test_before_acquire(false).connect_lazy_with(options.clone());
        // An act is one long statement, and each connection keeps the plans of those that it has seen.
        let writers = pool(WRITERS).connect_lazy_with(options.statement_cache_capacity(64));
        Ok(Self::Postgres { readers, writers })
    }

    /// One query by itself.
    pub async fn query(&self, sql: impl Into<String>, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => {
                let rows = bound!(sqlx::query(AssertSqlSafe(sql.into())), args).fetch_all(readers).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres { readers, .. } => {
                let mut tx = begin_on_one_that_lives(readers).await?;
                let rows = bound!(sqlx::query(AssertSqlSafe(sql.into())), args).fetch_all(&mut *tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// A transaction that sees one moment of the database throughout.
    pub async fn begin_reading(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Conn::Sqlite(readers.begin().await?),
            Self::Postgres { readers, .. } => Conn::Postgres(begin_on_one_that_lives(readers).await?),
        })
    }

    /// A transaction that may write. On SQLite there is one at a time, the writer task's.
    pub async fn begin_writing(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Conn::Sqlite(match writer.begin_with("begin immediate").await {
                // On a full disk SQLite rolls back by itself, and sqlx then counts a transaction that is no more:
                // such a connection is of no use again.
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    writer.acquire().await?.close().await?;
                    writer.begin_with("begin immediate").await?
                }
                begun => begun?,
            }),
            Self::Postgres { writers, .. } => Conn::Postgres(writers.begin().await?),
        })
    }

    /// Runs an act whole or not at all, on PostgreSQL: as one statement where it can be one, which needs one way to the
    /// server and back instead of one for each group of statements and two for the transaction.
    pub async fn run_act(&self, statements: Vec<Statement>) -> Result<(), StoreError> {
        let mut groups = groups(statements, !self.has_one_writer());
        let reads = |one: &Statement| one.expects != Expects::Something && one.sql.contains("select");
        let (writers, group) = match self {
            Self::Postgres { writers, .. } if groups.len() == 1 && !groups[0].iter().any(reads) => {
                (writers, groups.swap_remove(0))
            }
            _ => {
                let mut conn = self.begin_writing().await?;
                conn.run_groups(groups).await?;
                return conn.commit().await;
            }
        };
        let (sql, args) = all_or_nothing(group);
        match bound!(sqlx::query(AssertSqlSafe(sql)), args).execute(writers).await {
            Ok(_) => Ok(()),
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(DIVISION_BY_ZERO) => {
                Err(StoreError::Conflict)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What holds a row that was found until the transaction ends. On SQLite nobody else writes meanwhile.
    pub const fn held(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "",
            Self::Postgres { .. } => " for share",
        }
    }

    /// Whether acts go through the one writer task.
    pub const fn has_one_writer(&self) -> bool {
        matches!(self, Self::Sqlite { .. })
    }

    /// For people: which engine.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { readers, writers } => {
                readers.close().await;
                writers.close().await;
            }
        }
    }
}

/// Begins to read. No connection is tried before it is used, which would be one way to the server and back for every
/// page; but a server that was started anew has ended those that waited here. Nobody has asked them anything yet, so the
/// next is taken.
async fn begin_on_one_that_lives(readers: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let mut left = readers.options().get_max_connections();
    loop {
        match readers.begin_with("begin isolation level repeatable read").await {
            Err(sqlx::Error::Io(_)) if left > 0 => left -= 1,
            begun => return begun,
        }
    }
}

/// Makes a file where it is missing, and leaves nobody but its owner a way to it. SQLite gives its log and its index of
/// that log the same permissions.
pub(crate) fn for_its_owner_alone(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(file)?;
    #[cfg(unix)]
    made.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}

/// Why a file of SQLite does not open, said of the file.
fn unopened(file: &Path, error: sqlx::Error) -> StoreError {
    let code = match &error {
        sqlx::Error::Database(database) => database.code().and_then(|code| code.parse::<u32>().ok()),
        _ => None,
    };
    // The last eight bits are the kind of error: CORRUPT and NOTADB; PERM, READONLY, CANTOPEN and AUTH, where SQLite says
    // no more of a file that another user owns.
    match (code.map(|code| code & 0xff), StoreError::from(error)) {
        (Some(11 | 26), _) => StoreError::Damaged(file.display().to_string()),
        (Some(3 | 8 | 14 | 23), error) => of_another_user(file, error),
        (_, error) => error,
    }
}

fn of_another_user(file: &Path, error: impl std::fmt::Display) -> StoreError {
    StoreError::Unreachable(format!(
        "{} cannot be opened by this user ({error}). Whoever runs Lifestory must own the folder and everything in it, `-wal` and `-shm` files included",
        file.display()
    ))
}

// ---- What truly differs -------------------------------------------------------------------------------------------

/// Whether a table of this name exists.
pub(crate) const fn table_exists(engine: &Engine) -> &'static str {
    match engine {
        Engine::Sqlite { .. } => "select 1 from sqlite_master where type = 'table' and name = $1",
        Engine::Postgres { .. } => {
            "select 1 from information_schema.tables where table_schema = current_schema() and table_name = $1"
        }
    }
}

/// Whether a table has a column.
pub(crate) const fn column_exists(engine: &Engine) -> &'static str {
    match engine {
        Engine::Sqlite { .. } => "select 1 from pragma_table_info($1) where name = $2",
        Engine::Postgres { .. } => {
            "select 1 from information_schema.columns where table_schema = current_schema() and table_name = $1 and column_name = $2"
        }
    }
}

/// Takes the right to number leaves, for as long as the connection lives. SQLite's writer task has it by its nature.
/// The schema is part of it: two authorities kept in one database number apart.
pub(crate) async fn lock_numbering(connection: &mut PoolConnection<Postgres>) -> Result<bool, StoreError> {
    let mut tx = connection.begin().await?;
    let held: bool = sqlx::query_scalar("select pg_try_advisory_lock(7311420, hashtext(current_schema()))")
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(held)
}

/// What a select ends with that keeps others from changing the rows which it finds, until the transaction ends. On
/// SQLite nobody else writes meanwhile.
pub(crate) const fn locked(engine: &Engine) -> &'static str {
    match engine {
        Engine::Sqlite { .. } => "",
        Engine::Postgres { .. } => "for update",
    }
}

/// A JSON array for [`texts_of`], of texts that have letters, digits, hyphens, strokes and spaces alone.
pub(crate) fn as_json(texts: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let texts: Vec<_> = texts.into_iter().map(|text| format!("\"{text}\"")).collect();
    format!("[{}]", texts.join(","))
}

/// The texts of a JSON array as rows of one column: one argument instead of some hundreds, and one text of statement
/// however many they are.
pub(crate) fn texts_of(engine: &Engine, n: usize) -> String {
    match engine {
        Engine::Sqlite { .. } => format!("select value from json_each(${n})"),
        Engine::Postgres { .. } => format!("select jsonb_array_elements_text(cast(${n} as jsonb))"),
    }
}

/// What makes a JSON array of the rows of a column, one text however many they are; of none PostgreSQL makes nothing.
pub(crate) const fn gather(engine: &Engine) -> &'static str {
    match engine {
        Engine::Sqlite { .. } => "json_group_array",
        Engine::Postgres { .. } => "json_agg",
    }
}

/// The condition that a column is one of the texts of a JSON array: where the rows of some hundred things are looked for,
/// and each of them has its place in an index. PostgreSQL, to which the texts are a table of unknown size otherwise, would
/// read all of the rows that there are.
pub(crate) fn among(engine: &Engine, n: usize) -> String {
    among_found(engine, &texts_of(engine, n))
}

/// The same of the texts that a query finds, where they are some hundred at most.
pub(crate) fn among_found(engine: &Engine, query: &str) -> String {
    match engine {
        Engine::Sqlite { .. } => format!("in ({query})"),
        Engine::Postgres { .. } => format!("= any (array({query}))"),
    }
}
