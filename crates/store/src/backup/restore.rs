//! A restore: looked at, loaded into an empty place that is marked, proved there, and only then ready.

use std::{fs, io::Read, path::PathBuf, sync::Arc};

use ledger::{
    checkpoint,
    note::{KeyKind, VerifierKey},
};
use policy::Pack;
use record::Moment;

use super::{
    BackupError, End, Head,
    check::check_under,
    keys::Keys,
    load::{load, number_waiting, sizes},
};
use crate::{
    Actor, Db, Place,
    engine::{Engine, Statement, StoreError, args},
    files::Vault,
    keys::KeyRing,
    log::CHANGES,
    migrate::{self, RESTORING},
    verify::{self, VerifyReport},
    writer::Clock,
};

/// The empty place that a backup goes into.
pub struct Target {
    /// Which database.
    pub place: Place,
    /// The folder of the record's keys.
    pub keys: PathBuf,
    /// The keys, where they are not in that folder yet.
    pub bring: Option<Keys>,
    /// The folder where files will lie.
    pub files: PathBuf,
    /// The policy pack for a backup from before packs were kept with the record; later ones bring their own.
    pub pack: Option<Arc<Pack>>,
    /// Where the time comes from.
    pub clock: Clock,
}

/// What whoever restores holds the backup to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Whose record it must be: the identifier of the organisation's own record.
    pub organisation: Option<String>,
    /// It must not have been taken before this moment.
    pub not_before: Option<Moment>,
    /// A checkpoint of the log of changes, kept elsewhere: the restored ledger must continue it.
    pub checkpoint: Option<String>,
    /// It may be older than the two above; what is newer is then lost, knowingly.
    pub go_back: bool,
    /// So many things may be found wrong in what was restored, as an earlier try counted them.
    pub accepts: usize,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The backup is read through; nothing has been changed.
    Checking,
    /// It is whole, and this is what it is; from now on the place is marked.
    Beginning(Box<Head>),
    /// This table is being filled.
    Table(String),
    /// All of it is there; tables are brought to the step of this program.
    Forward,
    /// The whole record is verified: so much of so much.
    Proving(u64, u64),
    /// It is proved, and the mark is being taken away.
    Ending,
}

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The backup's beginning.
    pub head: Head,
    /// Its end.
    pub end: End,
    /// What verifying found; nothing, unless some was accepted.
    pub report: VerifyReport,
}

/// Restores a backup. `open` gives its bytes from the beginning, in the clear; it is called twice.
///
/// # Errors
/// Before [`Step::Beginning`] nothing has been changed. After it, the place stays marked and is opened by nothing: it is
/// taken away and the restore begins again.
pub async fn restore(
    into: &Target,
    mut open: impl FnMut() -> Result<Box<dyn Read + Send>, BackupError>,
    wanted: &Wanted,
    mut progress: impl FnMut(Step),
) -> Result<Restored, BackupError> {
    progress(Step::Checking);
    empty(into).await?;
    let head = super::read_head(open()?)?;
    let tables = head.understand().await?;
    let keys = Arc::new(match &into.bring {
        Some(keys) => keys.ring(),
        None => KeyRing::open(&into.keys, false)?,
    });
    fits(&head, &keys, into, wanted)?;
    check_under(open()?, Some((keys.clone(), into.keys.display().to_string()))).await?;

    progress(Step::Beginning(Box::new(head.clone())));
    let engine = begin(into, &head).await?;
    let vault = Vault::Folder(into.files.clone());
    let done = fill_and_prove(&engine, into, open()?, &head, &tables, &keys, &vault, wanted, &mut progress).await;
    if done.is_err() {
        engine.close().await;
    }
    done
}

/// Connects to a PostgreSQL database that has nothing in it.
async fn empty_postgres(url: &str) -> Result<Engine, BackupError> {
    let engine = Engine::postgres(url).await?;
    let mut conn = engine.begin_reading().await?;
    let sql = "select 1 from pg_class where relnamespace = current_schema()::regnamespace limit 1";
    let used = conn.query_opt(sql, args![]).await?.is_some();
    conn.rollback().await?;
    if used {
        engine.close().await;
        return Err(BackupError::NotEmpty("this PostgreSQL database".to_owned()));
    }
    Ok(engine)
}

/// Looks whether there is nothing in the way.
async fn empty(into: &Target) -> Result<(), BackupError> {
    if let Place::Folder(folder) = &into.place {
        for entry in entries(folder)? {
            if entry != into.keys {
                return Err(BackupError::NotEmpty(format!("the folder {}", folder.display())));
            }
        }
    }
    if let Place::Postgres(url) = &into.place {
        empty_postgres(url).await?.close().await;
    }
    if let Some(keys) = &into.bring {
        keys.may_go_into(&into.keys)?;
    }
    if entries(&into.files)?.is_empty() {
        Ok(())
    } else {
        Err(BackupError::NotEmpty(format!("the folder of files {}", into.files.display())))
    }
}

fn entries(folder: &PathBuf) -> Result<Vec<PathBuf>, BackupError> {
    match fs::read_dir(folder) {
        Ok(listed) => Ok(listed.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => {
            Err(StoreError::Unreachable(format!("the folder {} cannot be read: {error}", folder.display())).into())
        }
    }
}

/// Whether the backup is the one that is wanted, by what it says and what its reader holds.
fn fits(head: &Head, keys: &KeyRing, into: &Target, wanted: &Wanted) -> Result<(), BackupError> {
    if let Some(expected) = wanted.organisation.as_ref().filter(|expected| **expected != head.organisation) {
        return Err(BackupError::Foreign { expected: expected.clone(), found: head.organisation.clone() });
    }
    if !head.is_under(keys)? {
        return Err(BackupError::OtherKeys(into.keys.display().to_string()));
    }
    let older = |than: String| BackupError::Older { taken: head.taken.clone(), than };
    if let Some(moment) = wanted.not_before
        && head.moment().is_none_or(|taken| taken < moment)
        && !wanted.go_back
    {
        return Err(older(format!("you said not before {moment}")));
    }
    if let Some(note) = &wanted.checkpoint {
        let key: VerifierKey = keys.signer(CHANGES)?.verifier(KeyKind::Ed25519);
        let held = checkpoint::open(note, &key).map_err(|error| BackupError::Checkpoint(error.to_string()))?;
        let here = head.changes().map_or(0, |log| log.size + log.waiting);
        if held.size > here && !wanted.go_back {
            return Err(older(format!("your checkpoint has {} leaves where the backup has {here}", held.size)));
        }
    }
    Ok(())
}

/// Makes the tables of the backup's step, with the mark in the same commit.
async fn begin(into: &Target, head: &Head) -> Result<Engine, BackupError> {
    let engine = match &into.place {
        Place::Folder(folder) => {
            fs::create_dir_all(folder).map_err(|error| {
                StoreError::Unreachable(format!("the folder {} cannot be made: {error}", folder.display()))
            })?;
            Engine::sqlite(&folder.join("lifestory.db")).await?
        }
        Place::Postgres(url) => empty_postgres(url).await?,
    };
    if let Some(keys) = &into.bring {
        keys.put(&into.keys)?;
    }
    let mark = format!("begun {}, from the backup {} of {}", (into.clock)(), head.backup, head.taken);
    migrate::up_to(&engine, head.step, Some(&mark)).await?;
    Ok(engine)
}

#[expect(clippy::too_many_arguments, reason = "each is one thing that a restore needs")]
async fn fill_and_prove(
    engine: &Engine,
    into: &Target,
    from: Box<dyn Read + Send>,
    head: &Head,
    tables: &[(String, Vec<super::tables::Kind>)],
    keys: &Arc<KeyRing>,
    vault: &Vault,
    wanted: &Wanted,
    progress: &mut impl FnMut(Step),
) -> Result<Restored, BackupError> {
    let end = load(engine, from, head, tables, keys.clone(), vault, progress).await?;
    progress(Step::Forward);
    migrate::forward(engine).await?;
    // As it was signed in the backup, before anything is added to it.
    let then: Vec<_> = head.logs.iter().map(|log| (log.name.clone(), log.size)).collect();
    let mut found = sizes(engine).await?;
    found.sort();
    if found != then {
        return Err(super::frames::damaged("its ledger is not as large as it says"));
    }
    number_waiting(engine, keys, (into.clock)()).await?;
    let db =
        Db::over(&into.place, engine.clone(), keys.clone(), into.files.clone(), into.pack.clone(), into.clock.clone())
            .await?;
    let mut claims: Vec<_> = head.logs.iter().map(|log| (log.name.clone(), log.checkpoint.clone())).collect();
    if let Some(note) = wanted.checkpoint.as_ref().filter(|_| !wanted.go_back) {
        claims.push((CHANGES.to_owned(), note.clone()));
    }
    let report = verify::verify_against(&db, claims, |done, of| progress(Step::Proving(done, of))).await?;
    let wrong = report.findings.len();
    if wrong > 0 && wrong != wanted.accepts {
        db.close().await;
        return Err(BackupError::Unsound(Box::new(report)));
    }
    progress(Step::Ending);
    let mut said = format!("from the backup of {}: the record is as it was then", head.taken);
    if wrong > 0 {
        said = format!("{said}; {wrong} things were found wrong in it and accepted");
    }
    let tx = db.begin(Actor::System("restore"), db.now()).await?;
    tx.then(Statement::one_row("delete from step where n = $1", args![RESTORING]));
    tx.leave("restored", None, Some(head.backup.clone()), &said, &[], true);
    tx.commit().await?;
    db.number_now().await?;
    db.close().await;
    Ok(Restored { head: head.clone(), end, report })
}
