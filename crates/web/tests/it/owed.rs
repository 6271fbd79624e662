//! What is owed, as people meet it: on My work, on pages of its own, on a child's front page and My team.

use std::collections::BTreeSet;

use casework::{caseload::owed, records};
use policy::Sources as _;
use store::{HowMany, ListOf, Page as OfList};

use crate::{
    page::Page,
    town::{Browser, Child, Town, dated, opening, visited},
};

pub async fn looked_after(town: &Town, child: &Child, since: &str) {
    let typed = dated(since)
        .with("status", "V2")
        .with("episode-reason", "S")
        .with("category-of-need", "N1")
        .with("late-reason", "The papers came today.");
    town.write("sam", child, "legal-status", &typed).await;
}

pub async fn placed(town: &Town, child: &Child, since: &str) {
    let typed = dated(since)
        .with("type", "U6")
        .with("provider", "PR1")
        .with("carers.0.name", "Joan Pell")
        .with("carers.0.role", "foster carer")
        .with("address.lines", "4 Mill Street")
        .with("address.town", "Rochdale")
        .with("episode-reason", "S");
    town.write("sam", child, "placement", &typed).await;
}

/// A visit to a child in care planned for a day of March.
async fn planned(browser: &mut Browser, child: &Child, day: &str) -> Page {
    let page = browser.begin(child, "Planned visit").await;
    let form = page
        .form("Complete")
        .with("happened.day", day)
        .with("happened.month", "3")
        .with("happened.year", "2026")
        .with("kind", "cic")
        .with("place", "placement")
        .with("purpose", "How it goes")
        .with("joint", "alone");
    let done = browser.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    done
}

/// One line of a list, by the words with which what is owed begins.
fn line(page: &Page, what: &str) -> String {
    let lists = page.root.of_class("ls-owed");
    let lines = lists.iter().flat_map(|list| list.named("li")).map(crate::page::Element::text);
    let found: Vec<String> = lines.filter(|line| line.contains(what)).collect();
    assert_eq!(found.len(), 1, "{what}: {found:?} in {}", page.main());
    found.into_iter().next().unwrap()
}

both_engines! {
    /// R-TIME-X04, R-TIME-X08, R-TIME-X09: due from the day on which it begins, planned and moved, met by the visit,
    /// and the next one counted from that.
    async fn r_time_x04_a_visit_is_due_planned_moved_and_met(town: Town) {
        let mut sam = town.browser_of("sam");
        sam.get("/my-work/owed").await.must_not_hold("First visit to the child in the placement");
        placed(&town, &town.amira, "2026-03-02").await;
        let all = sam.get("/my-work/owed").await.is(200);
        let due = line(&all, "First visit to the child in the placement");
        assert!(due.starts_with("Amira Ali: First visit to the child in the placement, by Monday 9 March"), "{due}");
        assert!(due.contains("Record: Visit") && due.contains("Plan: Planned visit"), "{due}");

        let done = planned(&mut sam, &town.amira, "6").await;
        let due = line(&sam.get("/my-work/owed").await, "First visit");
        assert!(due.contains("planned for Friday 6 March") && !due.contains("after it is due"), "{due}");
        town.wait(60);
        let plan = sam.get(&done.entry_of("Amira")).await;
        let moved = sam.press_only(&plan.form("Planned visit moved"), "Planned visit moved").await;
        let form = moved.form("Complete").with("happened.day", "12").with("reason", "The school trip");
        let done = sam.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        let due = line(&sam.get("/my-work/owed").await, "First visit");
        assert!(due.contains("planned for Thursday 12 March, after it is due"), "{due}");
        sam.get(&town.amira.at("")).await.must_say("First visit to the child in the placement, by Monday 9 March");

        // On the day before, somebody is told without asking; on the day after, that it is late.
        town.at("2026-03-08T10:00:00.000000Z");
        let mut sam = town.sign_in("sam").await;
        let due = line(&sam.get("/my-work").await, "First visit");
        assert!(due.contains(", tomorrow"), "{due}");
        town.at("2026-03-11T10:00:00.000000Z");
        let mut sam = town.sign_in("sam").await;
        let work = sam.get("/my-work").await;
        let due = line(&work, "First visit");
        assert!(due.contains("2 days late"), "{due}");
        work.must_say("1 late");

        let page = sam.begin(&town.amira, "Visit").await;
        let form = visited(&page, &[&town.amira])
            .with("happened.day", "11")
            .with("happened.time", "09:00")
            .with("kind", "cic")
            .with("place", "placement");
        // It was due by Monday: what is done late is late with a reason for ever, and is never refused (R-TIME-X07).
        let asked = sam.press(&form, "Complete").await.is(422);
        let problem = asked.problems().remove(0);
        assert_eq!(problem.1, "late-reason");
        let said = "“First visit to the child in the placement” was due by Monday 9 March 2026";
        assert!(problem.0.starts_with(said), "{}", problem.0);
        let form = asked.form("Complete").with("late-reason", "The carers were away.");
        let done = sam.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?}", done.problems());
        let entry = sam.get(&done.entry_of("Amira")).await;
        entry.must_say(&format!("Done late: {said}. Reason: The carers were away."));
        // Beside the obligation, for the worker and for their manager.
        for who in ["sam", "grace"] {
            let owed = town.sign_in(who).await.get(&town.amira.at("owed")).await;
            owed.must_say("First visit to the child in the placement, done on 11 March 2026, 2 days late");
            owed.must_say("Why: The carers were away.");
        }
        let mut sam = town.sign_in("sam").await;
        let all = sam.get("/my-work/owed").await;
        all.must_not_hold("First visit to the child in the placement");
        // Six weeks from the visit itself, not from when it was due.
        let next = line(&all, "Visit to the child in the placement");
        assert!(next.contains("by Wednesday 22 April"), "{next}");
        town.assert_sound().await;
    }

    /// R-TIME-X07, R-TIME-X12: of two limits that a day sets off each is told by itself, and what is done late was late.
    async fn r_time_x12_each_limit_is_told_by_itself(town: Town) {
        looked_after(&town, &town.amira, "2026-02-02").await;
        let mut sam = town.browser_of("sam");
        let all = sam.get("/my-work/owed").await;
        let review = line(&all, "First review");
        assert!(review.contains("1 day late"), "{review}");
        let plan = line(&all, "Personal education plan");
        assert!(plan.contains("9 days late"), "{plan}");
        let work = sam.get("/my-work").await;
        work.must_say("Late, or due today or tomorrow");
        line(&work, "First review");
        // Of the team, by who is asked; every number opens its list.
        let mut grace = town.browser_of("grace");
        let team = grace.get("/team").await;
        let list = grace.get(&team.link("Late: Sam Okafor")).await.is(200);
        list.must_say("What Sam Okafor owes");
        assert!(line(&list, "First review").contains("Sam Okafor"), "{}", list.main());
        // Done today, after its day: it is no longer owed, and that it was late stands in the database for ever.
        let typed = dated("2026-03-03")
            .with("happened.time", "14:00")
            .with("people.0.name", "Gran Ali")
            .with("people.0.role", "grandmother")
            .with("recommendations", "That she stays.")
            .with(&town.amira.part("participation"), "PN1")
            .with("about", town.amira.record.to_string())
            .with("late-reason", "The chair was ill.");
        town.write("sam", &town.amira, "review", &typed).await;
        let all = sam.get("/my-work/owed").await;
        all.must_not_hold("First review");
        assert!(line(&all, "Second review").contains("by Wednesday 3 June"), "{}", all.main());
        let desk = town.desk("sam");
        let tx = desk.db.begin(desk.actor, desk.now).await.unwrap();
        let grant = tx.authorise(store::Read("tests"), town.amira.record, "").await.unwrap();
        let owed = tx.obligations(&grant).await.unwrap();
        let first = owed.iter().find(|owed| owed.id.clock == "review-first").unwrap();
        let later = desk.now.london().date().at(12, 0, 0, 0).checked_add(jiff::Span::new().years(10)).unwrap();
        assert_eq!(first.standing(desk.pack(), later), Some(record::obligation::Standing::DoneLate));
        drop(grant);
        drop(tx);
        town.assert_sound().await;
    }
}

both_engines! {
    /// A page of a team's list, which the engine divides, orders and counts, is that part of what the rules say of all of
    /// it, on every other day of some weeks; what was waived is on none. The ledger says of whom a page tells, and of nobody else.
    async fn a_page_of_a_teams_list_is_that_part_of_all_of_it(town: Town) {
        looked_after(&town, &town.amira, "2026-02-02").await;
        placed(&town, &town.amira, "2026-03-02").await;
        looked_after(&town, &town.bilal, "2026-02-16").await;
        let mut grace = town.browser_of("grace");
        let due = grace.get(&town.amira.at("owed")).await.is(200);
        let form = grace.get(&due.link("Waive it, or give it to a colleague: First review")).await;
        let form = form.form("It need not be done").with("reason", "She goes home on Monday.");
        grace.press(&form, "It need not be done").await.is(200);
        let mut whens = BTreeSet::new();
        for _ in 0..25 {
            town.wait(2 * 86_400);
            let desk = town.desk("grace");
            let (now, today) = (desk.now.london(), desk.now.day());
            let tx = desk.db.begin(desk.actor, desk.now).await.unwrap();
            let children = tx.unnamed(ListOf::Team, 1_000).await.unwrap();
            assert!(children.iter().all(|child| child.who.name.is_none()));
            let records: Vec<_> = children.iter().map(|child| child.record).collect();
            let decisions = tx.decided(&records).await.unwrap();
            let (mut all, mut many) = (Vec::new(), HowMany::default());
            for owed in tx.owed(&records).await.unwrap() {
                let standing = owed.standing(desk.pack(), now).unwrap();
                if standing.is_open() && decisions.of(&owed.id).is_none_or(|decided| decided.to.is_some()) {
                    let when = owed.when(standing, today);
                    many.add(when, 1);
                    all.push((when, owed.due.map(|due| due.due), owed.id.clock.clone(), owed.id.record));
                    whens.insert(when);
                }
            }
            drop(tx);
            all.sort();
            let mut paged = Vec::new();
            while paged.len() < all.len() {
                let page = owed::of_team(&desk, None, false, OfList { from: paged.len(), most: 3 }).await.unwrap();
                assert_eq!((page.many, page.from, page.shown.is_empty()), (many, paged.len(), false));
                let name = |due: &owed::Due| !due.name.is_empty() && !due.what.is_empty();
                assert!(page.shown.iter().all(name), "{:?}", page.shown);
                paged.extend(page.shown.iter().map(|due| {
                    let owed = &due.owed;
                    (due.when(today), owed.due.map(|due| due.due), owed.id.clock.clone(), owed.id.record)
                }));
            }
            assert_eq!(paged, all);
            let behind = owed::of_team(&desk, None, false, OfList { from: all.len(), most: 3 }).await.unwrap();
            assert_eq!((behind.from, behind.shown.len()), (0, all.len().min(3)), "behind the end comes the first page");
        }
        assert!(whens.len() >= 5, "{whens:?}");
        // One line, one child: the other was not shown.
        town.wait(60);
        let desk = town.desk("grace");
        let page = owed::of_team(&desk, None, false, OfList { from: 0, most: 1 }).await.unwrap();
        let shown = page.shown[0].owed.id.record;
        let (told, other) =
            if shown == town.amira.record { (&town.amira, &town.bilal) } else { (&town.bilal, &town.amira) };
        let at = record::time::time_in_words(desk.now.london().time());
        for (child, is_told) in [(told, true), (other, false)] {
            let looked = town.sign_in("ivy").await.get(&child.at("readings")).await.is(200).main();
            assert_eq!(looked.contains(&at), is_told, "{at}: {looked}");
        }
        town.assert_sound().await;
    }
}

/// A list that is longer than a page says which part of it each page is, and no heading has a number of that part alone.
#[tokio::test]
async fn a_long_list_says_which_part_of_it_a_page_is() {
    let town = Town::new().await;
    let mut grace = town.browser_of("grace");
    let counted = |page: &Page| page.root.named("h2").iter().any(|heading| heading.text().contains('('));
    let short = grace.get("/team/owed").await.is(200);
    short.must_not_hold("This page has");
    assert!(counted(&short), "{}", short.main());
    // Each child's chronology is to be brought up to date.
    let desk = town.desk("grace");
    for n in 0..100 {
        let typed = opening(&format!("Remy {n}"), "Wood", "2018-01-01", town.north);
        records::open(&desk, desk.new_id(), None, &typed).await.unwrap();
    }
    let first = grace.get("/team/owed").await.is(200);
    first.must_say("This page has 1 to 100 of them.");
    let second = grace.get(&first.link("What is due after these")).await.is(200);
    second.must_say("This page has 101 to ");
    grace.get(&second.link("What is due before these")).await.is(200).must_say("This page has 1 to 100 of them.");
    assert!(!counted(&first) && !counted(&second), "{} {}", first.main(), second.main());
}

/// Grouped by what somebody asks for, one page each, without a script; an address that must be kept is not told.
#[tokio::test]
async fn what_is_owed_is_grouped_as_one_asks() {
    let town = Town::new().await;
    for child in [&town.amira, &town.bilal] {
        looked_after(&town, child, "2026-02-02").await;
    }
    let typed = dated("2026-01-06")
        .with("person", town.amira.person.to_string())
        .with("address.lines", "77 Hidden Lane")
        .with("address.town", "Rochdale")
        .with("protected", "yes")
        .with("protected.reason", "From their father");
    town.write("sam", &town.amira, "address", &typed).await;
    let mut sam = town.browser_of("sam");
    let by_date = sam.get("/my-work/owed").await;
    by_date.must_say("Late (");
    let by_child = sam.get(&by_date.link("By child")).await;
    by_child.must_say("Amira Ali (");
    by_child.must_say("Bilal Ali (");
    let by_kind = sam.get(&by_date.link("By kind")).await;
    by_kind.must_say("First review (2)");
    let by_address = sam.get(&by_date.link("By address")).await;
    by_address.must_say("Address protected (");
    by_address.must_not_hold("Hidden Lane");
    sam.get(&by_date.link("By family")).await.must_say("The Ali family");
    // An address that nobody made is the list itself.
    sam.get("/my-work/owed?by=colour&from=99999999").await.is(200);
}

/// Nobody is told what is owed in a record that is closed to them: not by the list, the team's or a worker's name.
#[tokio::test]
async fn what_is_owed_of_a_closed_record_is_nobodys_to_see() {
    let town = Town::new().await;
    looked_after(&town, &town.amira, "2026-02-02").await;
    town.browser_of("tom").get("/my-work/owed").await.must_not_hold("Amira");
    town.browser_of("tom").get("/team/owed").await.is(403);
    town.browser_of("rita").get("/my-work/owed").await.must_not_hold("Amira");
    let of_sam = format!("/team/owed?worker={}", town.staff["tom"]);
    town.browser_of("grace").get(&of_sam).await.must_not_hold("Zara");
}

/// R-OBS-18, R-TIME-26, R-TIME-14, R-TIME-28: a visit whose day has passed says by when it is to be recorded.
#[tokio::test]
async fn r_time_26_a_visit_not_recorded_yet_says_by_when_it_is_to_be() {
    let town = Town::new().await;
    planned(&mut town.browser_of("sam"), &town.amira, "4").await;
    town.at("2026-03-06T09:10:00.000000Z");
    town.sign_in("sam").await.get("/my-work").await.must_say("not recorded yet; to be by Monday 9 March");
    town.at("2026-03-10T09:10:00.000000Z");
    town.sign_in("sam").await.get("/my-work").await.must_say("not recorded yet; it was to be by Monday 9 March");
}

/// R-TIME-X04: under another pack, which counts backwards from the planned visit, moving the visit moves what is due.
#[tokio::test]
async fn r_time_x04_a_moved_visit_moves_what_is_due_before_it() {
    let pack = policy::load(&policy::embedded(), "carefirst").unwrap();
    assert!(policy::embedded().files("carefirst").is_ok());
    let town = Town::of_pack(std::sync::Arc::new(pack)).await;
    let staff = town.staff["sam"].to_string();
    let page = town.browser_of("sam").begin(&town.amira, "Planned visit").await;
    let form = page
        .form("Complete")
        .with("happened.day", "10")
        .with("happened.month", "3")
        .with("happened.year", "2026")
        .with("happened.time", "10:00")
        .with("kind", "cin")
        .with("place", "home")
        .with("purpose", "How it goes")
        .with("visitor", &staff)
        .with("joint", "not-agreed");
    let mut sam = town.browser_of("sam");
    let form = if form.has("with") { form.with("with", &town.staff["priya"].to_string()) } else { form };
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let due = line(&sam.get("/my-work/owed").await, "Agreed who records the joint visit");
    assert!(due.contains("by Tuesday 10 March, 10:00"), "{due}");
    town.wait(60);
    let plan = sam.get(&done.entry_of("Amira")).await;
    let moved = sam.press_only(&plan.form("Planned visit moved"), "Planned visit moved").await;
    let form = moved.form("Complete").with("happened.day", "12").with("reason", "The school trip");
    let done = sam.press(&form, "Complete").await;
    assert!(done.path.ends_with("/done"), "{:?}", done.problems());
    let due = line(&sam.get("/my-work/owed").await, "Agreed who records the joint visit");
    assert!(due.contains("by Thursday 12 March, 10:00"), "{due}");
    town.assert_sound().await;
}

/// An act that nobody has done.
const NEW_ACT: &str = "0000000000000000000000act1";

both_engines! {
    /// R-TIME-X07, R-TIME-X09, R-OBS-18: a manager waives with a reason, and of two at once one is told what the other has
    /// decided; it leaves every list and stays readable on the record, with who and why, until it is asked for again.
    async fn r_time_x07_a_manager_waives_with_a_reason(town: Town) {
        looked_after(&town, &town.amira, "2026-02-02").await;
        let (mut grace, mut helen, mut sam) =
            (town.browser_of("grace"), town.browser_of("helen"), town.browser_of("sam"));
        let late = |page: &Page| -> usize {
            let counted = page.links().into_iter().find(|(text, _)| text.contains("Late: Sam Okafor"));
            counted.map_or(0, |(text, _)| text.split(' ').next().unwrap().parse().unwrap())
        };
        let before = late(&grace.get("/team").await);
        let due = grace.get(&town.amira.at("owed")).await.is(200);
        let review = due.link("Waive it, or give it to a colleague: First review");
        let form = grace.get(&review).await.is(200).form("It need not be done");
        let refused = grace.press(&form, "It need not be done").await.is(422);
        assert_eq!(refused.problems()[0].1, "reason", "why is asked");
        let reasoned = form.clone().with("reason", "She goes home on Monday.");
        let other = helen.get(&review).await.form("It need not be done").with("reason", "She went home.");
        let both = tokio::join!(
            grace.post(&reasoned.action, reasoned.body("It need not be done")),
            helen.post(&other.action, other.body("It need not be done")),
        );
        let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let refused = if both.0.status.as_u16() == 422 { both.0 } else { both.1 };
        refused.must_say("is no longer asked for");
        // Nobody is asked for it, and it is counted nowhere.
        sam.get("/my-work/owed").await.must_not_hold("First review");
        sam.get("/my-work").await.must_not_hold("First review");
        sam.get(&town.amira.at("")).await.must_not_hold("First review");
        grace.get("/team/owed").await.must_not_hold("First review");
        assert_eq!(late(&grace.get("/team").await), before - 1);
        // It is readable on the record: that it was due, by when, who decided and why.
        let due = sam.get(&town.amira.at("owed")).await;
        due.must_say("No longer asked for (1)");
        due.must_say("Why: She");
        assert!(due.links().iter().all(|(text, _)| !text.contains("Waive")), "a worker decides nothing");
        let at = due.link("First review: no longer asked for, by");
        let entry = sam.get(&at).await.is(200);
        for says in ["First review", "Monday 2 March 2026", "home"] {
            entry.must_say(says);
        }
        assert!(entry.links().iter().all(|(text, _)| !text.contains("Asked for again")));
        // The decision is taken back by an entry of its own.
        town.wait(60);
        let again = grace.get(&at).await;
        let again = grace.press_only(&again.form("Asked for again, as before"), "Asked for again, as before").await;
        let form = again.form("Complete").with("reason", "She stays after all.");
        let done = grace.press(&form, "Complete").await;
        assert!(done.path.ends_with("/done"), "{:?} {}", done.problems(), done.main());
        line(&sam.get("/my-work/owed").await, "First review");
        sam.get(&town.amira.at("owed")).await.must_not_hold("No longer asked for");
        town.assert_sound().await;
    }

    /// R-OBS-18, R-SUP-09: what is given to a colleague is asked of that one, no more of whom it was before, and whoever
    /// gave it sees it as what others owe them.
    async fn r_sup_09_what_is_given_to_a_colleague_is_theirs(town: Town) {
        looked_after(&town, &town.amira, "2026-02-02").await;
        let (mut grace, mut sam, mut priya) =
            (town.browser_of("grace"), town.browser_of("sam"), town.browser_of("priya"));
        let due = grace.get("/team/owed").await.is(200);
        let plan = due.link("Waive it, or give it to a colleague: Personal education plan, Amira");
        let form = grace.get(&plan).await.form("Give it to them");
        let refused = grace.press(&form, "Give it to them").await.is(422);
        assert_eq!(refused.problems().len(), 2, "to whom and why: {:?}", refused.problems());
        // Nothing is given to somebody who could not open the record: they would never see it.
        let tom = town.staff["tom"].to_string();
        assert!(!form.offers("to", &tom), "tom is offered");
        let of = plan.split("of=").nth(1).unwrap();
        let boxes = [("_of", of), ("_decision", "give"), ("to", &tom), ("reason", "He is free."), ("_act", NEW_ACT)];
        let refused = grace.post_own(&town.amira.at("owed/decision"), &boxes).await.is(422);
        refused.must_say("Choose a colleague who works with this record");
        let form = form.with("to", &town.staff["priya"].to_string()).with("reason", "She knows the school.");
        let owed = grace.press(&form, "Give it to them").await.is(200);
        let row = line(&owed, "Personal education plan");
        assert!(row.contains("Priya Nair · given by Grace Obi · why: She knows the school."), "{row}");
        sam.get("/my-work/owed").await.must_not_hold("Personal education plan");
        let row = line(&priya.get("/my-work/owed").await, "Personal education plan");
        assert!(row.contains("Amira Ali"), "{row}");
        let mine = grace.get("/my-work/owed").await;
        mine.must_say("What others owe you (1)");
        line(&mine, "Personal education plan");

        // What is not there, or not theirs to decide about, is answered alike.
        sam.get(&plan).await.is(404);
        town.browser_of("tom").get(&plan).await.is(404);
        let boxes = [("_of", of), ("_decision", "waive"), ("reason", "I do not like it."), ("_act", NEW_ACT)];
        sam.post_own(&town.amira.at("owed/decision"), &boxes).await.is(404);
        for nonsense in ["owed/decision?of=review-first/record/9", "owed/decision?of=nonsense", "owed/decision"] {
            grace.get(&town.amira.at(nonsense)).await.is(404);
        }
        town.assert_sound().await;
    }
}

/// What is done in time again and again is told once, with how often.
#[tokio::test]
async fn what_is_done_in_time_again_and_again_is_told_once() {
    let town = Town::new().await;
    for day in ["2026-03-03", "2026-03-04", "2026-03-05"] {
        town.at(&format!("{day}T12:00:00.000000Z"));
        town.write("sam", &town.amira, "chronology-checked", &dated(day).with("found", "Nothing to add.")).await;
    }
    let owed = town.sign_in("sam").await.get(&town.amira.at("owed")).await;
    owed.must_say("Chronology brought up to date, done on 5 March 2026, and 2 times in time before that");
    owed.must_not_hold("Chronology brought up to date, done on 4 March 2026");
    // What was late stands for itself, however often it was in time since (R-TIME-X07).
    town.at("2026-06-05T12:00:00.000000Z");
    for day in ["2026-06-05", "2026-06-06", "2026-06-07"] {
        town.at(&format!("{day}T12:00:00.000000Z"));
        let typed = dated(day).with("found", "Nothing to add.").with("late-reason", "It was forgotten.");
        town.write("sam", &town.amira, "chronology-checked", &typed).await;
    }
    let owed = town.sign_in("sam").await.get(&town.amira.at("owed")).await;
    owed.must_say("Chronology brought up to date, done on 7 June 2026, and 4 times in time before that");
    owed.must_say("Chronology brought up to date, done on 5 June 2026, 31 days late");
}

/// R-TIME-X09: whoever wants the daily e-mail asks for it on the page of their account, and stops it there.
#[tokio::test]
async fn r_time_x09_the_daily_email_is_asked_for_and_stopped() {
    let town = Town::new().await;
    let mut sam = town.browser_of("sam");
    let page = sam.get("/account").await;
    let form = page.form("Send it to me");
    let refused = sam.press(&form.clone().with("address", "sam at council"), "Send it to me").await.is(422);
    assert_eq!(refused.problems()[0].1, "address");
    assert_eq!(refused.form("Send it to me").value("address"), "sam at council", "what was typed stays");
    let page = sam.press(&form.with("address", "sam@council.example"), "Send it to me").await.is(200);
    let asked = casework::digest::own(&town.desk("sam")).await.unwrap().unwrap();
    assert_eq!(asked.address, "sam@council.example");
    // Of a failure the person is told, in plain words.
    town.db.digest_failed(town.staff["sam"], "The mail server refused it", false).await.unwrap();
    sam.get("/account").await.must_say("The last one was not sent. The mail server refused it.");
    // A day is taken once, whoever asks.
    let day = "2026-03-03".parse().unwrap();
    let (one, other) =
        tokio::join!(town.db.take_digest(town.staff["sam"], day), town.db.take_digest(town.staff["sam"], day));
    assert_ne!(one.unwrap(), other.unwrap());
    sam.press(&page.form("Stop sending it"), "Stop sending it").await.is(200);
    assert_eq!(casework::digest::own(&town.desk("sam")).await.unwrap(), None);
    assert!(town.db.digests().await.unwrap().is_empty());
    // Asked for again on the same day, that day is not mailed again.
    casework::digest::ask(&town.desk("sam"), "sam@council.example").await.unwrap();
    assert!(!town.db.take_digest(town.staff["sam"], day).await.unwrap());
    // What it says has no name in it.
    looked_after(&town, &town.amira, "2026-02-02").await;
    let told = casework::digest::told(&town.desk("sam")).await.unwrap().unwrap();
    let text = told.subject() + &told.text("https://lifestory.example/");
    assert!(text.contains("First review: 1") && text.contains("https://lifestory.example/my-work/owed"), "{text}");
    for name in ["Amira", "Ali", "Sam"] {
        assert!(!text.contains(name), "{name}: {text}");
    }
    town.assert_sound().await;
}

/// The first review in another time than England's 20 working days.
fn reviewed_within(pack: &std::sync::Arc<policy::Pack>, old: &str, new: &str) -> std::sync::Arc<policy::Pack> {
    let due =
        |words: &str| format!("starts = {{ begins = \"looked-after\" }}\n{words}\nmet-by = {{ form = \"review\" }}");
    crate::approval::after(pack, &[("england", "clocks.toml", &due(old), &due(new))])
}

both_engines! {
    /// R-GOV-03, R-TIME-X04: open work keeps the rule that it began under, in every process and however it is worked out;
    /// what begins under the new version goes by that; and a version may say of a rule that it goes for open work too.
    async fn r_gov_03_open_work_keeps_the_rule_it_began_under(town: Town) {
        const OLD: &str = "due = \"20 working days\"";
        const NEW: &str = "due = \"10 working days\"";
        let mut town = town;
        looked_after(&town, &town.amira, "2026-02-16").await;
        let first = async |town: &Town, child: &str| {
            let all = town.sign_in("sam").await.get("/my-work/owed").await;
            line(&all, &format!("{child} Ali: First review"))
        };
        let due = first(&town, "Amira").await;
        assert!(due.contains("by Monday 16 March"), "{due}");
        let sooner = reviewed_within(&crate::town::PACK, OLD, NEW);
        // Somebody began before the new version was in force and is done after it: they still hold the old one.
        let before = town.desk("sam");
        town.approve(&sooner, "2026-03-09").await;
        town.at("2026-03-09T10:00:00.000000Z");
        town.db = town.db.at_this_moment().await.unwrap();
        assert_eq!(town.db.pack().version(), sooner.version());
        // Nobody waits, and what is read is right before it was worked out for all, and after.
        for _ in 0..2 {
            let due = first(&town, "Amira").await;
            assert!(due.contains("by Monday 16 March"), "it began under the old rule: {due}");
            town.db.work_out_owed().await.unwrap();
        }
        let holds_the_old = casework::Desk::new(before.db.clone(), before.actor, town.db.now());
        assert_ne!(holds_the_old.db.pack().version(), town.db.pack().version());
        for child in [&town.bilal, &town.amira] {
            let typed = dated("2026-03-09").with("status", "V2").with("episode-reason", "S").with("category-of-need", "N1");
            let typed = if child.record == town.amira.record { typed.with("status", "C2").with("episode-reason", "L") } else { typed };
            casework::recording::record_now(&holds_the_old, holds_the_old.new_id(), child.record, "legal-status", &typed)
                .await
                .unwrap();
        }
        // Written by whoever held the old rule; read, and verified, by the one in force.
        let due = first(&town, "Bilal").await;
        assert!(due.contains("by Monday 23 March"), "ten working days from the 9th: {due}");
        let due = first(&town, "Amira").await;
        assert!(due.contains("by Monday 16 March"), "{due}");
        town.assert_sound().await;
        let due = first(&town, "Bilal").await;
        assert!(due.contains("by Monday 23 March"), "{due}");

        // A version that says so dates open work anew.
        let for_all = reviewed_within(&sooner, NEW, "due = \"5 working days\"\nopen-work-too = true");
        town.approve(&for_all, "2026-03-10").await;
        town.at("2026-03-10T10:00:00.000000Z");
        town.db = town.db.at_this_moment().await.unwrap();
        let due = first(&town, "Bilal").await;
        assert!(due.contains("by Monday 16 March"), "{due}");
        let due = first(&town, "Amira").await;
        assert!(due.contains("15 days late"), "five working days from 16 February: {due}");
        town.assert_sound().await;
    }
}
