//! Writes the page of the standard: how much is decided by what, what is open, then each requirement once.

use std::fmt::Write as _;

use crate::Test;
use crate::asvs::{By, Chapter, Row, Standard};
use crate::page::cell;

const INTRODUCTION: &str = "\
Made by `cargo run -p requirements`: do not edit it. What decides a requirement stands in [asvs.toml](asvs.toml), and the
tests are those that name it (`ASVS 6.2.1` in the comment above). The subjects are our own words for finding the place, not
the requirements: those are in OWASP's *Application Security Verification Standard 5.0.0* (<https://owasp.org/asvs>,
CC BY-SA 4.0), under the same numbers. Levels are the standard's: 1 for everybody, 2 for what holds personal data, 3 for
the highest need.

- **tests**: tests that run each time would fail without it, or a check (a lint, a rule on dependencies) would: seen with a
  fault made on purpose for each row ([faults.md](faults.md)).
- **document**: it asks for something written, and that is written where the row says.
- **deployer**: whoever runs the program does it.
- **not applicable**: the program has nothing to which it could apply. Where a test is named too, it would fail if that
  came.
- **open**: it does not hold, or not wholly; the row says what falls short. Tests that are named hold the part that does.
";

/// The page, and one line that sums it up.
pub fn write(standard: &Standard, tests: &[Test]) -> (String, String) {
    let mut page = String::new();
    let out = &mut page;
    _ = writeln!(out, "# OWASP ASVS 5.0.0\n\n{INTRODUCTION}");
    let decided = |by: By| standard.rows().filter(|row| row.by == by).count();
    let absent = standard.rows().filter(|row| row.by == By::NotApplicable && !row.tests(tests).is_empty()).count();
    _ = write!(out, "**{} of the {} are decided by tests.** ", decided(By::Tests), standard.rows().count());
    let not_applicable = decided(By::NotApplicable);
    _ = writeln!(out, "Of the {not_applicable} that do not apply, a test holds {absent} to that.\n");
    counts(out, standard);
    open(out, standard);
    for chapter in &standard.chapters {
        table(out, chapter, tests);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    let all: Vec<String> = By::ALL.iter().map(|by| format!("{} {}", by.said(), decided(*by))).collect();
    (
        page,
        format!(
            "asvs: {} requirements; {}; a test holds {absent} of those not applicable to that",
            standard.rows().count(),
            all.join(", ")
        ),
    )
}

fn counts(out: &mut String, standard: &Standard) {
    let heads: Vec<String> = By::ALL.iter().map(|by| format!(" {} |", by.said())).collect();
    _ = writeln!(out, "| | |{} all |", heads.concat());
    _ = writeln!(out, "| --- | --- |{} ---: |", " ---: |".repeat(By::ALL.len()));
    let line = |out: &mut String, name: &str, title: &str, rows: &[&Row]| {
        let counts = By::ALL.map(|by| format!(" {} |", rows.iter().filter(|row| row.by == by).count()));
        _ = writeln!(out, "| {name} | {title} |{} {} |", counts.concat(), rows.len());
    };
    for chapter in &standard.chapters {
        line(out, &format!("V{}", chapter.number), &cell(&chapter.title), &chapter.rows.iter().collect::<Vec<_>>());
    }
    for level in 1..=3 {
        let rows: Vec<&Row> = standard.rows().filter(|row| row.level == level).collect();
        line(out, "", &format!("Level {level}"), &rows);
    }
    line(out, "", "**All**", &standard.rows().collect::<Vec<_>>());
    out.push('\n');
}

fn open(out: &mut String, standard: &Standard) {
    _ = writeln!(out, "## What is open\n");
    let mut none = true;
    for row in standard.rows().filter(|row| row.by == By::Open) {
        none = false;
        _ = writeln!(out, "- {} (level {}), {}: {}", row.number, row.level, row.subject, row.why);
    }
    _ = writeln!(out, "{}", if none { "Nothing.\n" } else { "" });
}

fn table(out: &mut String, chapter: &Chapter, tests: &[Test]) {
    _ = writeln!(out, "## V{} {}\n", chapter.number, chapter.title);
    _ = writeln!(out, "| ID | Level | Subject | Decided by | |\n| --- | :-: | --- | --- | --- |");
    for row in &chapter.rows {
        let mut said = Vec::new();
        if !row.why.is_empty() {
            said.push(cell(&row.why));
        }
        if !row.see.is_empty() {
            let from_docs = row.see.strip_prefix("docs/").map_or_else(|| format!("../{}", row.see), str::to_owned);
            said.push(format!("[{}]({from_docs})", row.see));
        }
        said.extend(row.checks.iter().map(|check| format!("`{}`: `{}`", check.file, cell(&check.says))));
        said.extend(row.tests(tests).iter().map(|test| format!("`{}::{}`", test.file, cell(&test.name))));
        let (subject, by) = (cell(&row.subject), row.by.said());
        _ = writeln!(out, "| {} | {} | {subject} | {by} | {} |", row.number, row.level, said.join("<br>"));
    }
    out.push('\n');
}
