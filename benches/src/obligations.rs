//! What is owed: worked out again for every record, and the list of a team.

use std::time::Instant;

use casework::{Desk, caseload::owed, past::Deed};
use store::{Actor, Past};

use crate::{
    bare::Pool,
    fill::{day_before, placement, plus, small_note, visit, whole},
    place::{EngineName, open},
    report::{self, Times},
    service::{Service, new_child, on},
};

/// The most that working it out may take, for a hundred thousand records, in seconds.
const MOST_S: f64 = 20.0;
/// The most that the list of a team with five thousand obligations may take, in milliseconds.
const MOST_MS: f64 = 20.0;
/// How many children that team has: each owes five things.
const TEAM: usize = 1_000;
/// How many the page shows.
const ON_PAGE: usize = 100;
/// How many entries each record has.
const ENTRIES: usize = 10;

/// Fills a database with records and measures both.
pub async fn run(engine: EngineName, records: usize, times: usize) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("lifestory-bench.").tempdir()?;
    let (place, keys) = (engine.place(folder.path(), "obligations").await?, folder.path().join("keys"));
    let service = Service::make(&place, &keys).await?;
    println!("\n## {}: what is owed\n", service.db.engine_name());
    report::head("What is owed");
    take_in(&service, TEAM).await?;
    let bare = Pool::connect(&place, 1).await?;
    if matches!(bare, Pool::Postgres(_)) {
        // PostgreSQL does so by itself soon after so much was put in.
        bare.run("vacuum analyze").await?;
    }
    bare.close().await;
    // As whoever manages the team has it.
    let manager = Actor::Person(service.employ("mia", "team-manager", true).await?);
    let (mut list, mut owed_in_all) = (Times::default(), 0);
    for n in 0..times + 5 {
        let began = Instant::now();
        let desk = Desk::new(service.db.clone(), manager, service.db.now());
        let tray = owed::of_team(&desk, None, false, store::Page { from: 0, most: ON_PAGE }).await?;
        if n >= 5 {
            list.add(began.elapsed());
        }
        owed_in_all = tray.many.all;
    }
    report::note("obligations of the team", &owed_in_all.to_string());
    let met = list.median() <= MOST_MS;
    report::line("the list of a team, median", &list.shown(), "", list.median() / MOST_MS, "at most 20 ms", met);

    take_in(&service, records.saturating_sub(TEAM)).await?;
    service.db.close().await;
    drop(service);
    #[expect(clippy::cast_precision_loss, reason = "a number of records")]
    let most = MOST_S * records as f64 / 100_000.0;
    for (how, before) in [
        ("as another version finds them", "update record set owed_under = null"),
        ("every row written", "delete from owed; update record set owed_under = null"),
    ] {
        let bare = Pool::connect(&place, 1).await?;
        bare.run(before).await?;
        bare.close().await;
        let db = open(&place, &keys).await?;
        let began = Instant::now();
        db.work_out_owed().await?;
        let took = began.elapsed().as_secs_f64();
        db.close().await;
        let what = format!("{records} records of {ENTRIES} entries worked out again, {how}");
        report::line(&what, &format!("{took:.1} s"), "", took / most, &format!("at most {most:.1} s"), took <= most);
    }
    Ok(())
}

async fn take_in(service: &Service, records: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    for first in (0..records).step_by(200) {
        let pasts =
            (first..records.min(first + 200)).map(|nth| in_care(service, nth)).collect::<Result<Vec<_>, _>>()?;
        service.take_in(&pasts).await?;
        if first % 10_000 == 0 {
            eprintln!("  {first} records after {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// A child who came into care a year ago and was visited now and then.
fn in_care(service: &Service, nth: usize) -> anyhow::Result<Past> {
    let child = new_child(service.db.now());
    let begins = day_before(service, 365);
    let mut deeds: Vec<Deed> = service.beginning(child, nth, begins).into();
    let looked_after = on(begins).with("status", "V2").with("episode-reason", "S").with("category-of-need", "N1");
    deeds.push(service.deed(child, "legal-status", begins, looked_after));
    deeds.push(service.deed(child, "placement", begins, placement(begins, 0)));
    for n in deeds.len()..ENTRIES {
        let day = plus(begins, n * 30);
        let (form, typed) = match n % 3 {
            0 => ("case-note", small_note(day, n)),
            _ => ("visit", visit(child, day, n).with("kind", "cic")),
        };
        deeds.push(service.deed(child, form, day, typed));
    }
    whole(service, child, &deeds)
}
