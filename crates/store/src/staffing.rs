//! Acts about a member of staff: that they move or leave, and what they carry is handed on; and who stands in for whom.
//!
//! The organisation's own record opens to nobody by a relation to a child, so a manager who says that somebody of their
//! team leaves is asked about as about a child of that team: the same pure decision, with the member of staff in the
//! child's place.

use jiff::civil::Date;
use policy::Capability;
use record::{
    PersonId, RecordId, TeamId,
    access::{Decision, Situation},
    cover::Cover,
    fact::Subject,
};

use crate::{
    door::{Grant, Refused, Tx, Write},
    drafts::Draft,
    engine::{StoreError, args, placeholder_list},
    facts::args_of,
};

/// Permission to say something about one member of staff in the organisation's record, within one transaction.
pub struct StaffGrant<'tx> {
    /// To write it there.
    pub grant: Grant<'tx, Write>,
    person: PersonId,
}

impl StaffGrant<'_> {
    /// About whom.
    pub const fn person(&self) -> PersonId {
        self.person
    }
}

/// A child whom a member of staff carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The child's record.
    pub record: RecordId,
    /// The team that it is allocated to.
    pub team: Option<TeamId>,
    /// Whether they hold the case file too.
    pub holds_file: bool,
}

impl Tx {
    /// May this be said of this member of staff? Writes the leaf of a no.
    ///
    /// # Errors
    /// [`Refused::Closed`] for somebody whom this person has nothing to say of.
    pub async fn authorise_staff(&self, action: Write, person: PersonId) -> Result<StaffGrant<'_>, Refused> {
        let Some(organisation) = self.organisation().await? else { return Err(Refused::Closed) };
        let rows = self
            .query(
                // Of whoever has left, the team that they were in last.
                "select value from fact where record = $1 and subject = $2 and kind = 'staff-team' and value <> ''
                 and from_day <= $3 and (until_day is null or until_day > from_day) order by place desc limit 1",
                args![organisation, Subject::Person(person), self.now().day()],
            )
            .await?;
        let mut situation = Situation { workers: [person].into(), ..Situation::default() };
        for row in rows {
            situation.teams.extend(row.text(0)?.split(' ').filter_map(|team| team.parse::<TeamId>().ok()));
        }
        let decision = self.decide(action.0, Some(&situation)).await?;
        match (decision, self.record_row(organisation).await?) {
            (Decision::Allow(relation), Some(row)) => {
                Ok(StaffGrant { grant: Grant::given(self, organisation, row, action, relation)?, person })
            }
            (decision, _) => {
                let word = match decision {
                    Decision::Refuse(refusal) => refusal.name(),
                    Decision::Allow(_) => "absent",
                };
                self.refuse(action.0.name(), Some(organisation), word).await?;
                Err(Refused::Closed)
            }
        }
    }

    /// The children whom this member of staff carries on a day or from a later one, open records only. Tells which, not
    /// who they are.
    pub async fn carried(&self, staff: &StaffGrant<'_>, day: Date) -> Result<Vec<Carried>, StoreError> {
        self.query(
            "select distinct r.id, t.value, h.value from fact w join record r on r.id = w.record
             left join fact t on t.record = r.id and t.subject = w.subject and t.kind = 'allocated-team'
               and t.from_day <= $2 and (t.until_day is null or t.until_day > $2)
             left join fact h on h.record = r.id and h.subject = w.subject and h.kind = 'file-holder' and h.value = $1
               and h.from_day <= $2 and (h.until_day is null or h.until_day > $2)
             where w.kind = 'allocated-worker' and w.value = $1 and (w.until_day is null or (w.until_day > $2 and w.until_day > w.from_day))
               and not exists (select 1 from fact c where c.record = r.id and c.subject = w.subject and c.kind = 'record-status'
                 and c.value = 'closed' and c.from_day <= $2 and (c.until_day is null or c.until_day > $2))
             order by 1",
            args![staff.person, day],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(Carried {
                record: row.parsed(0, "record", "id")?,
                team: row.opt_parsed(1, "fact", "value")?,
                holds_file: row.opt_text(2)?.is_some(),
            })
        })
        .collect()
    }

    /// To hand on a child whom this member of staff carries: part of saying that they move or leave, for whoever may say
    /// that, in whichever team the child is. It opens the record for the new allocation and for nothing else.
    ///
    /// # Errors
    /// [`Refused::Closed`] for a child whom they do not carry.
    pub async fn hand_on(&self, staff: &StaffGrant<'_>, record: RecordId) -> Result<Grant<'_, Write>, Refused> {
        let carries = self
            .query(
                "select 1 from fact where record = $1 and subject = $2 and kind = 'allocated-worker' and value = $3
                 and (until_day is null or (until_day > $4 and until_day > from_day)) limit 1",
                args![record, Subject::Record(record), staff.person, self.now().day()],
            )
            .await?;
        let Some(row) = self.record_row(record).await?.filter(|_| !carries.is_empty()) else {
            self.refuse("hand-on", None, "no-relation").await?;
            return Err(Refused::Closed);
        };
        Ok(Grant::given(self, record, row, staff.grant.action(), staff.grant.relation())?)
    }

    /// Every cover that holds on some day from `from` until `until`: who, for whom, when. Names no child.
    pub async fn covers_between(&self, from: Date, until: Date) -> Result<Vec<Cover>, StoreError> {
        self.query(
            "select distinct f.other, f.value, f.from_day, f.until_day from fact f
             where f.kind = 'covered-by' and f.other is not null and f.from_day < $2 and f.until_day > $1 and f.until_day > f.from_day
               and exists (select 1 from fact w where w.record = f.record and w.subject = f.subject and w.kind = 'allocated-worker'
                 and w.value = f.other and w.from_day < f.until_day and (w.until_day is null or w.until_day > f.from_day))
             order by 3, 4, 1, 2",
            args![from, until],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(Cover {
                worker: row.parsed(0, "fact", "other")?,
                deputy: row.parsed(1, "fact", "value")?,
                from: row.parsed(2, "fact", "from_day")?,
                until: row.parsed(3, "fact", "until_day")?,
            })
        })
        .collect()
    }

    /// The open drafts of a member of staff in these records: that they exist and how old they are, never what they
    /// say. The records come from a list that the door has filtered.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not see that drafts exist.
    pub async fn drafts_of(&self, author: PersonId, records: &[RecordId]) -> Result<Vec<Draft>, Refused> {
        self.permit(Capability::SeeDrafts).await?;
        let mut drafts = self.drafts("d.author = $1", args![author]).await?;
        drafts.retain(|draft| records.contains(&draft.front));
        Ok(drafts)
    }

    /// The open drafts of anybody in these records: that they exist, whose they are and how old, never what they say. The
    /// records come from a list that the door has filtered.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who may not see that drafts exist.
    pub async fn drafts_in(&self, records: &[RecordId]) -> Result<Vec<Draft>, Refused> {
        self.permit(Capability::SeeDrafts).await?;
        let open: Vec<_> = self.may_in(Capability::SeeDrafts, records).await?.into_iter().collect();
        let mut drafts = Vec::new();
        for some in open.chunks(400) {
            let which = format!("d.front in ({})", placeholder_list(1, some.len()));
            drafts.extend(self.drafts(&which, args_of(some.iter().copied())).await?);
        }
        Ok(drafts)
    }

    /// The shifts of duty that began yesterday or begin later: the day, the person, the code of the hours.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for somebody who plans no duty.
    pub async fn duty_shifts(&self) -> Result<Vec<(Date, PersonId, String)>, Refused> {
        self.permit(Capability::PlanDuty).await?;
        let Some(organisation) = self.organisation().await? else { return Ok(Vec::new()) };
        let yesterday = self.now().day().yesterday().unwrap_or(self.now().day());
        let rows = self
            .query(
                "select from_day, subject, value from fact where record = $1 and kind = 'duty-shift' and value <> ''
                 and from_day >= $2 and (until_day is null or until_day > from_day) order by from_day, subject",
                args![organisation, yesterday],
            )
            .await?;
        let mut shifts = Vec::new();
        for row in rows {
            if let Subject::Person(person) = row.parsed(1, "fact", "subject")? {
                shifts.push((row.parsed(0, "fact", "from_day")?, person, row.text(2)?));
            }
        }
        Ok(shifts)
    }

    /// The record of a person, to be opened by whoever is on duty now.
    ///
    /// # Errors
    /// [`Refused::NoRight`] for everybody else.
    pub async fn record_for_duty(&self, person: PersonId) -> Result<Option<RecordId>, Refused> {
        self.permit(Capability::OpenOnDuty).await?;
        let rows = self.query("select id from record where holder = $1 and kind = 'child'", args![person]).await?;
        Ok(rows.first().map(|row| row.parsed(0, "record", "id")).transpose()?)
    }

    /// Closes the account of somebody who leaves, and ends their sessions; no harm where there is none.
    ///
    /// # Errors
    /// [`Refused::Closed`] for somebody who may not say that they leave.
    pub async fn close_account_of_leaver(&self, person: PersonId) -> Result<(), Refused> {
        self.authorise_staff(Write(Capability::ChangeStaff), person).await?;
        if !self.query("select 1 from account where person = $1 and state = 'open'", args![person]).await?.is_empty() {
            self.close_account(person);
        }
        Ok(())
    }
}
