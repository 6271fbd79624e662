//! The child's front page: who, where, who decides, who works with them, their latest words, when last seen, and the
//! newest of the chronology. Each fact opens the entry that said so.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::Path,
    http::Uri,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    reading::{self, FrontPage},
    recording::called,
};
use jiff::civil::Date;
use policy::{Pack, fact::Says};
use record::{
    EntryId, Moment, PersonId, RecordId, confidential,
    fact::{Fact, Subject},
    identifier, known,
    time::day_in_words,
};

use super::{
    chronology::{Row, rows},
    view::{Reader, VoiceView},
};
use store::Db;

use crate::{App, caseload::owed, error::WebError, layout::Frame, session::SignedIn, words};

/// Something that is so, and the entry that said so.
pub struct Said {
    /// In words.
    pub text: String,
    /// Opens this entry.
    pub entry: EntryId,
}

/// What the front page says.
#[expect(clippy::struct_excessive_bools, reason = "each says of one thing on the page whether it is there")]
pub struct Front {
    record: RecordId,
    number: i64,
    name: String,
    initials: String,
    who: Vec<Said>,
    home: Vec<Said>,
    decides: Vec<Said>,
    with: Vec<Said>,
    /// Who works with the child here, without the school.
    allocated: Vec<Said>,
    school: Vec<Said>,
    status: Vec<Said>,
    words: Option<(String, String, EntryId)>,
    words_voice: Option<VoiceView>,
    seen: Vec<Said>,
    /// What the policy calls it that the child was seen.
    seen_title: String,
    /// Planned visits, the next first.
    planned: Vec<Said>,
    alerts: Vec<Said>,
    files: Vec<Said>,
    details: Vec<(String, Vec<Said>)>,
    checked: String,
    chronology: Vec<Row>,
    /// What is to be done next, in words.
    due: Vec<String>,
    drafts: Vec<(String, String, String)>,
    statement: String,
    /// What the register of managers' decisions is called.
    decisions: String,
    missing: Vec<String>,
    unborn: bool,
    may_see_readings: bool,
    may_declare: bool,
    may_restrict: bool,
    may_grant_support: bool,
    /// Whether this reader may record an adoption order here, and the ways to the record before or after one.
    may_record_order: bool,
    adoption: Vec<(&'static str, &'static str)>,
    /// To whom of support the record is open, and until when: each with the entry that says why.
    support: Vec<Said>,
    /// Whether whoever reads is of support themselves: they write, print and search nothing.
    of_support: bool,
    /// Whether addresses are hidden that this reader may have shown.
    may_reveal: bool,
    /// Whether something is kept in the confidential section that this reader may open.
    may_open_section: bool,
    may_record: bool,
    /// Numbers of the child's other records that are read here, each with where the two are compared.
    twins: Vec<(i64, Option<String>)>,
    closed_twins: usize,
}

#[derive(Template)]
#[template(path = "record/front_page.html")]
struct Page {
    front: Front,
    /// For whoever works through a list: where they are.
    through: Option<crate::caseload::Step>,
}

#[derive(Template)]
#[template(path = "record/front_sheet.html")]
struct Sheet {
    front: Front,
    printed: String,
    /// How many lines of the chronology are not on the sheet.
    more: usize,
}

/// How much of what is to be done the front page names.
const DUE: usize = 4;

/// As many lines of the chronology as fit on a few sheets of paper.
const ROWS_ON_SHEET: usize = 60;

/// `GET /records/{record}`
pub async fn show(app: App, Path(record): Path<String>, uri: Uri, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::front_page(&who.desk, record).await {
        // An old link to a record of a child who was made twice leads to the one that is in front.
        Ok(page) if page.header.record != record => {
            Redirect::to(&format!("/records/{}", page.header.record)).into_response()
        }
        Ok(page) => {
            let through = match crate::caseload::step(&who, &uri, page.header.number).await {
                Ok(through) => through,
                Err(error) => return WebError::from(error).response(&app, Some(&who)),
            };
            let mut front = front(app.db(), &page, app.db().now().day());
            let teller = owed::Teller::new(app.db().pack(), &page.colleagues, app.db().now().london(), &who);
            front.of_support = who.session.support;
            front.support = open_to_support(&page, app.db().now());
            front.due = page.owed.iter().take(DUE).map(|due| teller.sentence(due)).collect();
            let main = Page { front, through };
            Frame::new(&app, &who, "Child’s record").in_record(&page.header, "front").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `GET /records/{record}/front-sheet`: the same for paper, with room for a signature (R-BAS-21).
pub async fn sheet(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::front_sheet(&who.desk, record).await {
        Ok(mut page) => {
            let printed = words::moment(app.db().now());
            let more = page.chronology.len().saturating_sub(ROWS_ON_SHEET);
            page.chronology.truncate(ROWS_ON_SHEET);
            let front = Front { of_support: who.session.support, ..front(app.db(), &page, app.db().now().day()) };
            let main = Sheet { front, printed, more };
            Frame::new(&app, &who, "File front sheet").in_record(&page.header, "").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// The front sheet in words, for paper.
pub struct SheetWords {
    /// What it is called, and what is so.
    pub terms: Vec<(String, Vec<String>)>,
    /// The child's latest words, and when they were said.
    pub words: Option<(String, String)>,
    /// How the child's voice is set apart.
    pub words_classes: String,
    /// The newest of the chronology.
    pub chronology: Vec<Row>,
    /// Who checked the details, and when.
    pub checked: String,
}

/// The front sheet in words.
pub fn sheet_of(db: &Db, page: &FrontPage, today: Date) -> SheetWords {
    let front = front(db, page, today);
    let said = |all: &[Said], empty: &str| -> Vec<String> {
        let all: Vec<_> = all.iter().map(|one| one.text.clone()).collect();
        if all.is_empty() { vec![empty.to_owned()] } else { all }
    };
    let mut terms = vec![
        ("Must be known", said(&front.alerts, "No alert, hold or restriction is recorded")),
        ("Who", said(&front.who, "Nothing recorded yet")),
        ("Lives", said(&front.home, "No address recorded yet")),
        ("Parental responsibility", said(&front.decides, "Nobody with parental responsibility is recorded yet")),
        ("Legal status", said(&front.status, "No legal status is recorded")),
        ("Allocated to", said(&front.with, "Nobody is allocated yet")),
        (&*front.seen_title, said(&front.seen, if front.unborn { "Not yet born" } else { "No visit recorded yet" })),
        ("Next visit", said(&front.planned, "No visit is planned")),
    ];
    if !front.files.is_empty() {
        terms.push(("Files kept elsewhere", said(&front.files, "")));
    }
    let mut terms: Vec<_> = terms.into_iter().map(|(name, said)| (name.to_owned(), said)).collect();
    terms.extend(front.details.iter().map(|(title, all)| (title.clone(), said(all, ""))));
    SheetWords {
        terms,
        words: front.words.map(|(text, day, _)| (text, day)),
        words_classes: front.words_voice.map_or_else(String::new, |voice| voice.classes),
        chronology: front.chronology,
        checked: format!("{}.", front.checked),
    }
}

/// Puts the facts of a record into sentences.
/// What the policy calls a kind of fact.
fn title_of<'p>(pack: &'p Pack, kind: &'p str) -> &'p str {
    pack.fact(kind).map_or(kind, |kind| &kind.title)
}

struct Teller<'a> {
    pack: &'a Pack,
    page: &'a FrontPage,
    today: Date,
}

fn front(db: &Db, page: &FrontPage, today: Date) -> Front {
    let pack = db.pack();
    let teller = Teller { pack, page, today };
    // The front page shows facts and no entries.
    let refers_to = BTreeMap::new();
    let reader = Reader {
        record: page.header.record,
        pack,
        packs: db.packs(),
        people: &page.people,
        colleagues: &page.colleagues,
        refers_to: &refers_to,
    };
    let name = page.header.called().to_owned();
    let draft = |draft: &store::Draft| {
        let form = pack.form(&draft.form).map_or_else(|| draft.form.clone(), |form| form.title.clone());
        (draft.id.to_string(), form, words::moment(draft.touched))
    };
    Front {
        record: page.header.record,
        number: page.header.number,
        initials: words::initials(page.header.who.name.as_deref().unwrap_or(&name)),
        name,
        who: teller.who(),
        home: teller.home(),
        decides: teller.decides(),
        with: teller.with_me(&reader),
        allocated: teller.allocated(&reader),
        school: teller.school().into_iter().collect(),
        status: teller.status(),
        words: teller.latest_words(),
        words_voice: reader.voice(policy::form::Voice::Child),
        seen: teller.seen(),
        seen_title: title_of(db.pack(), known::LAST_SEEN).to_owned(),
        planned: teller.planned(&reader),
        alerts: teller.alerts(),
        files: page
            .of_record("separate-file")
            .map(|fact| Said { text: teller.value(fact), entry: fact.said.entry })
            .collect(),
        details: teller.details(),
        checked: teller.checked(),
        chronology: rows(pack, &page.chronology),
        due: Vec::new(),
        drafts: page.drafts.iter().map(draft).collect(),
        statement: format!("{} {}", pack.word("statement"), pack.word("confidential-duty")),
        decisions: pack.word("decisions").to_owned(),
        missing: teller.missing(),
        unborn: page.header.who.born.is_none() && page.header.who.expected.is_some(),
        may_see_readings: page.may_see_readings,
        may_declare: page.may_declare,
        may_restrict: page.may_restrict,
        may_grant_support: page.may_grant_support,
        may_record_order: page.adoption.order,
        adoption: page.adoption.to.iter().map(|to| (to.code(), crate::adoption::title(*to))).collect(),
        support: Vec::new(),
        of_support: false,
        may_reveal: page.may_reveal,
        may_open_section: page.may_open_section,
        may_record: page.may_record,
        twins: twins(page),
        closed_twins: page.header.closed_twins,
    }
}

/// To whom of support a record is open at this moment.
fn open_to_support(page: &FrontPage, now: Moment) -> Vec<Said> {
    let said = |fact: &Fact| {
        let until = fact.said.value.parse::<Moment>().ok().filter(|until| *until > now)?;
        let to = fact.said.other.and_then(|person| page.colleagues.of_support(person)).unwrap_or_default();
        let text = format!("{to} may read this record until {}, to mend a fault", words::moment(until));
        Some(Said { text, entry: fact.said.entry })
    };
    page.of_record(known::OPENED_TO_SUPPORT).filter_map(said).collect()
}

fn twins(page: &FrontPage) -> Vec<(i64, Option<String>)> {
    let child = page.header.person.filter(|_| page.may_join);
    page.twins
        .iter()
        .map(|(number, person)| (*number, child.map(|child| format!("/people/{child}/twice/{person}"))))
        .collect()
}

impl Teller<'_> {
    fn one<'s>(&'s self, kind: &'s str) -> Option<&'s Fact> {
        self.page.of_child(kind).last()
    }

    /// The fact's value as people say it.
    fn value(&self, fact: &Fact) -> String {
        let kind = self.pack.fact(&fact.said.line.kind);
        match kind.and_then(|kind| kind.list.as_ref()) {
            Some(list) => {
                let labels: Vec<_> =
                    fact.said.value.split(' ').map(|code| self.pack.label(list, code).to_owned()).collect();
                words::list(&labels)
            }
            None => fact.said.value.parse::<Date>().map_or_else(|_| fact.said.value.clone(), day_in_words),
        }
    }

    fn said(&self, kind: &str) -> Option<Said> {
        let fact = self.one(kind)?;
        Some(Said { text: self.value(fact), entry: fact.said.entry })
    }

    fn name(&self, person: PersonId) -> String {
        let who = self.page.people.get(&person);
        let name = who
            .and_then(|who| who.name.clone().or_else(|| who.preferred.clone()))
            .unwrap_or_else(|| "somebody".to_owned());
        match who.and_then(|who| who.died) {
            Some(died) => format!("{name} (died {})", day_in_words(died)),
            None => name,
        }
    }

    /// What a person is to the child, in the pack's words: «mother», «half-brother».
    fn relation(&self, person: PersonId) -> Option<String> {
        self.said_here(person).map(|(words, _)| words)
    }

    /// The same, with the entry that says so.
    fn said_here(&self, person: PersonId) -> Option<(String, EntryId)> {
        let child = self.page.header.person?;
        self.page.facts.iter().filter(|fact| fact.said.line.kind == known::RELATIONSHIP).find_map(|fact| {
            let kind = self.pack.fact(known::RELATIONSHIP)?;
            let list = self.pack.list(kind.list.as_ref()?)?;
            let item = list.item(&fact.said.value)?;
            if fact.said.line.subject == Subject::Person(child) && fact.said.other == Some(person) {
                Some((item.label.to_lowercase(), fact.said.entry))
            } else if fact.said.line.subject == Subject::Person(person) && fact.said.other == Some(child) {
                // Stored once: from the other side it is read by its inverse.
                let inverse = item.inverse.as_ref().and_then(|code| list.item(code));
                Some((inverse.unwrap_or(item).label.to_lowercase(), fact.said.entry))
            } else {
                None
            }
        })
    }

    fn who(&self) -> Vec<Said> {
        [
            known::SEX,
            known::GENDER,
            known::ETHNICITY,
            known::RELIGION,
            known::LANGUAGE,
            known::DISABILITY,
            known::COMMUNICATION,
        ]
        .into_iter()
        .filter_map(|kind| self.said(kind))
        .collect()
    }

    fn since(&self, fact: &Fact) -> String {
        format!("{}, since {}", self.value(fact), day_in_words(fact.said.from))
    }

    fn home(&self) -> Vec<Said> {
        let mut home = Vec::new();
        for kind in [known::PLACEMENT, known::PLACEMENT_ADDRESS, known::ADDRESS] {
            if kind == known::ADDRESS && self.one(known::PLACEMENT).is_some() {
                continue;
            }
            home.extend(self.one(kind).map(|fact| Said { text: self.since(fact), entry: fact.said.entry }));
        }
        let members = self
            .page
            .facts
            .iter()
            .filter(|fact| fact.said.line.kind == known::HOUSEHOLD_MEMBER && fact.said.value == "yes");
        for fact in members {
            if let Some(person) = fact.said.other {
                let relation = self.relation(person).map(|relation| format!(" ({relation})")).unwrap_or_default();
                home.push(Said { text: format!("with {}{relation}", self.name(person)), entry: fact.said.entry });
            }
        }
        home
    }

    fn decides(&self) -> Vec<Said> {
        self.page
            .facts
            .iter()
            .filter(|fact| fact.said.line.kind == known::PARENTAL_RESPONSIBILITY && fact.said.value == "yes")
            .filter_map(|fact| {
                let person = fact.said.other?;
                let relation = self.relation(person).map(|relation| format!(" ({relation})")).unwrap_or_default();
                Some(Said {
                    text: format!("{}{relation} has parental responsibility", self.name(person)),
                    entry: fact.said.entry,
                })
            })
            .collect()
    }

    fn school(&self) -> Option<Said> {
        self.said(known::SCHOOL)
    }

    fn with_me(&self, reader: &Reader<'_>) -> Vec<Said> {
        let school = self.school().map(|said| Said { text: format!("School: {}", said.text), ..said });
        self.allocated(reader).into_iter().chain(school).collect()
    }

    fn allocated(&self, reader: &Reader<'_>) -> Vec<Said> {
        let mut with = Vec::new();
        for kind in [known::ALLOCATED_WORKER, known::ALLOCATED_TEAM, known::FILE_HOLDER] {
            for fact in self.page.of_record(kind) {
                let text = match kind {
                    known::ALLOCATED_TEAM => {
                        let team = fact.said.value.parse().ok().and_then(|team| self.page.colleagues.teams.get(&team));
                        team.map_or_else(String::new, |team| team.name.clone())
                    }
                    _ => fact.said.value.parse().map_or_else(|_| String::new(), |person| reader.person(person)),
                };
                let text = match kind {
                    known::FILE_HOLDER => format!("{text} holds the file"),
                    _ => format!("{text}, since {}", day_in_words(fact.said.from)),
                };
                with.push(Said { text, entry: fact.said.entry });
            }
        }
        with
    }

    fn status(&self) -> Vec<Said> {
        let mut status: Vec<Said> = self
            .one(known::LEGAL_STATUS)
            .map(|fact| Said { text: self.since(fact), entry: fact.said.entry })
            .into_iter()
            .collect();
        for fact in self.page.of_record(known::RECORD_STATUS) {
            if fact.said.value == "closed" {
                status.push(Said {
                    text: format!("Record closed {}", day_in_words(fact.said.from)),
                    entry: fact.said.entry,
                });
            }
        }
        status
    }

    fn latest_words(&self) -> Option<(String, String, EntryId)> {
        // What is kept in the confidential section is not what the child says of themselves here.
        let fact = self.one(known::CHILD_WORDS).filter(|fact| fact.said.value != confidential::KEPT)?;
        // Whoever wrote them may have typed the quotation marks; the page sets its own.
        let words = fact.said.value.trim().trim_matches(['"', '“', '”', '«', '»']);
        Some((words.to_owned(), day_in_words(fact.said.from), fact.said.entry))
    }

    fn seen(&self) -> Vec<Said> {
        let mut seen = Vec::new();
        for kind in [known::LAST_SEEN, known::LAST_SEEN_ALONE] {
            if let Some(fact) = self.one(kind) {
                let words = title_of(self.pack, kind);
                let days = fact.said.from.until(self.today).map_or(0, |span| span.get_days());
                let ago = match days {
                    0 => "today".to_owned(),
                    1 => "yesterday".to_owned(),
                    days => format!("{days} days ago"),
                };
                seen.push(Said {
                    text: format!("{words} {} ({ago})", day_in_words(fact.said.from)),
                    entry: fact.said.entry,
                });
            }
        }
        seen
    }

    /// The visits that are planned, the next first; of one whose day has passed, that nobody has recorded it yet.
    fn planned(&self, reader: &Reader<'_>) -> Vec<Said> {
        let mut plans: Vec<_> = self
            .page
            .of_child(known::PLANNED_VISIT)
            .filter_map(|fact| Some((store::Plan::moment(&fact.said.value).ok()?, fact)))
            .collect();
        plans.sort_by_key(|(when, _)| *when);
        let said = |((day, time), fact): ((Date, Option<jiff::civil::Time>), &Fact)| {
            let who = fact.said.other.map(|visitor| format!(", {}", reader.person(visitor))).unwrap_or_default();
            let when = words::planned(day, time, self.today);
            Said { text: format!("{when}{who}"), entry: fact.said.entry }
        };
        plans.into_iter().map(said).collect()
    }

    /// What must be known before anything else.
    fn alerts(&self) -> Vec<Said> {
        let said = |one: &casework::reading::Warning| Said { text: one.text.clone(), entry: one.entry };
        self.page.header.warnings.iter().map(said).collect()
    }

    fn details(&self) -> Vec<(String, Vec<Said>)> {
        const SHOWN_ABOVE: [&str; 27] = [
            known::NAME,
            known::PREFERRED_NAME,
            "given-names",
            "family-name",
            known::BIRTH,
            known::SEX,
            known::GENDER,
            known::ETHNICITY,
            known::RELIGION,
            known::LANGUAGE,
            known::DISABILITY,
            known::COMMUNICATION,
            known::ADDRESS,
            "address-protected",
            known::PLACEMENT,
            known::PLACEMENT_ADDRESS,
            known::LEGAL_STATUS,
            known::CHILD_WORDS,
            known::LAST_SEEN,
            known::LAST_SEEN_ALONE,
            known::SCHOOL,
            known::DETAILS_CHECKED,
            "to-check",
            "person-kind",
            known::PLANNED_VISIT,
            "visit-recorder",
            "recorder-open",
        ];
        let mut details: Vec<(String, Vec<Said>)> = Vec::new();
        let child = self.page.header.person.map(Subject::Person);
        for fact in &self.page.facts {
            let line = &fact.said.line;
            if Some(line.subject) != child || fact.said.other.is_some() || SHOWN_ABOVE.contains(&line.kind.as_str()) {
                continue;
            }
            let Some(kind) = self.pack.fact(&line.kind) else { continue };
            let text = match line.kind.as_str() {
                known::NHS_NUMBER => {
                    let right = identifier::nhs_number_is_right(&fact.said.value);
                    format!(
                        "{} (check digit {})",
                        identifier::nhs_number_spaced(&fact.said.value),
                        if right { "right" } else { "wrong" }
                    )
                }
                known::UPN => {
                    let right = identifier::upn_is_right(&fact.said.value);
                    format!("{} (check letter {})", fact.said.value, if right { "right" } else { "wrong" })
                }
                _ => self.value(fact),
            };
            let said = Said { text, entry: fact.said.entry };
            match details.iter_mut().find(|(title, _)| *title == kind.title) {
                Some((_, all)) => all.push(said),
                None => details.push((kind.title.clone(), vec![said])),
            }
        }
        details
    }

    fn checked(&self) -> String {
        match self.one(known::DETAILS_CHECKED) {
            Some(fact) => format!("Details last checked with the child or family on {}", self.value(fact)),
            None => "Nobody has checked these details with the child or family yet".to_owned(),
        }
    }

    /// What the record should say and does not (R-PPL-02, R-BAS-16).
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        let unborn = self.page.header.who.born.is_none() && self.page.header.who.expected.is_some();
        for (kind, words) in [
            (known::BIRTH, "date of birth"),
            (known::ETHNICITY, "ethnicity"),
            ("category-of-need", "main need (children in need code)"),
            ("risk-assessment", "a current risk assessment"),
        ] {
            if self.one(kind).is_none() && !(unborn && kind != "category-of-need" && kind != "risk-assessment") {
                missing.push(words.to_owned());
            }
        }
        if let Some(due) = self.one("risk-review-due").and_then(|fact| fact.said.value.parse::<Date>().ok())
            && due < self.today
        {
            missing.push(format!("a review of the risk assessment (it was due on {})", day_in_words(due)));
        }
        missing
    }
}

/// What one side of a connection is to the other, in the pack's words: the kind as it was said, or its inverse.
pub fn connection(pack: &Pack, kind: &str, inverse: bool) -> String {
    let list = pack.fact(known::RELATIONSHIP).and_then(|fact| pack.list(fact.list.as_ref()?));
    let item = list.and_then(|list| list.item(kind));
    let other = item.filter(|_| inverse).and_then(|item| list?.item(item.inverse.as_ref()?));
    other.or(item).map_or_else(|| kind.to_owned(), |item| item.label.to_lowercase())
}

/// The child's family and other people, for their own page.
pub fn family(pack: &Pack, family: &reading::Family, today: Date) -> Vec<super::family::Member> {
    // What has a place of its own on the page.
    const SAID_OF_THEM: [&str; 6] = [
        known::RELATIONSHIP,
        known::HOUSEHOLD_MEMBER,
        known::PARENTAL_RESPONSIBILITY,
        known::SAME_PERSON,
        "close-person",
        "contact-arrangement",
    ];
    let page = &family.page;
    let teller = Teller { pack, page, today };
    let child = page.header.person;
    let mut members: Vec<super::family::Member> = Vec::new();
    let named: Vec<PersonId> = page.people.keys().copied().filter(|person| Some(*person) != child).collect();
    for person in named {
        let holds = |kind: &str| {
            page.facts
                .iter()
                .any(|fact| fact.said.line.kind == kind && fact.said.other == Some(person) && fact.said.value == "yes")
        };
        let own = |kind: &str| {
            page.facts
                .iter()
                .filter(|fact| fact.said.line.kind == kind && fact.said.line.subject == Subject::Person(person))
                .map(|fact| teller.value(fact))
                .next_back()
        };
        let who = page.people.get(&person).cloned().unwrap_or_default();
        let details = [
            known::ETHNICITY,
            known::RELIGION,
            known::LANGUAGE,
            known::DISABILITY,
            known::COMMUNICATION,
            known::TELEPHONE,
            known::ADDRESS,
            "organisation",
        ];
        members.push(super::family::Member {
            person: person.to_string(),
            name: called(&who),
            full: who.name.clone().unwrap_or_default(),
            age: if who.born.is_some() || who.died.is_some() || who.expected.is_some() {
                words::age_and_birth(&who, today)
            } else {
                String::new()
            },
            relation: teller
                .relation(person)
                .or_else(|| from_elsewhere(pack, family, person))
                .unwrap_or_else(|| "connection not recorded".to_owned()),
            lives_here: holds(known::HOUSEHOLD_MEMBER),
            decides: holds(known::PARENTAL_RESPONSIBILITY),
            close: holds("close-person"),
            contact: page
                .facts
                .iter()
                .filter(|fact| fact.said.line.kind == "contact-arrangement" && fact.said.other == Some(person))
                .map(|fact| (teller.value(fact), fact.said.entry.to_string()))
                .next_back(),
            also: (page.facts.iter())
                .filter(|fact| {
                    fact.said.other == Some(person) && Some(fact.said.line.subject) == child.map(Subject::Person)
                })
                .filter(|fact| !SAID_OF_THEM.contains(&fact.said.line.kind.as_str()))
                .filter_map(|fact| {
                    let kind = pack.fact(&fact.said.line.kind).filter(|kind| kind.says == Says::Code)?;
                    Some((kind.title.clone(), teller.value(fact), fact.said.entry.to_string()))
                })
                .collect(),
            details: details.into_iter().filter_map(own).collect(),
            record: page.records.iter().find(|(_, one, _)| *one == person).map(|(record, ..)| *record),
        });
    }
    members.sort_by_key(|member| (!member.lives_here, !member.decides, member.name.clone()));
    members
}

/// What somebody is to the child by what another record says, from this child's side; said in the words of where it
/// stands.
fn from_elsewhere(pack: &Pack, family: &reading::Family, person: PersonId) -> Option<String> {
    let child = family.page.header.person?;
    let one =
        family.elsewhere.iter().rev().find(|one| {
            (one.subject == child && one.other == person) || (one.subject == person && one.other == child)
        })?;
    Some(format!("{} (by that record)", connection(pack, &one.kind, one.other == child)))
}

/// What is known in this record of one person, each with the entry that says so.
pub fn known_of(pack: &Pack, page: &FrontPage, today: Date, person: PersonId) -> Vec<(String, Vec<Said>)> {
    const NAMES: [&str; 3] = ["name", "given-names", "family-name"];
    let teller = Teller { pack, page, today };
    let mut all: Vec<(String, Vec<Said>)> = Vec::new();
    for fact in &page.facts {
        let kind = fact.said.line.kind.as_str();
        let of_person = fact.said.line.subject == Subject::Person(person) && fact.said.other.is_none();
        let with_person = fact.said.other == Some(person) && kind != known::RELATIONSHIP;
        if !(of_person || with_person) || NAMES.contains(&kind) {
            continue;
        }
        let Some(title) = pack.fact(kind).map(|kind| kind.title.clone()) else { continue };
        let text = match fact.said.value.as_str() {
            "yes" => "Yes".to_owned(),
            "no" => "No".to_owned(),
            _ => teller.value(fact),
        };
        let said = Said { text, entry: fact.said.entry };
        match all.iter_mut().find(|(known, _)| *known == title) {
            Some((_, said_already)) => said_already.push(said),
            None => all.push((title, vec![said])),
        }
    }
    all
}

/// What a person is to the child, with the entry of this record that says so.
pub fn relation_here(pack: &Pack, page: &FrontPage, today: Date, person: PersonId) -> Option<Said> {
    let (text, entry) = Teller { pack, page, today }.said_here(person)?;
    Some(Said { text, entry })
}
