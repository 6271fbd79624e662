//! An authority that does not exist, and a month of its readings: who opened what, as people at work do. Among them some
//! whom their work did not bring there.
//!
//! Nothing here knows the rule or its limits. How often people come, how late they work and what they forget to write down
//! is drawn from ranges that are said beside it, and they cross the limits in both directions.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use jiff::{
    Span, ToSpan as _,
    civil::{Date, Time, Weekday, date},
};
use record::{
    Chance, Moment, PersonId, RecordId, TeamId,
    looked::{
        How,
        questions::{Held, Known, Near, Seen, Tied},
    },
};

/// Chance from a seed.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5bf0_3635)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).expect("it is below a usize")
    }

    fn of(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    fn number(&mut self, range: RangeInclusive<usize>) -> i64 {
        i64::try_from(self.of(range)).expect("a small number")
    }

    fn days(&mut self, range: RangeInclusive<usize>) -> Span {
        self.number(range).days()
    }

    fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Few numbers come up often and most seldom, as with names and with families in crisis.
    fn uneven(&mut self, most: usize) -> usize {
        let (a, b) = (self.below(most), self.below(most));
        let c = self.below(most);
        a.min(b).min(c)
    }
}

impl Chance for Dice {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next().to_le_bytes()[0];
        }
    }
}

const FIRST: Date = date(2026, 10, 26);
const DAYS: usize = 30;
const TEAMS: usize = 40;
const WORKERS: usize = 8;
const CHILDREN: usize = 14;
const SURNAMES: usize = 4_000;

/// What somebody did, who, and with which record; none for many.
type Plant = (&'static str, Staff, Option<RecordId>);

/// Somebody at work.
#[derive(Clone, Copy)]
struct Staff {
    person: PersonId,
    surname: usize,
    team: usize,
}

struct Team {
    id: TeamId,
    manager: Staff,
    senior: Staff,
    workers: Vec<Staff>,
}

#[derive(Clone, Copy)]
struct Child {
    record: RecordId,
    surname: usize,
    team: usize,
    worker: usize,
}

/// The month.
pub struct Month {
    dice: Dice,
    teams: Vec<Team>,
    children: Vec<Child>,
    /// The places of the children of each team and worker.
    of_worker: BTreeMap<(usize, usize), Vec<usize>>,
    heads: Vec<Staff>,
    governance: Vec<Staff>,
    nights: Vec<Staff>,
    front_door: Vec<Staff>,
    pub seen: Vec<Seen>,
    pub known: Known,
    /// What each planted snoop did: kind, who, with which record (none for what they did with many).
    pub planted: Vec<(&'static str, PersonId, Option<RecordId>)>,
    snoops: BTreeSet<PersonId>,
}

fn made() -> Moment {
    Moment::of_london(date(2024, 1, 1), Time::midnight())
}

impl Month {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut known = Known::default();
        let always = Held { from: date(2024, 1, 1), until: None };
        let hire = |dice: &mut Dice, team: usize| Staff {
            person: PersonId::new(made(), dice),
            surname: dice.uneven(SURNAMES),
            team,
        };
        let teams: Vec<Team> = (0..TEAMS)
            .map(|team| Team {
                id: TeamId::new(made(), &mut dice),
                manager: hire(&mut dice, team),
                senior: hire(&mut dice, team),
                workers: (0..WORKERS).map(|_| hire(&mut dice, team)).collect(),
            })
            .collect();
        for team in &teams {
            for one in team.workers.iter().chain([&team.manager, &team.senior]) {
                known.teams.entry(one.person).or_default().push((team.id, always));
            }
            for one in [team.manager, team.senior] {
                known.oversee.entry(team.id).or_default().push((one.person, always));
            }
        }
        let group = |dice: &mut Dice, many: usize| (0..many).map(|_| hire(dice, usize::MAX)).collect::<Vec<_>>();
        let heads = group(&mut dice, 8);
        let governance = group(&mut dice, 5);
        let nights = group(&mut dice, 10);
        let front_door = group(&mut dice, 12);
        let (mut children, mut of_worker) = (Vec::new(), BTreeMap::<_, Vec<usize>>::new());
        for (team, of_team) in teams.iter().enumerate() {
            for worker in 0..WORKERS {
                let mut left = CHILDREN;
                while left > 0 {
                    let siblings = dice.of(1..=3).min(left);
                    left -= siblings;
                    let surname = dice.uneven(SURNAMES);
                    for _ in 0..siblings {
                        let record = RecordId::new(made(), &mut dice);
                        of_worker.entry((team, worker)).or_default().push(children.len());
                        children.push(Child { record, surname, team, worker });
                        let from = FIRST.saturating_sub(dice.days(40..=700));
                        let held = Held { from, until: None };
                        let tied = known.tied.entry(record).or_default();
                        tied.push((Tied::Team(of_team.id), held));
                        tied.push((Tied::Person(of_team.workers[worker].person), held));
                    }
                }
            }
        }
        let (seen, planted, snoops) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut month = Self {
            dice,
            teams,
            children,
            of_worker,
            heads,
            governance,
            nights,
            front_door,
            seen,
            known,
            planted,
            snoops,
        };
        month.say_who_is_near();
        month
    }

    /// Staff with a rare surname of a family, as whoever loads it would find.
    fn say_who_is_near(&mut self) {
        let mut families: BTreeMap<usize, Vec<RecordId>> = BTreeMap::new();
        for child in &self.children {
            families.entry(child.surname).or_default().push(child.record);
        }
        let staff: Vec<Staff> = self.everybody();
        for one in staff {
            let Some(records) = families.get(&one.surname).filter(|records| records.len() < 10) else { continue };
            for record in records {
                self.known.near.insert((*record, one.person), Near::Name(format!("Name{}", one.surname)));
            }
        }
    }

    fn everybody(&self) -> Vec<Staff> {
        let of_teams = self.teams.iter().flat_map(|team| team.workers.iter().chain([&team.manager, &team.senior]));
        let others = self.heads.iter().chain(&self.governance).chain(&self.nights).chain(&self.front_door);
        of_teams.chain(others).copied().collect()
    }

    fn look(&mut self, who: Staff, record: RecordId, at: Moment, how: How, because: &str) {
        self.seen.push(Seen { reader: who.person, record, at, how, because: because.to_owned() });
    }

    /// Some pages of one record, one after the other.
    fn pages(&mut self, who: Staff, record: RecordId, at: Moment, pages: usize, because: &str) {
        let mut at = at;
        for _ in 0..pages {
            self.look(who, record, at, How::Opened, because);
            at = at.plus_seconds(self.dice.number(20..=240));
        }
    }

    fn wrote(&mut self, who: Staff, record: RecordId, day: Date) {
        self.known.wrote.entry((record, who.person)).or_default().insert(day);
    }

    /// In the hours of an office, with some evenings.
    fn at_work(&mut self, day: Date) -> Moment {
        let evening = self.dice.percent(5);
        let hour = if evening { self.dice.of(19..=22) } else { self.dice.of(8..=17) };
        self.moment(day, hour)
    }

    fn moment(&mut self, day: Date, hour: usize) -> Moment {
        let minutes = i64::try_from(hour).expect("an hour of a day") * 60 + self.dice.number(0..=58);
        Moment::of_london(day, Time::midnight().saturating_add(minutes.minutes()))
    }

    fn any_day(&mut self) -> Date {
        FIRST.saturating_add(self.dice.days(0..=DAYS - 1))
    }

    fn child_of_team(&mut self, team: usize) -> (usize, Child) {
        let worker = self.dice.below(WORKERS);
        let at = self.dice.pick(&self.of_worker[&(team, worker)].clone());
        (at, self.children[at])
    }

    fn colleagues_child(&mut self, who: Staff) -> Child {
        loop {
            let (_, child) = self.child_of_team(who.team);
            if self.teams[who.team].workers[child.worker].person != who.person {
                return child;
            }
        }
    }

    fn strangers_child(&mut self, who: Staff) -> Child {
        loop {
            let child = self.dice.below(self.children.len());
            if self.children[child].team != who.team {
                return self.children[child];
            }
        }
    }
}

/// Innocent work.
impl Month {
    /// Day for day until there are so many readings.
    pub fn work(&mut self, readings: usize) {
        self.reallocate();
        let mut day = FIRST;
        for nth in 0..DAYS {
            if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                for team in 0..TEAMS {
                    self.team_at_work(team, day);
                }
                self.offices(day);
            }
            self.night(day, nth);
            day = day.saturating_add(1.day());
        }
        // The month is as long as that; what lies above the number is left out evenly.
        while self.seen.len() > readings {
            let at = self.dice.below(self.seen.len());
            self.seen.swap_remove(at);
        }
    }

    fn team_at_work(&mut self, team: usize, day: Date) {
        let on_duty = self.dice.below(WORKERS);
        for at in 0..WORKERS {
            let worker = self.teams[team].workers[at];
            let own = self.of_worker[&(team, at)].clone();
            for _ in 0..self.dice.of(1..=5) {
                let child = self.children[self.dice.pick(&own)];
                let pages = self.dice.of(1..=5);
                // One in a hundred writes up at night what they do with their own children.
                let when = if self.dice.percent(1) { self.moment(day, 23) } else { self.at_work(day) };
                self.pages(worker, child.record, when, pages, "allocated");
                if self.dice.percent(60) {
                    self.wrote(worker, child.record, day);
                }
                if self.dice.percent(2) {
                    let when = self.at_work(day);
                    self.look(worker, child.record, when, How::Printed, "allocated");
                }
            }
            // The day's duty takes calls about children of colleagues; some of it is written down by whoever has the child.
            let others = if at == on_duty { self.dice.of(1..=5) } else { usize::from(self.dice.percent(10)) };
            for _ in 0..others {
                let child = self.colleagues_child(worker);
                let (when, pages) = (self.at_work(day), self.dice.of(1..=3));
                self.pages(worker, child.record, when, pages, "team");
                if self.dice.percent(50) {
                    self.wrote(worker, child.record, day);
                }
            }
            // Somebody who stands in for a colleague for this week.
            if at < 3 && usize::from(day.day().unsigned_abs()) / 7 == at {
                let of_colleague = self.of_worker[&(team, at + 1)].clone();
                let child = self.children[self.dice.pick(&of_colleague)];
                let when = self.at_work(day);
                self.pages(worker, child.record, when, 2, "covers");
            }
            // An old link, a number that was mistyped.
            if self.dice.percent(2) {
                let child = self.strangers_child(worker);
                let when = self.at_work(day);
                for _ in 0..self.dice.of(1..=2) {
                    self.look(worker, child.record, when, How::Refused, "no-relation");
                }
            }
        }
        let (manager, senior) = (self.teams[team].manager, self.teams[team].senior);
        for _ in 0..self.dice.of(3..=9) {
            let (_, child) = self.child_of_team(team);
            let (when, pages) = (self.at_work(day), self.dice.of(1..=3));
            self.pages(manager, child.record, when, pages, "manages");
        }
        for _ in 0..self.dice.of(2..=6) {
            let (_, child) = self.child_of_team(team);
            let (when, pages) = (self.at_work(day), self.dice.of(1..=3));
            self.pages(senior, child.record, when, pages, "team");
        }
    }

    /// Heads of service, information governance, and the front door, which looks people up all day.
    fn offices(&mut self, day: Date) {
        for at in 0..self.heads.len() {
            let head = self.heads[at];
            for _ in 0..self.dice.of(0..=2) {
                let child = self.strangers_child(head);
                let (when, pages) = (self.at_work(day), self.dice.of(1..=6));
                self.pages(head, child.record, when, pages, "any");
                // A decision is written, or a use of the record; now and then neither.
                if self.dice.percent(95) {
                    let later = self.dice.days(0..=4);
                    self.wrote(head, child.record, day.saturating_add(later));
                }
            }
        }
        for at in 0..self.governance.len() {
            let officer = self.governance[at];
            if self.dice.percent(50) {
                let child = self.strangers_child(officer);
                let (when, pages) = (self.at_work(day), self.dice.of(3..=12));
                self.pages(officer, child.record, when, pages, "any");
                if self.dice.percent(95) {
                    let held = Held { from: day, until: Some(day.saturating_add(20.days())) };
                    self.known.tied.entry(child.record).or_default().push((Tied::Person(officer.person), held));
                }
            }
        }
        for at in 0..self.front_door.len() {
            let worker = self.front_door[at];
            for _ in 0..self.dice.of(5..=20) {
                // The same families come up again and again.
                let child = self.children[self.dice.uneven(self.children.len())];
                let when = self.at_work(day);
                self.look(worker, child.record, when, How::Found, "");
                if self.dice.percent(30) {
                    self.wrote(worker, child.record, day);
                }
            }
        }
    }

    /// Two are on duty each night and open what they are rung about.
    fn night(&mut self, day: Date, nth: usize) {
        for of_two in 0..2 {
            let worker = self.nights[(nth * 2 + of_two) % self.nights.len()];
            self.known.shifts.entry(worker.person).or_default().push((day, "1700-0830".to_owned()));
            for _ in 0..self.dice.of(1..=6) {
                let child = self.strangers_child(worker);
                let hour = self.dice.of(18..=23);
                let (when, pages) = (self.moment(day, hour), self.dice.of(1..=5));
                self.pages(worker, child.record, when, pages, "duty");
            }
        }
    }

    /// Children change hands: the one before looks in for a while, the next one has looked before.
    fn reallocate(&mut self) {
        for _ in 0..250 {
            let at = self.dice.below(self.children.len());
            let child = self.children[at];
            let day = self.any_day();
            let team = &self.teams[child.team];
            let (before, next) = (team.workers[child.worker], team.workers[(child.worker + 1) % WORKERS]);
            let tied = self.known.tied.entry(child.record).or_default();
            for (who, held) in tied.iter_mut() {
                if *who == Tied::Person(before.person) && held.until.is_none() {
                    held.until = Some(day);
                }
            }
            tied.push((Tied::Person(next.person), Held { from: day, until: None }));
            for days in [2, 5, 9, 15] {
                let when = day.saturating_add(days.days());
                let when = self.at_work(when);
                self.pages(before, child.record, when, 2, "team");
            }
            let earlier = self.at_work(day.saturating_sub(3.days()));
            self.pages(next, child.record, earlier, 3, "team");
        }
    }
}

/// What nobody's work explains.
impl Month {
    /// So many snoops, by turns of every kind.
    pub fn snoop(&mut self, many: usize) {
        type Kind = fn(&mut Month) -> Plant;
        const KINDS: [Kind; 11] = [
            Month::any_role,
            Month::refused,
            Month::restricted,
            Month::conflicted,
            Month::relative,
            Month::came_back,
            Month::ex_partner,
            Month::at_night,
            Month::in_bulk,
            Month::takes_out,
            Month::looks_up,
        ];
        // Of a child who was in the news, a crowd looks.
        for _ in 0..3 {
            self.crowd();
        }
        let mut turn = 0;
        while self.planted.len() < many {
            let (kind, who, record) = KINDS[turn % KINDS.len()](self);
            self.planted.push((kind, who.person, record));
            self.snoops.insert(who.person);
            turn += 1;
        }
    }

    /// Whether somebody is a snoop: the others are innocent.
    pub fn is_snoop(&self, person: PersonId) -> bool {
        self.snoops.contains(&person)
    }

    fn worker(&mut self) -> Staff {
        let team = self.dice.below(TEAMS);
        self.teams[team].workers[self.dice.below(WORKERS)]
    }

    /// A child of a colleague, in whose record they never wrote.
    fn never_written(&mut self, who: Staff) -> Child {
        loop {
            let child = self.colleagues_child(who);
            if !self.known.wrote.contains_key(&(child.record, who.person)) {
                return child;
            }
        }
    }

    fn on_days(&mut self, days: usize) -> Vec<Date> {
        let mut all: BTreeSet<Date> = BTreeSet::new();
        while all.len() < days {
            all.insert(self.any_day());
        }
        all.into_iter().collect()
    }

    fn any_role(&mut self) -> Plant {
        let all: Vec<Staff> = self.heads.iter().chain(&self.governance).copied().collect();
        let who = self.dice.pick(&all);
        let child = self.strangers_child(who);
        let days = self.dice.of(1..=5);
        for day in self.on_days(days) {
            let (when, pages) = (self.at_work(day), self.dice.of(2..=8));
            self.pages(who, child.record, when, pages, "any");
        }
        ("a role that opens every record", who, Some(child.record))
    }

    fn refused(&mut self) -> Plant {
        let who = self.worker();
        let child = self.strangers_child(who);
        let days = self.dice.of(2..=6);
        for day in self.on_days(days) {
            for _ in 0..self.dice.of(1..=3) {
                let when = self.at_work(day);
                self.look(who, child.record, when, How::Refused, "no-relation");
            }
        }
        ("tries a record that is not theirs", who, Some(child.record))
    }

    fn restricted(&mut self) -> Plant {
        let who = self.worker();
        let child = self.strangers_child(who);
        for _ in 0..self.dice.of(1..=4) {
            let day = self.any_day();
            let when = self.at_work(day);
            self.look(who, child.record, when, How::Refused, "restricted");
        }
        ("tries a restricted record", who, Some(child.record))
    }

    fn conflicted(&mut self) -> Plant {
        let who = self.worker();
        let child = self.colleagues_child(who);
        for _ in 0..self.dice.of(1..=6).max(self.dice.of(1..=6)) {
            let day = self.any_day();
            let when = self.at_work(day);
            self.look(who, child.record, when, How::Refused, "conflict");
        }
        ("tries the record of a family that they know", who, Some(child.record))
    }

    fn relative(&mut self) -> Plant {
        let who = self.worker();
        let child = self.colleagues_child(who);
        let near = if self.dice.percent(60) { Near::Named } else { Near::Name("Rare".to_owned()) };
        self.known.near.insert((child.record, who.person), near);
        let days = self.dice.of(1..=4);
        for day in self.on_days(days) {
            let (when, pages) = (self.at_work(day), self.dice.of(1..=4));
            self.pages(who, child.record, when, pages, "team");
        }
        ("is of the family, or a neighbour who is named", who, Some(child.record))
    }

    fn came_back(&mut self) -> Plant {
        let who = self.worker();
        let child = self.strangers_child(who);
        let ended = FIRST.saturating_sub(self.dice.days(35..=300));
        let held = Held { from: ended.saturating_sub(200.days()), until: Some(ended) };
        self.known.tied.entry(child.record).or_default().push((Tied::Person(who.person), held));
        let days = self.dice.of(2..=6);
        for day in self.on_days(days) {
            let when = self.at_work(day);
            self.look(who, child.record, when, How::Refused, "no-relation");
        }
        ("worked with the child once, and comes back", who, Some(child.record))
    }

    fn ex_partner(&mut self) -> Plant {
        let who = self.worker();
        let child = self.never_written(who);
        let days = self.dice.of(3..=12).max(self.dice.of(3..=12));
        for day in self.on_days(days) {
            let (when, pages) = (self.at_work(day), self.dice.of(1..=3));
            self.pages(who, child.record, when, pages, "team");
        }
        ("a child of a colleague, again and again", who, Some(child.record))
    }

    fn at_night(&mut self) -> Plant {
        let who = self.worker();
        let child = self.never_written(who);
        let nights = self.dice.of(1..=4);
        for day in self.on_days(nights) {
            let hour = self.dice.pick(&[0, 1, 2, 3, 4, 23, 23]);
            let (when, pages) = (self.moment(day, hour), self.dice.of(1..=6));
            self.pages(who, child.record, when, pages, "team");
        }
        ("at night, and not on duty", who, Some(child.record))
    }

    fn in_bulk(&mut self) -> Plant {
        let who = self.worker();
        let day = self.any_day();
        for _ in 0..self.dice.of(25..=70) {
            let child = self.colleagues_child(who);
            let when = self.at_work(day);
            self.pages(who, child.record, when, 1, "team");
        }
        ("goes through the team’s records", who, None)
    }

    fn takes_out(&mut self) -> Plant {
        let who = self.worker();
        let workers = &self.teams[who.team].workers;
        let at = workers.iter().position(|one| one.person == who.person).expect("a worker of their team");
        let day = self.any_day();
        let own = self.of_worker[&(who.team, at)].clone();
        for child in own.into_iter().take(self.dice.of(10..=CHILDREN)) {
            let when = self.at_work(day);
            self.look(who, self.children[child].record, when, How::Printed, "allocated");
        }
        ("prints everything before leaving", who, None)
    }

    fn looks_up(&mut self) -> Plant {
        let who = self.worker();
        let child = self.strangers_child(who);
        let days = self.dice.of(3..=9);
        for day in self.on_days(days) {
            let when = self.at_work(day);
            self.look(who, child.record, when, How::Found, "");
        }
        ("looks somebody up again and again", who, Some(child.record))
    }

    /// Some colleagues of other teams, within a few days.
    fn crowd(&mut self) {
        let child = self.children[self.dice.below(self.children.len())];
        let day = FIRST.saturating_add(self.dice.days(0..=20));
        for _ in 0..self.dice.of(6..=10) {
            let who = self.worker();
            if who.team == child.team || self.planted.iter().any(|(_, person, _)| *person == who.person) {
                continue;
            }
            let day = day.saturating_add(self.dice.days(0..=4));
            let (when, how) = (self.at_work(day), self.dice.pick(&[How::Found, How::Refused]));
            self.look(who, child.record, when, how, if how == How::Refused { "no-relation" } else { "" });
            self.planted.push(("one of a crowd", who.person, Some(child.record)));
            self.snoops.insert(who.person);
        }
    }
}
