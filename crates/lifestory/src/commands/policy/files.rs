//! `lifestory policy files`

use std::{path::Path, process::ExitCode};

use super::super::packs::Named;

/// Lists the files of a pack, or shows one as it is written.
pub fn run(pack: &str, file: Option<&str>, folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let named = Named::find(pack, folder)?;
    let mut files = named.files()?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let Some(wanted) = file else {
        for file in &files {
            println!("{}", file.path);
        }
        return Ok(ExitCode::SUCCESS);
    };
    let Some(found) = files.iter().find(|file| file.path == wanted) else {
        anyhow::bail!(
            "the pack «{}» has no file `{wanted}`; `lifestory policy files {pack}` lists what it has",
            named.id()
        )
    };
    print!("{}", found.text);
    Ok(ExitCode::SUCCESS)
}
