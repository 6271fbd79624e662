//! The Ali family, whom the README shows and the browser tests visit: always the first three records.

use jiff::{Span, civil::Date};
use record::{Moment, PersonId, RecordId};

use super::{
    cast::Cast,
    census::Maker,
    course::{Kind, Phase},
    dice::Dice,
    family::{Adult, Child, Family, Need, plus},
    numbers::{Home, nhs_number, upn},
    tables::Slot,
};

/// Amira, Bilal and Noor.
pub const CHILDREN: usize = 3;

/// How long before today their record was opened; since when there has been a plan.
pub(super) const OPENED: i32 = 175;
pub(super) const PLAN_SINCE: i32 = 111;

/// Takes the places of the three out of the proportions.
pub(super) fn take_slots(slots: &mut Vec<Slot>) {
    for (from, sex) in [(5, "F"), (5, "M"), (1, "F")] {
        if let Some(at) = slots.iter().position(|slot| slot.band.from == from && slot.sex == sex && slot.need == "N1") {
            slots.remove(at);
        }
    }
}

/// The last such day of the year on which somebody is so old today.
fn born(today: Date, age: i16, month: i8, day: i8) -> Date {
    let this_year = Date::new(today.year() - age, month, day).unwrap_or(today);
    let had = (today.month(), today.day()) >= (month, day);
    if had { this_year } else { this_year.saturating_sub(Span::new().years(1)) }
}

/// The family.
pub(super) fn family(cast: &Cast, today: Date, seed: u64, loads: &mut [usize]) -> Family {
    let mut dice = Dice::new(seed, 7);
    let opened = plus(today, -OPENED);
    let plan = plus(today, -PLAN_SINCE);
    // Long ago enough that these records are the first of all.
    let at = Moment::of_london(opened, jiff::civil::time(9, 0, 0, 0));
    let mut children = Vec::new();
    for (nth, (given, preferred, sex, birth)) in [
        ("Amira", Some("Mimi"), "F", born(today, 9, 5, 14)),
        ("Bilal", None, "M", born(today, 6, 10, 2)),
        ("Noor", None, "F", born(today, 2, 6, 21)),
    ]
    .into_iter()
    .enumerate()
    {
        let at = at.plus_seconds(i64::try_from(nth).unwrap_or(0) * 60);
        children.push(Child {
            record: RecordId::new(at, &mut dice),
            person: PersonId::new(at, &mut dice),
            given,
            family: "Ali",
            preferred,
            birth,
            unborn: false,
            sex,
            need: "N1",
            ethnicity: "APKN",
            religion: "muslim",
            language: if nth == 2 { "english" } else { "punjabi" },
            disability: Vec::new(),
            signs: false,
            nhs: nhs_number(&mut dice),
            upn: upn(birth.year() + 4, &mut dice),
            primary: ("Fernside Primary School", if nth == 0 { "Mrs Patel" } else { "Mr Hale" }),
            secondary: ("Harrowdale High School", "Ms Farrow"),
            opened,
            spells: Vec::new(),
            other_father: false,
        });
    }
    let mut adult = |given, family, sex, birth, is, phone: &str| Adult {
        person: PersonId::new(at, &mut dice),
        given,
        family,
        called: None,
        sex,
        birth: Some(birth),
        died: None,
        phone: Some(phone.to_owned()),
        is: vec![Some(is); CHILDREN],
        responsible: is != "grandparent",
        at_home: is != "father",
    };
    let mother = adult("Sana", "Ali", "F", born(today, 33, 2, 8), "mother", "07700 900412");
    let father = adult("Imran", "Ali", "M", born(today, 37, 11, 30), "father", "07700 900557");
    let mut gran = adult("Nasreen", "Ali", "F", born(today, 64, 4, 17), "grandparent", "01632 960214");
    gran.called = Some("Gran");
    let phase = |kind, from, until| Phase { kind, from, until };
    let mut family = Family {
        number: 0,
        need: Need::Neglect,
        children,
        adults: vec![mother, father, gran],
        carer: Some(0),
        home: Home { lines: "12 Fern Road".to_owned(), town: "Harrowdale", postcode: "ZZ1 4FR".to_owned() },
        phases: vec![
            phase(Kind::Assessment, opened, Some(plus(opened, 42))),
            phase(Kind::InNeed, plus(opened, 42), Some(plan)),
            phase(Kind::Protection, plan, None),
        ],
        workers: Vec::new(),
        health: "Ms Carver",
        referred_by: "2A",
        dense: false,
        interpreter: None,
    };
    let sam = cast.staff.iter().position(|one| one.username == Some("sam"));
    Maker { cast, today, dice: &mut dice, loads }.workers(&mut family, sam);
    family
}
