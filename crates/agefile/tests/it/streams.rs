//! What is sealed here opens here; cut anywhere or altered anywhere, it does not.

use std::io::{Read as _, Write as _};

use agefile::{Identity, Opening, Sealing, Unopened};

const CHUNK: usize = 64 * 1_024;

/// Bytes by chance that is the same each time.
pub fn chance(seed: u8) -> impl FnMut(&mut [u8]) {
    let mut state = u64::from(seed) + 0x9e37_79b9_7f4a_7c15;
    move |bytes| {
        for byte in bytes {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = state.to_le_bytes()[3];
        }
    }
}

pub fn seal(identities: &[&Identity], plain: &[u8]) -> Vec<u8> {
    let recipients: Vec<_> = identities.iter().map(|one| one.recipient()).collect();
    let mut sealing = Sealing::new(Vec::new(), &recipients, &mut chance(9)).unwrap();
    sealing.write_all(plain).unwrap();
    sealing.finish().unwrap()
}

pub fn open(identity: &Identity, sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
    let mut plain = Vec::new();
    Opening::new(sealed, std::slice::from_ref(identity))?.read_to_end(&mut plain)?;
    Ok(plain)
}

#[test]
fn it_opens_for_each_of_its_keys_and_for_no_other_whatever_its_length() {
    let [one, two, other] = [1, 2, 3].map(|seed| Identity::new(&mut chance(seed)));
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5] {
        let mut plain = vec![0; length];
        chance(4)(&mut plain);
        let sealed = seal(&[&one, &two], &plain);
        assert_eq!(open(&one, &sealed).unwrap(), plain, "{length}");
        assert_eq!(open(&two, &sealed).unwrap(), plain, "{length}");
        assert!(matches!(open(&other, &sealed), Err(Unopened::OtherKey)), "{length}");
    }
}

/// ASVS 11.3.3
#[test]
fn what_was_cut_off_or_altered_is_found() {
    let identity = Identity::new(&mut chance(1));
    let mut plain = vec![0; 2 * CHUNK + 100];
    chance(4)(&mut plain);
    let sealed = seal(&[&identity], &plain);
    let pieces = sealed.len() - plain.len() - 3 * 16;
    // At every place of the head, at the ends of the pieces, and here and there.
    let places = (0..pieces).chain([pieces + CHUNK + 16, pieces + 2 * (CHUNK + 16)]);
    for cut in places.clone().chain([sealed.len() - 1]) {
        assert!(open(&identity, &sealed[..cut]).is_err(), "cut at {cut}");
    }
    for at in places.chain((pieces..sealed.len()).step_by(9_973)) {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        assert!(open(&identity, &altered).is_err(), "altered at {at}");
    }
    // Two pieces exchanged.
    let mut exchanged = sealed.clone();
    let (first, second) = exchanged[pieces..pieces + 2 * (CHUNK + 16)].split_at_mut(CHUNK + 16);
    first.swap_with_slice(second);
    assert!(open(&identity, &exchanged).is_err());
    assert!(open(&identity, &[sealed.as_slice(), b"more"].concat()).is_err(), "more behind the end");
}

#[test]
fn a_file_that_nobody_may_open_is_not_begun() {
    assert!(Sealing::new(Vec::new(), &[], &mut chance(1)).is_err());
}
