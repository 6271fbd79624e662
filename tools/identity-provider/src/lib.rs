//! An identity provider made of software: for tests.
//!
//! It listens on this machine, says of itself what a provider says (`OpenID` Connect Discovery), holds whoever asks to PKCE
//! and to its secret, and signs tokens as a good provider does, or as a bad one: a test changes what the next token says or
//! how it is signed, and sees that it is refused. Ours, so that each fault can be made alone; the journey in a browser asks
//! a real one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// How the program is known there.
pub const CLIENT: &str = "lifestory";
/// By what it proves that it is the program.
pub const SECRET: &str = "a secret of the two: 100% +/&";
/// What people call their account there.
pub const NAME: &str = "Northmoor account";

/// How the next token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// With the provider's own key.
    Well,
    /// With a key that is nobody's here.
    ByAnother,
    /// Not at all, and it says so.
    NotAtAll,
    /// With a secret, as HS256 does: the provider's public key, which everybody has.
    WithItsPublicKey,
    /// The same with the secret of the two.
    WithTheSecret,
}

/// A change of what the next token says: its head and its claims.
type Change = Box<dyn Fn(&mut Value, &mut Value) + Send>;
/// A change of what the provider says of itself.
type OfItself = Box<dyn Fn(&mut Value) + Send>;

struct Inside {
    address: String,
    key: u8,
    signed: Signed,
    change: Option<Change>,
    of_itself: Option<OfItself>,
    silent: bool,
    leads_away: bool,
    takes_no_secret: bool,
    codes: BTreeMap<String, Waiting>,
    given: usize,
    asked: Asked,
}

/// What waits to be fetched with a code.
struct Waiting {
    challenge: String,
    back: String,
    token: String,
}

/// How often it was asked for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What it says of itself.
    pub itself: usize,
    /// Its keys.
    pub keys: usize,
    /// A token.
    pub tokens: usize,
}

/// A provider that listens until its test is over.
#[derive(Clone)]
pub struct IdentityProvider(Arc<Mutex<Inside>>);

impl IdentityProvider {
    /// Begins to listen.
    ///
    /// # Panics
    /// Where nothing can listen on this machine.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("this machine has a free port");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let this = Self(Arc::new(Mutex::new(Inside {
            address,
            key: 1,
            signed: Signed::Well,
            change: None,
            of_itself: None,
            silent: false,
            leads_away: false,
            takes_no_secret: false,
            codes: BTreeMap::new(),
            given: 0,
            asked: Asked::default(),
        })));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(itself))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(this.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        this
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().expect("no test broke off while it held this")
    }

    /// Its address: the issuer.
    pub fn issuer(&self) -> String {
        self.inside().address.clone()
    }

    /// How often it was asked for what.
    pub fn asked(&self) -> Asked {
        self.inside().asked
    }

    /// From now on tokens are signed so.
    pub fn sign(&self, signed: Signed) {
        self.inside().signed = signed;
    }

    /// From now on tokens say something else: the change is given their head and their claims.
    pub fn say(&self, change: impl Fn(&mut Value, &mut Value) + Send + 'static) {
        self.inside().change = Some(Box::new(change));
    }

    /// From now on it says something else of itself.
    pub fn say_of_itself(&self, change: impl Fn(&mut Value) + Send + 'static) {
        self.inside().of_itself = Some(Box::new(change));
    }

    /// From now on everything is well again.
    pub fn mend(&self) {
        let mut inside = self.inside();
        inside.signed = Signed::Well;
        inside.change = None;
        inside.of_itself = None;
        inside.silent = false;
        inside.leads_away = false;
        inside.takes_no_secret = false;
    }

    /// From now on it answers nothing that is of use.
    pub fn fall_silent(&self) {
        self.inside().silent = true;
    }

    /// From now on it answers with a redirect to itself, where the answer would be.
    pub fn lead_away(&self) {
        self.inside().leads_away = true;
    }

    /// From now on it does not take the secret.
    pub fn take_no_secret(&self) {
        self.inside().takes_no_secret = true;
    }

    /// From now on it signs with another key.
    pub fn change_keys(&self) {
        self.inside().key += 1;
    }

    /// Somebody signs in on the page to which their browser was sent, at this moment in seconds since 1970: what the browser
    /// brings back, as a query.
    ///
    /// # Panics
    /// Where the browser was sent with something else than what the standard asks for.
    pub fn sign_in(&self, address: &str, subject: &str, now: i64) -> String {
        let asked = asked(address);
        let said = |name: &str| asked.get(name).map_or("", String::as_str);
        assert_eq!(said("response_type"), "code");
        assert_eq!(said("client_id"), CLIENT);
        assert_eq!(said("scope"), "openid", "nothing else is asked for");
        assert_eq!(said("code_challenge_method"), "S256");
        let mut inside = self.inside();
        assert!(address.starts_with(&format!("{}/authorize?", inside.address)), "{address}");
        let mut head = json!({ "alg": "ES256", "typ": "JWT", "kid": format!("key {}", inside.key) });
        let mut claims = json!({
            "iss": inside.address, "aud": CLIENT, "sub": subject, "iat": now, "exp": now + 300,
            "nonce": said("nonce"), "auth_time": now,
        });
        if let Some(change) = &inside.change {
            change(&mut head, &mut claims);
        }
        let token = signed(&inside, head, &claims);
        inside.given += 1;
        let code = format!("code-{}", inside.given);
        let waiting =
            Waiting { challenge: said("code_challenge").to_owned(), back: said("redirect_uri").to_owned(), token };
        inside.codes.insert(code.clone(), waiting);
        format!("code={code}&state={}&iss={}", said("state"), encoded(&inside.address))
    }

    /// Somebody turns back on that page: what the browser brings back.
    ///
    /// # Panics
    /// Where the browser was sent with no query.
    pub fn turn_back(&self, address: &str) -> String {
        let state = &asked(address)["state"];
        format!("error=access_denied&state={state}&iss={}", encoded(&self.issuer()))
    }
}

/// What a browser was sent with.
///
/// # Panics
/// Where there is no query.
pub fn asked(address: &str) -> BTreeMap<String, String> {
    let (_, query) = address.split_once('?').expect("it is sent with a query");
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

async fn itself(State(provider): State<IdentityProvider>) -> Response {
    let mut inside = provider.inside();
    inside.asked.itself += 1;
    if inside.silent {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let here = &inside.address;
    let mut said = json!({
        "issuer": here,
        "authorization_endpoint": format!("{here}/authorize"),
        "token_endpoint": format!("{here}/token"),
        "jwks_uri": format!("{here}/keys"),
        "end_session_endpoint": format!("{here}/sign-out"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
    });
    if let Some(change) = &inside.of_itself {
        change(&mut said);
    }
    Json(said).into_response()
}

async fn keys(State(provider): State<IdentityProvider>) -> Response {
    let mut inside = provider.inside();
    inside.asked.keys += 1;
    Json(json!({ "keys": [public(inside.key)] })).into_response()
}

async fn token(State(provider): State<IdentityProvider>, headers: HeaderMap, body: String) -> Response {
    let mut inside = provider.inside();
    inside.asked.tokens += 1;
    if inside.silent {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if inside.leads_away {
        // To be followed with a GET, which is what the keys are asked with: one with a POST would come to nothing there.
        return Redirect::to(&format!("{}/keys", inside.address)).into_response();
    }
    let refused = |status: StatusCode, why: &str| (status, Json(json!({ "error": why }))).into_response();
    let whoever = STANDARD.encode(format!("{}:{}", encoded(CLIENT), encoded(SECRET)));
    let proof = headers.get("authorization").and_then(|proof| proof.to_str().ok()).unwrap_or_default();
    if inside.takes_no_secret || proof != format!("Basic {whoever}") {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let sent = asked(&format!("?{body}"));
    let said = |name: &str| sent.get(name).map_or("", String::as_str);
    let waiting = inside.codes.remove(said("code"));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(said("code_verifier")));
    let waiting = waiting.filter(|waiting| {
        said("grant_type") == "authorization_code"
            && waiting.challenge == challenge
            && waiting.back == said("redirect_uri")
    });
    match waiting {
        Some(Waiting { token, .. }) => {
            let given = json!({ "access_token": "opens-nothing", "token_type": "Bearer", "expires_in": 300, "id_token": token });
            Json(given).into_response()
        }
        None => refused(StatusCode::BAD_REQUEST, "invalid_grant"),
    }
}

fn private(key: u8) -> SigningKey {
    SigningKey::from_slice(&[key; 32]).expect("a small number is a key")
}

/// The public half, as a JSON Web Key.
fn public(key: u8) -> Value {
    let point = private(key).verifying_key().to_sec1_point(false);
    let (x, y) = (point.x().expect("it has an x"), point.y().expect("it has a y"));
    json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": format!("key {key}"),
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
    })
}

fn signed(inside: &Inside, mut head: Value, claims: &Value) -> String {
    match inside.signed {
        Signed::Well | Signed::ByAnother => {}
        Signed::NotAtAll => head["alg"] = "none".into(),
        Signed::WithItsPublicKey | Signed::WithTheSecret => head["alg"] = "HS256".into(),
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&head), part(claims));
    let by_key = |key: u8| {
        let signature: Signature = private(key).sign(text.as_bytes());
        signature.to_bytes().to_vec()
    };
    let by_secret = |secret: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    let signature = match inside.signed {
        Signed::Well => by_key(inside.key),
        Signed::ByAnother => by_key(200),
        Signed::NotAtAll => Vec::new(),
        Signed::WithItsPublicKey => by_secret(public(inside.key).to_string().as_bytes()),
        Signed::WithTheSecret => by_secret(SECRET.as_bytes()),
    };
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// As forms are sent.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |sent, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => sent + &char::from(byte).to_string(),
        b' ' => sent + "+",
        byte => sent + &format!("%{byte:02X}"),
    })
}

fn decoded(text: &str) -> String {
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(meant)) => {
                out.push(meant);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
