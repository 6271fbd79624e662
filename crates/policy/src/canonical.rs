//! One text for one meaning: the canonical rendering of a form and of a pack, and their hashes.
//!
//! The text says everything that a person is shown or that changes what an entry does, so it must not depend on which
//! file said it, in what order keys stood, or how a list was written. It is lines of the form
//!
//! ```text
//! key length:value
//! ```
//!
//! where `length` is the number of bytes of the value, so that no value can be taken for a line. A list is its key with
//! `#` and the number of its items, then the items. What is not given has no line. Things that have an order of their
//! own (questions, codes of a list) keep it; all else stands in alphabetical order of its name.
//!
//! A form's text has the lists that it offers and, if it has passages, their natures: those are shown too. Guidance is
//! named by its id only; it belongs to the pack's text. Changing this rendering changes every hash, so it has a version
//! in its first line.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::{
    access::{AccessRules, Questions, Restriction, Threshold},
    approval::ApprovalRules,
    clock::{Amount, Choice, Clock, Clocks, Due, Limit, MetBy, Of, Owner, Period, Planned, Starts, Test, Unit},
    fact::{FactKind, Holds, Says},
    file::{FileKind, Macros},
    form::{
        About, CheckBefore, Column, Condition, DateSpan, Field, FieldKind, Form, Happens, InChronology, RecordKind,
        RecordedBy, Recorder, Second, Section, SetFrom, SetKey, SetSubject, SetValue, Sets, Stands, Voice,
    },
    list::{Item, List},
    pack::{Avoid, Guidance, Mark, Nature, Pack, PastedMail},
    practice::{Expected, Law, Procedure},
    role::Role,
    sign_in::{FIRST_PASSWORD_HOURS, SUPPORT_SESSION_MINUTES, SignInRules},
};

/// Works out the hash of every form, then that of the pack.
pub(crate) fn seal(pack: &mut Pack) {
    let hashes: Vec<_> = pack.forms.values().map(|form| hash(&form_text(form, pack))).collect();
    for (form, hash) in pack.forms.values_mut().zip(hashes) {
        form.hash = hash;
    }
    pack.hash = hash(&pack_text(pack));
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The canonical text of a form of this pack; its SHA-256 is [`Form::hash`].
pub(crate) fn form_text(form: &Form, pack: &Pack) -> String {
    let mut text = Text(String::new());
    text.line("lifestory-form", "1");
    text.form(form);
    let mut lists: Vec<_> = form.fields().filter_map(|field| field.kind.list()).collect();
    lists.sort_unstable();
    lists.dedup();
    text.many("lists", lists.iter().filter_map(|id| pack.list(id)), Text::list);
    if form.fields().any(|field| field.kind == FieldKind::Passages) {
        text.many("natures", pack.natures(), Text::nature);
    }
    text.0
}

/// The canonical text of a pack; its SHA-256 is [`Pack::hash`].
pub(crate) fn pack_text(pack: &Pack) -> String {
    let Pack {
        // How it was written down; what it says is below.
        made_of: _,
        id,
        title,
        version,
        hash: _,
        forms,
        lists,
        facts,
        roles,
        words,
        marks,
        natures,
        glossary,
        avoid,
        guidance,
        clocks,
        files,
        amendment,
        approval,
        access,
        sign_in,
        calendar,
        pasted_mail,
        laws,
        procedures,
        contents,
    } = pack;
    let mut text = Text(String::new());
    text.line("lifestory-pack", "1");
    text.line("id", id);
    text.line("title", title);
    text.line("version", &version.to_string());
    text.many("forms", forms.values(), Text::form);
    text.many("lists", lists.values(), Text::list);
    text.many("facts", facts.values(), Text::fact);
    text.many("roles", roles.values(), Text::role);
    text.many("words", words, Text::pair);
    text.many("marks", marks, |text, (voice, mark)| text.mark(voice, mark));
    text.many("natures", natures, Text::nature);
    text.many("glossary", glossary, Text::pair);
    text.many("avoid", avoid, |text, Avoid { phrase, why }| {
        text.line("phrase", phrase);
        text.line("why", why);
    });
    text.many("guidance", guidance, Text::guidance);
    text.clocks(clocks);
    text.many("files", &files.largest, |text, (kind, largest)| text.line(kind.name(), &largest.to_string()));
    text.line(
        "macros",
        match files.macros {
            Macros::Refused => "refused",
            Macros::Taken => "taken",
        },
    );
    text.line("swept-after-days", &files.swept_after_days.to_string());
    text.line("amendment-stands", amendment.stands.name());
    text.many("never-amended", &amendment.never, |text, form| text.line("form", form));
    text.many("amendment-advice", &amendment.advice, |text, line| text.line("text", line));
    text.many("amendment-source", &amendment.source, |text, source| text.line("source", source));
    let ApprovalRules { before_use, source } = approval;
    text.line("before-use", before_use.name());
    text.strings("before-use-source", source);
    text.access(access);
    text.sign_in(sign_in);
    text.many("closed", calendar.closed(), |text, day| text.line("day", &day.to_string()));
    text.many("half-terms", calendar.half_terms(), |text, (first, last)| {
        text.line("first", &first.to_string());
        text.line("last", &last.to_string());
    });
    text.flag("days-are-working-days", calendar.reads_days_as_working());
    text.flag("pasted-mail-may-stay", *pasted_mail == PastedMail::MayStay);
    text.many("laws", laws, |text, Law { id, title, version, about, source }| {
        text.line("law", id);
        text.line("title", title);
        text.maybe("version", version.as_deref());
        text.maybe("about", about.as_deref());
        text.strings("source", source);
    });
    text.many("procedures", procedures, |text, Procedure { id, title, text: says, at, forms, source }| {
        text.line("procedure", id);
        text.line("title", title);
        text.strings("text", says);
        text.maybe("at", at.as_deref());
        text.strings("forms", forms);
        text.strings("source", source);
    });
    text.many("contents", contents, |text, Expected { id, title, forms, facts, readings, source }| {
        text.line("content", id);
        text.line("title", title);
        text.strings("forms", forms);
        text.strings("facts", facts);
        text.flag("readings", *readings);
        text.strings("source", source);
    });
    text.0
}

/// The word for a voice.
pub(crate) const fn voice(voice: Voice) -> &'static str {
    match voice {
        Voice::Child => "child",
        Voice::Family => "family",
        Voice::Manager => "manager",
    }
}

struct Text(String);

impl Text {
    fn access(&mut self, access: &AccessRules) {
        let AccessRules { emergency_minutes, restrictions, questions, source } = access;
        self.line("emergency-minutes", &emergency_minutes.to_string());
        self.many("restrictions", restrictions, |text, (kind, Restriction { open_to, in_emergency, source })| {
            text.line("restriction", kind);
            text.flag("in-emergency", *in_emergency);
            text.many("open-to", open_to, |text, (role, relations)| {
                text.line("role", role);
                text.many("relations", relations, |text, relation| text.line("-", relation.name()));
            });
            text.strings("source", source);
        });
        self.questions(questions);
        self.strings("access-source", source);
    }

    fn questions(&mut self, questions: &Questions) {
        let Questions { days, night, search_shows, work_days, handover_days, common_name, patterns, source } =
            questions;
        // A pack that asks about none says nothing of them: its text is as it was before there were any.
        if *questions == Questions::default() {
            return;
        }
        let numbers = [
            ("question-days", days),
            ("search-shows", search_shows),
            ("work-days", work_days),
            ("handover-days", handover_days),
            ("common-name", common_name),
        ];
        for (key, number) in numbers {
            self.line(key, &number.to_string());
        }
        self.line("night", night);
        self.many("questions", patterns, |text, (pattern, Threshold { at_least, within_days, source })| {
            text.line("pattern", pattern.name());
            text.line("at-least", &at_least.to_string());
            text.line("within-days", &within_days.to_string());
            text.strings("source", source);
        });
        self.strings("questions-source", source);
    }

    /// A pack from before there were such rules keeps its hash.
    fn sign_in(&mut self, rules: &SignInRules) {
        let SignInRules {
            ways,
            dormant_after_days,
            again_after_minutes,
            support_session_minutes,
            first_password_hours,
            source,
        } = rules;
        if *rules != SignInRules::default() {
            self.many("ways-of-signing-in", ways, |text, way| text.line("way", way.name()));
            self.line("dormant-after-days", &dormant_after_days.to_string());
            self.line("again-after-minutes", &again_after_minutes.to_string());
            // A pack that says nothing of it has the text that it had before there was support.
            if *support_session_minutes != SUPPORT_SESSION_MINUTES {
                self.line("support-session-minutes", &support_session_minutes.to_string());
            }
            if *first_password_hours != FIRST_PASSWORD_HOURS {
                self.line("first-password-hours", &first_password_hours.to_string());
            }
            self.strings("sign-in-source", source);
        }
    }

    fn line(&mut self, key: &str, value: &str) {
        writeln!(self.0, "{key} {}:{value}", value.len()).expect("a String takes all that is written to it");
    }

    fn maybe(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.line(key, value);
        }
    }

    fn flag(&mut self, key: &str, value: bool) {
        if value {
            self.line(key, "yes");
        }
    }

    fn many<T>(&mut self, key: &str, items: impl IntoIterator<Item = T>, write: impl Fn(&mut Self, T)) {
        let items: Vec<_> = items.into_iter().collect();
        self.line(&format!("{key}#"), &items.len().to_string());
        for item in items {
            write(self, item);
        }
    }

    fn strings(&mut self, key: &str, items: &[String]) {
        self.many(key, items, |text, item| text.line("-", item));
    }

    fn pair(&mut self, (key, value): (&String, &String)) {
        self.line("key", key);
        self.line("value", value);
    }

    // Each of these takes the struct apart by name, so that a new field cannot be left out of the hash.

    fn form(&mut self, form: &Form) {
        let Form {
            id,
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
            voice: whose,
            check_before,
            last_things_when,
            recorded_by,
            limits,
            second,
            authorised_by,
            self_authorised,
            copies_to,
            sections,
            sets,
        } = form;
        self.line("form", id);
        self.line("version", &version.to_string());
        self.line("title", title);
        self.strings("source", source);
        self.maybe("intro", intro.as_deref());
        self.strings("guidance", guidance);
        self.line(
            "record",
            match record {
                RecordKind::Child => "child",
                RecordKind::Organisation => "organisation",
            },
        );
        self.line("may-complete", may_complete.name());
        self.line(
            "stands",
            match stands {
                Stands::Completed => "completed",
                Stands::Authorised => "authorised",
            },
        );
        self.line(
            "about",
            match about {
                About::One => "one",
                About::Children => "children",
            },
        );
        self.maybe("offered", offered.map(|place| place.to_string()).as_deref());
        self.line(
            "happens",
            match happens {
                Happens::DateTime => "date-time",
                Happens::Date => "date",
                Happens::From => "from",
                Happens::Ahead => "ahead",
            },
        );
        self.flag("asks-informant", *asks_informant);
        self.line(
            "chronology",
            match chronology {
                InChronology::Ask => "ask",
                InChronology::Always => "always",
                InChronology::Never => "never",
            },
        );
        self.maybe("voice", whose.map(voice));
        // What a form does when it says nothing about it is no line: a key that came later changes no older hash.
        match check_before {
            CheckBefore::Always => {}
            CheckBefore::SeveralChildren => self.line("check-before", "several-children"),
            CheckBefore::Never => self.line("check-before", "never"),
        }
        for limit in limits {
            self.limit(limit);
        }
        if last_things_when.is_some() {
            self.flag("last-things", true);
            self.condition(last_things_when.as_ref());
        }
        for rule in recorded_by {
            self.recorded_by(rule);
        }
        self.flag("second-may-stand", *second == Second::MayStand);
        for (key, words) in [("authorised-by", authorised_by), ("copies-to", copies_to)] {
            if !words.is_empty() {
                self.strings(key, words);
            }
        }
        self.flag("self-authorised", *self_authorised);
        self.many("sections", sections, Self::section);
        self.many("sets", sets, Self::sets);
    }

    fn recorded_by(&mut self, rule: &RecordedBy) {
        let RecordedBy { when, by, why, source } = rule;
        self.line("recorded-by", why);
        self.condition(when.as_ref());
        match by {
            Recorder::Related(ways) => {
                self.strings("by", &ways.iter().map(|way| way.name().to_owned()).collect::<Vec<_>>());
            }
            Recorder::Agreed { fact, entry, open } => {
                self.line("agreed", fact);
                self.line("agreed-in", entry);
                self.maybe("agreed-open", open.as_deref());
            }
        }
        self.strings("source", source);
    }

    fn section(&mut self, section: &Section) {
        let Section { id, title, help, for_each_child, fields } = section;
        self.line("section", id);
        self.line("title", title);
        self.maybe("help", help.as_deref());
        self.flag("for-each-child", *for_each_child);
        self.many("fields", fields, Self::field);
    }

    fn field(&mut self, field: &Field) {
        let Field {
            id,
            kind,
            label,
            hint,
            required,
            when,
            reason_if,
            reason_label,
            voice: whose,
            among,
            offers_staff,
            may_differ,
            sealed,
            carry,
            carry_last,
            same_as,
            leads_to,
            source,
        } = field;
        self.line("field", id);
        self.kind(kind);
        self.line("label", label);
        self.maybe("hint", hint.as_deref());
        self.flag("required", *required);
        self.condition(when.as_ref());
        self.maybe("reason-if", reason_if.as_deref());
        self.maybe("reason-label", reason_label.as_deref());
        self.maybe("voice", whose.map(voice));
        self.maybe("among", among.as_deref());
        if *offers_staff {
            self.flag("offers-staff", true);
        }
        if *may_differ {
            self.flag("may-differ", true);
        }
        self.flag("sealed", *sealed);
        self.maybe("carry", carry.as_deref());
        if !carry_last.is_empty() {
            self.strings("carry-last", carry_last);
        }
        self.maybe("same-as", same_as.as_deref());
        if let Some(leads) = leads_to {
            // One answer stands as it always did.
            self.line("leads-to-if", &leads.is.join(" "));
            self.strings("leads-to", &leads.forms);
            self.line("leads-to-why", &leads.why);
        }
        self.strings("source", source);
    }

    fn kind(&mut self, kind: &FieldKind) {
        self.line("kind", kind.name());
        match kind {
            FieldKind::Choice { list } | FieldKind::Choices { list } | FieldKind::Signature { list } => {
                self.line("list", list);
            }
            FieldKind::Table { columns } => self.many("columns", columns, |text, Column { id, label }| {
                text.line("column", id);
                text.line("label", label);
            }),
            FieldKind::Number { min, max } => {
                self.line("min", &min.to_string());
                self.line("max", &max.to_string());
            }
            FieldKind::Date { span, most_days } => {
                self.line(
                    "dates",
                    match span {
                        DateSpan::Any => "any",
                        DateSpan::Past => "past",
                        DateSpan::Future => "future",
                        DateSpan::Birth => "birth",
                        DateSpan::Expected => "expected",
                    },
                );
                self.maybe("most-days", most_days.map(|days| days.to_string()).as_deref());
            }
            FieldKind::Entry { of, having, holding, whose } => {
                self.strings("of", of);
                // Forms were kept by their hash before anything more could be asked of an entry.
                if !having.is_empty() {
                    self.many("having", having, |text, having| text.condition(Some(having)));
                }
                self.maybe("holding", holding.as_deref());
                self.maybe("whose", whose.as_ref().map(|whose| whose.field.as_str()));
                self.maybe("whose-of", whose.as_ref().map(|whose| whose.of.as_str()));
            }
            FieldKind::Document { takes } => {
                self.strings("takes", &takes.iter().map(|kind| FileKind::name(*kind).to_owned()).collect::<Vec<_>>());
            }
            _ => {}
        }
    }

    fn condition(&mut self, condition: Option<&Condition>) {
        match condition {
            None => {}
            Some(Condition::Answered { field }) => self.line("when-answered", field),
            Some(Condition::IsNot { field, none_of }) => {
                self.line("when", field);
                self.strings("is-not", none_of);
            }
            Some(Condition::Is { field, any_of }) => {
                self.line("when", field);
                self.strings("is", any_of);
            }
        }
    }

    fn sets(&mut self, sets: &Sets) {
        let Sets { fact, when, subject, value, other, from, until, key } = sets;
        self.line("fact", fact);
        self.condition(when.as_ref());
        match subject {
            SetSubject::Holder => self.line("of", "holder"),
            SetSubject::Record => self.line("of", "record"),
            SetSubject::Person(field) => self.line("of-person", field),
            SetSubject::Team(field) => self.line("of-team", field),
        }
        match value {
            SetValue::Field(field) => self.line("value-field", field),
            SetValue::Joined(fields) => self.strings("value-joined", fields),
            SetValue::Happened => self.line("value", "happened"),
            SetValue::Moment => self.line("value", "moment"),
            SetValue::Written => self.line("value", "written"),
            SetValue::HoursAfter(field) => self.line("value-hours-after", field),
            SetValue::Text(text) => self.line("value-text", text),
            SetValue::Nothing => self.line("value", "nothing"),
        }
        self.maybe("other", other.as_deref());
        match from {
            SetFrom::Happened => {}
            SetFrom::Field(field) => self.line("from", field),
            // No field of a form has a name with a blank in it.
            SetFrom::Written => self.line("from", "when written"),
        }
        self.maybe("until", until.as_deref());
        match key {
            None => {}
            Some(SetKey::This) => self.line("key", "this entry"),
            Some(SetKey::Entry(field)) => self.line("key", field),
        }
    }

    fn limit(&mut self, limit: &Limit) {
        let Limit { clock: _, within, grace, source, after, when } = limit;
        // As it was written before limits were clocks: a pack that changes nothing else changes no form's hash.
        let Amount { count, unit } = within.unwrap_or(Amount { count: 0, unit: Unit::Hours });
        self.line("limit", &count.to_string());
        self.line("unit", unit_word(unit));
        self.maybe("grace", grace.map(Amount::in_words).as_deref());
        self.strings("source", source);
        self.maybe("after", after.as_deref());
        self.conditions(when);
    }

    fn clocks(&mut self, clocks: &Clocks) {
        let mut by_id: Vec<_> = clocks.all().iter().collect();
        by_id.sort_by(|a, b| a.id.cmp(&b.id));
        self.many("clocks", by_id, Self::clock);
        self.many("periods", clocks.periods(), Self::period);
        self.maybe("remind", clocks.remind().map(Amount::in_words).as_deref());
        self.maybe("over-when", clocks.over_when().map(|period| period.id.as_str()));
    }

    fn period(&mut self, period: &Period) {
        let Period { id, title, fact, any_of, each, source } = period;
        self.line("period", id);
        self.line("title", title);
        self.line("fact", fact);
        self.strings("is", any_of);
        self.flag("each", *each);
        self.strings("source", source);
    }

    fn clock(&mut self, clock: &Clock) {
        let Clock {
            id,
            what,
            source,
            in_force,
            why,
            starts,
            during,
            due,
            repeats,
            met_by,
            planned,
            owner,
            remind,
            beside,
            only_prompts,
            open_work_too,
        } = clock;
        self.line("clock", id);
        self.line("what", what);
        self.strings("source", source);
        self.flag("in-force", *in_force);
        self.maybe("why", why.as_deref());
        self.starts(starts);
        self.maybe("during", during.as_deref());
        self.due(due);
        self.flag("repeats", *repeats);
        self.many("met-by", met_by, Self::met_by);
        match planned {
            None => {}
            Some(Planned::Fact(fact)) => self.line("planned-fact", fact),
            Some(Planned::Plan { form, when }) => {
                self.line("planned", form);
                self.conditions(when);
            }
        }
        match owner {
            Owner::Author => self.line("owner", "author"),
            Owner::AllocatedWorker => self.line("owner", "allocated-worker"),
            Owner::Manager => self.line("owner", "manager"),
            Owner::Named(field) => self.line("owner-field", field),
            Owner::Role(role) => self.line("owner-role", role),
            Owner::Other(words) => self.line("owner-other", words),
        }
        self.maybe("remind", remind.map(Amount::in_words).as_deref());
        self.maybe("beside", beside.as_deref());
        self.flag("only-prompts", *only_prompts);
        self.flag("open-work-too", *open_work_too);
    }

    fn starts(&mut self, starts: &Starts) {
        match starts {
            Starts::Entry { forms, when, of } => {
                self.strings("starts", forms);
                self.conditions(when);
                self.of(of);
            }
            Starts::Plan { form, when, off } => {
                self.line("starts-plan", form);
                self.conditions(when);
                self.strings("called-off-by", off);
            }
            Starts::Begins(period) => self.line("starts-begins", period),
            Starts::Ends(period) => self.line("starts-ends", period),
            Starts::Says(fact) => self.line("starts-says", fact),
            Starts::Reaches(age) => self.line("starts-reaches", &age.to_string()),
            Starts::Met(clock) => self.line("starts-met", clock),
            Starts::Record => self.line("starts-record", "begins"),
            Starts::Waits(act) => self.line("starts-waits-for", act),
        }
    }

    fn conditions(&mut self, all: &[Condition]) {
        for condition in all {
            self.condition(Some(condition));
        }
    }

    fn of(&mut self, of: &Of) {
        match of {
            Of::Happened => self.line("of", "happened"),
            Of::Started => self.line("of", "started"),
            Of::Completed => self.line("of", "completed"),
            Of::Authorised => self.line("of", "authorised"),
            Of::Field(field) => self.line("of-field", field),
        }
    }

    fn due(&mut self, due: &Due) {
        match due {
            Due::Within(amount) => self.line("within", &amount.in_words()),
            Due::AtOnce { grace } => self.line("immediately", &grace.map(Amount::in_words).unwrap_or_default()),
            Due::Before(amount) => self.line("before", &amount.in_words()),
            Due::BeforeIt => self.line("before", "it"),
            Due::OnTheDay => self.line("on", "the day"),
            Due::ByAge(age) => self.line("by-age", &age.to_string()),
            Due::BeforeAge(age) => self.line("before-age", &age.to_string()),
            Due::AtNth { form, nth, before, planned } => {
                self.line(if *before { "before-the" } else { "at-the" }, &nth.to_string());
                self.line("form", form);
                self.maybe("planned", planned.as_deref());
            }
            Due::AtLeast(amount) => self.line("at-least", &amount.in_words()),
            Due::AtLeastToAge(age) => self.line("at-least-to-age", &age.to_string()),
            Due::Either(choices) => self.many("either", choices, |text, Choice { when, due }| {
                match when {
                    None => text.line("otherwise", ""),
                    Some(Test::Answer(condition)) => text.condition(Some(condition)),
                    Some(Test::Holds { fact, any_of }) => {
                        text.line("fact", fact);
                        text.strings("is", any_of);
                    }
                    Some(Test::YoungerThan(age)) => text.line("younger-than", &age.to_string()),
                    Some(Test::InFirst(amount)) => text.line("in-first", &amount.in_words()),
                }
                text.due(due);
            }),
            Due::LaterOf(all) => self.many("later-of", all, Self::due),
            Due::NoNumber(words) => self.line("no-number", words),
        }
    }

    fn met_by(&mut self, met: &MetBy) {
        match met {
            MetBy::This(of) => {
                self.line("met-by", "this");
                self.of(of);
            }
            MetBy::Entry { forms, when, of, names } => {
                self.strings("met-by", forms);
                self.conditions(when);
                self.of(of);
                self.maybe("names", names.as_deref());
            }
            MetBy::InChronology(of) => {
                self.line("met-by", "chronology");
                self.of(of);
            }
            MetBy::Waits(act) => self.line("met-waits-for", act),
        }
    }

    fn list(&mut self, list: &List) {
        let List { id, items } = list;
        self.line("list", id);
        self.many("items", items, |text, item| {
            let Item { code, label, inverse, group, withdrawn } = item;
            text.line("code", code);
            text.line("label", label);
            text.maybe("inverse", inverse.as_deref());
            text.maybe("group", group.as_deref());
            text.flag("withdrawn", *withdrawn);
        });
    }

    fn fact(&mut self, fact: &FactKind) {
        let FactKind { id, title, holds, says, list, sealed, shared, chronology, warns, too_long_after } = fact;
        self.line("fact", id);
        self.line("title", title);
        self.line(
            "holds",
            match holds {
                Holds::One => "one",
                Holds::Many => "many",
            },
        );
        self.line(
            "says",
            match says {
                Says::Text => "text",
                Says::Code => "code",
                Says::Codes => "codes",
                Says::YesNo => "yes-no",
                Says::Date => "date",
                Says::Number => "number",
                Says::Address => "address",
                Says::Telephone => "telephone",
                Says::Person => "person",
                Says::Staff => "staff",
                Says::Team => "team",
                Says::Roles => "roles",
            },
        );
        self.maybe("list", list.as_deref());
        self.flag("sealed", *sealed);
        self.flag("shared", *shared);
        self.maybe("chronology", chronology.as_deref());
        self.maybe("warns", warns.as_deref());
        self.maybe("too-long-after-days", too_long_after.map(|days| days.to_string()).as_deref());
    }

    fn role(&mut self, role: &Role) {
        let Role { id, title, may, source } = role;
        self.line("role", id);
        self.line("title", title);
        self.many("may", may, |text, (capability, relation)| text.line(capability.name(), relation.name()));
        self.strings("source", source);
    }

    fn mark(&mut self, voice: &str, mark: &Mark) {
        let Mark { word, italic, edge } = mark;
        self.line("mark", voice);
        self.line("word", word);
        self.flag("italic", *italic);
        self.maybe("edge", edge.as_deref());
    }

    fn nature(&mut self, nature: &Nature) {
        let Nature { code, label, margin, asks_who, voice: whose } = nature;
        self.line("nature", code);
        self.line("label", label);
        self.line("margin", margin);
        self.flag("asks-who", *asks_who);
        self.maybe("voice", whose.map(voice));
    }

    fn guidance(&mut self, guidance: &Guidance) {
        let Guidance { id, title, text, source } = guidance;
        self.line("guidance", id);
        self.line("title", title);
        self.strings("text", text);
        self.strings("source", source);
    }
}

const fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Hours => "hours",
        Unit::WorkingDays => "working-days",
        Unit::Days => "days",
        Unit::CalendarDays => "calendar-days",
        Unit::Weeks => "weeks",
        Unit::Months => "months",
        Unit::Years => "years",
        Unit::HalfTerms => "half-terms",
    }
}
