//! A pack over another: what is taken, what is replaced, and that a hash tells the difference.

use policy::{Pack, load};

use crate::memory::Memory;

const CHILD: &str = "id = \"own\"\ntitle = \"Own\"\nversion = 2\nextends = \"small\"\n";

fn own(path: &'static str, text: &str) -> Result<Pack, Vec<String>> {
    let sources = Memory::good().with("own", "pack.toml", CHILD).with("own", path, text);
    load(&sources, "own").map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

fn fields(pack: &Pack) -> Vec<&str> {
    pack.form("note").map(|form| form.fields().map(|field| field.id.as_str()).collect()).unwrap_or_default()
}

/// R-GOV-01: an authority changes one question and keeps the rest.
#[test]
fn r_gov_01_a_form_changes_question_by_question() {
    let pack = own(
        "forms/note.toml",
        r#"form = "note"
changes = "small"
version = 4
title = "Case note"

[[field]]
id = "call-why"
kind = "long-text"
label = "What was the call about?"

[[field]]
id = "how-long"
after = "call-why"
kind = "number"
min = 1
max = 600
label = "How many minutes?"

[[section]]
id = "next"
title = "Next"
after = "what"

[[section.field]]
id = "actions"
kind = "actions"
label = "Who does what?"

[[section]]
id = "end"
title = "The end"

[[section.field]]
id = "who"
kind = "person"
label = "Who was it?"

[[section.field]]
id = "until"
kind = "date"
label = "Until when?"
"#,
    )
    .expect("the change fits");
    assert_eq!(fields(&pack), ["kind", "call-why", "how-long", "actions", "seen", "said", "who", "until"]);
    let form = pack.form("note").expect("it is there");
    assert_eq!((form.title.as_str(), form.version), ("Case note", 4));
    assert_eq!(form.source, ["R-OBS-01"], "what is not changed stays");
    assert_eq!(form.field("call-why").map(|field| field.label.as_str()), Some("What was the call about?"));
    assert_eq!(form.field("call-why").and_then(|field| field.when.as_ref()), None, "a field is replaced whole");
    assert_eq!(form.sets.len(), 3);
    assert_eq!((pack.id(), pack.title(), pack.version()), ("own", "Own", 2));
}

#[test]
fn r_gov_01_a_form_without_changes_takes_the_place_of_the_other() {
    let pack = own(
        "forms/note.toml",
        "form = \"note\"\ntitle = \"Short\"\nsource = [\"R-OBS-01\"]\nmay-complete = \"record-entry\"\n\n\
         [[section]]\nid = \"one\"\ntitle = \"One\"\n\n[[section.field]]\nid = \"text\"\nkind = \"text\"\nlabel = \"What?\"\n",
    )
    .expect("the form fits");
    assert_eq!(fields(&pack), ["text"]);
    assert!(pack.form("note").is_some_and(|form| form.sets.is_empty() && form.limits.len() == 1));
}

#[test]
fn r_gov_01_tables_are_replaced_by_name() {
    let words = own("words.toml", "statement = \"File\"\nlocks = \"For good\"\n").expect("words fit");
    assert_eq!(
        (words.word("statement"), words.word("locks"), words.word("unheard-of")),
        ("File", "For good", "unheard-of")
    );
    let roles = own("roles.toml", "[[role]]\nid = \"worker\"\ntitle = \"Social Worker\"\n").expect("roles fit");
    let role = roles.role("worker").expect("it is there");
    assert_eq!((role.title.as_str(), role.may.len()), ("Social Worker", 2), "what a role may do stays");
    let limits =
        own(
            "clocks.toml",
            "[[clock]]\nid = \"note-recorded\"\nwhat = \"The note\"\nsource = [\"R-TIME-88\"]\nstarts = { form = \"note\" }\n\
             due = \"1 working day\"\nmet-by = { this = \"completed\" }\nowner = \"author\"\n",
        )
        .expect("the clock fits");
    assert_eq!(limits.clocks().all().len(), 1, "an authority's clock takes the place of the one of its name");
    assert_eq!(limits.form("note").and_then(policy::Form::limit_in_words).as_deref(), Some("1 working day"));
    let lists = own("lists.toml", "[[list]]\nid = \"kind\"\nitems = [{ code = \"call\", label = \"Phone\" }]\n")
        .expect("lists fit");
    assert_eq!((lists.label("kind", "call"), lists.label("kind", "letter")), ("Phone", "letter"));
    let natures = own(
        "natures.toml",
        "[[nature]]\ncode = \"told\"\nlabel = \"I was told\"\nmargin = \"told by\"\nasks-who = true\n",
    )
    .expect("natures fit");
    assert_eq!(natures.natures().iter().map(|nature| nature.code.as_str()).collect::<Vec<_>>(), ["seen", "told"]);
}

#[test]
fn changes_that_do_not_fit_are_told() {
    for (path, text, said) in [
        (
            "forms/note.toml",
            "form = \"note\"\nchanges = \"england\"\n",
            "packs/own/forms/note.toml:2:11: this pack does not extend `england`; changes names the pack in `extends` of pack.toml",
        ),
        (
            "forms/letter.toml",
            "form = \"letter\"\nchanges = \"small\"\n",
            "packs/own/forms/letter.toml:1:8: `small` has no form `letter` to change; take out `changes` to write a new form",
        ),
        (
            "forms/note.toml",
            "form = \"note\"\nchanges = \"small\"\n[[field]]\nid = \"new\"\nkind = \"text\"\nlabel = \"New\"\n",
            "packs/own/forms/note.toml:4:6: `new` is a new question; say after which one it comes, with after = \"…\"",
        ),
        (
            "forms/note.toml",
            "form = \"note\"\nchanges = \"small\"\n[[field]]\nid = \"new\"\nafter = \"old\"\nkind = \"text\"\nlabel = \"New\"\n",
            "packs/own/forms/note.toml:5:9: there is no question `old` to stand after in the form `note`",
        ),
        (
            "forms/note.toml",
            "form = \"note\"\nchanges = \"small\"\n[[section]]\nid = \"new\"\nafter = \"old\"\ntitle = \"New\"\n",
            "packs/own/forms/note.toml:5:9: there is no section `old` to stand after in the form `note`",
        ),
        (
            "lists.toml",
            "[[list]]\nid = \"kind\"\nitems = [{ code = \"fax\", label = \"Fax\" }]\n",
            "packs/own/lists.toml:2:6: the list `kind` leaves out `call`, which packs/small/forms/note.toml names; keep the code, with a label of your own, or with withdrawn = true where nobody is to choose it",
        ),
        (
            "lists/kind.csv",
            "code,label\nfax,Fax\n",
            "packs/own/lists/kind.csv:1:1: the list `kind` leaves out `call`, which packs/small/forms/note.toml names; keep the code, with a label of your own, or with withdrawn = true where nobody is to choose it",
        ),
        (
            "odd.toml",
            "",
            "packs/own/odd.toml:1:1: a pack has no such file; its files are pack, words, facts, roles, lists, natures, display, clocks, files, amendment, approval, access, sign-in, guidance, procedures, law, contents, glossary and avoid (.toml), forms/*.toml and lists/*.csv",
        ),
    ] {
        let mistakes = own(path, text).expect_err("it does not fit");
        assert_eq!(mistakes, [said], "{path}");
    }
}

#[test]
fn packs_that_extend_each_other_in_a_circle_are_refused() {
    let sources = Memory(vec![
        ("a", "pack.toml", "id = \"a\"\ntitle = \"A\"\nversion = 1\nextends = \"b\"\n".to_owned()),
        ("b", "pack.toml", "id = \"b\"\ntitle = \"B\"\nversion = 1\nextends = \"a\"\n".to_owned()),
    ]);
    let mistakes = load(&sources, "a").expect_err("it never ends");
    assert_eq!(
        mistakes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["packs/b/pack.toml:4:11: `a` extends itself by this; let one pack of the circle extend nothing"]
    );
    let nameless = load(&sources, "../a").expect_err("that is no name");
    assert!(nameless[0].message.starts_with("`../a` is no name of a pack"), "{}", nameless[0]);
    assert!(load(&sources, "c").is_err_and(|mistakes| mistakes[0].message.starts_with("there is no pack `c`")));
}

/// R-GOV-03: the hash is of everything shown, and of nothing else.
#[test]
fn r_gov_03_the_hash_follows_what_is_shown_and_not_how_the_file_is_laid_out() {
    let hash = |sources: Memory| load(&sources, "small").expect("it fits").form("note").map(|form| form.hash);
    let good = hash(Memory::good());
    assert!(good.is_some());
    let same = [
        (
            "forms/note.toml",
            "title = \"Note\"\nsource = [\"R-OBS-01\"]",
            "source = [ 'R-OBS-01' ] # why\n\n\ntitle = \"\"\"Note\"\"\"",
        ),
        ("words.toml", "Record", "File"),
        ("guidance.toml", "Be brief.", "Be short."),
    ];
    for (path, old, new) in same {
        assert_eq!(hash(Memory::good().but(path, old, new)), good, "{path}: {new}");
    }
    for (path, old, new) in [
        ("forms/note.toml", "label = \"Seen?\"", "label = \"Was the child seen?\""),
        ("forms/note.toml", "R-OBS-01", "R-OBS-02"),
        ("forms/note.toml", "required = true", "required = false"),
        ("forms/note.toml", "until = \"until\"\n", ""),
        ("lists.toml", "label = \"Letter\"", "label = \"A letter\""),
        ("lists.toml", ", withdrawn = true", ""),
        ("clocks.toml", "3 days", "4 days"),
    ] {
        assert_ne!(hash(Memory::good().but(path, old, new)), good, "{path}: {new}");
    }
    let pack = load(&Memory::good(), "small").expect("it fits");
    for (path, old, new) in [
        ("words.toml", "Record", "File"),
        ("guidance.toml", "Be brief.", "Be short."),
        ("roles.toml", "allocated", "team"),
    ] {
        let other = load(&Memory::good().but(path, old, new), "small").expect("it fits");
        assert_ne!(other.hash(), pack.hash(), "{path}: {new}");
    }
}

/// No text of a form can be written so that two forms read the same.
#[test]
fn r_gov_03_no_value_can_pass_for_a_line_of_the_canonical_text() {
    let canonical = |hint: &str| {
        let sources = Memory::good().but("forms/note.toml", "label = \"Seen?\"", hint);
        let pack = load(&sources, "small").expect("it fits");
        pack.form("note").map(|form| pack.canonical_form(form))
    };
    let honest = canonical("label = \"Seen?\"\nhint = \"Yes\"");
    let forged = canonical("label = \"Seen?\\nhint 3:Yes\"");
    assert_ne!(honest, forged);
    assert!(honest.is_some_and(|text| text.contains("label 5:Seen?\nhint 3:Yes\n")));
}
