//! What the forms that ship ask for and set, by requirement.

use policy::form::Voice;

use crate::{
    setting_facts::{completed, fact},
    world::{PACK, person, problems},
};

const WHEN: &str = "happened.day=4\nhappened.month=3\nhappened.year=2026";

/// R-GOV-04, R-BAS-11: what is kept apart or on paper is registered, so that the record shows that it exists and where.
#[test]
fn r_gov_04_r_bas_11_a_file_kept_elsewhere_is_registered_with_holder_and_place() {
    let kind = &PACK.list("file-kind").expect("a list").items[0].code;
    let whole = format!("{WHEN}\nkind={kind}\nservice=Fostering service\nholder=R. Pike\nlocation=Store 2, shelf 14");
    assert_eq!(problems("separate-file", &whole), [""; 0]);
    for left_out in ["service", "holder", "location"] {
        let lines: Vec<_> = whole.lines().filter(|line| !line.starts_with(left_out)).collect();
        assert_eq!(problems("separate-file", &lines.join("\n")), [left_out]);
    }
    let (_, facts) = completed("separate-file", &whole, 1);
    assert_eq!(fact(&facts, "separate-file", 1).map(|fact| fact.value.as_str()), Some("Fostering service"));
}

/// R-BAS-07: contact is with somebody, and says what is permitted.
#[test]
fn r_bas_07_contact_arrangements_say_with_whom_and_what_is_permitted() {
    let permitted = &PACK.list("contact-permitted").expect("a list").items[0].code;
    let lines = format!("{WHEN}\nperson={}\npermitted={permitted}\nhow=Saturdays at Gran's", person(4));
    let (_, facts) = completed("contact-arrangement", &lines, 1);
    let contact = fact(&facts, "contact-arrangement", 1).expect("a fact");
    assert_eq!((contact.other, &contact.value), (Some(person(4)), permitted));
    assert_eq!(problems("contact-arrangement", WHEN), ["person", "permitted"]);
}

/// R-BAS-17: a complaint has a nature, formal or not, and an outcome once it is settled.
#[test]
fn r_bas_17_complaints_have_a_nature_and_an_outcome() {
    let when = format!("{WHEN}\nhappened.time=10:00");
    assert_eq!(problems("complaint", &when), ["made-by.0.name", "formal", "nature", "settled"]);
    let settled =
        format!("{when}\nmade-by.0.name=Sana Ali\nmade-by.0.role=mother\nformal=no\nnature=Late visits\nsettled=yes");
    assert_eq!(problems("complaint", &settled), ["outcome", "outcome-on.day"]);
}

/// R-PPL-14: somebody who is named is known, or it is said who they are.
#[test]
fn r_ppl_14_people_are_known_or_explained() {
    let when = format!("{WHEN}\nhappened.time=10:00\nformal=no\nnature=Late visits\nsettled=no");
    assert_eq!(problems("complaint", &format!("{when}\nmade-by.0.name=Mrs Khan")), ["made-by.0.role"]);
    assert_eq!(problems("complaint", &format!("{when}\nmade-by.0.name=Mrs Khan\nmade-by.0.role=neighbour")), [""; 0]);
    assert_eq!(problems("complaint", &format!("{when}\nmade-by={}", person(4))), [""; 0]);
}

/// R-CHR-06: a case summary tells the past, the present and what lies ahead, and has its date.
#[test]
fn r_chr_06_a_case_summary_has_past_present_and_future() {
    assert_eq!(problems("case-summary", &format!("{WHEN}\nhappened.time=10:00")), ["past", "now", "ahead"]);
}

/// R-VOI-05: what is written about a child asks what the child said.
#[test]
fn r_voi_05_forms_ask_what_the_child_said() {
    for id in [
        "visit",
        "case-note",
        "review",
        "placement",
        "case-summary",
        "missing",
        "contact-arrangement",
        "closing",
        "observation",
    ] {
        let form = PACK.form(id).expect("the pack has this form");
        assert!(form.fields().any(|field| field.voice == Some(Voice::Child)), "{id}");
    }
}

/// R-VOI-04: a decision stands beside what the child and the family wished.
#[test]
fn r_voi_04_a_decision_asks_what_the_child_and_the_family_wished() {
    let form = PACK.form("decision").expect("the pack has this form");
    for voice in [Voice::Child, Voice::Family] {
        assert!(form.fields().any(|field| field.voice == Some(voice)));
    }
}

/// R-VOI-06: help to take part is offered and recorded, with who helped or why not.
#[test]
fn r_voi_06_a_review_asks_whether_help_to_take_part_was_offered() {
    let form = PACK.form("review").expect("the pack has this form");
    let support = form.field("support").expect("a question");
    assert_eq!(support.reason_if.as_deref(), Some("yes"));
    assert!(support.hint.as_ref().is_some_and(|hint| hint.contains("advocate") && hint.contains("interpreter")));
}

/// R-OBS-16: a case note has a class and a type of the pack's lists.
#[test]
fn r_obs_16_a_case_note_has_a_class_and_a_type() {
    let lines = format!("{WHEN}\nhappened.time=10:00\ntype=telephone\nclass=gossip");
    let found = problems("case-note", &lines);
    assert!(found.contains(&"class".to_owned()), "an unknown class: {found:?}");
    assert!(!found.contains(&"type".to_owned()), "{found:?}");
    assert!(problems("case-note", &format!("{WHEN}\nhappened.time=10:00")).contains(&"type".to_owned()));
}

/// R-STD-05, R-STD-06, R-STD-10, R-OBS-09: the help that a writer needs stands beside the forms that need it.
#[test]
fn r_std_05_r_std_06_r_std_10_r_obs_09_writing_help_stands_at_the_visit() {
    let help: Vec<_> = PACK.guidance_for(PACK.form("visit").expect("the pack has this form"));
    let says = |words: &str| help.iter().any(|help| help.text.iter().any(|line| line.contains(words)));
    assert!(says("Write what goes well, too"), "R-STD-05");
    assert!(says("so that nobody reads something else into it"), "R-STD-06");
    assert!(says("Half an hour kept free each day"), "R-STD-10");
    assert!(says("Does repeating the rest still help anybody?"), "R-OBS-09");
}

/// R-OBS-13: whoever keeps notes on paper says why and where.
#[test]
fn r_obs_13_notes_on_paper_are_destroyed_or_explained() {
    let lines = format!("{WHEN}\nbecame=kept");
    let found = problems("rough-notes", &lines);
    assert!(found.contains(&"entry".to_owned()) && found.contains(&"kept-why".to_owned()), "{found:?}");
    assert!(!problems("rough-notes", &format!("{WHEN}\nbecame=destroyed")).contains(&"kept-why".to_owned()));
}
