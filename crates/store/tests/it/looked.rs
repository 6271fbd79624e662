//! Who looked at a child, from the leaves of the readings: found by the child, and worked out again.

use policy::{Capability, Relation};
use record::{
    likeness::LookedFor,
    looked::{How, Why},
};
use store::{Actor, ListOf, Looked, LooksWanted, Read, ReadUnder, SearchFor, verify::Finding};

use crate::{
    cast::{Cast, Child, JOB},
    test_db::{TestDb, in_words},
};

/// Amy, who works with Amira, reads her and sees her in a list; somebody searches; Ben of another team is refused.
async fn looked_at_amira(t: &TestDb) -> (Cast, Child) {
    let cast = t.cast("amy ben").await;
    let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
    let (amy, ben) = (Actor::Person(cast.amy), Actor::Person(cast.ben));
    let tx = t.begin(amy).await;
    drop(tx.authorise(Read("read-story"), amira.record, "").await.unwrap());
    tx.commit().await.unwrap();
    t.wait(60);
    let tx = t.begin(amy).await;
    assert_eq!(tx.list(ListOf::Caseload, 10).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    t.wait(60);
    let tx = t.begin(amy).await;
    assert_eq!(tx.find_people(&LookedFor::new("Amira", None), SearchFor::Record, 5).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    t.wait(60);
    let tx = t.begin(ben).await;
    assert!(tx.authorise(Read("read-story"), amira.record, "").await.is_err());
    (cast, amira)
}

async fn looks(t: &TestDb, child: Child, wanted: &LooksWanted, most: usize) -> Vec<Looked> {
    let tx = t.begin(JOB).await;
    let action = ReadUnder(Capability::SeeReadings, "read-readings");
    let grant = tx.authorise(action, child.record, "").await.unwrap();
    // It is not committed: whoever asks here is not among those who looked.
    tx.looked_at(&grant, wanted, most).await.unwrap()
}

both_engines! {
    /// R-ACC-08: who read, searched, saw the child in a list and was refused, each with how they stood to the child then.
    async fn r_acc_08_everybody_who_looked_is_found_by_the_child(t: TestDb) {
        let (cast, amira) = looked_at_amira(&t).await;
        let all = looks(&t, amira, &LooksWanted::default(), 50).await;
        let by_people: Vec<&Looked> = all.iter().filter(|one| one.leaf.actor.id.len() == 26).collect();
        let how: Vec<How> = by_people.iter().map(|one| one.how).collect();
        assert_eq!(how, [How::Refused, How::Found, How::Listed, How::Opened], "newest first");
        assert_eq!(by_people[0].leaf.purpose, "no-relation");
        assert_eq!(Why::of(&by_people[3].leaf.purpose).through, Some(Relation::Allocated));
        let by = |reader| LooksWanted { reader: Some(reader), ..LooksWanted::default() };
        assert_eq!(looks(&t, amira, &by(cast.ben), 50).await.len(), 1);
        assert_eq!(looks(&t, amira, &by(cast.amy), 50).await.len(), 3);
        let found = LooksWanted { how: vec![How::Found, How::Listed], ..by(cast.amy) };
        assert_eq!(looks(&t, amira, &found, 50).await.len(), 2);
        let first = by_people[3].leaf.at.parse::<record::Moment>().unwrap();
        let later = LooksWanted { from: Some(first.plus_seconds(1)), ..by(cast.amy) };
        assert_eq!(looks(&t, amira, &later, 50).await.len(), 2);
        let before = LooksWanted { to: Some(first.plus_seconds(1)), ..by(cast.amy) };
        assert_eq!(looks(&t, amira, &before, 50).await.len(), 1);
        // A page, and the next one.
        let page = looks(&t, amira, &by(cast.amy), 2).await;
        let next = LooksWanted { before: Some(page[1].id.clone()), ..by(cast.amy) };
        assert_eq!(looks(&t, amira, &next, 2).await, [by_people[3].clone()]);
        t.assert_sound().await;
    }

    /// R-ACC-08: whoever takes a reading out of the table, or puts another name there, is found by the leaves.
    async fn r_acc_08_a_changed_reader_is_found(t: TestDb) {
        let (cast, amira) = looked_at_amira(&t).await;
        t.assert_sound().await;
        let ben = format!("reader = '{}' and about = '{}'", cast.ben, amira.record);
        let leaf = t.cell(&format!("select leaf from looked where {ben}")).await;
        let wrong = vec![Finding::Looked { leaf: leaf.clone() }];
        t.tamper(&format!("update looked set reader = '{}' where {ben}", cast.amy)).await;
        assert_eq!(t.verify().await.findings, wrong);
        t.tamper(&format!("delete from looked where leaf = '{leaf}'")).await;
        assert_eq!(t.verify().await.findings, wrong);
        let put = |how: &str, leaf: &str| {
            format!("insert into looked (leaf, about, reader, how, because, among) values ('{leaf}', '{}', '{}', '{how}', 'no-relation', 1)", amira.record, cast.ben)
        };
        t.tamper(&put("refused", &leaf)).await;
        t.assert_sound().await;
        t.tamper(&put("opened", "zzzzzzzzzzzzzzzzzzzzzzzzzz")).await;
        let words = in_words(&t.verify().await);
        assert_eq!(words, ["reading zzzzzzzzzzzzzzzzzzzzzzzzzz: whom it showed is not what its leaf says"]);
    }
}
