//! The name of an obligation, to which a waiver, another owner or a reason hang.

use std::{fmt, str::FromStr};

use policy::clock::ClockId;

use crate::id::{EntryId, RecordId};

/// Which obligation: it stays the same when the pack changes (as long as its clocks keep their names), when what was
/// planned is moved, and when the entry that set it off is amended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObligationId {
    /// The record.
    pub record: RecordId,
    /// The rule.
    pub clock: ClockId,
    /// What set it off.
    pub set_off: SetOff,
    /// Which occurrence, from 1.
    pub occurrence: u32,
}

/// What set an obligation off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetOff {
    /// The record's beginning.
    Record,
    /// The child's birth: an age.
    Birth,
    /// An entry, by the first of its chain: what it tells, what it plans, or the fact that it began.
    Entry(EntryId),
}

impl fmt::Display for SetOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Record => f.write_str("record"),
            Self::Birth => f.write_str("birth"),
            Self::Entry(entry) => write!(f, "{entry}"),
        }
    }
}

impl FromStr for SetOff {
    type Err = NotAnObligation;
    fn from_str(text: &str) -> Result<Self, NotAnObligation> {
        match text {
            "record" => Ok(Self::Record),
            "birth" => Ok(Self::Birth),
            entry => entry.parse().map(Self::Entry).map_err(|_| NotAnObligation),
        }
    }
}

/// A text that names no obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of an obligation")]
pub struct NotAnObligation;

/// `record/clock/what set it off/occurrence`
impl fmt::Display for ObligationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.record, self.clock, self.set_off, self.occurrence)
    }
}

impl FromStr for ObligationId {
    type Err = NotAnObligation;
    fn from_str(text: &str) -> Result<Self, NotAnObligation> {
        let mut parts = text.split('/');
        let mut next = || parts.next().ok_or(NotAnObligation);
        let id = Self {
            record: next()?.parse().map_err(|_| NotAnObligation)?,
            clock: next()?.to_owned(),
            set_off: next()?.parse()?,
            occurrence: next()?.parse().map_err(|_| NotAnObligation)?,
        };
        if parts.next().is_none() { Ok(id) } else { Err(NotAnObligation) }
    }
}
