//! The story: a record read as a book, from past to present. Years are its chapters, gaps are said, and a filter narrows
//! it and never reorders it. Where somebody stopped they can go on.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use casework::story::{self, Asked, At, Story};
use govuk::{Hint, Html, Input, InputWidth, Select, SelectItem};
use jiff::civil::Date;
use policy::Pack;
use record::{
    PersonId, RecordId,
    read::{FieldProblem, day_from_text},
    story::Only,
    time::day_in_words,
    typed::Name,
};
use store::{StoredEntry, StoryRows};

use super::view::{EntryView, MarkView, Reader, mark};
use crate::{App, error::WebError, layout::Frame, session::SignedIn, words};

#[derive(Template)]
#[template(path = "record/story.html")]
struct Page {
    record: RecordId,
    extent: String,
    /// The newest summary, for somebody who is new to the child.
    in_short: Option<EntryView>,
    /// Where the reader stopped the last time, and the way there.
    stopped: Option<(String, String)>,
    /// Years, how many entries each has, and the way there.
    chapters: Vec<(i16, i64, String)>,
    boxes: Html,
    is_whole: bool,
    told: Vec<Told>,
    earlier: String,
    later: String,
    end: String,
    /// How far entries that fit were looked for, and the way on.
    looked: String,
}

struct Told {
    /// A year that begins with this entry; blank otherwise.
    year: String,
    /// «No entry for 71 days» before this entry.
    gap: String,
    view: EntryView,
    /// What it says in one line, where it tells nothing in words.
    gist: String,
    /// Why it does not stand, where it does not.
    mark: Option<MarkView>,
    /// The number of the child's other record, where it stands in that.
    stands_in: Option<i64>,
}

/// From how many days without an entry a gap is said.
const GAP_DAYS: i32 = 42;

/// The boxes by which the story is narrowed, as the address has them: codes, identifiers and days.
const BOXES: [&str; 6] = ["kind", "only", "author", "whom", "since", "until"];

/// `GET /records/{record}/story`
pub async fn show(
    app: App,
    Path(record): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    who: SignedIn,
) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    let (asked, problems) = match asked(app.db().pack(), &query, app.db().now().day()) {
        Ok(asked) => (asked, Vec::new()),
        // The story from its beginning, with what must be put right.
        Err(problems) => (Asked::default(), problems),
    };
    match story::story(&who.desk, record, &asked).await {
        Ok(page) => {
            let main = Page::new(&app, record, &asked, &query, &page, &problems);
            let frame = Frame::new(&app, &who, "Story").in_record(&page.header, "story").problems(&problems);
            frame.page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

type Typed = BTreeMap<String, String>;

fn get<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map_or("", |value| value.trim())
}

/// What the address asks for.
fn asked(pack: &Pack, typed: &Typed, today: Date) -> Result<Asked, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut problem = |name: &str, message: &str| {
        problems.push(FieldProblem { at: Name::of(name), message: message.to_owned() });
    };
    let days = ["since", "until"].map(|name| {
        let day = day_from_text(get(typed, name), today);
        if day.is_none() && !get(typed, name).is_empty() {
            problem(name, "Enter a real date, like 27/3/2016");
        }
        day
    });
    if let [Some(first), Some(last)] = days
        && first > last
    {
        problem("until", "The last day is before the first one");
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let at = if let Ok(entry) = get(typed, "at").parse() {
        At::Entry(entry)
    } else if let Ok(entry) = get(typed, "before").parse() {
        At::Before(entry)
    } else if let Ok(year) = get(typed, "year").parse() {
        At::Year(year)
    } else if get(typed, "end") == "yes" {
        At::End
    } else {
        At::Beginning
    };
    let only = pack.nature(get(typed, "only")).map(|nature| match nature.voice {
        // Words in a voice stand in questions of their own as well.
        Some(voice) => Only::Voice(voice),
        None => Only::Nature(nature.code.clone()),
    });
    let forms = pack.form(get(typed, "kind")).map(|form| vec![form.id.clone()]).unwrap_or_default();
    let rows = StoryRows { forms, author: get(typed, "author").parse().ok(), from: days[0], to: days[1] };
    Ok(Asked { at, rows, only, whom: get(typed, "whom").parse().ok() })
}

/// The way to another place of the story, narrowed as it is.
fn way(record: RecordId, typed: &Typed, place: &str) -> String {
    let kept = BOXES.iter().filter(|name| !get(typed, name).is_empty());
    let kept: Vec<String> = kept.map(|name| format!("{name}={}", in_address(get(typed, name)))).collect();
    let all: Vec<&str> = kept.iter().map(String::as_str).chain([place]).filter(|part| !part.is_empty()).collect();
    format!("/records/{record}/story{}{}", if all.is_empty() { "" } else { "?" }, all.join("&"))
}

fn in_address(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}

impl Page {
    fn new(app: &App, record: RecordId, asked: &Asked, typed: &Typed, page: &Story, problems: &[FieldProblem]) -> Self {
        let pack = app.db().pack();
        let reader = Reader {
            record,
            pack,
            packs: app.db().packs(),
            people: &page.people,
            colleagues: &page.colleagues,
            refers_to: &page.refers_to,
        };
        let is_whole = asked.is_whole();
        let mut before = page.day_before;
        let mut year = before.filter(|_| asked.at != At::Beginning).map(Date::year);
        let mut told = Vec::new();
        for (stored, content) in &page.entries {
            let day = content.happened_on;
            let days = before.map_or(0, |before| before.until(day).map_or(0, |span| span.get_days()));
            // Of a page in the middle of a year the year is said again: nobody should have to remember it.
            let begins = told.is_empty() || year != Some(day.year());
            let shown = StoredEntry { content: content.clone(), ..stored.clone() };
            let told_in_words = reader.told(&shown);
            // What tells nothing in words is read for what it says in codes, dates and people.
            let is_brief = told_in_words.sections.is_empty() && told_in_words.headline.is_empty();
            let view = if is_brief { reader.in_brief(&shown) } else { told_in_words };
            let mark = page.marks.get(&stored.entry).map(|one| mark((record, stored.entry), one));
            told.push(Told {
                year: if begins { day.year().to_string() } else { String::new() },
                gap: if is_whole && days >= GAP_DAYS { format!("No entry for {days} days") } else { String::new() },
                gist: if is_brief && mark.is_none() { gist(&view) } else { String::new() },
                view,
                mark,
                stands_in: page.header.stands_in(stored.record),
            });
            before = Some(day);
            year = Some(day.year());
        }
        let (count, first) = page.extent;
        let extent = match first {
            Some(first) => format!(
                "{} since {}",
                words::count(usize::try_from(count).unwrap_or(0), "entry", "entries"),
                day_in_words(first)
            ),
            None => "Nothing has been recorded yet".to_owned(),
        };
        let at_beginning = asked.at == At::Beginning;
        Self {
            record,
            extent,
            in_short: page.in_short.as_ref().filter(|_| is_whole && at_beginning).map(|stored| reader.told(stored)),
            stopped: page
                .stopped_at
                .filter(|_| is_whole && at_beginning)
                .map(|(entry, day)| (day_in_words(day), way(record, typed, &format!("at={entry}")))),
            chapters: page
                .parts
                .years
                .iter()
                .map(|(year, entries)| (*year, *entries, way(record, typed, &format!("year={year}"))))
                .collect(),
            boxes: boxes(pack, page, typed, problems),
            is_whole,
            earlier: page.earlier.map_or_else(String::new, |entry| way(record, typed, &format!("before={entry}"))),
            later: page.later.map_or_else(String::new, |entry| way(record, typed, &format!("at={entry}"))),
            end: page.later.map_or_else(String::new, |_| way(record, typed, "end=yes")),
            looked: page.looked_to.map_or_else(String::new, day_in_words),
            told,
        }
    }
}

/// The first things that an entry says, in one line: «Sana Ali, mother».
fn gist(view: &EntryView) -> String {
    const THINGS: usize = 3;
    const LETTERS: usize = 90;
    let answers = view.sections.iter().flat_map(|(_, answers)| answers);
    let said =
        answers.flat_map(|answer| &answer.paragraphs).map(|paragraph| paragraph.text.lines().next().unwrap_or(""));
    // A yes or a no says nothing without its question.
    let line = said.filter(|text| !["", "Yes", "No"].contains(text)).take(THINGS).collect::<Vec<_>>().join(", ");
    if line.is_empty() {
        return "see inside".to_owned();
    }
    match line.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

fn boxes(pack: &Pack, page: &Story, typed: &Typed, problems: &[FieldProblem]) -> Html {
    let mut html = Html::default();
    let mut select = |name: &str, label: &str, everything: &str, mut items: Vec<SelectItem>| {
        items.insert(0, SelectItem::new("", everything));
        html.push(&Select {
            name: name.to_owned(),
            label: label.into(),
            value: get(typed, name).to_owned(),
            items,
            ..Select::default()
        });
    };
    let mut kinds: Vec<_> = page.parts.forms.iter().filter_map(|form| pack.form(form)).collect();
    kinds.sort_by(|a, b| a.title.cmp(&b.title));
    let kinds = kinds.into_iter().map(|form| SelectItem::new(&form.id, &form.title)).collect();
    select("kind", "Kind of entry", "Every kind", kinds);
    let natures = pack.natures().iter().map(|nature| SelectItem::new(&nature.code, &nature.label)).collect();
    select("only", "Only these passages", "Everything", natures);
    let name = |person: &PersonId| page.colleagues.staff.get(person).map(|one| (one.name.clone(), *person));
    let mut authors: Vec<_> = page.parts.authors.iter().filter_map(name).collect();
    authors.sort();
    let authors = authors.into_iter().map(|(name, person)| SelectItem::new(person.to_string(), name)).collect();
    select("author", "Written by", "Anybody", authors);
    let whom = page.whom.iter().map(|(person, name)| SelectItem::new(person.to_string(), name)).collect();
    select("whom", "Naming", "Anybody", whom);
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
