//! Readings that deserve a question: what somebody did with a record that their work does not explain.
//!
//! A question is no reproach. Whoever answers for access asks the person, and says what came of it; most have a reason that
//! no system knows. So a rule here says why it asks, in words, and prefers to keep silent: a list that is long is not read.
//!
//! What explains a reading: the record was theirs, they stood in, managed the team, were named, took it over or handed it
//! over, wrote in it around that day, worked with a brother or sister, or a use of the record was written down that names
//! them. From how much on the rest is asked about, the pack says. How the door let them in is taken from the leaf; what the
//! leaf does not say is worked out from facts as they were on that day.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::{
    ToSpan as _,
    civil::{Date, DateTime},
};
use policy::access::{Pattern, Questions, Threshold};

use super::How;
use crate::{
    access::shift,
    id::{PersonId, RecordId, TeamId},
    time::{Moment, day_in_words},
};

/// What somebody did with one record at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub reader: PersonId,
    /// Whose record.
    pub record: RecordId,
    /// When.
    pub at: Moment,
    /// In what way. What only a list showed is not among these, nor what a search showed among many.
    pub how: How,
    /// The relation through which it was open, or why it was refused, where the leaf says so.
    pub because: String,
}

/// From when until when something held; until that day, not on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// The first day.
    pub from: Date,
    /// The first day on which it does not hold any more.
    pub until: Option<Date>,
}

impl Held {
    /// Whether it held on the day.
    pub fn on(self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether it held on the day or so many days around it.
    fn near(self, day: Date, days: u32) -> bool {
        let days = i64::from(days).days();
        self.from <= day.saturating_add(days) && self.until.is_none_or(|until| day < until.saturating_add(days))
    }

    /// Where two of them overlap.
    #[must_use]
    pub fn and(self, other: Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let until = [self.until, other.until].into_iter().flatten().min();
        until.is_none_or(|until| from < until).then_some(Self { from, until })
    }
}

/// Who had work with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tied {
    /// This person: allocated, standing in, named, holding the file, or using it for something that is written down.
    Person(PersonId),
    /// This person works with a brother or sister, or with somebody of the same home.
    Relative(PersonId),
    /// Whoever is in this team.
    Team(TeamId),
}

/// Why a reader is near to the family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Near {
    /// They have this family name, which few have.
    Name(String),
    /// The record names them as somebody in the child's life.
    Named,
}

/// What is known beside the readings: of the records and the staff that they speak of.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Who had work with each record, and when.
    pub tied: BTreeMap<RecordId, Vec<(Tied, Held)>>,
    /// In which teams each reader was.
    pub teams: BTreeMap<PersonId, Vec<(TeamId, Held)>>,
    /// Who looked after the work of each team: managers, and seniors who see all of it.
    pub oversee: BTreeMap<TeamId, Vec<(PersonId, Held)>>,
    /// Shifts out of hours: the day on which each began, and its hours.
    pub shifts: BTreeMap<PersonId, Vec<(Date, String)>>,
    /// On which days somebody wrote in a record.
    pub wrote: BTreeMap<(RecordId, PersonId), BTreeSet<Date>>,
    /// Who is near to a family.
    pub near: BTreeMap<(RecordId, PersonId), Near>,
    /// What somebody was asked about already, up to this moment: one record, or many.
    pub answered: BTreeMap<(PersonId, Option<RecordId>), Moment>,
}

/// Why it is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// By which pattern.
    pub pattern: Pattern,
    /// How many: of what, the pattern says.
    pub count: usize,
    /// What goes with it: a day, a name.
    pub with: String,
}

/// Something to ask one person about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Whom.
    pub reader: PersonId,
    /// About which record; none for what they did with many.
    pub record: Option<RecordId>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The records: that one, or the many.
    pub records: BTreeSet<RecordId>,
    /// When it began.
    pub first: Moment,
    /// The last of it.
    pub last: Moment,
}

/// What explains a reading, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Nothing,
    /// It is a child of their team.
    Team,
    /// Why it was opened is said: on duty, in an emergency, which somebody asks about elsewhere, or to support, by somebody
    /// of the authority.
    Said,
    /// It is their work.
    Work,
}

struct Asked<'a> {
    rules: &'a Questions,
    known: &'a Known,
}

impl Asked<'_> {
    fn tie(&self, seen: &Seen) -> Tie {
        let day = seen.at.day();
        match seen.because.as_str() {
            "allocated" | "covers" | "manages" | "named" => return Tie::Work,
            "duty" | "emergency" | "support" => return Tie::Said,
            _ => {}
        }
        let none = Vec::new();
        let tied = self.known.tied.get(&seen.record).unwrap_or(&none);
        let hands_over = self.rules.handover_days;
        let own = |(tied, held): &(Tied, Held)| match tied {
            Tied::Person(person) => *person == seen.reader && held.near(day, hands_over),
            Tied::Relative(person) => *person == seen.reader && held.on(day),
            Tied::Team(team) => {
                let overseen = self.known.oversee.get(team).into_iter().flatten();
                held.on(day) && overseen.into_iter().any(|(who, held)| *who == seen.reader && held.on(day))
            }
        };
        if tied.iter().any(own) || self.wrote_near(seen, day) {
            return Tie::Work;
        }
        let in_team = self.together(seen).any(|both| both.near(day, hands_over));
        if seen.because == "team" || in_team { Tie::Team } else { Tie::Nothing }
    }

    fn wrote_near(&self, seen: &Seen, day: Date) -> bool {
        let days = i64::from(self.rules.work_days).days();
        let days = day.saturating_sub(days)..=day.saturating_add(days);
        self.known.wrote.get(&(seen.record, seen.reader)).is_some_and(|wrote| wrote.range(days).next().is_some())
    }

    /// When the reader was in a team that worked with the child.
    fn together(&self, seen: &Seen) -> impl Iterator<Item = Held> {
        let of_reader = self.known.teams.get(&seen.reader).into_iter().flatten();
        let of_record = self.known.tied.get(&seen.record).into_iter().flatten();
        of_record.flat_map(move |(tied, with)| {
            let of_reader = of_reader.clone();
            of_reader.filter_map(move |(team, held)| if *tied == Tied::Team(*team) { held.and(*with) } else { None })
        })
    }

    /// The day on which their work with the child had ended, where that is longer ago than a handover takes.
    fn ended(&self, seen: &Seen) -> Option<Date> {
        let own = self.known.tied.get(&seen.record).into_iter().flatten();
        let own = own.filter(|(tied, _)| *tied == Tied::Person(seen.reader)).map(|(_, held)| *held);
        let ended = own.chain(self.together(seen)).filter_map(|held| held.until).max()?;
        let ago = ended.saturating_add(i64::from(self.rules.handover_days).days());
        (ago <= seen.at.day()).then_some(ended)
    }

    /// Which night it was: the day on which that began.
    fn night(&self, seen: &Seen) -> Option<Date> {
        let at: DateTime = seen.at.london();
        let begins = [at.date(), at.date().yesterday().ok()?];
        let night = begins.into_iter().find(|day| within(at, *day, &self.rules.night))?;
        let mut shifts = self.known.shifts.get(&seen.reader).into_iter().flatten();
        let on_duty = shifts.any(|(day, hours)| within(at, *day, hours));
        (!on_duty).then_some(night)
    }

    /// How many different things there are within the days of a pattern, where they are enough: the most in any such span.
    fn enough<T: Ord>(&self, pattern: Pattern, things: impl IntoIterator<Item = (Date, T)>) -> Option<(usize, Held)> {
        let limit: &Threshold = self.rules.patterns.get(&pattern)?;
        let mut things: Vec<(Date, T)> = things.into_iter().collect();
        things.sort();
        let mut most: Option<(usize, Held)> = None;
        for (first, (from, _)) in things.iter().enumerate() {
            if first > 0 && things[first - 1].0 == *from {
                continue;
            }
            let until = from.saturating_add(i64::from(limit.within_days).days());
            let span = things[first..].iter().take_while(|(day, _)| *day < until);
            let count = span.map(|(_, thing)| thing).collect::<BTreeSet<_>>().len();
            if most.as_ref().is_none_or(|(before, _)| count > *before) {
                most = Some((count, Held { from: *from, until: Some(until) }));
            }
        }
        most.filter(|(count, _)| *count >= limit.at_least as usize)
    }
}

/// Whether a moment lies in the hours that begin on a day.
fn within(at: DateTime, day: Date, hours: &str) -> bool {
    shift(day, hours).is_some_and(|(from, to)| from <= at && at < to)
}

/// What deserves a question among what was seen, the latest first.
pub fn questions(rules: &Questions, seen: &[Seen], known: &Known) -> Vec<Question> {
    let asked = Asked { rules, known };
    let mut pairs: BTreeMap<(PersonId, RecordId), Vec<(Tie, &Seen)>> = BTreeMap::new();
    let mut of_records: BTreeMap<RecordId, Vec<&Seen>> = BTreeMap::new();
    let mut of_readers: BTreeMap<PersonId, Vec<(Tie, &Seen)>> = BTreeMap::new();
    for one in seen {
        let tie = asked.tie(one);
        let answered = |about| known.answered.get(&(one.reader, about)).is_some_and(|until| one.at <= *until);
        if !answered(Some(one.record)) {
            pairs.entry((one.reader, one.record)).or_default().push((tie, one));
        }
        if !answered(None) {
            of_readers.entry(one.reader).or_default().push((tie, one));
        }
        // Of a crowd each is asked, whoever was asked before.
        if tie == Tie::Nothing {
            of_records.entry(one.record).or_default().push(one);
        }
    }
    let many: BTreeMap<RecordId, (usize, Held)> = of_records
        .into_iter()
        .filter_map(|(record, looks)| {
            let readers = looks.iter().map(|one| (one.at.day(), one.reader));
            Some((record, asked.enough(Pattern::Many, readers)?))
        })
        .collect();
    let mut found: Vec<Question> = Vec::new();
    for ((reader, record), looks) in &pairs {
        let reasons = asked.of_pair(looks, many.get(record));
        found.extend(question(*reader, Some(*record), reasons, looks.iter().map(|(_, one)| *one)));
    }
    for (reader, looks) in &of_readers {
        let many = asked.of_many(looks);
        let records: BTreeSet<RecordId> = many.iter().flat_map(|(_, records)| records).copied().collect();
        let reasons = many.into_iter().map(|(reason, _)| reason).collect();
        let looks = looks.iter().map(|(_, one)| *one).filter(|one| records.contains(&one.record));
        found.extend(question(*reader, None, reasons, looks));
    }
    found.sort_by_key(|one| (std::cmp::Reverse(one.last), one.reader, one.record));
    found
}

fn question<'s>(
    reader: PersonId,
    record: Option<RecordId>,
    reasons: Vec<Reason>,
    looks: impl Iterator<Item = &'s Seen> + Clone,
) -> Option<Question> {
    let (first, last) = (looks.clone().map(|one| one.at).min()?, looks.clone().map(|one| one.at).max()?);
    let records = looks.map(|one| one.record).collect();
    (!reasons.is_empty()).then_some(Question { reader, record, reasons, records, first, last })
}

impl Asked<'_> {
    /// Why somebody is asked about one record.
    fn of_pair(&self, looks: &[(Tie, &Seen)], many: Option<&(usize, Held)>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let mut add = |pattern, counted: Option<(usize, Held)>, with: String| {
            if let Some((count, _)) = counted {
                reasons.push(Reason { pattern, count, with });
            }
        };
        let refused = |why: &'static str| {
            looks.iter().filter(move |(_, one)| one.how == How::Refused && one.because == why).map(|(_, one)| *one)
        };
        let times = |one: &Seen| (one.at.day(), one.at);
        add(Pattern::Restricted, self.enough(Pattern::Restricted, refused("restricted").map(times)), String::new());
        add(Pattern::Conflict, self.enough(Pattern::Conflict, refused("conflict").map(times)), String::new());
        let tried = |why| {
            looks.iter().filter(move |(tie, one)| *tie == Tie::Nothing && one.how == How::Refused && one.because == why)
        };
        add(
            Pattern::Refused,
            self.enough(Pattern::Refused, tried("no-relation").map(|(_, one)| times(one))),
            String::new(),
        );
        let shown = |up_to: Tie| {
            looks.iter().filter(move |(tie, one)| *tie <= up_to && one.how.shows_the_record()).map(|(_, one)| *one)
        };
        let day = |one: &Seen| (one.at.day(), one.at.day());
        let of_nothing = shown(Tie::Nothing).map(times);
        add(Pattern::NoTie, self.enough(Pattern::NoTie, of_nothing), String::new());
        if shown(Tie::Work).next().is_none() {
            let searches = looks.iter().filter(|(tie, one)| *tie == Tie::Nothing && one.how == How::Found);
            add(Pattern::Searched, self.enough(Pattern::Searched, searches.map(|(_, one)| day(one))), String::new());
        }
        // Who was in the team before them is a colleague; who worked with them, or is in no team of theirs, came back.
        let back = looks
            .iter()
            .filter(|(tie, one)| *tie <= Tie::Team && (one.how.shows_the_record() || one.how == How::Refused));
        let back: Vec<(Date, &Seen)> = back.filter_map(|(_, one)| Some((self.ended(one)?, *one))).collect();
        let since = back.iter().map(|(ended, _)| *ended).max().map(day_in_words).unwrap_or_default();
        add(Pattern::Former, self.enough(Pattern::Former, back.iter().map(|(_, one)| day(one))), since);
        let of_team = looks.iter().filter(|(tie, one)| *tie == Tie::Team && one.how.shows_the_record());
        add(Pattern::Colleague, self.enough(Pattern::Colleague, of_team.map(|(_, one)| day(one))), String::new());
        if let Some(near) = looks.first().and_then(|(_, one)| self.known.near.get(&(one.record, one.reader))) {
            let not_theirs = looks.iter().filter(|(tie, _)| *tie < Tie::Work).map(|(_, one)| times(one));
            let name = match near {
                Near::Name(name) => name.clone(),
                Near::Named => String::new(),
            };
            add(Pattern::Family, self.enough(Pattern::Family, not_theirs), name);
        }
        if let Some((count, span)) = many
            && looks.iter().any(|(tie, one)| *tie == Tie::Nothing && span.on(one.at.day()))
        {
            add(Pattern::Many, Some((*count, *span)), String::new());
        }
        let nights = shown(Tie::Team).filter_map(|one| self.night(one)).map(|night| (night, night));
        add(Pattern::Night, self.enough(Pattern::Night, nights), String::new());
        reasons
    }

    /// Why somebody is asked about many records, and which.
    fn of_many(&self, looks: &[(Tie, &Seen)]) -> Vec<(Reason, BTreeSet<RecordId>)> {
        let not_theirs = looks.iter().filter(|(tie, one)| *tie <= Tie::Team && one.how.shows_the_record());
        let taken = looks.iter().filter(|(_, one)| matches!(one.how, How::Printed | How::Exported));
        let patterns: [(Pattern, Vec<&Seen>); 2] = [
            (Pattern::Bulk, not_theirs.map(|(_, one)| *one).collect()),
            (Pattern::TakenOut, taken.map(|(_, one)| *one).collect()),
        ];
        let enough = |(pattern, seen): (Pattern, Vec<&Seen>)| {
            let (count, span) = self.enough(pattern, seen.iter().map(|one| (one.at.day(), one.record)))?;
            let records = seen.iter().filter(|one| span.on(one.at.day())).map(|one| one.record).collect();
            Some((Reason { pattern, count, with: day_in_words(span.from) }, records))
        };
        patterns.into_iter().filter_map(enough).collect()
    }
}

/// What goes with a reason that would tell of a family whose record is closed to whoever asks.
const CLOSED: &str = "-";

impl Question {
    /// The same without what tells of the child or the family.
    #[must_use]
    pub fn of_a_closed_record(mut self) -> Self {
        for reason in self.reasons.iter_mut().filter(|reason| reason.pattern == Pattern::Family) {
            CLOSED.clone_into(&mut reason.with);
        }
        self
    }
}

impl fmt::Display for Reason {
    /// In words, behind the name of the person: «opened it at night …».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pattern, count, with } = self;
        let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
        let days = if *count == 1 { "on one day".to_owned() } else { format!("on {count} days") };
        match pattern {
            Pattern::Restricted => write!(f, "tried to open it {times}; the record is restricted"),
            Pattern::Conflict => write!(f, "tried to open it {times}, and knows the family in their own life"),
            Pattern::Refused => write!(f, "tried to open it {times}; it is not theirs"),
            Pattern::NoTie => {
                let pages = if *count == 1 { "one page".to_owned() } else { format!("{count} pages") };
                write!(f, "opened {pages}; nothing here says that they had work with the child")
            }
            Pattern::Searched => write!(f, "looked for the child {days}, and had no work with them"),
            Pattern::Former => write!(f, "came back {days}; their work with the child ended on {with}"),
            Pattern::Colleague => write!(f, "came back {days} to a child of a colleague, and recorded nothing"),
            Pattern::Family if with == CLOSED => f.write_str("may be near to the family"),
            Pattern::Family if with.is_empty() => f.write_str("is somebody in the child’s life, as this record says"),
            Pattern::Family => write!(f, "has the family name of somebody in this record: {with}"),
            Pattern::Many => {
                write!(f, "is one of {count} people without work here who looked at this child in a short time")
            }
            Pattern::Night => {
                let nights = if *count == 1 { "one night".to_owned() } else { format!("{count} nights") };
                write!(f, "opened it in {nights}, and was not on duty")
            }
            Pattern::Bulk => write!(f, "opened {count} records that are not theirs in a short time, from {with}"),
            Pattern::TakenOut => write!(f, "took {count} records onto paper in a short time, from {with}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Time, date};
    use policy::access::Threshold;

    use super::*;

    struct Nought(u8);
    impl crate::id::Chance for Nought {
        fn fill(&mut self, bytes: &mut [u8]) {
            self.0 += 1;
            bytes.fill(self.0);
        }
    }

    /// Every pattern from once on, but those of many from two on.
    fn rules() -> Questions {
        let limit = |pattern: &Pattern| {
            let at_least = if matches!(pattern, Pattern::Many | Pattern::Bulk | Pattern::TakenOut) { 2 } else { 1 };
            (*pattern, Threshold { at_least, within_days: 7, source: Vec::new() })
        };
        Questions {
            days: 30,
            night: "2300-0530".to_owned(),
            search_shows: 3,
            work_days: 14,
            handover_days: 28,
            common_name: 10,
            patterns: Pattern::ALL.iter().map(limit).collect(),
            source: Vec::new(),
        }
    }

    struct World {
        me: PersonId,
        other: PersonId,
        team: TeamId,
        child: RecordId,
        second: RecordId,
        known: Known,
        seen: Vec<Seen>,
    }

    fn world() -> World {
        let (at, mut chance) = (Moment::of_london(date(2026, 1, 1), Time::midnight()), Nought(0));
        World {
            me: PersonId::new(at, &mut chance),
            other: PersonId::new(at, &mut chance),
            team: TeamId::new(at, &mut chance),
            child: RecordId::new(at, &mut chance),
            second: RecordId::new(at, &mut chance),
            known: Known::default(),
            seen: Vec::new(),
        }
    }

    impl World {
        fn look(&mut self, day: Date, hour: i8, how: How, because: &str) -> &mut Self {
            let at = Moment::of_london(day, Time::constant(hour, 0, 0, 0));
            self.seen.push(Seen { reader: self.me, record: self.child, at, how, because: because.to_owned() });
            self
        }

        fn tie(&mut self, tied: Tied, from: Date, until: Option<Date>) {
            self.known.tied.entry(self.child).or_default().push((tied, Held { from, until }));
        }

        fn patterns(&self) -> Vec<Pattern> {
            let asked = questions(&rules(), &self.seen, &self.known);
            asked.iter().flat_map(|one| &one.reasons).map(|reason| reason.pattern).collect()
        }
    }

    const DAY: Date = date(2026, 3, 3);

    /// R-ACC-01: what is somebody's work is asked about by no rule, at whatever hour.
    #[test]
    fn r_acc_01_work_explains_a_reading() {
        for because in ["allocated", "covers", "manages", "named"] {
            assert_eq!(world().look(DAY, 2, How::Opened, because).patterns(), []);
        }
        let mut given = world();
        given.tie(Tied::Person(given.me), date(2026, 3, 20), None);
        given.look(DAY, 10, How::Opened, "any");
        assert_eq!(given.patterns(), [], "they took it over two weeks later");
        let mut wrote = world();
        wrote.known.wrote.insert((wrote.child, wrote.me), [date(2026, 3, 10)].into());
        assert_eq!(wrote.look(DAY, 10, How::Opened, "team").patterns(), []);
        let mut sister = world();
        sister.tie(Tied::Relative(sister.me), date(2026, 1, 5), None);
        assert_eq!(sister.look(DAY, 10, How::Opened, "any").patterns(), []);
        let mut manager = world();
        manager.tie(Tied::Team(manager.team), date(2026, 1, 5), None);
        manager.known.oversee.insert(manager.team, vec![(manager.me, Held { from: date(2025, 1, 1), until: None })]);
        assert_eq!(manager.look(DAY, 10, How::Opened, "team").patterns(), []);
    }

    #[test]
    fn what_nothing_explains_is_asked_about() {
        assert_eq!(world().look(DAY, 10, How::Opened, "any").patterns(), [Pattern::NoTie]);
        assert_eq!(world().look(DAY, 10, How::Found, "").patterns(), [Pattern::Searched]);
        assert_eq!(world().look(DAY, 10, How::Refused, "restricted").patterns(), [Pattern::Restricted]);
        assert_eq!(world().look(DAY, 10, How::Refused, "conflict").patterns(), [Pattern::Conflict]);
        assert_eq!(world().look(DAY, 10, How::Refused, "no-relation").patterns(), [Pattern::Refused]);
        assert_eq!(world().look(DAY, 10, How::Opened, "team").patterns(), [Pattern::Colleague]);
        // The nearer they are to the family, the more an opening needs its reason to be heard.
        let mut near = world();
        near.known.near.insert((near.child, near.me), Near::Name("Quist".to_owned()));
        assert_eq!(near.look(DAY, 10, How::Opened, "emergency").patterns(), [Pattern::Family]);
        let mut former = world();
        former.tie(Tied::Person(former.me), date(2025, 1, 1), Some(date(2026, 1, 20)));
        former.look(DAY, 10, How::Refused, "no-relation");
        let [question] = &questions(&rules(), &former.seen, &former.known)[..] else { panic!("one question") };
        let said: Vec<_> = question.reasons.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "tried to open it once; it is not theirs",
                "came back on one day; their work with the child ended on 20 January 2026"
            ]
        );
    }

    #[test]
    fn a_night_is_one_night_and_duty_explains_it() {
        let mut night = world();
        night.look(DAY, 23, How::Opened, "team").look(date(2026, 3, 4), 2, How::Opened, "team");
        let asked = questions(&rules(), &night.seen, &night.known);
        let night_of = |asked: &[Question]| {
            asked.iter().flat_map(|one| &one.reasons).find(|one| one.pattern == Pattern::Night).map(|one| one.count)
        };
        assert_eq!(night_of(&asked), Some(1));
        assert!(!world().look(DAY, 22, How::Opened, "team").patterns().contains(&Pattern::Night));
        night.known.shifts.insert(night.me, vec![(DAY, "1700-0830".to_owned())]);
        assert_eq!(night_of(&questions(&rules(), &night.seen, &night.known)), None);
    }

    #[test]
    fn of_many_each_is_asked_and_answered_once() {
        let mut crowd = world();
        let (first, second) = (crowd.me, crowd.other);
        crowd.look(DAY, 10, How::Found, "");
        crowd.me = second;
        crowd.look(date(2026, 3, 5), 10, How::Found, "");
        assert_eq!(crowd.patterns().iter().filter(|one| **one == Pattern::Many).count(), 2);
        crowd.known.answered.insert((first, Some(crowd.child)), Moment::of_london(DAY, Time::constant(10, 0, 0, 0)));
        let asked = questions(&rules(), &crowd.seen, &crowd.known);
        assert_eq!(asked.iter().map(|one| one.reader).collect::<Vec<_>>(), [second], "the other is asked still");
        assert!(asked[0].reasons.iter().any(|one| one.pattern == Pattern::Many && one.count == 2));
        // Two records in a day, and only in a day.
        let mut bulk = world();
        bulk.look(DAY, 10, How::Printed, "allocated");
        bulk.child = bulk.second;
        bulk.look(DAY, 11, How::Printed, "allocated");
        let [question] = &questions(&rules(), &bulk.seen, &bulk.known)[..] else { panic!("one question") };
        assert_eq!((question.record, question.records.len()), (None, 2));
        assert_eq!(question.reasons[0].to_string(), "took 2 records onto paper in a short time, from 3 March 2026");
    }

    /// R-ACC-07: of a record that is closed to whoever asks, no reason tells who is near to the family, and by which name.
    #[test]
    fn r_acc_07_of_a_closed_record_no_reason_names_the_family() {
        for with in ["Quist", ""] {
            let reasons = vec![Reason { pattern: Pattern::Family, count: 1, with: with.to_owned() }];
            let at: Moment = "2026-03-03T15:20:00.000000Z".parse().unwrap();
            let question = Question {
                reader: "01h00000000000000000000000".parse().unwrap(),
                record: None,
                reasons,
                records: BTreeSet::new(),
                first: at,
                last: at,
            };
            assert_eq!(question.of_a_closed_record().reasons[0].to_string(), "may be near to the family");
        }
    }
}
