//! What `docs/security.md` says of the program is so, and the program does nothing of the kind of which it says nothing.
//!
//! The standard asks for much to be written down. A page that was true once decides nothing: each table here is compared
//! with the source, the policy or the migrations, in both directions.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use house_rules::{
    advisories::{Advisory, Known, passed_over, place},
    document::{Table, figures, quoted, said, section, tables},
    root,
    source::{Sources, holding, rust},
};

const SECURITY: &str = "docs/security.md";

fn program() -> Sources {
    rust(&root()).unwrap()
}

fn under(heading: &str) -> String {
    section(&root(), SECURITY, heading).unwrap()
}

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// The table under a heading that has this column.
#[track_caller]
fn table_with(heading: &str, column: &str) -> Table {
    let found = tables(&under(heading)).into_iter().find(|table| table.columns.iter().any(|name| name == column));
    found.unwrap_or_else(|| panic!("«{heading}» has no table with «{column}»"))
}

/// Holds every figure of a table to what the program or the policy says under the names of its last column, in their order.
/// Gives the names.
#[track_caller]
fn figures_hold(program: &Sources, table: &Table) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for row in &table.rows {
        let (last, others) = row.split_last().unwrap();
        let told: Vec<i64> = others.iter().flat_map(|cell| figures(cell)).collect();
        let meant: Vec<i64> = quoted(last).into_iter().map(|name| said(&root(), program, name)).collect();
        // A number in passing («one hour a day») would be no figure of the program: in these tables there are none.
        if !meant.is_empty() {
            assert_eq!(told, meant, "{} says otherwise than {last}", row[0]);
        }
        names.extend(quoted(last).into_iter().map(str::to_owned));
    }
    names
}

/// The limits that the source has in these folders and files: `MOST_…`, `LONGEST…` and their like, by their paths.
fn limits_in(program: &Sources, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    const BEGIN: [&str; 7] = ["MOST", "LONGEST", "SHORTEST", "DEEPEST", "FEWEST", "FAILURES", "LOCK"];
    let mut found = BTreeSet::new();
    for (path, text) in program.iter().filter(|(path, _)| wanted(path)) {
        let module = path.trim_start_matches("crates/").replacen("/src/", "::", 1);
        let module = module.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        for line in text.lines() {
            let Some((_, after)) = line.split_once("const ") else { continue };
            let Some((name, kind)) = after.split_once(": ") else { continue };
            let is_limit = BEGIN.iter().any(|begin| name.starts_with(begin)) && !kind.starts_with('[');
            if is_limit && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') {
                found.insert(format!("{module}::{name}"));
            }
        }
    }
    found
}

/// Limits of the program's own work, which nobody meets: how it cuts statements, how it compares people, what a page hides.
const OWN_WORK: [&str; 14] = [
    "crates/store/src/bulk.rs",
    "crates/store/src/extract/",
    "crates/store/src/backup/",
    "crates/store/src/verify",
    "crates/store/src/looking.rs",
    "crates/store/src/questions.rs",
    "crates/store/src/obligations/",
    "crates/store/src/words/index.rs",
    "crates/record/src/likeness/",
    "crates/record/src/words/tokens.rs",
    "crates/web/src/form/",
    "crates/web/src/record/",
    "crates/web/src/searching/",
    "crates/casework/src/import/",
];

/// ASVS 2.1.3
#[test]
fn every_limit_is_written_down_as_it_is() {
    let program = program();
    let all = tables(&under("Limits"));
    assert!(all.len() >= 4, "{}", all.len());
    let told: BTreeSet<String> = all.iter().flat_map(|table| figures_hold(&program, table)).collect();
    for table in &all {
        assert!(table.rows.iter().all(|row| !quoted(row.last().unwrap()).is_empty()), "a limit that nothing says");
    }
    let rooms = ["web", "casework", "store", "record", "files", "paper", "policy", "openid"];
    let of_people = |path: &str| {
        rooms.iter().any(|room| path.starts_with(&format!("crates/{room}/src/")))
            && !OWN_WORK.iter().any(|own| path.starts_with(own))
    };
    let guessing = figures_hold(&program, &table_with("Ways of signing in", "said in"));
    for limit in limits_in(&program, of_people) {
        assert!(told.contains(&limit) || guessing.contains(&limit), "{limit} is not in {SECURITY}");
    }
}

/// ASVS 6.1.1
#[test]
fn guessing_is_held_back_by_the_figures_that_are_written_down() {
    let program = program();
    let told = figures_hold(&program, &table_with("Ways of signing in", "said in"));
    let signing_in = ["signing_in.rs", "codes.rs", "ceremonies.rs"].map(|file| format!("crates/store/src/{file}"));
    let found = limits_in(&program, |path| signing_in.iter().any(|file| file == path));
    assert!(found.len() >= 6, "{found:?}");
    // What waits for somebody who is not signed in is a limit of all, and stands with those.
    let elsewhere = set(["store::ceremonies::MOST_OF_NOBODY"]);
    assert_eq!(found.difference(&told).cloned().collect::<BTreeSet<_>>(), elsewhere);
    // How nobody is locked out by others is said, and tests of signing in hold that it is so.
    let ways = under("Ways of signing in");
    for said in ["locks a colleague out on purpose", "ends no session that goes on", "passkeys are no way to do it"] {
        assert!(ways.contains(said), "{said}");
    }
}

/// ASVS 7.1.1
#[test]
fn sessions_last_as_long_as_is_written_down_with_the_reason() {
    let program = program();
    let told = figures_hold(&program, &table_with("Sessions", "said in"));
    assert_eq!(told.len(), 4, "{told:?}");
    // Whoever adds a way for a session to end says it here.
    let app = &program["crates/web/src/app.rs"];
    assert!(app.contains("SessionLimits { idle: IDLE_SECONDS, absolute: WHOLE_SECONDS }"));
    assert_eq!(holding(&program, "SessionLimits {"), ["crates/store/src/sessions.rs", "crates/web/src/app.rs"]);
    assert!(under("Sessions").contains("NIST SP 800-63B-4"), "by what they depart from the guidance, and why");
}

/// ASVS 6.1.3
#[test]
fn every_way_in_is_written_down_with_its_strength() {
    let program = program();
    let table = table_with("Ways of signing in", "name in a policy");
    let [name, strength, held, begins] =
        ["name in a policy", "how strong (NIST SP 800-63B-4)", "held back by", "begins a session in"]
            .map(|column| table.column(column));
    let ways = &program["crates/policy/src/sign_in.rs"];
    let (_, names) = ways.split_once("pub const fn name(self)").unwrap();
    let names: Vec<&str> = names.split_once("pub const fn").unwrap().0.split('"').skip(1).step_by(2).collect();
    assert_eq!(set(table.rows.iter().flat_map(|row| quoted(&row[name]))), set(names));
    for row in &table.rows {
        assert!(row[strength].starts_with("AAL") && !row[held].is_empty(), "{row:?}");
    }
    // A session is begun where one of these ways says so, and nowhere else.
    let told = set(table.rows.iter().flat_map(|row| quoted(&row[begins])));
    let begun: BTreeSet<String> = set(holding(&program, "begin_session(&"));
    assert_eq!(told, begun);
    assert_eq!(holding(&program, "insert into session"), ["crates/store/src/sessions.rs"]);
}

/// The names of a struct's fields.
#[track_caller]
fn fields(program: &Sources, file: &str, name: &str) -> BTreeSet<String> {
    let (_, body) = program[file].split_once(&format!("struct {name} {{")).unwrap();
    let body = body.split_once("\n}").unwrap().0;
    let field = |line: &str| line.trim().trim_start_matches("pub ").split_once(": ").map(|(name, _)| name.to_owned());
    body.lines().filter_map(field).collect()
}

/// ASVS 8.1.3, 8.1.4
#[test]
fn what_a_decision_looks_at_besides_who_asks_is_written_down_and_how() {
    let program = program();
    let table = table_with("What decides besides who asks", "known as");
    let (known, how) = (table.column("known as"), table.column("how"));
    let told: BTreeSet<String> = set(table.rows.iter().flat_map(|row| quoted(&row[known])));
    let before = under("What decides besides who asks");
    let who = set(quoted(before.split_once("\n| what").unwrap().0));
    let mut given: BTreeSet<String> = set(["dormant"]);
    for (file, name) in [
        ("crates/record/src/access.rs", "Standing"),
        ("crates/record/src/access.rs", "Situation"),
        ("crates/store/src/sessions.rs", "Session"),
    ] {
        given.extend(fields(&program, file, name));
    }
    // Whose session it is, is who asks; what its pages post is asked of posts alone; what somebody is told decides nothing.
    for other in ["person", "token", "notices"] {
        assert!(given.remove(other), "{other}");
    }
    assert_eq!(told.union(&who).cloned().collect::<BTreeSet<_>>(), given);
    assert!(program["crates/store/src/accounts.rs"].contains("then 'dormant'"));
    assert!(table.rows.iter().all(|row| row[how].len() > 20), "how each decides");
    let figures = figures_hold(&program, &table);
    assert_eq!(figures.len(), 4, "{figures:?}");
}

/// How packs write the name of a variant: `SeeDrafts` is `see-drafts`.
fn kebab(name: &str) -> String {
    let mut word = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(c.to_ascii_lowercase());
    }
    word
}

/// ASVS 8.1.2
#[test]
fn who_may_do_what_is_written_down_to_single_answers() {
    let rights = fs::read_to_string(root().join("crates/policy/src/capability.rs")).unwrap();
    let (_, body) = rights.split_once("pub enum Capability {").unwrap();
    let names = body.split_once("\n}").unwrap().0.lines().map(|line| line.trim().trim_end_matches(','));
    let known: BTreeSet<String> = names
        .filter(|name| {
            name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|b| b.is_ascii_alphanumeric())
        })
        .map(kebab)
        .collect();
    assert!(known.len() > 30, "{known:?}");
    let table = table_with("Who may do what, to single answers", "read by");
    let told: BTreeSet<String> = table.quoted("read by").into_iter().chain(table.quoted("written by")).collect();
    assert_eq!(told, known);
    let so = table.column("and only so");
    assert!(table.rows.iter().all(|row| row[so].len() > 15), "the state on which it hangs");
    // What guards single answers within a record that is open is a property of the act that reads it.
    let door = &program()["crates/store/src/door.rs"];
    for (flag, right) in [("REVEALS", "reveal-address"), ("OPENS_SECTION", "read-confidential")] {
        assert!(door.contains(&format!("const {flag}: bool = false;")) && told.contains(right), "{flag}");
    }
}

/// ASVS 3.1.1
#[test]
fn what_browsers_are_asked_for_is_written_down() {
    let program = program();
    let table = table_with("Browsers", "asked for");
    let told: BTreeSet<String> = table.quoted("asked for").into_iter().collect();
    assert!(table.rows.iter().all(|row| row[1].len() > 20), "what happens without each");
    let security = &program["crates/web/src/security.rs"];
    let mut asked = BTreeSet::new();
    for after in security.split("header::").skip(1) {
        let name: String = after.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
        if !name.is_empty() {
            asked.insert(name.to_lowercase().replace('_', "-"));
        }
    }
    for after in security.split("HeaderName::from_static(\"").skip(1) {
        asked.insert(after.split('"').next().unwrap().to_owned());
    }
    assert!(asked.len() >= 9, "{asked:?}");
    // Of cookies, of what a browser says of a post, and of scripts.
    let session = &program["crates/web/src/session.rs"];
    for word in ["__Host-", "Secure", "HttpOnly", "SameSite"] {
        assert!(session.contains(word), "{word}");
        asked.insert(word.to_owned());
    }
    for (header, said) in [("\"sec-fetch-site\"", "Sec-Fetch-Site"), ("\"origin\"", "Origin")] {
        assert!(security.contains(header), "{header}");
        asked.insert(said.to_owned());
    }
    let scripts = house_rules::source::scripts(&root()).unwrap();
    let has = |letters: &str| scripts.values().any(|text| text.contains(letters));
    for (letters, said) in [
        ("navigator.credentials", "navigator.credentials"),
        ("PublicKeyCredential", "PublicKeyCredential"),
        ("history.replaceState", "history.replaceState"),
        ("fetch(", "fetch"),
    ] {
        assert!(has(letters), "no script calls {letters} any more");
        asked.insert(said.to_owned());
    }
    for text in scripts.values() {
        for after in text.split("new ").skip(1) {
            let name: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
            // Those that every browser of thirty years has are no question to anybody.
            if name.starts_with(|c: char| c.is_ascii_uppercase())
                && !["Error", "Date", "RegExp"].contains(&name.as_str())
            {
                asked.insert(name);
            }
        }
        for after in text.split("navigator.").skip(1) {
            let name: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
            asked.insert(format!("navigator.{name}"));
        }
    }
    assert_eq!(told, asked);
}

/// ASVS 5.1.1
#[test]
fn the_kinds_of_files_are_written_down_with_their_ends_and_sizes() {
    let program = program();
    let table = table_with("Files", "names end in");
    let [kind, largest, ends] = ["kind", "largest, in MB", "names end in"].map(|column| table.column(column));
    let format = &program["crates/files/src/format.rs"];
    let (kinds, rest) = format.split_once("pub const fn media").unwrap();
    let (_, names) = rest.split_once("pub const fn extensions").unwrap();
    let mut taken: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let kinds = kinds.split_once("pub const fn kind").unwrap().1;
    for arm in names.split("Self::").skip(1) {
        let (variant, rest) = arm.split_once(" => ").unwrap();
        let ends: Vec<&str> = rest.split(']').next().unwrap().split('"').skip(1).step_by(2).collect();
        let whole = format!("Self::{variant}");
        let after = kinds.split(whole.as_str()).nth(1).filter(|rest| !rest.starts_with(char::is_alphanumeric));
        let of_kind = after.unwrap().split_once("FileKind::").unwrap().1;
        let of_kind: String = of_kind.chars().take_while(char::is_ascii_alphabetic).collect();
        taken.entry(of_kind.to_lowercase()).or_default().extend(set(ends));
    }
    let told: BTreeMap<String, BTreeSet<String>> =
        table.rows.iter().map(|row| (row[kind].clone(), set(quoted(&row[ends])))).collect();
    assert_eq!(told, taken);
    for row in &table.rows {
        let name = format!("england/files.toml largest.{}", row[kind]);
        assert_eq!(figures(&row[largest]), [said(&root(), &program, &name) / 1_000_000], "{}", row[kind]);
    }
    let text = under("Files");
    for said in ["Refused, with the reason at its box", "What is refused is not kept", "Files go out as downloads"] {
        assert!(text.contains(said), "{said}");
    }
}

/// ASVS 11.1.1, 11.1.2
#[test]
fn every_key_is_written_down_with_its_use_and_its_end() {
    let program = program();
    let table = table_with("Keys and cryptography", "in the source");
    let [source, uses] = ["in the source", "what for, and nothing else"].map(|column| table.column(column));
    let cryptography =
        ["crates/store/src/keys.rs", "crates/store/src/files/seal.rs", "crates/store/src/backup/keys.rs"];
    let beside = ["crates/agefile/src/keys.rs", "crates/agefile/src/header.rs", "crates/agefile/src/stream.rs"];
    let files: Vec<&str> = cryptography.into_iter().chain(beside).chain(["crates/ledger/src/note.rs"]).collect();
    let mut types = BTreeSet::new();
    let mut words = BTreeSet::new();
    for file in &files {
        let text = &program[*file];
        for after in text.split("struct ").skip(1) {
            let name: String = after.chars().take_while(char::is_ascii_alphanumeric).collect();
            if ["Key", "Keys", "KeyRing", "Secret", "Identity"].iter().any(|end| name.ends_with(end)) {
                types.insert(name);
            }
        }
        for after in text.split("derive(").skip(1) {
            let call = after.split([';', '\n']).next().unwrap();
            words.extend(call.split("b\"").nth(1).and_then(|word| word.split('"').next()).map(str::to_owned));
        }
    }
    assert_eq!(set(table.rows.iter().flat_map(|row| quoted(&row[source]))), types);
    assert_eq!(set(table.rows.iter().flat_map(|row| quoted(&row[uses]))), words);
    // No key is made of another anywhere else.
    let derived = holding(&program, "Hkdf::<");
    assert!(derived.iter().all(|file| files.contains(file)), "{derived:?}");
    for (at, row) in table.rows.iter().enumerate() {
        let blank = row.iter().enumerate().filter(|(_, cell)| cell.is_empty()).count();
        assert!(blank <= usize::from(at + 1 == table.rows.len()), "{row:?} says too little");
    }
    // Where they lie.
    let keys = &program["crates/store/src/keys.rs"];
    for name in ["epoch-1.key", "log.key"] {
        assert!(keys.contains(&format!("\"{name}\"")) && under("Keys and cryptography").contains(&format!("`{name}`")));
    }
    assert_eq!(keys.matches(".key\"").count(), 2, "a key file that {SECURITY} does not name");
}

/// ASVS 11.1.4
#[test]
fn each_algorithm_has_what_comes_after_it() {
    let all = tables(&under("Keys and cryptography"));
    let inventory = all.iter().find(|table| table.columns == ["library", "what for", "where"]).unwrap();
    let inventory: BTreeSet<String> = inventory.quoted("library").into_iter().collect();
    let after = table_with("Keys and cryptography", "what takes its place");
    assert_eq!(after.quoted("library").into_iter().collect::<BTreeSet<_>>(), inventory);
    let (then, next) = (after.column("then"), after.column("what takes its place"));
    for row in &after.rows {
        let is_broken = row[then].starts_with("broken") || row[then].starts_with("forged");
        assert_eq!(is_broken, row[next] != "nothing", "{row:?}");
    }
}

/// ASVS 13.1.1, 13.1.2, 13.1.3
#[test]
fn whom_the_program_speaks_to_is_written_down_with_how_many_and_how_long() {
    let program = program();
    let table = table_with("Whom the program speaks to", "opened in");
    let told: BTreeSet<String> = table.quoted("opened in").into_iter().collect();
    let opens = ["TcpStream", "UnixStream", "SmtpTransport", "PgConnectOptions", "UdpSocket", "reqwest::"];
    let found: BTreeSet<String> = opens.iter().flat_map(|letters| set(holding(&program, letters))).collect();
    assert_eq!(told, found);
    assert_eq!(holding(&program, "TcpListener::bind("), ["crates/lifestory/src/commands/mod.rs"]);
    // Each is reached only where an argument of a command says so.
    let commands: String = program
        .iter()
        .filter(|(path, _)| path.starts_with("crates/lifestory/"))
        .map(|(_, text)| text.as_str())
        .collect();
    for option in table.quoted("to") {
        let name = option.trim_start_matches("--").replace('-', "_");
        assert!(commands.contains(&format!("{name}:")), "{option} is no argument");
    }
    figures_hold(&program, &table);
    // What waits or gives up in a file that opens a connection does so by a figure of the table.
    for (row, file) in table.rows.iter().zip(table.quoted("opened in")) {
        let names: BTreeSet<String> = quoted(row.last().unwrap())
            .into_iter()
            .filter_map(|name| name.rsplit("::").next().map(str::to_owned))
            .chain(set(["QUIET", "SQLITE_READERS", "SQLITE_WRITERS", "most"]))
            .collect();
        let text = &program[&file];
        for call in ["timeout(", "max_connections(", "pool("] {
            for after in text.split(call).skip(1) {
                let given = after.split([')', ',']).next().unwrap().trim_start_matches("Some(").trim();
                let is_named = given.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && !given.is_empty();
                let own = ["", "1", "None", "|most|"].contains(&given) || given.contains('.') || given.contains('&');
                assert!(own || names.contains(given) || !is_named, "{file}: {call}{given})");
                let is_figure = given.starts_with(|c: char| c.is_ascii_digit()) && given != "1";
                assert!(!is_figure && !given.starts_with("Duration"), "{file}: {call}{given}) is said in no table");
            }
        }
    }
    for row in &table.rows {
        assert!(row[3].contains("then") || row[3].contains("Then") || row[3].contains("not taken"), "{row:?}");
    }
}

/// ASVS 2.1.1, 2.1.2
#[test]
fn every_key_by_which_a_form_holds_answers_to_something_is_written_down() {
    let draft = fs::read_to_string(root().join("crates/policy/src/load/draft.rs")).unwrap();
    let mut keys = BTreeSet::new();
    for name in
        ["FormDraft", "RecordedByDraft", "AgreedDraft", "SectionDraft", "FieldDraft", "ConditionDraft", "SetsDraft"]
    {
        let (_, body) = draft.split_once(&format!("struct {name} {{")).unwrap();
        let mut renamed = None;
        for line in body.split_once("\n}").unwrap().0.lines() {
            if let Some((_, after)) = line.split_once("rename = \"") {
                renamed = after.split('"').next().map(str::to_owned);
            } else if let Some((_, after)) = line.split_once("pub(super) ") {
                let own = after.split_once(": ").unwrap().0.replace('_', "-");
                keys.insert(renamed.take().unwrap_or(own));
            }
        }
    }
    assert!(keys.len() > 50, "{keys:?}");
    let table = table_with("What may be typed", "key of a form");
    assert_eq!(table.quoted("key of a form").into_iter().collect::<BTreeSet<_>>(), keys);
    assert!(table.rows.iter().all(|row| row[1].len() > 15));
    // And every kind of answer, whose examples a test of the reader types.
    let (_, kinds) = draft.split_once("pub(super) enum KindWord {").unwrap();
    let kinds = kinds.split_once("\n}").unwrap().0.lines().map(|line| line.trim().trim_end_matches(','));
    let kinds: BTreeSet<String> = kinds.filter(|name| !name.is_empty()).map(kebab).collect();
    assert_eq!(table_with("What may be typed", "kind").quoted("kind").into_iter().collect::<BTreeSet<_>>(), kinds);
}

/// Every table of the database with its columns of bytes, by the migrations.
fn tables_of_the_database() -> BTreeMap<String, BTreeSet<String>> {
    let mut made: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let folder = root().join("crates/store/migrations/sqlite");
    let mut steps: Vec<_> = fs::read_dir(folder).unwrap().map(|step| step.unwrap().path()).collect();
    steps.sort();
    for step in steps {
        let mut table = String::new();
        for line in fs::read_to_string(step).unwrap().lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["create", "table", name, ..] => {
                    name.trim_end_matches('(').clone_into(&mut table);
                    made.entry(table.clone()).or_default();
                }
                ["drop", "table", name, ..] => {
                    made.remove(name.trim_end_matches(';'));
                }
                ["alter", "table", name, "rename", "to", new, ..] => {
                    let columns = made.remove(name).unwrap();
                    made.insert(new.trim_end_matches(';').to_owned(), columns);
                }
                ["alter", "table", name, "add", "column", column, "blob" | "blob;", ..] => {
                    made.get_mut(name).unwrap().insert(column.to_owned());
                }
                [column, kind, ..] if kind.trim_end_matches(',') == "blob" => {
                    made.get_mut(&table).unwrap().insert(column.to_owned());
                }
                _ => {}
            }
        }
    }
    made
}

/// ASVS 14.1.1, 14.1.2
#[test]
fn every_table_of_the_database_has_a_level_and_a_guard() {
    let made = tables_of_the_database();
    assert!(made.len() > 30, "{}", made.len());
    let table = table_with("What is kept of whom", "table");
    let [name, level, bytes] = ["table", "level", "bytes"].map(|column| table.column(column));
    let mut told = BTreeMap::new();
    for row in &table.rows {
        let columns = set(quoted(&row[bytes]));
        for one in quoted(&row[name]) {
            assert!(told.insert(one.to_owned(), columns.clone()).is_none(), "{one} stands there twice");
        }
        // What weighs most lies sealed, or is a key.
        let sealed = row[bytes].contains("under the record's key") || row[bytes].contains("under the epoch key");
        assert!(row[level] != "1" || sealed, "{} is of level 1 and lies open", row[name]);
    }
    assert_eq!(told.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>());
    for (one, columns) in &made {
        assert!(columns.is_subset(&told[one]), "{one} has {columns:?}, of which {SECURITY} says {:?}", told[one]);
    }
    for row in &table.rows {
        let all: BTreeSet<&String> = quoted(&row[name]).into_iter().flat_map(|one| &made[one]).collect();
        assert_eq!(all, set(quoted(&row[bytes])).iter().collect(), "{}", row[name]);
    }
    // What each level is and how it is guarded stands above.
    let levels = table_with("What is kept of whom", "guarded by");
    let known: BTreeSet<String> = levels.rows.iter().map(|row| row[0][..1].to_owned()).collect();
    assert_eq!(table.rows.iter().map(|row| row[level].clone()).collect::<BTreeSet<_>>(), known);
    let asked =
        ["level", "what", "encryption", "integrity", "kept for", "in logs, e-mails and the extract", "guarded by"];
    assert_eq!(levels.columns, asked);
    assert!(levels.rows.iter().flatten().all(|cell| !cell.is_empty()));
}

/// ASVS 15.1.1
#[test]
fn how_soon_a_library_is_replaced_is_written_down_for_every_severity() {
    let table = table_with("Dependencies", "severity (CVSS 4.0)");
    let severities: Vec<&str> = table.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(severities, ["critical", "high", "medium", "low", "no hole, only older"]);
    let days: Vec<[i64; 2]> = table
        .rows
        .iter()
        .map(|row| [figures(&row[1]), figures(&row[2])].map(|told| *told.first().expect("a number of days")))
        .collect();
    assert!(days.iter().all(|[reached, not]| reached <= not), "what can be reached is sooner: {days:?}");
    assert!(days.is_sorted(), "the worse the sooner: {days:?}");
    // What is passed over is said to be, with the reason.
    let rules: toml::Table = fs::read_to_string(root().join("deny.toml")).unwrap().parse().unwrap();
    let passed = rules["advisories"]["ignore"].as_array().unwrap();
    let text = under("Dependencies");
    let told: BTreeSet<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| word.starts_with("RUSTSEC-"))
        .collect();
    let found: BTreeSet<&str> = passed.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(told, found);
    assert!(passed.iter().all(|one| one["reason"].as_str().is_some_and(|why| why.len() > 20)));
}

/// ASVS 15.1.4
#[test]
fn libraries_to_be_careful_of_are_named() {
    let lock: toml::Table = fs::read_to_string(root().join("Cargo.lock")).unwrap().parse().unwrap();
    let table = table_with("Dependencies", "library");
    let told: BTreeSet<String> = table.quoted("library").into_iter().collect();
    let packages = lock["package"].as_array().unwrap();
    let text = |package: &toml::Value, key: &str| {
        package.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned()
    };
    let mut wanted = set(["typst", "image", "hayro-syntax"]);
    let mut all = BTreeSet::new();
    for package in packages {
        let (name, version) = (text(package, "name"), text(package, "version"));
        let builds = package.get("dependencies").and_then(toml::Value::as_array).is_some_and(|on| {
            on.iter().filter_map(toml::Value::as_str).any(|on| ["cc", "cmake", "bindgen", "nasm-rs"].contains(&on))
        });
        let (number, build) = version.split_once('+').unwrap_or((&version, ""));
        if builds || number.contains('-') || build == "deprecated" {
            wanted.insert(name.clone());
        }
        all.insert(name);
    }
    let known = Known::read(&place(&root())).unwrap();
    let passed_over = passed_over(&root()).unwrap();
    let passed_over = |one: &&Advisory| passed_over.iter().any(|passed| passed.id == one.id);
    wanted.extend(known.advisories.iter().filter(passed_over).map(|one| one.package.clone()));
    assert!(wanted.is_subset(&told), "{:?} are not named", wanted.difference(&told).collect::<Vec<_>>());
    assert!(told.is_subset(&all), "{:?} are linked no more", told.difference(&all).collect::<Vec<_>>());
}

/// ASVS 15.1.3, 15.1.5
#[test]
fn what_costs_much_or_is_dangerous_is_written_down_where_it_is() {
    let program = program();
    let table = table_with("Costly and dangerous parts", "in");
    let told: BTreeSet<String> = table.quoted("in").into_iter().collect();
    let letters = ["spawn_blocking(", "Semaphore::new(", "Semaphore::const_new("];
    let found: BTreeSet<String> = letters.iter().flat_map(|letters| set(holding(&program, letters))).collect();
    assert_eq!(told, found);
    let held = table.column("held back by");
    assert!(table.rows.iter().all(|row| row[held].len() > 15), "by what each is held back");
    // What reads what strangers send is one room, and it is named.
    let manifest = fs::read_to_string(root().join("crates/files/Cargo.toml")).unwrap();
    assert!(manifest.contains("image") && under("Costly and dangerous parts").contains("formats that attackers know"));
    for reader in ["image::", "hayro"] {
        let rooms: BTreeSet<&str> =
            holding(&program, reader).into_iter().filter_map(|path| path.split('/').nth(1)).collect();
        assert!(rooms.is_subset(&BTreeSet::from(["files", "paper"])), "{reader} is used in {rooms:?}");
    }
}

/// The acts that a text leaves by name: the first argument, where it is said there.
fn acts_in(text: &str) -> BTreeSet<String> {
    let mut acts = BTreeSet::new();
    for call in [".leave(", ".leaf("] {
        for after in text.split(call).skip(1) {
            let first = after.trim_start();
            if first.starts_with('"') || first.starts_with("if ") {
                let first = first.split(',').next().unwrap();
                acts.extend(first.split('"').skip(1).step_by(2).map(str::to_owned));
            }
        }
    }
    acts
}

/// The level and the words of each line that a text can write into the program's log.
fn lines_of_the_log(text: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for after in text.split("tracing::").skip(1) {
        let Some((level, rest)) = after.split_once("!(") else { continue };
        if !["error", "warn", "info", "debug", "trace"].contains(&level) {
            continue;
        }
        // The words are the last text between quotation marks before the call ends.
        let (mut depth, mut within, mut end) = (1, false, 0);
        for (at, c) in rest.char_indices() {
            match c {
                '"' => within = !within,
                '(' if !within => depth += 1,
                ')' if !within => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                end = at;
                break;
            }
        }
        let words = rest[..end].rsplit('"').nth(1).unwrap_or_default();
        lines.insert(format!("{level}: {words}"));
    }
    lines
}

/// ASVS 16.1.1
#[test]
fn what_is_logged_is_written_down_where_and_for_how_long() {
    let program = program();
    let acts: BTreeSet<String> = program.values().flat_map(|text| acts_in(text)).collect();
    assert!(acts.contains("sign-in-failed") && acts.contains("signed-out-everywhere") && acts.len() > 30, "{acts:?}");
    let table = table_with("Logs", "acts of the ledger");
    assert_eq!(table.quoted("acts of the ledger").into_iter().collect::<BTreeSet<_>>(), acts);
    let mut lines = BTreeSet::new();
    for (path, text) in &program {
        lines.extend(lines_of_the_log(text).into_iter().map(|line| format!("{line} | {path}")));
    }
    assert!(lines.len() > 20, "{lines:?}");
    let table = table_with("Logs", "said in");
    let told: BTreeSet<String> =
        table.rows.iter().map(|row| format!("{} | {}", row[0], row[1].trim_matches('`'))).collect();
    assert_eq!(told, lines);
    // Each place to which something is written says what is in it, how long it stays, and who reads it.
    let places = table_with("Logs", "how long");
    assert_eq!(places.columns, ["what", "where", "what is in it", "how long", "who reads it"]);
    assert!(places.rows.len() == 4 && places.rows.iter().flatten().all(|cell| !cell.is_empty()));
}
