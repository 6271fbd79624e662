//! Working out what records owe whose rows are by other rules than those in force: in the background, a few records at a
//! time, while everybody works on. Several groups of records are worked out at once, and of each those rows alone are
//! written that are others now. Most of what a new version of a pack dates anew is a clock or two.

use std::{collections::BTreeMap, sync::Arc};

use record::{PersonId, RecordId};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{IN_FULL, Owed, Rules, as_text, put, told};
use crate::engine::{Conn, Engine, StoreError, among, args, as_json, column_exists, locked};

/// How many records are worked out together: so few that nobody who writes waits for long.
const TOGETHER: i64 = 250;
/// How many groups are worked out or written at once: what the cores of a small machine can do.
const AT_ONCE: usize = 3;
/// How many of them are written at once on PostgreSQL. On SQLite, which has one writer, it is one, so that no act waits
/// behind several.
const WRITTEN_AT_ONCE: usize = 2;
/// How often a group is worked out that somebody else had a part of.
const TRIES: usize = 5;
/// The most arguments of one statement.
const MOST_ARGS: usize = 9_000;

/// A record as it was when it was read: its version, and by which rules its rows were.
type AsRead = (i64, Option<String>);

/// A few records, and what has to be changed of their rows.
struct Group {
    records: BTreeMap<String, AsRead>,
    /// What is owed in another way than its row says, or has none.
    put: Vec<Owed>,
    /// The names of rows of what is owed no more.
    gone: Vec<String>,
}

/// Works out what all records owe whose rows are not by these rules. It can be broken off, and goes on where it was.
/// Others may write meanwhile: each group of records is written only as it was read. Gives how many they were.
pub(crate) async fn bring_up(engine: &Engine, rules: &Rules) -> Result<i64, StoreError> {
    let mut conn = engine.begin_reading().await?;
    // A backup of an older database opens it as it is.
    let known = !conn.query(column_exists(engine), args!["record", "owed_under"]).await?.is_empty();
    conn.rollback().await?;
    if !known {
        return Ok(0);
    }
    let rules = Arc::new(rules.clone());
    let turns = Arc::new(Semaphore::new(match engine {
        Engine::Sqlite { .. } => 1,
        Engine::Postgres { .. } => WRITTEN_AT_ONCE,
    }));
    let (mut after, mut done, mut at_work) = (Some(String::new()), 0_i64, JoinSet::new());
    loop {
        while at_work.len() < AT_ONCE
            && let Some(last) = after.take()
        {
            let ids = next(engine, &rules, &last).await?;
            after = ids.last().cloned();
            if !ids.is_empty() {
                if at_work.is_empty() && done == 0 {
                    tracing::info!(pack = rules.pack().id(), "working out what is owed");
                }
                at_work.spawn(worked_out(engine.clone(), rules.clone(), turns.clone(), ids));
            }
        }
        let Some(records) = at_work.join_next().await else { break };
        done += records.map_err(|error| StoreError::Engine(error.to_string()))??;
    }
    if done > 0 {
        tracing::info!(records = done, pack = rules.pack().id(), "what is owed is worked out");
    }
    Ok(done)
}

/// The next records after this one that are to be worked out.
async fn next(engine: &Engine, rules: &Rules, after: &str) -> Result<Vec<String>, StoreError> {
    let sql = "select id from record where id > $1 and kind = 'child' and (owed_under is null or owed_under <> $2)
               order by id limit $3";
    engine.query(sql, args![after, rules.key(), TOGETHER]).await?.iter().map(|row| row.text(0)).collect()
}

/// Works one group out and writes it when its turn comes; gives how many records it has.
async fn worked_out(
    engine: Engine,
    rules: Arc<Rules>,
    turns: Arc<Semaphore>,
    ids: Vec<String>,
) -> Result<i64, StoreError> {
    let mut tried = 1;
    loop {
        let mut conn = engine.begin_reading().await?;
        let group = read(&engine, &mut conn, &rules, &ids).await?;
        conn.rollback().await?;
        let records = i64::try_from(group.records.len()).unwrap_or_default();
        let _turn = turns.acquire().await.map_err(|error| StoreError::Engine(error.to_string()))?;
        match write(&engine, &rules, group).await {
            // An act had some of these records, in another order.
            Err(StoreError::Conflict) if tried < TRIES => tried += 1,
            written => return written.map(|()| records),
        }
    }
}

/// What these records owe, beside what their rows say.
async fn read(engine: &Engine, conn: &mut Conn, rules: &Rules, ids: &[String]) -> Result<Group, StoreError> {
    let these = among(engine, 1);
    let sql = format!("select id, version, owed_under, holder from record where id {these}");
    let (mut records, mut holders) = (BTreeMap::new(), BTreeMap::new());
    for row in conn.query(sql, args![as_json(ids)]).await? {
        records.insert(row.text(0)?, (row.int(1)?, row.opt_text(2)?));
        if let Some(holder) = row.opt_parsed(3, "record", "holder")? {
            holders.insert(row.parsed(0, "record", "id")?, holder);
        }
    }
    // Each row as one text: it is compared and nothing else.
    let sql = format!("select {IN_FULL}, {} from owed where record {these}", as_text());
    let mut before: BTreeMap<String, String> = BTreeMap::new();
    for row in conn.query(sql, args![as_json(ids)]).await? {
        before.insert(row.text(0)?, row.text(1)?);
    }
    let mut put = work_out(engine, conn, rules, &holders).await?;
    put.retain(|owed| before.remove(&owed.id.to_string()) != Some(owed.as_text()));
    Ok(Group { records, put, gone: before.into_keys().collect() })
}

/// Everything that these children's records, each with whose it is, owe or that was done.
pub(super) async fn work_out(
    engine: &Engine,
    conn: &mut Conn,
    rules: &Rules,
    records: &BTreeMap<RecordId, PersonId>,
) -> Result<Vec<Owed>, StoreError> {
    let clocks = rules.clocks();
    let looked_at = rules.looked_at(&clocks);
    let rows = conn.query(told::query(&looked_at, &among(engine, 1)), args![as_json(records.keys())]).await?;
    let all = told::read(&looked_at, &rows, |record| records.get(&record).copied())?;
    Ok(all.into_iter().flat_map(|(record, one)| one.owed(rules, record, &clocks)).collect())
}

/// Puts what a group owes in the place of what was kept, and says by which rules. Where one of its records was changed
/// since it was read, or its rows were, all of them are read again, now that nobody can change them.
async fn write(engine: &Engine, rules: &Rules, mut group: Group) -> Result<(), StoreError> {
    let mut conn = engine.begin_writing().await?;
    let these = among(engine, 1);
    let ids: Vec<String> = group.records.keys().cloned().collect();
    // In one order, so that two processes that work out the same wait for each other and no longer.
    let sql = format!("select id, version, owed_under from record where id {these} order by id {}", locked(engine));
    let rows = conn.query(sql, args![as_json(&ids)]).await?;
    let (mut same, mut done) = (rows.len() == ids.len(), true);
    for row in rows {
        let now: AsRead = (row.int(1)?, row.opt_text(2)?);
        done &= now.1.as_deref() == Some(rules.key());
        same &= group.records.get(&row.text(0)?) == Some(&now);
    }
    if done {
        return conn.rollback().await;
    }
    if !same {
        group = read(engine, &mut conn, rules, &ids).await?;
    }
    if !group.gone.is_empty() {
        let sql = format!("delete from owed where record {these} and {IN_FULL} {}", among(engine, 2));
        conn.execute(sql, args![as_json(&ids), as_json(&group.gone)]).await?;
    }
    let rows: Vec<_> = group.put.iter().map(Owed::row).collect();
    let width = rows.first().map_or(1, Vec::len);
    for some in rows.chunks(MOST_ARGS / width) {
        conn.run(put(some.to_vec())).await?;
    }
    let sql = format!("update record set owed_under = $2 where id {these}");
    conn.execute(sql, args![as_json(&ids), rules.key()]).await?;
    conn.commit().await
}
