//! Makes `docs/requirements.md`: each requirement of the catalogue, the tests that hold it, and what is missing; and
//! `docs/asvs.md`: the same for the security standard by which the program is judged.
//!
//! `cargo run -p requirements` writes the pages (or the one that is named); with `--check` it changes nothing and fails
//! when one is stale.

use std::process::ExitCode;

use anyhow::Context;

use requirements::{AGAIN, Made, run};

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let check = args.iter().position(|arg| arg == "--check").map(|at| args.remove(at)).is_some();
    let made: &[Made] = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => &Made::ALL,
        ["requirements"] => &[Made::Requirements],
        ["asvs"] => &[Made::Asvs],
        _ => {
            eprintln!("usage: {AGAIN} [-- [--check] [requirements|asvs]]");
            return ExitCode::from(2);
        }
    };
    match std::env::current_dir().context("no current folder").and_then(|here| run(&here, made, check)) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("requirements: {problem:#}");
            ExitCode::FAILURE
        }
    }
}
