//! Roles: sets of capabilities with the relations under which they hold.

use crate::capability::{Capability, Relation};

/// A role of the pack, for example `team-manager`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Stable name.
    pub id: String,
    /// What people call it: the designation's usual title.
    pub title: String,
    /// What it may do and where.
    pub may: Vec<(Capability, Relation)>,
    /// The requirements that it comes from.
    pub source: Vec<String>,
}
