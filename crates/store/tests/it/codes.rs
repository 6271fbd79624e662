//! Codes beside a password, accounts that nobody uses, and one's own sessions.

use authenticator::{Authenticator, code};
use record::PersonId;
use store::{AccountState, Actor, How, SessionLimits, SessionName, SignIn, passkeys::RelyingParty};

use crate::{cast::PASSWORD, test_db::TestDb};

const LIMITS: SessionLimits = SessionLimits { idle: 1_800, absolute: 36_000 };

async fn password(t: &TestDb, username: &str) -> SignIn {
    t.db.sign_in(username, PASSWORD, t.now()).await.unwrap()
}

/// Who has no code is in with the password.
async fn in_by_password(t: &TestDb, username: &str) -> SessionName {
    let SignIn::In(name) = password(t, username).await else { panic!("{username} is not in") };
    name
}

fn now(t: &TestDb) -> i64 {
    t.now().millisecond() / 1_000
}

/// Adds a code to this person's account; gives its secret.
async fn added(t: &TestDb, session: &SessionName, person: PersonId) -> String {
    let new = t.db.new_code(person, t.now()).await.unwrap();
    let answer = (new.ceremony.as_str(), &*code(&new.secret, now(t)));
    assert!(t.db.add_code(session, person, answer, t.now()).await.unwrap().is_none());
    t.wait(30);
    new.secret
}

async fn asked(t: &TestDb) -> String {
    let SignIn::AskCode(ceremony) = password(t, "amy").await else { panic!("no code is asked") };
    ceremony
}

async fn answer(t: &TestDb, ceremony: &str, code: &str) -> SignIn {
    t.db.sign_in_with_code(ceremony, code, t.now()).await.unwrap()
}

both_engines! {
    /// ASVS 6.5.1, 6.5.5, 6.5.8
    async fn r_acc_02_a_code_is_asked_beside_the_password_and_works_once(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let here = in_by_password(&t, "amy").await;
        let new = t.db.new_code(cast.amy, t.now()).await.unwrap();
        // A wrong one keeps the secret, so that nobody scans the picture twice.
        let again = t.db.add_code(&here, cast.amy, (&new.ceremony, "000000"), t.now()).await.unwrap().unwrap();
        assert_eq!(again.secret, new.secret);
        assert!(t.db.code_of(cast.amy).await.unwrap().is_none());
        let right = code(&new.secret, now(&t));
        assert!(t.db.add_code(&here, cast.amy, (&again.ceremony, &right), t.now()).await.unwrap().is_none());
        assert!(t.db.code_of(cast.amy).await.unwrap().is_some());
        assert_eq!(t.db.sessions(cast.amy, &here, LIMITS, t.now()).await.unwrap()[0].how, How::Code);

        let ceremony = asked(&t).await;
        let SignIn::AskCode(ceremony) = answer(&t, &ceremony, &right).await else { panic!("it was used to add it") };
        // A telephone whose clock is an hour ahead shows what is no code yet: the clock here counts.
        let ahead = code(&new.secret, now(&t) + 3_600);
        let SignIn::AskCode(ceremony) = answer(&t, &ceremony, &ahead).await else { panic!("its clock is believed") };
        t.wait(30);
        let next = code(&new.secret, now(&t));
        assert!(matches!(answer(&t, &ceremony, &next).await, SignIn::In(_)));
        assert!(matches!(answer(&t, &ceremony, &next).await, SignIn::No), "the question is answered");
        let ceremony = asked(&t).await;
        assert!(matches!(answer(&t, &ceremony, &next).await, SignIn::AskCode(_)), "and the code is used up");
        let late = asked(&t).await;
        t.wait(600);
        assert!(matches!(answer(&t, &late, &code(&new.secret, now(&t))).await, SignIn::No), "too late");
        assert!(matches!(password(&t, "ben").await, SignIn::In(_)), "Ben has none");
        t.assert_sound().await;
    }

    /// ASVS 2.3.4, 6.5.1
    async fn r_acc_02_two_who_send_the_same_code_are_not_both_in(t: TestDb) {
        let cast = t.cast("amy").await;
        let secret = added(&t, &in_by_password(&t, "amy").await, cast.amy).await;
        let ceremonies = [asked(&t).await, asked(&t).await];
        let right = code(&secret, now(&t));
        let tries = ceremonies.map(|ceremony| {
            let (db, right, now) = (t.db.clone(), right.clone(), t.now());
            tokio::spawn(async move { db.sign_in_with_code(&ceremony, &right, now).await })
        });
        let mut came_in = 0;
        for one in tries {
            came_in += u32::from(matches!(one.await.unwrap().unwrap(), SignIn::In(_)));
        }
        assert_eq!(came_in, 1);
    }

    /// ASVS 6.3.1, 6.5.6, 6.6.3
    async fn r_acc_02_ten_wrong_codes_stop_it_and_only_an_administrator_helps(t: TestDb) {
        let cast = t.cast("amy ben ada").await;
        let secret = added(&t, &in_by_password(&t, "amy").await, cast.amy).await;
        for n in 1..10 {
            // A right password in between takes none of them back.
            let ceremony = asked(&t).await;
            assert!(matches!(answer(&t, &ceremony, "000000").await, SignIn::AskCode(_)), "{n}");
        }
        let ceremony = asked(&t).await;
        assert!(matches!(answer(&t, &ceremony, "000000").await, SignIn::CodeStopped));
        let ceremony = asked(&t).await;
        assert!(matches!(answer(&t, &ceremony, &code(&secret, now(&t))).await, SignIn::CodeStopped), "the right one too");
        t.wait(86_400);
        let ceremony = asked(&t).await;
        assert!(matches!(answer(&t, &ceremony, &code(&secret, now(&t))).await, SignIn::CodeStopped), "for ever");

        let tx = t.begin(Actor::Person(cast.ben)).await;
        assert!(tx.remove_ways(cast.amy).await.is_err(), "Ben manages no accounts");
        drop(tx);
        let tx = t.begin(Actor::Person(cast.ada)).await;
        assert!(tx.ways_of(cast.amy).await.unwrap().code);
        tx.remove_ways(cast.amy).await.unwrap();
        tx.commit().await.unwrap();
        in_by_password(&t, "amy").await;
        assert_eq!(t.leaves("ways-removed").await.len(), 1);
        t.assert_sound().await;
    }

    /// ASVS 6.5.3, 6.6.2
    async fn r_acc_02_a_code_is_added_by_who_was_asked_and_to_no_other_account(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let (amy, ben) = (in_by_password(&t, "amy").await, in_by_password(&t, "ben").await);
        let new = t.db.new_code(cast.amy, t.now()).await.unwrap();
        let right = code(&new.secret, now(&t));
        let another = t.db.add_code(&ben, cast.ben, (&new.ceremony, &right), t.now()).await.unwrap();
        assert_ne!(another.expect("still asked").secret, new.secret);
        assert!(t.db.code_of(cast.ben).await.unwrap().is_none());
        let secret = added(&t, &amy, cast.amy).await;
        t.tamper(&format!("update code set person = '{}'", cast.ben)).await;
        let SignIn::AskCode(ceremony) = password(&t, "ben").await else { panic!() };
        let moved = t.db.sign_in_with_code(&ceremony, &code(&secret, now(&t)), t.now()).await;
        assert!(moved.is_err(), "whoever has the database alone moves no code");
    }

    async fn r_acc_02_between_password_and_code_the_account_may_be_closed(t: TestDb) {
        let cast = t.cast("amy ada").await;
        let secret = added(&t, &in_by_password(&t, "amy").await, cast.amy).await;
        let ceremony = asked(&t).await;
        let tx = t.begin(Actor::Person(cast.ada)).await;
        tx.set_account(cast.amy, false).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(answer(&t, &ceremony, &code(&secret, now(&t))).await, SignIn::No));
    }

    async fn r_acc_02_an_account_that_nobody_uses_is_closed_until_it_is_opened_again(t: TestDb) {
        const DAY: i64 = 86_400;
        let cast = t.cast("amy ben ada").await;
        let site = RelyingParty::at("https://lifestory.council.test").unwrap();
        let here = in_by_password(&t, "amy").await;
        let mut device = Authenticator::new(1, "https://lifestory.council.test");
        let (ceremony, made) = device.make(&t.db.ask_for_new_passkey(&site, cast.amy, t.now()).await.unwrap());
        assert!(t.db.add_passkey(&site, (&here, cast.amy), (&ceremony, &made), "", t.now()).await.unwrap());
        t.wait(30 * DAY - 1);
        in_by_password(&t, "ada").await;
        in_by_password(&t, "ben").await;
        t.wait(1);
        assert!(matches!(password(&t, "amy").await, SignIn::No));
        let (ceremony, said) = device.sign(&t.db.ask_for_passkey(&site, t.now()).await.unwrap());
        assert!(matches!(t.db.sign_in_with_passkey(&site, &ceremony, &said, t.now()).await.unwrap(), SignIn::No));
        let tx = t.begin(Actor::Person(cast.ada)).await;
        let states: Vec<_> = tx.accounts().await.unwrap().into_iter().map(|one| (one.username, one.state)).collect();
        let of = |username: &str| states.iter().find(|(one, _)| one == username).unwrap().1;
        assert_eq!((of("amy"), of("ben"), of("ada")), (AccountState::Dormant, AccountState::Open, AccountState::Open));
        tx.wake_account(cast.amy).await.unwrap();
        tx.commit().await.unwrap();
        in_by_password(&t, "amy").await;

        // When nobody is left who could do it, whoever runs the program does.
        t.wait(31 * DAY);
        assert!(matches!(password(&t, "ada").await, SignIn::No));
        assert_eq!(t.db.open_account(" ADA ", t.now()).await.unwrap(), Some(store::AccountState::Open));
        assert_eq!(t.db.open_account("nobody", t.now()).await.unwrap(), None);
        in_by_password(&t, "ada").await;
        assert_eq!(t.leaves("account-opened").await.len(), 2);
        t.assert_sound().await;
    }

    async fn r_acc_02_one_sees_ones_sessions_and_ends_one(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let there = in_by_password(&t, "amy").await;
        t.wait(60);
        let here = in_by_password(&t, "amy").await;
        let bens = in_by_password(&t, "ben").await;
        let all = t.db.sessions(cast.amy, &here, LIMITS, t.now()).await.unwrap();
        assert_eq!(all.iter().map(|one| (one.this, one.how)).collect::<Vec<_>>(), [(true, How::Password), (false, How::Password)]);
        let key = &all[1].key;
        assert!(SessionName::from_cookie(key).is_some_and(|name| name != there), "the key opens nothing");
        t.db.end_session(cast.ben, key, t.now()).await.unwrap();
        assert!(t.db.session(&there, LIMITS, t.now()).await.unwrap().is_some(), "nobody ends another's");
        for nonsense in ["", "x", &"é".repeat(32), &"z".repeat(64)] {
            t.db.end_session(cast.amy, nonsense, t.now()).await.unwrap();
        }
        t.db.end_session(cast.amy, key, t.now()).await.unwrap();
        assert!(t.db.session(&there, LIMITS, t.now()).await.unwrap().is_none());
        assert!(t.db.session(&here, LIMITS, t.now()).await.unwrap().is_some());
        assert!(t.db.session(&bens, LIMITS, t.now()).await.unwrap().is_some());
        assert_eq!(t.db.sessions(cast.amy, &here, LIMITS, t.now()).await.unwrap().len(), 1);
        t.db.end_session(cast.amy, key, t.now()).await.unwrap();
        assert_eq!(t.leaves("signed-out").await.len(), 1, "what ended nothing is not told as an end");
    }

    async fn r_acc_02_whoever_adds_a_way_in_ends_the_sessions_without_it(t: TestDb) {
        let cast = t.cast("amy").await;
        let site = RelyingParty::at("https://lifestory.council.test").unwrap();
        let goes_on = async |name: &SessionName| t.db.session(name, LIMITS, t.now()).await.unwrap().is_some();
        let [there, here] = [in_by_password(&t, "amy").await, in_by_password(&t, "amy").await];
        let mut device = Authenticator::new(1, "https://lifestory.council.test");
        let (ceremony, made) = device.make(&t.db.ask_for_new_passkey(&site, cast.amy, t.now()).await.unwrap());
        assert!(t.db.add_passkey(&site, (&here, cast.amy), (&ceremony, &made), "", t.now()).await.unwrap());
        assert!(goes_on(&here).await && !goes_on(&there).await);
        let there = in_by_password(&t, "amy").await;
        added(&t, &here, cast.amy).await;
        assert!(goes_on(&here).await && !goes_on(&there).await);
    }

    async fn r_acc_02_a_code_asked_after_an_old_password_lets_nobody_in(t: TestDb) {
        let cast = t.cast("amy").await;
        let here = in_by_password(&t, "amy").await;
        let secret = added(&t, &here, cast.amy).await;
        let ceremony = asked(&t).await;
        let tx = t.begin(crate::cast::JOB).await;
        tx.reset_password(cast.amy, "given by hand").await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(answer(&t, &ceremony, &code(&secret, now(&t))).await, SignIn::No));
        assert_eq!(t.leaves("signed-in").await.len(), 1);
    }
}
