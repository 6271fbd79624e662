//! What somebody is told of their own account: a way of signing in was added, taken away or changed, or somebody tried to
//! get in. Whoever made such a change may be somebody else in their name, so its owner is told in every session but the one
//! in which it was made, until they say that they have seen it; and the page of their account goes on saying it for a while.

use record::{Moment, PersonId};

use crate::{
    Db,
    door::Tx,
    engine::{Row, Statement, StoreError, args},
    sessions::SessionName,
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The password was changed, by whoever knew the one before.
    PasswordChanged,
    /// Whoever manages accounts gave a new first password.
    PasswordReset,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A passkey was stopped: it seems to exist twice.
    PasskeyStopped,
    /// A code was added, or another telephone for it.
    CodeAdded,
    /// The code was removed.
    CodeRemoved,
    /// The code was stopped: it was wrong too often.
    CodeStopped,
    /// The account was linked with one at the identity provider, by its owner.
    IdentityLinked,
    /// It was unlinked, by its owner.
    IdentityUnlinked,
    /// It was linked by whoever manages accounts.
    IdentitySet,
    /// It was unlinked by whoever manages accounts.
    IdentityRemoved,
    /// Whoever manages accounts took passkeys and code away.
    WaysRemoved,
    /// A wrong password was entered several times.
    WrongPasswords,
    /// A wrong code was entered several times, after the right password.
    WrongCodes,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::PasskeyStopped,
        Self::CodeAdded,
        Self::CodeRemoved,
        Self::CodeStopped,
        Self::IdentityLinked,
        Self::IdentityUnlinked,
        Self::IdentitySet,
        Self::IdentityRemoved,
        Self::WaysRemoved,
        Self::WrongPasswords,
        Self::WrongCodes,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password-changed",
            Self::PasswordReset => "password-reset",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::PasskeyStopped => "passkey-stopped",
            Self::CodeAdded => "code-added",
            Self::CodeRemoved => "code-removed",
            Self::CodeStopped => "code-stopped",
            Self::IdentityLinked => "identity-linked",
            Self::IdentityUnlinked => "identity-unlinked",
            Self::IdentitySet => "identity-set",
            Self::IdentityRemoved => "identity-removed",
            Self::WaysRemoved => "ways-removed",
            Self::WrongPasswords => "wrong-passwords",
            Self::WrongCodes => "wrong-codes",
        }
    }
}

/// Something that somebody is told of their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub what: What,
    /// When; of attempts, when the last of them was.
    pub at: Moment,
    /// How many attempts; 1 for what happened once.
    pub many: i64,
    /// When its owner said that they have seen it.
    pub seen: Option<Moment>,
}

/// From how many wrong passwords, or wrong codes, in a row on somebody is told of them.
pub(crate) const SEVERAL: i64 = 3;

/// How many days the page of the account goes on saying what was seen.
pub const KEPT_DAYS: i64 = 90;

/// The most that is shown at once; of a storm the last.
const MOST_SHOWN: i64 = 20;

/// A notice with what an act commits. What is done in a session is not told there: whoever did it knows, and is not to be
/// the one who says that it was seen.
pub(crate) fn tell(tx: &Tx, person: PersonId, what: What, within: Option<&SessionName>) {
    tx.then(Statement::new(
        // Of an account that is not there nothing is told; that it is not is for the act itself to say.
        "insert into account_notice (person, what, at, many, in_session, seen)
         select a.person, $2, $3, 1, (select started from session where hash = $4), null from account a where a.person = $1
         on conflict (person, what, at) do nothing",
        args![person, what.name(), tx.now(), within.map(SessionName::hash)],
    ));
}

/// After the wrong password that locks an account until `until`: so many more. Others that came at the same moment were not
/// counted, and are not told.
pub(crate) fn locked(person: Option<PersonId>, many: i64, (now, until): (Moment, Moment)) -> [Statement; 2] {
    let is_locked = "exists (select 1 from account a where a.person = $1 and a.locked_until = $4 and a.failures = 0)";
    let args = || args![person, What::WrongPasswords.name(), now, until, many];
    let open = "select 1 from account_notice n where n.person = $1 and n.what = $2 and n.seen is null";
    [
        // The times of what was not seen yet are added up: one line for a night of guessing.
        Statement::new(
            format!(
                "update account_notice set many = many + $5, at = $3
                 where person = $1 and what = $2 and seen is null and at < $3 and {is_locked}"
            ),
            args(),
        ),
        Statement::new(
            format!(
                "insert into account_notice (person, what, at, many, in_session, seen)
                 select $1, $2, $3, $5, null, null where not exists ({open}) and {is_locked}
                 on conflict (person, what, at) do update set many = excluded.many, seen = null"
            ),
            args(),
        ),
    ]
}

/// Before somebody is let in: several wrong passwords came before the right one.
pub(crate) fn before_letting_in(tx: &Tx, person: PersonId) {
    tx.then(Statement::new(
        "insert into account_notice (person, what, at, many, in_session, seen)
         select a.person, $2, $3, a.failures, null, null from account a where a.person = $1 and a.failures >= $4
         on conflict (person, what, at) do nothing",
        args![person, What::WrongPasswords.name(), tx.now(), SEVERAL],
    ));
}

/// After a wrong code was counted: that there are several, and that it was stopped at `most`.
pub(crate) fn wrong_codes(person: PersonId, most: i64, now: Moment) -> [Statement; 2] {
    [(What::WrongCodes, SEVERAL), (What::CodeStopped, most)].map(|(what, at)| {
        Statement::new(
            "insert into account_notice (person, what, at, many, in_session, seen)
             select c.person, $2, $3, $4, null, null from code c where c.person = $1 and c.wrong = $4
             on conflict (person, what, at) do nothing",
            args![person, what.name(), now, at],
        )
    })
}

/// How much somebody who sits in a session `s` is to be told.
pub(crate) const TO_BE_TOLD: &str =
    "(select count(*) from account_notice n where n.person = s.person and n.seen is null
    and (n.in_session is null or n.in_session <> s.started))";

fn read(row: &Row) -> Result<Notice, StoreError> {
    let name = row.text(0)?;
    let what = What::ALL.into_iter().find(|what| what.name() == name);
    Ok(Notice {
        what: what.ok_or(StoreError::Inconsistent { table: "account_notice", column: "what" })?,
        at: row.parsed(1, "account_notice", "at")?,
        many: row.int(2)?,
        seen: row.opt_parsed(3, "account_notice", "seen")?,
    })
}

impl Tx {
    /// Whether something happened to the account of whoever acts since a moment that they have not seen: for their daily
    /// e-mail, which says no more than that.
    pub async fn has_notice_since(&self, since: Option<Moment>) -> Result<bool, StoreError> {
        let since = since.map_or_else(String::new, |since| since.to_string());
        let sql = "select 1 from account_notice where person = $1 and seen is null and at > $2 limit 1";
        Ok(!self.query(sql, args![self.actor().person(), since]).await?.is_empty())
    }
}

impl Db {
    /// What somebody is to be told in a session that began then, the latest first.
    pub(crate) async fn notices(&self, person: PersonId, started: Moment) -> Result<Vec<Notice>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = "select what, at, many, seen from account_notice where person = $1 and seen is null
            and (in_session is null or in_session <> $2) order by at desc, what limit $3";
        let rows = conn.query(sql, args![person, started, MOST_SHOWN]).await?;
        conn.rollback().await?;
        rows.iter().map(read).collect()
    }

    /// What happened to somebody's account lately, seen or not, the latest first: for the page of their account.
    pub async fn lately(&self, person: PersonId, now: Moment) -> Result<Vec<Notice>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = "select what, at, many, seen from account_notice
            where person = $1 and at > $2 order by at desc, what limit $3";
        let rows = conn.query(sql, args![person, now.plus_seconds(-KEPT_DAYS * 86_400), MOST_SHOWN]).await?;
        conn.rollback().await?;
        rows.iter().map(read).collect()
    }

    /// Somebody has seen what a page of this session told them, up to the latest that it told.
    pub async fn notices_seen(
        &self,
        session: &SessionName,
        person: PersonId,
        up_to: Moment,
        now: Moment,
    ) -> Result<(), StoreError> {
        let tx = self.begin_own(person, now).await?;
        tx.then(Statement::new(
            "update account_notice set seen = $3 where person = $1 and seen is null and at <= $2 and (in_session is null
                 or in_session <> (select started from session where hash = $4))",
            args![person, up_to, now, session.hash()],
        ));
        tx.then(Statement::new(
            "delete from account_notice where person = $1 and seen is not null and at <= $2",
            args![person, now.plus_seconds(-KEPT_DAYS * 86_400)],
        ));
        tx.leave("notices-seen", None, Some(person.to_string()), "", &[], true);
        tx.commit().await
    }
}
