//! Writes `docs/faults.md`: each fault, the rows that it shows, and what the tests said.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use requirements::asvs::{By, Number, Standard};

use crate::{
    NOT_SHOWN,
    drill::{Answer, Shown},
    fault::{Faults, How, Told},
};

/// Where it is written.
pub const FILE: &str = "docs/faults.md";

/// How much of what a test says stands there.
const SHOWN: usize = 120;

const INTRODUCTION: &str = "\
Made by `cargo run -p faults -- run`: do not edit it. A test that cannot fail shows nothing. So each requirement of the
security standard that is decided by tests ([asvs.md](asvs.md)) has a fault, a small change to the program such as a careless one
would be, with which a test that names that requirement must fail. They stand in [tools/faults/asvs](../tools/faults/asvs), in
the order of the standard's chapters; the command puts them into a copy of the tree, sees first that all these tests pass there
with no fault, then that each fails with its own. Where nothing runs with the change (a line of a document, of `Cargo.toml`, of
source that a test reads), the fault is in what the test reads. That each still fits the source, and that every row has one, is a
test of every run.
";

/// The page: when and on what it was run, how long it took, and everything that came of it.
pub fn write(standard: &Standard, faults: &Faults, shown: &[Shown<'_>], run: &str, took: Duration) -> String {
    let mut page = format!("# Faults made on purpose\n\n{INTRODUCTION}\n");
    let out = &mut page;
    let decided = || standard.rows().filter(|row| row.by == By::Tests).map(|row| row.number);
    let told = |shown: &&Shown<'_>| shown.answers.iter().all(|(_, answer)| answer.tells());
    let rows: BTreeSet<Number> = shown.iter().filter(told).flat_map(|shown| shown.fault.rows.iter().copied()).collect();
    let tests: BTreeSet<&Told> =
        shown.iter().flat_map(|shown| &shown.fault.tests).filter(|told| **told != Told::Checks).collect();
    let of = |how: How| shown.iter().filter(|shown| shown.fault.how == how).count();
    _ = writeln!(
        out,
        "{run}: **{} faults show {} of the {} rows** by {} tests, in {} minutes with what had to be built. {} are switches in one \
         program, {} change what a test reads, {} were built one by one.\n",
        shown.iter().filter(told).count(),
        decided().filter(|row| rows.contains(row)).count(),
        decided().count(),
        tests.len(),
        took.as_secs().div_ceil(60),
        of(How::Switch),
        of(How::Source),
        of(How::Build)
    );
    for chapter in &standard.chapters {
        let of_it: Vec<&Shown<'_>> = shown
            .iter()
            .filter(|shown| shown.fault.rows.iter().min().is_some_and(|row| row.chapter() == chapter.number))
            .collect();
        if of_it.is_empty() {
            continue;
        }
        _ = writeln!(out, "## V{} {}\n", chapter.number, chapter.title);
        _ = writeln!(
            out,
            "| Rows | Fault | What is wrong then | The test that told, and its first words |\n| --- | --- | --- | --- |"
        );
        for shown in of_it {
            let rows: Vec<String> = shown.fault.rows.iter().map(ToString::to_string).collect();
            let answers: Vec<String> = shown
                .answers
                .iter()
                .map(|(told, answer)| format!("{}: {}", code(&told.to_string()), said(answer)))
                .collect();
            let (rows, name, says) = (rows.join(", "), &shown.fault.name, cell(&shown.fault.says));
            _ = writeln!(out, "| {rows} | {name} | {says} | {} |", answers.join("<br>"));
        }
        out.push('\n');
    }
    _ = writeln!(out, "## Not shown yet\n");
    if faults.not_shown.is_empty() {
        _ = writeln!(out, "Nothing.");
    } else {
        _ = writeln!(out, "By [{NOT_SHOWN}](../{NOT_SHOWN}):\n");
    }
    for row in &faults.not_shown {
        _ = writeln!(out, "- {}: {}", row.row, row.why);
    }
    page
}

/// Whether every test told of its fault, and what did not.
pub fn silent(shown: &[Shown<'_>]) -> Vec<String> {
    let of_one = |shown: &Shown<'_>| {
        let name = shown.fault.name.clone();
        let silent = shown.answers.iter().filter(|(_, answer)| !answer.tells());
        silent.map(|(told, answer)| format!("{name}: {told}: {}", said(answer))).collect::<Vec<_>>()
    };
    shown.iter().flat_map(of_one).collect()
}

fn said(answer: &Answer) -> String {
    match answer {
        Answer::Told(words) => code(&first(&compared(words))),
        Answer::Hung(after) => format!("it did not end, and was ended after {} s", after.as_secs()),
        Answer::Silent => "**it passed**".to_owned(),
        Answer::Worthless(words) => format!("**nothing: {}**", code(&first(words))),
    }
}

/// `1 ≠ 2`, for what an assertion of two says at length.
fn compared(words: &str) -> String {
    let sides = |said: &str, sign: &str| {
        let rest = words.strip_prefix(said)?;
        let (message, sides) = rest.split_once("left: ")?;
        let (left, right) = sides.split_once(" right: ")?;
        let message = message.trim().trim_start_matches(':').trim();
        let message = if message.is_empty() { String::new() } else { format!("{message}: ") };
        Some(format!("{message}{} {sign} {}", short(left, SHOWN / 2), short(right, SHOWN / 2)))
    };
    let said =
        sides("assertion `left == right` failed", "≠").or_else(|| sides("assertion `left != right` failed", "="));
    said.unwrap_or_else(|| words.to_owned())
}

/// The first words, without the folders of whoever ran it.
fn first(words: &str) -> String {
    let home = |word: &str| {
        let path = Path::new(word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/'));
        let top: PathBuf = path.components().take(2).collect();
        let of_a_machine = path.is_absolute() && path.components().count() > 2 && top.exists();
        if of_a_machine { "…".to_owned() } else { word.to_owned() }
    };
    let said = plain(words).split_whitespace().map(home).collect::<Vec<_>>().join(" ");
    short(&said, SHOWN)
}

/// Without what makes letters coloured on a screen.
fn plain(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |said, piece| said + piece.split_once('m').map_or(piece, |(_, rest)| rest))
}

fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

/// Words as they are, in a cell of a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'").replace('|', "\\|"))
}

/// Text that a table's cell can hold and that is no markup.
fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::Fault;

    #[test]
    fn the_page_says_what_was_wrong_and_who_told() {
        let standard = "[6]\ntitle = \"Signing in\"\n\"6.2.1\" = { level = 1, subject = \"s\", by = \"tests\" }\n";
        let standard = Standard::parse(standard).unwrap();
        let told = Told::new("crates/a/src/b.rs::c").unwrap();
        let fault = Fault {
            name: "a".to_owned(),
            rows: vec![Number::new("6.2.1").unwrap()],
            file: "f".to_owned(),
            find: String::new(),
            put: String::new(),
            tests: vec![told.clone()],
            says: "one | two".to_owned(),
            how: How::Switch,
        };
        let page = |answer: Answer| {
            let shown = [Shown { fault: &fault, answers: vec![(told.clone(), answer)] }];
            let page = write(&standard, &Faults::default(), &shown, "1 May 2026", Duration::from_secs(61));
            (page, silent(&shown))
        };
        let (text, quiet) = page(Answer::Told("no /tmp/somebody/a/b, /record/a/b `<b>`".to_owned()));
        assert!(text.contains("1 May 2026: **1 faults show 1 of the 1 rows** by 1 tests, in 2 minutes"), "{text}");
        assert!(
            text.contains("| 6.2.1 | a | one \\| two | `crates/a/src/b.rs::c`: `no … /record/a/b '<b>'` |"),
            "{text}"
        );
        assert!(quiet.is_empty());
        let (text, quiet) = page(Answer::Silent);
        assert!(text.contains("**0 faults show 0 of the 1 rows**") && text.contains("**it passed**"), "{text}");
        assert_eq!(quiet, ["a: crates/a/src/b.rs::c: **it passed**"]);
    }

    #[test]
    fn only_the_first_words_are_shown() {
        assert_eq!(first(&"ä".repeat(SHOWN + 1)), format!("{}…", "ä".repeat(SHOWN)));
        let long = format!("assertion `left == right` failed: of it left: \"{}\" right: 2", "x".repeat(SHOWN));
        assert_eq!(compared(&long), format!("of it: \"{}… ≠ 2", "x".repeat(SHOWN / 2 - 1)));
        assert_eq!(compared("assertion `left != right` failed left: 1 right: 1"), "1 = 1");
        assert_eq!(compared("assertion failed: a == b"), "assertion failed: a == b");
        assert_eq!(first("\u{1b}[2m12:00\u{1b}[0m mine"), "12:00 mine");
        assert_eq!(first("left: \"/a\"\n  right: 2"), "left: \"/a\" right: 2");
    }
}
