//! Counts for managers: visits by child, worker and kind; records that lack what the census needs. From coded answers
//! and facts alone; no narrative is opened for a number.

use std::collections::BTreeMap;

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
        let mut counts = counts.collect::<Result<Vec<_>, StoreError>>()?;
        if by == CountBy::Child {
            self.count_once(&mut counts).await?;
        }
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
        self.lacking_everywhere(&mut lacking).await?;
        Ok(lacking)
    }

    /// Visits in either record of a child who was made twice are visits of one child.
    async fn count_once(&self, counts: &mut Vec<VisitCount>) -> Result<(), StoreError> {
        let records: Vec<RecordId> = counts.iter().filter_map(|count| count.of.parse().ok()).collect();
        let group = self.groups_of(&records).await?;
        let mut once: Vec<VisitCount> = Vec::new();
        for mut count in std::mem::take(counts) {
            if let Some((front, _)) = count.of.parse().ok().and_then(|record: RecordId| group.get(&record)) {
                count.of = front.to_string();
            }
            match once.iter_mut().find(|one| one.of == count.of && !group.is_empty()) {
                Some(one) => {
                    one.visits += count.visits;
                    one.seen += count.seen;
                    one.seen_alone += count.seen_alone;
                    one.failed += count.failed;
                }
                None => once.push(count),
            }
        }
        *counts = once;
        Ok(())
    }

    /// Of a child who was made twice, what one record says the child does not lack.
    async fn lacking_everywhere(&self, lacking: &mut Vec<(RecordId, PersonId, Vec<String>)>) -> Result<(), StoreError> {
        let records: Vec<RecordId> = lacking.iter().map(|(record, ..)| *record).collect();
        let group = self.groups_of(&records).await?;
        if group.is_empty() {
            return Ok(());
        }
        let lack: BTreeMap<RecordId, Vec<String>> =
            lacking.iter().map(|(record, _, kinds)| (*record, kinds.clone())).collect();
        lacking.retain_mut(|(record, _, kinds)| {
            let Some((front, all)) = group.get(record) else { return true };
            kinds.retain(|kind| all.iter().all(|other| lack.get(other).is_some_and(|lack| lack.contains(kind))));
            front == record && !kinds.is_empty()
        });
        Ok(())
    }

    /// Of those of these records whose child has several: the one in front, and all of them.
    async fn groups_of(
        &self,
        records: &[RecordId],
    ) -> Result<BTreeMap<RecordId, (RecordId, Vec<RecordId>)>, StoreError> {
        let mut groups: BTreeMap<PersonId, (Option<RecordId>, Vec<RecordId>)> = BTreeMap::new();
        let mut of: BTreeMap<RecordId, PersonId> = BTreeMap::new();
        for some in records.chunks(400) {
            let sql = format!(
                "select distinct o.id, t.person, t.one from record r join same_person s on s.person = r.holder
                 join same_person t on t.one = s.one join record o on o.holder = t.person and o.kind = 'child'
                 where r.id in ({}) order by o.id",
                placeholder_list(1, some.len())
            );
            for row in self.query(sql, args_of(some.iter().copied())).await? {
                let record: RecordId = row.parsed(0, "record", "id")?;
                let (person, one): (PersonId, PersonId) =
                    (row.parsed(1, "same_person", "person")?, row.parsed(2, "same_person", "one")?);
                of.insert(record, one);
                let (front, all) = groups.entry(one).or_default();
                if person == one {
                    *front = Some(record);
                }
                if !all.contains(&record) {
                    all.push(record);
                }
            }
        }
        Ok(of
            .into_iter()
            .filter_map(|(record, one)| {
                let (front, all) = groups.get(&one)?;
                (all.len() > 1).then(|| (record, ((*front).unwrap_or(all[0]), all.clone())))
            })
            .collect())
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
