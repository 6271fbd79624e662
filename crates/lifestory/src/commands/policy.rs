//! `lifestory policy check`

use std::process::ExitCode;

use super::load_pack;
use crate::config::Policy;

/// Says every mistake of a pack, or what it holds.
pub fn run(what: Policy) -> anyhow::Result<ExitCode> {
    let Policy::Check { pack, packs } = what;
    let pack = load_pack(&pack, packs.as_deref())?;
    println!(
        "{}: {} forms, {} lists, {} kinds of fact, {} roles; nothing is wrong.",
        pack.title(),
        pack.forms().count(),
        pack.lists().count(),
        pack.facts().count(),
        pack.roles().count()
    );
    Ok(ExitCode::SUCCESS)
}
