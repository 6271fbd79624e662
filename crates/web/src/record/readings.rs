//! Who has looked at this record: by day and person, with each time beneath. A young person may be told from this page.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use casework::looked::{self, Readings};
use govuk::{Hint, Html, Input, InputWidth, Select, SelectItem};
use jiff::civil::Date;
use record::{
    EntryId, Moment, RecordId,
    answer::Answer,
    looked::How,
    read::{FieldProblem, day_from_text},
    time::{day_in_words, time_in_words, weekday_in_words},
    typed::Name,
};
use store::{ActorKind, Answered, Colleagues, Looked, LooksWanted, StoredEntry};

use crate::{App, error::WebError, layout::Frame, looked::said, session::SignedIn, words};

#[derive(Template)]
#[template(path = "record/readings.html")]
struct Page {
    record: RecordId,
    boxes: Html,
    is_whole: bool,
    uses: Vec<Use>,
    answered: Vec<String>,
    days: Vec<(String, Vec<OnDay>)>,
    older: String,
}

/// A use of the record that was written down.
struct Use {
    /// «An inspection, since 3 March 2026».
    title: String,
    who: String,
    right: String,
    entry: EntryId,
}

/// What one person did with the record on one day.
struct OnDay {
    /// «Sam Okafor (Social worker), as the child’s worker», with every way in which they stood to the child that day.
    who: String,
    /// «5 times from 9:12 to 15:20».
    when: String,
    /// The times, and what was done.
    lines: Vec<(String, String)>,
}

type Typed = BTreeMap<String, String>;

/// The boxes by which the page is narrowed, as the address has them.
const BOXES: [&str; 4] = ["who", "how", "since", "until"];

/// `GET /records/{record}/readings`
pub async fn show(app: App, Path(record): Path<String>, Query(typed): Query<Typed>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    let (wanted, problems) = match wanted(&typed, app.db().now().day()) {
        Ok(wanted) => (wanted, Vec::new()),
        Err(problems) => (LooksWanted::default(), problems),
    };
    match looked::of_record(&who.desk, record, &wanted).await {
        Ok(found) => {
            let next = found.next.as_ref().map_or_else(String::new, |next| way(record, &typed, next));
            let main = Page {
                record,
                boxes: boxes(&found, &typed, &problems),
                is_whole: BOXES.iter().all(|name| get(&typed, name).is_empty()),
                uses: found.uses.iter().map(|stored| used(app.db().pack(), stored, &found)).collect(),
                answered: found.answered.iter().map(|one| answered(app.db().pack(), one, &found)).collect(),
                days: days(app.db().pack(), &found),
                older: next,
            };
            let frame = Frame::new(&app, &who, "Who has looked").in_record(&found.header, "readings");
            frame.problems(&problems).page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn get<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map_or("", |value| value.trim())
}

/// What the address asks for.
fn wanted(typed: &Typed, today: Date) -> Result<LooksWanted, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let days = ["since", "until"].map(|name| {
        let day = day_from_text(get(typed, name), today);
        if day.is_none() && !get(typed, name).is_empty() {
            let message = "Enter a real date, like 27/3/2016".to_owned();
            problems.push(FieldProblem { at: Name::of(name), message });
        }
        day
    });
    if let [Some(first), Some(last)] = days
        && first > last
    {
        let message = "The last day is before the first one".to_owned();
        problems.push(FieldProblem { at: Name::of("until"), message });
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let begins = |day: Date| Moment::of_london(day, jiff::civil::Time::midnight());
    Ok(LooksWanted {
        reader: get(typed, "who").parse().ok(),
        from: days[0].map(begins),
        to: days[1].and_then(|day| day.tomorrow().ok()).map(begins),
        how: How::from_code(get(typed, "how")).into_iter().collect(),
        before: Some(get(typed, "before").to_owned()).filter(|before| !before.is_empty()),
    })
}

/// The way to what is older, narrowed as it is.
fn way(record: RecordId, typed: &Typed, before: &str) -> String {
    let plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/.".contains(&byte));
    let kept = BOXES.iter().filter_map(|name| Some(get(typed, name)).filter(plain).map(|value| (name, value)));
    let kept = kept.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}&"));
    format!("/records/{record}/readings?{}before={before}", kept.collect::<String>())
}

fn used(pack: &policy::Pack, stored: &StoredEntry, found: &Readings) -> Use {
    let content = &stored.content;
    let code = |field: &str| content.answer(field).map(|answer| answer.codes().join(" ")).unwrap_or_default();
    let said = |field: &str| content.answer(field).map(Answer::stated).unwrap_or_default();
    let worker = match content.answer("worker") {
        Some(Answer::Person(person)) => found.colleagues.staff.get(person).map(|one| one.name.clone()),
        _ => None,
    };
    let (purpose, right) = (code("purpose"), code("authority"));
    let details = said("authority-details");
    let right = pack.label("record-use-authority", &right).to_owned();
    Use {
        title: format!("{}, since {}", pack.label("record-use-purpose", &purpose), day_in_words(content.happened_on)),
        who: worker.unwrap_or_else(|| said("outside")),
        right: if details.is_empty() { right } else { format!("{right}: {details}") },
        entry: stored.entry,
    }
}

fn answered(pack: &policy::Pack, one: &Answered, found: &Readings) -> String {
    let who = found.colleagues.staff.get(&one.reader).map_or("A former colleague", |one| &one.name);
    let day = day_in_words(one.on);
    format!(
        "{who} was asked on {day} whether there was a reason to look. {}",
        pack.label("reading-outcome", &one.outcome)
    )
}

/// Who, and what they did.
type ByOne<'f> = (String, Vec<&'f Looked>);

/// By day, and within it by person.
fn days(pack: &policy::Pack, found: &Readings) -> Vec<(String, Vec<OnDay>)> {
    let mut days: Vec<(Date, Vec<ByOne<'_>>)> = Vec::new();
    for one in &found.looks {
        let Ok(at) = one.leaf.at.parse::<Moment>() else { continue };
        let person = one.leaf.actor.id.parse().ok();
        let by = person.and_then(|person| found.colleagues.staff.get(&person));
        let of_support = || person.and_then(|person| found.colleagues.of_support(person));
        let who = match (by, one.leaf.actor.kind) {
            (Some(by), _) => format!("{} ({})", by.name, by.designation),
            (None, ActorKind::Support) => of_support().unwrap_or_else(|| "Support".to_owned()),
            (None, ActorKind::Person) => "A former colleague".to_owned(),
            (None, _) => format!("The system itself ({})", one.leaf.actor.id),
        };
        if days.last().is_none_or(|(day, _)| *day != at.day()) {
            days.push((at.day(), Vec::new()));
        }
        let Some((_, people)) = days.last_mut() else { continue };
        match people.iter_mut().find(|(known, _)| *known == who) {
            Some((_, looks)) => looks.push(one),
            None => people.push((who, vec![one])),
        }
    }
    let on_day = |(by, looks): ByOne<'_>| {
        let through: BTreeSet<String> = looks.iter().map(|one| said::through(&one.leaf, &found.colleagues)).collect();
        let through: Vec<String> = through.into_iter().filter(|through| !through.is_empty()).collect();
        let who = if through.is_empty() { by } else { format!("{by}, {}", words::list(&through)) };
        // Where they stood to the child in several ways that day, each line says in which.
        let each = (through.len() > 1).then_some(&*found.colleagues);
        OnDay { who, when: when(&looks), lines: lines(pack, &looks, each) }
    };
    days.into_iter().map(|(day, people)| (weekday_in_words(day), people.into_iter().map(on_day).collect())).collect()
}

fn time(one: &Looked) -> String {
    one.leaf.at.parse::<Moment>().map(|at| time_in_words(at.london().time())).unwrap_or_default()
}

/// «once, 15:20»; «5 times from 09:12 to 15:20». What was looked at comes newest first.
fn when(looks: &[&Looked]) -> String {
    match looks {
        [] => String::new(),
        [one] => format!("once, {}", time(one)),
        [last, .., first] if time(first) == time(last) => format!("{} times, {}", looks.len(), time(last)),
        [last, .., first] => format!("{} times from {} to {}", looks.len(), time(first), time(last)),
    }
}

/// The same thing done several times is one line, in the order in which each was done first.
fn lines(pack: &policy::Pack, looks: &[&Looked], each: Option<&Colleagues>) -> Vec<(String, String)> {
    let mut lines: Vec<(String, Vec<&Looked>)> = Vec::new();
    for one in looks.iter().rev() {
        let through = each.map(|colleagues| said::through(&one.leaf, colleagues)).unwrap_or_default();
        let what = said::what(pack, one);
        let what = if through.is_empty() { what } else { format!("{what}, {through}") };
        match lines.iter_mut().find(|(known, _)| *known == what) {
            Some((_, looks)) => looks.insert(0, one),
            None => lines.push((what, vec![one])),
        }
    }
    lines.into_iter().map(|(what, looks)| (words::capital(&when(&looks)), what)).collect()
}

fn boxes(found: &Readings, typed: &Typed, problems: &[FieldProblem]) -> Html {
    let mut html = Html::default();
    let mut select = |name: &str, label: &str, everything: &str, mut items: Vec<SelectItem>| {
        items.insert(0, SelectItem::new("", everything));
        let value = get(typed, name).to_owned();
        html.push(&Select { name: name.to_owned(), label: label.into(), value, items, ..Select::default() });
    };
    let mut readers: Vec<_> = found.readers.iter().collect();
    readers.sort_by_key(|(_, name)| *name);
    select(
        "who",
        "Who looked",
        "Anybody",
        readers.into_iter().map(|(person, name)| SelectItem::new(person.to_string(), name)).collect(),
    );
    select(
        "how",
        "How",
        "In any way",
        How::ALL.into_iter().map(|how| SelectItem::new(how.code(), said::kind(how))).collect(),
    );
    for (name, label) in [("since", "From this day"), ("until", "To this day")] {
        html.push(&Input {
            name: name.to_owned(),
            label: label.into(),
            hint: (name == "since").then(|| Hint { content: "For example, 27/3/2016".into(), ..Hint::default() }),
            value: get(typed, name).to_owned(),
            error: problems.iter().find(|one| one.at.field == name).map(|one| one.message.as_str().into()),
            width: InputWidth::Chars10,
            autocomplete: "off".to_owned(),
            ..Input::default()
        });
    }
    html
}
