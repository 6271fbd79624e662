//! What a browser was asked on the way to signing in, and has not answered yet.
//!
//! It is kept here and not in the browser, ends after some minutes, and is answered once: whoever sends an answer again
//! finds nothing that it could be an answer to. In the browser there is only its name, which says nothing.

use record::{Moment, PersonId};
use sha2::{Digest as _, Sha256};

use crate::{
    Db,
    engine::{Statement, StoreError, args},
    sessions::random_name,
    writer::Plan,
};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ceremony {
    /// A passkey of anybody, to sign in.
    SignIn,
    /// A passkey of a person who is signed in, to prove again who they are.
    Again,
    /// A new passkey of a person who is signed in.
    AddPasskey,
    /// A new code of a person who is signed in.
    AddCode,
    /// The code of somebody whose password was right.
    Code,
    /// Who anybody is at the identity provider, to sign in.
    SingleSignOn,
    /// Who a person is there who is signed in, to prove again who they are.
    SingleSignOnAgain,
    /// Who a person is there who is signed in, to link their account here with it.
    LinkIdentity,
}

impl Ceremony {
    const fn kind(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Again => "again",
            Self::AddPasskey => "add-passkey",
            Self::AddCode => "add-code",
            Self::Code => "code",
            Self::SingleSignOn => "single-sign-on",
            Self::SingleSignOnAgain => "single-sign-on-again",
            Self::LinkIdentity => "link-identity",
        }
    }

    /// What may be asked of anybody who comes by.
    const OF_NOBODY: [Self; 2] = [Self::SignIn, Self::SingleSignOn];
}

/// How long a browser has to answer: who looks for a telephone, or for glasses, gets the time for it.
pub const SECONDS: i64 = 10 * 60;

/// The most of one kind that wait for nobody in particular: for a passkey, or for an answer from the identity provider. Who
/// asks for more pushes out the oldest of that kind, and fills no disk; nobody's code is pushed out by it, which was asked
/// after a right password.
const MOST_OF_NOBODY: i64 = 10_000;

/// What a ceremony's seal is bound to: it is good for nobody else and for nothing else.
fn bound_to(ceremony: Ceremony, person: Option<PersonId>, hash: &[u8]) -> String {
    let person = person.map_or_else(String::new, |person| person.to_string());
    format!("ceremony {} {person} {}", ceremony.kind(), crate::sessions::hex(hash))
}

impl Db {
    /// Begins one, and gives its name for the browser.
    pub(crate) async fn begin_ceremony(
        &self,
        ceremony: Ceremony,
        person: Option<PersonId>,
        state: &[u8],
        now: Moment,
    ) -> Result<String, StoreError> {
        let name = random_name();
        let hash = Sha256::digest(name.as_bytes()).to_vec();
        let sealed = self.keys().seal_sign_in(&bound_to(ceremony, person, &hash), state)?;
        let mut statements = vec![Statement::new("delete from ceremony where ends <= $1", args![now])];
        if Ceremony::OF_NOBODY.contains(&ceremony) {
            statements.push(Statement::new(
                "delete from ceremony where kind = $2 and person is null and ends <
                     (select ends from ceremony where kind = $2 and person is null order by ends desc limit 1 offset $1)",
                args![MOST_OF_NOBODY, ceremony.kind()],
            ));
        }
        statements.push(Statement::new(
            "insert into ceremony (hash, kind, person, ends, sealed) values ($1, $2, $3, $4, $5)",
            args![hash, ceremony.kind(), person, now.plus_seconds(SECONDS), sealed],
        ));
        self.apply(Plan { statements, leaves: Vec::new() }).await?;
        Ok(name)
    }

    /// Which of these kinds this name is of, as its row says; none where there is none. Its seal says whether that is so.
    pub(crate) async fn kind_of_ceremony(&self, name: &str, of: &[Ceremony]) -> Result<Option<Ceremony>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let hash = Sha256::digest(name.as_bytes()).to_vec();
        let row = conn.query_opt("select kind from ceremony where hash = $1", args![hash]).await?;
        conn.rollback().await?;
        let kind = row.map(|row| row.text(0)).transpose()?;
        Ok(of.iter().copied().find(|one| kind.as_deref() == Some(one.kind())))
    }

    /// Ends one, whatever comes of the answer: what was asked, of whom. None where nothing of the kind was asked of this
    /// person, or its time is over, or it has been answered.
    pub(crate) async fn end_ceremony(
        &self,
        ceremony: Ceremony,
        person: Option<PersonId>,
        name: &str,
        now: Moment,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let hash = Sha256::digest(name.as_bytes()).to_vec();
        let mut conn = self.engine().begin_reading().await?;
        let row = conn.query_opt("select sealed, ends from ceremony where hash = $1", args![hash.clone()]).await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(None) };
        let state = self.keys().open_sign_in(&bound_to(ceremony, person, &hash), &row.blob(0)?);
        // Of two who answer at the same moment, one finds it gone.
        let gone = Statement::one_row("delete from ceremony where hash = $1", args![hash]);
        match self.apply(Plan { statements: vec![gone], leaves: Vec::new() }).await {
            Ok(()) => Ok(state.filter(|_| row.parsed::<Moment>(1, "ceremony", "ends").is_ok_and(|ends| now < ends))),
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
