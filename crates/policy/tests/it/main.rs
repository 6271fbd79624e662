//! What the loader promises, on the packs that are shipped and on packs made wrong on purpose.

mod authorities;
mod bad;
mod changes;
mod diff;
mod guide;
mod limits;
mod lists_and_forms;
mod memory;
mod practice;
mod recorders;
mod shipped;
mod timescales;
