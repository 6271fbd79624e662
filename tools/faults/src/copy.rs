//! A copy of the tree, in which it may be changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// Libraries of npm that the tree has and Git does not.
const LINKED: [&str; 2] = ["assets/node_modules", "tests/browser/node_modules"];

/// A copy, with a folder of its own to build in.
///
/// Cargo goes by when a file changed and where it lies in its workspace, so two trees must never share what they built.
#[derive(Debug)]
pub struct Copy {
    /// The tree.
    pub root: PathBuf,
    /// What is built of it.
    pub built: PathBuf,
}

impl Copy {
    /// Copies what Git has or would take of a tree, as it is now, with these files changed; what is the same already is left
    /// alone, so that it is not built again.
    ///
    /// # Errors
    /// Git's and the disk's.
    pub fn make(tree: &Path, below: &Path, changed: &BTreeMap<String, String>) -> Result<Self> {
        let copy = Self { root: below.join("tree"), built: below.join("built") };
        let files = files(tree)?;
        let list = below.join("files");
        let before = fs::read_to_string(&list).unwrap_or_default();
        fs::create_dir_all(&copy.root)?;
        for gone in before.lines().filter(|file| !files.contains(*file)) {
            _ = fs::remove_file(copy.root.join(gone));
        }
        // Before a byte is copied: what is begun and not ended is still known to the next.
        fs::write(&list, files.iter().map(String::as_str).collect::<Vec<_>>().join("\n"))?;
        for file in &files {
            let (from, to) = (tree.join(file), copy.root.join(file));
            let now = match changed.get(file) {
                Some(text) => text.clone().into_bytes(),
                None => fs::read(&from).with_context(|| file.clone())?,
            };
            if fs::read(&to).is_ok_and(|kept| kept == now) {
                continue;
            }
            fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
            fs::write(&to, now)?;
            fs::set_permissions(&to, fs::metadata(&from)?.permissions())?;
        }
        for folder in LINKED.iter().filter(|folder| tree.join(folder).is_dir()) {
            match std::os::unix::fs::symlink(tree.join(folder).canonicalize()?, copy.root.join(folder)) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
                _ => {}
            }
        }
        Ok(copy)
    }

    /// Changes a file of the copy, and says what it was.
    ///
    /// # Errors
    /// The disk's.
    pub fn put(&self, file: &str, text: &str) -> Result<String> {
        let path = self.root.join(file);
        let was = fs::read_to_string(&path).with_context(|| file.to_owned())?;
        fs::write(path, text)?;
        Ok(was)
    }
}

/// What Git has of a tree or would take, without what is no longer there.
fn files(tree: &Path) -> Result<BTreeSet<String>> {
    let asked = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let said = Command::new("git").args(asked).current_dir(tree).output().context("git ls-files")?;
    ensure!(said.status.success(), "git ls-files: {}", String::from_utf8_lossy(&said.stderr));
    let listed = String::from_utf8(said.stdout).context("git lists a file whose name is no text")?;
    Ok(listed.split_terminator('\0').filter(|file| tree.join(file).is_file()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_would_take_is_copied_with_its_changes_and_kept_in_step() {
        let folder = tempfile::tempdir().unwrap();
        let (tree, below) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir_all(tree.join("src")).unwrap();
        let git = Command::new("git").args(["init", "--quiet"]).current_dir(&tree).status().unwrap();
        assert!(git.success());
        for (file, text) in [("src/one.rs", "1"), ("two", "2"), ("left", "out"), (".gitignore", "left\n")] {
            fs::write(tree.join(file), text).unwrap();
        }
        let changed = BTreeMap::from([("two".to_owned(), "changed".to_owned())]);
        let copy = Copy::make(&tree, &below, &changed).unwrap();
        let read = |file: &str| fs::read_to_string(copy.root.join(file)).ok();
        assert_eq!(read("src/one.rs").as_deref(), Some("1"));
        assert_eq!(read("two").as_deref(), Some("changed"));
        assert_eq!(read("left"), None);

        let built = fs::metadata(copy.root.join("src/one.rs")).unwrap().modified().unwrap();
        assert_eq!(copy.put("two", "again").unwrap(), "changed");
        fs::remove_file(tree.join(".gitignore")).unwrap();
        Copy::make(&tree, &below, &BTreeMap::new()).unwrap();
        assert_eq!(read("two").as_deref(), Some("2"));
        assert_eq!(read(".gitignore"), None);
        assert_eq!(read("left").as_deref(), Some("out"));
        assert_eq!(fs::metadata(copy.root.join("src/one.rs")).unwrap().modified().unwrap(), built);
    }
}
