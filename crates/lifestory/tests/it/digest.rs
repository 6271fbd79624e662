//! The daily e-mail, by the program itself, through a mail server of the tests.

use std::{
    ffi::OsString,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
};

use casework::{Desk, digest, organisation, recording};
use record::Typed;
use store::{Actor, Place};

use crate::{
    server::{PASSWORD, PROGRAM, open},
    service::Service,
};

/// A mail server that keeps what it is sent. What it answers to a recipient can be said.
#[derive(Clone)]
struct Sink {
    port: u16,
    mails: Arc<Mutex<Vec<String>>>,
    answer: Arc<Mutex<&'static str>>,
}

const TAKEN: &str = "250 taken";

impl Sink {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = Self { port, mails: Arc::default(), answer: Arc::new(Mutex::new(TAKEN)) };
        let serves = sink.clone();
        // It ends with the tests' process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serves.talk(stream);
            }
        });
        sink
    }

    fn talk(&self, stream: TcpStream) {
        let mut say = stream.try_clone().unwrap();
        let mut lines = BufReader::new(stream).lines();
        say.write_all(b"220 sink\r\n").ok();
        while let Some(Ok(line)) = lines.next() {
            let answer = match line.get(..4).unwrap_or_default().to_uppercase().as_str() {
                "EHLO" | "HELO" => "250 sink",
                "RCPT" => *self.answer.lock().unwrap(),
                "DATA" => {
                    say.write_all(b"354 go on\r\n").ok();
                    let mail: Vec<String> =
                        lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                    self.mails.lock().unwrap().push(mail.join("\n"));
                    TAKEN
                }
                "QUIT" => {
                    say.write_all(b"221 bye\r\n").ok();
                    return;
                }
                _ => "250 so be it",
            };
            say.write_all(format!("{answer}\r\n").as_bytes()).ok();
        }
    }

    fn answers(&self, answer: &'static str) {
        *self.answer.lock().unwrap() = answer;
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

/// Will gets the child from a manager.
async fn allocate(service: &Service) {
    let (db, now) = (&service.db, service.db.now());
    let desk = |person| Desk::new(db.clone(), Actor::Person(person), now);
    let tx = db.begin(Actor::System("tests"), now).await.unwrap();
    let colleagues = tx.colleagues().await.unwrap();
    drop(tx);
    let ada = colleagues.staff.iter().find(|(_, one)| one.name == "Ada Admin").unwrap();
    let team = colleagues.teams.keys().next().unwrap().to_string();
    let staff = on(Typed::default())
        .with("name", "Mona Manager")
        .with("designation", "Team manager")
        .with("roles", "team-manager")
        .with("team", team.clone())
        .with("account-status", "open");
    let account = organisation::NewAccount { username: "mona", password: PASSWORD, must_change: false };
    let ada = desk(*ada.0);
    let mona = organisation::record_staff(&ada, ada.new_id(), None, &staff, Some(&account)).await.unwrap();
    let mona = desk(mona);
    let typed = on(Typed::default())
        .with("team", team)
        .with("has-worker", "yes")
        .with("worker", service.worker.to_string())
        .with("file-holder", "yes");
    recording::record_now(&mona, mona.new_id(), service.child, "allocation", &typed).await.unwrap();
}

fn on(typed: Typed) -> Typed {
    typed.with("happened.day", "2").with("happened.month", "3").with("happened.year", "2026")
}

struct Home {
    folder: tempfile::TempDir,
    service: Service,
}

impl Home {
    /// Will has a child who came into care some time ago, and has asked for the e-mail.
    async fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::Folder(folder.path().join("data"));
        let service = Service::make(&place, &folder.path().join("data/keys")).await;
        let will = Desk::new(service.db.clone(), Actor::Person(service.worker), service.db.now());
        let typed =
            on(Typed::default()).with("status", "V2").with("episode-reason", "S").with("category-of-need", "N1");
        recording::record_now(&will, will.new_id(), service.child, "legal-status", &typed).await.unwrap();
        allocate(&service).await;
        digest::ask(&will, " will@council.example ").await.unwrap();
        Self { folder, service }
    }

    fn send(&self, port: u16) -> Output {
        let data = self.folder.path().join("data");
        let arguments: Vec<OsString> = vec![
            "digest".into(),
            "--data".into(),
            data.into(),
            "--smtp".into(),
            format!("smtp://127.0.0.1:{port}").into(),
            "--mail-from".into(),
            "Lifestory <lifestory@council.example>".into(),
            "--pages".into(),
            "https://lifestory.council.example/".into(),
        ];
        Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().unwrap()
    }

    async fn failed(&self) -> Option<String> {
        let db = open(&Place::Folder(self.folder.path().join("data")), &self.folder.path().join("data/keys")).await;
        let failed = db.digests().await.unwrap().remove(0).failed;
        db.close().await;
        failed
    }
}

/// R-TIME-X09: numbers and kinds and where to look, once a day; no child, no name and nothing from a record.
#[tokio::test(flavor = "multi_thread")]
async fn r_time_x09_the_daily_email_says_how_much_and_nothing_of_anybody() {
    let home = Home::make().await;
    let sink = Sink::start();
    let sent = home.send(sink.port);
    assert!(sent.status.success(), "{sent:?}");
    assert!(String::from_utf8_lossy(&sent.stdout).starts_with("1 sent"), "{sent:?}");
    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    for says in ["To: will@council.example", "late", "First review", "https://lifestory.council.example/my-work/owed"] {
        assert!(mail.contains(says), "{says}: {mail}");
    }
    for name in ["Amira", "Okafor", "Will Worker", "Mona", "10001"] {
        assert!(!mail.contains(name), "{name}: {mail}");
    }
    // The timer calls again.
    assert!(home.send(sink.port).status.success());
    assert_eq!(sink.mails().len(), 1);
}

/// Two machines call at once, and neither has anything of today: nobody is mailed twice for one day.
#[tokio::test(flavor = "multi_thread")]
async fn two_machines_at_once_mail_nobody_twice() {
    let home = Home::make().await;
    let sink = Sink::start();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert!(home.send(sink.port).status.success()));
        }
    });
    assert_eq!(sink.mails().len(), 1);
    assert_eq!(home.failed().await, None);
}

/// One machine has asked who is to be mailed and does not get through to the server; meanwhile the other has mailed them.
/// That the first failed gives nobody's day back.
#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_gets_no_answer_makes_nobody_be_mailed_again() {
    let home = Home::make().await;
    let sink = Sink::start();
    // It takes the call, and says nothing until it hangs up.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| home.send(port));
        let (called, _) = silent.accept().unwrap();
        let other = home.send(sink.port);
        assert!(String::from_utf8_lossy(&other.stdout).starts_with("1 sent"), "{other:?}");
        drop((called, silent));
        assert_eq!(first.join().unwrap().status.code(), Some(1));
    });
    let third = home.send(sink.port);
    assert!(third.status.success() && String::from_utf8_lossy(&third.stdout).starts_with("0 sent"), "{third:?}");
    assert_eq!(sink.mails().len(), 1);
}

/// What fails is said in plain words and tried again; what the server took is never sent again.
#[tokio::test(flavor = "multi_thread")]
async fn an_email_that_fails_is_tried_again() {
    let home = Home::make().await;
    // Nobody listens there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let none = home.send(free);
    assert_eq!(none.status.code(), Some(1));
    let said = String::from_utf8_lossy(&none.stderr).into_owned();
    assert!(said.contains("The mail server does not answer") && said.contains("tries again"), "{said}");
    assert!(!said.contains("will@"), "whose it is stays out of the log: {said}");
    assert!(home.failed().await.unwrap().contains("does not answer"));
    let sink = Sink::start();
    sink.answers("451 try again later");
    assert_eq!(home.send(sink.port).status.code(), Some(1));
    assert!(home.failed().await.unwrap().contains("asked to be tried again later"));
    sink.answers(TAKEN);
    assert!(home.send(sink.port).status.success());
    assert_eq!((sink.mails().len(), home.failed().await), (1, None));
    // What is wrong with the command itself says so before anybody is mailed.
    let wrong = Command::new(PROGRAM)
        .args(["digest", "--smtp", "smtp://127.0.0.1:1", "--mail-from", "nobody", "--pages", "https://l.example"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("--mail-from is no e-mail address"), "{wrong:?}");
}

/// An address that would smuggle another line into the e-mail, or is none, is refused; whoever stops is not mailed.
/// ASVS 1.3.11
#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_an_address_and_stopping_stops() {
    let home = Home::make().await;
    let will = Desk::new(home.service.db.clone(), Actor::Person(home.service.worker), home.service.db.now());
    for wrong in [
        "",
        "will",
        "will@council",
        "a@b.c\r\nBcc: everybody@b.c",
        "a@b.c\r\nd",
        "a\n@b.c",
        "a b@c.d",
        "Will <will@c.d>",
        "a@b.c,d@e.f",
        "wíll@c.d",
    ] {
        let refused = digest::ask(&will, wrong).await;
        assert!(matches!(refused, Err(casework::CaseError::Problems(_))), "{wrong:?}");
    }
    digest::stop(&will).await.unwrap();
    assert_eq!(digest::own(&will).await.unwrap(), None);
    let sink = Sink::start();
    assert!(home.send(sink.port).status.success());
    assert_eq!(sink.mails().len(), 0);
}
