//! A second decider, made another way: from raw facts and a table of rules in words, read from top to bottom. It has
//! nothing from `record::access`, and both must say the same of every case.
//!
//! `LIFESTORY_CASES=10000000 cargo nextest run -p record reference` tries ten million; without it there are fewer.

use jiff::{Span, civil::date};
use policy::{Capability, Pack, Relation};
use record::{
    Moment, PersonId, TeamId,
    access::{Decision, Restricted, Situation, Standing, decide, emergency_since},
};

use crate::world::{PACK, now, person, team};

/// The first line of which every word holds decides.
const RULES: &str = "
    account-closed                          : refuse account-closed
    of-support does-anything-but-read       : refuse no-role
    of-support no-record                    : refuse no-role
    of-support the-organisations            : refuse no-relation
    of-support in-conflict                  : refuse conflict
    of-support restricted                   : refuse restricted
    of-support opened-to-them-until-later   : allow
    of-support                              : refuse no-relation
    no-role-says-so                         : refuse no-role
    no-record                               : allow
    the-organisations not-done-to-that      : refuse no-relation
    in-conflict                             : refuse conflict
    restricted looks-after-it   related     : allow
    restricted looks-after-it               : refuse restricted
    restricted named-since                  : allow
    restricted opens-it emergencies related : allow
    restricted opens-it                     : refuse restricted
    restricted left-open-to-their-relation  : allow
    restricted                              : refuse restricted
    related                                 : allow
                                            : refuse no-relation";

/// One fact of a record, as a row of the database has it: kind, value, other person, days before today.
type Raw = (&'static str, String, Option<PersonId>, i64);

/// Somebody asks for something.
struct Case<'a> {
    pack: &'a Pack,
    who: PersonId,
    open: bool,
    /// Whether the account is of support.
    support: bool,
    roles: Vec<&'a str>,
    teams: Vec<TeamId>,
    manages: Vec<TeamId>,
    /// How many days ago the shift began that goes on.
    shift: Option<i64>,
    capability: Capability,
    /// The facts of the record and whether it is the organisation's own.
    record: Option<(Vec<Raw>, bool)>,
}

impl Case<'_> {
    fn by_the_rules(&self) -> &'static str {
        let rule = RULES
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(words, _)| words.split_whitespace().all(|word| self.holds(word)));
        rule.expect("the last rule always holds").1.trim()
    }

    fn holds(&self, word: &str) -> bool {
        let about_record = !matches!(
            word,
            "account-closed" | "no-role-says-so" | "no-record" | "of-support" | "does-anything-but-read"
        );
        assert!(!about_record || self.record.is_some(), "{word} is asked of a record");
        match word {
            "account-closed" => !self.open,
            "of-support" => self.support,
            "does-anything-but-read" => self.capability.name() != "read-record",
            "opened-to-them-until-later" => self.has("opened-to-support", |_, until, whom, _| {
                let until: Moment = until.parse().expect("a moment");
                *whom == Some(self.who) && until.microsecond() > now().microsecond()
            }),
            "no-role-says-so" => self.said().is_empty(),
            "no-record" => self.record.is_none(),
            "the-organisations" => self.is_organisation(),
            "not-done-to-that" => {
                let done = ["manage-staff", "change-staff", "plan-duty", "read-organisation", "approve-policy"];
                !done.contains(&self.capability.name())
            }
            "in-conflict" => self.has("conflict", |_, value, _, _| *value == self.who.to_string()),
            "restricted" => self.restriction().is_some() && !self.is_organisation(),
            "looks-after-it" => ["restrict-record", "decide-conflict", "review-emergency", "see-readings"]
                .contains(&self.capability.name()),
            "named-since" => {
                let since = self.restriction().map_or(0, |(_, ago)| ago);
                self.has("restricted-to", |_, value, _, ago| *value == self.who.to_string() && *ago <= since)
            }
            "opens-it" => self.capability.name() == "open-in-emergency",
            "emergencies" => self.kind_of_restriction().is_some_and(|kind| kind.in_emergency),
            "related" => self.said().iter().any(|(_, how)| self.is(how)),
            "left-open-to-their-relation" => self.said().iter().any(|(role, how)| {
                let left = self.kind_of_restriction().is_some_and(|kind| {
                    if *how == "emergency" {
                        return kind.in_emergency;
                    }
                    kind.open_to.iter().any(|(to, ways)| to == role && ways.iter().any(|way| way.name() == *how))
                });
                left && self.is(how)
            }),
            other => panic!("no rule knows {other}"),
        }
    }

    fn is(&self, how: &str) -> bool {
        if how == "any" {
            return true;
        }
        let me = self.who.to_string();
        !self.is_organisation()
            && match how {
                "allocated" => self.has("allocated-worker", |_, value, _, _| *value == me),
                "team" => {
                    self.has("allocated-team", |_, value, _, _| self.teams.iter().any(|one| one.to_string() == *value))
                }
                "manages" => self
                    .has("allocated-team", |_, value, _, _| self.manages.iter().any(|one| one.to_string() == *value)),
                "covers" => self.has("covered-by", |_, value, away, _| {
                    *value == me
                        && self.has("allocated-worker", |_, worker, _, _| {
                            away.is_some_and(|away| away.to_string() == *worker)
                        })
                }),
                "duty" => {
                    self.capability.name() == "open-on-duty"
                        || self.has("opened-on-duty", |_, value, _, ago| {
                            *value == me && self.shift.is_some_and(|began| *ago <= began)
                        })
                }
                "emergency" => self.has("opened-in-emergency", |_, at, opened_by, _| {
                    let at: Moment = at.parse().expect("a moment");
                    let seconds = (now().microsecond() - at.microsecond()).div_euclid(1_000_000);
                    *opened_by == Some(self.who) && seconds < i64::from(self.pack.access().emergency_minutes) * 60
                }),
                other => panic!("no role says {other}"),
            }
    }

    fn is_organisation(&self) -> bool {
        self.record.as_ref().is_some_and(|(_, organisation)| *organisation)
    }

    /// What their roles say of it, with whose say it is; a duty that is not on now and an emergency that the pack does not
    /// know say nothing.
    fn said(&self) -> Vec<(&str, &'static str)> {
        let knows = self.pack.access().emergency_minutes > 0;
        let mut said = Vec::new();
        for role in self.pack.roles().filter(|role| self.roles.contains(&role.id.as_str())) {
            for (capability, relation) in &role.may {
                let idle =
                    (relation.name() == "duty" && self.shift.is_none()) || (relation.name() == "emergency" && !knows);
                let unknown = capability.name() == "open-in-emergency" && !knows;
                if *capability == self.capability && !idle && !unknown {
                    said.push((role.id.as_str(), relation.name()));
                }
            }
        }
        said
    }

    fn has(&self, kind: &str, is: impl Fn(&str, &String, &Option<PersonId>, &i64) -> bool) -> bool {
        let facts = self.record.as_ref().map(|(facts, _)| facts.as_slice()).unwrap_or_default();
        facts.iter().any(|(of, value, other, ago)| *of == kind && is(of, value, other, ago))
    }

    fn restriction(&self) -> Option<(&str, i64)> {
        let facts = self.record.as_ref().map(|(facts, _)| facts.as_slice()).unwrap_or_default();
        facts.iter().find(|(kind, ..)| *kind == "restriction").map(|(_, value, _, ago)| (value.as_str(), *ago))
    }

    fn kind_of_restriction(&self) -> Option<&policy::access::Restriction> {
        let (kind, _) = self.restriction()?;
        self.pack.access().restrictions.iter().find(|(known, _)| *known == kind).map(|(_, restriction)| restriction)
    }

    /// The same case put to the real decider.
    fn by_the_door(&self) -> (&'static str, Option<Relation>) {
        let today = now().day();
        let before = |days: i64| today.checked_sub(Span::new().days(days)).expect("a day");
        let standing = Standing {
            roles: self.roles.iter().map(|role| (*role).to_owned()).collect(),
            teams: self.teams.iter().copied().collect(),
            manages: self.manages.iter().copied().collect(),
            active: self.open,
            on_duty_since: self.shift.map(before),
            emergency_since: emergency_since(self.pack, now()),
            support_at: self.support.then(now),
        };
        let situation = self.record.as_ref().map(|(facts, organisation)| {
            let mut situation = Situation { organisation: *organisation, ..Situation::default() };
            for (kind, value, other, ago) in facts {
                let staff = || value.parse::<PersonId>().expect("a person");
                match *kind {
                    "allocated-worker" => drop(situation.workers.insert(staff())),
                    "allocated-team" => drop(situation.teams.insert(value.parse().expect("a team"))),
                    "covered-by" => drop(situation.covers.insert((staff(), other.expect("who is away")))),
                    "opened-on-duty" => drop(situation.opened_on_duty.insert((staff(), before(*ago)))),
                    "opened-in-emergency" => {
                        let opened = (other.expect("who opened it"), value.parse().expect("a moment"));
                        situation.opened_in_emergency.insert(opened);
                    }
                    "opened-to-support" => {
                        let opened = (other.expect("to whom"), value.parse().expect("a moment"));
                        situation.opened_to_support.insert(opened);
                    }
                    "restriction" => {
                        situation.restriction = Some(Restricted { kind: value.clone(), since: before(*ago) });
                    }
                    "restricted-to" => drop(situation.named.insert((staff(), before(*ago)))),
                    "conflict" => drop(situation.conflicts.insert(staff())),
                    other => panic!("{other}"),
                }
            }
            situation
        });
        match decide(self.pack, self.who, &standing, self.capability, situation.as_ref()) {
            Decision::Allow(relation) => ("allow", Some(relation)),
            Decision::Refuse(refusal) => (refused(refusal.name()), None),
        }
    }
}

fn refused(why: &str) -> &'static str {
    let said = RULES.lines().filter_map(|line| line.split_once(':')).map(|(_, said)| said.trim());
    let mut of_this = said.filter(|said| said.strip_prefix("refuse ") == Some(why));
    of_this.next().unwrap_or_else(|| panic!("no rule refuses with {why}"))
}

/// Chance that is the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() >> 33).expect("31 bits") % most
    }
    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A case of a small world: four people, three teams, a record about which something is so.
fn case<'a>(pack: &'a Pack, roles: &[&'a str], kinds: &[&str], dice: &mut Dice) -> Case<'a> {
    let who = person(1);
    let staff = |dice: &mut Dice| person(u8::try_from(1 + dice.below(4)).expect("few"));
    let some_team = |dice: &mut Dice| team(u8::try_from(1 + dice.below(3)).expect("few"));
    let mut record = None;
    if !dice.one_in(12) {
        let mut facts: Vec<Raw> = Vec::new();
        for _ in 0..dice.below(3) {
            facts.push(("allocated-worker", staff(dice).to_string(), None, 9));
        }
        for _ in 0..dice.below(3) {
            facts.push(("allocated-team", some_team(dice).to_string(), None, 9));
        }
        for _ in 0..dice.below(2) {
            facts.push(("covered-by", staff(dice).to_string(), Some(staff(dice)), 1));
        }
        if dice.one_in(4) {
            facts.push(("opened-on-duty", staff(dice).to_string(), None, i64::try_from(dice.below(3)).expect("few")));
        }
        if dice.one_in(3) {
            // Around the end of the time, to the second and to the microsecond.
            let seconds = *dice.of(&[0, 60, 1_800, 3_599, 3_600, 3_601, 7_200, 90_000]);
            let at = now().plus_seconds(-seconds);
            let at = if dice.one_in(4) { Moment::from_microsecond(at.microsecond() + 1) } else { at };
            facts.push(("opened-in-emergency", at.to_string(), Some(staff(dice)), seconds / 86_400));
        }
        if dice.one_in(2) {
            // Around its end, to the microsecond.
            let until = now().plus_seconds(*dice.of(&[-3_600, -1, 0, 1, 3_600]));
            let until = if dice.one_in(3) { Moment::from_microsecond(until.microsecond() + 1) } else { until };
            facts.push(("opened-to-support", until.to_string(), Some(staff(dice)), 0));
        }
        if dice.one_in(2) {
            let ago = i64::try_from(dice.below(4)).expect("few");
            facts.push(("restriction", (*dice.of(kinds)).to_owned(), None, ago));
        }
        for _ in 0..dice.below(3) {
            facts.push(("restricted-to", staff(dice).to_string(), None, i64::try_from(dice.below(5)).expect("few")));
        }
        if dice.one_in(4) {
            facts.push(("conflict", staff(dice).to_string(), None, 0));
        }
        record = Some((facts, dice.one_in(15)));
    }
    let theirs: Vec<&str> = (0..=dice.below(3)).map(|_| *dice.of(roles)).collect();
    // Mostly something that their roles have to do with.
    let said = pack.roles().filter(|role| theirs.contains(&role.id.as_str())).flat_map(|role| &role.may);
    let asked: Vec<Capability> = if dice.one_in(8) { Vec::new() } else { said.map(|(may, _)| *may).collect() };
    let asked = if asked.is_empty() { Capability::ALL.to_vec() } else { asked };
    let support = dice.one_in(6);
    // Nobody of support holds a role; were one recorded all the same, it would give them nothing.
    let asked = if support && !dice.one_in(4) { vec![Capability::ReadRecord] } else { asked };
    Case {
        pack,
        who,
        open: !dice.one_in(20),
        support,
        roles: theirs,
        teams: (0..dice.below(3)).map(|_| some_team(dice)).collect(),
        manages: (0..dice.below(2)).map(|_| some_team(dice)).collect(),
        shift: dice.one_in(3).then(|| i64::try_from(dice.below(2)).expect("few")),
        capability: *dice.of(&asked),
        record,
    }
}

/// R-ACC-01, R-ACC-03, R-ACC-05, R-ACC-06, D-67: the decision and its reference say the same, in every case and for the
/// same reason; and whoever is let in is so through a relation that their roles or the decision name.
/// ASVS 8.2.1, 8.2.2
#[test]
fn r_acc_01_r_acc_03_the_decision_and_its_reference_agree() {
    assert_eq!(date(2026, 3, 5), now().day());
    let cases: usize = std::env::var("LIFESTORY_CASES").ok().map_or(200_000, |cases| cases.parse().expect("a number"));
    let glebe_house = policy::load(&policy::embedded(), "glebe-house").expect("the pack loads");
    let mut dice = Dice(0x5eed_d00f);
    let mut told: std::collections::BTreeMap<(&str, &str), usize> = std::collections::BTreeMap::new();
    for pack in [&*PACK, &glebe_house] {
        let roles: Vec<&str> = pack.roles().map(|role| role.id.as_str()).chain(["no-such-role"]).collect();
        let kinds: Vec<&str> =
            pack.access().restrictions.keys().map(String::as_str).chain(["of-an-earlier-pack"]).collect();
        for n in 0..cases / 2 {
            let case = case(pack, &roles, &kinds, &mut dice);
            let (expected, (said, relation)) = (case.by_the_rules(), case.by_the_door());
            let told_case = || {
                format!(
                    "case {n}: {} by {:?} (of support: {}), teams {:?}, manages {:?}, shift {:?}, record {:?}: {relation:?}",
                    case.capability.name(),
                    case.roles,
                    case.support,
                    case.teams,
                    case.manages,
                    case.shift,
                    case.record
                )
            };
            assert_eq!(said, expected, "{}", told_case());
            if let Some(relation) = relation {
                let theirs = case.support && relation == Relation::Support
                    || relation == Relation::Named
                    || case.said().iter().any(|(_, how)| *how == relation.name());
                assert!(theirs, "{}", told_case());
            }
            *told.entry((said, relation.map_or("", Relation::name))).or_default() += 1;
        }
    }
    // Every way in and every reason came up, so the cases mean something.
    for said in ["account-closed", "no-role", "conflict", "restricted", "no-relation"] {
        assert!(told.get(&(refused(said), "")).is_some_and(|times| *times > cases / 1_000), "{said}: {told:?}");
    }
    for way in ["allocated", "covers", "team", "manages", "duty", "emergency", "named", "support", "any"] {
        assert!(told.get(&("allow", way)).is_some_and(|times| *times > cases / 2_000), "{way}: {told:?}");
    }
}
