//! Finds a test among those that nextest lists: the program to start, where, and by which names.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{VARIABLE, copy::Copy};

/// Tests of one program that are run together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runnable {
    /// The program that has them.
    pub program: PathBuf,
    /// The package's folder, in which they run.
    pub folder: PathBuf,
    /// As the program names them: one, or one for each engine or case.
    pub names: Vec<String>,
}

/// The tests of a tree that were built.
#[derive(Debug, Deserialize)]
pub struct Listed {
    #[serde(rename = "rust-suites")]
    suites: BTreeMap<String, Suite>,
    /// Whether tests on PostgreSQL can run.
    #[serde(skip)]
    postgres: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Suite {
    binary_name: String,
    binary_path: PathBuf,
    kind: String,
    cwd: PathBuf,
    #[serde(default)]
    testcases: BTreeMap<String, Case>,
}

/// What nextest says of a test.
#[derive(Debug, Deserialize)]
struct Case {
    ignored: bool,
}

impl Listed {
    /// Builds the tests of a copy: of these packages, or of all in one, whose features Cargo joins.
    ///
    /// # Errors
    /// When they do not build; what the compiler says of it is on the screen.
    pub fn build(copy: &Copy, packages: &[String]) -> Result<Self> {
        let mut command = Command::new("cargo");
        command.args(["nextest", "list", "--message-format", "json"]).current_dir(&copy.root);
        command.env("CARGO_TARGET_DIR", &copy.built).env_remove(VARIABLE).stderr(Stdio::inherit());
        match packages {
            [] => command.arg("--workspace"),
            some => command.args(some.iter().flat_map(|package| ["-p", package.as_str()])),
        };
        let said = command.output().context("cargo nextest")?;
        ensure!(said.status.success(), "the tests of {} do not build", copy.root.display());
        let mut listed: Self = serde_json::from_slice(&said.stdout).context("what nextest lists cannot be read")?;
        listed.postgres = std::env::var_os("LIFESTORY_TEST_POSTGRES").is_some();
        Ok(listed)
    }

    /// The test of this name in this file.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, copy: &Copy, file: &str, name: &str) -> Result<Runnable> {
        let (package, inside) = split(file).with_context(|| format!("{file} lies in no package"))?;
        let folder = copy.root.join(package);
        let place = Place::of(inside).with_context(|| format!("{file} holds no test"))?;
        let mut found: Vec<(usize, &Suite, &str)> = Vec::new();
        for suite in self.suites.values().filter(|suite| suite.cwd == folder && place.is_in(suite)) {
            for (case, _) in suite.testcases.iter().filter(|(_, case)| !case.ignored) {
                let parts: Vec<&str> = case.split("::").collect();
                if parts.last() == Some(&"postgres") && !self.postgres {
                    continue;
                }
                let at = parts.iter().skip(place.module.len()).position(|part| *part == name);
                if let Some(at) = at.filter(|_| parts.iter().zip(&place.module).all(|(part, module)| part == module)) {
                    found.push((at, suite, case));
                }
            }
        }
        // Of two functions of one name, the one that lies nearest to the file's own module.
        let nearest = found.iter().map(|(at, ..)| *at).min().with_context(|| format!("{file}::{name} is not built"))?;
        found.retain(|(at, ..)| *at == nearest);
        let program = &found[0].1.binary_path;
        let of_it = found.iter().filter(|(_, suite, _)| suite.binary_path == *program);
        Ok(Runnable { program: program.clone(), folder, names: of_it.map(|(.., case)| (*case).to_owned()).collect() })
    }
}

/// A package's folder, and the file inside.
fn split(file: &str) -> Option<(&str, &str)> {
    let inside = [file.find("/src/"), file.find("/tests/")].into_iter().flatten().min()?;
    Some((&file[..inside], &file[inside + 1..]))
}

/// The package of a test, by the name of its folder.
///
/// # Errors
/// When the file lies in none.
pub fn package(file: &str) -> Result<&str> {
    let (folder, _) = split(file).with_context(|| format!("{file} lies in no package"))?;
    Ok(folder.rsplit('/').next().unwrap_or(folder))
}

/// Where the tests of a file are found.
struct Place {
    /// The integration test's name; none for those beside the code.
    program: Option<String>,
    module: Vec<String>,
}

impl Place {
    fn of(inside: &str) -> Option<Self> {
        let mut parts: Vec<&str> = inside.strip_suffix(".rs")?.split('/').collect();
        let program = match parts.remove(0) {
            "src" => None,
            _ => Some(parts.remove(0).to_owned()),
        };
        if program.is_none() && parts.first() == Some(&"bin") {
            parts.drain(..2);
        }
        parts.retain(|part| !["lib", "main", "mod"].contains(part));
        Some(Self { program, module: parts.into_iter().map(str::to_owned).collect() })
    }

    fn is_in(&self, suite: &Suite) -> bool {
        match &self.program {
            Some(program) => suite.kind == "test" && suite.binary_name == *program,
            None => suite.kind != "test",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(postgres: bool) -> Listed {
        let suites = serde_json::json!({ "rust-suites": {
            "web": {
                "binary-name": "web", "binary-path": "/b/web", "kind": "lib", "cwd": "/c/tree/crates/web",
                "testcases": { "files::name::tests::harmless": { "ignored": false }, "files::tests::harmless": { "ignored": false }, "tests::first": { "ignored": false } },
            },
            "web::it": {
                "binary-name": "it", "binary-path": "/b/it", "kind": "test", "cwd": "/c/tree/crates/web",
                "testcases": { "sign_in::held::postgres": { "ignored": false }, "sign_in::held::sqlite": { "ignored": false }, "matrix::held": { "ignored": false } },
            },
        } });
        Listed { postgres, ..serde_json::from_value(suites).unwrap() }
    }

    fn found(postgres: bool, file: &str, name: &str) -> Option<(String, Vec<String>)> {
        let copy = Copy { root: PathBuf::from("/c/tree"), built: PathBuf::from("/c/built") };
        let runnable = listed(postgres).find(&copy, file, name).ok()?;
        assert_eq!(runnable.folder, PathBuf::from("/c/tree/crates/web"));
        Some((runnable.program.display().to_string(), runnable.names))
    }

    #[test]
    fn a_test_is_found_by_its_file_and_its_name() {
        let in_it = |names: &[&str]| Some(("/b/it".to_owned(), names.iter().map(|name| (*name).to_owned()).collect()));
        assert_eq!(found(false, "crates/web/tests/it/sign_in.rs", "held"), in_it(&["sign_in::held::sqlite"]));
        let both = in_it(&["sign_in::held::postgres", "sign_in::held::sqlite"]);
        assert_eq!(found(true, "crates/web/tests/it/sign_in.rs", "held"), both);
        assert_eq!(found(false, "crates/web/tests/it/matrix/mod.rs", "held"), in_it(&["matrix::held"]));
        let beside = |name: &str| Some(("/b/web".to_owned(), vec![name.to_owned()]));
        assert_eq!(found(false, "crates/web/src/lib.rs", "first"), beside("tests::first"));
        assert_eq!(found(false, "crates/web/src/files.rs", "harmless"), beside("files::tests::harmless"));
        assert_eq!(found(false, "crates/web/src/files/name.rs", "harmless"), beside("files::name::tests::harmless"));
        for (file, name) in
            [("crates/web/src/files.rs", "held"), ("crates/store/src/files.rs", "harmless"), ("a.rs", "b")]
        {
            assert_eq!(found(false, file, name), None, "{file}");
        }
    }
}
