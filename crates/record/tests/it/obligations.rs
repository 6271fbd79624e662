//! What a record owes, on the packs that ship: told as stories of one child.

use std::{borrow::Cow, sync::LazyLock};

use jiff::civil::{Date, DateTime};
use policy::Pack;
use record::{
    EntryId, Moment,
    id::Chance,
    obligation::{Happening, Held, Life, Obligation, ObligationId, Standing, obligations, obligations_of},
};

use crate::world::{PACK, person, record};

pub static ENGLAND: LazyLock<Pack> = LazyLock::new(|| policy::load(&policy::embedded(), "england").expect("it loads"));

/// One child's life, told step by step.
pub struct Story {
    life: Life<'static>,
    next: u64,
}

struct Numbered(u64);
impl Chance for Numbered {
    fn fill(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
        bytes[2..10].copy_from_slice(&self.0.to_be_bytes());
    }
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// `2026-03-02 15:20`
pub fn time(text: &str) -> DateTime {
    text.replace(' ', "T").parse().expect("a day and a time")
}

fn moment(at: DateTime) -> Moment {
    Moment::of_london(at.date(), at.time())
}

impl Story {
    pub fn new() -> Self {
        Self { life: Life { record: record(1), entries: Vec::new(), facts: Vec::new(), first_written: None }, next: 0 }
    }

    pub fn life(&self) -> &Life<'static> {
        &self.life
    }

    fn number(&mut self) -> EntryId {
        self.next += 1;
        EntryId::new(Moment::from_microsecond(0), &mut Numbered(self.next))
    }

    /// An entry of this form: what it tells happened then, and it was complete at that moment.
    pub fn entry(
        &mut self,
        form: &'static str,
        happened: &str,
        written: &str,
        answers: &[(&'static str, &str)],
    ) -> EntryId {
        let entry = self.number();
        let (on, at) = happened.split_once(' ').map_or((happened, None), |(on, at)| (on, Some(at)));
        let completed = moment(time(written));
        self.life.entries.push(Happening {
            entry,
            first: entry,
            form: Cow::Borrowed(form),
            happened_on: day(on),
            happened_at: at.map(|at| at.parse().expect("a time")),
            started: None,
            completed,
            authorised: None,
            in_chronology: false,
            author: person(7),
            answers: answers
                .iter()
                .map(|(field, answer)| (Cow::Borrowed(*field), Cow::Owned((*answer).to_owned())))
                .collect(),
        });
        self.life.first_written = Some(self.life.first_written.map_or(completed, |first| first.min(completed)));
        entry
    }

    /// A fact that holds from a day, after which nothing was said of it. What stood in its line ends.
    pub fn fact(&mut self, kind: &'static str, value: &str, from: &str) -> EntryId {
        let (from, entry) = (day(from), self.number());
        for held in self.life.facts.iter_mut().filter(|held| held.kind == kind && held.until.is_none()) {
            held.until = Some(from);
        }
        let value = Cow::Owned(value.to_owned());
        self.life.facts.push(Held { kind: Cow::Borrowed(kind), value, from, until: None, entry });
        entry
    }

    pub fn all<'p>(&self, pack: &'p Pack) -> Vec<Obligation<'p>> {
        obligations(pack, &self.life)
    }

    /// Event, due and standing of each obligation of a clock, as a person would write them.
    pub fn told(&self, pack: &Pack, clock: &str, now: &str) -> Vec<String> {
        let of = |obligation: &&Obligation<'_>| obligation.clock.id == clock;
        self.all(pack).iter().filter(of).map(|one| told(one, now)).collect()
    }
}

pub fn told(one: &Obligation<'_>, now: &str) -> String {
    let due = one.due.map_or_else(|| "no date".to_owned(), |due| due.due.date().to_string());
    let met = one.met.map_or(String::new(), |met| format!(" {}", met.acted.day()));
    format!("{} due {due}{met} {:?}", one.event.day(), one.standing(time(now)))
}

pub fn seen(story: &mut Story, on: &str) -> EntryId {
    let (at, written) = (format!("{on} 10:00"), format!("{on} 16:00"));
    story.entry("visit", &at, &written, &[("kind", "cic"), ("result", "took-place"), ("seen", "yes")])
}

/// D-29, R-REV-01, R-TIME-X05: reviews follow each other, each counted from the last.
#[test]
fn d_29_reviews_are_due_by_regulation_33() {
    let mut story = Story::new();
    story.fact("legal-status", "V2", "2026-03-02");
    // Easter lies in between: Good Friday is 3 April 2026, Easter Monday 6 April.
    assert_eq!(story.told(&ENGLAND, "review-first", "2026-03-10 09:00"), ["2026-03-02 due 2026-03-30 Ahead"]);
    assert_eq!(story.told(&ENGLAND, "review-first", "2026-03-23 00:00"), ["2026-03-02 due 2026-03-30 Soon"]);
    assert_eq!(story.told(&ENGLAND, "review-first", "2026-03-31 00:00"), ["2026-03-02 due 2026-03-30 Late"]);
    story.entry("review", "2026-03-31 14:00", "2026-03-31 17:00", &[]);
    assert_eq!(
        story.told(&ENGLAND, "review-first", "2026-04-10 09:00"),
        ["2026-03-02 due 2026-03-30 2026-03-31 DoneLate"]
    );
    assert_eq!(story.told(&ENGLAND, "review-second", "2026-04-10 09:00"), ["2026-03-31 due 2026-06-30 Ahead"]);
    // The legal status changes; the child is looked after without a gap.
    story.fact("legal-status", "C1", "2026-05-11");
    story.entry("review", "2026-06-30 10:00", "2026-07-02 09:00", &[]);
    story.entry("review", "2026-11-30 10:00", "2026-12-01 09:00", &[]);
    assert_eq!(story.told(&ENGLAND, "review-first", "2026-12-10 09:00").len(), 1, "one time of being looked after");
    assert_eq!(
        story.told(&ENGLAND, "review-second", "2026-12-10 09:00"),
        ["2026-03-31 due 2026-06-30 2026-06-30 Done"]
    );
    assert_eq!(
        story.told(&ENGLAND, "review-later", "2026-12-10 09:00"),
        ["2026-06-30 due 2026-12-30 2026-11-30 Done", "2026-11-30 due 2027-05-30 Ahead"]
    );
    // Home again: nothing is owed any more, and what was done stays.
    story.fact("legal-status", "", "2027-01-15");
    assert_eq!(
        story.told(&ENGLAND, "review-later", "2027-06-10 09:00"),
        ["2026-06-30 due 2026-12-30 2026-11-30 Done", "2026-11-30 due 2027-05-30 Ended"]
    );
}

/// R-VIS-14, R-TIME-X06: visits to a child in a placement, by regulation 28.
#[test]
fn r_vis_14_visits_are_due_by_regulation_28() {
    let mut story = Story::new();
    story.fact("placement", "U4", "2026-03-02");
    assert_eq!(story.told(&ENGLAND, "placement-visit-first", "2026-03-03 09:00"), ["2026-03-02 due 2026-03-09 Ahead"]);
    // Nobody in, and a visit of another kind: neither is it.
    story.entry("visit", "2026-03-04 10:00", "2026-03-04 12:00", &[("kind", "cic"), ("result", "no-reply")]);
    story.entry("visit", "2026-03-05 10:00", "2026-03-05 12:00", &[("kind", "assessment"), ("seen", "yes")]);
    assert_eq!(story.told(&ENGLAND, "placement-visit-first", "2026-03-10 00:00"), ["2026-03-02 due 2026-03-09 Late"]);
    seen(&mut story, "2026-03-06");
    assert_eq!(
        story.told(&ENGLAND, "placement-visit-first", "2026-03-10 00:00"),
        ["2026-03-02 due 2026-03-09 2026-03-06 Done"]
    );
    seen(&mut story, "2026-04-17");
    seen(&mut story, "2026-05-30");
    seen(&mut story, "2027-03-01");
    seen(&mut story, "2027-03-02");
    // Long-term fostering: after the first year every three months. Six weeks from 17 April are over on 29 May.
    assert_eq!(
        story.told(&ENGLAND, "placement-visit", "2027-03-10 09:00"),
        [
            "2026-03-06 due 2026-04-17 2026-04-17 Done",
            "2026-04-17 due 2026-05-29 2026-05-30 DoneLate",
            "2026-05-30 due 2026-07-11 2027-03-01 DoneLate",
            "2027-03-01 due 2027-04-12 2027-03-02 Done",
            "2027-03-02 due 2027-06-02 Ahead",
        ]
    );
    // Another placement begins, and all begins anew; what the old one owed is over.
    story.fact("placement", "U6", "2027-04-01");
    assert_eq!(
        story.told(&ENGLAND, "placement-visit-first", "2027-04-02 09:00"),
        ["2026-03-02 due 2026-03-09 2026-03-06 Done", "2027-04-01 due 2027-04-08 Ahead"]
    );
    assert_eq!(
        story.told(&ENGLAND, "placement-visit", "2027-07-01 09:00").last().map(String::as_str),
        Some("2027-03-02 due 2027-06-02 Ended")
    );
}

/// R-TIME-X04: what is planned is seen before it is late; moving the plan moves it, and its name stays.
#[test]
fn r_time_x04_a_planned_visit_is_seen_and_moves() {
    let mut story = Story::new();
    story.fact("placement", "K2", "2026-03-02");
    let plan = story.entry("planned-visit", "2026-03-06 10:00", "2026-03-02 09:00", &[("kind", "cic")]).to_string();
    let planned = |story: &Story| {
        let all = story.all(&ENGLAND);
        let first = all.iter().find(|one| one.clock.id == "placement-visit-first").expect("it is owed");
        (first.id(record(1)), first.planned.map(|planned| planned.day().to_string()))
    };
    let before = planned(&story);
    assert_eq!(before.1.as_deref(), Some("2026-03-06"));
    let moved = story
        .entry("visit-moved", "2026-03-09 11:00", "2026-03-05 09:00", &[("kind", "cic"), ("instead-of", &plan)])
        .to_string();
    let after = planned(&story);
    assert_eq!((after.0, after.1.as_deref()), (before.0, Some("2026-03-09")));
    story.entry("visit-cancelled", "2026-03-08", "2026-03-08 09:00", &[("planned", &moved)]);
    assert_eq!(planned(&story).1, None);
}

/// R-TIME-X07, R-TIME-X08, R-TIME-X09: an entry written late is late for ever; its times are kept; a reminder comes
/// before the limit.
#[test]
fn r_time_x07_r_time_x08_recorded_late_is_late_for_ever() {
    let mut story = Story::new();
    story.entry("visit", "2026-03-02 15:20", "2026-03-06 00:00", &[("kind", "cin")]);
    story.entry("case-note", "2026-03-02 15:20", "2026-03-05 23:59", &[]);
    let all = story.all(&PACK);
    let visit = all.iter().find(|one| one.clock.id == "visit-recorded").expect("a visit is to be recorded");
    assert_eq!(told(visit, "2036-01-01 00:00"), "2026-03-02 due 2026-03-05 2026-03-06 DoneLate");
    assert_eq!(visit.event.when, time("2026-03-02 15:20"));
    assert_eq!(visit.met.map(|met| met.completed), Some(moment(time("2026-03-06 00:00"))));
    assert_eq!(visit.remind_at, Some(time("2026-03-04 00:00")), "one working day before");
    assert_eq!(
        story.told(&PACK, "case-note-recorded", "2036-01-01 00:00"),
        ["2026-03-02 due 2026-03-05 2026-03-05 Done"]
    );
    assert_eq!(story.told(&PACK, "visit-recorded-other-row", "2036-01-01 00:00").len(), 0, "it is not in force");
}

/// R-CHR-03, R-TIME-04, R-TIME-X05: the chronology, from the last time that it was worked on.
#[test]
fn r_time_04_the_chronology_recurs_from_the_last_time() {
    let mut story = Story::new();
    story.entry("opening", "2026-01-05", "2026-01-05 10:00", &[]);
    assert_eq!(story.told(&PACK, "chronology-updated", "2026-03-05 12:00"), ["2026-01-05 due 2026-03-05 Soon"]);
    assert_eq!(story.told(&PACK, "chronology-updated", "2026-03-06 00:00"), ["2026-01-05 due 2026-03-05 Late"]);
    story.entry("chronology-checked", "2026-03-06", "2026-03-06 10:00", &[]);
    assert_eq!(
        story.told(&PACK, "chronology-updated", "2026-04-01 12:00"),
        ["2026-01-05 due 2026-03-05 2026-03-06 DoneLate", "2026-03-06 due 2026-05-06 Ahead"]
    );
    // The record is closed: nobody owes it any more.
    story.fact("record-status", "closed", "2026-04-10");
    assert_eq!(story.told(&PACK, "chronology-updated", "2026-06-01 12:00")[1], "2026-03-06 due 2026-05-06 Ended");
}

/// Whatever order things arrive in, the same is owed; and after one entry only the clocks that it concerns can differ.
#[test]
fn what_is_owed_does_not_depend_on_the_order_of_arrival() {
    let mut story = Story::new();
    story.fact("legal-status", "V2", "2026-03-02");
    story.fact("placement", "U6", "2026-03-02");
    for on in ["2026-03-06", "2026-04-10", "2026-05-30"] {
        seen(&mut story, on);
    }
    story.entry("review", "2026-03-27 10:00", "2026-03-27 12:00", &[]);
    let before = story.all(&PACK);
    let mut backwards = story.life().clone();
    backwards.entries.reverse();
    backwards.facts.reverse();
    assert_eq!(obligations(&PACK, &backwards), before);

    let after = {
        story.entry("review", "2026-06-20 10:00", "2026-06-20 12:00", &[]);
        story.all(&PACK)
    };
    let concerned = PACK.clocks().concerned_by("review", false);
    let others = |all: &[Obligation<'static>]| {
        all.iter().filter(|one| !concerned.contains(&one.place)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(others(&before), others(&after));
    let again = obligations_of(&PACK, story.life(), &concerned);
    let own = |all: &[Obligation<'static>]| {
        all.iter().filter(|one| concerned.contains(&one.place)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(own(&again), own(&after));
    assert_ne!(own(&before), own(&after));
}

#[test]
fn an_obligation_has_a_name_that_reads_back() {
    let mut story = Story::new();
    story.fact("legal-status", "V2", "2026-03-02");
    story.entry("opening", "2026-03-02", "2026-03-02 10:00", &[]);
    for one in story.all(&PACK) {
        let id = one.id(record(1));
        assert_eq!(id.to_string().parse::<ObligationId>(), Ok(id));
    }
    assert!("a/b/c".parse::<ObligationId>().is_err());
    assert!(!Standing::DoneLate.is_open() && Standing::Late.is_open());
}

fn shipped(id: &str) -> Pack {
    policy::load(&policy::embedded(), id).expect("a shipped pack loads")
}

/// R-TIME-X10, R-TIME-X12, R-TIME-50, R-TIME-51: a standard without a number and the most that is allowed, each reported.
#[test]
fn r_time_x10_r_time_x12_two_limits_of_one_act_are_each_reported() {
    let bolton = shipped("bolton");
    let mut story = Story::new();
    let now = "2026-03-20 09:00";
    story.entry("case-note", "2026-03-02 15:20", "2026-03-03 23:59", &[]);
    story.entry("case-note", "2026-03-05 15:20", "2026-03-09 09:00", &[]);
    story.entry("case-note", "2026-03-06 15:20", "2026-03-16 09:00", &[]);
    assert_eq!(
        story.told(&bolton, "contact-recorded", now),
        [
            "2026-03-02 due 2026-03-02 2026-03-03 Done",
            "2026-03-05 due 2026-03-05 2026-03-09 DoneLate",
            "2026-03-06 due 2026-03-06 2026-03-16 DoneLate",
        ]
    );
    assert_eq!(
        story.told(&bolton, "contact-recorded-at-most", now),
        [
            "2026-03-02 due 2026-03-09 2026-03-03 Done",
            "2026-03-05 due 2026-03-12 2026-03-09 Done",
            "2026-03-06 due 2026-03-13 2026-03-16 DoneLate",
        ]
    );
}

/// R-TIME-X04, R-TIME-101: counted backwards from a planned visit, which is moved, agreed on, or called off.
#[test]
fn r_time_x04_what_is_due_before_a_visit_moves_with_it() {
    let carefirst = shipped("carefirst");
    let joint = [("kind", "cin"), ("joint", "not-agreed")];
    let told = |story: &Story, now: &str| story.told(&carefirst, "joint-visit-recorder-agreed", now);

    let mut story = Story::new();
    let plan = story.entry("planned-visit", "2026-03-12 14:00", "2026-03-02 09:00", &joint);
    assert_eq!(told(&story, "2026-03-03 09:00"), ["2026-03-12 due 2026-03-12 Ahead"]);
    let name = |story: &Story| story.all(&carefirst)[0].id(record(1));
    let named = name(&story);
    let moved = story.entry(
        "visit-moved",
        "2026-03-17",
        "2026-03-10 09:00",
        &[("kind", "cin"), ("joint", "not-agreed"), ("instead-of", &plan.to_string())],
    );
    // Without a time of day, the day before is the last; it is the same obligation.
    assert_eq!(told(&story, "2026-03-11 09:00"), ["2026-03-17 due 2026-03-16 Ahead"]);
    assert_eq!(name(&story), named);
    assert_eq!(told(&story, "2026-03-13 00:00"), ["2026-03-17 due 2026-03-16 Soon"], "one working day before");

    let mut agreed = Story { life: story.life().clone(), next: story.next };
    agreed.entry("visit-recorder", "2026-03-13", "2026-03-13 10:00", &[("planned", &moved.to_string())]);
    assert_eq!(told(&agreed, "2026-03-20 09:00"), ["2026-03-17 due 2026-03-16 2026-03-13 Done"]);

    let mut off = Story { life: story.life().clone(), next: story.next };
    off.entry("visit-cancelled", "2026-03-14", "2026-03-14 10:00", &[("planned", &moved.to_string())]);
    assert_eq!(told(&off, "2026-03-20 09:00"), ["2026-03-17 due 2026-03-16 Ended"]);

    // A word about another plan changes nothing.
    let mut other = Story { life: story.life().clone(), next: story.next };
    let second = other.entry("planned-visit", "2026-04-02 14:00", "2026-03-02 10:00", &[("joint", "agreed")]);
    other.entry("visit-recorder", "2026-03-13", "2026-03-13 10:00", &[("planned", &second.to_string())]);
    assert_eq!(told(&other, "2026-03-13 11:00"), ["2026-03-17 due 2026-03-16 Soon"]);
}

/// What was amended is the same act: its obligation keeps its name, and its first writing decides whether it was late.
#[test]
fn an_amendment_changes_no_name_and_no_lateness() {
    let mut story = Story::new();
    story.entry("visit", "2026-03-02 15:20", "2026-03-04 09:00", &[("kind", "cin")]);
    let before = story.all(&PACK);
    let first = story.life.entries[0].entry;
    // The amendment stands in its place, written weeks later; it was complete first when the original was.
    let amendment = story.number();
    story.life.entries[0].entry = amendment;
    let after = story.all(&PACK);
    assert_eq!(after[0].id(record(1)), before[0].id(record(1)));
    assert_eq!(after[0].entry.map(|(entry, _)| entry), Some(amendment));
    assert_ne!(amendment, first);
    assert_eq!(after[0].standing(time("2026-05-01 09:00")), Standing::Done);
}

/// R-VIS-14, R-TIME-X06: with a parent under an interim care order: weekly until the first review, then every four weeks.
#[test]
fn r_time_x06_the_interval_depends_on_what_holds_on_the_day() {
    let mut story = Story::new();
    story.fact("legal-status", "C1", "2026-03-02");
    story.fact("placement", "P1", "2026-03-02");
    for on in ["2026-03-06", "2026-03-13"] {
        seen(&mut story, on);
    }
    assert_eq!(
        story.told(&ENGLAND, "parent-visit", "2026-03-14 09:00").last().map(String::as_str),
        Some("2026-03-13 due 2026-03-20 Ahead")
    );
    story.fact("review", "PN1", "2026-03-16");
    seen(&mut story, "2026-03-19");
    assert_eq!(
        story.told(&ENGLAND, "parent-visit", "2026-03-20 09:00").last().map(String::as_str),
        Some("2026-03-19 due 2026-04-16 Ahead")
    );
    story.fact("legal-status", "C2", "2026-04-01");
    seen(&mut story, "2026-04-10");
    assert_eq!(
        story.told(&ENGLAND, "parent-visit", "2026-04-11 09:00").last().map(String::as_str),
        Some("2026-04-10 due 2026-05-22 Ahead")
    );
}

/// R-TIME-82: what is to last is reported when it ends before.
#[test]
fn r_time_82_a_placement_that_ends_early_is_cut_short() {
    let glebe_house = shipped("glebe-house");
    let mut story = Story::new();
    story.fact("placement", "K2", "2026-03-02");
    assert_eq!(story.told(&glebe_house, "placement-minimum", "2026-06-01 09:00"), ["2026-03-02 due 2028-03-02 Ahead"]);
    assert_eq!(story.told(&glebe_house, "placement-minimum", "2028-03-03 09:00"), ["2026-03-02 due 2028-03-02 Done"]);
    story.fact("placement", "", "2027-09-01");
    story.entry("placement", "2027-09-01", "2027-09-02 10:00", &[("ended", "yes")]);
    assert_eq!(
        story.told(&glebe_house, "placement-minimum", "2027-10-01 09:00"),
        ["2026-03-02 due 2028-03-02 2027-09-01 CutShort"]
    );
}

/// R-TIME-72, R-TIME-73, R-TIME-X13: nothing is begun before its day, and what an age brings ends with the record.
#[test]
fn what_an_age_brings_begins_on_the_birthday() {
    let goes_on = "[[clock]]\nid = \"adviser\"\nwhat = \"Personal adviser\"\nsource = [\"R-TIME-73\"]\nstarts = { reaches = \"15\" }\n\
                   due = { before-age = \"16\" }\nmet-by = { form = \"case-note\" }\nowner = \"allocated-worker\"\nremind = \"3 months\"\n";
    let pack = crate::dates::with_clocks(goes_on);
    let mut story = Story::new();
    story.fact("birth", "2012-02-29", "2020-01-01");
    for (now, standing) in [
        ("2027-02-28 12:00", "NotBegun"),
        ("2027-03-01 00:00", "Ahead"),
        ("2027-11-28 00:00", "Soon"),
        ("2028-02-28 23:59", "Soon"),
        ("2028-02-29 00:00", "Late"),
    ] {
        assert_eq!(story.told(&pack, "adviser", now), [format!("2027-03-01 due 2028-02-28 {standing}")], "{now}");
    }
    story.fact("record-status", "closed", "2026-05-01");
    assert_eq!(story.told(&pack, "adviser", "2028-03-01 00:00"), ["2027-03-01 due 2028-02-28 Ended"]);
}
