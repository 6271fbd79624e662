//! The whole matrix: every route of the router's own table, as everybody, for every record in every state and every entry
//! of it. What each must answer follows from `rules.txt`, a second statement of who may do what in words; it is read here
//! and written by nothing, so that no wrong answer is ever taken over.
//!
//! A refusal is compared byte for byte with the refusal of what is not there, headers and all. No answer holds a word
//! planted in a record that its reader may not read.
//!
//! A run takes a slice in which every route meets everybody; `LIFESTORY_MATRIX=whole` takes all of it.

mod cast;
mod rules;

use std::{collections::BTreeMap, sync::Arc};

use axum::{body::Body, http::HeaderMap};
pub use cast::ABSENT;
use cast::{Draft, Kept, MALFORMED, Persona, World};
use rules::{Answer, Line, Rules};
use web::{Needs, routes};

use crate::{attaching, page::encoded, town::Browser};

/// One question: a route with an address, and what is so with what stands in it.
struct Cell<'a> {
    line: &'a Line,
    path: String,
    record: Option<&'a Kept>,
    draft: Option<(&'a Draft, &'a Kept)>,
    /// What of the record it is about, or what stands for other parts of the address.
    what: &'static str,
}

/// What a cell is judged by.
struct Case<'a> {
    rules: &'a Rules,
    persona: &'a Persona,
    cell: &'a Cell<'a>,
}

/// How somebody stands to a record, in the words of the rules.
fn stands(persona: &Persona, record: &Kept, relation: &str) -> bool {
    match relation {
        "any" => true,
        "on-duty" => persona.name == "dora",
        // A child's relations open nothing else.
        _ if record.state == "organisation" => false,
        "its-team" => persona.team == if record.tied { "North" } else { "South" },
        "manages-it" => {
            persona.tie == "manages-it" && record.tied || persona.name == "mo" && record.state == "southern"
        }
        "its-worker" => {
            persona.tie == relation && record.tied && record.has_worker
                || persona.name == "tom" && record.state == "southern"
        }
        "stands-in" => persona.tie == relation && record.tied && record.has_worker,
        "opened-to-support" => persona.tie == relation && record.tied,
        // Nobody on duty opens a record that is restricted.
        "opened-it-on-duty" => persona.tie == relation && record.tied && record.state != "other",
        "opened-it-in-an-emergency" => record.tied && (persona.tie == relation || persona.name == "cleo"),
        other => panic!("nobody stands as {other}"),
    }
}

impl Case<'_> {
    fn decide(&self) -> Answer {
        self.rules.decide(|word| self.holds(word)).unwrap_or_else(|| {
            self.cell.line.yes(|word| {
                word == self.cell.what
                    || word == "restricted" && self.holds(word)
                    || self.cell.record.is_some_and(|record| record.state == word)
                    || self.cell.draft.is_some_and(|(draft, _)| draft.state == word)
                    || self.persona.name == word
                    || self.persona.role == word
            })
        })
    }

    fn holds(&self, word: &str) -> bool {
        let (persona, line) = (self.persona, self.cell.line);
        let deed = line.deed.as_str();
        let relations = self.rules.relations(persona.role, deed).unwrap_or_default();
        match word {
            "public" | "signed-in" | "own-draft" => deed == word,
            "nobody" => persona.name == word,
            "session-over" => ["left", "closed", "idle", "signed-out"].contains(&persona.session),
            "temporary-password" | "proved-long-ago" => persona.session == word,
            "leaves" => line.path.starts_with("/sign-out"),
            "changes-password" => line.path == "/password",
            "asks-again" => line.again,
            "of-support" => persona.role == "support",
            "more-than-looks" => ["/print", "/search", "/files", "/events", "/new", "/approval", "/again"]
                .iter()
                .any(|part| line.path.contains(part)),
            "of-no-record" => !line.path.contains("{record}") && !line.path.contains("{about}"),
            "none-such" => self.cell.what == "absent",
            "no-address" => {
                let record = self.cell.record.is_some_and(|record| record.state == "malformed");
                line.deed != "signed-in" && (self.cell.what == "malformed" || record)
            }
            "of-the-organisation" => self.cell.record.is_some_and(|record| record.state == "organisation"),
            "by-way-of-its-record" => {
                line.method == "GET" && (line.path.ends_with("/done") || line.path.ends_with("/files"))
            }
            // The role of the night is no role by day.
            "no-role-has-it" => relations.is_empty() || persona.role == "out-of-hours" && persona.name != "dora",
            "not-there" => self.cell.record.is_none_or(|record| ["absent", "malformed"].contains(&record.state)),
            "not-of-this-record" => ["of-another-record", "absent", "malformed"].contains(&self.cell.what),
            "its-author" => self.cell.draft.is_some_and(|(draft, _)| draft.author == persona.name),
            "opens-still" => {
                self.cell.draft.is_some_and(|(_, record)| may(self.rules, persona, record, "/records/{record}/drafts"))
            }
            "knows-the-family" => {
                let tied = self.cell.record.is_some_and(|record| record.tied);
                tied && (persona.tie == word)
            }
            "looks-after-it" => ["restrict-record", "review-emergency", "see-readings"].contains(&deed),
            "restricted" => self.cell.record.is_some_and(|record| !record.restricted.is_empty()),
            "named" => persona.tie == word,
            "left-open-to-them" => self.cell.record.is_some_and(|record| {
                relations.iter().any(|relation| {
                    self.rules.leaves(record.restricted, persona.role, relation) && stands(persona, record, relation)
                })
            }),
            "stands-so" => self
                .cell
                .record
                .is_some_and(|record| relations.iter().any(|relation| stands(persona, record, relation))),
            other => panic!("no rule knows {other}"),
        }
    }
}

/// Whether somebody may do to a record what this route does, by the rules.
fn may(rules: &Rules, persona: &Persona, record: &Kept, path: &str) -> bool {
    let line = rules.routes.iter().find(|line| line.path == path).expect("a route");
    let cell = Cell { line, path: String::new(), record: Some(record), draft: None, what: "" };
    matches!(Case { rules, persona, cell: &cell }.decide(), Answer::Status(_))
}

/// What somebody's refusals look like: the same page, whatever it is that is refused.
#[derive(Default)]
struct Pages {
    by_answer: BTreeMap<String, (HeaderMap, Vec<u8>)>,
}

impl Pages {
    /// What is wrong with an answer; nothing where it is as it must be.
    fn judge(&mut self, expected: Answer, path: &str, got: &(u16, HeaderMap, Vec<u8>)) -> Result<(), String> {
        let (status, headers, body) = got;
        let text = String::from_utf8_lossy(body);
        let (want, title) = match expected {
            Answer::Status(status) => (status, ""),
            Answer::ToSignIn | Answer::ToPassword => {
                let to = headers.get("location").map_or("", |to| to.to_str().unwrap());
                let wanted = if expected == Answer::ToPassword { "/password" } else { "/sign-in" };
                let autosave = *status == 401 && path.ends_with("/autosave") && expected == Answer::ToSignIn;
                let fine = *status == 303 && to.split('?').next() == Some(wanted) || autosave;
                return if fine && body.is_empty() { Ok(()) } else { Err(format!("{status} {to}")) };
            }
            Answer::Confirm => (403, "Confirm that it is you"),
            Answer::NotTheirRole => (403, "This is not part of your role"),
            Answer::Closed => (404, "You cannot open this page"),
            Answer::Ended => (410, "This draft is no longer open"),
        };
        // What a script asks for by itself is answered without a page.
        let bare = path.ends_with("/autosave") && body.is_empty();
        if *status != want || !(text.contains(title) || bare) {
            let title = text.split("<h1").nth(1).and_then(|rest| rest.split(['>', '<']).nth(1)).unwrap_or_default();
            return Err(format!("{status} {title}"));
        }
        if matches!(expected, Answer::NotTheirRole | Answer::Closed | Answer::Ended) {
            let known =
                self.by_answer.entry(format!("{expected:?} {bare}")).or_insert_with(|| (headers.clone(), body.clone()));
            if *known != (headers.clone(), body.clone()) {
                return Err(format!("{status}, but another page than that of what is not there"));
            }
        }
        Ok(())
    }
}

/// Every question that a route can be asked in this world.
fn cells<'a>(world: &'a World, line: &'a Line) -> Vec<Cell<'a>> {
    let town = &world.town;
    let base = line
        .path
        .replace("{file}", ABSENT)
        .replace("{passkey}", ABSENT)
        .replace("{other}", ABSENT)
        .replace("{name}", "nothing")
        .replace("{list}", "place")
        .replace("{form}", "visit");
    let cell = |path: String, record, draft, what| Cell { line, path, record, draft, what };
    let mut all = Vec::new();
    if line.path.contains("{record}") {
        for record in &world.records {
            let path = base.replace("{record}", &record.id);
            if path.contains("{entry}") {
                all.extend(
                    record
                        .entries
                        .iter()
                        .map(|(what, id)| cell(path.replace("{entry}", id), Some(record), None, *what)),
                );
            } else if path.contains("{person}") {
                let stranger = world.record(if record.state == "open" { "southern" } else { "open" });
                for (what, id) in [
                    ("its-child", &*record.child),
                    ("of-another-record", &stranger.child),
                    ("absent", ABSENT),
                    ("malformed", MALFORMED),
                ] {
                    all.push(cell(path.replace("{person}", id), Some(record), None, what));
                }
            } else if path.contains("{step}") {
                for step in ["restrict", "name", "lift", "nothing"] {
                    all.push(cell(path.replace("{step}", step), Some(record), None, step));
                }
            } else {
                all.push(cell(path, Some(record), None, ""));
            }
        }
    } else if line.path.contains("{draft}") {
        for draft in &world.drafts {
            let path = base.replace("{draft}", &draft.id);
            all.push(cell(path, None, Some((draft, world.record(draft.state))), ""));
        }
        for (what, id) in [("absent", ABSENT), ("malformed", MALFORMED)] {
            all.push(cell(base.replace("{draft}", id), None, None, what));
        }
    } else if line.path.contains("{about}") {
        for record in &world.records {
            let path = base.replace("{reader}", &world.quin).replace("{about}", &record.id);
            all.push(cell(path, Some(record), None, ""));
        }
    } else {
        let (north, pack) = (town.north.to_string(), policy::in_hex(&crate::town::PACK.hash()));
        let (wes, no_pack) = (town.staff["wes"].to_string(), "00".repeat(32));
        let in_it = |person: &str, team: &str, version: &str| {
            base.replace("{person}", person).replace("{team}", team).replace("{version}", version)
        };
        let there = in_it(&wes, &north, &pack);
        if there == base {
            all.push(cell(base, None, None, ""));
        } else {
            all.push(cell(there, None, None, "there"));
            all.push(cell(in_it(ABSENT, ABSENT, &no_pack), None, None, "absent"));
            all.push(cell(in_it(MALFORMED, MALFORMED, MALFORMED), None, None, "malformed"));
        }
    }
    all
}

/// A post with next to nothing in it.
async fn ask(browser: &Browser, line: &Line, path: &str) -> (u16, HeaderMap, Vec<u8>) {
    let token = browser.token();
    let pairs = [
        ("_token", token.as_str()),
        ("form", "visit"),
        ("_do", "join"),
        ("_act", "01h00000000000000000000001"),
        ("_last", "2026-03-05T18:30:00.000000Z"),
        ("password", "short"),
    ];
    if line.path == "/drafts/{draft}/files" && line.method == "POST" {
        let (papers, _) = crate::other::typed_box("papers", "");
        let boxes = [("_token", token.as_str()), ("_for", papers.as_str()), ("says", "An order"), ("others", "no")];
        let body = attaching::multipart(&boxes, ("order.pdf", attaching::ORDER));
        return browser.raw(attaching::request(browser, path, body)).await;
    }
    let body = if line.method == "GET" { String::new() } else { encoded(&pairs) };
    browser.raw(browser.request(&line.method, path).body(Body::from(body)).unwrap()).await
}

/// Asks all of one person's questions that are of this run; gives how many they were, and what was wrong.
async fn ask_all(world: Arc<World>, rules: Arc<Rules>, at: usize, every: usize) -> (usize, Vec<String>) {
    let persona = &world.people[at];
    let mut browser = world.town.browser();
    browser.cookie.clone_from(&persona.cookie);
    let closed: Vec<&Kept> =
        world.records.iter().filter(|record| !may(&rules, persona, record, "/records/{record}")).collect();
    let (mut pages, mut wrong, mut asked, mut n) = (Pages::default(), Vec::new(), 0, at);
    let (more, wrong_too) = ask_by_number(&world, &rules, persona).await;
    asked += more;
    wrong.extend(wrong_too);
    // What ends sessions comes last.
    let mut lines: Vec<&Line> = rules.routes.iter().collect();
    lines.sort_by_key(|line| line.path.starts_with("/sign-out"));
    for line in lines {
        let cells = cells(&world, line);
        for cell in &cells {
            n += 1;
            if !n.is_multiple_of(every) && cells.len() > 1 {
                continue;
            }
            asked += 1;
            let expected = Case { rules: &rules, persona, cell }.decide();
            let got = ask(&browser, line, &cell.path).await;
            let mut complain = |why: String| {
                let of = cell.record.map_or("", |record| record.state);
                let of = cell.draft.map_or(of, |(draft, _)| draft.state);
                wrong.push(format!("{} {} [{of} {}] {}: {why}", line.method, line.path, cell.what, persona.name));
            };
            if let Err(got) = pages.judge(expected, &cell.path, &got) {
                complain(format!("{expected:?}, but {got}"));
            }
            let mut told = String::from_utf8_lossy(&got.2).into_owned();
            for value in got.1.values() {
                told.push_str(value.to_str().unwrap());
            }
            // Whoever looks after restrictions, emergencies and readings knows records by their number, and by that alone.
            let numbers = matches!(expected, Answer::Status(_))
                && (["restrict-record", "review-emergency", "see-readings"].contains(&line.deed.as_str())
                    || line.path == "/my-work");
            for record in &closed {
                let known = record.planted.last().filter(|_| numbers);
                for planted in record.planted.iter().filter(|one| told.contains(one.as_str()) && known != Some(one)) {
                    complain(format!("tells of the record that is {}: {planted}", record.state));
                }
            }
            if told.contains(cast::STREET) {
                complain("shows the address that is protected".to_owned());
            }
        }
    }
    (asked, wrong)
}

/// A number that nothing has.
const NO_NUMBER: &str = "R-99999";

/// Types the number of each record where people are looked for, and where a record is opened in an emergency: what is
/// closed is answered like a number that nothing has.
async fn ask_by_number(world: &World, rules: &Rules, persona: &Persona) -> (usize, Vec<String>) {
    let mut browser = world.town.browser();
    browser.cookie.clone_from(&persona.cookie);
    let token = browser.token();
    let ask = async |path: &str, number: &str| {
        let pairs = [
            ("_token", token.as_str()),
            ("_act", "01h00000000000000000000002"),
            ("name", number),
            ("reason", "safety"),
            ("more", "The school rang."),
        ];
        let request = browser.request("POST", path).body(Body::from(encoded(&pairs))).unwrap();
        let (status, headers, body) = browser.raw(request).await;
        let to = headers.get("location").map_or("", |to| to.to_str().unwrap()).to_owned();
        (status, to, String::from_utf8_lossy(&body).replace(number, NO_NUMBER))
    };
    let searches =
        ["", "proved-long-ago"].contains(&persona.session) && rules.relations(persona.role, "search-people").is_some();
    let searches = searches && persona.name != "neil";
    let opens = searches && rules.relations(persona.role, "open-in-emergency").is_some();
    let (absent, none) = (ask("/people", NO_NUMBER).await, ask("/people/emergency", NO_NUMBER).await);
    let (mut asked, mut wrong) = (2, Vec::new());
    for record in world.records.iter().filter(|record| !record.planted.is_empty()) {
        let number = record.planted.last().expect("its number");
        let mut must = |what: &str, fine: bool| {
            asked += 1;
            if !fine {
                wrong.push(format!("{what} [{} by number] {}", record.state, persona.name));
            }
        };
        let found = ask("/people", number).await;
        let reads = searches && may(rules, persona, record, "/records/{record}");
        must("POST /people", if reads { found.1 == format!("/records/{}", record.id) } else { found == absent });
        let knows = persona.tie == "knows-the-family" && record.tied;
        let kept_shut = ["adoption", "legal-privilege"].contains(&record.restricted) && persona.tie != "named";
        // For everybody else it would open.
        if !opens || knows || kept_shut {
            must("POST /people/emergency", ask("/people/emergency", number).await == none);
        }
    }
    let said = if opens { none.2.contains("No record was opened") } else { none.0 != 200 };
    assert!(said && absent.1.split('/').nth(1) != Some("records"), "{}: {none:?}", persona.name);
    (asked, wrong)
}

/// R-ACC-01, R-ACC-02, R-ACC-03, R-ACC-05, R-ACC-06, R-ACC-08, R-GOV-01, D-67.
/// ASVS 8.1.1: who may do what is written down in words, and the program answers by it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r_acc_01_r_acc_03_every_route_answers_everybody_by_the_rules() {
    let rules = Arc::new(Rules::read(include_str!("rules.txt")));
    the_rules_know_every_route(&rules);
    let world = Arc::new(cast::world().await);
    let whole = std::env::var("LIFESTORY_MATRIX").is_ok_and(|which| which == "whole");
    let every = if whole { 1 } else { 11 };
    let before = entries(&world).await;
    let began = std::time::Instant::now();
    let runs = (0..world.people.len()).map(|at| tokio::spawn(ask_all(world.clone(), rules.clone(), at, every)));
    let (mut asked, mut wrong) = (0, Vec::new());
    for run in runs.collect::<Vec<_>>() {
        let (of_one, more) = run.await.unwrap();
        asked += of_one;
        wrong.extend(more);
    }
    eprintln!("{asked} answers in {:?}, {} wrong", began.elapsed(), wrong.len());
    assert!(wrong.is_empty(), "{} of {asked} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked >= if whole { 50_000 } else { 4_000 }, "{asked} are too few");
    assert_eq!(entries(&world).await, before, "none of them changed what a record says");
    world.town.assert_sound().await;
}

/// What stands in each record, as the one who answers for all of them sees it.
async fn entries(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for record in world.records.iter().filter(|record| !record.planted.is_empty()) {
        let reader = if record.restricted.is_empty() { "ivy" } else { "nico" };
        let desk = world.town.desk(reader);
        let page = casework::contents::of(&desk, record.id.parse().unwrap()).await.unwrap();
        all.push(format!("{page:?}"));
    }
    all
}

/// Every route stands in the rules once, with what the table of routes says that it needs.
fn the_rules_know_every_route(rules: &Rules) {
    let needs = |route: &routes::Route| match route.needs {
        Needs::Public => "public",
        Needs::SignedIn => "signed-in",
        Needs::OwnDraft => "own-draft",
        Needs::Right(capability) | Needs::Record(capability) => capability.name(),
    };
    let table: Vec<_> = routes::all();
    let table: Vec<_> = table
        .iter()
        .map(|route| format!("{} {} {} {}", route.method, route.path, needs(route), route.recently))
        .collect();
    let said: Vec<_> =
        rules.routes.iter().map(|line| format!("{} {} {} {}", line.method, line.path, line.deed, line.again)).collect();
    assert_eq!(said, table, "rules.txt says otherwise than the table of routes");
}
