//! `lifestory policy`: what somebody does who answers for a pack, or writes one.

mod check;
mod diff;
mod show;

use std::process::ExitCode;

use crate::config::Policy;

/// Does what the command line says.
pub fn run(what: Policy) -> anyhow::Result<ExitCode> {
    match what {
        Policy::Check { pack, packs } => check::run(&pack, packs.as_deref()),
        Policy::Diff { old, new, packs } => diff::run(&old, &new, packs.as_deref()),
        Policy::Show { pack, part, name, packs } => show::run(&pack, (part, name.as_deref()), packs.as_deref()),
    }
}
