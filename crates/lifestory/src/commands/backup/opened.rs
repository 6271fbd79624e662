//! Opening a sealed file, with a clear word for each way in which it does not open.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use agefile::{Identity, Opening, Unopened};
use anyhow::Context as _;
use store::backup::BackupError;

/// The private keys of these files.
pub fn identities(files: &[PathBuf]) -> anyhow::Result<Vec<Identity>> {
    let mut all = Vec::new();
    for file in files {
        let text =
            fs::read_to_string(file).with_context(|| format!("the private key {} cannot be read", file.display()))?;
        let found = Identity::of_file(&text)
            .with_context(|| format!("{} is not a file that `lifestory backup new-key` made", file.display()))?;
        all.extend(found);
    }
    Ok(all)
}

/// The bytes in a sealed file.
pub fn open(file: &Path, identities: &[Identity]) -> anyhow::Result<Box<dyn Read + Send>> {
    let name = file.display();
    let from = File::open(file).with_context(|| format!("{name} cannot be read"))?;
    match Opening::new(from, identities) {
        Ok(opening) => Ok(Box::new(opening)),
        Err(Unopened::Io(error)) => Err(error).with_context(|| format!("{name} cannot be read")),
        Err(Unopened::OtherKey) => anyhow::bail!(
            "{name} is sealed for another key than the one you gave. Nothing was changed. Look in the safe for the private key whose public half the backups are made for"
        ),
        Err(Unopened::NotAge) => anyhow::bail!(
            "{name} is not a backup of Lifestory. Nothing was changed. A backup ends in .backup.age, its keys in .keys.age"
        ),
        Err(Unopened::Newer) => Err(BackupError::Newer(format!("{name} is sealed in a newer form")).into()),
        Err(Unopened::Damaged) => {
            Err(BackupError::Damaged(format!("the beginning of {name} was altered or cut off")).into())
        }
    }
}
