//! The pass over leaves and tiles, from left to right.

use std::collections::VecDeque;

use super::{Finding, Report, SignedRoot};
use crate::hash::{Hash, leaf_hash};
use crate::leaf::Leaf;
use crate::tree::{TILE_WIDTH, Tile, TileBuilder, TileId, TileReader, fold, hashes};

pub(super) struct Pass<'a, R, L> {
    tiles: &'a R,
    leaves: L,
    /// Leaf hashes read ahead; the first is number `given` of those handed over.
    ahead: VecDeque<Hash>,
    given: u64,
    /// The tree over what has been accepted.
    built: TileBuilder,
    /// By size; the first `compared` have been compared.
    signed: Vec<SignedRoot>,
    compared: usize,
    /// The size that the largest checkpoint claims.
    claimed: u64,
    report: Report,
}

impl<'a, R, L, B> Pass<'a, R, L>
where
    R: TileReader,
    L: Iterator<Item = Result<B, R::Error>>,
    B: AsRef<[u8]>,
{
    pub(super) fn new(tiles: &'a R, leaves: L, signed: Vec<SignedRoot>, findings: Vec<Finding>) -> Self {
        let claimed = signed.last().map_or(0, |root| root.size);
        let report = Report { findings, size: 0, signed: 0, witnessed: 0 };
        Pass {
            tiles,
            leaves,
            ahead: VecDeque::new(),
            given: 0,
            built: TileBuilder::default(),
            signed,
            compared: 0,
            claimed,
            report,
        }
    }

    pub(super) fn run(mut self) -> Result<Report, R::Error> {
        self.compare_roots();
        // One tile of leaves at a time; the first that is not full is the last.
        loop {
            self.read_ahead()?;
            let tile = TileId { level: 0, index: self.built.size() >> 8 };
            let wanted = tile.width_at(self.claimed);
            if wanted == 0 && self.ahead.is_empty() && self.tiles.tile(tile, 1)?.is_none() {
                break;
            }
            if let Some(stored) = self.stored(tile, wanted)? {
                self.settle(tile, &stored)?;
            } else {
                let taken = self.take(TILE_WIDTH);
                self.accept_all(&taken);
            }
            for tile in self.built.drain_full() {
                self.compare_tile(&tile, true)?;
            }
            if self.built.size() >> 8 == tile.index {
                break;
            }
        }
        for tile in self.built.drain() {
            self.compare_tile(&tile, false)?;
        }
        while !self.ahead.is_empty() {
            self.added(self.ahead.len());
            self.read_ahead()?;
        }
        self.missing(self.built.size(), self.claimed);
        for SignedRoot { number, size, .. } in self.signed.drain(..).skip(self.compared) {
            self.report.findings.push(Finding::Beyond { number, size });
        }
        self.report.size = self.built.size();
        Ok(self.report)
    }

    /// Reads as many leaves as two tiles hold: this one's, and the next one's to find the place again.
    fn read_ahead(&mut self) -> Result<(), R::Error> {
        while self.ahead.len() < 2 * TILE_WIDTH {
            let Some(bytes) = self.leaves.next() else { break };
            let bytes = bytes?;
            if let Err(problem) = Leaf::from_bytes(bytes.as_ref()) {
                let given = self.given + self.ahead.len() as u64;
                self.report.findings.push(Finding::LeafUnreadable { given, problem });
            }
            self.ahead.push_back(leaf_hash(bytes.as_ref()));
        }
        Ok(())
    }

    /// A tile of at least `wanted` hashes, or a finding.
    fn stored(&mut self, tile: TileId, wanted: usize) -> Result<Option<Vec<Hash>>, R::Error> {
        let Some(bytes) = self.tiles.tile(tile, wanted.max(1))? else {
            self.report.findings.push(Finding::TileMissing { tile });
            return Ok(None);
        };
        let stored = hashes(&bytes).filter(|stored| (wanted.max(1)..=TILE_WIDTH).contains(&stored.len()));
        if stored.is_none() {
            self.report.findings.push(Finding::TileMisshapen { tile });
        }
        Ok(stored)
    }

    /// Compares a tile's worth of leaves with their tile, and accepts what is best supported.
    fn settle(&mut self, tile: TileId, stored: &[Hash]) -> Result<(), R::Error> {
        if self.ahead.len() >= stored.len() && self.ahead.iter().zip(stored).all(|(given, stored)| given == stored) {
            let taken = self.take(stored.len());
            self.accept_all(&taken);
            return Ok(());
        }
        let start = self.built.size();
        let given: Vec<_> = self.ahead.iter().copied().take(stored.len()).collect();
        let parent = self.above(tile)?;
        let vouched = |hashes: &[Hash]| hashes.len() == TILE_WIDTH && parent == Some(fold(hashes));
        // The parent speaks for the whole tile, a root for what stands before it: so the parent is heard first.
        let (tile_is_right, leaves_are_right) = match (vouched(stored), vouched(&given)) {
            (false, false) => (self.signed_within(stored), self.signed_within(&given)),
            by_parent => by_parent,
        };
        if tile_is_right {
            return self.align(tile, stored);
        }
        for (position, (index, _)) in
            (start..).zip(given.iter().zip(stored)).enumerate().filter(|(_, (_, (a, b)))| a != b)
        {
            let findings = &mut self.report.findings;
            findings.push(if leaves_are_right {
                Finding::TileChanged { tile, position }
            } else {
                Finding::LeafUnsettled { index }
            });
        }
        self.take(given.len());
        if leaves_are_right {
            self.accept_all(&given);
        } else {
            self.missing(start + given.len() as u64, start + stored.len() as u64);
            self.accept_all(stored);
        }
        Ok(())
    }

    /// What the parent tile holds for a tile that is full.
    fn above(&self, tile: TileId) -> Result<Option<Hash>, R::Error> {
        let (parent, place) = tile.parent();
        let bytes = self.tiles.tile(parent, parent.width_at(self.claimed).max(place + 1))?;
        Ok(bytes.and_then(|bytes| hashes(&bytes)?.get(place).copied()))
    }

    /// Whether the last root that was signed within these hashes of the next tile is theirs.
    fn signed_within(&self, next: &[Hash]) -> bool {
        let start = self.built.size();
        let within = self.signed.partition_point(|root| root.size <= start + next.len() as u64);
        let Some(root) = self.signed[..within].last().filter(|root| root.size > start) else { return false };
        let mut frontier = self.built.frontier().clone();
        (start..root.size).zip(next).for_each(|(_, hash)| frontier.append(*hash));
        frontier.root() == root.root
    }

    /// Accepts the tile, and names the leaves that differ from it: changed, missing, or added between.
    ///
    /// When leaf and tile disagree, both are searched ahead for the other; the nearer place is where they meet again.
    /// Found at the same distance, two leaves have been exchanged.
    fn align(&mut self, tile: TileId, stored: &[Hash]) -> Result<(), R::Error> {
        let next = TileId { index: tile.index + 1, ..tile };
        let next = self.tiles.tile(next, next.width_at(self.claimed).max(1))?;
        let next = next.and_then(|bytes| hashes(&bytes)).unwrap_or_default();
        let expected: Vec<_> = stored.iter().chain(&next).copied().collect();
        let mut at = 0;
        while at < stored.len() {
            let index = self.built.size();
            let Some(given) = self.ahead.front().copied() else {
                self.missing(index, index + 1);
                self.accept(expected[at]);
                at += 1;
                continue;
            };
            if given != expected[at] {
                let gone = expected[at..].iter().take(TILE_WIDTH).position(|hash| *hash == given);
                let extra = self.ahead.iter().take(TILE_WIDTH).position(|hash| *hash == expected[at]);
                match (gone, extra) {
                    (Some(gone), extra) if extra.is_none_or(|extra| gone < extra) => {
                        let to = stored.len().min(at + gone);
                        self.missing(index, index + (to - at) as u64);
                        self.accept_all(&expected[at..to]);
                        at = to;
                        continue;
                    }
                    (gone, Some(extra)) if gone.is_none_or(|gone| extra < gone) => {
                        self.added(extra);
                        self.read_ahead()?;
                    }
                    _ => self.report.findings.push(Finding::LeafChanged { index }),
                }
            }
            self.take(1);
            self.accept(expected[at]);
            at += 1;
        }
        Ok(())
    }

    /// Takes leaves from those read ahead.
    fn take(&mut self, count: usize) -> Vec<Hash> {
        let count = count.min(self.ahead.len());
        self.given += count as u64;
        self.ahead.drain(..count).collect()
    }

    fn accept_all(&mut self, hashes: &[Hash]) {
        for hash in hashes {
            self.accept(*hash);
        }
    }

    fn accept(&mut self, hash: Hash) {
        self.built.append(hash);
        self.compare_roots();
    }

    /// Compares the root with those that were signed at this size.
    fn compare_roots(&mut self) {
        let size = self.built.size();
        while let Some(signed) = self.signed.get(self.compared).filter(|signed| signed.size == size) {
            self.compared += 1;
            if signed.root == self.built.frontier().root() {
                self.report.signed = size;
                if signed.witnessed {
                    self.report.witnessed = size;
                }
            } else {
                let (number, sound) = (signed.number, self.report.signed);
                self.report.findings.push(Finding::Root { number, size, sound });
            }
        }
    }

    /// Compares a tile above the leaves with what was built; those of leaves have been settled.
    fn compare_tile(&mut self, built: &Tile, full: bool) -> Result<(), R::Error> {
        if built.id.level == 0 {
            return Ok(());
        }
        let tile = built.id;
        let Some(stored) = self.stored(tile, built.hashes.len())? else { return Ok(()) };
        for position in (0..built.hashes.len()).filter(|at| built.hashes[*at] != stored[*at]) {
            self.report.findings.push(Finding::TileChanged { tile, position });
        }
        if !full && stored.len() > built.hashes.len() {
            self.report.findings.push(Finding::TileMisshapen { tile });
        }
        Ok(())
    }

    fn missing(&mut self, from: u64, to: u64) {
        if let Some(Finding::LeafMissing { to: end, .. }) = self.report.findings.last_mut().filter(|_| from < to)
            && *end == from
        {
            *end = to;
        } else if from < to {
            self.report.findings.push(Finding::LeafMissing { from, to });
        }
    }

    fn added(&mut self, count: usize) {
        let (before, given) = (self.built.size(), self.given);
        let taken = self.take(count).len() as u64;
        self.report.findings.extend((given..given + taken).map(|given| Finding::LeafAdded { before, given }));
    }
}
