//! Records: searched for before they are opened, allocated, closed.

use crate::{
    drafts::summary_leads_somewhere,
    page::{Form, Page},
    town::{Browser, Town},
};

pub async fn search(browser: &mut Browser, boxes: &[(&str, &str)]) -> Page {
    let mut form = browser.get("/people").await.form("Search");
    for (name, value) in boxes {
        form.set(name, value);
    }
    let page = browser.press(&form, "Search").await;
    summary_leads_somewhere(&page);
    page
}

/// R-BAS-01: the search comes first, so that nobody has two records.
#[tokio::test]
async fn people_are_found_by_name_by_birth_and_by_both() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let birth = [("born.day", "14"), ("born.month", "5"), ("born.year", "2016")];
    let found = search(&mut sam, &[("name", "ami al")]).await;
    found.must_say("1 person found");
    assert_eq!(found.link("Amira Ali"), town.amira.at(""));
    search(&mut sam, &[("name", "ALI")]).await.must_say("4 people found");
    search(&mut sam, &birth).await.must_say("1 person found Amira Ali");
    search(&mut sam, &[&birth[..], &[("name", "ali")]].concat()).await.must_say("1 person found Amira Ali");
    search(&mut sam, &[&birth[..], &[("name", "khan")]].concat()).await.must_say("Nobody found");
    search(&mut sam, &[("name", "100%")]).await.must_say("Nobody found");
    search(&mut sam, &[("name", "_mira")]).await.must_say("Nobody found");
    // A child of another team is not there for a worker, as nobody is of whom no record says anything. Whoever opens
    // records sees that she is known, and no way into her record.
    let found = search(&mut sam, &[("name", "Zara")]).await;
    let nobody = search(&mut sam, &[("name", "Zora")]).await;
    assert_eq!(found.main().replace("Zara", "Zora"), nobody.main());
    let named = search(&mut town.browser_of("grace"), &[("name", "Zara")]).await;
    named.must_say("Zara Khan 10, born 7 July 2015");
    named.must_not_hold(&town.zara.record.to_string());
    assert!(!found.has_button("Open a record"), "a worker opens no records");
    for boxes in [&[][..], &[("born.day", "31"), ("born.month", "2"), ("born.year", "2016")]] {
        let page = search(&mut sam, boxes).await.is(422);
        assert_eq!(page.problems().len(), 1);
    }
}

/// Answers all that opening a record asks for.
pub fn opened(mut form: Form, town: &Town) -> Form {
    for (name, value) in [
        ("born", "yes"),
        ("confirmed", "no"),
        ("reason", "School was worried."),
        ("referral-source", "2A"),
        ("team", &town.north.to_string()),
        ("informed", "yes"),
        ("informed-who.0.name", "Mum"),
        ("informed-who.0.role", "mother"),
        ("informed-how", "leaflet"),
    ] {
        form.set(name, value);
    }
    form
}

both_engines! {
    /// R-BAS-01, R-BAS-03, R-VOI-10, R-GOV-12: what was looked for is carried over, errors keep what was typed, and
    /// the record is opened once.
    async fn a_record_is_opened_after_the_search(town: Town) {
        let mut grace = town.browser_of("grace");
        let boxes = [("name", "Jay Bloggs"), ("born.day", "3"), ("born.month", "9"), ("born.year", "2017")];
        let nobody = search(&mut grace, &boxes).await;
        nobody.must_say("Nobody found");
        let page = grace.press(&nobody.form("Open a record for a new child"), "Open a record for a new child").await.is(200);
        let form = page.form("Open the record");
        let values = ["given-names", "family-name", "birth.day", "birth.month", "birth.year", "born", "happened.year"].map(|name| form.value(name));
        assert_eq!(values, ["Jay", "Bloggs", "3", "9", "2017", "yes", "2026"]);

        let half = form.with("reason", "School <was> worried & rang.").with("informed", "no").with("nhs-number", "943 476 5918");
        let refused = grace.press(&half, "Open the record").await.is(422);
        summary_leads_somewhere(&refused);
        let at: Vec<_> = refused.problems().into_iter().map(|(_, at)| at).collect();
        for id in ["confirmed", "referral-source", "team", "informed-reason"] {
            assert!(at.iter().any(|one| one == id), "{id}: {at:?}");
        }
        let again = refused.form("Open the record");
        assert_eq!(again.answers(), half.answers(), "what was typed stays");
        refused.must_say("This NHS number has a wrong check digit");
        search(&mut grace, &[("name", "Bloggs")]).await.must_say("Nobody found");

        let form = opened(again, &town);
        let front = grace.press(&form, "Open the record").await.is(200);
        front.must_say("Jay Bloggs");
        front.must_say("943 476 5918 (check digit wrong)");
        front.must_say("Who works with me North, since 3 March 2026");
        let twice = grace.press(&form, "Open the record").await;
        assert_eq!(twice.path, front.path, "pressing twice opens one record");
        search(&mut grace, &[("name", "Bloggs")]).await.must_say("1 person found");
        front.must_say("Told about this record 3 March 2026");
    }
}

/// R-BAS-01: somebody who has a record gets no second one.
/// ASVS 2.3.4
#[tokio::test]
async fn nobody_gets_a_second_record() {
    let town = Town::new().await;
    let mut rita = town.browser_of("rita");
    // Rita opens records and reads none: the search shows her who has one already.
    let found = search(&mut rita, &[("name", "Zara")]).await;
    found.must_say("Zara Khan");
    let form = found.form("Open a record for this person");
    let page = rita.press(&form, "Open a record for this person").await.is(200);
    let form = opened(page.form("Open the record"), &town);
    // Not followed: a record that she opened she could not read, and that is a 404 too.
    let refused = rita.post(&form.action, form.body("Open the record")).await.is(404);
    refused.must_not_hold(&town.zara.record.to_string());
    // Sana is known, and has none.
    let found = search(&mut town.browser_of("grace"), &[("name", "Sana")]).await;
    let mut grace = town.browser_of("grace");
    let page = grace.press(&found.form("Open a record for this person"), "Open a record for this person").await;
    let form = opened(page.form("Open the record"), &town);
    let front = grace.press(&form, "Open the record").await.is(200);
    front.must_say("Sana Ali");
    search(&mut grace, &[("name", "Sana")]).await.must_say("1 person found");
}

/// R-PPL-11: many children at once, and one entry in each record.
#[tokio::test]
async fn many_children_are_allocated_at_once() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let desk = town.desk("grace");
    let mut records = Vec::new();
    for name in ["Ash", "Beech", "Cedar"] {
        let typed = crate::town::opening(name, "Wood", "2018-01-01", town.north);
        records.push(casework::records::open(&desk, desk.new_id(), None, &typed).await.unwrap().to_string());
    }
    let page = grace.get("/team/unallocated").await.is(200);
    page.must_say("3 children");
    page.must_not_hold("Amira");
    let mut form = page
        .form("Allocate")
        .with("team", &town.north.to_string())
        .with("file-holder", "yes")
        .with("worker", &town.staff["priya"].to_string());
    let none = grace.press(&form, "Allocate").await.is(422);
    assert_eq!(none.problems(), [("Tick the children to allocate".to_owned(), "about".to_owned())]);
    summary_leads_somewhere(&none);
    form = none.form("Allocate").with("_child", &records[0]).with("_child", &records[2]);
    assert_eq!(form.value("worker"), town.staff["priya"].to_string(), "what was chosen stays");
    let refused = grace.press(&form.clone().without("worker"), "Allocate").await.is(422);
    assert_eq!(refused.form("Allocate").ticked("_child").len(), 2, "the ticks stay");
    summary_leads_somewhere(&refused);
    let team = grace.press(&form, "Allocate").await.is(200);
    team.must_say("Priya Nair");
    let mut priya = town.browser_of("priya");
    let work = priya.get("/my-work").await;
    work.must_say("My children (2)");
    work.must_say("Ash Wood");
    work.must_say("Cedar Wood");
    grace.get("/team/unallocated").await.must_say("1 child;");
    // A child of another team cannot be slipped in: then none is allocated.
    let form = grace.get("/team/unallocated").await.form("Allocate").with("_child", &records[1]);
    let form = form
        .with("team", &town.north.to_string())
        .with("worker", &town.staff["priya"].to_string())
        .with("file-holder", "no");
    let (own, other) = (records[1].as_str(), town.zara.record.to_string());
    let body = format!("{}&_child={other}", form.body("Allocate"));
    assert!(body.contains(own));
    grace.post("/team/allocation", body).await.is(404);
    priya.get("/my-work").await.must_say("My children (2)");
}

/// R-BAS-03: a record runs to its closing; closed, it is read as before and stands on no list.
#[tokio::test]
async fn a_record_is_closed_and_can_be_read() {
    let town = Town::new().await;
    let (mut grace, mut sam) = (town.browser_of("grace"), town.browser_of("sam"));
    assert_eq!(sam.post_own(&town.noor.at("drafts"), &[("form", "closing")]).await.status, 404, "not a worker's to do");
    let draft = grace.post_own(&town.noor.at("drafts"), &[("form", "closing")]).await.is(303).location().to_owned();
    let page = grace.get(&draft).await.is(200);
    let refused = grace.press(&page.form("Complete"), "Complete").await.is(422);
    let form = refused
        .form("Complete")
        .with("reason", "needs-met")
        .with("summary", "Noor goes to nursery and is well.")
        .with("support", "The health visitor comes each month.");
    let done = grace.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let front = sam.get(&town.noor.at("")).await.is(200);
    front.must_say("Closed record");
    front.must_say("Record closed 3 March 2026");
    front.must_say("3 March 2026 Children's services closed the record");
    sam.get("/my-work").await.must_not_hold(&town.noor.at(""));
    grace.get("/team").await.must_not_hold(&town.noor.at(""));
    sam.get(&town.noor.at("new")).await.must_say("This record is closed.");
}

/// R-OBS-17, R-BAS-13: what a colleague wrote is told to the child's worker.
#[tokio::test]
async fn what_a_colleague_wrote_is_on_my_work() {
    let town = Town::new().await;
    let (mut priya, mut sam) = (town.browser_of("priya"), town.browser_of("sam"));
    sam.get("/my-work").await.must_not_hold("Priya");
    let page = priya.begin(&town.amira, "Visit").await;
    priya.press(&crate::town::visited(&page, &[&town.amira]).with("kind", "cin"), "Complete").await.is(200);
    let work = sam.get("/my-work").await;
    work.must_say("While you were away (1) Priya Nair wrote “Visit” in Amira Ali’s record just now.");
    let entry = work.links().into_iter().find(|(text, _)| text.starts_with("Read it: Amira")).unwrap().1;
    sam.get(&entry).await.is(200).must_say("by Priya Nair");
}

/// The organisation's people: a username is taken once, errors keep what was typed, and only staff are staff.
#[tokio::test]
async fn staff_and_teams_are_kept_by_the_administrator() {
    let town = Town::new().await;
    let mut admin = town.browser_of("admin");
    let page = admin.get("/organisation/staff/new").await;
    let form = page
        .form("Save")
        .with("name", "Second Sam")
        .with("designation", "Social worker")
        .with("roles", "worker")
        .with("_username", "SAM");
    let taken = admin.press(&form, "Save").await.is(422);
    assert_eq!(taken.problems(), [("This username is taken. Choose another".to_owned(), "username".to_owned())]);
    summary_leads_somewhere(&taken);
    assert_eq!(taken.form("Save").value("name"), "Second Sam");
    let empty = admin.press(&taken.form("Save").without("name").with("_username", "sam2"), "Save").await;
    assert_eq!(empty.is(422).problems()[0].1, "name");

    let team = admin.get("/organisation/teams/new").await;
    let form = team
        .form("Save")
        .with("name", "East")
        .with("service", "Children")
        .with("manager", &town.staff["priya"].to_string());
    admin.press(&form, "Save").await.must_say("East managed by Priya Nair");
    // Nobody becomes staff by an address: a child, or nobody at all.
    let form = admin.get(&format!("/organisation/staff/{}", town.staff["tom"])).await.form("Save");
    for person in [town.amira.person.to_string(), "01h00000000000000000000000".to_owned()] {
        let answer = admin.post(&format!("/organisation/staff/{person}"), form.body("Save")).await;
        assert_eq!(answer.status, 404, "{}", answer.main());
    }
    let form = admin.get(&format!("/organisation/teams/{}", town.south)).await.form("Save");
    let answer = admin.post("/organisation/teams/01h00000000000000000000000", form.body("Save")).await;
    assert_eq!(answer.status, 404, "{}", answer.main());
    town.browser_of("sam").get(&town.amira.at("")).await.must_say("Amira Ali");
}
