//! The rules.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod advisories;
mod dependencies;
mod documents;
mod scripts;
mod source;
