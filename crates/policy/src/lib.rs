//! Policy packs: what an authority has decided, held as data.
//!
//! A pack is a folder of TOML: forms, lists, facts, clocks, roles, words. It is read in two steps: the text into
//! drafts that refuse what they do not know, then the drafts into the types of this crate, checked against each
//! other ([`mod@load`]). Past that point no rule asks again whether a form exists or a list has a code.
//!
//! Pure: it reads files when told to and nothing else. It knows no child, no database and no clock.

pub mod amendment;
pub mod calendar;
mod canonical;
pub mod capability;
pub mod clock;
pub mod fact;
pub mod file;
pub mod form;
pub mod list;
pub mod load;
pub mod pack;
pub mod role;

pub use capability::{Capability, Relation};
pub use file::FileKind;
pub use form::{Condition, Field, FieldKind, Form, Section};
pub use load::{Folder, Mistake, Sources, embedded, load};
pub use pack::Pack;
