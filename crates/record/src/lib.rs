//! The nouns of a child's record and every rule about them.
//!
//! Person, record, entry, obligation, leaf: what they are, what may follow from what, who may see what, and the
//! exact bytes that are sealed and committed to. Pure: no clock, no disk, no network; time and chance are arguments.

pub mod access;
pub mod adoption;
pub mod answer;
pub mod chronology;
pub mod confidential;
pub mod content;
pub mod count;
pub mod cover;
pub mod disclosure;
pub mod entry;
pub mod fact;
pub mod homes;
pub mod id;
pub mod identifier;
pub mod known;
pub mod likeness;
pub mod looked;
pub mod obligation;
pub mod others;
pub mod protected;
pub mod read;
pub mod recorder;
pub mod referring;
pub mod retyped;
pub mod right;
pub mod same;
pub mod story;
pub mod time;
pub mod typed;
pub mod wording;
pub mod words;

pub use id::{ActId, Chance, DraftId, EntryId, FileId, PasskeyId, PersonId, RecordId, TeamId};
pub use time::Moment;
pub use typed::Typed;
