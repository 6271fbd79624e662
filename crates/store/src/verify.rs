//! Checks the whole record: re-derives everything from content to root and names what is wrong with which entry.
//!
//! From the words of each entry follow its coded rows, its facts and the commitment in its leaf; from the leaves
//! follow the tree and the signed checkpoint. [`verify`] works all of it out again in one snapshot, for one record or
//! a few small ones at a time, and compares. It is for finding what somebody with every right on the database did
//! behind the program's back.
//!
//! What it cannot find, by its nature: leaves cut off, or the whole database set back, to where an older checkpoint
//! fits again (that needs the witnesses' copies), and a history forged by somebody who has the key files too. Account
//! passwords and usernames, sessions, held posts and numbers shown to people are not in the ledger.
//!
//! An entry is checked by the pack that it was made with, which was kept. One that was made before packs were kept, with a
//! form that none of them has, is checked against its leaf and its coded rows; the facts that it asserts are taken as they
//! stand, and only their order in their lines is worked out. The report says how many such entries there are.

mod facts;
mod files;
mod finding;
mod index;
mod logs;
mod looked;
mod obligations;
mod people;
mod records;
pub(crate) mod schema;
mod standing;

use std::{collections::HashMap, sync::Arc};

use policy::{Form, Pack};
use sha2::{Digest as _, Sha256};

pub use finding::{
    About, AccountProblem, DraftProblem, EntryProblem, FactProblem, FileProblem, Finding, KeysProblem, LogProblem,
    ObligationProblem, RecordProblem, SchemaProblem, StandingProblem,
};

use crate::{
    Db,
    engine::{Conn, StoreError, args},
    log::CHANGES,
};
use index::Share;

/// What came of checking.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many records were checked.
    pub records: u64,
    /// How many versions of entries.
    pub entries: u64,
    /// How many facts.
    pub facts: u64,
    /// Each log with its leaves.
    pub logs: Vec<VerifiedLog>,
    /// How many entries were made with a form that no kept pack has: their facts are taken as they are.
    pub older_forms: u64,
    /// All that is wrong, the first ten thousand of it.
    pub findings: Vec<Finding>,
    /// How much more is wrong.
    pub left_out: u64,
}

impl VerifyReport {
    /// Whether nothing is wrong.
    pub const fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// A log that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLog {
    /// Its name.
    pub name: String,
    /// How many leaves have their numbers.
    pub leaves: u64,
    /// How many wait for theirs: within a second of the commit they do, and that is not wrong.
    pub waiting: u64,
}

/// The most findings that a report holds.
const MOST_FINDINGS: usize = 10_000;
/// How many leaves of the log of changes are held in memory at once, in about a hundred bytes each.
const SHARE: u64 = 1_000_000;

/// One check of one snapshot.
struct Walk<'a, P> {
    db: &'a Db,
    conn: Conn,
    /// Checkpoints kept elsewhere: a log's name and the note.
    checkpoints: Vec<(String, String)>,
    /// The forms of every pack that is or ever was in force, by their hashes, each with its pack.
    forms: HashMap<[u8; 32], (Arc<Pack>, Arc<Form>)>,
    /// The hashes of every form that was ever kept.
    kept_forms: HashMap<[u8; 32], String>,
    report: VerifyReport,
    strays: records::Strays,
    moves: standing::Moves,
    done: u64,
    total: u64,
    progress: P,
}

/// Checks everything that a database holds, in one snapshot. `progress` is told how much is done and how much there is.
///
/// # Errors
/// Only what stops the check itself, such as a lost database. What was read and is wrong is in the report.
pub async fn verify(db: &Db, progress: impl FnMut(u64, u64)) -> Result<VerifyReport, StoreError> {
    verify_against(db, Vec::new(), progress).await
}

/// The same, against checkpoints that were kept elsewhere as well: each is a log's name and the signed note. A ledger
/// that does not continue one of them is a finding.
pub async fn verify_against(
    db: &Db,
    checkpoints: Vec<(String, String)>,
    progress: impl FnMut(u64, u64),
) -> Result<VerifyReport, StoreError> {
    let db = &db.at_this_moment().await?;
    // What is being worked out in the background is done first: what is compared is by the rules in force.
    db.work_out_owed().await?;
    let conn = db.engine().begin_reading().await?;
    let mut forms = HashMap::new();
    for pack in std::iter::once(db.pack()).chain(db.packs().history().iter().rev().map(|line| &line.pack)) {
        for form in pack.forms() {
            forms.entry(form.hash).or_insert_with(|| (pack.clone(), Arc::new(form.clone())));
        }
    }
    let mut walk = Walk {
        db,
        conn,
        checkpoints,
        forms,
        kept_forms: HashMap::new(),
        report: VerifyReport::default(),
        strays: records::Strays::default(),
        moves: standing::Moves::default(),
        done: 0,
        total: 0,
        progress,
    };
    walk.all().await?;
    walk.conn.rollback().await?;
    Ok(walk.report)
}

impl<P: FnMut(u64, u64)> Walk<'_, P> {
    async fn all(&mut self) -> Result<(), StoreError> {
        let problems = schema::check(self.db.engine(), &mut self.conn).await?;
        // Where tables or columns are missing nothing else can be read.
        let readable = !problems.iter().any(schema::stops_reading);
        for problem in problems {
            self.found(Finding::Schema(problem));
        }
        if !readable {
            return Ok(());
        }
        let logs = self.count_leaves().await?;
        let entries = self.conn.query_opt("select count(*) from entry_version", args![]).await?;
        let entries = entries.map_or(Ok(0), |row| row.int(0))?;
        self.total = logs.values().map(|(leaves, _)| *leaves).sum::<u64>() + entries.unsigned_abs();
        self.step(0);
        for (name, _) in self.checkpoints.clone() {
            if !logs.contains_key(&name) {
                self.log_finding(&name, LogProblem::Unsigned, None);
            }
        }
        for (name, (leaves, waiting)) in &logs {
            let log = self.check_log(name, *leaves, *waiting).await?;
            self.report.logs.push(log);
        }
        self.check_forms().await?;
        let changes = logs.get(CHANGES).map_or(0, |(leaves, waiting)| leaves + waiting);
        let of = changes / SHARE + 1;
        for this in 0..of {
            let share = Share { of, this };
            let mut index = self.index(share).await?;
            self.check_records(share, &mut index).await?;
            self.check_drafts(share, &index).await?;
            if this == 0 {
                self.check_packs(&index).await?;
                self.check_accounts(&index).await?;
                self.check_identities(&index).await?;
                self.check_same().await?;
            }
        }
        self.check_looked().await?;
        self.name_exchanges();
        self.check_moves().await?;
        self.check_orphans().await
    }

    /// Every form that was kept has the text that its hash is of.
    async fn check_forms(&mut self) -> Result<(), StoreError> {
        for row in
            self.conn.query("select hash, form, version, text from form_used order by form, version", args![]).await?
        {
            let (hash, form) = (row.blob(0)?, row.text(1)?);
            let text = row.text(3)?;
            let known = <[u8; 32]>::try_from(hash.as_slice()).ok();
            let right = Sha256::digest(text.as_bytes()).as_slice() == hash
                && known
                    .and_then(|hash| self.forms.get(&hash))
                    .is_none_or(|(_, known)| known.id == form && i64::from(known.version) == row.int(2).unwrap_or(-1));
            if !right {
                self.found(Finding::FormChanged { form: form.clone(), version: row.int(2)? });
            }
            if let Some(hash) = known {
                self.kept_forms.insert(hash, form);
            }
        }
        Ok(())
    }

    /// Every policy pack that was kept has the text that its hash is of, and the files whose print its leaf has.
    async fn check_packs(&mut self, index: &index::Index) -> Result<(), StoreError> {
        let mut said = index.packs.clone();
        for row in self.conn.query("select hash, pack, version, title, files, text from pack_kept", args![]).await? {
            let (hash, pack, version) = (row.blob(0)?, row.text(1)?, row.int(2)?);
            let print = <[u8; 32]>::try_from(hash.as_slice()).ok().and_then(|hash| said.remove(&policy::in_hex(&hash)));
            let described = crate::packs::print_of(&pack, version, &row.text(3)?, &row.text(4)?);
            if Sha256::digest(row.text(5)?.as_bytes()).as_slice() != hash || print != Some(described) {
                self.found(Finding::PackChanged { pack, version });
            }
        }
        for hash in said.into_keys() {
            self.found(Finding::PackChanged { pack: hash, version: 0 });
        }
        Ok(())
    }

    fn found(&mut self, finding: Finding) {
        if self.report.findings.len() < MOST_FINDINGS {
            self.report.findings.push(finding);
        } else {
            self.report.left_out += 1;
        }
    }

    fn step(&mut self, more: u64) {
        self.done += more;
        (self.progress)(self.done.min(self.total), self.total);
    }
}
