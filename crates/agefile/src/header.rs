//! The head of an age file: the file's key, wrapped for each recipient, and its authentication.

use std::io::{self, BufRead, Write};

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, Nonce, aead::Aead as _};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::{Chance, Identity, Recipient};

const VERSION: &str = "age-encryption.org/v1";
const KIND: &str = "X25519";
const X25519_LABEL: &[u8] = b"age-encryption.org/v1/X25519";
/// How long the body's lines are.
const COLUMNS: usize = 64;
/// No honest head is as long: some hundred recipients fit.
const LONGEST: u64 = 64 * 1_024;

/// The key of one file.
pub(crate) type FileKey = Zeroizing<[u8; 16]>;

/// Why a file does not open.
#[derive(Debug, thiserror::Error)]
pub enum Unopened {
    /// Not an age file at all.
    #[error("not an age file")]
    NotAge,
    /// Of a version of the format that is not known here.
    #[error("an age file of a version that this program does not know")]
    Newer,
    /// The head is damaged: cut short or altered.
    #[error("the head of the file is damaged")]
    Damaged,
    /// Sealed for other keys than these.
    #[error("sealed for another key")]
    OtherKey,
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

struct Stanza {
    arguments: Vec<String>,
    body: Vec<u8>,
}

/// Writes the head; gives the file's key.
pub(crate) fn write(to: &mut impl Write, recipients: &[Recipient], chance: Chance<'_>) -> io::Result<FileKey> {
    let mut key = FileKey::default();
    chance(key.as_mut());
    let mut head = format!("{VERSION}\n");
    for recipient in recipients {
        let mut secret = Zeroizing::new([0; 32]);
        chance(secret.as_mut());
        let secret = StaticSecret::from(*secret);
        let share = PublicKey::from(&secret);
        let wrapping = wrapping_key(&secret, &recipient.0, &share, &recipient.0);
        let wrapping = wrapping.ok_or_else(|| io::Error::other("this public key is of no use"))?;
        let body = ChaCha20Poly1305::new((&*wrapping).into())
            .encrypt(&Nonce::default(), key.as_slice())
            .map_err(|_| io::Error::other("sealing failed"))?;
        let [share, body] = [&share.as_bytes()[..], &body].map(|bytes| BASE64_STANDARD_NO_PAD.encode(bytes));
        // The body has 43 letters: its one line is the short one that ends it.
        head.extend(["-> ", KIND, " ", &share, "\n", &body, "\n"]);
    }
    head.push_str("---");
    let mac = BASE64_STANDARD_NO_PAD.encode(mac_of(&key, head.as_bytes()).finalize().into_bytes());
    to.write_all(head.as_bytes())?;
    writeln!(to, " {mac}")?;
    Ok(key)
}

/// Reads the head; gives the file's key where one of the identities opens it.
pub(crate) fn read(from: &mut impl BufRead, identities: &[Identity]) -> Result<FileKey, Unopened> {
    let mut lines = Lines { from, all: Vec::new() };
    let version = match lines.next() {
        Ok(version) => version,
        Err(Unopened::Damaged) => return Err(Unopened::NotAge),
        Err(other) => return Err(other),
    };
    if version != VERSION {
        let newer = version.starts_with("age-encryption.org/");
        return Err(if newer { Unopened::Newer } else { Unopened::NotAge });
    }
    let mut stanzas = Vec::new();
    let mac = loop {
        let line = lines.next()?;
        if let Some(mac) = line.strip_prefix("---") {
            break mac.strip_prefix(' ').and_then(decode).ok_or(Unopened::Damaged)?;
        }
        let arguments = line.strip_prefix("-> ").ok_or(Unopened::Damaged)?;
        let arguments: Vec<_> = arguments.split(' ').map(str::to_owned).collect();
        if arguments.iter().any(|one| one.is_empty() || !one.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Unopened::Damaged);
        }
        let mut body = Vec::new();
        loop {
            let line = lines.next()?;
            if line.len() > COLUMNS {
                return Err(Unopened::Damaged);
            }
            body.extend(decode(&line).ok_or(Unopened::Damaged)?);
            if line.len() < COLUMNS {
                break;
            }
        }
        stanzas.push(Stanza { arguments, body });
    };
    let mut found = None;
    for stanza in &stanzas {
        // Every stanza is looked at, so that a malformed one is an error whichever opens.
        let key = open(stanza, identities)?;
        found = found.or(key);
    }
    let key = found.ok_or(Unopened::OtherKey)?;
    // What is authenticated ends with the three dashes.
    let end = lines.all.windows(4).rposition(|four| four == b"--- ").ok_or(Unopened::Damaged)? + 3;
    mac_of(&key, &lines.all[..end]).verify_slice(&mac).map_err(|_| Unopened::Damaged)?;
    Ok(key)
}

fn open(stanza: &Stanza, identities: &[Identity]) -> Result<Option<FileKey>, Unopened> {
    let [kind, arguments @ ..] = stanza.arguments.as_slice() else { return Err(Unopened::Damaged) };
    if kind != KIND {
        return Ok(None);
    }
    let [share] = arguments else { return Err(Unopened::Damaged) };
    let share: Option<[u8; 32]> = decode(share).and_then(|bytes| bytes.try_into().ok());
    let share = PublicKey::from(share.ok_or(Unopened::Damaged)?);
    if stanza.body.len() != 32 {
        return Err(Unopened::Damaged);
    }
    for identity in identities {
        let own = identity.recipient().0;
        let wrapping = wrapping_key(&identity.0, &share, &share, &own).ok_or(Unopened::Damaged)?;
        let opened = ChaCha20Poly1305::new((&*wrapping).into()).decrypt(&Nonce::default(), stanza.body.as_slice());
        if let Ok(opened) = opened.map(Zeroizing::new) {
            let key = opened.as_slice().try_into().map_err(|_| Unopened::Damaged)?;
            return Ok(Some(FileKey::new(key)));
        }
    }
    Ok(None)
}

/// None where the other's key is one of the few that would give the same secret to everybody.
fn wrapping_key(
    own: &StaticSecret,
    other: &PublicKey,
    share: &PublicKey,
    recipient: &PublicKey,
) -> Option<Zeroizing<[u8; 32]>> {
    let shared = own.diffie_hellman(other);
    let salt = [share.as_bytes().as_slice(), recipient.as_bytes()].concat();
    shared.was_contributory().then(|| derive(Some(&salt), shared.as_bytes(), X25519_LABEL))
}

pub(crate) fn derive(salt: Option<&[u8]>, secret: &[u8], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(salt, secret).expand(label, key.as_mut()).expect("32 bytes are within what HKDF can give");
    key
}

fn mac_of(key: &FileKey, head: &[u8]) -> Hmac<Sha256> {
    let key = derive(None, key.as_slice(), b"header");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes keys of any length");
    mac.update(head);
    mac
}

/// Base64 in its one form: no padding, no spare bits.
fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD_NO_PAD.decode(text).ok()
}

/// Lines of a head, and all of their bytes.
struct Lines<'a, R> {
    from: &'a mut R,
    all: Vec<u8>,
}

impl<R: BufRead> Lines<'_, R> {
    fn next(&mut self) -> Result<String, Unopened> {
        let begin = self.all.len();
        let most = LONGEST.saturating_sub(begin as u64);
        let mut limited = io::Read::take(&mut *self.from, most);
        limited.read_until(b'\n', &mut self.all)?;
        let line = self.all[begin..].strip_suffix(b"\n").ok_or(Unopened::Damaged)?;
        String::from_utf8(line.to_vec()).map_err(|_| Unopened::Damaged)
    }
}
