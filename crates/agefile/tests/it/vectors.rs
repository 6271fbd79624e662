//! The authors' test vectors (`tests/testkit`): what opens, what does not and why, and what is given out before that.

use std::{fs, io::Read as _, path::Path};

use agefile::{Identity, Opening, Unopened};
use flate2::read::ZlibDecoder;
use sha2::{Digest as _, Sha256};

struct Vector {
    name: String,
    expect: String,
    payload: Option<String>,
    identities: Vec<Identity>,
    file: Vec<u8>,
}

fn read(path: &Path) -> Option<Vector> {
    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
    let bytes = fs::read(path).unwrap();
    let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut vector =
        Vector { name, expect: String::new(), payload: None, identities: Vec::new(), file: bytes[end + 2..].to_vec() };
    for line in head.lines() {
        let (key, value) = line.split_once(": ")?;
        match key {
            "expect" => value.clone_into(&mut vector.expect),
            "payload" => vector.payload = Some(value.to_owned()),
            "identity" => vector.identities.push(value.parse().unwrap()),
            "compressed" => {
                let mut file = Vec::new();
                ZlibDecoder::new(vector.file.as_slice()).read_to_end(&mut file).unwrap();
                vector.file = file;
            }
            _ => {}
        }
    }
    (!vector.expect.is_empty()).then_some(vector)
}

/// ASVS 11.2.5, 11.6.2
#[test]
fn the_authors_own_vectors_open_or_fail_as_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testkit");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some() {
            continue;
        }
        let vector = read(&path).unwrap();
        let name = &vector.name;
        count += 1;
        let opened = Opening::new(vector.file.as_slice(), &vector.identities);
        let mut given = Vec::new();
        let end = match opened {
            Ok(mut opening) => opening.read_to_end(&mut given).map(|_| ()).map_err(Unopened::Io),
            Err(why) => Err(why),
        };
        let right = match vector.expect.as_str() {
            "success" => end.is_ok(),
            "no match" => matches!(end, Err(Unopened::OtherKey)),
            "HMAC failure" | "header failure" => {
                matches!(end, Err(Unopened::Damaged | Unopened::NotAge | Unopened::Newer))
            }
            "payload failure" => {
                matches!(&end, Err(Unopened::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData)
            }
            other => panic!("{name}: {other}"),
        };
        assert!(right, "{name}: {} was expected, and it was {end:?}", vector.expect);
        if let Some(payload) = vector.payload {
            let hash = Sha256::digest(&given).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
            assert_eq!(hash, payload, "{name}: {} bytes were given out", given.len());
        }
    }
    assert!(count > 60, "only {count} vectors");
}
