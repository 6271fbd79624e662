//! Signed text: [C2SP signed-note](https://c2sp.org/signed-note), and its keys.
//!
//! A note is a text and any number of signature lines, each naming its key. Lines of keys that a reader does not know
//! are kept and mean nothing to it. Two kinds of Ed25519 signature are made and checked: over the text itself, as a
//! log signs, and [cosignature/v1](https://c2sp.org/tlog-cosignature), which adds a time, as a witness signs.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ed25519_dalek::{Signature as Ed25519, Signer, SigningKey, VerifyingKey};

use crate::checkpoint::Checkpoint;
use crate::hash::plain_hash;

/// More than these in one note are refused, so that nobody can make us check for ever.
const MOST_SIGNATURES: usize = 100;

/// How a key signs. The same key pair may serve both kinds; their signatures cannot be mistaken for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Over the text (0x01).
    Ed25519,
    /// Over a time and the text of a checkpoint: cosignature/v1 (0x04).
    Cosignature,
}

/// Why a name or a text does not give a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A name must be there and hold no space, plus or control character.
    #[error("a key's name may not be empty or hold a space, a plus or a control character")]
    Name,
    /// Not of the form `name+id+key`, of an unknown kind, or with an id or a key that does not fit.
    #[error("not a verifier key")]
    Malformed,
}

/// A secret key with its name.
#[derive(Debug, Clone)]
pub struct SignerKey {
    name: String,
    key: SigningKey,
}

/// A public key with its name and kind. Its text is the vkey of the specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    key: VerifyingKey,
}

/// A text and the signatures on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// A signature line, whoever made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name of the key.
    pub name: String,
    /// The short id of the key.
    pub key_id: [u8; 4],
    /// What the key made.
    pub bytes: Vec<u8>,
}

/// Why a note does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a note.
    #[error("not a signed note")]
    Malformed,
    /// No signature by this key.
    #[error("not signed by {0}")]
    Unsigned(String),
    /// A signature said to be by this key is not.
    #[error("the signature of {0} is false")]
    False(String),
}

impl SignerKey {
    /// A key from its 32 secret bytes, which the caller has from a file or a key service.
    pub fn new(name: &str, secret: &[u8; 32]) -> Result<Self, KeyError> {
        check_name(name)?;
        Ok(SignerKey { name: name.to_owned(), key: SigningKey::from_bytes(secret) })
    }

    /// The key's name: for a log its origin, for a witness its own.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key to give to those who check signatures of this kind.
    pub fn verifier(&self, kind: KeyKind) -> VerifierKey {
        VerifierKey { name: self.name.clone(), kind, key: self.key.verifying_key() }
    }
}

impl KeyKind {
    fn byte(self) -> u8 {
        match self {
            KeyKind::Ed25519 => 0x01,
            KeyKind::Cosignature => 0x04,
        }
    }
}

impl VerifierKey {
    /// The key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The short id by which signature lines name the key together with its name.
    pub fn id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = *plain_hash(&[self.name.as_bytes(), b"\n", &self.material()].concat()).as_bytes();
        [a, b, c, d]
    }

    fn material(&self) -> Vec<u8> {
        [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat()
    }

    /// Checks the bytes of a signature line against the text, and gives the time of a cosignature.
    fn check(&self, text: &str, bytes: &[u8]) -> Result<Option<u64>, NoteError> {
        let is_false = || NoteError::False(self.name.clone());
        let (time, message, signature) = match self.kind {
            KeyKind::Ed25519 => (None, text.to_owned(), bytes),
            KeyKind::Cosignature => {
                let (time, signature) = bytes.split_first_chunk().ok_or_else(is_false)?;
                let time = u64::from_be_bytes(*time);
                (Some(time), cosigned(time, text), signature)
            }
        };
        let signature = Ed25519::from_slice(signature).map_err(|_| is_false())?;
        self.key.verify_strict(message.as_bytes(), &signature).map_err(|_| is_false())?;
        // The specification ends time at 2^63 - 1.
        if time.is_none_or(|time| i64::try_from(time).is_ok()) { Ok(time) } else { Err(is_false()) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        write!(f, "{}+{id:08x}+{}", self.name, BASE64_STANDARD.encode(self.material()))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_), Some(material)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Malformed);
        };
        check_name(name)?;
        let material = BASE64_STANDARD.decode(material).map_err(|_| KeyError::Malformed)?;
        let (kind, key) = material.split_first().ok_or(KeyError::Malformed)?;
        let kind = [KeyKind::Ed25519, KeyKind::Cosignature].into_iter().find(|known| known.byte() == *kind);
        let key = VerifyingKey::try_from(key).ok().filter(|key| !key.is_weak());
        let (Some(kind), Some(key)) = (kind, key) else { return Err(KeyError::Malformed) };
        let key = VerifierKey { name: name.to_owned(), kind, key };
        // The id follows from the rest, so the text must be the one that we would write.
        if key.to_string() == text { Ok(key) } else { Err(KeyError::Malformed) }
    }
}

impl Note {
    /// An unsigned note. The text is lines: it ends in a newline and holds no other control character.
    pub fn new(text: &str) -> Result<Self, NoteError> {
        if text.ends_with('\n') && !text.contains(|c: char| c < ' ' && c != '\n') {
            Ok(Note { text: text.to_owned(), signatures: Vec::new() })
        } else {
            Err(NoteError::Malformed)
        }
    }

    /// A checkpoint's note. Its text is fit by its form, and its origin by being a key's name.
    pub(crate) fn over(checkpoint: &Checkpoint) -> Self {
        Note { text: checkpoint.text(), signatures: Vec::new() }
    }

    /// Reads a note with at least one signature line. Nothing is checked yet but the form.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let mut parsed = Note::new(&format!("{text}\n"))?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        for line in lines.split('\n') {
            parsed.signatures.push(Signature::parse(line).ok_or(NoteError::Malformed)?);
            if parsed.signatures.len() > MOST_SIGNATURES {
                return Err(NoteError::Malformed);
            }
        }
        Ok(parsed)
    }

    /// What is signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signature lines, known or not, checked or not.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature over the text.
    pub fn sign(&mut self, key: &SignerKey) {
        let signature = key.key.sign(self.text.as_bytes()).to_bytes();
        self.put(&key.verifier(KeyKind::Ed25519), signature.to_vec());
    }

    /// Adds a cosignature as of a time, in seconds since 1970. A witness does so only once it has seen that the
    /// checkpoint continues the last one that it signed.
    pub fn cosign(&mut self, key: &SignerKey, time: u64) {
        let signature = key.key.sign(cosigned(time, &self.text).as_bytes()).to_bytes();
        self.put(&key.verifier(KeyKind::Cosignature), [&time.to_be_bytes()[..], &signature].concat());
    }

    /// Checks the key's signature, and gives the time of a cosignature. Signatures by other keys are passed over, but
    /// a false one by this key condemns the note, whatever else it carries.
    pub fn check(&self, key: &VerifierKey) -> Result<Option<u64>, NoteError> {
        let id = key.id();
        let mut found = Err(NoteError::Unsigned(key.name.clone()));
        for line in self.signatures.iter().filter(|line| line.name == key.name && line.key_id == id) {
            let time = key.check(&self.text, &line.bytes)?;
            found = Ok(found.map_or(time, |before: Option<u64>| before.max(time)));
        }
        found
    }

    /// Puts a signature last, in place of an earlier one by the same key.
    fn put(&mut self, key: &VerifierKey, bytes: Vec<u8>) {
        let new = Signature { name: key.name.clone(), key_id: key.id(), bytes };
        self.signatures.retain(|line| line.name != new.name || line.key_id != new.key_id);
        self.signatures.push(new);
    }
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
        check_name(name).ok()?;
        let bytes = BASE64_STANDARD.decode(signature).ok()?;
        let (key_id, bytes) = bytes.split_first_chunk().filter(|(_, bytes)| !bytes.is_empty())?;
        Some(Signature { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, key_id, bytes } in &self.signatures {
            writeln!(f, "— {name} {}", BASE64_STANDARD.encode([&key_id[..], bytes].concat()))?;
        }
        Ok(())
    }
}

fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

fn check_name(name: &str) -> Result<(), KeyError> {
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+') {
        return Err(KeyError::Name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The example of the specification.
    const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOTE: &str = "This is an example message.\n\n— example.com/foo \
        Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    fn signer(name: &str) -> SignerKey {
        SignerKey::new(name, &[7; 32]).expect("a good name")
    }

    /// ASVS 11.6.1
    #[test]
    fn the_example_of_the_specification() {
        let key: VerifierKey = VKEY.parse().expect("a key");
        let note = Note::parse(NOTE).expect("a note");
        assert_eq!((key.to_string(), note.to_string()), (VKEY.to_owned(), NOTE.to_owned()));
        assert_eq!(note.check(&key), Ok(None));
        let other = Note::parse(&NOTE.replace("an example", "no example")).expect("a note");
        assert_eq!(other.check(&key), Err(NoteError::False("example.com/foo".into())));
    }

    #[test]
    fn keys_are_read_strictly() {
        for bad in [
            "",
            "a+b",
            &VKEY.replace("foo", "fo"),
            &VKEY.replace("530d903a", "530D903A"),
            &VKEY.replace("+Ae", "+Be"),
            &format!("{VKEY}="),
        ] {
            assert_eq!(bad.parse::<VerifierKey>(), Err(KeyError::Malformed), "{bad}");
        }
        for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b"] {
            assert_eq!(SignerKey::new(name, &[7; 32]).map(|_| ()), Err(KeyError::Name));
        }
        let key = signer("w").verifier(KeyKind::Cosignature);
        assert_eq!(key.to_string().parse(), Ok(key));
        assert!(!format!("{:?}", signer("w")).contains("7, 7"), "a secret is not shown");
    }

    #[test]
    fn other_signatures_are_kept_and_mean_nothing() {
        let (log, witness, stranger) =
            (signer("log"), signer("witness"), SignerKey::new("log", &[8; 32]).expect("a key"));
        let mut note = Note::new("text\n\nwith an empty line\n").expect("a text");
        for time in [5, 6] {
            note.sign(&stranger);
            note.sign(&log);
            note.cosign(&witness, time);
        }
        let note = Note::parse(&note.to_string()).expect("a note");
        assert_eq!(note.signatures().len(), 3, "one line a key");
        assert_eq!(note.check(&log.verifier(KeyKind::Ed25519)), Ok(None));
        assert_eq!(note.check(&witness.verifier(KeyKind::Cosignature)), Ok(Some(6)));
        assert_eq!(note.check(&log.verifier(KeyKind::Cosignature)), Err(NoteError::Unsigned("log".into())));
        let mut late = note;
        late.cosign(&witness, u64::MAX);
        assert_eq!(late.check(&witness.verifier(KeyKind::Cosignature)), Err(NoteError::False("witness".into())));
    }

    #[test]
    fn malformed_notes_are_refused() {
        for bad in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n\n",
            &NOTE[..NOTE.len() - 1],
            &NOTE.replace("— ", "- "),
            &NOTE.replace("aQM=", "aQM"),
            &NOTE.replace("an", "\t"),
            &NOTE.replace("example.com/foo ", "example.com/foo  "),
        ] {
            assert_eq!(Note::parse(bad), Err(NoteError::Malformed), "{bad}");
        }
        assert_eq!(Note::new("no newline"), Err(NoteError::Malformed));
    }
}
