//! Single sign-on: signing in with an account of the authority's own, at its identity provider (`OpenID` Connect).
//!
//! An account here is linked with one there by its owner, who shows both, or by whoever manages accounts; none is made, and
//! none is found by a name or an e-mail address. What links them is the provider and the name by which it knows somebody for
//! ever. That name lies sealed and bound to its person, and is found by a keyed print, so that somebody with the database
//! alone can give nobody another's account.
//!
//! What is asked of the provider waits here as every question to a browser does, and is answered once. The answer counts in
//! the browser that asked alone: it has a secret of its own for that, which no address and no provider learns.

use openid::{Answer, Failed, Identity, Provider, Question};
use policy::{Capability, sign_in::Way};
use record::{Moment, PersonId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Db, SessionName,
    accounts::{account_state, dormant_before},
    ceremonies::Ceremony,
    door::{Actor, OPEN, Refused, Tx},
    engine::{Row, Statement, StoreError, args},
    keys::KeyRing,
    notices::{What, tell},
    sessions::{How, begin_session, end_others, hex, proved_again, random_name, upgrade_session},
    support::SUPPORT,
};

/// What leaves say of what came by this way.
const BY: &str = "single-sign-on";

/// What the provider is asked for.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// To sign in whoever it is.
    SignIn,
    /// To prove again who this person is, and then to go on with what they were about to do.
    Again(PersonId, GoOn),
    /// To link this person's account with theirs there.
    Link(PersonId),
}

/// What somebody was about to do when they were asked who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoOn {
    /// Whether it was sent by a form; a page was asked for otherwise.
    pub post: bool,
    /// To which address.
    pub to: String,
    /// What was sent.
    pub pairs: Vec<(String, String)>,
}

/// The way to the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Where the browser goes.
    pub address: String,
    /// What it keeps meanwhile, to show that the answer is its own.
    pub browser: String,
}

/// Why nobody can be sent to the provider.
#[derive(Debug, thiserror::Error)]
pub enum NotSent {
    /// The provider.
    #[error(transparent)]
    Provider(#[from] Failed),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a browser brings back from the provider.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brought<'a> {
    /// Which question it answers.
    pub state: &'a str,
    /// The answer.
    pub answer: Answer<'a>,
    /// What the browser kept.
    pub browser: Option<&'a str>,
}

/// What came of it.
#[derive(Debug)]
pub enum Came {
    /// Somebody is in: the session's name.
    In(SessionName),
    /// It was them: their session goes on under this name, and with what they were about to do.
    Again(SessionName, GoOn),
    /// The accounts are linked.
    Linked,
    /// They are not: that account there is linked with somebody's already, or this person has one there.
    NotLinked,
    /// Nobody who may sign in here is known by that account. Whether anybody is, or their account is closed, is not said.
    Unknown,
    /// It is not the account of the person who was asked.
    Another,
    /// Nothing of the kind was asked, or it was answered, or its time or the session is over.
    Over,
    /// It was asked in another browser.
    OtherBrowser,
    /// The provider says of nobody who they are.
    Failed(Failed),
}

/// That an account is linked with one at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Since when.
    pub made: Moment,
    /// When somebody last signed in by it.
    pub used: Option<Moment>,
}

/// What is kept until the answer.
#[derive(Serialize, Deserialize)]
struct Asked {
    question: Question,
    /// The hash of what the browser keeps.
    browser: String,
    go_on: Option<GoOn>,
}

fn bound_to(person: PersonId, lookup: &[u8]) -> String {
    format!("identity {person} {}", hex(lookup))
}

fn hash(browser: &str) -> String {
    hex(&Sha256::digest(browser.as_bytes()))
}

fn seconds(now: Moment) -> i64 {
    now.millisecond() / 1_000
}

/// What a row keeps sealed: the provider, and the name there.
fn sealed(issuer: &str, subject: &str) -> Vec<u8> {
    serde_json::json!([issuer, subject]).to_string().into_bytes()
}

/// Whether a row is what the program wrote for this person: its seal opens for them, and says what it is found by.
pub(crate) fn is_whole(keys: &KeyRing, person: PersonId, (issuer, lookup, seal): (&str, &[u8], &[u8])) -> bool {
    let opened = keys.open_sign_in(&bound_to(person, lookup), seal);
    let said = opened.and_then(|said| serde_json::from_slice::<[String; 2]>(&said).ok());
    said.is_some_and(|[of, subject]| of == issuer && keys.identity(&of, &subject) == lookup)
}

/// Links somebody's account. Support has none of the authority's: the very statement passes theirs over, and the act is then
/// a conflict, as it is where that account there is linked already.
fn link(
    keys: &KeyRing,
    person: PersonId,
    (issuer, subject): (&str, &str),
    now: Moment,
) -> Result<Statement, StoreError> {
    let lookup = keys.identity(issuer, subject);
    let seal = keys.seal_sign_in(&bound_to(person, &lookup), &sealed(issuer, subject))?;
    Ok(Statement::one_row(
        "insert into identity (person, issuer, lookup, made, used, sealed)
         select person, $2, $3, $4, null, $5 from account where person = $1 and kind = 'staff'",
        args![person, issuer, lookup, now, seal],
    ))
}

/// Somebody as they were found by who they are at the provider.
struct Found {
    person: PersonId,
    version: i64,
    lookup: Vec<u8>,
    may_come_in: bool,
}

impl Db {
    /// Sends a browser to the provider.
    ///
    /// # Errors
    /// The provider does not answer, or the database does not.
    pub async fn send_to_provider(&self, provider: &Provider, purpose: Purpose, now: Moment) -> Result<Sent, NotSent> {
        let ready = provider.ready(seconds(now)).await?;
        let (ceremony, person, go_on) = match purpose {
            Purpose::SignIn => (Ceremony::SingleSignOn, None, None),
            Purpose::Again(person, go_on) => (Ceremony::SingleSignOnAgain, Some(person), Some(go_on)),
            Purpose::Link(person) => (Ceremony::LinkIdentity, Some(person), None),
        };
        // Whoever is asked who they are shows it anew: it may be somebody else's session that goes on there.
        let since = person.map(|_| seconds(now));
        let browser = random_name();
        let question = Question::new(random_name(), random_name(), since);
        let asked = Asked { question, browser: hash(&browser), go_on };
        let state = serde_json::to_vec(&asked).map_err(|error| StoreError::Engine(error.to_string()))?;
        let name = self.begin_ceremony(ceremony, person, &state, now).await?;
        Ok(Sent { address: ready.address(&name, &asked.question), browser })
    }

    /// Takes what a browser brings back from the provider, for whoever is signed in there.
    pub async fn take_from_provider(
        &self,
        provider: &Provider,
        brought: Brought<'_>,
        session: Option<(&SessionName, PersonId)>,
        now: Moment,
    ) -> Result<Came, StoreError> {
        const KINDS: [Ceremony; 3] = [Ceremony::SingleSignOn, Ceremony::SingleSignOnAgain, Ceremony::LinkIdentity];
        let Some(kind) = self.kind_of_ceremony(brought.state, &KINDS).await? else { return Ok(Came::Over) };
        let own = session.filter(|_| kind != Ceremony::SingleSignOn);
        let person = own.map(|(_, person)| person);
        // Of whoever is not who was asked the seal does not open, and the question is over.
        let Some(asked) = self.end_ceremony(kind, person, brought.state, now).await? else { return Ok(Came::Over) };
        let asked: Asked = serde_json::from_slice(&asked)
            .map_err(|_| StoreError::Inconsistent { table: "ceremony", column: "sealed" })?;
        if brought.browser.map(hash).as_deref() != Some(asked.browser.as_str()) {
            self.leave_failure(person, now).await?;
            return Ok(Came::OtherBrowser);
        }
        if !self.pack().sign_in().allows(Way::SingleSignOn) {
            return Ok(Came::Unknown);
        }
        let identity = match provider.check(brought.answer, &asked.question, seconds(now)).await {
            Ok(identity) => identity,
            Err(failed) => {
                if !matches!(failed, Failed::NotReached | Failed::Cancelled) {
                    self.leave_failure(person, now).await?;
                }
                return Ok(Came::Failed(failed));
            }
        };
        match (kind, own) {
            (Ceremony::SingleSignOn, _) => self.enter(&identity, now).await,
            (Ceremony::SingleSignOnAgain, Some(own)) => self.prove_by_identity(own, &identity, asked.go_on, now).await,
            (Ceremony::LinkIdentity, Some(own)) => {
                let linked = self.link_identity(own, &identity, now).await?;
                Ok(if linked { Came::Linked } else { Came::NotLinked })
            }
            _ => Ok(Came::Over),
        }
    }

    async fn enter(&self, identity: &Identity, now: Moment) -> Result<Came, StoreError> {
        let Some(found) = self.found_by(identity, now).await? else {
            self.leave_failure(None, now).await?;
            return Ok(Came::Unknown);
        };
        if !found.may_come_in {
            self.leave_failure(Some(found.person), now).await?;
            return Ok(Came::Unknown);
        }
        let tx = self.begin_own(found.person, now).await?;
        tx.then(Statement::something(
            "select 1 from account where person = $1 and version = $2 and state = 'open'",
            args![found.person, found.version],
        ));
        tx.then(Statement::one_row(
            "update identity set used = $3 where person = $1 and lookup = $2",
            args![found.person, found.lookup, now],
        ));
        let name = begin_session(&tx, found.person, How::SingleSignOn);
        tx.leave("signed-in", None, None, BY, &[], false);
        match tx.commit().await {
            Ok(()) => Ok(Came::In(name)),
            // Unlinked, or the account closed, in the meantime.
            Err(StoreError::Conflict) => Ok(Came::Unknown),
            Err(error) => Err(error),
        }
    }

    async fn prove_by_identity(
        &self,
        (session, person): (&SessionName, PersonId),
        identity: &Identity,
        go_on: Option<GoOn>,
        now: Moment,
    ) -> Result<Came, StoreError> {
        let found = self.found_by(identity, now).await?;
        let (Some(_), Some(go_on)) = (found.filter(|found| found.person == person), go_on) else {
            self.leave_failure(Some(person), now).await?;
            return Ok(Came::Another);
        };
        let tx = self.begin_own(person, now).await?;
        let name = proved_again(&tx, session);
        tx.leave("proved-again", None, None, BY, &[], false);
        match tx.commit().await {
            Ok(()) => Ok(Came::Again(name, go_on)),
            // The session ended in the meantime, or another window confirmed first.
            Err(StoreError::Conflict) => Ok(Came::Over),
            Err(error) => Err(error),
        }
    }

    /// Links the account of a person who is signed in with theirs at the provider; this session has then been entered with it,
    /// and their other sessions end. False where it cannot be: somebody has that account there, this person has one there
    /// already, or they are of support, who use none.
    pub async fn link_identity(
        &self,
        (session, person): (&SessionName, PersonId),
        identity: &Identity,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let tx = self.begin_own(person, now).await?;
        tx.then(link(self.keys(), person, (identity.issuer(), identity.subject()), now)?);
        tx.then(upgrade_session(session, How::SingleSignOn, now));
        tx.then(end_others(person, session, now));
        tell(&tx, person, What::IdentityLinked, Some(session));
        tx.leave("identity-linked", None, Some(person.to_string()), "", &[], true);
        match tx.commit().await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Unlinks one's own account, and ends one's other sessions. False where it is the only way in that is left: then one
    /// would have to be let in by somebody else.
    pub async fn unlink_identity(
        &self,
        session: &SessionName,
        person: PersonId,
        now: Moment,
    ) -> Result<bool, StoreError> {
        if self.identities(person).await? == 0 {
            return Ok(true);
        }
        let rules = self.pack().sign_in();
        let open = |way: Way| i64::from(rules.allows(way));
        let tx = self.begin_own(person, now).await?;
        tx.then(Statement::something(
            "select 1 from account a where a.person = $1 and (
                 $2 = 1 and exists (select 1 from passkey k where k.person = a.person and k.stopped is null)
                 or a.must_change = 0 and ($3 = 1
                     or $4 = 1 and exists (select 1 from code c where c.person = a.person)))",
            args![person, open(Way::Passkey), open(Way::Password), open(Way::PasswordAndCode)],
        ));
        tx.then(Statement::new("delete from identity where person = $1", args![person]));
        tx.then(end_others(person, session, now));
        tell(&tx, person, What::IdentityUnlinked, Some(session));
        tx.leave("identity-unlinked", None, Some(person.to_string()), "", &[], true);
        match tx.commit().await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether an account is linked with one at this provider.
    pub async fn linked_with(&self, person: PersonId, issuer: &str) -> Result<Option<Linked>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = "select made, used from identity where person = $1 and issuer = $2";
        let row = conn.query_opt(sql, args![person, issuer]).await?;
        conn.rollback().await?;
        row.map(|row| read(&row)).transpose()
    }

    async fn identities(&self, person: PersonId) -> Result<usize, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let rows = conn.query("select 1 from identity where person = $1", args![person]).await?;
        conn.rollback().await?;
        Ok(rows.len())
    }

    async fn found_by(&self, identity: &Identity, now: Moment) -> Result<Option<Found>, StoreError> {
        let lookup = self.keys().identity(identity.issuer(), identity.subject());
        let mut conn = self.engine().begin_reading().await?;
        let sql = format!(
            "select i.person, i.issuer, i.sealed, {}, a.kind, a.version from identity i join account a on a.person = i.person
             where i.lookup = $1",
            account_state()
        );
        let row = conn.query_opt(sql, args![lookup.clone(), now.day(), dormant_before(self, now)]).await?;
        conn.rollback().await?;
        let Some(row) = row else { return Ok(None) };
        let person: PersonId = row.parsed(0, "identity", "person")?;
        if !is_whole(self.keys(), person, (&row.text(1)?, &lookup, &row.blob(2)?)) {
            return Err(StoreError::Inconsistent { table: "identity", column: "sealed" });
        }
        let may_come_in = row.text(3)? == OPEN && row.text(4)? != SUPPORT;
        Ok(Some(Found { person, version: row.int(5)?, lookup, may_come_in }))
    }

    /// Leaves the leaf of somebody who was kept out.
    async fn leave_failure(&self, person: Option<PersonId>, now: Moment) -> Result<(), StoreError> {
        let tx = match person {
            Some(person) => self.begin_own(person, now).await?,
            None => self.begin(Actor::System("sign-in"), now).await?,
        };
        tx.leave("sign-in-failed", None, None, BY, &[], false);
        tx.commit().await
    }
}

impl Tx {
    /// Links somebody else's account with the one at a provider that goes by this name there.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not manage staff. [`StoreError::Conflict`], at the latest when it is
    /// committed, where somebody has that account there, where this person has one there already, and for support, who use
    /// none.
    pub async fn set_identity(&self, person: PersonId, issuer: &str, subject: &str) -> Result<(), Refused> {
        self.permit(Capability::ManageStaff).await?;
        self.then(link(self.db.keys(), person, (issuer, subject), self.now())?);
        tell(self, person, What::IdentitySet, None);
        self.leave("identity-set", None, Some(person.to_string()), "", &[], true);
        Ok(())
    }

    /// Unlinks somebody else's account, and ends their sessions.
    pub async fn remove_identity(&self, person: PersonId) -> Result<(), Refused> {
        self.permit(Capability::ManageStaff).await?;
        self.then(Statement::something("select 1 from identity where person = $1", args![person]));
        self.then(Statement::new("delete from identity where person = $1", args![person]));
        self.end_sessions(person);
        tell(self, person, What::IdentityRemoved, None);
        self.leave("identity-removed", None, Some(person.to_string()), "", &[], true);
        Ok(())
    }

    /// Whether somebody's account is linked with one at this provider, for those who manage staff.
    pub async fn identity_of(&self, person: PersonId, issuer: &str) -> Result<Option<Linked>, Refused> {
        self.permit(Capability::ManageStaff).await?;
        let sql = "select made, used from identity where person = $1 and issuer = $2";
        let rows = self.query(sql, args![person, issuer]).await?;
        Ok(rows.first().map(read).transpose()?)
    }
}

fn read(row: &Row) -> Result<Linked, StoreError> {
    Ok(Linked { made: row.parsed(0, "identity", "made")?, used: row.opt_parsed(1, "identity", "used")? })
}
