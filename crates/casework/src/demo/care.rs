//! Children who are looked after: legal status, placements, whom they see.

use super::{
    course::Kind,
    family::{Child, Need, plus},
    sheet::Sheet,
    teller::Teller,
};

impl Teller<'_> {
    /// Everything formal about the time in care.
    pub fn care(&mut self) {
        let family = self.family;
        let Some(care) = family.phases.iter().find(|phase| phase.kind == Kind::Care).copied() else { return };
        let agreed = family.need == Need::Uasc || family.need == Need::Care || self.dice.percent(18);
        let order_after = self.dice.between(170, 290);
        for child in &family.children {
            if child.spells.is_empty() {
                continue;
            }
            self.legal(child, care.from, agreed, order_after);
            self.placed(child);
        }
        if family.need == Need::Uasc {
            let child = &family.children[0];
            if let Some(when) = self.slot(care.from, (9, 12)) {
                let sheet = Sheet::on(when.0).yes("uasc", true).put("note", "Arrived alone. Age accepted.");
                let worker = self.worker(when.0);
                self.keep("uasc", &[child.record], worker, when, sheet);
            }
        } else {
            self.seeing(care.from);
        }
    }

    fn legal(&mut self, child: &Child, from: jiff::civil::Date, agreed: bool, order_after: i32) {
        let from = from.max(child.opened);
        let Some(when) = self.slot(from, (9, 12)) else { return };
        let worker = self.worker(when.0);
        let need = if self.family.need == Need::Uasc { "N8" } else { child.need };
        let begin = |code: &str, day| {
            Sheet::on(day).put("status", code).put("episode-reason", "S").put("category-of-need", need)
        };
        let ends = self.family.phases.iter().find(|phase| phase.kind == Kind::Leaving).map(|phase| phase.from);
        // An order lasts until a young person is 18, and so does what was agreed.
        let until = |sheet: Sheet| match ends {
            Some(day) => sheet.day("until", day),
            None => sheet,
        };
        let sheet = if agreed {
            begin("V2", when.0)
                .put("order", "Agreed with those who have parental responsibility, where there is anybody to ask.")
        } else {
            begin("C1", when.0).put("order", "Interim care order made by the family court at Harrowdale.")
        };
        let last = agreed || child.age(plus(from, order_after)) >= 17;
        let sheet = if last { until(sheet) } else { sheet };
        self.keep("legal-status", &[child.record], worker, when, sheet);
        if last {
            return;
        }
        if let Some(when) = self.slot(plus(from, order_after), (12, 16)) {
            let worker = self.worker(when.0);
            let sheet = Sheet::on(when.0)
                .put("status", "C2")
                .put("episode-reason", "L")
                .put("order", "Care order made at the final hearing. The care plan was agreed by the court.");
            self.keep("legal-status", &[child.record], worker, when, until(sheet));
        }
    }

    fn placed(&mut self, child: &Child) {
        let family = self.family;
        for (nth, spell) in child.spells.iter().enumerate() {
            let Some(when) = self.slot(spell.from, (13, 17)) else { continue };
            let worker = self.worker(when.0);
            let carer = &family.adults[spell.carer];
            let mut sheet = Sheet::on(when.0)
                .put("type", spell.kind.0)
                .put("provider", spell.kind.1)
                .person("carers", carer.person)
                .address(&spell.home);
            sheet = match spell.because {
                Some(because) if nth > 0 => sheet.put("episode-reason", "P").put("change-reason", because),
                _ => sheet.put("episode-reason", "S"),
            };
            if let Some(until) = spell.until.filter(|_| nth + 1 == child.spells.len()) {
                sheet = sheet.day("until", until).put("ceased-reason", *self.dice.pick(&["E17", "E5", "E6"]));
            }
            let names = self.names_of(child, &[child], when.0);
            if child.age(when.0) >= 4 && self.dice.percent(60) {
                let tone = if nth == 0 { "worry" } else { "good" };
                sheet =
                    sheet.maybe("child-views", self.deck.text(&mut self.dice, &format!("said-care-{tone}"), &names));
            }
            self.keep("placement", &[child.record], worker, when, sheet);
            let fostered = carer.is.iter().flatten().any(|is| matches!(*is, "foster-carer" | "carer"));
            if fostered {
                self.relative(child, carer, when.0);
            }
            self.moves(child, nth, when.0);
        }
    }

    /// Who no longer lives with the child, and who does now.
    fn moves(&mut self, child: &Child, nth: usize, day: jiff::civil::Date) {
        let family = self.family;
        let spell = &child.spells[nth];
        if family.need == Need::Uasc && spell.kind.0 == "K3" {
            return;
        }
        let at_home = |at: usize| family.adults[at].at_home && family.adults[at].died.is_none();
        let gone: Vec<_> = if nth == 0 {
            (0..family.adults.len())
                .filter(|at| at_home(*at) && *at != spell.carer)
                .map(|at| family.adults[at].person)
                .collect()
        } else {
            vec![family.adults[child.spells[nth - 1].carer].person]
        };
        let now = family.adults[spell.carer].person;
        let gone = gone.into_iter().filter(|person| *person != now);
        for (person, here) in gone.map(|person| (person, false)).chain([(now, true)]).collect::<Vec<_>>() {
            let Some(when) = self.slot(day, (15, 18)) else { continue };
            let worker = self.worker(when.0);
            let sheet = Sheet::on(when.0).person("person", person).yes("lives-here", here).yes("risk", false);
            self.keep("household", &[child.record], worker, when, sheet);
        }
        // Brothers and sisters who went elsewhere.
        for other in &family.children {
            let together = other.spells.iter().any(|one| one.home == spell.home);
            if other.record != child.record && other.born_by(day) && other.opened <= day && !together && nth == 0 {
                let Some(when) = self.slot(day, (15, 18)) else { continue };
                let worker = self.worker(when.0);
                let sheet =
                    Sheet::on(when.0).person("person", other.person).yes("lives-here", false).yes("risk", false);
                self.keep("household", &[child.record], worker, when, sheet);
            }
        }
    }

    /// Whom the children see, and how.
    fn seeing(&mut self, from: jiff::civil::Date) {
        let family = self.family;
        for child in &family.children {
            for adult in [family.mother(), family.father()].into_iter().flatten() {
                if adult.died.is_some() || child.spells.is_empty() || !self.dice.percent(75) {
                    continue;
                }
                let Some(when) = self.slot(plus(from.max(child.opened), 9), (10, 16)) else { continue };
                let names = self.names_of(child, &[child], when.0);
                let how = self.text("contact-how", &names);
                let permitted = *self.dice.pick(&["supervised", "supervised", "agreed", "indirect"]);
                if how.is_empty() {
                    continue;
                }
                let sheet = Sheet::on(when.0)
                    .person("person", adult.person)
                    .put("permitted", permitted)
                    .put("how", how)
                    .yes("ordered", false);
                let worker = self.worker(when.0);
                self.keep("contact-arrangement", &[child.record], worker, when, sheet);
            }
        }
    }
}
