//! Visits that are planned: seen where they are looked for, moved, cancelled, and fulfilled by the visit itself.

use crate::{
    moving::moved,
    page::{Form, Page},
    town::{Browser, Child, Town, dated, visited},
};

/// A child protection visit planned for these children.
fn plan(page: &Page, children: &[&Child], (day, month): (&str, &str), time: &str) -> Form {
    let mut form = page
        .form("Complete")
        .with("happened.day", day)
        .with("happened.month", month)
        .with("happened.year", "2026")
        .with("happened.time", time)
        .with("kind", "cp")
        .with("place", "home")
        .with("purpose", "How the mornings go")
        .with("joint", "alone");
    for child in children.iter().skip(1) {
        form.set("about", &child.record.to_string());
    }
    form
}

async fn planned(browser: &mut Browser, children: &[&Child], day: (&str, &str), time: &str) -> Page {
    let page = browser.begin(children[0], "Planned visit").await;
    let done = browser.press(&plan(&page, children, day, time), "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    done
}

both_engines! {
    /// R-VIS-14, R-OBS-18: planned for two at once, seen on My work, the front page and My team, and fulfilled by the
    /// visit that is recorded from it, which knows the children, the day and the place.
    async fn a_planned_visit_is_fulfilled_by_the_visit(town: Town) {
        let mut sam = town.browser_of("sam");
        sam.get(&town.amira.at("")).await.must_say("Next visit No visit is planned");
        planned(&mut sam, &[&town.amira, &town.bilal], ("3", "3"), "15:00").await;
        town.wait(60);
        let work = sam.get("/my-work").await;
        work.must_say("1 visit today or overdue");
        work.must_say("Visit to Amira Ali and Bilal Ali, planned 15:00, home");
        work.must_say("1 child without a planned visit");
        sam.get(&town.amira.at("")).await.must_say("Next visit 3 March 2026, 15:00, Sam Okafor");
        let list = town.browser_of("grace").get("/team/children?whose=team&show=no-visit-planned").await;
        list.must_say("Noor Ali");
        list.must_not_hold(&town.amira.at(""));

        let link = work.links().into_iter().find(|(text, _)| text.starts_with("Record it")).unwrap().1;
        let page = sam.get(&link).await.is(200);
        let form = page.form("Complete");
        assert_eq!(form.ticked("about").len(), 2, "the children of the plan");
        for (name, value) in
            [("happened.day", "3"), ("happened.month", "3"), ("happened.time", "15:00"), ("kind", "cp"), ("place", "home"), ("purpose", "How the mornings go")]
        {
            assert_eq!(form.value(name), value, "{name}");
        }
        let form = visited(&page, &[&town.amira, &town.bilal]).with("happened.day", "3").with("happened.time", "15:00");
        let done = sam.press(&form, "Complete").await;
        let entry = sam.get(&done.entry_of("Amira")).await;
        entry.must_say("Which planned visit was it? Planned visit of 3 March 2026");
        sam.get("/my-work").await.must_not_hold("planned 15:00");
        sam.get(&town.bilal.at("")).await.must_say("Next visit No visit is planned");
        // What has been recorded is not recorded again from its plan, and no plan is offered that has been.
        let plan = sam.get(&entry.link("Planned visit of 3 March 2026")).await;
        assert!(!plan.has_button("Visit"), "{}", plan.main());
        sam.begin(&town.amira, "Visit").await.must_not_hold("Which planned visit was it?");
    }
}

/// R-OBS-11: moved and cancelled with the reason; siblings together.
#[tokio::test]
async fn r_obs_11_a_planned_visit_is_moved_and_cancelled_with_the_reason() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let done = planned(&mut sam, &[&town.amira, &town.bilal], ("4", "3"), "10:00").await;
    town.wait(60);
    let page = sam.get(&done.entry_of("Amira")).await;
    let form = page.form("Planned visit moved");
    let moved = sam.press_only(&form, "Planned visit moved").await.is(200);
    let form = moved.form("Complete");
    assert_eq!((form.value("happened.day").as_str(), form.value("kind").as_str()), ("4", "cp"));
    let refused = sam.press(&form.clone().with("happened.day", "6"), "Complete").await.is(422);
    assert_eq!(refused.problems()[0].1, "reason", "why it is moved is asked");
    let form = refused.form("Complete");
    assert_eq!(form.value("happened.day"), "6");
    let done = sam.press(&form.with("reason", "The school trip"), "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    for child in [&town.amira, &town.bilal] {
        let front = sam.get(&child.at("")).await;
        front.must_say("Next visit 6 March 2026, 10:00");
        front.must_not_hold("4 March");
    }
    town.wait(60);
    let page = sam.get(&done.entry_of("Bilal")).await;
    page.must_say("Why is it moved? The school trip");
    let cancel = sam.press_only(&page.form("Planned visit cancelled"), "Planned visit cancelled").await.is(200);
    let form = cancel.form("Complete").with("reason", "They are away with Gran.");
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    sam.get(&town.amira.at("")).await.must_say("Next visit No visit is planned");
}

/// Puts a word of an entry right, for Amira alone; gives the entry that stands then.
async fn put_right(town: &Town, entry: &str) -> String {
    let mut grace = town.browser_of("grace");
    let page = grace.get(entry).await.is(200);
    let form = grace.get(&page.link("Put this entry right")).await.is(200).form("Complete");
    let form = form.with("purpose", "How the evenings go").with("put-right-because", "It was the evenings.");
    let done = grace.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    done.entry_of("Amira")
}

both_engines! {
    /// R-OBS-11, R-INT-05: a plan of which a word is put right is one plan, and is cancelled as it stands now; one that was
    /// cancelled stays so when a word of it is put right.
    async fn r_int_05_a_plan_that_was_put_right_is_one_plan_and_stays_cancelled(town: Town) {
        let mut sam = town.browser_of("sam");
        let first = planned(&mut sam, &[&town.amira], ("4", "3"), "10:00").await.entry_of("Amira");
        town.wait(60);
        let second = put_right(&town, &first).await;
        assert_ne!(first, second);
        assert!(!sam.get(&first).await.has_button("Planned visit cancelled"), "it does not stand any more");
        // Where a visit is recorded, the plan is offered as it stands now.
        let (visit, field) = (sam.begin(&town.amira, "Visit").await.form("Complete"), town.amira.part("planned"));
        let id = |entry: &str| entry.rsplit('/').next().unwrap().to_owned();
        assert!(visit.offers(&field, &id(&second)) && !visit.offers(&field, &id(&first)));
        let page = sam.get(&second).await;
        let cancel = sam.press_only(&page.form("Planned visit cancelled"), "Planned visit cancelled").await.is(200);
        let form = cancel.form("Complete").with("reason", "They are away with Gran.");
        let done = sam.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        sam.get(&town.amira.at("")).await.must_say("Next visit No visit is planned");
        town.wait(60);
        let third = put_right(&town, &second).await;
        sam.get(&town.amira.at("")).await.must_say("Next visit No visit is planned");
        assert!(!sam.get(&third).await.has_button("Planned visit cancelled"));
        sam.get("/my-work").await.must_not_hold("planned for 4 March");
        town.assert_sound().await;
        // Moved to the child whom it is about, it leaves what ended it where that stood.
        moved(&mut town.browser_of("grace"), &town.amira, &id(&third), &town.bilal, "It is about him").await;
        town.assert_sound().await;
    }
}

/// A plan is for today or later; one whose day has passed says so calmly, and the visit is recorded on its day.
#[tokio::test]
async fn a_planned_visit_that_is_overdue_says_so() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Planned visit").await;
    assert_eq!(page.form("Complete").value("happened.day"), "", "a plan is hardly ever for today");
    let refused = sam.press(&plan(&page, &[&town.amira], ("2", "3"), "10:00"), "Complete").await.is(422);
    assert!(refused.problems()[0].0.contains("must be today or later"));
    planned(&mut sam, &[&town.amira], ("4", "3"), "10:00").await;
    sam.get("/my-work").await.must_not_hold("planned for");
    town.at("2026-03-05T09:10:00.000000Z");
    let mut sam = town.sign_in("sam").await;
    let work = sam.get("/my-work").await;
    work.must_say("Visit to Amira Ali, planned for 4 March 2026, 10:00, home not recorded yet");
    let link = work.links().into_iter().find(|(text, _)| text.starts_with("Record it")).unwrap().1;
    assert_eq!(sam.get(&link).await.form("Complete").value("happened.day"), "4");
}

/// R-VIS-11: who records a visit together is agreed beforehand and kept; nobody else records it.
#[tokio::test]
async fn r_vis_11_who_was_agreed_records_a_visit_together() {
    let town = Town::new().await;
    let (mut sam, mut priya) = (town.browser_of("sam"), town.browser_of("priya"));
    let page = sam.begin(&town.amira, "Planned visit").await;
    let staff = |name: &str| town.staff[name].to_string();
    let form = plan(&page, &[&town.amira], ("3", "3"), "15:00")
        .with("kind", "cin")
        .with("joint", "agreed")
        .with("with", &staff("priya"))
        .with("recorder", &staff("priya"));
    let done = sam.press(&form, "Complete").await;
    let plan = sam.get(&done.entry_of("Amira")).await;
    plan.must_say("Who records the visit, as you have agreed? Priya Nair");
    // A draft keeps the plan as it was while a word of that is put right: who records it is still agreed.
    let page = sam.get(&done.entry_of("Amira")).await;
    let page = sam.press_only(&page.form("Visit"), "Visit").await.is(200);
    let form =
        visited(&page, &[&town.amira]).with("kind", "cin").with("happened.day", "3").with("happened.time", "15:00");
    let kept = sam.press(&form, "Save draft").await.is(200);
    let now = put_right(&town, &done.entry_of("Amira")).await;
    let kept = sam.get(&kept.path).await.is(200).form("Complete");
    let (field, id) = (town.amira.part("planned"), |entry: &str| entry.rsplit('/').next().unwrap().to_owned());
    assert_eq!(kept.value(&field), id(&done.entry_of("Amira")));
    assert!(!kept.offers(&field, &id(&now)), "one plan is offered once");
    let stale = sam.press(&kept, "Complete").await.is(422);
    assert!(stale.problems()[0].0.contains("so that it has one record: Priya Nair"), "{:?}", stale.problems());
    let visit = async |browser: &mut Browser| {
        let page = browser.get(&now).await;
        let page = browser.press_only(&page.form("Visit"), "Visit").await.is(200);
        let form =
            visited(&page, &[&town.amira]).with("kind", "cin").with("happened.day", "3").with("happened.time", "15:00");
        browser.press(&form, "Complete").await
    };
    let refused = visit(&mut sam).await.is(422);
    assert!(
        refused.problems()[0]
            .0
            .contains("agreed beforehand who records this visit, so that it has one record: Priya Nair"),
        "{:?}",
        refused.problems()
    );
    assert!(visit(&mut priya).await.path.ends_with("/done"));
}

/// R-VIS-11: where they cannot agree, the manager names the recorder first.
#[tokio::test]
async fn r_vis_11_without_agreement_the_manager_names_the_recorder() {
    let town = Town::new().await;
    let (mut sam, mut grace) = (town.browser_of("sam"), town.browser_of("grace"));
    let page = sam.begin(&town.amira, "Planned visit").await;
    let form = plan(&page, &[&town.amira], ("3", "3"), "15:00")
        .with("joint", "not-agreed")
        .with("with", &town.staff["priya"].to_string());
    let done = sam.press(&form, "Complete").await;
    let at = done.entry_of("Amira");
    assert!(!sam.get(&at).await.has_button("Who records a visit together"), "that is the manager’s to say");
    let visit = async |sam: &mut Browser| {
        let page = sam.get(&at).await;
        let page = sam.press_only(&page.form("Visit"), "Visit").await.is(200);
        let form = visited(&page, &[&town.amira]).with("happened.day", "3").with("happened.time", "15:00");
        sam.press(&form, "Complete").await
    };
    town.wait(60);
    let refused = visit(&mut sam).await.is(422);
    assert!(refused.problems()[0].0.contains("Your manager names one of you first"), "{:?}", refused.problems());
    let page = grace.get(&at).await;
    let page =
        grace.press_only(&page.form("Who records a visit together"), "Who records a visit together").await.is(200);
    let form = page.form("Complete").with("recorder", &town.staff["sam"].to_string()).with("reason", "It is his case.");
    let named = grace.press(&form, "Complete").await;
    assert!(named.path.ends_with("/done"), "{:?}", named.problems());
    let done = visit(&mut sam).await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
}

/// R-VIS-13: a visit for statutory responsibilities is recorded by the responsible social worker, and nobody else; who
/// stands in for them is responsible meanwhile.
#[tokio::test]
async fn r_vis_13_a_statutory_visit_is_recorded_by_the_responsible_worker_alone() {
    let town = Town::new().await;
    let mut priya = town.browser_of("priya");
    for kind in ["cp", "cic", "care-leaver", "private-fostering", "section-47"] {
        let page = priya.begin(&town.amira, "Visit").await;
        let refused = priya.press(&visited(&page, &[&town.amira]).with("kind", kind), "Complete").await.is(422);
        let (message, at) = refused.problems()[0].clone();
        assert!(
            message.contains("recorded by the responsible social worker, and nobody else: Sam Okafor"),
            "{message}"
        );
        assert_eq!(at, "kind");
        assert_eq!(refused.form("Complete").value("outcome"), "The children are well.", "nothing typed is lost");
    }
    // What needs no such duty is anybody's to record who may.
    let page = priya.begin(&town.amira, "Visit").await;
    let done = priya.press(&visited(&page, &[&town.amira]).with("kind", "cin"), "Complete").await;
    assert!(done.path.ends_with("/done"));

    let cover = dated("2026-03-03")
        .with("worker", town.staff["sam"].to_string())
        .with("deputy", town.staff["priya"].to_string())
        .with("until.day", "9")
        .with("until.month", "3")
        .with("until.year", "2026")
        .with("why", "absent");
    town.write("grace", &town.amira, "cover", &cover).await;
    let page = priya.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira]).with("happened.time", "16:10").with("happened.day", "2");
    let done = priya.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    sam_reads(&town, &done).await;
}

async fn sam_reads(town: &Town, done: &Page) {
    town.browser_of("sam").get(&done.entry_of("Amira")).await.must_say("for Sam Okafor");
}
