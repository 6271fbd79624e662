//! `lifestory serve`

use std::{process::ExitCode, time::Duration};

use casework::organisation::{First, found, job};
use store::{Db, passkeys::RelyingParty};
use web::{App, Config};

use super::{
    extract::{extract_of, keep_fresh},
    listen, log, new_password, open, stopped,
};
use crate::config::PlaceArgs;

/// Serves the pages; the first time, makes the organisation with its first administrator.
pub async fn run(place: &PlaceArgs, port: u16, config: Config) -> anyhow::Result<ExitCode> {
    log();
    let listener = listen(port).await?;
    let db = open(place).await?;
    super::self_check(&db).await?;
    db.check_files()?;
    if db.organisation().await?.is_none() {
        let password = new_password();
        let first = First { name: "First Administrator", username: "admin", password: &password };
        println!(
            "Policy: {} is in force. You chose it with this start; nobody has approved it yet, and the record says so.",
            super::packs::called(db.pack())
        );
        found(&job(db.clone(), "found", db.now()), &first, "").await?;
        println!("A new record was made on {}.", db.engine_name());
        println!("Sign in: admin  {password}  (First Administrator, administrator)");
        println!("The password is shown this once and must be changed at the first sign-in.");
    } else {
        super::policy::offer::at_start(&db, place).await?;
    }
    println!("Address: http://{}", listener.local_addr()?);
    let sweeping = tokio::spawn(sweep_for_ever(db.clone()));
    let counts = extract_of(place);
    let counting = tokio::spawn(keep_fresh(db.clone(), counts.clone()));
    let finding = tokio::spawn(super::words::keep_fresh(db.clone()));
    let app = App::new(db.clone(), Config { extract: Some(counts), ..config });
    web::serve(listener, app, stopped()).await?;
    sweeping.abort();
    counting.abort();
    finding.abort();
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// How the pages are served, from what the command line says.
pub fn config(
    https: bool,
    pages: Option<&str>,
    scanner: Option<&str>,
    largest_file: Option<u64>,
) -> anyhow::Result<Config> {
    let passkeys = pages.map(RelyingParty::at).transpose()?;
    let scanner = scanner.map(str::parse).transpose()?;
    let largest_file = largest_file.map(|megabytes| megabytes.saturating_mul(1_000_000));
    Ok(Config { https, scanner, largest_file, passkeys, ..Config::default() })
}

/// How often files that nobody can need any more are swept away.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

async fn sweep_for_ever(db: Db) {
    loop {
        match casework::attaching::sweep(&db).await {
            Ok(swept) if swept == store::Swept::default() => {}
            Ok(swept) => tracing::info!(swept.unused, swept.left_over, "files were swept away"),
            Err(error) => tracing::warn!(%error, "files could not be swept; trying again in an hour"),
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
}
