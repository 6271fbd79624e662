//! To whom a record is open: restricting it, naming those who may open it, and lifting that. Pages for whoever decides,
//! which show nothing of the child.

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    restriction::{self, NAMED, OpenTo, Step},
};
use govuk::Html;
use policy::{Pack, access::KINDS, words::relation};
use record::{ActId, EntryId, RecordId, Typed, read::FieldProblem, time::day_in_words};

use crate::{
    App,
    error::WebError,
    form::draw_alone,
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "restriction/all.html")]
struct All {
    /// Record, number, kind, since.
    rows: Vec<(RecordId, i64, String, String)>,
}

/// `GET /restricted`
pub async fn all(app: App, who: SignedIn) -> Response {
    match restriction::all(&who.desk).await {
        Ok(all) => {
            let pack = app.db().pack();
            let row = |one: &store::RestrictedRecord| {
                (one.record, one.number, pack.label(KINDS, &one.kind).to_owned(), day_in_words(one.since))
            };
            let main = All { rows: all.iter().map(row).collect() };
            Frame::new(&app, &who, "Restricted records").at("/my-work").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

#[derive(Template)]
#[template(path = "restriction/open_to.html")]
struct Page {
    record: RecordId,
    number: i64,
    /// The kind, and since when.
    restriction: Option<(String, String)>,
    /// Whom the kind leaves in, in words; whether it opens in an emergency.
    left: Vec<String>,
    in_emergency: bool,
    /// Entry, name, as what and until when.
    named: Vec<(EntryId, String, String)>,
}

/// `GET /records/{record}/restriction`
pub async fn show(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match restriction::look(&who.desk, record).await {
        Ok(open) => {
            let main = page(app.db().pack(), record, &open);
            Frame::new(&app, &who, "Who may open this record").at("/my-work").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(pack: &Pack, record: RecordId, open: &OpenTo) -> Page {
    let kind = open.restriction.as_ref().and_then(|(kind, _)| pack.access().restrictions.get(kind));
    let left = kind.into_iter().flat_map(|kind| &kind.open_to).map(|(role, relations)| {
        let title = pack.role(role).map_or(role.as_str(), |role| &role.title);
        let whose: Vec<_> = relations.iter().map(|one| relation(*one)).collect();
        format!("{title}, where the child is one of {}", whose.join(", or of "))
    });
    let named = open.named.iter().map(|one| {
        let name = open
            .colleagues
            .staff
            .get(&one.person)
            .map_or_else(|| "A former colleague".to_owned(), |who| who.name.clone());
        let until = one.until.map(|day| format!(", until {}", day_in_words(day))).unwrap_or_default();
        (one.entry, name, format!("{}{until}", one.as_what))
    });
    Page {
        record,
        number: open.number,
        restriction: open
            .restriction
            .as_ref()
            .map(|(kind, since)| (pack.label(KINDS, kind).to_owned(), day_in_words(*since))),
        left: left.collect(),
        in_emergency: kind.is_some_and(|kind| kind.in_emergency),
        named: named.collect(),
    }
}

#[derive(Template)]
#[template(path = "restriction/step.html")]
struct Asked {
    title: String,
    intro: String,
    action: String,
    back: String,
    fields: Html,
    token: Html,
    act: String,
}

fn step_of(word: &str) -> Option<Step> {
    match word {
        "restrict" => Some(Step::Restrict),
        "name" => Some(Step::Name),
        "lift" => Some(Step::Lift),
        _ => None,
    }
}

/// `GET /records/{record}/restriction/{step}`
pub async fn ask(app: App, Path((record, step)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Some(step)) = (record.parse(), step_of(&step)) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    asked(&app, &who, record, step, (&Typed::default(), &[])).await
}

/// `POST /records/{record}/restriction/{step}`
pub async fn take(app: App, Path((record, step)): Path<(String, String)>, posted: Posted) -> Response {
    let (Ok(record), Some(step)) = (record.parse(), step_of(&step)) else {
        return WebError::Closed.response(&app, Some(&posted.who));
    };
    taken(&app, &posted, record, step).await
}

/// `GET /records/{record}/restriction/named/{entry}`
pub async fn ask_end(app: App, Path((record, entry)): Path<(String, String)>, who: SignedIn) -> Response {
    let (Ok(record), Ok(entry)) = (record.parse(), entry.parse()) else {
        return WebError::Closed.response(&app, Some(&who));
    };
    asked(&app, &who, record, Step::EndName(entry), (&Typed::default(), &[])).await
}

/// `POST /records/{record}/restriction/named/{entry}`
pub async fn end(app: App, Path((record, entry)): Path<(String, String)>, posted: Posted) -> Response {
    let (Ok(record), Ok(entry)) = (record.parse(), entry.parse()) else {
        return WebError::Closed.response(&app, Some(&posted.who));
    };
    taken(&app, &posted, record, Step::EndName(entry)).await
}

async fn asked(
    app: &App,
    who: &SignedIn,
    record: RecordId,
    step: Step,
    (typed, problems): (&Typed, &[FieldProblem]),
) -> Response {
    let open = match restriction::look(&who.desk, record).await {
        Ok(open) => open,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let Some(form) = pack.form(step.form()).filter(|_| open.fits(step)) else {
        return WebError::Closed.response(app, Some(who));
    };
    let back = format!("/records/{record}/restriction");
    let action = match step {
        Step::Restrict => format!("{back}/restrict"),
        Step::Name => format!("{back}/name"),
        Step::Lift => format!("{back}/lift"),
        Step::EndName(entry) => format!("{back}/named/{entry}"),
    };
    let main = Asked {
        title: format!("{}: R-{}", form.title, open.number),
        intro: form.intro.clone().unwrap_or_default(),
        action,
        back,
        fields: draw_alone(pack, form, &[NAMED], (typed, problems), &open.colleagues),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "Who may open this record").at("/my-work").problems(problems).page(&main)
}

async fn taken(app: &App, posted: &Posted, record: RecordId, step: Step) -> Response {
    let who = &posted.who;
    let Ok(act) = posted.pairs.get("_act").parse() else { return WebError::ForeignPost.response(app, Some(who)) };
    let typed = posted.pairs.typed();
    match restriction::step(&who.desk, act, record, step, &typed).await {
        Ok(()) => Redirect::to(&format!("/records/{record}/restriction")).into_response(),
        Err(CaseError::Problems(problems)) => asked(app, who, record, step, (&typed, &problems)).await,
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}
