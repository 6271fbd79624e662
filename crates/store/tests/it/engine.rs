//! The database itself: its steps, what it refuses, its keys.

use std::fs;

use store::{
    Place, StoreError,
    verify::{SchemaProblem, verify},
};

use crate::{
    cast::JOB,
    test_db::{TestDb, in_words},
};

const COLUMNS: [&str; 2] = [
    "select m.name, c.name, lower(c.type), cast(c.\"notnull\" as text), case when c.pk > 0 then '1' else '0' end
     from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%'",
    "select c.table_name::text, c.column_name::text, case c.data_type when 'bigint' then 'integer' when 'bytea' then 'blob' else c.data_type::text end,
         case c.is_nullable when 'NO' then '1' else '0' end,
         case when exists (select 1 from information_schema.key_column_usage k join information_schema.table_constraints t
             on t.constraint_name = k.constraint_name and t.table_schema = k.table_schema and t.table_name = k.table_name
             where t.constraint_type = 'PRIMARY KEY' and k.table_schema = c.table_schema and k.table_name = c.table_name
             and k.column_name = c.column_name) then '1' else '0' end
     from information_schema.columns c where c.table_schema = current_schema()",
];

#[tokio::test]
async fn both_folders_of_steps_give_the_same_tables_and_columns() {
    let sqlite = TestDb::sqlite().await;
    let Some(postgres) = TestDb::postgres().await else { return };
    let [mut a, mut b] = [sqlite.rows(COLUMNS[0]).await, postgres.rows(COLUMNS[1]).await];
    for row in &mut a {
        // SQLite says `bigint` of the table of steps, and does not call the columns of a key required.
        row[2] = row[2].replace("bigint", "integer");
        if row[4] == "1" {
            "1".clone_into(&mut row[3]);
        }
    }
    a.sort();
    b.sort();
    assert!(a.len() > 80, "{a:?}");
    assert_eq!(a, b);
}

both_engines! {
    /// ASVS 16.4.2
    async fn r_int_02_what_is_frozen_refuses_update_and_delete(t: TestDb) {
        let cast = t.cast("").await;
        let child = t.child("Amira", cast.east, None).await;
        t.note(JOB, child, "words").await;
        t.settle().await;
        for (table, column) in [("entry", "author"), ("entry_version", "version"), ("answer", "value"), ("leaf", "body"), ("form_used", "text")] {
            for sql in [format!("update {table} set {column} = {column}"), format!("delete from {table}")] {
                let refused = t.plain(&sql).await.unwrap_err();
                assert!(refused.contains("append-only"), "{sql}: {refused}");
            }
        }
        t.assert_sound().await;
    }

    async fn a_database_of_a_newer_program_is_refused_with_what_to_do(t: TestDb) {
        t.plain("insert into step (n, name) values (9999, '9999_from_tomorrow')").await.unwrap();
        let Err(error) = t.again().await else { panic!("opened") };
        assert!(matches!(error, StoreError::Newer { found: 9999, known } if known < 9999), "{error}");
        assert!(error.to_string().contains("made by a newer version of Lifestory"), "{error}");
        assert!(t.db.self_check().await.unwrap().contains(&SchemaProblem::Step(9999)));
    }

    async fn keys_that_are_missing_or_half_there_are_named(t: TestDb) {
        t.cast("").await;
        let path = t.keys();
        let away = path.with_extension("away");
        fs::rename(&path, &away).unwrap();
        let Err(error) = t.again().await else { panic!("opened without keys") };
        assert!(matches!(&error, StoreError::Keys(words) if words.contains("Put the key folder back")), "{error}");
        assert!(!path.exists(), "no new keys were made beside the old database");
        fs::rename(&away, &path).unwrap();
        fs::write(path.join("epoch-1.key"), [1; 31]).unwrap();
        let Err(error) = t.again().await else { panic!("opened with half a key") };
        assert!(error.to_string().contains("epoch-1.key is not a key"), "{error}");
        fs::remove_file(path.join("log.key")).unwrap();
        let Err(error) = t.again().await else { panic!("opened with one key of two") };
        assert!(matches!(error, StoreError::Keys(_)), "{error}");
    }

    async fn other_keys_than_the_database_was_made_with_are_named(t: TestDb) {
        let cast = t.cast("").await;
        let child = t.child("Amira", cast.east, None).await;
        t.settle().await;
        fs::write(t.keys().join("epoch-1.key"), [9; 32]).unwrap();
        let other = t.again().await.unwrap();
        let tx = other.begin(JOB, t.now()).await.unwrap();
        let refused = tx.authorise(store::Read("front-page"), child.record, "").await;
        let Err(store::Refused::Store(StoreError::Keys(words))) = refused else { panic!("read with another key") };
        assert!(words.contains("does not open with the key file in use"), "{words}");
        let report = verify(&other, |_, _| {}).await.unwrap();
        assert!(in_words(&report).iter().any(|words| words.contains("does not open with the key file")), "{:?}", in_words(&report));
    }

    async fn the_structure_of_a_new_database_is_sound(t: TestDb) {
        assert_eq!(t.db.self_check().await.unwrap(), []);
        assert_eq!(t.again().await.unwrap().self_check().await.unwrap(), [], "and when it is opened again");
    }

    /// Class 23 of the tampering list.
    async fn r_int_01_a_trigger_or_constraint_switched_off_is_found(t: TestDb) {
        let (off, found) = if t.is_sqlite() {
            ("drop trigger entry_version_kept", SchemaProblem::Missing("trigger entry_version_kept".to_owned()))
        } else {
            ("alter table entry_version disable trigger entry_version_frozen", SchemaProblem::Off("trigger entry_version_frozen on entry_version".to_owned()))
        };
        t.plain(off).await.unwrap();
        assert_eq!(t.db.self_check().await.unwrap(), [found]);
    }

    /// Class 24.
    async fn r_int_01_a_changed_structure_is_found(t: TestDb) {
        if t.is_sqlite() {
            t.plain("drop trigger leaf_kept; create trigger leaf_kept before delete on leaf begin select 1; end").await.unwrap();
            t.plain("create trigger copies after insert on entry begin delete from tile; end").await.unwrap();
        } else {
            t.plain("create or replace function refuse_change() returns trigger language plpgsql as $$ begin return old; end $$").await.unwrap();
            t.plain("alter table answer drop constraint answer_pkey").await.unwrap();
        }
        t.plain("drop index fact_of_record").await.unwrap();
        t.plain("update step set name = '0001_another_record' where n = 1").await.unwrap();
        let found = t.db.self_check().await.unwrap().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(found.contains("step 1") && found.contains("index fact_of_record"), "{found}");
        if t.is_sqlite() {
            assert!(found.contains("trigger leaf_kept was changed") && found.contains("trigger copies that Lifestory did not make"), "{found}");
        } else {
            assert!(found.contains("function refuse_change was changed") && found.contains("lacks its key of answer: entry,version,field"), "{found}");
        }
    }
}

#[tokio::test]
async fn this_sqlite_is_safe_and_an_older_one_would_be_named() {
    let t = TestDb::sqlite().await;
    let version = t.cell("select sqlite_version()").await;
    let parts: Vec<u32> = version.split('.').map(|part| part.parse().unwrap()).collect();
    assert!(parts >= vec![3, 51, 3], "{version}");
    let words = SchemaProblem::Engine("3.46.0".to_owned()).to_string();
    assert!(words.contains("3.46.0 is older than 3.51.3"), "{words}");
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_named() {
    let keys = tempfile::tempdir().unwrap();
    let clock: store::Clock = std::sync::Arc::new(|| "2026-03-03T15:20:00.000000Z".parse().unwrap());
    for place in [
        Place::Postgres("postgres://nobody@127.0.0.1:1/none".to_owned()),
        Place::Postgres("not an address".to_owned()),
        Place::Folder("/proc/nowhere".into()),
    ] {
        let Err(error) = store::Db::open(&place, keys.path(), crate::test_db::PACK.clone(), clock.clone()).await else {
            panic!("opened {place:?}")
        };
        assert!(matches!(error, StoreError::Unreachable(_)), "{place:?}: {error:?}");
    }
}
