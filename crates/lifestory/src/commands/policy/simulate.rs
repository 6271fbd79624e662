//! `lifestory policy simulate`

use std::process::ExitCode;

use casework::{
    CaseError,
    approval::simulating::{self, Differs, Done, Line, Simulation},
    organisation::job,
};
use record::time::day_in_words;

use super::super::{open_existing, packs, packs::called};
use crate::config::PlaceArgs;

/// Says what a record would owe under a pack.
pub async fn run(pack: &str, record: i64, place: &PlaceArgs) -> anyhow::Result<ExitCode> {
    let then = packs::load(pack, place.packs.as_deref())?;
    let db = open_existing(place).await?;
    let simulated = simulating::simulate(&job(db.clone(), "policy", db.now()), &then, record).await;
    let simulation = match simulated {
        Ok(simulation) => simulation,
        Err(CaseError::Closed) => anyhow::bail!(
            "there is no record R-{record} here. The number of a record stands at the top of each of its pages"
        ),
        Err(error) => return Err(error.into()),
    };
    println!("R-{} on {}", simulation.number, day_in_words(db.now().day()));
    println!("  now:  {}, in force", called(db.pack()));
    println!("  then: {}", called(&then));
    println!(
        "Each side goes by its own rules alone; what began before keeps its rule, unless the new one says otherwise."
    );
    if simulation.closed {
        println!("The record is closed.");
    }
    print(&simulation);
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

fn print(simulation: &Simulation) {
    println!("\nTo be done: {}.", simulation.in_short());
    for differs in Differs::ALL {
        let mut lines = simulation.that(differs).peekable();
        if lines.peek().is_some() {
            println!("\n{}", differs.title());
            lines.for_each(|line| line_of(line, differs));
        }
    }
    if !simulation.done.is_empty() {
        println!("\nDone already");
        simulation.done.iter().for_each(done);
    }
}

fn line_of(line: &Line, differs: Differs) {
    println!("  {}", line.what);
    if let (Differs::Not, Some(side)) = (differs, &line.then) {
        return println!("    {}", side.in_words());
    }
    line.now.iter().for_each(|side| println!("    now:  {}", side.in_words()));
    line.then.iter().for_each(|side| println!("    then: {}", side.in_words()));
}

fn done(done: &Done) {
    println!("  {}", done.what);
    if let (Some(now), Some(then)) = (&done.now, &done.then)
        && now == then
    {
        return println!("    {}", now.in_words());
    }
    done.now.iter().for_each(|count| println!("    now:  {}", count.in_words()));
    done.then.iter().for_each(|count| println!("    then: {}", count.in_words()));
}
