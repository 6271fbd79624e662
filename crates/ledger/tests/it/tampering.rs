//! Someone with every right on the database and the files, but without the witnesses' keys.

use ledger::checkpoint::{self, CheckpointError};
use ledger::hash::leaf_hash;
use ledger::leaf::Leaf;
use ledger::note::{NoteError, SignerKey};
use ledger::tree::TileId;
use ledger::verify::{Claim, Finding};
use proptest::prelude::*;

use crate::log::{Log, leaf, log_key};

const SIZES: [u64; 6] = [1, 255, 300, 512, 600, 700];

fn id(level: u8, index: u64) -> TileId {
    TileId { level, index }
}

/// Names the leaf among findings that are otherwise only about its bytes.
fn only_leaf(findings: &[Finding], index: u64) -> bool {
    let (unreadable, rest): (Vec<_>, Vec<_>) =
        findings.iter().partition(|f| matches!(f, Finding::LeafUnreadable { .. }));
    rest == [&Finding::LeafChanged { index }]
        && unreadable.iter().all(|f| matches!(f, Finding::LeafUnreadable { given, .. } if *given == index))
}

#[test]
fn a_sound_log_has_no_findings() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 513, 700] {
        let report = Log::new(size, &SIZES).verify();
        assert_eq!((report.findings, report.size), (vec![], size));
        let last = SIZES.into_iter().filter(|s| *s <= size).max().unwrap_or(0);
        assert_eq!((report.signed, report.witnessed), (last, last));
    }
}

/// ASVS 11.4.3, 16.4.2
#[test]
fn each_flipped_bit_of_a_leaf_a_tile_or_a_checkpoint_is_named() {
    let log = Log::new(20, &[7, 20]);
    for at in 0..log.leaves[13].len() * 8 {
        let findings = log.after(|log| log.leaves[13][at / 8] ^= 1 << (at % 8));
        assert!(only_leaf(&findings, 13), "bit {at}: {findings:?}");
    }
    for at in 0..20 * 256 {
        let findings = log.after(|log| log.tiles.get_mut(&id(0, 0)).expect("a tile")[at / 8] ^= 1 << (at % 8));
        assert_eq!(findings, [Finding::TileChanged { tile: id(0, 0), position: at / 256 }]);
    }
    for at in 0..log.claims[0].note.len() * 8 {
        let mut bytes = log.claims[0].note.clone().into_bytes();
        bytes[at / 8] ^= 1 << (at % 8);
        let Ok(note) = String::from_utf8(bytes) else { continue };
        let findings = log.after(|log| log.claims[0].note = note);
        let named =
            |f: &Finding| matches!(f, Finding::Checkpoint { number: 0, .. } | Finding::Unwitnessed { number: 0, .. });
        assert!(!findings.is_empty() && findings.iter().all(named), "bit {at}: {findings:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn anywhere_in_a_larger_log(index in 0..700_u64, other in 0..700_u64, bit in 0..8_u8) {
        each_change_is_placed(index, other, bit)?;
    }
}

/// The ends of tiles and of what was signed, where a root speaks for all of a tile but its last leaf.
#[test]
fn at_every_edge_of_a_larger_log() {
    let edges = SIZES.into_iter().flat_map(|size| [size - 1, size]).chain([254, 256, 257, 511, 513]);
    for index in edges.filter(|index| *index < 700) {
        each_change_is_placed(index, (index + 350) % 700, 3).unwrap_or_else(|problem| panic!("{index}: {problem}"));
    }
}

fn each_change_is_placed(index: u64, other: u64, bit: u8) -> Result<(), TestCaseError> {
    let log = Log::new(700, &SIZES);
    let (at, tile) = (usize::try_from(index).expect("small"), id(0, index / 256));
    let position = at % 256;

    let findings = log.after(|log| log.leaves[at][40] ^= 1 << bit);
    prop_assert!(only_leaf(&findings, index), "{:?}", findings);

    let findings = log.after(|log| log.tiles.get_mut(&tile).expect("a tile")[32 * position] ^= 1 << bit);
    prop_assert_eq!(findings, [Finding::TileChanged { tile, position }]);

    let findings = log.after(|log| drop(log.leaves.remove(at)));
    prop_assert_eq!(findings, [Finding::LeafMissing { from: index, to: index + 1 }]);

    let findings = log.after(|log| log.leaves.insert(at, leaf(9999).to_bytes()));
    prop_assert_eq!(findings, [Finding::LeafAdded { before: index, given: index }]);

    // Both the leaf and its tile: the tile above no longer fits, or a signed root.
    let findings = log.after(|log| {
        log.leaves[at] = leaf(9999).to_bytes();
        log.tiles.get_mut(&tile).expect("a tile")[32 * position..32 * (position + 1)]
            .copy_from_slice(leaf(9999).hash().as_bytes());
    });
    let above = Finding::TileChanged { tile: id(1, 0), position: at / 256 };
    let sound = SIZES.into_iter().filter(|size| *size <= index).max().unwrap_or(0);
    let rooted = |f: &Finding| matches!(f, Finding::Root { sound: s, .. } if *s == sound);
    prop_assert!(findings.iter().all(|f| *f == above || rooted(f)), "{:?}", findings);
    prop_assert_eq!(
        findings.iter().filter(|f| rooted(f)).count(),
        SIZES.into_iter().filter(|size| *size > index).count()
    );
    prop_assert_eq!(findings.contains(&above), index < 512);

    // Two leaves exchanged: both are named.
    if index != other {
        let findings = log.after(|log| log.leaves.swap(at, usize::try_from(other).expect("small")));
        for index in [index, other] {
            prop_assert!(
                findings.iter().any(|f| match f {
                    Finding::LeafChanged { index: i } => *i == index,
                    Finding::LeafMissing { from, to } => (*from..*to).contains(&index),
                    Finding::LeafAdded { before, .. } => before.abs_diff(index) <= 1,
                    _ => false,
                }),
                "{index}: {findings:?}"
            );
        }
        prop_assert_eq!(findings.len(), 2);
    }
    Ok(())
}

#[test]
fn several_changes_are_all_named() {
    let log = Log::new(700, &SIZES);
    let findings = log.after(|log| {
        log.leaves[650] = b"nonsense".to_vec();
        log.leaves.insert(300, leaf(9999).to_bytes());
        log.leaves.drain(254..259);
        log.leaves[3] = leaf(8888).to_bytes();
        log.tiles.remove(&id(1, 0));
        log.claims[1].note = log.claims[0].note.clone();
    });
    assert!(
        findings.contains(&Finding::LeafChanged { index: 3 })
            || findings.contains(&Finding::LeafUnsettled { index: 3 }),
        "{findings:?}"
    );
    assert!(findings.contains(&Finding::TileMissing { tile: id(1, 0) }));
    assert!(findings.iter().any(|f| matches!(f, Finding::LeafUnreadable { given: 646, .. })));

    let findings = log.after(|log| {
        log.leaves[650] = leaf(7777).to_bytes();
        log.leaves.insert(300, leaf(9999).to_bytes());
        log.leaves.drain(254..259);
        log.leaves[3] = leaf(8888).to_bytes();
    });
    let expected = [
        Finding::LeafChanged { index: 3 },
        Finding::LeafMissing { from: 254, to: 259 },
        Finding::LeafAdded { before: 300, given: 295 },
        Finding::LeafChanged { index: 650 },
    ];
    assert_eq!(findings, expected);
}

#[test]
fn cut_off_or_rolled_back() {
    let log = Log::new(700, &SIZES);
    // The newest leaves, with and without the tiles that held them.
    assert_eq!(log.after(|log| log.leaves.truncate(400)), [Finding::LeafMissing { from: 400, to: 700 }]);
    // Leaves that no checkpoint covers are still missed by their tiles.
    let findings = Log::new(700, &[300]).after(|log| log.leaves.truncate(512));
    assert_eq!(findings, [Finding::LeafMissing { from: 512, to: 700 }]);

    let older = Log::new(400, &SIZES);
    let findings = log.after(|log| (log.leaves, log.tiles) = (older.leaves, older.tiles));
    assert!(findings.contains(&Finding::TileMisshapen { tile: id(0, 1) }), "{findings:?}");
    assert!(findings.contains(&Finding::LeafMissing { from: 400, to: 700 }), "{findings:?}");
    assert!(findings.contains(&Finding::Beyond { number: 5, size: 700 }), "{findings:?}");
    let findings = log.after(|log| {
        log.leaves.clear();
        log.tiles.clear();
    });
    assert!(findings.contains(&Finding::LeafMissing { from: 0, to: 700 }), "{findings:?}");
}

#[test]
fn another_history_signed_with_the_stolen_log_key() {
    let log = Log::new(700, &SIZES);
    let mut leaves = log.leaves.clone();
    leaves[310] = leaf(9999).to_bytes();
    let mut fork = Log::of(leaves, &[]);
    let witnessed = log.claims.clone();
    let root = ledger::tree::root_at(&fork.tiles, 700).expect("a root");
    fork.claims = vec![Claim { note: checkpoint::sign(&log_key(), 700, root), witnessed: false }];
    let report = fork.verify();
    assert_eq!((report.findings, report.signed, report.witnessed), (vec![], 700, 0), "only a witness can tell");

    fork.claims.extend(witnessed);
    let root = |number, size| Finding::Root { number, size, sound: 300 };
    assert_eq!(
        fork.verify().findings,
        [root(4, 512), root(5, 600), Finding::Root { number: 6, size: 700, sound: 700 }]
    );
}

#[test]
fn checkpoints_stripped_replaced_or_false() {
    let log = Log::new(700, &SIZES);
    let strip = |note: &str, name: &str| -> String {
        note.split_inclusive('\n').filter(|line| !line.starts_with(&format!("— {name} "))).collect()
    };
    let findings = log.after(|log| log.claims[2].note = strip(&log.claims[2].note, "witness.example"));
    assert_eq!(findings, [Finding::Unwitnessed { number: 2, size: 300, seen: 0 }]);

    let findings = log.after(|log| log.claims[2].note = strip(&log.claims[2].note, "log.example/changes"));
    let problem = CheckpointError::Note(NoteError::Unsigned("log.example/changes".into()));
    assert_eq!(findings, [Finding::Checkpoint { number: 2, problem }]);

    // Another key under the witness's name is a stranger's; the log's own key cannot witness.
    let impostor = SignerKey::new("witness.example", &[3; 32]).expect("a good name");
    let findings = log.after(|log| {
        let note = strip(&log.claims[2].note, "witness.example");
        log.claims[2].note = checkpoint::cosign(&note, &impostor, 1).expect("a checkpoint");
    });
    assert_eq!(findings, [Finding::Unwitnessed { number: 2, size: 300, seen: 0 }]);

    // A root that never was, under a good signature.
    let findings = log.after(|log| {
        let note = checkpoint::sign(&log_key(), 300, leaf_hash(b"x"));
        log.claims[2] = Claim { note, witnessed: false };
    });
    assert_eq!(findings, [Finding::Root { number: 2, size: 300, sound: 255 }]);
}

/// Enough leaves for three levels of tiles.
#[test]
fn inner_tiles_are_checked() {
    let size = 65_536 + 300;
    let log = Log::new(size, &[65_536, size]);
    let report = log.verify();
    assert_eq!((report.findings, report.size, report.witnessed), (vec![], size, size));
    for (tile, position) in [(id(1, 0), 200), (id(1, 1), 0), (id(2, 0), 0)] {
        let findings = log.after(|log| log.tiles.get_mut(&tile).expect("a tile")[32 * position] ^= 1);
        assert_eq!(findings, [Finding::TileChanged { tile, position }]);
    }
    let findings = log.after(|log| {
        log.tiles.get_mut(&id(1, 1)).expect("a tile").truncate(7);
        log.tiles.remove(&id(2, 0));
        log.leaves.remove(100);
    });
    let expected = [
        Finding::LeafMissing { from: 100, to: 101 },
        Finding::TileMisshapen { tile: id(1, 1) },
        Finding::TileMissing { tile: id(2, 0) },
    ];
    assert_eq!(findings, expected);
    assert_eq!(
        expected.map(|finding| finding.to_string()),
        ["leaf 100 is missing", "tile/1/001 has a wrong length", "tile/2/000 is missing"]
    );
    assert!(Leaf::from_bytes(&log.leaves[100]).is_ok());
}
