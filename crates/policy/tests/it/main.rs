//! What the loader promises, on the packs that are shipped and on packs made wrong on purpose.

mod bad;
mod changes;
mod diff;
mod limits;
mod memory;
mod recorders;
mod shipped;
