//! The index as it is kept: words under the moment of their event, on both engines.
//!
//! Each entry stands under one number that orders it among all: the day, the minute, and a count within the minute.
//! So «newest first» is the order of the index itself, and a page goes on from a number. The record is a word of the
//! entry as well: a reader of few records looks for theirs and the words at once.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use jiff::civil::{Date, Time};
use record::{
    EntryId, Moment, RecordId,
    words::{Term, WordsWanted},
};

use crate::{
    engine::{
        Arg, Conn, Engine, Row, Statement, StoreError, args, as_json, for_its_owner_alone, placeholders, texts_of,
    },
    words::stoppable,
};

/// By which rules a text falls into words. Whoever changes those raises it, and every index is made anew.
const RULES: i64 = 1;
/// Readers of up to so many records look for their records as words; those of more have the hits filtered.
const FEW: usize = 24;
/// On SQLite: how many hits are looked at first where their records have to be looked at one by one; then more.
const FIRST_LOOK: i64 = 64;
/// And at most so many at once.
const LONGEST_LOOK: i64 = 4_096;
/// The most words of one part: PostgreSQL tells no more positions apart.
const PART: usize = 16_000;
/// Between two pieces of an entry, so that no phrase goes from one into the next. No text has it as a word.
const GAP: &str = "\u{e000}";
/// On PostgreSQL: how many of the newest entries are walked before all hits are gathered.
const WALKED: i64 = 2_000;

/// The index.
pub(crate) struct Index {
    engine: Engine,
    /// Who fills it, of several processes.
    holder: String,
}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// The number of the next leaf of the log of changes.
    pub next: i64,
    /// The identifier of the leaf before it: another database has another there.
    pub leaf: String,
    /// Everything that was committed until then is in it.
    pub until: Option<Moment>,
}

/// An entry with its words.
#[derive(Clone, Debug)]
pub(super) struct Worded {
    pub entry: EntryId,
    pub record: RecordId,
    pub version: u32,
    pub day: Date,
    pub time: Option<Time>,
    /// Stems, piece by piece.
    pub said: Vec<Vec<String>>,
}

/// An entry that stands in the index: where, and in which version.
pub(super) struct Standing {
    pub entry: EntryId,
    pub at: Vec<i64>,
    pub version: u32,
}

/// A hit: where it stands, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub at: i64,
    pub entry: EntryId,
}

/// In whose records is searched.
pub(super) enum Among<'a> {
    /// In all.
    All,
    /// In all but these.
    AllBut(&'a [RecordId]),
    /// In these.
    These(&'a [RecordId]),
}

impl Index {
    /// Opens it beside the database, making it where there is none.
    pub async fn open(main: &Engine, folder: Option<&Path>, holder: String) -> Result<Self, StoreError> {
        let engine = match (main, folder) {
            (Engine::Sqlite { .. }, Some(folder)) => beside(&folder.join("words.db")).await?,
            (Engine::Sqlite { .. }, None) => return Err(StoreError::Unreachable("no folder for words".to_owned())),
            (Engine::Postgres { .. }, _) => main.with_few_readers(),
        };
        let index = Self { engine, holder };
        let mut tries = 0;
        // Two processes may make the tables at the same moment.
        while let Err(error) = index.make().await {
            tries += 1;
            if tries > 3 {
                return Err(error);
            }
        }
        Ok(index)
    }

    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite { .. } => self.engine.close().await,
            // The writers are the record's own.
            Engine::Postgres { readers, .. } => readers.close().await,
        }
    }

    async fn make(&self) -> Result<(), StoreError> {
        let mut conn = self.engine.begin_writing().await?;
        conn.script(match &self.engine {
            Engine::Sqlite { .. } => SQLITE,
            Engine::Postgres { .. } => POSTGRES,
        })
        .await?;
        if self.engine.has_one_writer() {
            conn.execute("insert into words (words, rank) values ('secure-delete', 1)", args![]).await?;
        }
        conn.execute(FIRST_STATE, args![RULES]).await?;
        let rules = conn.query("select rules from words_state", args![]).await?;
        let stale = rules.first().map(|row| row.int(0)).transpose()? != Some(RULES);
        conn.commit().await?;
        if stale { self.begin_anew().await } else { Ok(()) }
    }

    /// Throws everything away. What was in it is not on the disk any more.
    pub(super) async fn begin_anew(&self) -> Result<(), StoreError> {
        let mut conn = self.engine.begin_writing().await?;
        match &self.engine {
            Engine::Sqlite { .. } => {
                conn.script("drop table words; drop table words_entry;").await?;
                conn.script(SQLITE).await?;
                conn.execute("insert into words (words, rank) values ('secure-delete', 1)", args![]).await?;
            }
            Engine::Postgres { .. } => conn.script("truncate words_entry").await?,
        }
        conn.execute(
            "update words_state set rules = $1, next = 0, leaf = '', until = null, version = version + 1",
            args![RULES],
        )
        .await?;
        conn.commit().await
    }

    /// How far it is. After a crash PostgreSQL has emptied its tables: then it begins anew.
    pub(super) async fn state(&self) -> Result<State, StoreError> {
        let rows = self.engine.query("select next, leaf, until from words_state", args![]).await?;
        rows.first().map_or_else(|| Ok(State::default()), read_state)
    }

    /// Takes the right to fill it for a while; none where another process has it.
    pub(super) async fn take_turn(&self, now: Moment, seconds: i64) -> Result<Option<State>, StoreError> {
        let mut conn = self.engine.begin_writing().await?;
        conn.execute(FIRST_STATE, args![RULES]).await?;
        let mine = conn
            .execute(
                "update words_state set holder = $1, held_until = $2 where holder = $1 or held_until < $3",
                args![&self.holder, now.plus_seconds(seconds), now],
            )
            .await?;
        let row = conn.query_opt("select next, leaf, until from words_state", args![]).await?;
        conn.commit().await?;
        row.filter(|_| mine == 1).map(|row| read_state(&row)).transpose()
    }

    /// Which of these entries stand in it.
    pub(super) async fn standing(&self, entries: &[EntryId]) -> Result<Vec<Standing>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let list = texts_of(&self.engine, 1);
        let sql = format!("select entry, at, version from words_entry where entry in ({list}) order by entry, at");
        let rows = self.engine.query(sql, args![as_json(entries)]).await?;
        let mut all: Vec<Standing> = Vec::new();
        for row in rows {
            let entry: EntryId = row.parsed(0, "words_entry", "entry")?;
            let at = row.int(1)?;
            let version = u32::try_from(row.int(2)?).unwrap_or_default();
            match all.last_mut() {
                Some(last) if last.entry == entry => last.at.push(at),
                _ => all.push(Standing { entry, at: vec![at], version }),
            }
        }
        Ok(all)
    }

    /// Takes entries out and puts others in, and says how far it is now: all of it or nothing.
    ///
    /// `gone` are with the words under which they stand: the engine needs them to take each out of its place.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where it is not as far any more as `before` says: somebody else was faster.
    pub(super) async fn change(
        &self,
        before: &State,
        gone: &[(Standing, Worded)],
        new: &[Worded],
        after: &State,
    ) -> Result<(), StoreError> {
        let mut conn = self.engine.begin_writing().await?;
        let moved = conn
            .execute(
                "update words_state set next = $1, leaf = $2, until = $3 where next = $4 and leaf = $5",
                args![after.next, &after.leaf, after.until, before.next, &before.leaf],
            )
            .await?;
        if moved != 1 {
            conn.rollback().await?;
            return Err(StoreError::Conflict);
        }
        for (standing, worded) in gone {
            if self.engine.has_one_writer() {
                for (at, part) in standing.at.iter().zip(parts(&worded.said)) {
                    let sql = "insert into words (words, rowid, record, said) values ('delete', $1, $2, $3)";
                    conn.execute(sql, args![*at, worded.record, spoken(&part)]).await?;
                }
            }
            conn.execute("delete from words_entry where entry = $1", args![standing.entry]).await?;
        }
        let mut rows: Vec<(i64, &Worded, Vec<&str>)> = Vec::new();
        for one in new {
            for part in parts(&one.said) {
                let at = self.free(&mut conn, one, &rows).await?;
                rows.push((at, one, part));
            }
        }
        for some in rows.chunks(50) {
            self.put(&mut conn, some).await?;
        }
        conn.commit().await
    }

    /// The next free number of this entry's minute.
    async fn free(
        &self,
        conn: &mut Conn,
        one: &Worded,
        taken: &[(i64, &Worded, Vec<&str>)],
    ) -> Result<i64, StoreError> {
        let first = minute(one.day, one.time);
        let end = first + (1 << COUNT_BITS);
        let sql = "select max(at) from words_entry where at >= $1 and at < $2";
        let known = conn.query_opt(sql, args![first, end]).await?.map(|row| row.opt_int(0)).transpose()?.flatten();
        let here = taken.iter().map(|(at, ..)| *at).filter(|at| (first..end).contains(at)).max();
        Ok(known.max(here).map_or(first, |at| at + 1))
    }

    async fn put(&self, conn: &mut Conn, rows: &[(i64, &Worded, Vec<&str>)]) -> Result<(), StoreError> {
        let about = |(at, one, _): &(i64, &Worded, Vec<&str>)| args![*at, one.entry, one.record, one.version];
        match &self.engine {
            Engine::Sqlite { .. } => {
                let of = rows.iter().map(about).collect();
                conn.run(Statement::insert("words_entry (at, entry, record, version)", of)).await?;
                let words = rows.iter().map(|(at, one, part)| args![*at, one.record, spoken(part)]).collect();
                conn.run(Statement::insert("words (rowid, record, said)", words)).await
            }
            Engine::Postgres { .. } => {
                let mut args = Vec::new();
                for row in rows {
                    args.extend(about(row));
                    args.extend(args![vector(row.1.record, &row.2)]);
                }
                let mut values = placeholders(rows.len(), 5);
                for n in 1..=rows.len() {
                    let cell = format!(",${})", n * 5);
                    values = values.replace(&cell, &format!(",${}::tsvector)", n * 5));
                }
                conn.execute(
                    format!("insert into words_entry (at, entry, record, version, vector) values {values}"),
                    args,
                )
                .await
                .map(|_| ())
            }
        }
    }

    /// After a round: nothing waits outside the order of the index.
    pub(super) async fn tidy(&self) -> Result<(), StoreError> {
        if !self.engine.has_one_writer() {
            let mut conn = self.engine.begin_writing().await?;
            conn.query("select gin_clean_pending_list(cast('words_of_entry' as regclass))", args![]).await?;
            conn.commit().await?;
        }
        Ok(())
    }

    /// The newest hits before a number, newest first. An entry of several parts may come more than once.
    pub(super) async fn newest(
        &self,
        wanted: &WordsWanted,
        among: &Among<'_>,
        before: i64,
        most: i64,
    ) -> Result<Vec<Hit>, StoreError> {
        match &self.engine {
            Engine::Sqlite { .. } => self.newest_on_sqlite(wanted, among, before, most).await,
            Engine::Postgres { .. } => self.newest_on_postgres(wanted, among, before, most).await,
        }
    }

    /// SQLite's index gives hits newest first. Those of other records are passed over here: to hand it a list of some
    /// thousand records costs more than to look at some hits in vain.
    async fn newest_on_sqlite(
        &self,
        wanted: &WordsWanted,
        among: &Among<'_>,
        before: i64,
        most: i64,
    ) -> Result<Vec<Hit>, StoreError> {
        // Those that are asked for, or those that are not.
        let (listed, wanted_are_listed): (BTreeSet<RecordId>, bool) = match among {
            Among::These(records) if !is_few(among) => (records.iter().copied().collect(), true),
            Among::AllBut(records) => (records.iter().copied().collect(), false),
            Among::All | Among::These(_) => (BTreeSet::new(), false),
        };
        let (mut hits, mut before) = (Vec::new(), before);
        let mut look = if wanted_are_listed { FIRST_LOOK.max(most) } else { most };
        loop {
            let sql = "select f.rowid, e.entry, e.record from words f cross join words_entry e on e.at = f.rowid
                 where f.words match $1 and f.rowid < $2 order by f.rowid desc limit $3";
            let rows =
                stoppable::query(&self.engine, sql.to_owned(), args![expression(wanted, among), before, look]).await?;
            for row in &rows {
                let hit = read_hit(row)?;
                before = hit.at;
                let is_open = (listed.is_empty() && !wanted_are_listed)
                    || listed.contains(&row.parsed(2, "words_entry", "record")?) == wanted_are_listed;
                if is_open && i64::try_from(hits.len()).is_ok_and(|found| found < most) {
                    hits.push(hit);
                }
            }
            let is_end = i64::try_from(rows.len()).is_ok_and(|rows| rows < look);
            if is_end || i64::try_from(hits.len()).is_ok_and(|found| found >= most) {
                return Ok(hits);
            }
            look = (look * 4).min(LONGEST_LOOK);
        }
    }

    /// PostgreSQL's index gives all hits of a word in no order. Where many entries have it, the newest are found by
    /// walking back from the newest entry; only where that finds too few are the hits gathered and sorted, which the
    /// engine begins when it comes to them and not before. `at + 0`: not by that index, which would be read from there to
    /// its end.
    async fn newest_on_postgres(
        &self,
        wanted: &WordsWanted,
        among: &Among<'_>,
        before: i64,
        most: i64,
    ) -> Result<Vec<Hit>, StoreError> {
        let mut args = args![tsquery(wanted, among), before, most];
        let sql = if is_few(among) {
            "with hits as materialized (select at, entry from words_entry where vector @@ cast($1 as tsquery) and at + 0 < $2)
             select at, entry from hits order by at desc limit $3"
                .to_owned()
        } else {
            args.extend(args![WALKED]);
            let only = self.only(among, "record", &mut args);
            format!(
                "with walked as materialized (select at, entry from (select * from words_entry
                     where at < $2 order by at desc limit $4) w
                     where vector @@ cast($1 as tsquery) {only} order by at desc limit $3),
                 edge as materialized (select at from words_entry where at < $2 order by at desc offset $4 limit 1),
                 hits as materialized (select at, entry from words_entry
                     where exists (select 1 from edge) and vector @@ cast($1 as tsquery)
                     and at + 0 <= (select at from edge) {only})
                 select at, entry from walked
                 union all (select at, entry from hits order by at desc limit $3) limit $3"
            )
        };
        let rows = stoppable::query(&self.engine, sql, args).await?;
        let mut hits = rows.iter().map(read_hit).collect::<Result<Vec<_>, StoreError>>()?;
        // Both parts are in order, and so is the whole: but no rule of SQL says so.
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
        Ok(hits)
    }

    /// How many entries say it, up to one more than `most`.
    pub(super) async fn count(&self, wanted: &WordsWanted, among: &Among<'_>, most: i64) -> Result<i64, StoreError> {
        let (from, query) = match &self.engine {
            Engine::Sqlite { .. } => {
                ("words f cross join words_entry e on e.at = f.rowid where f.words match $1", expression(wanted, among))
            }
            Engine::Postgres { .. } => ("words_entry e where e.vector @@ cast($1 as tsquery)", tsquery(wanted, among)),
        };
        let mut args = args![query, most + 1];
        let only = self.only(among, "e.record", &mut args);
        let sql = format!("select count(*) from (select distinct e.entry from {from} {only} limit $2) as c");
        let rows = stoppable::query(&self.engine, sql, args).await?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// The condition that a hit is of one of these records, where they are not among the words already.
    fn only(&self, among: &Among<'_>, column: &str, args: &mut Vec<Arg>) -> String {
        match among {
            Among::These(records) if !is_few(among) => {
                args.extend(args![as_json(*records)]);
                // In a `coalesce` PostgreSQL looks each row up, and keeps their order; otherwise it would join.
                format!("and coalesce({column} in ({}), false)", texts_of(&self.engine, args.len()))
            }
            Among::AllBut(records) => {
                args.extend(args![as_json(*records)]);
                format!("and coalesce({column} not in ({}), true)", texts_of(&self.engine, args.len()))
            }
            Among::All | Among::These(_) => String::new(),
        }
    }
}

fn read_state(row: &Row) -> Result<State, StoreError> {
    Ok(State { next: row.int(0)?, leaf: row.text(1)?, until: row.opt_parsed(2, "words_state", "until")? })
}

fn read_hit(row: &Row) -> Result<Hit, StoreError> {
    Ok(Hit { at: row.int(0)?, entry: row.parsed(1, "words_entry", "entry")? })
}

fn is_few(among: &Among<'_>) -> bool {
    matches!(among, Among::These(records) if records.len() <= FEW)
}

/// A file for its owner alone. One that is no index is no loss: it is made anew.
async fn beside(file: &Path) -> Result<Engine, StoreError> {
    let unreachable =
        |error: std::io::Error| StoreError::Unreachable(format!("the index of words, {}: {error}", file.display()));
    for last in [false, true] {
        for_its_owner_alone(file).map_err(unreachable)?;
        match Engine::sqlite_beside(file).await {
            Err(StoreError::Engine(error)) if !last => {
                tracing::warn!(error, "the index of words cannot be read and is made anew");
                for end in ["", "-wal", "-shm"] {
                    let mut name = file.as_os_str().to_owned();
                    name.push(end);
                    if let Err(error) = std::fs::remove_file(&name)
                        && error.kind() != std::io::ErrorKind::NotFound
                    {
                        return Err(unreachable(error));
                    }
                }
            }
            opened => return opened,
        }
    }
    Err(StoreError::Unreachable("the index of words cannot be made".to_owned()))
}

/// How many bits count within a minute, and how many the minute has.
const COUNT_BITS: u32 = 32;
const MINUTE_BITS: u32 = 11;

/// The first number of a minute. An event whose time is not known comes before all others of its day.
fn minute(day: Date, time: Option<Time>) -> i64 {
    let days = i64::from(Date::new(1, 1, 1).map_or(0, |first| first.until(day).map_or(0, |span| span.get_days())));
    let minute = time.map_or(0, |time| i64::from(time.hour()) * 60 + i64::from(time.minute()) + 1);
    (days.clamp(0, (1 << 20) - 1) << (COUNT_BITS + MINUTE_BITS)) | (minute << COUNT_BITS)
}

/// The words of an entry in parts that every engine takes, with gaps between its pieces. There is always one.
fn parts(said: &[Vec<String>]) -> Vec<Vec<&str>> {
    let mut parts: Vec<Vec<&str>> = vec![Vec::new()];
    for piece in said {
        for (nth, word) in piece.iter().enumerate() {
            if parts.last().is_some_and(|part| part.len() + 2 > PART) {
                parts.push(Vec::new());
            }
            if let Some(part) = parts.last_mut() {
                if nth == 0 && !part.is_empty() {
                    part.push(GAP);
                }
                part.push(word);
            }
        }
    }
    parts
}

/// Words as SQLite's index takes them: it parts them at the spaces and does nothing else.
fn spoken(part: &[&str]) -> String {
    part.join(" ")
}

/// Words with their places, as PostgreSQL writes them; the record is one without a place.
fn vector(record: RecordId, part: &[&str]) -> String {
    let mut places: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
    for (at, word) in part.iter().enumerate().filter(|(_, word)| **word != GAP) {
        places.entry(word).or_default().push(at + 1);
    }
    let mut text = format!("'/{record}'");
    for (word, places) in places {
        let places: Vec<_> = places.iter().take(255).map(ToString::to_string).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, " '{word}':{}", places.join(","));
    }
    text
}

/// What SQLite's index is asked. Words are letters and digits alone, and stand in quotation marks.
fn expression(wanted: &WordsWanted, among: &Among<'_>) -> String {
    let mut all: Vec<String> = Vec::new();
    if let (Among::These(records), true) = (among, is_few(among)) {
        let any: Vec<_> = records.iter().map(|record| format!("\"{record}\"")).collect();
        all.push(format!("record : ({})", any.join(" OR ")));
    }
    all.extend(wanted.terms().iter().map(|term| match term {
        Term::Word(word) => format!("said : \"{word}\""),
        Term::Begins(word) => format!("said : (\"{word}\" * OR \"{}\")", record::words::stem(word)),
        Term::Phrase(words) => format!("said : \"{}\"", words.join(" ")),
    }));
    all.join(" AND ")
}

/// What PostgreSQL's index is asked.
fn tsquery(wanted: &WordsWanted, among: &Among<'_>) -> String {
    let mut all: Vec<String> = Vec::new();
    if let (Among::These(records), true) = (among, is_few(among)) {
        let any: Vec<_> = records.iter().map(|record| format!("'/{record}'")).collect();
        all.push(format!("({})", any.join(" | ")));
    }
    all.extend(wanted.terms().iter().map(|term| match term {
        Term::Word(word) => format!("'{word}'"),
        Term::Begins(word) => format!("('{word}':* | '{}')", record::words::stem(word)),
        Term::Phrase(words) => {
            format!("({})", words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" <-> "))
        }
    }));
    all.join(" & ")
}

const FIRST_STATE: &str = "insert into words_state (one, rules, next, leaf, until, holder, held_until, version)
    values (1, $1, 0, '', null, '', '', 0) on conflict (one) do nothing";

/// `content=''`: the words can be found and not read back as text, though whoever has the file learns which there are.
const SQLITE: &str = "
    create table if not exists words_state (one integer primary key, rules integer not null, next integer not null,
        leaf text not null, until text, holder text not null, held_until text not null, version integer not null) strict;
    create table if not exists words_entry (at integer primary key, entry text not null, record text not null, version integer not null) strict;
    create index if not exists words_entry_by_entry on words_entry (entry);
    create virtual table if not exists words using fts5(record, said, content='', columnsize=0, tokenize='ascii');";

const POSTGRES: &str = "
    create unlogged table if not exists words_state (one bigint primary key, rules bigint not null, next bigint not null,
        leaf text not null, until text, holder text not null, held_until text not null, version bigint not null);
    create unlogged table if not exists words_entry (at bigint primary key, entry text not null, record text not null, version bigint not null, vector tsvector not null);
    create index if not exists words_entry_by_entry on words_entry (entry);
    create index if not exists words_of_entry on words_entry using gin (vector);";

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn numbers_follow_the_order_of_events() {
        let of = |day, at| minute(day, at);
        let (a, b) = (date(2026, 3, 2), date(2026, 3, 3));
        let ordered = [
            of(date(1850, 1, 1), None),
            of(a, None),
            of(a, Some(time(0, 0, 0, 0))),
            of(a, Some(time(23, 59, 0, 0))),
            of(b, None),
        ];
        assert!(ordered.is_sorted_by(|a, b| a < b), "{ordered:?}");
        assert!(ordered.iter().all(|at| *at > 0) && of(date(9999, 12, 31), None) > 0);
    }

    #[test]
    fn long_entries_come_in_parts_and_pieces_stay_apart() {
        let word = |n: usize| format!("w{n}");
        let long: Vec<String> = (0..PART * 2 + 5).map(word).collect();
        let said = [vec![word(1), word(2)], long];
        let parts = parts(&said);
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| part.len() <= PART));
        assert_eq!(parts[0][..4], ["w1", "w2", GAP, "w0"]);
        assert_eq!(super::parts(&[]).len(), 1, "an entry without a word stands in it all the same");
        let record: RecordId = "01h00000000000000000000000".parse().unwrap();
        assert_eq!(vector(record, &["a", GAP, "b", "a"]), "'/01h00000000000000000000000' 'a':1,4 'b':3");
    }

    /// What is taken out is gone from the file, and not only from the answers.
    #[tokio::test]
    async fn what_is_taken_out_is_really_gone() {
        let folder = tempfile::tempdir().unwrap();
        let main = Engine::in_memory().await.unwrap();
        let index = Index::open(&main, Some(folder.path()), "me".to_owned()).await.unwrap();
        let [entry, other]: [EntryId; 2] =
            ["01h00000000000000000000001", "01h00000000000000000000002"].map(|id| id.parse().unwrap());
        let worded = |entry, word: &str| Worded {
            entry,
            record: "01h00000000000000000000000".parse().unwrap(),
            version: 1,
            day: date(2026, 3, 3),
            time: None,
            said: vec![vec![word.to_owned(), "tea".to_owned()]],
        };
        let bytes = async || {
            let Engine::Sqlite { writer, .. } = &index.engine else { panic!("not SQLite") };
            sqlx::query("pragma wal_checkpoint(truncate)").fetch_all(writer).await.unwrap();
            std::fs::read(folder.path().join("words.db")).unwrap()
        };
        let holds = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|some| some == word.as_bytes());
        let new = [worded(entry, "zebrafinch"), worded(other, "quillwort")];
        let (none, one) = (State::default(), State { next: 1, leaf: "a".to_owned(), until: None });
        index.change(&none, &[], &new, &one).await.unwrap();
        assert!(holds(&bytes().await, "ebrafinch"));
        let again = index.change(&none, &[], &new, &one).await;
        assert!(matches!(again, Err(StoreError::Conflict)), "a round that was done counts once");
        let wanted = WordsWanted::read("tea").unwrap();
        assert_eq!(index.newest(&wanted, &Among::All, i64::MAX, 9).await.unwrap().len(), 2);
        let standing = index.standing(&[entry]).await.unwrap().pop().unwrap();
        let two = State { next: 2, leaf: "b".to_owned(), until: None };
        index.change(&one, &[(standing, worded(entry, "zebrafinch"))], &[], &two).await.unwrap();
        let left = index.newest(&wanted, &Among::All, i64::MAX, 9).await.unwrap();
        assert_eq!(left.iter().map(|hit| hit.entry).collect::<Vec<_>>(), [other]);
        let after = bytes().await;
        assert!(!holds(&after, "ebrafinch") && holds(&after, "uillwort"));
        index.begin_anew().await.unwrap();
        assert!(!holds(&bytes().await, "uillwort"));
        index.close().await;
    }
}
