//! `lifestory import ssda903`

use std::{
    collections::BTreeMap,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use casework::import::ssda903::Severity;

use super::{log, open_existing};
use crate::config::PlaceArgs;

/// Takes yearly sets into records, and says what became of every row.
pub async fn run(place: &PlaceArgs, team: &str, report: &Path, folders: &[PathBuf]) -> anyhow::Result<ExitCode> {
    log();
    let mut files = Vec::new();
    for folder in folders {
        collect(folder, &mut files)?;
    }
    anyhow::ensure!(!files.is_empty(), "there is no CSV file in these folders");
    let db = open_existing(place).await?;
    let desk = casework::import::desk(db.clone(), db.now());
    let Some(team) = casework::import::team_named(&desk, team).await? else {
        anyhow::bail!(
            "there is no team called «{team}», or there are several. Give the name as it stands under Staff, teams and accounts"
        )
    };
    let imported = casework::import::bring_in(&desk, &files, team, &mut |done, of| {
        print!("\r{done} of {of} children");
        std::io::stdout().flush().ok();
    })
    .await?;
    println!();
    for file in &imported.report.files {
        println!("{file}");
    }
    let mut groups: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines = String::new();
    for remark in &imported.report.remarks {
        let outcome = if remark.severity == Severity::Refused { "refused" } else { "to check" };
        let column = remark.column.unwrap_or("the row");
        *groups.entry(format!("{outcome}, {column}: {}", remark.reason)).or_default() += 1;
        lines.extend([outcome, ": ", &remark.to_string(), "\n"]);
    }
    for (group, count) in &groups {
        println!("  {count:>6}  {group}");
    }
    for likely in &imported.likely {
        lines.extend(["likely known: ", &likely.to_string(), "\n"]);
    }
    if !imported.likely.is_empty() {
        println!(
            "  {:>6}  likely known already; each is listed to check, and stands under Likely duplicates",
            imported.likely.len()
        );
    }
    if !lines.is_empty() {
        std::fs::write(report, lines).with_context(|| format!("the report {} cannot be written", report.display()))?;
        println!("Every line with its file, line and column is in {}.", report.display());
    }
    let totals = imported.report.totals();
    println!(
        "{} rows: {} taken, {} taken and to check, {} refused, {} said already, {} of kinds that are not read yet.",
        totals.rows, totals.taken, totals.to_check, totals.refused, totals.already_said, totals.not_read
    );
    println!(
        "{} new records, {} children known before; {} new items, {} known before.",
        imported.children_new, imported.children_known, imported.items_new, imported.items_known
    );
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

fn collect(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("the folder {} cannot be read", folder.display()))?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_file() && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            let bytes = std::fs::read(&path).with_context(|| format!("the file {} cannot be read", path.display()))?;
            files.push((path.display().to_string(), bytes));
        }
    }
    Ok(())
}
