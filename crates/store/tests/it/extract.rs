//! The extract: what is counted from it, what it does not hold, and that it takes the old one's place whole.

use jiff::civil::date;
use record::answer::Answer;
use store::{
    Actor, CountBy, ListOfCount, Refused, StoreError,
    extract::{About, Extract},
};

use crate::{
    cast::{Answers, Child, JOB, WORDS, code, text},
    test_db::TestDb,
};

fn extract_of(t: &TestDb) -> Extract {
    Extract::at(t.keys().parent().unwrap().join("counts").join("extract.db"))
}

fn visit(seen: bool, alone: bool) -> Answers {
    let mut answers = vec![
        ("kind", code("statutory")),
        ("purpose", text(WORDS)),
        ("result", code("took-place")),
        ("seen", Answer::YesNo(seen)),
        ("child-views", text(WORDS)),
    ];
    if seen {
        answers.push(("seen-alone", Answer::YesNo(alone)));
    }
    answers
}

async fn made(t: &TestDb) -> (Extract, About) {
    let extract = extract_of(t);
    let about = extract.make(&t.db).await.unwrap();
    (extract, about)
}

async fn visited(t: &TestDb, by: Actor, child: Child, day: jiff::civil::Date, alone: bool) {
    t.record(by, child.record, t.id(), "visit", day, visit(true, alone)).await.unwrap();
}

both_engines! {
    /// R-REP-01, R-REP-11, R-VIS-16, R-PPL-02: visits, children seen and seen alone, children with nobody allocated, and
    /// what the census lacks are counted from the extract.
    async fn r_rep_01_r_rep_11_what_happened_is_counted(t: TestDb) {
        let cast = t.cast("amy ben mona").await;
        let amira = t.child("Amira", cast.east, Some(cast.amy)).await;
        let bilal = t.child("Bilal", cast.east, Some(cast.amy)).await;
        let carys = t.child("Carys", cast.east, None).await;
        let west = t.child("Dewi", cast.west, Some(cast.ben)).await;
        let none = vec![
            ("team", Answer::Team(cast.east)),
            ("has-worker", Answer::YesNo(false)),
            ("unallocated-reason", code("worker-left")),
        ];
        t.record(JOB, carys.record, t.id(), "allocation", date(2026, 2, 2), none).await.unwrap();
        let amy = Actor::Person(cast.amy);
        visited(&t, amy, amira, date(2026, 2, 10), true).await;
        visited(&t, amy, amira, date(2026, 2, 20), false).await;
        visited(&t, amy, bilal, date(2026, 2, 28), false).await;
        visited(&t, Actor::Person(cast.ben), west, date(2026, 2, 3), true).await;

        let (extract, about) = made(&t).await;
        assert_eq!((about.children, about.as_of), (4, t.now()));
        let tx = t.begin(Actor::Person(cast.mona)).await;
        let mut counting = tx.count(&extract, "count-tests").await.unwrap().unwrap();
        assert!(counting.may_read, "a manager reads the records of her team");

        let visits = counting.visits(CountBy::Child, date(2026, 2, 1), date(2026, 2, 28)).await.unwrap();
        let of = |child: Child| visits.iter().find(|one| one.of == child.record.to_string()).map(|one| (one.visits, one.seen_alone));
        assert_eq!([of(amira), of(bilal), of(west)], [Some((2, 1)), Some((1, 0)), None], "nothing of another team");
        let by_worker = counting.visits(CountBy::Worker, date(2026, 2, 1), date(2026, 2, 28)).await.unwrap();
        assert_eq!(by_worker.iter().map(|one| (one.of.clone(), one.visits)).collect::<Vec<_>>(), [(cast.amy.to_string(), 3)]);
        let by_kind = counting.visits(CountBy::Kind, date(2026, 2, 1), date(2026, 2, 28)).await.unwrap();
        assert_eq!((by_kind[0].of.as_str(), by_kind[0].seen, by_kind[0].failed), ("statutory", 3, 0));

        let months = counting.months().await.unwrap();
        let february = months.iter().find(|month| month.end == date(2026, 2, 28)).unwrap();
        assert_eq!((february.children, february.seen, february.seen_alone), (3, 2, 1));
        assert_eq!(february.unallocated, [("worker-left".to_owned(), 1)].into());
        let january = months.iter().find(|month| month.end == date(2026, 1, 31)).unwrap();
        assert_eq!(january.unallocated, [(String::new(), 1)].into(), "no reason had been given then");
        assert_eq!(months.last().unwrap().end, t.now().day());
        assert!(months.iter().all(|month| month.end >= date(2026, 1, 31)), "no record was open before");

        let behind = counting.list(&ListOfCount::NotSeen(date(2026, 2, 28)), 10).await.unwrap();
        assert_eq!(behind.iter().map(|one| one.record).collect::<Vec<_>>(), [carys.record]);
        let alone = counting.list(&ListOfCount::NotSeenAlone(date(2026, 2, 28)), 10).await.unwrap();
        assert_eq!(alone.len(), 2);
        let why = Some("worker-left".to_owned());
        let nobody = counting.list(&ListOfCount::Unallocated(date(2026, 2, 28), why), 10).await.unwrap();
        assert_eq!(nobody.iter().map(|one| one.record).collect::<Vec<_>>(), [carys.record]);
        let lacking = counting.lacking().await.unwrap();
        assert_eq!(lacking.len(), 3);
        assert!(lacking.iter().all(|(_, kinds)| kinds.contains(&"ethnicity".to_owned()) && !kinds.contains(&"birth".to_owned())));
        tx.commit().await.unwrap();

        // The program itself counts all of them.
        let tx = t.begin(JOB).await;
        let mut counting = tx.count(&extract, "count-tests").await.unwrap().unwrap();
        assert_eq!(counting.months().await.unwrap().last().unwrap().children, 4);
        tx.commit().await.unwrap();
        t.assert_sound().await;
    }

    /// R-REP-02: in time and late, by the writers' team and by kind, with the middle one of the days.
    async fn r_rep_02_timeliness_of_recording(t: TestDb) {
        let cast = t.cast("amy ben mona").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        let amy = Actor::Person(cast.amy);
        for day in [date(2026, 3, 3), date(2026, 3, 2), date(2026, 2, 20)] {
            visited(&t, amy, child, day, true).await;
        }
        // The limits themselves are the rules' to judge; here a late one is as the rules leave it.
        t.tamper("update entry set late = 1 where form = 'visit' and happened_on = '2026-02-20'").await;
        let (extract, _) = made(&t).await;
        let tx = t.begin(Actor::Person(cast.mona)).await;
        let mut counting = tx.count(&extract, "count-tests").await.unwrap().unwrap();
        let found = counting.timeliness(date(2026, 3, 1), date(2026, 3, 3)).await.unwrap();
        let visits = found.iter().find(|one| one.form == "visit").unwrap();
        assert_eq!((visits.team, visits.entries, visits.late, visits.median_days), (Some(cast.east), 3, 1, 1));
        assert!(found.iter().all(|one| one.form != "allocation"), "what has no limit is not counted");
        let written = counting.written(date(2026, 1, 1)).await.unwrap();
        let march = written.iter().find(|month| month.month == "2026-03").unwrap();
        assert_eq!((march.entries, march.late), (3, 1));
        let late = ListOfCount::Late {
            team: Some(cast.east), form: "visit".to_owned(), from: date(2026, 3, 1), to: date(2026, 3, 3),
        };
        let behind = counting.list(&late, 10).await.unwrap();
        assert_eq!((behind.len(), behind[0].day, behind[0].days), (1, Some(date(2026, 2, 20)), Some(11)));
        let other = ListOfCount::Late { team: Some(cast.west), form: "visit".to_owned(), from: date(2026, 3, 1), to: date(2026, 3, 3) };
        assert_eq!(counting.list(&other, 10).await.unwrap(), []);
        drop(tx);
    }

    async fn the_extract_holds_no_narrative_and_no_name(t: TestDb) {
        let cast = t.cast("amy ben mona").await;
        let child = t.child("Zebedee", cast.east, Some(cast.amy)).await;
        visited(&t, Actor::Person(cast.amy), child, date(2026, 3, 1), true).await;
        t.note(Actor::Person(cast.amy), child, WORDS).await;
        let (extract, _) = made(&t).await;
        let bytes = std::fs::read(extract.file()).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        for text in WORDS.split(' ').chain(["Zebedee", "Okafor", "of the tests", "2016-05-14", "school asked"]) {
            assert!(!holds(text), "{text}");
        }
        assert!(holds("took-place") && holds("report_visit"), "codes are there");
        let left: Vec<_> = std::fs::read_dir(extract.file().parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["extract.db"], "nothing unfinished stays");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(extract.file()).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    async fn a_new_extract_takes_the_old_ones_place_while_it_is_read(t: TestDb) {
        let cast = t.cast("amy ben mona").await;
        t.child("Amira", cast.east, Some(cast.amy)).await;
        let (extract, first) = made(&t).await;
        let tx = t.begin(Actor::Person(cast.mona)).await;
        let mut counting = tx.count(&extract, "count-tests").await.unwrap().unwrap();
        t.wait(60);
        t.child("Bilal", cast.east, Some(cast.amy)).await;
        let second = extract.make(&t.db).await.unwrap();
        assert_eq!((first.children, second.children), (1, 2));
        assert_eq!(counting.months().await.unwrap().last().unwrap().children, 1, "who counts goes on with what they began");
        assert_eq!(extract.about().await.unwrap(), Some(second));
        drop(tx);
    }

    async fn who_may_not_count_and_what_is_no_extract(t: TestDb) {
        let cast = t.cast("amy ben mona").await;
        let extract = extract_of(&t);
        assert_eq!(extract.about().await.unwrap(), None);
        let tx = t.begin(Actor::Person(cast.mona)).await;
        assert!(tx.count(&extract, "count-tests").await.unwrap().is_none(), "nothing to count from yet");
        drop(tx);
        let tx = t.begin(Actor::Person(cast.amy)).await;
        assert!(matches!(tx.count(&extract, "count-tests").await, Err(Refused::NoRight)));
        drop(tx);
        std::fs::create_dir_all(extract.file().parent().unwrap()).unwrap();
        std::fs::write(extract.file(), "not a database at all, and long enough to be looked at as one").unwrap();
        assert_eq!(extract.about().await.unwrap(), None, "it is made anew");
        assert_eq!(extract.make(&t.db).await.unwrap().children, 0);
        // A place that cannot be written says so and leaves nothing.
        let nowhere = Extract::at(extract.file().join("below-a-file.db"));
        assert!(matches!(nowhere.make(&t.db).await, Err(StoreError::Unreachable(_))));
    }
}

both_engines! {
    /// R-BAS-01, R-REP-01: a child who was made twice is one child in every count: seen in either record is seen, and a
    /// worker in either is a worker.
    async fn r_bas_01_r_rep_01_a_child_who_was_made_twice_is_counted_once(t: TestDb) {
        let cast = t.cast("amy ben mona").await;
        let known = t.child("Catherine", cast.east, Some(cast.amy)).await;
        let again = t.child("Kathryn", cast.east, None).await;
        let other = t.child("Bilal", cast.east, Some(cast.amy)).await;
        let reason = vec![
            ("team", Answer::Team(cast.east)),
            ("has-worker", Answer::YesNo(false)),
            ("unallocated-reason", code("worker-left")),
        ];
        t.record(JOB, again.record, t.id(), "allocation", date(2026, 2, 2), reason).await.unwrap();
        let amy = Actor::Person(cast.amy);
        visited(&t, amy, other, date(2026, 2, 10), true).await;
        visited(&t, JOB, again, date(2026, 2, 20), true).await;
        crate::same::join(&t, again, known, record::same::SHARED).await;

        let (extract, about) = made(&t).await;
        assert_eq!(about.children, 2, "three records, two children");
        let tx = t.begin(Actor::Person(cast.mona)).await;
        let mut counting = tx.count(&extract, "count-tests").await.unwrap().unwrap();
        let months = counting.months().await.unwrap();
        let february = months.iter().find(|month| month.end == date(2026, 2, 28)).unwrap();
        assert_eq!((february.children, february.seen, february.seen_alone), (2, 2, 2));
        let visits = counting.visits(CountBy::Child, date(2026, 2, 1), date(2026, 2, 28)).await.unwrap();
        let of = |child: Child| visits.iter().find(|one| one.of == child.record.to_string()).map(|one| one.visits);
        assert_eq!([of(known), of(again), of(other)], [Some(1), None, Some(1)], "in the record of who stands for both");
        assert_eq!(february.unallocated.values().sum::<i64>(), 0, "Amy works with the child");
    }
}
