//! Visits: those that took place, those that did not, children seen alone or not, what they said.

use jiff::civil::Date;

use super::{
    course::Kind,
    family::{Child, Need, plus},
    sheet::Sheet,
    teller::{Teller, When, by, records},
    words::Names,
};

/// What is said in a passage: its nature, from whom, the text, for which child alone.
type Passage = ((&'static str, Option<String>), String, Option<record::RecordId>);

impl Teller<'_> {
    /// A visit to these children on or soon after a day; the day on which it was.
    pub fn visit(&mut self, day: Date, children: &[&Child], kind: &'static str, keep_it: bool) -> Option<Date> {
        let school_day = children.iter().any(|child| child.school(day).is_some());
        let hours = if school_day && self.dice.percent(75) { (15, 18) } else { (9, 16) };
        let when = self.slot(day, hours)?;
        let children: Vec<&Child> = children.iter().copied().filter(|child| child.opened <= when.0).collect();
        if children.is_empty() {
            return None;
        }
        if !keep_it && self.dice.percent(6) {
            self.failed(when, &children, kind);
            return None;
        }
        let tone = self.tone(when.0);
        self.took_place(when, &children, kind, tone);
        Some(when.0)
    }

    fn purpose(&mut self, kind: &str, child: &Child, children: &[&Child], day: Date) -> String {
        let section = match kind {
            "assessment" | "section-47" if day <= plus(child.opened, 6) => "purpose-first",
            "assessment" | "section-47" => "purpose-assessment",
            "cp" => "purpose-cp",
            "cic" => "purpose-cic",
            "care-leaver" => "purpose-leaver",
            _ => "purpose-cin",
        };
        let names = self.names_of(child, children, day);
        self.text(section, &names)
    }

    fn failed(&mut self, when: When, children: &[&Child], kind: &'static str) {
        let result = *self.dice.pick(&["no-reply", "no-reply", "failed-appointment", "no-access"]);
        let names = self.names_of(children[0], children, when.0);
        let Some(tried) = self.draw(&format!("tried-{result}"), &names) else { return };
        let purpose = self.purpose(kind, children[0], children, when.0);
        let place = if result == "failed-appointment" { "office" } else { place(children[0], when.0) };
        let sheet = Sheet::at(when)
            .put("kind", kind)
            .put("purpose", purpose)
            .put("result", result)
            .put("tried", tried.text)
            .put("place", place);
        let worker = self.worker(when.0);
        self.keep("visit", &records(children), worker, when, sheet);
    }

    fn took_place(&mut self, when: When, children: &[&Child], kind: &'static str, tone: &'static str) {
        let day = when.0;
        let worker = self.worker(day);
        let purpose = self.purpose(kind, children[0], children, day);
        let alone_at_school =
            children.len() == 1 && children[0].school(day).is_some() && kind != "cp" && self.dice.percent(12);
        let place = if alone_at_school { "school" } else { place(children[0], day) };
        let mut sheet =
            Sheet::at(when).put("kind", kind).put("purpose", purpose).put("result", "took-place").put("place", place);
        let mut absent = Vec::new();
        for child in children {
            let away = children.len() > 1 && child.born_by(day) && child.age(day) >= 4 && self.dice.percent(7);
            absent.push(away || !child.born_by(day));
        }
        if absent.iter().all(|away| *away) && children[0].born_by(day) {
            absent[0] = false;
        }
        let names = self.names(children, day);
        if !alone_at_school {
            sheet = self.grown_ups(sheet, children, day);
        }
        for (child, away) in children.iter().zip(&absent) {
            if !away {
                sheet = sheet.person("present", child.person);
            }
        }
        if sheet_is_empty(children, &absent) && names.get("carer").is_none() {
            sheet = sheet.named("present", "Nobody else", "only the worker");
        }
        for (child, away) in children.iter().zip(&absent) {
            sheet = self.of_child(sheet, child, *away, children, day, tone);
        }
        sheet = match self.family.interpreter {
            Some(name) => sheet
                .yes("interpreter", true)
                .put("interpreter-name", name)
                .put("interpreter-source", "contracted")
                .yes("done-without", false),
            None => sheet.yes("interpreter", false).yes("done-without", false),
        };
        let seen: Vec<&Child> =
            children.iter().zip(&absent).filter(|(_, away)| !**away).map(|(child, _)| *child).collect();
        let (passages, headline) = self.account(&seen, children, day, tone);
        for ((nature, who), text, only) in passages {
            sheet = sheet.passage("account", (nature, who.as_deref()), text, only);
        }
        sheet = sheet.put("exchanged", self.or("exchanged", &names, "We talked about the last weeks and the next."));
        if names.get("carer").is_some() && self.dice.percent(40) {
            sheet = sheet.maybe("family-views", self.deck.text(&mut self.dice, &format!("family-{tone}"), &names));
        }
        sheet = if self.dice.percent(8) {
            let what = self.or("circumstances-what", &names, "There is a new timetable for the week.");
            sheet.yes("circumstances", true).put("circumstances-what", what)
        } else {
            sheet.yes("circumstances", false)
        };
        let bank = self.bank(day);
        let front = seen.first().copied().unwrap_or(children[0]);
        let means = if children.len() == 1 { self.names_of(front, children, day) } else { names.clone() };
        let analysis = self.or(
            &format!("{bank}-means-{tone}"),
            &means,
            "The plan goes on as it is; what was asked for at the last review is in hand.",
        );
        sheet = sheet
            .yes("household", false)
            .put("outcome", self.or(&format!("outcome-{tone}"), &names, "Seen and well"))
            .put("analysis", analysis);
        for _ in 0..self.dice.below(3) {
            let what = self.text("action-what", &names);
            if !what.is_empty() {
                let (who, days) = (
                    if self.dice.percent(70) {
                        worker.name.to_owned()
                    } else {
                        names.get("carer").unwrap_or(worker.name).to_owned()
                    },
                    self.dice.between(3, 21),
                );
                sheet = sheet.action(&what, &who, by(day, days));
            }
        }
        if let Some(headline) = headline.filter(|_| self.dice.percent(45)) {
            sheet = sheet.headline(&headline);
        }
        self.keep("visit", &records(children), worker, when, sheet);
    }

    /// A sentence, or this one where the bank has none that fits.
    pub fn or(&mut self, section: &str, names: &Names, otherwise: &str) -> String {
        self.deck.text(&mut self.dice, section, names).unwrap_or_else(|| otherwise.to_owned())
    }

    fn grown_ups(&mut self, mut sheet: Sheet, children: &[&Child], day: Date) -> Sheet {
        let family = self.family;
        let spell = children[0].spell(day);
        let carer = spell.map(|spell| spell.carer).or(family.carer);
        if family.phase(day).is_some_and(|phase| phase.kind == Kind::Leaving) {
            return sheet;
        }
        if let Some(at) = carer {
            sheet = sheet.person("present", family.adults[at].person);
        }
        for (at, adult) in family.adults.iter().enumerate() {
            let about = adult.at_home && spell.is_none() && Some(at) != carer && adult.died.is_none();
            if about && self.dice.percent(55) {
                sheet = sheet.person("present", adult.person);
            }
        }
        sheet
    }

    fn of_child(
        &mut self,
        mut sheet: Sheet,
        child: &Child,
        away: bool,
        children: &[&Child],
        day: Date,
        tone: &str,
    ) -> Sheet {
        let record = child.record;
        let names = self.names_of(child, children, day);
        if !child.born_by(day) {
            return sheet.each(record, "seen", "no").each_reason(
                record,
                "seen",
                "Not yet born. The pregnancy goes well, and the midwife has been.",
            );
        }
        if away {
            let why = self.or("not-seen", &names, "At a friend's house; spoken to on the telephone.");
            return sheet.each(record, "seen", "no").each_reason(record, "seen", why);
        }
        sheet = sheet.each(record, "seen", "yes");
        let stage = child.stage(day);
        let alone = match stage {
            "baby" => 0,
            "toddler" => 12,
            "primary" => 82,
            _ => 92,
        };
        sheet = if self.dice.percent(alone) {
            sheet.each(record, "seen-alone", "yes")
        } else {
            let why = self.or(&format!("alone-no-{stage}"), &names, "There was no quiet room today.");
            sheet.each(record, "seen-alone", "no").each_reason(record, "seen-alone", why)
        };
        if !self.dice.percent(if stage == "baby" { 45 } else { 72 }) {
            return sheet;
        }
        let tone = if tone == "mixed" { if self.dice.percent(50) { "good" } else { "worry" } } else { tone };
        let age = child.age(day);
        let (section, how) = match (stage, age) {
            _ if child.signs => ("said-signs".to_owned(), "signs"),
            ("baby", _) | ("toddler", 0..=1) => ("shown-baby".to_owned(), "behaviour"),
            _ if self.family.need == Need::Uasc && self.dice.percent(50) => (format!("said-uasc-{tone}"), "said"),
            ("primary", _) if self.in_care(day) && self.dice.percent(45) => (format!("said-care-{tone}"), "said"),
            ("toddler", _) => (format!("said-toddler-{tone}"), if self.dice.percent(40) { "play" } else { "said" }),
            ("primary", _) => (format!("said-primary-{tone}"), if self.dice.percent(20) { "drawing" } else { "said" }),
            (_, 11..=13) => (format!("said-middle-{tone}"), "said"),
            _ => (format!("said-teen-{tone}"), "said"),
        };
        match self.deck.text(&mut self.dice, &section, &names) {
            Some(words) => sheet.each(record, "child-views", words).each(record, "views-how", how),
            None => sheet,
        }
    }

    /// What was seen and told, and the headline that it may have in the chronology.
    fn account(
        &mut self,
        seen: &[&Child],
        children: &[&Child],
        day: Date,
        tone: &'static str,
    ) -> (Vec<Passage>, Option<String>) {
        let bank = self.bank(day);
        let mut passages: Vec<Passage> = Vec::new();
        let mut headline = None;
        let several = children.len() > 1;
        let everybody = self.names(children, day);
        for nth in 0..=self.dice.below(2) {
            let tone = if nth > 0 && tone == "mixed" { *self.dice.pick(&["worry", "good", "mixed"]) } else { tone };
            // What the banks say of one child is about those who walk and talk; for the little ones there is another.
            let older: Vec<&Child> = seen.iter().copied().filter(|child| child.age(day) >= 4).collect();
            let (from, bank) = if older.is_empty() && nth == 0 { (seen, "little") } else { (older.as_slice(), bank) };
            let child = if from.is_empty() { None } else { Some(*self.dice.pick(from)) };
            let names = child.map_or_else(|| everybody.clone(), |child| self.names_of(child, children, day));
            if let Some(drawn) = self.draw(&format!("{bank}-{tone}"), &names) {
                // A headline about one child has no place in another's chronology.
                if headline.is_none() && (!several || !drawn.one) {
                    headline.clone_from(&drawn.headline);
                }
                let only = child.filter(|_| several && drawn.one).map(|child| child.record);
                passages.push((("seen", None), drawn.text, only));
            }
        }
        for child in seen {
            let able = child.disability.is_empty() || child.age(day) < 4;
            if able && self.dice.percent(if several { 45 } else { 70 }) {
                let names = self.names_of(child, children, day);
                if let Some(drawn) = self.draw(&format!("moment-{}", child.stage(day)), &names) {
                    passages.push((("seen", None), drawn.text, several.then_some(child.record)));
                }
            }
        }
        let front = seen.first().copied().unwrap_or(children[0]);
        let names = if several { everybody.clone() } else { self.names_of(front, children, day) };
        if let Some(said) = self.deck.text(&mut self.dice, &format!("{bank}-parent-{tone}"), &names) {
            let who = if bank == "leaving" { front.given } else { everybody.get("carer").unwrap_or(front.given) };
            passages.push((("told", Some(who.to_owned())), said, None));
        }
        // A record must say something to each of its children.
        if passages.iter().all(|(.., only)| only.is_some()) {
            passages.insert(
                0,
                (
                    ("seen", None),
                    "The home was as at the last visit. Everybody who was in came and went while we talked.".to_owned(),
                    None,
                ),
            );
        }
        (passages, headline)
    }
}

/// Whether no child of the visit was there.
fn sheet_is_empty(children: &[&Child], absent: &[bool]) -> bool {
    children.iter().zip(absent).all(|(_, away)| *away)
}

/// Where a child lives on a day, as a code of the list of places.
fn place(child: &Child, day: Date) -> &'static str {
    match child.spell(day) {
        Some(spell) if spell.kind.0 == "P1" => "home",
        Some(_) => "placement",
        None => "home",
    }
}
