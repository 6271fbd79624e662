//! The packs that are shipped: they load, and they ask what the requirements want asked.

use std::{collections::BTreeSet, path::PathBuf};

use policy::{
    Capability, Condition, Field, FieldKind, Folder, Form, Pack, Relation, embedded,
    form::{About, Happens, InChronology, RecordKind, Voice},
    load,
};

const SHIPPED: [&str; 6] = ["bolton", "carefirst", "england", "glebe-house", "looked-after", "rochdale"];

fn shipped(id: &str) -> Pack {
    load(&embedded(), id).unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn form<'p>(pack: &'p Pack, id: &str) -> &'p Form {
    pack.form(id).unwrap_or_else(|| panic!("{} has no form {id}", pack.id()))
}

fn field<'f>(form: &'f Form, id: &str) -> &'f Field {
    form.field(id).unwrap_or_else(|| panic!("{} does not ask {id}", form.id))
}

#[test]
fn every_pack_loads_and_is_the_same_from_a_folder() {
    let folder = Folder(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../packs"));
    for id in SHIPPED {
        let on_disk = load(&folder, id).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"));
        let pack = shipped(id);
        assert_eq!(on_disk.hash(), pack.hash(), "{id}");
        assert_eq!(on_disk.canonical(), pack.canonical(), "{id}");
    }
}

/// R-GOV-01: what an authority decides is data, and every form says where it comes from.
#[test]
fn r_gov_01_every_form_and_question_has_its_source() {
    let is_source = |source: &String| source.starts_with("R-") || source.starts_with("D-");
    for id in SHIPPED {
        let pack = shipped(id);
        for form in pack.forms() {
            assert!(form.source.iter().all(is_source), "{id} {}", form.id);
            for field in form.fields() {
                assert!(
                    !field.source.is_empty() && field.source.iter().all(is_source),
                    "{id} {} {}",
                    form.id,
                    field.id
                );
            }
        }
    }
}

/// The words of a form: short, plain, and a question or a phrase that begins with a capital.
#[test]
fn r_std_03_questions_are_short_and_plain() {
    for id in SHIPPED {
        let pack = shipped(id);
        for (form, field) in pack.forms().flat_map(|form| form.fields().map(move |field| (form, field))) {
            let at = format!("{id} {} {}", form.id, field.id);
            assert!(field.label.starts_with(char::is_uppercase), "{at}: {}", field.label);
            assert!(field.label.chars().count() <= 100, "{at}: {}", field.label);
            for text in std::iter::once(&field.label).chain(&field.hint).chain(&field.reason_label) {
                let jargon = pack.avoid().iter().find(|avoid| {
                    text.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|word| word == avoid.phrase)
                });
                assert_eq!(jargon.map(|avoid| &avoid.phrase), None, "{at}: {text}");
            }
        }
    }
}

/// The forms never ask what the engine asks.
#[test]
fn r_gov_12_nothing_is_asked_that_the_engine_asks() {
    for id in SHIPPED {
        for form in shipped(id).forms() {
            for standing in [
                "happened",
                "informant",
                "significant",
                "headline",
                "late-reason",
                "second-because",
                "put-right-because",
                "about",
            ] {
                assert!(form.field(standing).is_none(), "{} asks {standing}", form.id);
            }
        }
    }
}

/// R-VIS-01 to R-VIS-09: what a visit must say.
#[test]
fn r_vis_02_to_r_vis_09_a_visit_that_took_place_must_say_all_of_it() {
    for id in SHIPPED {
        let pack = shipped(id);
        let visit = form(&pack, "visit");
        assert_eq!((visit.happens, visit.about), (Happens::DateTime, About::Children));
        for required in [
            "kind",
            "purpose",
            "result",
            "tried",
            "place",
            "present",
            "seen",
            "seen-alone",
            "account",
            "circumstances-what",
            "outcome",
        ] {
            assert!(field(visit, required).required, "{id}: {required} must be answered");
        }
        // What only some authorities ask of every visit (D-59, D-61).
        let of_all = ["interpreter", "interpreter-source", "done-without", "circumstances", "household", "analysis"];
        if ["england", "rochdale"].contains(&id) {
            for required in of_all {
                assert!(field(visit, required).required, "{id}: {required} must be answered");
            }
        }
        for asked_why in ["seen", "seen-alone"] {
            assert_eq!(field(visit, asked_why).reason_if.as_deref(), Some("no"));
        }
        assert_eq!(field(visit, "done-without").reason_if.as_deref(), Some("yes"), "R-VIS-06");
        assert_eq!(field(visit, "child-views").voice, Some(Voice::Child), "R-VIS-07");
        assert_eq!(field(visit, "family-views").voice, Some(Voice::Family), "R-VIS-07");
    }
}

/// R-VIS-01: a visit at which nobody was met asks what was done then, and nothing about the talk.
#[test]
fn r_vis_01_a_failed_visit_asks_only_what_makes_sense() {
    let pack = shipped("rochdale");
    let visit = form(&pack, "visit");
    for result in ["no-reply", "no-access", "failed-appointment"] {
        let mut answered = BTreeSet::new();
        let asked: Vec<_> = visit
            .fields()
            .filter(|field| {
                let asked = match &field.when {
                    None => true,
                    Some(Condition::Is { field, any_of }) => {
                        field == "result" && any_of.iter().any(|code| code == result)
                    }
                    Some(Condition::IsNot { field, none_of }) => {
                        field != "result" || none_of.iter().all(|code| code != result)
                    }
                    Some(Condition::Answered { field }) => answered.contains(field),
                };
                if asked {
                    answered.insert(field.id.clone());
                }
                asked
            })
            .map(|field| field.id.as_str())
            .collect();
        assert_eq!(asked, ["planned", "kind", "result", "tried", "place", "actions"], "{result}");
    }
}

/// D-61: the twelve items of Rochdale's policy on visits, each with the question that asks it.
#[test]
fn d_61_rochdale_asks_the_twelve_items_of_a_visit() {
    let pack = shipped("rochdale");
    let visit = form(&pack, "visit");
    for (item, asked_by) in [
        ("venue", "place"),
        ("who was present", "present"),
        ("purpose", "purpose"),
        ("interpreter", "interpreter"),
        ("child seen, or why not", "seen"),
        ("information exchanged", "exchanged"),
        ("account of the discussion", "account"),
        ("change of circumstances", "circumstances"),
        ("analysis within plan and review", "analysis"),
        ("failed visits", "tried"),
    ] {
        assert!(field(visit, asked_by).required, "{item} must be answered");
    }
    for (item, asked_by) in [("child's views", "child-views"), ("parents' views", "family-views")] {
        assert!(field(visit, asked_by).voice.is_some(), "{item} has its own place");
    }
    assert!(!field(form(&shipped("england"), "visit"), "exchanged").required, "elsewhere the account may say it");
}

/// R-OBS-02 to R-OBS-05: what a contact must say.
#[test]
fn r_obs_03_a_contact_must_say_who_relationswhat_and_why() {
    for id in SHIPPED {
        let pack = shipped(id);
        let note = form(&pack, "case-note");
        assert_eq!(note.happens, Happens::DateTime, "R-OBS-02");
        assert!(note.asks_informant, "R-OBS-05");
        for required in ["type", "where", "people", "purpose", "account", "outcome", "not-happened-why"] {
            assert!(field(note, required).required, "{id}: {required}");
        }
        assert_eq!(field(note, "account").kind, FieldKind::Passages, "R-STD-01");
    }
}

/// R-DEC-01, R-DEC-02: a decision shows how it was reached.
#[test]
fn r_dec_02_a_decision_gives_reasons_options_and_risk() {
    let pack = shipped("rochdale");
    let decision = form(&pack, "decision");
    assert_eq!((decision.voice, decision.may_complete), (Some(Voice::Manager), Capability::RecordDecision));
    for required in ["decision", "decided-by", "made-in", "reasons", "options", "risk"] {
        assert!(field(decision, required).required, "{required}");
    }
}

/// R-VOI-10: opening says whether the family was told of the record.
#[test]
fn r_voi_10_opening_asks_whether_the_family_was_told() {
    let pack = shipped("england");
    let informed = field(form(&pack, "opening"), "informed");
    assert!(informed.required && informed.reason_if.as_deref() == Some("no"));
}

/// R-PPL-03: details are confirmed by somebody, with somebody, on a day; a guess is not a confirmation.
#[test]
fn r_ppl_03_details_are_checked_with_somebody_on_a_day() {
    let pack = shipped("england");
    let person = form(&pack, "person");
    assert!(field(person, "confirmed").required);
    for asked in ["checked-with", "checked-on"] {
        let field = field(person, asked);
        assert!(field.required && field.when.as_ref().is_some_and(|when| when.field() == "confirmed"));
    }
}

/// R-STD-07, D-60: Rochdale has italics and green; England has the word alone.
#[test]
fn r_std_07_voices_are_told_apart_as_the_pack_says() {
    let (england, rochdale) = (shipped("england"), shipped("rochdale"));
    for voice in [Voice::Child, Voice::Family, Voice::Manager] {
        let plain = england.mark(voice).expect("every voice has a mark");
        assert!(!plain.italic && plain.edge.is_none() && !plain.word.is_empty());
        let marked = rochdale.mark(voice).expect("every voice has a mark");
        assert_eq!(marked.italic, voice != Voice::Manager);
        assert_eq!(marked.edge.as_deref(), (voice == Voice::Manager).then_some("green"));
    }
}

/// R-STD-01, R-STD-02: the natures of a passage, and that what was told names who told it.
#[test]
fn r_std_01_r_std_02_natures_of_passages() {
    let pack = shipped("rochdale");
    let codes: Vec<_> = pack.natures().iter().map(|nature| nature.code.as_str()).collect();
    assert_eq!(codes, ["seen", "told", "opinion", "assessment", "judgement", "decision", "child", "family"]);
    assert!(pack.nature("told").is_some_and(|nature| nature.asks_who));
    assert_eq!(pack.nature("child").and_then(|nature| nature.voice), Some(Voice::Child));
}

/// R-GOV-10, R-STD-09: the reminder of whose story it is and of who may read it.
#[test]
fn r_gov_10_r_std_09_staff_are_reminded_whose_story_it_is() {
    for id in SHIPPED {
        let pack = shipped(id);
        assert_ne!(pack.word("statement"), "statement", "{id}");
        let visit = pack.guidance_for(form(&pack, "visit"));
        let reader = visit.iter().find(|text| text.id == "reader").expect("shown beside a visit");
        for who in ["arents", "anagers", "nspectors", "ourts"] {
            assert!(reader.text.iter().any(|line| line.contains(who)), "{id}: {who}");
        }
    }
}

/// Who may do what: the whole grid, so that a change of power is seen in review.
#[test]
fn r_acc_01_the_grid_of_roles_and_capabilities() {
    let pack = shipped("rochdale");
    let mut grid = Vec::new();
    for role in pack.roles() {
        grid.push(role.id.clone());
        for capability in Capability::ALL {
            let relations: Vec<_> =
                role.may.iter().filter(|(may, _)| *may == capability).map(|(_, relation)| relation.name()).collect();
            if !relations.is_empty() {
                grid.push(format!("  {}: {}", capability.name(), relations.join(", ")));
            }
        }
    }
    assert_eq!(grid.join("\n"), GRID.trim(), "{}", grid.join("\n"));
}

const GRID: &str = "
administrator
  manage-staff: any
  read-organisation: any
  change-staff: any
head-of-service
  read-record: emergency, any
  record-decision: any
  allocate: any
  see-team: any
  search-people: any
  read-organisation: any
  see-counts: any
  arrange-cover: any
  change-staff: any
  plan-duty: any
  authorise-entry: any
  approve-policy: any
  open-in-emergency: any
  restrict-record: any
  reveal-address: emergency, any
  read-confidential: emergency, any
  declare-conflict: any
  record-use: any
information-governance
  read-record: any
  search-people: any
  see-readings: any
  read-organisation: any
  verify: any
  see-counts: any
  authorise-entry: any
  read-moved: any
  review-emergency: any
  reveal-address: any
  read-confidential: any
  declare-conflict: any
  decide-conflict: any
  record-use: any
  grant-support: any
out-of-hours
  read-record: duty
  record-entry: duty
  search-people: duty
  open-on-duty: duty
  reveal-address: duty
  read-confidential: duty
  declare-conflict: duty
provider-worker
  read-record: allocated
  open-separate-file: allocated
  send-observation: any
  search-people: any
  declare-conflict: allocated
records-manager
  open-record: any
  close-record: any
  open-separate-file: any
  search-people: any
  join-people: any
  import: any
  verify: any
  see-counts: any
senior-practitioner
  read-record: allocated, covers, team, emergency
  record-entry: allocated, covers, team, emergency
  see-team: team
  search-people: any
  open-in-emergency: any
  reveal-address: allocated, covers, team, emergency
  read-confidential: allocated, covers, team, emergency
  declare-conflict: allocated, covers, team, emergency
  record-use: allocated, covers, team
  follow-adoption: allocated, covers, team
team-manager
  read-record: allocated, covers, team, manages, emergency
  record-entry: allocated, covers, team, manages, emergency
  record-decision: team, manages
  open-record: any
  close-record: team, manages
  allocate: team, manages
  open-separate-file: team, manages
  see-team: team, manages
  see-drafts: team, manages
  search-people: any
  join-people: team, manages
  see-readings: manages
  import: any
  see-counts: team, manages
  arrange-cover: team, manages
  change-staff: team, manages
  plan-duty: any
  amend-entry: team, manages
  authorise-entry: team, manages
  move-entry: team, manages
  open-in-emergency: any
  review-emergency: manages
  reveal-address: allocated, covers, team, manages, emergency
  read-confidential: allocated, covers, team, manages, emergency
  declare-conflict: allocated, covers, team, manages, emergency
  decide-conflict: team, manages
  record-use: team, manages
  link-adoption: manages
  follow-adoption: allocated, covers, manages
worker
  read-record: allocated, covers, team, emergency
  record-entry: allocated, covers, team, emergency
  search-people: any
  open-in-emergency: any
  reveal-address: allocated, covers, team, emergency
  read-confidential: allocated, covers, team, emergency
  declare-conflict: allocated, covers, team, emergency
  record-use: allocated, covers
  follow-adoption: allocated, covers
";

/// D-67: looking after the system gives no sight of a child.
#[test]
fn r_acc_01_the_administrator_reads_no_child() {
    for id in SHIPPED {
        let pack = shipped(id);
        let administrator = pack.role("administrator").expect("the role is there");
        for (capability, relation) in &administrator.may {
            assert!(
                matches!(capability, Capability::ManageStaff | Capability::ReadOrganisation | Capability::ChangeStaff),
                "{capability:?} {relation:?}"
            );
        }
        let widest = pack.roles().filter(|role| role.may.contains(&(Capability::ReadRecord, Relation::Any)));
        assert_eq!(
            widest.map(|role| role.id.as_str()).collect::<Vec<_>>(),
            match id {
                // Reads a random sample of files every three months (R-AUD-02).
                "bolton" => vec!["head-of-service", "information-governance", "senior-manager"],
                _ => vec!["head-of-service", "information-governance"],
            },
            "{id}"
        );
    }
}

/// R-PPL-05: every relationship has a name from the other side.
#[test]
fn r_ppl_05_relationships_have_a_name_from_both_sides() {
    let pack = shipped("england");
    let list = pack.list("relationship-kind").expect("the list is there");
    for item in &list.items {
        let inverse = item.inverse.as_deref().and_then(|code| list.item(code));
        assert!(inverse.is_some(), "{} has no inverse", item.code);
    }
    assert_eq!(list.item("mother").and_then(|item| item.inverse.as_deref()), Some("child"));
}

/// The national lists: as many codes as the sources have, and the withdrawn ones known but not offered.
#[test]
fn r_gov_01_national_lists_are_whole() {
    let pack = shipped("england");
    for (list, codes, withdrawn) in [
        ("ethnicity", 20, 0),
        ("sex", 3, 0),
        ("disability", 13, 0),
        ("legal-status", 13, 1),
        ("placement-type", 32, 3),
        ("placement-provider", 6, 0),
        ("reason-new-episode", 6, 0),
        ("reason-episode-ceased", 22, 0),
        ("reason-placement-change", 12, 0),
        ("category-of-need", 10, 0),
        ("review-participation", 8, 0),
        ("missing-type", 2, 0),
        ("upn-unknown", 10, 0),
        ("referral-source", 22, 0),
        ("local-authority", 153, 0),
    ] {
        let list = pack.list(list).unwrap_or_else(|| panic!("no list {list}"));
        let counted = (list.items.len(), list.items.iter().filter(|item| item.withdrawn).count());
        assert_eq!(counted, (codes, withdrawn), "{}", list.id);
    }
    assert_eq!(pack.label("legal-status", "C2"), "Full care order");
}

/// Design, «Record something»: the order in which forms are offered; each has a place of its own.
#[test]
fn r_obs_01_what_is_offered_when_something_is_recorded() {
    for id in SHIPPED {
        let pack = shipped(id);
        let offered = pack.offered();
        assert_eq!(
            offered.iter().take(3).map(|form| form.id.as_str()).collect::<Vec<_>>(),
            ["visit", "case-note", "decision"]
        );
        let places: BTreeSet<_> = offered.iter().map(|form| form.offered).collect();
        assert_eq!(places.len(), offered.len(), "no two have the same place");
        assert!(offered.iter().all(|form| form.record == RecordKind::Child));
    }
}

/// R-CHR-04, R-GOV-07: events of the day may be marked as significant; a line of the chronology always is one.
#[test]
fn r_chr_04_what_goes_to_the_chronology() {
    let pack = shipped("england");
    for (id, expected) in [
        ("visit", InChronology::Ask),
        ("case-note", InChronology::Ask),
        ("decision", InChronology::Ask),
        ("chronology-entry", InChronology::Always),
        ("person", InChronology::Never),
    ] {
        assert_eq!(form(&pack, id).chronology, expected, "{id}");
    }
    let headlines: Vec<_> =
        pack.facts().filter(|fact| fact.chronology.is_some()).map(|fact| fact.id.as_str()).collect();
    assert_eq!(
        headlines,
        [
            "adoption-ordered",
            "birth",
            "death",
            "legal-status",
            "missing-episode",
            "placement",
            "record-closed",
            "record-opened"
        ]
    );
}

/// R-INT-05: in Rochdale the team manager puts right, and what they write stands at once; R-INT-07: whoever wants
/// something put right is told where to seek advice.
#[test]
fn r_int_05_r_int_07_how_entries_are_put_right_is_the_packs() {
    let pack = shipped("rochdale");
    let rules = pack.amendment();
    assert_eq!(rules.stands, policy::amendment::AmendmentStands::AtOnce);
    let may = |capability| {
        let holds = |role: &&policy::role::Role| role.may.iter().any(|(may, _)| *may == capability);
        pack.roles().filter(holds).map(|role| role.id.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(may(Capability::AmendEntry), ["team-manager"]);
    assert_eq!(may(Capability::MoveEntry), ["team-manager"]);
    assert_eq!(may(Capability::ReadMoved), ["information-governance"]);
    assert!(rules.advice.iter().any(|line| line.contains("Team Manager")), "{:?}", rules.advice);
    // What opens and closes a record to people is put right by another of its kind.
    assert!(!rules.reaches("allocation") && !rules.reaches("same-person") && rules.reaches("case-note"));
    assert!(!shipped("england").amendment().advice.is_empty());
}

/// Protected addresses and the child's words are sealed wherever they stand.
#[test]
fn addresses_and_the_childs_words_are_sealed() {
    let pack = shipped("england");
    for sealed in ["address", "placement-address", "child-words"] {
        assert!(pack.fact(sealed).is_some_and(|fact| fact.sealed), "{sealed}");
    }
    for (form, field) in pack.forms().flat_map(|form| form.fields().map(move |field| (form, field))) {
        assert!(field.kind != FieldKind::Address || field.sealed, "{} {}", form.id, field.id);
    }
}

/// Name, birth and sex are shown in every record that names the person; nothing else crosses.
#[test]
fn only_name_birth_and_sex_cross_from_one_record_to_another() {
    let pack = shipped("england");
    let shared: Vec<_> = pack.facts().filter(|fact| fact.shared).map(|fact| fact.id.as_str()).collect();
    assert_eq!(shared, ["birth", "family-name", "given-names", "name", "sex"]);
}

/// England's pack with one of an authority over it that nobody here has seen.
struct Over(&'static [(&'static str, &'static str)]);

impl policy::Sources for Over {
    fn files(&self, pack: &str) -> Result<Vec<policy::load::SourceFile>, policy::load::Unreadable> {
        if pack != "own" {
            return policy::embedded().files(pack);
        }
        let file = |(path, text): &(&str, &str)| policy::load::SourceFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        Ok(self.0.iter().map(file).collect())
    }
}

fn own(files: &'static [(&'static str, &'static str)]) -> Pack {
    policy::load(&Over(files), "own").unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

const OWN: (&str, &str) = ("pack.toml", "id = \"own\"\ntitle = \"Own\"\nversion = 1\nextends = \"england\"\n");

/// R-OBS-10: a detailed write-up is a kind of entry of its own, and an authority gives it a clock of its own.
#[test]
fn r_obs_10_a_detailed_write_up_has_a_clock_of_its_own() {
    let pack = own(&[
        OWN,
        (
            "clocks.toml",
            "[[clock]]\nid = \"write-up-recorded\"\nwhat = \"Write-up\"\nsource = [\"R-TIME-52\"]\nstarts = { form = \"write-up\" }\n\
             due = \"10 working days\"\nmet-by = { this = \"completed\" }\nowner = \"author\"\n\n\
             [[clock]]\nid = \"case-note-recorded\"\nwhat = \"Case note\"\nsource = [\"R-TIME-50\"]\nstarts = { form = \"case-note\" }\n\
             due = \"3 working days\"\nmet-by = { this = \"completed\" }\nowner = \"author\"\n",
        ),
    ]);
    let limit = |id| form(&pack, id).limit_in_words();
    assert_eq!(limit("write-up").as_deref(), Some("10 working days"));
    assert_eq!(limit("case-note").as_deref(), Some("3 working days"));
    assert!(form(&pack, "write-up").offered.is_some(), "anybody who records may begin one");
}

/// R-OBS-13: where an authority wants notes on paper destroyed, its visit asks for them and leads to the form in which
/// the author says what became of them. Elsewhere nobody is asked.
#[test]
fn r_obs_13_what_became_of_rough_notes_is_asked_where_the_authority_wants_it() {
    assert_eq!(form(&shipped("england"), "rough-notes").offered, None);
    let pack = own(&[
        OWN,
        ("forms/rough-notes.toml", "form = \"rough-notes\"\nchanges = \"england\"\nversion = 2\noffered = 290\n"),
        (
            "forms/visit.toml",
            "form = \"visit\"\nchanges = \"england\"\nversion = 2\n\n[[field]]\nid = \"on-paper\"\nafter = \"purpose\"\nkind = \"yes-no\"\n\
             label = \"Did you make notes on paper?\"\nsource = [\"R-OBS-13\"]\n\
             leads-to = { is = \"yes\", forms = [\"rough-notes\"], why = \"Destroy your notes now, and say so.\" }\n",
        ),
    ]);
    let leads = field(form(&pack, "visit"), "on-paper").leads_to.as_ref().expect("it leads on");
    assert_eq!((leads.is.concat().as_str(), leads.forms.as_slice()), ("yes", ["rough-notes".to_owned()].as_slice()));
    assert!(pack.offered().iter().any(|form| form.id == "rough-notes"));
}

/// R-VIS-10: an authority's own template of a home visit takes the place of England's form, whole.
#[test]
fn r_vis_10_an_authoritys_visit_template_takes_the_place() {
    // What statutory visits are counted by, the kind and whether the child was seen, an own template asks too.
    let pack = own(&[
        OWN,
        (
            "forms/visit.toml",
            "form = \"visit\"\nversion = 2\ntitle = \"Home visit\"\nsource = [\"R-VIS-10\"]\nmay-complete = \"record-entry\"\noffered = 10\n\
             happens = \"date-time\"\n\n[[section]]\nid = \"home\"\ntitle = \"The home\"\n\n[[section.field]]\nid = \"rooms\"\nkind = \"long-text\"\n\
             label = \"Which rooms did you see?\"\nrequired = true\nsource = [\"R-VIS-10\"]\n\n\
             [[section.field]]\nid = \"kind\"\nkind = \"choice\"\nlist = \"visit-kind\"\nlabel = \"Which kind?\"\n\n\
             [[section.field]]\nid = \"seen\"\nkind = \"yes-no\"\nlabel = \"Was the child seen?\"\n",
        ),
    ]);
    let visit = form(&pack, "visit");
    assert_eq!((visit.title.as_str(), visit.version), ("Home visit", 2));
    assert_eq!(visit.fields().map(|field| field.id.as_str()).collect::<Vec<_>>(), ["rooms", "kind", "seen"]);
    assert!(form(&shipped("england"), "visit").field("rooms").is_none());
}

/// R-SHR-03: what a form asks of an entry that it names is in its text and is said in words; a form that asks nothing has the
/// text that it always had, by whose hash entries were kept.
#[test]
fn r_shr_03_what_is_asked_of_a_named_entry_is_in_the_forms_text() {
    let pack = shipped("rochdale");
    let text = |id: &str| pack.canonical_form(form(&pack, id));
    let asks = text("information-sought");
    assert!(asks.contains("having#") && asks.contains("holding 7:consent") && asks.contains("whose-of 2:of"), "{asks}");
    let plain = text("consent-withdrawn");
    assert!(plain.contains("kind 5:entry") && !plain.contains("having") && !plain.contains("holding"), "{plain}");
    assert_eq!(
        policy::words::kind(&field(form(&pack, "information-sought"), "consent").kind),
        "another entry of the record, made with `consent`, in which `purpose` is `seek` and `how` is `written`, whose `consent` holds on the day, whose `person` is `of`, unless that is the child"
    );
}
