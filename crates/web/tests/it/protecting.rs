//! Protected addresses: hidden on every page, shown to whoever says why, and somebody is told.

use crate::town::{Browser, Town, dated};

const STREET: &str = "Quillwort Lane";

/// Amira's address, which must be kept from somebody; gives the entry.
pub async fn protected(town: &Town, lines: &str, yes: &str) -> String {
    let typed = dated("2026-02-01")
        .with("person", town.amira.person.to_string())
        .with("address.lines", lines)
        .with("address.town", "Rochdale")
        .with("address.postcode", "OL16 1AA")
        .with("protected", yes)
        .with("protected.reason", "From her father: a court order.");
    town.write("sam", &town.amira, "address", &typed).await
}

/// Every page of the record that this person can open by a link, from the front page on.
async fn pages(browser: &mut Browser, town: &Town) -> Vec<String> {
    let own = town.amira.at("");
    let (mut known, mut at) = (vec![own.clone()], 0);
    while at < known.len() && at < 200 {
        let page = browser.look(&known[at]).await;
        assert!(page.status.as_u16() < 500, "{}", page.path);
        page.must_not_hold(STREET);
        for (_, href) in page.links() {
            if href.starts_with(&own) && !known.contains(&href) {
                known.push(href);
            }
        }
        at += 1;
    }
    known
}

both_engines! {
    /// R-ALR-01, R-ACC-08: a protected address is on no page of the record and in no form that is filled, until somebody
    /// says what they need it for; that stays in the record, and the manager and information governance are told.
    /// ASVS 8.2.3, 14.2.6
    async fn r_acc_08_a_protected_address_is_shown_to_whoever_says_why(town: Town) {
        let entry = protected(&town, &format!("7 {STREET}"), "yes").await;
        let mut sam = town.browser_of("sam");
        let all = pages(&mut sam, &town).await;
        assert!(all.len() > 40, "{}", all.len());
        let front = sam.get(&town.amira.at("")).await;
        front.must_say("Address protected: do not say where they live");
        front.must_say("Protected address, not shown");
        sam.get(&town.amira.at(&format!("entries/{entry}"))).await.must_say("Protected address, not shown");
        sam.get("/my-work").await.must_not_hold(STREET);

        let ask = sam.get(&front.link("Show the addresses that are protected")).await.is(200);
        let unsaid = sam.press(&ask.form("Show the addresses"), "Show the addresses").await.is(422);
        assert_eq!(unsaid.problems().len(), 1, "{:?}", unsaid.problems());
        unsaid.must_not_hold(STREET);
        let form = unsaid.form("Show the addresses").with("reason", "The visit this afternoon");
        let shown = sam.press(&form, "Show the addresses").await.is(200);
        shown.must_say(&format!("7 {STREET}, Rochdale, OL16 1AA"));
        // Once: the same press again is another reason, and every other page hides it still.
        let again = sam.press(&form, "Show the addresses").await.is(422);
        again.must_not_hold(STREET);
        sam.get(&town.amira.at("")).await.must_not_hold(STREET);

        assert!(!sam.get("/my-work").await.says("was shown the protected addresses"), "nobody is told of themselves");
        town.wait(60);
        for who in ["grace", "ivy"] {
            let mut browser = town.browser_of(who);
            let work = browser.get("/my-work").await;
            let why = work.links().into_iter().find(|(text, _)| text.starts_with("Sam Okafor was shown")).unwrap().1;
            browser.get(&why).await.must_say("The visit this afternoon");
            assert!(!browser.get("/my-work").await.says("was shown the protected addresses"), "{who} has read why");
        }
        for closed in ["tom", "pat"] {
            let mut browser = town.browser_of(closed);
            assert_eq!(browser.get(&town.amira.at("addresses")).await.status, 404);
            let forged = [("_act", "01h00000000000000000000000"), ("reason", "Just looking")];
            assert_eq!(browser.post_own(&town.amira.at("addresses"), &forged).await.status, 404);
        }
        // Whoever signed in too long ago shows first that it is them.
        town.wait(6 * 60);
        let form = sam.get(&town.amira.at("addresses")).await.form("Show the addresses").with("reason", "Another visit");
        let asked = sam.press(&form, "Show the addresses").await;
        asked.must_not_hold(STREET);
        asked.is(403).must_say("Confirm that it is you");
        town.assert_sound().await;
    }
}

/// What is put right is typed by whoever was shown it today; where nothing is protected any more, nothing is hidden.
#[tokio::test]
async fn a_protected_address_is_put_right_by_whoever_was_shown_it() {
    let town = Town::new().await;
    let entry = protected(&town, &format!("7 {STREET}"), "yes").await;
    let mut grace = town.browser_of("grace");
    let amendment = town.amira.at(&format!("entries/{entry}/amendment"));
    let refused = grace.get(&amendment).await.is(409);
    refused.must_say("Have the addresses of the record shown to you first");
    refused.must_not_hold(STREET);
    let ask = grace.get(&town.amira.at("addresses")).await;
    let form = ask.form("Show the addresses").with("reason", "The number was wrong");
    grace.press(&form, "Show the addresses").await.is(200);
    let form = grace.get(&amendment).await.is(200).form("Complete");
    assert_eq!(form.value("address.lines"), format!("7 {STREET}"));
    let form = form.with("address.lines", &format!("9 {STREET}")).with("put-right-because", "It is number 9.");
    let page = grace.press(&form, "Complete").await;
    let page = if page.path.ends_with("/check") { grace.press(&page.form("Complete"), "Complete").await } else { page };
    assert!(page.path.ends_with("/done"), "{:?}", page.problems());
    town.wait(60);
    protected(&town, &format!("11 {STREET}"), "no").await;
    grace.get(&town.amira.at("")).await.must_say(&format!("11 {STREET}"));
    town.assert_sound().await;
}

/// R-SHR-01, R-SHR-02: what somebody consented to stands with them, a decision to share rests on it, and once it is taken back
/// it is offered for none.
#[tokio::test]
async fn r_shr_02_a_decision_to_share_rests_on_a_consent_that_holds() {
    let town = Town::new().await;
    let typed = dated("2026-03-02")
        .with("person", town.sana.to_string())
        .with("as", "parent")
        .with("purpose", "share")
        .with("what", "With the school, that a plan is being made.")
        .with("answer", "given")
        .with("how", "written")
        .with("about", town.amira.record.to_string());
    let consent = town.write("sam", &town.amira, "consent", &typed).await;
    let mut sam = town.browser_of("sam");
    sam.get(&town.amira.at("family")).await.must_say("Consents to: To share what we know");
    let form = sam.get(&town.amira.at("new/sharing")).await.is(200).form("Complete");
    assert!(form.offers("consent", &consent));
    town.wait(60);
    let back = dated("2026-03-03").with("consent", consent.as_str()).with("said", "She rang; the school was told.");
    town.write("sam", &town.amira, "consent-withdrawn", &back).await;
    assert!(!sam.get(&town.amira.at("family")).await.says("Consents to"));
    town.assert_sound().await;
}

/// R-ALR-01, R-CNF-05: who must never learn what stands at the top of every page, until that is over.
#[tokio::test]
async fn r_cnf_05_who_must_never_learn_stands_at_the_top_of_every_page() {
    let town = Town::new().await;
    let say = |typed: record::Typed| {
        typed
            .with("person", town.sana.to_string())
            .with("what", "where")
            .with("why", "The court ordered it on 2 March 2026.")
            .with("about", town.amira.record.to_string())
    };
    town.write("sam", &town.amira, "must-never-learn", &say(dated("2026-03-03"))).await;
    let mut sam = town.browser_of("sam");
    for page in ["", "story", "new/visit"] {
        sam.get(&town.amira.at(page))
            .await
            .must_say("Sana Ali must never learn: Where the child lives or goes to school");
    }
    town.wait(60);
    town.write(
        "sam",
        &town.amira,
        "must-never-learn",
        &say(dated("2026-03-03").on_day("until", jiff::civil::date(2026, 3, 3))),
    )
    .await;
    assert!(!sam.get(&town.amira.at("")).await.says("must never learn"));
    town.assert_sound().await;
}
