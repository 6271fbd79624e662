//! The text of the program and of its pages, as far as it runs.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Source by its path from the root of the repository.
pub type Sources = BTreeMap<String, String>;

/// The program's Rust: what the crates build, without comments and without the tests that stand at the end of a module.
///
/// # Errors
/// The disk's.
pub fn rust(root: &Path) -> io::Result<Sources> {
    let mut found = Sources::new();
    for file in files(&root.join("crates"))? {
        let path = relative(root, &file);
        let of_tests = path.contains("/tests/") || path.ends_with("/tests.rs");
        let is_rust = file.extension().is_some_and(|end| end == "rs");
        if is_rust && path.contains("/src/") && !of_tests {
            found.insert(path, without_tests(&fs::read_to_string(file)?));
        }
    }
    Ok(found)
}

/// The scripts of our own that pages have, without comments that stand on a line of their own.
///
/// # Errors
/// The disk's.
pub fn scripts(root: &Path) -> io::Result<Sources> {
    let mut found = Sources::new();
    for file in fs::read_dir(root.join("assets"))? {
        let file = file?.path();
        if file.extension().is_some_and(|end| end == "js") {
            found.insert(relative(root, &file), without_comments(&fs::read_to_string(&file)?));
        }
    }
    Ok(found)
}

/// The files that hold these letters.
pub fn holding<'a>(sources: &'a Sources, letters: &str) -> Vec<&'a str> {
    sources.iter().filter(|(_, text)| text.contains(letters)).map(|(path, _)| path.as_str()).collect()
}

fn without_tests(text: &str) -> String {
    let end = text.find("\n#[cfg(test)]\nmod ").unwrap_or(text.len());
    without_comments(&text[..end])
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn relative(root: &Path, file: &Path) -> String {
    file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_tests_do_not_run() {
        let text =
            "//! connect(\nfn a() {} // b\n    // c\n#[cfg(test)]\nuse x;\n#[cfg(test)]\nmod tests { connect( }\n";
        assert_eq!(without_tests(text), "fn a() {} // b\n#[cfg(test)]\nuse x;");
    }
}
