//! Somebody of support: what is open to them, for how long, what they cannot do there, and who knows of it.

use casework::{organisation::NewAccount, support};
use store::ActorKind;

use crate::{
    codes::{add as add_code, password},
    other,
    page::Page,
    town::{Browser, Child, PASSWORD, Town, dated},
};

/// Adds somebody of support, who signs in and has a code from then on.
async fn of_support(town: &mut Town, username: &'static str) -> Browser {
    let typed = dated("2026-03-03")
        .with("name", format!("{username} Vane"))
        .with("works-for", "Careware")
        .with("account-status", "open");
    let admin = town.desk("admin");
    let account = NewAccount { username, password: PASSWORD, must_change: false };
    let made = support::record_person(&admin, admin.new_id(), None, &other::typed(&typed), Some(&account)).await;
    town.cast.staff.insert(username, made.unwrap());
    // Nobody of support goes on by a password alone.
    let (mut browser, page) = password(town, username).await;
    assert_eq!(page.path, "/account/ways");
    add_code(town, &mut browser).await;
    browser
}

async fn open(town: &Town, ivy: &mut Browser, child: &Child, to: &str, hours: &str) -> Page {
    let front = ivy.get(&child.at("")).await.is(200);
    let page = ivy.get(&front.link("Open to support")).await.is(200);
    let form = page
        .form("Open it to support")
        .with("who", &town.staff[to].to_string())
        .with("reason", "The chronology does not load.")
        .with("hours", hours);
    ivy.press(&form, "Open it to support").await
}

both_engines! {
    /// R-ACC-01, R-ACC-02, R-ACC-08: by itself the account opens nothing; one record is opened to it, for some hours, to be
    /// read and nothing else; all who answer for the child know; it ends by itself, and when somebody says so.
    async fn r_acc_01_support_reads_one_record_for_some_hours(town: Town) {
        let mut town = town;
        let mut sol = of_support(&mut town, "sol").await;
        let (mut ivy, mut grace, mut sam) = (town.browser_of("ivy"), town.browser_of("grace"), town.browser_of("sam"));
        sol.get("/my-work").await.is(200).must_say("No record is open to you now");
        for page in ["/people", "/search/words", "/team", "/organisation", "/looked", "/counts", "/support"] {
            assert_eq!(sol.get(page).await.status, 403, "{page}");
        }
        assert_eq!(sol.get(&town.amira.at("")).await.status, 404);
        // More hours than the policy has, and nobody's name.
        let page = open(&town, &mut ivy, &town.amira, "sol", "9").await.is(422);
        assert_eq!(page.problems().len(), 1, "{:?}", page.problems());
        // All that is missing is said at once.
        let page = ivy.get(&town.amira.at("support")).await.is(200);
        let empty = ivy.press(&page.form("Open it to support"), "Open it to support").await.is(422);
        assert_eq!(empty.problems().len(), 3, "{:?}", empty.problems());
        open(&town, &mut ivy, &town.amira, "sol", "2").await.is(200).must_say("sol Vane (support, of Careware)");

        let mine = sol.get("/my-work").await.is(200);
        mine.must_say(&town.number(&town.amira).await);
        mine.must_say("You are signed in as support");
        let front = sol.get(&town.amira.at("")).await.is(200);
        front.must_say("Amira");
        for page in ["/chronology", "/story", "/family", "/contents", "/owed", "/words", "/decisions", "/workers", "/front-sheet"] {
            let read = sol.get(&town.amira.at(page.trim_start_matches('/'))).await.is(200);
            read.must_say("You are signed in as support");
        }
        // Nothing beside looking, and no other record.
        for page in ["/search", "/new", "/front-sheet/print", "/chronology/print", "/readings", "/addresses", "/confidential",
            "/restriction", "/support", "/new/case-note", "/disclosure", "/conflict"] {
            assert_eq!(sol.get(&town.amira.at(page.trim_start_matches('/'))).await.status, 404, "{page}");
        }
        assert_eq!(sol.get(&town.bilal.at("")).await.status, 404);
        for (text, href) in front.links() {
            if let Some(page) = href.strip_prefix(&town.amira.at("")) {
                assert!(!["/search", "/new", "/readings", "/disclosure", "/support"].contains(&page), "{text}: {page}");
            }
        }

        // All know: on the front page, on their own, and for ever among those who looked.
        let told = "sol Vane (support, of Careware)";
        sam.get(&town.amira.at("")).await.must_say("may read this record until");
        grace.get("/my-work").await.must_say(&format!("opened the record to {told}"));
        sam.get("/my-work").await.must_say("Opened to support");
        let looked = ivy.get(&town.amira.at("readings")).await.is(200);
        looked.must_say(told);
        looked.must_say("to mend a fault");

        // It is over by itself.
        town.wait(2 * 3_600);
        let (mut ivy, mut sam) = (town.sign_in("ivy").await, town.sign_in("sam").await);
        let desk = support_desk(&town, "sol");
        assert!(casework::reading::front_page(&desk, town.amira.record).await.is_err());
        assert!(!sam.get(&town.amira.at("")).await.says("may read this record until"));
        // And when somebody says so.
        open(&town, &mut ivy, &town.amira, "sol", "8").await.is(200);
        assert!(casework::reading::front_page(&support_desk(&town, "sol"), town.amira.record).await.is_ok());
        // Two that go on: each is ended for itself, and no box stands on the page twice.
        let two = open(&town, &mut ivy, &town.amira, "sol", "1").await.is(200);
        assert!(!two.says("Close it to them now"));
        let last = two.links().into_iter().rfind(|(text, _)| text.starts_with("Close it before its time"));
        town.wait(1);
        let page = ivy.get(&last.unwrap().1).await.is(200);
        let form = page.form("Close it to them now").with("result", "");
        assert_eq!(ivy.press(&form, "Close it to them now").await.is(422).problems().len(), 1);
        let form = page.form("Close it to them now").with("result", "One was enough.");
        ivy.press(&form, "Close it to them now").await.is(200);
        assert!(casework::reading::front_page(&support_desk(&town, "sol"), town.amira.record).await.is_ok());
        let page = ivy.get(&town.amira.at("support")).await.is(200);
        let form = page.form("Close it to them now").with("result", "It is mended.");
        ivy.press(&form, "Close it to them now").await.is(200);
        assert!(casework::reading::front_page(&support_desk(&town, "sol"), town.amira.record).await.is_err());
        town.assert_sound().await;
    }

    /// R-ACC-02: the session is short, and its end is not put off by using it.
    async fn r_acc_02_a_session_of_support_is_short(town: Town) {
        let mut town = town;
        let mut sol = of_support(&mut town, "sol").await;
        for _ in 0..3 {
            town.wait(14 * 60);
            sol.get("/my-work").await.is(200);
        }
        town.wait(18 * 60);
        assert_eq!(sol.look("/my-work").await.location(), "/sign-in?ended");
        town.assert_sound().await;
    }

    /// R-ACC-01, R-ACC-03: nobody is made support who is staff, nor staff who is support; a restricted record is open to
    /// nobody of support; and whoever claims to be of another kind than their account is nobody.
    async fn r_acc_01_support_is_a_kind_for_ever(town: Town) {
        let mut town = town;
        of_support(&mut town, "sol").await;
        let (admin, sam, sol) = (town.desk("admin"), town.staff["sam"], town.staff["sol"]);
        let typed = other::typed(&dated("2026-03-03").with("name", "Sam").with("works-for", "X").with("account-status", "open"));
        assert!(support::record_person(&admin, admin.new_id(), Some(sam), &typed, None).await.is_err());
        let typed = dated("2026-03-03").with("name", "Sol").with("designation", "Worker").with("roles", "head-of-service");
        let typed = other::typed(&typed.with("account-status", "open"));
        assert!(casework::organisation::record_staff(&admin, admin.new_id(), Some(sol), &typed, None).await.is_err());

        let mut ivy = town.browser_of("ivy");
        open(&town, &mut ivy, &town.amira, "sol", "8").await.is(200);
        assert!(casework::reading::front_page(&town.desk("sol"), town.amira.record).await.is_err(), "as no person");
        assert!(casework::reading::front_page(&support_desk(&town, "sam"), town.amira.record).await.is_err(), "as no support");
        assert!(casework::reading::front_page(&support_desk(&town, "sol"), town.amira.record).await.is_ok());
        let desk = town.desk("ivy");
        let page = casework::looked::of_record(&desk, town.amira.record, &store::LooksWanted::default()).await.unwrap();
        let by_sol: Vec<_> = page.looks.iter().filter(|one| one.leaf.actor.id == sol.to_string()).collect();
        assert!(by_sol.iter().any(|one| one.leaf.act == "read-front-page" && one.leaf.purpose == "as:support"));
        assert!(by_sol.iter().any(|one| one.leaf.actor.kind == ActorKind::Support));

        let typed = dated("2026-03-03").with("kind", "other").with("reason", "It would harm the child.");
        town.write("helen", &town.amira, "restriction", &typed).await;
        assert!(casework::reading::front_page(&support_desk(&town, "sol"), town.amira.record).await.is_err(), "restricted");
        town.assert_sound().await;
    }
}

fn support_desk(town: &Town, who: &str) -> casework::Desk {
    casework::Desk::new(town.db.clone(), store::Actor::Support(town.staff[who]), town.db.now())
}
