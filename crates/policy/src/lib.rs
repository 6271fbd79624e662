//! Policy packs: what an authority has decided, held as data.
//!
//! A pack is a folder of TOML: forms, lists, facts, clocks, roles, words. It is read in two steps: the text into
//! drafts that refuse what they do not know, then the drafts into the types of this crate, checked against each
//! other ([`mod@load`]). Past that point no rule asks again whether a form exists or a list has a code.
//!
//! Pure: it reads files when told to and nothing else. It knows no child, no database and no clock.

pub mod access;
pub mod amendment;
pub mod approval;
pub mod calendar;
mod canonical;
pub mod capability;
pub mod clock;
pub mod diff;
pub mod fact;
pub mod file;
pub mod form;
pub mod list;
pub mod load;
pub mod pack;
pub mod practice;
pub mod role;
pub mod sign_in;
pub mod words;

pub use capability::{Capability, Relation};
pub use file::FileKind;
pub use form::{Condition, Field, FieldKind, Form, Section};
pub use load::{Folder, Mistake, Sources, embedded, load};
pub use pack::Pack;

/// Reads such a text back; nothing where it is none.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}

/// A hash as people see it: 64 hexadecimal digits.
pub fn in_hex(hash: &[u8; 32]) -> String {
    use std::fmt::Write as _;
    hash.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes all that is written to it");
        text
    })
}

/// The pack of a trial or a demonstration where nobody names another: `packs/default` says which, so that the program has
/// no authority's name in it.
pub const DEFAULT: &str = include_str!("../../../packs/default").trim_ascii();
