//! Lists of children that start from the person who asks: caseload, cover, team. Filtered in the query by the rules of the
//! door.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use policy::{Capability, Relation};
use record::{PersonId, RecordId, TeamId, known};

use crate::{
    door::{Refused, Tx},
    engine::{Arg, StoreError, among, args, as_json, gather, placeholder_list},
    facts::{Person, Scope, args_of},
    reach::Looks,
};

/// A child on a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The record.
    pub record: RecordId,
    /// Its number.
    pub number: i64,
    /// The child.
    pub person: PersonId,
    /// What is known of the child everywhere.
    pub who: Person,
    /// Allocated worker, if any.
    pub worker: Option<PersonId>,
    /// Allocated team, if any.
    pub team: Option<TeamId>,
    /// When last seen.
    pub seen: Option<Date>,
    /// When last seen alone.
    pub seen_alone: Option<Date>,
    /// Plain facts that lists show: legal status.
    pub legal_status: Option<String>,
    /// Who stands in for the worker today, and on which day the worker is back.
    pub covered: Option<(PersonId, Option<Date>)>,
    /// Whether the worker has the child only until somebody is allocated.
    pub until_allocated: bool,
}

/// Which children a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOf {
    /// Those allocated to the person who asks.
    Caseload,
    /// Those for whose worker the person who asks stands in.
    Covered,
    /// Those of their teams and of the teams that they manage.
    Team,
    /// Those of a team with nobody allocated, or with a manager who keeps them until somebody is.
    Unallocated,
    /// Those of one worker, as far as they are of the teams of the person who asks.
    Worker(PersonId),
}

impl ListOf {
    /// Under which capability it is seen.
    const fn capability(self) -> Capability {
        match self {
            Self::Caseload | Self::Covered => Capability::ReadRecord,
            Self::Team | Self::Worker(_) => Capability::SeeTeam,
            Self::Unallocated => Capability::Allocate,
        }
    }
}

/// A list in the words of a query: the records `r` that are on it. `$1` is the day.
struct List {
    from: &'static str,
    /// With whom a child is: the worker `w`, the team `t`.
    joined: &'static str,
    filter: String,
    args: Vec<Arg>,
}

/// The records of a list that the door has filtered, as a query goes on from them: a JSON array, so that of a team's
/// thousand children none is read one by one.
#[derive(Clone, Debug)]
pub struct Records {
    pub(crate) ids: String,
    /// Whether what some of them owe was worked out by other rules than those in force.
    pub(crate) stale: bool,
}

impl Tx {
    /// Children on a list of the person who asks, open records only.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody without this kind of list.
    pub async fn list(&self, of: ListOf, most: u32) -> Result<Vec<Listed>, Refused> {
        let mut listed = self.children_of(of, most, true).await?;
        self.who_stands_in(&mut listed).await?;
        self.name_on(of, &mut listed).await?;
        Ok(listed)
    }

    /// The same children with who works with each, and nothing of who they are: for a list of something else, which
    /// names those alone that it shows ([`name_on`](Self::name_on)).
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody without this kind of list.
    pub async fn unnamed(&self, of: ListOf, most: u32) -> Result<Vec<Listed>, Refused> {
        self.children_of(of, most, false).await
    }

    /// Says who the children of a list are: one leaf names them.
    pub async fn name_on(&self, of: ListOf, listed: &mut [Listed]) -> Result<(), StoreError> {
        let people: Vec<_> = listed.iter().map(|child| child.person).collect();
        let mut who = self.people_by_id(&people, Scope::OwnRecords).await?;
        for child in &mut *listed {
            child.who = who.remove(&child.person).unwrap_or_default();
        }
        self.lists(of.capability(), listed.iter().map(|child| (child.record, None)));
        let shown: Vec<_> = listed.iter().map(|child| child.record.to_string()).collect();
        let name = match of {
            ListOf::Caseload => "list-caseload",
            ListOf::Covered => "list-covered",
            ListOf::Worker(_) => "list-worker",
            ListOf::Team => "list-team",
            ListOf::Unallocated => "list-unallocated",
        };
        self.leave(name, None, None, "", &shown, false);
        Ok(())
    }

    /// The records of a team's children, for a query that goes on from them: nothing of the children is read. None where one
    /// of them was made twice: which of their records is in front is seen from the children ([`unnamed`](Self::unnamed)).
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who sees no team.
    pub async fn records_of_team(&self, most: u32) -> Result<Option<Records>, Refused> {
        let Some(List { from, filter, mut args, .. }) = self.open_list(ListOf::Team).await? else {
            return Ok(Some(Records { ids: "[]".to_owned(), stale: false }));
        };
        args.extend(args![i64::from(most), self.db.rules().key()]);
        let (limit, key) = (args.len() - 1, args.len());
        // By their numbers, but not by the index of these: it would lead through every record that there is.
        let sql = format!(
            "select cast({}(id) as text), sum(stale), sum(twice)
             from (select r.id as id, case when r.owed_under = ${key} then 0 else 1 end as stale,
                   case when exists (select 1 from same_person s where s.person = r.holder) then 1 else 0 end as twice
                   from {from} where {filter} order by r.number + 0 limit ${limit}) as these",
            gather(self.db.engine())
        );
        let rows = self.query(sql, args).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.opt_int(2)? > Some(0) {
            return Ok(None);
        }
        // Of none PostgreSQL gathers nothing.
        let ids = row.opt_text(0)?.unwrap_or_else(|| "[]".to_owned());
        Ok(Some(Records { ids, stale: row.opt_int(1)? > Some(0) }))
    }

    /// Of a team's children those whose records these are, with nothing of who they are: for a page of what
    /// [`records_of_team`](Self::records_of_team) gave.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who sees no team.
    pub async fn of_team_among(&self, records: &[RecordId]) -> Result<Vec<Listed>, Refused> {
        let Some(mut list) = self.open_list(ListOf::Team).await? else { return Ok(Vec::new()) };
        list.args.extend(args![as_json(records)]);
        list.filter = format!("r.id {} and {}", among(self.db.engine(), list.args.len()), list.filter);
        Ok(self.read_list(list, u32::MAX, false).await?)
    }

    /// The records of a list that was read.
    pub async fn records_of_list(&self, listed: &[Listed]) -> Result<Records, StoreError> {
        let records: Vec<RecordId> = listed.iter().map(|child| child.record).collect();
        Ok(Records { ids: as_json(&records), stale: !self.stale(&records).await?.is_empty() })
    }

    /// The children of a list; with when each was seen and what their legal status is, where that is asked for.
    async fn children_of(&self, of: ListOf, most: u32, with_seen: bool) -> Result<Vec<Listed>, Refused> {
        let Some(list) = self.open_list(of).await? else { return Ok(Vec::new()) };
        Ok(self.read_list(list, most, with_seen).await?)
    }

    /// A list in the words of a query; none where nobody can be on it.
    async fn open_list(&self, of: ListOf) -> Result<Option<List>, Refused> {
        let capability = of.capability();
        self.permit(capability).await?;
        let everywhere = self.reach(capability).await?.contains(&Relation::Any);
        let standing = self.standing().await?.clone();
        let teams: BTreeSet<TeamId> = standing.teams.union(&standing.manages).copied().collect();
        let mut args = args![self.now().day()];
        let filter = match of {
            ListOf::Caseload => {
                args.extend(args![self.actor().person()]);
                "w.value = $2".to_owned()
            }
            ListOf::Covered => {
                args.extend(args![self.actor().person()]);
                "exists (select 1 from fact d where d.record = r.id and d.subject = 'r' || r.id and d.kind = 'covered-by' and d.value = $2
                     and d.other = w.value and d.from_day <= $1 and (d.until_day is null or d.until_day > $1))".to_owned()
            }
            _ if !everywhere && teams.is_empty() => return Ok(None),
            ListOf::Team | ListOf::Unallocated | ListOf::Worker(_) => {
                let mut filter = match of {
                    ListOf::Unallocated => UNALLOCATED.to_owned(),
                    ListOf::Worker(worker) => {
                        args.extend(args![worker]);
                        "w.value = $2".to_owned()
                    }
                    _ => "1 = 1".to_owned(),
                };
                if !everywhere {
                    let list = placeholder_list(args.len() + 1, teams.len());
                    args.extend(args_of(teams.iter().copied().map(|team| team.to_string())));
                    filter = format!("{filter} and t.value in ({list})");
                }
                filter
            }
        };
        let looks = match of {
            ListOf::Caseload | ListOf::Covered | ListOf::Worker(_) => Looks::AtFew,
            ListOf::Team | ListOf::Unallocated if everywhere => Looks::AtMany,
            ListOf::Team | ListOf::Unallocated => Looks::ChildrenOf(&teams),
        };
        let open = self.is_open(capability, looks, &mut args).await?;
        // Start from what narrows most: the allocations of one worker or of a few teams.
        let (from, joined) = match of {
            ListOf::Caseload | ListOf::Covered | ListOf::Worker(_) => (
                "fact w join record r on r.id = w.record and w.kind = 'allocated-worker' and (w.until_day is null or w.until_day > $1) and w.from_day <= $1",
                "left join fact t on t.record = r.id and t.subject = 'r' || r.id and t.kind = 'allocated-team' and (t.until_day is null or t.until_day > $1) and t.from_day <= $1",
            ),
            ListOf::Team | ListOf::Unallocated => (
                "fact t join record r on r.id = t.record and t.subject = 'r' || t.record and t.kind = 'allocated-team' and (t.until_day is null or t.until_day > $1) and t.from_day <= $1",
                "left join fact w on w.record = r.id and w.subject = 'r' || r.id and w.kind = 'allocated-worker' and (w.until_day is null or w.until_day > $1) and w.from_day <= $1",
            ),
        };
        let filter = format!(
            "{filter} and r.kind = 'child' and {open} and not exists (select 1 from fact c where c.record = r.id and c.subject = 'r' || r.id
             and c.kind = 'record-status' and c.value = 'closed' and c.from_day <= $1 and (c.until_day is null or c.until_day > $1))"
        );
        Ok(Some(List { from, joined, filter, args }))
    }

    async fn read_list(&self, list: List, most: u32, with_seen: bool) -> Result<Vec<Listed>, StoreError> {
        let List { from, joined, filter, mut args } = list;
        args.extend(args![i64::from(most)]);
        let limit = args.len();
        let (seen, of_the_child) =
            if with_seen { ("s.value, a.value, l.value", SEEN) } else { ("null, null, null", "") };
        let sql = format!(
            "select r.id, r.number, r.holder, w.value, t.value, {seen} from {from} {joined} {of_the_child}
             where {filter} order by r.number + 0 limit ${limit}"
        );
        let mut listed = Vec::new();
        for row in &self.query(sql, args).await? {
            listed.push(Listed {
                record: row.parsed(0, "record", "id")?,
                number: row.int(1)?,
                person: row.parsed(2, "record", "holder")?,
                who: Person::default(),
                worker: row.opt_parsed(3, "fact", "value")?,
                team: row.opt_parsed(4, "fact", "value")?,
                seen: row.opt_parsed(5, "fact", "value")?,
                seen_alone: row.opt_parsed(6, "fact", "value")?,
                legal_status: row.opt_text(7)?,
                covered: None,
                until_allocated: false,
            });
        }
        self.one_row_each(&mut listed).await?;
        Ok(listed)
    }

    /// How many children each worker of these teams has, for whoever shares children out.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who sees no team.
    pub async fn caseloads(&self) -> Result<BTreeMap<PersonId, i64>, Refused> {
        self.permit(Capability::SeeTeam).await?;
        let rows = self
            .query(
                "select w.value, count(distinct w.record) from fact w where w.kind = 'allocated-worker' and w.from_day <= $1
                 and (w.until_day is null or w.until_day > $1) and w.value <> ''
                 and not exists (select 1 from fact c where c.record = w.record and c.subject = w.subject
                     and c.kind = 'record-status' and c.value = 'closed' and c.from_day <= $1 and (c.until_day is null or c.until_day > $1))
                 group by w.value",
                args![self.now().day()],
            )
            .await?;
        let loads = rows.iter().map(|row| Ok((row.parsed(0, "fact", "value")?, row.int(1)?)));
        Ok(loads.collect::<Result<_, StoreError>>()?)
    }

    /// Who stands in for the worker of each child of a list, and which worker is one only for the time being.
    async fn who_stands_in(&self, listed: &mut [Listed]) -> Result<(), StoreError> {
        for some in listed.chunks_mut(400) {
            let mut args = args![self.now().day()];
            args.extend(args_of(some.iter().map(|child| child.record)));
            let rows = self
                .query(
                    format!(
                        "select record, kind, value, other, until_day from fact where record in ({}) and subject = 'r' || record
                         and kind in ('covered-by', 'until-allocated') and from_day <= $1 and (until_day is null or until_day > $1)",
                        placeholder_list(2, some.len())
                    ),
                    args,
                )
                .await?;
            for row in rows {
                let record: RecordId = row.parsed(0, "fact", "record")?;
                let Some(child) = some.iter_mut().find(|child| child.record == record) else { continue };
                if row.text(1)? == known::UNTIL_ALLOCATED {
                    child.until_allocated = row.text(2)? == "yes";
                } else if row.opt_parsed(3, "fact", "other")? == child.worker {
                    child.covered = Some((row.parsed(2, "fact", "value")?, row.opt_parsed(4, "fact", "until_day")?));
                }
            }
        }
        Ok(())
    }

    /// A child who was made twice stands on a list once, by the record that is in front for this reader.
    async fn one_row_each(&self, listed: &mut Vec<Listed>) -> Result<(), StoreError> {
        let places = self.places_of(&listed.iter().map(|child| child.person).collect::<Vec<_>>()).await?;
        if places.is_empty() {
            return Ok(());
        }
        let twice: Vec<PersonId> =
            listed.iter().map(|child| child.person).filter(|one| places.contains_key(one)).collect();
        let in_front: BTreeMap<PersonId, (RecordId, i64)> = self
            .records_of(&twice)
            .await?
            .into_iter()
            .map(|(record, whose, number)| (whose, (record, number)))
            .collect();
        let mut once: Vec<Listed> = Vec::new();
        for mut child in std::mem::take(listed) {
            let one = places.get(&child.person).copied();
            if let Some((record, number)) = in_front.get(&child.person).filter(|_| one.is_some()) {
                if *record != child.record {
                    child.person = one.unwrap_or(child.person);
                }
                (child.record, child.number) = (*record, *number);
            }
            let Some(other) = once.iter_mut().find(|other| other.record == child.record) else {
                once.push(child);
                continue;
            };
            other.worker = other.worker.or(child.worker);
            other.team = other.team.or(child.team);
            other.seen = other.seen.max(child.seen);
            other.seen_alone = other.seen_alone.max(child.seen_alone);
            other.legal_status = other.legal_status.take().or(child.legal_status);
        }
        *listed = once;
        Ok(())
    }
}

/// What a list says of each child beside who works with them.
const SEEN: &str = "left join fact s on s.record = r.id and s.subject = 'p' || r.holder and s.kind = 'last-seen' and s.key = '' and s.from_day <= $1 and (s.until_day is null or s.until_day > $1)
    left join fact a on a.record = r.id and a.subject = 'p' || r.holder and a.kind = 'last-seen-alone' and a.key = '' and a.from_day <= $1 and (a.until_day is null or a.until_day > $1)
    left join fact l on l.record = r.id and l.subject = 'p' || r.holder and l.kind = 'legal-status' and l.key = '' and l.from_day <= $1 and (l.until_day is null or l.until_day > $1)";

/// With nobody allocated, or with somebody who has the child only until there is.
const UNALLOCATED: &str = "(w.value is null or exists (select 1 from fact u where u.record = r.id and u.subject = 'r' || r.id
    and u.kind = 'until-allocated' and u.value = 'yes' and u.from_day <= $1 and (u.until_day is null or u.until_day > $1)))";
