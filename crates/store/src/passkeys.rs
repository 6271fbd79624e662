//! Passkeys: signing in with a telephone, a computer or a security key, and without a name or a password.
//!
//! By `WebAuthn`: the device proves that it holds a key and that it knows its owner, by a finger, a face or a PIN, and
//! gives that proof to the right site alone. Here lies what it is checked with, sealed and bound to its person, so that
//! somebody with the database alone can give nobody another's account.
//!
//! A passkey whose counter goes back exists twice, so it is stopped at once; its owner sees it on their account.

use std::{fmt, sync::Arc};

use policy::sign_in::Way;
use record::{Moment, PasskeyId, PersonId};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        DiscoverableAuthentication, Passkey as Key, PasskeyRegistration, PublicKeyCredential,
        RegisterPublicKeyCredential, Url, Uuid, WebauthnError,
    },
};

use crate::{
    Db, SessionName, SignIn, SystemChance,
    accounts::{account_state, dormant_before},
    ceremonies::Ceremony,
    door::Tx,
    engine::{Row, Statement, StoreError, args},
    notices::{What, tell},
    sessions::{How, begin_session, end_others, proved_again, upgrade_session},
    writer::Plan,
};

/// The site at whose address passkeys are made and used. One that was made for another site is of no use here, and
/// another site is given none of ours: the browser sees to that.
#[derive(Clone)]
pub struct RelyingParty(Arc<Webauthn>);

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origins: Vec<_> = self.0.get_allowed_origins().iter().map(Url::as_str).collect();
        write!(f, "RelyingParty({})", origins.join(", "))
    }
}

/// An address at which no browser makes passkeys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "passkeys cannot be made at {0}: browsers make them at addresses with a name and HTTPS, like https://lifestory.council.gov.uk, and at http://localhost"
)]
pub struct NoPasskeysThere(String);

impl RelyingParty {
    /// The site at the address at which people open the pages.
    ///
    /// # Errors
    /// An address without HTTPS (but for `localhost`), or one that is a number.
    pub fn at(address: &str) -> Result<Self, NoPasskeysThere> {
        let refused = || NoPasskeysThere(address.to_owned());
        let url = Url::parse(address).map_err(|_| refused())?;
        let host = url.domain().ok_or_else(refused)?;
        if url.scheme() != "https" && !(url.scheme() == "http" && host == "localhost") {
            return Err(refused());
        }
        let origin = Url::parse(&url.origin().ascii_serialization()).map_err(|_| refused())?;
        let site = WebauthnBuilder::new(host, &origin).and_then(|builder| builder.rp_name("Lifestory").build());
        Ok(Self(Arc::new(site.map_err(|_| refused())?)))
    }
}

/// A passkey of an account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// Which.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub made: Moment,
    /// When somebody last signed in with it.
    pub used: Option<Moment>,
    /// When it was stopped, because it seems to exist twice.
    pub stopped: Option<Moment>,
}

/// The most passkeys of one person.
pub const MOST_PASSKEYS: usize = 20;
/// The longest name of a passkey, in letters.
pub const LONGEST_NAME: usize = 60;

/// A row that a passkey is checked with.
struct Kept {
    id: PasskeyId,
    person: PersonId,
    key: Key,
    sealed: Vec<u8>,
    stopped: bool,
    open: bool,
}

/// A passkey that was shown by whoever may use it.
struct Shown {
    id: PasskeyId,
    person: PersonId,
}

/// What [`Db::read_kept`] reads; `$2` is the day, `$3` since when an account is not used.
fn kept() -> String {
    format!(
        "select k.id, k.person, k.credential, k.sealed, k.stopped, {} from passkey k join account a on a.person = k.person",
        account_state()
    )
}

fn bound_to(person: PersonId, credential: &[u8]) -> String {
    format!("passkey {person} {}", crate::sessions::hex(credential))
}

fn hash(credential: &[u8]) -> Vec<u8> {
    Sha256::digest(credential).to_vec()
}

/// What the browser is asked, as our script reads it.
fn question(ceremony: &str, options: &Value) -> String {
    json!({ "ceremony": ceremony, "publicKey": options["publicKey"] }).to_string()
}

fn in_json(what: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(what).map_err(|error| StoreError::Engine(error.to_string()))
}

fn state_of<T: DeserializeOwned>(state: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(state).map_err(|_| StoreError::Inconsistent { table: "ceremony", column: "sealed" })
}

fn failed(error: &WebauthnError) -> StoreError {
    StoreError::Engine(error.to_string())
}

impl Db {
    /// Asks the browser for a passkey of anybody: the answer says whose it is. In JSON, for the page's script.
    pub async fn ask_for_passkey(&self, site: &RelyingParty, now: Moment) -> Result<String, StoreError> {
        self.ask_any(site, Ceremony::SignIn, None, now).await
    }

    /// Asks the browser of a person who is signed in for a passkey of theirs.
    pub async fn ask_for_own_passkey(
        &self,
        site: &RelyingParty,
        person: PersonId,
        now: Moment,
    ) -> Result<String, StoreError> {
        self.ask_any(site, Ceremony::Again, Some(person), now).await
    }

    async fn ask_any(
        &self,
        site: &RelyingParty,
        ceremony: Ceremony,
        person: Option<PersonId>,
        now: Moment,
    ) -> Result<String, StoreError> {
        let (options, state) = site.0.start_discoverable_authentication().map_err(|error| failed(&error))?;
        let state = in_json(&state)?.to_string();
        let ceremony = self.begin_ceremony(ceremony, person, state.as_bytes(), now).await?;
        Ok(question(&ceremony, &in_json(&options)?))
    }

    /// Signs somebody in who answers with a passkey.
    pub async fn sign_in_with_passkey(
        &self,
        site: &RelyingParty,
        ceremony: &str,
        answer: &str,
        now: Moment,
    ) -> Result<SignIn, StoreError> {
        if !self.pack().sign_in().allows(Way::Passkey) {
            return Ok(SignIn::No);
        }
        let Some((tx, shown)) = self.shown(site, (Ceremony::SignIn, None), (ceremony, answer), now).await? else {
            return Ok(SignIn::No);
        };
        let name = begin_session(&tx, shown.person, How::Passkey);
        tx.leave("signed-in", None, Some(shown.id.to_string()), "", &[], false);
        match tx.commit().await {
            Ok(()) => Ok(SignIn::In(name)),
            // Its counter has gone on in the meantime, or it was removed.
            Err(StoreError::Conflict) => Ok(SignIn::No),
            Err(error) => Err(error),
        }
    }

    /// Proves again who somebody is, by a passkey of theirs. Their session goes on under the name that this gives.
    pub async fn prove_again_with_passkey(
        &self,
        site: &RelyingParty,
        (session, person): (&SessionName, PersonId),
        (ceremony, answer): (&str, &str),
        now: Moment,
    ) -> Result<Option<SessionName>, StoreError> {
        let asked = (Ceremony::Again, Some(person));
        let Some((tx, shown)) = self.shown(site, asked, (ceremony, answer), now).await? else { return Ok(None) };
        let name = proved_again(&tx, session);
        tx.leave("proved-again", None, Some(shown.id.to_string()), "", &[], false);
        match tx.commit().await {
            Ok(()) => Ok(Some(name)),
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A passkey that was shown, with the act in which its counter goes on; none where the answer is no good.
    async fn shown(
        &self,
        site: &RelyingParty,
        (asked, of): (Ceremony, Option<PersonId>),
        (ceremony, answer): (&str, &str),
        now: Moment,
    ) -> Result<Option<(Tx, Shown)>, StoreError> {
        let Some(state) = self.end_ceremony(asked, of, ceremony, now).await? else { return Ok(None) };
        let state: DiscoverableAuthentication = state_of(&state)?;
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(None) };
        let Ok((handle, credential)) = site.0.identify_discoverable_authentication(&answer) else { return Ok(None) };
        let Some(kept) = self.kept_passkey(credential, now).await? else { return Ok(None) };
        let another = of.is_some_and(|person| person != kept.person);
        if another || handle != self.handle(kept.person) || kept.stopped || !kept.open {
            return Ok(None);
        }
        let tx = self.begin_own(kept.person, now).await?;
        match site.0.finish_discoverable_authentication_v2(&answer, state, &kept.key) {
            Ok(proof) if proof.user_verified() => {
                let mut key = kept.key;
                key.update_credential(&proof);
                tx.then(Statement::one_row(
                    "update passkey set sealed = $2, used = $3 where id = $1 and sealed = $4 and stopped is null",
                    args![kept.id, self.seal_passkey(kept.person, &key)?, now, kept.sealed],
                ));
                Ok(Some((tx, Shown { id: kept.id, person: kept.person })))
            }
            Err(WebauthnError::CredentialPossibleCompromise) => {
                tx.then(Statement::new(
                    "update passkey set stopped = $2 where id = $1 and stopped is null",
                    args![kept.id, now],
                ));
                tell(&tx, kept.person, What::PasskeyStopped, None);
                tx.leave("passkey-stopped", None, Some(kept.id.to_string()), "", &[], true);
                tx.commit().await?;
                Ok(None)
            }
            _ => {
                tx.leave("sign-in-failed", None, Some(kept.id.to_string()), "", &[], false);
                tx.commit().await?;
                Ok(None)
            }
        }
    }

    /// Asks the browser of a person who is signed in for a new passkey. In JSON, for the page's script.
    pub async fn ask_for_new_passkey(
        &self,
        site: &RelyingParty,
        person: PersonId,
        now: Moment,
    ) -> Result<String, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let account = conn.query_opt("select username from account where person = $1", args![person]).await?;
        let rows = conn
            .query(format!("{} where k.person = $1", kept()), args![person, now.day(), dormant_before(self, now)])
            .await?;
        conn.rollback().await?;
        let username = account.map_or_else(|| Ok(String::new()), |row| row.text(0))?;
        let known = rows.iter().map(|row| Ok(self.read_kept(row)?.key.cred_id().clone()));
        let known = known.collect::<Result<Vec<_>, StoreError>>()?;
        let (options, state) = site
            .0
            .start_passkey_registration(self.handle(person), &username, &username, Some(known))
            .map_err(|error| failed(&error))?;
        let mut options = in_json(&options)?;
        // The device must know by itself whose passkey it is: nobody types a name, so nobody learns which there are.
        options["publicKey"]["authenticatorSelection"]["residentKey"] = "required".into();
        options["publicKey"]["authenticatorSelection"]["requireResidentKey"] = true.into();
        let state = in_json(&state)?.to_string();
        let ceremony = self.begin_ceremony(Ceremony::AddPasskey, Some(person), state.as_bytes(), now).await?;
        Ok(question(&ceremony, &options))
    }

    /// Adds a passkey to the account of a person who is signed in; this session has then been entered with it,
    /// and their other sessions end. False where the answer was no good.
    pub async fn add_passkey(
        &self,
        site: &RelyingParty,
        (session, person): (&SessionName, PersonId),
        (ceremony, answer): (&str, &str),
        name: &str,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let Some(state) = self.end_ceremony(Ceremony::AddPasskey, Some(person), ceremony, now).await? else {
            return Ok(false);
        };
        let state: PasskeyRegistration = state_of(&state)?;
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(answer) else { return Ok(false) };
        let Ok(key) = site.0.finish_passkey_registration(&answer, &state) else { return Ok(false) };
        if self.passkeys(person).await?.len() >= MOST_PASSKEYS {
            return Ok(false);
        }
        let id = PasskeyId::new(now, &mut SystemChance);
        let tx = self.begin_own(person, now).await?;
        tx.then(Statement::one_row(
            "insert into passkey (id, person, credential, name, made, used, stopped, sealed)
             values ($1, $2, $3, $4, $5, null, null, $6)",
            args![id, person, hash(key.cred_id()), name, now, self.seal_passkey(person, &key)?],
        ));
        tx.then(upgrade_session(session, How::Passkey, now));
        tx.then(end_others(person, session, now));
        tell(&tx, person, What::PasskeyAdded, Some(session));
        tx.leave("passkey-added", None, Some(id.to_string()), "", &[], true);
        match tx.commit().await {
            Ok(()) => Ok(true),
            // Somebody has this very passkey already.
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A person's passkeys, in the order in which they were added.
    pub async fn passkeys(&self, person: PersonId) -> Result<Vec<Passkey>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let rows = conn
            .query("select id, name, made, used, stopped from passkey where person = $1 order by id", args![person])
            .await?;
        conn.rollback().await?;
        rows.iter()
            .map(|row| {
                Ok(Passkey {
                    id: row.parsed(0, "passkey", "id")?,
                    name: row.text(1)?,
                    made: row.parsed(2, "passkey", "made")?,
                    used: row.opt_parsed(3, "passkey", "used")?,
                    stopped: row.opt_parsed(4, "passkey", "stopped")?,
                })
            })
            .collect()
    }

    /// Gives one of a person's own passkeys another name.
    pub async fn name_passkey(&self, person: PersonId, id: PasskeyId, name: &str) -> Result<(), StoreError> {
        let rename =
            Statement::new("update passkey set name = $3 where id = $1 and person = $2", args![id, person, name]);
        self.apply(Plan { statements: vec![rename], leaves: Vec::new() }).await
    }

    /// Removes one of a person's own passkeys, and ends their other sessions: it may be a lost telephone that is still
    /// signed in.
    pub async fn remove_passkey(
        &self,
        session: &SessionName,
        person: PersonId,
        id: PasskeyId,
        now: Moment,
    ) -> Result<(), StoreError> {
        let tx = self.begin_own(person, now).await?;
        tx.then(Statement::one_row("delete from passkey where id = $1 and person = $2", args![id, person]));
        tx.then(end_others(person, session, now));
        tell(&tx, person, What::PasskeyRemoved, Some(session));
        tx.leave("passkey-removed", None, Some(id.to_string()), "", &[], true);
        match tx.commit().await {
            // There is none, or none any more: nothing to remove.
            Err(StoreError::Conflict) => Ok(()),
            done => done,
        }
    }

    async fn kept_passkey(&self, credential: &[u8], now: Moment) -> Result<Option<Kept>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let sql = format!("{} where k.credential = $1", kept());
        let row = conn.query_opt(sql, args![hash(credential), now.day(), dormant_before(self, now)]).await?;
        conn.rollback().await?;
        row.map(|row| self.read_kept(&row)).transpose()
    }

    fn read_kept(&self, row: &Row) -> Result<Kept, StoreError> {
        let person: PersonId = row.parsed(1, "passkey", "person")?;
        let (credential, sealed) = (row.blob(2)?, row.blob(3)?);
        let key = self.keys().open_sign_in(&bound_to(person, &credential), &sealed);
        let key = key.and_then(|key| serde_json::from_slice(&key).ok());
        Ok(Kept {
            id: row.parsed(0, "passkey", "id")?,
            person,
            key: key.ok_or(StoreError::Inconsistent { table: "passkey", column: "sealed" })?,
            sealed,
            stopped: row.opt_text(4)?.is_some(),
            open: row.text(5)? == "open",
        })
    }

    fn seal_passkey(&self, person: PersonId, key: &Key) -> Result<Vec<u8>, StoreError> {
        self.keys().seal_sign_in(&bound_to(person, &hash(key.cred_id())), in_json(key)?.to_string().as_bytes())
    }

    /// What a device keeps of a person: always the same, and it says nothing to whoever reads it there.
    fn handle(&self, person: PersonId) -> Uuid {
        Uuid::from_bytes(self.keys().handle(&person.to_string()))
    }
}
