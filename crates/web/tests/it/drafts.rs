//! Drafts: whatever is typed is kept, comes back as it was, and is lost by nothing.

use crate::{
    page::{Form, Page},
    town::{Town, visited},
};

/// Every link of the summary leads to something on the page.
#[track_caller]
pub fn summary_leads_somewhere(page: &Page) {
    for (message, id) in page.problems() {
        assert!(page.by_id(&id).is_some(), "{}: «{message}» leads to #{id}, which is not there", page.path);
    }
}

/// Half typed, and much of it wrong.
fn half_typed(page: &Page, town: &Town) -> Form {
    page.form("Complete")
        .with("happened.day", "31")
        .with("happened.month", "Febtober")
        .with("happened.year", "")
        .with("happened.time", "half past")
        .with("purpose", "To see \"the\" kitchen & <hall>")
        .with("exchanged", "  I was about to say, \n")
        .with("account.1.text", "First line\n\nthird line, ŵith ácçents — and 👍")
        .with("account.1.nature", "told")
        .with("account.2.text", "Only Bilal")
        .with("account.2.for", &town.bilal.record.to_string())
        .with("present.0.role", "grandmother")
        .with("actions.0.by", "soon")
        .with(&town.bilal.part("seen"), "no")
        .with(&format!("{}.reason", town.bilal.part("seen")), "asleep")
        .with(&town.noor.part("child-views"), "hm")
        .with(&town.noor.part("views-how"), "play")
}

fn sorted(form: &Form) -> Vec<(String, String)> {
    // What the page carries for itself is no answer.
    let mut answers: Vec<_> = form.answers().into_iter().filter(|(name, _)| !name.starts_with('_')).collect();
    answers.sort();
    answers
}

both_engines! {
    /// R-OBS-14
    async fn what_is_half_typed_and_wrong_comes_back_as_it_was(town: Town) {
        let mut sam = town.browser_of("sam");
        let page = sam.begin(&town.amira, "Visit").await;
        let form = half_typed(&page, &town);
        let saved = sam.press(&form, "Save draft").await.is(200);
        saved.must_say("Saved 15:20:00");
        assert_eq!(sorted(&saved.form("Complete")), sorted(&form));
        let mut elsewhere = town.sign_in("sam").await;
        assert_eq!(sorted(&elsewhere.get(&page.path).await.form("Complete")), sorted(&form));
        let work = sam.get("/my-work").await;
        work.must_say("Your drafts (1) Visit, Amira Ali");
        sam.press(&work.form("Sign out"), "Sign out").await;
        let mut sam = town.sign_in("sam").await;
        let link = sam.get("/my-work").await.link("Visit, Amira Ali");
        assert_eq!(sorted(&sam.get(&link).await.form("Complete")), sorted(&form));
        sam.get(&town.amira.at("")).await.must_say("Your drafts here");
    }
}

/// R-OBS-14: the script's saving keeps the same, and says when.
#[tokio::test]
async fn autosave_keeps_what_is_typed() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = half_typed(&page, &town);
    town.wait(7);
    let answer = sam.post(&format!("{}/autosave", form.action), form.body("Save draft")).await.is(200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.body, r#"{"on":1,"at":"15:20:07","others":[]}"#);
    assert_eq!(sorted(&sam.get(&page.path).await.form("Complete")), sorted(&form));
    // On an ended session the script learns it by the status, and the text is held.
    town.wait(3_600);
    sam.post(&format!("{}/autosave", form.action), form.clone().with("purpose", "later").body("Save draft"))
        .await
        .is(401);
    let mut sam = town.browser();
    let sign_in =
        sam.get("/sign-in").await.form("Sign in").with("username", "sam").with("password", crate::town::PASSWORD);
    let held = sam.press(&sign_in, "Sign in").await;
    held.must_say("Your text is safe");
    let draft = sam.press(&held.form("Go on"), "Go on").await;
    // It is saved on the version on which it was written, so nothing was overwritten.
    assert_eq!(draft.path, page.path);
    let texts = draft.body.clone();
    assert!(texts.contains("later") && draft.holds("To see \"the\" kitchen"), "both texts are there");
}

/// R-INT-06: a kept version stays when the next is saved; two tabs never overwrite each other.
#[tokio::test]
async fn two_tabs_keep_both_texts_and_completing_waits_for_a_choice() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    for child in [town.amira, town.zara] {
        let mut sam = if child.record == town.zara.record { town.browser_of("tom") } else { sam.clone() };
        let first = sam.begin(&child, "Visit").await;
        let first = sam.press(&first.form("Complete").with("purpose", "To see them"), "Save draft").await.is(200);
        let second = sam.get(&first.path).await;
        let one = visited(&first, &[&child]).with("exchanged", "In the first window");
        let two = visited(&second, &[&child]).with("exchanged", "In the second window").with("place", "school");
        sam.press(&one, "Save draft").await.must_not_hold("also saved in another window");
        town.wait(60);
        let both = sam.press(&two, "Save draft").await.is(200);
        both.must_say("This draft was also saved in another window");
        assert_eq!(both.form("Save draft").value("exchanged"), "In the second window");
        both.must_say("In the first window");
        assert!(!both.has_button("Complete"), "there is a choice to be made first");

        // Completing all the same (a page that was open) is refused, with both texts in sight.
        let refused = sam.post(&two.action, two.body("Complete")).await.is(422);
        assert!(refused.problems()[0].0.starts_with("Another window saved this at 15:2"), "{:?}", refused.problems());
        summary_leads_somewhere(&refused);
        refused.must_say("In the first window");
        refused.must_say("In the second window");
        assert_eq!(refused.root.of_class("ls-two").len(), 1);

        let chosen = refused.form("Keep what is in the form").with("exchanged", "From both windows");
        let joined = sam.press(&chosen, "Keep what is in the form").await.is(200);
        joined.must_not_hold("also saved in another window");
        let form = joined.form("Complete");
        assert_eq!(form.value("exchanged"), "From both windows");
        assert_eq!(form.value("place"), "school");
        let done = sam.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        sam.get(&child.at("story")).await.must_say("From both windows");
    }
    // The other heads were never records.
    sam.get(&town.amira.at("story")).await.must_not_hold("In the first window");
}

#[tokio::test]
async fn errors_stand_at_the_field_and_in_the_summary_and_what_was_typed_stays() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = half_typed(&page, &town)
        .with("result", "took-place")
        .with("about", &town.bilal.record.to_string())
        .with("significant", "yes")
        .with("interpreter", "yes")
        .with("household", "yes")
        .with("circumstances", "yes")
        .with("actions.1.who", "Grace");
    let refused = sam.press(&form, "Complete").await.is(422);
    assert!(refused.title().starts_with("Error: "), "{}", refused.title());
    assert!(refused.problems().len() > 15, "{:?}", refused.problems());
    summary_leads_somewhere(&refused);
    let fields = refused.root.of_class("govuk-error-message").len();
    assert!(fields + 2 >= refused.problems().len(), "{fields} at fields, {:?}", refused.problems());
    assert_eq!(sorted(&refused.form("Complete")), sorted(&form));
    assert_eq!(sorted(&sam.get(&page.path).await.form("Complete")), sorted(&form), "and it is saved");
}

/// A required answer of several rows is asked for at a row that is there, whichever rows were begun.
#[tokio::test]
async fn an_answer_of_rows_is_asked_for_at_a_row_that_is_there() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira])
        .without("account.0.text")
        .with("account.0.nature", "")
        .with("account.1.nature", "seen");
    let refused = sam.press(&form, "Complete").await.is(422);
    assert_eq!(refused.problems().len(), 1, "{:?}", refused.problems());
    summary_leads_somewhere(&refused);
    // A row of any number is a row, and stops nothing.
    let last = format!("account.{}.text", usize::MAX);
    let form = refused.form("Complete").forged(&last, "far away");
    let page = sam.press(&form, "Save draft").await.is(200);
    page.must_not_hold("Something went wrong");
}

/// ASVS 8.2.2
#[tokio::test]
async fn nobody_else_opens_a_draft_or_learns_of_it() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    sam.press(&page.form("Complete").with("purpose", "marmalade"), "Save draft").await.is(200);
    let absent = format!("/drafts/{}", town.amira.record);
    for username in ["grace", "priya", "tom", "helen", "admin"] {
        let mut other = town.browser_of(username);
        for end in ["", "/done"] {
            let closed = other.look(&format!("{}{end}", page.path)).await;
            let nothing = other.look(&format!("{absent}{end}")).await;
            assert_eq!((closed.status, &closed.body), (nothing.status, &nothing.body), "{username} {end}");
            assert!(closed.status.is_client_error());
        }
        for action in ["save", "complete", "join", "put-aside"] {
            let pairs = [("_on", "2"), ("_do", action), ("purpose", "mine now")];
            let closed = other.post_own(&page.path, &pairs).await;
            let nothing = other.post_own(&absent, &pairs).await;
            assert_eq!((closed.status, &closed.body), (nothing.status, &nothing.body), "{username} {action}");
        }
        let closed = other.post_own(&format!("{}/autosave", page.path), &[("_on", "2")]).await;
        assert!(closed.status.is_client_error());
        assert_eq!(closed.body, "");
    }
    assert_eq!(sam.get(&page.path).await.form("Complete").value("purpose"), "marmalade");
}

/// A post on an ended session is held for that person, and given back after signing in.
#[tokio::test]
async fn an_ended_session_loses_no_sentence() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira]).with("outcome", "A long evening's sentence & more");
    town.wait(3_600);
    let ended = sam.press(&form, "Complete").await;
    assert_eq!(ended.path, "/sign-in?held");
    ended.must_say("What you typed is safe");

    // Whoever signs in at the same computer next gets nothing of it.
    let mut next = sam.clone();
    let sign_in =
        |username: &str| ended.form("Sign in").with("username", username).with("password", crate::town::PASSWORD);
    let page_of_tom = next.press(&sign_in("tom"), "Sign in").await;
    assert_eq!(page_of_tom.path, "/my-work");
    page_of_tom.must_not_hold("long evening");

    let back = sam.press(&sign_in("sam"), "Sign in").await.is(200);
    back.must_say("Your text is safe");
    let draft = sam.press(&back.form("Go on"), "Go on").await.is(200);
    assert_eq!(draft.path, page.path);
    assert_eq!(sorted(&draft.form("Complete")), sorted(&form));
    let done = sam.press(&draft.form("Complete"), "Complete").await;
    sam.get(&done.entry_of("Amira")).await.must_say("A long evening's sentence & more");
    assert_eq!(sam.get("/welcome-back").await.path, "/my-work", "it is given back once");
}

both_engines! {
    /// R-OBS-14: a form that was opened and left leaves nothing behind, whatever button is pressed.
    async fn opening_a_form_and_leaving_it_leaves_nothing_behind(town: Town) {
        let mut sam = town.browser_of("sam");
        for button in ["Save draft", "Save and leave", "Put this draft aside"] {
            let page = sam.begin(&town.amira, "Visit").await;
            page.must_say("Not saved yet");
            sam.press(&page.form("Complete"), button).await.is(200);
            sam.get(&page.path).await.is(410);
        }
        sam.get("/my-work").await.must_not_hold("Your drafts");
        // The first change begins it, by the identifier that the page had.
        let page = sam.begin(&town.amira, "Visit").await;
        let saved = sam.press(&page.form("Complete").with("purpose", "marmalade"), "Save draft").await.is(200);
        assert_eq!(saved.path, page.path);
        sam.get("/my-work").await.must_say("Your drafts (1) Visit, Amira Ali");
        // Somebody who opens the same form again is told of it.
        let again = sam.begin(&town.amira, "Visit").await;
        assert_eq!(again.link("Go on with it"), page.path);
        // A person who would be made is made with the first save only.
        let found = {
            let search = sam.get(&town.amira.at("family")).await.form("Search").with("name", "Uncle Bob");
            sam.press(&search, "Search").await
        };
        let new = sam.press(&found.form("None of these"), "None of these").await.is(200);
        assert_eq!((new.form("Complete").value("given-names"), new.form("Complete").value("family-name")), ("Uncle".to_owned(), "Bob".to_owned()));
        let person = new.form("Complete").value("person");
        let saved = sam.press(&new.form("Complete").with("close", "yes"), "Save draft").await.is(200);
        assert_eq!(saved.form("Complete").value("person"), person);
    }
}

/// What each window had typed when the session ended is held, and nothing is let go before it is in its draft.
#[tokio::test]
async fn each_window_of_an_ended_session_is_held() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let visit = sam.begin(&town.amira, "Visit").await;
    let note = sam.begin(&town.noor, "Case note").await;
    town.wait(3_600);
    sam.press(&visit.form("Complete").with("purpose", "To see the kitchen"), "Save draft").await;
    town.wait(1);
    let ended = sam.press(&note.form("Complete").with("where", "Her own telephone"), "Save draft").await;
    let sign_in = ended.form("Sign in").with("username", "sam").with("password", crate::town::PASSWORD);
    let back = sam.press(&sign_in, "Sign in").await.is(200);
    for text in ["Visit typed 3 March 2026, 16:20", "Case note typed", "To see the kitchen", "Her own telephone"] {
        back.must_say(text);
    }
    // Looking at it loses nothing.
    let back = sam.get("/welcome-back").await.is(200);
    sam.get("/my-work").await.must_say("2 texts");
    let draft = sam.press(&back.form("Go on"), "Go on").await.is(200);
    assert_eq!(draft.form("Complete").value("where"), "Her own telephone");
    let back = sam.get("/welcome-back").await.is(200);
    back.must_not_hold("Her own telephone");
    sam.press(&back.form("Throw this text away"), "Throw this text away").await;
    assert_eq!(sam.get("/welcome-back").await.path, "/my-work");
    sam.get(&visit.path).await.is(410);
}

both_engines! {
    /// R-OBS-14, R-INT-02: pressing twice records once, and what is completed is no draft any more.
    /// ASVS 2.3.4
    async fn pressing_complete_twice_records_once(town: Town) {
        let mut sam = town.browser_of("sam");
        let page = sam.begin(&town.amira, "Visit").await;
        let form = visited(&page, &[&town.amira, &town.bilal]);
        let mut again = sam.clone();
        let body = form.body("Complete");
        let (first, second) = tokio::join!(sam.post(&form.action, body.clone()), again.post(&form.action, body.clone()));
        for answer in [first, second] {
            assert_eq!(answer.is(303).location(), format!("{}/check", page.path));
        }
        let check = sam.get(&format!("{}/check", page.path)).await.is(200).form("Record it");
        let body = check.body("Record it");
        let (first, second) = tokio::join!(sam.post(&check.action, body.clone()), again.post(&check.action, body));
        for answer in [first, second] {
            assert_eq!(answer.is(303).location(), format!("{}/done", page.path));
        }
        let third = sam.press(&form, "Complete").await;
        assert_eq!(third.links().iter().filter(|(_, href)| href.contains("/entries/")).count(), 2);
        for child in [town.amira, town.bilal] {
            let story = sam.get(&child.at("story")).await;
            let visits = story.links().iter().filter(|(text, _)| text.starts_with("Visit")).count();
            assert_eq!(visits, 1, "{}", story.main());
        }
        sam.get(&page.path).await.is(410);
        let changed = form.with("outcome", "something else");
        sam.press(&changed, "Save draft").await.is(410);
        sam.press(&changed, "Complete").await.is(200);
        sam.get(&town.amira.at("story")).await.must_not_hold("something else");
        sam.get("/my-work").await.must_not_hold("Your drafts");
    }
}

/// R-OBS-14: a draft that is put aside is no record.
#[tokio::test]
async fn a_draft_put_aside_stands_nowhere() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira]).with("outcome", "marmalade");
    sam.press(&form, "Save and leave").await.must_say("Your drafts (1)");
    let page = sam.get(&page.path).await;
    let sure = sam.press(&page.form("Complete"), "Put this draft aside").await.is(200);
    sure.must_say("Put this draft aside?");
    sam.get(&sure.link("Go on writing")).await.is(200);
    let record = sam.press(&sure.form("Put it aside"), "Put it aside").await;
    assert_eq!(record.path, town.amira.at(""));
    sam.get(&page.path).await.is(410);
    sam.get("/my-work").await.must_not_hold("Your drafts");
    sam.get(&town.amira.at("story")).await.must_not_hold("marmalade");
}

/// R-STD-03, R-STD-04, R-STD-09, R-GOV-10: reminders at the point of writing, which stop nobody.
#[tokio::test]
async fn writing_is_reminded_and_never_stopped() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    page.must_say("It may be read by the child, the family, managers, inspectors and courts.");
    page.must_say(PACK.word("statement"));
    let form = visited(&page, &[&town.amira]).with("outcome", "The IRO and the XYZT were told.");
    let saved = sam.press(&form, "Save draft").await;
    saved.must_say("«IRO» is short for");
    saved.must_say("«XYZT» may not be known to the reader");
    let done = sam.press(&saved.form("Complete"), "Complete").await;
    assert!(done.path.ends_with("/done"));
}

use crate::town::PACK;
