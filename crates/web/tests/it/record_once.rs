//! One act about several children: each record has only its own part, on every page and list.

use crate::{
    page::Page,
    town::{Browser, Child, Town, visited},
};

/// What is written for each child alone. No word of one is part of a word of another.
const WORDS: [[&str; 4]; 3] = [
    ["marmalade", "zeppelin", "quillwort", "saxifrage"],
    ["bumblebee", "gondolier", "tamarisk", "pimpernel"],
    ["clavichord", "snowflake", "hellebore", "celandine"],
];

/// Typed as Bilal's reason for not being seen alone, which is not asked when he was: it stands nowhere.
const UNASKED: &str = "pimpernel";

/// The act: Amira seen and not alone, Bilal seen alone, Noor not seen; and a passage for each.
async fn visit_all_three(town: &Town) -> Page {
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let children = [&town.amira, &town.bilal, &town.noor];
    let mut form = visited(&page, &children);
    form.set("account.0.text", "The kitchen was clean and warm.");
    for ((row, child), words) in (1..).zip(children).zip(WORDS) {
        if row == 3 {
            // The page has three paragraphs at first; one more comes with the button.
            let again = sam.press(&form, "Add another paragraph").await;
            form = again.form("Complete");
        }
        form.set(&format!("account.{row}.text"), &format!("Only here: {}", words[0]));
        form.set(&format!("account.{row}.nature"), "told");
        form.set(&format!("account.{row}.who"), words[1]);
        form.set(&format!("account.{row}.for"), &child.record.to_string());
    }
    for (child, words) in [(&town.amira, WORDS[0]), (&town.bilal, WORDS[1])] {
        form.set(&child.part("child-views"), &format!("I said {}", words[2]));
        form.set(&child.part("views-how"), "said");
    }
    form.set(&town.amira.part("seen-alone"), "no");
    form.set(&format!("{}.reason", town.amira.part("seen-alone")), WORDS[0][3]);
    form.set(&format!("{}.reason", town.bilal.part("seen-alone")), UNASKED);
    form.set(&town.noor.part("seen"), "no");
    form.set(&format!("{}.reason", town.noor.part("seen")), &format!("{} {}", WORDS[2][2], WORDS[2][3]));
    form.set("significant", "yes");
    form.set("headline", "A visit to the family");
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    done
}

/// Every page of a record that this reader may open, and the lists on which the child stands.
async fn every_page(browser: &mut Browser, child: &Child) -> Vec<Page> {
    let mut pages = Vec::new();
    for page in ["", "front-sheet", "chronology", "story", "family", "words", "decisions", "workers", "new", "readings"]
    {
        pages.push(browser.get(&child.at(page)).await);
    }
    let story = pages[3].clone();
    for (_, href) in story.links().iter().filter(|(_, href)| href.contains("/entries/")) {
        pages.push(browser.get(href).await.is(200));
    }
    for list in ["/my-work", "/team", "/team/unallocated", "/people"] {
        pages.push(browser.get(list).await);
    }
    let search = browser.get("/people").await.form("Search").with("name", "Ali");
    pages.push(browser.press(&search, "Search").await);
    let begun = browser.post_own(&child.at("drafts"), &[("form", "visit")]).await;
    if begun.status == 303 {
        let draft = begun.location().to_owned();
        let draft = browser.get(&draft).await.is(200);
        pages.push(browser.press(&draft.form("Put this draft aside"), "Put this draft aside").await);
        pages.push(draft);
    }
    pages
}

fn own_and_no_other(pages: &[Page], own: usize) {
    for (at, words) in WORDS.iter().enumerate() {
        for word in words {
            let holding: Vec<_> = pages.iter().filter(|page| page.holds(word)).map(|page| page.path.as_str()).collect();
            if at != own {
                assert_eq!(holding, Vec::<&str>::new(), "«{word}» belongs to another child");
            } else if *word != UNASKED {
                assert!(!holding.is_empty(), "«{word}» is nowhere in its own record");
            }
        }
    }
}

both_engines! {
    /// R-BAS-12, R-BAS-02
    async fn each_child_has_only_its_own_part(town: Town) {
        visit_all_three(&town).await;
        for reader in ["sam", "grace", "ivy"] {
            let mut browser = town.browser_of(reader);
            for (own, child) in [town.amira, town.bilal, town.noor].iter().enumerate() {
                own_and_no_other(&every_page(&mut browser, child).await, own);
            }
        }
    }
}

/// R-BAS-12: somebody who may read one of the children learns nothing of the others' parts, nor that they are tied.
/// ASVS 8.2.3, 15.3.1
#[tokio::test]
async fn a_reader_of_one_child_sees_one_part_and_no_tie() {
    let town = Town::new().await;
    let done = visit_all_three(&town).await;
    let bilals = done.entry_of("Bilal");
    let to_tom = crate::town::dated("2026-03-03")
        .with("team", town.north.to_string())
        .with("has-worker", "yes")
        .with("worker", town.staff["tom"].to_string())
        .with("file-holder", "no");
    town.write("grace", &town.bilal, "allocation", &to_tom).await;

    let mut tom = town.browser_of("tom");
    tom.get(&town.amira.at("")).await.is(404);
    let pages = every_page(&mut tom, &town.bilal).await;
    own_and_no_other(&pages, 1);
    for page in &pages {
        page.must_not_hold(&town.amira.record.to_string());
        page.must_not_hold(&town.noor.record.to_string());
        page.must_not_hold("Written in the same act");
    }
    tom.get(&bilals).await.is(200).must_say("Only here: bumblebee");

    let mut sam = town.browser_of("sam");
    let entry = sam.get(&bilals).await.is(200);
    entry.must_say("Written in the same act");
    let other = entry.link("Amira Ali’s entry");
    sam.get(&other).await.is(200).must_say("Only here: marmalade");
    tom.get(&other).await.is(404);
}

/// R-BAS-12: the front page of each child says when that child was seen, and seen alone.
#[tokio::test]
async fn each_front_page_says_who_was_seen() {
    let town = Town::new().await;
    visit_all_three(&town).await;
    let mut sam = town.browser_of("sam");
    let amira = sam.get(&town.amira.at("")).await;
    amira.must_say("Last seen 2 March 2026 (yesterday)");
    amira.must_not_hold("Last seen alone");
    amira.must_say("“I said quillwort”");
    let bilal = sam.get(&town.bilal.at("")).await;
    bilal.must_say("Last seen 2 March 2026 (yesterday)");
    bilal.must_say("Last seen alone 2 March 2026 (yesterday)");
    let noor = sam.get(&town.noor.at("")).await;
    noor.must_say("No visit recorded yet");
    noor.must_say("own words yet");
    for page in [&amira, &bilal, &noor] {
        page.must_say("A visit to the family");
    }
    let list = sam.get("/my-work").await;
    list.must_say("2 Mar never recorded");
    list.must_say("2 Mar 2 Mar");
    list.must_say("never recorded never recorded");
}

/// R-BAS-12: only those who are ticked have an entry.
#[tokio::test]
async fn a_child_who_is_not_ticked_has_no_entry() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.bilal, "Visit").await;
    let form = visited(&page, &[&town.bilal, &town.noor]);
    assert_eq!(form.ticked("about").len(), 2);
    // Typed for Amira, who is not ticked: it goes nowhere.
    let form = form.with(&town.amira.part("child-views"), "marmalade");
    let done = sam.press(&form, "Complete").await.is(200);
    let entries: Vec<_> = done.links().into_iter().filter(|(_, href)| href.contains("/entries/")).collect();
    assert_eq!(entries.len(), 2, "{entries:?}");
    for page in ["", "story", "chronology"] {
        let page = sam.get(&town.amira.at(page)).await;
        page.must_not_hold("2 March 2026");
        page.must_not_hold("marmalade");
    }
    sam.get(&town.bilal.at("story")).await.must_not_hold("marmalade");
    // A passage for a child who is not ticked is not lost in silence either.
    let page = sam.begin(&town.bilal, "Visit").await;
    let form = visited(&page, &[&town.bilal, &town.noor])
        .with("happened.time", "16:30")
        .with("account.1.text", "marmalade")
        .with("account.1.for", &town.amira.record.to_string());
    let refused = sam.press(&form, "Complete").await.is(422);
    assert_eq!(refused.problems()[0].1, "account-1-for");
}
