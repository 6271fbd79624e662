//! What somebody posted on a session that had ended: held for that person alone, until they are back.

use record::{Moment, PersonId};

use crate::{
    Db,
    engine::{Statement, StoreError, args},
    sessions::SessionName,
    writer::Plan,
};

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

/// For how long after a session began something is held for its person.
const LONGEST_SECONDS: i64 = 7 * 86_400;

impl Db {
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
        if now.seconds_since(row.parsed(1, "session", "started")?) > LONGEST_SECONDS {
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
