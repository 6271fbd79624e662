//! What managers decide, how risk is weighed, reviews, complaints, going missing, workers away.

use jiff::civil::Date;

use super::{
    cast::Staff,
    course::Kind,
    family::{Child, plus},
    sheet::Sheet,
    teller::{Teller, When, by, records},
};

impl Teller<'_> {
    /// A manager's decision about these children.
    pub fn decide(&mut self, day: Date, section: &str, children: &[&Child], headline: Option<&str>) {
        let Some(when) = self.slot(day, (9, 17)) else { return };
        let children: Vec<&Child> = children.iter().copied().filter(|child| child.opened <= when.0).collect();
        let Some(first) = children.first().copied() else { return };
        let names =
            if children.len() == 1 { self.names_of(first, &children, when.0) } else { self.names(&children, when.0) };
        let Some(drawn) = self.draw(section, &names) else { return };
        let parts: Vec<&str> = drawn.text.split('|').map(str::trim).collect();
        let [decision, reasons, options, risk] = parts[..] else { return };
        let manager = self.manager(when.0);
        let setting = if section == "decide-supervision" {
            *self.dice.pick(&["supervision", "supervision", "between-times", "audit"])
        } else {
            "between-times"
        };
        let worker = self.worker(when.0);
        let mut sheet = Sheet::at(when)
            .put("decision", decision)
            .person("decided-by", manager.person)
            .put("made-in", setting)
            .put("reasons", reasons)
            .put("options", options)
            .put("risk", risk);
        for child in &children {
            let age = child.age(when.0);
            let wish = match age {
                5..=10 if self.dice.percent(45) => Some(*self.dice.pick(&[
                    "Wants everybody to stop being worried.",
                    "Wants to stay with Mum and keep the same school.",
                    "Would like somebody to come and play on Saturdays.",
                    "Says that it is all right as long as the cat comes too.",
                ])),
                11.. if self.dice.percent(45) => Some(*self.dice.pick(&[
                    "Agrees, with a shrug that I am told is a yes.",
                    "Does not agree with all of it, and said which part.",
                    "Wants to be told first next time, before the grown-ups.",
                    "Agrees, and would like it to be reviewed sooner.",
                ])),
                _ => None,
            };
            if let Some(wish) = wish {
                sheet = sheet.each(child.record, "child-wish", wish);
            }
        }
        if section == "decide-supervision" && self.dice.percent(45) {
            let what = self.text("action-what", &names);
            let days = self.dice.between(4, 20);
            if !what.is_empty() {
                sheet = sheet.action(&what, worker.name, by(when.0, days));
            }
        }
        if let Some(headline) = headline {
            sheet = sheet.headline(headline);
        }
        self.keep("decision", &records(&children), manager, when, sheet);
        if section == "decide-supervision" && self.dice.percent(50) {
            self.read_file(first, when, manager);
        }
    }

    /// Before supervision the manager has read one child's file.
    fn read_file(&mut self, child: &Child, when: When, manager: &Staff) {
        let (part, concerns) = *self.dice.pick(&[
            ("The last three months", "Clear, and I can hear the child in it."),
            ("All of it", "Somebody who does not know the family would understand why we are here."),
            ("Since the last supervision", "The visits are there; what the school says could be fuller."),
        ]);
        let sheet = Sheet::on(when.0)
            .put("occasion", "supervision")
            .put("part", part)
            .yes("in-order", true)
            .put("concerns", concerns);
        self.keep("file-reading", &[child.record], manager, when, sheet);
    }

    /// A review of the plan that is in force.
    pub fn review(&mut self, day: Date, children: &[&Child]) {
        let Some(when) = self.slot(day, (10, 16)) else { return };
        let children: Vec<&Child> =
            children.iter().copied().filter(|child| child.opened <= when.0 && child.born_by(when.0)).collect();
        let Some(first) = children.first().copied() else { return };
        let kind = self.family.phase(when.0).map(|phase| phase.kind);
        let (section, title, next) = match kind {
            Some(Kind::Protection) => ("review-cp", "Child protection conference: the plan goes on", 180),
            Some(Kind::Care | Kind::Leaving) => ("review-cic", "Review of the care plan", 180),
            _ => ("review-cin", "Review of the plan", 90),
        };
        let names =
            if children.len() == 1 { self.names_of(first, &children, when.0) } else { self.names(&children, when.0) };
        let Some(drawn) = self.draw(section, &names) else { return };
        let worker = self.worker(when.0);
        let mut sheet = Sheet::at(when).person("people", worker.person).put("recommendations", drawn.text);
        let carer =
            first.spell(when.0).map(|spell| spell.carer).or(self.family.carer).map(|at| &self.family.adults[at]);
        if let Some(carer) = carer {
            sheet = sheet.person("people", carer.person);
        }
        if section == "review-cic" {
            sheet = sheet.named("people", "Mr Lund", "independent reviewing officer");
        }
        for child in &children {
            let age = child.age(when.0);
            let code = match age {
                0..=3 => "PN0",
                4..=8 => *self.dice.pick(&["PN6", "PN3", "PN6", "PN1"]),
                _ => *self.dice.pick(&["PN1", "PN1", "PN6", "PN5", "PN2"]),
            };
            sheet =
                sheet.each(child.record, "participation", code).each_day(child.record, "next-review", by(when.0, next));
            if age >= 5 && self.dice.percent(50) {
                let said = match age {
                    5..=10 => "said-primary-good",
                    11..=13 => "said-middle-good",
                    _ => "said-teen-good",
                };
                let names = self.names_of(child, &children, when.0);
                if let Some(words) = self.deck.text(&mut self.dice, said, &names) {
                    sheet = sheet.each(child.record, "child-views", words);
                }
            }
        }
        if self.dice.percent(30) || section == "review-cp" {
            sheet = sheet.headline(title);
        }
        self.keep("review", &records(&children), worker, when, sheet);
    }

    /// The risk, weighed when a plan begins and again about once a year.
    pub fn weigh(&mut self, day: Date, children: &[&Child]) {
        let Some(when) = self.slot(day, (13, 17)) else { return };
        let children: Vec<&Child> = children.iter().copied().filter(|child| child.opened <= when.0).collect();
        let names = self.names(&children, when.0);
        let bank = self.bank(when.0);
        let Some(drawn) = self.draw(&format!("risk-{bank}"), &names) else { return };
        let parts: Vec<&str> = drawn.text.split('|').map(str::trim).collect();
        let [nature, summary, strengths, safety] = parts[..] else { return };
        let sheet = Sheet::on(when.0)
            .passage("summary", (nature, None), summary, None)
            .put("strengths", strengths)
            .put("health-safety", safety)
            .day("next-review", by(when.0, 180));
        let worker = self.worker(when.0);
        self.keep("risk-assessment", &records(&children), worker, when, sheet);
    }

    /// The story so far.
    pub fn summary(&mut self, day: Date, child: &Child) {
        let Some(when) = self.slot(day, (9, 12)) else { return };
        let names = self.names_of(child, &[child], when.0);
        let (past, now, ahead) =
            (self.text("summary-past", &names), self.text("summary-now", &names), self.text("summary-ahead", &names));
        if past.is_empty() || now.is_empty() || ahead.is_empty() {
            return;
        }
        let sheet = Sheet::on(when.0).put("past", past).put("now", now).put("ahead", ahead);
        let worker = self.worker(when.0);
        self.keep("case-summary", &[child.record], worker, when, sheet);
    }

    /// An event from before the record began, told by somebody or found in a paper.
    pub fn before(&mut self) {
        let family = self.family;
        let opened = family.opened();
        let Some(when) = self.slot(plus(opened, 12), (9, 12)) else { return };
        let children: Vec<&Child> =
            self.children_on(when.0).into_iter().filter(|child| child.born_by(plus(opened, -400))).collect();
        if children.is_empty() || family.need == super::family::Need::Uasc {
            return;
        }
        let names = self.names(&children, when.0);
        for _ in 0..self.dice.below(3) {
            let Some(drawn) = self.draw("past", &names) else { continue };
            let parts: Vec<&str> = drawn.text.split('|').map(str::trim).collect();
            let [from, headline, what] = parts[..] else { continue };
            let youngest = children.iter().map(|child| child.birth).max().unwrap_or(opened);
            let back = super::family::days_between(youngest, opened).min(1_500);
            let Some(time) = self.slot(when.0, (9, 17)) else { continue };
            let sheet = Sheet::on(plus(opened, -self.dice.between(30, back.max(31))))
                .put("headline", headline)
                .put("what", what)
                .put("known-from", from);
            let worker = self.worker(when.0);
            self.keep("chronology-entry", &records(&children), worker, time, sheet);
        }
    }

    /// A complaint, and what was answered.
    pub fn complaint(&mut self, day: Date, children: &[&Child]) {
        let Some(when) = self.slot(day, (10, 16)) else { return };
        let children: Vec<&Child> = children.iter().copied().filter(|child| child.opened <= when.0).collect();
        let Some(carer) = self.family.carer.map(|at| &self.family.adults[at]) else { return };
        let names = self.names(&children, when.0);
        let Some(drawn) = self.draw("complaint", &names) else { return };
        let parts: Vec<&str> = drawn.text.split('|').map(str::trim).collect();
        let [formal, nature, outcome] = parts[..] else { return };
        let sheet = Sheet::on(when.0)
            .person("made-by", carer.person)
            .put("formal", formal)
            .put("nature", nature)
            .yes("settled", true)
            .put("outcome", outcome)
            .day("outcome-on", when.0);
        let manager = self.manager(when.0);
        self.keep("complaint", &records(&children), manager, when, sheet);
    }

    /// A young person who was away, and came back.
    pub fn missing(&mut self, day: Date, child: &Child) {
        let Some(when) = self.slot(day, (9, 12)) else { return };
        let names = self.names_of(child, &[child], when.0);
        let Some(drawn) = self.draw("missing", &names) else { return };
        let Some((account, words)) = drawn.text.split_once('|') else { return };
        // Told on the next working day, about the evening before.
        let evening = plus(when.0, -1);
        let Ok(late) = jiff::civil::Time::new(22, 5, 0, 0) else { return };
        let sheet = Sheet::at((evening, late))
            .put("type", if child.spell(evening).is_some() { "M" } else { "A" })
            .passage("account", ("seen", None), account.trim(), None)
            .yes("police", true)
            .each(child.record, "returned", "yes")
            .each_day(child.record, "returned-on", when.0)
            .each(child.record, "child-views", words.trim());
        let worker = self.worker(when.0);
        self.keep("missing", &[child.record], worker, when, sheet);
    }

    /// The worker is away for a while: why the record has a gap.
    pub fn away(&mut self, day: Date, children: &[&Child]) {
        let Some(when) = self.slot(day, (9, 11)) else { return };
        let children: Vec<&Child> = children.iter().copied().filter(|child| child.opened <= when.0).collect();
        let (worker, manager) = (self.worker(when.0), self.manager(when.0));
        let why = *self.dice.pick(&["holiday", "holiday", "absent", "training"]);
        let until = plus(when.0, self.dice.between(7, 18));
        let sheet = Sheet::on(when.0)
            .person("worker", worker.person)
            .day("until", until)
            .put("why", why)
            .person("instead", manager.person);
        self.keep("worker-unavailable", &records(&children), manager, when, sheet);
    }

    /// The end of the work.
    pub fn closing(&mut self, day: Date) {
        let family = self.family;
        for child in &family.children {
            let Some(when) = self.slot(day, (10, 16)) else { continue };
            let names = self.names_of(child, &self.children_on(when.0), when.0);
            let Some(drawn) = self.draw("closing", &names) else { continue };
            let Some((summary, support)) = drawn.text.split_once('|') else { continue };
            let reason = *self.dice.pick(&["needs-met", "needs-met", "needs-met", "other-service", "moved"]);
            let mut sheet =
                Sheet::on(when.0).put("reason", reason).put("summary", summary.trim()).put("support", support.trim());
            if child.age(when.0) >= 5 && !child.signs {
                sheet = sheet.maybe("child-views", self.deck.text(&mut self.dice, "voice-close", &names));
            }
            let manager = self.manager(when.0);
            self.keep("closing", &[child.record], manager, when, sheet);
        }
    }
}
