//! Tiles: their names, their reading, and which of them an append changes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write;
use std::mem;

use super::{Frontier, Plan};
use crate::hash::{Hash, node_hash};

/// The number of hashes in a full tile.
pub const TILE_WIDTH: usize = 256;

/// The place of a tile: the key of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for tiles of leaf hashes; each level is eight levels of the tree.
    pub level: u8,
    /// Counted from the left, from 0.
    pub index: u64,
}

/// A tile as it is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Where it belongs.
    pub id: TileId,
    /// Its hashes: 1 to [`TILE_WIDTH`].
    pub hashes: Vec<Hash>,
}

/// Where tiles are read from.
pub trait TileReader {
    /// What can go wrong in reading.
    type Error;

    /// The hashes of a tile, one after the other; `None` if there is no such tile. At least the first `width` hashes
    /// are wanted: `width` is what the tile had when the tree had the size in question, and it may have grown since.
    fn tile(&self, id: TileId, width: usize) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Why tiles do not give an answer.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError<E> {
    /// There is no such leaf or tree.
    #[error("no such leaf in a tree of this size")]
    OutOfRange,
    /// A tile is not there.
    #[error("tile {} is missing", .0.path(TILE_WIDTH))]
    Missing(TileId),
    /// A tile is shorter than the tree needs, or not made of hashes.
    #[error("tile {} has a wrong length", .0.path(TILE_WIDTH))]
    Misshapen(TileId),
    /// The reader failed.
    #[error("a tile could not be read")]
    Reader(#[source] E),
}

impl TileId {
    /// How many hashes this tile has in a tree of `size` leaves.
    pub fn width_at(self, size: u64) -> usize {
        let hashes = size.checked_shr(8 * u32::from(self.level)).unwrap_or(0);
        let before = self.index.saturating_mul(TILE_WIDTH as u64);
        usize::try_from(hashes.saturating_sub(before)).map_or(TILE_WIDTH, |width| width.min(TILE_WIDTH))
    }

    /// The tile above and this one's place in it.
    pub(crate) fn parent(self) -> (TileId, usize) {
        (TileId { level: self.level + 1, index: self.index >> 8 }, position(self.index))
    }

    /// The tile's name in C2SP tlog-tiles, such as `tile/0/x001/x234/067.p/12`.
    pub fn path(self, width: usize) -> String {
        let mut index = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            index = format!("x{:03}/{index}", rest % 1000);
            rest /= 1000;
        }
        let mut path = format!("tile/{}/{index}", self.level);
        if width < TILE_WIDTH {
            write!(path, ".p/{width}").expect("writing to a string cannot fail");
        }
        path
    }

    /// Reads a name that [`path`](Self::path) would give: the place and the width.
    pub fn from_path(path: &str) -> Option<(TileId, usize)> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (digits, width) = match rest.split_once(".p/") {
            Some((digits, width)) => (digits, width.parse().ok().filter(|width| *width > 0)?),
            None => (rest, TILE_WIDTH),
        };
        let level = level.parse().ok().filter(|level| *level < 64)?;
        let index = digits.split('/').try_fold(0_u64, |index, part| {
            index.checked_mul(1000)?.checked_add(part.strip_prefix('x').unwrap_or(part).parse().ok()?)
        })?;
        let id = TileId { level, index };
        (id.path(width) == path).then_some((id, width))
    }
}

impl Tile {
    /// The bytes of the row.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
    }
}

/// Tiles in memory.
impl TileReader for BTreeMap<TileId, Vec<u8>> {
    type Error = Infallible;

    fn tile(&self, id: TileId, _: usize) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.get(&id).cloned())
    }
}

/// The place of a hash within its tile.
pub(crate) fn position(index: u64) -> usize {
    usize::from(index.to_le_bytes()[0])
}

/// The hashes that bytes are made of.
pub(crate) fn hashes(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (chunks, rest) = bytes.as_chunks();
    rest.is_empty().then(|| chunks.iter().copied().map(Hash::new).collect())
}

/// The root of the complete subtree over these hashes, whose number is a power of two.
pub(crate) fn fold(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}

/// The tree at its right edge: takes leaves, gives the tiles to write and, by its [`Frontier`], the root.
///
/// A batch of appends writes each tile once, however many leaves it received: usually two or three rows.
#[derive(Debug, Clone, Default)]
pub struct TileBuilder {
    frontier: Frontier,
    /// The partial tile of each level, and whether it has grown since it was last written.
    edge: Vec<(Vec<Hash>, bool)>,
    full: Vec<Tile>,
}

impl TileBuilder {
    /// Takes up a tree of `size` leaves from its partial tiles (those of `Plan::frontier(size).tiles()`).
    pub fn open<R: TileReader>(tiles: &R, size: u64) -> Result<Self, TileError<R::Error>> {
        let plan = Plan::frontier(size);
        let frontier = super::frontier_at(tiles, size)?;
        let levels = plan.tiles().last_key_value().map_or(0, |(id, _)| id.level + 1);
        let mut edge = vec![(Vec::new(), false); levels.into()];
        for (id, width) in plan.tiles() {
            edge[usize::from(id.level)].0 = load(tiles, id, width)?;
        }
        Ok(TileBuilder { frontier, edge, full: Vec::new() })
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The right edge; its root is the root of the tree.
    pub fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Adds a leaf at the right.
    pub fn append(&mut self, leaf: Hash) {
        let (mut hash, mut index) = (leaf, self.size());
        self.frontier.append(leaf);
        for level in 0.. {
            if self.edge.len() == usize::from(level) {
                self.edge.push((Vec::with_capacity(TILE_WIDTH), false));
            }
            let (hashes, grown) = &mut self.edge[usize::from(level)];
            hashes.push(hash);
            *grown = hashes.len() < TILE_WIDTH;
            if *grown {
                break;
            }
            index >>= 8;
            hash = fold(hashes);
            self.full.push(Tile { id: TileId { level, index }, hashes: mem::take(hashes) });
        }
    }

    /// The tiles to write: all that have changed since the last time, full ones first. Write each over what is there.
    pub fn drain(&mut self) -> Vec<Tile> {
        let mut tiles = self.drain_full();
        let size = self.size();
        for (level, (hashes, grown)) in (0_u8..).zip(&mut self.edge) {
            if mem::take(grown) {
                let index = size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
                tiles.push(Tile { id: TileId { level, index }, hashes: hashes.clone() });
            }
        }
        tiles
    }

    /// Those of the changed tiles that will never change again.
    pub(crate) fn drain_full(&mut self) -> Vec<Tile> {
        mem::take(&mut self.full)
    }
}

/// The first `width` hashes of a tile.
pub(super) fn load<R: TileReader>(tiles: &R, id: TileId, width: usize) -> Result<Vec<Hash>, TileError<R::Error>> {
    let bytes = tiles.tile(id, width).map_err(TileError::Reader)?.ok_or(TileError::Missing(id))?;
    let mut hashes = hashes(&bytes).filter(|hashes| hashes.len() >= width).ok_or(TileError::Misshapen(id))?;
    hashes.truncate(width);
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_specification() {
        let id = |level, index| TileId { level, index };
        for (id, width, path) in [
            (id(0, 0), 256, "tile/0/000"),
            (id(0, 1_234_067), 256, "tile/0/x001/x234/067"),
            (id(2, 1000), 17, "tile/2/x001/000.p/17"),
            (id(7, u64::MAX), 1, "tile/7/x018/x446/x744/x073/x709/x551/615.p/1"),
        ] {
            assert_eq!(id.path(width), path);
            assert_eq!(TileId::from_path(path), Some((id, width)));
        }
        let bad = "tile/0/0 tile/00/000 tile/0/x000/001 tile/0/001/002 tile/0/000.p/0 tile/0/000.p/256 tile/64/000 \
                   tile/0/x018/x446/x744/x073/x709/x551/616 tile/0/000.p/+1 tile/0/";
        for path in bad.split(' ') {
            assert_eq!(TileId::from_path(path), None, "{path}");
        }
    }

    #[test]
    fn widths_are_those_of_the_specification() {
        // "a tree of size 70,000 …", C2SP tlog-tiles, Partial Tiles
        let width = |level, index| TileId { level, index }.width_at(70_000);
        assert_eq!([width(0, 272), width(0, 273), width(0, 274)], [256, 112, 0]);
        assert_eq!([width(1, 0), width(1, 1), width(2, 0), width(3, 0)], [256, 17, 1, 0]);
        assert_eq!(
            [TileId { level: 8, index: 0 }.width_at(u64::MAX), TileId { level: 0, index: u64::MAX }.width_at(9)],
            [0; 2]
        );
    }
}
