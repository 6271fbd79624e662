//! The `age` program opens what is sealed here, and what it sealed opens here. Skipped where it is not installed.

use std::{
    fs,
    process::{Command, Stdio},
};

use agefile::Identity;

use crate::streams::{chance, open, seal};

#[test]
fn the_age_program_and_this_one_open_each_others_files() {
    if !Command::new("age").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: the age program is not here (Debian: age)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let made = Command::new("age-keygen").output().unwrap();
    let keys = String::from_utf8(made.stdout).unwrap();
    fs::write(path("key"), &keys).unwrap();
    let identity = Identity::of_file(&keys).unwrap().remove(0);
    assert!(keys.contains(&format!("# public key: {}", identity.recipient())), "{keys}");
    let mut plain = vec![0; 200_000];
    chance(5)(&mut plain);

    fs::write(path("ours"), seal(&[&Identity::new(&mut chance(6)), &identity], &plain)).unwrap();
    let opened = Command::new("age").arg("-d").arg("-i").arg(path("key")).arg(path("ours")).output().unwrap();
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    assert!(opened.stdout == plain);

    fs::write(path("plain"), &plain).unwrap();
    let mut theirs = Command::new("age");
    theirs.arg("-r").arg(identity.recipient().to_string()).arg("-o").arg(path("theirs")).arg(path("plain"));
    assert!(theirs.status().unwrap().success());
    assert!(open(&identity, &fs::read(path("theirs")).unwrap()).unwrap() == plain);
}
