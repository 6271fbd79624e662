//! The process that is killed: clients that record acts about three siblings, and say on standard output what has
//! been acknowledged to them, after it was.

use std::{io::Write as _, path::PathBuf};

use casework::{CaseError, Desk, reading, recording};
use record::PersonId;
use store::{Actor, Db, Place};

use super::{family::Family, random_below};
use crate::place::open;

/// How many record at once, two in each family; one more only reads.
const CLIENTS: usize = 8;

/// What the process is told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(long)]
    data: Option<PathBuf>,
    #[arg(long)]
    database: Option<String>,
    #[arg(long)]
    keys: PathBuf,
    #[arg(long)]
    worker: String,
    #[arg(long)]
    family: Vec<String>,
}

/// Works until it is killed.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = match (arguments.data, arguments.database) {
        (Some(folder), None) => Place::Folder(folder),
        (None, Some(url)) => Place::Postgres(url),
        _ => anyhow::bail!("one place, please"),
    };
    let families = arguments.family.iter().map(|family| family.parse()).collect::<Result<Vec<Family>, _>>()?;
    let worker: PersonId = arguments.worker.parse()?;
    let db = open(&place, &arguments.keys).await?;
    let mut clients: Vec<tokio::task::JoinHandle<anyhow::Result<()>>> = Vec::new();
    for nth in 0..CLIENTS {
        let (db, family) = (db.clone(), families[nth % families.len()].clone());
        clients.push(tokio::spawn(async move {
            loop {
                record_once(&db, worker, &family).await?;
            }
        }));
    }
    clients.push(tokio::spawn(async move {
        for family in families.iter().cycle() {
            let front = pick(family);
            let desk = Desk::new(db.clone(), Actor::Person(worker), db.now());
            reading::front_page(&desk, front).await?;
            reading::chronology(&desk, front, None).await?;
        }
        Ok(())
    }));
    for client in clients {
        client.await??;
    }
    Ok(())
}

async fn record_once(db: &Db, worker: PersonId, family: &Family) -> anyhow::Result<()> {
    let desk = || Desk::new(db.clone(), Actor::Person(worker), db.now());
    let Some(draft) = busy(recording::begin(&desk(), pick(family), "case-note", None).await)? else { return Ok(()) };
    say(&format!("began {draft}"))?;
    let typed = family.typed(draft, db.now());
    let Some(saved) = busy(recording::save(&desk(), draft, 1, &typed, false).await)? else { return Ok(()) };
    say(&format!("saved {draft} {}", saved.n))?;
    let Some(completed) = busy(recording::complete(&desk(), draft, saved.n, &typed).await)? else { return Ok(()) };
    let entries: Vec<_> = completed.written.iter().map(|one| format!("{}:{}", one.record, one.entry)).collect();
    say(&format!("done {draft} {}", entries.join(" ")))
}

/// Two clients of one family may be in each other's way too often: then a person would press again.
fn busy<T>(done: Result<T, CaseError>) -> anyhow::Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(CaseError::Store(store::StoreError::Conflict)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn pick(family: &Family) -> record::RecordId {
    let nth = usize::try_from(random_below(family.records.len() as u64)).unwrap_or(0);
    family.records[nth]
}

/// One whole line at once, out of this process before the next act begins.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    Ok(out.flush()?)
}
