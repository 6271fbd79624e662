//! The database: opened, brought to the newest step, with its keys, its pack and its writer.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::civil::Date;
use policy::Pack;
use record::{Moment, PersonId, RecordId};
use tokio::sync::OnceCell;

use crate::{
    colleagues::Colleagues,
    door::{Actor, Tx},
    engine::{Engine, StoreError, args},
    files::Vault,
    keys::KeyRing,
    migrate::migrate,
    obligations::Rules,
    packs::{Packs, Shelf},
    sessions::SessionName,
    support::SUPPORT,
    verify::SchemaProblem,
    words::Index,
    writer::{Clock, Plan, Writer, integrate_for_ever, watch_for_ever},
};

/// Where the record is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// SQLite in this folder: for a home or a trial.
    Folder(PathBuf),
    /// PostgreSQL by this connection string: for an authority.
    Postgres(String),
}

/// The file of an embedded database.
const DATABASE: &str = "lifestory.db";

/// Whether there is no database in this file: none, or one that a broken disk or a mistaken command emptied.
fn holds_nothing(file: &Path) -> bool {
    std::fs::metadata(file).map_or(true, |about| about.len() == 0)
}

/// Keys without a record are never taken for a new beginning: there was one.
fn lost(database: &str, keys: &Path) -> StoreError {
    StoreError::Lost { database: database.to_owned(), keys: keys.display().to_string() }
}

/// The packs of a database that is being opened: what its record says, or what the program was started with.
async fn packs_of(engine: &Engine, pack: Option<Arc<Pack>>, clock: &Clock) -> Result<(Shelf, Packs), StoreError> {
    let shelf = Shelf::default();
    if let Some(pack) = &pack {
        shelf.put(pack.hash(), pack.clone());
    }
    let mut conn = engine.begin_reading().await?;
    let said = crate::packs::read(&mut conn, &shelf, clock().day()).await?;
    conn.rollback().await?;
    let packs = said.or_else(|| pack.map(Packs::only)).ok_or(StoreError::NoPack)?;
    Ok((shelf, packs))
}

/// The database of one authority, seen with one pack ([`at_this_moment`](Db::at_this_moment)). Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>, Arc<Packs>);

struct Inner {
    engine: Engine,
    writer: Writer,
    keys: Arc<KeyRing>,
    vault: Vault,
    shelf: Shelf,
    clock: Clock,
    organisation: OnceCell<RecordId>,
    /// Hashes of forms known to be kept: looked up once, not at every act.
    kept_forms: Mutex<BTreeSet<[u8; 32]>>,
    /// Staff and teams as they were at a version of the organisation's record, on a day: nearly every page names some.
    colleagues: Mutex<Option<(i64, Date, Arc<Colleagues>)>>,
    /// Where the index of words is, on SQLite, and the index once somebody has asked for it.
    folder: Option<PathBuf>,
    words: OnceCell<Index>,
    /// By which rules it was last worked out in this process what all records owe, or is being worked out.
    owed_under: Mutex<Option<String>>,
    /// Held by whoever works that out, so that nobody does it beside them.
    working_out: Arc<tokio::sync::Mutex<()>>,
    /// Numbering and watching it, on PostgreSQL.
    tasks: Vec<tokio::task::AbortHandle>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::AbortHandle::abort);
    }
}

impl Db {
    /// Opens a database, making it where there is none, and brings it to the newest step.
    ///
    /// `pack` is what is used until the organisation's record says which one is in force; where it says so already, none
    /// is needed.
    ///
    /// # Errors
    /// A place that cannot be reached or written, keys that are missing, a database from a newer program, no pack at all.
    pub async fn open(
        place: &Place,
        keys: &Path,
        pack: impl Into<Option<Arc<Pack>>>,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let files = match place {
            Place::Folder(folder) => folder.join("files"),
            Place::Postgres(_) => keys.parent().unwrap_or(keys).join("files"),
        };
        Self::open_with_files(place, keys, &files, pack, clock).await
    }

    /// The same, with the folder where the sealed bytes of files lie. ([`open`](Self::open) takes `files` beside the
    /// database, and for PostgreSQL beside the key folder.) Several processes over one database share one such folder.
    pub async fn open_with_files(
        place: &Place,
        keys: &Path,
        files: &Path,
        pack: impl Into<Option<Arc<Pack>>>,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let pack = pack.into();
        let had_keys = KeyRing::is_there(keys);
        if had_keys
            && let Place::Folder(folder) = place
            && holds_nothing(&folder.join(DATABASE))
        {
            return Err(lost(&folder.join(DATABASE).display().to_string(), keys));
        }
        let engine = match place {
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| {
                    StoreError::Unreachable(format!("the folder {} cannot be made: {error}", folder.display()))
                })?;
                Engine::sqlite(&folder.join(DATABASE)).await?
            }
            Place::Postgres(url) => Engine::postgres(url).await?,
        };
        if had_keys && !crate::migrate::is_begun(&engine).await? {
            return Err(lost("this database", keys));
        }
        let empty = migrate(&engine).await?;
        let keys = Arc::new(KeyRing::open(keys, empty)?);
        crate::looking::fill_if_empty(&engine, &keys).await?;
        // What a process left that has ended: where nobody else numbers, it has its number before anything is read.
        crate::writer::integrate_once(&engine, &keys, &clock).await?;
        let (shelf, packs) = packs_of(&engine, pack, &clock).await?;
        let writer = Writer::start(&engine, keys.clone(), clock.clone());
        let tasks = match &engine {
            Engine::Postgres { writers, .. } => vec![
                tokio::spawn(integrate_for_ever(writers.clone(), keys.clone(), clock.clone())).abort_handle(),
                tokio::spawn(watch_for_ever(writers.clone(), writer.stands())).abort_handle(),
            ],
            Engine::Sqlite { .. } => Vec::new(),
        };
        let vault = Vault::Folder(files.to_owned());
        let db = Self::put_together(place, engine, writer, keys, vault, (shelf, packs), clock, tasks);
        db.work_out_behind();
        Ok(db)
    }

    /// Opens a database that must be there and changes nothing of its shape: for a backup, which may be taken by a newer
    /// program while an older one serves.
    pub async fn open_as_it_is(
        place: &Place,
        keys: &Path,
        files: &Path,
        pack: impl Into<Option<Arc<Pack>>>,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let pack = pack.into();
        let engine = match place {
            Place::Folder(folder) => Engine::sqlite(&folder.join(DATABASE)).await?,
            Place::Postgres(url) => Engine::postgres(url).await?,
        };
        crate::migrate::is_ours(&engine).await?;
        let keys = Arc::new(KeyRing::open(keys, false)?);
        let (shelf, packs) = packs_of(&engine, pack, &clock).await?;
        let writer = Writer::start(&engine, keys.clone(), clock.clone());
        let vault = Vault::Folder(files.to_owned());
        Ok(Self::put_together(place, engine, writer, keys, vault, (shelf, packs), clock, Vec::new()))
    }

    /// The newest signed checkpoint of the log of changes.
    pub async fn checkpoint(&self) -> Result<String, StoreError> {
        let mut conn = self.0.engine.begin_reading().await?;
        let row = conn.query_opt("select checkpoint from log where name = $1", args![crate::log::CHANGES]).await?;
        conn.rollback().await?;
        row.ok_or(StoreError::Inconsistent { table: "log", column: "name" })?.text(0)
    }

    /// Whether the program can write and read where files lie: asked at the start, and not by whoever sends a file.
    pub fn check_files(&self) -> Result<(), StoreError> {
        self.0.vault.check()
    }

    /// Over a database that is being restored, marked as such: nothing is numbered in the background and nobody else
    /// opens it.
    pub(crate) async fn over(
        place: &Place,
        engine: Engine,
        keys: Arc<KeyRing>,
        files: PathBuf,
        pack: Option<Arc<Pack>>,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        crate::looking::fill_if_empty(&engine, &keys).await?;
        let (shelf, packs) = packs_of(&engine, pack, &clock).await?;
        crate::obligations::bring_up(&engine, packs.rules()).await?;
        let writer = Writer::start(&engine, keys.clone(), clock.clone());
        let vault = Vault::Folder(files);
        Ok(Self::put_together(place, engine, writer, keys, vault, (shelf, packs), clock, Vec::new()))
    }

    #[expect(clippy::too_many_arguments, reason = "each is one thing that a database is put together from")]
    fn put_together(
        place: &Place,
        engine: Engine,
        writer: Writer,
        keys: Arc<KeyRing>,
        vault: Vault,
        (shelf, packs): (Shelf, Packs),
        clock: Clock,
        tasks: Vec<tokio::task::AbortHandle>,
    ) -> Self {
        let inner = Inner {
            engine,
            writer,
            keys,
            vault,
            shelf,
            clock,
            organisation: OnceCell::new(),
            kept_forms: Mutex::default(),
            colleagues: Mutex::default(),
            folder: match place {
                Place::Folder(folder) => Some(folder.clone()),
                Place::Postgres(_) => None,
            },
            words: OnceCell::new(),
            owed_under: Mutex::default(),
            working_out: Arc::default(),
            tasks,
        };
        Self(Arc::new(inner), Arc::new(packs))
    }

    /// The same database, seen with these packs.
    pub(crate) fn seeing(&self, packs: Packs) -> Self {
        Self(self.0.clone(), Arc::new(packs))
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    /// The packs, as this handle sees them.
    pub fn packs(&self) -> &Packs {
        &self.1
    }

    /// Checks the database's own structure, quickly: the steps that made it, its tables and constraints, the triggers
    /// that keep what is frozen, and that this SQLite is safe. Nothing found is an empty list.
    ///
    /// For the start of the program and for now and then afterwards; with a finding nothing more should be written.
    pub async fn self_check(&self) -> Result<Vec<SchemaProblem>, StoreError> {
        let mut conn = self.0.engine.begin_reading().await?;
        let problems = crate::verify::schema::check(&self.0.engine, &mut conn).await?;
        conn.rollback().await?;
        Ok(problems)
    }

    /// Begins a transaction for somebody: the only way to what is kept.
    pub async fn begin(&self, actor: Actor, now: Moment) -> Result<Tx, StoreError> {
        self.begin_in(actor, now, None).await
    }

    /// The same for somebody who asks in a session: what they read is shown only while that goes on.
    pub async fn begin_within(&self, actor: Actor, now: Moment, session: &SessionName) -> Result<Tx, StoreError> {
        self.begin_in(actor, now, Some(session.hash())).await
    }

    /// The same for what somebody does to their own account: as the kind that the account is of.
    pub(crate) async fn begin_own(&self, person: PersonId, now: Moment) -> Result<Tx, StoreError> {
        let tx = self.begin(Actor::Person(person), now).await?;
        let rows = tx.query("select 1 from account where person = $1 and kind = $2", args![person, SUPPORT]).await?;
        Ok(if rows.is_empty() { tx } else { tx.of_support(person) })
    }

    pub(crate) async fn begin_in(&self, actor: Actor, now: Moment, session: Option<Vec<u8>>) -> Result<Tx, StoreError> {
        let conn = self.0.engine.begin_reading().await?;
        Ok(Tx::new(self.clone(), conn, (actor, now, session)))
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The pack that this handle sees: the one that was in force when it was taken.
    pub fn pack(&self) -> &Arc<Pack> {
        self.1.now()
    }

    /// By which rules it is worked out what records owe, as this handle sees them.
    pub(crate) fn rules(&self) -> &Arc<Rules> {
        self.1.rules()
    }

    /// Works out behind everybody's back what records owe, where that was done by other rules than these. Nobody waits:
    /// whoever reads meanwhile works out the records concerned for themselves.
    pub(crate) fn work_out_behind(&self) {
        let rules = self.rules().clone();
        {
            let mut under = self.0.owed_under.lock().unwrap_or_else(PoisonError::into_inner);
            if under.as_deref() == Some(rules.key()) {
                return;
            }
            *under = Some(rules.key().to_owned());
        }
        // It must not keep the database open by itself.
        let (engine, inner) = (self.0.engine.clone(), Arc::downgrade(&self.0));
        let working_out = self.0.working_out.clone();
        tokio::spawn(async move {
            let _alone = working_out.lock().await;
            if let Err(error) = crate::obligations::bring_up(&engine, &rules).await {
                tracing::warn!(%error, "what is owed is not worked out for all records; it goes on with the next request");
                if let Some(inner) = inner.upgrade() {
                    *inner.owed_under.lock().unwrap_or_else(PoisonError::into_inner) = None;
                }
            }
        });
    }

    /// Works out what all records owe by the rules in force, and waits for it: for whoever compares or measures that.
    pub async fn work_out_owed(&self) -> Result<i64, StoreError> {
        let _alone = self.0.working_out.lock().await;
        crate::obligations::bring_up(&self.0.engine, self.rules()).await
    }

    /// What the clock says.
    pub fn now(&self) -> Moment {
        (self.0.clock)()
    }

    /// For people: which engine keeps the record.
    pub fn engine_name(&self) -> &'static str {
        self.0.engine.name()
    }

    /// Closes every connection; acts that were acknowledged are safe with or without.
    pub async fn close(&self) {
        if let Some(words) = self.0.words.get() {
            words.close().await;
        }
        self.0.engine.close().await;
    }

    pub(crate) fn has_kept(&self, form: &[u8; 32]) -> bool {
        self.0.kept_forms.lock().unwrap_or_else(PoisonError::into_inner).contains(form)
    }

    pub(crate) fn remember_kept(&self, form: [u8; 32]) {
        self.0.kept_forms.lock().unwrap_or_else(PoisonError::into_inner).insert(form);
    }

    pub(crate) fn known_colleagues(&self, version: i64, day: Date) -> Option<Arc<Colleagues>> {
        let known = self.0.colleagues.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(of, on, _)| (*of, *on) == (version, day)).map(|(_, _, known)| known.clone())
    }

    pub(crate) fn know_colleagues(&self, version: i64, day: Date, colleagues: Arc<Colleagues>) {
        *self.0.colleagues.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, day, colleagues));
    }

    /// The index of words, opened when it is first asked for.
    pub(crate) async fn words(&self) -> Result<&Index, StoreError> {
        let holder = || record::id::Id::new(self.now(), &mut crate::keys::SystemChance).to_string();
        self.0.words.get_or_try_init(|| Index::open(&self.0.engine, self.0.folder.as_deref(), holder())).await
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        &self.0.keys
    }

    /// Numbers what waits, where nobody else does: for a command that leaves a leaf and ends.
    pub(crate) async fn number_now(&self) -> Result<(), StoreError> {
        crate::writer::integrate_once(&self.0.engine, &self.0.keys, &self.0.clock).await
    }

    pub(crate) fn shared_keys(&self) -> Arc<KeyRing> {
        self.0.keys.clone()
    }

    pub(crate) async fn apply(&self, plan: Plan) -> Result<(), StoreError> {
        self.0.writer.apply(plan).await
    }

    /// The organisation's own record, once it has been made.
    pub async fn organisation(&self) -> Result<Option<RecordId>, StoreError> {
        if let Some(known) = self.known_organisation() {
            return Ok(Some(known));
        }
        let mut conn = self.0.engine.begin_reading().await?;
        let row = conn.query_opt("select id from record where kind = 'organisation'", args![]).await?;
        let found = row.map(|row| row.parsed(0, "record", "id")).transpose()?;
        conn.rollback().await?;
        if let Some(found) = found {
            self.know_organisation(found);
        }
        Ok(found)
    }

    pub(crate) fn known_organisation(&self) -> Option<RecordId> {
        self.0.organisation.get().copied()
    }

    pub(crate) fn know_organisation(&self, found: RecordId) {
        // Another task may have been first; it found the same.
        self.0.organisation.set(found).ok();
    }
}
