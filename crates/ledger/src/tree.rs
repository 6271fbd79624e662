//! The growing tree of RFC 6962, kept as the tiles of [C2SP tlog-tiles](https://c2sp.org/tlog-tiles).
//!
//! A tile is 256 neighbouring hashes, eight levels of the tree high; the levels between are computed when needed.
//! Tiles are rows, addressed by [`TileId`]: an append rewrites the few partial tiles at the right edge, and a proof
//! reads at most one tile a level (four for a thousand million leaves).
//!
//! What changes is kept in [`TileBuilder`]; what is proved is worked out by [`Plan`], which says first which tiles it
//! needs, so that a caller who reads rows asynchronously can fetch them beforehand into a map.

mod frontier;
mod plan;
mod proof;
mod tile;

pub use frontier::Frontier;
pub use plan::Plan;
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use tile::{TILE_WIDTH, Tile, TileBuilder, TileError, TileId, TileReader};
pub(crate) use tile::{fold, hashes};

use crate::hash::Hash;

/// The hashes that lead from the leaf at `index` to the root of the tree of `size` leaves.
pub fn inclusion_proof<R: TileReader>(tiles: &R, index: u64, size: u64) -> Result<Vec<Hash>, TileError<R::Error>> {
    Plan::inclusion(index, size).ok_or(TileError::OutOfRange)?.hashes(tiles)
}

/// The hashes that show the tree of `old` leaves to be the beginning of the tree of `new` leaves.
pub fn consistency_proof<R: TileReader>(tiles: &R, old: u64, new: u64) -> Result<Vec<Hash>, TileError<R::Error>> {
    Plan::consistency(old, new).ok_or(TileError::OutOfRange)?.hashes(tiles)
}

/// The right edge of the tree when it had `size` leaves.
pub fn frontier_at<R: TileReader>(tiles: &R, size: u64) -> Result<Frontier, TileError<R::Error>> {
    Plan::frontier(size).hashes(tiles).map(|edge| Frontier::new(size, edge))
}

/// The root of the tree when it had `size` leaves.
pub fn root_at<R: TileReader>(tiles: &R, size: u64) -> Result<Hash, TileError<R::Error>> {
    frontier_at(tiles, size).map(|frontier| frontier.root())
}

/// The leaves of the left part of a tree of `leaves` ≥ 2: the largest power of two below.
fn left_part(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}
