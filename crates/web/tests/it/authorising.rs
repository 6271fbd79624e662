//! Authorising: what somebody has written that another must agree to; told by risk alerts, which a head of service decides,
//! and by visits, which count before a manager has authorised them.

use crate::{
    page::{Form, Page},
    town::{Browser, Child, Town, dated, visited},
};

/// The form of an alert, filled in for these children.
fn alert(page: &Page, children: &[&Child]) -> Form {
    let form = page.form("Complete").with("kind", "animal").with("risk", "The dog bites. Ring before you come.");
    let form = form.with("based-on", "Case note of 2 March 2026.");
    let form = [("since.day", "1"), ("since.month", "3"), ("since.year", "2026")]
        .into_iter()
        .fold(form, |form, (name, value)| form.with(name, value));
    children.iter().fold(form, |form, child| form.with("about", &child.record.to_string()))
}

/// Writes an alert about these children, from the first one's record; gives its address.
pub async fn alerted(town: &Town, who: &str, children: &[&Child]) -> String {
    let mut browser = town.browser_of(who);
    let page = browser.begin(children[0], "Risk alert").await;
    let done = completed(&mut browser, &alert(&page, children)).await;
    done.must_say("To be authorised by: Head of Service. Until then it does not count.");
    done.entry_of("Amira")
}

/// Completes a form, by way of the page that shows first what will stand, where there is one.
async fn completed(browser: &mut Browser, form: &Form) -> Page {
    let page = browser.press(form, "Complete").await;
    let page =
        if page.path.ends_with("/check") { browser.press(&page.form("Complete"), "Complete").await } else { page };
    assert!(page.path.ends_with("/done"), "{}: {:?}", page.path, page.problems());
    page
}

/// Answers on the page of an entry.
pub async fn answer(browser: &mut Browser, at: &str, yes: bool, why: &str) -> Page {
    let page = browser.get(at).await.is(200);
    let form = page.form("Answer").with("authorised", if yes { "yes" } else { "no" });
    let form = if why.is_empty() { form } else { form.with("authorised.reason", why) };
    browser.press(&form, "Answer").await
}

const WARNING: &str = "Risk alert: Dangerous animal";

both_engines! {
    /// R-ALR-01, R-ALR-02, R-ALR-03, R-ALR-05, R-TIME-X08, D-56: a worker proposes, a head of service decides; before that
    /// nobody is warned, afterwards every page of the record says so. What is returned is written again.
    /// ASVS 2.3.5
    async fn r_alr_02_a_head_of_service_decides_whether_an_alert_is_recorded(town: Town) {
        let at = alerted(&town, "sam", &[&town.amira]).await;
        let (mut sam, mut helen, mut grace) = (town.browser_of("sam"), town.browser_of("helen"), town.browser_of("grace"));
        for page in ["", "story", "chronology", "new"] {
            sam.get(&town.amira.at(page)).await.is(200).must_not_hold(WARNING);
        }
        sam.get(&at).await.must_say("It does not count yet: it waits to be authorised.");
        sam.get("/my-work").await.must_say("What you wrote that waits to be authorised (1)");
        // Neither its writer nor a manager of the team decides.
        for who in [&mut sam, &mut grace] {
            assert!(!who.get(&at).await.has_button("Answer"));
            assert!(!who.get("/my-work").await.says("to be authorised, Amira"));
            let act = "01h00000000000000000000000";
            let forged = [("_act", act), ("authorised", "yes")];
            assert_eq!(who.post_own(&format!("{at}/authorisation"), &forged).await.status, 404);
        }
        let work = helen.get("/my-work").await;
        assert_eq!(work.link("Sam Okafor wrote “Risk alert” just now, to be authorised, Amira"), at);
        let unsaid = answer(&mut helen, &at, false, "").await.is(422);
        assert_eq!(unsaid.problems().len(), 1, "{:?}", unsaid.problems());
        answer(&mut helen, &at, false, "Say what breed it is.").await.is(200);
        assert!(!helen.get("/my-work").await.says("to be authorised, Amira"));

        // It goes back to whoever wrote it, who writes it again.
        town.wait(60);
        let work = sam.get("/my-work").await;
        let returned = sam.get(&work.link("“Risk alert” was returned to you, Amira")).await;
        returned.must_say("Returned on 3 March 2026 by Helen Price, Head of service: Say what breed it is.");
        let form = sam.get(&returned.link("Change it and complete it again")).await.is(200);
        form.must_say("It was returned to you: Say what breed it is.");
        form.must_say("What have you changed?");
        let again = form.form("Complete").with("risk", "The dog, an Alsatian, bites. Ring before you come.");
        let unsaid = sam.press(&again, "Complete").await.is(422);
        assert_eq!(unsaid.problems(), [("Say what you changed".to_owned(), "put-right-because".to_owned())]);
        let again = unsaid.form("Complete").with("put-right-because", "The breed.");
        let second = completed(&mut sam, &again).await.entry_of("Amira");
        assert_ne!(second, at);
        assert!(!sam.get("/my-work").await.says("was returned to you"));
        sam.get(&town.amira.at("")).await.must_not_hold(WARNING);
        answer(&mut helen, &second, true, "").await.is(200);
        for page in ["", "story", "chronology", "family", "new", "new/visit"] {
            let page = grace.get(&town.amira.at(page)).await.is(200);
            assert_eq!(page.link(WARNING), second);
        }
        sam.get(&second).await.must_say("Authorised on 3 March 2026 by Helen Price, Head of service");
        let first = sam.get(&at).await;
        assert_eq!(first.link("Read what stands now"), second);
        // Answered once.
        let twice = [("_act", "01h00000000000000000000000"), ("authorised", "yes")];
        assert_eq!(helen.post_own(&format!("{second}/authorisation"), &twice).await.status, 409);
        town.assert_sound().await;
    }

    /// R-ALR-05: whoever goes there says that they have read it, and it stands with the alert who did.
    async fn r_alr_05_who_has_read_an_alert_stands_with_it(town: Town) {
        let at = alerted(&town, "sam", &[&town.amira]).await;
        answer(&mut town.browser_of("helen"), &at, true, "").await.is(200);
        let mut priya = town.browser_of("priya");
        let alert = priya.get(&at).await;
        let draft = priya.press(&alert.form("Risk alert read"), "Risk alert read").await.is(200);
        let form = draft.form("Complete").with("measures", "I ring before I come.");
        assert_eq!(form.value("alert"), at.rsplit('/').next().unwrap());
        completed(&mut priya, &form).await;
        town.browser_of("grace").get(&at).await.must_say("Risk alert read of 3 March 2026, by Priya Nair");
        town.assert_sound().await;
    }

    /// R-ALR-04, R-TIME-46: it is reviewed within six months, and ended with the reason when it is not needed any more; a
    /// manager's review counts once the head of service has authorised it.
    async fn r_alr_04_an_alert_is_reviewed_and_ended(town: Town) {
        let at = alerted(&town, "sam", &[&town.amira]).await;
        answer(&mut town.browser_of("helen"), &at, true, "").await.is(200);
        let owed = town.browser_of("grace").get(&town.amira.at("owed")).await.is(200);
        owed.must_say("First review of a risk alert");
        owed.must_say("by Thursday 3 September");
        town.at("2026-08-20T09:00:00.000000Z");
        let (mut grace, mut helen) = (town.sign_in("grace").await, town.sign_in("helen").await);
        let page = grace.begin(&town.amira, "Risk alert reviewed").await;
        let alert = at.rsplit('/').next().unwrap();
        let form = page.form("Complete").with("alert", alert).with("looked-at", "I rang Sana Ali.").with("goes-on", "no");
        let form = form.with("goes-on.reason", "The dog died in June.");
        let review = completed(&mut grace, &form).await.entry_of("Amira");
        assert_eq!(grace.get(&town.amira.at("")).await.link(WARNING), at, "the warning holds until that is authorised");
        answer(&mut helen, &review, true, "").await.is(200);
        grace.get(&town.amira.at("")).await.must_not_hold(WARNING);
        grace.get(&town.amira.at("owed")).await.must_say("Review of a risk alert, not due any more since 20 August 2026");
        town.assert_sound().await;
    }
}

/// Puts a word of an alert right, which its head of service authorises; gives the page of what stands then.
async fn put_right(town: &Town, at: &str) -> String {
    let mut grace = town.browser_of("grace");
    let page = grace.get(at).await.is(200);
    let form = grace.get(&page.link("Put this entry right")).await.is(200).form("Complete");
    let form = form.with("based-on", "The visit of yesterday.").with("put-right-because", "It was a visit.");
    let again = completed(&mut grace, &form).await.entry_of("Amira");
    answer(&mut town.browser_of("helen"), &again, true, "").await.is(200);
    again
}

both_engines! {
    /// R-ALR-04, R-INT-05: an alert of which a word was put right is ended by the review that names it as it stands now, once
    /// that is authorised; and it stays so when another word is put right.
    async fn r_alr_04_an_alert_that_was_put_right_ends_and_stays_so(town: Town) {
        let first = alerted(&town, "sam", &[&town.amira]).await;
        answer(&mut town.browser_of("helen"), &first, true, "").await.is(200);
        let second = put_right(&town, &first).await;
        let mut grace = town.browser_of("grace");
        assert_eq!(grace.get(&town.amira.at("")).await.link(WARNING), second);
        town.wait(60);
        let page = grace.begin(&town.amira, "Risk alert reviewed").await;
        let alert = second.rsplit('/').next().unwrap();
        let form = page.form("Complete").with("alert", alert).with("looked-at", "I rang Sana Ali.").with("goes-on", "no");
        let form = form.with("goes-on.reason", "The dog died.");
        let review = completed(&mut grace, &form).await.entry_of("Amira");
        answer(&mut town.browser_of("helen"), &review, true, "").await.is(200);
        grace.get(&town.amira.at("")).await.must_not_hold(WARNING);
        town.assert_sound().await;
        town.wait(60);
        put_right(&town, &second).await;
        grace.get(&town.amira.at("")).await.must_not_hold(WARNING);
        town.assert_sound().await;
    }
}

/// R-OBS-18: a manager sees what waits in the team, also what somebody else authorises, and what was returned.
#[tokio::test]
async fn r_obs_18_a_manager_sees_what_waits_in_the_team() {
    let town = Town::new().await;
    let at = alerted(&town, "sam", &[&town.amira]).await;
    let mut grace = town.browser_of("grace");
    let team = grace.get("/team").await;
    let list = grace.get(&team.link("What waits to be authorised")).await.is(200);
    list.must_say("Sam Okafor");
    list.must_say("Waits");
    assert_eq!(list.link("Risk alert"), at);
    answer(&mut town.browser_of("helen"), &at, false, "Say what breed it is.").await.is(200);
    grace.get("/team/to-authorise").await.must_say("Returned to its writer");
    assert_eq!(town.browser_of("sam").get("/team/to-authorise").await.status, 403);
    town.assert_sound().await;
}

/// R-BAS-12, R-ALR-01: one act about two children is answered in both records at once, or in one of them.
#[tokio::test]
async fn r_bas_12_what_was_written_for_several_is_answered_for_each() {
    let town = Town::new().await;
    let at = alerted(&town, "sam", &[&town.amira, &town.bilal]).await;
    let mut helen = town.browser_of("helen");
    let page = helen.get(&at).await;
    let mut form = page.form("Answer").with("authorised", "yes");
    assert_eq!(form.ticked("_also"), [town.bilal.record.to_string()]);
    form.untick("_also", &town.bilal.record.to_string());
    helen.press(&form, "Answer").await.is(200);
    let mut sam = town.browser_of("sam");
    sam.get(&town.amira.at("")).await.must_say(WARNING);
    sam.get(&town.bilal.at("")).await.must_not_hold(WARNING);
    helen.get("/my-work").await.must_say("to be authorised, Bilal");

    let at = alerted(&town, "sam", &[&town.amira, &town.bilal]).await;
    answer(&mut helen, &at, true, "").await.is(200);
    sam.get(&town.bilal.at("")).await.must_say(WARNING);
    town.assert_sound().await;
}

/// R-VIS-14, R-OBS-18, R-PLN-08: in the `CareFirst` council a visit counts when it is recorded, and its manager authorises it.
#[tokio::test]
async fn r_vis_14_a_visit_counts_and_is_authorised_afterwards() {
    let town = Town::under("carefirst").await;
    let (mut sam, mut grace) = (town.browser_of("sam"), town.browser_of("grace"));
    let page = sam.begin(&town.amira, "Visit").await;
    let at = completed(&mut sam, &visited(&page, &[&town.amira])).await.entry_of("Amira");
    let entry = sam.get(&at).await;
    entry.must_say("To be authorised by:");
    entry.must_say("It counts meanwhile.");
    entry.must_not_hold("It does not count yet");
    sam.get("/my-work").await.must_say("What you wrote that waits to be authorised (1)");
    answer(&mut grace, &at, false, "Who else was there?").await.is(200);
    let entry = sam.get(&at).await;
    entry.must_say("Returned on 3 March 2026 by Grace Obi, Team manager: Who else was there?");
    town.wait(60);
    let form = sam.get(&entry.link("Change it and complete it again")).await.is(200);
    let form = form.form("Complete").with("present.1.name", "Sana Ali").with("present.1.role", "mother");
    let second = completed(&mut sam, &form.with("put-right-because", "Who was there.")).await.entry_of("Amira");
    assert_eq!(sam.get(&at).await.link("Read what stands now"), second, "it has its place at once");
    answer(&mut grace, &second, true, "").await.is(200);
    assert!(!sam.get("/my-work").await.says("waits to be authorised"));
    assert!(!grace.get("/my-work").await.says("to be authorised, Amira"));
    town.assert_sound().await;
}

/// What was on the wrong child is moved with its answer, and is authorised there as it was here.
#[tokio::test]
async fn what_was_authorised_moves_with_its_answer() {
    let town = Town::new().await;
    let at = alerted(&town, "sam", &[&town.amira]).await;
    answer(&mut town.browser_of("helen"), &at, true, "").await.is(200);
    let waits = alerted(&town, "sam", &[&town.amira]).await;
    let mut grace = town.browser_of("grace");
    for at in [at, waits] {
        let page = grace.get(&format!("{at}/move")).await.is(200);
        let form = page.form("Go on").with("to", &town.bilal.record.to_string()).with("why", "The brother’s home");
        let check = grace.press(&form, "Go on").await.is(200);
        grace.press(&check.form("Move it"), "Move it").await.is(200);
    }
    grace.get(&town.amira.at("")).await.must_not_hold(WARNING);
    let page = grace.get(&town.bilal.at("")).await;
    grace.get(&page.link(WARNING)).await.must_say("Authorised on 3 March 2026 by Helen Price, Head of service");
    town.browser_of("helen").get("/my-work").await.must_say("to be authorised, Bilal");
    town.assert_sound().await;
}

/// Nothing of an alert that waits is told to whoever may not read the record.
#[tokio::test]
async fn what_waits_in_a_closed_record_is_on_nobodys_list() {
    let town = Town::new().await;
    alerted(&town, "sam", &[&town.amira]).await;
    let typed = dated("2026-03-03").with("kind", "employee").with("reason", "Her aunt works here.");
    town.write("helen", &town.amira, "restriction", &typed).await;
    for who in ["helen", "grace", "tom"] {
        town.browser_of(who).get("/my-work").await.must_not_hold("Amira");
    }
    town.assert_sound().await;
}
