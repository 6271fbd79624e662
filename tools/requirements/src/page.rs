//! Writes the page. What holds now comes first, each requirement stands once, and nothing in it depends on the day.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Test;
use crate::catalogue::{Catalogue, Group, Id, Requirement};

/// How much of a requirement's text the table shows; the catalogue has the rest.
const SHOWN: usize = 140;

const INTRODUCTION: &str = "\
Made by `cargo run -p requirements`: do not edit it. The catalogue is [requirements.csv](requirements.csv), and what
holds now is chosen in [requirements-scope.toml](requirements-scope.toml). A requirement has a test when a test names
it, by `r_vis_07` in its name or `R-VIS-07` in the comment above it; one that is ignored or skipped does not count.
That a test names a requirement does not say that it covers all of it: read the test.
";

type ById<'a> = BTreeMap<&'a Id, Vec<&'a Test>>;

/// The page, and one line that sums it up.
pub fn write(catalogue: &Catalogue, tests: &[Test]) -> (String, String) {
    let mut by_id = ById::new();
    for test in tests {
        for id in &test.ids {
            by_id.entry(id).or_default().push(test);
        }
    }
    let all = || catalogue.groups.iter().flat_map(|group| &group.requirements);
    let now = count(all().filter(|r| r.now), &by_id);
    let whole = count(all(), &by_id);

    let mut page = String::new();
    let out = &mut page;
    _ = writeln!(out, "# Requirements and their tests\n\n{INTRODUCTION}");
    _ = write!(out, "**{} of the {} that hold now have a test.** ", now.with_test, now.items);
    _ = writeln!(out, "Of all {} in the catalogue, {} have one.\n", whole.items, whole.with_test);

    counts(out, catalogue, &by_id);
    _ = writeln!(out, "## Now\n");
    missing_now(out, catalogue, &by_id);
    tables(out, catalogue, &by_id, true);
    _ = writeln!(out, "## Later\n");
    missing_later(out, catalogue, &by_id);
    tables(out, catalogue, &by_id, false);
    page.truncate(page.trim_end().len());
    page.push('\n');

    let summary = format!(
        "requirements: {} of the {} that hold now have a test; {} in the catalogue, {} with a test",
        now.with_test, now.items, whole.items, whole.with_test
    );
    (page, summary)
}

struct Count {
    items: usize,
    with_test: usize,
}

fn count<'a>(requirements: impl Iterator<Item = &'a Requirement>, by_id: &ById) -> Count {
    let mut count = Count { items: 0, with_test: 0 };
    for requirement in requirements {
        count.items += 1;
        count.with_test += usize::from(by_id.contains_key(&requirement.id));
    }
    count
}

fn counts(out: &mut String, catalogue: &Catalogue, by_id: &ById) {
    _ = writeln!(out, "| Group | Subject | Now | With a test | In all | With a test |");
    _ = writeln!(out, "| --- | --- | ---: | ---: | ---: | ---: |");
    for group in &catalogue.groups {
        let now = count(group.requirements.iter().filter(|r| r.now), by_id);
        let all = count(group.requirements.iter(), by_id);
        let row = (&group.code, cell(&group.title), now.items, now.with_test, all.items, all.with_test);
        _ = writeln!(out, "| {} | {} | {} | {} | {} | {} |", row.0, row.1, row.2, row.3, row.4, row.5);
    }
    out.push('\n');
}

fn missing_now(out: &mut String, catalogue: &Catalogue, by_id: &ById) {
    let missing: Vec<&Requirement> = catalogue
        .groups
        .iter()
        .flat_map(|group| &group.requirements)
        .filter(|r| r.now && !by_id.contains_key(&r.id))
        .collect();
    if missing.is_empty() {
        _ = writeln!(out, "Nothing is missing: each has a test.\n");
        return;
    }
    _ = writeln!(out, "### Missing\n\nNo test names these:\n");
    for requirement in missing {
        _ = writeln!(out, "- {}: {}", requirement.id, shortened(&requirement.text));
    }
    out.push('\n');
}

fn missing_later(out: &mut String, catalogue: &Catalogue, by_id: &ById) {
    _ = writeln!(out, "### Missing\n\nNo test names these, which do not hold yet:\n");
    for group in &catalogue.groups {
        let missing = group.requirements.iter().filter(|r| !r.now && !by_id.contains_key(&r.id));
        let prefix = format!("R-{}-", group.code);
        let numbers: Vec<String> = missing.map(|r| r.id.to_string().replace(&prefix, "")).collect();
        if !numbers.is_empty() {
            _ = writeln!(out, "- {}: {}", group.code, numbers.join(" "));
        }
    }
    out.push('\n');
}

fn tables(out: &mut String, catalogue: &Catalogue, by_id: &ById, now: bool) {
    for group in &catalogue.groups {
        let requirements: Vec<&Requirement> = group.requirements.iter().filter(|r| r.now == now).collect();
        if !requirements.is_empty() {
            table(out, group, &requirements, by_id);
        }
    }
}

fn table(out: &mut String, group: &Group, requirements: &[&Requirement], by_id: &ById) {
    let count = count(requirements.iter().copied(), by_id);
    _ = writeln!(out, "### {} ({})\n", group.title, group.code);
    _ = writeln!(out, "{} of {} have a test.\n", count.with_test, count.items);
    _ = writeln!(out, "| ID | Requirement | Tests |\n| --- | --- | --- |");
    for requirement in requirements {
        let tests = by_id.get(&requirement.id).map(Vec::as_slice).unwrap_or_default();
        let tests: Vec<String> = tests.iter().map(|test| format!("`{}::{}`", test.file, cell(&test.name))).collect();
        let tests = if tests.is_empty() { "none".to_owned() } else { tests.join("<br>") };
        _ = writeln!(out, "| {} | {} | {tests} |", requirement.id, cell(&shortened(&requirement.text)));
    }
    out.push('\n');
}

/// Text as a cell of a table can hold it.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('`', "'").replace('\n', " ")
}

/// At most about [`SHOWN`] characters, cut between words.
fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let mut short = String::new();
    for word in text.split_whitespace() {
        if short.chars().count() + 1 + word.chars().count() >= SHOWN {
            break;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    let end = short.trim_end_matches([',', ';', ':', '.', '(']).len();
    short.truncate(end);
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_words() {
        assert_eq!(shortened("short."), "short.");
        let long = "word, ".repeat(60);
        let short = shortened(&long);
        assert!(short.ends_with("word…") && short.chars().count() <= SHOWN, "{short}");
        assert_eq!(shortened(&"é".repeat(SHOWN)).chars().count(), SHOWN);
    }

    #[test]
    fn a_cell_cannot_break_the_table() {
        assert_eq!(cell("a|b `c`\nd"), "a\\|b 'c' d");
    }
}
