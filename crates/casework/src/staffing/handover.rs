//! Handing on: some children of one worker to others, all of them when the worker leaves or moves. One act, so that no
//! child is ever between two workers.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use policy::{Capability, Pack, Relation};
use record::{
    ActId, PersonId, RecordId, TeamId, Typed,
    read::{NOT_OFFERED, standing},
    time::day_in_words,
    typed::Name,
};
use store::{Carried, Colleagues, Grant, StaffGrant, Tx, Write};

use super::{day_typed, name_of, problem};
use crate::desk::{Around, CaseError, Desk, nothing_in_the_way, retried, write};

/// To whom a child goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    /// To this member of staff.
    Worker(PersonId),
    /// To the manager of the child's team, until somebody is allocated.
    Manager,
    /// Stays where it is; with the worker who moves, it comes to the new team.
    Stays,
}

/// The box that says to whom all children go for whom nothing else is said.
pub const ALL: &str = "to";
/// The box of the reason.
pub const REASON: &str = "reason";
/// The box that says who manages a team from then on.
pub const NEXT_MANAGER: &str = "next-manager";

/// What was said about a handing-over.
#[derive(Clone, Debug)]
pub struct HandOver {
    /// From which day.
    pub day: Date,
    /// To whom all go for whom nothing else is said.
    pub all: Option<To>,
    /// To whom each goes.
    pub each: BTreeMap<RecordId, To>,
    /// Why.
    pub reason: String,
}

impl HandOver {
    /// Reads what was typed.
    ///
    /// # Errors
    /// [`CaseError::Problems`] at the box of the day or the reason.
    pub fn read(typed: &Typed, today: Date, needs_reason: bool) -> Result<Self, CaseError> {
        let at = Name::of(standing::HAPPENED).part("day");
        let day = day_typed(typed, standing::HAPPENED, today)
            .ok_or_else(|| problem(at.clone(), "Enter the day, like 27 3 2026"))?;
        if day < today {
            return Err(problem(at, "The day must be today or later"));
        }
        let reason = typed.get(&Name::of(REASON)).unwrap_or_default().to_owned();
        if needs_reason && reason.is_empty() {
            return Err(problem(Name::of(REASON), "Say why"));
        }
        let mut each = BTreeMap::new();
        for record in typed.records() {
            let name = Name::of(ALL).in_part_of(Some(record));
            if let Some(chosen) = typed.get(&name) {
                let to = to(chosen).ok_or_else(|| problem(name, NOT_OFFERED))?;
                each.insert(record, to);
            }
        }
        let all = match typed.get(&Name::of(ALL)) {
            None => None,
            Some(chosen) => Some(to(chosen).ok_or_else(|| problem(Name::of(ALL), NOT_OFFERED))?),
        };
        Ok(Self { day, all, each, reason })
    }

    fn of(&self, record: RecordId) -> Option<To> {
        self.each.get(&record).copied().or(self.all)
    }
}

fn to(text: &str) -> Option<To> {
    match text {
        "manager" => Some(To::Manager),
        "stays" => Some(To::Stays),
        person => person.parse().ok().map(To::Worker),
    }
}

/// Hands some children of a worker on to others. Every one of them is asked of the door as any allocation is.
///
/// # Errors
/// [`CaseError::Problems`] at the box of the child for whom it cannot be so; then no child is handed on.
pub async fn hand_over(desk: &Desk, act: ActId, worker: PersonId, typed: &Typed) -> Result<usize, CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(0);
        }
        let wanted = HandOver::read(typed, desk.now.day(), true)?;
        let staff = tx.authorise_staff(Write(Capability::ChangeStaff), worker).await?;
        let mut moves = Vec::new();
        for child in super::listed(&tx, worker).await? {
            if let Some(to) = wanted.of(child.record).filter(|to| *to != To::Stays) {
                let grant = tx.authorise(Write(Capability::Allocate), child.record, "hand-over").await?;
                moves.push((child.record, child.team, to, grant));
            }
        }
        if moves.is_empty() {
            return Err(problem(Name::of(ALL), "Choose who takes at least one of the children"));
        }
        let files: BTreeMap<RecordId, bool> =
            tx.carried(&staff, wanted.day).await?.into_iter().map(|one| (one.record, one.holds_file)).collect();
        let scene = Scene {
            desk,
            tx: &tx,
            act,
            colleagues: tx.colleagues().await?,
            worker,
            moved_to: None,
            managers: BTreeMap::new(),
        };
        tx.begin_act(act);
        let many = moves.len();
        let mut late = Vec::new();
        for (record, team, to, grant) in moves {
            let carried = Carried { record, team, holds_file: files.get(&record).copied().unwrap_or_default() };
            match scene.allocate(carried, to, &wanted, grant).await {
                Err(CaseError::SayWhyLate(more)) => late.extend(more),
                done => done?,
            }
        }
        nothing_in_the_way(Vec::new(), late)?;
        drop((scene, staff));
        tx.commit().await?;
        Ok(many)
    })
}

/// Records that a member of staff leaves: the account ends on that day, and each child whom they carry has somebody else
/// from that day on, all in one act (R-ACC-02, R-PPL-11).
///
/// Whoever records it need not be able to read the children. Of those whom they do not see, each goes to the manager of
/// its team until somebody is allocated.
///
/// # Errors
/// [`CaseError::Problems`] as long as one of the children seen has nobody, or a team that they manage has no manager.
pub async fn leave(desk: &Desk, act: ActId, worker: PersonId, typed: &Typed) -> Result<usize, CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(0);
        }
        if desk.actor.person() == Some(worker) {
            return Err(problem(
                Name::of(standing::HAPPENED).part("day"),
                "You cannot record your own leaving. Somebody else who manages staff can",
            ));
        }
        let wanted = HandOver::read(typed, desk.now.day(), false)?;
        let form = desk.form("leaver")?;
        let staff = tx.authorise_staff(Write(form.may_complete), worker).await?;
        let colleagues = tx.colleagues().await?;
        let Some(one) = colleagues.staff.get(&worker) else { return Err(CaseError::Closed) };
        let at = Name::of(standing::HAPPENED).part("day");
        if let Some(left) = one.leaves {
            return Err(problem(at, format!("{} leaves on {} already", one.name, day_in_words(left))));
        }
        let stands_in = tx.covers_between(wanted.day, Date::MAX).await?;
        if let Some(cover) = stands_in.iter().find(|cover| cover.deputy == worker) {
            let message = format!(
                "{} stands in for {} until {}. First let somebody else do that",
                one.name,
                name_of(&colleagues, cover.worker),
                day_in_words(cover.until)
            );
            return Err(problem(at, message));
        }
        let mut scene = Scene { desk, tx: &tx, act, colleagues, worker, moved_to: None, managers: BTreeMap::new() };
        tx.begin_act(act);
        scene.next_managers(typed, wanted.day, &staff).await?;
        let many = scene.hand_on_all(&wanted, &staff, None).await?;
        let typed = Typed::default().on_day(standing::HAPPENED, wanted.day).with("person", worker.to_string());
        let around = Around::of(&tx, form, &typed).await?;
        let organisation = staff.grant.record();
        write(desk, &tx, act, form, &typed, &around, &[(organisation, staff.grant)].into()).await?;
        if wanted.day <= desk.now.day() {
            tx.close_account_of_leaver(worker).await?;
        }
        drop(scene);
        tx.commit().await?;
        Ok(many)
    })
}

/// Records that a member of staff moves to another team from a day on, and what becomes of each child whom they carry.
///
/// # Errors
/// As [`leave`].
pub async fn move_to(desk: &Desk, act: ActId, worker: PersonId, typed: &Typed) -> Result<usize, CaseError> {
    retried!({
        let tx = desk.begin().await?;
        if !tx.done(act).await?.is_empty() {
            return Ok(0);
        }
        let wanted = HandOver::read(typed, desk.now.day(), false)?;
        let form = desk.form("mover")?;
        let staff = tx.authorise_staff(Write(form.may_complete), worker).await?;
        let colleagues = tx.colleagues().await?;
        let Some(one) = colleagues.staff.get(&worker) else { return Err(CaseError::Closed) };
        let team: Option<TeamId> = typed.get(&Name::of("team")).and_then(|team| team.parse().ok());
        let Some(team) = team.filter(|team| colleagues.teams.contains_key(team)) else {
            return Err(problem(Name::of("team"), "Choose the team"));
        };
        if one.team == Some(team) {
            return Err(problem(Name::of("team"), format!("{} is in this team already. Choose another", one.name)));
        }
        if let Some(left) = one.leaves.filter(|left| *left <= wanted.day) {
            let at = Name::of(standing::HAPPENED).part("day");
            return Err(problem(at, format!("{} leaves on {}", one.name, day_in_words(left))));
        }
        let mut scene =
            Scene { desk, tx: &tx, act, colleagues, worker, moved_to: Some(team), managers: BTreeMap::new() };
        tx.begin_act(act);
        scene.next_managers(typed, wanted.day, &staff).await?;
        let many = scene.hand_on_all(&wanted, &staff, Some(To::Stays)).await?;
        let boxes = Typed::default()
            .on_day(standing::HAPPENED, wanted.day)
            .with("person", worker.to_string())
            .with("team", team.to_string());
        let around = Around::of(&tx, form, &boxes).await?;
        let organisation = staff.grant.record();
        write(desk, &tx, act, form, &boxes, &around, &[(organisation, staff.grant)].into()).await?;
        drop(scene);
        tx.commit().await?;
        Ok(many)
    })
}

/// A handing-over under way.
struct Scene<'a> {
    desk: &'a Desk,
    tx: &'a Tx,
    act: ActId,
    colleagues: Arc<Colleagues>,
    worker: PersonId,
    /// The team to which the worker moves, where that is what is recorded.
    moved_to: Option<TeamId>,
    /// Who manages a team from then on, where that changes in the same act.
    managers: BTreeMap<TeamId, PersonId>,
}

impl Scene<'_> {
    /// The teams that the worker manages have another manager from that day on.
    async fn next_managers(&mut self, typed: &Typed, day: Date, staff: &StaffGrant<'_>) -> Result<(), CaseError> {
        let managed = self.colleagues.teams.iter().filter(|(_, team)| team.manager == Some(self.worker));
        let managed: Vec<_> = managed.map(|(id, team)| (*id, team.clone())).collect();
        if managed.is_empty() {
            return Ok(());
        }
        let at = Name::of(NEXT_MANAGER);
        let next = typed.get(&at).and_then(|next| next.parse().ok());
        let Some(next) = next.filter(|next| *next != self.worker) else {
            let names: Vec<_> = managed.iter().map(|(_, team)| team.name.as_str()).collect();
            return Err(problem(at, format!("Choose who manages {} from then on", names.join(" and "))));
        };
        self.fits(next, day, &at)?;
        let form = self.desk.form("team")?;
        for (id, team) in managed {
            let boxes = Typed::default()
                .on_day(standing::HAPPENED, day)
                .with("team", id.to_string())
                .with("name", team.name)
                .with("service", team.service)
                .with("manager", next.to_string());
            let around = Around::of(self.tx, form, &boxes).await?;
            let organisation = staff.grant.record();
            let again = self.tx.authorise_staff(staff.grant.action(), staff.person()).await?;
            write(self.desk, self.tx, self.act, form, &boxes, &around, &[(organisation, again.grant)].into()).await?;
            self.managers.insert(id, next);
        }
        Ok(())
    }

    /// Every child whom the worker carries from that day on. What is not said is a problem for a child whom this person
    /// sees; another goes to the manager of its team, or where the rest goes when the worker stays.
    async fn hand_on_all(
        &self,
        wanted: &HandOver,
        staff: &StaffGrant<'_>,
        unseen: Option<To>,
    ) -> Result<usize, CaseError> {
        let seen: Vec<RecordId> = super::listed(self.tx, self.worker).await?.iter().map(|child| child.record).collect();
        let mut many = 0;
        let (mut problems, mut late) = (Vec::new(), Vec::new());
        for carried in self.tx.carried(staff, wanted.day).await? {
            let to = match wanted.of(carried.record).filter(|_| seen.contains(&carried.record)) {
                Some(to) => to,
                None if seen.contains(&carried.record) => {
                    let at = Name::of(ALL).in_part_of(Some(carried.record));
                    problems.push(record::read::FieldProblem { at, message: "Choose who takes this child".to_owned() });
                    continue;
                }
                None => unseen.unwrap_or(To::Manager),
            };
            let at = Name::of(ALL).in_part_of(Some(carried.record));
            if to == To::Stays && self.moved_to.is_none() {
                problems.push(record::read::FieldProblem {
                    at,
                    message: "The child cannot stay with somebody who leaves. Choose who takes this child".to_owned(),
                });
                continue;
            }
            let grant = self.tx.hand_on(staff, carried.record).await?;
            match self.allocate(carried, to, wanted, grant).await {
                Ok(()) => many += 1,
                Err(CaseError::Problems(more)) => problems.extend(more),
                Err(CaseError::SayWhyLate(more)) => late.extend(more),
                Err(error) => return Err(error),
            }
        }
        nothing_in_the_way(problems, late)?;
        Ok(many)
    }

    /// One child's new allocation.
    async fn allocate(
        &self,
        carried: Carried,
        to: To,
        wanted: &HandOver,
        grant: Grant<'_, Write>,
    ) -> Result<(), CaseError> {
        let at = Name::of(ALL).in_part_of(Some(carried.record));
        let (next, for_now) = match to {
            To::Worker(next) => (next, false),
            To::Stays => (self.worker, false),
            To::Manager => (self.manager_of(carried.team, wanted.day, &at)?, true),
        };
        if to != To::Stays {
            if next == self.worker {
                let name = name_of(&self.colleagues, next);
                return Err(problem(at, format!("{name} has this child now. Choose somebody else")));
            }
            self.fits(next, wanted.day, &at)?;
        }
        let own = self.colleagues.staff.get(&next).and_then(|one| one.team);
        // A manager keeps the child for its team; anybody else brings their own.
        let team = match to {
            To::Manager => carried.team.or(own),
            To::Stays => self.moved_to.or(carried.team),
            To::Worker(_) => own.or(carried.team),
        };
        let Some(team) = team else {
            return Err(problem(at, "This child is in no team. Allocate the child from its own record"));
        };
        let reason = match (self.moved_to, wanted.reason.as_str()) {
            (_, given) if !given.is_empty() => given.to_owned(),
            (Some(_), _) => format!("{} moves to another team", name_of(&self.colleagues, self.worker)),
            (None, _) => format!("{} leaves", name_of(&self.colleagues, self.worker)),
        };
        let yes = |yes: bool| if yes { "yes" } else { "no" };
        let form = self.desk.form("allocation")?;
        let boxes = Typed::default()
            .on_day(standing::HAPPENED, wanted.day)
            .with("team", team.to_string())
            .with("has-worker", "yes")
            .with("worker", next.to_string())
            .with("file-holder", yes(carried.holds_file))
            .with("until-allocated", yes(for_now))
            .with("reason", reason);
        let around = Around::of(self.tx, form, &boxes).await?;
        write(self.desk, self.tx, self.act, form, &boxes, &around, &[(carried.record, grant)].into()).await?;
        Ok(())
    }

    fn manager_of(&self, team: Option<TeamId>, day: Date, at: &Name) -> Result<PersonId, CaseError> {
        let known = team.and_then(|team| {
            self.managers.get(&team).copied().or_else(|| self.colleagues.teams.get(&team).and_then(|team| team.manager))
        });
        known
            .filter(|manager| *manager != self.worker || self.moved_to.is_some())
            .filter(|manager| self.colleagues.staff.get(manager).is_some_and(|one| one.works_on(day)))
            .ok_or_else(|| {
                problem(
                    at.clone(),
                    "The child’s team has no manager who could keep the child. Choose who takes this child",
                )
            })
    }

    /// Whether somebody can have a child from that day on.
    fn fits(&self, next: PersonId, day: Date, at: &Name) -> Result<(), CaseError> {
        let Some(one) = self.colleagues.staff.get(&next) else {
            return Err(problem(at.clone(), NOT_OFFERED));
        };
        if let Some(left) = one.leaves.filter(|left| *left <= day) {
            return Err(problem(
                at.clone(),
                format!("{} leaves on {}. Choose somebody else", one.name, day_in_words(left)),
            ));
        }
        if !works_with_children(self.desk.pack(), &one.roles) {
            let message = format!("{}’s role does not include working with children. Choose somebody else", one.name);
            return Err(problem(at.clone(), message));
        }
        Ok(())
    }
}

/// Whether one of these roles opens a child to the worker who has it.
pub fn works_with_children(pack: &Pack, roles: &[String]) -> bool {
    roles
        .iter()
        .filter_map(|role| pack.role(role))
        .any(|role| role.may.contains(&(Capability::ReadRecord, Relation::Allocated)))
}
