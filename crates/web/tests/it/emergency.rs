//! A record opened in an emergency, and asked about; a colleague who knows the family; a record that is open to few.

use casework::{CaseError, reading, recording};
use record::Typed;

use crate::{
    page::Page,
    town::{Browser, Child, Town, dated},
};

/// Fills in the page on which a record is opened in an emergency.
pub async fn ask(browser: &mut Browser, which: &[(&str, &str)], why: &[(&str, &str)]) -> Page {
    let mut form = browser.get("/people/emergency").await.is(200).form("Open the record");
    for (name, value) in which.iter().chain(why) {
        form.set(name, value);
    }
    browser.press(&form, "Open the record").await
}

/// Why it is opened.
pub const WHY: [(&str, &str); 2] = [("reason", "safety"), ("more", "The school rang: he is afraid to go home.")];

/// Restricts a record, as a head of service does: from its front page, which is closed to her from then on.
async fn restrict(town: &Town, child: &Child, kind: &str) -> Page {
    let mut helen = town.browser_of("helen");
    let front = helen.get(&child.at("")).await.is(200);
    let page = helen.get(&front.link("Who may open this record")).await.is(200);
    let ask = helen.get(&page.link("Restrict it to few")).await.is(200);
    let short = helen.press(&ask.form("Record it").with("kind", kind), "Record it").await.is(422);
    assert_eq!(short.problems().len(), 1, "{:?}", short.problems());
    helen.press(&short.form("Record it").with("reason", "Matched with adopters."), "Record it").await.is(200)
}

async fn may_read(town: &Town, who: &str, child: &Child) -> bool {
    match reading::front_page(&town.desk(who), child.record).await {
        Ok(_) => true,
        Err(CaseError::Closed) => false,
        Err(error) => panic!("{error}"),
    }
}

both_engines! {
    /// R-ACC-08, R-ACC-01: a worker of another team opens a record because it is needed now; their manager and information
    /// governance know at once, somebody asks about it, and it stands among those who have looked.
    /// ASVS 8.2.4
    async fn r_acc_08_an_emergency_opens_is_known_and_is_asked_about(town: Town) {
        let r_amira = town.number(&town.amira).await;
        let (mut tom, mut grace) = (town.browser_of("tom"), town.browser_of("grace"));
        assert_eq!(tom.get(&town.amira.at("")).await.status, 404);
        tom.get("/people").await.must_say("Open a record in an emergency");
        // What must be put right is said before any record is looked for.
        let nothing = ask(&mut tom, &[], &WHY).await.is(422);
        assert_eq!(nothing.problems().len(), 1, "{:?}", nothing.problems());
        let name_alone = ask(&mut tom, &[("name", "Amira Ali")], &WHY).await.is(422);
        name_alone.must_say("Enter the record number, or the child’s name and date of birth");
        let (there, absent) =
            (ask(&mut tom, &[("name", &r_amira)], &[]).await.is(422), ask(&mut tom, &[("name", "R-99999")], &[]).await.is(422));
        assert_eq!(there.problems().len(), 2, "{:?}", there.problems());
        assert_eq!(there.main(), absent.main());
        ask(&mut tom, &[("name", "R-99999")], &WHY).await.is(404).must_say("No record was opened");

        // Who opens it and when is not what is posted.
        let mut form = tom.get("/people/emergency").await.form("Open the record").with("name", &r_amira);
        for (name, value) in WHY {
            form.set(name, value);
        }
        let form = form.forged("worker", &town.staff["rita"].to_string()).forged("happened.year", "2025");
        let front = tom.press(&form, "Open the record").await.is(200);
        assert_eq!(front.path, town.amira.at(""));
        assert!(!may_read(&town, "rita", &town.amira).await);
        town.note("tom", &town.amira, "I rang the school back.").await;
        assert!(!may_read(&town, "tom", &town.bilal).await, "the brother's record is another one");
        for (who, sees) in [("grace", true), ("ivy", true), ("sam", false), ("tom", false)] {
            let work = town.browser_of(who).get("/my-work").await.is(200);
            assert_eq!(work.says("Tom Weld opened Amira Ali’s record in an emergency"), sees, "{who}: {}", work.main());
        }
        let readings = grace.get(&town.amira.at("readings")).await.is(200);
        readings.must_say("Tom Weld (Social worker), in an emergency");

        let link = grace.get("/my-work").await.link("Tom Weld opened");
        assert_eq!(tom.get(&link).await.status, 404, "he reviews nothing");
        let page = grace.get(&link).await.is(200);
        page.must_say("The school rang: he is afraid to go home.");
        town.wait(1);
        let short = grace.press(&page.form("Record the review").with("result", "needed"), "Record the review").await.is(422);
        assert_eq!(short.problems().len(), 1, "{:?}", short.problems());
        let form = short.form("Record the review").with("reason", "The duty team could not be reached.");
        let done = grace.press(&form, "Record the review").await.is(200);
        assert!(!done.says("in an emergency"), "{}", done.main());
        assert!(!may_read(&town, "tom", &town.amira).await, "with the review it ends, were it open still");
        assert_eq!(grace.get(&link).await.status, 409, "it has its review");
        // By name and date of birth as well; it ends by itself.
        let front = ask(&mut tom, &[("name", "Amira Ali"), ("born.day", "14"), ("born.month", "5"), ("born.year", "2016")], &WHY).await;
        assert_eq!(front.is(200).path, town.amira.at(""));
        town.wait(59 * 60);
        assert!(may_read(&town, "tom", &town.amira).await);
        town.wait(60);
        assert!(!may_read(&town, "tom", &town.amira).await);
        assert_eq!(town.sign_in("admin").await.get("/people/emergency").await.status, 403);
        town.assert_sound().await;
    }

    /// R-ACC-08: nobody reviews what they opened themselves, whatever they post.
    /// ASVS 2.3.5
    async fn r_acc_08_nobody_reviews_what_they_opened(town: Town) {
        let r_amira = town.number(&town.amira).await;
        let mut grace = town.browser_of("grace");
        ask(&mut grace, &[("name", &r_amira)], &WHY).await.is(200);
        let own = town.browser_of("ivy").get("/my-work").await.link("Grace Obi opened");
        assert!(!grace.get("/my-work").await.says("Grace Obi opened"));
        grace.get(&own).await.is(409).must_say("Somebody else reviews what you opened yourself.");
        town.wait(1);
        ask(&mut town.browser_of("tom"), &[("name", &r_amira)], &WHY).await.is(200);
        let page = grace.get("/my-work").await.link("Tom Weld opened");
        let form = grace.get(&page).await.form("Record the review").with("result", "needed").with("reason", "It was.");
        let own_entry = own.rsplit('/').next().unwrap();
        town.wait(1);
        grace.press(&form.forged("opening", own_entry), "Record the review").await.is(200);
        let work = town.browser_of("ivy").get("/my-work").await;
        assert!(work.says("Grace Obi opened") && !work.says("Tom Weld opened"), "{}", work.main());
        town.assert_sound().await;
    }

    /// R-ACC-03, R-ACC-05: a restricted record is not there: not by its number, its name, an emergency, or from
    /// a brother's record; and whoever opens a second record is told to ask, and not who it is.
    async fn r_acc_05_a_restricted_record_is_not_there_for_anybody_else(town: Town) {
        let r_bilal = town.number(&town.bilal).await;
        restrict(&town, &town.bilal, "adoption").await;
        for who in ["tom", "ivy", "helen"] {
            let mut browser = town.browser_of(who);
            assert_eq!(browser.get(&town.bilal.at("")).await.status, 404, "{who}");
            let found = crate::records::search(&mut browser, &[("name", "Bilal")]).await;
            let nobody = crate::records::search(&mut browser, &[("name", "Balil")]).await;
            assert_eq!(found.main(), nobody.main().replace("Balil", "Bilal"), "{who}");
        }
        let mut tom = town.browser_of("tom");
        let closed = ask(&mut tom, &[("name", &r_bilal)], &WHY).await.is(404);
        let absent = ask(&mut tom, &[("name", "R-99999")], &WHY).await.is(404);
        assert_eq!(closed.body, absent.body);
        assert!(may_read(&town, "sam", &town.bilal).await && may_read(&town, "grace", &town.bilal).await);
        assert!(may_read(&town, "priya", &town.bilal).await, "the team's senior practitioner");
        // Helen decides who they are, without being one; the reviewing officer is named, until that ends.
        let mut helen = town.browser_of("helen");
        let list = helen.get("/restricted").await.is(200);
        list.must_not_hold("Bilal");
        let page = helen.get(&list.link(&r_bilal)).await.is(200);
        page.must_say("Adoption");
        page.must_not_hold("Bilal");
        let ask = helen.get(&page.link("Name somebody else")).await.is(200);
        let form = ask.form("Record it").with("who", &town.staff["ivy"].to_string()).with("as", "Reviewing officer");
        let named = helen.press(&form, "Record it").await.is(200);
        named.must_say("Ivy Marsh Reviewing officer");
        assert!(may_read(&town, "ivy", &town.bilal).await && !may_read(&town, "helen", &town.bilal).await);
        town.wait(1);
        let end = helen.get(&named.link("Close it to them")).await.is(200);
        helen.press(&end.form("Record it").with("reason", "The review is over."), "Record it").await.is(200);
        assert!(!may_read(&town, "ivy", &town.bilal).await);
        // Somebody of another team opens a record for the same child.
        let rita = town.desk("rita");
        let typed = crate::town::opening("Bilal", "Ali", "2019-02-02", town.south);
        let Err(CaseError::LikelyKnown(likely)) = casework::records::open(&rita, rita.new_id(), None, &typed).await else {
            panic!("nobody is like him");
        };
        assert!(likely.iter().any(|one| one.kept && one.who.name.is_none()), "{likely:?}");
        town.wait(1);
        let lift = helen.get(&town.bilal.at("restriction/lift")).await.is(200);
        helen.press(&lift.form("Record it").with("reason", "The match has ended."), "Record it").await.is(200);
        assert!(may_read(&town, "ivy", &town.bilal).await);
        assert_eq!(town.browser_of("grace").get(&town.bilal.at("restriction")).await.status, 404, "she decides no such thing");
        town.assert_sound().await;
    }

    /// R-ACC-04, R-TIME-104: with the match the record is restricted, at once and for everybody but the few.
    async fn r_acc_04_the_match_restricts_the_record(town: Town) {
        assert!(may_read(&town, "ivy", &town.bilal).await && may_read(&town, "helen", &town.bilal).await);
        let page = town.browser_of("grace").begin(&town.bilal, "Matched with prospective adopters").await;
        let form = page.form("Complete").with("decided", "The panel of today. Bilal has seen their pictures.");
        let mut grace = town.browser_of("grace");
        let done = grace.press(&form, "Complete").await;
        let done = if done.path.ends_with("/check") { grace.press(&done.form("Complete"), "Complete").await } else { done };
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        for who in ["ivy", "helen", "tom"] {
            assert!(!may_read(&town, who, &town.bilal).await, "{who}");
        }
        for who in ["sam", "priya", "grace"] {
            assert!(may_read(&town, who, &town.bilal).await, "{who}");
        }
        town.browser_of("helen").get("/restricted").await.must_say("Adoption");
        town.assert_sound().await;
    }

    /// R-ACC-01: whoever knows the family says so, and the record is closed to them at once, in an emergency too.
    async fn r_acc_01_a_declared_conflict_closes_the_record(town: Town) {
        let r_amira = town.number(&town.amira).await;
        let mut sam = town.browser_of("sam");
        let href = sam.get(&town.amira.at("")).await.link("I know this family in my own life");
        let page = sam.get(&href).await.is(200);
        let asked = sam.press(&page.form("Close this record to me"), "Close this record to me").await.is(422);
        assert_eq!(asked.problems().len(), 1);
        let form = asked.form("Close this record to me").with("how", "neighbour");
        let form = form.forged("who", &town.staff["grace"].to_string());
        let work = sam.press(&form, "Close this record to me").await.is(200);
        assert!(!work.says("Amira"), "{}", work.main());
        assert_eq!(sam.get(&town.amira.at("")).await.status, 404);
        assert!(may_read(&town, "sam", &town.bilal).await, "it is said of one record");
        assert!(may_read(&town, "grace", &town.amira).await, "it is said of oneself");
        ask(&mut sam, &[("name", &r_amira)], &WHY).await.is(404).must_say("No record was opened");
        let readings = town.browser_of("grace").get(&town.amira.at("readings")).await.is(200);
        readings.must_say("was refused (they know the family in their own life): tried to open the record in an emergency");
        // Tom has nothing to say of a record that is not open to him.
        assert_eq!(town.browser_of("tom").get(&href).await.status, 404);
        // The manager says the same of a colleague, and that it is over.
        let typed = dated("2026-03-03").with("who", town.staff["priya"].to_string()).with("how", "family").with("more", "A cousin.");
        let conflict = town.write("grace", &town.noor, "conflict", &typed).await;
        assert!(!may_read(&town, "priya", &town.noor).await);
        town.wait(1);
        let typed: Typed = dated("2026-03-03").with("conflict", conflict).with("reason", "Another Priya.");
        let grace = town.desk("grace");
        recording::record_now(&grace, grace.new_id(), town.noor.record, "conflict-ended", &typed).await.unwrap();
        assert!(may_read(&town, "priya", &town.noor).await);
        town.assert_sound().await;
    }

    /// R-ACC-01: whose family name stands in a child's record, and few have it, is asked about once; most know nobody.
    async fn r_acc_01_who_may_know_a_family_is_shown_to_whoever_decides(town: Town) {
        let grace = town.desk("grace");
        let nia = crate::town::opening("Nia", "Okafor", "2015-04-04", town.north);
        let nia = casework::records::open(&grace, grace.new_id(), None, &crate::other::typed(&nia)).await.unwrap();
        let to = |worker: &str| {
            let typed = dated("2026-03-03").with("team", town.north.to_string()).with("has-worker", "yes");
            crate::other::typed(&typed.with("worker", town.staff[worker].to_string()).with("file-holder", "yes"))
        };
        casework::records::allocate(&grace, grace.new_id(), &[nia], &to("sam")).await.unwrap();
        let mut browser = town.browser_of("grace");
        let link = browser.get("/my-work").await.link("Staff who might know a family");
        let list = browser.get(&link).await.is(200);
        list.must_say("Nia");
        list.must_say("Sam Okafor works with them, and Okafor is a family name in the record");
        assert!(!list.says("Amira"), "{}", list.main());
        for (who, status) in [("ivy", 200), ("sam", 403), ("helen", 403)] {
            assert_eq!(town.browser_of(who).get("/team/conflicts").await.status, status, "{who}");
        }
        let form = browser.get(&list.link("Sam Okafor does not")).await.is(200);
        let form = form.form("Complete").with("who", &town.staff["sam"].to_string()).with("said", "Another Okafor.");
        let done = browser.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        browser.get("/team/conflicts").await.must_say("Nobody of your team seems to know");
        // Of somebody else nothing was said yet; whoever is asked next works with the child then.
        town.wait(60);
        casework::records::allocate(&town.desk("grace"), town.desk("grace").new_id(), &[nia], &to("priya")).await.unwrap();
        assert!(!browser.get("/team/conflicts").await.says("Nia"));
        town.assert_sound().await;
    }
}
