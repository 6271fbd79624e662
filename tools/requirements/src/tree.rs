//! Walks the repository: every Rust source, every browser test, every pack, every table of dates.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};

use crate::catalogue::Id;
use crate::lex::{self, Kind, Token};
use crate::{Mention, Test, browser, dates, rust};

/// What the repository says of requirements.
pub struct Found {
    /// The tests that name at least one.
    pub tests: Vec<Test>,
    /// All that is named in a test, in a comment of Rust, and in a pack.
    pub mentions: Vec<Mention>,
}

/// Reads all of it.
///
/// # Errors
/// The disk's.
pub fn scan(root: &Path) -> Result<Found> {
    let mut files = Vec::new();
    walk(root, "", &mut files)?;
    let mut found = Found { tests: Vec::new(), mentions: Vec::new() };
    let mut sources: Vec<(&str, Vec<Token>)> = Vec::new();
    for file in &files {
        let read = || std::fs::read_to_string(root.join(file)).with_context(|| format!("{file} cannot be read"));
        if has_ending(file, "rs") {
            sources.push((file, lex::tokens(&read()?)));
        } else if file.starts_with("tests/browser/") && has_ending(file, "mjs") {
            let text = read()?;
            found.in_lines(file, &text);
            found.tests.extend(browser::tests(&text).into_iter().filter_map(|test| Test::new(file, test)));
        } else if file.starts_with("packs/") && has_ending(file, "toml") {
            found.in_lines(file, &read()?);
        } else if let Some(module) = dates::module_of(file) {
            let module = std::fs::read_to_string(root.join(module)).unwrap_or_default();
            let text = read()?;
            found.in_lines(file, &text);
            if dates::is_held(&module, file) {
                found.tests.extend(dates::tests(&text).into_iter().filter_map(|test| Test::new(file, test)));
            }
        }
    }
    let macros: BTreeSet<String> = sources.iter().flat_map(|(_, tokens)| rust::test_macros(tokens)).collect();
    for (file, tokens) in &sources {
        found.in_comments(file, tokens);
        for test in rust::tests(tokens, &macros).into_iter().filter_map(|test| Test::new(file, test)) {
            // A wrong number in a test's name is as wrong as one in a comment.
            let line = tokens.iter().find(|token| token.word() == Some(&test.name)).map_or(1, |token| token.line);
            found.mentions.extend(test.ids.iter().map(|id| Mention { file: test.file.clone(), line, id: id.clone() }));
            found.tests.push(test);
        }
    }
    found.tests.sort();
    found.mentions.sort();
    found.mentions.dedup();
    Ok(found)
}

impl Found {
    fn in_lines(&mut self, file: &str, text: &str) {
        for (place, line) in text.lines().enumerate() {
            self.mention(file, place + 1, line);
        }
    }

    fn in_comments(&mut self, file: &str, tokens: &[Token]) {
        for token in tokens {
            if let Kind::Doc(text) | Kind::Comment(text) = &token.kind {
                self.mention(file, token.line, text);
            }
        }
    }

    fn mention(&mut self, file: &str, line: usize, text: &str) {
        self.mentions.extend(Id::all_in(text).into_iter().map(|id| Mention { file: file.to_owned(), line, id }));
    }
}

impl Test {
    fn new(file: &str, (name, ids): (String, Vec<Id>)) -> Option<Self> {
        (!ids.is_empty()).then(|| Self { file: file.to_owned(), name, ids })
    }
}

fn has_ending(file: &str, ending: &str) -> bool {
    Path::new(file).extension().is_some_and(|e| e == ending)
}

/// All files below `folder`, by name, leaving out what is hidden, fetched or built.
fn walk(root: &Path, folder: &str, files: &mut Vec<String>) -> Result<()> {
    let listed = std::fs::read_dir(root.join(folder)).with_context(|| format!("{folder}/ cannot be read"))?;
    for entry in listed {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(root, &path, files)?;
        } else if kind.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}
