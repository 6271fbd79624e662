//! People and records by what somebody asks for them: whose record is which, what they are called, their numbers, and what
//! they are to each other, as far as the door lets that be seen.

use std::collections::{BTreeMap, BTreeSet};

use policy::Capability;
use record::{EntryId, PersonId, RecordId, fact::Subject};

use crate::{
    door::{Action, Grant, Refused, Tx},
    engine::{Row, StoreError, args, as_json, placeholder_list, texts_of},
    facts::{Person, Scope, args_of},
    reach::Looks,
};

/// A connection between two people: what the other is to the subject, in the words of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The record that says so.
    pub record: RecordId,
    /// To whom.
    pub subject: PersonId,
    /// Who.
    pub other: PersonId,
    /// What the other is to the subject: a code.
    pub kind: String,
    /// The entry that says so.
    pub entry: EntryId,
}

/// A child's own record, whoever may read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OwnRecord {
    /// Which.
    pub record: RecordId,
    /// The child, or somebody who is one with them.
    pub person: PersonId,
    /// Its number.
    pub number: i64,
    /// Its version.
    pub version: i64,
    /// Whether it was found through who is one with them.
    pub twice: bool,
    /// Whether it is restricted, or closed by a conflict to whoever asks.
    pub closed_to_most: bool,
    /// Whether it is open to whoever asks.
    pub open: bool,
}

/// The condition that a record `r` is restricted, or closed by a conflict to the person `$2`, on the day `$1`.
pub(crate) const CLOSED_TO_MOST: &str = "exists (select 1 from fact f where f.record = r.id and f.subject = 'r' || r.id
    and f.kind in ('restriction', 'conflict') and (f.kind = 'restriction' or f.value = $2)
    and f.from_day <= $1 and (f.until_day is null or f.until_day > $1))";

impl Tx {
    /// The children's records of these people, as far as this person may read them, with their numbers. Of somebody who
    /// was made twice it is the record of who stands for them, where that is open.
    pub async fn records_of(&self, people: &[PersonId]) -> Result<Vec<(RecordId, PersonId, i64)>, StoreError> {
        Ok(self.open_of(self.own_records(people).await?))
    }

    /// The children's records of these people, whoever may read them, and of those who are one with them; first those of
    /// who stands for somebody, then by number.
    pub(crate) async fn own_records(&self, people: &[PersonId]) -> Result<Vec<OwnRecord>, StoreError> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let among = texts_of(self.db.engine(), 3);
        let mut args = args![self.now().day(), self.actor().person(), as_json(people)];
        let open = self.is_open(Capability::ReadRecord, Looks::AtFew, &mut args).await?;
        let sql = format!(
            "select r.id, r.whose, r.number, r.version, r.other,
             cast(case when {CLOSED_TO_MOST} then 1 else 0 end as bigint), cast(case when {open} then 1 else 0 end as bigint)
             from (select id, holder as whose, number, version, cast(1 as bigint) as other from record
                 where kind = 'child' and holder in ({among})
                 union all
                 select k.id, s.person, k.number, k.version, cast(case when t.person = t.one then 0 else 2 end as bigint)
                 from same_person s join same_person t on t.one = s.one join record k on k.holder = t.person and k.kind = 'child'
                 where s.person in ({among})) as r order by r.other, r.number"
        );
        let read = |row: &Row| {
            let (record, person) = (row.parsed(0, "record", "id")?, row.parsed(1, "record", "holder")?);
            let (twice, closed_to_most, open) = (row.int(4)? != 1, row.int(5)? == 1, row.int(6)? == 1);
            Ok(OwnRecord { record, person, number: row.int(2)?, version: row.int(3)?, twice, closed_to_most, open })
        };
        self.query(sql, args).await?.iter().map(read).collect()
    }

    /// Those of these that are open to this person, each with whose it is and its number: of whom something is shown.
    pub(crate) fn open_of(&self, mut own: Vec<OwnRecord>) -> Vec<(RecordId, PersonId, i64)> {
        own.retain(|own| own.open);
        self.lists(Capability::ReadRecord, own.iter().map(|own| (own.record, Some(own.version))));
        let twice: BTreeSet<PersonId> = own.iter().filter(|own| own.twice).map(|own| own.person).collect();
        let mut had = BTreeSet::new();
        own.retain(|own| !twice.contains(&own.person) || had.insert(own.person));
        own.sort_by_key(|own| own.number);
        own.into_iter().map(|own| (own.record, own.person, own.number)).collect()
    }

    /// What these people are to others, as it was said in other records than this one, as far as this person may read
    /// those: a connection is stored once, and read from both its sides.
    pub async fn connections_elsewhere<A: Action>(
        &self,
        grant: &Grant<'_, A>,
        people: &[PersonId],
    ) -> Result<Vec<Connection>, StoreError> {
        let mut all = Vec::new();
        for some in people.chunks(400) {
            let mut args = args![grant.record(), self.now().day()];
            args.extend(args_of(some.iter().copied()));
            args.extend(args_of(some.iter().map(|person| format!("p{person}"))));
            let (others, subjects) = (placeholder_list(3, some.len()), placeholder_list(3 + some.len(), some.len()));
            let rows = self
                .query(
                    format!(
                        "select f.record, f.subject, f.other, f.value, f.entry from fact f
                         where f.record <> $1 and f.kind = 'relationship' and f.from_day <= $2
                         and (f.until_day is null or f.until_day > $2) and (f.other in ({others}) or f.subject in ({subjects}))
                         order by f.place"
                    ),
                    args,
                )
                .await?;
            for row in rows {
                let Subject::Person(subject) = row.parsed(1, "fact", "subject")? else { continue };
                let Some(other) = row.opt_parsed(2, "fact", "other")? else { continue };
                all.push(Connection {
                    record: row.parsed(0, "fact", "record")?,
                    subject,
                    other,
                    kind: row.opt_text(3)?.unwrap_or_default(),
                    entry: row.parsed(4, "fact", "entry")?,
                });
            }
        }
        let open = self.readable(&all.iter().map(|one| one.record).collect::<Vec<_>>()).await?;
        all.retain(|one| open.contains(&one.record));
        Ok(all)
    }

    /// Those of these people who exist.
    pub async fn known_people(&self, people: &[PersonId]) -> Result<BTreeSet<PersonId>, StoreError> {
        if people.is_empty() {
            return Ok(BTreeSet::new());
        }
        self.query(
            format!("select id from person where id in ({})", placeholder_list(1, people.len())),
            args_of(people.iter().copied()),
        )
        .await?
        .iter()
        .map(|row| row.parsed(0, "person", "id"))
        .collect()
    }

    /// The record of a person, for sending an observation into it.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not send observations.
    pub async fn record_for_observation(&self, person: PersonId) -> Result<Option<RecordId>, Refused> {
        self.permit(Capability::SendObservation).await?;
        let rows = self.query("select id from record where holder = $1 and kind = 'child'", args![person]).await?;
        Ok(rows.first().map(|row| row.parsed(0, "record", "id")).transpose()?)
    }

    /// Whether this person has a record of their own, open to whoever asks or not.
    pub async fn has_record(&self, person: PersonId) -> Result<bool, StoreError> {
        let sql = "select 1 from record where holder = $1 and kind = 'child'
             union all select 1 from same_person s join same_person t on t.one = s.one
             join record r on r.holder = t.person and r.kind = 'child' where s.person = $1";
        Ok(!self.query(sql, args![person]).await?.is_empty())
    }

    /// What the children of these records are called, as far as this person may read them.
    pub async fn names_of_records(&self, records: &[RecordId]) -> Result<BTreeMap<RecordId, String>, StoreError> {
        let open: Vec<_> = self.readable(records).await?.into_iter().collect();
        if open.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self
            .query(
                format!("select id, holder from record where id in ({})", placeholder_list(1, open.len())),
                args_of(open.iter().copied()),
            )
            .await?;
        let holders = rows
            .iter()
            .map(|row| Ok((row.parsed(0, "record", "id")?, row.parsed(1, "record", "holder")?)))
            .collect::<Result<BTreeMap<RecordId, PersonId>, StoreError>>()?;
        self.called(&holders).await
    }

    /// The same for a list that shows them by name, whoever's caseload they are in: one leaf says which.
    pub async fn listed_by_name(
        &self,
        list: &'static str,
        records: &[RecordId],
    ) -> Result<BTreeMap<RecordId, String>, StoreError> {
        let names = self.names_of_records(records).await?;
        if !names.is_empty() {
            let shown: Vec<_> = names.keys().map(ToString::to_string).collect();
            self.leave(list, None, None, "", &shown, false);
        }
        Ok(names)
    }

    /// What the children are called whose records these are. Whoever calls this knows that the records are open.
    pub(crate) async fn called(
        &self,
        holders: &BTreeMap<RecordId, PersonId>,
    ) -> Result<BTreeMap<RecordId, String>, StoreError> {
        let who = self.people_by_id(&holders.values().copied().collect::<Vec<_>>(), Scope::OwnRecords).await?;
        let named =
            |person| who.get(person).and_then(|who: &Person| who.preferred.clone().or_else(|| who.name.clone()));
        Ok(holders.iter().filter_map(|(record, person)| Some((*record, named(person)?))).collect())
    }

    /// The record behind a number that a person typed, if they may read it. Of a number that nothing has the same is
    /// asked, so that the answer takes as long.
    pub async fn record_numbered(&self, number: i64) -> Result<Option<RecordId>, StoreError> {
        let rows = self.query("select id from record where number = $1 and kind = 'child'", args![number]).await?;
        let record = rows.first().map(|row| row.parsed(0, "record", "id")).transpose()?;
        let record = record.unwrap_or_else(|| RecordId::new(self.now(), &mut self.chance()));
        Ok(self.readable(&[record]).await?.into_iter().next())
    }

    /// The numbers of these people (R-PPL-08).
    pub async fn numbers<A: Action>(
        &self,
        _grant: &Grant<'_, A>,
        people: &[PersonId],
    ) -> Result<Vec<(PersonId, i64)>, StoreError> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        self.query(
            format!("select id, number from person where id in ({})", placeholder_list(1, people.len())),
            args_of(people.iter().copied()),
        )
        .await?
        .iter()
        .map(|row| Ok((row.parsed(0, "person", "id")?, row.int(1)?)))
        .collect()
    }
}
