//! Measurements beside the bare engine, and the kill drill. `./bench` and `./drill` at the root start it.
//!
//! Each figure of the product stands beside what the same engine needs, in the same run, for the same rows or the same
//! queries and one durable commit: raw sqlx, prepared, without ledger, seals, rules or door. Everything that is written
//! is invented.

mod bare;
mod completing;
mod door;
mod drill;
mod files;
mod fill;
mod looked;
mod looking;
mod obligations;
mod place;
mod program;
mod reading;
mod report;
mod service;
mod speed;
mod timescales;
mod words;

use clap::{Parser, Subcommand};
use place::EngineName;

/// Measurements and drills.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure one engine and print the tables.
    Speed {
        /// Which engine; PostgreSQL is found by `LIFESTORY_TEST_POSTGRES`.
        engine: EngineName,
        /// How full the database is in the end.
        #[arg(long, default_value_t = 1_000_000)]
        entries: usize,
        /// How often each single act or page is measured.
        #[arg(long, default_value_t = 300)]
        times: usize,
    },
    /// Measure a large file in and out of the program, beside the disk's own rate.
    Files {
        /// Which engine; PostgreSQL is found by `LIFESTORY_TEST_POSTGRES`.
        engine: EngineName,
        /// How large, in megabytes.
        #[arg(long, default_value_t = 200)]
        megabytes: u64,
        /// How many times.
        #[arg(long, default_value_t = 5)]
        times: usize,
        /// The folder of the disk that is measured; the system's temporary one when not given.
        #[arg(long)]
        folder: Option<std::path::PathBuf>,
    },
    /// Measure the search before a person is made.
    Looking {
        /// Which engine; PostgreSQL is found by `LIFESTORY_TEST_POSTGRES`.
        engine: EngineName,
        /// How many people the database holds.
        #[arg(long, default_value_t = 200_000)]
        people: usize,
        /// How often it is measured.
        #[arg(long, default_value_t = 300)]
        times: usize,
    },
    /// Measure who looked: a child's page of readers, and the readings that deserve a question.
    Looked {
        /// Which engine; PostgreSQL is found by `LIFESTORY_TEST_POSTGRES`.
        engine: EngineName,
        /// How many readings the database holds.
        #[arg(long, default_value_t = 1_000_000)]
        readings: usize,
        /// How often each page is measured.
        #[arg(long, default_value_t = 100)]
        times: usize,
    },
    /// Measure the search inside entries, and what searches cost that nobody waits for.
    Words {
        /// Which engine; PostgreSQL is found by `LIFESTORY_TEST_POSTGRES`.
        engine: EngineName,
        /// How full the database is.
        #[arg(long, default_value_t = 1_000_000)]
        entries: usize,
        /// How often each search is measured.
        #[arg(long, default_value_t = 100)]
        times: usize,
    },
    /// Measure loading the packs, and working out what records owe.
    Timescales {
        /// How many entries the one large record has.
        #[arg(long, default_value_t = 500)]
        entries: usize,
        /// How many records of ordinary size are worked out after it.
        #[arg(long, default_value_t = 100_000)]
        records: usize,
    },
    /// Measure what is owed: worked out again for all records, and the list of a team.
    Obligations {
        /// Which engine; PostgreSQL is found by `LIFESTORY_TEST_POSTGRES`.
        engine: EngineName,
        /// How many records the database holds.
        #[arg(long, default_value_t = 100_000)]
        records: usize,
        /// How often the list is measured.
        #[arg(long, default_value_t = 100)]
        times: usize,
    },
    /// Measure the door: lists filtered by restriction and conflict, and one decision.
    Door {
        /// Which engine; PostgreSQL is found by `LIFESTORY_TEST_POSTGRES`.
        engine: EngineName,
        /// How often each is measured.
        #[arg(long, default_value_t = 100)]
        times: usize,
    },
    /// Kill a process under load many times, and check the record after each.
    Kills {
        /// How many times.
        times: u32,
        /// Which engine; PostgreSQL is found by `LIFESTORY_TEST_POSTGRES`.
        engine: EngineName,
    },
    /// The process that is killed.
    #[command(hide = true)]
    KilledWorker(drill::worker::Arguments),
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // On a task of the runtime, as requests are: whoever waits on the thread that began it is woken more slowly, ours and
    // the bare engine's alike.
    runtime.block_on(async { tokio::spawn(run(Arguments::parse().command)).await? })
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Speed { engine, entries, times } => speed::run(engine, entries, times).await,
        Command::Files { engine, megabytes, times, folder } => {
            files::run(engine, megabytes, times, folder.as_deref()).await
        }
        Command::Looked { engine, readings, times } => looked::run(engine, readings, times).await,
        Command::Looking { engine, people, times } => looking::run(engine, people, times).await,
        Command::Words { engine, entries, times } => words::run(engine, entries, times).await,
        Command::Timescales { entries, records } => timescales::run(entries, records),
        Command::Obligations { engine, records, times } => obligations::run(engine, records, times).await,
        Command::Door { engine, times } => door::run(engine, times).await,
        Command::Kills { times, engine } => drill::kills(times, engine).await,
        Command::KilledWorker(arguments) => drill::worker::run(arguments).await,
    }
}
