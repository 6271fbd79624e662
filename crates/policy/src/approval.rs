//! Whether a new version of the pack is used only after the organisation approved it (R-GOV-03, D-62). Who may approve
//! is said by roles (`approve-policy`). Which version is in force since when and by whom is kept in either case.

use serde::Deserialize;

/// What is asked before a new version is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeforeUse {
    /// Somebody who may approve it says from when it holds.
    #[default]
    Approved,
    /// Nothing: whoever runs the program puts it in force with the program's start, and that is kept.
    NothingAsked,
}

impl BeforeUse {
    /// The name that packs use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::NothingAsked => "nothing-asked",
        }
    }
}

/// What a pack says of new versions of itself. The version that is in force says it of the one that follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApprovalRules {
    /// What is asked before a new version is used.
    pub before_use: BeforeUse,
    /// Where it comes from.
    pub source: Vec<String>,
}
