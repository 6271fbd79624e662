//! A form on its way from draft to [`Form`]: read, and laid over the form of the pack that it changes.

use super::{
    draft::{
        AgreedDraft, ConditionDraft, FieldDraft, FormDraft, FromDraft, KeyDraft, KindWord, RecordedByDraft,
        SectionDraft, SetsDraft, SubjectDraft, ValueDraft, WhoseDraft,
    },
    mistake::{At, FileId, Mistakes, Places},
};
use crate::{
    capability::Capability,
    file::FileKind,
    form::{
        About, CheckBefore, Column, Condition, DateSpan, Field, FieldKind, Happens, InChronology, RecordKind,
        RecordedBy, Recorder, Second, Section, SetFrom, SetKey, SetSubject, SetValue, Sets, Stands, Voice, Whose,
    },
};

/// A form with what is still open, and where it was said.
pub(super) struct FormPart {
    pub(super) id: String,
    /// Where its `form` key stands: in the last pack that had a say.
    pub(super) at: At,
    pub(super) head: Head,
    pub(super) sections: Vec<SectionPart>,
    pub(super) sets: Vec<SetsPart>,
}

/// The form-level keys. What a pack does not give stays as it was.
#[derive(Default)]
pub(super) struct Head {
    pub(super) version: Option<u32>,
    pub(super) title: Option<String>,
    pub(super) source: Option<Vec<String>>,
    pub(super) intro: Option<String>,
    pub(super) guidance: Option<Vec<(String, At)>>,
    pub(super) record: Option<RecordKind>,
    /// Nothing inside where a word was given that is not known.
    pub(super) may_complete: Option<(Option<Capability>, At)>,
    pub(super) stands: Option<(Stands, At)>,
    pub(super) about: Option<About>,
    pub(super) offered: Option<u32>,
    pub(super) happens: Option<Happens>,
    pub(super) asks_informant: Option<bool>,
    pub(super) chronology: Option<InChronology>,
    pub(super) voice: Option<(Voice, At)>,
    pub(super) check_before: Option<CheckBefore>,
    pub(super) last_things_when: Option<(Condition, At)>,
    pub(super) recorded_by: Option<Vec<(RecordedBy, At)>>,
    pub(super) second: Option<Second>,
    pub(super) authorised_by: Option<Vec<(String, At)>>,
    pub(super) self_authorised: Option<(bool, At)>,
    pub(super) copies_to: Option<Vec<(String, At)>>,
}

/// A section, and where it was said. Its fields are kept beside it.
pub(super) struct SectionPart {
    pub(super) section: Section,
    pub(super) fields: Vec<FieldPart>,
    pub(super) at: At,
    after: Option<(String, At)>,
}

/// A field, and where its keys stand.
pub(super) struct FieldPart {
    pub(super) field: Field,
    pub(super) places: Places,
    after: Option<(String, At)>,
}

/// What a form sets, and where its keys stand.
pub(super) struct SetsPart {
    pub(super) sets: Sets,
    pub(super) places: Places,
}

/// Adds a form of a pack to those that the packs before it gave.
pub(super) fn lay(
    forms: &mut std::collections::BTreeMap<String, FormPart>,
    draft: FormDraft,
    file: FileId,
    parent: Option<&str>,
    mistakes: &mut Mistakes,
) {
    let at = file.at(&draft.form);
    let id = draft.form.get_ref().clone();
    let changes = draft.changes.as_ref().map(|base| (base.get_ref().clone(), file.at(base)));
    let loose: Vec<_> = draft.field.into_iter().map(|field| read_field(field, file, mistakes)).collect();
    let sections: Vec<_> = draft.section.into_iter().map(|section| read_section(section, file, mistakes)).collect();
    let sets = draft.sets.into_iter().map(|sets| read_sets(sets, file, mistakes)).collect();
    let head = Head {
        version: draft.version,
        title: draft.title,
        source: draft.source,
        intro: draft.intro,
        guidance: draft.guidance.map(|ids| placed(ids, file)),
        record: mistakes.known(file, draft.record),
        may_complete: draft.may_complete.map(|word| {
            let at = file.at(&word);
            (mistakes.known(file, Some(word)), at)
        }),
        stands: draft.stands.and_then(|word| {
            let at = file.at(&word);
            mistakes.known(file, Some(word)).map(|stands| (stands, at))
        }),
        about: mistakes.known(file, draft.about),
        offered: draft.offered,
        happens: mistakes.known(file, draft.happens),
        asks_informant: draft.asks_informant,
        chronology: mistakes.known(file, draft.chronology),
        voice: draft.voice.and_then(|word| {
            let at = file.at(&word);
            mistakes.known(file, Some(word)).map(|voice| (voice, at))
        }),
        check_before: mistakes.known(file, draft.check_before),
        last_things_when: draft.last_things_when.map(|when| {
            let at = file.at(&when);
            (read_condition(when.into_inner(), at, mistakes), at)
        }),
        recorded_by: draft
            .recorded_by
            .map(|rules| rules.into_iter().filter_map(|rule| read_recorded_by(rule, file, mistakes)).collect()),
        second: mistakes.known(file, draft.second),
        authorised_by: draft.authorised_by.map(|roles| placed(roles, file)),
        self_authorised: draft.self_authorised.map(|word| (*word.get_ref(), file.at(&word))),
        copies_to: draft.copies_to.map(|codes| placed(codes, file)),
    };

    let Some((base, base_at)) = changes else {
        for field in &loose {
            mistakes.add(
                field.places.whole,
                "a question stands in a section: write [[section.field]]; [[field]] alone is for a form that changes another pack's",
            );
        }
        forms.insert(id.clone(), FormPart { id, at, head, sections, sets });
        return;
    };
    if Some(base.as_str()) != parent {
        mistakes.add(
            base_at,
            format!("this pack does not extend `{base}`; changes names the pack in `extends` of pack.toml"),
        );
    }
    let Some(form) = forms.get_mut(&id) else {
        mistakes.add(at, format!("`{base}` has no form `{id}` to change; take out `changes` to write a new form"));
        return;
    };
    form.at = at;
    form.head.take(head);
    for section in sections {
        form.lay_section(section, mistakes);
    }
    for field in loose {
        form.lay_field(field, mistakes);
    }
    form.sets.extend(sets);
}

impl Head {
    /// Takes over what the other gives.
    fn take(&mut self, new: Self) {
        macro_rules! take {
            ($($key:ident),+) => { $( if new.$key.is_some() { self.$key = new.$key; } )+ };
        }
        take!(
            version,
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
            voice,
            check_before,
            last_things_when,
            recorded_by,
            second,
            authorised_by,
            self_authorised,
            copies_to
        );
    }
}

impl FormPart {
    /// Every field of every section, in order, with the place of its section in the form.
    pub(super) fn fields(&self) -> impl Iterator<Item = (usize, &FieldPart)> {
        self.sections
            .iter()
            .enumerate()
            .flat_map(|(place, section)| section.fields.iter().map(move |field| (place, field)))
    }

    /// Replaces the section of the same id whole, or adds a new one.
    fn lay_section(&mut self, new: SectionPart, mistakes: &mut Mistakes) {
        if let Some(old) = self.sections.iter_mut().find(|old| old.section.id == new.section.id) {
            *old = new;
            return;
        }
        let Some((after, at)) = &new.after else {
            self.sections.push(new);
            return;
        };
        match self.sections.iter().position(|section| section.section.id == *after) {
            Some(place) => self.sections.insert(place + 1, new),
            None => {
                mistakes.add(*at, format!("there is no section `{after}` to stand after in the form `{}`", self.id));
            }
        }
    }

    /// Replaces the field of the same id whole, or adds a new one.
    fn lay_field(&mut self, new: FieldPart, mistakes: &mut Mistakes) {
        let mut fields = self.sections.iter_mut().flat_map(|section| &mut section.fields);
        if let Some(old) = fields.find(|old| old.field.id == new.field.id) {
            *old = new;
            return;
        }
        let Some((after, at)) = &new.after else {
            mistakes.add(
                new.places.whole,
                format!("`{}` is a new question; say after which one it comes, with after = \"…\"", new.field.id),
            );
            return;
        };
        for section in &mut self.sections {
            if let Some(place) = section.fields.iter().position(|field| field.field.id == *after) {
                section.fields.insert(place + 1, new);
                return;
            }
        }
        mistakes.add(*at, format!("there is no question `{after}` to stand after in the form `{}`", self.id));
    }
}

/// Words with the place of each.
fn placed(words: Vec<toml::Spanned<String>>, file: FileId) -> Vec<(String, At)> {
    words.into_iter().map(|word| (word.get_ref().clone(), file.at(&word))).collect()
}

fn read_section(draft: SectionDraft, file: FileId, mistakes: &mut Mistakes) -> SectionPart {
    let at = file.at(&draft.id);
    let fields = draft.field.into_iter().map(|field| {
        if let Some(after) = &field.after {
            mistakes.add(
                file.at(after),
                "inside a section, questions stand in the order in which they are written; take out `after`",
            );
        }
        read_field(field, file, mistakes)
    });
    SectionPart {
        fields: fields.collect(),
        section: Section {
            id: draft.id.into_inner(),
            title: draft.title,
            help: draft.help,
            for_each_child: mistakes.known(file, draft.for_whom).is_some(),
            fields: Vec::new(),
        },
        at,
        after: draft.after.map(|after| (after.get_ref().clone(), file.at(&after))),
    }
}

fn read_field(draft: FieldDraft, file: FileId, mistakes: &mut Mistakes) -> FieldPart {
    let mut places = Places::new(file.at(&draft.id));
    places.keep(file, "kind", Some(&draft.kind));
    places.keep(file, "list", draft.list.as_ref());
    places.keep(file, "of", draft.of.as_ref());
    places.keep(file, "having", draft.having.as_ref());
    places.keep(file, "holding", draft.holding.as_ref());
    places.keep(file, "whose", draft.whose.as_ref());
    places.keep(file, "label", Some(&draft.label));
    places.keep(file, "when", draft.when.as_ref());
    places.keep(file, "reason-if", draft.reason_if.as_ref());
    places.keep(file, "reason-label", draft.reason_label.as_ref());
    places.keep(file, "voice", draft.voice.as_ref());
    places.keep(file, "may-differ", draft.may_differ.as_ref());
    places.keep(file, "among", draft.among.as_ref());
    places.keep(file, "offers-staff", draft.offers_staff.as_ref());
    places.keep(file, "carry", draft.carry.as_ref());
    places.keep(file, "carry-last", draft.carry_last.as_ref());
    places.keep(file, "columns", draft.columns.as_ref());
    places.keep(file, "same-as", draft.same_as.as_ref());
    places.keep(file, "leads-to", draft.leads_to.as_ref());
    let after = draft.after.as_ref().map(|after| (after.get_ref().clone(), file.at(after)));
    let when = draft.when.map(|when| read_condition(when.into_inner(), places.of("when"), mistakes));
    let (min, max) = (draft.min.map(toml::Spanned::into_inner), draft.max.map(toml::Spanned::into_inner));
    let dates = mistakes.known(file, draft.dates);
    let takes =
        draft.takes.map(|kinds| kinds.into_iter().filter_map(|kind| mistakes.known(file, Some(kind))).collect());
    let kind = mistakes.known(file, Some(draft.kind)).map_or(FieldKind::Text, |word| {
        let list = draft.list.map(toml::Spanned::into_inner);
        let most_days = draft.most_days.map(toml::Spanned::into_inner);
        let of = draft.of.map(toml::Spanned::into_inner);
        let columns = draft.columns.map(toml::Spanned::into_inner);
        let having = draft.having.map(|all| {
            let all = all.into_inner().into_iter();
            all.map(|one| read_condition(one, places.of("having"), mistakes)).collect()
        });
        let holding = draft.holding.map(toml::Spanned::into_inner);
        let whose = draft.whose.map(|whose| {
            let WhoseDraft { field, of } = whose.into_inner();
            Whose { field, of }
        });
        let given = Given { list, min, max, dates, of, having, holding, whose, most_days, takes, columns };
        given.kind(word, &places, mistakes)
    });
    FieldPart {
        field: Field {
            id: draft.id.into_inner(),
            kind,
            label: draft.label.into_inner(),
            hint: draft.hint,
            required: draft.required,
            when,
            reason_if: draft.reason_if.map(toml::Spanned::into_inner),
            reason_label: draft.reason_label.map(toml::Spanned::into_inner),
            voice: mistakes.known(file, draft.voice),
            among: draft.among.map(toml::Spanned::into_inner),
            offers_staff: draft.offers_staff.is_some_and(toml::Spanned::into_inner),
            may_differ: draft.may_differ.is_some_and(toml::Spanned::into_inner),
            sealed: draft.sealed,
            carry: draft.carry.map(toml::Spanned::into_inner),
            carry_last: draft.carry_last.map(toml::Spanned::into_inner).unwrap_or_default(),
            same_as: draft.same_as.map(toml::Spanned::into_inner),
            leads_to: draft.leads_to.map(toml::Spanned::into_inner),
            source: draft.source,
        },
        places,
        after,
    }
}

/// The keys beside `kind` that belong to some kinds only.
struct Given {
    list: Option<String>,
    min: Option<i64>,
    max: Option<i64>,
    dates: Option<DateSpan>,
    of: Option<Vec<String>>,
    having: Option<Vec<Condition>>,
    holding: Option<String>,
    whose: Option<Whose>,
    most_days: Option<u32>,
    takes: Option<Vec<FileKind>>,
    columns: Option<Vec<Column>>,
}

impl Given {
    fn kind(self, word: KindWord, places: &Places, mistakes: &mut Mistakes) -> FieldKind {
        let is_choice = matches!(word, KindWord::Choice | KindWord::Choices | KindWord::Signature);
        if self.list.is_some() != is_choice {
            let message = if is_choice {
                "a choice is made from a list, and so is the way of signing; name it with list = \"…\""
            } else {
                "only the kinds choice, choices and signature have a list; take `list` out or change the kind"
            };
            mistakes.add(places.of(if is_choice { "kind" } else { "list" }), message);
        }
        let is_number = word == KindWord::Number;
        let bounds = self.min.zip(self.max).filter(|(min, max)| min <= max);
        if is_number && bounds.is_none() {
            mistakes
                .add(places.of("kind"), "a number needs `min` and `max`, the smallest and the largest that make sense");
        }
        if !is_number && (self.min.is_some() || self.max.is_some()) {
            mistakes
                .add(places.of("kind"), "only the kind number has `min` and `max`; take them out or change the kind");
        }
        if word != KindWord::Date && (self.dates.is_some() || self.most_days.is_some()) {
            mistakes.add(
                places.of("kind"),
                "only the kind date has `dates` and `most-days`; take them out or change the kind",
            );
        }
        if word != KindWord::Entry && self.of.is_some() {
            mistakes.add(places.of("of"), "only the kind entry has `of`; take it out or change the kind");
        }
        let asked =
            [("having", self.having.is_some()), ("holding", self.holding.is_some()), ("whose", self.whose.is_some())];
        for (key, _) in asked.into_iter().filter(|(_, given)| *given && word != KindWord::Entry) {
            mistakes.add(places.of(key), format!("only the kind entry has `{key}`; take it out or change the kind"));
        }
        if word != KindWord::Document && self.takes.is_some() {
            mistakes.add(places.of("kind"), "only the kind document has `takes`; take it out or change the kind");
        }
        let columns = self.columns.unwrap_or_default();
        if (word == KindWord::Table) == columns.is_empty() {
            let (key, message) = if columns.is_empty() {
                ("kind", "a table needs columns; give them with columns = [{ id = \"…\", label = \"…\" }]")
            } else {
                ("columns", "only the kind table has `columns`; take them out or change the kind")
            };
            mistakes.add(places.of(key), message);
        }
        let mut ids = std::collections::BTreeSet::new();
        for column in &columns {
            if !super::tables::is_name(&column.id) {
                let message = format!("`{}` is no name of a column: {}", column.id, super::tables::NAME_RULE);
                mistakes.add(places.of("columns"), message);
            }
            if !ids.insert(&column.id) {
                mistakes.add(places.of("columns"), format!("the column `{}` is here twice; keep one", column.id));
            }
        }
        let list = self.list.unwrap_or_default();
        match word {
            KindWord::Time => FieldKind::Time,
            KindWord::Table => FieldKind::Table { columns },
            KindWord::Signature => FieldKind::Signature { list },
            KindWord::Text => FieldKind::Text,
            KindWord::LongText => FieldKind::LongText,
            KindWord::Passages => FieldKind::Passages,
            KindWord::Date => FieldKind::Date { span: self.dates.unwrap_or(DateSpan::Any), most_days: self.most_days },
            KindWord::Number => {
                let (min, max) = bounds.unwrap_or_default();
                FieldKind::Number { min, max }
            }
            KindWord::YesNo => FieldKind::YesNo,
            KindWord::Choice => FieldKind::Choice { list },
            KindWord::Choices => FieldKind::Choices { list },
            KindWord::Person => FieldKind::Person,
            KindWord::People => FieldKind::People,
            KindWord::Address => FieldKind::Address,
            KindWord::Telephone => FieldKind::Telephone,
            KindWord::NhsNumber => FieldKind::NhsNumber,
            KindWord::Upn => FieldKind::Upn,
            KindWord::Staff => FieldKind::Staff,
            KindWord::Team => FieldKind::Team,
            KindWord::Roles => FieldKind::Roles,
            KindWord::Actions => FieldKind::Actions,
            KindWord::Entry => FieldKind::Entry {
                of: self.of.unwrap_or_default(),
                having: self.having.unwrap_or_default(),
                holding: self.holding,
                whose: self.whose,
            },
            KindWord::Document => FieldKind::Document { takes: self.takes.unwrap_or_else(|| FileKind::ALL.to_vec()) },
        }
    }
}

pub(super) fn read_condition(draft: ConditionDraft, at: At, mistakes: &mut Mistakes) -> Condition {
    let ConditionDraft { field, is, is_not, answered } = draft;
    match (is, is_not, answered) {
        (Some(any_of), None, None) => Condition::Is { field, any_of },
        (None, Some(none_of), None) => Condition::IsNot { field, none_of },
        (None, None, Some(true)) => Condition::Answered { field },
        _ => {
            mistakes.add(at, "a condition has one of these: `is` or `is-not` with an answer, or `answered = true`");
            Condition::Answered { field }
        }
    }
}

fn read_recorded_by(
    draft: toml::Spanned<RecordedByDraft>,
    file: FileId,
    mistakes: &mut Mistakes,
) -> Option<(RecordedBy, At)> {
    let at = file.at(&draft);
    let RecordedByDraft { when, by, agreed, why, source } = draft.into_inner();
    let by = match (by, agreed) {
        (Some(ways), None) if !ways.is_empty() => Recorder::Related(ways),
        (None, Some(AgreedDraft { fact, entry, open })) => Recorder::Agreed { fact, entry, open },
        _ => {
            mistakes
                .add(at, "who records it is said either with `by`, by how they stand to the record, or with `agreed`");
            return None;
        }
    };
    Some((RecordedBy { when: when.map(|when| read_condition(when, at, mistakes)), by, why, source }, at))
}

fn read_sets(draft: SetsDraft, file: FileId, mistakes: &mut Mistakes) -> SetsPart {
    let mut places = Places::new(file.at(&draft.fact));
    places.keep(file, "when", draft.when.as_ref());
    places.keep(file, "subject", draft.subject.as_ref());
    places.keep(file, "value", Some(&draft.value));
    places.keep(file, "other", draft.other.as_ref());
    places.keep(file, "from", draft.from.as_ref());
    places.keep(file, "until", draft.until.as_ref());
    places.keep(file, "key", draft.key.as_ref());
    let sets = Sets {
        fact: draft.fact.into_inner(),
        when: draft.when.map(|when| read_condition(when.into_inner(), places.of("when"), mistakes)),
        subject: match draft.subject.map(toml::Spanned::into_inner) {
            None | Some(SubjectDraft::Holder) => SetSubject::Holder,
            Some(SubjectDraft::Record) => SetSubject::Record,
            Some(SubjectDraft::Person(field)) => SetSubject::Person(field),
            Some(SubjectDraft::Team(field)) => SetSubject::Team(field),
        },
        value: match draft.value.into_inner() {
            ValueDraft::Field(field) => SetValue::Field(field),
            ValueDraft::Joined(fields) => SetValue::Joined(fields),
            ValueDraft::Date(super::draft::DateWord::Happened) => SetValue::Happened,
            ValueDraft::Moment(super::draft::MomentWord::Happened) => SetValue::Moment,
            ValueDraft::Moment(super::draft::MomentWord::Written) => SetValue::Written,
            ValueDraft::HoursAfter(field) => SetValue::HoursAfter(field),
            ValueDraft::Text(text) => SetValue::Text(text),
            ValueDraft::Nothing(_) => SetValue::Nothing,
        },
        other: draft.other.map(toml::Spanned::into_inner),
        from: match draft.from.map(toml::Spanned::into_inner) {
            None => SetFrom::Happened,
            Some(FromDraft::Field(field)) => SetFrom::Field(field),
            Some(FromDraft::Written(_)) => SetFrom::Written,
        },
        until: draft.until.map(toml::Spanned::into_inner),
        key: draft.key.map(|key| match key.into_inner() {
            KeyDraft::This(_) => SetKey::This,
            KeyDraft::Entry(field) => SetKey::Entry(field),
        }),
    };
    SetsPart { sets, places }
}
