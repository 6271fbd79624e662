//! Signing in and out, and the ends of sessions.

use crate::{
    page::Page,
    town::{EVERYBODY, PASSWORD, Town},
};

async fn try_in(town: &Town, username: &str, password: &str) -> Page {
    let mut browser = town.browser();
    let form = browser.get("/sign-in").await.form("Sign in").with("username", username).with("password", password);
    browser.post(&form.action, form.body("Sign in")).await
}

/// ASVS 7.2.1
#[tokio::test]
async fn without_a_session_every_page_leads_to_signing_in() {
    let town = Town::new().await;
    let mut nobody = town.browser();
    for path in ["/", "/my-work", "/people", "/account", "/help", &town.amira.at(""), &town.amira.at("story")] {
        let page = nobody.look(path).await.is(303);
        assert_eq!(page.location(), "/sign-in", "{path}");
    }
    assert_eq!(nobody.get("/my-work").await.title(), "Sign in – Lifestory");
}

#[tokio::test]
async fn everybody_signs_in_and_comes_to_my_work() {
    let town = Town::new().await;
    for username in EVERYBODY {
        let mut browser = town.browser_of(username);
        browser.get("/").await.is(200).must_say("Good afternoon");
    }
    town.sign_in("sam").await.get("/my-work").await.must_say("Good afternoon, Sam");
}

/// ASVS 6.3.8
#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody() {
    let town = Town::new().await;
    let wrong_password = try_in(&town, "sam", "not the password at all").await.is(422);
    let nobody = try_in(&town, "sal", "not the password at all").await.is(422);
    let echo = |page: &Page, name: &str| page.body.replace(&format!("value=\"{name}\""), "value=\"\"");
    assert_eq!(echo(&wrong_password, "sam"), echo(&nobody, "sal"));
    assert_eq!(wrong_password.headers, nobody.headers);
    assert_eq!(wrong_password.problems()[0].1, "username");
    assert!(wrong_password.by_id("username").is_some());
    assert!(!wrong_password.holds("not the password at all"), "a password is never sent back");
}

/// ASVS 2.3.2, 6.3.1
#[tokio::test]
async fn after_five_wrong_tries_an_account_is_locked_for_five_minutes() {
    let town = Town::new().await;
    for _ in 0..5 {
        try_in(&town, "sam", "wrong wrong wrong").await.is(422);
    }
    let right_but_locked = try_in(&town, "sam", PASSWORD).await.is(422);
    let unknown = try_in(&town, "nobody-here", PASSWORD).await.is(422);
    assert_eq!(right_but_locked.main().replace("sam", ""), unknown.main().replace("nobody-here", ""));
    town.wait(301);
    assert_eq!(try_in(&town, "sam", PASSWORD).await.is(303).location(), "/welcome-back");
}

/// Somebody's page, where they get a new first password; gives it.
async fn reset(town: &Town, username: &str) -> String {
    let mut admin = town.sign_in("admin").await;
    let page = admin.get(&format!("/organisation/staff/{}", town.staff[username])).await;
    let form = page.form("Give a new first password");
    // Whoever asks by telephone may be anybody.
    admin.press(&form, "Give a new first password").await.is(422).must_say("made sure who asks");
    admin.press(&form.with("sure", "yes"), "Give a new first password").await.is(200).first_password()
}

/// ASVS 6.4.1: it is by chance, keeps to what is asked of passwords, lets in once and for the pack's hours.
#[tokio::test]
async fn a_first_password_lets_in_once_and_not_for_long() {
    let town = Town::new().await;
    let (first, second) = (reset(&town, "sam").await, reset(&town, "sam").await);
    assert_ne!(first, second);
    for given in [&first, &second] {
        assert_eq!(store::passwords::weakness(given, &["sam", "Sam Okafor"]), None, "{given}");
    }
    try_in(&town, "sam", &first).await.is(422);
    try_in(&town, "sam", &second).await.is(303);
    try_in(&town, "sam", &second).await.is(422);
    // It is no way to change the password with once it is used and somebody else knows it; a new one is.
    for (after, lets_in) in [(72 * 3_600 - 1, true), (72 * 3_600, false)] {
        let given = reset(&town, "sam").await;
        town.wait(after);
        assert_eq!(try_in(&town, "sam", &given).await.status.as_u16(), if lets_in { 303 } else { 422 }, "{after}");
    }
    // Two who send it at the same moment are not both let in.
    let given = reset(&town, "sam").await;
    let (one, other) = tokio::join!(try_in(&town, "sam", &given), try_in(&town, "sam", &given));
    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [303, 422]);
    town.assert_sound().await;
}

/// ASVS 2.3.1, 6.2.1, 6.2.3, 6.4.1
#[tokio::test]
async fn a_first_password_must_be_changed_before_anything_else() {
    let town = Town::new().await;
    let mut admin = town.browser_of("admin");
    let new = admin.get("/organisation/staff/new").await.is(200);
    let form = new
        .form("Save")
        .with("name", "Nell Dunn")
        .with("designation", "Social worker")
        .with("team", &town.north.to_string())
        .with("roles", "worker")
        .with("_username", "nell");
    assert!(new.by_id("password").is_none(), "nobody types another's password");
    let told = admin.press(&form, "Save").await.is(200);
    let given = told.first_password();
    admin.get("/organisation").await.must_say("Nell Dunn Social worker North nell open");
    // Sent once more, nothing is told and nothing is made.
    let again = admin.press(&form, "Save").await;
    assert!(again.status.as_u16() != 200 && again.root.of_class("ls-key-in-letters").is_empty());

    let mut nell = town.browser();
    let form = nell.get("/sign-in").await.form("Sign in").with("username", "nell").with("password", &given);
    let page = nell.press(&form, "Sign in").await;
    assert_eq!(page.path, "/password");
    assert_eq!(nell.look(&town.amira.at("")).await.is(303).location(), "/password");
    let short = page.form("Change password").with("old", &given).with("new", "short");
    let refused = nell.press(&short, "Change password").await.is(422);
    assert_eq!(
        refused.problems()[0],
        ("The password must have from 12 to 200 characters".to_owned(), "new".to_owned())
    );
    let same = refused.form("Change password").with("old", &given).with("new", &given);
    nell.press(&same, "Change password").await.is(422);
    let wrong = page.form("Change password").with("old", "something else").with("new", "three plain words");
    assert_eq!(nell.press(&wrong, "Change password").await.is(422).problems()[0].1, "old");
    let right = page.form("Change password").with("old", &given).with("new", "three plain words");
    let page = nell.press(&right, "Change password").await.is(200);
    assert_eq!(page.path, "/my-work");
    nell.get(&town.amira.at("")).await.is(200);
}

/// ASVS 7.2.4: on a computer that several use, whoever signs in is the only one who is signed in there.
#[tokio::test]
async fn signing_in_anew_ends_the_session_that_the_browser_brought() {
    let town = Town::new().await;
    let mut here = town.sign_in("tom").await;
    let (mut before, elsewhere) = (here.clone(), town.sign_in("tom").await);
    for username in ["tom", "sam"] {
        let form =
            here.get("/sign-in").await.form("Sign in").with("username", username).with("password", "not this one");
        here.press(&form, "Sign in").await.is(422);
        before.get("/my-work").await.is(200);
        let form = here.get("/sign-in").await.form("Sign in").with("username", username).with("password", PASSWORD);
        assert_eq!(here.press(&form, "Sign in").await.path, "/my-work");
        assert_ne!(here.cookie, before.cookie);
        assert_eq!(before.get("/my-work").await.path, "/sign-in?ended", "before {username} signed in");
        before = here.clone();
    }
    elsewhere.clone().get("/my-work").await.is(200);
}

/// ASVS 3.3.1, 3.3.2, 3.3.3, 3.3.4, 3.3.5, 7.2.2
#[tokio::test]
async fn the_cookie_is_for_this_site_alone_and_for_no_script() {
    let cookie = |page: &Page| page.headers["set-cookie"].to_str().unwrap().to_owned();
    let town = Town::new().await;
    let plain = cookie(&try_in(&town, "sam", PASSWORD).await);
    let (pair, flags) = plain.split_once("; ").unwrap();
    assert_eq!(flags, "Path=/; HttpOnly; SameSite=Lax");
    assert_eq!(pair.len(), "lifestory=".len() + 64);

    let town = town.with_https();
    let mut browser = town.browser();
    let form = browser.get("/sign-in").await.form("Sign in").with("username", "sam").with("password", PASSWORD);
    let page = browser.post(&form.action, form.body("Sign in")).await;
    let secure = cookie(&page);
    assert!(secure.starts_with("__Host-lifestory="), "{secure}");
    assert!(secure.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{secure}");
    assert_eq!(page.headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
    browser.get("/my-work").await.is(200);
    // The same session under the name that any site of the host could set is nobody's.
    browser.cookie = browser.cookie.replace("__Host-", "");
    assert_eq!(browser.look("/my-work").await.location(), "/sign-in");
}

/// R-ACC-02: an idle session locks.
/// ASVS 7.3.1
#[tokio::test]
async fn a_session_ends_half_an_hour_after_the_last_request() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    sam.look("/my-work").await.is(200);
    town.wait(29 * 60);
    sam.look("/my-work").await.is(200);
    town.wait(29 * 60);
    sam.look("/my-work").await.is(200);
    town.wait(30 * 60);
    assert_eq!(sam.look("/my-work").await.is(303).location(), "/sign-in?ended");
    sam.get("/my-work").await.must_say("Your session has ended");
}

/// R-ACC-02: and none goes on for ever.
/// ASVS 7.3.2
#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_busy() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    // A quarter of an hour of it has gone already.
    sam.look("/my-work").await.is(200);
    for _ in 0..28 {
        town.wait(25 * 60);
        sam.look("/my-work").await.is(200);
    }
    town.wait(6 * 60);
    assert_eq!(sam.look("/my-work").await.is(303).location(), "/sign-in?ended");
}

/// R-ACC-02: who leaves the desk signs off.
/// ASVS 7.4.1
#[tokio::test]
async fn signing_out_ends_this_session_and_no_other() {
    let town = Town::new().await;
    let (mut here, mut there) = (town.browser_of("sam"), town.sign_in("sam").await);
    let mut copied = here.clone();
    let page = here.get("/my-work").await;
    let gone = here.press(&page.form("Sign out"), "Sign out").await;
    gone.must_say("You have signed out.");
    // The browser keeps the name, which opens nothing: what another window still sends is held for this person.
    assert_eq!(here.look("/my-work").await.location(), "/sign-in?ended");
    assert_eq!(copied.look("/my-work").await.location(), "/sign-in?ended", "and it is dead, whoever kept it");
    there.look("/my-work").await.is(200);
}

/// R-ACC-02: everywhere, if need be.
/// ASVS 7.4.1
#[tokio::test]
async fn signing_out_everywhere_ends_every_session() {
    let town = Town::new().await;
    let (mut here, mut there) = (town.browser_of("sam"), town.sign_in("sam").await);
    let page = here.get("/account").await;
    here.press(&page.form("Sign out everywhere"), "Sign out everywhere").await.must_say("You have signed out.");
    assert_eq!(there.look("/my-work").await.location(), "/sign-in?ended");
    town.browser_of("priya").look("/my-work").await.is(200);
}

/// ASVS 6.2.2, 7.4.3
#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let town = Town::new().await;
    let (mut here, mut there) = (town.browser_of("sam"), town.sign_in("sam").await);
    let page = here.get("/password").await;
    let form = page.form("Change password").with("old", PASSWORD).with("new", "three plain words");
    here.press(&form, "Change password").await.is(200);
    here.look("/my-work").await.is(200);
    assert_eq!(there.look("/my-work").await.location(), "/sign-in?ended");
}

/// R-ACC-02: a leaver's sessions are dead on the next request.
/// ASVS 7.4.2, 8.3.2
#[tokio::test]
async fn a_closed_account_is_out_at_the_next_request_and_cannot_come_back() {
    let town = Town::new().await;
    let (mut admin, mut sam) = (town.browser_of("admin"), town.browser_of("sam"));
    let draft = sam.begin(&town.amira, "Visit").await;
    let page = admin.get(&format!("/organisation/staff/{}", town.staff["sam"])).await.is(200);
    assert_eq!(page.form("Save").value("name"), "Sam Okafor", "what is known is there to be changed");
    // Somebody who works with children leaves in one act with the handing-over of each.
    let leaving = admin.get(&format!("/team/staff/{}/leaving", town.staff["sam"])).await.is(200);
    let mut form = leaving.form("Record that they leave");
    for (part, value) in [("day", "3"), ("month", "3"), ("year", "2026")] {
        form.set(&format!("happened.{part}"), value);
    }
    admin.press(&form, "Record that they leave").await.is(200);
    admin.get("/organisation").await.must_say("sam closed");
    assert_eq!(sam.look(&town.amira.at("")).await.location(), "/sign-in?ended");
    let complete = draft.form("Complete");
    assert_eq!(sam.post(&complete.action, complete.body("Complete")).await.location(), "/sign-in?held");
    try_in(&town, "sam", PASSWORD).await.is(422);
}

/// ASVS 6.4.6, 7.4.5
#[tokio::test]
async fn a_forgotten_password_is_replaced_and_ends_every_session() {
    let town = Town::new().await;
    let (mut admin, mut sam) = (town.browser_of("admin"), town.browser_of("sam"));
    let page = admin.get(&format!("/organisation/staff/{}", town.staff["sam"])).await;
    let form = page.form("Give a new first password").with("sure", "yes");
    let given = admin.press(&form, "Give a new first password").await.is(200).first_password();
    assert_eq!(sam.look("/my-work").await.location(), "/sign-in?ended");
    try_in(&town, "sam", PASSWORD).await.is(422);
    let mut sam = town.browser();
    let form = sam.get("/sign-in").await.form("Sign in").with("username", "sam").with("password", &given);
    assert_eq!(sam.press(&form, "Sign in").await.path, "/password");
}
