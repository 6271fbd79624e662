//! Keys and seals.
//!
//! Each record has a key. Free text is sealed under it (XChaCha20-Poly1305), bound to record, thing, version and
//! part, so that nothing can be moved between children or versions; commitments in the ledger are keyed from it, so
//! that they end with it. Record keys are wrapped by an epoch key that lives outside the database.

use std::{fs, io::Write as _, path::Path};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use ledger::{encode::Writer, note::SignerKey};
use record::RecordId;
use sha2::Sha256;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

use crate::engine::StoreError;

/// The name under which a log signs its checkpoints. Each log has its own, so that the checkpoints of two logs
/// cannot be exchanged.
pub fn signer_name(log: &str) -> String {
    format!("lifestory/{log}")
}

/// Randomness of the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemChance;

impl record::Chance for SystemChance {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives randomness; without it no key or identifier may be made");
    }
}

/// The files of a key folder.
pub(crate) const EPOCH_KEY: &str = "epoch-1.key";
pub(crate) const LOG_KEY: &str = "log.key";

/// The keys that live outside the database: the epoch key and the log's signing key.
pub struct KeyRing {
    epoch: u32,
    wrapping: Secret,
    log: Secret,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing(epoch {})", self.epoch)
    }
}

#[derive(Clone, ZeroizeOnDrop)]
struct Secret([u8; 32]);

/// The key of one record, unwrapped for one act.
#[derive(Clone, ZeroizeOnDrop)]
pub(crate) struct RecordKey([u8; 32]);

/// What a sealed text is bound to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding<'a> {
    pub record: RecordId,
    pub thing: &'a str,
    pub version: u32,
    pub part: &'a str,
}

impl KeyRing {
    /// Reads the keys of a folder; makes them when the folder has none and `may_make` allows it.
    ///
    /// # Errors
    /// A key file that is missing beside another, of the wrong size, or unreadable.
    pub fn open(folder: &Path, may_make: bool) -> Result<Self, StoreError> {
        let [epoch, log] = [EPOCH_KEY, LOG_KEY].map(|name| folder.join(name));
        if !epoch.exists() && !log.exists() {
            if !may_make {
                return Err(StoreError::Keys(format!(
                    "there are no keys in {}; without the keys it was made with, this database cannot be read. Put the key folder back",
                    folder.display()
                )));
            }
            fs::create_dir_all(folder).map_err(|error| unreadable(folder, &error))?;
            for path in [&epoch, &log] {
                write_key(path)?;
            }
        }
        Ok(Self { epoch: 1, wrapping: read_key(&epoch)?, log: read_key(&log)? })
    }

    /// Keys that come from their backup and lie in no folder yet.
    pub(crate) const fn of(wrapping: [u8; 32], log: [u8; 32]) -> Self {
        Self { epoch: 1, wrapping: Secret(wrapping), log: Secret(log) }
    }

    /// Whether a folder has any of the keys.
    pub(crate) fn is_there(folder: &Path) -> bool {
        [EPOCH_KEY, LOG_KEY].iter().any(|name| folder.join(name).exists())
    }

    pub(crate) const fn epoch(&self) -> u32 {
        self.epoch
    }

    pub(crate) fn signer(&self, log: &str) -> Result<SignerKey, StoreError> {
        SignerKey::new(&signer_name(log), &self.log.0).map_err(|error| StoreError::Keys(error.to_string()))
    }

    /// A new key for a record, and the form in which the database keeps it.
    pub(crate) fn make_record_key(&self, record: RecordId) -> Result<(RecordKey, Vec<u8>), StoreError> {
        let mut key = [0_u8; 32];
        fill(&mut key);
        let wrapped = encrypt(&self.wrapping.0, &key, &wrap_binding(record, self.epoch))?;
        Ok((RecordKey(key), wrapped))
    }

    pub(crate) fn unwrap(&self, record: RecordId, wrapped: &[u8]) -> Result<RecordKey, StoreError> {
        let mut plain = decrypt(&self.wrapping.0, wrapped, &wrap_binding(record, self.epoch)).ok_or_else(|| {
            StoreError::Keys("a record's key does not open with the key file in use: this database belongs to other keys, or was changed".to_owned())
        })?;
        let key = plain
            .as_slice()
            .try_into()
            .map_err(|_| StoreError::Inconsistent { table: "record", column: "wrapped_key" })?;
        plain.zeroize();
        Ok(RecordKey(key))
    }

    /// Seals something that belongs to no record: a post held for a person whose session had ended.
    pub(crate) fn seal_held(&self, person: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        encrypt(&derive(&self.wrapping.0, b"held post"), plain, person.as_bytes())
    }

    /// Seals what somebody signs in with, bound to whose it is and what for.
    pub(crate) fn seal_sign_in(&self, bound_to: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        encrypt(&derive(&self.wrapping.0, b"sign in"), plain, bound_to.as_bytes())
    }

    pub(crate) fn open_sign_in(&self, bound_to: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        decrypt(&derive(&self.wrapping.0, b"sign in"), sealed, bound_to.as_bytes())
    }

    /// A person as their own device may keep them: always the same sixteen bytes, which lead back to nobody.
    pub(crate) fn handle(&self, person: &str) -> [u8; 16] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&derive(&self.wrapping.0, b"handle of a person"))
            .expect("HMAC takes keys of any length");
        mac.update(person.as_bytes());
        *mac.finalize().into_bytes().first_chunk().expect("a digest has 32 bytes")
    }

    /// Somebody's name at an identity provider as it may be looked for and not read: who has the database alone neither learns
    /// it nor makes one that is found.
    pub(crate) fn identity(&self, issuer: &str, subject: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&derive(&self.wrapping.0, b"identity"))
            .expect("HMAC takes keys of any length");
        let mut writer = Writer::new("identity", 1);
        writer.put_text(issuer).put_text(subject);
        mac.update(&writer.finish());
        mac.finalize().into_bytes().to_vec()
    }

    /// An address as it may be looked for and not read: who has the database alone learns nothing from it.
    pub(crate) fn hide_address(&self, address: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&derive(&self.wrapping.0, b"address key"))
            .expect("HMAC takes keys of any length");
        mac.update(address.as_bytes());
        let hidden = mac.finalize().into_bytes();
        hidden.iter().take(16).fold("a".to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }

    pub(crate) fn open_held(&self, person: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        decrypt(&derive(&self.wrapping.0, b"held post"), sealed, person.as_bytes())
    }
}

impl RecordKey {
    pub fn seal(&self, binding: Binding<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        encrypt(&derive(&self.0, b"seal"), plain, &binding.bytes())
    }

    pub fn open(&self, binding: Binding<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        decrypt(&derive(&self.0, b"seal"), sealed, &binding.bytes())
    }

    /// A commitment to content that says nothing without this key.
    pub fn commit(&self, binding: Binding<'_>, content: &[u8]) -> [u8; 32] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&derive(&self.0, b"commit")).expect("HMAC takes keys of any length");
        let mut writer = Writer::new("commitment", 1);
        writer.put_bytes(&binding.bytes()).put_bytes(content);
        mac.update(&writer.finish());
        mac.finalize().into_bytes().into()
    }
}

impl Binding<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new("binding", 1);
        writer.put_text(&self.record.to_string()).put_text(self.thing).put_u32(self.version).put_text(self.part);
        writer.finish()
    }
}

fn wrap_binding(record: RecordId, epoch: u32) -> Vec<u8> {
    let mut writer = Writer::new("record key", 1);
    writer.put_text(&record.to_string()).put_u32(epoch);
    writer.finish()
}

pub(crate) fn derive(key: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    let mut out = [0_u8; 32];
    Hkdf::<Sha256>::new(None, key).expand(purpose, &mut out).expect("32 bytes are within what HKDF can give");
    out
}

const NONCE: usize = 24;

fn encrypt(key: &[u8; 32], plain: &[u8], bound_to: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0_u8; NONCE];
    fill(&mut nonce);
    let sealed = XChaCha20Poly1305::new(&(*key).into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: bound_to })
        .map_err(|_| StoreError::Keys("sealing failed".to_owned()))?;
    Ok([&nonce[..], &sealed].concat())
}

fn decrypt(key: &[u8; 32], sealed: &[u8], bound_to: &[u8]) -> Option<Vec<u8>> {
    let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
    XChaCha20Poly1305::new(&(*key).into()).decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: bound_to }).ok()
}

pub(crate) fn fill(bytes: &mut [u8]) {
    record::Chance::fill(&mut SystemChance, bytes);
}

fn write_key(path: &Path) -> Result<(), StoreError> {
    let mut key = [0_u8; 32];
    fill(&mut key);
    let written = put_key(path, &key);
    key.zeroize();
    written
}

/// Writes a key to a file that is not there yet and that only its owner reads, durably.
pub(crate) fn put_key(path: &Path, key: &[u8; 32]) -> Result<(), StoreError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| unreadable(path, &error))?;
    let written = file.write_all(key).and_then(|()| file.sync_all());
    written.map_err(|error| unreadable(path, &error))
}

fn read_key(path: &Path) -> Result<Secret, StoreError> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
    bytes.try_into().map(Secret).map_err(|_| {
        StoreError::Keys(format!(
            "{} is not a key: it must be exactly 32 bytes. Put the right file back",
            path.display()
        ))
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> StoreError {
    let do_this = match error.kind() {
        std::io::ErrorKind::PermissionDenied => ". Give it to the user that runs Lifestory, and to nobody else",
        _ => "",
    };
    StoreError::Keys(format!("the key file {} cannot be used: {error}{do_this}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(record: &str) -> Binding<'_> {
        Binding { record: record.parse().unwrap(), thing: "entry", version: 1, part: "content" }
    }

    /// ASVS 11.2.5, 11.3.3
    #[test]
    fn a_seal_opens_only_where_it_was_made() {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::open(&folder.path().join("keys"), true).unwrap();
        let [amira, bilal] = ["01h00000000000000000000000", "02h00000000000000000000000"];
        let (key, wrapped) = ring.make_record_key(amira.parse().unwrap()).unwrap();
        let sealed = key.seal(binding(amira), b"words").unwrap();
        assert_eq!(key.open(binding(amira), &sealed).as_deref(), Some(&b"words"[..]));
        assert_eq!(key.open(binding(bilal), &sealed), None, "another child's");
        assert_eq!(key.open(Binding { version: 2, ..binding(amira) }, &sealed), None, "another version's");
        assert!(ring.unwrap(amira.parse().unwrap(), &wrapped).is_ok());
        assert!(ring.unwrap(bilal.parse().unwrap(), &wrapped).is_err(), "wrapped keys cannot be exchanged");
    }

    /// ASVS 11.3.4: a nonce is 192 bits of chance, drawn anew for each seal, and each use has a key of its own.
    #[test]
    fn no_nonce_comes_twice() {
        let folder = tempfile::tempdir().unwrap();
        let ring = KeyRing::open(&folder.path().join("keys"), true).unwrap();
        let record = "01h00000000000000000000000";
        let (key, _) = ring.make_record_key(record.parse().unwrap()).unwrap();
        let mut nonces = std::collections::BTreeSet::new();
        for _ in 0..5_000 {
            let sealed = key.seal(binding(record), b"the same words").unwrap();
            assert!(nonces.insert(sealed[..NONCE].to_vec()), "twice");
            assert!(!sealed.windows(5).any(|part| part == b"words"));
        }
        let uses = [&b"seal"[..], b"commit", b"address key", b"held post"].map(|purpose| derive(&key.0, purpose));
        assert_eq!(uses.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    }

    /// ASVS 11.2.3, 13.3.2
    #[test]
    fn keys_are_made_once_and_never_guessed() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        assert!(KeyRing::open(&keys, false).is_err(), "a lost key folder is named");
        KeyRing::open(&keys, true).unwrap();
        let [epoch, log] = [EPOCH_KEY, LOG_KEY].map(|name| fs::read(keys.join(name)).unwrap());
        assert!(epoch.len() == 32 && log.len() == 32 && epoch != log, "256 bits each, and two keys");
        let drawn = |key: &[u8]| key.chunks(8).all(|part| part.iter().any(|byte| *byte != 0));
        assert!(drawn(&epoch) && drawn(&log), "and all of them are drawn");
        #[cfg(unix)]
        for name in [EPOCH_KEY, LOG_KEY] {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(keys.join(name)).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600, "{name} is for its owner alone");
        }
        fs::remove_file(keys.join("log.key")).unwrap();
        assert!(KeyRing::open(&keys, true).is_err(), "half a key folder is not filled up with a new key");
    }
}
