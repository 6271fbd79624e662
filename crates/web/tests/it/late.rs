//! What is done in one step and late: the page that comes in between, asks why once, and sends everything again.

use std::sync::{Arc, LazyLock};

use policy::Pack;

use crate::{
    authorising::{alerted, answer},
    owed::looked_after,
    page::Page,
    town::{Browser, Town, changed, dated},
};

/// Rochdale's, with limits on what is done without a draft.
static LIMITS: LazyLock<Arc<Pack>> = LazyLock::new(|| {
    changed(
        "clocks.toml",
        r#"
[[clock]]
id = "allocation-looked-at"
what = "Allocation looked at"
source = ["R-PPL-11"]
starts = { form = "legal-status" }
due = "1 working day"
met-by = { form = "allocation", of = "completed" }
owner = "manager"

[[clock]]
id = "training-recorded"
what = "Record of training"
source = ["R-GOV-11"]
starts = { form = "training" }
due = "3 working days"
met-by = { this = "completed" }
owner = "author"

[[clock]]
id = "cover-recorded"
what = "Record of cover"
source = ["R-SUP-09"]
starts = { form = "cover" }
due = "1 working day"
met-by = { this = "completed" }
owner = "author"

[[clock]]
id = "request-answered"
what = "Answer to a request"
source = ["R-INT-07"]
starts = { form = "correction-request" }
due = "3 working days"
met-by = { form = "correction-answer", names = "request" }
owner = "manager"

[[clock]]
id = "alert-decided"
what = "Decision about a risk alert"
source = ["R-ALR-02"]
starts = { form = "risk-alert", of = "completed" }
due = "3 working days"
met-by = { this = "authorised" }
owner = "manager"
"#,
    )
});

/// The page that asks why; nothing was recorded.
#[track_caller]
fn asks_why(page: Page, late: &str) -> Page {
    let page = page.is(422);
    assert_eq!(page.title(), "Error: Late – Lifestory", "{}", page.main());
    assert_eq!(page.problems(), [("Say why it is late".to_owned(), "late-reason".to_owned())]);
    page.must_say(late);
    page
}

async fn because(browser: &mut Browser, page: &Page, why: &str) -> Page {
    browser.press(&page.form("Go on").with("late-reason", why), "Go on").await
}

both_engines! {
    /// R-TIME-X07, R-TIME-X12, R-PPL-11: children are handed over after the day by which their allocation was to be looked at.
    /// Each that is late is late with the reason, given once; nothing that was chosen is lost.
    async fn r_time_x07_children_handed_over_late_are_late_with_a_reason(town: Town) {
        let mut town = town;
        town.approve(&LIMITS, "2026-03-03").await;
        looked_after(&town, &town.amira, "2026-03-03").await;
        looked_after(&town, &town.bilal, "2026-03-03").await;
        town.at("2026-03-10T10:00:00.000000Z");
        looked_after(&town, &town.noor, "2026-03-10").await;
        let mut grace = town.sign_in("grace").await;
        let page = grace.get(&format!("/team/staff/{}/handover", town.staff["sam"])).await.is(200);
        let form = page.form("Hand over").with("reason", "Shared out anew").with("to", &town.staff["priya"].to_string());
        let form = form.with(&town.bilal.part("to"), "manager");
        let late = asks_why(grace.press(&form, "Hand over").await, "“Allocation looked at” was due by Wednesday 4 March 2026");
        assert_eq!(late.main().matches("Allocation looked at").count(), 1, "{}", late.main());
        // A blank is no reason, and nothing has happened meanwhile.
        let late = asks_why(because(&mut grace, &late, "  ").await, "was due by Wednesday 4 March 2026");
        town.sign_in("sam").await.get("/my-work").await.must_say("Amira Ali");
        let page = because(&mut grace, &late, "I was away.").await.is(200);
        assert_eq!(page.path, format!("/team/staff/{}", town.staff["sam"]));
        for (child, username) in [(&town.amira, "priya"), (&town.bilal, "grace"), (&town.noor, "priya")] {
            let work = town.sign_in(username).await.get("/my-work").await;
            assert!(work.links().iter().any(|(_, at)| *at == child.at("")), "{username}: {}", work.main());
        }
        for child in [&town.amira, &town.bilal] {
            let owed = grace.get(&child.at("owed")).await;
            owed.must_say("Allocation looked at, done on 10 March 2026, 6 days late");
            owed.must_say("Why: I was away.");
        }
        let owed = grace.get(&town.noor.at("owed")).await;
        owed.must_say("Allocation looked at, done on 10 March 2026");
        owed.must_not_hold("I was away.");
        town.assert_sound().await;
    }

    /// R-TIME-X07, R-OBS-12: a limit on recording holds for what is recorded on a page of its own; what is wrong with it is
    /// said first, and why it is late is asked last.
    async fn r_time_x07_what_is_recorded_in_one_step_is_asked_why_it_is_late(town: Town) {
        let mut town = town;
        town.approve(&LIMITS, "2026-03-03").await;
        let mut grace = town.browser_of("grace");
        let page = grace.get(&format!("/team/staff/{}/training", town.staff["sam"])).await.is(200);
        let form = page.form("Record it").with("happened.day", "20").with("happened.month", "2");
        let form = form.with("how", "read").with("next", "The rest of it");
        let wrong = grace.press(&form, "Record it").await.is(422);
        assert_eq!(wrong.problems().iter().map(|(_, at)| at.as_str()).collect::<Vec<_>>(), ["what"]);
        let form = wrong.form("Record it").with("what", "recording");
        let late = asks_why(
            grace.press(&form, "Record it").await,
            "This is 7 working days after it happened and the limit is 3 working days.",
        );
        because(&mut grace, &late, "The list came late.").await.is(200).must_say("The rest of it");
        let done = casework::staffing::training(&town.desk("grace"), town.staff["sam"]).await.unwrap().done;
        let late: Vec<_> = done.iter().filter_map(|(_, stored)| stored.as_ref()?.content.late.clone()).collect();
        assert_eq!(late.len(), 1);
        assert_eq!((late[0].reason.as_str(), late[0].limit.as_str()), ("The list came late.", "3 working days"));

        // Which children were ticked is no question of the form, and is carried all the same.
        let page = grace.get(&format!("/team/staff/{}/cover", town.staff["sam"])).await.is(200);
        let mut form = page.form("Arrange cover").without("_child").with("happened.day", "26").with("happened.month", "2");
        for (name, value) in [("until.day", "9"), ("until.month", "3"), ("until.year", "2026"), ("why", "absent")] {
            form.set(name, value);
        }
        form.set("deputy", &town.staff["tom"].to_string());
        form.set("_child", &town.amira.record.to_string());
        form.set("_child", &town.noor.record.to_string());
        let late = asks_why(grace.press(&form, "Arrange cover").await, "and the limit is 1 working day.");
        because(&mut grace, &late, "He fell ill at the weekend.").await.is(200);
        let work = town.browser_of("tom").get("/my-work").await;
        work.must_say("You stand in for Sam Okafor, back on 9 March 2026 (2)");
        town.assert_sound().await;
    }

    /// R-TIME-X07, R-INT-07: a request is answered late, on its page and by what puts it right.
    async fn r_time_x07_a_request_answered_late_is_late_with_a_reason(town: Town) {
        let mut town = town;
        town.approve(&LIMITS, "2026-03-03").await;
        let mut requests = Vec::new();
        for words in ["The aunt rang.", "The uncle rang."] {
            let note = town.note("sam", &town.amira, words).await;
            let typed = dated("2026-03-03").with("entry", note).with("matter", "wrong").with("wrong", "It was not.");
            requests.push(town.write("priya", &town.amira, "correction-request", &typed).await);
        }
        town.at("2026-03-10T10:00:00.000000Z");
        let mut grace = town.sign_in("grace").await;
        let due = "“Answer to a request” was due by Friday 6 March 2026";
        let page = grace.get(&town.amira.at(&format!("entries/{}/answer", requests[0]))).await.is(200);
        let form = page.form("Answer").with("result", "stays").with("reason", "I rang her: it was.");
        let late = asks_why(grace.press(&form, "Answer").await, due);
        let request = because(&mut grace, &late, "She could not be reached.").await.is(200);
        assert_eq!(request.path, town.amira.at(&format!("entries/{}", requests[0])));

        // The draft that puts an entry right was not late itself; what it answers is.
        let page = grace.get(&town.amira.at(&format!("entries/{}/answer", requests[1]))).await.is(200);
        let form = grace.get(&page.link("Put the entry right")).await.form("Complete");
        let form = form.with("account.0.text", "The grandfather rang.").with("put-right-because", "So it was.");
        let late = asks_why(grace.press(&form, "Complete").await, due);
        let done = because(&mut grace, &late, "It was forgotten.").await.is(200);
        assert!(done.path.ends_with("/done"), "{}", done.main());
        let owed = grace.get(&town.amira.at("owed")).await;
        owed.must_say("Why: She could not be reached.");
        owed.must_say("Why: It was forgotten.");
        town.assert_sound().await;
    }

    /// R-TIME-X07: what was returned and written again is counted from when it was first written, and whoever agrees to it
    /// then is asked why so late.
    async fn r_time_x07_what_was_returned_in_between_is_late_from_its_beginning(town: Town) {
        let mut town = town;
        town.approve(&LIMITS, "2026-03-03").await;
        let at = alerted(&town, "sam", &[&town.amira]).await;
        let mut helen = town.sign_in("helen").await;
        answer(&mut helen, &at, false, "Say what breed it is.").await.is(200);
        town.at("2026-03-09T10:00:00.000000Z");
        let mut sam = town.sign_in("sam").await;
        let returned = sam.get(&at).await.is(200);
        let form = sam.get(&returned.link("Change it and complete it again")).await.is(200).form("Complete");
        let form = form.with("risk", "The dog, an Alsatian, bites.").with("put-right-because", "The breed.");
        let page = sam.press(&form, "Complete").await;
        let page = if page.path.ends_with("/check") { sam.press(&page.form("Complete"), "Complete").await } else { page };
        let again = page.entry_of("Amira");
        town.at("2026-03-10T10:00:00.000000Z");
        let mut helen = town.sign_in("helen").await;
        let late = asks_why(
            answer(&mut helen, &again, true, "").await,
            "“Decision about a risk alert” was due by Friday 6 March 2026",
        );
        because(&mut helen, &late, "It went back once.").await.is(200);
        let owed = town.sign_in("grace").await.get(&town.amira.at("owed")).await;
        owed.must_say("Decision about a risk alert, done on 10 March 2026, 4 days late");
        owed.must_say("Why: It went back once.");
        town.assert_sound().await;
    }

    /// R-TIME-X07, R-TIME-X08: what was to be agreed by a day is agreed later; whoever agrees says why, and it stands with
    /// what they agreed to. To return it is no decision, and nothing is asked.
    async fn r_time_x07_what_is_authorised_late_is_late_with_a_reason(town: Town) {
        let mut town = town;
        town.approve(&LIMITS, "2026-03-03").await;
        let (first, second) = (alerted(&town, "sam", &[&town.amira]).await, alerted(&town, "sam", &[&town.amira]).await);
        town.at("2026-03-10T10:00:00.000000Z");
        let mut helen = town.sign_in("helen").await;
        let late = asks_why(
            answer(&mut helen, &first, true, "").await,
            "“Decision about a risk alert” was due by Friday 6 March 2026",
        );
        helen.get(&first).await.must_say("It does not count yet: it waits to be authorised.");
        because(&mut helen, &late, "I was on leave.").await.is(200).must_say("Authorised on 10 March 2026");
        let returned = answer(&mut helen, &second, false, "Say what breed it is.").await;
        returned.is(200).must_say("Returned on 10 March 2026");
        let owed = town.sign_in("grace").await.get(&town.amira.at("owed")).await;
        owed.must_say("Decision about a risk alert, done on 10 March 2026, 4 days late");
        owed.must_say("Why: I was on leave.");
        town.assert_sound().await;
    }
}
