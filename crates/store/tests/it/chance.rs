//! What nobody may guess, and how passwords are kept.

use std::collections::BTreeSet;

use record::{Chance as _, PersonId};
use store::{SystemChance, passkeys::RelyingParty};

use crate::test_db::TestDb;

both_engines! {
    /// ASVS 11.4.2: as OWASP's sheet and the standard's appendix have it, each with a salt of its own.
    async fn passwords_are_kept_as_argon2id(t: TestDb) {
        t.cast("amy ben ada").await;
        let mut kept = BTreeSet::new();
        for row in t.rows("select password from account").await {
            assert!(row[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", row[0]);
            assert!(kept.insert(row[0].clone()), "two people with one password look alike");
        }
        assert!(kept.len() >= 3);
    }

    /// ASVS 6.7.2, 11.5.2: questions to passkeys are 256 bits of chance, and none comes twice, however many ask at once.
    async fn no_question_to_a_passkey_comes_twice(t: TestDb) {
        let site = RelyingParty::at("https://lifestory.council.test").unwrap();
        let asking: Vec<_> = (0..8)
            .map(|_| {
                let (db, site, now) = (t.db.clone(), site.clone(), t.now());
                tokio::spawn(async move {
                    let mut questions = Vec::new();
                    for _ in 0..25 {
                        questions.push(db.ask_for_passkey(&site, now).await.unwrap());
                    }
                    questions
                })
            })
            .collect();
        let (mut challenges, mut names) = (BTreeSet::new(), BTreeSet::new());
        for asked in asking {
            for question in asked.await.unwrap() {
                let part = |name: &str| {
                    let (_, rest) = question.split_once(&format!("\"{name}\":\"")).unwrap();
                    rest.split('"').next().unwrap().to_owned()
                };
                let challenge = part("challenge");
                assert!(challenge.len() >= 43, "{challenge} is shorter than 32 bytes");
                assert!(challenges.insert(challenge));
                assert!(names.insert(part("ceremony")));
            }
        }
        assert_eq!((challenges.len(), names.len()), (200, 200));
    }
}

/// ASVS 11.5.2: many at once share no piece of chance.
#[test]
fn many_at_once_are_given_no_chance_twice() {
    let drawn: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(|| {
                let draw = |_| {
                    let mut bytes = [0_u8; 16];
                    SystemChance.fill(&mut bytes);
                    bytes
                };
                (0..20_000).map(draw).collect::<Vec<_>>()
            })
        })
        .collect();
    let all: BTreeSet<[u8; 16]> = drawn.into_iter().flat_map(|one| one.join().unwrap()).collect();
    assert_eq!(all.len(), 160_000);
    let now = "2026-03-03T15:20:00.000000Z".parse().unwrap();
    let ids: BTreeSet<String> = (0..20_000).map(|_| PersonId::new(now, &mut SystemChance).to_string()).collect();
    assert_eq!(ids.len(), 20_000, "identifiers of one moment too");
}
