//! Backup and restore by the program itself: under load, into an emptied machine, and killed at every step.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use store::Place;

use crate::{
    server::{PROGRAM, Server, complaint, run},
    service::{Service, WORDS},
};

/// Where a record is kept, and what goes into it and out of it.
struct Home {
    folder: tempfile::TempDir,
    /// PostgreSQL's address and the schema there.
    postgres: Option<(String, String)>,
}

impl Home {
    fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), postgres: None }
    }

    /// None, and said so, where there is no server.
    async fn postgres(name: &str) -> Option<Self> {
        let Ok(server) = std::env::var("LIFESTORY_TEST_POSTGRES") else {
            assert!(std::env::var("CI").is_err(), "LIFESTORY_TEST_POSTGRES must name a PostgreSQL in CI");
            eprintln!("SKIPPED on PostgreSQL: set LIFESTORY_TEST_POSTGRES to a connection string");
            return None;
        };
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
            postgres: Some((server, format!("{name}_{}", std::process::id()))),
        };
        home.empty().await;
        Some(home)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn place(&self) -> Place {
        match &self.postgres {
            None => Place::Folder(self.path("data")),
            Some((server, schema)) => {
                let sign = if server.contains('?') { "&" } else { "?" };
                Place::Postgres(format!("{server}{sign}options=-c%20search_path%3D{schema}"))
            }
        }
    }

    /// What the program is told about this place.
    fn arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--data".into(), self.path("data").into()];
        if let Place::Postgres(url) = self.place() {
            arguments.extend(["--database".into(), url.into()]);
        }
        arguments
    }

    /// The machine is lost: database, files and keys.
    async fn empty(&self) {
        fs::remove_dir_all(self.path("data")).ok();
        if let Some((server, schema)) = &self.postgres {
            let mut raw = PgConnection::connect(server).await.unwrap();
            let sql = format!("drop schema if exists {schema} cascade; create schema {schema}");
            raw.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
            raw.close().await.unwrap();
        }
    }

    /// The program with these words, the place, and these more.
    fn command(&self, words: &[&str], more: &[(&str, &Path)]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(words).args(self.arguments()).stdin(Stdio::null());
        for (name, path) in more {
            command.arg(name).arg(path);
        }
        command
    }

    fn said(&self, words: &[&str], more: &[(&str, &Path)]) -> String {
        let output = self.command(words, more).output().unwrap();
        succeeded(&output)
    }

    /// A key pair of backups: the file of its private half is `safe.key`, and this is the public one.
    fn new_key(&self) -> String {
        let said = succeeded(&run(&["backup".as_ref(), "new-key".as_ref(), self.path("safe.key").as_os_str()]));
        said.lines().last().unwrap().to_owned()
    }

    fn restoring(&self, backup: &Path) -> Command {
        let (key, keys) = (self.path("safe.key"), self.path("record.keys.age"));
        let words = ["restore", backup.to_str().unwrap()];
        self.command(&words, &[("--private-key", &key), ("--keys-file", &keys)])
    }

    fn serving(&self) -> Server {
        let arguments = self.arguments();
        Server::serve(&arguments.iter().map(AsRef::as_ref).collect::<Vec<&OsStr>>())
    }

    fn refuses_to_serve(&self) -> String {
        complaint(&self.command(&["serve", "--port", "0"], &[]).output().unwrap())
    }
}

fn succeeded(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// What the issue asks for: a backup taken under load, the machine emptied, restored, verified, signed in, the note read.
async fn the_whole_way(home: Home) {
    let service = Service::make(&home.place(), &home.path("data/keys")).await;
    let page = service.page.clone();
    let key = home.new_key();
    let server = home.serving();
    let (goes_on, written) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
    let writer = {
        let (goes_on, written) = (goes_on.clone(), written.clone());
        tokio::spawn(async move {
            let mut n = 2;
            while goes_on.load(Ordering::Relaxed) {
                service.note(n, "written while the backup was taken").await;
                written.store(n, Ordering::Relaxed);
                n += 1;
            }
            service
        })
    };
    while written.load(Ordering::Relaxed) < 5 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let backups = home.path("backups");
    fs::create_dir(&backups).unwrap();
    let said = {
        let mut command = home.command(&["backup", "--for", &key], &[("--to", &backups)]);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        succeeded(&output)
    };
    assert!(said.contains("This machine cannot open it") && said.contains("leaves in the ledger"), "{said}");
    // Something is written after the backup, and numbered: on PostgreSQL within a second.
    let after = written.load(Ordering::Relaxed) + 3;
    while written.load(Ordering::Relaxed) < after {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    goes_on.store(false, Ordering::Relaxed);
    let service = writer.await.unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(server.sign_in_as("will").starts_with("HTTP/1.1 303"), "the server went on undisturbed");
    home.said(&["backup", "keys", "--for", &key], &[("--to", &home.path("record.keys.age"))]);
    let checkpoint = home.said(&["checkpoint"], &[]);
    let organisation = service.db.organisation().await.unwrap().unwrap().to_string();
    service.db.close().await;
    drop(server);

    // One backup, its sum beside it, and nothing unfinished.
    let mut names: Vec<_> = fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let names: Vec<_> = names.iter().map(|name| name.to_str().unwrap()).collect();
    assert!(
        names.len() == 2 && names[0].ends_with(".backup.age") && names[1].ends_with(".backup.age.sha256"),
        "{names:?}"
    );
    let backup = backups.join(names[0]);
    let bytes = fs::read(&backup).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
    assert!(!bytes.windows(7).any(|some| some == b"Okafor!" || some == b"SQLite\0"));
    let said = succeeded(&run(&["backup".as_ref(), "check".as_ref(), backup.as_os_str()]));
    assert!(said.contains("The bytes are as they were written"), "{said}");
    let check = |more: &[&OsStr]| {
        let mut command = Command::new(PROGRAM);
        command.args(["backup", "check"]).arg(&backup).arg("--private-key").arg(home.path("safe.key")).args(more);
        command.output().unwrap()
    };
    let said = succeeded(&check(&["--keys".as_ref(), home.path("data/keys").as_os_str()]));
    assert!(said.contains(&organisation) && said.contains("signed with this record's key"), "{said}");

    home.empty().await;
    fs::write(home.path("checkpoint"), checkpoint).unwrap();
    let held = complaint(&home.restoring(&backup).arg("--checkpoint").arg(home.path("checkpoint")).output().unwrap());
    assert!(held.contains("older than what you hold") && held.contains("--go-back"), "{held}");
    let said = succeeded(&home.restoring(&backup).args(["--expect", &organisation]).output().unwrap());
    for words in [
        "Nothing is changed before it is found whole",
        "the ledger is the one that the backup signed",
        "What was written after that is not in it",
        "Nobody is signed in",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let said = home.said(&["verify"], &[]);
    assert!(said.contains("Nothing is wrong"), "{said}");
    let server = home.serving();
    let cookie = server.cookie_of("will");
    let read = server.get_as(&page, &cookie);
    assert!(read.starts_with("HTTP/1.1 200") && read.contains(WORDS), "{read}");
    let living = complaint(&home.restoring(&backup).output().unwrap());
    assert!(living.contains("never over a record that is there"), "{living}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r_int_06_under_load_emptied_restored_verified_and_read_on_sqlite() {
    the_whole_way(Home::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r_int_06_under_load_emptied_restored_verified_and_read_on_postgres() {
    let Some(home) = Home::postgres("whole_way").await else { return };
    the_whole_way(home).await;
}

/// A small record with a backup of it and its keys, and nothing running.
async fn backed_up(home: &Home) -> PathBuf {
    let service = Service::make(&home.place(), &home.path("data/keys")).await;
    // On PostgreSQL its leaves get their numbers meanwhile, and the right to number is let go afterwards: what follows
    // blocks this runtime.
    tokio::time::sleep(Duration::from_millis(600)).await;
    service.db.close().await;
    drop(service);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let key = home.new_key();
    let backup = home.path("one.backup.age");
    home.said(&["backup", "--for", &key], &[("--to", &backup)]);
    home.said(&["backup", "keys", "--for", &key], &[("--to", &home.path("record.keys.age"))]);
    backup
}

/// Each way in which a backup is no good, by its name and with what to do; nothing is made.
#[tokio::test]
async fn what_is_no_good_is_refused_by_name() {
    let home = Home::sqlite();
    let backup = backed_up(&home).await;
    let bytes = fs::read(&backup).unwrap();
    let keys = home.path("data/keys");
    fs::rename(&keys, home.path("kept-keys")).unwrap();
    home.empty().await;
    let other = home.path("other.age");
    let refused = |bytes: &[u8]| {
        fs::write(&other, bytes).unwrap();
        let said = complaint(&home.restoring(&other).output().unwrap());
        assert!(!home.path("data").exists(), "something was made: {said}");
        said
    };
    let middle = bytes.len() / 2;
    let said = refused(&bytes[..middle]);
    assert!(said.contains("damaged") && said.contains("cut short or altered"), "{said}");
    let mut altered = bytes.clone();
    altered[middle] ^= 1;
    let said = refused(&altered);
    assert!(said.contains("damaged") && said.contains("Take another copy of it"), "{said}");
    let said = refused(b"");
    assert!(said.contains("is not a backup of Lifestory"), "{said}");
    let said = refused(&bytes[..60]);
    assert!(said.contains("damaged") && said.contains("Take another copy of it"), "{said}");
    let said = refused(&fs::read(home.path("record.keys.age")).unwrap());
    assert!(said.contains("does not begin like a backup"), "{said}");
    // The sum beside it finds the same without any key.
    fs::copy(home.path("one.backup.age.sha256"), home.path("other.age.sha256")).unwrap();
    fs::write(&other, &altered).unwrap();
    let said = complaint(&run(&["backup".as_ref(), "check".as_ref(), other.as_os_str()]));
    assert!(said.contains("is not as it was written"), "{said}");

    // Another private key.
    run(&["backup".as_ref(), "new-key".as_ref(), home.path("wrong.key").as_os_str()]);
    let again = complaint(&run(&["backup".as_ref(), "new-key".as_ref(), home.path("wrong.key").as_os_str()]));
    assert!(again.contains("never replaces"), "{again}");
    let mut command =
        home.command(&["restore", backup.to_str().unwrap()], &[("--private-key", &home.path("wrong.key"))]);
    let said = complaint(&command.output().unwrap());
    assert!(said.contains("no keys") || said.contains("another key"), "{said}");
    let mut command = Command::new(PROGRAM);
    command.args(["backup", "check"]).arg(&backup).arg("--private-key").arg(home.path("wrong.key"));
    let said = complaint(&command.output().unwrap());
    assert!(said.contains("sealed for another key") && said.contains("Look in the safe"), "{said}");

    // Without the record's keys.
    let mut command =
        home.command(&["restore", backup.to_str().unwrap()], &[("--private-key", &home.path("safe.key"))]);
    let said = complaint(&command.output().unwrap());
    assert!(said.contains("a backup holds no keys") && said.contains("--keys-file"), "{said}");
    assert!(!home.path("data").exists());
    // With the key folder put there by hand.
    fs::create_dir(home.path("data")).unwrap();
    fs::rename(home.path("kept-keys"), &keys).unwrap();
    let mut command =
        home.command(&["restore", backup.to_str().unwrap()], &[("--private-key", &home.path("safe.key"))]);
    succeeded(&command.output().unwrap());
    assert!(home.said(&["verify"], &[]).contains("Nothing is wrong"));

    // A backup never replaces anything.
    let key = "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq";
    let said = complaint(&home.command(&["backup", "--for", key], &[("--to", &backup)]).output().unwrap());
    assert!(said.contains("cannot be used with --for") || said.contains("never replaces anything"), "{said}");
    assert_eq!(fs::read(&backup).unwrap(), bytes);
}

/// Kills a command when it has said so many lines, or after so many milliseconds; gives what it had said.
fn killed(mut command: Command, after: &Kill) -> Vec<String> {
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut said = Vec::new();
    match after {
        Kill::Lines(count) => said.extend(lines.by_ref().take(*count).map_while(Result::ok)),
        Kill::Milliseconds(wait) => std::thread::sleep(Duration::from_millis(*wait)),
    }
    process.kill().unwrap();
    process.wait().unwrap();
    said.extend(lines.map_while(Result::ok));
    said
}

enum Kill {
    Lines(usize),
    Milliseconds(u64),
}

/// A backup that is killed anywhere is whole under its name, or is not there.
async fn kills_of_a_backup(home: Home) {
    backed_up(&home).await;
    let key = fs::read_to_string(home.path("safe.key")).unwrap();
    let key = key.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap().to_owned();
    let lines = home.said(&["backup", "--for", &key], &[("--to", &home.path("lines.age"))]).lines().count();
    let (mut whole, mut none) = (0, 0);
    let kills = (0..lines).map(Kill::Lines).chain((0..8).map(|n| Kill::Milliseconds(n * 40)));
    for (n, kill) in kills.enumerate() {
        let backup = home.path(&format!("killed-{n}.age"));
        killed(home.command(&["backup", "--for", &key], &[("--to", &backup)]), &kill);
        if backup.exists() {
            let mut check = Command::new(PROGRAM);
            check.args(["backup", "check"]).arg(&backup).arg("--private-key").arg(home.path("safe.key"));
            let said = succeeded(&check.arg("--keys").arg(home.path("data/keys")).output().unwrap());
            assert!(said.contains("Whole:"), "{said}");
            whole += 1;
        } else {
            none += 1;
        }
    }
    assert!(none > 0, "no kill came in time: {whole} whole");
    assert!(home.said(&["verify"], &[]).contains("Nothing is wrong"));
}

#[tokio::test]
async fn a_backup_that_is_killed_is_whole_or_not_there_on_sqlite() {
    kills_of_a_backup(Home::sqlite()).await;
}

#[tokio::test]
async fn a_backup_that_is_killed_is_whole_or_not_there_on_postgres() {
    let Some(home) = Home::postgres("killed_backup").await else { return };
    kills_of_a_backup(home).await;
}

/// A restore that is killed anywhere leaves nothing, or a place that says what it is, or all of it.
async fn kills_of_a_restore(home: Home) {
    let backup = backed_up(&home).await;
    home.empty().await;
    let lines = succeeded(&home.restoring(&backup).output().unwrap()).lines().count();
    let (mut marked, mut whole, mut nothing) = (0, 0, 0);
    let kills = (0..lines).map(Kill::Lines).chain((0..8).map(|n| Kill::Milliseconds(n * 60)));
    for kill in kills {
        home.empty().await;
        let said = killed(home.restoring(&backup), &kill);
        let verified = home.command(&["verify"], &[]).output().unwrap();
        let complained = String::from_utf8_lossy(&verified.stderr).into_owned();
        if verified.status.success() {
            whole += 1;
        } else if complained.contains("a restore was begun here and not finished") {
            marked += 1;
            let refused = home.refuses_to_serve();
            assert!(refused.contains("start the restore again in an empty place"), "{refused}");
            let refused = complaint(&home.restoring(&backup).output().unwrap());
            assert!(refused.contains("is not empty"), "{refused}");
        } else {
            // Not begun: no database, or none that holds anything.
            let begun = complained.contains("there is no database in")
                || complained.contains("there is no record")
                || complained.contains("there are keys in");
            assert!(begun, "{said:?}: {complained}");
            nothing += 1;
        }
    }
    assert!(marked > 3, "{marked} marked, {whole} whole, {nothing} not begun");
    // And again in an empty place.
    home.empty().await;
    succeeded(&home.restoring(&backup).output().unwrap());
    assert!(home.said(&["verify"], &[]).contains("Nothing is wrong"));
}

#[tokio::test]
async fn a_restore_that_is_killed_leaves_a_place_that_says_so_on_sqlite() {
    kills_of_a_restore(Home::sqlite()).await;
}

#[tokio::test]
async fn a_restore_that_is_killed_leaves_a_place_that_says_so_on_postgres() {
    let Some(home) = Home::postgres("killed_restore").await else { return };
    kills_of_a_restore(home).await;
}
