//! What records owe, kept as a projection like the facts: worked out by `record::obligation` from standing entries and
//! facts, written in the commit that changes those, and worked out again by `verify`. Each record says by which rules
//! its rows were worked out ([`Rules::key`]). When others come into force they are worked out anew in the background, a
//! few records at a time, and whoever reads meanwhile works out the records concerned for themselves ([`stale`]).
//!
//! «Late» is never kept: it is asked of a row with the time of reading ([`Owed::standing`]). Nor is whose it is where
//! that changes with time: a row says «the allocated worker», and a list asks who that is.
//!
//! What others wait for in two records of one child who was made twice stands in each of them by itself.

mod decided;
mod fill;
mod keep;
mod rules;
mod stale;
mod told;
mod tray;

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use jiff::civil::DateTime;
use policy::{
    Pack,
    clock::{Clock, ClockId, Owner},
};
use record::{
    EntryId, Moment, PersonId, RecordId,
    obligation::{DueAt, Met, Obligation, ObligationId, Point, SetOff, Standing},
};

pub use decided::{Decided, Decisions};
pub(crate) use fill::bring_up;
pub(crate) use keep::Touched;
pub(crate) use rules::Rules;
pub(crate) use told::{Record, Said, Told};
pub use tray::{HowMany, InTurn, Page, When};

use crate::{
    door::{Action, Grant, Tx},
    engine::{Arg, Row, Statement, StoreError, among, args, as_json, placeholder_list},
    facts::args_of,
};

/// Something that a record owes, or that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// Its name for ever.
    pub id: ObligationId,
    /// From when it is counted.
    pub event: Point,
    /// From when somebody can be asked for it.
    pub begins: DateTime,
    /// When it is due, where that can be known.
    pub due: Option<DueAt>,
    /// When somebody is to be reminded again.
    pub remind_at: Option<DateTime>,
    /// For when it is planned.
    pub planned: Option<Point>,
    /// The entry that set it off, as it now stands.
    pub entry: Option<EntryId>,
    /// Whose task it is.
    pub owner: OwnedBy,
    /// What satisfied it.
    pub met: Option<Met>,
    /// When it ended without being met.
    pub ended: Option<DateTime>,
}

/// Whose task something is, as far as the record itself can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnedBy {
    /// Somebody by name: who wrote what set it off, or whom that names.
    Person(PersonId),
    /// Whoever the child is allocated to.
    Worker,
    /// The manager of the child's team.
    Manager,
    /// Whoever has the role that the rule names.
    Role,
    /// Somebody who does not write here.
    Other,
}

impl OwnedBy {
    fn of(one: &Obligation<'_>) -> Self {
        match one.clock.owner {
            // What no entry set off has no author, and what names nobody is the worker's.
            Owner::Author => one.entry.map_or(Self::Worker, |(_, author)| Self::Person(author)),
            Owner::Named(_) => one.named.map_or(Self::Worker, Self::Person),
            Owner::AllocatedWorker => Self::Worker,
            Owner::Manager => Self::Manager,
            Owner::Role(_) => Self::Role,
            Owner::Other(_) => Self::Other,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Worker => "worker",
            Self::Manager => "manager",
            Self::Role => "role",
            Self::Other => "other",
        }
    }

    const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            _ => None,
        }
    }
}

pub(crate) const COLUMNS: &str = "record, clock, set_off, occurrence, event, begins, due, late_after, remind_at, planned, entry, owner, person, met, met_by, acted, completed, ended";

pub(crate) const TABLE: &str = "owed (record, clock, set_off, occurrence, event, begins, due, late_after, remind_at, planned, entry, owner, person, met, met_by, acted, completed, ended)";

/// The name of a row for ever, as [`ObligationId`] writes it.
const IN_FULL: &str = "record || '/' || clock || '/' || set_off || '/' || occurrence";

/// What a row says beside its name, as one text: what [`Owed::as_text`] writes.
fn as_text() -> String {
    let each = COLUMNS.split(", ").skip(4).map(|column| format!("coalesce({column}, '')"));
    each.collect::<Vec<_>>().join(" || '|' || ")
}

/// Puts rows in, each in the place of the one that has its name.
fn put(rows: Vec<Vec<Arg>>) -> Statement {
    // What is not part of the name.
    let sets = COLUMNS.split(", ").skip(4).map(|column| format!("{column} = excluded.{column}"));
    let sets = sets.collect::<Vec<_>>().join(", ");
    let statement = Statement::insert(TABLE, rows);
    let sql = format!("{} on conflict (record, clock, set_off, occurrence) do update set {sets}", statement.sql);
    Statement { sql: sql.into(), ..statement }
}

impl Owed {
    pub(crate) fn of(record: RecordId, one: &Obligation<'_>) -> Self {
        Self {
            id: one.id(record),
            event: one.event,
            begins: one.begins,
            due: one.due,
            remind_at: one.remind_at,
            planned: one.planned,
            entry: one.entry.map(|(entry, _)| entry),
            owner: OwnedBy::of(one),
            // When somebody agreed to it is the entry's to say.
            met: one.met.map(|met| Met { authorised: None, ..met }),
            ended: one.ended,
        }
    }

    /// The rule, as the pack in force has it.
    pub fn clock<'p>(&self, pack: &'p Pack) -> Option<&'p Clock> {
        pack.clocks().get(&self.id.clock)
    }

    /// How it stands when it is read; nothing where the pack knows the rule no more.
    pub fn standing(&self, pack: &Pack, now: DateTime) -> Option<Standing> {
        let place = pack.clocks().place(&self.id.clock)?;
        let one = Obligation {
            place,
            clock: &pack.clocks().all()[place],
            set_off: self.id.set_off,
            occurrence: self.id.occurrence,
            event: self.event,
            begins: self.begins,
            due: self.due,
            remind_at: self.remind_at,
            planned: self.planned,
            entry: None,
            named: None,
            met: self.met,
            ended: self.ended,
        };
        Some(one.standing(now))
    }

    pub(crate) fn row(&self) -> Vec<Arg> {
        let time = |time: Option<DateTime>| time.map(|time| time.to_string());
        let met = self.met.as_ref();
        args![
            self.id.record,
            &self.id.clock,
            self.id.set_off.to_string(),
            self.id.occurrence,
            point(self.event),
            self.begins.to_string(),
            text(time(self.due.map(|due| due.due))),
            text(time(self.due.map(|due| due.late_after))),
            text(time(self.remind_at)),
            text(self.planned.map(point)),
            self.entry,
            self.owner.word(),
            self.owner.person(),
            met.map(|met| met.entry),
            met.map(|met| met.by),
            text(met.map(|met| point(met.acted))),
            met.map(|met| met.completed),
            text(time(self.ended))
        ]
    }

    fn as_text(&self) -> String {
        let said = self.row().into_iter().skip(4).map(|arg| match arg {
            Arg::Text(text) => text.unwrap_or_default(),
            Arg::Int(_) | Arg::Blob(_) => String::new(),
        });
        said.collect::<Vec<_>>().join("|")
    }

    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let due: Option<DateTime> = row.opt_parsed(6, "owed", "due")?;
        let late_after: Option<DateTime> = row.opt_parsed(7, "owed", "late_after")?;
        let wrong = |column| StoreError::Inconsistent { table: "owed", column };
        let person: Option<PersonId> = row.opt_parsed(12, "owed", "person")?;
        let met: Option<EntryId> = row.opt_parsed(13, "owed", "met")?;
        Ok(Self {
            id: ObligationId {
                record: row.parsed(0, "owed", "record")?,
                clock: row.text(1)?,
                set_off: row.parsed(2, "owed", "set_off")?,
                occurrence: u32::try_from(row.int(3)?).map_err(|_| wrong("occurrence"))?,
            },
            event: as_point(&row.text(4)?).ok_or(wrong("event"))?,
            begins: row.parsed(5, "owed", "begins")?,
            due: due.map(|due| DueAt { due, late_after: late_after.unwrap_or(due) }),
            remind_at: row.opt_parsed(8, "owed", "remind_at")?,
            planned: row.opt_text(9)?.map(|text| as_point(&text).ok_or(wrong("planned"))).transpose()?,
            entry: row.opt_parsed(10, "owed", "entry")?,
            owner: match (row.text(11)?.as_str(), person) {
                ("person", Some(person)) => OwnedBy::Person(person),
                ("worker", None) => OwnedBy::Worker,
                ("manager", None) => OwnedBy::Manager,
                ("role", None) => OwnedBy::Role,
                ("other", None) => OwnedBy::Other,
                _ => return Err(wrong("owner")),
            },
            met: match met {
                None => None,
                Some(entry) => Some(Met {
                    entry,
                    by: row.parsed(14, "owed", "met_by")?,
                    acted: as_point(&row.text(15)?).ok_or(wrong("acted"))?,
                    // Nobody keeps when somebody began to write.
                    started: None,
                    completed: row.parsed::<Moment>(16, "owed", "completed")?,
                    authorised: None,
                }),
            },
            ended: row.opt_parsed(17, "owed", "ended")?,
        })
    }
}

/// `2026-03-03T15:20:00`, or the day alone where the time of day is not known.
fn point(point: Point) -> String {
    if point.timed { point.when.to_string() } else { point.day().to_string() }
}

fn as_point(text: &str) -> Option<Point> {
    if text.contains('T') { text.parse().ok().map(Point::at) } else { text.parse().ok().map(Point::on) }
}

fn text(text: Option<String>) -> Arg {
    Arg::Text(text)
}

/// The names of all obligations of one rule set off by one thing, for a person: what a finding says.
pub(crate) fn name(clock: &ClockId, set_off: SetOff, occurrence: u32) -> String {
    format!("{clock}/{set_off}/{occurrence}")
}

impl Tx {
    /// What these records owe and nobody has done, in no order. The records come from a list that the door has filtered.
    pub async fn owed(&self, records: &[RecordId]) -> Result<Vec<Owed>, StoreError> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let these = among(self.db.engine(), 1);
        let columns = COLUMNS;
        let now = self.now().london();
        let rows = self
            .query(
                format!(
                    "select {columns} from owed where record {these} and met is null and begins <= $2
                     and (ended is null or ended > $2)"
                ),
                args![as_json(records), now.to_string()],
            )
            .await?;
        let stale = self.stale(records).await?;
        let all = rows
            .iter()
            .map(Owed::read)
            .filter(|owed| owed.as_ref().map_or(true, |owed| !stale.contains_key(&owed.id.record)));
        let mut all = all.collect::<Result<Vec<_>, _>>()?;
        let open = |owed: &Owed| owed.met.is_none() && owed.begins <= now && owed.ended.is_none_or(|ended| ended > now);
        all.extend(self.worked_out(&stale).await?.into_iter().filter(open));
        Ok(all)
    }

    /// The records that owe something by this person's name, or that their manager owes where this person is that: in
    /// whomever's caseload the child is, as far as they may read those. With each, whether they manage its team.
    pub async fn owed_by_me(&self) -> Result<BTreeMap<RecordId, bool>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(BTreeMap::new()) };
        let teams = &self.standing().await?.manages;
        let mut args = args![me, self.now().london().to_string()];
        let mut sql =
            "select record, cast(0 as bigint) from owed where person = $1 and met is null and (ended is null or ended > $2)"
                .to_owned();
        if !teams.is_empty() {
            args.extend(args![self.now().day()]);
            let teams_at = placeholder_list(args.len() + 1, teams.len());
            args.extend(args_of(teams.iter().copied()));
            // Writing to a string cannot fail.
            let _ = write!(
                sql,
                " union all select o.record, cast(1 as bigint) from owed o join fact f on f.record = o.record
                 and f.subject = 'r' || o.record and f.kind = 'allocated-team' and f.value in ({teams_at})
                 and f.from_day <= $3 and (f.until_day is null or f.until_day > $3)
                 where o.owner = 'manager' and o.met is null and (o.ended is null or o.ended > $2)"
            );
        }
        let mut records: BTreeMap<RecordId, bool> = BTreeMap::new();
        for row in self.query(sql, args).await? {
            *records.entry(row.parsed(0, "owed", "record")?).or_default() |= row.int(1)? == 1;
        }
        let open = self.readable(&records.keys().copied().collect::<Vec<_>>()).await?;
        records.retain(|record, _| open.contains(record));
        Ok(records)
    }

    /// Everything that this record would owe under a pack alone, what began before it too, and limits on recording: worked
    /// out here, and not kept.
    pub async fn would_owe_under<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        pack: &Arc<Pack>,
    ) -> Result<Vec<Owed>, StoreError> {
        let (record, clocks) = (grant.record(), pack.clocks());
        let looked_at = clocks.looked_at(clocks.order());
        let rows = self.query(told::query(&looked_at, "= $1"), args![record]).await?;
        let now = told::read(&looked_at, &rows, |_| grant.row.holder)?.remove(&record).unwrap_or_default();
        Ok(now.by(&Rules::only(pack), record, clocks.order(), |_| true))
    }

    /// Everything that this record owes or that was done, by the rules of the pack in force.
    pub async fn obligations<A: Action>(&self, grant: &Grant<'_, A>) -> Result<Vec<Owed>, StoreError> {
        let mut args = Vec::new();
        let read = grant.is_read("record", &mut args);
        let sql =
            format!("select {COLUMNS} from owed where {read} order by coalesce(due, 'z'), clock, set_off, occurrence");
        let stale = self.stale(&grant.records()).await?;
        let rows = self.query(sql, args).await?;
        let all = rows.iter().map(Owed::read).collect::<Result<Vec<_>, _>>()?;
        if stale.is_empty() {
            return Ok(all);
        }
        let mut all: Vec<_> = all.into_iter().filter(|owed| !stale.contains_key(&owed.id.record)).collect();
        all.extend(self.worked_out(&stale).await?);
        all.sort_by_cached_key(|owed| (owed.due.is_none(), owed.due, owed.id.clone()));
        Ok(all)
    }
}
