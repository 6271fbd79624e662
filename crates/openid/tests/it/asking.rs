//! What is asked of a provider, how often, and what becomes of its silence.

use identity_provider::{CLIENT, NAME, SECRET, asked};
use openid::{Answer, Failed};

use crate::{BACK, NOW, both, check, named, question, sign_in, sign_in_with};

/// R-ACC-02
/// ASVS 10.2.1, 10.2.3, 10.5.2
#[tokio::test]
async fn r_acc_02_a_provider_says_who_somebody_is_and_nothing_more_is_asked() {
    let (there, here) = both().await;
    let address = here.ready(NOW).await.unwrap().address("the state", &question('a', None));
    let said = asked(&address);
    let expected = [
        ("client_id", CLIENT),
        ("code_challenge_method", "S256"),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "the state"),
    ];
    for (name, value) in expected {
        assert_eq!(said[name], value, "{name}");
    }
    assert!(said["nonce"].starts_with('n') && said["code_challenge"].len() == 43, "{said:?}");
    assert_eq!(said.len(), expected.len() + 2, "nothing else: {said:?}");
    assert!(!address.contains('v'.to_string().repeat(2).as_str()) && !address.contains(SECRET), "{address}");

    let somebody = sign_in(&there, &here, "sam-1234").await.unwrap();
    assert_eq!((somebody.issuer(), somebody.subject()), (there.issuer().as_str(), "sam-1234"));
    // Names and addresses that change hands say of nobody who they are.
    there.say(|_, claims| {
        claims["email"] = "sam@northmoor.test".into();
        claims["preferred_username"] = "sam".into();
        claims["name"] = "Sam Okafor".into();
    });
    assert_eq!(sign_in(&there, &here, "sam-1234").await.unwrap(), somebody);
    assert_ne!(sign_in(&there, &here, "tom-9").await.unwrap(), somebody);
    assert_eq!((here.name(), here.issuer().to_owned()), (NAME, there.issuer()));
    assert_eq!(here.sign_out(), Some(format!("{}/sign-out", there.issuer())));
}

#[tokio::test]
async fn r_acc_02_whoever_must_show_it_anew_is_asked_to_sign_in_again() {
    let (_there, here) = both().await;
    let address = here.ready(NOW).await.unwrap().address("state", &question('a', Some(NOW)));
    let said = asked(&address);
    assert_eq!((said["prompt"].as_str(), said["max_age"].as_str()), ("login", "60"));
}

/// ASVS 10.1.2: a code is of use to nobody but whoever asked for it, and once.
#[tokio::test]
async fn r_acc_02_a_code_is_good_for_its_own_question_and_once() {
    let (there, here) = both().await;
    let mine = question('a', None);
    let address = here.ready(NOW).await.unwrap().address("state", &mine);
    let brought = there.sign_in(&address, "sam", NOW);
    // Somebody else's question has another verifier: the provider gives nothing for it (RFC 7636).
    assert_eq!(check(&here, &brought, &question('b', None), NOW).await, Err(Failed::Over));
    let brought = there.sign_in(&address, "sam", NOW);
    assert_eq!(check(&here, &brought, &mine, NOW).await.unwrap().subject(), "sam");
    assert_eq!(check(&here, &brought, &mine, NOW).await, Err(Failed::Over), "again");
}

/// ASVS 4.2.5
#[tokio::test]
async fn a_code_of_any_length_is_not_sent_on() {
    let (there, here) = both().await;
    let issuer = there.issuer();
    for (length, is_sent) in [(0, false), (4_096, true), (4_097, false), (1_000_000, false)] {
        let before = there.asked().tokens;
        let code = "c".repeat(length);
        let answer = Answer { code: &code, issuer: Some(&issuer), error: None };
        assert!(here.check(answer, &question('a', None), NOW).await.is_err());
        assert_eq!(there.asked().tokens - before, usize::from(is_sent), "{length}");
    }
}

#[tokio::test]
async fn what_a_provider_says_of_itself_is_believed_for_an_hour() {
    let (there, here) = both().await;
    for (later, times) in [(0, 1), (1, 1), (3_599, 1), (3_600, 2), (3_601, 2), (-10, 3)] {
        here.ready(NOW + later).await.unwrap();
        assert_eq!((there.asked().itself, there.asked().keys), (times, times), "after {later} seconds");
    }
}

/// ASVS 16.5.2
#[tokio::test]
async fn r_acc_02_a_silent_provider_lets_nobody_in_and_is_left_alone_for_a_while() {
    let (there, here) = both().await;
    there.fall_silent();
    assert_eq!(here.ready(NOW).await.err(), Some(Failed::NotReached));
    for later in [0, 5, 9] {
        assert_eq!(here.ready(NOW + later).await.err(), Some(Failed::NotReached));
        assert_eq!(there.asked().itself, 1, "it is not asked by everybody who comes by");
    }
    there.mend();
    here.ready(NOW + 10).await.unwrap();
    let asked = question('a', None);
    let address = here.ready(NOW + 10).await.unwrap().address("state", &asked);
    let brought = there.sign_in(&address, "sam", NOW + 10);
    there.fall_silent();
    assert!(check(&here, &brought, &asked, NOW + 10).await.is_err(), "nor where it falls silent in between");
    // Nobody listens there at all.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(named(&format!("http://{nobody}"), SECRET).ready(NOW).await.err(), Some(Failed::NotReached));
}

#[tokio::test]
async fn each_way_to_fail_is_told_apart() {
    let (there, here) = both().await;
    let issuer = there.issuer();
    for (error, failed) in [
        ("access_denied", Failed::Cancelled),
        ("login_required", Failed::Cancelled),
        ("temporarily_unavailable", Failed::NotReached),
        ("server_error", Failed::NotReached),
        ("unauthorized_client", Failed::Settings),
    ] {
        let answer = Answer { code: "", issuer: Some(&issuer), error: Some(error) };
        assert_eq!(here.check(answer, &question('a', None), NOW).await, Err(failed), "{error}");
    }
    for error in ["invalid_scope", "<script>", ""] {
        let answer = Answer { code: "", issuer: Some(&issuer), error: Some(error) };
        let failed = here.check(answer, &question('a', None), NOW).await;
        assert!(matches!(failed, Err(Failed::Doubtful(_))), "{error}: {failed:?}");
    }
    there.take_no_secret();
    assert_eq!(sign_in(&there, &here, "sam").await, Err(Failed::Settings));
    there.mend();
    let wrong = named(&issuer, "another secret");
    assert_eq!(sign_in(&there, &wrong, "sam").await, Err(Failed::Settings));
    assert_eq!(sign_in_with(&there, &here, "sam", question('c', None)).await.unwrap().subject(), "sam");
}
