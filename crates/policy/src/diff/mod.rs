//! What is different between two packs, said so that a person who is not technical can read it and answer for it.
//!
//! Complete by construction: every struct of a pack is taken apart by name on both sides, so that a new part of a pack
//! does not compile until this module knows it. Two packs in which nothing is found differ in nothing that anybody is
//! shown or that changes what an entry does ([`Comparison::is_empty`], which a test holds against their hashes).
//!
//! Beside what is different stands what hurts ([`Concern`]): a code that is gone though entries have it, a question
//! whose id changed, a kind of fact that means something else now.

mod concern;
mod form;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    access::{AccessRules, KINDS, Pattern, Questions, Restriction, Threshold},
    amendment::{AmendmentRules, AmendmentStands},
    approval::{ApprovalRules, BeforeUse},
    clock::words as clock_words,
    clock::{Clock, Clocks, Period},
    fact::FactKind,
    file::{FileRules, Macros},
    list::{Item, List},
    pack::{Avoid, Guidance, Mark, Nature, Pack, PastedMail},
    practice::{Expected, Law, Procedure},
    role::Role,
    sign_in::{SignInRules, Way},
    words,
};

pub use concern::{Concern, Use, Weight, concerns};

/// A part of a pack, in the order in which people ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Name, version, and whether a new version is approved before it is used.
    Pack,
    /// What is asked when something is recorded.
    Forms,
    /// What can be chosen.
    Lists,
    /// Who may do what.
    Roles,
    /// By when.
    Limits,
    /// What front pages and lists know.
    Facts,
    /// How an entry that is wrong is put right.
    PuttingRight,
    /// Writing help.
    Guidance,
    /// How things are called and shown.
    Words,
    /// Files that are taken.
    Files,
    /// Days on which nobody works.
    ClosedDays,
}

impl Part {
    /// The heading over it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Pack => "The pack itself",
            Self::Forms => "Forms",
            Self::Lists => "Lists",
            Self::Roles => "Roles",
            Self::Limits => "Limits of time",
            Self::Facts => "What is known of a child",
            Self::PuttingRight => "Putting entries right",
            Self::Guidance => "Writing help",
            Self::Words => "Words and how they are shown",
            Self::Files => "Files",
            Self::ClosedDays => "Days on which offices are closed",
        }
    }
}

/// What became of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The new pack has it and the old one has not.
    New,
    /// The old pack has it and the new one has not.
    Gone,
    /// Both have it, and these points of it differ.
    Changed(Vec<Point>),
}

/// One thing of a pack that differs: a form, a list, a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// Of which part.
    pub part: Part,
    /// Its stable name; blank where the part is one thing.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What became of it.
    pub fate: Fate,
}

/// One point of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// What about it: «the label of the question «Seen alone?»».
    pub what: String,
    /// How it was; none for what is new.
    pub was: Option<String>,
    /// How it is; none for what is gone.
    pub now: Option<String>,
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, was, now } = self;
        match (was, now) {
            (Some(was), Some(now)) => write!(f, "{what}: was {was}; now {now}"),
            (None, Some(now)) => write!(f, "new: {what}: {now}"),
            (Some(was), None) => write!(f, "gone: {what}: {was}"),
            (None, None) => write!(f, "{what}"),
        }
    }
}

/// Everything that differs between two packs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// In the order of the parts, then by what things are called.
    pub things: Vec<Thing>,
}

impl Comparison {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }

    /// Part by part, those in which something differs.
    pub fn parts(&self) -> Vec<(Part, Vec<&Thing>)> {
        let mut parts: BTreeMap<Part, Vec<&Thing>> = BTreeMap::new();
        for thing in &self.things {
            parts.entry(thing.part).or_default().push(thing);
        }
        parts.into_iter().collect()
    }

    /// In one line: «2 forms changed, 1 list new».
    pub fn in_short(&self) -> String {
        let mut said = Vec::new();
        for (part, things) in self.parts() {
            let count = |of: fn(&Fate) -> bool| things.iter().filter(|thing| of(&thing.fate)).count();
            let fates = [
                (count(|fate| *fate == Fate::New), "new"),
                (count(|fate| *fate == Fate::Gone), "gone"),
                (count(|fate| matches!(fate, Fate::Changed(_))), "changed"),
            ];
            let fates = fates.into_iter().filter(|(how_many, _)| *how_many > 0);
            let fates: Vec<String> = fates.map(|(how_many, fate)| format!("{how_many} {fate}")).collect();
            said.push(format!("{}: {}", part.title(), fates.join(", ")));
        }
        if said.is_empty() { "Nothing differs".to_owned() } else { said.join("; ") }
    }

    /// All of it in lines of plain text: what is kept with an approval, and what a terminal shows.
    pub fn in_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (part, things) in self.parts() {
            lines.push(part.title().to_owned());
            for thing in things {
                match &thing.fate {
                    Fate::New => lines.push(format!("  new: {}", thing.title)),
                    Fate::Gone => lines.push(format!("  gone: {}", thing.title)),
                    Fate::Changed(points) => {
                        lines.push(format!("  {}", thing.title));
                        lines.extend(points.iter().map(|point| format!("    {point}")));
                    }
                }
            }
        }
        lines
    }
}

/// Compares two packs: what is different in `new` from what was in `old`.
pub fn compare(old: &Pack, new: &Pack) -> Comparison {
    let Pack {
        // The files that it was loaded from are another writing of what follows, and the hash is of it.
        made_of: _,
        hash: _,
        id,
        title,
        version,
        forms,
        lists,
        facts,
        roles,
        words: called,
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
    } = old;
    let mut all = Things::default();
    let mut points = Points::default();
    points.text("its name in the program", id, &new.id);
    points.text("its title", title, &new.title);
    points.of("its version", version, &new.version, u32::to_string);
    approval_of(&mut points, approval, &new.approval);
    all.changed(Part::Pack, "", "The pack", points);

    all.by_id(
        Part::Forms,
        (forms, &new.forms),
        |form| form.title.clone(),
        |before, after| form::points(&form::Named::new(old, before), &form::Named::new(new, after)),
    );
    all.by_id(Part::Lists, (lists, &new.lists), |list| format!("the list `{}`", list.id), list);
    all.by_id(Part::Roles, (roles, &new.roles), |role| role.title.clone(), role);
    all.changed(Part::Roles, "", "Restricted records and emergencies", access_of(access, &new.access, (old, new)));
    all.changed(Part::Roles, "", "Signing in", sign_in_of(sign_in, &new.sign_in));
    clocks_of(&mut all, clocks, &new.clocks);
    all.by_id(Part::Facts, (facts, &new.facts), |fact| fact.title.clone(), fact);
    all.changed(Part::PuttingRight, "", "How an entry is put right", putting_right(amendment, &new.amendment));
    let keyed = |all: &[Guidance]| all.iter().map(|one| (one.id.clone(), one.clone())).collect::<BTreeMap<_, _>>();
    all.by_id(
        Part::Guidance,
        (&keyed(guidance), &keyed(&new.guidance)),
        |text| text.title.clone(),
        |Guidance { id: _, title, text, source }, new| {
            let mut points = Points::default();
            points.text("its heading", title, &new.title);
            points.set("a sentence", text, &new.text);
            points.order("the order of its sentences", text, &new.text);
            points.sources(source, &new.source);
            points
        },
    );
    let ids = |all: &[Guidance]| all.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    let mut points = Points::default();
    points.order("the order in which it stands", &ids(guidance), &ids(&new.guidance));
    all.changed(Part::Guidance, "", "Writing help as a whole", points);
    words_of(&mut all, (called, &new.words), "What things are called");
    words_of(&mut all, (glossary, &new.glossary), "Abbreviations and terms explained");
    let keyed = |all: &[Avoid]| all.iter().map(|Avoid { phrase, why }| (phrase.clone(), why.clone())).collect();
    let (before, after): (BTreeMap<_, _>, _) = (keyed(avoid), keyed(&new.avoid));
    words_of(&mut all, (&before, &after), "Wording to think again about");
    let phrases = |all: &[Avoid]| all.iter().map(|one| one.phrase.clone()).collect::<Vec<_>>();
    let mut points = Points::default();
    points.order("the order in which wording is looked for", &phrases(avoid), &phrases(&new.avoid));
    all.changed(Part::Words, "", "Wording to think again about, as a whole", points);
    all.changed(Part::Words, "pasted-mail", "Pasted e-mails", pasted(*pasted_mail, new.pasted_mail));
    practice_of(&mut all, (laws, &new.laws), (procedures, &new.procedures), (contents, &new.contents));
    marks_of(&mut all, marks, &new.marks);
    natures_of(&mut all, natures, &new.natures);
    all.changed(Part::Files, "", "Files", files_of(files, &new.files));
    let closed = |calendar: &crate::calendar::Calendar| -> Vec<String> {
        calendar.closed().map(|day| day.to_string()).collect()
    };
    let mut points = Points::default();
    points.set("a day on which offices are closed", &closed(calendar), &closed(&new.calendar));
    let half_terms = |calendar: &crate::calendar::Calendar| -> Vec<String> {
        calendar.half_terms().iter().map(|(first, last)| format!("{first} to {last}")).collect()
    };
    points.set("a half term", &half_terms(calendar), &half_terms(&new.calendar));
    let (was, now) = (calendar.reads_days_as_working(), new.calendar.reads_days_as_working());
    points.flag("whether days of which a source does not say which are working days", was, now);
    all.changed(Part::ClosedDays, "", "Closed days", points);
    let mut things = all.0;
    things.sort_by(|a, b| (a.part, &a.title).cmp(&(b.part, &b.title)));
    Comparison { things }
}

#[derive(Default)]
struct Things(Vec<Thing>);

impl Things {
    fn changed(&mut self, part: Part, id: &str, title: &str, points: Points) {
        if !points.0.is_empty() {
            self.0.push(Thing { part, id: id.to_owned(), title: title.to_owned(), fate: Fate::Changed(points.0) });
        }
    }

    /// Things that have a stable name: new, gone, or changed in some points.
    fn by_id<T>(
        &mut self,
        part: Part,
        (old, new): (&BTreeMap<String, T>, &BTreeMap<String, T>),
        title: impl Fn(&T) -> String,
        points: impl Fn(&T, &T) -> Points,
    ) {
        for (id, before) in old {
            match new.get(id) {
                None => self.0.push(Thing { part, id: id.clone(), title: title(before), fate: Fate::Gone }),
                Some(after) => self.changed(part, id, &title(after), points(before, after)),
            }
        }
        for (id, after) in new.iter().filter(|(id, _)| !old.contains_key(*id)) {
            self.0.push(Thing { part, id: id.clone(), title: title(after), fate: Fate::New });
        }
    }
}

/// The points in which a thing differs, as they are found.
#[derive(Default)]
struct Points(Vec<Point>);

impl Points {
    fn add(&mut self, what: impl Into<String>, was: Option<String>, now: Option<String>) {
        self.0.push(Point { what: what.into(), was, now });
    }

    fn of<T: PartialEq>(&mut self, what: &str, was: &T, now: &T, in_words: impl Fn(&T) -> String) {
        if was != now {
            self.add(what, Some(in_words(was)), Some(in_words(now)));
        }
    }

    fn text(&mut self, what: &str, was: &str, now: &str) {
        if was != now {
            self.add(what, Some(format!("«{was}»")), Some(format!("«{now}»")));
        }
    }

    fn maybe(&mut self, what: &str, was: Option<&String>, now: Option<&String>) {
        if was != now {
            let quoted = |text: &String| format!("«{text}»");
            self.add(what, was.map(quoted), now.map(quoted));
        }
    }

    fn flag(&mut self, what: &str, was: bool, now: bool) {
        self.of(what, &was, &now, |yes| if *yes { "yes" } else { "no" }.to_owned());
    }

    /// Where it comes from: shown, since the organisation answers for it.
    fn sources(&mut self, was: &[String], now: &[String]) {
        self.sources_of("where it comes from", was, now);
    }

    fn sources_of(&mut self, what: &str, was: &[String], now: &[String]) {
        if was != now {
            self.add(what, Some(was.join(", ")), Some(now.join(", ")));
        }
    }

    /// What a list of texts has gained and lost.
    fn set(&mut self, what: &str, was: &[String], now: &[String]) {
        self.set_of(what, (was, |text| format!("«{text}»")), (now, |text| format!("«{text}»")));
    }

    /// What a list of things has gained and lost. They are told apart by what they are, not by how they are called: a
    /// question with new words changes no rule that names it.
    fn set_of<T: PartialEq>(
        &mut self,
        what: &str,
        (was, old): (&[T], impl Fn(&T) -> String),
        (now, new): (&[T], impl Fn(&T) -> String),
    ) {
        for gone in was.iter().filter(|one| !now.contains(one)) {
            self.add(what, Some(old(gone)), None);
        }
        for one in now.iter().filter(|one| !was.contains(one)) {
            self.add(what, None, Some(new(one)));
        }
    }

    /// One thing that each side says in its own words, and that differs by what it is.
    fn each<T: PartialEq>(
        &mut self,
        what: &str,
        (was, old): (&T, impl Fn(&T) -> String),
        (now, new): (&T, impl Fn(&T) -> String),
    ) {
        if was != now {
            self.add(what, Some(old(was)), Some(new(now)));
        }
    }

    /// That what is on both sides stands in another order.
    fn order(&mut self, what: &str, was: &[String], now: &[String]) {
        let kept: BTreeSet<&String> = was.iter().filter(|one| now.contains(one)).collect();
        let of = |all: &[String]| all.iter().filter(|one| kept.contains(one)).cloned().collect::<Vec<_>>();
        let (before, after) = (of(was), of(now));
        if before != after {
            self.add(what, Some(before.join(", ")), Some(after.join(", ")));
        }
    }
}

fn pasted(was: PastedMail, now: PastedMail) -> Points {
    let mut points = Points::default();
    points.of("an e-mail that is pasted whole", &was, &now, |mail| {
        match mail {
            PastedMail::AskAgain => "the writer is asked about it",
            PastedMail::MayStay => "it may stay",
        }
        .to_owned()
    });
    points
}

/// Laws that are cited, procedures that go with the recording, and what is expected of every record.
fn practice_of(
    all: &mut Things,
    (old_laws, laws): (&[Law], &[Law]),
    (old_procedures, procedures): (&[Procedure], &[Procedure]),
    (old_contents, contents): (&[Expected], &[Expected]),
) {
    fn keyed<T: Clone>(all: &[T], id: impl Fn(&T) -> &String) -> BTreeMap<String, T> {
        all.iter().map(|one| (id(one).clone(), one.clone())).collect()
    }
    all.by_id(
        Part::Guidance,
        (&keyed(old_laws, |law| &law.id), &keyed(laws, |law| &law.id)),
        |law| format!("the law «{}»", law.title),
        |Law { id: _, title, version, about, source }, new| {
            let mut points = Points::default();
            points.text("its name", title, &new.title);
            points.maybe("the version cited", version.as_ref(), new.version.as_ref());
            points.maybe("what is said of it", about.as_ref(), new.about.as_ref());
            points.sources(source, &new.source);
            points
        },
    );
    all.by_id(
        Part::Guidance,
        (&keyed(old_procedures, |one| &one.id), &keyed(procedures, |one| &one.id)),
        |one| format!("the procedure «{}»", one.title),
        |Procedure { id: _, title, text, at, forms, source }, new| {
            let mut points = Points::default();
            points.text("its name", title, &new.title);
            points.set("a sentence", text, &new.text);
            points.order("the order of its sentences", text, &new.text);
            points.maybe("where it is kept", at.as_ref(), new.at.as_ref());
            points.set("stands beside the form", forms, &new.forms);
            points.order("the order of its forms", forms, &new.forms);
            points.sources(source, &new.source);
            points
        },
    );
    all.by_id(
        Part::Guidance,
        (&keyed(old_contents, |one| &one.id), &keyed(contents, |one| &one.id)),
        |one| format!("expected of every record: «{}»", one.title),
        |Expected { id: _, title, forms, facts, readings, source }, new| {
            let mut points = Points::default();
            points.text("its name", title, &new.title);
            points.set("shown by the form", forms, &new.forms);
            points.order("the order of its forms", forms, &new.forms);
            points.set("shown by the fact", facts, &new.facts);
            points.order("the order of its facts", facts, &new.facts);
            points.flag("shown by who has used the record", *readings, new.readings);
            points.sources(source, &new.source);
            points
        },
    );
    let mut points = Points::default();
    let laws_in = |all: &[Law]| all.iter().map(|law| law.id.clone()).collect::<Vec<_>>();
    points.order("the order of laws", &laws_in(old_laws), &laws_in(laws));
    let procedures_in = |all: &[Procedure]| all.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    points.order("the order of procedures", &procedures_in(old_procedures), &procedures_in(procedures));
    let contents_in = |all: &[Expected]| all.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    points.order("the order of what is expected", &contents_in(old_contents), &contents_in(contents));
    all.changed(Part::Guidance, "practice", "Laws, procedures and what is expected, as a whole", points);
}

fn list(old: &List, new: &List) -> Points {
    let mut points = Points::default();
    let List { id: _, items } = old;
    for before in items {
        let Item { code, label, inverse, group, withdrawn } = before;
        let Some(after) = new.item(code) else {
            points.add(format!("the code `{code}`"), Some(format!("«{label}»")), None);
            continue;
        };
        points.text(&format!("what `{code}` is called"), label, &after.label);
        points.maybe(&format!("what `{code}` is called from the other side"), inverse.as_ref(), after.inverse.as_ref());
        points.maybe(&format!("the group of «{label}»"), group.as_ref(), after.group.as_ref());
        points.flag(&format!("whether «{label}» is withdrawn"), *withdrawn, after.withdrawn);
    }
    for after in new.items.iter().filter(|item| old.item(&item.code).is_none()) {
        points.add(format!("the code `{}`", after.code), None, Some(format!("«{}»", after.label)));
    }
    let codes = |list: &List| list.items.iter().map(|item| item.code.clone()).collect::<Vec<_>>();
    points.order("the order of its codes", &codes(old), &codes(new));
    points
}

fn approval_of(points: &mut Points, old: &ApprovalRules, new: &ApprovalRules) {
    let ApprovalRules { before_use, source } = old;
    points.of("before a new version is used", before_use, &new.before_use, |before| {
        match before {
            BeforeUse::Approved => "somebody approves it",
            BeforeUse::NothingAsked => "nothing is asked",
        }
        .to_owned()
    });
    points.sources_of("where it comes from whether a new version is approved", source, &new.source);
}

fn sign_in_of(old: &SignInRules, new: &SignInRules) -> Points {
    let SignInRules {
        ways,
        dormant_after_days,
        again_after_minutes,
        support_session_minutes,
        first_password_hours,
        source,
    } = old;
    let mut points = Points::default();
    let told = |ways: &BTreeSet<Way>| ways.iter().map(|way| way.in_words().to_owned()).collect::<Vec<_>>();
    points.set("a way of signing in", &told(ways), &told(&new.ways));
    points.of("an account that nobody uses is closed after", dormant_after_days, &new.dormant_after_days, |days| {
        if *days == 0 { "no time".to_owned() } else { words::count(*days as usize, "day") }
    });
    points.of(
        "before something leaves, who somebody is has been proved",
        again_after_minutes,
        &new.again_after_minutes,
        |minutes| if *minutes == 0 { "at that moment".to_owned() } else { format!("at most {minutes} minutes ago") },
    );
    points.of(
        "how long a session of support lasts",
        support_session_minutes,
        &new.support_session_minutes,
        |minutes| format!("{minutes} minutes"),
    );
    points.of("how long a first password lives", first_password_hours, &new.first_password_hours, |hours| {
        words::count(*hours as usize, "hour")
    });
    points.sources(source, &new.source);
    points
}

fn access_of(old: &AccessRules, new: &AccessRules, (before, after): (&Pack, &Pack)) -> Points {
    let AccessRules { emergency_minutes, restrictions, questions, source } = old;
    let mut points = Points::default();
    points.of(
        "how long a record is open that was opened in an emergency",
        emergency_minutes,
        &new.emergency_minutes,
        |minutes| {
            if *minutes == 0 { "not at all".to_owned() } else { format!("{minutes} minutes") }
        },
    );
    let told = |pack: &Pack, restrictions: &BTreeMap<String, Restriction>| -> Vec<String> {
        let one = |(kind, Restriction { open_to, in_emergency, source: _ }): (&String, &Restriction)| {
            let roles = open_to.iter().map(|(role, relations)| {
                let title = pack.role(role).map_or(role.as_str(), |role| &role.title);
                format!("{title}: {}", words::list(relations.iter().map(|one| words::relation(*one).to_owned())))
            });
            let roles: Vec<_> = roles.collect();
            let emergency = if *in_emergency { "in an emergency too" } else { "not even in an emergency" };
            format!("«{}» leaves it open to {}; {emergency}", pack.label(KINDS, kind), roles.join(", "))
        };
        restrictions.iter().map(one).collect()
    };
    points.set("what a restriction leaves open", &told(before, restrictions), &told(after, &new.restrictions));
    let sources = |source: &[String], restrictions: &BTreeMap<String, Restriction>| {
        source.iter().chain(restrictions.values().flat_map(|one| &one.source)).cloned().collect::<Vec<_>>()
    };
    points.sources(&sources(source, restrictions), &sources(&new.source, &new.restrictions));
    questions_of(&mut points, questions, &new.questions);
    points
}

fn questions_of(points: &mut Points, old: &Questions, new: &Questions) {
    let Questions { days, night, search_shows, work_days, handover_days, common_name, patterns, source: _ } = old;
    let of_days = |days: &u32| format!("{days} days");
    points.of("how far back readings are looked at that may deserve a question", days, &new.days, of_days);
    points.text("which hours are night, for readings", night, &new.night);
    points.of(
        "how many a search may show and still be for one of them",
        search_shows,
        &new.search_shows,
        u32::to_string,
    );
    points.of("how near to a reading work explains it", work_days, &new.work_days, of_days);
    points.of("how long a handover takes, for readings", handover_days, &new.handover_days, of_days);
    points.of("from how many records on a family name is common", common_name, &new.common_name, u32::to_string);
    let told = |patterns: &BTreeMap<Pattern, Threshold>| -> Vec<String> {
        let one = |(pattern, Threshold { at_least, within_days, source: _ }): (&Pattern, &Threshold)| {
            format!("«{}»: from {at_least} on within {within_days} days", pattern.name())
        };
        patterns.iter().map(one).collect()
    };
    points.set("which readings deserve a question", &told(patterns), &told(&new.patterns));
    let sources = |questions: &Questions| {
        let of_patterns = questions.patterns.values().flat_map(|one| &one.source);
        questions.source.iter().chain(of_patterns).cloned().collect::<Vec<_>>()
    };
    points.sources_of("where it comes from which readings deserve a question", &sources(old), &sources(new));
}

fn role(old: &Role, new: &Role) -> Points {
    let Role { id: _, title, may: _, source } = old;
    let mut points = Points::default();
    points.text("its title", title, &new.title);
    let (was, now) = (words::rights(old), words::rights(new));
    for (may, of) in &was {
        match now.iter().find(|(also, _)| also == may) {
            None => points.add(format!("may {may}"), Some(of.clone()), None),
            Some((_, still)) if still != of => {
                points.add(format!("may {may}"), Some(of.clone()), Some(still.clone()));
            }
            Some(_) => {}
        }
    }
    for (may, of) in now.iter().filter(|(may, _)| !was.iter().any(|(had, _)| had == may)) {
        points.add(format!("may {may}"), None, Some(of.clone()));
    }
    points.sources(source, &new.source);
    points
}

/// Every clock, those that a document states beside one in force too (R-TIME-X13), and how the pack reads them.
fn clocks_of(all: &mut Things, old: &Clocks, new: &Clocks) {
    let by_id =
        |clocks: &Clocks| clocks.all().iter().map(|one| (one.id.clone(), one.clone())).collect::<BTreeMap<_, _>>();
    all.by_id(Part::Limits, (&by_id(old), &by_id(new)), |clock| clock.what.clone(), clock);
    let by_id = |clocks: &Clocks| clocks.periods().map(|one| (one.id.clone(), one.clone())).collect::<BTreeMap<_, _>>();
    all.by_id(
        Part::Limits,
        (&by_id(old), &by_id(new)),
        |period| format!("while {}", period.title),
        |before, after| {
            let Period { id: _, title, fact: _, any_of: _, each: _, source } = before;
            let mut points = Points::default();
            points.text("its title", title, &after.title);
            points.each("what has to hold", (before, Period::in_words), (after, Period::in_words));
            points.sources(source, &after.source);
            points
        },
    );
    let mut points = Points::default();
    points.of("somebody is reminded", &old.remind(), &new.remind(), |remind| clock_words::reminder(*remind));
    let over = |clocks: &Clocks| clocks.over_when().map_or_else(|| "never".to_owned(), |period| period.id.clone());
    points.of("nothing is owed any more when this begins", &over(old), &over(new), String::clone);
    all.changed(Part::Limits, "", "How timescales are read", points);
}

fn clock(old: &Clock, new: &Clock) -> Points {
    let Clock {
        id: _,
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
    } = old;
    let mut points = Points::default();
    points.text("what must be done", what, &new.what);
    if (starts, during, due, repeats) != (&new.starts, &new.during, &new.due, &new.repeats) {
        points.add("by when", Some(old.in_words()), Some(new.in_words()));
    }
    if *met_by != new.met_by {
        points.add("what satisfies it", Some(old.met_in_words()), Some(new.met_in_words()));
    }
    if *owner != new.owner {
        points.add("whose task it is", Some(old.owner_in_words()), Some(new.owner_in_words()));
    }
    points.flag("whether it is in force", *in_force, new.in_force);
    points.maybe("why", why.as_ref(), new.why.as_ref());
    if *planned != new.planned {
        points.add("where it is planned", old.planned_in_words(), new.planned_in_words());
    }
    points.of("somebody is reminded", remind, &new.remind, |remind| {
        remind.map_or_else(|| "as the pack says".to_owned(), |remind| clock_words::reminder(Some(remind)))
    });
    points.maybe("the other limit of the same act", beside.as_ref(), new.beside.as_ref());
    points.flag("whether it only prompts", *only_prompts, new.only_prompts);
    points.flag("whether it goes for open work too", *open_work_too, new.open_work_too);
    points.sources(source, &new.source);
    points
}

fn fact(old: &FactKind, new: &FactKind) -> Points {
    let FactKind { id: _, title, holds, says, list, sealed, shared, chronology, warns, too_long_after } = old;
    let mut points = Points::default();
    points.text("its title", title, &new.title);
    if (holds, says, list, sealed) != (&new.holds, &new.says, &new.list, &new.sealed) {
        points.add("what it says", Some(words::fact(old)), Some(words::fact(new)));
    }
    points.flag("whether every record that names the person has it", *shared, new.shared);
    points.maybe("its line in the chronology", chronology.as_ref(), new.chronology.as_ref());
    points.maybe("what every page of the record says while it holds", warns.as_ref(), new.warns.as_ref());
    points.of("too long ago after", too_long_after, &new.too_long_after, |days| {
        days.map_or_else(|| "never".to_owned(), |days| words::count(days as usize, "day"))
    });
    points
}

fn putting_right(old: &AmendmentRules, new: &AmendmentRules) -> Points {
    let AmendmentRules { stands, never, advice, source } = old;
    let mut points = Points::default();
    points.of("an amendment stands", stands, &new.stands, |stands| {
        match stands {
            AmendmentStands::AtOnce => "at once",
            AmendmentStands::AuthorApproves => "when the author agrees",
        }
        .to_owned()
    });
    let named = |forms: &BTreeSet<String>| forms.iter().cloned().collect::<Vec<_>>();
    points.set("a form with a way of its own", &named(never), &named(&new.never));
    points.set("advice", advice, &new.advice);
    points.order("the order of the advice", advice, &new.advice);
    points.sources(source, &new.source);
    points
}

fn words_of(all: &mut Things, (old, new): (&BTreeMap<String, String>, &BTreeMap<String, String>), title: &str) {
    let mut points = Points::default();
    for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        points.maybe(&format!("`{key}`"), old.get(key), new.get(key));
    }
    all.changed(Part::Words, title, title, points);
}

fn marks_of(all: &mut Things, old: &BTreeMap<&'static str, Mark>, new: &BTreeMap<&'static str, Mark>) {
    let mut points = Points::default();
    let in_words = |Mark { word, italic, edge }: &Mark| {
        let italic = if *italic { ", in italic" } else { "" };
        let edge = edge.as_ref().map_or_else(String::new, |edge| format!(", with a {edge} edge"));
        format!("«{word}»{italic}{edge}")
    };
    for voice in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let (was, now) = (old.get(voice), new.get(voice));
        if was != now {
            points.add(format!("how the voice `{voice}` is set apart"), was.map(in_words), now.map(in_words));
        }
    }
    all.changed(Part::Words, "marks", "Voices", points);
}

fn natures_of(all: &mut Things, old: &[Nature], new: &[Nature]) {
    let mut points = Points::default();
    let in_words = |nature: &Nature| {
        let Nature { code: _, label, margin, asks_who, voice } = nature;
        let who = if *asks_who { ", asking who said it" } else { "" };
        let voice = voice.map_or_else(String::new, |voice| format!(", in {} voice", words::voice(voice)));
        format!("«{label}», «{margin}» at the margin{who}{voice}")
    };
    let find = |all: &[Nature], code: &str| all.iter().find(|nature| nature.code == code).map(in_words);
    let codes = |all: &[Nature]| all.iter().map(|nature| nature.code.clone()).collect::<Vec<_>>();
    for code in codes(old).into_iter().chain(codes(new)).collect::<BTreeSet<_>>() {
        let (was, now) = (find(old, &code), find(new, &code));
        if was != now {
            points.add(format!("the nature `{code}`"), was, now);
        }
    }
    points.order("the order of natures", &codes(old), &codes(new));
    all.changed(Part::Words, "natures", "Natures of a paragraph", points);
}

fn files_of(old: &FileRules, new: &FileRules) -> Points {
    let FileRules { largest, macros, swept_after_days } = old;
    let mut points = Points::default();
    for kind in largest.keys().chain(new.largest.keys()).collect::<BTreeSet<_>>() {
        let size = |size: Option<&u32>| size.map(|megabytes| format!("{megabytes} MB"));
        let (was, now) = (largest.get(kind), new.largest.get(kind));
        if was != now {
            points.add(format!("how large {} may be", kind.in_words()), size(was), size(now));
        }
    }
    points.of("office documents with macros", macros, &new.macros, |macros| {
        match macros {
            Macros::Refused => "are refused",
            Macros::Taken => "are taken",
        }
        .to_owned()
    });
    points.of("files of a draft that ended are swept away after", swept_after_days, &new.swept_after_days, |days| {
        words::count(*days as usize, "day")
    });
    points
}
