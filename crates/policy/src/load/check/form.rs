//! One form: its names, its conditions, and that what it says it needs exists.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        form::{FormPart, Head},
        layers::Layers,
        mistake::{At, Mistakes, Places},
        tables::{NAME_RULE, is_name},
    },
    check_voice,
    sets::{answer_in_words, fact_in_words, fits},
};
use crate::{
    capability::Capability,
    fact::{FactKind, Holds, Says},
    form::{
        About, CheckBefore, Condition, Field, FieldKind, Form, Happens, InChronology, RecordKind, RecordedBy, Recorder,
        Section, Stands, Whose,
    },
};

/// The questions that the engine itself asks, on every form or where the form wants it.
const RESERVED: [&str; 7] =
    ["happened", "informant", "significant", "headline", "late-reason", "second-because", "about"];

/// The list of those who may get a copy of what a form records.
const COPY_TO: &str = "copy-to";

fn words(placed: Option<Vec<(String, At)>>) -> Vec<String> {
    placed.unwrap_or_default().into_iter().map(|(word, _)| word).collect()
}

/// Checks one form.
pub(super) struct Checker<'a, 'm> {
    pub(super) layers: &'a Layers,
    /// The questions of all forms.
    pub(super) forms: &'a BTreeMap<String, Vec<Field>>,
    pub(super) mistakes: &'m mut Mistakes,
}

impl<'a> Checker<'a, '_> {
    /// Makes the form from what was said of it, with every mistake found on the way.
    pub(super) fn form(&mut self, part: FormPart) -> Form {
        self.ids(&part);
        self.head(&part);
        for (place, field) in part.fields() {
            self.field(&part, place, &field.field, &field.places);
        }
        for sets in &part.sets {
            self.sets(&part, sets);
        }
        if let Some((when, at)) = &part.head.last_things_when
            && let Some(field) = self.named(&part, when.field(), *at)
        {
            self.condition(field, when, *at);
            let each = part.sections.iter().filter(|section| section.section.for_each_child);
            if each.flat_map(|section| &section.fields).any(|other| other.field.id == field.id) {
                self.mistakes
                    .add(*at, "what is asked at the end is asked once, so it cannot look at one child's answer");
            }
        }
        for (rule, at) in part.head.recorded_by.iter().flatten() {
            self.recorded_by(&part, rule, *at);
        }
        let FormPart { id, head, sections, sets, .. } = part;
        Form {
            version: head.version.unwrap_or(1),
            hash: [0; 32],
            title: head.title.unwrap_or_default(),
            source: head.source.unwrap_or_default(),
            intro: head.intro,
            guidance: words(head.guidance),
            record: head.record.unwrap_or(RecordKind::Child),
            may_complete: head.may_complete.and_then(|(capability, _)| capability).unwrap_or(Capability::RecordEntry),
            stands: head.stands.map_or(Stands::Completed, |(stands, _)| stands),
            about: head.about.unwrap_or(About::One),
            offered: head.offered,
            happens: head.happens.unwrap_or(Happens::DateTime),
            asks_informant: head.asks_informant.unwrap_or(false),
            chronology: head.chronology.unwrap_or(InChronology::Never),
            voice: head.voice.map(|(voice, _)| voice),
            check_before: head.check_before.unwrap_or(CheckBefore::Always),
            last_things_when: head.last_things_when.map(|(when, _)| when),
            recorded_by: head.recorded_by.unwrap_or_default().into_iter().map(|(rule, _)| rule).collect(),
            limits: Vec::new(),
            second: head.second.unwrap_or_default(),
            authorised_by: words(head.authorised_by),
            self_authorised: head.self_authorised.is_some_and(|(own, _)| own),
            copies_to: words(head.copies_to),
            sections: sections
                .into_iter()
                .map(|part| Section {
                    fields: part.fields.into_iter().map(|field| field.field).collect(),
                    ..part.section
                })
                .collect(),
            sets: sets.into_iter().map(|part| part.sets).collect(),
            id,
        }
    }

    /// Whoever authorises an entry may do so, and what waits for that has somebody to wait for.
    fn authorising(&mut self, head: &Head) {
        let roles = head.authorised_by.iter().flatten();
        for (name, at) in roles.clone() {
            let Some(role) = self.layers.roles.get(name) else {
                self.mistakes.add(*at, format!("there is no role `{name}` to authorise this; name one of roles.toml"));
                continue;
            };
            if role.may.iter().all(|(may, _)| *may != Capability::AuthoriseEntry) {
                self.mistakes.add(*at, format!("the role `{name}` may authorise nothing; give it `authorise-entry`"));
            }
        }
        if roles.count() > 0 {
            return;
        }
        if let Some((Stands::Authorised, at)) = head.stands {
            self.mistakes.add(at, "nobody authorises this, so it would never stand; add authorised-by");
        }
        if let Some((true, at)) = head.self_authorised {
            self.mistakes.add(at, "nobody authorises this; add authorised-by, or take self-authorised out");
        }
    }

    /// Names within the form: well formed, each once.
    fn ids(&mut self, form: &FormPart) {
        let mut seen = BTreeSet::new();
        let sections = form.sections.iter().map(|section| (&section.section.id, section.at, "section"));
        let fields = form.fields().map(|(_, field)| (&field.field.id, field.places.whole, "question"));
        for (id, at, what) in sections.chain(fields) {
            if !is_name(id) {
                self.mistakes.add(at, format!("`{id}` is no name: {NAME_RULE}"));
            }
            if !seen.insert((what, id)) {
                self.mistakes.add(at, format!("the {what} `{id}` is in the form twice; give one of them another name"));
            }
            if what == "question" && RESERVED.contains(&id.as_str()) {
                self.mistakes.add(at, format!("`{id}` is asked by the program itself; give the question another name"));
            }
        }
    }

    fn head(&mut self, form: &FormPart) {
        let (head, id) = (&form.head, &form.id);
        if head.title.as_ref().is_none_or(|title| title.trim().is_empty()) {
            self.mistakes.add(form.at, format!("the form `{id}` has no title; add what people call it"));
        }
        if head.source.as_ref().is_none_or(Vec::is_empty) {
            self.mistakes
                .add(form.at, format!("the form `{id}` has no source; name the requirement that it comes from"));
        }
        for (guidance, at) in head.guidance.iter().flatten() {
            if self.layers.guidance.iter().all(|text| text.id != *guidance) {
                self.mistakes.add(*at, format!("there is no guidance `{guidance}`; add it to guidance.toml"));
            }
        }
        match head.may_complete {
            None => {
                self.mistakes.add(
                    form.at,
                    format!("the form `{id}` does not say what a person must be able to do; add may-complete"),
                );
            }
            Some((None, _)) => {}
            Some((Some(capability), at)) => {
                if !self.layers.roles.values().any(|role| role.may.iter().any(|(may, _)| *may == capability)) {
                    let capability = capability.name();
                    self.mistakes.add(
                        at,
                        format!("no role has `{capability}`, so nobody may complete this form; give it to one"),
                    );
                }
            }
        }
        if let Some((voice, at)) = head.voice {
            check_voice(Some(voice), at, self.layers, self.mistakes);
        }
        self.authorising(head);
        for (code, at) in head.copies_to.iter().flatten() {
            let list = self.layers.lists.get(COPY_TO);
            if list.is_none_or(|(list, _)| list.item(code).is_none()) {
                self.mistakes.add(*at, format!("`{code}` is no code of the list `{COPY_TO}`; add it there"));
            }
        }
        let about_one = head.about.unwrap_or(About::One) == About::One;
        for section in form.sections.iter().filter(|section| section.section.for_each_child && about_one) {
            self.mistakes.add(section.at, "only a form with about = \"children\" asks something for each child");
        }
        if !about_one && head.record == Some(RecordKind::Organisation) {
            self.mistakes.add(form.at, "a form for the organisation's record is about no children; take `about` out");
        }
    }

    fn field(&mut self, form: &FormPart, section: usize, field: &Field, places: &Places) {
        if field.label.trim().is_empty() {
            self.mistakes
                .add(places.of("label"), format!("the question `{}` has no words; write it in `label`", field.id));
        }
        if let Some(list) = field.kind.list()
            && !list.is_empty()
            && !self.layers.lists.contains_key(list)
        {
            self.mistakes.add(places.of("list"), format!("there is no list `{list}`; add it, or name one that exists"));
        }
        if let FieldKind::Entry { of, having, holding, whose } = &field.kind {
            self.entry(form, section, field, of, places);
            self.having(of, having, places.of("having"));
            if let Some(whose) = whose {
                self.whose(form, field, (of, whose), places.of("whose"));
            }
            match holding.as_ref().map(|fact| (fact, self.fact(fact))) {
                Some((fact, None)) => self.no_fact(fact, places.of("holding")),
                Some((fact, Some(kind))) if kind.holds != Holds::Many => {
                    let message = format!("`{fact}` must hold many, to be told apart by the entry that began it");
                    self.mistakes.add(places.of("holding"), message);
                }
                _ => {}
            }
        }
        check_voice(field.voice, places.of("voice"), self.layers, self.mistakes);
        if let Some(people) = &field.among {
            let of_people =
                form.fields().any(|(_, other)| other.field.id == *people && other.field.kind == FieldKind::People);
            if !of_people {
                let message = format!("`{people}` is no question about people in this form");
                self.mistakes.add(places.of("among"), message);
            }
            if field.kind != FieldKind::YesNo || !form.sections[section].section.for_each_child {
                self.mistakes
                    .add(places.of("among"), "only a yes-no that is asked for each child can be `among` people");
            }
        }
        if field.offers_staff && field.kind != FieldKind::People {
            self.mistakes.add(places.of("offers-staff"), "only a question about people can offer staff too");
        }
        if field.may_differ {
            let once_for_all =
                form.head.about == Some(About::Children) && !form.sections[section].section.for_each_child;
            if !once_for_all {
                self.mistakes.add(
                    places.of("may-differ"),
                    "only a question that is asked once, in a form with about = \"children\", can differ for one child",
                );
            }
            if !matches!(field.kind, FieldKind::Text | FieldKind::LongText) {
                self.mistakes.add(places.of("may-differ"), "only text and long-text can differ for one child");
            }
        }
        if let Some(when) = &field.when {
            self.asked_before(form, section, field, when, places.of("when"));
        }
        match (&field.reason_if, &field.reason_label) {
            (Some(answer), _) => self.answer(field, answer, places.of("reason-if")),
            (None, Some(_)) => {
                self.mistakes.add(
                    places.of("reason-label"),
                    "a reason is asked only with `reason-if`; add the answer that needs one",
                );
            }
            (None, None) => {}
        }
        if let Some(leads) = &field.leads_to {
            for answer in &leads.is {
                self.answer(field, answer, places.of("leads-to"));
            }
            for missing in leads.forms.iter().filter(|id| !self.forms.contains_key(*id)) {
                let message = format!("there is no form `{missing}` to lead to; take it out or correct the name");
                self.mistakes.add(places.of("leads-to"), message);
            }
        }
        if let Some(entry) = &field.same_as {
            let refers = form
                .fields()
                .any(|(_, other)| other.field.id == *entry && matches!(other.field.kind, FieldKind::Entry { .. }));
            if !refers {
                let message = format!("`{entry}` is no question about another entry in this form");
                self.mistakes.add(places.of("same-as"), message);
            }
            if matches!(
                field.kind,
                FieldKind::Passages
                    | FieldKind::People
                    | FieldKind::Address
                    | FieldKind::Actions
                    | FieldKind::Entry { .. }
                    | FieldKind::Document { .. }
            ) || form.sections[section].section.for_each_child
            {
                let message = "only a plain answer that is given once can be the same as in another entry";
                self.mistakes.add(places.of("same-as"), message);
            }
        }
        self.filled(field, places);
    }

    /// What it is filled in with exists, and is an answer to it.
    fn filled(&mut self, field: &Field, places: &Places) {
        for last in &field.carry_last {
            if !self.forms.contains_key(last) {
                self.mistakes.add(places.of("carry-last"), format!("there is no form `{last}` to carry from"));
            }
        }
        if let Some(fact) = &field.carry {
            match self.fact(fact) {
                Some(fact) if !fits(&field.kind, fact) => {
                    let (answer, says) = (answer_in_words(&field.kind), fact_in_words(fact));
                    let message = format!(
                        "`{}` takes {answer} and cannot be filled from `{}`, which says {says}",
                        field.id, fact.id
                    );
                    self.mistakes.add(places.of("carry"), message);
                }
                Some(_) => {}
                None => self.no_fact(fact, places.of("carry")),
            }
        }
    }

    /// Who alone records it: a rule that can come true, about facts and entries that there are.
    fn recorded_by(&mut self, form: &FormPart, rule: &RecordedBy, at: At) {
        if let Some(when) = &rule.when
            && let Some(field) = self.named(form, when.field(), at)
        {
            self.condition(field, when, at);
        }
        if rule.why.trim().is_empty() || rule.source.is_empty() {
            self.mistakes.add(at, "say why, to whoever is refused, and from which requirement it comes");
        }
        if let Recorder::Agreed { fact, entry, open } = &rule.by {
            if let Some(open) = open.as_ref().filter(|open| self.fact(open).is_none()) {
                self.no_fact(open, at);
            }
            match self.fact(fact) {
                Some(fact) if fact.says != Says::Staff || fact.holds != Holds::Many => {
                    let message =
                        format!("`{}` must hold many and say a member of staff, to say who was agreed", fact.id);
                    self.mistakes.add(at, message);
                }
                Some(_) => {}
                None => self.no_fact(fact, at),
            }
            if let Some(field) = self.named(form, entry, at)
                && !matches!(field.kind, FieldKind::Entry { .. })
            {
                self.mistakes.add(at, format!("`{entry}` is no question about another entry in this form"));
            }
        }
    }

    /// What an entry that is referred to must say can be said in each form with which it may have been made.
    fn having(&mut self, of: &[String], having: &[Condition], at: At) {
        if of.is_empty() && !having.is_empty() {
            self.mistakes.add(at, "what it must say hangs on the form; name the forms in `of`");
        }
        for (form, when) in of.iter().flat_map(|form| having.iter().map(move |when| (form, when))) {
            let Some(fields) = self.forms.get(form) else { continue };
            match fields.iter().find(|field| field.id == when.field()) {
                Some(field) => self.condition(field, when, at),
                None => self.mistakes.add(at, format!("there is no question `{}` in the form `{form}`", when.field())),
            }
        }
    }

    /// Whose it must be is said by one person there and by one here.
    fn whose(&mut self, form: &FormPart, field: &Field, (of, whose): (&[String], &Whose), at: At) {
        if of.is_empty() {
            self.mistakes.add(at, "whose it is hangs on the form; name the forms in `of`");
        }
        let here = form.fields().map(|(_, part)| &part.field).find(|field| field.id == whose.of);
        if here.is_some_and(|here| !here.required || here.when.is_some() && here.when != field.when) {
            let message =
                format!("`{}` may stay without an answer, and then it could be anybody's; require it", whose.of);
            self.mistakes.add(at, message);
        }
        let mut asked = vec![(&form.id, &whose.of, here)];
        for form in of {
            let Some(fields) = self.forms.get(form) else { continue };
            asked.push((form, &whose.field, fields.iter().find(|field| field.id == whose.field)));
        }
        for (form, question, field) in asked {
            if field.is_none_or(|field| field.kind != FieldKind::Person) {
                let message = format!("there is no question `{question}` for one person in the form `{form}`");
                self.mistakes.add(at, message);
            }
        }
    }

    /// An entry that is referred to stands in the same record, so in a form about several children each is asked for
    /// theirs; and it can be found by what refers to it, so it is not sealed.
    fn entry(&mut self, form: &FormPart, section: usize, field: &Field, of: &[String], places: &Places) {
        for missing in of.iter().filter(|id| !self.forms.contains_key(*id)) {
            let message = format!("there is no form `{missing}` to refer to; take it out or correct the name");
            self.mistakes.add(places.of("of"), message);
        }
        let about_one = form.head.about.unwrap_or(About::One) == About::One;
        if !about_one && !form.sections[section].section.for_each_child {
            let message =
                format!("`{}` refers to an entry of one child's record; ask it in a section for each child", field.id);
            self.mistakes.add(places.of("kind"), message);
        }
        if field.sealed {
            let message = format!("`{}` refers to an entry, which cannot be found again if it is sealed", field.id);
            self.mistakes.add(places.whole, message);
        }
    }

    /// A condition of a question looks at one that was asked before it, of the same child, and can come true.
    fn asked_before(&mut self, form: &FormPart, section: usize, field: &Field, when: &Condition, at: At) {
        let target = when.field();
        let Some((its_section, looked_at)) = form.fields().find(|(_, other)| other.field.id == target) else {
            self.mistakes.add(at, format!("there is no question `{target}` in this form"));
            return;
        };
        let earlier = form.fields().take_while(|(_, other)| other.field.id != field.id);
        if earlier.into_iter().all(|(_, other)| other.field.id != target) {
            self.mistakes.add(at, format!("`{target}` is asked after `{}`; put it before", field.id));
        }
        if its_section != section && form.sections[its_section].section.for_each_child {
            self.mistakes.add(
                at,
                format!("`{target}` is asked for each child in another section; ask `{}` in that one", field.id),
            );
        }
        self.condition(&looked_at.field, when, at);
    }

    /// A condition asks for answers that its question can have.
    pub(super) fn condition(&mut self, looked_at: &Field, when: &Condition, at: At) {
        if let Condition::IsNot { none_of, .. } = when {
            for answer in none_of {
                self.answer(looked_at, answer, at);
            }
        }
        let Condition::Is { any_of, .. } = when else { return };
        for answer in any_of {
            self.answer(looked_at, answer, at);
        }
        let offered = |answer: &String| self.item(looked_at, answer).is_none_or(|withdrawn| !withdrawn);
        if !any_of.iter().any(offered) {
            self.mistakes
                .add(at, format!("this can never be so: no answer of `{}` that it needs is offered", looked_at.id));
        }
    }

    /// Whether the list of a choice has this code withdrawn; nothing where the list is not to be had.
    fn item(&self, field: &Field, code: &str) -> Option<bool> {
        let (FieldKind::Choice { list } | FieldKind::Choices { list }) = &field.kind else { return None };
        Some(self.layers.lists.get(list)?.0.item(code)?.withdrawn)
    }

    /// A named answer is one that the question can have.
    fn answer(&mut self, field: &Field, answer: &str, at: At) {
        match &field.kind {
            FieldKind::YesNo if matches!(answer, "yes" | "no") => {}
            FieldKind::YesNo => {
                self.mistakes.add(at, format!("`{}` is answered yes or no, not `{answer}`", field.id));
            }
            FieldKind::Choice { list } | FieldKind::Choices { list } => {
                if let Some((list, places)) = self.layers.lists.get(list).filter(|(list, _)| list.item(answer).is_none()) {
                    let message =
                        format!("`{answer}` is no code of the list `{}`, which `{}` is answered from", list.id, field.id);
                    self.mistakes.no_code(at, answer, (&list.id, places.whole), message);
                }
            }
            _ => self.mistakes.add(
                at,
                format!("`{}` has no fixed answers; only yes-no, choice and choices can be asked for one (else use answered = true)", field.id),
            ),
        }
    }

    /// The field of this name, or a mistake.
    pub(super) fn named<'f>(&mut self, form: &'f FormPart, id: &str, at: At) -> Option<&'f Field> {
        let field = form.fields().map(|(_, field)| &field.field).find(|field| field.id == *id);
        if field.is_none() {
            self.mistakes.add(at, format!("there is no question `{id}` in this form"));
        }
        field
    }

    /// The kind of fact of this name.
    pub(super) fn fact(&self, id: &str) -> Option<&'a FactKind> {
        self.layers.facts.get(id).map(|(fact, _)| fact)
    }

    /// Says that there is no such fact.
    pub(super) fn no_fact(&mut self, id: &str, at: At) {
        self.mistakes.add(at, format!("there is no fact `{id}`; add it to facts.toml, or name one that exists"));
    }
}
