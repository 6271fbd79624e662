//! `lifestory words`, and keeping the index of words fresh while the pages are served.

use std::{process::ExitCode, time::Duration};

use casework::searching::fill;
use store::Db;

use super::{log, open_existing};
use crate::config::{PlaceArgs, Words};

/// Does what the command line says.
pub async fn run(what: Words) -> anyhow::Result<ExitCode> {
    log();
    match what {
        Words::Rebuild { place } => rebuild(&place).await,
        Words::Status { place } => {
            let db = open_existing(&place).await?;
            let fresh = db.words_freshness().await?;
            match fresh.until {
                Some(until) => println!("Everything committed until {until} can be found."),
                None => println!("{} of 100 parts are gathered.", fresh.hundredths),
            }
            db.close().await;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Drops the index and fills it again, saying how far it is. The pages may be served meanwhile: they find what is
/// there, and say that it is not all.
async fn rebuild(place: &PlaceArgs) -> anyhow::Result<ExitCode> {
    let db = open_existing(place).await?;
    db.drop_words().await?;
    let mut said = 0;
    loop {
        let done = fill(&db).await?;
        let fresh = db.words_freshness().await?;
        if fresh.hundredths / 5 > said {
            said = fresh.hundredths / 5;
            println!("{} of 100", fresh.hundredths);
        }
        if !done.more && fresh.until.is_some() {
            break;
        }
        if done.entries == 0 && !done.more {
            // A program that serves the pages fills it already; or leaves wait for their numbers.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    println!("The words of all entries can be found.");
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// How often it is asked whether something was committed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long it waits after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

/// Puts what is committed into the index, for as long as the program runs. A failure is said and tried again; nothing
/// that is recorded waits for it.
pub async fn keep_fresh(db: Db) {
    loop {
        let pause = match fill(&db).await {
            Ok(done) if done.more => Duration::ZERO,
            Ok(_) => LOOK_EVERY,
            Err(error) => {
                tracing::warn!(%error, "the index of words was not filled; trying again");
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}
