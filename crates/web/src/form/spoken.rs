//! What has been typed into a form, said in words: for comparing two texts of one draft.

use std::collections::{BTreeMap, BTreeSet};

use policy::{FieldKind, Form, Pack};
use record::{
    RecordId, Typed,
    read::standing,
    typed::{FOR, Name, REASON},
};

/// The answers so far as label and words, in the order of the form; children by what they are called, people and staff
/// by name.
pub fn lines(
    pack: &Pack,
    form: &Form,
    typed: &Typed,
    children: &[(RecordId, String)],
    people: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let child =
        |record: RecordId| children.iter().find(|(one, _)| *one == record).map_or("another child", |(_, name)| name);
    let mut lines = Vec::new();
    let happened = |part: &str| typed.get(&Name::of(standing::HAPPENED).part(part)).unwrap_or("–").to_owned();
    lines.push((
        "When".to_owned(),
        format!("{}/{}/{} {}", happened("day"), happened("month"), happened("year"), happened("time")),
    ));
    let about: Vec<_> = typed
        .all(&Name::of(standing::ABOUT))
        .filter_map(|record| record.parse().ok())
        .map(child)
        .map(str::to_owned)
        .collect();
    if !about.is_empty() {
        lines.push(("About".to_owned(), crate::words::list(&about)));
    }
    for field in form.fields() {
        let parts: BTreeSet<Option<RecordId>> =
            typed.pairs().filter(|(name, _)| name.field == field.id).map(|(name, _)| name.record).collect();
        for record in parts {
            let said = |value: &str| match &field.kind {
                FieldKind::Choice { list } | FieldKind::Choices { list } => pack.label(list, value).to_owned(),
                FieldKind::YesNo => if value == "yes" { "Yes" } else { "No" }.to_owned(),
                _ => people.get(value).cloned().unwrap_or_else(|| value.to_owned()),
            };
            let of_part = typed
                .pairs()
                .filter(|(name, value)| name.field == field.id && name.record == record && !value.trim().is_empty());
            let texts: Vec<String> = of_part
                .map(|(name, value)| match name.part.as_deref() {
                    Some("nature") => format!("[{}]", pack.nature(value).map_or(value, |nature| &nature.label)),
                    Some(FOR) => {
                        value.parse().map_or_else(|_| String::new(), |record| format!("(only {})", child(record)))
                    }
                    Some(REASON) => format!("because: {value}"),
                    Some(standing::FILE) => "[file]".to_owned(),
                    _ => said(value),
                })
                .collect();
            if !texts.is_empty() {
                let whose = record.map(|record| format!("{}: ", child(record))).unwrap_or_default();
                lines.push((format!("{whose}{}", field.label), texts.join(" ")));
            }
        }
    }
    for (name, value) in typed.pairs().filter(|(name, _)| name.field == standing::HEADLINE) {
        if let Some(record) = name.record {
            lines.push((format!("{}: Headline", child(record)), value.to_owned()));
        }
    }
    for (name, label) in [
        (standing::PUT_RIGHT_BECAUSE, "Why it is put right"),
        (standing::INFORMANT, "Told by"),
        (standing::HEADLINE, "Headline"),
        (standing::LATE_REASON, "Why late"),
    ] {
        if let Some(value) = typed.get(&Name::of(name)) {
            lines.push((label.to_owned(), value.to_owned()));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_said_in_words_with_the_child_they_are_for() {
        let pack = policy::load(&policy::embedded(), "rochdale").unwrap();
        let amira: RecordId = "01h00000000000000000000000".parse().unwrap();
        let typed = Typed::default()
            .with("happened.day", "4")
            .with("result", "took-place")
            .with(&format!("seen@{amira}"), "no")
            .with(&format!("seen@{amira}.reason"), "asleep");
        let lines = lines(&pack, pack.form("visit").unwrap(), &typed, &[(amira, "Amira".into())], &BTreeMap::new());
        assert!(lines.contains(&("What came of it?".into(), "It took place".into())), "{lines:?}");
        assert!(lines.contains(&("Amira: Seen?".into(), "No because: asleep".into())), "{lines:?}");
    }
}
