//! Checking proofs. Needs nothing but the proof and the roots.
//!
//! A proof is read along the [`Plan`] by which it was made: the plan's ranges say on which side each hash stands.

use super::Plan;
use crate::hash::{Hash, node_hash};

/// Why a proof does not prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such leaf, or the trees are given the wrong way round.
    #[error("no such leaf or tree")]
    OutOfRange,
    /// The proof has more or fewer hashes than trees of these sizes need.
    #[error("a proof of the wrong length")]
    Length,
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Checks that the tree of `size` leaves with this `root` holds `leaf` at `index`.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), ProofError> {
    let plan = Plan::inclusion(index, size).ok_or(ProofError::OutOfRange)?;
    let path = plan.ranges();
    if path.len() != proof.len() {
        return Err(ProofError::Length);
    }
    let found = path.iter().zip(proof).fold(*leaf, |hash, (range, other)| {
        if range.start > index { node_hash(&hash, other) } else { node_hash(other, &hash) }
    });
    if found == *root { Ok(()) } else { Err(ProofError::Root) }
}

/// Checks that the tree of `old` leaves with `old_root` is the beginning of the tree of `new` leaves with `new_root`.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let plan = Plan::consistency(old, new).ok_or(ProofError::OutOfRange)?;
    let path = plan.ranges();
    if path.len() != proof.len() {
        return Err(ProofError::Length);
    }
    if old == 0 {
        return if *old_root == Hash::EMPTY_ROOT { Ok(()) } else { Err(ProofError::Root) };
    }
    let mut steps = path.iter().zip(proof);
    // Both trees grow from the subtree that ends with the old tree: the first hash, or the old tree itself.
    let seed = match path.first() {
        Some(range) if range.end == old => steps.next().map_or(*old_root, |(_, hash)| *hash),
        _ => *old_root,
    };
    let (found_old, found_new) = steps.fold((seed, seed), |(left, whole), (range, other)| {
        if range.start >= old {
            (left, node_hash(&whole, other))
        } else {
            (node_hash(other, &left), node_hash(other, &whole))
        }
    });
    if found_old == *old_root && found_new == *new_root { Ok(()) } else { Err(ProofError::Root) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{TileBuilder, TileError, TileId, consistency_proof, frontier_at, inclusion_proof, root_at};
    use super::*;
    use crate::hash::leaf_hash;

    fn leaf(n: u64) -> Hash {
        leaf_hash(&n.to_be_bytes())
    }

    /// Tiles of a tree of `size` leaves, written in batches, and the root at each size.
    fn grow(size: u64, batch: u64) -> (BTreeMap<TileId, Vec<u8>>, Vec<Hash>) {
        let (mut tiles, mut builder) = (BTreeMap::new(), TileBuilder::default());
        let mut roots = vec![Hash::EMPTY_ROOT];
        for n in 0..size {
            builder.append(leaf(n));
            roots.push(builder.frontier().root());
            if n % batch == 0 || n + 1 == size {
                tiles.extend(builder.drain().into_iter().map(|tile| (tile.id, tile.to_bytes())));
                builder = TileBuilder::open(&tiles, n + 1).expect("what was written can be taken up");
                assert_eq!(builder.drain(), [], "nothing has changed since");
            }
        }
        (tiles, roots)
    }

    #[test]
    fn every_size_to_600() {
        let (tiles, roots) = grow(600, 7);
        for (size, root) in (0..=600_u64).zip(&roots) {
            assert_eq!(root_at(&tiles, size).as_ref(), Ok(root));
            // All pairs of small trees; of larger ones the edges, the tile's border and a few between.
            let few =
                |n: &u64| size <= 40 || *n < 2 || n + 2 >= size || [255, 256, 257].contains(n) || n % 97 == size % 97;
            for index in (0..size).filter(few) {
                let proof = inclusion_proof(&tiles, index, size).expect("a proof");
                assert_eq!(verify_inclusion(&leaf(index), index, size, &proof, root), Ok(()), "{index} in {size}");
                assert_eq!(verify_inclusion(&leaf(index + 1), index, size, &proof, root), Err(ProofError::Root));
                assert_eq!(
                    verify_inclusion(&leaf(index), index, size, &[&proof[..], &[*root]].concat(), root),
                    Err(ProofError::Length)
                );
            }
            for (old, old_root) in (0..=size).zip(&roots).filter(|(old, _)| few(old)) {
                let proof = consistency_proof(&tiles, old, size).expect("a proof");
                assert_eq!(verify_consistency(old, old_root, size, root, &proof), Ok(()), "{old} to {size}");
                let other = leaf(0x00c0_ffee);
                assert!(verify_consistency(old, &other, size, root, &proof).is_err());
                if old > 0 {
                    assert!(verify_consistency(old, old_root, size, &other, &proof).is_err());
                }
            }
        }
    }

    #[test]
    fn out_of_range_is_refused() {
        let (tiles, roots) = grow(9, 2);
        assert_eq!(inclusion_proof(&tiles, 9, 9), Err(TileError::OutOfRange));
        assert_eq!(consistency_proof(&tiles, 10, 9), Err(TileError::OutOfRange));
        assert_eq!(verify_inclusion(&leaf(9), 9, 9, &[], &roots[9]), Err(ProofError::OutOfRange));
        assert_eq!(verify_consistency(9, &roots[9], 8, &roots[8], &[]), Err(ProofError::OutOfRange));
        let id = TileId { level: 0, index: 0 };
        assert_eq!(root_at(&tiles, 10), Err(TileError::Misshapen(id)));
        assert_eq!(root_at(&BTreeMap::new(), 10), Err(TileError::Missing(id)));
    }

    #[test]
    fn a_batch_writes_few_rows_and_a_proof_reads_few() {
        let (mut builder, mut tiles) = (TileBuilder::default(), BTreeMap::new());
        let size = 256 * 256 + 300;
        for n in 0..size {
            builder.append(leaf(n));
        }
        for tile in builder.drain() {
            assert_eq!(tile.hashes.len(), tile.id.width_at(size));
            assert!(tiles.insert(tile.id, tile.to_bytes()).is_none(), "each tile once");
        }
        assert_eq!(tiles.len(), 256 + 2 + 2 + 1);
        assert_eq!(frontier_at(&tiles, size).as_ref(), Ok(builder.frontier()));

        for n in size..size + 100 {
            builder.append(leaf(n));
        }
        assert_eq!(builder.drain().len(), 1);
        assert!(
            (0..size)
                .step_by(997)
                .all(|index| Plan::inclusion(index, size).is_some_and(|plan| plan.tiles().len() <= 4))
        );
    }
}
