//! Accounts: who can sign in. Which ways of signing in are open is the pack's to say (`signing_in`).
//!
//! An account that nobody used for the pack's days is closed, by itself and without anybody being told, until whoever
//! manages accounts opens it again.

use record::{Moment, PersonId};

use crate::{
    Db,
    door::{Actor, OPEN, Refused, Tx},
    engine::{Row, Statement, StoreError, args},
    notices::{What, tell},
    signing_in::hash_password,
    support::{AccountKind, SUPPORT},
};

/// How an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Its person can sign in.
    Open,
    /// Somebody closed it.
    Closed,
    /// Nobody used it for longer than the pack says.
    Dormant,
    /// Its person has left.
    Left,
}

impl AccountState {
    pub(crate) fn read(row: &Row, column: usize) -> Result<Self, StoreError> {
        Ok(match row.text(column)?.as_str() {
            OPEN => Self::Open,
            "dormant" => Self::Dormant,
            "left" => Self::Left,
            _ => Self::Closed,
        })
    }
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

/// Whether the person of an account `a` has left by the day `$2`: what was said of them counts from its day, whether or
/// not anybody closed the account by then (R-ACC-02).
pub(crate) const HAS_LEFT: &str =
    "exists (select 1 from fact f where f.subject = 'p' || a.person and f.kind = 'account-status' and f.value <> 'open'
    and f.from_day <= $2 and (f.until_day is null or f.until_day > $2))";

/// How an account `a` stands on the day `$2`, when whoever was last let in before `$3` is no longer: `open` for whoever may
/// sign in.
pub(crate) fn account_state() -> String {
    format!(
        "case when {HAS_LEFT} then 'left' when a.state = 'open' and a.last_in <= $3 then 'dormant' else a.state end"
    )
}

impl Tx {
    /// Makes the account of a member of staff or of somebody of support, with a first password: one that must be changed lets
    /// in once, within the hours of the pack. Of which kind it is stays so for ever.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not manage staff; [`StoreError::Conflict`] when the username is taken.
    pub async fn make_account(
        &self,
        person: PersonId,
        username: &str,
        password: &str,
        must_change: bool,
        kind: AccountKind,
    ) -> Result<(), Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        let hash = hash_password(password).await?;
        // The leaf of a member of staff has always said nothing of it.
        let (stored, told) = match kind {
            AccountKind::Staff => ("staff", ""),
            AccountKind::Support => (SUPPORT, SUPPORT),
        };
        self.then(Statement::new(
            "insert into account (person, username, password, must_change, first_until, state, failures, locked_until, version,
                 last_in, kind)
             values ($1, $2, $3, $4, $5, 'open', 0, null, 1, $6, $7)",
            args![
                person,
                username.trim().to_lowercase(),
                hash,
                must_change,
                must_change.then(|| first_until(&self.db, self.now())),
                self.now(),
                stored
            ],
        ));
        self.leave("account-made", None, Some(person.to_string()), told, &[], true);
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

    pub(crate) fn end_sessions(&self, person: PersonId) {
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
            "update account set password = $2, must_change = 1, first_until = $3, failures = 0, locked_until = null,
                 version = version + 1 where person = $1",
            args![person, hash, first_until(&self.db, self.now())],
        ));
        self.end_sessions(person);
        tell(self, person, What::PasswordReset, None);
        self.leave("password-reset", None, Some(person.to_string()), "", &[], true);
        Ok(())
    }

    /// Every account, for those who manage staff.
    pub async fn accounts(&self) -> Result<Vec<Account>, Refused> {
        self.permit(policy::Capability::ManageStaff).await?;
        // The day and the moment are the second and third argument, as `account_state` wants them.
        let sql = format!(
            "select a.person, a.username, {}, a.last_in from account a where a.username <> $1 order by a.username",
            account_state()
        );
        let rows = self.query(sql, args!["", self.now().day(), dormant_before(&self.db, self.now())]).await?;
        let account = |row: &Row| {
            Ok(Account {
                person: row.parsed(0, "account", "person")?,
                username: row.text(1)?,
                state: AccountState::read(row, 2)?,
                last_in: row.opt_parsed(3, "account", "last_in")?,
            })
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
        tell(self, person, What::WaysRemoved, None);
        self.leave("ways-removed", None, Some(person.to_string()), "", &[], true);
        Ok(())
    }
}

impl Db {
    /// Opens an account again by its username, for whoever runs the program: when nobody is left who manages accounts and
    /// can sign in. A first password of theirs that was not changed yet lives anew. Gives how it stands then; none where there is no such account. That of somebody who has left stays as
    /// it is: they are staff again first.
    pub async fn open_account(&self, username: &str, now: Moment) -> Result<Option<AccountState>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = format!("select a.person, {} from account a where a.username = $1", account_state());
        let row =
            conn.query_opt(sql, args![username.trim().to_lowercase(), now.day(), dormant_before(self, now)]).await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(None) };
        if AccountState::read(&row, 1)? == AccountState::Left {
            return Ok(Some(AccountState::Left));
        }
        let person: PersonId = row.parsed(0, "account", "person")?;
        let tx = self.begin(Actor::System("open-account"), now).await?;
        tx.then(Statement::one_row(
            "update account set state = 'open', version = version + 1, failures = 0, locked_until = null, last_in = $2,
                 first_until = case when must_change = 1 then $3 else null end where person = $1",
            args![person, now, first_until(self, now)],
        ));
        tx.leave("account-opened", None, Some(person.to_string()), "", &[], true);
        tx.commit().await?;
        Ok(Some(AccountState::Open))
    }
}

/// Until when a first password that is given now lets its bearer in.
fn first_until(db: &Db, now: Moment) -> Moment {
    now.plus_seconds(3_600 * i64::from(db.pack().sign_in().first_password_hours))
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
