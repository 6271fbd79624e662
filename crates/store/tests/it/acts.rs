//! Acts: whole or not at all, once however often they are pressed, however many write at once.

use std::{collections::BTreeSet, sync::Arc};

use jiff::civil::date;
use record::EntryId;
use store::{Actor, Read, StoreError};

use crate::{
    cast::{JOB, WRITE, note},
    test_db::TestDb,
};

both_engines! {
    /// ASVS 2.3.4
    async fn r_int_06_an_act_pressed_twice_records_once(t: TestDb) {
        let cast = t.cast("").await;
        let child = t.child("Amira", cast.east, None).await;
        let act = t.id();
        let once = t.record(JOB, child.record, act, "case-note", date(2026, 3, 2), note("once")).await.unwrap();
        let again = t.record(JOB, child.record, act, "case-note", date(2026, 3, 2), note("once")).await.unwrap();
        assert!(once.is_some() && again.is_none());
        // Both at the same moment: whoever comes second finds the act's name taken.
        let second = t.id();
        let [a, b] = [t.begin(JOB).await, t.begin(JOB).await];
        for tx in [&a, &b] {
            let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
            tx.begin_act(second);
            t.write(tx, &grant, second, "case-note", date(2026, 3, 2), note("twice")).await.unwrap();
        }
        let (a, b) = tokio::join!(a.commit(), b.commit());
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        assert!(matches!(a.and(b), Err(StoreError::Conflict)));
        assert_eq!(t.cell(&format!("select count(*) from entry where act = '{second}'")).await, "1");
        t.assert_sound().await;
    }

    /// ASVS 15.4.1, 15.4.3
    async fn r_int_06_thirty_two_writers_on_one_record_lose_nothing(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let t = Arc::new(t);
        let writers: Vec<_> = (0..32)
            .map(|n| {
                let t = t.clone();
                tokio::spawn(async move {
                    let mut written = Vec::new();
                    for m in 0..2 {
                        written.push(t.note(Actor::Person(cast.amy), child, &format!("writer {n}, note {m}")).await);
                    }
                    written
                })
            })
            .collect();
        let mut acknowledged: BTreeSet<EntryId> = BTreeSet::new();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
        assert_eq!(acknowledged.len(), 64);
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(Read("chronology"), child.record, "").await.unwrap();
        let kept: BTreeSet<EntryId> = tx.entries(&grant, false, None, 200).await.unwrap().into_iter().map(|entry| entry.entry).collect();
        assert!(acknowledged.is_subset(&kept));
        drop(grant);
        drop(tx);
        t.assert_sound().await;
    }

    /// ASVS 2.3.3
    async fn an_act_that_conflicts_leaves_nothing(t: TestDb) {
        let cast = t.cast("").await;
        let child = t.child("Amira", cast.east, None).await;
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
        let act = t.id();
        tx.begin_act(act);
        let entry = t.write(&tx, &grant, act, "case-note", date(2026, 3, 2), note("slow")).await.unwrap();
        t.note(JOB, child, "quick").await;
        drop(grant);
        assert!(matches!(tx.commit().await, Err(StoreError::Conflict)));
        assert_eq!(t.cell(&format!("select count(*) from entry where id = '{entry}'")).await, "0");
        assert_eq!(t.cell(&format!("select count(*) from act where id = '{act}'")).await, "0");
        t.assert_sound().await;
    }

    /// R-INT-06: an import writes beside the server; each numbers the leaves after what the other has written.
    /// ASVS 15.4.3
    async fn r_int_06_two_programs_write_by_turns(t: TestDb) {
        let cast = t.cast("").await;
        let child = t.child("Amira", cast.east, None).await;
        let other = t.again().await.unwrap();
        for n in 0..3 {
            t.note(JOB, child, &format!("the server, {n}")).await;
            let tx = other.begin(JOB, t.now()).await.unwrap();
            let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
            let act = t.id();
            tx.begin_act(act);
            t.write(&tx, &grant, act, "case-note", date(2026, 3, 2), note(&format!("the import, {n}"))).await.unwrap();
            drop(grant);
            tx.commit().await.unwrap();
        }
        other.close().await;
        t.assert_sound().await;
    }

    /// ASVS 2.3.3
    async fn a_refused_neighbour_in_the_same_batch_takes_nobody_with_it(t: TestDb) {
        let cast = t.cast("").await;
        let children = [t.child("Amira", cast.east, None).await, t.child("Bilal", cast.east, None).await];
        let mut acts = Vec::new();
        for n in 0..6 {
            let child = &children[n % 2];
            let tx = t.begin(JOB).await;
            let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
            let act = t.id();
            tx.begin_act(act);
            t.write(&tx, &grant, act, "case-note", date(2026, 3, 2), note(&format!("{n}"))).await.unwrap();
            drop(grant);
            acts.push(tx);
        }
        let acts: Vec<_> = acts.into_iter().map(|tx| tokio::spawn(tx.commit())).collect();
        let mut kept = 0;
        for act in acts {
            match act.await.unwrap() {
                Ok(()) => kept += 1,
                Err(StoreError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
        // The first of all is written alone, as it comes; those after it wait and are a batch, with Bilal's first among them.
        assert_eq!(kept, 2, "all read the same version of their record; one writes in each");
        t.assert_sound().await;
    }

    async fn r_int_06_a_writer_who_goes_away_is_written_all_the_same(t: TestDb) {
        let cast = t.cast("").await;
        let child = t.child("Amira", cast.east, None).await;
        let tx = t.begin(JOB).await;
        let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
        let act = t.id();
        tx.begin_act(act);
        let entry = t.write(&tx, &grant, act, "case-note", date(2026, 3, 2), note("gone")).await.unwrap();
        drop(grant);
        let sql = format!("select count(*) from entry where id = '{entry}'");
        {
            let commit = tx.commit();
            tokio::pin!(commit);
            // Polled until it has handed the act over, then dropped.
            for _ in 0..50 {
                if tokio::time::timeout(std::time::Duration::from_millis(1), &mut commit).await.is_ok() {
                    break;
                }
            }
        }
        for _ in 0..100 {
            if t.cell(&sql).await == "1" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(t.cell(&sql).await, "1");
        t.assert_sound().await;
    }
}
