//! `lifestory verify`

use std::{io::Write as _, process::ExitCode};

use super::{log, open_existing};
use crate::config::PlaceArgs;

/// Checks everything from content to root; fails when something is wrong.
pub async fn run(place: &PlaceArgs) -> anyhow::Result<ExitCode> {
    log();
    let db = open_existing(place).await?;
    let report = store::verify::verify(&db, |done, of| {
        print!("\r{done} of {of} records");
        std::io::stdout().flush().ok();
    })
    .await?;
    println!("\r{} entries and {} facts checked on {}.", report.entries, report.facts, db.engine_name());
    for finding in &report.findings {
        println!("  {finding}");
    }
    if report.findings.is_empty() {
        println!("Nothing is wrong: every entry, fact and leaf is as it was written.");
    } else {
        println!("{} things are wrong.", report.findings.len());
    }
    db.close().await;
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
