//! Other readings of the same specifications must agree with ours, byte for byte.

use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{InclusionProof, RootHash};
use ledger::checkpoint::{self, Checkpoint};
use ledger::hash::{Hash, leaf_hash, node_hash};
use ledger::note::{KeyKind, SignerKey, VerifierKey};
use ledger::tree::{self, Plan, TileBuilder, TileId, TileReader};
use proptest::prelude::*;
use sha2::Sha256;
use signed_note::{Note, Signer, StandardSigner, StandardVerifier, Verifier, VerifierList, key_id};

use crate::log::{Log, Tiles};

fn leaves(size: u64) -> Vec<Vec<u8>> {
    (0..size).map(|n| n.to_be_bytes().to_vec()).collect()
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}

fn concat(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// Our tiles, as the other implementation reads them. It checks all that it reads against the root.
struct Shelf(Tiles);

impl tlog_tiles::TileReader for Shelf {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &tlog_tiles::Tile| {
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            let (id, width) = TileId::from_path(&path).expect("their path is ours");
            assert_eq!(id.path(width), path);
            let bytes = self.0.get(&id).and_then(|bytes| bytes.get(..width * Hash::LEN));
            bytes.map(<[u8]>::to_vec).ok_or(tlog_tiles::Error::InvalidTile)
        };
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn ct_merkle_agrees(size in 1..1500_u64, index: prop::sample::Index, old: prop::sample::Index) {
        let ours = Log::of(leaves(size), &[]);
        let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        ours.leaves.iter().for_each(|leaf| tree.push(leaf.clone()));
        let root = tree::root_at(&ours.tiles, size).expect("a root");
        prop_assert_eq!(root.as_bytes().to_vec(), tree.root().as_bytes().to_vec());

        let index = index.index(ours.leaves.len());
        let proof = tree::inclusion_proof(&ours.tiles, index as u64, size).expect("a proof");
        let bytes = concat(&proof);
        prop_assert_eq!(&bytes, &tree.prove_inclusion(index).as_bytes().to_vec());
        let digest = (*root.as_bytes()).into();
        let proof = InclusionProof::try_from_bytes(bytes).expect("whole hashes");
        RootHash::<Sha256>::new(digest, size).verify_inclusion(&ours.leaves[index], index as u64, &proof).expect("a good proof");

        let old = 1 + old.index(ours.leaves.len()) as u64;
        let proof = tree::consistency_proof(&ours.tiles, old, size).expect("a proof");
        let more = usize::try_from(size - old).expect("small");
        prop_assert_eq!(concat(&proof), tree.prove_consistency(more).as_bytes().to_vec());
    }

    #[test]
    fn tlog_tiles_agrees(before in 0..1500_u64, more in 1..1500_u64, index: prop::sample::Index, old: prop::sample::Index) {
        let size = before + more;
        let all = leaves(size);
        let mut builder = TileBuilder::default();
        let (first, second) = all.split_at(usize::try_from(before).expect("small"));
        for leaf in first {
            builder.append(leaf_hash(leaf));
        }
        let mut tiles: Tiles = builder.drain().into_iter().map(|tile| (tile.id, tile.to_bytes())).collect();

        // A batch writes exactly the tiles that the specification has it publish.
        for leaf in second {
            builder.append(leaf_hash(leaf));
        }
        let written = builder.drain();
        let mut names: Vec<_> = written.iter().map(|tile| tile.id.path(tile.hashes.len())).collect();
        let new = tlog_tiles::Tile::new_tiles(8, before, size);
        let mut expected: Vec<_> = new.iter().map(|tile| tile.path().replacen("tile/8/", "tile/", 1)).collect();
        names.sort();
        expected.sort();
        prop_assert_eq!(names, expected);
        tiles.extend(written.into_iter().map(|tile| (tile.id, tile.to_bytes())));

        let root = builder.frontier().root();
        let index = index.index(all.len()) as u64;
        let old = 1 + old.index(all.len()) as u64;
        let inclusion = tree::inclusion_proof(&tiles, index, size).expect("a proof");
        let consistency = tree::consistency_proof(&tiles, old, size).expect("a proof");
        let shelf = Shelf(tiles);
        let reader = tlog_tiles::TileHashReader::new(size, theirs(root), &shelf);
        let map = |proof: Vec<Hash>| proof.into_iter().map(theirs).collect::<Vec<_>>();
        prop_assert_eq!(map(inclusion), tlog_tiles::prove_record(size, index, &reader).expect("their proof"));
        prop_assert_eq!(map(consistency), tlog_tiles::prove_tree(size, old, &reader).expect("their proof"));
    }

    /// Trees too large to build: every leaf is the same, so a subtree's root depends only on its height.
    #[test]
    fn large_trees(size in 1_u64.., index: u64, old: u64) {
        let uniform = Uniform::new();
        let (index, old) = (index % size, 1 + old % size);
        let root = |size| tree::root_at(&uniform, size).expect("a root");
        let inclusion = tree::inclusion_proof(&uniform, index, size).expect("a proof");
        let consistency = tree::consistency_proof(&uniform, old, size).expect("a proof");
        prop_assert_eq!(tree::verify_inclusion(&uniform.0[0], index, size, &inclusion, &root(size)), Ok(()));
        prop_assert_eq!(tree::verify_consistency(old, &root(old), size, &root(size), &consistency), Ok(()));
        prop_assert!(Plan::inclusion(index, size).is_some_and(|plan| plan.tiles().len() <= 15));
        if size < 1 << 62 {
            let proof = inclusion.into_iter().map(theirs).collect();
            tlog_tiles::check_record(&proof, size, theirs(root(size)), index, theirs(uniform.0[0])).expect("a good proof");
            let proof = consistency.into_iter().map(theirs).collect();
            tlog_tiles::check_tree(&proof, size, theirs(root(size)), old, theirs(root(old))).expect("a good proof");
        }
    }
}

/// The root of a complete subtree by height, when all leaves are the same.
struct Uniform(Vec<Hash>);

impl Uniform {
    fn new() -> Self {
        Uniform(std::iter::successors(Some(leaf_hash(b"")), |below| Some(node_hash(below, below))).take(64).collect())
    }
}

impl TileReader for Uniform {
    type Error = Infallible;

    fn tile(&self, id: TileId, width: usize) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(Some(self.0[8 * usize::from(id.level)].as_bytes().repeat(width)))
    }
}

/// ASVS 11.6.1
#[test]
fn signed_note_opens_our_checkpoints_and_we_theirs() {
    let name = "log.example/changes";
    for seed in 0..20 {
        let key = SignerKey::new(name, &[seed; 32]).expect("a good name");
        let vkey = key.verifier(KeyKind::Ed25519);
        let note = checkpoint::sign(&key, u64::from(seed), leaf_hash(&[seed]));
        let known = StandardVerifier::new(&vkey.to_string()).expect("our vkey");
        let parsed = Note::from_bytes(note.as_bytes()).expect("our note");
        parsed.verify(&VerifierList::new(vec![Box::new(known)])).expect("our signature");
        let read = tlog_tiles::Checkpoint::from_bytes(parsed.text()).expect("our checkpoint");
        assert_eq!((read.origin(), read.size(), *read.hash()), (name, seed.into(), theirs(leaf_hash(&[seed]))));

        let secret = [&[1], [seed; 32].as_slice()].concat();
        let id = u32::from_be_bytes(vkey.id());
        let secret = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, secret);
        let signer = StandardSigner::new(&format!("PRIVATE+KEY+{name}+{id:08x}+{secret}")).expect("a key of theirs");
        let mut note = Note::new(parsed.text(), &[]).expect("a text");
        note.add_sigs(&[&signer as &dyn Signer]).expect("a signature");
        let text = String::from_utf8(note.to_bytes()).expect("text");
        assert!(checkpoint::open(&text, &vkey).is_ok());
    }
}

/// A cosignature, checked by hand from the words of c2sp.org/tlog-cosignature.
struct Cosignature(VerifierKey, [u8; 32]);

impl Verifier for Cosignature {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn key_id(&self) -> u32 {
        key_id(self.0.name(), &[&[4], &self.1[..]].concat())
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let (time, signature) = signature.split_at(8);
        let time = u64::from_be_bytes(time.try_into().expect("eight bytes"));
        let message = [format!("cosignature/v1\ntime {time}\n").as_bytes(), text].concat();
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.1).expect("a key");
        key.verify_strict(&message, &signature.try_into().expect("64 bytes")).is_ok()
    }
}

#[test]
fn signed_note_reads_our_cosignatures() {
    let (log, witness) = (SignerKey::new("log", &[1; 32]), SignerKey::new("witness", &[2; 32]));
    let (log, witness) = (log.expect("a name"), witness.expect("a name"));
    let note = checkpoint::sign(&log, 7, leaf_hash(b"x"));
    let note = checkpoint::cosign(&note, &witness, 1_679_315_147).expect("a checkpoint");
    let public = ed25519_dalek::SigningKey::from_bytes(&[2; 32]).verifying_key().to_bytes();
    let known = Cosignature(witness.verifier(KeyKind::Cosignature), public);
    let (good, unknown) = Note::from_bytes(note.as_bytes())
        .expect("a note")
        .verify(&VerifierList::new(vec![Box::new(known)]))
        .expect("good");
    assert_eq!((good.len(), unknown.len()), (1, 1));
    assert_eq!(checkpoint::cosigned_at(&note, &witness.verifier(KeyKind::Cosignature)), Ok(1_679_315_147));
    assert_eq!(checkpoint::open(&note, &log.verifier(KeyKind::Ed25519)).map(|c: Checkpoint| c.size), Ok(7));
}
