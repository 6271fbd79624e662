//! A file sealed for a public key, in the age format: <https://c2sp.org/age>.
//!
//! Whoever has a [`Recipient`] can seal and cannot open; whoever has its [`Identity`] opens. [`Sealing`] and
//! [`Opening`] are streams that hold 64 KiB, whatever the file's size. Bytes that were altered, put elsewhere or cut
//! off are found where they are read, the end included: a reading that comes to its end has read what was sealed.
//!
//! Of the format this is what a backup needs: X25519 keys, and no passphrase, armour, plug-in or other kind of key. What
//! it writes opens with the `age` program, so that a backup does not depend on this one; the authors' own test vectors
//! are run. Their Rust library would bring 75 crates more for these few hundred lines, a framework for translated
//! messages and a pre-release among them, and a second generation of every cipher that is here already.
//!
//! Who sealed a file it does not say: everybody who has the public key could have. That is said within.

mod header;
mod keys;
mod stream;

pub use header::Unopened;
pub use keys::{Identity, NotAKey, Recipient};
pub use stream::{Opening, Sealing};

/// Where random bytes come from: filled by the caller.
pub type Chance<'a> = &'a mut dyn FnMut(&mut [u8]);
