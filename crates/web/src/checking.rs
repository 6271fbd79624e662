//! The page between writing and freezing: what will stand in each child's record, exactly as it will stand.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use casework::{
    CaseError,
    recording::{self, Check, Upcoming},
};
use policy::Form;
use record::{DraftId, answer::Answer};

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    record::{
        compare::{Changed, changed},
        view::{EntryView, Reader},
    },
    recording::back_to_form,
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage {
    draft: DraftId,
    on: i64,
    title: String,
    entries: Vec<Standing>,
    prompts: Vec<String>,
    token: govuk::Html,
}

/// What will stand in one child's record.
struct Standing {
    name: String,
    view: EntryView,
    /// That it is in time, where there is a limit and it is.
    in_time: String,
    warnings: Vec<String>,
    /// What it would change in the entry in whose place it would stand.
    changes: Option<Vec<Changed>>,
}

/// `GET /drafts/{draft}/check`
pub async fn show(State(app): State<App>, Path(draft): Path<String>, who: SignedIn) -> Response {
    let Ok(draft) = draft.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match recording::check(&who.desk, draft).await {
        Ok(check) => page(&app, &who, &check),
        Err(CaseError::Problems(problems)) => back_to_form(&app, &who, draft, None, &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(app: &App, who: &SignedIn, check: &Check) -> Response {
    let pack = app.db().pack();
    let Some(form) = pack.form(&check.draft.form) else { return WebError::DraftEnded.response(app, Some(who)) };
    let record = check.header.record;
    let files_at = format!("/drafts/{}/files", check.draft.id);
    let reader =
        Reader { record, pack, people: &check.people, colleagues: &check.colleagues, refers_to: &check.refers_to };
    let several = check.entries.len() > 1;
    let main = CheckPage {
        draft: check.draft.id,
        on: check.on,
        title: form.title.clone(),
        entries: check.entries.iter().map(|entry| standing(&reader, form, entry, (several, &files_at))).collect(),
        prompts: prompts(pack, check),
        token: layout::token(who),
    };
    Frame::new(app, who, "Check what will be recorded").in_record(&check.header, "").page(&main)
}

fn standing(reader: &Reader<'_>, form: &Form, entry: &Upcoming, (several, files_at): (bool, &str)) -> Standing {
    let mut view = EntryView { files_at: files_at.to_owned(), ..reader.content(&entry.content) };
    if several {
        let paragraphs = view.sections.iter_mut().flat_map(|(_, answers)| answers).flat_map(|one| &mut one.paragraphs);
        for paragraph in paragraphs.filter(|paragraph| paragraph.only_here) {
            let kind = if paragraph.margin.is_empty() { String::new() } else { format!(" · {}", paragraph.margin) };
            paragraph.margin = format!("only {}{kind}", entry.child.name);
        }
    }
    let changes = entry.before.as_ref().map(|before| changed(&reader.entry(before), &view));
    let limit = form.limit.as_ref().filter(|_| entry.content.late.is_none() && entry.before.is_none());
    let name = &entry.child.name;
    let warning = |(other, places): &(String, Vec<String>)| {
        format!(
            "This part goes into {name}’s record and names {other}: {}. That may be right. If it belongs to {other} alone, go back and mark it “Only {other}”, or word it for {name}",
            crate::words::list(places)
        )
    };
    Standing {
        name: name.clone(),
        view,
        in_time: limit.map_or_else(String::new, |limit| format!("In time: the limit is {}.", limit.in_words())),
        warnings: entry.names.iter().map(warning).collect(),
        changes,
    }
}

/// Words to think again about, once for the whole act (R-STD-03, R-STD-04).
fn prompts(pack: &policy::Pack, check: &Check) -> Vec<String> {
    let in_words = |answer: &Answer| {
        matches!(answer, Answer::Text(_) | Answer::Passages(_) | Answer::Actions(_)).then(|| answer.stated())
    };
    let text: Vec<String> = check
        .entries
        .iter()
        .flat_map(|entry| entry.content.answers.values())
        .flat_map(|answered| in_words(&answered.answer).into_iter().chain(answered.reason.clone()))
        .collect();
    record::wording::prompts(pack, &text.join("\n"))
}
