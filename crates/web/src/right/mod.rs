//! Pages on which something in a record is put right.

pub mod amending;
pub mod asking;
pub mod moving;
