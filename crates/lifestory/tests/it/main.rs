//! What the program says when something around it is wrong, and that nothing is half written then.

mod full_disk;
mod lost_database;
mod messages;
mod server;
