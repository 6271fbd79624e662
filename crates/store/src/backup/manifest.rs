//! What a backup says of itself: first what it is, and at the end what was in it.

use ledger::note::{KeyKind, Note};
use record::{Moment, RecordId};
use serde::{Deserialize, Serialize};

use super::{
    BackupError,
    frames::damaged,
    tables::{COPIED, GONE, Kind, LEFT_OUT, Shapes, shapes},
};
use crate::{engine::StoreError, keys::KeyRing, log::CHANGES, migrate::STEPS};

/// The beginning: what it is and of which moment. All of it is signed at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The backup's own identifier, which stands in the ledger too.
    pub backup: String,
    /// Which version of the program made it.
    pub program: String,
    /// On which engine.
    pub engine: String,
    /// The step that the database was at.
    pub step: i64,
    /// That step's name.
    pub step_name: String,
    /// Whose record: the identifier of the organisation's own record.
    pub organisation: String,
    /// The moment of the snapshot.
    pub taken: String,
    /// The public key of the log of changes.
    pub log_key: String,
    /// The ledger at that moment.
    pub logs: Vec<LogThen>,
    /// Each table with its columns and their types, in the order in which they follow.
    pub tables: Vec<(String, Vec<(String, String)>)>,
}

/// A log at the moment of the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogThen {
    /// Its name.
    pub name: String,
    /// How many leaves are numbered.
    pub size: u64,
    /// How many wait for their number.
    pub waiting: u64,
    /// When the checkpoint was signed.
    pub signed: String,
    /// The checkpoint, a signed note with the root.
    pub checkpoint: String,
}

/// The end: what was in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// The same identifier as in the head.
    pub backup: String,
    /// Each table with how many rows it has and their hash.
    pub tables: Vec<(String, u64, String)>,
    /// How many pieces of files follow, and how many bytes they have.
    pub pieces: u64,
    /// All their bytes, as they lie sealed.
    pub piece_bytes: u64,
    /// The hash over all of them in their order.
    pub pieces_hash: String,
    /// Pieces that an entry has and that were not there, or not whole, when the backup was made.
    pub lacking: Vec<String>,
    /// The hash of every byte before this.
    pub hash: String,
}

impl Head {
    /// The moment of the snapshot.
    pub fn moment(&self) -> Option<Moment> {
        self.taken.parse().ok()
    }

    /// The log of changes at that moment.
    pub fn changes(&self) -> Option<&LogThen> {
        self.logs.iter().find(|log| log.name == CHANGES)
    }

    /// How many rows and files a reader may expect is not known yet; this says whether it can be read at all.
    pub(super) async fn understand(&self) -> Result<Vec<(String, Vec<Kind>)>, BackupError> {
        let known = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
        if self.step > known {
            return Err(BackupError::Newer(format!("{}, step {}", self.program, self.step)));
        }
        let step = usize::try_from(self.step).ok().and_then(|step| step.checked_sub(1));
        let right = self.moment().is_some()
            && self.organisation.parse::<RecordId>().is_ok()
            && step.and_then(|at| STEPS.get(at)).is_some_and(|step| step.name == self.step_name);
        let model = if right { shapes(self.step).await? } else { Shapes::new() };
        let mut tables = Vec::new();
        for (table, columns) in &self.tables {
            let columns: Option<Vec<_>> =
                columns.iter().map(|(name, kind)| Some((name.clone(), Kind::named(kind)?))).collect();
            let columns = columns.filter(|columns| model.get(table) == Some(columns));
            let columns = columns.ok_or_else(|| damaged(&format!("its table «{table}» is not one of that step")))?;
            tables.push((table.clone(), columns.into_iter().map(|(_, kind)| kind).collect()));
        }
        let left_out = |table: &str| GONE.contains(&table) || LEFT_OUT.iter().any(|(left, _)| *left == table);
        let whole = model.keys().all(|table| left_out(table) || tables.iter().any(|(name, _)| name == table));
        if right && whole { Ok(tables) } else { Err(damaged("what it says of itself cannot be right")) }
    }

    /// Whether these are the keys of the record that it is of.
    pub(super) fn is_under(&self, keys: &KeyRing) -> Result<bool, StoreError> {
        Ok(keys.signer(CHANGES)?.verifier(KeyKind::Ed25519).to_string() == self.log_key)
    }
}

/// The tables of a backup in their order, with their columns.
pub(super) async fn tables_of(step: i64) -> Result<Vec<(String, Vec<(String, Kind)>)>, StoreError> {
    let mut model = shapes(step).await?;
    Ok(COPIED.iter().filter_map(|table| model.remove_entry(*table)).collect())
}

impl End {
    /// As it stands at the end of the stream: signed by the key of the record's own ledger.
    pub(super) fn sign(&self, keys: &KeyRing) -> Result<String, StoreError> {
        let wrong = |what: String| StoreError::Engine(what);
        let text = serde_json::to_string(self).map_err(|error| wrong(error.to_string()))?;
        let mut note = Note::new(&format!("{text}\n")).map_err(|error| wrong(error.to_string()))?;
        note.sign(&keys.signer(SIGNER)?);
        Ok(note.to_string())
    }

    /// Reads it, and checks the signature where the keys are at hand.
    pub(super) fn read(note: &[u8], keys: Option<&KeyRing>) -> Result<Self, BackupError> {
        let wrong = || damaged("its end cannot be read");
        let note = std::str::from_utf8(note).ok().and_then(|note| Note::parse(note).ok()).ok_or_else(wrong)?;
        if let Some(keys) = keys {
            let key = keys.signer(SIGNER)?.verifier(KeyKind::Ed25519);
            note.check(&key).map_err(|_| BackupError::Forged)?;
        }
        serde_json::from_str(note.text()).map_err(|_| wrong())
    }
}

/// The name under which backups are signed: no other signature of the same key can pass for one.
const SIGNER: &str = "backup";

/// As the manifest writes hashes.
pub(super) fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
