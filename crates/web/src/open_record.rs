//! Finding a child, and opening a record for one who has none: the search comes first.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};
use casework::{CaseError, records};
use govuk::{
    Checkbox, CheckboxItem, Checkboxes, DateInput, DatePart, Details, Fieldset, Hint, Html, Input, InputWidth, Legend,
};
use jiff::civil::Date;
use policy::Capability;
use record::{
    ActId, PersonId, RecordId, Typed,
    likeness::{Likeness, LookedFor, Number},
    read::{FieldProblem, standing},
    typed::Name,
};
use store::Found;

use crate::{
    App,
    error::WebError,
    form::Drawing,
    layout::{self, Frame},
    posted::{Pairs, Posted},
    session::SignedIn,
    words,
};

/// Somebody who may be the one that is looked for.
pub struct Match {
    /// Their identifier.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// Age and birth.
    pub age: String,
    /// Their number.
    pub number: i64,
    /// Their own record, when there is one that this person may read.
    pub record: Option<RecordId>,
    /// Why they are shown, and what speaks against it.
    pub why: String,
}

impl Match {
    pub(crate) fn new(found: &Found, today: Date) -> Self {
        let kept = found.kept.then(|| {
            "Somebody whose record you cannot see. Ask information governance before you open another".to_owned()
        });
        let name = kept
            .or_else(|| found.who.name.clone().or_else(|| found.who.preferred.clone()))
            .unwrap_or_else(|| "No name".to_owned());
        Self {
            person: found.person,
            name,
            age: words::age_and_birth(&found.who, today),
            number: found.number,
            record: found.record,
            why: why(&found.like),
        }
    }
}

/// Why somebody is shown: «Same date of birth, name sounds alike. But: another NHS number».
pub(crate) fn why(like: &Likeness) -> String {
    let mut why = words::capital(&like.in_words());
    if !like.against.is_empty() {
        let against: Vec<_> = like.against.iter().map(ToString::to_string).collect();
        why.push_str(". But: ");
        why.push_str(&against.join(", "));
    }
    why
}

/// What the first box of a search asks for, where it is a name alone.
pub(crate) const NAME: &str = "Name, or the beginning of it";

/// The boxes of the search: a name, or what else the first box is called by, and a date of birth. Sent by POST, so that
/// no name stands in an address or a log.
pub(crate) fn search_box(called: &str, pairs: &Pairs, problems: &[FieldProblem]) -> Html {
    let error = |field: &str| {
        problems.iter().find(|problem| problem.at.field == field).map(|problem| problem.message.as_str().into())
    };
    let mut html = Html::of(&Input {
        name: "name".to_owned(),
        label: called.into(),
        value: pairs.get("name").to_owned(),
        error: error("name"),
        width: InputWidth::Chars20,
        autocomplete: "off".to_owned(),
        spellcheck: Some(false),
        ..Input::default()
    });
    let part = |part: &str, words: &str, width| DatePart {
        id: format!("born-{part}"),
        name: format!("born.{part}"),
        label: words.to_owned(),
        width,
        value: pairs.get(&format!("born.{part}")).to_owned(),
        ..DatePart::new(part, "")
    };
    html.push(&DateInput {
        id: "born".to_owned(),
        fieldset: Some(Fieldset {
            legend: Some(Legend { content: "Date of birth, if known".into(), ..Legend::default() }),
            ..Fieldset::default()
        }),
        error: error("born"),
        parts: vec![
            part("day", "Day", InputWidth::Chars2),
            part("month", "Month", InputWidth::Chars2),
            part("year", "Year", InputWidth::Chars4),
        ],
        ..DateInput::default()
    });
    let more = |name: &str, label: &str, hint: &str, width| Input {
        name: name.to_owned(),
        label: label.into(),
        hint: (!hint.is_empty()).then(|| Hint { content: hint.into(), ..Hint::default() }),
        value: pairs.get(name).to_owned(),
        error: error(name),
        width,
        autocomplete: "off".to_owned(),
        spellcheck: Some(false),
        ..Input::default()
    };
    let number_hint = "NHS number, unique pupil number, or the child’s number in a return";
    let mut others = Html::of(&more("number", "A number", number_hint, InputWidth::Chars20));
    let house_hint = "An address finds somebody only together with their name";
    others.push(&more("house", "Number or name of the house", house_hint, InputWidth::Chars10));
    others.push(&more("postcode", "Postcode", "", InputWidth::Chars10));
    let typed = ["number", "house", "postcode"].iter().any(|name| !pairs.get(name).is_empty());
    html.push(&Details {
        summary: "Search by a number or an address as well".into(),
        content: others.into(),
        open: typed,
        ..Details::default()
    });
    html
}

/// What was typed into the search.
///
/// # Errors
/// What must be put right, each at its box.
pub(crate) fn looked_for(app: &App, pairs: &Pairs) -> Result<LookedFor, Vec<FieldProblem>> {
    let problem = |at: Name, message: &str| FieldProblem { at, message: message.to_owned() };
    let mut problems = Vec::new();
    let parts = ["born.day", "born.month", "born.year"].map(|name| pairs.get(name));
    let mut born = None;
    if parts.iter().any(|part| !part.is_empty()) {
        born = record::read::day_from_text(&parts.join("/"), app.db().now().day());
        if born.is_none() {
            let at = Name::of("born").part("day");
            problems.push(problem(at, "Date of birth must be a real date, like 27 3 2016"));
        }
    }
    let (house, postcode) = (pairs.get("house"), pairs.get("postcode"));
    if !postcode.is_empty() && record::identifier::postcode(postcode).is_none() {
        problems.push(problem(Name::of("postcode"), "Enter a whole postcode, like OL16 1XU"));
    } else if postcode.is_empty() && !house.is_empty() {
        problems.push(problem(Name::of("postcode"), "Enter the postcode as well"));
    } else if !postcode.is_empty() && house.is_empty() {
        problems.push(problem(Name::of("house"), "Enter the number or name of the house as well"));
    }
    let number = pairs.get("number");
    if pairs.get("name").is_empty() && born.is_none() && number.is_empty() && problems.is_empty() {
        let message = if house.is_empty() {
            "Enter a name, a date of birth, or a number"
        } else {
            "Enter a name as well: nobody is found by an address alone"
        };
        problems.push(problem(Name::of("name"), message));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(LookedFor::new(pairs.get("name"), born).with_number(Number::Any, number).with_address(house, postcode))
}

#[expect(clippy::struct_excessive_bools, reason = "each says of one thing on the page whether it is there")]
#[derive(Template)]
#[template(path = "search.html")]
struct Search {
    token: Html,
    boxes: Html,
    found: Option<Vec<Match>>,
    looked_for: String,
    born: [String; 3],
    may_open: bool,
    may_send: bool,
    on_duty: bool,
    may_read: bool,
    in_emergency: bool,
}

/// `GET /people`
pub async fn search(app: App, who: SignedIn) -> Response {
    if let Err(error) = records::permit(&who.desk, Capability::SearchPeople).await {
        return WebError::from(error).response(&app, Some(&who));
    }
    page(&app, &who, &Pairs::default(), None, &[]).await
}

/// `POST /people`
pub async fn found(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    if let Err(error) = records::permit(&who.desk, Capability::SearchPeople).await {
        return WebError::from(error).response(&app, Some(who));
    }
    let name = posted.pairs.get("name");
    // A record's number leads straight to it, if it is open to this person.
    if let Some(number) = records::number_typed(name) {
        match records::by_number(&who.desk, number).await {
            Ok(Some(record)) => return Redirect::to(&format!("/records/{record}")).into_response(),
            Ok(None) => return page(&app, who, &posted.pairs, Some(Vec::new()), &[]).await,
            Err(error) => return WebError::from(error).response(&app, Some(who)),
        }
    }
    let looked_for = match looked_for(&app, &posted.pairs) {
        Ok(looked_for) => looked_for,
        Err(problems) => return page(&app, who, &posted.pairs, None, &problems).await,
    };
    match records::search(&who.desk, &looked_for).await {
        Ok(found) => {
            let today = app.db().now().day();
            page(&app, who, &posted.pairs, Some(found.into_iter().map(|one| Match::new(&one, today)).collect()), &[])
                .await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

async fn page(
    app: &App,
    who: &SignedIn,
    pairs: &Pairs,
    found: Option<Vec<Match>>,
    problems: &[FieldProblem],
) -> Response {
    let may = match records::may(
        &who.desk,
        [Capability::OpenRecord, Capability::SendObservation, Capability::OpenOnDuty, Capability::OpenInEmergency],
    )
    .await
    {
        Ok(may) => may,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let main = Search {
        token: layout::token(who),
        boxes: search_box(NAME, pairs, problems),
        found,
        looked_for: pairs.get("name").to_owned(),
        born: ["born.day", "born.month", "born.year"].map(|name| pairs.get(name).to_owned()),
        may_open: may[0],
        may_send: may[1],
        on_duty: may[2],
        in_emergency: may[3],
        may_read: who.may.contains(&Capability::ReadRecord),
    };
    Frame::new(app, who, "Find or open a record").at("/people").problems(problems).page(&main)
}

#[derive(Template)]
#[template(path = "open_record.html")]
struct OpenRecord {
    token: Html,
    act: String,
    person: String,
    likely: Html,
    who: Html,
    more: Html,
    checked: Html,
    opening: Html,
    last: Html,
}

/// `POST /records/new`: the page on which a record is opened, filled with what was looked for.
pub async fn form(app: App, posted: Posted) -> Response {
    if let Err(error) = records::permit(&posted.who.desk, Capability::OpenRecord).await {
        return WebError::from(error).response(&app, Some(&posted.who));
    }
    let name = posted.pairs.get("name");
    let (given, family) = name.rsplit_once(' ').unwrap_or(("", name));
    let mut typed = Typed::default()
        .on_day(standing::HAPPENED, app.db().now().day())
        .with("given-names", given)
        .with("family-name", family);
    for part in ["day", "month", "year"] {
        typed = typed.with(&format!("birth.{part}"), posted.pairs.get(&format!("born.{part}")));
    }
    if !posted.pairs.get("born.year").is_empty() {
        typed = typed.with("born", "yes");
    }
    let act: ActId = posted.who.desk.new_id();
    draw(&app, &posted.who, &act.to_string(), posted.pairs.get("person"), &typed, &[], &[]).await
}

async fn draw(
    app: &App,
    who: &SignedIn,
    act: &str,
    person: &str,
    typed: &Typed,
    problems: &[FieldProblem],
    likely: &[Match],
) -> Response {
    let pack = app.db().pack();
    let (Some(person_form), Some(opening)) = (pack.form("person"), pack.form("opening")) else {
        return WebError::Closed.response(app, Some(who));
    };
    let colleagues = match records::colleagues(&who.desk).await {
        Ok(colleagues) => colleagues,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let drawing = |form| Drawing {
        pack,
        form,
        typed,
        problems,
        carried: &crate::form::NOTHING_CARRIED,
        children: &[],
        people: &[],
        colleagues: &colleagues,
        entries: &[],
        files: None,
    };
    // The child is the one whose record is opened: nobody else is chosen here.
    let child = policy::Form {
        sections: person_form
            .sections
            .iter()
            .cloned()
            .map(|mut section| {
                section
                    .fields
                    .retain(|field| field.kind != policy::FieldKind::Person && !not_of_a_child(person_form, field));
                section
            })
            .collect(),
        ..person_form.clone()
    };
    let sections: Vec<&str> = child.sections.iter().map(|section| section.id.as_str()).collect();
    let (first, rest) = sections.split_first().map_or((&[][..], &[][..]), |_| sections.split_at(1));
    let (more, checked) = rest.split_at(rest.len().saturating_sub(1));
    let main = OpenRecord {
        token: layout::token(who),
        act: act.to_owned(),
        person: person.to_owned(),
        likely: likely_box(likely),
        who: drawing(&child).draw_sections(first),
        more: drawing(&child).draw_sections(more),
        checked: drawing(&child).draw_sections(checked),
        opening: drawing(opening)
            .draw_sections(&opening.sections.iter().map(|section| section.id.as_str()).collect::<Vec<_>>()),
        last: drawing(opening).draw_when(),
    };
    Frame::new(app, who, "Open a record").writing().problems(problems).page(&main)
}

/// Facts that nobody asks of a child for whom a record is being opened: what they are beside a child, whom they work
/// for, when they died.
const NOT_OF_A_CHILD: [&str; 3] = ["person-kind", "organisation", "death"];

fn not_of_a_child(form: &policy::Form, field: &policy::Field) -> bool {
    let says = |sets: &policy::form::Sets| sets.value == policy::form::SetValue::Field(field.id.clone());
    form.sets.iter().any(|sets| NOT_OF_A_CHILD.contains(&sets.fact.as_str()) && says(sets))
}

/// Those who are likely the child, each to be said another person.
pub(crate) fn likely_box(likely: &[Match]) -> Html {
    if likely.is_empty() {
        return Html::default();
    }
    let items = likely.iter().map(|one| {
        CheckboxItem::Checkbox(Checkbox {
            value: one.person.to_string(),
            content: format!("{} ({}, person {}) is somebody else", one.name, one.age, one.number).into(),
            hint: Some(Hint { content: one.why.as_str().into(), ..Hint::default() }),
            ..Checkbox::default()
        })
    });
    Html::of(&Checkboxes {
        name: records::OTHERS.to_owned(),
        fieldset: Some(Fieldset {
            legend: Some(Legend {
                content: "Is it one of these?".into(),
                classes: "govuk-fieldset__legend--m".to_owned(),
                ..Legend::default()
            }),
            ..Fieldset::default()
        }),
        hint: Some(Hint {
            content:
                "If it is, do not open a second record: use theirs, or ask for it. If it is none of them, tick each."
                    .into(),
            ..Hint::default()
        }),
        error: Some("Look at each of these before a new record is opened".into()),
        items: items.collect(),
        ..Checkboxes::default()
    })
}

/// `POST /records`
pub async fn open(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    let (act, person) = (posted.pairs.get("_act"), posted.pairs.get("_person"));
    let Ok(act_id) = act.parse() else { return WebError::ForeignPost.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    match records::open(&who.desk, act_id, person.parse().ok(), &typed).await {
        Ok(record) => Redirect::to(&format!("/records/{record}")).into_response(),
        Err(CaseError::Problems(problems)) => draw(&app, who, act, person, &typed, &problems, &[]).await,
        Err(CaseError::LikelyKnown(likely)) => {
            let today = app.db().now().day();
            let likely: Vec<_> = likely.iter().map(|one| Match::new(one, today)).collect();
            let message = match likely.len() {
                1 => "This child may have a record already. Look at the person below first".to_owned(),
                many => format!("This child may have a record already. Look at the {many} people below first"),
            };
            let problem = FieldProblem { at: Name::of(records::OTHERS), message };
            draw(&app, who, act, person, &typed, &[problem], &likely).await
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `POST /people/observation`: a provider service writes to a child's main record (R-BAS-13).
pub async fn observation(app: App, posted: Posted) -> Response {
    let who = &posted.who;
    if let Err(error) = records::permit(&who.desk, Capability::SendObservation).await {
        return WebError::from(error).response(&app, Some(who));
    }
    let Ok(person) = posted.pairs.get("person").parse() else { return WebError::Closed.response(&app, Some(who)) };
    match records::observation(&who.desk, person).await {
        Ok(record) => Redirect::to(&format!("/records/{record}/new/observation")).into_response(),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}
