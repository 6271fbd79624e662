//! Finds the browser tests of a module and the requirements that each names, in its title or directly above it.
//!
//! By line, not by parsing: the tests are written one way, `test('title', …)` at the beginning of a line. A test that
//! is skipped or still to be written (`test.skip`, `test.todo`) does not count.

use crate::catalogue::Id;

const OPENINGS: [&str; 4] = ["test(", "await t.test(", "t.test(", "it("];

pub fn tests(source: &str) -> Vec<(String, Vec<Id>)> {
    let mut tests = Vec::new();
    let mut above: Vec<Id> = Vec::new();
    let mut lines = source.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        if let Some(comment) = line.strip_prefix("//") {
            above.extend(Id::all_in(comment));
            continue;
        }
        if let Some(after) = OPENINGS.iter().find_map(|opening| line.strip_prefix(opening)) {
            let text = if after.is_empty() { lines.peek().copied().unwrap_or_default() } else { after };
            if let Some(title) = title(text) {
                let mut ids = Id::all_in(title);
                ids.append(&mut above);
                ids.sort();
                ids.dedup();
                tests.push((title.to_owned(), ids));
            }
        }
        above.clear();
    }
    tests
}

/// What is between the quotes that `text` begins with.
fn title(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| ['\'', '"', '`'].contains(c))?;
    let inside = &text[1..];
    let mut hidden = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if hidden => hidden = false,
            '\\' => hidden = true,
            c if c == quote => return Some(&inside[..at]),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn titles_and_comments() {
        let source = "
            // R-VIS-01 is far above

            // R-VIS-02
            test('R-VIS-07 seen alone', async () => {
              // R-VIS-03
              await page.click('R-VIS-04');
              await t.test(\"it's R-VIS-05\", () => {});
            });
            test(
              `R-VIS-06 long`,
            );
            test.skip('R-VIS-08 not run', () => {});
            test('plain', () => {});
            test(title, () => {});
        ";
        let said: Vec<String> = tests(source)
            .into_iter()
            .map(|(title, ids)| {
                format!("{title}: {}", ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(
            said,
            ["R-VIS-07 seen alone: R-VIS-02 R-VIS-07", "it's R-VIS-05: R-VIS-05", "R-VIS-06 long: R-VIS-06", "plain: ",]
        );
    }
}
