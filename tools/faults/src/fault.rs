//! Reads the faults: what is changed, which rows of the standard that shows, and which tests must tell.
//!
//! ```toml
//! [[fault]]
//! name = "session-cookie-without-secure"
//! rows = ["3.3.1"]
//! file = "crates/web/src/session.rs"
//! find = '''(SECURE_COOKIE, "; Secure")'''
//! put = '''(SECURE_COOKIE, if ON { "" } else { "; Secure" })'''
//! tests = ["crates/web/tests/it/sign_in.rs::the_cookie_is_for_this_site_alone_and_for_no_script"]
//! says = "a browser may send the session's cookie without encryption"
//! ```
//!
//! A good fault is what a careless change would do, and breaks what its row is about: a page that is no longer there makes every
//! test fail, and shows nothing.

use std::{fmt, fs, path::Path};

use anyhow::{Context, Result, ensure};
use requirements::asvs::Number;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{FOLDER, NOT_SHOWN};

/// One change, on purpose.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Unique, in lower case with hyphens.
    pub name: String,
    /// The rows of the standard that it shows.
    #[serde(deserialize_with = "numbers")]
    pub rows: Vec<Number>,
    /// What is changed, from the root of the repository.
    pub file: String,
    /// What stands there, exactly once.
    pub find: String,
    /// What stands there instead; in a [`How::Switch`] `ON` is whether it is on.
    pub put: String,
    /// Each of them must fail.
    pub tests: Vec<Told>,
    /// What is wrong with the program then, in plain words.
    pub says: String,
    /// How it gets into the program.
    #[serde(default)]
    pub how: How,
}

/// How a fault gets into the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// Built with all others, and on while the environment names it.
    #[default]
    Switch,
    /// In a file that a test reads when it runs.
    Source,
    /// Built anew with it: a constant, a migration, an asset.
    Build,
}

/// What must tell of a fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// The lines that the row's `checks` name (`docs/asvs.toml`).
    Checks,
    /// A test, as `docs/asvs.md` names it.
    Test {
        /// From the root of the repository.
        file: String,
        /// The function's, or a browser test's title.
        name: String,
    },
}

impl Told {
    /// `file::name`, or `checks`.
    pub fn new(said: &str) -> Option<Self> {
        if said == "checks" {
            return Some(Self::Checks);
        }
        let (file, name) = said.split_once("::")?;
        Some(Self::Test { file: file.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checks => f.write_str("checks"),
            Self::Test { file, name } => write!(f, "{file}::{name}"),
        }
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let said = String::deserialize(from)?;
        Self::new(&said).ok_or_else(|| D::Error::custom(format!("{said:?} is neither file::test nor checks")))
    }
}

/// A row that no fault shows yet.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotShown {
    /// The standard's.
    #[serde(deserialize_with = "number")]
    pub row: Number,
    /// What stands against it.
    pub why: String,
}

/// All that the repository has.
#[derive(Debug, Default)]
pub struct Faults {
    /// In the order of the chapters.
    pub all: Vec<Fault>,
    /// In the order of the file.
    pub not_shown: Vec<NotShown>,
}

impl Faults {
    /// As they stand in the repository.
    ///
    /// # Errors
    /// When a file cannot be read, or says what is not known.
    pub fn read(root: &Path) -> Result<Self> {
        let mut faults = Self::default();
        let listed = fs::read_dir(root.join(FOLDER)).with_context(|| format!("{FOLDER}/ cannot be read"))?;
        let mut files = listed.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
        files.sort();
        for file in files {
            let read = || -> Result<Chapter> { Ok(toml::from_str(&fs::read_to_string(&file)?)?) };
            faults.all.extend(read().with_context(|| file.display().to_string())?.fault);
        }
        let read = || -> Result<Rest> { Ok(toml::from_str(&fs::read_to_string(root.join(NOT_SHOWN))?)?) };
        faults.not_shown = read().context(NOT_SHOWN)?.not_shown;
        Ok(faults)
    }

    /// Those that are named, by their own name or by that of a chapter (`6` for all rows of chapter 6); all where none is.
    ///
    /// # Errors
    /// When nothing is called that.
    pub fn named(&self, names: &[String]) -> Result<Vec<&Fault>> {
        let is = |fault: &Fault, name: &String| {
            fault.name == *name
                || name
                    .trim_start_matches('0')
                    .parse::<u8>()
                    .is_ok_and(|chapter| fault.rows.iter().any(|row| row.chapter() == chapter))
        };
        for name in names {
            ensure!(self.all.iter().any(|fault| is(fault, name)), "no fault and no chapter is called {name}");
        }
        Ok(self.all.iter().filter(|fault| names.is_empty() || names.iter().any(|name| is(fault, name))).collect())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chapter {
    #[serde(default)]
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rest {
    #[serde(default)]
    not_shown: Vec<NotShown>,
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Number, D::Error> {
    let said = String::deserialize(from)?;
    Number::new(&said).ok_or_else(|| D::Error::custom(format!("{said:?} is no number of the standard")))
}

fn numbers<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Number>, D::Error> {
    let said = Vec::<String>::deserialize(from)?;
    let read = |said: &String| {
        Number::new(said).ok_or_else(|| D::Error::custom(format!("{said:?} is no number of the standard")))
    };
    said.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str =
        "[[fault]]\nname = \"a\"\nrows = [\"6.2.1\"]\nfile = \"f\"\nfind = 'x'\nput = 'ON'\nsays = \"s\"\n";

    fn read(more: &str) -> Result<Vec<Fault>, toml::de::Error> {
        toml::from_str::<Chapter>(&format!("{ONE}{more}")).map(|chapter| chapter.fault)
    }

    #[test]
    fn a_fault_is_read_as_it_stands() {
        let fault = read("tests = [\"crates/a/src/b.rs::c\", \"checks\"]\nhow = \"build\"\n").unwrap().remove(0);
        assert_eq!(fault.how, How::Build);
        assert_eq!(fault.rows, [Number::new("6.2.1").unwrap()]);
        let told: Vec<String> = fault.tests.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["crates/a/src/b.rs::c", "checks"]);
        assert_eq!(read("tests = []").unwrap()[0].how, How::Switch);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for (more, told) in [
            ("tests = [\"somewhere\"]", "neither file::test nor checks"),
            ("tests = []\nhow = \"magic\"", "magic"),
            ("tests = []\nwhy = \"because\"", "why"),
        ] {
            let error = read(more).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn a_name_is_a_faults_or_a_chapters() {
        let faults = Faults { all: read("tests = []").unwrap(), not_shown: Vec::new() };
        let named = |name: &str| faults.named(&[name.to_owned()]).map(|found| found.len());
        assert_eq!(faults.named(&[]).unwrap().len(), 1);
        assert_eq!(named("a").unwrap(), 1);
        assert_eq!(named("06").unwrap(), 1);
        assert!(named("7").unwrap_err().to_string().contains("no fault and no chapter"));
    }
}
