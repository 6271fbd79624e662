//! The first days of a record: why it was opened, who the child is, who belongs to them, where they live.

use jiff::civil::Date;

use super::{
    cast::Team,
    course::Kind,
    family::{Adult, Child, Need, plus},
    sheet::Sheet,
    teller::{Teller, records},
};

impl Teller<'_> {
    /// Everything that is written when a child's record is opened.
    pub fn opening(&mut self) {
        let family = self.family;
        let mut told = false;
        for child in &family.children {
            let Some(when) = self.slot(child.opened, (9, 11)) else { continue };
            let day = when.0;
            self.open(child, when, &mut told);
            let worker = self.worker(day);
            let details = self.details(child, day, true);
            self.keep("person", &[child.record], worker, when, details);
            for at in 0..family.adults.len() {
                let adult = &family.adults[at];
                let foster = matches!(adult.is.iter().flatten().next(), Some(&"foster-carer" | &"carer"));
                if adult.is[self.nth(child)].is_some() && !foster {
                    self.relative(child, adult, day);
                }
            }
            for other in
                family.children.iter().filter(|other| other.record != child.record && other.opened <= child.opened)
            {
                self.brother_or_sister(child, other, day);
                if other.opened < child.opened {
                    self.brother_or_sister(other, child, day);
                }
            }
        }
        self.household();
        self.home();
        self.allocations();
    }

    fn nth(&self, child: &Child) -> usize {
        self.family.children.iter().position(|one| one.record == child.record).unwrap_or(0)
    }

    fn open(&mut self, child: &Child, when: super::teller::When, told: &mut bool) {
        let all = self.children_on(when.0);
        let names = self.names_of(child, &all, when.0);
        let reason = self.text(&format!("opening-{}", self.family.need.key()), &names);
        let reason = if child.unborn {
            format!("A baby is on the way. We want to know what the family will need, in good time. {reason}")
        } else if child.opened > self.family.opened() {
            format!("{} was born into a family whom we know. {reason}", child.given)
        } else {
            reason
        };
        let manager = self.manager(when.0);
        let (_, team) = self.family.worker(when.0);
        let mut sheet = Sheet::on(when.0)
            .put("reason", if reason.is_empty() { "The family asked for help.".to_owned() } else { reason })
            .put("referral-source", self.family.referred_by)
            .put("category-of-need", child.need)
            .maybe("team", self.cast.team(team).map(|team| team.to_string()));
        let carer = self.family.carer.map(|at| &self.family.adults[at]);
        sheet = match carer {
            Some(carer) if self.dice.percent(88) => sheet
                .yes("informed", true)
                .person("informed-who", carer.person)
                .put("informed-how", "talked")
                .put("informed-how", "leaflet"),
            None if self.family.need == Need::Uasc => {
                sheet.yes("informed", true).person("informed-who", child.person).put("informed-how", "interpreter")
            }
            _ => sheet.yes("informed", false).reason("informed", "The first visit is tomorrow; told then, in person."),
        };
        self.keep("opening", &[child.record], manager, when, sheet);
        if !*told && let Some(carer) = carer {
            *told = true;
            if let Some(when) = self.slot(plus(when.0, 6), (10, 16)) {
                let all = self.children_on(when.0);
                let names = self.names_of(child, &all, when.0);
                let said = self.text("explained", &names);
                let sheet = Sheet::on(when.0).person("who", carer.person).put("how", "talked").put("understood", said);
                let worker = self.worker(when.0);
                self.keep("records-explained", &records(&all), worker, when, sheet);
            }
        }
    }

    /// The child's own details, as they are on a day.
    fn details(&mut self, child: &Child, day: Date, first: bool) -> Sheet {
        let given = (!child.unborn).then_some(child.given);
        let mut sheet = Sheet::on(day).maybe("given-names", given).put("family-name", child.family);
        sheet = sheet.maybe("preferred-name", child.preferred).yes("born", child.born_by(day));
        sheet =
            if child.born_by(day) { sheet.day("birth", child.birth) } else { sheet.day("expected-birth", child.birth) };
        sheet = sheet.put("sex", child.sex).put("person-kind", "child");
        let age = child.age(day);
        if child.born_by(day) {
            sheet = sheet
                .put("ethnicity", child.ethnicity)
                .put("religion", child.religion)
                .put("nhs-number", child.nhs.as_str());
            sheet = sheet.put("language", if age < 1 { "not-speaking-yet" } else { child.language });
            if child.disability.is_empty() || age < 1 {
                sheet = sheet.put("disability", "NONE");
            } else {
                for code in &child.disability {
                    sheet = sheet.put("disability", *code);
                }
            }
            if child.signs {
                sheet = sheet.put("communication-needs", "signing").put("communication-needs", "pictures");
            }
            if self.family.interpreter.is_some() {
                sheet = sheet.yes("interpreter-needed", self.family.need == Need::Uasc);
            }
            sheet = match child.school(day) {
                Some((school, _)) if self.family.need != Need::Uasc => {
                    sheet.put("school", school).put("upn", child.upn.as_str())
                }
                Some((_, _)) => sheet.put("school", "Harrowdale College").put("upn-unknown", "UN2"),
                None if age < 4 => sheet.put("upn-unknown", "UN1"),
                None => sheet,
            };
            if age >= 14 && first {
                let phone = super::numbers::telephone(&mut self.dice);
                sheet = sheet.put("telephone", phone);
            }
        }
        let with =
            self.family.carer.map(|at| self.family.adults[at].person).filter(|_| age < 14).unwrap_or(child.person);
        sheet.yes("confirmed", true).person("checked-with", with).day("checked-on", day)
    }

    /// Details looked at again, about every fourteen months.
    pub fn details_again(&mut self) {
        let family = self.family;
        for child in &family.children {
            let mut day = plus(child.opened, 30 * self.dice.between(11, 17));
            while let Some(when) = self.slot(day, (9, 16)) {
                if family.phase(when.0).is_none_or(|phase| phase.kind == Kind::Closed) {
                    break;
                }
                let sheet = self.details(child, when.0, false);
                let worker = self.worker(when.0);
                self.keep("person", &[child.record], worker, when, sheet);
                day = plus(day, 30 * self.dice.between(11, 17));
            }
        }
    }

    /// Somebody of the family: who they are, and what they are to the child.
    pub fn relative(&mut self, child: &Child, adult: &Adult, day: Date) {
        let Some(is) = adult.is[self.nth(child)] else { return };
        let Some(when) = self.slot(day, (11, 13)) else { return };
        let worker = self.worker(when.0);
        let died = adult.died.filter(|died| *died <= when.0);
        let mut sheet = Sheet::on(when.0)
            .person("person", adult.person)
            .put("given-names", adult.given)
            .put("family-name", adult.family);
        sheet = sheet.yes("born", true).put("sex", adult.sex).maybe("preferred-name", adult.called);
        if let Some(birth) = adult.birth {
            sheet = sheet.day("birth", birth);
        }
        if let Some(died) = died {
            sheet = sheet.day("died", died);
        }
        sheet = sheet.put(
            "person-kind",
            match is {
                "foster-carer" => "foster-carer",
                "carer" => "carer",
                _ => "parent",
            },
        );
        if let Some(phone) = adult.phone.as_deref().filter(|_| died.is_none()) {
            sheet = sheet.put("telephone", phone);
        }
        sheet = if died.is_none() && (adult.at_home || self.dice.percent(60)) {
            sheet.yes("confirmed", true).person("checked-with", adult.person).day("checked-on", when.0)
        } else {
            sheet.yes("confirmed", false)
        };
        self.keep("person", &[child.record], worker, when, sheet);
        let mut sheet = Sheet::on(when.0).person("person", adult.person).put("kind", is);
        if matches!(is, "mother" | "father") {
            sheet = sheet.yes("parental-responsibility", adult.responsible && died.is_none());
        }
        if is == "grandparent" || (is == "mother" && died.is_none()) {
            sheet = sheet.yes("close", true);
        }
        if let Some(died) = died {
            sheet = sheet.yes("has-died", true).day("died", died);
        }
        self.keep("relationship", &[child.record], worker, when, sheet);
    }

    fn brother_or_sister(&mut self, child: &Child, other: &Child, day: Date) {
        let Some(when) = self.slot(day, (13, 14)) else { return };
        let half = child.other_father != other.other_father;
        let kind = match other.sex {
            _ if half => "half-sibling",
            "F" => "sister",
            "M" => "brother",
            _ => "sibling",
        };
        let worker = self.worker(when.0);
        let sheet = Sheet::on(when.0).person("person", other.person).put("kind", kind);
        self.keep("relationship", &[child.record], worker, when, sheet);
    }

    /// Who lives together when the records begin.
    fn household(&mut self) {
        let family = self.family;
        let opened = family.opened();
        let Some(when) = self.slot(opened, (14, 16)) else { return };
        let worker = self.worker(when.0);
        if family.need == Need::Uasc {
            return;
        }
        for adult in family.adults.iter().filter(|adult| adult.at_home && adult.died.is_none()) {
            let about: Vec<_> = family
                .children
                .iter()
                .enumerate()
                .filter(|(at, child)| !child.unborn && child.opened <= when.0 && adult.is[*at].is_some())
                .map(|(_, child)| child.record)
                .collect();
            let sheet = Sheet::on(when.0).person("person", adult.person).yes("lives-here", true).yes("risk", false);
            self.keep("household", &about, worker, when, sheet);
        }
        for child in family.children.iter().filter(|child| !child.unborn) {
            let Some(when) = self.slot(child.opened, (14, 17)) else { continue };
            let others = |other: &&Child| other.record != child.record && !other.unborn && other.opened <= when.0;
            let about: Vec<_> = family.children.iter().filter(others).map(|other| other.record).collect();
            let sheet = Sheet::on(when.0).person("person", child.person).yes("lives-here", true).yes("risk", false);
            let worker = self.worker(when.0);
            self.keep("household", &about, worker, when, sheet);
            if child.opened > opened {
                // A child born since: who else lives here, for that child.
                for adult in family.adults.iter().filter(|adult| adult.at_home && adult.died.is_none()) {
                    let sheet =
                        Sheet::on(when.0).person("person", adult.person).yes("lives-here", true).yes("risk", false);
                    self.keep("household", &[child.record], worker, when, sheet);
                }
                for other in family.children.iter().filter(others) {
                    let sheet =
                        Sheet::on(when.0).person("person", other.person).yes("lives-here", true).yes("risk", false);
                    self.keep("household", &[child.record], worker, when, sheet);
                }
            }
        }
    }

    fn home(&mut self) {
        let family = self.family;
        for child in family.children.iter().filter(|child| !child.unborn && family.need != Need::Uasc) {
            let Some(when) = self.slot(child.opened, (15, 17)) else { continue };
            let since = if family.number == 0 {
                super::plot::moved_in(self.today)
            } else {
                plus(child.opened, -self.dice.between(60, 900))
            };
            let since = since.max(child.birth);
            let mut sheet = Sheet::on(since).address(&family.home).day("confirmed-on", when.0);
            sheet = if family.need == Need::Abuse && family.number % 3 == 1 {
                sheet
                    .yes("protected", true)
                    .reason("protected", "From the father: the family moved away from him, and a court order stands.")
            } else {
                sheet.yes("protected", false)
            };
            let worker = self.worker(when.0);
            self.keep("address", &[child.record], worker, when, sheet);
        }
    }

    fn allocations(&mut self) {
        let family = self.family;
        for (nth, (worker, team, from)) in family.workers.iter().copied().enumerate() {
            let manager = self.cast.manager(team, from);
            let Some(when) = self.slot(from, (12, 14)) else { continue };
            for child in &family.children {
                let last = family.workers.get(nth + 1).map(|(.., next)| *next);
                if last.is_some_and(|last| last <= child.opened) {
                    continue;
                }
                let from = from.max(child.opened);
                let Some(when) = (if from == when.0 { Some(when) } else { self.slot(from, (12, 15)) }) else {
                    continue;
                };
                if nth > 0 {
                    self.with_nobody(child, family.workers[nth - 1].2, from, team);
                }
                let staff = &self.cast.staff[worker];
                let reason = if nth == 0 {
                    "First worker"
                } else if family.workers[nth - 1].1 != team {
                    "Another team takes over"
                } else {
                    *self.dice.pick(&[
                        "The last worker has left",
                        "The last worker has moved to another team",
                        "Children shared out anew",
                    ])
                };
                let sheet = Sheet::on(when.0)
                    .maybe("team", self.cast.team(team).map(|team| team.to_string()))
                    .yes("has-worker", true)
                    .person("worker", staff.person)
                    .yes("file-holder", true)
                    .put("reason", reason);
                self.keep("allocation", &[child.record], manager, when, sheet);
            }
        }
    }
    /// Some children were with nobody for a month between two workers.
    fn with_nobody(&mut self, child: &Child, since: Date, until: Date, team: Team) {
        const DAYS: i32 = 33;
        let began = plus(until, -DAYS);
        if self.family.number % 5 != 2 || began <= since.max(child.opened) {
            return;
        }
        let Some(when) = self.slot(began, (12, 14)) else { return };
        let sheet = Sheet::on(when.0)
            .maybe("team", self.cast.team(team).map(|team| team.to_string()))
            .yes("has-worker", false)
            .put("unallocated-reason", if self.family.number.is_multiple_of(2) { "worker-left" } else { "no-worker" })
            .put("reason", "Nobody is free yet; the others of the team visit until somebody is");
        let manager = self.cast.manager(team, began);
        self.keep("allocation", &[child.record], manager, when, sheet);
    }
}
