//! What every answer carries, what every post must show, and what no title or address may say.

use std::collections::{BTreeSet, VecDeque};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use web::{Needs, routes};

use crate::{
    page::{Page, encoded},
    town::{Browser, Town, dated, dated_in, visited},
};

#[track_caller]
fn carries_its_headers(page: &Page) {
    let header = |name: &str| page.headers.get(name).map_or("", |value| value.to_str().unwrap());
    let policy = header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ] {
        assert!(policy.contains(part), "{}: {policy}", page.path);
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(header(name), value, "{name} of {}", page.path);
    }
    if page.path.starts_with("/assets/") && page.status == 200 {
        assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    } else {
        assert_eq!(header("cache-control"), "no-store", "{} {}", page.status, page.path);
    }
}

/// ASVS 3.4.3, 3.4.4, 3.4.5, 3.4.6, 3.4.8, 3.5.8, 14.2.2, 14.3.2
#[tokio::test]
async fn every_answer_carries_its_headers_errors_too() {
    let town = Town::new().await;
    let (mut nobody, mut sam) = (town.browser(), town.browser_of("sam"));
    let work = sam.get("/my-work").await;
    let mut seen = BTreeSet::new();
    let style = work
        .root
        .named("link")
        .iter()
        .map(|link| link.attribute("href").to_owned())
        .find(|href| href.contains(".css"))
        .unwrap();
    let draft = sam.begin(&town.amira, "Visit").await;
    let mut pages = vec![
        work,
        nobody.look("/my-work").await,
        nobody.look("/sign-in").await,
        nobody.look("/health").await,
        draft.clone(),
    ];
    for path in [
        style.as_str(),
        "/assets/nothing.css",
        "/nothing/here",
        "/records/%FF",
        "/records/x",
        "/organisation",
        "/records/new",
    ] {
        pages.push(sam.look(path).await);
    }
    pages.push(sam.post(&format!("{}/autosave", draft.path), draft.form("Complete").body("Save draft")).await);
    pages.push(nobody.post("/drafts/x/autosave", "").await);
    pages.push(sam.post("/people", "name=Ali").await);
    pages.push(sam.post_own(&draft.path, &[("_do", "complete")]).await);
    pages.push(sam.post("/people", vec![b'x'; 5 * 1024 * 1024]).await);
    let delete = sam.request("DELETE", &town.amira.at("")).body(Body::empty()).unwrap();
    pages.push(sam.send(delete).await);
    for page in &pages {
        carries_its_headers(page);
        seen.insert(page.status.as_u16());
    }
    assert_eq!(seen, [200, 303, 400, 401, 403, 404, 405, 413, 422].into());
}

/// ASVS 1.2.3, 3.4.3, 3.6.1
#[tokio::test]
async fn pages_have_no_script_or_style_of_their_own() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let mut pages = vec![sam.get("/my-work").await, sam.begin(&town.amira, "Visit").await];
    for page in ["", "story", "family", "new", "front-sheet"] {
        pages.push(sam.get(&town.amira.at(page)).await);
    }
    for page in &pages {
        assert!(page.root.named("style").is_empty(), "{}", page.path);
        for script in page.root.named("script") {
            assert!(script.attribute("src").starts_with("/assets/"), "{}", page.path);
        }
        let inline = page.root.all(&|one| one.attributes.keys().any(|name| name.starts_with("on") || name == "style"));
        assert!(inline.is_empty(), "{}: {inline:?}", page.path);
    }
}

/// ASVS 3.5.1, 3.7.5, 7.6.2
#[tokio::test]
async fn a_post_that_another_site_made_is_refused() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let body = encoded(&[("_token", sam.token().as_str()), ("form", "visit")]);
    let path = town.amira.at("drafts");
    let send = async |sam: &mut Browser, headers: &[(&str, &str)]| {
        let mut request = Request::post(&path)
            .header(header::HOST, "lifestory.test")
            .header(header::COOKIE, &sam.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.clone())).unwrap();
        sam.send(request).await
    };
    let own = "http://lifestory.test";
    for foreign in [
        &[("sec-fetch-site", "cross-site"), ("origin", own)][..],
        &[("sec-fetch-site", "same-site"), ("origin", own)],
        &[("sec-fetch-site", "cross-site")],
        &[("origin", "https://elsewhere.test")],
        &[("origin", "http://lifestory.test.elsewhere.test")],
        &[("origin", "null")],
    ] {
        let page = send(&mut sam, foreign).await.is(403);
        page.must_say("This page was too old");
    }
    sam.get("/my-work").await.must_not_hold("Your drafts");
    for ours in [&[("sec-fetch-site", "same-origin")][..], &[("origin", own)], &[]] {
        send(&mut sam, ours).await.is(303);
    }
    let mut nobody = town.browser();
    let sign_in = Request::post("/sign-in")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(encoded(&[("username", "tom"), ("password", crate::town::PASSWORD)])))
        .unwrap();
    let page = nobody.send(sign_in).await.is(403);
    assert!(!page.headers.contains_key("set-cookie"), "nobody is signed in as somebody else by another site");
}

/// ASVS 3.5.1, 3.5.2, 3.7.5, 6.3.4
#[tokio::test]
async fn every_post_needs_the_token_of_its_own_session() {
    let town = Town::new().await;
    let tokens = [String::new(), "0".repeat(64), town.browser_of("tom").token()];
    let mut posts = 0;
    let absent = "01h00000000000000000000000";
    for route in routes::all().into_iter().filter(|route| route.method == Method::POST) {
        if route.needs == Needs::Public {
            let signs_in = route.path == "/sign-in" || route.path.starts_with("/sign-in/");
            assert!(signs_in, "only signing in is a post for anybody: {}", route.path);
            continue;
        }
        posts += 1;
        let path = route.path.replace("{record}", &town.amira.record.to_string());
        let path = ["{draft}", "{person}", "{team}"].iter().fold(path, |path, part| path.replace(part, absent));
        for username in ["sam", "grace", "admin"] {
            let mut browser = town.browser_of(username);
            for token in &tokens {
                let page = browser.post(&path, encoded(&[("_token", token), ("form", "visit")])).await.is(403);
                page.must_say("This page was too old");
            }
            browser.post(&path, "form=visit").await.is(403);
        }
    }
    assert!(posts > 12, "{posts}");
    // Nothing came of any of them: all are still signed in, and there is no draft.
    for username in ["sam", "grace", "admin"] {
        town.browser_of(username).look("/my-work").await.is(200).must_not_hold("Your drafts");
    }
}

/// ASVS 2.3.2
#[tokio::test]
async fn more_than_fits_is_refused_with_a_page() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = page.form("Complete").with("exchanged", &"a".repeat(4 * 1024 * 1024));
    let refused = sam.press(&form, "Save draft").await.is(413);
    refused.must_say("This is too much for one page");
    // A text that is longer than a box takes is kept as a draft, and named at its box.
    let form = page.form("Complete").with("exchanged", &"a".repeat(100_001)).with("result", "took-place");
    let refused = sam.press(&form, "Complete").await.is(422);
    assert!(refused.problems().iter().any(|(message, id)| id == "exchanged" && message.contains("100001 characters")));
}

/// Every page that links lead to, beginning with My work.
pub async fn crawl(browser: &mut Browser, also: &[String]) -> Vec<Page> {
    let mut ahead: VecDeque<String> = std::iter::once("/my-work".to_owned()).chain(also.iter().cloned()).collect();
    let (mut known, mut pages) = (BTreeSet::new(), Vec::new());
    while let Some(path) = ahead.pop_front() {
        if !known.insert(path.clone()) {
            continue;
        }
        let page = browser.look(&path).await;
        for (_, href) in page.links() {
            if href.starts_with('/') {
                ahead.push_back(href.split('#').next().unwrap().to_owned());
            }
        }
        pages.push(page);
    }
    pages
}

/// What the browser's history, a log or a bookmark keeps says nothing of anybody.
/// ASVS 14.2.1
#[tokio::test]
async fn no_title_and_no_address_says_who_it_is_about() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    sam.press(
        &visited(&page, &[&town.amira, &town.bilal]).with("significant", "yes").with("headline", "Amira and Bilal"),
        "Complete",
    )
    .await
    .is(200);
    let draft = sam.begin(&town.noor, "Case note").await;
    sam.press(&draft.form("Complete"), "Complete").await.is(422);
    let mut pages = crawl(&mut sam, &[]).await;
    let search = sam.get("/people").await.form("Search").with("name", "Amira Ali").with("born.year", "2016");
    pages.push(sam.press(&search.with("born.day", "14").with("born.month", "5"), "Search").await);
    let mut grace = town.browser_of("grace");
    pages.extend(crawl(&mut grace, &[]).await);
    let search = grace.get("/people").await.form("Search").with("name", "Amira Ali");
    let found = grace.press(&search, "Search").await;
    pages.push(grace.press(&found.form("Open a record for a new child"), "Open").await);
    pages.push(found);
    let family = grace.get(&town.amira.at("family")).await.form("Search").with("name", "Sana");
    let found = grace.press(&family, "Search").await;
    pages.push(grace.press(&found.form("This is the person"), "This is the person").await);
    pages.push(found);
    let mut admin = town.browser_of("admin");
    pages.extend(crawl(&mut admin, &[]).await);
    assert!(pages.len() > 60, "{}", pages.len());
    let said = ["amira", "bilal", "noor", "sana", "zara", "ali", "okafor", "2016", "14-5", "05-14", "gran"];
    for page in &pages {
        assert!(page.status == 200 || page.status == 303 || page.status == 403, "{} is {}", page.path, page.status);
        let title = page.title().to_lowercase();
        let words: Vec<_> = title.split(|letter: char| !letter.is_alphanumeric()).collect();
        assert!(!words.iter().any(|word| said.contains(word)), "{}: «{title}»", page.path);
        let addresses =
            page.root.all(&|one| one.attributes.contains_key("href") || one.attributes.contains_key("action"));
        let mut addresses: Vec<_> = addresses
            .iter()
            .map(|one| format!("{}{}", one.attribute("href"), one.attribute("action")).to_lowercase())
            .collect();
        addresses.push(page.location().to_lowercase());
        for address in addresses.iter().filter(|address| address.starts_with('/')) {
            // Identifiers are letters by chance: words are what stands between other marks.
            let mut words = address.split(|letter: char| !letter.is_alphanumeric());
            assert!(!words.any(|word| said.contains(&word)), "{}: {address}", page.path);
        }
    }
}

/// Every id of a page is its own, and every label and description belongs to something.
#[tokio::test]
async fn ids_labels_and_descriptions_fit_on_every_page() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Visit").await;
    let mut pages = crawl(&mut sam, &[]).await;
    pages.push(sam.press(&draft.form("Complete").with("result", "took-place"), "Complete").await);
    pages.extend(crawl(&mut town.browser_of("grace"), &[]).await);
    pages.extend(crawl(&mut town.browser_of("admin"), &[]).await);
    for form in [
        "Person's details",
        "Relationship",
        "Household",
        "Address",
        "Placement",
        "Legal status",
        "Line of the chronology",
    ] {
        let page = sam.begin(&town.amira, form).await;
        pages.push(sam.press(&page.form("Complete"), "Complete").await);
        pages.push(page);
    }
    for page in &pages {
        let mut ids = BTreeSet::new();
        for one in page.root.all(&|one| one.attributes.contains_key("id")) {
            assert!(ids.insert(one.attribute("id").to_owned()), "{}: #{} stands twice", page.path, one.attribute("id"));
        }
        let known = |id: &str| ids.contains(id);
        for one in page.root.named("label") {
            assert!(known(one.attribute("for")), "{}: a label for #{}", page.path, one.attribute("for"));
        }
        for one in page.root.all(&|one| one.attributes.contains_key("aria-describedby")) {
            for id in one.attribute("aria-describedby").split_whitespace() {
                assert!(known(id), "{}: described by #{id}", page.path);
            }
        }
        let labelled: BTreeSet<_> =
            page.root.named("label").iter().map(|one| one.attribute("for").to_owned()).collect();
        for one in page.root.all(&|one| matches!(one.name.as_str(), "input" | "select" | "textarea")) {
            let hidden = one.attribute("type") == "hidden";
            assert!(
                hidden || labelled.contains(one.attribute("id")),
                "{}: {} has no label",
                page.path,
                one.attribute("name")
            );
        }
        assert_eq!(page.root.named("h1").len().min(1), usize::from(page.status != 303), "{} has no heading", page.path);
        crate::drafts::summary_leads_somewhere(page);
    }
}

/// What is typed is text wherever it is shown, never markup.
/// ASVS 1.1.2, 1.2.1, 1.3.1, 1.3.5
#[tokio::test]
async fn markup_in_any_box_is_shown_as_letters() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let child = town.amira.part("child-views");
    let mut form = visited(&page, &[&town.amira, &town.bilal])
        .with("place", "other")
        .with("interpreter", "yes")
        .with("interpreter-source", "family")
        .with("done-without", "yes")
        .with("circumstances", "yes")
        .with("household", "yes")
        .with("video", "yes")
        .with("significant", "yes")
        .with("account.0.nature", "told")
        .with("account.1.nature", "child")
        .with("account.2.nature", "decision")
        .with(&town.amira.part("seen-alone"), "no")
        .with(&town.amira.part("views-how"), "said")
        .with(&town.bilal.part("views-how"), "said")
        .with(&town.bilal.part("seen"), "no");
    let evil = |name: &str| format!("</textarea><script>alert(\"{name}\")</script>'\"&amp;<b>");
    let mut planted = Vec::new();
    for name in form.text_boxes() {
        // What is said for one child takes the place of what is said for all: Amira has her own, Bilal what is for all.
        // Dates are no text; what Noor, who was not there, or Bilal, who was not seen, could have said goes nowhere.
        let date = name.starts_with("happened") || name.split('.').next_back() == Some("by");
        let hidden = name == "tried" || name.contains(&town.noor.record.to_string());
        let unsaid = name.contains(&town.bilal.record.to_string()) && !name.starts_with("seen@");
        let reason =
            name.ends_with(".reason") && (name.starts_with("seen@") && name.contains(&town.amira.record.to_string()));
        if !date && !hidden && !unsaid && !reason {
            form.set(&name, &evil(&name));
            planted.push(name);
        }
    }
    assert!(planted.len() > 20 && planted.contains(&child), "{planted:?}");
    let clean = |page: &Page| {
        assert!(!page.body.contains("<script>alert"), "{}", page.path);
        assert!(page.root.named("b").is_empty(), "{}", page.path);
        assert!(!page.body.contains("&amp;amp;amp;"), "{}: escaped twice", page.path);
    };
    let saved = sam.press(&form, "Save draft").await;
    clean(&saved);
    for name in &planted {
        assert_eq!(saved.form("Complete").value(name), evil(name), "{name}");
    }
    let done = sam.press(&saved.form("Complete"), "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let mut shown = String::new();
    for link in [done.entry_of("Amira"), done.entry_of("Bilal")] {
        let entry = sam.get(&link).await;
        clean(&entry);
        shown.push_str(&entry.text());
    }
    for name in planted.iter().filter(|name| *name != "late-reason" && *name != "second-because") {
        assert!(shown.contains(&evil(name)), "{name} is nowhere");
    }
    let headline = evil(&town.amira.part("headline"));
    for page in ["", "front-sheet", "chronology", "story"] {
        let page = sam.get(&town.amira.at(page)).await;
        clean(&page);
        page.must_say(&headline);
    }
    sam.get(&town.amira.at("")).await.must_say(&evil(&child));
}

/// A name is text on every page that shows it.
/// ASVS 1.2.1, 1.2.4
#[tokio::test]
async fn markup_in_a_name_is_shown_as_letters() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let name = "O'Neil <b>\"&amp;\" ";
    let typed = dated("2026-03-02").with("given-names", "Amira").with("family-name", name).with("preferred-name", name);
    let typed = dated_in(typed.with("born", "yes").with("confirmed", "no"), "birth", "2016-05-14");
    town.write("sam", &town.amira, "person", &typed).await;
    let mut grace = town.browser_of("grace");
    let search = grace.get("/people").await.form("Search").with("name", "O'Neil");
    let found = grace.press(&search, "Search").await;
    found.must_say(name.trim());
    let mut pages = vec![
        found,
        sam.get("/my-work").await,
        grace.get("/team/children?whose=team&show=all").await,
        sam.begin(&town.amira, "Visit").await,
    ];
    for page in ["", "front-sheet", "family", "story", "new", "readings"] {
        pages.push(grace.get(&town.amira.at(page)).await);
        pages.push(grace.get(&town.bilal.at(page)).await);
    }
    for page in &pages {
        assert!(page.root.named("b").is_empty(), "{}", page.path);
        assert!(page.status == 200, "{}", page.path);
    }
    assert_eq!(
        pages.iter().filter(|page| page.says(name.trim())).count(),
        pages.len() - 4,
        "{:?}",
        pages.iter().filter(|page| !page.says(name.trim())).map(|page| &page.path).collect::<Vec<_>>()
    );
    // A name that a search looked for comes back in its box.
    let search = grace.get("/people").await.form("Search").with("name", "\"><script>x");
    let nobody = grace.press(&search, "Search").await;
    assert_eq!(nobody.form("Search").value("name"), "\"><script>x");
    assert_eq!(nobody.form("Open a record for a new child").value("name"), "\"><script>x");
}
