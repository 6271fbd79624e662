//! `lifestory digest`: the daily e-mail to those who asked for it. For a timer, which may call it as often as it likes:
//! whoever has today's is not mailed again.

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use casework::{Desk, digest};
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor, message::Mailbox, message::header::ContentType,
    transport::smtp,
};
use store::Actor;

use super::{log, open_existing};
use crate::config::{MailArgs, PlaceArgs};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of one e-mail.
enum Became {
    Sent,
    /// Certainly not taken; whether it may be tried again today.
    Refused {
        why: String,
        again: bool,
    },
    /// The connection broke off before the server said whether it took it.
    Unknown(String),
}

/// What was done, for whoever reads the timer's log: numbers, and nobody's name.
#[derive(Default)]
struct Counted {
    sent: usize,
    nothing: usize,
    failed: usize,
}

/// Does what the command line says. Ends with 1 where an e-mail failed, so that a timer says so.
pub async fn run(place: &PlaceArgs, mail: &MailArgs) -> anyhow::Result<ExitCode> {
    log();
    let mailer = Mailer::new(mail)?;
    let db = open_existing(place).await?.at_this_moment().await?;
    let now = db.now();
    let mut counted = Counted::default();
    let asked = db.digests().await?;
    let pending = asked.iter().filter(|asked| asked.taken.is_none_or(|taken| taken < now.day()));
    let mut answers = None;
    for asked in pending {
        let desk = Desk::new(db.clone(), Actor::Person(asked.person), now);
        let told = digest::told(&desk).await?;
        let Some(told) = told.filter(|told| !told.is_nothing()) else {
            counted.nothing += 1;
            continue;
        };
        // Asked once, and only where there is something to send. While it does not answer, nobody's day is taken.
        if answers.is_none() {
            answers = Some(mailer.answers().await);
        }
        if let Some(Err(why)) = &answers {
            db.digest_not_begun(asked.person, why, now.day()).await?;
            counted.failed += 1;
            continue;
        }
        if !db.take_digest(asked.person, now.day()).await? {
            continue;
        }
        match mailer.send(&asked.address, &told).await {
            Became::Sent => {
                db.digest_sent(asked.person, db.now()).await?;
                counted.sent += 1;
            }
            Became::Refused { why, again } => {
                db.digest_failed(asked.person, &why, again).await?;
                counted.failed += 1;
            }
            Became::Unknown(why) => {
                db.digest_failed(asked.person, &why, false).await?;
                counted.failed += 1;
            }
        }
    }
    db.close().await;
    println!("{} sent, {} with nothing to say, {} failed.", counted.sent, counted.nothing, counted.failed);
    if let Some(Err(why)) = answers {
        eprintln!("lifestory: {why}; the next call tries again");
    }
    Ok(if counted.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    pages: String,
}

impl Mailer {
    fn new(mail: &MailArgs) -> anyhow::Result<Self> {
        let from = mail.mail_from.parse::<Mailbox>().context("--mail-from is no e-mail address")?;
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::from_url(&mail.smtp)
            .context("--smtp is no mail server, like smtps://mail.council.gov.uk or smtp://127.0.0.1:25")?
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(file)) = (&mail.smtp_user, &mail.smtp_password_file) {
            let password = std::fs::read_to_string(file)
                .with_context(|| format!("the password file {} cannot be read", file.display()))?;
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            server = server.credentials(smtp::authentication::Credentials::new(user.clone(), password));
        }
        anyhow::ensure!(
            mail.pages.starts_with("https://") || mail.pages.starts_with("http://"),
            "--pages must be the address at which people open the pages, like https://lifestory.council.gov.uk"
        );
        Ok(Self { server: server.build(), from, pages: mail.pages.clone() })
    }

    /// Whether the server can be reached and lets us in; else why not, in words.
    async fn answers(&self) -> Result<(), String> {
        match self.server.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err("The mail server does not take mail now".to_owned()),
            Err(error) => {
                tracing::warn!(%error, "the mail server");
                Err("The mail server does not answer as it should".to_owned())
            }
        }
    }

    async fn send(&self, address: &str, told: &digest::Told) -> Became {
        let Ok(to) = address.parse::<lettre::Address>() else {
            return Became::Refused { why: "This is no address that mail can be sent to".to_owned(), again: false };
        };
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(told.subject())
            .header(ContentType::TEXT_PLAIN)
            .body(told.text(&self.pages));
        let Ok(message) = message else {
            return Became::Refused { why: "The e-mail could not be written".to_owned(), again: false };
        };
        match self.server.send(message).await {
            Ok(_) => Became::Sent,
            Err(error) => {
                // What the server says may name whom the mail was for: its code alone is logged.
                tracing::warn!(code = error.status().map(|code| code.to_string()), "an e-mail was not sent");
                if error.is_transient() {
                    Became::Refused { why: "The mail server asked to be tried again later".to_owned(), again: true }
                } else if error.is_permanent() {
                    Became::Refused { why: "The mail server refused it".to_owned(), again: false }
                } else {
                    Became::Unknown(
                        "The connection to the mail server broke off, and it is not known whether it took the e-mail"
                            .to_owned(),
                    )
                }
            }
        }
    }
}
