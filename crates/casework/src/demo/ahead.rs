//! What lies ahead: the visits that are planned, and what colleagues wrote lately that nobody has opened yet.

use jiff::civil::time;
use record::Moment;
use store::{Actor, Db, ListOf};

use super::{
    Invented,
    course::Kind,
    family::plus,
    sheet::Sheet,
    teller::{Teller, by, records},
};
use crate::desk::{CaseError, Desk};

/// For how many days what others wrote is news still: what is older the worker has opened.
const NEWS_DAYS: i64 = 6;

impl Teller<'_> {
    /// The next visit of a family with open records: most have one, a few are waiting to be recorded.
    pub fn plan_ahead(&mut self) {
        if self.family.number == 0 {
            return self.plan_of_the_alis();
        }
        let Some(phase) = self.family.phases.last().copied().filter(|phase| phase.until.is_none()) else { return };
        let (kind, most) = match phase.kind {
            Kind::Assessment => ("assessment", 9),
            Kind::Protection => ("cp", 12),
            Kind::Care => ("cic", 28),
            Kind::Leaving => ("care-leaver", 40),
            Kind::InNeed => ("cin", 26),
            Kind::Closed => return,
        };
        for group in self.groups(phase) {
            let group: Vec<_> = group.into_iter().filter(|child| child.opened < plus(self.today, -12)).collect();
            if group.is_empty() || self.dice.percent(14) {
                continue;
            }
            let days = if self.dice.percent(7) { -self.dice.between(1, 3) } else { self.dice.between(0, most) };
            let minutes = self.dice.between(18, 34);
            let at = time(i8::try_from(minutes / 2).unwrap_or(10), if minutes % 2 == 0 { 0 } else { 30 }, 0, 0);
            let worker = self.worker(self.today);
            let place = if group[0].spell(self.today).is_some() { "placement" } else { "home" };
            let sheet = Sheet::at((by(self.today, days), at))
                .put("kind", kind)
                .put("place", place)
                .person("visitor", worker.person)
                .put("joint", "alone");
            let written = Moment::of_london(plus(self.today, -10), time(16, 20, 0, 0));
            self.keep_at("planned-visit", &records(&group), worker, written, sheet);
        }
    }

    /// Today the social worker goes to the Alis with a colleague; they agreed who records it. Yesterday that colleague
    /// took a call.
    fn plan_of_the_alis(&mut self) {
        let all: Vec<_> = self.family.children.iter().collect();
        let worker = self.worker(self.today);
        let team = self.family.worker(self.today).1;
        let carrying = self.cast.carrying(team, self.today);
        let Some(colleague) =
            carrying.into_iter().map(|at| &self.cast.staff[at]).find(|other| other.person != worker.person)
        else {
            return;
        };
        let sheet = Sheet::at((self.today, time(15, 30, 0, 0)))
            .put("kind", "cp")
            .put("place", "home")
            .person("visitor", worker.person)
            .put("purpose", "What is in the kitchen, and how the mornings go")
            .put("joint", "agreed")
            .person("with", colleague.person)
            .person("recorder", worker.person);
        let written = Moment::of_london(plus(self.today, -5), time(11, 40, 0, 0));
        self.keep_at("planned-visit", &records(&all), worker, written, sheet);

        let yesterday = plus(self.today, -1);
        let sheet = Sheet::at((yesterday, time(16, 10, 0, 0)))
            .put("type", "telephone")
            .put("where", "The office")
            .named("people", "Mrs Patel", "Amira’s teacher at Fernside Primary School")
            .put("purpose", "The school rang while the social worker was out")
            .yes("interpreter", false)
            .passage(
                "account",
                ("told", Some("Mrs Patel")),
                "Amira told the class about the tea that Gran makes. She has been on time all week.",
                None,
            )
            .put("outcome", "Passed on to the social worker; nothing needs to be done today.");
        let written = Moment::of_london(yesterday, time(16, 45, 0, 0));
        self.keep_at("case-note", &[all[0].record], colleague, written, sheet);
    }
}

/// A colleague of the manager whose account the visitor has has begun to write up a visit.
pub(super) async fn begin_a_draft(db: &Db, invented: &Invented, now: Moment) -> Result<(), CaseError> {
    let Some(priya) = invented.cast.staff.iter().find(|staff| staff.username == Some("priya")) else { return Ok(()) };
    let desk = Desk::new(db.clone(), Actor::Person(priya.person), now.plus_seconds(-4_000));
    let Some(child) = crate::caseload::my_work(&desk).await?.children.into_iter().next() else { return Ok(()) };
    crate::recording::begin(&desk, child.record, "visit", None).await?;
    Ok(())
}

/// Everybody has opened what colleagues wrote in their children's records, but for the last days.
pub(super) async fn read_the_rest(db: &Db, now: Moment) -> Result<(), CaseError> {
    let desk = crate::organisation::job(db.clone(), "demonstration", now);
    let tx = desk.begin().await?;
    let children = tx.list(ListOf::Team, u32::MAX).await?;
    let unread = tx.unread_by_workers(&children.iter().map(|child| child.record).collect::<Vec<_>>()).await?;
    let old = unread.into_iter().filter(|one| now.seconds_since(one.written) > NEWS_DAYS * 86_400);
    tx.invent_seen(&old.map(|one| (one.whose, one.entry)).collect::<Vec<_>>());
    Ok(tx.commit().await?)
}
