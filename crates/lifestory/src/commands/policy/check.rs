//! `lifestory policy check`

use std::{path::Path, process::ExitCode};

use policy::words::count;

use super::super::packs;

/// Says every mistake of a pack, or what it holds.
pub fn run(pack: &str, folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let pack = packs::load(pack, folder)?;
    println!(
        "{} (`{}`, version {}): {}, {}, {}, {}; nothing is wrong.",
        pack.title(),
        pack.id(),
        pack.version(),
        count(pack.forms().count(), "form"),
        count(pack.lists().count(), "list"),
        count(pack.facts().count(), "kind of fact"),
        count(pack.roles().count(), "role")
    );
    Ok(ExitCode::SUCCESS)
}
