//! Reading packs: from text to a [`Pack`] in which everything fits.
//!
//! Two steps. First each file becomes a draft that refuses keys it does not know (`draft`) and is laid over what the
//! packs it extends have said (`layers`). Then the whole is checked against itself and turned into the real types
//! (`check`). Every mistake found is given, in one go, with file, line, column and remedy; only a file that is no
//! TOML at all, or has a key that does not exist, stops at its first.

mod check;
mod clocks;
mod draft;
mod form;
mod layers;
mod mistake;
mod practice;
mod source;
mod tables;

use crate::pack::Pack;

pub use mistake::Mistake;
pub use source::{Bundle, Embedded, Folder, Over, SourceFile, Sources, Unreadable, embedded};

/// Loads the pack of this name, with everything that it takes from the packs it extends.
///
/// The mistakes come in order of file and line.
pub fn load(sources: &impl Sources, id: &str) -> Result<Pack, Vec<Mistake>> {
    let mut mistakes = mistake::Mistakes::default();
    let layers = layers::read(sources, id, &mut mistakes);
    if mistakes.unreadable() {
        // With a file missing from the picture, everything that names something in it would look wrong too.
        return Err(mistakes.into_list());
    }
    let pack = check::pack(layers, &mut mistakes);
    if mistakes.none() { Ok(pack) } else { Err(mistakes.into_list()) }
}
