//! From what was typed to answers, or to problems that each name their box.

use jiff::civil::{date, time};
use record::{
    answer::Answer,
    read::{day_from_text, paragraphs, standing},
};

use crate::world::{PACK, VISIT, entry, problems, read_form, record, visit_with};

#[test]
fn a_whole_visit_has_no_problem() {
    assert_eq!(problems("visit", VISIT), [""; 0]);
    let act = read_form("visit", VISIT, &[record(1)]).unwrap();
    assert_eq!((act.happened_on, act.happened_at), (date(2026, 3, 4), Some(time(15, 30, 0, 0))));
    assert_eq!(act.late, None);
}

/// What a visit must say, by requirement: leave it out, and the problem stands at its box.
#[test]
fn r_vis_02_r_vis_03_r_vis_04_r_vis_05_r_vis_08_r_vis_09_each_is_asked_for() {
    for (left_out, at) in [
        ("happened.time", "happened.time"), // R-VIS-02, R-OBS-02
        ("place", "place"),                 // R-VIS-02
        ("present.0.name", "present.0.name"),
        ("present.0.role", "present.0.role"), // R-PPL-14: who they are
        ("purpose", "purpose"),               // R-VIS-03
        ("outcome", "outcome"),
        ("exchanged", "exchanged"),
        ("account.0.text", "account.0.text"),
        ("seen@1", "seen@1"),               // R-VIS-04
        ("seen-alone@1", "seen-alone@1"),   // R-VIS-04
        ("interpreter", "interpreter"),     // R-VIS-05
        ("circumstances", "circumstances"), // R-VIS-08
        ("household", "household"),
        ("analysis", "analysis"), // R-VIS-09
    ] {
        assert_eq!(problems("visit", &visit_with(left_out, None)), [at], "{left_out} was left out");
    }
}

/// ASVS 2.2.3
#[test]
fn r_vis_04_r_vis_06_an_answer_that_needs_a_reason_asks_for_it() {
    assert_eq!(problems("visit", &visit_with("seen-alone@1", Some("no"))), ["seen-alone@1.reason"]);
    assert_eq!(problems("visit", &visit_with("done-without", Some("yes"))), ["done-without.reason"]);
    // Not seen at all: whether alone is not asked, why is.
    let not_seen = visit_with("seen@1", Some("no")).replace("seen-alone@1=yes", "");
    assert_eq!(problems("visit", &not_seen), ["seen@1.reason"]);
}

/// R-VIS-01
#[test]
fn r_vis_01_a_visit_with_no_reply_is_recorded_with_what_was_done_then() {
    let lines = "happened.day=4\nhappened.month=3\nhappened.year=2026\nhappened.time=15:30\nkind=cin\npurpose=Planned visit\nresult=no-reply\nplace=home";
    assert_eq!(problems("visit", lines), ["tried"]);
    assert_eq!(problems("visit", &format!("{lines}\ntried=A card through the door; I go again tomorrow.")), [""; 0]);
}

/// R-VIS-05
#[test]
fn r_vis_05_an_interpreter_is_named_with_where_from() {
    assert_eq!(problems("visit", &visit_with("interpreter", Some("yes"))), ["interpreter-name", "interpreter-source"]);
}

/// ASVS 2.2.1
#[test]
fn wrong_dates_and_times_are_named_at_their_box() {
    for (name, value, at, words) in [
        ("happened.day", "32", "happened.day", "must be a real date"),
        ("happened.month", "2 or 3", "happened.day", "must be a real date"),
        ("happened.year", "20261", "happened.day", "must be a real date"),
        ("happened.year", "1826", "happened.year", "a year that makes sense"),
        ("happened.day", "6", "happened.day", "now or in the past"),
        ("happened.time", "half three", "happened.time", "like 15:20"),
    ] {
        let found = read_form("visit", &visit_with(name, Some(value)), &[record(1)]).unwrap_err();
        assert_eq!(found[0].at.to_string(), at, "{name}={value}");
        assert!(found[0].message.contains(words), "{}", found[0].message);
    }
    let found = read_form("visit", &visit_with("happened.month", None), &[record(1)]).unwrap_err();
    assert_eq!(found[0].message, "When it happened must include a month");
}

/// ASVS 2.2.1, 2.2.2
#[test]
fn unknown_codes_and_people_are_refused() {
    assert_eq!(problems("visit", &visit_with("kind", Some("holiday"))), ["kind"]);
    assert_eq!(problems("visit", &visit_with("seen@1", Some("maybe"))), ["seen@1"]);
    let stranger = visit_with("present", Some("09p00000000000000000000000"));
    assert_eq!(problems("visit", &stranger), ["present"], "somebody whom nobody here knows");
}

/// R-TIME-X07: late is accepted, and a reason is asked. R-TIME-26: three working days; the 5th is a Thursday.
#[test]
fn r_time_x07_r_obs_12_late_is_marked_and_asks_why() {
    let lines = visit_with("happened.day", Some("27")).replace("happened.month=3", "happened.month=2");
    let found = read_form("visit", &lines, &[record(1)]).unwrap_err();
    assert_eq!(found[0].at.to_string(), standing::LATE_REASON);
    assert!(
        found[0].message.contains("4 working days after it happened and the limit is 3 working days"),
        "{}",
        found[0].message
    );
    let act = read_form("visit", &format!("{lines}\nlate-reason=I was ill"), &[record(1)]).unwrap();
    assert_eq!(act.late.unwrap().reason, "I was ill");
    // Monday 2 March is three working days before Thursday 5 March: in time until midnight.
    assert_eq!(problems("visit", &visit_with("happened.day", Some("2"))), [""; 0]);
}

/// R-CHR-04, R-GOV-07
#[test]
fn r_chr_04_r_gov_07_a_significant_event_needs_its_headline() {
    assert_eq!(problems("visit", &format!("{VISIT}\nsignificant=yes")), ["headline"]);
    let act =
        read_form("visit", &format!("{VISIT}\nsignificant=yes\nheadline=Breakfast every day"), &[record(1)]).unwrap();
    assert_eq!(act.headline.as_deref(), Some("Breakfast every day"));
}

/// R-STD-01, R-STD-02
#[test]
fn r_std_01_r_std_02_passages_keep_their_nature_and_who_told() {
    let told = PACK.natures().iter().find(|nature| nature.asks_who).unwrap();
    let lines = format!("{VISIT}\naccount.1.nature={}\naccount.1.text=He comes at night.", told.code);
    assert_eq!(problems("visit", &lines), ["account.1.who"]);
    let act = read_form("visit", &format!("{lines}\naccount.1.who=Mrs Khan"), &[record(1)]).unwrap();
    let Answer::Passages(passages) = &act.common["account"].answer else { panic!("passages") };
    assert_eq!(passages[1].who.as_deref(), Some("Mrs Khan"));
    assert_eq!(passages[0].nature, None, "unmarked is allowed");
}

/// R-BAS-12
/// ASVS 2.2.3
#[test]
fn r_bas_12_a_passage_for_a_child_whom_the_act_is_not_about_is_refused() {
    assert_eq!(problems("visit", &format!("{VISIT}\naccount.0.for=child 2")), ["account.0.for"]);
}

#[test]
fn a_blank_line_makes_a_paragraph() {
    assert_eq!(paragraphs("one\ntwo\n\n \nthree\n"), ["one\ntwo", "three"]);
    assert_eq!(paragraphs("\n\n"), [""; 0]);
}

#[test]
fn days_are_read_as_people_write_them() {
    let today = date(2026, 3, 5);
    for text in ["27/3/2026", "27.3.26", "27 March 2026", "2026-03-27", "27 mar"] {
        assert_eq!(day_from_text(text, today), Some(date(2026, 3, 27)), "{text}");
    }
    for text in ["", "soon", "30/2/2026", "1/2/3/4"] {
        assert_eq!(day_from_text(text, today), None, "{text}");
    }
}

/// R-PPL-01, R-PPL-03: an unborn child has an expected date; details are checked with somebody or said not to be.
#[test]
fn r_ppl_01_r_ppl_03_details_of_a_child_not_yet_born() {
    let lines = "happened.day=4\nhappened.month=3\nhappened.year=2026\nfamily-name=Ali\nborn=no\nconfirmed=yes";
    let found = problems("person", lines);
    assert_eq!(found, ["expected-birth.day", "checked-with.0.name", "checked-on.day"]);
    let late = format!("{lines}\nexpected-birth.day=1\nexpected-birth.month=3\nexpected-birth.year=2028\nconfirmed=no");
    assert_eq!(problems("person", &late)[0], "expected-birth.day", "not within ten months");
    let impossible = "happened.day=4\nhappened.month=3\nhappened.year=2026\nfamily-name=Ali\nborn=yes\nconfirmed=no\nbirth.day=1\nbirth.month=1\nbirth.year=1880";
    assert_eq!(problems("person", impossible), ["birth.day"], "an impossible age");
}

/// An answer that names another entry names one of the same record: another child's entry and one that is not there are
/// answered alike.
#[test]
fn an_entry_is_referred_to_only_within_its_record() {
    let asked = |entry: &str| {
        format!("happened.day=4\nhappened.month=3\nhappened.year=2026\nmatter=wrong\nwrong=The day\nentry={entry}")
    };
    let right = read_form("correction-request", &asked(&entry(1).to_string()), &[record(1)]).unwrap();
    assert_eq!(right.common["entry"].answer, Answer::Entry(entry(1)));
    for (named, of) in [(entry(2).to_string(), 1), (entry(1).to_string(), 2), ("nothing".to_owned(), 1)] {
        let refused = read_form("correction-request", &asked(&named), &[record(of)]).unwrap_err();
        assert_eq!(refused.iter().map(|one| one.at.to_string()).collect::<Vec<_>>(), ["entry"], "{named} of {of}");
        assert_eq!(refused[0].message, "Choose one of the answers offered");
    }
}
