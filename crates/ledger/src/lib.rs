//! The append-only log: leaves, Merkle tree, checkpoints, proofs, verification. Knows no child.
//!
//! Everything here follows a public specification, so that a log can be checked without us and this crate can be
//! written anew from the documents: the tree is that of RFC 6962, and tiles, notes, checkpoints and cosignatures are
//! those of [C2SP](https://c2sp.org). Only the bytes of a leaf are our own ([`encode`]).
//!
//! Pure: no clock, disk, network or chance. Whoever calls brings the time, the rows and the keys.
//!
//! The way of a leaf: [`leaf::Leaf`] → bytes → [`hash::leaf_hash`] → [`tree::TileBuilder`] (rows to write) →
//! [`checkpoint::sign`] → [`checkpoint::cosign`] by a witness → one day, [`verify::verify`].

pub mod checkpoint;
pub mod encode;
pub mod hash;
pub mod leaf;
pub mod note;
pub mod tree;
pub mod verify;
