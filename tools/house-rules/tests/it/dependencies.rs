//! What is linked into the program, from where, under which licence; and what is not.

use std::{collections::BTreeSet, fs};

use house_rules::{
    dependencies::{direct, licences, locked, rule},
    licence::is_allowed,
    root,
};

#[test]
fn every_licence_is_one_that_deny_toml_allows() {
    let allowed = rule(&root(), "licenses", "allow").unwrap();
    let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
    let packages = licences(&root()).unwrap();
    assert!(packages.len() > 300, "{}", packages.len());
    for (name, licence) in packages {
        assert!(is_allowed(&licence, &allowed), "{name} is under {licence:?}");
    }
}

/// ASVS 15.1.2, 15.2.4
#[test]
fn every_library_comes_from_where_it_should_with_its_sum() {
    let packages = locked(&root()).unwrap();
    assert!(packages.len() > 300, "{}", packages.len());
    for package in packages {
        let (name, version) = (&package.name, &package.version);
        assert_eq!(package.source, "registry+https://github.com/rust-lang/crates.io-index", "{name} {version}");
        assert_eq!(package.checksum.len(), 64, "{name} {version} has no sum");
    }
    for lock in ["assets/package-lock.json", "tests/browser/package-lock.json"] {
        let lock: serde_json::Value = serde_json::from_slice(&fs::read(root().join(lock)).unwrap()).unwrap();
        for (name, package) in lock["packages"].as_object().unwrap().iter().filter(|(name, _)| !name.is_empty()) {
            assert!(package["integrity"].as_str().is_some_and(|sum| sum.starts_with("sha512-")), "{name}");
            // Where there is no address, it comes from npm's registry.
            assert!(package["link"].is_null() && package["resolved"].is_null(), "{name} comes from elsewhere");
        }
    }
}

/// None of these is linked, in whatever version.
#[track_caller]
fn nothing_of(crates: &[&str]) {
    let linked: BTreeSet<String> = locked(&root()).unwrap().into_iter().map(|package| package.name).collect();
    for name in crates {
        assert!(!linked.contains(*name), "{name} is linked: what docs/asvs.toml calls not applicable applies now");
    }
}

#[test]
fn nothing_is_linked_that_deny_toml_bans() {
    let banned = rule(&root(), "bans", "deny").unwrap();
    assert!(!banned.is_empty());
    nothing_of(&banned.iter().map(String::as_str).collect::<Vec<_>>());
}

/// ASVS 4.4.1, 4.4.2, 4.4.3, 4.4.4
#[test]
fn nothing_speaks_websockets() {
    nothing_of(&[
        "tungstenite",
        "tokio-tungstenite",
        "fastwebsockets",
        "async-tungstenite",
        "soketto",
        "axum-tungstenite",
    ]);
    let axum = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let axum = axum.lines().find(|line| line.starts_with("axum = ")).unwrap();
    assert!(!axum.contains("\"ws\""), "{axum}");
}

/// ASVS 17.1.1, 17.1.2, 17.2.1, 17.2.2, 17.2.3, 17.2.4, 17.2.5, 17.2.6
/// ASVS 17.2.7, 17.2.8, 17.3.1, 17.3.2
#[test]
fn nothing_speaks_webrtc() {
    nothing_of(&["webrtc", "str0m", "webrtc-dtls", "webrtc-srtp", "webrtc-ice", "turn", "stun", "rtc", "datachannel"]);
}

/// ASVS 4.3.1, 4.3.2
#[test]
fn nothing_answers_graphql() {
    nothing_of(&["async-graphql", "juniper", "graphql-parser", "apollo-parser"]);
}

/// ASVS 1.2.6, 1.2.7, 1.3.9
#[test]
fn nothing_asks_a_directory_or_a_cache_or_with_xpath() {
    nothing_of(&["ldap3", "lber", "memcache", "async-memcached", "redis", "fred", "libxml", "sxd-xpath", "xee-xpath"]);
}

/// Who somebody is, is read from a token of the identity provider, by one library; tokens are neither given nor taken for
/// anything else, and there is no SAML.
/// ASVS 6.8.3, 9.2.4, 10.5.5
/// ASVS 10.3.1, 10.3.2, 10.3.3, 10.3.4, 10.3.5
/// ASVS 10.4.1, 10.4.2, 10.4.3, 10.4.4, 10.4.5, 10.4.6, 10.4.7, 10.4.8
/// ASVS 10.4.9, 10.4.10, 10.4.11, 10.4.12, 10.4.13, 10.4.14, 10.4.15, 10.4.16
/// ASVS 10.6.1, 10.6.2, 10.7.1, 10.7.2, 10.7.3
#[test]
fn nothing_gives_or_takes_tokens_of_other_systems() {
    nothing_of(&["jsonwebtoken", "josekit", "jwt-simple", "compact_jwt", "biscuit", "pasetors", "branca"]);
    nothing_of(&["oxide-auth", "samael", "cookie-monster", "axum-oidc", "openid", "biscuit-auth"]);
    let direct = direct(&root()).unwrap();
    assert!(direct.contains("openidconnect") && !direct.contains("oauth2"), "{direct:?}");
}

/// ASVS 4.2.3, 4.2.4
#[test]
fn http_is_asked_for_in_one_way_and_nothing_speaks_http_2() {
    nothing_of(&["ureq", "curl", "isahc", "attohttpc", "surf", "hyper-tls", "awc"]);
    nothing_of(&["h2", "h3", "quinn"]);
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let client = manifest.lines().find(|line| line.starts_with("reqwest = ")).unwrap();
    assert!(client.contains("default-features = false, features = [\"rustls-no-provider\"]"), "{client}");
    // One library of cryptography for TLS: two at once leave it to chance which is used.
    nothing_of(&["aws-lc-rs", "aws-lc-sys"]);
}

/// ASVS 1.2.8, 1.2.9, 1.2.10, 1.3.8, 1.3.12, 1.5.1
#[test]
fn our_own_crates_build_on_no_reader_of_patterns_or_xml_and_run_no_other_language() {
    let direct = direct(&root()).unwrap();
    assert!(direct.contains("axum") && direct.contains("sqlx"), "{direct:?}");
    for name in
        ["regex", "fancy-regex", "pcre2", "onig", "quick-xml", "roxmltree", "xml-rs", "tectonic", "rhai", "mlua"]
    {
        assert!(!direct.contains(name), "{name}");
    }
    // CSV is read, from another system, and never written.
    let sources = house_rules::source::rust(&root()).unwrap();
    assert_eq!(house_rules::source::holding(&sources, "csv::Writer"), [] as [&str; 0]);
}

/// ASVS 11.2.1, 11.3.1, 11.3.2
#[test]
fn our_own_crates_build_on_known_cryptography_alone() {
    const KNOWN: [&str; 16] = [
        "aead-stream",
        "argon2",
        "base64",
        "bech32",
        "chacha20poly1305",
        "ed25519-dalek",
        "getrandom",
        "hkdf",
        "hmac",
        "openidconnect",
        "rustls",
        "sha2",
        "subtle",
        "totp-rs",
        "webauthn-rs",
        "x25519-dalek",
    ];
    const OTHERS: [&str; 20] = [
        "aes",
        "aes-gcm",
        "aes-siv",
        "cbc",
        "ecb",
        "ctr",
        "des",
        "rc4",
        "blowfish",
        "rsa",
        "md5",
        "md-5",
        "sha1",
        "dsa",
        "openssl",
        "ring",
        "orion",
        "sodiumoxide",
        "rand",
        "fastrand",
    ];
    let direct = direct(&root()).unwrap();
    for name in OTHERS {
        assert!(!direct.contains(name), "{name}");
    }
    for name in KNOWN {
        assert!(direct.contains(name), "{name} is not used any more: take it out of docs/security.md too");
    }
}
