//! Against the authors' own test vectors, and against their program where it is here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops where it is")]

mod program;
mod streams;
mod vectors;
