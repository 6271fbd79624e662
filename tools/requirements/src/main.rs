//! Makes `docs/requirements.md`: each requirement of the catalogue, the tests that hold it, and what is missing.
//!
//! `cargo run -p requirements` writes the page; with `--check` it changes nothing and fails when the page is stale. Only
//! a test counts (and a table of dates that a test holds against the program): a mention in other code says where a rule lives, not that it works. An identifier that the catalogue
//! does not have is an error, in a test, a comment or a pack, because it is a slip of the pen that would hide a gap.

mod browser;
mod catalogue;
mod dates;
mod lex;
mod page;
mod rust;
mod tree;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use catalogue::{Catalogue, Id};

/// A test that names requirements.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Test {
    /// From the root of the repository, with forward slashes.
    file: String,
    name: String,
    ids: Vec<Id>,
}

/// An identifier as it stands somewhere, test or not, so that one which means nothing can be shown to its writer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    file: String,
    line: usize,
    id: Id,
}

const PAGE: &str = "docs/requirements.md";
const AGAIN: &str = "cargo run -p requirements";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let check = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--check"] => true,
        _ => {
            eprintln!("usage: {AGAIN} [-- --check]");
            return ExitCode::from(2);
        }
    };
    match std::env::current_dir().context("no current folder").and_then(|here| run(&here, check)) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("requirements: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(here: &Path, check: bool) -> Result<String> {
    let root = here
        .ancestors()
        .find(|folder| folder.join(catalogue::FILE).is_file())
        .with_context(|| format!("no {} here or in a folder above: run it inside the repository", catalogue::FILE))?;
    let catalogue = Catalogue::read(root)?;
    let found = tree::scan(root)?;
    unknown(&catalogue, &found.mentions)?;

    let (page, summary) = page::write(&catalogue, &found.tests);
    let path = root.join(PAGE);
    if check {
        let kept = std::fs::read_to_string(&path).with_context(|| format!("{PAGE} cannot be read: {AGAIN}"))?;
        if let Some(line) = first_difference(&kept, &page) {
            bail!("{PAGE} is stale from line {line}. Make it again: {AGAIN}");
        }
    } else {
        std::fs::write(&path, page).with_context(|| format!("{PAGE} cannot be written"))?;
    }
    Ok(summary)
}

fn unknown(catalogue: &Catalogue, mentions: &[Mention]) -> Result<()> {
    let bad: Vec<String> = mentions
        .iter()
        .filter(|mention| !catalogue.has(&mention.id))
        .map(|mention| format!("{}:{}: {} is not in {}", mention.file, mention.line, mention.id, catalogue::FILE))
        .collect();
    if !bad.is_empty() {
        bail!("these mean no requirement:\n{}", bad.join("\n"));
    }
    Ok(())
}

/// The line, from 1, where two texts part; none if they are the same.
fn first_difference(left: &str, right: &str) -> Option<usize> {
    if left == right {
        return None;
    }
    let same = left.lines().zip(right.lines()).take_while(|(l, r)| l == r).count();
    Some(same + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in [
            (catalogue::FILE, "id,kind,text\nR-VIS-07,ENFORCE,Seen alone.\nR-VIS-08,RECORD,\"Who, where.\"\n"),
            (catalogue::SCOPE_FILE, "[now]\nVIS = { all = true }\n[groups]\nVIS = \"Visits\"\n"),
            ("crates/a/src/lib.rs", "/// R-VIS-08\nfn not_a_test() {}\n#[test]\nfn r_vis_07_alone() {}\n"),
        ] {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn the_page_is_written_then_fresh_then_stale() {
        let root = repository();
        assert!(run(root.path(), true).unwrap_err().to_string().contains("cannot be read"));
        let said = run(&root.path().join("crates/a"), false).unwrap();
        assert_eq!(said, "requirements: 1 of the 2 that hold now have a test; 2 in the catalogue, 1 with a test");
        run(root.path(), true).unwrap();

        std::fs::write(root.path().join("crates/a/src/more.rs"), "#[test]\nfn r_vis_08_who() {}\n").unwrap();
        let stale = run(root.path(), true).unwrap_err().to_string();
        assert!(stale.contains("is stale from line"), "{stale}");
        run(root.path(), false).unwrap();
        run(root.path(), true).unwrap();
    }

    #[test]
    fn a_requirement_that_is_none_is_named_where_it_stands() {
        let root = repository();
        let pack = root.path().join("packs/england/forms/visit.toml");
        std::fs::create_dir_all(pack.parent().unwrap()).unwrap();
        std::fs::write(pack, "form = \"visit\"\nsource = [\"R-VIS-99\"]\n").unwrap();
        let told = run(root.path(), false).unwrap_err().to_string();
        assert!(told.contains("packs/england/forms/visit.toml:2: R-VIS-99 is not in"), "{told}");
        assert!(!root.path().join(PAGE).exists());
    }

    #[test]
    fn the_first_difference() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nc\n"), Some(2));
    }
}
