//! The right edge of the tree: all that is needed to append and to know the root.

use crate::encode::{DecodeError, Reader, Writer};
use crate::hash::{Hash, node_hash};

const KIND: &str = "lifestory/frontier";
const VERSION: u8 = 1;

/// The roots of the complete subtrees that make up a tree, largest first: one for each bit set in its size.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

impl Frontier {
    pub(super) fn new(size: u64, edge: Vec<Hash>) -> Self {
        Frontier { size, edge }
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf at the right.
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        join(&self.edge).unwrap_or(Hash::EMPTY_ROOT)
    }

    /// The bytes to keep.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut w = Writer::new(KIND, VERSION);
        w.put_u64(self.size);
        for hash in &self.edge {
            w.put_fixed(hash.as_bytes());
        }
        w.finish()
    }

    /// Takes up again where [`to_bytes`](Self::to_bytes) left off.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::open(bytes, KIND)?;
        if r.version() != VERSION {
            return Err(DecodeError::Version(r.version()));
        }
        let size = r.u64()?;
        let edge = (0..size.count_ones()).map(|_| r.fixed().map(Hash::new)).collect::<Result<_, _>>()?;
        r.finish().map(|()| Frontier { size, edge })
    }
}

/// The hash over neighbouring subtrees, largest first, as RFC 6962 joins them: from the right.
pub(super) fn join(subtrees: &[Hash]) -> Option<Hash> {
    subtrees.iter().rev().copied().reduce(|right, left| node_hash(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    /// The test vectors of RFC 6962's reference implementation: leaves, and the root after each.
    const VECTORS: [(&[u8], &str); 8] = [
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"\x00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (b"\x10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (b"\x20\x21", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (b"\x30\x31", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (b"\x40\x41\x42\x43", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (b"\x50\x51\x52\x53\x54\x55\x56\x57", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (b"\x60abcdefghijklmno", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];

    #[test]
    fn rfc_6962_vectors() {
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root(), Hash::EMPTY_ROOT);
        for (leaf, root) in VECTORS {
            frontier.append(leaf_hash(leaf));
            assert_eq!(frontier.root().to_string(), root);
        }
    }

    #[test]
    fn is_kept_and_taken_up() {
        let mut frontier = Frontier::default();
        for n in 0..300_u32 {
            let bytes = frontier.to_bytes();
            assert_eq!(Frontier::from_bytes(&bytes).as_ref(), Ok(&frontier));
            assert!(Frontier::from_bytes(&bytes[..bytes.len() - 1]).is_err());
            frontier.append(leaf_hash(&n.to_be_bytes()));
        }
    }
}
