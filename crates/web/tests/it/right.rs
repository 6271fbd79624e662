//! Putting right: an entry that refers to another one, from its own page.

use crate::town::Town;

#[tokio::test]
async fn r_int_07_a_correction_is_asked_for_from_the_entry_itself() {
    let town = Town::new().await;
    let note = town.note("sam", &town.amira, "Gran rang about the holiday").await;
    let page = format!("/records/{}/entries/{note}", town.amira.record);
    let mut priya = town.browser_of("priya");
    let entry = priya.get(&page).await.is(200);
    let asking =
        priya.press(&entry.form("Ask for something to be put right"), "Ask for something to be put right").await;
    let form = asking.form("Complete");
    assert_eq!(form.value("entry"), note, "the entry from which it was begun is chosen");
    asking.must_say("Case note of 3 March 2026");
    let form = form.with("matter", "wrong").with("wrong", "It was her aunt who rang.");
    let done = priya.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let request = priya.get(&done.entry_of("Amira")).await;
    assert_eq!(request.link("Case note of 3 March 2026"), page);
    // And from the entry to what was asked.
    let entry = priya.get(&page).await;
    assert_eq!(entry.link("Ask for something to be put right of 3 March 2026"), done.entry_of("Amira"));
}

/// What a form may refer to stands in the same record: another child's entry is refused like one that is not there.
#[tokio::test]
async fn another_childs_entry_cannot_be_referred_to() {
    let town = Town::new().await;
    let bilals = town.note("sam", &town.bilal, "Bilal lost a tooth").await;
    let zaras = town.note("tom", &town.zara, "Zara has a new school").await;
    let mut sam = town.browser_of("sam");
    for entry in [bilals, zaras, "01h00000000000000000000000".to_owned()] {
        let begun = sam.post_own(&town.amira.at("drafts"), &[("form", "correction-request"), ("entry", &entry)]).await;
        let draft = sam.get(begun.location()).await.is(200);
        draft.must_not_hold(&entry);
        let form = draft.form("Complete").with("matter", "wrong").with("wrong", "All of it.").forged("entry", &entry);
        let refused = sam.press(&form, "Complete").await.is(422);
        assert_eq!(refused.problems(), [("Choose one of the answers offered".to_owned(), "entry".to_owned())]);
    }
}
