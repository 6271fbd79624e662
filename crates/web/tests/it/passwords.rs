//! Passwords as people type them, and no other way in beside those that are written down.

use authenticator::code;
use axum::body::Body;
use identity_provider::IdentityProvider;
use policy::sign_in::Way;

use crate::{
    codes::{add as add_code, seconds},
    page::Page,
    town::{Browser, PASSWORD, Town},
};

async fn try_in(town: &Town, username: &str, password: &str) -> (Browser, Page) {
    let mut browser = town.browser();
    let form = browser.get("/sign-in").await.form("Sign in").with("username", username).with("password", password);
    let page = browser.press(&form, "Sign in").await;
    (browser, page)
}

/// Changes the password of whoever sits there.
async fn change(browser: &mut Browser, old: &str, new: &str) -> Page {
    let form = browser.get("/password").await.form("Change password").with("old", old).with("new", new);
    browser.press(&form, "Change password").await
}

/// ASVS 6.2.6, 6.2.7: hidden, and open to whatever remembers and fills in passwords.
#[tokio::test]
async fn boxes_for_passwords_hide_them_and_welcome_a_manager() {
    let town = Town::new().await;
    let mut sam = town.sign_in("sam").await;
    let mut pages = vec![town.browser().get("/sign-in").await, sam.get("/password").await];
    town.wait(20 * 60 + 1);
    pages.push(sam.look("/account/passkeys/new").await.is(403));
    let mut admin = town.browser_of("admin");
    pages.push(admin.get("/organisation/staff/new").await.is(200));
    pages.push(admin.get(&format!("/organisation/staff/{}", town.staff["sam"])).await.is(200));
    let mut boxes = 0;
    for page in &pages {
        for one in page.root.named("input") {
            let name = one.attribute("name");
            if !(name.ends_with("password") || name == "old" || name == "new") {
                continue;
            }
            boxes += 1;
            assert_eq!(one.attribute("type"), "password", "{}: {name}", page.path);
            let fills = ["current-password", "new-password"].contains(&one.attribute("autocomplete"));
            assert!(fills, "{}: {name} is for {:?}", page.path, one.attribute("autocomplete"));
            assert_eq!(one.attribute("value"), "", "{}: {name}", page.path);
            let hinders = ["maxlength", "pattern", "onpaste", "readonly", "oncopy"];
            assert!(!one.attributes.keys().any(|key| hinders.contains(&key.as_str())), "{}: {name}", page.path);
        }
    }
    assert_eq!(boxes, 6, "each page has its own");
    let username =
        pages[0].root.all(&|one| one.attribute("name") == "username")[0].attribute("autocomplete").to_owned();
    assert_eq!(username, "username");
}

/// ASVS 6.2.8: every letter counts, with its size, and the blanks around it. ASVS 6.2.9: up to 200 of them.
#[tokio::test]
async fn a_password_is_taken_to_the_letter_whatever_its_length() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let long = (1..=7).map(|number| format!("{number} Terns over GRAVEL é𝔘")).collect::<Vec<_>>().join(", ");
    assert!((190..=200).contains(&long.len()), "{}", long.len());
    let typed = ["  Tern lantern Gravel  ", "Tern lantern gravel <b>&amp;%41", long.as_str()];
    let mut old = PASSWORD;
    for new in typed {
        assert_eq!(change(&mut sam, old, new).await.path, "/my-work", "{new}");
        let first_72: String = new.chars().take(60).collect();
        for other in [new.trim(), &new.to_lowercase(), &new.to_uppercase(), &format!("{new}x"), &first_72] {
            if other != new {
                try_in(&town, "sam", other).await.1.is(422);
                town.wait(301);
            }
        }
        assert_eq!(try_in(&town, "sam", new).await.1.path, "/my-work", "{new}");
        old = new;
    }
    change(&mut sam, old, &"Tern lantern gravel ".repeat(11)).await.is(422).must_say("from 12 to 200 characters");
}

/// ASVS 6.2.10: nobody is asked for another password because time has gone.
#[tokio::test]
async fn a_password_does_not_run_out() {
    let town = Town::new().await;
    for _ in 0..24 {
        town.wait(29 * 86_400);
        assert_eq!(try_in(&town, "sam", PASSWORD).await.1.path, "/my-work");
    }
}

/// ASVS 6.4.3: whoever is given a new first password is still asked for what they have beside it.
#[tokio::test]
async fn a_new_first_password_leads_around_no_code() {
    let town = Town::new().await;
    let secret = add_code(&town, &mut town.browser_of("sam")).await;
    let mut admin = town.browser_of("admin");
    let page = admin.get(&format!("/organisation/staff/{}", town.staff["sam"])).await;
    let form = page.form("Give a new first password").with("sure", "yes");
    let given = admin.press(&form, "Give a new first password").await.is(200).first_password();
    let (mut sam, page) = try_in(&town, "sam", &given).await;
    assert_eq!(page.title(), "Enter your code – Lifestory");
    assert!(sam.cookie.is_empty());
    let page = sam.press(&page.form("Go on").with("code", &code(&secret, seconds(&town))), "Go on").await;
    assert_eq!(page.path, "/password");
}

/// ASVS 6.3.4, 6.3.6, 6.4.2, 6.6.1: four ways, of which none is an e-mail, a call, a text message or a question that
/// others can answer.
#[tokio::test]
async fn there_are_four_ways_in_and_no_other() {
    assert_eq!(Way::ALL.map(Way::name), ["passkey", "password", "password-and-code", "single-sign-on"]);
    let town = Town::new().await;
    let (mut nobody, mut sam) = (town.browser(), town.sign_in("sam").await);
    let page = nobody.get("/sign-in").await;
    let forms = page.root.named("form").iter().map(|form| form.attribute("action").to_owned()).collect::<Vec<_>>();
    assert_eq!(forms, ["/sign-in/passkey", "/sign-in"]);
    let there = IdentityProvider::start().await;
    let page = Town::new().await.with_provider(&there).browser().get("/sign-in").await;
    let forms = page.root.named("form").iter().map(|form| form.attribute("action").to_owned()).collect::<Vec<_>>();
    assert_eq!(forms, ["/sign-in/passkey", "/sign-in", "/sign-in/single-sign-on"]);
    for page in [page, sam.get("/account").await, sam.get("/password").await] {
        let said = page.main().to_lowercase();
        for way in
            ["forgot", "hint", "maiden", "first pet", "text message", "sms", "magic link", "recovery", "remember me"]
        {
            assert!(!said.contains(way), "{} offers {way}", page.path);
        }
    }
}

/// ASVS 7.2.2, 7.2.3: each signing in makes a name of its own, and takes none that a browser brings.
#[tokio::test]
async fn a_sessions_name_is_made_here_and_each_once() {
    let town = Town::new().await;
    let (mut names, mut parts) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
    for _ in 0..4 {
        let mut browser = town.browser();
        browser.cookie = format!("lifestory={}", "a1".repeat(32));
        assert_eq!(browser.look("/my-work").await.location(), "/sign-in?ended");
        let body = crate::page::encoded(&[("username", "sam"), ("password", PASSWORD)]);
        let request = browser.request("POST", "/sign-in").body(Body::from(body)).unwrap();
        browser.send(request).await.is(303);
        let name = browser.cookie.split_once('=').unwrap().1.to_owned();
        assert!(name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        assert_ne!(name, "a1".repeat(32));
        assert!(names.insert(name.clone()), "made twice");
        for part in name.as_bytes().chunks(16) {
            assert!(parts.insert(part.to_vec()), "a quarter of it came before: {name}");
        }
        browser.look("/my-work").await.is(200);
    }
    let mut fixed = town.browser();
    fixed.cookie = format!("lifestory={}", "a1".repeat(32));
    assert_eq!(fixed.look("/my-work").await.location(), "/sign-in?ended");
}
