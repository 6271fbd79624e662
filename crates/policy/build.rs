//! Compiles the shipped packs into the program: every file under `packs/`, by `include_str!`, so that a test or a trial
//! needs no folder beside the program.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let packs = fs::canonicalize(Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../packs"))?;
    println!("cargo::rerun-if-changed={}", packs.display());
    let mut files = Vec::new();
    walk(&packs, &mut files)?;
    files.sort();

    let mut code = String::from("pub(super) const FILES: &[(&str, &str)] = &[\n");
    for file in files {
        let name = file.strip_prefix(&packs)?.to_string_lossy().replace('\\', "/");
        writeln!(code, "    ({name:?}, include_str!({:?})),", file.display().to_string())?;
    }
    code.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("packs.rs"), code)?;
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "toml" || end == "csv") {
            files.push(path);
        }
    }
    Ok(())
}
