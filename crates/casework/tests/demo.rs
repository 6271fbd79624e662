//! The demonstration: every invented entry is one that the forms take, nothing is anybody's, and the proportions hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use casework::{
    Desk, caseload, chronologies,
    demo::{self, Invented, tables},
    reading, story,
};
use jiff::civil::{Date, date, time};
use policy::Pack;
use record::{Moment, RecordId, adoption::Side, entry::Change, time::age_on, typed::Name};
use store::{Actor, Db, Place};

fn pack() -> Pack {
    policy::load(&policy::embedded(), "rochdale").unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

const TODAY: Date = date(2026, 11, 22);

fn now() -> Moment {
    Moment::of_london(TODAY, time(10, 30, 0, 0))
}

async fn made(children: usize) -> (tempfile::TempDir, Db, demo::Demo) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = Place::Folder(folder.path().join("data"));
    let db = Db::open(&place, &folder.path().join("keys"), Arc::new(pack()), Arc::new(now))
        .await
        .expect("an empty database");
    let mut n = 0;
    let mut passwords = || {
        n += 1;
        format!("a password for tests {n}")
    };
    let demo = demo::make(&db, now(), 1, children, &mut passwords).await.unwrap_or_else(|error| panic!("{error:?}"));
    (folder, db, demo)
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_children_are_made_and_sam_sees_the_alis_first() {
    let (_folder, db, demo) = made(30).await;
    assert_eq!(demo.children, 30);
    assert!(demo.entries > 600, "{}", demo.entries);
    let usernames: Vec<_> = demo.sign_ins.iter().map(|one| one.username.as_str()).collect();
    for wanted in ["sam", "grace", "priya", "tom", "helen", "ig", "records", "admin"] {
        assert!(usernames.contains(&wanted), "{wanted}");
    }
    let person = async |username: &str| {
        let one = demo.sign_ins.iter().find(|one| one.username == username).unwrap();
        let later = now().plus_seconds(60);
        let store::SignIn::In(name) = db.sign_in(username, &one.password, later).await.unwrap() else {
            panic!("{username} is not in")
        };
        let limits = store::SessionLimits { idle: 3_600, absolute: 36_000 };
        let session = db.session(&name, limits, later).await.unwrap().unwrap();
        assert!(!session.must_change, "{username} is in at once");
        assert!(
            session.notices.is_empty(),
            "{username} is told of nothing that happened before: {:?}",
            session.notices
        );
        session.person
    };
    for username in &usernames {
        person(username).await;
    }
    let sam = Desk::new(db.clone(), Actor::Person(person("sam").await), now());
    let work = caseload::my_work(&sam).await.unwrap();
    let first: Vec<_> = work.children.iter().take(3).map(|child| child.who.name.clone().unwrap()).collect();
    assert_eq!(first, ["Amira Ali", "Bilal Ali", "Noor Ali"]);
    // What lies ahead, what a colleague wrote, and who lives together are there to be seen.
    assert!(work.visits.iter().any(|visit| visit.names.len() == 3), "today Sam goes to the Alis");
    assert!(work.unread.iter().any(|one| one.record == work.children[0].record));
    let alis = work.families.iter().find(|family| family.names == ["Ali"]).unwrap();
    assert_eq!(alis.children.len(), 3);
    assert!(alis.address.as_ref().is_some_and(|address| address.starts_with("12 Fern Road")));
    let amira = work.children[0].record;
    let page = reading::front_page(&sam, amira).await.unwrap();
    let said = page.of_child("child-words").next().unwrap();
    assert_eq!(said.said.value, "\"I like it when Gran makes the tea because then there is tea.\"");
    assert!(page.chronology.iter().any(|row| row.headline == "Kitchen had no food for the second visit running"));
    let bilal = &work.children[1];
    assert!(bilal.seen > bilal.seen_alone, "Bilal was seen and not seen alone");
    let story = story::story(&sam, amira, &story::Asked::default()).await.unwrap();
    assert!(story.extent.0 > 40, "{:?}", story.extent);
    let made = chronologies::all(&sam, amira).await.unwrap().made;
    assert!(made[0].1 >= 4, "a chronology for the court, with its rows");
    let tom = Desk::new(db.clone(), Actor::Person(person("tom").await), now());
    assert!(reading::front_page(&tom, amira).await.is_err(), "another team's worker");
    let grace = Desk::new(db.clone(), Actor::Person(person("grace").await), now());
    assert!(caseload::my_team(&grace).await.unwrap().children.len() >= 3);
    let team = caseload::team_table(&grace).await.unwrap();
    assert_eq!(team.all.children, team.workers.iter().map(|row| row.children).sum::<usize>());
    // Of a child who was adopted, Grace has both records; nobody else of these people has either.
    let helen = Desk::new(db.clone(), Actor::Person(person("helen").await), now());
    let kept = casework::restriction::all(&helen).await.unwrap();
    let adopted: Vec<_> = kept.iter().filter(|one| one.kind == "adoption").map(|one| one.record).collect();
    assert_eq!(adopted.len(), 2, "{kept:?}");
    for (record, to) in adopted.iter().zip([Side::After, Side::Before]) {
        let front = reading::front_page(&grace, *record).await.unwrap();
        assert_eq!(front.adoption.to, [to].into());
        for closed in [&sam, &tom, &helen] {
            assert!(reading::front_page(closed, *record).await.is_err());
        }
    }
    let to_check = casework::import::to_check(&grace, None).await.unwrap();
    assert!(
        to_check.children.iter().any(|child| child.doubts.iter().any(|doubt| doubt.contains("UPN"))),
        "{to_check:?}"
    );
    db.close().await;
}

/// How long a whole authority takes: `cargo test --release -p casework --test demo -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn three_hundred_children_are_made_in_under_ten_seconds() {
    let started = std::time::Instant::now();
    let (_folder, db, demo) = made(300).await;
    println!("{} children, {} entries in {:?}", demo.children, demo.entries, started.elapsed());
    assert!(cfg!(debug_assertions) || started.elapsed().as_secs() < 10);
    db.close().await;
}

/// Every deed of a whole authority, by its form.
fn changes(invented: &Invented, pack: &Pack) -> Vec<(RecordId, Vec<Change>)> {
    let mut all = Vec::new();
    for (family, story) in invented.stories.iter().enumerate() {
        let pasts = story.pasts(pack, &invented.cast).unwrap_or_else(|(at, problems)| {
            let deed = &story.deeds[at];
            let problems: Vec<_> =
                problems.iter().map(|problem| format!("{}: {}", problem.at, problem.message)).collect();
            let typed: Vec<_> = deed.typed.pairs().map(|(name, value)| format!("{name} = {value}")).collect();
            panic!("family {family}, {} of {}: {problems:#?}\n{typed:#?}", deed.form, deed.written)
        });
        all.extend(
            pasts.into_iter().map(|past| (past.record, past.changes.into_iter().map(|(_, change)| change).collect())),
        );
    }
    all
}

#[test]
fn the_same_seed_and_day_give_the_same_and_another_seed_does_not() {
    let pack = pack();
    let of = |seed| changes(&demo::invent(&pack, TODAY, seed, 30), &pack);
    let (one, two, other) = (of(1), of(1), of(2));
    assert_eq!(one, two);
    assert_ne!(one, other);
}

#[test]
fn on_any_day_and_seed_the_forms_take_every_deed() {
    let pack = pack();
    for (today, seed, children) in [
        (date(2026, 3, 3), 5, 60),
        (date(2027, 1, 1), 6, 60),
        (date(2026, 12, 28), 7, 3),
        (date(2028, 2, 29), 8, 40),
        (date(2026, 4, 6), 9, 4),
    ] {
        let invented = demo::invent(&pack, today, seed, children);
        assert_eq!(invented.stories.iter().map(|story| story.children.len()).sum::<usize>(), children);
        changes(&invented, &pack);
        let midnight = Moment::of_london(today, time(0, 0, 0, 0));
        assert!(invented.stories.iter().flat_map(|story| &story.deeds).all(|deed| deed.written < midnight));
    }
}

#[test]
fn three_hundred_children_in_the_proportions_of_the_tables() {
    let pack = pack();
    let started = std::time::Instant::now();
    let invented = demo::invent(&pack, TODAY, 1, 300);
    let invented_in = started.elapsed();
    let records = changes(&invented, &pack);
    let facts = records
        .iter()
        .flat_map(|(_, changes)| changes)
        .filter(|change| matches!(change, Change::FactAsserted(_)))
        .count();
    let mut entries: Vec<usize> = records
        .iter()
        .map(|(_, changes)| changes.iter().filter(|change| matches!(change, Change::EntryCompleted(_))).count())
        .collect();
    entries.sort_unstable();
    let forms = invented.stories.iter().flat_map(|story| &story.deeds).fold(
        BTreeMap::new(),
        |mut forms: BTreeMap<&str, usize>, deed| {
            *forms.entry(deed.form.as_str()).or_default() += deed.about.len();
            forms
        },
    );
    println!(
        "invented in {invented_in:?}, with its records in {:?}: {} entries, {facts} facts; a record has {} to {}, the middle {}; {forms:?}",
        started.elapsed(),
        entries.iter().sum::<usize>(),
        entries[0],
        entries[299],
        entries[150],
    );
    assert!(entries[0] >= 5 && (300..900).contains(&entries[299]), "no empty record, one long one: {entries:?}");
    assert!((20..=80).contains(&entries[150]));
    let once: BTreeSet<_> = records.iter().map(|(record, _)| record).collect();
    assert_eq!(once.len(), 300, "no two children share a record");
    let first: Vec<_> = invented.stories[0].facets.iter().map(|child| child.given).collect();
    assert_eq!(first, ["Amira", "Bilal", "Noor"]);

    let all: Vec<_> = invented.stories.iter().flat_map(|story| &story.facets).collect();
    let near = |what: &str, have: usize, wanted: f64, tolerance: f64| {
        let have = f64::from(u32::try_from(have).unwrap()) / 3.0;
        assert!((have - wanted).abs() <= tolerance, "{what}: {have:.1} of a hundred, the table says {wanted:.1}");
    };
    let total: u32 = tables::NEED_BY_AGE_AND_SEX.iter().flat_map(|(_, _, row)| row).sum();
    let percent = |count: u32| f64::from(count) * 100.0 / f64::from(total);
    for (column, need) in tables::NEEDS.iter().enumerate() {
        let wanted = tables::NEED_BY_AGE_AND_SEX.iter().map(|(_, _, row)| row[column]).sum();
        near(need, all.iter().filter(|child| child.need == *need).count(), percent(wanted), 2.0);
    }
    for sex in ["F", "M", "U"] {
        let wanted =
            tables::NEED_BY_AGE_AND_SEX.iter().filter(|(_, of, _)| *of == sex).flat_map(|(_, _, row)| row).sum();
        near(sex, all.iter().filter(|child| child.sex == sex).count(), percent(wanted), 2.0);
    }
    for (from, to) in [(0, 1), (1, 5), (5, 10), (10, 16), (16, 21)] {
        let wanted =
            tables::NEED_BY_AGE_AND_SEX.iter().filter(|(band, ..)| band.from == from).flat_map(|(_, _, row)| row).sum();
        let aged = |birth: Date| {
            birth <= TODAY && age_on(birth, TODAY).is_some_and(|age| (from..to).contains(&age.cast_signed()))
        };
        near(&format!("{from} to {to}"), all.iter().filter(|child| aged(child.birth)).count(), percent(wanted), 2.0);
    }
    let known: u32 = tables::ETHNICITY.iter().map(|(_, count)| count).sum();
    for (code, count) in tables::ETHNICITY {
        let wanted = f64::from(count) * 100.0 / f64::from(known);
        near(code, all.iter().filter(|child| child.ethnicity == code).count(), wanted, 3.0);
    }
    near("looked after", all.iter().filter(|child| child.looked_after).count(), f64::from(tables::LOOKED_AFTER), 5.0);
}

/// Postcode areas that exist.
const REAL_AREAS: &str = "AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV XX YO ZE";

#[test]
fn nothing_invented_can_be_anybodys() {
    let pack = pack();
    let invented = demo::invent(&pack, TODAY, 3, 120);
    let real: BTreeSet<_> = REAL_AREAS.split(' ').collect();
    let mut seen = BTreeMap::new();
    for deed in invented.stories.iter().flat_map(|story| &story.deeds) {
        for (name, value) in deed.typed.pairs() {
            assert!(!value.contains(['{', '}', '|']) && !value.contains("=>"), "{}: {name} {value}", deed.form);
            assert!(!value.starts_with(char::is_lowercase) || !is_text(name), "{}: {name} {value}", deed.form);
            match (name.field.as_str(), name.part.as_deref()) {
                (_, Some("postcode")) => {
                    let area: String = value.chars().take_while(char::is_ascii_alphabetic).collect();
                    assert!(!real.contains(area.as_str()), "{value}");
                    *seen.entry("postcode").or_insert(0) += 1;
                }
                ("telephone", _) => {
                    assert!(value.starts_with("07700 900") || value.starts_with("01632 960"), "{value}");
                    assert_eq!(value.chars().filter(char::is_ascii_digit).count(), 11, "{value}");
                    *seen.entry("telephone").or_insert(0) += 1;
                }
                ("nhs-number", _) => {
                    assert!(value.starts_with("999") && record::identifier::nhs_number_is_right(value), "{value}");
                    *seen.entry("nhs").or_insert(0) += 1;
                }
                ("upn", _) => {
                    assert!(value[1..].starts_with("999") && record::identifier::upn_is_right(value), "{value}");
                    *seen.entry("upn").or_insert(0) += 1;
                }
                _ => {}
            }
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

fn is_text(name: &Name) -> bool {
    name.part.as_deref() == Some("text")
        || ["analysis", "decision", "child-views", "family-views", "reasons"].contains(&name.field.as_str())
}

#[test]
fn a_visit_to_several_children_is_one_act_with_parts_for_one_alone() {
    let pack = pack();
    let invented = demo::invent(&pack, TODAY, 1, 60);
    let deeds: Vec<_> = invented.stories.iter().flat_map(|story| &story.deeds).collect();
    let joint = deeds.iter().filter(|deed| deed.form == "visit" && deed.about.len() > 1).count();
    let parted = deeds
        .iter()
        .filter(|deed| deed.about.len() > 1 && deed.typed.pairs().any(|(name, _)| name.part.as_deref() == Some("for")))
        .count();
    assert!(joint > 50 && parted > 30, "{joint} joint visits, {parted} with passages for one child");
    for form in
        ["visit", "case-note", "decision", "risk-assessment", "review", "placement", "legal-status", "chronology-entry"]
    {
        assert!(deeds.iter().any(|deed| deed.form == form), "{form}");
    }
    assert!(deeds.iter().any(|deed| deed.typed.get(&Name::of("late-reason")).is_some()), "some are late");
    assert!(deeds.iter().any(|deed| deed.typed.get(&Name::of("result")) == Some("no-reply")), "some visits fail");
}
