//! What is linked: by the lock file, and by what Cargo says of each package.

use std::{collections::BTreeSet, fs, io, path::Path, process::Command};

/// A package that is not ours.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from.
    pub source: String,
    /// The sum of its bytes; blank where none is locked.
    pub checksum: String,
}

/// Every package of the lock file that is not ours.
///
/// # Errors
/// The disk's, and a lock file that is none.
pub fn locked(root: &Path) -> io::Result<Vec<Package>> {
    locked_in(&fs::read_to_string(root.join("Cargo.lock"))?)
}

/// The same of the text of a lock file.
///
/// # Errors
/// For a text that is none.
pub fn locked_in(text: &str) -> io::Result<Vec<Package>> {
    let lock: toml::Table = text.parse().map_err(io::Error::other)?;
    let packages = lock.get("package").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let text = |package: &toml::Value, key: &str| {
        package.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    let foreign = packages.iter().filter(|package| package.get("source").is_some());
    let package = |package: &toml::Value| Package {
        name: text(package, "name"),
        version: text(package, "version"),
        source: text(package, "source"),
        checksum: text(package, "checksum"),
    };
    Ok(foreign.map(package).collect())
}

/// Packages and their licences, as Cargo says them: those that are not ours.
///
/// # Errors
/// When Cargo cannot say.
pub fn licences(root: &Path) -> io::Result<Vec<(String, String)>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let said =
        Command::new(cargo).args(["metadata", "--format-version", "1", "--locked"]).current_dir(root).output()?;
    if !said.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&said.stderr).into_owned()));
    }
    let said: serde_json::Value = serde_json::from_slice(&said.stdout).map_err(io::Error::other)?;
    let packages = said["packages"].as_array().cloned().unwrap_or_default();
    let foreign = packages.iter().filter(|package| !package["source"].is_null());
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Ok(foreign.map(|package| (text(&package["name"]), text(&package["license"]))).collect())
}

/// A list of `deny.toml`: `licenses.allow`.
///
/// # Errors
/// The disk's, and a list that is not there.
pub fn rule(root: &Path, table: &str, list: &str) -> io::Result<Vec<String>> {
    let rules: toml::Table = fs::read_to_string(root.join("deny.toml"))?.parse().map_err(io::Error::other)?;
    let found = rules.get(table).and_then(|table| table.get(list)).and_then(toml::Value::as_array);
    let found = found.ok_or_else(|| io::Error::other(format!("deny.toml has no {table}.{list}")))?;
    Ok(found.iter().filter_map(toml::Value::as_str).map(str::to_owned).collect())
}

/// The libraries on which our own crates build directly, tests and tools apart.
///
/// # Errors
/// The disk's, and a manifest that is none.
pub fn direct(root: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for folder in fs::read_dir(root.join("crates"))? {
        let manifest = fs::read_to_string(folder?.path().join("Cargo.toml"))?;
        let manifest: toml::Table = manifest.parse().map_err(io::Error::other)?;
        let named = manifest.get("dependencies").and_then(toml::Value::as_table);
        found.extend(named.into_iter().flat_map(toml::Table::keys).cloned());
    }
    Ok(found)
}
