//! `lifestory policy`, as whoever writes a pack uses it: with a folder of their own.

use std::{ffi::OsStr, fs, path::Path};

use crate::server::{Server, complaint, run};

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
