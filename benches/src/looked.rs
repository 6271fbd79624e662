//! Who looked, in a database of so many readings: a child's page of readers, the readings that deserve a question, and what
//! one more reading costs.
//!
//! Nine of ten readings are by a worker of their own children, the tenth by somebody whose role opens every record: all of
//! those are asked about in the end, which no authority would have.

use std::time::Instant;

use casework::{Desk, looked, reading};
use record::PersonId;
use store::{Actor, LooksWanted, Read};

use crate::{
    place::EngineName,
    report::{self, Times},
    service::{Child, Service},
};

/// How many children there are.
const CHILDREN: usize = 2_000;
/// How many readings one commit has.
const AT_ONCE: usize = 500;

/// Fills a database with readings and measures.
pub async fn run(engine: EngineName, readings: usize, times: usize) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("lifestory-bench.").tempdir()?;
    let place = engine.place(folder.path(), "looked").await?;
    let service = Service::make(&place, &folder.path().join("keys")).await?;
    println!("\n## {}: who looked\n", service.db.engine_name());
    // Their role opens every record.
    let officer = service.employ("ines", "information-governance", false).await?;
    let asks = officer_desk(&service, service.employ("ivy", "information-governance", false).await?);
    let children = service.allocated(CHILDREN).await?;
    let before = one_reading(&service, &children, times).await?;
    fill(&service, officer, &children, readings).await?;
    let after = one_reading(&service, &children, times).await?;
    report::head(&format!("{readings} readings of {CHILDREN} children"));
    report::note("a reading with its leaf, before them", &before.shown());
    report::note("the same, after them", &after.shown());
    let (mut pages, mut filtered) = (Times::default(), Times::default());
    for nth in 0..times {
        let child = children[nth * 7 % CHILDREN];
        let began = Instant::now();
        let page = looked::of_record(&asks, child.record, &LooksWanted::default()).await?;
        pages.add(began.elapsed());
        anyhow::ensure!(page.looks.len() > 50 || readings < CHILDREN * 50, "a child has readers");
        let wanted = LooksWanted { reader: Some(officer), ..LooksWanted::default() };
        let began = Instant::now();
        looked::of_record(&asks, child.record, &wanted).await?;
        filtered.add(began.elapsed());
    }
    report::note("a child's page of who looked", &pages.shown());
    report::note("the same, of one person", &filtered.shown());
    let mut questions = Times::default();
    let mut asked = 0;
    for _ in 0..times.clamp(1, 10) {
        let began = Instant::now();
        asked = looked::to_ask(&asks).await?.lines.len();
        questions.add(began.elapsed());
    }
    report::note(&format!("readings to ask about ({asked} questions)"), &questions.shown());
    let began = Instant::now();
    let checked = store::verify::verify(&service.db, |_, _| {}).await?;
    anyhow::ensure!(checked.is_sound(), "something is wrong");
    report::note("lifestory verify, whole", &format!("{:.1} s", began.elapsed().as_secs_f64()));
    Ok(())
}

fn officer_desk(service: &Service, officer: PersonId) -> Desk {
    Desk::new(service.db.clone(), Actor::Person(officer), service.db.now())
}

async fn one_reading(service: &Service, children: &[Child], times: usize) -> anyhow::Result<Times> {
    let mut all = Times::default();
    for nth in 0..times {
        let began = Instant::now();
        reading::words(&service.desk(), children[nth % CHILDREN].record).await?;
        all.add(began.elapsed());
    }
    Ok(all)
}

async fn fill(service: &Service, officer: PersonId, children: &[Child], readings: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    for first in (0..readings).step_by(AT_ONCE) {
        let who = if (first / AT_ONCE).is_multiple_of(10) { officer } else { service.worker };
        let tx = service.db.begin(Actor::Person(who), service.db.now()).await?;
        for nth in first..readings.min(first + AT_ONCE) {
            let child = children[nth.wrapping_mul(7_919) % CHILDREN];
            drop(tx.authorise(Read("read-story"), child.record, "").await?);
        }
        tx.commit().await?;
        if first % 100_000 == 0 {
            eprintln!("  {first} readings after {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    Ok(())
}
