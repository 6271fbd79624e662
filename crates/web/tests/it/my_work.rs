//! My work and My team: by family, with what waits; every number opens its list.

use std::sync::Arc;

use crate::town::{PACK, Town, dated, visited};

async fn lives(town: &Town, child: &crate::town::Child, address: &str, protected: &str) {
    let mut typed = dated("2026-01-06")
        .with("person", child.person.to_string())
        .with("address.lines", address)
        .with("address.town", "Rochdale")
        .with("address.postcode", "OL16 1XU")
        .with("protected", protected);
    if protected == "yes" {
        typed = typed.with("protected.reason", "From their father");
    }
    town.write("sam", child, "address", &typed).await;
}

both_engines! {
    /// R-OBS-18: who lives together stands together, with when they were seen, what comes next and what waits.
    async fn my_children_stand_by_household(town: Town) {
        lives(&town, &town.amira, "12 Fern Rd", "no").await;
        lives(&town, &town.bilal, "12 Fern Rd.", "no").await;
        lives(&town, &town.noor, "3 Moor View", "no").await;
        let mut sam = town.browser_of("sam");
        let work = sam.get("/my-work").await;
        work.must_say("My children (3)");
        let main = work.main();
        let at = |words: &str| main.find(words).unwrap_or_else(|| panic!("no {words} in {main}"));
        let (fern, moor) = (at("The Ali family, 12 Fern Rd"), at("The Ali family, 3 Moor View"));
        let (amira, bilal, noor) = (at("Amira Ali R-"), at("Bilal Ali R-"), at("Noor Ali R-"));
        if fern < moor {
            assert!(fern < amira && amira < bilal && bilal < moor && moor < noor, "{main}");
        } else {
            assert!(moor < noor && noor < fern && fern < amira && amira < bilal, "{main}");
        }
        work.must_say("3 children without a planned visit");
        work.must_say("3 children not seen for more than 28 days");
        let list = sam.get(&work.link("3 children without a planned visit")).await.is(200);
        list.must_say("Without a planned visit (3)");
    }
}

/// R-PPL-06, R-ALR-01: a protected address is on no list, even where a brother's record has it open.
#[tokio::test]
async fn r_ppl_06_a_protected_address_is_not_on_my_work() {
    let town = Town::new().await;
    lives(&town, &town.bilal, "77 Hidden Lane", "no").await;
    lives(&town, &town.amira, "77 Hidden Lane", "yes").await;
    let household =
        dated("2026-03-03").with("person", town.bilal.person.to_string()).with("lives-here", "yes").with("risk", "no");
    town.write("sam", &town.amira, "household", &household).await;
    let mut sam = town.browser_of("sam");
    for page in ["/my-work", "/my-work/children?show=all", "/my-work/children?show=no-visit-planned"] {
        sam.get(page).await.must_not_hold("Hidden Lane");
    }
    sam.get("/my-work").await.must_say("The Ali family, address protected");
}

/// R-OBS-17, R-BAS-13: a worker records in a colleague's case, and whoever holds the file is told, until they have
/// opened it or marked it as read; nobody else is.
#[tokio::test]
async fn r_obs_17_the_holder_of_the_file_is_told_what_a_colleague_wrote() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    for words in ["The first call", "The second call", "The third call"] {
        town.wait(60);
        town.note("priya", &town.amira, words).await;
    }
    let answers = [
        ("happened.time", "09:00"),
        ("happened.day", "3"),
        ("type", "telephone"),
        ("where", "The office"),
        ("people.0.name", "Nan"),
        ("people.0.role", "grandmother"),
        ("purpose", "A call"),
        ("interpreter", "no"),
        ("account.0.text", "She rang back"),
        ("outcome", "Noted"),
    ];
    let done = town.browser_of("priya").record(&town.noor, "Case note", &answers).await;
    done.must_say("Sam Okafor will see on My work that you wrote this");
    sam.get(&done.entry_of("Noor")).await.must_say("She rang back");
    let work = sam.get("/my-work").await;
    work.must_say("3 entries by others to read");
    work.must_say("While you were away (3)");
    town.browser_of("priya").get("/my-work").await.must_not_hold("While you were away");
    town.browser_of("tom").get("/my-work").await.must_not_hold("While you were away");
    // Somebody else's reading is not mine; mine makes it go.
    let newest = work.links().into_iter().find(|(text, _)| text.starts_with("Read it")).unwrap().1;
    town.browser_of("grace").get(&newest).await.must_say("The third call");
    sam.get("/my-work").await.must_say("While you were away (3)");
    sam.get(&newest).await.must_say("The third call");
    let work = sam.get("/my-work").await;
    work.must_say("While you were away (2)");
    // What came after the page was drawn stays.
    town.wait(60);
    town.note("priya", &town.amira, "The fourth call").await;
    let form = work.form("Mark these 2 as read");
    let work = sam.press(&form, "Mark these 2 as read").await;
    work.must_say("While you were away (1)");
    // Read in the story, it is read.
    sam.get(&town.amira.at("story")).await.must_say("The fourth call");
    sam.get("/my-work").await.must_not_hold("While you were away");
    // Nothing is marked that is nobody's news: an identifier made up, somebody else's.
    sam.post_own("/my-work/read", &[("_entry", "01h00000000000000000000000"), ("_entry", "nonsense")]).await.is(303);
}

/// R-OBS-17: the file may be held by another than the worker; both are told.
#[tokio::test]
async fn r_obs_17_the_holder_who_is_not_the_worker_is_told_too() {
    let town = Town::new().await;
    let to = dated("2026-03-03")
        .with("team", town.north.to_string())
        .with("has-worker", "yes")
        .with("worker", town.staff["priya"].to_string())
        .with("file-holder", "no");
    town.write("grace", &town.amira, "allocation", &to).await;
    town.wait(60);
    town.note("grace", &town.amira, "About the holidays").await;
    for holder in ["sam", "priya"] {
        town.browser_of(holder).get("/my-work").await.must_say("wrote “Case note” in Amira Ali’s record");
    }
}

/// R-OBS-18: the manager's table; every number opens its list, and the list is worked through to its end.
#[tokio::test]
async fn r_obs_18_every_number_of_my_team_opens_its_list() {
    let town = Town::new().await;
    town.note("priya", &town.amira, "A call").await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.bilal, "Visit").await;
    sam.press(&page.form("Complete").with("purpose", "Begun"), "Save draft").await.is(200);
    let mut grace = town.browser_of("grace");
    let team = grace.get("/team").await.is(200);
    team.must_say("3 children with");
    let opens = async |grace: &mut crate::town::Browser, words: &str, says: &str| {
        let list = grace.get(&team.link(words)).await.is(200);
        list.must_say(says);
        list
    };
    opens(&mut grace, "3 Children: Sam Okafor", "Sam Okafor Children (3)").await;
    opens(
        &mut grace,
        "1 Entries by others not read: Sam Okafor",
        "Case note by Priya Nair, just now, not opened yet by Sam Okafor",
    )
    .await;
    let drafts = opens(&mut grace, "1 Drafts waiting: Sam Okafor", "Visit by Sam Okafor, last saved just now").await;
    assert!(!drafts.links().iter().any(|(_, href)| href.starts_with("/drafts/")), "nobody else opens a draft");
    let list = opens(&mut grace, "3 No visit planned: Sam Okafor", "Without a planned visit (3)").await;
    let first = grace.get(&list.link("Work through this list, one child after the other")).await.is(200);
    first.must_say("Without a planned visit · back to the list · Next: Bilal Ali (2 to go)");
    let second = grace.get(&first.link("Next: Bilal Ali")).await.is(200);
    second.must_say("Next: Noor Ali (1 to go)");
    let last = grace.get(&second.link("Next: Noor Ali")).await.is(200);
    last.must_say("this is the last one");
    grace.get(&last.link("back to the list")).await.must_say("Without a planned visit (3)");
    // Who sees no team is given no list of it, by whatever address.
    for path in ["/team/children?whose=team&show=all", "/team/children?whose=mine&show=all", "/team/children"] {
        assert_eq!(sam.get(path).await.status, 403, "{path}");
    }
    sam.get(&format!("{}?through=team.all", town.amira.at(""))).await.is(200).must_not_hold("back to the list");
    grace.get("/team/children?whose=nonsense&show=nonsense").await.is(200);
}

/// R-GOV-01: from when on a list says that a child was not seen is the policy's value, for being seen and for being seen
/// alone.
#[tokio::test]
async fn r_gov_01_how_long_is_too_long_is_the_policys_to_say() {
    let stricter = |days: &str| {
        let england = PACK.made_of().text("england", "facts.toml").unwrap();
        let seen = england.replacen("too-long-after-days = 28", days, 1);
        assert_ne!(seen, england);
        let files = PACK.made_of().clone().with("england", "facts.toml", &seen);
        Arc::new(policy::load(&files, PACK.id()).unwrap_or_else(|mistakes| panic!("{mistakes:#?}")))
    };
    for (days, says, note) in [
        ("too-long-after-days = 28", "Not seen for more than 28 days (2)", ""),
        ("too-long-after-days = 10", "Not seen for more than 10 days (3)", "not seen for 14 days"),
        ("", "Not seen (2)", ""),
    ] {
        let town = if days.ends_with("28") { Town::new().await } else { Town::of_pack(stricter(days)).await };
        let mut sam = town.browser_of("sam");
        let page = sam.begin(&town.amira, "Visit").await;
        let form = visited(&page, &[&town.amira]).with("happened.day", "17").with("happened.month", "2");
        let asked = sam.press(&form, "Complete").await.is(422);
        let done = sam.press(&asked.form("Complete").with("late-reason", "I was ill."), "Complete").await;
        assert!(done.path.ends_with("/done"), "{days}: {:?}", done.problems());
        // The other two were never seen, which is said whatever the limit.
        let list = sam.get("/my-work/children?show=not-seen").await.is(200);
        list.must_say(says);
        assert_eq!(list.holds("not seen for 14 days"), !note.is_empty(), "{days}");
        let alone = sam.get("/my-work/children?show=not-seen-alone").await.is(200);
        alone.must_say("Not seen alone for more than 28 days");
        let team = town.browser_of("grace").get("/team").await.is(200);
        team.must_say(says.split(" (").next().unwrap());
    }
}
