//! The other pack is another one in everything that it says it is; and the page that lists what the program names.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::PathBuf,
};

use other_names::{MARK, Names, VOCABULARY, named_by_the_program, other_pack};
use policy::{Pack, clock::Due};

const SHIPPED: [&str; 6] = ["england", "rochdale", "bolton", "carefirst", "glebe-house", "looked-after"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn other(id: &str) -> (Pack, Pack, Names) {
    let pack = policy::load(&policy::embedded(), id).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
    let kept = named_by_the_program(&root()).unwrap();
    let (other, names) = other_pack(&pack, &kept).unwrap_or_else(|mistakes| panic!("{id}: {mistakes:#?}"));
    (pack, other, names)
}

fn is_marked(text: &str) -> bool {
    text.ends_with(MARK)
}

/// R-GOV-01: every pack has another of the same shape in which each form, question, list, code, role and fact bears
/// another name, unless the program itself names it, and each title, label and limit is another.
#[test]
fn r_gov_01_every_pack_has_one_of_other_names() {
    let kept = named_by_the_program(&root()).unwrap();
    for id in SHIPPED {
        let (pack, other, names) = other(id);
        assert!(names.count() > 400, "{id}: {} names are other ones", names.count());
        assert_ne!(pack.hash(), other.hash());
        assert!(is_marked(other.title()), "{id}");
        let count = |pack: &Pack| {
            (
                pack.forms().count(),
                pack.lists().count(),
                pack.facts().count(),
                pack.roles().count(),
                pack.clocks().order().len(),
            )
        };
        assert_eq!(count(&pack), count(&other), "{id}");
        let changed: BTreeSet<&str> = names.changed().collect();
        for form in other.forms() {
            assert!(!changed.contains(form.id.as_str()), "{id}: {}", form.id);
            assert!(is_marked(&form.title), "{id}: {}", form.title);
            for field in form.fields() {
                assert!(!changed.contains(field.id.as_str()), "{id}: {}.{}", form.id, field.id);
                assert!(is_marked(&field.label), "{id}: {}", field.label);
            }
        }
        for list in other.lists() {
            assert!(!changed.contains(list.id.as_str()), "{id}: {}", list.id);
            for item in &list.items {
                assert!(is_marked(&item.label), "{id}: {} {}", list.id, item.label);
                assert!(!changed.contains(item.code.as_str()), "{id}: {} {}", list.id, item.code);
            }
        }
        assert!(
            other.roles().all(|role| is_marked(&role.title)) && other.facts().all(|fact| is_marked(&fact.title)),
            "{id}"
        );
        // Limits, in the order of the files.
        for (clock, longer) in pack.clocks().all().iter().zip(other.clocks().all()) {
            assert_eq!(names.other(&clock.id), longer.id, "{id}");
            if let (Due::Within(amount), Due::Within(longer)) = (&clock.due, &longer.due) {
                assert_eq!(amount.count + 1, longer.count, "{id}: {}", clock.id);
            }
        }
        // What keeps its name has a reason to.
        let free = |name: &str| changed.contains(name) || kept.contains(name) || VOCABULARY.contains(&name);
        let unexplained: Vec<_> = pack.forms().map(|form| form.id.as_str()).filter(|form| !free(form)).collect();
        assert_eq!(unexplained, Vec::<&str>::new(), "{id}");
    }
}

/// What a test types goes there, and what a page says comes back.
#[test]
fn names_go_there_and_back() {
    let (.., names) = other("rochdale");
    for text in ["case-note", "exchanged@01h00000000000000000000000", "present.0.role", "Nothing of a pack: «cwd»"] {
        assert_eq!(names.back(&names.to(text)), text);
    }
    assert_ne!(names.other("case-note"), "case-note");
    let id = format!("{}-01h000-day", names.other("exchanged"));
    assert_eq!(names.back(&id), "exchanged-01h000-day", "an element's id begins with a name");
    assert_eq!(names.back("Case note⟧ of today"), "Case note of today");
}

type Known = BTreeMap<&'static str, BTreeSet<String>>;

/// What the program names of all packs, by kind.
fn known() -> Known {
    let kept = named_by_the_program(&root()).unwrap();
    let mut known = Known::new();
    let mut add = |kind, name: &str| {
        let names = known.entry(kind).or_default();
        if kept.contains(name) && !VOCABULARY.contains(&name) {
            names.insert(name.to_owned());
        }
    };
    for id in SHIPPED {
        let pack = policy::load(&policy::embedded(), id).unwrap();
        for form in pack.forms() {
            add("Forms", &form.id);
            form.fields().for_each(|field| add("Questions", &field.id));
        }
        for list in pack.lists() {
            add("Lists", &list.id);
            list.items.iter().for_each(|item| add("Codes", &item.code));
        }
        pack.facts().for_each(|fact| add("Kinds of fact", &fact.id));
        pack.roles().for_each(|role| add("Roles", &role.id));
        pack.clocks().all().iter().for_each(|clock| add("Clocks", &clock.id));
    }
    known
}

/// R-GOV-01: what the program names of a pack is listed, so that one more is seen by whoever reads the change.
#[test]
fn r_gov_01_what_the_program_names_of_a_pack_is_listed() {
    let mut page = String::from(
        "# Names of a pack that the program knows\n\n\
         Everything else in a pack can bear any name: the tests also run on packs in which everything does\n\
         (`tools/other-names`). What stands here is a word between quotes in the program's source that is a name in a\n\
         shipped pack as well. Most of them are the forms with which the program writes itself (allocation, cover, a record\n\
         opened, a policy in force) with their questions, and the kinds of fact that it reads; what it is called on a page is\n\
         the pack's all the same. Some are here by chance: the program uses the word for something else.\n\n\
         Made by a test of `tools/other-names`; with `LIFESTORY_WRITE_GOLDEN=1` it writes the page anew.\n",
    );
    let known = known();
    for (kind, names) in &known {
        let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let said = if names.is_empty() { "None.".to_owned() } else { names.join(", ") };
        writeln!(page, "\n## {kind}\n{said}").unwrap();
    }
    let file = root().join("docs/names-the-program-knows.md");
    if std::env::var_os("LIFESTORY_WRITE_GOLDEN").is_some() {
        fs::write(&file, &page).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&file).unwrap_or_default(),
        page,
        "write it anew with LIFESTORY_WRITE_GOLDEN=1, and read what it says"
    );
    // No role and no clock is more than its name to the program.
    assert!(known["Clocks"].is_empty(), "{:?}", known["Clocks"]);
}
