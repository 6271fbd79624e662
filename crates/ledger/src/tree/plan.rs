//! Which parts of the tree an answer is made of, and in which tiles they are found.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use super::frontier::join;
use super::tile::{fold, load, position};
use super::{TileError, TileId, TileReader, left_part};
use crate::hash::Hash;

/// The hashes that make up an answer about the tree, each the root over a range of leaves, in the order of RFC 6962.
///
/// Pure arithmetic until [`hashes`](Plan::hashes) reads the tiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    size: u64,
    ranges: Vec<Range<u64>>,
}

impl Plan {
    /// The audit path of the leaf at `index` in a tree of `size` leaves, from the leaf upwards.
    pub fn inclusion(index: u64, size: u64) -> Option<Self> {
        (index < size).then(|| Plan { size, ranges: descend(size, |tree| tree.end - tree.start > 1, index).0 })
    }

    /// What the trees of `old` and of `new` leaves have in common and what the new one adds. Nothing is needed to
    /// extend the empty tree, or a tree to itself.
    pub fn consistency(old: u64, new: u64) -> Option<Self> {
        if old == 0 || old > new {
            return (old == 0).then_some(Plan { size: new, ranges: Vec::new() });
        }
        // The last leaf of the old tree leads to the largest subtree that ends where the old tree does.
        let (mut ranges, subtree) = descend(new, |tree| tree.end != old, old - 1);
        if subtree.start > 0 {
            ranges.insert(0, subtree); // else it is the old tree itself, which the verifier knows
        }
        Some(Plan { size: new, ranges })
    }

    /// The complete subtrees of a tree of `size` leaves: its [`Frontier`](super::Frontier).
    pub fn frontier(size: u64) -> Self {
        Plan {
            size,
            ranges: subtrees(&(0..size))
                .map(|Subtree { height, index }| index << height..(index + 1) << height)
                .collect(),
        }
    }

    /// The ranges of leaves, in the order of the hashes.
    pub(super) fn ranges(&self) -> &[Range<u64>] {
        &self.ranges
    }

    /// The tiles that will be read, and the width that each has in this tree.
    pub fn tiles(&self) -> BTreeMap<TileId, usize> {
        let tiles = self.ranges.iter().flat_map(subtrees).map(|subtree| subtree.place().0);
        tiles.map(|id| (id, id.width_at(self.size))).collect()
    }

    /// The hashes, read from the tiles, each tile once.
    pub fn hashes<R: TileReader>(&self, tiles: &R) -> Result<Vec<Hash>, TileError<R::Error>> {
        let mut read = BTreeMap::new();
        let mut hash_over = |range| {
            let mut parts = Vec::new();
            for subtree in subtrees(range) {
                let (id, within) = subtree.place();
                let tile: &mut Vec<Hash> = match read.entry(id) {
                    Entry::Occupied(tile) => tile.into_mut(),
                    Entry::Vacant(place) => place.insert(load(tiles, id, id.width_at(self.size))?),
                };
                parts.push(fold(&tile[within]));
            }
            Ok(join(&parts).unwrap_or(Hash::EMPTY_ROOT))
        };
        self.ranges.iter().map(&mut hash_over).collect()
    }
}

/// Goes down from the root of a tree of `size` leaves towards the leaf at `index` for as long as told. Gives the parts
/// not taken, lowest first, and the part arrived at.
fn descend(size: u64, further: impl Fn(&Range<u64>) -> bool, index: u64) -> (Vec<Range<u64>>, Range<u64>) {
    let (mut tree, mut aside) = (0..size, Vec::new());
    while further(&tree) {
        let middle = tree.start + left_part(tree.end - tree.start);
        let (left, right) = (tree.start..middle, middle..tree.end);
        let (taken, other) = if index < middle { (left, right) } else { (right, left) };
        aside.push(other);
        tree = taken;
    }
    aside.reverse();
    (aside, tree)
}

/// A complete subtree: `2^height` leaves, the `index`th such.
struct Subtree {
    height: u32,
    index: u64,
}

impl Subtree {
    /// The tile that holds the subtree's root or the hashes just below it, and which of the tile's hashes these are.
    fn place(&self) -> (TileId, Range<usize>) {
        let first = self.index << (self.height % 8);
        let level = u8::try_from(self.height / 8).expect("a height is less than 64");
        let start = position(first);
        (TileId { level, index: first >> 8 }, start..start + (1 << (self.height % 8)))
    }
}

/// The complete subtrees of a range that begins where a subtree of its size may begin, largest first.
fn subtrees(range: &Range<u64>) -> impl Iterator<Item = Subtree> + use<> {
    let (mut start, leaves) = (range.start, range.end - range.start);
    (0..u64::BITS).rev().filter(move |height| leaves >> height & 1 == 1).map(move |height| {
        let index = start >> height;
        start += 1 << height;
        Subtree { height, index }
    })
}
