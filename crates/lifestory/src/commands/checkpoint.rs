//! `lifestory checkpoint`

use std::process::ExitCode;

use super::{log, open_existing};
use crate::config::PlaceArgs;

/// Shows the newest signed checkpoint of the log of changes. It says how many leaves there are and their root, and
/// nothing about anybody.
pub async fn run(place: &PlaceArgs) -> anyhow::Result<ExitCode> {
    log();
    let db = open_existing(place).await?;
    let checkpoint = db.checkpoint().await?;
    db.close().await;
    print!("{checkpoint}");
    Ok(ExitCode::SUCCESS)
}
