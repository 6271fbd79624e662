//! Counts: from the extract, how fresh it is, and the lists behind the numbers.

use record::Typed;

use crate::town::{Town, dated, visited};

/// A visit to Amira on Monday, seen alone, and one to Bilal, not alone.
async fn a_week(town: &Town) {
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    sam.press(&visited(&page, &[&town.amira]), "Complete").await;
    let page = sam.begin(&town.bilal, "Visit").await;
    let mut form = visited(&page, &[&town.bilal]);
    form.set(&town.bilal.part("seen-alone"), "no");
    form.set(&format!("{}.reason", town.bilal.part("seen-alone")), "He would not leave Gran");
    sam.press(&form, "Complete").await;
    // Two weeks after: late, with its reason.
    let page = sam.begin(&town.noor, "Visit").await;
    let form = visited(&page, &[&town.noor]).with("happened.day", "16").with("happened.month", "2");
    let late = sam.press(&form, "Complete").await.is(422);
    let form = late.form("Complete").with("late-reason", "I was ill");
    sam.press(&form, "Complete").await;
}

fn unallocated() -> Typed {
    dated("2026-03-02").with("has-worker", "no").with("unallocated-reason", "worker-left")
}

#[tokio::test]
async fn before_the_first_extract_the_page_says_so() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    grace.get("/counts").await.is(200).must_say("Nothing has been counted yet");
    town.browser_of("sam").get("/counts").await.is(403);
}

/// R-REP-02: recording in time by team and kind, with the list of what was late.
#[tokio::test]
async fn r_rep_02_recording_in_time_by_team_and_kind() {
    let town = Town::new().await;
    a_week(&town).await;
    town.extract().await;
    let mut grace = town.browser_of("grace");
    let page = grace.get("/counts").await.is(200);
    page.must_say("As of 3 March 2026, 15:20: 4 children");
    page.must_say("North Visit 3 2 1 written late: Visit, North 1 day");
    page.must_say("March 2026 3 2 1");
    page.must_say("Visit: 3 working days");
    // Not of her team.
    assert!(!page.says("South"));
    let list = grace.get(&page.link("written late: Visit, North")).await.is(200);
    list.must_say("Written late: Visit, North");
    list.must_say("Noor Ali 16 February 2026 · written 15 days after");
    grace.get(&list.link("Noor Ali")).await.is(200).must_say("I was ill");
    // What was written since is counted with the next extract; the page says of when it is.
    let mut sam = town.browser_of("sam");
    let visit = sam.begin(&town.amira, "Visit").await;
    let form = visited(&visit, &[&town.amira]).with("happened.time", "17:45");
    assert!(sam.press(&form, "Complete").await.path.ends_with("/done"));
    grace.get("/counts").await.must_say("North Visit 3 2 1");
    town.extract().await;
    grace.get("/counts").await.must_say("North Visit 4 3 1");
}

/// R-VIS-16, R-REP-11: visits by worker, child and kind; children seen and seen alone in each month.
#[tokio::test]
async fn r_vis_16_r_rep_11_children_seen_and_seen_alone() {
    let town = Town::new().await;
    a_week(&town).await;
    town.extract().await;
    let mut grace = town.browser_of("grace");
    grace.get("/counts/visits?by=worker&months=3").await.is(200).must_say("Sam Okafor 3 0 3 2");
    grace.get("/counts/visits?by=child&months=3").await.is(200).must_say("Amira Ali 1 0 1 1");
    grace.get("/counts/visits?by=kind&months=3").await.is(200).must_say("All 3 0 3 2");
    let page = grace.get("/counts/visits").await.is(200);
    page.must_say("March 2026 3 2 1 who not seen alone in March 2026 1 children not seen in March 2026");
    page.must_say("February 2026 3 1 1");
    let list = grace.get(&page.link("children not seen in March 2026")).await.is(200);
    list.must_say("Noor Ali");
    assert!(!list.says("Amira") && !list.says("Bilal"));
    let list = grace.get(&page.link("seen alone in March 2026")).await.is(200);
    list.must_say("Bilal Ali");
}

/// R-REP-01, R-PPL-11: children with nobody allocated at the end of each month, with the reason.
#[tokio::test]
async fn r_rep_01_children_with_nobody_allocated_and_why() {
    let town = Town::new().await;
    let typed = unallocated().with("team", town.north.to_string());
    town.write("grace", &town.noor, "allocation", &typed).await;
    town.extract().await;
    let mut grace = town.browser_of("grace");
    let page = grace.get("/counts/unallocated").await.is(200);
    page.must_say("The worker has left 1");
    page.must_say("March 2026 1 children, all, March 2026 1 children, the worker has left, March 2026");
    page.must_say("February 2026 0 0");
    let list = grace.get(&page.link("children, all, March 2026")).await.is(200);
    list.must_say("Noor Ali The worker has left");
    list.must_say("On 3 March 2026.");
}

/// R-PPL-02, R-REP-03: records that lack what the census needs.
#[tokio::test]
async fn r_ppl_02_what_the_census_lacks() {
    let town = Town::new().await;
    town.extract().await;
    let mut grace = town.browser_of("grace");
    grace.get("/counts/census").await.is(200).must_say("Every open record has date of birth, ethnicity and main need.");
}

/// R-ACC-01: who may count but not read is told nothing of one child.
#[tokio::test]
async fn small_numbers_are_held_back_from_whoever_may_not_read() {
    let town = Town::new().await;
    a_week(&town).await;
    let typed = unallocated().with("team", town.north.to_string());
    town.write("grace", &town.noor, "allocation", &typed).await;
    town.extract().await;
    let mut rita = town.browser_of("rita");
    let visits = rita.get("/counts/visits?by=child").await.is(200);
    visits.must_say("March 2026 fewer than 5 fewer than 5 fewer than 5 fewer than 5");
    visits.must_say("Children whose records are not open to you 3");
    let nobody = rita.get("/counts/unallocated").await.is(200);
    nobody.must_say("The worker has left fewer than 5");
    for page in [&visits, &nobody] {
        for name in ["Amira", "Bilal", "Noor", "/records/"] {
            page.must_not_hold(name);
        }
        assert!(page.links().iter().all(|(_, href)| !href.contains("/counts/list")));
        let pictures = page.root.named("td").iter().map(|cell| cell.of_class("ls-measure").len()).sum::<usize>();
        assert_eq!(pictures, 0, "no picture gives the numbers away");
    }
    let list = rita.get("/counts/list?of=not-seen&end=2026-03-03").await.is(200);
    list.must_say("their records are not open to you: fewer than 5");
    for name in ["Amira", "Bilal", "Noor", "/records/"] {
        list.must_not_hold(name);
    }
    // Whoever may read them all is told all.
    town.browser_of("helen").get("/counts/visits").await.must_say("March 2026 4 2 1");
}

#[tokio::test]
async fn a_list_that_nobody_knows_is_not_there() {
    let town = Town::new().await;
    town.extract().await;
    let mut grace = town.browser_of("grace");
    for query in ["", "?of=everything", "?of=late", "?of=not-seen&end=yesterday", "?of=late&form=visit&from=1&to=2"] {
        grace.get(&format!("/counts/list{query}")).await.is(404);
    }
    let none = grace.get("/counts/list?of=not-seen&end=1999-01-31").await.is(200);
    none.must_say("There is nobody in this list.");
}
