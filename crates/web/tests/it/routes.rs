//! Every route as nobody and as everybody: who gets in, and that what is closed looks like what is not there.
//!
//! `routes.txt` holds the answers. With `LIFESTORY_WRITE_GOLDEN=1` it is written anew, to be read in the difference.

use std::fmt::Write as _;

use axum::http::Method;
use casework::caseload::owed;
use policy::Capability;
use web::{Needs, routes};

use crate::{
    emergency,
    owed::looked_after,
    page::encoded,
    town::{Browser, EVERYBODY, Town, dated, visited},
};

/// An identifier that nothing has.
const ABSENT: &str = "01h00000000000000000000000";

/// A post that reaches what the route does, and does as little as it can.
async fn call(browser: &mut Browser, method: &Method, path: &str, owed: &str) -> (u16, String) {
    let page = if *method == Method::GET {
        browser.look(path).await
    } else {
        let token = browser.token();
        let pairs = [
            ("_token", token.as_str()),
            ("form", "visit"),
            ("_do", "join"),
            ("_act", "01h00000000000000000000001"),
            ("_of", owed),
            ("_last", "2026-03-03T15:20:00.000000Z"),
            ("password", "short"),
        ];
        browser.post(path, encoded(&pairs)).await
    };
    (page.status.as_u16(), page.body)
}

/// What some pages are about that a town does not have from the beginning.
struct There {
    /// Sam opened Amira's record in an emergency, beside being her worker.
    opening: String,
    /// An alert that waits to be authorised, in Amira's record.
    waits: String,
    /// Ivy is named for Bilal's record, which is restricted.
    named: String,
    /// Something is due for Amira, as an address says it within her record.
    owed: String,
}

impl There {
    async fn make(town: &Town) -> Self {
        looked_after(town, &town.amira, "2026-02-02").await;
        let due = owed::of_record(&town.desk("helen"), town.amira.record).await.unwrap();
        let id = due.open[0].owed.id.to_string();
        let number = town.number(&town.amira).await;
        emergency::ask(&mut town.browser_of("sam"), &[("name", &number)], &emergency::WHY).await.is(200);
        let opening = town.browser_of("ivy").get("/my-work").await.link("Sam Okafor opened");
        let restricted = dated("2026-03-03").with("kind", "other").with("reason", "His father works for us.");
        town.write("helen", &town.bilal, "restriction", &restricted).await;
        // Tom tried it, and somebody asks about that.
        town.browser_of("tom").get(&town.bilal.at("")).await.is(404);
        let named = dated("2026-03-03").with("who", town.staff["ivy"].to_string()).with("as", "Reviewing officer");
        let waits = crate::authorising::alerted(town, "sam", &[&town.amira]).await;
        Self {
            waits: waits.rsplit('/').next().unwrap().to_owned(),
            opening: opening.rsplit('/').next().unwrap().to_owned(),
            named: town.write("helen", &town.bilal, "restricted-to", &named).await,
            owed: id.split_once('/').unwrap().1.to_owned(),
        }
    }
}

/// R-GOV-01, R-INT-02: who may do what is the pack's to say, and each route asks; nothing that anybody sends changes
/// what was completed.
/// ASVS 8.2.1, 8.2.2, 8.3.1
#[tokio::test]
async fn every_route_answers_everybody_as_it_should() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Visit").await;
    let done = sam.press(&visited(&draft, &[&town.amira]), "Complete").await;
    let entry = done.entry_of("Amira").rsplit('/').next().unwrap().to_owned();
    let draft = sam.begin(&town.amira, "Visit").await;
    let draft = sam.press(&draft.form("Complete").with("purpose", "To see them"), "Save draft").await;
    let draft = draft.path.replace("/drafts/", "");
    let zara_entry = {
        let mut tom = town.browser_of("tom");
        let page = tom.begin(&town.zara, "Visit").await;
        let done = tom.press(&visited(&page, &[&town.zara]), "Complete").await;
        done.entry_of("Zara").rsplit('/').next().unwrap().to_owned()
    };
    let there = There::make(&town).await;
    let before = sam.get(&town.amira.at(&format!("entries/{entry}"))).await.main();

    let columns = std::iter::once("nobody").chain(EVERYBODY);
    let mut golden = String::from("# Route, which record, and the status for each: written by routes.rs.\n");
    writeln!(golden, "{:<58} {}", "", in_columns(columns.clone())).unwrap();
    let mut all = routes::all();
    // What ends sessions comes last.
    all.sort_by_key(|route| route.path.starts_with("/sign-out"));
    for route in &all {
        let of_record = route.path.contains("{record}");
        let (in_the_north, entry) = match route.path {
            path if path.contains("/emergencies/") => (&town.amira, &there.opening),
            path if path.ends_with("/authorisation") => (&town.amira, &there.waits),
            path if path.contains("/restriction/named/") => (&town.bilal, &there.named),
            _ => (&town.amira, &entry),
        };
        let whose: &[(&str, String, &str)] = if of_record {
            &[
                ("north", in_the_north.record.to_string(), entry.as_str()),
                ("south", town.zara.record.to_string(), zara_entry.as_str()),
                ("absent", ABSENT.to_owned(), ABSENT),
            ]
        } else if route.path.contains('{') {
            &[("there", String::new(), ""), ("absent", String::new(), "")]
        } else {
            &[("", String::new(), "")]
        };
        let mut answers: Vec<Vec<(u16, String)>> = Vec::new();
        for (which, record, entry) in whose {
            let or_absent = |id: String| if *which == "there" { id } else { ABSENT.to_owned() };
            let asks =
                if route.path.ends_with("/owed/decision") { format!("?of={}", there.owed) } else { String::new() };
            let path = route
                .path
                .replace("{record}", record)
                .replace("{entry}", entry)
                .replace("{draft}", &or_absent(draft.clone()))
                .replace("{person}", &or_absent(town.staff["sam"].to_string()))
                .replace("{reader}", &or_absent(town.staff["tom"].to_string()))
                .replace("{about}", &or_absent(town.bilal.record.to_string()))
                .replace("{other}", ABSENT)
                .replace("{team}", &or_absent(town.north.to_string()))
                .replace("{version}", &or_absent(policy::in_hex(&crate::town::PACK.hash())))
                .replace("{list}", "place")
                .replace("{form}", "visit")
                .replace("{step}", "restrict")
                .replace("{file}", ABSENT)
                .replace("{passkey}", ABSENT)
                .replace("{name}", "nothing")
                + &asks;
            assert!(!path.contains('{'), "{path} is no address yet");
            let mut line = Vec::new();
            for username in columns.clone() {
                let mut browser = if username == "nobody" { town.browser() } else { town.browser_of(username) };
                line.push(call(&mut browser, &route.method, &path, &there.owed).await);
            }
            let statuses = in_columns(line.iter().map(|(status, _)| status));
            let title = format!("{} {} {which}", route.method, route.path);
            writeln!(golden, "{title:<58} {statuses}").unwrap();
            answers.push(line);
        }
        check(route, &columns.clone().collect::<Vec<_>>(), &answers);
    }
    let mut priya = town.browser_of("priya");
    // Everybody has been signed out by now, everywhere.
    assert_eq!(priya.look("/my-work").await.status, 303);
    let mut sam = town.sign_in("sam").await;
    assert_eq!(sam.get(&town.amira.at(&format!("entries/{entry}"))).await.main(), before);

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/routes.txt");
    if std::env::var("LIFESTORY_WRITE_GOLDEN").is_ok() {
        std::fs::write(file, &golden).unwrap();
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    for (new, old) in golden.lines().zip(kept.lines()) {
        assert_eq!(new, old, "routes.txt says otherwise");
    }
    assert_eq!(golden, kept, "routes.txt has other lines");
}

fn in_columns(cells: impl Iterator<Item = impl std::fmt::Display>) -> String {
    let mut line = String::new();
    for cell in cells {
        write!(line, "{cell:<7}").unwrap();
    }
    line.trim_end().to_owned()
}

/// What follows from what a route says that it needs.
fn check(route: &web::routes::Route, columns: &[&str], answers: &[Vec<(u16, String)>]) {
    let name = format!("{} {}", route.method, route.path);
    for line in answers {
        let (nobody, rest) = line.split_first().unwrap();
        if route.needs == Needs::Public {
            assert!(line.iter().all(|answer| answer.0 == nobody.0), "{name} is for anybody");
        } else {
            assert!(matches!(nobody.0, 303 | 401), "{name} lets nobody in: {}", nobody.0);
        }
        for (username, (status, body)) in columns[1..].iter().zip(rest) {
            assert!(*status < 500, "{name} fails for {username}: {status}");
            if let Needs::Right(capability) = route.needs {
                let has = may(username, capability);
                // One that names somebody who is not there is answered before the right is asked for.
                assert!(has || matches!(status, 403 | 404), "{name} lets {username} in: {status}");
                assert!(!has || *status != 403 || body.contains("too old"), "{name} keeps {username} out");
            }
        }
    }
    if let [north, south, absent] = answers {
        for (at, username) in columns.iter().enumerate().skip(1) {
            for (which, line) in [("north", north), ("south", south)] {
                if line[at].0 == 404 {
                    assert_eq!(
                        line[at], absent[at],
                        "{name}: {username} can tell that the record in the {which} is there"
                    );
                }
            }
            assert_eq!(absent[at].0, if matches!(absent[at].0, 403) { 403 } else { 404 }, "{name} {username}");
        }
        if let Needs::Record(capability) = route.needs {
            assert!(
                matches!(
                    capability,
                    Capability::AuthoriseEntry
                        | Capability::ReadConfidential
                        | Capability::RevealAddress
                        | Capability::ReadRecord
                        | Capability::RecordEntry
                        | Capability::RecordDecision
                        | Capability::SeeReadings
                        | Capability::OpenOnDuty
                        | Capability::AmendEntry
                        | Capability::MoveEntry
                        | Capability::ReadMoved
                        | Capability::ReviewEmergency
                        | Capability::RestrictRecord
                        | Capability::DeclareConflict
                        | Capability::GrantSupport
                        | Capability::LinkAdoption
                        | Capability::FollowAdoption
                ),
                "{name}"
            );
            for (at, username) in columns.iter().enumerate().skip(1).filter(|(_, username)| !may(username, capability))
            {
                assert_eq!((north[at].0, south[at].0), (404, 404), "{name}: no role of {username} has {capability:?}");
            }
            assert_eq!((north[5].0, south[3].0), (404, 404), "{name}: Tom is of the South and Sam of the North");
        }
    }
}

/// Whether the pack gives this person's role a capability at all.
fn may(username: &str, capability: Capability) -> bool {
    let role = crate::town::PACK.role(crate::other::name(role_of(username))).expect("a role of the pack");
    role.may.iter().any(|(may, _)| *may == capability)
}

fn role_of(username: &str) -> &'static str {
    match username {
        "admin" => "administrator",
        "grace" => "team-manager",
        "priya" => "senior-practitioner",
        "helen" => "head-of-service",
        "ivy" => "information-governance",
        "rita" => "records-manager",
        "pat" => "provider-worker",
        _ => "worker",
    }
}

/// R-INT-01: there is no way to delete or replace anything.
#[test]
fn no_route_deletes_or_replaces() {
    for route in routes::all() {
        assert!(route.method == Method::GET || route.method == Method::POST, "{} {}", route.method, route.path);
        // Printing posts its reason, and changes nothing; what is put right is put right by another entry.
        let adds =
            ["/print", "/approval", "/authorisation", "/answer", "/move"].iter().any(|end| route.path.ends_with(end));
        let entries = route.path.contains("/entries") && !adds;
        assert!(entries <= (route.method == Method::GET), "{} {}", route.method, route.path);
    }
}

/// A number that somebody types leads to a record that is open to them, and tells nothing of any other.
/// ASVS 8.2.2
#[tokio::test]
async fn a_record_number_leads_only_where_one_may_go() {
    let town = Town::new().await;
    let (mut sam, mut tom) = (town.browser_of("sam"), town.browser_of("tom"));
    let number = town.number(&town.amira).await;
    let form = sam.get("/people").await.form("Search").with("name", &number);
    assert_eq!(sam.press(&form, "Search").await.path, town.amira.at(""));
    let search = tom.get("/people").await.form("Search");
    let closed = tom.press(&search.clone().with("name", &number), "Search").await;
    let absent = tom.press(&search.with("name", "R-99999"), "Search").await;
    assert_eq!(closed.body.replace(&number, "R-99999"), absent.body);
    closed.must_say("Nobody found");
}
