//! Applying an act: all of it or nothing, acknowledged only when it is durable.
//!
//! On SQLite one task owns the one writing connection. It takes what has gathered, gives each act a savepoint, numbers
//! the leaves and commits once for all of them. On PostgreSQL each act is a transaction of its own, and a background
//! task numbers the leaves.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use record::Moment;
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

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
    /// Whether numbering has stood still for too long: then nothing more is taken.
    stands: Arc<AtomicBool>,
}

type Job = (Plan, oneshot::Sender<Result<(), StoreError>>);

/// The most acts in one commit.
const BATCH: usize = 256;

impl Writer {
    pub fn start(engine: &Engine, keys: Arc<KeyRing>, clock: Clock) -> Self {
        if !engine.has_one_writer() {
            return Self { engine: engine.clone(), queue: None, stands: Arc::default() };
        }
        let (queue, jobs) = mpsc::channel(4 * BATCH);
        tokio::spawn(write_for_ever(engine.clone(), keys, clock, jobs));
        Self { engine: engine.clone(), queue: Some(queue), stands: Arc::default() }
    }

    /// Raised by whoever watches the numbering.
    pub fn stands(&self) -> Arc<AtomicBool> {
        self.stands.clone()
    }

    /// Applies an act; when this returns without error, it is on disk.
    pub async fn apply(&self, plan: Plan) -> Result<(), StoreError> {
        if plan.is_empty() {
            return Ok(());
        }
        if self.stands.load(Ordering::Relaxed) {
            return Err(StoreError::LedgerStands);
        }
        let Some(queue) = &self.queue else {
            return self.engine.run_act(statements_of(plan)).await;
        };
        let (answer, told) = oneshot::channel();
        let gone = || StoreError::Unreachable("the writer has stopped".to_owned());
        queue.send((plan, answer)).await.map_err(|_| gone())?;
        told.await.map_err(|_| gone())?
    }
}

/// The statements of an act whose leaves wait to be numbered by somebody else.
fn statements_of(plan: Plan) -> Vec<Statement> {
    let mut statements = plan.statements;
    let looked = crate::looked::added(plan.leaves.iter().flat_map(|leaf| &leaf.looked));
    let rows: Vec<_> = plan.leaves.into_iter().map(|leaf| args![leaf.id, leaf.log, leaf.body]).collect();
    if !rows.is_empty() {
        statements.push(Statement::insert("leaf (id, log, body)", rows));
    }
    statements.extend(looked);
    statements
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
    let (plans, answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let mut written = try_batch(engine, keys, clock, numbering, &plans).await;
    if matches!(written, Err(StoreError::Conflict)) {
        // Another program has written in between, as an import does beside the server, and has numbered its leaves:
        // nothing of this batch stands, and it is counted anew. Or an act that was alone is refused, and then is again.
        numbering.forget();
        written = try_batch(engine, keys, clock, numbering, &plans).await;
    }
    let refusals = written.unwrap_or_else(|error| {
        if !matches!(error, StoreError::Conflict) {
            tracing::error!(%error, "a batch of acts was not written");
        }
        numbering.forget();
        let told = || match &error {
            StoreError::DiskFull => StoreError::DiskFull,
            // Twice overtaken by another program: whoever asked begins anew, and may.
            StoreError::Conflict => StoreError::Conflict,
            error => StoreError::Engine(error.to_string()),
        };
        answers.iter().map(|_| Some(told())).collect()
    });
    for (answer, refused) in answers.into_iter().zip(refusals) {
        // Whoever asked may have gone; what is written stays written.
        drop(answer.send(refused.map_or(Ok(()), Err)));
    }
}

/// Writes all of a batch in one commit; gives why each act was refused that was.
async fn try_batch(
    engine: &Engine,
    keys: &KeyRing,
    clock: &Clock,
    numbering: &mut Numbering,
    plans: &[Plan],
) -> Result<Vec<Option<StoreError>>, StoreError> {
    let mut conn = engine.begin_writing().await?;
    if let [alone] = plans {
        // With its leaves, in one message: the way to the connection and back costs more than most statements do. It is
        // rolled back with the whole.
        let mut statements = alone.statements.clone();
        statements.extend(numbered(&mut conn, keys, clock(), numbering, alone.leaves.iter().collect()).await?);
        conn.run_all(statements).await?;
        conn.commit().await?;
        return Ok(vec![None]);
    }
    let (mut refusals, mut leaves) = (Vec::new(), Vec::new());
    for plan in plans {
        let refused = with_savepoint(&mut conn, plan).await?.err();
        if refused.is_none() {
            leaves.extend(&plan.leaves);
        }
        refusals.push(refused);
    }
    if refusals.iter().all(Option::is_some) {
        conn.rollback().await?;
    } else {
        let statements = numbered(&mut conn, keys, clock(), numbering, leaves).await?;
        conn.run_all(statements).await?;
        conn.commit().await?;
    }
    Ok(refusals)
}

/// Runs an act within the batch's transaction: an inner error refuses this act alone, an outer one ends the batch.
async fn with_savepoint(conn: &mut Conn, plan: &Plan) -> Result<Result<(), StoreError>, StoreError> {
    conn.execute("savepoint act", args![]).await?;
    let mut done = conn.run_all(plan.statements.clone()).await;
    if let Err(error) = done {
        // On a full disk SQLite may have rolled back the whole transaction, savepoint and all: then nothing of the
        // batch stands, and each of its acts is told why.
        if conn.execute("rollback to act", args![]).await.is_err() {
            return Err(error);
        }
        done = Err(error);
    }
    conn.execute("release act", args![]).await?;
    Ok(done)
}

/// What puts these leaves into their logs, each with its number.
async fn numbered(
    conn: &mut Conn,
    keys: &KeyRing,
    now: Moment,
    numbering: &mut Numbering,
    leaves: Vec<&NewLeaf>,
) -> Result<Vec<Statement>, StoreError> {
    let mut by_log: BTreeMap<&str, Vec<&NewLeaf>> = BTreeMap::new();
    for leaf in leaves {
        by_log.entry(&leaf.log).or_default().push(leaf);
    }
    let mut all = Vec::new();
    for (log, leaves) in by_log {
        let bodies: Vec<_> = leaves.iter().map(|leaf| leaf.body.as_slice()).collect();
        let (first, statements) = numbering.number(conn, log, &bodies, now, keys).await?;
        let rows: Vec<_> = leaves
            .iter()
            .zip(first..)
            .map(|(leaf, seq)| args![&leaf.id, &leaf.log, leaf.body.as_slice(), signed(seq)])
            .collect();
        all.extend(rows.chunks(200).map(|chunk| Statement::insert("leaf (id, log, body, seq)", chunk.to_vec())));
        all.extend(crate::looked::added(leaves.iter().flat_map(|leaf| &leaf.looked)));
        all.extend(statements);
    }
    Ok(all)
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

/// Watches the numbering, whichever process does it: when the same leaf has waited for too long, nothing more is
/// written until it has its number.
pub(crate) async fn watch_for_ever(pool: sqlx::PgPool, stands: Arc<AtomicBool>) {
    let mut waiting: Option<(String, Instant)> = None;
    loop {
        let oldest = sqlx::query_scalar::<_, Option<String>>("select min(id) from leaf where seq is null")
            .fetch_one(&pool)
            .await;
        waiting = match (oldest, waiting.take()) {
            (Ok(Some(id)), Some((same, since))) if id == same => Some((same, since)),
            (Ok(Some(id)), _) => Some((id, Instant::now())),
            (Ok(None), _) => None,
            // No answer says nothing about the numbering; acts fail by themselves while there is none.
            (Err(_), before) => before,
        };
        let still = waiting.as_ref().is_some_and(|(_, since)| since.elapsed() >= STILL_FOR);
        if still != stands.swap(still, Ordering::Relaxed) {
            tracing::warn!(still, "numbering of the ledger");
        }
        tokio::time::sleep(WATCH_EVERY).await;
    }
}

/// How long one leaf may wait for its number.
const STILL_FOR: Duration = Duration::from_mins(1);
/// How often somebody looks.
const WATCH_EVERY: Duration = Duration::from_secs(5);

async fn integrate_while_ours(pool: &sqlx::PgPool, keys: &KeyRing, clock: &Clock) -> Result<(), StoreError> {
    let Some(mut lock) = numbering_lock(pool).await? else { return Ok(()) };
    let mut numbering = Numbering::default();
    loop {
        sqlx::Connection::ping(&mut lock).await?;
        if integrate_some(pool, &mut numbering, keys, clock).await? == 0 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Numbers what waits now, unless another process numbers: for a command that leaves a leaf and ends. On SQLite every
/// leaf has its number already.
pub(crate) async fn integrate_once(engine: &Engine, keys: &KeyRing, clock: &Clock) -> Result<(), StoreError> {
    let Engine::Postgres { writers, .. } = engine else { return Ok(()) };
    let Some(lock) = numbering_lock(writers).await? else { return Ok(()) };
    let mut numbering = Numbering::default();
    while integrate_some(writers, &mut numbering, keys, clock).await? > 0 {}
    sqlx::Connection::close(lock).await?;
    Ok(())
}

/// The right to number, if nobody has it. It lives as long as its connection, which must never go back into the pool.
async fn numbering_lock(pool: &sqlx::PgPool) -> Result<Option<sqlx::PgConnection>, StoreError> {
    let mut lock = pool.acquire().await?;
    if !crate::engine::lock_numbering(&mut lock).await? {
        lock.close().await?;
        return Ok(None);
    }
    Ok(Some(lock.detach()))
}

async fn integrate_some(
    pool: &sqlx::PgPool,
    numbering: &mut Numbering,
    keys: &KeyRing,
    clock: &Clock,
) -> Result<usize, StoreError> {
    let mut conn = Conn::Postgres(pool.begin().await?);
    let done = integrate(&mut conn, numbering, clock(), keys).await?;
    conn.commit().await?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, Db, Place, verify::verify};

    /// Lets the file grow to so many pages; what it has already it keeps.
    async fn limit(engine: &Engine, pages: i64) {
        // The limit belongs to the connection, which a full disk may have made useless.
        engine.begin_writing().await.unwrap().rollback().await.unwrap();
        let Engine::Sqlite { writer, .. } = engine else { panic!("not SQLite") };
        sqlx::query(sqlx::AssertSqlSafe(format!("pragma max_page_count = {pages}"))).fetch_all(writer).await.unwrap();
    }

    async fn count(db: &Db, sql: &'static str) -> i64 {
        let mut conn = db.engine().begin_reading().await.unwrap();
        conn.query_opt(sql, args![]).await.unwrap().unwrap().int(0).unwrap()
    }

    /// An act that writes rows and a leaf, together so large that no free page holds it.
    async fn act(db: Db, size: usize) -> Result<(), StoreError> {
        let tx = db.begin(Actor::System("tests"), db.now()).await?;
        for n in 0..4_u128 {
            tx.make_person(record::PersonId::new(
                db.now().plus_seconds(i64::try_from(n).unwrap()),
                &mut crate::SystemChance,
            ));
        }
        tx.declare(&"words ".repeat(size));
        tx.commit().await
    }

    /// R-INT-06: an act fails whole on a full disk and says so; work goes on once there is room.
    #[tokio::test]
    async fn r_int_06_a_full_disk_takes_nothing_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let pack = Arc::new(policy::load(&policy::embedded(), "rochdale").unwrap());
        let clock: Clock = Arc::new(|| "2026-03-03T15:20:00.000000Z".parse().unwrap());
        let place = Place::Folder(folder.path().join("data"));
        let db = Db::open(&place, &folder.path().join("keys"), pack, clock.clone()).await.unwrap();
        act(db.clone(), 10).await.unwrap();
        for _ in 0..3 {
            limit(db.engine(), 1).await;
            let full = act(db.clone(), 20_000).await;
            assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
        }
        // Several that share a commit, by a writer of their own so that nothing else is in it.
        let other = Engine::sqlite(&folder.path().join("data/lifestory.db")).await.unwrap();
        for large in [
            Statement::new("insert into act (id, actor, at) values ('a', $1, '')", args!["words ".repeat(20_000)]),
            Statement::new("select 1", args![]),
        ] {
            limit(&other, 1).await;
            let (mut batch, mut told) = (Vec::new(), Vec::new());
            for n in 0..4 {
                let (answer, one) = oneshot::channel();
                let leaf = NewLeaf {
                    id: n.to_string(),
                    log: "changes".to_owned(),
                    body: vec![0; 100_000],
                    looked: Vec::new(),
                };
                let small = Statement::new(
                    "insert into person (id, number) values ($1, $2)",
                    args![n.to_string(), 90_000_i64 + n],
                );
                batch.push((Plan { statements: vec![small, large.clone()], leaves: vec![leaf] }, answer));
                told.push(one);
            }
            write_batch(&other, db.keys(), &clock, &mut Numbering::default(), batch).await;
            for one in told {
                let full = one.await.unwrap();
                assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
            }
        }
        other.begin_writing().await.unwrap().rollback().await.unwrap();
        other.close().await;
        assert_eq!(
            (count(&db, "select count(*) from person").await, count(&db, "select count(*) from leaf").await),
            (4, 1)
        );
        assert!(verify(&db, |_, _| {}).await.unwrap().is_sound());
        limit(db.engine(), 1_000_000).await;
        let again: Vec<_> = (0..4).map(|_| tokio::spawn(act(db.clone(), 20_000))).collect();
        for one in again {
            let done = tokio::time::timeout(Duration::from_secs(10), one).await.unwrap().unwrap();
            // Numbers of people are given in the statement itself, so none collides.
            assert!(done.is_ok(), "{done:?}");
        }
        assert_eq!(
            (count(&db, "select count(*) from person").await, count(&db, "select count(*) from leaf").await),
            (20, 5)
        );
        assert!(verify(&db, |_, _| {}).await.unwrap().is_sound());
    }
}
