//! An authority that nobody here has seen, written as a policy officer would, from `docs/policy-packs.md` alone: other limits,
//! one form of its own, other words, and not a line of Rust. Its pack is `tests/packs/harrowdale`.

use std::{path::PathBuf, sync::Arc};

use policy::{Folder, Pack, embedded, load::Over};

use crate::{
    town::Town,
    where_they_differ::{begin, is_late},
};

fn harrowdale() -> Arc<Pack> {
    let packs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/packs");
    let pack = policy::load(&Over(Some(Folder(packs)), embedded()), "harrowdale");
    Arc::new(pack.unwrap_or_else(|mistakes| panic!("{mistakes:#?}")))
}

/// R-GOV-01: its words are on the pages, for forms, roles, answers and facts.
#[tokio::test]
async fn r_gov_01_a_new_authority_has_its_own_words() {
    let town = Town::of_pack(harrowdale()).await;
    let mut sam = town.browser_of("sam");
    let forms = sam.get(&town.amira.at("new")).await.is(200);
    for title in ["Home call", "Contact sheet", "Young person's star"] {
        assert!(forms.links().iter().any(|(text, _)| text == title), "{title} in {:?}", forms.links());
    }
    let call = begin(&mut sam, &town.amira, "visit").await;
    for says in [
        "This record is written with the child, who reads it one day.",
        "What was the home like when you came in?",
        "Unannounced home call",
        "1 working day",
    ] {
        call.must_say(says);
    }
    call.must_not_hold("For an assessment");
    sam.get(&town.amira.at("")).await.must_say("Last seen by us");
    sam.get(&town.amira.at("workers")).await.must_say("Child's practitioner");
    sam.get(&town.amira.at("decisions")).await.must_say("Decisions of practice supervisors");
    let mut helen = town.browser_of("helen");
    helen.get("/organisation/policy").await.must_say("In force Harrowdale, version 1");
    town.browser_of("grace").get("/team").await.must_say("Not seen for more than 21 days");
}

/// R-GOV-01, R-TIME-X02: its limits are counted, over a day on which it alone is closed.
#[tokio::test]
async fn r_gov_01_a_new_authority_has_its_own_limits() {
    let town = Town::of_pack(harrowdale()).await;
    // On Tuesday 3 March: Monday was Founders' day, so one working day from Friday is not over.
    assert!(!is_late(&town, "visit", ("2", "27"), &[("kind", "unannounced")]).await);
    assert!(is_late(&town, "visit", ("2", "26"), &[("kind", "unannounced")]).await);
    // Hours run through everything: it is twenty past three.
    assert!(is_late(&town, "case-note", ("3", "1"), &[]).await);
    assert!(!is_late(&town, "case-note", ("3", "1"), &[("happened.time", "15:30")]).await);
}

/// R-GOV-01, R-VOI-01: its own form is written, tells a fact, stands in the chronology, and meets its own timescale.
#[tokio::test]
async fn r_gov_01_a_new_authority_has_a_form_of_its_own() {
    let town = Town::of_pack(harrowdale()).await;
    let mut sam = town.browser_of("sam");
    // Six weeks from 5 January were over on 16 February.
    let owed = sam.get("/my-work/owed").await.is(200);
    owed.must_say("Young person's star, 15 days late");
    let page = begin(&mut sam, &town.amira, "star").await;
    let form = page.form("Complete").with("safe", "trying").with("in-own-words", "Better than it was");
    let late = sam.press(&form, "Complete").await.is(422);
    late.must_say("“Young person's star” was due by Monday 16 February 2026. Say why it is late");
    let form = late.form("Complete").with("late-reason", "She did not want to before.");
    let done = sam.press(&form, "Complete").await.is(200);
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    sam.get(&done.entry_of("Amira")).await.must_say("Better than it was");
    sam.get(&town.amira.at("chronology")).await.must_say("The star says: I am trying");
    sam.get(&town.amira.at("")).await.must_say("Young person's star, by Tuesday 14 April");
    town.assert_sound().await;
}
