//! Putting right what is wrong in a record: an entry amended by another one that stands in its place, an entry moved
//! from the wrong child's record to the right one, and requests to do either.

pub mod amending;
pub mod asking;
pub mod moving;
pub mod showing;

use record::{
    EntryId, Moment,
    content::{Author, Content},
    right::Fate,
};
use store::PutRight;

/// Why a completed entry does not stand, in the words of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What became of it.
    pub how: Fate,
    /// The entry because of which it does not stand: its amendment, a marker, an answer; or the one that it would amend.
    pub by: EntryId,
    /// Who wrote that one.
    pub author: Author,
    /// When.
    pub written: Moment,
    /// Why.
    pub why: String,
}

impl Mark {
    pub(crate) fn of(put_right: &PutRight) -> Self {
        let content = &put_right.by.content;
        Self {
            how: put_right.how,
            by: put_right.by.entry,
            author: content.author.clone(),
            written: content.written,
            why: why(content),
        }
    }
}

/// Why an entry puts another one right, moved it, or says no to it.
fn why(content: &Content) -> String {
    let right = &content.right;
    let amends = right.amends.as_ref().map(|amends| amends.why.clone());
    let away = || right.away.as_ref().map(|away| away.why.clone());
    let answer = || {
        let said = [record::right::APPROVED, record::right::AUTHORISED];
        said.iter().find_map(|said| content.answers.get(*said)).and_then(|answered| answered.reason.clone())
    };
    amends.or_else(away).or_else(answer).unwrap_or_default()
}
