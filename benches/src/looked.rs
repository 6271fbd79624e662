//! Who looked, in a database of so many readings: a child's page of readers, the readings that deserve a question, and what
//! one more reading costs.
//!
//! Nine of ten readings are by a worker of their own children, the tenth by somebody whose role opens every record: all of
//! those are asked about in the end, which no authority would have.

use std::time::Instant;

use casework::{
    Desk, looked,
    organisation::{self, NewAccount},
    reading,
};
use record::PersonId;
use store::{Actor, LooksWanted, Read};

use crate::{
    place::EngineName,
    report::{self, Times},
    service::{Child, PASSWORD, Service, new_child, on},
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
    let officer = officer(&service, "ines").await?;
    let asks = officer_desk(&service, self::officer(&service, "ivy").await?);
    let children = allocated(&service).await?;
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

/// Somebody whose role opens every record.
async fn officer(service: &Service, username: &str) -> anyhow::Result<PersonId> {
    let admin = service.db.begin(Actor::System("bench"), service.db.now()).await?.accounts().await?[0].person;
    let desk = Desk::new(service.db.clone(), Actor::Person(admin), service.db.now());
    let staff = on(desk.now.day())
        .with("name", format!("{username} Officer"))
        .with("designation", "Officer")
        .with("roles", "information-governance")
        .with("account-status", "open");
    let account = NewAccount { username, password: PASSWORD, must_change: false };
    Ok(organisation::record_staff(&desk, desk.new_id(), None, &staff, Some(&account)).await?)
}

fn officer_desk(service: &Service, officer: PersonId) -> Desk {
    Desk::new(service.db.clone(), Actor::Person(officer), service.db.now())
}

/// Children of the one worker.
async fn allocated(service: &Service) -> anyhow::Result<Vec<Child>> {
    let day = service.db.now().plus_seconds(-30 * 86_400).day();
    let children: Vec<Child> = (0..CHILDREN).map(|_| new_child(service.db.now())).collect();
    let mut deeds = Vec::new();
    for (nth, child) in children.iter().enumerate() {
        deeds.extend(service.beginning(*child, nth, day));
        let typed = on(day)
            .with("team", service.team.to_string())
            .with("has-worker", "yes")
            .with("worker", service.worker.to_string())
            .with("file-holder", "yes");
        deeds.push(service.deed(*child, "allocation", day, typed));
    }
    service.take_in(&service.pasts(&children, &deeds)?).await?;
    Ok(children)
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
