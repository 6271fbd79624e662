//! Before something leaves, whoever signed in long ago is asked again, and loses nothing.

use std::sync::{Arc, LazyLock};

use authenticator::{Authenticator, code};
use axum::http::Method;
use policy::Pack;
use web::{Needs, routes};

use crate::{
    codes::{add as add_code, seconds},
    page::{Form, Page},
    passkeys::add as add_passkey,
    town::{ADDRESS, Browser, PASSWORD, Town, changed},
};

static EACH_TIME: LazyLock<Arc<Pack>> =
    LazyLock::new(|| changed("sign-in.toml", "source = [\"R-ACC-02\"]\nagain-after-minutes = 0\n"));

/// The page that asks again, in place of the front sheet on paper.
async fn asked(town: &Town, browser: &mut Browser) -> Page {
    let page = browser.get(&town.amira.at("front-sheet/print")).await.is(200);
    let form = page.form("Print").with("why", "court");
    let page = browser.post(&form.action, form.body("Print")).await.is(403);
    page.must_say("Confirm that it is you");
    page
}

/// Confirms, and sends the same again to where that leads, as a browser does.
async fn go_on(browser: &mut Browser, form: &Form, button: &str) -> u16 {
    let page = browser.post(&form.action, form.body(button)).await.is(307);
    let to = page.location().to_owned();
    browser.post(&to, form.body(button)).await.status.as_u16()
}

async fn printed(town: &Town) -> usize {
    let page = town.sign_in("ivy").await.get(&town.amira.at("readings")).await;
    page.main().matches("printed the").count()
}

both_engines! {
    /// R-ACC-02, R-ACC-10
    /// ASVS 7.5.3
    async fn r_acc_02_whoever_signed_in_long_ago_confirms_before_something_is_printed(town: Town) {
        let mut sam = town.sign_in("sam").await;
        town.wait(20 * 60 + 1);
        let before = printed(&town).await;
        let page = asked(&town, &mut sam).await;
        assert_eq!(printed(&town).await, before, "nothing has left yet");
        let wrong = page.form("Confirm").with("_confirm_password", "not this one");
        let again = sam.post(&wrong.action, wrong.body("Confirm")).await.is(422);
        assert_eq!(again.problems()[0].1, "confirm-password");
        let form = again.form("Confirm").with("_confirm_password", PASSWORD);
        assert_eq!(form.value("why"), "court", "what was chosen is still there");
        assert_eq!(go_on(&mut sam, &form, "Confirm").await, 200);
        assert!(printed(&town).await > before);
        // And for the next twenty minutes nothing is asked.
        town.wait(20 * 60);
        let form = sam.get(&town.amira.at("front-sheet/print")).await.form("Print").with("why", "court");
        sam.post(&form.action, form.body("Print")).await.is(200);
        town.assert_sound().await;
    }
}

/// ASVS 7.2.4: whoever has learnt the session's name before is not in it afterwards, and no window loses what it has open.
#[tokio::test]
async fn r_acc_02_confirming_gives_the_session_another_name() {
    let town = Town::new().await;
    let mut sam = town.sign_in("sam").await;
    let before = sam.cookie.clone();
    let ends = async |browser: &Browser| {
        let (_, name) = browser.cookie.split_once('=').unwrap();
        let limits = store::SessionLimits { idle: 30 * 60, absolute: 12 * 3_600 };
        let name = store::SessionName::from_cookie(name).unwrap();
        town.db.session(&name, limits, town.db.now()).await.unwrap().map(|session| session.ends)
    };
    let end = ends(&sam).await;
    let open = sam.get("/account").await;
    town.wait(20 * 60 + 1);
    let page = asked(&town, &mut sam).await;
    assert_eq!(sam.cookie, before, "a wrong password renews nothing");
    let form = page.form("Confirm").with("_confirm_password", PASSWORD);
    assert_eq!(go_on(&mut sam, &form, "Confirm").await, 200);
    assert_ne!(sam.cookie, before);
    assert_eq!(ends(&sam).await, end, "it ends when it would have ended");
    let mut old = town.browser();
    old.cookie = before;
    assert_eq!(old.get("/my-work").await.path, "/sign-in?ended");
    // The page that was open before can still be sent, and again after the next time.
    for _ in 0..2 {
        let form = open.form("Send it to me").with("address", "sam@example.org");
        let kept = sam.press(&form, "Send it to me").await;
        assert_eq!((kept.status.as_u16(), kept.path.as_str()), (200, "/account"));
        town.wait(20 * 60 + 1);
        let form = asked(&town, &mut sam).await.form("Confirm").with("_confirm_password", PASSWORD);
        assert_eq!(go_on(&mut sam, &form, "Confirm").await, 200);
    }
    // Another session's page cannot.
    let forged = open.form("Send it to me").forged("_token", &town.browser_of("tom").token());
    sam.press(&forged, "Send it to me").await.is(403);
    town.assert_sound().await;
}

#[tokio::test]
async fn r_acc_02_a_passkey_confirms_and_only_ones_own() {
    let town = Town::new().await;
    let (mut sam, mut tom) = (town.sign_in("sam").await, town.sign_in("tom").await);
    let (mut telephone, mut toms) = (Authenticator::new(1, ADDRESS), Authenticator::new(2, ADDRESS));
    add_passkey(&mut sam, &mut telephone, "").await.is(200);
    add_passkey(&mut tom, &mut toms, "").await.is(200);
    town.wait(20 * 60 + 1);
    for (device, right) in [(&mut toms, false), (&mut telephone, true)] {
        let page = asked(&town, &mut sam).await;
        let question = sam.post_own("/confirm/options", &[]).await.is(200);
        let (ceremony, answer) = device.sign(&question.body);
        let form = page.form("Use a passkey").with("_confirm_ceremony", &ceremony).with("_confirm_answer", &answer);
        if right {
            assert_eq!(go_on(&mut sam, &form, "Use a passkey").await, 200);
        } else {
            sam.post(&form.action, form.body("Use a passkey")).await.is(422).must_say("This passkey is not yours");
        }
    }
    // What was asked in order to sign in confirms nothing.
    town.wait(20 * 60 + 1);
    let page = asked(&town, &mut sam).await;
    let question = sam.post("/sign-in/passkey/options", "").await.is(200);
    let (ceremony, answer) = telephone.sign(&question.body);
    let form = page.form("Use a passkey").with("_confirm_ceremony", &ceremony).with("_confirm_answer", &answer);
    sam.post(&form.action, form.body("Use a passkey")).await.is(422);
}

#[tokio::test]
async fn r_acc_02_who_has_a_code_confirms_with_it_too() {
    let town = Town::new().await;
    let mut sam = town.sign_in("sam").await;
    let secret = add_code(&town, &mut sam).await;
    town.wait(20 * 60 + 1);
    let page = asked(&town, &mut sam).await;
    let form = page.form("Confirm").with("_confirm_password", PASSWORD);
    sam.post(&form.action, form.body("Confirm")).await.is(422);
    let form = form.with("_confirm_code", &code(&secret, seconds(&town)));
    assert_eq!(go_on(&mut sam, &form, "Confirm").await, 200);
}

#[tokio::test]
async fn r_acc_02_whoever_guesses_at_somebody_elses_desk_is_signed_out() {
    let town = Town::new().await;
    let mut sam = town.sign_in("sam").await;
    town.wait(20 * 60 + 1);
    let mut page = asked(&town, &mut sam).await;
    for _ in 0..5 {
        let form = page.form("Confirm").with("_confirm_password", "wrong wrong wrong");
        page = sam.post(&form.action, form.body("Confirm")).await.is(422);
    }
    assert_eq!(sam.look("/my-work").await.location(), "/sign-in?ended");
}

/// A colleague who guesses elsewhere locks the account, and does not send its owner out of a session that goes on.
#[tokio::test]
async fn r_acc_02_wrong_guesses_of_others_end_nobodys_session() {
    let town = Town::new().await;
    let mut sam = town.sign_in("sam").await;
    town.wait(20 * 60 + 1);
    let page = asked(&town, &mut sam).await;
    for _ in 0..5 {
        let mut other = town.browser();
        let form =
            other.get("/sign-in").await.form("Sign in").with("username", "sam").with("password", "wrong wrong wrong");
        other.press(&form, "Sign in").await;
    }
    let form = page.form("Confirm").with("_confirm_password", PASSWORD);
    let locked = sam.post(&form.action, form.body("Confirm")).await.is(422);
    town.wait(5 * 60 + 1);
    let form = locked.form("Confirm").with("_confirm_password", PASSWORD);
    assert_eq!(go_on(&mut sam, &form, "Confirm").await, 200);
}

/// ASVS 7.5.1
#[tokio::test]
async fn r_acc_02_a_session_that_was_left_open_adds_no_way_of_its_own() {
    let town = Town::new().await;
    let mut sam = town.sign_in("sam").await;
    let new = sam.get("/account/code/new").await.is(200);
    let secret = new.root.of_class("ls-key-in-letters")[0].text();
    town.wait(20 * 60 + 1);
    sam.post_own("/account/passkeys/options", &[]).await.is(403);
    // What was begun before is sent on after confirming.
    let form = new.form("Add the code").with("code", &code(&secret, seconds(&town)));
    let page = sam.post(&form.action, form.body("Add the code")).await.is(403);
    let form = page.form("Confirm").with("_confirm_password", PASSWORD);
    let page = sam.post(&form.action, form.body("Confirm")).await.is(307);
    assert_eq!(page.location(), "/account/code");
    // Ten minutes have gone, so there is another secret; but nobody was let in by the session alone.
    sam.post("/account/code", form.body("Confirm")).await.is(422).must_say("Add a code");
    // A page is come back to as well.
    town.wait(20 * 60 + 1);
    let page = sam.get("/account/passkeys/new").await.is(403);
    let form = page.form("Confirm").with("_confirm_password", PASSWORD);
    assert_eq!(sam.press(&form, "Confirm").await.is(200).path, "/account/passkeys/new");
}

#[tokio::test]
async fn r_acc_02_a_pack_can_ask_each_time() {
    let town = Town::of_pack(EACH_TIME.clone()).await;
    let mut sam = town.sign_in("sam").await;
    town.wait(11);
    let form = asked(&town, &mut sam).await.form("Confirm").with("_confirm_password", PASSWORD);
    assert_eq!(go_on(&mut sam, &form, "Confirm").await, 200);
}

/// ASVS 7.5.1, 7.5.3, 8.4.2
#[tokio::test]
async fn r_acc_02_every_route_that_says_so_asks_again_and_no_other() {
    let town = Town::new().await;
    let mut sam = town.sign_in("sam").await;
    town.wait(20 * 60 + 1);
    for route in routes::all() {
        if route.needs == Needs::Public || route.path.starts_with("/sign-out") {
            continue;
        }
        let path = route.path.replace("{record}", &town.amira.record.to_string());
        let path = path.split('/').map(|part| if part.starts_with('{') { "01h00000000000000000000000" } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        let page = if route.method == Method::GET { sam.look(&path).await } else { sam.post_own(&path, &[]).await };
        let asks = page.status == 403 && page.says("Confirm that it is you");
        assert_eq!(asks, route.recently, "{} {}: {}", route.method, route.path, page.status);
    }
    // What takes something out of the record, or weakens how somebody signs in.
    let recently = |path: &str| routes::all().iter().any(|route| route.recently && route.path == path);
    for path in [
        "/records/{record}/entries/{entry}/print",
        "/records/{record}/addresses",
        "/account/passkeys/options",
        "/account/passkeys/{passkey}/removal",
        "/account/code",
        "/account/code/removal",
        "/organisation/staff/{person}/password",
        "/organisation/staff/{person}/ways",
    ] {
        assert!(recently(path), "{path}");
    }
}

/// ASVS 3.7.2
#[tokio::test]
async fn what_is_confirmed_leads_nowhere_else() {
    let town = Town::new().await;
    let mut sam = town.sign_in("sam").await;
    let print = town.amira.at("front-sheet/print");
    for to in
        ["", "/", "/my-work", "//evil.example/print", "https://evil.example", "/sign-out", &print.replace('/', "\\")]
    {
        for method in ["post", "get"] {
            let pairs = [("_confirm_to", to), ("_confirm_method", method), ("_confirm_password", PASSWORD)];
            sam.post_own("/confirm", &pairs).await.is(404);
        }
    }
    let pairs = [("_confirm_to", print.as_str()), ("_confirm_method", "get"), ("_confirm_password", PASSWORD)];
    sam.post_own("/confirm", &pairs).await.is(404);
}
