//! Signing in, and proving again who one is.
//!
//! Passwords are kept as Argon2id. Nothing here says whether an account exists: a wrong name takes the same time as a
//! wrong password, and leaves the same.

use std::sync::LazyLock;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc::PasswordHash};
use policy::sign_in::{SignInRules, Way};
use record::{Moment, PersonId};
use tokio::sync::Semaphore;

use crate::{
    Db,
    accounts::{AccountState, account_state, dormant_before},
    codes::CodeTried,
    door::{Actor, Tx},
    engine::{Statement, StoreError, args},
    notices::{What, locked, tell},
    sessions::{How, SessionName, begin_session, end_others, proved_again, rules_of},
    support::SUPPORT,
};

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

pub(crate) async fn hash_password(password: &str) -> Result<String, StoreError> {
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

/// Whether somebody has what the pack asks for instead of a password: a passkey, or an account at the identity provider.
/// Whoever has nothing yet comes in by the password, to add it before anything else.
fn has_better(rules: &SignInRules, (has_passkey, is_linked): (bool, bool)) -> bool {
    let has = has_passkey && rules.allows(Way::Passkey) || is_linked && rules.allows(Way::SingleSignOn);
    has && !rules.allows(Way::Password)
}

impl Db {
    /// Signs somebody in. Whatever keeps somebody out, the same is done and the same is kept: a name that nobody has, a
    /// wrong password, a right one where a passkey is asked for.
    pub async fn sign_in(&self, username: &str, password: &str, now: Moment) -> Result<SignIn, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn
            .query_opt(
                format!(
                    "select a.person, a.password, {}, a.locked_until, a.version,
                         (select count(*) from passkey k where k.person = a.person and k.stopped is null),
                         (select count(*) from code c where c.person = a.person), a.kind, a.must_change, a.first_until,
                         (select count(*) from identity i where i.person = a.person)
                     from account a where a.username = $1",
                    account_state()
                ),
                args![username.trim().to_lowercase(), now.day(), dormant_before(self, now)],
            )
            .await?;
        conn.rollback().await?;
        let hash = row.as_ref().map(|row| row.text(1)).transpose()?;
        let fits = password_fits(password, hash).await?;
        let Some(row) = row else {
            self.keep_out(&self.begin(Actor::System("sign-in"), now).await?, None, now).await?;
            return Ok(SignIn::No);
        };
        let person: PersonId = row.parsed(0, "account", "person")?;
        let locked = row.opt_parsed::<Moment>(3, "account", "locked_until")?.is_some_and(|until| now < until);
        // A first password lets in once, and not for long.
        let until = row.opt_parsed::<Moment>(9, "account", "first_until")?;
        let spent = row.int(8)? == 1 && until.is_none_or(|until| now >= until);
        let tx = self.begin_own(person, now).await?;
        if fits && !spent && AccountState::read(&row, 2)? == AccountState::Open && !locked {
            let (rules, version) = (&rules_of(self.pack().sign_in(), row.text(7)? == SUPPORT), row.int(4)?);
            let (has_passkey, has_code, is_linked) = (row.int(5)? > 0, row.int(6)? > 0, row.int(10)? > 0);
            let better = has_better(rules, (has_passkey, is_linked));
            if has_code && (rules.allows(Way::PasswordAndCode) || !better) {
                return Ok(SignIn::AskCode(self.ask_for_code(person, version, now).await?));
            }
            if !better {
                return self.begin_signed_in(tx, person, How::Password, version).await;
            }
        }
        self.keep_out(&tx, Some(person), now).await?;
        Ok(SignIn::No)
    }

    /// Lets somebody in whose password, and code where they have one, were right by this version of their account.
    pub(crate) async fn begin_signed_in(
        &self,
        tx: Tx,
        person: PersonId,
        how: How,
        version: i64,
    ) -> Result<SignIn, StoreError> {
        tx.then(Statement::something(
            "select 1 from account where person = $1 and version = $2 and state = 'open'",
            args![person, version],
        ));
        let name = begin_session(&tx, person, how);
        // A first password is used up: two who send it at once are not both let in.
        tx.then(Statement::one_row(
            "update account set first_until = case when must_change = 1 then $2 end
             where person = $1 and (must_change = 0 or first_until > $2)",
            args![person, tx.now()],
        ));
        tx.leave("signed-in", None, None, "", &[], false);
        match tx.commit().await {
            Ok(()) => Ok(SignIn::In(name)),
            // It was closed, or given another password, in the meantime.
            Err(StoreError::Conflict) => Ok(SignIn::No),
            Err(error) => Err(error),
        }
    }

    /// Leaves the leaf of somebody who was kept out, and counts it where that is known of an account that is not locked.
    async fn keep_out(&self, tx: &Tx, person: Option<PersonId>, now: Moment) -> Result<(), StoreError> {
        tx.leave("sign-in-failed", None, None, "", &[], false);
        let mut plan = std::mem::take(&mut *tx.plan());
        // Counted where it is written: tries that come at once each count.
        plan.statements.push(Statement::new(
            "update account set locked_until = case when failures + 1 >= $2 then $3 else locked_until end,
                 failures = case when failures + 1 >= $2 then 0 else failures + 1 end
             where person = $1 and (locked_until is null or locked_until <= $4)",
            args![person, FAILURES_BEFORE_LOCK, now.plus_seconds(LOCK_SECONDS), now],
        ));
        plan.statements.extend(locked(person, FAILURES_BEFORE_LOCK, (now, now.plus_seconds(LOCK_SECONDS))));
        self.apply(plan).await
    }

    /// Whether this is the password of somebody who is signed in, and enough by itself for whoever has a passkey, an
    /// account at the identity provider, or neither; then an act of theirs. Others count as they do at signing in; whoever
    /// sends too many is signed out, for it may be somebody else at their desk.
    async fn own_password(
        &self,
        person: PersonId,
        password: &str,
        now: Moment,
        is_enough: impl Fn(&SignInRules, (bool, bool)) -> bool,
    ) -> Result<Option<Tx>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn
            .query_opt(
                "select password, locked_until, failures,
                     (select count(*) from passkey k where k.person = account.person and k.stopped is null), kind,
                     (select count(*) from identity i where i.person = account.person)
                 from account where person = $1 and state = 'open'",
                args![person],
            )
            .await?;
        // Nobody holds a connection while a password is tried, which is slow on purpose.
        conn.rollback().await?;
        let Some(row) = row else { return Ok(None) };
        let locked = row.opt_parsed::<Moment>(1, "account", "locked_until")?.is_some_and(|until| now < until);
        let fits = password.len() <= LONGEST_PASSWORD && password_fits(password, Some(row.text(0)?)).await?;
        let rules = rules_of(self.pack().sign_in(), row.text(4)? == SUPPORT);
        let fits = fits && is_enough(&rules, (row.int(3)? > 0, row.int(5)? > 0));
        let tx = self.begin_own(person, now).await?;
        if !fits {
            if locked || row.int(2)? + 1 >= FAILURES_BEFORE_LOCK {
                tx.end_sessions(person);
            }
            self.keep_out(&tx, Some(person), now).await?;
            return Ok(None);
        }
        // Whoever guesses at the page for signing in locks the account; its owner, who is in, is not sent out for that.
        Ok((!locked).then_some(tx))
    }

    /// Proves again who somebody is, by their password and, where they have one, their code. Their session goes on under the
    /// name that this gives; none where it was not them.
    pub async fn prove_again(
        &self,
        session: &SessionName,
        person: PersonId,
        (password, code): (&str, &str),
        now: Moment,
    ) -> Result<Option<SessionName>, StoreError> {
        let has_code = self.code_of(person).await?.is_some();
        // What does not let them in does not show that it is them.
        let is_enough = |rules: &SignInRules, has| has_code || !has_better(rules, has);
        let Some(tx) = self.own_password(person, password, now, is_enough).await? else { return Ok(None) };
        if has_code {
            match self.code_fits(person, code, now).await? {
                CodeTried::Right => {}
                CodeTried::Wrong => return Ok(None),
                CodeTried::Stopped => {
                    tx.end_sessions(person);
                    tx.commit().await?;
                    return Ok(None);
                }
            }
        }
        let name = proved_again(&tx, session);
        tx.then(Statement::new(
            "update account set failures = 0, locked_until = null where person = $1",
            args![person],
        ));
        tx.leave("proved-again", None, None, "", &[], false);
        match tx.commit().await {
            Ok(()) => Ok(Some(name)),
            // The session ended in the meantime, or another window confirmed first.
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The version of an account that is open and not locked.
    pub(crate) async fn may_sign_in(&self, person: PersonId, now: Moment) -> Result<Option<i64>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = format!("select {}, a.locked_until, a.version from account a where a.person = $1", account_state());
        let row = conn.query_opt(sql, args![person, now.day(), dormant_before(self, now)]).await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(None) };
        let locked = row.opt_parsed::<Moment>(1, "account", "locked_until")?.is_some_and(|until| now < until);
        let open = AccountState::read(&row, 0)? == AccountState::Open && !locked;
        Ok(if open { Some(row.int(2)?) } else { None })
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
        // Before anything is begun: nobody holds a connection meanwhile.
        let hash = hash_password(new).await?;
        let Some(tx) = self.own_password(person, old, now, |_, _| true).await? else { return Ok(false) };
        tx.then(Statement::one_row(
            "update account set password = $2, must_change = 0, first_until = null, failures = 0, locked_until = null, version = version + 1
             where person = $1",
            args![person, hash],
        ));
        tx.then(end_others(person, name, now));
        tell(&tx, person, What::PasswordChanged, Some(name));
        tx.leave("password-changed", None, Some(person.to_string()), "", &[], true);
        tx.commit().await?;
        Ok(true)
    }
}
