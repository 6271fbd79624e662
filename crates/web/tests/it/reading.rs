//! Reading: front page, chronology, story, entry, family; each fact opens the entry that said so.

use record::Typed;

use crate::{
    page::Page,
    town::{Browser, Town, dated, visited},
};

/// What the link that says this opens.
async fn opens(browser: &mut Browser, page: &Page, words: &str) -> Page {
    let href = page.link(words);
    assert!(href.contains("/entries/"), "«{words}» opens {href}");
    browser.get(&href).await.is(200)
}

async fn visit_on(browser: &mut Browser, town: &Town, day: &str, month: &str, outcome: &str) -> Page {
    let page = browser.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira])
        .with("happened.day", day)
        .with("happened.month", month)
        .with("kind", "cin")
        .with("exchanged", outcome);
    let mut done = browser.press(&form, "Complete").await;
    if done.status == 422 {
        let form = done.form("Complete").with("late-reason", "Found among the notes");
        done = browser.press(&form, "Complete").await;
    }
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    done
}

/// The places of these words in a text, which must be in this order.
#[track_caller]
fn in_order(page: &Page, words: &[&str]) {
    let text = page.main();
    let places: Vec<_> =
        words.iter().map(|word| text.find(word).unwrap_or_else(|| panic!("no «{word}» in {text}"))).collect();
    assert!(places.is_sorted(), "{words:?} stand at {places:?} of {text}");
}

/// R-BAS-22, R-OBS-02: the day of the event orders the record, not the day of writing.
#[tokio::test]
async fn the_story_is_in_the_order_of_events() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    visit_on(&mut sam, &town, "2", "3", "written first").await;
    town.wait(60);
    visit_on(&mut sam, &town, "10", "1", "written second").await;
    town.wait(60);
    visit_on(&mut sam, &town, "20", "2", "written third").await;
    let story = sam.get(&town.amira.at("story")).await;
    in_order(&story, &["School was worried.", "written second", "written third", "written first"]);
    story.must_say("Monday 2 March 2026, 15:30");
    story.must_say("written 3 March 2026 15:20 by Sam Okafor, Social worker, North");
    // Only the latest visit is the last: what is written late changes nothing there.
    sam.get(&town.amira.at("")).await.must_say("Last seen 2 March 2026 (yesterday)");
}

/// R-BAS-23: unexplained gaps are shown.
#[tokio::test]
async fn gaps_are_shown() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    visit_on(&mut sam, &town, "2", "3", "after a gap").await;
    let story = sam.get(&town.amira.at("story")).await;
    story.must_say("No entry for 56 days");
    story.must_say("entries since 5 January 2026");
}

both_engines! {
    /// R-CHR-01, R-CHR-04, R-GOV-07: headlines in the order of events, each row opening what it came from.
    async fn the_chronology_opens_its_sources(town: Town) {
        let mut sam = town.browser_of("sam");
        let page = sam.begin(&town.amira, "Visit").await;
        let form = visited(&page, &[&town.amira]).with("significant", "yes");
        let refused = sam.press(&form, "Complete").await.is(422);
        assert_eq!(refused.problems()[0].1, "headline");
        let form = refused.form("Complete").with("headline", "No food in the house").with("account.0.text", "Only tea and rice.");
        sam.press(&form, "Complete").await.is(200);
        visit_on(&mut sam, &town, "20", "2", "not significant").await;
        let line = sam.begin(&town.amira, "Line of the chronology").await;
        let form = dated("2021-09-06").pairs().fold(line.form("Complete"), |form, (name, value)| form.with(&name.to_string(), value));
        let form = form.with("headline", "Started at Fernside School").with("known-from", "A letter of the school");
        sam.press(&form, "Complete").await.is(200);

        for page in ["chronology", ""] {
            let page = sam.get(&town.amira.at(page)).await;
            let rows = page.root.of_class("ls-chronology")[0].text();
            let expected = [
                "No food in the house visit of 2 March 2026",
                "5 January 2026 Children's services opened a record",
                "6 September 2021 Started at Fernside School",
                "14 May 2016 Born",
            ];
            let places: Vec<_> = expected.iter().map(|row| rows.find(row).unwrap_or_else(|| panic!("{row}: {rows}"))).collect();
            assert!(places.is_sorted(), "{rows}");
            assert!(!rows.contains("20 February"), "{rows}");
            opens(&mut sam, &page, "visit of 2 March 2026").await.must_say("Only tea and rice.");
            opens(&mut sam, &page, "line of the chronology of 6 September 2021").await.must_say("A letter of the school");
            // A dated fact opens the entry that said so.
            opens(&mut sam, &page, "entry of 14 May 2016").await.must_say("Amira");
        }
    }
}

/// R-CHR-01: a long chronology goes on over its pages with no row twice and none lost.
#[tokio::test]
async fn a_long_chronology_has_every_row_once() {
    let town = Town::new().await;
    for number in 0..60 {
        let day = format!("2025-{:02}-{:02}", 1 + number % 3, 1 + number / 6);
        let typed = dated(&day).with("headline", format!("Event {number}.")).with("known-from", "a letter");
        town.write("sam", &town.amira, "chronology-entry", &typed).await;
    }
    let mut sam = town.browser_of("sam");
    for (list, on) in [("chronology", "Earlier"), ("story", "Later")] {
        let (mut path, mut text, mut pages) = (town.amira.at(list), String::new(), 0);
        loop {
            let page = sam.get(&path).await.is(200);
            text.push_str(&page.main());
            pages += 1;
            match page.links().into_iter().find(|(text, _)| text == on) {
                Some((_, next)) => path = next,
                None => break,
            }
        }
        assert!(pages > 1, "{list}");
        for number in 0..60 {
            assert_eq!(text.matches(&format!("Event {number}.")).count(), 1, "Event {number} in the {list}");
        }
    }
}

/// R-STD-07, R-STD-01, R-STD-02: the voices are set apart by a word always; third parties are named.
#[tokio::test]
async fn voices_and_natures_are_set_apart() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira])
        .with("account.0.nature", "seen")
        .with("account.1.nature", "told")
        .with("account.1.text", "The shop had been shut.\n\nThe bus was late.")
        .with("account.2.nature", "opinion")
        .with("account.2.text", "He seems tired.")
        .with(&town.amira.part("child-views"), "Gran makes the tea.")
        .with(&town.amira.part("views-how"), "said")
        .with("family-views", "It was a hard week.");
    let refused = sam.press(&form, "Complete").await.is(422);
    assert_eq!(refused.problems(), [("Say who «i was told it» is from".to_owned(), "account-1-who".to_owned())]);
    let done = sam.press(&refused.form("Complete").with("account.1.who", "Mrs Khan"), "Complete").await.is(200);
    let entry = sam.get(&done.entry_of("Amira")).await;
    let paragraph = |words: &str| {
        let all = entry.root.of_class("ls-paragraph");
        let found = all
            .into_iter()
            .find(|one| one.text().contains(words))
            .unwrap_or_else(|| panic!("{words}: {}", entry.main()));
        (found.text(), found.has_class("ls-italic"))
    };
    assert_eq!(paragraph("kitchen").0, "seen The kitchen was clean and warm.");
    assert_eq!(paragraph("shut"), ("told by Mrs Khan The shop had been shut.".to_owned(), false));
    assert_eq!(paragraph("bus").0, "told by Mrs Khan The bus was late.");
    assert_eq!(paragraph("tired").0, "opinion He seems tired.");
    assert_eq!(paragraph("Gran makes"), ("Child's words Gran makes the tea.".to_owned(), true));
    assert_eq!(paragraph("hard week"), ("Family's words It was a hard week.".to_owned(), true));
}

/// R-BAS-06, R-STD-07: a manager's decision has a green edge and says so in words.
#[tokio::test]
async fn a_managers_decision_is_marked() {
    let town = Town::new().await;
    let (mut grace, mut sam) = (town.browser_of("grace"), town.browser_of("sam"));
    assert!(!sam.get(&town.amira.at("new")).await.says("Manager's decision"), "not a worker's to make");
    assert_eq!(sam.post_own(&town.amira.at("drafts"), &[("form", "decision")]).await.status, 404);
    let answers = [
        ("happened.time", "11:00"),
        ("decision", "Begin section 47 enquiries"),
        ("decided-by.0.name", "Grace Obi"),
        ("decided-by.0.role", "team manager"),
        ("made-in", "supervision"),
        ("reasons", "The kitchen was empty twice"),
        ("options", "To wait, which was not safe"),
        ("risk", "High"),
    ];
    let done = grace.record(&town.amira, "Manager's decision", &answers).await;
    for path in [done.entry_of("Amira"), town.amira.at("story")] {
        let page = sam.get(&path).await;
        let marked = page.root.of_class("ls-edge-green");
        let decision = marked.iter().find(|one| one.text().contains("Begin section 47")).expect("a green edge");
        assert!(decision.text().contains("Manager's decision"), "and the word");
    }
}

/// R-BAS-06, R-VOI-01: registers of managers' decisions and of the child's words, each opening where it stands.
#[tokio::test]
async fn decisions_and_words_have_their_registers() {
    let town = Town::new().await;
    let (mut grace, mut sam) = (town.browser_of("grace"), town.browser_of("sam"));
    sam.get(&town.amira.at("decisions")).await.must_say("No manager’s decision is recorded yet.");
    sam.get(&town.amira.at("words")).await.must_say("own words yet");
    let answers = [
        ("happened.time", "11:00"),
        ("decision", "Visit each week"),
        ("decided-by.0.name", "Grace Obi"),
        ("decided-by.0.role", "team manager"),
        ("made-in", "supervision"),
        ("reasons", "The kitchen was empty twice"),
        ("options", "To wait"),
        ("risk", "High"),
    ];
    grace.record(&town.amira, "Manager's decision", &answers).await;
    for (day, words) in [("1", "I like Gran's tea."), ("2", "I like school.")] {
        let page = sam.begin(&town.amira, "Visit").await;
        let form = visited(&page, &[&town.amira])
            .with("happened.day", day)
            .with(&town.amira.part("child-views"), words)
            .with(&town.amira.part("views-how"), "said");
        sam.press(&form, "Complete").await.is(200);
    }
    let decisions = sam.get(&town.amira.at("decisions")).await;
    decisions.must_say("Visit each week");
    decisions.must_say("The kitchen was empty twice");
    opens(&mut sam, &decisions, "Manager's decision").await.must_say("Visit each week");
    let words = sam.get(&town.amira.at("words")).await;
    in_order(&words, &["2 March 2026", "I like school.", "1 March 2026", "I like Gran's tea."]);
    opens(&mut sam, &words, "1 March 2026").await.must_say("I like Gran's tea.");
    for page in ["decisions", "words"] {
        let page = sam.get(&town.bilal.at(page)).await;
        page.must_not_hold("Visit each week");
        page.must_not_hold("Gran's tea");
    }
}

/// R-OBS-05: who gave the information is named.
#[tokio::test]
async fn the_informant_is_named() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira]).with("informant", "K. Novak, duty worker");
    let done = sam.press(&form, "Complete").await.is(200);
    sam.get(&done.entry_of("Amira")).await.must_say("Told by K. Novak, duty worker; the writer was not there.");
}

/// R-OBS-06, R-STD-08: an entry keeps its writer's name, designation and team as they were.
#[tokio::test]
async fn the_writer_stays_as_they_were() {
    let town = Town::new().await;
    let (mut sam, mut admin) = (town.browser_of("sam"), town.browser_of("admin"));
    visit_on(&mut sam, &town, "2", "3", "before").await;
    let page = admin.get(&format!("/organisation/staff/{}", town.staff["sam"])).await;
    let form = page.form("Save").with("name", "Sam Okafor-Bell").with("designation", "Deputy manager");
    admin.press(&form, "Save").await.is(200).must_say("Sam Okafor-Bell Deputy manager North");
    let mut grace = town.browser_of("grace");
    let done = visit_on(&mut grace, &town, "1", "3", "by another").await;
    let story = grace.get(&town.amira.at("story")).await;
    story.must_say("by Sam Okafor, Social worker, North");
    story.must_say("by Grace Obi, Team manager, North");
    grace.get(&done.entry_of("Amira")).await.must_say("by Grace Obi");
    // The child is still allocated to Sam, who is called what they are called now.
    grace.get(&town.amira.at("")).await.must_say("Sam Okafor-Bell (Deputy manager), since 5 January 2026");
    town.wait(900);
    visit_on(&mut sam, &town, "3", "3", "after").await;
    grace.get(&town.amira.at("story")).await.must_say("by Sam Okafor-Bell, Deputy manager, North");
}

/// What Sam records of Amira herself.
async fn details(town: &Town, answers: &[(&str, &str)]) {
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Person's details").await;
    let mut form = page.form("Complete").with("confirmed", "no");
    for (name, value) in answers {
        form.set(name, value);
    }
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
}

/// R-PPL-01, R-PPL-06, R-PPL-08, R-PPL-10, R-BAS-21, R-GOV-12: who the child is; each fact opens the entry that said
/// so, and what is known is carried into the form.
#[tokio::test]
async fn the_front_page_says_who_the_child_is() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Person's details").await;
    let form = page.form("Complete");
    assert_eq!(
        (form.value("family-name"), form.value("birth.year"), form.value("born")),
        ("Ali".into(), "2016".into(), "yes".into())
    );
    details(
        &town,
        &[
            ("preferred-name", "Mimi"),
            ("former-name", "Amira Shah"),
            ("sex", "F"),
            ("gender", "girl, she says"),
            ("religion", "muslim"),
            ("language", "punjabi"),
            ("disability", "HEAR"),
            ("communication-needs", "large-print"),
            ("nhs-number", "943 476 5919"),
            ("upn", "a801200001001"),
            ("school", "Fernside School"),
            ("telephone", "01706 647474"),
        ],
    )
    .await;
    let answers = [
        ("address.lines", "12 Fern Road"),
        ("address.town", "Rochdale"),
        ("address.postcode", "ol16 1xu"),
        ("protected", "no"),
    ];
    sam.record(&town.amira, "Address", &answers).await;
    let front = sam.get(&town.amira.at("")).await;
    assert_eq!(front.root.of_class("ls-bar__name")[0].text(), "Mimi");
    front.must_say("9, born 14 May 2016");
    for (fact, said) in [
        ("Female", "Female"),
        ("girl, she says", "girl, she says"),
        ("Pakistani", "Pakistani"),
        ("Muslim", "Muslim"),
        ("Punjabi", "Punjabi"),
        ("Large print", "Large print"),
        ("943 476 5919 (check digit right)", "943 476 5919 (check digit right)"),
        ("(check letter wrong)", "A801200001001 (check digit wrong)"),
        ("Fernside School", "Fernside School"),
        ("01706 647474", "01706 647474"),
        ("Amira Shah", "Amira Shah"),
        ("12 Fern Road, Rochdale, OL16 1XU", "12 Fern Road, Rochdale, OL16 1XU"),
        ("Sana Ali (mother) has parental responsibility", "Sana Ali"),
        ("Sam Okafor (Social worker), since 5 January 2026", "Sam Okafor"),
        ("holds the file", "Does this worker hold the case file?"),
    ] {
        opens(&mut sam, &front, fact).await.must_say(said);
    }
    // The same on paper, with room for a signature.
    let sheet = sam.get(&town.amira.at("front-sheet")).await;
    for words in [
        "12 Fern Road",
        "01706 647474",
        "Sana Ali (mother)",
        "Sam Okafor",
        "No alert",
        "Chronology",
        "Print the front sheet",
        "School or nursery Fernside",
        "as of 3 March 2026, 15:20",
    ] {
        sheet.must_say(words);
    }
    let rows = sheet.root.of_class("govuk-summary-list__value");
    assert!(rows.iter().all(|row| !row.text().is_empty()), "no row is blank: {}", sheet.main());
}

/// R-PPL-03: a check with the family is stored; an unchecked value is not shown as checked.
#[tokio::test]
async fn who_checked_the_details_and_when_is_asked_and_shown() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    sam.get(&town.amira.at("")).await.must_say("Nobody has checked these details with the child or family yet");
    let page = sam.begin(&town.amira, "Person's details").await;
    let refused = sam.press(&page.form("Complete").with("confirmed", "yes"), "Complete").await.is(422);
    let at: Vec<_> = refused.problems().into_iter().map(|(_, at)| at).collect();
    assert_eq!(at, ["checked-with-0-name", "checked-on-day"]);
    let form = refused
        .form("Complete")
        .with("checked-with", &town.sana.to_string())
        .with("checked-on.day", "28")
        .with("checked-on.month", "2")
        .with("checked-on.year", "2026");
    let done = sam.press(&form, "Complete").await.is(200);
    sam.get(&done.entry_of("Amira")).await.must_say("With whom? Sana Ali");
    sam.get(&town.amira.at("")).await.must_say("Details last checked with the child or family on 28 February 2026");
}

/// R-PPL-02, R-BAS-16: what the record should say and does not.
#[tokio::test]
async fn what_is_missing_is_listed() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let front = grace.get(&town.amira.at("")).await;
    front.must_say("What is missing a current risk assessment");
    let mut typed = crate::town::opening("", "Nobody", "2020-01-01", town.north);
    for field in ["ethnicity", "category-of-need", "birth"] {
        typed = Typed::from_pairs(
            typed
                .pairs()
                .filter(|(name, _)| name.field != field)
                .map(|(name, value)| (name.to_string(), value.to_owned()))
                .collect::<Vec<_>>()
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
    }
    let desk = town.desk("grace");
    let record = casework::records::open(&desk, desk.new_id(), None, &typed).await.unwrap();
    let front = grace.get(&format!("/records/{record}")).await;
    front.must_say("date of birth ethnicity main need (children in need code) a current risk assessment");
    front.must_say("date of birth not known");
}

/// R-PPL-01: a child who is not yet born.
#[tokio::test]
async fn an_unborn_child_has_an_expected_date_and_later_a_birth() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let search = grace.get("/people").await.form("Search").with("name", "Baby Ali");
    let found = grace.press(&search, "Search").await;
    let page = grace.press(&found.form("Open a record for a new child"), "Open a record for a new child").await;
    let mut form = page.form("Open the record");
    for (name, value) in [
        ("given-names", ""),
        ("born", "no"),
        ("confirmed", "no"),
        ("reason", "Midwife was worried."),
        ("referral-source", "3B"),
        ("team", &town.north.to_string()),
        ("informed", "no"),
        ("informed.reason", "Mum will be told on Friday"),
    ] {
        form.set(name, value);
    }
    let refused = grace.press(&form, "Open the record").await.is(422);
    assert_eq!(refused.problems()[0].1, "expected-birth-day");
    let mut form = refused.form("Open the record");
    for (name, value) in [("expected-birth.day", "2"), ("expected-birth.month", "6"), ("expected-birth.year", "2027")] {
        form.set(name, value);
    }
    let refused = grace.press(&form, "Open the record").await.is(422);
    assert!(refused.problems()[0].0.contains("within ten months"), "{:?}", refused.problems());
    let front = grace
        .press(&refused.form("Open the record").with("expected-birth.year", "2026"), "Open the record")
        .await
        .is(200);
    front.must_say("expected 2 June 2026");
    front.must_say("Not yet born");
    assert!(!front.says("date of birth ethnicity"), "nothing is missing of a child not yet born but the rest");
    town.at("2026-06-01T10:00:00.000000Z");
    let mut grace = town.sign_in("grace").await;
    let record = front.path.clone();
    let page = grace.get(&format!("{record}/new/person")).await.is(200);
    let mut form = page.form("Complete");
    for (name, value) in [
        ("given-names", "Yusuf"),
        ("born", "yes"),
        ("birth.day", "31"),
        ("birth.month", "5"),
        ("birth.year", "2026"),
        ("confirmed", "no"),
    ] {
        form.set(name, value);
    }
    let done = grace.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let front = grace.get(&record).await;
    front.must_say("1 days old, born 31 May 2026");
    front.must_not_hold("Not yet born");
    front.must_say("31 May 2026 Born");
}

/// R-PPL-04, R-PPL-05, R-PPL-13: family, household, parental responsibility, somebody who has died, and what
/// each is to the child.
#[tokio::test]
async fn the_family_page_says_who_everybody_is() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let family = sam.get(&town.amira.at("family")).await;
    let search = family.form("Search").with("name", "Nadia Ali");
    let nobody = sam.press(&search, "Search").await;
    nobody.must_say("Nobody found");
    let page = sam.press(&nobody.form("None of these"), "None of these").await.is(200);
    let mut form = page.form("Complete");
    assert_eq!((form.value("given-names"), form.value("family-name")), ("Nadia".into(), "Ali".into()));
    assert!(!form.value("person").is_empty(), "whose details these are is chosen already");
    for (name, value) in [
        ("birth.day", "1"),
        ("birth.month", "4"),
        ("birth.year", "1951"),
        ("religion", "muslim"),
        ("language", "urdu"),
        ("kind", "grandparent"),
        ("close", "yes"),
        ("lives-here", "no"),
        ("has-died", "yes"),
        ("died.day", "3"),
        ("died.month", "2"),
        ("died.year", "2026"),
    ] {
        form.set(name, value);
    }
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    sam.get(&town.amira.at("")).await.must_say("9, born 14 May 2016");
    let family = sam.get(&town.amira.at("family")).await;
    let page = sam.press(&family.form("Household of Sana Ali"), "Household of Sana Ali").await;
    let mut form = page.form("Complete").with("lives-here", "yes").with("risk", "yes");
    form.set("risk.reason", "");
    let refused = sam.press(&form, "Complete").await.is(422);
    assert_eq!(refused.problems()[0].1, "risk-reason");
    let form = refused.form("Complete").with("risk.reason", "She keeps her safe");
    assert!(sam.press(&form, "Complete").await.path.ends_with("/done"));

    let family = sam.get(&town.amira.at("family")).await;
    // Whatever stands between one thing and the next.
    let said = family.main().replace(" ·", "");
    for words in [
        "Nadia Ali grandparent born 1 April 1951, died 3 February 2026, aged 74 particularly close",
        "Sana Ali mother lives with the child has parental responsibility Punjabi 01706 900123",
    ] {
        assert!(said.contains(words), "«{words}»: {said}");
    }
    family.must_say("Bilal Ali brother 7, born 2 February 2019");
    assert_eq!(family.link("Own record of Bilal Ali"), town.bilal.at(""), "a brother's record, which Sam may open");
    let front = sam.get(&town.amira.at("")).await;
    opens(&mut sam, &front, "with Sana Ali (mother)").await.must_say("Do they live with the child from this date? Yes");
    // Who moved out is not there any more.
    town.wait(60);
    let page = sam.press(&family.form("Household of Sana Ali"), "Household of Sana Ali").await;
    let form = page.form("Complete").with("lives-here", "no").with("risk", "no");
    assert!(sam.press(&form, "Complete").await.path.ends_with("/done"));
    let front = sam.get(&town.amira.at("")).await;
    front.must_not_hold("with Sana Ali");
    front.must_say("Sana Ali (mother) has parental responsibility");
}

/// R-PPL-07: placement and legal status with dates, in front and in the chronology.
#[tokio::test]
async fn placement_and_legal_status_have_their_dates() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let status = [("happened.day", "2"), ("status", "C2"), ("episode-reason", "L")];
    sam.record(&town.amira, "Legal status", &status).await;
    let placement = [
        ("happened.day", "2"),
        ("type", "U4"),
        ("provider", "PR1"),
        ("carers.0.name", "Jo Reed"),
        ("carers.0.role", "foster carer"),
        ("address.lines", "3 Hill Lane"),
        ("address.town", "Bury"),
        ("episode-reason", "L"),
    ];
    sam.record(&town.amira, "Placement", &placement).await;
    let front = sam.get(&town.amira.at("")).await;
    opens(&mut sam, &front, "Full care order, since 2 March 2026").await.must_say("Full care order");
    front.must_say("3 Hill Lane, Bury");
    front.must_say("2 March 2026 Legal status: Full care order");
    sam.get("/my-work").await.must_say("Full care order");
}

/// R-PPL-11, R-PPL-12: one worker at a time; who had been stays in the record.
#[tokio::test]
async fn allocation_history_is_kept() {
    let town = Town::new().await;
    let to_priya = dated("2026-03-03")
        .with("team", town.north.to_string())
        .with("has-worker", "yes")
        .with("worker", town.staff["priya"].to_string())
        .with("file-holder", "yes");
    town.write("grace", &town.amira, "allocation", &to_priya).await;
    let mut grace = town.browser_of("grace");
    let front = grace.get(&town.amira.at("")).await;
    front.must_say("Priya Nair (Senior practitioner), since 3 March 2026");
    front.must_say("Priya Nair (Senior practitioner) holds the file");
    front.must_not_hold("Sam Okafor");
    let story = grace.get(&town.amira.at("story")).await;
    in_order(&story, &["Monday 5 January 2026", "Tuesday 3 March 2026"]);
    let mut said = Vec::new();
    for (_, href) in story.links().iter().filter(|(text, _)| text.starts_with("Allocation of")) {
        said.push(grace.get(href).await.main());
    }
    assert_eq!(said.len(), 2);
    assert!(said[0].contains("Who? Sam Okafor") && said[1].contains("Who? Priya Nair"), "{said:?}");
    let workers = grace.get(&town.amira.at("workers")).await;
    for words in ["Priya Nair", "Sam Okafor", "5 January 2026", "3 March 2026", "North"] {
        workers.must_say(words);
    }
    town.browser_of("priya").get("/my-work").await.must_say("Amira Ali");
    town.browser_of("sam").get("/my-work").await.must_not_hold(&town.amira.record.to_string());
}

/// R-BAS-21: an address that must be kept from somebody is said before anything else.
#[tokio::test]
async fn a_protected_address_is_said_first() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let answers = [
        ("address.lines", "7 Quiet Close"),
        ("address.town", "Rochdale"),
        ("protected", "yes"),
        ("protected.reason", "From the father"),
    ];
    sam.record(&town.amira, "Address", &answers).await;
    let front = sam.get(&town.amira.at("")).await;
    in_order(&front, &["Where I live", "Protected address, not shown"]);
    opens(&mut sam, &front, "Address protected").await.must_say("From the father");
    sam.get(&town.amira.at("front-sheet")).await.must_say("Must be known Address protected");
}

/// R-BAS-02: a sister's record says what the sister is called, and nothing else that another record knows.
/// ASVS 8.2.3, 15.3.1
#[tokio::test]
async fn another_record_shows_name_and_birth_alone() {
    let town = Town::new().await;
    details(
        &town,
        &[
            ("school", "Fernside School"),
            ("telephone", "01706 647474"),
            ("religion", "muslim"),
            ("nhs-number", "943 476 5919"),
        ],
    )
    .await;
    let mut sam = town.browser_of("sam");
    sam.record(
        &town.amira,
        "Address",
        &[("address.lines", "12 Fern Road"), ("address.town", "Rochdale"), ("protected", "no")],
    )
    .await;
    // Sana is known from Amira's record: Bilal's finds her by the search, and says what she is to him.
    let family = sam.get(&town.bilal.at("family")).await;
    family.must_not_hold("Sana");
    let found = sam.press(&family.form("Search").with("name", "sana"), "Search").await;
    found.must_not_hold("01706");
    let page = sam.press(&found.form("This is the person"), "This is the person").await.is(200);
    let form = page.form("Complete");
    assert_eq!(form.value("person"), town.sana.to_string(), "who it is has been chosen already");
    let done = sam.press(&form.with("kind", "mother").with("lives-here", "no"), "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    for page in ["", "family", "story", "front-sheet", "chronology"] {
        let page = sam.get(&town.bilal.at(page)).await;
        for word in ["01706", "Fernside", "12 Fern Road", "943 476", "Punjabi"] {
            page.must_not_hold(word);
        }
    }
    sam.get(&town.bilal.at("family")).await.must_say("Sana Ali mother");
    sam.get(&town.bilal.at("family")).await.must_say("Amira Ali sister 9, born 14 May 2016");
}

/// Name, birth and sex alone pass from record to record: what somebody likes to be called and when they died stand
/// where it was recorded.
#[tokio::test]
async fn preferred_name_and_death_stay_in_the_record_that_says_so() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    details(&town, &[("preferred-name", "Mimi")]).await;
    let family = sam.get(&town.bilal.at("family")).await;
    family.must_not_hold("Mimi");
    let mother = crate::town::dated("2026-03-03").with("person", town.sana.to_string()).with("kind", "mother");
    town.write("sam", &town.bilal, "relationship", &mother).await;
    let died = dated("2026-03-03").with("person", town.sana.to_string()).with("kind", "mother").with("has-died", "yes");
    town.write("sam", &town.amira, "relationship", &crate::town::dated_in(died, "died", "2026-02-03")).await;
    sam.get(&town.bilal.at("family")).await.must_not_hold("died 3 February 2026");
    sam.get(&town.amira.at("family")).await.must_say("died 3 February 2026");
}

/// R-ACC-08: who has looked is kept before anything is shown, refusals too.
#[tokio::test]
async fn who_has_looked_is_shown_to_those_who_may_know() {
    let town = Town::new().await;
    town.browser_of("sam").get(&town.amira.at("story")).await.is(200);
    town.browser_of("tom").get(&town.amira.at("story")).await.is(404);
    // A form shows what the record says already, before a word of it is written: once, by whichever way one comes to it.
    let mut sam = town.browser_of("sam");
    let page = sam.get(&town.amira.at("chronologies")).await;
    sam.press_only(&page.form("Record that it was gone through"), "Record that it was gone through").await.is(200);
    for username in ["ivy", "grace"] {
        let page = town.browser_of(username).get(&town.amira.at("readings")).await.is(200);
        page.must_say("Sam Okafor (Social worker), as the child’s worker, Tuesday 3 March 2026 When What Once, 15:20 read the story");
        page.must_say("Once, 15:20 opened a form to write in the record");
        page.must_say("Tom Weld (Social worker), Tuesday 3 March 2026 When What Once, 15:20 was refused (the child is not theirs): would have read the story");
    }
    town.browser_of("sam").get(&town.amira.at("readings")).await.is(404);
    // By person, kind and day.
    let mut grace = town.browser_of("grace");
    let toms = grace.get(&town.amira.at(&format!("readings?who={}&how=refused", town.staff["tom"]))).await.is(200);
    assert!(toms.says("would have read the story") && !toms.says("as the child’s worker"), "{}", toms.main());
    let before = grace.get(&town.amira.at("readings?until=2/3/2026")).await.is(200);
    assert!(before.says("Monday 5 January 2026") && !before.says("Tuesday 3 March 2026"), "{}", before.main());
    grace.get(&town.amira.at("readings?since=3/3/2026&how=printed")).await.is(200).must_say("Nobody looked.");
    let wrong = grace.get(&town.amira.at("readings?since=31/2/2026")).await.is(422);
    assert_eq!(wrong.problems(), [("Enter a real date, like 27/3/2016".to_owned(), "since".to_owned())]);
    // A page, and what is older: a list of her own brings the child up again and again.
    for _ in 0..320 {
        town.wait(1);
        casework::reading::words(&town.desk("sam"), town.amira.record).await.unwrap();
    }
    let first = grace.get(&town.amira.at("readings")).await.is(200);
    first.must_not_hold("Monday 5 January 2026");
    grace.get(&first.link("What is older")).await.is(200).must_say("Monday 5 January 2026");
}

/// Nobody is renamed from a record that has nothing to do with them: what a child's own record says stands before all.
#[tokio::test]
async fn r_ppl_01_a_childs_own_record_says_who_the_child_is() {
    let town = Town::new().await;
    let renamed = crate::town::dated("2026-03-03")
        .with("person", town.amira.person.to_string())
        .with("given-names", "Hacked")
        .with("family-name", "Bytom")
        .with("born", "yes")
        .with("confirmed", "no");
    town.write("sam", &town.bilal, "person", &renamed).await;
    let mut sam = town.browser_of("sam");
    for page in ["", "family", "story"] {
        let path = town.amira.at(page);
        sam.get(&path).await.must_not_hold("Bytom");
    }
    sam.get("/my-work").await.must_not_hold("Bytom");
}

/// R-VOI-09: the story can be read alone: days, who wrote and what was said, in words and without a code.
#[tokio::test]
async fn r_voi_09_the_story_is_told_in_words() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    visit_on(&mut sam, &town, "2", "3", "We talked about the breakfast club.").await;
    let story = sam.get(&town.amira.at("story")).await;
    story.must_say("We talked about the breakfast club.");
    for code in ["took-place", "seen-alone", "cin"] {
        story.must_not_hold(&format!(">{code}<"));
        story.must_not_hold(&format!(" {code} "));
    }
}
