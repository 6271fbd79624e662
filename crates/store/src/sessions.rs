//! Sessions: who is signed in now, and until when.
//!
//! A session is kept as the hash of its random name, so that a copy of the database signs nobody in.

use policy::sign_in::{SignInRules, Way};
use record::{Moment, PersonId};
use sha2::{Digest as _, Sha256};

use crate::{
    Db,
    accounts::HAS_LEFT,
    door::Tx,
    engine::{Row, Statement, StoreError, args},
    keys::fill,
    notices::{Notice, TO_BE_TOLD, before_letting_in},
    support::SUPPORT,
    writer::Plan,
};

/// A session's name as the browser has it: 32 random bytes in hexadecimal.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionName(String);

impl std::fmt::Debug for SessionName {
    /// Whoever knows the name is signed in: it is in no log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionName(***)")
    }
}

impl SessionName {
    /// From a cookie.
    pub fn from_cookie(text: &str) -> Option<Self> {
        (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| Self(text.to_owned()))
    }
    /// For a cookie.
    pub fn as_cookie(&self) -> &str {
        &self.0
    }
    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
    /// What the pages of a session that begins under this name post beside what was typed.
    pub fn token(&self) -> PageToken {
        PageToken(hex(&Sha256::digest(format!("csrf {}", self.0))))
    }
}

/// What only the pages of one session can post: against forged posts. It is made of the name under which the session began,
/// and outlives that name, so that what is open in other windows can be sent when the session has got another. It opens
/// nothing by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PageToken(String);

impl std::fmt::Debug for PageToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageToken(***)")
    }
}

impl PageToken {
    /// For a hidden box.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A session that is going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub person: PersonId,
    /// What its pages post beside what was typed.
    pub token: PageToken,
    /// Whether it is of somebody of support. It is short, and every page says so.
    pub support: bool,
    /// Whether a new password must be chosen before anything else.
    pub must_change: bool,
    /// How it was entered.
    pub how: How,
    /// Whether another way of signing in must be added before anything else: the pack does not let in by this one alone.
    pub must_add: bool,
    /// When it was last proved who this is: at signing in, or since.
    pub proved: Moment,
    /// When it ends whatever happens.
    pub ends: Moment,
    /// When it ends if nothing happens.
    pub idle_ends: Moment,
    /// What its person is to be told of their account, the latest first.
    pub notices: Vec<Notice>,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Seconds without a request.
    pub idle: i64,
    /// Seconds from signing in.
    pub absolute: i64,
}

/// How a session was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// With a password alone.
    Password,
    /// With a password and a code.
    Code,
    /// With a passkey.
    Passkey,
    /// With an account at the identity provider.
    SingleSignOn,
}

impl How {
    const ALL: [Self; 4] = [Self::Password, Self::Code, Self::Passkey, Self::SingleSignOn];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Passkey => "passkey",
            Self::SingleSignOn => "single-sign-on",
        }
    }

    /// The way of signing in that the pack allows or does not.
    pub const fn way(self) -> Way {
        match self {
            Self::Password => Way::Password,
            Self::Code => Way::PasswordAndCode,
            Self::Passkey => Way::Passkey,
            Self::SingleSignOn => Way::SingleSignOn,
        }
    }

    fn read(row: &Row, column: usize) -> Result<Self, StoreError> {
        let name = row.text(column)?;
        let known = Self::ALL.into_iter().find(|how| how.name() == name);
        known.ok_or(StoreError::Inconsistent { table: "session", column: "how" })
    }
}

/// A session of one's own, as the page of the account lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// By which it is ended. It opens nothing.
    pub key: String,
    /// When it began.
    pub started: Moment,
    /// When it was last used, to the minute.
    pub seen: Moment,
    /// How it was entered.
    pub how: How,
    /// Whether it is the one that asks.
    pub this: bool,
}

impl Db {
    /// Who a session belongs to, if it still goes on; it goes on for the idle time from now.
    pub async fn session(
        &self,
        name: &SessionName,
        limits: SessionLimits,
        now: Moment,
    ) -> Result<Option<Session>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn
            .query_opt(
                format!(
                    "select s.person, s.started, s.seen, a.must_change, s.how, s.authenticated, a.kind, s.token, {TO_BE_TOLD}
                     from session s join account a on a.person = s.person
                     where s.hash = $1 and s.ended is null and a.state = 'open' and not {HAS_LEFT}"
                ),
                args![name.hash(), now.day()],
            )
            .await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(None) };
        let person = row.parsed(0, "session", "person")?;
        let (started, seen): (Moment, Moment) =
            (row.parsed(1, "session", "started")?, row.parsed(2, "session", "seen")?);
        let support = row.text(6)? == SUPPORT;
        let limits = if support { of_support(self.pack().sign_in(), limits) } else { limits };
        if now.seconds_since(started) >= limits.absolute || now.seconds_since(seen) >= limits.idle {
            return Ok(None);
        }
        // Once a minute is enough to know whether somebody is still there; each request need not write.
        if now.seconds_since(seen) >= 60 {
            let touch = Statement::new(
                "update session set seen = $2 where hash = $1 and ended is null",
                args![name.hash(), now],
            );
            self.apply(Plan { statements: vec![touch], leaves: Vec::new() }).await?;
        }
        let how = How::read(&row, 4)?;
        let notices = if row.int(8)? > 0 { self.notices(person, started).await? } else { Vec::new() };
        Ok(Some(Session {
            person,
            token: row.opt_parsed::<String>(7, "session", "token")?.map_or_else(|| name.token(), PageToken),
            // Whoever came by the identity provider has used no first password, and perhaps was never handed one.
            must_change: row.int(3)? == 1 && how != How::SingleSignOn,
            support,
            how,
            must_add: !rules_of(self.pack().sign_in(), support).allows(how.way()),
            proved: row.opt_parsed(5, "session", "authenticated")?.unwrap_or(started),
            ends: started.plus_seconds(limits.absolute),
            idle_ends: now.plus_seconds(limits.idle),
            notices,
        }))
    }

    /// A person's sessions that go on, the latest first.
    pub async fn sessions(
        &self,
        person: PersonId,
        here: &SessionName,
        limits: SessionLimits,
        now: Moment,
    ) -> Result<Vec<OpenSession>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let rows = conn
            .query(
                "select hash, started, seen, how from session
                 where person = $1 and ended is null and started > $2 and seen > $3 order by started desc, hash",
                args![person, now.plus_seconds(-limits.absolute), now.plus_seconds(-limits.idle)],
            )
            .await?;
        conn.rollback().await?;
        rows.iter()
            .map(|row| {
                let hash = row.blob(0)?;
                Ok(OpenSession {
                    this: hash == here.hash(),
                    key: hex(&hash),
                    started: row.parsed(1, "session", "started")?,
                    seen: row.parsed(2, "session", "seen")?,
                    how: How::read(row, 3)?,
                })
            })
            .collect()
    }

    /// Ends one of a person's own sessions, by its key.
    pub async fn end_session(&self, person: PersonId, key: &str, now: Moment) -> Result<(), StoreError> {
        let Some(hash) = from_hex(key) else { return Ok(()) };
        let tx = self.begin_own(person, now).await?;
        tx.leave("signed-out", None, None, "", &[], false);
        let mut plan = std::mem::take(&mut *tx.plan());
        plan.statements.push(Statement::one_row(
            "update session set ended = $3 where hash = $1 and person = $2 and ended is null",
            args![hash, person, now],
        ));
        match self.apply(plan).await {
            // It is over already, or nobody's, or somebody else's: nothing was ended, and nothing says so.
            Err(StoreError::Conflict) => Ok(()),
            done => done,
        }
    }

    /// Leaves the leaf of a post that no page of its session made: of another site, or of somebody who tries. Nothing came of
    /// it.
    pub async fn forged_post(&self, person: PersonId, now: Moment) -> Result<(), StoreError> {
        let tx = self.begin_own(person, now).await?;
        tx.leave("refused", None, Some("post".to_owned()), "no-page-of-this-session", &[], false);
        tx.commit().await
    }

    /// Ends the session that a browser brought when somebody signed in there anew: what began before is over, whoever's it
    /// was.
    pub async fn leave_behind(&self, name: &SessionName, now: Moment) -> Result<(), StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = "select person from session where hash = $1 and ended is null";
        let row = conn.query_opt(sql, args![name.hash()]).await?;
        conn.rollback().await?;
        match row {
            Some(row) => self.sign_out(name, row.parsed(0, "session", "person")?, false, now).await,
            None => Ok(()),
        }
    }

    /// Signs out: this session, or every session of its person.
    pub async fn sign_out(
        &self,
        name: &SessionName,
        person: PersonId,
        everywhere: bool,
        now: Moment,
    ) -> Result<(), StoreError> {
        let end = if everywhere {
            Statement::new("update session set ended = $2 where person = $1 and ended is null", args![person, now])
        } else {
            Statement::new("update session set ended = $2 where hash = $1 and ended is null", args![name.hash(), now])
        };
        let tx = self.begin_own(person, now).await?;
        tx.leave(if everywhere { "signed-out-everywhere" } else { "signed-out" }, None, None, "", &[], false);
        let mut plan = std::mem::take(&mut *tx.plan());
        plan.statements.push(end);
        self.apply(plan).await
    }
}

/// How long a session of support lasts: as the policy says, from its beginning.
fn of_support(rules: &SignInRules, limits: SessionLimits) -> SessionLimits {
    let absolute = limits.absolute.min(60 * i64::from(rules.support_session_minutes));
    SessionLimits { idle: limits.idle.min(absolute), absolute }
}

/// By which rules somebody signs in.
pub(crate) fn rules_of(rules: &SignInRules, support: bool) -> SignInRules {
    if support { rules.for_support() } else { rules.clone() }
}

/// Begins a session with what an act commits.
pub(crate) fn begin_session(tx: &Tx, person: PersonId, how: How) -> SessionName {
    let name = SessionName(random_name());
    before_letting_in(tx, person);
    tx.then(Statement::new(
        "insert into session (hash, person, started, seen, ended, how, authenticated, token)
         values ($1, $2, $3, $3, null, $4, $3, $5)",
        args![name.hash(), person, tx.now(), how.name(), name.token().as_str()],
    ));
    tx.then(Statement::new(
        "update account set failures = 0, locked_until = null, last_in = $2 where person = $1",
        args![person, tx.now()],
    ));
    name
}

/// What was added in a session was shown in it: it has been entered with that.
pub(crate) fn upgrade_session(name: &SessionName, how: How, now: Moment) -> Statement {
    Statement::new(
        "update session set how = $2, authenticated = $3 where hash = $1 and ended is null",
        args![name.hash(), how.name(), now],
    )
}

/// Its person has proved again who they are: the session goes on under a new name, and nobody goes on under the old one,
/// whoever may have learnt it. What is still sent under that is held for its person, as that of any session that ended.
pub(crate) fn proved_again(tx: &Tx, old: &SessionName) -> SessionName {
    let name = SessionName(random_name());
    tx.then(Statement::one_row(
        "insert into session (hash, person, started, seen, ended, how, authenticated, token)
         select $1, person, started, $3, null, how, $3, coalesce(token, $4) from session
         where hash = $2 and ended is null",
        args![name.hash(), old.hash(), tx.now(), old.token().as_str()],
    ));
    tx.then(Statement::one_row(
        "update session set ended = $2 where hash = $1 and ended is null",
        args![old.hash(), tx.now()],
    ));
    name
}

/// Ends every session of a person but this one.
pub(crate) fn end_others(person: PersonId, but: &SessionName, now: Moment) -> Statement {
    Statement::new(
        "update session set ended = $3 where person = $1 and hash <> $2 and ended is null",
        args![person, but.hash(), now],
    )
}

/// A name that nobody guesses: 32 random bytes in hexadecimal.
pub(crate) fn random_name() -> String {
    let mut random = [0_u8; 32];
    fill(&mut random);
    hex(&random)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    (digits.len() == 64).then(|| digits.chunks(2).map(byte).collect()).flatten()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
