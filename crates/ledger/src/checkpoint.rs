//! What a log commits to: [C2SP tlog-checkpoint](https://c2sp.org/tlog-checkpoint), a note that says how large the
//! tree is and what its root is, signed by the log and by those who watch it.
//!
//! A log's key bears the name of its origin, so that a checkpoint of one of our logs can never pass for one of
//! another, even if they share a key. Extension lines are not written and not accepted.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::hash::Hash;
use crate::note::{Note, NoteError, SignerKey, VerifierKey};

/// The state of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why a checkpoint does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it does not.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text of the note is not that of a checkpoint.
    #[error("not a checkpoint")]
    Malformed,
    /// It is another log's.
    #[error("a checkpoint of another log, {0}")]
    Origin(String),
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64_STANDARD.encode(self.root.as_bytes()))
    }

    /// Reads the text, in its one form.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let mut line = || lines.next().ok_or(CheckpointError::Malformed);
        let (origin, size, root) = (line()?.to_owned(), line()?.parse(), BASE64_STANDARD.decode(line()?));
        let root = root.ok().and_then(|root| Hash::try_from(root.as_slice()).ok());
        let (Ok(size), Some(root)) = (size, root) else { return Err(CheckpointError::Malformed) };
        let checkpoint = Checkpoint { origin, size, root };
        let canonical = !checkpoint.origin.is_empty() && checkpoint.text() == text;
        canonical.then_some(checkpoint).ok_or(CheckpointError::Malformed)
    }
}

/// The note by which the log named in the key states its size and root. It must be consistent with every checkpoint
/// that the log has ever signed.
pub fn sign(key: &SignerKey, size: u64, root: Hash) -> String {
    let checkpoint = Checkpoint { origin: key.name().to_owned(), size, root };
    let mut note = Note::over(&checkpoint);
    note.sign(key);
    note.to_string()
}

/// Checks the log's signature and origin, and reads the checkpoint. Other signatures are passed over.
pub fn open(note: &str, log: &VerifierKey) -> Result<Checkpoint, CheckpointError> {
    open_note(&Note::parse(note)?, log)
}

pub(crate) fn open_note(note: &Note, log: &VerifierKey) -> Result<Checkpoint, CheckpointError> {
    note.check(log)?;
    let checkpoint = Checkpoint::parse(note.text())?;
    if checkpoint.origin == log.name() { Ok(checkpoint) } else { Err(CheckpointError::Origin(checkpoint.origin)) }
}

/// Adds a witness's cosignature/v1 to a checkpoint, as of a time in seconds since 1970. The witness has first checked
/// the log's signature and that the checkpoint continues the last one that it signed.
pub fn cosign(note: &str, witness: &SignerKey, time: u64) -> Result<String, CheckpointError> {
    let mut note = Note::parse(note)?;
    Checkpoint::parse(note.text())?;
    note.cosign(witness, time);
    Ok(note.to_string())
}

/// When the witness signed the checkpoint. The key is of kind [`Cosignature`](crate::note::KeyKind::Cosignature).
pub fn cosigned_at(note: &str, witness: &VerifierKey) -> Result<u64, CheckpointError> {
    let unsigned = || NoteError::Unsigned(witness.name().to_owned());
    Ok(Note::parse(note)?.check(witness)?.ok_or_else(unsigned)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;
    use crate::note::KeyKind;

    fn key(name: &str, byte: u8) -> SignerKey {
        SignerKey::new(name, &[byte; 32]).expect("a good name")
    }

    #[test]
    fn signed_witnessed_and_opened() {
        let (log, witness) = (key("log.example/changes", 1), key("witness.example", 2));
        let (root, verifier) = (leaf_hash(b"x"), log.verifier(KeyKind::Ed25519));
        let note = cosign(&sign(&log, 1, root), &witness, 1_772_551_200).expect("a checkpoint");
        assert_eq!(open(&note, &verifier), Ok(Checkpoint { origin: "log.example/changes".into(), size: 1, root }));
        assert_eq!(cosigned_at(&note, &witness.verifier(KeyKind::Cosignature)), Ok(1_772_551_200));

        // The same secret under another log's name.
        let other = key("log.example/readings", 1).verifier(KeyKind::Ed25519);
        assert_eq!(open(&note, &other), Err(NoteError::Unsigned("log.example/readings".into()).into()));
        let mut swapped = Note::new(&Checkpoint { origin: "elsewhere".into(), size: 1, root }.text()).expect("a text");
        swapped.sign(&log);
        assert_eq!(open(&swapped.to_string(), &verifier), Err(CheckpointError::Origin("elsewhere".into())));
    }

    #[test]
    fn text_has_one_form() {
        let good = "log\n70\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        assert_eq!(Checkpoint::parse(good).map(|checkpoint| checkpoint.text()), Ok(good.to_owned()));
        for (from, to) in [
            ("70", "070"),
            ("70", "+70"),
            ("70", "-1"),
            ("70", "18446744073709551616"),
            ("log", ""),
            ("I=", "J="),
            ("I=\n", "I="),
            ("I=\n", "I=\nextension\n"),
            ("I=\n", "I=\n\n"),
            ("log\n", "log\r\n"),
            ("Cs", ""),
        ] {
            assert_eq!(Checkpoint::parse(&good.replace(from, to)), Err(CheckpointError::Malformed), "{from} → {to}");
        }
    }

    /// Every bit of a signed and witnessed checkpoint matters to the log's signature or to the witness's.
    #[test]
    fn each_flipped_bit_is_refused() {
        let (log, witness) = (key("log", 1), key("witness", 2));
        let note = cosign(&sign(&log, 70, leaf_hash(b"x")), &witness, 9).expect("a checkpoint");
        for at in 0..note.len() * 8 {
            let mut bytes = note.clone().into_bytes();
            bytes[at / 8] ^= 1 << (at % 8);
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            let accepted = open(&flipped, &log.verifier(KeyKind::Ed25519)).is_ok()
                && cosigned_at(&flipped, &witness.verifier(KeyKind::Cosignature)).is_ok();
            assert!(!accepted, "bit {at}");
        }
    }
}
