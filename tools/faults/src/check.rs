//! Whether the faults fit the repository as it is: nothing is built or run for that.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Result, ensure};
use requirements::{
    Id, Test,
    asvs::{By, FILE, Number, Standard},
};

use crate::{
    NOT_SHOWN,
    fault::{Fault, Faults, How, Told},
    text,
};

/// What the faults are held to.
pub struct Held<'a> {
    /// The tree.
    pub root: &'a Path,
    /// The rows.
    pub standard: &'a Standard,
    /// The tests that name requirements.
    pub tests: &'a [Test],
}

impl Held<'_> {
    /// Holds all of them to it, and sees that no row is left out.
    ///
    /// # Errors
    /// Says everything that does not fit, a line for each.
    pub fn all(&self, faults: &Faults) -> Result<()> {
        let mut wrong = self.each(faults);
        wrong.extend(self.rows(faults));
        ensure!(wrong.is_empty(), "the faults do not fit:\n{}", wrong.join("\n"));
        Ok(())
    }

    /// Holds to it those that there are.
    ///
    /// # Errors
    /// Says everything that does not fit, a line for each.
    pub fn those_there_are(&self, faults: &Faults) -> Result<()> {
        let wrong = self.each(faults);
        ensure!(wrong.is_empty(), "the faults do not fit:\n{}", wrong.join("\n"));
        Ok(())
    }

    fn each(&self, faults: &Faults) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut names = BTreeSet::new();
        for fault in &faults.all {
            let well = fault.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !well || fault.name.is_empty() {
                wrong.push(format!("{:?} is no name of a fault", fault.name));
            }
            if !names.insert(&fault.name) {
                wrong.push(format!("{} is the name of two faults", fault.name));
            }
            wrong.extend(self.one(fault).into_iter().map(|said| format!("{}: {said}", fault.name)));
        }
        wrong.extend(self.places(faults));
        wrong
    }

    fn one(&self, fault: &Fault) -> Vec<String> {
        let mut wrong = Vec::new();
        let is_rust = Path::new(&fault.file).extension().is_some_and(|end| end == "rs");
        match fault.how {
            How::Switch if text::switch(&fault.put).is_none() => wrong.push("what it puts has no ON".to_owned()),
            How::Switch if !is_rust => wrong.push(format!("{} can have no switch", fault.file)),
            _ => {}
        }
        if fault.find == fault.put || fault.says.is_empty() || fault.rows.is_empty() || fault.tests.is_empty() {
            wrong.push("it must change something, and say what, for which rows, and which tests tell".to_owned());
        }
        for told in &fault.tests {
            match told {
                Told::Checks if fault.how != How::Source => wrong.push("checks look at source".to_owned()),
                Told::Test { .. } if self.test(told).is_none() => wrong.push(format!("there is no test {told}")),
                _ => {}
            }
        }
        for row in &fault.rows {
            if !fault.tests.iter().any(|told| self.holds(told, *row)) {
                wrong.push(format!("none of its tests names {row}"));
            }
        }
        wrong
    }

    fn test(&self, told: &Told) -> Option<&Test> {
        let Told::Test { file, name } = told else { return None };
        self.tests.iter().find(|test| test.file == *file && test.name == *name)
    }

    /// Whether this is what decides the row.
    fn holds(&self, told: &Told, row: Number) -> bool {
        match told {
            Told::Checks => self.standard.rows().any(|other| other.number == row && !other.checks.is_empty()),
            Told::Test { .. } => self.test(told).is_some_and(|test| test.ids.contains(&Id::Asvs(row))),
        }
    }

    /// Each file with all its switches in it, then with each other fault on top.
    fn places(&self, faults: &Faults) -> Vec<String> {
        let mut by_file: BTreeMap<&str, Vec<&Fault>> = BTreeMap::new();
        for fault in &faults.all {
            by_file.entry(&fault.file).or_default().push(fault);
        }
        let mut wrong = Vec::new();
        for (file, faults) in by_file {
            let Ok(text) = fs::read_to_string(self.root.join(file)) else {
                wrong.push(format!("{}: there is no {file}", faults[0].name));
                continue;
            };
            let placed = |fault: &&&Fault| text::place(&text, fault).map_err(|said| said.to_string());
            wrong.extend(faults.iter().filter_map(|fault| placed(&fault).err()));
            let fit = |fault: &Fault| text::place(&text, fault).is_ok();
            let switches = || faults.iter().copied().filter(|fault| fault.how == How::Switch && fit(fault));
            match text::with(&text, &switches().collect::<Vec<_>>()) {
                // The others come on top of what the switches have made of it.
                Ok(switched) => {
                    let builds = faults.iter().copied().filter(|fault| fault.how == How::Build && fit(fault));
                    wrong.extend(
                        builds.filter_map(|fault| text::place(&switched, fault).err()).map(|said| said.to_string()),
                    );
                }
                Err(said) => wrong.push(said.to_string()),
            }
        }
        wrong
    }

    /// Each row that tests decide has a fault, or stands among those that have none yet.
    fn rows(&self, faults: &Faults) -> Vec<String> {
        let mut wrong = Vec::new();
        let shown: BTreeSet<Number> = faults.all.iter().flat_map(|fault| fault.rows.iter().copied()).collect();
        let not_shown: BTreeSet<Number> = faults.not_shown.iter().map(|row| row.row).collect();
        for row in self.standard.rows().filter(|row| row.by == By::Tests) {
            match (shown.contains(&row.number), not_shown.contains(&row.number)) {
                (false, false) => wrong.push(format!("{} is decided by tests, and no fault shows it", row.number)),
                (true, true) => wrong.push(format!("{} has a fault, and stands in {NOT_SHOWN}", row.number)),
                _ => {}
            }
        }
        let decided = |number: &Number| self.standard.rows().any(|row| row.number == *number && row.by == By::Tests);
        let strangers = shown.union(&not_shown).filter(|number| !decided(number));
        wrong.extend(strangers.map(|number| format!("{number} is not decided by tests in {FILE}")));
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SWITCH: &str = "
        [[fault]]
        name = \"a\"
        rows = [\"6.2.1\"]
        file = \"crates/a/src/lib.rs\"
        find = 'LIMIT'
        put = '(if ON { 0 } else { LIMIT })'
        tests = [\"crates/a/src/lib.rs::held\"]
        says = \"no limit\"
    ";

    const CHECK: &str = "
        [[fault]]
        name = \"b\"
        rows = [\"6.2.2\"]
        file = \"Cargo.toml\"
        find = 'forbid'
        put = 'allow'
        tests = [\"checks\"]
        says = \"unsafe code\"
        how = \"source\"
    ";

    /// Held to a repository of three rows, of which the third has no fault yet.
    fn told(faults: &str, not_shown: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("crates/a/src/lib.rs", "if x > LIMIT { one() } else { two() + two() }"),
            ("Cargo.toml", "unsafe_code = \"forbid\"\n"),
            ("tools/faults/asvs/06.toml", faults),
            (NOT_SHOWN, not_shown),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let standard = "[6]\ntitle = \"t\"\n\
            \"6.2.1\" = { level = 1, subject = \"s\", by = \"tests\" }\n\
            \"6.2.2\" = { level = 1, subject = \"s\", by = \"tests\", checks = [{ file = \"Cargo.toml\", says = 'forbid' }] }\n\
            \"6.2.3\" = { level = 1, subject = \"s\", by = \"tests\" }\n\
            \"6.2.4\" = { level = 1, subject = \"s\", by = \"open\", why = \"w\" }\n";
        let standard = Standard::parse(standard).unwrap();
        let test = |name: &str, number: &str| Test {
            file: "crates/a/src/lib.rs".to_owned(),
            name: name.to_owned(),
            ids: vec![Id::Asvs(Number::new(number).unwrap())],
        };
        let tests = [test("held", "6.2.1"), test("other", "6.2.3")];
        let faults = match Faults::read(root.path()) {
            Ok(faults) => faults,
            Err(said) => return format!("{said:#}"),
        };
        let held = Held { root: root.path(), standard: &standard, tests: &tests };
        held.all(&faults).err().map(|said| said.to_string()).unwrap_or_default()
    }

    const THE_THIRD: &str = "[[not_shown]]\nrow = \"6.2.3\"\nwhy = \"w\"\n";

    #[test]
    fn what_fits_is_let_pass() {
        assert_eq!(told(&format!("{SWITCH}{CHECK}"), THE_THIRD), "");
    }

    #[test]
    fn every_row_has_a_fault_or_says_that_it_has_none() {
        assert!(told(&format!("{SWITCH}{CHECK}"), "").contains("6.2.3 is decided by tests, and no fault shows it"));
        let first = format!("{THE_THIRD}[[not_shown]]\nrow = \"6.2.1\"\nwhy = \"w\"\n");
        assert!(told(&format!("{SWITCH}{CHECK}"), &first).contains("6.2.1 has a fault, and stands in"));
        let open = format!("{THE_THIRD}[[not_shown]]\nrow = \"6.2.4\"\nwhy = \"w\"\n");
        assert!(told(&format!("{SWITCH}{CHECK}"), &open).contains("6.2.4 is not decided by tests"));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        for (from, to, said) in [
            ("'LIMIT'", "'MAXIMUM'", "does not hold what it changes"),
            ("'LIMIT'", "'two()'", "more than once"),
            ("if ON { 0 }", "if true { 0 }", "has no ON"),
            ("::held", "::gone", "there is no test"),
            ("::held", "::other", "none of its tests names 6.2.1"),
            ("src/lib.rs\"\n        find", "src/gone.rs\"\n        find", "there is no crates/a/src/gone.rs"),
            ("\"no limit\"", "\"\"", "must change something"),
            ("name = \"a\"", "name = \"b\"", "b is the name of two faults"),
            ("name = \"a\"", "name = \"A b\"", "is no name of a fault"),
            ("[\"6.2.1\"]", "[\"6.2\"]", "no number of the standard"),
            ("tests = [\"crates", "how = \"build\"\n        tests = [\"checks\", \"crates", "checks look at source"),
        ] {
            assert!(SWITCH.contains(from), "{from}");
            let said_of_it = told(&format!("{}{CHECK}", SWITCH.replace(from, to)), THE_THIRD);
            assert!(said_of_it.contains(said), "{to}: {said_of_it}");
        }
        let both = format!("{SWITCH}{}{CHECK}", SWITCH.replace("\"a\"", "\"c\"").replace("'LIMIT'", "'> LIMIT'"));
        assert!(told(&both, THE_THIRD).contains("a and c change the same place"), "{}", told(&both, THE_THIRD));
    }
}
