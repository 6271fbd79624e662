//! How an entry that is wrong is put right: what the pack says of it. Who may is said by roles (`amend-entry`,
//! `move-entry`, `read-moved`).

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::form::FormId;

/// From when an amendment stands in the place of the entry that it amends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AmendmentStands {
    /// As soon as somebody who may amend has completed it.
    AtOnce,
    /// Once the author of the entry has approved it.
    AuthorApproves,
}

impl AmendmentStands {
    /// The word that packs use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "at-once",
            Self::AuthorApproves => "author-approves",
        }
    }
}

/// What a pack says of putting right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmendmentRules {
    /// From when an amendment stands.
    pub stands: AmendmentStands,
    /// Forms whose entries are put right in a way of their own, and never amended or moved.
    pub never: BTreeSet<FormId>,
    /// Where a worker who wants something put right finds advice (R-INT-07), in sentences.
    pub advice: Vec<String>,
    /// The requirements that it comes from.
    pub source: Vec<String>,
}

impl Default for AmendmentRules {
    /// For a pack that says nothing: nothing is amended without its author.
    fn default() -> Self {
        Self {
            stands: AmendmentStands::AuthorApproves,
            never: BTreeSet::new(),
            advice: vec!["Ask your manager.".to_owned()],
            source: Vec::new(),
        }
    }
}

impl AmendmentRules {
    /// Whether entries of this form may be amended or moved at all.
    pub fn reaches(&self, form: &str) -> bool {
        !self.never.contains(form)
    }
}
