//! Key pairs: the public half, to which anybody may seal, and the private half, which opens.

use std::{fmt, str::FromStr};

use bech32::{Bech32, Hrp, primitives::decode::CheckedHrpstring};
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::Chance;

const PUBLIC: &str = "age";
const PRIVATE: &str = "age-secret-key-";

/// The public half of a key pair: `age1…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Recipient(pub(crate) PublicKey);

/// The private half of a key pair: `AGE-SECRET-KEY-1…`. It is wiped from memory when dropped.
#[derive(Clone)]
pub struct Identity(pub(crate) StaticSecret);

/// A text that is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// The public half was wanted.
    #[error("not a public key: it begins with «age1» and has 62 letters and digits")]
    Public,
    /// The private half was wanted.
    #[error("not a private key: it begins with «AGE-SECRET-KEY-1» and has 74 letters and digits")]
    Private,
}

impl Identity {
    /// A new key pair.
    pub fn new(chance: Chance<'_>) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        chance(secret.as_mut());
        Self(StaticSecret::from(*secret))
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(PublicKey::from(&self.0))
    }

    /// The private half as text, for its file alone.
    ///
    /// # Panics
    /// Never: the encoding holds 32 bytes.
    pub fn secret_text(&self) -> Zeroizing<String> {
        let text = bech32::encode_upper::<Bech32>(Hrp::parse_unchecked(PRIVATE), self.0.as_bytes());
        Zeroizing::new(text.expect("32 bytes are within what the encoding holds"))
    }

    /// The identities of a key file: one a line, blank lines and those that begin with `#` passed over.
    ///
    /// # Errors
    /// A line that is something else, or no identity at all.
    pub fn of_file(text: &str) -> Result<Vec<Self>, NotAKey> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let found = lines.map(str::parse).collect::<Result<Vec<_>, _>>()?;
        if found.is_empty() { Err(NotAKey::Private) } else { Ok(found) }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.recipient())
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        bech32::encode_lower_to_fmt::<Bech32, _>(f, Hrp::parse_unchecked(PUBLIC), self.0.as_bytes())
            .map_err(|_| fmt::Error)
    }
}

impl FromStr for Recipient {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        decode(text, PUBLIC).map(|bytes| Self(PublicKey::from(*bytes))).ok_or(NotAKey::Public)
    }
}

impl FromStr for Identity {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        decode(text, PRIVATE).map(|bytes| Self(StaticSecret::from(*bytes))).ok_or(NotAKey::Private)
    }
}

fn decode(text: &str, wanted: &str) -> Option<Zeroizing<[u8; 32]>> {
    let checked = CheckedHrpstring::new::<Bech32>(text).ok()?;
    if checked.hrp() != Hrp::parse_unchecked(wanted) {
        return None;
    }
    let mut bytes = Zeroizing::new([0; 32]);
    let mut given = checked.byte_iter();
    for byte in bytes.iter_mut() {
        *byte = given.next()?;
    }
    given.next().is_none().then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_as_they_are_written() {
        let identity = Identity::new(&mut |bytes| bytes.fill(7));
        let (public, private) = (identity.recipient().to_string(), identity.secret_text());
        assert!(public.starts_with("age1") && public.len() == 62, "{public}");
        assert!(private.starts_with("AGE-SECRET-KEY-1") && private.len() == 74);
        assert_eq!(public.parse(), Ok(identity.recipient()));
        let file = format!("# created: today\n# public key: {public}\n\n{}\n", *private);
        assert_eq!(Identity::of_file(&file).unwrap()[0].recipient(), identity.recipient());
        assert!(!format!("{identity:?}").contains("SECRET"), "a private key is in no log");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let identity = Identity::new(&mut |bytes| bytes.fill(7));
        let (public, private) = (identity.recipient().to_string(), identity.secret_text());
        let wrong = format!("{}q", &public[..61]);
        for text in ["", "age1", &wrong, &private, &public.replacen('1', "2", 1)] {
            assert_eq!(text.parse::<Recipient>(), Err(NotAKey::Public), "{text}");
        }
        assert!(public.parse::<Identity>().is_err());
        for file in ["", "# nothing\n", &public] {
            assert_eq!(Identity::of_file(file).map(|found| found.len()), Err(NotAKey::Private), "{file}");
        }
    }
}
