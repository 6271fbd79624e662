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

/// Asks for a note to be put right, and gives the address of the request.
async fn asked(town: &Town, who: &str, note: &str, wrong: &str) -> String {
    let typed = crate::town::dated("2026-03-03").with("entry", note).with("matter", "wrong").with("wrong", wrong);
    let request = town.write(who, &town.amira, "correction-request", &typed).await;
    town.amira.at(&format!("entries/{request}"))
}

both_engines! {
    /// R-INT-07: whoever may put right finds the request on My work and answers it: it stays, with the reason; it is put
    /// right; it is moved. Whoever asked sees what came of it.
    async fn r_int_07_a_request_is_found_and_answered(town: Town) {
        let mut notes = Vec::new();
        for words in ["The aunt rang.", "The uncle rang.", "The club rang."] {
            notes.push(town.note("sam", &town.amira, words).await);
        }
        let first = asked(&town, "priya", &notes[0], "It was not the aunt.").await;
        town.wait(20);
        let (mut grace, mut priya) = (town.browser_of("grace"), town.browser_of("priya"));
        assert!(!priya.get("/my-work").await.says("Waiting for your answer"), "who may not put right is not asked");
        priya.get("/my-work").await.must_say("waits for an answer");
        assert_eq!(priya.get(&format!("{first}/answer")).await.status, 404);
        let work = grace.get("/my-work").await;
        work.must_say("Waiting for your answer (1)");
        let request = grace.get(&work.link("Priya Nair asked just now for something to be put right, Amira")).await;
        let page = grace.get(&request.link("Answer this request")).await.is(200);
        page.must_say("It was not the aunt.");
        let unsaid = grace.press(&page.form("Answer").with("result", "stays"), "Answer").await.is(422);
        assert_eq!(unsaid.problems(), [("Say why: whoever asked will read it".to_owned(), "reason".to_owned())]);
        let stays = unsaid.form("Answer").with("result", "stays").with("reason", "I rang her: it was the aunt.");
        grace.press(&stays, "Answer").await.is(200);
        assert!(!grace.get("/my-work").await.says("Waiting for your answer"));
        assert_eq!(grace.get(&format!("{first}/answer")).await.status, 409, "answered once");
        let mine = priya.get("/my-work").await;
        mine.must_say("answered");
        let answer = priya.get(&mine.link("Asked just now, Amira")).await;
        answer.must_say("It stays as it is");
        answer.must_say("I rang her: it was the aunt.");

        // Putting right answers by itself, and so does moving.
        town.wait(60);
        let second = asked(&town, "priya", &notes[1], "It was the grandfather.").await;
        town.wait(20);
        let page = grace.get(&format!("{second}/answer")).await;
        let form = grace.get(&page.link("Put the entry right")).await;
        form.must_say("Priya Nair asked for it: It was the grandfather.");
        let filled = form.form("Complete").with("account.0.text", "The grandfather rang.").with("put-right-because", "So it was.");
        let done = grace.press(&filled, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        town.wait(60);
        let third = asked(&town, "priya", &notes[2], "It is about the brother.").await;
        town.wait(20);
        let page = grace.get(&format!("{third}/answer")).await;
        let moving = grace.get(&page.link("move it to another child’s record")).await;
        let form = moving.form("Go on").with("to", &town.bilal.record.to_string()).with("why", "The brother");
        let check = grace.press(&form, "Go on").await;
        grace.press(&check.form("Move it"), "Move it").await.is(200);
        assert!(!grace.get("/my-work").await.says("Waiting for your answer"));
        for (request, result) in [(&second, "It was put right"), (&third, "It was moved to the right record")] {
            let request = priya.get(request).await;
            let answer = priya.get(&request.link("Answer to a request to put something right of 3 March 2026")).await;
            answer.must_say(result);
        }
        town.assert_sound().await;
    }
}
