//! Applying an act: all of it or nothing, acknowledged only when it is durable.
//!
//! On SQLite one task owns the one writing connection. It takes what has gathered, gives each act a savepoint, numbers
//! the leaves and commits once for all of them. On PostgreSQL each act is a transaction of its own, and a background
//! task numbers the leaves.

use std::{sync::Arc, time::Duration};

use record::Moment;
use tokio::sync::{mpsc, oneshot};

use crate::{
    engine::{Conn, Engine, Statement, StoreError, args},
    keys::KeyRing,
    log::{NewLeaf, Numbering, integrate, signed},
};

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Everything that an act writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Run in order; each may refuse the whole act.
    pub statements: Vec<Statement>,
    /// The leaves that go with it.
    pub leaves: Vec<NewLeaf>,
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.leaves.is_empty()
    }
}

/// The way into the database.
#[derive(Clone)]
pub(crate) struct Writer {
    engine: Engine,
    queue: Option<mpsc::Sender<Job>>,
}

type Job = (Plan, oneshot::Sender<Result<(), StoreError>>);

/// The most acts in one commit.
const BATCH: usize = 256;

impl Writer {
    pub fn start(engine: &Engine, keys: Arc<KeyRing>, clock: Clock) -> Self {
        if !engine.has_one_writer() {
            return Self { engine: engine.clone(), queue: None };
        }
        let (queue, jobs) = mpsc::channel(4 * BATCH);
        tokio::spawn(write_for_ever(engine.clone(), keys, clock, jobs));
        Self { engine: engine.clone(), queue: Some(queue) }
    }

    /// Applies an act; when this returns without error, it is on disk.
    pub async fn apply(&self, plan: Plan) -> Result<(), StoreError> {
        if plan.is_empty() {
            return Ok(());
        }
        match &self.queue {
            Some(queue) => {
                let (answer, told) = oneshot::channel();
                let gone = || StoreError::Unreachable("the writer has stopped".to_owned());
                queue.send((plan, answer)).await.map_err(|_| gone())?;
                told.await.map_err(|_| gone())?
            }
            None => {
                let mut conn = self.engine.begin_writing().await?;
                apply_to(&mut conn, plan).await?;
                conn.commit().await
            }
        }
    }
}

/// Runs an act in an open transaction whose leaves wait to be numbered by somebody else.
pub(crate) async fn apply_to(conn: &mut Conn, plan: Plan) -> Result<(), StoreError> {
    for statement in plan.statements {
        conn.run(statement).await?;
    }
    let rows: Vec<_> = plan.leaves.into_iter().map(|leaf| args![leaf.id, leaf.log, leaf.body]).collect();
    if !rows.is_empty() {
        conn.run(Statement::insert("leaf (id, log, body)", rows)).await?;
    }
    Ok(())
}

async fn write_for_ever(engine: Engine, keys: Arc<KeyRing>, clock: Clock, mut jobs: mpsc::Receiver<Job>) {
    let mut numbering = Numbering::default();
    while let Some(first) = jobs.recv().await {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(job) = jobs.try_recv()
        {
            batch.push(job);
        }
        write_batch(&engine, &keys, &clock, &mut numbering, batch).await;
    }
}

async fn write_batch(engine: &Engine, keys: &KeyRing, clock: &Clock, numbering: &mut Numbering, batch: Vec<Job>) {
    let alone = batch.len() == 1;
    let (mut kept, mut leaves) = (Vec::new(), Vec::new());
    let written = async {
        let mut conn = engine.begin_writing().await?;
        for (plan, answer) in batch {
            match with_savepoint(&mut conn, &plan, alone).await {
                Ok(()) => {
                    kept.push(answer);
                    leaves.extend(plan.leaves);
                }
                Err(error) => drop(answer.send(Err(error))),
            }
        }
        if kept.is_empty() {
            return conn.rollback().await;
        }
        number_and_insert(&mut conn, keys, clock(), numbering, leaves).await?;
        conn.commit().await
    }
    .await;
    if let Err(error) = &written {
        tracing::error!(%error, "a batch of acts was not written");
        numbering.forget();
    }
    for answer in kept {
        // Whoever asked may have gone; what is written stays written.
        drop(answer.send(match &written {
            Ok(()) => Ok(()),
            Err(StoreError::DiskFull) => Err(StoreError::DiskFull),
            Err(error) => Err(StoreError::Engine(error.to_string())),
        }));
    }
}

async fn with_savepoint(conn: &mut Conn, plan: &Plan, alone: bool) -> Result<(), StoreError> {
    // An act that is alone in its transaction needs no savepoint: it is rolled back with the whole.
    if !alone {
        conn.execute("savepoint act", args![]).await?;
    }
    let mut done = Ok(());
    for statement in &plan.statements {
        done = conn.run(statement.clone()).await;
        if done.is_err() {
            break;
        }
    }
    if !alone {
        if done.is_err() {
            conn.execute("rollback to act", args![]).await?;
        }
        conn.execute("release act", args![]).await?;
    }
    done
}

async fn number_and_insert(
    conn: &mut Conn,
    keys: &KeyRing,
    now: Moment,
    numbering: &mut Numbering,
    leaves: Vec<NewLeaf>,
) -> Result<(), StoreError> {
    let mut logs: Vec<_> = leaves.iter().map(|leaf| leaf.log.clone()).collect();
    logs.sort_unstable();
    logs.dedup();
    for log in logs {
        let of_log: Vec<_> = leaves.iter().filter(|leaf| leaf.log == log).collect();
        let bodies: Vec<_> = of_log.iter().map(|leaf| leaf.body.as_slice()).collect();
        let (first, statements) = numbering.number(conn, &log, &bodies, now, keys).await?;
        let rows: Vec<_> = of_log
            .iter()
            .zip(first..)
            .map(|(leaf, seq)| args![&leaf.id, &leaf.log, leaf.body.as_slice(), signed(seq)])
            .collect();
        for chunk in rows.chunks(200) {
            conn.run(Statement::insert("leaf (id, log, body, seq)", chunk.to_vec())).await?;
        }
        for statement in statements {
            conn.run(statement).await?;
        }
    }
    Ok(())
}

/// Numbers committed leaves on PostgreSQL: in one process at a time, within a second of the commit.
pub(crate) async fn integrate_for_ever(pool: sqlx::PgPool, keys: Arc<KeyRing>, clock: Clock) {
    loop {
        if let Err(error) = integrate_while_ours(&pool, &keys, &clock).await {
            tracing::warn!(%error, "numbering the ledger stopped; trying again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn integrate_while_ours(pool: &sqlx::PgPool, keys: &KeyRing, clock: &Clock) -> Result<(), StoreError> {
    let mut lock = pool.acquire().await?;
    if !crate::engine::lock_numbering(&mut lock).await? {
        lock.close().await?;
        return Ok(());
    }
    // The lock lives as long as its connection: it must never go back into the pool.
    let mut lock = lock.detach();
    let mut numbering = Numbering::default();
    loop {
        sqlx::Connection::ping(&mut lock).await?;
        let mut conn = Conn::Postgres(pool.begin().await?);
        let done = integrate(&mut conn, &mut numbering, clock(), keys).await?;
        conn.commit().await?;
        if done == 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}
