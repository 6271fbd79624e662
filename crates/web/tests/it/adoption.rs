//! Adoption: the order, the record after it, who goes from one to the other, and that nothing else leads there.

use std::{collections::BTreeSet, sync::Arc};

use axum::body::Body;
use casework::{
    CaseError, adoption,
    organisation::{self, NewAccount},
    recording, records,
};
use jiff::civil::date;
use record::{
    RecordId, Typed,
    adoption::Side,
    likeness::{LookedFor, Number},
};
use store::Actor;
use web::routes;

use crate::{
    other,
    page::{Form, Page, encoded},
    town::{Browser, Child, PASSWORD, Town, dated, dated_in, opening},
};

/// The child before: what nobody is to learn who sees the record after alone. The first is the family name, the last the
/// number of the record.
struct Told {
    child: Child,
    words: Vec<String>,
    entries: Vec<String>,
}

/// A child of the North before, and the same child of the South after.
struct Adopted {
    before: Told,
    after: Told,
}

const BEFORE: [&str; 6] = ["Oldmarsh", "Corwin", "Quillwort", "Sedgemoor", "Morwenna", "tamariskbefore"];
const AFTER: [&str; 6] = ["Newlight", "Rowan", "Larkspur", "Hollybank", "Nerissa", "tamariskafter"];

/// A manager of the South, and a manager of neither team whom a head of service names for both records.
async fn managers(town: &mut Town) {
    let admin = town.desk("admin");
    for (name, team) in [("mo", Some(town.south)), ("nico", None)] {
        let typed = dated("2026-03-03")
            .with("name", format!("{name} of the adoption team"))
            .with("designation", "Team manager")
            .with("roles", "team-manager")
            .with("account-status", "open");
        let typed = match team {
            Some(team) => typed.with("team", team.to_string()),
            None => typed,
        };
        let account = NewAccount { username: name, password: PASSWORD, must_change: false };
        let typed = other::typed(&typed);
        let made = organisation::record_staff(&admin, admin.new_id(), None, &typed, Some(&account)).await.unwrap();
        town.cast.staff.insert(name, made);
    }
    let managed = dated("2026-03-03").with("name", "South").with("service", "Children");
    let managed = managed.with("manager", town.staff["mo"].to_string());
    organisation::record_team(&admin, admin.new_id(), Some(town.south), &other::typed(&managed)).await.unwrap();
}

/// Opens a record for Corwin, with a worker, and matches him with prospective adopters.
async fn matched(town: &Town) -> Child {
    let grace = town.desk("grace");
    let typed = opening("Corwin", "Oldmarsh", "2024-04-04", town.north);
    let record = records::open(&grace, grace.new_id(), None, &typed).await.unwrap();
    let found = records::search(&grace, &LookedFor::new("Corwin Oldmarsh", None)).await.unwrap();
    let child = Child { record, person: found[0].person };
    allocate(town, "grace", record, "sam").await;
    town.write("grace", &child, "adoption-match", &dated("2026-03-03").with("decided", "By the panel.")).await;
    town.wait(60);
    child
}

async fn allocate(town: &Town, by: &str, record: RecordId, worker: &str) {
    let desk = town.desk(by);
    let team = if by == "grace" { town.north } else { town.south };
    let typed = dated("2026-03-03")
        .with("team", team.to_string())
        .with("has-worker", "yes")
        .with("worker", town.staff[worker].to_string())
        .with("file-holder", "yes");
    records::allocate(&desk, desk.new_id(), &[record], &other::typed(&typed)).await.unwrap();
}

/// All that the order asks for, on both sides, in the first words.
fn order(town: &Town) -> Typed {
    let typed = Typed::default()
        .with("court", "The Family Court")
        .with("summary", "He lived with two foster carers, and was matched in the spring.")
        .with("goes-on", "A letter in June, by the letterbox.")
        .with("given-names", "Rowan")
        .with("family-name", "Newlight")
        .with("team", town.south.to_string())
        .with("reason", "Support for the first years.");
    dated_in(dated_in(typed, "ordered", "2026-03-02"), "birth", "2024-04-04")
}

fn filled(page: &Page, town: &Town) -> Form {
    order(town).pairs().fold(page.form("Record the order"), |form, (name, value)| form.with(&name.to_string(), value))
}

/// The record after, as its manager finds it.
async fn record_after(town: &Town, called: &str) -> Child {
    let mo = town.desk("mo");
    let found = records::search(&mo, &LookedFor::new(called, None)).await.unwrap();
    Child { record: found[0].record.expect("it is open to her"), person: found[0].person }
}

async fn name(town: &Town, child: &Child, who: &str) {
    let typed = dated("2026-03-03").with("who", town.staff[who].to_string()).with("as", "Adoption team manager");
    town.write("helen", child, "restricted-to", &typed).await;
    town.wait(1);
}

/// The order is made; Nico is named for both, and Tom works with the child after.
async fn adopted(town: &mut Town, given: &str) -> (Child, Child) {
    managers(town).await;
    let before = matched(town).await;
    let grace = town.desk("grace");
    let typed = other::typed(&order(town).with("given-names", given));
    adoption::order_made(&grace, grace.new_id(), before.record, &typed).await.unwrap();
    let after = record_after(town, &format!("{given} Newlight")).await;
    town.wait(60);
    allocate(town, "mo", after.record, "tom").await;
    for child in [&before, &after] {
        name(town, child, "nico").await;
    }
    (before, after)
}

fn problems(result: Result<(), CaseError>) -> Vec<(String, String)> {
    let Err(CaseError::Problems(problems)) = result else { panic!("{result:?}") };
    problems.into_iter().map(|problem| (problem.at.to_string(), problem.message)).collect()
}

both_engines! {
    /// R-ACC-04, R-ACC-05, R-BAS-11: the order closes the record before and begins the one after, as that of somebody else:
    /// with what was typed and nothing more, open to few from its first moment.
    async fn r_acc_04_an_order_begins_a_record_that_nothing_was_taken_over_into(town: Town) {
        let mut town = town;
        managers(&mut town).await;
        let before = matched(&town).await;
        let (mut grace, mut sam) = (town.browser_of("grace"), town.browser_of("sam"));
        // He is looked after until then.
        crate::owed::looked_after(&town, &before, "2026-03-01").await;
        crate::owed::placed(&town, &before, "2026-03-01").await;
        let front = grace.get(&before.at("")).await.is(200);
        front.must_say("Legal status Single period of accommodation under section 20");
        let page = grace.get(&front.link("Record an adoption order")).await.is(200);
        assert!(!sam.get(&before.at("")).await.is(200).says("Record an adoption order"));
        assert_eq!(sam.get(&before.at("adoption")).await.status, 404, "a worker records no order");
        // Of a record that is not restricted for it there is none to be recorded.
        grace.get(&town.amira.at("adoption")).await.is(409).must_say("not restricted for an adoption");
        assert!(!grace.get(&town.amira.at("")).await.says("Record an adoption order"));
        // All that is missing is said at once, on both sides.
        let empty = grace.press(&page.form("Record the order"), "Record the order").await.is(422);
        assert_eq!(empty.problems().len(), 8, "{:?}", empty.problems());

        let done = grace.press(&filled(&page, &town), "Record the order").await.is(200);
        assert_eq!(done.path, before.at(""));
        done.must_say("closed");
        // With the order he is in nobody's care any more, and his chronology says so.
        done.must_say("Legal status Record closed");
        grace.get(&before.at("chronology")).await.must_say("2 March 2026 Adoption order made");
        let tx = town.db.begin(Actor::Person(town.staff["grace"]), town.db.now()).await.unwrap();
        assert_eq!(tx.owed(&[before.record]).await.unwrap().len(), 0, "nor is a visit or a review due");
        drop(tx);
        assert!(!done.says("Newlight") && !done.says("after the adoption"), "{}", done.main());
        grace.get(&before.at("adoption")).await.is(409).must_say("recorded already");
        // Twice is once.
        let again = grace.press(&filled(&page, &town), "Record the order").await.is(200);
        assert_eq!(again.path, before.at(""));
        let after = record_after(&town, "Rowan Newlight").await;
        assert_ne!(after.person, before.person);
        let mut mo = town.sign_in("mo").await;
        let front = mo.get(&after.at("")).await.is(200);
        front.must_say("Rowan Newlight");
        for word in ["Corwin", "Oldmarsh", "before the adoption", "APKN"] {
            front.must_not_hold(word);
        }
        // Each stands alone: the story of neither shows the link, and an entry that somebody guesses is not there.
        let stories = [grace.get(&before.at("story")).await, mo.get(&after.at("story")).await];
        stories[0].must_say("Adoption order made");
        stories[1].must_say("Record after an adoption");
        for story in &stories {
            assert!(!story.says("Sealed link"), "{}", story.main());
        }
        for (child, closed_to) in [(&after, ["grace", "sam", "priya", "helen", "ivy", "rita"]), (&before, ["tom", "mo", "helen", "ivy", "rita", "pat"])] {
            for who in closed_to {
                let mut browser = if who == "mo" { mo.clone() } else { town.browser_of(who) };
                assert_eq!(browser.get(&child.at("")).await.status, 404, "{who}");
            }
        }
        town.assert_sound().await;
    }

    /// R-ACC-04, R-ACC-05: what makes no sense is refused whole, each at its box.
    async fn r_acc_04_what_would_lead_from_one_to_the_other_is_refused(town: Town) {
        let mut town = town;
        managers(&mut town).await;
        let before = matched(&town).await;
        let grace = town.desk("grace");
        let make = async |typed: Typed| adoption::order_made(&grace, grace.new_id(), before.record, &other::typed(&typed)).await;
        let same = order(&town).with("given-names", " corwin").with("family-name", "OLDMARSH");
        assert_eq!(problems(make(same).await).iter().map(|(at, _)| at.as_str()).collect::<Vec<_>>(), [other::typed_box("family-name", "").0]);
        let tells = order(&town).with("reason", "Known as (Oldmarsh) before.").with("summary", "The Newlights; Mrs Newlight wrote.");
        let told = problems(make(tells).await);
        assert_eq!(told.iter().map(|(_, why)| why.as_str()).collect::<BTreeSet<_>>().len(), 2, "{told:?}");
        let ahead = dated_in(order(&town), "ordered", "2026-03-04");
        assert!(problems(make(ahead).await)[0].1.contains("past"), "an order of tomorrow");
        let unborn = dated_in(order(&town), "birth", "2026-03-30");
        assert_eq!(problems(make(unborn).await).len(), 1);
        let nowhere = order(&town).with("team", before.record.to_string());
        assert_eq!(problems(make(nowhere).await).len(), 1);
        // Whoever is known by the new name already is looked at first.
        let amira = dated_in(order(&town).with("given-names", "Amira").with("family-name", "Ali"), "birth", "2016-05-14");
        assert!(matches!(make(amira).await, Err(CaseError::LikelyKnown(found)) if found.len() == 1));
        // Neither a draft, nor an amendment, nor a move makes one; nobody else may.
        for form in ["adoption-order", "after-adoption", "adoption-link"] {
            assert!(matches!(recording::begin(&grace, before.record, form, None).await, Err(CaseError::Closed)), "{form}");
        }
        for who in ["sam", "priya", "helen", "ivy", "tom", "rita"] {
            let desk = town.desk(who);
            let made = adoption::order_made(&desk, desk.new_id(), before.record, &other::typed(&order(&town))).await;
            assert!(matches!(made, Err(CaseError::Closed)), "{who}: {made:?}");
        }
        let open = adoption::order_made(&grace, grace.new_id(), town.noor.record, &other::typed(&order(&town))).await;
        assert!(matches!(open, Err(CaseError::CannotBePutRight(_))), "{open:?}");
        assert!(records::search(&town.desk("mo"), &LookedFor::new("Rowan Newlight", None)).await.unwrap().is_empty());
        // Two at once: one of them makes it.
        let (one, other) = (town.desk("grace"), town.desk("grace"));
        let (typed, record) = (other::typed(&order(&town)), before.record);
        let (a, b) = tokio::join!(adoption::order_made(&one, one.new_id(), record, &typed), adoption::order_made(&other, other.new_id(), record, &typed));
        assert_eq!([&a, &b].iter().filter(|made| made.is_ok()).count(), 1, "{a:?} {b:?}");
        assert!([a, b].iter().any(|made| matches!(made, Err(CaseError::CannotBePutRight(_)))));
        town.assert_sound().await;
    }

    /// R-ACC-05: those to whom both are open go from one to the other, saying why; each record has the leaf.
    async fn r_acc_05_the_few_go_from_one_to_the_other(town: Town) {
        let mut town = town;
        let (before, after) = adopted(&mut town, "Rowan").await;
        let mut nico = town.sign_in("nico").await;
        for (from, to, title, name) in [(&before, &after, "The record after the adoption", "Rowan Newlight"), (&after, &before, "The record before the adoption", "Corwin Oldmarsh")] {
            let front = nico.get(&from.at("")).await.is(200);
            let ask = nico.get(&front.link(title)).await.is(200);
            let unsaid = nico.press(&ask.form("Go there"), "Go there").await.is(422);
            assert_eq!(unsaid.problems().len(), 1);
            let forged = ask.form("Go there").forged("why", "Corwin Oldmarsh was asked for");
            nico.press(&forged, "Go there").await.is(422);
            let there = nico.press(&ask.form("Go there").with("why", "adopted-person"), "Go there").await.is(200);
            assert_eq!(there.path, to.at(""));
            there.must_say(name);
            // There is one way from each, and no other.
            assert_eq!(nico.get(&from.at(if to.record == after.record { "adoption/before" } else { "adoption/after" })).await.status, 404);
        }
        let told = "went from one record of an adoption to the other: the adopted person asks";
        for (who, child) in [("grace", &before), ("mo", &after)] {
            let mut browser = town.sign_in(who).await;
            let readings = browser.get(&child.at("readings")).await.is(200);
            readings.must_say(told);
        }
        // Whoever answers for readings without reading the record sees that it was opened.
        let mut ivy = town.browser_of("ivy");
        for child in [&before, &after] {
            let readings = ivy.get(&child.at("readings")).await.is(200);
            readings.must_say("opened the record");
            assert!(!readings.says("of an adoption to the other"), "{}", readings.main());
        }
        town.assert_sound().await;
    }

    /// R-ACC-05, R-ACC-07: whoever has one of the two is shown no way to the other, and refused like where there is none; the
    /// other record knows nothing of the attempt.
    async fn r_acc_05_who_has_one_of_the_two_is_refused(town: Town) {
        let mut town = town;
        let (before, after) = adopted(&mut town, "Rowan").await;
        let mo = town.sign_in("mo").await;
        for (who, child, side) in [("sam", &before, Side::After), ("priya", &before, Side::After), ("grace", &before, Side::After), ("tom", &after, Side::Before), ("mo", &after, Side::Before)] {
            let mut browser = if who == "mo" { mo.clone() } else { town.browser_of(who) };
            let front = browser.get(&child.at("")).await.is(200);
            assert!(!front.links().iter().any(|(_, href)| href.contains("/adoption")), "{who}");
            let path = format!("adoption/{}", side.code());
            let none = browser.get(&format!("/records/{}/{path}", child.person)).await.is(404);
            let refused = browser.get(&child.at(&path)).await.is(404);
            assert_eq!(refused.main(), none.main(), "{who}");
            for why in ["check", ""] {
                assert_eq!(browser.post_own(&child.at(&path), &[("why", why)]).await.status, 404, "{who}");
            }
        }
        let readings = |page: Page| page.main().matches("was refused (").count();
        let (mut grace, mut mo) = (town.browser_of("grace"), mo);
        assert_eq!(readings(grace.get(&before.at("readings")).await.is(200)), 3, "sam, priya, grace");
        assert_eq!(readings(mo.get(&after.at("readings")).await.is(200)), 2, "tom, mo");
        // Named for one, and for the other no longer: a lifted restriction is no way either.
        assert!(adoption::ask(&town.desk("nico"), before.record, Side::After).await.is_ok());
        town.assert_sound().await;
    }

    /// R-ACC-04, R-BAS-01: the two are no duplicates: no list says so, nobody compares or joins them, and who is on one side
    /// is not told that there is somebody alike on the other.
    async fn r_acc_04_the_two_are_never_shown_as_a_pair(town: Town) {
        let mut town = town;
        // First name, birth and NHS number are the same: likelier two cannot be.
        let (before, after) = adopted(&mut town, "Corwin").await;
        for (who, child, family) in [("sam", &before, "Oldmarsh"), ("tom", &after, "Newlight")] {
            let typed = dated("2026-03-03")
                .with("given-names", "Corwin")
                .with("family-name", family)
                .with("born", "yes")
                .with("confirmed", "no")
                .with("nhs-number", "943 476 5919");
            town.write(who, child, "person", &dated_in(typed, "birth", "2024-04-04")).await;
        }
        let nico = town.desk("nico");
        let both = [before.person, after.person];
        let pairs = casework::twice::likely(&nico).await.unwrap().pairs;
        assert!(!pairs.iter().any(|pair| both.contains(&pair.a) || both.contains(&pair.b)), "{pairs:?}");
        let compared = casework::twice::compare(&nico, before.person, after.person).await;
        assert!(matches!(compared, Err(CaseError::Closed)), "{compared:?}");
        let why = Typed::default().with("access", "shared").with("reason", "They are one.");
        for (alias, one) in [(before.person, after.person), (after.person, before.person)] {
            let joined = casework::twice::join(&nico, nico.new_id(), alias, one, &why).await;
            assert!(matches!(joined, Err(CaseError::Closed)), "{joined:?}");
            let parted = casework::twice::part(&nico, nico.new_id(), alias, one, &why).await;
            assert!(matches!(parted, Err(CaseError::Closed)), "{parted:?}");
        }
        // Somebody opens a record for a child who is like both: told of the one that is theirs, and of nobody closed.
        let number = other::typed(&Typed::default().with("nhs-number", "943 476 5919"));
        let (number, value) = number.pairs().next().map(|(name, value)| (name.to_string(), value.to_owned())).unwrap();
        let like = opening("Corwin", "Oldmarsh", "2024-04-04", town.north).with(&number, value);
        for (who, theirs) in [("mo", after.person), ("grace", before.person)] {
            let desk = town.desk(who);
            let found = records::open(&desk, desk.new_id(), None, &like).await;
            let Err(CaseError::LikelyKnown(found)) = found else { panic!("{found:?}") };
            assert_eq!(found.iter().map(|one| (one.person, one.kept)).collect::<Vec<_>>(), [(theirs, false)], "{who}");
        }
        // Where both are closed it is one who cannot be seen, and whoever looked at that one may go on.
        let rita = town.desk("rita");
        let found = records::open(&rita, rita.new_id(), None, &like).await;
        let Err(CaseError::LikelyKnown(found)) = found else { panic!("{found:?}") };
        assert_eq!(found.iter().map(|one| one.kept).collect::<Vec<_>>(), [true]);
        // A return that has the number is told of neither; of a third who has it, it is.
        let told = async || {
            let tx = town.db.begin(Actor::Person(town.staff["rita"]), town.db.now()).await.unwrap();
            let wanted = LookedFor::new("", Some(date(2024, 4, 4))).with_number(Number::Nhs, "943 476 5919");
            tx.likely_brought_in(&[wanted]).await.unwrap().remove(0).map(|(number, _)| number)
        };
        assert_eq!(told().await, None);
        let ticked = like.with(records::OTHERS, found[0].person.to_string());
        records::open(&rita, rita.new_id(), None, &ticked).await.unwrap();
        assert!(told().await.is_some());
        // The list is not blind: that third one is like the child before, for whoever has both of these.
        let pairs = casework::twice::likely(&town.desk("grace")).await.unwrap().pairs;
        assert!(pairs.iter().any(|pair| [pair.a, pair.b].contains(&before.person)), "{pairs:?}");
        town.assert_sound().await;
    }

    /// R-ACC-04: whoever is named by closed records alone is found by nobody else, whatever for: the adoptive mother's name would
    /// lead to the child, and the birth mother's as well.
    async fn r_acc_04_whom_only_a_closed_record_names_nobody_else_finds(town: Town) {
        let mut town = town;
        let told = written(&mut town).await;
        let found = async |who: &str, side: &Told| {
            let wanted = LookedFor::new(&format!("{} {}", side.words[4], side.words[0]), None);
            let (named, searched) = (records::search_to_name(&town.desk(who), &wanted).await, records::search(&town.desk(who), &wanted).await);
            (named.unwrap().len(), searched.unwrap().len())
        };
        for (who, before, after) in [("grace", 1, 0), ("sam", 1, 0), ("mo", 0, 1), ("tom", 0, 1), ("rita", 0, 0), ("ivy", 0, 0), ("nico", 1, 1)] {
            assert_eq!(found(who, &told.before).await, (before, before), "{who}");
            assert_eq!(found(who, &told.after).await, (after, after), "{who}");
        }
        town.assert_sound().await;
    }

    /// R-ACC-04: the numbers of a service, and the file that they are made from, have no second child.
    async fn r_acc_04_what_is_counted_has_the_child_before_alone(town: Town) {
        let mut town = town;
        managers(&mut town).await;
        let before = matched(&town).await;
        let counted = town.extract().await;
        let grace = town.desk("grace");
        adoption::order_made(&grace, grace.new_id(), before.record, &other::typed(&order(&town))).await.unwrap();
        let after = record_after(&town, "Rowan Newlight").await;
        town.note("mo", &after, "A first call.").await;
        let now = town.extract().await;
        assert_eq!((now.children, now.entries), (counted.children, counted.entries + 1), "the order alone was added");
        let file = std::fs::read(town.extract_file()).unwrap();
        let holds = |id: &str| file.windows(id.len()).any(|bytes| bytes == id.as_bytes());
        assert!(holds(&before.record.to_string()) && !holds(&after.record.to_string()));
    }
}

/// Writes distinctive words on both sides: names, addresses, schools, relatives, notes.
async fn written(town: &mut Town) -> Adopted {
    managers(town).await;
    let before = matched(town).await;
    let before = write(town, "sam", before, BEFORE, "2026-03-03").await;
    town.wait(60);
    let grace = town.desk("grace");
    adoption::order_made(&grace, grace.new_id(), before.child.record, &other::typed(&order(town))).await.unwrap();
    let after = record_after(town, "Rowan Newlight").await;
    town.wait(60);
    allocate(town, "mo", after.record, "tom").await;
    let after = write(town, "tom", after, AFTER, "2026-03-03").await;
    for child in [&before.child, &after.child] {
        name(town, child, "nico").await;
    }
    let mut told = Adopted { before, after };
    for side in [&mut told.before, &mut told.after] {
        let mut nico = town.sign_in("nico").await;
        let page = nico.get(&side.child.at("")).await.is(200);
        side.words.push(page.root.of_class("ls-bar__number")[0].text());
        // What an address can name of it: its entries, those too that no page shows.
        side.entries.extend(entries_of(town, &side.child).await);
    }
    told
}

async fn entries_of(town: &Town, child: &Child) -> Vec<String> {
    let mut nico = town.sign_in("nico").await;
    let story = nico.get(&child.at("story")).await.is(200);
    let entries = child.at("entries/");
    let of = story.links().into_iter().filter_map(|(_, href)| href.strip_prefix(&entries).map(str::to_owned));
    of.filter(|entry| entry.len() == 26).collect::<BTreeSet<_>>().into_iter().collect()
}

async fn write(town: &Town, writer: &str, child: Child, words: [&str; 6], day: &str) -> Told {
    let [family, _, street, school, relative, word] = words;
    let address = dated(day)
        .with("person", child.person.to_string())
        .with("address.lines", format!("7 {street} Lane"))
        .with("protected", "no")
        .with("address.town", "Rochdale")
        .with("address.postcode", if family == BEFORE[0] { "OL16 1AA" } else { "OL16 2BB" });
    town.write(writer, &child, "address", &address).await;
    let desk = town.desk(writer);
    let (start, open) = records::new_person(&desk, child.record, &format!("{relative} {family}")).await.unwrap();
    let (draft, made) = (open.draft.id, start.made.unwrap());
    let begun = recording::save_first(&desk, draft, &start, (0, &open.texts[0].typed, true)).await.unwrap();
    let typed = dated(day)
        .with("person", made.to_string())
        .with("given-names", relative)
        .with("family-name", family)
        .with("about", child.record.to_string())
        .with("kind", "mother")
        .with("parental-responsibility", "yes")
        .with("lives-here", "yes");
    recording::complete(&desk, draft, begun.n, &other::typed(&typed)).await.unwrap();
    let said = format!("He said {word}. He goes to {school} Primary.");
    let note = town.note(writer, &child, &said).await;
    let words = words.into_iter().map(str::to_owned).collect();
    Told { child, words, entries: vec![note, made.to_string()] }
}

/// An address of the table of routes, with everything that can stand in it from either side.
fn addresses(told: &Adopted, town: &Town, path: &str) -> Vec<String> {
    let mut all = vec![path.to_owned()];
    let sides = [&told.before, &told.after];
    let each = |all: Vec<String>, part: &str, values: &[String]| -> Vec<String> {
        let of = |path: String| -> Vec<String> {
            if path.contains(part) {
                values.iter().map(|value| path.replace(part, value)).collect()
            } else {
                vec![path]
            }
        };
        all.into_iter().flat_map(of).collect()
    };
    let records: Vec<_> = sides.iter().map(|side| side.child.record.to_string()).collect();
    let people: Vec<_> = sides.iter().map(|side| side.child.person.to_string()).collect();
    let entries: Vec<_> = sides.iter().flat_map(|side| side.entries.iter().cloned()).collect();
    let staff: Vec<_> = ["sam", "tom"].iter().map(|name| town.staff[name].to_string()).collect();
    for (part, values) in [
        ("{record}", &records),
        ("{about}", &records),
        ("{entry}", &entries),
        ("{other}", &people),
        ("{reader}", &staff),
        ("{team}", &vec![town.north.to_string(), town.south.to_string()]),
        ("{step}", &["restrict", "name", "lift"].map(str::to_owned).to_vec()),
        ("{form}", &vec!["visit".to_owned()]),
        ("{list}", &vec!["place".to_owned()]),
        ("{version}", &vec![policy::in_hex(&crate::town::PACK.hash())]),
    ] {
        all = each(all, part, values);
    }
    // A member of staff, where a list of staff is meant; of whom a record speaks, everywhere else.
    let people = if path.contains("staff") { staff } else { people };
    all = each(all, "{person}", &people);
    let absent = vec![crate::matrix::ABSENT.to_owned()];
    for part in ["{draft}", "{file}", "{passkey}", "{name}"] {
        all = each(all, part, &absent);
    }
    all
}

/// What somebody may type who looks for the other side: what they know of their own, and what both have.
fn searches(own: Option<&Told>) -> Vec<Vec<(&'static str, String)>> {
    let born =
        [("born.day", "4"), ("born.month", "4"), ("born.year", "2024")].map(|(name, value)| (name, value.to_owned()));
    let name = |words: &str| ("name", words.to_owned());
    let mut all =
        vec![born.to_vec(), vec![name("R-10")], vec![("words", "said goes primary".to_owned()), name("Primary")]];
    if let Some(own) = own {
        all.push([vec![name(&own.words[1])], born.to_vec()].concat());
        all.push(vec![name(&format!("{} {}", own.words[1], own.words[0]))]);
        all.push(vec![name(own.words.last().expect("its number"))]);
    }
    all
}

/// Somebody, and whether they have the side before and the one after.
const WHO: [(&str, [bool; 2]); 10] = [
    ("sam", [true, false]),
    ("priya", [true, false]),
    ("grace", [true, false]),
    ("tom", [false, true]),
    ("mo", [false, true]),
    ("helen", [false, false]),
    ("ivy", [false, false]),
    ("rita", [false, false]),
    ("pat", [false, false]),
    ("admin", [false, false]),
];

/// R-ACC-04, R-ACC-05: every route, as everybody who has one side or none, with all that an address can name of both and with
/// what they may type: no answer has a word of a side that is not theirs.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r_acc_04_no_route_leads_from_one_side_to_the_other() {
    let mut town = Town::new().await;
    let told = written(&mut town).await;
    town.extract().await;
    let world = Arc::new((town, told));
    let walks: Vec<_> = WHO.into_iter().map(|(who, sees)| tokio::spawn(walk(world.clone(), who, sees))).collect();
    let (mut asked, mut wrong) = (0, Vec::new());
    for walk in walks {
        let (of_one, more) = walk.await.unwrap();
        asked += of_one;
        wrong.extend(more);
    }
    eprintln!("{asked} answers");
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 5_000, "{asked} are too few");
    // The walk would have found something: whoever may, sees each side's words.
    let (town, told) = &*world;
    let mut nico = town.sign_in("nico").await;
    for side in [&told.before, &told.after] {
        let record = side.child.at("");
        let mut all = String::new();
        for page in [String::new(), "/story".to_owned(), "/family".to_owned(), "/front-sheet".to_owned()] {
            all.push_str(&nico.get(&format!("{record}{page}")).await.is(200).body);
        }
        for word in &side.words {
            assert!(all.contains(word.as_str()), "{word}");
        }
    }
    town.assert_sound().await;
}

/// Asks everything as one of them; gives how many answers there were, and what they told that they must not.
async fn walk(world: Arc<(Town, Adopted)>, who: &'static str, sees: [bool; 2]) -> (usize, Vec<String>) {
    let (town, told) = &*world;
    let mut browser = town.sign_in(who).await;
    let sides = [&told.before, &told.after];
    let own = sides.into_iter().zip(sees).find_map(|(side, open)| open.then_some(side));
    let closed: Vec<&Told> = sides.into_iter().zip(sees).filter(|(_, open)| !open).map(|(side, _)| side).collect();
    let (mut asked, mut seen, mut wrong) = (0, 0, Vec::new());
    for route in routes::all() {
        if route.path.starts_with("/sign-out") || route.path.starts_with("/assets") {
            continue;
        }
        // Whoever looks after restrictions and readings knows records by their number.
        let numbers = matches!(
            route.needs,
            web::Needs::Right(policy::Capability::RestrictRecord | policy::Capability::SeeReadings)
                | web::Needs::Record(policy::Capability::RestrictRecord | policy::Capability::SeeReadings)
        ) || route.path == "/my-work";
        let method = route.method.as_str();
        let looks = method == "POST"
            && (["/people", "/records", "/search"].contains(&route.path)
                || route.path.ends_with("/search")
                || route.path.ends_with("/family"));
        for path in addresses(told, town, route.path) {
            for typed in if looks { searches(own) } else { vec![Vec::new()] } {
                let page = send(&mut browser, method, &path, &typed).await;
                asked += 1;
                seen += usize::from(page.status == 200);
                let mut text = page.body;
                for value in page.headers.values() {
                    text.push_str(value.to_str().unwrap_or_default());
                }
                for side in &closed {
                    let known = side.words.last().filter(|_| numbers);
                    let found = side.words.iter().filter(|word| text.contains(word.as_str()) && Some(*word) != known);
                    wrong.extend(found.map(|word| format!("{who} {method} {path}: {word}")));
                }
            }
        }
    }
    assert!(seen > 15, "{who} saw {seen} pages");
    (asked, wrong)
}

async fn send(browser: &mut Browser, method: &str, path: &str, typed: &[(&str, String)]) -> Page {
    if method == "GET" {
        return browser.look(path).await;
    }
    let token = browser.token();
    let mut pairs = vec![("_token", token.as_str()), ("_act", "01h00000000000000000000003"), ("form", "visit")];
    pairs.extend(typed.iter().map(|(name, value)| (*name, value.as_str())));
    let request = browser.request(method, path).body(Body::from(encoded(&pairs))).unwrap();
    browser.send(request).await
}
