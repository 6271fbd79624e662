//! The other pack is another one in everything that it says it is; and the page that lists what the program names.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::PathBuf,
};

use other_names::{MARK, Names, VOCABULARY, named_by_the_program, other_pack};
use policy::{
    Pack,
    clock::{Amount, Choice, Due, Test},
};

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

fn by_one(amount: Amount, longer: Amount) -> bool {
    longer == Amount { count: amount.count + 1, ..amount }
}

/// Whether every length in it is longer by one. What has none is the same: an age, how often, a day by itself, words.
fn is_longer(due: &Due, longer: &Due) -> bool {
    match (due, longer) {
        (Due::Within(due), Due::Within(longer))
        | (Due::Before(due), Due::Before(longer))
        | (Due::AtLeast(due), Due::AtLeast(longer))
        | (Due::AtOnce { grace: Some(due) }, Due::AtOnce { grace: Some(longer) }) => by_one(*due, *longer),
        (Due::LaterOf(all), Due::LaterOf(others)) => {
            all.len() == others.len() && all.iter().zip(others).all(|(due, longer)| is_longer(due, longer))
        }
        (Due::Either(all), Due::Either(others)) => {
            let chosen = |(one, other): (&Choice, &Choice)| {
                let while_new = match (&one.when, &other.when) {
                    (Some(Test::InFirst(amount)), Some(Test::InFirst(longer))) => by_one(*amount, *longer),
                    (one, other) => one.is_some() == other.is_some(),
                };
                while_new && is_longer(&one.due, &other.due)
            };
            all.len() == others.len() && all.iter().zip(others).all(chosen)
        }
        (Due::AtNth { nth, before, .. }, Due::AtNth { nth: other_nth, before: other_before, .. }) => {
            (nth, before) == (other_nth, other_before)
        }
        (
            Due::AtOnce { grace: None }
            | Due::BeforeIt
            | Due::OnTheDay
            | Due::ByAge(_)
            | Due::BeforeAge(_)
            | Due::AtLeastToAge(_)
            | Due::NoNumber(_),
            _,
        ) => due == longer,
        // Each kind is named, so that a new one is thought of here.
        (
            Due::Within(_)
            | Due::Before(_)
            | Due::AtLeast(_)
            | Due::AtOnce { grace: Some(_) }
            | Due::LaterOf(_)
            | Due::Either(_)
            | Due::AtNth { .. },
            _,
        ) => false,
    }
}

/// R-GOV-01: every pack has another of the same shape in which each form, question, list, code, role and fact bears
/// another name, and each title, label and limit is another. What the program itself names, national codes, codes that are
/// days or hours, and words that mean something in a pack's files keep theirs.
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
            assert!(is_longer(&clock.due, &longer.due), "{id}: {}: {:?}, {:?}", clock.id, clock.due, longer.due);
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
         Everything else in a pack can bear any name: the tests also run on packs in which it does (`tools/other-names`).\n\
         Only national codes, codes that are days or hours, and words that mean something in a pack's files (`yes`, `team`)\n\
         keep theirs there too. What stands here is a word between quotes in the program's source that is a name in a\n\
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
    // No clock is known to the program by its name.
    assert!(known["Clocks"].is_empty(), "{:?}", known["Clocks"]);
}
