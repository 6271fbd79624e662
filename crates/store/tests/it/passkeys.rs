//! Signing in with a passkey, and everything that is no good as one.

use authenticator::Authenticator;
use record::PersonId;
use store::{
    Actor, SessionLimits, SessionName, SignIn,
    passkeys::{MOST_PASSKEYS, RelyingParty},
};

use crate::{cast::PASSWORD, test_db::TestDb};

const HERE: &str = "https://lifestory.council.test";

fn site() -> RelyingParty {
    RelyingParty::at(HERE).unwrap()
}

/// The name of no session.
fn nobodys() -> SessionName {
    SessionName::from_cookie(&"0".repeat(64)).unwrap()
}

/// A device with a passkey of this person.
async fn added(t: &TestDb, person: PersonId, number: u8) -> Authenticator {
    let mut device = Authenticator::new(number, HERE);
    assert!(add(t, person, &mut device).await);
    device
}

async fn add(t: &TestDb, person: PersonId, device: &mut Authenticator) -> bool {
    let question = t.db.ask_for_new_passkey(&site(), person, t.now()).await.unwrap();
    let (ceremony, answer) = device.make(&question);
    t.db.add_passkey(&site(), (&nobodys(), person), (&ceremony, &answer), "Telephone", t.now()).await.unwrap()
}

async fn asked(t: &TestDb) -> String {
    t.db.ask_for_passkey(&site(), t.now()).await.unwrap()
}

/// Who is in after this answer.
async fn answer(t: &TestDb, (ceremony, answer): (&str, &str)) -> Option<PersonId> {
    match t.db.sign_in_with_passkey(&site(), ceremony, answer, t.now()).await.unwrap() {
        SignIn::In(name) => {
            let limits = SessionLimits { idle: 1_800, absolute: 36_000 };
            Some(t.db.session(&name, limits, t.now()).await.unwrap().unwrap().person)
        }
        _ => None,
    }
}

async fn sign_in(t: &TestDb, device: &mut Authenticator) -> Option<PersonId> {
    let (ceremony, said) = device.sign(&asked(t).await);
    answer(t, (&ceremony, &said)).await
}

both_engines! {
    async fn r_acc_02_a_passkey_signs_its_own_person_in_and_nobody_types_a_name(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let (mut amy, mut ben) = (added(&t, cast.amy, 1).await, added(&t, cast.ben, 2).await);
        assert_eq!(sign_in(&t, &mut amy).await, Some(cast.amy));
        assert_eq!(sign_in(&t, &mut ben).await, Some(cast.ben));
        let kept = t.db.passkeys(cast.amy).await.unwrap();
        assert_eq!((kept.len(), kept[0].name.as_str(), kept[0].used), (1, "Telephone", Some(t.now())));
        assert_eq!((t.leaves("passkey-added").await.len(), t.leaves("signed-in").await.len()), (2, 2));
        let asked = asked(&t).await;
        assert!(!asked.contains("allowCredentials\":[{"), "the question names no passkey, so nobody learns of one: {asked}");
        t.assert_sound().await;
    }

    /// ASVS 2.3.4
    async fn r_acc_02_an_answer_is_taken_once_and_in_its_time(t: TestDb) {
        let cast = t.cast("amy").await;
        let mut device = added(&t, cast.amy, 1).await;
        let (ceremony, said) = device.sign(&asked(&t).await);
        assert_eq!(answer(&t, (&ceremony, &said)).await, Some(cast.amy));
        assert_eq!(answer(&t, (&ceremony, &said)).await, None, "again");
        // The answer to one question is none to another.
        let (other, _) = device.sign(&asked(&t).await);
        let (_, said) = device.sign(&asked(&t).await);
        assert_eq!(answer(&t, (&other, &said)).await, None);
        let (ceremony, said) = device.sign(&asked(&t).await);
        t.wait(600);
        assert_eq!(answer(&t, (&ceremony, &said)).await, None, "too late");
        let question = t.db.ask_for_new_passkey(&site(), cast.amy, t.now()).await.unwrap();
        let (ceremony, said) = Authenticator::new(2, HERE).make(&question);
        t.wait(600);
        assert!(!t.db.add_passkey(&site(), (&nobodys(), cast.amy), (&ceremony, &said), "", t.now()).await.unwrap(), "too late");
        // Two that come at once: one of them.
        let (ceremony, said) = device.sign(&asked(&t).await);
        let both = [(); 2].map(|()| {
            let (db, now, ceremony, said) = (t.db.clone(), t.now(), ceremony.clone(), said.clone());
            tokio::spawn(async move { db.sign_in_with_passkey(&site(), &ceremony, &said, now).await })
        });
        let mut came_in = 0;
        for one in both {
            came_in += u32::from(matches!(one.await.unwrap().unwrap(), SignIn::In(_)));
        }
        assert_eq!(came_in, 1);
    }

    /// ASVS 1.5.2, 6.5.7
    async fn r_acc_02_another_site_person_or_device_is_refused(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let device = added(&t, cast.amy, 1).await;
        let ben = added(&t, cast.ben, 2).await;
        let changed = |change: &dyn Fn(&mut Authenticator)| {
            let mut device = device.clone();
            change(&mut device);
            device
        };
        let origin = |origin: &str| changed(&|d| origin.clone_into(&mut d.origin));
        for (what, mut spoilt) in [
            ("another page", origin("https://lifestory.council.test.evil.test")),
            ("without encryption", origin("http://lifestory.council.test")),
            ("another site", changed(&|d| "council.test".clone_into(&mut d.site))),
            ("nobody asked for a finger or a PIN", changed(&|d| d.verifies = false)),
            ("says that it is Ben", changed(&|d| d.handle.clone_from(&ben.handle))),
            ("a passkey that nobody added", changed(&|d| d.credential = vec![9; 32])),
        ] {
            assert_eq!(sign_in(&t, &mut spoilt).await, None, "{what}");
        }
        // Amy's passkey, signed for with the key of another device.
        let mut forged = Authenticator::new(3, HERE);
        forged.credential.clone_from(&device.credential);
        forged.handle.clone_from(&device.handle);
        assert_eq!(sign_in(&t, &mut forged).await, None, "another key");
        for nonsense in ["", "{}", "null", "{\"id\":\"x\"}", &"[".repeat(100_000)] {
            let question = asked(&t).await;
            let (ceremony, _) = device.clone().sign(&question);
            assert_eq!(answer(&t, (&ceremony, nonsense)).await, None);
        }
        assert_eq!(sign_in(&t, &mut device.clone()).await, Some(cast.amy), "and the good one still is");
        t.assert_sound().await;
    }

    /// ASVS 2.3.2, 6.5.7
    async fn r_acc_02_a_new_passkey_is_added_by_who_was_asked_and_from_here(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let question = t.db.ask_for_new_passkey(&site(), cast.amy, t.now()).await.unwrap();
        let (ceremony, said) = Authenticator::new(1, HERE).make(&question);
        assert!(!t.db.add_passkey(&site(), (&nobodys(), cast.ben), (&ceremony, &said), "", t.now()).await.unwrap(), "Amy was asked");
        assert!(!t.db.add_passkey(&site(), (&nobodys(), cast.amy), (&ceremony, &said), "", t.now()).await.unwrap(), "and it is over");
        let mut elsewhere = Authenticator::new(1, "https://evil.test");
        assert!(!add(&t, cast.amy, &mut elsewhere).await);
        let mut unverified = Authenticator::new(1, HERE);
        unverified.verifies = false;
        assert!(!add(&t, cast.amy, &mut unverified).await);
        // What was asked in order to sign in adds nothing, and the other way round.
        let (ceremony, said) = Authenticator::new(1, HERE).sign(&asked(&t).await);
        assert!(!t.db.add_passkey(&site(), (&nobodys(), cast.amy), (&ceremony, &said), "", t.now()).await.unwrap());
        let mut device = added(&t, cast.amy, 1).await;
        assert!(!add(&t, cast.ben, &mut device.clone()).await, "a passkey has one owner");
        assert_eq!(sign_in(&t, &mut device).await, Some(cast.amy));
        for number in 2..=20 {
            added(&t, cast.amy, number).await;
        }
        assert!(!add(&t, cast.amy, &mut Authenticator::new(21, HERE)).await);
        assert_eq!(t.db.passkeys(cast.amy).await.unwrap().len(), MOST_PASSKEYS);
    }

    async fn r_acc_02_a_passkey_that_exists_twice_is_stopped(t: TestDb) {
        let cast = t.cast("amy").await;
        let mut device = added(&t, cast.amy, 1).await;
        sign_in(&t, &mut device).await.unwrap();
        let mut copy = device.clone();
        sign_in(&t, &mut device).await.unwrap();
        sign_in(&t, &mut device).await.unwrap();
        assert_eq!(sign_in(&t, &mut copy).await, None, "its counter has gone back");
        assert_eq!(t.leaves("passkey-stopped").await.len(), 1);
        assert_eq!(t.db.passkeys(cast.amy).await.unwrap()[0].stopped, Some(t.now()));
        assert_eq!(sign_in(&t, &mut device).await, None, "nobody knows which of the two is the owner's");
    }

    /// ASVS 6.5.6, 7.4.3
    async fn r_acc_02_a_closed_account_and_a_removed_passkey_open_nothing(t: TestDb) {
        let cast = t.cast("amy ada").await;
        let mut device = added(&t, cast.amy, 1).await;
        let tx = t.begin(Actor::Person(cast.ada)).await;
        tx.set_account(cast.amy, false).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(sign_in(&t, &mut device).await, None);
        let tx = t.begin(Actor::Person(cast.ada)).await;
        tx.set_account(cast.amy, true).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(sign_in(&t, &mut device).await, Some(cast.amy));

        let limits = SessionLimits { idle: 1_800, absolute: 36_000 };
        let SignIn::In(here) = t.db.sign_in("amy", PASSWORD, t.now()).await.unwrap() else { panic!() };
        let (ceremony, said) = device.sign(&asked(&t).await);
        let SignIn::In(there) = t.db.sign_in_with_passkey(&site(), &ceremony, &said, t.now()).await.unwrap() else { panic!() };
        let id = t.db.passkeys(cast.amy).await.unwrap()[0].id;
        t.db.remove_passkey(&here, cast.ada, id, t.now()).await.unwrap();
        t.db.name_passkey(cast.ada, id, "Mine now").await.unwrap();
        assert_eq!(t.db.passkeys(cast.amy).await.unwrap()[0].name, "Telephone", "nobody touches another's");
        t.db.remove_passkey(&here, cast.amy, id, t.now()).await.unwrap();
        assert_eq!(sign_in(&t, &mut device).await, None);
        assert!(t.db.session(&here, limits, t.now()).await.unwrap().is_some());
        assert!(t.db.session(&there, limits, t.now()).await.unwrap().is_none(), "a lost telephone is signed out too");
        t.assert_sound().await;
    }

    /// ASVS 6.7.1
    async fn whoever_has_the_database_alone_gives_nobody_anothers_account(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let mut device = added(&t, cast.amy, 1).await;
        t.tamper(&format!("update passkey set person = '{}'", cast.ben)).await;
        let (ceremony, said) = device.sign(&asked(&t).await);
        assert!(t.db.sign_in_with_passkey(&site(), &ceremony, &said, t.now()).await.is_err(), "its seal is bound to Amy");
    }
}

#[test]
fn passkeys_are_made_where_browsers_make_them() {
    for address in ["https://lifestory.council.gov.uk", "https://lifestory.council.gov.uk/", "http://localhost:8040"] {
        assert!(RelyingParty::at(address).is_ok(), "{address}");
    }
    for address in ["http://lifestory.council.gov.uk", "https://10.0.0.1", "http://127.0.0.1:8040", "lifestory", ""] {
        let error = RelyingParty::at(address).unwrap_err().to_string();
        assert!(error.contains("passkeys cannot be made at"), "{error}");
    }
}
