//! The door: what it costs that a list is filtered by restriction and conflict, and what one decision takes beside the page
//! that it is for.

use std::{hint::black_box, time::Instant};

use casework::reading;
use policy::Capability;
use record::{PersonId, access::decide};
use store::{Actor, ListOf, Read};

use crate::{
    fill::day_before,
    place::EngineName,
    report::{self, Times},
    service::{Child, Service, new_child, on},
};

/// How many children the team has.
const CHILDREN: usize = 1_000;
/// How many of them get a restricted record, and of how many the manager knows the family.
const FEW: usize = 10;
/// How many decisions are measured together.
const DECISIONS: u32 = 100_000;
/// The most that a filtered list may cost, beside the same list unfiltered.
const MOST_FILTERED: f64 = 1.3;
/// The most of a page's time that its decision may take.
const MOST_OF_A_PAGE: f64 = 0.01;

/// Fills a database and measures.
pub async fn run(engine: EngineName, times: usize) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("lifestory-bench.").tempdir()?;
    let place = engine.place(folder.path(), "door").await?;
    let service = Service::make(&place, &folder.path().join("keys")).await?;
    println!("\n## {}: the door\n", service.db.engine_name());
    let manager = service.employ("mia", "team-manager", true).await?;
    let children = service.allocated(CHILDREN).await?;
    report::head(&format!(
        "A team's list of {CHILDREN} children as its manager has it; bare: as a job has it, unfiltered"
    ));
    lists(&service, manager, "no record restricted, no conflict", times).await?;
    close_some(&service, manager).await?;
    lists(&service, manager, &format!("{FEW} records restricted and {FEW} in conflict beside them"), times).await?;
    report::head("A decision; bare: the front page that it is for");
    decisions(&service, children[0], times).await
}

/// The list whole, with names and its leaf; and without them, which is little more than the query.
async fn lists(service: &Service, manager: PersonId, what: &str, times: usize) -> anyhow::Result<()> {
    let manager = Actor::Person(manager);
    for named in [true, false] {
        let mut all: [Times; 2] = Default::default();
        for n in 0..2 * (times + 5) {
            // By turns, and by turns who is first.
            let which = (n + n / 2) % 2;
            let (db, now) = (&service.db, service.db.now());
            let who = if which == 0 { manager } else { Actor::System("bench") };
            let began = Instant::now();
            let tx = db.begin(who, now).await?;
            let found =
                if named { tx.list(ListOf::Team, 2_000).await? } else { tx.unnamed(ListOf::Team, 2_000).await? };
            tx.commit().await?;
            if n >= 10 {
                all[which].add(began.elapsed());
            }
            anyhow::ensure!((CHILDREN..=CHILDREN + 2 * FEW).contains(&found.len()), "{} on the list", found.len());
        }
        let [filtered, plain] = &all;
        let ratio = filtered.median() / plain.median();
        let what = format!("{what}{}", if named { "" } else { "; the query alone" });
        let met = ratio <= MOST_FILTERED;
        report::line(&what, &filtered.shown(), &plain.shown(), ratio, "at most 1.3", met);
    }
    Ok(())
}

/// More children, with restricted records and with families whom the manager knows.
async fn close_some(service: &Service, manager: PersonId) -> anyhow::Result<()> {
    let day = day_before(service, 20);
    let children: Vec<Child> = (0..2 * FEW).map(|_| new_child(service.db.now())).collect();
    let mut deeds = Vec::new();
    for (nth, child) in children.iter().enumerate() {
        deeds.extend(service.beginning(*child, nth, day));
        let (form, typed) = match nth % 2 {
            0 => ("restriction", on(day).with("kind", "employee").with("reason", "The mother works here.")),
            _ => ("conflict", on(day).with("who", manager.to_string()).with("how", "family").with("more", "A cousin.")),
        };
        deeds.push(service.deed(*child, form, day, typed));
    }
    service.take_in(&service.pasts(&children, &deeds)?).await
}

async fn decisions(service: &Service, child: Child, times: usize) -> anyhow::Result<()> {
    let (mut pages, mut doors) = (Times::default(), Times::default());
    for n in 0..times + 5 {
        let desk = service.desk();
        let began = Instant::now();
        reading::front_page(&desk, child.record).await?;
        let page = began.elapsed();
        let tx = service.db.begin(desk.actor, desk.now).await?;
        let began = Instant::now();
        drop(tx.authorise(Read("front-page"), child.record, "").await?);
        if n >= 5 {
            pages.add(page);
            doors.add(began.elapsed());
        }
        tx.commit().await?;
    }
    let tx = service.db.begin(Actor::Person(service.worker), service.db.now()).await?;
    let situation = tx.authorise(Read("front-page"), child.record, "").await?.situation().clone();
    let (pack, standing) = (service.db.pack(), tx.standing().await?);
    let began = Instant::now();
    for _ in 0..DECISIONS {
        black_box(decide(
            pack,
            service.worker,
            black_box(standing),
            Capability::ReadRecord,
            Some(black_box(&situation)),
        ));
    }
    let decision = began.elapsed().as_secs_f64() * 1_000.0 / f64::from(DECISIONS);
    let of_page = decision / pages.median();
    let met = of_page <= MOST_OF_A_PAGE;
    report::line(
        "one decision",
        &format!("{:.2} µs", decision * 1_000.0),
        &pages.shown(),
        of_page,
        "at most 0.01",
        met,
    );
    report::note("the whole door: what a decision is made from is read, and the record's key opened", &doors.shown());
    Ok(())
}
