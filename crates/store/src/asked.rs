//! Requests to put something right: those that wait for an answer, for whoever may give one, and one's own with theirs.

use policy::Capability;
use record::{EntryId, Moment, PersonId, RecordId, known, right};

use crate::{
    door::Tx,
    engine::{Row, StoreError, args},
    right::HERE,
};

/// Somebody asked for something to be put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// In which record.
    pub record: RecordId,
    /// The request itself.
    pub entry: EntryId,
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: Moment,
    /// The answer, where it has one.
    pub answer: Option<EntryId>,
}

impl Tx {
    /// The requests without an answer in the records in which this person may put things right, the oldest first.
    pub async fn requests_to_answer(&self) -> Result<Vec<Request>, StoreError> {
        let rows = self
            .query(
                format!(
                    "select f.record, e.id, e.author, e.written, null from fact f join entry e on e.id = f.entry
                     where f.kind = $1 and f.value <> '' and f.from_day <= $2 and (f.until_day is null or f.until_day > $2) and {HERE}
                     order by e.written, e.id"
                ),
                args![known::CORRECTION_ASKED, self.now().day()],
            )
            .await?;
        self.open_requests(&rows, Capability::AmendEntry).await
    }

    /// What this person asked for since a moment, with the answers, the latest first.
    pub async fn own_requests(&self, since: Moment) -> Result<Vec<Request>, StoreError> {
        let Some(me) = self.actor().person() else { return Ok(Vec::new()) };
        let rows = self
            .query(
                format!(
                    "select e.record, e.id, e.author, e.written, (select min(a.entry) from answer a join entry x on x.id = a.entry
                         and x.form = $3 where a.value = e.id and length(a.value) = 26 and a.field = 'request')
                     from entry e where e.author = $1 and e.written >= $2 and e.form = $4 and {HERE} order by e.written desc, e.id"
                ),
                args![me, since, right::ANSWER_FORM, right::REQUEST_FORM],
            )
            .await?;
        self.open_requests(&rows, Capability::ReadRecord).await
    }

    async fn open_requests(&self, rows: &[Row], capability: Capability) -> Result<Vec<Request>, StoreError> {
        let all = rows
            .iter()
            .map(|row| {
                Ok(Request {
                    record: row.parsed(0, "entry", "record")?,
                    entry: row.parsed(1, "entry", "id")?,
                    by: row.parsed(2, "entry", "author")?,
                    at: row.parsed(3, "entry", "written")?,
                    answer: row.opt_parsed(4, "answer", "entry")?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let records: Vec<_> = all.iter().map(|one| one.record).collect();
        let open = self.may_in(capability, &records).await?;
        Ok(all.into_iter().filter(|one| open.contains(&one.record)).collect())
    }
}
