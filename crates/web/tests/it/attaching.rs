//! Files: sent while a draft is written, part of the record when it is completed, downloaded and never opened here.

use axum::{
    body::Body,
    http::{Request, header},
};

use crate::{
    page::Page,
    town::{Browser, Child, Town, visited},
};

/// A small picture that somebody could have drawn: PNG, 3 by 2 points.
pub const DRAWING: &[u8] = include_bytes!("drawing.png");
/// A PDF with nothing on it.
pub const ORDER: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n";

const BOUNDARY: &str = "----marmalade";

/// A body as a browser sends a form with a file.
pub fn multipart(boxes: &[(&str, &str)], file: (&str, &[u8])) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in boxes {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let (name, bytes) = file;
    body.extend(
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        .bytes(),
    );
    body.extend(bytes);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    body
}

pub fn request(browser: &Browser, path: &str, body: Vec<u8>) -> Request<Body> {
    let mut request = browser.request("POST", path).body(Body::from(body)).unwrap();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}").parse().unwrap();
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    request
}

/// Sends a file from the page that asks for it, with these words; gives the answer.
async fn send(browser: &mut Browser, asked: &Page, file: (&str, &[u8]), says: &str, others: &str) -> Page {
    let form = asked.form("Add this file");
    let boxes = [("_token", form.value("_token")), ("_for", form.value("_for"))];
    let mut boxes: Vec<_> = boxes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    boxes.extend([("says", says), ("others", others)]);
    let request = request(browser, &form.action, multipart(&boxes, file));
    browser.send(request).await
}

/// From a draft, the page that asks for a file of this question.
async fn ask(browser: &mut Browser, draft: &Page, place: &str) -> Page {
    let form = draft.form("Complete");
    let body = [form.body("Complete").replace("_do=complete", ""), format!("&_do=attach:{place}")].concat();
    let answer = browser.post(&form.action, body).await.is(303);
    let to = answer.location().to_owned();
    browser.get(&to).await.is(200)
}

/// Adds a file to a draft, and gives the draft's page again.
pub async fn add(browser: &mut Browser, draft: &Page, place: &str, file: (&str, &[u8]), says: &str) -> Page {
    let asked = ask(browser, draft, place).await;
    let answer = send(browser, &asked, file, says, "no").await.is(303);
    let to = answer.location().split('#').next().unwrap().to_owned();
    browser.get(&to).await.is(200)
}

/// The addresses of files on a page, downloads and pictures.
fn files(page: &Page) -> Vec<String> {
    let mut found: Vec<String> =
        page.links().into_iter().map(|(_, href)| href).filter(|href| href.contains("/files/")).collect();
    let pictures = page.body.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    found.extend(pictures.filter(|src| src.ends_with("/picture")).map(str::to_owned));
    found
}

/// The bytes of an answer, whatever they are.
async fn bytes(town: &Town, who: &str, path: &str) -> (u16, axum::http::HeaderMap, Vec<u8>) {
    let browser = town.browser_of(who);
    let request = browser.request("GET", path).body(Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(town.router(), request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (parts.status.as_u16(), parts.headers, body.to_vec())
}

async fn entry(browser: &mut Browser, done: &Page, child: &str) -> Page {
    browser.get(&done.entry_of(child)).await.is(200)
}

both_engines! {
    /// R-VOI-03, R-VOI-07: what a child drew stands in that child's record as a picture, and in no other.
    async fn r_voi_03_a_drawing_is_shown_in_the_childs_own_record_alone(town: Town) {
        let mut sam = town.browser_of("sam");
        let page = sam.begin(&town.amira, "Visit").await;
        let form = visited(&page, &[&town.amira, &town.bilal]);
        let page = sam.press(&form, "Save draft").await;
        let place = town.amira.part("own-work");
        let page = add(&mut sam, &page, &place, ("our house.png", DRAWING), "Gooseberry house, says Amira").await;
        page.must_say("our house.png (PNG, ");
        page.must_say("Not scanned for viruses");
        assert_eq!(page.form("Complete").value("purpose"), "To see how the week had been", "what was typed stays");
        let page = add(&mut sam, &page, "papers", ("plan of the week.pdf", ORDER), "The week's plan, for both").await;
        let done = sam.press(&page.form("Complete"), "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        let amira = entry(&mut sam, &done, "Amira").await;
        let bilal = entry(&mut sam, &done, "Bilal").await;
        amira.must_say("Gooseberry house, says Amira");
        assert_eq!(files(&amira).len(), 3, "the drawing, its picture, and the paper");
        bilal.must_not_hold("Gooseberry");
        bilal.must_say("The week's plan, for both");
        let of_bilal = files(&bilal);
        assert_eq!(of_bilal.len(), 1);
        let picture = files(&amira).into_iter().find(|href| href.ends_with("/picture")).unwrap();
        let (status, headers, shown) = bytes(&town, "sam", &picture).await;
        assert_eq!((status, &headers["content-type"]), (200, &"image/png".parse().unwrap()));
        assert!(shown.starts_with(b"\x89PNG"));
        // Amira's drawing is not to be had by way of Bilal's entry.
        let drawing = picture.trim_end_matches("/picture").rsplit('/').next().unwrap().to_owned();
        let stolen = format!("{}/files/{drawing}", bilal.path);
        assert_eq!(bytes(&town, "sam", &stolen).await.0, 404);
        let story = sam.get(&town.amira.at("story")).await;
        story.must_say("Gooseberry house");
        assert!(files(&story).contains(&picture), "the story shows it");
        town.assert_sound().await;
    }
}

/// R-BAS-08: a copy of the order is kept with the legal status, and is what was sent, as a download and nothing else.
/// ASVS 3.2.1, 4.2.2, 5.3.1, 5.4.1, 14.3.2
#[tokio::test]
async fn r_bas_08_an_order_is_downloaded_never_opened() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Legal status").await;
    let page = add(&mut sam, &page, "order-copy", ("Llŷr v “Council”.pdf", ORDER), "Interim care order").await;
    let mut form = page.form("Complete");
    form.set("status", "C1");
    form.set("episode-reason", "L");
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let page = entry(&mut sam, &done, "Amira").await;
    let href = files(&page).remove(0);
    let (status, headers, order) = bytes(&town, "sam", &href).await;
    assert_eq!((status, order.as_slice()), (200, ORDER));
    assert_eq!(headers["content-type"], "application/pdf");
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; ") && disposition.contains("Ll%C5%B7r"), "{disposition}");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["content-length"], ORDER.len().to_string());
    for nobody in ["tom", "pat", "admin"] {
        assert_eq!(bytes(&town, nobody, &href).await.0, 404, "{nobody}");
    }
    assert_eq!(bytes(&town, "sam", &format!("{href}/picture")).await.0, 404, "a PDF has no picture");
}

/// What is wrong is said at its box; what was said stays, and nothing of the file is kept.
/// ASVS 5.2.1, 5.2.2
#[tokio::test]
async fn a_file_that_is_not_taken_says_why_at_its_box() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Case note").await;
    let asked = ask(&mut sam, &draft, "papers").await;
    let large = [ORDER, &vec![b' '; 50_000_001]].concat();
    for (file, says, others, at, wanted) in [
        (&b"MZ\x90\0 a program"[..], "x", "no", "file", "Programs cannot be kept"),
        (b"<html><script>", "x", "no", "file", "not a kind of file"),
        (&DRAWING[..30], "x", "no", "file", "damaged"),
        (&large, "x", "no", "file", "up to 50 MB"),
        (b"", "x", "no", "file", "Choose a file"),
        (ORDER, "", "no", "says", "Say in words"),
        (ORDER, "x", "", "others", "Say whether"),
        (ORDER, "x", "yes", "others", "Make a copy"),
    ] {
        let page = send(&mut sam, &asked, ("paper.pdf", file), says, others).await.is(422);
        let problems = page.problems();
        assert!(problems.iter().any(|(text, to)| text.contains(wanted) && to == at), "{wanted}: {problems:?}");
        assert_eq!(page.form("Add this file").value("says"), says, "what was said stays");
    }
    assert!(files(&sam.get(&draft.form("Complete").action).await).is_empty());
    town.keeps_no_file().await;
    // A question for drawings takes no office document, and says what it takes.
    let place = town.amira.part("own-work");
    let asked = ask(&mut sam, &draft, &place).await;
    asked.must_say("a picture up to 25 MB");
    let page = send(&mut sam, &asked, ("a.docx", b"PK\x03\x04"), "x", "no").await.is(422);
    assert!(!page.problems().is_empty());
}

/// R-BAS-19: a document that names other children is not filed; a version cut down to the child is asked for.
#[tokio::test]
async fn r_bas_19_a_document_about_several_children_is_cut_down_first() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Document").await;
    let asked = ask(&mut sam, &draft, "papers").await;
    asked.must_say("Does anything in it belong to another child’s record?");
    let page = send(&mut sam, &asked, ("panel agenda.pdf", ORDER), "The agenda", "yes").await.is(422);
    page.must_say("Make a copy that says only what belongs to this child");
    let answer = send(&mut sam, &page, ("agenda, Amira.pdf", ORDER), "Amira's item of the agenda", "no").await;
    answer.is(303);
}

/// ASVS 8.2.2
#[tokio::test]
async fn nobody_else_sends_or_reads_a_file_of_a_draft() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Case note").await;
    let asked = ask(&mut sam, &draft, "papers").await;
    let page = add(&mut sam, &draft, "papers", ("a.png", DRAWING), "a drawing").await;
    let href = files(&page).into_iter().find(|href| !href.ends_with("/picture")).unwrap();
    assert_eq!(bytes(&town, "sam", &href).await.2, DRAWING);
    for who in ["grace", "priya", "tom", "admin"] {
        assert!([404, 410].contains(&bytes(&town, who, &href).await.0), "{who}");
        let mut other = town.browser_of(who);
        let form = asked.form("Add this file");
        let body = multipart(
            &[("_token", &other.token()), ("_for", "papers"), ("says", "x"), ("others", "no")],
            ("a.png", DRAWING),
        );
        let request = request(&other, &form.action, body);
        let status = other.send(request).await.status;
        assert!(status.is_client_error(), "{who}: {status}");
    }
    // Another session's token, and none.
    for token in ["", "0000"] {
        let body =
            multipart(&[("_token", token), ("_for", "papers"), ("says", "x"), ("others", "no")], ("a.png", DRAWING));
        let request = request(&sam, &asked.form("Add this file").action, body);
        sam.send(request).await.is(403);
    }
    // A question that takes no files, one that is not there, and a child whose record is closed to Sam.
    for place in ["purpose".to_owned(), "nothing".to_owned(), town.zara.part("own-work")] {
        let path = format!("{}/files?for={place}", draft.form("Complete").action);
        assert_eq!(sam.get(&path).await.status, 404, "{place}");
    }
}

/// With a virus scanner, what it finds is not kept, what it has seen says nothing, and without its answer nothing is taken.
/// ASVS 5.4.3, 16.5.2
#[tokio::test]
async fn a_virus_scanner_is_asked_about_every_file() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let scanner = tokio::spawn(async move {
        for answer in [&b"stream: Test.EICAR FOUND\0"[..], b"stream: OK\0"] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = Vec::new();
            while !heard.ends_with(&[0; 4]) {
                let mut more = [0; 4096];
                let got = tokio::io::AsyncReadExt::read(&mut stream, &mut more).await.unwrap();
                heard.extend_from_slice(&more[..got]);
            }
            tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await.unwrap();
        }
    });
    let town = Town::new().await.with_scanner(&address);
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Case note").await;
    let asked = ask(&mut sam, &draft, "papers").await;
    let page = send(&mut sam, &asked, ("a.pdf", ORDER), "x", "no").await.is(422);
    page.must_say("This file has a virus in it");
    town.keeps_no_file().await;
    let page = add(&mut sam, &draft, "papers", ("a.pdf", ORDER), "a paper").await;
    assert_eq!(files(&page).len(), 1);
    assert!(!page.says("Not scanned"), "it was looked at");
    scanner.await.unwrap();
    let page = send(&mut sam, &asked, ("a.pdf", ORDER), "x", "no").await.is(422);
    page.must_say("could not be checked for viruses just now");
}

/// A file is taken off the form again, and a form that needs one says so at its question.
#[tokio::test]
async fn a_file_can_be_taken_off_again_and_a_needed_one_is_asked_for() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Document").await;
    let page = add(&mut sam, &draft, "papers", ("plan.pdf", ORDER), "The school's plan").await;
    let form = page.form("Complete");
    let body = [form.body("Complete").replace("_do=complete", ""), "&_do=remove:papers.0".to_owned()].concat();
    let answer = sam.post(&form.action, body).await.is(303);
    let page = sam.get(answer.location().split('#').next().unwrap()).await;
    assert!(files(&page).is_empty());
    let mut form = page.form("Complete");
    form.set("kind", "education-plan");
    form.set("from", "Fernside school");
    form.set("gist", "What school will do this term");
    let refused = sam.press(&form, "Complete").await.is(422);
    assert!(refused.problems().iter().any(|(_, to)| to == "papers"), "{:?}", refused.problems());
    let page = add(&mut sam, &refused, "papers", ("plan.pdf", ORDER), "The school's plan").await;
    // What it says may be put better, and must be said.
    let blank = page.form("Complete").with("papers.0.says", "");
    let refused = sam.press(&blank, "Complete").await.is(422);
    assert!(refused.problems().iter().any(|(_, to)| to == "papers-0-says"), "{:?}", refused.problems());
    let done = sam.press(&refused.form("Complete").with("papers.0.says", "The plan"), "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
}

/// R-VOI-08: photographs, certificates and souvenirs have a form of their own, which asks who has the original.
#[tokio::test]
async fn r_voi_08_something_to_keep_is_kept_with_its_story() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Something to keep").await;
    let page = add(&mut sam, &draft, "copy", ("swimming.png", DRAWING), "A certificate for 25 metres").await;
    let mut form = page.form("Complete");
    for (name, value) in
        [("kind", "certificate"), ("story", "Her first 25 metres, with Gran watching"), ("original", "held")]
    {
        form.set(name, value);
    }
    let refused = sam.press(&form, "Complete").await.is(422);
    assert!(refused.problems().iter().any(|(_, to)| to == "held-where"), "R-VOI-07: {:?}", refused.problems());
    let done = sam
        .press(&refused.form("Complete").with("held-where", "In the safe, back at the next visit"), "Complete")
        .await;
    let page = entry(&mut sam, &done, "Amira").await;
    page.must_say("it is the child's property");
    assert_eq!(files(&page).len(), 2);
}

/// R-BAS-09, R-BAS-10: papers of school, health and planning are kept as documents, with what they are.
#[tokio::test]
async fn r_bas_09_r_bas_10_papers_of_school_health_and_providers_are_kept() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    for kind in ["education-plan", "ehc-plan", "health-plan", "health-assessment", "provider", "review-report"] {
        let draft = sam.begin(&town.amira, "Document").await;
        let page = add(&mut sam, &draft, "papers", ("paper.pdf", ORDER), "The paper itself").await;
        let mut form = page.form("Complete");
        for (name, value) in [("kind", kind), ("from", "whoever wrote it"), ("gist", "what matters in it")] {
            form.set(name, value);
        }
        let done = sam.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{kind}: {:?}", done.problems());
        assert_eq!(files(&entry(&mut sam, &done, "Amira").await).len(), 1);
    }
}

/// A file that is lost from the disk is a page that says so, and never half a download.
#[tokio::test]
async fn a_lost_file_is_said_and_not_half_given_out() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let draft = sam.begin(&town.amira, "Something to keep").await;
    let page = add(&mut sam, &draft, "copy", ("a.png", DRAWING), "a drawing").await;
    let hrefs = files(&page);
    town.spoil_files();
    for href in hrefs {
        let (status, headers, body) = bytes(&town, "sam", &href).await;
        assert_eq!((status, &headers["content-type"]), (500, &"text/html; charset=utf-8".parse().unwrap()));
        assert!(String::from_utf8_lossy(&body).contains("This file is damaged"));
    }
}

/// Another child's part of a draft whose file was typed by hand.
/// ASVS 2.2.2, 15.3.3
#[tokio::test]
async fn a_file_sent_for_one_child_goes_to_no_other() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.begin(&town.amira, "Visit").await;
    let form = visited(&page, &[&town.amira, &town.bilal]);
    let page = sam.press(&form, "Save draft").await;
    let own = |child: &Child, part: &str| format!("{}.0.{part}", child.part("own-work"));
    let page = add(&mut sam, &page, &town.amira.part("own-work"), ("a.png", DRAWING), "a drawing").await;
    let mut form = page.form("Complete");
    let file = form.value(&own(&town.amira, "file"));
    form = form.forged(&own(&town.bilal, "file"), &file).forged(&own(&town.bilal, "says"), "not his");
    let refused = sam.press(&form, "Complete").await.is(422);
    assert!(refused.says("This file is not here any more"), "{:?}", refused.problems());
}
