//! The OWASP Application Security Verification Standard 5.0.0: what decides each of its requirements here.
//!
//! One file says it (`docs/asvs.toml`), in our own words: the standard's text is its own, and is not copied. A row that
//! says «tests» needs a test that names it, or a check that stands in a file which `./test` runs; a row that points to a
//! document needs that document, with that heading. What is not so is an error, and so is a test that names a
//! requirement which the standard does not have.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::Test;
use crate::catalogue::Id;

/// Where it is said.
pub const FILE: &str = "docs/asvs.toml";

/// How many requirements the standard has.
const OF_THE_STANDARD: usize = 345;

/// `6.2.1`: chapter, section, requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number([u8; 3]);

impl Number {
    /// None if it does not look like one: `5.0.0` is the standard's version.
    pub fn new(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse::<u8>().ok().filter(|part| *part > 0));
        let number = Self([parts.next()??, parts.next()??, parts.next()??]);
        (parts.next().is_none() && number.to_string() == text).then_some(number)
    }

    /// Every number that follows the word `ASVS`: `ASVS 6.2.1, 6.2.9`.
    pub fn all_in(text: &str) -> Vec<Self> {
        let mut numbers = Vec::new();
        let mut follows = false;
        for word in text.split_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            match Self::new(bare) {
                Some(number) if follows => numbers.push(number),
                _ => follows = bare == "ASVS" || follows && bare == "and",
            }
        }
        numbers
    }

    /// Its first part.
    pub const fn chapter(self) -> u8 {
        self.0[0]
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [chapter, section, requirement] = self.0;
        write!(f, "{chapter}.{section}.{requirement}")
    }
}

/// What decides a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// Tests that name it, or checks.
    Tests,
    /// Something written.
    Document,
    /// Whoever runs the program.
    Deployer,
    /// There is nothing to which it could apply.
    NotApplicable,
    /// It does not hold, or not wholly.
    Open,
}

impl By {
    /// In the order of the page.
    pub const ALL: [Self; 5] = [Self::Tests, Self::Document, Self::Deployer, Self::NotApplicable, Self::Open];

    /// As the file and the page say it.
    pub const fn said(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Document => "document",
            Self::Deployer => "deployer",
            Self::NotApplicable => "not applicable",
            Self::Open => "open",
        }
    }
}

/// A line of a file that `./test` runs, by which a requirement is decided as by a test: a lint, a rule on dependencies.
#[derive(Debug)]
pub struct Check {
    /// From the root of the repository.
    pub file: String,
    /// What must stand in it.
    pub says: String,
}

/// A requirement of the standard.
#[derive(Debug)]
pub struct Row {
    /// The standard's.
    pub number: Number,
    /// 1 to 3.
    pub level: u8,
    /// In our own words.
    pub subject: String,
    /// What decides it.
    pub by: By,
    /// Why it does not apply, what falls short, what the deployer does, what the document does not say.
    pub why: String,
    /// The document, with its heading: `docs/operations.md#the-keys`.
    pub see: String,
    /// What holds it besides tests, or instead.
    pub checks: Vec<Check>,
}

impl Row {
    /// Those that name it.
    pub fn tests<'a>(&self, tests: &'a [Test]) -> Vec<&'a Test> {
        tests.iter().filter(|test| test.ids.contains(&Id::Asvs(self.number))).collect()
    }

    fn read(number: &str, value: &toml::Value) -> Result<Self> {
        let row = value.as_table().context("a row is a table")?;
        let known = ["level", "subject", "by", "why", "see", "checks"];
        if let Some(other) = row.keys().find(|key| !known.contains(&key.as_str())) {
            bail!("`{other}` is none of {}", known.join(", "));
        }
        let text = |key: &str| row.get(key).map_or(Ok(""), |value| value.as_str().context("text is wanted"));
        let level = row.get("level").and_then(toml::Value::as_integer).filter(|level| (1..=3).contains(level));
        let by = By::ALL.into_iter().find(|by| text("by").is_ok_and(|said| said == by.said()));
        let checks = row.get("checks").map_or(Ok(Vec::new()), Self::read_checks)?;
        let row = Self {
            number: Number::new(number).context("no number of the standard")?,
            level: u8::try_from(level.context("level is 1, 2 or 3")?)?,
            subject: text("subject")?.to_owned(),
            by: by.context("by is tests, document, deployer, not applicable or open")?,
            why: text("why")?.to_owned(),
            see: text("see")?.to_owned(),
            checks,
        };
        ensure!(!row.subject.is_empty(), "it has no subject");
        let told = match row.by {
            By::Tests => true,
            By::Document => !row.see.is_empty(),
            By::Deployer => !row.see.is_empty() || !row.why.is_empty(),
            By::NotApplicable | By::Open => !row.why.is_empty(),
        };
        ensure!(told, "{} needs `{}`", row.by.said(), if row.by == By::Document { "see" } else { "why" });
        Ok(row)
    }

    fn read_checks(value: &toml::Value) -> Result<Vec<Check>> {
        let text = |check: &toml::Value, key: &str| check.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let check = |check: &toml::Value| Some(Check { file: text(check, "file")?, says: text(check, "says")? });
        let all = value.as_array().map(|all| all.iter().map(check).collect::<Option<Vec<_>>>());
        all.flatten().context("checks are a list of { file, says }")
    }
}

/// A chapter of the standard.
#[derive(Debug)]
pub struct Chapter {
    /// From 1.
    pub number: u8,
    /// In our own words.
    pub title: String,
    /// In the standard's order.
    pub rows: Vec<Row>,
}

/// The whole table.
#[derive(Debug)]
pub struct Standard {
    /// In the standard's order.
    pub chapters: Vec<Chapter>,
}

impl Standard {
    /// As the repository says it.
    ///
    /// # Errors
    /// When the file is not there, a row is wrong, or there are not as many as the standard has.
    pub fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(FILE)).with_context(|| format!("{FILE} cannot be read"))?;
        let read = Self::parse(&text).with_context(|| format!("{FILE} is wrong"))?;
        ensure!(
            read.rows().count() == OF_THE_STANDARD,
            "{FILE} has {} rows and not {OF_THE_STANDARD}",
            read.rows().count()
        );
        Ok(read)
    }

    /// As a text says it.
    ///
    /// # Errors
    /// When a row is wrong.
    pub fn parse(text: &str) -> Result<Self> {
        let mut chapters = BTreeMap::new();
        for (number, value) in &text.parse::<toml::Table>()? {
            let at = || format!("[{number}]");
            let chapter: u8 = number.parse().with_context(at)?;
            let table = value.as_table().with_context(at)?;
            let title = table.get("title").and_then(toml::Value::as_str).context("it has no title").with_context(at)?;
            let mut rows = Vec::new();
            for (number, value) in table.iter().filter(|(key, _)| *key != "title") {
                let row = Row::read(number, value).with_context(|| number.clone())?;
                ensure!(row.number.chapter() == chapter, "{number} stands in chapter {chapter}");
                rows.push(row);
            }
            rows.sort_by_key(|row| row.number);
            chapters.insert(chapter, Chapter { number: chapter, title: title.to_owned(), rows });
        }
        Ok(Self { chapters: chapters.into_values().collect() })
    }

    /// All, in the standard's order.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.chapters.iter().flat_map(|chapter| &chapter.rows)
    }

    /// Whether the standard has this number.
    pub fn has(&self, number: Number) -> bool {
        self.rows().any(|row| row.number == number)
    }

    /// Whether everything is there that the rows point to.
    ///
    /// # Errors
    /// Says each claim that is not so, a line for each.
    pub fn hold_to(&self, root: &Path, tests: &[Test]) -> Result<()> {
        let mut wrong = Vec::new();
        let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap_or_default();
        for row in self.rows() {
            if row.by == By::Tests && row.checks.is_empty() && row.tests(tests).is_empty() {
                wrong.push(format!("{} says that tests decide it, and no test names it", row.number));
            }
            if !row.see.is_empty() && !has_heading(&read(row.see.split('#').next().unwrap_or_default()), &row.see) {
                wrong.push(format!("{} points to {}, which is not there", row.number, row.see));
            }
            for check in row.checks.iter().filter(|check| !read(&check.file).contains(&check.says)) {
                wrong.push(format!("{}: {} does not say {:?}", row.number, check.file, check.says));
            }
        }
        ensure!(wrong.is_empty(), "{FILE} claims what is not so:\n{}", wrong.join("\n"));
        Ok(())
    }
}

/// Whether a document is there, and has the heading that its address names.
fn has_heading(document: &str, see: &str) -> bool {
    let Some((_, anchor)) = see.split_once('#') else { return !document.is_empty() };
    let anchor_of = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>()
    };
    document.lines().any(|line| line.starts_with('#') && anchor_of(line) == anchor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Vec<String> {
        Number::all_in(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn numbers_follow_the_standards_name() {
        assert_eq!(numbers("ASVS 6.2.1, 6.2.9 and 10.4.16: long ones; 7.1.1"), ["6.2.1", "6.2.9", "10.4.16"]);
        assert_eq!(numbers("(ASVS 6.2.1.) R-VIS-07, ASVS 1.1.2"), ["6.2.1", "1.1.2"]);
        assert_eq!(numbers("ASVS 5.0.0, 6.2, V6.2.1, 06.2.1; version 6.2.1 of asvs 6.2.1"), [] as [&str; 0]);
    }

    fn test(number: &str) -> Test {
        let ids = vec![Id::Asvs(Number::new(number).unwrap())];
        Test { file: "crates/a/src/lib.rs".to_owned(), name: "shown".to_owned(), ids }
    }

    fn held(rows: &str, tests: &[Test]) -> Result<()> {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("guide.md"), "# A guide\n\n## The keys, and more\n").unwrap();
        std::fs::write(root.path().join("lints.toml"), "unsafe_code = \"forbid\"\n").unwrap();
        Standard::parse(&format!("[6]\ntitle = \"Signing in\"\n{rows}")).unwrap().hold_to(root.path(), tests)
    }

    #[test]
    fn a_claim_needs_what_it_claims() {
        let claimed = "\"6.2.1\" = { level = 1, subject = \"a\", by = \"tests\" }";
        assert!(held(claimed, &[test("6.2.2")]).unwrap_err().to_string().contains("no test names it"));
        held(claimed, &[test("6.2.1")]).unwrap();
        let row = |more: &str| format!("\"6.2.1\" = {{ level = 1, subject = \"a\", {more} }}");
        let check =
            |says: &str| row(&format!("by = \"tests\", checks = [{{ file = \"lints.toml\", says = '{says}' }}]"));
        held(&check("unsafe_code = \"forbid\""), &[]).unwrap();
        assert!(held(&check("unsafe_code = \"allow\""), &[]).unwrap_err().to_string().contains("does not say"));
        held(&row("by = \"document\", see = \"guide.md#the-keys-and-more\""), &[]).unwrap();
        assert!(held(&row("by = \"document\", see = \"guide.md#the-locks\""), &[]).is_err());
        assert!(held(&row("by = \"document\", see = \"another.md\""), &[]).is_err());
    }

    #[test]
    fn a_wrong_row_says_what_is_wrong() {
        for (row, told) in [
            ("\"6.2.0\" = { level = 1, subject = \"a\", by = \"tests\" }", "no number"),
            ("\"7.2.1\" = { level = 1, subject = \"a\", by = \"tests\" }", "stands in chapter 6"),
            ("\"6.2.1\" = { level = 4, subject = \"a\", by = \"tests\" }", "level is"),
            ("\"6.2.1\" = { level = 1, by = \"tests\" }", "no subject"),
            ("\"6.2.1\" = { level = 1, subject = \"a\", by = \"hope\" }", "by is tests"),
            ("\"6.2.1\" = { level = 1, subject = \"a\", by = \"open\" }", "needs `why`"),
            ("\"6.2.1\" = { level = 1, subject = \"a\", by = \"document\" }", "needs `see`"),
            ("\"6.2.1\" = { level = 1, subject = \"a\", by = \"tests\", weight = 2 }", "`weight`"),
        ] {
            let error = Standard::parse(&format!("[6]\ntitle = \"Signing in\"\n{row}")).unwrap_err();
            assert!(format!("{error:#}").contains(told), "{row}: {error:#}");
        }
    }
}
