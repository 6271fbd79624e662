//! What a visit must say, each by the box at which it is asked for.

use crate::{
    page::{Form, Page},
    town::{Browser, Town, visited},
};

/// The message at this box, in the summary and at the field.
#[track_caller]
fn asked_at(page: &Page, id: &str) -> String {
    assert_eq!(page.status, 422, "{}: {}", page.path, page.main());
    let problems = page.problems();
    let (message, _) =
        problems.iter().find(|(_, at)| at == id).unwrap_or_else(|| panic!("nothing at {id}: {problems:?}"));
    assert!(page.by_id(id).is_some(), "the page has no {id}");
    let at_field = page.root.of_class("govuk-error-message").iter().any(|one| one.text().contains(message));
    assert!(at_field, "«{message}» stands at no field");
    message.clone()
}

/// Presses Complete and expects one message, at this box.
async fn refused(sam: &mut Browser, form: &Form, id: &str) -> Page {
    let page = sam.press(form, "Complete").await;
    asked_at(&page, id);
    assert_eq!(page.problems().len(), 1, "{:?}", page.problems());
    page
}

/// Leaves out each of these in turn and puts it back on the page that comes.
async fn each_is_asked_for(boxes: &[(&str, &str)], prepare: impl Fn(&Town, Form) -> Form) {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let amira = town.amira;
    let page = sam.begin(&amira, "Visit").await;
    let mut form = prepare(&town, visited(&page, &[&amira]));
    for (name, id) in boxes {
        let (name, id) = if let Some(field) = name.strip_suffix('@') {
            (amira.part(field), format!("{field}-{}", amira.record))
        } else {
            ((*name).to_owned(), (*id).to_owned())
        };
        let was = form.value(&name);
        let page = refused(&mut sam, &form.clone().without(&name), &id).await;
        form = page.form("Complete").with(&name, &was);
    }
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
}

#[tokio::test]
async fn r_vis_01_what_came_of_it_is_asked() {
    each_is_asked_for(&[("result", "result"), ("kind", "kind")], |_, form| form).await;
}

#[tokio::test]
async fn r_vis_02_place_time_and_people_are_asked() {
    each_is_asked_for(
        &[("place", "place"), ("happened.time", "happened-time"), ("present.0.name", "present-0-name")],
        |_, form| form,
    )
    .await;
    each_is_asked_for(&[("place-other", "place-other"), ("present.0.role", "present-0-role")], |_, form| {
        form.with("place", "community").with("place-other", "The park in Fern Road")
    })
    .await;
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let nobody = visited(&page, &[&town.amira]).without("present.0.name").without("present.0.role");
    let page = refused(&mut sam, &nobody, "present-0-name").await;
    // R-PPL-14: known people are ticked, not typed.
    let done = sam.press(&page.form("Complete").with("present", &town.sana.to_string()), "Complete").await.is(200);
    sam.get(&done.entry_of("Amira")).await.must_say("Who was there? Sana Ali");
}

/// R-OBS-02: the day of the event is asked, apart from the day of writing, and is not in the future.
#[tokio::test]
async fn r_vis_02_the_day_of_the_event_is_asked() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form =
        visited(&page, &[&town.amira]).without("happened.day").without("happened.month").without("happened.year");
    let mut page = sam.press(&form, "Complete").await;
    asked_at(&page, "happened-day");
    for (day, month, year) in [("31", "2", "2026"), ("4", "3", "2026"), ("x", "3", "2026"), ("2", "3", "1726")] {
        let form =
            page.form("Complete").with("happened.day", day).with("happened.month", month).with("happened.year", year);
        page = sam.press(&form, "Complete").await;
        assert!(
            page.problems().iter().any(|(_, at)| at.starts_with("happened-")),
            "{day} {month} {year}: {:?}",
            page.problems()
        );
        assert_eq!(page.form("Complete").value("happened.day"), day, "what was typed stays");
    }
}

#[tokio::test]
async fn r_vis_03_purpose_account_exchange_and_outcome_are_asked() {
    let boxes = [
        ("purpose", "purpose"),
        ("account.0.text", "account-0-text"),
        ("exchanged", "exchanged"),
        ("outcome", "outcome"),
    ];
    each_is_asked_for(&boxes, |_, form| form).await;
}

#[tokio::test]
async fn r_vis_04_seen_alone_and_why_not_are_asked_for_each_child() {
    each_is_asked_for(&[("seen@", ""), ("seen-alone@", "")], |_, form| form).await;
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira, &town.bilal])
        .with(&town.bilal.part("seen-alone"), "no")
        .with(&town.amira.part("seen"), "no");
    let page = sam.press(&form, "Complete").await;
    let not_alone = asked_at(&page, &format!("seen-alone-{}-reason", town.bilal.record));
    assert_eq!(not_alone, "Bilal Ali: Why was the child not seen alone");
    let not_seen = asked_at(&page, &format!("seen-{}-reason", town.amira.record));
    assert_eq!(not_seen, "Amira Ali: Why was the child not seen");
    let form = page
        .form("Complete")
        .with(&format!("{}.reason", town.amira.part("seen")), "She was at school.")
        .with(&format!("{}.reason", town.bilal.part("seen-alone")), "He wanted Gran with him.");
    let done = sam.press(&form, "Complete").await.is(200);
    sam.get(&done.entry_of("Amira")).await.must_say("Seen? No reason She was at school.");
    sam.get(&done.entry_of("Bilal")).await.must_say("Seen alone? No reason He wanted Gran with him.");
}

#[tokio::test]
async fn r_vis_05_an_interpreter_is_named_with_where_from() {
    let boxes = [
        ("interpreter", "interpreter"),
        ("interpreter-name", "interpreter-name"),
        ("interpreter-source", "interpreter-source"),
    ];
    each_is_asked_for(&boxes, |_, form| {
        form.with("interpreter", "yes").with("interpreter-name", "J. Noor").with("interpreter-source", "contracted")
    })
    .await;
}

#[tokio::test]
async fn r_vis_06_doing_without_an_interpreter_needs_the_reason() {
    each_is_asked_for(
        &[("done-without", "done-without"), ("done-without.reason", "done-without-reason")],
        |_, form| form.with("done-without", "yes").with("done-without.reason", "Nobody could come at an hour's notice"),
    )
    .await;
}

/// R-VOI-01, R-VOI-02: each with who said it and how.
#[tokio::test]
async fn r_vis_07_views_of_child_and_family_are_apart() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira])
        .with(&town.amira.part("child-views"), "I like it when Gran makes the tea.")
        .with("family-views", "Mum said that she was tired.");
    let page = refused(&mut sam, &form, &format!("views-how-{}", town.amira.record)).await;
    let form = page.form("Complete").with(&town.amira.part("views-how"), "drawing");
    let done = sam.press(&form, "Complete").await.is(200);
    let entry = sam.get(&done.entry_of("Amira")).await;
    entry.must_say("Child's words I like it when Gran makes the tea.");
    entry.must_say("How did they tell you? Drawing or pictures");
    entry.must_say("Family's words Mum said that she was tired.");
}

/// R-PPL-13: who moved in or out is asked.
#[tokio::test]
async fn r_vis_08_changes_of_circumstances_and_household_are_asked() {
    let boxes = [
        ("circumstances", "circumstances"),
        ("circumstances-what", "circumstances-what"),
        ("household", "household"),
        ("household-what.0.role", "household-what-0-role"),
    ];
    each_is_asked_for(&boxes, |_, form| {
        form.with("circumstances", "yes")
            .with("circumstances-what", "Mum has begun work")
            .with("household", "yes")
            .with("household-what.0.name", "Uncle Joe")
            .with("household-what.0.role", "moved in")
    })
    .await;
}

#[tokio::test]
async fn r_vis_09_the_analysis_against_the_plan_is_asked() {
    each_is_asked_for(&[("analysis", "analysis")], |_, form| form).await;
}

/// R-VIS-12, R-OBS-04: actions say what and who.
#[tokio::test]
async fn r_vis_12_actions_say_what_who_and_by_when() {
    let boxes = [("actions.0.what", "actions-0-what"), ("actions.0.who", "actions-0-who")];
    each_is_asked_for(&boxes, |_, form| {
        form.with("actions.0.what", "Ring the school").with("actions.0.who", "Sam").with("actions.0.by", "9/3/2026")
    })
    .await;
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira]).with("actions.0.what", "Ring").with("actions.0.who", "Sam");
    let page = refused(&mut sam, &form.with("actions.0.by", "soon"), "actions-0-by").await;
    assert_eq!(page.form("Complete").value("actions.0.by"), "soon");
}

#[tokio::test]
async fn r_vis_15_a_film_says_what_and_where_it_is_kept() {
    each_is_asked_for(&[("video.reason", "video-reason")], |_, form| {
        form.with("video", "yes").with("video.reason", "The talk with Amira, in the evidence store")
    })
    .await;
}

/// R-OBS-11: what did not happen is recorded with what was done then.
#[tokio::test]
async fn r_vis_01_a_failed_visit_is_a_visit() {
    for (result, words) in [
        ("no-reply", "Nobody answered"),
        ("no-access", "I was not let in"),
        ("failed-appointment", "They did not come"),
    ] {
        let town = Town::new().await;
        let mut sam = town.browser_of("sam");
        let page = sam.begin(&town.amira, "Visit").await;
        let mut form = page.form("Complete");
        for (name, value) in [("happened.time", "10:00"), ("kind", "cin"), ("result", result), ("place", "home")] {
            form.set(name, value);
        }
        let page = refused(&mut sam, &form, "tried").await;
        let done =
            sam.press(&page.form("Complete").with("tried", "Rang, left a card, told Grace."), "Complete").await.is(200);
        let entry = sam.get(&done.entry_of("Amira")).await;
        entry.must_say(words);
        entry.must_say("What did you do then? Rang, left a card, told Grace.");
        entry.must_not_hold("Seen alone?");
        done.must_say("Nobody was seen. Plan when you go again.");
        sam.get(&town.amira.at("")).await.must_say("No visit recorded yet");
    }
}

/// R-TIME-X07, R-TIME-26, R-OBS-12: taken, marked late, with the reason.
#[tokio::test]
async fn r_vis_14_a_late_visit_is_taken_with_its_reason() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    // Wednesday to Tuesday: four working days. Thursday would be three.
    let form = visited(&page, &[&town.amira]).with("happened.day", "25").with("happened.month", "2");
    assert!(!form.has("late-reason"), "nothing is asked before it is known to be late");
    let page = refused(&mut sam, &form, "late-reason").await;
    let message = page.problems()[0].0.clone();
    assert!(message.contains("4 working days after it happened and the limit is 3 working days"), "{message}");
    let done = sam.press(&page.form("Complete").with("late-reason", "I was off work."), "Complete").await.is(200);
    let entry = sam.get(&done.entry_of("Amira")).await;
    entry.must_say("Written 4 working days after; limit 3 working days. Reason: I was off work.");
    sam.get(&town.amira.at("story")).await.must_say("Written 4 working days after");

    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira]).with("happened.day", "26").with("happened.month", "2");
    let done = sam.press(&form, "Complete").await.is(200);
    sam.get(&done.entry_of("Amira")).await.must_not_hold("working days after");
}

/// R-VIS-12: a second record of the same contact needs a reason.
#[tokio::test]
async fn r_vis_12_a_second_record_of_the_same_visit_needs_a_reason() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    sam.press(&visited(&page, &[&town.amira]).with("kind", "cin"), "Complete").await.is(200);
    let mut priya = town.browser_of("priya");
    let page = priya.begin(&town.amira, "Visit").await;
    let page = refused(&mut priya, &visited(&page, &[&town.amira]).with("kind", "cin"), "second-because").await;
    let form = page.form("Complete").with("second-because", "We were in different rooms");
    let done = priya.press(&form, "Complete").await.is(200);
    let entry = priya.get(&done.entry_of("Amira")).await;
    entry.must_say("A second record of the same contact, because: We were in different rooms.");
    // An hour later is another contact.
    let page = priya.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira]).with("kind", "cin").with("happened.time", "16:45");
    priya.press(&form, "Complete").await.is(200);
}
