//! One file a command.

mod account;
mod backup;
mod checkpoint;
mod demo;
mod digest;
mod extract;
mod import;
mod packs;
mod policy;
mod restore;
mod serve;
mod single_sign_on;
mod verify;
mod words;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use record::Moment;
use store::{Clock, Db, Place, StoreError};
use web::Config;

use crate::config::{Account, Command, Import, PlaceArgs, Program};

/// Does what the command line says.
pub async fn run(program: Program) -> anyhow::Result<ExitCode> {
    match program.command {
        Command::Serve { place, port, https, pages, single_sign_on, scanner, largest_file } => {
            let provider = single_sign_on::provider(&single_sign_on, pages.as_deref())?;
            let config = serve::config(https, pages.as_deref(), scanner.as_deref(), largest_file)?;
            serve::run(&place, port, Config { provider, ..config }).await
        }
        Command::Demo { data, database, port, children, seed, single_sign_on } => {
            demo::run(data, database, port, (children, seed), &single_sign_on).await
        }
        Command::Verify { place } => verify::run(&place).await,
        Command::Extract { place } => extract::run(&place).await,
        Command::Digest { place, mail } => digest::run(&place, &mail).await,
        Command::Account { what: Account::Open { place, username } } => account::open(&place, &username).await,
        Command::Words { what } => words::run(what).await,
        Command::Backup(args) => backup::run(args).await,
        Command::Restore(args) => restore::run(args).await,
        Command::Checkpoint { place } => checkpoint::run(&place).await,
        Command::Import { what: Import::Ssda903 { place, team, report, folders } } => {
            import::run(&place, &team, &report, &folders).await
        }
        Command::Policy { what } => policy::run(what).await,
    }
}

/// The system's clock: the one place where the time of day enters the program.
pub fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    Arc::new(|| Moment::new(jiff::Timestamp::now()))
}

/// Opens the database that the arguments name, with the pack that is in force there; a place where none is yet, with the
/// one that the arguments name.
pub async fn open(args: &PlaceArgs) -> anyhow::Result<Db> {
    let named = packs::named(args);
    let pack = named.as_ref().ok().cloned();
    match Db::open_with_files(&place(args), &keys(args), &files(args), pack, clock()).await {
        Err(StoreError::NoPack) => Err(named.err().unwrap_or_else(|| StoreError::NoPack.into())),
        opened => opened.context("the database could not be opened"),
    }
}

/// Which database the arguments name.
pub fn place(args: &PlaceArgs) -> Place {
    match &args.database {
        Some(url) => Place::Postgres(url.clone()),
        None => Place::Folder(args.data.clone()),
    }
}

/// Where the record's keys are.
pub fn keys(args: &PlaceArgs) -> PathBuf {
    args.keys.clone().unwrap_or_else(|| args.data.join("keys"))
}

/// Where the sealed bytes of files lie.
pub fn files(args: &PlaceArgs) -> PathBuf {
    args.files.clone().unwrap_or_else(|| args.data.join("files"))
}

/// A moment as whoever runs the program reads it.
pub fn in_words(moment: Moment) -> String {
    moment.london().strftime("%-d %B %Y at %H:%M:%S, UK time").to_string()
}

/// Opens a database that must be there already: nothing is made by a mistyped path.
pub async fn open_existing(args: &PlaceArgs) -> anyhow::Result<Db> {
    ensure_there(args)?;
    let db = open(args).await?;
    anyhow::ensure!(
        db.organisation().await?.is_some(),
        "there is no record in this database yet; `lifestory serve` makes one. Is this the right place?"
    );
    Ok(db)
}

/// Opens a database that must be there already, and brings it no step forward.
pub async fn open_as_it_is(args: &PlaceArgs) -> anyhow::Result<Db> {
    ensure_there(args)?;
    let named = packs::named(args);
    let pack = named.as_ref().ok().cloned();
    match Db::open_as_it_is(&place(args), &keys(args), &files(args), pack, clock()).await {
        Err(StoreError::NoPack) => Err(named.err().unwrap_or_else(|| StoreError::NoPack.into())),
        opened => opened.context("the database could not be opened"),
    }
}

fn ensure_there(args: &PlaceArgs) -> anyhow::Result<()> {
    anyhow::ensure!(
        args.database.is_some() || args.data.join("lifestory.db").exists(),
        "there is no database in {}. Give the folder that `lifestory serve` was given, with --data",
        args.data.display()
    );
    Ok(())
}

/// Refuses to serve a database whose shape somebody changed: a trigger switched off, a table altered.
pub async fn self_check(db: &Db) -> anyhow::Result<()> {
    let wrong = db.self_check().await?;
    let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    anyhow::ensure!(
        wrong.is_empty(),
        "this database is not as the program made it, so it is not served:\n  {}\nFind out who changed it; `lifestory verify` says whether records were touched",
        lines.join("\n  ")
    );
    Ok(())
}

/// Logs to standard error, without names or answers; what is worth knowing to whoever runs the program. A line of text
/// each, or of JSON where `LIFESTORY_LOG` says `json`.
pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call, in tests, changes nothing.
    if std::env::var("LIFESTORY_LOG").is_ok_and(|form| form == "json") {
        lines.json().try_init().ok();
    } else {
        lines.try_init().ok();
    }
}

/// Listens on loopback; says what to do when the port is taken.
pub async fn listen(port: u16) -> anyhow::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        if error.kind() == std::io::ErrorKind::AddrInUse {
            anyhow::anyhow!(
                "port {port} is in use by another program. Stop that one, or choose another port with --port"
            )
        } else {
            anyhow::anyhow!("cannot listen on 127.0.0.1:{port}: {error}")
        }
    })
}

/// Ends when the program is asked to stop.
pub async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    interrupt.await.ok();
}

/// A password for a first sign-in.
pub fn new_password() -> String {
    store::passwords::by_chance(&mut store::SystemChance)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 6.3.2: the first administrator's password is nobody else's, and stands in no guide.
    #[test]
    fn a_first_password_is_by_chance_and_good_enough() {
        let all: std::collections::BTreeSet<String> = (0..500).map(|_| new_password()).collect();
        assert_eq!(all.len(), 500, "the same twice");
        for password in &all {
            assert_eq!(store::passwords::weakness(password, &["admin", "First Administrator"]), None, "{password}");
        }
    }
}
