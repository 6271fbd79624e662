//! Single sign-on on the pages: to the provider and back, linked and unlinked, and each way in which it comes to nothing.

use std::sync::{Arc, LazyLock};

use casework::{organisation::NewAccount, support};
use identity_provider::{IdentityProvider, NAME, Signed, asked};
use policy::Pack;

use crate::{
    codes::{password, seconds},
    other,
    page::Page,
    town::{Browser, PASSWORD, Town, changed, dated},
};

/// Where nobody gets in by a password alone.
static MORE_THAN_A_PASSWORD: LazyLock<Arc<Pack>> = LazyLock::new(|| {
    changed(
        "sign-in.toml",
        "source = [\"R-ACC-02\"]\nways = [\"single-sign-on\", \"passkey\", \"password-and-code\"]\n",
    )
});

/// Where a password lets in nobody at all.
static NO_PASSWORD: LazyLock<Arc<Pack>> =
    LazyLock::new(|| changed("sign-in.toml", "source = [\"R-ACC-02\"]\nways = [\"single-sign-on\", \"passkey\"]\n"));

/// Where nobody is offered it, whatever whoever runs the program has named.
static NONE_OF_IT: LazyLock<Arc<Pack>> =
    LazyLock::new(|| changed("sign-in.toml", "source = [\"R-ACC-02\"]\nways = [\"passkey\", \"password\"]\n"));

const GO_ON: &str = "Go on to Northmoor account";
const SIGN_IN: &str = "Sign in with Northmoor account";
const LINK: &str = "Link Northmoor account";
const UNLINK: &str = "Unlink Northmoor account";
const LINK_THEIRS: &str = "Link their account";
const UNLINK_THEIRS: &str = "Unlink their account";

/// Presses the button of a page that leads to the provider; gives where it leads.
async fn leave(browser: &mut Browser, page: &Page, button: &str) -> String {
    let away = browser.press(&page.form(button), button).await.is(200);
    let to = away.link(GO_ON);
    assert_eq!(away.headers["refresh"], format!("0; url={to}"), "it goes on by itself, without script");
    to
}

async fn back(browser: &mut Browser, brought: &str) -> Page {
    browser.get(&format!("/sign-in/single-sign-on/back?{brought}")).await
}

/// There and back.
async fn round(
    (town, there): (&Town, &IdentityProvider),
    (browser, page): (&mut Browser, &Page),
    button: &str,
    subject: &str,
) -> Page {
    let to = leave(browser, page, button).await;
    back(browser, &there.sign_in(&to, subject, seconds(town))).await
}

async fn link(town: &Town, there: &IdentityProvider, browser: &mut Browser, subject: &str) -> Page {
    let page = browser.get("/account").await.is(200);
    round((town, there), (browser, &page), LINK, subject).await
}

async fn sign_in(town: &Town, there: &IdentityProvider, subject: &str) -> (Browser, Page) {
    let mut browser = town.browser();
    let page = browser.get("/sign-in").await.is(200);
    let page = round((town, there), (&mut browser, &page), SIGN_IN, subject).await;
    (browser, page)
}

/// A town whose people have accounts at a provider.
async fn both() -> (Town, IdentityProvider) {
    let there = IdentityProvider::start().await;
    (Town::new().await.with_provider(&there), there)
}

both_engines! {
    /// R-ACC-02
    async fn r_acc_02_an_account_elsewhere_is_linked_used_and_unlinked(town: Town) {
        let there = IdentityProvider::start().await;
        let town = town.with_provider(&there);
        let mut sam = town.browser_of("sam");
        sam.get("/account").await.is(200).must_say("Link your account here with Northmoor account");
        let page = link(&town, &there, &mut sam, "sam-1234").await.is(200);
        assert_eq!(page.path, "/account");
        page.must_say("You linked it, or it was linked for you, on 3 March 2026, 15:20");
        page.must_say("nobody has signed in with it yet");
        page.must_not_hold("sam-1234");

        let (mut again, page) = sign_in(&town, &there, "sam-1234").await;
        assert_eq!(page.path, "/my-work", "{}", page.main());
        page.must_say("Good afternoon, Sam");
        let page = again.get("/account").await;
        page.must_say("you last signed in with it on 3 March 2026, 15:20");
        page.must_say("Single sign-on");
        // Signing out here signs nobody out there, and says so.
        let page = again.press(&page.form("Sign out"), "Sign out").await;
        page.must_say("You have signed out here. You are still signed in with Northmoor account");
        assert_eq!(page.link("sign out of Northmoor account"), format!("{}/sign-out", there.issuer()));
        let page = sam.get("/account").await;
        let page = sam.press(&page.form(UNLINK), UNLINK).await.is(200);
        page.must_say("Link your account here");
        let (browser, page) = sign_in(&town, &there, "sam-1234").await;
        page.is(403).must_say("that account opens nothing here");
        assert!(browser.cookie.is_empty());
        town.assert_sound().await;
    }
}

/// ASVS 10.1.1: its tokens are read once and kept nowhere; nobody's browser sees one.
#[tokio::test]
async fn no_token_of_the_provider_is_kept_or_shown() {
    let (town, there) = both().await;
    let mut sam = town.browser_of("sam");
    let page = link(&town, &there, &mut sam, "sam-at-northmoor").await;
    let (_, in_by_it) = sign_in(&town, &there, "sam-at-northmoor").await;
    for page in [page, in_by_it.is(200), sam.get("/account").await] {
        page.must_not_hold("opens-nothing");
        page.must_not_hold("eyJhbGciOi");
    }
    let folder = town.extract_file().parent().unwrap().join("data");
    let kept = std::fs::read_dir(folder).unwrap().filter_map(|file| std::fs::read(file.unwrap().path()).ok());
    for bytes in kept {
        for letters in [&b"opens-nothing"[..], b"eyJhbGciOi", b"sam-at-northmoor"] {
            assert!(!bytes.windows(letters.len()).any(|part| part == letters));
        }
    }
}

/// ASVS 6.3.7. R-ACC-02: whoever owns the account is told of a link that somebody made or took away in their name.
#[tokio::test]
async fn r_acc_02_a_link_is_told_to_the_account_s_owner() {
    let (town, there) = both().await;
    let mut sam = town.browser_of("sam");
    link(&town, &there, &mut sam, "sam").await.is(200).must_not_hold("Since you were last here");
    town.wait(60);
    let (mut later, page) = sign_in(&town, &there, "sam").await;
    page.must_say("Since you were last here");
    page.must_say("Your account was linked with single sign-on, 3 March 2026, 15:20");
    let page = later.get("/account").await;
    later.press(&page.form(UNLINK), UNLINK).await.is(200);
    town.wait(60);
    let (_, page) = password(&town, "sam").await;
    page.must_say("Single sign-on was taken away from your account, 3 March 2026, 15:21");
}

/// Whoever is nobody here, whose account is closed, and who has left are told the same, to the letter.
#[tokio::test]
async fn r_acc_02_a_stranger_learns_nothing_of_who_is_known_here() {
    let (town, there) = both().await;
    let mut pat = town.browser_of("pat");
    link(&town, &there, &mut pat, "pat").await.is(200);
    let (_, stranger) = sign_in(&town, &there, "nobody-at-all").await;
    let stranger = stranger.is(403);
    stranger.must_say("ask the person who manages accounts");
    let mut admin = town.browser_of("admin");
    let page = admin.get(&format!("/organisation/staff/{}", town.staff["pat"])).await.is(200);
    let form = page.form("Save").with("account-status", "ended");
    admin.press(&form, "Save").await.is(200);
    assert_eq!(
        pat.look("/my-work").await.location(),
        "/sign-in?ended",
        "a leaver's session is over at the next request"
    );
    let (browser, page) = sign_in(&town, &there, "pat").await;
    assert_eq!(page.is(403).body, stranger.body);
    assert!(browser.cookie.is_empty() && browser.away.is_empty());
    admin.get("/organisation").await.is(200).must_say("closed");
}

/// ASVS 10.1.2, 10.2.1: whatever leads a browser to the end of a sign-in that it did not begin, signs nobody in.
#[tokio::test]
async fn r_acc_02_an_answer_counts_in_the_browser_that_asked_and_once() {
    let (town, there) = both().await;
    let mut sam = town.browser_of("sam");
    link(&town, &there, &mut sam, "sam").await.is(200);
    let begun = async || {
        let mut browser = town.browser();
        let page = browser.get("/sign-in").await;
        let to = leave(&mut browser, &page, SIGN_IN).await;
        let brought = there.sign_in(&to, "sam", seconds(&town));
        (browser, brought)
    };
    let (_, brought) = begun().await;
    let mut victim = town.browser();
    back(&mut victim, &brought).await.is(403).must_say("This sign-in was begun in another browser");
    assert!(victim.cookie.is_empty());
    // One who has begun one of their own has another secret.
    let ((mut victim, _), (_, brought)) = (begun().await, begun().await);
    back(&mut victim, &brought).await.is(403).must_say("If somebody sent you the link, do not use it");
    let (mut browser, brought) = begun().await;
    let mut copy = browser.clone();
    assert_eq!(back(&mut browser, &brought).await.path, "/my-work");
    back(&mut copy, &brought).await.is(410).must_say("This sign-in is over");
    assert!(copy.cookie.is_empty());
    let (mut late, brought) = begun().await;
    town.wait(600);
    back(&mut late, &brought).await.is(410).must_say("took longer than ten minutes");
    for nonsense in ["", "state=", "code=x&state=y", "state[]=a", &format!("state={}", "a".repeat(9_000))] {
        back(&mut town.browser(), nonsense).await.is(410);
    }
    // Nobody is sent to the provider by a link, or by another site's form.
    let mut nobody = town.browser();
    nobody.look("/sign-in/single-sign-on").await.is(405);
    let mut request = nobody.request("POST", "/sign-in/single-sign-on").body(axum::body::Body::empty()).unwrap();
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    nobody.send(request).await.is(403);
    assert!(nobody.away.is_empty());
}

/// ASVS 3.3.1, 3.3.2: what the browser keeps meanwhile goes to this site alone, over HTTPS, to no script, for ten minutes.
#[tokio::test]
async fn what_a_browser_keeps_meanwhile_is_short_and_guarded() {
    let there = IdentityProvider::start().await;
    let town = Town::new().await.with_https().with_provider(&there);
    let mut browser = town.browser();
    let away = browser.post("/sign-in/single-sign-on", "").await.is(200);
    let set = away.headers["set-cookie"].to_str().unwrap();
    let (pair, how) = set.split_once("; ").unwrap();
    assert_eq!(how, "Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure");
    let (name, secret) = pair.split_once('=').unwrap();
    assert_eq!((name, secret.len()), ("__Host-lifestory-away", 64));
    let to = asked(&away.link(GO_ON));
    assert!(to.values().all(|value| !value.contains(secret)), "the provider does not learn it");
    assert_eq!(to["redirect_uri"], "https://lifestory.test/sign-in/single-sign-on/back");
    assert!(
        away.headers["content-security-policy"].to_str().unwrap().contains("form-action 'self'"),
        "it stays as narrow"
    );
    assert_eq!(away.headers["referrer-policy"], "no-referrer");
    let gone = browser.look("/sign-in/single-sign-on/back?state=x").await.is(410);
    let gone = gone.headers["set-cookie"].to_str().unwrap();
    assert!(gone.starts_with("__Host-lifestory-away=; ") && gone.contains("Max-Age=0"), "{gone}");
    // No two are alike.
    let two = [(); 2].map(|()| town.browser());
    let mut secrets = std::collections::BTreeSet::from([pair.to_owned()]);
    for mut browser in two {
        browser.post("/sign-in/single-sign-on", "").await.is(200);
        secrets.insert(browser.away);
    }
    assert_eq!(secrets.len(), 3);
}

/// Each that goes wrong says what one can do, names nobody, and signs nobody in.
#[tokio::test]
async fn r_acc_02_what_goes_wrong_is_said_in_plain_words() {
    type Spoil = fn(&IdentityProvider);
    let (town, there) = both().await;
    let mut sam = town.browser_of("sam");
    link(&town, &there, &mut sam, "sam").await.is(200);
    let spoilt: [(Spoil, u16, &str); 8] = [
        (|there| there.sign(Signed::NotAtAll), 502, "answer cannot be trusted"),
        (|there| there.sign(Signed::WithItsPublicKey), 502, "answer cannot be trusted"),
        (|there| there.say(|_, claims| claims["nonce"] = "another".into()), 502, "answer cannot be trusted"),
        (|there| there.say(|_, claims| claims["aud"] = "another".into()), 502, "answer cannot be trusted"),
        (|there| there.say(|_, claims| claims["iss"] = "https://evil.test".into()), 502, "answer cannot be trusted"),
        (|there| there.say(|_, claims| claims["exp"] = 1_000.into()), 502, "The clocks do not agree"),
        (|there| there.say(|_, claims| claims["iat"] = 9_000_000_000_i64.into()), 502, "The clocks do not agree"),
        (IdentityProvider::take_no_secret, 502, "answer cannot be trusted"),
    ];
    for (spoil, status, words) in spoilt {
        spoil(&there);
        let (browser, page) = sign_in(&town, &there, "sam").await;
        assert!(page.is(status).says(words), "{words}");
        assert!(browser.cookie.is_empty());
        there.mend();
    }
    let mut browser = town.browser();
    let page = browser.get("/sign-in").await;
    let to = leave(&mut browser, &page, SIGN_IN).await;
    let page = back(&mut browser, &there.turn_back(&to)).await.is(403);
    page.must_say("You turned back before you had signed in with Northmoor account");
    assert_eq!(page.link("Go to Sign in"), "/sign-in");
    // What somebody writes into the address is not said again.
    let to = leave(&mut browser, &town.browser().get("/sign-in").await, SIGN_IN).await;
    let state = &asked(&to)["state"];
    let forged = format!("state={state}&iss={}&error=%3Cscript%3E&error_description=ring%20me", there.issuer());
    let page = back(&mut browser, &forged).await.is(502);
    page.must_not_hold("ring me");
    page.must_not_hold("<script>");
    town.wait(3_600);
    there.fall_silent();
    let mut browser = town.browser();
    let page = browser.get("/sign-in").await;
    page.form(SIGN_IN);
    let page = browser.press(&page.form(SIGN_IN), SIGN_IN).await.is(503);
    page.must_say("There is no answer from Northmoor account at the moment");
    assert!(password(&town, "sam").await.1.path == "/my-work", "whoever has another way comes in by it");
    town.assert_sound().await;
}

/// ASVS 6.8.4, 7.5.3: before something leaves, who one is can be shown at the provider, anew; what was sent waits meanwhile.
#[tokio::test]
async fn r_acc_02_who_one_is_is_shown_at_the_provider_before_something_leaves() {
    let (town, there) = both().await;
    link(&town, &there, &mut town.browser_of("sam"), "sam").await.is(200);
    let (mut sam, _) = sign_in(&town, &there, "sam").await;
    town.wait(20 * 60 + 1);
    let page = sam.get(&town.amira.at("front-sheet/print")).await.is(200);
    let form = page.form("Print").with("why", "court");
    let asked_again = sam.post(&form.action, form.body("Print")).await.is(403);
    let button = "Confirm with Northmoor account";
    // Somebody else who sits down there is not who was asked.
    let page = round((&town, &there), (&mut sam, &asked_again), button, "tom").await.is(403);
    page.must_say("This is not your account");
    // Nor is a session that goes on there enough.
    there.say(|_, claims| claims["auth_time"] = (claims["auth_time"].as_i64().unwrap() - 3_600).into());
    let page = round((&town, &there), (&mut sam, &asked_again), button, "sam").await.is(502);
    page.must_say("does not say that you have just signed in there");
    there.mend();
    let before = sam.cookie.clone();
    let page = round((&town, &there), (&mut sam, &asked_again), button, "sam").await.is(200);
    page.must_say("You confirmed that it is you");
    assert_ne!(sam.cookie, before, "the session has another name");
    let form = page.form("Go on");
    assert_eq!(form.value("why"), "court", "nothing is lost");
    assert_eq!(other::path(&form.action), other::path(&town.amira.at("front-sheet/print")));
    let (status, headers, bytes) =
        sam.raw(sam.request("POST", &form.action).body(form.body("Go on").into()).unwrap()).await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "application/pdf"));
    assert!(bytes.starts_with(b"%PDF"));
    // A page that was asked for is gone on to.
    town.wait(20 * 60 + 1);
    let page = sam.look("/account/code/new").await.is(403);
    let page = round((&town, &there), (&mut sam, &page), button, "sam").await.is(200);
    assert_eq!(page.path, "/account/code/new");
    // Nothing is gone on to that does not ask for it, and nobody is sent elsewhere.
    for (method, to) in
        [("post", "/sign-out"), ("get", "https://evil.test/"), ("get", "//evil.test"), ("get", "/my-work")]
    {
        sam.post_own("/confirm/single-sign-on", &[("_confirm_to", to), ("_confirm_method", method)]).await.is(404);
    }
    // Who has none is not offered it.
    let mut tom = town.sign_in("tom").await;
    town.wait(20 * 60 + 1);
    assert!(!tom.look("/account/code/new").await.is(403).has_button(button));
}

/// ASVS 7.1.3, 7.6.1: how long a session lasts is ours, whatever goes on at the provider; and the other way round.
#[tokio::test]
async fn r_acc_02_a_session_here_ends_by_its_own_times() {
    let (town, there) = both().await;
    link(&town, &there, &mut town.browser_of("sam"), "sam").await.is(200);
    let (mut idle, _) = sign_in(&town, &there, "sam").await;
    town.wait(30 * 60);
    assert_eq!(idle.look("/my-work").await.location(), "/sign-in?ended", "idle, though the provider’s goes on");
    let (mut busy, _) = sign_in(&town, &there, "sam").await;
    for _ in 0..35 {
        town.wait(20 * 60);
        busy.look("/my-work").await.is(200);
    }
    town.wait(20 * 60);
    assert_eq!(busy.look("/my-work").await.location(), "/sign-in?ended", "twelve hours, whoever vouches for them");
    // A provider that does not answer ends no session; one that is gone lets nobody begin one.
    let (mut sam, _) = sign_in(&town, &there, "sam").await;
    there.fall_silent();
    sam.look("/my-work").await.is(200);
    // And nobody is signed in by the provider without doing something here: the way there begins with a button.
    let document = include_str!("../../../../docs/security.md");
    let (_, said) = document.split_once("## Sessions\n").unwrap();
    for words in ["whatever goes on at the identity provider", "signs nobody out there"] {
        assert!(said.split_once("\n## ").unwrap().0.contains(words), "docs/security.md does not say: {words}");
    }
}

#[tokio::test]
async fn r_acc_02_where_no_provider_is_named_or_the_pack_has_no_such_way_nobody_is_offered_it() {
    let there = IdentityProvider::start().await;
    let unnamed = Town::new().await;
    let without = Town::of_pack(NONE_OF_IT.clone()).await.with_provider(&there);
    for town in [unnamed, without] {
        let mut sam = town.browser_of("sam");
        for page in ["/sign-in", "/account", "/account/ways"] {
            sam.get(page).await.is(200).must_not_hold("orthmoor");
        }
        let staff = format!("/organisation/staff/{}", town.staff["sam"]);
        let mut admin = town.browser_of("admin");
        admin.get(&staff).await.is(200).must_not_hold("ingle sign-on");
        town.browser().post("/sign-in/single-sign-on", "").await.is(404);
        town.browser().look("/sign-in/single-sign-on/back?state=x&code=y").await.is(404);
        sam.post_own("/account/single-sign-on", &[]).await.is(404);
        admin.post_own(&format!("{staff}/identity"), &[("subject", "sam")]).await.is(404);
        // Of somebody who is not there the same is said as on every page.
        let nobody = "/organisation/staff/01h00000000000000000000009/identity";
        let nobody = admin.post_own(nobody, &[("subject", "sam")]).await.is(404);
        nobody.must_say("You cannot open this page");
        assert_eq!(there.asked(), identity_provider::Asked::default());
    }
}

#[tokio::test]
async fn r_acc_01_support_has_no_account_of_the_authority() {
    let (mut town, there) = both().await;
    let typed =
        dated("2026-03-03").with("name", "Sol Vane").with("works-for", "Careware").with("account-status", "open");
    let desk = town.desk("admin");
    let account = NewAccount { username: "sol", password: PASSWORD, must_change: false };
    let made = support::record_person(&desk, desk.new_id(), None, &other::typed(&typed), Some(&account)).await;
    town.cast.staff.insert("sol", made.unwrap());
    let (mut sol, page) = password(&town, "sol").await;
    assert_eq!(page.path, "/account/ways");
    page.must_not_hold("Northmoor");
    sol.post_own("/account/single-sign-on", &[]).await.is(404);
    let mut admin = town.browser_of("admin");
    let at = format!("/organisation/staff/{}", town.staff["sol"]);
    admin.get(&at).await.is(200).must_not_hold("Northmoor");
    let refused = admin.post_own(&format!("{at}/identity"), &[("subject", "sol")]).await.is(422);
    refused.must_say("The accounts were not linked");
    let (browser, page) = sign_in(&town, &there, "sol").await;
    page.is(403);
    assert!(browser.cookie.is_empty());
}

/// R-ACC-02: an account there is one person's, and is not taken from them by whoever links it a second time.
#[tokio::test]
async fn r_acc_02_whoever_manages_accounts_links_and_unlinks() {
    let (town, there) = both().await;
    let at = format!("/organisation/staff/{}", town.staff["sam"]);
    let mut admin = town.browser_of("admin");
    let page = admin.get(&at).await.is(200);
    let form = page.form(LINK_THEIRS).with("subject", "sam-1234");
    let page = admin.press(&form, LINK_THEIRS).await.is(200);
    page.must_say("Linked on 3 March 2026, 15:20. Nobody has signed in with it yet");
    page.must_not_hold("sam-1234");
    let (mut sam, page) = sign_in(&town, &there, "sam-1234").await;
    page.must_say("Good afternoon, Sam");
    page.must_say("Your account was linked with single sign-on by whoever manages accounts, 3 March 2026, 15:20");
    let toms = format!("/organisation/staff/{}", town.staff["tom"]);
    for (subject, why) in
        [("sam-1234", "Nothing was changed"), ("", "of up to 255"), (&"x".repeat(256), "of up to 255")]
    {
        let page = admin.get(&toms).await;
        let page = admin.press(&page.form(LINK_THEIRS).with("subject", subject), LINK_THEIRS).await.is(422);
        let problems = page.problems();
        assert!(problems.len() == 1 && problems[0].1 == "subject" && problems[0].0.contains(why), "{problems:?}");
        assert_eq!(page.form(LINK_THEIRS).value("subject"), subject, "what was typed stays");
        assert_eq!(page.form("Save").value("name"), "Tom Weld", "the page is theirs as they are");
    }
    let again = admin.post_own(&format!("{at}/identity"), &[("subject", "another")]).await.is(422);
    again.must_say("Nothing was changed");
    assert!(again.has_button(UNLINK_THEIRS), "the page is theirs as they are");
    let mut tom = town.browser_of("tom");
    link(&town, &there, &mut tom, "sam-1234").await.is(409).must_say("is linked with somebody else’s account here");
    // Nobody else does.
    for (action, sent) in [("identity", "x"), ("identity/removal", "")] {
        town.browser_of("grace").post_own(&format!("{at}/{action}"), &[("subject", sent)]).await.is(403);
        admin.post_own(&format!("/organisation/staff/01h00000000000000000000000/{action}"), &[("subject", sent)]).await;
    }
    let page = admin.get(&at).await;
    let page = admin.press(&page.form(UNLINK_THEIRS), UNLINK_THEIRS).await.is(200);
    assert!(page.has_button(LINK_THEIRS));
    assert_eq!(sam.look("/my-work").await.location(), "/sign-in?ended", "it ends their sessions");
    sign_in(&town, &there, "sam-1234").await.1.is(403);
    let (_, page) = password(&town, "sam").await;
    page.must_say("Single sign-on was taken away from your account by whoever manages accounts");
    let absent = admin.post_own("/organisation/staff/01h00000000000000000000000/identity/removal", &[]).await.is(404);
    assert_eq!(admin.post_own(&format!("{at}/identity/removal"), &[]).await.is(404).body, absent.body);
    town.assert_sound().await;
}

#[tokio::test]
async fn r_acc_02_where_a_password_is_not_enough_single_sign_on_is() {
    let there = IdentityProvider::start().await;
    let town = Town::of_pack(MORE_THAN_A_PASSWORD.clone()).await.with_provider(&there);
    let (mut sam, page) = password(&town, "sam").await;
    assert_eq!(page.path, "/account/ways");
    assert_eq!(sam.look("/my-work").await.location(), "/account/ways");
    let page = round((&town, &there), (&mut sam, &page), LINK, "sam").await;
    assert_eq!(page.path, "/account", "now he may go on: {}", page.main());
    sam.get("/my-work").await.is(200);
    // And with a password alone he is no longer let in, not even to add another way.
    let (browser, page) = password(&town, "sam").await;
    page.is(422);
    assert!(browser.cookie.is_empty());
    assert_eq!(sign_in(&town, &there, "sam").await.1.path, "/my-work");
    // It is his only way in, so he does not take it away.
    let page = sam.get("/account").await;
    let refused = sam.press(&page.form(UNLINK), UNLINK).await.is(422);
    assert_eq!(refused.problems()[0].1, "single-sign-on");
    assert!(refused.by_id("single-sign-on").is_some());
    refused.must_say("Add a passkey or a code first");
    assert_eq!(sign_in(&town, &there, "sam").await.1.path, "/my-work");
}

#[tokio::test]
async fn where_no_password_lets_in_single_sign_on_stands_first() {
    let there = IdentityProvider::start().await;
    let order = async |pack: &LazyLock<Arc<Pack>>| {
        let town = Town::of_pack((*pack).clone()).await.with_provider(&there);
        let page = town.browser().get("/sign-in").await;
        page.root.named("form").iter().map(|form| form.attribute("action").to_owned()).collect::<Vec<_>>()
    };
    let passkey = "/sign-in/passkey";
    let [single, password] = ["/sign-in/single-sign-on", "/sign-in"];
    assert_eq!(order(&NO_PASSWORD).await, [passkey, single, password]);
    assert_eq!(order(&MORE_THAN_A_PASSWORD).await, [passkey, password, single]);
    assert_eq!(NAME, "Northmoor account");
}
