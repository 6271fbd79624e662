//! Passkeys on the pages: added, named, removed; signing in with one.

use authenticator::Authenticator;

use crate::{
    page::{Page, encoded},
    town::{ADDRESS, Browser, Town},
};

/// Adds this device to the account of whoever sits there, as the page's script does.
pub async fn add(browser: &mut Browser, device: &mut Authenticator, name: &str) -> Page {
    let page = browser.get("/account/passkeys/new").await.is(200);
    let question = browser.post_own("/account/passkeys/options", &[]).await.is(200);
    let (ceremony, answer) = device.make(&question.body);
    let form = page.form("Add a passkey").with("name", name).with("_ceremony", &ceremony).with("_answer", &answer);
    browser.press(&form, "Add a passkey").await
}

/// Answers with this device, as the page's script does.
pub async fn sign_in(town: &Town, device: &mut Authenticator) -> (Browser, Page) {
    let mut browser = town.browser();
    let page = browser.get("/sign-in").await;
    let question = browser.post("/sign-in/passkey/options", "").await.is(200);
    let (ceremony, answer) = device.sign(&question.body);
    let form = page.form("Use a passkey").with("_ceremony", &ceremony).with("_answer", &answer);
    let page = browser.press(&form, "Use a passkey").await;
    (browser, page)
}

both_engines! {
    /// R-ACC-02
    async fn r_acc_02_a_passkey_is_added_named_used_and_removed(town: Town) {
        let mut sam = town.browser_of("sam");
        sam.get("/account").await.must_say("You have no passkey yet");
        let mut telephone = Authenticator::new(1, ADDRESS);
        let page = add(&mut sam, &mut telephone, "My telephone").await.is(200);
        assert_eq!(page.path, "/account");
        page.must_say("My telephone 3 March 2026, 15:20 Not yet");

        let (mut there, page) = sign_in(&town, &mut telephone).await;
        assert_eq!(page.path, "/my-work", "{}", page.main());
        page.must_say("Good afternoon, Sam");
        let page = there.get("/account").await;
        let one = there.get(&page.link("My telephone")).await.is(200);
        let long = one.form("Change the name").with("name", &"x".repeat(61));
        assert_eq!(there.press(&long, "Change the name").await.is(422).problems()[0].1, "name");
        let form = one.form("Change the name").with("name", "Telephone of the office");
        there.press(&form, "Change the name").await.is(200).must_say("Telephone of the office");

        // Nobody else's page, and what is not there, are one.
        let mut tom = town.browser_of("tom");
        let absent = tom.look("/account/passkeys/01h00000000000000000000000").await.is(404);
        assert_eq!(tom.look(&one.path).await.is(404).body, absent.body);
        tom.post_own(&format!("{}/removal", one.path), &[]).await.is(404);
        tom.post_own(&one.path, &[("name", "Tom's")]).await.is(404);

        let page = sam.get(&one.path).await;
        sam.press(&page.form("Remove this passkey"), "Remove this passkey").await.must_say("You have no passkey yet");
        sam.look("/my-work").await.is(200);
        assert_eq!(there.look("/my-work").await.location(), "/sign-in?ended", "a lost telephone is signed out");
        let (_, refused) = sign_in(&town, &mut telephone).await;
        refused.is(422).must_say("This passkey is not known here");
        town.assert_sound().await;
    }
}

#[tokio::test]
async fn r_acc_02_whatever_is_no_good_leads_back_to_the_same_page() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let mut telephone = Authenticator::new(1, ADDRESS);
    add(&mut sam, &mut telephone, "").await.must_say("Passkey");
    let mut elsewhere = telephone.clone();
    "https://lifestory.test.evil.example".clone_into(&mut elsewhere.origin);
    let (browser, refused) = sign_in(&town, &mut elsewhere).await;
    let refused = refused.is(422);
    assert!(browser.cookie.is_empty());
    assert_eq!(refused.problems()[0].1, "passkey");
    assert!(refused.by_id("passkey").is_some());
    let (_, unknown) = sign_in(&town, &mut Authenticator::new(2, ADDRESS)).await;
    assert_eq!(unknown.is(422).body, refused.body, "nobody learns which passkeys there are");
    // Without an answer, as a form without its script would be sent.
    let blank = town.browser().post("/sign-in/passkey", "_ceremony=&_answer=").await.is(422);
    assert_eq!(blank.body, refused.body);

    let twice = add(&mut sam, &mut telephone.clone(), "Again").await.is(422);
    assert_eq!(twice.problems()[0].1, "add");
    assert!(twice.by_id("add").is_some());
    let mut tom = town.browser_of("tom");
    add(&mut tom, &mut telephone.clone(), "Sam's").await.is(422).must_say("The passkey was not added");
}

#[tokio::test]
async fn a_browser_is_asked_for_a_new_passkey_on_a_page_of_its_session_alone() {
    let town = Town::new().await;
    let mut nobody = town.browser();
    assert_eq!(nobody.post("/account/passkeys/options", "").await.is(303).location(), "/sign-in?ended");
    let mut sam = town.browser_of("sam");
    sam.post("/account/passkeys/options", encoded(&[("_token", "another")])).await.is(403);
    sam.post("/account/passkeys", encoded(&[("_token", "another")])).await.is(403);
    let question = sam.post_own("/account/passkeys/options", &[]).await.is(200);
    assert_eq!(question.headers["content-type"], "application/json");
    assert_eq!(question.headers["cache-control"], "no-store");
    assert!(question.holds("\"residentKey\":\"required\"") && question.holds("\"userVerification\":\"required\""));
    assert!(!question.holds("Okafor"), "the device keeps the username and no more: {}", question.body);
}

#[tokio::test]
async fn where_no_address_was_given_nobody_is_offered_a_passkey() {
    let town = Town::new().await.without_passkeys();
    let mut sam = town.browser_of("sam");
    sam.get("/account").await.is(200).must_not_hold("asskey");
    sam.look("/account/passkeys/new").await.is(404);
    let page = town.browser().get("/sign-in").await;
    page.must_not_hold("asskey");
    town.browser().post("/sign-in/passkey/options", "").await.is(404);
    town.browser().post("/sign-in/passkey", "_ceremony=x&_answer=y").await.is(422);
}
