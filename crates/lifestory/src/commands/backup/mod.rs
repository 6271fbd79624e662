//! `lifestory backup`, `backup new-key`, `backup keys` and `backup check`.

mod check;
mod file;
mod keys;
mod make;
mod new_key;
pub mod opened;

use std::{path::Path, process::ExitCode};

use agefile::Recipient;
use anyhow::Context as _;

use crate::config::{Backup, BackupArgs, BackupTo};

/// Does what the command line says about backups.
pub async fn run(args: BackupArgs) -> anyhow::Result<ExitCode> {
    super::log();
    match args.what {
        None => make::run(&args.place, &args.to).await,
        Some(Backup::NewKey { file }) => new_key::run(&file),
        Some(Backup::Keys { place, to }) => keys::run(&place, &to).await,
        Some(Backup::Check { file, private_key, keys }) => check::run(&file, &private_key, keys.as_deref()).await,
    }
}

/// Where a backup goes, and the public keys that it is sealed for. (The command line cannot hold to them itself: they
/// are those of `backup` alone, and not of what else is done with backups.)
fn whereto(given: &BackupTo) -> anyhow::Result<(&Path, Vec<Recipient>)> {
    let to = given.to.as_deref().context("say where to, with --to: a file to write, or a folder that is there")?;
    anyhow::ensure!(
        !given.recipients.is_empty(),
        "say who can open it, with --for: the public key that `lifestory backup new-key` showed"
    );
    let parsed = |key: &String| key.trim().parse().with_context(|| format!("«{key}» cannot be used with --for"));
    Ok((to, given.recipients.iter().map(parsed).collect::<Result<_, _>>()?))
}

/// Randomness of the system.
fn chance(bytes: &mut [u8]) {
    record::Chance::fill(&mut store::SystemChance, bytes);
}

/// 1234567 as 1,234,567.
pub fn with_commas(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
