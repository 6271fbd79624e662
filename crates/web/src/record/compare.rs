//! An entry and its amendment next to each other: the answers that changed, and only those (R-INT-05).

use super::view::{AnswerView, EntryView};

/// One answer that changed.
pub struct Changed {
    /// The question.
    pub label: String,
    /// What it said; nothing where it was not answered.
    pub before: Vec<String>,
    /// What it says now; nothing where it was taken out.
    pub now: Vec<String>,
}

/// The answers that are not alike, in the order of the form; what was taken out comes where it stood.
pub fn changed(before: &EntryView, now: &EntryView) -> Vec<Changed> {
    let told = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    let at = |view: &EntryView| {
        vec![if view.time.is_empty() { view.day.clone() } else { format!("{}, {}", view.day, view.time) }]
    };
    let mut rows = vec![
        ("When it happened".to_owned(), at(before), at(now)),
        ("Told by".to_owned(), told(&before.informant), told(&now.informant)),
        ("In the chronology".to_owned(), told(&before.headline), told(&now.headline)),
    ];
    // Two sections may ask in the same words.
    let answers = |view: &EntryView| -> Vec<((String, String), Vec<String>)> {
        let of = |(title, answers): &(String, Vec<AnswerView>)| {
            let told = |answer: &AnswerView| ((title.clone(), answer.label.clone()), lines(answer));
            answers.iter().map(told).collect::<Vec<_>>()
        };
        view.sections.iter().flat_map(of).collect()
    };
    let (old, new) = (answers(before), answers(now));
    let mut questions: Vec<&(String, String)> = new.iter().map(|(question, _)| question).collect();
    for (at, (question, _)) in old.iter().enumerate() {
        if !questions.contains(&question) {
            let follows = old[..at].iter().rev().find_map(|(one, _)| questions.iter().position(|known| *known == one));
            questions.insert(follows.map_or(0, |place| place + 1), question);
        }
    }
    let of = |all: &[((String, String), Vec<String>)], question: &(String, String)| {
        all.iter().find(|(known, _)| known == question).map(|(_, lines)| lines.clone()).unwrap_or_default()
    };
    rows.extend(questions.into_iter().map(|question| (question.1.clone(), of(&old, question), of(&new, question))));
    rows.into_iter()
        .filter(|(_, before, now)| before != now)
        .map(|(label, before, now)| Changed { label, before, now })
        .collect()
}

/// An answer in lines, each with the word at its margin.
fn lines(answer: &AnswerView) -> Vec<String> {
    let paragraph = |margin: &str, text: &str| {
        if margin.is_empty() { text.to_owned() } else { format!("{margin}: {text}") }
    };
    let mut lines: Vec<String> = answer.paragraphs.iter().map(|one| paragraph(&one.margin, &one.text)).collect();
    lines.extend(answer.files.iter().map(|file| format!("{}: {}", file.name, file.says)));
    if !answer.reason.is_empty() {
        lines.push(paragraph("reason", &answer.reason));
    }
    lines
}
