//! A file's text with faults in it.

use std::ops::Range;

use anyhow::{Result, bail};

use crate::{
    VARIABLE,
    fault::{Fault, How},
};

/// Where a fault changes a text.
///
/// # Errors
/// When what it looks for is not there, or there more than once.
pub fn place(text: &str, fault: &Fault) -> Result<Range<usize>> {
    let mut found = text.match_indices(&fault.find);
    match (found.next(), found.next()) {
        (Some((at, _)), None) => Ok(at..at + fault.find.len()),
        (None, _) => bail!("{}: {} does not hold what it changes", fault.name, fault.file),
        (Some(_), Some(_)) => bail!("{}: what it changes stands in {} more than once", fault.name, fault.file),
    }
}

/// The text with all of these in it, each where it belongs in the text as it was.
///
/// # Errors
/// When one has no place, or two have the same.
pub fn with(text: &str, faults: &[&Fault]) -> Result<String> {
    let mut places = faults.iter().map(|fault| Ok((place(text, fault)?, *fault))).collect::<Result<Vec<_>>>()?;
    places.sort_by_key(|(place, _)| place.start);
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    let mut before = "";
    for (place, fault) in places {
        if place.start < at {
            bail!("{} and {before} change the same place of {}", fault.name, fault.file);
        }
        changed += &text[at..place.start];
        changed += &put(fault);
        at = place.end;
        before = &fault.name;
    }
    changed += &text[at..];
    Ok(changed)
}

/// What a fault puts there.
fn put(fault: &Fault) -> String {
    if fault.how != How::Switch {
        return fault.put.clone();
    }
    let on = format!("std::env::var(\"{VARIABLE}\").is_ok_and(|on| on == \"{}\")", fault.name);
    let mut said = String::new();
    let mut rest = fault.put.as_str();
    while let Some(at) = switch(rest) {
        said += &rest[..at];
        said += &on;
        rest = &rest[at + 2..];
    }
    said + rest
}

/// Whether a text has the word `ON`, and where the first is.
pub fn switch(text: &str) -> Option<usize> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices("ON").map(|(at, _)| at).find(|at| {
        !text[..*at].chars().next_back().is_some_and(in_word) && !text[at + 2..].chars().next().is_some_and(in_word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(name: &str, find: &str, put: &str, how: How) -> Fault {
        Fault {
            name: name.to_owned(),
            rows: Vec::new(),
            file: "a.rs".to_owned(),
            find: find.to_owned(),
            put: put.to_owned(),
            tests: Vec::new(),
            says: String::new(),
            how,
        }
    }

    #[test]
    fn each_stands_behind_its_own_switch() {
        let (one, two) = (fault("one", "LIMIT", "(if ON { MOON } else { LIMIT })", How::Switch), "x");
        let two = fault("two", two, "!ON && x", How::Switch);
        let said = with("f(x) < LIMIT", &[&one, &two]).unwrap();
        let on = |name: &str| format!("std::env::var(\"LIFESTORY_FAULT\").is_ok_and(|on| on == \"{name}\")");
        assert_eq!(said, format!("f(!{} && x) < (if {} {{ MOON }} else {{ LIMIT }})", on("two"), on("one")));
    }

    #[test]
    fn what_is_built_anew_has_no_switch() {
        assert_eq!(with("a = 1", &[&fault("n", "1", "ON", How::Build)]).unwrap(), "a = ON");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let told = |text: &str, finds: &[&str]| {
            let faults: Vec<Fault> = finds.iter().map(|find| fault(find, find, "ON", How::Switch)).collect();
            with(text, &faults.iter().collect::<Vec<_>>()).unwrap_err().to_string()
        };
        assert!(told("abc", &["d"]).contains("does not hold"));
        assert!(told("aa", &["a"]).contains("more than once"));
        assert!(told("abc", &["bc", "ab"]).contains("bc and ab change the same place"));
        with("abc", &[&fault("n", "a", "ON", How::Switch), &fault("m", "b", "ON", How::Switch)]).unwrap();
    }
}
