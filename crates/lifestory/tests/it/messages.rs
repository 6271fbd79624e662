//! At the start of the program: what is wrong, and what to do.

use std::{ffi::OsStr, fs, net::TcpListener};

use sqlx::{Connection as _, Executor as _, SqliteConnection, sqlite::SqliteConnectOptions};
use store::Place;

use crate::server::{complaint, make, run};

#[test]
fn a_port_in_use_is_named_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for command in ["serve", "demo"] {
        let said =
            complaint(&run(&[command.as_ref(), "--data".as_ref(), data.as_ref(), "--port".as_ref(), port.as_ref()]));
        assert!(said.contains(&format!("port {port} is in use")), "{said}");
        assert!(said.contains("choose another port with --port"), "{said}");
        assert!(!data.exists(), "{command} made a database though it could not serve it");
    }
}

#[tokio::test]
async fn a_database_from_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    make(&Place::Folder(data.clone()), &data.join("keys")).await;
    let mut raw =
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(data.join("lifestory.db"))).await.unwrap();
    raw.execute("insert into step (n, name) values (999, '0999_the_future')").await.unwrap();
    raw.close().await.unwrap();
    let before = fs::read(data.join("lifestory.db")).unwrap();
    let sets = folder.path().join("sets");
    fs::create_dir(&sets).unwrap();
    fs::write(sets.join("header.csv"), "CHILD,SEX,DOB\n").unwrap();
    let data_argument: [&OsStr; 2] = ["--data".as_ref(), data.as_ref()];
    let import = ["import", "ssda903", "--team", "East", sets.to_str().unwrap()];
    for command in [&["serve", "--port", "0"][..], &["verify"], &import] {
        let arguments: Vec<&OsStr> = command.iter().map(AsRef::as_ref).chain(data_argument).collect();
        let said = complaint(&run(&arguments));
        assert!(said.contains("step 999") && said.contains("newer version of Lifestory"), "{command:?}: {said}");
        assert!(said.contains("Start the newer program"), "{command:?}: {said}");
    }
    assert_eq!(fs::read(data.join("lifestory.db")).unwrap(), before, "the newer database was changed");
}

#[tokio::test]
async fn lost_keys_are_named_and_never_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (data, keys) = (folder.path().join("data"), folder.path().join("keys"));
    make(&Place::Folder(data.clone()), &keys).await;
    fs::remove_dir_all(&keys).unwrap();
    let arguments: [&OsStr; 7] = [
        "serve".as_ref(),
        "--port".as_ref(),
        "0".as_ref(),
        "--data".as_ref(),
        data.as_ref(),
        "--keys".as_ref(),
        keys.as_ref(),
    ];
    let said = complaint(&run(&arguments));
    assert!(said.contains(&keys.display().to_string()) && said.contains("Put the key folder back"), "{said}");
    assert!(!keys.exists());
}

/// ASVS 16.2.5
#[test]
fn a_database_that_is_not_there_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("postgres://lifestory:secret-word@127.0.0.1:{free}/postgres");
    let said = complaint(&run(&[
        "serve".as_ref(),
        "--port".as_ref(),
        "0".as_ref(),
        "--database".as_ref(),
        url.as_ref(),
        "--keys".as_ref(),
        folder.path().as_ref(),
    ]));
    assert!(said.contains("the database cannot be reached"), "{said}");
    assert!(said.contains("Check that PostgreSQL is running"), "{said}");
    assert!(!said.contains("secret-word"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let data = file.join("data");
    let said = complaint(&run(&["serve".as_ref(), "--port".as_ref(), "0".as_ref(), "--data".as_ref(), data.as_ref()]));
    assert!(said.contains(&data.display().to_string()) && said.contains("cannot be made"), "{said}");
}
