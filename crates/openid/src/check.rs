//! What a browser brings back from the provider, and whether it says who somebody is.
//!
//! The code is exchanged for a token, which must be signed by the provider's own key with an algorithm of this list, be of
//! this provider, for this program and nobody beside it, of this moment, and the answer to this very question
//! (`OpenID` Connect Core 1.0, 3.1.3.7).

use chrono::{DateTime, Utc};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, DiscoveryError, IdToken, Nonce, PkceCodeVerifier,
    RequestTokenError, SignatureVerificationError, TokenResponse as _,
    core::{
        CoreErrorResponseType, CoreGenderClaim, CoreIdTokenVerifier, CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    },
};
use serde::{Deserialize, Serialize};

use crate::{
    http::NoAnswer,
    provider::{Known, Provider, Question},
};

/// The algorithms by which a token may be signed: with a private key that the provider alone has. Never without a
/// signature, and never with a secret that two know.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 3] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
];

/// By how many seconds the clock here and the provider's may differ.
const CLOCKS_DIFFER: i64 = 60;
/// How many seconds ago a token may have been made: it is fetched at once, while somebody waits.
const OLDEST_SECONDS: i64 = 600;
/// The longest code that is sent on: a browser brings it, and a provider's server takes no request of any length.
const LONGEST_CODE: usize = 4_096;
/// The longest name by which a provider knows somebody (`OpenID` Connect Core 1.0, 2).
pub const LONGEST_SUBJECT: usize = 255;

/// What a browser brings back, as it says it: nothing of it is believed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer<'a> {
    /// What can be exchanged for a token.
    pub code: &'a str,
    /// Which provider it says it comes from (RFC 9207).
    pub issuer: Option<&'a str>,
    /// Why it brings no code.
    pub error: Option<&'a str>,
}

/// Somebody, as a provider knows them. Nothing but a checked answer makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    issuer: String,
    subject: String,
}

impl Identity {
    /// Which provider.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// By what it knows them: for ever the same, and nobody else's.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// Why an answer says of nobody who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// It did not answer, not in time, or said that it cannot.
    #[error("the identity provider cannot be reached")]
    NotReached,
    /// Whoever was there did not sign in.
    #[error("it was broken off at the identity provider")]
    Cancelled,
    /// The code was used before, or its time is over.
    #[error("the identity provider does not know the code any more")]
    Over,
    /// What it says was made later than now, or too long before.
    #[error("the identity provider's clock and the one here differ, or its answer is old")]
    Clock,
    /// It does not say that somebody has just shown who they are.
    #[error("the identity provider does not say that somebody has just shown who they are")]
    NotAnew,
    /// It does not take this program for the one that it knows.
    #[error("the identity provider does not accept the client or its secret")]
    Settings,
    /// It cannot be trusted: why, for the log.
    #[error("the identity provider's answer cannot be trusted: {0}")]
    Doubtful(&'static str),
}

/// What else of a token's time is read.
#[derive(Debug, Serialize, Deserialize)]
struct Times {
    /// Before when it counts for nothing, in seconds since 1970.
    #[serde(default)]
    nbf: Option<f64>,
}

impl AdditionalClaims for Times {}

type Token = IdToken<Times, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

impl Provider {
    /// Who the answer to a question says that somebody is, at this moment in seconds since 1970.
    ///
    /// # Errors
    /// Whatever keeps it from saying so. Nobody is anybody then.
    pub async fn check(&self, answer: Answer<'_>, question: &Question, now: i64) -> Result<Identity, Failed> {
        let known = self.known(now).await?;
        // Somebody else's provider may have led the browser here, to be given what is meant for this one.
        match answer.issuer {
            Some(issuer) if issuer != self.issuer() => return Err(Failed::Doubtful("it comes from another provider")),
            None if known.says_whose() => return Err(Failed::Doubtful("it does not say from which provider it comes")),
            _ => {}
        }
        if let Some(error) = answer.error {
            return Err(Failed::of_answer(error));
        }
        if answer.code.is_empty() || answer.code.len() > LONGEST_CODE {
            return Err(Failed::Doubtful("it has no code"));
        }
        let token = self.exchange(&known, answer.code, question).await?;
        match self.read(&known, &token, question, now) {
            Err(Refused::UnknownKey) => match self.with_new_keys(now).await? {
                Some(known) => self.read(&known, &token, question, now).map_err(Refused::told),
                None => Err(Refused::UnknownKey.told()),
            },
            read => read.map_err(Refused::told),
        }
    }

    /// Fetches the token for a code. What else comes with it is thrown away.
    async fn exchange(&self, known: &Known, code: &str, question: &Question) -> Result<Token, Failed> {
        let asker = self.asker(known);
        let request = asker
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| Failed::Doubtful("it has no page for tokens"))?
            .set_pkce_verifier(PkceCodeVerifier::new(question.verifier.clone()));
        let given = request.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => match said.error() {
                CoreErrorResponseType::InvalidGrant => Failed::Over,
                CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient => Failed::Settings,
                _ => Failed::Doubtful("it gives no token"),
            },
            RequestTokenError::Request(no_answer) => Failed::of_silence(&no_answer),
            _ => Failed::Doubtful("its token is none"),
        })?;
        let token = given.id_token().ok_or(Failed::Doubtful("it gives no token that says who it is"))?;
        token.to_string().parse().map_err(|_| Failed::Doubtful("its token cannot be read"))
    }

    /// What a token says, where it is one of this provider's, for here, now, and for this question.
    fn read(&self, known: &Known, token: &Token, question: &Question, now: i64) -> Result<Identity, Refused> {
        let at = |seconds: i64| DateTime::<Utc>::from_timestamp(seconds, 0).unwrap_or_default();
        let since = question.since;
        let verifier =
            CoreIdTokenVerifier::new_public_client(self.client.clone(), self.issuer.clone(), known.keys().clone())
                .set_allowed_algs(SIGNED_BY)
                .set_time_fn(move || at(now - CLOCKS_DIFFER))
                .set_issue_time_verifier_fn(move |made| {
                    let age = now - made.timestamp();
                    let fits = (-CLOCKS_DIFFER..=OLDEST_SECONDS).contains(&age);
                    if fits { Ok(()) } else { Err("made at another time".to_owned()) }
                })
                .set_auth_time_verifier_fn(move |shown| {
                    let anew = since.is_none_or(|since| {
                        shown.is_some_and(|shown| {
                            (since - CLOCKS_DIFFER..=now + CLOCKS_DIFFER).contains(&shown.timestamp())
                        })
                    });
                    if anew { Ok(()) } else { Err("not shown anew".to_owned()) }
                });
        let said = token.claims(&verifier, &Nonce::new(question.nonce.clone())).map_err(Refused::of)?;
        // The library leaves this to whoever uses it: whom the token was made for is this program.
        if said.authorized_party().is_some_and(|party| *party != self.client) {
            return Err(Refused::Other("it was made for somebody else"));
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds of this millennium are exact")]
        if said.additional_claims().nbf.is_some_and(|from| ((now + CLOCKS_DIFFER) as f64) < from) {
            return Err(Refused::Time);
        }
        let subject = said.subject().as_str();
        if subject.trim().is_empty() || subject.len() > LONGEST_SUBJECT {
            return Err(Refused::Other("it names nobody"));
        }
        Ok(Identity { issuer: self.issuer().to_owned(), subject: subject.to_owned() })
    }
}

/// Why a token was refused.
enum Refused {
    /// It was signed with a key that is not known here: perhaps the provider has a new one.
    UnknownKey,
    Time,
    NotAnew,
    Other(&'static str),
}

impl Refused {
    #[expect(clippy::needless_pass_by_value, reason = "it is what an error is mapped with")]
    fn of(error: ClaimsVerificationError) -> Self {
        use SignatureVerificationError as Signature;
        match error {
            ClaimsVerificationError::SignatureVerification(Signature::NoMatchingKey) => Self::UnknownKey,
            ClaimsVerificationError::SignatureVerification(Signature::DisallowedAlg(_) | Signature::NoSignature) => {
                Self::Other("it is not signed as it must be")
            }
            ClaimsVerificationError::SignatureVerification(_) => Self::Other("its signature is not right"),
            ClaimsVerificationError::Expired(_) => Self::Time,
            ClaimsVerificationError::InvalidAuthTime(_) => Self::NotAnew,
            ClaimsVerificationError::InvalidNonce(_) => Self::Other("it answers another question"),
            ClaimsVerificationError::InvalidAudience(_) => Self::Other("it is for somebody else"),
            ClaimsVerificationError::InvalidIssuer(_) => Self::Other("it is of another provider"),
            _ => Self::Other("its token is none that says who somebody is"),
        }
    }

    const fn told(self) -> Failed {
        match self {
            Self::UnknownKey => Failed::Doubtful("it is signed with a key that it does not have"),
            Self::Time => Failed::Clock,
            Self::NotAnew => Failed::NotAnew,
            Self::Other(why) => Failed::Doubtful(why),
        }
    }
}

impl Failed {
    /// By what the provider says in place of a code (`OpenID` Connect Core 1.0, 3.1.2.6; RFC 6749, 4.1.2.1).
    fn of_answer(error: &str) -> Self {
        match error {
            "access_denied" | "login_required" | "interaction_required" => Self::Cancelled,
            "temporarily_unavailable" | "server_error" => Self::NotReached,
            "unauthorized_client" | "invalid_client" => Self::Settings,
            _ => Self::Doubtful("it refuses the question"),
        }
    }

    const fn of_silence(no_answer: &NoAnswer) -> Self {
        match no_answer {
            NoAnswer::Elsewhere => Self::Doubtful("it leads to another address than its own"),
            NoAnswer::TooLong => Self::Doubtful("its answer is too long"),
            NoAnswer::Silent | NoAnswer::Failed(_) => Self::NotReached,
        }
    }

    pub(crate) fn of_discovery(error: DiscoveryError<NoAnswer>) -> Self {
        match error {
            DiscoveryError::Request(no_answer) => Self::of_silence(&no_answer),
            // A server that is being mended answers something, and nothing that it says is believed.
            DiscoveryError::Response(status, ..) if status.is_server_error() => Self::NotReached,
            _ => Self::Doubtful("what it says of itself is not what a provider says"),
        }
    }
}
