//! Walks through a family's years: what happens in each phase, and how often.

use jiff::{Span, civil::Date};

use super::{
    course::{Kind, Phase},
    family::{Child, days_between, plus},
    teller::Teller,
};
use crate::past::Deed;

/// When the Alis moved to Fern Road.
pub(super) fn moved_in(today: Date) -> Date {
    today.saturating_sub(Span::new().months(26)).saturating_add(Span::new().days(1))
}

/// A family's whole story.
pub(super) fn tell(mut teller: Teller<'_>) -> Vec<Deed> {
    if teller.family.number == 0 {
        teller.alis();
    } else {
        teller.opening();
        teller.before();
        teller.care();
        for (nth, phase) in teller.family.phases.clone().into_iter().enumerate() {
            teller.phase(nth, phase);
        }
        teller.now_and_then();
        teller.details_again();
    }
    teller.plan_ahead();
    teller.finish()
}

impl<'a> Teller<'a> {
    fn phase(&mut self, nth: usize, phase: Phase) {
        let until = phase.until.unwrap_or(self.today);
        let before = nth.checked_sub(1).and_then(|nth| self.family.phases.get(nth)).map(|phase| phase.kind);
        let all = self.children_on(plus(phase.from, 30));
        match phase.kind {
            Kind::Assessment => {
                self.decide(phase.from, "decide-assess", &all, Some("Assessment begins"));
            }
            Kind::InNeed if before == Some(Kind::Protection) => {
                self.decide(phase.from, "decide-step-down", &all, Some("Child protection plan ends; help goes on"));
            }
            Kind::InNeed => {
                self.decide(phase.from, "decide-cin", &all, Some("Child in need plan agreed"));
                self.weigh(plus(phase.from, 7), &all);
            }
            Kind::Protection => {
                self.decide(
                    plus(phase.from, -14),
                    "decide-47",
                    &all,
                    Some("Enquiry into significant harm (section 47)"),
                );
                self.decide(plus(phase.from, -6), "decide-cp", &all, None);
                self.decide(phase.from, "decide-supervision", &all, Some("Child protection plan begins"));
                self.weigh(plus(phase.from, 3), &all);
            }
            Kind::Care if self.family.need != super::family::Need::Uasc => {
                self.decide(
                    plus(phase.from, -1),
                    "decide-care",
                    &all,
                    Some("Decision that the children be looked after"),
                );
            }
            Kind::Closed => {
                self.decide(plus(phase.from, -3), "decide-close", &all, None);
                self.closing(phase.from);
                return;
            }
            Kind::Care | Kind::Leaving => {}
        }
        for group in self.groups(phase) {
            self.visits_of(phase.kind, phase.from, until, &group, phase.until.is_none());
            self.notes_of(phase.kind, phase.from, until, &group);
            self.reviews_of(phase.kind, phase.from, until, &group);
        }
        self.every(phase.from, until, (75, 120), |teller, day| {
            let all = teller.children_on(day);
            teller.decide(day, "decide-supervision", &all, None);
        });
        if phase.kind == Kind::Care && days_between(phase.from, until) > 700 {
            for child in self.family.children.iter().filter(|child| !child.spells.is_empty()) {
                let day = plus(phase.from, self.dice.between(380, 640));
                self.decide(day, "decide-permanence", &[child], Some("Plan: to stay for good"));
            }
        }
    }

    /// Who is visited together in a phase: everybody at home; in care those who live together.
    pub(super) fn groups(&self, phase: Phase) -> Vec<Vec<&'a Child>> {
        let family = self.family;
        if !matches!(phase.kind, Kind::Care | Kind::Leaving) {
            return vec![family.children.iter().collect()];
        }
        let mut groups: Vec<Vec<&Child>> = Vec::new();
        for child in &family.children {
            let home = child.spells.last().map(|spell| &spell.home);
            match groups.iter_mut().find(|group| group[0].spells.last().map(|spell| &spell.home) == home) {
                Some(group) => group.push(child),
                None => groups.push(vec![child]),
            }
        }
        groups
    }

    /// Days in a stretch of time, so many days apart; fewer of them long ago, of which less is told here.
    fn every(&mut self, from: Date, until: Date, (least, most): (i32, i32), mut act: impl FnMut(&mut Self, Date)) {
        let mut day = plus(from, self.dice.between(least / 2, most));
        while day < until {
            act(self, day);
            let years = days_between(day, self.today) / 365;
            let thin = if self.family.dense {
                1
            } else {
                [1, 1, 2, 3, 3].get(usize::try_from(years).unwrap_or(0)).copied().unwrap_or(4)
            };
            day = plus(day, self.dice.between(least, most) * thin);
        }
    }

    fn visits_of(&mut self, kind: Kind, from: Date, until: Date, group: &[&'a Child], goes_on: bool) {
        let (visit, apart) = match kind {
            Kind::Assessment => ("assessment", (8, 13)),
            Kind::Protection => ("cp", (10, 14)),
            Kind::Care => ("cic", (32, 44)),
            Kind::Leaving => ("care-leaver", (42, 60)),
            _ => ("cin", (26, 42)),
        };
        let apart = if self.family.dense { (apart.0 / 2, apart.1 / 2) } else { apart };
        let first = if matches!(kind, Kind::Assessment | Kind::Care) { plus(from, 2) } else { from };
        if matches!(kind, Kind::Assessment | Kind::Care) {
            self.visit(first, group, visit, true);
        }
        // Of the visits that lie close before today the last is planned on its own, so that lists look real.
        let last = if goes_on { self.last_visit(kind) } else { until };
        self.every(first, plus(last, -6).min(until), apart, |teller, day| {
            let together = teller.dice.percent(85) || group.len() == 1;
            if together {
                teller.visit(day, group, visit, false);
            } else {
                for child in group {
                    teller.visit(day, &[*child], visit, false);
                }
            }
        });
        if goes_on && last > first {
            self.visit(last, group, visit, true);
        }
    }

    /// When a family with open records was last seen: mostly within four weeks, for some longer ago.
    fn last_visit(&mut self, kind: Kind) -> Date {
        let (usual, over) = match kind {
            Kind::Protection => (13, 24),
            Kind::Assessment => (9, 16),
            Kind::Leaving => (50, 74),
            _ => (27, 52),
        };
        let ago = if self.dice.percent(88) { self.dice.between(2, usual) } else { self.dice.between(usual + 2, over) };
        if ago > usual {
            let day = plus(self.today, -self.dice.between(4, 9));
            let all = self.children_on(day);
            self.away(day, &all);
        }
        plus(self.today, -ago)
    }

    fn notes_of(&mut self, kind: Kind, from: Date, until: Date, group: &[&'a Child]) {
        let apart = match kind {
            Kind::Assessment => (7, 12),
            Kind::Protection => (12, 22),
            Kind::Care => (35, 60),
            Kind::Leaving => (60, 100),
            _ => (30, 52),
        };
        let apart = if self.family.dense { (apart.0 / 2, apart.1 / 2) } else { apart };
        self.every(from, until, apart, |teller, day| teller.note(day, group));
        if kind == Kind::Protection {
            self.every(from, until, (38, 45), |teller, day| {
                if let Some(child) = group.iter().find(|child| child.school(day).is_some()).or(group.first()) {
                    teller.note_of("note-core", day, child, group);
                }
            });
        }
    }

    fn reviews_of(&mut self, kind: Kind, from: Date, until: Date, group: &[&'a Child]) {
        let (first, apart) = match kind {
            Kind::InNeed => (80, (85, 100)),
            Kind::Protection => (88, (160, 185)),
            Kind::Care => (26, (150, 185)),
            _ => return,
        };
        self.every(plus(from, first), until, apart, |teller, day| teller.review(day, group));
    }

    /// What happens rarely: missing, complaints, workers away, summaries, risk looked at again.
    fn now_and_then(&mut self) {
        let family = self.family;
        let (opened, end) = (
            family.opened(),
            family.phases.iter().find(|phase| phase.kind == Kind::Closed).map_or(self.today, |phase| phase.from),
        );
        let life = days_between(opened, end).max(2);
        if life > 60 && self.dice.percent(7) {
            let day = plus(opened, self.dice.between(30, life - 5));
            let all = self.children_on(day);
            self.complaint(day, &all);
        }
        if life > 120 {
            self.every(opened, end, (200, 700), |teller, day| {
                let all = teller.children_on(day);
                teller.away(day, &all);
            });
        }
        if life > 400 {
            self.every(plus(opened, 300), end, (300, 420), |teller, day| {
                let all = teller.children_on(day);
                teller.weigh(day, &all);
                for child in all {
                    teller.summary(plus(day, 4), child);
                }
            });
        }
        for child in &family.children {
            let often = match family.need {
                super::family::Need::Exploitation => 80,
                _ if child.spells.is_empty() => 1,
                _ => 9,
            };
            for _ in 0..3 {
                let day = plus(opened, self.dice.between(1, life - 1));
                if (12..18).contains(&child.age(day)) && child.opened < day && self.dice.percent(often) {
                    self.missing(day, child);
                }
            }
        }
    }
}
