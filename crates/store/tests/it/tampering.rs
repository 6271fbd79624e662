//! The ways to tamper with a record (`docs`, «Ways to tamper with a record»), each by somebody with every right on the
//! database who leaves the structure as it was. The check must name the entry, and nothing else is a finding.

use jiff::civil::date;
use record::EntryId;
use store::verify::{EntryProblem, FactProblem, Finding, LogProblem, RecordProblem};

use crate::{
    cast::{Cast, Child, JOB, WORDS},
    test_db::{PACK, TestDb, in_words},
};

/// Two children of a team with a note each, and so much written that the ledger has whole tiles.
struct Story {
    cast: Cast,
    amira: Child,
    bilal: Child,
    /// Amira's note, then Bilal's.
    notes: [EntryId; 2],
}

async fn story(t: &TestDb) -> Story {
    let cast = t.cast("").await;
    let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
    let bilal = t.child("Bilal", cast.west, None).await;
    let notes = [t.note(JOB, amira, WORDS).await, t.note(JOB, bilal, "another child's").await];
    t.assert_sound().await;
    Story { cast, amira, bilal, notes }
}

/// Enough leaves for tiles to be written.
async fn long_story(t: &TestDb) -> Story {
    let story = story(t).await;
    let tx = t.begin(JOB).await;
    for _ in 0..300 {
        tx.declare("so that there are tiles");
    }
    tx.commit().await.unwrap();
    t.assert_sound().await;
    assert_ne!(t.cell("select count(*) from tile").await, "0");
    story
}

/// The findings about this entry; nothing that was found shows what it says.
async fn about(t: &TestDb, entry: EntryId) -> Vec<Finding> {
    let report = t.verify().await;
    for word in WORDS.split(' ') {
        assert!(!in_words(&report).iter().any(|line| line.contains(word)), "{:?}", in_words(&report));
    }
    assert_eq!(t.db.self_check().await.unwrap(), [], "the structure shows nothing");
    let entry = entry.to_string();
    report.findings.into_iter().filter(|finding| finding.entry() == Some(&entry)).collect()
}

fn problems(findings: &[Finding]) -> Vec<EntryProblem> {
    findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::Entry { problem, .. } => Some(problem.clone()),
            _ => None,
        })
        .collect()
}

both_engines! {
    async fn r_int_01_class_1_words_changed(t: TestDb) {
        let story = story(&t).await;
        let note = story.notes[0];
        let mut sealed = t.blob(&format!("select sealed from entry_version where entry = '{note}'")).await;
        let middle = sealed.len() / 2;
        sealed[middle] ^= 1;
        t.tamper_with(&format!("update entry_version set sealed = $1 where entry = '{note}'"), &[&sealed]).await;
        assert_eq!(problems(&about(&t, note).await), [EntryProblem::Sealed]);
        // The coded answers of an entry are its words as well.
        let other = story.notes[1];
        t.tamper(&format!("update answer set value = 'letter' where entry = '{other}' and field = 'type'")).await;
        assert_eq!(problems(&about(&t, other).await), [EntryProblem::Answer("type".to_owned())]);
        t.tamper(&format!("delete from answer where entry = '{other}'")).await;
        assert_eq!(problems(&about(&t, other).await), [EntryProblem::Answer("type".to_owned())]);
    }

    async fn r_int_01_class_2_author_changed(t: TestDb) {
        let story = story(&t).await;
        let note = story.notes[0];
        t.tamper(&format!("update entry set author = '{}' where id = '{note}'", story.cast.ben)).await;
        assert_eq!(problems(&about(&t, note).await), [EntryProblem::Column("author")]);
        t.tamper(&format!("update act set actor = '{}' where id = (select act from entry where id = '{}')", story.cast.ben, story.notes[1])).await;
        assert_eq!(problems(&about(&t, story.notes[1]).await), [EntryProblem::Leaf("actor")]);
    }

    async fn r_obs_14_class_3_times_changed(t: TestDb) {
        let story = story(&t).await;
        let note = story.notes[0];
        t.tamper(&format!("update entry set happened_on = '2026-02-01', happened_at = '09:00', written = '2026-02-01T09:00:00.000000Z', late = 1 where id = '{note}'")).await;
        let expected = ["day", "time of day", "time of writing", "mark as late"].map(EntryProblem::Column);
        assert_eq!(problems(&about(&t, note).await), expected);
        t.tamper(&format!("update act set at = '2026-02-01T09:00:00.000000Z' where id = (select act from entry where id = '{}')", story.notes[1])).await;
        assert_eq!(problems(&about(&t, story.notes[1]).await), [EntryProblem::Column("act")]);
    }

    /// R-GOV-03: who changes the files of a policy that was approved gives its roles another meaning; and is found.
    async fn r_gov_03_a_kept_policy_changed(t: TestDb) {
        let tx = t.begin(JOB).await;
        assert!(tx.keep_pack(&PACK).await.unwrap());
        tx.commit().await.unwrap();
        let tx = t.begin(JOB).await;
        assert!(!tx.keep_pack(&PACK).await.unwrap(), "it is kept once");
        let kept = tx.kept_packs().await.unwrap();
        assert_eq!((kept.len(), kept[0].hash, kept[0].title.as_str()), (1, PACK.hash(), "Rochdale"));
        assert_eq!(tx.kept_pack(&PACK.hash()).await.unwrap().unwrap().hash(), PACK.hash());
        drop(tx);
        t.assert_sound().await;
        let version = i64::from(PACK.version());
        let changed = Finding::PackChanged { pack: "rochdale".to_owned(), version };
        t.tamper("update pack_kept set files = replace(files, 'title = \"Social Worker\"', 'title = \"Social worker\"')").await;
        assert_eq!(t.verify().await.findings.as_slice(), std::slice::from_ref(&changed));
        t.tamper("update pack_kept set files = replace(files, 'title = \"Social worker\"', 'title = \"Social Worker\"')").await;
        t.assert_sound().await;
        t.tamper("update pack_kept set text = text || 'and more'").await;
        assert_eq!(t.verify().await.findings, [changed]);
        t.tamper("delete from pack_kept").await;
        assert!(matches!(t.verify().await.findings[..], [Finding::PackChanged { .. }]));
    }

    /// ASVS 16.4.2
    async fn r_int_01_class_4_entry_removed_with_its_leaf(t: TestDb) {
        let story = story(&t).await;
        let note = story.notes[0];
        let (leaf, seq) = t.leaf_of("entry-completed", &note.to_string()).await;
        remove(&t, note).await;
        t.tamper(&format!("delete from leaf where id = '{leaf}'")).await;
        let report = t.verify().await;
        let from = seq.unsigned_abs();
        let gap = Finding::Log { log: "changes".to_owned(), problem: LogProblem::Gap { from, to: from + 1 }, about: None };
        assert!(report.findings.contains(&gap), "{:?}", in_words(&report));
    }

    async fn r_int_01_class_5_entry_removed_and_its_leaf_kept(t: TestDb) {
        let story = story(&t).await;
        let note = story.notes[0];
        remove(&t, note).await;
        let found = about(&t, note).await;
        assert_eq!(problems(&found), [EntryProblem::Removed]);
        assert!(found[0].record_number().is_some(), "the record is named by its number");
    }

    async fn r_int_01_class_6_entry_put_in_between(t: TestDb) {
        let story = story(&t).await;
        let false_entry: EntryId = t.id();
        // As much as can be done without the keys: the rows of a true entry under another name and day.
        t.tamper(&format!(
            "insert into entry select '{false_entry}', record, act, form, author, '2026-01-20', happened_at, written, version, in_chronology, late
             from entry where id = '{note}';
             insert into entry_version select '{false_entry}', version, form_version, form_hash, sealed from entry_version where entry = '{note}';
             insert into answer select '{false_entry}', version, field, value from answer where entry = '{note}'",
            note = story.notes[0]
        )).await;
        assert_eq!(problems(&about(&t, false_entry).await), [EntryProblem::Sealed]);
        assert_eq!(problems(&about(&t, story.notes[0]).await), []);
    }

    async fn r_int_01_class_7_two_leaves_exchanged(t: TestDb) {
        let story = long_story(&t).await;
        let [a, b] = story.notes.map(|note| note.to_string());
        let ((one, at), (two, other)) = (t.leaf_of("entry-completed", &a).await, t.leaf_of("entry-completed", &b).await);
        t.tamper(&format!(
            "update leaf set seq = -1 where id = '{one}'; update leaf set seq = {at} where id = '{two}'; update leaf set seq = {other} where id = '{one}'"
        )).await;
        let found = t.verify().await.findings;
        // Which of them comes first is the numbering's own affair.
        let named: std::collections::BTreeSet<_> = found.iter().filter_map(Finding::entry).collect();
        assert_eq!((named, found.len()), ([a.as_str(), b.as_str()].into(), 2), "{found:?}");
    }

    async fn r_int_01_class_7_two_newest_leaves_exchanged(t: TestDb) {
        let story = story(&t).await;
        let [a, b] = story.notes.map(|note| note.to_string());
        let ((one, at), (two, other)) = (t.leaf_of("entry-completed", &a).await, t.leaf_of("entry-completed", &b).await);
        t.tamper(&format!(
            "update leaf set seq = -1 where id = '{one}'; update leaf set seq = {at} where id = '{two}'; update leaf set seq = {other} where id = '{one}'"
        )).await;
        // Before their tile is written, the signed root alone speaks for them: found, not placed.
        let words = in_words(&t.verify().await);
        assert!(words.iter().any(|line| line.contains("signs another history")), "{words:?}");
    }

    /// ASVS 11.3.3
    async fn r_int_01_class_11_contents_of_two_children_exchanged(t: TestDb) {
        let story = story(&t).await;
        let [a, b] = story.notes;
        let mut sealed = Vec::new();
        for note in story.notes {
            sealed.push(t.blob(&format!("select sealed from entry_version where entry = '{note}'")).await);
        }
        t.tamper_with(
            &format!("update entry_version set sealed = case entry when '{a}' then $2 else $1 end where entry in ('{a}', '{b}')"),
            &[&sealed[0], &sealed[1]],
        ).await;
        assert_eq!(problems(&about(&t, a).await), [EntryProblem::ContentOf(b.to_string())]);
        assert_eq!(problems(&about(&t, b).await), [EntryProblem::ContentOf(a.to_string())]);
        assert_eq!(t.verify().await.findings.len(), 2);
    }

    async fn r_int_01_class_12_keys_of_two_records_exchanged(t: TestDb) {
        let story = story(&t).await;
        let [a, b] = [story.amira.record, story.bilal.record];
        let mut keys = Vec::new();
        for record in [a, b] {
            keys.push(t.blob(&format!("select wrapped_key from record where id = '{record}'")).await);
        }
        t.tamper_with(
            &format!("update record set wrapped_key = case id when '{a}' then $2 else $1 end where id in ('{a}', '{b}')"),
            &[&keys[0], &keys[1]],
        ).await;
        let found = t.verify().await.findings;
        let of = |number| RecordProblem::KeyOf(number);
        let named: Vec<_> = found.iter().filter_map(|finding| match finding {
            Finding::Record { number, problem, .. } => Some((number.unwrap(), problem.clone())),
            _ => None,
        }).collect();
        let [first, second] = [named[0].0, named[1].0];
        assert_eq!(named, [(first, of(second)), (second, of(first))]);
        assert_eq!(found.len(), 2, "and nothing else");
    }

    async fn r_int_01_class_14_a_tile_changed(t: TestDb) {
        let story = long_story(&t).await;
        let (_, seq) = t.leaf_of("entry-completed", &story.notes[0].to_string()).await;
        let mut hashes = t.blob("select hashes from tile where log = 'changes' and level = 0 and idx = 0").await;
        hashes[usize::try_from(seq).unwrap() * 32] ^= 1;
        t.tamper_with("update tile set hashes = $1 where log = 'changes' and level = 0 and idx = 0", &[&hashes]).await;
        let words = in_words(&t.verify().await);
        assert_eq!(words, [format!("log changes: hash {seq} of tile/0/000 is not that of leaves {seq} to {seq}")]);
        t.tamper("delete from tile where log = 'changes' and level = 0").await;
        assert!(in_words(&t.verify().await).iter().any(|line| line.contains("tile/0/000 is missing")));
    }

    async fn r_int_01_class_15_a_checkpoint_changed(t: TestDb) {
        story(&t).await;
        t.tamper("update log set size = size - 1, checkpoint = replace(checkpoint, 'lifestory/changes', 'lifestory/chances') where name = 'changes'").await;
        let words = in_words(&t.verify().await);
        assert!(words.iter().any(|line| line.starts_with("log changes: checkpoint 0")), "{words:?}");
        t.tamper("delete from log where name = 'changes'").await;
        let words = in_words(&t.verify().await);
        assert!(words.iter().any(|line| line.contains("has leaves, and no signed checkpoint")), "{words:?}");
    }

    /// ASVS 16.4.2
    async fn r_int_01_class_17_a_reading_removed(t: TestDb) {
        let story = story(&t).await;
        for _ in 0..3 {
            let tx = t.begin(JOB).await;
            drop(tx.authorise(store::Read("front-page"), story.amira.record, "").await.unwrap());
            tx.commit().await.unwrap();
        }
        t.assert_sound().await;
        t.tamper("delete from leaf where log = 'readings-2026' and seq = 1").await;
        let found = t.verify().await.findings;
        let gap = Finding::Log { log: "readings-2026".to_owned(), problem: LogProblem::Gap { from: 1, to: 2 }, about: None };
        assert!(found.contains(&gap), "{found:?}");
        // The last one, which leaves no gap.
        t.tamper("delete from leaf where log = 'readings-2026' and seq > 0").await;
        let words = in_words(&t.verify().await);
        assert!(words.iter().any(|line| line.starts_with("log readings-2026:")), "{words:?}");
    }

    async fn r_int_01_class_18_rights_changed_without_an_entry(t: TestDb) {
        let story = story(&t).await;
        let fact = |found: &[Finding]| found.iter().map(|finding| match finding {
            Finding::Fact { kind, problem, .. } => (kind.clone(), *problem),
            other => panic!("{other}"),
        }).collect::<Vec<_>>();
        // An allocation.
        t.tamper(&format!("update fact set value = '{}' where record = '{}' and kind = 'allocated-worker'", story.cast.ben, story.amira.record)).await;
        assert_eq!(fact(&t.verify().await.findings), [("allocated-worker".to_owned(), FactProblem::Changed)]);
        t.tamper(&format!("update fact set value = '{}' where record = '{}' and kind = 'allocated-worker'", story.cast.amy, story.amira.record)).await;
        // A role given, and one taken by ending it.
        t.tamper(&format!("update fact set value = 'administrator' where kind = 'staff-role' and subject = 'p{}'", story.cast.ben)).await;
        t.tamper(&format!("delete from fact where kind = 'staff-role' and subject = 'p{}'", story.cast.mona)).await;
        t.tamper(&format!("update fact set until_day = '2026-01-01' where kind = 'staff-team' and subject = 'p{}'", story.cast.amy)).await;
        let mut found = fact(&t.verify().await.findings);
        found.sort_by_key(|(kind, problem)| (kind.clone(), format!("{problem:?}")));
        let (role, team) = ("staff-role".to_owned(), "staff-team".to_owned());
        assert_eq!(found, [(role.clone(), FactProblem::Changed), (role, FactProblem::Missing), (team, FactProblem::Changed)]);
    }

    async fn r_int_01_class_18_a_fact_put_in(t: TestDb) {
        let story = story(&t).await;
        t.tamper(&format!(
            "insert into fact select record, subject, kind, 'x', place, '{}', sealed, other, from_day, until_day, said_until, entry, version, ended_by
             from fact where record = '{}' and kind = 'allocated-worker'",
            story.cast.ben, story.amira.record
        )).await;
        let found = t.verify().await.findings;
        assert!(matches!(&found[..], [Finding::Fact { problem: FactProblem::Extra, number: Some(_), .. }]), "{found:?}");
    }

    async fn r_int_01_class_18_an_account_opened_behind_the_door(t: TestDb) {
        let cast = t.cast("amy ben").await;
        t.assert_sound().await;
        t.tamper(&format!("update account set state = 'closed' where person = '{}'", cast.amy)).await;
        t.tamper(&format!(
            "insert into account select '{}', 'mole', password, 0, 'open', 0, null, 1, null, 'staff', null from account where person = '{}'",
            cast.ada, cast.ben
        )).await;
        let mut words = in_words(&t.verify().await);
        words.sort();
        let mut expected = [
            format!("the account of {} is open or closed otherwise than the ledger says", cast.amy),
            format!("the account of {} is there, and no leaf of the ledger says that it was made", cast.ada),
        ];
        expected.sort();
        assert_eq!(words, expected);
    }

    async fn r_int_01_class_26_a_form_changed_after_approval(t: TestDb) {
        let story = story(&t).await;
        t.tamper("update form_used set text = replace(text, 'What was it for', 'What was it not for') where form = 'case-note'").await;
        assert_eq!(in_words(&t.verify().await), ["the form «case-note», version 1, is not the one that was approved: its text does not have its hash"]);
        t.tamper("delete from form_used where form = 'case-note'").await;
        assert_eq!(problems(&about(&t, story.notes[0]).await), [EntryProblem::NoForm]);
    }

    async fn r_int_01_class_26_an_entry_moved_to_another_form(t: TestDb) {
        let story = story(&t).await;
        let note = story.notes[0];
        t.tamper(&format!("update entry_version set form_hash = (select hash from form_used where form = 'person') where entry = '{note}'")).await;
        let found = problems(&about(&t, note).await);
        assert!(found.contains(&EntryProblem::Column("form")) && found.contains(&EntryProblem::Leaf("form")), "{found:?}");
    }

    async fn r_int_06_class_28_a_draft_given_to_another(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let draft = crate::drafts::begun(&t, &cast, child).await;
        t.assert_sound().await;
        t.tamper(&format!("update draft set author = '{}' where id = '{draft}'", cast.ben)).await;
        let words = in_words(&t.verify().await);
        assert!(words[0].ends_with("its author is not the one who began it"), "{words:?}");
        t.tamper(&format!("update draft set author = '{}' where id = '{draft}'", cast.amy)).await;
        t.tamper(&format!("update draft_part set part = 'own' where draft = '{draft}' and part = 'common'")).await;
        let words = in_words(&t.verify().await);
        assert!(words[0].contains("a part of it was changed"), "{words:?}");
    }

    async fn r_int_01_a_record_without_an_opening_and_an_opening_without_a_record(t: TestDb) {
        let story = story(&t).await;
        let stranger: record::RecordId = t.id();
        t.tamper(&format!(
            "insert into record select '{stranger}', 99999, kind, holder, wrapped_key, epoch, version, owed_under from record where id = '{}'", story.amira.record
        )).await;
        let words = in_words(&t.verify().await);
        assert!(words.contains(&"record R-99999: no leaf of the ledger says that it was opened".to_owned()), "{words:?}");
        t.tamper(&format!("delete from record where id in ('{stranger}', '{}')", story.bilal.record)).await;
        let words = in_words(&t.verify().await);
        assert!(words.contains(&format!("record {}: the ledger says that it was opened, and it is not there", story.bilal.record)), "{words:?}");
        assert!(words.contains(&format!("a record that is not there, entry {}: its record is not there", story.notes[1])), "{words:?}");
    }

    async fn a_leaf_that_is_never_numbered_is_named(t: TestDb) {
        let story = story(&t).await;
        // Beyond its time and without whoever numbers: the pool of the one process is closed.
        let other = t.again().await.unwrap();
        t.db.close().await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        t.tamper("insert into leaf select 'unnumbered', log, body, null from leaf where log = 'changes' and seq = 0").await;
        t.wait(120);
        if t.is_sqlite() {
            let report = store::verify::verify(&other, |_, _| {}).await.unwrap();
            assert!(in_words(&report).iter().any(|line| line.contains("has waited for its number")), "{:?}", in_words(&report));
        }
        drop((other, story));
    }
}

async fn remove(t: &TestDb, entry: EntryId) {
    t.tamper(&format!(
        "delete from fact where entry = '{entry}'; delete from answer where entry = '{entry}';
         delete from entry_version where entry = '{entry}'; delete from entry where id = '{entry}'"
    ))
    .await;
}

#[tokio::test]
async fn the_report_counts_what_was_checked_and_tells_how_far_it_is() {
    let t = TestDb::sqlite().await;
    let story = story(&t).await;
    t.record(
        JOB,
        story.amira.record,
        t.id(),
        "legal-status",
        date(2026, 2, 1),
        vec![("status", crate::cast::code("C2"))],
    )
    .await
    .unwrap();
    let mut steps = Vec::new();
    let report = store::verify::verify(&t.db, |done, all| steps.push((done, all))).await.unwrap();
    assert_eq!((report.records, report.entries, report.older_forms), (3, 2 + 5 + 2 + 2 + 1 + 2 + 1, 0));
    assert!(report.facts > 20 && report.is_sound());
    assert_eq!(report.logs.len(), 1);
    let (done, all) = steps[steps.len() - 1];
    assert!(done == all && all > 10 && steps[0] == (0, all), "{steps:?}");
}
