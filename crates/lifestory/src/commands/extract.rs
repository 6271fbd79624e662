//! `lifestory extract`, and keeping the extract fresh while the pages are served.

use std::{process::ExitCode, time::Duration};

use store::{Db, extract::Extract};

use super::{log, open_existing};
use crate::config::PlaceArgs;

/// Makes the extract, now.
pub async fn run(place: &PlaceArgs) -> anyhow::Result<ExitCode> {
    log();
    let db = open_existing(place).await?;
    let extract = extract_of(place);
    let about = extract.make(&db).await?;
    println!("{} children and {} entries are counted in {}.", about.children, about.entries, extract.file().display());
    db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Where the extract of this place is.
pub fn extract_of(place: &PlaceArgs) -> Extract {
    Extract::at(place.extract.clone().unwrap_or_else(|| place.data.join("extract.db")))
}

/// How often it is asked whether the extract is a day old.
const LOOK_EVERY: Duration = Duration::from_mins(15);

/// Makes the extract when there is none or it is a day old, for as long as the program runs. A failure is said and
/// tried again; the pages go on with the old one and say how old it is.
pub async fn keep_fresh(db: Db, extract: Extract) {
    loop {
        match casework::counting::is_due(&extract, db.now()).await {
            Ok(false) => {}
            Ok(true) => {
                if let Err(error) = extract.make(&db).await {
                    tracing::error!(%error, "the extract for counts was not made");
                }
            }
            Err(error) => tracing::error!(%error, "the extract for counts cannot be read"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
