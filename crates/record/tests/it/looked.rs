//! Readings that deserve a question, in a month of an authority that does not exist.

mod authority;

use std::collections::{BTreeMap, BTreeSet};

use record::{
    PersonId, RecordId,
    looked::questions::{Question, questions},
};

use crate::world::PACK;
use authority::Month;

const READINGS: usize = 100_000;
const SNOOPS: usize = 200;

/// What came of one month.
#[derive(Debug, Default)]
struct Outcome {
    readings: usize,
    readers: usize,
    innocent_readers: usize,
    planted: usize,
    shown: usize,
    missed: BTreeMap<&'static str, usize>,
    questions: usize,
    false_questions: usize,
    false_readings: usize,
    false_readers: usize,
    false_patterns: BTreeMap<&'static str, usize>,
}

fn outcome(seed: u64) -> Outcome {
    let mut month = Month::new(seed);
    month.work(READINGS - 4_000);
    month.snoop(SNOOPS);
    let asked: Vec<Question> = questions(&PACK.access().questions, &month.seen, &month.known);
    let pairs: BTreeSet<(PersonId, Option<RecordId>)> = asked.iter().map(|one| (one.reader, one.record)).collect();
    let mut outcome = Outcome { readings: month.seen.len(), questions: asked.len(), ..Outcome::default() };
    for (kind, person, record) in &month.planted {
        outcome.planted += 1;
        if pairs.contains(&(*person, *record)) {
            outcome.shown += 1;
        } else {
            *outcome.missed.entry(kind).or_default() += 1;
        }
    }
    let planted: BTreeSet<(PersonId, Option<RecordId>)> =
        month.planted.iter().map(|(_, person, record)| (*person, *record)).collect();
    // A question that no snoop gave cause for is false, whoever is asked.
    let wrong = asked.iter().filter(|one| !planted.contains(&(one.reader, one.record)));
    let wrong: Vec<&Question> =
        wrong.filter(|one| !one.records.iter().any(|record| planted.contains(&(one.reader, Some(*record))))).collect();
    let wrong_pairs: BTreeSet<(PersonId, RecordId)> =
        wrong.iter().flat_map(|one| one.records.iter().map(|record| (one.reader, *record))).collect();
    outcome.false_questions = wrong.len();
    outcome.false_readings = month.seen.iter().filter(|one| wrong_pairs.contains(&(one.reader, one.record))).count();
    let readers: BTreeSet<PersonId> = month.seen.iter().map(|one| one.reader).collect();
    let innocent: BTreeSet<&PersonId> = readers.iter().filter(|one| !month.is_snoop(**one)).collect();
    outcome.readers = readers.len();
    outcome.innocent_readers = innocent.len();
    outcome.false_readers =
        wrong.iter().map(|one| &one.reader).filter(|one| innocent.contains(one)).collect::<BTreeSet<_>>().len();
    for one in wrong {
        for reason in &one.reasons {
            *outcome.false_patterns.entry(reason.pattern.name()).or_default() += 1;
        }
    }
    outcome
}

/// R-ACC-07, R-ACC-08: of 200 people whom no work brought to a record, among 100,000 readings, at least 95% are shown; of the
/// readings that somebody's work explains at most 1% are asked about, and most of those who are asked had no work there.
/// `LIFESTORY_MONTHS` says how many months are tried.
#[test]
fn r_acc_08_snoops_are_shown_and_the_innocent_are_left_alone() {
    let months = std::env::var("LIFESTORY_MONTHS").ok().and_then(|months| months.parse().ok()).unwrap_or(2);
    for seed in 1..=months {
        let one = outcome(seed);
        println!("month {seed}: {one:?}");
        assert!((READINGS * 95 / 100..=READINGS).contains(&one.readings), "{one:?}");
        assert!(one.planted >= SNOOPS && one.shown * 100 >= one.planted * 95, "{one:?}");
        assert!(one.false_readings * 100 <= one.readings, "{one:?}");
        assert!(one.false_questions * 5 <= one.questions, "{one:?}");
    }
}
