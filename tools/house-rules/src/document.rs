//! Documents for people, as far as a test can hold them to the program: their tables, the figures in them, and where each
//! figure is said.

use std::{fs, io, path::Path};

use crate::source::Sources;

/// A table of a document: its rows, without the one that names the columns.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// What the columns are called.
    pub columns: Vec<String>,
    /// The cells, by rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// What stands between backquotes in a column, in the order of the page.
    ///
    /// # Panics
    /// Where there is no such column.
    pub fn quoted(&self, column: &str) -> Vec<String> {
        let at = self.column(column);
        self.rows.iter().flat_map(|row| quoted(&row[at])).map(str::to_owned).collect()
    }

    /// Where a column stands.
    ///
    /// # Panics
    /// Where there is none: the test that asks for it names the document.
    pub fn column(&self, name: &str) -> usize {
        let found = self.columns.iter().position(|column| column == name);
        found.unwrap_or_else(|| panic!("no column «{name}» among {:?}", self.columns))
    }
}

/// What stands under a heading of the second level, to the next one.
///
/// # Errors
/// The disk's, and a document without that heading.
pub fn section(root: &Path, document: &str, heading: &str) -> io::Result<String> {
    let text = fs::read_to_string(root.join(document))?;
    let found = text.split("\n## ").skip(1).find_map(|part| part.strip_prefix(heading)?.strip_prefix('\n'));
    found.map(str::to_owned).ok_or_else(|| io::Error::other(format!("{document} has no «{heading}»")))
}

/// Every table of a text.
pub fn tables(text: &str) -> Vec<Table> {
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim().trim_start_matches('|').trim_end_matches('|');
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    let mut found = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_head = line.starts_with('|') && lines.peek().is_some_and(|next| next.starts_with("| -"));
        if !is_head {
            continue;
        }
        lines.next();
        let mut rows = Vec::new();
        while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
            rows.push(cells(row));
        }
        found.push(Table { columns: cells(line), rows });
    }
    found
}

/// What stands between backquotes.
pub fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The figures of a text, what is between backquotes apart: `5 minutes` is three hundred, `4 MiB` so many bytes. Words are no
/// figures, and so a table can say «one» where nobody is to count.
pub fn figures(text: &str) -> Vec<i64> {
    let plain: String = text.split('`').step_by(2).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let digits = word.trim_end_matches([',', ';', '.', ':', ')']).trim_start_matches('(').replace(',', "");
        let Ok(number) = digits.parse::<i64>() else { continue };
        let ends = word.ends_with([',', ';', '.', ':', ')']);
        let unit = if ends {
            ""
        } else {
            words.get(at + 1).map_or("", |unit| unit.trim_end_matches([',', ';', '.', ':', ')']))
        };
        found.push(number * worth(unit));
    }
    found
}

fn worth(unit: &str) -> i64 {
    match unit {
        "KiB" => 1_024,
        "MiB" => 1_024 * 1_024,
        "MB" | "million" => 1_000_000,
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => 1,
    }
}

/// What the program or a policy says under a name, in bytes or seconds where it is of those: `web::posted::MOST_BYTES`, or
/// `england/files.toml largest.pdf`.
///
/// # Panics
/// Where it says nothing, or something that is no figure.
pub fn said(root: &Path, program: &Sources, name: &str) -> i64 {
    if let Some((file, key)) = name.split_once(' ') {
        let text = fs::read_to_string(root.join("packs").join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let table: toml::Value = toml::Value::Table(text.parse().unwrap_or_else(|error| panic!("{file}: {error}")));
        let found = key.split('.').try_fold(&table, |table, part| table.get(part)).and_then(toml::Value::as_integer);
        return found.unwrap_or_else(|| panic!("{file} has no {key}")) * worth_of_name(key);
    }
    let (module, constant) = name.rsplit_once("::").unwrap_or_else(|| panic!("{name} is no path"));
    let (room, rest) = module.split_once("::").unwrap_or((module, "lib"));
    let rest = rest.replace("::", "/");
    let files = [format!("crates/{room}/src/{rest}.rs"), format!("crates/{room}/src/{rest}/mod.rs")];
    let text = files.iter().find_map(|file| program.get(file)).unwrap_or_else(|| panic!("{name}: no {files:?}"));
    let value = ["const", "static"].iter().find_map(|word| {
        let (_, after) = text.split_once(&format!("{word} {constant}: "))?;
        after.split_once('=')?.1.split_once(';').map(|(value, _)| value)
    });
    worked_out(value.unwrap_or_else(|| panic!("{name} is not there any more"))) * worth_of_name(constant)
}

fn worth_of_name(name: &str) -> i64 {
    let name = name.to_ascii_lowercase().replace('-', "_");
    match name {
        name if name.ends_with("minutes") => 60,
        name if name.ends_with("hours") => 3_600,
        name if name.ends_with("days") || name.ends_with("days_back") => 86_400,
        name if name.ends_with("megabytes") || name.starts_with("largest.") => 1_000_000,
        _ => 1,
    }
}

/// A value as it stands in the source: a product, a duration, so many turns of a semaphore, `"15s"`.
fn worked_out(value: &str) -> i64 {
    let unit = if value.contains("from_mins") {
        60
    } else if value.contains("from_hours") {
        3_600
    } else {
        1
    };
    let inner = value.rsplit_once('(').map_or(value, |(_, inner)| inner);
    let plain = inner.trim_matches(|c: char| !c.is_ascii_digit()).replace('_', "");
    let factors = plain.split('*').map(|factor| factor.trim().parse::<i64>());
    factors
        .collect::<Result<Vec<_>, _>>()
        .map_or_else(|_| panic!("{value} is no figure"), |all| all.iter().product::<i64>())
        * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_worth_of_their_units() {
        assert_eq!(figures("5, for 5 minutes"), [5, 300]);
        assert_eq!(figures("4 MiB; 64 million (2,000 MB)"), [4_194_304, 64_000_000, 2_000_000_000]);
        assert_eq!(figures("from 12 to 200"), [12, 200]);
        assert_eq!(figures("one of `20` and AAL2, ES256"), [0_i64; 0]);
    }

    #[test]
    fn values_are_worked_out_as_they_stand_in_the_source() {
        for (value, worth) in [
            (" 4 * 1024 * 1_024", 4_194_304),
            (" Duration::from_mins(5)", 300),
            (" Semaphore::const_new(2)", 2),
            (" LazyLock::new(|| Semaphore::new(1))", 1),
            (" \"15s\"", 15),
        ] {
            assert_eq!(worked_out(value), worth, "{value}");
        }
    }

    #[test]
    fn a_table_has_its_columns_and_rows() {
        let found = tables("a\n\n| one | two |\n| --- | ---: |\n| `x` `y` | 1 |\n| | 2 |\n\nb\n| no table |\n");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].columns, ["one", "two"]);
        assert_eq!(found[0].rows, [["`x` `y`", "1"], ["", "2"]]);
        assert_eq!(found[0].quoted("one"), ["x", "y"]);
    }
}
