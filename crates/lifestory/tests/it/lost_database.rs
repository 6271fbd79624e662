//! PostgreSQL that stops while the server runs: a clear page meanwhile, and work goes on when it is back.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use store::Place;

use crate::server::{Server, make};

/// A PostgreSQL of this test's own.
struct Cluster {
    folder: tempfile::TempDir,
    url: String,
}

fn tool() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/postgres")
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

impl Cluster {
    fn start() -> Option<Self> {
        if std::env::var("LIFESTORY_TEST_POSTGRES").is_err() {
            assert!(std::env::var("CI").is_err(), "LIFESTORY_TEST_POSTGRES must name a PostgreSQL in CI");
            eprintln!("SKIPPED on PostgreSQL: set LIFESTORY_TEST_POSTGRES to a connection string");
            return None;
        }
        let folder = tempfile::Builder::new().prefix("lifestory-lost.").tempdir_in("/tmp").unwrap();
        // PostgreSQL's account must reach it.
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let url = said(Command::new(tool()).arg("start").arg(folder.path().join("cluster")));
        Some(Self { folder, url })
    }

    /// `pg_ctl` of the cluster itself: it ends no process but this one's.
    fn control(&self, arguments: &[&str]) {
        let programs = said(Command::new(tool()).arg("find"));
        let data = self.folder.path().join("cluster/data");
        let pg_ctl = format!("{programs}/pg_ctl");
        let root = said(Command::new("id").arg("-u")) == "0";
        let mut command = if root { Command::new("runuser") } else { Command::new(&pg_ctl) };
        if root {
            let account = if Command::new("id").arg("postgres").output().unwrap().status.success() {
                "postgres"
            } else {
                "nobody"
            };
            command.args(["-u", account, "--", &pg_ctl]);
        }
        command.current_dir("/").arg("--pgdata").arg(&data).args(["--wait", "--silent"]).args(arguments);
        // The server would hold a pipe open.
        command
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        assert!(command.status().unwrap().success(), "{command:?}");
    }

    fn port(&self) -> &str {
        let (_, port) = self.url.split_once("@127.0.0.1:").unwrap();
        port.split('/').next().unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A cluster that is left over is only untidy.
        Command::new(tool()).arg("stop").arg(self.folder.path().join("cluster")).output().ok();
    }
}

/// ASVS 13.2.6, 16.5.1, 16.5.2
#[tokio::test]
async fn a_database_that_stops_is_said_on_the_page_and_is_used_again_when_it_is_back() {
    let Some(cluster) = Cluster::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    make(&Place::Postgres(cluster.url.clone()), &keys).await;
    let arguments: [&OsStr; 6] = [
        "--database".as_ref(),
        cluster.url.as_ref(),
        "--keys".as_ref(),
        keys.as_ref(),
        // What counts are made from lies there; otherwise it would lie wherever the tests run.
        "--data".as_ref(),
        folder.path().as_ref(),
    ];
    let server = Server::serve(&arguments);
    assert!(server.sign_in().starts_with("HTTP/1.1 303"));
    for how in ["fast", "immediate"] {
        cluster.control(&["stop", "--mode", how]);
        let began = Instant::now();
        let answer = server.sign_in();
        assert!(answer.starts_with("HTTP/1.1 503"), "{how}: {answer}");
        assert!(
            answer.contains("cannot be reached at the moment") && answer.contains("Nothing was changed"),
            "{how}: {answer}"
        );
        assert!(answer.contains("try again in a minute"), "{how}: {answer}");
        assert!(began.elapsed() < Duration::from_secs(30), "{how}: it took {:?} to say so", began.elapsed());
        assert!(server.get("/sign-in").starts_with("HTTP/1.1 200"), "{how}: a page without data is there all the same");
        cluster.control(&["start", "--options", &format!("-p {}", cluster.port()), "--log", "/dev/null"]);
        let back = (0..60).any(|_| {
            std::thread::sleep(Duration::from_millis(500));
            server.sign_in().starts_with("HTTP/1.1 303")
        });
        assert!(back, "{how}: the server does not find the database again");
    }
}
