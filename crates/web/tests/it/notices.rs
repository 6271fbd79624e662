//! What people are told of their own account: a way of signing in that changed, and attempts at it.

use authenticator::{Authenticator, code};

use crate::{
    codes::{add as add_code, seconds},
    page::Page,
    passkeys::add as add_passkey,
    town::{ADDRESS, Browser, PASSWORD, Town},
};

const TITLE: &str = "Since you were last here";

/// What somebody is told above a page; none where there is no banner.
fn told(page: &Page) -> Vec<String> {
    let banners = page.root.of_class("govuk-notification-banner");
    banners.iter().flat_map(|banner| banner.named("li")).map(crate::page::Element::text).collect()
}

async fn try_in(town: &Town, password: &str) -> (Browser, Page) {
    let mut browser = town.browser();
    let form = browser.get("/sign-in").await.form("Sign in").with("username", "sam").with("password", password);
    let page = browser.press(&form, "Sign in").await;
    (browser, page)
}

/// Says that it was seen, on this page.
async fn seen(browser: &mut Browser, page: &Page) -> Page {
    browser.press(&page.form("I have seen this"), "I have seen this").await.is(200)
}

both_engines! {
    /// ASVS 6.3.7. R-ACC-02: what changes about signing in is told in every session but the one in which it was done, above
    /// every page until it was seen, and goes on standing on the page of the account.
    async fn r_acc_02_a_way_in_that_changed_is_told_until_it_was_seen(town: Town) {
        let mut sam = town.browser_of("sam");
        sam.get("/account").await.must_say("Nothing in the last 90 days");
        add_passkey(&mut sam, &mut Authenticator::new(1, ADDRESS), "My telephone").await.is(200);
        let page = sam.get("/my-work").await;
        assert_eq!(told(&page), [""; 0], "whoever did it knows");
        sam.get("/account").await.must_say("A passkey was added, 3 March 2026, 15:20");

        town.wait(60);
        let (mut later, page) = try_in(&town, PASSWORD).await;
        page.must_say(TITLE);
        assert_eq!(told(&page), ["A passkey was added, 3 March 2026, 15:20"]);
        // Above every page, a record's too, and for nobody else.
        for path in [town.amira.at(""), "/help".to_owned(), "/account".to_owned()] {
            assert_eq!(told(&later.get(&path).await).len(), 1, "{path}");
        }
        assert_eq!(told(&town.browser_of("tom").get("/my-work").await), [""; 0]);
        // Whoever did it cannot say for its owner that it was seen.
        town.wait(60);
        let up_to = town.db.now().to_string();
        sam.post_own("/account/notices", &[("_up_to", &up_to)]).await.is(303);
        // What happens after the page was shown was not seen on it.
        let page = later.get("/my-work").await;
        let form = sam.get("/password").await.form("Change password");
        let form = form.with("old", PASSWORD).with("new", "Terns over gravel");
        assert_eq!(sam.press(&form, "Change password").await.path, "/my-work");
        assert_eq!(later.look("/my-work").await.location(), "/sign-in?ended", "it may have been somebody else");
        town.wait(60);
        let (mut later, newer) = try_in(&town, "Terns over gravel").await;
        assert_eq!(told(&newer), ["Your password was changed, 3 March 2026, 15:22", "A passkey was added, 3 March 2026, 15:20"]);
        let up_to = page.form("I have seen this").value("_up_to");
        later.post_own("/account/notices", &[("_up_to", &up_to)]).await.is(303);
        let page = later.get("/my-work").await;
        assert_eq!(told(&page), ["Your password was changed, 3 March 2026, 15:22"]);
        let page = seen(&mut later, &page).await;
        assert_eq!((page.path.as_str(), told(&page)), ("/account", Vec::new()));
        page.must_say("Your password was changed, 3 March 2026, 15:22");
        page.must_say("A passkey was added, 3 March 2026, 15:20");
        town.assert_sound().await;

        // After 90 days it is said no more.
        town.wait(90 * 86_400);
        town.sign_in("admin").await;
        let (mut later, _) = try_in_after_long(&town).await;
        later.get("/account").await.must_say("Nothing in the last 90 days");
    }

    /// ASVS 6.3.7: what an administrator does to an account is told to its owner, once they have a password of their own.
    async fn r_acc_02_what_an_administrator_did_is_told(town: Town) {
        let mut sam = town.browser_of("sam");
        add_code(&town, &mut sam).await;
        let at = format!("/organisation/staff/{}", town.staff["sam"]);
        let mut admin = town.browser_of("admin");
        let page = admin.get(&at).await;
        admin.press(&page.form("Remove a code"), "Remove a code").await.is(200);
        town.wait(60);
        let page = admin.get(&at).await;
        let form = page.form("Give a new first password").with("sure", "yes");
        let given = admin.press(&form, "Give a new first password").await.is(200).first_password();
        town.wait(60);
        let (mut sam, page) = try_in(&town, &given).await;
        assert_eq!((page.path.as_str(), told(&page)), ("/password", Vec::new()), "one thing at a time");
        let form = page.form("Change password").with("old", &given).with("new", "Terns over gravel");
        let page = sam.press(&form, "Change password").await;
        let all = told(&page);
        assert_eq!(all.len(), 3, "{all:?}");
        assert!(all[0].starts_with("You were given a new first password by whoever manages accounts, "), "{all:?}");
        assert!(all[1].starts_with("Your passkeys and your code were taken away by whoever manages accounts, "), "{all:?}");
        assert!(all[2].starts_with("A code was added, or another telephone for it, "), "{all:?}");
        assert_eq!(told(&admin.get("/organisation").await), [""; 0]);
        seen(&mut sam, &page).await;
        town.assert_sound().await;
    }

    /// ASVS 6.3.5: several wrong passwords are told to whoever comes in afterwards, a lock too, and a night of guessing is one
    /// line; one or two of one's own are nothing.
    async fn r_acc_02_several_wrong_passwords_are_told(town: Town) {
        let try_wrong = async |times: usize| {
            for _ in 0..times {
                try_in(&town, "not the password").await.1.is(422);
            }
        };
        try_wrong(2).await;
        assert_eq!(told(&try_in(&town, PASSWORD).await.1), [""; 0]);
        try_wrong(3).await;
        town.wait(60);
        let (mut sam, page) = try_in(&town, PASSWORD).await;
        assert_eq!(told(&page), ["A wrong password was entered 3 times, 3 March 2026, 15:21"]);
        seen(&mut sam, &page).await;
        for _ in 0..2 {
            try_wrong(7).await;
            town.wait(301);
        }
        let (mut sam, page) = try_in(&town, PASSWORD).await;
        assert_eq!(told(&page).len(), 1, "{:?}", told(&page));
        assert!(told(&page)[0].starts_with("A wrong password was entered 10 times, "), "{:?}", told(&page));
        assert_eq!(told(&seen(&mut sam, &page).await), [""; 0]);
        // A name that nobody has tells nobody anything.
        let mut browser = town.browser();
        for _ in 0..6 {
            let form = browser.get("/sign-in").await.form("Sign in").with("username", "nobody").with("password", "x");
            browser.press(&form, "Sign in").await.is(422);
        }
        town.assert_sound().await;
    }

    /// ASVS 6.3.5: wrong codes after the right password are worse: whoever sends them knows the password.
    async fn r_acc_02_wrong_codes_after_the_right_password_are_told(town: Town) {
        let mut here = town.browser_of("sam");
        let secret = add_code(&town, &mut here).await;
        let wrong = async |times: usize| {
            let (mut browser, mut page) = try_in(&town, PASSWORD).await;
            for _ in 0..times {
                page = browser.press(&page.form("Go on").with("code", "1"), "Go on").await;
            }
            (browser, page)
        };
        let (mut browser, page) = wrong(2).await;
        let form = page.form("Go on").with("code", &code(&secret, seconds(&town)));
        let page = browser.press(&form, "Go on").await;
        assert_eq!(told(&page), ["A code was added, or another telephone for it, 3 March 2026, 15:20"]);
        wrong(3).await;
        let three = told(&here.get("/my-work").await);
        assert_eq!(three, ["After your right password, a wrong code was entered 3 times, 3 March 2026, 15:20"]);
        wrong(7).await.1.is(403);
        let stopped = told(&here.get("/my-work").await);
        assert!(stopped.iter().any(|one| one.starts_with("Your code was stopped: after your right password it was wrong 10 times")), "{stopped:?}");
        town.assert_sound().await;
    }
}

/// Somebody whose account slept, opened again.
async fn try_in_after_long(town: &Town) -> (Browser, Page) {
    town.db.open_account("sam", town.db.now()).await.unwrap();
    try_in(town, "Terns over gravel").await
}

/// ASVS 6.3.7, R-TIME-X09: the daily e-mail says once that there is something, and not what.
#[tokio::test]
async fn r_acc_02_the_daily_email_says_that_there_is_something_and_not_what() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    casework::digest::ask(&town.desk("sam"), "sam@council.example").await.unwrap();
    let told_by_mail = async || casework::digest::told(&town.desk("sam")).await.unwrap().unwrap();
    assert!(!told_by_mail().await.account);
    add_passkey(&mut sam, &mut Authenticator::new(1, ADDRESS), "My telephone").await.is(200);
    let mail = told_by_mail().await;
    assert!(!mail.is_nothing());
    let text = mail.subject() + &mail.text("https://lifestory.example/");
    assert!(text.contains("something about your account") && text.contains("is shown when you sign in"), "{text}");
    for word in ["passkey", "telephone", "Sam", "15:20"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    town.wait(60);
    town.db.digest_sent(town.staff["sam"], town.db.now()).await.unwrap();
    assert!(!told_by_mail().await.account, "it is said once");
    town.wait(60);
    let form = sam.get("/password").await.form("Change password");
    sam.press(&form.with("old", PASSWORD).with("new", "Terns over gravel"), "Change password").await.is(200);
    assert!(told_by_mail().await.account);
    let (mut later, page) = try_in(&town, "Terns over gravel").await;
    seen(&mut later, &page).await;
    assert!(!told_by_mail().await.account, "whoever has seen it is not told");
}
