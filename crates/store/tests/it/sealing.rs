//! What a copy of the database gives away: no narrative, no password, no session.

use record::Typed;
use store::{Actor, SignIn};

use crate::{
    cast::{JOB, PASSWORD, WORDS},
    test_db::TestDb,
};

both_engines! {
    /// ASVS 11.7.2, 14.2.4
    async fn r_int_02_a_dump_shows_no_narrative(t: TestDb) {
        let cast = t.cast("amy").await;
        let child = t.child("Amira", cast.east, Some(cast.amy)).await;
        t.note(Actor::Person(cast.amy), child, WORDS).await;
        t.note(JOB, child, WORDS).await;
        let draft = crate::drafts::begun(&t, &cast, child).await;
        crate::drafts::save(&t, cast.amy, draft, 1, &Typed::default().with("account.0.text", WORDS), true).await;
        let SignIn::In(session) = t.db.sign_in("amy", PASSWORD, t.now()).await.unwrap() else { panic!("not in") };
        t.db.hold_post(&session, ("/drafts", "one"), WORDS.as_bytes(), t.now()).await.unwrap();
        t.settle().await;
        let dump = everything(&t).await;
        let holds = |word: &str| dump.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(holds("telephone"), "coded answers are there to be counted");
        for word in WORDS.split(' ').chain([PASSWORD, session.as_cookie()]) {
            assert!(!holds(word), "the dump shows «{word}»");
        }
    }
}

/// Every byte that is kept: the files of SQLite, the columns of PostgreSQL.
async fn everything(t: &TestDb) -> Vec<u8> {
    if t.is_sqlite() {
        let folder = t.file().parent().unwrap().to_owned();
        return std::fs::read_dir(folder)
            .unwrap()
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect();
    }
    let mut dump = Vec::new();
    let tables = "select table_name::text from information_schema.tables where table_schema = current_schema()";
    for table in t.rows(tables).await {
        // As text, and the bytes of each blob as letters again where they are letters.
        for row in t.rows(&format!("select one::text from {} one", table[0])).await {
            dump.extend(row[0].bytes());
        }
        let blobs = format!(
            "select column_name::text from information_schema.columns where table_schema = current_schema() and table_name = '{}' and data_type = 'bytea'",
            table[0]
        );
        for column in t.rows(&blobs).await {
            let letters =
                format!("select encode({c}, 'escape') from {t} where {c} is not null", c = column[0], t = table[0]);
            for row in t.rows(&letters).await {
                dump.extend(row[0].bytes());
            }
        }
    }
    dump
}
