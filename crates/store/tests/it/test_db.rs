//! A database of its own for each test, and the ways of somebody who has every right on it.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    time::Duration,
};

use policy::Pack;
use record::Moment;
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection,
    sqlite::SqliteConnectOptions,
};
use store::{
    Clock, Db, Place, StoreError,
    verify::{Finding, VerifyReport, verify},
};

/// The pack of every test.
pub static PACK: LazyLock<Arc<Pack>> =
    LazyLock::new(|| Arc::new(policy::load(&policy::embedded(), "rochdale").expect("the shipped pack loads")));

/// When every test begins: a Tuesday afternoon.
pub const BEGINNING: &str = "2026-03-03T15:20:00.000000Z";

/// A database with its keys, its clock and its files.
pub struct TestDb {
    pub db: Db,
    pub place: Place,
    clock: Arc<AtomicI64>,
    folder: tempfile::TempDir,
    /// PostgreSQL's schema and the address of the server.
    schema: Option<(String, String)>,
}

impl TestDb {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("data"));
        Self::at(place, folder, None).await
    }

    /// None, and said so, where there is no server.
    pub async fn postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("LIFESTORY_TEST_POSTGRES") else {
            assert!(std::env::var("CI").is_err(), "LIFESTORY_TEST_POSTGRES must name a PostgreSQL in CI");
            eprintln!("SKIPPED on PostgreSQL: set LIFESTORY_TEST_POSTGRES to a connection string");
            return None;
        };
        let schema = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let sql = format!("drop schema if exists {schema} cascade; create schema {schema}");
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        connection.close().await.unwrap();
        let place = Place::Postgres(in_schema(&server, &schema));
        Some(Self::at(place, tempfile::tempdir().unwrap(), Some((schema, server))).await)
    }

    /// An empty place on the same engine, in which nothing was made yet.
    pub async fn empty_place(&self) -> EmptyPlace {
        let folder = tempfile::tempdir().unwrap();
        match &self.schema {
            None => EmptyPlace { place: Place::Folder(folder.path().join("data")), folder, schema: None },
            Some((_, server)) => EmptyPlace::postgres(server.clone()).await,
        }
    }

    /// An empty place on the other engine; none where that is PostgreSQL and there is no server.
    pub async fn empty_place_elsewhere(&self) -> Option<EmptyPlace> {
        if self.is_sqlite() {
            let server = std::env::var("LIFESTORY_TEST_POSTGRES").ok()?;
            return Some(EmptyPlace::postgres(server).await);
        }
        let folder = tempfile::tempdir().unwrap();
        Some(EmptyPlace { place: Place::Folder(folder.path().join("data")), folder, schema: None })
    }

    async fn at(place: Place, folder: tempfile::TempDir, schema: Option<(String, String)>) -> Self {
        let clock = Arc::new(AtomicI64::new(BEGINNING.parse::<Moment>().unwrap().microsecond()));
        let db = open(&place, &folder.path().join("keys"), &clock).await.unwrap();
        Self { db, place, clock, folder, schema }
    }

    /// Opens the same database once more, as another process would.
    pub async fn again(&self) -> Result<Db, StoreError> {
        open(&self.place, &self.keys(), &self.clock).await
    }

    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// Where the sealed bytes of files lie.
    pub fn files(&self) -> PathBuf {
        match &self.place {
            Place::Folder(folder) => folder.join("files"),
            Place::Postgres(_) => self.folder.path().join("files"),
        }
    }

    pub fn is_sqlite(&self) -> bool {
        self.schema.is_none()
    }

    pub fn clock(&self) -> Clock {
        let clock = self.clock.clone();
        Arc::new(move || Moment::from_microsecond(clock.load(Ordering::SeqCst)))
    }

    pub fn now(&self) -> Moment {
        Moment::from_microsecond(self.clock.load(Ordering::SeqCst))
    }

    /// Lets time pass.
    pub fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// The database's file (SQLite).
    pub fn file(&self) -> PathBuf {
        let Place::Folder(folder) = &self.place else { panic!("not SQLite") };
        folder.join("lifestory.db")
    }

    /// Waits until every leaf has its number.
    pub async fn settle(&self) {
        for _ in 0..500 {
            if self.cell("select count(*) from leaf where seq is null").await == "0" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("leaves were not numbered");
    }

    pub async fn verify(&self) -> VerifyReport {
        self.settle().await;
        verify(&self.db, |_, _| {}).await.unwrap()
    }

    /// Nothing is wrong anywhere.
    pub async fn assert_sound(&self) -> VerifyReport {
        let report = self.verify().await;
        assert_eq!(in_words(&report), Vec::<String>::new());
        report
    }

    /// Runs statements as somebody with every right, and leaves no trace in the structure.
    pub async fn tamper(&self, sql: &str) {
        self.tamper_with(sql, &[]).await;
    }

    /// The same with blobs for `$1`, `$2` …
    pub async fn tamper_with(&self, sql: &str, blobs: &[&[u8]]) {
        if self.schema.is_none() {
            let mut raw = sqlite(&self.file()).await;
            let triggers = raw.fetch_all("select name, sql from sqlite_master where type = 'trigger'").await.unwrap();
            for row in &triggers {
                let drop = format!("drop trigger {}", row.get::<String, _>(0));
                raw.execute(sqlx::raw_sql(AssertSqlSafe(drop))).await.unwrap();
            }
            if blobs.is_empty() {
                raw.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.unwrap();
            } else {
                let query = blobs
                    .iter()
                    .fold(sqlx::query(AssertSqlSafe(sql.to_owned())), |query, blob| query.bind(blob.to_vec()));
                query.execute(&mut raw).await.unwrap();
            }
            for row in &triggers {
                raw.execute(sqlx::raw_sql(AssertSqlSafe(row.get::<String, _>(1)))).await.unwrap();
            }
            raw.close().await.unwrap();
        } else {
            let mut raw = self.raw_postgres().await;
            raw.execute("set session_replication_role = replica").await.unwrap();
            if blobs.is_empty() {
                raw.execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))).await.unwrap();
            } else {
                let query = blobs
                    .iter()
                    .fold(sqlx::query(AssertSqlSafe(sql.to_owned())), |query, blob| query.bind(blob.to_vec()));
                query.execute(&mut raw).await.unwrap();
            }
            raw.close().await.unwrap();
        }
    }

    /// Runs a statement like anybody with a connection: triggers and constraints hold.
    pub async fn plain(&self, sql: &str) -> Result<(), String> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let done = match &self.schema {
            None => sqlite(&self.file()).await.execute(sql).await.map(|_| ()),
            Some(_) => self.raw_postgres().await.execute(sql).await.map(|_| ()),
        };
        done.map_err(|error| error.to_string())
    }

    /// Rows of text; numbers must be cast in the statement.
    pub async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let text = |value: Option<String>| value.unwrap_or_default();
        if self.schema.is_none() {
            let rows = sqlite(&self.file()).await.fetch_all(AssertSqlSafe(sql.to_owned())).await.unwrap();
            rows.iter().map(|row| (0..row.len()).map(|at| text(row.get(at))).collect()).collect()
        } else {
            let rows = self.raw_postgres().await.fetch_all(AssertSqlSafe(sql.to_owned())).await.unwrap();
            rows.iter().map(|row| (0..row.len()).map(|at| text(row.get(at))).collect()).collect()
        }
    }

    /// One text or number.
    pub async fn cell(&self, sql: &str) -> String {
        let rows = self.rows(&format!("select cast(one.it as text) from (select ({sql}) as it) as one")).await;
        rows[0][0].clone()
    }

    /// One blob.
    pub async fn blob(&self, sql: &str) -> Vec<u8> {
        match &self.schema {
            None => sqlite(&self.file()).await.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap().get(0),
            Some(_) => self.raw_postgres().await.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap().get(0),
        }
    }

    /// Every leaf of a log of this kind, in the order in which they were committed.
    pub async fn leaves(&self, act: &str) -> Vec<store::Leaf> {
        let mut found = Vec::new();
        for row in self.rows("select id from leaf order by id").await {
            let body = self.blob(&format!("select body from leaf where id = '{}'", row[0])).await;
            let leaf = store::Leaf::from_bytes(&body).unwrap();
            if leaf.act == act {
                found.push(leaf);
            }
        }
        found
    }

    /// The row of the leaf that is about this thing.
    pub async fn leaf_of(&self, act: &str, thing: &str) -> (String, i64) {
        for row in self.rows("select id, cast(seq as text) from leaf order by id").await {
            let body = self.blob(&format!("select body from leaf where id = '{}'", row[0])).await;
            let leaf = store::Leaf::from_bytes(&body).unwrap();
            if leaf.act == act && leaf.thing.as_deref() == Some(thing) {
                return (row[0].clone(), row[1].parse().unwrap());
            }
        }
        panic!("no leaf {act} of {thing}");
    }

    pub async fn raw_postgres(&self) -> PgConnection {
        let Place::Postgres(url) = &self.place else { panic!("not PostgreSQL") };
        PgConnection::connect(url).await.unwrap()
    }
}

/// A place for a restore.
pub struct EmptyPlace {
    pub place: Place,
    folder: tempfile::TempDir,
    schema: Option<(String, String)>,
}

impl EmptyPlace {
    async fn postgres(server: String) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let schema = format!("empty_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let sql = format!("drop schema if exists {schema} cascade; create schema {schema}");
        connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        connection.close().await.unwrap();
        let place = Place::Postgres(in_schema(&server, &schema));
        Self { place, folder: tempfile::tempdir().unwrap(), schema: Some((schema, server)) }
    }

    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    pub fn files(&self) -> PathBuf {
        match &self.place {
            Place::Folder(folder) => folder.join("files"),
            Place::Postgres(_) => self.folder.path().join("files"),
        }
    }

    /// What was restored there, opened as the program opens it.
    pub async fn opened(self, like: &TestDb) -> Result<TestDb, StoreError> {
        let db = open(&self.place, &self.keys(), &like.clock).await?;
        Ok(TestDb { db, place: self.place, clock: like.clock.clone(), folder: self.folder, schema: self.schema })
    }

    /// Tries to open it and leaves it.
    pub async fn try_to_open(&self, like: &TestDb) -> Result<Db, StoreError> {
        open(&self.place, &self.keys(), &like.clock).await
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        // The whole server is thrown away after the tests; a schema that a failed test leaves can be looked at.
        if let Some((schema, server)) = self.schema.take().filter(|_| !std::thread::panicking()) {
            let db = self.db.clone();
            let clean = async move {
                db.close().await;
                let mut raw = PgConnection::connect(&server).await?;
                raw.execute(sqlx::raw_sql(AssertSqlSafe(format!("drop schema {schema} cascade")))).await
            };
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                drop(runtime.block_on(async { tokio::time::timeout(Duration::from_secs(2), clean).await }));
            });
        }
    }
}

fn in_schema(server: &str, schema: &str) -> String {
    format!("{server}{}options=-c%20search_path%3D{schema}", if server.contains('?') { "&" } else { "?" })
}

pub async fn sqlite(file: &Path) -> SqliteConnection {
    let url = format!("sqlite://{}", file.display());
    let options =
        SqliteConnectOptions::from_str(&url).unwrap().foreign_keys(false).busy_timeout(Duration::from_secs(10));
    SqliteConnection::connect_with(&options).await.unwrap()
}

pub async fn open(place: &Place, keys: &Path, clock: &Arc<AtomicI64>) -> Result<Db, StoreError> {
    let clock = clock.clone();
    let clock: Clock = Arc::new(move || Moment::from_microsecond(clock.load(Ordering::SeqCst)));
    Db::open(place, keys, PACK.clone(), clock).await
}

/// The findings as people read them.
pub fn in_words(report: &VerifyReport) -> Vec<String> {
    report.findings.iter().map(Finding::to_string).collect()
}
