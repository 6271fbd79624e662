//! Counts for managers: visits by child, worker and kind; records that lack what the census needs. From coded answers
//! and facts alone; no narrative is opened for a number.

use jiff::civil::Date;
use policy::{Capability, Relation};
use record::{PersonId, RecordId};

use crate::{
    door::{Refused, Tx},
    engine::{Arg, StoreError, args, placeholder_list},
    facts::args_of,
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

impl Tx {
    /// Visits in the records that this person may count, from one day to another.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not count.
    pub async fn count_visits(&self, by: CountBy, from: Date, to: Date) -> Result<Vec<VisitCount>, Refused> {
        self.permit(Capability::SeeCounts).await?;
        let mut args = args![from, to, self.now().day()];
        let within = self.counted(&mut args).await?;
        let of = match by {
            CountBy::Child => "e.record",
            CountBy::Worker => "e.author",
            CountBy::Kind => "coalesce(k.value, '')",
        };
        let rows = self
            .query(
                format!(
                    "select {of}, count(*), sum(case when s.value = 'yes' then 1 else 0 end),
                            sum(case when a.value = 'yes' then 1 else 0 end),
                            sum(case when r.value <> 'took-place' then 1 else 0 end)
                     from entry e
                     left join answer k on k.entry = e.id and k.version = e.version and k.field = 'kind'
                     left join answer r on r.entry = e.id and r.version = e.version and r.field = 'result'
                     left join answer s on s.entry = e.id and s.version = e.version and s.field = 'seen'
                     left join answer a on a.entry = e.id and a.version = e.version and a.field = 'seen-alone'
                     where e.form = 'visit' and e.happened_on >= $1 and e.happened_on <= $2 {within}
                     group by 1 order by 2 desc, 1 limit 1000"
                ),
                args,
            )
            .await?;
        let counts = rows.iter().map(|row| {
            Ok(VisitCount {
                of: row.text(0)?,
                visits: row.int(1)?,
                seen: row.int(2)?,
                seen_alone: row.int(3)?,
                failed: row.int(4)?,
            })
        });
        let counts = counts.collect::<Result<Vec<_>, StoreError>>()?;
        self.leave("count-visits", None, None, "", &[], false);
        Ok(counts)
    }

    /// Open records that lack one of these kinds of fact about their child (R-PPL-02), with the kinds that are missing.
    pub async fn lacking(&self, kinds: &[&str]) -> Result<Vec<(RecordId, PersonId, Vec<String>)>, Refused> {
        self.permit(Capability::SeeCounts).await?;
        let mut args = args!["", "", self.now().day()];
        let within = self.counted(&mut args).await?.replace("e.record", "r.id");
        let mut lacking: Vec<(RecordId, PersonId, Vec<String>)> = Vec::new();
        for kind in kinds {
            let mut args = args.clone();
            args.extend(args![*kind]);
            let rows = self
                .query(
                    format!(
                        "select r.id, r.holder from record r where r.kind = 'child' and r.holder is not null and $1 = $2 {within}
                         and not exists (select 1 from fact f where f.record = r.id and f.subject = 'p' || r.holder
                             and f.kind = ${} and (f.until_day is null or f.until_day > $3))
                         and not exists (select 1 from fact c where c.record = r.id and c.subject = 'r' || r.id
                             and c.kind = 'record-status' and c.value = 'closed' and c.until_day is null)
                         order by r.number limit 2000",
                        args.len()
                    ),
                    args,
                )
                .await?;
            for row in rows {
                let record = row.parsed(0, "record", "id")?;
                match lacking.iter_mut().find(|(one, ..)| *one == record) {
                    Some((.., missing)) => missing.push((*kind).to_owned()),
                    None => lacking.push((record, row.parsed(1, "record", "holder")?, vec![(*kind).to_owned()])),
                }
            }
        }
        Ok(lacking)
    }

    /// The condition that keeps a count within this person's reach; its arguments are added behind the others.
    async fn counted(&self, args: &mut Vec<Arg>) -> Result<String, StoreError> {
        let reach = self.reach(Capability::SeeCounts).await?;
        if reach.contains(&Relation::Any) {
            return Ok(String::new());
        }
        let standing = self.standing().await?;
        let mut teams = Vec::new();
        if reach.contains(&Relation::Team) {
            teams.extend(standing.teams.iter().map(ToString::to_string));
        }
        if reach.contains(&Relation::Manages) {
            teams.extend(standing.manages.iter().map(ToString::to_string));
        }
        if teams.is_empty() {
            return Ok("and 1 = 0".to_owned());
        }
        let list = placeholder_list(args.len() + 1, teams.len());
        args.extend(args_of(teams));
        Ok(format!(
            "and exists (select 1 from fact t where t.record = e.record and t.subject = 'r' || e.record and t.kind = 'allocated-team'
             and t.from_day <= $3 and (t.until_day is null or t.until_day > $3) and t.value in ({list}))"
        ))
    }
}
