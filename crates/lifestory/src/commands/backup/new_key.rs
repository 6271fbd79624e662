//! `lifestory backup new-key`

use std::{fs, io::Write as _, path::Path, process::ExitCode};

use agefile::Identity;
use anyhow::Context as _;

use super::chance;
use crate::commands::clock;

/// Makes a key pair for backups, in the form of `age-keygen`.
pub fn run(file: &Path) -> anyhow::Result<ExitCode> {
    let identity = Identity::new(&mut chance);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut to = options.open(file).with_context(|| {
        format!("{} cannot be made: a key never replaces a file that is there already", file.display())
    })?;
    write!(
        to,
        "# The private key of Lifestory's backups. Whoever has it can open them.\n# created: {}\n# public key: {}\n{}\n",
        clock()(),
        identity.recipient(),
        *identity.secret_text()
    )?;
    to.sync_all()?;
    println!("The private key is in {}.", file.display());
    println!("Take it to the safe, twice, on paper or on a stick, and then delete it here: it opens every backup.");
    println!("The public key, for --for:");
    println!("{}", identity.recipient());
    Ok(ExitCode::SUCCESS)
}
