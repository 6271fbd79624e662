//! One person who was made twice: found on the list, compared, joined, read as one, and parted again.

use casework::caseload::owed;

use crate::{
    drafts::summary_leads_somewhere,
    owed::looked_after,
    page::Page,
    town::{Browser, Child, Town, dated, opening, visited},
};

/// Amira, made once more in the South by a slip.
async fn again(town: &Town) -> Child {
    let grace = town.desk("grace");
    let typed =
        opening("Ameera", "Ali", "2016-05-14", town.south).with("another-person", town.amira.person.to_string());
    let record = casework::records::open(&grace, grace.new_id(), None, &typed).await.unwrap();
    let looked_for = record::likeness::LookedFor::new("Ameera Ali", None);
    let found = casework::records::search(&grace, &looked_for).await.unwrap();
    let person = found.into_iter().map(|one| one.person).find(|person| *person != town.amira.person).unwrap();
    Child { record, person }
}

async fn compare(browser: &mut Browser, a: &Child, b: &Child) -> Page {
    browser.get(&format!("/people/{}/twice/{}", a.person, b.person)).await
}

async fn note(browser: &mut Browser, child: &Child) -> Page {
    let page = browser.begin(child, "Visit").await;
    browser.press(&visited(&page, &[child]).with("kind", "cin"), "Complete").await.is(200)
}

/// R-BAS-01, R-BAS-02, R-PPL-08: the whole way, by the records manager, and what workers of both teams see of it.
#[tokio::test]
async fn r_bas_01_r_ppl_08_a_duplicate_is_found_joined_and_parted() {
    let town = Town::new().await;
    let twin = again(&town).await;
    let (mut rita, mut sam, mut tom) = (town.browser_of("rita"), town.browser_of("sam"), town.browser_of("tom"));
    note(&mut tom, &twin).await;
    note(&mut sam, &town.amira).await;
    let list = rita.get("/people/twice").await.is(200);
    list.must_say("Name sounds alike, same date of birth");
    let href = list.links().into_iter().find(|(text, _)| text.starts_with("Compare")).unwrap().1;
    let page = rita.get(&href).await.is(200);
    for said in
        ["Is this one person?", "What differs", "Amira", "Ameera", "North", "South", "Sam Okafor", "not recorded"]
    {
        page.must_say(said);
    }
    page.must_not_hold("The kitchen was clean and warm");
    // Nothing chosen: each is said at its box, and what was typed stays.
    let form = page.form("They are one person").with("one", &town.amira.person.to_string());
    let refused =
        rita.press(&form.clone().with("reason", "Rang the school: one girl."), "They are one person").await.is(422);
    summary_leads_somewhere(&refused);
    assert_eq!(refused.problems()[0].1, "access");
    assert_eq!(refused.form("They are one person").value("reason"), "Rang the school: one girl.");
    let form = refused.form("They are one person").with("access", "shared");
    let joined = rita.press(&form, "They are one person").await.is(200);
    joined.must_say("These two stand for one person. Whoever may read one record may read the other.");
    let pressed_twice = rita.press(&form, "They are one person").await.is(200);
    pressed_twice.must_say("These two stand for one person");
    rita.get("/people/twice").await.must_say("Nobody looks as if they had been made twice.");

    // Workers of both teams read both as one, and an old link leads to the one.
    for browser in [&mut sam, &mut tom] {
        let front = browser.get(&twin.at("")).await.is(200);
        assert_eq!(front.path, town.amira.at(""));
        front.must_say("was made twice: record R-");
        let story = browser.get(&town.amira.at("story")).await.is(200);
        story.must_say("stands in R-");
        assert_eq!(story.main().matches("The kitchen was clean and warm").count(), 2);
    }
    town.wait(60);
    let draft = tom.begin(&twin, "Visit").await;
    let form = visited(&draft, &[&town.amira]).with("kind", "cin").with("happened.day", "1");
    tom.press(&form, "Complete").await.is(200);
    let found = crate::records::search(&mut sam, &[("name", "Ameera Ali")]).await;
    found.must_say("1 person found Amira Ali");

    // Parted again: what was written since is shown first, and each has what was written in it.
    let page = compare(&mut rita, &town.amira, &twin).await.is(200);
    town.wait(60);
    page.must_say("Written since they were joined");
    page.must_say("Visit, written");
    let none = rita.press(&page.form("They are two people: part them"), "They are two people: part them").await.is(422);
    assert_eq!(none.problems()[0].1, "reason-part");
    let form = none.form("They are two people: part them").with("reason.part", "Two birth certificates.");
    let parted = rita.press(&form, "They are two people: part them").await;
    parted.is(200).must_say("It has been said that these are two people.");
    assert_eq!(tom.get(&town.amira.at("")).await.status, 404);
    assert_eq!(tom.get(&twin.at("story")).await.is(200).main().matches("The kitchen was clean and warm").count(), 1);
    assert_eq!(
        sam.get(&town.amira.at("story")).await.is(200).main().matches("The kitchen was clean and warm").count(),
        2
    );
    rita.get("/people/twice").await.must_say("Nobody looks as if they had been made twice.");
}

/// A child who was made twice stands on a team's list of what is owed as on every other, with the worker whom either record
/// has, whichever is in front.
#[tokio::test]
async fn what_a_child_owes_who_was_made_twice_is_asked_of_either_records_worker() {
    let town = Town::new().await;
    let twin = again(&town).await;
    let ada = town.desk("admin");
    let managed = dated("2026-01-05").with("name", "South").with("service", "Children");
    let managed = managed.with("manager", town.staff["grace"].to_string());
    casework::organisation::record_team(&ada, ada.new_id(), Some(town.south), &managed).await.unwrap();
    let mut rita = town.browser_of("rita");
    let page = compare(&mut rita, &town.amira, &twin).await.is(200);
    let form = page.form("They are one person").with("one", &twin.person.to_string()).with("access", "shared");
    rita.press(&form.with("reason", "Rang the school: one girl."), "They are one person").await.is(200);
    looked_after(&town, &twin, "2026-02-02").await;
    let grace = town.desk("grace");
    let page = store::Page { from: 0, most: 50 };
    let list = owed::of_team(&grace, None, false, page).await.unwrap();
    let hers: Vec<_> = list.shown.iter().filter(|due| due.owed.id.record == twin.record).collect();
    assert_eq!(list.many.all, list.shown.len());
    assert!(!hers.is_empty(), "{list:?}");
    assert!(hers.iter().all(|due| due.worker == Some(town.staff["sam"]) && !due.name.is_empty()), "{hers:?}");
    assert_eq!(list.shown, owed::of_team(&grace, None, true, page).await.unwrap().shown);
    town.assert_sound().await;
}

/// R-ACC-01: who may not join does not compare; nobody comes to read a record unless the entry says so; what speaks
/// against it must be answered; nobody is joined with themselves, or in a circle.
#[tokio::test]
async fn r_acc_01_what_may_not_be_joined_is_refused_with_the_reason() {
    let town = Town::new().await;
    let twin = again(&town).await;
    let (mut rita, mut sam, mut tom, mut grace) =
        (town.browser_of("rita"), town.browser_of("sam"), town.browser_of("tom"), town.browser_of("grace"));
    assert_eq!(sam.get("/people/twice").await.status, 403);
    assert_eq!(compare(&mut sam, &town.amira, &twin).await.status, 403);
    // Grace manages the North alone.
    assert_eq!(compare(&mut grace, &town.amira, &twin).await.status, 404);
    grace.get("/people/twice").await.must_say("Nobody looks as if they had been made twice.");
    let oneself = compare(&mut rita, &town.amira, &town.amira).await.is(200);
    oneself.must_say("nobody can be joined with themselves");
    // Another child, born years apart: only with an answer to what speaks against it.
    let page = compare(&mut rita, &town.amira, &town.noor).await.is(200);
    let form = page.form("They are one person").with("access", "apart").with("reason", "The same girl");
    let asked = rita.press(&form, "They are one person").await.is(422);
    summary_leads_somewhere(&asked);
    assert_eq!(asked.problems()[0].1, "despite");
    asked.must_say("born years apart");

    // Joined with readers apart: that there is another record is all that is said.
    let page = compare(&mut rita, &town.amira, &twin).await;
    let form = page
        .form("They are one person")
        .with("one", &town.amira.person.to_string())
        .with("access", "apart")
        .with("reason", "The same girl");
    rita.press(&form, "They are one person").await.is(200).must_say("Each record stays with those who may read it.");
    sam.get(&town.amira.at("")).await.is(200).must_say("has another record that is not open to you");
    assert_eq!(sam.get(&twin.at("")).await.status, 404);
    let front = tom.get(&twin.at("")).await.is(200);
    front.must_say("Ameera Ali");
    assert_eq!(tom.get(&town.amira.at("")).await.status, 404);
    // Who stands for nobody any more cannot be joined with a third.
    let page = compare(&mut rita, &twin, &town.bilal).await.is(200);
    page.must_say("joined with somebody else already");
}
