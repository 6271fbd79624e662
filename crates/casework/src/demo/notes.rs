//! Case notes: calls, messages, meetings.

use jiff::civil::Date;

use super::{
    course::Kind,
    family::{Child, Need},
    sheet::Sheet,
    teller::{Teller, by, records},
};

impl Teller<'_> {
    /// A note on or soon after a day, of a kind that fits the family then.
    pub fn note(&mut self, day: Date, children: &[&Child]) {
        let Some(child) = children.get(self.dice.below(children.len())).copied() else { return };
        let mut kinds = Vec::new();
        let phase = self.family.phase(day).map(|phase| phase.kind);
        let placed = child.spell(day).is_some_and(|spell| spell.kind.0 != "P1");
        if placed {
            kinds.extend(["note-carer", "note-carer"]);
        } else if self.family.carer.is_some() && phase != Some(Kind::Leaving) {
            kinds.extend(["note-parent", "note-parent", "note-meeting"]);
        }
        match child.age(day) {
            0..=3 if child.born_by(day) && self.family.need != Need::Uasc => kinds.push("note-nursery"),
            4..=15 if self.family.need != Need::Uasc => kinds.extend(["note-school", "note-school"]),
            12.. => kinds.push("note-teen"),
            _ => {}
        }
        if self.family.need == Need::Disability {
            kinds.push("note-health");
        }
        if self.family.need == Need::Uasc {
            kinds.extend(["note-home-office", "note-home-office"]);
        }
        if matches!(self.family.need, Need::Abuse | Need::Stress) && !placed && self.tone(day) == "worry" {
            kinds.push("note-police");
        }
        if !placed && self.family.father().is_some_and(|father| !father.at_home) && self.dice.percent(20) {
            kinds.push("note-father");
        }
        if kinds.is_empty() {
            kinds.push("note-teen");
        }
        let kind = *self.dice.pick(&kinds);
        self.note_of(kind, day, child, children);
    }

    /// A note drawn from one section; about one child where the sentence is.
    pub fn note_of(&mut self, section: &str, day: Date, child: &Child, children: &[&Child]) {
        let Some(when) = self.slot(day, (9, 17)) else { return };
        let children: Vec<&Child> = children.iter().copied().filter(|one| one.opened <= when.0).collect();
        if !children.iter().any(|one| one.record == child.record) {
            return;
        }
        let names = self.names_of(child, &children, when.0);
        let Some(drawn) = self.draw(section, &names) else { return };
        let parts: Vec<&str> = drawn.text.split('|').map(str::trim).collect();
        let [contact, place, people, purpose, nature, account, outcome] = parts[..] else { return };
        let about = if drawn.one { vec![child.record] } else { records(&children) };
        let mut sheet = Sheet::at(when).put("type", contact).put("where", place).put("purpose", purpose);
        for one in people.split(';').map(str::trim) {
            sheet = self.taking_part(sheet, one, child, &names);
        }
        if matches!(contact, "telephone" | "conversation" | "meeting" | "appointment" | "video-call") {
            sheet = match self.family.interpreter.filter(|_| self.family.need == Need::Uasc) {
                Some(name) => {
                    sheet.yes("interpreter", true).put("interpreter-name", name).put("interpreter-source", "contracted")
                }
                None => sheet.yes("interpreter", false),
            };
        }
        let (nature, who) = nature.split_once(':').map_or((nature, None), |(nature, who)| (nature, Some(who)));
        sheet = sheet.passage("account", (nature, who), account, None).put("outcome", outcome);
        if self.dice.percent(25) {
            let what = self.text("action-what", &names);
            let days = self.dice.between(2, 15);
            if !what.is_empty() {
                sheet = sheet.action(&what, self.worker(when.0).name, by(when.0, days));
            }
        }
        if let Some(headline) = &drawn.headline {
            sheet = sheet.headline(headline);
        }
        let worker = self.worker(when.0);
        self.keep("case-note", &about, worker, when, sheet);
    }

    /// Somebody who took part: picked where they are known here, described where not.
    fn taking_part(&self, sheet: Sheet, who: &str, child: &Child, names: &super::words::Names) -> Sheet {
        let (name, role) = who.split_once(',').map_or((who, ""), |(name, role)| (name.trim(), role.trim()));
        if name == child.given {
            return sheet.person("people", child.person);
        }
        let known = self.family.adults.iter().find(|adult| adult.given == name && adult.died.is_none());
        match known {
            Some(adult)
                if names.get("carer") == Some(name)
                    || names.get("father") == Some(name)
                    || names.get("mother") == Some(name) =>
            {
                sheet.person("people", adult.person)
            }
            _ => sheet.named("people", name, if role.is_empty() { "Took part for their service" } else { role }),
        }
    }
}
