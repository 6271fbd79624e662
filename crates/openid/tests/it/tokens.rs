//! What a token must be: each that is not is refused, and the good one beside it is taken.

use identity_provider::{CLIENT, IdentityProvider, Signed};
use openid::{Failed, Provider};
use serde_json::{Value, json};

use crate::{NOW, both, question, sign_in, sign_in_with};

async fn refused(there: &IdentityProvider, here: &Provider, what: &str) -> Failed {
    let said = sign_in(there, here, "sam").await;
    assert!(said.is_err(), "{what} is taken: {said:?}");
    there.mend();
    assert!(sign_in(there, here, "sam").await.is_ok(), "{what}: the good one beside it is refused");
    said.unwrap_err()
}

/// ASVS 6.8.2, 9.1.1, 9.1.2
#[tokio::test]
async fn r_acc_02_a_token_is_signed_by_the_provider_alone_with_an_algorithm_of_the_list() {
    let (there, here) = both().await;
    for signed in [Signed::ByAnother, Signed::NotAtAll, Signed::WithItsPublicKey, Signed::WithTheSecret] {
        there.sign(signed);
        let failed = refused(&there, &here, &format!("{signed:?}")).await;
        assert!(matches!(failed, Failed::Doubtful(_)), "{signed:?}: {failed:?}");
    }
    // One that says an algorithm which it was not signed with.
    for algorithm in ["RS256", "PS256", "ES384", "EdDSA", "HS256", "none", "ES256K"] {
        there.say(move |head, _| head["alg"] = algorithm.into());
        refused(&there, &here, algorithm).await;
    }
}

/// ASVS 9.1.3: keys come from the provider that was named, whatever a token says of where others are.
#[tokio::test]
async fn a_token_brings_no_key_of_its_own() {
    let (there, here) = both().await;
    let elsewhere = IdentityProvider::start().await;
    for _ in 0..199 {
        elsewhere.change_keys();
    }
    let keys = format!("{}/keys", elsewhere.issuer());
    for name in ["jku", "x5u"] {
        there.sign(Signed::ByAnother);
        let keys = keys.clone();
        there.say(move |head, _| {
            head["kid"] = "key 200".into();
            head[name] = keys.clone().into();
        });
        refused(&there, &here, name).await;
    }
    there.sign(Signed::ByAnother);
    there.say(|head, _| head["jwk"] = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }));
    refused(&there, &here, "jwk").await;
    assert_eq!(elsewhere.asked().keys, 0, "nobody looks there");
}

/// ASVS 9.2.1
#[tokio::test]
async fn r_acc_02_a_token_is_of_this_moment() {
    let (there, here) = both().await;
    let times: [(&str, i64, bool); 9] = [
        ("exp", -59, true),
        ("exp", -60, false),
        ("exp", -86_400, false),
        ("iat", 60, true),
        ("iat", 61, false),
        ("iat", -600, true),
        ("iat", -601, false),
        ("nbf", 60, true),
        ("nbf", 61, false),
    ];
    for (name, at, is_taken) in times {
        there.say(move |_, claims| claims[name] = (NOW + at).into());
        let said = sign_in(&there, &here, "sam").await;
        if is_taken {
            assert!(said.is_ok(), "{name} {at}: {said:?}");
        } else {
            assert_eq!(said, Err(Failed::Clock), "{name} {at}");
        }
        there.mend();
    }
}

/// ASVS 9.2.2, 9.2.3, 10.5.1, 10.5.3, 10.5.4
#[tokio::test]
async fn r_acc_02_a_token_is_of_this_provider_for_this_program_and_this_question() {
    type Spoil = fn(&mut Value, &mut Value);
    let (there, here) = both().await;
    let spoilt: [(&str, Spoil); 17] = [
        ("no nonce", |_, claims| drop(claims.as_object_mut().unwrap().remove("nonce"))),
        ("another nonce", |_, claims| claims["nonce"] = "n".repeat(64).into()),
        ("another provider", |_, claims| claims["iss"] = "https://login.evil.test".into()),
        ("nearly this provider", |_, claims| claims["iss"] = format!("{}/", claims["iss"].as_str().unwrap()).into()),
        ("no provider", |_, claims| drop(claims.as_object_mut().unwrap().remove("iss"))),
        ("for another program", |_, claims| claims["aud"] = "another".into()),
        ("for this one and another", |_, claims| claims["aud"] = json!([CLIENT, "another"])),
        ("for nobody", |_, claims| claims["aud"] = json!([])),
        ("no word for whom", |_, claims| drop(claims.as_object_mut().unwrap().remove("aud"))),
        ("made for another program", |_, claims| claims["azp"] = "another".into()),
        ("of another kind", |head, _| head["typ"] = "at+jwt".into()),
        ("of yet another kind", |head, _| head["typ"] = "logout+jwt".into()),
        ("one within another", |head, _| head["cty"] = "JWT".into()),
        ("with what must be understood", |head, _| head["crit"] = json!(["b64"])),
        ("of nobody", |_, claims| claims["sub"] = " ".into()),
        ("of somebody without a name", |_, claims| drop(claims.as_object_mut().unwrap().remove("sub"))),
        ("of somebody with too long a name", |_, claims| claims["sub"] = "s".repeat(256).into()),
    ];
    for (what, spoil) in spoilt {
        there.say(spoil);
        let failed = refused(&there, &here, what).await;
        assert!(matches!(failed, Failed::Doubtful(_)), "{what}: {failed:?}");
    }
    // What is said of this program alone in another way is good.
    let fine: [Spoil; 3] = [
        |_, claims| claims["aud"] = json!([CLIENT]),
        |_, claims| claims["azp"] = CLIENT.into(),
        |head, _| drop(head.as_object_mut().unwrap().remove("typ")),
    ];
    for say in fine {
        there.say(say);
        assert!(sign_in(&there, &here, "sam").await.is_ok());
    }
}

/// ASVS 6.8.4: how recent is read, and how strong is not believed: nothing that a token says of it changes what it opens.
#[tokio::test]
async fn r_acc_02_whoever_must_show_it_anew_has_just_done_so() {
    let (there, here) = both().await;
    let anew = async || sign_in_with(&there, &here, "sam", question('a', Some(NOW))).await;
    assert!(anew().await.is_ok());
    for (at, is_taken) in [(-60, true), (-61, false), (-3_600, false), (60, true), (61, false)] {
        there.say(move |_, claims| claims["auth_time"] = (NOW + at).into());
        assert_eq!(anew().await.is_ok(), is_taken, "{at}");
        assert!(sign_in(&there, &here, "sam").await.is_ok(), "for signing in it does not matter");
    }
    there.say(|_, claims| drop(claims.as_object_mut().unwrap().remove("auth_time")));
    assert_eq!(anew().await, Err(Failed::NotAnew));
    for (name, said) in [("acr", json!("urn:strongest")), ("amr", json!(["mfa", "hwk"]))] {
        there.say(move |_, claims| {
            claims[name] = said.clone();
            claims.as_object_mut().unwrap().remove("auth_time");
        });
        assert_eq!(anew().await, Err(Failed::NotAnew), "{name}");
    }
}

#[tokio::test]
async fn new_keys_of_a_provider_are_fetched_and_not_at_everybodys_call() {
    let (there, here) = both().await;
    assert!(sign_in(&there, &here, "sam").await.is_ok());
    there.change_keys();
    assert!(sign_in(&there, &here, "sam").await.is_err(), "within the minute nobody asks again");
    assert_eq!(there.asked().keys, 1);
    let later = async |seconds: i64| {
        let asked = question('a', None);
        let address = here.ready(NOW + seconds).await.unwrap().address("state", &asked);
        let brought = there.sign_in(&address, "sam", NOW + seconds);
        crate::check(&here, &brought, &asked, NOW + seconds).await
    };
    assert!(later(60).await.is_ok(), "then it is fetched");
    assert_eq!((there.asked().keys, there.asked().itself), (2, 1));
    // Whoever sends tokens with keys that nobody has does not make it be asked each time.
    there.say(|head, _| head["kid"] = "key of nobody".into());
    for seconds in 61..70 {
        assert!(later(seconds).await.is_err());
    }
    assert_eq!(there.asked().keys, 2);
}
