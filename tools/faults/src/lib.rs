//! Faults made on purpose: that a test is there says nothing; that it fails when the program is wrong does.
//!
//! Each row of `docs/asvs.toml` that is decided by tests has a fault in `asvs/`, a small change such as a careless one would
//! be, under which a test of that row must fail. Most are put into one copy of the tree together, each behind a switch of the
//! environment ([`VARIABLE`]), so that all of it is built once. What a test reads from the repository when it runs is changed in
//! a plain copy; what can be neither is built anew, one fault at a time. The tree itself is never touched.
//!
//! `cargo run -p faults` does it, and writes `docs/faults.md`. That every fault still fits the source, and every row has one, is
//! a test of this package, so it is known at once when one does not.

pub mod check;
pub mod copy;
pub mod drill;
pub mod fault;
pub mod listed;
pub mod report;
pub mod running;
pub mod text;

/// Names the fault that is on, in the copy where all of them are.
pub const VARIABLE: &str = "LIFESTORY_FAULT";

/// The folder of the faults, a file for each chapter of the standard.
pub const FOLDER: &str = "tools/faults/asvs";

/// The rows that no fault shows yet, with the reason.
pub const NOT_SHOWN: &str = "tools/faults/not-shown.toml";
