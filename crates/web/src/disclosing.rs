//! What somebody outside is given from a record: chosen, made into a paper with what is left out marked as left out, and kept
//! for somebody else to look at and agree to.

use std::{collections::BTreeMap, fmt::Write as _};

use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse as _, Redirect, Response},
};
use casework::{
    CaseError,
    disclosing::{self, CHOSEN, DISCLOSURE, Made, OUT, Offered, Prepared},
    recording::Choice,
};
use govuk::Html;
use paper::{Block, Document};
use policy::{FieldKind, Form, Pack};
use record::{
    ActId, EntryId, RecordId, Typed,
    answer::Answer,
    confidential::REASONS,
    disclosure::{Out, Part, field},
    read::{FieldProblem, standing},
    time::day_in_words,
    typed::Name,
};
use store::{Db, StoredEntry};

use crate::{
    App,
    error::WebError,
    form::Drawing,
    layout::{self, Frame},
    posted::{Pairs, Posted},
    recent::Recent,
    record::{print::telling, view::Reader},
    session::SignedIn,
    words,
};

/// The box that narrows the entries to those of one kind.
const KIND: &str = "_kind";
/// The boxes with why something is left out, by entry.
const WHY: &str = "_why";

#[derive(Template)]
#[template(path = "disclosing/choose.html")]
struct Choose {
    record: RecordId,
    intro: String,
    fields: Html,
    /// Whether a decision to share is there at all.
    decided: bool,
    error: Option<String>,
    kinds: Vec<(String, String, bool)>,
    /// The entry, what names it, and whether it was chosen.
    entries: Vec<(String, String, bool)>,
    older: bool,
    most: u32,
    /// What was ticked on the next page already, for whoever comes back.
    carried: Vec<(String, String)>,
    token: Html,
}

#[derive(Template)]
#[template(path = "disclosing/parts.html")]
struct Parts {
    record: RecordId,
    recipient: String,
    /// What was said on the page before.
    carried: Vec<(String, String)>,
    entries: Vec<Telling>,
    token: Html,
    act: String,
}

/// An entry, paragraph by paragraph.
struct Telling {
    entry: String,
    title: String,
    /// What is wrong with what is left out, and with the reason.
    error: Option<String>,
    why_error: Option<String>,
    lines: Vec<Line>,
    /// Reasons: the code, the words, and whether it was chosen.
    reasons: Vec<(String, String, bool)>,
}

/// A paragraph that can be left out.
struct Line {
    out: String,
    question: String,
    text: String,
    ticked: bool,
}

/// `GET /records/{record}/disclosure`
pub async fn ask(app: App, Path(record): Path<String>, who: SignedIn) -> Response {
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    choose(&app, &who, record, &Pairs::default(), &[]).await
}

/// `POST /records/{record}/disclosure`: narrows the list of entries, or goes on to what is left out.
pub async fn go_on(app: App, Path(record): Path<String>, posted: Posted) -> Response {
    let (who, pairs) = (&posted.who, &posted.pairs);
    let Ok(record) = record.parse() else { return WebError::Closed.response(&app, Some(who)) };
    if pairs.get("_step") == "show" {
        return choose(&app, who, record, pairs, &[]).await;
    }
    match asked(&app, pairs) {
        problems if problems.is_empty() => parts(&app, who, record, pairs, &[]).await,
        problems => choose(&app, who, record, pairs, &problems).await,
    }
}

/// `POST /records/{record}/disclosure/paper`: makes it.
pub async fn make(app: App, Path(record): Path<String>, posted: Recent<Posted>) -> Response {
    let posted = posted.get();
    let (who, pairs) = (&posted.who, &posted.pairs);
    let (Ok(record), Ok(act)) = (record.parse(), pairs.get("_act").parse()) else {
        return WebError::Closed.response(&app, Some(who));
    };
    if pairs.get("_step") == "back" {
        return choose(&app, who, record, pairs, &[]).await;
    }
    match made(&app, who, record, act, pairs).await {
        Ok(Some(entry)) => Redirect::to(&format!("/records/{record}/entries/{entry}")).into_response(),
        Ok(None) => Redirect::to(&format!("/records/{record}/story?kind={DISCLOSURE}")).into_response(),
        Err(Wrong::Typed(problems)) => {
            let of_parts = problems.iter().any(|problem| problem.at.field == OUT || problem.at.field == WHY);
            if of_parts {
                parts(&app, who, record, pairs, &problems).await
            } else {
                choose(&app, who, record, pairs, &problems).await
            }
        }
        Err(Wrong::Else(error)) => error.response(&app, Some(who)),
    }
}

/// Why no paper was made.
enum Wrong {
    /// Something must be put right on the pages.
    Typed(Vec<FieldProblem>),
    /// Anything else.
    Else(WebError),
}

impl From<CaseError> for Wrong {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Problems(problems) => Self::Typed(problems),
            error => Self::Else(error.into()),
        }
    }
}

impl From<WebError> for Wrong {
    fn from(error: WebError) -> Self {
        Self::Else(error)
    }
}

/// What must be answered before anything is looked at.
fn asked(app: &App, pairs: &Pairs) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let label = |of: &str| {
        let form = app.db().pack().form(DISCLOSURE);
        form.and_then(|form| form.field(of)).map_or_else(String::new, |field| field.label.clone())
    };
    for (of, message) in [
        (field::DECISION, "Choose the decision to share"),
        (field::RECIPIENT, "Choose who gets it"),
        (field::CAPACITY, "Say in what capacity they get it"),
    ] {
        if pairs.get(of).is_empty() && !label(of).is_empty() {
            problems.push(FieldProblem { at: Name::of(of), message: message.to_owned() });
        }
    }
    if chosen(pairs).is_empty() {
        problems.push(FieldProblem { at: Name::of(CHOSEN), message: "Choose what they get".to_owned() });
    }
    problems
}

fn chosen(pairs: &Pairs) -> Vec<EntryId> {
    let mut chosen: Vec<EntryId> = pairs.all(CHOSEN).filter_map(|entry| entry.parse().ok()).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// What is left out of each entry, as ticked on the page.
fn left_out(pairs: &Pairs, entries: &[EntryId]) -> Vec<Part> {
    let of = |entry: &EntryId| {
        let name = format!("{OUT}.{entry}");
        pairs.all(&name).filter_map(|out| out.parse().ok()).collect::<Vec<Out>>()
    };
    entries.iter().map(|entry| Part { entry: *entry, out: of(entry) }).collect()
}

async fn choose(app: &App, who: &SignedIn, record: RecordId, pairs: &Pairs, problems: &[FieldProblem]) -> Response {
    let chosen = chosen(pairs);
    let offered = match disclosing::offered(&who.desk, record, pairs.get(KIND), &chosen).await {
        Ok(offered) => offered,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let pack = app.db().pack();
    let Some(form) = pack.form(DISCLOSURE) else { return WebError::Closed.response(app, Some(who)) };
    let main = Choose {
        record,
        intro: form.intro.clone().unwrap_or_default(),
        fields: fields(pack, form, &offered, &pairs.typed(), problems),
        decided: !offered.decisions.is_empty(),
        error: problems.iter().find(|problem| problem.at.field == CHOSEN).map(|problem| problem.message.clone()),
        kinds: kinds(pack, &offered, pairs.get(KIND)),
        entries: entries(pack, &offered, &chosen),
        older: offered.older,
        most: disclosing::MOST_OFFERED,
        carried: pairs
            .iter()
            .filter(|(name, _)| {
                [OUT, WHY].iter().any(|of| name.strip_prefix(of).is_some_and(|rest| rest.starts_with('.')))
            })
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        token: layout::token(who),
    };
    Frame::new(app, who, "Give something from this record")
        .in_record(&offered.header, "")
        .problems(problems)
        .page(&main)
}

/// The questions of the form that are not answered by the page itself.
fn fields(pack: &Pack, form: &Form, offered: &Offered, typed: &Typed, problems: &[FieldProblem]) -> Html {
    let mut asked = form.clone();
    for section in &mut asked.sections {
        section.fields.retain(|one| ![field::PARTS, field::GIVEN].contains(&one.id.as_str()));
    }
    asked.sections.retain(|section| !section.fields.is_empty());
    let children = [(offered.header.record, offered.header.called().to_owned())];
    let drawing = Drawing {
        pack,
        form: &asked,
        typed,
        problems,
        carried: &crate::form::NOTHING_CARRIED,
        children: &children,
        people: &offered.people,
        colleagues: &offered.colleagues,
        entries: &offered.decisions,
        files: None,
    };
    let sections: Vec<&str> = asked.sections.iter().map(|section| section.id.as_str()).collect();
    drawing.draw_sections(&sections)
}

fn kinds(pack: &Pack, offered: &Offered, narrowed: &str) -> Vec<(String, String, bool)> {
    let title = |form: &String| pack.form(form).map_or_else(|| form.clone(), |form| form.title.clone());
    let mut kinds: Vec<_> = offered.kinds.iter().map(|form| (form.clone(), title(form), form == narrowed)).collect();
    kinds.sort_by(|a, b| a.1.cmp(&b.1));
    kinds
}

/// The entries that can be chosen.
fn entries(pack: &Pack, offered: &Offered, chosen: &[EntryId]) -> Vec<(String, String, bool)> {
    let line = |choice: &Choice| {
        let named = words::entry(pack, &choice.brief);
        let text = choice.headline.as_ref().map_or_else(|| named.clone(), |words| format!("{named}: {words}"));
        (choice.brief.entry.to_string(), text, chosen.contains(&choice.brief.entry))
    };
    offered.entries.iter().map(line).collect()
}

async fn parts(app: &App, who: &SignedIn, record: RecordId, pairs: &Pairs, problems: &[FieldProblem]) -> Response {
    let recipient = pairs.get(field::RECIPIENT).parse().ok();
    let prepared = match disclosing::prepared(&who.desk, record, &chosen(pairs), recipient).await {
        Ok(prepared) => prepared,
        Err(CaseError::Problems(problems)) => return choose(app, who, record, pairs, &problems).await,
        Err(error) => return WebError::from(error).response(app, Some(who)),
    };
    let db = app.db();
    let mut carried: Vec<_> = pairs
        .answers()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    carried.extend(prepared.entries.iter().map(|stored| (CHOSEN.to_owned(), stored.entry.to_string())));
    let main = Parts {
        record,
        recipient: disclosing::name_of(prepared.recipient.as_ref()),
        carried,
        entries: prepared.entries.iter().map(|stored| telling(db, &prepared, stored, pairs, problems)).collect(),
        token: layout::token(who),
        act: who.desk.new_id::<ActId>().to_string(),
    };
    Frame::new(app, who, "What is left out").in_record(&prepared.header, "").problems(problems).page(&main)
}

fn reader<'a>(db: &'a Db, prepared: &'a Prepared) -> Reader<'a> {
    Reader {
        record: prepared.header.record,
        pack: db.pack(),
        packs: db.packs(),
        people: &prepared.people,
        colleagues: &prepared.colleagues,
        refers_to: &prepared.refers_to,
    }
}

fn telling(db: &Db, prepared: &Prepared, stored: &StoredEntry, pairs: &Pairs, problems: &[FieldProblem]) -> Telling {
    let pack = db.packs().of_form(&stored.form_hash).map_or(db.pack(), |pack| pack);
    let view = reader(db, prepared).entry(stored);
    let name = format!("{OUT}.{}", stored.entry);
    let ticked: Vec<&str> = pairs.all(&name).collect();
    let mut lines = Vec::new();
    let mut line = |out: Out, question: &str, text: String| {
        let out = out.to_string();
        let ticked = ticked.contains(&out.as_str());
        lines.push(Line { out, question: question.to_owned(), text, ticked });
    };
    let whole = |field: &str| Out { field: field.to_owned(), row: None };
    if let Some(headline) = &stored.content.headline {
        line(whole(standing::HEADLINE), "In the chronology", headline.clone());
    }
    if let Some(informant) = &stored.content.informant {
        line(whole(standing::INFORMANT), "Told by", informant.clone());
    }
    let form = pack.form(&stored.content.form);
    for field in form.into_iter().flat_map(Form::fields) {
        let Some(answer) = reader(db, prepared).answer_of(stored, field) else { continue };
        if let (FieldKind::Passages, Some(Answer::Passages(_))) = (&field.kind, stored.content.answer(&field.id)) {
            for (row, paragraph) in answer.paragraphs.into_iter().enumerate() {
                let text = if paragraph.margin.is_empty() {
                    paragraph.text
                } else {
                    format!("{}: {}", words::capital(&paragraph.margin), paragraph.text)
                };
                line(Out { field: field.id.clone(), row: Some(row) }, &field.label, text);
            }
            if !answer.reason.is_empty() {
                line(whole(&field.id), &format!("{} All of it", field.label), answer.reason);
            }
        } else {
            let mut text =
                answer.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect::<Vec<_>>().join(" ");
            if !answer.reason.is_empty() {
                let _ = write!(text, " ({})", answer.reason);
            }
            line(whole(&field.id), &field.label, text);
        }
    }
    let error = |field: &str| {
        let of = |problem: &&FieldProblem| {
            problem.at.field == field && problem.at.part.as_deref() == Some(&stored.entry.to_string())
        };
        problems.iter().find(of).map(|problem| problem.message.clone())
    };
    let why = pairs.get(&format!("{WHY}.{}", stored.entry)).to_owned();
    let reasons = db.pack().list(REASONS).map(|list| list.items.as_slice()).unwrap_or_default();
    Telling {
        entry: stored.entry.to_string(),
        title: format!("{}, {}", view.title, view.day),
        error: error(OUT),
        why_error: error(WHY),
        lines,
        reasons: reasons.iter().map(|one| (one.code.clone(), one.label.clone(), one.code == why)).collect(),
    }
}

/// Makes the paper, and keeps it with what it was made from.
async fn made(
    app: &App,
    who: &SignedIn,
    record: RecordId,
    act: ActId,
    pairs: &Pairs,
) -> Result<Option<EntryId>, Wrong> {
    let typed = pairs.typed();
    let recipient = pairs.get(field::RECIPIENT).parse().ok();
    let prepared = disclosing::prepared(&who.desk, record, &chosen(pairs), recipient).await?;
    let db = app.db();
    let entries: Vec<EntryId> = prepared.entries.iter().map(|stored| stored.entry).collect();
    let parts = left_out(pairs, &entries);
    let (mut words_for, mut said, mut problems) = (BTreeMap::new(), Vec::new(), Vec::new());
    for (part, stored) in parts.iter().zip(&prepared.entries) {
        let what =
            format!("{}, {}", reader(db, &prepared).entry(stored).title, day_in_words(stored.content.happened_on));
        let why = pairs.get(&format!("{WHY}.{}", part.entry));
        if part.out.is_empty() {
            if !why.is_empty() {
                let at = Name::of(OUT).part(&part.entry.to_string());
                let message = "Tick what is left out, or choose “Nothing is left out” as the reason".to_owned();
                problems.push(FieldProblem { at, message });
            }
            said.push((what, String::new()));
            continue;
        }
        let Some(reason) = db.pack().list(REASONS).and_then(|list| list.item(why)) else {
            let at = Name::of(WHY).part(&part.entry.to_string());
            problems.push(FieldProblem { at, message: "Choose why it is left out".to_owned() });
            continue;
        };
        let answers = words::count(part.out.len(), "answer or paragraph", "answers or paragraphs");
        said.push((what, format!("{answers}: {}", reason.label)));
        words_for.insert(part.entry, format!("[Left out here: {}]", lower(&reason.label)));
    }
    if !problems.is_empty() {
        return Err(Wrong::Typed(problems));
    }
    disclosing::check(&who.desk, record, &typed, &parts, &words_for).await?;
    let document = document(db, &prepared, &parts, &words_for, pairs.get(field::CAPACITY));
    let pdf = app.print(document).await?;
    let name = format!("R-{}-for-one-person.pdf", prepared.header.number);
    let made = Made { parts, said, words: words_for, pdf, name };
    Ok(disclosing::keep(&who.desk, act, record, &typed, made).await?.map(|written| written.entry))
}

/// The first letter small, as within a sentence.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The paper: for whom it was made, then each entry as it is given.
fn document(
    db: &Db,
    prepared: &Prepared,
    parts: &[Part],
    words_for: &BTreeMap<EntryId, String>,
    capacity: &str,
) -> Document {
    let (pack, header) = (db.pack(), &prepared.header);
    let to = disclosing::name_of(prepared.recipient.as_ref());
    let by: Vec<_> = [&prepared.by.name, &prepared.by.designation, &prepared.by.team]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect();
    let for_whom = format!("Made for {to} ({capacity}) alone, {} by {}.", words::moment(db.now()), by.join(", "));
    let mut notice = vec![for_whom.clone()];
    if !words_for.is_empty() {
        notice.push("Something is left out. Where it stood the paper says so, and why.".to_owned());
    }
    notice.push(pack.word("confidential-duty").to_owned());
    let mut blocks = Vec::new();
    for stored in &prepared.entries {
        let mut given = stored.clone();
        given.content = disclosing::as_given(stored, parts, words_for);
        let view = reader(db, prepared).entry(&given);
        let at = if view.time.is_empty() { view.day.clone() } else { format!("{}, {}", view.day, view.time) };
        blocks.push(Block::Heading { text: format!("{}: {at}", view.title) });
        blocks.extend(telling::told(&view));
    }
    Document {
        title: format!("From the record of {}", header.called()),
        about: format!("R-{}", header.number),
        marking: pack.word("confidential").to_owned(),
        running: format!("R-{}", header.number),
        foot: for_whom,
        notice,
        blocks,
        made: db.now().utc(),
        ..Document::default()
    }
}
