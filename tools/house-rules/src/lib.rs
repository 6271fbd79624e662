//! Reads the source, its dependencies and the scripts of the pages for what must never be in them.
//!
//! A rule that the compiler or a lint can hold is held there (`unsafe_code`, `clippy.toml`). Here stands what they cannot
//! say: that one file alone opens connections, that no script makes code of text, that nothing is linked which would make
//! a requirement apply that is marked as not applicable. The tests of this package are the rules.

pub mod advisories;
pub mod dependencies;
pub mod document;
pub mod licence;
pub mod source;

use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
