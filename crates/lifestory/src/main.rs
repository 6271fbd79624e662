//! The program: serve, demo, backup, restore, checkpoint, extract, import, verify, policy.

mod commands;
mod config;

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    let program = config::Program::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(commands::run(program)));
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lifestory: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
