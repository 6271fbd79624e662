//! `lifestory account`

use std::process::ExitCode;

use store::AccountState;

use super::{log, open_existing};
use crate::config::PlaceArgs;

/// Opens an account again that was closed or that nobody used for too long.
pub async fn open(place: &PlaceArgs, username: &str) -> anyhow::Result<ExitCode> {
    log();
    let db = open_existing(place).await?;
    let opened = db.open_account(username, db.now()).await?;
    db.close().await;
    let Some(state) = opened else {
        anyhow::bail!("there is no account `{username}` here. Staff and teams on the pages list the usernames");
    };
    anyhow::ensure!(
        state == AccountState::Open,
        "`{username}` belongs to somebody who has left, so it was not opened. Whoever manages accounts first records on the page of that person that they work here again"
    );
    println!("The account {username} is open. It is in the ledger that it was opened by whoever runs the program.");
    Ok(ExitCode::SUCCESS)
}
