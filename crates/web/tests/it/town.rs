//! A small town with its staff and children, all invented, and browsers in which they sit.
//!
//! The town is founded once; each test gets a copy of its own, with everybody signed in already. On PostgreSQL it is
//! founded in a schema of its own.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, LazyLock, OnceLock,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use casework::{
    Desk,
    organisation::{self, First, NewAccount},
    recording, records,
};
use identity_provider::{CLIENT, IdentityProvider, NAME, SECRET};
use openid::{Provider, Settings};
use policy::{
    Pack, Sources,
    load::{SourceFile, Unreadable},
};
use record::{Moment, PersonId, RecordId, TeamId, Typed};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use store::{Actor, Clock, Db, Place, extract::Extract, passkeys::RelyingParty};
use tower::ServiceExt as _;
use web::{App, Config};

use crate::{
    other,
    page::{Form, Page, encoded},
};

/// The pack of every test: the one that asks for most.
pub static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| other::pack("rochdale"));

/// When the organisation began.
const FOUNDED: &str = "2026-01-05T09:00:00.000000Z";
/// When every test begins: a Tuesday afternoon.
pub const TUESDAY: &str = "2026-03-03T15:20:00.000000Z";
/// Where people open the pages, by HTTPS through a proxy: the site that passkeys are for.
pub const ADDRESS: &str = "https://lifestory.test";
/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

/// Staff: username, full name, designation, role, team.
const STAFF: [(&str, &str, &str, &str, &str); 8] = [
    ("grace", "Grace Obi", "Team manager", "team-manager", "North"),
    ("sam", "Sam Okafor", "Social worker", "worker", "North"),
    ("priya", "Priya Nair", "Senior practitioner", "senior-practitioner", "North"),
    ("tom", "Tom Weld", "Social worker", "worker", "South"),
    ("helen", "Helen Price", "Head of service", "head-of-service", ""),
    ("ivy", "Ivy Marsh", "Information governance officer", "information-governance", ""),
    ("rita", "Rita Holt", "Records manager", "records-manager", ""),
    ("pat", "Pat Lunn", "Family support worker", "provider-worker", ""),
];

/// Whoever signs in.
pub const EVERYBODY: [&str; 9] = ["admin", "grace", "sam", "priya", "tom", "helen", "ivy", "rita", "pat"];

/// A child with a record.
#[derive(Clone, Copy, Debug)]
pub struct Child {
    pub record: RecordId,
    pub person: PersonId,
}

impl Child {
    /// The address of a page of this record.
    pub fn at(&self, page: &str) -> String {
        let record = self.record;
        if page.is_empty() { format!("/records/{record}") } else { format!("/records/{record}/{page}") }
    }
    /// The name of a box in this child's part.
    pub fn part(&self, field: &str) -> String {
        format!("{field}@{}", self.record)
    }
}

/// Who and what there is from the beginning.
#[derive(Clone, Debug)]
pub struct Cast {
    pub staff: BTreeMap<&'static str, PersonId>,
    pub north: TeamId,
    pub south: TeamId,
    /// Three siblings, allocated to Sam in the North.
    pub amira: Child,
    pub bilal: Child,
    pub noor: Child,
    /// A child of the South, allocated to Tom.
    pub zara: Child,
    /// The siblings' mother, known in Amira's record alone.
    pub sana: PersonId,
    /// The session of each person who is signed in.
    sessions: BTreeMap<&'static str, String>,
}

/// The town with its database, its clock and its pages.
pub struct Town {
    pub db: Db,
    pub cast: Cast,
    clock: Arc<AtomicI64>,
    config: Config,
    schema: Option<(String, String)>,
    place: Place,
    folder: tempfile::TempDir,
}

impl std::ops::Deref for Town {
    type Target = Cast;
    fn deref(&self) -> &Cast {
        &self.cast
    }
}

fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

/// Rochdale's pack, but an amendment waits for the author's yes, as in Bolton.
pub static AUTHOR_APPROVES: LazyLock<Arc<Pack>> = LazyLock::new(|| {
    struct Bolton;
    impl Sources for Bolton {
        fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
            if pack != "author-approves" {
                return policy::embedded().files(pack);
            }
            let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
            Ok(vec![
                file(
                    "pack.toml",
                    "id = \"author-approves\"\ntitle = \"Author approves\"\nversion = 1\nextends = \"rochdale\"\n",
                ),
                file("amendment.toml", "source = [\"R-INT-04\"]\nstands = \"author-approves\"\n"),
            ])
        }
    }
    Arc::new(policy::load(&Bolton, "author-approves").expect("the pack of the test loads"))
});

/// Rochdale's pack with another file.
pub fn changed(path: &'static str, text: &'static str) -> Arc<Pack> {
    struct Changed(&'static str, &'static str);
    impl Sources for Changed {
        fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
            if pack != "changed" {
                return policy::embedded().files(pack);
            }
            let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
            let own = "id = \"changed\"\ntitle = \"Changed\"\nversion = 1\nextends = \"rochdale\"\n";
            Ok(vec![file("pack.toml", own), file(self.0, self.1)])
        }
    }
    Arc::new(policy::load(&Changed(path, text), "changed").expect("the pack of the test loads"))
}

async fn open(place: &Place, keys: &Path, clock: &Arc<AtomicI64>) -> Db {
    open_with(place, keys, clock, PACK.clone()).await
}

async fn open_with(place: &Place, keys: &Path, clock: &Arc<AtomicI64>, pack: Arc<Pack>) -> Db {
    let clock = clock.clone();
    let clock: Clock = Arc::new(move || Moment::from_microsecond(clock.load(Ordering::SeqCst)));
    Db::open(place, keys, pack, clock).await.unwrap()
}

fn clock_at(text: &str) -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(moment(text).microsecond()))
}

/// The town as it was founded, to copy from.
fn original() -> &'static (PathBuf, Cast) {
    static ORIGINAL: OnceLock<(PathBuf, Cast)> = OnceLock::new();
    ORIGINAL.get_or_init(|| {
        // A thread and runtime of its own: the test that comes first does not own what all copy.
        let founding = std::thread::spawn(|| {
            let folder = tempfile::tempdir().unwrap().keep();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let cast = runtime.block_on(async {
                let clock = clock_at(FOUNDED);
                let db = open(&Place::Folder(folder.join("data")), &folder.join("keys"), &clock).await;
                let cast = found(&db, &clock).await;
                db.close().await;
                cast
            });
            drop(runtime);
            (folder, cast)
        });
        founding.join().unwrap()
    })
}

/// Counts are made from a file beside the town; nobody makes it unasked.
fn config(folder: &tempfile::TempDir) -> Config {
    Config {
        extract: Some(Extract::at(folder.path().join("extract.db"))),
        passkeys: Some(RelyingParty::at(ADDRESS).unwrap()),
        ..Config::default()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_dir() {
            copy(&file.path(), &to.join(file.file_name()));
        } else {
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}

impl Town {
    /// On SQLite.
    pub async fn new() -> Self {
        Self::of_pack(PACK.clone()).await
    }

    /// On SQLite, with another pack in force.
    pub async fn of_pack(pack: Arc<Pack>) -> Self {
        let (from, cast) = original();
        let folder = tempfile::tempdir().unwrap();
        copy(from, folder.path());
        let clock = clock_at(TUESDAY);
        let place = Place::Folder(folder.path().join("data"));
        let db = open_with(&place, &folder.path().join("keys"), &clock, pack.clone()).await;
        let mut town = Self { db, cast: cast.clone(), clock, config: config(&folder), schema: None, place, folder };
        if pack.hash() != PACK.hash() {
            town.approve(&pack, "2026-03-03").await;
        }
        town
    }

    /// The head of service approves a version of the policy from a day on.
    pub async fn approve(&mut self, pack: &Pack, from: &str) {
        casework::approval::offer(&organisation::job(self.db.clone(), "tests", self.db.now()), pack).await.unwrap();
        let helen = self.desk("helen");
        let typed = dated(from).with("why", "Agreed by all");
        casework::approval::approve(&helen, helen.new_id(), &pack.hash(), &typed).await.unwrap();
        self.db = self.db.at_this_moment().await.unwrap();
    }

    /// On SQLite, with this shipped pack in force.
    pub async fn under(id: &str) -> Self {
        Self::of_pack(other::pack(id)).await
    }

    /// On PostgreSQL; none, and said so, where there is no server.
    pub async fn on_postgres() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("LIFESTORY_TEST_POSTGRES") else {
            assert!(std::env::var("CI").is_err(), "LIFESTORY_TEST_POSTGRES must name a PostgreSQL in CI");
            eprintln!("SKIPPED on PostgreSQL: set LIFESTORY_TEST_POSTGRES to a connection string");
            return None;
        };
        let schema = format!("web_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut raw = PgConnection::connect(&server).await.unwrap();
        let sql = format!("drop schema if exists {schema} cascade; create schema {schema}");
        raw.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        raw.close().await.unwrap();
        let mark = if server.contains('?') { '&' } else { '?' };
        let place = Place::Postgres(format!("{server}{mark}options=-c%20search_path%3D{schema}"));
        let folder = tempfile::tempdir().unwrap();
        let clock = clock_at(FOUNDED);
        let db = open(&place, &folder.path().join("keys"), &clock).await;
        let cast = found(&db, &clock).await;
        let db = db.at_this_moment().await.unwrap();
        let schema = Some((schema, server));
        Some(Self { db, cast, clock, config: config(&folder), schema, place, folder })
    }

    /// How many pieces of files lie on the disk (SQLite).
    pub fn files(&self) -> usize {
        self.pieces().len()
    }

    /// What was refused is thrown away behind the answer, by a thread of its own: at once, and not before it (SQLite).
    pub async fn keeps_no_file(&self) {
        for _ in 0..50 {
            if self.files() == 0 {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(self.files(), 0, "nothing of what was refused is kept");
    }

    /// Takes the first byte of every piece for another (SQLite).
    pub fn spoil_files(&self) {
        for path in self.pieces() {
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[30] ^= 1;
            std::fs::write(path, bytes).unwrap();
        }
    }

    fn pieces(&self) -> Vec<PathBuf> {
        let below = |folder: &Path| -> Vec<PathBuf> {
            std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
        };
        below(&self.folder.path().join("data/files")).iter().flat_map(|shelf| below(shelf)).collect()
    }

    /// The pages themselves.
    pub fn router(&self) -> Router {
        web::router(App::new(self.db.clone(), self.config.clone()))
    }

    /// With this virus scanner.
    #[must_use]
    pub fn with_scanner(mut self, address: &str) -> Self {
        self.config.scanner = address.parse().ok();
        self
    }

    /// Nothing is wrong anywhere.
    pub async fn assert_sound(&self) {
        // On PostgreSQL leaves get their numbers within a second of real time, and the town's clock leaps.
        let mut found = Vec::new();
        for _ in 0..50 {
            let report = store::verify::verify(&self.db, |_, _| {}).await.unwrap();
            found = report.findings.iter().map(ToString::to_string).collect::<Vec<_>>();
            if !found.iter().any(|one| one.contains("waited for its number")) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        assert_eq!(found, Vec::<String>::new());
    }

    /// The same database, opened as another process does that was told nothing of any policy.
    pub async fn again(&self) -> Db {
        let clock = self.clock.clone();
        let clock: Clock = Arc::new(move || Moment::from_microsecond(clock.load(Ordering::SeqCst)));
        Db::open(&self.place, &self.folder.path().join("keys"), None, clock).await.unwrap()
    }

    /// Makes the extract that counts are made from.
    pub async fn extract(&self) -> store::extract::About {
        self.config.extract.as_ref().unwrap().make(&self.db).await.unwrap()
    }

    /// Where that is.
    pub fn extract_file(&self) -> PathBuf {
        self.config.extract.as_ref().unwrap().file().to_owned()
    }

    /// Reached by HTTPS.
    #[must_use]
    pub fn with_https(mut self) -> Self {
        self.config.https = true;
        self
    }

    /// Where nobody said at which address people open the pages.
    #[must_use]
    pub fn without_passkeys(mut self) -> Self {
        self.config.passkeys = None;
        self
    }

    /// Where people have accounts at this identity provider.
    #[must_use]
    pub fn with_provider(mut self, there: &IdentityProvider) -> Self {
        let [client, secret, name] = [CLIENT, SECRET, NAME].map(str::to_owned);
        let back = format!("{ADDRESS}/sign-in/single-sign-on/back");
        let provider = Provider::new(Settings { issuer: there.issuer(), client, secret, name, back }).unwrap();
        self.config.provider = Some(Arc::new(provider));
        self
    }

    /// How a leaf can fail to be written here.
    pub fn ways_to_fail(&self) -> Vec<&'static str> {
        match self.place {
            Place::Folder(_) => {
                vec!["select raise(abort, 'no')", "select raise(fail, 'no')", "select raise(rollback, 'no')"]
            }
            // The disk is full; the connection is lost; the engine says no.
            Place::Postgres(_) => vec![
                "raise exception 'full' using errcode = '53100';",
                "perform pg_terminate_backend(pg_backend_pid());",
                "raise exception 'no';",
            ],
        }
    }

    /// From now on no leaf can be written, in this way; with none it can again.
    pub async fn fail_ledger(&self, way: Option<&str>) {
        match &self.place {
            Place::Folder(folder) => {
                let file = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("lifestory.db"));
                let mut raw = sqlx::SqliteConnection::connect_with(&file).await.unwrap();
                let fail = way.map_or_else(String::new, |way| {
                    format!("create trigger fails before insert on leaf begin {way}; end;")
                });
                let sql = format!("drop trigger if exists fails; {fail}");
                raw.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
                raw.close().await.unwrap();
            }
            Place::Postgres(server) => {
                let mut raw = PgConnection::connect(server).await.unwrap();
                let fail = way.map_or_else(String::new, |way| {
                    format!(
                        "create or replace function fails() returns trigger language plpgsql as $$ begin {way} return new; end $$;
                         create trigger fails before insert on leaf for each row execute function fails();"
                    )
                });
                let sql = format!("drop trigger if exists fails on leaf; {fail}");
                raw.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
                raw.close().await.unwrap();
            }
        }
    }

    /// Lets time pass.
    pub fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Sets the clock.
    pub fn at(&self, text: &str) {
        self.clock.store(moment(text).microsecond(), Ordering::SeqCst);
    }

    /// A browser in which nobody is signed in.
    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router(),
            cookie: String::new(),
            away: String::new(),
            began: None,
            host: "lifestory.test",
            scheme: if self.config.https { "https" } else { "http" },
        }
    }

    /// The browser of somebody who signed in a quarter of an hour ago.
    pub fn browser_of(&self, username: &str) -> Browser {
        Browser { cookie: format!("lifestory={}", self.cast.sessions[username]), ..self.browser() }
    }

    /// The browser of somebody who signs in now, by the page.
    pub async fn sign_in(&self, username: &str) -> Browser {
        // The clock may have leapt over the time after which an account is closed.
        assert_eq!(self.db.open_account(username, self.db.now()).await.unwrap(), Some(store::AccountState::Open));
        let mut browser = self.browser();
        let page = browser.get("/sign-in").await;
        let form = page.form("Sign in").with("username", username).with("password", PASSWORD);
        let page = browser.press(&form, "Sign in").await;
        assert_eq!(page.path, "/my-work", "{}", page.main());
        browser
    }

    /// Somebody's desk, for what comes before the story.
    pub fn desk(&self, username: &str) -> Desk {
        Desk::new(self.db.clone(), Actor::Person(self.cast.staff[username]), self.db.now())
    }

    /// The number of a record, as its pages have it. Ivy reads any that is not restricted.
    pub async fn number(&self, child: &Child) -> String {
        self.browser_of("ivy").get(&child.at("")).await.root.of_class("ls-bar__number")[0].text()
    }

    /// Writes something in a record at once.
    pub async fn write(&self, username: &str, child: &Child, form: &str, typed: &Typed) -> String {
        let desk = self.desk(username);
        let (form, typed) = (other::name(form), other::typed(typed));
        let written = recording::record_now(&desk, desk.new_id(), child.record, form, &typed).await.unwrap();
        written[0].entry.to_string()
    }

    /// A note of today.
    pub async fn note(&self, username: &str, child: &Child, words: &str) -> String {
        let typed = dated("2026-03-03")
            .with("happened.time", "10:00")
            .with("type", "telephone")
            .with("where", "The office")
            .with("people.0.name", "Nan")
            .with("people.0.role", "grandmother")
            .with("purpose", "A call")
            .with("interpreter", "no")
            .with("account.0.text", words)
            .with("outcome", "Noted")
            .with("about", child.record.to_string());
        self.write(username, child, "case-note", &typed).await
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        // A schema that a failed test leaves can be looked at; the server is thrown away afterwards.
        if let Some((schema, server)) = self.schema.take().filter(|_| !std::thread::panicking()) {
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let clean = async move {
                    let mut raw = PgConnection::connect(&server).await?;
                    raw.execute(sqlx::raw_sql(AssertSqlSafe(format!("drop schema {schema} cascade")))).await
                };
                drop(runtime.block_on(clean));
            });
        }
    }
}

/// Boxes with the day on which something happened.
pub fn dated(day: &str) -> Typed {
    dated_in(Typed::default(), "happened", day)
}

/// With a day in three boxes.
pub fn dated_in(typed: Typed, field: &str, day: &str) -> Typed {
    let parts: Vec<_> = day.split('-').collect();
    let part = |name: &str, value: &str| (format!("{field}.{name}"), value.trim_start_matches('0').to_owned());
    [part("year", parts[0]), part("month", parts[1]), part("day", parts[2])]
        .into_iter()
        .fold(typed, |typed, (name, value)| typed.with(&name, value))
}

async fn found(db: &Db, clock: &Arc<AtomicI64>) -> Cast {
    let job = organisation::job(db.clone(), "tests", db.now());
    let first = First { name: "Ada Lovell", username: "admin", password: "only for the first time" };
    let admin = organisation::found(&job, &first, "").await.unwrap();
    let desk = |person| Desk::new(db.clone(), Actor::Person(person), db.now());
    let ada = desk(admin);
    let team = async |name: &str| {
        let typed = dated("2026-01-05").with("name", name).with("service", "Children");
        organisation::record_team(&ada, ada.new_id(), None, &other::typed(&typed)).await.unwrap()
    };
    let (north, south) = (team("North").await, team("South").await);
    let mut staff = BTreeMap::from([("admin", admin)]);
    for (username, name, designation, role, team) in STAFF {
        let mut typed = dated("2026-01-05")
            .with("name", name)
            .with("designation", designation)
            .with("roles", role)
            .with("account-status", "open");
        if !team.is_empty() {
            typed = typed.with("team", if team == "North" { north } else { south }.to_string());
        }
        let account = NewAccount { username, password: PASSWORD, must_change: false };
        let person =
            organisation::record_staff(&ada, ada.new_id(), None, &other::typed(&typed), Some(&account)).await.unwrap();
        staff.insert(username, person);
    }
    let managed = dated("2026-01-05")
        .with("name", "North")
        .with("service", "Children")
        .with("manager", staff["grace"].to_string());
    organisation::record_team(&ada, ada.new_id(), Some(north), &other::typed(&managed)).await.unwrap();

    let grace = desk(staff["grace"]);
    let child = async |given: &str, family: &str, born: &str, team: TeamId| {
        let record = records::open(&grace, grace.new_id(), None, &opening(given, family, born, team)).await.unwrap();
        // Who it is, as the search finds them.
        let found = records::search(&grace, &record::likeness::LookedFor::new(&format!("{given} {family}"), None))
            .await
            .unwrap();
        Child { record, person: found[0].person }
    };
    let amira = child("Amira", "Ali", "2016-05-14", north).await;
    let bilal = child("Bilal", "Ali", "2019-02-02", north).await;
    let noor = child("Noor", "Ali", "2022-11-30", north).await;
    let zara = child("Zara", "Khan", "2015-07-07", south).await;
    let to = |team: TeamId, worker: PersonId| {
        let typed = dated("2026-01-05")
            .with("team", team.to_string())
            .with("has-worker", "yes")
            .with("worker", worker.to_string())
            .with("file-holder", "yes");
        other::typed(&typed)
    };
    let siblings = [amira, bilal, noor];
    let records: Vec<_> = siblings.iter().map(|one| one.record).collect();
    records::allocate(&grace, grace.new_id(), &records, &to(north, staff["sam"])).await.unwrap();
    let helen = desk(staff["helen"]);
    records::allocate(&helen, helen.new_id(), &[zara.record], &to(south, staff["tom"])).await.unwrap();

    let sam = desk(staff["sam"]);
    for one in &siblings {
        for (other, kind) in [(&amira, "sister"), (&bilal, "brother"), (&noor, "sister")] {
            if one.record != other.record {
                let typed = dated("2026-01-05").with("person", other.person.to_string()).with("kind", kind);
                let typed = other::typed(&typed);
                recording::record_now(&sam, sam.new_id(), one.record, other::name("relationship"), &typed)
                    .await
                    .unwrap();
            }
        }
    }
    let sana = mother(&sam, &amira).await;

    clock.store(moment(TUESDAY).plus_seconds(-900).microsecond(), Ordering::SeqCst);
    let mut sessions = BTreeMap::new();
    for username in EVERYBODY {
        // It is two months later, and nobody has signed in before.
        assert_eq!(db.open_account(username, db.now()).await.unwrap(), Some(store::AccountState::Open));
        let password = if username == "admin" { "only for the first time" } else { PASSWORD };
        let store::SignIn::In(name) = db.sign_in(username, password, db.now()).await.unwrap() else {
            panic!("{username}")
        };
        if username == "admin" {
            assert!(db.change_password(&name, admin, password, PASSWORD, db.now()).await.unwrap());
        }
        sessions.insert(username, name.as_cookie().to_owned());
    }
    clock.store(moment(TUESDAY).microsecond(), Ordering::SeqCst);
    Cast { staff, north, south, amira, bilal, noor, zara, sana, sessions }
}

/// What opens a child's record.
pub fn opening(given: &str, family: &str, born: &str, team: TeamId) -> Typed {
    let typed = dated("2026-01-05")
        .with("given-names", given)
        .with("family-name", family)
        .with("born", "yes")
        .with("ethnicity", "APKN")
        .with("confirmed", "no")
        .with("reason", "School was worried.")
        .with("referral-source", "2A")
        .with("category-of-need", "N1")
        .with("team", team.to_string())
        .with("informed", "yes")
        .with("informed-who.0.name", "Gran Ali")
        .with("informed-who.0.role", "grandmother")
        .with("informed-how", "talked");
    other::typed(&dated_in(typed, "birth", born))
}

/// Sana Ali: a new person, known by Amira's record alone.
async fn mother(sam: &Desk, amira: &Child) -> PersonId {
    let (start, open) = records::new_person(sam, amira.record, "Sana Ali").await.unwrap();
    let (draft, sana) = (open.draft.id, start.made.unwrap());
    let begun = recording::save_first(sam, draft, &start, (0, &open.texts[0].typed, true)).await.unwrap();
    let typed = dated("2026-01-05")
        .with("person", sana.to_string())
        .with("given-names", "Sana")
        .with("family-name", "Ali")
        .with("about", amira.record.to_string())
        .with("telephone", "01706 900123")
        .with("language", "punjabi")
        .with("kind", "mother")
        .with("parental-responsibility", "yes")
        .with("lives-here", "no");
    recording::complete(sam, draft, begun.n, &other::typed(&typed)).await.unwrap();
    sana
}

/// Somebody's browser: it keeps its cookie and says which site a post comes from.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookie: String,
    /// What it keeps while it is at the identity provider.
    pub away: String,
    /// The cookie with which this session began, where it has another by now.
    began: Option<String>,
    host: &'static str,
    scheme: &'static str,
}

impl Browser {
    /// Sends anything at all; keeps the cookie that comes back.
    pub async fn send(&mut self, request: Request<Body>) -> Page {
        let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let pair = cookie.split(';').next().unwrap();
            if pair.contains("-away=") {
                self.away = if cookie.contains("Max-Age=0") { String::new() } else { pair.to_owned() };
                continue;
            }
            let confirms = path.starts_with("/sign-in/single-sign-on/back")
                && parts.headers.get(header::LOCATION).is_none_or(|to| to != "/welcome-back");
            let goes_on = path.starts_with("/confirm") || confirms;
            self.began = goes_on.then(|| self.began.take().unwrap_or_else(|| self.cookie.clone()));
            self.cookie = if cookie.contains("Max-Age=0") { String::new() } else { pair.to_owned() };
        }
        Page::new(&path, parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
    }

    /// A request with this browser's cookie, as its own pages make it.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(other::path(path)).header(header::HOST, self.host);
        let cookies = [&self.cookie, &self.away].into_iter().filter(|cookie| !cookie.is_empty());
        let cookies = cookies.map(String::as_str).collect::<Vec<_>>().join("; ");
        let request = if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies) };
        if method == "GET" {
            return request;
        }
        request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, format!("{}://{}", self.scheme, self.host))
            .header("sec-fetch-site", "same-origin")
    }

    /// One page, where it is.
    pub async fn look(&mut self, path: &str) -> Page {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// A page, and where it leads on to.
    pub async fn get(&mut self, path: &str) -> Page {
        let page = self.look(path).await;
        self.follow(page).await
    }

    /// Posts, and stays where the answer is.
    pub async fn post(&mut self, path: &str, body: impl Into<Body>) -> Page {
        let request = self.request("POST", path).body(body.into()).unwrap();
        self.send(request).await
    }

    /// Posts these boxes with the token of this browser's session.
    pub async fn post_own(&mut self, path: &str, pairs: &[(&str, &str)]) -> Page {
        let token = self.token();
        let mut all = vec![("_token", token.as_str())];
        all.extend(pairs);
        self.post(path, encoded(&all)).await
    }

    /// The same, where what comes back is no page: status, headers, bytes.
    pub async fn post_own_bytes(
        &mut self,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> (u16, axum::http::HeaderMap, Vec<u8>) {
        let token = self.token();
        let mut all = vec![("_token", token.as_str())];
        all.extend(pairs);
        self.raw(self.request("POST", path).body(Body::from(encoded(&all))).unwrap()).await
    }

    /// What is sent to the last byte, whatever it is; the browser keeps its cookie.
    pub async fn raw(&self, request: Request<Body>) -> (u16, axum::http::HeaderMap, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status.as_u16(), parts.headers, bytes.to_vec())
    }

    /// The token of this browser's session, as every page of it has.
    pub fn token(&self) -> String {
        let value = self.began.as_ref().unwrap_or(&self.cookie).split_once('=').map_or("", |(_, value)| value);
        let name = store::SessionName::from_cookie(value);
        name.map_or_else(String::new, |name| name.token().as_str().to_owned())
    }

    /// Presses a button of a form, and goes where it leads. What Complete shows before it is frozen is found right.
    pub async fn press(&mut self, form: &Form, button: &str) -> Page {
        let page = self.press_only(form, button).await;
        if button == "Complete" && page.path.ends_with("/check") && page.status == 200 {
            return self.press_only(&page.form("Record it"), "Record it").await;
        }
        page
    }

    /// Presses a button of a form and nothing more.
    pub async fn press_only(&mut self, form: &Form, button: &str) -> Page {
        let page = self.post(&form.action, form.body(button)).await;
        self.follow(page).await
    }

    async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..5 {
            if !page.status.is_redirection() {
                return page;
            }
            let next = page.location().to_owned();
            page = self.look(&next).await;
        }
        panic!("{} leads round in circles", page.path)
    }

    /// Begins an entry from the page «Record something», by the button that says this.
    pub async fn begin(&mut self, child: &Child, form: &str) -> Page {
        let page = self.get(&child.at("new")).await.is(200);
        let links = page.links();
        let (_, href) = links.iter().find(|(text, _)| text == form).unwrap_or_else(|| panic!("no {form}: {links:?}"));
        let mut page = self.get(href).await.is(200);
        // With its first save the page is the draft's, as the script says in a browser's bar.
        page.path = page.form("Complete").action;
        page
    }

    /// Begins and completes an entry; gives the page that says that it stands.
    pub async fn record(&mut self, child: &Child, form: &str, answers: &[(&str, &str)]) -> Page {
        let page = self.begin(child, form).await;
        let mut filled = page.form("Complete");
        for (name, value) in answers {
            filled.set(name, value);
        }
        let done = self.press(&filled, "Complete").await;
        assert!(done.path.ends_with("/done"), "{form} is not complete: {:?}", done.problems());
        done
    }
}

/// Everything that Rochdale asks of a visit to these children, on Monday 2 March 2026 at 15:30.
#[track_caller]
pub fn visited(page: &Page, children: &[&Child]) -> Form {
    let mut form = page.form("Complete");
    for (name, value) in [
        ("happened.day", "2"),
        ("happened.month", "3"),
        ("happened.year", "2026"),
        ("happened.time", "15:30"),
        ("kind", "cp"),
        ("purpose", "To see how the week had been"),
        ("result", "took-place"),
        ("place", "home"),
        ("present.0.name", "Gran Ali"),
        ("present.0.role", "grandmother"),
        ("interpreter", "no"),
        ("done-without", "no"),
        ("account.0.nature", "seen"),
        ("account.0.text", "The kitchen was clean and warm."),
        ("exchanged", "We talked about school."),
        ("circumstances", "no"),
        ("household", "no"),
        ("outcome", "The children are well."),
        ("analysis", "The plan is working."),
    ] {
        form.set(name, value);
    }
    for child in children {
        form.set(&child.part("seen"), "yes");
        form.set(&child.part("seen-alone"), "yes");
        if form.has("about") && children.len() > 1 {
            form.set("about", &child.record.to_string());
        }
    }
    form
}
