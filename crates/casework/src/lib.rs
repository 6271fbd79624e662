//! What people do: one module a capability, each function one act in one transaction.
//!
//! Ask the door, let `record` work out what follows, let `store` apply it. No rule lives here.

pub mod adoption;
pub mod approval;
pub mod attaching;
pub mod authorising;
pub mod caseload;
pub mod chronologies;
pub mod confidential;
pub mod conflict;
pub mod contents;
pub mod counting;
pub mod demo;
pub mod desk;
pub mod digest;
pub mod disclosing;
pub mod emergency;
pub mod file_reading;
pub mod import;
pub mod looked;
pub mod organisation;
pub mod past;
pub mod printing;
pub mod protecting;
pub mod reading;
pub mod recording;
pub mod records;
pub mod restriction;
pub mod right;
pub mod searching;
pub mod staffing;
pub mod story;
pub mod support;
pub mod twice;

pub use desk::{CaseError, Desk};
pub use files::Scanner;
