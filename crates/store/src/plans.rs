//! What an entry has begun and no other has ended: visits that are planned, and what was agreed about them.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use record::{EntryId, PersonId, RecordId, content::parse_time, known, right::Fate};

use crate::{
    door::{Action, Grant, Tx},
    engine::{StoreError, among, args, as_json, placeholder_list},
    entries::StoredEntry,
    facts::args_of,
};

/// A fact that one entry began and that holds still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The kind of fact.
    pub kind: String,
    /// The entry that tells it apart from others of its kind, as it stands now.
    pub entry: EntryId,
    /// What that was before it was put right.
    pub before: Vec<EntryId>,
    /// What it says.
    pub value: String,
}

impl Begun {
    /// Whether it is told apart by this entry, as it stands or as it was before it was put right.
    pub fn is_of(&self, entry: EntryId) -> bool {
        self.entry == entry || self.before.contains(&entry)
    }
}

/// Something that an entry began, with the days on which it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// The kind of fact.
    pub kind: String,
    /// The entry that began it.
    pub entry: EntryId,
    /// From which day.
    pub from: Date,
    /// Until which day, where it has ended.
    pub until: Option<Date>,
}

impl Lasting {
    /// Whether it holds on this day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| until > day)
    }
}

/// A visit that is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In whose record.
    pub record: RecordId,
    /// The entry that plans it.
    pub entry: EntryId,
    /// On which day.
    pub day: Date,
    /// At what time, where that is known.
    pub time: Option<Time>,
    /// Who will visit.
    pub visitor: Option<PersonId>,
    /// Where: a code of the pack.
    pub place: String,
}

impl Plan {
    /// The day and time of a planned visit as its fact says them.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] for a value that is no moment.
    pub fn moment(value: &str) -> Result<(Date, Option<Time>), StoreError> {
        let wrong = StoreError::Inconsistent { table: "fact", column: "value" };
        let (day, time) = value.split_once(' ').map_or((value, None), |(day, time)| (day, Some(time)));
        let Ok(day) = day.parse() else { return Err(wrong) };
        match time.map(parse_time) {
            None => Ok((day, None)),
            Some(Ok(time)) => Ok((day, Some(time))),
            Some(Err(_)) => Err(wrong),
        }
    }
}

impl Tx {
    /// What entries of this record began, of these kinds, and nothing has ended.
    pub async fn begun<A: Action>(&self, grant: &Grant<'_, A>, kinds: &[&str]) -> Result<Vec<Begun>, StoreError> {
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let mut args = args![self.now().day()];
        let list = placeholder_list(2, kinds.len());
        args.extend(args_of(kinds.iter().copied()));
        let read = grant.is_read("record", &mut args);
        let sql = format!(
            "select kind, key, value from fact where {read} and kind in ({list}) and length(key) = 26
             and from_day <= $1 and (until_day is null or until_day > $1) order by kind, place"
        );
        let mut begun = Vec::new();
        for row in self.query(sql, args).await? {
            let value = row.opt_text(2)?.unwrap_or_default();
            begun.push(Begun { kind: row.text(0)?, entry: row.parsed(1, "fact", "key")?, before: Vec::new(), value });
        }
        let names: BTreeSet<EntryId> = begun.iter().map(|begun| begun.entry).collect();
        for (first, (fate, _)) in self.fates(&names.into_iter().collect::<Vec<_>>()).await? {
            let (Fate::Amended, Some(now)) = (fate, self.standing_now(first).await?) else { continue };
            let mut before = self.amended_before(now).await?;
            before.retain(|one| *one != now);
            for one in begun.iter_mut().filter(|begun| begun.entry == first) {
                (one.entry, one.before) = (now, before.clone());
            }
        }
        Ok(begun)
    }

    /// What these entries began of these kinds, ended or not. What ended it before it was moved here ends it still, wherever
    /// that stands.
    pub async fn lasting<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        kinds: &[&str],
        entries: &[StoredEntry],
    ) -> Result<Vec<Lasting>, StoreError> {
        if kinds.is_empty() || entries.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<EntryId> = entries.iter().map(|stored| stored.entry).collect();
        let mut args = args![as_json(ids)];
        let these = among(self.db.engine(), 1);
        let list = placeholder_list(2, kinds.len());
        args.extend(args_of(kinds.iter().copied()));
        let read = grant.is_read("record", &mut args);
        let sql = format!(
            "select kind, entry, from_day, until_day from fact where {read} and kind in ({list}) and entry {these} and value <> ''
             and length(key) = 26"
        );
        let mut all = Vec::new();
        for row in self.query(sql, args).await? {
            let (entry, from) = (row.parsed(1, "fact", "entry")?, row.parsed(2, "fact", "from_day")?);
            all.push(Lasting { kind: row.text(0)?, entry, from, until: row.opt_parsed(3, "fact", "until_day")? });
        }
        for stored in entries {
            for (kind, day) in self.ended(kinds, &self.before_it_was_moved(grant, stored).await?).await? {
                let of_it = |held: &&mut Lasting| held.entry == stored.entry && held.kind == kind;
                for held in all.iter_mut().filter(of_it) {
                    held.until = Some(held.until.map_or(day, |until| until.min(day)));
                }
            }
        }
        Ok(all)
    }

    /// What this entry was before it was moved here.
    async fn before_it_was_moved<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        stored: &StoredEntry,
    ) -> Result<Vec<EntryId>, StoreError> {
        let right = &stored.content.right;
        if right.amends.is_none() && right.moved.is_none() {
            return Ok(Vec::new());
        }
        let mut before = Vec::new();
        for one in self.amended_before(stored.entry).await? {
            let moved = if one == stored.entry {
                right.moved.clone()
            } else {
                self.entry(grant, one).await?.and_then(|one| one.content.right.moved)
            };
            if let Some(moved) = moved {
                before.extend(self.amended_before(moved.entry).await?);
            }
        }
        Ok(before)
    }

    /// On which days something ended what these entries began, in whichever record they stood.
    async fn ended(&self, kinds: &[&str], entries: &[EntryId]) -> Result<Vec<(String, Date)>, StoreError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let mut args = args![as_json(entries)];
        let these = among(self.db.engine(), 1);
        let list = placeholder_list(2, kinds.len());
        args.extend(args_of(kinds.iter().copied()));
        let sql = format!("select kind, from_day from fact where kind in ({list}) and value = '' and key {these}");
        let rows = self.query(sql, args).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.parsed(1, "fact", "from_day")?))).collect()
    }

    /// The visits that are planned in these records, the next first. The records come from a list that the door has
    /// filtered.
    pub async fn plans(&self, records: &[RecordId]) -> Result<Vec<Plan>, StoreError> {
        let mut plans = Vec::new();
        for some in records.chunks(400) {
            let mut args = args![self.now().day(), known::PLANNED_VISIT];
            args.extend(args_of(some.iter().copied()));
            let rows = self
                .query(
                    format!(
                        "select f.record, f.entry, f.value, f.other, a.value from fact f
                         left join answer a on a.entry = f.entry and a.version = f.version and a.field = 'place'
                         where f.record in ({}) and f.kind = $2 and f.from_day <= $1 and (f.until_day is null or f.until_day > $1)",
                        placeholder_list(3, some.len())
                    ),
                    args,
                )
                .await?;
            for row in rows {
                let (day, time) = Plan::moment(&row.text(2)?)?;
                plans.push(Plan {
                    record: row.parsed(0, "fact", "record")?,
                    entry: row.parsed(1, "fact", "entry")?,
                    day,
                    time,
                    visitor: row.opt_parsed(3, "fact", "other")?,
                    place: row.opt_text(4)?.unwrap_or_default(),
                });
            }
        }
        plans.sort_by_key(|plan| (plan.day, plan.time, plan.record, plan.entry));
        Ok(plans)
    }

    /// The records of open visits that this person is to make, in whomever's caseload the child is: as far as they may
    /// read those.
    pub async fn to_visit(&self) -> Result<Vec<RecordId>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(Vec::new()) };
        let rows = self
            .query(
                // The kind stands in the text so that the index finds it.
                "select distinct record from fact where other = $1 and kind = 'planned-visit' and from_day <= $2
                 and (until_day is null or until_day > $2)",
                args![me, self.now().day()],
            )
            .await?;
        let records = rows.iter().map(|row| row.parsed(0, "fact", "record")).collect::<Result<Vec<RecordId>, _>>()?;
        Ok(self.readable(&records).await?.into_iter().collect())
    }
}
