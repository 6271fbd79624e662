//! What an authority expects to find in a case, what goes with a form at the point of use, and what is filled in.

use crate::town::{Child, Town, dated};

/// The page of what the record has: what is there, and what is said to be missing.
async fn contents(town: &Town, child: &Child) -> crate::page::Page {
    let mut sam = town.browser_of("sam");
    let front = sam.get(&child.at("")).await.is(200);
    sam.get(&front.link("What this record has, and what not yet")).await.is(200)
}

/// R-GOV-05: a case with the `CareFirst` council shows which of six things are there, each with the way to its entries.
#[tokio::test]
async fn r_gov_05_which_of_six_things_are_there() {
    let town = Town::under("carefirst").await;
    let page = contents(&town, &town.amira).await;
    page.must_say("1 of 6 things");
    page.must_say("Plan of intervention Nothing yet. It is recorded with Plan of work");
    let note = dated("2026-03-03")
        .with("happened.time", "10:00")
        .with("type", "meeting")
        .with("where", "The office")
        .with("people.0.name", "Nan")
        .with("people.0.role", "grandmother")
        .with("purpose", "A strategy discussion")
        .with("procedures", "strategy")
        .with("done-without", "no")
        .with("account.0.text", "We met.")
        .with("outcome", "Noted")
        .with("about", town.amira.record.to_string());
    town.write("sam", &town.amira, "case-note", &note).await;
    let page = contents(&town, &town.amira).await;
    page.must_say("3 of 6 things");
    page.must_say("Which procedures and processes were followed Procedure followed, 3 March 2026");
    let mut sam = town.browser_of("sam");
    sam.get(&page.link("Case record, 3 March 2026")).await.is(200).must_say("We met.");
    sam.get(&page.link("Procedure followed, 3 March 2026")).await.is(200).must_say("Strategy discussion");
    // It is no record of anybody who may not read it.
    town.browser_of("tom").get(&town.amira.at("contents")).await.is(404);
    town.assert_sound().await;
}

/// R-GOV-06: Bolton expects thirteen things, times seen alone and everybody who has used the record among them; each is
/// looked for in the child's own record alone.
#[tokio::test]
async fn r_gov_06_which_of_boltons_contents_are_there() {
    let town = Town::under("bolton").await;
    let page = contents(&town, &town.bilal).await;
    page.must_say("2 of 13 things");
    page.must_say("Times when the child was seen alone Nothing yet. It is recorded with Home visit");
    page.must_say("Everybody who has used the record Kept of itself, each time");
    let mut sam = town.browser_of("sam");
    let page = sam.get(&town.bilal.at("new/visit")).await.is(200);
    let form = crate::town::visited(&page, &[&town.bilal]);
    sam.press(&form, "Complete").await.is(200);
    let page = contents(&town, &town.bilal).await;
    page.must_say("4 of 13 things");
    page.must_say("Times when the child was seen alone");
    page.must_say("Last seen alone, 2 March 2026");
    contents(&town, &town.noor).await.must_say("2 of 13 things");
    // A manager may go on to who has used it.
    let mut grace = town.browser_of("grace");
    let page = grace.get(&town.bilal.at("contents")).await.is(200);
    grace.get(&page.link("Kept of itself, each time")).await.is(200);
}

both_engines! {
    /// R-GOV-05: what is expected where an authority says nothing of its own, counted by either engine.
    async fn r_gov_05_what_is_there_is_counted(town: Town) {
        let page = contents(&town, &town.amira).await;
        page.must_say("1 of 8 things");
        town.note("sam", &town.amira, "She rang.").await;
        town.note("sam", &town.amira, "She rang again, at noon.").await;
        let page = contents(&town, &town.amira).await;
        page.must_say("2 of 8 things");
        page.must_say("Contacts with the child and family Case note: 2, the last of 3 March 2026");
        page.must_say("Decisions, with reasons Nothing yet. It is recorded with Manager's decision and Supervision");
        let mut sam = town.browser_of("sam");
        sam.get(&page.link("Case note: 2, the last of 3 March 2026")).await.is(200).must_say("She rang again, at noon.");
        // What an entry shows is not shown again by the fact that it set.
        let review = dated("2026-03-03")
            .with("happened.time", "14:00")
            .with("people.0.name", "Gran Ali")
            .with("people.0.role", "grandmother")
            .with("recommendations", "That she stays.")
            .with(&town.amira.part("participation"), "PN1")
            .with("about", town.amira.record.to_string());
        town.write("sam", &town.amira, "review", &review).await;
        let page = contents(&town, &town.amira).await;
        assert_eq!(page.main().matches("Review, 3 March 2026").count(), 1, "{}", page.main());
        town.assert_sound().await;
    }
}

/// R-GOV-08: procedures stand at the form that needs them, and in help with what they say.
#[tokio::test]
async fn r_gov_08_procedures_at_the_point_of_use() {
    let town = Town::under("bolton").await;
    let mut sam = town.browser_of("sam");
    let form = sam.get(&town.amira.at("new/planned-visit")).await.is(200);
    form.must_say("Procedures to go by");
    assert_eq!(form.link("Visits with a colleague"), "/help#procedure-joint-visits");
    assert!(!form.links().iter().any(|(text, _)| text.starts_with("How long records are kept")));
    let help = sam.get("/help").await.is(200);
    for words in ["The six Caldicott principles", "Eight principles", "The duty to keep a child safe comes before"] {
        help.must_say(words);
    }
    let rochdale = Town::under("rochdale").await;
    assert!(!rochdale.browser_of("sam").get("/help").await.is(200).holds("Caldicott"));
}

/// Who authorises a form and who gets a copy is said where it is written.
#[tokio::test]
async fn who_authorises_and_who_gets_a_copy_is_said() {
    let town = Town::under("bolton").await;
    let page = town.browser_of("sam").get(&town.amira.at("new/plan-of-work")).await.is(200);
    page.must_say("To be authorised by: Team Leader. A copy goes to: the child and parents");
    let rochdale = Town::under("rochdale").await;
    let page = rochdale.browser_of("sam").get(&rochdale.amira.at("new/plan-of-work")).await.is(200);
    page.must_not_hold("To be authorised by");
}

/// R-GOV-12: what is recorded once fills the next form, which says from where and from which day: a fact that stands, and
/// what was answered the last time.
#[tokio::test]
async fn r_gov_12_recorded_once_and_filled_in_everywhere() {
    let town = Town::under("rochdale").await;
    let mut sam = town.browser_of("sam");
    let page = sam.get(&town.amira.at("new/pep")).await.is(200);
    assert_eq!(page.form("Complete").value("school"), "");
    page.must_not_hold("Filled in");
    let page = sam.get(&format!("{}?person={}", town.amira.at("new/person"), town.amira.person)).await.is(200);
    let form = page.form("Complete").with("school", "Moss Lane Primary").with("confirmed", "no");
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());

    let page = sam.get(&town.amira.at("new/pep")).await.is(200);
    assert_eq!(page.form("Complete").value("school"), "Moss Lane Primary");
    page.must_say("Filled in with what stands since 3 March 2026.");

    let page = sam.get(&town.amira.at("new/core-group")).await.is(200);
    page.must_not_hold("Filled in");
    let form = [
        ("happened.time", "10:00"),
        ("people.0.name", "Nan"),
        ("people.0.role", "grandmother"),
        ("progress.0.outcome", "Sleeps through"),
        ("progress.0.now", "Wakes twice"),
        ("safe", "Yes: the door locks."),
        ("actions.0.what", "Ring the school"),
        ("actions.0.who", "Sam"),
        ("next-on.day", "31"),
        ("next-on.month", "3"),
        ("next-on.year", "2026"),
    ]
    .into_iter()
    .fold(page.form("Complete"), |form, (name, value)| form.with(name, value));
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    sam.get(&done.entry_of("Amira"))
        .await
        .must_say("What is to be different for the child: Sleeps through · How it is now: Wakes twice");

    let page = sam.get(&town.amira.at("new/core-group")).await.is(200);
    let form = page.form("Complete");
    assert_eq!(form.value("progress.0.now"), "Wakes twice");
    assert_eq!(form.value("actions.0.what"), "Ring the school");
    assert_eq!(form.value("safe"), "", "what was thought the last time is thought anew");
    page.must_say("Filled in from “Core group minutes” of 3 March 2026.");
    // It is one child's: nothing of it is filled into another's.
    assert_eq!(sam.get(&town.bilal.at("new/core-group")).await.form("Complete").value("progress.0.now"), "");
    town.assert_sound().await;
}

/// A time of day, a table and signatures: asked, read, shown, and typed again where the entry is put right.
#[tokio::test]
async fn times_tables_and_signatures() {
    let town = Town::under("glebe-house").await;
    let mut sam = town.browser_of("sam");
    let page = sam.get(&town.amira.at("new/incident")).await.is(200);
    let child_said = town.amira.part("child-views");
    let hurt = town.amira.part("hurt");
    let answers = [
        ("happened.time", "10:00"),
        ("kind", "restraint"),
        ("until", "quarter past"),
        ("where", "The hall"),
        ("people.0.name", "Jo"),
        ("people.0.role", "night staff"),
        ("before", "A call from home."),
        ("account.0.text", "He threw a chair."),
        ("tried", "We talked."),
        (hurt.as_str(), "no"),
        (child_said.as_str(), "I was scared."),
        ("learned", "Ask before the call."),
        ("signed.0.name", "Jo Marsh, night staff"),
    ];
    let form = answers.into_iter().fold(page.form("Complete"), |form, (name, value)| form.with(name, value));
    let page = sam.press(&form, "Complete").await.is(422);
    let asked: Vec<_> = page.problems().into_iter().map(|(_, at)| at).collect();
    assert_eq!(asked, ["until", "held-0-who", "signed-0-on", "signed-0-how"]);
    let form = [
        ("until", "10.20"),
        ("held.0.who", "Jo"),
        ("held.0.how", "Arms"),
        ("held.1.who", "Lee"),
        ("signed.0.on", "3/3/2026"),
        ("signed.0.how", "paper"),
    ]
    .into_iter()
    .fold(page.form("Complete"), |form, (name, value)| form.with(name, value));
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let href = done.entry_of("Amira");
    let entry = sam.get(&href).await;
    for words in
        ["10:20", "Who: Jo · How: Arms", "Who: Lee", "Jo Marsh, night staff, 3 March 2026 (On paper, which is kept)"]
    {
        entry.must_say(words);
    }
    let again = town.browser_of("grace").get(&format!("{href}/amendment")).await.is(200).form("Complete");
    for (name, value) in [
        ("until", "10:20"),
        ("held.1.who", "Lee"),
        ("signed.0.name", "Jo Marsh, night staff"),
        ("signed.0.how", "paper"),
    ] {
        assert_eq!(again.value(name), value, "{name}");
    }
    town.assert_sound().await;
}
