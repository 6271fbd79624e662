//! The confidential section: what must not be shared with the child is out of the way wherever the record is read.

use crate::{
    searching::{gather, search},
    town::{Browser, Town, dated},
};

const SAID: &str = "marigolds";

/// Every page of the record that this person can open by a link from the front page, but for those of the section.
async fn pages(browser: &mut Browser, town: &Town) -> usize {
    let own = town.amira.at("");
    let (mut known, mut at) = (vec![own.clone()], 0);
    while at < known.len() && at < 200 {
        let page = browser.look(&known[at]).await;
        assert!(page.status.as_u16() < 500, "{}", page.path);
        page.must_not_hold(SAID);
        for (_, href) in page.links() {
            if href.starts_with(&own) && !href.contains("/confidential") && !known.contains(&href) {
                known.push(href);
            }
        }
        at += 1;
    }
    at
}

both_engines! {
    /// R-CNF-01, R-CNF-02: an entry is put into the section with the reason and whose information it is; what it says stands
    /// on no other page, in no search and in no form, and that something is kept there is said where it stood.
    async fn r_cnf_01_an_entry_is_put_into_the_section(town: Town) {
        let note = town.note("sam", &town.amira, "Nan says he grows marigolds behind the house.").await;
        let mut sam = town.browser_of("sam");
        let open = sam.get(&town.amira.at(&format!("entries/{note}"))).await.is(200);
        open.must_say(SAID);
        // A chronology made by hand has a row of it, in words of its own.
        let court = dated("2026-03-02").with("name", "For the family court").with("purpose", "court");
        let court = town.write("sam", &town.amira, "chronology", &court).await;
        let row = dated("2026-03-02").with("chronology", court.as_str()).with("source", note.as_str());
        let row = row.with("event", "Nan tells of marigolds").with("significance", "The marigolds are hers.");
        let first = town.write("sam", &town.amira, "chronology-row", &row).await;
        // Another stands in the place of that one, and says no more which entry tells it.
        let row = row.with("instead-of", first.as_str()).with("source", "").with("known-from", "Nan’s marigolds");
        town.write("sam", &town.amira, "chronology-row", &row).await;
        let court = town.amira.at(&format!("chronologies/{court}"));
        sam.get(&court).await.must_say("Nan tells of marigolds");
        gather(&town).await;
        search(&mut sam, "/search/words", SAID).await.must_say("3 entries");

        let form = open.form("Put it into the confidential section");
        let draft = sam.press(&form, "Put it into the confidential section").await.is(200);
        let form = draft.form("Complete");
        assert_eq!(form.value("entry"), note);
        let bare = sam.press(&form, "Complete").await;
        let asked: Vec<String> = bare.problems().into_iter().map(|(_, at)| at).collect();
        for must in ["reason", "because", "originator"] {
            assert!(asked.iter().any(|at| at.ends_with(must)), "{must}: {asked:?}");
        }
        let form = bare.form("Complete")
            .with("reason", "harm")
            .with("because", "He would know who told of the marigolds.")
            .with("originator", "Nan, on the telephone in the evening");
        let done = sam.press(&form, "Complete").await;
        let done = if done.path.ends_with("/check") { sam.press(&done.form("Complete"), "Complete").await } else { done };
        assert!(done.path.ends_with("/done"), "{}: {:?}", done.path, done.problems());

        let aside = sam.get(&town.amira.at(&format!("entries/{note}"))).await.is(200);
        aside.must_say("Kept in the confidential section");
        aside.must_not_hold(SAID);
        assert!(!aside.has_button("Put it into the confidential section"));
        sam.get(&town.amira.at("story")).await.must_say("Kept in the confidential section");
        let kept = sam.get(&court).await;
        kept.must_say("2 March 2026 Kept in the confidential section");
        kept.must_not_hold(SAID);
        assert!(!kept.has_button("Change") && !kept.has_button("Take out"), "nobody changes what they do not see");
        sam.get(&format!("{court}/print")).await.must_not_hold(SAID);
        assert!(pages(&mut sam, &town).await > 40);
        // Words that stood in the index are taken out of it, and none is found meanwhile.
        search(&mut sam, "/search/words", SAID).await.must_say("Nothing found");
        gather(&town).await;
        search(&mut sam, "/search/words", SAID).await.must_say("Nothing found");
        search(&mut sam, &town.amira.at("search"), SAID).await.must_say("Nothing found");

        let link = sam.get(&town.amira.at("")).await.link("Confidential section");
        let section = sam.get(&link).await.is(200);
        section.must_say("He would know who told");
        section.must_say("Nan, on the telephone in the evening");
        let read = sam.get(&town.amira.at(&format!("confidential/{note}"))).await.is(200);
        read.must_say(SAID);
        read.must_say("It must not be shared with the child.");
        // Whoever may not open the section learns nothing by asking for it.
        for closed in ["tom", "pat"] {
            let mut browser = town.browser_of(closed);
            for page in ["confidential", &format!("confidential/{note}")] {
                let answer = browser.get(&town.amira.at(page)).await;
                assert_eq!(answer.status, 404, "{closed}");
                answer.must_not_hold(SAID);
            }
        }
        let mut ivy = town.browser_of("ivy");
        ivy.get(&town.amira.at("readings")).await.must_say("read what is kept in the confidential section");
        town.assert_sound().await;
    }

    /// R-CNF-03, R-CNF-04, R-TIME-X07: within six months a manager is asked whether the reason still holds; before it is
    /// shared whoever gave the information was asked, or it is said how that was tried.
    async fn r_cnf_04_it_comes_out_again_when_the_originator_was_asked(town: Town) {
        let typed = dated("2026-03-03")
            .with("note.0.text", "He grows marigolds behind the house.")
            .with("reason", "harm")
            .with("because", "He would know who told.")
            .with("originator", "Nan");
        let note = town.write("sam", &town.amira, "confidential-note", &typed).await;
        let mut sam = town.browser_of("sam");
        sam.get(&town.amira.at(&format!("entries/{note}"))).await.must_say("Kept in the confidential section");
        assert!(!sam.get(&town.amira.at("confidential")).await.is(200).has_button("Look at it again"));
        town.wait(170 * 24 * 3600);
        let mut grace = town.sign_in("grace").await;
        grace.get("/team/owed").await.must_say("First look at what is kept in the confidential section");
        let section = grace.get(&town.amira.at("confidential")).await.is(200);
        let ask = section.form("Look at it again");
        let draft = grace.press(&ask, "Look at it again").await.is(200);
        let form = draft.form("Complete").with("still", "no").with("consulted", "asked");
        let bare = grace.press(&form, "Complete").await;
        let asked: Vec<String> = bare.problems().into_iter().map(|(_, at)| at).collect();
        for must in ["attempts", "views", "weighed", "becomes"] {
            assert!(asked.iter().any(|at| at.ends_with(must)), "{must}: {asked:?}");
        }
        let form = bare.form("Complete")
            .with("attempts", "Rang on 3 September.")
            .with("views", "She agrees that Amira is told.")
            .with("weighed", "He has moved away.")
            .with("becomes", "open");
        let done = grace.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{}: {:?}", done.path, done.problems());
        let mut sam = town.sign_in("sam").await;
        sam.get(&town.amira.at(&format!("entries/{note}"))).await.must_say(SAID);
        sam.get(&town.amira.at("story")).await.must_say(SAID);
        assert!(!sam.get(&town.amira.at("")).await.says("Confidential section"));
        assert!(!grace.get("/team/owed").await.says("First look at what is kept"));
        gather(&town).await;
        search(&mut sam, "/search/words", SAID).await.must_say("1 entry");
        town.assert_sound().await;
    }
}

/// R-CNF-03: as long as the reason holds, what a manager wrote about it is kept there as well, and what was put right since.
#[tokio::test]
async fn r_cnf_03_what_is_written_about_it_is_kept_with_it() {
    let town = Town::new().await;
    let note = town.note("sam", &town.amira, "Nan says he grows marigolds behind the house.").await;
    let kept = dated("2026-03-03")
        .with("entry", &note)
        .with("reason", "harm")
        .with("because", "The marigolds.")
        .with("originator", "Nan");
    let kept = town.write("sam", &town.amira, "confidential", &kept).await;
    let looked = dated("2026-03-03")
        .with("kept-by", &kept)
        .with("still", "yes")
        .with("why-still", "He asks about the marigolds every week.");
    let looked = town.write("grace", &town.amira, "confidential-review", &looked).await;
    // Whoever may put entries right still can, and what takes its place stays where it was.
    let mut grace = town.browser_of("grace");
    let form = grace.get(&town.amira.at(&format!("entries/{note}/amendment"))).await.is(200).form("Complete");
    assert!(form.value("account.0.text").contains(SAID));
    let form = form.with("account.0.text", "He grows marigolds in front.").with("put-right-because", "In front.");
    let page = grace.press(&form, "Complete").await;
    let page = if page.path.ends_with("/check") { grace.press(&page.form("Complete"), "Complete").await } else { page };
    assert!(page.path.ends_with("/done"), "{:?}", page.problems());
    let mut sam = town.browser_of("sam");
    for entry in [&note, &kept, &looked] {
        let page = sam.get(&town.amira.at(&format!("entries/{entry}"))).await.is(200);
        page.must_say("Kept in the confidential section");
        page.must_not_hold(SAID);
    }
    assert!(pages(&mut sam, &town).await > 40);
    // In another record nothing would keep it back: it is moved once it was let go.
    let moving = grace.get(&town.amira.at(&format!("entries/{kept}/move"))).await.is(409);
    moving.must_say("can be moved once a manager has let it go");
    grace.get(&town.amira.at(&format!("entries/{note}/move"))).await.is(409);
    gather(&town).await;
    search(&mut sam, "/search/words", SAID).await.must_say("Nothing found");
    town.assert_sound().await;
}
