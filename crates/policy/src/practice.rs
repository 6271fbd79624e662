//! What practice rests on: the laws and standards that a policy cites, the procedures to go by at the point of use, and
//! what an authority expects to find in every case.

use crate::{fact::FactId, form::FormId};

/// A law, regulation, guidance or inspection standard, in the version that the policy cites (R-GOV-09).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    /// Stable name: `data-protection`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The version as the policy has it: a year, a section, an edition.
    pub version: Option<String>,
    /// What it asks of this work, or what is to be known about the citing, in a sentence.
    pub about: Option<String>,
    /// The requirements that it comes from.
    pub source: Vec<String>,
}

/// A procedure, protocol or set of principles that goes with the recording, shown at the point of use (R-GOV-08).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Stable name: `joint-visits`.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it says, in sentences.
    pub text: Vec<String>,
    /// Where the authority keeps the whole of it: an address in its own network.
    pub at: Option<String>,
    /// The forms beside which it is shown; in help alone when there are none.
    pub forms: Vec<FormId>,
    /// The requirements that it comes from.
    pub source: Vec<String>,
}

/// One thing that an authority expects to find in every case (R-GOV-05, R-GOV-06).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Stable name: `need`.
    pub id: String,
    /// What is expected, as a reader would say it.
    pub title: String,
    /// Entries made with one of these forms show it.
    pub forms: Vec<FormId>,
    /// Facts of one of these kinds show it.
    pub facts: Vec<FactId>,
    /// The list of everybody who has read the record shows it.
    pub readings: bool,
    /// The requirements that it comes from.
    pub source: Vec<String>,
}
