//! What is owed, as a list of its own: what I owe, and what my team owes, by date, child, family, address or kind.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::Uri, response::Response};
use casework::caseload::{
    Whose,
    owed::{self, Asked, Due, Tray, When},
};
use jiff::civil::{Date, DateTime, Time};
use policy::{Capability, Pack};
use record::{
    PersonId,
    obligation::ObligationId,
    time::{day_in_words, time_in_words, weekday_in_words},
};
use store::Colleagues;

use super::{asked, my_work::family_title};
use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

/// Something that is owed, in words.
pub(crate) struct Line {
    /// The child, and their record.
    pub name: String,
    pub record: String,
    /// What must be done.
    pub what: String,
    /// By when: «by Thursday 3 December», «2 days late».
    pub when: String,
    /// Whether it is late: said in words too, and only set apart by its line.
    pub late: bool,
    /// For when it is planned, and who is asked for it.
    pub notes: Vec<String>,
    /// What can be done about it at once: in words, and where.
    pub doors: Vec<(String, String)>,
}

/// How the list is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Date,
    Child,
    Family,
    Address,
    Kind,
}

impl By {
    fn asked(uri: &Uri) -> Self {
        let query = asked(uri);
        let found = Self::ALL.iter().find(|(word, ..)| query.get("by").is_some_and(|by| by == word));
        found.map_or(Self::Date, |(_, by, _)| *by)
    }

    /// Whether it goes by how the children live.
    const fn by_home(self) -> bool {
        matches!(self, Self::Family | Self::Address)
    }

    const ALL: [(&'static str, Self, &'static str); 5] = [
        ("date", Self::Date, "By date"),
        ("child", Self::Child, "By child"),
        ("family", Self::Family, "By family"),
        ("address", Self::Address, "By address"),
        ("kind", Self::Kind, "By kind"),
    ];
}

/// Part of the list, under a heading.
struct Group {
    title: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "caseload/owed.html")]
struct Page {
    title: String,
    of_team: bool,
    all: usize,
    /// «2 late, 3 due soon».
    summary: String,
    /// Which part of a longer list this is: then no heading has a number, which would be of this page alone.
    part: String,
    /// Each way to divide the list, with where it is shown so; nowhere for the one that is shown.
    ways: Vec<(&'static str, String)>,
    groups: Vec<Group>,
    /// What whoever reads this gave to colleagues and is not done yet.
    given: Vec<Line>,
    /// Where the list goes on and where it came from.
    later: String,
    earlier: String,
    back: (&'static str, &'static str),
}

/// How many are on one page.
const ON_PAGE: usize = 100;

fn page_asked(uri: &Uri) -> store::Page {
    let from = asked(uri).get("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    store::Page { from, most: ON_PAGE }
}

/// `GET /my-work/owed`
pub async fn mine(app: App, uri: Uri, who: SignedIn) -> Response {
    match owed::mine(&who.desk, By::asked(&uri).by_home(), page_asked(&uri)).await {
        Ok(tray) => {
            let page = page(&app, &who, &uri, &tray, Whose::Mine);
            Frame::new(&app, &who, "What you owe").at("/my-work").page(&page)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `GET /team/owed`
pub async fn of_team(app: App, uri: Uri, who: SignedIn) -> Response {
    let worker = asked(&uri).get("worker").and_then(|worker| worker.parse::<PersonId>().ok());
    match owed::of_team(&who.desk, worker, By::asked(&uri).by_home(), page_asked(&uri)).await {
        Ok(tray) => {
            let page = page(&app, &who, &uri, &tray, worker.map_or(Whose::Team, Whose::Worker));
            Frame::new(&app, &who, "What your team owes").at("/team").page(&page)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(app: &App, who: &SignedIn, uri: &Uri, tray: &Tray, whose: Whose) -> Page {
    let of_team = whose != Whose::Mine;
    let name = |worker| tray.colleagues.staff.get(&worker).map_or("your colleague", |one| one.name.as_str());
    let (title, worker) = match whose {
        Whose::Mine => ("What you owe".to_owned(), String::new()),
        Whose::Worker(worker) => (format!("What {} owes", name(worker)), format!("&worker={worker}")),
        Whose::Team | Whose::Nobody => ("What your team owes".to_owned(), String::new()),
    };
    let now = app.db().now().london();
    let by = By::asked(uri);
    let (from, many) = (tray.from, tray.many);
    let path = if of_team { "/team/owed" } else { "/my-work/owed" };
    let at = |by: By, from: usize| {
        let word = By::ALL.iter().find(|(_, one, _)| *one == by).map_or("date", |(word, ..)| word);
        let from = if from > 0 { format!("&from={from}") } else { String::new() };
        format!("{path}?by={word}{worker}{from}")
    };
    let teller = Teller::new(app.db().pack(), &tray.colleagues, now, who);
    let counted = [(many.late, "late"), (many.soon, "due soon")].into_iter().filter(|(many, _)| *many > 0);
    let counted: Vec<_> = counted.map(|(many, what)| format!("{many} {what}")).collect();
    let later = if from + ON_PAGE < many.all { at(by, from + ON_PAGE) } else { String::new() };
    let earlier = if from > 0 { at(by, from.saturating_sub(ON_PAGE)) } else { String::new() };
    Page {
        all: many.all,
        part: if later.is_empty() && earlier.is_empty() {
            String::new()
        } else {
            format!("This page has {} to {} of them.", from + 1, from + tray.shown.len())
        },
        summary: if counted.is_empty() { "Nothing is late or due soon".to_owned() } else { words::list(&counted) },
        ways: By::ALL.map(|(_, way, label)| (label, if way == by { String::new() } else { at(way, 0) })).into(),
        groups: groups(tray, by, &teller, of_team),
        given: tray.given.iter().map(|due| teller.line(due, true)).collect(),
        later,
        earlier,
        back: if of_team { ("/team", "Back to My team") } else { ("/my-work", "Back to My work") },
        of_team,
        title,
    }
}

/// The lines under their headings: by date in the order of time, otherwise the heading with the most pressing line first.
fn groups(tray: &Tray, by: By, teller: &Teller<'_>, of_team: bool) -> Vec<Group> {
    let today = teller.now.date();
    let title = |due: &Due| match by {
        By::Date => in_words(due.when(today)).to_owned(),
        By::Child => due.name.clone(),
        By::Kind => due.what.clone(),
        By::Family => {
            let family = tray.families.iter().find(|(_, records)| records.contains(&due.owed.id.record));
            family.map_or_else(|| due.name.clone(), |(family, _)| family_title(teller.pack, family))
        }
        By::Address => {
            let living = tray.homes.get(&due.owed.id.record).map(|home| &home.living);
            match living {
                Some(living) if living.protected => "Address protected".to_owned(),
                Some(living) => living.at().map_or_else(|| "No address recorded".to_owned(), str::to_owned),
                None => "No address recorded".to_owned(),
            }
        }
    };
    // Two children of one name are two groups.
    let tell_apart = |due: &Due| if by == By::Child { due.owed.id.record.to_string() } else { String::new() };
    let mut groups: Vec<Group> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for due in &tray.shown {
        let title = title(due);
        let place = *places.entry((title.clone(), tell_apart(due))).or_insert_with(|| {
            groups.push(Group { title, lines: Vec::new() });
            groups.len() - 1
        });
        groups[place].lines.push(teller.line(due, of_team));
    }
    groups
}

const fn in_words(when: When) -> &'static str {
    match when {
        When::Late => "Late",
        When::Today => "Today",
        When::Tomorrow => "Tomorrow",
        When::Coming => "Coming up",
        When::Later => "Later",
        When::NoDate => "Without a date",
    }
}

/// Where a manager decides about this one.
pub(crate) fn decision_of(id: &ObligationId) -> String {
    format!("/records/{}/owed/decision?of={}/{}/{}", id.record, id.clock, id.set_off, id.occurrence)
}

/// Says what is owed.
pub(crate) struct Teller<'a> {
    pack: &'a Pack,
    colleagues: &'a Colleagues,
    now: DateTime,
    me: PersonId,
    may_record: bool,
    may_decide: bool,
}

impl<'a> Teller<'a> {
    pub fn new(pack: &'a Pack, colleagues: &'a Colleagues, now: DateTime, who: &SignedIn) -> Self {
        let may_record = who.may.contains(&Capability::RecordEntry);
        let may_decide = who.may.contains(&Capability::RecordDecision);
        Self { pack, colleagues, now, me: who.person(), may_record, may_decide }
    }

    /// One line; with who is asked for it where that is not the reader alone.
    pub fn line(&self, due: &Due, with_who: bool) -> Line {
        let record = format!("/records/{}", due.owed.id.record);
        let mut notes: Vec<String> = self.planned(due).into_iter().collect();
        if with_who || !matches!(due.asked, Asked::Person(person) if person == self.me) {
            notes.push(self.asked(due));
        }
        if let Some(decided) = due.decided.filter(|decided| decided.to.is_some()) {
            notes.push(format!("given by {}", self.name(decided.by)));
        }
        let mut doors = Vec::new();
        if let Some(clock) = due.owed.clock(self.pack).filter(|_| self.may_record) {
            if let Some(form) = owed::form_of(self.pack, clock) {
                doors.push((format!("Record: {}", form.title), format!("{record}/new/{}", form.id)));
            }
            if let Some(form) = owed::plan_of(self.pack, clock).filter(|_| due.owed.planned.is_none()) {
                doors.push((format!("Plan: {}", form.title), format!("{record}/new/{}", form.id)));
            }
            if doors.is_empty() && owed::is_of_chronology(clock) {
                doors.push(("Go through the chronology".to_owned(), format!("{record}/chronologies")));
            }
        }
        if self.may_decide {
            doors.push(("Waive it, or give it to a colleague".to_owned(), decision_of(&due.owed.id)));
        }
        Line {
            name: due.name.clone(),
            what: due.what.clone(),
            when: self.when(due),
            late: due.when(self.now.date()) == When::Late,
            notes,
            doors,
            record,
        }
    }

    /// «Review, by Thursday 3 December · Sam Okafor»: in the child's own record.
    pub fn sentence(&self, due: &Due) -> String {
        let notes = self.planned(due).into_iter().chain([self.asked(due)]);
        let told = [format!("{}, {}", due.what, self.when(due))].into_iter().chain(notes);
        told.collect::<Vec<_>>().join(" · ")
    }

    /// «by Thursday 3 December», «2 days late».
    pub fn when(&self, due: &Due) -> String {
        let today = self.now.date();
        let Some(at) = due.owed.due else {
            let stated = due.owed.clock(self.pack).and_then(owed::without_number);
            return stated.map_or_else(|| "no date can be given yet".to_owned(), |stated| format!("“{stated}”"));
        };
        let ends_day = at.due.time() == Time::MAX || at.due.time() == Time::midnight();
        let time = if ends_day { String::new() } else { format!(", {}", time_in_words(at.due.time())) };
        let day = at.due.date();
        match due.when(today) {
            When::Late => match day.until(today).map_or(0, |span| span.get_days()) {
                0 => format!("was due today{time}"),
                1 => "1 day late".to_owned(),
                days => format!("{days} days late"),
            },
            When::Today => format!("today{time}"),
            When::Tomorrow => format!("tomorrow{time}"),
            _ => format!("by {}{time}", day_and_weekday(day, today)),
        }
    }

    fn planned(&self, due: &Due) -> Option<String> {
        let planned = due.owed.planned?;
        let time = if planned.timed { format!(", {}", time_in_words(planned.when.time())) } else { String::new() };
        let late = due.owed.due.is_some_and(|at| !planned.is_within(at.late_after));
        let after = if late { ", after it is due" } else { "" };
        Some(format!("planned for {}{time}{after}", day_and_weekday(planned.day(), self.now.date())))
    }

    /// What a member of staff is called.
    pub fn name(&self, person: PersonId) -> String {
        let one = self.colleagues.staff.get(&person);
        one.map_or_else(|| "a colleague".to_owned(), |one| one.name.clone())
    }

    fn asked(&self, due: &Due) -> String {
        let name = |person| self.name(person);
        match &due.asked {
            Asked::Person(person) => name(*person),
            Asked::Nobody => "nobody is allocated".to_owned(),
            Asked::Role(role) => self.pack.role(role).map_or_else(|| role.clone(), |role| role.title.to_lowercase()),
            Asked::Other(words, Some(worker)) => format!("{words}; {} sees to it", name(*worker)),
            Asked::Other(words, None) => words.clone(),
        }
    }
}

/// «Thursday 3 December», with the year where it is another one.
pub(super) fn day_and_weekday(day: Date, today: Date) -> String {
    let whole = weekday_in_words(day);
    if day.year() != today.year() {
        return whole;
    }
    let year = day_in_words(day).rsplit(' ').next().unwrap_or_default().to_owned();
    whole.strip_suffix(&year).map_or(whole.clone(), |short| short.trim_end().to_owned())
}
