//! The short form of the kill drill: ten kills on each engine. `./drill kills 100 sqlite` is the long one.

use std::process::Command;

fn kills(engine: &str) {
    let done = Command::new(env!("CARGO_BIN_EXE_benches"))
        .args(["kills", "10", engine])
        .output()
        .expect("the drill can be started");
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{said}{complained}");
    assert!(said.contains("10 kills") && said.contains("nothing wrong"), "{said}{complained}");
}

/// R-INT-06: a kill at any moment loses no acknowledged entry and leaves nothing half written.
#[test]
fn r_int_06_ten_kills_on_sqlite_lose_nothing() {
    kills("sqlite");
}

#[test]
fn r_int_06_ten_kills_on_postgresql_lose_nothing() {
    if std::env::var("LIFESTORY_TEST_POSTGRES").is_err() {
        assert!(std::env::var("CI").is_err(), "LIFESTORY_TEST_POSTGRES must name a PostgreSQL in CI");
        eprintln!("SKIPPED on PostgreSQL: set LIFESTORY_TEST_POSTGRES to a connection string");
        return;
    }
    kills("postgres");
}
