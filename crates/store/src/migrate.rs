//! Steps of the database, forward only. A step once shipped is never edited.

use crate::engine::{Conn, Engine, StoreError, args, table_exists};

pub(crate) struct Step {
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

macro_rules! step {
    ($name:literal) => {
        Step {
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }
    };
}

pub(crate) const STEPS: &[Step] = &[
    step!("0001_the_record"),
    step!("0002_entries_refer"),
    step!("0003_held_texts"),
    step!("0004_files"),
    step!("0005_people_looked_for"),
    step!("0006_one_person"),
    step!("0007_put_right"),
    step!("0010_seen_and_planned"),
];

/// Brings a database to the newest step; gives whether it was empty before.
pub(crate) async fn migrate(engine: &Engine) -> Result<bool, StoreError> {
    let mut conn = engine.begin_writing().await?;
    let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    let empty = conn.query(table_exists(engine), args!["step"]).await?.is_empty();
    if empty {
        conn.script("create table step (n bigint primary key, name text not null)").await?;
    }
    let found = at(&mut conn).await?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (n, step) in (1_i64..).zip(STEPS).skip(usize::try_from(found).unwrap_or(0)) {
        conn.script(match engine {
            Engine::Sqlite { .. } => step.sqlite,
            Engine::Postgres { .. } => step.postgres,
        })
        .await?;
        conn.execute("insert into step (n, name) values ($1, $2)", args![n, step.name]).await?;
    }
    conn.commit().await?;
    Ok(empty)
}

async fn at(conn: &mut Conn) -> Result<i64, StoreError> {
    let row = conn.query_opt("select coalesce(max(n), 0) from step", args![]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}
