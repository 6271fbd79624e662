//! `lifestory policy diff`

use std::{path::Path, process::ExitCode};

use policy::{
    Pack,
    diff::{Concern, Weight, compare, concerns},
};

use super::super::packs;

/// Compares two packs, and says what would hurt.
pub fn run(old: &str, new: &str, folder: Option<&Path>) -> anyhow::Result<ExitCode> {
    let (old, new) = (packs::load(old, folder)?, packs::load(new, folder)?);
    let between = compare(&old, &new);
    let named = |pack: &Pack| format!("{} (`{}`, version {})", pack.title(), pack.id(), pack.version());
    if between.is_empty() {
        println!("{} and {} say the same.", named(&old), named(&new));
        return Ok(ExitCode::SUCCESS);
    }
    println!("From {} to {}\n", named(&old), named(&new));
    println!("{}", between.in_lines().join("\n"));
    let concerns = concerns(&old, &new, &between);
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
