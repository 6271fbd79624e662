//! What the program's own text never says, or says in one place.

use std::{collections::BTreeSet, fs};

use house_rules::{
    root,
    source::{Sources, holding, rust},
};

fn program() -> Sources {
    let sources = rust(&root()).unwrap();
    assert!(sources.len() > 150, "{}", sources.len());
    sources
}

/// Who says this: these files and no others.
#[track_caller]
fn said_in(sources: &Sources, letters: &str, files: &[&str]) {
    assert_eq!(holding(sources, letters), files, "{letters}");
}

/// ASVS 1.2.5
#[test]
fn no_command_of_the_system_is_run() {
    let program = program();
    for letters in ["process::Command", "Command::new(", "libc::", "execv", "posix_spawn"] {
        said_in(&program, letters, &[]);
    }
}

/// ASVS 1.3.6, 13.2.4
#[test]
fn connections_are_opened_in_four_places_to_what_the_program_was_told() {
    let program = program();
    for letters in ["TcpStream", "UnixStream"] {
        said_in(&program, letters, &["crates/files/src/scan.rs"]);
    }
    said_in(&program, "SmtpTransport", &["crates/lifestory/src/commands/digest.rs"]);
    said_in(&program, "PgConnectOptions", &["crates/store/src/engine.rs"]);
    said_in(&program, "reqwest::", &["crates/openid/src/http.rs"]);
    for letters in ["UdpSocket", "lookup_host", "ToSocketAddrs", "to_socket_addrs"] {
        said_in(&program, letters, &[]);
    }
    // Where to is an argument of the program, and none of them is reached from what a page is sent.
    let web: Sources = program.into_iter().filter(|(path, _)| path.starts_with("crates/web/")).collect();
    said_in(&web, "Scanner::", &[]);
    said_in(&web, "parse::<Scanner>", &[]);
    said_in(&web, "Provider::new", &[]);
}

/// ASVS 12.3.2
#[test]
fn no_certificate_is_taken_unchecked() {
    let program = program();
    for letters in ["accept_invalid", "dangerous()", "set_certificate_verifier", "danger::", "tls_danger"] {
        said_in(&program, letters, &[]);
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let lettre = manifest.lines().find(|line| line.starts_with("lettre = ")).unwrap();
    assert!(lettre.contains("rustls-native-certs"), "{lettre}");
    let client = &program["crates/openid/src/http.rs"];
    for letters in ["load_native_certs()", ".with_root_certificates(roots)", ".https_only(!on_this_machine)"] {
        assert!(client.contains(letters), "{letters}");
    }
}

/// ASVS 1.2.4
#[test]
fn queries_are_made_in_one_room_and_sent_in_two_places() {
    let program = program();
    for (path, text) in &program {
        assert!(path.starts_with("crates/store/") || !text.contains("sqlx"), "{path}");
    }
    // What is not a text of the program itself must say so here; the tests of `answers` send what would break out of it.
    said_in(&program, "AssertSqlSafe", &["crates/store/src/engine.rs", "crates/store/src/words/stoppable.rs"]);
    // Values come by numbers. Between quotation marks stand only names of the program itself: constants, what is filled in
    // by its place (kinds of fact and forms), and two questions of the extract.
    for (path, text) in program.iter().filter(|(path, _)| path.starts_with("crates/store/")) {
        for line in text.lines() {
            let words = ["select ", "where ", " and ", " or ", " in (", "like ", "values "];
            let says_sql = words.iter().any(|word| line.contains(word));
            for filled in line.split("'{").skip(1).filter_map(|rest| rest.split_once("}'")).map(|(name, _)| name) {
                let own = filled.chars().all(|c| c.is_ascii_uppercase() || c == '_') || filled == "how";
                assert!(own || !says_sql, "{path} fills in {filled}: {line}");
            }
        }
    }
}

/// R-TIME-X07: whatever is written was asked why it is late, by one function: for what is done in one step (`desk::write`), for
/// drafts (`recording::completing`; what amends an entry is as late as that was), for the answer to a request. What else keeps
/// entries is no act of a child's record (the organisation's beginning, its policies), or takes over what was done elsewhere.
#[test]
fn nothing_is_written_that_was_not_asked_why_it_is_late() {
    let program = program();
    let at = |files: &[&str]| files.iter().map(|file| format!("crates/casework/src/{file}.rs")).collect::<Vec<_>>();
    for (letters, files) in [
        ("done_late(desk, ", &["desk", "recording/completing", "right/asking"][..]),
        ("tx.keep(", &["desk", "import/mod", "right/asking"]),
        (
            " keep(desk, ",
            &["approval", "caseload/news", "desk", "organisation", "recording/completing", "right/asking"],
        ),
    ] {
        let files = at(files);
        said_in(&program, letters, &files.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

/// ASVS 16.2.3
#[test]
fn only_the_commands_write_on_the_screen() {
    for letters in ["println!(", "print!(", "dbg!("] {
        for path in holding(&program(), letters) {
            assert!(path.starts_with("crates/lifestory/src/"), "{path} says {letters}");
        }
    }
}

/// ASVS 6.5.3, 11.5.1
#[test]
fn chance_is_the_systems() {
    let program = program();
    said_in(&program, "getrandom::", &["crates/store/src/keys.rs"]);
    // An invented past is made by a seed, so that it can be made again; it keeps nothing secret.
    said_in(&program, "rand_chacha", &["crates/casework/src/demo/dice.rs"]);
    for letters in ["thread_rng", "rand::", "fastrand", "SmallRng", "RandomState"] {
        said_in(&program, letters, &[]);
    }
}

/// ASVS 11.1.3
#[test]
fn every_place_that_touches_cryptography_is_in_the_inventory() {
    const LIBRARIES: [&str; 14] = [
        "aead_stream",
        "argon2",
        "chacha20poly1305",
        "ed25519_dalek",
        "getrandom",
        "hkdf",
        "hmac",
        "openidconnect",
        "rustls",
        "sha2",
        "subtle",
        "totp_rs",
        "webauthn_rs",
        "x25519_dalek",
    ];
    let program = program();
    let uses = |library: &str| -> BTreeSet<String> {
        let says =
            [format!("use {library}::"), format!(" {library}::"), format!("({library}::"), format!("&{library}::")];
        program
            .iter()
            .filter(|(_, text)| says.iter().any(|says| text.contains(says.as_str())))
            .map(|(path, _)| path.clone())
            .collect()
    };
    let document = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let (_, section) = document.split_once("\n## Keys and cryptography\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    for library in LIBRARIES {
        let named = format!("`{}`", library.replace('_', "-"));
        let rows = section.lines().filter(|line| line.split('|').nth(1).is_some_and(|first| first.contains(&named)));
        let said: BTreeSet<String> =
            rows.flat_map(|row| row.split('`')).filter(|part| part.starts_with("crates/")).map(str::to_owned).collect();
        let used = uses(library);
        assert!(!used.is_empty(), "{library} is used nowhere");
        // A row may stand for two libraries that are used together: each place that uses one must be named.
        let missing: Vec<_> = used.difference(&said).collect();
        assert!(missing.is_empty(), "{library} is used in {missing:?}, and docs/security.md does not say so");
    }
    for path in section.split('`').filter(|part| part.starts_with("crates/")) {
        assert!(LIBRARIES.iter().any(|library| uses(library).contains(path)), "{path} uses none of them any more");
    }
}

/// ASVS 1.3.7
#[test]
fn templates_are_files_that_are_built_in() {
    let program = program();
    for letters in ["Template::from", "ext = \"html\", source", "minijinja", "tera::", "handlebars"] {
        said_in(&program, letters, &[]);
    }
}
