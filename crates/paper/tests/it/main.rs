//! Papers, looked at as a reader of PDFs does.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own paper has failed")]

mod papers;
mod reader;
