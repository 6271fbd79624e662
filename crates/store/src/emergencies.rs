//! Openings in an emergency: the record that somebody wants opened now, and the openings that nobody has asked about yet.

use jiff::civil::Date;
use policy::Capability;
use record::{EntryId, Moment, PersonId, RecordId, known, likeness::LookedFor};

use crate::{
    door::{Refused, Tx},
    engine::{StoreError, args, placeholder_list},
    facts::args_of,
};

/// By what somebody names a record that is not open to them.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// Its number.
    Number(i64),
    /// The child's name and date of birth.
    Child(LookedFor),
}

/// Somebody opened a record in an emergency, and nobody has asked about it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Which record.
    pub record: RecordId,
    /// The entry that says why.
    pub entry: EntryId,
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: Moment,
}

/// A restricted record, by its number alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestrictedRecord {
    /// Which.
    pub record: RecordId,
    /// Its number.
    pub number: i64,
    /// The code of its kind.
    pub kind: String,
    /// Since which day.
    pub since: Date,
}

impl Tx {
    /// The record that is wanted in an emergency, where these lead to one alone. It is for the door alone, which is asked
    /// next: nobody is told whether there is one.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who opens nothing in an emergency.
    pub async fn record_in_emergency(&self, wanted: &Wanted) -> Result<Option<RecordId>, Refused> {
        self.permit(Capability::OpenInEmergency).await?;
        let rows = match wanted {
            Wanted::Number(number) => {
                self.query("select id from record where number = $1 and kind = 'child'", args![*number]).await?
            }
            Wanted::Child(looked_for) => {
                let likely = self.likely(looked_for).await?;
                let people: Vec<PersonId> =
                    likely.into_iter().filter(|(_, like)| like.is_likely()).map(|(person, _)| person).collect();
                if people.is_empty() {
                    return Ok(None);
                }
                let list = placeholder_list(1, people.len());
                let sql = format!("select id from record where holder in ({list}) and kind = 'child'");
                self.query(sql, args_of(people)).await?
            }
        };
        match rows.as_slice() {
            [only] => Ok(Some(only.parsed(0, "record", "id")?)),
            _ => Ok(None),
        }
    }

    /// The restricted records of which this person decides who may open them, by number; one leaf says which.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who restricts none.
    pub async fn restricted_records(&self) -> Result<Vec<RestrictedRecord>, Refused> {
        self.permit(Capability::RestrictRecord).await?;
        let rows = self
            .query(
                "select r.id, r.number, f.value, f.from_day from fact f join record r on r.id = f.record and f.subject = 'r' || r.id
                 where f.kind = $1 and f.value <> '' and f.from_day <= $2 and (f.until_day is null or f.until_day > $2)
                 order by r.number",
                args![known::RESTRICTION, self.now().day()],
            )
            .await?;
        let all = rows.iter().map(|row| {
            Ok(RestrictedRecord {
                record: row.parsed(0, "record", "id")?,
                number: row.int(1)?,
                kind: row.text(2)?,
                since: row.parsed(3, "fact", "from_day")?,
            })
        });
        let mut all = all.collect::<Result<Vec<_>, StoreError>>()?;
        let records: Vec<_> = all.iter().map(|one| one.record).collect();
        let open = self.may_in(Capability::RestrictRecord, &records).await?;
        all.retain(|one| open.contains(&one.record));
        let shown: Vec<_> = all.iter().map(|one| one.record.to_string()).collect();
        self.leave("list-restricted", None, None, "", &shown, false);
        Ok(all)
    }

    /// The openings by others that wait for this person's review, the oldest first.
    pub async fn openings_to_review(&self) -> Result<Vec<Opening>, StoreError> {
        let rows = self
            .query(
                "select f.record, f.entry, f.other, f.value from fact f where f.kind = $1 and f.value <> ''
                 and f.from_day <= $2 and (f.until_day is null or f.until_day > $2) order by f.value, f.entry",
                args![known::OPENED_IN_EMERGENCY, self.now().day()],
            )
            .await?;
        let mut all = Vec::new();
        for row in &rows {
            let Some(by) = row.opt_parsed(2, "fact", "other")? else { continue };
            all.push(Opening {
                record: row.parsed(0, "fact", "record")?,
                entry: row.parsed(1, "fact", "entry")?,
                by,
                at: row.parsed(3, "fact", "value")?,
            });
        }
        all.retain(|opening| Some(opening.by) != self.actor().person());
        let records: Vec<_> = all.iter().map(|opening| opening.record).collect();
        let open = self.may_in(Capability::ReviewEmergency, &records).await?;
        all.retain(|opening| open.contains(&opening.record));
        Ok(all)
    }
}
