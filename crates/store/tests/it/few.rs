//! Records that are open to few, colleagues who must not see one, and the way in for an emergency. And that lists filter
//! by the same rules as the door decides by, on invented worlds.

use std::collections::BTreeSet;

use jiff::civil::date;
use policy::{Capability, Relation};
use record::{EntryId, PersonId, RecordId, answer::Answer, same::SHARED};
use store::{Actor, ListOf, Read, ReadUnder, Refused, Tx};

use crate::{
    cast::{Answers, Child, JOB, code, note, text},
    dice::Dice,
    same::join,
    test_db::TestDb,
};

const READ: Read = Read("front-page");

impl TestDb {
    /// Says something of a child, a second after what was said before.
    async fn say(&self, child: Child, form: &str, answers: Answers) -> EntryId {
        self.wait(1);
        self.record(JOB, child.record, self.id(), form, self.now().day(), answers).await.unwrap().unwrap()
    }

    async fn restrict(&self, child: Child, kind: &str) {
        self.say(child, "restriction", vec![("kind", code(kind)), ("reason", text("an aunt works here"))]).await;
    }

    async fn name(&self, child: Child, who: PersonId) -> EntryId {
        self.say(child, "restricted-to", vec![("who", Answer::Person(who)), ("as", text("reviewing officer"))]).await
    }

    async fn conflict(&self, child: Child, who: PersonId) -> EntryId {
        let answers = vec![("who", Answer::Person(who)), ("how", code("family")), ("more", text("a cousin"))];
        self.say(child, "conflict", answers).await
    }

    async fn emergency(&self, actor: Actor, record: RecordId, who: PersonId) -> Result<EntryId, Refused> {
        let answers =
            vec![("worker", Answer::Person(who)), ("reason", code("safety")), ("more", text("the school rang"))];
        Ok(self.record(actor, record, self.id(), "emergency-opening", self.now().day(), answers).await?.expect("new"))
    }

    /// Through which relation somebody reads a record now.
    async fn reads(&self, who: PersonId, record: RecordId) -> Option<Relation> {
        let tx = self.begin(Actor::Person(who)).await;
        match tx.authorise(READ, record, "").await {
            Ok(grant) => Some(grant.relation()),
            Err(Refused::Closed) => None,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The records that a list shows; none for whom it is no list.
async fn listed(tx: &Tx, of: ListOf) -> Option<BTreeSet<RecordId>> {
    match tx.list(of, 50).await {
        Ok(list) => Some(list.iter().map(|child| child.record).collect()),
        Err(Refused::NoRight) => None,
        Err(error) => panic!("{error}"),
    }
}

both_engines! {
    /// R-ACC-01, R-ACC-03, R-ACC-05, R-ACC-06: what a list shows is what the door opens, for everybody, under every
    /// capability that lists use, whatever is so of the records.
    /// ASVS 8.2.2, 8.3.3
    async fn r_acc_01_lists_and_the_door_agree_on_invented_worlds(t: TestDb) {
        let cast = t.cast("amy ben mona ivy ada").await;
        let staff = [cast.amy, cast.ben, cast.mona, cast.ivy, cast.ada];
        let teams = [cast.east, cast.west];
        let mut dice = Dice(20_260_303);
        let mut children: Vec<Child> = Vec::new();
        let mut allocated: Vec<(RecordId, PersonId)> = Vec::new();
        let mut opened: Vec<(Child, PersonId)> = Vec::new();
        for n in 0..14 {
            let worker = [None, Some(cast.amy), Some(cast.ben), Some(cast.amy)][dice.below(4)];
            let child = t.child(["Amira", "Bilal", "Cora", "Dan"][n % 4], teams[dice.below(2)], worker).await;
            if dice.below(2) == 0 {
                t.restrict(child, ["employee", "adoption", "legal-privilege", "other"][dice.below(4)]).await;
            }
            for _ in 0..dice.below(2) {
                t.name(child, staff[dice.below(3)]).await;
            }
            if dice.below(3) == 0 {
                t.conflict(child, staff[dice.below(5)]).await;
            }
            if dice.below(3) == 0 {
                opened.push((child, staff[dice.below(3)]));
            }
            allocated.extend(worker.map(|worker| (child.record, worker)));
            children.push(child);
        }
        // Some were made twice: with their readers and without.
        join(&t, children[0], children[1], SHARED).await;
        join(&t, children[2], children[3], record::same::APART).await;
        let (early, late) = opened.split_at(opened.len() / 2);
        for (child, who) in early {
            t.emergency(JOB, child.record, *who).await.unwrap();
        }
        t.wait(59 * 60 + 59);
        for (child, who) in late {
            t.emergency(JOB, child.record, *who).await.unwrap();
        }
        let all: Vec<RecordId> = children.iter().map(|child| child.record).collect();
        // A list has a child once, whichever of the child's records it shows.
        let once = |record: &RecordId| match children.iter().position(|child| child.record == *record) {
            Some(0) => all[1],
            Some(2) => all[3],
            _ => *record,
        };
        for child in &children {
            t.note(JOB, *child, "quillwort").await;
        }
        t.settle().await;
        while t.db.index_words().await.unwrap().more {}
        let quillwort = record::words::WordsWanted::read("quillwort").unwrap();
        let (mut yes, mut no, mut lists) = (0, 0, 0);
        for _ in 0..2 {
            for person in staff {
                for capability in [
                    Capability::ReadRecord, Capability::RecordEntry, Capability::SeeTeam, Capability::Allocate,
                    Capability::SeeReadings, Capability::AmendEntry, Capability::ReviewEmergency,
                    Capability::OpenInEmergency, Capability::DecideConflict, Capability::SeeDrafts,
                ] {
                    let tx = t.begin(Actor::Person(person)).await;
                    let listed = tx.may_in(capability, &all).await.unwrap();
                    let mut open = BTreeSet::new();
                    for record in &all {
                        if tx.authorise(ReadUnder(capability, "one"), *record, "").await.is_ok() {
                            open.insert(*record);
                        }
                    }
                    assert_eq!(listed, open, "{} by {person}", capability.name());
                    yes += open.len();
                    no += all.len() - open.len();
                }
                let tx = t.begin(Actor::Person(person)).await;
                let open = tx.may_in(Capability::ReadRecord, &all).await.unwrap();
                // A caseload is what one is allocated, as far as it can be opened.
                if let Some(caseload) = listed(&tx, ListOf::Caseload).await {
                    let mine = allocated.iter().filter(|(record, worker)| *worker == person && open.contains(record));
                    let (shown, mine): (BTreeSet<_>, BTreeSet<_>) =
                        (caseload.iter().map(once).collect(), mine.map(|(record, _)| once(record)).collect());
                    assert_eq!(shown, mine, "the caseload of {person}");
                    lists += caseload.len();
                }
                if let Some(team) = listed(&tx, ListOf::Team).await {
                    let seen = tx.may_in(Capability::SeeTeam, &all).await.unwrap();
                    assert!(team.is_subset(&seen), "the team's list of {person}");
                    lists += team.len();
                }
                // A word that stands in every record is found in those that can be opened.
                let found: BTreeSet<RecordId> = match tx.find_words(&quillwort, None, None, 50).await {
                    Ok(found) => found.hits.iter().map(|hit| hit.stored.record).collect(),
                    Err(Refused::NoRight) => BTreeSet::new(),
                    Err(error) => panic!("{error}"),
                };
                assert_eq!(found, open, "the words found by {person}");
            }
            // One second later the first openings are over.
            t.wait(1);
        }
        assert!(yes > 200 && no > 400 && lists > 20, "{yes} {no} {lists}");
        t.assert_sound().await;
    }

    /// R-ACC-03, R-ACC-05: a restricted record is open to the few, is not there for anybody else, and the refusal says in
    /// the ledger that it was a restricted one.
    async fn r_acc_03_r_acc_05_a_restricted_record_is_open_to_the_few(t: TestDb) {
        let cast = t.cast("amy ben mona ivy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let note = t.note(JOB, child, "quillwort").await;
        assert_eq!(t.reads(cast.ivy, child.record).await, Some(Relation::Any));
        t.restrict(child, "adoption").await;
        assert_eq!(t.reads(cast.amy, child.record).await, Some(Relation::Allocated));
        assert_eq!(t.reads(cast.mona, child.record).await, Some(Relation::Manages));
        for closed in [cast.ivy, cast.ben] {
            assert_eq!(t.reads(closed, child.record).await, None);
            let tx = t.begin(Actor::Person(closed)).await;
            assert_eq!(tx.record_numbered(1).await.unwrap(), None);
            assert!(tx.records_of(&[child.person]).await.unwrap().is_empty());
        }
        let reasons: Vec<_> = t.leaves("refused").await.into_iter().map(|leaf| leaf.purpose).collect();
        assert_eq!(reasons, ["restricted", "restricted"]);
        // Who looks after restrictions sees who looked, and reads nothing.
        let tx = t.begin(Actor::Person(cast.ivy)).await;
        drop(tx.authorise(ReadUnder(Capability::SeeReadings, "read-readings"), child.record, "").await.unwrap());
        // Nor are its words found, or counted, by whoever reads any other.
        while t.db.index_words().await.unwrap().entries > 0 {}
        let wanted = record::words::WordsWanted::read("quillwort").unwrap();
        for (who, hits) in [(cast.amy, 1), (cast.ivy, 0)] {
            let tx = t.begin(Actor::Person(who)).await;
            let found = tx.find_words(&wanted, None, None, 9).await.unwrap();
            assert_eq!(found.hits.iter().filter(|hit| hit.stored.entry == note).count(), hits);
            assert_eq!(tx.count_words(&wanted, None).await.unwrap(), Some(i64::try_from(hits).unwrap()));
        }
        // Named by the decision, until that ends; and lifted, it is open as before.
        let named = t.name(child, cast.ivy).await;
        assert_eq!(t.reads(cast.ivy, child.record).await, Some(Relation::Named));
        t.say(child, "restricted-to-ended", vec![("named", Answer::Entry(named)), ("reason", text("done"))]).await;
        assert_eq!(t.reads(cast.ivy, child.record).await, None);
        t.name(child, cast.ivy).await;
        t.say(child, "restriction-lifted", vec![("reason", text("no longer"))]).await;
        assert_eq!(t.reads(cast.ivy, child.record).await, Some(Relation::Any));
        // A name of then does not open a restriction of later.
        t.wait(86_400);
        t.restrict(child, "adoption").await;
        assert_eq!(t.reads(cast.ivy, child.record).await, None);
        t.assert_sound().await;
    }

    /// R-ACC-01: whoever is in conflict is refused at once, in the record of the child wherever it stands twice, and in
    /// an emergency too.
    async fn r_acc_01_conflict_refuses_through_everything(t: TestDb) {
        let cast = t.cast("amy mona ivy").await;
        let (child, again) = (t.child("Amira", cast.east, Some(cast.amy)).await, t.child("Amirah", cast.west, None).await);
        join(&t, again, child, record::same::APART).await;
        let conflict = t.conflict(again, cast.amy).await;
        assert_eq!(t.reads(cast.amy, child.record).await, None, "said in the other record of the child");
        assert!(matches!(t.emergency(Actor::Person(cast.amy), child.record, cast.amy).await, Err(Refused::Closed)));
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert!(tx.list(ListOf::Caseload, 9).await.unwrap().is_empty(), "though it is allocated to her");
        assert_eq!(t.leaves("refused").await.last().unwrap().purpose, "conflict");
        t.conflict(child, cast.ivy).await;
        assert_eq!(t.reads(cast.ivy, child.record).await, None, "whoever reads any other");
        let tx = t.begin(Actor::Person(cast.ivy)).await;
        assert!(tx.authorise(ReadUnder(Capability::SeeReadings, "read-readings"), child.record, "").await.is_err());
        t.say(again, "conflict-ended", vec![("conflict", Answer::Entry(conflict)), ("reason", text("another Amy"))]).await;
        assert_eq!(t.reads(cast.amy, child.record).await, Some(Relation::Allocated));
        t.assert_sound().await;
    }

    /// R-ACC-08, R-ACC-01: an opening in an emergency lasts its hour, says so in each leaf, ends by itself or with its
    /// review, and opens neither an adoption nor anything to a colleague.
    async fn r_acc_08_an_emergency_opens_for_an_hour(t: TestDb) {
        let cast = t.cast("amy ben mona ada").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let (amy, ben) = (Actor::Person(cast.amy), Actor::Person(cast.ben));
        assert!(t.emergency(Actor::Person(cast.ada), child.record, cast.ada).await.is_err(), "no role of hers has it");
        assert_eq!(t.reads(cast.ben, child.record).await, None);
        t.emergency(ben, child.record, cast.ben).await.unwrap();
        assert_eq!(t.reads(cast.ben, child.record).await, Some(Relation::Emergency));
        let tx = t.begin(ben).await;
        drop(tx.authorise(READ, child.record, "record").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(t.leaves("front-page").await.last().unwrap().purpose, "in-emergency record");
        t.record(ben, child.record, t.id(), "case-note", date(2026, 3, 3), note("what I did")).await.unwrap();
        t.wait(59 * 60 + 59);
        assert_eq!(t.reads(cast.ben, child.record).await, Some(Relation::Emergency));
        t.wait(1);
        assert_eq!(t.reads(cast.ben, child.record).await, None, "the hour is over");
        // A review ends one that is open still.
        let opening = t.emergency(ben, child.record, cast.ben).await.unwrap();
        t.wait(1);
        let review = vec![("opening", Answer::Entry(opening)), ("result", code("not-needed")), ("reason", text("asked him"))];
        assert!(t.record(amy, child.record, t.id(), "emergency-review", date(2026, 3, 3), review.clone()).await.is_err());
        t.record(Actor::Person(cast.mona), child.record, t.id(), "emergency-review", date(2026, 3, 3), review).await.unwrap();
        assert_eq!(t.reads(cast.ben, child.record).await, None);
        // Restricted: as the kind says.
        t.restrict(child, "employee").await;
        t.emergency(ben, child.record, cast.ben).await.unwrap();
        assert_eq!(t.reads(cast.ben, child.record).await, Some(Relation::Emergency));
        t.restrict(child, "adoption").await;
        assert_eq!(t.reads(cast.ben, child.record).await, None);
        assert!(matches!(t.emergency(ben, child.record, cast.ben).await, Err(Refused::Closed)));
        t.assert_sound().await;
    }
}
