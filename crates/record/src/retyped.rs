//! An entry typed anew: what stands in it, as if it had just been typed into its form. An amendment begins from this, so
//! that whoever puts one word right types one word.

use policy::{Field, Form, form::InChronology};

use crate::{
    answer::{Answer, Answered, Passage},
    content::Content,
    id::RecordId,
    read::standing,
    time::time_in_words,
    typed::{FOR, Name, REASON, Typed},
};

/// What was typed, from the entries of one act: that of the record in front first, then what stands in the other
/// children's records. What stands in all of them is typed once; what stands in one child's alone, in that child's part.
pub fn retyped(form: &Form, entries: &[(RecordId, &Content)]) -> Typed {
    let mut typed = Typed::default();
    let Some((_, front)) = entries.first() else { return typed };
    for (record, _) in entries {
        typed.put(Name::of(standing::ABOUT), record.to_string());
    }
    let happened = Name::of(standing::HAPPENED);
    put_day(&mut typed, &happened, front.happened_on);
    if let Some(time) = front.happened_at {
        typed.put(happened.part("time"), time_in_words(time));
    }
    for (name, text) in [(standing::INFORMANT, &front.informant), (standing::SECOND_BECAUSE, &front.second_because)] {
        if let Some(text) = text {
            typed.put(Name::of(name), text.as_str());
        }
    }
    if entries.iter().any(|(_, content)| content.headline.is_some()) {
        if form.chronology == InChronology::Ask {
            typed.put(Name::of(standing::SIGNIFICANT), "yes");
        }
        let of = |content: &Content| content.headline.clone().unwrap_or_default();
        put_texts(&mut typed, &Name::of(standing::HEADLINE), entries, of);
    }
    for section in &form.sections {
        for field in &section.fields {
            if section.for_each_child {
                for (record, content) in entries {
                    if let Some(answered) = content.answers.get(&field.id) {
                        put_answered(&mut typed, &Name::of(&field.id).in_part_of(Some(*record)), field, answered);
                    }
                }
            } else {
                put_common(&mut typed, field, entries);
            }
        }
    }
    typed
}

/// A question that was answered once for all.
fn put_common(typed: &mut Typed, field: &Field, entries: &[(RecordId, &Content)]) {
    let name = Name::of(&field.id);
    let found: Vec<_> =
        entries.iter().filter_map(|(record, content)| Some((*record, content.answers.get(&field.id)?))).collect();
    let Some((_, first)) = found.first() else { return };
    match &first.answer {
        Answer::Passages(_) => put_passages(typed, &name, &found),
        Answer::Text(_) if field.may_differ => {
            let of = |content: &Content| content.answer(&field.id).map(Answer::stated).unwrap_or_default();
            put_texts(typed, &name, entries, of);
        }
        _ => put_answered(typed, &name, field, first),
    }
}

/// A text that may be another one for each child: the one in front for all, others in their own parts.
fn put_texts(typed: &mut Typed, name: &Name, entries: &[(RecordId, &Content)], of: impl Fn(&Content) -> String) {
    let texts: Vec<_> = entries.iter().map(|(record, content)| (*record, of(content))).collect();
    let Some(common) = texts.iter().map(|(_, text)| text.clone()).find(|text| !text.is_empty()) else { return };
    for (record, text) in texts {
        if text != common && !text.is_empty() {
            typed.put(name.clone().in_part_of(Some(record)), text);
        }
    }
    typed.put(name.clone(), common);
}

/// Paragraphs in their order: those for all once, and each child's own between them, where they stand in that child's
/// entry.
fn put_passages(typed: &mut Typed, name: &Name, found: &[(RecordId, &Answered)]) {
    let mut rows: Vec<(&Passage, Option<RecordId>)> = Vec::new();
    for (nth, (record, answered)) in found.iter().enumerate() {
        let Answer::Passages(passages) = &answered.answer else { continue };
        let mut at = 0;
        for passage in passages {
            let own = passage.only_for.is_some();
            let same = |(known, only): &(&Passage, Option<RecordId>)| only.is_none() && *known == passage;
            if let Some(further) = rows[at..].iter().position(same).filter(|_| !own) {
                at += further + 1;
            } else {
                // What is for all stands in the first entry too, unless that one was put right by itself.
                rows.insert(at, (passage, (own || nth > 0).then_some(*record)));
                at += 1;
            }
        }
    }
    for (row, (passage, only)) in rows.into_iter().enumerate() {
        let at = name.clone().row(row);
        typed.put(at.clone().part("text"), passage.text.as_str());
        for (part, text) in [("nature", &passage.nature), ("who", &passage.who)] {
            if let Some(text) = text {
                typed.put(at.clone().part(part), text.as_str());
            }
        }
        if let Some(record) = only.filter(|_| found.len() > 1) {
            typed.put(at.part(FOR), record.to_string());
        }
    }
}

/// Types one answer into its boxes, with the reason where the question asks for one.
pub fn put_answered(typed: &mut Typed, name: &Name, field: &Field, answered: &Answered) {
    let rows = |n: usize, parts: &[(&str, &str)], typed: &mut Typed| {
        for (part, text) in parts.iter().filter(|(_, text)| !text.is_empty()) {
            typed.put(name.clone().row(n).part(part), *text);
        }
    };
    match &answered.answer {
        Answer::Date(day) => put_day(typed, name, *day),
        Answer::Codes(codes) => codes.iter().for_each(|code| typed.put(name.clone(), code.as_str())),
        Answer::People(people) => {
            let mut n = 0;
            for named in people {
                if let Some(person) = named.person {
                    typed.put(name.clone(), person.to_string());
                } else {
                    rows(n, &[("name", &named.name), ("role", &named.role)], typed);
                    n += 1;
                }
            }
        }
        Answer::Address(address) => {
            for (part, text) in [("lines", &address.lines), ("town", &address.town), ("postcode", &address.postcode)] {
                if !text.is_empty() {
                    typed.put(name.clone().part(part), text.as_str());
                }
            }
        }
        Answer::Actions(actions) => {
            for (n, action) in actions.iter().enumerate() {
                let by = action.by.map(|day| day.to_string()).unwrap_or_default();
                rows(n, &[("what", &action.what), ("who", &action.who), ("by", &by)], typed);
            }
        }
        Answer::Table(table) => {
            for (n, row) in table.iter().enumerate() {
                for (column, cell) in row {
                    rows(n, &[(column, cell)], typed);
                }
            }
        }
        Answer::Signatures(signed) => {
            for (n, one) in signed.iter().enumerate() {
                rows(n, &[("name", &one.name), ("on", &one.on.to_string()), ("how", &one.how)], typed);
            }
        }
        Answer::Documents(documents) => {
            for (n, document) in documents.iter().enumerate() {
                let file = document.sent.file.to_string();
                rows(n, &[(standing::FILE, &file), (standing::SAYS, &document.says)], typed);
            }
        }
        Answer::Passages(passages) => {
            for (n, passage) in passages.iter().enumerate() {
                let nature = passage.nature.as_deref().unwrap_or_default();
                let who = passage.who.as_deref().unwrap_or_default();
                rows(n, &[("text", &passage.text), ("nature", nature), ("who", who)], typed);
            }
        }
        answer => typed.put(name.clone(), answer.stated()),
    }
    if let (Some(reason), Some(_)) = (&answered.reason, &field.reason_if) {
        typed.put(name.clone().part(REASON), reason.as_str());
    }
}

fn put_day(typed: &mut Typed, name: &Name, day: jiff::civil::Date) {
    let parts = [("day", i16::from(day.day())), ("month", i16::from(day.month())), ("year", day.year())];
    for (part, number) in parts {
        typed.put(name.clone().part(part), number.to_string());
    }
}
