//! Recording something: choose the form, write, complete, see what stands.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Json,
    extract::Path,
    http::Uri,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError, attaching, reading,
    recording::{self, OpenDraft, Start, Text},
    right::amending::Amended,
};
use policy::{Form, form::Stands};
use record::{
    DraftId, EntryId, Moment, RecordId, Typed,
    read::{FieldProblem, standing},
    time::{day_in_words, time_in_words},
    typed::Name,
};
use serde::Serialize;

use crate::{
    App,
    error::WebError,
    form::{Drawing, box_id, label, spoken},
    layout::{self, Frame},
    posted::{Pairs, Posted},
    session::SignedIn,
    words,
};

#[derive(Template)]
#[template(path = "choose_form.html")]
struct Choose<'a> {
    record: RecordId,
    main: Vec<&'a Form>,
    more: Vec<&'a Form>,
    closed: bool,
}

/// `GET /records/{record}/new`
pub async fn choose(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match reading::offered(&who.desk, record).await {
        Ok((header, forms)) => {
            let (main, more) = forms.iter().partition(|form| form.offered.is_some_and(|place| place < 100));
            let page = Choose { record, main, more, closed: header.closed };
            Frame::new(&app, &who, "Record something").in_record(&header, "").page(&page)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// `POST /records/{record}/drafts`: leads to the form. Nothing is kept before something is typed.
pub async fn begin(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(record) = record.parse::<RecordId>() else { return WebError::Closed.response(&app, Some(who)) };
    let person = posted.pairs.get("person").parse().ok();
    let entry = posted.pairs.get("entry").parse().ok();
    let start = Start {
        record,
        form: posted.pairs.get("form").to_owned(),
        person,
        made: None,
        entry,
        amends: None,
        version: None,
    };
    match recording::record_to_write_in(&who.desk, &start).await {
        Ok(record) => {
            let person = person.map(|person| format!("person={person}"));
            let entry = entry.map(|entry| format!("entry={entry}"));
            let with: Vec<String> = person.into_iter().chain(entry).collect();
            let query = if with.is_empty() { String::new() } else { format!("?{}", with.join("&")) };
            Redirect::to(&format!("/records/{record}/new/{}{query}", start.form)).into_response()
        }
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

/// `GET /records/{record}/new/{form}`: the form, filled with what the system knows.
pub async fn blank(app: App, Path((record, form)): Path<(String, String)>, uri: Uri, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    let with = |name: &str| {
        let pairs = uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    };
    let person = with("person").and_then(|person| person.parse().ok());
    let entry = with("entry").and_then(|entry| entry.parse().ok());
    let start = Start { record, form, person, made: None, entry, amends: None, version: None };
    match recording::blank(&who.desk, &start).await {
        Ok(open) => {
            let start = Start { record: open.draft.front, ..start };
            first_page(&app, &who, &start, &open)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// The page of a form into which nothing has been typed.
pub(crate) fn first_page(app: &App, who: &SignedIn, start: &Start, open: &OpenDraft) -> Response {
    page(app, who, open, &Shown { start: Some(start), ..Shown::default() })
}

/// What the page of a form that was only opened carries, so that its first save can begin the draft.
fn start_of(pairs: &Pairs) -> Option<Start> {
    let made = pairs.get("_made").parse().ok();
    let person = pairs.get("_person").parse().ok();
    let entry = pairs.get("_entry").parse().ok();
    let amends = pairs.get("_amends").parse().ok();
    let (record, form) = (pairs.get("_record").parse().ok()?, pairs.get("_form").to_owned());
    let version = policy::from_hex(pairs.get("_version"));
    Some(Start { record, form, person, made, entry, amends, version })
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
    /// Procedures to go by beside this form (R-GOV-08).
    procedures: Vec<&'a policy::practice::Procedure>,
    /// When an entry locks, where the authority has words of its own for it (D-16).
    locks: Option<&'a str>,
    /// Who authorises it and who gets a copy, where the pack says.
    afterwards: Option<String>,
    statement: &'a str,
    prompts: Vec<String>,
    others: Vec<OtherHead>,
    limit: Option<String>,
    /// What the first save needs to begin the draft.
    start: Vec<(&'static str, String)>,
    /// Which window this is, for a text that has to be held.
    window: String,
    /// A draft of the same, begun before: where it is, and when it was last saved.
    earlier: Option<(DraftId, String)>,
    /// What it is to amend.
    amending: Option<Amending>,
}

/// What a draft is to amend, beside its form.
struct Amending {
    /// The original: its address, and who wrote it when.
    href: String,
    written: String,
    /// The children in whose records the same act stands, where there are several.
    children: usize,
    /// What stands in its place by now, where somebody else was faster.
    overtaken: Option<String>,
    /// Colleagues who are writing the same.
    others: Vec<String>,
    /// From when it stands in its place.
    stands: &'static str,
    /// Why it was returned to whoever wrote it, where it was.
    returned: Option<String>,
    /// Requests that completing answers: who asked, and what is wrong.
    requests: Vec<(String, String)>,
    /// Where to seek advice.
    advice: Vec<String>,
    /// The box for why.
    why: govuk::Html,
}

/// What a draft's page shows beside what is saved.
#[derive(Default)]
struct Shown<'a> {
    /// What was just posted, where that is newer than what is saved.
    typed: Option<(&'a Typed, i64)>,
    problems: &'a [FieldProblem],
    /// For a form that was only opened so far.
    start: Option<&'a Start>,
}

/// Another head of the same draft, shown beside the one in front.
struct OtherHead {
    at: String,
    lines: Vec<(String, String)>,
}

/// `GET /drafts/{draft}`
pub async fn show(app: App, Path(draft): Path<String>, who: SignedIn) -> Response {
    let Ok(draft) = draft.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match recording::open(&who.desk, draft).await {
        Ok(open) => page(&app, &who, &open, &Shown::default()),
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

/// The draft's page.
fn page(app: &App, who: &SignedIn, open: &OpenDraft, shown: &Shown<'_>) -> Response {
    let Shown { typed, problems, start } = *shown;
    let desk = who.desk.for_draft(&open.draft);
    let pack = desk.pack();
    let Some(form) = pack.form(&open.draft.form) else { return WebError::DraftEnded.response(app, Some(who)) };
    let blank = Typed::default();
    let latest = open.texts.last();
    let (typed, on) = typed.unwrap_or_else(|| latest.map_or((&blank, 0), |text| (&text.typed, text.n)));
    let children: Vec<_> = open.children.iter().map(|child| (child.record, child.name.clone())).collect();
    let problems = &name_children(problems, &children);
    let filled_from = filled_from(pack, open);
    let drawing = Drawing {
        pack,
        form,
        typed,
        problems,
        carried: &filled_from,
        children: &children,
        people: &open.people,
        colleagues: &open.colleagues,
        entries: &open.entries,
        files: Some((open.draft.id, &open.files)),
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
        saved: latest.filter(|text| text.n > 0).map_or_else(String::new, |text| saved_at(text.at)),
        fields: drawing.draw(),
        token: layout::token(who),
        guidance: pack.guidance_for(form),
        procedures: pack.procedures_for(form),
        locks: Some(pack.word("locks")).filter(|said| *said != "locks"),
        afterwards: words::afterwards(pack, form, form.needs()),
        statement: pack.word("statement"),
        prompts: prompts(pack, typed),
        others,
        limit: form.limit_in_words().filter(|_| open.amended.is_none()),
        start: start.map(|start| carried(start, typed, open.draft.form_hash)).unwrap_or_default(),
        window: who.desk.new_id::<DraftId>().to_string(),
        amending: open.amended.as_ref().map(|amended| amending(app, open, amended, typed, problems)),
        earlier: open.earlier.as_ref().map(|one| (one.id, words::ago(one.touched, app.db().now()))),
    };
    let title =
        if main.amending.is_some() { format!("Put right: {}", form.title.to_lowercase()) } else { form.title.clone() };
    Frame::new(app, who, &title).in_record(&open.header, "").writing().problems(problems).page(&main)
}

/// Under each question that was filled in: where that comes from.
fn filled_from(pack: &policy::Pack, open: &OpenDraft) -> BTreeMap<String, String> {
    let said = |carried: &recording::Carried| {
        let day = day_in_words(carried.day);
        match carried.form.as_ref().and_then(|form| pack.form(form)) {
            Some(form) => format!("Filled in from “{}” of {day}. Keep what still holds.", form.title),
            None => format!("Filled in with what stands since {day}. Change it if it is no longer so."),
        }
    };
    open.carried.iter().map(|(field, carried)| (field.clone(), said(carried))).collect()
}

/// What a draft is to amend: what to know before, and the box for why.
fn amending(app: &App, open: &OpenDraft, amended: &Amended, typed: &Typed, problems: &[FieldProblem]) -> Amending {
    let record = open.draft.front;
    let at = |entry: EntryId| format!("/records/{record}/entries/{entry}");
    let original = amended.copies.first().map(|(_, stored)| stored);
    let staff =
        |person| open.colleagues.staff.get(&person).map_or_else(|| "A colleague".to_owned(), |one| one.name.clone());
    let name = Name::of(standing::PUT_RIGHT_BECAUSE);
    let made_with = open.draft.form_hash.and_then(|hash| app.db().packs().of_form(&hash));
    let form = made_with.and_then(|pack| pack.form(&open.draft.form));
    let (question, hint) = if amended.returned.is_some() {
        ("What have you changed?", "Whoever returned it reads this first.")
    } else {
        (
            "Why is it put right?",
            "Say what was wrong, and how you know. It stands beside the original for ever, for whoever reads either.",
        )
    };
    let why = govuk::Textarea {
        id: box_id(&name),
        name: name.to_string(),
        label: label(question, "govuk-label--s"),
        hint: Some(hint.into()),
        error: problems.iter().find(|problem| problem.at == name).map(|problem| problem.message.as_str().into()),
        value: typed.get(&name).unwrap_or_default().to_owned(),
        rows: Some(2),
        ..govuk::Textarea::default()
    };
    Amending {
        href: original.map(|stored| at(stored.entry)).unwrap_or_default(),
        written: original.map_or_else(String::new, |stored| {
            format!("{} on {}", stored.content.author.name, day_in_words(stored.content.written.day()))
        }),
        children: amended.copies.len(),
        overtaken: amended.overtaken.map(at),
        others: amended.others.iter().copied().map(staff).collect(),
        stands: if amended.waits {
            "once its author has agreed"
        } else if form.is_some_and(|form| form.needs() == Some(Stands::Authorised)) {
            "once it is authorised"
        } else {
            "from then on"
        },
        returned: amended.returned.clone(),
        requests: amended
            .requests
            .iter()
            .map(|request| {
                let wrong = request.content.answer("wrong").map(record::answer::Answer::stated).unwrap_or_default();
                (request.content.author.name.clone(), wrong)
            })
            .collect(),
        advice: app.db().pack().amendment().advice.clone(),
        why: govuk::Html::of(&why),
    }
}

/// An entry that may not be referred to here is not carried: the page says nothing of it.
fn carried(start: &Start, typed: &Typed, version: Option<[u8; 32]>) -> Vec<(&'static str, String)> {
    let mut carried = vec![("_record", start.record.to_string()), ("_form", start.form.clone())];
    carried.extend(version.map(|version| ("_version", policy::in_hex(&version))));
    carried.extend(start.person.map(|person| ("_person", person.to_string())));
    let refers = |entry: &EntryId| typed.pairs().any(|(_, value)| value == entry.to_string());
    carried.extend(start.entry.filter(refers).map(|entry| ("_entry", entry.to_string())));
    carried.extend(start.amends.map(|entry| ("_amends", entry.to_string())));
    carried.extend(start.made.map(|person| ("_made", person.to_string())));
    carried
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

/// Saves, and begins the draft where the form was only opened so far.
async fn keep(
    who: &SignedIn,
    draft: DraftId,
    pairs: &Pairs,
    typed: &Typed,
    keep: bool,
) -> Result<recording::Saved, CaseError> {
    let on = pairs.get("_on").parse().unwrap_or(0);
    match start_of(pairs) {
        Some(start) => recording::save_first(&who.desk, draft, &start, (on, typed, keep)).await,
        None => recording::save(&who.desk, draft, on, typed, keep).await,
    }
}

/// `POST /drafts/{draft}`: Save, Complete, and the other buttons of the page.
pub async fn send(app: App, Path(draft): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let Ok(draft) = draft.parse::<DraftId>() else { return WebError::Closed.response(&app, Some(who)) };
    match sent(&app, who, draft, &posted.pairs).await {
        Ok(response) => response,
        Err(error) => WebError::from(error).response(&app, Some(who)),
    }
}

async fn sent(app: &App, who: &SignedIn, draft: DraftId, pairs: &Pairs) -> Result<Response, CaseError> {
    let typed = pairs.typed();
    let action = pairs.get("_do");
    let to = |path: String| Ok(Redirect::to(&path).into_response());
    match action {
        "complete" => return Ok(complete(app, who, draft, pairs, &typed).await),
        "record" => return Ok(record_it(app, who, draft, pairs.get("_on").parse().unwrap_or(0)).await),
        "join" => {
            recording::join(&who.desk, draft, &typed).await?;
            return to(format!("/drafts/{draft}"));
        }
        "put-aside-now" => {
            let record = recording::put_aside(&who.desk, draft).await?;
            return to(format!("/records/{record}"));
        }
        _ => {}
    }
    // A form that was opened and not touched leaves nothing behind, whatever button is pressed.
    if let Some(start) = start_of(pairs)
        && matches!(action, "save" | "leave" | "put-aside")
        && recording::untouched(&who.desk, draft, &start, &typed).await?
    {
        return to(match action {
            "save" => match start.amends {
                Some(entry) => format!("/records/{}/entries/{entry}/amendment", start.record),
                None => format!("/records/{}/new/{}", start.record, start.form),
            },
            _ => format!("/records/{}", start.record),
        });
    }
    if let Some(row) = action.strip_prefix("remove:") {
        let row: Name = row.parse().map_err(|_| CaseError::Closed)?;
        keep(who, draft, pairs, &attaching::without(&typed, &row), true).await?;
        return to(format!("/drafts/{draft}#{}", box_id(&Name { row: None, part: None, ..row })));
    }
    keep(who, draft, pairs, &typed, true).await?;
    put_back(app, who, pairs).await?;
    if let Some(place) = action.strip_prefix("attach:") {
        let place: Name = place.parse().map_err(|_| CaseError::Closed)?;
        return to(format!("/drafts/{draft}/files?for={place}"));
    }
    match action {
        "put-aside" => to(format!("/drafts/{draft}/aside")),
        "leave" => to("/my-work".to_owned()),
        _ => to(format!("/drafts/{draft}")),
    }
}

/// A text that was held is let go once it is in its draft.
async fn put_back(app: &App, who: &SignedIn, pairs: &Pairs) -> Result<(), CaseError> {
    let held = pairs.get("_held");
    if !held.is_empty() {
        app.db().let_go(who.person(), held).await?;
    }
    Ok(())
}

/// `GET /drafts/{draft}/aside`: asks before a draft is put aside.
pub async fn aside(app: App, Path(draft): Path<String>, who: SignedIn) -> Response {
    let Ok(draft) = draft.parse::<DraftId>() else { return WebError::Closed.response(&app, Some(&who)) };
    match recording::open(&who.desk, draft).await {
        Ok(open) => {
            let desk = who.desk.for_draft(&open.draft);
            let form = desk.pack().form(&open.draft.form).map_or_else(String::new, |form| form.title.clone());
            let main = Aside { draft, title: form, token: layout::token(&who) };
            Frame::new(&app, &who, "Put this draft aside?").in_record(&open.header, "").page(&main)
        }
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

#[derive(Template)]
#[template(path = "aside.html")]
struct Aside {
    draft: DraftId,
    title: String,
    token: govuk::Html,
}

/// Complete: saves, and shows once what will stand. What was typed is kept whatever is wrong with it.
async fn complete(app: &App, who: &SignedIn, draft: DraftId, pairs: &Pairs, typed: &Typed) -> Response {
    let saved = match keep(who, draft, pairs, typed, false).await {
        Ok(saved) => saved,
        // Pressed twice: what was completed answers for itself.
        Err(CaseError::DraftEnded) => {
            return completed(app, who, draft, recording::complete(&who.desk, draft, 0, typed).await).await;
        }
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    match recording::check(&who.desk, draft).await {
        Ok(check) => {
            let desk = who.desk.for_draft(&check.draft);
            let form = desk.pack().form(&check.draft.form);
            // The original and the amendment are seen next to each other before anything is frozen.
            let amends = check.draft.amends.is_some();
            if amends || form.is_none_or(|form| form.checks_before(check.entries.len())) {
                return Redirect::to(&format!("/drafts/{draft}/check")).into_response();
            }
            completed(app, who, draft, recording::complete_checked(&who.desk, draft, check.on).await).await
        }
        Err(CaseError::Problems(problems)) => back_to_form(app, who, draft, Some((typed, saved.n)), &problems).await,
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

/// Record it: exactly the text that was looked at. If another was saved since, that one is looked at first.
async fn record_it(app: &App, who: &SignedIn, draft: DraftId, on: i64) -> Response {
    match recording::check(&who.desk, draft).await {
        Ok(check) if check.on != on => Redirect::to(&format!("/drafts/{draft}/check")).into_response(),
        Ok(_) | Err(CaseError::DraftEnded) => {
            completed(app, who, draft, recording::complete_checked(&who.desk, draft, on).await).await
        }
        Err(CaseError::Problems(problems)) => back_to_form(app, who, draft, None, &problems).await,
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

async fn completed(
    app: &App,
    who: &SignedIn,
    draft: DraftId,
    done: Result<recording::Completed, CaseError>,
) -> Response {
    match done {
        Ok(_) => Redirect::to(&format!("/drafts/{draft}/done")).into_response(),
        Err(CaseError::Problems(problems)) => back_to_form(app, who, draft, None, &problems).await,
        Err(error) => WebError::from(error).response(app, Some(who)),
    }
}

/// The form with each problem at its box, and what was typed as it was typed.
pub(crate) async fn back_to_form(
    app: &App,
    who: &SignedIn,
    draft: DraftId,
    typed: Option<(&Typed, i64)>,
    problems: &[FieldProblem],
) -> Response {
    match recording::open(&who.desk, draft).await {
        Ok(open) => {
            let shown = Shown { typed, problems, start: None };
            page(app, who, &open, &shown)
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
pub async fn autosave(app: App, Path(draft): Path<String>, posted: Posted) -> Response {
    let who = &posted.who;
    let saved = match draft.parse::<DraftId>() {
        Ok(draft) => keep(who, draft, &posted.pairs, &posted.pairs.typed(), false).await.map_err(WebError::from),
        Err(_) => Err(WebError::Closed),
    };
    match saved {
        Ok(saved) => {
            let others = saved.others.iter().map(|(_, at)| saved_at(*at)).collect();
            Json(Autosaved { on: saved.n, at: saved_at(saved.at), others }).into_response()
        }
        Err(error) => {
            let mut response = error.response(&app, Some(who));
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
    /// Who is told of it, in a sentence.
    told: String,
    /// Whether it stands only once it is authorised.
    waits: bool,
    /// Who authorises it and who gets a copy, where the pack says.
    afterwards: Option<String>,
    leads_to: Vec<Leads>,
    token: govuk::Html,
}

/// What the answers lead to: why, and the forms to begin.
struct Leads {
    why: String,
    forms: Vec<(String, String)>,
}

/// `GET /drafts/{draft}/done`: what stands now in each child's record.
pub async fn done(app: App, Path(draft): Path<String>, who: SignedIn) -> Response {
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
                told: words::list(&receipt.told),
                waits: receipt.needs == Some(Stands::Authorised),
                afterwards: (app.db().pack().form(&receipt.form))
                    .and_then(|form| words::afterwards(app.db().pack(), form, receipt.needs)),
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
