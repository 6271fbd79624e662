//! Working out for every record what it owes: where nobody has yet, or under another pack than before.

use std::{collections::BTreeMap, fmt::Write as _};

use policy::Pack;
use record::{PersonId, RecordId};

use super::{TABLE, all_kept, told};
use crate::engine::{Arg, Conn, Engine, Statement, StoreError, args, locked, table_exists};

/// How many records are worked out together.
const TOGETHER: i64 = 1_000;
/// The most arguments of one statement.
const MOST_ARGS: usize = 9_000;

/// A few records that follow each other, and what they owe.
struct Group {
    first: String,
    last: String,
    /// Each with its version and whose it is.
    records: BTreeMap<String, (i64, Option<PersonId>)>,
    rows: Vec<Vec<Arg>>,
}

/// Works out what all records owe, unless that was done under this pack. It can be broken off, and begins anew then.
/// Others may write meanwhile: each group of records is written only as it was read.
pub(crate) async fn bring_up(engine: &Engine, pack: &Pack) -> Result<(), StoreError> {
    let hash = pack.hash().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let mut conn = engine.begin_reading().await?;
    // A backup of an older database opens it as it is.
    if conn.query(table_exists(engine), args!["owed_under"]).await?.is_empty() {
        return conn.rollback().await;
    }
    let under = conn.query_opt("select pack from owed_under", args![]).await?;
    let records = conn.query_opt("select count(*) from record where kind = 'child'", args![]).await?;
    conn.rollback().await?;
    if under.map(|row| row.text(0)).transpose()?.is_some_and(|under| under == hash) {
        return Ok(());
    }
    let all = records.map_or(Ok(0), |row| row.int(0))?;
    if all > 0 {
        tracing::info!(records = all, pack = pack.id(), "working out what is owed");
        let mut conn = engine.begin_writing().await?;
        conn.execute("delete from owed_under", args![]).await?;
        conn.commit().await?;
        every(engine, pack, all).await?;
    }
    let mut conn = engine.begin_writing().await?;
    conn.execute("delete from owed_under", args![]).await?;
    conn.execute("insert into owed_under (pack) values ($1) on conflict (pack) do nothing", args![hash]).await?;
    conn.commit().await
}

async fn every(engine: &Engine, pack: &Pack, all: i64) -> Result<(), StoreError> {
    let (mut last, mut done, mut told) = (String::new(), 0_i64, 0_i64);
    let mut read = next(engine, pack, &last).await?;
    while let Some(group) = read {
        last.clone_from(&group.last);
        done += i64::try_from(group.records.len()).unwrap_or_default();
        // The next ones are read while these are written.
        let (written, ahead) = tokio::join!(write(engine, pack, group), next(engine, pack, &last));
        written?;
        read = ahead?;
        if done - told >= all / 10 {
            told = done;
            tracing::info!(done, of = all, "working out what is owed");
        }
    }
    Ok(())
}

/// The records that come after this one, with what they owe.
async fn next(engine: &Engine, pack: &Pack, after: &str) -> Result<Option<Group>, StoreError> {
    let mut conn = engine.begin_reading().await?;
    let group = read(&mut conn, pack, "id > $1", after, None).await?;
    conn.rollback().await?;
    Ok(group)
}

async fn read(
    conn: &mut Conn,
    pack: &Pack,
    from: &str,
    id: &str,
    until: Option<&str>,
) -> Result<Option<Group>, StoreError> {
    let sql = format!(
        "select id, version, case when kind = 'child' then holder else null end from record where {from}
         and (cast($2 as text) is null or id <= $2) order by id limit $3"
    );
    let rows = conn.query(sql, args![id, Arg::Text(until.map(str::to_owned)), TOGETHER]).await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    let (first, last) = (first.text(0)?, last.text(0)?);
    let mut records = BTreeMap::new();
    for row in &rows {
        records.insert(row.text(0)?, (row.int(1)?, row.opt_parsed(2, "record", "holder")?));
    }
    let clocks = all_kept(pack);
    let looked_at = pack.clocks().looked_at(&pack.clocks().with_those_before(&clocks));
    let rows = conn.query(told::query(&looked_at, "between $1 and $2"), args![&first, &last]).await?;
    let holder = |record: RecordId| records.get(&record.to_string()).and_then(|(_, holder)| *holder);
    let mut owed = Vec::new();
    for (record, one) in told::read(&looked_at, &rows, holder)? {
        if holder(record).is_some() {
            owed.extend(one.owed(pack, record, &clocks).iter().map(super::Owed::row));
        }
    }
    Ok(Some(Group { first, last, records, rows: owed }))
}

/// Puts what a group owes in the place of what was kept. Where one of its records was changed since it was read, all of
/// them are read again, now that nobody can change them.
async fn write(engine: &Engine, pack: &Pack, mut group: Group) -> Result<(), StoreError> {
    let mut conn = engine.begin_writing().await?;
    let sql = format!("select id, version from record where id >= $1 and id <= $2 order by id {}", locked(engine));
    let held = conn.query(sql, args![&group.first, &group.last]).await?;
    let mut same = held.len() == group.records.len();
    for row in &held {
        same &=
            group.records.get(&row.text(0)?).is_some_and(|(version, _)| row.int(1).is_ok_and(|now| now == *version));
    }
    if !same {
        let again = read(&mut conn, pack, "id >= $1", &group.first, Some(&group.last)).await?;
        group.rows = again.map(|again| again.rows).unwrap_or_default();
    }
    conn.execute("delete from owed where record >= $1 and record <= $2", args![&group.first, &group.last]).await?;
    let width = group.rows.first().map_or(1, Vec::len);
    for some in group.rows.chunks(MOST_ARGS / width) {
        conn.run_all(vec![Statement::insert(TABLE, some.to_vec())]).await?;
    }
    conn.commit().await
}
