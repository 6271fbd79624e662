//! What a child's record owes when one policy follows another: told as the story of visits to a placement, which repeat.

use policy::Pack;
use record::obligation::{Before, Obligation, obligations_in_turn};

use crate::obligations::{ENGLAND, Story, day, seen, told};

const VISIT: &str =
    "met-by = { form = \"visit\", when = [{ field = \"kind\", is = \"cic\" }, { field = \"seen\", is = \"yes\" }] }";
const VISIT_OR_NOTE: &str = "met-by = [{ form = \"visit\", when = [{ field = \"kind\", is = \"cic\" }, { field = \"seen\", is = \"yes\" }] }, { form = \"case-note\" }]";

/// England's pack with other words in one of its clocks.
fn england(clocks: &[&str], old: &str, new: &str) -> Pack {
    let mut text = ENGLAND.made_of().text("england", "clocks.toml").expect("it has clocks").to_owned();
    for clock in clocks {
        let from = text.find(&format!("id = \"{clock}\"\n")).expect("the clock is there");
        let at = from + text[from..].find(old).expect("the words are there");
        text.replace_range(at..at + old.len(), new);
    }
    let files = ENGLAND.made_of().clone().with("england", "clocks.toml", &text);
    policy::load(&files, "england").unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

const BOTH: &[&str] = &["placement-visit-first", "placement-visit"];

/// These packs, each until a day, and the one in force.
fn in_turn<'p>(before: &[(&'p Pack, &str)], now: &'p Pack, story: &Story) -> Vec<Obligation<'p>> {
    let mut from = "2020-01-01";
    let mut packs = Vec::new();
    for (pack, until) in before {
        let all = pack.clocks();
        let going_on = |place: &usize| now.clocks().get(&all.all()[*place].id).is_some_and(|now| !now.open_work_too);
        let clocks = all.order().iter().copied().filter(going_on).collect();
        packs.push(Before { pack, clocks, from: day(from), until: day(until) });
        from = until;
    }
    obligations_in_turn(&packs, now, story.life(), now.clocks().order())
}

/// The visits after the first one, as a person would write them, each with its number.
fn visits(all: &[Obligation<'_>]) -> Vec<String> {
    let of = |one: &&Obligation<'_>| one.clock.id == "placement-visit";
    all.iter().filter(of).map(|one| format!("{}: {}", one.occurrence, told(one, "2026-07-25 09:00"))).collect()
}

fn note(story: &mut Story, on: &str) {
    story.entry("case-note", &format!("{on} 10:00"), &format!("{on} 16:00"), &[]);
}

fn placed() -> Story {
    let mut story = Story::new();
    story.fact("placement", "U6", "2026-03-02");
    seen(&mut story, "2026-03-06");
    story
}

/// R-GOV-03, R-TIME-X05: a note counted as a visit, and counts no more. What began before is met by one still; what
/// follows is counted from then, by the new rule, and is there.
#[test]
fn r_time_x05_fewer_forms_meet_what_repeats_and_nothing_open_is_lost() {
    let old = england(&["placement-visit"], VISIT, VISIT_OR_NOTE);
    let mut story = placed();
    for on in ["2026-04-10", "2026-05-20"] {
        note(&mut story, on);
    }
    let open = ["3: 2026-05-20 due 2026-07-01 Late"];
    assert_eq!(visits(&in_turn(&[(&old, "2026-06-01")], &ENGLAND, &story))[2..], open);
    note(&mut story, "2026-06-20");
    note(&mut story, "2026-07-10");
    let told = [
        "1: 2026-03-06 due 2026-04-17 2026-04-10 Done",
        "2: 2026-04-10 due 2026-05-22 2026-05-20 Done",
        "3: 2026-05-20 due 2026-07-01 2026-06-20 Done",
        "4: 2026-06-20 due 2026-08-01 Soon",
    ];
    assert_eq!(visits(&in_turn(&[(&old, "2026-06-01")], &ENGLAND, &story)), told);
    seen(&mut story, "2026-07-20");
    let told = ["4: 2026-06-20 due 2026-08-01 2026-07-20 Done", "5: 2026-07-20 due 2026-08-31 Ahead"];
    assert_eq!(visits(&in_turn(&[(&old, "2026-06-01")], &ENGLAND, &story))[3..], told);
}

/// R-GOV-03, R-TIME-X05: a note counts as a visit from a day on. What began before is open until a visit, once, whatever
/// notes were written; what follows is met by one.
#[test]
fn r_time_x05_more_forms_meet_what_repeats_and_nothing_is_owed_twice() {
    let new = england(&["placement-visit"], VISIT, VISIT_OR_NOTE);
    let mut story = placed();
    seen(&mut story, "2026-04-10");
    for on in ["2026-04-20", "2026-05-05", "2026-06-10"] {
        note(&mut story, on);
    }
    let told = ["1: 2026-03-06 due 2026-04-17 2026-04-10 Done", "2: 2026-04-10 due 2026-05-22 Late"];
    assert_eq!(visits(&in_turn(&[(&ENGLAND, "2026-06-01")], &new, &story)), told);
    seen(&mut story, "2026-06-15");
    note(&mut story, "2026-07-01");
    let told = [
        "2: 2026-04-10 due 2026-05-22 2026-06-15 DoneLate",
        "3: 2026-06-15 due 2026-07-27 2026-07-01 Done",
        "4: 2026-07-01 due 2026-08-12 Ahead",
    ];
    assert_eq!(visits(&in_turn(&[(&ENGLAND, "2026-06-01")], &new, &story))[1..], told);
}

/// R-GOV-03: what the visits are counted from changes too, and only a note ever met it; a version that is taken back
/// leaves what was done in its days; and one that goes for open work too dates all of it.
#[test]
fn r_gov_03_what_is_counted_from_another_and_what_is_taken_back() {
    let notes = england(BOTH, VISIT, VISIT_OR_NOTE);
    let mut story = Story::new();
    story.fact("placement", "U6", "2026-03-02");
    note(&mut story, "2026-03-06");
    note(&mut story, "2026-04-10");
    let told = ["1: 2026-03-06 due 2026-04-17 2026-04-10 Done", "2: 2026-04-10 due 2026-05-22 Late"];
    assert_eq!(visits(&in_turn(&[(&notes, "2026-06-01")], &ENGLAND, &story)), told);
    // The first visit began under the old rule, and a note met it in the days of the new one.
    let late = visits(&in_turn(&[(&notes, "2026-03-04")], &ENGLAND, &story));
    assert_eq!(late, ["1: 2026-03-06 due 2026-04-17 Late"]);

    // For a month notes counted.
    let mut story = placed();
    note(&mut story, "2026-04-10");
    seen(&mut story, "2026-04-12");
    note(&mut story, "2026-05-10");
    note(&mut story, "2026-06-05");
    let before = [(&*ENGLAND, "2026-04-11"), (&notes, "2026-06-01")];
    let told = [
        "1: 2026-03-06 due 2026-04-17 2026-04-12 Done",
        "2: 2026-04-12 due 2026-05-24 2026-05-10 Done",
        "3: 2026-05-10 due 2026-06-21 2026-06-05 Done",
        "4: 2026-06-05 due 2026-07-17 Late",
    ];
    assert_eq!(visits(&in_turn(&before, &ENGLAND, &story)), told);
    let for_all = england(&["placement-visit"], "repeats = true", "repeats = true\nopen-work-too = true");
    let told = ["1: 2026-03-06 due 2026-04-17 2026-04-12 Done", "2: 2026-04-12 due 2026-05-24 Late"];
    assert_eq!(visits(&in_turn(&before, &for_all, &story)), told);
    // The same, said by a version that is over: what began in its days goes by it, and what follows from that too.
    let notes_for_all = england(&["placement-visit"], VISIT, &format!("open-work-too = true\n{VISIT_OR_NOTE}"));
    let before = [(&*ENGLAND, "2026-04-11"), (&notes_for_all, "2026-06-01")];
    let told = [
        "1: 2026-03-06 due 2026-04-17 2026-04-10 Done",
        "2: 2026-04-10 due 2026-05-22 2026-04-12 Done",
        "3: 2026-04-12 due 2026-05-24 2026-05-10 Done",
        "4: 2026-05-10 due 2026-06-21 2026-06-05 Done",
        "5: 2026-06-05 due 2026-07-17 Late",
    ];
    assert_eq!(visits(&in_turn(&before, &ENGLAND, &story)), told);
}

/// Versions that change nothing of it change nothing.
#[test]
fn the_same_rules_in_turn_are_one_rule() {
    let mut story = placed();
    for on in ["2026-04-10", "2026-05-20", "2026-06-20"] {
        seen(&mut story, on);
    }
    let once = visits(&story.all(&ENGLAND));
    assert_eq!(once.len(), 4);
    let before = [(&*ENGLAND, "2026-04-10"), (&*ENGLAND, "2026-06-01")];
    assert_eq!(visits(&in_turn(&before, &ENGLAND, &story)), once);
}
