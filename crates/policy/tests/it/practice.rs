//! What practice rests on: laws, procedures, what is expected of a case; who authorises a form and who gets a copy; and
//! the kinds of question that came with them. Each mistake is found, and what is right is read.

use policy::{
    FieldKind,
    form::{Second, Stands},
    load,
    pack::PastedMail,
};

use crate::memory::Memory;

const LAW: &str =
    "[[law]]\nid = \"data-protection\"\ntitle = \"Data Protection Act\"\nversion = \"2018\"\nsource = [\"R-GOV-09\"]\n";
const PROCEDURE: &str = "[[procedure]]\nid = \"sharing\"\ntitle = \"Sharing\"\ntext = [\"Ask first.\"]\nat = \"https://our.example/sharing\"\nforms = [\"note\"]\nsource = [\"R-GOV-08\"]\n";
const CONTENT: &str = "[[content]]\nid = \"contacts\"\ntitle = \"Contacts\"\nforms = [\"note\"]\nfacts = [\"last-seen\"]\nsource = [\"R-GOV-05\"]\n";
const SECTION: &str = "[[section]]\nid = \"more\"\ntitle = \"More\"\n\n[[section.field]]\nid = \"more\"\nlabel = \"More?\"\nsource = [\"R-MTG-01\"]\n";

fn with(path: &'static str, text: &str) -> Memory {
    Memory::good().with("small", path, text)
}

/// The pack with one more question at the end of its form.
fn asking(keys: &str) -> Memory {
    let mut pack = Memory::good();
    let (.., text) = pack.0.iter_mut().find(|(_, path, _)| *path == "forms/note.toml").expect("the form");
    let at = text.find("[[sets]]").unwrap_or(text.len());
    text.insert_str(at, &format!("{SECTION}{keys}\n\n"));
    pack
}

fn said(pack: &Memory) -> String {
    load(pack, "small").map_or_else(
        |mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        |_| "nothing".to_owned(),
    )
}

/// R-GOV-09, R-GOV-08, R-GOV-05: read, in the hash of the pack, and found by form.
#[test]
fn r_gov_08_09_05_laws_procedures_and_contents_are_data() {
    let good = load(&Memory::good(), "small").expect("nothing is wrong with it");
    for (path, text) in [("law.toml", LAW), ("procedures.toml", PROCEDURE), ("contents.toml", CONTENT)] {
        let pack = load(&with(path, text), "small").unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        assert_ne!(pack.hash(), good.hash(), "{path}");
    }
    let pack = load(&with("law.toml", LAW), "small").expect("it loads");
    assert_eq!(pack.laws()[0].version.as_deref(), Some("2018"));
    let pack = load(&with("procedures.toml", PROCEDURE), "small").expect("it loads");
    let note = pack.form("note").expect("the form");
    assert_eq!(pack.procedures_for(note)[0].at.as_deref(), Some("https://our.example/sharing"));
    let pack = load(&with("contents.toml", CONTENT), "small").expect("it loads");
    assert_eq!(pack.contents()[0].forms, ["note"]);
}

/// R-GOV-01: each mistake says what to do.
#[test]
fn r_gov_01_mistakes_in_them_are_found() {
    for (path, text, message) in [
        ("law.toml", LAW.replace("source = [\"R-GOV-09\"]\n", ""), "has no source"),
        ("law.toml", LAW.replace("Data Protection Act", " "), "has no title"),
        ("law.toml", format!("{LAW}{LAW}"), "is here twice"),
        ("procedures.toml", PROCEDURE.replace("note", "nothing"), "there is no form `nothing`"),
        ("procedures.toml", PROCEDURE.replace("https:", "http:"), "begins with https://"),
        ("contents.toml", CONTENT.replace("last-seen", "first-seen"), "there is no fact `first-seen`"),
        ("contents.toml", CONTENT.replace("forms = [\"note\"]\nfacts = [\"last-seen\"]\n", ""), "say what shows"),
        ("contents.toml", CONTENT.replace("contacts", "Contacts"), "is no name"),
    ] {
        let found = said(&with(path, &text));
        assert!(found.contains(message), "{path} says {found}");
    }
}

/// What a pack expects of a case takes the place of what the pack that it extends expects.
#[test]
fn what_is_expected_is_replaced_whole() {
    let other = CONTENT.replace("contacts", "need");
    let pack = with("contents.toml", CONTENT)
        .with("own", "pack.toml", "id = \"own\"\ntitle = \"Own\"\nversion = 1\nextends = \"small\"\n")
        .with("own", "contents.toml", &other);
    let own = load(&pack, "own").expect("it loads");
    assert_eq!(own.contents().iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["need"]);
}

/// A table, a time, a signature; and what is wrong with one.
#[test]
fn questions_of_every_kind_are_read() {
    let table = "kind = \"table\"\ncolumns = [{ id = \"aim\", label = \"Aim\" }, { id = \"by\", label = \"By when\" }]";
    let pack = load(&asking(table), "small").unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    let Some(FieldKind::Table { columns }) = pack.form("note").and_then(|form| form.field("more")).map(|f| &f.kind)
    else {
        panic!("it is a table")
    };
    assert_eq!(columns.iter().map(|column| column.id.as_str()).collect::<Vec<_>>(), ["aim", "by"]);
    assert_eq!(said(&asking("kind = \"time\"")), "nothing");
    assert_eq!(said(&asking("kind = \"signature\"\nlist = \"kind\"")), "nothing");
    assert_eq!(said(&asking("kind = \"long-text\"\ncarry-last = [\"note\"]")), "nothing");
    for (keys, message) in [
        ("kind = \"table\"", "a table needs columns"),
        ("kind = \"text\"\ncolumns = [{ id = \"aim\", label = \"Aim\" }]", "only the kind table has"),
        ("kind = \"table\"\ncolumns = [{ id = \"Aim\", label = \"Aim\" }]", "is no name of a column"),
        ("kind = \"table\"\ncolumns = [{ id = \"a\", label = \"A\" }, { id = \"a\", label = \"B\" }]", "is here twice"),
        ("kind = \"signature\"", "so is the way of signing"),
        ("kind = \"signature\"\nlist = \"nobody\"", "there is no list `nobody`"),
        ("kind = \"long-text\"\ncarry-last = [\"nothing\"]", "no form `nothing` to carry from"),
    ] {
        let found = said(&asking(keys));
        assert!(found.contains(message), "{keys} says {found}");
    }
}

/// D-09, D-10, and who authorises and gets copies: words of the form and of the pack.
#[test]
fn what_follows_on_a_form_is_data() {
    const HEAD: &str = "about = \"children\"\n";
    let able = || Memory::good().but("roles.toml", "[role.may]\n", "[role.may]\nauthorise-entry = [\"any\"]\n");
    let but = |more: &str| able().but("forms/note.toml", HEAD, &format!("{HEAD}{more}"));
    let good = load(&Memory::good(), "small").expect("it loads");
    let note = good.form("note").expect("the form");
    assert_eq!((note.second, good.pasted_mail()), (Second::AsksWhy, PastedMail::AskAgain));
    let pack = load(&but("second = \"may-stand\"\n"), "small").expect("it loads");
    let may = pack.form("note").expect("the form");
    assert_eq!(may.second, Second::MayStand);
    assert_ne!(may.hash, note.hash);
    let stays = Memory::good().but("avoid.toml", "[[avoid]]", "pasted-mail = \"may-stay\"\n\n[[avoid]]");
    let stays = load(&stays, "small").unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    assert_eq!(stays.pasted_mail(), PastedMail::MayStay);
    assert_ne!(stays.hash(), good.hash());
    let role = good.roles().next().expect("a role").id.clone();
    let pack = load(&but(&format!("authorised-by = [\"{role}\"]\n")), "small").expect("it loads");
    let note = pack.form("note").expect("the form");
    assert_eq!((&note.authorised_by[..], note.needs()), (&[role.clone()][..], Some(Stands::Completed)));
    let pack = load(
        &but(&format!("authorised-by = [\"{role}\"]\nstands = \"authorised\"\nself-authorised = true\n")),
        "small",
    );
    let pack = pack.expect("it loads");
    let note = pack.form("note").expect("the form");
    assert_eq!((note.needs(), note.self_authorised), (Some(Stands::Authorised), true));
    assert!(said(&but("authorised-by = [\"nobody\"]\n")).contains("there is no role `nobody`"));
    assert!(said(&but("copies-to = [\"nobody\"]\n")).contains("no code of the list `copy-to`"));
}

/// What is different in any of it is told in plain words, and nothing of it is left out.
#[test]
fn what_differs_in_them_is_told() {
    const HEAD: &str = "about = \"children\"\n";
    let good = load(&Memory::good(), "small").expect("it loads");
    let role = good.roles().next().expect("a role").id.clone();
    let able = || Memory::good().but("roles.toml", "[role.may]\n", "[role.may]\nauthorise-entry = [\"any\"]\n");
    let note = |more: &str| able().but("forms/note.toml", HEAD, &format!("{HEAD}{more}"));
    let by = format!("authorised-by = [\"{role}\"]\n");
    let law = with("law.toml", LAW);
    for (old, new, told) in [
        (Memory::good(), law.clone(), "new: the law «Data Protection Act»"),
        (law.clone(), law.clone().but("law.toml", "2018", "1998"), "the version cited: was «2018»; now «1998»"),
        (Memory::good(), with("procedures.toml", PROCEDURE), "new: the procedure «Sharing»"),
        (with("contents.toml", CONTENT), Memory::good(), "gone: expected of every record: «Contacts»"),
        (Memory::good(), note("second = \"may-stand\"\n"), "was needs a reason; now may stand"),
        (able(), note(&by), "new: who authorises it"),
        (note(&by), note(&format!("{by}self-authorised = true\n")), "needs nobody else"),
        (note(&by), note(&format!("{by}stands = \"authorised\"\n")), "was completed; now authorised"),
        (
            Memory::good(),
            Memory::good().but("facts.toml", "says = \"date\"", "says = \"date\"\nwarns = \"Seen {value}\""),
            "new: what every page of the record says while it holds: «Seen {value}»",
        ),
        (
            asking("kind = \"table\"\ncolumns = [{ id = \"aim\", label = \"Aim\" }]"),
            asking("kind = \"table\"\ncolumns = [{ id = \"aim\", label = \"Goal\" }]"),
            "was a table: «Aim»; now a table: «Goal»",
        ),
        (
            asking("kind = \"long-text\""),
            asking("kind = \"long-text\"\ncarry-last = [\"note\"]"),
            "new: an earlier form that fills in «More?»: «note»",
        ),
    ] {
        let [old, new] = [old, new].map(|pack| load(&pack, "small").unwrap_or_else(|wrong| panic!("{wrong:?}")));
        let lines = policy::diff::compare(&old, &new).in_lines().join("\n");
        assert!(lines.contains(told), "{told} is not in\n{lines}");
    }
}
