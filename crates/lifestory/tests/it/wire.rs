//! Bytes on the wire: where a request ends, what an answer says of itself, and what the log keeps of it all.

use std::{ffi::OsStr, path::Path, process::Command};

use sqlx::{Connection as _, SqliteConnection};
use store::Place;

use crate::server::{PASSWORD, PROGRAM, Server, make};

async fn place() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    make(&Place::Folder(folder.path().join("data")), &folder.path().join("data/keys")).await;
    folder
}

fn serve(folder: &Path) -> Server {
    Server::serve(&["--data".as_ref(), folder.join("data").as_ref()])
}

/// ASVS 4.2.1: a request whose end could be read in two ways is refused, or read by its chunks alone.
#[tokio::test]
async fn where_a_request_ends_is_read_in_one_way() {
    let folder = place().await;
    let server = serve(folder.path());
    let ask = |head: &str, body: &str| {
        server.exchange(&format!(
            "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n{head}\r\n\r\n{body}",
            server.port
        ))
    };
    let hidden = "abc\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n";
    for head in [
        "Content-Length: 3\r\nContent-Length: 40",
        "Content-Length: +3",
        "Content-Length: 3, 40",
        "Content-Length: three",
        "Content-Length : 3",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\n Content-Length: 3",
    ] {
        let answer = ask(head, hidden);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
        assert!(!answer.contains("\r\nwell"), "{head}: what was hidden in the body is answered");
    }
    let answer = ask("Content-Length: 3\r\nTransfer-Encoding: chunked", "5\r\na=b&c\r\n0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    // HTTP/2 is not spoken, so it can carry nothing in.
    let answer = server.exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(!answer.contains("200"), "{answer}");
}

/// ASVS 4.2.2, 13.4.6
#[tokio::test]
async fn an_answer_is_as_long_as_it_says_and_names_no_server() {
    let folder = place().await;
    let server = serve(folder.path());
    let cookie = server.cookie_of("ada");
    let mut counted = 0;
    for path in ["/sign-in", "/health", "/nothing", "/my-work", "/organisation", "/assets/nothing.css"] {
        let answer = server.get_as(path, &cookie);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        assert!(length.is_none() || !head.contains("transfer-encoding"), "{path}: {head}");
        if let Some(length) = length {
            counted += 1;
            assert_eq!(length, body.len().to_string(), "{path}");
        }
        for told in ["\nserver:", "\nx-powered-by:", "\nvia:", env!("CARGO_PKG_VERSION")] {
            assert!(!head.contains(told), "{path}: {head}");
        }
    }
    assert!(counted >= 5, "{counted}");
}

/// ASVS 16.2.4: a line of JSON each. ASVS 16.2.2: in UTC. ASVS 16.2.5: no secret and nothing that was sent.
/// ASVS 16.4.1: so nothing that is sent makes a line. ASVS 16.3.4, 16.5.1: an error that nobody expected is there, and
/// the page says nothing of it.
#[tokio::test]
async fn the_log_has_a_line_for_each_and_nothing_of_what_was_sent() {
    let folder = place().await;
    let log = folder.path().join("log");
    let mut command = Command::new(PROGRAM);
    let data = folder.path().join("data");
    let arguments: [&OsStr; 5] = ["serve".as_ref(), "--port".as_ref(), "0".as_ref(), "--data".as_ref(), data.as_ref()];
    command.args(arguments).env("RUST_LOG", "debug").env("LIFESTORY_LOG", "json");
    let server = Server::start_saying(&mut command, &log);
    let cookie = server.cookie_of("ada");
    let forged = "username=marmalade%0D%0A%7B%22level%22%3A%22ERROR%22%7D%1B%5B31m&password=quillwort";
    let answer = server.exchange(&format!(
        "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nConnection: close\r\nUser-Agent: zebrafinch\r\nContent-Length: {1}\r\n\r\n{forged}",
        server.port,
        forged.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    server.get_as("/people?name=zebrafinch%0A%7B%7D", &cookie);
    // The first administrator has a password to change before anything else.
    assert!(server.get_as("/password", &cookie).starts_with("HTTP/1.1 200"));

    // A table that is gone: what no page and no act expects.
    let mut raw =
        SqliteConnection::connect(&format!("sqlite://{}", data.join("lifestory.db").display())).await.unwrap();
    sqlx::query("alter table session rename to session_away").execute(&mut raw).await.unwrap();
    let answer = server.get_as("/password", &cookie);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    for inside in ["session", "table", "sqlite", "select", "panicked", ".rs", "lifestory.db"] {
        let page = answer.split_once("\r\n\r\n").unwrap().1;
        assert!(!page.contains(inside), "the page says {inside}: {page}");
    }
    drop(server);

    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.lines().count() > 3, "{log}");
    for line in log.lines() {
        assert!(line.starts_with("{\"timestamp\":\"20") && line.ends_with('}'), "{line}");
        let (_, time) = line.split_once("\"timestamp\":\"").unwrap();
        assert!(time.split('"').next().unwrap().ends_with('Z'), "{line}");
    }
    let failed = log.lines().filter(|line| line.contains("\"ERROR\"") && line.contains("a request failed")).count();
    assert!(failed >= 1, "{log}");
    let session = cookie.split_once('=').unwrap().1;
    for secret in [PASSWORD, "correct+horse", session, "marmalade", "quillwort", "zebrafinch", "\"ada\"", "Ada Admin"] {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
}
