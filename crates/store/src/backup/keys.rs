//! The keys of a record as a backup of their own, never in one file with what they open.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
};

use record::Moment;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use super::{BackupError, frames::damaged, manifest::hex};
use crate::{
    Db,
    engine::{StoreError, args},
    keys::{EPOCH_KEY, KeyRing, LOG_KEY, put_key},
};

const FORM: &str = "lifestory keys 1";

/// What the file says; the keys are in it in hexadecimal digits, so that they can be typed in by hand if they must be.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
struct KeysFile {
    form: String,
    /// Whose record they open.
    organisation: String,
    taken: String,
    keys: Vec<(String, String)>,
}

/// What a file of keys says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AboutKeys {
    /// Whose record they open: the identifier of the organisation's own record.
    pub organisation: String,
    /// When they were taken.
    pub taken: String,
}

/// Writes the keys of this record, and leaves a leaf that says so. The stream is in the clear: the caller seals it.
///
/// # Errors
/// A key that cannot be read, a database or a disk that fails.
pub async fn make(db: &Db, folder: &Path, mut to: impl Write, for_whom: &str) -> Result<AboutKeys, BackupError> {
    let tx = db.begin(crate::Actor::System("backup"), db.now()).await?;
    let rows = tx.query("select id from record where kind = 'organisation'", args![]).await?;
    let organisation = rows.first().ok_or(StoreError::Inconsistent { table: "record", column: "kind" })?.text(0)?;
    tx.leave("keys-copied", None, None, for_whom, &[], true);
    tx.commit().await?;
    db.number_now().await?;
    let mut keys = Vec::new();
    for name in [EPOCH_KEY, LOG_KEY] {
        let bytes = Zeroizing::new(fs::read(folder.join(name))?);
        keys.push((name.to_owned(), hex(&*bytes)));
    }
    let file = KeysFile { form: FORM.to_owned(), organisation, taken: db.now().to_string(), keys };
    let about = AboutKeys { organisation: file.organisation.clone(), taken: file.taken.clone() };
    let text = Zeroizing::new(serde_json::to_vec_pretty(&file).map_err(std::io::Error::other)?);
    to.write_all(&text)?;
    to.flush()?;
    Ok(about)
}

/// Keys that were read from their file, to be put into a folder.
pub struct Keys {
    /// What the file says of itself.
    pub about: AboutKeys,
    /// The epoch's, and the log's.
    keys: [(&'static str, Zeroizing<[u8; 32]>); 2],
}

impl Keys {
    /// Reads a file of keys.
    ///
    /// # Errors
    /// It is something else, or damaged.
    pub fn read(from: impl Read) -> Result<Self, BackupError> {
        let mut text = Zeroizing::new(Vec::new());
        from.take(64 * 1_024).read_to_end(&mut text).map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => BackupError::Damaged(error.to_string()),
            _ => BackupError::Io(error),
        })?;
        let file: KeysFile = serde_json::from_slice(&text).map_err(|_| damaged("it is not a file of keys"))?;
        let known = file.form == FORM && file.taken.parse::<Moment>().is_ok();
        let key = |wanted: &'static str| {
            let (_, key) = file.keys.iter().find(|(name, _)| name == wanted)?;
            Some((wanted, unhex(key)?))
        };
        let keys = key(EPOCH_KEY).zip(key(LOG_KEY)).filter(|_| known && file.keys.len() == 2);
        let keys = keys.map(|(epoch, log)| [epoch, log]).ok_or_else(|| damaged("its keys cannot be read"))?;
        let about = AboutKeys { organisation: file.organisation.clone(), taken: file.taken.clone() };
        Ok(Self { about, keys })
    }

    /// Puts the keys into a folder. The same keys that are there already stay; other keys are never replaced.
    ///
    /// # Errors
    /// Other keys in the folder, or a disk that fails.
    pub(super) fn put(&self, folder: &Path) -> Result<(), BackupError> {
        self.may_go_into(folder)?;
        fs::create_dir_all(folder)?;
        for (name, key) in &self.keys {
            if !folder.join(name).exists() {
                put_key(&folder.join(name), key)?;
            }
        }
        fs::File::open(folder)?.sync_all()?;
        KeyRing::open(folder, false)?;
        Ok(())
    }

    /// The keys, to be used before they lie anywhere.
    pub(super) fn ring(&self) -> KeyRing {
        let [wrapping, log] = [0, 1].map(|at| *self.keys[at].1);
        KeyRing::of(wrapping, log)
    }

    pub(super) fn may_go_into(&self, folder: &Path) -> Result<(), BackupError> {
        for (name, key) in &self.keys {
            match fs::read(folder.join(name)) {
                Ok(mut there) => {
                    let same = there == key.as_slice();
                    there.zeroize();
                    if !same {
                        return Err(BackupError::NotEmpty(format!("the key folder {}", folder.display())));
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn unhex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in key.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(key)
}
