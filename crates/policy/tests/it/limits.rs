//! Limits of time over weekends, Christmas, Easter and the change of the clocks.

use jiff::civil::{DateTime, date};
use policy::{
    Condition, Pack,
    clock::{Amount, Clock, Due, Limit, Starts, Unit},
    embedded,
    form::limits_in_words,
    load,
};

fn rochdale() -> Pack {
    load(&embedded(), "rochdale").expect("the shipped pack loads")
}

fn at(text: &str) -> DateTime {
    text.parse().expect("a date and time")
}

/// The last second of a day, as people would write it.
fn due(pack: &Pack, limit: &Limit, event: &str) -> String {
    let event = at(event);
    let due = limit.due(event.date(), Some(event.time()), pack.calendar());
    format!("{}", due.strftime("%a %Y-%m-%d %H:%M"))
}

/// The same for an amount of time.
fn after(pack: &Pack, amount: Amount, event: &str) -> String {
    let due = amount.after(at(event), pack.calendar()).expect("the calendar reaches so far");
    format!("{}", due.strftime("%a %Y-%m-%d %H:%M"))
}

/// Every limit on recording that the pack states for a form.
fn stated<'p>(pack: &'p Pack, form: &str) -> Vec<&'p Clock> {
    let of =
        |clock: &&Clock| matches!(&clock.starts, Starts::Entry { forms, .. } if forms.iter().any(|one| one == form));
    pack.clocks().all().iter().filter(|clock| clock.is_recording()).filter(of).collect()
}

fn amount_of(clock: &Clock) -> Amount {
    match clock.due {
        Due::Within(amount) => amount,
        _ => panic!("`{}` is no amount of time", clock.id),
    }
}

/// R-TIME-26, R-TIME-28, R-TIME-X02: three working days after a visit or contact, the day itself not counted.
#[test]
fn r_time_26_r_time_28_three_working_days_skip_what_the_calendar_closes() {
    let pack = rochdale();
    for form in ["visit", "case-note"] {
        let limit = pack.form(form).and_then(|form| form.limits.first().cloned()).expect("the pack limits it");
        for (event, expected) in [
            // An ordinary week.
            ("2026-03-02T15:20", "Thu 2026-03-05 23:59"),
            ("2026-03-03T00:00", "Fri 2026-03-06 23:59"),
            // Over a weekend, and from within one.
            ("2026-03-05T15:20", "Tue 2026-03-10 23:59"),
            ("2026-03-07T11:00", "Wed 2026-03-11 23:59"),
            ("2026-03-08T23:59", "Wed 2026-03-11 23:59"),
            // Easter 2026: Good Friday is 3 April, Easter Monday 6 April.
            ("2026-04-01T10:00", "Wed 2026-04-08 23:59"),
            ("2026-04-02T10:00", "Thu 2026-04-09 23:59"),
            ("2026-04-05T10:00", "Thu 2026-04-09 23:59"),
            // Christmas 2026: Friday 25 December, with Monday 28 December for Boxing Day, and New Year's Day.
            ("2026-12-23T16:00", "Wed 2026-12-30 23:59"),
            ("2026-12-24T16:00", "Thu 2026-12-31 23:59"),
            ("2026-12-29T16:00", "Mon 2027-01-04 23:59"),
            // Christmas 2027 falls on a weekend: both days are moved.
            ("2027-12-24T16:00", "Fri 2027-12-31 23:59"),
            // The clocks go forward on 29 March 2026 and back on 25 October.
            ("2026-03-27T16:00", "Wed 2026-04-01 23:59"),
            ("2026-10-23T16:00", "Wed 2026-10-28 23:59"),
        ] {
            assert_eq!(due(&pack, &limit, event), expected, "{form} of {event}");
        }
    }
}

/// R-TIME-X03: days with no qualifier are calendar days.
#[test]
fn r_time_x03_unqualified_days_run_through_everything() {
    let pack = rochdale();
    let stated = stated(&pack, "visit").into_iter().find(|clock| !clock.in_force).expect("R-TIME-15 is kept");
    assert_eq!(stated.source.first().map(String::as_str), Some("R-TIME-15"));
    for (event, expected) in [
        ("2026-03-06T15:20", "Mon 2026-03-09 23:59"),
        ("2026-12-24T16:00", "Sun 2026-12-27 23:59"),
        ("2026-04-02T10:00", "Sun 2026-04-05 23:59"),
        ("2028-02-27T10:00", "Wed 2028-03-01 23:59"),
    ] {
        assert_eq!(after(&pack, amount_of(stated), event), expected, "{event}");
    }
}

/// R-TIME-X11: hours run by the clock on the wall, through nights, weekends, holidays and the change of the clocks.
#[test]
fn r_time_x11_hours_run_by_the_clock() {
    let pack = rochdale();
    for (hours, event, expected) in [
        (24, "2026-03-02T15:20", "Tue 2026-03-03 15:20"),
        (24, "2026-03-07T09:00", "Sun 2026-03-08 09:00"),
        (24, "2026-12-24T23:30", "Fri 2026-12-25 23:30"),
        // The night of 28 to 29 March 2026 has 23 hours, that of 24 to 25 October 25: the same time next day is meant.
        (24, "2026-03-28T15:20", "Sun 2026-03-29 15:20"),
        (24, "2026-10-24T15:20", "Sun 2026-10-25 15:20"),
        (1, "2026-12-31T23:30", "Fri 2027-01-01 00:30"),
    ] {
        let amount = Amount { count: hours, unit: Unit::Hours };
        assert_eq!(after(&pack, amount, event), expected, "{hours} hours from {event}");
    }
}

/// R-TIME-X13, D-01, D-04: two limits stated for one act are both kept, and one is in force.
#[test]
fn r_time_x13_both_limits_are_kept_and_one_is_in_force() {
    let pack = rochdale();
    for (form, in_force, other) in [("visit", "R-TIME-26", "R-TIME-15"), ("case-note", "R-TIME-28", "R-TIME-27")] {
        let stated = stated(&pack, form);
        for (source, expected) in [(in_force, true), (other, false)] {
            let one = stated.iter().find(|stated| stated.source.first().is_some_and(|first| first == source));
            assert_eq!(one.map(|stated| stated.in_force), Some(expected), "{form} {source}");
        }
        let limit = pack.form(form).and_then(|form| form.limits.first());
        assert_eq!(limit.and_then(|limit| limit.source.first()).map(String::as_str), Some(in_force));
    }
}

/// R-TIME-29 to R-TIME-32, R-TIME-X12, D-39, D-40: a decision on a referral, any other, and one made in supervision,
/// which has two limits at once.
#[test]
fn r_time_x12_which_limits_hold_depends_on_what_is_recorded() {
    let pack = rochdale();
    let words = |form: &str, said: &str| {
        let holds = |when: &Condition| match when {
            Condition::Is { any_of, .. } => any_of.iter().any(|code| code == said),
            Condition::IsNot { none_of, .. } => none_of.iter().all(|code| code != said),
            Condition::Answered { .. } => true,
        };
        let limits = &pack.form(form).expect("it is there").limits;
        limits_in_words(limits.iter().filter(|limit| limit.when.iter().all(holds)))
    };
    for (form, said, expected) in [
        ("decision", "referral", "24 hours"),
        ("decision", "meeting", "2 working days"),
        ("decision", "supervision", "immediately, and at most 2 working days"),
        ("case-note", "contact", "3 working days"),
        ("case-note", "supervision", "5 working days"),
    ] {
        assert_eq!(words(form, said).as_deref(), Some(expected), "{form} {said}");
    }
}

/// D-01: England itself sets no number; the authority does.
#[test]
fn d_01_england_leaves_limits_to_the_authority() {
    let pack = load(&embedded(), "england").expect("the shipped pack loads");
    assert!(pack.clocks().all().iter().all(|clock| !clock.is_recording()));
    assert!(pack.forms().all(|form| form.limits.is_empty()));
}

/// R-TIME-X02: an authority closes on days of its own, by a list.
#[test]
fn r_time_x02_the_calendar_is_the_packs() {
    let pack = rochdale();
    let calendar = pack.calendar();
    assert!(!calendar.is_working(date(2026, 12, 25)) && calendar.is_working(date(2026, 12, 24)));
    assert_eq!(calendar.known_until(), Some(date(2028, 12, 26)));
    assert_eq!(calendar.working_days_between(date(2026, 12, 23), date(2026, 12, 30)), 3);
    assert_eq!(calendar.working_days_between(date(2026, 12, 30), date(2026, 12, 23)), 0);
}
