//! A data folder that is no good: its database is something else, damaged, emptied or gone, or it is another user's.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use store::Place;

use crate::server::{PROGRAM, Server, complaint, make, run};

async fn made() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    make(&Place::Folder(data.clone()), &data.join("keys")).await;
    (folder, data)
}

fn serve(data: &Path) -> Output {
    run(&["serve".as_ref(), "--port".as_ref(), "0".as_ref(), "--data".as_ref(), data.as_os_str()])
}

/// Everything in a folder with its bytes.
fn contents(data: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all: Vec<_> = [data.to_owned(), data.join("keys")]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    all.sort();
    all
}

#[tokio::test]
async fn a_database_that_is_none_or_is_damaged_is_named_and_left_as_it_is() {
    let (_folder, data) = made().await;
    let file = data.join("lifestory.db");
    for left in ["-wal", "-shm"] {
        fs::remove_file(data.join(format!("lifestory.db{left}"))).ok();
    }
    let whole = fs::read(&file).unwrap();
    let mut header = whole.clone();
    header[..16].copy_from_slice(b"something else!!");
    for (what, bytes) in [
        ("something else", b"<html>not a database, though somebody saved it under this name</html>".repeat(100)),
        ("a first page of something else", header),
        ("cut short", whole[..whole.len() / 2].to_vec()),
        ("a few bytes", whole[..100].to_vec()),
    ] {
        fs::write(&file, &bytes).unwrap();
        for output in [serve(&data), run(&["verify".as_ref(), "--data".as_ref(), data.as_os_str()])] {
            let said = complaint(&output);
            assert!(said.contains(&file.display().to_string()), "{what}: {said}");
            assert!(
                said.contains("is not a database, or it is damaged") && said.contains("lifestory restore"),
                "{what}: {said}"
            );
        }
        assert!(fs::read(&file).unwrap() == bytes, "{what}: the file was changed");
    }
    fs::write(&file, whole).unwrap();
    let server = Server::serve(&["--data".as_ref(), data.as_os_str()]);
    assert!(server.sign_in().starts_with("HTTP/1.1 303"), "nothing was harmed");
}

/// Keys beside nothing: a record was here, so none is begun over it.
#[tokio::test]
async fn an_empty_database_beside_keys_is_no_new_beginning() {
    let (_folder, data) = made().await;
    for left in ["", "-wal", "-shm"] {
        fs::remove_file(data.join(format!("lifestory.db{left}"))).ok();
    }
    for emptied in [false, true] {
        if emptied {
            fs::write(data.join("lifestory.db"), b"").unwrap();
        }
        let before = contents(&data);
        let said = complaint(&serve(&data));
        assert!(said.contains("is empty, but there are keys in"), "{said}");
        assert!(said.contains("Nothing new is begun over it") && said.contains("lifestory restore"), "{said}");
        assert!(contents(&data) == before, "something was made");
    }
}

/// The same with PostgreSQL: an empty database and the keys of a record.
#[tokio::test]
async fn an_empty_postgres_beside_keys_is_no_new_beginning() {
    let Ok(server) = std::env::var("LIFESTORY_TEST_POSTGRES") else {
        assert!(std::env::var("CI").is_err(), "LIFESTORY_TEST_POSTGRES must name a PostgreSQL in CI");
        eprintln!("SKIPPED on PostgreSQL: set LIFESTORY_TEST_POSTGRES to a connection string");
        return;
    };
    let (_folder, data) = made().await;
    let schema = format!("lost_{}", std::process::id());
    let mut raw = <sqlx::PgConnection as sqlx::Connection>::connect(&server).await.unwrap();
    let sql = sqlx::AssertSqlSafe(format!("create schema {schema}"));
    sqlx::Executor::execute(&mut raw, sqlx::raw_sql(sql)).await.unwrap();
    let url = format!("{server}{}options=-c%20search_path%3D{schema}", if server.contains('?') { "&" } else { "?" });
    let said = complaint(&run(&[
        "serve".as_ref(),
        "--port".as_ref(),
        "0".as_ref(),
        "--database".as_ref(),
        url.as_ref(),
        "--keys".as_ref(),
        data.join("keys").as_os_str(),
    ]));
    assert!(said.contains("this database is empty, but there are keys in"), "{said}");
    let made: i64 = sqlx::query_scalar("select count(*) from information_schema.tables where table_schema = $1")
        .bind(&schema)
        .fetch_one(&mut raw)
        .await
        .unwrap();
    assert_eq!(made, 0, "nothing was made");
}

/// Starts the program as somebody whom the modes of files bind: root is bound by none, unless its rights end at a border
/// of user names. None, and said so, where this machine allows neither.
fn serve_bound(data: &Path, taken: &Path) -> Option<Output> {
    let root = fs::metadata("/proc/self").is_ok_and(|about| std::os::unix::fs::MetadataExt::uid(&about) == 0);
    fs::set_permissions(taken, fs::Permissions::from_mode(if taken.is_dir() { 0o700 } else { 0o600 })).unwrap();
    if root {
        let allowed = Command::new("unshare").args(["--user", "--map-root-user", "true"]).status();
        if !allowed.is_ok_and(|status| status.success())
            || std::os::unix::fs::chown(taken, Some(54_321), Some(54_321)).is_err()
        {
            eprintln!("SKIPPED: this machine lets nobody be another user (unshare)");
            return None;
        }
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", PROGRAM, "serve", "--port", "0", "--data"]).arg(data);
        return Some(command.output().unwrap());
    }
    fs::set_permissions(taken, fs::Permissions::from_mode(0o000)).unwrap();
    Some(serve(data))
}

/// What names people lies open to nobody else of the machine.
#[tokio::test]
async fn the_database_is_for_its_owner_alone() {
    let (_folder, data) = made().await;
    let file = data.join("lifestory.db");
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    // One that an older version made.
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let output = run(&["verify".as_ref(), "--data".as_ref(), data.as_os_str()]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(mode(&file), 0o600);
}

#[tokio::test]
async fn what_belongs_to_another_user_is_named_with_what_to_do() {
    for (taken, words) in [
        ("lifestory.db", "Whoever runs Lifestory must own the folder and everything in it"),
        ("keys/epoch-1.key", "Give it to the user that runs Lifestory"),
        ("keys/log.key", "Give it to the user that runs Lifestory"),
        ("files", "Whoever runs Lifestory must own it and everything in it"),
        ("files/zz/01h00000000000000000000000.original", "Whoever runs Lifestory must own it and everything in it"),
    ] {
        let (_folder, data) = made().await;
        let taken = data.join(taken);
        if taken.starts_with(data.join("files")) {
            fs::create_dir_all(data.join("files/zz")).unwrap();
            fs::write(data.join("files/zz/01h00000000000000000000000.original"), "sealed").unwrap();
        }
        let Some(output) = serve_bound(&data, &taken) else { return };
        let said = complaint(&output);
        assert!(said.contains(words) && said.contains(&data.display().to_string()), "{}: {said}", taken.display());
        // So that the folder can be taken away.
        fs::set_permissions(&taken, fs::Permissions::from_mode(0o700)).unwrap();
    }
}
