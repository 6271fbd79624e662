//! Words inside entries: how a text falls into words, what somebody looks for, and where it stands in a text.
//!
//! The index of words and the marks on a passage go by the same rules, on both engines: bare small letters, no
//! accents, and without what grammar adds, so that visits and visited are found by visit. What somebody types is never
//! given to an engine as it is.

pub mod looked_for;
mod said;
mod stem;
mod tokens;

pub use looked_for::{Term, Trouble, WordsWanted};
pub use said::{Said, passages, said};
pub use stem::stem;
pub use tokens::{Token, tokens};
