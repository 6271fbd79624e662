//! A child on a list, in words.

use casework::{caseload::Case, recording::called};
use jiff::civil::Date;
use policy::Pack;
use record::{RecordId, known, time::day_in_words};
use store::{Colleagues, Listed};

use crate::words;

/// A child on a list, ready to be read.
pub(crate) struct Child {
    pub record: RecordId,
    pub number: i64,
    pub name: String,
    pub age: String,
    pub worker: String,
    pub worker_id: String,
    /// Who stands in for the worker, and until when.
    pub covered: String,
    pub status: String,
    pub seen: String,
    pub seen_note: String,
    pub alone: String,
    pub alone_note: String,
    /// The next planned visit, and the entry that plans it.
    pub next: String,
    pub next_entry: String,
    /// That its day has passed and nobody has recorded it.
    pub next_note: String,
    /// What waits to be done about the child, each in words.
    pub owed: Vec<String>,
}

pub(crate) fn child(pack: &Pack, colleagues: &Colleagues, listed: &Listed, today: Date) -> Child {
    let day = |day: Option<Date>| day.map_or_else(|| "never recorded".to_owned(), |day| words::short_day(day, today));
    let note = |kind: &str, day: Option<Date>, what: &str| {
        let days = pack.fact(kind).zip(day).and_then(|(kind, day)| kind.too_long_ago(day, today));
        days.map(|days| format!("not {what} for {days} days")).unwrap_or_default()
    };
    let status = listed.legal_status.as_ref().and_then(|code| {
        let list = pack.fact(known::LEGAL_STATUS)?.list.as_ref()?;
        Some(pack.label(list, code).to_owned())
    });
    Child {
        record: listed.record,
        number: listed.number,
        name: called(&listed.who),
        age: match (listed.who.born, listed.who.expected) {
            (Some(born), _) => words::age(born, today),
            (None, Some(_)) => "not yet born".to_owned(),
            _ => String::new(),
        },
        worker: listed.worker.and_then(|worker| colleagues.staff.get(&worker)).map_or_else(
            || "nobody".to_owned(),
            |one| {
                let meanwhile = if listed.until_allocated { ", until somebody is allocated" } else { "" };
                format!("{}{meanwhile}", one.name)
            },
        ),
        worker_id: listed.worker.map(|worker| worker.to_string()).unwrap_or_default(),
        covered: listed.covered.map_or_else(String::new, |(deputy, until)| {
            let name = colleagues.staff.get(&deputy).map_or_else(|| "a colleague".to_owned(), |one| one.name.clone());
            let until = until.map(|until| format!(" until {}", words::short_day(until, today))).unwrap_or_default();
            format!("{name}{until}")
        }),
        status: status.unwrap_or_default(),
        seen: day(listed.seen),
        seen_note: note(known::LAST_SEEN, listed.seen, "seen"),
        alone: day(listed.seen_alone),
        alone_note: note(known::LAST_SEEN_ALONE, listed.seen_alone, "seen alone"),
        next: String::new(),
        next_entry: String::new(),
        next_note: String::new(),
        owed: Vec::new(),
    }
}

/// The same with what is coming up and what waits.
pub(crate) fn case(pack: &Pack, colleagues: &Colleagues, case: &Case, today: Date) -> Child {
    let mut owed = Vec::new();
    if case.drafts > 0 {
        owed.push(words::count(case.drafts, "draft", "drafts"));
    }
    for (kind, day) in &case.overdue {
        let title = pack.fact(kind).map_or(kind.as_str(), |kind| &kind.title).to_lowercase();
        owed.push(format!("{title} {}", day_in_words(*day)));
    }
    let next = case.next.as_ref();
    Child {
        next: next.map_or_else(String::new, |plan| {
            let time = plan.time.map(|time| format!(", {}", record::time::time_in_words(time))).unwrap_or_default();
            format!("{}{time}", words::short_day(plan.day, today))
        }),
        next_entry: next.map(|plan| plan.entry.to_string()).unwrap_or_default(),
        next_note: next.filter(|plan| plan.day < today).map(|_| "not recorded yet".to_owned()).unwrap_or_default(),
        owed,
        ..child(pack, colleagues, &case.listed, today)
    }
}
