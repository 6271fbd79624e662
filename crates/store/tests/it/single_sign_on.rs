//! Signing in with an account of the authority's own: linked with one person, found by nobody else, and gone when it ends.

use identity_provider::{CLIENT, IdentityProvider, NAME, SECRET, Signed, asked};
use openid::{Answer, Failed, Provider, Settings};
use record::PersonId;
use store::{
    AccountKind, AccountState, Actor, How, SessionLimits, SessionName, SignIn, StoreError,
    passkeys::RelyingParty,
    single_sign_on::{Brought, Came, GoOn, Purpose, Sent},
};

use crate::{
    cast::{JOB, PASSWORD},
    test_db::{TestDb, in_words},
};

const LIMITS: SessionLimits = SessionLimits { idle: 1_800, absolute: 36_000 };

/// The two ends: what listens, and what asks.
struct Both {
    there: IdentityProvider,
    here: Provider,
}

async fn both() -> Both {
    let there = IdentityProvider::start().await;
    let [client, secret, name] = [CLIENT, SECRET, NAME].map(str::to_owned);
    let back = "https://lifestory.test/back".to_owned();
    let here = Provider::new(Settings { issuer: there.issuer(), client, secret, name, back }).unwrap();
    Both { there, here }
}

async fn in_by_password(t: &TestDb, username: &str) -> SessionName {
    let SignIn::In(name) = t.db.sign_in(username, PASSWORD, t.now()).await.unwrap() else { panic!("{username}") };
    name
}

async fn send(t: &TestDb, both: &Both, purpose: Purpose) -> Sent {
    t.db.send_to_provider(&both.here, purpose, t.now()).await.unwrap()
}

/// What the browser brings back, taken for whoever is signed in there.
async fn take(
    t: &TestDb,
    both: &Both,
    brought: &str,
    browser: Option<&str>,
    session: Option<(&SessionName, PersonId)>,
) -> Came {
    let said = asked(&format!("?{brought}"));
    let given = |name: &str| said.get(name).map(String::as_str);
    let answer = Answer { code: given("code").unwrap_or_default(), issuer: given("iss"), error: given("error") };
    let brought = Brought { state: given("state").unwrap_or_default(), answer, browser };
    t.db.take_from_provider(&both.here, brought, session, t.now()).await.unwrap()
}

fn seconds(t: &TestDb) -> i64 {
    t.now().millisecond() / 1_000
}

/// Goes there, signs in as this, and comes back.
async fn round(
    t: &TestDb,
    both: &Both,
    purpose: Purpose,
    subject: &str,
    session: Option<(&SessionName, PersonId)>,
) -> Came {
    let sent = send(t, both, purpose).await;
    let brought = both.there.sign_in(&sent.address, subject, seconds(t));
    take(t, both, &brought, Some(&sent.browser), session).await
}

async fn sign_in(t: &TestDb, both: &Both, subject: &str) -> Came {
    round(t, both, Purpose::SignIn, subject, None).await
}

async fn person_of(t: &TestDb, name: &SessionName) -> Option<PersonId> {
    t.db.session(name, LIMITS, t.now()).await.unwrap().map(|session| session.person)
}

/// Links the account of whoever is called so; gives their session.
async fn linked(t: &TestDb, both: &Both, username: &str, person: PersonId, subject: &str) -> SessionName {
    let session = in_by_password(t, username).await;
    let came = round(t, both, Purpose::Link(person), subject, Some((&session, person))).await;
    assert!(matches!(came, Came::Linked), "{came:?}");
    session
}

both_engines! {
    async fn r_acc_02_a_linked_account_signs_its_own_person_in_and_no_other(t: TestDb) {
        let (cast, both) = (t.cast("amy ben").await, both().await);
        assert!(matches!(sign_in(&t, &both, "amy-at-work").await, Came::Unknown), "nobody is made, and nobody guessed");
        let elsewhere = in_by_password(&t, "amy").await;
        let here = linked(&t, &both, "amy", cast.amy, "amy-at-work").await;
        linked(&t, &both, "ben", cast.ben, "ben-at-work").await;
        assert!(person_of(&t, &elsewhere).await.is_none(), "other sessions were entered without it");
        assert_eq!(t.db.sessions(cast.amy, &here, LIMITS, t.now()).await.unwrap()[0].how, How::SingleSignOn);

        let Came::In(name) = sign_in(&t, &both, "amy-at-work").await else { panic!("Amy is not in") };
        let session = t.db.session(&name, LIMITS, t.now()).await.unwrap().unwrap();
        assert_eq!((session.person, session.how, session.must_add), (cast.amy, How::SingleSignOn, false));
        let Came::In(name) = sign_in(&t, &both, "ben-at-work").await else { panic!("Ben is not in") };
        assert_eq!(person_of(&t, &name).await, Some(cast.ben));
        for subject in ["AMY-AT-WORK", "amy-at-work ", "amy", "amy-at-wor", "ben-at-work2"] {
            assert!(matches!(sign_in(&t, &both, subject).await, Came::Unknown), "{subject}");
        }
        let kept = t.db.linked_with(cast.amy, both.here.issuer()).await.unwrap().unwrap();
        assert_eq!((kept.made, kept.used), (t.now(), Some(t.now())));
        let by = |leaves: Vec<store::Leaf>| leaves.iter().filter(|leaf| leaf.purpose == "single-sign-on").count();
        assert_eq!((t.leaves("identity-linked").await.len(), by(t.leaves("signed-in").await)), (2, 2));
        assert_eq!(by(t.leaves("sign-in-failed").await), 6, "whoever was kept out is in the ledger");
        t.assert_sound().await;
    }

    /// ASVS 6.8.1: who somebody is, is the provider and the name there together.
    async fn r_acc_02_the_same_name_at_another_provider_is_another(t: TestDb) {
        let (cast, first, other) = (t.cast("amy ben").await, both().await, both().await);
        linked(&t, &first, "amy", cast.amy, "1234").await;
        assert!(matches!(sign_in(&t, &other, "1234").await, Came::Unknown));
        linked(&t, &other, "ben", cast.ben, "1234").await;
        for (both, person) in [(&first, cast.amy), (&other, cast.ben)] {
            let Came::In(name) = sign_in(&t, both, "1234").await else { panic!() };
            assert_eq!(person_of(&t, &name).await, Some(person));
        }
        // What one was asked, the other does not answer, though it knows the same name.
        let sent = send(&t, &first, Purpose::SignIn).await;
        let state = asked(&sent.address)["state"].clone();
        let theirs = send(&t, &other, Purpose::SignIn).await;
        let brought = other.there.sign_in(&theirs.address, "1234", seconds(&t));
        let code = brought.split('&').next().unwrap();
        let mixed = format!("{code}&state={state}&iss={}", other.there.issuer());
        assert!(matches!(take(&t, &first, &mixed, Some(&sent.browser), None).await, Came::Failed(Failed::Doubtful(_))));
        assert_eq!(t.db.linked_with(cast.amy, other.here.issuer()).await.unwrap(), None);
    }

    /// ASVS 10.1.2: an answer counts once, in its time, and in the browser that asked.
    async fn r_acc_02_an_answer_of_the_provider_is_taken_once_in_time_and_from_its_own_browser(t: TestDb) {
        let (cast, both) = (t.cast("amy ben").await, both().await);
        linked(&t, &both, "amy", cast.amy, "amy").await;
        let there_and_back = async || {
            let sent = send(&t, &both, Purpose::SignIn).await;
            let brought = both.there.sign_in(&sent.address, "amy", seconds(&t));
            (sent, brought)
        };
        let (sent, brought) = there_and_back().await;
        assert!(matches!(take(&t, &both, &brought, Some(&sent.browser), None).await, Came::In(_)));
        assert!(matches!(take(&t, &both, &brought, Some(&sent.browser), None).await, Came::Over), "again");
        // Somebody who sends another the end of their own sign-in signs them in as nobody.
        let (other, _) = there_and_back().await;
        for browser in [None, Some(""), Some(other.browser.as_str())] {
            let (_, brought) = there_and_back().await;
            assert!(matches!(take(&t, &both, &brought, browser, None).await, Came::OtherBrowser), "{browser:?}");
        }
        let (sent, brought) = there_and_back().await;
        take(&t, &both, &brought, None, None).await;
        assert!(matches!(take(&t, &both, &brought, Some(&sent.browser), None).await, Came::Over), "and it is over by that");
        let (sent, brought) = there_and_back().await;
        t.wait(600);
        assert!(matches!(take(&t, &both, &brought, Some(&sent.browser), None).await, Came::Over), "too late");
        let (sent, _) = there_and_back().await;
        for nonsense in ["", "state=", "state=x&code=y", &format!("state={}", "x".repeat(100_000))] {
            assert!(matches!(take(&t, &both, nonsense, Some(&sent.browser), None).await, Came::Over), "{nonsense:.20}");
        }
        // Of two who come at once, one.
        let (sent, brought) = there_and_back().await;
        let (first, second) = tokio::join!(
            take(&t, &both, &brought, Some(&sent.browser), None),
            take(&t, &both, &brought, Some(&sent.browser), None),
        );
        let came_in = [first, second].iter().filter(|came| matches!(came, Came::In(_))).count();
        assert_eq!(came_in, 1);
        // What was asked to prove who one is, or to link, signs nobody in, nor does it serve anybody else.
        let session = in_by_password(&t, "amy").await;
        let bens = in_by_password(&t, "ben").await;
        for purpose in [Purpose::Link(cast.amy), Purpose::Again(cast.amy, go_on())] {
            for session in [None, Some((&bens, cast.ben))] {
                let came = round(&t, &both, purpose.clone(), "amy", session).await;
                assert!(matches!(came, Came::Over), "{came:?}");
            }
        }
        assert_eq!(person_of(&t, &session).await, Some(cast.amy));
        t.assert_sound().await;
    }

    /// ASVS 7.4.2
    async fn r_acc_02_whoever_may_not_sign_in_is_told_the_same_as_a_stranger(t: TestDb) {
        let (cast, both) = (t.cast("amy ada").await, both().await);
        let session = linked(&t, &both, "amy", cast.amy, "amy").await;
        let close = async |open: bool| {
            let tx = t.begin(Actor::Person(cast.ada)).await;
            tx.set_account(cast.amy, open).await.unwrap();
            tx.commit().await.unwrap();
        };
        close(false).await;
        assert!(person_of(&t, &session).await.is_none(), "the next request is refused");
        assert!(matches!(sign_in(&t, &both, "amy").await, Came::Unknown));
        close(true).await;
        let Came::In(name) = sign_in(&t, &both, "amy").await else { panic!("it is open again") };
        // Nobody used it for longer than the pack says.
        t.wait(30 * 86_400);
        assert!(matches!(sign_in(&t, &both, "amy").await, Came::Unknown));
        assert!(person_of(&t, &name).await.is_none());
        assert_eq!(t.db.open_account("amy", t.now()).await.unwrap(), Some(AccountState::Open));
        assert!(matches!(sign_in(&t, &both, "amy").await, Came::In(_)));
        // A wrong password locks a colleague out of passwords, and out of nothing else.
        for _ in 0..5 {
            t.db.sign_in("amy", "not this one", t.now()).await.unwrap();
        }
        assert!(matches!(sign_in(&t, &both, "amy").await, Came::In(_)));
        // What the provider says badly lets in nobody whom it lets in otherwise.
        both.there.sign(Signed::ByAnother);
        assert!(matches!(sign_in(&t, &both, "amy").await, Came::Failed(Failed::Doubtful(_))));
        both.there.mend();
        let sent = send(&t, &both, Purpose::SignIn).await;
        let brought = both.there.turn_back(&sent.address);
        let before = t.leaves("sign-in-failed").await.len();
        assert!(matches!(take(&t, &both, &brought, Some(&sent.browser), None).await, Came::Failed(Failed::Cancelled)));
        assert_eq!(t.leaves("sign-in-failed").await.len(), before, "who turned back tried nothing");
        t.assert_sound().await;
    }

    /// R-ACC-01, R-ACC-02
    async fn r_acc_02_an_account_there_is_one_persons_and_none_of_support(t: TestDb) {
        let (cast, both) = (t.cast("amy ben ada").await, both().await);
        linked(&t, &both, "amy", cast.amy, "amy").await;
        let bens = in_by_password(&t, "ben").await;
        let link = async |subject: &str, session: &SessionName, person: PersonId| {
            round(&t, &both, Purpose::Link(person), subject, Some((session, person))).await
        };
        assert!(matches!(link("amy", &bens, cast.ben).await, Came::NotLinked), "it is Amy's");
        assert!(matches!(link("ben", &bens, cast.ben).await, Came::Linked));
        assert!(matches!(link("ben-2", &bens, cast.ben).await, Came::NotLinked), "one at each provider");
        // Whoever manages accounts links one whom they know by their name there.
        let issuer = both.here.issuer();
        let set = async |by: PersonId, person: PersonId, subject: &str| {
            let tx = t.begin(Actor::Person(by)).await;
            tx.set_identity(person, issuer, subject).await?;
            Ok::<_, store::Refused>(tx.commit().await?)
        };
        assert!(matches!(set(cast.amy, cast.ada, "ada").await, Err(store::Refused::NoRight)));
        assert!(matches!(set(cast.ada, cast.ada, "amy").await, Err(store::Refused::Store(StoreError::Conflict))));
        set(cast.ada, cast.ada, "ada").await.unwrap();
        let Came::In(name) = sign_in(&t, &both, "ada").await else { panic!() };
        assert_eq!(person_of(&t, &name).await, Some(cast.ada));
        // Nobody of support has one, whoever links it and however.
        let sol: PersonId = t.id();
        let tx = t.begin(JOB).await;
        tx.make_person(sol);
        tx.make_account(sol, "sol", PASSWORD, false, AccountKind::Support).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(set(cast.ada, sol, "sol").await, Err(store::Refused::Store(StoreError::Conflict))));
        let session = in_by_password(&t, "sol").await;
        assert!(matches!(link("sol", &session, sol).await, Came::NotLinked));
        assert!(matches!(sign_in(&t, &both, "sol").await, Came::Unknown));
        assert_eq!(t.cell("select count(*) from identity").await, "3");
        t.assert_sound().await;
    }

    async fn r_acc_02_who_one_is_can_be_shown_at_the_provider_again_and_anew(t: TestDb) {
        let (cast, both) = (t.cast("amy ben").await, both().await);
        let session = linked(&t, &both, "amy", cast.amy, "amy").await;
        linked(&t, &both, "ben", cast.ben, "ben").await;
        t.wait(1_500);
        let again = async |subject: &str, session: &SessionName| {
            round(&t, &both, Purpose::Again(cast.amy, go_on()), subject, Some((session, cast.amy))).await
        };
        for subject in ["ben", "nobody"] {
            assert!(matches!(again(subject, &session).await, Came::Another), "{subject}");
        }
        both.there.say(|_, claims| claims["auth_time"] = (claims["auth_time"].as_i64().unwrap() - 3_600).into());
        assert!(matches!(again("amy", &session).await, Came::Failed(Failed::NotAnew)), "a session that goes on there is not enough");
        both.there.mend();
        let Came::Again(name, on) = again("amy", &session).await else { panic!() };
        assert_eq!(on, go_on(), "what she was about to do is not lost");
        let proved = t.db.session(&name, LIMITS, t.now()).await.unwrap().unwrap();
        assert_eq!((proved.person, proved.proved), (cast.amy, t.now()));
        assert!(person_of(&t, &session).await.is_none(), "nobody goes on under the old name");
        assert_eq!(t.leaves("proved-again").await.len(), 1);
        assert!(matches!(again("amy", &session).await, Came::Over), "a session that is over proves nothing");
        t.assert_sound().await;
    }

    async fn r_acc_02_nobody_takes_away_their_only_way_in(t: TestDb) {
        let (cast, both) = (t.cast("ada").await, both().await);
        // Somebody new, whose first password was never used: they come in by the provider alone.
        let new: PersonId = t.id();
        let tx = t.begin(JOB).await;
        tx.make_person(new);
        tx.make_account(new, "nia", PASSWORD, true, AccountKind::Staff).await.unwrap();
        tx.commit().await.unwrap();
        let tx = t.begin(Actor::Person(cast.ada)).await;
        tx.set_identity(new, both.here.issuer(), "nia").await.unwrap();
        tx.commit().await.unwrap();
        let Came::In(session) = sign_in(&t, &both, "nia").await else { panic!("she is not in") };
        assert!(!t.db.session(&session, LIMITS, t.now()).await.unwrap().unwrap().must_change, "she was handed no password");
        assert!(!t.db.unlink_identity(&session, new, t.now()).await.unwrap());
        assert!(matches!(sign_in(&t, &both, "nia").await, Came::In(_)), "it is still there");
        let site = RelyingParty::at("https://lifestory.test").unwrap();
        let question = t.db.ask_for_new_passkey(&site, new, t.now()).await.unwrap();
        let mut telephone = authenticator::Authenticator::new(1, "https://lifestory.test");
        let (ceremony, answer) = telephone.make(&question);
        assert!(t.db.add_passkey(&site, (&session, new), (&ceremony, &answer), "", t.now()).await.unwrap());
        let Came::In(elsewhere) = sign_in(&t, &both, "nia").await else { panic!() };
        assert!(t.db.unlink_identity(&session, new, t.now()).await.unwrap());
        assert!(person_of(&t, &elsewhere).await.is_none() && person_of(&t, &session).await.is_some());
        assert!(matches!(sign_in(&t, &both, "nia").await, Came::Unknown));
        // Ada has a password of her own, and whoever manages accounts takes it from others.
        let adas = linked(&t, &both, "ada", cast.ada, "ada").await;
        let tx = t.begin(Actor::Person(cast.ada)).await;
        tx.remove_identity(cast.ada).await.unwrap();
        tx.commit().await.unwrap();
        assert!(person_of(&t, &adas).await.is_none(), "it ends their sessions");
        assert!(matches!(sign_in(&t, &both, "ada").await, Came::Unknown));
        let adas = linked(&t, &both, "ada", cast.ada, "ada").await;
        assert!(t.db.unlink_identity(&adas, cast.ada, t.now()).await.unwrap());
        let told = [t.leaves("identity-unlinked").await.len(), t.leaves("identity-removed").await.len()];
        assert_eq!((told, t.leaves("identity-set").await.len()), ([2, 1], 1));
        t.assert_sound().await;
    }

    /// ASVS 6.8.1, 10.5.2
    async fn whoever_has_the_database_alone_links_nobody_with_anothers_account(t: TestDb) {
        let (cast, both) = (t.cast("amy ben").await, both().await);
        linked(&t, &both, "amy", cast.amy, "amy-at-work").await;
        let all = t.rows("select person, issuer from identity").await;
        assert!(!format!("{all:?}").contains("amy-at-work"));
        let seal = t.blob("select sealed from identity").await;
        let print = t.blob("select lookup from identity").await;
        assert!(!seal.windows(4).any(|part| part == b"work"));
        t.assert_sound().await;
        // Another's row, another print, a row that the ledger does not know, and one that is gone.
        t.tamper(&format!("update identity set person = '{}'", cast.ben)).await;
        let sent = send(&t, &both, Purpose::SignIn).await;
        let brought = both.there.sign_in(&sent.address, "amy-at-work", seconds(&t));
        let said = asked(&format!("?{brought}"));
        let answer = Answer { code: &said["code"], issuer: Some(&said["iss"]), error: None };
        let brought = Brought { state: &said["state"], answer, browser: Some(&sent.browser) };
        let came = t.db.take_from_provider(&both.here, brought, None, t.now()).await;
        assert!(matches!(came, Err(StoreError::Inconsistent { table: "identity", .. })), "its seal is bound to Amy: {came:?}");
        let wrong = async |what: &str, people: &[PersonId]| {
            let found = in_words(&t.verify().await);
            assert_eq!(found.len(), people.len(), "{what}: {found:?}");
            for person in people {
                assert!(found.iter().any(|one| one.contains(&person.to_string()) && one.contains("identity provider")), "{what}");
            }
        };
        wrong("another's", &[cast.ben, cast.amy]).await;
        t.tamper(&format!("update identity set person = '{}'", cast.amy)).await;
        t.assert_sound().await;
        t.tamper_with("update identity set lookup = $1", &[&[7; 32]]).await;
        wrong("another print", &[cast.amy]).await;
        t.tamper_with("update identity set lookup = $1", &[&print]).await;
        t.tamper("update identity set issuer = 'https://login.evil.test'").await;
        wrong("another provider", &[cast.amy]).await;
        t.tamper("delete from identity").await;
        wrong("gone", &[cast.amy]).await;
        let issuer = both.here.issuer();
        let row = |person: PersonId| {
            format!("insert into identity (person, issuer, lookup, made, used, sealed)
                     values ('{person}', '{issuer}', $1, '2026-03-03T15:20:00.000000Z', null, $2)")
        };
        t.tamper_with(&row(cast.amy), &[&print, &seal]).await;
        t.assert_sound().await;
        let session = in_by_password(&t, "amy").await;
        assert!(t.db.unlink_identity(&session, cast.amy, t.now()).await.unwrap());
        t.tamper_with(&row(cast.amy), &[&print, &seal]).await;
        wrong("unlinked, and there again", &[cast.amy]).await;
    }
}

/// What somebody was about to do.
fn go_on() -> GoOn {
    let pairs = vec![("why".to_owned(), "court".to_owned())];
    GoOn { post: true, to: "/records/1/front-sheet/print".to_owned(), pairs }
}
