//! The confidential section of a record: what must not be shared with the child. It is out of the way wherever the record
//! is read, searched or printed, so that nobody shows it who has the child beside them; that something is kept there is
//! said where it would stand (R-CNF-01). Whoever may open the section reads it there.

use policy::{Pack, fact::Says};

use crate::{content::Content, fact::Fact};

/// What stands in the place of what is kept there.
pub const KEPT: &str = "Kept in the confidential section";

/// The form with which an entry of the record is put there.
pub const KEEP_FORM: &str = "confidential";
/// The form of what is written there at once.
pub const NOTE_FORM: &str = "confidential-note";
/// The form with which a manager looks at it again, and lets it go.
pub const REVIEW_FORM: &str = "confidential-review";
/// The question of [`KEEP_FORM`] that nobody is asked: it is the entry on the page.
pub const ENTRY: &str = "entry";
/// The question of [`REVIEW_FORM`] that nobody is asked: the entry that put something there.
pub const KEPT_BY: &str = "kept-by";
/// Why it must not be shared, by the pack's list.
pub const REASON: &str = "reason";
/// That list.
pub const REASONS: &str = "withhold-reason";
/// The same in words.
pub const BECAUSE: &str = "because";
/// Whose information it is, and how they are asked before it is shared.
pub const ORIGINATOR: &str = "originator";

/// Leaves of an entry what the record is ordered by and who wrote it, and nothing that it says.
pub fn withhold(content: &mut Content) {
    content.answers.clear();
    content.informant = None;
    content.second_because = None;
    if let Some(headline) = &mut content.headline {
        KEPT.clone_into(headline);
    }
    if let Some(late) = &mut content.late {
        late.reason.clear();
    }
    if let Some(amends) = &mut content.right.amends {
        amends.why.clear();
    }
    if let Some(moved) = &mut content.right.moved {
        moved.why.clear();
    }
    if let Some(away) = &mut content.right.away {
        away.why.clear();
    }
}

/// Takes the words out of a fact that such an entry asserts: whatever the pack seals, and what it says in words of the child
/// alone. That a child was seen on a day is known everywhere still, and so is what somebody is called.
pub fn withhold_fact(pack: &Pack, fact: &mut Fact) {
    let words = |kind: &policy::fact::FactKind| kind.sealed || (kind.says == Says::Text && !kind.shared);
    if pack.fact(&fact.said.line.kind).is_none_or(words) && !fact.said.value.is_empty() {
        KEPT.clone_into(&mut fact.said.value);
    }
}
