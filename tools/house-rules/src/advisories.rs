//! What is known to be wrong with libraries, by the advisory database of `RustSec`, and whether any of it is linked.
//!
//! The tests run without a network, so the repository keeps a copy of what the database says of every library: those that
//! are linked, and those that somebody may link tomorrow. The copy says of which day it is. `./test advisories` makes it
//! anew where there is a network.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use jiff::civil::Date;
use semver::{Comparator, Op, Version, VersionReq};
use toml::{Table, Value};

use crate::dependencies::Package;

/// The copy.
pub fn place(root: &Path) -> PathBuf {
    root.join("tools/house-rules/advisories.toml")
}

/// From how many days on a copy is called old.
pub const OLD_AFTER_DAYS: i32 = 30;

/// What is known to be wrong with a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advisory {
    /// `RUSTSEC-2021-0003`.
    pub id: String,
    /// The library.
    pub package: String,
    /// `vulnerability`; or, where it is no hole by itself, `unmaintained`, `unsound`, `notice`.
    pub what: String,
    /// In which versions it is right.
    pub patched: Vec<String>,
    /// Which versions never had it.
    pub unaffected: Vec<String>,
    /// In one line.
    pub title: String,
    /// Where it comes from, for what is not in the public domain: under which licence, and its page.
    pub from: Option<(String, String)>,
}

/// Everything that is known, of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The day of the database's last change.
    pub of: Date,
    /// That change.
    pub commit: String,
    /// By library, then by number.
    pub advisories: Vec<Advisory>,
}

/// An advisory that `deny.toml` passes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Its number.
    pub id: String,
    /// Why.
    pub reason: String,
}

/// What came of comparing.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What is wrong, a sentence each, and nobody has said why it may stay.
    pub wrong: Vec<String>,
    /// What is passed over with a reason: the numbers.
    pub passed_over: Vec<String>,
    /// What is passed over and is not there any more: the numbers.
    pub idle: Vec<String>,
}

impl Known {
    /// Reads a copy.
    ///
    /// # Errors
    /// The disk's; a copy that is none, and versions in it that cannot be understood.
    pub fn read(file: &Path) -> io::Result<Self> {
        Self::of_text(&fs::read_to_string(file)?)
    }

    /// Reads the text of a copy.
    ///
    /// # Errors
    /// As [`Known::read`].
    pub fn of_text(text: &str) -> io::Result<Self> {
        let table: Table = text.parse().map_err(io::Error::other)?;
        let all = table.get("advisories").and_then(Value::as_table).ok_or_else(|| wrong("it has no advisories"))?;
        let one = |(id, value): (&String, &Value)| {
            let table = value.as_table().ok_or_else(|| wrong(id))?;
            let from = table.get("licence").map(|_| (text_of(table, "licence"), text_of(table, "url")));
            checked(Advisory {
                id: id.clone(),
                package: text_of(table, "package"),
                what: text_of(table, "what"),
                patched: texts_of(table, "patched"),
                unaffected: texts_of(table, "unaffected"),
                title: text_of(table, "title"),
                from,
            })
        };
        Ok(Self {
            of: text_of(&table, "of").parse().map_err(io::Error::other)?,
            commit: text_of(&table, "commit"),
            advisories: all.iter().map(one).collect::<io::Result<_>>()?,
        }
        .in_order())
    }

    /// Reads a checkout of the database, what was withdrawn apart.
    ///
    /// # Errors
    /// The disk's and Git's; an advisory that cannot be understood.
    pub fn of_checkout(folder: &Path) -> io::Result<Self> {
        let last = |format: &str| -> io::Result<String> {
            let said = Command::new("git").arg("-C").arg(folder).args(["log", "-1", format]).output()?;
            if !said.status.success() {
                return Err(io::Error::other(String::from_utf8_lossy(&said.stderr).into_owned()));
            }
            Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
        };
        let mut advisories = Vec::new();
        for library in fs::read_dir(folder.join("crates"))? {
            for file in fs::read_dir(library?.path())? {
                let file = file?.path();
                if file.extension().is_some_and(|end| end == "md") {
                    let text = fs::read_to_string(&file)?;
                    let one = of_page(&text).map_err(|error| wrong(&format!("{}: {error}", file.display())))?;
                    advisories.extend(one);
                }
            }
        }
        let of = last("--format=%cs")?.parse().map_err(io::Error::other)?;
        Ok(Self { of, commit: last("--format=%H")?, advisories }.in_order())
    }

    fn in_order(mut self) -> Self {
        self.advisories.sort_by(|a, b| (&a.package, &a.id).cmp(&(&b.package, &b.id)));
        self
    }

    /// The text of the copy: a line for each, so that a newer copy shows what is new.
    pub fn in_text(&self) -> String {
        let mut text = String::from(HEAD);
        let _ = write!(text, "of = \"{}\"\ncommit = \"{}\"\n\n[advisories]\n", self.of, self.commit);
        for one in &self.advisories {
            let _ = write!(text, "{} = {{ package = {}, what = {}", one.id, quoted(&one.package), quoted(&one.what));
            for (name, versions) in [("patched", &one.patched), ("unaffected", &one.unaffected)] {
                if !versions.is_empty() {
                    let versions: Vec<String> = versions.iter().map(|version| quoted(version)).collect();
                    let _ = write!(text, ", {name} = [{}]", versions.join(", "));
                }
            }
            let _ = write!(text, ", title = {}", quoted(&one.title));
            if let Some((licence, url)) = &one.from {
                let _ = write!(text, ", licence = {}, url = {}", quoted(licence), quoted(url));
            }
            text.push_str(" }\n");
        }
        text
    }

    /// How old it is on a day.
    pub fn days_old(&self, today: Date) -> i32 {
        self.of.until(today).map_or(0, |span| span.get_days())
    }

    /// What is known to be wrong with what is linked.
    pub fn against(&self, linked: &[Package], passed_over: &[PassedOver]) -> Found {
        let mut by_name: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
        for package in linked {
            by_name.entry(&package.name).or_default().push(package);
        }
        let mut found = Found::default();
        for one in &self.advisories {
            for package in by_name.get(one.package.as_str()).into_iter().flatten() {
                if !one.concerns(&package.version) {
                    continue;
                }
                if passed_over.iter().any(|passed| passed.id == one.id) {
                    found.passed_over.push(one.id.clone());
                } else {
                    found.wrong.push(one.told_of(&package.version));
                }
            }
        }
        found.passed_over.dedup();
        let idle = passed_over.iter().filter(|passed| !found.passed_over.contains(&passed.id));
        found.idle = idle.map(|passed| passed.id.clone()).collect();
        found
    }
}

const HEAD: &str = "\
# What is known to be wrong with Rust libraries: a copy of the advisory database of RustSec
# (https://github.com/RustSec/advisory-db), what was withdrawn and what concerns the compiler apart. In the public domain
# (CC0-1.0); a line that names another licence is adapted from the page that it names.
#
# ./test holds Cargo.lock to it. ./test advisories makes it anew: nobody writes it by hand.
";

impl Advisory {
    /// Whether a version has it: it is neither right nor was it ever wrong. A version that cannot be read has it.
    pub fn concerns(&self, version: &str) -> bool {
        let Ok(version) = Version::parse(version) else { return true };
        let within = |wanted: &String| VersionReq::parse(wanted).is_ok_and(|wanted| is_within(&wanted, &version));
        !self.patched.iter().chain(&self.unaffected).any(within)
    }

    fn told_of(&self, version: &str) -> String {
        let better = if self.patched.is_empty() {
            "no version is right".to_owned()
        } else {
            format!("right in {}", self.patched.join(" or "))
        };
        let Self { id, package, what, title, .. } = self;
        format!("{package} {version}: {title} ({id}, {what}; {better})")
    }
}

/// Whether a version is within all bounds, by the order of versions alone. Cargo's own reading of a range leaves out what is
/// unfinished (`0.10.0-rc.1` is not within `>= 0.9`), because nobody is to be given such a version unasked; here it would
/// call one wrong that is right.
fn is_within(wanted: &VersionReq, version: &Version) -> bool {
    wanted.comparators.iter().all(|bound| is_within_one(bound, version))
}

fn is_within_one(bound: &Comparator, version: &Version) -> bool {
    let (major, minor, patch) = (bound.major, bound.minor, bound.patch);
    let least =
        Version { pre: bound.pre.clone(), ..Version::new(major, minor.unwrap_or_default(), patch.unwrap_or_default()) };
    // The first version after those that the bound names: after 0.2 it is 0.3.0, after 0.2.1 it is 0.2.2.
    let after = match (minor, patch) {
        (None, _) => Version::new(major + 1, 0, 0),
        (Some(minor), None) => Version::new(major, minor + 1, 0),
        (Some(minor), Some(patch)) => Version::new(major, minor, patch + 1),
    };
    let exact = patch.is_some();
    let next_of_kind = match (major, minor, patch) {
        (0, None, _) => Version::new(1, 0, 0),
        (0, Some(0), Some(patch)) => Version::new(0, 0, patch + 1),
        (0, Some(minor), _) => Version::new(0, minor + 1, 0),
        (major, ..) => Version::new(major + 1, 0, 0),
    };
    let next_minor = minor.map_or_else(|| Version::new(major + 1, 0, 0), |minor| Version::new(major, minor + 1, 0));
    match bound.op {
        Op::Exact | Op::Wildcard if exact => *version == least,
        Op::Exact | Op::Wildcard => least <= *version && *version < after,
        Op::Greater if exact => *version > least,
        Op::Greater => *version >= after,
        Op::GreaterEq => *version >= least,
        Op::Less => *version < least,
        Op::LessEq if exact => *version <= least,
        Op::LessEq => *version < after,
        Op::Tilde => least <= *version && *version < next_minor,
        Op::Caret => least <= *version && *version < next_of_kind,
        // A kind of bound that this does not know is not met: what it would excuse is told.
        _ => false,
    }
}

/// What `deny.toml` passes over.
///
/// # Errors
/// The disk's, and rules that cannot be read.
pub fn passed_over(root: &Path) -> io::Result<Vec<PassedOver>> {
    let rules: Table = fs::read_to_string(root.join("deny.toml"))?.parse().map_err(io::Error::other)?;
    let all = rules.get("advisories").and_then(|table| table.get("ignore")).and_then(Value::as_array);
    let one = |value: &Value| {
        let table = value.as_table().ok_or_else(|| wrong("an advisory is passed over without a reason"))?;
        Ok(PassedOver { id: text_of(table, "id"), reason: text_of(table, "reason") })
    };
    all.into_iter().flatten().map(one).collect()
}

/// An advisory of the database: a page that begins with what machines read. None for one that was withdrawn.
fn of_page(text: &str) -> io::Result<Option<Advisory>> {
    let (front, words) = text
        .strip_prefix("```toml\n")
        .and_then(|text| text.split_once("\n```"))
        .ok_or_else(|| wrong("it does not begin with what machines read"))?;
    let front: Table = front.parse().map_err(io::Error::other)?;
    let table = |name: &str| front.get(name).and_then(Value::as_table).ok_or_else(|| wrong(name));
    let (said, versions) = (table("advisory")?, table("versions")?);
    if said.contains_key("withdrawn") {
        return Ok(None);
    }
    let title = words.lines().find_map(|line| line.strip_prefix("# ")).ok_or_else(|| wrong("it has no title"))?;
    let informational = text_of(said, "informational");
    checked(Advisory {
        id: text_of(said, "id"),
        package: text_of(said, "package"),
        what: if informational.is_empty() { "vulnerability".to_owned() } else { informational },
        patched: texts_of(versions, "patched"),
        unaffected: texts_of(versions, "unaffected"),
        title: title.trim().to_owned(),
        from: said.get("license").map(|_| (text_of(said, "license"), text_of(said, "url"))),
    })
    .map(Some)
}

/// One whose versions can be understood.
fn checked(one: Advisory) -> io::Result<Advisory> {
    for version in one.patched.iter().chain(&one.unaffected) {
        VersionReq::parse(version).map_err(|error| wrong(&format!("{}: {version}: {error}", one.id)))?;
    }
    if [&one.id, &one.package, &one.what].iter().any(|text| text.is_empty()) {
        return Err(wrong(&format!("«{}» says too little", one.id)));
    }
    Ok(one)
}

fn wrong(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}

fn text_of(table: &Table, key: &str) -> String {
    table.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn texts_of(table: &Table, key: &str) -> Vec<String> {
    let all = table.get(key).and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_database_is_read_and_one_that_was_withdrawn_is_not() {
        let page = |more: &str| {
            format!(
                "```toml\n[advisory]\nid = \"RUSTSEC-2099-0001\"\npackage = \"a\"\n{more}\n[versions]\npatched = [\">= 1.2\"]\n```\n\n# It \"breaks\"\n\nIn many words.\n"
            )
        };
        let one = of_page(&page("")).unwrap().unwrap();
        assert_eq!((one.what.as_str(), one.title.as_str()), ("vulnerability", "It \"breaks\""));
        let given_up = of_page(&page("informational = \"unmaintained\"")).unwrap().unwrap();
        assert_eq!(given_up.what, "unmaintained");
        assert_eq!(of_page(&page("withdrawn = \"2099-01-02\"")).unwrap(), None);
        assert!(of_page(&page("").replace(">= 1.2", "soon")).is_err());
        let known = Known { of: "2099-01-01".parse().unwrap(), commit: "c".to_owned(), advisories: vec![one] };
        assert_eq!(Known::of_text(&known.in_text()).unwrap(), known);
    }

    #[test]
    fn bounds_are_read_by_the_order_of_versions() {
        for (bound, within, outside) in [
            (">= 0.9.5, < 0.10.0", &["0.9.5", "0.9.99", "0.10.0-rc.1"][..], &["0.9.4", "0.10.0", "1.0.0"][..]),
            (">= 2", &["2.0.0", "3.0.0-rc.1"], &["1.9.9", "2.0.0-rc.1"]),
            ("^0.5.1", &["0.5.1", "0.5.9"], &["0.5.0", "0.6.0"]),
            ("^ 0.3.1", &["0.3.2"], &["0.4.0"]),
            ("^0.0.3", &["0.0.3"], &["0.0.4"]),
            ("^1", &["1.0.0", "1.9.0"], &["2.0.0"]),
            ("0.12.36", &["0.12.36", "0.12.40"], &["0.13.0"]),
            ("=0.2.3", &["0.2.3"], &["0.2.4", "0.2.3-rc.1"]),
            ("<= 0.3", &["0.3.9"], &["0.4.0"]),
            ("> 0.3", &["0.4.0"], &["0.3.9"]),
            ("~1.2.3", &["1.2.9"], &["1.3.0", "1.2.2"]),
        ] {
            let wanted = VersionReq::parse(bound).unwrap();
            for (versions, fits) in [(within, true), (outside, false)] {
                for version in versions {
                    assert_eq!(is_within(&wanted, &Version::parse(version).unwrap()), fits, "{version} in {bound}");
                }
            }
        }
    }
}
