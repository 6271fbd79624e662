//! Where the authorities differ: the page in `docs/` is made from its data, and every test that it names is there; and no
//! authority has a name in the program.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    row: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    no: String,
    #[serde(rename = "key")]
    _key: String,
    what: String,
    glebe_house: String,
    carefirst: String,
    rochdale: String,
    bolton: String,
    looked_after: String,
    test: Option<String>,
    waits: Option<String>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file of Rust below a folder.
fn rust(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it is read").path()) {
        if entry.is_dir() {
            rust(&entry, found);
        } else if entry.extension().is_some_and(|end| end == "rs") {
            found.push(entry);
        }
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    rust(&root().join("crates"), &mut found);
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("it is text"))).collect()
}

fn page(rows: &[Row]) -> String {
    let mut page = String::from(
        "# Where authorities differ\n\n\
         The source documents disagree on these points; each is a value of a policy pack, and the program knows none of them.\n\
         \"wd\" is working days, \"d\" days with no qualifier, \"h\" hours; a dash means that the document is silent.\n\
         Made from [where-authorities-differ.toml](where-authorities-differ.toml). A test is one in which one and the same\n\
         act goes differently under two packs.\n\n\
         | No | What | Glebe House | The CareFirst council | Rochdale | Bolton | Looked after children | Test, or what it waits for |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let end = match (&row.test, &row.waits) {
            (Some(test), _) => format!("`{test}`"),
            (None, waits) => format!("Waits for {}.", waits.as_deref().unwrap_or_default()),
        };
        let cells =
            [&row.no, &row.what, &row.glebe_house, &row.carefirst, &row.rochdale, &row.bolton, &row.looked_after, &end];
        writeln!(page, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")).expect("a String takes it");
    }
    let tested = rows.iter().filter(|row| row.test.is_some()).count();
    writeln!(page, "\n{tested} of {} have their test; the others wait for what the last column says.", rows.len())
        .expect("a String takes it");
    page
}

/// R-GOV-01: all 75, each once, each with a test that exists or with what it waits for.
#[test]
fn r_gov_01_every_difference_has_its_test_or_says_what_it_waits_for() {
    let docs = root().join("docs");
    let text = fs::read_to_string(docs.join("where-authorities-differ.toml")).expect("the data is there");
    let rows = toml::from_str::<Rows>(&text).unwrap_or_else(|wrong| panic!("{wrong}")).row;
    let numbers: Vec<_> = rows.iter().map(|row| row.no.clone()).collect();
    assert_eq!(numbers, (1..=75).map(|number| format!("D-{number:02}")).collect::<Vec<_>>());
    let sources = sources();
    for row in &rows {
        assert_ne!(row.test.is_some(), row.waits.is_some(), "{}", row.no);
        if let Some(test) = &row.test {
            assert!(sources.iter().any(|(_, text)| text.contains(&format!("fn {test}("))), "{}: {test}", row.no);
            let number = row.no.to_lowercase().replace('-', "_");
            assert!(test.contains(&number), "{} is in the name of {test}", row.no);
        }
    }
    let (made, file) = (page(&rows), docs.join("where-authorities-differ.md"));
    if std::env::var_os("LIFESTORY_WRITE_GOLDEN").is_some() {
        fs::write(&file, &made).expect("it is written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(written, made, "write it anew with LIFESTORY_WRITE_GOLDEN=1");
}

/// R-GOV-01: outside tests, no line of the program has the name of an authority: not in code, not in a comment, not as a
/// default.
#[test]
fn r_gov_01_no_authority_has_a_name_in_the_program() {
    let packs = fs::read_dir(root().join("packs")).expect("the packs are there");
    let mut names: BTreeSet<String> = packs
        .map(|pack| pack.expect("it is read").path())
        .filter(|pack| pack.is_dir())
        .map(|pack| pack.file_name().expect("it has a name").to_string_lossy().to_lowercase())
        .filter(|name| !["england", "looked-after"].contains(&name.as_str()))
        .collect();
    names.extend(["glebe".to_owned(), "clearcare".to_owned(), "liquid logic".to_owned()]);
    assert!(names.contains("rochdale") && names.len() > 4, "{names:?}");
    let sources = sources();
    // A module of tests in a file of its own is declared so: `#[cfg(test)]` and `mod older;`.
    let of_tests: BTreeSet<PathBuf> = sources
        .iter()
        .flat_map(|(path, text)| {
            let declared = text.split("#[cfg(test)]\nmod ").skip(1).filter_map(|rest| {
                let (name, _) = rest.split_once([';', ' '])?;
                rest.starts_with(&format!("{name};")).then(|| path.with_file_name(format!("{name}.rs")))
            });
            declared.collect::<Vec<_>>()
        })
        .collect();
    let mut found = Vec::new();
    for (path, text) in sources {
        let place = path.to_string_lossy().replace('\\', "/");
        if place.contains("/tests/") || of_tests.contains(&path) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            // What stands behind the mark of tests is for tests.
            if line.starts_with("mod ") && line.ends_with('{') {
                break;
            }
            let line = line.to_lowercase();
            if names.iter().any(|name| line.contains(name.as_str())) {
                found.push(format!("{place}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new(), "{}", found.join("\n"));
}

/// R-GOV-01: every word that a pack can give is one that pages say; a key that nobody reads would rename nothing.
#[test]
fn r_gov_01_every_word_is_said_somewhere() {
    let program: String = sources()
        .into_iter()
        .filter(|(path, _)| !path.to_string_lossy().replace('\\', "/").contains("/tests/"))
        .map(|(_, text)| text)
        .collect();
    let mut pages = String::new();
    templates(&root().join("crates/web/templates"), &mut pages);
    // The list of them is no place where one is said.
    for key in policy::pack::WORDS {
        let once = usize::from(program.contains(&format!("    \"{key}\",\n")));
        let said = program.matches(&format!("\"{key}\"")).count() > once || pages.contains(&format!("\"{key}\""));
        assert!(said, "nobody says `{key}`");
    }
}

fn templates(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it is read").path()) {
        if entry.is_dir() {
            templates(&entry, all);
        } else {
            all.push_str(&fs::read_to_string(entry).expect("it is text"));
        }
    }
}
