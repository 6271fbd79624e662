//! Recording something: choose the form, write, complete, see what stands.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError, reading,
    recording::{self, OpenDraft, Text},
};
use policy::Form;
use record::{DraftId, Moment, RecordId, Typed, read::FieldProblem, time::time_in_words};
use serde::Serialize;

use crate::{
    App,
    error::WebError,
    form::{Drawing, spoken},
    layout::{self, Frame},
    posted::Posted,
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "choose_form.html")]
struct Choose<'a> {
    record: RecordId,
    main: Vec<&'a Form>,
    more: Vec<&'a Form>,
    token: govuk::Html,
    closed: bool,
}

/// `GET /records/{record}/new`
pub async fn choose(State(app): State<App>, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::offered(&who.desk, record).await {
        Ok((header, forms)) => {
            let (main, more) = forms.iter().partition(|form| form.offered.is_some_and(|place| place < 100));
            let page = Choose { record, main, more, token: layout::token(&who), closed: header.closed };
            Frame::new(&app, &who, "Record something").in_record(&header, "").page(&page)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `POST /records/{record}/drafts`
pub async fn begin(State(app): State<App>, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(who)) };
    let person = posted.pairs.get("person").parse().ok();
    let entry = posted.pairs.get("entry").parse().ok();
    match recording::begin_after(&who.desk, record, posted.pairs.get("form"), person, entry).await {
        Ok(draft) => Redirect::to(&format!("/drafts/{draft}")).into_response(),
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage<'a> {
    form: &'a Form,
    draft: DraftId,
    on: i64,
    saved: String,
    fields: govuk::Html,
    token: govuk::Html,
    guidance: Vec<&'a policy::pack::Guidance>,
    statement: &'a str,
    prompts: Vec<String>,
    others: Vec<OtherHead>,
    limit: Option<String>,
}

/// Another head of the same draft, shown beside the one in front.
struct OtherHead {
    at: String,
    lines: Vec<(String, String)>,
}

/// `GET /drafts/{draft}`
pub async fn show(State(app): State<App>, Path(draft): Path<String>, who: SignedIn) -> Response {
    let Ok(draft) = draft.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match recording::open(&who.desk, draft).await {
        Ok(open) => page(&app, &who, &open, None, &[]),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// The draft's page; `typed` is what was just posted, where that is newer than what is saved.
fn page(
    app: &App,
    who: &SignedIn,
    open: &OpenDraft,
    typed: Option<(&Typed, i64)>,
    problems: &[FieldProblem],
) -> Response {
    let pack = app.db().pack();
    let Some(form) = pack.form(&open.draft.form) else { return WebError::DraftEnded.response(app, Some(who)) };
    let blank = Typed::default();
    let latest = open.texts.last();
    let (typed, on) = typed.unwrap_or_else(|| latest.map_or((&blank, 0), |text| (&text.typed, text.n)));
    let children: Vec<_> = open.children.iter().map(|child| (child.record, child.name.clone())).collect();
    let problems = &name_children(problems, &children);
    let drawing = Drawing {
        pack,
        form,
        typed,
        problems,
        children: &children,
        people: &open.people,
        colleagues: &open.colleagues,
        entries: &open.entries,
    };
    let named: BTreeMap<String, String> = open
        .people
        .iter()
        .filter_map(|(person, who)| Some((person.to_string(), who.name.clone()?)))
        .chain(open.colleagues.staff.iter().map(|(person, one)| (person.to_string(), one.name.clone())))
        .chain(open.colleagues.teams.iter().map(|(team, one)| (team.to_string(), one.name.clone())))
        .chain(open.entries.iter().map(|choice| (choice.brief.entry.to_string(), words::entry(pack, &choice.brief))))
        .collect();
    let spoken = |typed: &Typed| spoken::lines(pack, form, typed, &children, &named);
    let mine = spoken(typed);
    let others =
        open.texts.iter().filter(|text| text.n != on).map(|text| other(text, &mine, spoken(&text.typed))).collect();
    let main = DraftPage {
        form,
        draft: open.draft.id,
        on,
        saved: latest.map_or_else(String::new, |text| saved_at(text.at)),
        fields: drawing.draw(),
        token: layout::token(who),
        guidance: pack.guidance_for(form),
        statement: pack.word("statement"),
        prompts: prompts(pack, typed),
        others,
        limit: form.limit.as_ref().map(policy::clock::Limit::in_words),
    };
    Frame::new(app, who, &form.title).in_record(&open.header, "").writing().problems(problems).page(&main)
}

/// Says whose part a problem is in, where there are several children.
fn name_children(problems: &[FieldProblem], children: &[(RecordId, String)]) -> Vec<FieldProblem> {
    let named = |problem: &FieldProblem| {
        let child =
            children.iter().find(|(record, _)| Some(*record) == problem.at.record).filter(|_| children.len() > 1);
        let message = child.map_or_else(|| problem.message.clone(), |(_, name)| format!("{name}: {}", problem.message));
        FieldProblem { at: problem.at.clone(), message }
    };
    problems.iter().map(named).collect()
}

fn saved_at(at: Moment) -> String {
    let local = at.london();
    format!("{}:{:02}", time_in_words(local.time()), local.second())
}

/// The other text, in words, as far as it differs from the one in the form.
fn other(text: &Text, mine: &[(String, String)], theirs: Vec<(String, String)>) -> OtherHead {
    let lines = theirs.into_iter().filter(|line| !mine.contains(line)).collect();
    OtherHead { at: words::moment(text.at), lines }
}

/// Gentle prompts about what has been typed: wording to think again about, abbreviations not explained (R-STD-03,
/// R-STD-04). They never stop anybody.
fn prompts(pack: &policy::Pack, typed: &Typed) -> Vec<String> {
    let text = typed.pairs().map(|(_, value)| value).collect::<Vec<_>>().join("\n");
    record::wording::prompts(pack, &text)
}

/// `POST /drafts/{draft}`: Save, Complete, and the other buttons of the page.
pub async fn send(State(app): State<App>, Path(draft): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(draft) = draft.parse::<DraftId>() else { return WebError::Closed.response(&app, Some(who)) };
    let typed = posted.pairs.typed();
    let on = posted.pairs.get("_on").parse().unwrap_or(0);
    match posted.pairs.get("_do") {
        "complete" => complete(&app, who, draft, on, &typed).await,
        "put-aside" => match recording::put_aside(&who.desk, draft).await {
            Ok(record) => Redirect::to(&format!("/records/{record}")).into_response(),
            Err(error) => WebError::from(error).response(&app, Some(who)),
        },
        "join" => match recording::join(&who.desk, draft, &typed).await {
            Ok(_) => Redirect::to(&format!("/drafts/{draft}")).into_response(),
            Err(error) => WebError::from(error).response(&app, Some(who)),
        },
        action => match recording::save(&who.desk, draft, on, &typed, true).await {
            Ok(_) if action == "leave" => Redirect::to("/my-work").into_response(),
            Ok(_) => Redirect::to(&format!("/drafts/{draft}")).into_response(),
            Err(error) => WebError::from(error).response(&app, Some(who)),
        },
    }
}

async fn complete(app: &App, who: &SignedIn, draft: DraftId, on: i64, typed: &Typed) -> Response {
    match recording::complete(&who.desk, draft, on, typed).await {
        Ok(_) => Redirect::to(&format!("/drafts/{draft}/done")).into_response(),
        Err(CaseError::Problems(problems)) => {
            // What was typed is kept whatever is wrong with it, and the page shows it as it was typed.
            let saved = recording::save(&who.desk, draft, on, typed, false).await;
            let open = recording::open(&who.desk, draft).await;
            match (saved, open) {
                (Ok(saved), Ok(open)) => {
                    (StatusCode::UNPROCESSABLE_ENTITY, page(app, who, &open, Some((typed, saved.n)), &problems))
                        .into_response()
                }
                (Err(error), _) | (_, Err(error)) => WebError::from(error).response(app, Some(who)),
            }
        }
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

/// What the script is told after it has saved.
#[derive(Serialize)]
struct Autosaved {
    on: i64,
    at: String,
    others: Vec<String>,
}

/// `POST /drafts/{draft}/autosave`
pub async fn autosave(State(app): State<App>, Path(draft): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(draft) = draft.parse::<DraftId>() else { return StatusCode::NOT_FOUND.into_response() };
    let on = posted.pairs.get("_on").parse().unwrap_or(0);
    match recording::save(&who.desk, draft, on, &posted.pairs.typed(), false).await {
        Ok(saved) => {
            let others = saved.others.iter().map(|(_, at)| saved_at(*at)).collect();
            Json(Autosaved { on: saved.n, at: saved_at(saved.at), others }).into_response()
        }
        Err(error) => {
            let mut response = WebError::from(error).response(&app, Some(who));
            *response.body_mut() = axum::body::Body::empty();
            response
        }
    }
}

#[derive(Template)]
#[template(path = "done.html")]
struct Done {
    entries: Vec<(String, RecordId, String)>,
    front: RecordId,
    title: String,
    leads_to: Vec<Leads>,
    token: govuk::Html,
}

/// What the answers lead to: why, and the forms to begin.
struct Leads {
    why: String,
    forms: Vec<(String, String)>,
}

/// `GET /drafts/{draft}/done`: what stands now in each child's record.
pub async fn done(State(app): State<App>, Path(draft): Path<String>, who: SignedIn) -> Response {
    let Ok(draft) = draft.parse::<DraftId>() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::receipt(&who.desk, draft).await {
        Ok(receipt) => {
            let entries = receipt
                .entries
                .into_iter()
                .map(|(written, name)| (name, written.record, written.entry.to_string()))
                .collect();
            let title = |form: &String| app.db().pack().form(form).map_or_else(String::new, |form| form.title.clone());
            let leads_to = receipt.leads_to.into_iter().map(|leads| Leads {
                why: leads.why,
                forms: leads.forms.into_iter().map(|form| (form.clone(), title(&form))).collect(),
            });
            let main = Done {
                entries,
                front: receipt.header.record,
                title: title(&receipt.form),
                leads_to: leads_to.collect(),
                token: layout::token(&who),
            };
            Frame::new(&app, &who, "Completed").in_record(&receipt.header, "").page(&main)
        }
        // Who may write to a record and not read it learns that it arrived, and nothing else.
        Err(CaseError::Closed) if recording::is_own_act(&who.desk, draft).await.unwrap_or(false) => layout::message(
            &app,
            Some(&who),
            "Sent",
            "What you wrote stands in the child’s record now, and cannot be changed. The people who work with the child will see it.",
        ),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}
