//! Finds the tables of dates beside the tests, and the requirement that each of their headings names.
//!
//! A table is a text file in a folder `dates`; the module `dates.rs` beside the folder holds it against the program, and
//! fails by the number of the requirement. A heading is a line `R-TIME-26  visit-recorded`, and under it stand lines of
//! dates with a `|` between them. A heading counts only with lines to hold it, and a table only if the module beside it
//! has a test and takes this table in.

use crate::catalogue::Id;

/// The fewest lines that show anything: the day before, the day, the day after.
const FEWEST: usize = 3;

/// The module that holds a table against the program, if the file is a table.
pub fn module_of(file: &str) -> Option<String> {
    let folder = file.strip_suffix(".txt").and_then(|file| file.rsplit_once('/')).map(|(folder, _)| folder)?;
    folder.ends_with("/dates").then(|| format!("{folder}.rs"))
}

/// Whether a module holds this table against the program.
pub fn is_held(module: &str, table: &str) -> bool {
    let name = table.rsplit('/').next().unwrap_or(table);
    module.contains("#[test]") && module.contains(&format!("dates/{name}"))
}

pub fn tests(source: &str) -> Vec<(String, Vec<Id>)> {
    let mut tests: Vec<(String, usize)> = Vec::new();
    for line in source.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let indented = line.starts_with(' ');
        if !indented && !line.is_empty() {
            tests.push((line.to_owned(), 0));
        } else if indented
            && line.contains('|')
            && let Some((_, lines)) = tests.last_mut()
        {
            *lines += 1;
        }
    }
    let shown = tests.into_iter().filter(|(_, lines)| *lines >= FEWEST);
    shown.map(|(heading, lines)| (format!("{heading}, {lines} dates"), Id::all_in(&heading))).collect()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_heading_counts_with_lines_to_hold_it() {
        let table = "# R-TIME-99\n\nR-TIME-01  a\n  24 hours\n  # why\n  2026-01-01 | x | y | late\n  2026-01-02 | x | y | late\n  \
                     2026-01-03 | x | y | late\n\nR-TIME-02  b\n  2026-01-01 | x | y | late\n\nD-29  c\n  a | b\n  a | b\n  a | b\n";
        let said: Vec<_> = tests(table).into_iter().map(|(name, ids)| (name, ids.len())).collect();
        assert_eq!(said, [("R-TIME-01  a, 3 dates".to_owned(), 1), ("D-29  c, 3 dates".to_owned(), 0)]);
    }

    #[test]
    fn a_table_needs_the_module_beside_it() {
        let table = "crates/a/tests/it/dates/b.txt";
        assert_eq!(module_of(table).as_deref(), Some("crates/a/tests/it/dates.rs"));
        assert_eq!(module_of("crates/a/tests/it/routes.txt"), None);
        assert!(is_held("include_str!(\"dates/b.txt\") #[test]", table));
        assert!(!is_held("include_str!(\"dates/c.txt\") #[test]", table));
        assert!(!is_held("include_str!(\"dates/b.txt\")", table));
    }
}
