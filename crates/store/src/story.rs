//! The story of a record: its entries from past to present, from any place in either direction, and the place at which
//! each reader stopped.

use jiff::civil::Date;
use record::{EntryId, PersonId, chronology};

use crate::{
    door::{Action, Grant, Tx},
    engine::{Arg, Statement, StoreError, args, placeholder_list},
    entries::{After, StoredEntry, read_of},
    facts::args_of,
    right::HERE,
};

/// What narrows the story as far as plain rows say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoryRows {
    /// Made with one of these forms; any when empty.
    pub forms: Vec<String>,
    /// Written by this person.
    pub author: Option<PersonId>,
    /// Not before this day.
    pub from: Option<Date>,
    /// Not after this day.
    pub to: Option<Date>,
}

/// From where the story is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Onwards, from the first entry.
    FromBeginning,
    /// Onwards, from the first entry of this day or a later one.
    FromDay(Date),
    /// Onwards, from this entry on.
    From(After),
    /// Onwards, from the entry after this one.
    Behind(After),
    /// Back, from the entry before this one.
    Before(After),
    /// Back, from the last entry.
    FromEnd,
}

impl Reading {
    /// Whether it goes towards the past: entries then come newest first.
    pub const fn is_back(&self) -> bool {
        matches!(self, Self::Before(_) | Self::FromEnd)
    }
}

/// What there is in a story to narrow it by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoryParts {
    /// Its years, with how many entries each has.
    pub years: Vec<(i16, i64)>,
    /// The forms that its entries were made with.
    pub forms: Vec<String>,
    /// Who wrote them.
    pub authors: Vec<PersonId>,
}

impl Tx {
    /// Entries of the records that are read with this grant, in the order in which they are read from there.
    pub async fn story<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        rows: &StoryRows,
        reading: &Reading,
        most: u32,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let mut args = args![i64::from(most)];
        let read = grant.is_read("e.record", &mut args);
        let narrowed = narrowed(rows, &mut args);
        let at = args.len();
        let mut beyond = |sign: &str, after: &After| {
            args.extend(args![after.day, &after.time, &after.entry]);
            format!("and (e.happened_on, e.happened_at, e.id) {sign} (${}, ${}, ${})", at + 1, at + 2, at + 3)
        };
        let place = match reading {
            Reading::FromBeginning | Reading::FromEnd => String::new(),
            Reading::FromDay(day) => {
                args.extend(args![*day]);
                format!("and e.happened_on >= ${}", at + 1)
            }
            Reading::From(after) => beyond(">=", after),
            Reading::Behind(after) => beyond(">", after),
            Reading::Before(after) => beyond("<", after),
        };
        let order = if reading.is_back() { "desc" } else { "asc" };
        let order = format!("order by e.happened_on {order}, e.happened_at {order}, e.id {order}");
        self.query(
            format!(
                "select e.id, e.act, v.version, v.form_hash, v.sealed, e.record from (
                     select e.id, e.act, e.version, e.record, e.happened_on, e.happened_at from entry e
                     where {read} and {HERE} {narrowed} {place} {order} limit $1) e
                 join entry_version v on v.entry = e.id and v.version = e.version {order}"
            ),
            args,
        )
        .await?
        .iter()
        .map(|row| read_of(grant, row))
        .collect()
    }

    /// The chapters of the story, and what else it may be narrowed by.
    pub async fn story_parts<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        rows: &StoryRows,
    ) -> Result<StoryParts, StoreError> {
        let mut parts = StoryParts::default();
        let mut args = Vec::new();
        let read = grant.is_read("e.record", &mut args);
        let all = format!("from entry e where {read} and {HERE}");
        for row in self.query(format!("select distinct e.form {all} order by 1"), args.clone()).await? {
            parts.forms.push(row.text(0)?);
        }
        for row in self.query(format!("select distinct e.author {all} order by 1"), args.clone()).await? {
            parts.authors.push(row.parsed(0, "entry", "author")?);
        }
        let narrowed = narrowed(rows, &mut args);
        let sql = format!("select substr(e.happened_on, 1, 4), count(*) {all} {narrowed} group by 1 order by 1");
        for row in self.query(sql, args).await? {
            parts.years.push((row.parsed(0, "entry", "happened_on")?, row.int(1)?));
        }
        Ok(parts)
    }

    /// Where an entry stands in the order of the story.
    pub async fn place_of<A: Action>(&self, grant: &Grant<'_, A>, entry: EntryId) -> Result<Option<After>, StoreError> {
        let mut args = args![entry];
        let read = grant.is_read("e.record", &mut args);
        let sql =
            format!("select e.happened_on, e.happened_at, e.id from entry e where e.id = $1 and {read} and {HERE}");
        let rows = self.query(sql, args).await?;
        let place = rows.first().map(|row| {
            Ok(After { day: row.parsed(0, "entry", "happened_on")?, time: row.text(1)?, entry: row.text(2)? })
        });
        place.transpose()
    }

    /// Where this reader stopped the last time.
    pub async fn stopped_at<A: Action>(&self, grant: &Grant<'_, A>) -> Result<Option<After>, StoreError> {
        let sql = "select entry from story_place where reader = $1 and record = $2";
        let rows = self.query(sql, args![self.actor().person(), grant.record()]).await?;
        match rows.first() {
            Some(row) => self.place_of(grant, row.parsed(0, "story_place", "entry")?).await,
            None => Ok(None),
        }
    }

    /// Remembers that this reader has come to an entry.
    pub fn stop_at<A: Action>(&self, grant: &Grant<'_, A>, entry: EntryId) {
        if let Some(reader) = self.actor().person() {
            self.then(Statement::new(
                "insert into story_place (reader, record, entry) values ($1, $2, $3)
                 on conflict (reader, record) do update set entry = excluded.entry",
                args![reader, grant.record(), entry],
            ));
        }
    }
}

fn narrowed(rows: &StoryRows, args: &mut Vec<Arg>) -> String {
    let mut all: Vec<String> = Vec::new();
    if rows.forms.is_empty() {
        // A row of a chronology tells again what another entry tells.
        all.push(format!("e.form not in ('{}', '{}')", chronology::ROW, chronology::OUT));
    } else {
        all.push(format!("e.form in ({})", placeholder_list(args.len() + 1, rows.forms.len())));
        args.extend(args_of(&rows.forms));
    }
    if let Some(author) = rows.author {
        args.extend(args![author]);
        all.push(format!("e.author = ${}", args.len()));
    }
    for (day, sign) in [(rows.from, ">="), (rows.to, "<=")] {
        if let Some(day) = day {
            args.extend(args![day]);
            all.push(format!("e.happened_on {sign} ${}", args.len()));
        }
    }
    all.iter().fold(String::new(), |text, one| text + " and " + one)
}
