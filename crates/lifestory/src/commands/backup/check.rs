//! `lifestory backup check`

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use store::backup;

use super::{
    file::sum_of,
    opened::{identities, open},
    with_commas,
};
use crate::commands::in_words;

/// Says whether a backup is whole: with its private key everything in it, without it the sum of its bytes.
pub async fn run(file: &Path, private_keys: &[PathBuf], keys: Option<&Path>) -> anyhow::Result<ExitCode> {
    if private_keys.is_empty() {
        return check_sum(file);
    }
    let from = open(file, &identities(private_keys)?)?;
    let checked = backup::check(from, keys).await?;
    let (head, end) = (&checked.head, &checked.end);
    let rows: u64 = end.tables.iter().map(|(_, rows, _)| rows).sum();
    println!("Backup {} of the record {}.", head.backup, head.organisation);
    println!(
        "Taken on {} by Lifestory {} on {}, at step {} ({}).",
        head.moment().map_or_else(|| head.taken.clone(), in_words),
        head.program,
        head.engine,
        head.step,
        head.step_name
    );
    println!(
        "{} rows in {} tables; {} pieces of files of {} bytes.",
        with_commas(rows),
        end.tables.len(),
        with_commas(end.pieces),
        with_commas(end.piece_bytes)
    );
    for log in &head.logs {
        println!("Ledger «{}»: {} leaves, {} more not numbered yet.", log.name, with_commas(log.size), log.waiting);
    }
    for name in &end.lacking {
        println!("Missing when it was made: {name}");
    }
    println!(
        "Whole: every row and every byte is as it was written{}.",
        if keys.is_some() { ", and signed with this record's key" } else { "" }
    );
    Ok(ExitCode::SUCCESS)
}

fn check_sum(file: &Path) -> anyhow::Result<ExitCode> {
    let beside = sum_of(file);
    let wanted = fs::read_to_string(&beside)
        .with_context(|| format!("{} cannot be read; give --private-key to check what is inside", beside.display()))?;
    let wanted = wanted.split_whitespace().next().unwrap_or_default().to_owned();
    let mut from = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let (mut hash, mut portion) = (Sha256::new(), vec![0; 128 * 1_024]);
    loop {
        match from.read(&mut portion)? {
            0 => break,
            read => hash.update(&portion[..read]),
        }
    }
    let found = hash.finalize().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    anyhow::ensure!(
        found == wanted,
        "{} is not as it was written: it was altered, cut short or not copied to its end. Take another copy of it, or the backup before it",
        file.display()
    );
    println!("The bytes are as they were written. What is in them was not looked at: that needs --private-key.");
    Ok(ExitCode::SUCCESS)
}
