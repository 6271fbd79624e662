//! `lifestory policy`, as whoever writes a pack uses it: with a folder of their own.

use std::{ffi::OsStr, fs, path::Path};

use casework::Desk;
use store::{Actor, Place};

use crate::{
    server::{Server, complaint, run},
    service::Service,
};

/// A folder with a pack over Rochdale's in it, with these files beside its pack.toml.
pub fn pack(beside: &Path, id: &str, version: u32, extends: &str, files: &[(&str, &str)]) {
    let folder = beside.join(id);
    let title = id.to_uppercase();
    let own = format!("id = \"{id}\"\ntitle = \"{title}\"\nversion = {version}\nextends = \"{extends}\"\n");
    for (path, text) in files.iter().chain([&("pack.toml", own.as_str())]) {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

fn policy(arguments: &[&str]) -> std::process::Output {
    let arguments: Vec<&OsStr> = ["policy"].iter().chain(arguments).map(AsRef::as_ref).collect();
    run(&arguments)
}

fn said(output: &std::process::Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

const VISIT: &str = "form = \"visit\"\nchanges = \"rochdale\"\nversion = 3\n\n[[field]]\nid = \"weather\"\nafter = \"exchanged\"\nkind = \"text\"\nlabel = \"What was the weather like?\"\nsource = [\"R-GOV-01\"]\n";
const ROLES: &str = "[[role]]\nid = \"worker\"\ntitle = \"Case Worker\"\n";

/// R-GOV-01: an authority's own pack is a folder, over a pack of the program or another folder beside it.
#[test]
fn r_gov_01_a_pack_of_ones_own_is_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path(), "ours", 4, "rochdale", &[("forms/visit.toml", VISIT)]);
    pack(folder.path(), "north", 1, "ours", &[("roles.toml", ROLES)]);
    let (ours, north) = (folder.path().join("ours"), folder.path().join("north"));
    let (ours, north) = (ours.to_str().unwrap(), north.to_str().unwrap());
    assert!(said(&policy(&["check", ours])).contains("OURS (`ours`, version 4)"));
    assert!(said(&policy(&["check", north])).contains("nothing is wrong"));
    // By name, where the folder of packs is given.
    assert!(said(&policy(&["check", "north", "--packs", folder.path().to_str().unwrap()])).contains("NORTH"));

    let shown = said(&policy(&["show", north, "form", "visit"]));
    assert!(shown.contains("Visit (`visit`, version 3)"), "{shown}");
    assert!(shown.contains("What was the weather like?  [weather]"), "{shown}");
    assert!(shown.contains("asked when «"), "{shown}");
    let shown = said(&policy(&["show", north, "role", "worker"]));
    assert!(shown.contains("Case Worker may") && shown.contains("read a record: those allocated to them"), "{shown}");
    let whole = said(&policy(&["show", "rochdale"]));
    for part in [
        "Forms",
        "Roles",
        "What must be done by when",
        "decision-setting",
        "within 3 days after what an entry made with `visit` tells; stated, and not in force",
    ] {
        assert!(whole.contains(part), "{part} is not in {whole}");
    }
    // What is to be changed can be read as it is written.
    let listed = said(&policy(&["files", "england"]));
    assert!(listed.lines().any(|file| file == "forms/visit.toml") && listed.lines().is_sorted(), "{listed}");
    assert_eq!(said(&policy(&["files", ours, "forms/visit.toml"])), VISIT);
    let wrong = complaint(&policy(&["files", ours, "clocks.toml"]));
    assert!(wrong.contains("the pack «ours» has no file `clocks.toml`"), "{wrong}");
    let wrong = complaint(&policy(&["show", north, "list", "no-such"]));
    assert!(wrong.contains("nothing called `no-such`") && wrong.contains("decision-setting"), "{wrong}");
}

/// What is timed by a source and recorded by no form yet is listed, in plain words and with where it comes from.
#[test]
fn timescales_that_wait_for_a_form_are_listed() {
    let checked = said(&policy(&["check", "rochdale"]));
    assert!(checked.contains("set nothing off until one does"), "{checked}");
    let waiting = checked.lines().find(|line| line.contains("single-assessment")).expect("it waits");
    for part in ["a referral is accepted", "the child and family assessment is complete", "R-TIME-02"] {
        assert!(waiting.contains(part), "{part} is not in {waiting}");
    }
    assert!(!checked.contains("visit-recorded"), "what runs does not wait: {checked}");
    let shown = said(&policy(&["show", "rochdale", "clock", "single-assessment"]));
    assert!(
        shown.contains("waits for a form") && shown.contains("within 45 days after «a referral is accepted»"),
        "{shown}"
    );
}

/// R-GOV-01, bad input: every mistake at its file, line and column, with what to do.
#[test]
fn r_gov_01_what_is_wrong_is_said_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = VISIT.replace("kind = \"text\"", "kind = \"txt\"").replace("exchanged", "nowhere");
    let limit = "[[clock]]\nid = \"vist-recorded\"\nwhat = \"The visit\"\nsource = [\"R-TIME-26\"]\nstarts = { form = \"vist\" }\n\
                 due = \"3 days\"\nmet-by = { this = \"completed\" }\nowner = \"author\"\n";
    pack(folder.path(), "ours", 1, "rochdale", &[("forms/visit.toml", &wrong), ("clocks.toml", limit)]);
    let ours = folder.path().join("ours");
    let said = complaint(&policy(&["check", ours.to_str().unwrap()]));
    let place = |path: &str| ours.canonicalize().unwrap().join(path).display().to_string();
    assert!(said.contains(&format!("{}:8:8: `txt` is not known here", place("forms/visit.toml"))), "{said}");
    assert!(
        said.contains(&format!("{}:5:10: there is no form `vist`; name one that exists", place("clocks.toml"))),
        "{said}"
    );

    // A loop of extensions, at the place that closes it.
    pack(folder.path(), "one", 1, "two", &[]);
    pack(folder.path(), "two", 1, "one", &[]);
    let said = complaint(&policy(&["check", folder.path().join("one").to_str().unwrap()]));
    assert!(said.contains("two/pack.toml:4:11: `one` extends itself by this"), "{said}");

    // A pack that stands alone and lacks a form that the program needs.
    fs::create_dir(folder.path().join("bare")).unwrap();
    fs::write(folder.path().join("bare/pack.toml"), "id = \"bare\"\ntitle = \"Bare\"\nversion = 1\n").unwrap();
    let said = complaint(&policy(&["check", folder.path().join("bare").to_str().unwrap()]));
    assert!(said.contains("bare/pack.toml:1:1: the program needs the form `visit`"), "{said}");
    assert!(said.contains("add forms/visit.toml, or let the pack extend one that has it"), "{said}");

    let said = complaint(&policy(&["check", "./no-such-folder"]));
    assert!(said.contains("there is no folder ./no-such-folder"), "{said}");
}

/// R-GOV-03: what changes is said in plain words, and what would hurt with its place and remedy.
#[test]
fn r_gov_03_two_packs_are_compared_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    pack(folder.path(), "ours", 1, "rochdale", &[("forms/visit.toml", VISIT), ("roles.toml", ROLES)]);
    let ours = folder.path().join("ours");
    let ours = ours.to_str().unwrap();
    let said = said(&policy(&["diff", "rochdale", ours]));
    for line in [
        "  Visit\n    its version: was 2; now 3\n",
        "    new: the question: «What was the weather like?» (a line of text)\n",
        "  Case Worker\n    its title: was «Social Worker»; now «Case Worker»\n",
    ] {
        assert!(said.contains(line), "{line} is not in\n{said}");
    }
    assert!(!said.contains("Cannot be put in force"), "{said}");
    let same = self::said(&policy(&["diff", "rochdale", "rochdale"]));
    assert!(same.contains("say the same"), "{same}");

    // The same id for another kind of question: refused, and the command says so by how it ends.
    let reused =
        VISIT.replace("weather", "analysis").replace("after = \"exchanged\"\n", "").replace("\"text\"", "\"date\"");
    pack(folder.path(), "theirs", 1, "rochdale", &[("forms/visit.toml", &reused)]);
    let output = policy(&["diff", "rochdale", folder.path().join("theirs").to_str().unwrap()]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Cannot be put in force like this\n  forms/visit.toml, question `analysis`: "), "{said}");
    assert!(said.contains("give the new question an id of its own"), "{said}");
}

/// A running program over a folder, with what it said on standard error.
fn serving(data: &Path, pack: &str) -> (Server, std::path::PathBuf) {
    let errors = data.with_extension("err");
    let mut command = std::process::Command::new(crate::server::PROGRAM);
    command.args(["serve", "--port", "0", "--pack", pack, "--data"]).arg(data);
    (Server::start_saying(&mut command, &errors), errors)
}

/// R-GOV-03, bad input: a program that is started with a broken pack goes on with what is in force; one that is offered
/// waits; and a new place begins with one command.
#[test]
fn r_gov_03_a_broken_pack_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data_at: [&OsStr; 2] = ["--data".as_ref(), data.as_ref()];
    pack(folder.path(), "ours", 1, "rochdale", &[]);
    let ours = folder.path().join("ours");
    let ours = ours.to_str().unwrap();
    // With a broken one there is nothing to begin with.
    fs::write(folder.path().join("ours/roles.toml"), "[[role]]\nid = \"worker\"\nmight = 1\n").unwrap();
    let said = complaint(&run(&[
        &["serve".as_ref(), "--port".as_ref(), "0".as_ref(), "--pack".as_ref(), ours.as_ref()][..],
        &data_at,
    ]
    .concat()));
    assert!(said.contains("roles.toml:3:1: there is no key `might` here"), "{said}");
    fs::write(folder.path().join("ours/roles.toml"), ROLES).unwrap();
    drop(serving(&data, ours));
    // In force, whatever becomes of the folder.
    fs::write(folder.path().join("ours/roles.toml"), "[[role]]\nid = \"worker\"\nmight = 1\n").unwrap();
    let (server, errors) = serving(&data, ours);
    assert!(server.get("/health").starts_with("HTTP/1.1 200"), "it serves");
    drop(server);
    let said = fs::read_to_string(errors).unwrap();
    assert!(said.contains("roles.toml:3:1: there is no key `might` here"), "{said}");
    assert!(said.contains("OURS (`ours`, version 1) goes on: it is in force here"), "{said}");
    let broken = complaint(&policy(&["offer", ours, "--data", data.to_str().unwrap()]));
    assert!(broken.contains("there is no key `might` here"), "{broken}");
    // Another version is offered, compared with what is in force, and waits.
    pack(folder.path(), "ours", 2, "rochdale", &[("roles.toml", ROLES), ("forms/visit.toml", VISIT)]);
    let offered = self::said(&policy(&["offer", ours, "--data", data.to_str().unwrap()]));
    assert!(offered.contains("version 2) waits for approval"), "{offered}");
    assert!(offered.contains("In force until then: OURS (`ours`, version 1)"), "{offered}");
    let between = self::said(&policy(&["diff", "in-force", ours, "--in-use", "--data", data.to_str().unwrap()]));
    assert!(between.contains("What was the weather like?"), "{between}");
    // Commands need no pack: the record has its own.
    let checked = run(&[&["verify".as_ref()][..], &data_at].concat());
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

const CHRONOLOGY: &str = "[[clock]]\nid = \"chronology-updated\"\nwhat = \"Chronology looked at\"\nsource = [\"R-CHR-03\"]\nstarts = { record = \"begins\" }\n\
    due = \"1 month\"\nrepeats = true\nmet-by = { in-chronology = \"completed\" }\nowner = \"manager\"\n";

/// R-GOV-03: what a real record would owe under a folder somebody is writing, said by a command; and what is wrong said.
#[tokio::test]
async fn r_gov_03_a_pack_is_tried_on_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let service = Service::make(&Place::Folder(data.clone()), &data.join("keys")).await;
    let desk = Desk::new(service.db.clone(), Actor::Person(service.worker), service.db.now());
    let number = casework::reading::front_page(&desk, service.child).await.unwrap().header.number;
    let number = format!("R-{number}");
    service.db.close().await;
    pack(folder.path(), "ours", 1, "rochdale", &[("clocks.toml", CHRONOLOGY)]);
    let (ours, data) = (folder.path().join("ours"), data.to_str().unwrap().to_owned());
    let ours = ours.to_str().unwrap();
    let simulate = |pack: &str, record: &str| policy(&["simulate", pack, "--record", record, "--data", &data]);
    let said = self::said(&simulate(ours, &number));
    for part in [
        "now:  Rochdale (`rochdale`, version 2), in force",
        "then: OURS (`ours`, version 1)",
        "To be done: 1 on another date",
        "Another date\n  Chronology looked at\n    now:  by ",
        "; the allocated worker\n    then: by ",
        "Done already\n  Case note\n    1, none late: within 3 working days after",
    ] {
        assert!(said.contains(part), "{part} is not in\n{said}");
    }
    let wrong = complaint(&simulate(ours, "R-9"));
    assert!(wrong.contains("there is no record R-9 here"), "{wrong}");
    let wrong = simulate(ours, "Amira");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("`Amira` is no number of a record"), "{wrong:?}");
    fs::write(folder.path().join("ours/clocks.toml"), CHRONOLOGY.replace("1 month", "1 moon")).unwrap();
    let wrong = complaint(&simulate(ours, &number));
    assert!(wrong.contains("clocks.toml:6:7: `1 moon` is no limit"), "{wrong}");
}

/// A clock with these lines, as a file of its own.
fn clock(id: &str, rest: &str) -> String {
    format!("[[clock]]\nid = \"{id}\"\nwhat = \"Something\"\nsource = [\"R-TIME-X13\"]\nowner = \"author\"\n{rest}\n")
}

/// R-GOV-01, R-GOV-03, R-TIME-X13, bad input: each of the mistakes that were thought of beforehand is named with its place
/// and its remedy when the pack is offered to a record, and the record works by what it had.
#[tokio::test]
async fn r_gov_03_each_mistake_that_was_thought_of_is_named_and_the_policy_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // With a note in it that was a letter.
    let service = Service::make(&Place::Folder(data.clone()), &data.join("keys")).await;
    let in_force = service.db.pack().hash();
    service.db.close().await;
    let data_at = data.to_str().unwrap().to_owned();
    let visit = "starts = { form = \"visit\" }\nmet-by = { this = \"completed\" }\n";
    let weather = VISIT.replace("weather", "the-weather");
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/england/lists.toml");
    let lists = fs::read_to_string(all).unwrap();
    let types = lists.split("[[list]]").find(|list| list.contains("id = \"contact-type\"")).unwrap();
    let letter = "  { code = \"letter\", label = \"Letter\" },\n";
    assert!(types.contains(letter), "{types}");
    let no_letters = format!("[[list]]{}", types.replace(letter, ""));
    let loaded: [(&str, &str, &str, String, &str); 5] = [
        (
            "a loop of extensions",
            "round",
            "pack.toml",
            String::new(),
            "round/pack.toml:4:11: `round` extends itself by this",
        ),
        (
            "a missing form",
            "ours",
            "clocks.toml",
            clock("vist", "starts = { form = \"vist\" }\ndue = \"3 days\"\nmet-by = { this = \"completed\" }"),
            "ours/clocks.toml:6:10: there is no form `vist`; name one that exists",
        ),
        (
            "two clocks in force for one act",
            "ours",
            "clocks.toml",
            clock("visit-again", &format!("{visit}due = \"9 days\"")),
            "ours/clocks.toml:2:6: `visit-recorded` and `visit-again` are both in force and count the same; let one be in-force = false",
        ),
        (
            "a deadline that can never be met",
            "ours",
            "clocks.toml",
            clock("too-soon", &format!("{visit}due = {{ before = \"3 days\" }}")),
            "ours/clocks.toml:8:7: this can never be met: ",
        ),
        (
            "a retention rule without a start",
            "ours",
            "clocks.toml",
            clock("file-kept", "due = { at-least = \"75 years\" }\nmet-by = { waits-for = \"the file is destroyed\" }"),
            "ours/clocks.toml:2:6: nothing sets the clock `file-kept` off; add `starts`",
        ),
    ];
    for (what, id, path, text, expected) in &loaded {
        let extends = if *id == "round" { "round" } else { "rochdale" };
        let files: &[(&str, &str)] = if text.is_empty() { &[] } else { &[(path, text)] };
        pack(folder.path(), id, 1, extends, files);
        let offered = policy(&["offer", folder.path().join(id).to_str().unwrap(), "--data", &data_at]);
        let wrong = complaint(&offered);
        assert!(wrong.contains(expected), "{what}: {wrong}");
    }
    fs::remove_dir_all(folder.path().join("ours")).unwrap();
    // A code that an entry has.
    pack(folder.path(), "fewer", 1, "rochdale", &[("lists.toml", &no_letters)]);
    let fewer = folder.path().join("fewer");
    let between = policy(&["diff", "in-force", fewer.to_str().unwrap(), "--in-use", "--data", &data_at]);
    let said = String::from_utf8_lossy(&between.stdout).into_owned();
    assert_eq!(between.status.code(), Some(1), "{said}");
    assert!(
        said.contains("Cannot be put in force like this\n  lists.toml, list `contact-type`, code `letter`"),
        "{said}"
    );
    assert!(said.contains("put it back and mark it withdrawn = true (one entry or fact has it now)"), "{said}");
    // A question that was renamed.
    pack(folder.path(), "ours", 1, "rochdale", &[("forms/visit.toml", VISIT)]);
    pack(folder.path(), "theirs", 1, "rochdale", &[("forms/visit.toml", &weather)]);
    let [ours, theirs] = ["ours", "theirs"].map(|id| folder.path().join(id).to_str().unwrap().to_owned());
    let between = self::said(&policy(&["diff", &ours, &theirs]));
    assert!(between.contains("To think of\n") && between.contains("keep the id `weather`"), "{between}");
    // Nothing of all that was put in force.
    let db = crate::server::open(&Place::Folder(data.clone()), &data.join("keys")).await;
    assert_eq!((db.pack().hash(), db.packs().history().len()), (in_force, 1));
    db.close().await;
}
