//! An entry that was written on the wrong child, moved to the right one.

use casework::{
    CaseError,
    right::moving::{self, Choice},
};
use record::EntryId;

use crate::{
    page::Page,
    town::{Browser, Child, Town, visited},
};

const MOVE: &str = "Move it to another child’s record";

fn page_of(child: &Child, entry: &str) -> String {
    child.at(&format!("entries/{entry}"))
}

/// Moves an entry by its page; gives the page that comes then.
pub async fn moved(browser: &mut Browser, from: &Child, entry: &str, to: &Child, why: &str) -> Page {
    let page = browser.get(&page_of(from, entry)).await.is(200);
    let asked = browser.get(&page.link(MOVE)).await.is(200);
    let form = asked.form("Go on").with("to", &to.record.to_string()).with("why", why);
    let check = browser.press(&form, "Go on").await.is(200);
    check.must_say("Nothing has been moved yet.");
    browser.press(&check.form("Move it"), "Move it").await.is(200)
}

/// A visit that was written on Amira and is about Bilal, with words that stand nowhere else.
async fn visit_on_the_wrong_sibling(town: &Town) -> String {
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Visit").await;
    let form = visited(&draft, &[&town.amira])
        .with("account.0.text", "He showed me his quillwort collection.")
        .with("significant", "yes")
        .with("headline", "A collection of saxifrage")
        .with(&town.amira.part("child-views"), "I like tamarisk best")
        .with(&town.amira.part("views-how"), "said");
    let done = sam.press(&form, "Complete").await;
    done.entry_of("Amira").rsplit('/').next().unwrap().to_owned()
}

const WORDS: [&str; 3] = ["quillwort", "saxifrage", "tamarisk"];

/// Where it stands now, from the marker.
pub async fn now_at(browser: &mut Browser, marker: &Page, name: &str) -> Page {
    browser.get(&marker.link(&format!("It stands now in {name}’s record"))).await.is(200)
}

both_engines! {
    /// R-INT-05: the note goes to the sibling, whole and with its author; where it was only a marker stays, and nothing of
    /// what it said is on any page of that record.
    async fn r_int_05_a_note_on_the_wrong_sibling_is_moved(town: Town) {
        let visit = visit_on_the_wrong_sibling(&town).await;
        let mut grace = town.browser_of("grace");
        let marker = moved(&mut grace, &town.amira, &visit, &town.bilal, "Written on a sister by mistake").await;
        marker.must_say("Moved to another record");
        marker.must_say("Written on a sister by mistake");
        marker.must_say("Grace Obi");
        let there = now_at(&mut grace, &marker, "Bilal Ali").await;
        there.must_say("He showed me his quillwort collection.");
        there.must_say("Sam Okafor");
        there.must_say("Moved here on 3 March 2026 by Grace Obi");
        there.must_say("Monday 2 March 2026, 15:30");
        assert!(there.links().iter().any(|(text, _)| text == "It stood in Amira Ali’s record"));

        // Not a word of it on any page of the record that it left.
        let mut sam = town.browser_of("sam");
        for page in ["", "front-sheet", "chronology", "story", "family", "words", "decisions", "workers"] {
            let page = sam.get(&town.amira.at(page)).await.is(200);
            for word in WORDS {
                page.must_not_hold(word);
            }
        }
        let old = sam.get(&page_of(&town.amira, &visit)).await.is(200);
        for word in WORDS {
            old.must_not_hold(word);
        }
        assert_eq!(sam.get(&format!("{}/trace", page_of(&town.amira, &visit))).await.status, 404);
        // And all of it where it belongs.
        sam.get(&town.bilal.at("chronology")).await.must_say("A collection of saxifrage");
        sam.get(&town.bilal.at("words")).await.must_say("I like tamarisk best");
        sam.get(&town.bilal.at("")).await.must_say("I like tamarisk best");
        let none = sam.get(&town.amira.at("")).await;
        none.must_not_hold("tamarisk");
        // The trace is kept, for whoever answers for information.
        let mut ivy = town.browser_of("ivy");
        let marker = ivy.get(&page_of(&town.amira, &visit)).await;
        let trace = ivy.get(&marker.link("Read what it said here")).await.is(200);
        trace.must_say("He showed me his quillwort collection.");
        trace.must_say("Moved to another record on 3 March 2026 by Grace Obi");
        town.assert_sound().await;
    }
}

/// Somebody who may read only one of the two learns nothing of the other.
#[tokio::test]
async fn r_bas_12_the_other_side_is_shown_to_those_who_may_read_both() {
    let town = Town::new().await;
    let note = town.note("sam", &town.amira, "He lost a tooth.").await;
    let mut grace = town.browser_of("grace");
    let marker = moved(&mut grace, &town.amira, &note, &town.bilal, "The wrong one of two").await;
    let there = now_at(&mut grace, &marker, "Bilal Ali").await.path;
    let to_tom = crate::town::dated("2026-03-03")
        .with("team", town.south.to_string())
        .with("has-worker", "yes")
        .with("worker", town.staff["tom"].to_string())
        .with("file-holder", "yes");
    casework::records::allocate(&town.desk("helen"), town.desk("helen").new_id(), &[town.bilal.record], &to_tom)
        .await
        .unwrap();
    let mut tom = town.browser_of("tom");
    let page = tom.get(&there).await.is(200);
    page.must_say("Moved here on 3 March 2026 by Grace Obi, from the record of another child");
    page.must_not_hold("Amira");
    page.must_not_hold(&town.amira.record.to_string());
}

/// What leads nowhere is refused at its box, and nothing is moved: the same record, a closed one, none at all, without a
/// reason; and an entry of the same act there.
#[tokio::test]
async fn r_int_05_where_it_cannot_go_is_refused() {
    let town = Town::new().await;
    let note = town.note("sam", &town.amira, "He lost a tooth.").await;
    let mut sam = town.browser_of("sam");
    assert_eq!(sam.get(&format!("{}/move", page_of(&town.amira, &note))).await.status, 404);
    let mut grace = town.browser_of("grace");
    let page = grace.get(&format!("{}/move", page_of(&town.amira, &note))).await.is(200);
    let number = |page: &Page| {
        let text = page.text();
        let at = text.find("R-1").unwrap();
        text[at..].split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap().to_owned()
    };
    let own = number(&grace.get(&town.amira.at("")).await);
    let zaras = number(&town.browser_of("helen").get(&town.zara.at("")).await);
    let form = page.form("Go on").with("why", "Wrong child");
    let closed = "No record that is open to you has this number";
    for (to, given, at, message) in [
        ("", "", "to", "Choose whose record it belongs to"),
        ("other", "", "number", "Enter the number of the record, like R-10482"),
        ("other", "R-99999", "number", closed),
        ("other", zaras.as_str(), "number", closed),
        ("other", own.as_str(), "to", "It stands in this record already"),
    ] {
        let mut tried = form.clone().with("number", given);
        if !to.is_empty() {
            tried.set("to", to);
        }
        let refused = grace.press(&tried, "Go on").await.is(422);
        assert_eq!(refused.problems(), [(message.to_owned(), at.to_owned())], "{to} {given}");
    }
    let unsaid = grace.press(&form.clone().with("why", "").with("to", &town.bilal.record.to_string()), "Go on").await;
    assert_eq!(unsaid.problems(), [("Say why it is moved".to_owned(), "why".to_owned())]);
    // A record in which she may not write, by a forged choice.
    let forged = form.clone().forged("to", &town.zara.record.to_string());
    let refused = grace.press(&forged, "Go on").await.is(422);
    assert!(refused.problems()[0].0.starts_with("You cannot move an entry to that record"), "{:?}", refused.problems());
    grace.get(&page_of(&town.amira, &note)).await.must_say("He lost a tooth.");

    // Bilal has his own entry of the same visit.
    let draft = sam.begin(&town.amira, "Visit").await;
    let done = sam.press(&visited(&draft, &[&town.amira, &town.bilal]), "Complete").await;
    let page = grace.get(&format!("{}/move", done.entry_of("Amira"))).await.is(200);
    let form = page.form("Go on").with("why", "Wrong child").with("to", &town.bilal.record.to_string());
    let refused = grace.press(&form, "Go on").await.is(422);
    assert!(refused.problems()[0].0.contains("an entry of its own of the same act"), "{:?}", refused.problems());
    town.assert_sound().await;
}

/// Moving from the old place again is refused; from the new place it can go on. What was put right goes whole.
#[tokio::test]
async fn r_int_05_twice_and_with_its_amendment() {
    let town = Town::new().await;
    let note = town.note("sam", &town.amira, "A bicycle of saxifrage.").await;
    let mut grace = town.browser_of("grace");
    let page = grace.get(&format!("{}/amendment", page_of(&town.amira, &note))).await.is(200);
    let form =
        page.form("Complete").with("account.0.text", "A tricycle of tamarisk.").with("put-right-because", "Wheels");
    let done = grace.press(&form, "Complete").await;
    let amendment = done.entry_of("Amira").rsplit('/').next().unwrap().to_owned();
    let marker = moved(&mut grace, &town.amira, &amendment, &town.bilal, "The wrong one of two").await;
    for entry in [&note, &amendment] {
        let old = grace.get(&page_of(&town.amira, entry)).await.is(200);
        old.must_not_hold("saxifrage");
        old.must_not_hold("tamarisk");
        let again = grace.get(&format!("{}/move", page_of(&town.amira, entry))).await;
        assert_eq!(again.status, 409);
        again.must_say("Grace Obi moved this entry already, on 3 March 2026.");
        assert_eq!(grace.get(&format!("{}/amendment", page_of(&town.amira, entry))).await.status, 409);
    }
    let there = now_at(&mut grace, &marker, "Bilal Ali").await;
    there.must_say("A bicycle of saxifrage. A tricycle of tamarisk.");
    grace.get(&there.link("Read the original")).await.must_say("Put right on 3 March 2026");
    town.assert_sound().await;
    // And on to Noor.
    let entry = there.path.rsplit('/').next().unwrap().to_owned();
    let marker = moved(&mut grace, &town.bilal, &entry, &town.noor, "And it was the third").await;
    now_at(&mut grace, &marker, "Noor Ali").await.must_say("A bicycle of saxifrage. A tricycle of tamarisk.");
    for child in [&town.amira, &town.bilal] {
        let story = grace.get(&child.at("story")).await;
        story.must_say("Moved to another record");
        story.must_not_hold("tamarisk");
    }
    town.assert_sound().await;
}

/// Whole or not at all: an act that is overtaken, or that ends before it is durable, leaves both records as they were;
/// the same press again moves once.
/// ASVS 2.3.3
#[tokio::test]
async fn r_int_05_a_move_is_whole_or_not_at_all() {
    let town = Town::new().await;
    let note = town.note("sam", &town.amira, "He lost a tooth.").await;
    let entry: EntryId = note.parse().unwrap();
    let desk = town.desk("grace");
    let choice = Choice { to: town.bilal.record.to_string(), number: String::new(), why: "Wrong child".to_owned() };
    // Whoever presses goes away at once: what was begun runs to its end or has not begun.
    let act = desk.new_id();
    for _ in 0..4 {
        let moving = moving::move_entry(&desk, act, town.amira.record, entry, &choice);
        drop(tokio::time::timeout(std::time::Duration::from_millis(2), moving).await);
        // What had begun to be written is written by now.
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let mut sam = town.browser_of("sam");
        let here = sam.get(&page_of(&town.amira, &note)).await.says("He lost a tooth.");
        let there = sam.get(&town.bilal.at("story")).await.says("He lost a tooth.");
        assert!(here != there, "it stands in one of the two");
        town.assert_sound().await;
    }
    let done = moving::move_entry(&desk, act, town.amira.record, entry, &choice).await;
    assert!(matches!(done, Ok(_) | Err(CaseError::CannotBePutRight(_))), "{done:?}");
    let again = moving::move_entry(&desk, act, town.amira.record, entry, &choice).await;
    assert!(matches!(again, Ok(None)), "{again:?}");
    let story = town.browser_of("sam").get(&town.bilal.at("story")).await;
    assert_eq!(story.text().matches("He lost a tooth.").count(), 1);
    town.assert_sound().await;
}
