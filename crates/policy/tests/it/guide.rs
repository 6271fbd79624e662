//! The guide for policy officers: every example in it is loaded as it stands there.

use std::{collections::BTreeMap, fs, path::PathBuf};

use policy::{
    FieldKind, Sources, embedded,
    form::Second,
    load,
    load::{SourceFile, Unreadable},
    pack::PastedMail,
};

/// The pack that the guide writes, over those that are shipped.
struct Guide(BTreeMap<String, String>);

impl Sources for Guide {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        if pack != "northmoor" {
            return embedded().files(pack);
        }
        let file = |(path, text): (&String, &String)| SourceFile { path: path.clone(), text: text.clone() };
        Ok(self.0.iter().map(file).collect())
    }
}

fn guide() -> String {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/policy-packs.md");
    fs::read_to_string(page).expect("the guide is there")
}

/// R-GOV-01: a pack for an authority that nobody here has seen, made of the guide alone.
#[test]
fn r_gov_01_every_example_of_the_guide_loads() {
    let text = guide();
    let mut files = BTreeMap::new();
    for block in text.split("```toml\n").skip(1) {
        let (block, _) = block.split_once("```").expect("the example ends");
        let (first, _) = block.split_once('\n').expect("it has lines");
        let path = first.strip_prefix("# packs/northmoor/").unwrap_or_else(|| panic!("{first} names no file"));
        assert!(files.insert(path.to_owned(), block.to_owned()).is_none(), "{path} is there twice");
    }
    let pack = load(&Guide(files.clone()), "northmoor").unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    // What it says is in force.
    assert_eq!(pack.word("decisions"), "Practice Leads’ decisions");
    assert_eq!(pack.role("team-manager").expect("the role").title, "Practice Lead");
    assert!(!pack.role("team-manager").expect("the role").may.is_empty(), "what is not given stays");
    assert!(!pack.calendar().is_working("2026-12-29".parse().expect("a day")));
    let note = pack.form("case-note").expect("the form");
    assert_eq!((note.second, note.title.as_str()), (Second::MayStand, "Contact record"));
    assert!(note.field("agreed-by").is_some() && note.field("outcome").is_some());
    assert_eq!(pack.pasted_mail(), PastedMail::AskAgain);
    assert_eq!(pack.contents().len(), 2);
    assert_eq!(
        pack.laws().iter().find(|law| law.id == "data-protection").expect("it").version.as_deref(),
        Some("2018")
    );
    let panel = pack.form("our-panel").expect("the form");
    assert!(panel.fields().any(|field| matches!(field.kind, FieldKind::Table { .. })));
    assert!(!pack.procedures_for(panel).is_empty());

    // Every file that a pack can have is in the guide, and so is every kind of question.
    for file in [
        "pack",
        "words",
        "facts",
        "roles",
        "lists",
        "natures",
        "display",
        "files",
        "amendment",
        "access",
        "approval",
        "sign-in",
        "guidance",
        "procedures",
        "law",
        "contents",
        "glossary",
        "avoid",
    ] {
        assert!(files.contains_key(&format!("{file}.toml")), "{file}.toml");
    }
    let readme = fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packs/README.md"));
    let readme = readme.expect("it is there");
    for pack in ["england", "glebe-house", "bolton"] {
        let pack = load(&embedded(), pack).expect("it loads");
        for field in pack.forms().flat_map(policy::Form::fields) {
            let kind = field.kind.name();
            assert!(text.contains(&format!("`{kind}`")) || text.contains(&format!("\"{kind}\"")), "{kind}");
            assert!(readme.contains(kind), "{kind} in packs/README.md");
        }
    }
}
