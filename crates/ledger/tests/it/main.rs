//! The ledger seen from outside: against other people's implementations, and against those who would change it.

mod log;
mod oracles;
mod tampering;
