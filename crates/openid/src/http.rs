//! The requests to the provider: to its own address and no other, over TLS, short, few, and soon over.

use std::{pin::Pin, sync::Arc, time::Duration};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, url};
use reqwest::redirect;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::sync::Semaphore;

use crate::provider::Unusable;

/// How long the provider has for an answer: who waits for the page still waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is read. A token has one or two thousand bytes, a set of keys some ten thousand.
const MOST_BYTES: usize = 256 * 1024;

/// How many requests go out at once; others wait their turn, and are told after their patience that nobody answers.
static AT_ONCE: Semaphore = Semaphore::const_new(8);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// What is asked for lies at another address than the provider's.
    #[error("it leads to another address than its own")]
    Elsewhere,
    /// There is more of it than any good one has.
    #[error("its answer is too long")]
    TooLong,
    /// It could not be reached, or not in time.
    #[error("it does not answer")]
    Silent,
    /// The request could not be made, or its answer not read.
    #[error(transparent)]
    Failed(#[from] reqwest::Error),
}

/// A client for one provider.
pub(crate) struct Client {
    http: reqwest::Client,
    origin: url::Origin,
}

impl Client {
    /// For the provider at this address. Certificates are held to those that the machine trusts.
    pub(crate) fn new(issuer: &url::Url, on_this_machine: bool) -> Result<Self, Unusable> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(trust(on_this_machine)?)
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .https_only(!on_this_machine)
            .pool_max_idle_per_host(1);
        // A proxy on the way out, where the machine has one, is not asked for what lies on the machine itself.
        let client = if on_this_machine { client.no_proxy() } else { client };
        let http = client.build().map_err(|error| Unusable::NoClient(error.to_string()))?;
        Ok(Self { http, origin: issuer.origin() })
    }

    /// Whether this is an address of the provider's own.
    pub(crate) fn is_its_own(&self, address: &url::Url) -> bool {
        address.origin() == self.origin
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
        let address = url::Url::parse(&request.uri().to_string()).map_err(|_| NoAnswer::Elsewhere)?;
        if !self.is_its_own(&address) {
            return Err(NoAnswer::Elsewhere);
        }
        let _turn = tokio::time::timeout(PATIENCE, AT_ONCE.acquire())
            .await
            .map_err(|_| NoAnswer::Silent)?
            .map_err(|_| NoAnswer::Silent)?;
        let mut answer = self.http.execute(reqwest::Request::try_from(request)?).await?;
        let mut response = HttpResponse::new(Vec::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        while let Some(piece) = answer.chunk().await? {
            if response.body().len() + piece.len() > MOST_BYTES {
                return Err(NoAnswer::TooLong);
            }
            response.body_mut().extend(piece);
        }
        Ok(response)
    }
}

/// TLS 1.2 and 1.3, with the certificates that this machine trusts.
fn trust(on_this_machine: bool) -> Result<ClientConfig, Unusable> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() && !on_this_machine {
        return Err(Unusable::NoCertificates);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Unusable::NoClient(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

impl<'c> AsyncHttpClient<'c> for Client {
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoAnswer>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let answer = self.send(request).await;
            // Addresses of the provider's are no secret; nothing of what was sent or answered is said.
            if let Err(error) = &answer {
                tracing::warn!(?error, "the identity provider does not answer as it should");
            }
            answer
        })
    }
}
