//! Printing: the page that asks, the paper, and the line in the ledger.

use axum::http::header;

use crate::{
    reader::Read,
    town::{Browser, Child, Town, dated, visited},
};

const COURT: (&str, &str) = ("why", "court");

async fn visit_to_both(town: &Town) -> String {
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let mut form = visited(&page, &[&town.amira, &town.bilal]);
    for (child, words) in [(&town.amira, "I like the quillwort"), (&town.bilal, "I like the marmalade")] {
        form.set(&child.part("child-views"), words);
        form.set(&child.part("views-how"), "said");
    }
    form.set("significant", "yes");
    form.set("headline", "A warm kitchen");
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    done.entry_of("Amira")
}

/// What comes when this is printed for a court.
async fn printed(browser: &mut Browser, path: &str) -> Read {
    let answer = browser.post_own_bytes(&format!("{path}/print"), &[COURT]).await;
    assert_eq!(answer.0, 200, "{}", String::from_utf8_lossy(&answer.2));
    let header = |name| answer.1.get(name).map_or("", |value| value.to_str().unwrap());
    assert_eq!(header(header::CONTENT_TYPE), "application/pdf");
    assert!(header(header::CONTENT_DISPOSITION).starts_with("attachment; filename=\"confidential-R-"));
    assert_eq!(header(header::CACHE_CONTROL), "no-store");
    let mut read = Read::of(&answer.2);
    read.pages = read.pages.into_iter().map(crate::other::page).collect();
    read
}

async fn readings(town: &Town, child: &Child) -> Vec<String> {
    let page = town.browser_of("grace").get(&child.at("readings")).await.is(200);
    page.root.all(&|cell| cell.attribute("data-label") == "What").iter().map(|cell| cell.text()).collect()
}

both_engines! {
    /// R-ACC-10, R-ACC-11: an entry on paper: confidential on every page, who printed it, when and why, logged as a
    /// printing; the sibling's part is not there.
    async fn r_acc_10_r_acc_11_an_entry_is_printed_with_a_reason(town: Town) {
        let entry = visit_to_both(&town).await;
        let mut sam = town.browser_of("sam");
        let page = sam.get(&entry).await;
        let ask = sam.get(&page.link("Print this entry")).await.is(200);
        ask.must_say("Print only when there is no other way");
        ask.must_say("Visit: Monday 2 March 2026, 15:30");
        ask.must_say("confidential waste");
        assert!(!readings(&town, &town.amira).await.iter().any(|what| what.starts_with("printed")));
        // Without a reason nothing is printed.
        let refused = sam.press(&ask.form("Print"), "Print").await.is(422);
        assert_eq!(refused.problems(), [("Choose what the paper is needed for".to_owned(), "why".to_owned())]);
        let refused = sam.post_own(&format!("{entry}/print"), &[("why", "made-up")]).await;
        assert_eq!(refused.status, 422);
        assert!(!readings(&town, &town.amira).await.iter().any(|what| what.starts_with("printed")));

        let paper = printed(&mut sam, &entry).await;
        for words in [
            "Confidential", "Amira Ali", "Visit: Monday 2 March 2026, 15:30", "Written 3 March 2026 15:20 by Sam Okafor, Social worker, North.",
            "Printed 3 March 2026, 15:20 by Sam Okafor, Social worker, North. For a court or tribunal.",
            "What did the child say or show?", "I like the quillwort", "Child's words", "The kitchen was clean and warm.",
            "In the chronology: A warm kitchen", "Destroy this paper when it has been used", "duty",
        ] {
            assert!(paper.says(words), "{words} in {}", paper.text());
        }
        for words in ["marmalade", "Bilal", "Noor"] {
            assert!(!paper.says(words), "{words} is not Amira's");
        }
        assert!(paper.tag("H1") == 1 && paper.tag("H3") > 5 && paper.language == "en-GB");
        assert_eq!(readings(&town, &town.amira).await.iter().filter(|what| **what == "printed an entry: for a court or tribunal").count(), 1);
        assert!(!readings(&town, &town.bilal).await.iter().any(|what| what.starts_with("printed")));
    }

    /// R-BAS-21: the front sheet on paper, with room for a signature; R-CHR-01: the chronology, oldest first.
    async fn r_bas_21_the_front_sheet_and_the_chronology_are_printed(town: Town) {
        visit_to_both(&town).await;
        let mut sam = town.browser_of("sam");
        let sheet = printed(&mut sam, &town.amira.at("front-sheet")).await;
        for words in [
            "File front sheet", "Must be known", "Sana Ali (mother) has parental responsibility", "Sam Okafor (Social worker)", "A warm kitchen",
            "“I like the quillwort”", "Last seen", "Signed", "Name and post", "Date", "For a court or tribunal",
        ] {
            assert!(sheet.says(words), "{words} in {}", sheet.text());
        }
        assert!(!sheet.says("marmalade"));
        assert!(sheet.tag("TH") > 7, "the names of what is said are heads of their rows");
        let chronology = printed(&mut sam, &town.amira.at("chronology")).await;
        let text = chronology.text();
        let place = |words: &str| text.find(&crate::reader::squeezed(words)).unwrap_or_else(|| panic!("{words} in {text}"));
        assert!(place("14 May 2016") < place("A warm kitchen"), "from past to present");
        assert!(chronology.says("oldest first"));
        let what = readings(&town, &town.amira).await;
        assert!(what.contains(&"printed the front sheet: for a court or tribunal".to_owned()), "{what:?}");
        assert!(what.contains(&"printed the chronology: for a court or tribunal".to_owned()));
    }

    /// R-CHR-02, R-ACC-10: a chronology made for a purpose on paper, each row with why it matters and what it did to the
    /// child; logged as what it is.
    async fn r_chr_02_a_chronology_made_for_a_purpose_is_printed(town: Town) {
        let event = dated("2025-11-12").with("headline", "No food in the house").with("known-from", "A visit");
        town.write("sam", &town.amira, "chronology-entry", &event).await;
        let mut sam = town.browser_of("sam");
        let made = [("name", "For the family court"), ("purpose", "court"), ("question", "Is she fed?")];
        sam.record(&town.amira, "Chronology for a purpose", &made).await;
        let made = sam.get(&town.amira.at("chronologies")).await.link("For the family court");
        let choose = sam.get(&made).await.link("Choose events of the record");
        let page = sam.get(&choose).await;
        let draft = sam.press_only(&page.form("Choose No food in the house"), "Choose No food in the house").await;
        let form = draft.form("Complete").with("significance", "The second time.").with("effect-now", "She went to bed hungry.");
        sam.press(&form, "Complete").await.is(200);
        let print = sam.get(&made).await.link("Print this chronology");
        let ask = sam.get(&print).await.is(200);
        ask.must_say("For the family court");
        let paper = printed(&mut sam, &made).await;
        for words in [
            "For the family court", "A court", "Is she fed?", "1 event, oldest first.", "12 November 2025: No food in the house",
            "Why it matters", "The second time.", "For the child at the time", "She went to bed hungry.",
            "From: Line of the chronology of 12 November 2025.", "Confidential",
        ] {
            assert!(paper.says(words), "{words} in {}", paper.text());
        }
        let what = readings(&town, &town.amira).await;
        assert!(what.contains(&"printed a chronology made for a purpose: for a court or tribunal".to_owned()), "{what:?}");
        let mut tom = town.browser_of("tom");
        assert_eq!(tom.get(&format!("{made}/print")).await.status, 404);
    }
}

/// R-ACC-01: what is closed cannot be printed, and looks like what is not there.
#[tokio::test]
async fn what_is_closed_cannot_be_printed() {
    let town = Town::new().await;
    let entry = visit_to_both(&town).await;
    let mut tom = town.browser_of("tom");
    let absent = "/records/01h00000000000000000000000/chronology";
    let nothing = tom.post_own(&format!("{absent}/print"), &[COURT]).await;
    assert_eq!(nothing.status, 404);
    for path in [entry.clone(), town.amira.at("front-sheet"), town.amira.at("chronology")] {
        let answer = tom.post_own(&format!("{path}/print"), &[COURT]).await;
        assert_eq!((answer.status, answer.main()), (nothing.status, nothing.main()), "{path}");
        assert_eq!(tom.get(&format!("{path}/print")).await.main(), nothing.main());
        // Neither does a missing reason tell.
        assert_eq!(tom.post_own(&format!("{path}/print"), &[]).await.main(), nothing.main());
    }
    let mut sam = town.browser_of("sam");
    // An entry of another record is not printed from this one.
    let elsewhere = entry.replace(&town.amira.record.to_string(), &town.noor.record.to_string());
    assert_eq!(sam.post_own(&format!("{elsewhere}/print"), &[COURT]).await.status, 404);
    assert_eq!(sam.post_own(&format!("{}/print", town.amira.at("entries/none")), &[COURT]).await.status, 404);
    // A part that there is not.
    for part in ["0", "2", "-1", "many"] {
        let answer = sam.post_own(&format!("{entry}/print"), &[COURT, ("part", part)]).await;
        assert_eq!(answer.status, 422, "{part}");
        answer.must_say("Choose one of the parts");
    }
}

/// R-ACC-11: every opened record is marked as confidential, and whoever opens it is reminded of their duty.
#[tokio::test]
async fn r_acc_11_every_opened_record_is_marked_confidential() {
    let town = Town::new().await;
    let entry = visit_to_both(&town).await;
    let mut sam = town.browser_of("sam");
    for path in [town.amira.at(""), town.amira.at("story"), town.amira.at("family"), entry] {
        let page = sam.get(&path).await.is(200);
        let bar = page.root.of_class("ls-bar");
        assert!(bar[0].text().contains("Confidential"), "{path}");
    }
    sam.get(&town.amira.at(""))
        .await
        .must_say("Everybody who holds it has the duty to keep it to themselves and safe.");
}

/// R-INT-07: whoever has an entry on paper alone learns that another one refers to it.
#[tokio::test]
async fn a_printed_entry_names_the_entries_that_refer_to_it() {
    let town = Town::new().await;
    let note = town.note("sam", &town.amira, "Gran rang about the holiday").await;
    let path = town.amira.at(&format!("entries/{note}"));
    let mut sam = town.browser_of("sam");
    assert!(!printed(&mut sam, &path).await.says("Entries that refer to this one"));
    let ask = "Ask for something to be put right";
    let entry = sam.get(&path).await.is(200);
    let asking = sam.press(&entry.form(ask), ask).await;
    let form = asking.form("Complete").with("matter", "wrong").with("wrong", "It was her aunt who rang.");
    assert!(sam.press(&form, "Complete").await.path.ends_with("/done"));
    let paper = printed(&mut sam, &path).await;
    assert!(paper.says("Entries that refer to this one") && paper.says(ask), "{}", paper.text());
}
