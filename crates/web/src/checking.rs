//! The page between writing and freezing: what will stand in each child's record, exactly as it will stand.

use askama::Template;
use axum::{extract::Path, response::Response};
use casework::{
    CaseError,
    recording::{self, Check, Upcoming},
};
use policy::{Form, form::limits_in_words};
use record::{DraftId, answer::Answer};

use crate::{
    App,
    error::WebError,
    layout::{self, Frame},
    record::{
        compare::{Changed, changed},
        view::{AnswerView, EntryView, Reader},
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
    /// What is the same for all, said once; none for one child.
    common: Option<Standing>,
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
pub async fn show(app: App, Path(draft): Path<String>, who: SignedIn) -> Response {
    let Ok(draft) = draft.parse() else { return WebError::Closed.response(&app, Some(&who)) };
    match recording::check(&who.desk, draft).await {
        Ok(check) => page(&app, &who, &check),
        Err(CaseError::Problems(problems)) => back_to_form(&app, &who, draft, None, &problems).await,
        Err(error) => WebError::from(error).response(&app, Some(&who)),
    }
}

fn page(app: &App, who: &SignedIn, check: &Check) -> Response {
    let desk = who.desk.for_draft(&check.draft);
    let pack = desk.pack();
    let Some(form) = pack.form(&check.draft.form) else { return WebError::DraftEnded.response(app, Some(who)) };
    let record = check.header.record;
    let files_at = format!("/drafts/{}/files", check.draft.id);
    let reader = Reader {
        record,
        pack,
        packs: app.db().packs(),
        people: &check.people,
        colleagues: &check.colleagues,
        refers_to: &check.refers_to,
    };
    let several = check.entries.len() > 1;
    let mut entries: Vec<_> =
        check.entries.iter().map(|entry| standing(&reader, form, entry, (several, &files_at))).collect();
    let common = several.then(|| common(&mut entries)).flatten();
    let main = CheckPage {
        draft: check.draft.id,
        on: check.on,
        title: form.title.clone(),
        common,
        entries,
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
    let limit = limits_in_words(record::read::limits_of(form, &entry.content))
        .filter(|_| !entry.content.was_written_late() && entry.before.is_none());
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
        in_time: limit.map_or_else(String::new, |limit| format!("In time: the limit is {limit}.")),
        warnings: entry.names.iter().map(warning).collect(),
        changes,
    }
}

/// Takes out of every child's entry what is the same in all of them, to be said once.
fn common(entries: &mut [Standing]) -> Option<Standing> {
    let names: Vec<String> = entries.iter().map(|entry| entry.name.clone()).collect();
    let (first, others) = entries.split_first_mut()?;
    let mut sections = Vec::new();
    for (title, answers) in &mut first.view.sections {
        let mut shared = Vec::new();
        answers.retain_mut(|answer| {
            let same: Vec<&mut AnswerView> =
                others.iter_mut().filter_map(|other| answer_to(&mut other.view, title, &answer.label)).collect();
            if same.len() < names.len() - 1 {
                return true;
            }
            let parted = |one: &AnswerView| one.paragraphs.iter().any(|paragraph| paragraph.only_here);
            if !parted(answer) && same.iter().all(|other| **other == *answer) {
                shared.push(answer.clone());
                for other in same {
                    clear(other);
                }
                return false;
            }
            if parted(answer) || same.iter().any(|other| parted(other)) {
                // Of what was written for all and for one, each child's part keeps what is theirs.
                let of_all: Vec<_> = answer.paragraphs.iter().filter(|one| !one.only_here).cloned().collect();
                if !of_all.is_empty() {
                    shared.push(AnswerView { paragraphs: of_all, ..answer.clone() });
                }
                answer.paragraphs.retain(|paragraph| paragraph.only_here);
                for other in same {
                    other.paragraphs.retain(|paragraph| paragraph.only_here);
                }
                return !answer.paragraphs.is_empty();
            }
            true
        });
        if !shared.is_empty() {
            sections.push((title.clone(), shared));
        }
    }
    let same = |of: fn(&EntryView) -> &String, first: &Standing, others: &[Standing]| {
        let said = of(&first.view).clone();
        if others.iter().all(|other| *of(&other.view) == said) { said } else { String::new() }
    };
    let headline = same(|view| &view.headline, first, others);
    let view = EntryView {
        entry: String::new(),
        files_at: first.view.files_at.clone(),
        title: first.view.title.clone(),
        day: first.view.day.clone(),
        time: first.view.time.clone(),
        written: first.view.written.clone(),
        late: std::mem::take(&mut first.view.late),
        informant: std::mem::take(&mut first.view.informant),
        second: std::mem::take(&mut first.view.second),
        voice: first.view.voice.clone(),
        headline,
        sections,
        amends: None,
        moved: String::new(),
        mark: None,
    };
    let in_time = std::mem::take(&mut first.in_time);
    for entry in entries {
        for (_, answers) in &mut entry.view.sections {
            answers.retain(|answer| {
                !(answer.paragraphs.is_empty() && answer.files.is_empty() && answer.reason.is_empty())
            });
        }
        entry.view.sections.retain(|(_, answers)| !answers.is_empty());
        for said in [&mut entry.view.late, &mut entry.view.informant, &mut entry.view.second, &mut entry.in_time] {
            said.clear();
        }
        if !view.headline.is_empty() {
            entry.view.headline.clear();
        }
    }
    Some(Standing { name: crate::words::list(&names), view, in_time, warnings: Vec::new(), changes: None })
}

/// Another child's answer to the same question.
fn answer_to<'a>(view: &'a mut EntryView, section: &str, label: &str) -> Option<&'a mut AnswerView> {
    let (_, answers) = view.sections.iter_mut().find(|(title, _)| title == section)?;
    answers.iter_mut().find(|answer| answer.label == label)
}

fn clear(answer: &mut AnswerView) {
    answer.paragraphs.clear();
    answer.files.clear();
    answer.reason.clear();
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
