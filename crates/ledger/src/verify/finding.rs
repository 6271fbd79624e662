//! What can be wrong with a log, and where.

use std::fmt;

use crate::checkpoint::CheckpointError;
use crate::encode::DecodeError;
use crate::tree::{TILE_WIDTH, TileId};

/// One thing that is wrong. Leaves are named by their index in the tree, from 0; `given` counts the leaves as they were
/// handed over, from 0, which is the same until one is missing or added; checkpoints by the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The leaf is not the one that was logged.
    LeafChanged {
        /// Which leaf.
        index: u64,
    },
    /// Leaves that were logged are not there.
    LeafMissing {
        /// The first of them.
        from: u64,
        /// The first that is there again, or the size of the log.
        to: u64,
    },
    /// A leaf that was never logged.
    LeafAdded {
        /// The leaf before which it stands.
        before: u64,
        /// Which of the leaves handed over.
        given: u64,
    },
    /// The bytes are not those of a leaf.
    LeafUnreadable {
        /// Which of the leaves handed over.
        given: u64,
        /// Why.
        problem: DecodeError,
    },
    /// Leaf and tile disagree, and what stands above the tile agrees with neither.
    LeafUnsettled {
        /// Which leaf.
        index: u64,
    },
    /// A tile is not there.
    TileMissing {
        /// Which tile.
        tile: TileId,
    },
    /// A tile is too short, too long or not made of hashes.
    TileMisshapen {
        /// Which tile.
        tile: TileId,
    },
    /// A hash in a tile is not that of what lies below it.
    TileChanged {
        /// Which tile.
        tile: TileId,
        /// Which of its hashes, from 0.
        position: usize,
    },
    /// A checkpoint does not count, or carries a false signature of a witness.
    Checkpoint {
        /// Which checkpoint.
        number: usize,
        /// Why.
        problem: CheckpointError,
    },
    /// A checkpoint that is said to be witnessed lacks witnesses' signatures.
    Unwitnessed {
        /// Which checkpoint.
        number: usize,
        /// How many leaves it covers.
        size: u64,
        /// How many witnesses did sign.
        seen: usize,
    },
    /// The leaves do not hash to the root that was signed: another history.
    Root {
        /// Which checkpoint.
        number: usize,
        /// How many leaves it covers.
        size: u64,
        /// The difference lies in a leaf from here on: so many are under another root that is right.
        sound: u64,
    },
    /// The log does not reach as far as the checkpoint.
    Beyond {
        /// Which checkpoint.
        number: usize,
        /// How many leaves it covers.
        size: u64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = |tile: &TileId| tile.path(TILE_WIDTH);
        match self {
            Finding::LeafChanged { index } => write!(f, "leaf {index} is not the one that was logged"),
            Finding::LeafMissing { from, to } if from + 1 == *to => write!(f, "leaf {from} is missing"),
            Finding::LeafMissing { from, to } => write!(f, "leaves {from} to {} are missing", to - 1),
            Finding::LeafAdded { before, given } => {
                write!(f, "a leaf that was never logged stands before leaf {before} (number {given} of those given)")
            }
            Finding::LeafUnreadable { given, problem } => {
                write!(f, "leaf {given} of those given cannot be read: {problem}")
            }
            Finding::LeafUnsettled { index } => {
                write!(f, "leaf {index} and its tile disagree, and the tile above agrees with neither")
            }
            Finding::TileMissing { tile } => write!(f, "{} is missing", path(tile)),
            Finding::TileMisshapen { tile } => write!(f, "{} has a wrong length", path(tile)),
            Finding::TileChanged { tile, position } => {
                let (first, last) = leaves_below(*tile, *position);
                write!(f, "hash {position} of {} is not that of leaves {first} to {last}", path(tile))
            }
            Finding::Checkpoint { number, problem } => write!(f, "checkpoint {number}: {problem}"),
            Finding::Unwitnessed { number, size, seen } => {
                write!(
                    f,
                    "checkpoint {number} of {size} leaves is said to be witnessed, and only {seen} have signed it"
                )
            }
            Finding::Root { number, size, sound } if sound == size => {
                write!(f, "checkpoint {number} signs another history than the one that another of {size} leaves signs")
            }
            Finding::Root { number, size, sound } => {
                write!(
                    f,
                    "checkpoint {number} signs another history: leaves {sound} to {} differ from it",
                    size.saturating_sub(1)
                )
            }
            Finding::Beyond { number, size } => {
                write!(f, "checkpoint {number} covers {size} leaves, more than there are")
            }
        }
    }
}

fn leaves_below(tile: TileId, position: usize) -> (u64, u64) {
    let span = 1_u64.checked_shl(8 * u32::from(tile.level)).unwrap_or(u64::MAX);
    let place = tile.index.saturating_mul(TILE_WIDTH as u64).saturating_add(position as u64);
    let first = place.saturating_mul(span);
    (first, first.saturating_add(span - 1))
}
