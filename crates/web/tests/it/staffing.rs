//! The team at work: cover and its end, leavers, movers, children handed over, duty out of hours.

use casework::{
    CaseError, Desk,
    organisation::{self, NewAccount},
    reading, recording, staffing,
};
use record::{PersonId, read::FieldProblem};
use store::Actor;

use crate::{
    page::Page,
    town::{Browser, Child, PASSWORD, Town, dated, dated_in},
};

async fn may_read(town: &Town, username: &str, child: &Child) -> bool {
    match reading::front_page(&town.desk(username), child.record).await {
        Ok(_) => true,
        Err(CaseError::Closed) => false,
        Err(error) => panic!("{error}"),
    }
}

/// Grace arranges cover for Sam's children on the page.
async fn cover(town: &Town, grace: &mut Browser, deputy: &str, until: &str, children: &[&Child]) -> Page {
    let page = grace.get(&format!("/team/staff/{}/cover", town.staff["sam"])).await.is(200);
    let mut form = page.form("Arrange cover").without("_child");
    let [year, month, day]: [&str; 3] = until.split('-').collect::<Vec<_>>().try_into().unwrap_or(["", "", ""]);
    form.set("until.day", day);
    form.set("until.month", month);
    form.set("until.year", year);
    form.set("deputy", &town.staff[deputy].to_string());
    form.set("why", "absent");
    for child in children {
        form.set("_child", &child.record.to_string());
    }
    grace.press(&form, "Arrange cover").await
}

fn messages(page: &Page) -> String {
    assert_eq!(page.status, 422, "{}", page.main());
    page.problems().into_iter().map(|(message, _)| message).collect::<Vec<_>>().join(" | ")
}

fn told<T: std::fmt::Debug>(done: Result<T, CaseError>) -> Vec<FieldProblem> {
    match done {
        Err(CaseError::Problems(problems)) => problems,
        other => panic!("{other:?}"),
    }
}

both_engines! {
    /// R-SUP-09, R-OBS-12: a worker off sick is covered; whoever stands in sees and writes as the worker could, is marked
    /// in each entry and reading, and stops by itself.
    async fn r_sup_09_a_worker_off_sick_is_covered(town: Town) {
        let (mut grace, mut tom) = (town.browser_of("grace"), town.browser_of("tom"));
        assert!(!may_read(&town, "tom", &town.amira).await);
        let page = cover(&town, &mut grace, "tom", "2026-3-10", &[&town.amira, &town.bilal]).await.is(200);
        page.must_say("Tom Weld stands in until Sam Okafor is back on 10 March 2026");

        let work = tom.get("/my-work").await;
        work.must_say("You stand in for Sam Okafor, back on 10 March 2026 (2)");
        assert!(may_read(&town, "tom", &town.amira).await);
        assert!(!may_read(&town, "tom", &town.noor).await, "only the children who were ticked");
        let done = tom.record(&town.amira, "Case note", &[
            ("type", "telephone"), ("class", "contact"), ("happened.day", "3"), ("happened.month", "3"), ("happened.year", "2026"),
            ("happened.time", "15:00"), ("where", "By telephone"), ("people.0.name", "Gran Ali"), ("people.0.role", "grandmother"),
            ("purpose", "To hear how it is"), ("interpreter", "no"), ("account.0.nature", "told"), ("account.0.who", "Gran"),
            ("account.0.text", "All well."), ("outcome", "Well"),
        ]).await;
        let entry = tom.get(&done.entry_of("Amira")).await;
        entry.must_say("by Tom Weld, Social worker, South, for Sam Okafor");
        // The record says who stood in and why, and who looked in whose place.
        let workers = grace.get(&town.amira.at("workers")).await;
        workers.must_say("Tom Weld");
        let looked = grace.get(&town.amira.at("readings")).await;
        looked.must_say("in the place of Sam Okafor");
        // It opens nothing that the worker's role does not: Tom decides and allocates nothing here.
        assert_eq!(tom.get(&format!("/team/staff/{}", town.staff["sam"])).await.status, 403);
        town.assert_sound().await;

        // The day on which Sam is back: nobody has to do anything.
        town.at("2026-03-10T08:00:00.000000Z");
        assert!(!may_read(&town, "tom", &town.amira).await);
        assert!(may_read(&town, "sam", &town.amira).await);
    }

    /// R-SUP-09: cover that ends early ends at once, and what is given to somebody else is no longer covered.
    async fn r_sup_09_cover_ends_early(town: Town) {
        let mut grace = town.browser_of("grace");
        cover(&town, &mut grace, "tom", "2026-3-10", &[&town.amira, &town.bilal]).await.is(200);
        let page = grace.get(&format!("/team/staff/{}", town.staff["sam"])).await;
        let refused = grace.press(&page.form("End the cover"), "End the cover").await;
        assert!(messages(&refused).contains("Why does it end early"), "{}", messages(&refused));
        town.wait(60);
        let form = refused.form("End the cover").with("reason", "Sam is back");
        let page = grace.press(&form, "End the cover").await.is(200);
        assert!(!page.says("Tom Weld"), "{}", page.main());
        assert!(!may_read(&town, "tom", &town.amira).await);

        town.wait(60);
        cover(&town, &mut grace, "tom", "2026-3-10", &[&town.amira]).await.is(200);
        assert!(may_read(&town, "tom", &town.amira).await);
        town.wait(60);
        let desk = town.desk("grace");
        let typed = dated("2026-03-03").with("reason", "Shared out anew").with(&town.amira.part("to"), town.staff["priya"].to_string());
        staffing::hand_over(&desk, desk.new_id(), town.staff["sam"], &typed).await.unwrap();
        assert!(!may_read(&town, "tom", &town.amira).await);
        town.assert_sound().await;
    }

    /// R-SUP-09: refused with the reason: oneself, a leaver, a loop, a chain, no end, an end too far away, nobody ticked.
    async fn r_sup_09_cover_that_makes_no_sense_is_refused(town: Town) {
        let mut grace = town.browser_of("grace");
        let all = [&town.amira, &town.bilal, &town.noor];
        for (deputy, until, says) in [
            ("tom", "", "On which day is the worker back"),
            ("tom", "2026-7-10", "at most 92 days after it begins"),
            ("tom", "2026-3-3", "must be after it begins"),
            ("rita", "2026-3-10", "role does not include standing in"),
        ] {
            let page = cover(&town, &mut grace, deputy, until, &all).await;
            assert!(messages(&page).contains(says), "{says}: {}", messages(&page));
        }
        let desk = town.desk("grace");
        let boxes = dated_in(dated("2026-03-03"), "until", "2026-03-10").with("why", "absent");
        let by_sam = boxes.clone().with("deputy", town.staff["sam"].to_string());
        let problems = told(staffing::arrange_cover(&desk, desk.new_id(), town.staff["sam"], &[town.amira.record], &by_sam).await);
        assert!(problems[0].message.contains("cannot stand in for themselves"), "{problems:?}");
        let page = cover(&town, &mut grace, "tom", "2026-3-10", &[]).await;
        assert!(messages(&page).contains("Tick the children"), "{}", messages(&page));

        // Priya is away and Sam stands in for her; so he cannot be covered, least of all by her.
        let typed = dated("2026-03-03").with("reason", "For the test").with(&town.noor.part("to"), town.staff["priya"].to_string());
        staffing::hand_over(&desk, desk.new_id(), town.staff["sam"], &typed).await.unwrap();
        let for_priya = boxes.clone().with("deputy", town.staff["sam"].to_string());
        town.wait(60);
        let desk = town.desk("grace");
        staffing::arrange_cover(&desk, desk.new_id(), town.staff["priya"], &[town.noor.record], &for_priya).await.unwrap();
        let page = cover(&town, &mut grace, "priya", "2026-3-10", &[&town.amira]).await;
        assert!(messages(&page).contains("cannot stand in for each other"), "{}", messages(&page));
        let page = cover(&town, &mut grace, "tom", "2026-3-10", &[&town.amira]).await;
        assert!(messages(&page).contains("stands in for Priya Nair"), "{}", messages(&page));
        // A chain from the other end: whoever is away stands in for nobody.
        let helen = town.desk("helen");
        let by_priya = boxes.clone().with("deputy", town.staff["priya"].to_string());
        let problems = told(staffing::arrange_cover(&helen, helen.new_id(), town.staff["tom"], &[town.zara.record], &by_priya).await);
        assert!(problems[0].message.contains("Priya Nair is away"), "{problems:?}");
        // Whoever has left, or will have.
        staffing::leave(&helen, helen.new_id(), town.staff["tom"], &dated("2026-03-05").with("to", town.staff["priya"].to_string())).await.unwrap();
        let page = cover(&town, &mut grace, "tom", "2026-3-10", &[&town.bilal]).await;
        assert!(messages(&page).contains("Tom Weld leaves on 5 March 2026"), "{}", messages(&page));
        // Another team's manager, a worker, somebody else's children: the door.
        for (username, record) in [("sam", town.amira.record), ("priya", town.amira.record), ("grace", town.zara.record)] {
            let desk = town.desk(username);
            let typed = boxes.clone().with("deputy", town.staff["sam"].to_string());
            let done = staffing::arrange_cover(&desk, desk.new_id(), town.staff["sam"], &[record], &typed).await;
            assert!(matches!(done, Err(CaseError::Closed)), "{username}: {done:?}");
        }
        town.assert_sound().await;
    }

    /// R-ACC-02, R-PPL-11: a leaver's work has an owner at once, and their account is closed from that day.
    async fn r_acc_02_a_leavers_work_has_an_owner_at_once(town: Town) {
        let mut grace = town.browser_of("grace");
        let mut sam = town.browser_of("sam");
        recording::begin(&town.desk("sam"), town.amira.record, "visit", None).await.unwrap();
        let leaving = format!("/team/staff/{}/leaving", town.staff["sam"]);
        let page = grace.get(&leaving).await.is(200);
        page.must_say("Open drafts");
        page.must_say("Visit, Amira");
        let mut form = page.form("Record that they leave");
        for (name, value) in [("happened.day", "3"), ("happened.month", "3"), ("happened.year", "2026")] {
            form.set(name, value);
        }
        form.set(&town.amira.part("to"), &town.staff["priya"].to_string());
        form.set(&town.bilal.part("to"), "manager");
        let page = grace.press(&form, "Record that they leave").await;
        assert_eq!(messages(&page), "Choose who takes this child", "Noor has nobody yet");
        sam.get("/my-work").await.is(200).must_say("Amira Ali");
        let form = page.form("Record that they leave").with(&town.noor.part("to"), &town.staff["tom"].to_string());
        let page = grace.press(&form, "Record that they leave").await.is(200);
        page.must_say("Left on 3 March 2026. The account is closed.");

        // The next request of any session is nobody's, and there is no new one.
        assert_eq!(sam.look("/my-work").await.status, 303);
        let page = sam.get("/sign-in").await;
        let form = page.form("Sign in").with("username", "sam").with("password", PASSWORD);
        assert_eq!(sam.press(&form, "Sign in").await.path, "/sign-in");
        for (child, owner) in [(&town.amira, "priya"), (&town.bilal, "grace"), (&town.noor, "tom")] {
            let work = town.browser_of(owner).get("/my-work").await;
            assert!(work.links().iter().any(|(_, at)| *at == child.at("")), "{owner}: {}", work.main());
        }
        // What the manager keeps waits for somebody.
        let waiting = grace.get("/team/unallocated").await;
        waiting.must_say("Bilal Ali");
        waiting.must_not_hold("Amira Ali");
        grace.get("/team/children?whose=team&show=all").await.must_say("Grace Obi, until somebody is allocated");
        let again = grace.get(&leaving).await;
        let form = again.form("Record that they leave").with("happened.day", "3").with("happened.month", "3").with("happened.year", "2026");
        assert!(messages(&grace.press(&form, "Record that they leave").await).contains("leaves on 3 March 2026 already"));
        town.assert_sound().await;
    }

    /// R-ACC-02: whoever leaves on a later day works until then, and is out on that day without anybody doing anything.
    async fn r_acc_02_an_account_ends_on_its_day(town: Town) {
        let helen = town.desk("helen");
        let typed = dated("2026-03-05").with("to", town.staff["priya"].to_string());
        staffing::leave(&helen, helen.new_id(), town.staff["tom"], &typed).await.unwrap();
        let mut tom = town.browser_of("tom");
        tom.get(&town.zara.at("")).await.is(200);
        town.at("2026-03-04T23:50:00.000000Z");
        let mut late = town.sign_in("tom").await;
        late.get(&town.zara.at("")).await.is(200);
        town.at("2026-03-05T00:00:01.000000Z");
        assert_eq!(late.look("/my-work").await.status, 303);
        let mut browser = town.browser();
        let page = browser.get("/sign-in").await;
        let form = page.form("Sign in").with("username", "tom").with("password", PASSWORD);
        assert_eq!(browser.press(&form, "Sign in").await.path, "/sign-in");
        assert!(!may_read(&town, "tom", &town.zara).await);
        assert!(may_read(&town, "priya", &town.zara).await);
        town.assert_sound().await;
    }

    /// R-ACC-02: whoever runs the program opens the account of nobody who has left.
    async fn r_acc_02_the_account_of_a_leaver_is_opened_by_nobody_in_passing(town: Town) {
        let helen = town.desk("helen");
        staffing::leave(&helen, helen.new_id(), town.staff["rita"], &dated("2026-03-03")).await.unwrap();
        assert_eq!(town.db.open_account("rita", town.db.now()).await.unwrap(), Some(store::AccountState::Left));
        let tried = town.db.sign_in("rita", PASSWORD, town.db.now()).await.unwrap();
        assert!(matches!(tried, store::SignIn::No));
        town.assert_sound().await;
    }

    /// R-ACC-02: an administrator, who sees no child, closes nobody's account over a child who would have nobody; the
    /// managers of the teams keep the children.
    async fn r_acc_02_an_administrator_leaves_no_child_behind(town: Town) {
        let mut admin = town.browser_of("admin");
        let staff = format!("/organisation/staff/{}", town.staff["sam"]);
        let form = admin.get(&staff).await.form("Save").with("account-status", "ended");
        let page = admin.press(&form, "Save").await;
        assert!(messages(&page).contains("Sam Okafor works with 3 children. Record that they leave instead"), "{}", messages(&page));
        let page = admin.get(&format!("/team/staff/{}/leaving", town.staff["sam"])).await.is(200);
        page.must_say("works with 3 children whom you do not see");
        page.must_not_hold("Amira");
        let mut form = page.form("Record that they leave");
        for (name, value) in [("happened.day", "3"), ("happened.month", "3"), ("happened.year", "2026")] {
            form.set(name, value);
        }
        admin.press(&form, "Record that they leave").await.is(200);
        let waiting = town.browser_of("grace").get("/team/unallocated").await;
        for child in ["Amira Ali", "Bilal Ali", "Noor Ali"] {
            waiting.must_say(child);
        }
        town.assert_sound().await;
    }

    /// R-PPL-11: a manager who leaves leaves no team without one; whoever moves takes along who is to come along.
    async fn r_ppl_11_teams_keep_a_manager_and_movers_their_children(town: Town) {
        let helen = town.desk("helen");
        let problems = told(staffing::leave(&helen, helen.new_id(), town.staff["grace"], &dated("2026-03-03")).await);
        assert_eq!(problems[0].message, "Choose who manages North from then on");
        let typed = dated("2026-03-03").with("next-manager", town.staff["priya"].to_string());
        staffing::leave(&helen, helen.new_id(), town.staff["grace"], &typed).await.unwrap();

        let typed = dated("2026-03-09")
            .with("team", town.south.to_string())
            .with("to", "stays")
            .with(&town.noor.part("to"), town.staff["priya"].to_string());
        staffing::move_to(&helen, helen.new_id(), town.staff["sam"], &typed).await.unwrap();
        assert!(may_read(&town, "sam", &town.noor).await, "until the day");
        town.at("2026-03-09T08:00:00.000000Z");
        assert!(may_read(&town, "sam", &town.amira).await);
        assert!(!may_read(&town, "sam", &town.noor).await);
        assert!(may_read(&town, "tom", &town.bilal).await, "the children who come along are of the South now");
        assert!(!may_read(&town, "tom", &town.noor).await);
        town.assert_sound().await;
    }

    /// R-PPL-11: some children to one, others to another, in one act, which is done once however often it is sent.
    async fn r_ppl_11_children_are_handed_over_each_to_whom_it_is_said(town: Town) {
        let mut grace = town.browser_of("grace");
        let page = grace.get(&format!("/team/staff/{}/handover", town.staff["sam"])).await.is(200);
        let mut form = page.form("Hand over").with("to", &town.staff["priya"].to_string()).with("reason", "Sam has too many");
        form.set(&town.bilal.part("to"), "stays");
        form.set(&town.noor.part("to"), &town.staff["tom"].to_string());
        grace.press(&form, "Hand over").await.is(200);
        grace.press(&form, "Hand over").await.is(200);
        let workers = grace.get(&town.amira.at("workers")).await;
        assert_eq!(workers.root.named("tr").iter().filter(|row| row.text().contains("Priya Nair")).count(), 2, "worker and file, once");
        assert!(may_read(&town, "sam", &town.bilal).await);
        assert!(may_read(&town, "tom", &town.noor).await);
        // Without a reason nothing happens; nor to somebody who works with no children.
        let desk = town.desk("grace");
        let typed = dated("2026-03-03").with("to", town.staff["priya"].to_string());
        let problems = told(staffing::hand_over(&desk, desk.new_id(), town.staff["sam"], &typed).await);
        assert_eq!(problems[0].message, "Say why");
        let typed = dated("2026-03-03").with("to", town.staff["admin"].to_string()).with("reason", "Why not");
        let problems = told(staffing::hand_over(&desk, desk.new_id(), town.staff["sam"], &typed).await);
        assert!(problems[0].message.contains("role does not include working with children"), "{problems:?}");
        town.assert_sound().await;
    }

    /// R-ACC-08: on duty a record opens when one says why, is marked in every reading, and closes with the shift.
    async fn r_acc_08_out_of_hours_duty_opens_with_a_reason_and_ends_by_itself(town: Town) {
        let admin = town.desk("admin");
        let typed = dated("2026-03-03").with("name", "Kit Rowe").with("designation", "Out-of-hours social worker")
            .with("roles", "out-of-hours").with("account-status", "open");
        let account = NewAccount { username: "kit", password: PASSWORD, must_change: false };
        let kit: PersonId = organisation::record_staff(&admin, admin.new_id(), None, &crate::other::typed(&typed), Some(&account)).await.unwrap();
        let mut browser = town.sign_in("kit").await;
        assert_eq!(browser.get("/people").await.status, 403, "off duty the role is no role");

        let mut grace = town.browser_of("grace");
        let page = grace.get("/duty").await.is(200);
        let form = page.form("Put on duty").with("person", &kit.to_string()).with("shift", "1700-0830");
        grace.press(&form, "Put on duty").await.is(200).must_say("Tuesday 3 March 2026");
        assert_eq!(browser.get("/people").await.status, 403, "the shift has not begun");

        town.at("2026-03-03T17:00:00.000000Z");
        let mut browser = town.sign_in("kit").await;
        assert_eq!(browser.get(&town.amira.at("")).await.status, 404, "no record opens without a reason");
        let page = browser.get("/people").await;
        let found = browser.press(&page.form("Search").with("name", "Amira Ali"), "Search").await;
        let ask = browser.press(&found.form("Open on duty the record of Amira Ali"), "Open on duty the record of Amira Ali").await.is(200);
        let refused = browser.press(&ask.form("Open the record"), "Open the record").await;
        assert_eq!(refused.problems().len(), 2, "{:?}", refused.problems());
        let form = refused.form("Open the record").with("reason", "call").with("more", "Gran rang: Amira is not home yet");
        let front = browser.press(&form, "Open the record").await.is(200);
        assert_eq!(front.path, town.amira.at(""));
        browser.get(&town.amira.at("story")).await.is(200).must_say("Gran rang");
        assert_eq!(browser.get(&town.bilal.at("")).await.status, 404, "the brother's record is another one");
        let desk = Desk::new(town.db.clone(), Actor::Person(kit), town.db.now());
        recording::begin(&desk, town.amira.record, "case-note", None).await.unwrap();
        let wanted = store::LooksWanted { reader: Some(kit), ..store::LooksWanted::default() };
        let readings = casework::looked::of_record(&town.desk("grace"), town.amira.record, &wanted).await.unwrap();
        let mut of_kit = readings.looks.iter().map(|one| &one.leaf).filter(|leaf| !["refused", "search-people"].contains(&leaf.act.as_str())).peekable();
        assert!(of_kit.peek().is_some() && of_kit.all(|leaf| leaf.purpose.starts_with("on-duty") || leaf.act == "read-entry"));

        // At half past eight nobody has to take anything back.
        town.at("2026-03-04T08:29:00.000000Z");
        let desk = |now| Desk::new(town.db.clone(), Actor::Person(kit), now);
        assert!(reading::front_page(&desk(town.db.now()), town.amira.record).await.is_ok());
        town.at("2026-03-04T08:30:00.000000Z");
        assert!(matches!(reading::front_page(&desk(town.db.now()), town.amira.record).await, Err(CaseError::Closed)));
        // The next night is another shift: the reason of the last one does not do.
        let typed = dated("2026-03-04").with("person", kit.to_string()).with("shift", "1700-0830");
        let grace = town.desk("grace");
        staffing::plan_duty(&grace, grace.new_id(), &typed).await.unwrap();
        town.at("2026-03-04T18:00:00.000000Z");
        assert!(matches!(reading::front_page(&desk(town.db.now()), town.amira.record).await, Err(CaseError::Closed)));
        let sam = dated("2026-03-04").with("person", town.staff["sam"].to_string()).with("shift", "1700-0830");
        let grace = town.desk("grace");
        let problems = told(staffing::plan_duty(&grace, grace.new_id(), &sam).await);
        assert!(problems[0].message.contains("role has no duty out of hours"), "{problems:?}");
        town.assert_sound().await;
    }
}

/// R-GOV-11: that somebody has read the policy and learned to record is recorded by whoever answers for them, with what they
/// need next.
#[tokio::test]
async fn r_gov_11_what_a_worker_has_read_and_learned_is_recorded() {
    let town = Town::new().await;
    let sam = town.staff["sam"];
    let mut grace = town.browser_of("grace");
    let page = grace.get(&format!("/team/staff/{sam}")).await.is(200);
    let page = grace.get(&page.link("Training and policies read")).await.is(200);
    page.must_say("Nothing is recorded yet.");
    let unsaid = grace.press(&page.form("Record it"), "Record it").await.is(422);
    assert_eq!(unsaid.problems().len(), 2, "{:?}", unsaid.problems());
    let form = unsaid.form("Record it").with("what", "security-policy").with("how", "induction");
    let form = form.forged("person", &town.staff["tom"].to_string());
    let page = grace.press(&form.with("next", "A workshop on chronologies"), "Record it").await.is(200);
    for said in [
        "3 March 2026",
        "Information security policy, read and understood",
        "At induction",
        "A workshop on chronologies",
    ] {
        page.must_say(said);
    }
    // It is said of whoever's page it is, by whoever answers for them, and stands in no child's record.
    let tom = format!("/team/staff/{}/training", town.staff["tom"]);
    assert_eq!(grace.get(&tom).await.status, 404);
    town.browser_of("helen").get(&tom).await.is(200).must_say("Nothing is recorded yet.");
    for who in ["sam", "priya", "ivy"] {
        assert_eq!(town.browser_of(who).get(&format!("/team/staff/{sam}/training")).await.status, 403, "{who}");
    }
    town.assert_sound().await;
}
