//! `lifestory policy diff`

use std::process::ExitCode;

use casework::{approval, organisation::job};
use policy::diff::{Concern, Weight, compare, concerns};

use super::super::{open_existing, packs, packs::called};
use crate::config::PlaceArgs;

/// The word for the pack that is in force in the place.
const IN_FORCE: &str = "in-force";

/// Compares two packs, and says what would hurt.
pub async fn run(old: &str, new: &str, in_use: bool, place: &PlaceArgs) -> anyhow::Result<ExitCode> {
    let folder = place.packs.as_deref();
    let db = if in_use || old == IN_FORCE { Some(open_existing(place).await?) } else { None };
    let old = match &db {
        Some(db) if old == IN_FORCE => db.pack().clone(),
        _ => packs::load(old, folder)?,
    };
    let new = packs::load(new, folder)?;
    let between = compare(&old, &new);
    if between.is_empty() {
        println!("{} and {} say the same.", called(&old), called(&new));
        return Ok(ExitCode::SUCCESS);
    }
    println!("From {} to {}\n", called(&old), called(&new));
    println!("{}", between.in_lines().join("\n"));
    let mut concerns = concerns(&old, &new, &between);
    if let Some(db) = &db {
        approval::count_uses(&job(db.clone(), "policy", db.now()), &mut concerns).await?;
        db.close().await;
    }
    say(&concerns, Weight::Refused, "Cannot be put in force like this");
    say(&concerns, Weight::Warned, "To think of");
    let refused = concerns.iter().any(|concern| concern.weight == Weight::Refused);
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn say(concerns: &[Concern], weight: Weight, title: &str) {
    let mut concerns = concerns.iter().filter(|concern| concern.weight == weight).peekable();
    if concerns.peek().is_some() {
        println!("\n{title}");
        concerns.for_each(|concern| println!("  {concern}"));
    }
}
