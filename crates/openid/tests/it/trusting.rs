//! Whom the program speaks to: the provider that was named, at its own address, and nobody to whom that leads.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use identity_provider::{IdentityProvider, SECRET};
use openid::{Answer, Failed};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::{NOW, both, check, named, question};

/// ASVS 10.2.2: somebody else's provider does not come to be given what is meant for this one (RFC 9207).
#[tokio::test]
async fn r_acc_02_an_answer_says_from_which_provider_it_comes() {
    let (there, here) = both().await;
    let asked = question('a', None);
    let address = here.ready(NOW).await.unwrap().address("state", &asked);
    for issuer in [Some("https://login.evil.test"), Some(""), None] {
        let brought = there.sign_in(&address, "sam", NOW);
        let before = there.asked().tokens;
        let code = brought.split(['=', '&']).nth(1).unwrap();
        let failed = here.check(Answer { code, issuer, error: None }, &asked, NOW).await;
        assert!(matches!(failed, Err(Failed::Doubtful(_))), "{issuer:?}: {failed:?}");
        assert_eq!(there.asked().tokens, before, "its code goes nowhere");
        let failed = here.check(Answer { code: "", issuer, error: Some("access_denied") }, &asked, NOW).await;
        assert!(matches!(failed, Err(Failed::Doubtful(_))), "an error of another's is none of this one's");
    }
    // One that does not promise to say so need not.
    let plain = IdentityProvider::start().await;
    plain.say_of_itself(|said| said["authorization_response_iss_parameter_supported"] = false.into());
    let to_it = named(&plain.issuer(), SECRET);
    let address = to_it.ready(NOW).await.unwrap().address("state", &asked);
    let brought = plain.sign_in(&address, "sam", NOW);
    let brought = brought.split("&iss=").next().unwrap();
    assert!(check(&to_it, brought, &asked, NOW).await.is_ok());
}

/// ASVS 1.3.6
#[tokio::test]
async fn r_acc_02_nobody_is_asked_but_the_provider_itself() {
    let elsewhere = IdentityProvider::start().await;
    for page in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        let (there, here) = both().await;
        let other = format!("{}/{page}", elsewhere.issuer());
        there.say_of_itself(move |said| said[page] = other.clone().into());
        let failed = here.ready(NOW).await.err();
        assert!(matches!(failed, Some(Failed::Doubtful(_))), "{page}: {failed:?}");
    }
    for (name, said) in [("issuer", "https://login.evil.test"), ("jwks_uri", "http://169.254.169.254/latest")] {
        let (there, here) = both().await;
        there.say_of_itself(move |of| of[name] = said.into());
        assert!(matches!(here.ready(NOW).await.err(), Some(Failed::Doubtful(_))), "{name}");
    }
    let (there, here) = both().await;
    let away = elsewhere.issuer();
    there.say_of_itself(move |said| said["end_session_endpoint"] = away.clone().into());
    here.ready(NOW).await.unwrap();
    assert_eq!(here.sign_out(), None, "nobody is sent elsewhere to sign out");
    let (there, here) = both().await;
    there.say_of_itself(|said| drop(said.as_object_mut().unwrap().remove("token_endpoint")));
    assert!(here.ready(NOW).await.is_err());
    assert_eq!(elsewhere.asked(), identity_provider::Asked::default(), "nobody was asked there");
}

/// ASVS 15.3.2
#[tokio::test]
async fn no_redirect_is_followed() {
    let (there, here) = both().await;
    let asked = question('a', None);
    let address = here.ready(NOW).await.unwrap().address("state", &asked);
    let brought = there.sign_in(&address, "sam", NOW);
    there.lead_away();
    let before = there.asked().keys;
    assert!(check(&here, &brought, &asked, NOW).await.is_err());
    assert_eq!(there.asked().keys, before, "where it leads nobody goes");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let (there, here) = both().await;
    there.say_of_itself(|said| said["more"] = "x".repeat(300_000).into());
    assert_eq!(here.ready(NOW).await.err(), Some(Failed::Doubtful("its answer is too long")));
}

/// ASVS 12.3.2: a certificate that this machine does not trust is as good as none. The same server is heard by whoever does
/// trust it, so that it is the certificate for which it is refused.
#[tokio::test]
async fn r_acc_02_a_provider_with_a_certificate_of_nobodys_is_not_asked() {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("nobodys-certificate.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("nobodys-key.pem")).unwrap();
    let provider = Arc::new(ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let server = server.with_no_client_auth().with_single_cert(vec![certificate.clone()], key).unwrap();
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(server)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    let (came, agreed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counts, agrees) = (came.clone(), agreed.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counts.fetch_add(1, Ordering::SeqCst);
            agrees.fetch_add(usize::from(acceptor.accept(stream).await.is_ok()), Ordering::SeqCst);
        }
    });
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let client = TlsConnector::from(Arc::new(client.with_root_certificates(roots).with_no_client_auth()));
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    client.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let here = named(&format!("https://{host}:{port}"), SECRET);
        assert_eq!(here.ready(NOW).await.err(), Some(Failed::NotReached), "{host}");
    }
    assert_eq!((came.load(Ordering::SeqCst), agreed.load(Ordering::SeqCst)), (3, 1), "it was tried, and not agreed to");
}
