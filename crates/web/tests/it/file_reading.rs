//! Managers read the files of their teams, say so, and see which were not read for long.

use crate::town::Town;

/// R-SUP-03, R-SUP-04, R-SUP-08: a manager who has read a file says on what occasion, which part, whether it is in
/// order and what is to be done; a worker has no such form.
#[tokio::test]
async fn r_sup_03_r_sup_04_r_sup_08_a_reading_by_a_manager_is_an_entry() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let list = grace.get("/team/files").await.is(200);
    let form = grace.get(&list.link("I have read it: Bilal Ali")).await.is(200).form("Complete");
    let form = form.with("occasion", "supervision").with("part", "All of it").with("in-order", "no");
    let refused = grace.press(&form, "Complete").await.is(422);
    assert_eq!(refused.problems().len(), 1, "what is not in order has to be said: {:?}", refused.problems());
    let form = refused.form("Complete").with("in-order.reason", "Two visits are not written up.");
    let done = grace.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let entry = grace.get(&done.entry_of("Bilal")).await.is(200);
    entry.must_say("File read by a manager");
    entry.must_say("Two visits are not written up.");

    let mut sam = town.browser_of("sam");
    sam.get("/team/files").await.is(403);
    sam.get(&town.bilal.at("new")).await.must_not_hold("File read by a manager");
    sam.get(&town.bilal.at("new/file-reading")).await.is(404);
}

/// R-SUP-05: the files of a team by when a manager last read them, those that waited longest first.
#[tokio::test]
async fn r_sup_05_files_not_read_for_long_are_listed() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let list = grace.get("/team/files").await.is(200);
    list.must_say("3 files; 3 never read by a manager; 0 not read for more than 91 days");
    list.must_not_hold("Zara");
    for (child, name) in [(&town.bilal, "Bilal"), (&town.noor, "Noor")] {
        let answers = [("occasion", "regular"), ("part", "All of it"), ("in-order", "yes")];
        let done = grace.record(child, "File read by a manager", &answers).await;
        assert!(done.path.ends_with("/done"), "{name}: {:?}", done.problems());
        town.wait(86_400);
        grace = town.sign_in("grace").await;
    }
    let list = grace.get("/team/files").await;
    list.must_say("3 files; 1 never read by a manager; 0 not read");
    let place = |page: &crate::page::Page, name: &str| page.main().find(name).expect("on the list");
    assert!(place(&list, "never recorded") < place(&list, "3 March 2026"), "who was never read comes first");
    assert!(place(&list, "Bilal Ali") < place(&list, "Noor Ali"), "then the longest ago");
    town.at("2026-06-03T10:00:00.000000Z");
    let mut helen = town.sign_in("helen").await;
    let list = helen.get("/team/files").await.is(200);
    list.must_say("1 not read for more than 91 days");
    list.must_say("3 March 2026 not read for 92 days");
}
