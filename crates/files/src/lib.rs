//! What a file is, by its content and never by its name: recognised, looked into, its picture made anew, a virus
//! scanner asked. Knows no child, no record and no database.
//!
//! Everything reads from whatever can be read and wound back, so that a file may lie sealed: it is never in the clear
//! on a disk, and never whole in memory. All of it is work for a thread that may wait.
//!
//! Deliberately absent: what is inside a PDF (its scripts, its attachments) is not looked into; a PDF is downloaded and
//! never opened here. Old office formats are not taken at all, since a macro in them cannot be told from a text.

mod format;
mod look;
mod name;
mod picture;
mod refused;
mod scan;
mod zip;

pub use format::Format;
pub use look::{guess, look};
pub use name::clean_name;
pub use picture::{Remade, paint, remake};
pub use refused::Refused;
pub use scan::{ScanError, Scanner};
