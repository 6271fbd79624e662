//! Signing in, staying signed in, and what ends it.

use store::{AccountState, Actor, Session, SessionLimits, SessionName, SignIn};

use crate::{
    cast::{JOB, PASSWORD},
    test_db::TestDb,
};

const LIMITS: SessionLimits = SessionLimits { idle: 1_800, absolute: 36_000 };

async fn sign_in(t: &TestDb, username: &str, password: &str) -> Option<SessionName> {
    match t.db.sign_in(username, password, t.now()).await.unwrap() {
        SignIn::In(name) => Some(name),
        _ => None,
    }
}

async fn session(t: &TestDb, name: &SessionName) -> Option<Session> {
    t.db.session(name, LIMITS, t.now()).await.unwrap()
}

both_engines! {
    /// ASVS 6.3.8, 16.3.1
    async fn r_gov_01_a_wrong_name_and_a_wrong_password_are_told_the_same(t: TestDb) {
        t.cast("amy").await;
        assert!(sign_in(&t, "amy", "wrong").await.is_none());
        assert!(sign_in(&t, "nobody", PASSWORD).await.is_none());
        assert!(sign_in(&t, " AMY ", PASSWORD).await.is_some(), "case and blanks around the name do not matter");
        assert_eq!(t.leaves("sign-in-failed").await.len(), 2, "a name that nobody has leaves a leaf too");
        assert_eq!(t.leaves("signed-in").await.len(), 1);
    }

    /// ASVS 6.3.1
    async fn r_gov_01_five_failures_lock_for_five_minutes(t: TestDb) {
        t.cast("amy").await;
        for _ in 0..5 {
            assert!(sign_in(&t, "amy", "wrong").await.is_none());
        }
        assert!(sign_in(&t, "amy", PASSWORD).await.is_none(), "locked, and told the same");
        t.wait(299);
        assert!(sign_in(&t, "amy", PASSWORD).await.is_none());
        t.wait(2);
        assert!(sign_in(&t, "amy", PASSWORD).await.is_some());
    }

    /// ASVS 6.3.1, 15.4.2
    async fn r_gov_01_tries_at_the_same_moment_each_count(t: TestDb) {
        t.cast("amy").await;
        let now = t.now();
        let tries: Vec<_> = (0..5)
            .map(|_| {
                let db = t.db.clone();
                tokio::spawn(async move { db.sign_in("amy", "wrong", now).await })
            })
            .collect();
        for one in tries {
            assert!(matches!(one.await.unwrap(), Ok(SignIn::No)));
        }
        assert!(sign_in(&t, "amy", PASSWORD).await.is_none(), "five at once lock as five in turn do");
    }

    /// ASVS 7.2.1, 7.3.1, 7.3.2
    async fn a_session_ends_when_idle_and_at_its_absolute_end(t: TestDb) {
        let cast = t.cast("amy").await;
        let name = sign_in(&t, "amy", PASSWORD).await.unwrap();
        assert_eq!(session(&t, &name).await.unwrap().person, cast.amy);
        for _ in 0..20 {
            t.wait(1_799);
            assert!(session(&t, &name).await.is_some(), "used in time");
        }
        t.wait(30);
        assert!(session(&t, &name).await.is_none(), "ten hours are the end");
        let name = sign_in(&t, "amy", PASSWORD).await.unwrap();
        t.wait(1_800);
        assert!(session(&t, &name).await.is_none(), "half an hour without a request");
        assert!(session(&t, &SessionName::from_cookie(&"0".repeat(64)).unwrap()).await.is_none());
        assert!(SessionName::from_cookie("short").is_none());
    }

    async fn signing_out_ends_one_session_or_all(t: TestDb) {
        let cast = t.cast("amy").await;
        let names = [sign_in(&t, "amy", PASSWORD).await.unwrap(), sign_in(&t, "amy", PASSWORD).await.unwrap(), sign_in(&t, "amy", PASSWORD).await.unwrap()];
        t.db.sign_out(&names[0], cast.amy, false, t.now()).await.unwrap();
        assert!(session(&t, &names[0]).await.is_none() && session(&t, &names[1]).await.is_some());
        t.db.sign_out(&names[1], cast.amy, true, t.now()).await.unwrap();
        assert!(session(&t, &names[1]).await.is_none() && session(&t, &names[2]).await.is_none());
    }

    /// ASVS 7.4.2
    async fn closing_an_account_ends_its_sessions_at_the_next_request(t: TestDb) {
        let cast = t.cast("amy ada").await;
        let name = sign_in(&t, "amy", PASSWORD).await.unwrap();
        let tx = t.begin(Actor::Person(cast.ada)).await;
        tx.set_account(cast.amy, false).await.unwrap();
        tx.commit().await.unwrap();
        assert!(session(&t, &name).await.is_none());
        assert!(sign_in(&t, "amy", PASSWORD).await.is_none());
        let tx = t.begin(Actor::Person(cast.ada)).await;
        let account = tx.accounts().await.unwrap().into_iter().find(|account| account.person == cast.amy).unwrap();
        assert_eq!((account.username.as_str(), account.state), ("amy", AccountState::Closed));
        tx.set_account(cast.amy, true).await.unwrap();
        tx.commit().await.unwrap();
        assert!(session(&t, &name).await.is_none(), "an ended session does not come back");
        assert!(sign_in(&t, "amy", PASSWORD).await.is_some());
        t.assert_sound().await;
    }

    /// ASVS 16.3.3
    async fn a_post_that_no_page_made_leaves_its_leaf(t: TestDb) {
        let cast = t.cast("amy").await;
        t.db.forged_post(cast.amy, t.now()).await.unwrap();
        let left = t.leaves("refused").await;
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].actor.id.as_str(), left[0].purpose.as_str()), (cast.amy.to_string().as_str(), "no-page-of-this-session"));
        t.assert_sound().await;
    }

    /// ASVS 7.1.2: what docs/security.md says of how many there may be is so.
    async fn as_many_sessions_go_on_as_are_begun(t: TestDb) {
        let document = include_str!("../../../../docs/security.md");
        assert!(document.contains("| sessions of one person at once | as many as they begin |"), "it says another number");
        t.cast("amy").await;
        let mut names = Vec::new();
        for _ in 0..24 {
            names.push(sign_in(&t, "amy", PASSWORD).await.unwrap());
        }
        for name in &names {
            assert!(session(&t, name).await.is_some());
        }
    }

    /// ASVS 6.2.3, 7.4.3
    async fn a_new_password_ends_the_other_sessions(t: TestDb) {
        let cast = t.cast("amy").await;
        let [here, there] = [sign_in(&t, "amy", PASSWORD).await.unwrap(), sign_in(&t, "amy", PASSWORD).await.unwrap()];
        assert!(!t.db.change_password(&here, cast.amy, "wrong", "a better password", t.now()).await.unwrap());
        assert!(t.db.change_password(&here, cast.amy, PASSWORD, "a better password", t.now()).await.unwrap());
        assert!(session(&t, &here).await.is_some() && session(&t, &there).await.is_none());
        assert!(sign_in(&t, "amy", PASSWORD).await.is_none() && sign_in(&t, "amy", "a better password").await.is_some());
        let tx = t.begin(JOB).await;
        tx.reset_password(cast.amy, "given by hand").await.unwrap();
        tx.commit().await.unwrap();
        assert!(session(&t, &here).await.is_none());
        let name = sign_in(&t, "amy", "given by hand").await.unwrap();
        assert!(session(&t, &name).await.unwrap().must_change);
    }

    async fn r_acc_02_whoever_guesses_where_the_password_is_changed_is_locked_and_out(t: TestDb) {
        let cast = t.cast("amy").await;
        let [here, there] = [sign_in(&t, "amy", PASSWORD).await.unwrap(), sign_in(&t, "amy", PASSWORD).await.unwrap()];
        let change = async |old: &str| t.db.change_password(&here, cast.amy, old, "a better password", t.now()).await.unwrap();
        for _ in 0..4 {
            assert!(!change("wrong").await);
        }
        assert!(session(&t, &here).await.is_some(), "four are a person who forgets");
        assert!(!change("wrong").await);
        assert!(session(&t, &here).await.is_none() && session(&t, &there).await.is_none());
        assert_eq!(t.leaves("sign-in-failed").await.len(), 5);
        assert!(sign_in(&t, "amy", PASSWORD).await.is_none(), "locked");
        assert!(!change(PASSWORD).await, "a right one in between changes nothing");
        t.wait(301);
        assert!(sign_in(&t, "amy", PASSWORD).await.is_some());
        t.assert_sound().await;
    }

    /// ASVS 2.3.2
    async fn r_int_06_held_texts_come_back_only_to_their_person(t: TestDb) {
        let cast = t.cast("amy ben").await;
        let name = sign_in(&t, "amy", PASSWORD).await.unwrap();
        t.wait(7_200);
        assert!(session(&t, &name).await.is_none());
        for (window, body) in [("one", "purpose=a"), ("two", "purpose=b"), ("one", "purpose=a+call")] {
            t.db.hold_post(&name, ("/drafts/1", window), body.as_bytes(), t.now()).await.unwrap();
            t.wait(1);
        }
        assert_eq!(t.db.held_texts(cast.ben).await.unwrap(), []);
        let held = t.db.held_texts(cast.amy).await.unwrap();
        let bodies: Vec<_> = held.iter().map(|one| String::from_utf8_lossy(&one.body).into_owned()).collect();
        assert_eq!(bodies, ["purpose=a+call", "purpose=b"], "each window its own, the last of each");
        // Looking at it loses nothing; what the same window sends in between is not what was put back.
        t.db.hold_post(&name, ("/drafts/1", "one"), b"purpose=a+call+again", t.now()).await.unwrap();
        t.db.let_go(cast.amy, &held[0].key).await.unwrap();
        t.db.let_go(cast.ben, &held[1].key).await.unwrap();
        assert_eq!(t.db.held_texts(cast.amy).await.unwrap().len(), 2);
        for one in t.db.held_texts(cast.amy).await.unwrap() {
            t.db.let_go(cast.amy, &one.key).await.unwrap();
        }
        assert_eq!(t.db.held_texts(cast.amy).await.unwrap(), []);
        for n in 0..25 {
            t.db.hold_post(&name, ("/drafts/1", &format!("w{n}")), b"x", t.now()).await.unwrap();
            t.wait(1);
        }
        assert_eq!(t.db.held_texts(cast.amy).await.unwrap().len(), 20);
        for one in t.db.held_texts(cast.amy).await.unwrap() {
            t.db.let_go(cast.amy, &one.key).await.unwrap();
        }
        // A name that was never a session's, and one that ended too long ago, hold nothing.
        t.db.hold_post(&SessionName::from_cookie(&"0".repeat(64)).unwrap(), ("/", ""), b"x", t.now()).await.unwrap();
        t.wait(8 * 86_400);
        t.db.hold_post(&name, ("/drafts/1", ""), b"x", t.now()).await.unwrap();
        assert_eq!(t.cell("select count(*) from held_text").await, "0");
    }
}
