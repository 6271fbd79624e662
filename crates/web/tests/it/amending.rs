//! An entry put right by another one: by whom, in which records, what a reader sees, and what two at once are told.

use casework::CaseError;
use record::EntryId;

use crate::{
    page::Page,
    town::{AUTHOR_APPROVES, Browser, Child, Town, dated, visited},
};

const PUT_RIGHT: &str = "Put this entry right";

fn page_of(child: &Child, entry: &str) -> String {
    child.at(&format!("entries/{entry}"))
}

/// Opens an entry to put it right; gives the page of the form.
async fn opened(browser: &mut Browser, child: &Child, entry: &str) -> Page {
    let page = browser.get(&page_of(child, entry)).await.is(200);
    let mut form = browser.get(&page.link(PUT_RIGHT)).await.is(200);
    form.path = form.form("Complete").action;
    form
}

/// Puts one answer of an entry right; gives the page that says that it stands.
async fn put_right(browser: &mut Browser, child: &Child, entry: &str, (name, value): (&str, &str), why: &str) -> Page {
    let page = opened(browser, child, entry).await;
    let form = page.form("Complete").with(name, value).with("put-right-because", why);
    let done = browser.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    done
}

both_engines! {
    /// R-INT-05, R-INT-01: the team manager puts a note right and says why; the two are read next to each other, and the
    /// original stays.
    async fn r_int_05_the_manager_puts_a_note_right(town: Town) {
        let note = town.note("sam", &town.amira, "The aunt rang about the holiday.").await;
        let mut sam = town.browser_of("sam");
        let seen = sam.get(&page_of(&town.amira, &note)).await;
        assert!(!seen.links().iter().any(|(text, _)| text == PUT_RIGHT), "a worker asks, and the manager puts right");
        assert_eq!(sam.get(&page_of(&town.amira, &format!("{note}/amendment"))).await.status, 404);
        seen.must_say("Where to seek advice first");
        seen.must_say("Your Team Manager puts it right with a new one that says why.");

        let mut grace = town.browser_of("grace");
        let page = opened(&mut grace, &town.amira, &note).await;
        let form = page.form("Complete");
        // Everything that it says is there already.
        assert_eq!(form.value("account.0.text"), "The aunt rang about the holiday.");
        assert_eq!((form.value("happened.time").as_str(), form.value("people.0.name").as_str()), ("10:00", "Nan"));
        let unsaid = grace.press(&form, "Complete").await.is(422);
        assert_eq!(unsaid.problems(), [("Say why it is put right".to_owned(), "put-right-because".to_owned())]);
        let form = unsaid
            .form("Complete")
            .with("account.0.text", "The grandmother rang about the holiday.")
            .with("put-right-because", "It was the grandmother who rang.");
        let check = grace.press_only(&form, "Complete").await.is(200);
        assert!(check.path.ends_with("/check"), "{}", check.path);
        check.must_say("What it changes");
        check.must_say("The aunt rang about the holiday. The grandmother rang about the holiday.");
        let done = grace.press_only(&check.form("Record it"), "Record it").await;
        let amendment = done.entry_of("Amira");

        let after = grace.get(&amendment).await;
        after.must_say("Puts an entry right: It was the grandmother who rang.");
        after.must_say("The original and this entry next to each other");
        after.must_say("The aunt rang about the holiday. The grandmother rang about the holiday.");
        assert_eq!(after.link("Read the original"), page_of(&town.amira, &note));
        // The original says so itself, to whoever has only its address.
        let before = sam.get(&page_of(&town.amira, &note)).await.is(200);
        before.must_say("The aunt rang about the holiday.");
        before.must_say("Put right on 3 March 2026 by Grace Obi, Team manager: It was the grandmother who rang.");
        assert_eq!(before.link("Read what stands now"), amendment);
        let story = sam.get(&town.amira.at("story")).await;
        story.must_say("Put right on 3 March 2026 by Grace Obi");
        story.must_say("Puts an entry right");
        town.assert_sound().await;
    }
}

/// R-INT-05, R-CHR-01, R-BAS-06: chronology and registers show what stands, and say that it was put right.
#[tokio::test]
async fn r_int_05_registers_show_what_stands() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Visit").await;
    let form = visited(&draft, &[&town.amira])
        .with("significant", "yes")
        .with("headline", "Kitchen empty")
        .with(&town.amira.part("child-views"), "There was nothing to eat")
        .with(&town.amira.part("views-how"), "said");
    let done = sam.press(&form, "Complete").await;
    let visit = done.entry_of("Amira").rsplit('/').next().unwrap().to_owned();
    sam.get(&town.amira.at("chronology")).await.must_say("Kitchen empty");
    let mut grace = town.browser_of("grace");
    let page = opened(&mut grace, &town.amira, &visit).await;
    let form = page
        .form("Complete")
        .with("headline", "Kitchen full")
        .with(&town.amira.part("child-views"), "There was enough to eat")
        .with("put-right-because", "Two visits were mixed up.");
    grace.press(&form, "Complete").await.must_say("Visit completed");
    let chronology = sam.get(&town.amira.at("chronology")).await;
    chronology.must_say("Kitchen full visit, put right");
    chronology.must_not_hold("Kitchen empty");
    let words = sam.get(&town.amira.at("words")).await;
    words.must_say("There was enough to eat");
    words.must_not_hold("There was nothing to eat");
    sam.get(&town.amira.at("")).await.must_not_hold("There was nothing to eat");
    town.assert_sound().await;
}

/// R-BAS-12, R-INT-05: one act about three children is put right in the records of those who are left ticked, each with
/// its own part.
#[tokio::test]
async fn r_int_05_siblings_copies_are_offered_together() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Visit").await;
    let children = [&town.amira, &town.bilal, &town.noor];
    let mut form = visited(&draft, &children);
    form.set("account.1.text", "Only Bilal: a zeppelin of his own.");
    form.set("account.1.for", &town.bilal.record.to_string());
    let done = sam.press(&form, "Complete").await;
    let [amiras, bilals, noors] =
        ["Amira", "Bilal", "Noor"].map(|name| done.entry_of(name).rsplit('/').next().unwrap().to_owned());
    let mut grace = town.browser_of("grace");
    let page = opened(&mut grace, &town.amira, &amiras).await;
    page.must_say("It was written for 3 children in one act.");
    let mut form = page.form("Complete");
    assert_eq!(form.ticked("about").len(), 3);
    form.set("outcome", "The children are well and go to school.");
    form.set("put-right-because", "The school was left out.");
    // Noor is left as she is.
    form.untick("about", &town.noor.record.to_string());
    let done = grace.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let bilal = grace.get(&done.entry_of("Bilal")).await;
    bilal.must_say("Only Bilal: a zeppelin of his own.");
    bilal.must_say("The children are well and go to school.");
    let amira = grace.get(&done.entry_of("Amira")).await;
    amira.must_not_hold("zeppelin");
    grace.get(&page_of(&town.bilal, &bilals)).await.must_say("Put right on 3 March 2026");
    assert!(!grace.get(&page_of(&town.noor, &noors)).await.says("Put right on"));
    town.assert_sound().await;
}

/// Two people amend one entry at once: the second is told plainly, and what they typed is kept; then they put right what
/// stands.
#[tokio::test]
async fn r_int_05_the_second_of_two_is_told_and_loses_nothing() {
    let town = Town::new().await;
    let note = town.note("sam", &town.amira, "The aunt rang.").await;
    let (mut grace, mut other) = (town.browser_of("grace"), town.browser_of("grace"));
    let slow = opened(&mut grace, &town.amira, &note).await;
    let slow = grace
        .press(&slow.form("Complete").with("outcome", "A bicycle").with("put-right-because", "Slow"), "Save draft")
        .await;
    let done = put_right(&mut other, &town.amira, &note, ("outcome", "A tricycle"), "Fast").await;
    let told = grace.press(&slow.form("Complete"), "Complete").await.is(422);
    let (message, at) = &told.problems()[0];
    assert_eq!(at, "put-right-because");
    assert!(message.contains("Grace Obi put this entry right on 3 March 2026 already"), "{message}");
    assert_eq!(told.form("Complete").value("outcome"), "A bicycle");
    assert_eq!(told.link("Read what stands now"), done.entry_of("Amira"));
    // Whoever comes now is led to what stands, and a chain has no fork.
    let again = other.get(&page_of(&town.amira, &format!("{note}/amendment"))).await;
    assert_eq!(again.status, 409);
    again.must_say("put this entry right on 3 March 2026 already");
    let amendment = done.entry_of("Amira").rsplit('/').next().unwrap().to_owned();
    let third = put_right(&mut other, &town.amira, &amendment, ("outcome", "A unicycle"), "Still wrong").await;
    other.get(&third.entry_of("Amira")).await.must_say("A tricycle A unicycle");
    town.assert_sound().await;
}

/// R-INT-03: a saved draft may be changed until it is completed; from then on it is locked, also to its author.
#[tokio::test]
async fn r_int_03_a_completed_entry_is_locked() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Visit").await;
    let saved = sam.press(&visited(&draft, &[&town.amira]).with("purpose", "First"), "Save draft").await;
    let changed = sam.press(&saved.form("Save draft").with("purpose", "Second"), "Save draft").await;
    let at = changed.path.clone();
    let form = changed.form("Complete");
    let done = sam.press(&form, "Complete").await;
    let entry = sam.get(&done.entry_of("Amira")).await;
    entry.must_say("Second");
    assert_eq!(sam.get(&at).await.status, 410);
    let late = sam.press_only(&form.clone().with("purpose", "Third"), "Save draft").await;
    assert_eq!(late.status, 410);
    sam.get(&done.entry_of("Amira")).await.must_not_hold("Third");
}

/// R-INT-04: where the pack says so, an amendment waits for the author's yes, which is kept; a no is kept with its reason,
/// and nothing changes.
#[tokio::test]
async fn r_int_04_the_author_approves() {
    let town = Town::of_pack(AUTHOR_APPROVES.clone()).await;
    let note = town.note("sam", &town.amira, "The aunt rang.").await;
    let (mut grace, mut sam) = (town.browser_of("grace"), town.browser_of("sam"));
    let page = opened(&mut grace, &town.amira, &note).await;
    page.must_say("stands in its place once its author has agreed");
    let done = put_right(&mut grace, &town.amira, &note, ("outcome", "A tricycle"), "It was a tricycle").await;
    let amendment = done.entry_of("Amira");
    grace.get(&amendment).await.must_say("This amendment does not stand yet.");
    assert!(!grace.get(&page_of(&town.amira, &note)).await.says("Put right on"));
    // Only one at a time, and only the author answers.
    let second = grace.get(&page_of(&town.amira, &format!("{note}/amendment"))).await;
    assert_eq!(second.status, 409);
    second.must_say("What Grace Obi wrote in its place waits for an answer already.");
    assert!(!grace.get(&amendment).await.has_button("Answer"));
    let forged = [("_act", "01h00000000000000000000001"), ("approved", "yes")];
    assert_eq!(grace.post_own(&format!("{amendment}/approval"), &forged).await.status, 404);

    let work = sam.get("/my-work").await;
    let waiting = sam.get(&work.link("Grace Obi wants to put right a case note of yours, Amira")).await;
    waiting.must_say("What it would change");
    let no = waiting.form("Answer").with("approved", "no");
    let unsaid = sam.press(&no, "Answer").await.is(422);
    assert_eq!(unsaid.problems().len(), 1, "{:?}", unsaid.problems());
    let no = unsaid.form("Answer").with("approved", "no").with("approved.reason", "It was a bicycle");
    sam.press(&no, "Answer")
        .await
        .must_say("Not agreed to on 3 March 2026 by Sam Okafor, Social worker: It was a bicycle.");
    sam.get("/my-work").await.must_not_hold("wants to put right");
    assert!(!sam.get(&page_of(&town.amira, &note)).await.says("Put right on"));

    let done = put_right(&mut grace, &town.amira, &note, ("outcome", "A bicycle"), "It was a bicycle").await;
    let amendment = sam.get(&done.entry_of("Amira")).await;
    sam.press(&amendment.form("Answer").with("approved", "yes"), "Answer").await.is(200);
    sam.get(&page_of(&town.amira, &note)).await.must_say("Put right on 3 March 2026 by Grace Obi");
    // The approval is kept as an entry, and found from the amendment.
    let kept = sam.get(&done.entry_of("Amira")).await;
    let answer = sam.get(&kept.link("Answer to an amendment of 3 March 2026")).await;
    answer.must_say("May it stand in the place of what you wrote? Yes");
    town.assert_sound().await;
}

/// R-INT-04: an author who has left cannot agree, so nobody is kept waiting; they are told where to go.
#[tokio::test]
async fn r_int_04_an_author_who_has_left() {
    let town = Town::of_pack(AUTHOR_APPROVES.clone()).await;
    let note = town.note("priya", &town.amira, "The aunt rang.").await;
    let away = dated("2026-03-03").with("name", "Priya Nair").with("designation", "Senior practitioner");
    let away = away.with("roles", "worker").with("account-status", "ended").with("team", town.north.to_string());
    let desk = town.desk("admin");
    let priya = town.staff["priya"];
    casework::organisation::record_staff(&desk, desk.new_id(), Some(priya), &away, None).await.unwrap();
    let mut grace = town.browser_of("grace");
    let told = grace.get(&page_of(&town.amira, &format!("{note}/amendment"))).await;
    assert_eq!(told.status, 409, "{}", told.main());
    told.must_say("Priya Nair wrote it and does not work here any more");
}

/// What opens a record to people is not amended, and neither is an entry of a record that is closed to this person.
#[tokio::test]
async fn what_cannot_be_put_right_is_refused() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let workers = grace.get(&town.amira.at("workers")).await;
    let (_, allocation) = workers.links().into_iter().find(|(_, href)| href.contains("/entries/")).unwrap();
    let page = grace.get(&allocation).await;
    assert!(!page.links().iter().any(|(text, _)| text == PUT_RIGHT));
    assert_eq!(grace.get(&format!("{allocation}/amendment")).await.status, 409);
    let zaras = town.note("tom", &town.zara, "Zara has a new school").await;
    for at in [page_of(&town.zara, &zaras), page_of(&town.amira, &zaras)] {
        assert_eq!(grace.get(&format!("{at}/amendment")).await.status, 404);
    }
    let desk = town.desk("sam");
    let entry: EntryId = zaras.parse().unwrap();
    let started = casework::right::amending::start(&desk, town.zara.record, entry).await;
    assert!(matches!(started, Err(CaseError::Closed)), "{started:?}");
}
