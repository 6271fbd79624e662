//! What entries assert, and that each child's entry has only that child's part.

use record::{
    EntryId,
    answer::Answer,
    content::Content,
    entry::{About, Change, EntryCompleted, complete},
    fact::{Assertion, Subject, project},
    id::Chance,
};

use crate::world::{PACK, VISIT, now, person, read_form, record, sam};

struct Counting(u8);
impl Chance for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0 += 1;
        bytes.fill(self.0);
    }
}

pub fn completed(form: &str, lines: &str, children: u8) -> (Vec<EntryCompleted>, Vec<Assertion>) {
    let about: Vec<_> = (1..=children).map(record).collect();
    let act = read_form(form, lines, &about).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut chance = Counting(0);
    let about: Vec<_> = (1..=children)
        .map(|n| About { record: record(n), holder: Some(person(n)), entry: EntryId::new(now(), &mut chance) })
        .collect();
    let (mut entries, mut facts) = (Vec::new(), Vec::new());
    for change in complete(&PACK, PACK.form(form).expect("the pack has this form"), &act, &sam(), &about, now()) {
        match change {
            Change::EntryCompleted(entry) => entries.push(*entry),
            Change::FactAsserted(fact) => facts.push(*fact),
        }
    }
    (entries, facts)
}

pub fn fact<'a>(facts: &'a [Assertion], kind: &str, n: u8) -> Option<&'a Assertion> {
    facts.iter().find(|fact| fact.line.kind == kind && fact.line.record == record(n))
}

const TWO: &str = "
    account.1.text=ONLY-BILAL
    account.1.for=child 2
    seen@2=yes
    seen-alone@2=no
    seen-alone@2.reason=WOULD-NOT-LEAVE-GRAN
    child-views@1=AMIRA-SAYS-TEA
    views-how@1=said";

/// R-BAS-12, R-BAS-02
#[test]
fn r_bas_12_r_bas_02_one_act_writes_an_entry_for_each_child_with_that_childs_part_alone() {
    let means = &PACK.list("view-means").unwrap().items[0].code;
    let (entries, _) = completed("visit", &format!("{VISIT}{}", TWO.replace("=said", &format!("={means}"))), 2);
    let text = |content: &Content| String::from_utf8_lossy(&content.to_bytes()).into_owned();
    let [amira, bilal] = [text(&entries[0].content), text(&entries[1].content)];
    for (words, in_amira, in_bilal) in [
        ("The kitchen was warm", true, true),
        ("ONLY-BILAL", false, true),
        ("WOULD-NOT-LEAVE-GRAN", false, true),
        ("AMIRA-SAYS-TEA", true, false),
    ] {
        assert_eq!((amira.contains(words), bilal.contains(words)), (in_amira, in_bilal), "{words}");
    }
    assert!(!amira.contains(&record(2).to_string()), "not even the other record's identifier");
}

#[test]
fn a_visit_sets_when_each_child_was_seen_and_seen_alone() {
    let means = &PACK.list("view-means").unwrap().items[0].code;
    let (_, facts) = completed("visit", &format!("{VISIT}{}", TWO.replace("=said", &format!("={means}"))), 2);
    assert_eq!(fact(&facts, "last-seen", 1).unwrap().value, "2026-03-04");
    assert_eq!(fact(&facts, "last-seen-alone", 1).unwrap().value, "2026-03-04");
    assert_eq!(fact(&facts, "last-seen", 2).unwrap().value, "2026-03-04");
    assert_eq!(fact(&facts, "last-seen-alone", 2), None, "Bilal was not seen alone");
    assert_eq!(fact(&facts, "child-words", 1).unwrap().value, "AMIRA-SAYS-TEA");
    assert_eq!(fact(&facts, "last-seen", 1).unwrap().line.subject, Subject::Person(person(1)));
}

/// R-OBS-06: the author as they were then stands in the bytes that are committed to.
#[test]
fn r_obs_06_the_entry_carries_its_authors_name_designation_and_team() {
    let (entries, _) = completed("visit", VISIT, 1);
    assert_eq!(entries[0].content.author, sam());
    assert_eq!(entries[0].content.written, now());
}

/// R-PPL-05: a relationship is stored once, about two people; R-PPL-04: so is parental responsibility.
#[test]
fn r_ppl_04_r_ppl_05_a_relationship_is_a_fact_between_two_people() {
    let kind = PACK.list("relationship-kind").unwrap().items.iter().find(|item| item.inverse.is_some()).unwrap();
    let lines = format!(
        "happened.day=4\nhappened.month=3\nhappened.year=2026\nperson={}\nkind={}\nparental-responsibility=yes",
        person(4),
        kind.code
    );
    let (_, facts) = completed("relationship", &lines, 1);
    let relationship = fact(&facts, "relationship", 1).unwrap();
    assert_eq!((relationship.other, relationship.value.as_str()), (Some(person(4)), kind.code.as_str()));
    assert_eq!(fact(&facts, "parental-responsibility", 1).unwrap().other, Some(person(4)));
}

/// R-PPL-11: taking a worker away ends the allocation without putting anybody in their place.
#[test]
fn r_ppl_11_unallocating_ends_the_allocation() {
    let lines = |worker: &str| {
        format!("happened.day=4\nhappened.month=3\nhappened.year=2026\nteam={}\n{worker}", crate::world::team(1))
    };
    let reason = &PACK.list("unallocated-reason").unwrap().items[0].code;
    let (_, mut first) =
        completed("allocation", &lines(&format!("has-worker=yes\nworker={}\nfile-holder=yes", person(7))), 1);
    let (_, second) = completed("allocation", &lines(&format!("has-worker=no\nunallocated-reason={reason}")), 1);
    // A second entry on a later day.
    first.extend(second.into_iter().map(|mut later| {
        later.place = record::fact::Place::from_text(later.place.as_text().replace("2026-03-04 ", "2026-03-05 "));
        later.from = jiff::civil::date(2026, 3, 5);
        later.said_until = later.said_until.map(|_| later.from);
        later
    }));
    let line: Vec<_> = first.into_iter().filter(|fact| fact.line.kind == "allocated-worker").collect();
    let facts = project(line);
    let day = jiff::civil::date(2026, 3, 5);
    assert_eq!(facts.iter().filter(|fact| fact.holds_on(day)).count(), 0, "nobody on the day of the change");
    assert_eq!(
        facts.iter().filter(|fact| fact.holds_on(jiff::civil::date(2026, 3, 4))).count(),
        1,
        "Sam the day before"
    );
}

/// Narrative is no coded row: what can be counted holds no words (R-VIS-16 counts the codes).
#[test]
fn r_vis_16_coded_rows_hold_codes_and_no_narrative() {
    let (entries, _) = completed("visit", VISIT, 1);
    let coded = &entries[0].coded;
    let has = |field: &str, value: &str| coded.iter().any(|(f, v)| f == field && v == value);
    assert!(has("kind", "cin") && has("seen", "yes") && has("seen-alone", "yes"));
    for (field, value) in coded {
        assert!(!value.contains(' '), "{field} = {value}");
    }
    assert!(matches!(entries[0].content.answer("account"), Some(Answer::Passages(_))));
}
