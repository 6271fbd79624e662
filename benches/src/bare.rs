//! The bare engine: raw sqlx with the product's own settings, prepared statements, nothing else.

use std::{str::FromStr, time::Duration};

use sqlx::{
    AssertSqlSafe, PgPool, Postgres, Row as _, Sqlite, SqlitePool, Transaction, TypeInfo as _, ValueRef as _,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use store::Place;

/// A value of the three types that both engines share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(Option<String>),
    /// A whole number.
    Int(Option<i64>),
    /// Bytes.
    Blob(Option<Vec<u8>>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}
impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(Some(bytes))
    }
}

/// A statement with its values.
pub type Bound = (String, Vec<Value>);

/// Connections.
#[derive(Clone, Debug)]
pub enum Pool {
    /// SQLite.
    Sqlite(SqlitePool),
    /// PostgreSQL.
    Postgres(PgPool),
}

/// An open transaction.
pub enum Open {
    /// SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

macro_rules! bound {
    ($sql:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql.to_owned()));
        for value in $values {
            query = match value {
                Value::Text(value) => query.bind(value),
                Value::Int(value) => query.bind(value),
                Value::Blob(value) => query.bind(value),
            };
        }
        query
    }};
}

macro_rules! rows_of {
    ($rows:expr) => {{
        let mut all = Vec::new();
        for row in &$rows {
            let mut values = Vec::new();
            for at in 0..row.len() {
                values.push(match row.try_get_raw(at)?.type_info().name() {
                    "BLOB" | "BYTEA" => Value::Blob(row.try_get(at)?),
                    "INTEGER" | "INT8" => Value::Int(row.try_get(at)?),
                    _ => Value::Text(row.try_get(at)?),
                });
            }
            all.push(values);
        }
        all
    }};
}

impl Pool {
    /// So many connections to a place, with the settings of `store::engine`.
    pub async fn connect(place: &Place, connections: u32) -> anyhow::Result<Self> {
        Ok(match place {
            Place::Folder(folder) => {
                let options = SqliteConnectOptions::new()
                    .filename(folder.join("lifestory.db"))
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_mins(1))
                    .pragma("secure_delete", "ON")
                    .pragma("cache_size", "-16000")
                    .statement_cache_capacity(256);
                let pool = SqlitePoolOptions::new().max_connections(connections).min_connections(connections);
                Self::Sqlite(pool.acquire_timeout(Duration::from_mins(2)).connect_with(options).await?)
            }
            Place::Postgres(url) => {
                let options = PgConnectOptions::from_str(url)?.statement_cache_capacity(256);
                let pool = PgPoolOptions::new().max_connections(connections).min_connections(connections);
                Self::Postgres(pool.acquire_timeout(Duration::from_mins(2)).connect_with(options).await?)
            }
        })
    }

    /// Begins to write.
    pub async fn begin(&self) -> anyhow::Result<Open> {
        Ok(match self {
            Self::Sqlite(pool) => Open::Sqlite(pool.begin_with("begin immediate").await?),
            Self::Postgres(pool) => Open::Postgres(pool.begin().await?),
        })
    }

    /// Begins to read one moment of the database.
    pub async fn begin_reading(&self) -> anyhow::Result<Open> {
        Ok(match self {
            Self::Sqlite(pool) => Open::Sqlite(pool.begin().await?),
            Self::Postgres(pool) => Open::Postgres(pool.begin_with("begin isolation level repeatable read").await?),
        })
    }

    /// The rows of one query, outside what is measured.
    pub async fn rows(&self, sql: &str, values: &[Value]) -> anyhow::Result<Vec<Vec<Value>>> {
        let values = values.to_vec();
        Ok(match self {
            Self::Sqlite(pool) => rows_of!(bound!(sql, values).fetch_all(pool).await?),
            Self::Postgres(pool) => rows_of!(bound!(sql, values).fetch_all(pool).await?),
        })
    }

    /// Runs one statement, outside what is measured.
    pub async fn run(&self, sql: &str) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(pool) => sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(pool).await.map(|_| ())?,
            Self::Postgres(pool) => sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(pool).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// One transaction with these statements, durable when this returns.
    pub async fn write(&self, statements: Vec<Bound>) -> anyhow::Result<()> {
        let mut open = self.begin().await?;
        for (sql, values) in statements {
            open.run(&sql, values).await?;
        }
        open.commit().await
    }
}

impl Open {
    /// Runs a statement.
    pub async fn run(&mut self, sql: &str, values: Vec<Value>) -> anyhow::Result<u64> {
        Ok(match self {
            Self::Sqlite(tx) => bound!(sql, values).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => bound!(sql, values).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Fetches every row of a query; gives how many.
    pub async fn fetch(&mut self, sql: &str, values: Vec<Value>) -> anyhow::Result<usize> {
        Ok(match self {
            Self::Sqlite(tx) => bound!(sql, values).fetch_all(&mut **tx).await?.len(),
            Self::Postgres(tx) => bound!(sql, values).fetch_all(&mut **tx).await?.len(),
        })
    }

    /// Commits.
    pub async fn commit(self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// An insert of all these rows in one statement.
pub fn insert(table_and_columns: &str, rows: Vec<Vec<Value>>) -> Bound {
    let width = rows.first().map_or(0, Vec::len);
    let places: Vec<String> = (0..rows.len())
        .map(|row| {
            let places: Vec<String> = (1..=width).map(|column| format!("${}", row * width + column)).collect();
            format!("({})", places.join(","))
        })
        .collect();
    (format!("insert into {table_and_columns} values {}", places.join(",")), rows.into_iter().flatten().collect())
}
