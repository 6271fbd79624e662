//! Drafts: nothing typed is lost or overwritten, and nobody but the author reads it.

use std::collections::BTreeMap;

use record::{DraftId, PersonId, RecordId, Typed};
use store::{Actor, Draft, Grant, StoreError, Tx, Write};

use crate::{
    cast::{Cast, Child, JOB, WRITE},
    test_db::TestDb,
};

fn typed(text: &str) -> Typed {
    Typed::default().with("purpose", text)
}

/// A draft of Amy's, with a first version that is not kept.
pub async fn begun(t: &TestDb, cast: &Cast, child: Child) -> DraftId {
    let id: DraftId = t.id();
    let tx = t.begin(Actor::Person(cast.amy)).await;
    let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
    let draft = Draft {
        id,
        form: "case-note".to_owned(),
        form_version: 1,
        form_hash: None,
        author: cast.amy,
        front: child.record,
        amends: None,
        opened: t.now(),
        touched: t.now(),
        heads: Vec::new(),
        last: 0,
    };
    tx.begin_draft(&grant, &draft);
    assert_eq!(tx.save_draft(&draft, &[(child.record, grant)].into(), 0, &typed("first"), false).unwrap(), 1);
    tx.commit().await.unwrap();
    id
}

async fn opened(tx: &Tx, id: DraftId) -> Option<(Draft, BTreeMap<RecordId, Grant<'_, Write>>)> {
    let draft = tx.own_draft(id).await.unwrap()?;
    let grant = tx.authorise(WRITE, draft.front, "record").await.unwrap();
    Some((draft.clone(), [(draft.front, grant)].into()))
}

/// Saves, and gives the number of the version.
pub async fn save(t: &TestDb, author: PersonId, id: DraftId, on: i64, typed: &Typed, keep: bool) -> i64 {
    let tx = t.begin(Actor::Person(author)).await;
    let (draft, grants) = opened(&tx, id).await.unwrap();
    let n = tx.save_draft(&draft, &grants, on, typed, keep).unwrap();
    drop(grants);
    tx.commit().await.unwrap();
    n
}

/// The heads with what they say, and all versions that are kept.
async fn state(t: &TestDb, author: PersonId, id: DraftId) -> (Vec<(i64, String)>, Vec<i64>) {
    let tx = t.begin(Actor::Person(author)).await;
    let (draft, grants) = opened(&tx, id).await.unwrap();
    let mut heads = Vec::new();
    for head in &draft.heads {
        let says = tx.typed(&draft, &grants, head.n).await.unwrap();
        assert_eq!(tx.draft_records(&draft, head.n).await.unwrap(), [draft.front]);
        heads.push((head.n, says.get(&record::typed::Name::of("purpose")).unwrap().to_owned()));
    }
    let versions = tx.kept_versions(&draft).await.unwrap().iter().map(|head| head.n).collect();
    (heads, versions)
}

both_engines! {
    async fn r_int_06_autosave_replaces_its_head_and_save_keeps_it(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let draft = begun(&t, &cast, child).await;
        t.wait(5);
        let n = save(&t, cast.amy, draft, 1, &typed("second"), false).await;
        assert_eq!(state(&t, cast.amy, draft).await, (vec![(n, "second".to_owned())], vec![n]), "an autosave takes the place of the one before");
        let kept = save(&t, cast.amy, draft, n, &typed("third"), true).await;
        let after = save(&t, cast.amy, draft, kept, &typed("fourth"), false).await;
        assert_eq!(state(&t, cast.amy, draft).await, (vec![(after, "fourth".to_owned())], vec![after, kept]), "Save stays");
        t.assert_sound().await;
    }

    async fn r_int_06_ten_quiet_minutes_keep_the_version_before(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let draft = begun(&t, &cast, child).await;
        t.wait(601);
        let n = save(&t, cast.amy, draft, 1, &typed("after lunch"), false).await;
        assert_eq!(state(&t, cast.amy, draft).await, (vec![(n, "after lunch".to_owned())], vec![n, 1]));
    }

    async fn r_int_06_two_windows_make_two_heads_and_neither_is_lost(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let draft = begun(&t, &cast, child).await;
        let a = save(&t, cast.amy, draft, 1, &typed("window a"), false).await;
        let b = save(&t, cast.amy, draft, 1, &typed("window b"), false).await;
        assert_eq!(state(&t, cast.amy, draft).await.0, [(a, "window a".to_owned()), (b, "window b".to_owned())]);
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let (open, grants) = opened(&tx, draft).await.unwrap();
        let joined = tx.save_draft(&open, &grants, 0, &typed("both"), true).unwrap();
        for head in &open.heads {
            tx.join_heads(&open, head.n, joined);
        }
        drop(grants);
        tx.commit().await.unwrap();
        assert_eq!(state(&t, cast.amy, draft).await, (vec![(joined, "both".to_owned())], vec![joined, b, a]));
        t.assert_sound().await;
    }

    async fn r_int_06_two_saves_at_the_same_moment_lose_nothing(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let id = begun(&t, &cast, child).await;
        let mut saves = Vec::new();
        for words in ["window a", "window b"] {
            let tx = t.begin(Actor::Person(cast.amy)).await;
            let (draft, grants) = opened(&tx, id).await.unwrap();
            tx.save_draft(&draft, &grants, 1, &typed(words), false).unwrap();
            drop(grants);
            saves.push(tx);
        }
        let mut saves = saves.into_iter();
        let (a, b) = tokio::join!(saves.next().unwrap().commit(), saves.next().unwrap().commit());
        assert!(matches!((&a, &b), (Ok(()), Err(StoreError::Conflict)) | (Err(StoreError::Conflict), Ok(()))), "{a:?} {b:?}");
        let missing = if a.is_ok() { "window b" } else { "window a" };
        save(&t, cast.amy, id, 1, &typed(missing), false).await;
        let texts: Vec<_> = state(&t, cast.amy, id).await.0.into_iter().map(|(_, text)| text).collect();
        assert!(texts.contains(&"window a".to_owned()) && texts.contains(&"window b".to_owned()), "{texts:?}");
    }

    async fn only_the_author_reads_a_draft_and_a_manager_sees_that_it_is_there(t: TestDb) {
        let cast = t.cast("amy mona").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let draft = begun(&t, &cast, child).await;
        for other in [Actor::Person(cast.mona), JOB] {
            let tx = t.begin(other).await;
            assert!(tx.own_draft(draft).await.unwrap().is_none());
            assert!(tx.own_drafts().await.unwrap().is_empty());
            let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
            let there = tx.drafts_of_record(&grant).await.unwrap();
            assert_eq!((there.len(), there[0].id, there[0].author), (1, draft, cast.amy));
        }
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert_eq!(tx.own_drafts().await.unwrap().len(), 1);
    }

    async fn r_int_06_an_ended_draft_takes_nothing_more_and_its_versions_stay(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        for completed in [true, false] {
            let id = begun(&t, &cast, child).await;
            let late = t.begin(Actor::Person(cast.amy)).await;
            let (draft, grants) = opened(&late, id).await.unwrap();
            late.save_draft(&draft, &grants, 1, &typed("too late"), false).unwrap();
            drop(grants);
            let tx = t.begin(Actor::Person(cast.amy)).await;
            let (draft, grants) = opened(&tx, id).await.unwrap();
            if completed {
                tx.complete_draft(&draft, &grants, 1, &typed("in time")).unwrap();
            } else {
                tx.put_draft_aside(&draft);
            }
            drop(grants);
            tx.commit().await.unwrap();
            assert!(matches!(late.commit().await, Err(StoreError::Conflict)), "a save that began before the end");
            let tx = t.begin(Actor::Person(cast.amy)).await;
            assert!(tx.own_draft(id).await.unwrap().is_none());
            assert_eq!(t.cell(&format!("select count(*) from draft_version where draft = '{id}' and kept = 1")).await, "1");
        }
        t.assert_sound().await;
    }
}
