//! Identifiers: random, without meaning, one type for each thing that has one.
//!
//! Twenty-six characters: 48 bits of time, so that new rows lie together on disk, and 80 random bits, so that none
//! can be guessed. The alphabet leaves out i, l, o and u, which people misread.

use std::{fmt, str::FromStr};

use crate::time::Moment;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A source of randomness, given by whoever runs the act: the system's in a server, a seeded one in the
/// demonstration and in tests.
pub trait Chance {
    /// Fills the slice.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// The bits behind every identifier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u128);

impl Id {
    /// A new identifier.
    pub fn new(at: Moment, chance: &mut dyn Chance) -> Self {
        let mut random = [0_u8; 10];
        chance.fill(&mut random);
        let tail = random.iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        let head = u128::from(at.millisecond().unsigned_abs() & 0xffff_ffff_ffff);
        Self(head << 80 | tail)
    }
}

impl Id {
    /// The first that there can be of a moment: what was made before it sorts before this.
    pub fn earliest(at: Moment) -> Self {
        Self(u128::from(at.millisecond().unsigned_abs() & 0xffff_ffff_ffff) << 80)
    }

    /// When it was made, to the millisecond.
    pub fn made(self) -> Moment {
        let milliseconds = i64::try_from(self.0 >> 80).unwrap_or_default();
        Moment::from_microsecond(milliseconds * 1000)
    }

    /// Whether both were made in the same millisecond.
    pub const fn same_millisecond(self, other: Self) -> bool {
        self.0 >> 80 == other.0 >> 80
    }

    /// This identifier, or the next one after `last` where it would not come later: for things made one after the
    /// other within the same millisecond whose order matters.
    #[must_use]
    pub fn after(self, last: Self) -> Self {
        if self > last { self } else { Self(last.0.wrapping_add(1)) }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; 26];
        let mut bits = self.0;
        for place in text.iter_mut().rev() {
            *place = ALPHABET[(bits & 31) as usize];
            bits >>= 5;
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != 26 || text.as_bytes()[0] > b'7' {
            return Err(NotAnId);
        }
        text.bytes()
            .try_fold(0_u128, |bits, byte| Some(bits << 5 | ALPHABET.iter().position(|known| *known == byte)? as u128))
            .map(Self)
            .ok_or(NotAnId)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Id);

        impl $name {
            /// A new one.
            pub fn new(at: Moment, chance: &mut dyn Chance) -> Self {
                Self(Id::new(at, chance))
            }

            /// When it was made, to the millisecond.
            pub fn made(self) -> Moment {
                self.0.made()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(&self.0, f) }
        }
        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> { text.parse().map(Self) }
        }
    )*};
}

ids! {
    /// A child, parent, carer, professional or member of staff.
    PersonId,
    /// The file on one child, or the organisation's own.
    RecordId,
    /// One thing written down in one record.
    EntryId,
    /// One act, which may have written several entries: the key that makes pressing twice record once.
    ActId,
    /// Something being written, not yet a record.
    DraftId,
    /// A team.
    TeamId,
    /// A file that was sent: a picture, an order, a recording.
    FileId,
    /// A passkey with which somebody signs in.
    PasskeyId,
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;
    impl Chance for Ones {
        fn fill(&mut self, bytes: &mut [u8]) {
            bytes.fill(0xff);
        }
    }

    #[test]
    fn an_id_reads_back_and_sorts_by_time() {
        let early = Id::new(Moment::from_microsecond(1_000_000), &mut Ones);
        let late = Id::new(Moment::from_microsecond(2_000_000_000_000_000), &mut Ones);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert!(early.to_string() < late.to_string());
        assert_eq!(late.made(), Moment::from_microsecond(2_000_000_000_000_000));
        assert!(Id::earliest(late.made()) <= late && early < Id::earliest(late.made()));
        assert_eq!("8".repeat(26).parse::<Id>(), Err(NotAnId), "more than 128 bits");
        assert_eq!("il".repeat(13).parse::<Id>(), Err(NotAnId));
    }
}
