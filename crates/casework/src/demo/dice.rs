//! Chance from a seed: the same throws for the same seed, a stream of its own for each family.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// Seeded chance.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The throws of one stream of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(stream);
        Self(source)
    }

    /// From 0 up to `n`, which is not included; 0 for nothing to choose from.
    pub fn below(&mut self, n: usize) -> usize {
        // The bias of the remainder is far below anything that a reader could count.
        usize::try_from(self.0.next_u32()).unwrap_or(0) % n.max(1)
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = usize::try_from(high - low + 1).unwrap_or(1);
        low + i32::try_from(self.below(width)).unwrap_or(0)
    }

    /// True in so many of a hundred throws.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.0.next_u32() % 100 < percent
    }

    /// One of these; there must be one.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// The place of one of these weights.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let sum: u32 = weights.iter().sum();
        let mut thrown = self.0.next_u32() % sum.max(1);
        for (place, weight) in weights.iter().enumerate() {
            if thrown < *weight {
                return place;
            }
            thrown -= weight;
        }
        0
    }

    /// Another order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            let other = self.below(last + 1);
            all.swap(last, other);
        }
    }
}

impl record::Chance for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}
