//! What differs in a form, question by question.

use std::collections::BTreeSet;

use super::Points;
use crate::{
    form::{
        Condition, Field, FieldKind, Form, LeadsTo, RecordedBy, Recorder, Second, Section, SetFrom, SetKey, SetSubject,
        SetValue, Sets, Stands,
    },
    pack::Pack,
    words,
};

/// A form with the pack that it belongs to, in which its lists and facts have their names.
pub(super) struct Named<'p> {
    pack: &'p Pack,
    form: &'p Form,
}

impl<'p> Named<'p> {
    pub(super) const fn new(pack: &'p Pack, form: &'p Form) -> Self {
        Self { pack, form }
    }

    fn when(&self, when: Option<&Condition>) -> String {
        when.map_or_else(|| "always".to_owned(), |when| words::condition(when, self.form, self.pack))
    }

    /// What a question is called.
    fn label(&self, field: &str) -> String {
        self.form.field(field).map_or_else(|| format!("`{field}`"), |field| format!("«{}»", field.label))
    }

    fn fact(&self, fact: &str) -> String {
        self.pack.fact(fact).map_or_else(|| format!("`{fact}`"), |fact| format!("«{}»", fact.title))
    }

    fn title(&self, form: &str) -> String {
        self.pack.form(form).map_or_else(|| format!("`{form}`"), |form| format!("«{}»", form.title))
    }

    fn recorded_by(&self, RecordedBy { when, by, why, source }: &RecordedBy) -> String {
        let who = match by {
            Recorder::Related(ways) => words::list(ways.iter().map(|way| words::relation(*way).to_owned())),
            Recorder::Agreed { fact, entry, open } => {
                let open = open.as_ref().map_or_else(String::new, |open| format!(", or open by {}", self.fact(open)));
                format!("whom {} names for {}{open}", self.fact(fact), self.label(entry))
            }
        };
        format!("{who} {}: {why} ({})", self.when(when.as_ref()), source.join(", "))
    }

    /// What an answer makes known, in a sentence.
    fn sets(&self, sets: &Sets) -> String {
        let Sets { fact, when, subject, value, other, from, until, key } = sets;
        let of = match subject {
            SetSubject::Holder => "of the child".to_owned(),
            SetSubject::Record => "of the record".to_owned(),
            SetSubject::Person(field) => format!("of the person in {}", self.label(field)),
            SetSubject::Team(field) => format!("of the team in {}", self.label(field)),
        };
        let value = match value {
            SetValue::Field(field) => format!("the answer to {}", self.label(field)),
            SetValue::Joined(fields) => words::list(fields.iter().map(|field| self.label(field))),
            SetValue::Happened => "the day on which it happened".to_owned(),
            SetValue::Moment => "the moment at which it happened".to_owned(),
            SetValue::Written => "the moment at which it was written".to_owned(),
            SetValue::HoursAfter(field) => {
                format!("the moment so many hours after it was written: the answer to {}", self.label(field))
            }
            SetValue::Text(text) => format!("«{text}»"),
            SetValue::Nothing => "nothing any more".to_owned(),
        };
        let other =
            other.as_ref().map_or_else(String::new, |field| format!(", with the person in {}", self.label(field)));
        let from = match from {
            SetFrom::Happened => String::new(),
            SetFrom::Field(field) => format!(", from {}", self.label(field)),
            SetFrom::Written => ", from the day of writing".to_owned(),
        };
        let until = until.as_ref().map_or_else(String::new, |field| format!(", until {}", self.label(field)));
        let key = match key {
            None => String::new(),
            Some(SetKey::This) => ", told apart by the entry".to_owned(),
            Some(SetKey::Entry(field)) => format!(", for the entry in {}", self.label(field)),
        };
        format!("{} {of}: {value}{other}{from}{until}{key}, {}", self.fact(fact), self.when(when.as_ref()))
    }

    fn leads_to(&self, field: &Field, LeadsTo { is, forms, why }: &LeadsTo) -> String {
        let condition = Condition::Is { field: field.id.clone(), any_of: is.clone() };
        let forms = words::list(forms.iter().map(|form| self.title(form)));
        format!("{forms} {}: {why}", words::condition(&condition, self.form, self.pack))
    }
}

/// The points in which a form differs.
pub(super) fn points(old: &Named<'_>, new: &Named<'_>) -> Points {
    let Form {
        id: _,
        version,
        hash: _,
        title,
        source,
        intro,
        guidance,
        record,
        may_complete,
        stands,
        about,
        offered,
        happens,
        asks_informant,
        chronology,
        last_things_when,
        voice,
        check_before,
        // Shown among the clocks.
        limits: _,
        recorded_by,
        second,
        authorised_by,
        self_authorised,
        copies_to,
        sections,
        sets,
    } = old.form;
    let now = new.form;
    let mut points = Points::default();
    points.of("its version", version, &now.version, u32::to_string);
    points.text("its title", title, &now.title);
    points.maybe("its introduction", intro.as_ref(), now.intro.as_ref());
    points.of("written in", record, &now.record, |record| words::record(*record).to_owned());
    points.of("by whoever may", may_complete, &now.may_complete, |may| words::capability(*may).to_owned());
    points.of("it stands when it is", stands, &now.stands, |stands| {
        match stands {
            Stands::Completed => "completed",
            Stands::Authorised => "authorised",
        }
        .to_owned()
    });
    points.of("one entry is about", about, &now.about, |about| words::about(*about).to_owned());
    points.of("its place under «Record something»", offered, &now.offered, |place| {
        place.map_or_else(|| "not there".to_owned(), |place| place.to_string())
    });
    points.of("asks for", happens, &now.happens, |happens| words::happens(*happens).to_owned());
    points.flag("asks who gave the information", *asks_informant, now.asks_informant);
    points.of("stands in the chronology", chronology, &now.chronology, |way| words::chronology(*way).to_owned());
    points.each(
        "asks who told it, and about the chronology",
        (last_things_when, |when| old.when(when.as_ref())),
        (&now.last_things_when, |when| new.when(when.as_ref())),
    );
    points.of("voice", voice, &now.voice, |voice| voice.map_or("nobody’s", words::voice).to_owned());
    points.of("the writer first sees what will stand", check_before, &now.check_before, |check| {
        words::check_before(*check).to_owned()
    });
    points.set_of(
        "whose task it is to record it",
        (recorded_by, |rule| old.recorded_by(rule)),
        (&now.recorded_by, |rule| new.recorded_by(rule)),
    );
    points.of("a second entry about the same moment", second, &now.second, |second| {
        match second {
            Second::AsksWhy => "needs a reason",
            Second::MayStand => "may stand",
        }
        .to_owned()
    });
    points.set("who authorises it", authorised_by, &now.authorised_by);
    points.order("the order of those who authorise it", authorised_by, &now.authorised_by);
    points.flag("what one of those completes needs nobody else", *self_authorised, now.self_authorised);
    points.set("who gets a copy", copies_to, &now.copies_to);
    points.order("the order of those who get a copy", copies_to, &now.copies_to);
    points.set("writing help beside it", guidance, &now.guidance);
    points.order("the order of the writing help beside it", guidance, &now.guidance);
    points.sources(source, &now.source);
    sections_of(&mut points, sections, &now.sections);
    fields_of(&mut points, old, new);
    points.set_of("makes known", (sets, |sets| old.sets(sets)), (&now.sets, |sets| new.sets(sets)));
    let plain = |all: &[Sets]| all.iter().map(|sets| format!("`{}`", sets.fact)).collect::<Vec<_>>();
    points.order("the order in which it makes things known", &plain(sets), &plain(&now.sets));
    points
}

fn sections_of(points: &mut Points, old: &[Section], new: &[Section]) {
    for before in old {
        let Section { id, title, help, for_each_child, fields: _ } = before;
        let Some(after) = new.iter().find(|section| section.id == *id) else {
            points.add("the section", Some(format!("«{title}»")), None);
            continue;
        };
        points.text(&format!("the heading of the section `{id}`"), title, &after.title);
        points.maybe(&format!("the help in the section «{title}»"), help.as_ref(), after.help.as_ref());
        points.flag(&format!("the section «{title}» is asked for each child"), *for_each_child, after.for_each_child);
    }
    for after in new.iter().filter(|section| !old.iter().any(|one| one.id == section.id)) {
        points.add("the section", None, Some(format!("«{}»", after.title)));
    }
    let ids = |all: &[Section]| all.iter().map(|section| section.id.clone()).collect::<Vec<_>>();
    points.order("the order of sections", &ids(old), &ids(new));
}

fn fields_of(points: &mut Points, old: &Named<'_>, new: &Named<'_>) {
    for before in old.form.fields() {
        match new.form.field(&before.id) {
            None => points.add("the question", Some(format!("«{}»", before.label)), None),
            Some(after) => field(points, (old, before), (new, after)),
        }
    }
    for after in new.form.fields().filter(|field| old.form.field(&field.id).is_none()) {
        let kind = words::kind(&after.kind);
        let must = if after.required { ", must be answered" } else { "" };
        points.add("the question", None, Some(format!("«{}» ({kind}{must})", after.label)));
    }
    let within = |form: &Form| -> Vec<String> {
        form.sections
            .iter()
            .flat_map(|section| section.fields.iter().map(|field| format!("{}/{}", section.id, field.id)))
            .collect()
    };
    points.order("the order of questions", &within(old.form), &within(new.form));
    let moved: BTreeSet<String> = within(new.form).into_iter().filter(|at| !within(old.form).contains(at)).collect();
    for at in moved {
        let Some((section, id)) = at.split_once('/') else { continue };
        if old.form.field(id).is_some()
            && let Some(section) = new.form.sections.iter().find(|one| one.id == section)
        {
            points.add(
                format!("{} is asked in the section", new.label(id)),
                None,
                Some(format!("«{}»", section.title)),
            );
        }
    }
}

fn field(points: &mut Points, (old, was): (&Named<'_>, &Field), (new, now): (&Named<'_>, &Field)) {
    let Field {
        id: _,
        kind,
        label,
        hint,
        required,
        when,
        reason_if,
        reason_label,
        voice,
        may_differ,
        among,
        offers_staff,
        sealed,
        carry,
        carry_last,
        same_as,
        leads_to,
        source,
    } = was;
    let of = |what: &str| format!("{what} «{label}»");
    points.text(&of("the wording of"), label, &now.label);
    points.of(&of("the answer to"), kind, &now.kind, |kind: &FieldKind| words::kind(kind));
    points.maybe(&of("the hint of"), hint.as_ref(), now.hint.as_ref());
    points.flag(&format!("«{label}» must be answered"), *required, now.required);
    points.each(
        &format!("«{label}» is asked"),
        (when, |when| old.when(when.as_ref())),
        (&now.when, |when| new.when(when.as_ref())),
    );
    points.maybe(&of("a reason is asked after"), reason_if.as_ref(), now.reason_if.as_ref());
    points.maybe(&of("how the reason is asked after"), reason_label.as_ref(), now.reason_label.as_ref());
    points
        .of(&of("whose voice it is in"), voice, &now.voice, |voice| voice.map_or("nobody’s", words::voice).to_owned());
    points.flag(&format!("«{label}» may be another text for one child"), *may_differ, now.may_differ);
    let question = |named: &Named<'_>, field: &Option<String>| {
        field.as_ref().map_or_else(|| "nothing".to_owned(), |field| named.label(field))
    };
    points.each(
        &of("what must agree with"),
        (among, |among| question(old, among)),
        (&now.among, |among| question(new, among)),
    );
    points.flag(&format!("«{label}» offers staff"), *offers_staff, now.offers_staff);
    points.flag(&format!("the answer to «{label}» is sealed"), *sealed, now.sealed);
    points.maybe(&of("the fact that fills in"), carry.as_ref(), now.carry.as_ref());
    points.set(&of("an earlier form that fills in"), carry_last, &now.carry_last);
    points.order(&of("the order of the earlier forms that fill in"), carry_last, &now.carry_last);
    points.maybe(&of("the entry that fills in"), same_as.as_ref(), now.same_as.as_ref());
    let leads = |named: &Named<'_>, field: &Field, leads: Option<&LeadsTo>| {
        leads.map_or_else(|| "nothing".to_owned(), |leads| named.leads_to(field, leads))
    };
    points.each(
        &of("what to think of after"),
        (leads_to, |to| leads(old, was, to.as_ref())),
        (&now.leads_to, |to| leads(new, now, to.as_ref())),
    );
    points.sources_of(&of("where it comes from, of"), source, &now.source);
}
