//! The one door: who gets in, what those outside learn, and that every reading leaves its leaf before it is shown.

use jiff::civil::date;
use policy::Capability;
use record::{RecordId, likeness::LookedFor};
use store::{Actor, Leaf, ListOf, Read, ReadUnder, Refused, SearchFor, StoreError};

use crate::{
    cast::{JOB, WRITE, note},
    test_db::TestDb,
};

async fn readings(t: &TestDb) -> Vec<Leaf> {
    t.leaves("front-page").await
}

both_engines! {
    /// ASVS 8.2.2, 16.3.2
    async fn r_gov_01_what_is_closed_and_what_is_absent_look_the_same(t: TestDb) {
        let cast = t.cast("ben ada").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let nowhere: RecordId = t.id();
        for person in [cast.ben, cast.ada] {
            for record in [child.record, nowhere] {
                let tx = t.begin(Actor::Person(person)).await;
                assert!(matches!(tx.authorise(Read("front-page"), record, "").await, Err(Refused::Closed)));
                assert!(matches!(tx.authorise(WRITE, record, "").await, Err(Refused::Closed)));
            }
        }
        let refused = t.leaves("refused").await;
        assert_eq!(refused.len(), 8, "each is in the ledger");
        let mut of_child: Vec<_> = refused.iter().filter(|leaf| leaf.record == Some(child.record.to_string())).map(|leaf| leaf.purpose.as_str()).collect();
        of_child.sort_unstable();
        assert_eq!(of_child, ["no-relation", "no-relation", "no-role", "no-role"], "why is for the ledger alone");
        assert!(refused.iter().all(|leaf| leaf.thing.as_deref() == Some("front-page") || leaf.thing.as_deref() == Some("write")));
        // Numbers typed into the address give nothing away either.
        let tx = t.begin(Actor::Person(cast.ben)).await;
        let number = t.cell(&format!("select number from record where id = '{}'", child.record)).await.parse().unwrap();
        assert_eq!(tx.record_numbered(number).await.unwrap(), None);
        assert_eq!(tx.record_numbered(77).await.unwrap(), None);
        drop(tx);
        t.assert_sound().await;
    }

    /// ASVS 8.2.1, 16.3.2
    async fn a_capability_that_no_role_has_is_refused_and_logged(t: TestDb) {
        let cast = t.cast("amy").await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert!(matches!(tx.permit(Capability::ManageStaff).await, Err(Refused::NoRight)));
        assert!(matches!(tx.list(ListOf::Unallocated, 10).await, Err(Refused::NoRight)));
        assert!(matches!(tx.accounts().await, Err(Refused::NoRight)));
        assert!(matches!(tx.load(&[]).await, Err(Refused::NoRight)));
        assert!(matches!(tx.open_record(t.id(), policy::form::RecordKind::Child, Some(t.id())).await, Err(Refused::NoRight)));
        assert_eq!(t.leaves("refused").await.len(), 5);
    }

    /// ASVS 16.2.1, 16.3.2
    async fn r_int_01_a_reading_has_its_leaf_after_the_commit_and_not_before(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        t.wait(1);
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let grant = tx.authorise(Read("front-page"), child.record, "record").await.unwrap();
        assert_eq!(grant.holder(), Some(child.person));
        assert_eq!(tx.current_facts(&grant).await.unwrap().iter().filter(|fact| fact.said.line.kind == "name").count(), 1);
        drop(grant);
        assert_eq!(readings(&t).await.len(), 0, "nothing until it is shown");
        tx.commit().await.unwrap();
        let leaf = &readings(&t).await[0];
        assert_eq!((leaf.record.as_deref(), leaf.actor.id.as_str()), (Some(child.record.to_string().as_str()), cast.amy.to_string().as_str()));
        assert_eq!(t.cell("select log from leaf order by id desc limit 1").await, "readings-2026");
        // What is not committed was not read.
        let tx = t.begin(Actor::Person(cast.amy)).await;
        drop(tx.authorise(Read("front-page"), child.record, "record").await.unwrap());
        drop(tx);
        assert_eq!(readings(&t).await.len(), 1);
    }

    /// ASVS 16.5.3
    async fn r_int_01_a_reading_that_cannot_be_logged_gives_nothing(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        drop(tx.authorise(Read("front-page"), child.record, "record").await.unwrap());
        t.plain(if t.is_sqlite() {
            "create trigger no_leaf before insert on leaf begin select raise(abort, 'no leaf'); end"
        } else {
            "alter table leaf rename to leaf_away"
        }).await.unwrap();
        assert!(tx.commit().await.is_err());
    }

    /// ASVS 8.3.2, 8.3.3
    async fn a_team_a_manager_and_a_governance_officer_get_in_by_their_relation(t: TestDb) {
        let cast = t.cast("amy mona ivy ben").await;
        let child = t.child("Amira", cast.east, None).await;
        let tx = t.begin(Actor::Person(cast.ivy)).await;
        let grant = tx.authorise(ReadUnder(Capability::SeeReadings, "see-readings"), child.record, "").await.unwrap();
        assert_eq!(grant.relation(), policy::Relation::Any);
        drop(grant);
        for (person, relation) in [(cast.amy, policy::Relation::Team), (cast.mona, policy::Relation::Team)] {
            let tx = t.begin(Actor::Person(person)).await;
            let grant = tx.authorise(Read("front-page"), child.record, "").await.unwrap();
            assert_eq!(grant.relation(), relation);
        }
        // Re-allocated to the west: who could read cannot, who could not can.
        t.allocate(child.record, cast.west, Some(cast.ben), date(2026, 3, 1)).await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert!(matches!(tx.authorise(Read("front-page"), child.record, "").await, Err(Refused::Closed)));
        let tx = t.begin(Actor::Person(cast.ben)).await;
        assert_eq!(tx.authorise(Read("front-page"), child.record, "").await.unwrap().relation(), policy::Relation::Allocated);
    }

    /// ASVS 8.3.2, 15.4.2
    async fn a_right_that_ends_while_somebody_writes_ends_the_writing(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
        let act = t.id();
        tx.begin_act(act);
        t.write(&tx, &grant, act, "case-note", date(2026, 3, 2), note("too late")).await.unwrap();
        drop(grant);
        t.allocate(child.record, cast.west, Some(cast.ben), date(2026, 3, 1)).await;
        assert!(matches!(tx.commit().await, Err(StoreError::Conflict)), "re-allocated in between");
        assert!(matches!(t.record(Actor::Person(cast.amy), child.record, act, "case-note", date(2026, 3, 2), note("again")).await, Err(Refused::Closed)));
        // The same for an account that is closed in between.
        let child = t.child("Bilal", cast.east, Some(cast.amy)).await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        let grant = tx.authorise(WRITE, child.record, "record").await.unwrap();
        tx.begin_act(t.id());
        drop(grant);
        let closing = t.begin(JOB).await;
        closing.set_account(cast.amy, false).await.unwrap();
        closing.commit().await.unwrap();
        assert!(matches!(tx.commit().await, Err(StoreError::Conflict)), "closed in between");
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert!(matches!(tx.authorise(Read("front-page"), child.record, "").await, Err(Refused::Closed)));
    }

    async fn what_is_listed_twice_and_still_open_is_shown(t: TestDb) {
        let cast = t.cast("amy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert_eq!(tx.list(ListOf::Caseload, 50).await.unwrap().len(), 1);
        assert_eq!(tx.records_of(&[amira.person]).await.unwrap().len(), 1);
        t.note(Actor::Person(cast.amy), amira, "written while she looks at her list").await;
        tx.commit().await.unwrap();
    }

    /// ASVS 8.3.3
    async fn lists_start_from_the_person(t: TestDb) {
        let cast = t.cast("amy ben mona ivy").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let bilal = t.child("Bilal", cast.east, None).await;
        let cora = t.child("Cora", cast.west, Some(cast.ben)).await;
        let list = async |person, of| {
            let tx = t.begin(Actor::Person(person)).await;
            let listed: Vec<RecordId> = tx.list(of, 50).await.unwrap().into_iter().map(|child| child.record).collect();
            tx.commit().await.unwrap();
            listed
        };
        assert_eq!(list(cast.amy, ListOf::Caseload).await, [amira.record]);
        assert_eq!(list(cast.ben, ListOf::Caseload).await, [cora.record]);
        assert_eq!(list(cast.mona, ListOf::Team).await, [amira.record, bilal.record]);
        assert_eq!(list(cast.mona, ListOf::Unallocated).await, [bilal.record]);
        assert_eq!(list(cast.ivy, ListOf::Caseload).await, [] as [RecordId; 0]);
        let shown = &t.leaves("list-team").await[0].shown;
        assert_eq!(*shown, [amira.record.to_string(), bilal.record.to_string()], "a list is one leaf with what it showed");
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert_eq!(tx.records_of(&[amira.person, bilal.person, cora.person]).await.unwrap().len(), 2, "hers and her team's");
        let found = tx.find_people(&LookedFor::new("okafor", None), SearchFor::Record, 10).await.unwrap();
        assert_eq!(found.len(), 2, "whom no record names that is open to her is not there");
        assert!(found.iter().all(|one| one.record.is_some()));
        assert_eq!(tx.find_people(&LookedFor::new("okafor", None), SearchFor::Naming, 10).await.unwrap().len(), 3, "before somebody is made");
        let tx = t.begin(Actor::Person(cast.mona)).await;
        assert_eq!(tx.find_people(&LookedFor::new("okafor", None), SearchFor::Record, 10).await.unwrap().len(), 3, "she opens records");
        assert!(tx.find_people(&LookedFor::new("%", None), SearchFor::Record, 10).await.unwrap().is_empty(), "% is a letter");
    }
}
