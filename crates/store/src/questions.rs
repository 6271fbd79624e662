//! Readings that deserve a question: what the rule of `record::looked::questions` needs, found in bounded time. Only what
//! lies within the pack's days is read, and of that only what somebody did whose relation explains nothing by itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use policy::{Capability, Relation};
use record::{
    Moment, PersonId, RecordId, TeamId,
    access::{Decision, Situation},
    fact::Subject,
    id::Id,
    known,
    likeness::name::words,
    looked::{
        How,
        questions::{Held, Known, Near, Question, Seen, Tied, questions},
    },
};

use crate::{
    door::{Grant, ReadUnder, Refused, Tx, Write},
    engine::{Row, StoreError, args, as_json, texts_of},
};

/// In these words the index is made, so that the query finds it.
const UNTIED: &str = "(how in ('printed', 'exported')
    or (how in ('opened', 'found', 'refused') and because not in ('allocated', 'covers', 'manages', 'named')))";

/// How many records are asked about in one statement.
const AT_ONCE: usize = 2_000;

/// Somebody whom more records name than this is a teacher or a doctor, and makes no brothers and sisters of children.
const MOST_OF_ONE_RELATIVE: usize = 12;

/// Forms that say why a record was opened, or that one must not see it: to fill one in is no work with the child.
const NO_WORK: &str = "'emergency-opening', 'emergency-review', 'duty-opening', 'conflict-declared'";

/// What waits to be asked about, for whoever asks.
#[derive(Clone, Debug, Default)]
pub struct ToAsk {
    /// The questions, the latest first.
    pub questions: Vec<Question>,
    /// The numbers of the records that they are about.
    pub numbers: BTreeMap<RecordId, i64>,
    /// To which team each of them is allocated now.
    pub teams: BTreeMap<RecordId, TeamId>,
}

/// That somebody was asked, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Who had looked.
    pub reader: PersonId,
    /// On which day it was written down.
    pub on: Date,
    /// The code of what came of it.
    pub outcome: String,
}

impl Tx {
    /// The readings that deserve a question, as far as this person answers for them: of records whose readings they see, and
    /// what somebody did with many records where they see the readings of any. Nobody is shown what they did themselves.
    ///
    /// Where one is asked for, of a person and about a record or (none) about many, nothing of the others is shown.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who sees the readings of no record.
    pub async fn readings_to_ask_about(&self, one: Option<(PersonId, Option<RecordId>)>) -> Result<ToAsk, Refused> {
        self.permit(Capability::SeeReadings).await?;
        let rules = &self.db.pack().access().questions;
        if rules.patterns.is_empty() {
            return Ok(ToAsk::default());
        }
        let (seen, records) = self.seen_lately(rules.days, rules.search_shows).await?;
        let mut known = self.known_of(&seen, records.keys().copied().collect()).await?;
        known.answered = self.answered().await?;
        let mut found = questions(rules, &seen, &known);
        let of_any = self.reach(Capability::SeeReadings).await?.contains(&Relation::Any);
        let asked: Vec<RecordId> = found.iter().filter_map(|one| one.record).collect();
        let open = self.may_in(Capability::SeeReadings, &asked).await?;
        let me = self.actor().person();
        found.retain(|one| Some(one.reader) != me && one.record.map_or(of_any, |record| open.contains(&record)));
        found.retain(|wanted| one.is_none_or(|one| one == (wanted.reader, wanted.record)));
        let about: BTreeSet<RecordId> = found.iter().flat_map(|one| one.records.iter().copied()).collect();
        let shown: Vec<String> = asked_records(&found);
        self.leave("list-questions", None, None, "", &shown, false);
        let today = self.now().day();
        let team = |record: &RecordId| {
            let tied = known.tied.get(record)?.iter();
            tied.rev().find_map(|(tied, held)| match tied {
                Tied::Team(team) if held.on(today) => Some((*record, *team)),
                _ => None,
            })
        };
        Ok(ToAsk {
            questions: found,
            teams: about.iter().filter_map(team).collect(),
            numbers: about.into_iter().filter_map(|record| Some((record, *records.get(&record)?))).collect(),
        })
    }

    /// May this person say what came of a question? About one record whoever sees its readings may; about what somebody did
    /// with many, whoever sees the readings of any. The grant is to write it into the organisation's record, since it
    /// speaks of a member of staff. Writes the leaf of a no.
    ///
    /// # Errors
    /// [`Refused::Closed`] for a record whose readings they do not see.
    pub async fn authorise_answer(&self, action: Write, record: Option<RecordId>) -> Result<Grant<'_, Write>, Refused> {
        let Some(organisation) = self.organisation().await? else { return Err(Refused::Closed) };
        let situation = match record {
            Some(record) => {
                let Some(row) = self.row_in_group(record).await?.0 else {
                    self.refuse("answer-question", None, "absent").await?;
                    return Err(Refused::Closed);
                };
                row.situation
            }
            // No child's record is meant, and the organisation's own neither: only what holds for any does.
            None => Situation::default(),
        };
        match (self.decide(action.0, Some(&situation)).await?, self.record_row(organisation).await?) {
            (Decision::Allow(relation), Some(row)) => Ok(Grant::given(self, organisation, row, action, relation)?),
            (Decision::Refuse(refusal), _) => {
                self.refuse("answer-question", record, refusal.name()).await?;
                Err(Refused::Closed)
            }
            (Decision::Allow(_), None) => Err(Refused::Closed),
        }
    }

    /// Who was asked about what they did with a record, and what came of it, newest first.
    pub async fn asked_of(&self, grant: &Grant<'_, ReadUnder>) -> Result<Vec<Answered>, StoreError> {
        let mut found = Vec::new();
        for record in grant.records() {
            let rows = self
                .query(
                    "select f.subject, f.from_day, a.value from fact f join answer a on a.entry = f.entry and a.version = f.version
                     and a.field = 'outcome' where f.kind = $1 and f.value >= $2 and f.value < $3 order by f.place desc",
                    args![known::READING_ASKED, format!("{record} "), format!("{record}!")],
                )
                .await?;
            for row in rows {
                let Subject::Person(reader) = row.parsed(0, "fact", "subject")? else { continue };
                found.push(Answered { reader, on: row.parsed(1, "fact", "from_day")?, outcome: row.text(2)? });
            }
        }
        Ok(found)
    }

    /// What was seen within so many days, and the numbers of the children's records that it is about.
    async fn seen_lately(&self, days: u32, shows: u32) -> Result<(Vec<Seen>, BTreeMap<RecordId, i64>), StoreError> {
        let from = self.now().plus_seconds(-86_400 * i64::from(days));
        let sql = format!(
            "select leaf, about, reader, how, because from looked where leaf >= $1 and {UNTIED}
             and (how <> 'found' or among <= $2) order by leaf"
        );
        let rows = self.query(sql, args![Id::earliest(from).to_string(), i64::from(shows)]).await?;
        let about: BTreeSet<String> = rows.iter().map(|row| row.text(1)).collect::<Result<_, _>>()?;
        let about: Vec<String> = about.into_iter().collect();
        let (mut records, mut numbers) = (BTreeMap::new(), BTreeMap::new());
        for some in about.chunks(AT_ONCE) {
            let among = texts_of(self.db.engine(), 1);
            let sql = format!(
                "select id, id, number from record where kind = 'child' and id in ({among})
                 union all select holder, id, number from record where kind = 'child' and holder in ({among})"
            );
            for row in self.query(sql, args![as_json(some)]).await? {
                let record: RecordId = row.parsed(1, "record", "id")?;
                records.insert(row.text(0)?, record);
                numbers.insert(record, row.int(2)?);
            }
        }
        let mut seen = Vec::new();
        for row in rows {
            // What is about no child, and what a job of the program did, is nobody's curiosity.
            let (Some(record), Ok(reader)) = (records.get(&row.text(1)?), row.text(2)?.parse()) else { continue };
            let at = row.parsed::<Id>(0, "looked", "leaf")?.made();
            let how = How::from_code(&row.text(3)?);
            let how = how.ok_or(StoreError::Inconsistent { table: "looked", column: "how" })?;
            seen.push(Seen { reader, record: *record, at, how, because: row.text(4)? });
        }
        Ok((seen, numbers))
    }

    /// What is known of these records and of those who looked.
    async fn known_of(&self, seen: &[Seen], records: Vec<RecordId>) -> Result<Known, StoreError> {
        let mut known = Known::default();
        let readers: BTreeSet<PersonId> = seen.iter().map(|one| one.reader).collect();
        let mut names = self.staff_of(&mut known).await?;
        names.retain(|reader, _| readers.contains(reader));
        for some in records.chunks(AT_ONCE) {
            self.work_of(some, &mut known.tied).await?;
            self.relatives_of(some, &mut known.tied).await?;
            self.writing_of(some, &mut known).await?;
        }
        let pairs: BTreeSet<(RecordId, PersonId)> = seen.iter().map(|one| (one.record, one.reader)).collect();
        self.near_of(&pairs, &names, &mut known).await?;
        Ok(known)
    }

    /// Teams, who looks after them, shifts: of all staff. Gives the family name of each.
    pub(crate) async fn staff_of(&self, known: &mut Known) -> Result<BTreeMap<PersonId, String>, StoreError> {
        let Some(organisation) = self.organisation().await? else { return Ok(BTreeMap::new()) };
        let rows = self
            .query(
                "select kind, subject, value, from_day, until_day from fact where record = $1 and value <> ''
                 and kind in ('staff-team', 'team-manager', 'staff-role', 'duty-shift', 'staff-name') order by place",
                args![organisation],
            )
            .await?;
        let (mut names, mut roles) = (BTreeMap::new(), Vec::new());
        for row in &rows {
            let (kind, value) = (row.text(0)?, row.text(2)?);
            let Some(held) = held(row, 3)? else { continue };
            match (kind.as_str(), row.parsed(1, "fact", "subject")?) {
                (known::STAFF_TEAM, Subject::Person(person)) => {
                    let teams = value.split(' ').filter_map(|team| team.parse().ok()).map(|team| (team, held));
                    known.teams.entry(person).or_default().extend(teams);
                }
                (known::DUTY_SHIFT, Subject::Person(person)) => {
                    known.shifts.entry(person).or_default().push((held.from, value));
                }
                (known::STAFF_ROLE, Subject::Person(person)) => roles.push((person, value, held)),
                (known::STAFF_NAME, Subject::Person(person)) => {
                    names.extend(words(&value).pop().map(|name| (person, name)));
                }
                (known::TEAM_MANAGER, Subject::Team(team)) => {
                    let manager = value.parse().ok().map(|manager| (manager, held));
                    known.oversee.entry(team).or_default().extend(manager);
                }
                _ => {}
            }
        }
        // Whoever has the team's page sees all of its work by their role.
        let sees_team = |role: &str| {
            let sees = (Capability::SeeTeam, Relation::Team);
            self.db.pack().role(role).is_some_and(|role| role.may.contains(&sees))
        };
        for (person, _, held) in roles.into_iter().filter(|(_, value, _)| value.split(' ').any(sees_team)) {
            for (team, in_team) in known.teams.get(&person).into_iter().flatten() {
                let both = held.and(*in_team).map(|both| (person, both));
                known.oversee.entry(*team).or_default().extend(both);
            }
        }
        Ok(names)
    }

    /// Who had work with these records, and when.
    async fn work_of(
        &self,
        records: &[RecordId],
        tied: &mut BTreeMap<RecordId, Vec<(Tied, Held)>>,
    ) -> Result<(), StoreError> {
        let among = texts_of(self.db.engine(), 1);
        let sql = format!(
            "select record, kind, value, other, from_day, until_day from fact where record in ({among})
             and kind in ('allocated-worker', 'allocated-team', 'covered-by', 'file-holder', 'restricted-to', 'visit-recorder',
                          'obligation-decided', 'record-used-by') order by record, place"
        );
        for row in self.query(sql, args![as_json(records)]).await? {
            let Some(held) = held(&row, 4)? else { continue };
            let who = match row.text(1)?.as_str() {
                known::ALLOCATED_TEAM => row.opt_text(2)?.and_then(|team| team.parse().ok()).map(Tied::Team),
                known::OBLIGATION_DECIDED => row.opt_parsed(3, "fact", "other")?.map(Tied::Person),
                _ => row.opt_text(2)?.and_then(|person| person.parse().ok()).map(Tied::Person),
            };
            if let Some(who) = who {
                tied.entry(row.parsed(0, "fact", "record")?).or_default().push((who, held));
            }
        }
        Ok(())
    }

    /// Who works with a brother or sister: a child whom this record names, or one whose record names the same relative.
    async fn relatives_of(
        &self,
        records: &[RecordId],
        tied: &mut BTreeMap<RecordId, Vec<(Tied, Held)>>,
    ) -> Result<(), StoreError> {
        let among = texts_of(self.db.engine(), 1);
        let sql = format!(
            "select f.record, f.other, k.id from fact f join record k on k.holder = f.other and k.kind = 'child'
             where f.record in ({among}) and f.kind in ('relationship', 'household-member') and k.id <> f.record
             union select f.record, f.other, g.record from fact f join fact g on g.other = f.other
             and g.kind in ('relationship', 'household-member') and g.record <> f.record
             where f.record in ({among}) and f.kind in ('relationship', 'household-member')"
        );
        let mut through: BTreeMap<(RecordId, String), BTreeSet<RecordId>> = BTreeMap::new();
        for row in self.query(sql, args![as_json(records)]).await? {
            let relative = (row.parsed(0, "fact", "record")?, row.text(1)?);
            through.entry(relative).or_default().insert(row.parsed(2, "fact", "record")?);
        }
        let mut related: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        for ((record, _), others) in through {
            if others.len() <= MOST_OF_ONE_RELATIVE {
                related.entry(record).or_default().extend(others);
            }
        }
        let others: BTreeSet<RecordId> = related.values().flatten().copied().collect();
        let mut work = BTreeMap::new();
        for some in others.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
            self.work_of(some, &mut work).await?;
        }
        for (record, others) in related {
            let of_others = others.iter().filter_map(|other| work.get(other)).flatten();
            let relatives = of_others.filter_map(|(tied, held)| match tied {
                Tied::Person(person) => Some((Tied::Relative(*person), *held)),
                _ => None,
            });
            tied.entry(record).or_default().extend(relatives);
        }
        Ok(())
    }

    /// On which days who wrote in these records.
    async fn writing_of(&self, records: &[RecordId], known: &mut Known) -> Result<(), StoreError> {
        let rules = &self.db.pack().access().questions;
        let from = self.now().plus_seconds(-86_400 * i64::from(rules.days.saturating_add(rules.work_days)));
        let among = texts_of(self.db.engine(), 1);
        let sql = format!(
            "select record, author, written from entry where record in ({among}) and written >= $2
             and form not in ({NO_WORK})"
        );
        for row in self.query(sql, args![as_json(records), from]).await? {
            let pair = (row.parsed(0, "entry", "record")?, row.parsed(1, "entry", "author")?);
            let written: Moment = row.parsed(2, "entry", "written")?;
            known.wrote.entry(pair).or_default().insert(written.day());
        }
        Ok(())
    }

    /// Which readers have a rare family name of a record that they looked at, or are named in it. What is known of staff is
    /// their name; where they live is not.
    pub(crate) async fn near_of(
        &self,
        pairs: &BTreeSet<(RecordId, PersonId)>,
        names: &BTreeMap<PersonId, String>,
        known: &mut Known,
    ) -> Result<(), StoreError> {
        let mut readers: BTreeMap<RecordId, Vec<PersonId>> = BTreeMap::new();
        for (record, reader) in pairs {
            readers.entry(*record).or_default().push(*reader);
        }
        let records: Vec<RecordId> = readers.keys().copied().collect();
        let mut same: Vec<(RecordId, PersonId, String)> = Vec::new();
        for some in records.chunks(AT_ONCE) {
            let among = texts_of(self.db.engine(), 1);
            let sql = format!(
                "select record, kind, value, other from fact where record in ({among})
                 and kind in ('family-name', 'name', 'relationship', 'household-member', 'close-person', 'parental-responsibility')"
            );
            for row in self.query(sql, args![as_json(some)]).await? {
                let record: RecordId = row.parsed(0, "fact", "record")?;
                let of_record = readers.get(&record).into_iter().flatten();
                if matches!(row.text(1)?.as_str(), "family-name" | known::NAME) {
                    let value = row.opt_text(2)?.unwrap_or_default();
                    let name = words(&value).pop().unwrap_or_default();
                    let alike = of_record.filter(|reader| !name.is_empty() && names.get(*reader) == Some(&name));
                    same.extend(alike.map(|reader| (record, *reader, last_word(&value))));
                } else if let Some(other) = row.opt_parsed::<PersonId>(3, "fact", "other")? {
                    let named = of_record.filter(|reader| **reader == other);
                    // A worker whom a record names as such is no relative.
                    let tied = |reader: &PersonId| {
                        let tied = known.tied.get(&record).into_iter().flatten();
                        tied.into_iter().any(|(tied, _)| *tied == Tied::Person(*reader))
                    };
                    let named: Vec<_> = named.filter(|reader| !tied(reader)).map(|reader| (record, *reader)).collect();
                    known.near.extend(named.into_iter().map(|pair| (pair, Near::Named)));
                }
            }
        }
        let mut common: BTreeMap<String, bool> = BTreeMap::new();
        for (record, reader, name) in same {
            if !common.contains_key(&name) {
                let is_common = self.is_common(&name).await?;
                common.insert(name.clone(), is_common);
            }
            if common.get(&name) == Some(&false) {
                known.near.entry((record, reader)).or_insert(Near::Name(name));
            }
        }
        Ok(())
    }

    /// Whether many records have this family name.
    async fn is_common(&self, name: &str) -> Result<bool, StoreError> {
        let most = i64::from(self.db.pack().access().questions.common_name);
        let rows = self
            .query(
                "select count(*) from (select distinct record from fact where kind = 'family-name' and value = $1 limit $2) as named",
                args![name, most],
            )
            .await?;
        Ok(rows.first().map_or(Ok(0), |row| row.int(0))? >= most)
    }

    /// What was asked about already, up to which moment.
    async fn answered(&self) -> Result<BTreeMap<(PersonId, Option<RecordId>), Moment>, StoreError> {
        let Some(organisation) = self.organisation().await? else { return Ok(BTreeMap::new()) };
        let rows = self
            .query(
                "select subject, value from fact where record = $1 and kind = $2 and value <> ''",
                args![organisation, known::READING_ASKED],
            )
            .await?;
        let mut answered = BTreeMap::new();
        for row in rows {
            let Subject::Person(reader) = row.parsed(0, "fact", "subject")? else { continue };
            let inconsistent = StoreError::Inconsistent { table: "fact", column: "value" };
            let (record, until) = asked_about(&row.text(1)?).ok_or(inconsistent)?;
            let known = answered.entry((reader, record)).or_insert(until);
            *known = until.max(*known);
        }
        Ok(answered)
    }
}

fn asked_records(found: &[Question]) -> Vec<String> {
    let records: BTreeSet<RecordId> = found.iter().filter_map(|one| one.record).collect();
    records.iter().map(ToString::to_string).collect()
}

/// What stands in the fact that somebody was asked: which record, or many, and up to which moment.
pub fn asked_about(text: &str) -> Option<(Option<RecordId>, Moment)> {
    let (about, until) = text.split_once(' ')?;
    let record = if about == MANY { None } else { Some(about.parse().ok()?) };
    Some((record, until.parse().ok()?))
}

/// The same, written.
pub fn about_in_words(question: &Question) -> String {
    format!("{} {}", question.record.map_or_else(|| MANY.to_owned(), |record| record.to_string()), question.last)
}

/// For what somebody did with many records.
pub const MANY: &str = "many";

fn last_word(name: &str) -> String {
    name.split_whitespace().next_back().unwrap_or_default().to_owned()
}

/// From when until when a fact held; none where it never did.
fn held(row: &Row, at: usize) -> Result<Option<Held>, StoreError> {
    let (from, until): (Date, Option<Date>) =
        (row.parsed(at, "fact", "from_day")?, row.opt_parsed(at + 1, "fact", "until_day")?);
    Ok(until.is_none_or(|until| until > from).then_some(Held { from, until }))
}
