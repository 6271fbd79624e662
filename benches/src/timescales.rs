//! How long it takes to load every pack that ships, and to work out what records owe. Nothing is asserted: the figures are
//! for reading.

use std::{borrow::Cow, hint::black_box, time::Instant};

use anyhow::{Context, Result};
use jiff::{ToSpan, civil::date, civil::time};
use policy::Pack;
use record::{
    Moment,
    id::Chance,
    obligation::{Happening, Held, Life, obligations, obligations_of},
};

/// The packs that ship.
const PACKS: [&str; 6] = ["england", "rochdale", "bolton", "carefirst", "glebe-house", "looked-after"];

struct Numbered(u64);
impl Chance for Numbered {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0 += 1;
        bytes.fill(0);
        bytes[2..10].copy_from_slice(&self.0.to_be_bytes());
    }
}

/// Measures and prints.
pub fn run(entries: usize, records: usize) -> Result<()> {
    let began = Instant::now();
    let packs: Vec<Pack> = PACKS
        .into_iter()
        .map(|id| policy::load(&policy::embedded(), id).map_err(|_| anyhow::anyhow!("{id} does not load")))
        .collect::<Result<_>>()?;
    println!("All {} packs loaded and checked in {:.1} ms.", packs.len(), millis(began));
    let rochdale = packs.iter().find(|pack| pack.id() == "rochdale").context("rochdale ships")?;

    let life = life(entries);
    let began = Instant::now();
    let owed = obligations(rochdale, &life);
    println!("One record of {entries} entries: {} obligations, the first time in {:.2} ms.", owed.len(), millis(began));
    println!("  again: {:.3} ms each", each(200, || drop(black_box(obligations(rochdale, black_box(&life))))));
    let concerned = rochdale.clocks().concerned_by("visit", false);
    println!(
        "  after a visit, the {} clocks concerned: {:.3} ms each",
        concerned.len(),
        each(200, || drop(black_box(obligations_of(rochdale, black_box(&life), &concerned))))
    );

    let typical = self::life(40);
    let began = Instant::now();
    for _ in 0..records {
        black_box(obligations(rochdale, black_box(&typical)));
    }
    println!("{records} records of 40 entries each, one core: {:.2} s.", millis(began) / 1_000.0);
    Ok(())
}

fn millis(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1_000.0
}

fn each(times: u32, mut act: impl FnMut()) -> f64 {
    let began = Instant::now();
    (0..times).for_each(|_| act());
    millis(began) / f64::from(times)
}

/// A child in care over some years: visits planned, moved and made, reviews, notes, decisions.
fn life(entries: usize) -> Life<'static> {
    let mut chance = Numbered(0);
    let start = Moment::of_london(date(2023, 1, 9), time(9, 0, 0, 0));
    let mut id = || record::EntryId::new(start, &mut chance);
    let mut life = Life {
        record: record::RecordId::new(start, &mut Numbered(0)),
        entries: Vec::new(),
        facts: Vec::new(),
        first_written: Some(start),
    };
    let fact = |kind, value: &'static str, from, until, entry| Held {
        kind: Cow::Borrowed(kind),
        value: Cow::Borrowed(value),
        from,
        until,
        entry,
    };
    life.facts.push(fact("legal-status", "V2", date(2023, 1, 9), Some(date(2024, 3, 1)), id()));
    life.facts.push(fact("legal-status", "C2", date(2024, 3, 1), None, id()));
    life.facts.push(fact("placement", "U6", date(2023, 1, 9), Some(date(2024, 9, 2)), id()));
    life.facts.push(fact("placement", "K2", date(2024, 9, 2), None, id()));
    life.facts.push(fact("birth", "2012-05-14", date(2023, 1, 9), None, id()));
    let forms = ["visit", "case-note", "case-note", "decision", "planned-visit", "case-note", "observation", "review"];
    for number in 0..entries {
        let entry = id();
        let day = date(2023, 1, 10).saturating_add((i64::try_from(number).unwrap_or(0) * 2).days());
        let answers = [("kind", "cic"), ("seen", "yes"), ("result", "took-place"), ("class", "contact")];
        life.entries.push(Happening {
            entry,
            first: entry,
            form: Cow::Borrowed(forms[number % forms.len()]),
            happened_on: day,
            happened_at: Some(time(10, 30, 0, 0)),
            started: None,
            completed: Moment::of_london(day, time(16, 0, 0, 0)),
            authorised: None,
            in_chronology: number % 5 == 0,
            author: record::PersonId::new(start, &mut Numbered(1)),
            answers: answers.map(|(field, answer)| (Cow::Borrowed(field), Cow::Borrowed(answer))).to_vec(),
        });
    }
    life
}
