//! Staff, teams and people of support as they are now: by whom pages name colleagues.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use record::{PersonId, RecordId, TeamId, fact::Subject, known};

use crate::{
    door::{OPEN, Tx},
    engine::{StoreError, args},
};

/// The staff and teams of the organisation as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colleagues {
    /// Staff by their person.
    pub staff: BTreeMap<PersonId, Colleague>,
    /// Teams.
    pub teams: BTreeMap<TeamId, Team>,
    /// People of support: they are no staff, and nothing that asks for a member of staff offers or takes them.
    pub support: BTreeMap<PersonId, OfSupport>,
}

impl Colleagues {
    /// Whether somebody works here or is of support: in no child's life by that.
    pub fn knows(&self, person: PersonId) -> bool {
        self.staff.contains_key(&person) || self.support.contains_key(&person)
    }

    /// What somebody of support is called: «Sol Vane (support, of Careware)».
    pub fn of_support(&self, person: PersonId) -> Option<String> {
        self.support.get(&person).map(|one| format!("{} (support, of {})", one.name, one.works_for))
    }
}

/// Somebody of support.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfSupport {
    /// Full name.
    pub name: String,
    /// For whom they work.
    pub works_for: String,
    /// Whether they are of support no longer.
    pub left: bool,
}

/// A member of staff.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colleague {
    /// Full name.
    pub name: String,
    /// Designation.
    pub designation: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Team.
    pub team: Option<TeamId>,
    /// Whether they have left: still named under what they wrote, and no longer offered for anything new.
    pub left: bool,
    /// The day on which they leave, or left.
    pub leaves: Option<Date>,
}

impl Colleague {
    /// Whether they work here on a day.
    pub fn works_on(&self, day: Date) -> bool {
        self.leaves.is_none_or(|leaves| day < leaves)
    }
}

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// The service that it belongs to.
    pub service: String,
    /// Who manages it.
    pub manager: Option<PersonId>,
}

impl Tx {
    /// Staff and teams: what the pages need to name colleagues. Names of staff are no secret among staff.
    ///
    /// Worked out once for each version of the organisation's record and day: whoever changes staff or teams raises it.
    pub async fn colleagues(&self) -> Result<Arc<Colleagues>, StoreError> {
        let Some(organisation) = self.organisation().await? else { return Ok(Arc::default()) };
        let (version, day) = (self.organisation_version().await?, self.now().day());
        if let Some(known) = version.and_then(|version| self.db.known_colleagues(version, day)) {
            return Ok(known);
        }
        let all = Arc::new(self.colleagues_of(organisation).await?);
        if let Some(version) = version {
            self.db.know_colleagues(version, day, all.clone());
        }
        Ok(all)
    }

    async fn colleagues_of(&self, organisation: RecordId) -> Result<Colleagues, StoreError> {
        let rows = self
            .query(
                "select subject, kind, value, from_day from fact where record = $1
                 and kind in ('staff-name', 'designation', 'staff-role', 'staff-team', 'team-name', 'team-service', 'team-manager', 'account-status', 'support-name', 'support-of')
                 and (from_day <= $2 or kind = 'account-status') and (until_day is null or (until_day > $2 and until_day > from_day)) order by place",
                args![organisation, self.now().day()],
            )
            .await?;
        let mut all = Colleagues::default();
        let mut support: BTreeMap<PersonId, OfSupport> = BTreeMap::new();
        for row in rows {
            let value = row.opt_text(2)?.unwrap_or_default();
            let kind = row.text(1)?;
            match row.parsed(0, "fact", "subject")? {
                Subject::Person(person) if matches!(&*kind, known::SUPPORT_NAME | known::SUPPORT_OF) => {
                    let one = support.entry(person).or_default();
                    if kind == known::SUPPORT_NAME { one.name = value } else { one.works_for = value }
                }
                Subject::Person(person) => {
                    let one = all.staff.entry(person).or_default();
                    match kind.as_str() {
                        known::STAFF_NAME => one.name = value,
                        known::DESIGNATION => one.designation = value,
                        // In the order of their days, what was said last counts: today's, or one that lies ahead.
                        known::ACCOUNT_STATUS => {
                            one.leaves = if value == OPEN { None } else { Some(row.parsed(3, "fact", "from_day")?) };
                        }
                        known::STAFF_ROLE => one.roles = value.split(' ').map(str::to_owned).collect(),
                        known::STAFF_TEAM => one.team = value.split(' ').next_back().and_then(|team| team.parse().ok()),
                        _ => {}
                    }
                }
                Subject::Team(team) => {
                    let one = all.teams.entry(team).or_default();
                    match kind.as_str() {
                        known::TEAM_NAME => one.name = value,
                        known::TEAM_SERVICE => one.service = value,
                        known::TEAM_MANAGER => one.manager = value.parse().ok(),
                        _ => {}
                    }
                }
                Subject::Record(_) => {}
            }
        }
        let today = self.now().day();
        for (person, mut one) in support {
            one.left = all.staff.remove(&person).is_some_and(|status| !status.works_on(today));
            all.support.insert(person, one);
        }
        all.staff.retain(|_, one| !one.name.is_empty());
        for one in all.staff.values_mut() {
            one.left = !one.works_on(today);
        }
        Ok(all)
    }
}
