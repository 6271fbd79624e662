//! `lifestory backup keys`

use std::process::ExitCode;

use agefile::Sealing;
use store::backup;

use super::{chance, file::Coming, make::names, whereto};
use crate::{
    commands::{clock, in_words, keys, open_as_it_is},
    config::{BackupTo, PlaceArgs},
};

/// Takes the record's keys into a sealed file of their own.
pub async fn run(place: &PlaceArgs, to: &BackupTo) -> anyhow::Result<ExitCode> {
    let (to, recipients) = whereto(to)?;
    let db = open_as_it_is(place).await?;
    let mut sealing = Sealing::new(Coming::begin(to, clock()(), "keys.age")?, &recipients, &mut chance)?;
    let about = backup::keys::make(&db, &keys(place), &mut sealing, &names(&recipients)).await?;
    db.close().await;
    let written = sealing.finish()?.finish()?;
    println!("Written: {}", written.to.display());
    println!("Sealed for {}.", names(&recipients));
    println!(
        "The keys of the record {}, as they were on {}.",
        about.organisation,
        about.taken.parse().map_or(about.taken, in_words)
    );
    println!("Keep it where the backups are not: whoever has both, and the private key, can read everything.");
    Ok(ExitCode::SUCCESS)
}
