//! The story: from past to present, page after page, narrowed and never reordered, with the place kept.

use crate::{
    page::Page,
    town::{Browser, Child, Town, dated},
};

/// The headlines of a page in their order.
fn told(page: &Page) -> Vec<String> {
    let mark =
        |text: &str| text.split("Event ").nth(1).map(|rest| rest.split('.').next().unwrap_or_default().to_owned());
    page.root.of_class("ls-entry").iter().filter_map(|entry| mark(&entry.text())).collect()
}

async fn event(town: &Town, child: &Child, day: &str, number: usize) {
    let typed = dated(day).with("headline", format!("Event {number}.")).with("known-from", "a letter");
    town.write("sam", child, "chronology-entry", &typed).await;
}

async fn note(town: &Town, who: &str, day: &str, words: &str, child_says: &str) -> String {
    let mut typed = dated(day)
        .with("happened.time", "10:00")
        .with("type", "telephone")
        .with("where", "The office")
        .with("people.0.name", "Nan")
        .with("people.0.role", "grandmother")
        .with("purpose", "A call")
        .with("interpreter", "no")
        .with("account.0.nature", "told")
        .with("account.0.who", "Sana Ali")
        .with("account.0.text", words)
        .with("account.1.nature", "opinion")
        .with("account.1.text", "I think that it was hard for her.")
        .with("outcome", "Noted")
        .with("about", town.amira.record.to_string());
    if day != "2026-03-03" && day != "2026-03-02" {
        typed = typed.with("late-reason", "Found among the notes");
    }
    if !child_says.is_empty() {
        typed = typed.with(&town.amira.part("child-views"), child_says).with(&town.amira.part("views-how"), "said");
    }
    town.write(who, &town.amira, "case-note", &typed).await
}

async fn follow(browser: &mut Browser, page: &Page, link: &str) -> Page {
    let href = page.link(link);
    browser.get(&href).await.is(200)
}

both_engines! {
    /// R-BAS-22: the whole record from past to present, each entry once, and the same on the way back.
    async fn r_bas_22_a_book_from_past_to_present(town: Town) {
        for number in 0..45 {
            let day = format!("{}-{:02}-{:02}", 2023 + number / 15, 1 + number % 12, 1 + number % 28);
            event(&town, &town.amira, &day, number).await;
        }
        let mut sam = town.browser_of("sam");
        let first = sam.get(&town.amira.at("story")).await.is(200);
        first.must_say("from past to present");
        first.must_not_hold("You stopped at");
        let years: Vec<String> = first.root.of_class("ls-year").iter().map(|year| year.text()).collect();
        assert_eq!(years.first().map(String::as_str), Some("2023"), "{years:?}");
        let (mut pages, mut onwards) = (vec![first], Vec::new());
        while pages.last().unwrap().links().iter().any(|(text, _)| text == "Later") {
            let next = follow(&mut sam, pages.last().unwrap(), "Later").await;
            pages.push(next);
        }
        assert!(pages.len() >= 3, "{}", pages.len());
        for page in &pages {
            onwards.extend(told(page));
        }
        let mut once = onwards.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!((onwards.len(), once.len()), (45, 45));
        let last = pages.last().unwrap();
        let back = follow(&mut sam, last, "Earlier").await;
        assert_eq!(told(&back), told(&pages[pages.len() - 2]), "the way back is the same");
        // A chapter is opened at its first entry, whatever stands before it.
        let chapter = follow(&mut sam, &pages[0], "2024").await;
        assert_eq!(chapter.root.of_class("ls-year")[0].text(), "2024");
        // The place is kept, for this reader and this record alone.
        let second = pages[1].path.clone();
        sam.get(&second).await.is(200);
        let again = sam.get(&town.amira.at("story")).await;
        again.must_say("You stopped at");
        let on = follow(&mut sam, &again, "Go on where you stopped").await;
        assert_eq!(told(&on), told(&pages[1]));
        town.browser_of("grace").get(&town.amira.at("story")).await.must_not_hold("You stopped at");
        sam.get(&town.bilal.at("story")).await.must_not_hold("You stopped at");
        // A place that is not of this record is its beginning.
        let foreign = sam.get(&town.amira.at("story?at=01h00000000000000000000001")).await.is(200);
        assert_eq!(told(&foreign), told(&pages[0]));
    }

    /// R-VOI-04, R-STD-01: narrowed to the child's words, a nature, a kind, an author, somebody named, or days: in the
    /// same order, and nothing of the rest.
    async fn r_voi_04_a_filter_narrows_and_never_reorders(town: Town) {
        note(&town, "sam", "2026-02-20", "She wanted to stay.", "I want to see Gran.").await;
        note(&town, "grace", "2026-02-10", "He came late.", "").await;
        note(&town, "sam", "2026-03-02", "They had talked.", "The tea was good.").await;
        let mut sam = town.browser_of("sam");
        let narrow = |boxes: &[(&str, &str)]| {
            let boxes: Vec<_> = boxes.iter().map(|(name, value)| format!("{name}={value}")).collect();
            town.amira.at(&format!("story?{}", boxes.join("&")))
        };
        let child = sam.get(&narrow(&[("only", "child")])).await.is(200);
        let text = child.main();
        assert!(text.find("I want to see Gran.") < text.find("The tea was good.") && text.contains("I want to see Gran."));
        for left_out in ["He came late", "She wanted to stay", "I think that it was hard"] {
            child.must_not_hold(left_out);
        }
        let opinions = sam.get(&narrow(&[("only", "opinion")])).await;
        opinions.must_say("I think that it was hard for her.");
        opinions.must_not_hold("She wanted to stay");
        let by_grace = sam.get(&narrow(&[("author", &town.staff["grace"].to_string()), ("kind", "case-note")])).await;
        by_grace.must_say("He came late.");
        by_grace.must_not_hold("They had talked");
        let sana = sam.get(&narrow(&[("whom", &town.sana.to_string()), ("kind", "case-note")])).await;
        sana.must_say("They had talked.");
        let days = sam.get(&narrow(&[("since", "15/2/2026"), ("until", "1/3/2026")])).await;
        days.must_say("She wanted to stay.");
        for left_out in ["He came late", "They had talked"] {
            days.must_not_hold(left_out);
        }
        follow(&mut sam, &days, "Read the whole story").await.must_say("He came late");
        for (boxes, says) in [
            ([("since", "31/2/2026"), ("until", "")], "Enter a real date"),
            ([("since", "3/3/2026"), ("until", "1/3/2026")], "The last day is before the first one"),
        ] {
            let page = sam.get(&narrow(&boxes)).await.is(422);
            page.must_say(says);
        }
        // What no list offers narrows nothing, or leaves nothing; it never fails.
        for odd in ["only=nothing&kind=%00", "author=x&whom=y&year=99999", "before=zzz&end=no", "at=%27--"] {
            sam.get(&town.amira.at(&format!("story?{odd}"))).await.is(200);
        }
        town.browser_of("tom").get(&town.amira.at("story?only=child")).await.is(404);
    }
}

/// R-CHR-06: somebody who is new to the child begins with the summary.
#[tokio::test]
async fn r_chr_06_the_story_begins_in_short() {
    let town = Town::new().await;
    let summary = dated("2026-03-02")
        .with("past", "School was worried about meals.")
        .with("now", "Gran helps every evening.")
        .with("ahead", "A core group in March.");
    town.write("sam", &town.amira, "case-summary", &summary).await;
    let mut grace = town.browser_of("grace");
    let story = grace.get(&town.amira.at("story")).await;
    let short = story.root.of_class("ls-short")[0].text();
    assert!(short.contains("In short") && short.contains("Gran helps every evening."), "{short}");
}

/// R-BAS-22, R-VOI-09: what tells nothing in words (who is related to whom, an address) is one line that opens, so that
/// the story stays a story; nothing of it is left out.
#[tokio::test]
async fn r_bas_22_what_tells_nothing_in_words_is_one_line() {
    let town = Town::new().await;
    note(&town, "sam", "2026-03-02", "She asked for her sister.", "").await;
    let mut sam = town.browser_of("sam");
    let story = sam.get(&town.amira.at("story")).await;
    let briefs: Vec<_> = story.root.of_class("ls-brief").iter().map(|brief| brief.text()).collect();
    let of = |words: &str| briefs.iter().find(|text| text.contains(words)).unwrap_or_else(|| panic!("{briefs:?}"));
    assert!(of("Relationship: Bilal Ali, Brother").contains("written "), "who wrote it and when is inside");
    // Where and how to reach somebody is not read in passing.
    assert!(!of("Somebody in the child's life: Sana Ali").contains("01706"), "{briefs:?}");
    let told: Vec<_> = story.root.of_class("ls-entry").iter().map(|entry| entry.text()).collect();
    assert!(told.iter().any(|text| text.contains("She asked for her sister.")));
    assert!(!told.iter().any(|text| text.contains("Relationship")), "{told:?}");
}
