//! Codes: what an app on a telephone shows for half a minute, asked beside a password (TOTP, RFC 6238).
//!
//! The secret that both sides know lies here sealed and bound to its person. A code works once. After ten wrong ones in a
//! row it is stopped: whoever guesses knows the password already, so only the person who manages accounts helps.

use record::{Moment, PersonId};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

use crate::{
    Db, SessionName, SignIn,
    ceremonies::Ceremony,
    engine::{Statement, StoreError, args},
    keys::fill,
    notices::{What, tell, wrong_codes},
    sessions::{How, end_others, upgrade_session},
    writer::Plan,
};

/// What the app is given, to be added to the account once it shows the right code.
pub struct NewCode {
    /// The name under which the answer is awaited.
    pub ceremony: String,
    /// The secret in letters, for whoever types it.
    pub secret: String,
    /// The same as apps read it from a picture.
    pub address: String,
}

/// Whether an account has a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HasCode {
    /// When it was added.
    pub made: Moment,
    /// Whether it was stopped, after too many wrong ones.
    pub stopped: bool,
}

/// How many wrong codes in a row stop it.
const MOST_WRONG: i64 = 10;

fn bound_to(person: PersonId) -> String {
    format!("code {person}")
}

fn totp(secret: &[u8]) -> Result<Totp, StoreError> {
    let built = Builder::new().with_secret(Secret::from(secret.to_vec())).build();
    built.map_err(|_| StoreError::Inconsistent { table: "code", column: "sealed" })
}

/// The half minute to which a code belongs; none for a wrong one. One half minute before and after are taken, because
/// telephones' clocks differ.
fn step(secret: &[u8], code: &str, now: Moment) -> Result<Option<i64>, StoreError> {
    let typed: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let seconds = u64::try_from(now.millisecond() / 1_000).unwrap_or_default();
    Ok(totp(secret)?.check(&typed, seconds).and_then(|step| i64::try_from(step).ok()))
}

impl Db {
    /// Makes a secret for the app of a person who is signed in.
    pub async fn new_code(&self, person: PersonId, now: Moment) -> Result<NewCode, StoreError> {
        let mut secret = Zeroizing::new([0_u8; 20]);
        fill(secret.as_mut());
        self.offer_code(person, secret.as_ref(), now).await
    }

    async fn offer_code(&self, person: PersonId, secret: &[u8], now: Moment) -> Result<NewCode, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn.query_opt("select username from account where person = $1", args![person]).await?;
        conn.rollback().await?;
        let username = row.map_or_else(|| Ok(String::new()), |row| row.text(0))?;
        let ceremony = self.begin_ceremony(Ceremony::AddCode, Some(person), secret, now).await?;
        let secret = Secret::from(secret.to_vec()).to_base32();
        // A username is letters, digits, full stops and hyphens: nothing in it needs another form here.
        let address = format!("otpauth://totp/Lifestory:{username}?secret={secret}&issuer=Lifestory");
        Ok(NewCode { ceremony, secret, address })
    }

    /// Adds the code to the account once the app shows the right one; this session has then been entered with it, and the
    /// person's other sessions end: they were entered without. What is still asked otherwise: the same secret again after a wrong code, another one where the time was over.
    pub async fn add_code(
        &self,
        session: &SessionName,
        person: PersonId,
        (ceremony, code): (&str, &str),
        now: Moment,
    ) -> Result<Option<NewCode>, StoreError> {
        let Some(secret) = self.end_ceremony(Ceremony::AddCode, Some(person), ceremony, now).await? else {
            return Ok(Some(self.new_code(person, now).await?));
        };
        let secret = Zeroizing::new(secret);
        let Some(step) = step(&secret, code, now)? else {
            return Ok(Some(self.offer_code(person, &secret, now).await?));
        };
        let sealed = self.keys().seal_sign_in(&bound_to(person), &secret)?;
        let tx = self.begin_own(person, now).await?;
        tx.then(Statement::new(
            "insert into code (person, made, last_step, wrong, sealed) values ($1, $2, $3, 0, $4)
             on conflict (person) do update
                 set made = excluded.made, last_step = excluded.last_step, wrong = 0, sealed = excluded.sealed",
            args![person, now, step, sealed],
        ));
        tx.then(upgrade_session(session, How::Code, now));
        tx.then(end_others(person, session, now));
        tell(&tx, person, What::CodeAdded, Some(session));
        tx.leave("code-added", None, Some(person.to_string()), "", &[], true);
        tx.commit().await?;
        Ok(None)
    }

    /// Whether an account has a code.
    pub async fn code_of(&self, person: PersonId) -> Result<Option<HasCode>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn.query_opt("select made, wrong from code where person = $1", args![person]).await?;
        conn.rollback().await?;
        row.map(|row| Ok(HasCode { made: row.parsed(0, "code", "made")?, stopped: row.int(1)? >= MOST_WRONG }))
            .transpose()
    }

    /// Removes one's own code, and ends one's other sessions.
    pub async fn remove_code(&self, session: &SessionName, person: PersonId, now: Moment) -> Result<(), StoreError> {
        let tx = self.begin_own(person, now).await?;
        tx.then(Statement::one_row("delete from code where person = $1", args![person]));
        tx.then(end_others(person, session, now));
        tell(&tx, person, What::CodeRemoved, Some(session));
        tx.leave("code-removed", None, Some(person.to_string()), "", &[], true);
        match tx.commit().await {
            // There is none.
            Err(StoreError::Conflict) => Ok(()),
            done => done,
        }
    }

    /// Whether this is the person's code now; it is then used up. A wrong one counts.
    pub(crate) async fn code_fits(&self, person: PersonId, code: &str, now: Moment) -> Result<CodeTried, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let row = conn.query_opt("select sealed, last_step, wrong from code where person = $1", args![person]).await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(CodeTried::Stopped) };
        if row.int(2)? >= MOST_WRONG {
            return Ok(CodeTried::Stopped);
        }
        let secret = self.keys().open_sign_in(&bound_to(person), &row.blob(0)?).map(Zeroizing::new);
        let secret = secret.ok_or(StoreError::Inconsistent { table: "code", column: "sealed" })?;
        let used = match step(&secret, code, now)? {
            Some(step) => {
                // Of two who send the same code at the same moment, one is right.
                let use_it = Statement::one_row(
                    "update code set last_step = $2, wrong = 0 where person = $1 and last_step < $2 and wrong < $3",
                    args![person, step, MOST_WRONG],
                );
                self.apply(Plan { statements: vec![use_it], leaves: Vec::new() }).await
            }
            None => Err(StoreError::Conflict),
        };
        match used {
            Ok(()) => Ok(CodeTried::Right),
            Err(StoreError::Conflict) => {
                let tx = self.begin_own(person, now).await?;
                tx.leave("sign-in-failed", None, None, "", &[], false);
                let mut plan = std::mem::take(&mut *tx.plan());
                plan.statements
                    .push(Statement::new("update code set wrong = wrong + 1 where person = $1", args![person]));
                plan.statements.extend(wrong_codes(person, MOST_WRONG, now));
                self.apply(plan).await?;
                Ok(if row.int(2)? + 1 >= MOST_WRONG { CodeTried::Stopped } else { CodeTried::Wrong })
            }
            Err(error) => Err(error),
        }
    }

    /// Signs in somebody whose password was right.
    pub async fn sign_in_with_code(&self, ceremony: &str, code: &str, now: Moment) -> Result<SignIn, StoreError> {
        let Some(asked) = self.end_ceremony(Ceremony::Code, None, ceremony, now).await? else { return Ok(SignIn::No) };
        let (person, version): (PersonId, i64) = String::from_utf8(asked)
            .ok()
            .and_then(|asked| {
                let (person, version) = asked.split_once(' ')?;
                Some((person.parse().ok()?, version.parse().ok()?))
            })
            .ok_or(StoreError::Inconsistent { table: "ceremony", column: "sealed" })?;
        // Whoever has been given another password since has not typed the one that they have now.
        if self.may_sign_in(person, now).await? != Some(version) {
            return Ok(SignIn::No);
        }
        match self.code_fits(person, code, now).await? {
            CodeTried::Right => {
                let tx = self.begin_own(person, now).await?;
                self.begin_signed_in(tx, person, How::Code, version).await
            }
            CodeTried::Wrong => Ok(SignIn::AskCode(self.ask_for_code(person, version, now).await?)),
            CodeTried::Stopped => Ok(SignIn::CodeStopped),
        }
    }

    /// Asks for the code of somebody whose password was right by this version of their account.
    pub(crate) async fn ask_for_code(&self, person: PersonId, version: i64, now: Moment) -> Result<String, StoreError> {
        self.begin_ceremony(Ceremony::Code, None, format!("{person} {version}").as_bytes(), now).await
    }
}

/// What came of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeTried {
    /// Right, and used up.
    Right,
    /// Wrong, or used before.
    Wrong,
    /// There is none, or it was stopped.
    Stopped,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of RFC 6238, appendix B, with the last six of their eight figures.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            let at = |seconds: i64| Moment::from_microsecond(seconds * 1_000_000);
            assert_eq!(step(secret, code, at(seconds)).unwrap(), Some(seconds / 30), "{code}");
            assert_eq!(step(secret, " 2870 82", at(59)).unwrap(), Some(1), "as people type it");
            assert_eq!(step(secret, code, at(seconds + 30)).unwrap(), Some(seconds / 30), "a clock that is late");
            assert_eq!(step(secret, code, at(seconds + 61)).unwrap(), None, "too late");
        }
        for nonsense in ["", "28708", "2870822", "abcdef", "２８７０８２", "-87082"] {
            assert_eq!(step(secret, nonsense, Moment::from_microsecond(59_000_000)).unwrap(), None, "{nonsense}");
        }
    }
}
