//! Which pack is in force: at this moment, on a day, and for an entry or a draft that was begun under another.
//!
//! The organisation's record says which version it works by since when, in entries like any other; here the facts that
//! they set are read, and the packs that they name are loaded from what was kept of them. So every process over one
//! database sees the same pack at the same moment, whatever it was started with, and none has to be started again.
//!
//! A [`Db`] is a handle that sees one pack. [`Db::at_this_moment`] gives the handle for now: a request, a job's round
//! or a command takes one at its beginning and keeps it to its end, so that nothing changes under its hands.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::civil::Date;
use policy::{Pack, load::Bundle};
use record::{EntryId, Moment, known};
use sha2::{Digest as _, Sha256};

use crate::{
    Db,
    door::{Refused, Tx},
    engine::{Conn, Row, Statement, StoreError, args},
    obligations::Rules,
};

/// That a pack was, is or will be in force.
#[derive(Clone, Debug)]
pub struct InForce {
    /// From which day.
    pub from: Date,
    /// Until which day, that day no longer included; none while no other is to follow.
    pub until: Option<Date>,
    /// The entry that says so.
    pub entry: EntryId,
    /// Under which hash it was kept.
    pub hash: [u8; 32],
    /// The pack, as this program reads it.
    pub pack: Arc<Pack>,
}

impl InForce {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether this program reads the pack as the one did under which it was put in force: a program that understands a
    /// key in another way makes another text of the same files, and somebody should look at the difference.
    pub fn is_read_as_kept(&self) -> bool {
        self.pack.hash() == self.hash
    }
}

/// The pack that a handle sees, and every other that ever was or is to be in force.
#[derive(Clone, Debug)]
pub struct Packs {
    now: Arc<Pack>,
    lines: Vec<InForce>,
    /// By which rules it is worked out what records owe.
    rules: Arc<Rules>,
}

impl Packs {
    /// Of a place in which nothing was put in force yet.
    pub(crate) fn only(pack: Arc<Pack>) -> Self {
        let rules = Arc::new(Rules::only(&pack));
        Self { now: pack, lines: Vec::new(), rules }
    }

    pub(crate) const fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// The pack that this handle sees.
    pub const fn now(&self) -> &Arc<Pack> {
        &self.now
    }

    /// The pack that was in force on a day: for what must be judged by the rule under which it began. Before the
    /// first that was put in force it is that one.
    pub fn on(&self, day: Date) -> &Arc<Pack> {
        let line = self.lines.iter().rfind(|line| line.holds_on(day)).or_else(|| self.lines.first());
        line.map_or(&self.now, |line| &line.pack)
    }

    /// The pack to which a version of a form belongs: for an entry that was made with it, and for a draft. The one in
    /// force where several have it.
    pub fn of_form(&self, hash: &[u8; 32]) -> Option<&Arc<Pack>> {
        let has = |pack: &&Arc<Pack>| pack.forms().any(|form| form.hash == *hash);
        std::iter::once(&self.now).chain(self.lines.iter().rev().map(|line| &line.pack)).find(has)
    }

    /// What was, is and will be in force, the oldest first; what holds on no day (another was said for the same day)
    /// too.
    pub fn history(&self) -> &[InForce] {
        &self.lines
    }
}

/// Packs that were loaded already, by the hash under which they were kept, and the rules that follow from what was in
/// force when: every request asks for those, and they are others once in a long while.
#[derive(Default)]
pub(crate) struct Shelf {
    packs: Mutex<BTreeMap<[u8; 32], Arc<Pack>>>,
    rules: Mutex<Option<(RulesOf, Arc<Rules>)>>,
}

/// All from which rules follow: the pack in force, what was and is to be in force from when to when, and the day.
type RulesOf = ([u8; 32], Vec<([u8; 32], Date, Option<Date>)>, Date);

impl Shelf {
    fn get(&self, hash: &[u8; 32]) -> Option<Arc<Pack>> {
        self.packs.lock().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    pub(crate) fn put(&self, hash: [u8; 32], pack: Arc<Pack>) {
        self.packs.lock().unwrap_or_else(PoisonError::into_inner).entry(hash).or_insert(pack);
    }

    /// The rules of this day: those of the last time where nothing has changed.
    fn rules(&self, now: &Arc<Pack>, lines: &[InForce], today: Date) -> Arc<Rules> {
        let of = (now.hash(), lines.iter().map(|line| (line.pack.hash(), line.from, line.until)).collect(), today);
        let mut last = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rules)) = last.as_ref().filter(|(as_before, _)| *as_before == of) {
            return rules.clone();
        }
        let rules = Arc::new(Rules::of(now, lines, today));
        *last = Some((of, rules.clone()));
        rules
    }

    /// A pack that was kept, loaded from its files the first time.
    async fn take(&self, conn: &mut Conn, hash: &[u8; 32]) -> Result<Option<Arc<Pack>>, StoreError> {
        if let Some(pack) = self.get(hash) {
            return Ok(Some(pack));
        }
        let sql = "select pack, version, files from pack_kept where hash = $1";
        let Some(row) = conn.query_opt(sql, args![hash.as_slice()]).await? else { return Ok(None) };
        let pack = load(&row.text(0)?, row.int(1)?, &row.text(2)?)?;
        if pack.hash() != *hash {
            tracing::warn!(
                pack = pack.id(),
                version = pack.version(),
                "this program reads a kept policy pack differently from the one under which it was kept; the page of the policy shows it"
            );
        }
        self.put(*hash, pack.clone());
        Ok(Some(pack))
    }
}

fn load(id: &str, version: i64, files: &str) -> Result<Arc<Pack>, StoreError> {
    let unreadable = |why: String| StoreError::Pack { pack: id.to_owned(), version, why };
    let bundle =
        Bundle::from_text(files).ok_or_else(|| unreadable("its files are not as they were kept".to_owned()))?;
    policy::load(&bundle, id)
        .map(Arc::new)
        .map_err(|mistakes| unreadable(mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// A pack that was offered to the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPack {
    /// The hash of its text.
    pub hash: [u8; 32],
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// Its title.
    pub title: String,
    /// Since when it is here.
    pub kept: Moment,
}

impl Db {
    /// The same database, seen with the pack that is in force now.
    ///
    /// # Errors
    /// [`StoreError::Pack`] where this program cannot read the pack in force.
    pub async fn at_this_moment(&self) -> Result<Self, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let packs = read(&mut conn, self.shelf(), self.now().day()).await?;
        conn.rollback().await?;
        let Some(packs) = packs else { return Ok(self.clone()) };
        let seen = self.seeing(packs);
        seen.work_out_behind();
        Ok(seen)
    }
}

/// What the organisation's record says of packs on a day; nothing where nothing was put in force yet.
pub(crate) async fn read(conn: &mut Conn, shelf: &Shelf, today: Date) -> Result<Option<Packs>, StoreError> {
    let sql = "select f.value, f.from_day, f.until_day, f.entry from fact f join record r on r.id = f.record
               where r.kind = 'organisation' and f.kind = $1 order by f.place";
    let mut lines = Vec::new();
    for row in conn.query(sql, args![known::POLICY_IN_FORCE]).await? {
        let hash = hash_in_row(&row)?;
        lines.push(InForce {
            from: row.parsed(1, "fact", "from_day")?,
            until: row.opt_parsed(2, "fact", "until_day")?,
            entry: row.parsed(3, "fact", "entry")?,
            hash,
            pack: shelf
                .take(conn, &hash)
                .await?
                .ok_or(StoreError::Inconsistent { table: "pack_kept", column: "hash" })?,
        });
    }
    let now = lines.iter().rfind(|line| line.holds_on(today)).or_else(|| lines.first());
    Ok(now.map(|line| line.pack.clone()).map(|now| {
        let rules = shelf.rules(&now, &lines, today);
        Packs { now, lines, rules }
    }))
}

/// What the leaf says that leaves when a pack is kept.
pub(crate) const PACK_KEPT: &str = "policy-kept";

/// The print of a kept pack's row: its hash is of its meaning, this is of the files from which that is read. The leaf
/// has it, so that nobody gives the roles of a pack another meaning without being found out.
pub(crate) fn print_of(id: &str, version: i64, title: &str, files: &str) -> String {
    let digest = Sha256::digest(format!("{id}\n{version}\n{title}\n{files}").as_bytes());
    policy::in_hex(&digest.into())
}

fn hash_in_row(row: &Row) -> Result<[u8; 32], StoreError> {
    let text = row.opt_text(0)?.unwrap_or_default();
    policy::from_hex(&text).ok_or(StoreError::Inconsistent { table: "fact", column: "value" })
}

impl Tx {
    /// Keeps a pack for ever, with each of its forms: from now on it can be looked at, and put in force. Gives whether
    /// it is new here.
    pub async fn keep_pack(&self, pack: &Pack) -> Result<bool, StoreError> {
        let hash = pack.hash();
        if !self.query("select 1 from pack_kept where hash = $1", args![hash.as_slice()]).await?.is_empty() {
            return Ok(false);
        }
        self.then(Statement::new(
            "insert into pack_kept (hash, pack, version, title, files, text, kept) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (hash) do nothing",
            args![
                hash.as_slice(),
                pack.id(),
                pack.version(),
                pack.title(),
                pack.made_of().to_text(),
                pack.canonical(),
                self.now()
            ],
        ));
        for form in pack.forms() {
            self.keep_form(&form.hash, &form.id, form.version, || pack.canonical_form(form)).await?;
        }
        let print = print_of(pack.id(), i64::from(pack.version()), pack.title(), &pack.made_of().to_text());
        self.leave(PACK_KEPT, None, Some(policy::in_hex(&hash)), &print, &[], true);
        Ok(true)
    }

    /// Every pack that was ever offered, the newest first. Says nothing of anybody's record.
    pub async fn kept_packs(&self) -> Result<Vec<KeptPack>, StoreError> {
        let sql = "select hash, pack, version, title, kept from pack_kept order by kept desc, version desc, hash";
        let rows = self.query(sql, args![]).await?;
        rows.iter()
            .map(|row| {
                let hash = row.blob(0)?.try_into();
                Ok(KeptPack {
                    hash: hash.map_err(|_| StoreError::Inconsistent { table: "pack_kept", column: "hash" })?,
                    id: row.text(1)?,
                    version: row.int(2)?,
                    title: row.text(3)?,
                    kept: row.parsed(4, "pack_kept", "kept")?,
                })
            })
            .collect()
    }

    /// One of them, loaded.
    pub async fn kept_pack(&self, hash: &[u8; 32]) -> Result<Option<Arc<Pack>>, StoreError> {
        let mut conn = self.conn().await;
        self.db.shelf().take(&mut conn, hash).await
    }

    /// How often records use something that a new pack no longer has: in entries that stand, and in facts that hold now.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may neither read the organisation's record nor approve a pack.
    pub async fn uses(&self, of: &policy::diff::Use) -> Result<u64, Refused> {
        self.permit(policy::Capability::ReadOrganisation).await?;
        Ok(self.count_uses(of).await?)
    }

    async fn count_uses(&self, of: &policy::diff::Use) -> Result<u64, StoreError> {
        use crate::right::STANDS;
        use policy::diff::Use;
        let mut sum = 0_i64;
        // Codes of a question that takes several stand in one row, parted by spaces.
        let is_code = |column: &str| format!("' ' || {column} || ' ' like '% ' || $3 || ' %'");
        match of {
            Use::Code { code, questions, facts, sealed: _ } => {
                for (form, field) in questions {
                    let sql = format!(
                        "select count(*) from entry e join answer a on a.entry = e.id and a.version = e.version
                         where e.form = $1 and a.field = $2 and {} and {STANDS}",
                        is_code("a.value")
                    );
                    sum += self.tally(sql, args![form, field, code]).await?;
                }
                for kind in facts {
                    let sql = format!(
                        "select count(*) from fact f where f.kind = $1 and (f.until_day is null or f.until_day > $2) and f.value is not null
                         and {}",
                        is_code("f.value")
                    );
                    sum += self.tally(sql, args![kind, self.now().day(), code]).await?;
                }
            }
            Use::Role(role) => {
                let sql = format!(
                    "select count(*) from fact f where f.kind = $1 and (f.until_day is null or f.until_day > $2) and {}",
                    is_code("f.value")
                );
                sum += self.tally(sql, args![known::STAFF_ROLE, self.now().day(), role]).await?;
            }
        }
        Ok(sum.unsigned_abs())
    }

    async fn tally(&self, sql: String, args: Vec<crate::engine::Arg>) -> Result<i64, StoreError> {
        self.query(sql, args).await?.first().map_or(Ok(0), |row| row.int(0))
    }
}
