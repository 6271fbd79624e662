//! `lifestory policy`: what somebody does who answers for a pack, or writes one.

mod check;
mod diff;
mod files;
pub mod offer;
mod show;
mod simulate;

use std::process::ExitCode;

use crate::config::Policy;

/// Does what the command line says.
pub async fn run(what: Policy) -> anyhow::Result<ExitCode> {
    match what {
        Policy::Check { pack, packs } => check::run(&pack, packs.as_deref()),
        Policy::Show { pack, part, name, packs } => show::run(&pack, (part, name.as_deref()), packs.as_deref()),
        Policy::Files { pack, file, packs } => files::run(&pack, file.as_deref(), packs.as_deref()),
        Policy::Diff { old, new, in_use, place } => diff::run(&old, &new, in_use, &place).await,
        Policy::Simulate { then, record, place } => simulate::run(&then, record, &place).await,
        Policy::Offer { new, place } => offer::run(&new, &place).await,
    }
}
