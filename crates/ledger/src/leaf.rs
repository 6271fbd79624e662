//! One line of the ledger: who did what to which thing, when and why.
//!
//! A leaf outlives the record it speaks of, so it holds nothing that identifies a child or could be guessed back
//! into content: identifiers are random, and content appears only as a commitment under a key of the record, which
//! is destroyed with the record. It has no sequence either; its place in the tree is given when it is integrated.

use crate::encode::{DecodeError, Reader, Writer};
use crate::hash::{Hash, leaf_hash};

const KIND: &str = "lifestory/leaf";
const VERSION: u8 = 1;

/// One act, or one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// When, as UTC text of fixed width: `2026-03-03T15:20:00.000000Z`.
    pub at: String,
    /// Who.
    pub actor: Actor,
    /// What was done, by its code, in the past tense: `visit_completed`.
    pub act: String,
    /// The record concerned, by its random identifier.
    pub record: Option<String>,
    /// The entry, document, role or other thing concerned, by its random identifier.
    pub thing: Option<String>,
    /// Which version of the thing.
    pub version: Option<u32>,
    /// The form by which the content is to be read.
    pub form: Option<FormStamp>,
    /// Why, by its code.
    pub purpose: String,
    /// A keyed commitment to the content. Never a plain hash: short answers could be guessed from it.
    pub commitment: Option<Hash>,
    /// What a list or a search showed, by identifier, in the order shown.
    pub shown: Vec<String>,
}

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// In what capacity.
    pub kind: ActorKind,
    /// By random identifier; for the system, the name of the job.
    pub id: String,
}

/// In what capacity somebody acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorKind {
    /// A worker, signed in.
    Person,
    /// The program itself, in a named job.
    System,
    /// Somebody of support, signed in: of the supplier or of the authority's own IT, who looks at a record to mend a fault.
    Support,
}

/// The approved version of a form, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormStamp {
    /// The form's code.
    pub id: String,
    /// Its version in the pack.
    pub version: u32,
    /// The hash of the form as it was resolved and approved.
    pub hash: Hash,
}

impl Leaf {
    /// The bytes that are hashed and kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = |w: &mut Writer, text: &String| {
            w.put_text(text);
        };
        let mut w = Writer::new(KIND, VERSION);
        w.put_text(&self.at).put_u8(self.actor.kind.code()).put_text(&self.actor.id).put_text(&self.act);
        w.put_option(self.record.as_ref(), text).put_option(self.thing.as_ref(), text);
        w.put_option(self.version.as_ref(), |w, version| {
            w.put_u32(*version);
        });
        w.put_option(self.form.as_ref(), |w, form| {
            w.put_text(&form.id).put_u32(form.version).put_fixed(form.hash.as_bytes());
        });
        w.put_text(&self.purpose);
        w.put_option(self.commitment.as_ref(), |w, commitment| {
            w.put_fixed(commitment.as_bytes());
        });
        w.put_list(&self.shown, text);
        w.finish()
    }

    /// Reads a leaf. Bytes that [`to_bytes`](Self::to_bytes) would not give are refused.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let text = |r: &mut Reader<'_>| r.text().map(str::to_owned);
        let hash = |r: &mut Reader<'_>| r.fixed().map(Hash::new);
        let mut r = Reader::open(bytes, KIND)?;
        if r.version() != VERSION {
            return Err(DecodeError::Version(r.version()));
        }
        let leaf = Leaf {
            at: text(&mut r)?,
            actor: Actor { kind: r.code(ActorKind::from_code)?, id: text(&mut r)? },
            act: text(&mut r)?,
            record: r.option(text)?,
            thing: r.option(text)?,
            version: r.option(Reader::u32)?,
            form: r.option(|r| Ok(FormStamp { id: text(r)?, version: r.u32()?, hash: hash(r)? }))?,
            purpose: text(&mut r)?,
            commitment: r.option(hash)?,
            shown: r.list(text)?,
        };
        r.finish().map(|()| leaf)
    }

    /// The leaf's hash in the tree.
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.to_bytes())
    }
}

impl ActorKind {
    fn code(self) -> u8 {
        match self {
            ActorKind::Person => 1,
            ActorKind::System => 2,
            ActorKind::Support => 3,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [ActorKind::Person, ActorKind::System, ActorKind::Support].into_iter().find(|kind| kind.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn leaves()(
            (at, id, act, purpose) in any::<(String, String, String, String)>(),
            kind in prop::sample::select(vec![ActorKind::Person, ActorKind::System, ActorKind::Support]),
            (record, thing, version) in any::<(Option<String>, Option<String>, Option<u32>)>(),
            form in option::of(any::<(String, u32, [u8; 32])>()),
            commitment in option::of(any::<[u8; 32]>()),
            shown in prop::collection::vec(any::<String>(), 0..4),
        ) -> Leaf {
            let form = form.map(|(id, version, hash)| FormStamp { id, version, hash: Hash::new(hash) });
            let (actor, commitment) = (Actor { kind, id }, commitment.map(Hash::new));
            Leaf { at, actor, act, record, thing, version, form, purpose, commitment, shown }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn comes_back_whole_or_not_at_all(leaf in leaves(), flip: prop::sample::Index, bit in 0..8_u8) {
            let bytes = leaf.to_bytes();
            prop_assert_eq!(Leaf::from_bytes(&bytes), Ok(leaf.clone()));
            prop_assert!(Leaf::from_bytes(&bytes[..flip.index(bytes.len())]).is_err());
            let mut flipped = bytes.clone();
            flipped[flip.index(bytes.len())] ^= 1 << bit;
            if let Ok(other) = Leaf::from_bytes(&flipped) {
                prop_assert_ne!(other.hash(), leaf.hash());
                prop_assert_eq!(other.to_bytes(), flipped);
            }
        }
    }

    /// The layout is for ever: if this test fails, what has been hashed can no longer be read. Add a version instead.
    /// ASVS 16.2.1
    #[test]
    fn the_layout_is_frozen() {
        let leaf = Leaf {
            at: "2026-03-03T15:20:00.000000Z".into(),
            actor: Actor { kind: ActorKind::Person, id: "p1".into() },
            act: "visit_completed".into(),
            record: Some("r1".into()),
            thing: None,
            version: Some(2),
            form: Some(FormStamp { id: "visit".into(), version: 3, hash: Hash::EMPTY_ROOT }),
            purpose: "casework".into(),
            commitment: Some(Hash::new([7; 32])),
            shown: vec!["a".into(), "b".into()],
        };
        let expected = [
            b"\0\0\0\x0elifestory/leaf\x01".as_slice(),
            b"\0\0\0\x1b2026-03-03T15:20:00.000000Z\x01\0\0\0\x02p1\0\0\0\x0fvisit_completed",
            b"\x01\0\0\0\x02r1\0\x01\0\0\0\x02",
            b"\x01\0\0\0\x05visit\0\0\0\x03",
            Hash::EMPTY_ROOT.as_bytes(),
            b"\0\0\0\x08casework\x01",
            &[7; 32],
            b"\0\0\0\x02\0\0\0\x01a\0\0\0\x01b",
        ];
        assert_eq!(leaf.to_bytes(), expected.concat());
    }
}
