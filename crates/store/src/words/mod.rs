//! The index of words inside entries: apart from the record, and treated as the narrative that it is.
//!
//! On SQLite it is a file of its own beside the database, readable by its owner alone; on PostgreSQL unlogged tables.
//! It is never backed up and holds nothing that cannot be worked out again: it follows the log of changes, leaf by
//! leaf, from where it stopped, and begins anew where it was dropped, where it belongs to another database, or where
//! words are told apart by newer rules. What leaves it is really gone.
//!
//! `index` keeps it on both engines, `filling` follows the log, `finding` searches it for somebody, and `stoppable`
//! ends a search that nobody waits for any more.

mod filling;
mod finding;
mod index;
mod stoppable;

use record::Moment;

pub use filling::Indexed;
pub use finding::{MOST_COUNTED, WordHit, WordsFound};
pub(crate) use index::Index;

use crate::{
    Db,
    engine::{StoreError, args},
    log::CHANGES,
};

/// How fresh the index of words is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Everything that was committed until then can be found; none while it is filled for the first time.
    pub until: Option<Moment>,
    /// How much of the log of changes is in it, of a hundred.
    pub hundredths: u8,
}

impl Db {
    /// How fresh the index of words is.
    pub async fn words_freshness(&self) -> Result<Freshness, StoreError> {
        let index = self.words().await?;
        let sizes = self.engine().query("select size from log where name = $1", args![CHANGES]);
        let (state, sizes) = tokio::join!(index.state(), sizes);
        let (state, sizes) = (state?, sizes?);
        let all = sizes.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
        let hundredths =
            if state.next >= all { 100 } else { u8::try_from(state.next * 100 / all.max(1)).unwrap_or(99) };
        Ok(Freshness { until: state.until, hundredths })
    }

    /// Drops the index of words; it is filled again from the first leaf.
    pub async fn drop_words(&self) -> Result<(), StoreError> {
        self.words().await?.begin_anew().await
    }
}
