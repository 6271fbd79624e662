//! Codes beside a password, what the pack allows, accounts that nobody uses, and one's sessions, on the pages.

use std::sync::{Arc, LazyLock};

use authenticator::{Authenticator, code};
use policy::Pack;

use crate::{
    page::Page,
    passkeys::{add as add_passkey, sign_in as sign_in_with_passkey},
    town::{ADDRESS, Browser, PASSWORD, Town, changed},
};

/// Where nobody gets in by a password alone.
static MORE_THAN_A_PASSWORD: LazyLock<Arc<Pack>> =
    LazyLock::new(|| changed("sign-in.toml", "source = [\"R-ACC-02\"]\nways = [\"passkey\", \"password-and-code\"]\n"));

/// Where there are passkeys and nothing else.
static PASSKEYS_ALONE: LazyLock<Arc<Pack>> =
    LazyLock::new(|| changed("sign-in.toml", "source = [\"R-ACC-02\"]\nways = [\"passkey\"]\n"));

pub fn seconds(town: &Town) -> i64 {
    town.db.now().millisecond() / 1_000
}

/// Adds a code to the account of whoever sits there; gives its secret.
pub async fn add(town: &Town, browser: &mut Browser) -> String {
    let page = browser.get("/account/code/new").await.is(200);
    let secret = page.root.of_class("ls-key-in-letters")[0].text();
    let form = page.form("Add the code").with("code", &code(&secret, seconds(town)));
    assert_eq!(browser.press(&form, "Add the code").await.is(200).path, "/account");
    town.wait(30);
    secret
}

pub async fn password(town: &Town, username: &str) -> (Browser, Page) {
    let mut browser = town.browser();
    let form = browser.get("/sign-in").await.form("Sign in").with("username", username).with("password", PASSWORD);
    let page = browser.press(&form, "Sign in").await;
    (browser, page)
}

both_engines! {
    /// R-ACC-02
    async fn r_acc_02_a_code_is_added_asked_for_and_removed(town: Town) {
        let mut sam = town.browser_of("sam");
        let page = sam.get("/account/code/new").await.is(200);
        let wrong = sam.press(&page.form("Add the code").with("code", "123456"), "Add the code").await.is(422);
        assert_eq!(wrong.problems()[0].1, "code");
        let secret = page.root.of_class("ls-key-in-letters")[0].text();
        assert!(wrong.holds(&secret), "the telephone need not be pointed at it again");
        let secret = { add(&town, &mut sam).await };
        sam.get("/account").await.must_say("When you sign in with your password you are asked for a code");

        let (mut browser, page) = password(&town, "sam").await;
        assert_eq!(page.title(), "Enter your code – Lifestory");
        assert!(browser.cookie.is_empty(), "nobody is in by a password alone");
        let refused = browser.press(&page.form("Go on").with("code", "000 000"), "Go on").await.is(422);
        assert_eq!(refused.problems()[0].1, "code");
        let page = browser.press(&refused.form("Go on").with("code", &code(&secret, seconds(&town))), "Go on").await;
        assert_eq!(page.path, "/my-work");
        let page = browser.get("/account").await;
        browser.press(&page.form("Remove the code"), "Remove the code").await.must_say("Add a code");
        assert_eq!(sam.look("/my-work").await.location(), "/sign-in?ended");
        let (_, page) = password(&town, "sam").await;
        assert_eq!(page.path, "/my-work");
        town.assert_sound().await;
    }
}

#[tokio::test]
async fn r_acc_02_who_waits_too_long_begins_again() {
    let town = Town::new().await;
    let secret = add(&town, &mut town.browser_of("sam")).await;
    let (mut browser, page) = password(&town, "sam").await;
    town.wait(600);
    let form = page.form("Go on").with("code", &code(&secret, seconds(&town)));
    let page = browser.press(&form, "Go on").await.is(422);
    page.must_say("The time for the code is over");
    assert_eq!(page.title(), "Error: Sign in – Lifestory");
}

/// ASVS 6.5.6, 7.4.5
#[tokio::test]
async fn r_acc_02_an_administrator_helps_whose_telephone_is_lost() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    add(&town, &mut sam).await;
    let mut telephone = Authenticator::new(1, ADDRESS);
    add_passkey(&mut sam, &mut telephone, "My telephone").await.is(200);
    let (mut browser, mut page) = password(&town, "sam").await;
    for _ in 0..9 {
        page = browser.press(&page.form("Go on").with("code", "1"), "Go on").await.is(422);
    }
    let stopped = browser.press(&page.form("Go on").with("code", "1"), "Go on").await.is(403);
    stopped.must_say("Ask the person who manages accounts");

    let at = format!("/organisation/staff/{}", town.staff["sam"]);
    let mut admin = town.browser_of("admin");
    let page = admin.get(&at).await.is(200);
    page.must_say("Beside a password this person signs in with a passkey and a code");
    let page = admin.press(&page.form("Remove a passkey and a code"), "Remove a passkey and a code").await.is(200);
    page.must_not_hold("Lost telephone");
    assert_eq!(sam.look("/my-work").await.location(), "/sign-in?ended", "whoever found the telephone is out");
    assert_eq!(password(&town, "sam").await.1.path, "/my-work");
    sign_in_with_passkey(&town, &mut telephone).await.1.is(422);
    // Nobody else does.
    town.browser_of("grace").post_own(&format!("{at}/ways"), &[]).await.is(403);
}

/// ASVS 2.3.1, 6.3.3
#[tokio::test]
async fn r_acc_02_where_a_password_is_not_enough_another_way_comes_before_anything_else() {
    let town = Town::of_pack(MORE_THAN_A_PASSWORD.clone()).await;
    let (mut sam, page) = password(&town, "sam").await;
    assert_eq!(page.path, "/account/ways");
    page.must_say("A password alone is not enough here");
    assert_eq!(sam.look(&town.amira.at("")).await.is(303).location(), "/account/ways");
    let token = sam.token();
    assert!(!token.is_empty());
    let posted = sam.post_own(&town.amira.at("drafts"), &[("form", "visit")]).await.is(303);
    assert_eq!(posted.location(), "/account/ways", "a post is no way around it");
    // Whoever takes long over it confirms by what they came in with, and goes on.
    town.wait(20 * 60 + 1);
    let page = sam.get("/account/code/new").await.is(403);
    let form = page.form("Confirm").with("_confirm_password", PASSWORD);
    assert_eq!(sam.press(&form, "Confirm").await.is(200).path, "/account/code/new");
    let secret = add(&town, &mut sam).await;
    sam.look(&town.amira.at("")).await.is(200);
    let (mut again, page) = password(&town, "sam").await;
    let form = page.form("Go on").with("code", &code(&secret, seconds(&town)));
    assert_eq!(again.press(&form, "Go on").await.path, "/my-work");

    let (mut tom, _) = password(&town, "tom").await;
    let mut telephone = Authenticator::new(1, ADDRESS);
    add_passkey(&mut tom, &mut telephone, "").await.is(200);
    tom.look("/my-work").await.is(200);
    assert_eq!(sign_in_with_passkey(&town, &mut telephone).await.1.path, "/my-work");
    town.wait(20 * 60 + 1);
    let page = tom.get("/account/code/new").await.is(403);
    let form = page.form("Confirm").with("_confirm_password", PASSWORD);
    // It counts as a wrong one does, so that nobody learns that it is right.
    for _ in 0..5 {
        tom.post(&form.action, form.body("Confirm")).await.is(422);
    }
    assert_eq!(tom.look("/my-work").await.location(), "/sign-in?ended");
    // Whoever has a passkey has no use for the password, and neither has a thief.
    password(&town, "tom").await.1.is(422).must_say("The username or the password is not right");
}

#[tokio::test]
async fn r_acc_02_an_authority_can_forbid_codes() {
    let town = Town::of_pack(PASSKEYS_ALONE.clone()).await;
    let (mut sam, page) = password(&town, "sam").await;
    page.must_not_hold("authenticator");
    assert_eq!(page.links().iter().filter(|(_, href)| href.starts_with("/account/code")).count(), 0);
    sam.look("/account/code/new").await.is(404);
    sam.post_own("/account/code", &[("_ceremony", "x"), ("code", "1")]).await.is(404);
    add_passkey(&mut sam, &mut Authenticator::new(1, ADDRESS), "").await.is(200).must_not_hold("/account/code");
}

#[tokio::test]
async fn r_acc_02_an_account_that_nobody_used_is_seen_and_opened_again() {
    let town = Town::new().await;
    town.wait(30 * 86_400);
    password(&town, "sam").await.1.is(422).must_say("the account is closed");
    let mut admin = town.sign_in("admin").await;
    admin.get("/organisation").await.must_say("sam closed: not used since 3 March 2026");
    let at = format!("/organisation/staff/{}", town.staff["sam"]);
    let page = admin.get(&at).await.is(200);
    page.must_say("Nobody has signed in with it since 3 March 2026");
    // They work here all the same: what else is changed makes nobody a leaver.
    assert!(page.form("Save").offers("account-status", "open"));
    let page = admin.press(&page.form("Open the account again"), "Open the account again").await.is(200);
    page.must_say("sam open");
    assert_eq!(password(&town, "sam").await.1.path, "/my-work");
    admin.post_own("/organisation/staff/01h00000000000000000000000/account", &[]).await.is(404);
    town.assert_sound().await;
}

/// ASVS 7.5.2
#[tokio::test]
async fn r_acc_02_one_sees_where_one_is_signed_in_and_ends_it() {
    let town = Town::new().await;
    let (mut here, mut there) = (town.browser_of("sam"), town.sign_in("sam").await);
    let page = here.get("/account").await;
    page.must_say("This is the one you are in");
    let page = here.press(&page.form("End it"), "End it").await.is(200);
    assert!(!page.has_button("End it"));
    assert_eq!(there.look("/my-work").await.location(), "/sign-in?ended");
    here.look("/my-work").await.is(200);
}

#[tokio::test]
async fn a_first_password_is_changed_before_anything_is_sent_either() {
    let town = Town::new().await;
    let mut admin = town.browser_of("admin");
    let page = admin.get(&format!("/organisation/staff/{}", town.staff["sam"])).await;
    let form = page.form("Give a new first password").with("sure", "yes");
    let given = admin.press(&form, "Give a new first password").await.is(200).first_password();
    let mut sam = town.browser();
    let form = sam.get("/sign-in").await.form("Sign in").with("username", "sam").with("password", &given);
    assert_eq!(sam.press(&form, "Sign in").await.path, "/password");
    let posted = sam.post_own(&town.amira.at("drafts"), &[("form", "visit")]).await.is(303);
    assert_eq!(posted.location(), "/password");
}
