//! A telephone that keeps a passkey, made of software: for tests.
//!
//! It answers what a page's script would hand to the browser (`WebAuthn` level 3), as a good device does, or as a bad one:
//! what it says is made of public fields, so a test changes one and sees that the answer is refused. Ours, because what
//! there is for it brings a whole stack of USB and Bluetooth.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A device with one passkey.
#[derive(Clone)]
pub struct Authenticator {
    key: SigningKey,
    /// What the passkey is found by.
    pub credential: Vec<u8>,
    /// Whose it is, as the site said.
    pub handle: Vec<u8>,
    /// How often it was used.
    pub counter: u32,
    /// The page that asks, as the browser tells the device.
    pub origin: String,
    /// The site that the device thinks it answers.
    pub site: String,
    /// Whether it asked its owner for a finger, a face or a PIN.
    pub verifies: bool,
}

impl Authenticator {
    /// A new device, different for each number, on a page of this origin.
    ///
    /// # Panics
    /// Not for any of the numbers of a test.
    pub fn new(number: u8, origin: &str) -> Self {
        let site = origin.split_once("://").map_or(origin, |(_, host)| host);
        let site = site.split(':').next().unwrap_or_default();
        Self {
            key: SigningKey::from_slice(&[number.max(1); 32]).expect("a small number is a key"),
            credential: Sha256::digest([number]).to_vec(),
            handle: Vec::new(),
            counter: 0,
            origin: origin.to_owned(),
            site: site.to_owned(),
            verifies: true,
        }
    }

    /// Makes the passkey that is asked for: the ceremony's name, and the answer.
    ///
    /// # Panics
    /// When the question is none.
    pub fn make(&mut self, question: &str) -> (String, String) {
        let question = read(question);
        self.handle = bytes(&question["publicKey"]["user"]["id"]);
        let client = self.client("webauthn.create", &question);
        let mut data = self.data(0x40);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).expect("it is short").to_be_bytes());
        data.extend(&self.credential);
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().expect("it has an x"), point.y().expect("it has a y"));
        // A COSE key: EC2, ES256, P-256, x, y.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x.as_slice());
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y.as_slice());
        // { "fmt": "none", "attStmt": {}, "authData": … }
        let mut object = vec![0xa3];
        for text in ["fmt", "none", "attStmt"] {
            object.push(0x60 | u8::try_from(text.len()).expect("it is short"));
            object.extend(text.as_bytes());
        }
        object.extend([0xa0, 0x68]);
        object.extend(b"authData");
        object.push(0x59);
        object.extend(u16::try_from(data.len()).expect("it is short").to_be_bytes());
        object.extend(data);
        let id = text(&self.credential);
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": { "clientDataJSON": text(&client), "attestationObject": text(&object) },
        });
        (name_of(&question), answer.to_string())
    }

    /// Signs in with it: the ceremony's name, and the answer.
    pub fn sign(&mut self, question: &str) -> (String, String) {
        let question = read(question);
        self.counter += 1;
        let client = self.client("webauthn.get", &question);
        let data = self.data(0);
        let signature: Signature = self.key.sign(&[data.as_slice(), &Sha256::digest(&client)].concat());
        let id = text(&self.credential);
        let answer = json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": text(&client), "authenticatorData": text(&data),
                "signature": text(signature.to_der().as_bytes()), "userHandle": text(&self.handle),
            },
        });
        (name_of(&question), answer.to_string())
    }

    fn client(&self, kind: &str, question: &Value) -> Vec<u8> {
        let challenge = &question["publicKey"]["challenge"];
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string().into()
    }

    /// Somebody is there; they were verified; what follows.
    fn data(&self, follows: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.site.as_bytes()).to_vec();
        data.push(0x01 | if self.verifies { 0x04 } else { 0 } | follows);
        data.extend(self.counter.to_be_bytes());
        data
    }
}

/// The code that an app shows which was given this secret, in letters, so many seconds after 1970.
///
/// # Panics
/// When the secret is none.
pub fn code(secret: &str, seconds: i64) -> String {
    let letters: String = secret.chars().filter(|letter| !letter.is_whitespace()).collect();
    let secret = totp_rs::Secret::try_from_base32(letters).expect("it is Base32");
    let app = totp_rs::Builder::new().with_secret(secret).build().expect("it is long enough");
    app.generate(u64::try_from(seconds).expect("it is after 1970")).to_string()
}

fn read(question: &str) -> Value {
    serde_json::from_str(question).expect("the question is JSON")
}

fn name_of(question: &Value) -> String {
    question["ceremony"].as_str().expect("it has a name").to_owned()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("it is text")).expect("it is Base64")
}
