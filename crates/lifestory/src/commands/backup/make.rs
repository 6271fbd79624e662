//! `lifestory backup`

use std::process::ExitCode;

use agefile::Sealing;
use store::backup::{self, Progress};

use super::{chance, file::Coming, whereto, with_commas};
use crate::{
    commands::{clock, in_words, open_as_it_is},
    config::{BackupTo, PlaceArgs},
};

/// Takes a backup. Fails, having written it, where files of entries are missing on this disk.
pub async fn run(place: &PlaceArgs, to: &BackupTo) -> anyhow::Result<ExitCode> {
    let (to, recipients) = whereto(to)?;
    let db = open_as_it_is(place).await?;
    let coming = Coming::begin(to, clock()(), "backup.age")?;
    println!("Taking a backup of the record on {}. Work can go on meanwhile.", db.engine_name());
    let sealing = Sealing::new(coming, &recipients, &mut chance)?;
    let (sealing, made) = backup::make(&db, sealing, &names(&recipients), |progress| match progress {
        Progress::Table(table) => println!("  {table}"),
        Progress::Files(count) => println!("  {} files", with_commas(count)),
    })
    .await?;
    db.close().await;
    println!("Making it durable.");
    let written =
        tokio::task::spawn_blocking(move || sealing.finish().map_err(anyhow::Error::from)?.finish()).await??;
    let (head, end) = (&made.head, &made.end);
    println!("Written: {} ({} bytes)", written.to.display(), with_commas(written.bytes));
    println!("Sealed for {}. This machine cannot open it.", names(&recipients));
    let rows: u64 = end.tables.iter().map(|(_, rows, _)| rows).sum();
    println!(
        "It has the record as it was on {}: {} rows, {} pieces of files, {} leaves in the ledger.",
        head.moment().map_or_else(|| head.taken.clone(), in_words),
        with_commas(rows),
        with_commas(end.pieces),
        with_commas(head.changes().map_or(0, |log| log.size + log.waiting))
    );
    println!("Backup {} of the record {}, at step {}.", head.backup, head.organisation, head.step);
    println!("The record's keys are not in it. `lifestory backup keys` takes them, for another place.");
    if end.lacking.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "{} files of entries are missing on this disk or not whole; the backup has everything else. Restore them from an older backup:",
        end.lacking.len()
    );
    for name in &end.lacking {
        eprintln!("  {name}");
    }
    Ok(ExitCode::FAILURE)
}

/// The public keys, as the ledger and the person who runs this read them.
pub fn names(recipients: &[agefile::Recipient]) -> String {
    recipients.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
