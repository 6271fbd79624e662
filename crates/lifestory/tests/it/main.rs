//! What the program says when something around it is wrong, and that nothing is half written then.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops where it is")]

mod backup;
mod digest;
mod full_disk;
mod lost_database;
mod messages;
mod policy;
mod server;
mod service;
mod unusable;
mod wire;
