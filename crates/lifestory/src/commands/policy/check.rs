//! `lifestory policy check`

use std::{path::Path, process::ExitCode};

use policy::words::count;

use super::super::packs;

/// Says every mistake of a pack, or what it holds, and which timescales wait for a form.
pub fn run(pack: &str, folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let pack = packs::load(pack, folder)?;
    println!(
        "{} (`{}`, version {}): {}, {}, {}, {}; nothing is wrong.",
        pack.title(),
        pack.id(),
        pack.version(),
        count(pack.forms().count(), "form"),
        count(pack.lists().count(), "list"),
        count(pack.facts().count(), "kind of fact"),
        count(pack.roles().count(), "role")
    );
    let clocks = pack.clocks();
    let waiting: Vec<_> = clocks.all().iter().filter(|clock| clock.waits_for().next().is_some()).collect();
    println!("{}, of which {} run.", count(clocks.all().len(), "timescale"), clocks.order().len());
    if !waiting.is_empty() {
        println!("These wait for a form that records what they speak of, and set nothing off until one does:");
        for clock in waiting {
            println!(
                "  {:<28} {} ({})",
                clock.id,
                clock.waits_for().collect::<Vec<_>>().join("; "),
                clock.source.join(", ")
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
