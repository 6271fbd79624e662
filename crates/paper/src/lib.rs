//! Paper: a document as tagged PDF, made by Typst in this process. It knows no child and decides nothing.
//!
//! [`render`] takes a [`Document`], typed and without markup, and gives a PDF of at most [`MOST_PAGES`] pages; longer
//! ones come in [pieces]. What people wrote reaches Typst as JSON, never as markup; the world that Typst sees holds
//! one template, that JSON and six fonts, and nothing of this machine: no file, no package, no clock.
//!
//! Rendering takes processor time and memory (about a megabyte a page) and cannot be stopped midway: call it where
//! blocking is allowed, one or two at a time.

mod document;
mod letters;
mod pieces;
mod render;
mod world;

pub use document::{Block, Document, Voice};
pub use pieces::pieces;
pub use render::{MOST_PAGES, Paper, PaperError, render};
