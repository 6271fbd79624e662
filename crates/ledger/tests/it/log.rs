//! A log to try things on.

use std::collections::BTreeMap;
use std::convert::Infallible;

use ledger::checkpoint;
use ledger::hash::leaf_hash;
use ledger::leaf::{Actor, ActorKind, Leaf};
use ledger::note::{KeyKind, SignerKey};
use ledger::tree::{TileBuilder, TileId};
use ledger::verify::{self, Claim, Finding, Report, Trust};

pub type Tiles = BTreeMap<TileId, Vec<u8>>;

/// Everything that an export holds.
#[derive(Clone)]
pub struct Log {
    pub leaves: Vec<Vec<u8>>,
    pub tiles: Tiles,
    pub claims: Vec<Claim>,
}

pub fn log_key() -> SignerKey {
    SignerKey::new("log.example/changes", &[1; 32]).expect("a good name")
}

pub fn witness_key() -> SignerKey {
    SignerKey::new("witness.example", &[2; 32]).expect("a good name")
}

pub fn leaf(n: u64) -> Leaf {
    Leaf {
        at: format!("2026-03-03T15:20:{:02}.{n:06}Z", n % 60),
        actor: Actor { kind: ActorKind::Person, id: format!("person-{}", n % 7) },
        act: "visit_completed".into(),
        record: Some(format!("record-{}", n % 50)),
        thing: Some(format!("entry-{n}")),
        version: Some(1),
        form: None,
        purpose: "casework".into(),
        commitment: Some(leaf_hash(&n.to_be_bytes())),
        shown: Vec::new(),
    }
}

impl Log {
    /// A log of `size` leaves, witnessed at the sizes given.
    pub fn new(size: u64, witnessed: &[u64]) -> Self {
        Self::of((0..size).map(|n| leaf(n).to_bytes()).collect(), witnessed)
    }

    pub fn of(leaves: Vec<Vec<u8>>, witnessed: &[u64]) -> Self {
        let (mut builder, mut tiles, mut claims) = (TileBuilder::default(), Tiles::new(), Vec::new());
        for bytes in &leaves {
            builder.append(leaf_hash(bytes));
            if witnessed.contains(&builder.size()) {
                let note = checkpoint::sign(&log_key(), builder.size(), builder.frontier().root());
                let note = checkpoint::cosign(&note, &witness_key(), 1_772_551_200).expect("a checkpoint");
                claims.push(Claim { note, witnessed: true });
            }
        }
        tiles.extend(builder.drain().into_iter().map(|tile| (tile.id, tile.to_bytes())));
        Log { leaves, tiles, claims }
    }

    pub fn verify(&self) -> Report {
        let trust = Trust {
            log: vec![log_key().verifier(KeyKind::Ed25519)],
            witnesses: vec![witness_key().verifier(KeyKind::Cosignature)],
            quorum: 1,
        };
        let leaves = self.leaves.iter().map(Ok::<_, Infallible>);
        verify::verify(&trust, self.claims.clone(), leaves, &self.tiles).unwrap_or_else(|never| match never {})
    }

    /// What is found once the log has been changed.
    pub fn after(&self, change: impl FnOnce(&mut Log)) -> Vec<Finding> {
        let mut log = self.clone();
        change(&mut log);
        log.verify().findings
    }
}
