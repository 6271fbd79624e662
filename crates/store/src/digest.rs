//! Who asked for a daily e-mail of what they owe, and how far each day's has come.
//!
//! A day is taken before its mail is handed to the server ([`Db::take_digest`]), and given back only where it is certain
//! that the server did not take it ([`Db::digest_failed`]). So nobody is mailed twice for one day, whatever breaks off in
//! between and however many programs are started at once.

use jiff::civil::Date;
use record::{Moment, PersonId};

use crate::{
    Db,
    door::Tx,
    engine::{Row, Statement, StoreError, args},
    writer::Plan,
};

/// That somebody asked for the daily e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Who.
    pub person: PersonId,
    /// Where to.
    pub address: String,
    /// The last day whose mail was handed to the server.
    pub taken: Option<Date>,
    /// When the server last took one.
    pub sent: Option<Moment>,
    /// In words, why the last one was not sent.
    pub failed: Option<String>,
}

const COLUMNS: &str = "person, address, taken, sent, failed";

fn read(row: &Row) -> Result<Digest, StoreError> {
    Ok(Digest {
        person: row.parsed(0, "digest", "person")?,
        address: row.text(1)?,
        taken: row.opt_parsed(2, "digest", "taken")?,
        sent: row.opt_parsed(3, "digest", "sent")?,
        failed: row.opt_text(4)?,
    })
}

impl Tx {
    /// What whoever acts has asked for.
    pub async fn own_digest(&self) -> Result<Option<Digest>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(None) };
        let rows = self.query(format!("select {COLUMNS} from digest where person = $1"), args![me]).await?;
        rows.first().map(read).transpose()
    }

    /// Asks for it, or for another address. A day whose mail was sent stays sent.
    pub fn ask_for_digest(&self, address: &str) {
        let Some(me) = self.actor().person() else { return };
        self.then(Statement::new(
            "insert into digest (person, address) values ($1, $2)
             on conflict (person) do update set address = excluded.address, failed = null",
            args![me, address],
        ));
        self.leave("digest-asked", None, Some(me.to_string()), "", &[], true);
    }

    /// Asks for it no more.
    pub fn stop_digest(&self) {
        let Some(me) = self.actor().person() else { return };
        // The row stays, with the day that was sent: whoever asks again at once is not mailed twice.
        self.then(Statement::new("update digest set address = '', failed = null where person = $1", args![me]));
        self.leave("digest-stopped", None, Some(me.to_string()), "", &[], true);
    }
}

impl Db {
    /// Everybody who asked for it.
    pub async fn digests(&self) -> Result<Vec<Digest>, StoreError> {
        let mut conn = self.engine().begin_reading().await?;
        let rows =
            conn.query(format!("select {COLUMNS} from digest where address <> '' order by person"), args![]).await?;
        conn.rollback().await?;
        rows.iter().map(read).collect()
    }

    /// Takes a day for a person's mail; false where another has taken it.
    pub async fn take_digest(&self, person: PersonId, day: Date) -> Result<bool, StoreError> {
        let sql = "update digest set taken = $2 where person = $1 and (taken is null or taken < $2)";
        match self.put(Statement::one_row(sql, args![person, day])).await {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The server has taken the mail.
    pub async fn digest_sent(&self, person: PersonId, at: Moment) -> Result<(), StoreError> {
        let sql = "update digest set sent = $2, failed = null where person = $1";
        self.put(Statement::new(sql, args![person, at])).await
    }

    /// The mail was not sent, and why. `again` where it is certain that the server did not take it, so that it may be
    /// tried again on that day.
    pub async fn digest_failed(&self, person: PersonId, why: &str, again: bool) -> Result<(), StoreError> {
        let sql = if again {
            "update digest set failed = $2, taken = null where person = $1"
        } else {
            "update digest set failed = $2 where person = $1"
        };
        self.put(Statement::new(sql, args![person, why])).await
    }

    /// The server was not reached before this day was taken. Where another call has taken it since, nothing is said: that
    /// one knows what came of it.
    pub async fn digest_not_begun(&self, person: PersonId, why: &str, day: Date) -> Result<(), StoreError> {
        let sql = "update digest set failed = $2 where person = $1 and (taken is null or taken < $3)";
        self.put(Statement::new(sql, args![person, why, day])).await
    }

    async fn put(&self, statement: Statement) -> Result<(), StoreError> {
        self.apply(Plan { statements: vec![statement], leaves: Vec::new() }).await
    }
}
