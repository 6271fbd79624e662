//! Names and labels in the text of a pack's files, and names on pages.

use std::{collections::BTreeSet, fmt::Write as _};

use policy::{clock::Amount, load::SourceFile};

use crate::{MARK, Names};

/// Letters of which a name can consist.
const fn of_a_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

/// The words in quotes of a line that can be names; national codes have capitals as well.
pub(crate) fn quoted(line: &str, found: &mut BTreeSet<String>) {
    let can_be = |c: char| of_a_name(c) || c.is_ascii_uppercase();
    let names = line.split('"').filter(|part| !part.is_empty() && part.chars().all(can_be));
    found.extend(names.map(str::to_owned));
}

/// A text with every run of letters of which names consist taken for another, where there is one.
pub(crate) fn with_names(text: &str, other: impl Fn(&str) -> Option<String>) -> String {
    let mut all = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !of_a_name(c)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match other(run) {
            Some(other) => all.push_str(&other),
            None => all.push_str(run),
        }
        let end = after.find(of_a_name).unwrap_or(after.len());
        all.push_str(&after[..end]);
        rest = &after[end..];
    }
    all
}

/// One file of a pack with other names, labels and limits.
pub(crate) fn other_file(file: SourceFile, names: &Names) -> SourceFile {
    let SourceFile { path, text } = file;
    if path == "pack.toml" {
        let text =
            text.lines().map(|line| if line.starts_with("closed-on") { values(line, names) } else { titled(line) });
        return SourceFile { text: text.collect(), path };
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path.as_str()));
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    if end == "csv" {
        return SourceFile { path: format!("{folder}/{}.csv", names.other(stem)), text: other_csv(&text) };
    }
    // A file's name is a form's in one folder alone; elsewhere it says what kind of thing is in it.
    let path = if folder == "forms" { format!("forms/{}.toml", names.other(stem)) } else { path };
    let text = text.lines().map(|line| match line.split_once(" = ").map(|(key, _)| key) {
        _ if line.trim_start().starts_with('#') => format!("{line}\n"),
        Some("title" | "label") => titled(line),
        // What only people read, and what names a pack.
        Some("what" | "help" | "hint" | "intro" | "why" | "reason-label" | "text" | "changes" | "phrase") => {
            format!("{line}\n")
        }
        Some("too-long-after-days") => longer(line),
        // Roles are keys there.
        Some(key) if path == "access.toml" => values(&line.replacen(key, names.other(key), 1), names),
        _ => values(line, names),
    });
    SourceFile { text: text.collect(), path }
}

/// `title = "Visit"` with the mark.
fn titled(line: &str) -> String {
    match line.split_once(" = \"") {
        Some((key @ ("title" | "label"), text)) => {
            let (text, rest) = text.rsplit_once('"').unwrap_or((text, ""));
            format!("{key} = \"{text}{MARK}\"{rest}\n")
        }
        _ => format!("{line}\n"),
    }
}

/// `too-long-after-days = 28` with one more.
fn longer(line: &str) -> String {
    let (key, days) = line.split_once(" = ").unwrap_or((line, ""));
    days.trim().parse::<u32>().map_or_else(|_| format!("{line}\n"), |days| format!("{key} = {}\n", days + 1))
}

/// A line with other names for its values, the mark behind labels among them, and longer limits.
fn values(line: &str, names: &Names) -> String {
    let mut other = String::new();
    let mut parts = line.split('"');
    other.push_str(parts.next().unwrap_or_default());
    let mut before = other.clone();
    while let Some(value) = parts.next() {
        let text = if before.trim_end().ends_with("label =") {
            format!("{value}{MARK}")
        } else if let Some(amount) = Amount::parse(value) {
            Amount { count: amount.count + 1, ..amount }.in_words()
        } else {
            names.other(value).to_owned()
        };
        let after = parts.next().unwrap_or_default();
        write!(other, "\"{text}\"{after}").expect("a String takes all that is written to it");
        after.clone_into(&mut before);
    }
    other.push('\n');
    other
}

/// `code,label,group` with the mark behind the labels; the codes are national.
fn other_csv(text: &str) -> String {
    let mut lines = text.lines();
    let mut other = format!("{}\n", lines.next().unwrap_or_default());
    for line in lines {
        let Some((code, rest)) = line.split_once(',') else { continue };
        let (label, rest) = match rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some(quoted) => quoted,
            None => rest.find(',').map_or((rest, ""), |comma| rest.split_at(comma)),
        };
        writeln!(other, "{code},\"{label}{MARK}\"{rest}").expect("a String takes all of it");
    }
    other
}
