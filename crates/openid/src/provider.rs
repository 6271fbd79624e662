//! One provider: where it is, what it says of itself, and the address to which a browser is sent.

use std::{fmt, sync::Arc, time::Duration};

use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, CsrfToken, EndSessionUrl, IssuerUrl, JsonWebKeySet,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, TokenUrl,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient,
        CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
    },
    url::{Host, Url},
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{check::Failed, http::Client};

/// For how many seconds is believed what a provider said of itself.
const KEPT_SECONDS: i64 = 3_600;
/// For how many seconds a provider that did not answer is not asked again. Who comes meanwhile is told at once.
const PAUSE_SECONDS: i64 = 10;
/// How many seconds lie at least between two looks for new keys: whoever sends nonsense makes nobody ask for it each time.
const KEYS_PAUSE_SECONDS: i64 = 60;

/// How long ago somebody may have signed in there who must show anew who they are. With `prompt=login` nobody has before they
/// are asked; an age makes the provider say when it was (`OpenID` Connect Core 1.0, 3.1.2.1), and some take none of 0 seconds
/// for one.
const ANEW: Duration = Duration::from_mins(1);

/// A provider, as whoever runs the program names it.
pub struct Settings {
    /// Its address, to the letter as it gives it itself: the issuer.
    pub issuer: String,
    /// How this program is known there.
    pub client: String,
    /// By what it proves there who it is.
    pub secret: String,
    /// What people call their account there, as in «Sign in with Northmoor account».
    pub name: String,
    /// The address here to which it sends the browser back.
    pub back: String,
}

/// Why a provider cannot be used as it was named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Its address is none, or none with HTTPS.
    #[error(
        "the identity provider must be named by its address with HTTPS, without a question mark or a name in it, like https://login.council.gov.uk; `{0}` is none. Without HTTPS it may be on this machine alone"
    )]
    Issuer(String),
    /// The pages have no address with HTTPS.
    #[error(
        "the identity provider sends people back to an address with HTTPS; `{0}` is none. Give the one at which people open the pages"
    )]
    Back(String),
    /// Something was left empty.
    #[error("the identity provider needs a client, a secret and a name; one of them is empty")]
    Empty,
    /// Nothing is trusted here.
    #[error(
        "this machine trusts no certificates at all, so no identity provider can be asked; install them (ca-certificates)"
    )]
    NoCertificates,
    /// The client could not be made.
    #[error("no client for the identity provider could be made: {0}")]
    NoClient(String),
}

/// What a provider says of itself, beside what every one does.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct More {
    /// Where somebody signs out there.
    #[serde(default)]
    end_session_endpoint: Option<EndSessionUrl>,
    /// Whether each of its answers says whose it is (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What is known of a provider.
pub(crate) struct Known {
    metadata: Metadata,
    learnt: i64,
    keys_learnt: i64,
}

#[derive(Default)]
struct Kept {
    known: Option<Arc<Known>>,
    /// When it last did not answer.
    silent: Option<i64>,
}

/// What is asked of a provider, to be kept until the answer and shown to nobody.
#[derive(Serialize, Deserialize)]
pub struct Question {
    /// What its token must say again.
    pub(crate) nonce: String,
    /// What shows that whoever brings the code is whoever asked for it (RFC 7636).
    pub(crate) verifier: String,
    /// Since when, in seconds since 1970, somebody must have shown there who they are; whenever it was, where there is none.
    pub(crate) since: Option<i64>,
}

impl Question {
    /// Of two random texts that nobody else knows, of 43 to 128 letters and figures each. With a moment, in seconds since 1970, somebody must show
    /// anew who they are.
    pub const fn new(nonce: String, verifier: String, since: Option<i64>) -> Self {
        Self { nonce, verifier, since }
    }
}

/// An identity provider.
pub struct Provider {
    pub(crate) issuer: IssuerUrl,
    pub(crate) client: ClientId,
    secret: ClientSecret,
    name: String,
    back: RedirectUrl,
    pub(crate) http: Client,
    kept: Mutex<Kept>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({})", self.issuer.as_str())
    }
}

/// A provider that answers: its address for a browser can be had.
pub struct Ready<'a> {
    provider: &'a Provider,
    known: Arc<Known>,
}

impl Provider {
    /// The provider that these settings name. It is not asked anything yet.
    ///
    /// # Errors
    /// An address without HTTPS, but for one on this machine; a setting that is empty.
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        let Settings { issuer, client, secret, name, back } = settings;
        if [&client, &secret, &name].iter().any(|setting| setting.trim().is_empty()) {
            return Err(Unusable::Empty);
        }
        let address = Url::parse(&issuer).map_err(|_| Unusable::Issuer(issuer.clone()))?;
        let plain = address.query().is_none() && address.fragment().is_none();
        if !plain || !address.username().is_empty() || !is_safe(&address) {
            return Err(Unusable::Issuer(issuer));
        }
        let home = Url::parse(&back).ok().filter(is_safe).ok_or_else(|| Unusable::Back(back.clone()))?;
        Ok(Self {
            http: Client::new(&address, address.scheme() == "http")?,
            issuer: IssuerUrl::new(issuer.clone()).map_err(|_| Unusable::Issuer(issuer))?,
            client: ClientId::new(client),
            secret: ClientSecret::new(secret),
            name: name.trim().to_owned(),
            back: RedirectUrl::from_url(home),
            kept: Mutex::default(),
        })
    }

    /// What people call their account there.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address, by which its people are told from those of others.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Makes sure that it answers, at this moment in seconds since 1970.
    ///
    /// # Errors
    /// It does not answer, or what it says of itself cannot be trusted.
    pub async fn ready(&self, now: i64) -> Result<Ready<'_>, Failed> {
        Ok(Ready { provider: self, known: self.known(now).await? })
    }

    /// Where somebody signs out there, if that is known by now.
    pub fn sign_out(&self) -> Option<String> {
        // Nobody waits for it while the provider is asked.
        let known = self.kept.try_lock().ok()?.known.clone()?;
        let there = known.metadata.additional_metadata().end_session_endpoint.as_ref()?;
        self.http.is_its_own(there.url()).then(|| there.url().to_string())
    }

    /// What it says of itself: as it said it within the hour, or asked anew. One asks, the others wait for that answer.
    pub(crate) async fn known(&self, now: i64) -> Result<Arc<Known>, Failed> {
        let mut kept = self.kept.lock().await;
        if let Some(known) = kept.known.as_ref().filter(|known| (0..KEPT_SECONDS).contains(&(now - known.learnt))) {
            return Ok(known.clone());
        }
        if kept.silent.is_some_and(|silent| (0..PAUSE_SECONDS).contains(&(now - silent))) {
            return Err(Failed::NotReached);
        }
        match self.learn().await {
            Ok(metadata) => {
                let known = Arc::new(Known { metadata, learnt: now, keys_learnt: now });
                *kept = Kept { known: Some(known.clone()), silent: None };
                Ok(known)
            }
            Err(failed) => {
                kept.silent = Some(now);
                Err(failed)
            }
        }
    }

    async fn learn(&self) -> Result<Metadata, Failed> {
        let metadata = Metadata::discover_async(self.issuer.clone(), &self.http).await.map_err(Failed::of_discovery)?;
        let pages = [Some(metadata.authorization_endpoint().url()), metadata.token_endpoint().map(TokenUrl::url)];
        // Whoever is sent to another address would type a password there.
        if !pages.iter().all(|page| page.is_some_and(|page| self.http.is_its_own(page))) {
            return Err(Failed::Doubtful("its pages lie at another address than its own"));
        }
        Ok(metadata)
    }

    /// The same with the keys that it has now, if nobody has looked for them lately.
    pub(crate) async fn with_new_keys(&self, now: i64) -> Result<Option<Arc<Known>>, Failed> {
        let mut kept = self.kept.lock().await;
        let Some(known) = kept.known.clone() else { return Ok(None) };
        if (0..KEYS_PAUSE_SECONDS).contains(&(now - known.keys_learnt)) {
            return Ok(None);
        }
        let keys = JsonWebKeySet::fetch_async(known.metadata.jwks_uri(), &self.http).await;
        let metadata = known.metadata.clone().set_jwks(keys.map_err(Failed::of_discovery)?);
        let known = Arc::new(Known { metadata, learnt: known.learnt, keys_learnt: now });
        kept.known = Some(known.clone());
        Ok(Some(known))
    }

    /// The client by the standard's own words, as the provider wants it.
    pub(crate) fn asker(
        &self,
        known: &Known,
    ) -> CoreClient<
        openidconnect::EndpointSet,
        openidconnect::EndpointNotSet,
        openidconnect::EndpointNotSet,
        openidconnect::EndpointNotSet,
        openidconnect::EndpointMaybeSet,
        openidconnect::EndpointMaybeSet,
    > {
        let asker =
            CoreClient::from_provider_metadata(known.metadata.clone(), self.client.clone(), Some(self.secret.clone()))
                .set_redirect_uri(self.back.clone());
        // The secret goes in the head of the request; into its body only where the provider takes it nowhere else.
        let takes = known.metadata.token_endpoint_auth_methods_supported();
        let in_body = takes.is_some_and(|takes| {
            !takes.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && takes.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        asker.set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth })
    }
}

impl Known {
    pub(crate) fn keys(&self) -> &JsonWebKeySet<CoreJsonWebKey> {
        self.metadata.jwks()
    }

    /// Whether every answer says whose it is.
    pub(crate) fn says_whose(&self) -> bool {
        self.metadata.additional_metadata().authorization_response_iss_parameter_supported
    }
}

impl Ready<'_> {
    /// Where the browser goes. `state` comes back with the answer.
    pub fn address(&self, state: &str, question: &Question) -> String {
        let asker = self.provider.asker(&self.known);
        let verifier = PkceCodeVerifier::new(question.verifier.clone());
        let (state, nonce) = (CsrfToken::new(state.to_owned()), Nonce::new(question.nonce.clone()));
        let mut request = asker
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state.clone(), move || nonce.clone())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if question.since.is_some() {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(ANEW);
        }
        request.url().0.to_string()
    }
}

/// Whether what goes to an address goes there encrypted, or stays on this machine.
fn is_safe(address: &Url) -> bool {
    let here = match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(number)) => number.is_loopback(),
        Some(Host::Ipv6(number)) => number.is_loopback(),
        None => return false,
    };
    address.scheme() == "https" || address.scheme() == "http" && here
}
