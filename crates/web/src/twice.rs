//! One person who was made twice: the list of likely duplicates, two people side by side, joined and parted.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    twice::{self, Comparison, DESPITE, Side},
};
use govuk::{Fieldset, Hint, Html, Input, InputWidth, Label, Legend, RadioItem, Radios, Textarea};
use policy::{Capability, Pack, fact::Says};
use record::{
    ActId, PersonId, Typed,
    fact::{Fact, Subject},
    read::FieldProblem,
    same,
    time::day_in_words,
    typed::Name,
};
use store::Person;

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    open_record::why,
    posted::Posted,
    session::SignedIn,
    words,
};

/// Two people on the list.
struct Pair {
    a: Known,
    b: Known,
    why: String,
}

/// Somebody by name, age and number.
struct Known {
    person: PersonId,
    name: String,
    age: String,
    number: i64,
}

impl Known {
    fn new(person: PersonId, who: &Person, number: i64, today: jiff::civil::Date) -> Self {
        let name = who.name.clone().or_else(|| who.preferred.clone()).unwrap_or_else(|| "No name".to_owned());
        Self { person, name, age: words::age_and_birth(who, today), number }
    }
}

#[derive(Template)]
#[template(path = "twice/likely.html")]
struct Likely {
    pairs: Vec<Pair>,
    more: bool,
}

/// `GET /people/twice`
pub async fn likely(app: App, who: SignedIn) -> Response {
    match twice::likely(&who.desk).await {
        Ok(found) => {
            let today = app.db().now().day();
            let known = |person: PersonId| {
                let (who, number) = found.people.get(&person).cloned().unwrap_or_default();
                Known::new(person, &who, number, today)
            };
            let pairs = found
                .pairs
                .iter()
                .map(|pair| Pair { a: known(pair.a), b: known(pair.b), why: why(&pair.like) })
                .collect();
            Frame::new(&app, &who, "Likely duplicates").page(&Likely { pairs, more: found.more })
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// What is known of one kind about each of the two.
struct Row {
    title: String,
    values: [String; 2],
}

/// An entry in words, and where it is read by somebody who may.
type Written = (String, Option<String>);

#[derive(Template)]
#[template(path = "twice/compare.html")]
struct Compare {
    token: Html,
    act: String,
    here: String,
    known: [Known; 2],
    records: [String; 2],
    why: String,
    different: Vec<Row>,
    same: Vec<Row>,
    joined: bool,
    shared: bool,
    entry: Option<String>,
    since: Vec<(String, Vec<Written>)>,
    refused: String,
    said_two: bool,
    join: Html,
    part: Html,
}

/// `GET /people/{person}/twice/{other}`
pub async fn compare(app: App, Path(people): Path<(String, String)>, who: SignedIn) -> Response {
    draw(&app, &who, &people, &Typed::default(), &[]).await
}

/// `POST /people/{person}/twice/{other}`: they are one, or they are two.
pub async fn decide(app: App, Path(people): Path<(String, String)>, posted: Posted) -> Response {
    let who = &posted.who;
    let (Ok(a), Ok(b)) = (people.0.parse::<PersonId>(), people.1.parse::<PersonId>()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    let Ok(act) = posted.pairs.get("_act").parse::<ActId>() else {
        return WebError::ForeignPost.response(&app, Some(who));
    };
    let typed = posted.pairs.typed();
    let done = if posted.pairs.get("_do") == "part" {
        // Both halves of the page ask for a reason; here it is that of the parting.
        let said = Typed::default().with("reason", posted.pairs.get(PARTING_REASON));
        twice::part(&who.desk, act, a, b, &said).await
    } else {
        match typed.get(&Name::of("one")).map(str::parse::<PersonId>) {
            Some(Ok(one)) if one == a || one == b => {
                twice::join(&who.desk, act, if one == a { b } else { a }, one, &typed).await
            }
            _ => Err(CaseError::Problems(vec![FieldProblem {
                at: Name::of("one"),
                message: "Choose who stands for both from now on".to_owned(),
            }])),
        }
    };
    match done {
        Ok(()) => Redirect::to(&format!("/people/{a}/twice/{b}")).into_response(),
        Err(CaseError::Problems(problems)) => {
            let parting = posted.pairs.get("_do") == "part";
            let problems: Vec<_> = problems.into_iter().map(|problem| at_box(problem, parting)).collect();
            draw(&app, who, &people, &typed, &problems).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// The box in which somebody says why two are two.
const PARTING_REASON: &str = "reason.part";

/// Both halves of the page ask for a reason: the summary leads to the right one.
fn at_box(mut problem: FieldProblem, parting: bool) -> FieldProblem {
    if parting && problem.at.field == "reason" {
        problem.at = Name::of("reason").part("part");
    }
    problem
}

async fn draw(
    app: &App,
    who: &SignedIn,
    people: &(String, String),
    typed: &Typed,
    problems: &[FieldProblem],
) -> Response {
    let (Ok(a), Ok(b)) = (people.0.parse(), people.1.parse()) else {
        return WebError::Closed.response(app, Some(who));
    };
    match twice::compare(&who.desk, a, b).await {
        Ok(page) => {
            let main = compare_page(app, who, &page, (a, b), typed, problems);
            Frame::new(app, who, "Is this one person?").problems(problems).page(&main)
        }
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

fn compare_page(
    app: &App,
    who: &SignedIn,
    page: &Comparison,
    (a, b): (PersonId, PersonId),
    typed: &Typed,
    problems: &[FieldProblem],
) -> Compare {
    let (pack, today) = (app.db().pack(), app.db().now().day());
    let [first, second] = &page.sides;
    let known = [first, second].map(|side| Known::new(side.person, &side.who, side.number, today));
    let (different, same) = rows(pack, page);
    let reads = who.may.contains(&Capability::ReadRecord);
    let since = [first, second]
        .into_iter()
        .filter(|side| !side.since.is_empty())
        .filter_map(|side| {
            let (record, number) = side.record?;
            let entries = side.since.iter().map(|(entry, form, author, written)| {
                let title = pack.form(form).map_or(form.as_str(), |form| &form.title);
                let by = page.colleagues.staff.get(author).map_or("somebody", |one| &one.name);
                let link = reads.then(|| format!("/records/{record}/entries/{entry}"));
                (format!("{title}, written {} by {by}", words::moment(*written)), link)
            });
            Some((format!("R-{number}"), entries.collect()))
        })
        .collect();
    let act: ActId = who.desk.new_id();
    Compare {
        token: layout::token(who),
        act: act.to_string(),
        here: format!("/people/{a}/twice/{b}"),
        records: [first, second].map(record_of),
        why: why(&page.like),
        different,
        same,
        joined: page.joined.is_some(),
        shared: page.joined.is_some_and(|joined| joined.shared),
        entry: page
            .joined
            .filter(|_| reads)
            .map(|joined| format!("/records/{}/entries/{}", joined.record, joined.entry)),
        since,
        refused: page.refused.map_or_else(String::new, |refused| refused.to_string()),
        said_two: page.said_two,
        join: join_boxes(&known, page, typed, problems),
        part: reason_box(PARTING_REASON, "How do you know that they are two people?", typed, problems),
        known,
    }
}

fn record_of(side: &Side) -> String {
    let Some((_, number)) = side.record else { return "has no record of their own".to_owned() };
    let (count, first) = side.entries;
    let count = words::count(usize::try_from(count).unwrap_or(0), "entry", "entries");
    match first {
        Some(first) => format!("Record R-{number}, {count} since {}", day_in_words(first)),
        None => format!("Record R-{number}, nothing written yet"),
    }
}

/// Each kind of fact that either has, those that differ apart from those that are the same.
fn rows(pack: &Pack, page: &Comparison) -> (Vec<Row>, Vec<Row>) {
    let mut kinds: BTreeMap<&str, [Vec<String>; 2]> = BTreeMap::new();
    for (at, side) in page.sides.iter().enumerate() {
        for fact in &side.facts {
            let values = &mut kinds.entry(fact.said.line.kind.as_str()).or_default()[at];
            let value = value(pack, page, side.person, fact);
            if !value.is_empty() && !values.contains(&value) {
                values.push(value);
            }
        }
    }
    // In the order of the pack, which is that of a person's details.
    let rows = pack.facts().filter_map(|kind| {
        let mut values = kinds.remove(kind.id.as_str())?;
        for values in &mut values {
            values.sort();
        }
        Some(Row { title: kind.title.clone(), values: values.map(|values| values.join("; ")) })
    });
    rows.partition(|row| row.values[0] != row.values[1])
}

fn value(pack: &Pack, page: &Comparison, whose: PersonId, fact: &Fact) -> String {
    let Some(kind) = pack.fact(&fact.said.line.kind) else { return String::new() };
    let text = fact.said.value.as_str();
    let named = |person: PersonId| {
        let who = page.people.get(&person);
        who.and_then(|who| who.name.clone().or_else(|| who.preferred.clone())).unwrap_or_else(|| "somebody".to_owned())
    };
    let said = match kind.says {
        Says::Staff => text
            .parse()
            .ok()
            .and_then(|person: PersonId| page.colleagues.staff.get(&person))
            .map_or_else(String::new, |one| one.name.clone()),
        Says::Team => text
            .parse()
            .ok()
            .and_then(|team| page.colleagues.teams.get(&team))
            .map_or_else(String::new, |team| team.name.clone()),
        _ => match &kind.list {
            Some(list) => {
                words::list(&text.split(' ').map(|code| pack.label(list, code).to_owned()).collect::<Vec<_>>())
            }
            None => text.parse().map_or_else(|_| text.to_owned(), day_in_words),
        },
    };
    match (fact.said.other, fact.said.line.subject) {
        (Some(other), Subject::Person(of)) if other == whose => format!("{}: {said}", named(of)),
        (Some(other), _) => format!("{}: {said}", named(other)),
        _ => said,
    }
}

fn error<'p>(problems: &'p [FieldProblem], name: &Name) -> Option<&'p str> {
    problems.iter().find(|problem| problem.at == *name).map(|problem| problem.message.as_str())
}

fn legend(text: &str, hint: &str) -> (Option<Fieldset>, Option<Hint>) {
    let legend = Legend { content: text.into(), classes: "govuk-fieldset__legend--s".to_owned(), ..Legend::default() };
    let hint = (!hint.is_empty()).then(|| Hint { content: hint.into(), ..Hint::default() });
    (Some(Fieldset { legend: Some(legend), ..Fieldset::default() }), hint)
}

fn join_boxes(known: &[Known; 2], page: &Comparison, typed: &Typed, problems: &[FieldProblem]) -> Html {
    let one = Name::of("one");
    let (fieldset, hint) = legend(
        "Who stands for both from now on?",
        "Pages, lists and searches show this one. Both records are kept as they are.",
    );
    let item = |one: &Known| {
        RadioItem::new(one.person.to_string(), format!("{} ({}, person {})", one.name, one.age, one.number))
    };
    let mut html = Html::of(&Radios {
        name: "one".to_owned(),
        fieldset,
        hint,
        error: error(problems, &one).map(Into::into),
        value: typed.get(&one).map_or_else(|| known[0].person.to_string(), str::to_owned),
        items: known.iter().map(item).collect(),
        ..Radios::default()
    });
    let access = Name::of("access");
    let (fieldset, hint) = legend(
        "Who may read both records?",
        "Nobody comes to read a record by this unless you say so here. It ends when the two are parted again.",
    );
    html.push(&Radios {
        name: "access".to_owned(),
        fieldset,
        hint,
        error: error(problems, &access).map(Into::into),
        value: typed.get(&access).unwrap_or_default().to_owned(),
        items: vec![
            RadioItem::new(same::SHARED, "Everybody who may read one of them may read the other"),
            RadioItem::new(same::APART, "Each record stays with those who may read it now"),
        ],
        ..Radios::default()
    });
    if page.like.is_contradicted() {
        let despite = Name::of(DESPITE);
        let against: Vec<_> = page.like.against.iter().map(ToString::to_string).collect();
        html.push(&Input {
            name: DESPITE.to_owned(),
            label: Label {
                content: format!("How do you know in spite of this: {}?", against.join(", ")).into(),
                classes: "govuk-label--s".to_owned(),
                ..Label::default()
            },
            value: typed.get(&despite).unwrap_or_default().to_owned(),
            error: error(problems, &despite).map(Into::into),
            width: InputWidth::Full,
            ..Input::default()
        });
    }
    html.push(&reason_box("reason", "How do you know that they are one person?", typed, problems));
    html
}

fn reason_box(name: &str, question: &str, typed: &Typed, problems: &[FieldProblem]) -> Html {
    let at: Name = name.parse().unwrap_or_else(|_| Name::of("reason"));
    Html::of(&Textarea {
        id: name.replace('.', "-"),
        name: name.to_owned(),
        label: Label { content: question.into(), classes: "govuk-label--s".to_owned(), ..Label::default() },
        error: error(problems, &at).map(Into::into),
        value: typed.get(&at).unwrap_or_default().to_owned(),
        rows: Some(3),
        spellcheck: Some(true),
        ..Textarea::default()
    })
}
