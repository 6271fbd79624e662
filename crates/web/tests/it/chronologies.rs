//! Chronologies made by hand for a purpose, and how old a child's chronology is.

use crate::town::{Town, dated};

both_engines! {
    /// R-CHR-02: rows are chosen from the events, each with why it matters and what it did to the child, at the time and
    /// together with what came before; several chronologies over the same events; each row opens its source.
    async fn r_chr_02_a_chronology_is_made_for_a_purpose(town: Town) {
        let event = dated("2025-09-06").with("headline", "Started at Fernside School").with("known-from", "A letter");
        town.write("sam", &town.amira, "chronology-entry", &event).await;
        let event = dated("2025-11-12").with("headline", "No food in the house").with("known-from", "A visit");
        let source = town.write("sam", &town.amira, "chronology-entry", &event).await;
        let mut sam = town.browser_of("sam");
        let page = sam.get(&town.amira.at("chronologies")).await.is(200);
        page.must_say("None has been made yet");
        for (name, purpose) in [("For the family court", "court"), ("For the paediatrician", "health")] {
            sam.record(&town.amira, "Chronology for a purpose", &[("name", name), ("purpose", purpose)]).await;
        }
        let page = sam.get(&town.amira.at("chronologies")).await;
        page.must_say("For the family court A court · 0 rows");
        let court = page.link("For the family court");
        let choose = sam.get(&court).await.link("Choose events of the record");
        let page = sam.get(&choose).await;
        page.must_say("12 November 2025 No food in the house");
        let draft = sam.press_only(&page.form("Choose No food in the house"), "Choose No food in the house").await.is(200);
        let form = draft.form("Complete");
        assert_eq!((form.value("event"), form.value("source"), form.value("happened.year")), ("No food in the house".to_owned(), source.clone(), "2025".to_owned()));
        let form = form.with("significance", "The second time in a month.").with("effect-now", "She went to bed hungry.").with("effect-together", "She hides bread.");
        sam.press(&form, "Complete").await.is(200);
        let page = sam.get(&court).await;
        for words in ["12 November 2025 No food in the house", "The second time in a month.", "She went to bed hungry.", "Together with what came before She hides bread."] {
            page.must_say(words);
        }
        let opened = page.link("Line of the chronology of 12 November 2025");
        assert_eq!(opened, town.amira.at(&format!("entries/{source}")));
        sam.get(&choose).await.must_not_hold("No food in the house");
        let other = sam.get(&town.amira.at("chronologies")).await.link("For the paediatrician");
        sam.get(&other).await.must_say("No event has been chosen yet");
        // Changed by another row in its place; the event itself stays as it is.
        let draft = sam.press_only(&page.form("Change"), "Change").await;
        assert_eq!(draft.form("Complete").value("effect-now"), "She went to bed hungry.");
        sam.press(&draft.form("Complete").with("significance", "A pattern by then."), "Complete").await.is(200);
        let page = sam.get(&court).await;
        page.must_say("A pattern by then.");
        page.must_not_hold("The second time in a month.");
        assert_eq!(page.root.of_class("ls-rows")[0].named("li").len(), 1);
        // The story tells an event once, and not again for each chronology that has it.
        let story = sam.get(&town.amira.at("story")).await;
        story.must_not_hold("A pattern by then.");
        // Taken out with a reason; its source is still there.
        let draft = sam.press(&page.form("Take out"), "Take out").await;
        sam.press(&draft.form("Complete").with("reason", "It says nothing about the question."), "Complete").await.is(200);
        sam.get(&court).await.must_say("No event has been chosen yet");
        sam.get(&opened).await.must_say("No food in the house");
        // Nothing of it for whoever may not read the record, and nothing else is a chronology.
        let mut tom = town.browser_of("tom");
        tom.get(&court).await.is(404);
        sam.get(&court.replace(court.rsplit('/').next().unwrap(), &source)).await.is(404);
    }
}

/// R-CHR-03: at least every two months in Rochdale; its age is shown, and those overdue are a list for the team.
#[tokio::test]
async fn r_chr_03_a_chronology_that_is_too_old_is_on_a_list() {
    let town = Town::new().await;
    town.at("2026-03-01T10:00:00.000000Z");
    let event = dated("2026-02-28").with("headline", "Moved to Gran’s").with("known-from", "A call");
    town.write("sam", &town.bilal, "chronology-entry", &event).await;
    town.at("2026-03-06T10:00:00.000000Z");
    let mut sam = town.sign_in("sam").await;
    let page = sam.get(&town.amira.at("chronologies")).await;
    page.must_say(
        "Last brought up to date 5 January 2026, 60 days ago. It was to be brought up to date by 5 March 2026.",
    );
    sam.get(&town.bilal.at("chronologies")).await.must_say("Last brought up to date 1 March 2026, 5 days ago.");
    let mut grace = town.sign_in("grace").await;
    let link = grace.get("/team").await.link("Chronologies to bring up to date");
    let list = grace.get(&link).await;
    list.must_say("more than 2 months: 2 of 3 children");
    list.must_say("Amira Ali");
    list.must_not_hold(&town.bilal.record.to_string());
    list.must_not_hold(&town.zara.record.to_string());
    let draft = sam.press(&page.form("Record that it was gone through"), "Record that it was gone through").await;
    // It is done late, with a reason (R-TIME-X07).
    let late = sam.press(&draft.form("Complete").with("found", "Nothing to add"), "Complete").await.is(422);
    assert!(late.problems()[0].0.starts_with("“Chronology brought up to date” was due by Thursday 5 March 2026"));
    sam.press(&late.form("Complete").with("late-reason", "I was away."), "Complete").await.is(200);
    grace.get(&link).await.must_say("1 of 3 children");
    town.sign_in("ivy").await.get("/team/chronologies").await.is(403);
}
