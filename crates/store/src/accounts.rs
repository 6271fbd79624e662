//! Accounts and sessions: who can sign in, and who is signed in now.
//!
//! Which ways of signing in are open is the pack's to say. An account that nobody used for the pack's days is closed, by
//! itself and without anybody being told, until whoever manages accounts opens it again.
//!
//! Passwords are kept as Argon2id; a session as the hash of its random name, so that a copy of the database signs
//! nobody in. Nothing here says whether an account exists: a wrong name takes the same time as a wrong password.

use std::sync::LazyLock;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc::PasswordHash};
use policy::sign_in::{SignInRules, Way};
use record::{Moment, PersonId};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::{
    Db,
    codes::CodeTried,
    door::{Actor, Refused, Tx},
    engine::{Row, Statement, StoreError, args},
    keys::fill,
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
    fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
    /// A token that only pages of this session can carry: against forged posts.
    pub fn token(&self) -> String {
        hex(&Sha256::digest(format!("csrf {}", self.0)))
    }
}

/// A session that is going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub person: PersonId,
    /// Whether a new password must be chosen before anything else.
    pub must_change: bool,
    /// Whether another way of signing in must be added before anything else: the pack does not let in by this one alone.
    pub must_add: bool,
    /// When it was last proved who this is: at signing in, or since.
    pub proved: Moment,
    /// When it ends whatever happens.
    pub ends: Moment,
    /// When it ends if nothing happens.
    pub idle_ends: Moment,
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
}

impl How {
    const ALL: [Self; 3] = [Self::Password, Self::Code, Self::Passkey];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::Passkey => "passkey",
        }
    }

    /// The way of signing in that the pack allows or does not.
    pub const fn way(self) -> Way {
        match self {
            Self::Password => Way::Password,
            Self::Code => Way::PasswordAndCode,
            Self::Passkey => Way::Passkey,
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

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Its person can sign in.
    Open,
    /// Somebody closed it.
    Closed,
    /// Nobody used it for longer than the pack says.
    Dormant,
}

/// An account, for those who manage staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub person: PersonId,
    /// Their username.
    pub username: String,
    /// How it stands.
    pub state: AccountState,
    /// When its person was last let in, or it was opened.
    pub last_in: Option<Moment>,
}

/// What somebody can sign in with beside a password, for those who manage staff.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaysOf {
    /// How many passkeys.
    pub passkeys: usize,
    /// Whether there is a code.
    pub code: bool,
}

/// What came of trying to sign in.
#[derive(Debug)]
pub enum SignIn {
    /// In: the session's name.
    In(SessionName),
    /// The password was right, and a code is asked: the name under which it is awaited.
    AskCode(String),
    /// The password was right, and the code was wrong too often.
    CodeStopped,
    /// Name or password wrong, account closed or locked: the person is told the same.
    No,
}

/// Whether the person of an account `a` has left by the day `$2`: what was said of them counts from its day, whether or
/// not anybody closed the account by then (R-ACC-02).
const HAS_LEFT: &str =
    "exists (select 1 from fact f where f.subject = 'p' || a.person and f.kind = 'account-status' and f.value <> 'open'
    and f.from_day <= $2 and (f.until_day is null or f.until_day > $2))";

/// How an account `a` stands on the day `$2`, when whoever was last let in before `$3` is no longer: `open` for whoever may
/// sign in.
pub(crate) fn account_state() -> String {
    format!(
        "case when {HAS_LEFT} then 'left' when a.state = 'open' and a.last_in <= $3 then 'dormant' else a.state end"
    )
}

const FAILURES_BEFORE_LOCK: i64 = 5;
const LOCK_SECONDS: i64 = 300;

/// Hashing is heavy on purpose: at most two at a time, so that a storm of sign-ins does not stop every page.
static HASHING: Semaphore = Semaphore::const_new(2);

/// Argon2id with 19 MiB, 2 passes, 1 lane: the OWASP minimum, which is also the crate's default.
fn hasher() -> Argon2<'static> {
    Argon2::default()
}

/// Compared with where there is no account, so that the answer takes as long.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hasher().hash_password(b"nobody's password").map(|hash| hash.to_string()).unwrap_or_default());

async fn hash_password(password: &str) -> Result<String, StoreError> {
    let _turn = HASHING.acquire().await.map_err(|error| StoreError::Engine(error.to_string()))?;
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || hasher().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
        .await
        .map_err(|error| StoreError::Engine(error.to_string()))?
        .map_err(|error| StoreError::Engine(error.to_string()))
}

async fn password_fits(password: &str, hash: Option<String>) -> Result<bool, StoreError> {
    let _turn = HASHING.acquire().await.map_err(|error| StoreError::Engine(error.to_string()))?;
    let password = password.to_owned();
    tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let fits =
            PasswordHash::new(&hash).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
    .map_err(|error| StoreError::Engine(error.to_string()))
}

/// The shortest password that is taken (OWASP: length counts, not rules of composition).
pub const SHORTEST_PASSWORD: usize = 12;
/// The longest; a longer one only costs time.
pub const LONGEST_PASSWORD: usize = 200;

impl Tx {
    /// Makes or replaces the account of a member of staff, with a first password that must be changed.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not manage staff; [`StoreError::Conflict`] when the username is taken.
    pub async fn make_account(
        &self,
        person: PersonId,
        username: &str,
        password: &str,
        must_change: bool,
    ) -> Result<(), Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        let hash = hash_password(password).await?;
        self.then(Statement::new(
            "insert into account (person, username, password, must_change, state, failures, locked_until, version, last_in)
             values ($1, $2, $3, $4, 'open', 0, null, 1, $5)",
            args![person, username.trim().to_lowercase(), hash, must_change, self.now()],
        ));
        self.leave("account-made", None, Some(person.to_string()), "", &[], true);
        Ok(())
    }

    /// Whether a username is taken.
    pub async fn username_taken(&self, username: &str) -> Result<bool, Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        let rows =
            self.query("select 1 from account where username = $1", args![username.trim().to_lowercase()]).await?;
        Ok(!rows.is_empty())
    }

    /// The username of the person who asks.
    pub async fn own_username(&self) -> Result<Option<String>, StoreError> {
        let rows = self.query("select username from account where person = $1", args![self.actor().person()]).await?;
        rows.first().map(|row| row.text(0)).transpose()
    }

    /// Opens or closes an account; closing ends its sessions at once. One that is opened has not been idle until now.
    pub async fn set_account(&self, person: PersonId, open: bool) -> Result<(), Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        self.then(Statement::one_row(
            "update account set state = $2, version = version + 1, failures = 0, locked_until = null,
                 last_in = case when state = $2 then last_in else $3 end where person = $1",
            args![person, if open { "open" } else { "closed" }, self.now()],
        ));
        if !open {
            self.end_sessions(person);
        }
        self.leave(
            if open { "account-opened" } else { "account-closed" },
            None,
            Some(person.to_string()),
            "",
            &[],
            true,
        );
        Ok(())
    }

    /// Opens an account that nobody used for long: it stays open for as long as any.
    pub async fn wake_account(&self, person: PersonId) -> Result<(), Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        self.then(Statement::one_row(
            "update account set version = version + 1, last_in = $2 where person = $1 and state = 'open'",
            args![person, self.now()],
        ));
        self.leave("account-opened", None, Some(person.to_string()), "", &[], true);
        Ok(())
    }

    /// Closes an open account at once and ends its sessions. Who may has been asked.
    pub(crate) fn close_account(&self, person: PersonId) {
        self.then(Statement::one_row(
            "update account set state = 'closed', version = version + 1, failures = 0, locked_until = null where person = $1",
            args![person],
        ));
        self.end_sessions(person);
        self.leave("account-closed", None, Some(person.to_string()), "", &[], true);
    }

    fn end_sessions(&self, person: PersonId) {
        self.then(Statement::new(
            "update session set ended = $2 where person = $1 and ended is null",
            args![person, self.now()],
        ));
    }

    /// Gives a member of staff a new first password, for one who has forgotten theirs; ends their sessions.
    pub async fn reset_password(&self, person: PersonId, password: &str) -> Result<(), Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        let hash = hash_password(password).await?;
        self.then(Statement::one_row(
            "update account set password = $2, must_change = 1, failures = 0, locked_until = null, version = version + 1 where person = $1",
            args![person, hash],
        ));
        self.end_sessions(person);
        self.leave("password-reset", None, Some(person.to_string()), "", &[], true);
        Ok(())
    }

    /// Every account, for those who manage staff.
    pub async fn accounts(&self) -> Result<Vec<Account>, Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        let rows =
            self.query("select person, username, state, last_in from account order by username", args![]).await?;
        let since = dormant_since(&self.db, self.now());
        let account = |row: &Row| {
            let last_in: Option<Moment> = row.opt_parsed(3, "account", "last_in")?;
            let state = match row.text(2)?.as_str() {
                "open" if since.zip(last_in).is_some_and(|(since, last)| last <= since) => AccountState::Dormant,
                "open" => AccountState::Open,
                _ => AccountState::Closed,
            };
            Ok(Account { person: row.parsed(0, "account", "person")?, username: row.text(1)?, state, last_in })
        };
        Ok(rows.iter().map(account).collect::<Result<_, StoreError>>()?)
    }

    /// What somebody can sign in with beside a password.
    pub async fn ways_of(&self, person: PersonId) -> Result<WaysOf, Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        let passkeys = self.query("select 1 from passkey where person = $1", args![person]).await?;
        let code = self.query("select 1 from code where person = $1", args![person]).await?;
        Ok(WaysOf { passkeys: passkeys.len(), code: !code.is_empty() })
    }

    /// Takes away what somebody signs in with beside a password, for one whose telephone is lost; ends their sessions.
    pub async fn remove_ways(&self, person: PersonId) -> Result<(), Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        for sql in ["delete from passkey where person = $1", "delete from code where person = $1"] {
            self.then(Statement::new(sql, args![person]));
        }
        self.end_sessions(person);
        self.leave("ways-removed", None, Some(person.to_string()), "", &[], true);
        Ok(())
    }
}

/// Whether somebody has what the pack asks for instead of a password. Whoever has nothing yet comes in by the password, to
/// add it before anything else.
fn has_better(rules: &SignInRules, has_passkey: bool) -> bool {
    has_passkey && rules.allows(Way::Passkey) && !rules.allows(Way::Password)
}

impl Db {
    /// Signs somebody in.
    pub async fn sign_in(&self, username: &str, password: &str, now: Moment) -> Result<SignIn, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn
            .query_opt(
                format!(
                    "select a.person, a.password, {}, a.locked_until,
                         (select count(*) from passkey k where k.person = a.person and k.stopped is null),
                         (select count(*) from code c where c.person = a.person)
                     from account a where a.username = $1",
                    account_state()
                ),
                args![username.trim().to_lowercase(), now.day(), dormant_before(self, now)],
            )
            .await?;
        conn.rollback().await?;
        let hash = row.as_ref().map(|row| row.text(1)).transpose()?;
        let fits = password_fits(password, hash).await?;
        let Some(row) = row else { return Ok(SignIn::No) };
        let person: PersonId = row.parsed(0, "account", "person")?;
        let locked = row.opt_parsed::<Moment>(3, "account", "locked_until")?.is_some_and(|until| now < until);
        let open = row.text(2)? == "open";
        if fits && open && !locked {
            let rules = self.pack().sign_in();
            let (has_passkey, has_code) = (row.int(4)? > 0, row.int(5)? > 0);
            let better = has_better(rules, has_passkey);
            if has_code && (rules.allows(Way::PasswordAndCode) || !better) {
                return Ok(SignIn::AskCode(self.ask_for_code(person, now).await?));
            }
            if better {
                return Ok(SignIn::No);
            }
        }
        let tx = self.begin(Actor::Person(person), now).await?;
        if fits && open && !locked {
            let name = begin_session(&tx, person, How::Password);
            tx.leave("signed-in", None, None, "", &[], false);
            tx.commit().await?;
            return Ok(SignIn::In(name));
        }
        if !locked {
            self.count_failure(&tx, person, now).await?;
        }
        Ok(SignIn::No)
    }

    async fn count_failure(&self, tx: &Tx, person: PersonId, now: Moment) -> Result<(), StoreError> {
        tx.leave("sign-in-failed", None, None, "", &[], false);
        let mut plan = std::mem::take(&mut *tx.plan());
        // Counted where it is written: tries that come at once each count.
        plan.statements.push(Statement::new(
            "update account set locked_until = case when failures + 1 >= $2 then $3 else locked_until end,
                 failures = case when failures + 1 >= $2 then 0 else failures + 1 end
             where person = $1",
            args![person, FAILURES_BEFORE_LOCK, now.plus_seconds(LOCK_SECONDS)],
        ));
        self.apply(plan).await
    }

    /// Proves again who somebody is, by their password and, where they have one, their code. Wrong ones count as they do at
    /// signing in; whoever sends too many is signed out, for it may be somebody else at their desk.
    pub async fn prove_again(
        &self,
        session: &SessionName,
        person: PersonId,
        (password, code): (&str, &str),
        now: Moment,
    ) -> Result<bool, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn
            .query_opt(
                "select password, locked_until, failures,
                     (select count(*) from passkey k where k.person = account.person and k.stopped is null)
                 from account where person = $1",
                args![person],
            )
            .await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(false) };
        let locked = row.opt_parsed::<Moment>(1, "account", "locked_until")?.is_some_and(|until| now < until);
        let fits = password.len() <= LONGEST_PASSWORD && password_fits(password, Some(row.text(0)?)).await?;
        let tx = self.begin(Actor::Person(person), now).await?;
        // Whoever guesses at the page for signing in locks the account; its owner, who is in, is not sent out for that.
        if fits && locked {
            return Ok(false);
        }
        if !fits {
            if locked || row.int(2)? + 1 >= FAILURES_BEFORE_LOCK {
                tx.end_sessions(person);
            }
            self.count_failure(&tx, person, now).await?;
            return Ok(false);
        }
        if self.code_of(person).await?.is_some() {
            match self.code_fits(person, code, now).await? {
                CodeTried::Right => {}
                CodeTried::Wrong => return Ok(false),
                CodeTried::Stopped => {
                    tx.end_sessions(person);
                    tx.commit().await?;
                    return Ok(false);
                }
            }
        } else if has_better(self.pack().sign_in(), row.int(3)? > 0) {
            // What does not let them in does not show that it is them.
            return Ok(false);
        }
        tx.then(proved_again(session, now));
        tx.then(Statement::new(
            "update account set failures = 0, locked_until = null where person = $1",
            args![person],
        ));
        tx.leave("proved-again", None, None, "", &[], false);
        tx.commit().await?;
        Ok(true)
    }

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
                    "select s.person, s.started, s.seen, a.must_change, s.how, s.authenticated from session s join account a on a.person = s.person
                     where s.hash = $1 and s.ended is null and a.state = 'open' and not {HAS_LEFT}"
                ),
                args![name.hash(), now.day()],
            )
            .await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(None) };
        let (started, seen): (Moment, Moment) =
            (row.parsed(1, "session", "started")?, row.parsed(2, "session", "seen")?);
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
        Ok(Some(Session {
            person: row.parsed(0, "session", "person")?,
            must_change: row.int(3)? == 1,
            must_add: !self.pack().sign_in().allows(How::read(&row, 4)?.way()),
            proved: row.opt_parsed(5, "session", "authenticated")?.unwrap_or(started),
            ends: started.plus_seconds(limits.absolute),
            idle_ends: now.plus_seconds(limits.idle),
        }))
    }

    /// Whether an account is open and not locked.
    pub(crate) async fn may_sign_in(&self, person: PersonId, now: Moment) -> Result<bool, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = format!("select {}, a.locked_until from account a where a.person = $1", account_state());
        let row = conn.query_opt(sql, args![person, now.day(), dormant_before(self, now)]).await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(false) };
        let locked = row.opt_parsed::<Moment>(1, "account", "locked_until")?.is_some_and(|until| now < until);
        Ok(row.text(0)? == "open" && !locked)
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
        let tx = self.begin(Actor::Person(person), now).await?;
        tx.leave("signed-out", None, None, "", &[], false);
        let mut plan = std::mem::take(&mut *tx.plan());
        plan.statements.push(Statement::new(
            "update session set ended = $3 where hash = $1 and person = $2 and ended is null",
            args![hash, person, now],
        ));
        self.apply(plan).await
    }

    /// Opens an account again by its username, for whoever runs the program: when nobody is left who manages accounts and
    /// can sign in. False where there is no such account.
    pub async fn open_account(&self, username: &str, now: Moment) -> Result<bool, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = "select person from account where username = $1";
        let row = conn.query_opt(sql, args![username.trim().to_lowercase()]).await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(false) };
        let person: PersonId = row.parsed(0, "account", "person")?;
        let tx = self.begin(Actor::System("open-account"), now).await?;
        tx.then(Statement::one_row(
            "update account set state = 'open', version = version + 1, failures = 0, locked_until = null, last_in = $2 where person = $1",
            args![person, now],
        ));
        tx.leave("account-opened", None, Some(person.to_string()), "", &[], true);
        tx.commit().await?;
        Ok(true)
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
        let tx = self.begin(Actor::Person(person), now).await?;
        tx.leave(if everywhere { "signed-out-everywhere" } else { "signed-out" }, None, None, "", &[], false);
        let mut plan = std::mem::take(&mut *tx.plan());
        plan.statements.push(end);
        self.apply(plan).await
    }

    /// Changes one's own password; ends the other sessions. False when the old password is wrong.
    pub async fn change_password(
        &self,
        name: &SessionName,
        person: PersonId,
        old: &str,
        new: &str,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row =
            conn.query_opt("select password from account where person = $1 and state = 'open'", args![person]).await?;
        conn.rollback().await?;
        let hash = row.map(|row| row.text(0)).transpose()?;
        if !password_fits(old, hash).await? {
            return Ok(false);
        }
        let hash = hash_password(new).await?;
        let tx = self.begin(Actor::Person(person), now).await?;
        tx.then(Statement::one_row(
            "update account set password = $2, must_change = 0, version = version + 1 where person = $1",
            args![person, hash],
        ));
        tx.then(end_others(person, name, now));
        tx.leave("password-changed", None, Some(person.to_string()), "", &[], true);
        tx.commit().await?;
        Ok(true)
    }

    /// Holds what somebody posted on a session that had ended, for that person alone, until they are back. Each window
    /// has a text of its own; what the same window posts later takes its place.
    ///
    /// Whoever holds the ended session's name gave it; only its person, signed in again, gets it back.
    pub async fn hold_post(
        &self,
        name: &SessionName,
        (path, window): (&str, &str),
        body: &[u8],
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn.query_opt("select person, started from session where hash = $1", args![name.hash()]).await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(()) };
        let person = row.text(0)?;
        if now.seconds_since(row.parsed(1, "session", "started")?) > 7 * 86_400 {
            return Ok(());
        }
        let sealed = self.keys().seal_held(&person, body)?;
        let held = if window.is_empty() || window.len() > 64 { path } else { window };
        let hold = Statement::new(
            "insert into held_text (person, held, at, path, sealed) values ($1, $2, $3, $4, $5)
             on conflict (person, held) do update set at = excluded.at, path = excluded.path, sealed = excluded.sealed",
            args![person.as_str(), held, now, path, sealed],
        );
        // Whoever found an ended session's name cannot fill the disk with it.
        let most = Statement::new(
            "delete from held_text where person = $1 and held not in
                 (select held from held_text where person = $1 order by at desc limit $2)",
            args![person.as_str(), MOST_HELD],
        );
        self.apply(Plan { statements: vec![hold, most], leaves: Vec::new() }).await
    }

    /// What is held for a person, the latest first. It stays until it is let go.
    pub async fn held_texts(&self, person: PersonId) -> Result<Vec<Held>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let rows = conn
            .query(
                "select held, at, path, sealed from held_text where person = $1 order by at desc, held",
                args![person],
            )
            .await?;
        conn.rollback().await?;
        let mut all = Vec::new();
        for row in rows {
            let at: Moment = row.parsed(1, "held_text", "at")?;
            if let Some(body) = self.keys().open_held(&person.to_string(), &row.blob(3)?) {
                all.push(Held { key: format!("{at} {}", row.text(0)?), at, path: row.text(2)?, body });
            }
        }
        Ok(all)
    }

    /// Lets go of a text that is back in its draft: exactly that one, not what the same window has sent since.
    pub async fn let_go(&self, person: PersonId, key: &str) -> Result<(), StoreError> {
        let Some((at, held)) = key.split_once(' ') else { return Ok(()) };
        let drop_it = Statement::new(
            "delete from held_text where person = $1 and at = $2 and held = $3",
            args![person, at, held],
        );
        self.apply(Plan { statements: vec![drop_it], leaves: Vec::new() }).await
    }
}

/// A text that was posted on an ended session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// By which it is let go.
    pub key: String,
    /// When it was posted.
    pub at: Moment,
    /// Where to.
    pub path: String,
    /// What, as it was posted.
    pub body: Vec<u8>,
}

/// The most texts that are held for one person.
const MOST_HELD: i64 = 20;

/// Begins a session with what an act commits.
pub(crate) fn begin_session(tx: &Tx, person: PersonId, how: How) -> SessionName {
    let name = SessionName(random_name());
    tx.then(Statement::new(
        "insert into session (hash, person, started, seen, ended, how, authenticated) values ($1, $2, $3, $3, null, $4, $3)",
        args![name.hash(), person, tx.now(), how.name()],
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

/// Its person has proved again who they are.
pub(crate) fn proved_again(name: &SessionName, now: Moment) -> Statement {
    Statement::new("update session set authenticated = $2 where hash = $1 and ended is null", args![name.hash(), now])
}

/// Whoever was last let in at this moment or before has not used their account for too long.
fn dormant_since(db: &Db, now: Moment) -> Option<Moment> {
    let days = i64::from(db.pack().sign_in().dormant_after_days);
    (days > 0).then(|| now.plus_seconds(-days * 86_400))
}

/// The same as a query compares it; nothing is before the blank.
pub(crate) fn dormant_before(db: &Db, now: Moment) -> String {
    dormant_since(db, now).map_or_else(String::new, |since| since.to_string())
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
