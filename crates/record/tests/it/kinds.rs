//! What each kind of question takes is what `docs/security.md` says that it takes.

use std::sync::LazyLock;

use policy::{
    Pack, Sources,
    load::{SourceFile, Unreadable},
};
use record::read::{LONGEST, read};

use crate::world::{Town, now, record, typed};

/// A kind and what belongs to it, in a form that has one question of each.
const KINDS: [(&str, &str); 23] = [
    ("text", ""),
    ("long-text", ""),
    ("passages", ""),
    ("date", ""),
    ("time", ""),
    ("number", "min = 0\nmax = 10"),
    ("yes-no", ""),
    ("choice", "list = \"place\""),
    ("choices", "list = \"place\""),
    ("person", ""),
    ("people", ""),
    ("address", ""),
    ("telephone", ""),
    ("nhs-number", ""),
    ("upn", ""),
    ("staff", ""),
    ("team", ""),
    ("roles", ""),
    ("actions", ""),
    ("entry", "of = [\"visit\"]"),
    ("document", ""),
    ("table", "columns = [{ id = \"aim\", label = \"Aim\" }]"),
    ("signature", "list = \"signature-means\""),
];

struct Kinds;

impl Sources for Kinds {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        if pack != "kinds" {
            return policy::embedded().files(pack);
        }
        let own = "id = \"kinds\"\ntitle = \"Kinds\"\nversion = 1\nextends = \"rochdale\"\n";
        let mut form = "form = \"every-kind\"\nversion = 1\ntitle = \"Every kind\"\nsource = [\"R-GOV-01\"]\n\
                        may-complete = \"record-entry\"\nhappens = \"date\"\n\n\
                        [[section]]\nid = \"all\"\ntitle = \"All\"\n"
            .to_owned();
        for (kind, more) in KINDS {
            form.push_str("\n[[section.field]]\n");
            for (key, value) in [("id", format!("x-{kind}")), ("kind", kind.to_owned()), ("label", "X".to_owned())] {
                form.push_str(&[key, " = \"", &value, "\"\n"].concat());
            }
            form.push_str(&["source = [\"R-GOV-01\"]\n", more, "\n"].concat());
        }
        let file = |path: &str, text: String| SourceFile { path: path.to_owned(), text };
        Ok(vec![file("pack.toml", own.to_owned()), file("forms/every-kind.toml", form)])
    }
}

static PACK: LazyLock<Pack> =
    LazyLock::new(|| policy::load(&Kinds, "kinds").unwrap_or_else(|mistakes| panic!("{mistakes:?}")));

/// The boxes with problems where only this was typed.
fn problems(kind: &str, boxes: &[String]) -> Vec<String> {
    let lines: Vec<String> = boxes.iter().map(|one| format!("x-{kind}{one}")).collect();
    let lines = format!("happened.day=4\nhappened.month=3\nhappened.year=2026\n{}", lines.join("\n"));
    let form = PACK.form("every-kind").expect("the pack of the test has it");
    let found = read(&PACK, form, &typed(&lines), &[record(1)], &Town, now()).err().unwrap_or_default();
    found.iter().map(|problem| problem.at.to_string()).collect()
}

/// ASVS 2.1.1
#[test]
fn what_each_kind_of_question_takes_is_what_is_written_down() {
    let document = include_str!("../../../../docs/security.md");
    let (_, table) = document.split_once("| kind | what it takes | taken | refused |\n").expect("the table is there");
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let said: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let mut known: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    known.sort_unstable();
    assert_eq!(
        {
            let mut said = said.clone();
            said.sort_unstable();
            said
        },
        known
    );
    for (kind, row) in said.iter().zip(&rows) {
        let boxes = |cell: &str| -> Vec<String> {
            let quoted: Vec<String> = cell.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            // A text that is too long stands in words.
            if quoted.is_empty() && !cell.is_empty() { vec![format!("={}", "x".repeat(LONGEST + 1))] } else { quoted }
        };
        assert!(!row[1].is_empty(), "{kind}");
        let (taken, refused) = (boxes(row[2]), boxes(row[3]));
        assert!(!taken.is_empty() || !refused.is_empty(), "{kind} has no example");
        if !taken.is_empty() {
            assert_eq!(problems(kind, &taken), [""; 0], "{kind}: {taken:?} is taken");
        }
        if !refused.is_empty() {
            let found = problems(kind, &refused);
            assert!(
                !found.is_empty() && found.iter().all(|at| at.starts_with(&format!("x-{kind}"))),
                "{kind}: {refused:?} is refused at its box: {found:?}"
            );
        }
    }
}
