//! What the repository says of requirements: which there are, which tests name them, and the pages made of that.
//!
//! Only a test counts (and a table of dates that a test holds against the program): a mention in other code says where a
//! rule lives, not that it works. An identifier that the catalogue does not have is an error, in a test, a comment or a
//! pack, because it is a slip of the pen that would hide a gap. The faults made on purpose (`tools/faults`) ask here what
//! tests name.

pub mod asvs;
mod asvs_page;
mod browser;
mod catalogue;
mod dates;
mod lex;
mod page;
mod rust;
mod tree;

use std::path::Path;

use anyhow::{Context, Result, bail};

use asvs::Standard;
use catalogue::Catalogue;
pub use catalogue::Id;
pub use tree::{Found, scan};

/// A test that names requirements.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test {
    /// From the root of the repository, with forward slashes.
    pub file: String,
    /// The function's, or a browser test's title.
    pub name: String,
    /// What it names.
    pub ids: Vec<Id>,
}

/// An identifier as it stands somewhere, test or not, so that one which means nothing can be shown to its writer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// From the root of the repository, with forward slashes.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is named.
    pub id: Id,
}

/// How the pages are made again.
pub const AGAIN: &str = "cargo run -p requirements";

/// A page that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// `docs/requirements.md`
    Requirements,
    /// `docs/asvs.md`
    Asvs,
}

impl Made {
    /// In the order in which they are made.
    pub const ALL: [Self; 2] = [Self::Requirements, Self::Asvs];

    const fn file(self) -> &'static str {
        match self {
            Self::Requirements => "docs/requirements.md",
            Self::Asvs => "docs/asvs.md",
        }
    }
}

/// Makes these pages, or with `check` only says whether one is stale; what is said is a line for each.
///
/// # Errors
/// When the repository claims what is not so, a page is stale, or the disk fails.
pub fn run(here: &Path, made: &[Made], check: bool) -> Result<String> {
    let root = here
        .ancestors()
        .find(|folder| folder.join(catalogue::FILE).is_file())
        .with_context(|| format!("no {} here or in a folder above: run it inside the repository", catalogue::FILE))?;
    let catalogue = Catalogue::read(root)?;
    let standard = Standard::read(root)?;
    let found = tree::scan(root)?;
    unknown(&catalogue, &standard, &found.mentions)?;
    standard.hold_to(root, &found.tests)?;

    let mut said = Vec::new();
    for made in made {
        let (page, summary) = match made {
            Made::Requirements => page::write(&catalogue, &found.tests),
            Made::Asvs => asvs_page::write(&standard, &found.tests),
        };
        let (file, path) = (made.file(), root.join(made.file()));
        if check {
            let kept = std::fs::read_to_string(&path).with_context(|| format!("{file} cannot be read: {AGAIN}"))?;
            if let Some(line) = first_difference(&kept, &page) {
                bail!("{file} is stale from line {line}. Make it again: {AGAIN}");
            }
        } else {
            std::fs::write(&path, page).with_context(|| format!("{file} cannot be written"))?;
        }
        said.push(summary);
    }
    Ok(said.join("\n"))
}

fn unknown(catalogue: &Catalogue, standard: &Standard, mentions: &[Mention]) -> Result<()> {
    let known = |id: &Id| match id {
        Id::Ours { .. } => catalogue.has(id),
        Id::Asvs(number) => standard.has(*number),
    };
    let file = |id: &Id| if matches!(id, Id::Asvs(_)) { asvs::FILE } else { catalogue::FILE };
    let bad: Vec<String> = mentions
        .iter()
        .filter(|mention| !known(&mention.id))
        .map(|mention| format!("{}:{}: {} is not in {}", mention.file, mention.line, mention.id, file(&mention.id)))
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
        let rows = (1..=15).flat_map(|section| (1..=23).map(move |number| (section, number)));
        let row = |(section, number)| {
            let by = if (section, number) == (1, 1) { "by = \"tests\"" } else { "by = \"open\", why = \"w\"" };
            format!("\"6.{section}.{number}\" = {{ level = 1, subject = \"s\", {by} }}\n")
        };
        let standard = format!("[6]\ntitle = \"Signing in\"\n{}", rows.map(row).collect::<String>());
        for (path, text) in [
            (asvs::FILE, standard.as_str()),
            ("crates/b/src/lib.rs", "/// ASVS 6.1.1\n#[test]\nfn signs_in() {}\n"),
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
        assert!(run(root.path(), &Made::ALL, true).unwrap_err().to_string().contains("cannot be read"));
        let said = run(&root.path().join("crates/a"), &Made::ALL, false).unwrap();
        let ours = "requirements: 1 of the 2 that hold now have a test; 2 in the catalogue, 1 with a test";
        let theirs = "asvs: 345 requirements; tests 1, document 0, deployer 0, not applicable 0, open 344; \
                      a test holds 0 of those not applicable to that";
        assert_eq!(said, format!("{ours}\n{theirs}"));
        run(root.path(), &Made::ALL, true).unwrap();

        std::fs::write(root.path().join("crates/a/src/more.rs"), "#[test]\nfn r_vis_08_who() {}\n").unwrap();
        let stale = run(root.path(), &Made::ALL, true).unwrap_err().to_string();
        assert!(stale.contains("is stale from line"), "{stale}");
        run(root.path(), &Made::ALL, false).unwrap();
        run(root.path(), &Made::ALL, true).unwrap();
    }

    #[test]
    fn a_requirement_that_is_none_is_named_where_it_stands() {
        let root = repository();
        let pack = root.path().join("packs/england/forms/visit.toml");
        std::fs::create_dir_all(pack.parent().unwrap()).unwrap();
        std::fs::write(&pack, "form = \"visit\"\nsource = [\"R-VIS-99\"]\n").unwrap();
        let told = run(root.path(), &Made::ALL, false).unwrap_err().to_string();
        assert!(told.contains("packs/england/forms/visit.toml:2: R-VIS-99 is not in"), "{told}");
        assert!(!root.path().join(Made::Requirements.file()).exists());
        std::fs::remove_file(pack).unwrap();
        std::fs::write(root.path().join("crates/b/src/more.rs"), "/// ASVS 7.1.1\n#[test]\nfn t() {}\n").unwrap();
        let told = run(root.path(), &Made::ALL, false).unwrap_err().to_string();
        assert!(told.contains("crates/b/src/more.rs:1: ASVS 7.1.1 is not in docs/asvs.toml"), "{told}");
    }

    #[test]
    fn a_claim_that_no_test_carries_is_refused() {
        let root = repository();
        run(root.path(), &[Made::Asvs], false).unwrap();
        assert!(!root.path().join(Made::Requirements.file()).exists(), "the other page is left alone");
        std::fs::remove_file(root.path().join("crates/b/src/lib.rs")).unwrap();
        let told = run(root.path(), &Made::ALL, true).unwrap_err().to_string();
        assert!(told.contains("6.1.1 says that tests decide it, and no test names it"), "{told}");
    }

    #[test]
    fn the_first_difference() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(first_difference("a\n", "a\nc\n"), Some(2));
    }
}
