//! Steps of the database, forward only. A step once shipped is never edited.

use crate::engine::{Conn, Engine, StoreError, args, table_exists};

pub(crate) struct Step {
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
    /// What the program works out by itself from what is there, where no statement could.
    then: Then,
}

/// What is done behind a step's statements, in the same commit.
enum Then {
    Nothing,
    /// Brings who looked in from the leaves.
    BringInLooked,
}

macro_rules! step {
    ($name:literal) => {
        step!($name, Then::Nothing)
    };
    ($name:literal, $then:expr) => {
        Step {
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
            then: $then,
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
    step!("0008_story_places"),
    step!("0010_seen_and_planned"),
    step!("0011_policy_packs"),
    step!("0012_owed"),
    step!("0013_digest"),
    step!("0014_owed_of_each_record"),
    step!("0015_owed_under_goes"),
    step!("0016_looked", Then::BringInLooked),
    step!("0017_passkeys"),
    step!("0018_ways_of_signing_in"),
    step!("0019_to_authorise"),
    step!("0021_support"),
    step!("0024_page_token"),
    step!("0026_first_passwords"),
    step!("0027_single_sign_on"),
    step!("0028_notices"),
    step!("0029_what_was_decided"),
    step!("0030_lists_from_indexes"),
    step!("0031_owed_asks_for_no_record"),
];

/// The mark of a restore that has not been finished: a row among the steps, with a number that no step will have. It is
/// there from the commit that makes the first table until the one that ends the restore, and an older program takes
/// it for a newer database and opens it as little as this one does.
pub(crate) const RESTORING: i64 = 1_000_000_000;

/// Brings a database to the newest step; gives whether it was empty before.
pub(crate) async fn migrate(engine: &Engine) -> Result<bool, StoreError> {
    let mut conn = engine.begin_writing().await?;
    let empty = conn.query(table_exists(engine), args!["step"]).await?.is_empty();
    if !empty && let Some(row) = conn.query_opt("select name from step where n = $1", args![RESTORING]).await? {
        return Err(StoreError::Restoring(row.text(0)?));
    }
    steps(engine, &mut conn, known()).await?;
    conn.commit().await?;
    Ok(empty)
}

/// Whether there is anything of ours in a database.
pub(crate) async fn is_begun(engine: &Engine) -> Result<bool, StoreError> {
    let mut conn = engine.begin_reading().await?;
    let begun = conn.query_opt(table_exists(engine), args!["step"]).await?.is_some();
    conn.rollback().await?;
    Ok(begun)
}

/// Whether a database is one of ours, whole, and not from a newer program. An older one is.
pub(crate) async fn is_ours(engine: &Engine) -> Result<(), StoreError> {
    if !is_begun(engine).await? {
        return Err(StoreError::Unreachable("there is no record in this database yet".to_owned()));
    }
    let mut conn = engine.begin_reading().await?;
    let restoring = conn.query_opt("select name from step where n = $1", args![RESTORING]).await?;
    let found = at(&mut conn).await?;
    conn.rollback().await?;
    match restoring {
        Some(row) => Err(StoreError::Restoring(row.text(0)?)),
        None if found > known() => Err(StoreError::Newer { found, known: known() }),
        None => Ok(()),
    }
}

/// Makes the tables of an empty database as they were at a step, marked as being restored in the same commit.
pub(crate) async fn up_to(engine: &Engine, step: i64, mark: Option<&str>) -> Result<(), StoreError> {
    let mut conn = engine.begin_writing().await?;
    steps(engine, &mut conn, step).await?;
    if let Some(mark) = mark {
        conn.execute("insert into step (n, name) values ($1, $2)", args![RESTORING, mark]).await?;
    }
    conn.commit().await
}

/// Brings a database that is being restored to the newest step; it keeps its mark.
pub(crate) async fn forward(engine: &Engine) -> Result<(), StoreError> {
    let mut conn = engine.begin_writing().await?;
    steps(engine, &mut conn, known()).await?;
    conn.commit().await
}

fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

async fn steps(engine: &Engine, conn: &mut Conn, to: i64) -> Result<(), StoreError> {
    let known = known();
    let empty = conn.query(table_exists(engine), args!["step"]).await?.is_empty();
    if empty {
        conn.script("create table step (n bigint primary key, name text not null)").await?;
    }
    let found = at(conn).await?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (n, step) in (1_i64..=to).zip(STEPS).skip(usize::try_from(found).unwrap_or(0)) {
        conn.script(match engine {
            Engine::Sqlite { .. } => step.sqlite,
            Engine::Postgres { .. } => step.postgres,
        })
        .await?;
        match step.then {
            Then::Nothing => {}
            Then::BringInLooked => crate::looked::bring_in(conn).await?,
        }
        conn.execute("insert into step (n, name) values ($1, $2)", args![n, step.name]).await?;
    }
    Ok(())
}

/// The step that a database is at.
pub(crate) async fn at(conn: &mut Conn) -> Result<i64, StoreError> {
    let row = conn.query_opt("select coalesce(max(n), 0) from step where n <> $1", args![RESTORING]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::STEPS;

    #[test]
    fn each_file_of_statements_is_a_step_that_is_taken() {
        let taken: Vec<String> = STEPS.iter().map(|step| format!("{}.sql", step.name)).collect();
        assert!(taken.is_sorted(), "{taken:?}");
        for engine in ["sqlite", "postgres"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
            let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
            assert_eq!(names.collect::<BTreeSet<_>>(), taken.iter().cloned().collect(), "{engine}");
        }
    }
}
