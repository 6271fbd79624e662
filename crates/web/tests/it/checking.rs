//! What Complete shows once before it is frozen.

use crate::{
    page::{Element, Page},
    town::{Town, visited},
};

/// What the page says of one child's record.
fn part(page: &Page, child: &str) -> String {
    section(page, &format!("Only in {child}’s record "))
}

/// What it says once for all of them.
fn for_all(page: &Page) -> String {
    section(page, "In the record of each: ")
}

fn section(page: &Page, title: &str) -> String {
    let sections: Vec<String> =
        page.root.all(&|one: &Element| one.has_class("ls-check")).iter().map(|one| one.text()).collect();
    sections.iter().find(|text| text.starts_with(title)).unwrap_or_else(|| panic!("{title}: {sections:?}")).clone()
}

both_engines! {
    /// R-BAS-12, R-VIS-07, R-STD-07: each child's entry is shown as it will stand, and nothing stands before it is
    /// recorded.
    /// ASVS 2.3.1
    async fn complete_shows_what_will_stand_in_each_record(town: Town) {
        let mut sam = town.browser_of("sam");
        let page = sam.begin(&town.amira, "Visit").await;
        let form = visited(&page, &[&town.amira, &town.bilal])
            .with("account.1.nature", "told")
            .with("account.1.who", "Gran")
            .with("account.1.text", "marmalade")
            .with("account.1.for", &town.bilal.record.to_string())
            .with(&town.amira.part("child-views"), "I like quillwort")
            .with(&town.amira.part("views-how"), "said")
            .with("significant", "yes")
            .with("headline", "A visit to both");
        let check = sam.press_only(&form, "Complete").await.is(200);
        assert_eq!(check.path, format!("{}/check", page.path));
        let (amira, bilal) = (part(&check, "Amira Ali"), part(&check, "Bilal Ali"));
        assert!(amira.contains("Seen?") || for_all(&check).contains("Seen?"), "and nothing is left out");
        for text in ["Monday 2 March 2026, 15:30", "In time: the limit is 3 working days.", "In the chronology: A visit to both", "The kitchen was clean and warm.", "The plan is working."] {
            let all = for_all(&check);
            assert!(all.contains(text), "{text}: {all}");
            assert!(!amira.contains(text) && !bilal.contains(text), "what is for all is said once: {text}");
        }
        assert!(bilal.contains("only Bilal Ali · told by Gran marmalade") && !amira.contains("marmalade"), "{bilal}");
        assert!(amira.contains("I like quillwort") && !bilal.contains("quillwort"));
        let voices = check.root.all(&|one: &Element| one.has_class("ls-voice") && one.text().contains("quillwort"));
        assert!(!voices.is_empty(), "the child's words are set apart as the pack says");
        // Nothing stands yet, and the draft is where it was.
        for child in [town.amira, town.bilal] {
            sam.get(&child.at("story")).await.must_not_hold("A visit to both");
        }
        let back = sam.get(&check.link("Go back and change")).await.is(200);
        assert_eq!(back.form("Complete").value("account.1.text"), "marmalade");

        let done = sam.press_only(&check.form("Record it"), "Record it").await;
        assert_eq!(done.path, format!("{}/done", page.path));
        let entry = sam.get(&done.entry_of("Bilal")).await;
        entry.must_say("told by Gran marmalade");
        entry.must_not_hold("only Bilal");
        sam.get(&done.entry_of("Amira")).await.must_not_hold("marmalade");
    }
}

/// R-BAS-12: a sentence left «for all» that names one of the other children is pointed out, and stops nobody.
#[tokio::test]
async fn a_part_that_names_another_child_is_pointed_out() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira, &town.bilal])
        .with("account.0.text", "Bilal wet his bed again.")
        .with("significant", "yes")
        .with("headline", "Bilal afraid of the dark");
    let check = sam.press_only(&form, "Complete").await.is(200);
    let warning = "This part goes into Amira Ali’s record and names Bilal Ali: the headline and “What happened";
    assert!(part(&check, "Amira Ali").contains(warning), "{}", part(&check, "Amira Ali"));
    assert!(!part(&check, "Bilal Ali").contains("This part goes into"), "his own name in his own record");
    let done = sam.press_only(&check.form("Record it"), "Record it").await;
    assert!(done.path.ends_with("/done"));
}

/// R-BAS-12: what is written for all may be another thing for one child, and stands in that child's record alone.
#[tokio::test]
async fn headline_and_analysis_may_differ_for_one_child() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira, &town.bilal])
        .with(&town.bilal.part("analysis"), "Nights are worse: zeppelin.")
        .with("significant", "yes")
        .with("headline", "A quiet visit")
        .with(&town.bilal.part("headline"), "Afraid of the gondolier");
    let saved = sam.press(&form, "Save draft").await;
    assert_eq!(saved.form("Complete").value(&town.bilal.part("headline")), "Afraid of the gondolier");
    let done = sam.press(&form, "Complete").await;
    let amira = sam.get(&done.entry_of("Amira")).await;
    amira.must_say("The plan is working.");
    amira.must_say("In the chronology: A quiet visit");
    for word in ["zeppelin", "gondolier"] {
        amira.must_not_hold(word);
    }
    let bilal = sam.get(&done.entry_of("Bilal")).await;
    bilal.must_say("Nights are worse: zeppelin.");
    bilal.must_say("In the chronology: Afraid of the gondolier");
    bilal.must_not_hold("The plan is working.");
    sam.get(&town.amira.at("chronology")).await.must_not_hold("gondolier");
}

/// R-OBS-14: only what was looked at is recorded: a text saved since is looked at first, and a mistake goes back to the
/// form.
#[tokio::test]
async fn what_was_saved_since_is_looked_at_first() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let check = sam.press_only(&visited(&page, &[&town.amira]), "Complete").await.is(200);
    let again = sam.get(&page.path).await.form("Complete").with("outcome", "something newer");
    sam.press(&again, "Save draft").await.is(200);
    let newer = sam.press_only(&check.form("Record it"), "Record it").await.is(200);
    assert_eq!(newer.path, check.path);
    newer.must_say("something newer");

    let wrong = sam.get(&page.path).await.form("Complete").with("happened.time", "25:99");
    sam.press(&wrong, "Save draft").await.is(200);
    let refused = sam.press_only(&newer.form("Record it"), "Record it").await.is(422);
    assert_eq!(refused.problems()[0].1, "happened-time");
    assert_eq!(refused.form("Complete").value("happened.time"), "25:99");
    // Whoever it does not belong to learns nothing.
    assert!(town.browser_of("grace").look(&check.path).await.status.is_client_error());
}

/// A form of one press asks for nothing more; the pack says which.
#[tokio::test]
async fn the_pack_says_which_forms_are_checked_first() {
    let form = |id: &str| crate::town::PACK.form(id).unwrap().clone();
    assert!(form("case-note").checks_before(1) && form("visit").checks_before(3));
    assert!(!form("import-checked").checks_before(1));
}
