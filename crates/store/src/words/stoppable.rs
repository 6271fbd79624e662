//! A query that ends when nobody waits for it any more.
//!
//! Dropping a future of sqlx leaves the statement running: SQLite goes on in its thread, PostgreSQL in its process.
//! So the query runs in a task of its own. When the waiter goes, SQLite's progress handler breaks it off, and
//! PostgreSQL's process is told to cancel it.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{AssertSqlSafe, Postgres, Sqlite, pool::PoolConnection, postgres::PgPool};
use tokio::sync::Notify;

use crate::engine::{Arg, Engine, Row, StoreError, bound};

/// After how many of its steps SQLite asks whether somebody still waits. Reading one page of the index takes some.
const STEPS: i32 = 100;

/// After which time a process that goes on is told again to cancel.
const AGAIN: Duration = Duration::from_millis(20);

#[derive(Clone, Default)]
struct Stop(Arc<(AtomicBool, Notify)>);

impl Stop {
    fn is_told(&self) -> bool {
        self.0.0.load(Ordering::Relaxed)
    }
    async fn told(&self) {
        self.0.1.notified().await;
    }
}

/// Tells the task to stop, unless it came to its end.
struct Waiter(Option<Stop>);

impl Drop for Waiter {
    fn drop(&mut self) {
        if let Some(stop) = &self.0 {
            stop.0.0.store(true, Ordering::Relaxed);
            stop.0.1.notify_one();
        }
    }
}

/// The rows that a query finds, on one of the reading connections.
pub(super) async fn query(engine: &Engine, sql: String, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
    let stop = Stop::default();
    // A connection is waited for here: who goes while waiting leaves nothing behind.
    let task = match engine {
        Engine::Sqlite { readers, .. } => tokio::spawn(on_sqlite(readers.acquire().await?, stop.clone(), sql, args)),
        Engine::Postgres { readers, writers } => {
            tokio::spawn(on_postgres(readers.acquire().await?, writers.clone(), stop.clone(), sql, args))
        }
    };
    let mut waiter = Waiter(Some(stop));
    let rows = task.await;
    waiter.0 = None;
    rows.map_err(|error| StoreError::Engine(error.to_string()))?
}

async fn on_sqlite(
    mut conn: PoolConnection<Sqlite>,
    stop: Stop,
    sql: String,
    args: Vec<Arg>,
) -> Result<Vec<Row>, StoreError> {
    let told = stop.clone();
    // It stays until the connection's next search brings its own: to take it away costs as much as a short search.
    conn.lock_handle().await?.set_progress_handler(STEPS, move || !told.is_told());
    let rows = bound!(sqlx::query(AssertSqlSafe(sql)), args).fetch_all(&mut *conn).await;
    if stop.is_told() {
        conn.lock_handle().await?.remove_progress_handler();
    }
    Ok(rows?.into_iter().map(Row::Sqlite).collect())
}

async fn on_postgres(
    mut conn: PoolConnection<Postgres>,
    others: PgPool,
    stop: Stop,
    sql: String,
    args: Vec<Arg>,
) -> Result<Vec<Row>, StoreError> {
    let process: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut *conn).await?;
    // Whoever has gone already begins nothing.
    if stop.is_told() {
        return Ok(Vec::new());
    }
    {
        let mut query = pin!(bound!(sqlx::query(AssertSqlSafe(sql)), args).fetch_all(&mut *conn));
        tokio::select! {
            rows = &mut query => return Ok(rows?.into_iter().map(Row::Postgres).collect()),
            () = stop.told() => {}
        }
        // A process that has not begun the statement yet does not hear it: so until it has ended.
        loop {
            sqlx::query("select pg_cancel_backend($1)").bind(process).execute(&others).await?;
            if tokio::time::timeout(AGAIN, &mut query).await.is_ok() {
                break;
            }
        }
    }
    // A process that has nothing to do drops a cancelling that came too late; it is not to meet the next search.
    sqlx::query("select 1").execute(&mut *conn).await.ok();
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::engine::args;

    /// More of them than there are connections: if one of them went on, the last query would wait for it.
    async fn dropped_ones_make_room(engine: &Engine, long: &str) {
        for _ in 0..8 {
            let one = tokio::time::timeout(Duration::from_millis(100), query(engine, long.to_owned(), args![]));
            assert!(one.await.is_err(), "it was to take long");
        }
        let began = Instant::now();
        let rows = query(engine, "select cast(1 as bigint)".to_owned(), args![]).await.unwrap();
        assert_eq!(rows[0].int(0).unwrap(), 1);
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    }

    /// ASVS 15.2.2
    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite_stops_when_nobody_waits() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("words.db");
        std::fs::write(&file, "").unwrap();
        let engine = Engine::sqlite_beside(&file).await.unwrap();
        let long = "with recursive c (n) as (select 1 union all select n + 1 from c where n < 2000000000) select count(*) from c";
        dropped_ones_make_room(&engine, long).await;
        engine.close().await;
    }

    /// ASVS 15.2.2
    #[tokio::test(flavor = "multi_thread")]
    async fn postgresql_stops_when_nobody_waits() {
        let Ok(server) = std::env::var("LIFESTORY_TEST_POSTGRES") else {
            assert!(std::env::var("CI").is_err(), "LIFESTORY_TEST_POSTGRES must name a PostgreSQL in CI");
            eprintln!("SKIPPED on PostgreSQL: set LIFESTORY_TEST_POSTGRES to a connection string");
            return;
        };
        let engine = Engine::postgres(&server).await.unwrap().with_few_readers();
        dropped_ones_make_room(&engine, "select count(*) from generate_series(1, 2000000000)").await;
        let sql = "select count(*) from pg_stat_activity where query like '%generate_series(1, 2000000000)%' and state = 'active' and pid <> pg_backend_pid()";
        let mut active = 1;
        for _ in 0..40 {
            active = query(&engine, sql.to_owned(), args![]).await.unwrap()[0].int(0).unwrap();
            if active == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(active, 0, "none goes on in the server");
    }
}
