//! Managers read the files of their teams, and the files that nobody read for long are listed (R-SUP-05).

use std::sync::Arc;

use jiff::civil::Date;
use record::known;
use store::{Colleagues, Listed};

use crate::desk::{CaseError, Desk};

/// The files of a team.
#[derive(Clone, Debug)]
pub struct Files {
    /// Each child with the day on which a manager last read the file: those never read first, then the longest ago.
    pub files: Vec<(Listed, Option<Date>)>,
    /// After how many days a reading is too long ago, where the pack says.
    pub too_long_after: Option<u32>,
    /// Staff and teams.
    pub colleagues: Arc<Colleagues>,
}

/// The most files on the list.
const MOST: u32 = 5_000;

/// When a manager last read each file of this person's teams.
///
/// # Errors
/// [`CaseError::NoRight`] for somebody who sees no team.
pub async fn of_team(desk: &Desk) -> Result<Files, CaseError> {
    let tx = desk.begin().await?;
    let mut files = tx.files_of_team(MOST).await?;
    files.sort_by_key(|(child, read)| (*read, child.number));
    let colleagues = tx.colleagues().await?;
    tx.commit().await?;
    let too_long_after = desk.pack().fact(known::FILE_READ).and_then(|fact| fact.too_long_after);
    Ok(Files { files, too_long_after, colleagues })
}
