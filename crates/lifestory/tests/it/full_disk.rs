//! A disk that is full: a small disk of its own, mounted where only the program sees it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::server::{PROGRAM, Server, complaint};

/// A shell that sees a disk of so many kilobytes at `disk`; none, and said so, where this machine does not allow it.
fn shell(disk: &Path, kilobytes: u32, script: &str) -> Option<Command> {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    let allowed = command.arg("true").status().is_ok_and(|status| status.success());
    if !allowed {
        eprintln!("SKIPPED: this machine lets nobody mount a disk of their own (unshare)");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
    command.arg(format!("mount -t tmpfs -o size={kilobytes}k tmpfs {} && {script}", disk.display()));
    Some(command)
}

fn output(disk: &Path, kilobytes: u32, script: &str) -> Option<Output> {
    Some(shell(disk, kilobytes, script)?.output().unwrap())
}

/// The first start on a disk that is too small says so, at whatever point it fills; with room, the same folder works.
#[test]
fn a_first_start_on_a_full_disk_says_so_and_starts_once_there_is_room() {
    let disk = tempfile::tempdir().unwrap();
    let beside = tempfile::tempdir().unwrap();
    let data = disk.path().join("data");
    for kilobytes in [24, 100, 300, 420] {
        let serve = format!("{PROGRAM} serve --port 0 --data {}", data.display());
        let Some(full) = output(disk.path(), kilobytes, &serve) else { return };
        let said = complaint(&full);
        assert!(said.contains("disk is full") || said.contains("No space left on device"), "{kilobytes} kB: {said}");
        // The same folder, as the full disk left it, with room.
        let again = format!(
            "{serve} >/dev/null 2>&1; mount -o remount,size=100m {disk}; {serve} >{said} 2>&1 & server=$!
             for n in $(seq 300); do grep -q Address: {said} && break; sleep 0.1; done
             kill $server; wait $server; cat {said}; {PROGRAM} verify --data {data}",
            disk = disk.path().display(),
            said = beside.path().join("said").display(),
            data = data.display()
        );
        let Some(again) = output(disk.path(), kilobytes, &again) else { return };
        let said = String::from_utf8_lossy(&again.stdout);
        assert!(said.contains("Address: "), "{kilobytes} kB: {said}{}", String::from_utf8_lossy(&again.stderr));
        assert!(said.contains("Nothing is wrong"), "{kilobytes} kB: {said}{}", String::from_utf8_lossy(&again.stderr));
    }
}

/// A disk that fills while the server runs: the page says that nothing was saved; with room it goes on by itself.
/// ASVS 16.5.2, 16.5.3
#[tokio::test]
async fn a_disk_that_fills_up_is_said_on_the_page_and_work_goes_on_with_room() {
    let disk = tempfile::tempdir().unwrap();
    let made = tempfile::tempdir().unwrap();
    let place = store::Place::Folder(made.path().join("data"));
    crate::server::make(&place, &made.path().join("data/keys")).await;
    let (from, data) = (made.path().join("data"), disk.path().join("data"));
    let script = format!(
        "cp -r {} {} && exec {PROGRAM} serve --port 0 --data {}",
        from.display(),
        data.display(),
        data.display()
    );
    let Some(mut command) = shell(disk.path(), 8_000, &script) else { return };
    let server = Server::start(&mut command);
    assert!(server.sign_in().starts_with("HTTP/1.1 303"));
    // The same disk, seen from outside.
    let filler = format!("/proc/{}/root{}/filler", server.id(), disk.path().display());
    let Err(full) = fs::write(&filler, vec![1; 20_000_000]) else { panic!("the disk never filled up") };
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    let mut answer = String::new();
    for _ in 0..50 {
        answer = server.sign_in();
        if !answer.starts_with("HTTP/1.1 303") {
            break;
        }
    }
    assert!(answer.starts_with("HTTP/1.1 507"), "{answer}");
    assert!(answer.contains("The disk is full") && answer.contains("was not saved"), "{answer}");
    fs::remove_file(&filler).unwrap();
    assert!(server.sign_in().starts_with("HTTP/1.1 303"), "it does not go on though there is room");
}
