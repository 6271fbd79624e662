//! The timescales of every pack that ships, against tables of dates that a person can check (`dates/`).
//!
//! A table has a heading for each row of the requirements (its number, then the clock), and under it lines of an event,
//! when something is due by it, when it was done, and whether that was in time. A row without lines, a row that no table
//! has, and a line that the program sees otherwise fail, by the number of the row.

use std::{borrow::Cow, collections::BTreeSet};

use jiff::civil::{Date, DateTime};
use policy::{
    Pack, Sources,
    clock::{Clock, Starts},
    embedded,
    load::{SourceFile, Unreadable},
};
use record::{
    Moment,
    obligation::{Around, Happening, Held, Met, Obligation, Point, SetOff, Standing, due},
};

use crate::world::{entry, person};

const TABLES: [(&str, &str); 6] = [
    ("rochdale", include_str!("dates/rochdale.txt")),
    ("bolton", include_str!("dates/bolton.txt")),
    ("carefirst", include_str!("dates/carefirst.txt")),
    ("glebe-house", include_str!("dates/glebe-house.txt")),
    ("england", include_str!("dates/england.txt")),
    ("closed-days", include_str!("dates/closed-days.txt")),
];

/// One line of a table.
struct Case<'a> {
    event: Point,
    due: Option<Point>,
    acted: Point,
    standing: &'a str,
    given: &'a str,
}

/// A heading of a table with the lines under it.
struct Row<'a> {
    id: &'a str,
    clock: &'a str,
    cases: Vec<Case<'a>>,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for line in table.lines().filter(|line| !line.trim_start().starts_with('#')) {
        if let Some((id, clock)) = line.split_once("  ").filter(|(id, _)| !id.is_empty()) {
            rows.push(Row { id, clock: clock.trim(), cases: Vec::new() });
        } else if line.contains('|') {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [event, due, acted, standing, ..] = cells[..] else { panic!("«{line}» has too few cells") };
            let due = (due != "-").then(|| point(due));
            let case =
                Case { event: point(event), due, acted: point(acted), standing, given: cells.get(4).unwrap_or(&"") };
            rows.last_mut().expect("a heading comes first").cases.push(case);
        }
    }
    rows
}

fn point(text: &str) -> Point {
    match text.split_once(' ') {
        None => Point::on(text.parse().unwrap_or_else(|_| panic!("«{text}» is no day"))),
        Some((day, time)) => {
            Point::at(format!("{day}T{time}").parse().unwrap_or_else(|_| panic!("«{text}» is no time")))
        }
    }
}

/// What a line says beside: «born 2011-05-14», «holds placement=U4».
#[derive(Default)]
struct Given {
    birth: Option<Date>,
    began: Option<Point>,
    times: Vec<Point>,
    facts: Vec<Held<'static>>,
    answers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl Given {
    fn read(text: &str) -> Self {
        let mut given = Self::default();
        let pair = |text: &str| {
            let (key, value) = text.split_once('=').expect("a name and a value");
            (Cow::Owned(key.to_owned()), Cow::Owned(value.to_owned()))
        };
        for part in text.split(", ").filter(|part| !part.is_empty()) {
            let (word, rest) = part.split_once(' ').expect("a word and what it is about");
            let held =
                |(kind, value)| Held { kind, value, from: Date::constant(2000, 1, 1), until: None, entry: entry(2) };
            match word {
                "born" => given.birth = Some(rest.parse().expect("a day")),
                "began" => given.began = Some(point(rest)),
                "form" => given.times.push(point(rest)),
                "agreed" => given.facts.push(held((Cow::Borrowed("next-review"), Cow::Owned(rest.to_owned())))),
                "holds" => given.facts.push(held(pair(rest))),
                "answered" => given.answers.push(pair(rest)),
                _ => panic!("«{part}» is nothing that a line can say"),
            }
        }
        given
    }
}

/// What the program makes of a line: when it is due, and how it stands once it is done.
fn seen(pack: &Pack, place: usize, clock: &Clock, case: &Case<'_>) -> (Option<DateTime>, Standing) {
    let given = Given::read(case.given);
    let happening = Happening {
        entry: entry(3),
        first: entry(3),
        form: Cow::Borrowed("visit"),
        happened_on: case.event.day(),
        happened_at: None,
        started: None,
        completed: Moment::from_microsecond(0),
        authorised: None,
        in_chronology: false,
        author: person(7),
        answers: given.answers.clone(),
    };
    let times = |_: &str| given.times.clone();
    let around = Around {
        calendar: pack.calendar(),
        birth: given.birth,
        entry: Some(&happening),
        facts: &given.facts,
        times_of: &times,
        began: given.began.unwrap_or(case.event),
    };
    let due = due(&clock.due, case.event, &around);
    let met = Met {
        entry: entry(4),
        by: person(7),
        acted: case.acted,
        started: None,
        completed: Moment::from_microsecond(0),
        authorised: None,
    };
    let obligation = Obligation {
        place,
        clock,
        set_off: SetOff::Record,
        occurrence: 1,
        event: case.event,
        begins: case.event.when,
        due,
        remind_at: None,
        planned: None,
        entry: None,
        named: None,
        met: Some(met),
        ended: None,
    };
    (due.map(|due| due.due), obligation.standing(case.acted.when))
}

/// Whether what is due is what the table says: a day stands for its end, a time for itself.
fn agrees(due: Option<DateTime>, told: Option<Point>) -> bool {
    match (due, told) {
        (None, None) => true,
        (Some(due), Some(told)) if told.timed => due == told.when,
        (Some(due), Some(told)) => due.date() == told.day() && due.hour() == 23 && due.minute() == 59,
        _ => false,
    }
}

/// Rochdale's policy for an authority that closes its offices on two days more.
struct ClosedDays;

impl Sources for ClosedDays {
    fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
        if pack != "closed-days" {
            return embedded().files(pack);
        }
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
        Ok(vec![
            file(
                "pack.toml",
                "id = \"closed-days\"\ntitle = \"Closed in August\"\nversion = 1\nextends = \"rochdale\"\n\
                 closed-on = [\"bank-holidays-england-and-wales\", \"closed-days\"]\n",
            ),
            file("lists/closed-days.csv", "code,label\n2026-08-27,Offices closed\n2026-08-28,Offices closed\n"),
        ])
    }
}

/// England's pack with these clocks beside its own.
pub fn with_clocks(clocks: &str) -> Pack {
    struct Own<'a>(&'a str);
    impl Sources for Own<'_> {
        fn files(&self, pack: &str) -> Result<Vec<SourceFile>, Unreadable> {
            if pack != "own" {
                return embedded().files(pack);
            }
            let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
            let own = "id = \"own\"\ntitle = \"Own\"\nversion = 1\nextends = \"england\"\n";
            Ok(vec![file("pack.toml", own), file("clocks.toml", self.0)])
        }
    }
    policy::load(&Own(clocks), "own").expect("the clocks fit")
}

fn pack(id: &str) -> Pack {
    policy::load(&ClosedDays, id).unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

#[test]
fn every_line_of_every_table_is_as_a_person_worked_it_out() {
    let mut wrong = Vec::new();
    for (id, table) in TABLES {
        let pack = pack(id);
        for row in rows(table) {
            let Some(place) = pack.clocks().place(row.clock) else {
                wrong.push(format!("{}: {id} has no clock `{}`", row.id, row.clock));
                continue;
            };
            let clock = &pack.clocks().all()[place];
            if id != "closed-days" && !clock.source.iter().any(|source| source == row.id) {
                wrong.push(format!(
                    "{}: the clock `{}` of {id} does not say that it comes from there",
                    row.id, row.clock
                ));
            }
            if row.cases.len() < 3 {
                wrong.push(format!("{}: {id} has no lines for `{}`", row.id, row.clock));
            }
            for case in &row.cases {
                let (due, standing) = seen(&pack, place, clock, case);
                let expected = match case.standing {
                    "in time" | "done" => Standing::Done,
                    "late" => Standing::DoneLate,
                    "cut short" => Standing::CutShort,
                    other => panic!("«{other}» is no way to stand"),
                };
                if !agrees(due, case.due) || standing != expected {
                    wrong.push(format!(
                        "{} ({}): of {} the table says {:?} {}, the program {due:?} {standing:?} for {}",
                        row.id,
                        row.clock,
                        case.event.when,
                        case.due.map(|due| due.when),
                        case.standing,
                        case.acted.when,
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every row of the requirements stands as a clock in the pack of its authority, and has its lines in a table.
#[test]
fn every_row_of_the_requirements_is_a_clock_with_dates() {
    let of = |number: u32| match number {
        1..=47 | 95 | 104 => "rochdale",
        48..=52 | 84..=86 | 94 | 97..=100 => "bolton",
        87..=90 | 101..=103 | 105 => "carefirst",
        _ => "glebe-house",
    };
    let tables: BTreeSet<(&str, &str)> =
        TABLES.iter().flat_map(|(pack, table)| rows(table).into_iter().map(|row| (*pack, row.id))).collect();
    for id in ["rochdale", "bolton", "carefirst", "glebe-house"] {
        let pack = pack(id);
        for number in (1..=105).filter(|number| of(*number) == id) {
            let row = format!("R-TIME-{number:02}");
            assert!(
                pack.clocks().all().iter().any(|clock| clock.source.contains(&row)),
                "{row} is no clock of the pack {id}"
            );
            assert!(tables.contains(&(id, row.as_str())), "{row} has no table of dates");
        }
    }
}

/// What no form records yet is said in plain words, and sets nothing off.
#[test]
fn what_waits_for_a_form_sets_nothing_off() {
    for (id, _) in TABLES {
        let pack = pack(id);
        for clock in pack.clocks().all() {
            for words in clock.waits_for() {
                assert!(words.split(' ').count() >= 3 && !words.ends_with('.'), "{id} {}: «{words}»", clock.id);
            }
            let waits = matches!(clock.starts, Starts::Waits(_)) || clock.waits_for().count() == clock.met_by.len();
            assert_eq!(
                clock.runs(),
                clock.in_force && !waits && !counted_from_waiting(&pack, clock),
                "{id} {}",
                clock.id
            );
            assert_eq!(pack.clocks().running().any(|one| one.id == clock.id), clock.runs(), "{id} {}", clock.id);
        }
    }
}

fn counted_from_waiting(pack: &Pack, clock: &Clock) -> bool {
    match &clock.starts {
        Starts::Met(before) => pack.clocks().get(before).is_none_or(|before| !before.runs()),
        _ => false,
    }
}
