//! Asking an identity provider who somebody is: `OpenID` Connect, the code flow with PKCE.
//!
//! [`Provider::ready`] gives the address to which a browser is sent; [`Provider::check`] takes what the browser brings back
//! and gives an [`Identity`], which nothing else makes. In between lies a [`Question`], which whoever asks keeps where the
//! browser cannot reach it.
//!
//! The provider is one that whoever runs the program named. Nothing else is called, no redirect is followed, no answer is
//! read that is too long or comes too late. Its tokens open nothing here: they are read once, for who it was and when, and
//! thrown away; nothing is asked for but `openid`. What it says of names, of addresses and of how strong its own signing in
//! was is not read.

mod check;
mod http;
mod provider;

pub use check::{Answer, Failed, Identity, LONGEST_SUBJECT};
pub use provider::{Provider, Question, Ready, Settings, Unusable};
