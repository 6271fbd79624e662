//! `cargo run -p faults -- check` says whether the faults fit the source; `… -- run` makes them, one after the other, in copies
//! below Cargo's folder, and writes `docs/faults.md`. `… -- run NAME…` makes only those, by name or by chapter, and writes nothing.
//!
//! It needs cargo-nextest and Git, and Chromium for what a browser's test tells. Under `tools/postgres run` what runs on both
//! engines is run on both, and what needs PostgreSQL can tell.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use faults::{check::Held, drill, fault::Faults, report};
use requirements::asvs::{self, Standard};

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let done = match args.split_first().map(|(what, names)| (what.as_str(), names)) {
        Some(("check", [])) => with_all(|held, faults| {
            held.all(faults)?;
            println!("{} faults fit; {} rows are not shown yet", faults.all.len(), faults.not_shown.len());
            Ok(())
        }),
        Some(("run", names)) => with_all(|held, faults| run(held, faults, names)),
        _ => {
            eprintln!("usage: cargo run -p faults -- check | run [NAME|CHAPTER]…");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("faults: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn with_all(act: impl FnOnce(&Held<'_>, &Faults) -> Result<()>) -> Result<()> {
    let here = env::current_dir().context("no current folder")?;
    let root = here.ancestors().find(|folder| folder.join(asvs::FILE).is_file());
    let root = root.with_context(|| format!("no {} here or in a folder above", asvs::FILE))?;
    let standard = Standard::read(root)?;
    let found = requirements::scan(root)?;
    act(&Held { root, standard: &standard, tests: &found.tests }, &Faults::read(root)?)
}

fn run(held: &Held<'_>, faults: &Faults, names: &[String]) -> Result<()> {
    if names.is_empty() {
        held.all(faults)?;
    } else {
        held.those_there_are(faults)?;
    }
    let began = Instant::now();
    let chosen = faults.named(names)?;
    let shown = drill::run(held, faults, &chosen, &target(held.root)?.join("faults"))?;
    if names.is_empty() {
        let on = if env::var_os("LIFESTORY_TEST_POSTGRES").is_some() { "SQLite and PostgreSQL" } else { "SQLite" };
        let page = report::write(held.standard, faults, &shown, &format!("{}, {on}", today()?), began.elapsed());
        std::fs::write(held.root.join(report::FILE), page).context(report::FILE)?;
    }
    let silent = report::silent(&shown);
    let told: usize = shown.iter().map(|shown| shown.answers.len()).sum();
    println!("{} faults, {} of {told} tests told, {} s", shown.len(), told - silent.len(), began.elapsed().as_secs());
    if !silent.is_empty() {
        bail!("these did not tell:\n{}", silent.join("\n"));
    }
    Ok(())
}

/// Where Cargo builds.
fn target(root: &Path) -> Result<PathBuf> {
    let named = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(env::current_dir()?.join(named))
}

/// The clock is asked by a program of the system's: no library of dates for one line.
fn today() -> Result<String> {
    let said = Command::new("date").arg("+%-d %B %Y").env("LC_ALL", "C").output().context("date")?;
    ensure!(said.status.success(), "date: {}", String::from_utf8_lossy(&said.stderr));
    Ok(String::from_utf8(said.stdout)?.trim().to_owned())
}
