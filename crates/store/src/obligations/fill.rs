//! Working out what records owe whose rows are by other rules than those in force: in the background, a few records at a
//! time, while everybody works on.

use std::collections::BTreeMap;

use record::{PersonId, RecordId};

use super::{Owed, Rules, TABLE, told};
use crate::engine::{Arg, Conn, Engine, Statement, StoreError, args, as_json, column_exists, locked, texts_of};

/// How many records are worked out together: so few that nobody who writes waits for long.
const TOGETHER: i64 = 250;
/// The most arguments of one statement.
const MOST_ARGS: usize = 9_000;

/// A few records, and what they owe.
struct Group {
    last: String,
    /// Each with its version.
    records: BTreeMap<String, i64>,
    rows: Vec<Vec<Arg>>,
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
    let (mut last, mut done) = (String::new(), 0_i64);
    let mut read = next(engine, rules, &last).await?;
    while let Some(group) = read {
        if done == 0 {
            tracing::info!(pack = rules.pack().id(), "working out what is owed");
        }
        last.clone_from(&group.last);
        done += i64::try_from(group.records.len()).unwrap_or_default();
        // The next ones are read while these are written.
        let (written, ahead) = tokio::join!(write(engine, rules, group), next(engine, rules, &last));
        written?;
        read = ahead?;
    }
    if done > 0 {
        tracing::info!(records = done, pack = rules.pack().id(), "what is owed is worked out");
    }
    Ok(done)
}

/// The next records after this one that are to be worked out, with what they owe.
async fn next(engine: &Engine, rules: &Rules, after: &str) -> Result<Option<Group>, StoreError> {
    let mut conn = engine.begin_reading().await?;
    let sql = "select id from record where id > $1 and kind = 'child' and (owed_under is null or owed_under <> $2)
               order by id limit $3";
    let rows = conn.query(sql, args![after, rules.key(), TOGETHER]).await?;
    let ids = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
    let group = match ids.last() {
        Some(last) => Some(read(engine, &mut conn, rules, &ids, last.clone()).await?),
        None => None,
    };
    conn.rollback().await?;
    Ok(group)
}

async fn read(
    engine: &Engine,
    conn: &mut Conn,
    rules: &Rules,
    ids: &[String],
    last: String,
) -> Result<Group, StoreError> {
    let sql = format!("select id, version, holder from record where id in ({})", texts_of(engine, 1));
    let (mut records, mut holders) = (BTreeMap::new(), BTreeMap::new());
    for row in conn.query(sql, args![as_json(ids)]).await? {
        records.insert(row.text(0)?, row.int(1)?);
        if let Some(holder) = row.opt_parsed(2, "record", "holder")? {
            holders.insert(row.parsed(0, "record", "id")?, holder);
        }
    }
    let rows = work_out(engine, conn, rules, &holders).await?.iter().map(Owed::row).collect();
    Ok(Group { last, records, rows })
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
    let among = format!("in ({})", texts_of(engine, 1));
    let rows = conn.query(told::query(&looked_at, &among), args![as_json(records.keys())]).await?;
    let all = told::read(&looked_at, &rows, |record| records.get(&record).copied())?;
    Ok(all.into_iter().flat_map(|(record, one)| one.owed(rules, record, &clocks)).collect())
}

/// Puts what a group owes in the place of what was kept, and says by which rules. Where one of its records was changed
/// since it was read, all of them are read again, now that nobody can change them.
async fn write(engine: &Engine, rules: &Rules, mut group: Group) -> Result<(), StoreError> {
    let mut conn = engine.begin_writing().await?;
    let among = texts_of(engine, 1);
    let ids: Vec<String> = group.records.keys().cloned().collect();
    // In one order, so that two processes that work out the same wait for each other and no longer.
    let sql = format!(
        "select id, version, coalesce(owed_under, '') from record where id in ({among}) order by id {}",
        locked(engine)
    );
    let (mut same, mut done) = (true, true);
    for row in conn.query(sql, args![as_json(&ids)]).await? {
        let version = row.int(1)?;
        same &= group.records.get(&row.text(0)?).is_some_and(|read| *read == version);
        done &= row.text(2)? == rules.key();
    }
    if done {
        return conn.rollback().await;
    }
    if !same {
        group = read(engine, &mut conn, rules, &ids, group.last).await?;
    }
    conn.execute(format!("delete from owed where record in ({among})"), args![as_json(&ids)]).await?;
    let width = group.rows.first().map_or(1, Vec::len);
    for some in group.rows.chunks(MOST_ARGS / width) {
        conn.run_all(vec![Statement::insert(TABLE, some.to_vec())]).await?;
    }
    let sql = format!("update record set owed_under = $2 where id in ({among})");
    conn.execute(sql, args![as_json(&ids), rules.key()]).await?;
    conn.commit().await
}
