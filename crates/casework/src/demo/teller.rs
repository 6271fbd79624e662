//! Tells a family's story: what is common to all that is told.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday, time};
use policy::Pack;
use record::{ActId, Moment, RecordId};

use super::{
    cast::{Cast, Staff},
    course::{Kind, tone},
    dice::Dice,
    family::{Child, Family, Need, plus},
    sheet::Sheet,
    words::{Deck, Drawn, Names, and},
};
use crate::past::Deed;

/// Somebody who tells one family's story.
pub(super) struct Teller<'a> {
    pub pack: &'a Pack,
    pub cast: &'a Cast,
    pub family: &'a Family,
    pub today: Date,
    pub dice: Dice,
    pub deck: Deck,
    pub deeds: Vec<Deed>,
    used: BTreeSet<(Date, Time)>,
}

/// When something was: the day and the time.
pub(super) type When = (Date, Time);

impl<'a> Teller<'a> {
    pub fn new(pack: &'a Pack, cast: &'a Cast, family: &'a Family, today: Date, dice: Dice) -> Self {
        Self { pack, cast, family, today, dice, deck: Deck::default(), deeds: Vec::new(), used: BTreeSet::new() }
    }

    /// The first working day from this day on, before today.
    pub fn working(&self, mut day: Date) -> Option<Date> {
        while !self.pack.calendar().is_working(day) {
            day = plus(day, 1);
        }
        (day < self.today).then_some(day)
    }

    /// A moment on or soon after a day, in these hours, at which nothing else happened.
    pub fn slot(&mut self, day: Date, (from, to): (i32, i32)) -> Option<When> {
        let day = self.working(day)?;
        for _ in 0..40 {
            let minutes = self.dice.between(from * 12, to * 12 - 1) * 5;
            if let (Ok(hour), Ok(minute)) = (i8::try_from(minutes / 60), i8::try_from(minutes % 60))
                && self.used.insert((day, time(hour, minute, 0, 0)))
            {
                return Some((day, time(hour, minute, 0, 0)));
            }
        }
        None
    }

    /// Notes that something happens at a moment that is given.
    pub fn take(&mut self, when: When) {
        self.used.insert(when);
    }

    /// When something of this moment was written down: the same day, or the next working morning.
    fn written(&mut self, (day, at): When) -> Moment {
        let next = self.working(plus(day, 1));
        let early = at.hour() < 15;
        let second = i8::try_from(self.dice.below(60)).unwrap_or(0);
        let minute = i8::try_from(self.dice.below(55)).unwrap_or(0);
        match next {
            Some(next) if !early || self.dice.percent(35) => {
                Moment::of_london(next, time(9 + i8::from(minute % 2 == 0), minute, second, 0))
            }
            _ if early => Moment::of_london(day, time(16, minute, second, 0)),
            _ => Moment::of_london(day, at).plus_seconds(3_000 + i64::from(minute) * 60 + i64::from(second)),
        }
    }

    /// Keeps what was filled in, about these children, by somebody, about this moment.
    pub fn keep(&mut self, form: &str, about: &[RecordId], by: &Staff, when: When, sheet: Sheet) {
        if about.is_empty() {
            return;
        }
        let mut written = self.written(when);
        let mut sheet = sheet;
        if matches!(form, "visit" | "case-note") && self.dice.percent(3) {
            let late = plus(when.0, self.dice.between(8, 13));
            if let (Some(day), Some(reason)) =
                (self.working(late), self.deck.text(&mut self.dice, "late-reason", &Names::default()))
            {
                written =
                    Moment::of_london(day, time(10, 5, 0, 0)).plus_seconds(i64::from(self.dice.between(0, 5_000)));
                sheet = sheet.put("late-reason", reason);
            }
        }
        self.keep_at(form, about, by, written, sheet);
    }

    /// Keeps what was filled in at this very moment.
    pub fn keep_at(&mut self, form: &str, about: &[RecordId], by: &Staff, written: Moment, sheet: Sheet) {
        self.deeds.push(Deed {
            act: ActId::new(written, &mut self.dice),
            form: form.to_owned(),
            written,
            author: Cast::author(by),
            about: about.to_vec(),
            typed: sheet.done(),
        });
    }

    /// The worker on a day.
    pub fn worker(&self, day: Date) -> &'a Staff {
        &self.cast.staff[self.family.worker(day).0]
    }

    /// The worker's manager on a day.
    pub fn manager(&self, day: Date) -> &'a Staff {
        self.cast.manager(self.family.worker(day).1, day)
    }

    /// Children whose records are open on a day.
    pub fn children_on(&self, day: Date) -> Vec<&'a Child> {
        self.family.children.iter().filter(|child| child.opened <= day).collect()
    }

    /// Whether the family's children are looked after on a day.
    pub fn in_care(&self, day: Date) -> bool {
        self.family.phase(day).is_some_and(|phase| phase.kind == Kind::Care)
    }

    pub fn tone(&mut self, day: Date) -> &'static str {
        tone(&self.family.phases, day, self.today, &mut self.dice)
    }

    /// The banks from which a day's sentences come.
    pub fn bank(&mut self, day: Date) -> &'static str {
        match self.family.phase(day).map(|phase| phase.kind) {
            Some(Kind::Leaving) => "leaving",
            Some(Kind::Care) if self.family.need != Need::Uasc => "care",
            _ => self.family.need.key(),
        }
    }

    /// Everybody's names on a day, for sentences about these children together.
    pub fn names(&self, children: &[&Child], day: Date) -> Names {
        let mut names = Names::default();
        let called: Vec<_> = children.iter().map(|child| child.given).collect();
        names.put("children", and(&called));
        let spell = children.first().and_then(|child| child.spell(day));
        let carer = spell.map(|spell| spell.carer).or(self.family.carer).and_then(|at| self.family.adults.get(at));
        if let Some(carer) = carer {
            names.put("carer", carer.given);
            let [she, upper, her, whom] =
                if carer.sex == "F" { ["she", "She", "her", "her"] } else { ["he", "He", "his", "him"] };
            names.put("cshe", she);
            names.put("cShe", upper);
            names.put("cher", her);
            names.put("chim", whom);
        }
        for (key, adult) in [("mother", self.family.mother()), ("father", self.family.father())] {
            if let Some(adult) = adult.filter(|adult| adult.died.is_none_or(|died| died > day)) {
                names.put(key, adult.given);
            }
        }
        if let Some(gran) = self.family.gran() {
            names.put("gran", gran.short());
        }
        if self.family.phase(day).is_some_and(|phase| phase.kind != Kind::Assessment) {
            names.put("plan", "the plan");
        }
        // Names that stand for nothing and let through the sentences that are true here.
        if children.len() > 1 {
            names.put("several", "");
        }
        if self.family.need == Need::Neglect {
            names.put("neglect", "");
        }
        names.put("health", self.family.health);
        names.put("worker", self.worker(day).first_name());
        names.put("manager", self.manager(day).first_name());
        names
    }

    /// The same, with one child in front.
    pub fn names_of(&self, child: &Child, children: &[&Child], day: Date) -> Names {
        let mut names = self.names(children, day);
        names.put("child", child.given);
        for (key, code) in [("mob", "MOB"), ("comm", "COMM"), ("aut", "AUT")] {
            if child.disability.contains(&code) {
                names.put(key, "");
            }
        }
        let [he, upper, his, him] = match child.sex {
            "F" => ["she", "She", "her", "her"],
            "M" => ["he", "He", "his", "him"],
            _ => ["it", "It", "its", "it"],
        };
        names.put("he", he);
        names.put("He", upper);
        names.put("his", his);
        names.put("him", him);
        if let Some((school, teacher)) = child.school(day) {
            names.put("school", school);
            names.put("teacher", teacher);
        }
        if let Some(other) = children.iter().find(|other| other.record != child.record && other.sex == "M") {
            names.put("brother", other.given);
        }
        names
    }

    pub fn draw(&mut self, section: &str, names: &Names) -> Option<Drawn> {
        self.deck.draw(&mut self.dice, section, names)
    }

    pub fn text(&mut self, section: &str, names: &Names) -> String {
        self.deck.text(&mut self.dice, section, names).unwrap_or_default()
    }

    /// The deeds in the order in which they were written.
    pub fn finish(mut self) -> Vec<Deed> {
        self.deeds.sort_by_key(|deed| deed.written);
        self.deeds
    }
}

/// The records of children.
pub(super) fn records(children: &[&Child]) -> Vec<RecordId> {
    children.iter().map(|child| child.record).collect()
}

/// A day some days on, not at a weekend.
pub(super) fn by(day: Date, days: i32) -> Date {
    let mut by = plus(day, days);
    while matches!(by.weekday(), Weekday::Saturday | Weekday::Sunday) {
        by = plus(by, 1);
    }
    by
}
