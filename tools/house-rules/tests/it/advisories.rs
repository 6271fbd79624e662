//! What is known to be wrong with libraries, by the copy of `RustSec`'s advisories in `tools/house-rules/advisories.toml`.

use house_rules::{
    advisories::{Known, PassedOver, passed_over, place},
    dependencies::{Package, locked, locked_in},
    root,
};

fn known() -> Known {
    Known::read(&place(&root())).unwrap()
}

/// ASVS 15.2.1
#[test]
fn nothing_is_linked_that_is_known_to_be_wrong_unless_somebody_says_why() {
    let (known, linked) = (known(), locked(&root()).unwrap());
    // A copy that was cut short would find nothing.
    assert!(known.advisories.len() > 1_000, "{}", known.advisories.len());
    assert_eq!(known.commit.len(), 40);
    assert!(linked.len() > 300, "{}", linked.len());
    let found = known.against(&linked, &passed_over(&root()).unwrap());
    assert!(found.wrong.is_empty(), "{:#?}", found.wrong);
    assert!(found.idle.is_empty(), "deny.toml passes over what is not linked any more: {:?}", found.idle);
}

/// A lock file in which versions stand that are known to be wrong, beside others of the same libraries.
const PLANTED: &str = r#"
version = 4

[[package]]
name = "smallvec"
version = "1.6.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "smallvec"
version = "1.6.1"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "lettre"
version = "0.10.0-rc.2"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "lettre"
version = "0.11.22-rc.1"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "smallvec"
version = "0.6.2"
"#;

/// ASVS 15.2.1
#[test]
fn a_planted_version_is_found_and_its_neighbours_are_not() {
    let planted = locked_in(PLANTED).unwrap();
    let of = |found: &[String], id: &str| found.iter().filter(|one| one.contains(id)).cloned().collect::<Vec<_>>();
    let found = known().against(&planted, &[]).wrong;
    let smallvec = of(&found, "RUSTSEC-2021-0003");
    assert_eq!(smallvec.len(), 1, "{found:#?}");
    assert!(smallvec[0].starts_with("smallvec 1.6.0: "), "{}", smallvec[0]);
    assert!(smallvec[0].ends_with("right in >= 0.6.14, < 1.0.0 or >= 1.6.1)"), "{}", smallvec[0]);
    // What is unfinished counts by its place among versions: 0.10.0-rc.3 put this right.
    let lettre = of(&found, "RUSTSEC-2021-0069");
    assert_eq!(lettre.len(), 1, "{found:#?}");
    assert!(lettre[0].starts_with("lettre 0.10.0-rc.2: "), "{}", lettre[0]);

    // Passed over with a reason it is not told; where nothing has it, the reason is told to be idle.
    let passed = |id: &str| PassedOver { id: id.to_owned(), reason: "for the test".to_owned() };
    let with = known().against(&planted, &[passed("RUSTSEC-2021-0003"), passed("RUSTSEC-2022-0018")]);
    assert!(of(&with.wrong, "RUSTSEC-2021-0003").is_empty());
    assert!(with.passed_over.contains(&"RUSTSEC-2021-0003".to_owned()));
    assert_eq!(with.idle, ["RUSTSEC-2022-0018"]);
}

/// ASVS 15.2.1
#[test]
fn an_older_version_of_what_is_linked_would_be_found() {
    let back = |package: Package| match package.name.as_str() {
        "tokio" => Package { version: "1.43.0".to_owned(), ..package },
        _ => package,
    };
    let linked = locked(&root()).unwrap().into_iter().map(back).collect::<Vec<_>>();
    let found = known().against(&linked, &passed_over(&root()).unwrap());
    assert_eq!(found.wrong.len(), 1, "{:#?}", found.wrong);
    assert!(found.wrong[0].contains("RUSTSEC-2025-0023"), "{}", found.wrong[0]);
}
