//! Places of their own for measurements and drills: a folder, or a schema of the PostgreSQL that the environment names.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use record::Moment;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use store::{Clock, Db, Place};

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum EngineName {
    /// In a temporary folder.
    Sqlite,
    /// In a new schema.
    Postgres,
}

impl EngineName {
    /// A new place, with this word in its name. What was there under the same name goes.
    pub async fn place(self, folder: &Path, word: &str) -> anyhow::Result<Place> {
        match self {
            Self::Sqlite => Ok(Place::Folder(folder.join(word))),
            Self::Postgres => {
                let server = std::env::var("LIFESTORY_TEST_POSTGRES")
                    .context("LIFESTORY_TEST_POSTGRES names no PostgreSQL: start by ./bench or ./drill")?;
                let schema = format!("{word}_{}", std::process::id());
                let mut connection = PgConnection::connect(&server).await?;
                let sql = format!("drop schema if exists {schema} cascade; create schema {schema}");
                connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await?;
                connection.close().await?;
                let joint = if server.contains('?') { "&" } else { "?" };
                Ok(Place::Postgres(format!("{server}{joint}options=-c%20search_path%3D{schema}")))
            }
        }
    }
}

/// What `--database` or `--data` of the program wants.
pub fn as_arguments(place: &Place) -> [String; 2] {
    match place {
        Place::Folder(folder) => ["--data".to_owned(), folder.display().to_string()],
        Place::Postgres(url) => ["--database".to_owned(), url.clone()],
    }
}

/// Opens a database with the pack of the demonstration.
pub async fn open(place: &Place, keys: &Path) -> anyhow::Result<Db> {
    let pack = policy::load(&policy::embedded(), "rochdale")
        .map_err(|mistakes| anyhow::anyhow!("the shipped pack does not load: {} mistakes", mistakes.len()))?;
    Ok(Db::open(place, keys, Arc::new(pack), clock()).await?)
}

/// The system's clock.
pub fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "measurements and drills happen now")]
    Arc::new(|| Moment::new(jiff::Timestamp::now()))
}
