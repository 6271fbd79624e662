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

/// R-OBS-08: what is recorded follows the kind of service: each contact, each significant event, an unplanned absence.
#[test]
fn r_obs_08_what_is_recorded_follows_the_kind_of_service() {
    let when = format!("{WHEN}\nhappened.time=10:00\nservice=Fernside after-school club");
    for (kind, asked) in [("one-off", "contact"), ("continuous", "event"), ("regular", "absence")] {
        assert_eq!(problems("service-event", &format!("{when}\nservice-kind={kind}")), [asked]);
        let (entries, _) =
            completed("service-event", &format!("{when}\nservice-kind={kind}\ncontact=A\nevent=B\nabsence=C"), 1);
        let answers = &entries[0].content.answers;
        let told: Vec<_> =
            ["contact", "event", "absence"].into_iter().filter(|field| answers.contains_key(*field)).collect();
        assert_eq!(told, [asked], "what does not belong to {kind} is not kept");
    }
    assert_eq!(problems("service-event", &when), ["service-kind"]);
}

/// R-OBS-15: a handover stands in the child's own record; what is on paper too is locked away, as a manager authorised,
/// and the help beside it says so.
#[test]
fn r_obs_15_a_handover_says_where_paper_is_kept_and_who_authorised_it() {
    let lines =
        format!("{WHEN}\nhappened.time=07:30\nto.0.name=Jo Lane\nto.0.role=night staff\nhow=Slept well\npaper=");
    assert_eq!(problems("home-handover", &format!("{lines}yes")), ["kept", "authorised.0.name"]);
    assert_eq!(problems("home-handover", &format!("{lines}no")), [""; 0]);
    let form = PACK.form("home-handover").expect("the pack has this form");
    assert_eq!(form.about, policy::form::About::One, "no entry about several children");
    let help = PACK.guidance_for(form);
    assert!(help.iter().any(|help| help.text.iter().any(|line| line.contains("never left lying"))));
}

/// R-CHR-05: a home obtains the child's chronology at admission where possible, and files it; admission leads there.
#[test]
fn r_chr_05_a_home_obtains_the_chronology_at_admission() {
    assert_eq!(problems("chronology-received", WHEN), ["obtained"]);
    assert_eq!(problems("chronology-received", &format!("{WHEN}\nobtained=no")), ["obtained.reason"]);
    assert_eq!(problems("chronology-received", &format!("{WHEN}\nobtained=yes")), ["from.0.name", "until.day"]);
    let file = PACK.form("chronology-received").and_then(|form| form.field("file")).expect("a question");
    assert!(matches!(file.kind, policy::FieldKind::Document { .. }));
    let kind = PACK.form("placement").and_then(|form| form.field("type")).expect("a question");
    let leads = kind.leads_to.as_ref().expect("it leads on");
    assert!(leads.is.contains(&"K2".to_owned()) && leads.forms == ["chronology-received"]);
}

/// R-VIS-13: by the pack, a visit of these kinds is for the responsible worker alone; R-VIS-11: so is one whose recorder
/// was agreed.
#[test]
fn r_vis_13_r_vis_11_the_pack_says_who_alone_records_a_visit() {
    use record::{
        access::{Situation, Standing},
        recorder::{Agreements, not_theirs},
    };
    struct Agreed(Option<record::PersonId>, bool);
    impl Agreements for Agreed {
        fn agreed(&self, _fact: &str, _entry: record::EntryId) -> Option<record::PersonId> {
            self.0
        }
        fn is_open(&self, _fact: &str, _entry: record::EntryId) -> bool {
            self.1
        }
        fn name(&self, _person: record::PersonId) -> String {
            "Sam Okafor".to_owned()
        }
    }
    let form = PACK.form("visit").expect("the pack has this form");
    let (record, me, sam) = (crate::world::record(1), person(3), person(7));
    let act = |kind: &str| {
        crate::world::read_form("visit", &crate::world::visit_with("kind", Some(kind)), &[record]).expect("it reads")
    };
    let of = |situation: &Situation, kind: &str, who| {
        not_theirs(form, &act(kind), (record, situation), (who, &Standing::default()), &Agreed(None, false)).len()
    };
    let mut situation = Situation { workers: [sam].into(), ..Situation::default() };
    for kind in ["cp", "cic", "care-leaver", "private-fostering", "section-47"] {
        assert_eq!((of(&situation, kind, me), of(&situation, kind, sam)), (1, 0), "{kind}");
    }
    assert_eq!(of(&situation, "cin", me), 0);
    situation.covers.insert((me, sam));
    assert_eq!(of(&situation, "cp", me), 0, "who stands in is responsible meanwhile");
    situation.workers.clear();
    assert_eq!(of(&situation, "cp", me), 1, "with nobody allocated there is nobody to stand in for");
}

/// R-SHR-02, R-SHR-08, R-SHR-09, R-SHR-10, R-SHR-11, R-SHR-14: without consent a ground is asked for, whoever is in doubt has asked,
/// whom else it names is said, and why is written down either way.
#[test]
fn r_shr_02_r_shr_09_a_decision_to_share_rests_on_consent_or_a_ground() {
    let found = problems("sharing", &format!("{WHEN}\nhas-consent=no\nnames-others=yes\nin-doubt=yes\ndecision=share"));
    for asked in ["with", "what", "purpose", "ground", "others", "advice", "reasoning", "decided-by"] {
        assert!(found.contains(&asked.to_owned()), "{asked}: {found:?}");
    }
    assert!(!found.contains(&"consent".to_owned()), "{found:?}");
    let found = problems("sharing", &format!("{WHEN}\nhas-consent=yes\nnames-others=no\nin-doubt=no\nground=whatever"));
    assert!(found.contains(&"consent".to_owned()) && !found.contains(&"ground".to_owned()), "{found:?}");
    assert!(!found.contains(&"others".to_owned()) && !found.contains(&"advice".to_owned()), "{found:?}");
}

/// R-SHR-01, R-SHR-19: who was asked, as whom, for what, what they said and how: what was given is a fact of its own for each
/// purpose and person, and so is what was refused.
#[test]
fn r_shr_01_r_shr_19_consent_is_recorded_with_who_what_and_how() {
    let lines = |answer: &str| {
        format!("{WHEN}\nperson={}\nas=parent\npurpose=share\nwhat=With the school\nanswer={answer}", person(5))
    };
    assert_eq!(problems("consent", &lines("given")), ["how"]);
    assert_eq!(problems("consent", &lines("refused")), [""; 0]);
    let said = |lines: &str| {
        let (_, facts) = completed("consent", lines, 1);
        facts.into_iter().map(|fact| (fact.line.kind, fact.value, fact.other)).collect::<Vec<_>>()
    };
    assert_eq!(
        said(&(lines("given") + "\nhow=written")),
        [("consent".to_owned(), "share".to_owned(), Some(person(5)))]
    );
    assert_eq!(said(&lines("refused")), [("consent-refused".to_owned(), "share".to_owned(), Some(person(5)))]);
    assert_eq!(said(&lines("not-answered")), []);
}
