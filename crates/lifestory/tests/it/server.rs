//! The program as a process, and a browser's least part.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::Arc,
    time::Duration,
};

use casework::organisation::{First, found, job};
use store::{Db, Place, SignIn};

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_lifestory");
/// What the first administrator has chosen.
pub const PASSWORD: &str = "correct horse battery";

/// Runs the program to its end.
pub fn run(arguments: &[&OsStr]) -> Output {
    Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What it said on standard error; it must have failed.
pub fn complaint(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "it should have failed, and said why:\n{said}");
    said
}

/// Opens a database as the program does.
pub async fn open(place: &Place, keys: &Path) -> Db {
    let pack = policy::load(&policy::embedded(), "rochdale").unwrap();
    let clock: store::Clock = Arc::new(|| "2026-03-03T15:20:00.000000Z".parse().unwrap());
    Db::open(place, keys, Arc::new(pack), clock).await.unwrap()
}

/// An organisation with its first administrator, who has chosen a password of her own: a first one lets in once.
pub async fn make(place: &Place, keys: &Path) {
    let db = open(place, keys).await;
    let first = First { name: "Ada Admin", username: "ada", password: "only for the first time" };
    let ada = found(&job(db.clone(), "test", db.now()), &first, "").await.unwrap();
    let SignIn::In(session) = db.sign_in("ada", first.password, db.now()).await.unwrap() else {
        panic!("she is let in")
    };
    assert!(db.change_password(&session, ada, first.password, PASSWORD, db.now()).await.unwrap());
    come_back(&db, &["ada"]).await;
    db.close().await;
}

/// The clock of these tests stands still, and the program's goes on: nobody is to have been away for months.
pub async fn come_back(db: &Db, usernames: &[&str]) {
    #[expect(clippy::disallowed_methods, reason = "the program beside it reads the system's clock")]
    let now = record::Moment::new(jiff::Timestamp::now());
    for username in usernames {
        assert_eq!(db.open_account(username, now).await.unwrap(), Some(store::AccountState::Open));
    }
}

/// A running server; ended when dropped.
pub struct Server {
    process: Child,
    /// Its port.
    pub port: u16,
    _out: BufReader<ChildStdout>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Server {
    /// Starts a command that runs `lifestory serve` in the end; waits for the address.
    pub fn start(command: &mut Command) -> Self {
        Self::spawned(command.stderr(Stdio::null()))
    }

    /// The same; what it says on standard error goes into this file.
    pub fn start_saying(command: &mut Command, file: &Path) -> Self {
        Self::spawned(command.stderr(std::fs::File::create(file).unwrap()))
    }

    fn spawned(command: &mut Command) -> Self {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut said = String::new();
        while out.read_line(&mut said).unwrap() > 0 {
            if let Some((_, address)) = said.split_once("Address: http://127.0.0.1:")
                && address.ends_with('\n')
            {
                let port = address.trim().parse().unwrap();
                return Self { process, port, _out: out };
            }
        }
        process.wait().ok();
        panic!("the server did not start: {said}");
    }

    /// `lifestory serve` with these arguments.
    pub fn serve(arguments: &[&OsStr]) -> Self {
        Self::start(Command::new(PROGRAM).arg("serve").args(["--port", "0"]).args(arguments))
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// `GET`: the whole answer.
    pub fn get(&self, path: &str) -> String {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port))
    }

    /// Tries to sign in: the whole answer.
    pub fn sign_in(&self) -> String {
        self.sign_in_as("ada")
    }

    /// The same, for somebody of this username.
    pub fn sign_in_as(&self, username: &str) -> String {
        let body = format!("username={username}&password={}", PASSWORD.replace(' ', "+"));
        self.exchange(&format!(
            "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nOrigin: http://127.0.0.1:{0}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {1}\r\n\r\n{body}",
            self.port,
            body.len()
        ))
    }

    /// Signs somebody in; gives the cookie.
    pub fn cookie_of(&self, username: &str) -> String {
        let answer = self.sign_in_as(username);
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        cookie.and_then(|line| line.split(';').next()).unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// `GET` by somebody who is signed in.
    pub fn get_as(&self, path: &str, cookie: &str) -> String {
        self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nCookie: {cookie}\r\n\r\n",
            self.port
        ))
    }

    /// Sends these bytes; gives all that comes back.
    pub fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}
