//! Search inside entries: the passage shown with its words marked, and plain answers to what cannot be searched.

use crate::{
    drafts::summary_leads_somewhere,
    page::Page,
    town::{Browser, Town},
};

/// Until every word that was written can be found.
pub async fn gather(town: &Town) {
    // On PostgreSQL a change can be gathered once it has its number.
    for _ in 0..100 {
        while town.db.index_words().await.unwrap().more {}
        if town.db.words_freshness().await.unwrap().until == Some(town.db.now()) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        town.wait(1);
    }
    panic!("words were not gathered");
}

/// The page that answers a search.
pub async fn search(browser: &mut Browser, at: &str, words: &str) -> Page {
    let form = browser.get(at).await.form("Search").with("words", words);
    browser.press_only(&form, "Search").await
}

both_engines! {
    /// R-ACC-01, R-ACC-08: from My work to the passage, in whatever one may read, and nothing of what one may not.
    async fn r_acc_01_words_are_found_with_their_passage(town: Town) {
        let entry = town.note("sam", &town.amira, "Gran said the cupboards were empty but for <tea> and rice.").await;
        town.note("tom", &town.zara, "The cupboards at Zara’s were full of quinces.").await;
        let mut sam = town.browser_of("sam");
        let link = sam.get("/my-work").await.link("Search inside entries");
        let blank = sam.get(&link).await;
        blank.must_say("nothing can be found yet");
        gather(&town).await;
        let page = search(&mut sam, "/search/words", "cupboard \"tea and rice\"").await;
        page.must_say("In every record that is open to you, newest first. Searchable to");
        page.must_say("1 entry");
        let marks: Vec<String> = page.root.named("mark").iter().map(|mark| mark.text()).collect();
        assert_eq!(marks, ["cupboards", "tea> and rice"]);
        assert!(!page.holds("<tea>") && page.title().starts_with("Search inside entries"));
        assert_eq!(page.path, "/search/words", "no word stands in an address");
        let hit = sam.get(&page.link("Amira Ali: Case note")).await;
        assert_eq!(hit.path, town.amira.at(&format!("entries/{entry}")));
        let none = search(&mut sam, "/search/words", "quinces").await;
        none.must_say("Nothing found");
        none.must_not_hold(&town.zara.record.to_string());
        // In one record alone, from its own bar.
        let link = sam.get(&town.bilal.at("")).await.link("Search");
        let within = sam.get(&link).await;
        within.must_say("In this child’s record");
        let found = sam.press_only(&within.form("Search").with("words", "cupboards"), "Search").await;
        found.must_say("Nothing found");
        let found = search(&mut sam, &town.amira.at("search"), "cupboards").await;
        found.must_say("1 entry");
        assert_eq!(sam.get(&town.zara.at("search")).await.status, 404);
        // Who looked at the record sees that a search did.
        let mut ivy = town.browser_of("ivy");
        ivy.get(&town.amira.at("readings")).await.must_say("found an entry by searching for words");
    }
}

#[tokio::test]
async fn pages_are_posted_and_counted_when_asked() {
    let town = Town::new().await;
    for n in 0..23 {
        town.note("sam", &town.amira, &format!("A marmalade of number {n}.")).await;
        town.wait(1);
    }
    gather(&town).await;
    let mut sam = town.browser_of("sam");
    let first = search(&mut sam, "/search/words", "marmalade").await;
    first.must_say("The newest 20");
    let older = sam.press_only(&first.form("Older"), "Older").await;
    older.must_say("Older entries");
    assert_eq!(older.root.of_class("ls-hits")[0].named("li").len(), 3);
    assert!(!older.has_button("Older"));
    let newest = sam.press_only(&older.form("Back to the newest"), "Back to the newest").await;
    newest.must_say("The newest 20");
    let counted = sam.press_only(&newest.form("Count them"), "Count them").await;
    counted.must_say("23 entries say this");
    // A place that nobody was given is only a place.
    let form = first.form("Older").forged("before", "'; drop table words");
    sam.press_only(&form, "Older").await.must_say("The newest 20");
}

/// What cannot be searched is said at its box, in plain words.
#[tokio::test]
async fn what_cannot_be_searched_is_said_plainly() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    for (words, says) in [
        ("", "Type the words to look for"),
        ("?!…", "Type at least one word"),
        ("AND AND *", "AND and * only say how to look"),
        ("mum OR dad", "Take out OR"),
        ("a*", "Type at least 3 letters before a *"),
        (&"long ".repeat(2_000), "Look for 1000 characters or fewer"),
        (&(0..30).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" "), "Look for 20 words or fewer"),
    ] {
        let page = search(&mut sam, "/search/words", words).await.is(422);
        page.must_say(says);
        summary_leads_somewhere(&page);
    }
    for odd in ["NEAR(a b)", "said:x", "\u{0}", "%00%27", "record : \"x\"", "' or 1=1 --", "\"\"\"", "{a} ^b (c"] {
        let page = search(&mut sam, "/search/words", odd).await;
        assert!(matches!(page.status.as_u16(), 200 | 422), "{odd}: {}", page.status);
    }
    // Whoever reads no record is told so.
    let mut pat = town.browser_of("admin");
    assert_eq!(pat.get("/search/words").await.status, 403);
}
