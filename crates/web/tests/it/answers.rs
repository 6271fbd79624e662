//! Answers as such: to which methods and addresses, with which headers, and what a request can say that makes no
//! difference.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use web::{Needs, routes};

use crate::{
    page::{Page, encoded},
    security::crawl,
    town::{Browser, PASSWORD, Town, visited},
};

/// An identifier that nothing has.
const ABSENT: &str = "01h00000000000000000000000";

/// The address of a route, each part in braces filled.
fn filled(path: &str, with: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { with } else { part }).collect::<Vec<_>>().join("/")
}

fn said<'a>(page: &'a Page, name: &str) -> &'a str {
    page.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// ASVS 1.2.2, 3.6.1, 3.7.1, 3.7.2, 3.7.3, 14.2.3: what a page is made of and leads to is here, whatever was written.
/// ASVS 3.3.4: the session's name is in the cookie alone. ASVS 7.4.4: one can sign out wherever one is.
/// ASVS 13.4.6: no page tells by what it is made.
#[tokio::test]
async fn every_address_on_a_page_is_ours() {
    let town = Town::new().await;
    town.note("sam", &town.amira, "javascript:alert(1) https://evil.test/x //evil.test data:text/html,x").await;
    let mut seen = 0;
    for who in ["sam", "grace", "admin"] {
        let mut browser = town.browser_of(who);
        let session = browser.cookie.split_once('=').unwrap().1.to_owned();
        for page in crawl(&mut browser, &[]).await {
            seen += 1;
            assert!(page.location().is_empty() || ours(page.location()), "{}: {}", page.path, page.location());
            for one in page.root.all(&|_| true) {
                for name in ["href", "src", "action", "formaction", "data", "poster", "cite", "srcset", "ping"] {
                    let address = one.attribute(name);
                    let here = address.is_empty() || address.starts_with('#') || ours(address);
                    // A law may be read where it is kept: a link that the policy has, and nothing that is loaded.
                    let law = one.name == "a" && address.starts_with("https://");
                    assert!(here || law, "{}: {name}=\"{address}\"", page.path);
                    assert!(!address.contains("evil"), "{}: {address}", page.path);
                }
                let foreign = ["object", "embed", "applet", "iframe", "frame", "base", "portal"];
                assert!(!foreign.contains(&one.name.as_str()), "{} has <{}>", page.path, one.name);
                assert!(one.attribute("http-equiv").is_empty(), "{}", page.path);
            }
            assert!(!page.body.contains(&session), "{} holds the session's name", page.path);
            for told in
                ["axum", "hyper", "sqlx", "SQLite 3", "PostgreSQL", concat!("Lifestory ", env!("CARGO_PKG_VERSION"))]
            {
                assert!(!page.body.contains(told), "{} says {told}", page.path);
            }
            for header in ["server", "x-powered-by", "via"] {
                assert_eq!(said(&page, header), "", "{}", page.path);
            }
            let anybodys = page.path == "/help/accessibility";
            if page.status == 200 && !anybodys && said(&page, "content-type").starts_with("text/html") {
                assert!(page.has_button("Sign out"), "{}", page.path);
            }
        }
    }
    assert!(seen > 60, "{seen}");
}

/// An address within this site.
fn ours(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.contains('\\')
}

/// ASVS 4.1.4, 13.4.4
#[tokio::test]
async fn a_route_answers_its_own_methods_and_no_other() {
    let town = Town::new().await;
    let mut taken: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for route in routes::all() {
        let methods = taken.entry(route.path).or_default();
        methods.insert(route.method.to_string());
        if route.method == Method::GET {
            methods.insert("HEAD".to_owned());
        }
    }
    let mut sam = town.browser_of("sam");
    for (path, methods) in taken {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"] {
            if methods.contains(method) {
                continue;
            }
            let request = sam.request(method, &filled(path, ABSENT)).body(Body::empty()).unwrap();
            let page = sam.send(request).await;
            assert_eq!(page.status, 405, "{method} {path}");
            assert_eq!(page.body, "", "{method} {path}");
            let allowed: BTreeSet<String> = said(&page, "allow").split(',').map(|one| one.trim().to_owned()).collect();
            assert_eq!(allowed, methods, "{method} {path}");
        }
    }
}

/// ASVS 4.1.1: every answer with a body says what it is, and in which letters.
#[tokio::test]
async fn every_body_says_what_it_is() {
    let town = Town::new().await;
    let (mut nobody, mut sam) = (town.browser(), town.sign_in("sam").await);
    let work = sam.get("/my-work").await;
    let linked = work.root.named("link").into_iter().map(|link| link.attribute("href").to_owned());
    let scripts = work.root.named("script").into_iter().map(|script| script.attribute("src").to_owned());
    let mut pages = Vec::new();
    for path in linked.chain(scripts).collect::<BTreeSet<_>>() {
        pages.push(nobody.look(&path).await.is(200));
    }
    let draft = sam.begin(&town.amira, "Visit").await;
    for path in ["/sign-in", "/health", "/help/accessibility", "/nothing", "/assets/nothing.css"] {
        pages.push(nobody.look(path).await);
    }
    for path in ["/help", "/account", "/organisation", "/records/x", &town.amira.at(""), &town.amira.at("story")] {
        pages.push(sam.look(path).await);
    }
    pages.push(sam.post_own("/people", &[("name", "Ali")]).await);
    pages.push(sam.post("/people", "name=Ali").await);
    pages.push(sam.post("/people", vec![b'x'; 5 * 1024 * 1024]).await);
    pages.push(sam.post_own(&draft.path, &[("_do", "complete")]).await);
    pages.push(sam.post_own(&format!("{}/autosave", draft.path), &[]).await);
    pages.push(sam.post_own("/account/passkeys/options", &[]).await);
    let mut kinds = BTreeSet::new();
    for page in &pages {
        let kind = said(page, "content-type");
        if page.body.is_empty() {
            continue;
        }
        kinds.insert(kind.to_owned());
        assert_eq!(
            page.body.starts_with("<!DOCTYPE html>"),
            kind == "text/html; charset=utf-8",
            "{}: {kind}",
            page.path
        );
        let in_letters = kind.starts_with("text/") || kind.contains("xml");
        assert!(!in_letters || kind.ends_with("; charset=utf-8"), "{}: {kind}", page.path);
        let path = std::path::Path::new(page.path.as_str());
        let wanted = match path.extension().and_then(|end| end.to_str()).filter(|_| page.status == 200) {
            Some("css") => "text/css",
            Some("js") => "text/javascript",
            Some("svg") => "image/svg+xml",
            _ => "",
        };
        assert!(kind.starts_with(wanted), "{}: {kind}", page.path);
        assert_eq!(page.body.starts_with('{'), kind == "application/json", "{}: {kind}", page.path);
    }
    for kind in
        ["text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript; charset=utf-8", "application/json"]
    {
        assert!(kinds.contains(kind), "{kinds:?}");
    }
}

/// ASVS 3.4.1
#[tokio::test]
async fn over_https_every_answer_keeps_the_browser_to_it() {
    let town = Town::new().await.with_https();
    let mut nobody = town.browser();
    for path in ["/sign-in", "/health", "/my-work", "/nothing", "/assets/nothing.css", "/records/%FF"] {
        let page = nobody.look(path).await;
        assert_eq!(said(&page, "strict-transport-security"), "max-age=31536000; includeSubDomains", "{path}");
    }
    for (method, path) in [("DELETE", "/my-work"), ("POST", "/my-work/read"), ("POST", "/sign-in/code")] {
        let request = nobody.request(method, path).body(Body::empty()).unwrap();
        let page = nobody.send(request).await;
        assert_eq!(said(&page, "strict-transport-security"), "max-age=31536000; includeSubDomains", "{method} {path}");
    }
    let town = Town::new().await;
    assert_eq!(said(&town.browser().look("/sign-in").await, "strict-transport-security"), "", "not without it");
}

/// ASVS 3.4.2
#[tokio::test]
async fn no_other_origin_may_read_an_answer() {
    let town = Town::new().await;
    for origin in ["https://evil.test", "null", "https://lifestory.test.evil.test", "http://lifestory.test"] {
        let mut sam = town.browser_of("sam");
        for (method, path) in [
            ("GET", "/my-work"),
            ("OPTIONS", "/people"),
            ("GET", "/sign-in"),
            ("OPTIONS", "/my-work"),
            ("GET", "/health"),
        ] {
            let mut request = sam.request("GET", path).body(Body::empty()).unwrap();
            *request.method_mut() = method.parse().unwrap();
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
            request.headers_mut().insert("access-control-request-method", "POST".parse().unwrap());
            let page = sam.send(request).await;
            let cors: Vec<_> = page.headers.keys().filter(|name| name.as_str().starts_with("access-control")).collect();
            assert!(cors.is_empty(), "{origin} {method} {path}: {cors:?}");
        }
    }
}

/// ASVS 4.1.3, 15.3.4: what a proxy would say of a request changes nothing, so nobody can say it falsely.
#[tokio::test]
async fn headers_of_a_proxy_change_nothing() {
    const FORGED: [(&str, &str); 12] = [
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "evil.test"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/evil"),
        ("forwarded", "for=127.0.0.1;host=evil.test;proto=https"),
        ("x-real-ip", "127.0.0.1"),
        ("x-user-id", "admin"),
        ("x-remote-user", "admin"),
        ("x-original-url", "/organisation"),
        ("x-rewrite-url", "/organisation"),
        ("x-http-method-override", "DELETE"),
        ("authorization", "Basic YWRtaW46YWRtaW4="),
    ];
    let town = Town::new().await;
    let forged = |mut request: Request<Body>| {
        for (name, value) in FORGED {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    };
    for path in ["/help", "/organisation", "/my-work/owed", "/nothing", &town.zara.at("")] {
        let mut sam = town.browser_of("sam");
        let plain = sam.look(path).await;
        let request = forged(sam.request("GET", path).body(Body::empty()).unwrap());
        let other = sam.send(request).await;
        assert_eq!((other.status, &other.body, &other.headers), (plain.status, &plain.body, &plain.headers), "{path}");
    }
    let mut nobody = town.browser();
    let request = forged(nobody.request("GET", "/my-work").body(Body::empty()).unwrap());
    assert_eq!(nobody.send(request).await.is(303).location(), "/sign-in");
    // A page of another host is no page of ours because a header says so.
    let mut sam = town.browser_of("sam");
    let body = encoded(&[("_token", sam.token().as_str()), ("form", "visit")]);
    let mut request = forged(sam.request("POST", &town.amira.at("drafts")).body(Body::from(body)).unwrap());
    request.headers_mut().insert(header::ORIGIN, "https://evil.test".parse().unwrap());
    request.headers_mut().remove("sec-fetch-site");
    sam.send(request).await.is(403);
    // And whoever guesses from ever other addresses guesses at one account.
    for number in 0..5 {
        let pairs = [("username", "tom"), ("password", "wrong wrong wrong")];
        let mut request = nobody.request("POST", "/sign-in").body(Body::from(encoded(&pairs))).unwrap();
        request.headers_mut().insert("x-forwarded-for", format!("192.0.2.{number}").parse().unwrap());
        nobody.send(request).await.is(422);
    }
    nobody.post("/sign-in", encoded(&[("username", "tom"), ("password", PASSWORD)])).await.is(422);
}

/// ASVS 13.4.5, 15.2.3: what anybody can reach is a short list. ASVS 6.3.4: one gets in by no other door.
#[tokio::test]
async fn what_anybody_can_reach_is_a_short_list() {
    let public: Vec<String> = routes::all()
        .iter()
        .filter(|route| route.needs == Needs::Public)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(
        public,
        [
            "GET /assets/{name}",
            "GET /health",
            "GET /sign-in",
            "POST /sign-in",
            "POST /sign-in/code",
            "POST /sign-in/passkey/options",
            "POST /sign-in/passkey",
            "POST /sign-in/single-sign-on",
            "GET /sign-in/single-sign-on/back",
            "GET /help/accessibility",
        ]
    );
    let town = Town::new().await;
    assert_eq!(town.browser().get("/health").await.body, "well\n");
}

/// ASVS 13.4.1, 13.4.3, 13.4.7, 14.2.5
#[tokio::test]
async fn no_file_lies_behind_an_address() {
    let town = Town::new().await;
    let stray = [
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/.well-known/security.txt",
        "/Cargo.toml",
        "/lifestory.db",
        "/keys/epoch-1.key",
        "/assets/",
        "/assets/.",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/lifestory.css",
        "/assets/../sign-in",
        "/metrics",
        "/debug/pprof",
        "/server-status",
        "/openapi.json",
        "/swagger",
        "/admin",
        "/robots.txt.bak",
        "/my-work/style.css",
        "/my-work;x.css",
        "/my-work%2fx.css",
        "/account/x.js",
    ];
    for browser in [&mut town.browser(), &mut town.browser_of("sam"), &mut town.browser_of("admin")] {
        for path in stray {
            let page = browser.look(path).await;
            assert_eq!(page.status, 404, "{path}");
            assert_eq!(said(&page, "cache-control"), "no-store", "{path}");
            page.must_not_hold("epoch");
        }
        let record = town.amira.at("style.css");
        assert!([404, 303].contains(&browser.look(&record).await.status.as_u16()));
    }
}

/// ASVS 3.5.6, 3.5.7: scripts are files that are the same for everybody, and nothing else can be made one.
#[tokio::test]
async fn no_answer_but_a_file_of_ours_is_a_script() {
    let town = Town::new().await;
    for who in ["sam", "grace", "admin"] {
        let mut browser = town.browser_of(who);
        for route in routes::all().iter().filter(|route| route.method == Method::GET) {
            let path = filled(route.path, &town.amira.record.to_string());
            let page = browser.look(&format!("{path}?callback=alert&jsonp=alert&format=js")).await;
            assert!(!said(&page, "content-type").contains("script"), "{path}");
            assert!(!page.body.starts_with("alert"), "{path}");
        }
    }
    let (mut nobody, mut sam) = (town.browser(), town.browser_of("sam"));
    let page = sam.get("/my-work").await;
    for script in page.root.named("script") {
        let path = script.attribute("src");
        assert_eq!(nobody.look(path).await.is(200).body, sam.look(path).await.body, "{path}");
    }
}

/// How many entries, facts and changes there are.
async fn kept(town: &Town) -> (u64, u64, u64) {
    let report = store::verify::verify(&town.db, |_, _| {}).await.unwrap();
    let changes = report.logs.iter().filter(|log| log.name == "changes").map(|log| log.leaves).sum();
    (report.entries, report.facts, changes)
}

/// ASVS 3.5.3: whatever address somebody is made to open, nothing is changed by that.
#[tokio::test]
async fn reading_changes_nothing() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Visit").await;
    let done = sam.press(&visited(&draft, &[&town.amira]), "Complete").await;
    let entry = done.entry_of("Amira").rsplit('/').next().unwrap().to_owned();
    let before = kept(&town).await;
    for who in ["sam", "grace", "helen", "ivy", "admin"] {
        let mut browser = town.browser_of(who);
        for route in routes::all().iter().filter(|route| route.method == Method::GET) {
            let path = route
                .path
                .replace("{record}", &town.amira.record.to_string())
                .replace("{entry}", &entry)
                .replace("{person}", &town.staff["sam"].to_string())
                .replace("{team}", &town.north.to_string())
                .replace("{form}", "visit");
            let page = browser.look(&filled(&path, ABSENT)).await;
            assert!(page.status.as_u16() < 500, "{path}");
            assert_eq!(said(&page, "set-cookie"), "", "{path}");
        }
        browser.look("/my-work").await.is(200);
    }
    assert_eq!(kept(&town).await, before);
}

/// ASVS 15.3.7: of the same name twice one counts, and what stands in the address is no answer to a form.
#[tokio::test]
async fn the_same_name_twice_or_in_two_places_means_one_thing() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let token = grace.token();
    let body = encoded(&[("_token", &token), ("name", "Amira"), ("name", "Zara")]);
    let page = grace.post("/people?name=Noor&_token=x", body).await.is(200);
    assert_eq!(page.form("Search").value("name"), "Amira");
    page.must_not_hold("Zara");
    page.must_not_hold("Noor");
    // A token in the address, or one that comes second, is none.
    grace.post(&format!("/people?_token={token}"), encoded(&[("name", "Amira")])).await.is(403);
    grace.post("/people", encoded(&[("_token", "0"), ("_token", &token), ("name", "Amira")])).await.is(403);
}

/// ASVS 15.3.3: what the form does not ask is not taken, however it is called.
#[tokio::test]
async fn only_the_questions_of_the_form_are_taken() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let tom = town.staff["tom"].to_string();
    let page = sam.begin(&town.amira, "Visit").await;
    let mut form = visited(&page, &[&town.amira]);
    for (name, value) in [
        ("author", tom.as_str()),
        ("written-by", tom.as_str()),
        ("person", tom.as_str()),
        ("recorded", "2020-01-01"),
        ("stands", "no"),
        ("authorised", "yes"),
        ("version", "7"),
        ("id", ABSENT),
        ("roles", "administrator"),
        ("quillwort", "marmalade"),
    ] {
        if !form.has(name) {
            form = form.forged(name, value);
        }
    }
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let entry = sam.get(&done.entry_of("Amira")).await;
    entry.must_say("Sam Okafor");
    for nothing in ["Tom Weld", "marmalade", "2020", "quillwort"] {
        entry.must_not_hold(nothing);
    }
    // Nobody gives themselves a right by the page of their account.
    let mut tom = town.browser_of("tom");
    let forged =
        [("roles", "head-of-service"), ("person", &*town.staff["sam"].to_string()), ("account-status", "closed")];
    tom.post_own("/account/digest", &forged).await;
    tom.look("/organisation").await.is(403);
    town.browser_of("sam").look("/my-work").await.is(200);
    town.assert_sound().await;
}

/// ASVS 1.1.1: what was sent is decoded once; what looks like more of it are letters.
#[tokio::test]
async fn what_is_sent_is_decoded_once() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let typed = "%41 %2541 %3Cb%3E &lt;b&gt; &amp;amp; &#65; \\u0041 +plus+ %";
    let saved = sam.press(&page.form("Complete").with("purpose", typed), "Save draft").await;
    assert_eq!(saved.form("Complete").value("purpose"), typed);
    let again = sam.press(&saved.form("Complete"), "Save draft").await;
    assert_eq!(again.form("Complete").value("purpose"), typed, "and as often as it goes round");
    // An address that is encoded twice is another one.
    let number = town.amira.record.to_string();
    let once = format!("/records/%{:02X}{}", number.as_bytes()[0], &number[1..]);
    sam.look(&once).await.is(200);
    sam.look(&once.replace('%', "%25")).await.is(404);
}

/// ASVS 1.2.4: what would break out of a query is looked for like any other words.
#[tokio::test]
async fn quotation_marks_are_letters_in_every_query() {
    const BREAKS: [&str; 7] = [
        "' or '1'='1",
        "\" or 1=1 --",
        "'; drop table entry; --",
        "%' union select 1 --",
        "\\' or 1=1",
        "$1",
        "?1 \u{0}x",
    ];
    let town = Town::new().await;
    let (mut grace, mut ivy) = (town.browser_of("grace"), town.browser_of("ivy"));
    let fine = |page: &Page| {
        assert!(page.status.as_u16() < 500, "{}: {}\n{}", page.path, page.status, page.main());
        page.must_not_hold("Zara Khan");
    };
    for breaks in BREAKS {
        for path in ["/people", "/search/words", &town.amira.at("search"), &town.amira.at("family")] {
            for name in ["name", "words", "find", "who", "postcode", "q"] {
                fine(&grace.post_own(path, &[(name, breaks), ("born.year", breaks), ("page", breaks)]).await);
            }
        }
        fine(&town.browser().post("/sign-in", encoded(&[("username", breaks), ("password", breaks)])).await);
        let query: String =
            ["whose", "show", "team", "of", "kind", "from", "to", "who", "for", "page", "after", "list"]
                .map(|name| encoded(&[(name, breaks)]))
                .join("&");
        let part = encoded(&[("x", breaks)]).replacen("x=", "", 1).replace('+', "%20");
        for route in routes::all().iter().filter(|route| route.method == Method::GET) {
            let path = route.path.replace("{record}", &town.amira.record.to_string());
            fine(&grace.look(&format!("{}?{query}", filled(&path, ABSENT))).await);
            let page = ivy.look(&filled(route.path, &part)).await;
            assert!(page.status.as_u16() < 500, "{}: {}", page.path, page.status);
        }
    }
    town.assert_sound().await;
}

/// ASVS 14.3.1
#[tokio::test]
async fn after_signing_out_the_browser_has_nothing() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.get(&town.amira.at("story")).await.is(200);
    assert_eq!(said(&page, "cache-control"), "no-store");
    let form = page.form("Sign out");
    let gone = sam.post(&form.action, form.body("Sign out")).await.is(303);
    assert_eq!(said(&gone, "clear-site-data"), "\"storage\"");
    assert_eq!(gone.location(), "/sign-in?out");
    let after = sam.get(gone.location()).await;
    after.must_not_hold("Amira");
    assert_eq!(sam.look(&town.amira.at("story")).await.location(), "/sign-in?ended");
}

/// ASVS 7.6.2, 14.2.1: nobody is signed in by an address.
#[tokio::test]
async fn nobody_is_signed_in_by_an_address() {
    let town = Town::new().await;
    let mut nobody: Browser = town.browser();
    let query = encoded(&[("username", "sam"), ("password", PASSWORD)]);
    for method in ["GET", "HEAD"] {
        let request = nobody.request("GET", &format!("/sign-in?{query}")).body(Body::empty()).unwrap();
        let (mut parts, body) = request.into_parts();
        parts.method = method.parse().unwrap();
        let page = nobody.send(Request::from_parts(parts, body)).await;
        assert_eq!(said(&page, "set-cookie"), "");
        page.must_not_hold("correct horse");
    }
    let request = nobody.request("POST", &format!("/sign-in?{query}")).body(Body::empty()).unwrap();
    nobody.send(request).await.is(422);
    assert!(nobody.cookie.is_empty());
}

/// ASVS 15.2.2, 15.4.4: hashing is heavy on purpose, and pages do not wait for it.
#[tokio::test]
async fn a_storm_of_sign_ins_stops_no_page() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let storm: Vec<_> = (0..40)
        .map(|_| {
            let mut nobody = town.browser();
            let body = encoded(&[("username", "nobody"), ("password", "wrong wrong wrong")]);
            tokio::spawn(async move { nobody.post("/sign-in", body).await.status })
        })
        .collect();
    tokio::task::yield_now().await;
    for _ in 0..3 {
        sam.look("/my-work").await.is(200);
    }
    let waiting = storm.iter().filter(|one| !one.is_finished()).count();
    assert!(waiting > 0, "the pages came after all of them");
    for one in storm {
        assert_eq!(one.await.unwrap(), 422);
    }
}
