//! Counting, from the extract: recording in time, visits, children with nobody allocated, what the census lacks. No
//! narrative is opened for a number, and no count touches the record itself.
//!
//! [`Tx::count`] asks whether this person may count and keeps them within their teams; every count says how fresh it is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use policy::{Capability, Relation};
use record::{EntryId, RecordId, TeamId, looked::How};

use crate::{
    door::{Refused, Tx},
    engine::{Arg, StoreError, args, placeholder_list},
    extract::{About, Extract, Open},
    facts::args_of,
    reach::teams_within,
};

/// What visits are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountBy {
    /// One row for each child.
    Child,
    /// One row for each worker.
    Worker,
    /// One row for each kind of visit.
    Kind,
}

/// One row of a count of visits (R-VIS-16).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitCount {
    /// The record, the worker or the code of the kind.
    pub of: String,
    /// Visits of all results.
    pub visits: i64,
    /// Those at which the child was seen.
    pub seen: i64,
    /// Those at which the child was seen alone.
    pub seen_alone: i64,
    /// Those that failed: no reply, no access, appointment not kept.
    pub failed: i64,
}

/// How soon entries of one kind were written by one team (R-REP-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeliness {
    /// The writers' team; none where neither they nor the child had one.
    pub team: Option<TeamId>,
    /// The form.
    pub form: String,
    /// Entries written in the time that is looked at.
    pub entries: i64,
    /// Those written after the limit; each has its reason.
    pub late: i64,
    /// The middle one of the calendar days from event to writing.
    pub median_days: i64,
}

/// Children with an open record at the end of a month (R-REP-01, R-REP-11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Month {
    /// The last day; the day of the extract for the month that is not over.
    pub end: Date,
    /// Children with an open record.
    pub children: i64,
    /// Those seen at least once in the month.
    pub seen: i64,
    /// Those seen alone at least once.
    pub seen_alone: i64,
    /// Those with nobody allocated on the last day, by the code of the reason; blank where none was given.
    pub unallocated: BTreeMap<String, i64>,
}

/// Entries written in a month, and those that were late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// `2026-03`.
    pub month: String,
    /// Entries of kinds that have a limit.
    pub entries: i64,
    /// Those that were late.
    pub late: i64,
}

/// What a number's list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListOfCount {
    /// Late entries of one kind by one team's writers, written between two days.
    Late {
        /// The writers' team.
        team: Option<TeamId>,
        /// The form.
        form: String,
        /// First day of writing.
        from: Date,
        /// Last day of writing.
        to: Date,
    },
    /// Children not seen in the month that ends so.
    NotSeen(Date),
    /// Children not seen alone in the month that ends so.
    NotSeenAlone(Date),
    /// Children with nobody allocated on this last day of a month, for this reason where one is given.
    Unallocated(Date, Option<String>),
}

/// One line behind a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The record.
    pub record: RecordId,
    /// The entry, where it is one.
    pub entry: Option<EntryId>,
    /// The day of the event.
    pub day: Option<Date>,
    /// Calendar days from event to writing.
    pub days: Option<i64>,
    /// The code of a reason.
    pub reason: Option<String>,
}

/// How often records were looked at in one way in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LooksCount {
    /// `2026-03`.
    pub month: String,
    /// In which way.
    pub how: How,
    /// How whoever did it stood to the child, or why they were refused.
    pub because: String,
    /// How often.
    pub looks: i64,
}

/// Somebody counting: the extract, and the teams that they may count.
pub struct Counting {
    open: Open,
    teams: Option<Vec<String>>,
    /// Whether they may read the record of every child whom they count: small numbers then tell them nothing new.
    pub may_read: bool,
}

impl Tx {
    /// Begins to count; `what` is the leaf's word. None where there is no extract yet.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not count.
    pub async fn count(&self, extract: &Extract, what: &str) -> Result<Option<Counting>, Refused> {
        self.permit(Capability::SeeCounts).await?;
        let Some(open) = extract.open().await? else { return Ok(None) };
        let counted = self.teams_of(Capability::SeeCounts).await?;
        let read = self.teams_of(Capability::ReadRecord).await?;
        let may_read = match (&counted, &read) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(counted), Some(read)) => counted.is_subset(read),
        };
        self.leave(what, None, None, "", &[], false);
        let teams = counted.map(|teams| teams.iter().map(ToString::to_string).collect());
        Ok(Some(Counting { open, teams, may_read }))
    }

    /// The teams for whose children this person has a capability; none where it holds for any.
    async fn teams_of(&self, capability: Capability) -> Result<Option<BTreeSet<TeamId>>, StoreError> {
        let reach = self.reach(capability).await?;
        if reach.contains(&Relation::Any) {
            return Ok(None);
        }
        Ok(Some(teams_within(self.standing().await?, &reach)))
    }

    /// Says in the ledger which records a count's list showed.
    pub fn listed(&self, records: &[RecordId]) {
        let shown: Vec<_> = records.iter().map(ToString::to_string).collect();
        self.leave("read-count-list", None, None, "", &shown, false);
    }
}

impl Counting {
    /// What the extract is as of.
    pub const fn about(&self) -> About {
        self.open.about
    }

    /// The condition that keeps a count within this person's teams; its arguments are added behind the others.
    fn within(&self, column: &str, args: &mut Vec<Arg>) -> String {
        match &self.teams {
            None => String::new(),
            Some(teams) if teams.is_empty() => "and 1 = 0".to_owned(),
            Some(teams) => {
                let list = placeholder_list(args.len() + 1, teams.len());
                args.extend(args_of(teams));
                format!("and {column} in ({list})")
            }
        }
    }

    /// Whether it is of all teams: what is not told apart by team is for those alone.
    pub const fn is_of_all(&self) -> bool {
        self.teams.is_none()
    }

    /// How often records were read, printed and refused in each month, the newest first: in which way, and how whoever did it
    /// stood to the child or why they were refused.
    pub async fn looked(&mut self) -> Result<Vec<LooksCount>, StoreError> {
        let sql = "select month, how, because, looks from report_looked order by month desc, how, because";
        let rows = self.open.conn.query(sql, args![]).await?;
        let inconsistent = || StoreError::Inconsistent { table: "report_looked", column: "how" };
        rows.iter()
            .map(|row| {
                let how = How::from_code(&row.text(1)?).ok_or_else(inconsistent)?;
                Ok(LooksCount { month: row.text(0)?, how, because: row.text(2)?, looks: row.int(3)? })
            })
            .collect()
    }

    /// What records were used for beside the work with the child, in each month, the newest first: the month, the code of the
    /// purpose, how often.
    pub async fn used(&mut self) -> Result<Vec<(String, String, i64)>, StoreError> {
        let sql = "select substr(e.happened_on, 1, 7), a.value, count(*) from report_entry e
            join report_answer a on a.entry = e.entry and a.field = 'purpose' where e.form = 'record-use'
            group by 1, 2 order by 1 desc, 2";
        let rows = self.open.conn.query(sql, args![]).await?;
        rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?, row.int(2)?))).collect()
    }

    /// Entries written between two days, by the writers' team and by kind: in time, late, and how soon.
    pub async fn timeliness(&mut self, from: Date, to: Date) -> Result<Vec<Timeliness>, StoreError> {
        let mut args = args![from, to];
        let within = self.within("e.team", &mut args);
        let sql = format!(
            "select e.team, e.form, e.days, count(*), sum(e.late) from report_entry e
             join report_form f on f.form = e.form and f.recorded_within is not null
             where e.written_on between $1 and $2 {within} group by 1, 2, 3 order by 1, 2"
        );
        let mut found: BTreeMap<(String, String), (BTreeMap<i64, i64>, i64)> = BTreeMap::new();
        for row in self.open.conn.query(sql, args).await? {
            let (often, late) = found.entry((row.text(0)?, row.text(1)?)).or_default();
            *often.entry(row.int(2)?).or_default() += row.int(3)?;
            *late += row.int(4)?;
        }
        let one = |((team, form), (often, late)): ((String, String), (BTreeMap<i64, i64>, i64))| Timeliness {
            team: team.parse().ok(),
            form,
            entries: often.values().sum(),
            late,
            median_days: record::count::median(&often).unwrap_or(0),
        };
        Ok(found.into_iter().map(one).collect())
    }

    /// Entries of kinds that have a limit, by the month of writing, since a day.
    pub async fn written(&mut self, since: Date) -> Result<Vec<Written>, StoreError> {
        let mut args = args![since];
        let within = self.within("e.team", &mut args);
        let sql = format!(
            "select substr(e.written_on, 1, 7), count(*), sum(e.late) from report_entry e
             join report_form f on f.form = e.form and f.recorded_within is not null
             where e.written_on >= $1 {within} group by 1 order by 1"
        );
        let rows = self.open.conn.query(sql, args).await?;
        rows.iter().map(|row| Ok(Written { month: row.text(0)?, entries: row.int(1)?, late: row.int(2)? })).collect()
    }

    /// Visits from one day to another, most first.
    pub async fn visits(&mut self, by: CountBy, from: Date, to: Date) -> Result<Vec<VisitCount>, StoreError> {
        let mut args = args![from, to];
        let within = self.within("v.child_team", &mut args);
        let of = match by {
            CountBy::Child => "v.record",
            CountBy::Worker => "v.author",
            CountBy::Kind => "v.kind",
        };
        let sql = format!(
            "select {of}, count(*), sum(v.seen), sum(v.seen_alone), sum(v.failed) from report_visit v
             where v.happened_on between $1 and $2 {within} group by 1 order by 2 desc, 1 limit 1000"
        );
        let rows = self.open.conn.query(sql, args).await?;
        let one = |row: &crate::engine::Row| {
            Ok(VisitCount {
                of: row.text(0)?,
                visits: row.int(1)?,
                seen: row.int(2)?,
                seen_alone: row.int(3)?,
                failed: row.int(4)?,
            })
        };
        rows.iter().map(one).collect()
    }

    /// Children at the end of each month, oldest first.
    pub async fn months(&mut self) -> Result<Vec<Month>, StoreError> {
        let mut args = args![];
        let within = self.within("m.team", &mut args);
        let sql = format!(
            "select m.month_end, m.allocated, case when m.allocated = 1 then '' else m.reason end,
                    count(*), sum(m.seen), sum(m.seen_alone)
             from report_child_month m where 1 = 1 {within} group by 1, 2, 3 order by 1"
        );
        let mut months: Vec<Month> = Vec::new();
        for row in self.open.conn.query(sql, args).await? {
            let end: Date = row.parsed(0, "report_child_month", "month_end")?;
            if months.last().is_none_or(|month| month.end != end) {
                months.push(Month { end, children: 0, seen: 0, seen_alone: 0, unallocated: BTreeMap::new() });
            }
            let Some(month) = months.last_mut() else { continue };
            month.children += row.int(3)?;
            month.seen += row.int(4)?;
            month.seen_alone += row.int(5)?;
            if row.int(1)? == 0 {
                *month.unallocated.entry(row.text(2)?).or_default() += row.int(3)?;
            }
        }
        Ok(months)
    }

    /// Open records that lack what the census needs, with the kinds that are missing (R-PPL-02).
    pub async fn lacking(&mut self) -> Result<Vec<(RecordId, Vec<String>)>, StoreError> {
        let mut args = args![];
        let within = self.within("l.team", &mut args);
        let sql =
            format!("select l.record, l.kind from report_lacking l where 1 = 1 {within} order by 1, 2 limit 20000");
        let mut lacking: Vec<(RecordId, Vec<String>)> = Vec::new();
        for row in self.open.conn.query(sql, args).await? {
            let (record, kind) = (row.parsed(0, "report_lacking", "record")?, row.text(1)?);
            match lacking.last_mut() {
                Some((last, kinds)) if *last == record => kinds.push(kind),
                _ => lacking.push((record, vec![kind])),
            }
        }
        Ok(lacking)
    }

    /// What stands behind a number, newest first; never more than `most`.
    pub async fn list(&mut self, of: &ListOfCount, most: i64) -> Result<Vec<Counted>, StoreError> {
        let (sql, args) = match of {
            ListOfCount::Late { team, form, from, to } => {
                let team = team.map_or_else(String::new, |team| team.to_string());
                let mut args = args![from.to_string(), to.to_string(), form, team, most];
                let within = self.within("e.team", &mut args);
                let sql = format!(
                    "select e.record, e.entry, e.happened_on, e.days, null from report_entry e
                     where e.late = 1 and e.written_on between $1 and $2 and e.form = $3 and e.team = $4 {within}
                     order by e.written_on desc, e.entry limit $5"
                );
                (sql, args)
            }
            ListOfCount::NotSeen(end) => self.children("m.seen = 0", *end, None, most),
            ListOfCount::NotSeenAlone(end) => self.children("m.seen_alone = 0", *end, None, most),
            ListOfCount::Unallocated(end, reason) => self.children("m.allocated = 0", *end, reason.as_deref(), most),
        };
        let rows = self.open.conn.query(sql, args).await?;
        let one = |row: &crate::engine::Row| {
            Ok(Counted {
                record: row.parsed(0, "report_child_month", "record")?,
                entry: row.opt_parsed(1, "report_entry", "entry")?,
                day: row.opt_parsed(2, "report_entry", "happened_on")?,
                days: row.opt_int(3)?,
                reason: row.opt_text(4)?,
            })
        };
        rows.iter().map(one).collect()
    }

    fn children(&self, which: &str, end: Date, reason: Option<&str>, most: i64) -> (String, Vec<Arg>) {
        let mut args = args![end, most];
        let mut and = String::new();
        if let Some(reason) = reason {
            args.extend(args![reason]);
            and = format!("and m.reason = ${}", args.len());
        }
        let within = self.within("m.team", &mut args);
        let sql = format!(
            "select m.record, null, null, null, m.reason from report_child_month m
             where m.month_end = $1 and {which} {and} {within} order by m.record limit $2"
        );
        (sql, args)
    }
}
