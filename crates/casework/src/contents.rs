//! What an authority expects to find in a case, and what of it is there (R-GOV-05, R-GOV-06). Which things those are is
//! the pack's; here they are only looked for.

use jiff::civil::Date;
use policy::practice::Expected;
use record::{RecordId, fact::Fact};
use store::Read;

use crate::{
    desk::{CaseError, Desk},
    reading::{Header, plain_header},
};

/// Everything that is expected of a case, in the pack's order.
#[derive(Clone, Debug)]
pub struct Contents {
    /// Whose.
    pub header: Header,
    /// Each thing with what shows it.
    pub found: Vec<Found>,
    /// Whether the reader may see who has used the record.
    pub may_see_readings: bool,
}

/// One thing that is expected, with what shows that it is there.
#[derive(Clone, Debug)]
pub struct Found {
    /// What is expected.
    pub expected: Expected,
    /// Entries that stand: the form, how many, the day of the newest event.
    pub entries: Vec<(String, i64, Date)>,
    /// Facts of these kinds, past ones too, the newest of each kind last.
    pub facts: Vec<Fact>,
}

impl Found {
    /// Whether anything shows it. Who has used the record is always kept.
    pub fn is_there(&self) -> bool {
        self.expected.readings || !self.entries.is_empty() || !self.facts.is_empty()
    }
}

/// What a case has of what is expected of it.
///
/// # Errors
/// [`CaseError::Closed`] for a record that is closed to this reader or is not there.
pub async fn of(desk: &Desk, record: RecordId) -> Result<Contents, CaseError> {
    let tx = desk.begin().await?;
    let grant = tx.authorise(Read("read-contents"), record, "").await?;
    let header = plain_header(desk, &tx, &grant).await?;
    let stand = tx.forms_that_stand(&grant).await?;
    let may_see_readings = tx.may(policy::Capability::SeeReadings, &grant).await?;
    let mut found = Vec::new();
    for expected in desk.pack().contents() {
        let entries =
            expected.forms.iter().filter_map(|form| stand.iter().find(|(made, ..)| made == form).cloned()).collect();
        let mut facts = Vec::new();
        for kind in &expected.facts {
            facts.extend(tx.history(&grant, kind).await?.pop());
        }
        found.push(Found { expected: expected.clone(), entries, facts });
    }
    drop(grant);
    tx.commit().await?;
    Ok(Contents { header, found, may_see_readings })
}
