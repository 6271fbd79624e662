//! From proportions to families: which children there are, who belongs together, how each story stands today.

use jiff::{Span, civil::Date};
use record::{Moment, PersonId, RecordId};

use super::{
    alis,
    cast::{Cast, Team},
    course::{Kind, Now, Spell, phases},
    dice::Dice,
    family::{Adult, Child, Family, Need, days_between, plus},
    names::{Background, CARERS, PRIMARIES, SECONDARIES, TITLED, background, given},
    numbers::{home, nhs_number, telephone, upn},
    tables::{DISABILITY, ETHNICITY, LOOKED_AFTER, OPEN_FOR, PROTECTED, REFERRED_BY, Slot, slots},
};

/// What is still owed to the proportions: how many children there should be so far, less those there are.
struct Owed<K: 'static> {
    shares: Vec<(K, u32)>,
    have: Vec<i64>,
}

impl<K: Copy> Owed<K> {
    fn new(shares: &[(K, u32)]) -> Self {
        Self { shares: shares.to_vec(), have: vec![0; shares.len()] }
    }

    /// The kind that is furthest behind once these children are counted.
    fn next(&mut self, children: usize, allowed: impl Fn(&K) -> bool) -> Option<K> {
        let children = i64::try_from(children).unwrap_or(1);
        let all = self.have.iter().sum::<i64>() + children;
        let sum: i64 = self.shares.iter().map(|(_, share)| i64::from(*share)).sum();
        let owed = |at: usize| i64::from(self.shares[at].1) * all - self.have[at] * sum;
        let at = (0..self.shares.len()).filter(|at| allowed(&self.shares[*at].0)).max_by_key(|at| owed(*at))?;
        self.have[at] += children;
        Some(self.shares[at].0)
    }
}

/// All families, the Alis first.
pub(super) fn families(cast: &Cast, today: Date, seed: u64, children: usize) -> Vec<Family> {
    let mut dice = Dice::new(seed, 0);
    let mut left = slots(children, &mut dice);
    alis::take_slots(&mut left);
    left.truncate(children.saturating_sub(alis::CHILDREN));
    let groups = together(left, &mut dice);
    let mut ethnicity = Owed::new(&ETHNICITY);
    let mut state = Owed::new(&[
        (Now::LookedAfter, LOOKED_AFTER),
        (Now::Protected, PROTECTED),
        (Now::Closed, 9),
        (Now::Left, 6),
        (Now::InNeed, 100 - LOOKED_AFTER - PROTECTED - 15),
    ]);
    ethnicity.next(alis::CHILDREN, |code| *code == "APKN");
    state.next(alis::CHILDREN, |now| *now == Now::Protected);
    let mut loads = vec![0_usize; cast.staff.len()];
    let mut all = vec![alis::family(cast, today, seed, &mut loads)];
    let mut long_one = true;
    for (number, group) in groups.into_iter().enumerate() {
        let mut dice = Dice::new(seed, 1_000 + u64::try_from(number).unwrap_or(0));
        let mut maker = Maker { cast, today, dice: &mut dice, loads: &mut loads };
        let alone = group.len() == 1 && group[0].need == "N8" && group[0].band.from >= 16;
        let now = state_of(&group, alone, &mut state);
        let code = ethnicity
            .next(group.len(), |code| !alone || matches!(*code, "BAFR" | "OOTH" | "AOTH" | "BOTH"))
            .unwrap_or("WBRI");
        let mut family = maker.family(number + 1, &group, code, now);
        if long_one && family.children.len() == 1 && days_between(family.opened(), today) > 3_000 {
            (family.dense, long_one) = (true, false);
        }
        all.push(family);
    }
    if let (true, Some(longest)) =
        (long_one && children >= 20, all.iter_mut().skip(1).min_by_key(|family| family.opened()))
    {
        longest.dense = true;
    }
    all
}

/// How the story of a group of children may stand, and does.
fn state_of(group: &[Slot], alone: bool, state: &mut Owed<Now>) -> Now {
    let oldest = group.iter().map(|slot| slot.band.from).max().unwrap_or(0);
    let youngest = group.iter().map(|slot| slot.band.from).min().unwrap_or(0);
    let need = group[0].need;
    if alone {
        state.next(1, |now| *now == if group[0].sex == "F" { Now::Left } else { Now::LookedAfter });
        return Now::AloneHere;
    }
    let allowed = |now: &Now| match now {
        Now::LookedAfter => youngest >= 1 && matches!(need, "N1" | "N3" | "N5" | "N8"),
        Now::Protected => matches!(need, "N1" | "N5" | "N4" | "N3" | "N0") && oldest < 16,
        Now::Closed => youngest >= 1,
        Now::Left => oldest >= 16 && group.len() == 1 && need != "N2",
        _ => need != "N8",
    };
    state.next(group.len(), allowed).unwrap_or(Now::LookedAfter)
}

/// Children with the same need, put together as families of one to five.
fn together(slots: Vec<Slot>, dice: &mut Dice) -> Vec<Vec<Slot>> {
    let mut groups: Vec<Vec<Slot>> = Vec::new();
    let mut waiting = slots;
    while let Some(first) = waiting.pop() {
        let alone = first.need == "N8" || first.need == "N6" || (first.need == "N2" && dice.percent(75));
        let size = if alone { 1 } else { 1 + dice.weighted(&[38, 30, 19, 9, 4]) };
        let mut group = vec![first];
        while group.len() < size {
            let fits = |slot: &Slot| {
                let spread = group.iter().all(|other| (other.band.from - slot.band.from).abs() <= 11);
                let unborn = slot.band.from < 0 && group.iter().any(|other| other.band.from <= 0);
                slot.need == first.need && spread && !unborn
            };
            let Some(at) = waiting.iter().rposition(fits) else { break };
            group.push(waiting.remove(at));
        }
        groups.push(group);
    }
    groups
}

/// Makes one family.
pub(super) struct Maker<'a> {
    pub cast: &'a Cast,
    pub today: Date,
    pub dice: &'a mut Dice,
    pub loads: &'a mut [usize],
}

impl Maker<'_> {
    fn family(&mut self, number: usize, group: &[Slot], ethnicity: &'static str, now: Now) -> Family {
        let need = self.need(group[0], now);
        let births = self.births(group, now);
        let (oldest, youngest) =
            (births.iter().min().copied().unwrap_or(self.today), births.iter().max().copied().unwrap_or(self.today));
        let grown_up = matches!(now, Now::Left | Now::AloneHere).then(|| oldest.saturating_add(Span::new().years(18)));
        let days = self.days(now, oldest, youngest, grown_up);
        let phases = phases(now, self.today, days, grown_up, self.dice);
        let opened = phases.first().map_or(self.today, |phase| phase.from);
        let origin = background(ethnicity);
        let home = home(self.dice);
        let surname = *self.dice.pick(origin.families);
        let mut children = Vec::new();
        let mut order: Vec<_> = group.iter().zip(births).collect();
        order.sort_by_key(|(_, birth)| *birth);
        let schools = self.schools();
        for (slot, birth) in order {
            let child = self.child(*slot, birth, surname, ethnicity, opened, schools, &children, need);
            children.push(child);
        }
        let mut family = Family {
            number,
            need,
            children,
            adults: Vec::new(),
            carer: None,
            home,
            phases,
            workers: Vec::new(),
            health: TITLED[self.dice.below(TITLED.len())],
            referred_by: if need == Need::Uasc { "7" } else { REFERRED_BY[self.weighted(&REFERRED_BY)].0 },
            dense: false,
            interpreter: None,
        };
        if need != Need::Uasc {
            self.relatives(&mut family, origin);
        }
        let speaks_english = family.children.iter().all(|child| child.language == "english");
        if !speaks_english && (need == Need::Uasc || self.dice.percent(35)) {
            family.interpreter = Some(*self.dice.pick(&["Mrs Haile", "Mr Zand", "Ms Toma", "Mr Berisha", "Mrs Nowak"]));
        }
        self.places(&mut family);
        self.workers(&mut family, None);
        family
    }

    fn weighted<K>(&mut self, shares: &[(K, u32)]) -> usize {
        let weights: Vec<u32> = shares.iter().map(|(_, share)| *share).collect();
        self.dice.weighted(&weights)
    }

    fn need(&mut self, slot: Slot, now: Now) -> Need {
        let teen = slot.band.from >= 10;
        match slot.need {
            "N1" if teen && self.dice.percent(25) => Need::Exploitation,
            "N1" => *self.dice.pick(&[Need::Neglect, Need::Neglect, Need::Abuse, Need::Abuse, Need::Mind]),
            "N2" => Need::Disability,
            "N3" => Need::Mind,
            "N5" => *self.dice.pick(&[Need::Abuse, Need::Stress]),
            "N6" if teen => Need::Exploitation,
            "N8" if now == Now::AloneHere => Need::Uasc,
            "N8" => Need::Care,
            "N0" => Need::Neglect,
            _ => Need::Stress,
        }
    }

    /// A birthday for each child of a group, brothers and sisters at least ten months apart where that can be.
    fn births(&mut self, group: &[Slot], now: Now) -> Vec<Date> {
        let mut births = Vec::new();
        for _ in 0..60 {
            births = group.iter().map(|slot| self.birth(*slot, now)).collect();
            let apart = |a: &Date, b: &Date| days_between(*a, *b).abs() > 300;
            if (0..births.len()).all(|at| births[..at].iter().all(|other| apart(other, &births[at]))) {
                return births;
            }
        }
        // Two babies of one year: twins.
        for at in 1..births.len() {
            if let Some(twin) = (0..at).find(|other| {
                group[*other].band == group[at].band && days_between(births[*other], births[at]).abs() <= 300
            }) {
                births[at] = births[twin];
            }
        }
        births
    }

    fn birth(&mut self, slot: Slot, now: Now) -> Date {
        if slot.band.from < 0 {
            return plus(self.today, self.dice.between(21, 150));
        }
        let years = match (slot.band.from, now) {
            (16, Now::Left) => 18..21,
            (16, Now::AloneHere) if slot.sex == "F" => 18..20,
            (16, _) => 16..18,
            _ => slot.band.from..slot.band.to,
        };
        let (from, to) = (years.start, years.end);
        // A record opens some days after a birth, and those days must have passed.
        let youngest =
            if from == 0 { plus(self.today, -24) } else { self.today.saturating_sub(Span::new().years(from)) };
        let oldest = plus(self.today.saturating_sub(Span::new().years(to)), 1);
        plus(oldest, self.dice.between(0, days_between(oldest, youngest).max(1) - 1))
    }

    fn days(&mut self, now: Now, oldest: Date, youngest: Date, grown_up: Option<Date>) -> i32 {
        let weights: Vec<u32> = OPEN_FOR.iter().map(|(.., share)| *share).collect();
        let (from, to, _) = OPEN_FOR[self.dice.weighted(&weights)];
        // Long stories are fewer the longer they are.
        let (one, two) = (self.dice.between(from, to), self.dice.between(from, to));
        let days = if to > 1_000 { one.min(two).min(self.dice.between(from, to)) } else { one };
        let least = match now {
            Now::LookedAfter => 220,
            Now::Protected => 75,
            Now::Left => days_between(grown_up.unwrap_or(self.today), self.today) + 900,
            Now::AloneHere => days_between(grown_up.unwrap_or(self.today), self.today).max(0) + 60,
            Now::Closed => 80,
            Now::InNeed => 14,
        };
        let life = days_between(oldest, self.today);
        let most = match now {
            Now::AloneHere => days_between(oldest.saturating_add(Span::new().years(15)), self.today),
            // An unborn child alone: a record for as long as anybody has known.
            _ if life < 60 => 60 + (150 - days_between(self.today, youngest)).max(0) / 2,
            Now::Closed => life - 430,
            _ => life - 12,
        };
        // Who comes alone comes between fifteen and eighteen, on no particular day.
        let days = if now == Now::AloneHere { self.dice.between(least, most.max(least)) } else { days };
        days.max(least).min(most.max(if now == Now::Closed { 60 } else { 14 }))
    }

    pub fn schools(&mut self) -> [(&'static str, &'static str); 2] {
        let (primary, secondary) = (*self.dice.pick(&PRIMARIES), *self.dice.pick(&SECONDARIES));
        [(primary, *self.dice.pick(&TITLED)), (secondary, *self.dice.pick(&TITLED))]
    }

    #[expect(clippy::too_many_arguments, reason = "what a child shares with the family, named one by one")]
    fn child(
        &mut self,
        slot: Slot,
        birth: Date,
        family: &'static str,
        ethnicity: &'static str,
        opened: Date,
        [primary, secondary]: [(&'static str, &'static str); 2],
        others: &[Child],
        need: Need,
    ) -> Child {
        let origin = background(ethnicity);
        let unborn = slot.band.from < 0;
        let taken: Vec<_> = others.iter().map(|child| child.given).collect();
        let named = given(self.dice, if slot.sex == "F" { origin.girls } else { origin.boys }, &taken);
        let religion =
            others.first().map_or_else(|| origin.religions[self.weighted(origin.religions)].0, |first| first.religion);
        let language = others.first().map_or_else(
            || match need {
                Need::Uasc => *self.dice.pick(
                    origin.languages.iter().filter(|one| **one != "english").copied().collect::<Vec<_>>().as_slice(),
                ),
                _ if self.dice.percent(65) => origin.languages[0],
                _ => *self.dice.pick(origin.languages),
            },
            |first| first.language,
        );
        let opened = match unborn {
            // Nobody knows of a baby much earlier than this.
            true => opened.max(plus(birth, -190)),
            false if birth > opened => plus(birth, 9),
            false => opened,
        };
        let at = Moment::of_london(opened, jiff::civil::time(9, 0, 0, 0))
            .plus_seconds(i64::try_from(others.len()).unwrap_or(0) * 60);
        let disability = self.disability(slot, need);
        Child {
            record: RecordId::new(at, self.dice),
            person: PersonId::new(at, self.dice),
            given: if unborn { "the baby" } else { named },
            family,
            preferred: (!unborn).then(|| short_name(named)).flatten(),
            birth,
            unborn,
            sex: slot.sex,
            need: slot.need,
            ethnicity,
            religion,
            language,
            signs: disability.contains(&"COMM"),
            disability,
            nhs: nhs_number(self.dice),
            upn: upn(birth.year() + 4, self.dice),
            primary,
            secondary,
            opened,
            spells: Vec::new(),
            other_father: false,
        }
    }

    fn disability(&mut self, slot: Slot, need: Need) -> Vec<&'static str> {
        // One in seven of all; those whose main need it is, and one in seventeen of the others.
        if slot.band.from < 1 || (need != Need::Disability && !self.dice.percent(6)) {
            return Vec::new();
        }
        let mut found: Vec<_> = DISABILITY
            .iter()
            .filter(|(_, share)| self.dice.between(0, 999) < share.cast_signed())
            .map(|(code, _)| *code)
            .collect();
        if found.is_empty() {
            found.push(if need == Need::Disability { "AUT" } else { "DDA" });
        }
        found
    }

    fn adult(
        &mut self,
        family: &Family,
        named: (&'static str, &'static str),
        sex: &'static str,
        birth: Option<Date>,
    ) -> Adult {
        let at = Moment::of_london(family.opened(), jiff::civil::time(8, 0, 0, 0));
        Adult {
            person: PersonId::new(at, self.dice),
            given: named.0,
            family: named.1,
            called: None,
            sex,
            birth,
            died: None,
            phone: Some(telephone(self.dice)),
            is: vec![None; family.children.len()],
            responsible: false,
            at_home: false,
        }
    }

    /// Mother, father or fathers, a partner, a grandparent.
    fn relatives(&mut self, family: &mut Family, origin: &'static Background) {
        let oldest = family.children.first().map_or(self.today, |child| child.birth);
        let surname = family.children.first().map_or("", |child| child.family);
        let opened = family.opened();
        let everybody = family.children.len();
        let birth =
            |dice: &mut Dice, from: i32, to: i32| plus(oldest, -dice.between(from, to) * 365 - dice.between(0, 364));
        let mother_birth = birth(self.dice, 18, 34);
        let mother_name = given(self.dice, origin.women, &[]);
        let mother_family = if self.dice.percent(70) { surname } else { *self.dice.pick(origin.families) };
        let mut mother = self.adult(family, (mother_name, mother_family), "F", Some(mother_birth));
        mother.is = vec![Some("mother"); everybody];
        (mother.responsible, mother.at_home) = (true, true);
        let father_birth = birth(self.dice, 19, 40);
        let father_name = given(self.dice, origin.men, &[]);
        let mut father = self.adult(family, (father_name, surname), "M", Some(father_birth));
        father.is = vec![Some("father"); everybody];
        (father.responsible, father.at_home) =
            (self.dice.percent(75), family.need != Need::Abuse && self.dice.percent(38));
        let known = self.dice.percent(88);
        let youngest_is_half = everybody >= 2 && known && !father.at_home && self.dice.percent(35);
        if youngest_is_half && let Some(last) = family.children.last_mut() {
            last.other_father = true;
            father.is[everybody - 1] = None;
        }
        match self.dice.between(0, 99) {
            0..=2 if everybody < 4 && oldest < plus(opened, -1_500) => {
                mother.died = Some(plus(opened, -self.dice.between(40, 500)));
                (mother.at_home, mother.phone, mother.responsible) = (false, None, false);
                (father.at_home, father.responsible) = (true, true);
            }
            3..=6 if !father.at_home => {
                father.died = Some(plus(opened, -self.dice.between(60, 900)));
                (father.phone, father.responsible) = (None, false);
            }
            _ => {}
        }
        let father_stays = known || mother.died.is_some();
        let mother_died = mother.died.is_some();
        family.adults.push(mother);
        if father_stays {
            family.adults.push(father);
        }
        if youngest_is_half {
            let partner_name = (given(self.dice, origin.men, &[father_name]), *self.dice.pick(origin.families));
            let mut partner = self.adult(family, partner_name, "M", Some(mother_birth));
            partner.is = vec![Some("parents-partner"); everybody];
            partner.is[everybody - 1] = Some("father");
            (partner.responsible, partner.at_home) = (true, family.need != Need::Abuse && self.dice.percent(60));
            family.adults.push(partner);
        }
        if self.dice.percent(62) || mother_died {
            let gran_name = (given(self.dice, origin.women, &[mother_name]), mother_family);
            let gran_birth = plus(mother_birth, -self.dice.between(19, 30) * 365);
            let mut gran = self.adult(family, gran_name, "F", Some(gran_birth));
            gran.is = vec![Some("grandparent"); everybody];
            gran.called = Some(*self.dice.pick(&["Gran", "Nan", "Grandma", "Nana"]));
            gran.at_home = self.dice.percent(15);
            family.adults.push(gran);
        }
        family.carer = if mother_died {
            family.adults.iter().position(|adult| adult.is.contains(&Some("father")))
        } else {
            Some(0)
        };
    }

    /// Where children who are looked after live: together or apart, with kin or others, moving now and then.
    fn places(&mut self, family: &mut Family) {
        let Some(care) = family.phases.iter().find(|phase| phase.kind == Kind::Care).copied() else { return };
        let until = care.until;
        let apart = family.children.len() > 2 && self.dice.percent(45) || family.children.len() > 3;
        let split = if apart { family.children.len() / 2 } else { family.children.len() };
        for group in [0..split, split..family.children.len()] {
            let members: Vec<usize> = group.filter(|at| family.children[*at].born_by(self.today)).collect();
            if members.is_empty() {
                continue;
            }
            let mut from = care.from;
            let mut because = None;
            loop {
                let age = family.children[members[0]].age(from);
                let first = because.is_none();
                let kind = self.place_kind(family, age, first);
                let stays = match (first, kind.0) {
                    (true, "U6") if self.dice.percent(80) => self.dice.between(50, 240),
                    _ => self.dice.between(500, 2_600),
                };
                let last_day = until.unwrap_or(self.today);
                let ends = if plus(from, stays) < plus(last_day, -60) { Some(plus(from, stays)) } else { until };
                let carer = self.place_carer(family, kind.0, &members);
                let home = home(self.dice);
                for at in &members {
                    let child = &mut family.children[*at];
                    let from = from.max(child.opened);
                    if ends.is_none_or(|ends| ends > from) {
                        child.spells.push(Spell { from, until: ends, kind, carer, home: home.clone(), because });
                    }
                }
                because = Some(if first { "CARPL" } else { *self.dice.pick(&["CARPL", "CREQO", "CHILD", "LAREQ"]) });
                match ends {
                    Some(end) if Some(end) != until => from = end,
                    _ => break,
                }
            }
        }
    }

    fn place_kind(&mut self, family: &Family, age: u16, first: bool) -> (&'static str, &'static str) {
        let kin = family.gran().is_some();
        let home = if age >= 16 { ("K3", "PR4") } else { ("K2", "PR4") };
        match (self.dice.between(0, 99), first) {
            (0..=54, _) if family.need == Need::Uasc && age >= 16 => home,
            (0..=21, _) if kin => ("U1", "PR1"),
            (22..=27, true) | (22..=38, false) if age >= 11 => home,
            (39..=47, false) if family.need != Need::Uasc => ("P1", "PR0"),
            (.., true) => ("U6", "PR1"),
            (48..=62, false) => ("U4", "PR4"),
            (.., false) => ("U4", "PR1"),
        }
    }

    fn place_carer(&mut self, family: &mut Family, kind: &str, members: &[usize]) -> usize {
        let own =
            |what: &str| family.adults.iter().position(|adult| adult.is.contains(&Some(what)) && adult.died.is_none());
        if let Some(kin) = match kind {
            "U1" => own("grandparent"),
            "P1" => family.carer,
            _ => None,
        } {
            return kin;
        }
        let (given, surname, sex) = *self.dice.pick(&CARERS);
        let mut carer = self.adult(family, (given, surname), sex, None);
        for at in members {
            carer.is[*at] = Some(if kind.starts_with('K') { "carer" } else { "foster-carer" });
        }
        family.adults.push(carer);
        family.adults.len() - 1
    }

    /// Who worked with the family, one after another; today's is the one of the team with the fewest children.
    pub fn workers(&mut self, family: &mut Family, today: Option<usize>) {
        let last = family
            .phases
            .last()
            .map_or(self.today, |phase| if phase.kind == Kind::Closed { phase.from } else { self.today });
        let help = match family.need {
            Need::Disability => Team::Disabled,
            _ if today.is_some() || family.number.is_multiple_of(2) => Team::North,
            _ => Team::South,
        };
        for phase in family.phases.clone() {
            let team = match phase.kind {
                Kind::Care => Team::InCare,
                Kind::Leaving => Team::Leaving,
                Kind::Closed => continue,
                _ => help,
            };
            if family.workers.last().is_some_and(|(_, before, _)| *before == team) {
                continue;
            }
            let until = family.phases.iter().find(|later| {
                later.from > phase.from && {
                    let same =
                        matches!((later.kind, team), (Kind::Care, Team::InCare) | (Kind::Leaving, Team::Leaving));
                    let helping =
                        matches!(later.kind, Kind::Assessment | Kind::InNeed | Kind::Protection) && team == help;
                    !same && !helping
                }
            });
            let until = until.map_or(last, |later| later.from);
            let mut from = phase.from;
            while from < until {
                let left = days_between(from, until);
                let stays = if left < 420 { left } else { self.dice.between(240, 700) };
                let mut who = self.cast.carrying(team, from);
                if plus(from, stays) >= until && until == self.today {
                    // Whoever has the children today must still be here.
                    who.retain(|at| self.cast.staff[*at].until.is_none());
                    who.sort_by_key(|at| {
                        (self.loads[*at] + 6 * usize::from(self.cast.staff[*at].role == "senior-practitioner"), *at)
                    });
                    who.truncate(1);
                    if let (Some(today), true) = (today, team == Team::North) {
                        who = vec![today];
                    }
                }
                if let Some(worker) = who.get(self.dice.below(who.len())) {
                    family.workers.push((*worker, team, from));
                }
                from = plus(from, stays.max(1));
            }
        }
        if last == self.today
            && let Some((worker, ..)) = family.workers.last()
        {
            self.loads[*worker] += family.children.len();
        }
    }
}

/// What somebody with this name is often called.
fn short_name(given: &str) -> Option<&'static str> {
    match given {
        "Scarlett" => Some("Scar"),
        "Matilda" | "Tilly" => Some("Till"),
        "Georgia" => Some("Gigi"),
        "Samuel" => Some("Sammy"),
        "Oliwia" => Some("Oli"),
        "Ibrahim" => Some("Ibby"),
        "Jayden" => Some("Jay"),
        _ => None,
    }
}
