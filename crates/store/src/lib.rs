//! Keeping the record: SQLite and PostgreSQL, migrations, seals and keys. The only room with SQL.
//!
//! [`Db::begin`] gives a transaction to somebody; [`Tx::authorise`] is the one door to a record's content. A
//! transaction reads one moment of the database, gathers what it will write, and [`Tx::commit`] makes all of it
//! durable or nothing, the leaves of what was read included.

mod accounts;
mod asked;
mod authorising;
pub mod backup;
mod bulk;
mod ceremonies;
mod chronologies;
mod codes;
mod confidential;
mod conflicts;
mod counts;
mod db;
mod digest;
mod disclosures;
mod door;
mod drafts;
mod emergencies;
mod engine;
mod entries;
pub mod extract;
mod facts;
mod file_reading;
mod files;
mod homes;
mod keys;
mod links;
mod log;
mod looked;
mod looking;
mod migrate;
mod obligations;
mod packs;
pub mod passkeys;
pub mod passwords;
mod people;
mod plans;
mod questions;
mod reach;
mod revealed;
mod right;
mod same;
mod staffing;
mod story;
mod unread;
pub mod verify;
mod words;
mod writer;

pub use accounts::{
    Account, AccountState, Held, How, LONGEST_PASSWORD, OpenSession, SHORTEST_PASSWORD, Session, SessionLimits,
    SessionName, SignIn, WaysOf,
};
pub use asked::Request;
pub use authorising::ToAuthorise;
pub use bulk::Past;
pub use codes::{HasCode, NewCode};
pub use confidential::{InSection, OpenSection};
pub use conflicts::LikelyConflict;
pub use counts::{CountBy, Counted, Counting, ListOfCount, LooksCount, Month, Timeliness, VisitCount, Written};
pub use db::{Db, Place};
pub use digest::Digest;
pub use disclosures::KeptFrom;
pub use door::{Action, Actor, Compare, Grant, Print, Read, ReadUnder, Refused, Reveal, Tx, Write};
pub use drafts::{Draft, Head};
pub use emergencies::{Opening, RestrictedRecord, Wanted};
pub use engine::StoreError;
pub use entries::{After, StoredEntry};
pub use facts::Person;
pub use files::{Kept, LiveFile, NotWhole, OpenFile, Opener, Piece, Received, SentFile, Swept, Upload};
pub use homes::Home;
pub use keys::SystemChance;
pub use ledger::leaf::{ActorKind, Leaf};
pub use links::{Brief, Link};
pub use log::LogState;
pub use looked::{Looked, LooksWanted};
pub use looking::{Found, LikelyPair, SearchFor};
pub use obligations::{Decided, Decisions, HowMany, Owed, OwnedBy, Page, When};
pub use packs::{InForce, KeptPack, Packs};
pub use people::{Colleague, Colleagues, Connection, ListOf, Listed, Team};
pub use plans::{Begun, Plan};
pub use questions::{Answered, MANY, ToAsk, about_in_words};
pub use revealed::Revealed;
pub use right::{PutRight, Waiting};
pub use staffing::{Carried, StaffGrant};
pub use story::{Reading, StoryParts, StoryRows};
pub use unread::{LATELY_DAYS, Unread};
pub use words::{Freshness, Indexed, MOST_COUNTED, WordHit, WordsFound};
pub use writer::Clock;
