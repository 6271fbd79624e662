//! An entry typed anew reads back as it was, and an amendment stands in its place.

use policy::form::Stands;
use record::{
    Moment,
    content::Content,
    entry::{About, Change, amend, changes, self_authorised},
    read::read,
    retyped::retyped,
    right::Amends,
};

use crate::{
    setting_facts::completed,
    world::{PACK, Town, VISIT, entry, now, person, record, sam},
};

const TOGETHER: &str = "
    seen@2=no
    seen@2.reason=asleep at Gran's
    account.1.text=Only for the second: a loose tooth.
    account.1.for=child 2
    account.2.text=Told by Gran about both.
    account.2.nature=told
    account.2.who=Gran
    significant=yes
    headline=A calm visit
    headline@2=A tooth";

fn read_again(form: &str, entries: &[&Content]) -> Vec<Content> {
    let form = PACK.form(form).expect("the pack has this form");
    let parts: Vec<_> = (1..).zip(entries).map(|(n, content)| (record(n), *content)).collect();
    let about: Vec<_> = parts.iter().map(|(record, _)| *record).collect();
    let act = read(&PACK, form, &retyped(form, &parts), &about, &Town, now()).expect("what stands can be typed again");
    let places: Vec<_> = (1..)
        .zip(entries)
        .map(|(n, _)| About { record: record(n), holder: Some(person(n)), entry: entry(n) })
        .collect();
    record::entry::complete(&PACK, form, &act, &sam(), &places, now())
        .into_iter()
        .filter_map(|change| match change {
            Change::EntryCompleted(done) => Some(done.content),
            Change::FactAsserted(_) => None,
        })
        .collect()
}

/// R-INT-05: whoever puts one word right types one word; everything else stands as it stood.
#[test]
fn r_int_05_what_stands_is_typed_again_to_the_letter() {
    let lines = format!("{VISIT}\n{TOGETHER}");
    let (done, _) = completed("visit", &lines, 2);
    let contents: Vec<&Content> = done.iter().map(|one| &one.content).collect();
    let again = read_again("visit", &contents);
    assert_eq!(again.iter().collect::<Vec<_>>(), contents);
    let (alone, _) = completed("visit", VISIT, 1);
    assert_eq!(read_again("visit", &[&alone[0].content])[0], alone[0].content);
}

fn amended(stands_at_once: bool, written: Moment) -> (Vec<Change>, Content) {
    let (done, _) = completed("visit", VISIT, 1);
    let original = &done[0];
    let form = PACK.form("visit").expect("a form");
    let typed = retyped(form, &[(record(1), &original.content)]);
    let act = read(&PACK, form, &typed, &[record(1)], &Town, now()).expect("it reads");
    let amends = Amends {
        entry: original.entry,
        first: original.content.first_written(),
        why: "it was the aunt".into(),
        approval_of: (!stands_at_once).then(|| person(7)),
    };
    let about = About { record: record(1), holder: Some(person(1)), entry: entry(9) };
    (amend(&PACK, form, &act, &sam(), (about, &original.content, amends), written), original.content.clone())
}

/// R-INT-05: what an amendment asserts has the place of what it amends, however late it is written; R-OBS-02: and it
/// does not make anything late.
#[test]
fn r_int_05_an_amendment_asserts_in_the_place_of_the_original() {
    let weeks_later = now().plus_seconds(30 * 86_400);
    let (changes, original) = amended(true, weeks_later);
    let mut facts = 0;
    for change in &changes {
        match change {
            Change::EntryCompleted(done) => {
                assert_eq!((done.content.written, done.content.late.clone()), (weeks_later, original.late.clone()));
                assert_eq!(done.content.first_written(), original.written);
                assert_eq!(Content::from_bytes(&done.content.to_bytes()), Ok(done.content.clone()));
            }
            Change::FactAsserted(fact) => {
                facts += 1;
                let place = fact.place.as_text();
                assert!(place.contains(&original.written.to_string()), "{place}");
            }
        }
    }
    assert!(facts > 0);
}

/// R-INT-04: what the author has not agreed to asserts nothing.
#[test]
fn r_int_04_an_amendment_that_waits_asserts_nothing() {
    let (changes, _) = amended(false, now());
    assert!(matches!(changes[..], [Change::EntryCompleted(_)]));
}

/// R-INT-03: from when an entry counts, and is locked, is the form's to say: completed, or only when it was authorised.
#[test]
fn r_int_03_the_point_at_which_an_entry_stands_is_by_the_pack() {
    let (done, facts) = completed("visit", VISIT, 1);
    assert!(!facts.is_empty() && PACK.form("visit").is_some_and(|form| form.stands == Stands::Completed));
    let later = policy::Form {
        stands: Stands::Authorised,
        authorised_by: vec!["team-manager".to_owned()],
        ..PACK.form("visit").expect("a form").clone()
    };
    let about = About { record: record(1), holder: Some(person(1)), entry: done[0].entry };
    let content = Content { needs: later.needs(), ..done[0].content.clone() };
    let waits = changes(&PACK, &later, content, about);
    assert!(matches!(waits[..], [Change::EntryCompleted(_)]), "nothing is asserted before it is authorised");
    let by_a_manager = self_authorised(&PACK, &later, waits, about);
    assert_eq!(by_a_manager.len(), 1 + facts.len(), "what whoever authorises it writes themselves needs nobody else");
}
