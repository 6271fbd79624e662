//! Checks a whole log offline: leaves, tiles, roots, signatures. Names what is wrong, all of it.
//!
//! Nothing found means that the leaves given hash, in their order, to every root that was signed. What is found is
//! placed as closely as the evidence allows. Three things speak for each leaf: the leaf itself, the tile that holds its
//! hash, and what stands above that tile (the tile's parent, or a signed root). Two against one decide who is at
//! fault, and the pass goes on from what they agree on, so that one change is one finding and not a thousand:
//!
//! | differs                       | finding                                                                |
//! |-------------------------------|------------------------------------------------------------------------|
//! | leaf                          | [`Finding::LeafChanged`], [`LeafMissing`](Finding::LeafMissing), [`LeafAdded`](Finding::LeafAdded) |
//! | tile                          | [`Finding::TileChanged`]                                               |
//! | leaf and tile, not the parent | `TileChanged` of the parent, whose hash no longer fits the leaves below, and [`Finding::Root`] |
//! | leaf and every tile           | [`Finding::Root`]: between two checkpoints, no closer                  |
//! | a checkpoint                  | [`Finding::Checkpoint`], or `Root` if it was signed anew               |
//!
//! One pass; what is kept in memory is two tiles of leaf hashes, the right edge, the checkpoints' roots, and the
//! findings. A cut of leaves that no checkpoint given here covers cannot be found by anyone; hand over the witnesses'
//! own copies.

mod finding;
mod pass;

pub use finding::Finding;

use crate::checkpoint::{self, Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::note::{Note, NoteError, VerifierKey};
use crate::tree::TileReader;
use pass::Pass;

/// Whose signatures count. Comes from outside what is checked.
#[derive(Debug, Clone)]
pub struct Trust {
    /// The keys that the log has had, all under the name of its origin.
    pub log: Vec<VerifierKey>,
    /// The witnesses' cosignature keys.
    pub witnesses: Vec<VerifierKey>,
    /// How many of them must have signed a checkpoint for it to count as witnessed; at least 1.
    pub quorum: usize,
}

/// A checkpoint as it was kept.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The note.
    pub note: String,
    /// Whether it is said to have been witnessed: then too few witnesses' signatures are a finding.
    pub witnessed: bool,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// All that is wrong: first the checkpoints, by their number, then the tree from left to right.
    pub findings: Vec<Finding>,
    /// How many leaves the log has, by the evidence.
    pub size: u64,
    /// How many of them are under a root that was signed and is right.
    pub signed: u64,
    /// How many of them are under such a root that enough witnesses have signed.
    pub witnessed: u64,
}

/// Checks a log. The leaves are their bytes, in order, from the first; the checkpoints may be in any order.
///
/// An error is the reader's own: what was read and is wrong is a finding.
pub fn verify<R, L, B>(
    trust: &Trust,
    claims: impl IntoIterator<Item = Claim>,
    leaves: L,
    tiles: &R,
) -> Result<Report, R::Error>
where
    R: TileReader,
    L: IntoIterator<Item = Result<B, R::Error>>,
    B: AsRef<[u8]>,
{
    let mut findings = Vec::new();
    let mut signed = Vec::new();
    for (number, claim) in (0..).zip(claims) {
        signed.extend(trust.examine(number, &claim, &mut findings));
    }
    signed.sort_by_key(|root| root.size);
    Pass::new(tiles, leaves.into_iter(), signed, findings).run()
}

/// A root with the log's good signature.
struct SignedRoot {
    number: usize,
    size: u64,
    root: Hash,
    witnessed: bool,
}

impl Trust {
    fn examine(&self, number: usize, claim: &Claim, findings: &mut Vec<Finding>) -> Option<SignedRoot> {
        let mut report = |problem| findings.push(Finding::Checkpoint { number, problem });
        let note = match Note::parse(&claim.note) {
            Ok(note) => note,
            Err(problem) => {
                report(problem.into());
                return None;
            }
        };
        let Checkpoint { size, root, .. } = match self.open(&note) {
            Ok(checkpoint) => checkpoint,
            Err(problem) => {
                report(problem);
                return None;
            }
        };
        let mut seen = 0;
        for witness in &self.witnesses {
            match note.check(witness) {
                Ok(_) => seen += 1,
                Err(NoteError::Unsigned(_)) => {}
                Err(problem) => report(problem.into()),
            }
        }
        let witnessed = seen >= self.quorum.max(1);
        if claim.witnessed && !witnessed {
            findings.push(Finding::Unwitnessed { number, size, seen });
        }
        Some(SignedRoot { number, size, root, witnessed })
    }

    /// Opens a note by the first of the log's keys that has signed it.
    fn open(&self, note: &Note) -> Result<Checkpoint, CheckpointError> {
        let mut result = Err(NoteError::Unsigned("the log".into()).into());
        for key in &self.log {
            result = checkpoint::open_note(note, key);
            if !matches!(result, Err(CheckpointError::Note(NoteError::Unsigned(_)))) {
                break;
            }
        }
        result
    }
}
