//! The link between the records before and after an adoption: out of every reading, found when it is tampered with, kept by a
//! backup, followed by those to whom both are open.

use std::io::{Cursor, Read as Reading};

use jiff::civil::date;
use policy::Capability;
use record::{ActId, EntryId, adoption::Side};
use store::{
    Action, Actor, Read, ReadUnder, Refused, Tx, Write,
    backup::{self, Target, Wanted, keys::Keys},
    extract::Extract,
    verify::{EntryProblem, Finding, StandingProblem},
};

use crate::{
    cast::{Cast, Child, JOB, WORDS, code, text},
    test_db::{PACK, TestDb, in_words},
};

/// Two records that an adoption links, and the link in each.
struct Linked {
    cast: Cast,
    before: Child,
    after: Child,
    links: [EntryId; 2],
}

async fn linked(t: &TestDb) -> Linked {
    let cast = t.cast("amy ben mona ivy").await;
    let before = t.child("Amira", cast.east, Some(cast.amy)).await;
    let after = t.child("Rose", cast.east, Some(cast.ben)).await;
    t.note(JOB, before, WORDS).await;
    let tx = t.begin(JOB).await;
    let mut links = Vec::new();
    for (child, other, other_is) in [(before, after, "after"), (after, before, "before")] {
        let act: ActId = t.id();
        tx.begin_act(act);
        let grant = tx.authorise(Write(Capability::LinkAdoption), child.record, "").await.unwrap();
        let answers = vec![("other-record", text(&other.record.to_string())), ("other-is", code(other_is))];
        links.push(t.write(&tx, &grant, act, "adoption-link", date(2026, 3, 3), answers).await.unwrap());
    }
    tx.commit().await.unwrap();
    t.assert_sound().await;
    Linked { cast, before, after, links: links.try_into().unwrap() }
}

/// Everything that an action reads of a record by the ways in which entries are read.
async fn read<A: Action>(tx: &Tx, action: A, child: Child, link: EntryId) -> bool {
    let grant = tx.authorise(action, child.record, "").await.unwrap();
    let named = [link];
    tx.entry(&grant, link).await.unwrap().is_some()
        || tx.entries(&grant, false, None, 100).await.unwrap().iter().any(|one| one.entry == link)
        || !tx.entries_of_form(&grant, "adoption-link", 100).await.unwrap().is_empty()
        || !tx.entries_of_forms(&grant, &["adoption-link".to_owned()], 100).await.unwrap().is_empty()
        || !tx.known_entries(&named).await.unwrap().is_empty()
        || tx.place_of(&grant, link).await.unwrap().is_some()
        || tx.forms_that_stand(&grant).await.unwrap().iter().any(|(form, ..)| form == "adoption-link")
}

both_engines! {
    /// R-ACC-04: nothing reads the link, whatever it may do else; no count and no plain row has what it says.
    async fn r_acc_04_the_link_is_in_no_reading(t: TestDb) {
        let Linked { cast, before, after, links } = linked(&t).await;
        let tx = t.begin(Actor::Person(cast.mona)).await;
        assert!(!read(&tx, Read("tests"), before, links[0]).await);
        assert!(!read(&tx, Write(Capability::AmendEntry), before, links[0]).await);
        assert!(!read(&tx, Write(Capability::MoveEntry), after, links[1]).await);
        drop(tx);
        let tx = t.begin(Actor::Person(cast.ivy)).await;
        assert!(!read(&tx, ReadUnder(Capability::ReadMoved, "read-moved-trace"), before, links[0]).await);
        drop(tx);
        for (of, other) in [(before, after), (after, before)] {
            let about = format!("'%{}%'", other.record);
            for (table, column) in [("answer", "value"), ("fact", "value"), ("fact", "other")] {
                let sql = format!("select count(*) from {table} where {column} like {about}");
                assert_eq!(t.cell(&sql).await, "0", "{table} tells of {}", of.record);
            }
        }
        let acts = t.cell("select count(distinct act) from entry where form = 'adoption-link'").await;
        assert_eq!(acts, "2", "neither has the other's number");
        let extract = Extract::at(t.keys().parent().unwrap().join("counts").join("extract.db"));
        let counted = extract.make(&t.db).await.unwrap().entries;
        let all: i64 = t.cell("select count(*) from entry e join record r on r.id = e.record and r.kind = 'child'").await.parse().unwrap();
        assert_eq!(counted, all - 2);
    }

    /// R-ACC-05: the door is asked at both, and each has the leaf; where one says no, the other hears nothing.
    async fn r_acc_05_a_link_is_followed_where_both_are_open(t: TestDb) {
        let Linked { cast, before, after, .. } = linked(&t).await;
        let tx = t.begin(Actor::Person(cast.mona)).await;
        assert_eq!(tx.follow_adoption(before.record, Side::After, "check").await.unwrap(), after.record);
        tx.commit().await.unwrap();
        let leaves = t.leaves("follow-adoption").await;
        let told: Vec<_> = leaves.iter().map(|leaf| (leaf.record.clone().unwrap(), leaf.purpose.clone(), leaf.thing.clone())).collect();
        let why = "as:manages check".to_owned();
        assert_eq!(told, [(before.record.to_string(), why.clone(), None), (after.record.to_string(), why, None)]);
        // Amy has the one, Ben the other, both by their team; from the day on which that ends, neither goes across.
        t.allocate(after.record, cast.west, Some(cast.ben), date(2026, 3, 3)).await;
        for (who, from, side) in [(cast.amy, before, Side::After), (cast.ben, after, Side::Before), (cast.mona, after, Side::Before), (cast.amy, before, Side::Before), (cast.ivy, before, Side::After)] {
            let tx = t.begin(Actor::Person(who)).await;
            assert!(matches!(tx.follow_adoption(from.record, side, "check").await, Err(Refused::Closed)));
        }
        let refused: Vec<_> = t.leaves("refused").await.into_iter().filter_map(|leaf| leaf.record).collect();
        let at = |child: Child| refused.iter().filter(|record| **record == child.record.to_string()).count();
        assert_eq!((at(before), at(after)), (3, 2), "each where it was tried");
        assert_eq!(t.leaves("follow-adoption").await.len(), 2);
    }

    /// Class 27: a link taken away on one side, shown as any entry, or altered.
    async fn r_acc_04_tampering_with_the_link_of_an_adoption_is_found(t: TestDb) {
        let Linked { after, before, links: [one, other], .. } = linked(&t).await;
        let of = async |entry: EntryId| -> Vec<Finding> {
            let report = t.verify().await;
            let told = in_words(&report);
            assert!(!told.iter().any(|line| line.contains(&after.record.to_string()) || line.contains(&before.record.to_string())), "{told:?}");
            report.findings.into_iter().filter(|found| found.entry() == Some(entry.to_string().as_str())).collect()
        };
        let is = |found: &[Finding], problem: StandingProblem| found.iter().any(|one| matches!(one, Finding::Standing { problem: it, .. } if *it == problem));
        t.tamper(&format!("delete from not_standing where entry = '{one}'")).await;
        assert!(is(&of(one).await, StandingProblem::Missing));
        t.tamper(&format!("insert into not_standing (entry, record, how, because_of) values ('{one}', '{}', 'amended', '{one}')", before.record)).await;
        assert!(is(&of(one).await, StandingProblem::Changed));
        // Shown as any entry, it says nothing still.
        t.tamper(&format!("delete from not_standing where entry = '{one}'")).await;
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(Read("tests"), before.record, "").await.unwrap();
        assert!(tx.entry(&grant, one).await.unwrap().unwrap().content.answers.is_empty());
        drop(grant);
        drop(tx);
        t.tamper(&format!("insert into not_standing (entry, record, how, because_of) values ('{one}', '{}', 'apart', '{one}')", before.record)).await;
        t.assert_sound().await;
        let mut sealed = t.blob(&format!("select sealed from entry_version where entry = '{one}'")).await;
        let (whole, middle) = (sealed.clone(), sealed.len() / 2);
        sealed[middle] ^= 1;
        t.tamper_with(&format!("update entry_version set sealed = $1 where entry = '{one}'"), &[&sealed]).await;
        let found = of(one).await;
        assert!(found.iter().any(|one| matches!(one, Finding::Entry { problem: EntryProblem::Sealed, .. })), "{found:?}");
        t.tamper_with(&format!("update entry_version set sealed = $1 where entry = '{one}'"), &[&whole]).await;
        t.assert_sound().await;
        t.tamper(&format!(
            "delete from not_standing where entry = '{one}'; delete from answer where entry = '{one}';
             delete from entry_version where entry = '{one}'; delete from entry where id = '{one}'"
        )).await;
        assert!(of(one).await.iter().any(|one| matches!(one, Finding::Entry { problem: EntryProblem::Removed, .. })));
        assert!(is(&of(other).await, StandingProblem::Unlinked));
    }

    /// R-ACC-04, R-INT-06: both records and what links them come back out of a backup.
    async fn r_acc_04_a_backup_keeps_both_and_their_link(t: TestDb) {
        let Linked { cast, before, after, .. } = linked(&t).await;
        t.settle().await;
        let (bytes, _) = backup::make(&t.db, Vec::new(), "the tests", |_| {}).await.unwrap();
        let mut keys = Vec::new();
        backup::keys::make(&t.db, &t.keys(), &mut keys, "the tests").await.unwrap();
        let empty = t.empty_place().await;
        let target = Target {
            place: empty.place.clone(),
            keys: empty.keys(),
            bring: Some(Keys::read(keys.as_slice()).unwrap()),
            files: empty.files(),
            pack: Some(PACK.clone()),
            clock: t.clock(),
        };
        let open = || Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn Reading + Send>);
        backup::restore(&target, open, &Wanted::default(), |_| {}).await.unwrap();
        let there = empty.opened(&t).await.unwrap();
        there.assert_sound().await;
        for (from, side, to) in [(before, Side::After, after), (after, Side::Before, before)] {
            let tx = there.begin(Actor::Person(cast.mona)).await;
            assert_eq!(tx.follow_adoption(from.record, side, "check").await.unwrap(), to.record);
            tx.commit().await.unwrap();
        }
    }
}
